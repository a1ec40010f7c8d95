"""What the parts of a formula are, apart from whether they are right: shapes, and both sides of a definition."""

from __future__ import annotations

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, adjoint, adjoint_of
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Apply, Scalar, heads, polynomial
from verify_derivations.formulas.sizes import shape_of_space
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.tensors import Tensor, show
from verify_derivations.formulas.world import Statement, World


def shape_of(stated: Stated, world: World) -> str | None:
    """LaTeX of the shape of what a formula is about: its left side, or the first name that it declares or mentions."""
    try:
        if stated.chains:
            return _shown(world, stated.chains[0].sides[0], stated.number)
        for member in stated.memberships:
            if isinstance(member.where, s.Space):
                return show(shape_of_space(member.where, world, Statement(stated.number)))
        for mention in stated.mentions:
            return _shown(world, mention, stated.number)
    except MemoryError:
        raise
    except Exception:  # what is shown beside a verdict must not cost that of the others
        pass
    return None


def _shown(world: World, node: s.Node, number: int) -> str:
    tensor = _tensor(world, node, number)
    return show(() if tensor.is_scalar else tuple(world.extents.normal(n) for n in tensor.shape))


def definitions_used(comparison: Comparison, environment: Environment) -> set[int]:
    """Numbers of the definitions on which a claim rests: of what it mentions and, for the derivative by X, of what lies
    between X and the loss, as far as the claim does not speak of derivatives by that."""
    mentioned = {*heads(comparison.left), *heads(comparison.right)}
    rests: set[str] = set()
    pending = list(mentioned)
    while pending:
        inner = adjoint_of(pending.pop(), environment.loss or "")
        for quantity in environment.consumers(inner) if inner is not None else ():
            if quantity.head not in rests:
                rests.add(quantity.head)
                further = adjoint(quantity.head, environment.loss or "")
                pending += [further] if further not in mentioned else []
    found = (environment.quantities.get(head) for head in mentioned | rests)
    return {q.number for q in found if q is not None and q.number is not None}


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
