"""What a partial derivative holds fixed: ``∂u/∂x`` of ``u = (x - μ)/s`` the μ and s that are made of x, too, and
``∂θ_{t+1}/∂v_t``, of one step, what stands there of the step before.

Where a document means that, it seldom says so. A verdict on it is conditional on what is held fixed, which
:func:`held_fixed` names, and rests on derivatives in the definitions that :class:`HeldFixed` makes of those of the
document.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import (
    Access,
    Polynomial,
    Scalar,
    map_accesses,
    polynomial,
    rename_apart,
    substitute,
    walk,
)
from verify_derivations.formulas.world import World

_HELD = "held:"  # before the names of what is not differentiated


@dataclass(frozen=True)
class HeldFixed:
    """What a derivative ``by`` a quantity holds fixed: in the definition of each head certain accesses. Of what these
    are of, ``names`` are those that move with it elsewhere."""

    by: str
    accesses: Mapping[str, frozenset[Access]]
    names: frozenset[str]
    bodies: Mapping[str, Scalar] = field(default_factory=dict)  # of definitions that are written out

    def within(self, environment: Environment) -> tuple[Environment, str]:
        """The definitions in which what is held fixed does not move, and by what the derivative is taken there."""
        fixed = {name: self._fixed(q) for name, q in environment.quantities.items()}
        by = self.by
        if any(x.head == by for held in self.accesses.values() for x in held):  # of the step before, and only there
            by = _HELD + by
            fixed[by] = replace(fixed[self.by], head=by, body=None)
        return replace(environment, quantities=fixed), by

    def _fixed(self, quantity: Quantity) -> Quantity:
        held, body = self.accesses.get(quantity.head), self.bodies.get(quantity.head, quantity.body)
        if body is None or not held:
            return quantity
        return replace(quantity, body=map_accesses(
            body, lambda x: Access(_HELD + x.head, x.indices) if x in held else None))


def moving(access: Access) -> Access | None:
    """What is held fixed in one derivative, as what it is elsewhere."""
    return Access(access.head.removeprefix(_HELD), access.indices) if access.head.startswith(_HELD) else None


def held_fixed(world: World, of: str, by: str, lag: Polynomial | None) -> HeldFixed | None:
    """What may be meant to be held fixed by ``∂of/∂by``, if anything: all else in the definition of ``of``, or where
    ``by`` does not stand there, what stands in it and in the others of its step at another one. ``lag`` is the step of
    ``by`` less that of ``of``, where both are of steps."""
    quantity = world.quantities.get(of)
    if quantity is None or quantity.body is None or by not in (below := world.below([of])):
        return None
    inside = frozenset(x for x in walk(quantity.body) if isinstance(x, Access))
    at = {_lag(x, quantity, world) for x in inside if x.head == by}
    if at and (lag is None or None in at or lag in at):
        held = {of: frozenset(x for x in inside if x.head != by)}
    else:
        definitions = (q for name in below if (q := world.quantities.get(name)) is not None)
        held = {q.head: _lagged(q, world) for q in definitions}
        stands = any(x.head == by for lagged in held.values() for x in lagged)
        if not world.is_defined(by):  # a parameter moves at every step
            held = {name: frozenset(x for x in lagged if x.head != by) for name, lagged in held.items()}
        elif not stands or lag != -1:
            return None
    heads = {x.head for accesses in held.values() for x in accesses}
    names = frozenset(h for h in heads - {by} if world.is_defined(h) and by in world.below([h]))
    return HeldFixed(by, held, names) if names else None


def constant(world: World, names: Set[str], by: str) -> HeldFixed | None:
    """All derivatives with some quantities held fixed wherever they stand."""
    held = {q.head: frozenset(x for x in walk(q.body) if isinstance(x, Access) and x.head in names)
            for q in world.quantities.values() if q.body is not None}  # fmt: skip
    return HeldFixed(by, held, frozenset(names)) if by not in names else None


def written_out(world: World, of: str, by: str, lag: Polynomial | None) -> HeldFixed | None:
    """``∂of/∂by`` of one step in which nothing is held fixed: of the step before moves what is made of ``by`` there,
    the ``θ_t = θ_{t-1} - η v_t`` in ``∂θ_{t+1}/∂v_t``. ``None`` where a step may depend on a later one."""
    found = (world.quantities.get(name) for name in sorted(world.below([of])))
    definitions = [q for q in found if q is not None and q.body is not None]
    if lag is None or lag not in (0, -1) or not all(_is_causal(q, by, world) for q in definitions):
        return None
    before = lag == -1
    moved = {q.head for q in definitions if before and q.head != by and _at_once(q.head, by, world, set())}
    bodies, held = dict[str, Scalar](), dict[str, frozenset[Access]]()
    for quantity in definitions:
        assert quantity.body is not None
        own = Access(quantity.head, tuple(map(polynomial, quantity.indices)))

        def put(x: Access, own: Access = own) -> Scalar | None:
            step = steps_between(own, x, world, entries=True)
            if x.head not in moved or step != -1:
                return None
            inner = world.quantities[x.head]
            assert inner.body is not None
            values = dict(zip(inner.indices, x.indices, strict=True))
            return map_accesses(substitute(rename_apart(inner.body), values), put)

        bodies[quantity.head] = body = map_accesses(quantity.body, put)
        inside = ((x, steps_between(own, x, world, entries=True)) for x in walk(body) if isinstance(x, Access))
        held[quantity.head] = frozenset(x for x, step in inside if step is not None and step.is_constant and step
                                        and (x.head != by or step != lag))  # fmt: skip
    return HeldFixed(by, held, frozenset(), bodies)


def _is_causal(quantity: Quantity, by: str, world: World) -> bool:
    """Whether what a definition has that rests on ``by`` is of the same step or of one before."""
    assert quantity.body is not None
    for x in walk(quantity.body):
        if isinstance(x, Access) and world.depends(x, by):
            step = _lag(x, quantity, world, entries=True)
            if step is None or step not in (0, -1):
                return False
    return True


def _at_once(head: str, by: str, world: World, seen: set[str]) -> bool:
    """Whether something depends on ``by`` of its own step."""
    quantity = world.quantities.get(head)
    if quantity is None or quantity.body is None or head in seen:
        return False
    seen.add(head)
    now = {x.head for x in walk(quantity.body) if isinstance(x, Access) and _lag(x, quantity, world, entries=True) == 0}
    return by in now or any(_at_once(x, by, world, seen) for x in now)


def _lagged(quantity: Quantity, world: World) -> frozenset[Access]:
    """What stands in a definition at another step than that which is defined."""
    accesses = (x for x in walk(quantity.body) if isinstance(x, Access)) if quantity.body is not None else ()
    shifts = ((x, _lag(x, quantity, world)) for x in accesses)
    return frozenset(x for x, lag in shifts if lag is not None and lag.is_constant and lag)


def steps_between(of: Access, by: Access, world: World, entries: bool = False) -> Polynomial | None:
    """The step of ``by`` less that of ``of``, where both are of steps; with ``entries``, also where these are numbers
    that are read as the entries of a vector."""
    known = [world.known[x.head] for x in (by, of) if x.head in world.known and x.indices]
    single = entries and all(len(x.indices) == 1 for x in (by, of))
    if len(known) < 2 or not (single or all(k.family for k in known)):
        return None
    first, own = ((k.origins or (world.origin,))[0] for k in known)
    return by.indices[0] + first - of.indices[0] - own


def _lag(access: Access, quantity: Quantity, world: World, entries: bool = False) -> Polynomial | None:
    """The step at which something stands in a definition, less that which is defined."""
    return steps_between(Access(quantity.head, tuple(map(polynomial, quantity.indices))), access, world, entries)
