"""Definitions by cases in the text: what is said of a part only is no definition of the whole."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, CONDITIONAL = Verdict.PROVED, Verdict.REFUTED, Verdict.CONDITIONAL
UNDECIDED = Verdict.UNDECIDED


def last(text: str) -> Formula:
    return report_on(text, "cases.md").formulas[-1]


@pytest.mark.parametrize(
    "said",
    [
        "$a = z$ if $z > 0$ and $a = 0$ otherwise,",
        "$a = z$ if $z > 0$ and $0$ otherwise,",
        "$a = z$ for $z > 0$, otherwise $a = 0$,",
        "$a = z$, when $z > 0$, else $0$,",
        "$a = z$ for $z > 0$ and $a = 0$ for $z < 0$,",
        "$a = z$ if $z > 0$, and $a = 0$ if $z \\le 0$,",
        "\n\n$$a = z$$\n\nif $z > 0$, and $0$ otherwise,",
    ],
)
def test_a_value_a_condition_and_another_value_are_cases(said: str) -> None:
    text = f"Let {said} and let $L = \\frac12 (a - t)^2$. Then $\\frac{{\\partial L}}{{\\partial z}} = CLAIM$."
    assert last(text.replace("CLAIM", r"(a - t) \mathbb{1}[z > 0]")).verdict is PROVED
    assert last(text.replace("CLAIM", "a - t")).verdict is REFUTED


@pytest.mark.parametrize(
    "said",
    [
        "$a = z$ if the unit is active",
        "$a = z$ when the unit is active, else $0$",
        "$a = z$ (if $z > 0$)",
        "$a = z$; when $z > 0$",
        "$a = z$ as long as $z > 0$",
        "$a = z$, provided that $z > 0$",
        "$a = z$ in case $z > 0$",
        "$a = z$, but only for $z > 0$",
        "$a = z$ except where $z < 0$",
        "for $z > 0$ we have $a = z$, otherwise $a = \\alpha z$",
        "if $z > 0$, then $a = z$. Otherwise $a = 0$",
        "the output is $a = z$ for active units and nothing otherwise",
    ],
)
def test_what_is_said_of_a_part_defines_nothing(said: str) -> None:
    net = f"Here {said}. Let $L = \\frac12 (a - t)^2$.\n\n$$ \\frac{{\\partial L}}{{\\partial z}} = a - t $$\n"
    assert last(net).verdict is UNDECIDED
    assert last(net.replace(said, "$a = z$")).verdict is PROVED


@pytest.mark.parametrize(
    "said",
    [
        "$a = z$, if we leave out the bias, and $s = 1$",
        "unless otherwise stated $a = z$; everything else is as before",
        "$a = z$ for simplicity. Elsewhere it was something else",
        "$a = z$, where $m = 1$ for kept units, else $0$",
        "$a = z$, and $m = 1$ for kept units, else $0$",
        "$a = z$, provided that it exists, and $s > 0$",
        "$a = z$ (we keep it). As long as $s > 0$ this is so",
    ],
)
def test_words_that_are_no_alternative(said: str) -> None:
    net = f"Here {said}. Let $L = \\frac12 (a - t)^2$.\n\n$$ \\frac{{\\partial L}}{{\\partial z}} = CLAIM $$\n"
    assert last(net.replace("CLAIM", "a - t")).verdict is PROVED
    assert last(net.replace("CLAIM", "t - a")).verdict is REFUTED


@pytest.mark.parametrize("said", ["for similar pairs, else $0$", "if the two are alike", "for pairs that are alike"])
def test_a_number_for_some_is_a_value_for_an_example(said: str) -> None:
    net = f"The label is $y = 1$ {said}. Let $L = y D^2 + (1 - y) (m - D)^2$.\n\n"
    net += r"$$ \frac{\partial L}{\partial D} ="
    assert last(f"{net} 2 y D - 2 (1 - y) (m - D) $$\n").verdict is PROVED
    assert last(f"{net} 2 D $$\n").verdict is CONDITIONAL
    assert last(f"{net} 3 D $$\n").verdict is REFUTED


def test_a_class_in_the_text_is_a_given_one() -> None:
    net = r"Let $y = \mathrm{softmax}(u)$ with $u \in \mathbb{R}^V$ and $E = -\sum_{j=1}^V t_j \log y_j$, "
    net += "where $t_j = 1$ if $j = c$ and $0$ otherwise.\n\n$$ \\frac{\\partial E}{\\partial u_j} = CLAIM $$\n"
    assert last(net.replace("CLAIM", "y_j - t_j")).verdict is PROVED
    assert last(net.replace("CLAIM", "V y_j - 1")).verdict is REFUTED  # what t_j = 1 for all j would give


@pytest.mark.parametrize(("first", "second", "verdicts"), [
    ("1", "0", [PROVED, PROVED]), ("0", "0", [REFUTED, PROVED]), ("1", "1", [PROVED, REFUTED]),
])  # fmt: skip
def test_a_derivative_by_cases_in_the_text_is_claimed(first: str, second: str, verdicts: list[Verdict]) -> None:
    said = f"$f'(x) = {first}$ if $x > 0$ and $f'(x) = {second}$ if $x < 0$."
    text = f"Let $x \\in R$ and $f(x) = \\max(0, x)$. Then {said}"
    found = report_on(text).formulas
    assert [f.verdict for f in found if "f'" in f.latex] == verdicts


@pytest.mark.parametrize("said", [
    "| old | $y = x^2$ |\n|---|---|\n| cubic | $y = x^3$ |", "- Option A: $y = x^2$\n- Option B: $y = x^3$",
    "The one model has $y = x^2$. The cubic one has $y = x^3$.", "It is $y = x^2$, or $y = x^3$ for the cubic model.",
    "<details><summary>Alternative</summary>\n\n$$y = x^2$$\n\n</details>\n\nOur model is $$y = x^3$$",
])  # fmt: skip
def test_of_several_definitions_side_by_side_a_claim_rests_on_one(said: str) -> None:
    for value, found in (("2 x", CONDITIONAL), ("3 x^2", CONDITIONAL), ("4 x", REFUTED)):
        formulas = report_on(f"{said}\n\nFor the cubic model\n\n$$\\frac{{dy}}{{dx}} = {value}$$\n").formulas
        assert formulas[-1].verdict is found, value
        assert not any(f.verdict.wrong for f in formulas[:-1])


def test_examples_one_after_the_other_are_not_side_by_side() -> None:
    text = "Take $f(x) = x^2$, then $f'(x) = 2 x$. Take $f(x) = x^3$, then $f'(x) = CLAIM$.\n"
    assert last(text.replace("CLAIM", "3 x^2")).verdict is PROVED
    assert last(text.replace("CLAIM", "4 x")).verdict is REFUTED


@pytest.mark.parametrize(("before", "behind"), [
    ("To leading order", ""), ("Up to a constant factor,", ""), ("Suppose for contradiction that", ""),
    ("", "This holds only to first order."), ("", "The definition above has a typo."),
])  # fmt: skip
def test_what_is_said_loosely_or_wrong_defines_nothing(before: str, behind: str) -> None:
    text = "Let $x \\in R$. BEFORE\n\n$$y = x^2.$$\n\nBEHIND Then\n\n$$\\frac{dy}{dx} = 2 x$$\n"
    assert last(text.replace("BEFORE", before).replace("BEHIND", behind)).verdict is UNDECIDED
    assert last(text.replace("BEFORE", "").replace("BEHIND", "This holds only here.")).verdict is PROVED


def test_what_would_be_is_only_asked() -> None:
    text = "Let $y = x^2$. What changes if $y = x^3$ANSWER Back to our case:\n\n$$\\frac{dy}{dx} = 3 x^2$$\n"
    assert last(text.replace("ANSWER", "?")).verdict is not PROVED


COUSINS = "## Model\n\n$$y = w x$$\n\n### HEAD\n\nIt is $$y = VALUE$$\n\n## Gradient\n\n$$\\frac{dy}{dx} = w$$\n"


@pytest.mark.parametrize(("head", "value", "found"), [
    ("Extension", "w x + x^2", CONDITIONAL), ("Once more", "w x", PROVED), ("An example", "w x + x^2", PROVED),
])  # fmt: skip
def test_another_section_in_between_defines_the_same_otherwise(head: str, value: str, found: Verdict) -> None:
    assert last(COUSINS.replace("HEAD", head).replace("VALUE", value)).verdict is found
    again = COUSINS.replace("HEAD", head).replace("VALUE", value).replace("## Gradient", "## Gradient\n\n$$y = w x$$")
    assert last(again).verdict is PROVED
