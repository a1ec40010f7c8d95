"""Sums over pairs: of ``\\sum_{i<j} x_i x_j`` both letters are indices, though only i is said to be one."""

from __future__ import annotations

from collections.abc import Iterator

from verify_derivations.formulas import syntax as s

INDICES = frozenset("ijklmnpqrstuv")
"""The letters of which pairs are made: y and c are the class that a sum leaves out."""
ORDER = frozenset(("<", ">", "\\le", "\\leq", "\\ge", "\\geq", "\\neq"))


def pairs_in(tree: s.Node) -> frozenset[str]:
    """The letters over which sums of a formula run, too: those of a comparison that stand in the terms, and nowhere in
    the formula but in such sums. The j of ``y_j = \\sum_{i<j} A_{ij} x_i`` is none."""
    sums = [node for node in s.walk(tree) if isinstance(node, s.BigOperator) and node.operator == "\\sum"]
    found = {letter for each in sums for letter in _compared(each)} & INDICES
    return frozenset(
        letter for letter in found if not stands(tree, letter)
        and all(s.Symbol(letter) in set(s.walk(each.body)) for each in sums if letter in _compared(each))
    )  # fmt: skip


def _items(node: s.BigOperator) -> tuple[s.Node, ...]:
    return node.lower.items if isinstance(node.lower, s.Sequence) else () if node.lower is None else (node.lower,)


def _compared(node: s.BigOperator) -> set[str]:
    """The letters that a sum compares with others."""
    relations = (x for x in _items(node) if isinstance(x, s.Relation) and len(x.sides) == 2 and {*x.relations} <= ORDER)
    return {side.name for relation in relations for side in relation.sides if isinstance(side, s.Symbol)}


def bound(node: s.BigOperator) -> Iterator[str]:
    for item in _items(node):
        sides = item.sides[: -1 if item.relations == ("=",) else None] if isinstance(item, s.Relation) else (item,)
        yield from (x.name for side in sides for x in s.walk(side) if isinstance(x, s.Symbol))


def stands(tree: s.Node, letter: str) -> bool:
    """Whether a letter stands in a tree outside of the sums over it, or that compare it."""
    if isinstance(tree, s.BigOperator) and letter in bound(tree):
        return False
    if isinstance(tree, s.Symbol):
        return tree.name == letter
    return any(stands(node, letter) for node in s.children(tree))
