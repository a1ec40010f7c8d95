"""The numbers of the reference interpreter: exact rationals, decimals, polynomials, each with tangents.

A value is a ``Fraction`` as long as nothing transcendental occurs, then a ``Decimal`` of the ambient
precision. A :class:`~verify_derivations.formulas.polynomial.Polynomial` stands for a value whose leaves
are symbols: the same operations then *expand* an expression, and ``exp(p)`` or ``1/p`` become atoms.
:class:`Dual` adds a tangent to any of them: forward-mode differentiation, nested by ``level``, by one entry or, with a
:class:`Gradient`, by several at once.
"""

from __future__ import annotations

import decimal
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias, cast

import mpmath  # type: ignore[import-untyped]

from verify_derivations.formulas.polynomial import Polynomial, polynomial

Base: TypeAlias = Fraction | Decimal | Polynomial
Value: TypeAlias = "Fraction | Decimal | Polynomial | Dual"

NIL, ONE = Fraction(0), Fraction(1)
_NEGLIGIBLE = Decimal("1e-30")  # far above rounding at 50 digits; what is closer than this counts as equal
_MAX_EXPONENT = 512
_MOST_BITS = 4_000  # of a numerator; longer ones, as towers of polynomials make them, become decimals
MOST_TERMS = 1_000  # of a polynomial, before like terms are collected

_levels = itertools.count(1)


class Undefined(ArithmeticError):
    """The expression has no value at this point: a division by zero, a logarithm of a non-positive number."""


class NotExpandable(ArithmeticError):
    """A polynomial value where a number is needed (a comparison, a choice)."""


class TooManyTerms(NotExpandable):
    """An expansion that would grow beyond :data:`MOST_TERMS`."""


@dataclass(frozen=True, slots=True)
class Dual:
    """``value + ε·tangent`` with ``ε² = 0``, one ``ε`` a level. A later level never occurs inside an earlier one."""

    value: Value
    tangent: Any  # a value or a gradient
    level: int


@dataclass(frozen=True, slots=True)
class Gradient:
    """A tangent that is a sum of many: the derivative by each of several entries. It is added, and multiplied with a
    number, as a tangent is."""

    parts: Mapping[object, Value]

    def plus(self, other: Any) -> Value:
        merged = dict(self.parts)
        for entry, part in other.parts.items():
            merged[entry] = add(merged.get(entry, NIL), part)
        return cast(Value, Gradient(merged))

    def times(self, number: Value) -> Value:
        return cast(Value, Gradient({entry: mul(part, number) for entry, part in self.parts.items()}))


def new_level() -> int:
    return next(_levels)


def seeded(value: Value, level: int) -> Dual:
    """``value + ε``."""
    return Dual(value, ONE, level)


def split(value: Value, level: int) -> tuple[Value, Value]:
    """Value and tangent at ``level``."""
    return (value.value, value.tangent) if isinstance(value, Dual) and value.level == level else (value, NIL)


def primal(value: Value) -> Base:
    while isinstance(value, Dual):
        value = value.value
    return value


def decimal_of(value: Base) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Polynomial):
        raise NotExpandable(repr(value))
    return Decimal(value.numerator) / Decimal(value.denominator)


def same(left: Base, right: Base) -> bool:
    """Equal, for decimals up to rounding."""
    if isinstance(left, Polynomial) or isinstance(right, Polynomial):
        return _polynomial(left) == _polynomial(right)
    if type(left) is Fraction and type(right) is Fraction:
        return left == right
    x, y = decimal_of(left), decimal_of(right)
    return abs(x - y) <= _NEGLIGIBLE * max(abs(x), abs(y), Decimal(1))


def less_than(left: Base, right: Base) -> bool:
    if type(left) is Fraction and type(right) is Fraction:
        return left < right
    return decimal_of(left) < decimal_of(right)


