"""What is defined for one example, and added up over many: ``ℓ`` and ``ℓ_i``, ``x`` and ``x_i`` or ``x^{(i)}``."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

SQUARES = (
    r"$\ell = \frac12 (w^\top x - y)^2$ for $x, w \in \mathbb{R}^d$. For $(x_1, y_1), \dots, (x_n, y_n)$ let "
    r"$L(w) = \frac1n \sum_{i=1}^n \ell_i$. Then $$\nabla L(w) = \frac1n \sum_{i=1}^n %s$$"
)
LOGISTIC = (
    r"The model predicts $p = \sigma(w^\top x + b)$ for $x \in \mathbb{R}^d$, and "
    r"$\ell = -y \log p - (1-y) \log (1-p)$. "
    r"Let $L = \frac1n \sum_{i=1}^n \ell^{(i)}$. Then $$\nabla_w L = \frac1n \sum_{i=1}^n %s$$"
)
BY_STEPS = (
    r"Let $z = w^\top x + b$ with $x, w \in \mathbb{R}^d$, $a = \tanh(z)$ and $\ell = \frac12 (a - y)^2$. "
    r"Let $L = \sum_{i=1}^n \ell_i$. Then $$\frac{\partial L}{\partial %s} = %s$$ where $a_i = \tanh(w^\top x_i + b)$."
)
FUNCTION = (
    r"Let $f(x; w, b) = w^\top x + b$ with $x, w \in \mathbb{R}^d$ and "
    r"$J = \frac{1}{2 N} \sum_{n=1}^N (f(x_n; w, b) - y_n)^2$. Then $$\frac{\partial J}{\partial %s} = %s$$"
)
STEP = (
    r"Let $w \in \mathbb{R}^d$, %s and $\ell = \frac12 (z - y)^2$. "
    r"Let $L = \sum_{i=1}^n \ell_i$ of all $w^\top x_i$ and $y_i$. "
    r"Then $$\frac{\partial L}{\partial w} = %s$$"
)
INNER = (
    r"Let $\ell(\hat y, y) = \frac12 (\hat y - y)^2$ and $f(x) = w^\top x$ with $w \in \mathbb{R}^d$. Let "
    r"$L(w) = \frac1n \sum_{i=1}^n \ell(f(x_i), y_i)$. Then $$\nabla L(w) = \frac1n \sum_{i=1}^n %s$$"
)
CASES = {
    "by a step that has no index": (
        STEP, [(r"$z = w^\top x$", r"\sum_{i=1}^n (w^\top x_i - y_i) x_i")],
        [(r"$z = w^\top x$", r"\sum_{i=1}^n (w^\top x - y_i) x_i"), (r"$z = w^\top x$", "0")],
    ),
    "a number of one example": (SQUARES, [r"(w^\top x_i - y_i) x_i"], [r"(w^\top x_i + y_i) x_i", "y_i x_i"]),
    "with brackets": (LOGISTIC, ["(p^{(i)} - y^{(i)}) x^{(i)}"], ["(y^{(i)} - p^{(i)}) x^{(i)}", "(p - y) x^{(i)}"]),
    "by steps": (
        BY_STEPS,
        [("b", r"\sum_{i=1}^n (a_i - y_i) (1 - a_i^2)"), ("w", r"\sum_{i=1}^n (a_i - y_i) (1 - a_i^2) x_i")],
        [("b", r"\sum_{i=1}^n (a_i - y_i)"), ("w", r"n (a - y) (1 - a^2) x")],
    ),
    "a function of one": (
        FUNCTION,
        [("b", r"\frac1N \sum_{n=1}^N (f(x_n; w, b) - y_n)"), ("w", r"\frac1N \sum_{n=1}^N (f(x_n; w, b) - y_n) x_n")],
        [("b", r"\frac1N \sum_{n=1}^N (f(x; w, b) - y_n)"), ("w", r"\frac1N \sum_{n=1}^N (f(x_n; w, b) - y_n) x")],
    ),
    "a function within a function": (INNER, [r"(w^\top x_i - y_i) x_i"], [r"(w^\top x_i - y_i) w"]),
}


def verdict(text: str) -> Verdict:
    formulas = report_on(text).formulas
    return next(f.verdict for f in reversed(formulas) if f.displayed)


@pytest.mark.parametrize("name", CASES)
def test_what_is_said_of_one_holds_of_each(name: str) -> None:
    document, right, wrong = CASES[name]
    for claim in right:
        assert verdict(document % claim) is Verdict.PROVED, claim
    found = [verdict(document % claim) for claim in wrong]
    assert Verdict.PROVED not in found and Verdict.CONDITIONAL not in found and found[0].wrong, found


def test_a_part_of_a_sum_is_no_example() -> None:
    text = (
        r"Let $w \in \mathbb{R}$, $E_i = w x_i$ for $i = 1, \dots, n$ and $E = \sum_{i=1}^n E_i$. "
        r"Then $$\frac{\partial E}{\partial w} = %s$$"
    )
    assert verdict(text % r"\sum_{i=1}^n x_i") is Verdict.PROVED
    assert verdict(text % r"n x_i").wrong


def test_of_two_definitions_none_is_taken_for_all() -> None:
    twice = SQUARES.replace(r"$\ell =", r"$\ell = w^\top x$, and $\ell =")
    assert verdict(twice % "x_i") is not Verdict.PROVED


def test_the_name_of_a_function_is_not_its_value_at_each() -> None:
    for claim in (r"\sum_{i=1}^n (w^\top x_i - y_i) x_i", r"\sum_{i=1}^n (w^\top x - y_i) x"):
        assert verdict(STEP % ("$z(x) = w^\\top x$", claim)) is Verdict.UNDECIDED
