"""The rules that bring one term of the normal form to rest.

Each rule takes a term and the facts about what is free in it, and returns the terms that replace it, or
``None`` where it does not apply. All rules are equations; the side conditions are decided by `domains`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.derivations.domains import contradictory, implies
from verify_derivations.derivations.terms import (
    INDEX,
    Beyond,
    Factor,
    Head,
    Normal,
    Term,
    canonical,
    collect,
    fill,
    gather,
    renamed,
    tidy_constraint,
    times,
)
from verify_derivations.formulas.expressions import Constraint
from verify_derivations.formulas.polynomial import Polynomial, is_index, polynomial

Facts: TypeAlias = tuple[Constraint, ...]

STEPS = 20_000  # rule applications for one expression
TERMS = 4_000
SPLITS = 12  # constraints by which the domains of like sums are divided


class Rewriter:
    """Applies the rules until none does. Functions whose body may simplify at new indices are rebuilt by
    :meth:`rebuilt`, which the normal form supplies."""

    def __init__(self) -> None:
        self.steps = STEPS
        self.deadline = math.inf  # of the monotonic clock

    def rebuilt(self, factor: Factor, facts: Facts) -> Normal:
        raise NotImplementedError

    def reduce(self, terms: Iterable[Term], facts: Facts) -> Normal:
        """The normal form of a sum of raw terms."""
        waiting = list(terms)
        done: list[Term] = []
        rules = (
            self._decide, self._numbers, self._pinch, self._digits, self._solve, self._domain, self._argmax,
            self._count, self._powers,
        )
        while waiting:
            term = waiting.pop()
            self.steps -= 1
            if self.steps < 0 or len(waiting) + len(done) > TERMS:
                raise Beyond("the normal form grows beyond its limit")
            if time.monotonic() > self.deadline:
                raise Beyond("the limit of time")
            for rule in rules:
                new = rule(term, facts)
                if new is not None:
                    waiting += new
                    break
            else:
                settled = canonical(term)
                if _hidden(settled) > _hidden(term):  # a digit that the new variables leave out of the factors
                    waiting.append(settled)
                else:
                    done.append(settled)
        return gather(done)

    def substitute(self, term: Term, values: Mapping[str, Polynomial], facts: Facts) -> list[Term]:
        """Values put in for index variables; what they make possible inside functions is done."""
        touched = [f for f in term.factors if not f.names().isdisjoint(values)]
        special = [f for f in touched if f.head.fragile or f.head == INDEX]
        kept = Term(term.coefficient, term.bound, term.constraints,
                    tuple(f for f in term.factors if f not in special))
        plain = renamed(kept, values, kept.bound)
        terms = [Term(plain.coefficient, plain.bound, plain.constraints, collect(plain.factors))]
        for f in special:
            product = self.rebuilt(f.at(values), (*facts, *plain.constraints))
            terms = [times(a, b) for a in terms for b in product]
        return terms

    # -- constraints --------------------------------------------------------------------------------
    def _decide(self, term: Term, facts: Facts) -> list[Term] | None:
        """[true] = 1, [false] = 0, [p ≠ 0] = 1 − [p = 0]."""
        for k, c in enumerate(term.constraints):
            rest = term.constraints[:k] + term.constraints[k + 1:]
            if c.value.is_constant:
                return [Term(term.coefficient, term.bound, rest, term.factors)] if c.holds({}) else []
            if c.relation == "!=":
                same = Constraint(c.value, "==")
                return [Term(term.coefficient, term.bound, rest, term.factors),
                        Term(-term.coefficient, term.bound, (*rest, same), term.factors)]
        return None

    def _numbers(self, term: Term, facts: Facts) -> list[Term] | None:
        """An index expression as a number is a sum of products of indices and sizes."""
        for f in term.factors:
            if f.head == INDEX and f.args[0].as_atom() is None and f.exponent.denominator == 1 and f.exponent > 0:
                rest = tuple(g for g in term.factors if g is not f)
                lower = (Factor(f.head, f.args, f.exponent - 1),) if f.exponent > 1 else ()
                plain = Term(term.coefficient, term.bound, term.constraints, rest + lower)
                return [times(plain, t) for t in number_terms(f.args[0])]
        return None

    def _digits(self, term: Term, facts: Facts) -> list[Term] | None:
        """[s·Q + R = 0] = [Q = 0]·[R = 0] where |R| < s follows from the domain."""
        for k, c in enumerate(term.constraints):
            if c.relation != "==":
                continue
            for quotient, remainder in _divisions(c.value):
                rest = term.constraints[:k] + term.constraints[k + 1:]
                if implies((*facts, *term.constraints), Constraint(quotient, "==")):
                    new = (Constraint(quotient, "=="), Constraint(remainder, "=="))
                    return [Term(term.coefficient, term.bound, rest + new, term.factors)]
        return None

    def _pinch(self, term: Term, facts: Facts) -> list[Term] | None:
        """[p ≥ 0]·[−p ≥ 0] = [p = 0]."""
        found = {c.value for c in term.constraints if c.relation == ">="}
        for k, c in enumerate(term.constraints):
            if c.relation == ">=" and -c.value in found:
                rest = tuple(o for o in term.constraints if o.value not in (c.value, -c.value))
                same = Constraint(c.value, "==")
                return [Term(term.coefficient, term.bound, (*rest[:k], same, *rest[k:]), term.factors)]
        return None

    def _solve(self, term: Term, facts: Facts) -> list[Term] | None:
        """Σ_v [v = p]·F(v) = F(p) for a bound v; [i = p]·F(i) = [i = p]·F(p) for a free one."""
        for k, c in enumerate(term.constraints):
            if c.relation != "==":
                continue
            rest = term.constraints[:k] + term.constraints[k + 1:]
            for variable in term.bound:
                value = _solved(c.value, variable)
                if value is not None:
                    bound = tuple(v for v in term.bound if v != variable)
                    smaller = Term(term.coefficient, bound, rest, term.factors)
                    return self.substitute(smaller, {variable: value}, facts)
            if c.value.names.isdisjoint(term.bound):
                free = sorted((n for n in c.value.names if is_index(n)), reverse=True)
                for variable in free:
                    value = _solved(c.value, variable)
                    if value is None:
                        continue
                    others = Term(term.coefficient, term.bound, rest, term.factors)
                    if variable not in others.free():
                        break
                    return [
                        Term(t.coefficient, t.bound, (*t.constraints, c), t.factors)
                        for t in self.substitute(others, {variable: value}, facts)
                    ]
        return None

    def _domain(self, term: Term, facts: Facts) -> list[Term] | None:
        """An empty domain gives zero; a constraint that follows from the others and the facts is dropped."""
        tidied = tuple(dict.fromkeys(tidy_constraint(c) for c in term.constraints))
        kept = [c for c in tidied if c not in facts]
        if not _is_box(kept, term.bound):
            if contradictory(kept, facts):
                return []
            for c in sorted(kept, key=lambda c: (-len(c.value.names), c.value.terms)):
                others = [o for o in kept if o is not c]
                if implies((*facts, *others), c):
                    kept = others
        if len(kept) == len(term.constraints) and all(c in term.constraints for c in kept):
            return None
        return [Term(term.coefficient, term.bound, tuple(kept), term.factors)]

    def _count(self, term: Term, facts: Facts) -> list[Term] | None:
        """Σ_v [a ≤ v ≤ b]·vᵏ = [a ≤ b]·(F(b) − F(a − 1)) with F(x) = 1ᵏ + … + xᵏ as a polynomial, and for a
        quotient digit Σ_u [0 ≤ m − s·u < s]·[a ≤ u ≤ b] = [s·a ≤ m < s·(b + 1)]."""
        for variable in term.bound:
            within = [f for f in term.factors if variable in f.names()]
            if any(f.head != INDEX or f.args[0].as_atom() is None for f in within):
                continue
            about = [c for c in term.constraints if variable in c.value.names]
            outer = tuple(c for c in term.constraints if variable not in c.value.names)
            bound = tuple(v for v in term.bound if v != variable)
            if any(c.relation != ">=" for c in about):
                continue
            lower = [b for c in about if (b := _bound(c, variable, 1)) is not None]
            upper = [b for c in about if (b := _bound(c, variable, -1)) is not None]
            plain = Term(term.coefficient, bound, outer, tuple(f for f in term.factors if f not in within))
            degree = within[0].exponent if within else Fraction(0)
            if len(lower) + len(upper) == len(about) and lower and upper and degree in _POWER_SUMS:
                for bounds, side in ((lower, 1), (upper, -1)):
                    if len(bounds) > 1:
                        return _tightest(term, variable, bounds[0], bounds[1], side)
                inhabited = _inhabited(lower[0], upper[0])
                count = _power_sum(upper[0], degree) - _power_sum(lower[0] - 1, degree)
                plain = Term(plain.coefficient, bound, (*outer, inhabited), plain.factors)
                return [times(plain, t) for t in number_terms(count)]
            merged = _merged_digit(about, variable, lower, upper) if not within else None
            if merged is not None:
                return [Term(term.coefficient, bound, outer + merged, term.factors)]
        return None

    def _argmax(self, term: Term, facts: Facts) -> list[Term] | None:
        """The position of a maximum is unique: Σ_p [argmax = p] = 1, Σ_p [argmax = p]·x_p = max x, and
        [argmax = p]·[argmax = q] = [p = q]·[argmax = p]."""
        found = [f for f in term.factors if f.head.kind == "argmax"]
        for k, f in enumerate(found):
            size = len(f.head.extents)
            inner, at = f.args[:-size], f.args[-size:]
            for other in found[:k]:
                if other.head == f.head and other.args[:-size] == inner:
                    same = tuple(Constraint(a - b, "==") for a, b in zip(at, other.args[-size:], strict=True))
                    one = tuple(g for g in term.factors if g is not f)
                    return [Term(term.coefficient, term.bound, term.constraints + same, one)]
            rest = tuple(g for g in term.factors if g is not f)
            chosen = self._all_positions(term, f.head, at)
            if chosen is None or any(not chosen.isdisjoint(a.names) for a in inner):
                continue
            kept = tuple(c for c in term.constraints if c.value.names.isdisjoint(chosen))
            bound = tuple(v for v in term.bound if v not in chosen)
            if all(chosen.isdisjoint(g.names()) for g in rest):
                return [Term(term.coefficient, bound, kept, rest)]
            left = self._without_body(f, rest)
            if left is not None and all(chosen.isdisjoint(g.names()) for g in left[1]):
                head = Head("max", "", f.head.bodies, (), f.head.extents, fragile=f.head.fragile)
                largest = Factor(head, inner, Fraction(1))
                return [Term(term.coefficient / left[0], bound, kept, collect((*left[1], largest)))]
        return None

    @staticmethod
    def _all_positions(term: Term, head: Head, at: Sequence[Polynomial]) -> frozenset[str] | None:
        """The bound variables at which a position is taken, where they run over exactly all positions."""
        variables = frozenset(n for a in at if (n := a.as_atom()) in term.bound and n is not None)
        if len(variables) < len(at):
            return None
        ranges = {
            tidy_constraint(c)
            for v, n in zip(at, head.extents, strict=True)
            for c in (Constraint(v, ">="), Constraint(n - v - 1, ">="))
        }
        about = {tidy_constraint(c) for c in term.constraints if not c.value.names.isdisjoint(variables)}
        return variables if about == ranges else None

    @staticmethod
    def _without_body(f: Factor, factors: tuple[Factor, ...]) -> tuple[Fraction, tuple[Factor, ...]] | None:
        """``factors`` without those of the body of an argmax at its position, if they are all there."""
        size = len(f.head.extents)
        body = fill(f.head.bodies[0], f.args[:-size])
        if len(body) != 1 or body[0].bound or body[0].constraints:
            return None
        place = {f"%m{k}": a for k, a in enumerate(f.args[-size:])}
        for wanted in body[0].factors:
            found = wanted.at(place)
            if found not in factors:
                return None
            factors = tuple(g for g in factors if g != found)
        return body[0].coefficient, factors

    def split(self, normal: Normal, facts: Facts) -> Normal:
        """Sums of the same terms over different domains, each divided by the constraints of the others:
        [D] = [D]·[c] + [D]·[not c]."""
        groups: dict[tuple[tuple[str, ...], tuple[Factor, ...]], list[Term]] = {}
        for t in normal:
            groups.setdefault((t.bound, t.factors), []).append(t)
        pieces: list[Term] = []
        for (bound, factors), group in groups.items():
            conditions = dict.fromkeys(c for t in group for c in t.constraints if c.relation == ">=")
            if len(group) == 1 or len(conditions) > SPLITS:
                pieces += group
                continue
            for t in group:
                parts: list[Term] = [t]
                for c in conditions:
                    opposite = Constraint(-c.value - 1, ">=")
                    divided: list[Term] = []
                    for q in parts:
                        if c in q.constraints or (q.bound, q.factors) != (bound, factors):
                            divided.append(q)
                            continue
                        both = [Term(q.coefficient, bound, (*q.constraints, d), factors) for d in (c, opposite)]
                        divided += self.reduce(both, facts)
                    parts = divided
                pieces += parts
        return gather(pieces)

    # -- powers of sums -----------------------------------------------------------------------------
    def _powers(self, term: Term, facts: Facts) -> list[Term] | None:
        """S¹ is written out, and with the leading term T of S: T·Sᵉ = Sᵉ⁺¹ − (S − T)·Sᵉ for e < 0."""
        for f in term.factors:
            if f.head.kind == "apply" and f.head.name == "sin" and f.exponent >= 2:
                rest = tuple(g for g in term.factors if g is not f)
                lower = Factor(f.head, f.args, f.exponent - 2)
                cosine = Factor(Head("apply", "cos", f.head.bodies, f.head.data, fragile=f.head.fragile), f.args,
                                Fraction(2))
                plain = Term(term.coefficient, term.bound, term.constraints, collect((*rest, lower)))
                return [plain, times(plain.scaled(Fraction(-1)), Term(Fraction(1), factors=(cosine,)))]
            if f.head.kind != "power":
                continue
            rest = tuple(g for g in term.factors if g is not f)
            if f.exponent >= 1:
                lower = Factor(f.head, f.args, f.exponent - 1)
                plain = Term(term.coefficient, term.bound, term.constraints, collect((*rest, lower)))
                return [times(plain, t) for t in fill(f.head.bodies[0], f.args)]
            if f.exponent < 0:
                new = self._fold(term, f, facts)
                if new is not None:
                    return new
        return None

    def _fold(self, term: Term, f: Factor, facts: Facts) -> list[Term] | None:
        parts = fill(f.head.bodies[0], f.args)
        lead = leading(parts)
        others = [t for t in parts if t is not lead]
        rest = Term(term.coefficient, term.bound, term.constraints, tuple(g for g in term.factors if g is not f))
        for quotient, _ in quotients(rest.scaled(1 / lead.coefficient), lead, facts):
            raised = Term(Fraction(1), factors=(Factor(f.head, f.args, f.exponent + 1),) if f.exponent != -1 else ())
            same = Term(Fraction(-1), factors=(f,))
            return [times(quotient, raised), *(times(times(quotient, same), t) for t in others)]
        return self._separated(rest, f, parts)

    def _separated(self, rest: Term, f: Factor, parts: Sequence[Term]) -> list[Term] | None:
        """x⁻ᵐ·(c + x·R)ᵉ = (x⁻ᵐ·(c + x·R)ᵉ⁺¹ − x¹⁻ᵐ·R·(c + x·R)ᵉ)/c, where e < 0."""
        constants = [t for t in parts if not t.factors and not t.bound and not t.constraints]
        if len(constants) != 1 or len(parts) < 2:
            return None
        others = [t for t in parts if t is not constants[0]]
        for g in rest.factors:
            if g.exponent < 0 and all(
                any(h.head == g.head and h.args == g.args and h.exponent > 0 for h in t.factors) for t in others
            ):
                whole = rest.scaled(1 / constants[0].coefficient)
                raised = Factor(f.head, f.args, f.exponent + 1)
                terms = [times(whole, Term(Fraction(1), factors=(raised,) if raised.exponent else ()))]
                return terms + [times(times(whole.scaled(Fraction(-1)), Term(Fraction(1), factors=(f,))), t)
                                for t in others]
        return None


def _tightest(term: Term, variable: str, one: Polynomial, other: Polynomial, side: int) -> list[Term]:
    """[v ≥ a]·[v ≥ b] = [v ≥ a]·[a ≥ b] + [v ≥ b]·[b > a] (side 1), and likewise for upper bounds (side −1)."""
    cases = []
    for kept, dropped, strict in ((one, other, 0), (other, one, 1)):
        weaker = Constraint((polynomial(variable) - dropped) * side, ">=")
        order = Constraint((kept - dropped) * side - strict, ">=")
        rest = tuple(c for c in term.constraints if tidy_constraint(c) != tidy_constraint(weaker))
        cases.append(Term(term.coefficient, term.bound, (*rest, order), term.factors))
    return cases


_POWER_SUMS: dict[Fraction, tuple[Fraction, ...]] = {
    Fraction(0): (Fraction(0), Fraction(1)),
    Fraction(1): (Fraction(0), Fraction(1, 2), Fraction(1, 2)),
    Fraction(2): (Fraction(0), Fraction(1, 6), Fraction(1, 2), Fraction(1, 3)),
    Fraction(3): (Fraction(0), Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(1, 4)),
}
"""Coefficients of 1ᵏ + … + xᵏ as a polynomial in x."""


def _inhabited(lower: Polynomial, upper: Polynomial) -> Constraint:
    """An empty range counts as zero, not as a negative number."""
    return Constraint(upper - lower, ">=")


def _power_sum(x: Polynomial, degree: Fraction) -> Polynomial:
    total = Polynomial()
    for coefficient in reversed(_POWER_SUMS[degree]):
        total = total * x + Polynomial.constant(coefficient)
    return total


def _hidden(term: Term) -> int:
    """How many bound variables occur in no factor."""
    seen = frozenset().union(*(f.names() for f in term.factors))
    return sum(v not in seen for v in term.bound)


def number_terms(value: Polynomial) -> list[Term]:
    """An index expression as a number."""
    terms = []
    for monomial, coefficient in value.terms:
        factors = [
            Factor(INDEX, (Polynomial.atom(name),), Fraction(1)) if is_index(name)
            else Factor(Head("size", name), (), Fraction(1))
            for name in monomial
        ]
        terms.append(Term(coefficient, factors=collect(factors)))
    return terms


def quotients(
    term: Term, divisor: Term, facts: Facts, parameters: frozenset[str] = frozenset()
) -> Iterator[tuple[Term, dict[str, Polynomial]]]:
    """Terms Q with ``term = Q · divisor/divisor.coefficient``, where the sum in ``divisor`` factors out, and
    the values at which its ``parameters`` (free index variables) have to be taken for that."""
    for values, left in _embeddings(divisor.factors, term.factors, {}, frozenset(divisor.bound) | parameters):
        images = [values.get(v) for v in divisor.bound]
        variables = [next((n for n in (i.names if i else ()) if n in term.bound), None) for i in images]
        if any(v is None for v in variables) or len(set(variables)) < len(variables):
            continue
        chosen = frozenset(v for v in variables if v is not None)
        if any(i is None or not _is_shift(i, v or "", term.bound) for i, v in zip(images, variables, strict=True)):
            continue
        if any(not chosen.isdisjoint(g.names()) for g in left):
            continue
        about = {tidy_constraint(c) for c in term.constraints if not chosen.isdisjoint(c.value.names)}
        wanted = {tidy_constraint(c.substitute(values)) for c in divisor.constraints}
        rest = tuple(c for c in term.constraints if chosen.isdisjoint(c.value.names))
        known = (*facts, *rest)
        if about != wanted and not (
            all(implies((*known, *wanted), c) for c in about) and all(implies((*known, *about), c) for c in wanted)
        ):
            continue
        outer = {n: values[n] for n in parameters if n in values}
        if len(outer) == len(parameters) and all(chosen.isdisjoint(v.names) for v in outer.values()):
            yield Term(term.coefficient, tuple(v for v in term.bound if v not in chosen), rest, left), outer


def _embeddings(
    wanted: Sequence[Factor], given: tuple[Factor, ...], values: Mapping[str, Polynomial], unknown: frozenset[str]
) -> Iterator[tuple[dict[str, Polynomial], tuple[Factor, ...]]]:
    """Ways to find the ``wanted`` factors among the ``given``: the unknown indices, and what is left."""
    if not wanted:
        yield dict(values), given
        return
    first = wanted[0]
    for k, g in enumerate(given):
        if g.head != first.head or not 0 < first.exponent / g.exponent <= 1:
            continue
        found = _matched(first.args, g.args, values, unknown)
        if found is not None:
            left = Factor(g.head, g.args, g.exponent - first.exponent)
            remaining = given[:k] + ((left,) if left.exponent else ()) + given[k + 1:]
            yield from _embeddings(wanted[1:], remaining, found, unknown)


def _matched(
    wanted: Sequence[Polynomial], given: Sequence[Polynomial], values: Mapping[str, Polynomial], unknown: frozenset[str]
) -> dict[str, Polynomial] | None:
    found = dict(values)
    for a, b in zip(wanted, given, strict=True):
        index = a.substitute(found)
        open_names = index.names & (unknown - found.keys())
        if not open_names:
            if index != b:
                return None
            continue
        variable = min(open_names)
        value = _solved(index - b, variable)
        if len(open_names) > 1 or value is None:
            return None
        found[variable] = value
    return found


def _is_shift(value: Polynomial, variable: str, bound: tuple[str, ...]) -> bool:
    """``±variable + rest``, where the rest has no bound variable."""
    parts = value.linear_in(variable)
    return (
        parts is not None and parts[0].is_constant and abs(parts[0].value) == 1
        and parts[1].names.isdisjoint(bound)
    )


def leading(parts: Sequence[Term]) -> Term:
    """The term of a sum that is expressed by the others: sums before products, the longest first."""
    return max(parts, key=_weight)


def _weight(term: Term) -> tuple[int, Fraction, int, str]:
    degree = sum((abs(f.exponent) for f in term.factors), Fraction(0))
    return (len(term.bound), degree, len(term.factors), "".join(f.key for f in term.factors) if not term.bound else "")


def _solved(value: Polynomial, variable: str) -> Polynomial | None:
    """``p`` such that ``value = 0`` says ``variable = p``, for a coefficient ±1."""
    if variable not in value.names:
        return None
    parts = value.linear_in(variable)
    if parts is None or not parts[0].is_constant or abs(parts[0].value) != 1:
        return None
    answer = parts[1] * -parts[0].value
    return answer if all(c.denominator == 1 for _, c in answer.terms) else None


def _bound(c: Constraint, variable: str, side: int) -> Polynomial | None:
    """``a`` where the constraint says ``variable ≥ a`` (side 1) or ``variable ≤ a`` (side −1)."""
    parts = c.value.linear_in(variable)
    if parts is None or parts[0] != Polynomial.constant(side) or any(c.denominator != 1 for _, c in parts[1].terms):
        return None
    return parts[1] * -side


def _merged_digit(
    about: Sequence[Constraint], variable: str, lower: Sequence[Polynomial], upper: Sequence[Polynomial]
) -> tuple[Constraint, ...] | None:
    """The constraints on m when u is only the quotient of m by s; see ``Rewriter._count``."""
    slopes = [c for c in about if _bound(c, variable, 1) is None and _bound(c, variable, -1) is None]
    if len(slopes) != 2 or not lower or not upper:
        return None
    for below, above in (slopes, slopes[::-1]):
        parts, others = below.value.linear_in(variable), above.value.linear_in(variable)
        if parts is None or others is None:
            return None
        step, m = -parts[0], parts[1]
        if others[0] != step or others[1] + m != step - 1 or not _is_positive_size(step):
            continue
        return (*(Constraint(m - step * a, ">=") for a in lower),
                *(Constraint(step * b + step - 1 - m, ">=") for b in upper))
    return None


def _is_positive_size(value: Polynomial) -> bool:
    return bool(value.terms) and all(c > 0 and not any(map(is_index, m)) for m, c in value.terms)


def _divisions(value: Polynomial) -> Iterator[tuple[Polynomial, Polynomial]]:
    """Ways to write ``value = s·Q + R`` with s a product of sizes or an integer above one, and Q not constant."""
    tried: list[tuple[str, ...]] = []
    for monomial, _ in value.terms:
        sizes = tuple(n for n in monomial if not is_index(n))
        if sizes and len(sizes) < len(monomial) and sizes not in tried:
            tried.append(sizes)
    for sizes in tried:
        inside = [(m, c) for m, c in value.terms if _contains(m, sizes)]
        quotient = Polynomial(inside).divide(Polynomial([(sizes, 1)]))
        if quotient is not None and not quotient.is_constant:
            yield quotient, Polynomial([t for t in value.terms if t not in inside])
    for step in sorted({abs(c) for m, c in value.terms if m and c.denominator == 1 and abs(c) > 1}, reverse=True):
        inside = [(m, c) for m, c in value.terms if m and (c / step).denominator == 1]
        rest = Polynomial([t for t in value.terms if t not in inside])
        if not rest.is_constant:
            yield Polynomial([(m, c / step) for m, c in inside]), rest


def _contains(monomial: tuple[str, ...], part: tuple[str, ...]) -> bool:
    rest = list(monomial)
    for name in part:
        if name not in rest:
            return False
        rest.remove(name)
    return True


def _is_box(constraints: Sequence[Constraint], bound: tuple[str, ...]) -> bool:
    """Exactly ``0 ≤ v`` and ``v ≤ extent − 1`` for each bound variable, extents of sizes: nothing to simplify."""
    if len(constraints) != 2 * len(bound):
        return False
    sides: set[tuple[str, int]] = set()
    for c in constraints:
        names = [n for n in c.value.names if is_index(n)]
        if c.relation != ">=" or len(names) != 1 or names[0] not in bound:
            return False
        lower, upper = _bound(c, names[0], 1), _bound(c, names[0], -1)
        if lower is not None and not lower:
            sides.add((names[0], 1))
        elif upper is not None and (not upper.is_constant or upper.value >= 0):
            sides.add((names[0], -1))
        else:
            return False
    return len(sides) == len(constraints)
