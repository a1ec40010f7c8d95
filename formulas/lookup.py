"""From a name in a formula to a tensor: sizes, index expressions, declared and defined quantities."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import ONE, ZERO, Access, Polynomial, fresh, polynomial, power, scalar
from verify_derivations.formulas.indices import compound, family_extent, first_value, hold, index_at, reach
from verify_derivations.formulas.labels import label_of
from verify_derivations.formulas.layers import Template
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, name_of
from verify_derivations.formulas.sizes import Shape, layer_value, match_layer, shape_of_space, whole
from verify_derivations.formulas.tensors import Axis, Tensor, show, show_extent
from verify_derivations.formulas.world import (
    IndexRangeError,
    Known,
    NeedShape,
    Statement,
    UndefinedSymbol,
    Unsupported,
    World,
)

ONES = ("1", "\\mathbb{1}", "\\mathbbm{1}")
"""Names that are ones in each entry, also where their shape is declared (plain fonts are no part of a name)."""


Unfold: TypeAlias = Callable[[Template, dict[str, Polynomial]], None]  # makes the instance of a generic layer


# -- whole numbers ----------------------------------------------------------------------------------------


# -- layers ------------------------------------------------------------------------------------------------


# -- quantities ----------------------------------------------------------------------------------------------
def find(reference: Reference, world: World, here: Statement, unfold: Unfold | None = None) -> Known | None:
    """What is known of a name, from a definition, a template or a declaration."""
    layer = None
    if reference.layer is not None:
        layer = layer_value(reference.layer, world, here)
        if layer is None:
            return None
    head = world.head(reference.name, layer)
    if head in world.known:
        return world.known[head]
    if layer is not None:
        for template in world.layers.templates.get(reference.name, ()):
            letters = match_layer(template.layer, layer, world)
            if letters is None:
                continue
            value = letters[template.letter]
            known = declared(reference, layer, world, here)
            if known is None and unfold is not None:
                unfold(template, letters)
                return world.known.get(head)
            if known is not None:
                world.add(known)
                world.layers.pending[head] = (template, value)
                world.layers.of[head] = (reference.name, layer)
                return known
    if reference.name in world.table.squared and layer is None:
        return _root(reference, world, here)
    known = declared(reference, layer, world, here)
    if known is not None:
        if head in ONES and known.extents:
            world.add(known, tuple(fresh("i") for _ in known.extents), scalar(ONE))
        else:
            world.add(known)
        if layer is not None:
            world.layers.of[head] = (reference.name, layer)
    return known


def _root(reference: Reference, world: World, here: Statement) -> Known | None:
    """``σ`` where only ``σ^2`` is defined."""
    square = find(replace(reference, name=reference.name + "^{2}"), world, here)
    if square is None:
        return None
    known = replace(square, head=reference.name)
    indices = tuple(fresh("i") for _ in known.extents)
    world.add(known, indices, power(Access(square.head, tuple(map(polynomial, indices))), Fraction(1, 2)))
    return known


def declared(
    reference: Reference, layer: Polynomial | None, world: World, here: Statement, *, hints: bool = False
) -> Known | None:
    """The shape that a declaration ``name ∈ R^{…}`` gives, with its family axes; with ``hints``, its gradient's."""
    for declaration in world.declarations.get(reference.name, ()):
        if declaration.hint != hints:
            continue
        letters: dict[str, Polynomial] | None = {}
        if (declaration.layer is None) != (layer is None):
            continue
        if declaration.layer is not None and layer is not None:
            letters = match_layer(declaration.layer, layer, world)
            if letters is None:
                continue
        inner = Statement(layers=dict(letters or {}))
        try:
            shape = shape_of_space(declaration.space, world, inner)
        except DocumentError:
            continue
        if layer is not None:  # n_{l+1} stands in the stated shape of W^{(l+1)} as n_l does in that of W^{(l)}
            world.axis_sizes |= {name for extent in shape for name in extent.names}
        head = world.head(reference.name, layer)
        family, origins = [], []
        if declaration.count is not None:
            extent = whole(declaration.count, world, inner)
            origin = 0 if declaration.from_zero else world.origin
            if origin < world.origin:
                world.letters.from_zero.add(head)
            elif not shape:
                return Known(head, (), (extent - origin + 1, ONE))
            return Known(head, (extent - origin + 1,), shape, (origin,))
        for node in declaration.indices:
            letters_in = [x.name for x in s.walk(node) if isinstance(x, s.Symbol)]
            if isinstance(node, s.Number):  # h_0 of a recursion in h_t has the shape of all
                letters_in = [letter for name, letter in sorted(world.table.shifted) if name == reference.name][:1]
            if letters_in:
                origin = first_value(reference.name, letters_in[0], world)
                last = family_extent(letters_in[0], world, here, declaration.number)
                family.append(world.extents.normal(last - origin + 1))
                origins.append(origin)
        return Known(head, tuple(family), shape, tuple(origins))
    return None


