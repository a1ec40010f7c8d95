"""What a sentence changes without naming it, and sentences like it that change nothing."""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
SLOPE = r"\frac{\partial J}{\partial w} = "
UNIT = (
    "Let $w, x, b, y \\in \\mathbb{R}$, $z = wx+b$, $a = \\sigma(z)$ and $J = \\frac12(a-y)^2$. WORDS\n\n$$ CLAIM $$\n"
)
RIGHT, WRONG = f"{SLOPE}(a-y)a(1-a)x", f"{SLOPE}(a-y)x"


def last(words: str, claim: str, text: str = UNIT) -> Verdict:
    document = scan(text.replace("WORDS", words).replace("CLAIM", claim))
    return check(document, effort=Effort(repair=0)).formulas[-1].verdict


@pytest.mark.parametrize("words", [
    "For linear units,", "With identity activations this becomes", "If the unit is linear, then", "With ReLU units,",
    "With a hyperbolic tangent instead of the sigmoid, we get", "We now use the tanh in place of the sigmoid.",
    "From here on the loss is doubled.", "In $J$ we use the absolute value in place of the square.",
    "For the cross-entropy loss", "Our loss is now the cross-entropy.", "The activation is dropped.",
    "In what follows the factor one half is omitted.", "We leave out the factor of one half.",
    "Without the nonlinearity,",
])  # fmt: skip
def test_what_takes_the_place_of_a_part_leaves_claims_open(words: str) -> None:
    assert (last(words, RIGHT), last(words, WRONG)) == (UNDECIDED, UNDECIDED)
    assert last(words, r"\frac{\partial z}{\partial w} = x") is PROVED  # which does not rest on it
    assert last(words, r"\frac{\partial z}{\partial w} = w") is (UNDECIDED if words.startswith("If") else REFUTED)


@pytest.mark.parametrize("words", [
    "Ignoring the bias,", "We omit the bias.", "If the bias is zero,", "With the bias set to zero,",
    "Assume unit variance.", "Dropping the bias, we get",
])  # fmt: skip
def test_in_a_special_case_what_holds_in_general_holds(words: str) -> None:
    special = f"{SLOPE}(\\sigma(wx)-y)\\sigma(wx)(1-\\sigma(wx))x"
    assert (last(words, RIGHT), last(words, special)) == (PROVED, UNDECIDED)
    assert last("", special) is REFUTED


@pytest.mark.parametrize("words", [
    "For sigmoid units,", "With the logistic function as activation we find", "For the squared loss", "With the bias,",
    "For the bias the derivative is similar.", "The factor one half is there for convenience.",
    "Often the bias is omitted.", "One could replace the sigmoid by a tanh.", "Unlike the cross-entropy loss, it is",
    "In contrast to linear units, sigmoid units saturate.", "Instead of expanding the square we use the chain rule.",
    "Instead of the loss itself we look at its gradient.", "We drop the index of the example from the notation.",
    "The sum over examples is omitted here, since there is only one.", "The learning rate is halved after each epoch.",
    "The inner function is linear, the outer one is a sigmoid.", "Changing the weight changes the loss.",
    "Without loss of generality,", "No activation is applied to the input.", "The output is a number.",
])  # fmt: skip
def test_what_the_definitions_have_or_have_not_changes_nothing(words: str) -> None:
    assert (last(words, RIGHT), last(words, WRONG)) == (PROVED, REFUTED)


def test_of_a_function_that_nothing_defines_words_say_a_case() -> None:
    text = UNIT.replace("\\sigma", "g")
    assert last("In the linear case", f"{SLOPE}(a-y)g'(z)x", text) is PROVED
    assert last("In the linear case", f"{SLOPE}(a-y)x", text) is UNDECIDED
    assert last("In general", f"{SLOPE}(a-y)x", text) is REFUTED


def test_an_equation_that_follows_says_what_the_words_put() -> None:
    words = "From here on the loss is doubled. Let $E = (a-y)^2$."
    for factor, verdict in (("2", PROVED), ("", REFUTED)):
        claim = f"\\frac{{\\partial E}}{{\\partial w}} = {factor}(a-y)a(1-a)x"
        assert last(words, claim) is verdict


@pytest.mark.parametrize(("words", "verdict"), [
    ("As the output unit is linear,", PROVED), ("For the linear output unit", PROVED),
    ("For tanh units in the hidden layer", PROVED), ("For linear units", UNDECIDED), ("With sigmoid units", UNDECIDED),
])  # fmt: skip
def test_a_linear_output_beside_hidden_units(words: str, verdict: Verdict) -> None:
    text = "Let $w,x,v,y \\in \\mathbb{R}$, $h = \\tanh(wx)$, $o = vh$, $J = \\frac12(o-y)^2$. WORDS\n\n$$ CLAIM $$\n"
    assert last(words, f"{SLOPE}(o-y)v(1-h^2)x", text) is verdict
    assert last(words, f"{SLOPE}(o-y)vx", text) is (REFUTED if verdict is PROVED else UNDECIDED)
