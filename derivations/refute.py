"""Counterexamples: where two sides differ, at the smallest sizes and the simplest values found.

Nothing here proves anything. What counts as a difference is said in :mod:`~verify_derivations.derivations.trial`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from fractions import Fraction

from verify_derivations.derivations import arithmetic, snippet
from verify_derivations.derivations.arithmetic import NotExpandable, TooManyTerms, Undefined, primal
from verify_derivations.derivations.evaluate import Interpreter, Partial, Side
from verify_derivations.derivations.points import STYLES, Entry, Point
from verify_derivations.derivations.present import number_text, values_text
from verify_derivations.derivations.sizes import candidates, larger, smaller
from verify_derivations.derivations.trial import (
    STEPS,
    TOLERANCE,
    Claim,
    Trial,
    Witness,
    claim_of,
    confirmed,
    try_point,
)
from verify_derivations.derivations.values import Indices, OutOfRange, TooLarge
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import NOUGHT, Constraint, contents
from verify_derivations.formulas.latex import index_names
from verify_derivations.formulas.polynomial import Polynomial

STEPS_PER_SECOND = 250_000  # nodes visited, roughly, on a small machine
EXPANSIONS = 3  # different sizes at which an expansion must succeed before it counts
LEAST_POINTS = 24  # of all sizes together, if there is time
ELSEWHERE = 120  # more, where comparisons came out one way at nearly all
BOTH = 8  # at which they have to come out each way
PATIENCE = 4  # times the budget, until a first point says anything
SHIFTS = (1_009, -2_003)  # reciprocals of the steps to points nearby
SHARES = 4  # of the budget, of which sizes may take one once others were compared
ATTEMPTS = 4  # points tried where a point turns out undefined or a tie


@dataclass(frozen=True, slots=True)
class Refuted:
    """A counterexample: sizes, the values of what the two sides depend on, the entry, and both numbers there.

    ``indices`` counts from ``origin`` of :func:`refute`. ``python`` prints both sides when pasted into Python.
    """

    sizes: Mapping[str, int]
    values: Mapping[str, str]
    indices: Mapping[str, int]
    left: str
    right: str
    python: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """No difference at the listed ``sizes``: at ``points`` points, ``exact`` where all were rational numbers,
    otherwise up to ``tolerance`` (relative). Where ``expanded``, the sides agree for all values (almost everywhere)
    at the listed sizes: they are the same polynomial in the entries of the leaves."""

    sizes: tuple[Mapping[str, int], ...]
    points: int
    exact: bool
    tolerance: str
    expanded: bool = False

    @property
    def of_numbers(self) -> bool:
        """Whether each matrix was a number: of sizes of one only."""
        return any(self.sizes) and all(n == 1 for sizes in self.sizes for n in sizes.values())


@dataclass(frozen=True, slots=True)
class Unknown:
    reason: str


def refute(
    left: Side,
    right: Side,
    environment: Environment,
    free: Mapping[str, Polynomial],
    facts: tuple[Constraint, ...] = (),
    *,
    seed: int = 0,
    points: int = 2,
    budget_seconds: float = 2.0,
    origin: int = 1,
    small: bool = True,
) -> Refuted | Agreement | Unknown:
    """Look for values at which ``left`` and ``right`` differ: with ``small``, for few and simple ones.

    ``free`` gives the extents of the free index variables, ``facts`` further constraints on them
    (``i ≠ j``). ``points`` is the number of points for each choice of sizes. The budget is counted in nodes
    visited, :data:`STEPS_PER_SECOND`, so that the outcome does not depend on the machine; making a counterexample
    smaller and simpler may take as much again.
    """
    claim = claim_of(left, right, environment, free, facts)
    search = _Search(claim, seed, points, int(budget_seconds * STEPS_PER_SECOND))
    witness = search.run()
    if witness is None:
        return search.agreement()
    if not small:
        return _present(claim, witness, origin)
    limit = claim.meter.spent + int(budget_seconds * STEPS_PER_SECOND)
    return _present(claim, _simplify(claim, search.smallest(witness, limit), limit), origin)


def agree_at_sizes(
    left: Side,
    right: Side,
    environment: Environment,
    free: Mapping[str, Polynomial],
    facts: tuple[Constraint, ...] = (),
    *,
    seed: int = 0,
    budget_seconds: float = 2.0,
    origin: int = 1,
) -> Refuted | Agreement | Unknown:
    """What can honestly be said of a claim without a proof: first what :func:`refute` finds, and if that is an
    agreement, whether both sides also expand to the same polynomial at explicit sizes. (Where an expansion grows
    too large there are only the points.)"""
    half = budget_seconds / 2
    found = refute(left, right, environment, free, facts, seed=seed, budget_seconds=half, origin=origin)
    if not isinstance(found, Agreement):
        return found
    claim = claim_of(left, right, environment, free, facts)
    expanded: list[Mapping[str, int]] = []
    for sizes in candidates(claim.scope, seed=seed, small=12, rich=4):
        if claim.meter.spent > half * STEPS_PER_SECOND / 6:  # a step among polynomials takes longer
            break
        same = _same_expansion(claim, sizes)
        if same is False:
            return found
        if same:
            expanded.append(sizes)
    if len(expanded) >= EXPANSIONS or expanded and not claim.scope.sizes:
        return replace(found, sizes=tuple(expanded), exact=True, tolerance="0", expanded=True)
    return found


def _same_expansion(claim: Claim, sizes: Mapping[str, int]) -> bool | None:
    """Whether the sides are the same polynomial at these sizes; ``None`` where nothing is claimed at them."""

    def symbol(head: str, indices: Indices) -> Polynomial:
        return Polynomial.atom(f"{head}{list(indices)}")

    if not claim.all_entries(sizes):
        return None
    interpreter = Interpreter(claim.environment, sizes, symbol, steps=STEPS // 2, meter=claim.meter)
    compared = False
    try:
        for indices in claim.entries(sizes):
            left, right = interpreter.side(claim.left, indices), interpreter.side(claim.right, indices)
            if not arithmetic.same(primal(left), primal(right)):
                return False
            compared = True
    except (TooManyTerms, TooLarge, OutOfRange):
        return None
    except (NotExpandable, Undefined):
        return False
    return True if compared and not interpreter.ties else None


class _Search:
    """Sizes in order, a few points each, until a difference is found or the budget is spent."""

    def __init__(self, claim: Claim, seed: int, points: int, limit: int) -> None:
        self.claim, self.seed, self.points, self.limit = claim, seed, points, limit
        self.sizes: list[Mapping[str, int]] = []
        self.agreeing = 0
        self.exact = True
        self.obstacle = "no sizes satisfy the facts"
        self.ended = False  # before all sizes were tried
        self.large: list[Mapping[str, int]] = []  # sizes at which an evaluation takes too long
        self.telling: list[Mapping[str, int]] = []  # sizes at which the sides agree, and are not zero but by the claim
        self.outcomes = Counter[tuple[str, bool]]()  # of comparisons, at the points where the sides agree
        self.nil = NOUGHT in (claim.left, claim.right)
        sides = (side.of if isinstance(side, Partial) else side for side in (claim.left, claim.right))
        said = (*(contents(side).sizes for side in sides), *(extent.names for extent in claim.free.values()))
        mentioned = frozenset[str]().union(*said)
        self.own = [name for name in claim.scope.sizes if name in mentioned]

    def run(self) -> Witness | None:
        """A difference, if there is one also at points of another style: entries of the first points are the same at
        all sizes, and those of two scalars may be equal."""
        witness = self._rounds()
        if witness is not None or not self.sizes or not self.claim.scope.sizes:
            return witness
        return self._at((self.telling or self.sizes)[0], self.points)

    def _rounds(self) -> Witness | None:
        """Rounds over all sizes; where they are few (a scalar claim has none), several rounds."""
        for first in range(0, LEAST_POINTS, self.points):
            for sizes in candidates(self.claim.scope, seed=self.seed, then=self._beside):
                if self.claim.meter.spent > self.limit * (1 if self.agreeing else PATIENCE):
                    self.ended = True
                    return None
                witness = self._at(sizes, first)
                if witness is not None:
                    return witness
            if self.agreeing >= LEAST_POINTS or not self.agreeing:
                break
        return self._elsewhere()

    def _elsewhere(self) -> Witness | None:
        """A difference at further points, where what was compared came out one way at nearly all: with a hinge that is
        never active, its derivative is zero."""
        for number in range(LEAST_POINTS, LEAST_POINTS + ELSEWHERE):
            if self.claim.meter.spent > self.limit or not self.one_sided:
                return None
            sizes = self.sizes[number // 2 % min(2, len(self.sizes))]
            with suppress(TooLarge, OutOfRange):
                trial = self._draw(sizes, number, None, "generic" if number % 2 else "small")
                if trial is not None and trial.witness is not None:
                    return trial.witness
                self.outcomes.update(trial.outcomes if trial is not None else ())
        return None

    @property
    def one_sided(self) -> bool:
        return any(self.outcomes[kind, not came_out] < BOTH for kind, came_out in [*self.outcomes])

    def agreement(self) -> Agreement | Unknown:
        if not self.agreeing:
            return Unknown(self.obstacle)
        for name in self._untold() if self.ended else ():
            said = f"{name} = {self.telling[0][name]}" if self.telling else "those at which both sides are zero"
            return Unknown(f"the search ended before it came to other sizes than {said}")
        return Agreement(tuple(self.sizes), self.agreeing, self.exact, "0" if self.exact else str(TOLERANCE))

    def _untold(self) -> list[str]:
        """The sizes that the claim speaks of and that had but one value in :attr:`telling`: with kernels of one entry a
        lost rotation is none."""
        return [name for name in self.own if len({sizes[name] for sizes in self.telling}) < 2]

    def _beside(self) -> Iterator[Mapping[str, int]]:
        """The first sizes at which a side is not zero with one of those raised: with one class every gradient is zero,
        however large the kernels are."""
        if not self.telling or not self._untold():
            return
        base = min(self.telling, key=lambda sizes: sum(sizes.values()))
        for sizes in larger(base, self.claim.scope):
            if any(sizes[name] != base[name] for name in self._untold()):
                yield sizes

    def _at(self, sizes: Mapping[str, int], first: int = 0, like: Witness | None = None) -> Witness | None:
        if any(all(sizes[name] >= size for name, size in large.items()) for large in self.large):
            return None
        if not self.claim.entries(sizes):
            self.obstacle = "no index satisfies the conditions" if not self.agreeing else self.obstacle
            return None
        try:
            with self.claim.meter.at_most(self.limit // SHARES) if self.agreeing else nullcontext():
                trials = []
                for number in range(first, first + self.points):
                    trial = self._draw(sizes, number, like)
                    if trial is not None and trial.witness is not None:
                        return trial.witness
                    trials += [trial] if trial is not None else []
        except (TooLarge, OutOfRange) as error:
            self.obstacle = str(error)
            self.large += [sizes] if isinstance(error, TooLarge) else []
            return None
        if trials:
            self.agreeing += len(trials)
            self.outcomes.update(outcome for trial in trials for outcome in trial.outcomes)
            self.exact = self.exact and all(trial.exact for trial in trials)
            self.sizes += [sizes] if sizes not in self.sizes else []
            self.telling += [sizes] if self.nil or any(trial.telling for trial in trials) else []
        return None

    def _draw(
        self, sizes: Mapping[str, int], number: int, like: Witness | None, style: str | None = None
    ) -> Trial | None:
        """A point at which the sides differ or agree, if one of a few says anything."""
        for attempt in range(ATTEMPTS):
            chosen = style or STYLES[min(number + attempt, len(STYLES) - 1)]
            point = Point(self.claim.environment, f"{self.seed}|{number}|{attempt}", chosen)
            trial = try_point(self.claim, sizes, point, like=like)
            if trial.witness is not None or trial.compared and not trial.tie:
                return trial
            self.obstacle = trial.obstacle
            if trial.tie and chosen == "generic" and like is None:
                trial.witness = self._lasting(sizes, point)
                if trial.witness is not None:
                    return trial
        return None

    def _lasting(self, sizes: Mapping[str, int], point: Point) -> Witness | None:
        """A difference at a tie that is none, for the values are equal all around it: [relu(x) ≥ 0] for x < 0."""
        try:
            found = try_point(self.claim, sizes, point, equal=True).witness
            for shift in SHIFTS if found is not None else ():
                entries = enumerate(point.entries.items())
                near = {entry: value + Fraction(1, shift + 2 * k) for k, (entry, value) in entries}
                if not all(point.permits(entry, value) for entry, value in near.items()):
                    return None
                again = Point(point.environment, point.seed, point.style, near)
                if try_point(self.claim, sizes, again, like=found, equal=True).witness is None:
                    return None
        except (TooLarge, OutOfRange):
            return None
        return found

    def smallest(self, witness: Witness, limit: int) -> Witness:
        """One size after the other lowered as long as a difference shows."""
        found = [witness]
        lowered: Witness | None = witness
        while lowered is not None:
            witness, lowered = lowered, None
            for sizes in smaller(witness.sizes, self.claim.scope):
                if self.claim.meter.spent > limit:
                    break
                lowered = None if sizes in self.sizes else self._at(sizes, like=witness)
                if lowered is not None:
                    found.append(lowered)
                    break
        return _last_confirmed(self.claim, found)


def _last_confirmed(claim: Claim, found: Sequence[Witness]) -> Witness:
    """Of differences of which the first is confirmed. What is found on the way need not be."""
    for witness in reversed(found[1:]):
        with suppress(Undefined):
            if confirmed(claim, witness):
                return witness
    return found[0]


# -- simpler values -------------------------------------------------------------------------------
_SIMPLE = tuple(map(Fraction, (0, 1, -1, 2)))


def _complexity(value: Fraction) -> int:
    return _SIMPLE.index(value) if value in _SIMPLE else len(_SIMPLE) + abs(value.numerator) + value.denominator


def _simplify(claim: Claim, witness: Witness, limit: int) -> Witness:
    """The same sizes with as many zeros and ones as keep a difference; whole tensors first."""
    return _last_confirmed(claim, [witness, *_simpler(claim, witness, limit)])


def _simpler(claim: Claim, witness: Witness, limit: int) -> Iterator[Witness]:
    def attempt(changes: Mapping[Entry, Fraction]) -> Witness | None:
        if not all(witness.point.permits(entry, value) for entry, value in changes.items()):
            return None
        point = Point(claim.environment, witness.point.seed, "nice", {**witness.point.entries, **changes})
        try:
            return try_point(claim, witness.sizes, point, like=witness).witness
        except (TooLarge, OutOfRange):
            return None

    for head in sorted({head for head, _ in witness.point.entries}):
        for value in _SIMPLE[:2]:
            changes = {entry: value for entry in witness.point.entries if entry[0] == head}
            found = attempt(changes)
            if found is not None:
                witness = found
                yield witness
                break
            if claim.meter.spent > limit:
                return
    improved = True
    while improved:
        improved = False
        for entry in sorted(witness.point.entries):
            current = witness.point.entries.get(entry)
            for value in _SIMPLE:
                if claim.meter.spent > limit:
                    return
                if current is None or _complexity(value) >= _complexity(current):
                    break
                found = attempt({entry: value})
                if found is not None and found.point.entries.get(entry, value) == value:
                    witness, improved = found, True
                    yield witness
                    break


def _present(claim: Claim, witness: Witness, origin: int) -> Refuted:
    def evaluated(entries: Mapping[Entry, Fraction]) -> tuple[Point, Interpreter]:
        point = Point(claim.environment, "", "simplest", entries)
        interpreter = claim.interpreter(witness.sizes)(point)
        for side in (claim.left, claim.right):
            interpreter.side(side, witness.indices)
        return point, interpreter

    relevant, _ = evaluated(witness.point.entries)  # only what this entry depends on
    shown, interpreter = evaluated(dict(sorted(relevant.entries.items())))
    names = index_names(claim.free)
    return Refuted(
        sizes=dict(witness.sizes),
        values=values_text((claim.left, claim.right), interpreter, shown.fixed),
        indices={names[variable]: value + origin for variable, value in witness.indices.items()},
        left=number_text(witness.left),
        right=number_text(witness.right),
        python=snippet.python((claim.left, claim.right), interpreter, shown.fixed, witness.indices),
    )
