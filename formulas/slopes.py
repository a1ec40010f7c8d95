"""Derivatives as values: ``∂Y/∂X`` with the axes of Y and of X kept apart until a layout is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, OtherIndices, adjoint, adjoint_of, is_slope
from verify_derivations.formulas.descent import unknown_below
from verify_derivations.formulas.ellipses import COUNTING
from verify_derivations.formulas.expressions import (
    NOUGHT,
    ONE,
    Access,
    Apply,
    Number,
    Polynomial,
    Scalar,
    add,
    children,
    contents,
    fresh,
    heads,
    map_accesses,
    mul,
    polynomial,
    power,
    rebuild,
    rename_apart,
    substitute,
    summation,
)
from verify_derivations.formulas.held_fixed import HeldFixed, constant, held_fixed, moving, steps_between, written_out
from verify_derivations.formulas.lookup import find, matrix_of, select, undefined
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.rounding import at_rounded, rounded_index
from verify_derivations.formulas.scripts import is_transpose, items_of, name_of, plain
from verify_derivations.formulas.tensors import Axis, Tensor
from verify_derivations.formulas.world import (
    UNWRITTEN,
    ChainError,
    Endless,
    Known,
    NotYetDefined,
    Readings,
    UndefinedSymbol,
    Unsupported,
)

if TYPE_CHECKING:
    from verify_derivations.formulas.elaborate import Elaborator


@dataclass(frozen=True, slots=True)
class Slope:
    """``∂numerator/∂denominator``; ``top`` and ``bottom`` are the axes (without those of extent one) of the two;
    ``bottom_shape`` keeps the full shape of the denominator. ``numerator`` and ``denominator`` name them for the chain
    rule."""

    numerator: str
    denominator: str
    top: tuple[Axis, ...]
    bottom: tuple[Axis, ...]
    top_shape: tuple[Polynomial, ...]
    bottom_shape: tuple[Polynomial, ...]
    body: Scalar
    fraction: bool = (
        False  # written as a fraction, whose layout is a convention; ∇ and δ always have the variable's shape
    )
    layout: str = ""  # the one that it is written in: ∂y/∂x^T, ∂y^T/∂x

    def tensor(self, readings: Readings | None = None) -> Tensor:
        """As one tensor: the gradient of a scalar has the shape of the variable; of a vector by a vector, row i is the
        i-th component's (numerator layout) or its transpose."""
        readings = readings or Readings()
        if not self.top:
            axes = _spread(self.bottom, self.bottom_shape)
            if self.fraction and len(axes) == 2 and readings.gradient == "row":
                axes = (axes[1], axes[0])
            return Tensor(axes, self.body)
        if not self.bottom:
            return Tensor(_spread(self.top, self.top_shape), self.body)
        if len(self.top) == len(self.bottom) == 1 and (self.layout or readings.layout) == "denominator":
            return Tensor((*self.bottom, *self.top), self.body)
        return Tensor((*self.top, *self.bottom), self.body)

    def scaled(self, factor: Scalar) -> Slope:
        return replace(self, body=mul(factor, self.body))

    def substitute(self, values: Mapping[str, Polynomial]) -> Slope:
        return replace(self, body=substitute(self.body, values))

    def diagonal(self) -> Tensor | None:
        """Of the derivative of an elementwise map, the entries on the diagonal, in the shape of the map."""
        if [a.extent for a in self.top] != [a.extent for a in self.bottom]:
            return None
        values = {b.variable: polynomial(t.variable) for t, b in zip(self.top, self.bottom, strict=True)
                  if t.variable is not None and b.variable is not None}  # fmt: skip
        return Tensor(_spread(self.top, self.top_shape), substitute(self.body, values))


def _spread(axes: tuple[Axis, ...], shape: tuple[Polynomial, ...]) -> tuple[Axis, ...]:
    """Put axes of extent one back."""
    rest = iter(axes)
    return tuple(Axis(None, n) if n == ONE else next(rest) for n in shape)


