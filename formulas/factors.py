"""Constants and matrices that are called like functions: ``v_\\infty (1 - e^{-t/τ})`` beside ``v(t) = …`` is a product,
and so is ``H(x - c)`` of a matrix H, where another section has a function ``H(u)``."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import plain

INFINITY = s.Infinity()


def constants(trees: Iterable[s.Node]) -> frozenset[s.Node]:
    """Names with a number or ∞ for a subscript that only stand before brackets as functions do, where equations define
    the function without one."""
    nodes = [n for tree in trees for n in s.walk(tree)]
    relations = (n for n in nodes if isinstance(n, s.Relation) and n.relations[0] in s.EQUALS)
    lefts = [plain(n.sides[0].function) for n in relations if isinstance(n.sides[0], s.Call)]
    bases = {left for left in lefts if isinstance(left, s.Symbol)}
    called = {plain(n.function) for n in nodes if isinstance(n, s.Call) and not _is_a_factor(n)}
    found = {plain(n.function) for n in nodes if isinstance(n, s.Call) and _is_a_factor(n)}
    return frozenset(
        x for x in found if isinstance(x, s.Scripted) and x.base in bases and x not in lefts and x not in called
    )


def with_products(tree: s.Node, names: Collection[s.Node]) -> s.Node:
    """The tree with products for such calls."""

    def new(node: s.Node) -> s.Node | None:
        if isinstance(node, s.Scripted) and plain(node) in names and node.sub == INFINITY:
            return replace(node, sub=s.Text("inf"))
        call = node.base if isinstance(node, s.Scripted) else node  # in η_0 (1 + t)^{-1} the bracket has the power
        if not isinstance(call, s.Call) or plain(call.function) not in names or not _is_a_factor(call):
            return None
        inside: s.Node = s.Group("(", s.mapped(call.arguments[0], new), span=call.arguments[0].span)
        inside = replace(node, base=inside) if isinstance(node, s.Scripted) else inside
        return s.Product((s.mapped(call.function, new), inside), ("",), span=node.span)

    return s.mapped(tree, new)


def matrices(trees: Iterable[s.Node]) -> frozenset[s.Node]:
    """The letters that are declared as matrices and that no equation defines as functions."""
    relations = [n for tree in trees for n in s.walk(tree) if isinstance(n, s.Relation)]
    spaces = [n for n in relations if isinstance(n.sides[-1], s.Space) and len(n.sides[-1].extents) == 2]
    listed = (n.sides[0].items if isinstance(n.sides[0], s.Sequence) else (n.sides[0],) for n in spaces)
    lefts = {plain(n.sides[0].function) for n in relations if isinstance(n.sides[0], s.Call)}
    return frozenset(plain(x) for names in listed for x in names if isinstance(x, s.Symbol)) - lefts


def with_matrices(tree: s.Node, names: Collection[s.Node]) -> s.Node:
    """The tree with products for what looks like values of these at a sum."""

    def new(node: s.Node) -> s.Node | None:
        called = isinstance(node, s.Call) and len(node.arguments) == 1 and isinstance(node.arguments[0], s.Sum)
        if not isinstance(node, s.Call) or not called or plain(node.function) not in names:
            return None
        inside = s.Group("(", s.mapped(node.arguments[0], new), span=node.arguments[0].span)
        return s.Product((node.function, inside), ("",), span=node.span)

    return s.mapped(tree, new)


def _is_a_factor(call: s.Call) -> bool:
    """Whether what looks like a call may be a product: of a name with such a subscript, and a sum."""
    function = call.function
    if not isinstance(function, s.Scripted) or function.primes or function.sup is not None:
        return False
    constant = isinstance(function.sub, s.Number) or function.sub == INFINITY
    return constant and len(call.arguments) == 1 and isinstance(call.arguments[0], s.Sum)
