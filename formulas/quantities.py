"""Names as values: quantities with their scripts, δ of a quantity, Kronecker's δ, the identity, aliases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verify_derivations.formulas import operators as op
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.circle import NUMBER, PI
from verify_derivations.formulas.conditions import comparison
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    ONE,
    Apply,
    Polynomial,
    apply,
    delta,
    free_indices,
    fresh,
    mul,
    polynomial,
    scalar,
    substitute,
)
from verify_derivations.formulas.indices import family_extent, index_at, new_letter
from verify_derivations.formulas.lookup import is_slice, sliced, value_of
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.rounding import at_rounded, rounded_index
from verify_derivations.formulas.scripts import BOLD, exponent_of_e, is_transpose, items_of, name_of
from verify_derivations.formulas.sizes import Shape, match_layer, whole
from verify_derivations.formulas.slopes import Slope, called_once, gradient_of
from verify_derivations.formulas.tensors import Axis, ShapeError, Tensor, build, constant, show, show_extent, transpose
from verify_derivations.formulas.world import (
    Alias,
    Index,
    Known,
    NeedShape,
    NotYetDefined,
    Statement,
    UndefinedFunction,
    Unsupported,
    World,
)

if TYPE_CHECKING:
    from verify_derivations.formulas.elaborate import Elaborator, Value

_COUNTING = frozenset("ijklmnt")
PROBABILITY = ("\\mathbb{E}", "\\mathbb{P}", "\\mathbb{V}", "Var", "Cov", "Pr")
"""Operators of probability theory. What is random is not said in index notation."""


def named(reader: Elaborator, node: s.Symbol | s.Scripted, expected: Shape | None) -> Value:
    if isinstance(node, s.Scripted) and not isinstance(node.base, s.Symbol | s.Scripted):
        return decorated(reader, node, expected)
    called = "e" in reader.world.functions or "e" in reader.world.awaited.called
    exponent = exponent_of_e(node)
    if exponent is not None and "e" in reader.world.table.declared_bare:
        power_of = reader.world.table.reference(node)
        if power_of is not None and power_of.power is not None and not isinstance(power_of.power, s.Number):
            raise Unsupported(f"whether e is Euler's number or a quantity in {to_latex(node)} is not said")
        exponent = None
    if exponent is not None and not (called and isinstance(exponent, s.Number)):  # e(x)^2
        if isinstance(exponent, s.Number) and "e" in reader.world.table.bare:  # e^2 of an error e
            raise Unsupported("whether e is Euler's number or a quantity is not said")
        power_of_e = reader.tensor(exponent, expected)
        if len(power_of_e.axes) == 2 and power_of_e.shape[0] == power_of_e.shape[1] != ONE:
            raise Unsupported(f"whether {to_latex(node)} is the exponential of a matrix or of its entries is not said")
        return power_of_e.map(lambda b: apply("exp", b))
    found = special(reader, node, expected)
    if found is not None:
        return found
    reference = reader.world.table.reference(node)
    if reference is None:
        return decorated(reader, node, expected)  # type: ignore[arg-type]
    if reference.bare_layer and reference.layer is not None:
        reader.here.remarks.append(
            f"{to_latex(node)}: the superscript is read as the layer {to_latex(reference.layer)}"
        )
    if (
        isinstance(node, s.Scripted)
        and isinstance(node.base, s.Scripted)
        and reference.power is None
        and node.sub is not None
    ):
        pass
    inner_expected = expected
    if reference.transposed and expected is not None and len(expected) == 2:
        inner_expected = (expected[1], expected[0])
    if reference.inverted and len(reference.indices) == 2:
        no_entry_or_inverse(reader, reference, node)
    value = quantity(reader, reference, inner_expected)
    return finish(reader, value, reference, node)


def no_entry_or_inverse(reader: Elaborator, reference: Reference, node: s.Node) -> None:
    """``A^{-1}_{ij}`` for a square matrix is the inverse of an entry or an entry of the inverse."""
    try:
        shape = reader.as_tensor(quantity(reader, replace(reference, indices=()), None)).shape
    except DocumentError:
        return
    if len(shape) == 2 and shape[0] == shape[1] != ONE:
        raise Unsupported(f"{to_latex(node)}: an entry of the inverse, or the inverse of an entry? Brackets would tell")


def finish(reader: Elaborator, value: Value, reference: Reference, node: s.Node) -> Value:
    if reference.inverted:
        value = op.inverse(reader.as_tensor(value))
    if reference.power is not None:
        exponent = _exponent(reader, reference.power)
        value = reader.raised(reader.as_tensor(value), exponent, node)
    if reference.primes and bare_function(reader, replace(reference, power=None, transposed=False)) is not None:
        return value
    if reference.transposed or reference.primes:
        if reference.primes > 1:
            raise Unsupported(f"no meaning is known for {to_latex(node)}")
        tensor = reader.as_tensor(value)
        if reference.primes and tensor.is_scalar:  # a derivative, by what is not said
            raise Unsupported(f"no meaning is known for {to_latex(node)}")
        if tensor.is_scalar:
            _no_power(reader, node)
        value = tensor if tensor.is_scalar else transpose(tensor)
    return value


def _exponent(reader: Elaborator, node: s.Node) -> Tensor:
    """An exponent, in which a name that nothing declares is a number; not where it may count, the t of ``h^t``."""
    if isinstance(node, s.Symbol) and node.name in _COUNTING:
        return reader.tensor(node)
    before = set(reader.world.known)
    found = reader.tensor(node, ())
    new = [f"${name}$" for name, known in reader.world.known.items() if name not in before and not known.extents]
    if new and reader.here.defining:
        said = "numbers" if new[1:] else "a number"
        reader.here.remarks.append(f"no shape is stated for {', '.join(new)}: read as {said}")
    return found


def _no_power(reader: Elaborator, node: s.Node) -> None:
    """``γ^T`` of a number γ, beside a T that is a quantity or a size, may well be a power; ``w^T x`` is hardly one, nor
    is what has an upright T or a letter in bold."""
    sup = node.sup if isinstance(node, s.Scripted) else None
    letters = {x.name for x in s.walk(sup) if isinstance(x, s.Symbol) and not x.font} if sup is not None else set()
    base = node.base if isinstance(node, s.Scripted) else node
    letters = set() if isinstance(base, s.Symbol) and base.font in BOLD else letters
    if not reader.world.unknown.exponents.isdisjoint(letters) and node not in reader.world.unknown.inner:
        raise Unsupported(f"whether {to_latex(node)} is a power or a transpose is not said")


def quantity(reader: Elaborator, reference: Reference, expected: Shape | None) -> Value:
    call = rounded_index(reference.indices)
    if call is not None:

        def at(letter: s.Symbol) -> Tensor:
            indices = tuple(letter if i is call else i for i in reference.indices)
            return reader.as_tensor(quantity(reader, replace(reference, indices=indices), expected))

        return at_rounded(reader, call, at)
    for known_as in reader.world.aliases.get(reference.name, ()):
        found = alias(reader, known_as, reference)
        if found is not None:
            return found
    name = reference.name
    if name in reader.world.letters.given and name not in reader.here.indices:
        new_letter(name, reader.world, reader.here)
    if not reference.indices and reference.layer is None and name in reader.here.indices:
        return constant(scalar(reader.here.indices[name].value))
    known = reader.world.known.get(name) if reference.layer is None else None
    if known is None and reference.layer is None and name in reader.world.sizes and not reference.indices:
        return constant(scalar(reader.world.extents.normal(polynomial(name))))
    if known is None and reference.node is not None and reference.layer is None:
        size = to_latex(reference.node)
        if size in reader.world.sizes:
            return constant(scalar(whole(reference.node, reader.world, reader.here)))
    function = bare_function(reader, reference)
    if function is not None:
        return function
    return value_of(reference, reader.world, reader.here, expected, reader.unfold)


def bare_function(reader: Elaborator, reference: Reference) -> Tensor | None:
    """``σ' = σ(1 - σ)``, ``f' = 2x`` of ``f(x) = x²``: a function named without its argument, at its variables; at a
    value that may be any where these are none, or are defined."""
    declared = reference.name in reader.world.known or reference.name in reader.world.declarations
    if reference.indices or reference.layer is not None or declared:
        return None
    name, primes = reference.name, reference.primes
    if name in reader.world.applied.opaque and reference == Reference(name, primes=primes):
        return called_once(reader, name, primes)
    reading = reader.here.defining or reader.world.awaited.quantities
    alone = not reading and (reader.here.unapplied or name in reader.world.applied.anywhere)  # f = h', of functions
    if not reference.primes and not alone and (there := _at_its_variables(reader, reference)) is not None:
        return there
    if reader.here.defining:
        return None
    sigmoid = reference.name == "\\sigma" and reference.name in reader.world.table.applied  # or it is a deviation
    if reference.name not in reader.world.functions and not sigmoid:
        return None
    places = reader.world.applied.parameters.get(reference.name, ())
    own = places and not any(map(reader.world.is_defined, places))
    if not own or reference.primes and len(places) > 1:
        places = ("\\square",)
    reader.here.unapplied.add(reference.name)
    for place in places:
        if place not in reader.world.known:
            reader.world.add(Known(place, (), ()))
    name = "\\sigma" if reference.name == "\\sigma" else reference.name
    function: s.Node = s.Symbol(name)
    if reference.primes:
        function = s.Scripted(function, primes=reference.primes)
    value = reader.value(s.Call(function, tuple(map(s.Symbol, places))))
    return reader.as_tensor(value)


def _at_its_variables(reader: Elaborator, reference: Reference) -> Tensor | None:
    """h beside a definition of ``h(x)``: its value at x, where that is anything. (σ may be a deviation.)"""
    name, world = reference.name, reader.world
    variables = world.applied.parameters.get(name, ()) if name in world.functions and name != "\\sigma" else ()
    if not variables:
        return None
    if name in world.applied.anywhere:
        raise Unsupported(f"at which values {name} is taken is not said")
    for variable in variables:
        if variable in world.awaited.quantities and not world.is_defined(variable):
            raise NotYetDefined(f"{variable} is not defined here")
        if variable not in world.known:
            raise Unsupported(f"at which values {name} is taken is not said")
    return reader.tensor(s.Call(s.Symbol(name), tuple(map(s.Symbol, variables))))


def special(reader: Elaborator, node: s.Symbol | s.Scripted, expected: Shape | None) -> Value | None:
    """δ of a quantity, Kronecker's δ, the identity matrix, unit vectors, a vector of ones."""
    base = node if isinstance(node, s.Symbol) else node.base
    if not isinstance(base, s.Symbol):
        return None
    world = reader.world
    if node == NUMBER:
        return constant(Apply("pi", ()))
    if node == PI and not _is_a_function(reader, "\\pi"):
        if world.table.circle or "\\pi" not in world.table.bases | world.declared_names():
            return constant(Apply("pi", ()))
    if base.name == "\\delta" and isinstance(node, s.Scripted):
        sup = node.sup
        transposed = False
        if isinstance(sup, s.Product) and isinstance(sup.factors[0], s.Group) and len(sup.factors) == 2:
            if is_transpose(sup.factors[1]):
                sup, transposed = sup.factors[0], True
        if isinstance(sup, s.Group) and sup.kind == "(":
            target = world.table.reference(sup.body)
            name = target.name if target is not None else ""
            known_name = (
                name in world.declarations or name in world.layers.templates or name in world.known
                or any(h == name or h.startswith(name + "^{(") for h in world.known)
            )  # fmt: skip
            known_name &= name not in world.differentiated.numerators  # δ^{(L)} is of layer L, not of the loss L
            if target is not None and known_name and not (name in reader.here.layers or name in reader.here.indices):
                slope = gradient_of(reader, sup.body, None)
                if node.sub is not None:
                    return component(reader, reader.as_tensor(slope), node.sub)
                return transpose(reader.as_tensor(slope)) if transposed else slope
        if node.sub is not None and sup is None:
            items = items_of(node.sub)
            if len(items) == 2 and not _has_two_indices(world):
                return _kronecker(reader, items)
    if name_of(base) in PROBABILITY and name_of(base) not in world.declared_names() | world.functions.keys():
        raise Unsupported(f"{to_latex(base)}: expectations and probabilities are not supported")
    if isinstance(node, s.Scripted) and node.sub is not None and _names_units(reader, node, base):
        return unit_vector(reader, node, expected)
    if base.name in ("I", "\\mathbb{I}", "\\mathbb{1}", "1") or base.font in ("\\mathbb",) and base.name in ("1", "I"):
        if base.name == "I" and "I" not in world.declared_names() and base.font != "\\mathbb":
            named = isinstance(node, s.Scripted) and node.sub == s.Number("0")  # I_0 is no identity without rows
            return None if named else identity(reader, node, expected)
        relation = _stripped(node.sub) if isinstance(node, s.Scripted) and node.sup is None else None
        if isinstance(relation, s.Relation):  # 1_{i = j}, 1_{\{z > 0\}}
            return comparison(reader, relation)
        if base.name == "1" and name_of(base) not in world.declared_names():
            return vector_of_ones(reader, node, expected)
    return None