# -- ring operations ----------------------------------------------------------------------------
def add(left: Value, right: Value) -> Value:
    if left is NIL:  # where every sum begins
        return right
    if type(left) is Fraction and type(right) is Fraction:
        return left + right
    if type(left) is Fraction and not left:
        return right
    if type(right) is Fraction and not right:
        return left
    if isinstance(left, Dual) or isinstance(right, Dual):
        level = _level(left, right)
        (x, dx), (y, dy) = split(left, level), split(right, level)
        return _dual(add(x, y), add(dx, dy), level)
    if isinstance(left, Gradient):
        return left.plus(right)
    if isinstance(left, Polynomial) or isinstance(right, Polynomial):
        return _tidy(_polynomial(left) + _polynomial(right))
    return decimal_of(left) + decimal_of(right)


def mul(left: Value, right: Value) -> Value:
    if left is ONE:  # where every product begins
        return right
    if type(left) is Fraction and type(right) is Fraction:
        product = left * right
        return product if product.numerator.bit_length() < _MOST_BITS else decimal_of(product)
    if (type(left) is Fraction and not left) or (type(right) is Fraction and not right):
        return NIL
    if isinstance(left, Dual) or isinstance(right, Dual):
        level = _level(left, right)
        (x, dx), (y, dy) = split(left, level), split(right, level)
        return _dual(mul(x, y), add(mul(x, dy), mul(dx, y)), level)
    if isinstance(left, Gradient):
        return left.times(right)
    if isinstance(right, Gradient):
        return right.times(left)
    if isinstance(left, Polynomial) or isinstance(right, Polynomial):
        p, q = _polynomial(left), _polynomial(right)
        if len(p.terms) * len(q.terms) > MOST_TERMS:
            raise TooManyTerms
        return _tidy(p * q)
    return decimal_of(left) * decimal_of(right)


def negative(value: Value) -> Value:
    return mul(Fraction(-1), value)


def subtract(left: Value, right: Value) -> Value:
    return add(left, negative(right))


def inverse(value: Value) -> Value:
    match value:
        case Dual(x, dx, level):
            reciprocal = inverse(x)
            return _dual(reciprocal, negative(mul(dx, mul(reciprocal, reciprocal))), level)
        case Polynomial():
            return Polynomial.atom(f"inverse({value!r})")
        case Fraction():
            if not value:
                raise Undefined("division by zero")
            return 1 / value
    if abs(value) < _NEGLIGIBLE:
        raise Undefined("division by zero")
    return 1 / value


def power(base: Value, exponent: Value) -> Value:
    """``base^exponent``; ``0^0`` is one, as in a polynomial."""
    if type(exponent) is Fraction and exponent.denominator == 1:
        return _integer_power(base, int(exponent))
    if type(exponent) is Fraction and type(base) is Fraction:
        root = _exact_power(base, exponent)
        if root is not None:
            return root
    if type(exponent) is Fraction and exponent.denominator == 2 and isinstance(base, Dual):
        # x^{n/2} has a derivative for every x > 0 and needs no logarithm.
        slope = mul(exponent, power(base.value, exponent - 1))
        return _dual(power(base.value, exponent), mul(slope, base.tangent), base.level)
    return elementary("exp", mul(exponent, elementary("log", base)))


def _integer_power(base: Value, exponent: int) -> Value:
    if abs(exponent) > _MAX_EXPONENT:
        raise Undefined(f"exponent {exponent} is too large")
    if exponent < 0:
        return inverse(_integer_power(base, -exponent))
    result: Value = ONE
    for _ in range(exponent):
        result = mul(result, base)
    return result


def _exact_power(base: Fraction, exponent: Fraction) -> Fraction | None:
    """A rational root of a rational, where there is one."""
    if base < 0:
        raise Undefined("a root of a negative number")
    if base == 0:
        if exponent < 0:
            raise Undefined("division by zero")
        return NIL
    if exponent.denominator != 2:
        return None
    numerator, denominator = math.isqrt(base.numerator), math.isqrt(base.denominator)
    if numerator**2 != base.numerator or denominator**2 != base.denominator:
        return None
    return Fraction(numerator, denominator) ** int(exponent * 2)


