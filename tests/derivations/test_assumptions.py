"""What an author may have left unsaid, each beside a wrong claim that no such assumption excuses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import networks as net
import pytest
from claims import CROSS, QUADRATIC, softmax
from networks import define, entry, environment, gradient, n, over

from verify_derivations.derivations.prove import Conditional, Open, prove_equal
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import NOUGHT, UNIT, Scalar, apply, heads, power, scalar
from verify_derivations.formulas.latex import to_latex
from verify_derivations.formulas.polynomial import polynomial

i, j = map(polynomial, (net.i, net.j))
FORM = over(n, lambda t: 2 * entry("M", i, t) * entry("x", t))
VECTORS = (Quantity("x", (n,)), Quantity("M", (n, n)))
ROTATED = environment(
    *VECTORS,
    define("v", (n,), lambda t: over(n, lambda s: entry("M", t, s) * entry("x", s))),
    define("L", (), lambda: over(n, lambda t: power(entry("v", t), 2))),
    loss="L",
)
LAYER = environment(
    *VECTORS, define("v", (n,), lambda t: over(n, lambda s: entry("M", t, s) * entry("x", s)), opaque=True),
    Quantity("L"), loss="L",
)  # fmt: skip
SQUARED = over(n, lambda t: power(entry("u", t), 2))
PROJECTED = environment(
    Quantity("x", (n,)), Quantity("u", (n,)),
    define("L", (), lambda: over(n, lambda t: entry("u", t) * entry("x", t)) * SQUARED), loss="L",
)  # fmt: skip
FOURTH = environment(
    Quantity("x", (n,)), define("L", (), lambda: power(over(n, lambda t: power(entry("x", t), 2)), 2) / 4), loss="L"
)
SKEW = environment(
    *VECTORS, Quantity("c", (n,)),
    define("L", (), lambda: over(n, lambda s: over(
        n, lambda t: entry("x", s) * (entry("M", s, t) - entry("M", t, s)) * entry("c", t)
    ))), loss="L",
)  # fmt: skip
TWO = replace(CROSS, assumptions=((over(n, lambda t: entry("y", t)), scalar(2)),))

CONDITIONAL: dict[str, tuple[Scalar, Scalar, Environment, str]] = {
    "symmetric": (gradient("x", i), FORM, QUADRATIC, "M_{ij} = M_{ji}"),
    "symmetric, transposed": (
        gradient("x", i), over(n, lambda t: 2 * entry("M", t, i) * entry("x", t)), QUADRATIC, "M_{ij} = M_{ji}"
    ),
    "orthogonal": (gradient("x", i), 2 * entry("x", i), ROTATED, "= \\delta_{"),
    "of unit length": (gradient("x", i), entry("u", i), PROJECTED, "u_{k}^{2} = 1"),
}
EXCUSED_BY_NOTHING: dict[str, tuple[Scalar, Scalar, Environment]] = {
    "a wrong factor of a quadratic form": (gradient("x", i), FORM * 2, QUADRATIC),
    "a transpose that a layer lost": (
        gradient("x", i), over(n, lambda t: entry("M", i, t) * gradient("v", t)), LAYER
    ),
    "half of an orthogonal product": (
        gradient("x", i), 2 * over(n, lambda t: entry("M", i, t) * entry("x", t)), ROTATED
    ),
    "a wrong factor beside a unit vector": (gradient("x", i), 2 * entry("u", i), PROJECTED),
    "the length of what one differentiates by": (gradient("x", i), entry("x", i), FOURTH),
    "a gradient that the assumption makes vanish": (gradient("x", i), NOUGHT, SKEW),
    "against what is stated": (gradient("z", i), entry("a", i) - entry("y", i), TWO),
}


@pytest.mark.parametrize("name", CONDITIONAL)
def test_what_was_left_unsaid_is_found(name: str) -> None:
    left, right, env, assumption = CONDITIONAL[name]
    outcome = prove_equal(left, right, env, {net.i: n}, variables=frozenset({"x"}))
    assert isinstance(outcome, Conditional), outcome
    assert assumption in " = ".join(to_latex(side, names={}) for side in outcome.assumption)
    assert not outcome.exact


@pytest.mark.parametrize("name", EXCUSED_BY_NOTHING)
def test_nothing_unsaid_excuses(name: str) -> None:
    left, right, env = EXCUSED_BY_NOTHING[name]
    assert isinstance(prove_equal(left, right, env, {net.i: n}, variables=frozenset({"x", "z"})), Open)


def test_it_would_be_excused_if_one_did_not_differentiate_by_it() -> None:
    left, right, env = EXCUSED_BY_NOTHING["the length of what one differentiates by"]
    assert isinstance(prove_equal(left, right, env, {net.i: n}), Conditional)


def test_the_assumption_is_about_the_given_quantity() -> None:
    """Not about a softmax, which sums to one anyway, nor about its logits."""
    silent = environment(
        Quantity("z", (n,)), Quantity("y", (n,)), define("a", (n,), softmax("z", n)),
        define("L", (), lambda: -over(n, lambda t: entry("y", t) * apply("log", entry("a", t)))), loss="L",
    )  # fmt: skip
    outcome = prove_equal(gradient("z", i), entry("a", i) - entry("y", i), silent, {net.i: n})
    assert isinstance(outcome, Conditional)
    assert heads(outcome.assumption[0]) == ("y",)
    assert outcome.assumption[1] == UNIT
    assert outcome.exact
    assert isinstance(
        prove_equal(gradient("z", i), entry("a", i) - scalar(Fraction(1, 2)) * entry("y", i), silent, {net.i: n}), Open
    )
