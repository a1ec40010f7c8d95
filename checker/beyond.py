"""``δ_{T+1} = 0``: what a document says of the member after the last, so that a recursion holds at the last one, too.

It is no claim, for there is no such member, and no definition of a quantity: from there on the derivative of a loss by
that member is read as zero, ``[t + 1 ≤ T]·δ_{t+1}``.
"""

from __future__ import annotations

from collections.abc import Iterable

from verify_derivations.checker.statements import ZEROS, Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import adjoint_of
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Scalar, bracket, less, map_accesses, mul, polynomial
from verify_derivations.formulas.polynomial import is_index
from verify_derivations.formulas.world import Statement, World


def take_ends(world: World, formulas: Iterable[Stated], defined: dict[tuple[int, int, int], str]) -> None:
    """Note of which derivatives the document says that they end."""
    for f in formulas:
        for k, chain in enumerate(f.chains):
            if chain.update or len(chain.sides) != 2 or chain.sides[1] not in ZEROS:
                continue
            if not any(isinstance(node, s.Sum) for node in s.walk(chain.sides[0])):
                continue
            head = _after_the_last(world.fork(), chain.sides[0], f.number)
            if head is not None:
                world.outside.ended[head] = f.number
                defined[f.number, k, 0] = "end"


def _after_the_last(world: World, left: s.Node, number: int) -> str | None:
    """The derivative of a loss that ``left`` is, by the member just after the last one."""
    try:
        body = Elaborator(world, Statement(number)).tensor(left).body
    except (DocumentError, AssertionError):
        return None
    if not isinstance(body, Access) or not body.indices or world.loss is None:
        return None
    quantity = world.quantities.get(adjoint_of(body.head, world.loss) or "")
    ends = quantity is not None and world.extents.normal(quantity.extents[0]) == world.extents.normal(body.indices[0])
    return body.head if ends else None


def with_ends(body: Scalar, world: World) -> Scalar:
    """An expression as it is meant where derivatives end: zero after the last member."""
    if not world.outside.ended:
        return body

    def up_to_the_last(access: Access) -> Scalar | None:
        if access.head not in world.outside.ended or is_index(access.indices[0].as_atom() or ""):
            return None
        extent = world.quantities[adjoint_of(access.head, world.loss or "") or ""].extents[0]
        return mul(bracket(less(access.indices[0], polynomial(extent))), access)

    return map_accesses(body, up_to_the_last)
