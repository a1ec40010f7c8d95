"""Spaces that a sentence names: “$K$, $Q$, and $V$, all elements of $\\mathbb{R}^{n \\times h}$”."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
SAID = "We need gradients with respect to $K$, $Q$, and $V$, {} $\\mathbb{{R}}^{{n \\times h}}$."
ATTENTION = "$$ W = Q K^T, \\qquad Y = W V $$"


def last(*parts: str) -> Verdict:
    return report_on("\n\n".join(parts) + "\n").formulas[-1].verdict


@pytest.mark.parametrize(
    "words", ["all elements of", "all in", "each in", "which are elements of", "which lie in", "all matrices in"],
)  # fmt: skip
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial Q} = \frac{\partial L}{\partial W} K", PROVED),
        (r"\frac{\partial L}{\partial Q} = \frac{\partial L}{\partial W}^T K", REFUTED),  # of one shape
        (r"\frac{\partial L}{\partial V} = W^T \frac{\partial L}{\partial Y}", PROVED),
        (r"\frac{\partial L}{\partial V} = W \frac{\partial L}{\partial Y}", REFUTED),
    ],
)
def test_a_space_in_words_declares(words: str, claim: str, verdict: Verdict) -> None:
    assert last(SAID.format(words), ATTENTION, f"$$ {claim} $$") is verdict


def test_a_space_is_nothing_that_a_name_is_made_of() -> None:
    text = "The gradients of a scalar output $L$ are those of $\\mathbb{R}^{n}$."
    right = last(text, "$$ z = V x $$", r"$$ \frac{\partial L}{\partial V} = \frac{\partial L}{\partial z} x^T $$")
    assert right is PROVED
    wrong = last(text, "$$ z = V x $$", r"$$ \frac{\partial L}{\partial V} = x \frac{\partial L}{\partial z}^T $$")
    assert wrong is not PROVED


@pytest.mark.parametrize("claim", [r"r = (M u)^{-1}", r"M_1 \odot M"])
def test_inverses_of_columns_and_numbered_names_leave_an_equation_open(claim: str) -> None:
    text = "Let $M \\in \\mathbb{R}^{n \\times n}$ and $u \\in \\mathbb{R}^n$."
    assert not last(text, f"$$ q = {claim} $$" if "=" not in claim else f"$$ {claim} $$").wrong
