"""The canonical form of one term: its bound variables named, shifted and reflected in one way."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from verify_derivations.derivations.terms import Factor, Term, collect, domain, released, tidy_constraint
from verify_derivations.formulas.expressions import Constraint
from verify_derivations.formulas.polynomial import ZERO, Polynomial, polynomial

ORDERS = 120  # orders of equal heads tried for the smallest form of one term
MIRRORED = 4  # symmetric inverses in one term of which both orders of the indices are tried


def canonical(term: Term) -> Term:
    """The term with bound variables ``%b0, %b1, …`` that do not depend on their names, nor on their shift or
    reflection: the first index that a new variable can be made equal to, with coefficient ±1, becomes the
    variable. Orders of factors that look alike, and both orders of the indices of a symmetric inverse, are tried
    and the smallest result is kept."""
    if not term.bound and term.shape:
        return term
    term = released(term)  # or a new name would be taken for an old one that still waits for its own
    if not term.bound:
        return min((_finished(t, {}, ()) for t in _mirrored(term)), key=lambda t: t.shape)
    candidates = (_pivoted(t, order) for t in _mirrored(term) for order in _orders(t))
    return min(candidates, key=lambda t: t.shape)


def _mirrored(term: Term) -> Iterable[Term]:
    """The term with the two indices of each entry of a symmetric inverse in both orders: A⁻¹[i, j] = A⁻¹[j, i]."""
    symmetric = [k for k, f in enumerate(term.factors) if f.head.kind == "inverse" and f.head.data]
    if not symmetric:
        return (term,)
    choices = [
        (f, Factor(f.head, (*f.args[:-2], f.args[-1], f.args[-2]), f.exponent)) if k in symmetric[:MIRRORED] else (f,)
        for k, f in enumerate(term.factors)
    ]
    return (
        Term(term.coefficient, term.bound, term.constraints, collect(chosen))
        for chosen in itertools.product(*choices)
    )


def _finished(term: Term, values: Mapping[str, Polynomial], bound: tuple[str, ...]) -> Term:
    constraints = {tidy_constraint(c.substitute(values)): None for c in term.constraints}
    ordered = sorted(constraints, key=lambda c: (c.relation, c.value.terms))
    factors = [f.at(values) for f in term.factors]
    keys = [f.key for f in factors]
    places = sorted(range(len(factors)), key=keys.__getitem__)
    look = domain(bound, ordered) + "".join([keys[k] for k in places])
    return Term(term.coefficient, bound, tuple(ordered), tuple([factors[k] for k in places]), look)


def _look(factor: Factor, bound: frozenset[str]) -> str:
    """A factor as it looks without the names of bound variables and without what is free in its indices."""
    pattern = [sorted(str(c) for m, c in a.terms if not bound.isdisjoint(m)) for a in factor.args]
    return f"{factor.head.key}^{factor.exponent}{pattern}"


def _orders(term: Term) -> Iterable[tuple[Factor, ...]]:
    bound = frozenset(term.bound)
    looks = sorted(((_look(f, bound), k) for k, f in enumerate(term.factors)))
    groups = [[term.factors[k] for _, k in group] for _, group in itertools.groupby(looks, key=lambda pair: pair[0])]
    choices = [
        [tuple(group)] if len(group) == 1 or all(bound.isdisjoint(f.names()) for f in group)
        else list(itertools.permutations(group)) if len(group) <= 5 else [tuple(group)]
        for group in groups
    ]
    for parts in itertools.islice(itertools.product(*choices), ORDERS):
        yield tuple(itertools.chain(*parts))


def _pivoted(term: Term, order: Sequence[Factor]) -> Term:
    values: dict[str, Polynomial] = {}
    names: list[str] = []
    waiting = list(term.bound)

    def label(variable: str, value: Polynomial | None, slope: Fraction = Fraction(1)) -> None:
        """``variable`` becomes a new one: ``slope·variable + rest = new``."""
        new = f"%b{len(names)}"
        names.append(new)
        waiting.remove(variable)
        solved = polynomial(new) if value is None else (polynomial(new) - value) * slope
        for name in values:
            values[name] = values[name].substitute({variable: solved})
        values[variable] = solved

    for factor in order:
        for arg in factor.args:
            if not waiting:
                break
            if arg.names.isdisjoint(waiting):
                continue
            index = arg.substitute(values)
            variable = _unit_variable(index, waiting, term)
            if variable is not None:
                slope, rest = index.linear_in(variable) or (ZERO, ZERO)
                label(variable, rest, slope.value)
    for variable in sorted(waiting, key=lambda v: _colour(term, v)):
        sign = _sign(order, variable, values)
        low = _lowest(term.constraints, variable, sign, values, waiting)
        label(variable, -low * sign if low is not None else ZERO, Fraction(sign))
    return _finished(term, values, tuple(names))


def _sign(order: Sequence[Factor], variable: str, values: Mapping[str, Polynomial]) -> int:
    """The sign of the first coefficient with which a variable occurs in the factors."""
    for factor in order:
        for arg in factor.args:
            for monomial, coefficient in arg.substitute(values).terms:
                if variable in monomial:
                    return 1 if coefficient > 0 else -1
    return 1


def _lowest(
    constraints: Sequence[Constraint],
    variable: str,
    sign: int,
    values: Mapping[str, Polynomial],
    waiting: Sequence[str],
) -> Polynomial | None:
    """``a`` where ``sign·variable ≥ sign·a`` is the only bound on that side, free of variables still to come."""
    found = []
    for c in constraints:
        parts = c.value.substitute(values).linear_in(variable)
        if c.relation == ">=" and parts is not None and parts[0].unit == sign:
            found.append(parts[1] * -sign)
    return found[0] if len(found) == 1 and found[0].names.isdisjoint(waiting) else None


def _unit_variable(index: Polynomial, waiting: Sequence[str], term: Term) -> str | None:
    found = []
    for variable in waiting:
        parts = index.linear_in(variable) if variable in index.names else None
        if parts is not None and parts[0].unit:
            found.append(variable)
    return min(found, key=lambda v: _colour(term, v)) if len(found) > 1 else found[0] if found else None


def _colour(term: Term, variable: str) -> str:
    """How a bound variable looks from outside: where it occurs, without any bound variable's name."""
    bound = frozenset(term.bound)
    seen = [
        f"{f.head.key}^{f.exponent}.{k}:{[(c, len(m)) for m, c in a.terms if variable in m]}"
        for f in term.factors for k, a in enumerate(f.args) if variable in a.names
    ]
    seen += [
        str(sorted((str(c), tuple("*" if n == variable else "?" if n in bound else n for n in m))
                   for m, c in constraint.value.terms)) + constraint.relation
        for constraint in term.constraints if variable in constraint.value.names
    ]
    return "|".join(sorted(seen))
