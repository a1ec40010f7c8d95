"""Nets that are written by entries, as wholes and with names for their parts, side by side, and of which nothing is
declared."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

NET = r"""
The activations of layer $l$ are

$$a^l_j = \sigma\left(\sum_k w^l_{jk} a^{l-1}_k + b^l_j\right), \qquad a^l = \sigma(w^l a^{l-1} + b^l).$$

With $z^l = w^l a^{l-1} + b^l$ they are AGAIN, and the cost is
$$C = \frac{1}{2} \|y - a^L\|^2.$$

Let $\delta^l_j = \frac{\partial C}{\partial z^l_j}$. INFORMAL

$$ CLAIM $$
"""
CLAIMS = {
    "first": (r"\delta^L_j = (a^L_j - y_j) \sigma'(z^L_j)", r"\delta^L_j = (y_j - a^L_j) \sigma'(z^L_j)"),
    "back": (
        r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)",
        r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma(z^l)",
    ),
    "entries": (
        r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)",
        r"\delta^l_j = \sum_k w^{l}_{kj} \delta^{l+1}_k \sigma'(z^l_j)",
    ),
    "weights": (
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l}_k \delta^l_j",
    ),
    "one step": (
        r"\frac{\partial z^{l+1}_k}{\partial z^l_j} = w^{l+1}_{kj} \sigma'(z^l_j)",
        r"\frac{\partial z^{l+1}_k}{\partial z^l_j} = w^{l+1}_{jk} \sigma'(z^l_j)",
    ),
}


def net(claim: str, again: str = r"$a^l = \sigma(z^l)$", informal: str = "") -> str:
    return NET.replace("AGAIN", again).replace("INFORMAL", informal).replace("CLAIM", claim)


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_said_of_entries_and_of_the_whole(name: str) -> None:
    """The a of one layer is a function of its z, which its first equation writes out."""
    right, wrong = CLAIMS[name]
    report = report_on(net(right))
    assert report.formulas[-1].verdict is Verdict.PROVED, report.formulas[-1].message
    assert not any(f.verdict.wrong for f in report.formulas)
    assert report_on(net(wrong)).formulas[-1].verdict not in (Verdict.PROVED, Verdict.CONDITIONAL)


def test_what_says_something_else_is_no_definition_in_the_place_of_another() -> None:
    """``a^l = σ(2 z^l)`` is wrong, and a stays what it was."""
    report = report_on(net(CLAIMS["first"][0], r"$a^l = \sigma(2 z^l)$"))
    again = next(f for f in report.formulas if f.latex == r"a^l = \sigma(2 z^l)")
    assert again.verdict is not Verdict.PROVED
    assert report.formulas[-1].verdict is not Verdict.PROVED


def test_a_label_beside_indices() -> None:
    """``a_{in}`` makes no label of the j of ``a^l_j``."""
    informal = r"In short, $\frac{\partial C}{\partial w} = a_{\rm in} \delta_{\rm out}$."
    for verdict, claim in zip((True, False), CLAIMS["weights"], strict=True):
        found = report_on(net(claim, informal=informal)).formulas[-1]
        assert (found.verdict is Verdict.PROVED) is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\delta^L = \nabla_a C \odot \sigma'(z^L)", Verdict.PROVED),
        (r"\delta^L = \nabla_a C \odot \sigma(z^L)", Verdict.REFUTED),
        (r"\delta^l = \nabla_a C \odot \sigma'(z^l)", Verdict.PROVED),
        (r"\delta^l = (w^{l+1})^T \nabla_a C \odot \sigma'(z^l)", Verdict.ILL_FORMED),  # of which layer is not said
        (r"\delta^l = w^{(l+1)T} \nabla_a C \odot \sigma'(z^l)", Verdict.ILL_FORMED),
    ],
)
def test_the_layer_that_a_gradient_leaves_out(claim: str, verdict: Verdict) -> None:
    found = report_on(net(claim)).formulas[-1]
    assert found.verdict is verdict, found.message


DEEP = r"""
# Deep nets

A layer computes $z^l = w^l a^{l-1} + b^l$ and $a^l = f(z^l)$.

## A small net

With numbers $x, t$, let $z_1 = w_1 x$, $a_1 = \sigma(z_1)$, $y = w_2 a_1 + b$, $C = \frac12 (y - t)^2$, where
$\sigma(z) = 1/(1 + e^{-z})$.

$$ CLAIM $$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial C}{\partial w_1} = (y - t) w_2 a_1 (1 - a_1) x", Verdict.PROVED),
        (r"\frac{\partial C}{\partial w_1} = (y - t) w_2 a_1 x", Verdict.REFUTED),
        (r"\frac{\partial C}{\partial b} = y - t", Verdict.PROVED),
        (r"\frac{\partial C}{\partial b} = t - y", Verdict.REFUTED),
    ],
)
def test_a_small_net_behind_those_of_any_depth(claim: str, verdict: Verdict) -> None:
    """What has a layer everywhere else, and none here, is another thing here."""
    found = report_on(DEEP.replace("CLAIM", claim)).formulas[-1]
    assert found.verdict is verdict, found.message


def test_a_product_of_indices_is_no_imaginary_part() -> None:
    """The ``j k`` below ``w_{jk}``, beside a norm of what is made of them; but ``x + j y`` has one."""
    text = r"""
Let $x \in \mathbb{R}^n$, $z_j = \sum_{k=1}^n w_{jk} x_k$ for $j = 1, \dots, m$, and $E = \frac12 \|z\|^2$.

$$\frac{\partial E}{\partial z_j} = CLAIM$$
"""
    assert report_on(text.replace("CLAIM", "z_j")).formulas[-1].verdict is Verdict.PROVED
    assert report_on(text.replace("CLAIM", "2 z_j")).formulas[-1].verdict is Verdict.REFUTED


VECTORS = r"""
$$x^l = f(u^l), \quad u^l = W^l x^{l-1} + b^l$$
Let $\delta^l = \frac{\partial E}{\partial u^l}$, so that $\delta^l = s \circ f'(u^l)$ for some $s$.
$$ CLAIM $$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\delta^l = (W^{l+1})^T \delta^{l+1} \circ f'(u^l)", Verdict.PROVED),
        (r"\delta^l = W^{l+1} \delta^{l+1} \circ f'(u^l)", Verdict.ILL_FORMED),
        (r"\frac{\partial E}{\partial W^l} = \delta^l (x^{l-1})^T", Verdict.PROVED),
        (r"\frac{\partial E}{\partial W^l} = x^{l-1} (\delta^l)^T", Verdict.ILL_FORMED),
        (r"\frac{\partial E}{\partial b^l} = \delta^l", Verdict.PROVED),
        (r"\frac{\partial E}{\partial b^l} = \delta^{l+1}", Verdict.ILL_FORMED),
    ],
)
def test_nets_of_any_depth_of_which_nothing_is_declared(claim: str, verdict: Verdict) -> None:
    found = report_on(VECTORS.replace("CLAIM", claim)).formulas[-1]
    assert found.verdict is verdict, found.message
