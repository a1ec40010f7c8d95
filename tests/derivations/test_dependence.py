"""The part of an environment on which a claim rests: all that it needs, and nothing that it does not."""

from __future__ import annotations

import pytest
from claims import CLAIMS
from networks import define, entry, environment, gradient

from verify_derivations.derivations.dependence import relevant
from verify_derivations.derivations.prove import Proof, prove_equal
from verify_derivations.formulas.definitions import FunctionDefinition, Quantity
from verify_derivations.formulas.expressions import NOUGHT, Size, apply, at_least, delta, mul
from verify_derivations.formulas.polynomial import polynomial

n, m, p, q = map(polynomial, "nmpq")
SIZES = (at_least(n, m), at_least(m, 2), at_least(p, q))
NET = environment(
    Quantity("x"),
    Quantity("w"),
    Quantity("b"),
    Quantity("far", (p,)),
    define("z", (), lambda: apply("f", entry("x"))),
    define("other", (), lambda: 2 * entry("x")),
    define("L", (), lambda: entry("z") * entry("z") + entry("b")),
    loss="L",
    functions={f.name: f for f in (
        FunctionDefinition("f", ("t",), entry("w") * entry("t")), FunctionDefinition("g", ("t",), NOUGHT),
    )},
    facts=SIZES,
    assumptions=((entry("w") + entry("b"), NOUGHT), (entry("far", q), NOUGHT)),
    positive=frozenset({"w", "far"}),
)  # fmt: skip


def test_a_quantity_brings_its_definition_and_nothing_else() -> None:
    found = relevant(NET, entry("z"))
    assert set(found.quantities) == {"z", "x", "w", "b"}  # b by what is stated of w
    assert set(found.functions) == {"f"} and found.positive == {"w"}
    assert found.assumptions == NET.assumptions[:1] and found.facts == ()


def test_a_derivative_brings_all_consumers() -> None:
    found = relevant(NET, gradient("x"))
    assert set(found.quantities) == {"x", "z", "other", "L", "w", "b"}
    assert found.consumers("x") == NET.consumers("x")
    assert "z" in relevant(NET, gradient("w")).quantities  # by the function


def test_facts_come_with_their_sizes_directly_or_through_others() -> None:
    assert relevant(NET, Size(n)).facts == relevant(NET, NOUGHT, sizes=frozenset("m")).facts == SIZES[:2]
    assert relevant(NET, mul(entry("x"), delta(p, q))).facts == SIZES[2:]
    assert relevant(NET, entry("far", polynomial(0))).facts == SIZES[2:]


@pytest.mark.parametrize("name", CLAIMS)
def test_what_is_relevant_is_enough(name: str) -> None:
    claim = CLAIMS[name]
    sizes = frozenset(s for extent in claim.free.values() for s in extent.names)
    part = relevant(claim.environment, claim.left, claim.right, sizes=sizes)
    whole = prove_equal(claim.left, claim.right, claim.environment, claim.free, claim.facts)
    found = prove_equal(claim.left, claim.right, part, claim.free, claim.facts)
    assert isinstance(whole, Proof) and isinstance(found, Proof)
    assert [c.kind for c in found.conditions] == [c.kind for c in whole.conditions]
