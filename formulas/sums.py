"""Sums, products and extremes over indices: ``\\sum_{i=1}^n``, ``\\sum_{j \\neq i}``, ``\\max_k``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.ellipses import COUNTING
from verify_derivations.formulas.expressions import (
    UNIT,
    Access,
    Constraint,
    Maximum,
    Polynomial,
    Product,
    Scalar,
    add,
    bracket,
    fresh,
    less,
    mul,
    negate,
    polynomial,
    summation,
)
from verify_derivations.formulas.indices import family_extent, stretches
from verify_derivations.formulas.labels import settle, settled
from verify_derivations.formulas.layers import LayerSum
from verify_derivations.formulas.pairs import ORDER
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranges import between, bounded
from verify_derivations.formulas.scripts import items_of, name_of, names_in
from verify_derivations.formulas.sizes import Shape, whole
from verify_derivations.formulas.tensors import Tensor, elementwise, total
from verify_derivations.formulas.world import (
    Index,
    IndexRangeError,
    Known,
    NeedShape,
    UndefinedSymbol,
    Unsupported,
)

LAYERS = 100  # that a sum may write out
NO_SUM = "a sum over layers is outside the calculus, unless their numbers are stated, or it is a penalty of all layers"

if TYPE_CHECKING:
    from verify_derivations.formulas.elaborate import Elaborator


def big(reader: Elaborator, node: s.BigOperator, expected: Shape | None) -> Tensor:
    if node.operator not in ("\\sum", "\\prod", "\\max", "\\min"):
        raise Unsupported(f"no meaning is known for {node.operator}")
    if node.lower is None:
        return _without_limits(reader, node, expected)
    if node.operator == "\\prod" and (apart := _taken_apart(node)) is not None:
        return reader.tensor(apart)
    outer = dict(reader.here.indices)
    bound: list[Index] = []
    conditions: list[s.Relation] = []
    items = node.lower.items if isinstance(node.lower, s.Sequence) else (node.lower,)
    for item in items:
        for one in binder(reader, item, node.upper, conditions, {one.letter for one in bound}):
            bound.append(one)
            reader.here.indices[one.letter] = one
    if any(one.letter in _layer_letters(reader, node.body) for one in bound):
        reader.here.indices = outer
        return _over_layers(reader, node, bound, conditions, expected)
    stated = reader.world.letters
    for one in bound:
        own = stated.own_range(one.letter, reader.here.number)
        summed = any(r[:2] == (reader.here.number, one.letter) for r in stated.of_sums)  # by another sum beside it
        if one.extent is None and (own is not None and not summed or stretches(one.letter, node.body, reader.world)):
            one.extent = family_extent(one.letter, reader.world, reader.here, reader.here.number) - one.start + 1
    letters = {one.letter for one in bound}
    outside = settled(reader.here, letters)  # a label of another letter of that name
    try:
        body = reader.value(node.body, expected)
    except (UndefinedSymbol, IndexRangeError) as error:
        if letters.isdisjoint(COUNTING):
            raise
        said = f"what the dots stand for is not read: {error}"
        if isinstance(error, UndefinedSymbol):  # what else is said of it may tell
            raise UndefinedSymbol(said, error.name, error.base) from None
        raise Unsupported(said) from None
    facts = [c for c in (_exclusion(reader, r) for r in conditions) if c is not None]
    for relation in conditions:
        for a, b in (relation.sides, relation.sides[::-1]):
            reader.share_extent(a, b)
    for one in bound:
        if one.extent is None:
            default_extent(reader, one)
    reader.here.indices = outer | {k: v for k, v in reader.here.indices.items() if v.free and k not in outer}
    binders = []
    for one in bound:
        assert one.extent is not None
        binders.append((one.variable, one.extent))
    constraints, choices = bracket(*facts), settled(reader.here, letters)
    reader.here.chosen |= {choice.index.letter: choice for choice in outside}

    def close(inner: Scalar) -> Scalar:
        if node.operator == "\\sum":
            return summation(binders, mul(constraints, inner))
        if node.operator == "\\prod":
            return Product(tuple(binders), _or_one(facts, inner) if facts else inner)
        if facts:
            raise Unsupported(f"no rule for {node.operator} with a condition")
        if node.operator == "\\min":
            return negate(Maximum(tuple(binders), negate(inner)))
        return Maximum(tuple(binders), inner)

    tensor = reader.as_tensor(body)
    return tensor.map(lambda inner: close(settle(inner, reader.world, choices)))


def _taken_apart(node: s.BigOperator) -> s.Product | None:
    """``\\prod_i p_i \\prod_j q_j``, which is a product of two. Whether c is a factor of each in ``\\prod_i p_i c`` is
    not clear; of a sum it makes no difference."""
    if not isinstance(node.body, s.Product):
        return None
    letters, factors = _bound_by(node), node.body.factors
    own = [k for k, x in enumerate(factors) if not (letters - _bound_by(x)).isdisjoint(s.walk(x))]
    last = max(own, default=len(factors) - 1)
    rest = factors[last + 1 :]
    if not rest:
        return None
    if not isinstance(rest[0], s.BigOperator):
        raise Unsupported(f"how far \\prod reaches in {to_latex(node)} is not clear")
    operators = node.body.operators
    front = factors[0] if last == 0 else s.Product(factors[: last + 1], operators[:last])
    return s.Product((replace(node, body=front), *rest), operators[last:])


def _bound_by(node: s.Node) -> set[s.Node]:
    """The letters that a sum or a product binds."""
    lower = node.lower if isinstance(node, s.BigOperator) else None
    items = lower.items if isinstance(lower, s.Sequence) else () if lower is None else (lower,)
    first = [item.sides[0] if isinstance(item, s.Relation) else item for item in items]
    return {part for item in first for part in s.walk(item) if isinstance(part, s.Symbol)}


def _or_one(facts: Sequence[Constraint], factor: Scalar) -> Scalar:
    """A factor where the conditions hold; written as a derivative of a product is, where they leave out one index."""
    if len(facts) == 1 and facts[0].relation == "!=":
        left_out = bracket(replace(facts[0], relation="=="))
        return add(left_out, mul(add(UNIT, negate(left_out)), factor))
    kept = bracket(*facts)
    return add(mul(kept, factor), UNIT, negate(kept))


def _without_limits(reader: Elaborator, node: s.BigOperator, expected: Shape | None) -> Tensor:
    """``\\sum (p_i - y_i) x_i`` is over the index that is bound by nothing else, ``\\sum (p - y)`` over all entries."""
    if node.operator != "\\sum":
        raise Unsupported(f"no range is given for {node.operator}")
    before = reader.here.indices
    reader.here.indices = dict(before)
    body = reader.tensor(node.body)
    loose = [letter for letter, index in reader.here.indices.items() if index.free and letter not in before]
    if not loose and not body.is_scalar:
        return total(body)
    if len(loose) != 1:
        raise Unsupported("a sum without limits is over one index, or over the entries of a vector or matrix")
    reader.here.indices = before
    reader.here.remarks.append(f"reads the sum without limits as over ${loose[0]}$")
    return big(reader, replace(node, lower=s.Symbol(loose[0])), expected)


def _layer_letters(reader: Elaborator, node: s.Node) -> set[str]:
    """The letters that stand for layers in an expression; not those of a name in the place of one, ``δ^{(z_j)}``."""
    references = (reader.world.table.reference(part) for part in names_in(node))
    layers = [tuple(s.walk(r.layer)) for r in references if r is not None and r.layer is not None]
    return {name_of(x) for layer in layers if not any(isinstance(y, s.Scripted) for y in layer)
            for x in layer if isinstance(x, s.Symbol)}  # fmt: skip


def _over_layers(
    reader: Elaborator, node: s.BigOperator, bound: list[Index], conditions: list[s.Relation], expected: Shape | None
) -> Tensor:
    """A sum over layers: of known numbers written out, over all layers a number by itself (:class:`LayerSum`)."""
    one = bound[0]
    if one.extent is None and any(letter == one.letter for _, letter, _, _ in reader.world.letters.ranges):
        default_extent(reader, one)
    count = one.extent.value if one.extent is not None and one.extent.is_constant and one.start.is_constant else None
    single = len(bound) == 1 and not conditions and node.operator == "\\sum"
    if count is None and single and one.extent is not None:
        return _over_all(reader, node, one.letter, one.start, one.start + one.extent - 1)
    if count is None or not single or not 0 < count <= LAYERS:
        raise Unsupported(NO_SUM)
    outer, terms = dict(reader.here.layers), []
    for k in range(int(count)):
        reader.here.layers = outer | {one.letter: one.start + k}
        terms.append(reader.tensor(node.body, expected))
    reader.here.layers = outer
    return elementwise(add, *terms)


def _over_all(reader: Elaborator, node: s.BigOperator, letter: str, start: Polynomial, last: Polynomial) -> Tensor:
    """A sum over layers whose number is not stated. A definition introduces it; what it is of, and whether these are
    all layers, is seen when all is read (``checker/layer_sums.py``). Elsewhere only the same sum has a meaning."""
    world, here, head = reader.world, reader.here, to_latex(node)
    letters = {name_of(x) for x in s.walk(node.body) if isinstance(x, s.Symbol)}
    if here.layers or not letters.isdisjoint(here.indices) or head in world.layers.unlike_sums:
        raise Unsupported(NO_SUM)
    if head not in world.layers.sums:
        if not here.introduces:
            raise Unsupported(NO_SUM)
        world.layers.sums[head] = LayerSum(letter, start, last, node.body, here.number)
        world.add(Known(head, (), ()), number=here.number)
    return Tensor((), Access(head))


def default_extent(reader: Elaborator, index: Index) -> None:
    ranges = [r for r in reader.world.letters.ranges if r[1] == index.letter]
    if not ranges:
        raise NeedShape(f"the range of the index {index.letter} is not stated")
    _, _, first, last = ranges[-1]
    index.start = whole(first, reader.world, reader.here)
    index.extent = whole(last, reader.world, reader.here) - index.start + 1


def binder(
    reader: Elaborator, item: s.Node, upper: s.Node | None, conditions: list[s.Relation], before: Set[str] = frozenset()
) -> list[Index]:
    """The indices that one item of a lower limit binds; ``before`` are those that the items before it do."""
    if isinstance(item, s.Relation):
        first = item.sides[0]
        if len(item.sides) == 2 and item.relations[0] in ORDER:
            conditions.append(item)
            return _compared(reader, item, upper, before)
        if item.relations[0] == "=":
            start = whole(item.sides[1], reader.world, reader.here)
            if upper is None:
                raise Unsupported("a sum with a first but no last value")
            last = whole(upper, reader.world, reader.here)
            return [Index(n, fresh(n), start, last - start + 1) for n in _letters(first)]
        limits = bounded(item)
        if limits is not None:
            start, last = (whole(side, reader.world, reader.here) for side in limits[1:])
            conditions += between(item)
            return [Index(x.name, fresh(x.name), start, last - start + 1) for x in limits[0]]
        raise Unsupported(f"no meaning is known for the range {to_latex(item)}")
    letters = _letters(item)
    if not letters:
        raise Unsupported(f"no meaning is known for the range {to_latex(item)}")
    found = []
    for letter in letters:
        extent = None
        if upper is not None:
            extent = whole(upper, reader.world, reader.here) - reader.world.origin + 1
        found.append(Index(letter, fresh(letter), polynomial(reader.world.origin), extent))
    return found


def _compared(reader: Elaborator, item: s.Relation, upper: s.Node | None, before: Set[str]) -> list[Index]:
    """The indices that a comparison binds: i of ``i < j``, or j where i is one already; both where the formula has j
    only in sums over pairs."""
    world, outer = reader.world, reader.here.indices.keys()
    one, other = (set(_letters(side)) for side in item.sides)
    if before & (one | other):
        return []
    unequal = item.relations[0] == "\\neq"
    first = unequal or len(one) == 1 and not one & outer
    found = binder(reader, item.sides[0 if first else 1], upper if unequal else None, [])
    second = (other if first else one) & world.letters.pairs.get(reader.here.number, frozenset())
    for letter in sorted(second - outer - world.letters.given - world.sizes):
        found += binder(reader, s.Symbol(letter), upper, [])
        reader.here.remarks.append(f"${letter}$ is summed over, too, in $\\sum_{{{to_latex(item)}}}$")
    return found


def _exclusion(reader: Elaborator, relation: s.Relation) -> Constraint | None:
    for side in relation.sides:
        reader.new_letters(side)
    a, b = (whole(side, reader.world, reader.here) for side in relation.sides[:2])
    return {
        "\\neq": Constraint(a - b, "!="), "<": less(a, b), ">": less(b, a), "\\le": Constraint(b - a, ">="),
        "\\leq": Constraint(b - a, ">="), "\\ge": Constraint(a - b, ">="), "\\geq": Constraint(a - b, ">="),
    }[relation.relations[0]]  # fmt: skip


def _letters(node: s.Node) -> list[str]:
    return [name_of(item) for item in items_of(node) if isinstance(item, s.Symbol)]


def bracketed(node: s.Node) -> Iterator[s.Node]:
    """A sum of terms with the brackets that are often left out: ``-Σ_i a + b`` as ``-Σ_i (a + b)``."""
    if not isinstance(node, s.Sum):
        return
    for k, term in enumerate(node.terms[:-1]):
        for end in range(len(node.terms), k + 1, -1):
            signs, terms = node.signs[k + 1 : end], node.terms[k + 1 : end]
            longer = _extended(term, signs, terms)
            if longer is not None:
                found = (*node.terms[:k], longer, *node.terms[end:])
                signs = (*node.signs[: k + 1], *node.signs[end:])
                yield found[0] if signs == ("+",) else s.Sum(signs, found, span=node.span)


def _extended(term: s.Node, signs: tuple[str, ...], terms: tuple[s.Node, ...]) -> s.Node | None:
    """A term that ends with a sum over an index, with more in its body."""
    if isinstance(term, s.Product):
        last = _extended(term.factors[-1], signs, terms)
        return None if last is None else replace(term, factors=(*term.factors[:-1], last))
    if not isinstance(term, s.BigOperator) or term.operator != "\\sum":
        return None
    deeper = _extended(term.body, signs, terms)
    if deeper is not None:
        return replace(term, body=deeper)
    return replace(term, body=s.Group("(", s.Sum(("+", *signs), (term.body, *terms)), True))
