"""What a section takes from another one, as its text says."""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
SLOPE = r"\frac{\partial J}{\partial w} = "
LOSSES = (
    "# Squared loss\n\nLet $w,x,y\\in\\mathbb{R}$, $z = wx$ and $J = \\frac12(z-y)^2$.\n\n# Logistic loss\n\nWORDS\n\n"
    "$$ CLAIM $$\n"
)
MODELS = (
    "Let $w, x, y \\in \\mathbb{R}$.\n\n**Model 1.** Let $z = wx$ and $J = \\frac12(z-y)^2$.\n\n**Model 2.** WORDS\n\n"
    "$$ CLAIM $$\n"
)


def last(text: str, words: str, claim: str) -> Verdict:
    document = scan(text.replace("WORDS", words).replace("CLAIM", SLOPE + claim))
    return check(document, effort=Effort(repair=0)).formulas[-1].verdict


@pytest.mark.parametrize("words", [
    "With the same $z$, let $J = \\log(1+e^{-yz})$. Then", "Let $J = \\log(1+e^{-yz})$ with $z$ as before. Then",
    "For the same net input $z$ we take $J = \\log(1+e^{-yz})$. Then",
])  # fmt: skip
def test_what_is_the_same_as_in_another_section(words: str) -> None:
    assert last(LOSSES, words, "-\\frac{yx}{1+e^{yz}}") is PROVED
    assert last(LOSSES, words, "\\frac{yx}{1+e^{yz}}") is REFUTED
    assert last(LOSSES, words, "(z-y)x") is REFUTED


def test_the_same_loss_is_of_what_is_defined_here() -> None:
    words = "Let $z = w^2x$ with the same loss $J$. Then"
    for claim, verdict in (("2(z-y)wx", PROVED), ("(z-y)x", REFUTED), ("0", REFUTED)):
        assert last(MODELS, words, claim) is verdict


@pytest.mark.parametrize("words", [
    "Let $J = \\log(1+e^{-yz})$. Then", "Let $v$ have the same shape as $z$, and $J = \\log(1+e^{-yz})$. Then",
    "Let $J = \\log(1+e^{-yz})$, where $z$ is not the same. Then",
])  # fmt: skip
def test_what_the_text_does_not_call_the_same_is_open(words: str) -> None:
    for claim in ("-\\frac{yx}{1+e^{yz}}", "(z-y)x"):
        assert last(LOSSES, words, claim) is UNDECIDED


def test_the_same_as_in_which_of_two_sections_is_open() -> None:
    text = LOSSES.replace("# Logistic", "# Another\n\nLet $z = w^2x$ and $J = \\frac12(z-y)^2$.\n\n# Logistic")
    for claim in ("4z^3x", "8z^3wx"):
        assert last(text, "With the same $z$ and $J = z^4$,", claim) is UNDECIDED
