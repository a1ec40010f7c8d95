"""The reference interpreter against values computed by hand, by NumPy and by finite differences."""

from __future__ import annotations

import decimal
import doctest
import itertools
import math
from decimal import Decimal
from fractions import Fraction

import networks as net
import numpy as np
import pytest
from networks import entry, environment, gradient, i, j, m, n, over

from verify_derivations.derivations import evaluate as evaluation
from verify_derivations.derivations.arithmetic import Undefined, primal
from verify_derivations.derivations.evaluate import Interpreter, Partial, arrays, evaluate
from verify_derivations.derivations.values import OutOfRange
from verify_derivations.formulas import operators
from verify_derivations.formulas.definitions import Quantity, adjoint
from verify_derivations.formulas.expressions import (
    Access,
    Apply,
    ArgMaximum,
    Compare,
    Maximum,
    Product,
    Scalar,
    apply,
    at_least,
    bracket,
    equal,
    mul,
    power,
    scalar,
    summation,
    within,
)
from verify_derivations.formulas.polynomial import polynomial
from verify_derivations.formulas.tensors import entries

X, Y = Access("x"), Access("y")


# -- values -------------------------------------------------------------------------------------
def test_rationals_stay_exact() -> None:
    value = evaluate(power(X + Y, 3) / 7 - scalar(Fraction(1, 3)), {}, {"x": 1, "y": Fraction(1, 2)})
    assert value == Fraction(27, 56) - Fraction(1, 3)
    assert isinstance(value, Fraction)


def test_sums_run_over_zero_based_indices() -> None:
    triangle = summation([("%i.0", n), ("%j.0", polynomial("%i.0"))], entry("x", "%i.0") * entry("x", "%j.0"))
    assert evaluate(triangle, {"n": 3}, {"x": [2, 3, 5]}) == 3 * 2 + 5 * 2 + 5 * 3


@pytest.mark.parametrize(("node", "expected"), [(summation, 0), (Product, 1)])
def test_an_empty_range(node: object, expected: int) -> None:
    assert evaluate(node((("%i.0", n - 1),), entry("x", "%i.0")), {"n": 1}, {"x": []}) == expected  # type: ignore[operator]


def test_the_maximum_of_nothing_is_undefined() -> None:
    with pytest.raises(Undefined):
        evaluate(Maximum((("%i.0", n - 1),), entry("x", "%i.0")), {"n": 1}, {"x": []})


def test_transcendental_values_have_fifty_digits() -> None:
    value = evaluate(apply("exp", X), {}, {"x": 1})
    assert abs(value - Decimal("2.71828182845904523536028747135266249775724709369995957")) < Decimal("1e-48")
    assert evaluate(apply("exp", X), {}, {"x": 0}) == Fraction(1)  # exact where it can be


@pytest.mark.parametrize("name", ["log", "tanh", "sin", "cos", "tan", "sinh", "cosh"])
def test_elementary_functions(name: str) -> None:
    assert float(evaluate(apply(name, X), {}, {"x": Fraction(3, 4)})) == pytest.approx(
        getattr(math, name)(0.75), rel=1e-15
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (apply("relu", X), 0),
        (apply("abs", X), 2),
        (apply("max", X, scalar(0), Y), 3),
        (apply("min", X, Y), -2),
        (apply("sign", X), -1),
        (Compare(X, ">", Y), 0),
        (Compare(Y, ">=", X), 1),
        (apply("sqrt", power(X, 2)), 2),
    ],
)
def test_choices_are_exact(expression: Scalar, expected: int) -> None:
    assert evaluate(expression, {}, {"x": -2, "y": 3}) == expected


@pytest.mark.parametrize(
    "expression", [power(X, -1), apply("log", X), apply("log", X - 1), power(X - 1, Fraction(1, 2))]
)
def test_undefined_values(expression: Scalar) -> None:
    with pytest.raises(Undefined):
        evaluate(expression, {}, {"x": 0})


