"""Stacked vectors behind a matrix: ``W [h; x]`` and ``W_f [h_{t-1}, x_t]`` are products, no values of a function W."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace

from verify_derivations.checker.statements import Rewritings, Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of
from verify_derivations.formulas.symbols import INDEX_LETTERS

OF_CHANCE = frozenset(("E", "P", "Pr", "Var", "Cov", "H", "I", "D", "KL"))  # Var[x, y] is none


def read_stacks(formulas: Sequence[Stated], rewritings: Rewritings) -> None:
    """Put products in the place of what is written like the values of functions, and is none anywhere."""
    trees = [f.tree for f in formulas if f.tree is not None]
    nodes = [node for tree in trees for node in s.walk(tree)]
    calls = [node for node in nodes if isinstance(node, s.Call)]
    sides = [node.sides[0] for node in nodes if isinstance(node, s.Relation)]
    values = {base_of(x) for x in sides if isinstance(x, s.Symbol | s.Scripted)}
    functions = {base_of(call.function) for call in calls if not _is_stack(call, values)}

    def product(node: s.Node) -> s.Product | None:
        call = node.base if isinstance(node, s.Scripted) and node.sub is None and not node.primes else node
        if not isinstance(call, s.Call) or not _is_stack(call, values) or base_of(call.function) in functions:
            return None
        stack: s.Node = s.Group("[", s.Sequence(call.arguments, span=call.span), span=call.span)
        if isinstance(node, s.Scripted):
            stack = replace(node, base=stack)
        return s.Product((call.function, stack), ("",), span=node.span)

    def new(node: s.Node) -> s.Node | None:
        if not isinstance(node, s.Product):
            return product(node)
        factors: list[s.Node] = []
        operators: list[str] = []
        for operator, factor in zip(("", *node.operators), node.factors, strict=True):
            inner = product(factor)
            found = (s.mapped(factor, new),) if inner is None else inner.factors
            operators += [operator, *([] if inner is None else inner.operators)]
            factors += found
        return replace(node, factors=tuple(factors), operators=tuple(operators[1:]))

    if not any(_is_stack(call, values) and base_of(call.function) not in functions for call in calls):
        return
    for f in formulas:
        if f.tree is not None:
            rewritings.apply(f, lambda tree: s.mapped(tree, new))


def _is_stack(call: s.Call, values: Container[str | None]) -> bool:
    """Whether a name, which is one of ``values`` or looks like one, stands before what may be stacked."""
    name = base_of(call.function) or ""
    of_tensors = name[:1].isupper() or name == "\\delta" or name in values
    indices = all(isinstance(x, s.Number) or isinstance(x, s.Symbol) and x.name in INDEX_LETTERS
                  for x in call.arguments)  # fmt: skip
    return call.bracket == "[" and len(call.arguments) > 1 and of_tensors and name not in OF_CHANCE and not indices
