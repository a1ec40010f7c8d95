"""What a section says of given data that another one declares again: “let $x > 0$”, and elsewhere “for $x \\in R$”;
and what it says behind the claims of other sections, “let $A$ be symmetric”: of these it is not said.

Sections share a scope where they define nothing otherwise. Such a sign, symmetry or equation is no given of the scope:
it is put into the world of each formula of its section.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from verify_derivations.checker.declarations import declare_signs
from verify_derivations.checker.given import take_as_given
from verify_derivations.checker.naming import Tables
from verify_derivations.checker.scopes import by_scope
from verify_derivations.checker.statements import ORDER, Chain, Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.scripts import names_in
from verify_derivations.formulas.world import World


def read_local(formulas: Sequence[Stated], tables: Tables) -> None:
    """Set ``local`` of what does not hold in the whole scope, and add it to ``here`` of the formulas where it holds:
    those of its section, where another one declares the name again, or if that is a theorem or an example; else those
    behind it, too."""
    declared: dict[str, set[tuple[tuple[str, ...], tuple[str, ...]]]] = defaultdict(set)  # in which scopes and sections
    for f in formulas:
        spaces = [name for m in f.memberships if isinstance(m.where, s.Space) for name in m.names]
        for reference in filter(None, map(tables[f.scope].reference, spaces)):
            declared[reference.name].add((f.scope, f.raw.section))
    scopes = by_scope(formulas)
    for f in formulas:
        said = {r.name for r in map(tables[f.scope].reference, _told_of(f, tables[f.scope])) if r is not None}
        others = {place for name in said for scope, place in declared[name]
                  if not _inside(f.raw.section, place) and _inside(scope, f.scope)}  # fmt: skip
        inner = (scopes[scope] for scope in scopes if _inside(scope, f.scope)) if said else ()
        seeing = [*chain.from_iterable(inner)]
        claimed = (g for g in seeing if g.number < f.number and g.derivatives)
        before = not all(_inside(g.raw.section, f.raw.section) for g in claimed)
        if not others and not before and not f.raw.statement:
            continue
        f.when.local = True
        for g in seeing:
            again = any(_inside(g.raw.section, place) and _inside(place, f.raw.section) for place in others)
            onward = not others and not f.raw.statement and g.number > f.number
            if not again and (_inside(g.raw.section, f.raw.section) or onward):
                g.when.here += (f,)


def hold_here(world: World, stated: Stated) -> None:
    """Put into the world of a formula what is said of given data where it stands."""
    if stated.when.here:
        formulas = [replace(f, when=replace(f.when, local=False)) for f in stated.when.here]
        declare_signs(world, formulas)
        take_as_given(world, formulas, {})


def _inside(section: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return section[: len(other)] == other


def _told_of(f: Stated, table: NameTable) -> Iterator[s.Node]:
    """The names of which a formula says more than their shapes, if they are of given data."""
    yield from (*f.prose.symmetric, *f.prose.one_hot)
    for member in f.memberships:
        if not isinstance(member.where, s.Space):
            yield from member.names
    for condition in f.conditions:
        if condition.relations[0] in ORDER and isinstance(condition.sides[-1], s.Number):
            yield from names_in(condition.sides[0])
    for equation in f.chains:
        if not _defines(equation, table):
            yield from (name for side in equation.sides for name in names_in(side))


def _defines(chain: Chain, table: NameTable) -> bool:
    """Whether a chain may define its left side, or claims something of a derivative."""
    left, *right = chain.sides
    own = table.reference(left) if isinstance(left, s.Symbol | s.Scripted) else None
    inside = {r.name for side in right for r in map(table.reference, names_in(side)) if r is not None}
    named = isinstance(left, s.Call) or own is not None and own.name not in inside
    return named or any(map(contains_derivative, chain.sides))
