"""Signs found case by case hold at every point, ties included; what may vanish keeps its condition."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest
from claims import exp, inverse
from networks import environment

from verify_derivations.derivations.casewise import sign_by_cases
from verify_derivations.derivations.evaluate import evaluate
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.prove import Proof, prove_equal
from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Compare,
    Scalar,
    apply,
    at_least,
    bracket,
    mul,
    power,
    scalar,
)
from verify_derivations.formulas.polynomial import polynomial

X, Y, A = Access("x"), Access("y"), Access("a")
ENVIRONMENT = environment(Quantity("x"), Quantity("y"), Quantity("a"), positive=frozenset(("a",)))


def absolute(value: Scalar) -> Scalar:
    return apply("abs", value)


def relu(value: Scalar) -> Scalar:
    return apply("relu", value)


SIGNED: dict[str, tuple[Scalar, Scalar]] = {
    # never zero, and a twin that is somewhere
    "one and a modulus": (1 + absolute(X), absolute(X) - 1),
    "a positive part": (2 + relu(X), relu(X) - 2),
    "of a difference": (1 + absolute(X - Y), 1 - absolute(X - Y)),
    "of two values": (1 + absolute(X) + absolute(Y), 1 + absolute(X) - absolute(Y)),
    "a positive letter": (A + absolute(X), A - absolute(X)),
    "larger than one of two": (1 + apply("max", X, Y) - Y, apply("max", X, Y) - Y - 1),
    "with an exponential": (absolute(X) + exp(Y), absolute(X) - exp(Y)),
    "a square": (power(1 + absolute(X), 2), power(1 - absolute(X), 2)),
    "a bracket and a square": (1 + mul(Compare(X, ">", NOUGHT), power(X, 2)), Compare(X, ">", NOUGHT) + power(X, 2)),
    "below the bracket's bound": (relu(X - 1) + relu(1 - X) + 1, relu(X - 1) + relu(1 - X)),
}


@pytest.mark.parametrize("name", SIGNED)
def test_what_has_a_sign_in_each_case_needs_no_condition(name: str) -> None:
    """The value is written out, so that nothing of its form is left: value/value = 1."""
    for value, kinds in zip(SIGNED[name], (False, True), strict=True):
        form = Normalizer(ENVIRONMENT)
        written = form.scalar(form.normal(value))
        proof = prove_equal(written * inverse(written), UNIT, ENVIRONMENT, {})
        assert isinstance(proof, Proof)
        assert bool(proof.conditions) is kinds, (name, proof.conditions)


def bracket_of(value: Scalar) -> Scalar:
    return Compare(value, ">", NOUGHT)


WITHOUT: dict[str, tuple[Scalar, dict[str, object]]] = {
    # a value that is not positive at the point, and that would be if the bracket were read otherwise
    "equality is no comparison": (1 + power(X, 2) - Compare(X, "==", NOUGHT), {"x": 0}),
    "a product is positive, not its factor": (1 + mul(X, bracket_of(mul(X, Y))), {"x": -2, "y": -1}),
    "a square is large, not its root": (1 + mul(X, bracket_of(power(X, 2) - 1)), {"x": -2}),
    "an inverse grows near zero": (2 - mul(bracket_of(X), power(X, -1)), {"x": Fraction(1, 4)}),
    "what stands beside the bracket": (2 + mul(bracket_of(X), Y), {"x": 1, "y": -3}),
    "another bracket": (1 + 2 * bracket_of(X) - 3 * bracket_of(Y), {"x": -1, "y": 1}),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_no_sign_is_found_where_there_is_none(name: str) -> None:
    value, at = WITHOUT[name]
    form = Normalizer(ENVIRONMENT)
    assert evaluate(value, {}, {"x": 1, "y": 1, "a": 1, **at}) <= 0
    assert sign_by_cases(form.normal(value), form, form.facts) is None


def test_a_bracket_of_an_entry_that_counts_only_somewhere() -> None:
    """[i ≥ 1]·v_i is zero at i = 0 whatever v_0 is."""
    i = polynomial("%i.i")
    entry = Access("v", (i,))
    value = 1 - entry + mul(entry, bracket_of(mul(bracket(at_least(i, 1)), entry)))
    form = Normalizer(environment(Quantity("v", (polynomial("n"),))), {"%i.i": polynomial("n")})
    assert evaluate(value, {"n": 1}, {"v": [2]}, {"%i.i": 0}) < 0
    assert sign_by_cases(form.normal(value), form, form.facts) is None


SEED = 20151220


def test_a_sign_is_the_sign_at_every_point() -> None:
    choice, found = random.Random(SEED), {1: 0, -1: 0}
    points = [dict(zip("xya", map(Fraction, at), strict=True))
              for at in itertools.product((-3, -1, Fraction(-1, 2), 0, Fraction(1, 3), 1, 2), repeat=2)
              for at in [(*at, Fraction(1, 2))]]  # fmt: skip
    for round_ in range(250):
        def part() -> Scalar:
            linear = choice.choice((X, Y, X - Y, X + Y, X - 1, 1 - X, 2 * Y + 1))
            body = choice.choice((UNIT, linear, power(linear, 2), X, power(Y, 2), A))
            return choice.choice((-2, -1, 1, 1, 2)) * mul(Compare(linear, ">", NOUGHT), body)

        plain = choice.choice((X, Y, -X, power(X, 2), scalar(0), A))
        value = part() + part() + choice.choice((0, 1, 1)) * plain + choice.randint(-2, 3)
        form = Normalizer(ENVIRONMENT)
        sign = sign_by_cases(form.normal(value), form, form.facts)
        if sign is None:
            continue
        found[sign] += 1
        for at in points:
            assert evaluate(value, {}, at) * sign > 0, (SEED, round_, value, at)
    assert min(found.values()) > 5, found
    assert sum(found.values()) > 30, found
