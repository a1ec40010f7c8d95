"""Sentences without an equation that change what a formula means, each beside one that sounds alike and does not."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED


def verdict(*parts: str) -> Verdict:
    found = report_on("\n\n".join(parts) + "\n").formulas
    return [f for f in found if f.displayed][-1].verdict


SQUARE = (
    "Let $w, x, t \\in \\mathbb{R}$.", "$$L = \\tfrac12 (w x - t)^2$$",
    "\\frac{\\partial L}{\\partial w} = (w x - t) x",
)  # fmt: skip
LINE = ("Let $w, x \\in \\mathbb{R}$.", "$$y = w x$$", "\\frac{dy}{dx} = w")
RELU = ("Let $z \\in \\mathbb{R}$.", "$$a = \\max(0, z)$$", "\\frac{da}{dz} = \\mathbb{1}[z > 0]")
SIGMOID = ("Let $z \\in \\mathbb{R}$.", "$$a = \\sigma(z)$$", "\\frac{da}{dz} = a (1 - a)")
MATRIX = (
    "Let $W \\in \\mathbb{R}^{n \\times n}$, $x \\in \\mathbb{R}^n$.", "$$L = \\tfrac12 \\|W x\\|^2$$",
    "\\frac{\\partial L}{\\partial W} = W x x^\\top",
)  # fmt: skip
SUM = (
    "Let $x, t \\in \\mathbb{R}^n$.", "$$L = \\sum_{i=1}^n (x_i - t_i)^2$$",
    "\\frac{\\partial L}{\\partial x_i} = 2 (x_i - t_i)",
)  # fmt: skip
WAYS = ("Let $x \\in \\mathbb{R}$ and $v = x^2$.", "$$y = v + x$$", "\\frac{\\partial y}{\\partial x} = 2 x + 1")
INNER = ("Let $x \\in \\mathbb{R}^n$.", "$$y = \\langle x, x \\rangle$$", "\\frac{\\partial y}{\\partial x} = 2 x")
SLOPES = (
    ("Derivatives are averaged over the batch.", "Derivatives are averaged in the last section."),
    ("The derivatives below are clipped.", "Derivatives are clipped in many implementations."),
    ("The gradients are clipped before they are written down.", "The gradients are clipped if they explode."),
    ("All derivatives carry a minus sign.", "Some factors carry a minus sign."),
    ("Gradients pass through a gradient reversal layer.", "Gradient reversal layers are another topic."),
    ("We use the natural gradient throughout.", "The natural gradient is used elsewhere."),
    ("The gradient is taken with respect to the metric of $w$.", "The gradient is taken with respect to $w$."),
    ("The derivative is a forward difference.", "The derivative is compared with a forward difference."),
    ("We differentiate on the unit circle.", "We differentiate on the next page."),
    ("Arithmetic is modulo 2.", "Arithmetic is easy."),
    ("A penalty on $w$ is included in $L$.", "A penalty on $w$ is no part of $L$."),
    ("Here $t$ tracks $w$.", "Here $t$ differs from $w$."),
    ("Here $t$ varies with $w$.", "Here $t$ is given with $w$."),
)  # fmt: skip
OTHERS = (
    (RELU, "The activation saturates at one.", "The activation saturates slowly."),
    (SIGMOID, "The activation is bipolar.", "The activation is smooth."),
    (SIGMOID, "The sigmoid here has steepness two.", "The sigmoid here has many uses."),
    (MATRIX, "$W$ is restricted to diagonal matrices.", "$W$ is restricted to real matrices."),
    (MATRIX, "The weights are projected back before they are used.", "The weights are known before they are used."),
    (LINE, "Dropout with rate $p$ is applied to $x$ first.", "Dropout is the topic of another section."),
    (SUM, "The sum over $i$ is really a mean.", "The sum over $i$ is really short."),
    (SUM, "Sums are normalised by their number of terms.", "Sums are normally finite."),
    (WAYS, "We differentiate at fixed $v$.", "We differentiate with $v$ in mind."),
    (INNER, "Here $\\langle a, b \\rangle = a^\\top M b$.", "Here $\\langle a, b \\rangle = a^\\top b$."),
    (INNER, "Here $\\langle a, b \\rangle = \\sum_i g_i a_i b_i$.",
     "Here $\\langle a, b \\rangle = \\|a\\| \\|b\\| \\cos \\theta$."),
)  # fmt: skip


@pytest.mark.parametrize(("about", "said", "alike"), [*((SQUARE, *x) for x in SLOPES), *OTHERS])
def test_a_sentence_that_changes_something(about: tuple[str, str, str], said: str, alike: str) -> None:
    given, definition, claim = about
    assert verdict(given, definition, said, f"$${claim}$$") is UNDECIDED
    assert verdict(given, definition, alike, f"$${claim}$$") is PROVED
    assert verdict(given, definition, alike, f"$${claim.replace('= ', '= 7 + ', 1)}$$").wrong


def test_of_many_examples_the_definitions_show_a_mean() -> None:
    given = "Let $x, t \\in \\mathbb{R}^n$, $w \\in \\mathbb{R}$, $L = \\frac{1}{2 n} \\sum_{i=1}^n (w x_i - t_i)^2$."
    said = "Derivatives are averaged over the batch."
    claim = "$$\\frac{\\partial L}{\\partial w} = \\frac{1}{n} \\sum_{i=1}^n (w x_i - t_i) x_i$$"
    assert verdict(given, said, claim) is PROVED
    assert verdict(given, said, claim.replace("\\frac{1}{n}", "")) is REFUTED


@pytest.mark.parametrize("bounded", ["\\min(1, \\max(0, z))", "\\tanh(z)"])
def test_a_definition_may_show_that_a_unit_saturates(bounded: str) -> None:
    given = f"Let $z \\in \\mathbb{{R}}$ and $a = {bounded}$. The activation saturates at one."
    assert verdict(given, "$$\\frac{da}{dz} = 2$$") is REFUTED


def test_words_behind_a_definition() -> None:
    given = "Let $z \\in \\mathbb{R}^K$, $p = \\operatorname{softmax}(z)$, $L = -\\log p_c$"
    claim = "$$\\frac{\\partial L}{\\partial z_c} = p_c - 1$$"
    assert verdict(f"{given} with label smoothing.", claim) is UNDECIDED
    assert verdict(f"{given} with a given class.", claim) is PROVED


DONE = (
    (SQUARE, "The error is squashed before it is squared.", "The error is squared."),
    (SQUARE, "The error is passed through a Huber function first.", "The error is passed on."),
    (SQUARE, "The learning rate is folded into every gradient.", "The learning rate is part of the update."),
    (SQUARE, "The loss has a second term, which we do not write.", "The loss has one term, which we write."),
    (SQUARE, "From here on we write $L$ for the cube of the error.", "We write $L$ for the loss."),
    (SQUARE, "The loss is reported in units of its initial value.", "The loss is reported in the next section."),
    (SQUARE, "Our derivatives are twice the usual ones.", "Our derivatives are the usual ones."),
    (LINE, "A squashing follows, whose output we again call $y$.", "A squashing follows, whose output we call $a$."),
    (LINE, "Here $y$ is finally exponentiated.", "Here $y$ is finally passed on."),
    (LINE, "Juxtaposition denotes composition.", "Juxtaposition denotes a product."),
    (LINE, "Here $w$ is twice $x$.", "Here $w$ is close to $x$."),
    (MATRIX, "The columns of $W$ are tied to each other.", "The columns of $W$ are many."),
    (MATRIX, "$W$ is symmetric, and only its upper triangle is free.", "$W$ is large, and all its entries are free."),
    (MATRIX, "We lay out gradients transposed.", "We lay out gradients as matrices."),
    (MATRIX, "Here $\\partial L/\\partial W$ has the shape of $W^\\top$.",
     "Here $\\partial L/\\partial W$ has the shape of $W$."),
    (MATRIX, "The weight matrix is spectrally normalised in the forward pass.",
     "The weight matrix is known in the forward pass."),
    (SIGMOID, "The letter $\\sigma$ is the ramp function.", "The letter $\\sigma$ is the logistic function."),
    (SUM, "Each term is counted twice.", "Each term is counted once."),
    (SUM, "The last entry of $x$ is determined by the others.", "The last entry of $x$ is like the others."),
)  # fmt: skip


@pytest.mark.parametrize(("about", "said", "alike"), DONE)
def test_a_sentence_that_does_something_to_a_quantity(about: tuple[str, str, str], said: str, alike: str) -> None:
    test_a_sentence_that_changes_something(about, said, alike)


def test_what_does_not_depend_on_a_variable_is_given() -> None:
    given = "Let $y = a x^3$, where $a$ does not depend on $x$."
    assert verdict(given, "$$\\frac{dy}{dx} = 3 a x^2$$") is PROVED
    assert verdict(given.replace(" does not", ""), "$$\\frac{dy}{dx} = 3 a x^2$$") is not PROVED


def test_estimators_that_pass_straight_through() -> None:
    given, claim = "Let $x \\in \\mathbb{R}$ and $q = \\operatorname{sign}(x)$.", "$$\\frac{dq}{dx} = 0$$"
    assert verdict(given, "We use the straight-through estimator.", claim) is UNDECIDED
    assert verdict(given, "We use no estimator.", claim) is PROVED
