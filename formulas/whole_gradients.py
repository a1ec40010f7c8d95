"""Gradients without brackets: ``\\nabla_x x^\\top A x + b^\\top x`` is that of the whole sum. To a gradient no
number is added, and what is written as one (a product that begins with a transposed factor, a norm, a trace) is
the rest of what one differentiates. So is a bracket behind another, ``\\nabla_x (a^\\top x)(b^\\top x)``."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, factors_of, is_transpose, names_in

_NUMBERS = frozenset(("tr", "trace", "det", "\\det", "\\log", "log"))


def of_the_whole(tree: s.Node) -> s.Node:
    """The tree with such gradients in brackets; the same object where it has none."""

    def new(node: s.Node) -> s.Node | None:
        if not isinstance(node, s.Relation) or set(node.relations) != {"="}:
            return None
        if isinstance(node.sides[0], s.Product):
            product = _of_a_product(node.sides[0])
            return replace(node, sides=(product, *node.sides[1:])) if product is not None else None
        if not isinstance(node.sides[0], s.Sum):
            return None
        first, *others = node.sides[0].terms
        if not isinstance(first, s.Nabla) or first.variable is None or node.sides[0].signs[0] != "+":
            return None
        if first.order > 1 or not others or not all(_is_number_of(term, first.variable) for term in others):
            return None
        body = first.body.body if isinstance(first.body, s.Group) else first.body
        whole = s.Sum(node.sides[0].signs, (body, *others), span=node.sides[0].span)
        gradient = replace(first, body=s.Group("(", whole, span=whole.span))
        return replace(node, sides=(gradient, *node.sides[1:]))

    return s.mapped(tree, new)


def _of_a_product(side: s.Product) -> s.Node | None:
    """``\\nabla_x (a^\\top x)(b^\\top x)``, alone on a left side: brackets belong to what one differentiates."""
    first, *others = side.factors
    if not isinstance(first, s.Nabla) or first.variable is None or set(side.operators) != {""}:
        return None
    name = base_of(first.variable)
    for factor in (first.body, *others):
        if not isinstance(factor, s.Group) or factor.kind != "(" or name not in map(base_of, names_in(factor)):
            return None
    whole = s.Product((first.body, *others), side.operators, span=side.span)
    return replace(first, body=s.Group("(", whole, span=whole.span), span=side.span)


def _is_number_of(term: s.Node, variable: s.Node) -> bool:
    """Whether a term is written as a number, and names the variable."""
    if base_of(variable) not in {base_of(x) for x in names_in(term)}:
        return False
    factors = [x for x in factors_of(term) if not isinstance(x, s.Number | s.Fraction)]
    while len(factors) > 1 and isinstance(factors[0], s.Symbol) and factors[0].name.startswith("\\"):
        factors = factors[1:]  # λ
    if not factors:
        return False
    first, last = factors[0], factors[-1]
    if len(factors) > 1:
        return _is_transposed(first) and not any(map(_is_transposed, factors[1:]))
    inner = last.base if isinstance(last, s.Scripted) and last.sub is None and isinstance(last.sup, s.Number) else last
    return isinstance(inner, s.Norm) or isinstance(inner, s.Call) and isinstance(inner.function, s.Symbol) and (
        inner.function.name in _NUMBERS)  # fmt: skip


def _is_transposed(node: s.Node) -> bool:
    return isinstance(node, s.Scripted) and node.sup is not None and is_transpose(node.sup)
