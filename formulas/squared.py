"""Functions that stand nowhere but squared, ``d_M^2(x, z) = (x - z)^\\top M (x - z)``: the square is in the name."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import plain

TWO = s.Number("2")


def always_squared(trees: Iterable[s.Node]) -> frozenset[s.Node]:
    """The names, without the square, that an equation defines as functions with it, and that never stand without."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    lefts = (n.sides[0] for n in nodes if isinstance(n, s.Relation) and n.relations[0] in s.EQUALS)
    functions = (left.function for left in lefts if isinstance(left, s.Call))
    found = {name for function in functions if (name := _below_square(function)) is not None}
    if not found:
        return frozenset()
    squares = [node for node in nodes if _below_square(node) in found]
    inside = {id(x) for node in squares for x in s.walk(node)}
    others = {plain(node) for node in nodes if id(node) not in inside and isinstance(node, s.Symbol | s.Scripted)}
    return frozenset(name for name in found if name not in others)


def without_squares(tree: s.Node, names: Collection[s.Node]) -> s.Node:
    """The tree with such names without their squares."""

    def new(node: s.Node) -> s.Node | None:
        if not isinstance(node, s.Scripted) or _below_square(node) not in names:
            return None
        bare = node.base if node.sub is None else s.Scripted(node.base, node.sub, None)
        return bare

    return s.mapped(tree, new)


def _below_square(node: s.Node) -> s.Node | None:
    if not isinstance(node, s.Scripted) or node.sup != TWO or node.primes or not isinstance(node.base, s.Symbol):
        return None
    return plain(node.base if node.sub is None else s.Scripted(node.base, node.sub, None))
