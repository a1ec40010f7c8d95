"""The refuter finds false claims with small counterexamples and never refutes true ones."""

from __future__ import annotations

import ast
import subprocess
import sys
from fractions import Fraction

import networks as net
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import DENSE, entry, environment, gradient, i, j, k, m, n, over, u, v

from verify_derivations.derivations.evaluate import Partial, Side
from verify_derivations.derivations.refute import Agreement, Refuted, Unknown, agree_at_sizes, refute
from verify_derivations.formulas import operators
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Apply,
    ArgMaximum,
    Compare,
    Constraint,
    Maximum,
    Mul,
    Scalar,
    apply,
    at_least,
    bracket,
    delta,
    equal,
    mul,
    power,
    scalar,
    summation,
    within,
)
from verify_derivations.formulas.polynomial import Polynomial, polynomial

X, Y = Access("x"), Access("y")
VECTOR = environment(Quantity("x", (n,)))
PLAIN = environment(Quantity("x"), Quantity("y"))


def total(body: Scalar, extent: Polynomial = n) -> Scalar:
    return summation([("%t.t", extent)], body)


T = polynomial("%t.t")
DIFFERENT = (Constraint(polynomial(i) - polynomial(k), "!="),)

# A claim, the environment, its free indices; then a twin that is wrong, and the sizes of its smallest counterexample.
CLAIMS: dict[str, tuple[Side, Side, Side, Environment, dict[str, Polynomial], dict[str, int]]] = {
    "square": (power(X + Y, 2), power(X, 2) + 2 * X * Y + power(Y, 2), power(X, 2) + power(Y, 2), PLAIN, {}, {}),
    "square of a sum": (
        power(total(entry("x", T)), 2),
        over(n, lambda s: over(n, lambda t: entry("x", s) * entry("x", t))),
        total(power(entry("x", T), 2)),
        VECTOR,
        {},
        {"n": 2},
    ),
    "shifted sum": (
        total(entry("x", T)),
        entry("x", 0) + total(entry("x", T + 1), n - 1),
        total(entry("x", T), n - 1),
        VECTOR,
        {},
        {"n": 1},
    ),
    "∂L/∂W": (
        gradient("W", i, j),
        entry("x", i) * gradient("z", j),
        entry("x", i) * gradient("a", j),
        DENSE,
        {i: n, j: m},
        {"n": 1, "m": 1},
    ),
    "∂L/∂x": (
        gradient("x", i),
        over(m, lambda t: entry("W", i, t) * gradient("z", t)),
        over(m, lambda t: entry("W", i, t) * gradient("a", t)),
        DENSE,
        {i: n},
        {"n": 1, "m": 1},
    ),
    "sigmoid": (
        gradient("z", j),
        gradient("a", j) * entry("a", j) * (1 - entry("a", j)),
        gradient("a", j) * entry("a", j) * (1 + entry("a", j)),
        DENSE,
        {j: m},
        {"n": 1, "m": 1},
    ),
    "sign of the error": (
        gradient("a", j),
        entry("a", j) - entry("y", j),
        entry("y", j) - entry("a", j),
        DENSE,
        {j: m},
        {"n": 1, "m": 1},
    ),
    "∂a/∂z": (
        Partial(entry("a", j), "z", (polynomial(k),)),
        mul(entry("a", j), 1 - entry("a", j), delta(polynomial(j), polynomial(k))),
        mul(entry("a", j), 1 - entry("a", j)),
        DENSE,
        {j: m, k: m},
        {"m": 2, "n": 1},
    ),
    "maximum": (
        apply("max", X, Y),
        mul(X, Compare(X, ">", Y)) + mul(Y, Compare(Y, ">=", X)),
        mul(X, Compare(X, ">", Y)),
        PLAIN,
        {},
        {},
    ),
    "slope of relu": (
        Partial(apply("relu", X), "x"),
        Compare(X, ">", NOUGHT),
        Compare(X, ">", UNIT),
        PLAIN,
        {},
        {},
    ),
    "one-hot": (
        over(n, lambda t: ArgMaximum((("%q.0", n),), entry("x", "%q.0"), (t,)) * entry("x", t)),
        Maximum((("%q.0", n),), entry("x", "%q.0")),
        total(entry("x", T)),
        VECTOR,
        {},
        {"n": 2},
    ),
    "derivative of an unknown function": (
        Partial(apply("g", power(X, 2)), "x"),
        mul(2 * X, Apply("g", (power(X, 2),), (1,))),
        Apply("g", (power(X, 2),), (1,)),
        PLAIN,
        {},
        {},
    ),
    "logarithm": (
        apply("exp", apply("log", X)),
        X,
        power(X, 2),
        environment(Quantity("x"), positive=frozenset({"x"})),
        {},
        {},
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_true_claim_is_not_refuted(name: str) -> None:
    left, right, _, env, free, _ = CLAIMS[name]
    for judge in (refute, agree_at_sizes):
        found = judge(left, right, env, free, budget_seconds=0.3)
        assert isinstance(found, Agreement), (name, found)
        assert found.points or found.expanded


@pytest.mark.parametrize("name", CLAIMS)
def test_its_wrong_twin_is_refuted_at_the_smallest_sizes(name: str) -> None:
    left, _, wrong, env, free, sizes = CLAIMS[name]
    for judge in (refute, agree_at_sizes):
        found = judge(left, wrong, env, free)
        assert isinstance(found, Refuted), (name, found)
        assert found.sizes == sizes
        assert found.left != found.right


@pytest.mark.parametrize("name", CLAIMS)
def test_the_python_text_prints_both_sides(name: str) -> None:
    left, _, wrong, env, free, _ = CLAIMS[name]
    found = refute(left, wrong, env, free)
    assert isinstance(found, Refuted)
    assert _printed(found) == pytest.approx([float(Fraction(found.left)), float(Fraction(found.right))], abs=1e-6), (
        found.python
    )


def _printed(found: Refuted) -> list[float]:
    """What the Python text of a counterexample prints."""
    output = subprocess.run([sys.executable, "-c", found.python], capture_output=True, text=True, check=True).stdout
    return [float(line.split(":")[1]) for line in output.splitlines()]


def test_the_values_are_simple_and_complete() -> None:
    left, _, wrong, env, free, _ = CLAIMS["square of a sum"]
    found = refute(left, wrong, env, free)
    assert isinstance(found, Refuted)
    assert (found.values, found.left, found.right) == ({"x": "[1, 1]"}, "4", "2")


def test_intermediate_quantities_and_stand_ins_are_shown() -> None:
    found = refute(gradient("a", j), entry("y", j) - entry("a", j), DENSE, {j: m})
    assert isinstance(found, Refuted)
    assert set(found.values) == {"W", "x", "y", "a", adjoint("a", "L")}
    assert found.indices == {"j": 1}
    unknown = refute(apply("g", X), X, PLAIN, {})
    assert isinstance(unknown, Refuted)
    assert "g\\left(x\\right)" in unknown.values


def test_a_transpose_cannot_hide() -> None:
    """W and its transpose are both square at n = m: sizes must differ, or values must not be symmetric."""
    square = environment(Quantity("W", (n, n)))
    found = refute(entry("W", i, j), entry("W", j, i), square, {i: n, j: n})
    assert isinstance(found, Refuted)
    assert found.sizes == {"n": 2}


# -- ties, undefined points, conditions ---------------------------------------------------------------
@pytest.mark.parametrize("relation", [">", ">="])
def test_a_difference_only_at_a_tie_is_none(relation: str) -> None:
    found = refute(Compare(X, ">", Y), Compare(X, relation, Y), PLAIN, {})
    assert isinstance(found, Agreement)


def test_maxima_over_one_element() -> None:
    """A window of one: routing and repetition agree there, and differ from two on."""
    window = Maximum((("%q.0", n),), entry("x", "%q.0"))
    routed = ArgMaximum((("%q.0", n),), entry("x", "%q.0"), (polynomial(i),))
    claim: tuple[Side, Side] = Partial(window, "x", (polynomial(i),)), UNIT
    assert isinstance(refute(claim[0], routed, VECTOR, {i: n}, budget_seconds=0.3), Agreement)
    found = refute(*claim, VECTOR, {i: n})
    assert isinstance(found, Refuted)
    assert found.sizes == {"n": 2}


def test_undefined_points_are_not_counterexamples() -> None:
    assert isinstance(refute(X / X, UNIT, PLAIN, {}), Agreement)
    assert isinstance(refute(apply("log", power(X, 2)), 2 * apply("log", X), PLAIN, {}), Agreement)  # defined for x > 0


def test_nothing_defined_is_unknown() -> None:
    assert isinstance(refute(apply("log", -power(X, 2)), UNIT, PLAIN, {}), Unknown)
    assert isinstance(refute(X, Y, environment(Quantity("x"), facts=(at_least(0, n),)), {i: n}), Unknown)


def test_conditions_on_indices() -> None:
    apart = delta(polynomial(i), polynomial(k))
    assert isinstance(refute(apart, NOUGHT, VECTOR, {i: n, k: n}, DIFFERENT), Agreement)
    found = refute(apart, NOUGHT, VECTOR, {i: n, k: n})
    assert isinstance(found, Refuted)
    assert found.sizes == {"n": 1}


def test_facts_about_sizes() -> None:
    """x[m - n] exists only for m > n, which the facts must say."""
    far = environment(Quantity("x", (m,)), facts=(at_least(m, n + 1),))
    found = refute(entry("x", m - n), entry("x", 0), far, {})
    assert isinstance(found, Refuted)
    assert found.sizes == {"m": 2, "n": 1}
    assert isinstance(refute(entry("x", m - n), entry("x", 0), environment(Quantity("x", (m,))), {}), Unknown | Refuted)


def test_sizes_determined_by_equations() -> None:
    flat = environment(Quantity("x", (polynomial("p"),)), facts=(equal(polynomial("p"), n * m),))
    found = refute(total(UNIT, polynomial("p")), scalar(n), flat, {})
    assert isinstance(found, Refuted)
    assert found.sizes == {"m": 2, "n": 1, "p": 2}


def test_sizes_that_must_be_large() -> None:
    wide = environment(Quantity("x", (n,)), facts=(at_least(n, 7),))
    found = refute(entry("x", 6), entry("x", 0), wide, {})
    assert isinstance(found, Refuted)
    assert found.sizes == {"n": 7}


def test_a_large_tensor_of_fixed_size() -> None:
    """Very many entries are compared in a sample; the wrong twin differs in most of them."""
    fixed = polynomial(30)
    big = environment(
        Quantity("x", (fixed,)),
        Quantity("W", (fixed, fixed)),
        Quantity("y", (fixed,)),
        net.define("z", (fixed,), lambda t: over(fixed, lambda s: entry("W", s, t) * entry("x", s))),
        net.squared_error(fixed, "y", "z"),
        loss="L",
    )
    free = {i: fixed, j: fixed}
    right = entry("x", i) * (entry("z", j) - entry("y", j))
    assert isinstance(refute(gradient("W", i, j), right, big, free, budget_seconds=0.2), Agreement)
    found = refute(gradient("W", i, j), right + 1, big, free, budget_seconds=0.2)
    assert isinstance(found, Refuted)
    assert found.values["W"] == "0 everywhere"
    assert _printed(found) == pytest.approx([float(found.left), float(found.right)], abs=1e-6)


# -- assumptions ----------------------------------------------------------------------------------
SIMPLEX = (total(entry("y", T)), UNIT)
SOFTMAX = [
    Quantity("z", (n,)),
    Quantity("y", (n,)),
    net.define("a", (n,), lambda t: apply("exp", entry("z", t)) / total(apply("exp", entry("z", T)))),
    net.define("L", (), lambda: -over(n, lambda t: entry("y", t) * apply("log", entry("a", t)))),
]


def test_softmax_with_cross_entropy_needs_its_assumption() -> None:
    claim = gradient("z", j), entry("a", j) - entry("y", j)
    assumed = environment(*SOFTMAX, loss="L", assumptions=(SIMPLEX,))
    assert isinstance(refute(*claim, assumed, {j: n}, budget_seconds=0.5), Agreement)
    found = refute(*claim, environment(*SOFTMAX, loss="L"), {j: n})
    assert isinstance(found, Refuted)
    assert found.sizes == {"n": 1}
    wrong = refute(gradient("z", j), entry("y", j) - entry("a", j), assumed, {j: n})
    assert isinstance(wrong, Refuted)
    assert sum(map(Fraction, ast.literal_eval(wrong.values["y"]))) == 1


def test_assumptions_about_other_quantities_play_no_part() -> None:
    other = environment(Quantity("x"), Quantity("y", (n,)), assumptions=(SIMPLEX,))
    found = refute(X, power(X, 2), other, {})
    assert isinstance(found, Refuted)
    assert (found.sizes, set(found.values)) == ({}, {"x"})


def test_an_assumption_for_every_row() -> None:
    """Σ_k Y_ik = 1 for all i."""
    rows = environment(Quantity("Y", (n, m)), assumptions=((total(entry("Y", i, T), m), UNIT),))
    claim = over(n, lambda t: total(entry("Y", t, T), m))
    assert isinstance(refute(claim, scalar(n), rows, {}, budget_seconds=0.3), Agreement)
    assert isinstance(refute(claim, scalar(m), rows, {}, budget_seconds=0.3), Refuted)


def test_positive_leaves_stay_positive() -> None:
    positive = environment(Quantity("x", (n,)), positive=frozenset({"x"}))
    found = refute(apply("log", entry("x", i)), NOUGHT, positive, {i: n})
    assert isinstance(found, Refuted)
    assert Fraction(found.values["x"].strip("[]")) > 0


def test_assumptions_that_cannot_hold_are_unknown() -> None:
    impossible = environment(Quantity("x"), assumptions=((power(X, 2), scalar(-1)),))
    assert isinstance(refute(X, X + 1, impossible, {}), Unknown)


# -- a convolutional network ----------------------------------------------------------------------
def test_the_gradient_of_a_kernel() -> None:
    def valid(flipped: bool) -> Scalar:
        error = operators.rot180(net.delta_c(j))
        correlation = operators.convolve(net.image(i), error, "valid")
        return (operators.rot180(correlation) if flipped else correlation).at((polynomial(u), polynomial(v)))

    left = gradient("k", i, j, u, v)
    assert isinstance(refute(left, valid(True), net.CONVOLUTION, net.CONVOLUTION_FREE, budget_seconds=0.7), Agreement)
    found = refute(left, valid(False), net.CONVOLUTION, net.CONVOLUTION_FREE)
    assert isinstance(found, Refuted)
    assert sorted(found.sizes.values()) == [1] * 8 + [2]  # a kernel of two entries


def test_upsampling_routes_to_the_maximum() -> None:
    pooled = net.plane(adjoint("p", "L"), (j,), (net.Q, net.R))
    window, at = (net.s, net.s), (polynomial(u), polynomial(v))
    free = {j: net.F, u: net.ROWS, v: net.COLUMNS}
    routed = operators.route(pooled, window, net.plane("a", (j,), (net.ROWS, net.COLUMNS))).at(at)
    expansion = agree_at_sizes(gradient("a", j, u, v), routed, net.CONVOLUTION, free, budget_seconds=0.7)
    assert isinstance(expansion, Agreement)
    assert expansion.expanded
    found = refute(gradient("a", j, u, v), operators.repeat(pooled, window).at(at), net.CONVOLUTION, free)
    assert isinstance(found, Refuted)
    assert found.sizes["s"] == 2


# -- random identities ------------------------------------------------------------------------------
def _expressions() -> st.SearchStrategy[Scalar]:
    leaf = st.sampled_from(
        [
            X,
            Y,
            entry("v", i),
            scalar(2),
            scalar(-1),
            total(entry("v", T)),
            delta(polynomial(i), 0),
            Compare(X, ">", Y),
            Maximum((("%t.t", n),), entry("v", T)),
        ]
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
            st.tuples(inner, inner).map(lambda pair: Mul(pair)),
            inner.map(lambda e: power(e, 2)),
            inner.map(lambda e: apply("g", e)),
            inner.map(lambda e: apply("relu", e)),
        ),
        max_leaves=6,
    )


MIXED = environment(Quantity("x"), Quantity("y"), Quantity("v", (n,)))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(_expressions(), _expressions(), st.integers(0, 9))
def test_ring_laws_are_never_refuted(a: Scalar, b: Scalar, seed: int) -> None:
    claims = [(Mul((a, b)), Mul((b, a))), (power(a + b, 2), power(a, 2) + power(b, 2) + 2 * a * b)]
    for left, right in claims:
        found = refute(left, right, MIXED, {i: n}, seed=seed, budget_seconds=0.05)
        assert not isinstance(found, Refuted), (seed, left, right, found)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(_expressions(), st.integers(0, 9))
def test_a_perturbation_is_always_refuted(a: Scalar, seed: int) -> None:
    found = refute(a, a + scalar(Fraction(1, 1000)), MIXED, {i: n}, seed=seed)
    assert isinstance(found, Refuted), (seed, a, found)
    assert Fraction(found.right) - Fraction(found.left) == Fraction(1, 1000), (seed, a)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(1, 4), st.integers(0, 99))
