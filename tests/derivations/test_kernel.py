"""Certificates verify again, without search; damaged ones are rejected; domain reasons are checked."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from claims import CLAIMS, CROSS, Claim
from networks import entry, environment, gradient, i, n, over

from verify_derivations.derivations import certificates, domains
from verify_derivations.derivations.certificates import CertificateError, decoded, digest, encoded
from verify_derivations.derivations.kernel import Certificate, Move, Rejected, certify, verify
from verify_derivations.derivations.kernel import Claim as KernelClaim
from verify_derivations.derivations.prove import Conditional, Proof, prove_equal
from verify_derivations.derivations.witnesses import Arithmetic, Given
from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.expressions import Constraint, at_least, equal, free_names, heads, rename_apart
from verify_derivations.formulas.polynomial import is_index, polynomial


def kernel_claim(claim: Claim) -> KernelClaim:
    return KernelClaim(claim.left, claim.right, claim.environment, claim.free, claim.facts)


def written(*certificates: Certificate) -> str:
    return json.dumps(encoded(certificates))


def read(text: str) -> list[Certificate]:
    return decoded(json.loads(text))


def certificate(name: str) -> Certificate:
    claim = kernel_claim(CLAIMS[name])
    outcome = prove_equal(claim.left, claim.right, claim.environment, claim.free, claim.facts)
    assert isinstance(outcome, Proof), name
    return certify(claim, outcome)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_certificate_verifies_from_its_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = written(certificate(name))
    monkeypatch.setattr(domains, "_reason", lambda *_: pytest.fail("a verification searched"))
    domains._lemma.cache_clear()
    (again,) = read(text)
    verify(again)


def _shuffled(seed: int) -> Callable[[Any], Any]:
    """In the place of `_numbered`: names of index variables that sort in any order."""

    def named(value: Any) -> Any:
        names = sorted({text for text in certificates._strings(value) if is_index(text)})
        letters = random.Random(seed).sample("abcdefghijklmnopqrstuvwxyz", len(names))
        new = {name: f"%{letter}.-000" for name, letter in zip(names, letters, strict=True)}
        text = json.dumps(value)
        for name in names:
            text = text.replace(f'"{name}"', f'"{new[name]}"')
        return json.loads(text)

    return named


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", ["softmax, other index", "through the pooling", "kernel"])
def test_names_of_indices_may_sort_in_any_order(name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    good = certificate(name)
    monkeypatch.setattr(certificates, "_numbered", _shuffled(seed))
    (again,) = read(written(good))
    verify(again)
    with pytest.raises(Rejected):
        verify(replace(again, claim=replace(again.claim, right=again.claim.right + 1)))


def test_a_lemma_is_about_the_same_constraints_in_any_order_only() -> None:
    """i > j, k = j + n, k ≥ i + n contradict each other; with k ≥ j + n they do not, though they look alike."""
    a, b, c = (polynomial(f"%00{k}") for k in range(3))
    given = (at_least(a, b + 1), equal(c, b + n), at_least(c, a + n))
    turned = (at_least(b, c + n), Constraint(a + n - b, "=="), at_least(c, a + 1))
    other = (at_least(b, c + n), Constraint(c + n - b, "=="), at_least(c, a + 1))
    reason = domains._reason(given)
    assert reason is not None
    for constraints, known in ((given, True), (turned, True), (other, False)):
        lemmas = domains._Given({given: reason})
        assert lemmas.refuted(domains._key(constraints)) is known
        assert list(lemmas.used) == [given] * known
    assert not domains._Given({other: reason}).refuted(domains._key(other))


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
    (again,) = read(written(good))
    assert again.assumption is not None
    assert heads(again.assumption[0]) == ("y",)
    assert verify(again).assumptions == ()  # nothing of the environment's was used
    with pytest.raises(Rejected):
        verify(replace(again, assumption=None))


def test_only_the_verification_says_that_an_assumption_is_necessary() -> None:
    """``Σ y = 1`` is necessary for a·(Σ y) = a where a is not zero, and only there."""
    for nonzero, exact in ((frozenset({"a"}), True), (frozenset[str](), False)):
        env = environment(Quantity("y", (n,)), Quantity("a"), nonzero=nonzero)
        claim = KernelClaim(over(n, lambda t: entry("y", t)) * entry("a"), entry("a"), env)
        outcome = prove_equal(claim.left, claim.right, env, {})
        assert isinstance(outcome, Conditional) and outcome.exact is exact
        assert verify(certify(claim, outcome.proof, outcome.assumption)).exact is exact


@pytest.mark.parametrize("subject", ["-1", "1", "x", ""])
def test_a_certificate_can_not_assume_what_nobody_states(subject: str) -> None:
    claim = KernelClaim(gradient("z", i), entry("a", i) - entry("y", i), replace(CROSS, assumptions=()), {i: n})
    outcome = prove_equal(claim.left, claim.right, claim.environment, claim.free)
    assert isinstance(outcome, Conditional)
    good = certify(claim, outcome.proof, outcome.assumption)
    assert good.moves[-1] == Move("assume", "0")
    with pytest.raises(Rejected):
        verify(replace(good, moves=(*good.moves[:-1], Move("assume", subject))))


def test_names_of_a_file_never_meet_those_of_the_kernel() -> None:
    """An index of the file could otherwise equal one that is made up, or a slot of a closed body."""
    text = written(certificate("softmax, same index"))
    name = next(name for name in free_names(read(text)[0].claim.left) if name.startswith("%"))
    assert ".-00" in name
    for other in ("%i.000000001", "%s0", "%m0", "%000", "%"):
        with pytest.raises(CertificateError, match="index variable"):
            read(text.replace(name, other))


def test_the_same_claim_has_the_same_text_and_digest() -> None:
    """Whatever index variables were made up before; another claim has another."""
    first = certificate("kernel")
    claim = first.claim
    second = replace(first, claim=replace(claim, left=rename_apart(claim.left), right=rename_apart(claim.right)))
    assert first.claim != second.claim
    assert written(first) == written(second) and digest(first) == digest(second)
    facts = (*claim.environment.facts, at_least(n, 2))
    for other in (
        replace(claim, right=-claim.right), replace(claim, facts=facts), replace(claim, free={}),
        replace(claim, environment=replace(claim.environment, facts=facts)),
    ):  # fmt: skip
        assert digest(replace(first, claim=other)) != digest(first)
    assert digest(replace(first, assumption=(claim.left, claim.right))) != digest(first)
    assert digest(read(written(first))[0]) == digest(first)


X = ["Access", "x", ["()"]]
REFUSED: list[object] = [
    ["Popen", "x"], ["Number", 0.5], ["Number", ["/", "1e9"]], ["Number", ["/", "1/0"]], ["Access", "x"],
    ["Access", "x", 1], ["Access", "x", ["()", "n"]], ["Access", "", ["()"]], ["Access", " ", ["()"]],
    ["Access", "x\x1b[2J", ["()"]], ["Access", "%i.-000", ["()"]], ["Mul", ["()", 2]], ["Move", "split", ""],
    ["Sum", ["()", ["()", "n", ["+"]]], X], ["Sum", ["()"], 1], ["Add", True], [], [[]], 7, {"a": 1},
    ["Apply", "f", ["()", X], ["()", -1]], ["Compare", X, "<", X], ["Bracket", ["()", ["Constraint", ["+"], ">"]]],
    ["Size", ["+", [[""], "1"]]],
]  # fmt: skip


@pytest.mark.parametrize("left", REFUSED, ids=str)
def test_other_values_are_refused(left: object) -> None:
    names: dict[str, list[str]] = {"positive": [], "nonzero": [], "increasing": [], "below_one": []}
    empty = {"quantities": [], "functions": [], "loss": None, "facts": ["()"], "assumptions": [], **names}
    rest = {"right": X, "free": [], "facts": ["()"], "moves": ["()"], "lemmas": [], "assumption": None}

    def document(left: object) -> dict[str, object]:
        return {"environments": [empty], "certificates": [{"environment": 0, "left": left, **rest}]}

    assert decoded(document(X))
    with pytest.raises(CertificateError, match="certificate 1"):
        decoded(document(left))


OTHER_FILES = (
    "{}", "[]", "null", '"x"', '{"environments": [], "certificates": [{}]}',
    '{"environments": [{}], "certificates": []}', '{"environments": 1, "certificates": 2}',
)  # fmt: skip


@pytest.mark.parametrize("text", OTHER_FILES)
def test_other_files_are_refused(text: str) -> None:
    with pytest.raises(CertificateError):
        read(text)