def compose(left: Slope, right: Slope) -> Slope:
    """The chain rule: ``∂A/∂Y · ∂Y/∂X`` contracts all axes of Y, in either order of writing."""
    if left.denominator != right.numerator:
        if right.denominator == left.numerator:
            return compose(right, left)
        raise ChainError(
            f"the product of \\frac{{\\partial {left.numerator}}}{{\\partial {left.denominator}}} and "
            f"\\frac{{\\partial {right.numerator}}}{{\\partial {right.denominator}}} does not telescope: "
            f"{left.denominator} is not {right.numerator}"
        )
    inner = substitute(
        rename_apart(right.body),
        {t.variable: polynomial(b.variable) for t, b in zip(right.top, left.bottom, strict=True)
         if t.variable is not None and b.variable is not None},
    )  # fmt: skip
    binders = [(b.variable, b.extent) for b in left.bottom if b.variable is not None]
    body = summation(binders, mul(left.body, inner))
    fraction = left.fraction and right.fraction
    return Slope(
        left.numerator, right.denominator, left.top, right.bottom, left.top_shape, right.bottom_shape, body, fraction
    )


def out_of_order(left: Slope, right: Slope, readings: Readings) -> bool:
    """Whether two Jacobian matrices of a chain stand in the order of the other layout, ``∂y/∂x · ∂z/∂y`` where row i
    belongs to the i-th component: then they are multiplied as the matrices that they are. A derivative of a scalar, or
    by a matrix, is none of these, and its chain has no order."""
    first, second = (right, left) if readings.layout == "denominator" else (left, right)
    matrices = all(len(slope.top) == len(slope.bottom) == 1 for slope in (left, right))
    return matrices and first.denominator != second.numerator and second.denominator == first.numerator


def telescope(values: Sequence[object]) -> bool:
    """Whether two neighbours are derivatives that chain."""
    return any(
        isinstance(a, Slope) and isinstance(b, Slope) and (a.denominator == b.numerator or b.denominator == a.numerator)
        for a, b in pairwise(values)
    )


def gradient_of(reader: Elaborator, variable: s.Node | None, body: s.Node | None, order: int = 1) -> Slope:
    """``∇_X L`` and ``∇²_X L``; δ^{(X)} where ``body`` is None."""
    if variable is None:
        variable = _only_variable(reader, body)
    if order == 1:
        return _slope(reader, body, variable)
    if order > 2 or body is None:
        raise Unsupported("derivatives of higher than second order")
    return _second(reader, body, variable, variable)


def _only_variable(reader: Elaborator, body: s.Node | None) -> s.Node:
    """What ``∇ f`` differentiates by: the argument of ``f(x) = …`` or of ``∇ f(x)``, or the one quantity by which the
    document differentiates."""
    world = reader.world
    function = body.function if isinstance(body, s.Call) else body
    reference = world.table.reference(function) if isinstance(function, s.Symbol | s.Scripted) else None
    name = reference.name if reference is not None else ""
    stated = world.applied.arguments.get(name, ())
    given = set(world.differentiated.denominators)
    if len(stated) == 1:
        given = {name_of(x) for x in stated if isinstance(x, s.Symbol)}
    if isinstance(body, s.Call) and stated:  # ∇f(y) of f(x) is taken elsewhere than at x
        given &= {name_of(x) for x in body.arguments if isinstance(x, s.Symbol)}
    elif isinstance(body, s.Call) and len(body.arguments) == 1 and isinstance(body.arguments[0], s.Symbol):
        given = {name_of(body.arguments[0])} & world.known.keys() or given
    if len(given) != 1:
        raise Unsupported("∇ without a variable")
    return s.Symbol(given.pop())


def derivative_of(reader: Elaborator, node: s.Derivative) -> Slope:
    if len(node.denominators) == 1 and node.order == 1:
        below = node.denominators[0]
        indices = items_of(below.sub) if isinstance(below, s.Scripted) and below.sub is not None else ()
        if (call := rounded_index(indices)) is not None:
            return _at_rounded(reader, node, call)
        slope = _by_slot(reader, node) or _slope(reader, node.numerator, node.denominators[0])
        slope = replace(slope, fraction=True)
        layout = _written_layout(node) if slope.top and slope.bottom else ""
        if slope.bottom and not layout:
            reader.here.conventions.add("layout" if slope.top else "gradient")
        return replace(slope, layout=layout)
    denominators = node.denominators if len(node.denominators) > 1 else node.denominators * node.order
    if len(denominators) != 2:
        raise Unsupported("derivatives of higher than second order")
    return _second(reader, node.numerator, untransposed(denominators[0]), untransposed(denominators[1]))


