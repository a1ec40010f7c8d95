"""Letters of data that sections have of their own: one input x, where the text around it has many, ``x_1, …, x_N``.

A section that writes ``W x`` and never gives x the index of the many, but at most those of its entries, speaks of one
input, whichever. So it does of one target y, if its ``\\sum_{k=1}^K y_k`` runs over another index and to another size
than the ``\\sum_{n=1}^N y_n`` of all others, and nothing is differentiated by it. Each is a letter of its own there:
nothing is said of it elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import pairwise

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.fonts import Place, Trees
from verify_derivations.formulas.kinds import differentiated_by
from verify_derivations.formulas.scripts import is_transpose


def own_data(trees: Trees) -> dict[Place, set[s.Symbol]]:
    """The letters of data that mean something else in a section than in the others."""
    nodes = {place: [x for tree in inside for x in s.walk(tree)] for place, inside in trees.items()}
    found: dict[Place, set[s.Symbol]] = defaultdict(set)
    for letter, place in _of_one_example(nodes):
        found[place].add(letter)
    for letter, place in _of_other_sums(nodes):
        found[place].add(letter)
    return found


def _of_one_example(nodes: Mapping[Place, Sequence[s.Node]]) -> Iterator[tuple[s.Symbol, Place]]:
    """The x of ``W x`` in sections beside those with ``x_1, …, x_N \\in R^d`` and ``x_n``: all sections that have it
    bare, if none of them has an x_n or the matrix X, and one of them declares no x and multiplies it with a matrix."""
    for letter in {x for inside in nodes.values() for x in _listed(inside)}:
        indices = {place: _indices(letter, inside) for place, inside in nodes.items()}
        bare = [place for place, inside in nodes.items() if _stands_bare(letter, inside)]
        members = set[str]().union(*(letters for place, letters in indices.items() if place not in bare))
        own = all(indices[place].isdisjoint(members) and not _declares(letter, nodes[place]) for place in bare)
        whole = s.Symbol(letter.name.upper())
        if own and members and not any(whole in nodes[place] for place in bare):
            if any(_is_multiplied(letter, nodes[place]) for place in bare):
                yield from ((letter, place) for place in bare)


def _of_other_sums(nodes: Mapping[Place, Sequence[s.Node]]) -> Iterator[tuple[s.Symbol, Place]]:
    """The y of ``\\sum_{k=1}^K y_k`` in a section behind those with ``\\sum_{n=1}^N y_n`` only."""
    sums: dict[s.Symbol, dict[Place, set[tuple[str, s.Node]]]] = defaultdict(dict)
    for place, inside in nodes.items():
        for letter, bound in _summed(inside):
            sums[letter].setdefault(place, set()).add(bound)
    variables = differentiated_by(x for inside in nodes.values() for x in inside)
    for letter, places in ((x, places) for x, places in sums.items() if x.name not in variables):
        having = [place for place, inside in nodes.items() if letter in inside]
        if len(places) < 2 or any(_defines(letter, inside) for inside in nodes.values()):
            continue
        first = places.get(having[0], set())
        for place, bounds in places.items():
            others = set[tuple[str, s.Node]]().union(*(b for other, b in places.items() if other != place))
            apart = all(x != other and end != until for x, end in bounds for other, until in others)
            only = _indices(letter, nodes[place]) <= {x for x, _ in bounds}
            if apart and first and bounds != first and only and not _declares(letter, nodes[place]):
                yield letter, place


def _listed(nodes: Sequence[s.Node]) -> Iterator[s.Symbol]:
    """The x of ``x_1, …, x_N \\in R^d``."""
    for node in nodes:
        if isinstance(node, s.Relation) and isinstance(node.sides[-1], s.Space) and len(node.sides[-1].extents) == 1:
            items = node.sides[0].items if isinstance(node.sides[0], s.Sequence) else ()
            bases = {x.base for x in items if isinstance(x, s.Scripted)}
            if any(isinstance(x, s.Dots) for x in items) and len(bases) == 1:
                yield from (x for x in bases if isinstance(x, s.Symbol) and x.name.islower())


def _indices(letter: s.Symbol, nodes: Sequence[s.Node]) -> set[str]:
    """The letters with which it stands as an index."""
    below = (x.sub for x in nodes if isinstance(x, s.Scripted) and x.base == letter and x.sub is not None)
    return {x.name for sub in below for x in s.walk(sub) if isinstance(x, s.Symbol) and x.name.islower()}


def _stands_bare(letter: s.Symbol, nodes: Sequence[s.Node]) -> bool:
    scripted = sum(isinstance(x, s.Scripted) and x.base == letter and x.sub is not None for x in nodes)
    return sum(x == letter for x in nodes) > scripted


def _is_multiplied(letter: s.Symbol, nodes: Sequence[s.Node]) -> bool:
    """Whether it stands right behind a capital letter, ``W x``."""
    for node in nodes:
        factors = node.factors if isinstance(node, s.Product) else ()
        for before, factor in pairwise(factors):
            base = before.base if isinstance(before, s.Scripted) else before
            if factor == letter and isinstance(base, s.Symbol) and base.name.isupper():
                return True
    return False


def _summed(nodes: Sequence[s.Node]) -> Iterator[tuple[s.Symbol, tuple[str, s.Node]]]:
    """The letters that stand with the index of a sum, that index and where it ends."""
    for node in nodes:
        lower = node.lower if isinstance(node, s.BigOperator) and node.operator == "\\sum" else None
        if isinstance(node, s.BigOperator) and isinstance(lower, s.Relation) and isinstance(node.upper, s.Symbol):
            index = lower.sides[0]
            for x in s.walk(node.body):
                if isinstance(x, s.Scripted) and x.sub == index and isinstance(x.base, s.Symbol):
                    if isinstance(index, s.Symbol) and (x.sup is None or not is_transpose(x.sup)):
                        yield x.base, (index.name, node.upper)


def _declares(letter: s.Symbol, nodes: Sequence[s.Node]) -> bool:
    sides = (x.sides[0] for x in nodes if isinstance(x, s.Relation) and x.relations[0] not in s.EQUALS)
    return any(letter in _names(side) for side in sides)


def _defines(letter: s.Symbol, nodes: Sequence[s.Node]) -> bool:
    sides = (x.sides[0] for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS)
    return any(letter in _names(side) for side in sides if not isinstance(side, s.BigOperator))


def _names(side: s.Node) -> Set[s.Node]:
    items = side.items if isinstance(side, s.Sequence) else (side,)
    return {x.base if isinstance(x, s.Scripted) else x for x in items}