def test_the_refuter_is_deterministic(power_: int, seed: int) -> None:
    claim = power(X, power_ + 1), power(Y, power_)
    assert refute(*claim, PLAIN, {}, seed=seed) == refute(*claim, PLAIN, {}, seed=seed)


def test_differences_below_rounding_do_not_count() -> None:
    large = scalar(10**30)
    assert isinstance(refute(apply("exp", X) + large - large, apply("exp", X), PLAIN, {}), Agreement)


def test_small_values_differ_like_large_ones() -> None:
    """The gradients of a deep net are far below rounding, and yet a sign is a sign."""
    tiny = apply("exp", scalar(-200))
    half = power(apply("exp", scalar(-100)), 2)
    assert isinstance(refute(tiny * X, -tiny * X, PLAIN, {}), Refuted)
    assert isinstance(refute(tiny * X, half * X, PLAIN, {}), Agreement)
    rounding = apply("exp", X) * apply("exp", Y) - apply("exp", X + Y)
    assert isinstance(refute(rounding, NOUGHT, PLAIN, {}), Agreement)
    assert isinstance(refute(rounding + tiny, NOUGHT, PLAIN, {}), Refuted)


def test_even_and_odd_entries() -> None:
    """Σ_{t<n} x[2t] is not Σ_{t<2n} x[t], although both sum entries of x."""
    even = environment(Quantity("x", (2 * n,)))
    found = refute(total(entry("x", 2 * T)), total(entry("x", T), 2 * n), even, {})
    assert isinstance(found, Refuted)
    assert found.sizes == {"n": 1}
    odd = bracket(equal(2 * polynomial(i), 2 * polynomial(k) + 1))
    assert isinstance(refute(odd, NOUGHT, VECTOR, {i: n, k: n}), Agreement)


