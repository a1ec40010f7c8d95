"""Sums over pairs of indices: whether the second letter is summed over, or free."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, CHECKED = Verdict.PROVED, Verdict.REFUTED, Verdict.CHECKED
VECTOR = "Let $x \\in \\mathbb{R}^n$ and $A \\in \\mathbb{R}^{n \\times n}$.\n\n"


def last(text: str) -> Formula:
    return report_on(text, "pairs.md").formulas[-1]


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        (r"\sum_{i \ne j} x_i x_j = (\sum_i x_i)^2 - \sum_i x_i^2", {PROVED}),
        (r"\sum_{i \ne j} x_i x_j = (\sum_i x_i)^2 + \sum_i x_i^2", {REFUTED}),
        (r"\sum_{i < j} x_i x_j = \frac12 \sum_{i \ne j} x_i x_j", {PROVED, CHECKED}),
        (r"\sum_{i < j} x_i x_j = \sum_{i \ne j} x_i x_j", {REFUTED}),
        (r"\sum_{1 \le i < j \le n} A_{ij} = \sum_{j=1}^n \sum_{i=1}^{j-1} A_{ij}", {PROVED}),
        (r"\sum_{1 \le i < j \le n} A_{ij} = \sum_{j=1}^n \sum_{i=1}^j A_{ij}", {REFUTED}),
        (r"\sum_{1 \le i \le j \le n} A_{ij} = \sum_{j=1}^n \sum_{i=1}^j A_{ij}", {PROVED}),
        (r"\sum_{i,j=1, i \ne j}^n A_{ij} = \sum_{i \ne j} A_{ij}", {PROVED}),
        (r"\sum_{i,j=1, i \ne j}^n A_{ij} = \sum_{i,j} A_{ij}", {REFUTED}),
        (r"\sum_{i=1, i \ne j}^n x_i = \sum_i x_i - x_j", {PROVED}),
        (r"\sum_{i=1, i \ne j}^n x_i = \sum_i x_i", {REFUTED}),
        # j stands by itself: for each j
        (r"\sum_{i \ne j} A_{ij} = \sum_i A_{ij} - A_{jj}", {PROVED}),
        (r"\sum_{i \ne j} A_{ij} = \sum_i A_{ij}", {REFUTED}),
        (r"\sum_{i < j} x_i = \sum_{i=1}^{j-1} x_i, \quad j = 1, \dots, n", {PROVED}),
    ],
)
def test_the_second_letter_of_a_pair(claim: str, verdicts: set[Verdict]) -> None:
    found = last(VECTOR + f"$$ {claim} $$\n")
    assert found.verdict in verdicts, found.message


def test_a_definition_by_pairs_is_differentiated() -> None:
    energy = VECTOR + "$$ E = \\sum_{i \\ne j} A_{ij} x_i x_j $$\n\n"
    right = r"\sum_{i \ne k} (A_{ik} + A_{ki}) x_i"
    assert last(energy + f"$$ \\frac{{\\partial E}}{{\\partial x_k}} = {right} $$\n").verdict is PROVED
    wrong = r"\sum_{i \ne k} A_{ik} x_i"
    assert last(energy + f"$$ \\frac{{\\partial E}}{{\\partial x_k}} = {wrong} $$\n").verdict is REFUTED


@pytest.mark.parametrize("said", ["of class $i$", "with $i \\in \\{1, \\dots, n\\}$ the class"])
def test_a_given_class_is_not_summed_over(said: str) -> None:
    margins = (
        f"For an example {said} and scores $s \\in \\mathbb{{R}}^n$,\n\n$$ L = \\sum_{{j \\ne i}} (s_j - s_i) $$\n\n"
    )
    right, wrong = "-(n - 1)", "0"
    assert last(margins + f"$$ \\frac{{\\partial L}}{{\\partial s_i}} = {right} $$\n").verdict is PROVED
    assert last(margins + f"$$ \\frac{{\\partial L}}{{\\partial s_i}} = {wrong} $$\n").verdict is not PROVED
