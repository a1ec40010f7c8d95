"""Words that change what a formula means leave claims open that rest on it; words that sound alike, and do not, change
nothing: then the right claim is proved and the wrong one refuted."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
POWER = (r"Let $w, x, y \in \mathbb{R}$ and $$e = w x^2 + y.$$", r"\frac{de}{dx} = 2 w x", r"\frac{de}{dx} = w x")
VECTOR = (r"Let $v, x \in \mathbb{R}^n$ and $$f = v^\top x.$$", r"\nabla_v f = x", r"\nabla_v f = v")
LABELS = (
    r"Let $p \in (0, 1)$, $y \in \mathbb{R}$ and $$\ell = -y \log p.$$",
    r"\frac{\partial \ell}{\partial p} = -\frac{y}{p}", r"\frac{\partial \ell}{\partial p} = \frac{y}{p}",
)  # fmt: skip
MADE = (
    r"Let $a, x \in \mathbb{R}$ and $$z = a x.$$ SAID Let $f = z + x$.", r"\frac{df}{dx} = a + 1", r"\frac{df}{dx} = a",
)  # fmt: skip
SOFTMAX = (
    r"Let $z \in \mathbb{R}^K$ and $$p = \operatorname{softmax}(z).$$",
    r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} - p_j)",
    r"\frac{\partial p_i}{\partial z_j} = p_i (\delta_{ij} + p_j)",
)
LOG = (r"Let $p \in (0, 1)$ and $$H = -p \log p.$$", r"\frac{dH}{dp} = -\log p - 1", r"\frac{dH}{dp} = -\log p")
NORM = (r"Let $x \in \mathbb{R}^n$ and $$f = \|x\|^2.$$", r"\nabla_x f = 2x", r"\nabla_x f = x")
INNER = (
    r"Let $a, x \in \mathbb{R}^n$ and $$f = \langle a, x \rangle.$$", r"\nabla_x f = a", r"\nabla_x f = x",
)  # fmt: skip
SUM = (
    r"Let $x \in \mathbb{R}^n$ and $$f = \sum_{i=1}^n x_i^2.$$", r"\frac{\partial f}{\partial x_i} = 2 x_i",
    r"\frac{\partial f}{\partial x_i} = x_i",
)  # fmt: skip
FUNCTION = (r"Let $f(s) = s^3$.", "f'(s) = 3s^2", "f'(s) = s^2")
TIME = (r"Let $x(t) = t^3$ with $t \in \mathbb{R}$.", r"\dot x = 3t^2", r"\dot x = t^2")
FACTORS = (r"Let $u, v, x \in \mathbb{R}$ and $$f = u v x.$$", r"\frac{df}{du} = v x", r"\frac{df}{du} = u x")

LARGEST = (
    r"Let $x, y \in \mathbb{R}$ and $$f = \max(x, y)^2.$$ SAID", r"\frac{df}{dx} = 2 x [x > y]",
    r"\frac{df}{dx} = 2 y [x > y] + x",
)  # fmt: skip
TIMES = (
    r"Let $w, x, y \in \mathbb{R}$ and $$L = (w x - y)^2.$$ SAID", r"\frac{dL}{dw} = 2 (w x - y) x",
    r"\frac{dL}{dw} = (w x - y) x",
)  # fmt: skip
RELU = (r"Let $z > 0$ and $$a = \operatorname{ReLU}(z).$$", r"\frac{da}{dz} = 1", r"\frac{da}{dz} = 0")
ROOT = (
    r"Let $x > 0$ and $$f = \sqrt{x}.$$", r"\frac{df}{dx} = \frac{1}{2\sqrt{x}}", r"\frac{df}{dx} = \frac{1}{\sqrt{x}}",
)  # fmt: skip
TRACE = (
    r"Let $A, X \in \mathbb{R}^{n \times n}$ and $$f = \operatorname{tr}(A X).$$",
    r"\frac{\partial f}{\partial X} = A^\top", r"\frac{\partial f}{\partial X} = A",
)  # fmt: skip
SIGMOID = (
    r"Let $z \in \mathbb{R}$ and $$p = \sigma(z).$$", r"\frac{dp}{dz} = p (1 - p)", r"\frac{dp}{dz} = p (1 + p)",
)  # fmt: skip

CHANGED = [
    (POWER, "Superscripts index the sample."), (POWER, "The superscript counts the examples."),
    (POWER, "The superscript denotes the layer, not a power."), (POWER, "Upper indices number the components."),
    (POWER, "The number above a letter is that of the experiment."),
    (VECTOR, "The vector $v$ is normalised before use."),
    (VECTOR, "Before $f$ is computed, $v$ is scaled to unit length."),
    (VECTOR, "Weights $v$ are clipped before the product is taken."),
    (VECTOR, "First, $v$ is projected onto the sphere."),
    (VECTOR, "A random half of the entries of $v$ is set to zero."), (VECTOR, "We normalise $v$."),
    (LABELS, "With label smoothing, $y$ is replaced by a mixture with the uniform distribution."),
    (MADE, "After this, $z$ is overwritten by its square."), (MADE, "We replace $a$ by the cosine of $x$."),
    (SOFTMAX, "The logits are divided by a temperature before the softmax."),
    (LOG, "All logarithms are binary."), (LOG, r"Here $\log$ is the decadic logarithm."),
    (NORM, "The norm is the sum of absolute values."), (NORM, "Norms are taken with respect to a metric."),
    (INNER, "The inner product is weighted with a positive definite matrix."),
    (SUM, "All sums over examples are averages."), (SUM, r"We write $\sum$ for the average over the index."),
    (NORM, r"Here $\nabla$ denotes the Riemannian gradient on the sphere."), (NORM, "Gradients are natural gradients."),
    (NORM, "All gradients below are multiplied by the learning rate."), (NORM, "Gradients are stated up to a factor."),
    (NORM, "We always state the negative gradient."), (NORM, "Gradients are rows."),
    (SOFTMAX, r"All softmax functions are at temperature $\tau$."),
    (SOFTMAX, "Our softmax uses powers of two instead of the exponential function."),
    (RELU, "We use the leaky version of every ReLU."), (ROOT, "All square roots contain a small constant."),
    (TRACE, r"By $\operatorname{tr}$ we mean the trace divided by the dimension."),
    (TRACE, r"Here $\operatorname{tr}$ denotes the partial trace."), (VECTOR, "All coefficients depend on $v$."),
    (ROOT, "Absolute values and square roots are smoothed near zero."), (SIGMOID, "Here every sigmoid is hard."),
    (VECTOR, "The output is clipped to the unit interval."), (VECTOR, "All outputs are rounded."),
    (FUNCTION, "A prime marks the value at the next step."), (FUNCTION, "The prime does not mean a derivative."),
    (TIME, "Dots mark normalised quantities."), (FACTORS, "Here $u$ and $v$ share one weight."),
    (LABELS, r"The labels $y$ are recoded to $\{0, 1\}$ before they enter $\ell$."),
    (LOG, r"The symbol $\log$ is to base two."), (VECTOR, "The last entry of $v$ is exempted from the penalty."),
    (SUM, "Sums run over the active examples only."), (SUM, "The sum is only over the batch."),
    (NORM, "Let the gradient be the one on the sphere."), (NORM, "The derivative respects the constraint."),
    (NORM, "All derivatives below are with respect to the unconstrained parameter."),
    (SIGMOID, "From here on, we use a ramp in place of the sigmoid."),
    (LARGEST, "In our experiments we use the mean in place of the maximum, and the formulas below are for that."),
    (TIMES, "The loss is weighted, which we suppress."),
    (TIMES, "The output passes through a softmax, which is not shown."),
    (TIMES, "The rest of this section is about the cross-entropy instead."),
    (FACTORS, "The second factor is not differentiated."), (POWER, "Weight decay is included without being written."),
]  # fmt: skip
THE_SAME = [
    (POWER, "The exponent counts how often the factor occurs."), (POWER, "Superscripts in brackets number layers."),
    (POWER, "We drop the superscript of the example."), (POWER, "Consider the figure above and the numbers above it."),
 (POWER, "The superscript $(i)$ refers to the example."),
    (POWER, "The batch size need not be a power of two."), (POWER, "A superscript $T$ denotes the transpose."),
    (VECTOR, "The inputs $x$ are normalised before training."), (VECTOR, "Here $v$ is updated after each example."),
    (VECTOR, "Before the first step, the vector $v$ is drawn at random."), (VECTOR, "The weights are not rescaled."),
    (LABELS, "If $y$ were known, nothing need be replaced."),
    (MADE, "In code, the index is replaced by its successor."),
    (SOFTMAX, "The logits are not divided by a temperature."), (LOG, "Logarithms are natural. The variable is binary."),
    (NORM, "The norm is differentiable away from zero."), (NORM, "The distance is measured in metres."),
    (INNER, "The inner product is symmetric."), (SUM, "Sums over examples are written out."),
    (NORM, r"Here $\nabla$ denotes the gradient."),
    (NORM, "Gradients are computed by hand, without finite differences."),
    (NORM, "The gradient is multiplied by the learning rate and subtracted."), (NORM, "The gradient is a column."),
    (SOFTMAX, "The softmax is smooth."), (RELU, "A leaky ReLU has no such kink."), (ROOT, "The square root is smooth."),
    (TRACE, "The trace of a product is linear."), (TRACE, r"Here $\operatorname{tr}$ denotes the trace."),
    (SIGMOID, "Here $\\sigma$ is the sigmoid. A hard threshold has no slope."),
    (VECTOR, "The factors do not depend on $v$."),
    (VECTOR, "The output is not clipped."), (VECTOR, "The gradients are clipped."),
    (FUNCTION, "A prime denotes the derivative."), (TIME, "Dots denote omitted terms."),
    (LABELS, r"The labels $y$ are recoded to numbers."), (LOG, r"The symbol $\log$ is to base $e$."),
    (VECTOR, "The last entry of $v$ is not zero."), (SUM, "Sums run over the examples of the batch."),
    (NORM, "The gradient vanishes on the sphere."), (NORM, "The derivative is taken by all entries."),
    (NORM, "All derivatives below are with respect to the parameter."),
    (VECTOR, "A unit has weights and a threshold $v$."),
    (SOFTMAX, "First subtract the maximum of the logits, and then apply the function."),
    (SIGMOID, "Some use a ramp in place of the sigmoid."), (TIMES, "The loss is weighted later."),
    (TIMES, "A softmax is not needed."), (TIMES, "The next section is about the cross-entropy instead."),
    (FACTORS, "Both terms have the same number of factors."),
    (FACTORS, "The product is not differentiable in the code."),
]  # fmt: skip


def verdict(document: str, said: str, claim: str) -> Verdict:
    text = document.replace("SAID", said) if "SAID" in document else f"{said} {document}"
    return report_on(f"{text} Then\n\n$${claim}$$\n").formulas[-1].verdict


@pytest.mark.parametrize(("document", "said"), CHANGED)
def test_what_words_change_is_open(document: tuple[str, str, str], said: str) -> None:
    text, right, wrong = document
    assert verdict(text, said, right) is UNDECIDED
    assert verdict(text, said, wrong) is not PROVED


@pytest.mark.parametrize(("document", "said"), THE_SAME)
def test_what_words_do_not_change_is_judged(document: tuple[str, str, str], said: str) -> None:
    text, right, wrong = document
    assert verdict(text, said, right) is PROVED
    assert verdict(text, said, wrong) is REFUTED


def test_a_letter_with_an_index_above_has_no_powers_beside_it() -> None:
    given = r"Let $x^i \in \mathbb{R}$ for $i = 1, \dots, n$. SAID With $w \in \mathbb{R}$, $f = w^2 \sum_{i=1}^n x^i$."
    for said in ("The superscript counts the examples.", ""):
        assert verdict(given, said, r"\frac{df}{dw} = 2 w \sum_{i=1}^n x^i") is PROVED
        assert verdict(given, said, r"\frac{df}{dw} = w \sum_{i=1}^n x^i") is REFUTED


def test_a_name_that_always_has_a_number_above() -> None:
    said, given = "The superscript counts the examples.", r"Let $w \in \mathbb{R}$ and $y^2 = w x^2$."
    for one, other in (("w", "x^2"), ("x^2", "w")):
        assert verdict(given, said, rf"\frac{{\partial y^2}}{{\partial {one}}} = {other}") is PROVED
        assert verdict(given, said, rf"\frac{{\partial y^2}}{{\partial {one}}} = 2 {other}") is REFUTED
    assert verdict(given, said, r"\frac{\partial y}{\partial w} = \frac{x^2}{2 y}") is not PROVED


def test_a_change_that_an_equation_shows() -> None:
    given = r"Let $x, a \in \mathbb{R}^n$. First, $x$ is normalised: $u = x / \|x\|$. Let $s = a^\top u$."
    right, wrong = (rf"\nabla_x s = \frac{{1}}{{\|x\|}} (a {sign} u u^\top a)" for sign in "-+")
    assert verdict(given, "", right) is PROVED
    assert verdict(given, "", wrong) is REFUTED


@pytest.mark.parametrize(
    "said", ["All quantities with a bar are treated as constants.", "A bar marks constants.", "A bar denotes a mean."]
)
def test_what_has_a_sign_of_constants_is_held_fixed(said: str) -> None:
    given = r"Let $x \in \mathbb{R}$, $\bar y = x^2$ and $f = x \bar y$."
    through, fixed = (verdict(given, said, rf"\frac{{df}}{{dx}} = {value}") for value in ("3x^2", r"\bar y"))
    assert (through, fixed) == ((PROVED, REFUTED) if "mean" in said else (UNDECIDED, PROVED))


@pytest.mark.parametrize("start", ["zero", "one"])
def test_where_indices_start(start: str) -> None:
    given = rf"Indices start at {start}. Let $x \in \mathbb{{R}}^n$ and $f = \sum_{{i=1}}^{{n-1}} x_i$."
    inside, outside = ("0", "n") if start == "zero" else ("n", "0")
    assert verdict(given, "", rf"\frac{{\partial f}}{{\partial x_{inside}}} = 0") is PROVED
    assert verdict(given, "", rf"\frac{{\partial f}}{{\partial x_{inside}}} = 1") is REFUTED
    assert verdict(given, "", rf"\frac{{\partial f}}{{\partial x_{outside}}} = 0") is Verdict.ILL_FORMED


DENIED = [
    "In an earlier version we had $f = x^2$. Now $f = x^3$.", "Some authors define $f = x^2$. We define $f = x^3$.",
    "Contrary to other books, where $f = x^2$, we set $f = x^3$.",
    r"Here\footnote{Formerly $f = x^2$ was used.} $f = x^3$.",
    "The original paper uses $f = x^2$. Here $f = x^3$.", "We do not use $$f = x^2$$ but $$f = x^3.$$",
    "A common error is to write $f = x^2$. It is $f = x^3$.", "Let us replace $f = x^2$ by $f = x^3$.",
    "Instead of $f = x^2$ we use $f = x^3$.", "Unlike $f = x^2$, the function $f = x^3$ is odd.",
]  # fmt: skip
ALONE = [
    "It is not the case that $f = x^2$.", "It would be wrong that $f = x^2$.", "Roughly, $f = x^2$.",
    "For small $x$ we have $f = x^2$.", "In the limit of many samples $f = x^2$.", "Formerly $f = x^2$.",
]  # fmt: skip
STATED = [
    "Instead of the cube we use $f = x^2$.", "We do not use an offset, so that $f = x^2$.",
    "Some authors use the cube. We use $f = x^2$.", "For large inputs we still work with $f = x^2$.",
    "It is wrong to forget the exponent. Let $f = x^2$. It is not true that $f$ is linear.",
    "As in the original paper, $f = x^2$.", "A common mistake is to forget the factor. Let $f = x^2$.",
]  # fmt: skip
VARIABLE = r"Let $x \in \mathbb{R}$. SAID"


@pytest.mark.parametrize("said", DENIED)
def test_what_a_text_does_not_define(said: str) -> None:
    assert verdict(VARIABLE, said, r"\frac{df}{dx} = 3x^2") is PROVED
    assert verdict(VARIABLE, said, r"\frac{df}{dx} = 2x") is REFUTED


@pytest.mark.parametrize("said", ALONE)
def test_what_a_text_denies_defines_nothing(said: str) -> None:
    for value in ("2x", "3x^2"):
        assert verdict(VARIABLE, said, rf"\frac{{df}}{{dx}} = {value}") is UNDECIDED


@pytest.mark.parametrize("said", STATED)
def test_what_a_text_defines_beside_denials(said: str) -> None:
    assert verdict(VARIABLE, said, r"\frac{df}{dx} = 2x") is PROVED
    assert verdict(VARIABLE, said, r"\frac{df}{dx} = 3x^2") is REFUTED


@pytest.mark.parametrize(("said", "right", "wrong"), [
    (r"By $\sigma$ we denote the hyperbolic tangent.", "1 - p^2", "p (1 - p)"),
    (r"We write $\sigma$ for the hyperbolic tangent.", "1 - p^2", "p (1 - p)"),
    (r"Here $\sigma$ may be any smooth activation.", r"\sigma'(z)", "p (1 - p)"),
    (r"We write $\sigma$ for the sigmoid.", "p (1 - p)", "1 - p^2"),
])  # fmt: skip
def test_which_function_a_text_writes_for_a_letter(said: str, right: str, wrong: str) -> None:
    assert verdict(SIGMOID[0], said, rf"\frac{{dp}}{{dz}} = {right}") is PROVED
    assert verdict(SIGMOID[0], said, rf"\frac{{dp}}{{dz}} = {wrong}") is REFUTED


LINE = r"SAID Let $x, y \in \mathbb{R}^n$, $w, b \in \mathbb{R}$ and $E = \frac12 \sum_{i=1}^n (w x_i + b - y_i)^2$."
CENTRED = [
    "The inputs are centred.", "Assume that the inputs are centred.", "We use zero-mean data.", "The data are centred.",
    "The inputs have mean zero and variance one.",
]  # fmt: skip


@pytest.mark.parametrize("said", [*CENTRED, "The targets are centred.", "The inputs are not centred.", "Let $n > 1$."])
def test_data_with_the_mean_zero(said: str) -> None:
    right, wrong = (
        verdict(LINE, said, rf"\frac{{\partial E}}{{\partial b}} = n b {sign} \sum_{{i=1}}^n y_i") for sign in "-+"
    )
    assert right is (Verdict.CONDITIONAL if said in CENTRED else REFUTED)
    assert wrong is REFUTED
    assert verdict(LINE, said, r"\frac{\partial E}{\partial b} = \sum_{i=1}^n (w x_i + b - y_i)") is PROVED


def test_data_with_the_variance_one() -> None:
    right, wrong = (rf"\frac{{\partial E}}{{\partial w}} = n w {sign} \sum_{{i=1}}^n x_i y_i" for sign in "-+")
    both = "The inputs have mean zero and variance one."
    for said, found in ((both, Verdict.CONDITIONAL), ("The inputs are centred.", REFUTED)):
        assert verdict(LINE, said, right) is found
        assert verdict(LINE, said, wrong) is REFUTED


def test_what_else_is_said_of_data_counts() -> None:
    given = r"SAID Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, $w \in \mathbb{R}^d$, "
    given += r"$J = \frac{1}{2n} \|X w - y\|^2$."
    right, wrong = (rf"\nabla_w J = w {sign} \frac1n X^\top y" for sign in "-+")
    said = r"The features are standardised so that $\frac1n X^\top X = I$."
    assert (verdict(given, said, right), verdict(given, "The features are centred.", right)) == (UNDECIDED, REFUTED)
    assert verdict(given, said, wrong) is not PROVED


def test_what_is_declared_for_any_may_be_another_one_later() -> None:
    given = r"For any nonzero $y \in \mathbb{R}^{d+1}$ we have $\|y\| > 0$. SAID $L = \frac12 (w^\top x - y)^2$."
    again = r"Given $w, x \in \mathbb{R}^d$ and a target $y$, let"
    assert verdict(given, again, r"\frac{\partial L}{\partial w} = (w^\top x - y) x") is UNDECIDED
    assert verdict(given, again, r"\frac{\partial L}{\partial w} = (y - w^\top x) x") is not PROVED
    found = verdict(given, r"Given $w, x \in \mathbb{R}^d$, let", r"\frac{\partial L}{\partial w} = (w^\top x - y) x")
    assert found is Verdict.ILL_FORMED


@pytest.mark.parametrize(("said", "given", "right"), [
    ("All matrices commute.", r"Let $A, X \in \mathbb{R}^{n \times n}$, $f = \operatorname{tr}(X A X)$.",
     r"2 (A X)^\top"),
    ("All matrices are symmetric.", r"Let $A, X \in \mathbb{R}^{n \times n}$, $f = \operatorname{tr}(A X)$.", "A"),
    ("All vectors have unit length.", r"Let $X, a \in \mathbb{R}^n$, $f = \frac{a^\top X}{\|a\|}$.", "a"),
    ("All quantities are positive.", r"Let $X, a \in \mathbb{R}$, $f = |a X|$.", "a"),
])  # fmt: skip
def test_what_all_are_need_not_be_wrong(said: str, given: str, right: str) -> None:
    claim = rf"\frac{{\partial f}}{{\partial X}} = {right}"
    assert verdict(given, said, claim) is UNDECIDED
    for other in (said.replace("All", "Not all"), "All matrices are square.", "All vectors are columns."):
        assert verdict(given, other, claim) is REFUTED


@pytest.mark.parametrize(
    "said", ["We use the summation convention.", "Repeated indices are summed over.", "No indices are summed."]
)
def test_sums_without_a_sign(said: str) -> None:
    given = r"Let $g \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$, $f = g_{\mu\nu} x_\mu x_\nu$."
    tacit = "No" not in said
    slope = r"\frac{\partial f}{\partial x_\mu} = g_{\mu\nu}"
    assert verdict(given, said, rf"{slope} x_\nu") is (REFUTED if tacit else PROVED)
    assert verdict(given, said, slope) is not PROVED
    assert verdict(given, said, rf"{slope} x_\nu + g_{{\nu\mu}} x_\nu") is (PROVED if tacit else Verdict.ILL_FORMED)
    beside = r"Let $a, x \in \mathbb{R}^n$, $y_i = a_i x_i$."
    assert verdict(beside, said, r"\frac{\partial y_i}{\partial x_i} = a_i") is PROVED


def test_a_modulus_of_complex_numbers() -> None:
    for numbers, found in (("C", UNDECIDED), ("R", PROVED)):
        given = rf"Let $z, a \in \mathbb{{{numbers}}}$ and $f = |z - a|^2$."
        assert verdict(given, "", r"\frac{\partial f}{\partial z} = 2 (z - a)") is found
        assert verdict(given, "", r"\frac{\partial f}{\partial z} = z - a") is not PROVED


@pytest.mark.parametrize(("said", "usual", "given", "right"), [
    ("$\\exp$ stands for the power of ten.", "$\\exp$ stands for the exponential.", "f = \\exp(X)", "\\exp(X)"),
    ("$+$ denotes the maximum of both.", "$+$ denotes the sum of both.", "f = X + a", "1"),
    ("$\\frac{d}{dX}$ is the backward difference.", "$\\frac{d}{dX}$ is the usual derivative.", "f = X^2", "2 X"),
    ("In this note $\\partial$ denotes the logarithmic derivative.", "Here $\\partial$ denotes the derivative.",
     "f = X^2", "2 X"),
    ("The dot denotes a product followed by a mean.", "The dot denotes a product.", "f = a \\cdot X", "a"),
    ("$\\max$ stands for the smooth maximum.", "$\\max$ is the smallest upper bound.", "f = 3 X + \\max(0, a)", "3"),
])  # fmt: skip
def test_a_sign_that_stands_for_something_unusual(said: str, usual: str, given: str, right: str) -> None:
    given, claim = f"Let $X, a \\in \\mathbb{{R}}$, ${given}$.", f"\\frac{{\\partial f}}{{\\partial X}} = {right}"
    assert verdict(given, said, claim) is UNDECIDED
    for other in (usual, "Here $\\log$ is concave, and $\\nabla$ a linear operator."):
        assert verdict(given, other, claim) is PROVED