# -- elementary functions -----------------------------------------------------------------------
def elementary(name: str, argument: Value) -> Value:
    """A function of :data:`ELEMENTARY`, by its derivative rule where the argument has a tangent."""
    _, derivative, fixed = ELEMENTARY[name]
    match argument:
        case Dual(x, dx, level):
            return _dual(elementary(name, x), mul(derivative(x), dx), level)
        case Polynomial():
            return Polynomial.atom(f"{name}({argument!r})")
        case Fraction() if argument in fixed:
            return fixed[argument]
    try:
        return _computed(name, decimal_of(argument), decimal.getcontext().prec)
    except (decimal.Overflow, decimal.InvalidOperation) as error:
        raise Undefined(f"{name} of {argument}") from error


@lru_cache(maxsize=4096)
def _computed(name: str, x: Decimal, digits: int) -> Decimal:
    """The value at ``x`` in the ambient precision of ``digits``: a derivative asks for it once more."""
    return ELEMENTARY[name][0](x)


def _log(x: Decimal) -> Decimal:
    if x <= 0:
        raise Undefined("logarithm of a number that is not positive")
    return x.ln()


def _tanh(x: Decimal) -> Decimal:
    if abs(x) > 1000:
        return Decimal(1).copy_sign(x)
    square = (2 * x).exp()
    return (square - 1) / (square + 1)


def _special(name: str) -> Callable[[Decimal], Decimal]:
    def function(x: Decimal) -> Decimal:
        digits = decimal.getcontext().prec
        with mpmath.workdps(digits + 5):
            result = getattr(mpmath, name)(mpmath.mpf(str(x)))
            if not isinstance(result, mpmath.mpf):
                raise Undefined(f"{name} of {x}")
            return +Decimal(mpmath.nstr(result, digits + 2))

    return function


def _one_minus_square(name: str) -> Callable[[Value], Value]:
    return lambda x: subtract(ONE, power(elementary(name, x), Fraction(2)))


def _logistic_slope(x: Value) -> Value:
    value = elementary("sigmoid", x)
    return mul(value, subtract(ONE, value))


def _normal_slope(x: Value) -> Value:  # erf' = 2/√π · exp(−x²)
    return mul(2 / pi().sqrt(), elementary("exp", negative(mul(x, x))))


def _factorial(x: Decimal) -> Decimal:  # Γ(x + 1), which is all that x! may mean between whole numbers
    if x < 0:
        raise Undefined("factorial of a negative number")
    return _special("factorial")(x)


def _factorial_slope(x: Value) -> Value:
    return mul(elementary("!", x), elementary("!'", add(x, ONE)))


def _no_slope(x: Value) -> Value:
    raise Undefined("the second derivative of a factorial")


def pi() -> Decimal:
    digits = decimal.getcontext().prec
    with mpmath.workdps(digits + 5):
        return +Decimal(mpmath.nstr(+mpmath.pi, digits + 2))


Rule: TypeAlias = tuple[Callable[[Decimal], Decimal], Callable[[Value], Value], dict[Fraction, Fraction]]

ELEMENTARY: dict[str, Rule] = {
    # name: value, derivative, arguments with a rational value
    "exp": (Decimal.exp, lambda x: elementary("exp", x), {NIL: ONE}),
    "log": (_log, lambda x: inverse(x), {ONE: NIL}),
    "ln": (_log, lambda x: inverse(x), {ONE: NIL}),
    "tanh": (_tanh, _one_minus_square("tanh"), {NIL: NIL}),
    "sigmoid": (lambda x: 1 / (1 + (-x).exp()), _logistic_slope, {NIL: Fraction(1, 2)}),
    "softplus": (lambda x: (1 + x.exp()).ln(), lambda x: elementary("sigmoid", x), {}),
    "sin": (_special("sin"), lambda x: elementary("cos", x), {NIL: NIL}),
    "cos": (_special("cos"), lambda x: negative(elementary("sin", x)), {NIL: ONE}),
    "tan": (_special("tan"), lambda x: add(ONE, power(elementary("tan", x), Fraction(2))), {NIL: NIL}),
    "arctan": (_special("atan"), lambda x: inverse(add(ONE, mul(x, x))), {NIL: NIL}),
    "sinh": (_special("sinh"), lambda x: elementary("cosh", x), {NIL: NIL}),
    "cosh": (_special("cosh"), lambda x: elementary("sinh", x), {NIL: ONE}),
    "erf": (_special("erf"), _normal_slope, {NIL: NIL}),
    "!": (_factorial, _factorial_slope, {Fraction(k): Fraction(math.factorial(k)) for k in range(20)}),
    "!'": (_special("digamma"), _no_slope, {}),  # only in the line above
}


