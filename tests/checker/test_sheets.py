"""Sheets of rules, exercise sheets, lecture notes: each case with gradients that are right and some that are not."""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

HOLDS = (Verdict.PROVED, Verdict.CONDITIONAL)
WRONG = (Verdict.REFUTED, Verdict.ILL_FORMED)
OPEN = (Verdict.UNDECIDED,)

REGRESSION = (
    r"Let $x_i \in \mathbb{R}^p$ and $\beta \in \mathbb{R}^p$, $i = 1, \ldots, n$. The log-likelihood is"
    "\n\n$$ \\ell(\\beta) = \\sum_{i=1}^n (y_i x_i'\\beta - \\exp(x_i'\\beta)). $$"
)
KERNEL = r"Let $x, x' \in \mathbb{R}$ and $k(x, x') = \exp(-\frac12 (x - x')^2)$."
COUNTS = (
    "# Poisson\n\nWe have $y_i \\sim \\mathrm{Poisson}(\\mu_i)$ and, with $x_i, \\beta \\in \\mathbb{R}^p$,\n\n"
    "$$ \\ell(\\beta) = \\sum_{i=1}^n (y_i x_i^\\top \\beta - \\exp(x_i^\\top \\beta)). $$\n\n# Negative binomial\n\n"
    "With known $r > 0$ the log-likelihood of one count is\n\n"
    "$$ \\ell_{r}(\\mu) = y \\log \\mu - (y + r) \\log(\\mu + r). $$"
)

CASES = [
    # quotients of sines and cosines
    ("", r"\frac{d}{dx} \tan x = 1 + \tan^2 x", HOLDS),
    ("", r"\frac{d}{dx} \tan x = 1 - \tan^2 x", WRONG),
    ("", r"\frac{d}{dx} \tan x = \frac{1}{\cos^2 x} = 1 + \tan^2 x", HOLDS),
    ("", r"\frac{d}{dx} \sec x = \sec x \tan x", HOLDS),
    ("", r"\frac{d}{dx} \sec x = -\sec x \tan x", WRONG),
    ("", r"\frac{d}{dx} \cot x = -\frac{1}{\sin^2 x}", HOLDS),
    ("", r"\frac{d}{dx} \coth x = 1 + \coth^2 x", WRONG),
    ("", r"\sin(\arcsin x) = x", OPEN),  # a function of which no rule is known is not any function
    # β' below a second derivative is β transposed, where it is nowhere else a name
    (REGRESSION, r"\frac{\partial^2 \ell}{\partial\beta\,\partial\beta'} = -\sum_i \exp(x_i'\beta) x_i x_i'", HOLDS),
    (REGRESSION, r"\frac{\partial^2 \ell}{\partial\beta\,\partial\beta'} = \sum_i \exp(x_i'\beta) x_i x_i'", WRONG),
    (KERNEL, r"\frac{\partial^2 k}{\partial x\,\partial x'} = (1 - (x - x')^2) k(x, x')", HOLDS),
    (KERNEL, r"\frac{\partial^2 k}{\partial x\,\partial x'} = ((x - x')^2 - 1) k(x, x')", WRONG),
    # brackets behind a gradient that is alone on its side
    ("", r"\nabla_x (a^\top x)(b^\top x) = (a b^\top + b a^\top) x", HOLDS),
    ("", r"\nabla_x (a^\top x)(b^\top x) = (a b^\top - b a^\top) x", WRONG),
    # one count, where another section has many
    (COUNTS, r"\frac{d\ell_{r}}{d\mu} = \frac{y}{\mu} - \frac{y + r}{\mu + r}", (*HOLDS, *OPEN)),
    (COUNTS, r"\frac{d\ell_{r}}{d\mu} = \frac{y}{\mu} + \frac{y + r}{\mu + r}", (*WRONG, *OPEN)),
    # the bars around a determinant
    ("Let $X$ be invertible.", r"\frac{\partial \log |\det X|}{\partial X} = X^{-\top}", HOLDS),
    ("Let $X$ be invertible.", r"\frac{\partial \log |\det X|}{\partial X} = 2 X^{-\top}", WRONG),
]  # fmt: skip


def judged(text: str) -> list[Formula]:
    return list(check(scan(text, "sheet.md"), effort=Effort(repair=0)).formulas)


@pytest.mark.parametrize(("text", "claim", "expected"), CASES)
def test_a_claim(text: str, claim: str, expected: tuple[Verdict, ...]) -> None:
    found = judged(f"{text}\n\n$$ {claim} $$\n")[-1]
    assert found.verdict in expected, found.message


TRACES = [  # rules, and whether they are right
    (r"\operatorname{tr}(A X)", r"A^\top", True),
    (r"\operatorname{tr}(A X^\top)", r"A", True),
    (r"\operatorname{tr}(A X B)", r"A^\top B^\top", True),
    (r"\operatorname{tr}(X^\top A X)", r"(A + A^\top) X", True),
    (r"\operatorname{tr}(X^2)", r"2 X", False),
    (r"\operatorname{tr}(X^3)", r"3 (X^2)^\top", True),
    (r"\log \det(X^\top X)", r"X^{-\top}", False),
    (r"\operatorname{tr}(X^{-1})", r"-(X^{-2})^\top", True),
]
KRONECKER = r"For $A \in \mathbb{R}^{m \times n}$ and $X \in \mathbb{R}^{n \times p}$"


@pytest.mark.parametrize("behind", ["", f"# Products\n\n{KRONECKER}\n\n$$ (A X)^\\top = X^\\top A^\\top $$\n"])
def test_wrong_rules_of_a_list_do_not_turn_the_others_around(behind: str) -> None:
    """Gradients that are rows would make ``tr(X²)`` by X be 2X, and all else wrong. What a section behind the list
    declares is not said of it."""
    claims = "".join(f"$$ \\frac{{\\partial}}{{\\partial X}} {left} = {right} $$\n\n" for left, right, _ in TRACES)
    found = judged(f"# Traces\n\n{claims}{behind}")
    for formula, (left, _, holds) in zip(found, TRACES, strict=False):
        assert formula.verdict in (HOLDS if holds else WRONG), (left, formula.message)


def test_what_is_declared_before_rules_is_said_of_them() -> None:
    said = r"Let $A \in \mathbb{R}^{m \times n}$ and $x \in \mathbb{R}^n$."
    rules = "# Norms\n\n$$ \\nabla_x \\|A x\\|^2 = 2 A^\\top A x $$\n\n$$ \\nabla_x x^\\top A x = (A + A^\\top) x $$\n"
    norm, square = judged(f"# Letters\n\n{said}\n\n{rules}")[-2:]
    assert norm.verdict in HOLDS
    assert square.verdict not in HOLDS


@pytest.mark.parametrize(("words", "column"), [
    ("The gradient of a scalar has the shape of the variable.", True),
    ("In some books the gradient of a scalar has the shape of the variable.", False),
])  # fmt: skip
def test_the_shape_of_a_gradient_is_told(words: str, column: bool) -> None:
    claim = r"\frac{\partial}{\partial x} \|x\|^2 = 2 x^\top"
    found = judged(f"Let $x \\in \\mathbb{{R}}^n$. {words}\n\n$$ {claim} $$\n")[-1]
    assert (found.verdict in WRONG) == column, found.message
