"""One point of a claim: whether both sides have the same value there.

A difference counts only where both sides are defined and no comparison or maximum is decided between equal values,
and a difference of decimals only if it is far beyond rounding and the same again with twice the digits.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from verify_derivations.derivations import arithmetic
from verify_derivations.derivations.arithmetic import Undefined, primal
from verify_derivations.derivations.dependence import mentions
from verify_derivations.derivations.evaluate import DIGITS, Interpreter, Partial, Side
from verify_derivations.derivations.points import Point, impose_assumptions
from verify_derivations.derivations.sizes import Scope, scope
from verify_derivations.derivations.values import EQUAL, Meter, TooLarge, generic_coefficients, holds, integer
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import Apply, Constraint, Scalar, walk
from verify_derivations.formulas.polynomial import Polynomial

TOLERANCE = Decimal("1e-20")  # relative; decimals have 50 digits
STEPS = 100_000  # of one evaluation
MOST_ENTRIES = 512  # compared at one point
MOST_STAND_INS = 100  # polynomials tried for an unknown function
TIE = "every point tried is a tie"


@dataclass(frozen=True)
class Claim:
    """``left = right`` for all values of the ``free`` indices for which the ``facts`` hold."""

    left: Side
    right: Side
    environment: Environment
    free: Mapping[str, Polynomial]
    facts: tuple[Constraint, ...]
    scope: Scope
    meter: Meter = field(default_factory=Meter)

    def interpreter(self, sizes: Mapping[str, int], *, digits: int = DIGITS) -> Callable[[Point], Interpreter]:
        return lambda point: Interpreter(
            self.environment, sizes, point, functions=self.stand_ins, digits=digits, steps=STEPS, meter=self.meter
        )

    @cached_property
    def stand_ins(self) -> Mapping[str, tuple[Fraction, ...]]:
        """Polynomials for unknown functions that would have the one of another: f(x) g(x) is not f(x)²."""
        environment, found = self.environment, dict[str, tuple[Fraction, ...]]()
        definitions = (q.body for head in self.scope.heads if (q := environment.quantities.get(head)) is not None)
        bodies = (*definitions, *(f.body for f in environment.functions.values()))
        sides = (side.of if isinstance(side, Partial) else side for side in (self.left, self.right))
        expressions = [x for x in (*sides, *bodies) if isinstance(x, Scalar)]
        for name in sorted({n.function for x in expressions for n in walk(x) if isinstance(n, Apply)}):
            tried = (generic_coefficients(name, seed=k, increasing=name in environment.increasing)
                     for k in range(MOST_STAND_INS))  # fmt: skip
            found[name] = next((x for x in tried if x not in found.values()), generic_coefficients(name))
        return found

    def entries(self, sizes: Mapping[str, int]) -> list[dict[str, int]]:
        """The values of the free indices for which the claim is made; where they are very many, the first, the last
        and a random sample between."""
        ranges = [range(integer(extent, sizes)) for extent in self.free.values()]
        positions: Iterable[tuple[int, ...]] = itertools.product(*ranges)
        if not self.all_entries(sizes):
            choice = random.Random(f"{sizes}|entries")
            sample = {tuple(choice.choice(r) for r in ranges) for _ in range(MOST_ENTRIES // 4)}
            positions = [tuple(r[0] for r in ranges), *sorted(sample), tuple(r[-1] for r in ranges)]
        found = [dict(zip(self.free, position, strict=True)) for position in positions]
        return [indices for indices in found if all(holds(fact, {**sizes, **indices}) for fact in self.facts)]

    def all_entries(self, sizes: Mapping[str, int]) -> bool:
        """Whether :meth:`entries` gives all of them."""
        return math.prod(integer(extent, sizes) for extent in self.free.values()) <= MOST_ENTRIES


def claim_of(
    left: Side, right: Side, environment: Environment, free: Mapping[str, Polynomial], facts: tuple[Constraint, ...]
) -> Claim:
    """The claim with its scope. Assumptions about quantities that play no part in it are left out."""
    sides: list[Side] = [left, right]
    assumed: list[tuple[Scalar, Scalar]] = []
    while True:
        found = scope(sides, environment, free.values())
        new = [
            (one, two)
            for one, two in environment.assumptions
            if (one, two) not in assumed and mentions(environment, one - two) & set(found.heads)
        ]
        if not new:
            return Claim(left, right, replace(environment, assumptions=tuple(assumed)), dict(free), facts, found)
        assumed += new
        sides += [side for pair in new for side in pair]


@dataclass(frozen=True)
class Witness:
    """A point at which the sides differ."""

    sizes: Mapping[str, int]
    point: Point
    interpreter: Interpreter
    indices: Mapping[str, int]
    left: Fraction | Decimal
    right: Fraction | Decimal


@dataclass
class Trial:
    """What one point had to say: ``compared`` entries, of which none differs if there is no ``witness``."""

    compared: int = 0
    exact: bool = True
    witness: Witness | None = None
    obstacle: str = ""
    tie: bool = False
    telling: bool = False  # some value is not zero: 0 = 0 of a net with one class says nothing of its gradients
    outcomes: AbstractSet[tuple[str, bool]] = frozenset()  # how what was compared came out


def try_point(
    claim: Claim, sizes: Mapping[str, int], point: Point, *, like: Witness | None = None, equal: bool = False
) -> Trial:
    """Whether the sides differ at a point. Where ``like`` is a difference that was found before, its entry is compared
    first, and the new one is still to be :func:`confirmed`. With ``equal`` a comparison of equal values counts."""

    def tied(interpreter: Interpreter) -> bool:
        return any(tie != EQUAL for tie in interpreter.ties) if equal else bool(interpreter.ties)

    trial = Trial()
    try:
        interpreter = impose_assumptions(point, claim.interpreter(sizes))
    except Undefined as error:
        interpreter = None
        trial.obstacle = str(error)
    if interpreter is None:
        trial.obstacle = trial.obstacle or "the assumptions could not be satisfied"
        return trial
    if tied(interpreter):
        trial.tie, trial.obstacle = True, TIE
        return trial
    trial.outcomes = interpreter.outcomes
    entries = claim.entries(sizes)
    if like is not None and like.indices in entries:
        entries = [dict(like.indices), *entries]
    for indices in entries:
        try:
            left, right = primal(interpreter.side(claim.left, indices)), primal(interpreter.side(claim.right, indices))
            assert not isinstance(left, Polynomial) and not isinstance(right, Polynomial)
            witness = Witness(sizes, point, interpreter, indices, left, right) if _differ(left, right) else None
            sure = like is not None and not _below_rounding(left, right)
            if witness is not None and not sure and not confirmed(claim, witness):
                witness = None
        except Undefined as error:
            trial.obstacle = str(error)
            continue
        except TooLarge:
            if not trial.compared:
                raise
            return trial  # what has been compared counts
        if tied(interpreter):
            trial.tie, trial.obstacle = True, TIE
            return trial
        trial.compared += 1
        trial.exact = trial.exact and isinstance(left, Fraction) and isinstance(right, Fraction)
        trial.telling |= bool(left or right) and not _below_rounding(left, right)
        if witness is not None:
            trial.witness = witness
            return trial
    return trial


def _differ(left: Fraction | Decimal, right: Fraction | Decimal) -> bool:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return left != right
    x, y = arithmetic.decimal_of(left), arithmetic.decimal_of(right)
    return abs(x - y) > TOLERANCE * max(abs(x), abs(y))  # however small: the gradients of a deep net vanish


def _below_rounding(left: Fraction | Decimal, right: Fraction | Decimal) -> bool:
    exact = isinstance(left, Fraction) and isinstance(right, Fraction)
    return not exact and max(abs(arithmetic.decimal_of(v)) for v in (left, right)) <= TOLERANCE


def confirmed(claim: Claim, witness: Witness) -> bool:
    """The same difference again with twice the digits: it is not made by cancellation. Raises :class:`Undefined` where
    it neither stays nor vanishes: a logarithm of what is zero but for rounding."""
    if isinstance(witness.left, Fraction) and isinstance(witness.right, Fraction):
        return True
    again = claim.interpreter(witness.sizes, digits=2 * DIGITS)(witness.point)
    values = primal(again.side(claim.left, witness.indices)), primal(again.side(claim.right, witness.indices))
    first = arithmetic.decimal_of(witness.left) - arithmetic.decimal_of(witness.right)
    second = arithmetic.decimal_of(values[0]) - arithmetic.decimal_of(values[1])
    if abs(first - second) <= Decimal("1e-6") * abs(second):
        return True
    if abs(second) > TOLERANCE * abs(first):
        raise Undefined("a value that rounding decides")
    return False