def test_a_recurrence() -> None:
    """h_t = w·h_{t-1} + x_t with L = h_{n-1}: ∂L/∂h_t = w^{n-1-t}."""
    before, last = T - 1, n - 1
    carried = mul(Access("w"), bracket(*within(before, n)), entry("h", before))
    cell = environment(
        Quantity("x", (n,)),
        Quantity("w"),
        Quantity("h", (n,), ("%t.t",), carried + entry("x", T)),
        net.define("L", (), lambda: entry("h", last)),
        loss="L",
    )
    power_ = power(Access("w"), scalar(last - polynomial(i)))
    assert isinstance(refute(gradient("x", i), power_, cell, {i: n}, budget_seconds=0.3), Agreement)
    found = refute(gradient("x", i), Access("w"), cell, {i: n})
    assert isinstance(found, Refuted)
    assert found.sizes == {"n": 1}


def test_an_index_that_nothing_binds_is_unknown() -> None:
    assert isinstance(refute(entry("x", k), NOUGHT, VECTOR, {}), Unknown)


def test_sizes_that_tell_nothing_are_no_agreement() -> None:
    """At n = 1 a sum is its only entry; where the budget ends there, nothing is known of other sizes."""
    sums, first = total(entry("x", T)), entry("x", polynomial(0))
    assert isinstance(refute(sums, first, VECTOR, {}, budget_seconds=1e-9), Unknown)
    assert isinstance(refute(sums, first, VECTOR, {}, budget_seconds=1), Refuted)
    assert isinstance(refute(sums, sums, VECTOR, {}, budget_seconds=1), Agreement)
    weighted = mul(sums, scalar(n) - 1)  # zero at n = 1, whatever it is compared with
    assert isinstance(refute(weighted, -weighted, VECTOR, {}, budget_seconds=1e-9), Unknown)
    square = environment(Quantity("W", (n, n)))
    swapped = entry("W", i, j), entry("W", j, i)
    assert isinstance(refute(*swapped, square, {i: n, j: n}, budget_seconds=1e-9), Unknown)


