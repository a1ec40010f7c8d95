"""Determinant and inverse of a matrix of values, with no choice of pivots: dual numbers and symbols pass through."""

from __future__ import annotations

import decimal
import itertools
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from verify_derivations.derivations.arithmetic import NIL, ONE, Dual, Value, add, inverse, mul, negative

Rows: TypeAlias = Sequence[Sequence[Value]]


def adjugate(matrix: Rows) -> tuple[Value, list[list[Value]]]:
    """det A and adj A with A·adj A = det A·1, by the recursion of Faddeev and LeVerrier: M₁ = 1 and, for k = 1 … n,
    cₖ = −tr(A·Mₖ)/k, Mₖ₊₁ = A·Mₖ + cₖ·1; then adj A = (−1)ⁿ⁻¹·Mₙ, and det A = (−1)ⁿ·cₙ."""
    if all(map(_plain, itertools.chain(*matrix))):  # one entry after the other is asked for
        return _remembered(tuple(map(tuple, matrix)), decimal.getcontext().prec)
    return _adjugate(matrix)


@lru_cache(maxsize=1024)
def _remembered(matrix: tuple[tuple[Value, ...], ...], digits: int) -> tuple[Value, list[list[Value]]]:
    """In the ambient precision of ``digits``."""
    return _adjugate(matrix)


def _plain(value: Value) -> bool:
    if isinstance(value, Dual):
        return _plain(value.value) and _plain(value.tangent)
    return isinstance(value, Fraction | Decimal)


def _adjugate(matrix: Rows) -> tuple[Value, list[list[Value]]]:
    size = len(matrix)
    current = _plus_scalar([[NIL] * size for _ in range(size)], ONE)
    coefficient: Value = ONE
    adjoint = current
    for k in range(1, size + 1):
        adjoint = current
        product = [[_inner(row, [r[j] for r in current]) for j in range(size)] for row in matrix]
        coefficient = NIL
        for i in range(size):
            coefficient = add(coefficient, product[i][i])
        coefficient = mul(Fraction(-1, k), coefficient)
        current = _plus_scalar(product, coefficient)
    if size % 2:
        return negative(coefficient), adjoint
    return coefficient, [[negative(x) for x in row] for row in adjoint]


def inverse_entry(matrix: Rows, row: int, column: int) -> Value:
    """An entry of A⁻¹; raises ``Undefined`` where A is not invertible."""
    determinant, adjoint = adjugate(matrix)
    return mul(inverse(determinant), adjoint[row][column])


def _inner(row: Sequence[Value], column: Sequence[Value]) -> Value:
    total: Value = NIL
    for a, b in zip(row, column, strict=True):
        total = add(total, mul(a, b))
    return total


def _plus_scalar(rows: list[list[Value]], value: Value) -> list[list[Value]]:
    return [[add(x, value) if i == j else x for j, x in enumerate(row)] for i, row in enumerate(rows)]
