"""Decimals: right where the value is rounded to the digits printed, wrong where rounding does not explain them."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, CHECKED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.CHECKED, Verdict.UNDECIDED


def last(text: str) -> Formula:
    return report_on(text, "rounded.md").formulas[-1]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{e^5}{176.3} = 0.842", CHECKED),
        (r"\frac{e^5}{176.3} = 0.843", REFUTED),
        (r"\sigma(0.5) = 0.622", CHECKED),
        (r"\sigma(0.5) = 0.623", REFUTED),
        (r"\sigma(0.5) = 0.62", CHECKED),
        (r"\sigma(0.5) = 1", REFUTED),  # no decimals are printed
        (r"0.622 = \sigma(0.5)", CHECKED),
        (r"-\log 2 = -0.693", CHECKED),
        (r"-\log 2 = 0.693", REFUTED),
        (r"0.62 (1 - 0.62) = 0.24", CHECKED),
        (r"0.62 (1 - 0.62) = 0.2356", PROVED),
        (r"0.62 (1 - 0.62) = 0.2357", REFUTED),
        (r"0.62 (1 - 0.62) = 0.22", REFUTED),
        (r"0.1 + 0.2 = 0.4", REFUTED),
        (r"\frac12 = 0.55", REFUTED),
        # whether 0.75136507 is rounded itself is not known; more than a unit is not missing then
        (r"\frac12 (0.01 - 0.75136507)^2 = 0.274811083", UNDECIDED),
        (r"\frac12 (0.01 - 0.75136507)^2 = 0.274811093", REFUTED),
    ],
)
def test_numbers(claim: str, verdict: Verdict) -> None:
    found = last(f"# Numbers\n\n$$ {claim} $$\n")
    assert found.verdict is verdict, found.message


NET = "$$ x = 0.05 $$\n\n$$ z = 0.15 x + 0.37 = 0.3775 $$\n\n$$ h = \\sigma(z) = 0.593 $$\n\n"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("z = 0.38", CHECKED),
        ("z = 0.39", REFUTED),
        ("q = 30 h = 17.80", CHECKED),
        ("q = 30 h = 17.79", UNDECIDED),  # thirty times the decimals of h
        ("q = 30 h = 17.83", REFUTED),
        ("h (1 - h) = 0.241", CHECKED),
        ("h (1 - h) = 0.245", REFUTED),
    ],
)
def test_numbers_of_what_is_defined(claim: str, verdict: Verdict) -> None:
    found = last(NET + f"$$ {claim} $$\n")
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(("claim", "verdict"), [("0.39", CHECKED), ("0.41", REFUTED), ("y (1-y) x", PROVED)])
def test_a_derivative_at_the_values_of_an_example(claim: str, verdict: Verdict) -> None:
    neuron = "Let $x, w \\in \\mathbb{R}$ and $y = \\sigma(w x)$. For $w = 0.5$ and $x = 2$ it is\n\n"
    found = last(neuron + f"$$ \\frac{{\\partial y}}{{\\partial w}} = {claim} $$\n")
    assert found.verdict is verdict, found.message


CARRIED = (
    "$$ z = w x + b, \\qquad h = \\sigma(z), \\qquad y = v h $$\n\n$$ E = \\frac12 (y - t)^2 $$\n\n"
    "Let us plug in some numbers: $x = 0.5$, $w = 0.2$, $b = -0.3$, $v = 2$ and $t = 1$. Then $z = -0.2$, "
    "$h = 0.4502$, $y = 0.9003$.\n\n$$ \\frac{\\partial E}{\\partial y} = y - t = -0.0997 $$\n\n"
    "$$ \\frac{\\partial y}{\\partial v} = h = 0.4502 $$"
)
STEP = r"\frac{\partial E}{\partial v} = \frac{\partial E}{\partial y} \frac{\partial y}{\partial v} = "


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (STEP + r"-0.0997 \cdot 0.4502 = -0.0449",
         Verdict.CHECKED),
        (STEP + r"-0.0997 \cdot 0.5502 = -0.0549",
         Verdict.REFUTED),
        (STEP + r"-0.0997 \cdot 0.4502 = -0.0459",
         Verdict.REFUTED),
        (r"\frac{\partial E}{\partial z} = (y - t) v h (1 - h) = -0.0997 \cdot 2 \cdot 0.4502 \cdot 0.5498",
         Verdict.CHECKED),
        (r"\frac{\partial E}{\partial z} = (y - t) v h (1 - h) = -0.0997 \cdot 2 \cdot 0.4502 \cdot 0.6498",
         Verdict.UNDECIDED),
        (r"\frac{\partial E}{\partial z} = (y - t) v h (1 - h)", Verdict.PROVED),
        (r"\frac{\partial E}{\partial z} = (y - t) v z (1 - z)", Verdict.REFUTED),
        (r"\frac{\partial E}{\partial w} = (y - t) v h (1 - h) x", Verdict.PROVED),
        (r"\frac{\partial E}{\partial w} = \frac12 (y - t) v h (1 - h)", Verdict.REFUTED),  # of x = 0.5
        (r"\frac{\partial E}{\partial b} = (y - t) v h (1 - h) t", Verdict.REFUTED),
    ],
)  # fmt: skip
def test_numbers_that_are_carried_along_define_nothing(claim: str, expected: Verdict) -> None:
    document = scan(f"{CARRIED}\n\n$$ {claim} $$\n", "post.md")
    *others, last = check(document, effort=Effort(repair=0)).formulas
    assert last.verdict is expected
    assert not any(f.verdict.wrong for f in others)


EXAMPLE = r"""
With $g(z) = \max(0, z)$, $J = \frac12 (a_2 - y)^2$ and $x = 1$, $y = 5$, $w_1 = 2$, $b_1 = 0$, $w_2 = 3$, $b_2 = 1$:

1. $z_1 = w_1 x + b_1 = 2$ and $a_1 = g(z_1) = \max(0, 2) = 2$
2. $z_2 = w_2 a_1 + b_2 = 7$ and $a_2 = g(z_2) = \max(0, 7) = 7$

Then

- $\frac{\partial J}{\partial w_1} = FIRST$
- $\frac{\partial J}{\partial w_2} = SECOND$
"""


@pytest.mark.parametrize(("first", "second"), [("6", "4"), ("6", "2"), ("2", "4"), ("-6", "4")])
def test_derivatives_at_given_values_that_are_worked_out(first: str, second: str) -> None:
    """Where the proof is too long, they are evaluated."""
    *_, one, other = report_on(EXAMPLE.replace("FIRST", first).replace("SECOND", second)).formulas
    assert one.verdict is (Verdict.CONDITIONAL if first == "6" else Verdict.REFUTED), one.message
    assert other.verdict is (Verdict.CONDITIONAL if second == "4" else Verdict.REFUTED), other.message