def test_a_bracket_guards_an_access() -> None:
    beyond = polynomial(j) + 1
    vector = environment(Quantity("x", (n,)))
    guarded = mul(entry("x", beyond), bracket(*within(beyond, n)))
    assert evaluate(guarded, {"n": 2}, {"x": [1, 2]}, {j: 1}, environment=vector) == 0
    assert evaluate(guarded, {"n": 2}, {"x": [1, 2]}, {j: 0}, environment=vector) == 2
    with pytest.raises(OutOfRange):
        evaluate(entry("x", beyond), {"n": 2}, {"x": [1, 2]}, {j: 1}, environment=vector)
    with pytest.raises(OutOfRange):  # never read from the end, as Python would
        evaluate(entry("x", polynomial(j) - 1), {"n": 2}, {"x": [1, 2]}, {j: 0}, environment=vector)


def test_a_comparison_guards_a_logarithm() -> None:
    assert evaluate(mul(apply("log", X), Compare(X, ">", scalar(0))), {}, {"x": -1}) == 0


# -- ties -----------------------------------------------------------------------------------------
def _ties(expression: Scalar | Partial, values: dict[str, object]) -> list[str]:
    interpreter = Interpreter(environment(), {"n": 2}, arrays(values))
    interpreter.side(expression)
    return interpreter.ties


LARGEST = Maximum((("%i.0", n),), entry("v", "%i.0"))


@pytest.mark.parametrize(
    ("expression", "tie"),
    [
        (Compare(X, ">", scalar(0)), True),
        (ArgMaximum((("%i.0", n),), entry("v", "%i.0"), (polynomial(0),)), True),
        (LARGEST, False),  # the value of a maximum is what it is
        (Partial(LARGEST, "v", (polynomial(0),)), True),
        (apply("relu", X), False),
        (Partial(apply("relu", X), "x"), True),
        (Partial(apply("relu", X + 1), "x"), False),
        (Partial(apply("abs", X), "x"), True),
        (Partial(apply("max", Y, X), "y"), True),
        (Partial(apply("max", X, X), "x"), False),  # equal values that move together
    ],
)
def test_ties_are_reported(expression: Scalar | Partial, tie: bool) -> None:
    assert bool(_ties(expression, {"x": 0, "y": 0, "v": [3, 3]})) == tie


def test_the_first_position_of_equal_maxima() -> None:
    for position, expected in ((0, 0), (1, 1), (2, 0)):
        hot = ArgMaximum((("%i.0", n),), entry("v", "%i.0"), (polynomial(position),))
        assert evaluate(hot, {"n": 3}, {"v": [1, 4, 4]}) == expected


# -- derivatives ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("function", "derivative"),
    [
        ("exp", math.exp),
        ("log", lambda x: 1 / x),
        ("tanh", lambda x: 1 - math.tanh(x) ** 2),
        ("sin", math.cos),
        ("sqrt", lambda x: 0.5 / math.sqrt(x)),
        ("arctan", lambda x: 1 / (1 + x * x)),
        ("relu", lambda x: 1.0),
        ("softplus", lambda x: 1 / (1 + math.exp(-x))),
        ("erf", lambda x: 2 / math.sqrt(math.pi) * math.exp(-x * x)),
        ("sigmoid", lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
        ("cosh", math.sinh),
        ("tan", lambda x: 1 / math.cos(x) ** 2),
    ],
)
def test_derivative_of(function: str, derivative: object) -> None:
    expected = derivative(0.75)  # type: ignore[operator]
    for form in (Partial(apply(function, X), "x"), Apply(function, (X,), (1,))):
        assert float(evaluate(form, {}, {"x": Fraction(3, 4)})) == pytest.approx(expected, rel=1e-14)


def test_powers_with_moving_exponents() -> None:
    value = evaluate(Partial(power(X, Y), "y"), {}, {"x": 3, "y": 2})
    assert float(value) == pytest.approx(9 * math.log(3))
    assert evaluate(Partial(power(X, Y), "x"), {}, {"x": 3, "y": 2}) == 6


def test_an_unknown_function_and_its_derivatives_belong_together() -> None:
    inner = power(X, 2)
    chain = evaluate(Partial(apply("g", inner), "x"), {}, {"x": 3})
    assert chain == evaluate(mul(Apply("g", (inner,), (1,)), 2 * X), {}, {"x": 3})
    mixed = Partial(Apply("g", (X, Y), (1, 0)), "y")
    assert evaluate(mixed, {}, {"x": 2, "y": 5}) == evaluate(Apply("g", (X, Y), (1, 1)), {}, {"x": 2, "y": 5}) != 0


