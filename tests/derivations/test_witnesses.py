"""Reasons for contradictions, one for each rule: those that hold are accepted; forged ones, about constraints that a
shown point satisfies, are not. (Whoever believed such a reason would drop a domain that is not empty.)"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from verify_derivations.derivations.witnesses import (
    Apart,
    Arithmetic,
    AtLeastOne,
    Combined,
    Given,
    Indivisible,
    Refutation,
    Solved,
    Times,
    refutes,
)
from verify_derivations.formulas.expressions import Constraint, at_least, equal, within
from verify_derivations.formulas.polynomial import Polynomial, polynomial

a, b, s = polynomial("%a"), polynomial("%b"), polynomial("s")
HALF = Fraction(1, 2)
SUM = Combined(0, 1, 1, 1)
FALSE = Arithmetic((Given(0), Given(1), SUM))
"""The first two constraints, added."""
Constraints = tuple[Constraint, ...]


def unequal(value: Polynomial) -> Constraint:
    return Constraint(value, "!=")


GENUINE: dict[str, tuple[Constraints, Refutation]] = {
    "a sum of rows": ((at_least(a, 1), at_least(0, a)), FALSE),
    "multiples of rows": (
        (at_least(2 * a, 3 * b + 1), at_least(3 * b, 2 * a)), Arithmetic((Given(0), Given(1), Combined(0, 3, 1, 3)))
    ),
    "a constant": ((Constraint(polynomial(-1), ">="),), Arithmetic((Given(0),))),
    "an equation": ((equal(a, 0), at_least(a, 1)), Arithmetic((Given(0, -1), Given(1), SUM))),
    "an equation from below": ((equal(a, 0), at_least(-1, a)), FALSE),
    "sizes are at least one": ((at_least(0, s),), Arithmetic((Given(0), AtLeastOne("s"), SUM))),
    "a product with a size": (
        (at_least(a, 1), at_least(0, s * a)),
        Arithmetic((Given(0), Times(0, ("s",)), Given(1), Combined(1, 1, 2, 1), AtLeastOne("s"), Combined(3, 1, 4, 1))),
    ),
    "a tightened row": ((at_least(2 * a, 1), at_least(0, a)), FALSE),
    "a row in fractions": ((at_least(a * HALF, HALF), at_least(0, a)), FALSE),
    "parity": ((equal(2 * a, 2 * s + 1),), Indivisible(0)),
    "parity in fractions": ((equal(a, 2 * s + HALF),), Indivisible(0)),
    "an equation without letters": ((equal(1, 0),), Indivisible(0)),
    "a value put in": ((equal(a, 2 * s), equal(a, 2 * b + 1)), Solved(0, "%a", Indivisible(0))),
    "a value with the other sign": ((equal(2 * s, -a), at_least(a, 0)),
                                    Solved(0, "%a", Arithmetic((Given(0), AtLeastOne("s"), SUM)))),
    "on either side": (
        (unequal(a), at_least(a, 0), at_least(0, a)),
        Apart(0, Arithmetic((Given(0), Given(2), SUM)), FALSE),
    ),
}  # fmt: skip
FORGED: dict[str, tuple[Constraints, Refutation, Mapping[str, int]]] = {
    # a point that satisfies the constraints stands beside each
    "nothing": ((at_least(a, 0),), Arithmetic(()), {"%a": 0}),
    "a row that is not negative": ((at_least(a, 0), at_least(0, a)), FALSE, {"%a": 0}),
    "a row that is negative somewhere": ((at_least(a, 0), at_least(b, 1)), FALSE, {"%a": 0, "%b": 1}),
    "an inequality turned round": (
        (at_least(a, 1), at_least(a, 0)), Arithmetic((Given(0), Given(1, -1), SUM)), {"%a": 1}
    ),
    "an inequality of the wrong kind": ((unequal(a), at_least(-1, a)), FALSE, {"%a": -1}),
    "a negative multiplier": (
        (at_least(a, 1), at_least(a, 0)), Arithmetic((Given(0), Given(1), Combined(0, 1, 1, -1))), {"%a": 1}
    ),
    "a negative multiplier of the first": (
        (at_least(a, 0), at_least(a, 1)), Arithmetic((Given(0), Given(1), Combined(0, -1, 1, 1))), {"%a": 1}
    ),
    "an index at least one": ((at_least(0, a),), Arithmetic((Given(0), AtLeastOne("%a"), SUM)), {"%a": 0}),
    "sizes at least two": ((at_least(1, s),), Arithmetic((Given(0), AtLeastOne("s"), SUM)), {"s": 1}),
    "a product with an index": (
        (at_least(a, 0), at_least(-1, a * b)),
        Arithmetic((Given(0), Times(0, ("%b",)), Given(1), Combined(1, 1, 2, 1))), {"%a": 1, "%b": -1},
    ),
    "a row tightened too far": ((at_least(2 * a, 1), at_least(1, a)), FALSE, {"%a": 1}),
    "a row tightened without a number": ((at_least(0, 2 * a), at_least(a, 0)), FALSE, {"%a": 0}),
    "parity of even numbers": ((equal(2 * a, 2 * s),), Indivisible(0), {"%a": 1, "s": 1}),
    "parity of one and one": ((equal(2 * a, b + 1),), Indivisible(0), {"%a": 1, "%b": 1}),
    "parity of an inequality": ((at_least(2 * a, 1),), Indivisible(0), {"%a": 1}),
    "parity of unequal numbers": ((unequal(2 * a - 1),), Indivisible(0), {"%a": 0}),
    "an equation of nothing": ((Constraint(Polynomial(), "=="),), Indivisible(0), {}),
    "an inequality solved": ((at_least(a, s), equal(a, s + 1)), Solved(0, "%a", Indivisible(0)), {"%a": 2, "s": 1}),
    "half of an equation solved": (
        (equal(2 * a, b), equal(a, 1)), Solved(0, "%a", Indivisible(0)), {"%a": 1, "%b": 2}
    ),
    "a value put in with the wrong sign": (
        (equal(a, s), equal(a, 1)), Solved(0, "%a", Arithmetic((Given(0), AtLeastOne("s"), SUM))), {"%a": 1, "s": 1}
    ),
    "an inequality taken apart": (
        (at_least(a, 0), equal(a, 0)),
        Apart(0, Arithmetic((Given(0), Given(1, -1), SUM)), FALSE), {"%a": 0},
    ),
    "above only": ((unequal(a), at_least(0, a)), Apart(0, FALSE, FALSE), {"%a": -1}),
    "below only": ((unequal(a), at_least(a, 0)), Apart(0, FALSE, FALSE), {"%a": 1}),
    "one left out above": (
        (unequal(a), at_least(1, a), at_least(a, 0)),
        Apart(0, FALSE, Arithmetic((Given(0), Given(2), SUM))), {"%a": 1},
    ),
    "one left out below": (
        (unequal(a), at_least(0, a), at_least(a, -1)),
        Apart(0, FALSE, Arithmetic((Given(0), Given(2), SUM))), {"%a": -1},
    ),
    "half left out": (
        (unequal(a * HALF), at_least(1, a), at_least(a, 0)),
        Apart(0, FALSE, Arithmetic((Given(0), Given(2), SUM))), {"%a": 1},
    ),
    "a reason for others": ((at_least(a, 1), at_least(1, a)), FALSE, {"%a": 1}),
    "a range": ((*within(a, s),), FALSE, {"%a": 0, "s": 1}),
}


@pytest.mark.parametrize("name", GENUINE)
def test_a_reason_is_accepted(name: str) -> None:
    constraints, reason = GENUINE[name]
    assert refutes(reason, constraints)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_reason_is_not(name: str) -> None:
    constraints, reason, point = FORGED[name]
    at = {letter: polynomial(value) for letter, value in point.items()}
    assert all(c.substitute(at).holds({}) for c in constraints), "the constraints hold somewhere"
    assert not refutes(reason, constraints)


def test_every_constraint_of_a_reason_is_needed() -> None:
    """Without any one of its constraints no reason holds, nor about constraints in another order."""
    for name, (constraints, reason) in GENUINE.items():
        for k in range(len(constraints)):
            fewer = (*constraints[:k], Constraint(Polynomial(), ">="), *constraints[k + 1:])
            assert not refutes(reason, fewer), (name, k)
