"""Matrix forms: a gradient as the document would print it, and nothing where that would say something else."""

from __future__ import annotations

import pytest

from verify_derivations.formulas.definitions import Environment, Quantity, adjoint
from verify_derivations.formulas.expressions import (
    Access,
    Apply,
    Inverse,
    Scalar,
    Sum,
    delta,
    mul,
    power,
    scalar,
    summation,
)
from verify_derivations.formulas.matrix_form import matrix_form, transposed
from verify_derivations.formulas.polynomial import Polynomial, polynomial

N, M = polynomial("n"), polynomial("m")
W, D = r"W^{\left(3\right)}", r"\delta^{\left(z\right)}"
NAMES = {adjoint("z", "L"): D}


def at(head: str, *indices: str) -> Access:
    return Access(head, tuple(polynomial(f"%{index}.0") for index in indices))


def grad(*indices: str) -> Access:
    return at(adjoint("z", "L"), *indices)


def total(index: str, body: Scalar, extent: Polynomial = N) -> Scalar:
    return summation([(f"%{index}.0", extent)], body)


SQUARE = (("%p.0", N), ("%q.0", N))
PLACE = (polynomial("%i.0"), polynomial("%j.0"))
RIDGE = total("r", at("X", "r", "p") * at("X", "r", "q"), M) + at("c") * delta(polynomial("%p.0"), polynomial("%q.0"))


def inverse(head: str, row: str, column: str) -> Scalar:
    return Inverse(SQUARE, at(head, "p", "q"), (polynomial(f"%{row}.0"), polynomial(f"%{column}.0")))


@pytest.mark.parametrize(
    ("axes", "expression", "expected"),
    [
        ("i", total("j", at(W, "i", "j") * grad("j")), W + D),
        ("j", total("i", at(W, "i", "j") * at("x", "i")) + at("b", "j"), r"W^{\left(3\right)T}x+b"),
        ("ij", at("x", "i") * grad("j"), r"x\delta^{\left(z\right)T}"),
        ("j", grad("j") * at("a", "j") * (1 - at("a", "j")), D + r"\circ a\circ \left(1-a\right)"),
        ("j", grad("j") * Apply("f", (at("z", "j"),), (1,)), D + r"\circ f'\left(z\right)"),
        ("j", -(at("y", "j") - at("a", "j")), r"-\left(y-a\right)"),
        ("j", -at("y", "j") / at("a", "j"), r"-\frac{y}{a}"),
        ("ij", total("k", at("A", "i", "k") * at("B", "j", "k")), "AB^{T}"),
        ("ij", at("W", "j", "i"), "W^{T}"),
        ("ij", -at("x", "i") * (at("y", "j") - at("a", "j")), r"-x\left(y-a\right)^{T}"),
        ("i", total("j", at("W", "i", "j") * at("a", "j") * at("d", "j")), r"W\left(a\circ d\right)"),
        ("i", total("j", total("k", at("A", "i", "j") * at("B", "j", "k") * at("x", "k"))), "ABx"),
        ("", total("i", at("x", "i") * at("y", "i")), "x^{T}y"),
        ("i", scalar(2) * power(at("x", "i"), 2), r"2\left(x\circ x\right)"),
        ("ij", power(Access("N"), -1) * at("x", "i") * grad("j"), r"\frac{1}{N}x\delta^{\left(z\right)T}"),
        ("i", total("j", at(r"\Sigma", "i", "j") * at("x", "j")), r"\Sigma x"),
        ("ij", inverse("A", "i", "j"), "A^{-1}"),
        ("ij", inverse("A", "j", "i"), "A^{-T}"),
        ("i", total("k", inverse("A", "i", "k") * at("x", "k")), "A^{-1}x"),
        ("ij", total("k", at("B", "i", "k") * inverse("A", "j", "k")), "BA^{-T}"),
        ("ij", Inverse(SQUARE, RIDGE, PLACE), r"\left(X^{T}X+cI\right)^{-1}"),
        ("ij", Inverse(SQUARE, at("A", "q", "p"), PLACE), r"\left(A^{T}\right)^{-1}"),
        ("ij", delta(*PLACE), "I"),
    ],
)
def test_matrix_forms(axes: str, expression: Scalar, expected: str) -> None:
    assert matrix_form(expression, [f"%{axis}.0" for axis in axes], names=NAMES) == expected


def test_the_inverse_of_a_part_of_a_matrix_has_no_matrix_form() -> None:
    for extent, form in ((N, "A^{-1}"), (N + 1, None)):
        environment = Environment({"A": Quantity("A", (extent, extent))})
        assert matrix_form(inverse("A", "i", "j"), ["%i.0", "%j.0"], environment) == form


@pytest.mark.parametrize(
    ("axes", "expression"),
    [
        ("ij", at("W", "i", "j") * at("d", "j")),  # a diagonal matrix would be needed
        ("i", total("j", at("W", "i", "j"))),  # a vector of ones would be needed
        ("i", Sum((("%j.0", N),), at("x", "i"))),  # n times x
        ("i", total("j", at("x", "i") * at("d", "j"))),
        ("i", Sum((("%j.0", polynomial("%i.0")),), at("W", "i", "j") * at("x", "j"))),  # a triangular sum
        ("i", total("j", Access("W", (polynomial("%i.0"), polynomial("%j.0") + 1)) * at("x", "j"))),
        ("i", at("x", "j")),
        ("ijk", mul(at("x", "i"), at("y", "j"), at("z", "k"))),
        ("i", total("j", at("W", "i", "j") * at("V", "i", "j"))),
    ],
)
def test_no_matrix_form(axes: str, expression: Scalar) -> None:
    assert matrix_form(expression, [f"%{axis}.0" for axis in axes]) is None


def test_a_sum_over_part_of_an_axis_is_no_matrix_product() -> None:
    environment = Environment(
        {q.head: q for q in (Quantity("W", (M, N)), Quantity("x", (N,)), Quantity("z", (M,)))}, loss="L"
    )
    whole, part = (total("j", at("W", "i", "j") * at("x", "j"), extent) for extent in (N, N - 1))
    assert matrix_form(whole, ["%i.0"], environment) == "Wx"
    assert matrix_form(part, ["%i.0"], environment) is None
    backward = total("i", at("W", "i", "j") * grad("i"), M)
    assert matrix_form(backward, ["%j.0"], environment, names=NAMES) == "W^{T}" + D


def test_transposed_names() -> None:
    assert transposed("W") == "W^{T}"
    assert transposed(W) == r"W^{\left(3\right)T}"
    assert transposed(r"\frac{a}{b}") == r"\left(\frac{a}{b}\right)^{T}"
