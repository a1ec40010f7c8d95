"""What one formula rests on, others may rest on, too."""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Formula, Report, Verdict
from verify_derivations.derivations.kernel import verify
from verify_derivations.formulas.scanner import scan

CONDITIONAL, REFUTED, PROVED = Verdict.CONDITIONAL, Verdict.REFUTED, Verdict.PROVED

NET = r"""
Let $x \in \mathbb{R}^n$, $W_1 \in \mathbb{R}^{m \times n}$, $W_2 \in \mathbb{R}^{C \times m}$, $y \in \mathbb{R}^C$.
STATED

$$a = W_1 x + b_1, \quad h = \tanh(a), \quad z = W_2 h + b_2, \quad p = \mathrm{softmax}(z)$$
$$L = -\sum_{k=1}^C y_k \log p_k$$

Let $\delta_2 = p - y$ and $\delta_1 = (W_2^\top \delta_2) \odot (1 - h^2)$. Then

$$\frac{\partial L}{\partial z} = FIRST$$
$$CLAIM$$
"""


def report(claim: str, first: str = r"\delta_2", stated: str = "") -> Report:
    return check(scan(NET.replace("CLAIM", claim).replace("FIRST", first).replace("STATED", stated)))


def last(claim: str, **texts: str) -> Formula:
    return report(claim, **texts).formulas[-1]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial W_1} = \delta_1 x^\top", CONDITIONAL),
        (r"\frac{\partial L}{\partial W_1} = -\delta_1 x^\top", REFUTED),
        (r"\frac{\partial L}{\partial b_1} = \delta_1", CONDITIONAL),
        (r"\frac{\partial L}{\partial b_1} = 2 \delta_1", REFUTED),
        (r"\frac{\partial L}{\partial x} = W_1^\top \delta_1", CONDITIONAL),
        (r"\frac{\partial L}{\partial x} = W_1^\top (\delta_1 \odot h)", REFUTED),
        (r"\frac{\partial L}{\partial h} = W_2^\top \frac{\partial L}{\partial z}", PROVED),  # whatever y is
    ],
)
def test_what_lies_deep_rests_on_what_others_do(claim: str, verdict: Verdict) -> None:
    found = last(claim)
    assert found.verdict is verdict, found.message
    if verdict is CONDITIONAL:
        assert found.message == r"holds if \sum_{k=1}^{C}y_{k} = 1, which is not stated"
        assert found.links[0].counterexample is not None  # of what is not stated
        for certificate in found.links[0].certificates:
            assert verify(certificate)


def test_nothing_rests_on_what_no_other_formula_does() -> None:
    claim = r"\frac{\partial L}{\partial b_1} = \delta_1"
    assert last(claim, first=r"\frac{\partial L}{\partial z}").verdict is REFUTED
    assert last(claim, stated=r"It is one-hot: $\sum_{k=1}^C y_k = 1$.").verdict is PROVED


def test_a_correction_rests_on_what_others_do() -> None:
    found = last(r"\frac{\partial L}{\partial b_1} = -\delta_1")
    assert found.correction is not None and found.correction.verdict is CONDITIONAL
    assert found.correction.latex.endswith(r"= \delta_1")
    found = last(r"\frac{\partial L}{\partial b_1} = -\delta_1", first=r"\frac{\partial L}{\partial z}")
    assert found.correction is None or found.correction.verdict is PROVED


@pytest.mark.parametrize(("claim", "verdict"), [("B A x", CONDITIONAL), ("B A^T x", PROVED)])
def test_a_lost_transpose_is_no_symmetric_matrix(claim: str, verdict: Verdict) -> None:
    """That x^T A x needs A = A^T says nothing of formulas in which A stands alone."""
    text = (
        r"Let $x \in \mathbb{R}^n$, $A, B \in \mathbb{R}^{n \times n}$, $q = x^T A x$ and $r = x^T A B^T x$." "\n\n"
        r"$$\frac{\partial q}{\partial x} = 2 A x$$" "\n" r"$$\frac{\partial r}{\partial x} = CLAIM + A B^T x$$" "\n"
    )  # fmt: skip
    *_, first, second = check(scan(text.replace("CLAIM", claim))).formulas
    assert first.verdict is CONDITIONAL
    assert second.verdict is (PROVED if verdict is PROVED else REFUTED), second.message


THROUGH_TIME = r"""
$$h_t = \tanh(W h_{t-1} + U x_t), \qquad h_0 = 0, \qquad o_t = V h_t, \qquad p_t = \text{softmax}(o_t)$$

where $x_t \in \mathbb{R}^d$, $h_t \in \mathbb{R}^n$ and $o_t \in \mathbb{R}^k$ for $t = 1, \ldots, T$. The loss
compares with a target $y_t$,

$$L_t = - \sum_{j=1}^{k} y_{t,j} \log p_{t,j}, \qquad L = \sum_{t=1}^T L_t$$
$$\frac{\partial L}{\partial o_t} = p_t - y_t$$

For the other steps, $t < T$,

$$\frac{\partial L}{\partial h_t} = V^\top (p_t - y_t)
  + W^\top \left( (1 - h_{t+SHIFT}^2) \odot \frac{\partial L}{\partial h_{t+1}} \right)$$
"""


@pytest.mark.parametrize(("shift", "verdict"), [("1", CONDITIONAL), ("0", REFUTED)])
def test_what_needs_more_sizes_than_there_is_time_for(shift: str, verdict: Verdict) -> None:
    text = THROUGH_TIME.replace("t+SHIFT", "t" if shift == "0" else "t+1")
    assert check(scan(text)).formulas[-1].verdict is verdict


DISTILLED = r"""
Let $u \in \mathbb{R}^C$ and $t \in \mathbb{R}^C$ be the logits of a student and of a teacher.
$$r_i = \frac{\exp(u_i/\tau)}{\sum_{j=1}^C \exp(u_j / \tau)}$$
$$g_i = \frac{\exp(t_i/\tau)}{\sum_{j=1}^C \exp(t_j / \tau)}$$
$$K = - \tau^2 \sum_{i=1}^C g_i \log r_i$$

With $w = \mathrm{softmax}(u)$ and a label $y$ let
$$L = - \lambda \sum_{i=1}^C y_i \log w_i + (1 - \lambda) K$$
$$\nabla_u L = \lambda (w - y) + (1 - \lambda) CLAIM$$
"""


@pytest.mark.parametrize(("claim", "verdict"), [(r"\tau (r - g)", CONDITIONAL), ("(r - g)", REFUTED)])
def test_what_shows_after_the_last_definition_is_put_in(claim: str, verdict: Verdict) -> None:
    assert check(scan(DISTILLED.replace("CLAIM", claim))).formulas[-1].verdict is verdict
