"""Derivatives agree with the interpreter's dual numbers; nothing is captured; ties are named."""

from __future__ import annotations

import random
from decimal import Decimal

import networks as net
import pytest
from expressions_at_random import CUBIC, ENVIRONMENT, Point, close, expression, n
from networks import DENSE, define, entry, environment, gradient, m, over

from verify_derivations.derivations import arithmetic
from verify_derivations.derivations.differentiate import (
    RULES,
    adjoint_step,
    derivative,
    instantiate,
    ties,
    total_derivative,
    unfold_function,
)
from verify_derivations.derivations.evaluate import Interpreter, arrays, evaluate
from verify_derivations.derivations.values import OutOfRange, TooLarge
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Apply,
    Maximum,
    Product,
    Scalar,
    Sum,
    apply,
    delta,
    free_indices,
    mul,
    power,
    scalar,
)
from verify_derivations.formulas.polynomial import polynomial

X = Access("x")
PLAIN = environment(Quantity("x"))
i, j, k = map(polynomial, (net.i, net.j, net.k))


def dual(node: Scalar, head: str, at: tuple[int, ...], point: Point) -> Decimal | None:
    interpreter = Interpreter(ENVIRONMENT, point.sizes, arrays(point.values), functions=CUBIC)
    try:
        value = arithmetic.primal(interpreter.derivative(node, head, at, point.indices))
    except (arithmetic.Undefined, OutOfRange, TooLarge):
        return None
    return None if interpreter.ties else arithmetic.decimal_of(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(120))
def test_it_agrees_with_dual_numbers(seed: int) -> None:
    r = random.Random(seed)
    node = expression(r, 4)
    by_entry = derivative(node, "x", (polynomial("%a"),), ENVIRONMENT)
    by_scalar = derivative(node, "c", (), ENVIRONMENT)
    for _ in range(4):
        point = Point(r)
        for slope, head, at in ((by_entry, "x", (point.indices["%a"],)), (by_scalar, "c", ())):
            expected, found = dual(node, head, at, point), point.at(slope)
            assert expected is None or found is None or close(expected, found), (seed, head, expected, found)


def test_most_random_derivatives_are_not_zero() -> None:
    """The test above can fail."""
    slopes = [derivative(expression(random.Random(seed), 4), "c", (), ENVIRONMENT) for seed in range(120)]
    assert sum(slope != NOUGHT for slope in slopes) > 40


@pytest.mark.parametrize("name", [name for name in RULES if name not in ("pi", "max", "min")])
@pytest.mark.parametrize("at", ["3/10", "-7/10"])
def test_a_rule_of_the_table(name: str, at: str) -> None:
    if name in ("log", "sqrt") and at.startswith("-"):
        return
    node = apply(name, 2 * X)
    interpreter = Interpreter(PLAIN, {}, arrays({"x": at}))
    expected = arithmetic.primal(interpreter.derivative(node, "x", ()))
    found = evaluate(derivative(node, "x", (), PLAIN), {}, {"x": at})
    assert close(Decimal(str(float(found))), Decimal(str(float(expected)))) or abs(found - expected) < 1e-12  # type: ignore


# -- nothing is captured ----------------------------------------------------------------------------------
def test_the_index_of_the_variable_is_not_captured() -> None:
    """d/dx[i] Σ_i x[i]² is 2·x[i], not Σ_i 2·x[i]."""
    total = Sum((("%i", n),), power(entry("x", "%i"), 2))
    slope = derivative(total, "x", (polynomial("%i"),), environment(Quantity("x", (n,))))
    values = {"x": [3, 5]}
    assert evaluate(slope, {"n": 2}, values, {"%i": 0}) == 6
    assert evaluate(slope, {"n": 2}, values, {"%i": 1}) == 10
    assert free_indices(slope) == {"%i"}


def test_an_argument_is_not_captured_by_the_body_of_a_function() -> None:
    """f(z) = Σ_t z·w[t] called at x[t]."""
    f = FunctionDefinition("f", ("z",), Sum((("%t", n),), Access("z") * entry("w", "%t")))
    env = environment(Quantity("x", (n,)), Quantity("w", (n,)), functions={"f": f})
    slope = derivative(apply("f", entry("x", "%t")), "x", (polynomial("%t"),), env)
    assert isinstance(slope, Apply), slope
    unfolded = unfold_function(slope, env)
    assert unfolded is not None
    assert evaluate(unfolded, {"n": 2}, {"x": [3, 5], "w": [1, 2]}, {"%t": 1}) == 3


