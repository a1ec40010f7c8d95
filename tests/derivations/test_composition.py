"""Steps that give the derivative together, and those that do not: each condition beside a twin that breaks it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from counted import calls

from verify_derivations.derivations.composition import Circular, Composition, Gap, Likeness, Uncomposed, claim_of
from verify_derivations.derivations.kernel import Move
from verify_derivations.derivations.prove import Proof, prove_equal
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity, adjoint
from verify_derivations.formulas.expressions import Access, Scalar, apply, mul, polynomial, scalar, summation

N = polynomial("n")
I = ("%i",)  # noqa: E741
AT = (polynomial("%i"),)


def vector(head: str, body: Scalar | None = None) -> Quantity:
    return Quantity(head, (N,), I if body is not None else (), body)


def deep(layers: int) -> Environment:
    """a_0 → a_1 = w_1·a_0 → …, L = Σ a_n."""
    quantities = [vector("a0")]
    for k in range(1, layers + 1):
        quantities += [vector(f"w{k}"), vector(f"a{k}", mul(Access(f"w{k}", AT), Access(f"a{k - 1}", AT)))]
    loss = Quantity("L", (), (), summation([("%i", N)], Access(f"a{layers}", AT)))
    return Environment({q.head: q for q in (*quantities, loss)}, loss="L")


def step(head: str, body: Scalar) -> Quantity:
    return Quantity(adjoint(head, "L"), (N,), I, body)


def steps_of(layers: int) -> list[Quantity]:
    found = [step(f"a{layers}", scalar(1))]
    for k in range(layers, 0, -1):
        back = Access(adjoint(f"a{k}", "L"), AT)
        found += [step(f"w{k}", mul(back, Access(f"a{k - 1}", AT))), step(f"a{k - 1}", mul(back, Access(f"w{k}", AT)))]
    return found


def test_a_chain_ends_at_the_loss_and_each_step_is_proved() -> None:
    environment, steps = deep(3), steps_of(3)
    assert Composition(steps, environment).chain("w1") == ("a3", "a2", "a1", "w1")
    for each in steps:
        claim = claim_of(each, environment)
        assert isinstance(prove_equal(claim.left, claim.right, environment, claim.free), Proof), each.head


def test_a_missing_step_is_a_gap() -> None:
    environment = deep(3)
    steps = [s for s in steps_of(3) if s.head != adjoint("a2", "L")]
    composition = Composition(steps, environment)
    assert composition.chain("w3") == ("a3", "w3")  # the twin does not need it
    with pytest.raises(Gap, match="a2"):
        composition.chain("w1")


def test_true_steps_that_refer_to_each_other_give_nothing() -> None:
    """∂L/∂a_1 by ∂L/∂a_2 and ∂L/∂a_2 by ∂L/∂a_1 are both true where w_2 is not zero."""
    environment = deep(3)
    back = step("a2", Access(adjoint("a1", "L"), AT) / Access("w2", AT))
    claim = claim_of(back, environment)
    assert isinstance(prove_equal(claim.left, claim.right, environment, claim.free), Proof)
    steps = [back if s.head == back.head else s for s in steps_of(3)]
    with pytest.raises(Circular) as circle:
        Composition(steps, environment).chain("w1")
    assert set(circle.value.heads) == {"a1", "a2"}


@pytest.mark.parametrize(
    "wrong",
    [
        Quantity(adjoint("a3", "L"), (N,), ("%i",), Access("w3", (polynomial("%j"),))),  # another index
        Quantity(adjoint("a3", "L"), (N + 1,), ("%i",), scalar(1)),  # other entries
        Quantity(adjoint("a3", "L"), (N,), ("%i",), Access("v", AT)),  # an unknown quantity
        Quantity("a3", (N,), ("%i",), scalar(1)),  # no adjoint
        Quantity(adjoint("v", "L"), (N,), ("%i",), scalar(1)),  # of nothing known
    ],
)
def test_what_is_no_step_is_refused(wrong: Quantity) -> None:
    rest = [s for s in steps_of(3) if s.head != adjoint("a3", "L")]
    with pytest.raises(Uncomposed):
        Composition([wrong, *rest], deep(3))
    Composition([step("a3", scalar(1)), *rest], deep(3))


def test_an_adjoint_has_one_step() -> None:
    with pytest.raises(Uncomposed, match="two steps"):
        Composition([*steps_of(3), step("a3", scalar(2))], deep(3))


def test_a_deep_net_takes_a_step_a_layer() -> None:
    """Four times the layers take four times the work, and deeper than the stack is no obstacle."""

    def work(layers: int) -> int:
        environment, steps = deep(layers), steps_of(layers)
        assert len(Composition(steps, environment).chain("w1")) == layers + 1
        return calls(lambda: Composition(steps, environment).chain("w1"))

    assert work(2000) < 5 * work(500)
    assert len(Composition(steps_of(4000), deep(4000)).chain("w1")) == 4001


# -- the same proof elsewhere ------------------------------------------------------------------------------------
CLAIM = (Access(adjoint("a2", "L"), AT), mul(Access(adjoint("a3", "L"), AT), Access("w3", AT)))
MOVES = (Move("unfold", adjoint("a2", "L")),)


def with_quantity(environment: Environment, quantity: Quantity) -> Environment:
    return replace(environment, quantities={**environment.quantities, quantity.head: quantity})


def test_a_proof_holds_where_only_the_loss_is_another() -> None:
    curved = summation([("%k", N)], apply("exp", Access("a3", (polynomial("%k"),))))
    other = with_quantity(deep(3), Quantity("L", (), (), curved))
    assert Likeness(deep(3), other).carries_over(CLAIM, MOVES)
    assert isinstance(prove_equal(*CLAIM, other, {"%i": N}), Proof)


@pytest.mark.parametrize(
    "change",
    [
        vector("a3", mul(Access("w3", AT), Access("a2", AT), Access("a2", AT))),  # the consumer's definition
        vector("skip", Access("a2", AT)),  # another consumer
    ],
)
def test_a_proof_does_not_hold_where_what_it_reads_is_another(change: Quantity) -> None:
    other = with_quantity(deep(3), change)
    if change.head == "skip":
        total = Access("a3", AT) + Access("skip", AT)
        other = with_quantity(other, Quantity("L", (), (), summation([("%i", N)], total)))
    assert not Likeness(deep(3), other).carries_over(CLAIM, MOVES)
    assert not isinstance(prove_equal(*CLAIM, other, {"%i": N}), Proof)


def test_names_of_indices_do_not_matter_but_their_places_do() -> None:
    square = Quantity("m", (N, N), ("%a", "%b"), Access("x", (polynomial("%a"), polynomial("%b"))))
    renamed = Quantity("m", (N, N), ("%c", "%d"), Access("x", (polynomial("%c"), polynomial("%d"))))
    turned = Quantity("m", (N, N), ("%c", "%d"), Access("x", (polynomial("%d"), polynomial("%c"))))
    one, same, other = (Environment({"m": q}) for q in (square, renamed, turned))
    assert Likeness(one, same).alike("m")
    assert not Likeness(one, other).alike("m")


def test_what_was_found_to_be_unlike_stays_so() -> None:
    """Also asked for again, and by what rests on it."""
    twice, thrice = (vector("v", mul(scalar(k), Access("w1", AT))) for k in (2, 3))
    rests = vector("u", Access("v", AT))
    likeness = Likeness(*(Environment({"v": v, "u": rests}) for v in (twice, thrice)))
    assert [likeness.alike(name) for name in ("v", "v", "u", "u", "w1")] == [False, False, False, False, True]


def test_what_is_defined_in_one_of_two_is_not_alike() -> None:
    known = Environment({"v": vector("v", Access("w1", AT))})
    leaf, unknown = Environment({"v": vector("v")}), Environment()
    assert Likeness(known, replace(known)).alike("v")
    for one, other in ((known, unknown), (known, leaf), (leaf, unknown)):
        assert not Likeness(one, other).alike("v")
        assert not Likeness(other, one).alike("v")


def test_signs_facts_functions_and_assumptions_are_read_too() -> None:
    environment = replace(deep(3), assumptions=((Access("w1", AT), scalar(1)),))
    assert not Likeness(environment, replace(environment, positive=frozenset({"w3"}))).carries_over(CLAIM, MOVES)
    assert not Likeness(environment, deep(3)).carries_over(CLAIM, (*MOVES, Move("assume", "0")))
    assert Likeness(environment, deep(3)).carries_over(CLAIM, MOVES)
    f, g = (FunctionDefinition("f", ("z",), scalar(Fraction(k)) * Access("z")) for k in (1, 2))
    one, other = (replace(environment, functions={"f": each}) for each in (f, g))
    sides = (apply("f", Access("w3", AT)), scalar(0))
    assert Likeness(one, one).carries_over(sides, ())
    assert not Likeness(one, other).carries_over(sides, ())
