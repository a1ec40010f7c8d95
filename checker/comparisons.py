"""The two sides of a link read and put side by side: scalars that are claimed to be equal, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import permutations

from verify_derivations.checker.beyond import with_ends
from verify_derivations.checker.statements import pairs_of
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    NOUGHT,
    Constraint,
    Polynomial,
    Scalar,
    bracket,
    delta,
    equal,
    free_indices,
    mul,
    polynomial,
)
from verify_derivations.formulas.labels import settle, settled
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.sizes import Shape, whole
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.sums import default_extent
from verify_derivations.formulas.tensors import ShapeError, Tensor, show, variables
from verify_derivations.formulas.world import Known, NeedShape, Statement, World

SHORT = "the derivative is written without its Kronecker δ: as the entries that are not zero"
"""Remark on a diagonal matrix of which the diagonal stands there."""


@dataclass(frozen=True)
class Comparison:
    """Two scalars that are claimed to be equal for all values of ``free``."""

    left: Scalar
    right: Scalar
    free: Mapping[str, Polynomial]
    facts: tuple[Constraint, ...]
    remark: str = ""


def compare(
    world: World, here: Statement, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...]
) -> tuple[list[Comparison], Tensor | Slope]:
    """The readings of an equation, most literal first. Raises :class:`DocumentError` where it has none."""
    reader = Elaborator(with_dummies(world, left), here)
    return _compared(reader, _alone(reader, left), left, right, conditions)


class LeftSide:
    """The left side of many equations, read once: each right side is read in a copy of what that leaves behind, as if
    both were read anew. Raises :class:`DocumentError` where it has no meaning."""

    def __init__(self, world: World, number: int, node: s.Node, conditions: tuple[s.Relation, ...]) -> None:
        self.world, self.here, self.node, self.conditions = world.fork(), Statement(number), node, conditions
        self.inner = with_dummies(self.world, node)
        self.value = _alone(Elaborator(self.inner, self.here), node)

    def compared(self, right: s.Node) -> tuple[list[Comparison], World, Statement]:
        """What :func:`compare` gives, with the world and the statement after it."""
        world, here, inner = self.world.fork(), self.here.fork(), self.inner
        own = world if inner is self.world else replace(
            world, known=dict(inner.known), quantities=dict(inner.quantities)
        )
        return _compared(Elaborator(own, here), self.value, self.node, right, self.conditions)[0], world, here


def _alone(reader: Elaborator, left: s.Node) -> Tensor | Slope | None:
    """The left side, unless only the right one says which shape it has."""
    with suppress(NeedShape):
        return reader.value(left)
    return None


def _compared(
    reader: Elaborator, first: Tensor | Slope | None, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...]
) -> tuple[list[Comparison], Tensor | Slope]:
    world, here = reader.world, reader.here
    second: Tensor | Slope | None = None
    if first is not None:
        with suppress(NeedShape):
            second = reader.value(right, _shape(first, world))
    if first is None or second is None:
        second = reader.value(right)
        first = reader.value(left, _shape(second, world))
    found: list[tuple[Scalar, Scalar, dict[str, Polynomial], str]] = []
    error: DocumentError | None = None
    for one, two, remark in _readings(first, second, world):
        try:
            found.append((*_match(one, two), remark))
        except ShapeError as clash:
            error = error or clash
    if not found:
        assert error is not None
        raise error
    found = [(with_ends(a, world), with_ends(b, world), free, remark) for a, b, free, remark in found]
    facts = tuple(_conditions(conditions, world, here, reader))
    choices = settled(here)
    for choice in choices:
        for index in choice.at:
            if index.extent is None:
                default_extent(reader, index)
    classes = {choice.index.variable for choice in choices}
    where = bracket(*(f for f in facts if not classes.isdisjoint(f.value.names)))  # j ≠ y_i: of no other is it said
    facts = tuple(f for f in facts if classes.isdisjoint(f.value.names))

    def settled_side(side: Scalar) -> Scalar:
        return settle(mul(where, side), world, choices)

    found = [(settled_side(a), settled_side(b), free, remark) for a, b, free, remark in found]
    result = []
    for one_body, two_body, free, remark in found:
        for index in here.indices.values():
            if index.free:
                if index.extent is None:
                    default_extent(reader, index)
                assert index.extent is not None
                free[index.variable] = world.extents.normal(index.extent)
        used = _names(one_body) | _names(two_body) | {n for f in facts for n in f.value.names}
        result.append(Comparison(one_body, two_body, {v: n for v, n in free.items() if v in used}, facts, remark))
    return result, first


def _shape(value: Tensor | Slope, world: World) -> Shape:
    return value.tensor(world.readings).shape if isinstance(value, Slope) else value.shape


def with_dummies(world: World, left: s.Node) -> World:
    """An identity of functions (``σ'(x) = …``, ``d/dx log σ(x) = …``) may use any letter as variable."""
    if isinstance(left, s.Call):
        places: tuple[s.Node, ...] = left.arguments
    elif isinstance(left, s.Derivative) and not isinstance(left.numerator, s.Symbol | s.Scripted):
        places = left.denominators
    else:
        return world
    letters = [
        name for node in places if isinstance(node, s.Symbol) for name in [name_of(node)]
        if name not in world.known and name not in world.declarations and name not in world.layers.templates
        and name not in world.aliases and name not in world.sizes
    ]  # fmt: skip
    if not letters:
        return world
    inner = replace(world, known=dict(world.known), quantities=dict(world.quantities))
    for name in letters:
        inner.add(Known(name, (), ()))
    return inner


def _names(expression: Scalar) -> set[str]:
    return set(free_indices(expression))


def _conditions(
    conditions: tuple[s.Relation, ...], world: World, here: Statement, reader: Elaborator
) -> Iterator[Constraint]:
    for relation in (pair for condition in conditions for pair in pairs_of(condition)):
        names = {name_of(x) for x in s.walk(relation) if isinstance(x, s.Symbol)}
        if len(relation.sides) != 2 or not names & set(here.indices):
            continue
        for side in relation.sides:
            reader.new_letters(side)
        for one, other in (relation.sides, relation.sides[::-1]):
            reader.share_extent(one, other)
        a, b = (whole(side, world, here) for side in relation.sides)
        yield {
            "\\neq": Constraint(a - b, "!="), "<": Constraint(b - a - 1, ">="), ">": Constraint(a - b - 1, ">="),
            "\\le": Constraint(b - a, ">="), "\\leq": Constraint(b - a, ">="), "\\ge": Constraint(a - b, ">="),
            "\\geq": Constraint(a - b, ">="), "=": equal(a, b),
        }[relation.relations[0]]  # fmt: skip


def _readings(first: Tensor | Slope, second: Tensor | Slope, world: World) -> Iterator[tuple[Tensor, Tensor, str]]:
    one = first.tensor(world.readings) if isinstance(first, Slope) else first
    two = second.tensor(world.readings) if isinstance(second, Slope) else second
    yield one, two, ""
    if isinstance(first, Slope) and isinstance(second, Slope) and first.top and second.top:
        return
    slope, stated = (first, two) if isinstance(first, Slope) and first.top and first.bottom else (second, one)
    if (
        isinstance(slope, Slope)
        and slope.top
        and slope.bottom
        and not isinstance(stated, Slope)
        and one.shape != two.shape
    ):
        if not slope.fraction and stated.is_scalar:  # ``∇²f = 2`` is no short form of 2 I
            return
        for short in diagonal_readings(slope, stated):
            yield (short[0], short[1], SHORT)


def diagonal_readings(slope: Slope, stated: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Readings of ``∂Y/∂X = R`` where R has fewer axes: one axis of Y is tied to one of X by a Kronecker δ that is not
    written (``∂a/∂z = f'(z)``, ``∂z/∂W = x``). Each is compared as a full Jacobian."""
    inner = [a for a in stated.axes if not a.unit]
    axes = (*slope.top, *slope.bottom)
    full = Tensor(axes, slope.body)
    names = variables(axes)
    count = len(slope.top)
    pairs: list[tuple[tuple[int, int], ...]] = []
    ties = [(t, count + b) for t in range(count) for b in range(len(slope.bottom))
            if slope.top[t].extent == slope.bottom[b].extent]  # fmt: skip
    pairs += [(tie,) for tie in ties]
    pairs += [(a, b) for k, a in enumerate(ties) for b in ties[k + 1 :] if a[0] != b[0] and a[1] != b[1]]
    for tied in pairs:
        second = {b for _, b in tied}
        places = [k for k in range(len(axes)) if k not in second]
        must = {k for k in places if k not in {a for a, _ in tied}}
        for chosen in permutations(places, len(inner)):
            if not must <= set(chosen) or any(axes[k].extent != a.extent for k, a in zip(chosen, inner, strict=True)):
                continue
            at = iter(names[k] for k in chosen)
            value = stated.at([polynomial(0) if a.unit else next(at) for a in stated.axes])
            brackets = mul(*(delta(names[a], names[b]) for a, b in tied))
            yield full, Tensor(axes, mul(brackets, value))


def _match(one: Tensor, two: Tensor) -> tuple[Scalar, Scalar, dict[str, Polynomial]]:
    if two.is_scalar and not one.is_scalar and two.body == NOUGHT:
        two = Tensor(one.axes, NOUGHT)
    if one.is_scalar and not two.is_scalar and one.body == NOUGHT:
        one = Tensor(two.axes, NOUGHT)
    if one.is_scalar and two.is_scalar:
        return one.body, two.body, {}
    if one.shape != two.shape:
        raise ShapeError(f"the left side has shape {show(one.shape)}, the right side {show(two.shape)}")
    free = {a.variable: a.extent for a in one.axes if a.variable is not None}
    return one.body, two.at(variables(one.axes)), free