def value_of(
    reference: Reference, world: World, here: Statement, expected: Shape | None, unfold: Unfold | None
) -> Tensor:
    """The tensor that a reference stands for (without transpose, power or primes)."""
    try:
        known = find(reference, world, here, unfold)
    except NeedShape:  # the layer below that is needed for the shape of a layer: its context may say it
        layer = layer_value(reference.layer, world, here) if reference.layer is not None else None
        if layer is None or not expected or reference.indices:
            raise
        known = Known(world.head(reference.name, layer), (), expected)
        world.add(known)
        world.layers.of[known.head] = (reference.name, layer)
        for template in world.layers.templates.get(reference.name, ()):
            letters = match_layer(template.layer, layer, world)
            if letters is not None:
                world.layers.pending[known.head] = (template, letters[template.letter])
                break
    if known is None:
        known = matrix_of(reference, world, here, unfold)
        if known is None:
            return _introduce(reference, world, here, expected)
        here.remarks.append(f"${_show(reference)}$ is read as an entry of ${known.head}$")
    quantity = world.quantities.get(known.head)
    if quantity is not None and quantity.number is not None:
        here.uses.add(quantity.number)
    return select(known, reference, world, here)


def matrix_of(reference: Reference, world: World, here: Statement, unfold: Unfold | None) -> Known | None:
    """The matrix X of which ``x_{ij}`` is an entry, where nothing else is called x."""
    name = reference.name
    if len(reference.indices) != 2 or len(name) > 1 or not name.islower():
        return None
    if name in world.table.bases or name in world.table.bare or name in world.declared_names():
        return None
    known = find(Reference(name.upper(), layer=reference.layer), world, here, unfold)
    if known is None or known.family or len(known.shape) != 2 or ONE in known.shape:
        return None
    return known


