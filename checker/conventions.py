"""Conventions settled by evidence: every reading of ambiguous notation is tried, and the best one taken.

Every formula is judged in the usual reading first; that tells on which conventions it depends, and in which other
readings it is then tried. Which these are does not depend on what is proved, so that all trials are made at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from verify_derivations.checker.case import Case, Local
from verify_derivations.checker.judge import ROUTING, judge
from verify_derivations.checker.meaningless import CLASH
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Convention, Formula, Reading, Verdict
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.world import NotedReadings, Readings

Trial: TypeAlias = tuple[int, Readings]
"""The number of a formula, and how its notation is read."""


@dataclass(frozen=True)
class Tried:
    """What is found of a formula in a reading, and which of its conventions that depended on: in a reading that only
    differs in others it is the same."""

    formula: Formula
    asked: frozenset[str]

    def holds_in(self, readings: Readings, found_in: Readings) -> bool:
        return all(getattr(readings, name) == getattr(found_in, name) for name in self.asked)


Trials: TypeAlias = Mapping[Trial, Tried]

ALTERNATIVES: dict[str, tuple[str, tuple[str, ...]]] = {
    "star": ("\\star", ("convolution", "cross-correlation")),
    "up": ("up", ("repetition", "routing")),
    "softmax": ("softmax", ("rows", "columns")),
    "layout": ("\\partial y/\\partial x", ("numerator", "denominator")),
    "gradient": ("\\partial L/\\partial x", ("column", "row")),
    "units": ("e_k", ("undefined", "unit vectors")),
    "examples": ("dZ", ("gradient of the mean loss", "gradient of each example's loss")),
}
UNSHOWN = "which is not stated, and no other claim shows it"
PROVED = (Verdict.PROVED, Verdict.CONDITIONAL)
BY_SHAPE = ("layout", "gradient")  # how many claims have a shape counts, also where a proof needs longer
EVERYWHERE = ("units",)  # what fits fewer claims than it does not fit is nowhere meant
BY_SECTION = ("examples",)  # what one section calls so is nothing of another
ONLY_ON_CLASH = (*BY_SHAPE, *EVERYWHERE)  # the usual reading is tried first; others only where it does not fit
MEANT = {
    ("star", "cross-correlation"): "\\star \\text{ is the cross-correlation}",
    ("softmax", "columns"): "\\operatorname{softmax} \\text{ works on columns}",
    ("layout", "denominator"): "\\partial y/\\partial x \\text{ has a column for each component of } y",
    ("gradient", "column"): "\\partial L/\\partial x \\text{ has the shape of } x",
    ("gradient", "row"): "\\partial L/\\partial x \\text{ has the shape of } x^\\top",
    ("examples", "gradient of each example's loss"): "dZ \\text{ is the gradient of each example's loss}",
}
"""What is assumed of a claim that holds in such a reading only, and is the only one to do so: it cannot show both that
it is meant so and that it is right."""


@dataclass(frozen=True)
class Settled:
    """The readings, how they were found, on which of them formulas rest that are the only ones to show them, and the
    scopes that have others of their own."""

    readings: Readings
    conventions: list[Convention]
    alone: Mapping[int, tuple[str, ...]]
    local: Local


def usual(case: Case) -> Readings:
    """How notation is read before anything is tried."""
    return Readings().but(**case.notation.conventions)


def judged(case: Case, stated: Stated, readings: Readings) -> Tried:
    """The judgement of a formula in a reading."""
    noted = NotedReadings.of(readings)
    return Tried(judge(case, stated, noted), frozenset(noted.asked))


def tried(case: Case, stated: Stated, readings: Readings) -> Tried:
    """What can be proved in a reading, in the variant in which the formula stands. It is never shown."""
    return judged(replace(case, effort=case.effort.trial), stated, readings)


def one_by_one(case: Case) -> tuple[Readings, list[Convention], list[Formula]]:
    """The readings, and all formulas judged in them, in this process."""
    first = usual(case)
    stated = {f.number: f for f in case.formulas}
    usually = {n: judged(case, f, first) for n, f in stated.items() if f.chains}
    found = settle(
        case, usually, lambda trials: {(n, reading): tried(case, stated[n], reading) for n, reading in trials}
    )
    readings, case.local = found.readings, found.local
    return readings, found.conventions, [
        usually[n].formula if n in usually and usually[n].holds_in(case.readings_in(f.scope, readings), first)
        else judge(case, f, readings) for n, f in stated.items()
    ]  # fmt: skip


def settle(
    case: Case, usually: Mapping[int, Tried], attempt: Callable[[Sequence[Trial]], Trials]
) -> Settled:
    """The readings, where the notation file fixes none, by the claims that each satisfies. ``usually`` is the judgement
    of every formula in the usual reading, ``attempt`` makes trials of others."""
    readings = usual(case)
    touches = {number: found.formula.conventions for number, found in usually.items()}
    open_ = {name: concerned for name in ALTERNATIVES if (concerned := _concerned(name, touches, case))}
    variants = {f.number: f.variant for f in case.formulas}
    done: dict[Trial, Tried] = {(number, readings): found for number, found in usually.items()}

    def results(wanted: Sequence[Trial]) -> list[Verdict]:
        for trial in wanted:
            same = _alike(trial, done)
            if same is not None:
                done[trial] = same
        missing = [trial for trial in dict.fromkeys(wanted) if trial not in done]
        done.update(attempt(missing) if missing else {})
        return [_outcome(done[trial].formula, variants[trial[0]]) for trial in wanted]

    def verdicts(name: str, option: str, numbers: Iterable[int]) -> list[Verdict]:
        return results([(number, readings.but(**{name: option})) for number in numbers])

    def asking(name: str, concerned: Sequence[int]) -> dict[int, Verdict]:
        """The formulas that tell whether another option can be better, with the verdict in the first one: of options
        that only matter where shapes or proofs clash, those of which no proof was found."""
        found = dict(zip(concerned, verdicts(name, ALTERNATIVES[name][1][0], concerned), strict=True))
        return {n: v for n, v in found.items() if name not in ONLY_ON_CLASH or v not in PROVED}

    results([
        (number, readings.but(**{name: option})) for name, concerned in open_.items()
        for number in asking(name, concerned) for option in ALTERNATIVES[name][1]
    ])  # fmt: skip
    scopes = {f.number: f.scope for f in case.formulas}
    conventions: list[Convention] = []
    alone: dict[int, tuple[str, ...]] = {}
    lefts = {f.number: {to_latex(chain.sides[0]) for chain in f.chains} for f in case.formulas}
    local: dict[tuple[str, ...], dict[str, str]] = {}
    for name, concerned in open_.items():
        (symbol, options), total = ALTERNATIVES[name], len(concerned)
        if name in ONLY_ON_CLASH:
            first_found = asking(name, concerned)
            options = (options[0], *(
                option for option in options[1:]
                if any(map(_gains, first_found.values(), verdicts(name, option, first_found)))
            ))  # fmt: skip
        by_option = [verdicts(name, option, concerned) for option in options]
        counts = [sum(v in PROVED for v in found) for found in by_option]
        fitting = [name in BY_SHAPE and sum(v is not Verdict.ILL_FORMED for v in found) for found in by_option]
        if name in EVERYWHERE:
            failing = [sum(v is Verdict.ILL_FORMED for v in found) for found in by_option]
            counts = [n if n >= m else 0 for n, m in zip(counts, failing, strict=True)]
        chosen = max(range(len(options)), key=lambda k: (fitting[k], counts[k], -k))
        others = tuple(
            Reading(o, c, total) for k, (o, c) in enumerate(zip(options, counts, strict=True)) if k != chosen
        )
        if name not in ONLY_ON_CLASH or chosen:
            conventions.append(Convention(symbol, options[chosen], counts[chosen], total, others))
        for scope in dict.fromkeys(scopes[n] for n in concerned) if name in BY_SECTION else ():
            own = [sum(v in PROVED for n, v in zip(concerned, found, strict=True) if scopes[n] == scope)
                   for found in by_option]  # fmt: skip
            if max(own) > own[chosen]:
                local.setdefault(scope, {})[name] = options[own.index(max(own))]
        expected = "row" if _rows_told(name, case) else options[0]
        if (meant := MEANT.get((name, options[chosen]))) is not None and options[chosen] != expected:
            outcomes = zip(concerned, verdicts(name, expected, concerned), by_option[chosen], strict=True)
            shown = [n for n, before, after in outcomes if before not in PROVED and _gains(before, after)]
            if len({left for n in shown for left in lefts[n]}) == 1:
                alone |= {n: (*alone.get(n, ()), meant) for n in shown}
        if name != "up":  # routing needs more than its argument says: claims are judged literally
            readings = readings.but(**{name: options[chosen]})
    return Settled(readings, conventions, alone, local)


def _gains(before: Verdict, after: Verdict) -> bool:
    return after in PROVED or before is Verdict.ILL_FORMED is not after


def _outcome(formula: Formula, variant: str | None) -> Verdict:
    """The verdict on the first link that does not hold as it is read, in the variant in which the formula stands."""
    if formula.variant != variant:
        return Verdict.UNDECIDED
    routed = [link for link in formula.links if ROUTING in link.assumptions]  # so far it was the literal reading's
    if routed:
        return Verdict.REFUTED
    failed = (link.verdict for link in formula.links if link.verdict.rank < Verdict.CHECKED.rank)
    return next(failed, formula.verdict)


def _concerned(name: str, touches: Mapping[int, frozenset[str]], case: Case) -> list[int]:
    """The formulas that depend on a convention which is to be settled."""
    concerned = [number for number, found in touches.items() if name in found]
    if name in case.notation.conventions:
        return []
    clash = any(CLASH in touches[number] for number in concerned)
    if name == "gradient" and not clash and not _rows_told(name, case):
        return []
    return concerned


def _rows_told(name: str, case: Case) -> bool:
    """Whether a text says that it uses numerator layout: strictly, the gradient of a number is a row there."""
    return name == "gradient" and case.notation.conventions.get("layout") == "numerator"


def _alike(trial: Trial, done: Trials) -> Tried | None:
    """What was found in a reading that differs in nothing that was asked."""
    number, readings = trial
    alike = (tried for (n, others), tried in done.items() if n == number and tried.holds_in(readings, others))
    return next(alike, None)
