"""Integer linear arithmetic over symbolic sizes: which facts follow from which.

The one question answered is :func:`infeasible`: no integers satisfy all constraints. It is decided by
Fourier–Motzkin elimination with integer tightening over *monomials*: ``s·u`` is a variable of its own, tied to
``u`` by products of the facts about ``u`` with the positive size ``s``. Every size is at least one. The answer
``True`` is a proof; ``False`` says only that none was found.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

from verify_derivations.formulas.expressions import Constraint
from verify_derivations.formulas.polynomial import Monomial, Polynomial, is_index

ROWS = 300  # elimination is given up beyond this many inequalities


class Row:
    """``Σ coefficients[m]·m + constant ≥ 0`` over the integers, divided by the content and tightened."""

    __slots__ = ("coefficients", "constant")

    def __init__(self, coefficients: dict[Monomial, int], constant: int) -> None:
        content = math.gcd(*coefficients.values()) if coefficients else 1
        if content > 1:
            coefficients = {m: c // content for m, c in coefficients.items()}
            constant //= content  # rounding down: the integer tightening
        self.coefficients, self.constant = coefficients, constant

    def key(self) -> tuple[tuple[Monomial, int], ...]:
        return tuple(sorted(self.coefficients.items()))


def row(value: Polynomial) -> Row:
    scale = math.lcm(*(c.denominator for _, c in value.terms)) if value.terms else 1
    coefficients = {m: int(c * scale) for m, c in value.terms}
    return Row(coefficients, coefficients.pop((), 0))


def implies(facts: Sequence[Constraint], conclusion: Constraint) -> bool:
    """Whether every integer point that satisfies ``facts`` satisfies ``conclusion``."""
    value, relation = conclusion.value, conclusion.relation
    if value.is_constant and conclusion.holds({}):
        return True
    if conclusion in facts:
        return True
    if relation == ">=":
        return infeasible((*facts, Constraint(-value - 1, ">=")))
    if relation == "==":
        return implies(facts, Constraint(value, ">=")) and implies(facts, Constraint(-value, ">="))
    return infeasible((*facts, Constraint(value, "==")))


def infeasible(constraints: Iterable[Constraint]) -> bool:
    """Whether it is proved that no integers (sizes ≥ 1) satisfy all constraints; the last one is the query:
    facts that share no name with it, directly or through others, are left out."""
    given = tuple(constraints)
    if not given:
        return False
    query = given[-1]
    indices = {n for n in query.value.names if is_index(n)}
    near = [c for c in given[:-1] if {n for n in c.value.names if is_index(n)} <= indices]
    if len(near) < len(given) - 1 and _infeasible(tuple(dict.fromkeys(_relevant(near, query)))):
        return True
    return _infeasible(tuple(dict.fromkeys(_relevant(given[:-1], query))))


def contradictory(constraints: Sequence[Constraint], facts: Sequence[Constraint]) -> bool:
    """Whether it is proved that ``constraints`` cannot all hold together, given ``facts``."""
    waiting = list(constraints)
    while waiting:
        query = waiting[-1]
        group = _relevant(waiting[:-1], query)
        if infeasible((*facts, *group[1:], query)):
            return True
        waiting = [c for c in waiting if c not in group]
    return False


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


@lru_cache(maxsize=65536)
def _infeasible(constraints: tuple[Constraint, ...]) -> bool:
    apart = next((c for c in constraints if c.relation == "!="), None)
    if apart is not None:
        rest = tuple(c for c in constraints if c is not apart)
        return all(_infeasible((*rest, Constraint(side - 1, ">="))) for side in (apart.value, -apart.value))
    for k, c in enumerate(constraints):
        if c.relation == "==":
            solved = _solution(c.value)
            if solved is not None:
                others = constraints[:k] + constraints[k + 1:]
                return _infeasible(tuple(o.substitute(dict([solved])) for o in others)) if others else False
    values: list[Polynomial] = []
    for c in constraints:
        if c.value.is_constant:
            if not c.holds({}):
                return True
        elif c.relation == "==":
            if _no_integer_root(c.value):
                return True
            values += [c.value, -c.value]
        else:
            values.append(c.value)
    return _eliminate([row(value) for value in _with_products(values)])


def _solution(value: Polynomial) -> tuple[str, Polynomial] | None:
    """An index variable, and what ``value = 0`` says that it equals, in whole numbers."""
    if any(c.denominator != 1 for _, c in value.terms):
        return None
    for name in sorted(filter(is_index, value.names)):
        parts = value.linear_in(name)
        if parts is not None and parts[0].is_constant and abs(parts[0].value) == 1:
            return name, parts[1] * -parts[0].value
    return None


def _no_integer_root(value: Polynomial) -> bool:
    """Σ c·m + k = 0 where the gcd of the c does not divide k."""
    scale = math.lcm(*(c.denominator for _, c in value.terms))
    coefficients = {m: int(c * scale) for m, c in value.terms}
    constant = coefficients.pop((), 0)
    return constant % math.gcd(*coefficients.values()) != 0


def _with_products(values: list[Polynomial]) -> list[Polynomial]:
    """The inequalities ``value ≥ 0`` with those that tie nonlinear monomials to their factors: sizes are at
    least one, and a true inequality may be multiplied by a size."""
    monomials = dict.fromkeys(m for value in values for m, _ in value.terms if m)
    products = [m for m in monomials if len(m) > 1]
    sizes = dict.fromkeys(name for m in monomials for name in m if not is_index(name))
    known = [Polynomial([((s,), 1), ((), -1)]) for s in sizes]
    found = list(values) + known
    multipliers = dict.fromkeys(
        rest
        for m in products
        for rest in _size_factors(m)
    )
    targets = set(products)
    for rest in multipliers:
        factor = Polynomial([(rest, 1)])
        for value in (*values, *known):
            scaled = value * factor
            if any(m in targets for m, _ in scaled.terms) and scaled not in found:
                found.append(scaled)
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


def _eliminate(rows: list[Row]) -> bool:
    """Fourier–Motzkin: ``True`` where the rows contradict each other."""
    while True:
        best: dict[tuple[tuple[Monomial, int], ...], Row] = {}
        for r in rows:
            if not r.coefficients:
                if r.constant < 0:
                    return True
                continue
            key = r.key()
            if key not in best or r.constant < best[key].constant:
                best[key] = r
        rows = list(best.values())
        if not rows or len(rows) > ROWS:
            return False
        lower: dict[Monomial, int] = {}
        upper: dict[Monomial, int] = {}
        for r in rows:
            for m, c in r.coefficients.items():
                side = lower if c > 0 else upper
                side[m] = side.get(m, 0) + 1
        variables = sorted(lower.keys() | upper.keys())
        chosen = min(variables, key=lambda m: lower.get(m, 0) * upper.get(m, 0) - lower.get(m, 0) - upper.get(m, 0))
        below = [r for r in rows if r.coefficients.get(chosen, 0) > 0]
        above = [r for r in rows if r.coefficients.get(chosen, 0) < 0]
        rows = [r for r in rows if chosen not in r.coefficients]
        rows += [_combine(a, b, chosen) for a in below for b in above]


def _combine(a: Row, b: Row, variable: Monomial) -> Row:
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
    return Row(coefficients, a.constant * y + b.constant * x)
