"""Back from the normal form to scalar expressions, tidily: each bound variable becomes a binder from zero."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verify_derivations.derivations.terms import Beyond, Factor, Normal, Term, fill, tidy_constraint
from verify_derivations.formulas.expressions import (
    NOUGHT,
    Access,
    Apply,
    ArgMaximum,
    Binder,
    Compare,
    Constraint,
    Maximum,
    Number,
    Polynomial,
    Product,
    Scalar,
    Size,
    add,
    bracket,
    fresh,
    mul,
    polynomial,
    power,
    scalar,
    substitute,
    summation,
)


def to_scalar(normal: Normal) -> Scalar:
    """The expression that a normal form is."""
    return add(*(term_to_scalar(term) for term in sorted(normal, key=_order)))


def _order(term: Term) -> tuple[bool, int, str]:
    return (term.coefficient < 0, len(term.factors), term.shape)


def term_to_scalar(term: Term) -> Scalar:
    names = {v: polynomial(fresh("k")) for v in term.bound}
    constraints = [c.substitute(names) for c in term.constraints]
    factors = [f.at(names) for f in term.factors]
    binders: list[Binder] = []
    waiting = [n.as_atom() or "" for n in names.values()]
    while waiting:
        found = next(((v, r) for v in waiting if (r := _range(v, constraints, waiting)) is not None), None)
        if found is None:
            raise Beyond("a sum whose range cannot be written")
        variable, (low, high, used) = found
        waiting.remove(variable)
        constraints = [c for c in constraints if c not in used]
        shift = {variable: polynomial(variable) + low}
        binders.append((variable, high - low + 1))
        constraints = [c.substitute(shift) for c in constraints]
        factors = [f.at(shift) for f in factors]
    domain = bracket(*(tidy_constraint(c) for c in constraints))
    body = mul(Number(term.coefficient), domain, *(_factor(f) for f in factors))
    return summation(binders, body)


def _range(
    variable: str, constraints: Sequence[Constraint], waiting: Sequence[str]
) -> tuple[Polynomial, Polynomial, tuple[Constraint, Constraint]] | None:
    """Bounds that do not depend on variables that have no range yet."""
    later = set(waiting) - {variable}
    sides: dict[int, tuple[Polynomial, Constraint]] = {}
    for c in sorted(constraints, key=lambda c: len(c.value.names)):
        parts = c.value.linear_in(variable)
        if c.relation != ">=" or parts is None or not parts[0].is_constant or abs(parts[0].value) != 1:
            continue
        side = int(parts[0].value)
        if side not in sides and parts[1].names.isdisjoint(later):
            sides[side] = (parts[1] * -side, c)
    if len(sides) < 2:
        return None
    return sides[1][0], sides[-1][0], (sides[1][1], sides[-1][1])


def _factor(f: Factor) -> Scalar:
    return power(_base(f), Number(f.exponent))


def _base(f: Factor) -> Scalar:
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
    bodies = [to_scalar(tuple(fill(body, args))) for body in head.bodies]
    if head.extents:
        renaming = {f"%m{k}": fresh("p") for k in range(len(head.extents))}
        body = substitute(bodies[0], {old: polynomial(new) for old, new in renaming.items()})
        binders = tuple(zip(renaming.values(), head.extents, strict=True))
        if head.kind == "argmax":
            return ArgMaximum(binders, body, args[len(args) - len(binders):])
        return Maximum(binders, body) if head.kind == "max" else Product(binders, body)
    match head.kind:
        case "power":
            return bodies[0]
        case "compare":
            return Compare(bodies[0], head.name or ">", NOUGHT)
        case "apply":
            return Apply(head.name, tuple(bodies), head.data)
    return Apply(head.kind, tuple(bodies))
