"""A layer that a document defines otherwise than the others, and what is no such definition."""

from __future__ import annotations

from itertools import permutations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Formula, Printed, Report, Verdict
from verify_derivations.formulas.scanner import scan

HEAD = r"""# Net

Layer $l$ maps $a^{(l-1)} \in \mathbb{R}^{n_{l-1}}$ to $a^{(l)} \in \mathbb{R}^{n_l}$, with
$W^{(l)} \in \mathbb{R}^{n_l \times n_{l-1}}$, $b^{(l)} \in \mathbb{R}^{n_l}$, $x \in \mathbb{R}^{n_0}$ and
$y \in \mathbb{R}^{n_L}$.
"""
INPUT = r"a^{(0)} = x"
AFFINE = r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}"
HIDDEN = r"a^{(l)} = \tanh(z^{(l)})"
OUTPUT = r"a^{(L)} = \mathrm{softmax}(z^{(L)})"
ENTROPY = (r"\sum_{i=1}^{n_L} y_i = 1", r"J = -\sum_{i=1}^{n_L} y_i \log a^{(L)}_i")
SQUARES = r"J = \frac{1}{2} \|a^{(L)} - y\|^2"
NAMED = r"\delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}"
LAST = r"\delta^{(L)} = a^{(L)} - y"
BELOW = r"\delta^{(l)} = (W^{(l+1)\top} \delta^{(l+1)}) \odot (1 - a^{(l)} \odot a^{(l)})"
WEIGHTS = r"\frac{\partial J}{\partial W^{(l)}} = \delta^{(l)} a^{(l-1)\top}"


def judged(*formulas: str, head: str = HEAD) -> Report:
    return check(scan(head + "".join(f"\n$$ {line} $$\n" for line in formulas), "net.md"))


def of(report: Report, latex: str) -> Formula:
    return next(f for f in report.formulas if f.latex.strip() == latex)


@pytest.mark.parametrize("order", list(permutations((INPUT, AFFINE, HIDDEN, OUTPUT))))
def test_input_and_output_are_defined_in_any_order(order: tuple[str, ...]) -> None:
    report = judged(*order, *ENTROPY, NAMED, LAST, BELOW, WEIGHTS)
    assert {of(report, line).verdict for line in order} == {Verdict.DEFINED}
    assert {of(report, line).verdict for line in (LAST, BELOW, WEIGHTS)} == {Verdict.PROVED}
    (net,) = report.nets
    assert [(g.printed, g.verdict) for g in net.gradients] == [(Printed.SAME, Verdict.PROVED)]


@pytest.mark.parametrize(("right", "wrong"), [
    (LAST, LAST.replace("- y", "+ y")),
    (LAST, LAST + r" \odot (1 - a^{(L)} \odot a^{(L)})"),  # of the general definition
    (BELOW, BELOW.replace("l+1", "l")),
])  # fmt: skip
def test_wrong_claims_beside_another_output_are_not_proved(right: str, wrong: str) -> None:
    formulas = [INPUT, AFFINE, HIDDEN, OUTPUT, *ENTROPY, NAMED, LAST, BELOW]
    assert of(judged(*formulas), right).verdict is Verdict.PROVED
    report = judged(*(wrong if line == right else line for line in formulas))
    assert of(report, wrong).verdict in (Verdict.REFUTED, Verdict.ILL_FORMED)


@pytest.mark.parametrize(("output", "last"), [
    (r"a^{(L)} = z^{(L)}", r"\delta^{(L)} = a^{(L)} - y"),
    (r"a^{(L)} = g(z^{(L)})", r"\delta^{(L)} = (a^{(L)} - y) \odot g'(z^{(L)})"),
    (r"z^{(L)} = W^{(L)} a^{(L-1)}", r"\delta^{(L)} = (a^{(L)} - y) \odot (1 - a^{(L)} \odot a^{(L)})"),
])  # fmt: skip
def test_outputs_of_other_kinds(output: str, last: str) -> None:
    report = judged(AFFINE, HIDDEN, output, SQUARES, NAMED, last)
    assert of(report, output).verdict is Verdict.DEFINED
    assert any("instead of formula" in remark for remark in of(report, output).remarks)
    assert of(report, last).verdict is Verdict.PROVED
    wrong = last.replace("a^{(L)} - y", "a^{(L)} + y")
    assert of(judged(AFFINE, HIDDEN, output, SQUARES, NAMED, wrong), wrong).verdict is Verdict.REFUTED


@pytest.mark.parametrize(("claim", "slip"), [
    (r"z^{(3)} = W^{(3)} a^{(2)} + b^{(3)}", r"z^{(3)} = W^{(3)} a^{(2)} - b^{(3)}"),
    (r"a^{(L)} = \tanh(z^{(L)})", r"a^{(L)} = \tanh(z^{(L-1)})"),
    (r"a^{(L)} = \frac{e^{z^{(L)}} - e^{-z^{(L)}}}{e^{z^{(L)}} + e^{-z^{(L)}}}", r"a^{(L)} = \tanh(-z^{(L)})"),
])  # fmt: skip
def test_what_the_general_definition_says_is_claimed(claim: str, slip: str) -> None:
    head = HEAD.replace("n_{l-1}", "n").replace("n_l", "n").replace("n_L", "n").replace("n_0", "n")
    assert of(judged(AFFINE, HIDDEN, claim, SQUARES, head=head), claim).verdict is Verdict.PROVED
    assert of(judged(AFFINE, HIDDEN, slip, SQUARES, head=head), slip).verdict is Verdict.REFUTED


