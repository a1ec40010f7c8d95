"""Indices with primes, ``\\sum_{k'=1}^K``: they are named by letters that the document does not use.

Everywhere else an index is a single letter, and a prime is the derivative of a function or part of a quantity's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from verify_derivations.formulas import syntax as s

LETTERS = "vuqrmhgjkabcniopsw"  # no layer, no time, nothing that is often a quantity


def primed_indices(trees: Iterable[s.Node]) -> dict[s.Node, s.Symbol]:
    """The letters with primes that are subscripts or that a sum binds, with the letters that name them instead, as far
    as there are any left."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    found = dict.fromkeys(letter for node in nodes for letter in _indices(node))
    used = {x.name for x in nodes if isinstance(x, s.Symbol)} if found else set()
    free = (letter for letter in LETTERS if letter not in used)
    return {letter: s.Symbol(name) for letter, name in zip(found, free, strict=False)}


def _indices(node: s.Node) -> Iterator[s.Node]:
    places = [node.lower] if isinstance(node, s.BigOperator) else [node.sub] if isinstance(node, s.Scripted) else []
    for place in places:
        for x in s.walk(place) if place is not None else ():
            if isinstance(x, s.Scripted) and x.primes and x.sub is None and x.sup is None:
                if isinstance(x.base, s.Symbol) and len(x.base.name) == 1 and x.base.name.islower():
                    yield x


def renamed(tree: s.Node, names: Mapping[s.Node, s.Symbol]) -> s.Node:
    """The tree with each node that has a name replaced by that."""

    def new(part: s.Node) -> s.Node | None:
        found = names.get(part) if isinstance(part, s.Scripted) else None
        return s.Symbol(found.name, span=part.span) if found is not None else None

    return s.mapped(tree, new)
