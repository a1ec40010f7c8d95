"""Shapes are inferred and clashes are named; every expression that fits stands beside one that does not."""

from __future__ import annotations

import numpy as np
import pytest
from worlds import place

from verify_derivations.derivations.evaluate import evaluate
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.tensors import ShapeError
from verify_derivations.formulas.world import ChainError, IndexRangeError, Readings, UndefinedSymbol, Unsupported

NET = (
    r"W\in R^{n\times m}, x\in R^{n\times 1}, b\in R^{m\times 1}",
    r"z = W^{T}x+b",
    r"a=\sigma(z)",
    r"L=\frac12\|a-y\|^2",
)


@pytest.mark.parametrize(
    ("latex", "shape"),
    [
        ("z", r"m \times 1"),
        ("y", r"m \times 1"),  # from a - y alone
        ("W^T x", r"m \times 1"),
        ("x x^T", r"n \times n"),
        ("x^T x", "1"),
        (r"a\circ(1-a)", r"m \times 1"),
        ("x_i", "1"),
        ("W_{ij}", "1"),
        (r"\|x\|^2", "1"),
        (r"\sum_{i=1}^n x_i", "1"),
        (r"\frac{\partial L}{\partial W}", r"n \times m"),
        (r"\nabla_x L", r"n \times 1"),
        (r"\frac{\partial z}{\partial x}", r"m \times n"),
        (r"\frac{\partial L}{\partial z}\frac{\partial z}{\partial x}", r"n \times 1"),
        (r"\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix}", r"2 \times 3"),
    ],
)
def test_shapes(latex: str, shape: str) -> None:
    assert place(*NET).shape(latex) == shape


@pytest.mark.parametrize(
    ("latex", "error", "parts"),
    [
        ("W x", ShapeError, (r"n \times m", r"n \times 1", "m ≠ n")),
        ("x + b", ShapeError, (r"n \times 1", r"m \times 1")),
        ("W + W^T", ShapeError, (r"n \times m", r"m \times n")),
        (r"a \circ x", ShapeError, (r"m \times 1", r"n \times 1")),
        ("q x", UndefinedSymbol, ("q",)),
        ("W^{(2)} x", UndefinedSymbol, ("W^",)),
        (r"\frac{\partial L}{\partial q}", UndefinedSymbol, ("q",)),
        (
            r"\frac{\partial L}{\partial z}\frac{\partial a}{\partial x}",
            ChainError,
            ("does not telescope", "z is not a"),
        ),
        (r"\sum_{i=1}^{m} x_i", IndexRangeError, ("m", "n entries")),
        ("L_i", Unsupported, ("a number here",)),
    ],
)
def test_clashes_are_named(latex: str, error: type[DocumentError], parts: tuple[str, ...]) -> None:
    with pytest.raises(error) as found:
        place(*NET).value(latex)
    assert all(part in str(found.value) for part in parts), str(found.value)


def number(latex: str, *formulas: str, readings: Readings | None = None, **values: object) -> float:
    tensor = place(*formulas, readings=readings).value(latex)
    return float(evaluate(tensor.body, {}, values))


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("u + v w", 2 + 3 * 5),
        (r"\frac{u}{v} w", 2 / 3 * 5),
        ("u^{2} - v^{-1}", 4 - 1 / 3),
        (r"-u^2", -4),
        (r"\sqrt{u w}", np.sqrt(10)),
        (r"e^{-u}", np.exp(-2)),
        (r"\log(u)\, v", np.log(2) * 3),
        (r"\sigma(u - v)", 1 / (1 + np.exp(1))),
        (r"\max(u, v)", 3),
        (r"|u - w|", 3),
        (r"\begin{cases} u & v < w \\ v & v \ge w \end{cases}", 2),
        (r"\begin{cases} u & v > w \\ v & \text{otherwise} \end{cases}", 3),
        (r"\sum_{i=1}^{3} i^2", 14),
        (r"\prod_{i=1}^{3} i", 6),
    ],
)
def test_numbers(latex: str, expected: float) -> None:
    given = (r"u\in R, v\in R, w\in R", r"g = \sigma(u)")
    assert number(latex, *given, u=2, v=3, w=5) == pytest.approx(expected)
    assert number(latex + "+ 1", *given, u=2, v=3, w=5) != pytest.approx(expected)


def test_the_shape_of_a_weight_is_inferred_from_its_product() -> None:
    given = (r"x\in R^{n}, z\in R^{m}", r"z = V x")
    assert place(*given).shape("V") == r"m \times n"
    assert place(given[0], r"z = V^T x").shape("V") == r"n \times m"


def test_a_declared_shape_must_be_that_of_the_definition() -> None:
    place(r"x\in R^{n}, z\in R^{n}", "z = 2 x").value("z")
    world = place(r"x\in R^{n}, z\in R^{m}", "z = 2 x").world
    assert not world.is_defined("z")


@pytest.mark.parametrize(("layout", "shape"), [("numerator", r"m \times n"), ("denominator", r"n \times m")])
def test_the_layout_of_a_jacobian_is_a_convention(layout: str, shape: str) -> None:
    assert place(*NET, readings=Readings(layout=layout)).shape(r"\frac{\partial z}{\partial x}") == shape


def test_a_layer_of_a_generic_definition() -> None:
    layers = (
        r"x^{(l)}\in R^{n_l\times 1}, b^{(l)}\in R^{n_{l+1}\times 1}, W^{(l)}\in R^{n_l\times n_{l+1}}",
        r"z^{(l+1)} = W^{(l)T}x^{(l)} + b^{(l)}",
    )
    assert place(*layers).shape("z^{(3)}") == r"n_{3} \times 1"
    with pytest.raises(UndefinedSymbol):
        place(*layers).value("q^{(3)}")
