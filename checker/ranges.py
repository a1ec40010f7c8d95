"""Whether an index can leave the axis that it stands at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import TYPE_CHECKING

from verify_derivations.derivations.domains import implies
from verify_derivations.formulas.definitions import Environment, adjoint_of
from verify_derivations.formulas.expressions import (
    Access,
    Bracket,
    Constraint,
    Mul,
    Polynomial,
    Scalar,
    at_least,
    binders_of,
    children,
    polynomial,
    within,
)
from verify_derivations.formulas.polynomial import is_index
from verify_derivations.formulas.tensors import show_extent

if TYPE_CHECKING:
    from verify_derivations.checker.links import Comparison

POINTS = 20_000  # of the search for an index that leaves its axis


def out_of_range(comparison: Comparison, environment: Environment) -> str | None:
    """A message naming an access that leaves its axis at some sizes and index values; ``None`` where there is none or
    where none was found. Accesses under a bracket are looked at only where the bracket holds."""
    domain = tuple(c for v, n in comparison.free.items() for c in within(polynomial(v), n))
    facts = (*environment.facts, *comparison.facts, *domain)
    for side in (comparison.left, comparison.right):
        for access, known in _accesses(side, facts):
            extents = _extents(access.head, environment)
            if extents is None or len(extents) != len(access.indices):
                continue
            for index, extent in zip(access.indices, extents, strict=True):
                for wanted in within(index, extent):
                    if len(index.names) > 0 and not implies(known, wanted):
                        point = _violation(known, wanted, index)
                        if point is not None:
                            return _message(access, index, extent, point, environment.origin)
    return None


def _extents(head: str, environment: Environment) -> tuple[Polynomial, ...] | None:
    inner = adjoint_of(head, environment.loss) if environment.loss is not None else None
    quantity = environment.quantities.get(inner or head)
    return None if quantity is None else quantity.extents


def _accesses(node: Scalar, facts: tuple[Constraint, ...]) -> Iterator[tuple[Access, tuple[Constraint, ...]]]:
    if isinstance(node, Access):
        yield node, facts
        return
    for variable, extent in binders_of(node):
        facts = (*facts, *within(polynomial(variable), extent))
    if isinstance(node, Mul):
        facts = (*facts, *(c for f in node.factors if isinstance(f, Bracket) for c in f.constraints))
    for child in children(node):
        yield from _accesses(child, facts)


def _violation(facts: tuple[Constraint, ...], wanted: Constraint, index: Polynomial) -> Mapping[str, int] | None:
    """Small sizes and indices that satisfy the facts and not ``wanted``."""
    related = {*wanted.value.names, *index.names}
    chosen: list[Constraint] = []
    for _ in range(3):
        chosen = [f for f in facts if f.value.names & related]
        related |= {n for f in chosen for n in f.value.names}
    names = sorted(related)
    sizes = [at_least(polynomial(n), 1) for n in names if not is_index(n)]
    ranges = [range(4) if is_index(n) else range(1, 5) for n in names]
    for values in islice(product(*ranges), POINTS):
        point = dict(zip(names, values, strict=True))
        if not wanted.holds(point) and all(c.holds(point) for c in (*chosen, *sizes)):
            return point
    return None


def _message(
    access: Access, index: Polynomial, extent: Polynomial, point: Mapping[str, int], origin: int
) -> str:
    where = ", ".join(
        f"{n.lstrip('%').split('.')[0]} = {v + origin if is_index(n) else v}" for n, v in sorted(point.items())
        if n in index.names or n in extent.names
    )  # fmt: skip
    value = index.evaluate(point) + origin
    span = f"{origin}…{show_extent(extent + origin - 1)}"
    return f"an index of {access.head} leaves its range {span}: it is {value} at {where}"
