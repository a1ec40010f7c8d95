"""The judgement of a document: conventions settled, every formula judged, what is wrong corrected.

Each step is a round of independent tasks. A task sees the document and what the rounds before it found, nothing that
another task of its round did: so the report does not depend on how many processes there are, nor on what a cache knows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from verify_derivations.checker.anew import (
    Part,
    better,
    contested,
    left_open,
    only_with,
    parts_anew,
    resting,
    said_elsewhere,
    undecided,
    with_parts,
)
from verify_derivations.checker.by_itself import Neighbours, by_itself, read_alone
from verify_derivations.checker.cache import Cache, key
from verify_derivations.checker.case import Case, prepare
from verify_derivations.checker.conventions import (
    UNSHOWN,
    Trial,
    Trials,
    Tried,
    judged,
    settle,
    tried,
    usual,
)
from verify_derivations.checker.cousins import of_cousins
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.grounds import Scope, granted, grounds
from verify_derivations.checker.judge import introduced, judge
from verify_derivations.checker.otherwise import rests_on
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.tasks import Allowance, Stopped, each
from verify_derivations.checker.verdicts import Formula, Report, Verdict
from verify_derivations.derivations.kernel import Equation
from verify_derivations.formulas import second_reader
from verify_derivations.formulas.notation import Notation, beside, read_notation
from verify_derivations.formulas.scanner import Document, read_document
from verify_derivations.formulas.world import READINGS, Readings

if TYPE_CHECKING:
    from verify_derivations.checker.offers import Composed

Progress: TypeAlias = Callable[[int, int, str], None]
"""``progress(done, total, what)``"""


def check(
    source: Path | str | Document, *, notation: Path | str | None = None, progress: Progress | None = None,
    seed: int = 0, jobs: int = 0, effort: Effort | None = None, allowance: Allowance | None = None,
    cache: Path | None = None,
) -> Report:  # fmt: skip
    """Judge a document. ``jobs`` processes work at a time (0: this one, without limits of time and memory for a
    formula; see :class:`~verify_derivations.checker.tasks.Allowance`); ``cache`` is a folder that remembers verdicts.
    Raises :class:`DocumentError` where the document (or its notation file) cannot be read at all."""
    document = source if isinstance(source, Document) else read_document(source)
    if notation is None and not isinstance(source, Document):
        notation = beside(Path(source))
    said = read_notation(notation) if notation is not None else Notation()
    effort = effort or Effort(seed=seed)
    allowance = allowance or Allowance(jobs)
    store = Cache(cache)
    try:
        whole = key("report", document, said, effort, replace(allowance, jobs=0)) if cache is not None else b""
        known = store.get(whole)
        if isinstance(known, Report):
            return known
        report = _Judgement(document, said, effort, allowance, store, progress).report()
        if not report.stopped:
            store.put([(whole, report)])
        return report
    finally:
        store.close()


def _anywhere(stated: Stated) -> Stated:
    """A formula without its place. What is said of it may be said by itself, too."""
    raw = replace(stated.raw, line=0, column=0, section=(), context="", tail="", pieces=())
    return replace(stated, raw=raw, when=replace(stated.when, here=tuple(map(_unconditioned, stated.when.here))))


def _unconditioned(stated: Stated) -> Stated:
    return replace(stated, when=replace(stated.when, here=()))


def objections(formulas: Iterable[Stated], put: Mapping[int, str] = MappingProxyType({})) -> Iterator[tuple[int, str]]:
    """By number, what the second reader of scalar sides objects; ``put`` is read in the place of formulas."""
    for stated in formulas:
        sides = (side for chain in stated.chains for side in chain.sides if side is not stated.continued)
        text = second_reader.objection(put.get(stated.number, stated.raw.latex), sides)
        if text is not None:
            yield stated.number, text


def _held_fixed(formulas: Sequence[Formula]) -> Iterator[str]:
    """What a reader has to know of the derivatives of a document: a name that nothing defines depends on nothing."""
    names = [f"${name}$" for name in dict.fromkeys(name for f in formulas for name in f.fixed)]
    if names:
        yield f"What nothing defines is held fixed in derivatives by anything else: {', '.join(names)}."


@dataclass(frozen=True)
class _Task:
    """``judge`` a formula, ``try`` another reading of it, judge it in its section ``alone``, ``correct`` it; derive
    what is offered of ``functions``; ``compose`` the steps of all ``formulas`` in one of the scopes."""

    kind: str
    numbers: tuple[int, ...]
    readings: Readings | None = None
    formula: Formula | None = None
    formulas: tuple[Formula, ...] = ()
    scope: int = 0
    assumed: tuple[Equation, ...] = ()  # what other formulas rest on


class _Judgement:
    def __init__(
        self, document: Document, notation: Notation, effort: Effort, allowance: Allowance, cache: Cache,
        progress: Progress | None,
    ) -> None:  # fmt: skip
        self.started = time.perf_counter()
        self.timings: dict[str, float] = {}
        self.notation, self.allowance, self.cache, self.progress = notation, allowance, cache, progress
        self.case = prepare(document, effort, notation)
        self.by_number = {f.number: f for f in self.case.formulas}
        self.stopped = False
        self.parts: list[Part] = []
        self.grounds: dict[Scope, tuple[Equation, ...]] = {}
        self.open: dict[int, str] = {}  # what may be defined anew, or a slip
        self.contested: dict[int, tuple[str, ...]] = {}  # what holds with the first of two definitions only
        self.shown_alone: Mapping[int, tuple[str, ...]] = {}  # readings that only one claim shows
        self.usual = usual(self.case)
        self.world_keys: dict[tuple[int, Readings], bytes] = {}
        self._clock("read")

    def report(self) -> Report:
        case, document = self.case, self.case.document
        usually = self.usually()
        usually |= self.in_parts(usually)
        case = self.case
        self._clock("judge")
        settled = settle(case, usually, self.attempt)
        readings, conventions, self.shown_alone = settled.readings, settled.conventions, settled.alone
        case.local = settled.local
        formulas = self.judged(readings, usually)
        self._clock("conventions")
        case.grounds = frozenset(
            a for f in formulas for k in f.links if k.verdict is Verdict.CONDITIONAL for a in k.assumptions
        )
        formulas, functions = self.corrected(formulas, readings)
        self._clock("correct")
        nets, derived, failures = self.composed(formulas, readings, functions)
        self._clock("compose")
        left = (f"The notation file leaves {name} open." for name in self.notation.open)
        remarks = (*document.remarks, *_held_fixed(formulas), *left, *failures)
        return Report(
            document.path, tuple(formulas), tuple(conventions), remarks, document.title, document.author,
            document.date, self.timings, document.macros, nets, derived, self.stopped,
        )  # fmt: skip

    def _clock(self, phase: str) -> None:
        self.timings[phase] = time.perf_counter() - self.started - sum(self.timings.values())

    # -- rounds ----------------------------------------------------------------------------------------------------
    def usually(self) -> dict[int, Tried]:
        """The judgement of every formula in the usual reading."""
        later_first = [f.number for f in reversed(self.case.formulas) if f.chains]  # they rest on more: what takes long
        tasks = [_Task("judge", (number,), self.usual) for number in later_first]  # should not begin last
        return dict(sorted(zip(later_first, self.run("judging", tasks), strict=True)))

    def in_parts(self, usually: Mapping[int, Tried]) -> dict[int, Tried]:
        """The judgement of what is stated behind definitions given anew, where there are any."""
        case, before = self.case, {number: old.formula for number, old in usually.items()}
        parts = parts_anew(case, before)
        if not parts or not case.effort.refutation:
            return {}
        self.about(with_parts(case, parts))
        numbers = [n for part in parts for n in part.stated if n in usually]
        tasks = [_Task("judge", (number,), self.usual) for number in numbers]
        results = self.run("judging what is defined anew", tasks)
        found = dict(zip(numbers, results, strict=True))
        after = {number: new.formula for number, new in found.items()}
        self.parts = [part for part in parts if better(part, before, after)]
        for part in parts:
            if part not in self.parts:
                self.open |= left_open(part, before, after)
                self.contested |= contested(part, before, after)
        self.about(with_parts(case, self.parts) if self.parts else case)
        return {number: found[number] for part in self.parts for number in part.stated if number in found}

    def about(self, case: Case) -> None:
        self.case = case
        self.by_number = {f.number: f for f in case.formulas}
        self.world_keys.clear()

    def attempt(self, trials: Sequence[Trial]) -> Trials:
        results = self.run("trying readings", [_Task("try", (number,), readings) for number, readings in trials])
        return dict(zip(trials, results, strict=True))

    def judged(self, readings: Readings, usually: Mapping[int, Tried]) -> list[Formula]:
        """The verdict on every formula: judged again only where the readings that were settled make a difference."""
        case = self.case
        found = {f.number: judge(case, f, readings) for f in case.formulas if not f.chains}
        found |= {number: old.formula for number, old in usually.items()}
        again = [number for number, old in usually.items()
                 if not old.holds_in(case.readings_in(self.by_number[number].scope, readings), self.usual)]  # fmt: skip
        results = self.run("judging again", [_Task("judge", (number,), readings) for number in again])
        found.update((number, new.formula) for number, new in zip(again, results, strict=True))
        self.grounds = grounds(found.values(), self.by_number)
        wrong = [n for n, f in found.items() if f.verdict is Verdict.REFUTED and self.resting_on(n)]
        tasks = [_Task("judge", (n,), readings, assumed=self.resting_on(n)) for n in wrong]
        results = self.run("judging on assumptions", tasks)
        found |= {n: granted(found[n], new.formula) for n, new in zip(wrong, results, strict=True)}
        found |= {n: resting(part, found[n]) for part in self.parts for n in part.stated if n in found}
        found |= {n: only_with(found[n], said) for n, said in self.contested.items()}
        found |= {n: only_with(found[n], said) for n, said in of_cousins(case, found).items()}
        found |= {n: only_with(found[n], said, UNSHOWN) for n, said in self.shown_alone.items()}
        found |= {n: undecided(found[n], reason) for n, reason in self.open.items()}
        found |= self.alone(found, readings)
        found |= {n: undecided(found[n], reason) for n, reason in said_elsewhere(case, found).items()}
        for number, text in objections(case.formulas, case.named.definitions) if case.effort.refutation else ():
            old = found[number]
            found[number] = replace(
                old, verdict=Verdict.UNREAD, message=text, remarks=(*old.remarks, text), links=(), assumptions=(),
                uses=(), slip=False,
            )  # fmt: skip
        return [found[stated.number] for stated in case.formulas]

    def alone(self, found: Mapping[int, Formula], readings: Readings) -> dict[int, Formula]:
        """What is wrong or undecided, where the sections in which it stands prove it by themselves."""
        case, open_ = self.case, (Verdict.UNDECIDED, Verdict.ILL_FORMED, Verdict.REFUTED)
        tried = [f for n, f in found.items() if f.verdict in open_ and f.links and case.effort.refutation]
        values = ("example", "case", "solution")
        told = {n for n, f in found.items() if f.links and all(k.evidence in values for k in f.links)}
        beside = Neighbours(case, told)
        tried = [f for f in tried if beside.may_be_alone(self.by_number[f.number])]
        trusted = {f.number: beside.is_alone(self.by_number[f.number]) for f in tried}
        tried = [f for f in tried if f.verdict.wrong or trusted[f.number]]
        results = self.run("judging sections alone", [_Task("alone", (f.number,), readings) for f in tried])
        return {
            f.number: read_alone(f, new.formula, trusted[f.number], beside.is_declared_beside(self.by_number[f.number]))
            for f, new in zip(tried, results, strict=True)
        }

    def resting_on(self, number: int) -> tuple[Equation, ...]:
        """What other formulas of its section rest on."""
        return self.grounds.get(self.by_number[number].scope, ())

    def corrected(self, formulas: Sequence[Formula], readings: Readings) -> tuple[list[Formula], Composed]:
        """The formulas, with corrections, and beside them what is offered of functions, which does not wait for any."""
        from verify_derivations.checker import offers  # noqa: F401  workers begin with all that is imported here
        from verify_derivations.checker.repair import needs_correction

        found = {f.number: f for f in formulas}
        wrong = [f for f in formulas if needs_correction(f)] if self.case.effort.repair else []
        tasks = [
            *(_Task("correct", (f.number,), readings, f, assumed=self.resting_on(f.number)) for f in wrong),
            _Task("functions", (), readings),
        ]
        *corrected, functions = self.run("correcting", tasks)
        found.update((formula.number, formula) for formula in corrected)
        return list(found.values()), functions

    def composed(self, formulas: Sequence[Formula], readings: Readings, functions: Composed) -> Composed:
        """The nets, what the document leaves unstated, and remarks."""
        from verify_derivations.checker.offers import together
        from verify_derivations.checker.programs import scopes

        count = sum(1 for _ in scopes(self.case, readings))  # for all of which the definitions have then been read
        tasks = [_Task("compose", (), readings, formulas=tuple(formulas), scope=k) for k in range(count)]
        return together([functions, *self.run("composing", tasks)])

    # -- one round -------------------------------------------------------------------------------------------------
    def run(self, what: str, tasks: Sequence[_Task]) -> list[Any]:
        """The results of tasks, from the cache or by doing them."""
        keys = [self.key(task) for task in tasks] if self.cache.connection is not None else []
        results: list[Any] = [self.known(task, k) for task, k in zip(tasks, keys, strict=False)] or [None] * len(tasks)
        missing = [n for n, result in enumerate(results) if result is None]
        for task in tasks:
            for variant in self.worlds_of(task):  # the definitions are read once, before the work is divided
                assert task.readings is not None
                self.case.definitions(self.by_number[task.numbers[0]].scope, variant, task.readings)
        fresh = []
        try:
            for count, (k, result) in enumerate(each(self.perform, [tasks[n] for n in missing], self.allowance), 1):
                n = missing[k]
                if isinstance(result, Stopped):
                    self.stopped = True
                    results[n] = self.without_result(tasks[n], result.reason)
                else:
                    results[n] = result
                    if keys:
                        fresh.append((keys[n], result))
                if self.progress is not None:
                    self.progress(count, len(missing), what)
        finally:
            self.cache.put(fresh)  # also what was done before an interrupt
        return results

    def worlds_of(self, task: _Task) -> list[str | None]:
        """The variants whose definitions a task needs."""
        if task.readings is None or not task.numbers or task.kind == "alone":
            return []
        stated = self.by_number[task.numbers[0]]
        variants = self.case.variants_of(stated)
        return variants[:1] if task.kind == "try" else list(dict.fromkeys([*variants, None]))

    def perform(self, task: _Task) -> Any:
        case = self.case
        assert task.readings is not None
        if task.kind == "compose":
            from verify_derivations.checker.offers import net_and_offers
            from verify_derivations.checker.programs import scopes

            scope = next(islice(scopes(case, task.readings), task.scope, None))
            return net_and_offers(case, task.formulas, task.readings, scope)
        if task.kind == "functions":
            from verify_derivations.checker.offers import offers_of_functions

            return offers_of_functions(case, task.readings)
        stated = self.by_number[task.numbers[0]]
        if task.kind == "try":
            return tried(case, stated, task.readings)
        if task.kind == "alone":
            return Tried(by_itself(case, stated, task.readings), READINGS)
        if task.kind == "judge":
            effort = case.effort.under(task.assumed) if task.assumed else case.effort
            return judged(replace(case, effort=effort), stated, task.readings)
        from verify_derivations.checker.repair import with_correction  # it judges its candidates as formulas are judged

        assert task.formula is not None
        case = replace(case, effort=replace(case.effort, assumed=task.assumed))
        return with_correction(case, stated, task.formula, task.readings, budget=case.effort.repair)

    def without_result(self, task: _Task, reason: str) -> Any:
        if task.kind in ("functions", "compose"):
            return (), (), (f"The composition of the gradients was {reason}.",)
        if task.kind == "correct":
            assert task.formula is not None
            return replace(task.formula, remarks=(*task.formula.remarks, f"the search for a correction was {reason}"))
        stated = self.by_number[task.numbers[0]]
        formula = replace(introduced(stated), verdict=Verdict.UNDECIDED, message=f"the judgement was {reason}")
        return Tried(formula, READINGS)

    # -- the cache -------------------------------------------------------------------------------------------------
    def known(self, task: _Task, task_key: bytes) -> Any:
        """What the cache knows of a task. Where the formula stands in the document is no part of its key."""
        result = self.cache.get(task_key)
        if isinstance(result, Tried):
            return replace(result, formula=self.placed(result.formula))
        return self.placed(result) if isinstance(result, Formula) else result

    def placed(self, formula: Formula) -> Formula:
        raw = self.by_number[formula.number].raw
        return replace(formula, line=raw.line, column=raw.column, section=raw.section)

    def key(self, task: _Task) -> bytes:
        """A hash of all that the result of a task depends on."""
        case = self.case
        if task.kind in ("functions", "compose"):
            return key(task.kind, task.readings, self.common, self.wording, task.formulas, task.scope, case.local)
        stated = self.by_number[task.numbers[0]]
        assert task.readings is not None
        worlds = [self.world_key(stated.scope, variant, task.readings) for variant in self.worlds_of(task)]
        here = _anywhere(stated)
        rests = rests_on(case, stated)
        parts = (task.kind, task.readings, here, worlds, case.variants_of(stated), self.common, task.assumed, rests)
        if task.kind == "alone":
            return key(*parts, case.document, case.local)
        if task.kind != "correct":
            return key(*parts)
        assert task.formula is not None
        formula = replace(task.formula, line=0, column=0, section=())
        return key(*parts, formula, sorted(case.grounds), self.wording)

    @cached_property
    def common(self) -> bytes:
        return key(self.case.effort, self.allowance.seconds, self.allowance.memory, self.case.tables)

    @cached_property
    def wording(self) -> bytes:
        """All formulas: corrections are sought in the words of the document."""
        case = self.case
        return key(case.symbols, case.document.macros, [(f.raw.latex, f.scope, f.variant) for f in case.formulas])

    def world_key(self, scope: tuple[str, ...], variant: str | None, readings: Readings) -> bytes:
        definitions = self.case.definitions(scope, variant, readings)
        place = (id(definitions.world.quantities), readings)  # shared by the readings that make no difference
        if place not in self.world_keys:
            self.world_keys[place] = key(definitions)
        return self.world_keys[place]

