"""Recurrences: which members of a recursion are too early to depend on a given one.

In ``z_t = W h_{t-1} + …``, ``h_t = tanh(z_t)`` nothing at time t depends on a later time. A derivative by ``z_t``
therefore need not be followed through the definition of ``h_{t-1}``, which would never end.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import Access, Polynomial, Scalar, polynomial, walk

Definition: TypeAlias = tuple[str, tuple[str, ...], Scalar]  # head, indices, body


def too_early(access: Access, head: str, indices: tuple[Polynomial, ...], environment: Environment) -> bool:
    """Whether ``access`` stands at an earlier time of the recursion than ``head[indices]``, by their first indices."""
    times = _times(environment, head)
    if times is None or access.head not in times or not access.indices or not indices:
        return False
    lag = access.indices[0] + times[access.head] - indices[0] - times[head]
    return lag.is_constant and lag.value < 0


def _times(environment: Environment, head: str) -> dict[str, int] | None:
    if any(environment.captured.values()):
        return None  # a definition may mention more than it shows
    key = tuple(
        (q.head, q.indices, q.body) for q in environment.quantities.values() if q.body is not None and q.indices
    )
    return _solve(key, head)


@lru_cache(maxsize=64)
def _solve(definitions: tuple[Definition, ...], head: str) -> dict[str, int] | None:
    """Offsets φ with ``c + φ(inner) ≤ φ(outer)`` wherever ``outer[t]`` mentions ``inner[t + c]``, for the quantities
    that take part in a recursion with ``head``; ``None`` where there is no such recursion or no such offsets."""
    edges: list[tuple[str, str, int]] = []
    for name, indices, body in definitions:
        for node in walk(body):
            if isinstance(node, Access) and node.indices:
                shift = node.indices[0] - polynomial(indices[0])
                edges.append((name, node.head, int(shift.value) if shift.is_constant else 1_000_000))
    members = _reached(edges, head) & _reached([(b, a, c) for a, b, c in edges], head)
    if not members:
        return None
    inner = [(a, b, c) for a, b, c in edges if a in members and b in members]
    times = dict.fromkeys(sorted(members), 0)
    for _ in range(len(members) + 1):
        changed = False
        for outer, name, lag in inner:
            if lag + times[name] > times[outer]:
                times[name] = times[outer] - lag
                changed = True
        if not changed:
            return times
    return None


def _reached(edges: list[tuple[str, str, int]], start: str) -> set[str]:
    """What can be reached from ``start`` in at least one step."""
    found: set[str] = set()
    frontier = {start}
    while frontier:
        frontier = {b for a, b, _ in edges if a in frontier} - found
        found |= frontier
    return found