# -- definitions ---------------------------------------------------------------------------------------------
def test_a_derivative_by_explicit_occurrences_only() -> None:
    assert derivative(entry("a", j), "z", (k,), DENSE) == NOUGHT
    assert total_derivative(entry("a", j), "z", (k,), DENSE) == mul(Apply("f", (entry("z", j),), (1,)), delta(j, k))


def test_the_adjoint_of_the_loss_is_one() -> None:
    step = adjoint_step("L", DENSE)
    assert step is not None
    assert step.body == UNIT


def test_an_adjoint_sums_over_all_consumers() -> None:
    two = environment(
        Quantity("x", (n,)),
        define("y", (n,), lambda t: 2 * entry("x", t)),
        define("L", (), lambda: over(n, lambda t: entry("x", t) * entry("y", t))),
        loss="L",
    )
    step = adjoint_step("x", two)
    assert step is not None
    value = evaluate(instantiate(step, (polynomial(1),)), {"n": 2}, {"x": [3, 5]}, environment=two)
    assert value == 20


def test_what_the_loss_does_not_use_has_a_zero_adjoint_and_what_is_opaque_has_none() -> None:
    step = adjoint_step("u", environment(Quantity("u"), Quantity("L", body=UNIT), loss="L"))
    assert step is not None
    assert step.body == NOUGHT
    assert adjoint_step("u", environment(Quantity("u", opaque=True), Quantity("L", body=UNIT), loss="L")) is None
    assert adjoint_step("u", Environment()) is None


def test_the_adjoints_of_a_layer_evaluate_like_its_dual_numbers() -> None:
    values = {"x": [1, 2], "W": [[1, -1], [3, 1]], "y": [0, 1]}
    for head, at in (("W", (1, 0)), ("z", (1,)), ("a", (0,)), ("x", (1,))):
        step = adjoint_step(head, DENSE)
        assert step is not None
        places = tuple(map(polynomial, at))
        by_step = evaluate(instantiate(step, places), {"n": 2, "m": 2}, values, environment=DENSE)
        directly = evaluate(gradient(head, *places), {"n": 2, "m": 2}, values, environment=DENSE)
        assert abs(float(by_step) - float(directly)) < 1e-12, head


def test_a_product_over_a_range() -> None:
    node = Product((("%t", n),), entry("x", "%t"))
    slope = derivative(node, "x", (i,), environment(Quantity("x", (n,))))
    assert evaluate(slope, {"n": 3}, {"x": [0, 3, 5]}, {net.i: 0}) == 15
    assert evaluate(slope, {"n": 3}, {"x": [0, 3, 5]}, {net.i: 1}) == 0


def test_ties_are_named() -> None:
    pooled = Maximum((("%p", n),), entry("x", "%p"))
    env = environment(Quantity("x", (n,)), Quantity("y", (m,)))
    assert ties(pooled, "x", env) == (pooled,)
    assert ties(pooled, "y", env) == ()
    assert ties(apply("relu", entry("x", i)), "x", env) == (entry("x", i),)
    assert ties(scalar(2) * entry("x", i), "x", env) == ()


def test_a_function_depends_on_what_its_definition_takes_from_outside() -> None:
    """f(z) = a·z: ∂f(x)/∂a = x, also through a quantity; the twin has no such a."""
    functions = {"f": FunctionDefinition("f", ("z",), Access("a") * Access("z"))}
    quantities = {q.head: q for q in (Quantity("a"), Quantity("x"), Quantity("y", body=apply("f", Access("x"))))}
    environment = Environment({**quantities, "L": Quantity("L", body=Access("y"))}, functions, "L")
    values = {"a": 3, "x": 5}
    for slope in (
        derivative(apply("f", Access("x")), "a", (), environment),
        total_derivative(Access("L"), "a", (), environment),
    ):
        assert evaluate(slope, {}, values, environment=environment) == 5
    assert [q.head for q in environment.consumers("a")] == ["y"]
    assert environment.order()["y"] > environment.order()["a"]
    plain = Environment(environment.quantities, {"f": FunctionDefinition("f", ("z",), 3 * Access("z"))}, "L")
    assert derivative(apply("f", Access("x")), "a", (), plain) == NOUGHT
    assert not plain.consumers("a")


def test_a_function_that_calls_itself_has_no_ties_to_name() -> None:
    f = FunctionDefinition("f", ("z",), apply("f", Access("z") + 1) + apply("abs", Access("z")))
    with pytest.raises(RecursionError, match="by itself"):
        ties(apply("f", X), "x", environment(Quantity("x"), functions={"f": f}))
    twin = FunctionDefinition("f", ("z",), apply("abs", Access("z")))
    assert ties(apply("f", X), "x", environment(Quantity("x"), functions={"f": twin})) == (X,)
