"""Shapes that a document leaves unsaid, where it says what the gradient is: ∂L/∂b has the shape of b."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.sizes import Shape, layer_value
from verify_derivations.formulas.world import Statement, World


def shapes_of_gradients(world: World, formulas: Sequence[Stated], leaves: set[str]) -> dict[str, Shape]:
    """What the stated gradients say of ``leaves`` that are declared nowhere, where that is one thing, and another than
    the first reading of their definitions."""
    found: dict[str, set[Shape]] = {}
    world = world.fork()
    for f in formulas:
        for chain in f.chains:
            reference = _variable(world, chain.sides[0]) if len(chain.sides) > 1 else None
            head = _head(world, reference) if reference is not None else None
            if reference is None or head is None or leaves.isdisjoint((head, reference.name)) or any(
                not d.hint for d in world.declarations.get(reference.name, ())
            ):
                continue
            shape = next(_shapes(world, chain.sides[:0:-1], f.number), None)
            if shape is not None:
                found.setdefault(head, set()).add(shape)
    single = {name: shapes.pop() for name, shapes in found.items() if len(shapes) == 1}
    return {name: shape for name, shape in single.items() if shape != world.known[name].shape}


def _variable(world: World, node: s.Node) -> Reference | None:
    """By what a gradient differentiates: a quantity as a whole."""
    reference = world.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
    if reference is not None and not (reference.indices or reference.transposed):
        for alias in world.aliases.get(reference.name, ()):
            node = alias.right
    below: s.Node | None = None
    if isinstance(node, s.Nabla) and node.order == 1:
        below = node.variable
    elif isinstance(node, s.Derivative) and len(node.denominators) == 1:
        top = world.table.reference(node.numerator)
        if top is not None and top.name in world.losses():
            below = node.denominators[0]
    found = world.table.reference(below) if below is not None else None
    return None if found is None or found.indices or found.transposed else found


def _head(world: World, reference: Reference) -> str | None:
    """What a name stands for, at a layer with a number."""
    layer = layer_value(reference.layer, world, Statement()) if reference.layer is not None else None
    head = world.head(reference.name, layer)
    stated = reference.layer is None or layer is not None and layer.is_constant
    return head if stated and head in world.known else None


def _shapes(world: World, sides: Sequence[s.Node], number: int) -> Iterator[Shape]:
    """The shapes of the sides that have one by themselves."""
    for side in sides:
        here = Statement(number)
        try:
            value = Elaborator(world, here).tensor(side)
        except DocumentError:
            continue
        if not any(index.free for index in here.indices.values()):
            yield () if value.is_scalar else tuple(world.extents.normal(n) for n in value.shape)
