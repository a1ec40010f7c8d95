"""Entries outside of their range that the text calls zero, or leaves out."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.ILL_FORMED

SAME = r"""Let $x \in \mathbb{R}^N$, $w \in \mathbb{R}^K$ and

$$ y_i = \sum_{k=1}^K w_k x_{i+k-1} $$

for $i = 1, \dots, N$, SAID. With $g_i = \partial L/\partial y_i$,

$$ CLAIM $$

BEHIND
"""
PLAIN = "where $x$ is zero outside of its range"
FULL = r"\frac{\partial L}{\partial x_j} = \sum_{k=1}^K g_{j-k+1} w_k"
LEFT_OUT = "where terms out of range are left out."


def judged(claim: str, said: str = PLAIN, behind: str = "") -> Formula:
    text = SAME.replace("SAID", said).replace("CLAIM", claim).replace("BEHIND", behind)
    return [f for f in report_on(text).formulas if f.displayed][1]


@pytest.mark.parametrize(
    ("claim", "behind", "verdict"),
    [
        (r"\frac{\partial L}{\partial w_k} = \sum_{i=1}^N g_i x_{i+k-1}", "", PROVED),
        (r"\frac{\partial L}{\partial w_k} = \sum_{i=1}^N g_i x_{i+k}", "", REFUTED),
        (FULL, LEFT_OUT, PROVED),
        (FULL, "where terms with $j - k + 1$ outside $[1, N]$ are dropped.", PROVED),
        (FULL, "where terms with $j - k + 1$ outside $[1, N]$ are not dropped.", ILL_FORMED),
        (FULL, "with $g$ taken as zero outside $1..N$.", PROVED),
        (FULL, "with $w$ taken as zero outside $1..K$.", ILL_FORMED),
        (FULL, "where $g$ vanishes outside of its range.", PROVED),
        (FULL, "with zero-padding.", PROVED),
        (r"\frac{\partial L}{\partial x_j} = \sum_{k=1}^K g_{j+k-1} w_k", LEFT_OUT, REFUTED),
        (FULL, "", ILL_FORMED),
        (FULL, "where $w$ is zero outside of its range.", ILL_FORMED),
        (FULL, "without zero-padding.", ILL_FORMED),
        (FULL, "which is not zero out of range.", ILL_FORMED),
    ],
)  # fmt: skip
def test_what_is_zero_outside_of_its_range(claim: str, behind: str, verdict: Verdict) -> None:
    found = judged(claim, behind=behind)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (PLAIN, PROVED),
        ("where $x$ is padded with zeros", PROVED),
        ("where $x$ is zero beyond its ends", PROVED),
        ("where $x_n$ is taken to be zero outside", PROVED),
        ("where $x$ is not zero outside of its range", ILL_FORMED),
        ("where $w$ is zero outside of its range", ILL_FORMED),
        ("as it should be", ILL_FORMED),
    ],
)
def test_a_definition_whose_entries_are_padded(said: str, verdict: Verdict) -> None:
    found = judged(r"\frac{\partial L}{\partial w_k} = \sum_{i=1}^N g_i x_{i+k-1}", said)
    assert found.verdict is verdict, found.message
    assert any("zero outside" in remark for remark in found.remarks) is (verdict is PROVED)


TRANSPOSED = r"""A transposed convolution is $$ u_m = \sum_{k=1}^K v_k h_{m-k+1} $$ SAID.
Let $g_m = \partial L/\partial u_m$.

$$ \frac{\partial L}{\partial v_k} = \sum_{m=1}^{J+K-1} g_m h_{m-k+1} $$

$$ \frac{\partial L}{\partial h_j} = \sum_{k=1}^K v_k g_{j+k-1} $$

$$ \frac{\partial L}{\partial h_j} = \sum_{k=1}^K v_k g_{j-k+1} $$
"""


@pytest.mark.parametrize(
    "said",
    [
        r"where $h_j = 0$ outside $1, \dots, J$ and $m = 1, \dots, J+K-1$",
        r"for $m = 1, \dots, J+K-1$, where $h \in \mathbb{R}^J$ and $h_j = 0$ for $j$ outside $1, \dots, J$",
        r"for $m = 1, \dots, J+K-1$, where $h \in \mathbb{R}^J$ is zero outside of its range",
    ],
)
def test_a_member_that_is_zero_outside_of_a_range(said: str) -> None:
    found = [f.verdict for f in report_on(TRANSPOSED.replace("SAID", said)).formulas[-3:]]
    assert found == [PROVED, PROVED, ILL_FORMED]


def test_a_member_that_is_zero_is_no_zero_outside() -> None:
    said = r"where $h \in \mathbb{R}^J$ is not zero outside of its range and $m = 1, \dots, J+K-1$"
    found = report_on(TRANSPOSED.replace("SAID", said)).formulas[-3]
    assert found.verdict is not PROVED
