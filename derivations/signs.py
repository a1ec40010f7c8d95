"""What is known of signs: which normal forms are positive, never negative, never zero, smooth."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.derivations.domains import implies
from verify_derivations.derivations.terms import Factor, Head, Normal, Term
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import Constraint
from verify_derivations.formulas.polynomial import Polynomial

Facts: TypeAlias = tuple[Constraint, ...]


class Signs:
    """Conservative answers: ``True`` and ±1 are certain, ``False`` and ``None`` mean *not known*.

    ``definition`` gives the normal form of a quantity's definition and the facts about its indices."""

    def __init__(self, environment: Environment, definition: Callable[[str], tuple[Normal, Facts] | None]) -> None:
        self.environment, self.definition = environment, definition
        self._heads: dict[tuple[str, bool], bool] = {}

    def sign(self, normal: Normal, facts: Facts) -> int | None:
        if self.positive(normal, facts):
            return 1
        if self.positive(tuple(t.scaled(_MINUS) for t in normal), facts):
            return -1
        return None

    def positive(self, normal: Normal, facts: Facts) -> bool:
        """A sum of terms none of which is negative and one of which is positive, or a polynomial in sizes
        that the facts make positive."""
        if not normal:
            return False
        value = _as_polynomial(normal)
        if value is not None:
            scaled = value * _denominator(value)
            return implies(facts, Constraint(scaled - 1, ">="))
        return self.nonnegative(normal, facts) and any(self._positive_term(t, facts) for t in normal)

    def nonnegative(self, normal: Normal, facts: Facts) -> bool:
        value = _as_polynomial(normal)
        if value is not None:
            return implies(facts, Constraint(value * _denominator(value), ">="))
        return all(self._nonnegative_term(t, facts) for t in normal)

    def nonzero(self, normal: Normal, facts: Facts) -> bool:
        if self.sign(normal, facts) is not None:
            return True
        return len(normal) == 1 and not normal[0].bound and not normal[0].constraints and all(
            self.positive_factor(f, facts)
            or f.head.kind == "tensor" and f.head.name in self.environment.nonzero
            for f in normal[0].factors
        )

    def positive_factor(self, f: Factor, facts: Facts) -> bool:
        """Whether the head is positive, so that all its real powers are."""
        head = f.head
        if head.kind in ("exp", "size", "root"):
            return True
        if head.kind == "tensor":
            return head.name in self.environment.positive or self._head(head.name, strictly=True)
        if head.kind in ("power", "max", "product"):
            return self.positive(head.bodies[0], self.environment.facts)
        if head.kind == "index":
            return implies(facts, Constraint(f.args[0] - 1, ">="))
        return head == Head("apply", "pi")

    def smooth(self, normal: Normal) -> bool:
        """No comparison or maximum inside, also not through definitions: an analytic function, not constant,
        whose zeros are therefore negligible."""
        return any(t.factors for t in normal) and all(self._smooth_factor(f, ()) for t in normal for f in t.factors)

    def _smooth_factor(self, f: Factor, seen: tuple[str, ...]) -> bool:
        if f.head.kind in ("compare", "max", "argmax", "size", "index"):
            return f.head.kind in ("size", "index")
        if f.head.kind == "apply" and f.head.name in self.environment.functions:
            return False
        if f.head.kind == "tensor" and f.head.name not in seen:
            found = self.definition(f.head.name)
            if found is not None and not all(
                self._smooth_factor(g, (*seen, f.head.name)) for t in found[0] for g in t.factors
            ):
                return False
        return all(self._smooth_factor(g, seen) for body in f.head.bodies for t in body for g in t.factors)

    def _head(self, name: str, *, strictly: bool) -> bool:
        """Whether the definition of a quantity makes all its entries positive, or not negative."""
        key = (name, strictly)
        if key not in self._heads:
            self._heads[key] = False  # while it is being found out
            found = self.definition(name)
            if found is not None:
                self._heads[key] = self.positive(*found) if strictly else self.nonnegative(*found)
        return self._heads[key]

    def _nonnegative_term(self, t: Term, facts: Facts) -> bool:
        inner = (*facts, *t.constraints)
        return t.coefficient > 0 and all(
            f.exponent.denominator == 1 and f.exponent.numerator % 2 == 0
            or f.exponent.denominator % 2 == 0
            or f.head.kind in ("compare", "argmax")
            or self.positive_factor(f, inner)
            or f.head.kind == "tensor" and self._head(f.head.name, strictly=False)
            or f.head.kind == "index" and implies(inner, Constraint(f.args[0], ">="))
            for f in t.factors
        )

    def _positive_term(self, t: Term, facts: Facts) -> bool:
        inner = (*facts, *t.constraints)
        return (
            t.coefficient > 0
            and all(self.positive_factor(f, inner) for f in t.factors)
            and self._inhabited(t, facts)
        )

    @staticmethod
    def _inhabited(t: Term, facts: Facts) -> bool:
        """The range of a sum contains zero: every constraint holds there."""
        origin = {v: Polynomial() for v in t.bound}
        return all(implies(facts, c.substitute(origin)) for c in t.constraints)


_MINUS = Fraction(-1)


def _as_polynomial(normal: Normal) -> Polynomial | None:
    """The polynomial in sizes and indices that a normal form is, if it is one."""
    terms = []
    for t in normal:
        if t.bound or t.constraints:
            return None
        monomial: list[str] = []
        for f in t.factors:
            name = f.head.name if f.head.kind == "size" else f.args[0].as_atom() if f.head.kind == "index" else None
            if name is None or f.exponent.denominator != 1 or f.exponent < 0:
                return None
            monomial += [name] * int(f.exponent)
        terms.append((tuple(sorted(monomial)), t.coefficient))
    return Polynomial(terms)


def _denominator(value: Polynomial) -> int:


    return math.lcm(*(c.denominator for _, c in value.terms)) if value.terms else 1



