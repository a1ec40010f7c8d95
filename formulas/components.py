"""Gradients and Hessians that are written out: ``∇f(x, y) = (2x, 2y)^T`` of ``f(x, y) = x² + y²`` by components."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import is_transpose, names_in, plain

Variables: TypeAlias = Mapping[s.Node, tuple[s.Node, ...]]


def of_several(trees: Iterable[s.Node]) -> Variables:
    """The variables of functions that formulas define for several, where all definitions have the same."""
    found: dict[s.Node, set[tuple[s.Node, ...]]] = {}
    for node in (n for tree in trees for n in s.walk(tree)):
        left = node.sides[0] if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS else None
        if isinstance(left, s.Call) and left.bracket == "(" and all(map(_is_variable, left.arguments)):
            found.setdefault(plain(left.function), set()).add(left.arguments)
    named = {function: next(iter(each)) if len(each) == 1 else () for function, each in found.items()}
    return {function: each for function, each in named.items() if len({*each}) == len(each) > 1}


def by_components(tree: s.Node, variables: Variables) -> s.Node:
    """A formula with an equation for each component; the same object where it has none."""
    if not isinstance(tree, s.Statements):
        return tree
    parts, joints = list[s.Node](), list[str]()
    for part, joint in zip(tree.parts, tree.joints, strict=True):
        new = _components(part, variables)
        parts += new or [part]
        joints += [joint, *("," for _ in new[1:])]
    return tree if len(parts) == len(tree.parts) else s.Statements(tuple(parts), tuple(joints), span=tree.span)


def _components(part: s.Node, variables: Variables) -> list[s.Node]:
    if not isinstance(part, s.Relation) or set(part.relations) != {"="}:
        return []
    left, *others = part.sides
    if not isinstance(left, s.Nabla) or left.variable is not None or left.order > 2:
        return []
    function = left.body.function if isinstance(left.body, s.Call) else left.body
    by = variables.get(plain(function), ())
    if isinstance(left.body, s.Call) and left.body.arguments != by:
        return []
    columns = [_listed(side) for side in others]
    at_a_point = any(not any(True for x in column for _ in names_in(x)) for column in columns)  # perhaps: ∇f = (0, 1)
    if left.order == 1 and by and not at_a_point and all(len(column) == len(by) for column in columns):
        return [
            s.Relation((s.Derivative(function, (x,)), *values), part.relations, span=part.span)
            for x, *values in zip(by, *columns, strict=True)
        ]  # fmt: skip
    rows = others[0].rows if len(others) == 1 and isinstance(others[0], s.Matrix) else ()
    if left.order == 2 and [len(row) for row in rows] == [len(by)] * len(by):
        return [
            s.Relation((s.Derivative(function, (x, y), order=2), value), ("=",), span=part.span)
            for x, row in zip(by, rows, strict=True) for y, value in zip(by, row, strict=True)
        ]  # fmt: skip
    return []


def _listed(side: s.Node) -> tuple[s.Node, ...]:
    """The entries of a column or a row, also in a list, ``(2x, 2y)`` or ``[2x, 2y]^\\top``."""
    if isinstance(side, s.Scripted) and side.sub is None and side.sup is not None and is_transpose(side.sup):
        side = side.base
    if isinstance(side, s.Group) and isinstance(side.body, s.Sequence):
        return side.body.items
    rows = side.rows if isinstance(side, s.Matrix) else ()
    return rows[0] if len(rows) == 1 else tuple(row[0] for row in rows if len(row) == 1)


def _is_variable(node: s.Node) -> bool:
    return isinstance(node, s.Symbol) or isinstance(node, s.Scripted) and node.sup is None and not node.primes