def _at_rounded(reader: Elaborator, node: s.Derivative, call: s.Call) -> Slope:
    """``∂E/∂s_{\\lceil i/2 \\rceil}``."""
    slopes: list[Slope] = []

    def at(letter: s.Symbol) -> Tensor:
        below = tuple(s.mapped(x, lambda n: letter if n is call else None) for x in node.denominators)
        slopes.append(derivative_of(reader, replace(node, denominators=below)))
        if slopes[-1].top or slopes[-1].bottom:
            raise Unsupported(f"a derivative by {to_latex(node.denominators[0])}, which is no entry")
        return Tensor((), slopes[-1].body)

    value = at_rounded(reader, call, at, next((x for x in COUNTING if x not in reader.here.indices), ""))
    return replace(slopes[-1], body=value.body)


def _by_slot(reader: Elaborator, node: s.Derivative) -> Slope | None:
    """``∂f/∂x`` of ``f(x, y)`` with y held fixed, also where y is made of x."""
    world = reader.world
    function = world.functions.get(node.numerator.name) if isinstance(node.numerator, s.Symbol) else None
    given = world.applied.parameters.get(function.name, ()) if function is not None else ()
    if function is None or node.sign != "\\partial" or len(given) != len(function.parameters) or len(given) < 2:
        return None
    root = _square_root(reader, node.denominators[0])
    head, axes, _, shape, name = _variable(reader, node.denominators[0] if root is None else root)
    if axes or not any(other != head and head in world.below([other]) for other in given):
        return None
    if root is not None:
        raise Unsupported(f"what {to_latex(node)} holds fixed is not said")
    if head not in given:
        return None
    reader.here.by_slot.add(to_latex(node))
    if not world.applied.by_slot:
        return None
    orders = tuple(int(other == head) for other in given)
    return Slope(function.name, name, (), axes, (), shape, Apply(function.name, tuple(map(Access, given)), orders))


def _written_layout(node: s.Derivative) -> str:
    """The layout of ``∂y/∂x^T``, a row for each component of y, and of ``∂y^T/∂x``."""
    top, bottom = (untransposed(part) is not part for part in (node.numerator, node.denominators[0]))
    return "" if top == bottom else "numerator" if bottom else "denominator"


def _second(reader: Elaborator, numerator: s.Node, one: s.Node, other: s.Node) -> Slope:
    """``∂²f/∂X∂Y``: the derivative by ``other`` of that by ``one``."""
    first = _slope(reader, numerator, one, total=True)
    head, axes, access, shape, name = _variable(reader, other)
    body = differentiate(reader, first.body, head, access.indices)
    return Slope(first.denominator, name, first.bottom if first.bottom else (), axes, first.bottom_shape, shape, body)


def untransposed(node: s.Node) -> s.Node:
    """Without a transpose sign at its end; the node itself where it has none."""
    if not isinstance(node, s.Scripted) or node.sup is None or not is_transpose(node.sup):
        return node
    return node.base if node.sub is None and not node.primes else replace(node, sup=None)


def _taken_at(reader: Elaborator, numerator: s.Node | None, denominator: s.Node) -> s.Node | None:
    """The ``ℓ(x_t)`` that is meant by the ℓ of ``∂ℓ/∂x_t``, where that is defined so: as one number for each t."""
    world = reader.world
    reference = world.table.reference(numerator) if isinstance(numerator, s.Symbol) else None
    if numerator is None or reference is None or reference.name not in world.applied.runs:
        return numerator
    arguments = world.applied.arguments.get(reference.name, ())
    return s.Call(numerator, arguments) if denominator in arguments else numerator


