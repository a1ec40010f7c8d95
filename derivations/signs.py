"""What is known of signs: which normal forms are positive, never negative, never zero, smooth."""

from __future__ import annotations

import math
from fractions import Fraction

from verify_derivations.derivations.differentiate import plain_name
from verify_derivations.derivations.domains import implies
from verify_derivations.derivations.terms import Factor, Facts, Head, Normal, Term
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    ArgMaximum,
    Bracket,
    Compare,
    Constraint,
    Maximum,
    Mul,
    Number,
    Power,
    Product,
    Scalar,
    Size,
    Sum,
    walk,
)
from verify_derivations.formulas.polynomial import Polynomial

SMOOTH = frozenset((
    "exp", "log", "sqrt", "tanh", "sigmoid", "softplus", "sinh", "cosh", "sin", "cos", "tan", "arctan", "erf", "pi",
))
"""Analytic functions, where they are defined."""


class Signs:
    """Conservative answers: ``True`` and ±1 are certain, ``False`` and ``None`` mean *not known*."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._signs: dict[str, str] = {}

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
        return self._below_one(normal) or (
            self.nonnegative(normal, facts) and any(self._positive_term(t, facts) for t in normal)
        )

    def _below_one(self, normal: Normal) -> bool:
        """c·(1 − a) with c > 0, for a quantity a that is below one."""
        if len(normal) != 2:
            return False
        one, other = sorted(normal, key=lambda t: len(t.factors))
        return (
            not any((one.factors, one.bound, one.constraints, other.bound, other.constraints))
            and one.coefficient > 0 and other.coefficient == -one.coefficient
            and len(other.factors) == 1 and other.factors[0].exponent == 1
            and other.factors[0].head.kind == "tensor" and other.factors[0].head.name in self.environment.below_one
        )

    def nonnegative(self, normal: Normal, facts: Facts) -> bool:
        value = _as_polynomial(normal)
        if value is not None:
            return implies(facts, Constraint(value, ">="))
        return all(self._nonnegative_term(t, facts) for t in normal)

    def nonzero(self, normal: Normal, facts: Facts) -> bool:
        if self.sign(normal, facts) is not None:
            return True
        return _bracketed(normal) or len(normal) == 1 and not normal[0].constraints and all(  # so it is no sum
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
            return self.head_sign(head.name) == "+"
        if head.kind in ("power", "max", "product"):
            return self.positive(head.bodies[0], self.environment.facts)
        if head.kind == "index":
            return implies(facts, Constraint(f.args[0] - 1, ">="))
        return head == Head("apply", "pi") or head.kind == "apply" and head.name == "!"

    def smooth(self, normal: Normal) -> bool:
        """No comparison or maximum inside, also not through definitions: an analytic function, not constant,
        whose zeros are therefore negligible. That needs a domain in one piece: √(x²) − x, log(x²) − 2·log x and
        arctan x + arctan(1/x) − π/2 are zero for all x > 0. So what is divided by inside of a logarithm, a root or an
        arctan is positive, and what a logarithm or a root is taken of is positive, or a given entry."""
        return any(t.factors for t in normal) and all(self._smooth_factor(f) for t in normal for f in t.factors)

    def _smooth_factor(self, f: Factor, *, undivided: bool = False) -> bool:
        head, whole = f.head, f.exponent.denominator == 1
        if head.kind in ("compare", "max", "argmax"):
            return False
        if head.kind == "apply" and not self._smooth_call(head.name):
            return False
        if head.kind == "tensor" and not self._smooth_head(head.name, ()):
            return False
        if not whole and not self.positive_factor(f, ()) and not self._given(head):
            return False
        if undivided and whole and f.exponent < 0 and not self.positive_factor(f, ()):
            return False
        if head.kind == "log" and not self.positive(head.bodies[0], ()) and not self._given_entry(head.bodies[0]):
            return False
        undivided = undivided or not whole or head.kind == "log" or head.name == "arctan"
        return all(self._smooth_factor(g, undivided=undivided) for body in head.bodies for t in body for g in t.factors)

    def _given(self, head: Head) -> bool:
        """A tensor that no definition gives."""
        quantity = self.environment.quantities.get(head.name)
        return head.kind == "tensor" and (quantity is None or quantity.body is None)

    def _given_entry(self, normal: Normal) -> bool:
        return [(t.constraints, len(t.factors)) for t in normal] == [((), 1)] and all(
            f.exponent == 1 and self._given(f.head) for f in normal[0].factors
        )

    def _smooth_call(self, name: str) -> bool:
        return name not in self.environment.functions and plain_name(name) in SMOOTH

    def _smooth_head(self, name: str, seen: tuple[str, ...]) -> bool:
        quantity = self.environment.quantities.get(name)
        if quantity is None or quantity.body is None or name in seen:
            return True
        for node in walk(quantity.body):
            match node:
                case Compare() | Maximum() | ArgMaximum():
                    return False
                case Power(base, exponent):
                    natural = isinstance(exponent, Number) and exponent.value.denominator == 1 and exponent.value > 0
                    if not natural and self.scalar_sign(base) != "+":
                        return False
                case Apply(function, arguments):
                    if not self._smooth_call(function) or plain_name(function) == "tan":
                        return False
                    if plain_name(function) in ("log", "sqrt") and self.scalar_sign(arguments[0]) != "+":
                        return False
                case Access(inner) if not self._smooth_head(inner, (*seen, name)):
                    return False
        return True

    # -- definitions ----------------------------------------------------------------------------------
    def head_sign(self, name: str) -> str:
        """``+``, ``0`` (not negative) or ``?``: what the definition of a quantity says of all its entries."""
        if name in self.environment.positive:
            return "+"
        if name not in self._signs:
            self._signs[name] = "?"  # while it is being found out
            quantity = self.environment.quantities.get(name)
            if quantity is not None and quantity.body is not None:
                self._signs[name] = self.scalar_sign(quantity.body)
        return self._signs[name]

    def scalar_sign(self, node: Scalar) -> str:
        """``+``, ``0`` (not negative) or ``?``, by the structure of an expression."""
        match node:
            case Number(value):
                return "+" if value > 0 else "0" if value == 0 else "?"
            case Size(value):
                facts = self.environment.facts
                return "+" if implies(facts, Constraint(value * _denominator(value) - 1, ">=")) else "?"
            case Access(name):
                return self.head_sign(name)
            case Add(terms):
                signs = {self.scalar_sign(t) for t in terms}
                return "?" if "?" in signs else "+" if "+" in signs else "0"
            case Mul(factors):
                signs = {self.scalar_sign(f) for f in factors}
                return "?" if "?" in signs else "0" if "0" in signs else "+"
            case Power(base, exponent):
                sign = self.scalar_sign(base)
                even = isinstance(exponent, Number) and exponent.value.denominator == 1 and exponent.value % 2 == 0
                return "+" if sign == "+" else "0" if even or sign == "0" else "?"
            case Apply(function, arguments, order) if function not in self.environment.functions and not any(order):
                name = plain_name(function)
                if name in ("relu", "abs"):
                    return "0"
                if name == "sqrt":
                    return self.scalar_sign(arguments[0])
                return "+" if name in ("exp", "sigmoid", "softplus", "cosh", "pi") else "?"
            case Sum(binders, body):
                sign = self.scalar_sign(body)
                inhabited = all(implies(self.environment.facts, Constraint(n - 1, ">=")) for _, n in binders)
                return sign if sign != "+" or inhabited else "0"
            case Product(_, body) | Maximum(_, body):
                return self.scalar_sign(body)
            case Bracket() | Compare() | ArgMaximum():
                return "0"
        return "?"

    def _nonnegative_term(self, t: Term, facts: Facts) -> bool:
        inner = (*facts, *t.constraints)
        return t.coefficient > 0 and all(
            f.exponent.denominator > 1 or f.exponent.numerator % 2 == 0  # a root of what is not negative, a square
            or f.head.kind in ("compare", "argmax")
            or self.positive_factor(f, inner)
            or f.head.kind == "tensor" and self.head_sign(f.head.name) in "+0"
            or f.head.kind == "index" and implies(inner, Constraint(f.args[0], ">="))
            for f in t.factors
        )

    def _positive_term(self, t: Term, facts: Facts) -> bool:
        inner = (*facts, *t.constraints)
        return (
            all(self.positive_factor(f, inner) for f in t.factors)
            and self._inhabited(t, facts)
        )

    @staticmethod
    def _inhabited(t: Term, facts: Facts) -> bool:
        """The range of a sum contains zero: every constraint holds there."""
        origin = {v: Polynomial() for v in t.bound}
        return all(implies(facts, c.substitute(origin)) for c in t.constraints)


_MINUS = Fraction(-1)


def _bracketed(normal: Normal) -> bool:
    """c + d·[…] with c ≠ 0 and c + d ≠ 0: 1 − 2·[x > 0], which is x/|x|."""
    if len(normal) != 2 or any(t.bound or t.constraints for t in normal):
        return False
    one, other = sorted(normal, key=lambda t: len(t.factors))
    return (
        not one.factors and len(other.factors) == 1 and other.factors[0].head.kind == "compare"
        and one.coefficient + other.coefficient != 0
    )


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
