"""Letters of a small net that a section has of its own, ``z_1 = w_1 x, a_1 = σ(z_1)``, where the text around it is
about nets of any depth, ``z^l = w^l a^{l-1} + b^l``: letters that stand nowhere else without a layer, and there with
none. What such a section makes of them, ``C = (a_1 - y)^2``, is another C than one that nothing defines elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.fonts import Place, Trees
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in
from verify_derivations.formulas.symbols import LOSSES


def own_nets(trees: Trees) -> dict[Place, set[s.Symbol]]:
    """The letters of sections that define several without a layer which have one in all others."""
    layered = {place: {*_layered(inside)} for place, inside in trees.items()}
    deep = set[str]().union(*layered.values())
    if not deep:
        return {}
    plain = {place: {*_plain(inside)} & deep for place, inside in trees.items()}
    defined = {place: {*_defined(inside)} for place, inside in trees.items()}
    apart = deep - set[str]().union(*(plain[place] & layered[place] for place in trees))
    found: dict[Place, set[s.Symbol]] = {}
    for place, names in plain.items():
        own = names & apart
        if len(own & defined[place]) > 1:  # z_1 and a_1; a k = 1, …, K alone is an index
            others = set[str]().union(*(each for other, each in defined.items() if other != place))
            found[place] = {s.Symbol(x) for x in own | defined[place] - others - {*LOSSES}}
    return found


def _layered(trees: Sequence[s.Node]) -> Iterator[str]:
    """What stands with a letter above it, if something stands with the one before or behind, too."""
    sups = [(base_of(x) or "", x.sup) for tree in trees for x in names_in(tree) if isinstance(x, s.Scripted)]
    inner = [(base, sup.body if isinstance(sup, s.Group) else sup) for base, sup in sups if sup is not None]
    steps = {x for _, sup in inner if isinstance(sup, s.Sum) for x in sup.terms if isinstance(x, s.Symbol)}
    yield from (base for base, sup in inner if isinstance(sup, s.Sum) or sup in steps)


def _plain(trees: Sequence[s.Node]) -> Iterator[str]:
    for tree in trees:
        for x in names_in(tree):
            if not isinstance(x, s.Scripted) or x.sup is None or is_transpose(x.sup):
                yield base_of(x) or ""


def _defined(trees: Sequence[s.Node]) -> Iterator[str]:
    for tree in trees:
        for x in s.walk(tree):
            left = x.sides[0] if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS else None
            if isinstance(left, s.Symbol | s.Scripted):
                yield from _plain([left])
