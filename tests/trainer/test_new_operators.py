"""Operators that exist only here train without any change to the trainer: their index definitions are enough.

The gradients are not written down either; they are derived from the forward definitions, and compared with finite
differences.
"""

# ruff: noqa: E501 (one definition a line)

from __future__ import annotations

import numpy as np
import pytest
from nets import SIGMOID, Builder, define, entry, leaf, n, over, v
from test_gradients import filled, worst_difference

from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    Bracket,
    Compare,
    Maximum,
    Scalar,
    add,
    apply,
    mul,
    polynomial,
    power,
    scalar,
    within,
)
from verify_derivations.trainer.data import load
from verify_derivations.trainer.derive import completed
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.sizes import fitted
from verify_derivations.trainer.train import Run, Settings

FOUR, TWO, THREE, EIGHT, TEN = (polynomial(k) for k in (4, 2, 3, 8, 10))


def dilated(height: int) -> tuple[tuple[int, int], Scalar]:
    """Every second pixel under a 3 × 3 kernel, no padding."""
    place = v("u") + 2 * v("p"), v("v") + 2 * v("q")
    return (height - 4, height - 4), over(mul(entry("x", *place, polynomial(0)), entry("k", "j", "p", "q")), p=THREE, q=THREE)


def padded(height: int) -> tuple[tuple[int, int], Scalar]:
    """Correlation with zeros around the image: as many places as the image has."""
    row, column = v("u") + v("p") - 1, v("v") + v("q") - 1
    inside = Bracket((*within(row, polynomial(height)), *within(column, polynomial(height))))
    body = mul(inside, entry("x", row, column, polynomial(0)), entry("k", "j", "p", "q"))
    return (height, height), over(body, p=THREE, q=THREE)


def strided(height: int) -> tuple[tuple[int, int], Scalar]:
    """A step of two, mirrored along the columns."""
    place = 2 * v("u") + v("p"), height - 1 - 2 * v("v") - v("q")
    size = (height - 3) // 2 + 1
    return (size, size), over(mul(entry("x", *place, polynomial(0)), entry("k", "j", "p", "q")), p=THREE, q=THREE)


def separable(height: int) -> tuple[tuple[int, int], Scalar]:
    """A product of a row of the kernel and a column of it, with the image between."""
    place = v("u") + v("p"), v("v") + v("q")
    factors = entry("k", "j", "p", polynomial(0)), entry("k", "j", polynomial(1), "q"), entry("x", *place, polynomial(0))
    return (height - 2, height - 2), over(mul(*factors), p=THREE, q=THREE)


