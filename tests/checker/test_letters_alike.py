"""Letters that look alike and may be two, signs that say nothing: what rests on them is open, and its twins are not."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED


def verdict(*parts: str) -> Verdict:
    found = report_on("\n\n".join(parts) + "\n").formulas
    return [f for f in found if f.displayed][-1].verdict


SQUARE = r"$$\frac{dy}{dx} = 2 x$$"


@pytest.mark.parametrize(("one", "other"), [
    (r"\mathbf{x}", "x"), (r"\mathsf{x}", "x"), (r"\mathrm{x}", r"\vec{x}"), (r"\boldsymbol{x}", "x"),
])  # fmt: skip
def test_two_fonts_of_a_letter_side_by_side(one: str, other: str) -> None:
    assert verdict(f"$y = {one} {other}$.", SQUARE) is UNDECIDED
    assert verdict(f"$y = {other} {other}$.", SQUARE) is PROVED


def test_one_font_in_each_formula_is_a_habit() -> None:
    assert verdict(r"$y = \mathbf{x}^\top \mathbf{x}$, $x \in \mathbb{R}^n$.", SQUARE) is PROVED
    assert verdict(r"$y = \boldsymbol{\theta}_1 \theta_1$.", r"$$\frac{dy}{d\theta_1} = 2 \theta_1$$") is UNDECIDED
    assert verdict(r"$y = \mathbf{\theta} \boldsymbol{\theta}$.", r"$$\frac{dy}{d\theta} = 2 \theta$$") is PROVED


@pytest.mark.parametrize("other", [r"\overset{*}{x}", r"\stackrel{\circ}{x}", r"x^{\{1\}}"])
def test_what_stands_above_a_letter_makes_another(other: str) -> None:
    assert not verdict(f"$y = x {other}$.", SQUARE).wrong
    assert verdict(f"$y = x {other}$.", SQUARE) is not PROVED


def test_a_relation_with_words_above() -> None:
    assert verdict(r"$y \overset{\text{def}}{=} x^2$.", SQUARE) is PROVED
    assert verdict(r"$y \overset{?}{=} x^2$.", SQUARE) is UNDECIDED


@pytest.mark.parametrize("sign", [r"\pm", r"\mp"])
def test_a_sign_that_is_one_of_two(sign: str) -> None:
    assert verdict(f"$y = z {sign} x^2$.", SQUARE) is UNDECIDED
    assert verdict("$f(x) = x^2$.", f"$$f(3) = {sign} 9$$") is UNDECIDED
    assert verdict("$y = z + x^2$.", SQUARE) is PROVED


def test_the_number_one_above_a_letter_counts() -> None:
    assert verdict("$y = a x^1 + x^2$.", r"$$\frac{dy}{dx} = a + 2 x$$") is UNDECIDED
    assert verdict("$y = a_1 x^1 + x^2$.", r"$$\frac{dy}{dx} = a_1 + 2 x$$") is PROVED
    assert verdict("$y = a_1 x^1 + x^2$.", r"$$\frac{dy}{dx} = a_1 + x$$") is REFUTED
    assert verdict("$y = a x^0 + x^1$.", r"$$\frac{dy}{dx} = 1$$") is PROVED


@pytest.mark.parametrize(("said", "found"), [
    ("Here $x^2$ is the second coordinate.", UNDECIDED), ("The second example is called $x^2$.", UNDECIDED),
    ("Here $x^2$ is the second term.", PROVED), ("The square is $x^2$.", PROVED),
])  # fmt: skip
def test_a_sentence_on_a_number_above(said: str, found: Verdict) -> None:
    assert verdict(said, "$$y = x^2$$", SQUARE) is found


def test_the_letter_of_a_differential_has_the_font_of_its_own() -> None:
    step = r"$$\mathrm{d}(\mathbf{x}^\top \mathbf{x}) = 2 \mathbf{x}^\top \mathrm{d}\mathbf{x}$$"
    slope = r"$$\frac{\mathrm{d} \mathbf{x}^\top \mathbf{x}}{\mathrm{d} \mathbf{x}} = 2 \mathbf{x}^\top$$"
    given = r"Let $\mathbf{x} \in \mathbb{R}^n$."
    assert verdict(given, step, slope) is Verdict.CONDITIONAL  # on the derivative of a number being a row
    assert verdict(given, step, slope.replace("2", "3")) is REFUTED


def test_what_is_said_of_a_sign_may_be_emphasised_and_told_from_others() -> None:
    given = r"$u, v \in \mathbb{R}^n$, $y = u \odot v$, $L = \sum_i y_i^2$."
    slope = r"$$\frac{\partial L}{\partial u} = 2 u \odot v \odot v$$"
    assert verdict(given, r"$\odot$ is the **Hadamard product** — not a dot product.", slope) is PROVED
    assert verdict(given, r"$\odot$ is the **convolution** — not a dot product.", slope) is UNDECIDED
