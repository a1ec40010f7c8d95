"""Random expressions, and their values by the reference interpreter: the judge of the calculus."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

from verify_derivations.derivations import arithmetic
from verify_derivations.derivations.evaluate import Interpreter, arrays
from verify_derivations.derivations.values import OutOfRange, TooLarge
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import (
    Access,
    Compare,
    Constraint,
    Maximum,
    Polynomial,
    Product,
    Scalar,
    Size,
    add,
    apply,
    bracket,
    fresh,
    mul,
    polynomial,
    power,
    scalar,
    substitute,
    summation,
)

n, m = polynomial("n"), polynomial("m")
FREE = {"%a": n, "%b": n}
ENVIRONMENT = Environment(positive=frozenset({"p"}))
TENSORS = {"x": (n,), "y": (n,), "w": (n, m), "v": (m,), "p": (n,)}
FUNCTIONS = ("exp", "tanh", "sigmoid", "relu", "abs", "softplus", "sign", "sin", "cos", "f")
CUBIC = {"f": [Fraction(1), Fraction(2), Fraction(-1), Fraction(1, 3)]}

Scope = list[tuple[str, Polynomial]]


def expression(r: random.Random, depth: int, scope: Scope | None = None) -> Scalar:
    """An expression in the tensors above whose indices stay in range."""
    scope = list(FREE.items()) if scope is None else scope
    if depth == 0 or r.random() < 0.15:
        return _leaf(r, scope)

    def inner(more: Scope | None = None) -> Scalar:
        return expression(r, depth - 1, [*scope, *(more or [])])

    match r.randrange(13):
        case 0 | 1 | 2:
            return add(inner(), inner())
        case 3 | 4 | 5:
            return mul(inner(), inner())
        case 6:
            return power(inner(), r.choice([2, 2, 3]))
        case 7 | 8:
            variable, extent = fresh("i"), r.choice([n, m, n])
            shorter = extent - 1 if r.random() < 0.1 else extent
            return summation([(variable, shorter)], inner([(variable, extent)]))
        case 9:
            return apply(r.choice(FUNCTIONS), inner())
        case 10:
            return apply("max", inner(), inner())
        case 11:
            below = r.choice([apply("exp", inner()), 1 + power(inner(), 2), _entry(r, "p", scope), Size(n)])
            return mul(inner(), power(below, r.choice([-1, -1, -2, Fraction(-1, 2), Fraction(1, 2)])))
    if r.random() < 0.5:
        return Compare(inner(), r.choice([">", ">="]), inner())
    variable, extent = fresh("q"), r.choice([n, m])
    body = inner([(variable, extent)])
    if r.random() < 0.5:
        return Maximum(((variable, extent),), body)
    if r.random() < 0.5:  # with one factor left out, which may come beside it
        place = _index(r, extent, scope)
        same = bracket(Constraint(polynomial(variable) - place, "=="))
        left_out = Product(((variable, extent),), add(same, mul(1 - same, body)))
        return mul(left_out, substitute(body, {variable: place})) if r.random() < 0.5 else left_out
    return Product(((variable, extent),), body)


def _index(r: random.Random, extent: Polynomial, scope: Scope) -> Polynomial:
    choices = [v for v, e in scope if e == extent]
    return polynomial(r.choice(choices)) if choices and r.random() < 0.9 else polynomial(0)


def _entry(r: random.Random, head: str, scope: Scope) -> Scalar:
    indices = tuple(_index(r, extent, scope) for extent in TENSORS[head])
    if r.random() < 0.15:
        indices = tuple(e - 1 - i for e, i in zip(TENSORS[head], indices, strict=True))
    return Access(head, indices)


def _leaf(r: random.Random, scope: Scope) -> Scalar:
    match r.randrange(7):
        case 0 | 1 | 2:
            return _entry(r, r.choice(list(TENSORS)), scope)
        case 3:
            return scalar(Fraction(r.randint(-3, 3), r.choice([1, 1, 2])))
        case 4:
            variable, extent = r.choice(scope)
            others = [polynomial(u) for u, e in scope if e == extent and u != variable] or [polynomial(r.randrange(3))]
            value = polynomial(variable) - r.choice(others) + r.choice([0, 0, 1, -1])
            return bracket(Constraint(value, r.choice(["==", "!=", ">=", "=="])))
        case 5:
            return Size(r.choice([n, m, n * m, polynomial(scope[-1][0])]))
    return Access("c")


class Point:
    """Sizes, values of all tensors and of the free indices."""

    def __init__(self, r: random.Random) -> None:
        rows, columns = r.choice([(1, 1), (1, 2), (2, 1), (2, 3), (3, 2), (4, 1)])

        def value() -> Fraction:
            return Fraction(r.randint(-7, 7), r.choice([1, 2, 3]))

        self.sizes = {"n": rows, "m": columns}
        self.values = {
            "x": [value() for _ in range(rows)],
            "y": [value() for _ in range(rows)],
            "w": [[value() for _ in range(columns)] for _ in range(rows)],
            "v": [value() for _ in range(columns)],
            "p": [Fraction(r.randint(1, 7), 3) for _ in range(rows)],
            "c": value(),
        }
        self.indices = {v: r.randrange(rows) for v in FREE}

    def at(self, node: Scalar) -> Decimal | None:
        """The value; ``None`` where there is none, or where a comparison ties."""
        interpreter = Interpreter(ENVIRONMENT, self.sizes, arrays(self.values), functions=CUBIC)
        try:
            value = arithmetic.primal(interpreter.scalar(node, self.indices))
        except (arithmetic.Undefined, OutOfRange, TooLarge):
            return None
        assert not isinstance(value, Polynomial)
        return None if interpreter.ties else arithmetic.decimal_of(value) if isinstance(value, Fraction) else value


def close(left: Decimal, right: Decimal) -> bool:
    return abs(left - right) <= Decimal("1e-20") * (1 + abs(left))
