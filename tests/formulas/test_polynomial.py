"""Polynomials: whole coefficients are integers, also where a fraction became whole."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verify_derivations.formulas.polynomial import Polynomial, polynomial

i, n, m = map(polynomial, ("%i", "n", "m"))
HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("value", "same"),
    [
        (i * HALF + i * HALF, i),
        ((n * m + n) * HALF * 2, n * m + n),
        (Polynomial({("n",): Fraction(4, 2)}), 2 * n),
        ((2 * i + n).substitute({"%i": n * HALF}), 2 * n),
        (polynomial(Fraction(6, 3)), polynomial(2)),
    ],
)
def test_a_whole_coefficient_is_an_integer_however_it_came_about(value: Polynomial, same: Polynomial) -> None:
    assert value == same and hash(value) == hash(same) and repr(value) == repr(same)
    assert all(type(c) is int for _, c in value.terms)
    assert value != same + HALF * n


def test_a_fraction_stays_one() -> None:
    assert dict((i * HALF).terms) == {("%i",): HALF}
    assert (n * n + n).divide(2 * n) == n * HALF + HALF


@pytest.mark.parametrize("value", [*map(polynomial, (0, 3, HALF)), n, n + 3, n * HALF + HALF, i * n - 1])
@pytest.mark.parametrize("number", [-3, -1, 0, 2])
def test_a_number_is_added_as_its_polynomial_is(value: Polynomial, number: int) -> None:
    for same in (value + number, number + value, value - -number, -(-number - value)):
        assert same.terms == (value + polynomial(number)).terms
        assert same.terms == Polynomial([*value.terms, ((), number)]).terms
        assert same != value + polynomial(number + 1)


def test_units() -> None:
    assert (polynomial(1).unit, polynomial(-1).unit) == (1, -1)
    assert [p.unit for p in (polynomial(2), polynomial(0), i, polynomial(HALF), i + 1)] == [0] * 5


def test_signs_of_names() -> None:
    """Sizes are at least one; of a product with an index nothing is known."""
    assert (n * m - n + i).signs == ({"n", "m", "%i"}, {"n"})
    assert (n * i - m).signs == ({"n", "%i"}, {"n", "%i", "m"})


def test_linear_parts() -> None:
    assert (2 * n * i + m * i - n + 3).linear_in("%i") == (2 * n + m, 3 - n)
    assert (i * i).linear_in("%i") is None
