"""Stacked vectors, as in the cells of recurrent nets."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, CONDITIONAL, REFUTED = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED
DECLARED = r"Let $h, b \in \mathbb{R}^n$, $x \in \mathbb{R}^m$ and $W \in \mathbb{R}^{n \times (n + m)}$."
CELL = r"""The gates at time $t$ are

$$ f_t = \sigma(W_f \cdot [h_{t-1}, x_t] + b_f), \quad i_t = \sigma(W_i \cdot [h_{t-1}, x_t] + b_i) $$

$$ \tilde{C}_t = \tanh(W_C [h_{t-1}, x_t] + b_C) $$

$$ C_t = f_t * C_{t-1} + i_t * \tilde{C}_t $$

$$ o_t = \sigma(W_o \cdot [h_{t-1}, x_t] + b_o), \quad h_t = o_t * \tanh(C_t) $$

where $*$ is the elementwise product."""


def judged(text: str, claim: str) -> Formula:
    return report_on(f"{text}\n\n$$ {claim} $$\n", "found.md").formulas[-1]


def last(text: str, claim: str) -> Verdict:
    return judged(text, claim).verdict


@pytest.mark.parametrize("stack", ["[h; x]", "[h, x]", r"\begin{bmatrix} h \\ x \end{bmatrix}"])
def test_a_matrix_times_a_stack(stack: str) -> None:
    text = f"{DECLARED}\n\n$$ z = W {stack} + b, \\quad L = \\frac12 \\|z\\|^2 $$"
    assert last(text, rf"\frac{{\partial L}}{{\partial W}} = z {stack}^T") is PROVED
    assert last(text, r"\frac{\partial L}{\partial W} = z [x; h]^T").wrong
    assert last(text, rf"\frac{{\partial L}}{{\partial W}} = b {stack}^T").wrong


@pytest.mark.parametrize(("right", "wrong"), [
    (r"\frac{\partial L}{\partial f_t} = \frac{\partial L}{\partial C_t} * C_{t-1}",
     r"\frac{\partial L}{\partial f_t} = \frac{\partial L}{\partial C_t} * C_t"),
    (r"\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} * \tanh(C_t)",
     r"\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} * C_t"),
])  # fmt: skip
def test_a_cell_of_which_nothing_is_declared(right: str, wrong: str) -> None:
    assert last(CELL, right) is PROVED
    assert last(CELL, wrong).wrong


def test_a_step_with_the_gates_held_fixed() -> None:
    step = judged(CELL, r"\frac{\partial C_t}{\partial C_{t-1}} = \operatorname{diag}(f_t)")
    assert step.verdict is CONDITIONAL and "held fixed" in step.assumptions[0]
    assert "f" in step.assumptions[0] and "f" not in step.fixed  # f is defined
    assert last(CELL, r"\frac{\partial C_t}{\partial C_{t-1}} = \operatorname{diag}(i_t)").wrong


def test_entries_and_expectations_are_no_stacks() -> None:
    text = r"Let $A \in \mathbb{R}^{n \times n}$ and $s = \sum_i \sum_j A[i, j]$."
    assert last(text, r"\frac{\partial s}{\partial A} = A").value != "proved"


@pytest.mark.parametrize(("words", "proved"), [("the elementwise product", True), ("the outer product", False)])
def test_only_what_is_called_elementwise_is(words: str, proved: bool) -> None:
    text = rf"Let $a, b \in \mathbb{{R}}^n$ and $y = a \otimes b$, where $\otimes$ is {words}."
    assert (last(text, r"\frac{\partial y_i}{\partial a_i} = b_i") is PROVED) == proved
