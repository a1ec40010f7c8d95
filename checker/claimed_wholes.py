"""Vectors that definitions write by entries, and claims as wholes: ``y_i = σ(x_i)`` and ``∂E/∂x = ∂E/∂y ⊙ y``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.binding import claimed_wholes
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.world import World


def claimed_as_wholes(
    formulas: Sequence[Stated], defined: Iterable[tuple[int, Reference]], world: World
) -> set[str]:  # fmt: skip
    """The names that all of ``defined`` have with one letter as index, that stand elsewhere as wholes.
    (Of examples, x and ``x_i``, neither is the other.)"""
    nodes = [n for f in formulas for c in f.chains for side in c.sides for n in s.walk(side)]
    wholes = claimed_wholes(nodes, world.table.gradients) - {*world.table.kinds.examples}
    indices: dict[str, set[int]] = {}
    for _, r in defined if wholes else ():
        letters = all(isinstance(i, s.Symbol) for i in r.indices) and r.layer is None
        indices.setdefault(r.name, set()).add(len(r.indices) if letters else 0)
    return {name for name in wholes if indices.get(name) == {1} and not world.declarations.get(name)}