def test_a_documents_function_and_its_derivatives() -> None:
    sigmoid = environment(functions={"f": net.SIGMOID})
    values = {"t": Fraction(1, 3)}
    slope = evaluate(Apply("f", (Access("t"),), (1,)), {}, values, environment=sigmoid)
    value = evaluate(apply("f", Access("t")), {}, values, environment=sigmoid)
    with decimal.localcontext(prec=60):
        assert abs(slope - value * (1 - value)) < Decimal("1e-45")
    curvature = evaluate(Partial(Apply("f", (Access("t"),), (1,)), "t"), {}, values, environment=sigmoid)
    with decimal.localcontext(prec=60):
        assert abs(curvature - value * (1 - value) * (1 - 2 * value)) < Decimal("1e-45")


# -- quantities and adjoints ------------------------------------------------------------------------
def _tensor(interpreter: Interpreter, head: str) -> np.ndarray:
    return np.array([float(primal(value)) for value in interpreter.tensor(head).values()]).reshape(
        interpreter.extents(head)
    )


@pytest.mark.parametrize("seed", range(3))
def test_a_dense_layer_against_numpy(seed: int) -> None:
    random = np.random.default_rng(seed)
    x, W, y = random.integers(-3, 4, 3), random.integers(-3, 4, (3, 2)), random.integers(-3, 4, 2)
    interpreter = Interpreter(net.DENSE, {"n": 3, "m": 2}, arrays({"x": x.tolist(), "W": W.tolist(), "y": y.tolist()}))
    z = W.T @ x
    a = 1 / (1 + np.exp(-z))
    delta = (a - y) * a * (1 - a)
    message = f"seed {seed}"
    assert _tensor(interpreter, "z") == pytest.approx(z), message
    assert _tensor(interpreter, adjoint("a", "L")) == pytest.approx(a - y), message
    assert _tensor(interpreter, adjoint("z", "L")) == pytest.approx(delta), message
    assert _tensor(interpreter, adjoint("W", "L")) == pytest.approx(np.outer(x, delta)), message
    assert _tensor(interpreter, adjoint("x", "L")) == pytest.approx(W @ delta), message
    assert interpreter.entry(adjoint("L", "L")) == 1


def test_a_convolution_against_numpy_and_finite_differences() -> None:
    random = np.random.default_rng(5)
    x, kernel = random.integers(-5, 6, (2, 3, 5)), random.integers(-5, 6, (2, 1, 2, 2))
    W, y = random.integers(-3, 4, (2, 2)), random.integers(-3, 4, 2)
    sizes = {"B": 2, "F": 1, "Q": 1, "R": 2, "s": 2, "h": 2, "w": 2, "n_{2}": 2, "n_{3}": 2}

    def loss(kernel: np.ndarray) -> float:
        c = sum(
            kernel[b, 0, p, q] * x[b, 1 - p : 3 - p, 1 - q : 5 - q]
            for b in range(2)
            for p in range(2)
            for q in range(2)
        )
        a = 1 / (1 + np.exp(-c.astype(float)))
        pooled = np.array([a[:, :2].max(), a[:, 2:].max()])
        return float(0.5 * ((W.T @ pooled - y) ** 2).sum())

    leaves = {"x": x.tolist(), "k": kernel.tolist(), "W": W.tolist(), "y": y.tolist(), "b": [0]}
    interpreter = Interpreter(net.CONVOLUTION, sizes, arrays(leaves))
    assert float(primal(interpreter.entry("L"))) == pytest.approx(loss(kernel))
    exact = _tensor(interpreter, adjoint("k", "L"))
    for place in itertools.product(*map(range, kernel.shape)):
        step = np.zeros(kernel.shape)
        step[place] = 1e-6
        assert exact[place] == pytest.approx((loss(kernel + step) - loss(kernel - step)) / 2e-6, abs=1e-7), place
    assert not interpreter.ties


def test_true_convolution_flips_the_kernel() -> None:
    t = polynomial("t")
    full = operators.convolve(entries("x", (t, t)), entries("k", (t, t)), "full")
    tables = environment(Quantity("x", (t, t)), Quantity("k", (t, t)))
    corner = evaluate(
        full.at((polynomial(0), polynomial(0))),
        {"t": 2},
        {"x": [[2, 0], [0, 0]], "k": [[3, 0], [0, 5]]},
        environment=tables,
    )
    assert corner == 6


