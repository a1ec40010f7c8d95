"""A letter for a size that is also a quantity: each verdict beside one that a slip turns over."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED
SAID = r"Let $x \in R^n$, $W \in R^{h \times n}$ and $v \in R^h$."


def last(said: str, *lines: str) -> Formula:
    text = said + "\n\n" + "\n\n".join(f"$${line}$$" for line in lines)
    return report_on(text).formulas[-1]


@pytest.mark.parametrize("output", ["y = v^T h", r"y = \sum_{i=1}^h v_i h_i"])
@pytest.mark.parametrize("value", [(r"h = \tanh(W x)",), (r"h = a", r"a = \tanh(W x)"), (r"a = \tanh(W x)", "h = a")])
def test_the_hidden_layer_has_h_units(value: tuple[str, ...], output: str) -> None:
    lines = (*value, output, r"L = \frac12 (y - t)^2")
    for right, wrong in (
        (r"\frac{\partial L}{\partial v} = (y - t) h", r"\frac{\partial L}{\partial v} = (y - t) v"),
        (r"\frac{\partial L}{\partial h} = (y - t) v", r"\frac{\partial L}{\partial h} = (y - t) h"),
        (r"\frac{\partial L}{\partial W} = ((y - t) v \odot (1 - h^2)) x^T",
         r"\frac{\partial L}{\partial W} = ((y - t) v \odot (1 - h)) x^T"),
        (r"\frac{\partial L}{\partial W_{ij}} = (y - t) v_i (1 - h_i^2) x_j",
         r"\frac{\partial L}{\partial W_{ij}} = (y - t) v_i (1 - h_j^2) x_j"),
    ):  # fmt: skip
        assert last(SAID, *lines, right).verdict is PROVED
        assert last(SAID, *lines, wrong).verdict in (REFUTED, Verdict.ILL_FORMED)


def test_a_size_that_is_equal_to_others_is_a_size() -> None:
    said = r"Let $x \in R^n$, $W \in R^{h \times n}$, $u \in R^{m}$, $v \in R^{m}$."
    lines = ("h = 2 m", r"L = \sum_i (W x)_i", r"M = h \sum_i u_i")
    assert last(said, *lines, r"\frac{\partial M}{\partial u_i} = 2 m").verdict is PROVED
    assert last(said, *lines, r"\frac{\partial M}{\partial u_i} = m").verdict is REFUTED
