"""Certificates verify again, without search; damaged ones are rejected; domain reasons are checked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from claims import CLAIMS, CROSS, Claim
from networks import entry, gradient, i, n

from verify_derivations.derivations import domains
from verify_derivations.derivations.certificates import CertificateError, from_json, to_json
from verify_derivations.derivations.kernel import Certificate, Move, Rejected, certify, verify
from verify_derivations.derivations.kernel import Claim as KernelClaim
from verify_derivations.derivations.prove import Conditional, Proof, prove_equal
from verify_derivations.derivations.witnesses import (
    Apart,
    Arithmetic,
    AtLeastOne,
    Combined,
    Given,
    Indivisible,
    Refutation,
    Solved,
    Times,
    refutes,
)
from verify_derivations.formulas.expressions import Constraint, at_least, equal, free_names, heads, within
from verify_derivations.formulas.polynomial import polynomial


def kernel_claim(claim: Claim) -> KernelClaim:
    return KernelClaim(claim.left, claim.right, claim.environment, claim.free, claim.facts)


def certificate(name: str) -> Certificate:
    claim = kernel_claim(CLAIMS[name])
    outcome = prove_equal(claim.left, claim.right, claim.environment, claim.free, claim.facts)
    assert isinstance(outcome, Proof), name
    return certify(claim, outcome)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_certificate_verifies_from_its_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = to_json([certificate(name)])
    monkeypatch.setattr(domains, "_reason", lambda *_: pytest.fail("a verification searched"))
    domains._lemma.cache_clear()
    (read,) = from_json(written)
    verify(read)


WITH_INDICES = ("kernel", "through the pooling", "weights", "batch normalisation", "sum over the others")


@pytest.mark.parametrize("name", WITH_INDICES)
def test_it_proves_nothing_else(name: str) -> None:
    good = certificate(name)
    claim = good.claim
    for other in (CLAIMS[name].wrong, -claim.right, claim.right + 1):
        with pytest.raises(Rejected):
            verify(replace(good, claim=replace(claim, right=other)))


@pytest.mark.parametrize("name", WITH_INDICES)
def test_without_its_moves_it_is_rejected(name: str) -> None:
    good = certificate(name)
    for k in range(len(good.moves)):
        with pytest.raises(Rejected):
            verify(replace(good, moves=good.moves[:k]))


@pytest.mark.parametrize("name", ["softmax, other index", "through the flattening"])
def test_without_its_lemmas_or_with_wrong_reasons_it_is_rejected(name: str) -> None:
    good = certificate(name)
    verify(good)
    for lemmas in ({}, dict.fromkeys(good.lemmas, Arithmetic((Given(0),)))):
        with pytest.raises(Rejected):
            verify(replace(good, lemmas=lemmas))


def test_an_unknown_move_is_rejected() -> None:
    with pytest.raises(Rejected):
        verify(replace(certificate("weights"), moves=(Move("believe"),)))


def test_a_missing_assumption_is_part_of_the_certificate() -> None:
    silent = replace(CROSS, assumptions=())
    claim = KernelClaim(gradient("z", i), entry("a", i) - entry("y", i), silent, {i: n})
    outcome = prove_equal(claim.left, claim.right, silent, claim.free)
    assert isinstance(outcome, Conditional)
    good = certify(claim, outcome.proof, outcome.assumption)
    (read,) = from_json(to_json([good]))
    assert read.assumption is not None
    assert heads(read.assumption[0]) == ("y",)
    assert verify(read).assumptions == ()  # nothing of the environment's was used
    with pytest.raises((Rejected, IndexError)):
        verify(replace(read, assumption=None))


def test_a_name_of_a_file_never_meets_a_fresh_one() -> None:
    """Read in another process, an index of the file could otherwise equal one that is made up there."""
    (read,) = from_json(to_json([certificate("softmax, same index")]))
    assert not any("." in name for name in free_names(read.claim.left) if name.startswith("%"))
    assert not any("." in name for name in read.claim.free)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"schema": 2}', '{"schema": 1, "environments": [], "certificates": [{}]}',
     '{"schema": 1, "environments": [], "certificates": [{"environment": 0, "left": ["Popen", "x"]}]}'],
)
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(CertificateError):
        from_json(text)


# -- reasons for contradictions -----------------------------------------------------------------------
a, s = polynomial("%a"), polynomial("s")
BELOW = (at_least(a, 1), at_least(0, a))
PRODUCT = (at_least(a, 1), at_least(0, s * a))
REASONS: dict[str, tuple[tuple[Constraint, ...], Refutation, Refutation]] = {
    "a sum of rows": (
        BELOW, Arithmetic((Given(0), Given(1), Combined(0, 1, 1, 1))), Arithmetic((Given(0), Given(1)))
    ),
    "a negative multiplier": (
        BELOW,
        Arithmetic((Given(0), Given(1), Combined(0, 1, 1, 1))),
        Arithmetic((Given(0), Given(0), Combined(0, 1, 1, -2))),
    ),
    "an inequality turned round": (
        BELOW, Arithmetic((Given(0), Given(1), Combined(0, 1, 1, 1))), Arithmetic((Given(0), Given(0, -1)))
    ),
    "a product with a size": (
        PRODUCT,
        Arithmetic((Given(0), Times(0, ("s",)), Given(1), Combined(1, 1, 2, 1), AtLeastOne("s"), Combined(3, 1, 4, 1))),
        Arithmetic((Given(0), Times(0, ("%a",)), Given(1), Combined(1, 1, 2, 1))),
    ),
    "an index is not at least one": (
        (at_least(0, a),),
        Arithmetic((Given(0), Given(0))),
        Arithmetic((Given(0), AtLeastOne("%a"), Combined(0, 1, 1, 1))),
    ),
    "parity": ((equal(2 * a, 2 * s + 1),), Indivisible(0), Solved(0, "%a", Indivisible(0))),
    "parity of an inequality": ((at_least(2 * a, 1),), Apart(0, Indivisible(0), Indivisible(0)), Indivisible(0)),
    "a value put in": (
        (equal(a, 2 * s), equal(a, 2 * polynomial("%b") + 1)),
        Solved(0, "%a", Indivisible(0)),
        Solved(1, "%b", Indivisible(0)),
    ),
}


@pytest.mark.parametrize("name", ["a sum of rows", "a product with a size", "parity", "a value put in"])
def test_a_reason_is_accepted(name: str) -> None:
    constraints, good, _ = REASONS[name]
    assert refutes(good, constraints)


@pytest.mark.parametrize("name", REASONS)
def test_a_wrong_reason_is_not(name: str) -> None:
    constraints, _, bad = REASONS[name]
    assert not refutes(bad, constraints)


def test_a_reason_does_not_fit_weaker_constraints() -> None:
    _, good, _ = REASONS["a sum of rows"]
    assert not refutes(good, (at_least(a, 1), at_least(1, a)))
    assert not refutes(good, (*within(a, s),))
