"""Mutants of whole documents: a seeded sample here, all of them in ``benchmarks/mutants.py``."""

from __future__ import annotations

import random
from functools import cache

import pytest
from mutated import Mutant, Subject, documents, judged, mutants, subject

from verify_derivations.checker.verdicts import Verdict

SEED = 20151220
SAMPLE = 8  # of each document
SHORT = ("hinge", "jacobians", "matrix_factorisation", "quadratic_forms", "variational")


@cache
def prepared(name: str) -> Subject:
    return subject(documents()[name])


@pytest.mark.parametrize("name", SHORT)
def test_no_mutant_that_differs_is_proved(name: str) -> None:
    given = prepared(name)
    choice = random.Random(f"{SEED}|{name}")
    every = [mutant for number in given.proved for mutant in mutants(given, number)]
    verdicts = []
    for mutant in choice.sample(every, SAMPLE):
        outcome = judged(given, mutant)
        assert not outcome.different, (SEED, name, mutant.words, outcome.latex)
        verdicts.append(outcome.verdict)
    assert sum(v.wrong for v in verdicts) >= SAMPLE // 2, (SEED, name, verdicts)


def test_the_judge_of_mutants_sees_a_wrong_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prover and a verification that believe everything are found out."""
    from verify_derivations.checker import deciding
    from verify_derivations.derivations.prove import Proof

    given = prepared("matrix_factorisation")
    number = next(iter(given.proved))
    monkeypatch.setattr(deciding, "_attempt", lambda *_: Proof(()))
    outcomes = [judged(given, mutant) for mutant in random.Random(SEED).sample(mutants(given, number), SAMPLE)]
    assert all(outcome.different for outcome in outcomes if outcome.verdict is Verdict.PROVED)
    assert any(outcome.different for outcome in outcomes)


def test_the_original_is_proved_again() -> None:
    given = prepared("hinge")
    for number in given.proved:
        tree = given.stated(number).tree
        assert tree is not None
        assert judged(given, Mutant(number, "nothing", tree)).verdict is Verdict.PROVED


def test_every_kind_of_change_is_made() -> None:
    """Sign, transpose, order, index, bound, name, factor, exponent."""
    words = " | ".join(
        mutant.words for name in SHORT for number in prepared(name).proved for mutant in mutants(prepared(name), number)
    )
    for kind in ("sign of", "transpose added", "transpose removed", "order of", "index", "bound", "replaced by",
                 "dropped", "doubled", "exponent", "squared", "inverted"):  # fmt: skip
        assert kind in words, kind