def select(known: Known, reference: Reference, world: World, here: Statement) -> Tensor:
    """The part of a quantity that the indices of a reference pick out."""
    nodes = list(reference.indices)
    count, family = len(nodes), len(known.family)
    inner = [k for k, n in enumerate(known.shape) if n != ONE]
    if count == 0:
        return world.entry(known, ()) if not family else stack(known, world)
    if len(known.shape) == count - family == 2 and is_slice(nodes[family:]):
        members = select(known, replace(reference, indices=tuple(nodes[:family])), world, here)
        return sliced(members, nodes[family:], world, here, known.head)
    origins = known.origins or (world.origin,) * family
    fixed = tuple(
        index_at(nodes[k], known.family[k], origins[k], world, here, known.head, members=True)
        for k in range(min(count, family))
    )
    if count < family:
        raise IndexRangeError(f"{known.head} has {family} indices, {count} given")
    rest = nodes[family:]
    if not rest:
        return world.entry(known, fixed)
    for k, node in enumerate(rest if known.head in world.undeclared.reaching else ()):
        if compound(node, world, here) or known.head in world.undeclared.stretched:
            hold(known.head, k, node, world, here)
    if len(rest) == len(inner) or len(rest) == len(known.shape):
        axes = inner if len(rest) == len(inner) else list(range(len(known.shape)))
        if any(known.shape[a] == ONE and isinstance(n, s.Symbol) for n, a in zip(rest, axes, strict=True)):
            said = f"{known.head} is a vector here, and whether it is one of many is not said"
            raise Unsupported(f"{_show(reference)}: {said}")  # y_{nk} beside y_k = \sum_i w_{ki} x_i
        places = [
            index_at(n, known.shape[a], world.origin, world, here, known.head) for n, a in zip(rest, axes, strict=True)
        ]
        kept = [p for p, a in zip(places, axes, strict=True) if known.shape[a] != ONE]
        return Tensor((), Access(known.head, (*fixed, *kept)))
    if len(rest) == 1 and len(known.shape) == 3:  # a map of an H × W × B array: the index is that of the last axis
        place = index_at(rest[0], known.shape[2], world.origin, world, here, known.head)
        axes3 = tuple(Axis(None if n == ONE else fresh("uv"[k]), n) for k, n in enumerate(known.shape[:2]))
        at = [polynomial(a.variable) for a in axes3 if a.variable is not None]
        return Tensor(axes3, Access(known.head, (*fixed, *at, *([place] if known.shape[2] != ONE else []))))
    if len(rest) == 1 and len(known.shape) == 2:
        return _row_or_column(known, fixed, rest[0], world, here)
    if not known.shape and not family:  # also where it is declared: y ∈ {0, 1} of one example, y_i of many
        said = f"{known.head} is a number here, and whether it is one of many is not said"
        raise Unsupported(f"{_show(reference)}: {said}")
    raise IndexRangeError(f"{known.head} has {family + len(inner)} indices, {count} given")


def is_whole_axis(node: s.Node) -> bool:
    """The colon of ``X_{:,j}``, also written as a dot or a star."""
    return isinstance(node, s.Symbol) and node.name in (":", "\\cdot", "\\ast", "*", "\\bullet")


def is_slice(nodes: Sequence[s.Node]) -> bool:
    return len(nodes) == 2 and sum(map(is_whole_axis, nodes)) == 1


def sliced(matrix: Tensor, nodes: Sequence[s.Node], world: World, here: Statement, head: str = "") -> Tensor:
    """``X_{:,j}`` is a column of X, ``X_{i,:}`` a row."""
    row, column = nodes
    axis = 1 if is_whole_axis(row) else 0
    extent = matrix.shape[1 - axis]
    kept = Axis(None if extent == ONE else fresh("k"), extent)
    at = [ZERO if kept.variable is None else polynomial(kept.variable)] * 2
    at[axis] = index_at(column if axis else row, matrix.shape[axis], world.origin, world, here, head)
    return Tensor((kept, Axis(None, ONE)) if axis else (Axis(None, ONE), kept), matrix.at(at))


def _row_or_column(known: Known, fixed: tuple[Polynomial, ...], node: s.Node, world: World, here: Statement) -> Tensor:
    """One index on a matrix: the row with that number, as a column vector."""
    place = index_at(node, known.shape[0], world.origin, world, here, known.head)
    axis = Axis(fresh("k"), known.shape[1])
    assert axis.variable is not None
    return Tensor((axis, Axis(None, ONE)), Access(known.head, (*fixed, place, polynomial(axis.variable))))


def stack(known: Known, world: World) -> Tensor:
    """A whole family as one tensor: the members' axes first, then the family's; of scalars a column vector."""
    shape = tuple(n for n in known.shape if n != ONE)
    axes = tuple(Axis(fresh("uvw"[k % 3]), n) for k, n in enumerate(shape))
    members = tuple(Axis(fresh("j"), n) for n in known.family)
    indices = [polynomial(a.variable) for a in (*members, *axes) if a.variable is not None]
    total = (*axes, *members)
    if len(total) == 1:
        total = (*total, Axis(None, ONE))
    return Tensor(total, Access(known.head, tuple(indices)))


