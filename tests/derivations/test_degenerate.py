"""Degenerate cases are decided: empty and single ranges, a kernel as large as the image, one class, ties."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import networks as net
import pytest
from claims import CLAIMS, CROSS, SCALARS, Z, exp
from networks import define, entry, environment, gradient, m, n, over

from verify_derivations.derivations.prove import Open, Proof, prove_equal
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Compare,
    Constraint,
    Maximum,
    Product,
    Scalar,
    Size,
    apply,
    mul,
    power,
    scalar,
)
from verify_derivations.formulas.polynomial import Polynomial, polynomial

i = polynomial(net.i)
VECTOR = environment(Quantity("x", (n,)), Quantity("y", (n,)))
ONE = (Constraint(n - 1, "=="),)  # n = 1
NONE = (Constraint(n - m, "=="),)  # n - m = 0


def x(index: Polynomial | int) -> Scalar:
    return entry("x", polynomial(index))


def softmax(index: Polynomial) -> Scalar:
    return exp(entry("z", index)) / over(n, lambda t: exp(entry("z", t)))


CASES: dict[str, tuple[Scalar, Scalar, Scalar, Environment, dict[str, Polynomial], tuple[Constraint, ...]]] = {
    # left, right, wrong, environment, free, facts
    "an empty sum": (over(n - m, x), NOUGHT, x(0), VECTOR, {}, NONE),
    "a sum over one": (over(n, x), x(0), NOUGHT, VECTOR, {}, ONE),
    "a product over one": (Product(((net.i, n),), x(i)), x(0), UNIT, VECTOR, {}, ONE),
    "a maximum over one": (Maximum(((net.i, polynomial(1)),), x(i)), x(0), x(1), VECTOR, {}, ()),
    "the softmax of one class": (softmax(i), UNIT, scalar(0), CROSS, {net.i: n}, ONE),
    "the slope of the softmax of one class": (
        mul(softmax(i), 1 - softmax(i)), NOUGHT, softmax(i), CROSS, {net.i: n}, ONE,
    ),
    "a comparison with itself": (Compare(Z, ">=", Z), UNIT, NOUGHT, SCALARS, {}, ()),
    "a strict comparison with itself": (Compare(Z, ">", Z), NOUGHT, UNIT, SCALARS, {}, ()),
    "the relu of zero": (apply("relu", Z - Z), NOUGHT, UNIT, SCALARS, {}, ()),
    "the larger of two equal": (apply("max", Z, Z), Z, 2 * Z, SCALARS, {}, ()),
    "a relu that nothing ties": (apply("relu", exp(Z)), exp(Z), NOUGHT, SCALARS, {}, ()),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_degenerate_case_is_decided(name: str) -> None:
    left, right, wrong, env, free, facts = CASES[name]
    env = replace(env, facts=facts)
    proof = prove_equal(left, right, env, free)
    assert isinstance(proof, Proof), (name, proof)
    assert not proof.conditions, (name, proof.conditions)
    assert isinstance(prove_equal(left, wrong, env, free), Open), name


@pytest.mark.parametrize("least", [1, 0, -1])
def test_a_range_that_just_ends_before_it_begins_counts_as_zero(least: int) -> None:
    """Σ_{t<n−m} 1 = n − m where n − m may be zero; and it is none where it may be −1."""
    env = environment(facts=(Constraint(n - m - least, ">="),))
    outcome = prove_equal(over(n - m, lambda t: UNIT), Size(n - m), env, {})
    assert isinstance(outcome, Proof if least >= 0 else Open), outcome


@pytest.mark.parametrize("size", ["kernel as large as the image", "window of one"])
@pytest.mark.parametrize("name", ["kernel", "image", "bias of a feature map", "through the pooling"])
def test_a_net_of_extreme_sizes(name: str, size: str) -> None:
    """The claims hold there too; at a window of one some twins hold as well, so each stands beside twice itself."""
    claim = CLAIMS[name]
    facts = {
        "kernel as large as the image": tuple(Constraint(e - 1, "==") for e in (net.s, net.Q, net.R)),
        "window of one": (Constraint(net.s - 1, "=="),),
    }[size]
    env = replace(claim.environment, facts=(*claim.environment.facts, *facts))
    assert isinstance(prove_equal(claim.left, claim.right, env, claim.free), Proof), (name, size)
    assert isinstance(prove_equal(claim.left, 2 * claim.right, env, claim.free), Open), (name, size)


def test_values_whose_order_is_known_do_not_tie() -> None:
    """relu(exp u) has a derivative everywhere; relu(u) has none at zero."""
    for inner, slope, kinds in (
        (exp(entry("u")), exp(entry("u")), []), (entry("u"), Compare(entry("u"), ">", NOUGHT), ["no tie"])
    ):  # fmt: skip
        env = environment(Quantity("u"), define("L", (), lambda inner=inner: apply("relu", inner)), loss="L")
        proof = prove_equal(gradient("u"), slope, env, {})
        assert isinstance(proof, Proof)
        assert [c.kind for c in proof.conditions] == kinds
        assert isinstance(prove_equal(gradient("u"), 2 * slope, env, {}), Open)


NEXT = environment(Quantity("z"), define("q", (), lambda: Z + 1), define("r", (), lambda: Z + 1 + power(Z, 2)))
SAYING_NOTHING: dict[str, Callable[[Scalar], tuple[Scalar, Scalar]]] = {
    # claims on a difference that is zero everywhere for q = z + 1, and at one point only for r = z + 1 + z²
    "a quotient": lambda d: (d / d, UNIT),
    "a quotient that is subtracted again": lambda d: (power(d, -1) - power(d, -1), NOUGHT),
    "a logarithm": lambda d: (exp(apply("log", power(d, 2))), power(d, 2)),
    "a comparison off ties": lambda d: (Compare(d, ">=", NOUGHT), Compare(d, ">", NOUGHT)),
}


@pytest.mark.parametrize("name", SAYING_NOTHING)
def test_what_has_a_meaning_nowhere_is_not_proved(name: str) -> None:
    for head, proved in (("q", False), ("r", True)):
        left, right = SAYING_NOTHING[name](Access(head) - Z - 1)
        assert isinstance(prove_equal(left, right, NEXT, {}), Proof if proved else Open), head


@pytest.mark.parametrize("name", ["sqrt", "log"])
def test_what_is_negative_everywhere_has_no_root_nor_logarithm(name: str) -> None:
    back: Callable[[Scalar], Scalar] = exp if name == "log" else lambda value: power(value, 2)
    for argument, proved in ((-exp(Z), False), (-1 - power(Z, 2), False), (1 - power(Z, 2), True)):
        outcome = prove_equal(back(apply(name, argument)), argument, SCALARS, {})
        assert isinstance(outcome, Proof if proved else Open), argument
