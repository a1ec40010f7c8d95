"""Definitions: ``left = right`` introduces the quantity on the left, with its family axes and its shape."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.conditions import compared_letters
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    ONE,
    Access,
    Number,
    Polynomial,
    Scalar,
    add,
    at_least,
    bracket,
    equal,
    free_indices,
    fresh,
    mul,
    polynomial,
    substitute,
)
from verify_derivations.formulas.indices import (
    family_extent,
    first_value,
    new_letter,
    stretches,
    windowed,
    within,
    without_range,
)
from verify_derivations.formulas.labels import settle, settled
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of, names_in
from verify_derivations.formulas.sizes import Shape, whole
from verify_derivations.formulas.sums import bracketed
from verify_derivations.formulas.tensors import ShapeError, Tensor, show, show_extent, transpose
from verify_derivations.formulas.world import Known, NeedShape, Statement, UnboundIndex, Unsupported, World


def define(
    world: World, here: Statement, left: s.Node, right: s.Node, number: int, expected: Shape | None = None
) -> Known:
    """``left = right`` introduces the quantity on the left: for all values of its index letters."""
    reference = world.table.reference(left)
    if reference is None:
        raise Unsupported(f"{to_latex(left)} cannot be defined")
    layer = whole(reference.layer, world, here, layer=True) if reference.layer is not None else None
    head = world.head(reference.name, layer)
    letters: list[str] = []
    for node in reference.indices:
        if not isinstance(node, s.Symbol):
            raise Unsupported(f"{to_latex(left)} cannot be defined for one index value")
        letters.append(name_of(node))
    before = world.known.get(head) or find(replace(reference, indices=()), world, here)
    here.introduces = True
    reader = Elaborator(world, here)
    for letter in letters:
        index = here.indices.get(letter) or (
            here.free_letter(letter, world.origin) if letter in world.letters.given else new_letter(letter, world, here)
        )
        own = world.letters.own_range(letter, number)
        if own is not None:
            index.start = whole(own[0], world, here)
            index.extent = whole(own[1], world, here) - index.start + 1
        elif stretches(letter, right, world):
            index.extent = family_extent(letter, world, here, number) - index.start + 1
        elif windowed(letter, right, world, number):
            index.extent = world.extents.normal(without_range(letter, world)) - index.start + 1
    if before is not None and expected is None:
        expected = before.shape if len(letters) == len(before.family) else ()
        if len(letters) == len(before.family):
            for letter, extent, origin in zip(
                letters, before.family, before.origins or (world.origin,) * len(letters), strict=True
            ):
                index = here.indices[letter]
                if index.extent is None and origin == world.origin:
                    index.extent = extent
    axes = [n for n in before.shape if n != ONE] if before is not None else []
    if before is not None and axes and len(letters) == len(before.family) + len(axes):
        starts = (*(before.origins or (world.origin,) * len(before.family)), *(world.origin for _ in axes))
        for letter, extent, origin in zip(letters, (*before.family, *axes), starts, strict=True):
            if here.indices[letter].extent is None and origin == world.origin:
                here.indices[letter].extent = extent
    try:
        value = reader.tensor(right, expected)
    except NeedShape:
        if world.undeclared.doubtful & {r.name for r in map(world.table.reference, names_in(right)) if r is not None}:
            raise
        names = set(world.known)
        value = reader.tensor(right, expected if expected is not None else ())
        numbers = [n for n, q in world.known.items() if n not in names and not q.extents]
        world.undeclared.guessed.update(numbers)
        if expected is None and numbers:
            said = ", ".join(f"${name}$" for name in numbers)
            here.remarks.append(f"no shape is stated for {said}: read as {'numbers' if numbers[1:] else 'a number'}")
    for letter in letters:
        index = here.indices[letter]
        if index.extent is None:
            index.extent = world.extents.normal(family_extent(letter, world, here, number) - index.start + 1)
    for letter, given in sorted(compared_letters(right)):  # the c of t_j = [j = c] is one of the classes j
        if letter in letters and given in world.letters.given - {*letters}:
            of_class = here.indices[letter]
            assert of_class.extent is not None
            within(polynomial(given), of_class.extent + of_class.start - 1, world)
    choices = settled(here)
    value = value.map(lambda body: settle(body, world, choices))
    if reference.transposed and not value.is_scalar:
        value = transpose(value)
    try:
        known = _register(world, here, head, reference, letters, value, before, number)
    except UnboundIndex as error:
        for other in bracketed(right):  # -Σ_i a_i + b_i: b_i has a meaning only within brackets
            inner = Statement(number, defining=here.defining, layers=dict(here.layers))
            try:
                known = define(world, inner, left, other, number, expected)
            except DocumentError:
                continue
            here.remarks += inner.remarks
            here.broadcasts |= inner.broadcasts
            here.bracketed = other, f"{error}: brackets are missing"
            return known
        raise
    world.conventions_of[head] = frozenset(here.conventions)
    world.differentiated.within[head] = frozenset(here.worked_out)
    world.broadcasts |= here.broadcasts
    if layer is not None:
        world.layers.of[head] = (reference.name, layer)
    world.layers.pending.pop(head, None)
    return known


def _register(
    world: World, here: Statement, head: str, reference: Reference, letters: list[str], value: Tensor,
    before: Known | None, number: int,
) -> Known:  # fmt: skip
    indices = [here.indices[letter] for letter in letters]
    inner = tuple(a.variable for a in value.axes if a.variable is not None)
    family = tuple(index.variable for index in indices)
    extents: list[Polynomial] = []
    for index in indices:
        assert index.extent is not None
        extents.append(index.extent)
    starts = tuple(int(i.start.value) if i.start.is_constant else world.origin for i in indices)
    from_zero = any(start < world.origin for start in starts)  # p_i of members k_0, …, k_N
    if value.is_scalar and letters and (before is None or not before.family):
        shape: Shape = (extents[0], ONE) if len(extents) == 1 else tuple(extents)
        if len(extents) > 2:
            known = Known(head, tuple(extents), (), (world.origin,) * len(extents))
        else:
            if before is not None and sum(n != ONE for n in before.shape) == len(letters):
                shape = before.shape  # a declared row vector stays one
            known = Known(head, (), shape)
        body = value.body
        origins = [first_value(reference.name, letter, world) for letter in letters]
        if from_zero:
            world.letters.from_zero.add(head)
        begins = reference.name in world.letters.begins  # with another member than the first of all
        if from_zero or begins or any(o < world.origin for o in origins):
            known = Known(head, tuple(extents), (), starts if from_zero or begins else (world.origin,) * len(extents))
    else:
        known = Known(head, tuple(extents), value.shape, tuple(int(i.start.value) for i in indices))
        body = value.body
    if len(letters) == 1 and known.family and not from_zero:
        first = first_value(reference.name, letters[0], world)
        if first < known.origins[0]:
            known, body, family = _with_start(world, known, first, family, body, inner)
    if before is not None and not value.is_scalar and not letters and before.shape and before.shape != value.shape:
        raise ShapeError(f"{head} is declared as {show(before.shape)}, its definition has shape {show(value.shape)}")
    loose = sorted(free_indices(body) - {*family, *inner})
    if loose:
        names = {index.variable: index.letter for index in here.indices.values()}
        raise UnboundIndex([names.get(n, show_extent(polynomial(n))) for n in loose])
    if len(known.extents) != len(family) + len(inner):  # the k of a_k where there is one k only
        raise Unsupported(f"an index of {head} has one value only")
    world.add(known, (*family, *inner), body, number)
    return known


def define_start(world: World, here: Statement, left: s.Node, right: s.Node, number: int) -> bool:
    """``h_0 = right`` gives a recursion in h its initial value; a number stands for all its entries. False where h is
    no recursion, has an initial value already, or where ``right`` depends on h."""
    reference = world.table.reference(left)
    if reference is None or reference.layer is not None:
        return False
    first = world.letters.begins.get(reference.name, 0)
    if reference.indices != (s.Number(str(first)),):
        return False
    if reference.power is not None or reference.transposed or reference.inverted or reference.primes:
        return False
    initial = world.known.get(_start_of(reference.name, first))
    if initial is None or world.is_defined(initial.head) or not world.is_defined(reference.name):
        return False
    value = Elaborator(world, here).tensor(right, initial.shape)
    indices = tuple(axis.variable for axis in value.axes if axis.variable is not None)
    if value.is_scalar and isinstance(value.body, Number):
        indices = tuple(fresh("i") for extent in initial.extents)
    elif value.shape != initial.shape:
        raise ShapeError(f"{to_latex(left)} has shape {show(initial.shape)}, its value {show(value.shape)}")
    if free_indices(value.body) - set(indices) or world.depends(value.body, reference.name):
        return False
    world.add(initial, indices, value.body, number)
    return True


def _start_of(head: str, first: int) -> str:
    """The name of the initial value of a recursion."""
    return f"{head}_{{{first}}}"


def _with_start(
    world: World, known: Known, first: int, family: tuple[str, ...], body: Scalar, inner: tuple[str, ...]
) -> tuple[Known, Scalar, tuple[str, ...]]:
    """A recursion ``h_t = g(h_{t-1})``: the member before the first is a given initial value."""
    initial = Known(_start_of(known.head, first), (), known.shape)
    if initial.head not in world.known:
        world.add(initial)
    variable = fresh("t")
    t = polynomial(variable)
    later = mul(bracket(at_least(t, 1)), substitute(body, {family[0]: t - 1}))
    before = mul(bracket(equal(t, 0)), Access(initial.head, tuple(polynomial(i) for i in inner)))
    longer = Known(known.head, (known.family[0] + 1,), known.shape, (first,))
    return longer, add(before, later), (variable,)
