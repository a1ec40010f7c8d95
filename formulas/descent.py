"""What layers without numbers rest on: of a net of any depth only those are defined that a formula mentions."""

from __future__ import annotations

from collections.abc import Iterable

from verify_derivations.formulas.scripts import names_in
from verify_derivations.formulas.sizes import layer_value
from verify_derivations.formulas.world import Statement, World


def unknown_below(world: World, start: Iterable[str], head: str) -> str | None:
    """A quantity on which ``start`` rests and of which it is not known whether it rests on ``head``: one of a layer
    without a number, defined as every layer is, below those that are mentioned."""
    for found in sorted(world.below(start) - {head}):
        quantity = world.quantities.get(found)
        name, layer = world.layers.of.get(found, ("", None))
        if name not in world.layers.templates or layer is None or layer.is_constant or quantity is None:
            continue
        if quantity.body is None and _may_rest_on(world, name, found, head):
            return found
    return None


def _may_rest_on(world: World, name: str, below: str, head: str) -> bool:
    """Not on a later layer, nor on what no layer mentions."""
    names, descends = _reached(world, name)
    of, place = world.layers.place(head)
    if of not in names:
        return False
    distance = None if place is None else place - world.layers.of[below][1]
    return not (descends and distance is not None and distance.is_constant and distance.value > 0)


def _reached(world: World, start: str) -> tuple[set[str], bool]:
    """The names that the layers of ``start`` lead to, and whether none leads to a later layer."""
    found, waiting, descends = {start}, [start], True
    while waiting:
        name = waiting.pop()
        new: set[str] = set()
        for template in world.layers.templates.get(name, ()):
            own = layer_value(template.layer, world, Statement())
            for reference in map(world.table.reference, names_in(template.right)):
                if reference is not None:
                    new.add(reference.name)
                    other = None if reference.layer is None else layer_value(reference.layer, world, Statement())
                    step = own - other if own is not None and other is not None else None
                    descends &= reference.layer is None or step is not None and (
                        not step.is_constant or step.value >= 0)  # fmt: skip
        for head, (other_name, _) in world.layers.of.items():
            quantity = world.quantities.get(head)
            if other_name == name and quantity is not None and quantity.body is not None:
                new |= {world.layers.name(h) for h in world.below([head])}
        waiting += new - found
        found |= new
    return found, descends
