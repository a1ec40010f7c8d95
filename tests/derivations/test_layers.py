"""Steps of any layer that give the derivative together, by induction: each condition beside a twin that breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from networks import define, entry, over
from unrolled import by_steps, stepwise, unrolled

from verify_derivations.derivations import induction as trusted
from verify_derivations.derivations.composition import Composition, Gap, Uncomposed, claim_of
from verify_derivations.derivations.evaluate import Partial, evaluate
from verify_derivations.derivations.induction import Induction
from verify_derivations.derivations.layers import Layers, NoAscent, Numbering, Unlike, ascending
from verify_derivations.derivations.prove import Proof, prove_equal
from verify_derivations.derivations.refute import Refuted, refute
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint
from verify_derivations.formulas.expressions import Access, Scalar, delta, mul, power, scalar
from verify_derivations.formulas.polynomial import Polynomial, polynomial

l, L = polynomial("l"), polynomial("L")  # noqa: E741


def at(name: str, layer: Polynomial | int) -> str:
    return numbering().head(name, polynomial(layer))


def size(layer: Polynomial | int) -> Polynomial:
    n = numbering()
    return n._size("n_{l}", polynomial(layer)) if layer != l else polynomial("n_{l}")


def numbering() -> Numbering:
    places = [(name, layer) for name in "Wahz" for layer in (l - 1, l, l + 1, L - 1, L)]
    n = Numbering("l", "L", "J", {}, {"n_{l}": ("n_{#}", l)})
    for name, layer in places:
        n.head(name, layer)
    for layer in (l - 1, l + 1, L - 1, L):
        n._size("n_{l}", layer)
    return n


def weighted(layer: Polynomial, from_: str = "a") -> Quantity:
    """z = W a, where a is of the layer below."""
    before = size(layer - 1)
    return define(at("z", layer), (size(layer),), lambda i: over(
        before, lambda k: entry(at("W", layer), i, k) * entry(at(from_, layer - 1), k)))  # fmt: skip


def squared(layer: Polynomial) -> Quantity:
    """a = z², which exact arithmetic can follow."""
    return define(at("a", layer), (size(layer),), lambda i: power(entry(at("z", layer), i), 2))


LOSS = define("J", (), lambda: over(size(L), lambda i: power(entry(at("a", L), i) - entry("y", i), 2)))
LINEAR = define(at("a", L), (size(L),), lambda i: 3 * entry(at("z", L), i))
"""An output that is defined otherwise."""


def layers(*special: Quantity, loss: Quantity = LOSS, more: Iterable[Quantity] = ()) -> Layers:
    leaves = [Quantity("y", (size(L),)), Quantity(at("W", l), (size(l), size(l - 1)))]
    quantities = [*leaves, weighted(l), squared(l), *more, *special, loss]
    return Layers(Environment({q.head: q for q in quantities}, loss="J"), numbering())


def step(name: str, layer: Polynomial, body: Scalar, *indices: str) -> Quantity:
    extents = (size(layer), size(layer - 1))[: len(indices)]
    return Quantity(adjoint(at(name, layer), "J"), extents, indices, body)


def back(name: str, layer: Polynomial, *indices: str | Polynomial) -> Scalar:
    return entry(adjoint(at(name, layer), "J"), *indices)


STEPS = {
    "a": step("a", l, over(size(l + 1), lambda j: entry(at("W", l + 1), j, "%i") * back("z", l + 1, j)), "%i"),
    "z": step("z", l, 2 * entry(at("z", l), "%i") * back("a", l, "%i"), "%i"),
    "W": step("W", l, back("z", l, "%i") * entry(at("a", l - 1), "%j"), "%i", "%j"),
}
TOP = step("a", L, 2 * (entry(at("a", L), "%i") - entry("y", "%i")), "%i")
OUTPUT = step("z", L, 3 * back("a", L, "%i"), "%i")


def composed(net: Layers, steps: Mapping[str, Quantity] = STEPS, top: Iterable[Quantity] = (TOP,)) -> Composition:
    """The steps of the last layers: ``top``, and the generic ones where they hold. Raises :class:`Uncomposed` where
    they do not give the derivative by W at every layer."""
    induction = Induction(net, steps.values())
    found = {s.head: s for s in top}
    for head, (name, place) in induction.window.places.items():
        instance = induction.instance(name, place)
        if instance is not None:
            found.setdefault(adjoint(head, "J"), instance)
    composition = Composition(found.values(), induction.window.environment)
    induction.check("W", composition)
    return composition


def proved(quantity: Quantity, environment: Environment) -> bool:
    claim = claim_of(quantity, environment)
    return isinstance(prove_equal(claim.left, claim.right, environment, claim.free), Proof)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_proved_around_a_layer_and_then_at_each_of_the_last(name: str) -> None:
    net = layers()
    assert proved(STEPS[name], net.around(STEPS[name]))
    doubled = replace(STEPS[name], body=mul(scalar(2), STEPS[name].body))  # type: ignore[arg-type]
    assert not proved(doubled, net.around(doubled))
    induction = Induction(net, STEPS.values())
    there = [k for k in range(-4, 1) if induction.holds(name, k)]
    assert there == ([-4, -3, -2, -1] if name == "a" else [-4, -3, -2, -1, 0])
    for k in there:
        instance = induction.instance(name, k)
        assert instance is not None
        assert proved(instance, induction.window.environment), instance.head


def test_what_lies_beside_a_step_has_any_value_and_any_adjoint() -> None:
    """The adjoint of what a step needs, and the definitions below, are not looked at."""
    net = layers()
    around = net.around(STEPS["W"])
    assert around.quantities[at("a", l - 1)].body is None
    assert around.quantities[at("z", l)].opaque
    assert not proved(step("W", l, scalar(0), "%i", "%j"), around)


# -- the conditions of the induction ---------------------------------------------------------------------------------
def test_the_steps_give_the_derivative_at_every_layer() -> None:
    composition = composed(layers())
    chain = composition.chain(at("W", L - 1))
    assert chain == (at("a", L), at("z", L), at("a", L - 1), at("z", L - 1), at("W", L - 1))


def test_without_a_step_of_the_last_layer_there_is_a_gap() -> None:
    with pytest.raises(Gap, match="a"):
        composed(layers(), top=())


def test_without_a_generic_step_there_is_a_gap() -> None:
    with pytest.raises(Gap):
        composed(layers(), {name: s for name, s in STEPS.items() if name != "a"})


def test_a_step_that_needs_nothing_above_is_none() -> None:
    """a_l by a_{l-1}."""
    down = over(size(l - 1), lambda k: entry(at("W", l), "%i", k) * back("a", l - 1, k))
    with pytest.raises(Unlike, match="does not end"):
        composed(layers(), {**STEPS, "a": step("a", l, down, "%i")})


def test_a_circle_of_names_has_to_ascend() -> None:
    ascending({"a": [("z", 1)], "z": [("a", 0)], "h": [("a", -1)]})
    ascending({"a": [("z", 3)], "z": [("a", -2)]})
    for wrong in ({"a": [("z", 1)], "z": [("a", -1)]}, {"a": [("z", 0)], "z": [("a", 0)]}, {"a": [("a", 0)]},
                  {"a": [("b", 1)], "b": [("c", 1), ("a", 5)], "c": [("a", -2)]}):  # fmt: skip
        with pytest.raises(NoAscent) as circle:
            ascending(wrong)
        assert set(circle.value.names) <= set(wrong)


DOUBLED = define(at("h", l), (size(l),), lambda i: 2 * entry(at("a", l), i))
BY_H = {
    **STEPS,
    "a": step("a", l, 2 * back("h", l, "%i"), "%i"),
    "h": replace(STEPS["a"], head=adjoint(at("h", l), "J")),
    "W": step("W", l, back("z", l, "%i") * entry(at("h", l - 1), "%j"), "%i", "%j"),
}
AROUND = {**BY_H, "h": replace(BY_H["h"], body=(
    2 * over(size(l + 1), lambda j: entry(at("W", l + 1), j, "%i") * back("z", l + 1, j))
    - scalar(Fraction(1, 2)) * back("a", l, "%i")))}  # fmt: skip


def test_true_steps_around_a_circle_give_nothing() -> None:
    """h_l = 2·a_l: each is true, together they say nothing."""
    net = layers(weighted(l, "h"), more=[DOUBLED])
    assert all(proved(s, net.around(s)) for s in BY_H.values())
    composed(net, BY_H)
    assert not proved(AROUND["h"], net.around(AROUND["h"]))  # what it needs does not rest on h
    with pytest.raises(NoAscent):
        composed(net, AROUND)


@pytest.mark.parametrize("checked", [True, False])
def test_that_the_steps_ascend_is_seen_to_also_where_the_last_layers_use_others(
    checked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    net = layers(weighted(l, "h"), more=[DOUBLED])
    last_layers = composed(net, BY_H)
    if checked:
        with pytest.raises(NoAscent):
            Induction(net, AROUND.values()).check("W", last_layers)
    else:  # the planted defect
        monkeypatch.setattr(trusted, "ascending", lambda edges: None)
        Induction(net, AROUND.values()).check("W", last_layers)


# -- the border ------------------------------------------------------------------------------------------------------
def test_an_output_that_is_defined_otherwise_needs_its_own_step() -> None:
    net = layers(LINEAR)
    assert not Induction(net, STEPS.values()).holds("z", 0)
    assert Induction(net, STEPS.values()).holds("z", -1)
    with pytest.raises(Gap):
        composed(net)
    composition = composed(net, top=(TOP, OUTPUT))
    assert composition.chain(at("W", L))[:2] == (at("a", L), at("z", L))
    assert proved(OUTPUT, net.window(2).environment)
    same = layers(squared(L))  # the twin says what is said of every layer
    assert Induction(same, STEPS.values()).holds("z", 0)
    composed(same)


def test_without_the_comparison_at_the_border_a_false_step_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    net = layers(LINEAR)
    monkeypatch.setattr(Induction, "holds", lambda self, name, at: (name, at) in self.window.heads and at > -5)
    composed(net)
    wrong = Induction(net, STEPS.values()).instance("z", 0)
    assert wrong is not None
    claim = claim_of(wrong, net.window(1).environment)
    assert isinstance(refute(claim.left, claim.right, claim.environment, claim.free), Refuted)


def test_another_consumer_at_the_border() -> None:
    """J also rests on W_L: the step of W holds below."""
    more = define("J", (), lambda: over(size(L), lambda i: entry(at("a", L), i) + entry(at("W", L), i, polynomial(0))))
    net = layers(loss=more)
    induction = Induction(net, STEPS.values())
    assert (induction.holds("W", 0), induction.holds("W", -1)) == (False, True)
    ones = step("a", L, scalar(1), "%i")
    with pytest.raises(Gap):
        composed(net, top=[ones])
    of_w = back("z", L, "%i") * entry(at("a", L - 1), "%j") + delta(polynomial("%j"), 0)
    own = step("W", L, of_w, "%i", "%j")
    assert proved(own, net.window(2).environment)
    composed(net, top=[ones, own])


NAMED = define(at("h", l), (size(l),), lambda i: entry(at("a", l), i))
BY_NAME = {
    **STEPS,
    "a": step("a", l, back("h", l, "%i"), "%i"),
    "h": replace(STEPS["a"], head=adjoint(at("h", l), "J")),
}


def test_another_name_at_the_border_that_is_none() -> None:
    """h_l = a_l, but h_{L-1} = 2·a_{L-1}: the step of W with a_{l-1} for h_{l-1} holds below."""
    net = layers(weighted(l, "h"), more=[NAMED])
    assert all(proved(s, net.around(s)) for s in BY_NAME.values())
    found = Induction(net, BY_NAME.values())
    assert (found.holds("W", 0), found.holds("W", -1)) == (True, True)
    other = define(at("h", L - 1), (size(L - 1),), lambda i: 2 * entry(at("a", L - 1), i))
    net = layers(weighted(l, "h"), other, more=[NAMED])
    found = Induction(net, BY_NAME.values())
    assert (found.holds("W", 0), found.holds("W", -1)) == (False, True)
    wrong = net.numbering.moved(BY_NAME["W"], L)
    claim = claim_of(wrong, net.window(2).environment)
    assert isinstance(refute(claim.left, claim.right, claim.environment, claim.free), Refuted)


def test_steps_are_those_of_one_layer() -> None:
    net = layers()
    moved = net.numbering.moved(STEPS["z"], l + 1)
    assert net.generic(moved) == ("z", 1)
    for steps in ([moved], [STEPS["z"], STEPS["z"]], [replace(STEPS["z"], body=None)]):
        with pytest.raises(Uncomposed, match="not the step"):
            Induction(net, steps)


@pytest.mark.parametrize(("special", "why"), [
    (  # another first layer, by W
        define(at("z", 1), (size(1),), lambda i: entry(at("W", 1), i, polynomial(0))),
        "is not defined as at the other layers",
    ),
    (  # another generic one
        define(at("z", l + 1), (size(l + 1),), lambda i: entry(at("a", l), polynomial(0))),
        "is not defined alike",
    ),
    (  # what carries a fixed layer
        define(at("z", L), (size(L),), lambda i: entry(at("a", 0), i)),
        "is not one of the last layers",
    ),
    (  # the number of layers as a number
        define(at("a", L), (size(L),), lambda i: scalar(L) * entry(at("z", L), i)),
        "depends on L",
    ),
])  # fmt: skip
def test_layers_that_are_defined_in_other_ways_are_not_composed(special: Quantity, why: str) -> None:
    special_net = numbering()
    for name, layer in (("W", 1), ("z", 1), ("a", 0)):
        special_net.head(name, polynomial(layer))
    given = layers().environment
    environment = replace(given, quantities={**given.quantities, special.head: special})
    with pytest.raises(Unlike, match=why):
        composed(Layers(environment, special_net), top=(TOP, OUTPUT))


def test_an_input_of_its_own_is_no_obstacle() -> None:
    first = define(at("a", 0), (size(0),), lambda i: entry("x", i))
    names = numbering()
    names.head("a", polynomial(0))
    given = layers().environment
    environment = replace(given, quantities={**given.quantities, "x": Quantity("x", (size(0),)), first.head: first})
    composed(Layers(environment, names))


def test_only_every_other_layer_reaches_the_loss() -> None:
    """With z_l = W_l·a_{l-2}, the derivative by W_{L-1} is zero, and not what the steps of the others say."""
    before = size(l - 1)
    skip = define(at("z", l), (size(l),), lambda i: over(
        before, lambda k: entry(at("W", l), i, k) * entry(numbering().head("a", l - 2), k)))  # fmt: skip
    names = numbering()
    names.head("a", l - 2)
    given = layers().environment
    net = Layers(replace(given, quantities={**given.quantities, skip.head: skip}), names)
    steps = {**STEPS, "a": step("a", l, over(size(l + 2), lambda j: entry(numbering().head("W", l + 2), j, "%i")
                                             * entry(adjoint(numbering().head("z", l + 2), "J"), j)), "%i")}
    names.head("z", l + 2)
    names.head("W", l + 2)
    names._size("n_{l}", l + 2)
    with pytest.raises(Unlike, match="not known to hold at every layer"):
        composed(net, steps)


# -- by numbers ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("output", [(), (LINEAR,)])
@pytest.mark.parametrize("depth", [2, 3, 4])
@pytest.mark.parametrize("wrong", [False, True])
def test_the_steps_agree_with_the_derivative_of_the_unrolled_net(
    output: tuple[Quantity, ...], depth: int, wrong: bool
) -> None:
    net = layers(*output)
    steps = {**STEPS, "z": replace(STEPS["z"], body=3 * STEPS["z"].body)} if wrong else STEPS  # type: ignore[operator]
    composition = composed(net, steps, (TOP, OUTPUT) if output else (TOP,))
    truth, places = unrolled(net, depth)
    stepped = stepwise(Induction(net, steps.values()), composition, depth)
    widths = {f"n_{{{k}}}": (2, 1, 2, 2, 1)[k] for k in range(depth + 1)}
    values: dict[str, object] = {at("a", 0): [Fraction(k + 1, 2) for k in range(widths["n_{0}"])],
                                 "y": [Fraction(1, k + 3) for k in range(widths[f"n_{{{depth}}}"])]}  # fmt: skip
    for k in range(1, depth + 1):
        rows, columns = range(widths[f"n_{{{k}}}"]), range(widths[f"n_{{{k - 1}}}"])
        values[at("W", k)] = [[Fraction((3 * i + 2 * j + k) % 5, 3) - Fraction(11, 21) for j in columns] for i in rows]
    where = (polynomial("%i"), polynomial("%j"))
    for head, (name, k) in places.items():
        for index in np.ndindex(widths[f"n_{{{k}}}"], widths[f"n_{{{k - 1}}}"]) if name == "W" else ():
            indices = dict(zip(("%i", "%j"), index, strict=True))
            expected = evaluate(Partial(Access("J"), head, where), widths, values, indices, environment=truth)
            found = evaluate(Access(by_steps(head, "J"), where), widths, values, indices, environment=stepped)
            assert expected != 0
            assert (found == expected) is (not wrong or (k == depth and bool(output))), (head, index)
