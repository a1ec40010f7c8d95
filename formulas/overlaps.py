"""Rows of cases that hold at once. A reader takes the rows to exclude each other, or to agree where they do not.

So a later row counts only where no earlier one holds, and rows that hold at once with different values have no meaning:
that is an error where it is so for more than a limiting case, ``x \\ge 0`` beside ``x \\le 0``, which is remarked upon.
"""

from __future__ import annotations

from collections.abc import Sequence

from verify_derivations.formulas.expressions import (
    UNIT,
    Access,
    Bracket,
    Compare,
    Constraint,
    Mul,
    Number,
    Scalar,
    add,
    map_accesses,
    mul,
    negate,
)
from verify_derivations.formulas.latex import to_latex
from verify_derivations.formulas.world import OverlappingRows, World

OPPOSITE = {(">", ">"), (">", ">="), (">=", ">"), (">", "=="), ("==", ">")}
"""Relations that l ρ r and r σ l cannot have at once."""
SAME = {(">", "=="), ("==", ">"), ("==", "!="), ("!=", "==")}
"""Relations that l ρ r and l σ r cannot have at once."""


def exclusive(tests: Sequence[Scalar], values: Sequence[Scalar], world: World, remarks: list[str]) -> list[Scalar]:
    """The tests of rows with these values, each where none before it holds. Raises :class:`OverlappingRows`."""
    found: list[Scalar] = []
    for k, test in enumerate(tests):
        for earlier, value in zip(tests[:k], values, strict=False):
            test = _besides(earlier, value, test, values[k], world, remarks)
        found.append(test)
    return found


def _besides(
    earlier: Scalar, value: Scalar, test: Scalar, own: Scalar, world: World, remarks: list[str]
) -> Scalar:
    parts, nonzero_at = _factors(test), world.calculus.nonzero_at if world.calculus is not None else None
    for a in _factors(earlier):
        for k, b in enumerate(parts):
            if _apart(a, b):
                return test
            if isinstance(a, Compare) and isinstance(b, Compare) and _limiting(a, b):
                at = f"{to_latex(a.left)} = {to_latex(a.right)}"
                tied = _tied(add(value, negate(own)), a)
                if tied is not None and nonzero_at is not None and nonzero_at(tied, world) is not None:
                    remarks.append(f"two rows of cases hold where {at}, with different values")
                return mul(*parts[:k], Compare(b.left, ">", b.right), *parts[k + 1:])
    both = mul(earlier, test)
    if any(isinstance(p, Bracket) for p in (*_factors(earlier), *parts)):
        return mul(test, add(UNIT, negate(earlier)))  # of whole numbers: as exact as the rows themselves
    if nonzero_at is None or nonzero_at(both, world) is None:
        return test
    differing = nonzero_at(mul(both, add(value, negate(own))), world)
    if differing is not None:
        raise OverlappingRows(f"two rows of cases hold where {differing}, with different values")
    return mul(test, add(UNIT, negate(earlier)))


def _factors(test: Scalar) -> tuple[Scalar, ...]:
    return test.factors if isinstance(test, Mul) else (test,)


def _apart(a: Scalar, b: Scalar) -> bool:
    """Whether two comparisons can be seen not to hold at once."""
    if isinstance(a, Bracket) and isinstance(b, Bracket):
        return any(_contradict(c, d) for c in a.constraints for d in b.constraints)
    if not isinstance(a, Compare) or not isinstance(b, Compare):
        return False
    relations = (a.relation, b.relation)
    if (a.left, a.right) == (b.left, b.right) and relations in SAME:
        return True
    if (a.left, a.right) == (b.right, b.left) and relations in OPPOSITE | {("==", "!="), ("!=", "==")}:
        return True
    for low, high in ((a, b), (b, a)):  # x > p and q > x, where q ≤ p
        if isinstance(low.right, Number) and isinstance(high.left, Number) and low.left == high.right:
            ordered = {low.relation, high.relation} <= {">", ">="}
            if ordered and high.left.value < low.right.value:
                return True
    numbers = isinstance(a.right, Number) and isinstance(b.right, Number) and a.left == b.left
    return numbers and relations == ("==", "==") and a.right != b.right


def _contradict(c: Constraint, d: Constraint) -> bool:
    """Of whole numbers: p ≥ 0 and q ≥ 0 where p + q < 0, likewise with equations, and p = 0 beside p ≠ 0."""
    if "!=" in (c.relation, d.relation):
        return c.relation != d.relation and "==" in (c.relation, d.relation) and d.value in (c.value, -c.value)
    signs = {">=": (1,), "==": (1, -1)}
    totals = [c.value * s + d.value * t for s in signs[c.relation] for t in signs[d.relation]]
    return any(total.is_constant and total.value < 0 for total in totals)


def _limiting(a: Compare, b: Compare) -> bool:
    """l ≥ r and r ≥ l, or l = r."""
    both = (a.relation, b.relation)
    return (a.left, a.right) == (b.right, b.left) and both in ((">=", ">="), ("==", ">=")) or (
        (a.left, a.right) == (b.left, b.right) and both == ("==", ">=")
    )


def _tied(difference: Scalar, at: Compare) -> Scalar | None:
    """A difference where both sides of a comparison are equal, if one of them can be put in for the other."""
    here, there = (at.left, at.right) if isinstance(at.left, Access) else (at.right, at.left)
    return map_accesses(difference, lambda x: there if x == here else None) if isinstance(here, Access) else None
