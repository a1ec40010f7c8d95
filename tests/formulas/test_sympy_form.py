"""Index notation ↔ SymPy: the round trip keeps the meaning, whatever SymPy reorders."""

from __future__ import annotations

import doctest
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from verify_derivations.derivations.arithmetic import same
from verify_derivations.derivations.evaluate import evaluate
from verify_derivations.formulas import sympy_form
from verify_derivations.formulas.expressions import (
    Access,
    Apply,
    ArgMaximum,
    Compare,
    Constraint,
    Determinant,
    Inverse,
    Maximum,
    Mul,
    Product,
    Scalar,
    apply,
    bracket,
    delta,
    mul,
    power,
    scalar,
    summation,
    within,
)
from verify_derivations.formulas.polynomial import polynomial
from verify_derivations.formulas.sympy_form import from_sympy, size_symbol, to_sympy

II, JJ, N = map(polynomial, ("%i.1", "%j.1", "n"))
X, Y = Access("x"), Access("y")
V, U = Access("v", (JJ,)), Access("v", (II,))
SIZES, VALUES, FREE = {"n": 3}, {"x": 2, "y": Fraction(-3, 2), "v": [3, 1, Fraction(5, 2)]}, {"%j.1": 1}


def total(body: Scalar) -> Scalar:
    return summation([("%i.1", N)], body)


EXPRESSIONS = [
    power(X + Y, 2) / (1 + X),
    scalar(N) * V,
    total(U * scalar(II)),
    total(mul(delta(II, JJ), U)),
    total(mul(bracket(Constraint(II - JJ, "!=")), U)),
    total(mul(bracket(*within(II + JJ - 1, N)), Access("v", (II + JJ - 1,)))),
    summation([("%i.1", N), ("%k.1", II + 1)], U * Access("v", (polynomial("%k.1"),))),
    Product((("%i.1", N),), U),
    Maximum((("%i.1", N),), U),
    ArgMaximum((("%i.1", N),), U, (JJ,)),
    Inverse((("%i.1", N), ("%k.1", N)), U * delta(II, polynomial("%k.1")) + 1, (JJ, polynomial(0))),
    Determinant((("%i.1", N), ("%k.1", N)), U * Access("v", (polynomial("%k.1"),))),
    apply("max", scalar(0), X, Y) * Compare(X, ">", Y),
    apply("abs", Y) + apply("sign", Y) + apply("sqrt", power(X, 2)),
    apply("exp", X) * apply("log", X) + apply("tanh", Y) * apply("sigmoid", Y),
    Apply("g", (X,), (1,)) + Apply("g", (X, Y), (0, 2)),
    power(apply("pi"), Fraction(-1, 2)),
    power(V, X),
]


def _value(expression: Scalar) -> Fraction | Decimal:
    return evaluate(expression, SIZES, VALUES, FREE)


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=repr)
def test_round_trip(expression: Scalar) -> None:
    form = to_sympy(expression)
    back = from_sympy(form, {"j": "%j.1"})
    assert same(_value(back), _value(expression))
    assert to_sympy(back) == form


def _terms() -> st.SearchStrategy[Scalar]:
    leaf = st.sampled_from([X, Y, V, scalar(2), scalar(Fraction(-1, 3)), total(U), delta(JJ, 1), scalar(JJ)])
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
            st.tuples(inner, inner).map(lambda pair: Mul(pair)),
            inner.map(lambda body: power(body, 2)),
            inner.map(lambda body: apply("f", body)),
        ),
        max_leaves=8,
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(_terms())
def test_round_trip_of_random_expressions(expression: Scalar) -> None:
    assert _value(from_sympy(to_sympy(expression), {"j": "%j.1"})) == _value(expression), expression


def test_names_and_assumptions() -> None:
    form = to_sympy(total(Access(r"W^{\left(3\right)}", (JJ, II)) * Access("x", (II,))))
    assert sympy.latex(form) == r"\sum_{i=0}^{n - 1} {W^{\left(3\right)}}_{j,i} {x}_{i}"
    assert size_symbol("n") in form.free_symbols
    clash = summation([("%i.9", N)], Access("A", (II, polynomial("%i.9"))))
    assert str(to_sympy(clash)) == "Sum(A[i, i'], (i', 0, n - 1))"


def test_a_sum_that_sympy_starts_elsewhere() -> None:
    i, n = sympy.Symbol("i", integer=True), size_symbol("n")
    shifted = sympy.Sum(sympy.IndexedBase("v")[i - 1], (i, 1, n))
    assert evaluate(from_sympy(shifted), SIZES, VALUES) == evaluate(total(U), SIZES, VALUES)


def test_two_sums_with_one_variable_stay_apart() -> None:
    square = mul(total(U), total(U))
    assert _value(from_sympy(to_sympy(square))) == _value(square)


def test_what_has_no_index_notation_is_refused() -> None:
    with pytest.raises(TypeError, match="Derivative"):
        from_sympy(sympy.Derivative(sympy.Function("f")(sympy.Symbol("x")), sympy.Symbol("x")))
    with pytest.raises(TypeError, match="not a polynomial"):
        from_sympy(sympy.IndexedBase("v")[sympy.Symbol("i", integer=True) ** -1])


def test_examples_in_docstrings() -> None:
    assert not doctest.testmod(sympy_form).failed
