"""Derivatives by time: beside ``x(t) = A \\cos ω t``, ``\\dot x`` and ``\\ddot x(t)`` are derivatives by t.
So are those of what is made of x by an equation, ``T = \\frac12 m \\dot x^2``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from verify_derivations.formulas import syntax as s

ORDERS = {"\\dot": 1, "\\ddot": 2}


def moving(trees: Iterable[s.Node]) -> dict[str, s.Symbol]:
    """What depends on time, by its name, with the letter for that; none where nothing has a dot."""
    nodes = [n for tree in trees for n in s.walk(tree)]
    dotted = {n.name for n in nodes if isinstance(n, s.Symbol) and n.accent in ORDERS}
    relations = [n for n in nodes if isinstance(n, s.Relation) and n.relations[0] in s.EQUALS] if dotted else []
    found: dict[str, s.Symbol] = {}
    for relation in relations:
        left, inside = relation.sides[0], {n for side in relation.sides[1:] for n in s.walk(side)}
        function = left.function if isinstance(left, s.Call) and len(left.arguments) == 1 else None
        time = left.arguments[0] if isinstance(left, s.Call) else None
        if isinstance(function, s.Symbol) and isinstance(time, s.Symbol) and not function.accent and time in inside:
            if function.name in dotted and not any(isinstance(n, s.Symbol) and n.accent in ORDERS for n in inside):
                found[function.name] = time
    if len(set(found.values())) != 1:
        return {}
    (time,) = set(found.values())
    for relation in relations:
        left, inside = relation.sides[0], {n for side in relation.sides[1:] for n in s.walk(side)}
        made = any(isinstance(n, s.Symbol) and n.name in found and n.accent in ("", *ORDERS) for n in inside)
        if isinstance(left, s.Symbol) and not left.accent and left.name in dotted and made:
            found.setdefault(left.name, time)
    return found


def with_derivatives(tree: s.Node, names: Mapping[str, s.Symbol]) -> s.Node:
    """The tree with derivatives in the places of such dots."""

    def new(node: s.Node) -> s.Node | None:
        if isinstance(node, s.Call) and isinstance(node.function, s.Symbol) and node.function.name in names:
            slope = _slope(node.function, names)
            return slope if slope is not None and node.arguments == (names[node.function.name],) else None
        if isinstance(node, s.Scripted) and isinstance(node.base, s.Symbol):
            slope = _slope(node.base, names) if node.sub is None and not node.primes else None
            return replace(node, base=s.Group("(", slope, span=node.base.span)) if slope is not None else node
        return _slope(node, names) if isinstance(node, s.Symbol) else None

    return s.mapped(tree, new)


def _slope(symbol: s.Symbol, names: Mapping[str, s.Symbol]) -> s.Derivative | None:
    if symbol.accent not in ORDERS or symbol.name not in names:
        return None
    order = ORDERS[symbol.accent]
    plain = replace(symbol, accent="")
    return s.Derivative(plain, (names[symbol.name],) * order, "d", order, span=symbol.span)
