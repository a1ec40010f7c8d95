"""Products over an index: conditions below them, and how far they reach."""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas.scanner import scan

CHECKED, REFUTED, UNDECIDED = Verdict.CHECKED, Verdict.REFUTED, Verdict.UNDECIDED

PRODUCT = r"""
Let $p \in \mathbb{R}^n$ and $c \in \mathbb{R}$.

$$U = DEFINED$$

$$CLAIM$$
"""


@pytest.mark.parametrize(
    ("defined", "claim", "verdict"),
    [
        (r"\prod_{i=1}^n p_i", r"\frac{\partial U}{\partial p_k} = \prod_{i \neq k} p_i", CHECKED),
        (r"\prod_{i=1}^n p_i", r"\frac{\partial U}{\partial p_k} = \prod_{i < k} p_i", REFUTED),
        (r"\prod_{i=1}^n p_i", r"\frac{\partial U}{\partial p_k} = \prod_{i < k} p_i \prod_{i > k} p_i", CHECKED),
        (r"\prod_{i=1}^n p_i", r"\frac{\partial U}{\partial p_k} = \prod_{i \neq k} p_i^2", REFUTED),
        (r"\prod_{i=1}^n p_i \prod_{j=1}^n p_j^2", r"\frac{\partial U}{\partial p_k} = \frac{3 U}{p_k}", CHECKED),
        (r"\prod_{i=1}^n p_i \prod_{j=1}^n p_j^2", r"\frac{\partial U}{\partial p_k} = \frac{2 U}{p_k}", REFUTED),
        (r"\prod_{i=1}^n p_i c", r"\frac{\partial U}{\partial c} = \prod_{i=1}^n p_i", UNDECIDED),
        (r"\prod_{i=1}^n p_i c", r"\frac{\partial U}{\partial c} = \frac{n}{c} U", UNDECIDED),
        (r"\prod_{i=1}^n (p_i c)", r"\frac{\partial U}{\partial c} = \frac{n}{c} U", CHECKED),
        (r"\prod_{i=1}^n (p_i c)", r"\frac{\partial U}{\partial c} = \frac{1}{c} U", REFUTED),
        (r"c \prod_{i=1}^n p_i", r"\frac{\partial U}{\partial c} = \frac{1}{c} U", Verdict.PROVED),
    ],
)
def test_products(defined: str, claim: str, verdict: Verdict) -> None:
    found = check(scan(PRODUCT.replace("DEFINED", defined).replace("CLAIM", claim))).formulas[-1]
    assert found.verdict is verdict, found.message
