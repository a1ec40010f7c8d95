"""What names mean: one table for the formulas that see each other.

Which sections see each other is asked of a table of the whole document (``scopes.py``). Then each scope has a table of
its own, of the formulas that it sees and of what is declared before of other names in them: the x_1 and x_2 of two
numbers are no entries of the vector x of a section that they do not see.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import TypeAlias

from verify_derivations.checker.onward import Said, declared_before
from verify_derivations.checker.scopes import by_scope, seen_from
from verify_derivations.checker.sentences import prose_behind
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.gathering import accent_of_gradients, gather
from verify_derivations.formulas.kinds import one_of_many
from verify_derivations.formulas.names import Listed, NameTable
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, letters_alone, names_in

_GRADIENTS = r"(?:gradients?|derivatives?|sensitivit(?:y|ies)|adjoints?|cotangents?)\b"
_ACCENT = r"bar|hat|tilde|dot|check"
_DENOTES = (
    r"\s+(?:always\s+)?(?:denotes?|marks?|means?|indicates?|stands?|is|are)\s+(?:for\s+)?(?:(?:the|its|an?)\s+)?"
    rf"(?:(?:partial|loss)\s+)?{_GRADIENTS}"
)
_MARKS = re.compile(  # “a bar over a quantity denotes the derivative of the loss”, “names with bars are gradients”
    rf"\b(?P<over>{_ACCENT})s?\s+(?:over|on|above|on\s+top\s+of)\s+(?:an?|any|each|the|every)\s+(?:\w+\s+)?\w+{_DENOTES}"
    rf"|\b(?:quantit\w+|variables?|letters?|symbols?|names?)\s+with\s+(?:an?\s+)?(?P<under>{_ACCENT})s?{_DENOTES}"
    rf"|\b{_GRADIENTS}\s+(?:are|is)\s+(?:denoted|marked|written|indicated)\s+(?:by|with)\s+"
    rf"(?:an?\s+)?(?P<by>{_ACCENT})s?\b", re.I,
)  # fmt: skip
_LIKEWISE = re.compile(
    r"[\s,;)]*(?:and\s+)?(?:so\s+on|so\s+forth|etc|likewise|similarly|analogously|correspondingly)\b", re.I
)
_ACCENTS = {"bar": ("\\bar", "\\overline"), "hat": ("\\hat", "\\widehat"), "tilde": ("\\tilde", "\\widetilde")}
_E = re.compile(r"(?<![\w\\.'’-])(?:e(?![\w.'’-])|e_\w|e\[\w\])")  # an e in words or code, which is something else
Tables: TypeAlias = Mapping[tuple[str, ...], NameTable]  # by scope


def gathered(
    formulas: Sequence[Stated], extra: Iterable[s.Node], listed: Listed, indices: Set[str] = frozenset()
) -> NameTable:
    """The table of formulas, and of what else is stated, where letters are known to be ``indices``."""
    trees = (f.tree for f in formulas if f.tree is not None)
    units = frozenset[str]().union(*(f.prose.units for f in formulas))
    table = gather((*extra, *trees), listed, units, _spoken_of(formulas), indices, accents_of_gradients(formulas))
    mentioned = {base_of(x) for f in formulas if not f.raw.displayed for x in f.mentions}
    written = any(_E.search(f"{f.raw.context} {f.raw.code} {f.raw.tail}") for f in formulas)
    table.perhaps_units = frozenset({"e"} - table.bases - mentioned) if not written else frozenset()
    return table


def accents_of_gradients(formulas: Sequence[Stated]) -> frozenset[str]:
    """The accents that mark gradients of any quantity, by words, or by an example: “write $\\bar{Q}$ for $∂L/∂Q$, and
    likewise $\\bar{K}$”."""
    texts = dict.fromkeys(text for f in formulas for text in (f.raw.context, f.raw.tail))
    marks = [next(filter(None, m.groups())).lower() for text in texts for m in _MARKS.finditer(text)]
    found = {accent for mark in marks for accent in _ACCENTS.get(mark, (f"\\{mark}",))}
    for k, f in enumerate(formulas):
        one = next(filter(None, map(accent_of_gradients, f.nodes)), None)
        if one is not None and _LIKEWISE.match(prose_behind(formulas, k)):
            found.add(one[0])
    return frozenset(found)


def tables_of(formulas: Sequence[Stated], extra: Sequence[s.Node], whole: NameTable) -> Tables:
    """The table of each scope, and of what stands in none; ``whole`` is that of all formulas."""
    said, scopes = Said(formulas, whole), by_scope(formulas)
    found: dict[tuple[str, ...], NameTable] = {}
    sizes = {f.number: found_there for f in formulas if (found_there := _decorated_sizes(f))}
    for scope in ((), *scopes):
        here = seen_from(scopes, scope)
        if len(here) == len(formulas):
            found[scope] = whole
        elif scope not in found:
            own = {base_of(name) for f in here for name in _introduced(f)} - {None}
            declared = [node for f in declared_before(said, here, whole) for node in _declarations(f, own)]
            found[scope] = gathered(here, (*extra, *declared), whole.listed, _indices(whole, here))
            found[scope].perhaps_units &= whole.perhaps_units
            found[scope].counts = _sizes_elsewhere(sizes, here)
    return found


def _sizes_elsewhere(sizes: Mapping[int, Set[s.Scripted]], here: Sequence[Stated]) -> frozenset[str]:
    """The decorated names that are extents of spaces in sections that are not seen, and of which those that are seen
    say nothing: the d_k of ``W_Q ∈ R^{d × d_k}`` beside a later ``\\sqrt{d_k}``."""
    inside = {f.number for f in here}
    elsewhere = {x for number, found in sizes.items() if number not in inside for x in found}
    used = {n for f in here for n in f.nodes if isinstance(n, s.Scripted)} if elsewhere else set()
    told = {name for f in here for name in _introduced(f)} if elsewhere else set()
    return frozenset(to_latex(x) for x in elsewhere & used - told)


def _decorated_sizes(f: Stated) -> set[s.Scripted]:
    spaces = (n for n in f.nodes if isinstance(n, s.Space))
    return {x for n in spaces for extent in n.extents for x in names_in(extent) if isinstance(x, s.Scripted)}


def _indices(whole: NameTable, formulas: Sequence[Stated]) -> set[str]:
    """The letters that are indices somewhere, and no quantities here."""
    return whole.bound - {letter for f in formulas if f.tree is not None for letter in _letters(f.tree)}


def _letters(node: s.Node) -> Iterator[str]:
    """The symbols that stand in no script and at no sign of a sum."""
    if isinstance(node, s.Symbol):
        yield node.name
    inner = (node.base,) if isinstance(node, s.Scripted) else (node.body,) if isinstance(node, s.BigOperator) else None
    for child in s.children(node) if inner is None else inner:
        yield from _letters(child)


def _introduced(f: Stated) -> Iterator[s.Node]:
    yield from (name for member in f.memberships for name in member.names)
    yield from (chain.sides[0] for chain in f.chains)


def _declarations(f: Stated, own: Set[str | None]) -> Iterator[s.Node]:
    """What a formula declares, but for names with letters of which a section says something itself."""
    for member in f.memberships:
        names = tuple(name for name in member.names if base_of(name) not in own)
        if names:
            yield s.Relation((s.Sequence(names), member.where), ("\\in",))
    for letter, first, last in f.ranges:
        yield s.Relation((s.Symbol(letter), s.Sequence((first, s.Dots(), last))), ("=",))


def say_what_letters_tell(formulas: Sequence[Stated], tables: Tables) -> None:
    """Remarks on names that the letters of their indices tell apart."""
    scopes = by_scope(formulas)
    for scope, table in tables.items():
        if table.kinds.examples or table.kinds.names:
            _say_what_letters_tell(seen_from(scopes, scope), scope, table)


def _say_what_letters_tell(formulas: Sequence[Stated], scope: tuple[str, ...], table: NameTable) -> None:
    remarks: list[tuple[Stated, str]] = []
    for example in sorted(table.kinds.examples):
        written = one_of_many(s.Symbol(example), table.kinds.examples[example])
        of_many = next((stated for stated in formulas if any(node == written for node in stated.nodes)), None)
        if of_many is not None:
            text = f"${to_latex(written)}$ is read as one of many, and ${example}$ as another quantity"
            remarks.append((of_many, text))
    first: dict[str, s.Node] = {}
    for stated in formulas if table.kinds.names else ():
        for left in (chain.sides[0] for chain in stated.chains):
            reference = table.reference(left)
            name = base_of(left)
            if reference is None or name is None or name not in table.kinds.names:
                continue
            other = first.setdefault(name, left)
            known = table.reference(other)
            if known is not None and known.name != reference.name:
                first[name] = left
                text = f"{to_latex(left)} is another quantity than {to_latex(other)}"
                remarks.append((stated, f"{text}: their letters run to different ends"))
    for stated, text in remarks:
        if stated.scope == scope:
            stated.remarks += (text,)


def _spoken_of(formulas: Sequence[Stated]) -> set[str]:
    """The letters that stand alone in sections where a name with that subscript is declared."""
    declared = {
        (f.raw.section, name.sub.name) for f in formulas for m in f.memberships for name in m.names
        if isinstance(name, s.Scripted) and isinstance(name.sub, s.Symbol)
    }  # fmt: skip
    alone = {(f.raw.section, x) for f in formulas if f.tree is not None and declared for x in letters_alone(f.tree)}
    return {letter for _, letter in declared & alone}
