"""On what losses depend as nothing says: those that nothing defines, and what others consist of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import Access, polynomial, walk
from verify_derivations.formulas.forked import Forked

if TYPE_CHECKING:
    from verify_derivations.formulas.world import World


@dataclass
class Unsaid(Forked):
    """What nothing says of the losses of a scope."""

    heads: set[str] = field(default_factory=set)  # what depends on others as nothing says: E_t of Σ_t E_t
    losses: set[str] = field(default_factory=set)  # those that are no numbers by their names
    beside: set[str] = field(default_factory=set)  # what their sums mention by name: r of J = L + r
    slopes: dict[str, tuple[str, str]] = field(default_factory=dict)  # ∂E_t/∂W as a quantity → E_t, W
    frontier: set[str] = field(default_factory=set)  # what a loss that is not defined may depend on in any way
    told: dict[str, set[str]] = field(default_factory=dict)  # a loss → that of which the text calls it one
    through: set[str] = field(default_factory=set)  # on what it depends only through others
    alone: set[str] = field(default_factory=set)  # that of which only a loss is, perhaps of one step
    settled: set[str] = field(default_factory=set)  # what was known when the frontier was drawn


def open_ends(world: World, loss: str) -> set[str]:
    """On what a loss may depend in any way, as far as nothing defines it."""
    late = world.quantities.keys() - world.unsaid.settled - {loss}
    if late:
        known = Environment(quantities=dict(world.quantities), functions=dict(world.functions), loss=loss)
        late &= ends(world, known)
    return world.unsaid.frontier | late


def ends(world: World, environment: Environment) -> set[str]:
    """What no other definition mentions, but for those by derivatives of the loss: a loss that nothing defines
    depends on it in ways that nothing shows. In a recursion, ``h_t`` by ``c_t`` and ``c_t`` by ``h_{t-1}``, it is
    what the same step does not use further, h; and of J = L + λ‖w‖² beside an L that nothing defines w."""
    unsaid = world.unsaid.losses | {h for h in (environment.loss,) if h is not None and not world.is_defined(h)}
    above = world.unsaid.beside | {h for h in environment.quantities if unsaid and world.below([h]) & unsaid}
    return {
        head for head in environment.quantities.keys() - world.layers.sums.keys()  # these are parts without a name
        if all(q.head == head or q.head in above or steps_back(world, q, head) for q in environment.consumers(head))
    }  # fmt: skip


def steps_back(world: World, quantity: Quantity, head: str) -> bool:
    """Whether a quantity, on which ``head`` rests, mentions that at other steps only."""
    body, own = quantity.body, {v: _origin(world, quantity.head, k) for k, v in enumerate(quantity.indices)}
    found = [x for x in walk(body) if isinstance(x, Access) and x.head == head] if body is not None else []

    def shifted(access: Access) -> bool:
        values = (i + _origin(world, head, k) for k, i in enumerate(access.indices))
        apart = [value - polynomial(v) - n for value in values for v, n in own.items() if v in value.names]
        return any(p.is_constant and p.value for p in apart)

    return bool(found) and all(map(shifted, found)) and quantity.head in world.below([head])


def _origin(world: World, head: str, place: int) -> int:
    origins = world.known[head].origins if head in world.known else ()
    return origins[place] if place < len(origins) else world.origin