def _stripped(node: s.Node | None) -> s.Node | None:
    """A subscript without brackets around all of it."""
    while isinstance(node, s.Group) or (isinstance(node, s.Finite | s.Sequence) and len(node.items) == 1):
        node = node.body if isinstance(node, s.Group) else node.items[0]
    return node


def _has_two_indices(world: World) -> bool:
    """Whether ``δ_{ij}`` may be an entry of something, and is not Kronecker's: of a quantity, or a sensitivity of one,
    that has two indices in all, ``δ_t = ∂L/∂h_t`` of vectors h_t."""
    if any(n.startswith("\\delta_") for n in world.known):
        return True
    names = ["\\delta"] if "\\delta" in world.known else []
    for alias in world.aliases.get("\\delta", ()):
        left, right = world.table.reference(alias.left), alias.right
        variables = right.denominators if isinstance(right, s.Derivative) else (getattr(right, "variable", None),)
        below = world.table.reference(variables[0]) if len(variables) == 1 and variables[0] is not None else None
        if left is not None and left.layer is not None:
            continue
        if below is None or below.name not in world.known:
            return True
        names.append(below.name)
    found = [world.known[name] for name in names]
    return any(len(known.family) + sum(n != ONE for n in known.shape) == 2 for known in found)


def _kronecker(reader: Elaborator, items: tuple[s.Node, ...]) -> Tensor:
    left, right = (whole(reader.new_letters(i), reader.world, reader.here) for i in items)
    for a, b in ((items[0], items[1]), (items[1], items[0])):
        reader.share_extent(a, b)
    return constant(delta(left, right))


