"""Every true claim is proved; no wrong twin is; what is proved agrees with the reference interpreter."""

from __future__ import annotations

from dataclasses import replace

import networks as net
import pytest
from claims import CLAIMS, CROSS, SCALARS, Claim, Z, exp, inverse, over
from networks import DENSE, entry, environment, gradient, n

from verify_derivations.derivations import kernel
from verify_derivations.derivations.prove import (
    Conditional,
    Limits,
    Open,
    Outcome,
    Proof,
    Search,
    SideCondition,
    prove_equal,
    tidy,
)
from verify_derivations.derivations.refute import Agreement, Refuted, refute
from verify_derivations.derivations.rewrite import STEPS
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Compare,
    Constraint,
    Maximum,
    Scalar,
    Sum,
    apply,
    delta,
    free_indices,
    heads,
    power,
)
from verify_derivations.formulas.polynomial import polynomial

i, j, k = map(polynomial, (net.i, net.j, net.k))


def judge(claim: Claim, right: Scalar, steps: int = STEPS) -> Outcome:
    return prove_equal(
        claim.left, right, claim.environment, claim.free, claim.facts, limits=Limits(steps=steps)
    )


@pytest.mark.parametrize("name", CLAIMS)
def test_a_true_claim_is_proved(name: str) -> None:
    claim = CLAIMS[name]
    assert isinstance(judge(claim, claim.right), Proof), name


@pytest.mark.parametrize("name", CLAIMS)
def test_a_search_that_goes_on_makes_the_moves_of_a_longer_one(name: str) -> None:
    claim = CLAIMS[name]
    whole = judge(claim, claim.right)
    search = Search(kernel.Claim(claim.left, claim.right, claim.environment, claim.free, claim.facts))
    outcome: Outcome = Open(NOUGHT, "not begun")
    for unfoldings in range(1, 41):
        assert isinstance(outcome, Open)
        outcome = search.go_on(Limits(unfoldings=unfoldings))
        if isinstance(outcome, Proof):
            break
    assert isinstance(outcome, Proof) and isinstance(whole, Proof)
    assert outcome.moves == whole.moves
    kernel.verify(kernel.certify(search.claim, outcome))


@pytest.mark.parametrize("name", CLAIMS)
def test_its_twin_is_wrong_and_not_proved(name: str) -> None:
    claim = CLAIMS[name]
    assert isinstance(judge(claim, claim.wrong, steps=3_000), Open), name
    found = refute(claim.left, claim.wrong, closed(claim), claim.free, claim.facts)
    assert isinstance(found, Refuted), name


def closed(claim: Claim) -> Environment:
    """Without assumptions about every row, which the refuter does not impose."""
    kept = tuple(a for a in claim.environment.assumptions if not free_indices(a[0] - a[1]))
    return replace(claim.environment, assumptions=kept)


# -- the missing assumption -------------------------------------------------------------------------------
def test_the_missing_assumption_is_found() -> None:
    silent = replace(CROSS, assumptions=())
    outcome = prove_equal(gradient("z", i), entry("a", i) - entry("y", i), silent, {net.i: n})
    assert isinstance(outcome, Conditional)
    left, right = outcome.assumption
    assert isinstance(left, Sum)
    assert heads(left) == ("y",)
    assert right == UNIT
    assert outcome.exact


def test_the_stated_assumption_is_used_and_listed() -> None:
    outcome = prove_equal(gradient("z", i), entry("a", i) - entry("y", i), CROSS, {net.i: n})
    assert isinstance(outcome, Proof)
    assert outcome.assumptions == CROSS.assumptions
    free = prove_equal(gradient("a", i), -entry("y", i) / entry("a", i), CROSS, {net.i: n})
    assert isinstance(free, Proof)
    assert free.assumptions == ()


def test_no_assumption_makes_a_wrong_sign_right() -> None:
    silent = replace(CROSS, assumptions=())
    assert isinstance(prove_equal(gradient("z", i), entry("y", i) - entry("a", i), silent, {net.i: n}), Open)


def test_a_fact_about_indices_is_needed() -> None:
    claim = CLAIMS["softmax, other index"]
    assert isinstance(prove_equal(claim.left, claim.right, claim.environment, claim.free), Open)


# -- conditions -----------------------------------------------------------------------------------------
def conditions(outcome: Outcome) -> list[tuple[str, Scalar]]:
    assert isinstance(outcome, Proof), outcome
    return [(c.kind, c.expression) for c in outcome.conditions]


def test_an_inverse_is_an_obligation() -> None:
    x = environment(Quantity("x", (n,)))
    outcome = prove_equal(entry("x", i) / entry("x", i), UNIT, x, {net.i: n})
    assert conditions(outcome) == [("nonzero", entry("x", i))]
    known = replace(x, nonzero=frozenset({"x"}))
    assert conditions(prove_equal(entry("x", i) / entry("x", i), UNIT, known, {net.i: n})) == []


def test_what_definitions_settle_is_no_condition() -> None:
    claim = CLAIMS["cross-entropy by a"]
    assert conditions(judge(claim, claim.right)) == []  # a softmax is positive
    assert conditions(judge(CLAIMS["batch normalisation"], CLAIMS["batch normalisation"].right)) == []


