"""Constants that are called like functions: ``v_\\infty (1 - e^{-t/τ})`` beside ``v(t) = …`` is a product."""

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


def _is_a_factor(call: s.Call) -> bool:
    """Whether what looks like a call may be a product: of a name with such a subscript, and a sum."""
    function = call.function
    if not isinstance(function, s.Scripted) or function.primes or function.sup is not None:
        return False
    constant = isinstance(function.sub, s.Number) or function.sub == INFINITY
    return constant and len(call.arguments) == 1 and isinstance(call.arguments[0], s.Sum)