def _slope(reader: Elaborator, numerator: s.Node | None, denominator: s.Node, total: bool = False) -> Slope:
    if (root := _square_root(reader, denominator)) is not None:  # by σ², which is 1/(2σ) of that by σ
        slope = _slope(reader, numerator, root, total)
        factor = mul(Number(Fraction(1, 2)), power(reader.tensor(root).body, -1))
        return replace(slope.scaled(factor), denominator=_plain(denominator))
    numerator = _taken_at(reader, numerator, denominator)
    head, axes, access, shape, name = _variable(reader, denominator)
    if numerator is None:
        loss = reader.world.loss
        if loss is None:
            raise UndefinedSymbol("no loss is defined whose derivative δ could be")
    else:
        loss = _loss(reader, numerator)
    if loss in reader.world.awaited.quantities and not reader.world.is_defined(loss) and not reader.here.defining:
        raise NotYetDefined(f"{loss} is not defined yet")  # it may be no number
    if loss is not None and loss != head:
        _check_use(reader, Access(loss), head, denominator)
    if loss is not None and loss != head and not total and not reader.world.only_of_leaves(loss):
        if reader.world.layers.in_every_one(head, reader.world.table):
            raise Unsupported(f"{head} is used at every layer: the derivative by it is a sum over layers")
        if head in reader.world.layers.also_used:
            raise Unsupported(f"{loss} has {name} of single layers, too: one formula for every layer is not judged")
        if reader.world.applied.constants:
            held = constant(reader.world, reader.world.applied.constants, head)
            return Slope(loss, name, (), axes, (), shape,
                         differentiate(reader, Access(loss), head, access.indices, held))  # fmt: skip
        if reader.world.is_defined(loss) and reader.world.below([loss]) & reader.world.by_slopes(reader.here.number):
            return Slope(loss, name, (), axes, (), shape, differentiate(reader, Access(loss), head, access.indices))
        reader.here.losses.append(loss)
        main = reader.here.losses[0]
        if loss == main:
            return Slope(loss, name, (), axes, (), shape, Access(adjoint(head, loss), access.indices))
        return Slope(loss, name, (), axes, (), shape, differentiate(reader, Access(loss), head, access.indices))
    assert numerator is not None
    top = numerator_of(reader, numerator)
    value = _by_name(reader, top.body, head, denominator)
    _check_use(reader, value, head, denominator)
    if isinstance(numerator, s.Symbol) and isinstance(value, Apply) and not reader.world.depends(value, head):
        by, of = to_latex(denominator), to_latex(numerator)  # df/du of y = f(u), where f(x) is defined
        raise Unsupported(f"the derivative by {by} of the function {of}, which is not defined by {by}")
    named = reader.world.quantities.get(value.head) if isinstance(value, Access) else None
    held = constant(reader.world, reader.world.applied.constants, head) if reader.world.applied.constants else None
    if reader.world.applied.directly and named is not None and isinstance(value, Access):
        directly = reader.world.applied.directly == "held"
        lag = steps_between(value, access, reader.world, entries=not directly)
        held = (held_fixed if directly else written_out)(reader.world, named.head, head, lag)
    body = differentiate(reader, value, head, access.indices, held)
    outer = tuple(a for a in top.axes if not a.unit)
    return Slope(_plain(numerator), name, outer, axes, top.shape, shape, body)


def _by_name(reader: Elaborator, value: Scalar, head: str, node: s.Node) -> Scalar:
    """The value of a function, as ``df/du`` means it beside ``f(x) = sin x²`` and ``u = x²``: with u where its
    definition stands, if f does not depend on u otherwise."""
    world = reader.world
    function = world.functions.get(value.function) if isinstance(value, Apply) else None
    named = world.quantities.get(head)
    if function is None or named is None or named.body is None or named.extents or world.depends(value, head):
        return value
    assert isinstance(value, Apply)
    values = dict(zip(function.parameters, value.arguments, strict=True))
    body, part = map_accesses(function.body, lambda access: values.get(access.head)), named.body

    def put(part_of: Scalar) -> Scalar:
        if part_of == part:
            return Access(head)
        inner = children(part_of)
        changed = tuple(map(put, inner))
        return part_of if changed == inner else rebuild(part_of, changed)

    found = put(body) if children(part) and not value.derivative else body
    if found == body or {*heads(part)} <= {*heads(found)}:
        return value
    reader.here.remarks.append(f"${value.function}$ is differentiated by ${to_latex(node)}$ where that stands in it")
    return found


def _square_root(reader: Elaborator, node: s.Node) -> s.Node | None:
    """The σ of ``σ²``, where that is a number and its square no quantity of its own."""
    reference = reader.world.table.reference(node)
    if not isinstance(node, s.Scripted) or reference is None or reference.power != s.Number("2"):
        return None
    if reference.transposed or reference.inverted or reference.layer is not None or reference.primes:
        return None
    root = node.base if node.sub is None else replace(node, sup=None)
    value = reader.tensor(root)
    return root if value.is_scalar and isinstance(value.body, Access) else None


def _check_use(reader: Elaborator, value: Scalar, head: str, node: s.Node) -> None:
    """That a value depends on what it is differentiated by as the document defines it, or on other things: of
    ``x² + x⁴`` and ``u = x²`` nobody says whether the derivative by u is 0, 1 or 1 + 2u."""
    world = reader.world
    named = world.quantities.get(head)
    if named is None or named.body is None or world.depends(value, head):
        return
    below, own = world.below(heads(value)), {*heads(named.body)}
    if own and own <= below and head not in below:
        by = to_latex(node)
        raise Unsupported(f"the derivative by {by} of what is not defined by {by}, but by all that {by} is made of")


