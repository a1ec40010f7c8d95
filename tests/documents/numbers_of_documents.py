"""Finite differences and the few functions that the numbers beside the documents need."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

Value: TypeAlias = "np.ndarray | float"
Claims: TypeAlias = "dict[int, list[tuple[Value, Value | Callable[[], Value]]]]"
"""For each formula that claims something, the two sides of each of its links."""


def gradient(function: Callable[[np.ndarray], Value], at: Value, step: float = 1e-6) -> np.ndarray:
    """Central differences: entry ``[*i, *j]`` is the derivative of the function's entry i by the argument's entry j."""
    point = np.array(at, dtype=float)
    columns = []
    for index in np.ndindex(point.shape):
        shift = np.zeros_like(point)
        shift[index] = step
        columns.append((np.asarray(function(point + shift)) - np.asarray(function(point - shift))) / (2 * step))
    shape = columns[0].shape
    return np.stack(columns, axis=-1).reshape(shape + point.shape)


def agree(left: Value, right: Value | Callable[[], Value]) -> bool:
    """Whether both sides have the same shape and the same entries."""
    try:
        value = right() if callable(right) else right
    except ValueError:  # shapes do not fit together
        return False
    a, b = np.asarray(left), np.asarray(value)
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-5, atol=1e-7))


def sigmoid(z: Value) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-np.asarray(z))))


def softmax(z: np.ndarray) -> np.ndarray:
    """Along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))
