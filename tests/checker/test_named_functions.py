"""Functions that the text calls by their names. Each is told from another one, and from none at all."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
LAYER = r"""
Let $W \in \mathbb{R}^{m\times n}$ and $h = s(W x)$, WORDS. The loss is $E = \frac12\|h - y\|^2$. Then
$$\frac{\partial E}{\partial W} = ((h - y) \odot CLAIM) x^\top$$
"""
SIGMOID, TANH = r"h \odot (1 - h)", r"(1 - h \odot h)"


def verdict(text: str) -> Verdict:
    return report_on(text).formulas[-1].verdict


def of_layer(words: str, claim: str) -> Verdict:
    return verdict(LAYER.replace("WORDS", words).replace("CLAIM", claim))


@pytest.mark.parametrize(
    ("words", "right", "wrong"),
    [
        ("where $s$ is the sigmoid", SIGMOID, TANH),
        (r"where $s(\cdot)$ denotes the logistic sigmoid applied elementwise", SIGMOID, TANH),
        ("with a sigmoid activation $s$", SIGMOID, TANH),
        ("with $s$ the logistic function", SIGMOID, TANH),
        ("where $s$ is the sigmoid (logistic function)", SIGMOID, TANH),
        ("where $s(z)$ is the tanh function", TANH, SIGMOID),
        (r"where $s = \tanh$", TANH, SIGMOID),
        (r"where $s := \operatorname{sigmoid}$", SIGMOID, TANH),
    ],
)
def test_words_say_which_function_it_is(words: str, right: str, wrong: str) -> None:
    assert of_layer(words, right) is PROVED
    assert of_layer(words, wrong) is REFUTED


@pytest.mark.parametrize(
    "words",
    [
        "where $s$ is the sigmoid or the tanh", "where $s$ is, for example, the sigmoid",
        "where $s$ is a smooth function such as the sigmoid", "where $s$ is the derivative of the sigmoid",
        "where $s$ is the sigmoid, shifted by one half", "where $s$ is the sigmoid of twice the argument",
        "where $s$ is not the sigmoid but the tanh", "where $s$ is the sigmoid for the hidden units",
    ],
)  # fmt: skip
def test_other_words_leave_it_open(words: str) -> None:
    assert of_layer(words, SIGMOID) is UNDECIDED
    assert of_layer(words, TANH) is UNDECIDED


GELU = r"""
The unit is $g(x) = x\,\Phi(x)$, where $\Phi$ is WORDS. Then
$$g'(x) = \Phi(x) + CLAIM$$
"""
DENSITY = r"\frac{1}{\sqrt{2\pi}} e^{-x^2/2}"


@pytest.mark.parametrize("words", [
    "the cumulative distribution function of the standard normal distribution", "the standard normal CDF",
    "the distribution function of a standard Gaussian variable",
])  # fmt: skip
def test_the_distribution_function_of_the_standard_normal(words: str) -> None:
    text = GELU.replace("WORDS", words)
    assert verdict(text.replace("CLAIM", f"x {DENSITY}")) is PROVED
    assert verdict(text.replace("CLAIM", DENSITY)) is REFUTED


def test_another_distribution_is_none_that_is_known() -> None:
    text = GELU.replace("WORDS", "the distribution function of the noise").replace("CLAIM", f"x {DENSITY}")
    assert verdict(text) is UNDECIDED


def test_sections_of_their_own_have_their_own_functions() -> None:
    one, two = (f"# {title}\n{LAYER.replace('WORDS', words).replace('CLAIM', claim)}" for title, words, claim in (
        ("One", "where $s$ is the sigmoid", SIGMOID), ("Two", r"where $s = \tanh$", TANH)))  # fmt: skip
    found = [f.verdict for f in report_on(one + two).formulas if f.displayed]
    assert found == [PROVED, PROVED]
    wrong = report_on(one + two.replace(TANH, SIGMOID)).formulas
    assert [f.verdict for f in wrong if f.displayed] == [PROVED, REFUTED]


def test_an_equation_says_it_better_than_words() -> None:
    text = r"Let $s(z) = 2 \tanh(z)$. " + LAYER.replace("WORDS", "where $s$ is the sigmoid")
    assert verdict(text.replace("CLAIM", SIGMOID)) is REFUTED


def test_a_letter_beside_the_word_that_is_no_function() -> None:
    text = r"The output $a = \sigma(z)$ of the sigmoid activation $a$ has $$\frac{da}{dz} = CLAIM$$"
    assert verdict(text.replace("CLAIM", "a(1 - a)")) is PROVED
    assert verdict(text.replace("CLAIM", "a(2 - a)")) is REFUTED


DECLARED = r"Let $z \in \mathbb{R}^K$ and $p = \sigma(z)$, where $\sigma$ is WORDS." + "\n\n"
SLOPES = r"$$\frac{\partial p}{\partial z} = CLAIM$$" + "\n"
SOFTMAX, EACH = r"\operatorname{diag}(p) - p p^\top", r"\operatorname{diag}(p \odot (1 - p))"


@pytest.mark.parametrize(
    ("words", "of_all", "of_each"),
    [
        ("the logistic function", REFUTED, PROVED), ("the softmax", PROVED, REFUTED),
        ("the softmax function and $K$ the number of classes", PROVED, REFUTED),
        ("a softmax with temperature $T$", UNDECIDED, UNDECIDED), ("the GELU", UNDECIDED, UNDECIDED),
        ("the sigmoid with slope $b$", UNDECIDED, UNDECIDED), ("the identity", UNDECIDED, UNDECIDED),
        ("the logistic function of $2 z$", UNDECIDED, UNDECIDED), ("the sigmoid or the tanh", UNDECIDED, UNDECIDED),
        ("the sigmoid, shifted by one half", UNDECIDED, UNDECIDED), ("the sigmoid, a monotone one", REFUTED, PROVED),
    ],
)  # fmt: skip
def test_a_sigma_that_is_not_the_logistic_function(words: str, of_all: Verdict, of_each: Verdict) -> None:
    text = DECLARED.replace("WORDS", words) + SLOPES
    assert [verdict(text.replace("CLAIM", claim)) for claim in (SOFTMAX, EACH)] == [of_all, of_each]


def test_a_softmax_of_another_section() -> None:
    text = r"# Two classes" + "\n\n$$p = \\sigma(w x)$$\n\n$$\\frac{dp}{dw} = CLAIM$$\n\n# More\n\n"
    text += r"Here $\sigma$ is the softmax and $v \in \mathbb{R}^K$." + "\n\n$$q = \\sigma(v)$$\n"
    found = [report_on(text.replace("CLAIM", claim)).formulas[1].verdict for claim in ("p (1 - p) x", "p x")]
    assert found == [PROVED, REFUTED]