def test_a_tie_of_the_maximum_is_a_condition() -> None:
    claim = CLAIMS["through the pooling"]
    found = conditions(judge(claim, claim.right))
    assert [kind for kind, _ in found] == ["no tie"]
    assert isinstance(found[0][1], Maximum)


def test_a_kink_is_a_condition_only_where_it_matters() -> None:
    strict, closed = Compare(Z, ">", NOUGHT), Compare(Z, ">=", NOUGHT)
    assert conditions(prove_equal(strict, closed, SCALARS, {})) == [("no tie", Z)]
    assert conditions(prove_equal(Z * strict, Z * closed, SCALARS, {})) in ([], [("no tie", Z)])
    assert conditions(prove_equal(apply("abs", Z), apply("abs", -Z), SCALARS, {})) == []


def test_almost_everywhere_is_not_claimed_of_a_flat_piece() -> None:
    """[relu z > 0] and [relu z ≥ 0] differ on half of all z: not a tie."""
    flat = apply("relu", Z)
    assert isinstance(prove_equal(Compare(flat, ">", NOUGHT), Compare(flat, ">=", NOUGHT), SCALARS, {}), Open)


# -- limits and forms ------------------------------------------------------------------------------------
def test_a_limit_is_an_open_end() -> None:
    claim = CLAIMS["batch normalisation"]
    assert isinstance(prove_equal(
        claim.left, claim.right, claim.environment, claim.free, limits=Limits(unfoldings=1)
    ), Open)


def test_an_unknown_adjoint_stays_a_symbol() -> None:
    hidden = replace(DENSE, quantities={**DENSE.quantities, "a": replace(DENSE.quantities["a"], opaque=True)})
    assert isinstance(prove_equal(gradient("a", j), entry("a", j) - entry("y", j), hidden, {net.j: net.m}), Open)
    assert isinstance(prove_equal(
        gradient("W", i, j), entry("x", i) * gradient("z", j), hidden, {net.i: n, net.j: net.m}
    ), Proof)


def test_tidy_solves_deltas() -> None:
    x = environment(Quantity("x", (n,)))
    assert tidy(over(n, lambda t: delta(t, i) * entry("x", t)), x, {net.i: n}) == entry("x", i)


def test_an_open_difference_is_shown() -> None:
    outcome = prove_equal(entry("x", i), 2 * entry("x", i), environment(Quantity("x", (n,))), {net.i: n})
    assert isinstance(outcome, Open)
    assert outcome.difference == -entry("x", i)


def test_equality_of_functions_of_equal_arguments() -> None:
    x = environment(Quantity("x", (n,)))
    left = apply("g", over(n, lambda t: entry("x", t)) + 1)
    assert isinstance(prove_equal(left, apply("g", 1 + over(n, lambda t: entry("x", n - 1 - t))), x, {}), Proof)
    assert isinstance(prove_equal(left, apply("g", over(n, lambda t: entry("x", t))), x, {}), Open)


def test_nothing_follows_from_facts_that_contradict_each_other() -> None:
    x = environment(Quantity("x", (n,)), facts=(Constraint(n - 3, "=="), Constraint(2 - n, ">=")))
    assert isinstance(prove_equal(entry("x", i), 2 * entry("x", i), x, {net.i: n}), Open)


def test_the_name_of_a_symbol_is_only_a_name() -> None:
    """A symbol whose name looks like an entry of another one is not that entry."""
    odd = environment(Quantity("x", (n,)), Quantity(f"tensor:x()[{i}]^1"), Quantity("y"))
    for name in (f"x()[{i}]^1tensor:y", "x", f"tensor:x()[{i}]^1"):
        assert isinstance(prove_equal(entry(name), entry("x", i) * entry("y"), odd, {net.i: n}), Open)


def test_an_assumption_has_indices_of_its_own() -> None:
    """The assumption's index shares its name with one of the claim that has another range."""
    rows = (over(net.m, lambda t: entry("T", i, t)), UNIT)
    env = environment(Quantity("T", (n, net.m)), Quantity("w", (n,)), assumptions=(rows,))
    left = over(n, lambda s: over(net.m, lambda t: entry("T", s, t) * entry("w", s)))
    assert isinstance(prove_equal(left, over(n, lambda s: entry("w", s)), env, {net.i: net.m}), Proof)
    assert isinstance(prove_equal(left, over(n, lambda s: 2 * entry("w", s)), env, {net.i: net.m}), Open)


def test_what_is_proved_is_not_refuted() -> None:
    for name in ("swish", "softmax, same index", "rows of a softmax", "quadratic form"):
        claim = CLAIMS[name]
        found = refute(claim.left, claim.right, closed(claim), claim.free, claim.facts, budget_seconds=0.3)
        assert isinstance(found, Agreement), name


def test_conditions_are_values() -> None:
    assert SideCondition("nonzero", Z) == SideCondition("nonzero", Z)
    assert isinstance(prove_equal(power(exp(Z), 2), exp(2 * Z), SCALARS, {}), Proof)
    assert isinstance(prove_equal(inverse(exp(Z)), exp(-Z), SCALARS, {}, (Constraint(i, ">="),)), Proof)
