"""Rows that end with four backslashes, of which Markdown eats the half, and values below braces."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
BILINEAR = "Let $f = a^T X b$, $X \\in \\mathbb{R}^{m \\times n}$, $a \\in \\mathbb{R}^m$ and $b \\in \\mathbb{R}^n$."
RELU = r"$$ f(u) = \begin{cases} u & u > 0 \\\\ 0 & u \le 0 \end{cases} $$"


def last(*parts: str) -> Verdict:
    return report_on("\n\n".join(parts) + "\n").formulas[-1].verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"f'(u) = \begin{cases} 1 & u > 0 \\\\ 0 & u < 0 \end{cases}", PROVED),
        (r"f'(u) = \begin{cases} 0 & u > 0 \\\\ 1 & u < 0 \end{cases}", REFUTED),
    ],
)
def test_an_empty_row_is_none(claim: str, verdict: Verdict) -> None:
    assert last(RELU, f"$$ {claim} $$") is verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"df = \underbrace{(da)^T X b}_{= 0 \text{ for fixed } a} + a^T (dX) b = a^T (dX) b", UNDECIDED),
        (r"df = \underbrace{(da)^T X b}_{0} + a^T (dX) b + \underbrace{a^T X db}_{= 0} = a^T (dX) b", UNDECIDED),
        (r"df = (da)^T X b + a^T (dX) b + a^T X db = a^T (dX) b", REFUTED),
        (r"\begin{align} df &= \underbrace{(da)^T X b}_{= 0} + a^T (dX) b + \underbrace{a^T X db}_{= 0} \\"
         r" &= a^T (dX) b \end{align}", UNDECIDED),
        (r"\begin{align} df &= (da)^T X b + a^T (dX) b + a^T X db \\ &= a^T (dX) b \end{align}", REFUTED),
        (r"\frac{\partial f}{\partial X} = \underbrace{a}_{m} b^T", PROVED),
        (r"\frac{\partial f}{\partial X} = 2 \underbrace{a}_{m} b^T", REFUTED),
    ],
)  # fmt: skip
def test_what_a_brace_says_to_be_zero(claim: str, verdict: Verdict) -> None:
    assert last(BILINEAR, f"$$ {claim} $$") is verdict