def _plain(node: s.Node) -> str:
    return to_latex(plain(node))


def _loss(reader: Elaborator, numerator: s.Node) -> str | None:
    """The head of the loss, where the numerator is one: a scalar without index that is no mere intermediate."""
    if not isinstance(numerator, s.Symbol | s.Scripted):
        return None
    reference = reader.world.table.reference(numerator)
    if reference is None or reference.indices or reference.layer is not None or reference.power is not None:
        return None
    return reference.name if reference.name in reader.world.losses() else None


def numerator_of(reader: Elaborator, node: s.Node) -> Tensor:
    """The numerator as a tensor; the bare name of a function ``f`` means ``f(z)`` of its own parameter."""
    if isinstance(node, s.Symbol):
        function = reader.world.functions.get(node.name)
        known = reader.world.known.get(node.name)
        if function is not None and known is not None and (known.extents or known.family):
            raise Unsupported(f"whether {node.name} is the function or a tensor of that name is not said")
        if function is not None and node.name not in reader.world.known:
            given = reader.world.applied.parameters.get(node.name, ())
            if len(given) == len(function.parameters):
                return Tensor((), Apply(node.name, tuple(Access(head) for head in given)))
        if reader.world.applied.calls.get(node.name) and node.name not in reader.world.known:  # f beside z = f(x, y)
            return called_once(reader, node.name)
        awaited = reader.world.awaited.called - reader.world.functions.keys() - reader.world.known.keys()
        if node.name in awaited:
            raise NotYetDefined(f"the function {node.name} is not defined yet")
    value = reader.value(node)
    if isinstance(value, Slope):
        value = value.tensor(reader.world.readings)
    return value


def called_once(reader: Elaborator, name: str, primes: int = 0) -> Tensor:
    """``L`` and ``L'`` beside ``L(u)``, of a function that nothing defines: its value where it has one only."""
    calls = reader.world.applied.calls.get(name, set())
    at = next(iter(calls), ())
    if len(calls) != 1 or not all(isinstance(a, Access) and not a.indices for a in at) or primes and len(at) > 1:
        raise Unsupported(f"at which values the function {name} is taken is not said")
    if not primes and name not in reader.world.differentiated.numerators:
        raise Unsupported(f"whether {name} is a function or a factor is not said")
    return Tensor((), Apply(name, at, (primes,) if primes else ()))


def _variable(reader: Elaborator, node: s.Node) -> tuple[str, tuple[Axis, ...], Access, tuple[Polynomial, ...], str]:
    """Head, axes, access, shape and printed name of the variable of differentiation."""
    reference = reader.world.table.reference(node)
    if reference is None or reference.power is not None or reference.inverted:
        raise Unsupported(f"no derivative by {to_latex(node)}")
    plain = Reference(reference.name, reference.layer, reference.indices, node=node)
    known = find(plain, reader.world, reader.here, reader.unfold)
    known = known or matrix_of(plain, reader.world, reader.here, reader.unfold) or _bare_number(reader, plain)
    value = select(known, plain, reader.world, reader.here)
    if reference.transposed and len(value.axes) == 2:
        value = Tensor(tuple(reversed(value.axes)), value.body)
    assert isinstance(value.body, Access)
    if reader.world.layers.in_a_rest(known.head):
        raise Unsupported(f"a sum over layers has {known.head} in layers of which nothing is said")
    axes = tuple(a for a in value.axes if not a.unit)
    return known.head, axes, value.body, value.shape, _plain(node)


def _bare_number(reader: Elaborator, reference: Reference) -> Known:
    """What only derivatives mention, ``∂C/∂b = ∂C_0/∂b`` of an unknown C_0: of what shape b is makes no difference.
    Raises :class:`DocumentError` for any other name that nothing introduces."""
    world, number = reader.world, reader.here.number
    if reference.name in world.aliases:
        raise Unsupported(f"no derivative by {reference.name}, which is a derivative itself")
    error, spoken_of = undefined(reference, world, reader.here), world.by_slopes(number)
    differentiated = world.differentiated.by_formula.get(number, ())
    above = (n for n in differentiated if world.is_defined(n) and world.below([n]) & spoken_of)
    if not isinstance(error, UndefinedSymbol) or error.name is None or not any(above):
        raise error
    known = Known(error.name, (), ())
    world.add(known)
    reader.here.remarks.append(f"${error.name}$ is declared nowhere: it is read as a number")
    return known


