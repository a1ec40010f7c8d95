"""Steps through time: circles of steps that end at the last time, pieces of a step, and those that are none."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from verify_derivations.derivations import composition as trusted
from verify_derivations.derivations.composition import (
    Circular,
    Composition,
    Piece,
    Uncomposed,
    aligned,
    by_cases,
    claim_of,
    meets,
    rest_of,
)
from verify_derivations.derivations.differentiate import adjoint_step
from verify_derivations.derivations.evaluate import Interpreter
from verify_derivations.derivations.prove import Proof, prove_equal
from verify_derivations.derivations.recurrence import Edge, accesses, ascent, distance, guarded
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint
from verify_derivations.formulas.expressions import (
    UNIT,
    Access,
    Constraint,
    Polynomial,
    Scalar,
    apply,
    at_least,
    bracket,
    equal,
    less,
    map_accesses,
    mul,
    polynomial,
    power,
    rename_apart,
    summation,
)

T, t = polynomial("T"), polynomial("%t")
LAST = (equal(t, T - 1),)
BEFORE = (at_least(T - 2, t),)


def at(head: str, place: Polynomial | int = t) -> Access:
    return Access(head, (polynomial(place),))


def back(head: str, place: Polynomial | int = t) -> Access:
    return at(adjoint(head, "L"), place)


def environment() -> Environment:
    """z_t = w·h_{t-1} + x_t with h_{-1} = 0, h_t = tanh(z_t), L = Σ_t h_t²."""
    before = mul(bracket(at_least(t, 1)), Access("w"), at("h", t - 1))
    quantities = (
        Quantity("w"), Quantity("x", (T,)),
        Quantity("z", (T,), ("%t",), before + at("x")),
        Quantity("h", (T,), ("%t",), apply("tanh", at("z"))),
        Quantity("L", (), (), summation([("%t", T)], power(at("h"), 2))),
    )  # fmt: skip
    return Environment({q.head: q for q in quantities}, loss="L")


def step(head: str, body: Scalar) -> Quantity:
    return Quantity(adjoint(head, "L"), (T,), ("%t",), body)


END = Piece(step("h", 2 * at("h")), LAST)
THROUGH = Piece(step("h", 2 * at("h") + Access("w") * back("z", t + 1)), BEFORE)
OF_Z = step("z", back("h") * (1 - power(at("h"), 2)))
OF_W = Quantity(adjoint("w", "L"), (), (), summation([("%t", T)], bracket(at_least(t, 1)) * back("z") * at("h", t - 1)))


def derived(head: str, given: Environment) -> Quantity:
    """The step back along the definitions, where ∂L/∂L = 1."""
    found = adjoint_step(head, given)
    assert found is not None and found.body is not None
    return replace(found, body=map_accesses(found.body, lambda a: UNIT if a.head == adjoint("L", "L") else None))


def proved(piece: Piece) -> bool:
    claim = claim_of(piece.step, environment(), piece.where)
    return isinstance(prove_equal(claim.left, claim.right, claim.environment, claim.free, claim.facts), Proof)


# -- order ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("edges", "circle"), [
    ([("h", "z", 1), ("z", "h", 0)], ()),
    ([("h", "z", 0), ("z", "h", 0)], ("h", "z")),
    ([("h", "z", 2), ("z", "h", -1)], ()),
    ([("h", "z", 1), ("z", "h", -1)], ("h", "z")),
    ([("h", "z", 1), ("z", "h", 0), ("z", "z", 0)], ("z",)),
    ([("h", "z", 1), ("z", "h", None)], ("h", "z")),
    ([("h", "z", 1), ("z", "h", 0), ("w", "z", None)], ()),  # not on a circle
    ([("h", "z", 1), ("z", "h", 0), ("z", "h", -1)], ("h", "z")),
    ([("a", "b", 1), ("b", "c", 1), ("c", "a", -1)], ()),
    ([("a", "b", 1), ("b", "c", 1), ("c", "a", -2)], ("a", "b", "c")),
])  # fmt: skip
def test_along_each_circle_the_distances_have_a_positive_sum(edges: list[Edge], circle: tuple[str, ...]) -> None:
    found = ascent(edges)
    if circle:
        assert isinstance(found, tuple)
        assert set(found) == set(circle)
    else:
        assert isinstance(found, dict)
        scale = len(found) + 1
        assert all(found[a] < scale * d + found[b] for a, b, d in edges if d is not None)


def test_distances_are_seen_through_the_equations_on_which_a_product_rests() -> None:
    s = polynomial("%s")

    def far(body: Scalar) -> int | None:
        ((access, facts),) = ((a, f) for a, f in accesses(rename_apart(body)) if a.head == adjoint("z", "L"))
        return distance(access.indices[0] - t, facts)

    inner = summation([("%k", T)], bracket(equal(s, t + 1)) * at("w", "%k"))
    assert far(summation([("%s", T)], back("z", s) * inner)) == 1
    assert far(summation([("%s", T)], back("z", s) * (1 + bracket(equal(s, t + 1))))) is None  # not zero elsewhere
    assert far(summation([("%t", T)], back("z", t + 1))) is None  # another t
    assert far(bracket(equal(s, t + 1)) * summation([("%s", T)], back("z", s))) is None  # another s


# -- pieces -----------------------------------------------------------------------------------------------------------
def test_pieces_are_proved_where_they_hold() -> None:
    assert proved(END)
    assert proved(THROUGH)
    assert proved(Piece(OF_Z))
    assert not proved(Piece(END.step))  # it holds at the end only
    assert not proved(Piece(END.step, BEFORE))
    assert not proved(replace(THROUGH, step=step("h", 2 * at("h") - Access("w") * back("z", t + 1))))


def test_pieces_leave_nothing_out() -> None:
    assert rest_of([END, THROUGH], environment()) == ()
    whole = by_cases([END, THROUGH], environment())
    claim = claim_of(whole, environment())
    assert isinstance(prove_equal(claim.left, claim.right, claim.environment, claim.free), Proof)
    earlier = Piece(THROUGH.step, (at_least(T - 3, t),))
    for pieces in ([END], [THROUGH], [END, earlier], [THROUGH, earlier]):
        with pytest.raises(Uncomposed):
            by_cases(pieces, environment())
    assert by_cases([END, earlier, THROUGH], environment())


def test_without_looking_for_what_is_left_out_a_false_step_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last time alone would say that ∂L/∂h_t is zero before it."""
    monkeypatch.setattr(trusted, "rest_of", lambda pieces, environment: ())
    whole = by_cases([END], environment())
    claim = claim_of(whole, environment())
    assert not isinstance(prove_equal(claim.left, claim.right, claim.environment, claim.free), Proof)
    assert Composition([whole, OF_Z, OF_W], environment()).chain("w")


