"""Single changes of true claims: whatever is still proved is still true."""

from __future__ import annotations

import random

import pytest
from claims import CLAIMS
from mutations import mutants

from verify_derivations.derivations.prove import Limits, Proof, prove_equal
from verify_derivations.derivations.refute import Refuted, refute

SAMPLE = 3  # mutants of each claim; all of them are judged by the benchmark


@pytest.mark.parametrize("name", CLAIMS)
def test_a_mutant_that_is_proved_is_not_refuted(name: str) -> None:
    claim = CLAIMS[name]
    found = list(mutants(claim.right, claim.environment))
    for what, mutant in random.Random(name).sample(found, min(SAMPLE, len(found))):
        outcome = prove_equal(
            claim.left, mutant, claim.environment, claim.free, claim.facts, limits=Limits(unfoldings=12, steps=800)
        )
        if isinstance(outcome, Proof):
            judged = refute(claim.left, mutant, claim.environment, claim.free, claim.facts, budget_seconds=0.5)
            assert not isinstance(judged, Refuted), (name, what, judged)


def test_mutants_are_many_and_different() -> None:
    claim = CLAIMS["softmax, other index"]
    found = [mutant for _, mutant in mutants(claim.right, claim.environment)]
    assert len(found) > 30
    assert claim.right not in found