def test_an_adjoint_treats_its_quantity_as_independent() -> None:
    twice = environment(
        Quantity("x"), net.define("p", (), lambda: 3 * X), net.define("L", (), lambda: mul(Access("p"), X)), loss="L"
    )
    assert evaluate(gradient("p"), {}, {"x": 5}, environment=twice) == 5
    assert evaluate(gradient("x"), {}, {"x": 5}, environment=twice) == 30
    assert evaluate(Partial(Access("p"), "p"), {}, {"x": 5}, environment=twice) == 1
    assert evaluate(Partial(Access("x"), "p"), {}, {"x": 5}, environment=twice) == 0


def test_the_adjoint_of_an_opaque_quantity_is_a_symbol() -> None:
    layer = environment(
        Quantity("x", (n,)),
        Quantity("W", (n, m)),
        net.define("z", (m,), lambda t: over(n, lambda r: entry("W", r, t) * entry("x", r)), opaque=True),
        Quantity("L"),
        loss="L",
    )
    values = {"x": [1, 2], "W": [[1, 2, 3], [4, 5, 6]], adjoint("z", "L"): [1, 10, 100]}
    sizes = {"n": 2, "m": 3}
    assert evaluate(gradient("z", j), sizes, values, {j: 1}, environment=layer) == 10
    assert evaluate(gradient("x", i), sizes, values, {i: 1}, environment=layer) == 4 + 50 + 600
    assert evaluate(gradient("W", i, j), sizes, values, {i: 1, j: 2}, environment=layer) == 200


def test_an_opaque_quantity_cuts_the_path_to_the_loss() -> None:
    """L = z + x with z = 2x: where z's adjoint is a symbol g, ∂L/∂x = 1 + 2g and not 3."""
    both = environment(
        Quantity("x"),
        net.define("z", (), lambda: 2 * X, opaque=True),
        net.define("L", (), lambda: Access("z") + X),
        loss="L",
    )
    assert evaluate(gradient("x"), {}, {"x": 4, adjoint("z", "L"): 7}, environment=both) == 15


def test_a_loss_of_which_nothing_is_known() -> None:
    with pytest.raises(Undefined):
        evaluate(gradient("x"), {}, {"x": 1}, environment=environment(Quantity("x"), Quantity("L"), loss="L"))


def test_second_derivatives() -> None:
    """A quantity defined by an adjoint: s = ∂L/∂x with L = x³, so ∂s/∂x = 6x."""
    nested = environment(
        Quantity("x"), net.define("L", (), lambda: power(X, 3)), net.define("s", (), lambda: gradient("x")), loss="L"
    )
    assert evaluate(Partial(Access("s"), "x"), {}, {"x": 5}, environment=nested) == 30


