"""Rounded indices, sums of rows, and vectors that are declared by their transposes only."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, CHECKED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.CHECKED, Verdict.UNDECIDED
ILL_FORMED = Verdict.ILL_FORMED
PAIRS = r"""Let $x \in \mathbb{R}^{2n}$, $A \in \mathbb{R}^{m \times n}$ and

$$ y_i = x_{2i} + x_{2i-1} $$

$$ L = \sum_{i=1}^n y_i^2, \quad r = \operatorname{rowsum}(A) $$

"""


def last(text: str) -> Formula:
    return report_on(text, "rounded.md").formulas[-1]


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        (r"\frac{\partial L}{\partial x_i} = 2 y_{\lceil i/2 \rceil}", {PROVED, CHECKED}),
        (r"\frac{\partial L}{\partial x_i} = y_{\lceil i/2 \rceil}", {REFUTED}),
        (r"\frac{\partial L}{\partial x_i} = 2 y_{\left\lfloor \frac{i+1}{2} \right\rfloor}", {PROVED, CHECKED}),
        (r"\frac{\partial L}{\partial x_i} = 2 y_{\lceil i/3 \rceil}", {REFUTED}),
        (r"\frac{\partial L}{\partial x_i} = 2 y_{\lfloor i/2 \rfloor}", {UNDECIDED, ILL_FORMED}),  # there is no y_0
        (r"\sum_{i=1}^{2n} y_{\lceil i/2 \rceil} = 2 \sum_{i=1}^n y_i", {PROVED}),
        (r"\sum_{i=1}^{2n} y_{\lceil i/2 \rceil} = \sum_{i=1}^n y_i", {REFUTED}),
        (r"\sum_{i=1}^{2n} y_{\lceil i/2 \rceil}^2 = 2 L", {PROVED, CHECKED}),
        (r"r_i = \sum_j A_{ij}", {PROVED}),
        (r"r_i = 2 \sum_j A_{ij}", {REFUTED}),
        (r"r_i = \sum_j A_{ji}", {ILL_FORMED}),
    ],
)
def test_rounded_indices_and_sums_of_rows(claim: str, verdicts: set[Verdict]) -> None:
    found = last(PAIRS + f"$$ {claim} $$\n")
    assert found.verdict in verdicts, found.message


@pytest.mark.parametrize(("sign", "verdict"), [("-", PROVED), ("+", REFUTED)])
def test_an_undeclared_vector_beside_one_that_is_declared(sign: str, verdict: Verdict) -> None:
    text = r"""Let $x \in \mathbb{R}^d$ with the label $y \in \{1, \dots, K\}$ and

$$ z_j = w_j^T x $$

$$ p_j = \frac{e^{z_j}}{\sum_{k=1}^K e^{z_k}} $$

$$ L = -\log p_y $$

"""
    claim = rf"\frac{{\partial L}}{{\partial w_j}} = (p_j {sign} \mathbb{{1}}[j = y]) x"
    assert last(text + f"$$ {claim} $$\n").verdict is verdict
