"""What a text says at one place, of one argument, for the numbers of an example, at an optimum, is not said of all."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.ILL_FORMED
CHECKED, CONDITIONAL = Verdict.CHECKED, Verdict.CONDITIONAL

LAGRANGIAN = (
    "We want to minimise $f(x)$ subject to $g(x) = c$. The optimum lies where a level set touches $g(x) = c$.\n"
    "The Lagrangian is $\\mathcal{L}(x, \\lambda) = f(x) - \\lambda (g(x) - c)$."
)
GRAPH = (
    "The graph computes\n\n$$ f(w, x) = \\frac{1}{1 + e^{-(w_0 x_0 + w_1)}} $$\n\n"
    "With the inputs\n\n- $w_0 = 2.0$, $x_0 = -1.0$\n- $w_1 = 3.0$\n"  # f(1 - f) = 0.19661
)
NET = "Let $z = w x + b$ and $p = \\sigma(z)$.\n\n$$ L = -\\log p $$"


def last(*parts: str) -> Verdict:
    return report_on("\n\n".join(parts) + "\n").formulas[-1].verdict


@pytest.mark.parametrize(
    ("text", "claim", "verdict"),
    [
        ("Training gives $\\sigma(z_1) = 0.75$.", r"\sigma'(z) = \sigma(z) (1 - \sigma(z))", PROVED),
        ("Training gives $\\sigma(z_1) = 0.75$.", r"\sigma'(z) = \sigma(z) (1 + \sigma(z))", REFUTED),
        ("Training gives $\\sigma(z_1) = 0.75$.", r"\sigma'(z) = 0", REFUTED),
        ("Let $z^{(2)} = w a + b$ with $\\sigma(z^{(2)}) = 0.75$.", r"\sigma'(u) = \sigma(u) (1 - \sigma(u))", PROVED),
        ("Let $q(x) = c$, where $c$ is a constant.", r"\frac{dq}{dx} = 0", PROVED),
        ("Let $q(x) = c$, where $c$ is a constant.", r"\frac{dq}{dx} = 1", REFUTED),
        ("Let $q(x) = 3$.", "q'(x) = 0", PROVED),
        ("Let $q(x) = 3$.", "q'(x) = 3", REFUTED),
        ("Let $q(x) = h$ and $h = x^2$.", r"\frac{dq}{dx} = 2x", PROVED),
        ("Let $q(x) = h$ and $h = x^2$.", r"\frac{dq}{dx} = 0", REFUTED),
        ("Let $L(y, z) = e^{-yz}$ and $R = L(y_1, z_1)$.", r"\frac{\partial L}{\partial z} = -y e^{-yz}", PROVED),
        ("Let $L(y, z) = e^{-yz}$ and $R = L(y_1, z_1)$.", r"\frac{\partial L}{\partial z} = y e^{-yz}", REFUTED),
        ("Let $J(\\theta) = \\ell$.", r"\frac{\partial J}{\partial \theta} = 0", UNDECIDED),  # may depend on it
    ],
)
def test_a_value_of_a_function_is_not_its_definition(text: str, claim: str, verdict: Verdict) -> None:
    assert last(text, f"$$ {claim} $$") is verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\nabla f(x) = \lambda \nabla g(x)", UNDECIDED),
        (r"\nabla_x \mathcal{L}(x, \lambda) = 0", UNDECIDED),
        (r"\nabla_\lambda \mathcal{L}(x, \lambda) = 0", UNDECIDED),
        (r"\nabla_x \mathcal{L}(x, \lambda) = f'(x) - \lambda g'(x)", PROVED),
        (r"\nabla_x \mathcal{L}(x, \lambda) = f'(x) + \lambda g'(x)", REFUTED),
        (r"\nabla_\lambda \mathcal{L}(x, \lambda) = c - g(x)", PROVED),
        (r"\nabla_\lambda \mathcal{L}(x, \lambda) = g(x) - c", UNDECIDED),  # both are zero there
    ],
)
def test_what_holds_at_an_optimum_is_no_identity(claim: str, verdict: Verdict) -> None:
    assert last(LAGRANGIAN, f"$$ {claim} $$") is verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial f}{\partial x_0} = 0.39", CHECKED),
        (r"\frac{\partial f}{\partial x_0} = -0.39", REFUTED),
        (r"\frac{\partial f}{\partial x_0} = w_0 \times 0.20 = 2.0 \times 0.20 = 0.40", UNDECIDED),  # rounded
        (r"\frac{\partial f}{\partial x_0} = w_0 \times (-0.20) = 2.0 \times (-0.20) = -0.39", REFUTED),
        (r"\frac{\partial f}{\partial x_0} = w_0 \times 0.30 = 2.0 \times 0.30 = 0.60", REFUTED),
        (r"\frac{\partial f}{\partial x_0} = w_0 f (1 - f)", PROVED),
        (r"\frac{\partial f}{\partial x_0} = x_0 f (1 - f)", REFUTED),
    ],
)
def test_factors_may_be_rounded_where_values_are_given(claim: str, verdict: Verdict) -> None:
    assert last(GRAPH, f"$$ {claim} $$") is verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"p = \sigma(z) = 0.751", UNDECIDED),
        (r"\frac{\partial L}{\partial b} = p - 1 = -0.249", UNDECIDED),
        (r"\frac{\partial L}{\partial b} = 1 - p", REFUTED),
        (r"\frac{\partial L}{\partial b} = 1", REFUTED),
        (r"\frac{\partial z}{\partial b} = 0.751", REFUTED),  # it is 1 for all
    ],
)
def test_decimals_are_of_numbers_that_need_not_be_given(claim: str, verdict: Verdict) -> None:
    assert last(NET, f"$$ {claim} $$") is verdict


FORWARD = (
    "# Forward\n\nThe model is $a = w x + b$ with $J = \\frac{1}{2} (a - y)^2$, and $w = 2$, $b = 8$, $x = -2$,"
    " $y = 2$.\n\n# Backward\n\nLet $d = a - y$ and $J = \\frac12 d^2$."
)
NUDGED = (
    "Let $c = w x$, $a = c + b$ and $J = a^2$. A nudge of $\\epsilon$ in $w$ causes a change of $x \\epsilon$ in $c$,"
    " and if $c$ is nudged by $\\epsilon$, $a$ also changes by $\\epsilon$."
)


@pytest.mark.parametrize(
    ("text", "claim", "verdict"),
    [
        (FORWARD, r"\frac{\partial J}{\partial a} = 2", UNDECIDED),  # of those numbers
        (FORWARD, r"\frac{\partial J}{\partial a} = d", PROVED),
        (FORWARD, r"\frac{\partial d}{\partial a} = 2", REFUTED),  # of any
        (FORWARD, r"\frac{\partial J}{\partial a} = 2 d", REFUTED),
        ("Let $J = w^2$. If $w = 3$, the slope is 6. If $w = 2$:", r"\frac{\partial J}{\partial w} = 4", UNDECIDED),
        ("Let $J = w^2$. If $w = 3$:", r"\frac{\partial J}{\partial w} = 6", CONDITIONAL),
        ("Let $J = w^2$.", r"\frac{\partial J}{\partial w} = 4", REFUTED),
        (NUDGED, r"\frac{\partial J}{\partial w} = 2 a x", PROVED),
        (NUDGED, r"\frac{\partial J}{\partial w} = 2 a", REFUTED),
        (NUDGED, r"\frac{\partial J}{\partial b} = 2 a", PROVED),
    ],
)
def test_numbers_of_an_example_and_nudges(text: str, claim: str, verdict: Verdict) -> None:
    assert last(text, f"$$ {claim} $$") is verdict
