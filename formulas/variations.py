"""What a differential is: ``d y = Σ_v ∂y/∂v · dv`` over the quantities v that vary, whose differentials are given.

Those are the names that a formula puts a d before, but for those that are made of others of them, and those of which
its section has differentials elsewhere. What else there is stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import adjoint
from verify_derivations.formulas.expressions import Access, add, fresh, heads, mul, polynomial, summation
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.slopes import differentiate, numerator_of
from verify_derivations.formulas.tensors import Tensor
from verify_derivations.formulas.world import Known

if TYPE_CHECKING:
    from verify_derivations.formulas.elaborate import Elaborator

SIGN = "\\mathrm{d}"
"""Begins the name of the differential of a quantity that varies."""


def differential(reader: Elaborator, body: s.Node) -> Tensor:
    value, world = numerator_of(reader, body), reader.world
    head = value.body.head if isinstance(value.body, Access) else ""
    unsaid = head in world.losses() and not world.is_defined(head)  # it may depend on all that varies
    terms = []
    for varied in _varying(reader, value, {head} if unsaid else set()):
        known = world.known[varied]
        small = f"{SIGN} {varied}"
        if small not in world.known:
            world.add(Known(small, known.family, known.shape))
        variables = tuple(fresh("k") for _ in known.extents)
        at = tuple(map(polynomial, variables))
        if unsaid and head not in reader.here.losses:
            reader.here.losses.append(head)
        slope = Access(adjoint(varied, head), at) if unsaid else differentiate(reader, value.body, varied, at)
        terms.append(summation(list(zip(variables, known.extents, strict=True)), mul(slope, Access(small, at))))
    return Tensor(value.axes, add(*terms))


def _varying(reader: Elaborator, value: Tensor, losses: set[str]) -> list[str]:
    """The quantities that vary in a value; ``losses`` is the value itself where that is a loss that nothing defines."""
    world = reader.world
    elsewhere = world.differentiated.varied if not reader.here.alone else ()
    found: set[str] = set()
    for node in (*reader.here.varied, *elsewhere):
        reference = world.table.reference(node)
        if reference is None:
            continue
        known = world.known.get(world.head(reference.name, None)) if reference.layer is None else None
        if known is None and node in reader.here.varied:
            known = find(Reference(reference.name, reference.layer, node=node), world, reader.here, reader.unfold)
        if known is not None:
            found.add(known.head)
    others = {r.name for r in map(world.table.reference, reader.here.varied_in) if r is not None}
    made = set[str]().union(others, *(world.below([n]) - {n} for n in found | others))
    unsaid = {n for n in found if n in world.losses() and not world.is_defined(n)}
    # not the L of dL = 2 rᵀ d(X w)
    found = {n for n in found - unsaid if not world.is_defined(n) or n in made or unsaid}
    below = world.below(heads(value.body))
    if not found:
        found = {n for n in below if n in world.known and not world.is_defined(n)} - losses
    apart = (n for n in found if found.isdisjoint(world.below([n]) - {n}))
    return sorted(n for n in apart if losses or n in below)
