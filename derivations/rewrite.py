"""The rules that bring one term of the normal form to rest.

Each rule takes a term and the facts about what is free in it, and returns the terms that replace it, or
``None`` where it does not apply. All rules are equations; the side conditions are decided by `domains`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.derivations import products
from verify_derivations.derivations.canonical import canonical
from verify_derivations.derivations.domains import contains, contradictory, implies
from verify_derivations.derivations.matching import heads_of_leading, leading, quotients
from verify_derivations.derivations.ranges import (
    POWER_SUMS,
    bound_of,
    divisions,
    inhabited_by,
    is_box,
    merged_digit,
    power_sum,
    solved,
    tightest,
)
from verify_derivations.derivations.terms import (
    INDEX,
    LOCAL,
    ONE,
    Beyond,
    Factor,
    Facts,
    Head,
    Like,
    Normal,
    Term,
    collect,
    fill,
    gather,
    number_terms,
    released,
    renamed,
    tidy_constraint,
    times,
)
from verify_derivations.formulas.expressions import Constraint, fresh, within
from verify_derivations.formulas.polynomial import Polynomial, is_index, polynomial

STEPS = 20_000  # terms that rules are applied to, for one claim
TERMS = 4_000
LARGEST_ROOT = 1_000  # exponent of a prime that is written out
SPLITS = 12  # constraints by which the domains of like sums are divided


Resting: TypeAlias = tuple[dict[Like, str], set[tuple[tuple[str, ...], Facts]]]
"""Terms that no rule changes, with their shapes, and domains of terms (bound variables and constraints) that none of
the rules does which look at nothing else."""


class Rewriter:
    """Applies the rules until none does. Functions whose body may simplify at new indices are rebuilt by
    :meth:`rebuilt`, which the normal form supplies."""

    def __init__(self) -> None:
        self.steps = STEPS  # that are left
        self.reserve = 0  # of them, not to be touched yet
        self._resting: dict[Facts, Resting] = {}
        self._leads: dict[Head, list[frozenset[Head]]] = {}  # see `heads_of_leading`, of each power of a sum
        self._rules = (
            self._decide, self._numbers, self._roots, self._pinch, self._digits, self._solve, self._window,
            self._domain, self._argmax, self._cancel, self._count, self._powers, self._completed,
        )  # fmt: skip
        on_domains = (self._pinch, self._digits, self._window, self._domain)
        self._others = tuple(rule for rule in self._rules if rule not in on_domains)

    def rebuilt(self, factor: Factor, facts: Facts) -> Normal:
        raise NotImplementedError

    def reduce(self, terms: Iterable[Term], facts: Facts) -> Normal:
        """The normal form of a sum of raw terms."""
        waiting = list(terms)
        done: list[Term] = []
        resting, domains = self._resting.setdefault(facts, ({}, set()))
        while waiting:
            term = waiting.pop()
            self.steps -= 1
            if self.steps < self.reserve:
                raise Beyond("the limit of steps")
            if len(waiting) + len(done) > TERMS:
                raise Beyond("the normal form grows beyond its limit")
            known = resting.get(term.like)
            if known is not None:
                done.append(Term(term.coefficient, term.bound, term.constraints, term.factors, known))
                continue
            term = released(term)
            domain = term.bound, term.constraints
            for rule in self._rules if term.constraints and domain not in domains else self._others:
                new = rule(term, facts)
                if new is not None:
                    waiting += new
                    break
            else:
                domains.add(domain)
                settled = canonical(term)
                # A digit may be one that the new variables leave out of the factors.
                if term.bound and _hidden(settled) > _hidden(term):
                    waiting.append(released(settled))
                else:
                    done.append(settled)
                    resting[settled.like] = settled.shape
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

    def _roots(self, term: Term, facts: Facts) -> list[Term] | None:
        """pᵉ = p^⌊e⌋ · p^(e − ⌊e⌋) for a prime p: √2/2 and 1/√2 are one."""
        for f in term.factors:
            if f.head.kind == "root" and not 0 <= f.exponent < 1:
                whole, part = divmod(f.exponent, 1)
                rest = tuple(g for g in term.factors if g is not f)
                left = (Factor(f.head, f.args, part),) if part else ()
                if abs(whole) > LARGEST_ROOT:
                    raise Beyond(f"the exponent {f.exponent} of a number")
                value = Fraction(int(f.head.name)) ** int(whole)
                return [Term(term.coefficient * value, term.bound, term.constraints, rest + left)]
        return None

    def _digits(self, term: Term, facts: Facts) -> list[Term] | None:
        """[s·Q + R = 0] = [Q = 0]·[R = 0] where |R| < s follows from the domain."""
        for k, c in enumerate(term.constraints):
            if c.relation != "==":
                continue
            for quotient, remainder in divisions(c.value):
                rest = term.constraints[:k] + term.constraints[k + 1:]
                if implies((*facts, *term.constraints), Constraint(quotient, "==")):
                    new = (Constraint(quotient, "=="), Constraint(remainder, "=="))
                    return [Term(term.coefficient, term.bound, rest + new, term.factors)]
        return None

    def _window(self, term: Term, facts: Facts) -> list[Term] | None:
        """[0 ≤ s·Q + R < s] = [Q = 0]·[0 ≤ R < s] where Q = 0 follows from the domain and gives a bound variable."""
        values = dict.fromkeys(c.value for c in term.constraints if c.relation == ">=") if term.bound else {}
        for value in values:
            for quotient, remainder in divisions(value):
                step = (value - remainder).divide(quotient)
                above = step is not None and step - value - 1 in values
                if not above or all(solved(quotient, v) is None for v in term.bound):
                    continue
                same = Constraint(quotient, "==")
                if implies((*facts, *term.constraints), same):
                    return [Term(term.coefficient, term.bound, (*term.constraints, same), term.factors)]
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
                value = solved(c.value, variable)
                if value is not None:
                    bound = tuple(v for v in term.bound if v != variable)
                    smaller = Term(term.coefficient, bound, rest, term.factors)
                    return self.substitute(smaller, {variable: value}, facts)
            if c.value.names.isdisjoint(term.bound):
                free = sorted((n for n in c.value.names if is_index(n)), reverse=True)
                for variable in free:
                    value = solved(c.value, variable)
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
        if not term.constraints:
            return None
        tidied = tuple(dict.fromkeys(tidy_constraint(c) for c in term.constraints))
        kept = [c for c in tidied if not contains(facts, c)]
        if not is_box(kept, term.bound):
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
            lower = [b for c in about if (b := bound_of(c, variable, 1)) is not None]
            upper = [b for c in about if (b := bound_of(c, variable, -1)) is not None]
            plain = Term(term.coefficient, bound, outer, tuple(f for f in term.factors if f not in within))
            degree = within[0].exponent if within else Fraction(0)
            if len(lower) + len(upper) == len(about) and lower and upper and degree in POWER_SUMS:
                for bounds, side in ((lower, 1), (upper, -1)):
                    if len(bounds) > 1:
                        return tightest(term, variable, bounds[0], bounds[1], side)
                # Where the range just ends before it begins, the count is zero by itself.
                counted = implies(facts, inhabited_by(lower[0], upper[0] + 1))
                inhabited = () if counted else (inhabited_by(lower[0], upper[0]),)
                count = power_sum(upper[0], degree) - power_sum(lower[0] - 1, degree)
                plain = Term(plain.coefficient, bound, outer + inhabited, plain.factors)
                return [times(plain, t) for t in number_terms(count)]
            merged = merged_digit(about, variable, lower, upper) if not within else None
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
                largest = Factor(head, inner, ONE)
                return [Term(term.coefficient / left[0], bound, kept, collect((*left[1], largest)))]
        return None

    def _completed(self, term: Term, facts: Facts) -> list[Term] | None:
        found = products.completed(term, facts)
        return None if found is None else [times(found[0], t) for t in self.rebuilt(found[1], facts)]

    def _cancel(self, term: Term, facts: Facts) -> list[Term] | None:
        """A·A⁻¹ = A⁻¹·A = 1, for a matrix A = T + … by its leading term T:
        Σ_k T[i, k]·A⁻¹[k, j] = [i = j] − Σ_k (A − T)[i, k]·A⁻¹[k, j], and likewise Σ_k A⁻¹[j, k]·T[k, i].
        For a symmetric A the two are one, and only the first is used: by both there would be no end."""
        for f in term.factors:
            if f.head.kind == "inverse":
                for on_left in (True, False):
                    new = self._cancelled(term, f, on_left, facts)
                    if new is not None:
                        return new
        return None

    @staticmethod
    def _cancelled(term: Term, f: Factor, on_left: bool, facts: Facts) -> list[Term] | None:
        slots, (extent, _) = f.args[:-2], f.head.extents
        body = f.head.bodies[0]
        candidates = [t for t in body if frozenset(LOCAL) <= frozenset().union(*(g.names() for g in t.factors))]
        if not candidates:
            return None
        lead = body.index(leading(candidates))
        outer, inner, other = (fresh(v) for v in "ikj")
        i, k, j = map(polynomial, (outer, inner, other))
        row, column = LOCAL
        place = {row: i, column: k} if on_left or f.head.data else {row: k, column: i}
        entry = Factor(f.head, (*slots, *((k, j) if on_left else (j, k))), ONE)
        matrix = [renamed(t, place, t.bound) for t in fill(body, slots)]
        first = matrix.pop(lead)
        summed = within(k, extent)
        domain = (*summed, *_rows(i, extent), *_rows(j, extent), *first.constraints)
        divisor = Term(first.coefficient, (inner, *first.bound), domain, (entry, *first.factors))
        scaled = term.scaled(1 / first.coefficient)
        for quotient, values in quotients(scaled, divisor, facts, frozenset((outer, other))):
            if not _fixed(slots, term, quotient):
                continue  # it is a sum over entries of different matrices
            new = [Term(ONE, constraints=(Constraint(values[outer] - values[other], "=="),))]
            for t in matrix:
                bound = (inner, *t.bound)
                product = Term(-t.coefficient, bound, summed + t.constraints, (entry, *t.factors))
                new.append(renamed(product, values, bound))
            return [times(quotient, t) for t in new]
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
        [D] = [D]·[c] + [D]·[not c]. What is not negative there, nor positive, is zero."""
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
                        for d in (c, opposite):
                            pinched = implies((*facts, *q.constraints), Constraint(-d.value, ">="))
                            half = (*q.constraints, Constraint(d.value, "==") if pinched else d)
                            divided += self.reduce([Term(q.coefficient, bound, half, factors)], facts)
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
                return [plain, times(plain.scaled(Fraction(-1)), Term(ONE, factors=(cosine,)))]
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
        if not self._may_fold(term, f):
            return None
        parts = fill(f.head.bodies[0], f.args)
        lead = leading(parts)
        others = [t for t in parts if t is not lead]
        rest = Term(term.coefficient, term.bound, term.constraints, tuple(g for g in term.factors if g is not f))
        for quotient, _ in quotients(rest.scaled(1 / lead.coefficient), lead, facts):
            if not _fixed(f.args, term, quotient):
                continue
            raised = Term(ONE, factors=(Factor(f.head, f.args, f.exponent + 1),))
            same = Term(Fraction(-1), factors=(f,))
            return [times(quotient, raised), *(times(times(quotient, same), t) for t in others)]
        return self._separated(rest, f, parts)

    def _may_fold(self, term: Term, f: Factor) -> bool:
        """Whether the other factors have the heads that are needed to fold, or to separate: mostly they have not."""
        body = f.head.bodies[0]
        if f.head not in self._leads:
            self._leads[f.head] = heads_of_leading(body)
        heads = {g.head for g in term.factors if g is not f}
        if any(lead <= heads for lead in self._leads[f.head]):
            return True
        lower = any(g.exponent < 0 for g in term.factors if g is not f)
        return lower and any(not t.factors and not t.bound and not t.constraints for t in body)

    def _separated(self, rest: Term, f: Factor, parts: Sequence[Term]) -> list[Term] | None:
        """x⁻ᵐ·(c + x·R)ᵉ = (x⁻ᵐ·(c + x·R)ᵉ⁺¹ − x¹⁻ᵐ·R·(c + x·R)ᵉ)/c, where e < 0."""
        constants = [t for t in parts if not t.factors and not t.bound and not t.constraints]
        if not constants:
            return None
        others = [t for t in parts if t is not constants[0]]
        for g in rest.factors:
            if g.exponent < 0 and all(
                any(h.head == g.head and h.args == g.args and h.exponent > 0 for h in t.factors) for t in others
            ):
                whole = rest.scaled(1 / constants[0].coefficient)
                raised = Term(ONE, factors=(Factor(f.head, f.args, f.exponent + 1),))
                same = Term(Fraction(-1), factors=(f,))
                return [times(whole, raised), *(times(times(whole, same), t) for t in others)]
        return None


def _rows(index: Polynomial, extent: Polynomial) -> Facts:
    """That there is such a row: nothing is known of an inverse times another one."""
    return within(index, extent)


def _fixed(args: Sequence[Polynomial], term: Term, quotient: Term) -> bool:
    """Whether ``args`` depend on no variable of the sum that was taken out of ``term``, which the quotient lacks."""
    taken = frozenset(term.bound) - frozenset(quotient.bound)
    return all(taken.isdisjoint(a.names) for a in args)


def _hidden(term: Term) -> int:
    """How many bound variables occur in no factor."""
    seen = frozenset().union(*(f.names() for f in term.factors))
    return sum(v not in seen for v in term.bound)