def test_entries_that_do_not_move_are_not_evaluated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two layers: the derivatives by all weights of the first are the same, and counted alike, as if each were the
    only one; but most of the entries between are those of the first time."""
    visited = 0
    visit = Interpreter._scalar

    def counted(*arguments: object) -> object:
        nonlocal visited
        visited += 1
        return visit(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Interpreter, "_scalar", counted)
    weights = {name: [[Fraction(a + 2 * b, 4) for a in range(3)] for b in range(3)] for name in ("V", "W")}
    layers = environment(
        net.define("h", (n,), lambda a: apply("tanh", over(n, lambda b: entry("V", a, b) * entry("x", b)))),
        net.define("z", (n,), lambda a: apply("exp", over(n, lambda b: entry("W", a, b) * entry("h", b)))),
        net.define("L", (), lambda: over(n, lambda a: power(entry("z", a) - entry("y", a), 2))),
        Quantity("V", (n, n)), Quantity("W", (n, n)), Quantity("x", (n,)), Quantity("y", (n,)), loss="L",
    )
    values = {**weights, "x": [1, Fraction(-1, 2), 2], "y": [1, 0, 2]}
    results = []
    for alone in (False, True):
        interpreter = Interpreter(layers, {"n": 3}, arrays(values))
        visited, found = 0, []
        for head, position in itertools.product("VW", itertools.product(range(3), repeat=2)):
            if alone:
                interpreter.known.clear()
            found.append(interpreter.derivative("L", head, position))
        assert len(set(found)) > 9
        results.append((found, interpreter._meter.spent, visited))
    assert results[0][:2] == results[1][:2]
    assert results[0][2] < results[1][2]


def test_backwards_and_by_moving_one_entry_are_the_same() -> None:
    """A recursion (r[t] by r[t − 1]), a maximum, and a quantity that two others read."""
    nets = environment(
        net.define("r", (n,), lambda a: entry("x", a) + bracket(at_least(a, 1)) * entry("w") * entry("r", a - 1)),
        net.define("h", (n,), lambda a: power(entry("r", a), 2) + over(n, lambda b: entry("r", b) * entry("x", b))),
        net.define("s", (), lambda: Maximum((("%p", n),), entry("h", "%p") * entry("y", "%p"))),
        net.define("L", (), lambda: entry("s") * entry("w") + over(n, lambda a: entry("h", a) / (2 + entry("y", a)))),
        Quantity("x", (n,)), Quantity("y", (n,)), Quantity("w"), loss="L",
    )
    values = {"x": [1, Fraction(-1, 2), 2], "y": [1, 3, Fraction(2, 3)], "w": Fraction(3, 4)}
    interpreter = Interpreter(nets, {"n": 3}, arrays(values))
    entries_of = [("w", ()), ("s", ()), *((head, (k,)) for head in "xyrh" for k in range(3))]
    found = [interpreter.entry(adjoint(head, "L"), at) for head, at in entries_of]
    assert interpreter._backwards.possible
    assert found == [Interpreter(nets, {"n": 3}, arrays(values)).derivative("L", *of) for of in entries_of]
    interpreter._backwards.adjoints.clear()
    interpreter._backwards.readers["r", (1,)].remove(("r", (2,)))  # a way that is forgotten shows
    assert interpreter._backwards.through(("r", (1,))) != found[entries_of.index(("r", (1,)))]


def test_equal_names_of_parameter_and_quantity() -> None:
    """The parameter z of f hides the quantity z."""
    sigmoid = environment(functions={"f": net.SIGMOID})
    assert evaluate(Partial(apply("f", X), "z"), {}, {"x": 1, "z": 1}, environment=sigmoid) == 0


def test_an_index_constraint_over_a_double_sum() -> None:
    double = summation(
        [("%p.0", n), ("%q.0", n)],
        mul(bracket(equal(polynomial("%p.0"), 2 * polynomial("%q.0"))), entry("x", "%p.0"), entry("x", "%q.0")),
    )
    assert evaluate(double, {"n": 3}, {"x": [2, 3, 5]}) == 4 + 15


def test_definitions_by_themselves() -> None:
    """A recurrence ends at its first step; a circular definition has no value, and neither ends in a stack overflow."""
    before = polynomial(j) - 1
    step = mul(bracket(*within(before, n)), entry("h", before)) + entry("x", j)
    recurrence = environment(Quantity("x", (n,)), Quantity("h", (n,), (j,), step))
    assert evaluate(entry("h", 2), {"n": 3}, {"x": [1, 10, 100]}, environment=recurrence) == 111
    circle = environment(net.define("p", (), lambda: Access("q")), net.define("q", (), lambda: Access("p") + 1))
    with pytest.raises(Undefined, match="defined by itself"):
        evaluate(Access("p"), {}, {}, environment=circle)


def test_a_network_deeper_than_the_stack() -> None:
    """u_{k+1} = 2·u_k + x over 2,000 layers: ∂L/∂u_0 = 2^2000, and not 2^1999."""
    depth = 2000
    layers = [net.define("u0", (), lambda: Access("x"))]
    layers += [net.define(f"u{k + 1}", (), lambda k=k: 2 * Access(f"u{k}") + Access("x")) for k in range(depth)]
    deep = environment(Quantity("x"), *layers, net.define("L", (), lambda: Access(f"u{depth}")), loss="L")
    value = evaluate(gradient("u0"), {}, {"x": 3}, environment=deep)
    assert value == Fraction(2) ** depth
    assert value != Fraction(2) ** (depth - 1)


def test_examples_in_docstrings() -> None:
    results = doctest.testmod(evaluation)
    assert results.attempted
    assert not results.failed
