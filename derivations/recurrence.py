"""Recurrences: which members of a recursion are too early to depend on a given one.

In ``z_t = W h_{t-1} + …``, ``h_t = tanh(z_t)`` nothing at time t depends on a later time. A derivative by ``z_t``
therefore need not be followed through the definition of ``h_{t-1}``, which would never end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import Access, Polynomial, Scalar, polynomial, walk

Definition: TypeAlias = tuple[str, tuple[str, ...], Scalar]  # head, indices, body


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
    """Offsets φ with ``N·c + φ(inner) < φ(outer)`` wherever ``outer[t]`` mentions ``inner[t + c]``. With N above the
    number of members there are some wherever along each circle the c have a negative sum."""
    edges: list[tuple[str, str, int]] = []
    for name, indices, body in definitions:
        for node in walk(body):
            if isinstance(node, Access) and node.indices:
                shift = node.indices[0] - polynomial(indices[0])
                edges.append((name, node.head, int(shift.value) if shift.is_constant else 1_000_000))
    members = _reached(edges, head) & _reached([(b, a, c) for a, b, c in edges], head)
    if not members:
        return None
    scale = len(members) + 1
    inner = [(a, b, scale * c + 1) for a, b, c in edges if a in members and b in members]
    found = dict.fromkeys(sorted(members), 0)
    for _ in range(len(members) + 1):
        changed = False
        for outer, name, lag in inner:
            if lag + found[name] > found[outer]:
                found[name] = found[outer] - lag
                changed = True
        if not changed:
            return Times(scale, found)
    return None


def _reached(edges: list[tuple[str, str, int]], start: str) -> set[str]:
    """What can be reached from ``start`` in at least one step."""
    found: set[str] = set()
    frontier = {start}
    while frontier:
        frontier = {b for a, b, _ in edges if a in frontier} - found
        found |= frontier
    return found
