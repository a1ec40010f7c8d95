"""Ranges of one bound variable: solving equations, bounds, counting, digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from verify_derivations.derivations.terms import Term, tidy_constraint
from verify_derivations.formulas.expressions import Constraint
from verify_derivations.formulas.polynomial import Polynomial, is_index, polynomial


def solved(value: Polynomial, variable: str) -> Polynomial | None:
    """``p`` such that ``value = 0`` says ``variable = p``, for a coefficient ±1."""
    if variable not in value.names:
        return None
    parts = value.linear_in(variable)
    if parts is None or not parts[0].unit:
        return None
    answer = parts[1] * -parts[0].unit
    return answer if all(c.denominator == 1 for _, c in answer.terms) else None


def tightest(term: Term, variable: str, one: Polynomial, other: Polynomial, side: int) -> list[Term]:
    """[v ≥ a]·[v ≥ b] = [v ≥ a]·[a ≥ b] + [v ≥ b]·[b > a] (side 1), and likewise for upper bounds (side −1)."""
    cases = []
    for kept, dropped, strict in ((one, other, 0), (other, one, 1)):
        weaker = Constraint((polynomial(variable) - dropped) * side, ">=")
        order = Constraint((kept - dropped) * side - strict, ">=")
        rest = tuple(c for c in term.constraints if tidy_constraint(c) != tidy_constraint(weaker))
        cases.append(Term(term.coefficient, term.bound, (*rest, order), term.factors))
    return cases


POWER_SUMS: dict[Fraction, tuple[Fraction, ...]] = {
    Fraction(0): (Fraction(0), Fraction(1)),
    Fraction(1): (Fraction(0), Fraction(1, 2), Fraction(1, 2)),
    Fraction(2): (Fraction(0), Fraction(1, 6), Fraction(1, 2), Fraction(1, 3)),
    Fraction(3): (Fraction(0), Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(1, 4)),
}
"""Coefficients of 1ᵏ + … + xᵏ as a polynomial in x."""


def inhabited_by(lower: Polynomial, upper: Polynomial) -> Constraint:
    """An empty range counts as zero, not as a negative number."""
    return Constraint(upper - lower, ">=")


def power_sum(x: Polynomial, degree: Fraction) -> Polynomial:
    total = Polynomial()
    for coefficient in reversed(POWER_SUMS[degree]):
        total = total * x + Polynomial.constant(coefficient)
    return total


def bound_of(c: Constraint, variable: str, side: int) -> Polynomial | None:
    """``a`` where the constraint says ``variable ≥ a`` (side 1) or ``variable ≤ a`` (side −1)."""
    parts = c.value.linear_in(variable)
    if parts is None or parts[0].unit != side or any(c.denominator != 1 for _, c in parts[1].terms):
        return None
    return parts[1] * -side


def merged_digit(
    about: Sequence[Constraint], variable: str, lower: Sequence[Polynomial], upper: Sequence[Polynomial]
) -> tuple[Constraint, ...] | None:
    """The constraints on m when u is only the quotient of m by s; see ``Rewriter._count``."""
    slopes = [c for c in about if bound_of(c, variable, 1) is None and bound_of(c, variable, -1) is None]
    if len(slopes) != 2:
        return None
    for below, above in (slopes, slopes[::-1]):
        parts, others = below.value.linear_in(variable), above.value.linear_in(variable)
        if parts is None or others is None:
            return None
        step, m = -parts[0], parts[1]
        if others[0] != step or others[1] + m != step - 1 or not _is_positive_size(step):
            continue
        return (*(Constraint(m - step * a, ">=") for a in lower),
                *(Constraint(step * b + step - 1 - m, ">=") for b in upper))
    return None


def _is_positive_size(value: Polynomial) -> bool:
    return bool(value.terms) and all(c > 0 and not any(map(is_index, m)) for m, c in value.terms)


def divisions(value: Polynomial) -> Iterator[tuple[Polynomial, Polynomial]]:
    """Ways to write ``value = s·Q + R`` with s a product of sizes or an integer above one, and Q not constant."""
    tried: list[tuple[str, ...]] = []
    for monomial, _ in value.terms:
        sizes = tuple(n for n in monomial if not is_index(n))
        if sizes and len(sizes) < len(monomial) and sizes not in tried:
            tried.append(sizes)
    for sizes in tried:
        inside = [(m, c) for m, c in value.terms if _contains(m, sizes)]
        quotient = Polynomial(inside).divide(Polynomial([(sizes, 1)]))
        if quotient is not None and not quotient.is_constant:
            yield quotient, Polynomial([t for t in value.terms if t not in inside])
    steps = {abs(int(c)) for m, c in value.terms if m and c.denominator == 1}
    for step in sorted(steps - {1}, reverse=True):
        inside = [(m, c) for m, c in value.terms if m and c % step == 0]
        rest = Polynomial([t for t in value.terms if t not in inside])
        if not rest.is_constant:
            yield Polynomial([(m, c // step) for m, c in inside]), rest


def _contains(monomial: tuple[str, ...], part: tuple[str, ...]) -> bool:
    rest = list(monomial)
    for name in part:
        if name not in rest:
            return False
        rest.remove(name)
    return True


def is_box(constraints: Sequence[Constraint], bound: tuple[str, ...]) -> bool:
    """Exactly ``0 ≤ v`` and ``v ≤ extent − 1`` for each bound variable, extents of sizes: nothing to simplify."""
    if len(constraints) != 2 * len(bound):
        return False
    sides: set[tuple[str, int]] = set()
    for c in constraints:
        names = [n for n in c.value.names if is_index(n)]
        if c.relation != ">=" or len(names) != 1 or names[0] not in bound:
            return False
        lower, upper = bound_of(c, names[0], 1), bound_of(c, names[0], -1)
        if lower is not None and not lower:
            sides.add((names[0], 1))
        elif upper is not None and (not upper.is_constant or upper.value >= 0):
            sides.add((names[0], -1))
        else:
            return False
    return len(sides) == len(constraints)
