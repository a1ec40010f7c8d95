"""One of many, or all of them: ``p = σ(a - η)`` in a section, where another one defines ``η_i`` for each one.

Bare, a name that is defined with an index stands for all its values. In a section of its own, or an exercise, that
never gives it the index it may be meant as one of them, where it has no meaning as all. And the ``r_t`` of one section
are no entries of the r that a later one defines.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import is_within, nested
from verify_derivations.formulas.expressions import heads
from verify_derivations.formulas.world import World


def take_one_or_all(world: World, formulas: Sequence[Stated]) -> None:
    """Note in which sections a name stands without the index with which only others define it: sections that are no
    part of these, and exercises, which have letters of their own."""
    exercises = {f.raw.section for f in formulas if f.raw.statement}
    defined: dict[str, set[tuple[str, ...]]] = {}
    letters: dict[str, set[s.Node]] = {}
    for f in formulas:
        for left in map(world.table.reference, (c.sides[0] for c in f.chains if len(c.sides) > 1)):
            if left is not None and left.indices and left.name in world.quantities:
                defined.setdefault(left.name, set()).add(f.raw.section)
                letters.setdefault(left.name, set()).update(left.indices)
    bare: set[tuple[str, tuple[str, ...]]] = set()  # a name, and a section where it has no index
    settled: set[tuple[str, tuple[str, ...]]] = set()  # where it has that of its definition, too, or is declared
    for f in formulas if defined else ():
        inner = {id(n.base) for n in f.names if isinstance(n, s.Scripted)}
        for reference in (world.table.reference(n) for n in f.names if id(n) not in inner):
            if reference is not None and not reference.indices:
                bare.add((reference.name, f.raw.section))
            elif reference is not None and letters.get(reference.name, set()).issuperset(reference.indices):
                settled.add((reference.name, f.raw.section))  # else x_j is an entry of x there
        declared = (world.table.reference(x) for m in f.memberships for x in m.names)
        settled |= {(r.name, f.raw.section) for r in declared if r is not None}
    for name, section in bare - settled:
        seen = is_within if section in exercises else nested
        if name in defined and not any(seen(at, section) for at in defined[name]):
            world.unknown.one_or_all.setdefault(name, set()).add(section)


def one_or_all(world: World, names: Set[str], number: int) -> str | None:
    """A name that may be one of many where it stands: of ``names``, and of those by which the section defines them."""
    section, reached, waiting = world.letters.sections.get(number, ()), set(names), [*names]
    while waiting:
        quantity = world.quantities.get(waiting.pop())
        if quantity is not None and quantity.body is not None and (
            world.letters.sections.get(quantity.number or 0) == section
        ):
            new = {*heads(quantity.body)} - reached
            reached |= new
            waiting += new
    found = sorted(name for name in reached & world.unknown.one_or_all.keys() if any(
        is_within(section, at) for at in world.unknown.one_or_all[name]))  # fmt: skip
    return f"whether {found[0]} is one of those with an index, elsewhere, or all is not said" if found else None


def take_later_wholes(world: World, formulas: Sequence[Stated]) -> None:
    """Note in which sections a name stands with an index only that a later one defines without."""
    defined: dict[str, Stated] = {}
    for f in formulas:
        for left in map(world.table.reference, (c.sides[0] for c in f.chains if len(c.sides) > 1)):
            quantity = world.quantities.get(left.name) if left is not None and not left.indices else None
            if left is not None and quantity is not None and quantity.number == f.number and left.layer is None:
                defined[left.name] = f
    indexed: dict[tuple[str, tuple[str, ...]], bool] = {}
    for f in formulas if defined else ():
        inner = {id(n.base) for n in f.names if isinstance(n, s.Scripted)}
        for reference in (world.table.reference(n) for n in f.names if id(n) not in inner):
            if reference is not None and reference.name in defined:
                place = reference.name, f.raw.section
                indexed[place] = indexed.get(place, True) and bool(reference.indices)
    for (name, section), only in indexed.items():
        later = defined[name]
        if only and not nested(section, later.raw.section) and all(
            f.number < later.number for f in formulas if f.raw.section == section
        ):
            world.unknown.later_wholes.setdefault(name, {})[section] = later.number


@dataclass(frozen=True)
class Entries:
    """Names with an index on which a formula rests, called like what only a later section defines: a world where they
    are given, and what is said of them."""

    as_given: World
    doubt: str
    remark: str


def of_a_later_whole(world: World, below: Set[str], number: int) -> Entries | None:
    section, wholes = world.letters.sections.get(number, ()), world.unknown.later_wholes
    names = sorted(x for x in below & wholes.keys() if section in wholes[x])
    if not names:
        return None
    other = world.fork()
    other.unknown.later_wholes = {name: places for name, places in wholes.items() if name not in names}
    for name in names:
        other.quantities[name] = replace(other.quantities[name], body=None)
    what = f"{names[0]} with an index is an entry of what formula {wholes[names[0]][section]} defines"
    return Entries(other, f"whether {what} is not said", f"nothing says that {what}: it is read as given")
