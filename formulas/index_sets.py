"""Sets of indices: ``\\sum_{i \\in I} f(x_i)`` is a sum over the members of a finite set, in any order.

Where all that a document says of ``x_i`` it says for the ``i`` of one set, the members may be counted: the sum is one
from 1 to ``|I|``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, items_of, name_of


def counted_sets(trees: Sequence[s.Node]) -> dict[s.Symbol, s.Scripted]:
    """The sets whose members may be counted, each with a name for their number."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    sums = [node for node in nodes if isinstance(node, s.BigOperator)]
    letters: dict[s.Symbol, set[str]] = {}
    families: dict[s.Symbol, set[str | None]] = {}
    for node in sums:
        if (found := _over(node)) is not None:
            letter, where = found
            letters.setdefault(where, set()).add(letter)
            families.setdefault(where, set()).update(base for base, inside in _indexed(node.body) if letter in inside)
    inside = {id(x) for node in sums if _over(node) is not None and node.lower is not None for x in s.walk(node.lower)}
    others = {letter for node in sums if _over(node) is None for letter in _bound(node)} | {
        name_of(node.sides[0]) for node in nodes if isinstance(node, s.Relation) and id(node) not in inside
        and isinstance(node.sides[0], s.Symbol) and not (node.relations == ("\\in",) and node.sides[1] in letters)
    }  # fmt: skip
    counted = (x for node in nodes if isinstance(node, s.Absolute) for x in s.walk(node))
    told = (node.sides[1] for node in nodes if isinstance(node, s.Relation) and node.relations == ("\\in",))
    alone = (part for tree in trees if isinstance(tree, s.Statements) for part in tree.parts)
    allowed = inside | {id(x) for x in (*counted, *told, *alone)}
    indexed = {id(node.base) for node in nodes if isinstance(node, s.Scripted) and node.sub is not None}
    bare = {base_of(node) for node in nodes if isinstance(node, s.Symbol) and id(node) not in indexed}
    result: dict[s.Symbol, s.Scripted] = {}
    for where, own in letters.items():
        shared = own & others or any(own & more for other, more in letters.items() if other != where)
        used = any(node == where and id(node) not in allowed for node in nodes)
        used |= any(base in bare for tree in trees for base, inside in _indexed(tree)
                    if base in families[where] or not own.isdisjoint(inside))  # fmt: skip
        used |= any(not _is_index(node.body, own) for node in sums if (found := _over(node)) and found[1] == where)
        uses = [x for tree in trees for base, x in _indexed(tree) if base in families[where]]
        if not shared and not used and all(x and x.isdisjoint(others) and "" not in x for x in uses):
            if not any(families[where] & more for other, more in families.items() if other != where):
                result[where] = s.Scripted(s.Symbol("N"), sub=where)
    return result


def counted(tree: s.Node, sets: Mapping[s.Symbol, s.Scripted]) -> s.Node:
    """The tree with sums over counted members; the same object where it has none."""

    def new(node: s.Node) -> s.Node | None:
        if isinstance(node, s.Absolute) and isinstance(node.body, s.Symbol) and node.body in sets:
            return sets[node.body]
        found = _over(node) if isinstance(node, s.BigOperator) else None
        if found is None or found[1] not in sets:
            return None
        assert isinstance(node, s.BigOperator) and isinstance(node.lower, s.Relation)
        first = s.Relation((node.lower.sides[0], s.Number("1")), ("=",), span=node.lower.span)
        return replace(node, body=s.mapped(node.body, new), lower=first, upper=sets[found[1]])

    return s.mapped(tree, new)


def _over(node: s.BigOperator) -> tuple[str, s.Symbol] | None:
    """The letter and the set of ``\\sum_{i \\in I}``."""
    lower = node.lower
    if node.upper is not None or not isinstance(lower, s.Relation) or lower.relations != ("\\in",):
        return None
    letter, where = lower.sides
    return (name_of(letter), where) if isinstance(letter, s.Symbol) and isinstance(where, s.Symbol) else None


def _bound(node: s.BigOperator) -> Iterator[str]:
    items = items_of(node.lower) if node.lower is not None else ()
    names = (x for item in items for x in items_of(item.sides[0] if isinstance(item, s.Relation) else item))
    return (name_of(x) for x in names if isinstance(x, s.Symbol))


def _is_index(tree: s.Node, letters: set[str]) -> bool:
    """Whether letters stand in subscripts only: else they are members of the set, not their places."""
    if isinstance(tree, s.Symbol):
        return name_of(tree) not in letters
    parts = (tree.base, tree.sup) if isinstance(tree, s.Scripted) else s.children(tree)
    return all(_is_index(part, letters) for part in parts if part is not None)


def _indexed(tree: s.Node) -> Iterator[tuple[str | None, set[str]]]:
    """The names with subscripts, each with the letters in these; a number is no letter."""
    for node in s.walk(tree):
        if isinstance(node, s.Scripted) and node.sub is not None:
            inside = {x for item in items_of(node.sub) for x in s.walk(item)}
            letters = {name_of(x) for x in inside if isinstance(x, s.Symbol)}
            yield base_of(node), letters if len(letters) == len(inside) else letters | {""}
