"""Sections read by themselves: what is wrong beside what other sections say of its letters, and holds without them.

Lecture notes use x, σ and y for one model a section. Where the text does not say that a letter is another one, it is
taken to be the same; then the left side of a claim may have the shape of another model. What can be proved of a section
alone, of all that it and the headings above it say, is not refuted by what others say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verify_derivations.checker.case import Case, prepare
from verify_derivations.checker.judge import judge
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.document import Document, RawFormula
from verify_derivations.formulas.world import Readings

SAID = "it does not hold of what other sections say of its letters, but of what its own section says"


def may_be_alone(formulas: Sequence[Stated], stated: Stated) -> bool:
    """Whether there are sections beside that of a formula."""
    section = stated.raw.section
    return bool(section) and any(not _belongs(f.raw, section) for f in formulas)


def by_itself(case: Case, stated: Stated, readings: Readings) -> Verdict:
    """The verdict on a formula in a document that has no other sections: a proof, or nothing."""
    section = stated.raw.section
    inside = [f for f in case.document.formulas if _belongs(f, section)]
    numbered = tuple(replace(f, number=k) for k, f in enumerate(inside, 1))
    number = next(k for k, f in enumerate(inside, 1) if f.number == stated.number)
    document: Document = replace(case.document, formulas=numbered)
    effort = replace(case.effort.proofs_only, repair=0.0)
    alone = prepare(document, effort, case.notation)
    return judge(alone, next(f for f in alone.formulas if f.number == number), readings).verdict


def with_doubt(formula: Formula, alone: Verdict) -> Formula:
    """A wrong formula, undecided where its section by itself proves it."""
    if alone is not Verdict.PROVED:
        return formula
    links = tuple(
        replace(k, verdict=Verdict.UNDECIDED, evidence="notation", message=SAID, counterexample=None)
        if k.verdict.wrong else k for k in formula.links
    )  # fmt: skip
    return replace(formula, verdict=Verdict.UNDECIDED, links=links, message=SAID)


def _belongs(f: RawFormula, section: tuple[str, ...]) -> bool:
    """Whether a formula stands in a section, in one of its parts, or right below a heading above it."""
    return f.section[: len(section)] == section or section[: len(f.section)] == f.section
