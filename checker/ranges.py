"""Whether an index can leave the axis that it stands at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import TYPE_CHECKING

from verify_derivations.derivations.domains import implies
from verify_derivations.derivations.recurrence import accesses
from verify_derivations.formulas.definitions import Environment, adjoint_of
from verify_derivations.formulas.expressions import (
    Access,
    Constraint,
    Polynomial,
    at_least,
    polynomial,
    rename_apart,
    substitute,
    within,
)
from verify_derivations.formulas.polynomial import is_index
from verify_derivations.formulas.tensors import show_extent

if TYPE_CHECKING:
    from verify_derivations.checker.comparisons import Comparison

POINTS = 20_000  # of the search for an index that leaves its axis
MOST_ASKED = 4  # conditions on the letters of a claim


@dataclass(frozen=True)
class Outside:
    """An access whose index leaves its axis: ``wanted`` does not hold at ``point``."""

    access: Access
    index: Polynomial
    extent: Polynomial
    wanted: Constraint
    point: Mapping[str, int]


def out_of_range(comparison: Comparison, environment: Environment) -> Outside | None:
    """An access that leaves its axis at some sizes and index values; ``None`` where there is none or where none was
    found. Accesses under a bracket are looked at only where the bracket holds."""
    domain = tuple(c for v, n in comparison.free.items() for c in within(polynomial(v), n))
    facts = (*environment.facts, *comparison.facts, *domain)
    for side in (comparison.left, comparison.right):
        for access, known in accesses(side, facts):
            extents = extents_of(access.head, environment)
            if extents is None or len(extents) != len(access.indices):
                continue
            for index, extent in zip(access.indices, extents, strict=True):
                for wanted in within(index, extent):
                    if (index.names or wanted.value.is_constant) and not implies(known, wanted):
                        point = _violation(known, wanted, index)
                        if point is not None:
                            return Outside(access, index, extent, wanted, point)
    return None


def narrowed(
    comparison: Comparison, environment: Environment, letters: Collection[str]
) -> tuple[Comparison, tuple[Constraint, ...]] | None:
    """The comparison where its shifted indices (``h_{t+1}`` for ``t = 1, …, T``) stay within their axes, and what that
    asks of ``letters``, or of the size of an axis that ``x_{n-1}`` stands at. ``None`` where an index leaves an axis by
    more than a fixed number of steps: that axis is another."""
    asked: list[Constraint] = []
    while (outside := out_of_range(comparison, environment)) is not None:
        runs = [v for v in outside.index.names if v in letters and (outside.index - polynomial(v)).is_constant]
        fixed = bool(outside.index.names) and (outside.index - outside.extent).is_constant  # x_{n-1} of n entries
        near = fixed or bool(runs) and (comparison.free[runs[0]] - outside.extent).is_constant
        if len(asked) > MOST_ASKED or not near or fixed and outside.wanted.value == outside.extent - outside.index - 1:
            return None
        asked.append(outside.wanted)
        comparison = replace(comparison, facts=(*comparison.facts, outside.wanted))
    return comparison, tuple(asked)


def has_meaning_there(outside: Outside, environment: Environment) -> bool:
    """Whether the definition of what leaves its axis has a meaning also at that index: the ``δ_l`` of
    ``δ_l = ∂E/∂h_l`` at l = L, of an h_L."""
    quantity = environment.quantities.get(outside.access.head)
    if quantity is None or quantity.body is None:
        return False
    inner = substitute(rename_apart(quantity.body), dict(zip(quantity.indices, outside.access.indices, strict=True)))
    for access, _ in accesses(inner, ()):
        extents = extents_of(access.head, environment)
        if extents is None or len(extents) != len(access.indices):
            return False
        for index, extent in zip(access.indices, extents, strict=True):
            names = {*index.names, *extent.names}
            if names & {*outside.index.names, *outside.extent.names} and not names <= outside.point.keys():
                return False
            if names <= outside.point.keys() and not all(c.holds(outside.point) for c in within(index, extent)):
                return False
    return True


def extents_of(head: str, environment: Environment) -> tuple[Polynomial, ...] | None:
    inner = adjoint_of(head, environment.loss) if environment.loss is not None else None
    quantity = environment.quantities.get(inner or head)
    return None if quantity is None else quantity.extents


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


def message(outside: Outside, environment: Environment, origins: Sequence[int] = ()) -> str:
    """In the document's counting; ``origins`` are the first values of the access's indices, where they are others."""
    point, origin = outside.point, environment.origin
    where = ", ".join(
        f"{n.lstrip('%').split('.')[0]} = {v + origin if is_index(n) else v}" for n, v in sorted(point.items())
        if n in outside.index.names or n in outside.extent.names
    )  # fmt: skip
    place = outside.access.indices.index(outside.index)
    first = origins[place] if place < len(origins) else origin
    value = outside.index.evaluate(point) + first
    span = f"{first}…{show_extent(outside.extent + first - 1)}"
    message = f"an index of {outside.access.head} leaves its range {span}: it is {value}"
    return f"{message} at {where}" if where else message
