"""What signs and words tell apart: a wrong twin that would pass for the right one is not proved, and no right one
refuted."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.ILL_FORMED


def verdict(*parts: str) -> Verdict:
    found = report_on("\n\n".join(parts) + "\n").formulas
    return [f for f in found if f.displayed][-1].verdict


# -- functions with a sign or a number above -------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["y^{*}", "y^+", "y^\\star", "y^{(1)}", "y_{1}^{*}"])
def test_a_function_with_a_label_is_defined(name: str) -> None:
    text = f"Let $x \\in \\mathbb{{R}}$, ${name}(x) = x^2$ and $v = ({name}(x))^2$."
    assert verdict(text, "$$\\frac{dv}{dx} = 4 x^3$$") is PROVED
    assert verdict(text, "$$\\frac{dv}{dx} = 3 x^3$$") is REFUTED


@pytest.mark.parametrize(("one", "other"), [("g^*", "g"), ("g^{(1)}", "g^{(2)}"), ("g^+", "g")])
def test_functions_with_other_labels_are_others(one: str, other: str) -> None:
    text = f"Let $x \\in \\mathbb{{R}}$ and $u = {one}(x) - {other}(x)$ with differentiable functions."
    assert verdict(text, "$$\\frac{du}{dx} = 0$$") is REFUTED
    one, other = (f"{x[:-1]}\\prime}}" if "(" in x else f"{{{x}}}'" for x in (one, other))
    slopes = f"{one}(x) - {other}(x)"
    assert verdict(text, f"$$\\frac{{du}}{{dx}} = {slopes}$$") is not REFUTED


def test_a_number_above_the_only_function_of_its_name_may_count_derivatives() -> None:
    text = "Let $x \\in \\mathbb{R}$ and $f(x) = x^3$."
    assert verdict(text, "$$f^{(2)}(x) = 6x$$") is PROVED
    assert verdict(text, "$$f^{(2)}(x) = 3x^2$$") is REFUTED


def test_unknown_functions_are_two_where_their_names_are() -> None:
    text = "Let $x \\in \\mathbb{R}$ and $f = g(x) \\, \\check g(x)$ with smooth functions."
    assert verdict(text, "$$\\frac{df}{dx} = 2 g(x) g'(x)$$") is REFUTED
    assert verdict(text, "$$\\frac{df}{dx} = g'(x) \\, \\check g(x) + g(x) \\, \\check g'(x)$$") is PROVED


def test_a_dagger_is_a_transpose_where_the_text_says_so() -> None:
    text = "Let $A \\in \\mathbb{R}^{m \\times n}$ and $f = \\|A^\\dagger\\|_F^2$."
    assert verdict(text, "$$\\frac{\\partial f}{\\partial A} = 2 A$$") is UNDECIDED  # of the pseudoinverse it is wrong
    adjoint = f"{text} Here $A^\\dagger$ is the adjoint matrix."
    assert verdict(adjoint, "$$\\frac{\\partial f}{\\partial A} = 2 A$$") is PROVED
    assert verdict(adjoint, "$$\\frac{\\partial f}{\\partial A} = A$$") is REFUTED


# -- words -----------------------------------------------------------------------------------------------------------
TWO_WAYS = "Let $w, x, u, r, c \\in \\mathbb{R}$, $v = w x$, $t = r + c w u$ and $L = \\frac12 (t - v)^2$."
THROUGH_BOTH = "$$\\frac{\\partial L}{\\partial w} = (t - v) (c u - x)$$"
ONE_WAY = "Let $w, x, y \\in \\mathbb{R}$, $v = w x$ and $L = \\frac12 (v - y)^2$."


@pytest.mark.parametrize("words", [
    "We do not differentiate through the target.", "We backpropagate through the prediction only.",
    "The target does not receive gradients.", "The dependence of the target on $w$ is ignored.",
    "No gradient flows into the target.", "The target network is not trained.", "Second derivatives are dropped.",
])  # fmt: skip
def test_one_of_two_ways_to_a_variable_may_be_cut_in_words(words: str) -> None:
    assert verdict(f"{TWO_WAYS} {words}", THROUGH_BOTH) is UNDECIDED
    assert verdict(f"{words} {TWO_WAYS}", THROUGH_BOTH) is UNDECIDED
    assert verdict(TWO_WAYS, THROUGH_BOTH) is PROVED
    assert verdict(f"{ONE_WAY} {words}", "$$\\frac{\\partial L}{\\partial w} = (v - y) x$$") is PROVED  # none is cut
    assert verdict(f"{ONE_WAY} {words}", "$$\\frac{\\partial L}{\\partial w} = (v - y) w$$") is REFUTED


@pytest.mark.parametrize("words", [
    "Dead units receive no gradient.", "No gradient flows where the ReLU is off.",
    "We do not propagate through the data.",
])  # fmt: skip
def test_what_says_where_a_gradient_is_zero_cuts_nothing(words: str) -> None:
    assert verdict(f"{TWO_WAYS} {words}", THROUGH_BOTH) is PROVED
    assert verdict(f"{TWO_WAYS} {words}", "$$\\frac{\\partial L}{\\partial w} = (t - v) x$$") is REFUTED


@pytest.mark.parametrize("words", [
    "Both layers use one weight.", "Both networks have the same parameters.", "The two weights are the same number.",
    "The decoder weights are the transposed encoder weights.",
])  # fmt: skip
def test_weights_that_are_one_in_words_only(words: str) -> None:
    apart = f"{words} Let $u, v, x \\in \\mathbb{{R}}$, $h = u x$ and $y = v h$."
    assert verdict(apart, "$$\\frac{\\partial y}{\\partial u} = v x$$") is UNDECIDED
    shown = f"{words} Let $u, x \\in \\mathbb{{R}}$, $h = u x$ and $y = u h$."
    assert verdict(shown, "$$\\frac{\\partial y}{\\partial u} = 2 u x$$") is PROVED
    assert verdict(shown, "$$\\frac{\\partial y}{\\partial u} = u x$$") is REFUTED


def test_weights_that_an_equation_makes_one() -> None:
    text = "Let $u, v, x \\in \\mathbb{R}$, $y = u x + v x^2$."
    assert verdict(f"{text} In this section $u = v$.", "$$\\frac{dy}{du} = x$$") is not PROVED
    assert verdict(text, "$$\\frac{dy}{du} = x$$") is PROVED
    alias = "Let $w, x, b \\in \\mathbb{R}$, $a = x$ and $z = w a + b$."
    assert verdict(alias, "$$\\frac{\\partial z}{\\partial a} = w$$") is PROVED
    assert verdict(alias, "$$\\frac{\\partial z}{\\partial a} = b$$") is REFUTED


@pytest.mark.parametrize("words", [
    "We write $x$ for $\\log x$.", "Read $x$ as $|x|$ in what follows.", "Here $x$ stands for its exponential.",
    "Every $x$ is to be understood as its square.",
])  # fmt: skip
def test_a_letter_for_something_made_of_it(words: str) -> None:
    text = "Let $x, a \\in \\mathbb{R}$ and $f = a x$."
    assert verdict(f"{words} {text}", "$$\\frac{\\partial f}{\\partial x} = a$$") is UNDECIDED
    assert verdict(f"{words} {text}", "$$\\frac{\\partial f}{\\partial a} = x$$") is UNDECIDED


@pytest.mark.parametrize("words", [
    "We write $x$ for $x_n$.", "For brevity we write $f$ for $f(x)$.", "We do not write $x$ for $|x|$ here.",
    "Let $v \\in \\mathbb{R}^n$, where $r$ denotes its norm.",
])  # fmt: skip
def test_a_letter_without_its_indices_is_the_same(words: str) -> None:
    text = "Let $x, a \\in \\mathbb{R}$ and $f = a x$."
    assert verdict(f"{words} {text}", "$$\\frac{\\partial f}{\\partial x} = a$$") is PROVED
    assert verdict(f"{words} {text}", "$$\\frac{\\partial f}{\\partial x} = x$$") is REFUTED


@pytest.mark.parametrize(("words", "expected"), [
    ("The coefficient is a function of the input.", UNDECIDED), ("The rate varies with the input.", UNDECIDED),
    ("The resistance is temperature dependent.", UNDECIDED), ("The output depends on the input.", PROVED),
    ("The coefficient does not depend on the input.", PROVED), ("The gradient depends on the error.", PROVED),
    ("The learning rate depends on the epoch.", PROVED),
])  # fmt: skip
def test_what_depends_in_words_without_a_letter(words: str, expected: Verdict) -> None:
    text = f"{words} Let $x, c \\in \\mathbb{{R}}$ and $y = c x$."
    assert verdict(text, "$$\\frac{dy}{dx} = c$$") is expected
    assert verdict(text, "$$\\frac{dy}{dx} = x$$") is not PROVED


@pytest.mark.parametrize("words", [
    "where $y$ moves along with $x$ such that $x + y$ stays constant", "and all is taken at constant area $a = x y$",
])  # fmt: skip
def test_what_stays_constant_ties_variables(words: str) -> None:
    assert verdict(f"Let $x, y > 0$ and $f = x + 2 y$, {words}.", "$$\\frac{df}{dx} = 1$$") is UNDECIDED
    assert verdict("Let $x, y > 0$ and $f = x + 2 y$ at constant $y$.", "$$\\frac{df}{dx} = 1$$") is PROVED
    assert verdict("Let $x, y > 0$ and $f = x + 2 y$ at constant $y$.", "$$\\frac{df}{dx} = 2$$") is REFUTED


@pytest.mark.parametrize("words", [
    "An overbar denotes values held fixed.", "Quantities with the subscript old do not depend on $w$."
])  # fmt: skip
def test_marks_of_what_is_held_fixed(words: str) -> None:
    mark = "\\bar y" if "bar" in words else "y_{\\text{old}}"
    text = f"{words} Let $w, x \\in \\mathbb{{R}}$, $y = w x$, ${mark} = y$ and $L = y {mark}$."
    assert verdict(text, "$$\\frac{\\partial L}{\\partial w} = 2 y x$$") is not PROVED
    assert verdict(text, f"$$\\frac{{\\partial L}}{{\\partial w}} = x {mark}$$") is not REFUTED


@pytest.mark.parametrize(("words", "definition", "slope", "expected"), [
    ("Angles are measured in turns.", "\\sin x", "\\cos x", UNDECIDED),
    ("Angles are measured in radians.", "\\sin x", "\\cos x", PROVED),
    ("By “derivative” we mean the negative slope.", "x^2", "2x", UNDECIDED),
    ("The derivative is negative to the left.", "x^2", "2x", PROVED),
    ("The loss also contains a term that penalises large values.", "x^2", "2x", UNDECIDED),
    ("The terms that come from the prior are not shown.", "x^2", "2x", UNDECIDED),
    ("The terms of the sum are shown above.", "x^2", "2x", PROVED),
])  # fmt: skip
def test_words_that_change_an_operation_or_a_loss(words: str, definition: str, slope: str, expected: Verdict) -> None:
    text = f"{words} Let $x \\in \\mathbb{{R}}$ and $f = {definition}$."
    assert verdict(text, f"$$\\frac{{df}}{{dx}} = {slope}$$") is expected
    assert verdict(text, f"$$\\frac{{df}}{{dx}} = {slope} + 1$$") is not PROVED


def test_a_prime_is_the_derivative_by_what_the_text_says() -> None:
    text = "Let $f(x) = w x^2$ with $w, x \\in \\mathbb{R}$."
    assert verdict(f"A prime denotes differentiation by $w$. {text}", "$$f'(x) = 2 w x$$") is UNDECIDED
    assert verdict(f"A prime denotes differentiation by $x$. {text}", "$$f'(x) = 2 w x$$") is PROVED
    assert verdict(f"A prime denotes differentiation by $x$. {text}", "$$f'(x) = x^2$$") is REFUTED


def test_a_modulus_of_what_has_an_imaginary_part() -> None:
    text = "Let $z = x + i y$ with $x, y \\in \\mathbb{R}$ and $f = |z|^2$."
    assert verdict(text, "$$\\frac{\\partial f}{\\partial x} = 2 z$$") is UNDECIDED
    real = "Let $z = x + c y$ with $x, y, c \\in \\mathbb{R}$ and $f = |z|^2$."
    assert verdict(real, "$$\\frac{\\partial f}{\\partial x} = 2 z$$") is PROVED
    assert verdict(real, "$$\\frac{\\partial f}{\\partial x} = 2 x$$") is REFUTED


@pytest.mark.parametrize("zero", ["Setting it to zero, $$2 (w x - y) x = 0$$", "$$2 (w x - y) x \\overset{!}{=} 0$$"])
def test_what_is_set_to_zero_ties_no_variables(zero: str) -> None:
    text = f"Let $w, x, y \\in \\mathbb{{R}}$ and $L = (w x - y)^2$. {zero}"
    assert verdict(text, "Here", "$$\\frac{dL}{dw} = 2 (w x - y) x$$") is PROVED
    assert verdict(text, "Here", "$$\\frac{dL}{dw} = 2 (w x - y) w$$") is REFUTED
    tied = "Let $w, x, y \\in \\mathbb{R}$ with $w + x = 1$ and $L = (w x - y)^2$."
    assert verdict(tied, "$$\\frac{dL}{dw} = 2 (w x - y) x$$") is not PROVED


def test_what_is_defined_without_a_range_of_its_own_reaches_as_far_as_its_definition() -> None:
    net = ("Let $h_{l+1} = \\tanh(W h_l + x)$, $l = 0, \\dots, L-1$, with $h_l, x \\in \\mathbb{R}^d$, "
           "$W \\in \\mathbb{R}^{d \\times d}$, $E = \\frac12 \\|h_L - y\\|^2$ and ")  # fmt: skip
    own = f"{net}$\\delta_l = \\frac{{\\partial E}}{{\\partial h_l}} \\odot (1 - h_l^2)$."
    assert verdict(own, "$$\\frac{\\partial E}{\\partial x} = \\sum_{l=1}^{L} \\delta_l$$") is UNDECIDED
    ends = "Let $x \\in \\mathbb{R}^n$ and $y_i = x_{i+1} - x_i$ for $i = 1, \\dots, n-1$."
    assert verdict(ends, "$$\\sum_{i=1}^n y_i = x_n - x_1$$") is ILL_FORMED
    assert verdict(ends, "$$\\frac{\\partial y_i}{\\partial x_i} = -1$$") is PROVED


def test_derivatives_that_hold_the_other_variables_fixed() -> None:
    text = "Let $x \\in \\mathbb{R}$, $y = x^2$ and $z = x y$."
    assert verdict(f"All derivatives hold the other variables fixed. {text}", "$$\\frac{dz}{dx} = 3x^2$$") is UNDECIDED
    assert verdict(text, "$$\\frac{dz}{dx} = 3x^2$$") is PROVED
    assert verdict(text, "$$\\frac{dz}{dx} = 2x^2$$") is REFUTED


# -- how far a slash reaches -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "right", "wrong"), [
    ("$w \\in \\mathbb{R}$, $x, y \\in \\mathbb{R}^m$ and $f = 1/2m \\sum_{i=1}^m (w x_i - y_i)^2$",
     "\\frac{df}{dw} = 1/m \\sum_{i=1}^m (w x_i - y_i) x_i", "\\frac{df}{dw} = 1/2m \\sum_{i=1}^m (w x_i - y_i) x_i"),
    ("$x, u \\in \\mathbb{R}$, $s > 0$ and $f = -(x - u)^2/2s^2$",
     "\\frac{\\partial f}{\\partial u} = (x - u)/s^2", "\\frac{\\partial f}{\\partial u} = (x - u)/2s^2"),
    ("$x \\in \\mathbb{R}$ and $f = 1/2x^2$", "\\frac{df}{dx} = x", "\\frac{df}{dx} = -x^{-3}"),
    ("$m, v \\in \\mathbb{R}$ and $f = 1/2 m v^2$", "\\frac{\\partial f}{\\partial v} = m v",
     "\\frac{\\partial f}{\\partial v} = -\\frac{1}{m v^3}"),
    ("$h, w > 0$ and $f = hw/2\\pi$", "\\frac{\\partial f}{\\partial w} = \\frac{h}{2\\pi}",
     "\\frac{\\partial f}{\\partial w} = \\frac{h \\pi}{2}"),
])  # fmt: skip
def test_what_stands_close_behind_a_number_below_a_slash(text: str, right: str, wrong: str) -> None:
    assert verdict(f"Let {text}.", f"$${right}$$") is PROVED
    assert verdict(f"Let {text}.", f"$${wrong}$$") is REFUTED


def test_the_norm_of_a_matrix_beside_that_of_frobenius() -> None:
    text = ("Let $A \\in \\mathbb{R}^{m \\times n}$, $x \\in \\mathbb{R}^n$, $f = \\|A\\|_2^2$, $g = \\|A\\|_F^2$ and "
            "$h = \\|A x\\|_2^2$.")  # fmt: skip
    assert verdict(text, "$$\\frac{\\partial f}{\\partial A} = 2 A$$") is UNDECIDED
    assert verdict(text, "$$\\frac{\\partial g}{\\partial A} = 2 A$$") is PROVED
    assert verdict(text, "$$\\frac{\\partial g}{\\partial A} = A$$") is REFUTED
    assert verdict(text, "$$\\frac{\\partial h}{\\partial x} = 2 A^\\top A x$$") is PROVED


# -- words that speak of all functions, sums or derivatives of a kind ----------------------------------------------
@pytest.mark.parametrize(("words", "definition", "slope", "expected"), [
    ("All sigmoids have slope two at the origin.", "\\sigma(x)", "f (1 - f)", UNDECIDED),
    ("The logistic function has slope one quarter at the origin.", "\\sigma(x)", "f (1 - f)", PROVED),
    ("All exponentials are to base two.", "\\exp(x)", "f", UNDECIDED),
    ("All exponentials are to base e.", "\\exp(x)", "f", PROVED),
    ("The tanh is a scaled and shifted logistic function.", "\\tanh(x)", "1 - f^2", PROVED),
    ("Tanh stands for our scaled tanh.", "\\tanh(x)", "1 - f^2", UNDECIDED),
    ("By $\\log$ we mean $\\log(1 + \\cdot)$.", "\\log x", "\\frac{1}{x}", UNDECIDED),
    ("By $\\log$ we mean the natural logarithm.", "\\log x", "\\frac{1}{x}", PROVED),
    ("A small constant is added to every denominator.", "\\frac{c}{x}", "-\\frac{c}{x^2}", UNDECIDED),
    ("A small constant is added to the denominator.", "\\frac{c}{x + a}", "-\\frac{c}{(x + a)^2}", PROVED),
    ("By the derivative we mean the elasticity.", "x^2", "2x", UNDECIDED),
    ("By the gradient we mean the vector of partial derivatives.", "x^2", "2x", PROVED),
    ("We differentiate in logarithmic coordinates.", "x^2", "2x", UNDECIDED),
])  # fmt: skip
def test_words_for_all_of_a_kind(words: str, definition: str, slope: str, expected: Verdict) -> None:
    text = f"{words} Let $x, a, c > 0$ and $f = {definition}$."
    assert verdict(text, f"$$\\frac{{\\partial f}}{{\\partial x}} = {slope}$$") is expected
    assert verdict(text, f"$$\\frac{{\\partial f}}{{\\partial x}} = {slope} + 1$$") is not PROVED


@pytest.mark.parametrize(("words", "expected"), [
    ("Sums run over every other index.", UNDECIDED), ("Only the first term of the sum is kept.", UNDECIDED),
    ("The term $i = j$ is left out of the sum.", UNDECIDED), ("Sums run over all units.", PROVED),
    ("Only the first term of the sum depends on the first unit.", PROVED),
    ("Padding tokens do not contribute to the loss.", UNDECIDED),
])  # fmt: skip
def test_words_that_leave_out_terms(words: str, expected: Verdict) -> None:
    text = f"{words} Let $x \\in \\mathbb{{R}}^n$ and $f = \\sum_{{i=1}}^n x_i^2$."
    assert verdict(text, "$$\\frac{\\partial f}{\\partial x_k} = 2 x_k$$") is expected
    assert verdict(text, "$$\\frac{\\partial f}{\\partial x_k} = x_k$$") is not PROVED


@pytest.mark.parametrize(("words", "expected"), [
    ("The batch statistics are treated as constants.", UNDECIDED), ("The mean counts as a constant.", UNDECIDED),
    ("All other variables are treated as constants.", PROVED), ("The learning rate is held constant.", PROVED),
])  # fmt: skip
def test_statistics_that_are_constants_in_words(words: str, expected: Verdict) -> None:
    text = f"{words} Let $x \\in \\mathbb{{R}}^m$, $u = \\frac1m \\sum_{{i=1}}^m x_i$ and $y_i = x_i - u$."
    assert verdict(text, "$$\\frac{\\partial y_i}{\\partial x_j} = \\delta_{ij} - \\frac1m$$") is expected
    assert verdict(text, "$$\\frac{\\partial y_i}{\\partial x_j} = \\delta_{ij} + \\frac1m$$") is not PROVED


@pytest.mark.parametrize(("words", "expected"), [
    ("Targets are produced by the network being trained.", UNDECIDED),
    ("The inputs come from an encoder with the same weights.", UNDECIDED),
    ("Height and width are inversely proportional.", UNDECIDED),
    ("They are changed so that their product is constant.", UNDECIDED),
    ("The targets are generated by a noisy teacher.", PROVED), ("The labels are given by the data set.", PROVED),
    ("The gradient is proportional to the error.", PROVED),
    ("The error of one layer determines the other errors.", PROVED),
])  # fmt: skip
def test_what_depends_on_each_other_in_words(words: str, expected: Verdict) -> None:
    text = f"{words} Let $w, x, y \\in \\mathbb{{R}}$ and $L = (w x - y)^2$."
    assert verdict(text, "$$\\frac{dL}{dw} = 2 (w x - y) x$$") is expected
    assert verdict(text, "$$\\frac{dL}{dw} = 2 (w x - y) w$$") is not PROVED


# -- what is struck out ----------------------------------------------------------------------------------------
def in_latex(*parts: str) -> Verdict:
    found = report_on("\\section{A}\n" + "\n\n".join(parts) + "\n", "notes.tex").formulas
    return [f for f in found if f.displayed][-1].verdict


@pytest.mark.parametrize("struck", ["~~$y = w + x$~~", "<del>$y = w + x$</del>", "<s>Then $y = w + x$.</s>"])
def test_what_is_struck_out_in_markdown_defines_nothing(struck: str) -> None:
    text = f"Let $w, x \\in \\mathbb{{R}}$ and {struck} $y = w x$."
    assert verdict(text, "$$\\frac{dy}{dw} = x$$") is PROVED
    assert verdict(text, "$$\\frac{dy}{dw} = 1$$") is REFUTED


@pytest.mark.parametrize(
    "struck", ["\\sout{$y = w + x$}", "\\iffalse\nThen $y = w + x$ \\iff $w = 0$.\n\\fi", "\\if0\n$y = w + x$\n\\fi\n"]
)
def test_what_is_struck_out_in_latex_defines_nothing(struck: str) -> None:
    text = f"Let $w, x \\in \\mathbb{{R}}$. {struck} Let $y = w x$."
    assert in_latex(text, "$$\\frac{dy}{dw} = x$$") is PROVED
    assert in_latex(text, "$$\\frac{dy}{dw} = 1$$") is REFUTED
    other = text.replace("\\fi", "\\else Let $z = w^2$. \\fi") if "\\fi" in struck.replace("\\iff", "") else text
    assert in_latex(other, "$$\\frac{dy}{dw} = x$$") is PROVED


def test_spaces_in_formulas_strike_nothing_out() -> None:
    text = "Let $w ~~ x$ and $x \\in \\mathbb{R}$, $y = w x$, with $w ~~\\in ~~\\mathbb{R}$."
    assert verdict(text, "$$\\frac{dy}{dx} = w$$") is PROVED
    assert verdict(text, "$$\\frac{dy}{dx} = x$$") is REFUTED


def test_a_macro_that_is_defined_anew_after_its_use_is_not_read() -> None:
    text = "\\newcommand{\\out}{w x} Let $w, x \\in \\mathbb{R}$ and $y = \\out$. \\renewcommand{\\out}{w + x}"
    assert in_latex(text, "$$\\frac{dy}{dw} = 1$$") is UNDECIDED
    assert in_latex(text, "$$\\frac{dy}{dw} = x$$") is UNDECIDED
    before = "\\newcommand{\\out}{w + x} \\renewcommand{\\out}{w x} Let $w, x \\in \\mathbb{R}$ and $y = \\out$."
    assert in_latex(before, "$$\\frac{dy}{dw} = x$$") is PROVED
    assert in_latex(before, "$$\\frac{dy}{dw} = 1$$") is REFUTED


# -- what stands behind an equation, and is none ------------------------------------------------------------------
@pytest.mark.parametrize(("claim", "expected"), [
    ("\\frac{df}{dx} = 2x > 0", UNDECIDED), ("\\frac{df}{dx} = 2x \\le 2", UNDECIDED),
    ("\\frac{dh}{dx} = e^x > 0", PROVED), ("\\frac{dh}{dx} = e^x < 0", UNDECIDED),
    ("\\frac{dg}{dx} = g (1 - g) > 0", PROVED), ("\\frac{dg}{dx} = g (1 + g) > 0", REFUTED),
    ("\\frac{d^2 f}{dx^2} = 2 > 0", PROVED), ("\\frac{df}{dx} = 2x \\text{ for } x > 0, \\text{ else } 3", UNDECIDED),
    ("\\frac{df}{dx} = \\begin{cases} 2x & x > 0 \\\\ 2x & \\text{else} \\end{cases}", PROVED),
    ("\\frac{df}{dx} = \\begin{cases} 2x & x > 0 \\\\ 3 & \\text{else} \\end{cases}", REFUTED),
])  # fmt: skip
def test_inequalities_behind_an_equation(claim: str, expected: Verdict) -> None:
    text = "Let $x \\in \\mathbb{R}$, $f = x^2$, $h = e^x$ and $g = \\sigma(x)$ with the logistic function."
    assert verdict(text, f"$${claim}$$") is expected


def test_an_inequality_holds_where_it_is_said() -> None:
    claim = "$$\\frac{df}{dx} = 2x > 0$$"
    assert verdict("Let $x > 0$ and $f = x^2$.", claim) is PROVED
    assert verdict("Let $x \\in \\mathbb{R}$ and $f = x^2$. For $x > 0$ we have", claim) is PROVED
    assert verdict("Let $x \\in \\mathbb{R}$ and $f = x^2$. For $x < 0$ we have", claim) is UNDECIDED
