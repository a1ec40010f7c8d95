"""Comparisons and cases: ``[z > 0]``, ``\\begin{cases} … \\end{cases}``, conditions on indices."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import (
    ONE,
    UNIT,
    ZERO,
    Add,
    Compare,
    Constraint,
    Mul,
    Number,
    Polynomial,
    Scalar,
    Size,
    add,
    bracket,
    less,
    mul,
    negate,
    polynomial,
)
from verify_derivations.formulas.indices import given_value, new_letter
from verify_derivations.formulas.labels import label_of
from verify_derivations.formulas.overlaps import exclusive
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of, names_in
from verify_derivations.formulas.sizes import Shape, whole
from verify_derivations.formulas.tensors import Tensor, constant, elementwise
from verify_derivations.formulas.world import Unsupported

if TYPE_CHECKING:
    from verify_derivations.formulas.elaborate import Elaborator


RELATIONS = {"<": "<", ">": ">", "\\le": "<=", "\\leq": "<=", "\\ge": ">=", "\\geq": ">=", "=": "==", "\\neq": "!="}
OTHERWISE = frozenset(("otherwise", "else", "elsewhere"))
CONNECTING = frozenset(("and", "if", "for", "when", "where", "with"))


def comparison(reader: Elaborator, node: s.Relation) -> Tensor:
    """``[z > 0]`` and ``[0 \\le m - i < k]`` as 1 or 0: of whole numbers where all letters are indices and sizes."""
    pairs = [s.Relation((a, b), (r,)) for a, b, r in zip(node.sides, node.sides[1:], node.relations, strict=False)]
    found = []
    for pair in pairs:
        integers = integer_condition(reader, pair)
        found.append(constant(integers) if integers is not None else _real_comparison(reader, pair))
    return elementwise(mul, *found)


def _real_comparison(reader: Elaborator, node: s.Relation) -> Tensor:
    relation = RELATIONS.get(node.relations[0])
    if relation is None:
        raise Unsupported(f"no meaning is known for {to_latex(node)} as a value")
    left, right = reader.all_of(list(node.sides), None)
    if left.is_scalar and right.is_scalar:
        a, b = whole_value(left.body), whole_value(right.body)
        if a is not None and b is not None:  # whole numbers, however they are written: equality is no tie
            return constant(bracket(_constraint(node.relations[0], a, b)))
    if relation in ("<", "<="):
        left, right, relation = right, left, relation.replace("<", ">")
    return elementwise(lambda a, b: Compare(a, relation, b), left, right)


def cases(reader: Elaborator, node: s.Cases, expected: Shape | None) -> Tensor:
    values = reader.all_of([value for value, _ in node.rows], expected)
    conditions: list[Tensor | None] = []
    for k, (_, test) in enumerate(node.rows):
        if is_otherwise(test) and (k == 0 or k < len(node.rows) - 1):
            raise Unsupported("only the last row of cases can hold otherwise")
        conditions.append(condition(reader, test) if test is not None else None)
    if None in conditions[:-1]:
        raise Unsupported("only the last row of cases can hold without a condition")
    tensors = [*values, *(c for c in conditions if c is not None)]
    count = len(values)

    def body(*parts: Scalar) -> Scalar:
        tests = exclusive(parts[count:], parts, reader.world, reader.here.remarks)
        total = [mul(test, value) for test, value in zip(tests, parts, strict=False)]
        if len(tests) < count:
            others = mul(*(add(UNIT, negate(t)) for t in parts[count:]))
            total.append(mul(others, parts[count - 1]))
        return add(*total)

    return elementwise(body, *tensors)


def is_otherwise(node: s.Node | None) -> bool:
    """A row of cases without a condition, or with a word that says so."""
    if node is None:
        return True
    word = node.text if isinstance(node, s.Text) else node.name if isinstance(node, s.Symbol) else ""
    return word.strip().lower() in OTHERWISE


def condition(reader: Elaborator, node: s.Node) -> Tensor | None:
    """As 1 or 0; ``None`` for *otherwise*. Raises :class:`Unsupported` where words say more than that."""
    if is_otherwise(node):
        return None
    if isinstance(node, s.Relation):
        return comparison(reader, node)
    if isinstance(node, s.Sequence):
        parts = [condition(reader, i) for i in node.items
                 if not (isinstance(i, s.Text) and i.text.strip().lower() in CONNECTING)]  # fmt: skip
        return elementwise(mul, *(p for p in parts if p is not None)) if any(p is not None for p in parts) else None
    raise Unsupported(f"no meaning is known for the condition {to_latex(node)}")


def compared_letters(node: s.Node) -> set[tuple[str, str]]:
    """The letters of which cases and brackets, ``[j = c]``, tell whether they are the same, either way round."""
    tests = [test for x in s.walk(node) if isinstance(x, s.Cases) for _, test in x.rows]
    tests += [x.body for x in s.walk(node) if isinstance(x, s.Group) and x.kind == "["]
    sides = [test.sides for test in tests if isinstance(test, s.Relation) and test.relations in (("=",), ("\\neq",))]
    pairs = [(a.name, b.name) for a, b in sides if isinstance(a, s.Symbol) and isinstance(b, s.Symbol)]
    return {*pairs, *(pair[::-1] for pair in pairs)}


def integer_condition(reader: Elaborator, node: s.Relation) -> Scalar | None:
    """A condition on indices (``i = j``, ``i \\neq k``, ``i < j``), where all letters are indices."""
    found = [*names_in(node)]
    names = {name_of(x) for x in found if isinstance(x, s.Symbol)}
    for name in names & reader.world.letters.given - reader.here.indices.keys():
        new_letter(name, reader.world, reader.here)
    if not reader.here.defining and any(n in reader.here.indices for n in names):  # the j of Σ_i [i = j] a_i = a_j
        for name in names - reader.here.indices.keys() - reader.world.declared_names():
            new_letter(name, reader.world, reader.here)
    if not all(n in reader.here.indices or n in reader.world.sizes for n in names):
        return None
    for x in found:
        if isinstance(x, s.Scripted) and to_latex(x) not in reader.world.sizes:
            label = label_of(x, reader.world)
            if label is None and to_latex(x) not in reader.world.letters.given:
                return None
            for letter in label.indices if label is not None else ():
                reader.new_letters(letter)
            given_value(x, reader.world, reader.here)
    if not any(n in reader.here.indices for n in names):
        return None
    a, b = (whole(side, reader.world, reader.here) for side in node.sides)
    if reader.here.chosen and node.relations == ("=",):
        for one, other in (node.sides, node.sides[::-1]):
            reader.share_extent(one, other)
    return bracket(_constraint(node.relations[0], a, b)) if node.relations[0] in RELATIONS else None


def whole_value(body: Scalar) -> Polynomial | None:
    """The value of a scalar that consists of indices, sizes and whole numbers only."""
    match body:
        case Number(value) if value.denominator == 1:
            return polynomial(value)
        case Size(value):
            return value
        case Add(terms) | Mul(terms):
            parts = [part for part in map(whole_value, terms) if part is not None]
            if len(parts) < len(terms):
                return None
            return sum(parts, ZERO) if isinstance(body, Add) else prod(parts, start=ONE)
    return None


def _constraint(relation: str, a: Polynomial, b: Polynomial) -> Constraint:
    return {
        "=": Constraint(a - b, "=="), "\\neq": Constraint(a - b, "!="), "<": less(a, b), ">": less(b, a),
        "\\le": Constraint(b - a, ">="), "\\leq": Constraint(b - a, ">="), "\\ge": Constraint(a - b, ">="),
        "\\geq": Constraint(a - b, ">="),
    }[relation]  # fmt: skip
