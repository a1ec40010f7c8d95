"""Sums divided inside a function are put together, where their domains adjoin exactly; each with twins that do not."""

from __future__ import annotations

import itertools
import random

import networks as net
import pytest
from claims import exp, inverse, log
from networks import entry, environment, m, n, over

from verify_derivations.derivations.joining import opposite, union
from verify_derivations.derivations.kernel import Claim, certify, verify
from verify_derivations.derivations.prove import Open, Proof, prove_equal
from verify_derivations.derivations.refute import Refuted, refute
from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.expressions import (
    Constraint,
    Maximum,
    Scalar,
    Sum,
    apply,
    at_least,
    bracket,
    delta,
    mul,
    power,
    summation,
)
from verify_derivations.formulas.polynomial import Polynomial, polynomial

i, j = map(polynomial, (net.i, net.j))
FREE = {net.i: n, net.j: n}
ENVIRONMENT = environment(
    Quantity("x", (n,)), Quantity("M", (n, n)), Quantity("y", (n,)), facts=(Constraint(n - m, ">="),)
)


def e(t: Polynomial | int) -> Scalar:
    return exp(entry("x", polynomial(t)))


def part(low: Polynomial | int, high: Polynomial | int) -> Scalar:
    """Σ e^x over low ≤ t < high, within 0 ≤ t < n."""
    return over(n, lambda t: mul(bracket(at_least(t, low), at_least(polynomial(high) - 1, t)), e(t)))


def square(low: Polynomial | int) -> Scalar:
    """Σ over all columns, and over the rows from ``low``."""
    return over(n, lambda r: mul(bracket(at_least(r, low)), over(n, lambda c: exp(entry("M", r, c)))))


WHOLE, TABLE = part(0, n), square(0)
ONE = polynomial(1)
CASES: dict[str, tuple[Scalar, Scalar, tuple[Scalar, ...]]] = {
    # the parts together, the whole, and what is not the whole
    "at a size": (part(0, m) + part(m, n), WHOLE, (part(0, m) + part(m + 1, n), part(0, m) + part(m - 1, n))),
    "at an index": (part(0, i) + part(i, n), WHOLE, (part(0, i) + part(i + 1, n), part(0, i + 1) + part(i, n))),
    "the first apart": (e(0) + part(1, n), WHOLE, (e(0) + part(0, n), e(1) + part(1, n), e(0) + part(2, n))),
    "the last apart": (part(0, n - 1) + e(n - 1), WHOLE, (part(0, n - 1) + e(m - 1), part(0, n - 1) + e(0))),
    "one apart": (
        e(i) + over(n, lambda t: mul(bracket(Constraint(t - i, "!=")), e(t))), WHOLE,
        (e(i) + over(n, lambda t: mul(bracket(Constraint(t - j, "!=")), e(t))),),
    ),
    "one between two": (
        part(0, i) + e(i) + part(i + 1, n), WHOLE, (part(0, i) + e(j) + part(i + 1, n), part(0, i) + part(i + 1, n)),
    ),
    "in three": (part(0, 1) + part(1, m) + part(m, n), WHOLE, (part(0, 1) + part(1, m) + part(m + 1, n),)),
    "written from zero": (
        part(0, m) + over(n - m, lambda t: e(t + m)), WHOLE,
        (part(0, m) + over(n - m, e), part(0, m) + over(n - m, lambda t: e(t + m - 1))),
    ),
    "written backwards": (part(0, m) + over(n - m, lambda t: e(n - 1 - t)), WHOLE,
                          (part(0, m) + over(n - m, lambda t: e(n - m - 1 - t)),)),
    "a row apart": (over(n, lambda c: exp(entry("M", ONE * 0, c))) + square(1), TABLE,
                    (over(n, lambda c: exp(entry("M", c, ONE * 0))) + square(1),
                     over(n - 1, lambda c: exp(entry("M", ONE * 0, c))) + square(1))),
    "rows": (over(m, lambda r: over(n, lambda c: exp(entry("M", r, c)))) + square(m), TABLE,
             (over(m, lambda r: over(n, lambda c: exp(entry("M", c, r)))) + square(m),)),
    "the diagonal apart": (
        over(n, lambda t: exp(entry("M", t, t)))
        + over(n, lambda r: over(n, lambda c: mul(bracket(Constraint(r - c, "!=")), exp(entry("M", r, c))))), TABLE,
        (over(n, lambda t: exp(entry("M", t, n - 1 - t)))
         + over(n, lambda r: over(n, lambda c: mul(bracket(Constraint(r - c, "!=")), exp(entry("M", r, c))))),),
    ),
    "times the same": (
        entry("y", j) * part(0, m) + entry("y", j) * part(m, n), entry("y", j) * WHOLE,
        (entry("y", j) * part(0, m) + entry("y", i) * part(m, n),
         entry("y", j) * part(0, m) + 2 * entry("y", j) * part(m, n)),
    ),
    "beside something else": (1 + part(0, m) + part(m, n), 1 + WHOLE, (2 + part(0, m) + part(m, n),)),
    "brackets of a free index": (
        mul(bracket(at_least(i, 1)), e(i)) + mul(bracket(at_least(0, i)), e(i)) + 1, 1 + e(i),
        (mul(bracket(at_least(i, 2)), e(i)) + mul(bracket(at_least(0, i)), e(i)) + 1,),
    ),
}  # fmt: skip
FUNCTIONS = {
    "denominator": inverse,
    "logarithm": log,
    "root": lambda s: apply("sqrt", s),
    "comparison": lambda s: apply("relu", s - 2),
    "exponential": lambda s: exp(power(s, -2)),
    "maximum": lambda s: Maximum((("%q.q", m),), s * entry("x", polynomial("%q.q"))),
}


