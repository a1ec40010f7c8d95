"""Equations used as rewriting rules: a normal form modulo an assumption."""

from __future__ import annotations

from fractions import Fraction

from verify_derivations.derivations.matching import leading, quotients
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.terms import Normal, apart, plus, renamed, times
from verify_derivations.formulas.expressions import fresh
from verify_derivations.formulas.polynomial import polynomial

USES = 20  # of one equation in one residual


def apply_assumption(residual: Normal, equation: Normal, normalizer: Normalizer) -> Normal | None:
    """``residual`` modulo ``equation = 0``: its leading term T replaced by T − equation where T factors out.
    ``None`` where it nowhere does. Free index variables of the equation stand for all indices."""
    if not equation:
        return None
    used = False
    for _ in range(USES):
        for k, term in enumerate(residual):
            names = {n: fresh(n) for t in equation for n in sorted(t.free())}
            renaming = {n: polynomial(new) for n, new in names.items()}
            parts = [renamed(t, renaming, t.bound) for t in map(apart, equation)]
            lead = leading(parts)
            others = [t for t in parts if t is not lead]
            parameters = frozenset(names.values())
            plain = apart(term).scaled(1 / lead.coefficient)
            found = next(iter(quotients(plain, lead, normalizer.facts, parameters)), None)
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
    """The monomial M with ``residual = M · equation``, if that is what it is."""
    content, rest = normalizer.content(residual)
    if any(t.free() for t in equation):
        return None
    factor = equation[0].coefficient
    scaled = tuple(t.scaled(1 / factor) for t in equation)
    return normalizer.reduce([content], normalizer.facts) if rest == scaled else None
