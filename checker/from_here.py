"""Definitions of a case that hold from where they stand: “if the matrix has one entry, $A_{jk} = \\beta \\delta_{jk}$,
…”, “a low rank, $P = F G^\\top$, needs …”.

What has been said before is said of any A. Where an equation of a case is made of a name that is new with it, and what
follows is differentiated by that, the rest of the section is of this case: it is a scope of its own, within that of its
section, as those of definitions given anew are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from verify_derivations.checker.denied import is_denied
from verify_derivations.checker.sentences import ENDED, GENERAL, begins_anew, sentence
from verify_derivations.checker.standing import Standing, names_of
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import is_within
from verify_derivations.formulas.scripts import base_of, plain

_DENIED = re.compile(r"\b(?:unless|not|never|cannot|without|instead|rather|unlike|except)\b|n['’]t\b", re.I)
_WHERE = re.compile(r"\b(?:where|with)\s*$", re.I)


def read_from_here(formulas: Sequence[Stated], standing: Standing) -> frozenset[tuple[str, ...]]:
    """Set ``scope`` of what stands in such a case; the scopes."""
    found = set[tuple[str, ...]]()
    for k, f in enumerate(formulas):
        behind = _behind(formulas, k) if _is_of_a_case(f, standing) else ()
        words = sentence(formulas, k, displays=True) if behind else ""
        if not behind or _DENIED.search(words) or is_denied(formulas, k) or not _is_differentiated(formulas, k, behind):
            continue
        inner = (*f.scope, f"formula {f.number}")
        found.add(inner)
        f.chains[-1] = replace(f.chains[-1], partly=False)
        f.when.alone = f.when.case = f.when.another = False
        f.when.onward = True
        name = plain(f.chains[-1].sides[0])
        f.prose.depending = tuple(x for x in f.prose.depending if plain(x[0]) != name)
        for g in (f, *behind):
            g.scope = inner
            g.when.given = tuple(x for x in g.when.given if x[0] != f.number)
    return frozenset(found)


def _is_of_a_case(f: Stated, standing: Standing) -> bool:
    """Whether an equation is said of a case of a name that nothing else defines."""
    if f.raw.displayed or len(f.chains) != 1 or not (f.when.alone or f.when.case or f.when.another):
        return False
    left, *values = f.chains[0].sides
    if len(values) != 1 or not isinstance(left, s.Symbol | s.Scripted) or _WHERE.search(f.raw.context):
        return False
    return all(g is f for g in standing.defined.get(plain(left), ()))


def _behind(formulas: Sequence[Stated], k: int) -> tuple[Stated, ...]:
    """The formulas of its section behind one, up to words that speak of all cases."""
    f, found = formulas[k], list[Stated]()
    for g in formulas[k + 1 :]:
        if not is_within(g.raw.section, f.raw.section) or g.scope != f.scope or GENERAL.search(g.raw.context):
            break
        found.append(g)
    return tuple(found)


def _is_differentiated(formulas: Sequence[Stated], k: int, behind: Sequence[Stated]) -> bool:
    """Whether something behind an equation is differentiated by a name in its value that is new in its sentence."""
    begun = k
    while begun and _goes_on(formulas[begun - 1], formulas[begun]):
        begun -= 1
    before = (*formulas[:begun], *(g for g in formulas[begun:k] if g.chains))  # “let $z = w x$ and, if $y = 2 w$, …”
    known = {base_of(x) for g in before if g.tree is not None for x in names_of(g.tree)}
    new = {base_of(x) for x in names_of(formulas[k].chains[0].sides[1])} - known
    slopes = [n for g in behind for n in g.derivatives]
    by = {base_of(x) for n in slopes if isinstance(n, s.Derivative) for x in n.denominators}
    by |= {base_of(n.variable) for n in slopes if isinstance(n, s.Nabla) and n.variable is not None}
    return not new.isdisjoint(by)


def _goes_on(before: Stated, f: Stated) -> bool:
    """Whether a formula stands in the sentence of the one before it."""
    apart = before.raw.section != f.raw.section or begins_anew(before, f)
    return not apart and ENDED.search(f.raw.context) is None
