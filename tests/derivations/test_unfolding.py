"""Definitions put into normal forms mean the same as where they are looked up."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import expressions_at_random as at_random
import pytest
from expressions_at_random import CUBIC, ENVIRONMENT, FREE, Point, close, expression, n

from verify_derivations.derivations import arithmetic
from verify_derivations.derivations.differentiate import derivative
from verify_derivations.derivations.evaluate import Interpreter, arrays
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.prove import Proof, prove_equal
from verify_derivations.derivations.terms import Beyond
from verify_derivations.derivations.unfolding import Unfolding
from verify_derivations.derivations.values import OutOfRange, TooLarge
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity
from verify_derivations.formulas.expressions import (
    Access,
    Apply,
    Polynomial,
    Scalar,
    apply,
    heads,
    mul,
    power,
    scalar,
    walk,
)

LEAVES = {head: extents for head, extents in at_random.TENSORS.items() if head != "x"}


def definition(r: random.Random, monkeypatch: pytest.MonkeyPatch) -> Quantity:
    """``x[a]`` by other tensors. Its index has the name of a free variable of the claims: they are not the same."""
    with monkeypatch.context() as m:
        m.setattr(at_random, "TENSORS", LEAVES)
        return Quantity("x", (n,), ("%a",), expression(r, 3, [("%a", n)]))


def value(node: Scalar, point: Point, environment: Environment) -> Decimal | None:
    leaves = {head: values for head, values in point.values.items() if head not in environment.quantities}
    interpreter = Interpreter(environment, point.sizes, arrays(leaves), functions=CUBIC)
    try:
        found = arithmetic.primal(interpreter.scalar(node, point.indices))
    except (arithmetic.Undefined, OutOfRange, TooLarge):
        return None
    assert not isinstance(found, Polynomial)
    return None if interpreter.ties else arithmetic.decimal_of(found) if isinstance(found, Fraction) else found


def put_in(node: Scalar, target: str, environment: Environment) -> Scalar | None:
    form = Normalizer(environment, FREE)
    form.steps = 2_000
    try:
        return form.scalar(Unfolding(form, target, environment.quantities.get(target)).of(form.normal(node)))
    except Beyond:
        return None


@pytest.mark.parametrize("seed", range(120))
def test_a_definition_put_in_means_the_same(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    r = random.Random(seed)
    node, x = expression(r, 4), definition(r, monkeypatch)
    environment = replace(ENVIRONMENT, quantities={"x": x})
    written = put_in(node, "x", environment)
    if written is None:
        return
    assert "x" not in heads(written)
    for _ in range(4):
        point = Point(r)
        one, other = value(node, point, environment), value(written, point, environment)
        if one is not None and other is not None:
            assert close(one, other), (seed, point.sizes, point.indices, one, other)


def test_another_definition_put_in_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """So the test above can fail: most expressions notice another definition."""
    noticed = asked = 0
    for seed in range(120):
        r = random.Random(seed)
        node, x = expression(r, 4), definition(r, monkeypatch)
        if "x" not in heads(node):
            continue
        assert x.body is not None
        wrong = replace(ENVIRONMENT, quantities={"x": replace(x, body=x.body + 1)})
        written = put_in(node, "x", wrong)
        if written is None:
            continue
        right = replace(ENVIRONMENT, quantities={"x": x})
        points = [Point(r) for _ in range(4)]
        values = [(value(node, p, right), value(written, p, right)) for p in points]
        known = [(one, other) for one, other in values if one is not None and other is not None]
        asked += bool(known)
        noticed += any(not close(one, other) for one, other in known)
    assert asked > 20
    assert noticed > asked / 2


@pytest.mark.parametrize("seed", range(60))
def test_a_function_put_in_means_the_same(seed: int) -> None:
    """f(z) = z²·c + sin z, also where f is called within f and where it is differentiated."""
    r = random.Random(seed)
    z = Access("z")
    f = FunctionDefinition("f", ("z",), z * z * Access("c") + apply("sin", z))
    environment = replace(ENVIRONMENT, functions={"f": f})
    node = apply("f", expression(r, 3)) + expression(r, 3)
    written = put_in(node, "f", environment)
    if written is None:
        return
    assert not any(isinstance(part, Apply) and part.function == "f" for part in walk(written))
    for _ in range(3):
        point = Point(r)
        one, other = value(node, point, environment), value(written, point, ENVIRONMENT)
        if one is not None and other is not None:
            assert close(one, other), (seed, one, other)


@pytest.mark.parametrize(("body", "kinds"), [
    (mul(Access("t"), power(Access("t"), -1)), ["nonzero"]),
    (apply("exp", apply("log", Access("t"))) - Access("t") + 1, ["positive"]),
    (mul(1 + power(Access("t"), 2), power(1 + power(Access("t"), 2), -1)), []),
])
def test_what_a_function_needs_is_recorded_where_it_is_called(body: Scalar, kinds: list[str]) -> None:
    """Also where the other side has a value everywhere."""
    environment = replace(ENVIRONMENT, functions={"f": FunctionDefinition("f", ("t",), body)})
    outcome = prove_equal(apply("f", Access("c")), scalar(1), environment, {})
    assert isinstance(outcome, Proof)
    assert [c.kind for c in outcome.conditions] == kinds


@pytest.mark.parametrize(("name", "kinds"), [("relu", {"no tie"}), ("abs", {"no tie"}), ("tanh", set())])
def test_a_derivative_of_a_function_is_its_definition_s_off_ties(name: str, kinds: set[str]) -> None:
    body = apply(name, Access("t") - 1)
    environment = replace(ENVIRONMENT, functions={"f": FunctionDefinition("f", ("t",), body)})
    slope = derivative(apply(name, Access("c") - 1), "c", (), environment)
    outcome = prove_equal(Apply("f", (Access("c"),), (1,)), slope, environment, {})
    assert isinstance(outcome, Proof)
    assert {c.kind for c in outcome.conditions} == kinds


def test_there_is_no_derivative_where_values_tie() -> None:
    """f(t) = |t| has none at 0, and f(t) = t² has."""
    for body, proved in ((apply("abs", Access("t")), False), (power(Access("t"), 2), True)):
        environment = replace(ENVIRONMENT, functions={"f": FunctionDefinition("f", ("t",), body)})
        outcome = prove_equal(Apply("f", (scalar(0),), (1,)), scalar(0), environment, {})
        assert isinstance(outcome, Proof) is proved
