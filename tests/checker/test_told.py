"""Conventions that the text states."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.ILL_FORMED


def last(text: str) -> Verdict:
    return report_on(text).formulas[-1].verdict


LINEAR = r"Let $x \in \mathbb{R}^n$, $y \in \mathbb{R}^m$, $A \in \mathbb{R}^{m \times n}$ and $y = A x$."
SHAPE = r"Here $\frac{\partial y}{\partial x} \in \mathbb{R}^{FIRST \times SECOND}$."


@pytest.mark.parametrize(
    ("words", "denominator"),
    [
        ("We use denominator layout.", True),
        ("We use numerator layout.", False),
        ("We do not use denominator-layout notation.", False),
        ("Some use numerator layout; we use the denominator layout.", True),
        (SHAPE.replace("FIRST", "n").replace("SECOND", "m"), True),
        (SHAPE.replace("FIRST", "m").replace("SECOND", "n"), False),
        (r"The Jacobian $\partial y/\partial x$ of $y$ is the $m \times n$ matrix of its slopes.", False),
        (r"The derivative $\partial y/\partial x$ is the $n \times m$ matrix of its slopes.", True),
        (r"The Jacobian has the entries $\partial y_i/\partial x_j$.", False),
        (r"The Jacobian has the entries $\partial y_j/\partial x_i$.", True),
        (r"It is a matrix whose $(p, q)$-th entry is $\partial y_q/\partial x_p$.", True),
    ],
)
def test_the_layout_of_a_derivative(words: str, denominator: bool) -> None:
    """One claim alone decides nothing: there the other layout fits as well."""

    def claimed(right: str) -> Verdict:
        return last(f"{LINEAR} {words}\n\n$$ \\frac{{\\partial y}}{{\\partial x}} = {right} $$\n")

    right, wrong = ("A^\\top", "A") if denominator else ("A", "A^\\top")
    assert claimed(right) is PROVED
    if "not" not in words:
        assert claimed(wrong) is ILL_FORMED


@pytest.mark.parametrize(
    ("words", "axis"),
    [
        (", where the softmax is applied to each row.", "row"),
        (", row-wise.", "row"),
        (" (applied column-wise).", "column"),
        (" with a column-wise softmax.", "column"),
    ],
)
def test_of_what_a_softmax_is(words: str, axis: str) -> None:
    text = f"Let $Z \\in \\mathbb{{R}}^{{N \\times K}}$ and $P = \\mathrm{{softmax}}(Z)${words}\n\n$$ CLAIM = 1 $$\n"
    sums = {"row": "\\sum_{k=1}^K P_{ik}", "column": "\\sum_{i=1}^N P_{ik}"}
    for name, claim in sums.items():
        assert last(text.replace("CLAIM", claim)) is (PROVED if name == axis else REFUTED)


@pytest.mark.parametrize(
    ("words", "row"),
    [
        ("The derivative of a scalar by a column is thus a row vector.", True),
        ("Here gradients are row vectors.", True),
        ("In these notes gradients of scalars are row vectors.", True),
        ("We use denominator layout.", False),
        (r"One steps from $x$ to $x - \eta \frac{\partial b}{\partial x}$.", False),
        ("Derivatives of scalars are column vectors.", False),
        ("Some say that gradients are row vectors; the derivative of a scalar is a column vector.", False),
    ],
)
def test_whether_a_gradient_is_a_row(words: str, row: bool) -> None:
    """One claim alone decides nothing there either."""
    text = f"Let $a, x \\in \\mathbb{{R}}^n$ and $b = a^\\top x$. {words}\n\n"
    text += "$$ \\frac{\\partial b}{\\partial x} = CLAIM $$\n"
    for claim, of_row in (("a^\\top", True), ("a", False)):
        assert last(text.replace("CLAIM", claim)) is (PROVED if of_row == row else ILL_FORMED)


@pytest.mark.parametrize(
    "said",
    [
        "The bias gradient is a row vector.", "Many books write that the gradient is a row vector. We do not.",
        "The gradient is a row vector in some books.", "If $x$ is a row vector, the gradient is a row vector.",
        "In numerator layout the gradient is a row vector, but we use denominator layout.",
    ],
)
def test_gradients_that_are_rows_elsewhere(said: str) -> None:
    text = f"{said} Let $J = a^\\top x$ with $a, x \\in \\mathbb{{R}}^n$.\n\n"
    text += "$$\\frac{\\partial J}{\\partial x} = CLAIM$$\n"
    assert report_on(text.replace("CLAIM", "a")).formulas[-1].verdict is Verdict.PROVED
    assert report_on(text.replace("CLAIM", "2 a")).formulas[-1].verdict is Verdict.REFUTED


@pytest.mark.parametrize(("claim", "verdict"), [("a^\\top", PROVED), ("a", Verdict.CONDITIONAL), ("2 a", REFUTED)])
def test_the_gradient_of_a_number_in_numerator_layout(claim: str, verdict: Verdict) -> None:
    """It is a row there, strictly; many who write Jacobian matrices so make columns of gradients."""
    text = "We use numerator layout. Let $J = a^\\top x$ with $a, x \\in \\mathbb{R}^n$.\n\n"
    text += "$$\\frac{\\partial J}{\\partial x} = CLAIM$$\n"
    assert report_on(text.replace("CLAIM", claim)).formulas[-1].verdict is verdict
    other = "Also $$\\frac{\\partial K}{\\partial x} = 2x$$ of $K = x^\\top x$.\n"
    if verdict is Verdict.CONDITIONAL:
        assert report_on(text.replace("CLAIM", claim) + other).formulas[2].verdict is PROVED