def mean_pooling(size: tuple[int, int]) -> tuple[tuple[int, int], Scalar]:
    inner = over(apply("f", entry("z", "j", 2 * v("u") + v("p"), 2 * v("v") + v("q"))), p=TWO, q=TWO)
    return (size[0] // 2, size[1] // 2), mul(scalar(1) / 4, inner)


def overlapping_maximum(size: tuple[int, int]) -> tuple[tuple[int, int], Scalar]:
    windows = (("%p", TWO), ("%q", THREE))
    return (size[0] - 1, size[1] - 2), Maximum(windows, apply("f", entry("z", "j", v("u") + v("p"), v("v") + v("q"))))


def root_of_squares(size: tuple[int, int]) -> tuple[tuple[int, int], Scalar]:
    inner = over(power(entry("z", "j", 2 * v("u") + v("p"), v("v")), 2), p=TWO)
    return (size[0] // 2, size[1]), power(add(scalar(1), inner), scalar(1) / 2)


Z, A = Access("z"), Access("a")
ACTIVATIONS = {
    "sigmoid": SIGMOID,
    "tanh": FunctionDefinition("f", ("z",), mul(scalar(17159) / 10000, apply("tanh", mul(scalar(2) / 3, Z)))),
    "ReLU": FunctionDefinition("f", ("z",), apply("max", scalar(0), Z)),
    "leaky": FunctionDefinition("f", ("z",), add(mul(Compare(Z, ">=", scalar(0)), Z), mul(Compare(scalar(0), ">", Z), Z, scalar(1) / 5))),
    "softplus": FunctionDefinition("f", ("z",), apply("softplus", Z)),
}


def net(convolution: object, pooling: object, activation: str, height: int = 8) -> Program:
    b = Builder("new operators", "cross-entropy", {"n_3": 10})
    b.leaves += [leaf("x", polynomial(height), polynomial(height), polynomial(1)), leaf("y", n("n_3"))]
    b.parameter("k", FOUR, THREE, THREE)
    size, body = convolution(height)  # type: ignore[operator]
    b.forward.append(define("z", "j u v", (FOUR, *map(polynomial, size)), body))
    pooled, body = pooling(size)  # type: ignore[operator]
    b.forward.append(define("a", "j u v", (FOUR, *map(polynomial, pooled)), body))
    b.parameter("W3", FOUR, *map(polynomial, pooled), n("n_3"))
    b.parameter("b3", n("n_3"))
    product = mul(entry("W3", "j", "u", "v", "k"), entry("a", "j", "u", "v"))
    b.forward.append(define("z3", "k", (n("n_3"),), add(
        over(product, j=FOUR, u=polynomial(pooled[0]), v=polynomial(pooled[1])), entry("b3", "k"))))
    b.head(3, n("n_3"))
    program = Program(b.name, b.loss_name, tuple(b.leaves), tuple(b.forward), (), tuple(b.parameters), ("x",), ("y",), "a3", "L",
                      b.sizes, {}, {"f": ACTIVATIONS[activation]}, frozenset())
    return completed(program)


CASES = [
    (dilated, mean_pooling, "sigmoid"), (padded, mean_pooling, "tanh"), (strided, overlapping_maximum, "leaky"),
    (separable, root_of_squares, "ReLU"), (padded, overlapping_maximum, "softplus"), (dilated, mean_pooling, "ReLU"),
]


@pytest.mark.parametrize(("convolution", "pooling", "activation"), CASES, ids=lambda c: getattr(c, "__name__", c))
@pytest.mark.parametrize("options", [Options("float64"), Options("float64", False, 0, False)], ids=["fast", "literal"])
def test_gradients(convolution: object, pooling: object, activation: str, options: Options) -> None:
    program = net(convolution, pooling, activation, 8)
    assert worst_difference(program, filled(program, 4, options)) < 1e-6
    assert all(source.derived for source in program.sources.values())


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["tanh", "ReLU", "leaky"])
def test_they_train(activation: str) -> None:
    data = load("digits").split(0.3, 0)
    model = Model(net(padded, mean_pooling, activation))
    for _ in Run(model, data, Settings(epochs=12, rate=0.1, batch=25)):
        pass
    assert model.accuracy(data.test_images, data.test_labels)[1] > 0.85


def test_a_learned_slope() -> None:
    """Parametric ReLU: the slope below zero is a parameter, and its gradient is derived."""
    b = Builder("parametric ReLU", "Euclidean", {"n_1": 5, "n_2": 3})
    b.leaves += [leaf("x", n("n_1")), leaf("y", n("n_2"))]
    b.parameter("s")
    b.dense(2, "x", n("n_1"), n("n_2"))
    z = entry("z2", "k")
    slope = add(mul(Compare(z, ">=", scalar(0)), z), mul(Compare(scalar(0), ">", z), z, power(entry("s"), -1)))
    b.forward.append(define("a2", "k", (n("n_2"),), slope))
    b.forward.append(define("L", "", (), mul(scalar(1) / 2, over(power(add(entry("y", "k"), -entry("a2", "k")), 2), k=n("n_2")))))
    program = completed(Program(b.name, b.loss_name, tuple(b.leaves), tuple(b.forward), (), tuple(b.parameters), ("x",), ("y",),
                                "a2", "L", b.sizes))
    step = filled(program, 6)
    step.arrays["s"][...] = 3
    assert worst_difference(program, step) < 1e-6
    step.run()
    assert np.abs(step.arrays[program.gradient("s")]) > 1e-6


@pytest.mark.parametrize("written", ["sigmoid", "fraction"])
def test_a_label_that_is_one_number(written: str) -> None:
    """Logistic regression on two classes; the loss stays finite where the probability rounds to 0 or 1."""
    z, p, y = Access("z"), Access("p"), Access("y")
    sigmoid = apply("sigmoid", z) if written == "sigmoid" else power(add(scalar(1), apply("exp", -z)), -1)
    loss = -(y * apply("log", p)) - (1 - y) * apply("log", 1 - p)
    weighted = over(mul(entry("w", "j"), entry("x", "j")), j=n("d"))
    program = completed(Program(
        "logistic regression", "cross-entropy", (leaf("x", n("d")), leaf("y"), leaf("w", n("d")), leaf("b")),
        (define("z", "", (), add(weighted, Access("b"))), define("p", "", (), sigmoid), define("L", "", (), loss)), (),
        ("w", "b"), ("x",), ("y",), "p", "L"))
    data = load("digits").split(0.2, 0).only((3, 8))
    program = fitted(program, (8, 8, 1), data.classes, {})
    model = Model(program)
    for _ in Run(model, data, Settings(epochs=20, batch=20)):
        pass
    assert model.accuracy(data.test_images, data.test_labels)[1] > 0.95
    model.parameters["b"][...] = 1e4
    assert np.isfinite(model.outputs(data.test_images, data.test_labels)[1]).all()
    with pytest.raises(DocumentError, match="for data of two classes, but there are 10"):
        fitted(program, (8, 8, 1), 10, {})
