"""Primes that are no derivatives. Indices with primes, ``\\sum_{k'=1}^K``, or a star, the one class of ``u_{j^*}``, are
named by letters that the document does not use: everywhere else an index is a single letter. ``X'X`` and
``(y - Xb)'(y - Xb)`` have transposes, in a document that writes no others. Else a prime is the derivative of a
function, or part of a quantity's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, is_transpose
from verify_derivations.formulas.symbols import CUSTOMARY

STARS = (s.Symbol("*"), s.Symbol("\\ast"), s.Symbol("\\star"))
LETTERS = "vuqrmhgjkabcniopsw"  # no layer, no time, nothing that is often a quantity


def primed_indices(trees: Iterable[s.Node]) -> dict[s.Node, s.Symbol]:
    """The letters with primes or a star that are subscripts or that a sum binds, with the letters that name them
    instead, as far as there are any left."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    found = dict.fromkeys(letter for node in nodes for letter in _indices(node))
    used = {x.name for x in nodes if isinstance(x, s.Symbol)} if found else set()
    free = (letter for letter in LETTERS if letter not in used)
    return {letter: s.Symbol(name) for letter, name in zip(found, free, strict=False)}


def _indices(node: s.Node) -> Iterator[s.Node]:
    places = [node.lower] if isinstance(node, s.BigOperator) else [node.sub] if isinstance(node, s.Scripted) else []
    for place in places:
        for x in s.walk(place) if place is not None else ():
            if isinstance(x, s.Scripted) and x.sub is None and (x.sup in STARS if x.sup is not None else x.primes):
                if isinstance(x.base, s.Symbol) and len(x.base.name) == 1 and x.base.name.islower():
                    yield x


def renamed(tree: s.Node, names: Mapping[s.Node, s.Symbol]) -> s.Node:
    """The tree with each node that has a name replaced by that."""

    def new(part: s.Node) -> s.Node | None:
        found = names.get(part) if isinstance(part, s.Scripted) else None
        return s.Symbol(found.name, span=part.span) if found is not None else None

    return s.mapped(tree, new)


def transposes(trees: Iterable[s.Node]) -> frozenset[str]:
    """The names that are transposed by primes, with ``""`` for brackets: none, where another sign transposes, or where
    no capital nor bracket with a prime stands before a factor."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    scripted = [node for node in nodes if isinstance(node, s.Scripted)]
    primed = [node for node in scripted if node.primes == 1 and node.sup is None]
    if not primed or any(node.sup is not None and is_transpose(node.sup) for node in scripted):
        return frozenset()
    products = [x for x in nodes if isinstance(x, s.Product)]
    before = {id(a) for x in products for a, o in zip(x.factors, x.operators, strict=False) if o in ("", "\\cdot")}
    if not any(id(node) in before and (_name(node)[:1].isupper() or not _name(node)) for node in primed):
        return frozenset()
    other = {base_of(x.function) for x in nodes if isinstance(x, s.Call)} | CUSTOMARY
    other |= {base_of(x.sides[0]) for x in nodes if isinstance(x, s.Relation) and x.sides[0] in primed}
    other |= {base_of(x) for n in nodes if isinstance(n, s.Derivative) for x in n.denominators if x in primed}
    found = frozenset(map(_name, primed)) - other
    spaces = (x for x in nodes if isinstance(x, s.Relation) and isinstance(x.sides[-1], s.Space))
    listed = (x.sides[0].items if isinstance(x.sides[0], s.Sequence) else (x.sides[0],) for x in spaces)
    declared = {base_of(name) for names in listed for name in names}
    return frozenset() if found <= declared | {""} else found  # the prime of a declared tensor transposes anyway


def second_variables(trees: Iterable[s.Node]) -> frozenset[str]:
    """The β of ``\\frac{\\partial^2 L}{\\partial β \\partial β'}``, a Hessian matrix, where β' is nowhere another
    variable: each other β' stands before a factor."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    hessians = [n for n in nodes if isinstance(n, s.Derivative) and n.order == 2 and len(n.denominators) == 2]
    second = [by for n in hessians for by, other in (n.denominators, n.denominators[::-1]) if _is_prime_of(by, other)]
    if not second:
        return frozenset()
    before = {id(x) for n in nodes if isinstance(n, s.Product) for x in n.factors[:-1]}
    allowed = before | {id(by) for by in second}
    others = {base_of(n) for n in nodes if isinstance(n, s.Scripted) and n.primes and id(n) not in allowed}
    return frozenset(filter(None, map(base_of, second))) - others


def _is_prime_of(node: s.Node, other: s.Node) -> bool:
    return isinstance(node, s.Scripted) and node.primes == 1 and node.sub is node.sup is None and node.base == other


def _name(node: s.Scripted) -> str:
    return base_of(node) or ""


def with_transposes(tree: s.Node, names: frozenset[str]) -> s.Node:
    """The tree with ``X^T`` for ``X'``."""

    def new(part: s.Node) -> s.Node | None:
        if not isinstance(part, s.Scripted) or part.primes != 1 or part.sup is not None or _name(part) not in names:
            return None
        return replace(part, base=s.mapped(part.base, new), sup=s.Symbol("T"), primes=0)

    return s.mapped(tree, new) if names else tree
