"""A few points at which candidates are tried: quantities are evaluated once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TypeAlias

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.derivations.arithmetic import Base, Undefined, decimal_of, primal
from verify_derivations.derivations.evaluate import Interpreter
from verify_derivations.derivations.points import Point, impose_assumptions
from verify_derivations.derivations.sizes import Scope, candidates
from verify_derivations.derivations.trial import TOLERANCE, Claim, claim_of
from verify_derivations.derivations.values import OutOfRange, TooLarge
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint_of
from verify_derivations.formulas.expressions import Compare, Scalar, heads, walk
from verify_derivations.formulas.polynomial import Polynomial

DIGITS = 30  # differences below the tolerance of `trial` are none
POINTS = 2  # that must agree
MOST = 5  # tried
REACH = 3  # definitions from a quantity to the last whose own definition counts
ENTRIES = 16  # compared at each
STEPS = 3_000_000  # nodes visited at one point, for all candidates together


_Key: TypeAlias = tuple[str | None, tuple[str, ...], tuple[tuple[Scalar, Scalar], ...]]


class Trials:
    """Points by the sizes and the assumptions that a claim depends on."""

    def __init__(self, printed: Scalar | None = None) -> None:
        self.printed = printed  # the side as printed
        self.points: dict[_Key, tuple[list[_Place], Iterator[_Place]]] = {}
        self.blind = False  # no point was found for the last claim
        self.near: tuple[Environment, Scalar, Environment] | None = None  # the last that was cut, and what was left

    def differ(self, c: Comparison, environment: Environment) -> bool:
        """Whether the sides differ at a point, as far as they can be evaluated."""
        if self.near is None or self.near[0] is not environment or self.near[1] is not c.left:
            self.near = environment, c.left, cut(environment, c.left, self.printed)
        claim = claim_of(c.left, c.right, self.near[2], c.free, c.facts)
        key = claim.environment.loss, claim.scope.sizes, claim.environment.assumptions
        if key not in self.points:
            self.points[key] = [], map(_Place, _points(claim.scope, claim.environment))
        made, more = self.points[key]
        agreed = 0
        for number in range(MOST):
            if number == len(made):
                made.extend(islice(more, 1))
            self.blind = not made
            if number == len(made) or agreed == POINTS:
                return not agreed
            same = _same_at(claim, made[number])
            if same is False:
                return True
            agreed += same is True
        return not agreed


def cut(environment: Environment, left: Scalar, right: Scalar | None) -> Environment:
    """For a claim about sensitivities: the definitions near the quantities that it names. What lies beyond is any
    function (its sensitivities are symbols), what lies before is any value, so that a deep network costs no more than
    a shallow one."""
    loss, quantities = environment.loss, environment.quantities
    sides = [left] if right is None else [left, right]
    about = [] if loss is None else [t for h in heads(left) if (t := adjoint_of(h, loss)) is not None]
    if loss is None or not about:
        return environment
    used = {t for h in heads(right) if (t := adjoint_of(h, loss)) is not None} if right is not None else set()
    level, distance = set(about), 0
    seen = set(level)
    while level and (distance < REACH or used - seen):
        level = {q.head for head in level for q in environment.consumers(head)} - seen
        seen |= level
        distance += 1
    beyond = level if loss not in seen else set()
    named = seen.union(adjoint_of(h, loss) or h for side in sides for h in heads(side))
    bodies = [q.body for h in named if (q := quantities.get(h)) is not None and q.body is not None]
    kept = named.union(*map(heads, bodies))

    def near(q: Quantity) -> Quantity:
        if q.head in beyond and q.head != loss:
            return replace(q, opaque=True)
        known = q.body is None or q.head in kept or kept.issuperset(heads(q.body))  # or another name for it
        return q if known and not (beyond and q.head == loss) else replace(q, body=None, indices=())

    return replace(environment, quantities={h: near(q) for h, q in quantities.items()})


def _screen(environment: Environment, sizes: Mapping[str, int], point: Point) -> Interpreter:
    return Interpreter(environment, sizes, point, digits=DIGITS, steps=STEPS)


def _points(about: Scope, environment: Environment) -> Iterator[Interpreter]:
    """Small sizes and, between them, rich ones: a transpose or a lost sum shows only where sizes are above one."""
    sizes = list(islice(candidates(about), 24))
    small = sorted((s for s in sizes if sum(n > 1 for n in s.values()) > 1), key=lambda s: sum(s.values()))
    rich = sorted(sizes, key=lambda s: (-sum(n > 1 for n in s.values()), sum(s.values())))
    order = [s for pair in zip(small, rich, strict=False) for s in pair] or sizes * MOST
    for number, chosen in enumerate(order[:MOST]):
        for attempt in range(4):
            point = Point(environment, f"correction|{number}|{attempt}", "small")
            try:
                found = impose_assumptions(point, lambda p, s=chosen: _screen(environment, s, p))  # type: ignore[misc]
            except (Undefined, TooLarge, OutOfRange):
                continue
            if found is not None:
                yield found
                break


class _Place:
    """A point, with the values of the last left side that candidates were compared with there."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.left: Scalar | None = None
        self.values: dict[tuple[tuple[str, int], ...], tuple[Base, bool]] = {}

    def value(self, side: Scalar, indices: Mapping[str, int]) -> tuple[Base, bool]:
        """And whether it was decided by a tie."""
        ties = len(self.interpreter.ties)
        return primal(self.interpreter.side(side, indices)), len(self.interpreter.ties) > ties

    def left_value(self, side: Scalar, indices: Mapping[str, int]) -> tuple[Base, bool]:
        if side is not self.left:
            self.left, self.values = side, {}
        key = tuple(indices.items())
        if key not in self.values:
            self.values[key] = self.value(side, indices)
        return self.values[key]


def _marks(side: Scalar) -> bool:
    """Whether it has ``[a = max a]``, which is no tie."""
    return any(isinstance(node, Compare) and node.relation == "==" for node in walk(side))


def _same_at(claim: Claim, place: _Place) -> bool | None:
    """``None`` where the point says nothing: both sides are zero, undefined, or a tie."""
    spoke = None
    assert isinstance(claim.left, Scalar) and isinstance(claim.right, Scalar)
    for indices in islice(claim.entries(place.interpreter.sizes), ENTRIES):
        try:
            left, tied = place.left_value(claim.left, indices)
            right, also = place.value(claim.right, indices)
        except Undefined:
            continue
        except (TooLarge, OutOfRange, ArithmeticError, ValueError, KeyError):
            return False
        if tied or also and not _marks(claim.right):
            continue
        assert not isinstance(left, Polynomial) and not isinstance(right, Polynomial)
        x, y = decimal_of(left), decimal_of(right)
        largest = max(abs(x), abs(y))
        if largest > TOLERANCE:
            if abs(x - y) > TOLERANCE * largest:
                return False
            spoke = True
    return spoke
