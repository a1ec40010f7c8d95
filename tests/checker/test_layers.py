"""What the gradient formulas of a net with any number of layers give together: true documents beside their twins."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from counted import calls
from judging import report_on
from unrolled import by_steps, stepwise, unrolled

from verify_derivations.checker import check
from verify_derivations.checker.case import prepare
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.layers import LayeredComposer
from verify_derivations.checker.nets import composition
from verify_derivations.checker.offers import composed
from verify_derivations.checker.programs import scopes
from verify_derivations.checker.text import print_report, to_string
from verify_derivations.checker.verdicts import Gradient, Net, Printed, Report, Verdict
from verify_derivations.derivations.composition import claim_of
from verify_derivations.derivations.evaluate import Partial, evaluate
from verify_derivations.derivations.layers import Layers
from verify_derivations.derivations.prove import Proof, prove_equal
from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.expressions import Access
from verify_derivations.formulas.polynomial import polynomial
from verify_derivations.formulas.scanner import Document, scan
from verify_derivations.formulas.world import Readings

WIDE = r"""# Any depth

Layer $l$ maps $a^{(l-1)} \in \mathbb{R}^{n_{l-1}}$ to $a^{(l)} \in \mathbb{R}^{n_l}$ by $z^{(l)} \in \mathbb{R}^{n_l}$,
for $l = 1, \dots, L$, with $W^{(l)} \in \mathbb{R}^{n_l \times n_{l-1}}$, $b^{(l)} \in \mathbb{R}^{n_l}$, and a target
$y \in \mathbb{R}^{n_L}$.
"""
SAME = WIDE.replace("n_{l-1}", "n").replace("n_l", "n").replace("n_L", "n")
DECAYED = WIDE + r"$\lambda \in \mathbb{R}$"
FORWARD = {
    "z": r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}",
    "a": r"a^{(l)} = \tanh(z^{(l)})",
    "J": r"J = \frac{1}{2} \|a^{(L)} - y\|^2",
}
BACKWARD = {
    "top": r"\frac{\partial J}{\partial a^{(L)}} = a^{(L)} - y",
    "da": r"\frac{\partial J}{\partial a^{(l)}} = W^{(l+1)\top} \frac{\partial J}{\partial z^{(l+1)}}",
    "dz": r"\frac{\partial J}{\partial z^{(l)}} = \frac{\partial J}{\partial a^{(l)}} "
    r"\circ (1 - a^{(l)} \circ a^{(l)})",
    "dW": r"\frac{\partial J}{\partial W^{(l)}} = \frac{\partial J}{\partial z^{(l)}} a^{(l-1)\top}",
    "db": r"\frac{\partial J}{\partial b^{(l)}} = \frac{\partial J}{\partial z^{(l)}}",
}
OUTPUT = {
    "p": r"p = \mathrm{softmax}(z^{(L)})",
    "J": r"J = -\sum_{i=1}^{n_L} y_i \log p_i",
    "sum": r"\sum_{i=1}^{n_L} y_i = 1",
    "top": r"\frac{\partial J}{\partial z^{(L)}} = p - y",
}
ANOTHER = r"a_i^{(L)} = \frac{\exp(z_i^{(L)})}{\sum_{j=1}^{n_L} \exp(z_j^{(L)})}"
SOFTMAX = {
    **OUTPUT, "p": "", "J": OUTPUT["J"].replace("p_i", "a_i^{(L)}"),
    "top": r"\frac{\partial J}{\partial z^{(L)}} = a^{(L)} - y",
}  # fmt: skip
RESIDUAL = {
    "a": r"a^{(l)} = \tanh(z^{(l)}) + a^{(l-1)}",
    "da": BACKWARD["da"] + r" + \frac{\partial J}{\partial a^{(l+1)}}",
    "dz": BACKWARD["dz"].replace(r"a^{(l)} \circ a^{(l)}", r"\tanh(z^{(l)}) \circ \tanh(z^{(l)})"),
}
FAR = {
    "z": r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)} + a^{(l-2)}",
    "da": BACKWARD["da"] + r" + \frac{\partial J}{\partial z^{(l+2)}}",
    "last": r"\frac{\partial J}{\partial a^{(L-1)}} = W^{(L)\top} \frac{\partial J}{\partial z^{(L)}}",
}


PENALTY = r"\sum_{l=1}^{L} \|W^{(l)}\|^2"
DECAY = {
    "J": FORWARD["J"] + rf" + \frac{{\lambda}}{{2}} {PENALTY}", "dW": BACKWARD["dW"] + r" + \lambda W^{(l)}",
    "dc": rf"\frac{{\partial J}}{{\partial \lambda}} = \frac{{1}}{{2}} {PENALTY}",
}  # fmt: skip
SQUARED = {  # of which no step is stated
    "S": rf"S = {PENALTY} + \sum_{{i=1}}^{{n_L}} y_i", "J": FORWARD["J"] + r" + \frac{\lambda}{4} S^2", "dW": "",
}  # fmt: skip


def document(changes: Mapping[str, str] | None = None, *, head: str = WIDE, first: str = "") -> Document:
    """The net with some formulas changed, or left out where they are empty; ``first`` stands before the others."""
    lines = {"first": first, **FORWARD, **BACKWARD}
    changed = {**lines, **(changes or {})}
    return scan(head + "".join(f"\n$$ {line} $$\n" for line in changed.values() if line), "depth.md")


def net(given: Document | Path) -> tuple[Report, Net]:
    report = check(given)
    assert len(report.nets) == 1, report.remarks
    return report, report.nets[0]


def by(found: Net, parameter: str) -> Gradient:
    return next(g for g in found.gradients if g.parameter == parameter)


def number(report: Report, part: str) -> int:
    return next(f.number for f in report.formulas if f.latex.strip().startswith(part))


def kinds(gradient: Gradient) -> dict[str, str]:
    return {step.by: step.kind for step in gradient.steps}


def same(found: Net) -> bool:
    return {(g.printed, g.verdict) for g in found.gradients} == {(Printed.SAME, Verdict.PROVED)}


# -- true documents --------------------------------------------------------------------------------------------------
def test_a_net_of_any_depth() -> None:
    report, found = net(document())
    assert [g.parameter for g in found.gradients] == ["W^{(l)}", "b^{(l)}"]
    assert same(found)
    assert "every layer $l$ and any $L$, by induction" in found.message
    assert kinds(by(found, "W^{(l)}")) == dict.fromkeys(("a^{(L)}", "a^{(l)}", "z^{(l)}", "W^{(l)}"), "stated")
    text = to_string(partial(print_report, report), None)
    assert "holds for every layer l and any L, by induction" in " ".join(text.split())
    assert not report.derived


def test_a_document_with_wrong_formulas_beside_the_right_ones() -> None:
    """tests/documents/deep_network.tex says each thing twice, once wrong: the right ones are taken."""
    _, found = net(Path(__file__).parents[1] / "documents" / "deep_network.tex")
    assert same(found)
    assert composition(by(found, "W^{(l)}")) == "by 13, 15, 18"


@pytest.mark.parametrize(("changes", "head", "first"), [
    (OUTPUT, WIDE, ""), (SOFTMAX, WIDE, ANOTHER), (RESIDUAL, SAME, ""), (FAR, SAME, ""),
    ({"J": FORWARD["J"], "input": r"a^{(0)} = x"}, WIDE + r"$x \in \mathbb{R}^{n_0}$", ""),
])  # fmt: skip
def test_outputs_residuals_and_inputs(changes: dict[str, str], head: str, first: str) -> None:
    _, found = net(document(changes, head=head, first=first))
    assert same(found), found


@pytest.mark.parametrize("size", ["n^{(%s)}", "n^{[%s]}", "n^{%s}", "d_{%s}"])
def test_sizes_are_numbered_as_layers_are(size: str) -> None:
    head = WIDE
    for layer, written in (("l-1", "n_{l-1}"), ("l", "n_l"), ("L", "n_L")):
        head = head.replace(written, size % layer)
    _, found = net(document(head=head))
    assert same(found)
    wrong = BACKWARD["dW"].replace("(l-1)", "(l)")
    report = check(document({"dW": wrong}, head=head))
    assert report.formula(number(report, wrong)).verdict.wrong


def test_a_last_layer_without_a_layer() -> None:
    head = WIDE.replace(r"y \in \mathbb{R}^{n_L}", r"y \in \mathbb{R}^{k}") + r"$V \in \mathbb{R}^{k \times n_L}$"
    changes = {
        "o": r"o = V a^{(L)}", "J": r"J = \frac{1}{2} \|o - y\|^2", "top": r"\frac{\partial J}{\partial o} = o - y",
        "dV": r"\frac{\partial J}{\partial V} = \frac{\partial J}{\partial o} a^{(L)\top}",
        "daL": r"\frac{\partial J}{\partial a^{(L)}} = V^\top \frac{\partial J}{\partial o}",
    }  # fmt: skip
    _, found = net(document(changes, head=head))
    assert same(found)
    assert [g.parameter for g in found.gradients] == ["W^{(l)}", "b^{(l)}", "V"]


def test_an_assumption_is_one_of_every_layer() -> None:
    _, found = net(document({**OUTPUT, "sum": ""}))
    assert {g.verdict for g in found.gradients} == {Verdict.CONDITIONAL}
    assert all(g.assumptions for g in found.gradients)


def test_a_loss_in_two_variants() -> None:
    """What one says of the last layer is not asked for in the other."""
    forward = [FORWARD["z"], FORWARD["a"]]
    losses = [[FORWARD["J"], BACKWARD["top"]], [OUTPUT[key] for key in ("p", "J", "sum", "top")]]
    backward = [BACKWARD[key] for key in ("da", "dz", "dW", "db")]
    words = ["", "For **Euclidean** loss:", "For **cross-entropy** loss:", "For both losses:"]
    text = "".join(f"\n{word}\n" + "".join(f"\n$$ {line} $$\n" for line in lines)
                   for word, lines in zip(words, [forward, *losses, backward], strict=True))  # fmt: skip
    report = check(scan(WIDE + text, "losses.md"))
    assert [found.variant for found in report.nets] == ["Euclidean", "cross-entropy"]
    euclidean, entropy = report.nets
    assert same(euclidean)
    assert same(entropy)
    assert "a^{(L)}" in kinds(by(euclidean, "W^{(l)}"))
    assert "z^{(L)}" in kinds(by(entropy, "W^{(l)}"))


@pytest.mark.parametrize("further", [False, True])
def test_what_lies_beyond_the_last_layer_has_no_part_in_the_loss(further: bool) -> None:
    """With a connection over two layers, z^{(L+1)} and z^{(L+2)} would rest on a^{(L)}, if the net went on: as it does
    where the loss also rests on a^{(L+1)}."""
    more = r" + \frac{1}{2} \|a^{(L+1)}\|^2" if further else ""
    report = check(document({**FAR, "J": FORWARD["J"] + more}, head=SAME))
    top = report.formula(number(report, BACKWARD["top"]))
    assert (top.verdict is Verdict.PROVED) is not further
    later = document({"a": r"a^{(l)} = \tanh(z^{(l)}) + u^{(l+1)}", "u": r"u^{(l+1)} = 2 z^{(l)}"},
                     head=SAME + r"$u^{(l)} \in \mathbb{R}^{n}$")  # fmt: skip
    wrong = check(later)
    assert wrong.formula(number(wrong, BACKWARD["dz"])).verdict is not Verdict.PROVED


# -- twins -----------------------------------------------------------------------------------------------------------
def test_without_a_formula_of_the_last_layer_it_is_derived_and_offered() -> None:
    report, found = net(document({"top": ""}))
    gradient = by(found, "W^{(l)}")
    assert (gradient.printed, gradient.verdict) == (Printed.NOT_STATED, Verdict.PROVED)
    assert "a^{(L)}" in gradient.reason
    assert kinds(gradient)["a^{(L)}"] == "derived"
    (offer,) = report.derived
    again, found = net(document({"top": offer.latex}))
    assert same(found)
    assert not again.derived


@pytest.mark.parametrize(("changes", "first"), [({**OUTPUT, "top": ""}, ""), ({**SOFTMAX, "top": ""}, ANOTHER)])
def test_the_step_of_a_hidden_layer_is_not_taken_for_another_output(changes: dict[str, str], first: str) -> None:
    _, found = net(document(changes, first=first))
    gradient = by(found, "W^{(l)}")
    assert kinds(gradient)["z^{(L)}"] == "derived"
    assert kinds(gradient)["z^{(l)}"] == "stated"
    assert gradient.printed is Printed.NOT_STATED


@pytest.mark.parametrize(("key", "wrong"), [
    ("da", r"\frac{\partial J}{\partial a^{(l)}} = -W^{(l+1)\top} \frac{\partial J}{\partial z^{(l+1)}}"),
    ("dz", r"\frac{\partial J}{\partial z^{(l)}} = \frac{\partial J}{\partial a^{(l)}} \circ (1 - a^{(l)})"),
    ("top", r"\frac{\partial J}{\partial a^{(L)}} = y - a^{(L)}"),
])  # fmt: skip
def test_a_wrong_formula_with_a_right_correction_or_derivation(key: str, wrong: str) -> None:
    report, found = net(document({key: wrong}))
    for gradient in found.gradients:
        assert (gradient.printed, gradient.verdict) == (Printed.WRONG, Verdict.PROVED)
        assert gradient.number == number(report, wrong)
        assert {"corrected", "derived"} & set(kinds(gradient).values())


def test_shapes_that_clash_at_every_layer_are_ill_formed() -> None:
    wrong = BACKWARD["dW"].replace("l-1", "l")
    report, found = net(document({"dW": wrong}))
    weights, bias = by(found, "W^{(l)}"), by(found, "b^{(l)}")
    assert (weights.printed, weights.number, weights.verdict) == (
        Printed.ILL_FORMED, number(report, wrong), Verdict.PROVED,
    )  # fmt: skip
    assert bias.printed is Printed.SAME


def test_a_residual_that_is_forgotten_is_wrong() -> None:
    report, found = net(document({**RESIDUAL, "da": BACKWARD["da"]}, head=SAME))
    for gradient in found.gradients:
        assert (gradient.printed, gradient.number) == (Printed.WRONG, number(report, BACKWARD["da"]))
        assert kinds(gradient)["a^{(l)}"] != "stated"


def test_a_connection_over_two_layers_is_another_at_the_last_but_one() -> None:
    _, found = net(document({**FAR, "last": ""}, head=SAME))
    for gradient in found.gradients:
        assert kinds(gradient)["a^{(L-1)}"] == "derived"
        assert gradient.printed is Printed.NOT_STATED
        assert gradient.verdict is Verdict.PROVED


@pytest.mark.parametrize("wrong", [
    r"\frac{\partial J}{\partial a^{(l)}} = W^{(l)} \frac{\partial J}{\partial a^{(l-1)}}",  # the wrong way
    r"\frac{\partial J}{\partial a^{(l)}} = \frac{\partial J}{\partial a^{(l)}}",  # around itself
])  # fmt: skip
def test_a_step_that_does_not_lead_to_the_last_layer_is_not_taken(wrong: str) -> None:
    _, found = net(document({"da": wrong}, head=SAME))
    gradient = by(found, "W^{(l)}")
    assert kinds(gradient)["a^{(l)}"] != "stated"
    assert gradient.printed is not Printed.SAME
    assert gradient.verdict is Verdict.PROVED


def test_true_formulas_around_a_circle_are_not_taken() -> None:
    changes = {
        "h": r"h^{(l)} = 2 a^{(l)}", "z": FORWARD["z"].replace("a", "h"), "dW": BACKWARD["dW"].replace("a^", "h^"),
        "da": r"\frac{\partial J}{\partial a^{(l)}} = 2 \frac{\partial J}{\partial h^{(l)}}",
    }  # fmt: skip
    half = r"\frac{\partial J}{\partial h^{(l)}} = \frac{1}{2} \frac{\partial J}{\partial a^{(l)}}"
    right = BACKWARD["da"].replace("a^{(l)}", "h^{(l)}")
    report, found = net(document({**changes, "dh": half}))
    assert report.formula(number(report, half)).verdict is Verdict.PROVED
    gradient = by(found, "b^{(l)}")
    assert (kinds(gradient)["h^{(l)}"], gradient.printed, gradient.number) == (
        "derived", Printed.OPEN, number(report, half),
    )  # fmt: skip
    assert same(net(document({**changes, "dh": right}))[1])


@pytest.mark.parametrize(("changes", "head", "first", "why"), [
    ({}, SAME, r"z^{(L)} = W^{(1)} a^{(L-1)}", "W^{(1)}"),  # weights of the first layer, used again
    ({}, SAME + r"$x \in \mathbb{R}^{n}$", r"z^{(1)} = W^{(1)} x", "z^{(1)}"),
    ({"again": r"a^{(L)} = \tanh(-z^{(L)})"}, WIDE, "", "says otherwise"),
    ({"z": r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)} + a^{(1)}"}, SAME, "", "a^{(1)}"),
    ({}, WIDE + r"Try $L = 1, \dots, M$.", "", "also a counter"),
    ({}, WIDE.replace("n_{l-1}", "n_{l-1,2}").replace("n_l", "n_{l,2}").replace("n_L", "n_{L,2}"), "", "the size"),
])  # fmt: skip
def test_what_is_not_certain_is_not_composed(changes: dict[str, str], head: str, first: str, why: str) -> None:
    _, found = net(document(changes, head=head, first=first))
    assert not found.gradients
    assert why in found.message


def test_a_layer_that_is_not_reached_by_every_other() -> None:
    """Only every other layer has a part in J."""
    changes = {"z": FORWARD["z"].replace("l-1", "l-2"), "dW": BACKWARD["dW"].replace("l-1", "l-2"),
               "da": BACKWARD["da"].replace("l+1", "l+2")}  # fmt: skip
    _, found = net(document(changes, head=SAME))
    assert {g.verdict for g in found.gradients} == {Verdict.UNDECIDED}
    assert all("not known to hold" in g.message for g in found.gradients)


@pytest.mark.parametrize("first", ["", r"x^{(0)} = u"])
def test_another_name_is_looked_through_where_it_is_one_at_every_layer(first: str) -> None:
    """With x^{(0)} = u, which is not a^{(0)}, the formula by a does not hold at the first layer."""
    head = WIDE + r"$x^{(l)} \in \mathbb{R}^{n_l}$, $u \in \mathbb{R}^{n_0}$"
    changes = {"z": FORWARD["z"].replace("a", "x"), "x": r"x^{(l)} = a^{(l)}"}
    _, found = net(document(changes, head=head, first=first))
    gradient = by(found, "W^{(l)}")
    assert kinds(gradient)["W^{(l)}"] == ("derived" if first else "stated")
    assert gradient.printed is (Printed.OPEN if first else Printed.SAME)
    assert gradient.verdict is Verdict.PROVED


def test_weight_decay_of_all_layers() -> None:
    _, found = net(document(DECAY, head=DECAYED))
    assert same(found)
    assert [g.parameter for g in found.gradients] == ["W^{(l)}", "b^{(l)}", "\\lambda"]
    assert kinds(by(found, "W^{(l)}"))["W^{(l)}"] == "stated"
    for wrong in ("", r" + 2 \lambda W^{(l)}", r" - \lambda W^{(l)}"):
        _, found = net(document({**DECAY, "dW": BACKWARD["dW"] + wrong}, head=DECAYED))
        assert by(found, "W^{(l)}").printed is Printed.WRONG
        assert kinds(by(found, "W^{(l)}"))["W^{(l)}"] != "stated"
        assert by(found, "b^{(l)}").printed is Printed.SAME
    shared = {**DECAY, "J": FORWARD["J"] + r" + \sum_{l=1}^{L} \frac{\lambda}{2} \|W^{(l)}\|^2", "dc": ""}
    _, found = net(document(shared, head=DECAYED))
    assert by(found, "W^{(l)}").printed is Printed.SAME


def test_what_all_layers_share_is_not_composed() -> None:
    head = WIDE + r"$c \in \mathbb{R}$"
    changes = {"z": r"z^{(l)} = c W^{(l)} a^{(l-1)} + b^{(l)}", "dc": r"\frac{\partial J}{\partial c} = 0"}
    _, found = net(document(changes, head=head))
    assert by(found, "c").verdict is Verdict.UNDECIDED
    assert "used at every layer" in by(found, "c").message
    assert by(found, "b^{(l)}").verdict is Verdict.PROVED


# -- the steps themselves --------------------------------------------------------------------------------------------
@cache
def composer(name: str) -> LayeredComposer:
    case = prepare(NETS[name], Effort())
    found = composed(case, check(NETS[name]).formulas, Readings(), next(scopes(case, Readings())))
    assert isinstance(found, LayeredComposer)
    return found


NETS = {
    "plain": document(), "softmax": document(SOFTMAX, first=ANOTHER), "output": document(OUTPUT),
    "residual": document(RESIDUAL, head=SAME), "far": document(FAR, head=SAME),
    "decay": document(DECAY, head=DECAYED), "squared": document(SQUARED, head=DECAYED),
    "far decay": document({**FAR, **DECAY}, head=SAME + r"$\lambda \in \mathbb{R}$"),
}  # fmt: skip


@pytest.mark.parametrize("name", NETS)
def test_every_step_is_proved_again_in_the_last_layers(name: str) -> None:
    """Also those that were proved around a layer, at each layer where they are said to hold."""
    found = composer(name)
    for taken in found.steps.values():
        claim = claim_of(taken.step, found.environment)
        assert isinstance(prove_equal(claim.left, claim.right, claim.environment, claim.free), Proof), taken.step.head
    assert len(found.steps) > 8


def test_a_step_without_the_summand_of_its_layer_is_proved_only_if_that_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weights = r"\frac{\partial J}{\partial W^{(l)}}"
    (without, _), (whole, _) = (composer(name).stated[weights][0] for name in ("plain", "decay"))
    layers = composer("decay").layers

    def holds(step: Quantity | None) -> bool:
        assert step is not None
        claim = claim_of(step, layers.around(step))
        return isinstance(prove_equal(claim.left, claim.right, claim.environment, claim.free), Proof)

    assert (holds(whole), holds(without)) == (True, False)
    monkeypatch.setattr(Layers, "sums_at", lambda self, nodes: {})
    assert (holds(whole), holds(without)) == (False, True)


@pytest.mark.parametrize("depth", [2, 3, 4, 9])
@pytest.mark.parametrize("name", NETS)
def test_the_steps_agree_with_the_derivative_of_the_unrolled_net(name: str, depth: int) -> None:
    """Of nine layers, the first are below all that the base of the induction shows."""
    found = composer(name)
    assert found.induction.deep.start > -8
    truth, places = unrolled(found.layers, depth)
    stepped = stepwise(found.induction, found.composition, depth)
    sizes = {f"n_{{{k}}}": 2 + k % 2 for k in range(-1, depth + 1)} | {"n": 2}
    values: dict[str, Any] = {}
    for k, (head, quantity) in enumerate(sorted(truth.quantities.items())):
        if quantity.body is None:
            shape = [int(extent.evaluate(sizes)) for extent in quantity.extents]
            raw = np.arange(1, 1 + np.prod(shape, dtype=int)).reshape(shape) * 7 + 3 * k
            values[head] = _tenths((raw % 11 - 5).tolist())
    last = [Fraction(k + 1) for k in range(len(values["y"]))]
    values["y"] = [each / sum(last) for each in last]  # as a document with softmax assumes
    checked = 0
    for head, (parameter, layer) in places.items():
        if parameter not in found.names or layer < 1:
            continue
        where = tuple(polynomial(f"%{x}") for x, _ in zip("ij", truth.quantities[head].extents, strict=False))
        for index in np.ndindex(*(int(extent.evaluate(sizes)) for extent in truth.quantities[head].extents)):
            indices = dict(zip(("%i", "%j"), index, strict=False))
            expected = evaluate(Partial(Access("J"), head, where), sizes, values, indices, environment=truth)
            by_step = evaluate(Access(by_steps(head, "J"), where), sizes, values, indices, environment=stepped)
            assert abs(float(by_step - expected)) < 1e-12, (head, index)
            checked += abs(expected) > 1e-6
    assert checked > 2 * depth


def _tenths(value: Any) -> Any:
    return [_tenths(v) for v in value] if isinstance(value, list) else Fraction(value, 10)


# -- notes on the layers of a net, without its loss ------------------------------------------------------------------
COLUMNS = r"""# A net

