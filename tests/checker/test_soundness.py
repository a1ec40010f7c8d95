"""Claims that once were judged wrongly; each stands beside a twin with the opposite verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.links import Effort
from verify_derivations.checker.verdicts import Formula, Verdict

SOFTMAX = (r"x \in \mathbb{R}^{n}", r"p_i = \frac{e^{x_i}}{\sum_{j=1}^{n} e^{x_j}}")
JACOBIAN = r"\frac{\partial p_i}{\partial x_j} = "
SAME_SIZE = (
    r"x \in \mathbb{R}^{n}", r"y \in \mathbb{R}^{n}", r"W^{(l)} \in \mathbb{R}^{n \times n}",
    r"b^{(l)} \in \mathbb{R}^{n}", r"a^{(1)} = x",
    r"z^{(l+1)} = W^{(l)} a^{(l)} + b^{(l)}, \quad l = 1, \ldots, 3", r"a^{(l)} = f(z^{(l)})",
    r"f(z) = \tanh(z)", r"J = \frac12 \|a^{(4)} - y\|^2", r"\delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}",
)  # fmt: skip
EACH_LAYER = (
    r"x \in \mathbb{R}^{n_0}", r"y \in \mathbb{R}^{n_2}", r"W^{[1]} \in \mathbb{R}^{n_1 \times n_0}",
    r"W^{[2]} \in \mathbb{R}^{n_2 \times n_1}", r"a^{[0]} = x", r"z^{[l]} = W^{[l]} a^{[l-1]}, \quad l = 1, \ldots, 2",
    r"a^{[l]} = \sigma(z^{[l]})", r"L = \frac12 \|a^{[2]} - y\|^2",
    r"\delta^{[l]} = \frac{\partial L}{\partial z^{[l]}}",
)  # fmt: skip

CORRELATION = (
    r"x \in \mathbb{R}^{n}", r"k \in \mathbb{R}^{m}", r"y_i = \sum_{j=1}^{m} k_j x_{i+j-1}, \quad i = 1, \ldots, n-m+1",
    r"L = \frac12 \sum_{i=1}^{n-m+1} y_i^2",
)  # fmt: skip
CASES = (r"x \in \mathbb{R}", r"g(x) = \begin{cases} x & \text{if } x > 0 \\ 2x & \text{otherwise} \end{cases}")
CAPTURED = (r"x \in \mathbb{R}", r"w \in \mathbb{R}", r"f(t) = w t", r"L = f(x)^2")
LAYER = (
    r"W \in \mathbb{R}^{m \times n}", r"x \in \mathbb{R}^{n}", r"b \in \mathbb{R}^{m}", r"t \in \mathbb{R}^{m}",
    r"e \in \mathbb{R}^{m}", r"z = W x + b", r"L = \frac{1}{2} \sum_{i=1}^{m} (z_i - t_i)^2",
)  # fmt: skip
SCALARS = (r"a \in \mathbb{R}", r"b \in \mathbb{R}", "c = 2 b")
ITSELF = (
    r"x \in \mathbb{R}^{n}", r"w \in \mathbb{R}^{n}", r"a = w \odot x", r"g = \frac{\partial L}{\partial a} \odot a",
)  # fmt: skip
SELECTED = (
    r"A \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^{n}", r"z \in \mathbb{R}^{n}",
    r"D_{mi} = [x_m = z_i] A_{mi}",
)  # fmt: skip
SQUARES = (r"x \in \mathbb{R}^{n}", r"z = W x", r"L = \sum_{i=1}^{m} z_i^2")


def judged(folder: Path, *formulas: str) -> Formula:
    """The last of the formulas of a document."""
    path = folder / "document.md"
    path.write_text("# Notes\n\n" + "\n\n".join(f"$$ {formula} $$" for formula in formulas) + "\n", encoding="utf-8")
    return check(path, effort=Effort(repair=0)).formulas[-1]


@pytest.mark.parametrize(
    ("before", "claim", "verdict"),
    [
        (SOFTMAX, JACOBIAN + r"\begin{cases} p_i (1-p_i) & i = j \\ -p_i p_j & i \neq j \end{cases}", Verdict.PROVED),
        (SOFTMAX, JACOBIAN + r"\begin{cases} p_i (1-p_i) & i = j \\ p_i p_j & i \neq j \end{cases}", Verdict.REFUTED),
        (SOFTMAX, JACOBIAN + r"\begin{cases} p_i (1-p_i) & i = j \\ -p_i p_j & \text{otherwise} \end{cases}",
         Verdict.PROVED),
        (SOFTMAX, JACOBIAN + r"\begin{cases} p_i & i = j \\ -p_i p_j & \text{otherwise} \end{cases}", Verdict.REFUTED),
        (SAME_SIZE, r"\delta^{(l)} = (W^{(l)})^T \delta^{(l+1)} \circ f'(z^{(l)})", Verdict.PROVED),
        (SAME_SIZE, r"\delta^{(l)} = W^{(l)} \delta^{(l+1)} \circ f'(z^{(l)})", Verdict.REFUTED),
        (SAME_SIZE, r"\delta^{(l)} = (W^{(l+1)})^T \delta^{(l+1)} \circ f'(z^{(l)})", Verdict.REFUTED),
        (EACH_LAYER, r"\delta^{[1]} = (W^{[2]})^T \delta^{[2]} \odot \sigma'(z^{[1]})", Verdict.PROVED),
        (EACH_LAYER, r"\delta^{[1]} = (W^{[2]})^T \delta^{[2]} \odot \sigma'(z^{[2]})", Verdict.ILL_FORMED),
        (EACH_LAYER, r"\delta^{[l]} = (W^{[l+1]})^T \delta^{[l+1]} \odot \sigma'(z^{[l]})", Verdict.UNDECIDED),
        (EACH_LAYER, r"\delta^{[l]} = (V^{[l+1]})^T \delta^{[l+1]} \odot \sigma'(z^{[l]})", Verdict.ILL_FORMED),
        (CORRELATION, r"\frac{\partial L}{\partial k_j} = \sum_{i=1}^{n-m+1} y_i x_{i+j-1}", Verdict.PROVED),
        (CORRELATION, r"\frac{\partial L}{\partial k_j} = \sum_{i=1}^{n-m} y_i x_{i+j-1}", Verdict.REFUTED),
        (CAPTURED, r"\frac{\partial L}{\partial w} = 2 w x^2", Verdict.PROVED),
        (CAPTURED, r"\frac{\partial L}{\partial w} = 0", Verdict.REFUTED),
        # a name for a derivative is a definition; not that of something on which the loss depends, or of another shape
        (LAYER, r"e = \frac{\partial L}{\partial z} = z - t", Verdict.PROVED),
        (LAYER, r"b = \frac{\partial L}{\partial z} = z - t", Verdict.REFUTED),
        (LAYER, r"t = \frac{\partial L}{\partial z} = z - t", Verdict.REFUTED),
        (LAYER, r"x = \frac{\partial L}{\partial z} = z - t", Verdict.ILL_FORMED),
        (LAYER, r"G_{ij} = \frac{\partial L}{\partial W_{ij}} = (z_i - t_i) x_j", Verdict.PROVED),
        (LAYER, r"G_{ii} = \frac{\partial L}{\partial W_{ij}} = (z_i - t_i) x_j", Verdict.ILL_FORMED),
        # words say what they say: only "otherwise" holds where nothing before it does
        (CASES, r"\frac{\partial g}{\partial x} = \begin{cases} 1 & x > 0 \\ 2 & \text{Otherwise.} \end{cases}",
         Verdict.PROVED),
        (CASES, r"\frac{\partial g}{\partial x} = \begin{cases} 1 & x > 0 \\ 2 & z \end{cases}", Verdict.UNDECIDED),
        (CASES, r"\frac{\partial g}{\partial x} = \begin{cases} 1 & \text{on weekdays} \\ 2 & x < 0 \end{cases}",
         Verdict.UNDECIDED),
        # of a loss that nothing defines, or that is defined by its own derivatives, nothing is known
        (SCALARS, r"\frac{\partial L}{\partial a} = 0", Verdict.UNDECIDED),
        (SCALARS, r"\frac{\partial L}{\partial b} = 2 \frac{\partial L}{\partial c}", Verdict.PROVED),
        ((*SCALARS, "L = c^2"), r"\frac{\partial L}{\partial a} = 0", Verdict.PROVED),
        ((*SCALARS, "L = a c^2"), r"\frac{\partial L}{\partial a} = 0", Verdict.REFUTED),
        ((*ITSELF, r"L = \sum_{i=1}^n (a_i + g_i)"), r"\frac{\partial L}{\partial a} = 0", Verdict.UNDECIDED),
        ((*ITSELF, r"L = \sum_{i=1}^n (a_i + g_i)"), r"\frac{\partial L}{\partial a_i} = 1", Verdict.UNDECIDED),
        ((*ITSELF, r"L = \sum_{i=1}^n a_i"), r"\frac{\partial L}{\partial a_i} = 1", Verdict.PROVED),
        ((*ITSELF, r"L = \sum_{i=1}^n a_i"), r"\frac{\partial L}{\partial a_i} = 0", Verdict.REFUTED),
        # brackets of equal values
        (SELECTED, r"\frac{\partial D_{mi}}{\partial A_{mi}} = [z_i = x_m]", Verdict.PROVED),
        (SELECTED, r"\frac{\partial D_{mi}}{\partial A_{mi}} = [z_m = x_i]", Verdict.REFUTED),
        (SELECTED, r"\frac{\partial D_{mi}}{\partial A_{mi}} = [2 x_m - 2 z_i = 0]", Verdict.PROVED),
        (SELECTED, r"\frac{\partial D_{mi}}{\partial A_{mi}} = [2 x_m - z_i = 0]", Verdict.REFUTED),
        (SELECTED, r"\frac{\partial D_{mi}}{\partial A_{mi}} = 0", Verdict.REFUTED),
        (LAYER, r"G_{ik} = \frac{\partial L}{\partial W_{ij}} = (z_i - t_i) x_j", Verdict.ILL_FORMED),
        ((r"W \in \mathbb{R}^{n \times m}", *SQUARES), r"\frac{\partial L}{\partial W} = 0", Verdict.UNDECIDED),
        ((r"W \in \mathbb{R}^{m \times n}", *SQUARES), r"\frac{\partial L}{\partial W} = 0", Verdict.REFUTED),
        ((r"W \in \mathbb{R}^{m \times n}", *SQUARES), r"\frac{\partial L}{\partial W} = 2 z x^T", Verdict.PROVED),
    ],
)  # fmt: skip
def test_verdict(before: tuple[str, ...], claim: str, verdict: Verdict, tmp_path: Path) -> None:
    formula = judged(tmp_path, *before, claim)
    assert formula.verdict is verdict, formula.message