def differentiate(
    reader: Elaborator, body: Scalar, head: str, indices: tuple[Polynomial, ...], held: HeldFixed | None = None
) -> Scalar:
    """The derivative of a number by the entry of a quantity at ``indices``, by all that is made of it and not
    ``held`` fixed."""
    calculus = reader.world.calculus
    if calculus is None:
        raise Unsupported("derivatives are not available while definitions are read")
    for below in sorted(reader.world.below(heads(body))) if reader.world.awaited.quantities else ():
        name = reader.world.layers.name(below)
        known = name in reader.world.layers.templates or reader.world.is_defined(below)
        if not known and reader.world.awaited.elsewhere(name, reader.here.number):
            error = Unsupported if reader.here.defining else NotYetDefined
            raise error(f"{below} is not defined yet")  # its derivative would be zero
    reader.here.worked_out |= {(of, head) for of in contents(body).defined}
    environment, losses, by = reader.world.environment(), reader.world.losses(), head
    if held is not None:
        environment, by = held.within(environment)
    ends = reader.world.below(reader.world.unsaid.frontier)  # what leads to them
    alone = reader.world.differentiated.names | reader.world.unsaid.losses
    unsaid = [name for name in sorted(reader.world.unsaid.heads) if name in alone or head in ends]
    wholes = map(reader.world.whole, unsaid)  # of a symmetric matrix
    inner = [
        name for name in dict.fromkeys((*losses, *unsaid, *wholes))
        if name != head and not reader.world.is_defined(name) and reader.world.depends(body, name)
    ]  # fmt: skip
    spoken_of = reader.world.by_slopes(reader.here.number)
    if inner and not spoken_of:
        raise Unsupported(f"how {inner[0].removesuffix(UNWRITTEN)} depends on its variables is not stated")

    def written_out(access: Access) -> Scalar | None:
        """Of a derivative of a loss, which is a symbol elsewhere: it depends on all on which the loss does."""
        found = [(loss, of) for loss in losses if (of := adjoint_of(access.head, loss)) is not None]
        return differentiate(reader, Access(found[0][0]), found[0][1], access.indices) if found else None

    body = map_accesses(body, written_out)
    if any(map(is_slope, reader.world.below(heads(body)))):
        raise Unsupported("a derivative of what is defined by derivatives of a loss")
    unknown = unknown_below(reader.world, heads(body), head)
    if unknown is not None:
        raise Unsupported(f"how {unknown} depends on {head}, through layers without numbers, is not known")
    reader.here.ties += calculus.ties(body, head, environment)
    try:
        inner.sort(key=lambda name: name not in spoken_of)
        through = (_through_unsaid(reader, body, name, head, indices, environment) for name in inner)
        return map_accesses(add(calculus.differentiate(body, by, indices, environment), *through), moving)
    except RecursionError:
        raise Endless(f"the derivative by {head} unrolls a recursion without end") from None
    except OtherIndices as error:
        raise Unsupported(f"{error} is one of many in some formulas and has no index in others") from None


def _through_unsaid(
    reader: Elaborator, body: Scalar, name: str, head: str, indices: tuple[Polynomial, ...], environment: Environment
) -> Scalar:
    """The part of a derivative by way of what nothing defines: ``∂L/∂w`` stays a symbol there, whatever it is. It is
    the adjoint of one loss; any other is a quantity of its own, of which nothing else is known."""
    world, here = reader.world, reader.here
    assert world.calculus is not None
    known, of = world.known[name], world.known[head]
    if name in world.losses() and not here.losses:
        here.losses.append(name)
    slope = adjoint(head, name)
    if here.losses[:1] != [name] and slope not in world.known:
        world.add(Known(slope, (*known.extents, *of.extents), ()))
        world.unsaid.slopes[slope] = name, head
    at = tuple(fresh("k") for _ in known.extents)
    where = tuple(map(polynomial, at))
    outer = world.calculus.differentiate(body, name, where, environment)
    binders = list(zip(at, known.extents, strict=True))
    return summation(binders, mul(outer, Access(slope, (*where, *indices)))) if outer != NOUGHT else NOUGHT
