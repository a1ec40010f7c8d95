"""Conventions settled by evidence: every reading of ambiguous notation is tried, and the best one taken.

Which claims are tried does not depend on what is proved, so that all trials of a round can be made at once: first all
in the usual reading, then those in another one on which that depends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from verify_derivations.checker.case import Case
from verify_derivations.checker.comparisons import compare
from verify_derivations.checker.judge import SATISFIED, judge
from verify_derivations.checker.links import touched
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Convention, Formula, Reading, Verdict
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.tensors import ShapeError
from verify_derivations.formulas.world import NotedReadings, Readings, Statement

Trial: TypeAlias = tuple[int, Readings]
"""The number of a formula, and how its notation is read."""


@dataclass(frozen=True)
class Tried:
    """What is proved of a formula in a reading, in the variant in which it stands, and which of its conventions that
    depended on: in a reading that only differs in others it is the same."""

    formula: Formula
    asked: frozenset[str]


Trials: TypeAlias = Mapping[Trial, Tried]

ALTERNATIVES: dict[str, tuple[str, tuple[str, ...]]] = {
    "star": ("\\star", ("convolution", "cross-correlation")),
    "up": ("up", ("repetition", "routing")),
    "softmax": ("softmax", ("rows", "columns")),
    "layout": ("\\partial y/\\partial x", ("numerator", "denominator")),
    "gradient": ("\\partial L/\\partial x", ("column", "row")),
    "examples": ("dZ", ("gradient of the mean loss", "gradient of each example's loss")),
}
ONLY_ON_CLASH = ("layout", "gradient")  # the usual reading is tried first; others only where it does not fit


def usual(case: Case) -> Readings:
    """How notation is read before anything is tried."""
    return Readings().but(**case.notation.conventions)


def tried(case: Case, stated: Stated, readings: Readings) -> Tried:
    """Only what is found in the usual reading is shown, and so verified."""
    effort = case.effort.proofs_only if readings == usual(case) else case.effort.trial
    noted = NotedReadings.of(readings)
    noted.asked.clear()
    return Tried(judge(replace(case, effort=effort), stated, noted), frozenset(noted.asked))


def one_by_one(case: Case) -> Callable[[Sequence[Trial]], Trials]:
    """The trials in this process."""
    stated = {f.number: f for f in case.formulas}
    return lambda trials: {(n, readings): tried(case, stated[n], readings) for n, readings in trials}


def settle(case: Case, attempt: Callable[[Sequence[Trial]], Trials]) -> tuple[Readings, list[Convention], Trials]:
    """The readings, where the notation file fixes none, by the claims that each satisfies; and the trials made."""
    readings = usual(case)
    touches = {f.number: _touched_conventions(case, f, readings) for f in case.formulas if f.chains}
    open_ = {name: concerned for name in ALTERNATIVES if (concerned := _concerned(name, touches, case))}
    done: dict[Trial, Tried] = {}

    def results(wanted: Sequence[Trial]) -> list[Formula]:
        for trial in wanted:
            same = _alike(trial, done)
            if same is not None:
                done[trial] = same
        missing = [trial for trial in dict.fromkeys(wanted) if trial not in done]
        done.update(attempt(missing) if missing else {})
        return [done[trial].formula for trial in wanted]

    clashes = {n for n, concerned in open_.items() if any("clash" in touches[number] for number in concerned)}
    options_of = {n: ALTERNATIVES[n][1][: 1 if n == "layout" and n not in clashes else None] for n in open_}
    results([(number, readings) for concerned in open_.values() for number in concerned])
    results([trial for n, concerned in open_.items() for trial in _trials(n, options_of[n], concerned, readings)])
    conventions: list[Convention] = []
    for name, concerned in open_.items():
        (symbol, every), options, total = ALTERNATIVES[name], options_of[name], len(concerned)
        first = results(list(_trials(name, options[:1], concerned, readings)))
        if sum(f.verdict in SATISFIED for f in first) < total:
            options = every  # of square matrices a layout clashes with no shape, but with a proof
        verdicts = [f.verdict for f in results(list(_trials(name, options, concerned, readings)))]
        by_option = [verdicts[k * total : (k + 1) * total] for k in range(len(options))]
        counts = [sum(v in SATISFIED for v in found) for found in by_option]
        # A layout is a matter of shapes: there it counts how many claims have one, also where a proof needs longer.
        fitting = [name in ONLY_ON_CLASH and sum(v is not Verdict.ILL_FORMED for v in found) for found in by_option]
        chosen = max(range(len(options)), key=lambda k: (fitting[k], counts[k], -k))
        others = tuple(
            Reading(o, c, total) for k, (o, c) in enumerate(zip(options, counts, strict=True)) if k != chosen
        )
        if name not in ONLY_ON_CLASH or chosen:
            conventions.append(Convention(symbol, options[chosen], counts[chosen], total, others))
        if name != "up":  # routing needs more than its argument says: claims are judged literally
            readings = readings.but(**{name: options[chosen]})
    return readings, conventions, done


def _concerned(name: str, touches: Mapping[int, frozenset[str]], case: Case) -> list[int]:
    """The formulas that depend on a convention which is to be settled."""
    concerned = [number for number, found in touches.items() if name in found]
    if name in case.notation.conventions:
        return []
    if name == "gradient" and not any("clash" in touches[number] for number in concerned):
        return []
    return concerned


def _alike(trial: Trial, done: Trials) -> Tried | None:
    """What was found in a reading that differs in nothing that was asked."""
    number, readings = trial
    for (other, others), tried in done.items():
        if other == number and all(getattr(readings, name) == getattr(others, name) for name in tried.asked):
            return tried
    return None


def _trials(name: str, options: Sequence[str], concerned: Sequence[int], readings: Readings) -> Iterator[Trial]:
    for option in options:
        for number in concerned:
            yield number, readings.but(**{name: option})


def _touched_conventions(case: Case, stated: Stated, readings: Readings) -> frozenset[str]:
    """The conventions that a claim depends on, by its own notation or by that of the definitions it is about;
    ``clash`` where the usual readings do not fit its shapes."""
    definitions = case.definitions(stated.scope, stated.variant, readings)
    world = definitions.world.fork()
    found: set[str] = set()
    for k, chain in enumerate(stated.chains):
        for side in range(len(chain.sides) - 1):
            if (stated.number, k, side) in definitions.defined or chain.update:
                continue
            here = Statement(stated.number)
            try:
                comparisons, _ = compare(
                    world, here, chain.sides[side], chain.sides[side + 1], tuple(stated.conditions)
                )
                environment = world.environment(here.losses[0] if here.losses else None)
                for head in touched(comparisons[0], environment):
                    found |= world.conventions_of.get(head, frozenset())
            except ShapeError:
                found.add("clash")
            except (DocumentError, RecursionError, ArithmeticError, AssertionError):
                pass  # judged, with a message, later
            found |= here.conventions
    return frozenset(found)
