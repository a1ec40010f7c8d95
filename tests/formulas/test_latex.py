"""Index notation as LaTeX: what a reader of a document would write."""

from __future__ import annotations

import doctest

import pytest

from verify_derivations.formulas import latex, matrix_form
from verify_derivations.formulas.definitions import adjoint
from verify_derivations.formulas.expressions import (
    Access,
    Apply,
    ArgMaximum,
    Compare,
    Constraint,
    Determinant,
    Inverse,
    Maximum,
    Product,
    Scalar,
    add,
    apply,
    bracket,
    delta,
    mul,
    power,
    scalar,
    summation,
    within,
)
from verify_derivations.formulas.latex import split_head, to_latex, with_indices
from verify_derivations.formulas.polynomial import polynomial

X, Y = Access("x"), Access("y")
II, JJ, I2, N = map(polynomial, ("%i.1", "%j.1", "%i.2", "n"))
W = r"W^{\left(3\right)}"


def vector(name: str, *indices: object) -> Access:
    return Access(name, tuple(map(polynomial, indices)))  # type: ignore[arg-type]


def total(variable: str, body: Scalar, extent: object = "n") -> Scalar:
    return summation([(variable, polynomial(extent))], body)  # type: ignore[arg-type]


SQUARE = (("%i.1", N), ("%k.1", N))
MATRIX = Access("M", (II, polynomial("%k.1")))


@pytest.mark.parametrize("module", [latex, matrix_form])
def test_examples_in_docstrings(module: object) -> None:
    results = doctest.testmod(module)  # type: ignore[arg-type]
    assert results.attempted
    assert not results.failed


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (X - Y, "x-y"),
        (1 - X, "1-x"),
        (-X + Y, "y-x"),
        (X - (Y - 1), r"x-\left(y-1\right)"),
        (2 * X * 3, "6x"),
        (scalar(2) * power(scalar(3), Y), r"2\cdot 3^{y}"),
        (X / 2, r"\frac{1}{2}x"),
        (X / Y, r"\frac{x}{y}"),
        (-2 * X / (3 * Y), r"-\frac{2x}{3y}"),
        (X / (Y + 1), r"\frac{x}{y+1}"),
        (power(power(X, 2), -1), r"\frac{1}{x^{2}}"),
        (mul(X + 1, Y), r"\left(x+1\right)y"),
        (power(X + Y, 2), r"\left(x+y\right)^{2}"),
        (power(X, Y + 1), "x^{y+1}"),
        (apply("sqrt", X) * apply("abs", Y), r"\sqrt{x}\left|y\right|"),
        (power(apply("f", X), 2), r"f\left(x\right)^{2}"),
        (Apply("f", (X,), (2,)), r"f''\left(x\right)"),
        (apply("exp", -X) * apply("sigmoid", X), r"\exp\left(-x\right)\sigma\left(x\right)"),
        (apply("max", scalar(0), X), r"\max\left(0,x\right)"),
        (Compare(X, ">=", scalar(0)) * Y, r"\left[x\ge 0\right]y"),
        (power(vector(W, II, JJ), 2), r"\left(W_{ij}^{\left(3\right)}\right)^{2}"),
        (vector("x", II + JJ, 2 * II), "x_{i+j-1,2i-1}"),
        (vector("x", II - 1), "x_{i-1}"),
        (vector("x", 0), "x_{1}"),
        (scalar(N) * vector("x", N - 1 - II), "nx_{n-i+1}"),
        (scalar(polynomial("stride") * N), r"n\cdot stride"),
        (delta(II, JJ), r"\delta_{i,j}"),
        (bracket(Constraint(II - JJ, "!=")), r"\left[i\neq j\right]"),
        (bracket(*within(II - JJ, N)), r"\left[i\ge j, j+n>i\right]"),
        (total("%i.1", X + 1), r"\sum_{i=1}^{n}\left(x+1\right)"),
        (mul(total("%i.1", vector("x", II)), Y), r"y\sum_{i=1}^{n}x_{i}"),
        (
            mul(total("%i.1", vector("x", II)), total("%i.2", vector("y", I2))),
            r"\left(\sum_{i=1}^{n}x_{i}\right)\sum_{i=1}^{n}y_{i}",
        ),
        (add(total("%i.1", vector("x", II)), Y), r"\sum_{i=1}^{n}x_{i}+y"),
        (total("%i.1", vector("x", II), N - 1), r"\sum_{i=1}^{n-1}x_{i}"),
        (Product((("%i.1", N),), vector("x", II)), r"\prod_{i=1}^{n}x_{i}"),
        (Maximum((("%i.1", N),), vector("x", II)), r"\max_{i}x_{i}"),
        (ArgMaximum((("%i.1", N),), vector("x", II), (JJ,)), r"\left[j=\operatorname{arg\,max}_{i}x_{i}\right]"),
        (Determinant(SQUARE, MATRIX), r"\det\left(M_{ik}\right)_{i,k=1}^{n}"),
        (Inverse(SQUARE, MATRIX, (JJ, polynomial(0))), r"\left(\left(M_{ik}\right)_{i,k=1}^{n}\right)^{-1}_{j1}"),
    ],
)
def test_printing(expression: Scalar, expected: str) -> None:
    assert to_latex(expression) == expected


