"""Back from the normal form to scalar expressions, tidily: each bound variable becomes a binder from zero."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.derivations.domains import implies
from verify_derivations.derivations.terms import Beyond, Factor, Facts, Normal, Term, fill, renamed, tidy_constraint
from verify_derivations.formulas.expressions import (
    NOUGHT,
    Access,
    Apply,
    ArgMaximum,
    Binder,
    Compare,
    Constraint,
    Determinant,
    Inverse,
    Maximum,
    Number,
    Placed,
    Polynomial,
    Product,
    Scalar,
    Size,
    add,
    apply,
    bracket,
    fresh,
    mul,
    polynomial,
    power,
    scalar,
    summation,
)

Extents: TypeAlias = Callable[[str], tuple[Polynomial, ...]]
"""The extents of a named tensor, ``()`` where they are not known."""


_OVER: Mapping[str, type[Maximum | Product | Determinant]] = {"max": Maximum, "product": Product, "det": Determinant}
_PLACED: Mapping[str, type[Placed]] = {"argmax": ArgMaximum, "inverse": Inverse}


def to_scalar(normal: Normal, extents: Extents = lambda head: (), facts: Facts = ()) -> Scalar:
    """The expression that a normal form is. ``extents`` and ``facts`` help to write ranges that the normal
    form leaves implicit (``u`` in ``0 ≤ m − s·u < s``)."""
    return _Writer(extents, facts).sum(normal)


class _Writer:
    def __init__(self, extents: Extents, facts: Facts) -> None:
        self.extents, self.facts = extents, facts

    def sum(self, normal: Normal) -> Scalar:
        return add(*(self.term(t) for t in sorted(normal, key=lambda t: (t.coefficient < 0, len(t.factors), t.shape))))

    def term(self, term: Term) -> Scalar:
        names = {v: polynomial(fresh("k")) for v in term.bound}
        constraints = [c.substitute(names) for c in term.constraints]
        known = list(constraints)
        factors = [f.at(names) for f in term.factors]
        binders: list[Binder] = []
        waiting = [n.as_atom() or "" for n in names.values()]
        while waiting:
            found = next(((v, r) for v in waiting if (r := _range(v, constraints, waiting)) is not None), None)
            if found is None:
                constraints = [*constraints, *self.implied(waiting, known, factors)]
                continue
            variable, (low, high, used) = found
            waiting.remove(variable)
            constraints = [c for c in constraints if c not in used]
            shift = {variable: polynomial(variable) + low}
            binders.append((variable, high - low + 1))
            constraints = [c.substitute(shift) for c in constraints]
            known = [c.substitute(shift) for c in known]
            factors = [f.at(shift) for f in factors]
        domain = bracket(*(tidy_constraint(c) for c in constraints))
        body = mul(Number(term.coefficient), domain, *(self.power(f) for f in factors))
        return summation(binders, body)

    def implied(
        self, waiting: Sequence[str], constraints: Sequence[Constraint], factors: Sequence[Factor]
    ) -> tuple[Constraint, Constraint]:
        """A range of one of the variables that follows from the constraints."""
        known = (*self.facts, *constraints)
        for variable in waiting:
            lower = Constraint(polynomial(variable), ">=")
            if not implies(known, lower):
                continue
            for limit in self.limits(variable, constraints, factors):
                upper = Constraint(limit - polynomial(variable), ">=")
                if limit.names.isdisjoint(waiting) and upper not in constraints and implies(known, upper):
                    return lower, upper
        raise Beyond("a sum whose range cannot be written")

    def limits(
        self, variable: str, constraints: Sequence[Constraint], factors: Sequence[Factor]
    ) -> Iterator[Polynomial]:
        """Guesses at the largest value: by the extents of what it indexes, or u ≤ m where s·u ≤ m."""
        for f in factors:
            for arg, extent in zip(f.args, self.extents(f.head.name) if f.head.kind == "tensor" else (), strict=False):
                if arg.as_atom() == variable:
                    yield extent - 1
        for c in constraints:
            parts = c.value.linear_in(variable)
            if parts is not None and parts[0]:
                yield parts[1]

    def power(self, f: Factor) -> Scalar:
        if f.head.kind == "exp" and f.exponent != 1:  # exp(x)^c = exp(c·x)
            return apply("exp", mul(Number(f.exponent), self.sum(tuple(fill(f.head.bodies[0], f.args)))))
        return power(self.base(f), Number(f.exponent))

    def base(self, f: Factor) -> Scalar:
        head, args = f.head, f.args
        match head.kind:
            case "tensor":
                return Access(head.name, args)
            case "size":
                return Size(polynomial(head.name))
            case "index":
                return scalar(args[0])
            case "root":
                return Number(Fraction(int(head.name)))
        hints = "ij" if head.kind in ("inverse", "det") else "p" * len(head.extents)
        names = {f"%m{k}": fresh(hint) for k, hint in enumerate(hints)}
        local = {old: polynomial(new) for old, new in names.items()}
        bodies = [self.sum(tuple(renamed(t, local, t.bound) for t in fill(body, args))) for body in head.bodies]
        if head.extents:
            binders = tuple(zip(names.values(), head.extents, strict=True))
            if head.kind in _PLACED:
                return _PLACED[head.kind](binders, bodies[0], args[len(args) - len(binders):])
            return _OVER[head.kind](binders, bodies[0])
        match head.kind:
            case "power":
                return bodies[0]
            case "compare":
                return Compare(bodies[0], head.name or ">", NOUGHT)
            case "apply":
                return Apply(head.name, tuple(bodies), head.data)
        return Apply(head.kind, tuple(bodies))


def _range(
    variable: str, constraints: Sequence[Constraint], waiting: Sequence[str]
) -> tuple[Polynomial, Polynomial, tuple[Constraint, Constraint]] | None:
    """Bounds that do not depend on variables that have no range yet."""
    later = set(waiting) - {variable}
    sides: dict[int, tuple[Polynomial, Constraint]] = {}
    for c in sorted(constraints, key=lambda c: len(c.value.names)):
        parts = c.value.linear_in(variable)
        if c.relation != ">=" or parts is None or not parts[0].unit:
            continue
        side = parts[0].unit
        if side not in sides and parts[1].names.isdisjoint(later):
            sides[side] = (parts[1] * -side, c)
    if len(sides) < 2:
        return None
    return sides[1][0], sides[-1][0], (sides[1][1], sides[-1][1])
