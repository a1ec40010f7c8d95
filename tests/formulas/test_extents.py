"""Equations between sizes are learnt in any order; contradictions are errors."""

from __future__ import annotations

import pytest

from verify_derivations.formulas.extents import Extents
from verify_derivations.formulas.polynomial import Polynomial, polynomial
from verify_derivations.formulas.tensors import ShapeError, show_extent

H, W, h, s, n, m = (polynomial(name) for name in ("H", "W", "h", "s", "n", "m"))


def test_an_equation_makes_two_sizes_one() -> None:
    extents = Extents()
    assert extents.normal(n) != extents.normal(m)
    extents.equate(n, m)
    assert extents.normal(n * h) == extents.normal(m * h)


def test_equations_are_solved_together() -> None:
    extents = Extents()
    extents.equate(n, H - h + 1)
    extents.equate(H, polynomial(8))
    assert extents.normal(n) == extents.normal(9 - h)
    assert extents.normal(n) != extents.normal(8 - h)


def test_what_is_known_is_no_contradiction() -> None:
    extents = Extents()
    extents.equate(n, m + 1)
    extents.equate(m, n - 1)
    with pytest.raises(ShapeError, match="not the same extent"):
        extents.equate(n, m)


@pytest.mark.parametrize(("left", "right"), [(polynomial(2), polynomial(3)), (n, n + 1), (n * n, n * n + 2)])
def test_a_contradiction_shows_both_sides(left: Polynomial, right: Polynomial) -> None:
    with pytest.raises(ShapeError) as error:
        Extents().equate(left, right)
    assert show_extent(left) in str(error.value)
    assert show_extent(right) in str(error.value)


def test_a_quotient_that_is_evident_states_nothing() -> None:
    extents = Extents()
    assert extents.quotient(s * H, s) == H
    assert not extents.quotients


def test_a_quotient_divides_its_numerator() -> None:
    extents = Extents()
    pooled = extents.quotient(H - h + 1, s)
    assert extents.normal(H - h + 1) == extents.normal(s * pooled)
    assert extents.normal(H - h) != extents.normal(s * pooled)


def test_the_same_quotient_is_the_same_size() -> None:
    extents = Extents()
    first, again, other = (extents.quotient(x - h + 1, s) for x in (H, H, W))
    assert extents.normal(first) == extents.normal(again)
    assert extents.normal(first) != extents.normal(other)
