"""Derivatives of one loss in what another is made of: ``g = ∂K/∂w ∘ x`` beside ``J = Σ_i g_i``.

An environment is that of one loss: the derivatives of this are adjoints, which are unfolded step by step. A derivative
of another loss that stands in a definition is a quantity like any other there, with its value written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verify_derivations.formulas.definitions import Environment, Quantity, adjoint_of, is_slope
from verify_derivations.formulas.descent import unknown_below
from verify_derivations.formulas.expressions import Access, fresh, heads, polynomial
from verify_derivations.formulas.world import World


def slopes_of_others(world: World, quantities: Mapping[str, Quantity], loss: str | None) -> dict[str, Quantity]:
    """The derivatives of other losses that stand in definitions, as quantities, so far as they are known."""
    others = [name for name in world.losses() if name != loss]
    if not others:
        return {}
    mentioned = {h for q in quantities.values() if q.body is not None for h in heads(q.body)} - quantities.keys()
    found = {}
    for head in sorted(mentioned):
        for other in others:
            of = adjoint_of(head, other)
            if of is not None and of in quantities and (made := _written_out(world, quantities, other, of, head)):
                found[head] = made
    return found


def _written_out(
    world: World, quantities: Mapping[str, Quantity], loss: str, of: str, head: str
) -> Quantity | None:  # fmt: skip
    """``∂loss/∂of`` by the definitions, if these say all of it and it exists everywhere."""
    key = head, len(quantities)
    if key in world.written_out:
        return world.written_out[key]
    below = world.below([loss])
    said = not below & world.unknown.unread.keys() and not world.may_hide(loss) and world.is_defined(loss)
    layers = world.layers
    bound = layers.in_every_one(of, world.table) or layers.in_a_rest(of) or of in world.layers.also_used
    bound = bound or bool(below & layers.sums.keys())
    others = any(adjoint_of(h, other) is not None for h in below for other in world.losses())
    made: Quantity | None = None
    if said and not bound and not others and unknown_below(world, [loss], of) is None:
        environment = Environment(quantities=dict(quantities), functions=dict(world.functions))
        indices = tuple(fresh("i") for _ in quantities[of].extents)
        try:
            assert world.calculus is not None
            if not world.calculus.ties(Access(loss), of, environment):
                body = world.calculus.differentiate(Access(loss), of, tuple(map(polynomial, indices)), environment)
                made = Quantity(head, quantities[of].extents, indices, body)
        except RecursionError:
            made = None
    world.written_out[key] = made
    return made


def not_written_out(world: World, environment: Environment, start: Iterable[str]) -> str | None:
    """A derivative of something else than the loss of an environment, of which nothing is known and on which ``start``
    rests; not one that it speaks of itself."""
    start, loss = set(start), environment.loss
    known = {head for head, quantity in environment.quantities.items() if quantity.body is not None}
    below = sorted(h for h in world.below(start) - known - start if is_slope(h))
    return next((h for h in below if loss is None or adjoint_of(h, loss) is None), None)