def identity(reader: Elaborator, node: s.Node, expected: Shape | None) -> Tensor:
    """``I``, ``I_n`` and ``I_{n \\times n}``; ``I_{kj}`` of two indices is an entry of it."""
    if isinstance(node, s.Scripted) and node.sub is not None:
        sub = node.sub
        items, world = items_of(sub), reader.world
        if len(items) == 2 and all(
            isinstance(i, s.Symbol) and name_of(i) not in world.sizes
            and (name_of(i) in reader.here.indices or name_of(i) in world.table.bound) for i in items
        ):  # fmt: skip
            return _kronecker(reader, items)
        first = sub.factors[0] if isinstance(sub, s.Product) and sub.operators[0] == "\\times" else sub
        return op.identity(whole(first, reader.world, reader.here))
    if expected is not None and len(expected) == 2 and expected[0] == expected[1]:
        return op.identity(expected[0])
    raise NeedShape("the size of the identity matrix I is not stated")


def _is_a_function(reader: Elaborator, name: str) -> bool:
    """Whether a name is that of a function of the document, but in what defines this."""
    world, number = reader.world, reader.here.number
    awaited = {formula for other, formula in world.awaited.functions if other == name}
    return name in world.functions or bool(awaited) and number not in awaited


def _names_units(reader: Elaborator, node: s.Scripted, base: s.Symbol) -> bool:
    """Whether a name is one of unit vectors, as the text says, or by a convention where it says nothing of it."""
    world, name = reader.world, name_of(base)
    if name not in world.table.perhaps_units or node.sup is not None or node.primes or reader.here.introduces:
        return name in world.table.units - world.known.keys()
    (place, *more) = items_of(node.sub) if node.sub is not None else ()
    reference = world.table.reference(node)
    known = {*world.declared_names(), *world.functions, *world.awaited.quantities}
    if more or not isinstance(place, s.Symbol | s.Number) or reference is None or {name, reference.name} & known:
        return False
    reader.here.conventions.add("units")
    return world.readings.units == "unit vectors"


