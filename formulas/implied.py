"""Names that one equation says by the way: ``J = Σ_i (y_i - \\hat{y}_i)^2 = Σ_i (y_i - (m x_i + c))^2`` tells what
``\\hat{y}_i`` is, where nothing else does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import plain


def implied(trees: Iterable[s.Node]) -> dict[s.Node, s.Node]:
    """Names with an accent and what they are, where two sides of a chain are the same but for that, and no equation has
    the name on its left."""
    relations = [node for tree in trees for node in s.walk(tree) if isinstance(node, s.Relation)]
    lefts = {plain(_bare(side)) for r in relations for side in r.sides[:-1]}
    lefts |= {plain(_bare(item)) for r in relations if "\\in" in r.relations for item in s.walk(r.sides[0])}
    found: dict[s.Node, s.Node] = {}
    for relation in relations:
        for one, other in zip(relation.sides, relation.sides[1:], strict=False):
            for sides in ((one, other), (other, one)) if set(relation.relations) == {"="} else ():
                places = [*_differences(*sides)]
                if len(set(places)) == 1 and _tells(*places[0]) and plain(_bare(places[0][0])) not in lefts:
                    found.setdefault(*places[0])
    return found


def with_implied(tree: s.Node, names: Mapping[s.Node, s.Node]) -> s.Node:
    """The tree with such an equation beside the first that has its sides; the same object where it has none."""
    if not isinstance(tree, s.Statements):
        return tree
    told = [s.Relation((name, value), ("=",), span=name.span) for name, value in names.items()
            if any(node is name for node in s.walk(tree))]  # fmt: skip
    return s.Statements((*tree.parts, *told), (*tree.joints, *("," for _ in told)), span=tree.span) if told else tree


def _tells(name: s.Node, value: s.Node) -> bool:
    symbol = _bare(name)
    accented = isinstance(symbol, s.Symbol) and symbol.accent != ""
    expression = isinstance(value, s.Sum | s.Product | s.Call | s.Fraction)
    return accented and expression and not any(plain(_bare(node)) == plain(symbol) for node in s.walk(value))


def _bare(node: s.Node) -> s.Node:
    """A name without its scripts."""
    while isinstance(node, s.Scripted):
        node = node.base
    return node


def _differences(one: s.Node, other: s.Node) -> Iterator[tuple[s.Node, s.Node]]:
    """Where two trees differ, brackets aside."""
    one, other = (n.body if isinstance(n, s.Group) and n.kind in "([" else n for n in (one, other))
    if one == other:
        return
    first, second = s.children(one), s.children(other)
    named = any(isinstance(_bare(n), s.Symbol) for n in (one, other))  # a name is not taken apart
    alike = type(one) is type(other) and len(first) == len(second) > 0 and not named
    if alike and _frame(one) == _frame(other):  # the same signs and operators
        for a, b in zip(first, second, strict=True):
            yield from _differences(a, b)
    else:
        yield one, other


def _frame(node: s.Node) -> s.Node:
    """A node with nothing in it."""
    return s.mapped(node, lambda part: None if part is node else s.Text(""))