def test_an_output_is_named() -> None:
    head = HEAD + r"The output is $\hat{y} \in \mathbb{R}^{n_L}$." + "\n"
    named = r"a^{(L)} = \hat{y}"
    loss = r"J = \frac{1}{2} \|\hat{y} - y\|^2"
    last = r"\delta^{(L)} = (\hat{y} - y) \odot (1 - a^{(L)} \odot a^{(L)})"
    report = judged(AFFINE, HIDDEN, named, loss, NAMED, last, head=head)
    assert of(report, named).verdict is Verdict.DEFINED
    assert of(report, last).verdict is Verdict.PROVED
    wrong = last.replace("(1 - a^{(L)}", "(1 + a^{(L)}")
    assert of(judged(AFFINE, HIDDEN, named, loss, NAMED, wrong, head=head), wrong).verdict is Verdict.REFUTED
    target = r"a^{(L)} = y"  # what one hopes for defines nothing: the loss compares the two
    assert of(judged(AFFINE, HIDDEN, target, SQUARES, NAMED), target).verdict is Verdict.REFUTED


FIRST = r"z^{(1)} = W^{(1)} x + b^{(1)}"


def test_a_first_layer_of_the_input_is_as_every_layer() -> None:
    last = r"\delta^{(L)} = (a^{(L)} - y) \odot (1 - a^{(L)} \odot a^{(L)})"
    rest = (AFFINE, HIDDEN, SQUARES, NAMED, last, BELOW, WEIGHTS)
    report = judged(FIRST, *rest, r"\frac{\partial J}{\partial W^{(1)}} = \delta^{(1)} x^\top")
    first = of(report, FIRST)
    assert first.verdict is Verdict.DEFINED and first.remarks[0].startswith("$a^{(0)}$ is read as $x$")
    assert {f.verdict for f in report.formulas[-4:]} == {Verdict.PROVED}
    (net,) = report.nets
    assert [(g.printed, g.verdict) for g in net.gradients] == [(Printed.SAME, Verdict.PROVED)]
    assert of(judged(FIRST, *rest[:-1], WEIGHTS.replace("l-1", "l")), WEIGHTS.replace("l-1", "l")).verdict.wrong


@pytest.mark.parametrize("slip", [
    FIRST.replace("W^{(1)}", r"W^{(1)\top}"),  # of another form
    FIRST.replace("(1)", "(2)"),  # a^{(1)} is defined as that of every layer
])  # fmt: skip
def test_another_layer_of_the_input_is_not_as_every_layer(slip: str) -> None:
    found = of(judged(slip, AFFINE, HIDDEN, SQUARES, NAMED), slip)
    assert not any("is read as $x$" in remark for remark in found.remarks)


SQUARE = HEAD + r"Let $A^{(l)}, B, V \in \mathbb{R}^{n \times n}$."
SQUARE_LAYERS = r"""# Net

Let $a^{(l)}, z^{(l)}, x, y \in \mathbb{R}^n$ and $W^{(l)} \in \mathbb{R}^{n \times n}$.
"""
DOWNWARD = (r"z^{(l)} = W^{(l)} a^{(l+1)}", HIDDEN, r"z^{(1)} = W^{(1)} x", r"J = \frac{1}{2} \|a^{(1)} - y\|^2")


@pytest.mark.parametrize(("head", "given", "right", "wrong"), [
    (SQUARE, (r"A^{(l)} = B A^{(l-1)\top}", "A^{(1)} = B V", "C = A^{(1)}"), "C = B V", r"C = B V^\top"),
    (SQUARE_LAYERS, DOWNWARD,  # above, not below
     r"\frac{\partial J}{\partial W^{(1)}} = \frac{\partial J}{\partial z^{(1)}} x^\top",
     r"\frac{\partial J}{\partial W^{(1)}} = \frac{\partial J}{\partial z^{(1)}} a^{(2)\top}"),
    (SQUARE_LAYERS, (r"a^{(l)} = \tanh(a^{(l-1)})", r"a^{(2)} = \tanh(x)"),  # no first one
     r"a^{(3)} = \tanh(a^{(2)})", r"a^{(2)} = \tanh(a^{(1)})"),
])  # fmt: skip
def test_what_else_is_not_as_every_layer(head: str, given: tuple[str, ...], right: str, wrong: str) -> None:
    assert of(judged(*given, right, head=head), right).verdict is Verdict.PROVED
    assert of(judged(*given, wrong, head=head), wrong).verdict.wrong


def test_an_input_that_is_given_is_not_read_off_the_first_layer() -> None:
    rest = (AFFINE, HIDDEN, SQUARES, NAMED, WEIGHTS)
    assert of(judged(FIRST, *rest), WEIGHTS).verdict is Verdict.PROVED
    found = of(judged(FIRST, "a^{(0)} = 2 x", *rest), WEIGHTS)
    assert (found.verdict, found.assumptions) == (Verdict.CONDITIONAL, (r"l \neq 1",))