MANY = {f"%w.{t:02}": polynomial(f"a_{t}") for t in range(16)}
DEEP = environment(
    Quantity("x", (m,)),
    Quantity("W", tuple(MANY.values())),
    net.define("s", (), lambda: summation(MANY.items(), entry("W", *MANY))),
)


def test_sizes_are_raised_beside_those_that_tell() -> None:
    """With one class both sides are zero, and with one entry a sum is its only one. With all sizes raised at once, of
    sixteen more that matter, nothing can be evaluated."""
    classes, sums = mul(scalar(n) - 1, entry("s")), total(entry("x", T), m)
    found = refute(mul(classes, sums), mul(classes, entry("x", 0)), DEEP, {}, budget_seconds=0.1)
    assert isinstance(found, Refuted), found
    assert {name: size for name, size in found.sizes.items() if size > 1} == {"m": 2, "n": 2}
    assert isinstance(refute(mul(classes, sums), mul(sums, classes), DEEP, {}, budget_seconds=0.1), Agreement)


def test_what_rounding_decides_says_nothing() -> None:
    """exp(log x) - x is zero but for rounding: neither a logarithm of it nor its sign is known."""
    known = environment(Quantity("x"), positive=frozenset({"x"}))
    nil = apply("exp", apply("log", X)) - X
    assert isinstance(refute(apply("log", nil), scalar(-115), known, {}), Unknown)
    assert isinstance(refute(apply("log", nil + 2), apply("log", scalar(2)), known, {}), Agreement)
    assert isinstance(refute(apply("log", nil + 2), apply("log", scalar(3)), known, {}), Refuted)


