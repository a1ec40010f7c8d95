"""Proved claims written in another way are proved again; a seeded sample, all of them in ``benchmarks/rewrites.py``."""

from __future__ import annotations

import random

import pytest
from claims import CLAIMS
from rewritten import rewrites

from verify_derivations.derivations.prove import Proof, prove_equal
from verify_derivations.derivations.refute import Refuted, refute

SEED = 20151220
SAMPLE = 2


@pytest.mark.parametrize("name", CLAIMS)
def test_a_rewritten_claim_is_proved_again(name: str) -> None:
    claim = CLAIMS[name]
    found = list(rewrites(claim.right, claim.environment))
    for what, changed in random.Random(f"{SEED}|{name}").sample(found, min(SAMPLE, len(found))):
        outcome = prove_equal(claim.left, changed, claim.environment, claim.free, claim.facts)
        assert isinstance(outcome, Proof), (SEED, name, what, outcome)


@pytest.mark.parametrize("name", ["softmax, same index", "image", "attention, keys", "quadratic form"])
def test_a_rewrite_says_the_same(name: str) -> None:
    """By the reference interpreter; the same rewrites of the wrong twin are not proved."""
    claim = CLAIMS[name]
    for what, changed in rewrites(claim.right, claim.environment):
        found = refute(claim.right, changed, claim.environment, claim.free, claim.facts, budget_seconds=0.1)
        assert not isinstance(found, Refuted), (name, what, found)
    for what, changed in list(rewrites(claim.wrong, claim.environment))[:3]:
        outcome = prove_equal(claim.left, changed, claim.environment, claim.free, claim.facts)
        assert not isinstance(outcome, Proof), (name, what)
