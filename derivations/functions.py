"""Known functions by few: one line each. exp, log, powers, brackets of comparisons, and a few of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from verify_derivations.derivations.terms import Factor, Facts, Head, Normal, number, plus, scale

if TYPE_CHECKING:
    from verify_derivations.derivations.normal import Normalizer

HALF = Fraction(1, 2)
FACTORIALS = 20  # whose values are written out up to

Function: TypeAlias = "Callable[[Normalizer, list[Normal], Facts], Normal]"


def _exponential(n: Normalizer, x: Normal, facts: Facts, factor: Fraction | int = 1) -> Normal:
    return n.exp(scale(x, factor), facts)


def _tanh(n: Normalizer, a: list[Normal], facts: Facts) -> Normal:
    """tanh x = 1 − 2/(exp 2x + 1)."""
    below = n.power(plus(n.exp(scale(a[0], 2), facts), number(1)), Fraction(-1), facts)
    return plus(number(1), scale(below, -2))


def _sigmoid(n: Normalizer, a: list[Normal], facts: Facts) -> Normal:
    """σ(x) = 1/(1 + exp(−x))."""
    return n.power(plus(n.exp(scale(a[0], -1), facts), number(1)), Fraction(-1), facts)


def _cosh(n: Normalizer, a: list[Normal], facts: Facts, sign: int = 1) -> Normal:
    up, down = n.exp(a[0], facts), n.exp(scale(a[0], -1), facts)
    return plus(scale(up, HALF), scale(down, HALF * sign))


def _abs(n: Normalizer, a: list[Normal], facts: Facts) -> Normal:
    """|x| = 2·relu(x) − x."""
    return plus(scale(n.positive_part(a[0], facts), 2), scale(a[0], -1))


def _sign(n: Normalizer, a: list[Normal], facts: Facts) -> Normal:
    return plus(n.compare(a[0], ">", facts), scale(n.compare(scale(a[0], -1), ">", facts), -1))


def _max(n: Normalizer, a: list[Normal], facts: Facts, sign: int = 1) -> Normal:
    """max(x, y) = x + relu(y − x) and min(x, y) = x − relu(x − y)."""
    total = a[0]
    for other in a[1:]:
        step = scale(plus(other, scale(total, -1)), sign)
        total = plus(total, scale(n.positive_part(step, facts), sign))
    return total


def _cos(n: Normalizer, a: list[Normal], facts: Facts) -> Normal:
    if not a[0]:
        return number(1)
    argument = scale(a[0], -1) if a[0][0].coefficient < 0 else a[0]
    return n.single(n.head("apply", [argument], name="cos"))


def _tan(n: Normalizer, a: list[Normal], facts: Facts) -> Normal:
    return n.product([n.odd("sin", a[0], facts), n.power(_cos(n, a, facts), Fraction(-1), facts)], facts)


def _factorial(n: Normalizer, argument: Normal) -> Normal:
    """Of a number its value; else nothing is known but that it is positive (:meth:`Signs.positive_factor`)."""
    known = argument[0].coefficient if len(argument) == 1 and argument == number(argument[0].coefficient) else None
    if not argument or known is not None and known.denominator == 1 and 0 <= known <= FACTORIALS:
        return number(math.factorial(int(known or 0)))
    return n.single(n.head("apply", [argument], name="!"))


FUNCTIONS: Mapping[str, Function] = MappingProxyType({
    "exp": lambda n, a, f: n.exp(a[0], f),
    "log": lambda n, a, f: n.log(a[0], f),
    "sqrt": lambda n, a, f: n.power(a[0], HALF, f),
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "softplus": lambda n, a, f: n.log(plus(number(1), n.exp(a[0], f)), f),
    "sinh": lambda n, a, f: _cosh(n, a, f, -1),
    "cosh": _cosh,
    "sin": lambda n, a, f: n.odd("sin", a[0], f),
    "cos": _cos,
    "tan": _tan,
    "arctan": lambda n, a, f: n.odd("arctan", a[0], f),
    "erf": lambda n, a, f: n.odd("erf", a[0], f),
    "!": lambda n, a, f: _factorial(n, a[0]),
    "pi": lambda n, a, f: n.single(Factor(Head("apply", "pi"), (), Fraction(1))),
    "relu": lambda n, a, f: n.positive_part(a[0], f),
    "abs": _abs,
    "sign": _sign,
    "max": _max,
    "min": lambda n, a, f: _max(n, a, f, -1),
})