def unit_vector(reader: Elaborator, node: s.Scripted, expected: Shape | None) -> Tensor:
    """``e_k``, of the length that it needs to have where it stands."""
    reference = reader.world.table.reference(node)
    if node.sub is None or len(items_of(node.sub)) != 1 or reference is None or reference.power is not None:
        raise Unsupported(f"{to_latex(node)}: a unit vector has one subscript")
    if expected is None or len(expected) != 2 or ONE not in expected:
        raise NeedShape(f"the length of the unit vector {to_latex(node)} is not stated")
    length = expected[0] if expected[1] == ONE else expected[1]
    place = index_at(items_of(node.sub)[0], length, reader.world.origin, reader.world, reader.here)
    value = build((length, ONE), lambda i, _: delta(i, place))
    return transpose(value) if reference.transposed else value


def vector_of_ones(reader: Elaborator, node: s.Node, expected: Shape | None) -> Tensor:
    if isinstance(node, s.Scripted):
        if node.sub is not None:
            value = op.ones((whole(node.sub, reader.world, reader.here), ONE))
        elif expected is not None and len(expected) == 2:
            value = op.ones((expected[1], expected[0]))
        else:
            raise NeedShape("the length of the vector of ones is not stated")
        reference = reader.world.table.reference(node)
        return transpose(value) if reference is not None and reference.transposed else value
    if expected is not None:
        return op.ones(expected)
    raise NeedShape("the length of the vector of ones is not stated")


