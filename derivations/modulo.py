"""Equations used as rewriting rules: a normal form modulo an assumption."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verify_derivations.derivations.matching import leading, quotients
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.terms import Facts, Normal, Term, apart, plus, renamed, tidy_constraint, times
from verify_derivations.formulas.expressions import (
    Access,
    Constraint,
    Number,
    Scalar,
    add,
    fresh,
    map_accesses,
    mul,
    within,
)
from verify_derivations.formulas.polynomial import is_index, polynomial

HALF = Fraction(1, 2)
USES = 20  # of one equation in one residual


def apply_assumption(residual: Normal, equation: Normal, normalizer: Normalizer) -> Normal | None:
    """``residual`` modulo ``equation = 0``: its leading term T replaced by T − equation where T factors out.
    ``None`` where it nowhere does. Free index variables of the equation stand for all indices of the axes at which
    they occur: nothing is assumed outside of them (no matrix has orthonormal columns without end)."""
    if not equation:
        return None
    head = symmetric_in(equation)
    if head is not None:
        return _symmetrised(residual, head, normalizer)
    used = False
    for _ in range(USES):
        for k, term in enumerate(residual):
            names = {n: fresh(n) for t in equation for n in sorted(t.free())}
            renaming = {n: polynomial(new) for n, new in names.items()}
            parts = [renamed(t, renaming, t.bound) for t in map(apart, equation)]
            lead = leading(parts)
            ranges = _ranges(lead, frozenset(names.values()), normalizer)
            others = [t for t in parts if t is not lead]
            ranged = Term(lead.coefficient, lead.bound, lead.constraints + ranges, lead.factors)
            parameters = frozenset(names.values())
            plain = apart(term).scaled(1 / lead.coefficient)
            found = next(iter(quotients(plain, ranged, normalizer.facts, parameters)), None)
            if found is None:
                continue
            quotient, values = found
            new = [times(quotient.scaled(Fraction(-1)), t) for t in others]
            reduced = normalizer.reduce([s for t in new for s in normalizer.substitute(t, values, normalizer.facts)],
                                        normalizer.facts)
            residual = plus(residual[:k], residual[k + 1:], reduced)
            used = True
            break
        else:
            break
    return residual if used else None


def common_factor(residual: Normal, equation: Normal, normalizer: Normalizer) -> Normal | None:
    """The monomial M with ``residual = M · equation``, if that is what it is; never where the equation has free index
    variables, which are its own."""
    content, rest = normalizer.content(residual)
    factor = equation[0].coefficient
    scaled = tuple(t.scaled(1 / factor) for t in equation)
    return normalizer.reduce([content], normalizer.facts) if rest == scaled else None


def _ranges(lead: Term, names: frozenset[str], normalizer: Normalizer) -> Facts:
    """``0 ≤ i < extent`` for the free indices of a term, from the axes at which they stand."""
    found: list[Constraint] = []
    for f in lead.factors:
        extents = normalizer.extents(f.head.name) if f.head.kind == "tensor" else ()
        for a, extent in zip(f.args, extents, strict=False):
            if not names.isdisjoint(a.names):
                found += within(a, extent)
    return tuple(dict.fromkeys(map(tidy_constraint, found)))


def symmetric_in(equation: Normal) -> str | None:
    """The head S of an equation ``S[i, j] − S[j, i] = 0`` for all i and j."""
    if len(equation) != 2 or any(t.constraints or len(t.factors) != 1 for t in equation):
        return None
    (one,), (other,) = (t.factors for t in equation)
    names = [a.as_atom() for a in one.args]
    if (
        one.head != other.head or one.head.kind != "tensor" or one.exponent != 1 or other.exponent != 1
        or len(names) != 2 or one.args != other.args[::-1] or equation[0].coefficient != -equation[1].coefficient
        or any(n is None or not is_index(n) for n in names)
    ):
        return None
    return one.head.name


def _symmetrised(residual: Normal, head: str, normalizer: Normalizer) -> Normal | None:
    """S[a, b] = ½·(S[a, b] + S[b, a]) for a symmetric S, everywhere."""
    new = _mapped(residual, head, lambda entry, flipped: mul(Number(HALF), add(entry, flipped)), normalizer)
    return new if new != residual else None


def transposed(residual: Normal, head: str, normalizer: Normalizer) -> Normal:
    """``residual`` for the transpose of a matrix."""
    return _mapped(residual, head, lambda entry, flipped: flipped, normalizer)


def _mapped(
    residual: Normal, head: str, new: Callable[[Access, Access], Scalar], normalizer: Normalizer
) -> Normal:
    def entry(access: Access) -> Scalar | None:
        return new(access, Access(head, access.indices[::-1])) if access.head == head else None

    recording, normalizer.recording = normalizer.recording, False  # what has a meaning has the same by another name
    try:
        return normalizer.normal(map_accesses(normalizer.scalar(residual), entry))
    finally:
        normalizer.recording = recording
