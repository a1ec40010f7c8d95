"""Functions and operators applied: ``f(z)``, ``conv2(a, k, 'full')``, ``softmax(z)``, ``tr(A)``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

from verify_derivations.formulas import operators as op
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.circle import NUMBER
from verify_derivations.formulas.conditions import comparison
from verify_derivations.formulas.definitions import adjoint_of
from verify_derivations.formulas.expressions import (
    ONE,
    Access,
    Apply,
    ArgMaximum,
    Maximum,
    Number,
    Polynomial,
    Scalar,
    bracket,
    equal,
    fresh,
    heads,
    map_accesses,
    mul,
    polynomial,
    power,
    rename_apart,
    scalar,
    substitute,
    summation,
)
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.partial import raised
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.quantities import PROBABILITY, listed, quantity
from verify_derivations.formulas.scripts import base_of, name_of
from verify_derivations.formulas.sizes import Shape, layer_value, whole
from verify_derivations.formulas.slopes import Slope, derivative_of
from verify_derivations.formulas.symbols import STOPS_GRADIENTS
from verify_derivations.formulas.tensors import Axis, ShapeError, Tensor, build, elementwise, show, total, transpose
from verify_derivations.formulas.undefined_functions import undefined
from verify_derivations.formulas.world import NeedShape, NotYetDefined, UndefinedFunction, Unsupported
from verify_derivations.formulas.written_out import diagonal

if TYPE_CHECKING:
    from verify_derivations.formulas.elaborate import Elaborator, Value

Operator: TypeAlias = "Callable[[Elaborator, s.Call, Shape | None], Value]"


def call(reader: Elaborator, node: s.Call, expected: Shape | None) -> Value:
    function = node.function
    power_node: s.Node | None = None
    layer: s.Node | None = None
    transposed = False
    if isinstance(function, s.Scripted) and isinstance(function.base, s.Symbol):
        name, primes = name_of(function.base), function.primes
        if function.sub is not None:
            name += "_{" + to_latex(function.sub) + "}"
        if function.sup is not None:
            sup, slopes = _primed(function.sup)
            primes += slopes
            reference = reader.world.table.reference(s.Scripted(s.Symbol("\\square"), None, sup))
            if reference is None or reference.inverted:
                raise Unsupported(f"no meaning is known for {to_latex(function)}")
            layer, power_node, transposed = reference.layer, reference.power, reference.transposed
            name += reference.name.removeprefix("\\square")  # f^* is another function than f
            if layer is None and power_node is not None and _is_layer(reader, node, power_node):
                layer, power_node = power_node, None
            elif isinstance(layer, s.Number) and _is_numbered(reader, node, name, layer):
                name, layer = numbered(name, layer), None
    elif function == NUMBER:
        raise Unsupported(f"whether \\pi in {to_latex(node)} is the number is not clear")
    elif isinstance(function, s.Symbol):
        name, primes = name_of(function), 0
    else:
        raise Unsupported(f"no meaning is known for {to_latex(node)}")
    first = node.arguments[0]
    indicates = isinstance(function, s.Symbol) and function.name in ("1", "I") and len(node.arguments) == 1
    if indicates and isinstance(first, s.Relation) and name not in reader.world.functions:
        return comparison(reader, first)
    order = None if layer is None else _order(reader, name, layer)
    if order is not None:
        primes += order
    elif layer is not None:
        _in_its_layer(reader, node, name, layer)
    value = _apply(reader, node, name, primes, expected)
    if power_node is not None:
        exponent = reader.tensor(power_node)
        tensor = value.tensor() if isinstance(value, Slope) else value
        value = tensor.map(lambda b: raised(b, exponent.body))
    if transposed:
        value = transpose(value.tensor() if isinstance(value, Slope) else value)
    return value


def _order(reader: Elaborator, name: str, layer: s.Node) -> int | None:
    """The 2 of ``f^{(2)}(x)``, the second derivative of a function that is defined, where nothing has layers."""
    table = reader.world.table
    layered = table.bracket_layers - reader.world.functions.keys() or reader.world.layers.templates
    if name not in reader.world.functions or layered:
        return None
    if not isinstance(layer, s.Number) or not layer.text.isdigit():
        raise Unsupported(f"whether {to_latex(layer)} above {name} is the order of a derivative is not said")
    return int(layer.text)


def numbered(name: str, number: s.Number) -> str:
    """The name of ``f^{(1)}``, a function of its own."""
    return f"{name}^{{({number.text})}}"


def _is_numbered(reader: Elaborator, node: s.Call, name: str, number: s.Number) -> bool:
    """Whether the number above a function tells it from others: nothing defines one without it, and what it is applied
    to has no layers."""
    world = reader.world
    if numbered(name, number) in world.functions:
        return True
    known = name in world.functions or name in world.known or name in world.layers.templates
    if known or name.lstrip("\\") in op.elementwise_functions or name == "\\sigma" or _member(reader, node) is not None:
        return False
    parts = (x for a in node.arguments for x in s.walk(a) if isinstance(x, s.Symbol | s.Scripted))
    references = (world.table.reference(x) for x in parts)
    return not any(r is not None and r.layer is not None for r in references)


def _primed(sup: s.Node) -> tuple[s.Node, int]:
    """The layer of ``f^{(l)'}``, and how often f is differentiated."""
    if isinstance(sup, s.Scripted) and isinstance(sup.base, s.Group) and sup.sub is None and sup.sup is None:
        return sup.base, sup.primes
    return sup, 0


def _in_its_layer(reader: Elaborator, node: s.Call, name: str, layer: s.Node) -> None:
    """A function f^{(l)} that nothing defines is one function f as long as it is applied to the same layer each time:
    f^{(l+1)} of z^{(l)} beside f^{(l)} of z^{(l)} is another one, and so is each f^{(i)} of a sum over i."""
    world = reader.world
    reference = world.table.reference(node.arguments[0])
    if name in world.functions:
        return
    if any(isinstance(n, s.Symbol) and name_of(n) in reader.here.indices for n in s.walk(layer)):
        raise Unsupported(f"how {to_latex(node.function)} depends on {to_latex(layer)} is not stated")
    if reference is None or reference.layer is None:
        return
    own, of = (layer_value(n, world, reader.here) for n in (layer, reference.layer))
    if own is not None and of is not None and world.layers.ahead.setdefault(name, own - of) != own - of:
        raise Unsupported(f"{to_latex(node.function)} is applied to another layer than elsewhere")


def _is_layer(reader: Elaborator, node: s.Call, sup: s.Node) -> bool:
    """Whether the superscript of ``f^{l}(z^{l})`` is a layer, f being one function for every layer unless it is defined
    otherwise; that of ``\\tanh^{2n}(z)`` is a power."""
    letters = {name_of(x) for x in s.walk(sup) if isinstance(x, s.Symbol)}
    table = reader.world.table
    references = [table.reference(x) for a in node.arguments for x in s.walk(a) if isinstance(x, s.Symbol | s.Scripted)]
    layers = [r.layer for r in references if r is not None and r.layer is not None]
    if any(isinstance(x, s.Symbol) and name_of(x) in letters for layer in layers for x in s.walk(layer)):
        return True
    if letters and (table.bare_layers or table.bracket_layers):
        raise Unsupported(f"whether {to_latex(sup)} in {to_latex(node.function)} is a layer or a power is not clear")
    return False


def _apply(reader: Elaborator, node: s.Call, name: str, primes: int, expected: Shape | None) -> Value:
    world = reader.world
    bare = name.lstrip("\\")
    if name == "\\circ":
        raise Unsupported("functions that are composed are read where they are taken at something, (g \\circ f)(x)")
    if bare in STOPS_GRADIENTS and name not in world.functions:
        raise Unsupported(f"{to_latex(node)}: that derivatives stop somewhere is not read")
    if name.partition("_")[0] in PROBABILITY and name not in world.functions:
        raise Unsupported(f"{name.partition('_')[0]}: expectations and probabilities are not supported")
    if name in world.functions:
        arguments = [reader.tensor(a, expected) for a in node.arguments]
        number, count = world.functions[name].number, len(world.functions[name].parameters)
        if len(arguments) != count:
            said = f"{count} argument{'s' if count > 1 else ''}"
            raise Unsupported(f"{to_latex(node)}: {to_latex(node.function)} is defined as a function of {said}")
        if number is not None:
            reader.here.uses.add(number)
        return elementwise(lambda *b: Apply(name, b, (primes,) if primes else ()), *arguments)
    if (member := _member(reader, node)) is not None and not primes:
        if member.name in world.known:
            return _of_variables(reader, node, member.name, 0, expected)
        world.applied.arguments[member.name] = node.arguments
        return quantity(reader, member, ())
    if any(isinstance(n, s.Relation) and "\\mid" in n.relations for a in node.arguments for n in s.walk(a)):
        raise Unsupported(f"{to_latex(node)}: expectations and probabilities are not supported")
    if name in world.known or name in world.layers.templates:  # L(w): a quantity with its variables named
        return _of_variables(reader, node, name, primes, expected)
    if any(isinstance(a, s.Relation) and a.relations == ("\\parallel",) for a in node.arguments):
        raise UndefinedFunction(f"{to_latex(node)} is not defined here")
    if bare in OPERATORS and not primes:
        return OPERATORS[bare](reader, node, expected)
    known = op.elementwise_functions.get(bare)
    if known is None and name == "\\sigma" and name not in world.unknown.functions:
        known = "sigmoid"
    if known is not None and len(node.arguments) == 1:
        argument = reader.tensor(node.arguments[0], expected)
        return argument.map(lambda b: _derived(reader, known, b, primes))
    if name in world.awaited.called:
        raise UndefinedFunction(f"the function {name} is not defined here", base=name)
    if any(isinstance(a, s.Relation) for a in node.arguments):  # P(z > 0)
        raise Unsupported(f"what {to_latex(node)} says of a condition is not stated")
    if world.unknown.functions.get(name):
        raise Unsupported(f"which function {name} is, the text says in words that are not read")
    value = undefined(reader, node, name, primes, expected)
    if value is not None:
        return value
    if bare == name and len(bare) > 1 and bare.isalpha():  # a word, which the text may explain
        raise Unsupported(f"the function {name} is not defined here")
    numbers = all(isinstance(a, s.Symbol) and name_of(a) not in world.declarations for a in node.arguments)
    differentiated = name in world.differentiated.numerators
    if differentiated and world.awaited.quantities and numbers:  # z = f(x, y) beside ∂f/∂x of an f that nothing defines
        raise NotYetDefined(f"the function {name} is not defined here")
    if differentiated:  # L(θ) of an algorithm that is given the gradient of any L
        raise Unsupported(f"how {name} depends on its variables is not stated")
    raise UndefinedFunction(f"the function {name} is not defined here", base=name)


def _member(reader: Elaborator, node: s.Call) -> Reference | None:
    """The ``ℓ_i`` of ``ℓ_i(θ)``, a number for each i that depends on all of θ, where the document differentiates it."""
    world = reader.world
    reference = world.table.reference(node.function) if isinstance(node.function, s.Scripted) else None
    if reference is None or not reference.indices or reference != Reference(reference.name, indices=reference.indices):
        return None
    differentiated = set[str]().union(*world.differentiated.by_formula.values())
    if reference.name not in differentiated or reference.name in world.functions:
        return None
    if reference.name in world.known:
        return reference
    new = reader.here.defining and not all(reader.tensor(a).is_scalar for a in node.arguments)
    return reference if new else None


def _of_variables(reader: Elaborator, node: s.Call, name: str, primes: int, expected: Shape | None) -> Value:
    """A quantity with its variables named, ``L(w)``, or its derivative by its only variable, ``f'(x)``. At other
    arguments than those of its definition it has another value."""
    reference = reader.world.table.reference(node.function)
    assert reference is not None
    plain = replace(reference, power=None, primes=0)
    at, stated = node.arguments, reader.world.applied.arguments.get(plain.name, ())
    if plain.name in reader.world.applied.runs and not primes:
        indices = _members(reader, node, stated, reader.world.applied.runs[plain.name])
        return quantity(reader, replace(plain, indices=indices), expected)
    if reader.here.called.setdefault(plain.name, at) != at and not stated:
        raise Unsupported(f"{to_latex(node)} is {name} at other arguments, for which no definition is stated")
    if not primes:
        if _among(at, stated) or not stated and all(_may_be_variable(reader, a, plain.name) for a in at):
            return quantity(reader, plain, expected)
        return _elsewhere(reader, node, name, stated)
    variable = reader.world.table.reference(at[0]) if len(at) == 1 and at == (stated or at) else None
    if primes > 2 or variable is None or not reader.world.depends(Access(plain.name), variable.name):
        raise Unsupported(f"no meaning is known for {to_latex(node)}")
    function = node.function.base if isinstance(node.function, s.Scripted) else node.function
    return derivative_of(reader, s.Derivative(function, at, order=primes))


def _members(
    reader: Elaborator, node: s.Call, stated: tuple[s.Node, ...], letters: tuple[s.Symbol, ...]
) -> tuple[s.Node, ...]:
    """The j of ``f(x_j, W)`` beside a definition of ``f(x_i, W)``: all but the index is the same."""
    table, values = reader.world.table, dict[s.Node, s.Node]()
    left = iter(stated)
    for at in node.arguments:
        found = table.reference(at)
        for other in left:
            known = table.reference(other)
            if at == other and not (known is not None and set(known.indices) & set(letters)):
                break
            if found is None or known is None or not known.indices or len(found.indices) != len(known.indices):
                continue
            if replace(found, indices=()) != replace(known, indices=()):
                continue
            pairs = list(zip(known.indices, found.indices, strict=True))
            if all((values.setdefault(i, j) if i in letters else i) == j for i, j in pairs):
                break
        else:
            raise Unsupported(f"{to_latex(node)} is {to_latex(node.function)} at other arguments than those stated")
    if len(values) < len(letters):
        raise Unsupported(f"{to_latex(node)}: of which member is not said")
    return tuple(values[i] for i in letters)


def _among(arguments: tuple[s.Node, ...], stated: tuple[s.Node, ...]) -> bool:
    """Whether they are some of those stated, in their order."""
    left = iter(stated)
    return all(a in left for a in arguments)


def _may_be_variable(reader: Elaborator, node: s.Node, head: str) -> bool:
    """Whether a name beside a quantity, ``θ`` in ``L(θ)``, only says on what it depends: not that of something on which
    it does not."""
    if not isinstance(node, s.Symbol | s.Scripted):
        return False
    world = reader.world
    reference = world.table.reference(node)
    if reference is None or reference.power is not None or reference.inverted or reference.transposed:
        return False
    name = reference.name
    said = name in world.declarations or world.is_defined(name) or world.environment().consumers(name)
    return not said or not world.is_defined(world.whole(head)) or world.depends(Access(head), name)


def _elsewhere(reader: Elaborator, node: s.Call, name: str, stated: tuple[s.Node, ...]) -> Value:
    """``f(u, w)`` by the definition of ``f(x, w)``."""
    world = reader.world
    known, quantity_of = world.known.get(name), world.quantities.get(name)
    moved = [(p, a) for p, a in _paired(node, stated) if p != a]
    put = {name_of(p): a for p, a in moved if isinstance(p, s.Symbol) and name_of(p) in world.known}
    if known is None or quantity_of is None or quantity_of.body is None or not put or len(put) < len(moved):
        raise Unsupported(f"{to_latex(node)} is {name} at other arguments, for which no definition is stated")
    for head in sorted(world.below(heads(quantity_of.body))):
        if head in world.awaited.quantities and not world.is_defined(head):
            raise NotYetDefined(f"{head} is not defined here")
    own = {name_of(p) for p in stated if isinstance(p, s.Symbol)} | put.keys()  # what is passed on as it is, too
    body = None if known.family else world.in_terms_of(own, quantity_of.body)
    if body is None or not put.keys() <= set(heads(body)):
        raise Unsupported(f"{to_latex(node)} is {name} at other arguments, on which its definition depends by others")
    arguments = {variable: _argument(reader, name, variable, argument) for variable, argument in put.items()}

    def put_in(access: Access) -> Scalar | None:
        argument = arguments.get(access.head)
        if argument is None:
            return None
        if len(argument.binders) != len(access.indices):  # f was read where its x was another one
            raise Unsupported(f"{to_latex(node)}: what {access.head} is in the definition of {name} is not clear")
        values = dict(zip((v for v, _ in argument.binders), access.indices, strict=True))
        return substitute(rename_apart(argument.body), values)

    value = world.entry(known, ())
    assert isinstance(value.body, Access)
    at = dict(zip(quantity_of.indices, value.body.indices, strict=True))
    return Tensor(value.axes, map_accesses(substitute(rename_apart(body), at), put_in))


def _paired(node: s.Call, stated: tuple[s.Node, ...]) -> list[tuple[s.Node, s.Node]]:
    """The arguments of a definition, each with that of a call. Where these are fewer, ``f(x_i)`` beside a definition
    of ``f(x; w)``, they are told by their names."""
    if len(node.arguments) == len(stated):
        return list(zip(stated, node.arguments, strict=True))
    bases = [base_of(p) for p in stated]
    found = {p: a for a in node.arguments for p in stated if base_of(p) == base_of(a) is not None}
    if len(found) < len(node.arguments) or len(set(bases)) < len(bases):
        raise Unsupported(f"{to_latex(node)}: {to_latex(node.function)} is defined with other arguments")
    return [(p, found.get(p, p)) for p in stated]


def _argument(reader: Elaborator, name: str, variable: str, node: s.Node) -> Tensor:
    """What stands in place of a function's variable; of its shape."""
    known = reader.world.known[variable]
    argument = reader.tensor(node, known.shape)
    if isinstance(node, s.Symbol) and variable == any_of(name_of(node)):
        raise Unsupported(f"{to_latex(node)} stands for one of many here, and for all of them elsewhere")
    if len(argument.shape) == len(known.shape):
        reader.settle(argument.shape, known.shape)
    if argument.shape != known.shape or known.family:
        raise ShapeError(f"{name} is a function of {show(known.shape)}, its argument has shape {show(argument.shape)}")
    return argument


def any_of(name: str) -> str:
    """The name of any one member of a family, the x of ``h(x) = …`` beside x_1, …, x_m."""
    return f"{name}_{{\\square}}"


def _derived(reader: Elaborator, function: str, argument: Scalar, primes: int) -> Scalar:
    """A standard function, or its derivative by the table of rules."""
    if not primes:
        return Apply(function, (argument,))
    place = "\\square"
    body: Scalar = Apply(function, (Access(place),))
    calculus = reader.world.calculus
    assert calculus is not None
    environment = reader.world.environment()

    def at_argument(value: Scalar) -> Scalar:
        return map_accesses(rename_apart(value), lambda a: argument if a.head == place else None)

    reader.here.ties += map(at_argument, calculus.ties(body, place, environment))
    for _ in range(primes):
        body = calculus.differentiate(body, place, (), environment)
    return at_argument(body)


# -- operators with a meaning of their own ----------------------------------------------------------------
def _conv2(flip: bool) -> Operator:
    def operator(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
        if len(node.arguments) < 2:
            raise ShapeError("a convolution takes two maps")
        mode = "full"
        if len(node.arguments) > 2:
            last = node.arguments[2]
            mode = last.text if isinstance(last, s.Text) else to_latex(last)
            mode = mode.strip("'`\"")
        image, kernel = (reader.tensor(a) for a in node.arguments[:2])
        return op.convolve(image, kernel, mode, flip=flip)

    return operator


def _one(function: Callable[[Tensor], Tensor]) -> Operator:
    def operator(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
        if any(isinstance(x, s.Dots) for x in node.arguments):
            raise Unsupported(f"no meaning is known for {to_latex(node)}")
        if len(node.arguments) != 1:
            raise ShapeError(f"{to_latex(node.function)} takes one argument, {len(node.arguments)} given")
        return function(reader.tensor(node.arguments[0]))

    return operator


def _diagonal(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
    cells = node.arguments
    return diagonal(reader, cells) if len(cells) > 1 else op.diagonal(listed(reader, reader.tensor(cells[0])))


def _window(
    reader: Elaborator, node: s.Call, shape: Shape, expected: Shape | None, shrink: bool
) -> tuple[Shape, Shape]:
    """The window of a pooling (or of its upsampling) and the shape of the result."""
    extents = reader.world.extents
    if len(node.arguments) > 1:
        sizes = [whole(a, reader.world, reader.here) for a in node.arguments[1:] if not isinstance(a, s.Text)]
        window = tuple(sizes * len(shape))[: len(shape)] if len(sizes) == 1 else tuple(sizes)
        result = tuple(extents.quotient(n, w) if shrink else n * w for n, w in zip(shape, window, strict=True))
        return window, result
    if expected is None or len(expected) != len(shape):
        raise NeedShape(f"the window of {to_latex(node)} is not stated")
    pairs = zip(shape, expected, strict=True)
    window = tuple(extents.quotient(n, m) if shrink else extents.quotient(m, n) for n, m in pairs)
    return window, expected


def _pool(function: Callable[[Tensor, Shape, Shape], Tensor]) -> Operator:
    def operator(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
        value = reader.tensor(node.arguments[0])
        window, shape = _window(reader, node, value.shape, expected, shrink=True)
        return function(value, window, shape)

    return operator


def _up(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
    """Upsampling: by repetition, or to the position of the maximum of the pooling that it belongs to."""
    reader.here.conventions.add("up")
    slope = reader.value(node.arguments[0])
    value = slope.tensor() if isinstance(slope, Slope) else slope
    window, shape = _window(reader, node, value.shape, expected, shrink=False)
    if shape != tuple(n * w for n, w in zip(value.shape, window, strict=True)):
        raise ShapeError(f"upsampling {show(value.shape)} by {show(window)} does not give {show(shape)}")
    if reader.world.readings.up == "repetition":
        return op.repeat(value, window)
    if not isinstance(slope, Slope) or not isinstance(slope.body, Access):
        raise Unsupported("upsampling to the maximum of something that is no sensitivity")
    return _route(reader, slope, value, shape)


def _route(reader: Elaborator, slope: Slope, value: Tensor, shape: Shape) -> Tensor:
    assert isinstance(slope.body, Access)
    head = adjoint_of(slope.body.head, slope.numerator) or ""
    quantity = reader.world.quantities.get(head)
    while quantity is not None and isinstance(quantity.body, Access):
        quantity = reader.world.quantities.get(quantity.body.head)
    if quantity is None or not isinstance(quantity.body, Maximum):
        raise Unsupported(f"{head} is not the result of a maximum")
    pooled, window = quantity.body, tuple(extent for _, extent in quantity.body.binders)
    fixed = slope.body.indices[: len(quantity.indices) - len(value.axes)]

    def entry(*place: Polynomial) -> Scalar:
        at = [polynomial(fresh("u")) for _ in place]
        digits = [polynomial(fresh("p")) for _ in place]
        names = dict(zip(quantity.indices, (*fixed, *at), strict=True))
        inner = substitute(rename_apart(pooled), names)
        assert isinstance(inner, Maximum)
        mask = ArgMaximum(inner.binders, inner.body, tuple(digits))
        binders = [(v.as_atom() or "", n) for v, n in zip((*at, *digits), (*value.shape, *window), strict=True)]
        here = bracket(*(equal(x, w * u + p) for x, w, u, p in zip(place, window, at, digits, strict=True)))
        return summation(binders, mul(here, mask, value.at(at)))

    return build(shape, entry)


def _reshape(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
    argument = node.arguments[0]
    reference = reader.world.table.reference(argument)
    if reference is not None and reference.indices:
        letters = [name_of(i) for i in reference.indices if isinstance(i, s.Symbol)]
        if letters and not any(letter in reader.here.indices for letter in letters):
            reader.here.remarks.append(f"{to_latex(argument)} is read as all maps together")
            return op.flatten(_tensor(quantity(reader, replace(reference, indices=()), None)))
    value = reader.tensor(argument)
    if expected is not None and value.shape != expected and len(value.axes) <= 2:
        small = [n for n in value.shape if n != ONE]
        if len(small) == 1 and len([n for n in expected if n != ONE]) > 1:
            return _unflatten(value, expected)
    return op.flatten(value)


def _unflatten(value: Tensor, shape: Shape) -> Tensor:
    """The inverse of :func:`operators.flatten`."""

    def entry(*at: Polynomial) -> Scalar:
        place = polynomial(0)
        for u, n in zip(at, shape, strict=True):
            place = place * n + u
        return value.at([polynomial(0) if a.unit else place for a in value.axes])

    return build(shape, entry)


def _inner(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
    """``\\langle a, b \\rangle`` of two vectors, or of two matrices: the sum of the products of their entries."""
    if len(node.arguments) != 2:
        raise Unsupported(f"no meaning is known for {to_latex(node)}")
    one, other = reader.all_of(list(node.arguments), None)
    if tuple(one.shape) != tuple(other.shape):
        raise ShapeError(f"there is no inner product of the shapes {show(one.shape)} and {show(other.shape)}")
    said = f"${to_latex(node)}$ is read as the inner product, the sum of the products of the entries"
    reader.here.remarks += [said] * (said not in reader.here.remarks)
    return total(elementwise(mul, one, other))


def _softmax(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
    value = reader.tensor(node.arguments[0], expected)
    if len(value.axes) != 2:
        raise ShapeError(f"softmax of a tensor of shape {show(value.shape)}")
    if value.axes[1].unit:
        return op.softmax(value, 0)
    if value.axes[0].unit:
        return op.softmax(value, 1)
    reader.here.conventions.add("softmax")
    return op.softmax(value, 1 if reader.world.readings.softmax == "rows" else 0)


def _extreme(function: str) -> Operator:
    def operator(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
        if len(node.arguments) == 1:
            value = reader.tensor(node.arguments[0])
            sign = Number(Fraction(1 if function == "max" else -1))
            return Tensor((), mul(sign, Maximum(value.binders, mul(sign, value.body))))
        values = reader.all_of(list(node.arguments), expected)
        return elementwise(lambda *b: Apply(function, b), *values)

    return operator


def _sum(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
    """Of all entries; ``axis=0`` sums each column and ``axis=1`` each row, as NumPy does. A sum of columns is a row,
    of rows a column, unless the other is asked for."""
    said = {to_latex(a.sides[0]): a.sides[1] for a in node.arguments[1:] if isinstance(a, s.Relation)}
    value = reader.tensor(node.arguments[0])
    axis = next((said[name] for name in said if name.endswith(("axis", "axis}"))), None)
    if axis is None:
        return total(value)
    if axis not in (s.Number("0"), s.Number("1")) or len(value.axes) != 2:
        raise Unsupported(f"no meaning is known for {to_latex(node)}")
    summed = 0 if axis == s.Number("0") else 1
    over, kept = value.axes[summed], value.axes[1 - summed]
    body = value.body if over.variable is None else summation([(over.variable, over.extent)], value.body)
    shape = (ONE, kept.extent) if summed == 0 else (kept.extent, ONE)
    axes = (Axis(None, ONE), kept) if summed == 0 else (kept, Axis(None, ONE))
    return Tensor(axes if expected != shape[::-1] else axes[::-1], body)


def _function(name: str) -> Operator:
    def operator(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
        return reader.tensor(node.arguments[0], expected).map(lambda b: Apply(name, (b,)))

    return operator


def _quotient(over: str, under: str) -> Operator:
    """``\\tan x`` is ``\\sin x / \\cos x``, and is not where that is not; ``\\sec x`` is one over ``\\cos x``."""

    def operator(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
        def value(at: Scalar) -> Scalar:
            reciprocal = power(Apply(under, (at,)), -1)
            return mul(Apply(over, (at,)), reciprocal) if over else reciprocal

        if len(node.arguments) != 1:
            raise Unsupported(f"no meaning is known for {to_latex(node)}")
        return reader.tensor(node.arguments[0], expected).map(value)

    return operator


def _base_two(base: int) -> Operator:
    def operator(reader: Elaborator, node: s.Call, expected: Shape | None) -> Tensor:
        scale = power(Apply("log", (scalar(base),)), -1)
        return reader.tensor(node.arguments[0], expected).map(lambda b: mul(scale, Apply("log", (b,))))

    return operator


WINDOWED = frozenset({"maxpool", "meanpool", "avgpool", "up", "upsample"})  # further arguments are sizes
OPERATORS: dict[str, Operator] = {
    "conv2": _conv2(True), "conv": _conv2(True), "convolve": _conv2(True), "xcorr2": _conv2(False),
    "filter2": _conv2(False), "corr2": _conv2(False),
    "rot180": _one(op.rot180), "flipud": _one(lambda t: op.flip(t, 0)), "fliplr": _one(lambda t: op.flip(t, 1)),
    "maxpool": _pool(op.maxpool), "meanpool": _pool(op.meanpool), "avgpool": _pool(op.meanpool),
    "up": _up, "upsample": _up, "reshape": _reshape, "vec": _one(lambda t: op.flatten(transpose(t))),
    "flatten": _reshape, "softmax": _softmax, "tr": _one(op.trace), "trace": _one(op.trace), "Tr": _one(op.trace),
    "det": _one(op.determinant), "rowsum": _one(op.row_sums),
    "diag": _diagonal, "Diag": _diagonal, "mean": _one(op.mean), "sum": _sum,
    "langle": _inner,
    "tan": _quotient("sin", "cos"), "cot": _quotient("cos", "sin"), "sec": _quotient("", "cos"),
    "csc": _quotient("", "sin"), "coth": _quotient("cosh", "sinh"), "sech": _quotient("", "cosh"),
    "max": _extreme("max"), "min": _extreme("min"), "log_{2}": _base_two(2), "log_{10}": _base_two(10),
}  # fmt: skip


def _tensor(value: Value) -> Tensor:
    return value.tensor() if isinstance(value, Slope) else value