def listed(reader: Elaborator, value: Tensor, letter: str | None = None) -> Tensor:
    """The column of all values of ``\\operatorname{diag}(x_i)`` and ``[x_i]_i``, which one index counts."""
    found = [i for i in reader.here.indices.values() if i.variable in free_indices(value.body)]
    if not value.is_scalar or not found or letter is not None and letter not in {i.letter for i in found}:
        return value
    index = next((i for i in found if letter is None or i.letter == letter), found[0])
    if letter is None and len(found) > 1 or index.extent is None or index.fixed is not None:
        raise Unsupported("over which index and how far the values are listed is not said")
    row = fresh("k")
    body = substitute(value.body, {index.variable: polynomial(row)})
    return Tensor((Axis(row, index.extent), Axis(None, ONE)), body)


def component(reader: Elaborator, value: Tensor, sub: s.Node) -> Tensor:
    nodes = items_of(sub)
    if value.is_scalar and isinstance(sub, s.Symbol) and (column := listed(reader, value, sub.name)) is not value:
        return column
    inner = [k for k, a in enumerate(value.axes) if not a.unit]
    if len(value.axes) == 2 and is_slice(nodes):
        return sliced(value, nodes, reader.world, reader.here)
    if len(nodes) == len(value.axes):
        axes = list(range(len(value.axes)))
    elif len(nodes) == len(inner):
        axes = inner
    elif len(nodes) == 1 and len(inner) == 2:
        place = index_at(nodes[0], value.shape[0], reader.world.origin, reader.world, reader.here)
        row = fresh("k")
        body = value.at((place, polynomial(row)))
        return Tensor((Axis(row, value.shape[1]), Axis(None, ONE)), body)
    else:
        raise ShapeError(f"{len(nodes)} indices on a tensor of shape {show(value.shape)}")
    at = [polynomial(0)] * len(value.axes)
    for node, axis in zip(nodes, axes, strict=True):
        at[axis] = index_at(node, value.shape[axis], reader.world.origin, reader.world, reader.here)
    return Tensor((), value.at(at))


