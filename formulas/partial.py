"""Products and powers as they are written: a zero does not hide that what stands beside it has no value.

The constructors of expressions drop what a zero is multiplied by, which is right for derivatives. In a formula
``0 / (u - u)`` has no value, and ``0 · log x`` has one only where x > 0. There ``0 · P`` is read as ``P - P``.
"""

from __future__ import annotations

from verify_derivations.formulas.expressions import (
    NOUGHT,
    Apply,
    Inverse,
    Number,
    Power,
    Scalar,
    Size,
    add,
    mul,
    negate,
    power,
    walk,
)
from verify_derivations.formulas.polynomial import is_index

PARTIAL = frozenset(("log", "ln", "sqrt", "tan"))


def is_partial(node: Scalar) -> bool:
    """Whether an operation has no value for some operands; those that are positive numbers have one."""
    match node:
        case Power(base, Number(exponent)):
            return (exponent.denominator != 1 or exponent < 0) and not _is_positive(base)
        case Power(base):
            return not _is_positive(base)
        case Apply(function, arguments):
            return function.lstrip("\\") in PARTIAL and not all(map(_is_positive, arguments))
    return isinstance(node, Inverse)


def _is_positive(node: Scalar) -> bool:
    if isinstance(node, Size):
        name = node.value.as_atom()
        return name is not None and not is_index(name)
    return isinstance(node, Number) and node.value > 0


def times(*factors: Scalar) -> Scalar:
    """The product that a formula writes."""
    found = mul(*factors)
    return found if found != NOUGHT else _nothing(factors)


def raised(base: Scalar, exponent: Scalar) -> Scalar:
    """The power that a formula writes."""
    found = power(base, exponent)
    return add(found, _nothing((base,))) if exponent == NOUGHT else found


def _nothing(factors: tuple[Scalar, ...]) -> Scalar:
    """Zero where all factors have a value, and no value elsewhere."""
    partial = mul(*(f for f in factors if f != NOUGHT and any(map(is_partial, walk(f)))))
    return NOUGHT if isinstance(partial, Number) else add(partial, negate(partial))