# -- choices among symbols -------------------------------------------------------------------------
def positive(value: Base) -> Base:
    """``[value > 0]`` off ties: of symbols an atom, the same for a value and, as ``1 - atom``, for its negative."""
    if not isinstance(value, Polynomial):
        return ONE if value > 0 else NIL
    leading = value.terms[-1][1]
    if leading < 0:
        return _tidy(1 - _polynomial(positive(-value)))
    return Polynomial.atom(f"[{value * (1 / Fraction(leading))!r}]")


def selection(values: Sequence[Base], chosen: int) -> Base:
    """1 where ``values[chosen]`` is the largest, else 0, off ties."""
    if len(values) == 2:
        return positive(_tidy(_polynomial(values[chosen]) - _polynomial(values[1 - chosen])))
    if len(values) == 1:
        return ONE
    listed = sorted(repr(_polynomial(value)) for value in values)
    if len(set(listed)) < len(listed):
        raise NotExpandable("equal symbols in a maximum")
    return Polynomial.atom(f"largest({_polynomial(values[chosen])!r} of {listed})")


def largest_symbol(values: Sequence[Value]) -> Value:
    """The maximum off ties, as the sum of the values, each where it is the largest."""
    total: Value = NIL
    bases = [primal(value) for value in values]
    for k, value in enumerate(values):
        total = add(total, mul(selection(bases, k), value))
    return total


# -- functions that are not known in closed form --------------------------------------------------
def generic(name: str, coefficients: Sequence[Fraction], arguments: Sequence[Value], counts: tuple[int, ...]) -> Value:
    """A stand-in for an unknown smooth function: ``c₀ + c₁u + c₂u² + c₃u³`` with ``u = Σ_k (k+1)·x_k``, or, of
    polynomials, an atom. ``counts`` are the derivatives taken in each argument."""
    counts = counts or (0,) * len(arguments)
    level = max((a.level for a in arguments if isinstance(a, Dual)), default=0)
    if level:
        inner = [split(a, level) for a in arguments]
        values = [x for x, _ in inner]
        tangent: Value = NIL
        for k, (_, dx) in enumerate(inner):
            if not (type(dx) is Fraction and not dx):
                raised = (*counts[:k], counts[k] + 1, *counts[k + 1:])
                tangent = add(tangent, mul(generic(name, coefficients, values, raised), dx))
        return _dual(generic(name, coefficients, values, counts), tangent, level)
    if any(isinstance(a, Polynomial) for a in arguments):
        return Polynomial.atom(f"{name}{counts}{tuple(arguments)!r}")
    combination: Value = NIL
    scale = ONE
    for k, argument in enumerate(arguments):
        combination = add(combination, mul(Fraction(k + 1), argument))
        scale *= Fraction(k + 1) ** counts[k]
    total: Value = NIL
    order = sum(counts)
    for degree in range(order, len(coefficients)):
        falling = Fraction(math.perm(degree, order)) * coefficients[degree]
        total = add(total, mul(falling, power(combination, Fraction(degree - order))))
    return mul(scale, total)


# -- helpers --------------------------------------------------------------------------------------
def _level(left: Value, right: Value) -> int:
    return max(left.level if isinstance(left, Dual) else 0, right.level if isinstance(right, Dual) else 0)


def _dual(value: Value, tangent: Value, level: int) -> Value:
    return value if type(tangent) is Fraction and not tangent else Dual(value, tangent, level)


def _polynomial(value: Base) -> Polynomial:
    if isinstance(value, Decimal):
        raise NotExpandable("a decimal among symbols")
    return polynomial(value)


def _tidy(value: Polynomial) -> Base:
    return value.value if value.is_constant else value