def test_pieces_are_of_one_quantity_with_the_same_indices() -> None:
    for other in (Piece(OF_Z), Piece(step("h", at("h")), BEFORE), aligned(THROUGH, ("%u",))):
        if other.step.head != END.step.head or other.step.indices != END.step.indices:
            with pytest.raises(Uncomposed):
                by_cases([END, other], environment())
    assert aligned(aligned(THROUGH, ("%u",)), ("%t",)) == THROUGH


@pytest.mark.parametrize(("constraint", "points"), [
    (less(t, T), range(-3, 9)), (equal(t, T - 1), range(-3, 9)), (Constraint(t - 2, "!="), range(-3, 9)),
    (Constraint(t * Fraction(1, 2), ">="), range(-3, 9)),
])  # fmt: skip
def test_one_of_the_negations_holds_where_a_constraint_does_not(constraint: Constraint, points: range) -> None:
    for value in points:
        point = {"%t": value, "T": 4}
        assert constraint.holds(point) != any(other.holds(point) for other in trusted.negated(constraint))


def test_whether_a_piece_says_something_of_the_rest() -> None:
    assert meets(END, rest_of([THROUGH], environment()), environment())
    assert not meets(THROUGH, rest_of([THROUGH], environment()), environment())


# -- composition ------------------------------------------------------------------------------------------------------
def test_steps_through_time_give_the_derivative() -> None:
    whole = by_cases([END, THROUGH], environment())
    composition = Composition([whole, OF_Z, OF_W], environment())
    assert set(composition.chain("w")) == {"h", "z", "w"}
    assert composition.chain("w")[-1] == "w"
    assert set(composition.chain("z")) == {"h", "z"}


@pytest.mark.parametrize("body", [
    2 * at("h") + Access("w") * back("z"),  # the same time
    2 * at("h") + Access("w") * back("z", 0),  # always the first
    2 * at("h") + summation([("%s", T)], back("z", polynomial("%s"))),
    2 * at("h") + bracket(*BEFORE) * Access("w") * back("z", t + 1) + back("z", t - 1),  # forwards and backwards
    2 * at("h") + Access("w") * back("z", t + 1),  # there is no z after the last
])  # fmt: skip
def test_circles_that_do_not_lead_to_the_last_time(body: Scalar) -> None:
    with pytest.raises(Circular) as circle:
        Composition([step("h", body), OF_Z, OF_W], environment()).chain("w")
    assert set(circle.value.heads) == {"h", "z"}


def test_a_recursion_that_runs_backwards_ends_at_the_first_time() -> None:
    given = environment()
    backwards = mul(bracket(less(t, T - 1)), Access("w"), at("h", t + 1)) + at("x")
    other = replace(given, quantities={**given.quantities, "z": Quantity("z", (T,), ("%t",), backwards)})
    assert set(Composition([derived(head, other) for head in "hzw"], other).chain("w")) == {"h", "z", "w"}


def test_derived_steps_compose_and_agree_with_the_derivative() -> None:
    given = environment()
    steps = [derived(head, given) for head in "hzwx"]
    composition = Composition(steps, given)
    assert set(composition.chain("x")) == {"h", "z", "x"}
    stated = [by_cases([END, THROUGH], given), OF_Z, OF_W]
    wrong = [by_cases([END, replace(THROUGH, step=step("h", 2 * at("h") + back("z", t + 1)))], given), OF_Z, OF_W]
    for chosen, right in ((steps, True), (stated, True), (wrong, False)):
        named = dict(given.quantities)
        for s in chosen:
            assert s.body is not None
            body = map_accesses(s.body, lambda a: Access("step " + a.head, a.indices) if "partial" in a.head else None)
            named["step " + s.head] = replace(s, head="step " + s.head, body=guarded(body))
        both = Interpreter(replace(given, quantities=named), {"T": 3}, lambda head, at: 3 if head == "w" else at[0] + 1)
        derivative = both.entry(adjoint("w", "L"))
        stepwise = both.entry("step " + adjoint("w", "L"))
        assert (abs(float(derivative) - float(stepwise)) < 1e-12) is right