def decorated(reader: Elaborator, node: s.Scripted, expected: Shape | None) -> Tensor:
    """Scripts on a bracket, a call, a fraction: components, transpose, power, inverse."""
    if isinstance(node.base, s.Group) and node.base.kind == "|":  # behind a bar stands no index, but where it is taken
        raise Unsupported(f"{to_latex(node)}, a value at a point")
    fake = s.Scripted(s.Symbol("\\square"), None, node.sup, node.primes)
    reference = reader.world.table.reference(fake)
    if reference is None or None not in (reference.layer, reference.power):
        raise Unsupported(f"no meaning is known for the superscripts of {to_latex(node)}")
    if reference.layer is not None:  # (x)^{(2)}: an ordinary power in brackets
        reference = replace(reference, power=reference.layer, layer=None)
    inner = expected
    if reference.transposed and expected is not None and len(expected) == 2:
        inner = (expected[1], expected[0])
    if isinstance(node.base, s.Norm) and reader.order(node.base.order) == 2 and node.sup == s.Number("2"):
        return op.squared_norm(reader.tensor(node.base.body))  # no root to be taken and undone
    if node.primes and node.sub is None and node.sup is None:
        slope = _primed_call(reader, node)
        if slope is not None:
            return slope
    _no_entry_of_unknown(reader, node)
    value: Value = reader.value(node.base, inner)
    if node.sub is not None:
        value = component(reader, reader.as_tensor(value), node.sub)
    return reader.as_tensor(finish(reader, value, reference, node))


def _no_entry_of_unknown(reader: Elaborator, node: s.Scripted) -> None:
    """``f(z)_j`` of an f that nothing defines need not be ``f(z_j)``: it may be a softmax."""
    function = node.base.function if isinstance(node.base, s.Call) else None
    if node.sub is None or not isinstance(function, s.Symbol) or name_of(function) in reader.world.functions:
        return
    said = f"how the entries of {to_latex(node.base)} depend on its argument is not stated"
    trial = type(reader)(reader.world.fork(), reader.here.fork())  # nothing in it is to be known as a number by that
    try:
        trial.value(node.base, ())
    except UndefinedFunction:
        if name_of(function) not in reader.world.awaited.called:
            raise Unsupported(said) from None
    except DocumentError:
        return
    if name_of(function) in trial.world.applied.opaque:
        raise Unsupported(said)


def _primed_call(reader: Elaborator, node: s.Scripted) -> Tensor | None:
    """``g(z)'`` and ``(g(z))'``, a number: ``g'(z)``."""
    inner = node.base
    while isinstance(inner, s.Group) and inner.kind in "([":
        inner = inner.body
    if not isinstance(inner, s.Call) or not isinstance(inner.function, s.Symbol) or len(inner.arguments) != 1:
        return None
    if not isinstance(inner.arguments[0], s.Symbol | s.Scripted) or not reader.tensor(inner).is_scalar:
        return None
    argument = reader.world.table.reference(inner.arguments[0])
    if argument is None or argument.power is not None or argument.inverted:  # (f(x^2))' is no f'(x^2)
        raise Unsupported(f"by what {to_latex(node)} is differentiated is not said")
    return reader.tensor(replace(inner, function=s.Scripted(inner.function, primes=node.primes)))


