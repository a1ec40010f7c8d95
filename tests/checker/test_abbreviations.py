"""What the document calls a part of a definition, and functions that are named without their arguments."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
ILL_FORMED = Verdict.ILL_FORMED

DECODER = r"""
Let $z \in \mathbb{R}^d$, $W \in \mathbb{R}^{n \times d}$, $b, x \in \mathbb{R}^n$, $\sigma(t) = 1/(1+e^{-t})$,

$$\hat{x} = \sigma(W z + b)$$
$$R = -\sum_{k=1}^n [x_k \log \hat{x}_k + (1 - x_k) \log(1 - \hat{x}_k)]$$

and let $a = W z + b$.

$$ CLAIM $$
"""
NEURON = r"""
Let $x, w \in \mathbb{R}^n$, $b, y \in \mathbb{R}$, $\sigma(t) = 1/(1+e^{-t})$ and

$$J(w) = \frac{1}{2} \left(\sigma(w^T x + b) - y\right)^2 + \lambda w^T w.$$

Let $z = w^T x + b$ and $a = \sigma(w^T x + b)$.

$$ CLAIM $$
"""
SUMS = r"""
Let $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $c, t \in \mathbb{R}^m$.

$$h_i = \tanh\Big(\sum_{j=1}^n W_{ij} x_j + c_i\Big)$$
$$E = \frac12 \sum_{i=1}^m (h_i - t_i)^2 + \frac{\lambda}{2} \sum_{i,j} W_{ij}^2$$
$$s_i = \sum_{j=1}^n W_{ij} x_j + c_i$$
$$ CLAIM $$
"""


POLICY = r"""
The policy is $\pi_a = \frac{\exp(\theta_a^\top s)}{\sum_{b=1}^A \exp(\theta_b^\top s)}$ for a state
$s \in \mathbb{R}^d$, its entropy $H = -\sum_{a=1}^A \pi_a \log\pi_a$. Let $z_a = \theta_a^\top s$.

$$ CLAIM $$
"""


BLOCK = r"""
Let $x \in \mathbb{R}^d$, $W_1 \in \mathbb{R}^{h \times d}$, $W_2 \in \mathbb{R}^{d \times h}$ and

$$ y = x + W_2 \, \mathrm{ReLU}(W_1 x + b_1) + b_2 $$

Put $u = W_1 x + b_1$, $r = \mathrm{ReLU}(u)$, and let $g = \nabla_y L$.