def test_a_bound_letter_is_none_that_a_reader_sees_beside_it() -> None:
    inside = total("%i.2", vector("A", II, I2))
    assert to_latex(inside) == r"\sum_{j=1}^{n}A_{ij}"
    assert to_latex(total("%i.1", vector("x", II) * inside)) == r"\sum_{i=1}^{n}x_{i}\sum_{j=1}^{n}A_{ij}"
    assert to_latex(total("%n.3", vector("x", "%n.3"))) == r"\sum_{i=1}^{n}x_{i}"  # n is already a size
    alone = total("%i.2", vector("x", I2))
    assert to_latex(alone + vector("y", II)) == r"\sum_{j=1}^{n}x_{j}+y_{i}"  # free beside the sum
    assert to_latex(alone + alone * vector("y")) == r"\sum_{i=1}^{n}x_{i}+y\sum_{i=1}^{n}x_{i}"  # two sums
    assert to_latex(total("%p.4", vector("p", "%p.4"))) == r"\sum_{i=1}^{n}p_{i}"  # p is a quantity


def test_the_origin_of_indices() -> None:
    expression = total("%i.1", vector("x", II + 1) * scalar(II), N - 1)
    assert to_latex(expression, origin=0) == r"\sum_{i=0}^{n-2}ix_{i+1}"
    assert to_latex(expression, origin=1) == r"\sum_{i=1}^{n-1}\left(i-1\right)x_{i+1}"


def test_an_index_and_a_number_beside_it_are_one() -> None:
    assert to_latex(scalar(II) + 1) == "i"  # counted from one
    assert to_latex((scalar(II) + 2) * X) == r"\left(i+1\right)x"
    assert to_latex(scalar(II) + 1 + X) == "i+x"


def test_names_for_heads() -> None:
    name = {adjoint("z", "L"): r"\delta^{\left(z\right)}"}
    assert to_latex(vector(adjoint("z", "L"), JJ)) == r"\frac{\partial L}{\partial z_{j}}"
    assert to_latex(vector(adjoint("z", "L"), JJ), names=name) == r"\delta_{j}^{\left(z\right)}"


@pytest.mark.parametrize(
    ("head", "parts"),
    [
        ("W", ("W", "", "")),
        (W, ("W", "", r"\left(3\right)")),
        (r"\delta^{\left(z^{\left(4\right)}\right)}", (r"\delta", "", r"\left(z^{\left(4\right)}\right)")),
        (r"k_{ij}^{\left(1\right)}", ("k", "ij", r"\left(1\right)")),
        (r"k^{\left(1\right)}_{ij}", ("k", "ij", r"\left(1\right)")),
        ("x_0", ("x", "0", "")),
    ],
)
def test_a_head_in_its_parts(head: str, parts: tuple[str, str, str]) -> None:
    assert split_head(head) == parts


def test_indices_go_below_the_layer() -> None:
    assert with_indices(W, "ji") == r"W_{ji}^{\left(3\right)}"
    assert with_indices(r"x_{0}", "i") == r"\left(x_{0}\right)_{i}"
    assert with_indices(r"\hat{x}", "i") == r"\hat{x}_{i}"