def undefined(reference: Reference, world: World, here: Statement) -> DocumentError:
    """Why a name has no meaning here: nothing says it, or what is said is about other layers."""
    layer = layer_value(reference.layer, world, here) if reference.layer is not None else None
    stated = reference.name in world.declarations or reference.name in world.layers.names
    if layer is not None and not layer.is_constant and stated:
        return Unsupported(f"{_show(reference)} is stated for single layers, not for every layer")
    if reference.name in world.applied.opaque:
        return Unsupported(f"at which values the function {reference.name} is taken is not said")
    if reference.name in world.table.kinds.names:
        return Unsupported(f"which quantity {_show(reference)} is, its index does not tell")
    name, star, _ = reference.name.partition("^{")
    if star and re.fullmatch(r".*\^\{(\\star|\\ast|\*)\}", reference.name) and name in world.declared_names():
        return Unsupported(f"{_show(reference)} has no definition: of what only equations describe nothing is judged")
    starts = tuple(f"{base}_{{{label} " for base, label in world.table.listed.entries)  # w_{oj}: a row of W_o?
    if f"{reference.name} ".startswith(starts):
        return Unsupported(f"{_show(reference)}: what it is of the listed entries is not said")
    said = next((said for pair, said in world.unknown.related.items() if reference.name in pair), None)
    if said is not None and not here.introduces:
        return Unsupported(said)
    index = reference.node.sub if isinstance(reference.node, s.Scripted) and base_of(reference.node) == "e" else None
    if index is not None and (label_of(index, world) is not None or to_latex(index) in world.letters.given):
        return Unsupported(f"that {_show(reference)} is the unit vector of {to_latex(index)} is not said")
    base = base_of(reference.node) or "" if isinstance(reference.node, s.Scripted) and reference.node.sub else ""
    matrix = world.known.get(base.upper()) if len(base) == 1 and base.islower() and layer is None else None
    if matrix is not None and len(matrix.shape) == 2 and ONE not in matrix.shape and not here.introduces:
        return Unsupported(f"which row or column of {matrix.head} {_show(reference)} is, is not said")
    one = reference.name.lower()
    if len(one) == 1 and one in world.table.sample_axes - {reference.name}:  # the Y of examples y^{(i)}
        return Unsupported(f"how {_show(reference)} is made of the examples {one} is not said")
    as_label = f"_{{{_show(reference)}}}"  # [y_i = k] beside c_k and c_{y_i}
    to_come = reference.name in world.awaited.quantities  # the gate f beside W_f
    if not to_come and any(name.endswith(as_label) for name in (*world.declarations, *world.known)):
        return Unsupported(f"{_show(reference)}: whether it is an index is not clear")
    plain = layer is None and reference.layer is None and not reference.indices
    return UndefinedSymbol(f"{_show(reference)} is not defined here", reference.name if plain else None, reference.name)


