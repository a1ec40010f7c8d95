"""Data of which the text says that they are -1 or 1, or 0 or 1."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED

MASKED = r"""
Let $R, M \in \mathbb{R}^{m \times n}$, $P \in \mathbb{R}^{m \times k}$, $Q \in \mathbb{R}^{n \times k}$SAID.

$$F = \frac{1}{2} \|M \circ (R - P Q^\top)\|_F^2$$

$$\frac{\partial F}{\partial P} = CLAIM$$
"""

SUM = r"""
Let $x \in \mathbb{R}^n$ and $m_i \in \{VALUES\}$.

$$G = \frac{1}{2} \sum_{i=1}^n (m_i x_i - 1)^2$$

$$\frac{\partial G}{\partial x_i} = CLAIM$$
"""


def verdict(text: str, **names: str) -> Verdict:
    for name, value in names.items():
        text = text.replace(name, value)
    return report_on(text).formulas[-1].verdict


@pytest.mark.parametrize(
    ("values", "claim", "expected"),
    [
        ("0, 1", r"m_i (x_i - 1)", PROVED),
        ("0, 1", r"m_i (m_i x_i - 1)", PROVED),
        ("0, 1", r"m_i x_i - 1", REFUTED),
        ("0, 1", r"x_i - m_i", REFUTED),
        ("-1, 1", r"x_i - m_i", PROVED),
        ("-1, 1", r"m_i (x_i - 1)", REFUTED),
        ("0, 2", r"m_i (x_i - 1)", REFUTED),
    ],
)
def test_squares_of_few_values(values: str, claim: str, expected: Verdict) -> None:
    assert verdict(SUM, VALUES=values, CLAIM=claim) is expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"-(M \circ (R - P Q^\top)) Q", PROVED),
        (r"-(M \circ M \circ (R - P Q^\top)) Q", PROVED),
        (r"(M \circ (R - P Q^\top)) Q", REFUTED),
        (r"-(R - P Q^\top) Q", REFUTED),
    ],
)
def test_masks(claim: str, expected: Verdict) -> None:
    masked = MASKED.replace("R, M", "R").replace("SAID", r" and $M \in \{0, 1\}^{m \times n}$")
    assert verdict(masked, CLAIM=claim) is expected


def test_any_matrix_is_no_mask() -> None:
    assert verdict(MASKED, SAID="", CLAIM=r"-(M \circ (R - P Q^\top)) Q") is REFUTED
    assert verdict(MASKED, SAID="", CLAIM=r"-(M \circ M \circ (R - P Q^\top)) Q") is PROVED


def test_one_may_differentiate_by_a_mask() -> None:
    """It has its values where the derivative is taken: a claim on another one is judged as without that."""
    masked = MASKED.replace("R, M", "R").replace("SAID", r" and $M \in \{0, 1\}^{m \times n}$")
    beside = masked + "\n" + r"$$\frac{\partial F}{\partial M} = SLOPE$$" + "\n"
    slope = r"M \circ (R - P Q^\top) \circ (R - P Q^\top)"
    assert verdict(beside, CLAIM="0", SLOPE=slope) is PROVED
    assert verdict(beside, CLAIM="0", SLOPE=rf"2 {slope}") is REFUTED
    other = r"\frac{1}{2} (R - P Q^\top) \circ (R - P Q^\top)"  # of ½ M (…)², which is F at these values
    assert verdict(beside, CLAIM="0", SLOPE=other) is REFUTED
    for claim, expected in ((r"-(M \circ (R - P Q^\top)) Q", PROVED), (r"(M \circ (R - P Q^\top)) Q", REFUTED)):
        text = beside.replace("CLAIM", claim).replace("SLOPE", slope)
        found = [f.verdict for f in report_on(text).formulas if r"\partial P" in f.latex]
        assert found == [expected]
