"""Entries in brackets, as in Matlab: of names with an accent, of differences, of letters that mostly are functions."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.ILL_FORMED
LAYER = r"""
Let $\hat y = \sigma(W f + b)$ with $W \in \mathbb{R}^{10\times 864}$, $b \in \mathbb{R}^{10}$ and
$$L = \frac12\sum_{i=1}^{10}(\hat y(i) - y(i))^2$$
$$\frac{\partial L}{\partial b(i)} = (\hat y(i) - y(i))\,\hat y(i)(1-\hat y(i))$$
$$\frac{\partial L}{\partial W(i,j)} = (\hat y(i) - y(i))\,\hat y(i)(1-\hat y(i))\, f(j)$$
Let $\Delta\hat y(i) = (\hat y(i) - y(i))\,\hat y(i)\,(1-\hat y(i))$. Then
$$\frac{\partial L}{\partial b} = \Delta\hat y$$
$$\frac{\partial L}{\partial W} = \Delta\hat y\, f^T$$
$$\frac{\partial L}{\partial f} = W^T \Delta\hat y$$
"""


def claims(text: str) -> list[Verdict]:
    return [f.verdict for f in report_on(text).formulas if f.displayed][1:]


def test_entries_of_a_layer() -> None:
    assert claims(LAYER) == [PROVED] * 5


@pytest.mark.parametrize(
    ("right", "wrong", "place", "verdict"),
    [
        (r"(1-\hat y(i))$$" + "\n" + r"$$\frac{\partial L}{\partial W(", r"(1+\hat y(i))$$" + "\n"
         r"$$\frac{\partial L}{\partial W(", 0, REFUTED),
        (r"\, f(j)", r"\, f(i)", 1, None), (r"= \Delta\hat y$$", r"= -\Delta\hat y$$", 2, REFUTED),
        (r"\Delta\hat y\, f^T", r"f\, \Delta\hat y^T", 3, ILL_FORMED), (r"W^T \Delta", r"W \Delta", 4, ILL_FORMED),
    ],
)  # fmt: skip
def test_slips(right: str, wrong: str, place: int, verdict: Verdict | None) -> None:
    assert right in LAYER
    found = claims(LAYER.replace(right, wrong))[place]
    assert found is verdict or verdict is None and found in (REFUTED, ILL_FORMED)


def test_a_subsection_sees_what_another_chapter_defines() -> None:
    text = r"""
# Forward
$z_i = \sum_{j=1}^n W_{ij} x_j$ with $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$ and $a_i = \tanh(z_i)$.
# Backward
## Values
$d_i = \frac{\partial L}{\partial a_i}$.
## Sums
$$\frac{\partial L}{\partial z_i} = \frac{\partial L}{\partial a_i} (1 - a_i^2)$$
## Weights
$q_j = x_j$, and $$\frac{\partial z_i}{\partial W_{ij}} = CLAIM$$
"""
    assert claims(text.replace("CLAIM", "q_j"))[-1] is PROVED
    assert claims(text.replace("CLAIM", "2 q_j"))[-1] is REFUTED


CODE = r"""
Let $A \in \mathbb{R}^{n \times d}$, $\theta \in \mathbb{R}^d$, $y \in \mathbb{R}^n$ and
$$J = \frac12 \sum_{i=1}^n (A[i,:] \theta - y_i)^2$$
"""
PRODUCT = r"""
Let $X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times k}$, $Z = X W$ and
$$L = \sum_{i=1}^n \sum_{j=1}^k Z[i,j]^2$$
"""


@pytest.mark.parametrize(("text", "right", "wrong"), [
    (CODE, r"\nabla_\theta J = A^T (A \theta - y)", r"\nabla_\theta J = A^T (y - A \theta)"),
    (CODE, r"\nabla_\theta J = \sum_{i=1}^n (A[i,:] \theta - y_i) A[i,:]^T",
     r"\nabla_\theta J = \sum_{i=1}^n A[i,:]^T"),
    (PRODUCT, r"\frac{\partial L}{\partial W} = 2 X^T (X W)", r"\frac{\partial L}{\partial W} = X^T (X W)"),
    (PRODUCT, r"\frac{\partial L}{\partial W[a, b]} = 2 \sum_i Z[i, b] X[i, a]",
     r"\frac{\partial L}{\partial W[a, b]} = \sum_i Z[i, b] X[i, a]"),
    (PRODUCT, r"\frac{\partial L}{\partial W[:, b]} = 2 X^T Z[:, b]",
     r"\frac{\partial L}{\partial W[:, b]} = X^T Z[:, b]"),
])  # fmt: skip
def test_entries_are_written_as_in_code(text: str, right: str, wrong: str) -> None:
    for claim, verdict in ((right, PROVED), (wrong, REFUTED)):
        assert report_on(f"{text}\n$$ {claim} $$\n").formulas[-1].verdict is verdict


def test_a_condition_on_indices_makes_no_quantities_of_them() -> None:
    condition = r"$$ \frac{\partial L}{\partial Z[i,j]} = 2 Z[i,j], \quad i = j $$"
    for claim, verdict in ((r"2 X^T (X W)", PROVED), (r"X^T (X W)", REFUTED)):
        text = f"{PRODUCT}\n{condition}\n\n$$ \\frac{{\\partial L}}{{\\partial W}} = {claim} $$\n"
        assert report_on(text).formulas[-1].verdict is verdict
