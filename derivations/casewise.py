"""The sign of a value that contains brackets [N > 0], case by case: 2·[x > 0]·x − x + 1 is |x| + 1, and positive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.derivations.normal import EXPANDED, Normalizer
from verify_derivations.derivations.signs import Signs
from verify_derivations.derivations.terms import Beyond, Factor, Facts, Head, Normal, Term, fill, scale, times

BRACKETS = 3  # so many are divided into cases
CASES = ((True, 1), (False, -1), (False, 0))
"""Whether [N > 0] holds, and the sign of N, in all cases that there are."""


Test: TypeAlias = Callable[[Signs, Normal, Facts], bool]


def sign_by_cases(normal: Normal, normalizer: Normalizer, facts: Facts) -> int | None:
    """±1 where the value is positive (negative) in each of the :data:`CASES` of its brackets; else ``None``."""
    if in_all_cases(Signs.positive, normal, normalizer, facts):
        return 1
    return -1 if in_all_cases(Signs.positive, scale(normal, -1), normalizer, facts) else None


def nonnegative_by_cases(normal: Normal, normalizer: Normalizer, facts: Facts) -> bool:
    """Whether the value is not negative in any case: |x|."""
    return in_all_cases(Signs.nonnegative, normal, normalizer, facts)


def in_all_cases(holds: Test, normal: Normal, normalizer: Normalizer, facts: Facts) -> bool:
    """Whether something is certain of a value in each of the :data:`CASES` of its brackets."""
    return _in_all(holds, normal, normalizer, facts, normalizer.signs, BRACKETS)


def _in_all(holds: Test, normal: Normal, normalizer: Normalizer, facts: Facts, signs: Signs, depth: int) -> bool:
    if holds(signs, normal, facts):
        return True
    bracket = next((f for t in normal for f in t.factors if _is_bracket(f) and f.names().isdisjoint(t.bound)), None)
    if bracket is None or not depth:
        return False
    size = Factor(Head("tensor", f"%{depth}"), (), Fraction(1))
    known = Signs(replace(signs.environment, positive=signs.environment.positive | {size.head.name}))
    for one, side in CASES:
        value = Term(Fraction(side), factors=(size,))
        terms = [t for t in (_where(t, bracket, one) for t in normal) if t is not None]
        try:
            case = normalizer.reduce(_put_in(terms, bracket, value), facts)
        except Beyond:
            return False
        if not _in_all(holds, case, normalizer, facts, known, depth - 1):
            return False
    return True


def _is_bracket(f: Factor) -> bool:
    return f.head.kind == "compare" and not f.head.name


def _where(term: Term, bracket: Factor, holds: bool) -> Term | None:
    """The term where the bracket is one, or zero."""
    left = tuple(f for f in term.factors if (f.head, f.args) != (bracket.head, bracket.args))
    if len(left) == len(term.factors):
        return term
    return Term(term.coefficient, term.bound, term.constraints, left) if holds else None


def _put_in(terms: list[Term], bracket: Factor, value: Term) -> list[Term]:
    """N = c·x + R is ``value``, for N in the bracket: so x = (value − R)/c in powers of x."""
    inside = fill(bracket.head.bodies[0], bracket.args)
    pivot = next((t for t in inside if len(t.factors) == 1 and not t.bound and not t.constraints
                  and t.factors[0].head.kind == "tensor" and t.factors[0].exponent == 1), None)  # fmt: skip
    if pivot is None:
        return terms
    x, scale = pivot.factors[0], 1 / pivot.coefficient
    solution = [value.scaled(scale), *(t.scaled(-scale) for t in inside if t is not pivot)]
    found: list[Term] = []
    for term in terms:
        power = next((f.exponent for f in term.factors if (f.head, f.args) == (x.head, x.args)), 0)
        if power not in range(EXPANDED + 1):
            found.append(term)
            continue
        left = tuple(f for f in term.factors if (f.head, f.args) != (x.head, x.args))
        product = [Term(term.coefficient, term.bound, term.constraints, left)]
        for _ in range(int(power)):
            product = [times(a, b) for a in product for b in solution]
        found += product
    return found
