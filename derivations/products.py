"""Products over a range with one factor left out, Π_{q ≠ p} x_q, written Π_q ([q = p] + (1 − [q = p])·x_q)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from verify_derivations.derivations.canonical import canonical
from verify_derivations.derivations.domains import implies
from verify_derivations.derivations.ranges import solved
from verify_derivations.derivations.terms import (
    LOCAL,
    ONE,
    UNITY,
    Factor,
    Facts,
    Head,
    Normal,
    Term,
    apart,
    close,
    collect,
    fill,
    gather,
    number,
    tidy_constraint,
)
from verify_derivations.formulas.expressions import Constraint, fresh, polynomial, within
from verify_derivations.formulas.polynomial import Polynomial

if TYPE_CHECKING:
    from verify_derivations.derivations.normal import Normalizer

RUNNING = LOCAL[0]  # the variable of the range


def simpler(n: Normalizer, body: Normal, extent: Polynomial, facts: Facts) -> Normal | None:
    """A product of the values of ``body`` over :data:`RUNNING`, if it is made of simpler ones."""
    return _divided(n, body, extent, facts) or _exponential(n, body, extent, facts)


def _divided(n: Normalizer, body: Normal, extent: Polynomial, facts: Facts) -> Normal | None:
    """Π_{q ≠ p} x_q = Π_q x_q/x_p, if no x is zero."""
    found = left_out(body)
    if found is None or not is_there(found[1], extent, facts):
        return None
    factors, place = found
    inside = tuple(map(tidy_constraint, within(polynomial(RUNNING), extent)))
    if not n.signs.nonzero(factors, (*facts, *inside)):
        return None
    one = n.reduce(at(factors, place), facts)
    return n.product([_whole(n, factors, extent, facts), n.power(one, -ONE, facts)], facts)


def _exponential(n: Normalizer, body: Normal, extent: Polynomial, facts: Facts) -> Normal | None:
    """Π_q e^{x_q} = e^{Σ_q x_q}, and Π_q c = cⁿ for a positive c."""
    if len(body) != 1 or body[0].bound or body[0].constraints:
        return None
    (term,) = body
    taken = [f for f in term.factors
             if f.head.kind == "exp" or RUNNING not in f.names() and n.signs.positive_factor(f, facts)]  # fmt: skip
    size, sign = abs(term.coefficient), ONE if term.coefficient > 0 else -ONE
    if not taken and size == 1:
        return None
    variable = fresh("q")
    put, ranges = {RUNNING: polynomial(variable)}, within(polynomial(variable), extent)
    one = (Term(size, factors=tuple(f.at(put) for f in taken)),)
    total = [Term(t.coefficient, (variable, *t.bound), (*ranges, *t.constraints), t.factors)
             for t in map(apart, n.log(one, (*facts, *map(tidy_constraint, ranges))))]  # fmt: skip
    rest = (Term(sign, factors=tuple(f for f in term.factors if f not in taken)),)
    others = number(1) if rest == (UNITY,) else _whole(n, rest, extent, facts)
    return n.product([others, n.exp(n.reduce(total, facts), facts)], facts)


def _whole(n: Normalizer, factors: Normal, extent: Polynomial, facts: Facts) -> Normal:
    return n.over("product", factors, (RUNNING,), (extent,), (), facts)


def left_out(body: Sequence[Term]) -> tuple[Normal, Polynomial] | None:
    """The factors x of a product, of whose ``body`` this is said, and the p at which one is left out."""
    for same in dict.fromkeys(c for t in body for c in t.constraints if c.relation == "=="):
        place = solved(same.value, RUNNING)
        if place is None or not place.names.isdisjoint({RUNNING}.union(*(t.bound for t in body))):
            continue
        factors = gather(canonical(t) for t in body if same not in t.constraints)
        there = gather(canonical(t) for t in body if same in t.constraints)
        one = (Term(ONE, constraints=(same,)), *(_where(same, t.scaled(Fraction(-1))) for t in at(factors, place)))
        if there == gather(map(canonical, one)):
            return factors, place
    return None


def _where(same: Constraint, term: Term) -> Term:
    return Term(term.coefficient, term.bound, (same, *term.constraints), term.factors)


def at(factors: Normal, place: Polynomial) -> list[Term]:
    """The factor at one place of the range."""
    put = {RUNNING: place}
    return [Term(t.coefficient, t.bound, tuple(c.substitute(put) for c in t.constraints),
                 collect([f.at(put) for f in t.factors])) for t in factors]  # fmt: skip


def is_there(place: Polynomial, extent: Polynomial, facts: Facts) -> bool:
    """Whether a place is one of the range: elsewhere nothing is left out."""
    return all(implies(facts, c) for c in within(place, extent))


def over(body: Normal, extents: tuple[Polynomial, ...]) -> Factor:
    closed, args, fragile = close([body], tuple(f"%m{k}" for k in range(len(extents))))
    return Factor(Head("product", "", closed, (), extents, fragile=fragile), args, ONE)


def completed(term: Term, facts: Facts) -> tuple[Term, Factor] | None:
    """x_p·Π_{q ≠ p} x_q = Π_q x_q, for factors x that are products themselves: what is left of a term, and Π_q x_q."""
    for f in term.factors:
        if f.head.kind != "product" or f.exponent != 1 or len(f.head.extents) != 1:
            continue
        found = left_out([canonical(t) for t in fill(f.head.bodies[0], f.args)])
        if found is None or len(found[0]) != 1 or found[0][0].bound or found[0][0].constraints:
            continue
        factors, place = found
        (one,) = at(factors, place)
        others = {(g.head, g.args): g.exponent for g in term.factors if g is not f}
        there = all(0 < abs(g.exponent) <= others.get((g.head, g.args), 0) * (1 if g.exponent > 0 else -1)
                    for g in one.factors)  # fmt: skip
        if there and is_there(place, f.head.extents[0], (*facts, *term.constraints)):
            less = [Factor(g.head, g.args, -g.exponent) for g in one.factors]
            kept = collect([*(g for g in term.factors if g is not f), *less])
            left = Term(term.coefficient / one.coefficient, term.bound, term.constraints, kept)
            return left, over(factors, f.head.extents)
    return None