def test_zero_tells_where_it_is_what_is_claimed() -> None:
    """The derivatives of a cross-entropy by the scores of a softmax sum to zero, whatever time there is for it."""
    assumed = environment(*SOFTMAX, loss="L", assumptions=(SIMPLEX,))
    found = refute(total(gradient("z", T)), NOUGHT, assumed, {}, budget_seconds=0.01)
    assert isinstance(found, Agreement), found
    assert 2 <= len(found.sizes) < 4, found.sizes
    weighted = total(entry("z", T) * gradient("z", T))
    assert isinstance(refute(weighted, NOUGHT, assumed, {}, budget_seconds=0.01), Refuted)


def test_both_outcomes_of_a_comparison_are_tried() -> None:
    """The hinge is active at few points: ``max(0, x - x² - y² - 3·z²)`` near zero only. Where it is not, its derivative
    is zero; the twin is right."""
    squares = [power(Access(name), 2) for name in ("y", "z")]
    inside = X - power(X, 2) - squares[0] - 3 * squares[1]
    plain = environment(Quantity("x"), Quantity("y"), Quantity("z"))
    slope = mul(1 - 2 * X, Compare(inside, ">", NOUGHT))
    of = Partial(apply("relu", inside), "x", ())
    found = refute(of, NOUGHT, plain, {})
    assert isinstance(found, Refuted)
    assert isinstance(refute(of, slope, plain, {}), Agreement)


def test_a_comparison_that_never_comes_out_otherwise_ends_the_search() -> None:
    of = Partial(apply("relu", power(X, 2) + 1), "x", ())
    assert isinstance(refute(of, 2 * X, PLAIN, {}), Agreement)
    assert isinstance(refute(of, X, PLAIN, {}), Refuted)
