"""Every operator against NumPy and SciPy, through the reference interpreter; each beside a neighbour that differs."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import signal, special

from verify_derivations.derivations.evaluate import evaluate
from verify_derivations.formulas import operators as op
from verify_derivations.formulas.expressions import Polynomial
from verify_derivations.formulas.polynomial import polynomial
from verify_derivations.formulas.tensors import ShapeError, Tensor, entries, matrix_product, transpose

SIZES = {"H": 4, "W": 6, "h": 2, "w": 3, "n": 3}
H, W, h, w, n = (polynomial(name) for name in SIZES)
ONE, TWO = polynomial(1), polynomial(2)
RANDOM = np.random.default_rng(0)
DATA: dict[str, Any] = {
    "a": RANDOM.integers(-9, 9, (4, 6)), "k": RANDOM.integers(-9, 9, (2, 3)), "x": RANDOM.integers(-4, 4, 3),
    "y": RANDOM.integers(-4, 4, 3), "M": RANDOM.integers(-4, 4, (3, 3)), "p": RANDOM.integers(-9, 9, (2, 3)),
}  # fmt: skip
A, K, P = entries("a", (H, W)), entries("k", (h, w)), entries("p", (h, w))
X, Y, M = entries("x", (n, ONE)), entries("y", (n, ONE)), entries("M", (n, n))


def numbers(value: Tensor) -> np.ndarray[Any, Any]:
    """All entries, in the shape of the tensor."""
    shape = tuple(int(extent.evaluate(SIZES)) for extent in value.shape)
    values = {head: data.tolist() for head, data in DATA.items()}
    result = np.zeros(shape)
    for place in itertools.product(*map(range, shape)):
        at = {a.variable: k for a, k in zip(value.axes, place, strict=True) if a.variable is not None}
        result[place] = float(evaluate(value.body, SIZES, values, at))
    return result


def column(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return values.reshape(-1, 1)


def pooled(function: Callable[..., Any]) -> np.ndarray[Any, Any]:
    return np.asarray(function(DATA["a"].reshape(2, 2, 3, 2), axis=(1, 3)))


WINDOW: tuple[Polynomial, ...] = (TWO, TWO)
POOLED: tuple[Polynomial, ...] = (h, w)
a, k, x, y, matrix, p = (DATA[name] for name in ("a", "k", "x", "y", "M", "p"))

CASES = {
    "conv2 valid": (lambda: op.convolve(A, K, "valid"), lambda: signal.convolve2d(a, k, "valid")),
    "conv2 full": (lambda: op.convolve(A, K, "full"), lambda: signal.convolve2d(a, k, "full")),
    "xcorr2 valid": (lambda: op.convolve(A, K, "valid", flip=False), lambda: signal.correlate2d(a, k, "valid")),
    "xcorr2 full": (lambda: op.convolve(A, K, "full", flip=False), lambda: signal.correlate2d(a, k, "full")),
    "rot180": (lambda: op.rot180(A), lambda: np.rot90(a, 2)),
    "flipud": (lambda: op.flip(A, 0), lambda: np.flipud(a)),
    "fliplr": (lambda: op.flip(A, 1), lambda: np.fliplr(a)),
    "maxpool": (lambda: op.maxpool(A, WINDOW, POOLED), lambda: pooled(np.max)),
    "meanpool": (lambda: op.meanpool(A, WINDOW, POOLED), lambda: pooled(np.mean)),
    "up": (lambda: op.repeat(P, WINDOW), lambda: np.kron(p, np.ones((2, 2)))),
    "flatten": (lambda: op.flatten(A), lambda: column(a)),
    "softmax": (lambda: op.softmax(X), lambda: column(special.softmax(x))),
    "softmax of rows": (lambda: op.softmax(M, 1), lambda: special.softmax(matrix, axis=1)),
    "softmax of columns": (lambda: op.softmax(M, 0), lambda: special.softmax(matrix, axis=0)),
    "squared norm": (lambda: op.squared_norm(M), lambda: np.sum(matrix**2)),
    "norm": (lambda: op.norm(X), lambda: np.linalg.norm(x)),
    "norm of order 1": (lambda: op.norm(X, 1), lambda: np.linalg.norm(x, 1)),
    "trace": (lambda: op.trace(M), lambda: np.trace(matrix)),
    "diag of a vector": (lambda: op.diagonal(X), lambda: np.diag(x)),
    "diag of a matrix": (lambda: op.diagonal(M), lambda: column(np.diag(matrix))),
    "identity": (lambda: op.identity(n), lambda: np.eye(3)),
    "ones": (lambda: op.ones((n, h)), lambda: np.ones((3, 2))),
    "mean": (lambda: op.mean(M), lambda: np.mean(matrix)),
    "dot": (lambda: op.dot(X, Y), lambda: np.dot(x, y)),
    "matrix product": (lambda: matrix_product(M, X), lambda: column(matrix @ x)),
    "transpose": (lambda: transpose(A), lambda: a.T),
}
NEIGHBOURS = {
    "conv2 valid": "xcorr2 valid", "conv2 full": "xcorr2 full", "rot180": "flipud", "flipud": "fliplr",
    "maxpool": "meanpool", "softmax of rows": "softmax of columns", "norm": "norm of order 1",
    "diag of a vector": "identity", "mean": "trace",
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_operator_is_what_numpy_says(name: str) -> None:
    ours, theirs = CASES[name]
    assert np.allclose(numbers(ours()), theirs(), rtol=1e-12)


@pytest.mark.parametrize(("name", "other"), NEIGHBOURS.items())
def test_an_operator_is_not_its_neighbour(name: str, other: str) -> None:
    ours, theirs = numbers(CASES[name][0]()), np.asarray(CASES[other][1]())
    assert ours.shape == theirs.shape
    assert not np.allclose(ours, theirs)


def test_routing_sends_each_entry_to_the_maximum_of_its_window() -> None:
    routed = numbers(op.route(P, WINDOW, A))
    blocks, sent = (v.reshape(2, 2, 3, 2).transpose(0, 2, 1, 3).reshape(2, 3, 4) for v in (a, routed))
    for u, v in itertools.product(range(2), range(3)):
        if np.sum(blocks[u, v] == blocks[u, v].max()) == 1:
            assert list(sent[u, v]) == [p[u, v] if b == blocks[u, v].max() else 0 for b in blocks[u, v]]
    assert not np.allclose(routed, np.kron(p, np.ones((2, 2))))


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (lambda: op.convolve(A, K, "same"), lambda: op.convolve(A, K, "full")),
        (lambda: op.convolve(A, entries("b", ()), "full"), lambda: op.convolve(A, A, "full")),
        (lambda: op.trace(A), lambda: op.trace(M)),
        (lambda: op.diagonal(A), lambda: op.diagonal(X)),
        (lambda: op.norm(X, 3), lambda: op.norm(X, 2)),
        (lambda: op.dot(X, K), lambda: op.dot(X, X)),
        (lambda: matrix_product(A, X), lambda: matrix_product(transpose(X), M)),
    ],
)
def test_what_does_not_fit_is_refused(wrong: Callable[[], Tensor], right: Callable[[], Tensor]) -> None:
    with pytest.raises(ShapeError):
        wrong()
    right()
