"""Integer linear arithmetic over symbolic sizes: which facts follow from which.

The one question answered is :func:`infeasible`: no integers satisfy all constraints. A reason is searched for by
Fourier–Motzkin elimination with integer tightening over *monomials*: ``s·u`` is a variable of its own, tied to
``u`` by products of the facts about ``u`` with the positive size ``s``. What is found is checked by `witnesses`
before it is believed. ``False`` says only that nothing was found.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from typing import TypeAlias

from verify_derivations.derivations.witnesses import (
    Apart,
    Arithmetic,
    AtLeastOne,
    Combined,
    Given,
    Indivisible,
    Refutation,
    RowReason,
    Solved,
    Times,
    put_in,
    refutes,
    side,
    solution,
    whole,
)
from verify_derivations.formulas.expressions import Constraint
from verify_derivations.formulas.polynomial import Monomial, Polynomial, is_index

ROWS = 300  # elimination is given up beyond this many inequalities

Key: TypeAlias = tuple[tuple[tuple[tuple[Monomial, "int | Fraction"], ...], str], ...]
Lemmas: TypeAlias = dict[tuple[Constraint, ...], Refutation]
"""Contradictory constraints, index variables renamed in order of appearance, and why they are contradictory."""

_recorded: ContextVar[Lemmas | None] = ContextVar("recorded", default=None)
_given: ContextVar[_Given | None] = ContextVar("given", default=None)


@contextmanager
def recording(lemmas: Lemmas) -> Iterator[None]:
    """All lemmas that are used inside are added to ``lemmas``."""
    token = _recorded.set(lemmas)
    try:
        yield
    finally:
        _recorded.reset(token)


@contextmanager
def replaying(lemmas: Mapping[tuple[Constraint, ...], Refutation]) -> Iterator[Lemmas]:
    """Nothing is searched for inside: a contradiction is known if its reason is among ``lemmas`` and holds. Gives
    those that were used and hold."""
    given = _Given(lemmas)
    token = _given.set(given)
    try:
        yield given.used
    finally:
        _given.reset(token)


class _Given:
    """Lemmas that somebody else found; each is checked when it is first used. The constraints need not have the order
    and the names that they had there."""

    def __init__(self, lemmas: Mapping[tuple[Constraint, ...], Refutation]) -> None:
        self.lemmas = {_key(constraints): (constraints, reason) for constraints, reason in lemmas.items()}
        self.similar: dict[tuple[int | Fraction, ...], list[Key]] = {}
        for key in self.lemmas:
            self.similar.setdefault(_outline(key), []).append(key)
        self.used: Lemmas = {}
        self.checked: dict[Key, bool] = {}

    def refuted(self, key: Key) -> bool:
        if key not in self.checked:
            same = key if key in self.lemmas else next(
                (other for other in self.similar.get(_outline(key), ()) if _ordered(other) == _ordered(key)), None
            )
            self.checked[key] = same is not None and self._holds(same)
        return self.checked[key]

    def _holds(self, key: Key) -> bool:
        constraints, reason = self.lemmas[key]
        if not refutes(reason, constraints):
            return False
        self.used[constraints] = reason
        return True


def implies(facts: Sequence[Constraint], conclusion: Constraint) -> bool:
    """Whether every integer point that satisfies ``facts`` satisfies ``conclusion``."""
    value, relation = whole(conclusion.value)[0], conclusion.relation
    if value.is_constant and conclusion.holds({}):
        return True
    if contains(facts, conclusion):
        return True
    if relation == ">=":
        return infeasible((*facts, Constraint(-value - 1, ">=")))
    if relation == "==":
        return implies(facts, Constraint(value, ">=")) and implies(facts, Constraint(-value, ">="))
    return infeasible((*facts, Constraint(value, "==")))


def contains(facts: Iterable[Constraint], fact: Constraint) -> bool:
    """Whether a fact is one of ``facts``, without a call for each."""
    return (fact.value.terms, fact.relation) in [(c.value.terms, c.relation) for c in facts]


def infeasible(constraints: Iterable[Constraint]) -> bool:
    """Whether it is proved that no integers (sizes ≥ 1) satisfy all constraints; the last one is the query:
    facts that share no name with it, directly or through others, are left out."""
    given = tuple(constraints)
    bounded = _bounded(given)
    return bool(bounded) and bounded[-1] is given[-1] and _infeasible(bounded[:-1], bounded[-1])


def contradictory(constraints: Sequence[Constraint], facts: Sequence[Constraint]) -> bool:
    """Whether it is proved that ``constraints`` cannot all hold together, given ``facts``."""
    bounded = _bounded((*facts, *constraints))
    among = set(constraints)
    known, waiting = [c for c in bounded if c not in among], [c for c in bounded if c in among]
    while waiting:
        query = waiting[-1]
        group = _relevant(waiting[:-1], query)
        if _infeasible((*known, *group[1:]), query):
            return True
        waiting = [c for c in waiting if c not in group]
    return False


def _infeasible(facts: Sequence[Constraint], query: Constraint) -> bool:
    indices = query.value.indices
    near = [c for c in facts if c.value.indices <= indices]
    return len(near) < len(facts) and _refuted(_relevant(near, query)) or _refuted(_relevant(facts, query))


def _refuted(constraints: Sequence[Constraint]) -> bool:
    constraints = _bounded(constraints)
    if not constraints:
        return False
    key = _anonymous(constraints)
    given, recorded = _given.get(), _recorded.get()
    if given is not None:
        return given.refuted(key)
    lemma = _lemma(key)
    if lemma is not None and recorded is not None:
        recorded[lemma[1]] = lemma[0]
    return lemma is not None


def _bounded(constraints: Sequence[Constraint]) -> Sequence[Constraint]:
    """Without those that contain a name which none bounds from the other side: where the others hold, it only has
    to be chosen large (or small) enough. Most questions end here."""
    while True:
        below: set[str] = set()
        above: set[str] = set()
        for c in constraints:
            up, down = c.value.signs if c.relation == ">=" else (c.value.names, c.value.names)
            below |= up
            above |= down
        free = {n for n in below ^ above if n in below or n[0] == "%"}  # sizes are at least one
        if not free:
            return constraints
        constraints = [c for c in constraints if free.isdisjoint(c.value.names)]


def _anonymous(constraints: Sequence[Constraint]) -> Key:
    """Without duplicates, index variables renamed in order of appearance."""
    names: dict[str, str] = {}
    found: dict[tuple[tuple[tuple[Monomial, int | Fraction], ...], str], None] = {}
    for c in constraints:
        terms = []
        for monomial, coefficient in c.value.terms:
            for name in monomial:
                if name[0] == "%" and name not in names:
                    names[name] = f"%{len(names):03d}"
            if len(monomial) == 1:
                monomial = (names.get(monomial[0], monomial[0]),)
            elif monomial:
                monomial = tuple(sorted([names.get(name, name) for name in monomial]))
            terms.append((monomial, coefficient))
        if len(terms) > 1:
            terms.sort(key=itemgetter(0))  # as those of a polynomial
        found[tuple(terms), c.relation] = None
    return tuple(found)


def _key(constraints: Sequence[Constraint]) -> Key:
    """Of constraints whose index variables have been renamed."""
    return tuple([(c.value.terms, c.relation) for c in constraints])


def _outline(key: Key) -> tuple[int | Fraction, ...]:
    """What is the same of constraints in any order, with any names, and is found at once."""
    return tuple(sorted([c if c > 0 else -c for terms, _ in key for _, c in terms]))


@lru_cache(maxsize=65536)
def _ordered(key: Key) -> Key:
    """The same key for the same constraints in another order, with other names of index variables, and equations of
    either sign. Variables are numbered by where they occur, then by the numbers of those beside them; of those that
    still look alike the first goes first, which matters only where they are not alike."""
    numbers = dict.fromkeys((name for terms, _ in key for m, _ in terms for name in m if is_index(name)), 0)

    def numbered(own: str = "") -> list[tuple[list[tuple[Monomial, int | Fraction]], str]]:
        names = {name: f"%{number:03d}" for name, number in numbers.items()} | {own: "%"}
        found = []
        for terms, relation in key:
            seen = [(tuple(sorted([names.get(n, n) for n in m])), c) for m, c in terms]
            signs = (1,) if relation == ">=" else (1, -1)
            found.append((min(sorted((m, c * sign) for m, c in seen) for sign in signs), relation))
        return sorted(found)

    while True:
        looks = {name: (number, str(numbered(name))) for name, number in numbers.items()}
        places = {look: place for place, look in enumerate(sorted(looks.values()))}
        finer = {name: places[look] for name, look in looks.items()}  # alike: the last place of their own
        if finer == numbers:
            alike = [name for name in numbers if list(numbers.values()).count(numbers[name]) > 1]
            if not alike:
                return tuple((tuple(terms), relation) for terms, relation in numbered())
            finer[min(alike, key=numbers.__getitem__)] -= 1
        numbers = finer


@lru_cache(maxsize=65536)
def _lemma(key: Key) -> tuple[Refutation, tuple[Constraint, ...]] | None:
    """Why the constraints are contradictory, if that is found, and checked."""
    constraints = tuple(Constraint(Polynomial(terms), relation) for terms, relation in key)
    reason = _reason(constraints)
    return (reason, constraints) if reason is not None and refutes(reason, constraints) else None


def _relevant(facts: Sequence[Constraint], query: Constraint) -> list[Constraint]:
    names, kept, waiting = set(query.value.names), [query], list(facts)
    while True:
        near = [c for c in waiting if not names.isdisjoint(c.value.names)]
        if not near:
            return kept
        waiting = [c for c in waiting if names.isdisjoint(c.value.names)]
        kept += near
        for c in near:
            names |= c.value.names


def _reason(constraints: tuple[Constraint, ...]) -> Refutation | None:
    for k, c in enumerate(constraints):
        if c.relation == "!=" and not (c.value.is_constant and c.value):
            above = _reason(side(constraints, k, 1))
            below = _reason(side(constraints, k, -1)) if above is not None else None
            return Apart(k, above, below) if above is not None and below is not None else None
    for k, c in enumerate(constraints):
        if c.relation == "==":
            for name in sorted(filter(is_index, c.value.names)):
                value = solution(c.value, name)
                if value is not None:
                    then = _reason(put_in(constraints, k, name, value))
                    return Solved(k, name, then) if then is not None else None
    for k, c in enumerate(constraints):
        indivisible = Indivisible(k)
        if c.relation == "==" and refutes(indivisible, constraints):
            return indivisible
    return _elimination(constraints)


class Row:
    """``Σ coefficients[m]·m + constant ≥ 0`` over the integers, tightened, and why it holds."""

    __slots__ = ("coefficients", "constant", "key", "parents", "reason")

    def __init__(
        self, coefficients: dict[Monomial, int], constant: int, reason: RowReason, parents: tuple[Row, ...] = ()
    ) -> None:
        content = math.gcd(*coefficients.values()) if coefficients else 1
        if content > 1:
            coefficients = {m: c // content for m, c in coefficients.items()}
            constant //= content  # rounding down: the integer tightening
        self.coefficients, self.constant, self.reason, self.parents = coefficients, constant, reason, parents
        self.key = frozenset(coefficients.items())

    @classmethod
    def of(cls, value: Polynomial, reason: RowReason) -> Row:
        coefficients = {m: int(c) for m, c in whole(value)[0].terms}
        return cls(coefficients, coefficients.pop((), 0), reason)

    @classmethod
    def combined(cls, a: Row, b: Row, variable: Monomial) -> Row:
        """The positive combination of ``a`` and ``b`` in which ``variable`` cancels."""
        x, y = a.coefficients[variable], -b.coefficients[variable]
        common = math.gcd(x, y)
        x, y = x // common, y // common
        coefficients = {m: c * y for m, c in a.coefficients.items()}
        for m, c in b.coefficients.items():
            total = coefficients.get(m, 0) + c * x
            if total:
                coefficients[m] = total
            else:
                del coefficients[m]
        return cls(coefficients, a.constant * y + b.constant * x, Combined(0, y, 0, x), (a, b))


def _elimination(constraints: Sequence[Constraint]) -> Arithmetic | None:
    rows = []
    for k, c in enumerate(constraints):
        if c.relation == "!=":
            continue  # true: the others are taken apart before
        for sign in (1, -1) if c.relation == "==" else (1,):
            rows.append(Row.of(c.value * sign, Given(k, sign)))
    last = _eliminate(_with_products(rows))
    return Arithmetic(_trace(last)) if last is not None else None


def _trace(last: Row) -> tuple[RowReason, ...]:
    """The rows that the last one rests on, each after its parents."""
    numbers: dict[int, int] = {}
    reasons: list[RowReason] = []

    def visit(row: Row) -> int:
        if id(row) not in numbers:
            parents = [visit(parent) for parent in row.parents]
            reason = row.reason
            match reason:
                case Times(_, sizes):
                    reason = Times(parents[0], sizes)
                case Combined(_, by, _, times):
                    reason = Combined(parents[0], by, parents[1], times)
            numbers[id(row)] = len(reasons)
            reasons.append(reason)
        return numbers[id(row)]

    visit(last)
    return tuple(reasons)


def _with_products(rows: list[Row]) -> list[Row]:
    """The rows with those that tie nonlinear monomials to their factors: sizes are at least one, and a true
    inequality may be multiplied by a size."""
    monomials = dict.fromkeys(m for row in rows for m in row.coefficients)
    products = [m for m in monomials if len(m) > 1]
    sizes = dict.fromkeys(name for m in monomials for name in m if not is_index(name))
    given = [*rows, *(Row({(size,): 1}, -1, AtLeastOne(size)) for size in sizes)]
    found, seen = list(given), {(row.key, row.constant) for row in given}
    targets = set(products)
    for sizes_of in dict.fromkeys(rest for m in products for rest in _size_factors(m)):
        for row in given:
            scaled = {tuple(sorted(m + sizes_of)): c for m, c in row.coefficients.items()}
            if row.constant:
                scaled[sizes_of] = scaled.get(sizes_of, 0) + row.constant
            if not targets.isdisjoint(scaled):
                new = Row({m: c for m, c in scaled.items() if c}, 0, Times(0, sizes_of), (row,))
                if (new.key, new.constant) not in seen:
                    seen.add((new.key, new.constant))
                    found.append(new)
    return found


def _size_factors(monomial: Monomial) -> list[Monomial]:
    """The products of sizes that properly divide ``monomial``."""
    sizes = [name for name in monomial if not is_index(name)]
    found: list[Monomial] = []
    for mask in range(1, 1 << min(len(sizes), 4)):
        chosen = tuple(name for k, name in enumerate(sizes[:4]) if mask >> k & 1)
        if len(chosen) < len(monomial) and chosen not in found:
            found.append(chosen)
    return found


def _eliminate(rows: list[Row]) -> Row | None:
    """Fourier–Motzkin: the row that is a contradiction, if the rows contain one."""
    rows = _without_pure(rows)
    while True:
        best: dict[frozenset[tuple[Monomial, int]], Row] = {}
        for r in rows:
            if not r.coefficients:
                if r.constant < 0:
                    return r
                continue
            old = best.get(r.key)
            if old is None or r.constant < old.constant:
                best[r.key] = r
        rows = list(best.values())
        if not rows or len(rows) > ROWS:
            return None
        lower, upper = _signs(rows)
        variables = sorted(lower.keys() | upper.keys())
        chosen = min(variables, key=lambda m: lower.get(m, 0) * upper.get(m, 0) - lower.get(m, 0) - upper.get(m, 0))
        below = [r for r in rows if r.coefficients.get(chosen, 0) > 0]
        above = [r for r in rows if r.coefficients.get(chosen, 0) < 0]
        rows = [r for r in rows if chosen not in r.coefficients]
        rows += [Row.combined(a, b, chosen) for a in below for b in above]


def _signs(rows: Sequence[Row]) -> tuple[dict[Monomial, int], dict[Monomial, int]]:
    """How many rows bound each monomial from below, and from above."""
    lower: dict[Monomial, int] = {}
    upper: dict[Monomial, int] = {}
    for r in rows:
        for m, c in r.coefficients.items():
            count = lower if c > 0 else upper
            count[m] = count.get(m, 0) + 1
    return lower, upper


def _without_pure(rows: list[Row]) -> list[Row]:
    """Without rows that bound something which no row bounds from the other side: they contradict nothing."""
    while True:
        lower, upper = _signs(rows)
        kept = [r for r in rows if all(m in lower and m in upper for m in r.coefficients)]
        if len(kept) == len(rows):
            return rows
        rows = kept
