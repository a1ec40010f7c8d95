"""Habits of notes and posts: what is written there without being meant as a claim, or without what it needs. Each with
gradients that are right and some that are not."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

HOLDS = (Verdict.PROVED, Verdict.CONDITIONAL)
WRONG = (Verdict.REFUTED,)
OPEN = (Verdict.UNDECIDED,)
SAID = (Verdict.DEFINED,)


def judged(text: str) -> Formula:
    return report_on(text, "post.md").formulas[-1]


def verdict(text: str, claim: str) -> Verdict:
    return judged(f"{text}\n\n$$ {claim} $$\n").verdict


LOGISTIC = (
    "The cost of $N$ samples is\n\n"
    "$$ J(w, b) = -\\frac1N \\sum_{i=1}^N [y_i \\log(p_i) + (1 - y_i) \\log(1 - p_i)] $$\n\nwhere\n\n"
    "$$ p_i = \\sigma(z_i) = \\frac{1}{1 + e^{-z_i}}, \\quad z_i = w^T x_i + b = \\sum_{j=1}^M w_j x_{ij} + b. $$"
)
LINEAR = "$$ z = w^T x + b $$"
LETTERED = (
    "$$ E = \\frac12 \\sum_{k=1}^K (a_k - t_k)^2 $$\n\n$$ a_k = g_k(z_k), \\quad z_k = b_k + \\sum_j a_j w_{jk} $$\n\n"
    "$$ a_j = g_j(z_j), \\quad z_j = b_j + \\sum_i a_i w_{ij} $$\n\n$$ \\delta_k = (a_k - t_k) g_k'(z_k) $$"
)
INPUTS = LETTERED.replace("\\sum_i a_i w_{ij}", "\\sum_i x_i w_{ij}")
ONE = (
    r"Let $w, x_i \in \mathbb{R}^d$. The loss of one example is $L = \frac12 (w^\top x_i - y_i)^2$,"
    "\n\nthat of all is\n\n$$ J = \\sum_{i=1}^N \\frac12 (w^\\top x_i - y_i)^2. $$"
)
RESIDUAL = (
    r"Let $X \in \mathbb{R}^{n \times d}$, $y, \epsilon \in \mathbb{R}^n$ and $w \in \mathbb{R}^d$, written out"
    "\n\n$$ w = \\begin{bmatrix} w_0 \\\\ w_1 \\\\ \\vdots \\\\ w_p \\end{bmatrix}. $$\n\n"
    "The model is $y = X w + \\epsilon$. Let $R = \\epsilon^T \\epsilon$ be the sum of squares. "
    "Substituting the definition $\\epsilon = y - X w$ gives"
)
LEAST = r"Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$ and $\theta \in \mathbb{R}^d$."
OBJECTIVE = f"{LEAST} We solve\n\n$$ \\min_\\theta J(\\theta) = \\frac12 \\|X\\theta - y\\|^2. $$"
UNSHAPED = "$$ L(\\theta) = \\frac1N \\|Y - X\\theta\\|_2^2 $$"
SQUARES = f"{LEAST} Let\n\n$$ J(\\theta) = \\|X\\theta - y\\|^2. $$"
FITTED = (
    "For a model $y_i = m x_i + c + \\epsilon_i$ we define\n\n"
    "$$ J(m, c) = \\frac1N \\sum_{i=1}^N (y_i - \\hat{y}_i)^2 = \\frac1N \\sum_{i=1}^N (y_i - (m x_i + c))^2. $$"
)
EXAMPLE = "$$ f(x, y) = x y $$\n\nFor example, let $x = 4$ and $y = -3$."
KERNEL = r"Let $A \in \mathbb{R}^{m \times n}$ and $v \in \mathbb{R}^n$. For some, $A v = 0 \iff v = 0$."
TWO_MODELS = (
    r"Let $\hat{y} = \sigma(w^T x + b)$ with $w, x \in \mathbb{R}^n$ and"
    "\n\n$$ L = -y \\log \\hat{y} - (1 - y) \\log(1 - \\hat{y}). $$\n\n"
    r"With $\theta \in \mathbb{R}^n$ one also writes $\hat{y} = \sigma(\theta^T x)$."
)
LETTERS = r"Let $x \in \mathbb{R}$ and $B = x^2$."
EXPANSION = r"Let $x \in \mathbb{R}^n$ and $f(x) = \frac12 \|x\|^2$."

CASES = [
    # a sum without limits is over the index that nothing else binds
    (LOGISTIC, r"\frac{\partial J}{\partial b} = \frac1N \sum (p_i - y_i)", HOLDS),
    (LOGISTIC, r"\frac{\partial J}{\partial w_j} = \frac1N \sum (p_i - y_i) x_{ij}", HOLDS),
    (LOGISTIC, r"\frac{\partial J}{\partial b} = \sum (p_i - y_i)", WRONG),
    (LOGISTIC, r"\frac{\partial J}{\partial b} = \frac1N (p_i - y_i)", WRONG),
    # a sum over the entries of what has no stated size is over all of them
    (LOGISTIC, r"\partial z_i / \partial w_j = \frac{\partial}{\partial w_j} \sum_{k=1}^M w_k x_{ik} = x_{ij}", HOLDS),
    (LOGISTIC, r"\partial z_i / \partial w_j = \frac{\partial}{\partial w_j} \sum_{k=1}^M w_k x_{ik} = w_j", WRONG),
    (LINEAR, r"z = \sum_{j=1}^M w_j x_j + b", HOLDS),
    (LINEAR, r"z = \sum_{j=1}^M w_j x_j - b", WRONG),
    # letters number the units of layers where a name would else be made of itself
    (INPUTS, r"\frac{\partial E}{\partial w_{ij}} = \sum_{k=1}^K \delta_k w_{jk} g_j'(z_j) x_i", HOLDS),
    (INPUTS, r"\frac{\partial E}{\partial w_{ij}} = \sum_{k=1}^K \delta_k w_{jk} g_j'(z_j) a_j", WRONG),
    (LETTERED, r"\frac{\partial E}{\partial w_{jk}} = \delta_k a_j", HOLDS),
    (LETTERED, r"\frac{\partial E}{\partial w_{ij}} = \sum_k \delta_k w_{jk} g_j'(z_j) a_i", HOLDS),
    (LETTERED, r"\frac{\partial E}{\partial w_{ij}} = \sum_k \delta_k w_{jk} g_k'(z_k) a_i", WRONG),
    (LETTERED, r"\frac{\partial E}{\partial w_{jk}} = \delta_k a_i", (*WRONG, Verdict.ILL_FORMED)),
    # the loss of one example, also where i is summed over elsewhere
    (ONE, r"\frac{\partial L}{\partial w} = (w^\top x_i - y_i) x_i", HOLDS),
    (ONE, r"\frac{\partial J}{\partial w} = \sum_{i=1}^N (w^\top x_i - y_i) x_i", HOLDS),
    (ONE, r"\frac{\partial J}{\partial y_i} = y_i - w^\top x_i", HOLDS),
    (ONE, r"\frac{\partial L}{\partial w} = \sum_{i=1}^N (w^\top x_i - y_i) x_i", WRONG),
    (ONE, r"\frac{\partial J}{\partial w} = (w^\top x_i - y_i) x_i", WRONG),
    # a model that is a definition of its error, and listings of entries
    (RESIDUAL, r"R = (y - X w)^T (y - X w)", HOLDS),
    (RESIDUAL, r"\frac{\partial R}{\partial w} = -2 X^T (y - X w)", HOLDS),
    (RESIDUAL, r"\frac{\partial R}{\partial w} = 2 X^T (y - X w)", WRONG),
    (RESIDUAL, r"\frac{\partial R}{\partial w} = 0", WRONG + OPEN),
    # what is minimised is an objective
    (OBJECTIVE, r"\nabla J(\theta) = X^T (X\theta - y)", HOLDS),
    (OBJECTIVE, r"\nabla J(\theta) = X^T (X\theta + y)", WRONG),
    (UNSHAPED, r"\nabla_\theta L(\theta) = \frac2N (X^T X \theta - X^T Y)", HOLDS),
    (UNSHAPED, r"\nabla_\theta L(\theta) = \frac2N (X^T X \theta + X^T Y)", WRONG),
    # a derivative at its variable
    ("Let $u(x) = e^{-x^2}$.", r"\frac{du}{dx}(x) = -2 x e^{-x^2}", HOLDS),
    ("Let $u(x) = e^{-x^2}$.", r"\frac{du}{dx}(x) = 2 x e^{-x^2}", WRONG),
    # a derivative that is set to zero is no claim; a wrong one beside it is
    (f"{SQUARES} We set", r"\nabla_\theta J = 2 X^T (X\theta - y) = 0", HOLDS + SAID),
    (f"{SQUARES} We set", r"\nabla_\theta J = 2 X^T (X\theta + y) = 0", WRONG),
    (SQUARES, r"\nabla_\theta J = X^T (X\theta - y) = 0", WRONG),
    (SQUARES, r"\nabla_\theta J = 0 \implies X^T X \theta = X^T y", SAID),
    (SQUARES, r"\nabla_\theta J = 0 \implies X^T X \theta = -X^T y", WRONG),
    # nothing is said of a name and an accent, but what it is made of
    (FITTED, r"\frac{\partial J}{\partial m} = -\frac2N \sum_{i=1}^N x_i (y_i - \hat{y}_i)", HOLDS),
    (FITTED, r"\frac{\partial J}{\partial c} = -\frac2N \sum_{i=1}^N (y_i - (m x_i + c))", HOLDS),
    (FITTED, r"\frac{\partial J}{\partial c} = \frac2N \sum_{i=1}^N (y_i - \hat{y}_i)", WRONG),
    (FITTED, r"\frac{\partial J}{\partial m} = 0", WRONG),
    # a function at the values of an example
    (EXAMPLE, r"\frac{\partial f}{\partial x} = -3", HOLDS),
    (EXAMPLE, r"\frac{\partial f}{\partial y} = -3", WRONG),
    # what follows from an equation defines nothing
    (KERNEL, r"\|A v\|^2 = \|A\|^2 \|v\|^2", WRONG),
    (KERNEL, r"\|A v\|^2 = v^T A^T A v", HOLDS),
    # another model of one name; the first is the definition, though b is declared nowhere
    (TWO_MODELS, r"\frac{\partial L}{\partial b} = \hat{y} - y", HOLDS),
    (TWO_MODELS, r"\frac{\partial L}{\partial w} = (\hat{y} - y) x", HOLDS),
    (TWO_MODELS, r"\frac{\partial L}{\partial w} = (y - \hat{y}) x", WRONG),
    (TWO_MODELS, r"\hat{y} = \sigma(w^T x - b)", WRONG),
    # a rule in letters of its own
    (LETTERS, r"\frac{\partial x^T B x}{\partial x} = (B + B^T) x", OPEN),
    (LETTERS, r"\frac{\partial x^T B x}{\partial x} = (B - B^T) x", WRONG),
    (LETTERS, r"\frac{\partial B}{\partial x} = 2 x", HOLDS),
    # up to terms of some order
    (EXPANSION, r"f(x + h) = f(x) + h^T \nabla f(x) + \mathcal{O}(\|h\|^2)", OPEN),
    (EXPANSION, r"\nabla f(x) = x", HOLDS),
    # I_0 is no identity
    (LEAST, r"\frac{\partial}{\partial \theta} \theta^T I_0 \theta = 2 I_0 \theta", HOLDS),
    (LEAST, r"\frac{\partial}{\partial \theta} \theta^T I_0 \theta = I_0 \theta", WRONG),
]  # fmt: skip


@pytest.mark.parametrize(("text", "claim", "expected"), CASES)
def test_habits(text: str, claim: str, expected: tuple[Verdict, ...]) -> None:
    assert verdict(text, claim) in expected


def test_other_models_of_a_name_are_not_refuted() -> None:
    claim = "$$ \\frac{\\partial L}{\\partial w} = (\\hat{y} - y) x $$"
    formulas = report_on(f"{TWO_MODELS}\n\n{claim}\n", "post.md").formulas
    assert formulas[-2].verdict is Verdict.UNDECIDED and "another way" in formulas[-2].message


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"(AB)^T = B^T A^T", HOLDS), (r"(AB)^T = A^T B^T", OPEN), (r"x^T A y = y^T A^T x", HOLDS),
        (r"x^T A y = y^T A x", OPEN), (r"\|a - b\|^2 = \|a\|^2 - 2 a^T b + \|b\|^2", HOLDS),
        (r"\|a - b\|^2 = \|a\|^2 + 2 a^T b + \|b\|^2", OPEN), (r"(x + y)^2 = x^2 + 2 x y + y^2", HOLDS),
        (r"(x + y)^2 = x^2 + x y + y^2", OPEN), (r"\det(\mathbf{AB}) = \det(\mathbf{A}) \det(\mathbf{B})", HOLDS),
        (r"\sum_i \alpha_i = 1", OPEN), (r"\text{log softmax}(z)_i = z_i - \log \sum_j \exp(z_j)", OPEN),
    ],
)  # fmt: skip
def test_identities_declare_nothing(claim: str, expected: tuple[Verdict, ...]) -> None:
    assert verdict("Recall", claim) in expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"A^T A = I", OPEN), (r"\|v\|^2 = 1", OPEN + SAID), (r"\cos(u) = -1", OPEN + SAID), (r"2 k = 4", WRONG),
        (r"\frac{\partial k}{\partial v} = 0", WRONG), (r"A^T A v = A v", (Verdict.ILL_FORMED,)),
    ],
)  # fmt: skip
def test_conditions_on_given_values_are_no_identities(claim: str, expected: tuple[Verdict, ...]) -> None:
    text = r"Let $A \in \mathbb{R}^{m \times n}$, $v \in \mathbb{R}^n$, $u \in \mathbb{R}$, $k = v^T v$."
    assert verdict(text, claim) in expected
