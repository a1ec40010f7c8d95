"""Expressions as one writes them: the same value, and as short as one would write it."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from expressions_at_random import Point, close, expression

from verify_derivations.derivations import compact
from verify_derivations.derivations.compact import content, contracted, gathered, named
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import (
    Access,
    Scalar,
    apply,
    delta,
    mul,
    polynomial,
    power,
    scalar,
    summation,
)
from verify_derivations.formulas.latex import to_latex
from verify_derivations.formulas.polynomial import Polynomial

n = polynomial("n")
i, j, k = (polynomial(f"%{letter}.0") for letter in "ijk")
x, y = Access("x"), Access("y")


def at(head: str, *indices: Polynomial) -> Scalar:
    return Access(head, indices)


def total(body: Scalar, variable: str = "%j.0") -> Scalar:
    return summation([(variable, n)], body)


SOFTMAX = Quantity("p", (n,), ("%q.0",), mul(
    apply("exp", at("z", polynomial("%q.0"))), power(total(apply("exp", at("z", polynomial("%r.0"))), "%r.0"), -1)
))  # fmt: skip


@pytest.mark.parametrize("seed", range(150))
def test_the_value_stays(seed: int) -> None:
    node, point = expression(random.Random(seed), 4), Point(random.Random(seed))
    before = point.at(node)
    for brackets in (True, False):
        after = point.at(gathered(node, brackets=brackets))
        assert before is None or after is None or close(after, before), node


def test_a_factor_that_is_lost_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin of the above."""
    monkeypatch.setattr(compact, "_number_before", lambda coefficients: Fraction(3))
    monkeypatch.setattr(compact._Monomial, "scalar", lambda self: mul(*(base for base, _ in self.powers.values())))

    def all_stay() -> None:
        for seed in range(40):
            test_the_value_stays(seed)

    with pytest.raises(AssertionError):
        all_stay()


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (2 * x * y + 4 * x, "2x\\left(y+2\\right)"),
        (x / power(y, 2) - 3 * power(y, -1), "\\frac{x-3y}{y^{2}}"),
        (-(x - y), "y-x"),
        (mul(x, x, power(x, -4)), "\\frac{1}{x^{2}}"),
        (total(2 * x * at("z", j)), "2x\\sum_{j=1}^{n}z_{j}"),
        (total(x), "nx"),
        (apply("exp", -apply("log", x)), "\\frac{1}{x}"),
        (power(mul(scalar(2), x), -2), "\\frac{1}{4x^{2}}"),
        (x + 1, "x+1"),
    ],
)
def test_as_one_writes(node: Scalar, expected: str) -> None:
    assert to_latex(gathered(contracted(node))) == expected


def test_deltas_are_contracted() -> None:
    node = total(mul(at("z", j), delta(j, i) + at("w", j) * delta(j, k)))
    assert to_latex(contracted(node)) == "z_{i}+z_{k}w_{k}"
    assert contracted(total(mul(at("z", j), delta(i, k)))) == total(mul(at("z", j), delta(i, k)))  # it does not run


def test_definitions_are_named() -> None:
    environment = Environment({"p": SOFTMAX, "z": Quantity("z", (n,))})
    whole = total(apply("exp", at("z", j)))
    parts = apply("exp", at("z", i)), apply("exp", at("z", k))
    slope = parts[0] * delta(i, k) / whole - mul(*parts, power(whole, -2))
    assert to_latex(gathered(named(slope, environment))) == "p_{i}\\left(\\delta_{i,k}-p_{k}\\right)"
    other = total(apply("exp", 2 * at("z", j)))
    assert named(parts[0] / other, environment) == parts[0] / other  # no softmax


def test_content_forgets_the_names_of_bound_variables_only() -> None:
    one, other = total(at("z", j)), total(at("z", k), "%k.0")
    assert one != other and content(one) == content(other)
    assert content(at("z", i)) != content(at("z", k))
