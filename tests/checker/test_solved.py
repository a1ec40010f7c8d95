"""Equations that are to be solved: they claim nothing about all values."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

REFUTED, UNDECIDED, DEFINED, PROVED = Verdict.REFUTED, Verdict.UNDECIDED, Verdict.DEFINED, Verdict.PROVED
SQUARES = r"""Let $X \in \mathbb{R}^{m \times n}$, $y \in \mathbb{R}^m$, $w \in \mathbb{R}^n$ and

$$ L = \frac1m \|X w - y\|^2 $$

$$ \nabla_w L = \frac2m X^T (X w - y) $$

"""


def last(text: str, cache: Path | None = None) -> Formula:
    return check(scan(text, "solved.md"), effort=Effort(repair=0), cache=cache).formulas[-1]


@pytest.mark.parametrize(
    ("words", "equation", "verdict"),
    [
        ("Setting it to zero gives", "X^T X w = X^T y", DEFINED),
        ("Hence", "X^T X w = X^T y", DEFINED),  # it says where the gradient is zero
        ("Hence", "X^T y = X^T X w", DEFINED),
        ("Hence", "X^T X w = 2 X^T y", REFUTED),
        ("Hence", r"\frac1m X^T X w = X^T y", REFUTED),
        ("The optimum satisfies", "X^T X w = 2 X^T y", UNDECIDED),
        ("The system", "X w = y", UNDECIDED),
        ("Taking square roots we get", "X^T X w = 2 X^T y", REFUTED),
        ("Of a solution nothing is said. Hence", "X^T X w = 2 X^T y", REFUTED),
        ("The optimum satisfies", "X^T (X w - y) = X^T X w - X^T y", PROVED),
        ("For the optimum we need", r"\nabla_w L = \frac1m X^T (X w - y)", REFUTED),  # a gradient is claimed
        ("At the minimum", "L = w^T w", REFUTED),
    ],
)
def test_what_is_to_be_solved_is_no_claim(words: str, equation: str, verdict: Verdict) -> None:
    for text in (f"$$ {equation} $$", f"${equation}$"):
        found = last(f"{SQUARES}{words} {text}\n")
        assert found.verdict is verdict, found.message


def test_what_is_remembered_depends_on_the_words(tmp_path: Path) -> None:
    claim = "$$ X^T X w = 2 X^T y $$\n"
    assert last(f"{SQUARES}Hence\n\n{claim}", tmp_path).verdict is REFUTED
    assert last(f"{SQUARES}The optimum satisfies\n\n{claim}", tmp_path).verdict is UNDECIDED


def test_what_is_remembered_depends_on_the_values_of_examples(tmp_path: Path) -> None:
    neuron = "Let $x, w \\in \\mathbb{R}$ and $y = w x$. For $w = VALUE$ and $x = 2$ it is\n\n$$ y = 1 $$\n"
    assert last(neuron.replace("VALUE", "0.5"), tmp_path).verdict is Verdict.CONDITIONAL
    assert last(neuron.replace("VALUE", "0.7"), tmp_path).verdict is REFUTED