@pytest.mark.parametrize("name", CASES)
def test_parts_that_adjoin_are_the_whole(name: str) -> None:
    parts, whole, others = CASES[name]
    for title, function in FUNCTIONS.items():
        found = prove_equal(function(parts), function(whole), ENVIRONMENT, FREE)
        assert isinstance(found, Proof), (name, title, found)
        again = verify(certify(Claim(function(parts), function(whole), ENVIRONMENT, FREE), found))
        assert not again.assumptions
    for other in others:
        for title, function in FUNCTIONS.items():
            assert isinstance(prove_equal(function(other), function(whole), ENVIRONMENT, FREE), Open), (name, title)


@pytest.mark.parametrize("name", CASES)
def test_the_parts_mean_the_whole(name: str) -> None:
    """By the reference interpreter, for sizes from one; and the others do not."""
    parts, whole, others = CASES[name]
    assert not isinstance(refute(inverse(parts), inverse(whole), ENVIRONMENT, FREE, budget_seconds=0.5), Refuted)
    for other in others:
        assert isinstance(refute(inverse(other), inverse(whole), ENVIRONMENT, FREE, budget_seconds=2), Refuted)


def test_a_split_point_outside_of_the_range_is_none() -> None:
    """Σ_{t<m} + Σ_{m≤t<n} over all t is the sum over t < n only where m ≤ n; it is one inside of t < n always."""
    loose = environment(Quantity("x", (n + m,)))
    beyond = over(m, e) + over(n, lambda t: mul(bracket(at_least(t, m)), e(t)))
    within = part(0, m) + part(m, n)
    assert isinstance(prove_equal(inverse(beyond), inverse(WHOLE), loose, {}), Open)
    assert isinstance(prove_equal(inverse(beyond), inverse(WHOLE), ENVIRONMENT, {}), Proof)
    assert isinstance(prove_equal(inverse(within), inverse(WHOLE), loose, {}), Proof)


@pytest.mark.parametrize("extent", [1, 3])
def test_small_extents(extent: int) -> None:
    """A second part that is empty, and one of two values."""
    size = polynomial(extent)
    small = environment(Quantity("x", (size,)))
    parts = e(0) + Sum((("%t.t", size),), mul(bracket(at_least(polynomial("%t.t"), 1)), e(polynomial("%t.t"))))
    whole = summation([("%t.t", size)], e(polynomial("%t.t")))
    more = 2 * e(0) + parts
    assert isinstance(prove_equal(inverse(parts), inverse(whole), small, {}), Proof)
    assert isinstance(prove_equal(inverse(more), inverse(whole), small, {}), Open)


def test_a_part_that_may_be_empty() -> None:
    """Σ_{t<n−m} and what follows, where n − m = 0 is allowed."""
    parts = 1 + over(n - m, e) + over(n, lambda t: mul(bracket(at_least(t, n - m)), e(t)))
    assert isinstance(prove_equal(inverse(parts), inverse(1 + WHOLE), ENVIRONMENT, {}), Proof)
    assert isinstance(prove_equal(inverse(1 + over(n - m, e)), inverse(1 + WHOLE), ENVIRONMENT, {}), Open)


def test_nothing_is_put_together_from_different_places() -> None:
    every_other = over(n + 1, lambda t: e(2 * t))
    upper = over(n, lambda t: mul(bracket(at_least(2 * t, n + 1)), e(t)))
    for other in (
        e(0) + part(1, n) + delta(i, 0), e(0) * part(1, n), power(e(0), 2) + part(1, n), every_other + upper,
        over(n, lambda t: e(2 * t)) + over(n, lambda t: e(2 * t + 1)),
    ):
        assert isinstance(prove_equal(inverse(other), inverse(WHOLE), ENVIRONMENT, FREE), Open)


SEED = 20151220


def test_a_union_is_disjoint_and_exact() -> None:
    """Random constraints on two whole numbers: [H] = [C] + [D] at every point, and it is found often enough."""
    choice, found = random.Random(SEED), 0
    names = [polynomial("%a"), polynomial("%b")]
    box = tuple(c for v in names for c in (at_least(v, 0), at_least(3, v)))
    points = [dict(zip(("%a", "%b"), map(polynomial, at), strict=True)) for at in itertools.product(range(4), repeat=2)]
    for round_ in range(600):
        def constraint() -> Constraint:
            value = sum((v * choice.choice((-1, 0, 1, 1)) for v in names), Polynomial()) + choice.randint(-2, 2)
            return Constraint(value, choice.choice((">=", ">=", ">=", "==", "!=")))

        shared, cut = [constraint() for _ in range(choice.randint(0, 1))], constraint()
        one, other = (*shared, cut), (*shared, opposite(cut))
        if choice.random() < 0.4:
            other = tuple(constraint() for _ in range(choice.randint(1, 2)))
        assert all(cut.substitute(at).holds({}) is not opposite(cut).substitute(at).holds({}) for at in points), cut
        both = union(one, other, box)
        if both is None:
            continue
        found += 1
        for at in points:
            held = [all(c.substitute(at).holds({}) for c in domain) for domain in (both, one, other)]
            assert held[0] == held[1] + held[2], (SEED, round_, one, other, both, at)
    assert found > 200, found
