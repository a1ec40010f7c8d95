"""What the parts of a formula are, apart from whether they are right: shapes, and both sides of a definition."""

from __future__ import annotations

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Apply, Scalar, polynomial
from verify_derivations.formulas.lookup import shape_of_space
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.tensors import Tensor, show
from verify_derivations.formulas.world import Statement, World


def shape_of(stated: Stated, world: World) -> str | None:
    """LaTeX of the shape of what a formula is about: its left side, or the first name whose space it states."""
    try:
        if stated.chains:
            tensor = _tensor(world, stated.chains[0].sides[0], stated.number)
            return show(() if tensor.is_scalar else tuple(world.extents.normal(n) for n in tensor.shape))
        for member in stated.memberships:
            if isinstance(member.where, s.Space):
                return show(shape_of_space(member.where, world, Statement(stated.number)))
    except DocumentError:
        pass
    return None


def sides_of_definition(world: World, left: s.Node, number: int) -> tuple[Scalar | None, Scalar | None]:
    """``head[i, …]`` and its body, or ``f(z)`` and its body, as the world has them."""
    if isinstance(left, s.Call) and isinstance(left.function, s.Symbol):
        function = world.functions.get(left.function.name)
        if function is not None:
            return Apply(function.name, tuple(Access(p) for p in function.parameters)), function.body
    try:
        body = _tensor(world, left, number).body
    except DocumentError:
        return None, None
    quantity = world.quantities.get(body.head) if isinstance(body, Access) else None
    if quantity is None or quantity.body is None:
        return None, None
    return Access(quantity.head, tuple(polynomial(i) for i in quantity.indices)), quantity.body


def _tensor(world: World, node: s.Node, number: int) -> Tensor:
    value = Elaborator(world, Statement(number)).value(node)
    return value.tensor(world.readings) if isinstance(value, Slope) else value
