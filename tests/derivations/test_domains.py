"""Integer facts about symbolic sizes: what follows, and twins that do not."""

from __future__ import annotations

import itertools
import random

import pytest

from verify_derivations.derivations.domains import contradictory, implies, infeasible
from verify_derivations.formulas.expressions import Constraint, at_least, equal, less, within
from verify_derivations.formulas.polynomial import Polynomial, polynomial

n, m, s, P, Q = map(polynomial, ("n", "m", "s", "P", "Q"))
i, j, k, u, v, p, q = map(polynomial, ("%i", "%j", "%k", "%u", "%v", "%p", "%q"))

DIGITS = (*within(u, n), *within(v, n), *within(p, s), *within(q, s), equal(s * u + p, s * v + q))
FLAT = (*within(k, P), *within(j, Q), *within(i, n))


@pytest.mark.parametrize(
    ("facts", "conclusion", "twin"),
    [
        ((*within(i, n), *within(j, n)), at_least(2 * n, i + j + 2), at_least(2 * n, i + j + 3)),
        ((), at_least(n, 1), at_least(n, 2)),
        ((), at_least(n * m, 1), at_least(n * m, 2)),
        ((at_least(2 * i, 1),), at_least(i, 1), at_least(i, 2)),
        (DIGITS, equal(u, v), equal(u, v + 1)),
        ((*within(u, n), *within(p, s)), less(s * u + p, s * n), less(s * u + p, s * n - 1)),
        (FLAT, less(k + P * j + P * Q * i, P * Q * n), less(k + P * j + P * Q * i, P * Q * n - 1)),
        ((Constraint(i - j, "!="), at_least(i, j)), less(j, i), less(j + 1, i)),
        ((equal(i, 2 * j),), Constraint(i - 2 * k - 1, "!="), Constraint(i - 2 * k, "!=")),
    ],
)
def test_what_follows_and_what_does_not(
    facts: tuple[Constraint, ...], conclusion: Constraint, twin: Constraint
) -> None:
    assert implies(facts, conclusion)
    assert not implies(facts, twin)


def test_parity() -> None:
    assert infeasible([equal(2 * i, 2 * j + 1)])
    assert not infeasible([equal(2 * i, 3 * j + 1)])


def test_a_contradiction_far_from_the_last_constraint_is_found() -> None:
    assert contradictory([at_least(i, 1), at_least(0, i), *within(j, n)], ())
    assert not contradictory([at_least(i, 1), at_least(1, i), *within(j, n)], ())


def test_a_contradiction_beside_a_name_that_can_always_be_chosen_is_found() -> None:
    """j bounds nothing and is dropped; a product of sizes grows with each, one with an index need not."""
    assert contradictory([at_least(i, 1), at_least(0, i), at_least(i + j, 0)], ())
    assert not contradictory([at_least(i, 1), at_least(1, i), at_least(i + j, 0)], ())
    assert contradictory([at_least(n * i, 1), at_least(0, i)], ())
    assert not contradictory([at_least(n * i, 1), at_least(1, i)], ())
    assert contradictory([at_least(3, n * m), at_least(n, 4)], ())
    assert not contradictory([at_least(n * m, 3), at_least(4, n)], ())


def _random_constraint(r: random.Random, names: list[Polynomial]) -> Constraint:
    value = polynomial(r.randint(-4, 4))
    for name in names:
        value = value + name * r.choice([-2, -1, -1, 0, 0, 1, 1, 2])
    if r.random() < 0.3:
        value = value + r.choice(names) * s * r.choice([-1, 1])
    return Constraint(value, r.choice([">=", ">=", ">=", "==", "!="]))


@pytest.mark.parametrize("seed", range(300))
def test_infeasible_means_that_no_point_is_found(seed: int) -> None:
    """Never ``True`` where a small integer point satisfies everything."""
    r = random.Random(seed)
    names = [i, j, k]
    constraints = [_random_constraint(r, names) for _ in range(r.randint(1, 5))]
    if not infeasible(constraints):
        return
    for size in range(1, 4):
        for point in itertools.product(range(-4, 5), repeat=3):
            values = dict(zip(("%i", "%j", "%k"), point, strict=True)) | {"s": size}
            assert not all(c.holds(values) for c in constraints), (seed, values, constraints)


def test_most_random_contradictions_are_found() -> None:
    """The test above can fail: plenty of its cases are proved infeasible."""
    found = 0
    for seed in range(300):
        r = random.Random(seed)
        found += infeasible([_random_constraint(r, [i, j, k]) for _ in range(r.randint(1, 5))])
    assert found > 20
