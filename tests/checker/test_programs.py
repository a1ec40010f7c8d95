"""Programs out of documents: the right formulas are taken, the wrong ones are not, and what comes out trains."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
from test_gradients import filled, worst_difference

from verify_derivations.checker.command import main
from verify_derivations.checker.forward import increasing
from verify_derivations.checker.programs import nets, programs
from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Scalar, add, apply, negate, power, scalar
from verify_derivations.formulas.program import Program
from verify_derivations.formulas.scanner import scan
from verify_derivations.trainer.data import load
from verify_derivations.trainer.derive import completed
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.optimisers import Rule
from verify_derivations.trainer.sizes import fitted
from verify_derivations.trainer.train import Run, Settings
from verify_derivations.trainer.workers import Team

ROOT = Path(__file__).resolve().parents[2]
NOTES = ROOT / "formulas" / "notes_on_cnn" / "notes.md"
OFFERED = [
    (net, loss) for net in ("A Neural Net Case", "I-C1-MP1-FC1-O", "I-C1-MP1-C2-MP2-FC1-O")
    for loss in ("Euclidean", "cross-entropy")
]  # fmt: skip
SMALL = {"n_2": 4, "n_3": 3, "F_1": 2, "F_2": 2, "poolsize": 2, "poolsize_1": 2, "poolsize_2": 2}

DENSE = r"""
$$h = \sigma(W x + b), \quad W \in R^{m \times n}, x \in R^{n}, b \in R^{m}$$
$$L = \frac{1}{2} \| y - h \|^2, \quad y \in R^{m}$$
"""
GRADIENTS = r"""
$$\frac{\partial L}{\partial h} = h - y$$
$$\frac{\partial L}{\partial b} = \frac{\partial L}{\partial h} \circ h \circ (1 - h)$$
$$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial b} x^T$$
"""
SOFTMAX = r"""
$$z = W x + b, \quad W \in R^{m \times n}, x \in R^{n}, b \in R^{m}$$
$$a_k = \frac{e^{z_k}}{\sum_{l=1}^{m} e^{z_l}}, \quad a \in R^{m}$$
"""


def of(text: str) -> Program:
    (net,) = nets(scan(text))
    return net.program()


def agrees(program: Program, image: tuple[int, int, int] = (7, 7, 1), classes: int = 3) -> bool:
    """Whether the gradients are those of finite differences."""
    sizes = {name: n for name, n in SMALL.items() if any(name in _plain(q) for q in program)}
    whole = fitted(completed(program), image, classes, sizes)
    return worst_difference(whole, filled(whole, 3)) < 1e-6


def _plain(quantity: object) -> set[str]:
    from verify_derivations.formulas.definitions import Quantity
    from verify_derivations.trainer.sizes import plain

    assert isinstance(quantity, Quantity)
    return {plain(name) for extent in quantity.extents for name in extent.names}


# -- the notes --------------------------------------------------------------------------------------------------------
def test_the_notes_offer_three_nets_with_two_losses() -> None:
    assert [(net.name, net.loss_name) for net in nets(NOTES)] == OFFERED


@pytest.mark.parametrize("loss", ["Euclidean", "cross-entropy"])
def test_the_dense_net_trains_with_the_formulas_of_the_notes_alone(loss: str) -> None:
    program = next(n for n in nets(NOTES) if (n.name, n.loss_name) == ("A Neural Net Case", loss)).program()
    assert program.parameters == ("W^{(1)}", "b^{(1)}", "W^{(2)}", "b^{(2)}", "W^{(3)}", "b^{(3)}")
    assert (program.inputs, program.labels, program.output) == (("x",), ("y",), "a^{(4)}")
    assert program.increasing == {"f"}
    whole = completed(program)
    assert not any(source.derived for source in whole.sources.values())
    assert whole.sources[whole.gradient("W^{(2)}")].number == 47
    sensitivity = whole.sources[r"\frac{\partial L}{\partial z^{(4)}}"]
    expected = {"Euclidean": (42, "proved"), "cross-entropy": (40, "conditional")}
    assert (sensitivity.number, sensitivity.verdict) == expected[loss]
    assert agrees(program)


@pytest.mark.slow
@pytest.mark.parametrize(("net", "loss"), OFFERED[2:])
def test_the_gradients_of_the_convolutional_nets(net: str, loss: str) -> None:
    program = next(n for n in nets(NOTES) if (n.name, n.loss_name) == (net, loss)).program()
    assert agrees(program, (10, 10, 2))
    sources = completed(program).sources
    assert sources[r"\frac{\partial L}{\partial ac^{(1)}}"].derived  # up, which forgets where the maximum was
    assert not sources[program.gradient("k^{(1)}")].derived


# -- other documents --------------------------------------------------------------------------------------------------
def test_stated_gradients_are_taken() -> None:
    program = of(DENSE + GRADIENTS)
    assert {q.head: q.number for q in program.backward} == {
        r"\frac{\partial L}{\partial h}": 3, r"\frac{\partial L}{\partial b}": 4, r"\frac{\partial L}{\partial W}": 5,
    }  # fmt: skip
    assert agrees(program, (1, 4, 1))


@pytest.mark.parametrize(("right", "wrong", "derived"), [
    ("h - y", "y - h", [3]), (r"{\partial b} x^T", r"{\partial h} x^T", [5]),
    (r"\circ (1 - h)", r"\circ (1 + h)", [4, None]),  # without ∂L/∂b, what is said of ∂L/∂W cannot be computed
])
def test_a_wrong_gradient_is_derived_instead(right: str, wrong: str, derived: list[int | None]) -> None:
    assert right in GRADIENTS
    program = of(DENSE + GRADIENTS.replace(right, wrong))
    assert not {q.number for q in program.backward} & set(derived)
    assert [source.number for source in completed(program).sources.values() if source.derived] == derived
    assert agrees(program, (1, 4, 1))


def test_forward_definitions_are_enough() -> None:
    program = of(DENSE)
    assert (program.parameters, program.inputs, program.labels) == (("W", "b"), ("x",), ("y",))
    assert not program.backward
    assert agrees(program, (1, 4, 1))


@pytest.mark.parametrize(("old", "new", "reason"), [
    ("x", "v", "which of .* is the input"),
    (r"\| y - h \|^2", r"\| h \|^2", "does not compare an output with a label"),
    (r"\sigma(", "g(", "the function g is not defined"),
    (r"L = \frac{1}{2} \| y - h \|^2", "q = y - h", "it defines no loss"),
])
def test_what_is_no_net_says_why(old: str, new: str, reason: str) -> None:
    assert old in DENSE
    with pytest.raises(DocumentError, match=reason):
        programs(scan(DENSE.replace(old, new)))


def test_increasing_functions() -> None:
    z = Access("z")
    exponential: Scalar = apply("exp", negate(z))

    def function(body: Scalar) -> FunctionDefinition:
        return FunctionDefinition("f", ("z",), body)

    assert increasing(function(power(add(scalar(1), exponential), -1)))
    assert not increasing(function(add(scalar(1), exponential)))
    assert increasing(function(add(z, apply("tanh", z))))
    assert not increasing(function(add(z, exponential)))
    assert not increasing(function(power(z, 2)))


# -- end to end -------------------------------------------------------------------------------------------------------
def test_train_on_the_notes(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--epochs", "5"]) == 0
    assert float(capsys.readouterr().out.split("test accuracy ")[1].split(" %")[0]) > 90


def test_train_on_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = tmp_path / "mine.md"
    document.write_text(DENSE, encoding="utf-8")
    assert main(["train", str(document), "--epochs", "5"]) == 0
    out, err = capsys.readouterr()
    assert "the document states none" in err
    assert float(out.split("test accuracy ")[1].split(" %")[0]) > 85


@pytest.mark.parametrize(("second", "equal"), [("c", True), ("2 c", False)])
@pytest.mark.parametrize("rule", [Rule(momentum=0.9), Rule("adam")], ids=lambda r: r.name)
@pytest.mark.parametrize("workers", [1, 2])
def test_parameters_with_one_formula_for_their_gradients_are_updated_alike(
    second: str, equal: bool, rule: Rule, workers: int
) -> None:
    """One array holds both gradients; an update that wrote to it would be seen by the other."""
    text = DENSE.replace("x + b", f"x + b + {second}").replace("b \\in", "b \\in R^{m}, c \\in")
    data = load("digits").split(0.8, 0)
    model = Model(fitted(completed(of(text)), (8, 8, 1), 10, {}))
    with Team(model, data, workers, 50) if workers > 1 else nullcontext() as team:
        for _ in Run(model, data, Settings(epochs=1, rate=0.01, rule=rule), team):
            pass
    assert np.any(model.parameters["b"]) and np.array_equal(model.parameters["b"], model.parameters["c"]) is equal


@pytest.mark.parametrize(("loss", "warned"), [
    (r"-\sum_{k=1}^{m} y_k \log(a_k)", False), (r"\sum_{k=1}^{m} y_k \log(a_k)", True),
    (r"\frac{1}{2} \| y - a \|^2", False), (r"-\frac{1}{2} \| y - a \|^2", True),
    (r"1 - \sum_{k=1}^{m} y_k a_k", False), (r"\sum_{k=1}^{m} y_k a_k", True),
])
def test_what_is_to_be_maximised_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], loss: str, warned: bool
) -> None:
    """A likelihood, say: training minimises it."""
    document = tmp_path / "mine.md"
    document.write_text(SOFTMAX + rf"$$L = {loss}, \quad y \in R^{{m}}$$", encoding="utf-8")
    assert main(["train", str(document), "--epochs", "1"]) == 0
    assert ("seems to be what is to be maximised" in capsys.readouterr().err) is warned


def test_letters_that_tell_quantities_apart_are_trained_with(capsys: pytest.CaptureFixture[str]) -> None:
    """And with the wrong formulas of that document as they are printed: one cannot run, together they do not learn."""
    document = str(ROOT / "tests" / "documents" / "letters.md")
    assert main(["train", document, "--epochs", "2", "--as-printed"]) == 0
    out, err = capsys.readouterr()
    rows = {row.split("\t")[0]: row.split("\t") for row in out.splitlines()}
    assert "derived, because the document's formula does not hold here, or is not proved: 21\n" in err
    assert float(rows["corrected"][3].split(" %")[0]) > 90
    assert rows["formula 21"][2] == "cannot run: z_{k} is not defined here"
    assert float(rows["all as printed"][3].split(" %")[0]) < 50


def test_labels_that_are_maps_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", str(ROOT / "tests" / "documents" / "entries.md")]) == 2
    assert "labels with 3 indices cannot be class labels" in capsys.readouterr().err
