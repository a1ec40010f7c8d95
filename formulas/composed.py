"""Functions composed: ``(g \\circ f)(x)`` is ``g(f(x))``, where both are called elsewhere; else ``\\circ`` is a
product."""

from __future__ import annotations

from collections.abc import Iterable

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of


def called(trees: Iterable[s.Node]) -> frozenset[str]:
    """The names of functions."""
    calls = (node for tree in trees for node in s.walk(tree) if isinstance(node, s.Call))
    return frozenset(name for call in calls if (name := base_of(call.function)) is not None)


def composed(tree: s.Node, functions: frozenset[str]) -> s.Node:
    """The tree with compositions written out; the same object where there is none."""

    def new(node: s.Node) -> s.Node | None:
        if not isinstance(node, s.Product):
            return None
        for k, (one, other) in enumerate(zip(node.factors, node.factors[1:], strict=False)):
            inner = _composition(one, functions)
            if node.operators[k] or not inner or not isinstance(other, s.Group) or other.kind != "(":
                continue
            value: s.Node = other.body
            for function in reversed(inner):
                value = s.Call(function, value.items if isinstance(value, s.Sequence) else (value,))
            factors = (*node.factors[:k], value, *node.factors[k + 2 :])
            operators = (*node.operators[:k], *node.operators[k + 1 :])
            return composed(s.Product(factors, operators, span=node.span) if operators else value, functions)
        if _composition(s.Group("(", node), functions):  # ``h = g \\circ f``, ``(g \\circ f)^2(x)``
            return s.Call(s.Symbol("\\circ"), node.factors, span=node.span)
        return None

    return s.mapped(tree, new)


def _composition(node: s.Node, functions: frozenset[str]) -> tuple[s.Node, ...]:
    body = node.body if isinstance(node, s.Group) and node.kind == "(" else None
    if not isinstance(body, s.Product) or set(body.operators) != {"\\circ"}:
        return ()
    named = all(isinstance(x, s.Symbol | s.Scripted) and base_of(x) in functions for x in body.factors)
    return body.factors if named else ()
