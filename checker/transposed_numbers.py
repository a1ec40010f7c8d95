"""What is read as a number, for nothing says its shape, and is transposed somewhere: it is a vector or a matrix.

Of numbers ``A^\\top dZ`` and ``dZ A^\\top`` are the same, so that nothing is told by what is found of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.scripts import names_in
from verify_derivations.formulas.sizes import layer_value
from verify_derivations.formulas.world import Statement, World


def take_transposed(world: World, formulas: Sequence[Stated]) -> None:
    """Note which names the formulas of a scope transpose."""
    for f in formulas:
        for r in _references(world, f.names):
            if r.transposed and not r.indices:
                world.undeclared.transposed.add(r.name)


def transposed_number(world: World, sides: Sequence[s.Node]) -> str | None:
    """Of the sides, what is read as a number only for nothing says its shape, and transposed somewhere in its scope; or
    what nothing defines and is transposed there. (Elsewhere a letter of an identity may be another one.)"""
    for r in _references(world, (name for side in sides for name in names_in(side))):
        if r.name not in world.undeclared.transposed or r.indices:
            continue
        layer = layer_value(r.layer, world, Statement()) if r.layer is not None else None
        known = world.known.get(world.head(r.name, layer))
        if known is None or known.extents or known.head in world.declared or r.name in world.declared:
            continue
        if world.below([known.head]) & world.undeclared.guessed or r.transposed and not world.is_defined(known.head):
            return known.head
    return None


def _references(world: World, nodes: Iterator[s.Node] | Sequence[s.Node]) -> Iterator[Reference]:
    return (r for r in map(world.table.reference, nodes) if r is not None)
