"""Values for the leaves of a claim: nice small numbers first, generic rationals later, as assumed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from typing import TypeAlias

from verify_derivations.derivations import arithmetic
from verify_derivations.derivations.arithmetic import NIL, Undefined
from verify_derivations.derivations.evaluate import Interpreter
from verify_derivations.derivations.values import Indices
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import UNIT, Access, Power, Scalar, free_indices, power, walk
from verify_derivations.formulas.polynomial import is_index

Entry: TypeAlias = tuple[str, Indices]

NICE = tuple(map(Fraction, (1, 2, -1, 3, -2)))
STYLES = ("nice", "halves", "generic")
"""How entries are drawn. Beside these, ``simplest`` gives zero, or one where zero is not allowed, and ``small`` values
below one, so that no exponential function saturates."""


@dataclass
class Point:
    """Leaf entries, drawn when they are first asked for and the same ever after. ``fixed`` entries are given."""

    environment: Environment
    seed: str
    style: str = "nice"
    fixed: Mapping[Entry, Fraction] = field(default_factory=dict)
    entries: dict[Entry, Fraction] = field(default_factory=dict)

    def __call__(self, head: str, indices: Indices) -> Fraction:
        entry = head, indices
        if entry not in self.entries:
            self.entries[entry] = self.fixed[entry] if entry in self.fixed else self._draw(entry)
        return self.entries[entry]

    def _draw(self, entry: Entry) -> Fraction:
        if entry[0] in self.environment.one_hot:
            return self.of_one_hot(entry)
        if entry[0] in signs(self.environment):
            return Fraction(random.Random(f"{self.seed}|{entry}").choice((1, -1)))
        if self.style == "simplest":
            return next(v for v in (NIL, arithmetic.ONE, Fraction(1, 2)) if self.permits(entry, v))
        choice = random.Random(f"{self.seed}|{entry}")
        if self.style == "nice":
            value = choice.choice(NICE)
        elif self.style == "small":
            value = Fraction(choice.randrange(1, 16, 2) * choice.choice([-1, 1]), 16)
        elif self.style == "halves":
            value = Fraction(choice.choice([n for n in range(-7, 8) if n]), 2)
        else:
            # One denominator for all: sums and products stay short, and functions do not saturate.
            value = Fraction(choice.randrange(1, 64, 2) * choice.choice([-1, 1]), 8)
        value = abs(value) if entry[0] in self.environment.positive else value
        if entry[0] in self.environment.below_one:
            value = value / (1 + value) if value > 0 else value
        return value

    def of_one_hot(self, entry: Entry) -> Fraction:
        """One at the first or the second place of its row. (Where there is no second, the assumption that the row's sum
        is one is imposed.)"""
        head, (*row, place) = entry
        return Fraction(place == random.Random(f"{self.seed}|{head}|{row}").randrange(2))

    def permits(self, entry: Entry, value: Fraction) -> bool:
        head = entry[0]
        if head in self.environment.one_hot:
            return value in (0, 1)
        if head in signs(self.environment):
            return value in (1, -1)
        if head in self.environment.below_one and value >= 1:
            return False
        if head in self.environment.positive:
            return value > 0
        return value != 0 or head not in self.environment.nonzero


def signs(environment: Environment) -> frozenset[str]:
    """The leaves whose entries are -1 or 1, as an assumption says that their squares are 1: values are chosen so."""
    found = environment.remembered.get(signs)
    if found is None:
        squares = (left for left, right in environment.assumptions if right == UNIT and isinstance(left, Power))
        bases = (left.base for left in squares if left == power(left.base, 2))
        found = frozenset(base.head for base in bases if isinstance(base, Access) and all(
            i.as_atom() is not None and is_index(i.as_atom() or "") for i in base.indices))  # fmt: skip
        environment.remembered[signs] = found
    assert isinstance(found, frozenset)
    return found


def impose_assumptions(point: Point, interpret: Callable[[Point], Interpreter]) -> Interpreter | None:
    """An interpreter at a point that satisfies the environment's assumptions, or ``None``.

    An equation is satisfied by moving one leaf entry in which it is linear; ``point`` is changed to say so.
    """
    interpreter = interpret(point)
    moved: set[Entry] = set()
    equations = list(_instances(point.environment, interpreter))
    for difference, indices in equations:
        before = set(point.entries)
        residual = arithmetic.primal(interpreter.scalar(difference, indices))
        if arithmetic.same(residual, NIL):
            continue
        concerned = [e for e in point.entries if e not in before] + [e for e in point.entries if e in before]
        for entry in sorted(concerned, reverse=True):
            if entry in moved or not isinstance(residual, Fraction):
                continue
            slope = arithmetic.primal(interpreter.derivative(difference, *entry, indices))
            if not isinstance(slope, Fraction) or not slope:
                continue
            value = point.entries[entry] - residual / slope
            if not point.permits(entry, value):
                continue
            candidate = Point(point.environment, point.seed, point.style, {**point.entries, entry: value})
            trial = interpret(candidate)
            if arithmetic.same(arithmetic.primal(trial.scalar(difference, indices)), NIL):
                point.fixed, point.entries = candidate.fixed, candidate.entries
                interpreter = interpret(point)
                moved.add(entry)
                break
        else:
            return None
    for difference, indices in equations:  # a later one may have undone an earlier one
        try:
            if not arithmetic.same(arithmetic.primal(interpreter.scalar(difference, indices)), NIL):
                return None
        except Undefined:
            return None
    return interpreter


def _instances(environment: Environment, interpreter: Interpreter) -> Iterator[tuple[Scalar, dict[str, int]]]:
    """The assumptions as differences, one for each value of their free indices (``Σ_k Y_{nk} = 1`` for all n)."""
    for left, right in environment.assumptions:
        difference = left - right
        ranges: dict[str, int] = {}
        free = free_indices(difference)
        for node in walk(difference):
            if isinstance(node, Access) and node.head in environment.quantities:
                for index, extent in zip(node.indices, interpreter.extents(node.head), strict=True):
                    name = index.as_atom()
                    if name in free:
                        ranges[str(name)] = extent
        for values in product(*(range(n) for n in ranges.values())):
            yield difference, dict(zip(ranges, values, strict=True))
