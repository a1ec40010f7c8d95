"""Formulas for every layer beside layers that are defined otherwise: right formulas beside their twins."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker import every_layer
from verify_derivations.checker.verdicts import Link, Verdict

HEAD = r"""# Net

$a^{(l)}, b^{(l)}, z^{(l)} \in \mathbb{R}^{n}$, $W^{(l)}, V \in \mathbb{R}^{n \times n}$, $x, y \in \mathbb{R}^{n}$.
"""
NET = (r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}", r"a^{(l)} = \tanh(z^{(l)})")
LOSS = r"J = \frac{1}{2} \|a^{(L)} - y\|^2"
ERROR = r"\delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}"
BACK = r"\delta^{(l)} = (W^{(l+1)\top} \delta^{(l+1)}) \circ (1 - a^{(l)} \circ a^{(l)})"
WEIGHTS = r"\frac{\partial J}{\partial W^{(l)}} = \delta^{(l)} a^{(l-1)\top}"
BIASES = r"\frac{\partial J}{\partial b^{(l)}} = \delta^{(l)}"
OUTWARD = r"\delta^{(l)} = \frac{\partial J}{\partial a^{(l)}} \circ (1 - a^{(l)} \circ a^{(l)})"
SOFTMAX = r"a^{(L)} = \mathrm{softmax}(z^{(L)})"


def judged(claim: str, *special: str, head: str = HEAD, loss: str = LOSS) -> Link:
    lines = (*NET, *special, loss, ERROR, claim)
    report = report_on(head + "".join(f"\n$$ {line} $$\n" for line in lines), "net.md")
    return {f.latex.strip(): f for f in report.formulas}[claim].links[0]


@pytest.mark.parametrize(("claim", "special"), [
    (BACK, SOFTMAX), (WEIGHTS, SOFTMAX), (BIASES, SOFTMAX), (BACK, "a^{(0)} = x"), (WEIGHTS, "a^{(0)} = x"),
    (BACK, "z^{(1)} = V x + b^{(1)}"), (BIASES, "z^{(L)} = V a^{(L-1)} + b^{(L)}"), (BACK, "a^{(L)} = z^{(L)}"),
])  # fmt: skip
def test_what_holds_at_a_layer_that_is_defined_otherwise_too(claim: str, special: str) -> None:
    assert judged(claim, special).verdict is Verdict.PROVED


@pytest.mark.parametrize(("claim", "special", "where"), [
    (OUTWARD, SOFTMAX, r"l \neq L"), (BACK, "z^{(L)} = V a^{(L-1)} + b^{(L)}", r"l \neq L-1"),
    (WEIGHTS, "z^{(L)} = V a^{(L-1)} + b^{(L)}", r"l \neq L"), (BACK, r"a^{(1)} = z^{(1)}", r"l \neq 1"),
    (BACK, SOFTMAX + r" + z^{(L-1)}", r"l \neq L-1"), (WEIGHTS, r"W^{(2)} = W^{(1)\top}", r"l \neq 1"),
    (BACK.replace("(l", "(k"), "z^{(L)} = V a^{(L-1)} + b^{(L)}", r"k \neq L-1"),
    (WEIGHTS, "z^{(1)} = V x", r"l \neq 1"),
    (BACK, r"z^{(L)} = W^{(L)} a^{(L-1)} \sum_{l=1}^{L} \|W^{(l)}\|^2 + b^{(L)}", r"l \neq L-1"),
])  # fmt: skip
def test_what_does_not_hold_there(
    claim: str, special: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = judged(claim, special)
    assert (link.verdict, link.assumptions) == (Verdict.CONDITIONAL, (where,))
    monkeypatch.setattr(every_layer, "otherwise_defined", lambda world: frozenset())
    assert judged(claim, special).verdict is Verdict.PROVED


def test_what_holds_under_a_condition_does_not_hold_there_either(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = r"\lambda " + BACK.replace("= (W", r"= \lambda (W")
    link = judged(claim, "z^{(L)} = V a^{(L-1)} + b^{(L)}")
    assert (link.verdict, {*link.assumptions}) == (Verdict.CONDITIONAL, {r"\lambda \in \mathbb{R}", r"l \neq L-1"})
    link = judged(claim, SOFTMAX)
    assert (link.verdict, link.assumptions) == (Verdict.CONDITIONAL, (r"\lambda \in \mathbb{R}",))
    monkeypatch.setattr(every_layer, "HOLDS", (Verdict.PROVED,))
    assert r"l \neq L-1" not in judged(claim, "z^{(L)} = V a^{(L-1)} + b^{(L)}").assumptions


def test_conditions_may_leave_the_layer_out() -> None:
    assert judged(OUTWARD + r" \quad \text{for } l < L", SOFTMAX).verdict is Verdict.PROVED
    assert judged(OUTWARD + r" \quad \text{for } l \le L", SOFTMAX).verdict is Verdict.CONDITIONAL


@pytest.mark.parametrize(("condition", "special", "where"), [
    ("l < L", "z^{(L)} = V a^{(L-1)} + b^{(L)}", r"l \neq L-1"), ("l < L - 1", "z^{(L)} = V a^{(L-1)} + b^{(L)}", ""),
    (r"l \le L - 1", "z^{(L)} = V a^{(L-1)} + b^{(L)}", r"l \neq L-1"),
    (r"l \neq L", "z^{(L)} = V a^{(L-1)} + b^{(L)}", r"l \neq L-1"),
    (r"l \neq L - 1", "z^{(L)} = V a^{(L-1)} + b^{(L)}", ""),
])  # fmt: skip
def test_the_layers_of_which_a_condition_speaks(condition: str, special: str, where: str) -> None:
    link = judged(rf"{BACK} \quad \text{{for }} {condition}", special)
    expected = Verdict.CONDITIONAL if where else Verdict.PROVED
    assert (link.verdict, link.assumptions) == (expected, (where,) if where else ())


def test_a_range_may_leave_the_layer_out() -> None:
    for last, expected in (("L-1", Verdict.PROVED), ("L", Verdict.CONDITIONAL)):
        head = HEAD + rf"Here $l = 1, \dots, {last}$."
        assert judged(OUTWARD, SOFTMAX, head=head).verdict is expected


def test_layers_that_are_written_without_brackets() -> None:
    """w^2 is the weights of layer 2, not a square, where w^l are those of layer l."""
    def bare(text: str) -> str:
        return text.replace("^{(l+1)\\top}", "^{l+1 \\top}").replace("^{(", "^{").replace(")}", "}")

    head, lines = bare(HEAD), [bare(line) for line in (*NET, "a^{(0)} = x", LOSS, ERROR)]
    claim = r"\frac{\partial J}{\partial b^{l}} = \delta^{l}"
    wrong = claim + r" \circ a^{l}"
    report = report_on(head + "".join(f"\n$$ {line} $$\n" for line in (*lines, claim, wrong)), "net.md")
    found = {f.latex.strip(): f.verdict for f in report.formulas}
    assert (found[claim], found[wrong]) == (Verdict.PROVED, Verdict.REFUTED)


@pytest.mark.parametrize("penalty", ["", r" + \sum_{l=1}^{L} \|W^{(l)}\|^2"])
def test_where_there_is_one_layer_its_number_has_two_names(penalty: str) -> None:
    claim = WEIGHTS + ("" if not penalty else r" + 2 W^{(L)}")
    claim = claim if penalty else claim.replace(r"\delta^{(l)}", r"\delta^{(L)}")
    head = HEAD + r"Here $l = 1, \dots, L$."
    assert judged(claim, loss=LOSS + penalty, head=head).verdict is Verdict.REFUTED
    assert judged(claim, loss=LOSS + penalty, head=head + " Let $L = 1$.").verdict is Verdict.UNDECIDED


def test_weight_decay_beside_another_output() -> None:
    decay = LOSS + r" + \sum_{l=1}^{L} \|W^{(l)}\|^2"
    right = WEIGHTS + r" + 2 W^{(l)}"
    for special, expected in ((SOFTMAX, Verdict.PROVED), ("z^{(L)} = V a^{(L-1)}", Verdict.CONDITIONAL)):
        assert judged(right, special, loss=decay).verdict is expected
        assert judged(WEIGHTS, special, loss=decay).verdict is Verdict.REFUTED
    slope = r"\frac{\partial \Omega}{\partial W^{(l)}} = "
    for factor, expected in (("2 ", Verdict.PROVED), ("", Verdict.REFUTED)):
        link = judged(slope + factor + "W^{(l)}", SOFTMAX, "a^{(0)} = x", r"\Omega = \sum_{l=1}^{L} \|W^{(l)}\|^2")
        assert link.verdict is expected
