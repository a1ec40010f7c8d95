"""Sections read by themselves: what does not hold beside what other sections say of its letters, and does without them.

Lecture notes use x, σ and y for one model a section. Where the text does not say that a letter is another one, it is
taken to be the same; then the left side of a claim may have the shape of another model. What can be proved of a section
alone, of all that it and the headings above it say, is not refuted by what others say. It is proved where the section
does not speak of others, nor of anything that they define or assume, nor of what a list of letters declares.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import replace

from verify_derivations.checker.case import Case, prepare
from verify_derivations.checker.contents import Contents
from verify_derivations.checker.judge import judge
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.document import Document, RawFormula, nested
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.world import Readings

SAID = "it does not hold of what other sections say of its letters, but of what its own section says"
ALONE = "what other sections say of its letters is said of others: judged by its own section alone"
_REFERS = re.compile(
    r"\b(?:above|previous\w*|earlier|before|preceding|last|first|again|same|still|now|recall\w*|remember|back|also|already|instead"
    r"|sections?|chapters?|parts?|exercises?|examples?|problems?|lectures?|eqs?|equations?|formulas?|figures?|appendix|likewise|similar\w*"
    r"|analogous\w*|continu\w+|throughout|everywhere|other|another|both|all\s+(?:losses|models|sections)|these|those|this|that\s+(?:of|loss|cost|error|objective|model|net\w*|function|case|one))\b",
    re.I,
)  # fmt: skip
_IT = re.compile(r"\b(?:it|its|that)\b", re.I)  # behind a formula of the section, something in that


class Neighbours:
    """The sections of a document, and what those beside each say of its letters. (The formulas ``given`` say where a
    derivative is zero, or give values for an example.)"""

    def __init__(self, case: Case, given: Set[int]) -> None:
        self.case, self.given = case, frozenset(given)
        self.known: dict[tuple[object, ...], Contents] = {}

    def may_be_alone(self, stated: Stated) -> bool:
        """Whether there are sections beside that of a formula, and none defines what it speaks of."""
        if not stated.raw.section or not self._outside(stated):
            return False
        here, there = self._contents(stated, own=True), self._contents(stated, own=False, but=self.given)
        return (there.defined | there.functions).isdisjoint(here.mentioned - here.defined)

    def is_alone(self, stated: Stated) -> bool:
        """Whether such a section does not speak of others either, nor of anything that they assume or change."""
        inside = [f for f in self.case.formulas if _belongs(f.raw, stated.raw.section)]
        if stated.when.open or any(_REFERS.search(f"{f.raw.context} {f.raw.tail}") for f in inside):
            return False
        sections = {f.raw.section: f.raw.context for f in reversed(inside)}  # what stands before the first formula
        if any(map(_IT.search, sections.values())) or not self.is_declared_beside(stated):
            return False
        here, there = self._contents(stated, own=True), self._contents(stated, own=False)
        known = there.assumed | {name for name, _ in there.rows}
        return known.isdisjoint(here.mentioned - here.defined) and there.told.isdisjoint(here.mentioned)

    def is_declared_beside(self, stated: Stated) -> bool:
        """Whether letters of a section are declared by others for models of their own: by one that defines nothing, a
        list of letters, they are for all."""
        here = self._contents(stated, own=True)
        sections: dict[tuple[str, ...], list[Stated]] = {}
        for f in self._outside(stated):
            sections.setdefault(f.raw.section, []).append(f)
        for formulas in sections.values():
            table = self.case.table_of(formulas[0].scope)
            named = (table.reference(x) for f in formulas for m in f.memberships for x in m.names)
            declared = {r.name for r in named if r is not None}
            if declared & here.mentioned and not self._found(formulas, table, formulas[0].number).defined:
                return False
        return True

    def _outside(self, stated: Stated) -> list[Stated]:
        return [f for f in self.case.formulas if not _belongs(f.raw, stated.raw.section)]

    def _contents(self, stated: Stated, *, own: bool, but: frozenset[int] = frozenset()) -> Contents:
        """What is in the section of a formula, or in those beside it."""
        table = self.case.table_of(stated.scope)
        section = stated.raw.section
        formulas = [f for f in self.case.formulas if _belongs(f.raw, section) == own and f.number not in but]
        return self._found(formulas, table, section, own, but)

    def _found(self, formulas: Sequence[Stated], table: NameTable, *place: object) -> Contents:
        """The contents of formulas, the same for each formula of one ``place``."""
        known = (*place, id(table))
        if known not in self.known:
            self.known[known] = Contents.of(formulas, table)
        return self.known[known]


def by_itself(case: Case, stated: Stated, readings: Readings) -> Formula:
    """The judgement of a formula in a document that has no other sections: a proof, or nothing."""
    section = stated.raw.section
    inside = [f for f in case.document.formulas if _belongs(f, section)]
    numbered = tuple(replace(f, number=k) for k, f in enumerate(inside, 1))
    number = next(k for k, f in enumerate(inside, 1) if f.number == stated.number)
    document: Document = replace(case.document, formulas=numbered)
    effort = replace(case.effort.proofs_only, repair=0.0, first=case.effort.condition)  # as long as what is refuted
    alone = prepare(document, effort, case.notation)
    readings = readings.but(layout=stated.when.layout) if stated.when.layout else readings
    found = judge(alone, next(f for f in alone.formulas if f.number == number), readings)
    return replace(found, number=stated.number, uses=tuple(inside[k - 1].number for k in found.uses))


def read_alone(formula: Formula, alone: Formula, trusted: bool, doubted: bool) -> Formula:
    """A formula that is not proved, where its section by itself proves it; a definition that has no meaning with what
    other models declare, where it has one in its section."""
    unclear = doubted and alone.verdict is Verdict.DEFINED and formula.verdict is Verdict.ILL_FORMED
    if alone.verdict is not Verdict.PROVED and not unclear:
        return formula
    trusted &= not unclear
    if trusted:
        return replace(alone, remarks=(*alone.remarks, ALONE))
    if not formula.verdict.wrong:
        return formula
    links = tuple(
        replace(k, verdict=Verdict.UNDECIDED, evidence="notation", message=SAID, counterexample=None)
        if k.verdict.wrong else k for k in formula.links
    )  # fmt: skip
    return replace(formula, verdict=Verdict.UNDECIDED, links=links, message=SAID)


def _belongs(f: RawFormula, section: tuple[str, ...]) -> bool:
    """Whether a formula stands in a section, in one of its parts, or right below a heading above it."""
    return nested(f.section, section)
