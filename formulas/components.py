"""Gradients and Hessians that are written out: ``∇f(x, y) = (2x, 2y)^T`` of ``f(x, y) = x² + y²`` by components."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import plain

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
    if not isinstance(part, s.Relation) or part.relations != ("=",) or not isinstance(part.sides[1], s.Matrix):
        return []
    left, rows = part.sides[0], part.sides[1].rows
    if not isinstance(left, s.Nabla) or left.variable is not None or left.order > 2:
        return []
    function = left.body.function if isinstance(left.body, s.Call) else left.body
    by = variables.get(plain(function), ())
    if isinstance(left.body, s.Call) and left.body.arguments != by:
        return []
    if left.order == 1 and [len(row) for row in rows] == [1] * len(by):
        return [
            s.Relation((s.Derivative(function, (x,)), row[0]), ("=",), span=part.span)
            for x, row in zip(by, rows, strict=True)
        ]  # fmt: skip
    if left.order == 2 and [len(row) for row in rows] == [len(by)] * len(by):
        return [
            s.Relation((s.Derivative(function, (x, y), order=2), value), ("=",), span=part.span)
            for x, row in zip(by, rows, strict=True) for y, value in zip(by, row, strict=True)
        ]  # fmt: skip
    return []


def _is_variable(node: s.Node) -> bool:
    return isinstance(node, s.Symbol) or isinstance(node, s.Scripted) and node.sup is None and not node.primes
