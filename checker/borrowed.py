"""What a section takes from another one, as its text says: “with the same $z$”, “$J$ as before”.

Sections with definitions of their own do not see each other. Where the text says of a name that it is the same, the
last definition of it holds here, too, with all that this rests on and that is defined beside it and not here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from verify_derivations.checker.sentences import prose_behind
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, names_in

_SAME = re.compile(r"\bthe\s+same(?:\s+(?!as\b|that\b|of\b|to\b|for\b|in\b|by\b)[\w-]+){0,3}\s*$", re.I)
_AS_BEFORE = re.compile(
    r"\s*,?\s*(?:(?:is|be|are)\s+)?(?:defined\s+)?as\s+(?:before|above)\b|\s+(?:from|of)\s+(?:before|above)\b"
)
_NOT = re.compile(r"\b(?:not|no\s+longer|never|almost|nearly|of|as|than)\s+(?:the\s+same|again)\b", re.I)
_Definitions = Mapping[str | None, Sequence[Stated]]


def borrowed(formulas: Sequence[Stated]) -> dict[tuple[str, ...], list[Stated]]:
    """By scope, the definitions that it takes from others."""
    defined: dict[str | None, list[Stated]] = {}
    for f in formulas:
        for name in _defines(f):
            defined.setdefault(name, []).append(f)
    found: dict[tuple[str, ...], list[Stated]] = {}
    for k, f in enumerate(formulas):
        name = _said_the_same(formulas, k)
        for other in _taken(f, name, defined) if name is not None else ():
            found.setdefault(f.scope, []).append(replace(other, scope=f.scope, variant=None))
    return found


def _said_the_same(formulas: Sequence[Stated], k: int) -> str | None:
    """The name of which the words around a formula in the text say that it is the same."""
    f = formulas[k]
    if f.raw.displayed or f.chains or len(f.mentions) != 1 or not isinstance(f.mentions[0], s.Symbol | s.Scripted):
        return None
    before = _SAME.search(f.raw.context) and not _NOT.search(f.raw.context)
    return base_of(f.mentions[0]) if before or _AS_BEFORE.match(prose_behind(formulas, k)) else None


def _taken(f: Stated, name: str | None, defined: _Definitions) -> Iterator[Stated]:
    """The last definition of a name before a formula in a section that does not see it, if that is the only one there,
    and those beside it on which it rests."""
    own = {x for x, places in defined.items() if any(f.scope[: len(g.scope)] == g.scope for g in places)}
    before = [g for g in defined.get(name, ()) if g.number < f.number]
    if name in own or not before or len({g.scope for g in before}) > 1:
        return
    beside, pending, seen = before[-1].scope, [name], {name}
    while pending:
        places = [g for g in defined.get(pending.pop(), ()) if g.scope == beside]
        if len(places) != 1:
            continue
        yield places[0]
        inside = {base_of(x) for c in places[0].chains for side in c.sides[1:] for x in names_in(side)}
        pending += [x for x in inside & defined.keys() if x not in own | seen]
        seen |= inside


def _defines(f: Stated) -> Iterator[str | None]:
    for chain in f.chains:
        left = chain.sides[0].function if isinstance(chain.sides[0], s.Call) else chain.sides[0]
        plain = isinstance(left, s.Symbol | s.Scripted) and not (isinstance(left, s.Scripted) and left.primes)
        if plain and len(chain.sides) > 1 and not chain.update and not any(map(contains_derivative, chain.sides)):
            yield base_of(left)
