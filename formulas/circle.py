"""The number π beside something else of that name, ``\\pi_k`` or ``\\pi_\\theta(a)``: where every π alone stands behind
a number, as in ``2\\pi``, or below one, ``\\frac{1}{\\pi}``, it is another name, ``\\uppi``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import CIRCLE, base_of

PI, NUMBER = s.Symbol("\\pi"), s.Symbol(CIRCLE)


def has_another(trees: Iterable[s.Node]) -> bool:
    """Whether there is a π with scripts or arguments."""
    return any(True for tree in trees for _ in _with_more(tree))


def is_number(trees: Iterable[s.Node]) -> bool:
    """Whether each π alone stands behind or below a number."""
    alone = set[bool]()
    for tree in trees:
        if _is_mention(tree):
            continue
        behind = {id(b) for n in s.walk(tree) if isinstance(n, s.Product)
                  for a, b in pairwise(n.factors) if isinstance(a, s.Number)}  # fmt: skip
        behind |= {id(x) for n in s.walk(tree) if isinstance(n, s.Fraction) and isinstance(n.numerator, s.Number)
                   for x in (n.denominator, *s.children(n.denominator))}  # fmt: skip
        inside = {id(x) for x in _with_more(tree)}
        alone |= {id(n) in behind for n in s.walk(tree) if n == PI and id(n) not in inside}
    return alone == {True}


def with_number(tree: s.Node) -> s.Node:
    """The tree with another name for each π alone."""
    if _is_mention(tree):
        return tree
    inside = {id(x) for x in _with_more(tree)} - {
        id(n.function) for n in s.walk(tree) if isinstance(n, s.Call) and any(isinstance(x, s.Sum) for x in n.arguments)
    }  # π(1 + η²) may be a product
    return s.mapped(tree, lambda node: s.Symbol(NUMBER.name, span=node.span)
                    if node == PI and id(node) not in inside else None)  # fmt: skip


def _is_mention(tree: s.Node) -> bool:
    """Whether a formula in the text is that letter, whatever it stands for there."""
    return isinstance(tree, s.Statements) and tree.parts == (PI,)


def _with_more(tree: s.Node) -> Iterator[s.Node]:
    """The π of ``π_k``, ``π(a)`` and ``dπ``; that of ``π^2`` is alone."""
    for node in s.walk(tree):
        if isinstance(node, s.Scripted) and node.base == PI and (node.sub is not None or node.primes):
            yield node.base
        elif isinstance(node, s.Call) and base_of(node.function) == PI.name and isinstance(node.function, s.Symbol):
            yield node.function
        elif isinstance(node, s.Derivative):
            yield from (x for x in (node.numerator, *node.denominators) if x == PI)
