"""Nets of any depth written out for a given one: to compare what the steps of each layer give with the derivative."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.derivations.composition import Composition
from verify_derivations.derivations.induction import Induction
from verify_derivations.derivations.layers import Layers
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import Access, add, map_accesses
from verify_derivations.formulas.polynomial import polynomial

STEP = "step "


def unrolled(net: Layers, depth: int) -> tuple[Environment, dict[str, tuple[str, int]]]:
    """The net with ``depth`` layers, counted from 1, and the name and layer of each quantity that has one."""
    n = net.numbering
    last = replace(n, letter=n.last, last="")  # the same names, where the last layer takes the place of the letter
    special = {q.head: q for q in (last.moved(q, polynomial(depth)) for q in net.special.values())}
    found: dict[str, Quantity] = {}
    places: dict[str, tuple[str, int]] = {}
    pending = [n.loss]
    while pending:
        head = pending.pop()
        if head in found:
            continue
        if head in n.heads:
            name, layer = n.heads[head]
            places[head] = name, int(layer.value)
            quantity = special.get(head) or n.moved(net.templates[name], layer)
            if layer.value < 1:
                quantity = replace(quantity, body=None, indices=())
        elif head in net.sums:
            total = net.sums[head]
            layers = [n.moved(total.summand, polynomial(k)).body for k in range(1, depth + total.after + 1)]
            quantity = replace(total.summand, body=add(*(part for part in layers if part is not None)))
        else:
            quantity = last.moved(net.environment.quantities[head], polynomial(depth))
        found[head] = quantity
        pending += net.environment.mentioned(quantity.body) if quantity.body is not None else ()
    return replace(net.environment, quantities=found), places


def stepwise(induction: Induction, composition: Composition, depth: int) -> Environment:
    """The same net, with each adjoint defined by its step: the generic one where it holds. ``STEP`` stands before the
    name of an adjoint."""
    net = induction.layers
    n = net.numbering
    last = replace(n, letter=n.last, last="")
    environment, places = unrolled(net, depth)
    found = dict(environment.quantities)
    steps: list[Quantity] = [last.moved(s, polynomial(depth)) for h, s in composition.steps.items()
                             if h not in induction.window.places]  # fmt: skip
    for name, layer in places.values():
        at = layer - depth
        if name in induction.steps and (at < induction.deep.start or induction.holds(name, at)):
            steps.append(n.moved(induction.steps[name], polynomial(layer)))
        elif n.head(name, polynomial(n.last) + at) in composition.steps:
            steps.append(last.moved(composition.steps[n.head(name, polynomial(n.last) + at)], polynomial(depth)))

    def named(access: Access) -> Access | None:
        return Access(STEP + access.head, access.indices) if adjoint_of(access.head, n.loss) is not None else None

    for step in steps:
        assert step.body is not None
        found[STEP + step.head] = replace(step, head=STEP + step.head, body=map_accesses(step.body, named))
    return replace(environment, quantities=found, loss=None)


def by_steps(head: str, loss: str) -> str:
    return STEP + adjoint(head, loss)