$$ CLAIM $$
"""


def claimed(text: str, claim: str) -> Formula:
    return report_on(text.replace("CLAIM", claim)).formulas[-1]


@pytest.mark.parametrize(
    ("text", "claim", "verdict"),
    [
        (DECODER, r"\frac{\partial R}{\partial a} = \hat{x} - x", PROVED),
        (DECODER, r"\frac{\partial R}{\partial a} = x - \hat{x}", REFUTED),
        (DECODER, r"\frac{\partial R}{\partial a} = 0", REFUTED),
        (DECODER, r"\frac{\partial R}{\partial W} = \frac{\partial R}{\partial a} z^T", PROVED),
        (DECODER, r"\frac{\partial R}{\partial z} = W^T \frac{\partial R}{\partial a}", PROVED),
        (DECODER, r"\frac{\partial R}{\partial z} = 2 W^T \frac{\partial R}{\partial a}", REFUTED),
        (BLOCK, r"\nabla_r L = W_2^\top g", PROVED),
        (BLOCK, r"\nabla_r L = g", ILL_FORMED),
        (BLOCK, r"\nabla_u L = (W_2^\top g) \odot \mathbb{1}[u > 0]", PROVED),
        (BLOCK, r"\nabla_u L = W_2^\top g", REFUTED),
        (BLOCK, r"\nabla_x L = g + W_1^\top ((W_2^\top g) \odot \mathbb{1}[u > 0])", PROVED),
        (BLOCK, r"\nabla_x L = W_1^\top ((W_2^\top g) \odot \mathbb{1}[u > 0])", REFUTED),
        (POLICY, r"\frac{\partial H}{\partial z_a} = -\pi_a (\log\pi_a + H)", PROVED),
        (POLICY, r"\frac{\partial H}{\partial z_a} = -\pi_a (\log\pi_a - H)", REFUTED),
        (POLICY, r"\frac{\partial \pi_a}{\partial z_a} = \pi_a (1 - \pi_a)", PROVED),
        (POLICY, r"\frac{\partial \pi_a}{\partial z_a} = \pi_a", REFUTED),
        (NEURON, r"\frac{\partial J}{\partial a} = a - y", PROVED),
        (NEURON, r"\frac{\partial J}{\partial a} = a + y", REFUTED),
        (NEURON, r"\frac{\partial J}{\partial z} = (a - y) a (1 - a)", PROVED),
        (NEURON, r"\frac{\partial J}{\partial z} = (a - y) a", REFUTED),
        (NEURON, r"\frac{\partial J}{\partial z} = \frac{\partial J}{\partial a} \frac{da}{dz}", PROVED),
        (NEURON, r"\frac{\partial J}{\partial w} = \frac{\partial J}{\partial z} x + 2 \lambda w", PROVED),
        (NEURON, r"\frac{\partial J}{\partial w} = \frac{\partial J}{\partial z} x", REFUTED),
        (SUMS, r"\frac{\partial E}{\partial s_i} = (h_i - t_i) (1 - h_i^2)", PROVED),
        (SUMS, r"\frac{\partial E}{\partial s_i} = (h_i - t_i) (1 - h_i)", REFUTED),
    ],
)
def test_the_derivative_by_a_part_of_a_definition(text: str, claim: str, verdict: Verdict) -> None:
    found = claimed(text, claim)
    assert found.verdict is verdict, found.message


def test_the_report_says_what_is_read_for_what() -> None:
    named = report_on(DECODER.replace("CLAIM", r"\frac{\partial R}{\partial a} = \hat{x} - x")).formulas
    said = [f"formula {f.number}: {r}" for f in named for r in f.remarks]
    assert said == ["formula 5: $W z + b$ is read as $a$, as formula 7 calls it"]
    plain = report_on(DECODER.replace("CLAIM", r"\frac{\partial R}{\partial W} = (\hat{x} - x) z^T")).formulas
    assert not any(f.remarks for f in plain)  # where nobody differentiates by it, nothing is read for anything


@pytest.mark.parametrize(
    ("definition", "claim", "verdict"),
    [
        (r"k = \sin x^2", r"\frac{dk}{du} = \cos u", PROVED),
        (r"k = \sin x^2", r"\frac{dk}{du} = \sin u", REFUTED),
        (r"k(x) = \sin x^2", r"\frac{dk}{du} = \cos u", PROVED),
        (r"k(x) = \sin x^2", r"\frac{dk}{du} = \sin u", REFUTED),
        (r"k(x) = \sin x^2", r"\frac{dk}{dx} = \frac{dk}{du} \frac{du}{dx}", PROVED),
        (r"k(x) = \sin x^2", r"\frac{dk}{dx} = 2 \frac{dk}{du} \frac{du}{dx}", REFUTED),
        (r"k(x) = \sin x^2", r"k(3) = \sin 9", PROVED),  # k is the same function
        (r"k(x) = \sin x^2", r"k(3) = \sin 3", REFUTED),
    ],
)
def test_the_derivative_by_what_stands_in_a_function(definition: str, claim: str, verdict: Verdict) -> None:
    found = claimed(f"Let $x \\in R$, ${definition}$ and $u = x^2$.\n\n$$ CLAIM $$\n", claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(("claim", "verdict"), [("\\cos u + 3", PROVED), ("3", REFUTED), ("\\cos u", REFUTED)])
def test_the_derivative_by_what_stands_there_also_by_its_name(claim: str, verdict: Verdict) -> None:
    text = "Let $x \\in R$, $u = x^2$, $k = \\sin x^2$ and $r = k + 3 u$.\n\n$$ \\frac{dr}{du} = CLAIM $$\n"
    found = claimed(text, claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize("definition", ["k = x^2 + x^4", "k(x) = x^2 + x^4"])
@pytest.mark.parametrize("value", ["0", "1", "1 + 2 u"])
def test_of_other_terms_with_the_same_quantities_nobody_says_what_they_are(definition: str, value: str) -> None:
    found = claimed(f"Let $x \\in R$, ${definition}$ and $u = x^2$.\n\n$$ \\frac{{dk}}{{du}} = CLAIM $$\n", value)
    assert found.verdict is UNDECIDED, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"f' = 2 x \cos x^2", PROVED),
        (r"f' = 2 x \cos x", REFUTED),
        (r"f' = 2 x \sqrt{1 - f^2}", REFUTED),  # of cos x² the sign
        (r"f = \sin u", PROVED),
        (r"f = \sin x", REFUTED),
        (r"g' = g (1 - g)", PROVED),
        (r"g' = g (1 + g)", REFUTED),
        (r"\frac{\partial a}{\partial w} = g'(z) x", PROVED),
        (r"\frac{\partial a}{\partial w} = 2 g'(z) x", REFUTED),
        (r"\frac{\partial a}{\partial w} = g' x", UNDECIDED),  # at z, but who says so?
        (r"\frac{\partial a}{\partial w} = 2 g' x", UNDECIDED),
    ],
)
def test_a_function_without_arguments_is_meant_at_its_own(claim: str, verdict: Verdict) -> None:
    text = r"Let $w, x, b \in R$, $f(x) = \sin x^2$, $u = x^2$, $g(x) = 1/(1 + e^{-x})$, $z = w x + b$ and $a = g(z)$."
    found = claimed(text + "\n\n$$ CLAIM $$\n", claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("text", "claim", "verdict"),
    [
        ("Let $x \\in R$, $f(x) = x^2$ and $h(t) = t^2$.", "f = h", UNDECIDED),
        ("Let $x \\in R$, $f(x) = x^2$ and $h(t) = t^2$.", "f' = 2 h", UNDECIDED),
        ("Let $f(x) = \\sin x$ and $h(x) = \\cos x$.", "f' = h", PROVED),
        ("Let $f(x) = \\sin x$ and $h(x) = \\cos x$.", "h' = f", REFUTED),
        ("Let $z \\in R^n$, $f(x) = \\tanh x$ and $a = f(z)$.", "f' = 1 - a^2", UNDECIDED),
        ("Let $z \\in R^n$, $f(x) = \\tanh x$ and $a = f(z)$.", "f' = 1 - a", UNDECIDED),
        ("Let $f(x) = \\sin x$, $u = t^2$ and $y = f(u)$.", r"\frac{df}{du} = \cos u", UNDECIDED),
        ("Let $f(x) = \\sin x$, $u = t^2$ and $y = f(u)$.", r"\frac{df}{du} = 0", UNDECIDED),
        ("Let $f(x) = \\sin x$, $u = t^2$ and $y = f(u)$.", r"\frac{dy}{du} = \cos u", PROVED),
        ("Let $f(x) = \\sin x$, $u = t^2$ and $y = f(u)$.", r"\frac{dy}{du} = \sin u", REFUTED),
    ],
)
def test_functions_of_other_variables_are_taken_somewhere(text: str, claim: str, verdict: Verdict) -> None:
    found = claimed(f"{text}\n\n$$ CLAIM $$\n", claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(("claim", "verdict"), [("1 - y_t^2", PROVED), ("1 + y_t^2", REFUTED)])
def test_a_name_with_which_the_definition_is_said_again(claim: str, verdict: Verdict) -> None:
    text = r"""Let $w \in \mathbb{R}^n$, $x_t \in \mathbb{R}^n$ and $y_t = \tanh(w^\top x_t + b)$ for $t = 1, \dots, T$.
We write the argument as $a_t$, so $y_t = \tanh(a_t)$ with $a_t = w^\top x_t + b$, and $L = \sum_{t=1}^T y_t$.

$$\frac{\partial L}{\partial a_t} = CLAIM$$
"""
    found = report_on(text.replace("CLAIM", claim)).formulas[-1]
    assert found.verdict is verdict, found.message