For layers $l = 1, \dots, L$ with $W^{[l]} \in \mathbb{R}^{n^{[l]} \times n^{[l-1]}}$, $b^{[l]} \in
\mathbb{R}^{n^{[l]}}$ and $A^{[l]} \in \mathbb{R}^{n^{[l]} \times m}$:

$$Z^{[l]} = W^{[l]} A^{[l-1]} + b^{[l]}$$
$$A^{[l]} = g^{[l]}(Z^{[l]})$$
"""


GRADIENTS = (
    r"dZ^{[l]} = dA^{[l]} * g^{[l]\prime}(Z^{[l]})",
    r"dA^{[l-1]} = W^{[l]T} dZ^{[l]}",
    r"dW^{[l]} = \frac{1}{m} dZ^{[l]} A^{[l-1]T}",
    r"db^{[l]} = \frac{1}{m} \sum_{i=1}^m dZ^{[l](i)}",
)


def test_gradients_by_custom_of_a_loss_that_is_not_written() -> None:
    """Where dW is divided by m, dZ holds the gradients of the examples."""
    wrong = (
        r"dZ^{[l]} = dA^{[l]} * g^{[l]\prime}(A^{[l]})",
        r"dA^{[l-1]} = W^{[l]} dZ^{[l]}",
        r"dW^{[l]} = dZ^{[l]} A^{[l-1]T}",
        r"db^{[l]} = \frac{1}{m} \sum_{i=1}^m dA^{[l](i)}",
    )
    found = check(scan(COLUMNS + "\n".join(f"\n$${row}$$" for row in (*GRADIENTS, *wrong)))).formulas[-8:]
    assert [f.verdict for f in found[:4]] == [Verdict.PROVED] * 4, [f.message for f in found[:4]]
    assert all("J the loss that is not written" in " ".join(f.remarks) for f in found[:4])
    assert all(f.verdict.wrong for f in found[4:]), [f.message for f in found[4:]]


@pytest.mark.parametrize(("name", "verdict"), [("dZ", Verdict.PROVED), ("dA", Verdict.REFUTED)])
def test_the_shape_of_the_input_is_that_of_every_layer(name: str, verdict: Verdict) -> None:
    """Of A^{[l]} only A^{[0]} is declared: with a column for each example."""
    text = COLUMNS.replace(r"$A^{[l]} \in", r"$A^{[0]} = X \in").replace(r"\mathbb{R}^{n^{[l]} \times m}", "SPACE")
    text = text.replace("SPACE", r"\mathbb{R}^{n^{[0]} \times m}") + "\n".join(f"\n$${row}$$" for row in GRADIENTS[:3])
    claim = check(scan(f"{text}\n\n$${GRADIENTS[3].replace('dZ', name)}$$")).formulas[-1]
    assert claim.verdict is verdict


def test_layers_without_shapes_are_not_looked_through_in_all_ways() -> None:
    """dA^{[l-1]} leads upwards, Z^{[l]} downwards, and each asks twice for the shape of the next: 2^layers ways."""
    head, forward = COLUMNS.split(":\n", 1)
    text = head[: head.index("with")] + r"with $A^{[l]} \in \mathbb{R}^{n^{[l]} \times m}$, $A^{[0]} = X$:"
    case = prepare(scan(f"{text}\n{forward}" + "\n".join(f"\n$${row}$$" for row in GRADIENTS)), Effort())
    assert calls(lambda: case.definitions((), None, Readings())) < 1_000_000


@pytest.mark.parametrize("letter", ["l", "\\ell"])
@pytest.mark.parametrize("declared", [
    "", "for $LETTER = 1, \\dots, L$,", "The layers are $LETTER = 0, 1, \\dots, L$.",
    "Let $x = (x_1, \\dots, x_{d_0})^\\top \\in \\mathbb{R}^{d_0}$, $a_i^{(0)} = x_i$, and"
    " $b^{(LETTER)} \\in \\mathbb{R}^{d_LETTER}$ for $LETTER = 1, \\dots, L$.",
])  # fmt: skip
def test_layers_of_units_are_counted_by_either_letter(letter: str, declared: str) -> None:
    net = (
        r"$$ z_i^{(LETTER)} = \sum_{j=1}^{d_{LETTER-1}} w^{(LETTER)}_{i,j} a^{(LETTER-1)}_j + b_i^{(LETTER)}, \quad"
        r" a_i^{(LETTER)} = \sigma(z_i^{(LETTER)}) $$"
    )
    slope = r"$$ \frac{\partial z_i^{(LETTER)}}{\partial w_{i,j}^{(LETTER)}} = a_j^{(LETTER%s)} $$"
    for layer, holds in (("-1", True), ("", False)):
        text = f"{declared}\n\n{net}\n\n{slope % layer}\n".replace("LETTER", letter)
        verdict = report_on(text, "units.md").formulas[-1].verdict
        assert (verdict is Verdict.PROVED) is holds


TWO_IN_ONE = r"""Let $a^{[0]} = x$ and, for $l = 1, \dots, L$,

$$z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}, \qquad a^{[l]} = g(z^{[l]}),$$

with $W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}$, and $C = \frac12 \|a^{[L]} - y\|^2$.
With $\delta^{[l]} = \partial C/\partial z^{[l]}$,

$$\delta^{[L]} = (a^{[L]} - y) \odot g'(z^{[L]})$$

$$\delta^{[l]} = (W^{[l+1]})^\top \delta^{[l+1]} \odot g'(z^{[l]})$$

$$\frac{\partial C}{\partial W^{[l]}} = \delta^{[l]} (a^{[l-1]})^\top$$

$$\delta^{[L]} = (a^{[L]} - y) \odot g(z^{[L]})$$

$$\frac{\partial C}{\partial W^{[l]}} = \delta^{[l]} (a^{[l]})^\top$$
"""


def test_both_definitions_of_a_layer_in_one_display() -> None:
    """The one waits for the other, not for itself: right gradients were ill-formed."""
    found = [f.verdict for f in check(scan(TWO_IN_ONE, "net.md")).formulas if f.displayed][1:]
    assert found[:3] == [Verdict.PROVED] * 3
    assert all(verdict.wrong for verdict in found[3:])
