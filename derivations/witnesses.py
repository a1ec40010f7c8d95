"""Checked reasons why integer constraints contradict each other. No search: only multiplication and addition.

A *refutation* of constraints is one of

* :class:`Arithmetic`: rows ``p ≥ 0``, each a given constraint, the fact that a size is at least one, an earlier
  row times sizes, or a positive combination of earlier rows; after each the integer tightening
  ``Σ c·m + k ≥ 0  ⟹  Σ (c/g)·m + ⌊k/g⌋ ≥ 0`` with g the greatest common divisor of the c. The last row is a
  negative number.
* :class:`Indivisible`: the equation ``Σ c·m + k = 0`` where g does not divide k.
* :class:`Solved`: an equation gives an index variable in whole numbers; the others are refuted with it put in.
* :class:`Apart`: ``p ≠ 0`` is ``p ≥ 1`` or ``p ≤ −1``, and both are refuted.

Monomials are integers, since index variables and sizes are; sizes are at least one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from verify_derivations.formulas.expressions import Constraint
from verify_derivations.formulas.polynomial import Monomial, Polynomial, is_index


@dataclass(frozen=True, slots=True)
class Given:
    """Constraint number ``number``, with the opposite sign where ``sign`` is −1 (of an equation only)."""

    number: int
    sign: int = 1


@dataclass(frozen=True, slots=True)
class AtLeastOne:
    size: str


@dataclass(frozen=True, slots=True)
class Times:
    row: int
    sizes: Monomial


@dataclass(frozen=True, slots=True)
class Combined:
    first: int
    by: int
    second: int
    times: int


RowReason: TypeAlias = Given | AtLeastOne | Times | Combined


@dataclass(frozen=True, slots=True)
class Arithmetic:
    rows: tuple[RowReason, ...]


@dataclass(frozen=True, slots=True)
class Indivisible:
    number: int


@dataclass(frozen=True, slots=True)
class Solved:
    number: int
    variable: str
    then: Refutation


@dataclass(frozen=True, slots=True)
class Apart:
    number: int
    above: Refutation
    below: Refutation


Refutation: TypeAlias = Arithmetic | Indivisible | Solved | Apart


def refutes(reason: Refutation, constraints: Sequence[Constraint]) -> bool:
    """Whether ``reason`` shows that no integers (sizes ≥ 1) satisfy all ``constraints``."""
    match reason:
        case Arithmetic(rows):
            return _contradiction(rows, constraints)
        case Indivisible(number):
            value, constant = whole(constraints[number].value)
            content = math.gcd(*(int(c) for m, c in value.terms if m)) if not value.is_constant else 0
            return constraints[number].relation == "==" and (
                constant % content != 0 if content else constant != 0
            )
        case Solved(number, variable, then):
            found = solution(constraints[number].value, variable)
            if constraints[number].relation != "==" or found is None:
                return False
            return refutes(then, put_in(constraints, number, variable, found))
        case Apart(number, above, below):
            if constraints[number].relation != "!=":
                return False
            return refutes(above, side(constraints, number, 1)) and refutes(below, side(constraints, number, -1))


def put_in(
    constraints: Sequence[Constraint], number: int, variable: str, value: Polynomial
) -> tuple[Constraint, ...]:
    """The constraints without an equation, and with the value that it gives."""
    return tuple(c.substitute({variable: value}) for k, c in enumerate(constraints) if k != number)


def side(constraints: Sequence[Constraint], number: int, sign: int) -> tuple[Constraint, ...]:
    """``p ≠ 0`` replaced by ``p ≥ 1`` or, for the sign −1, by ``−p ≥ 1``."""
    value, _ = whole(constraints[number].value)
    return (*constraints[:number], Constraint(value * sign - 1, ">="), *constraints[number + 1:])


def solution(value: Polynomial, variable: str) -> Polynomial | None:
    """What ``value = 0`` says that an index variable equals, in whole numbers: its coefficient is ±1."""
    parts = value.linear_in(variable)
    if not is_index(variable) or parts is None or not parts[0].unit:
        return None
    answer = parts[1] * -parts[0].unit
    return answer if all(c.denominator == 1 for _, c in answer.terms) else None


def whole(value: Polynomial) -> tuple[Polynomial, int]:
    """A positive multiple with whole coefficients, and its constant."""
    scaled = value
    if any(type(c) is not int for _, c in value.terms):
        scaled = value * math.lcm(*(c.denominator for _, c in value.terms))
    return scaled, int(next((c for m, c in scaled.terms if not m), 0))


def tightened(value: Polynomial) -> Polynomial:
    """``value ≥ 0`` with whole coefficients without common factor, the constant rounded down."""
    scaled, constant = whole(value)
    content = math.gcd(*(int(c) for m, c in scaled.terms if m)) if not scaled.is_constant else 0
    if content <= 1:
        return scaled
    terms = [(m, int(c) // content) for m, c in scaled.terms if m]
    return Polynomial([*terms, ((), constant // content)])


def _contradiction(reasons: Sequence[RowReason], constraints: Sequence[Constraint]) -> bool:
    rows: list[Polynomial] = []
    for reason in reasons:
        new = _row(reason, rows, constraints)
        if new is None:
            return False
        rows.append(tightened(new))
    return bool(rows) and rows[-1].is_constant and rows[-1].value < 0


def _row(reason: RowReason, rows: Sequence[Polynomial], constraints: Sequence[Constraint]) -> Polynomial | None:
    match reason:
        case Given(number, sign):
            c = constraints[number]
            allowed = c.relation == "==" and sign in (1, -1) or c.relation == ">=" and sign == 1
            return c.value * sign if allowed else None
        case AtLeastOne(size):
            return None if is_index(size) else Polynomial.atom(size) - 1
        case Times(row, sizes):
            return None if any(map(is_index, sizes)) else rows[row] * Polynomial([(sizes, 1)])
        case Combined(first, by, second, times):
            return rows[first] * by + rows[second] * times if by > 0 and times > 0 else None
