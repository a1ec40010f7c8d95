"""Functions with a kink at zero, such as rectified linear units: where they rise and where they are flat.

On either side of zero, and at zero, such a function is a number times its argument; its derivative is a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from verify_derivations.derivations.differentiate import plain_name
from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    Compare,
    Mul,
    Number,
    Power,
    Scalar,
    apply,
    scalar,
)
from verify_derivations.trainer.stable import inline_functions

RELU = {"relu": FunctionDefinition("relu", ("z",), apply("max", scalar(0), Access("z")))}


def rising(functions: Mapping[str, FunctionDefinition]) -> frozenset[str]:
    """Those that are strictly increasing."""
    return frozenset(n for n, f in functions.items() if (s := _slopes(f)) is not None and min(s) > 0)


def rectifying(functions: Mapping[str, FunctionDefinition]) -> frozenset[str]:
    """Those that never fall, are flat on one side at least, and whose derivative, as it is computed, is zero wherever
    two arguments have the same value (so at zero, too)."""
    found = []
    for name, function in {**RELU, **functions}.items():
        slopes = _slopes(function)
        if slopes is None or min(slopes) != 0:
            continue
        slope = inline_functions(Apply(name, (Access("z"),), (1,)), functions)
        flat = [0, *(side for side, s in zip((-1, 1), slopes, strict=True) if s == 0)]
        values = [_on_ray(slope, "z", side) for side in flat]
        if all(value is not None and not value[1] for value in values):
            found.append(name)
    return frozenset(found)


def _slopes(function: FunctionDefinition) -> tuple[Fraction, Fraction] | None:
    """On the left and on the right of zero; ``None`` for another kind of function."""
    if len(function.parameters) != 1:
        return None
    left, middle, right = (_on_ray(function.body, function.parameters[0], side) for side in (-1, 0, 1))
    if left is None or middle is None or right is None or middle[1] or not {left[0], right[0]} <= {0, 1}:
        return None
    if any(degree == 0 and value for degree, value in (left, right)):
        return None
    return -left[1], right[1]


def _on_ray(node: Scalar, variable: str, side: int) -> tuple[int, Fraction] | None:
    """``(d, c)`` where the node is ``c·t^d`` for all ``t > 0`` when the variable is ``side·t``; zero is ``(0, 0)``."""
    match node:
        case Number(value):
            return 0, value
        case Access(head, ()) if head == variable:
            return (1, Fraction(side)) if side else (0, Fraction(0))
        case Mul(factors):
            parts = [_on_ray(f, variable, side) for f in factors]
            degree, product = 0, Fraction(1)
            for part in parts:
                if part is None:
                    return None
                degree, product = degree + part[0], product * part[1]
            return (degree, product) if product else (0, product)
        case Power(base, Number(exponent)) if exponent.denominator == 1:
            inner = _on_ray(base, variable, side)
            if inner is None or not inner[1] or inner[0]:
                return None
            return 0, inner[1] ** int(exponent)
        case Add(parts_) if (same := _alike(parts_, variable, side)) is not None:
            total = sum(same[1], Fraction(0))
            return (same[0], total) if total else (0, total)
        case Apply(function, arguments, ()) if plain_name(function) in ("max", "min"):
            same = _alike(arguments, variable, side)
            if same is None:
                return None
            chosen = max(same[1]) if plain_name(function) == "max" else min(same[1])
            return (same[0], chosen) if chosen else (0, chosen)
        case Compare(left, relation, right):
            same = _alike((left, right), variable, side)
            if same is None:
                return None
            a, b = same[1]
            holds = {">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[relation]
            return 0, Fraction(int(holds))
    return None


def _alike(nodes: tuple[Scalar, ...], variable: str, side: int) -> tuple[int, list[Fraction]] | None:
    """The common degree and the coefficients; zero has every degree."""
    parts = [_on_ray(node, variable, side) for node in nodes]
    known = [part for part in parts if part is not None]
    degrees = {degree for degree, value in known if value}
    if len(known) < len(parts) or len(degrees) > 1:
        return None
    return degrees.pop() if degrees else 0, [value for _, value in known]