def _introduce(reference: Reference, world: World, here: Statement, expected: Shape | None) -> Tensor:
    """A name that is new: a leaf, where the formula is a definition; otherwise undefined."""
    layer = layer_value(reference.layer, world, here) if reference.layer is not None else None
    if reference.layer is not None and layer is None:
        raise UndefinedSymbol(f"{_show(reference)} is not defined")
    if not here.defining or reference.name in world.table.kinds.names:
        raise undefined(reference, world, here)
    if here.scalars and expected is None:
        expected = ()
    if (own := world.head(reference.name, layer)) in world.undeclared.shapes and not reference.indices:
        expected = world.undeclared.shapes[own]
        here.remarks.append(f"${_show(reference)}$ is declared nowhere: {show(expected)} is the shape of its gradient")
    state = any(name == reference.name for name, _ in world.table.shifted)  # of a recursion, which may say its shape
    whole_vector = reference.transposed and bool(reference.indices)  # w_j^T x: no entry of w is transposed
    if expected is None and (state or not reference.indices or whole_vector) and declared(
        reference, layer, world, here, hints=True) is None:
        raise NeedShape(f"the shape of {_show(reference)} is not stated")
    numbered = re.compile(re.escape(reference.name) + r"_\{\d+\}")
    members = [name for name in world.known if numbered.fullmatch(name) and world.is_defined(name)]
    if members and not reference.indices and layer is None:
        raise UndefinedSymbol(f"{_show(reference)} is not defined here, only {', '.join(members)}")
    head = world.head(reference.name, layer)
    family, origins = [], []
    hint = declared(reference, layer, world, here, hints=True)
    if hint is not None:
        expected = hint.shape
    shape: Shape = expected or ()
    if reference.name in world.sizes and not reference.indices:
        return Tensor((), scalar(polynomial(reference.name)))
    stretched = reference.name in world.undeclared.stretched
    mentioned = stretched or any(compound(node, world, here) for node in reference.indices)
    if reference.indices and not shape and mentioned:
        return _as_far_as_mentioned(head, reference, world, here)
    for node in reference.indices:
        if not isinstance(node, s.Symbol):
            letters = [x.name for x in s.walk(node) if isinstance(x, s.Symbol) and len(x.name) == 1]
            letter = letters[0] if letters else ""
        else:
            letter = name_of(node)
        if not letter:
            raise UndefinedSymbol(f"{_show(reference)} is not defined here")
        origin = first_value(reference.name, letter, world)
        index = here.indices.get(letter)
        if index is not None and not index.free and index.start == 0 and isinstance(node, s.Symbol):
            origin = 0  # the w_k of a sum from 0 on
        last = family_extent(letter, world, here, here.number)
        steps = world.letters.steps.get(here.number, {})
        if isinstance(node, s.Sum) and steps and reference.name not in steps:
            last = last - 1  # of the u_t beside x_{t+1}, that is u_{t-1} beside x_t
        family.append(world.extents.normal(last - origin + 1))
        origins.append(origin)
    if expected is None or (not shape and reference.indices):
        if len(family) == 1 and origins == [world.origin] and not shape:
            known = Known(head, (), (family[0], ONE))
        elif len(family) == 2 and origins == [world.origin] * 2 and not shape:  # w_{j0} is beside a matrix
            known = Known(head, (), tuple(family))
        else:
            known = Known(head, tuple(family), shape, tuple(origins))
    else:
        known = Known(head, tuple(family), shape, tuple(origins))
    world.add(known)
    if layer is not None:
        world.layers.of[head] = (reference.name, layer)
    return select(known, reference, world, here)


def _as_far_as_mentioned(head: str, reference: Reference, world: World, here: Statement) -> Tensor:
    """``x_{i+r-1}`` of an x that nothing declares: it has at least the entries that are mentioned."""
    found = [reach(node, world, here) for node in reference.indices]
    if any(ends is None or ends[0] != world.origin for ends in found):
        raise NeedShape(f"the shape of {_show(reference)} is not stated")
    names = tuple(f"N_{{{reference.name}{k + 1 if len(found) > 1 else ''}}}" for k in range(len(found)))
    shape = tuple(world.extents.normal(polynomial(name)) for name in names)
    world.add(Known(head, (), (*shape, ONE) if len(shape) == 1 else shape))
    world.undeclared.reaching[head] = names
    said = " and ".join(f"${show_extent(n)}$" for n in shape)
    here.remarks.append(f"${reference.name}$ is declared nowhere: it is read with any number {said} of entries")
    return select(world.known[head], reference, world, here)


def _show(reference: Reference) -> str:
    if reference.node is not None:
        return to_latex(reference.node)
    return reference.name
