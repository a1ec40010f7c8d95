"""The activations of a document, and nets with another one than their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_programs import NOTES, agrees

from verify_derivations.checker.activations import activations, chosen
from verify_derivations.checker.case import Case, prepare
from verify_derivations.checker.command import main
from verify_derivations.checker.programs import EFFORT, nets
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, add, apply, heads, mul, negate, power, scalar
from verify_derivations.formulas.program import Program
from verify_derivations.formulas.scanner import scan
from verify_derivations.formulas.world import Readings
from verify_derivations.trainer.constants import settled

DOCUMENT = r"""
# Activations
## Soft
$$g(t) = c \tanh(d t) = 1.5 \tanh(0.5 t)$$
## Hard
$$g(t) = \begin{cases} t & t \ge 0 \\ t / s & t < 0 \end{cases}$$
## Trained
As before, but $s$ is trained.
## Other
Nothing is said of it but $q$.
# Net
## Case
$$h = g(W x + b), \quad W \in R^{m \times n}, x \in R^{n}, b \in R^{m}$$
$$L = \frac{1}{2} \| y - h \|^2, \quad y \in R^{m}$$
$$\frac{\partial L}{\partial b} = \frac{\partial L}{\partial h} \circ g'(W x + b)$$
$$\frac{\partial L}{\partial W} = \frac{\partial L}{\partial b} x^T$$
"""


def case(text: str = DOCUMENT) -> Case:
    return prepare(scan(text), EFFORT)


def net(*options: str) -> Program:
    return nets(scan(DOCUMENT), activations=options)[-1].program()


def test_they_are_named_by_their_headings() -> None:
    found = activations(case(), Readings())
    assert [a.heading for a in found] == ["Soft", "Hard", "Trained"]
    assert found[1].function is found[2].function


def test_numbers_are_taken_where_they_are_stated() -> None:
    soft, hard, _ = activations(case(), Readings())
    assert set(heads(soft.function.body)) == set(soft.function.parameters)
    assert set(heads(hard.function.body)) == {"s", *hard.function.parameters}
    without = activations(case(DOCUMENT.replace(r"= 1.5 \tanh(0.5 t)", "")), Readings())[0]
    assert {"c", "d"} < set(heads(without.function.body))


@pytest.mark.parametrize(("name", "heading"), [("soft", "Soft"), ("Hard", "Hard"), ("1", "Soft"), ("tanh", "Soft")])
def test_choosing(name: str, heading: str) -> None:
    assert chosen(case(), Readings(), name).heading == heading


@pytest.mark.parametrize(("name", "message"), [("swish", "there are Soft"), ("cases", "may be the activation Hard")])
def test_what_cannot_be_chosen(name: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        chosen(case(), Readings(), name)


def test_the_net_takes_it_and_gradients_are_judged_anew() -> None:
    soft, hard = net("soft"), net("hard")
    assert soft.functions["g"] != hard.functions["g"]
    assert "s" in hard.unsettled and "s" not in soft.parameters
    assert agrees(soft, (1, 4, 1))
    assert agrees(settled(hard, {"s": "4"}), (1, 4, 1))
    assert agrees(settled(hard, {"s": "learned"}), (1, 4, 1))


def test_a_function_can_be_named() -> None:
    assert net("g=soft").functions == net("soft").functions
    with pytest.raises(DocumentError, match="no function k"):
        net("k=soft")


@pytest.mark.parametrize("activation", ["hyperbolic tangent", "RELU"])
def test_the_notes_formulas_of_the_sigmoid_are_not_used_with_another(activation: str) -> None:
    offered = nets(NOTES, activations=[activation])
    program = next(n for n in offered if (n.name, n.loss_name) == ("A Neural Net Case", "Euclidean")).program()
    assert agrees(program)
    own = next(n for n in nets(NOTES) if (n.name, n.loss_name) == (program.name, program.loss_name)).program()
    sensitivity = r"\frac{\partial L}{\partial z^{(3)}}"
    assert "a^{(3)}" in heads(own[sensitivity].body)  # type: ignore[arg-type]
    assert "a^{(3)}" not in heads(program[sensitivity].body)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [
    ("leaky", "--constant", "a=5.5"), ("parametric", "--constant", "a=learned(4)"),
    ("randomized", "--constant", "a=U(3,8)"),
])
def test_on_the_command_line(options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--epochs", "5", "--activation", *options]) == 0
    assert float(capsys.readouterr().out.split("test accuracy ")[1].split(" %")[0]) > 90


def test_a_constant_without_value_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--activation", "leaky"]) == 2
    assert "give --constant a=" in capsys.readouterr().err


def test_as_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = DOCUMENT.replace(r"\partial b} x^T", r"\partial b} x")
    assert text != DOCUMENT
    (tmp_path / "notes.md").write_text(text, encoding="utf-8")
    options = ["train", "--activation", "soft", "--epochs", "1", "--as-printed"]
    assert main([*options, str(tmp_path / "notes.md")]) == 0
    assert "∂L/∂W\tcannot run: " in capsys.readouterr().out
    (tmp_path / "notes.md").write_text(DOCUMENT, encoding="utf-8")
    assert main([*options, str(tmp_path / "notes.md")]) == 0
    assert "holds as it is printed" in capsys.readouterr().out


SLOPES = DOCUMENT.replace("0.5 t)$$", r"0.5 t)$$" + "\n" + r"$$g'(t) = c d (1 - \tanh(d t)^2) = SAID$$", 1)


@pytest.mark.parametrize(("said", "right"), [
    (r"\frac{d}{c} (c^2 - g(t)^2)", True), (r"2 d (1 - g(t)^2)", False), (r"d (1 - g(t)^2)", False),
])  # fmt: skip
def test_what_is_said_of_the_slope_of_an_activation(said: str, right: bool) -> None:
    """A slope that holds is not among what is wrong; a wrong one is computed with the numbers of the function."""
    program = nets(scan(SLOPES.replace("SAID", said)), activations=["soft"])[-1].program()
    wrong = [p for p in program.printed if p.head == "g"]
    assert len(wrong) == (not right)
    assert not [p for p in net("soft").printed if p.head == "g"]
    if wrong:
        slope, (hole,) = wrong[0].slope, program.functions["g"].parameters
        assert slope is not None and wrong[0].number == 2 and slope.parameters == (hole,)
        factor = 2 if said.startswith("2") else 1
        g = apply("g", Access(hole))
        assert slope.body == mul(scalar(factor) / 2, add(scalar(1), negate(power(g, 2))))


def test_a_slope_that_cannot_be_computed_says_why() -> None:
    program = nets(scan(SLOPES.replace("SAID", "2 d (1 - u^2)")), activations=["soft"])[-1].program()
    (wrong,) = (p for p in program.printed if p.head == "g")
    assert wrong.slope is None and "u" in wrong.reason
