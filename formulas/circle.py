"""The number π beside something else of that name, ``\\pi_k`` or ``\\pi_\\theta(a)``: where every π alone stands behind
a number, as in ``2\\pi``, or below one, ``\\frac{1}{\\pi}``, it is another name, ``\\uppi``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import CIRCLE, base_of

PI, NUMBER = s.Symbol("\\pi"), s.Symbol(CIRCLE)


def is_another(trees: Iterable[s.Node]) -> bool:
    """Whether there is a π with scripts or arguments, and none alone that is neither behind nor below a number."""
    scripted, alone = False, set[bool]()
    for tree in trees:
        behind = {id(b) for n in s.walk(tree) if isinstance(n, s.Product)
                  for a, b in pairwise(n.factors) if isinstance(a, s.Number)}  # fmt: skip
        behind |= {id(x) for n in s.walk(tree) if isinstance(n, s.Fraction) and isinstance(n.numerator, s.Number)
                   for x in (n.denominator, *s.children(n.denominator))}  # fmt: skip
        inside = {id(x) for x in _with_more(tree)}
        scripted |= bool(inside)
        alone |= {id(n) in behind for n in s.walk(tree) if n == PI and id(n) not in inside}
    return scripted and alone == {True}


def with_number(tree: s.Node) -> s.Node:
    """The tree with another name for each π alone."""
    inside = {id(x) for x in _with_more(tree)} - {
        id(n.function) for n in s.walk(tree) if isinstance(n, s.Call) and any(isinstance(x, s.Sum) for x in n.arguments)
    }  # π(1 + η²) may be a product
    return s.mapped(tree, lambda node: s.Symbol(NUMBER.name, span=node.span)
                    if node == PI and id(node) not in inside else None)  # fmt: skip


def _with_more(tree: s.Node) -> Iterator[s.Node]:
    """The π of ``π_k``, ``π(a)`` and ``dπ``; that of ``π^2`` is alone."""
    for node in s.walk(tree):
        if isinstance(node, s.Scripted) and node.base == PI and (node.sub is not None or node.primes):
            yield node.base
        elif isinstance(node, s.Call) and base_of(node.function) == PI.name and isinstance(node.function, s.Symbol):
            yield node.function
        elif isinstance(node, s.Derivative):
            yield from (x for x in (node.numerator, *node.denominators) if x == PI)
