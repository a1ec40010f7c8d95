"""What is counted, and rests on itself at other numbers: times of a recursion, layers that a letter counts.

In ``z_t = W h_{t-1} + …``, ``h_t = tanh(z_t)`` nothing at time t depends on a later time. A derivative by ``z_t``
therefore need not be followed through the definition of ``h_{t-1}``, which would never end. Derivatives lead the other
way, ``∂L/∂z_t`` to ``∂L/∂h_t`` to ``∂L/∂z_{t+1}``, and end at the last time. Whether there is such an order is one
question for definitions and for derivatives, for times and for layers: :func:`ascent`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import (
    Access,
    Bracket,
    Constraint,
    Mul,
    Polynomial,
    Scalar,
    Sum,
    binders_of,
    bracket,
    children,
    mul,
    polynomial,
    rebuild,
    walk,
    within,
)

Definition: TypeAlias = tuple[str, tuple[str, ...], Scalar]  # head, indices, body
Edge: TypeAlias = tuple[str, str, "int | None"]
"""``(a, b, d)``: a at number n rests on b at n + d; ``None``: at a number that is not known."""


# -- order ------------------------------------------------------------------------------------------------------------
def ascent(edges: Sequence[Edge]) -> dict[str, int] | tuple[str, ...]:
    """Offsets φ with ``φ(a) < N·d + φ(b)`` for all edges (N: more than there are names), so that N·n + φ increases from
    each to what it rests on, and below any bound on n only finitely many steps can be made. There are some if and only
    if along each circle the distances have a positive sum; else the names along one where they do not, or are not
    known."""
    names = list(dict.fromkeys(name for a, b, _ in edges for name in (a, b)))
    for a, b, d in edges:
        if d is None:
            way = _way(edges, b, a)
            if way:
                return way
    scale = len(names) + 1
    weighted = [(a, b, scale * d - 1) for a, b, d in edges if d is not None]
    found, towards = dict.fromkeys(names, 0), dict[str, str]()
    for _ in range(len(names) + 1):
        last = ""
        for a, b, weight in weighted:
            if found[b] + weight < found[a]:
                found[a], towards[a], last = found[b] + weight, b, a
        if not last:
            return found
    for _ in names:  # from anywhere behind it onto the circle
        last = towards[last]
    circle = [last]
    while towards[circle[-1]] != last:
        circle.append(towards[circle[-1]])
    return tuple(circle)


def _way(edges: Iterable[Edge], start: str, end: str) -> tuple[str, ...]:
    """The names on a shortest way along edges from ``start`` to ``end``, both included; none, if there is none."""
    targets: dict[str, list[str]] = {}
    for a, b, _ in edges:
        targets.setdefault(a, []).append(b)
    before: dict[str, str | None] = {start: None}
    for name in (pending := [start]):
        if name == end:
            way: list[str] = []
            at: str | None = name
            while at is not None:
                way.append(at)
                at = before[at]
            return tuple(reversed(way))
        new = [b for b in targets.get(name, ()) if b not in before]
        before |= dict.fromkeys(new, name)
        pending += new
    return ()


def accesses(node: Scalar, facts: tuple[Constraint, ...] = ()) -> Iterator[tuple[Access, tuple[Constraint, ...]]]:
    """What an expression reads, each with ``facts`` and what else holds where it counts: the ranges of sums, and the
    brackets without which a product is zero."""
    if isinstance(node, Access):
        yield node, facts
        return
    for variable, extent in binders_of(node):
        facts = (*facts, *within(polynomial(variable), extent))
    if isinstance(node, Mul):
        facts = (*facts, *(c for factor in node.factors for c in _needed(factor)))
    for child in children(node):
        yield from accesses(child, facts)


def distance(difference: Polynomial, facts: Iterable[Constraint]) -> int | None:
    """The whole number that a difference of indices is, where ``facts`` hold."""
    equations = [c.value for c in facts if c.relation == "=="]
    for value in (difference, *(difference + e for e in equations), *(difference - e for e in equations)):
        if value.is_constant and value.value.denominator == 1:
            return int(value.value)
    return None


def guarded(node: Scalar) -> Scalar:
    """The same, with the brackets on which a factor rests, Σ_k [t = s + 1]·W_jk, beside the other factors too: who
    works out the product need not work out these elsewhere."""
    parts = children(node)
    made = rebuild(node, tuple(map(guarded, parts))) if parts else node
    if not isinstance(made, Mul):
        return made
    inside = (c for factor in made.factors if not isinstance(factor, Bracket) for c in _needed(factor))
    return mul(bracket(*inside), made)


def _needed(node: Scalar) -> tuple[Constraint, ...]:
    """What holds wherever ``node`` is not zero."""
    match node:
        case Bracket(constraints):
            return constraints
        case Mul(factors):
            return tuple(c for factor in factors for c in _needed(factor))
        case Sum(binders, body):
            bound = {v for v, _ in binders}
            return tuple(c for c in _needed(body) if bound.isdisjoint(c.value.names))
    return ()


# -- times of a recursion ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Times:
    """The order in which the members of a recursion are worked out: each rests on members of earlier times only."""

    scale: int
    offsets: Mapping[str, int]

    def of(self, head: str, index: Polynomial) -> Polynomial | None:
        """The time of ``head[index, …]``; ``None`` where it has no part in the recursion."""
        return index * self.scale + self.offsets[head] if head in self.offsets else None


def too_early(access: Access, head: str, indices: tuple[Polynomial, ...], environment: Environment) -> bool:
    """Whether ``access`` stands at an earlier time of the recursion than ``head[indices]``, by their first indices."""
    order = times(environment, head)
    if order is None or not access.indices or not indices:
        return False
    own, other = order.of(access.head, access.indices[0]), order.of(head, indices[0])
    if own is None or other is None:
        return False
    lag = own - other
    return lag.is_constant and lag.value < 0


def times(environment: Environment, head: str) -> Times | None:
    """The times of the quantities that take part in a recursion with ``head``; ``None`` where there is no recursion, or
    no such order is found."""
    if any(environment.captured.values()):
        return None  # a definition may mention more than it shows
    key = tuple(
        (q.head, q.indices, q.body) for q in environment.quantities.values() if q.body is not None and q.indices
    )
    return _solve(key, head)


@lru_cache(maxsize=64)
def _solve(definitions: tuple[Definition, ...], head: str) -> Times | None:
    edges = [edge for definition in definitions for edge in _edges(definition)]
    members = around(edges, head)
    if not members:
        return None
    found = ascent([(a, b, d) for a, b, d in edges if a in members and b in members])
    if isinstance(found, tuple):
        return None
    return Times(len(members) + 1, found)


@lru_cache(maxsize=4096)
def _edges(definition: Definition) -> tuple[Edge, ...]:
    """From what is mentioned to what mentions it: to a later time."""
    name, indices, body = definition
    return tuple(
        (node.head, name, int(shift.value) if (shift := polynomial(indices[0]) - node.indices[0]).is_constant else None)
        for node in walk(body) if isinstance(node, Access) and node.indices
    )  # fmt: skip


def around(edges: Sequence[Edge], start: str) -> set[str]:
    """What lies on circles through ``start``."""
    return _reached(edges, start) & _reached([(b, a, d) for a, b, d in edges], start)


def _reached(edges: Iterable[Edge], start: str) -> set[str]:
    """What can be reached from ``start`` in at least one step."""
    targets: dict[str, list[str]] = {}
    for a, b, _ in edges:
        targets.setdefault(a, []).append(b)
    found: set[str] = set()
    pending = [start]
    while pending:
        new = set(targets.get(pending.pop(), ())) - found
        found |= new
        pending += sorted(new)
    return found
