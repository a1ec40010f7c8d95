"""Sums of products: the form from which windows and matrix products are read off.

A :class:`Term` is ``coefficient · Σ_bound [constraints] · Π factors`` over a box of index variables. Deltas are
solved, guards of zero extension are recognised, and what cannot be solved stays as a constraint (a mask).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Bracket,
    Constraint,
    Mul,
    Number,
    Scalar,
    Sum,
    children,
    fresh,
    polynomial,
    substitute,
    within,
)
from verify_derivations.formulas.polynomial import Polynomial


@dataclass
class Term:
    """``scatter[x] = e``: the term is non-zero only where the free variable ``x`` equals ``e``, whose variables
    thereby become digits of ``x`` (they are in ``bound`` but not summed over separately)."""

    coefficient: Fraction = Fraction(1)
    bound: dict[str, int] = field(default_factory=dict)
    constraints: list[Constraint] = field(default_factory=list)
    factors: list[Scalar] = field(default_factory=list)
    scatter: dict[str, Polynomial] = field(default_factory=dict)

    @property
    def summed(self) -> list[str]:
        """The bound variables that are not digits of a scattered index."""
        digits = {name for value in self.scatter.values() for name in value.names}
        return [v for v in self.bound if v not in digits]

    def substitute(self, values: Mapping[str, Polynomial]) -> None:
        self.constraints = [c.substitute(values) for c in self.constraints]
        self.factors = [substitute(f, values) for f in self.factors]
        self.scatter = {x: e.substitute(values) for x, e in self.scatter.items()}


def interval(index: Polynomial, extents: Mapping[str, int]) -> tuple[Fraction, Fraction]:
    """Bounds of an index expression over the box ``0 ≤ v < extents[v]``; exact where it is affine."""
    low = high = Fraction(0)
    for monomial, coefficient in index.terms:
        top = Fraction(1)
        for name in monomial:
            top *= extents[name] - 1
        if not monomial:
            low, high = low + coefficient, high + coefficient
        elif coefficient > 0:
            high += coefficient * top
        else:
            low += coefficient * top
    return low, high


def implied(constraint: Constraint, extents: Mapping[str, int]) -> bool:
    low, high = interval(constraint.value, extents)
    match constraint.relation:
        case ">=":
            return low >= 0
        case "==":
            return low == high == 0
        case _:
            return low > 0 or high < 0


def impossible(constraint: Constraint, extents: Mapping[str, int]) -> bool:
    """Whether the bounds alone say that the constraint never holds."""
    low, high = interval(constraint.value, extents)
    match constraint.relation:
        case ">=":
            return high < 0
        case "==":
            return high < 0 or low > 0
        case _:
            return low == high == 0


def terms(node: Scalar, extents: dict[str, int]) -> list[Term]:
    """``node`` as a sum of terms. Products are distributed over a sum only where a bracket is to be reached.
    Bound variables are distinct already; their extents are added to ``extents``."""
    match node:
        case Number(value):
            return [Term(value)]
        case Bracket(constraints):
            return [Term(constraints=list(constraints))]
        case Sum(binders, body):
            guards: list[Constraint] = []
            bound: dict[str, int] = {}
            for variable, extent in binders:
                top = interval(extent, extents)[1]
                if not extent.is_constant:
                    guards.extend(within(polynomial(variable), extent)[1:])
                extents[variable] = bound[variable] = int(top)
            inner = terms(body, extents)
            for term in inner:
                term.bound = {**bound, **term.bound}
                term.constraints += guards
            return inner
        case Mul(factors):
            products = [Term()]
            for factor in factors:
                parts = terms(factor, extents)
                products = [_times(a, b) for a in products for b in parts]
            return products
        case Add(summands) if _reaches_bracket(node):
            return [term for summand in summands for term in terms(summand, extents)]
    return [Term(factors=[node])]


def _times(a: Term, b: Term) -> Term:
    bound = {**a.bound, **b.bound}
    return Term(a.coefficient * b.coefficient, bound, a.constraints + b.constraints, a.factors + b.factors)


def _reaches_bracket(node: Scalar) -> bool:
    if isinstance(node, Bracket):
        return True
    return isinstance(node, Add | Mul | Sum) and any(map(_reaches_bracket, children(node)))


def solve(term: Term, extents: dict[str, int]) -> None:
    """Every equality that determines a variable is used up.

    In order of preference: a bound variable whose value is in range anyway; a free variable as a number written with
    bound variables as digits (``x = 2u + p``: the result is scattered along ``x``); a bound variable with a guard
    that its value is in range. Each step removes one equality and one variable.
    """
    while True:
        for constraint in term.constraints:
            if constraint.relation == "==":
                found = _solution(constraint, term, extents)
                if found is not None:
                    break
        else:
            break
        variable, value = found
        term.constraints.remove(constraint)
        term.substitute({variable: value})
        if variable in term.bound:
            size = term.bound.pop(variable)
            term.constraints += [g for g in within(value, polynomial(size)) if not implied(g, extents)]
        else:
            term.scatter[variable] = value
    _shrink(term, extents)
    if any(impossible(c, extents) for c in term.constraints):
        term.coefficient = Fraction(0)
    term.constraints = [c for c in term.constraints if not implied(c, extents)]


def _solution(constraint: Constraint, term: Term, extents: Mapping[str, int]) -> tuple[str, Polynomial] | None:
    candidates: list[tuple[int, str, Polynomial]] = []
    digits = {name for value in term.scatter.values() for name in value.names}
    for name in sorted(constraint.value.names, key=lambda n: (n not in term.bound, n)):
        split = constraint.value.linear_in(name)
        if split is None or split[0] not in (1, -1):
            continue
        value = -split[1] if split[0] == 1 else split[1]
        low, high = interval(value, extents)
        fits = low >= 0 and high < extents[name]
        if name in term.bound:
            candidates.append((0 if fits else 2, name, value))
        elif fits and name not in digits and any(n in term.bound for n in value.names):
            candidates.append((1, name, value))
    return min(candidates, key=lambda c: c[0])[1:] if candidates else None


def _shrink(term: Term, extents: dict[str, int]) -> None:
    """A guarded factor ``k[x - p]`` with a kernel shorter than the range of the bound ``p`` is summed over the kernel:
    ``p = x - t``. Each step replaces a bound variable by one of smaller extent."""
    for position, factor in enumerate(term.factors):
        for dimension in range(len(factor.indices) if isinstance(factor, Access) else 0):
            current = term.factors[position]
            assert isinstance(current, Access)
            index = current.indices[dimension]
            size = guarded_size(index, term)
            for name in sorted(index.names & term.bound.keys(), key=lambda n: (-term.bound[n], n)):
                split = index.linear_in(name)
                if size is None or split is None or split[0] not in (1, -1) or term.bound[name] <= size:
                    continue
                new = fresh(name)
                value = (polynomial(new) - split[1]) * split[0]
                old = term.bound.pop(name)
                term.bound[new] = extents[new] = size
                term.substitute({name: value})
                term.constraints += [g for g in within(value, polynomial(old)) if not implied(g, extents)]
                break


def guarded_size(index: Polynomial, term: Term) -> int | None:
    """``d`` where the constraints say ``0 ≤ index < d``."""
    if not any(c.relation == ">=" and c.value == index for c in term.constraints):
        return None
    for constraint in term.constraints:
        total = constraint.value + index
        if constraint.relation == ">=" and total.is_constant and total.value >= 0:
            return int(total.value) + 1
    return None


def guards(accesses: Iterable[tuple[tuple[Polynomial, ...], tuple[int, ...]]]) -> set[Constraint]:
    """What zero padding of the accesses' arrays realises: ``0 ≤ index < size`` in every dimension."""
    pairs = (pair for indices, shape in accesses for pair in zip(indices, shape, strict=True))
    return {constraint for index, size in pairs for constraint in within(index, polynomial(size))}