def alias(reader: Elaborator, alias: Alias, reference: Reference) -> Value | None:
    left = reader.world.table.reference(alias.left)
    if left is None:
        return None
    layers = dict(reader.here.layers)
    if (left.layer is None) != (reference.layer is None):
        return None
    if left.layer is not None and reference.layer is not None:
        value = whole(reference.layer, reader.world, reader.here, layer=True)
        letters = match_layer(left.layer, value, reader.world)
        if letters is None:
            return None
        layers |= letters
    here = reader.here
    inner = Statement(
        here.number, layers=layers, losses=here.losses, conventions=here.conventions, worked_out=here.worked_out
    )
    names = [name_of(i) if isinstance(i, s.Symbol) else "" for i in left.indices]
    given = list(reference.indices)
    if len(given) >= len(names):
        for letter, node in zip(names, given, strict=False):
            reader.new_letters(node)
            if letter:
                inner.indices[letter] = Index(letter, fresh(letter), polynomial(reader.world.origin))
    steps = {letter for _, letter in reader.world.table.shifted}
    of_step = not names and left.layer is None  # ``g = ∂L/∂h_t``, at the step of which a formula speaks
    for node in s.walk(alias.right) if of_step else ():
        if isinstance(node, s.Symbol) and node.name in steps:
            reader.new_letters(node)
            inner.indices |= {node.name: reader.here.indices[node.name]} if node.name in reader.here.indices else {}
    reader.here.uses.add(alias.number)
    found = reader.within(inner).value(alias.right)
    if alias.custom:
        found = by_custom(reader, alias, found)
    if isinstance(found, Slope) and not found.top and alias.column:  # whatever gradients are otherwise
        found = replace(found, fraction=False)
    if len(given) < len(names):
        if given:
            raise ShapeError(f"{reference.name} has {len(names)} indices, {len(given)} given")
        return _stacked(reader.as_tensor(found), [inner.indices[n] for n in names if n])
    values: dict[str, Polynomial] = {}
    for letter, node in zip(names, given, strict=False):
        if letter:
            index = inner.indices[letter]
            if index.extent is None and any(shifted == letter for _, shifted in reader.world.table.shifted):
                index.extent = family_extent(letter, reader.world, inner, alias.number)  # of the steps of an algorithm
            if index.extent is None:
                raise NeedShape(f"the range of {letter} is not stated")
            origin = int(index.start.value) if index.start.is_constant else reader.world.origin
            place = index_at(node, index.extent, origin, reader.world, reader.here, reference.name)
            values[index.variable] = place
    found = found.substitute(values) if isinstance(found, Slope) else _substituted(found, values)
    rest = given[len(names) :]
    if rest:
        items: s.Node = rest[0] if len(rest) == 1 else s.Sequence(tuple(rest))
        return component(reader, reader.as_tensor(found), items)
    return found


def by_custom(reader: Elaborator, alias: Alias, found: Value) -> Value:
    """``dZ`` where nothing says what it is: ∂J/∂Z, or m times that, if J is a mean over m examples."""
    meaning = to_latex(alias.right)
    if alias.examples is not None:
        reader.here.conventions.add("examples")
        if reader.world.readings.examples == "gradient of each example's loss":
            meaning = f"{show_extent(alias.examples)} {meaning}"
            factor = scalar(alias.examples)
            found = found.scaled(factor) if isinstance(found, Slope) else found.map(lambda body: mul(factor, body))
    loss = to_latex(alias.right.numerator) if isinstance(alias.right, s.Derivative) else ""
    unwritten = f", {loss} the loss that is not written" if loss not in reader.world.table.bare else ""
    reader.here.remarks.append(f"${to_latex(alias.left)}$ is read as ${meaning}$, by custom{unwritten}")
    return found


def _substituted(value: Tensor, values: dict[str, Polynomial]) -> Tensor:
    return Tensor(value.axes, substitute(value.body, values))


def _stacked(value: Tensor, indices: list[Index]) -> Tensor:
    axes = []
    for index in indices:
        if index.extent is None:
            raise NeedShape(f"the range of {index.letter} is not stated")
        axes.append(Axis(index.variable, index.extent))
    inner = [a for a in value.axes if not a.unit]
    total = (*inner, *axes)
    return Tensor((*total, Axis(None, ONE)) if len(total) == 1 else tuple(total), value.body)
