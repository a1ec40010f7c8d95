"""Definitions by an index of two digits, and sections that count from zero beside others."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, ILL_FORMED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.ILL_FORMED, Verdict.UNDECIDED

TEXT = r"""
A transposed convolution maps $x \in \mathbb{R}^n$ and $w \in \mathbb{R}^s$ toSHAPE

$$y_{INDEX} = x_i w_a, \qquad i = 1, \dots, n, \quad a = 1, \dots, LAST.$$

With $g_j = \partial L / \partial y_j$ we have

$$CLAIM$$
"""
RIGHT = r"\frac{\partial L}{\partial x_i} = \sum_{a=1}^s w_a g_{s(i-1)+a}"
OF_KERNEL = r"\frac{\partial L}{\partial w_a} = \sum_{i=1}^n x_i g_{s(i-1)+a}"


@pytest.mark.parametrize(
    ("claim", "shape", "verdicts"),
    [
        (RIGHT, r" $y \in \mathbb{R}^{ns}$,", {PROVED}),
        (RIGHT, "", {PROVED}),
        (OF_KERNEL, r" $y \in \mathbb{R}^{sn}$,", {PROVED}),
        (RIGHT.replace("= ", "= -"), r" $y \in \mathbb{R}^{ns}$,", {REFUTED}),
        (OF_KERNEL.replace("x_i g", "g"), r" $y \in \mathbb{R}^{ns}$,", {REFUTED}),
        (RIGHT, r" $y \in \mathbb{R}^{nns}$,", {UNDECIDED}),  # the other entries are not defined
    ],
)
def test_every_entry_is_defined(claim: str, shape: str, verdicts: set[Verdict]) -> None:
    text = TEXT.replace("SHAPE", shape).replace("INDEX", "s(i-1)+a").replace("LAST", "s").replace("CLAIM", claim)
    found = report_on(text).formulas[-1]
    assert found.verdict in verdicts, found.message


@pytest.mark.parametrize(("index", "last"), [("s(i-1)+a", "r"), ("s i+a", "s"), ("2(i-1)+a", "s")])
def test_some_entries_are_not(index: str, last: str) -> None:
    shape = r" $y \in \mathbb{R}^{ns}$,"
    text = TEXT.replace("SHAPE", shape).replace("INDEX", index).replace("LAST", last).replace("CLAIM", RIGHT)
    assert report_on(text).formulas[-1].verdict is not PROVED


def test_a_section_that_counts_from_zero_is_not_ill_formed_for_others() -> None:
    text = r"""
# One

Let $x \in \mathbb{R}^T$ and $S = \sum_{t=1}^T x_t^2$.

$$\frac{\partial S}{\partial x_t} = 2 x_t$$

# Two

With $w \in \mathbb{R}^k$ and $p = \partial S / \partial x$ let MORE

$$\frac{\partial E}{\partial w_u} = 2 \sum_{v=FIRST}^{LAST} w_v w_u^2$$

"""
    counted = text.replace("MORE", r"$E = \sum_{u=0}^{k-1} w_u^2$.").replace("FIRST", "0").replace("LAST", "k-1")
    assert report_on(counted).formulas[-1].verdict is UNDECIDED
    other = text.replace("MORE", r"$E = \sum_{u=1}^k w_u^2$.").replace("FIRST", "0").replace("LAST", "k-1")
    assert report_on(other).formulas[-1].verdict.wrong
