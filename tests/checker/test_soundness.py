"""Claims that once were judged wrongly; each stands beside a twin with the opposite verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
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
TWO_LOSSES = (
    *SCALARS, r"\frac{\partial M}{\partial b} = 2 \frac{\partial M}{\partial c}",
    r"\frac{\partial L}{\partial b} = 2 \frac{\partial L}{\partial c}",
)  # fmt: skip
ITSELF = (
    r"x \in \mathbb{R}^{n}", r"w \in \mathbb{R}^{n}", r"a = w \odot x", r"g = \frac{\partial L}{\partial a} \odot a",
)  # fmt: skip
SELECTED = (
    r"A \in \mathbb{R}^{n \times n}", r"x \in \mathbb{R}^{n}", r"z \in \mathbb{R}^{n}",
    r"D_{mi} = [x_m = z_i] A_{mi}",
)  # fmt: skip
MAPS = (
    r"x \in \mathbb{R}^{n}", r"A \in \mathbb{R}^{m \times n}", r"B \in \mathbb{R}^{k \times m}", "y = A x", "z = B y",
)  # fmt: skip
SQUARE_MAPS = (MAPS[0], *(m.replace("{m ", "{n ").replace("{k ", "{n ").replace("m}", "n}") for m in MAPS[1:]))
JACOBIANS = (r"\frac{\partial y}{\partial x}", r"\frac{\partial z}{\partial y}", r"\frac{\partial z}{\partial x}")
STATES = (
    r"x_t \in \mathbb{R}^n", r"t = 1, \dots, T", r"h_0 \in \mathbb{R}^m", r"y_t \in \mathbb{R}^m",
    r"W \in \mathbb{R}^{m \times m}", r"U \in \mathbb{R}^{m \times n}", r"z_t = W h_{t-1} + U x_t", r"h_t = \tanh(z_t)",
    r"L_t = \frac12 \|h_t - y_t\|^2",
)  # fmt: skip
PARTIAL = r"\frac{\partial %s}{\partial %s} = "
EARLIER = PARTIAL % ("h_3", "h_1") + r"\mathrm{diag}(1 - h_3^2) W \mathrm{diag}(1 - h_2^2) W"
DERIVED = (
    r"z \in \mathbb{R}^{m}", r"y \in \mathbb{R}^{m}", r"u_i = \tanh(z_i)", r"L = \sum_{i=1}^m (u_i - y_i)^2",
    r"\delta_i = \frac{\partial L}{\partial z_i}", r"g_i = \frac{\partial L}{\partial u_i} (1 - u_i^2)",
)  # fmt: skip
DEEP = (
    r"l = 1, \dots, L", r"W^{(l)} \in \mathbb{R}^{n \times n}", r"b^{(l)} \in \mathbb{R}^n", r"x \in \mathbb{R}^n",
    r"y \in \mathbb{R}^n", r"a^{(0)} = x", r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}", r"a^{(l)} = \tanh(z^{(l)})",
    r"J = \frac12 \|a^{(L)} - y\|^2",
)  # fmt: skip
THREE = (r"l = 1, 2, 3", *(line.replace("(L)", "(3)") for line in DEEP[1:]))
UNREAD = (
    r"x \in \mathbb{R}^n", r"h_0 \in \mathbb{R}", r"q \in \mathbb{R}", r"h_t = \mathbb{E}[h_{t-1} x_1]",
    r"q = \mathbb{E}[x_1]", r"M = q^2",
)  # fmt: skip
UNITS = (
    r"i = 1, \dots, D", r"a_j = \sum_{i=1}^{D} w_{ji} x_i, \quad j = 1, \dots, M", r"z_j = \tanh(a_j)",
    r"a_k = \sum_{j=1}^{M} w_{kj} z_j", r"E = \frac12 \sum_{k=1}^{K} a_k^2",
)  # fmt: skip
ONE_OF_THEM = (*UNITS, r"\frac{\partial E}{\partial a_1} = a_1")
TWO_LAYERS = (
    r"x \in \mathbb{R}^{n}", r"A \in \mathbb{R}^{n \times n}", r"h^{(1)(1)} = A x", r"h^{(2)(1)} = 2 A x",
)  # fmt: skip
NUMBERS = (r"v \in \mathbb{R}", r"w \in \mathbb{R}", r"x \in \mathbb{R}^{n}", r"A \in \mathbb{R}^{n \times n}")
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
        (SCALARS, r"\frac{\partial L(a)}{\partial a} = 0", Verdict.UNDECIDED),
        (SCALARS, r"\frac{\partial L_\theta(a)}{\partial a} = 0", Verdict.UNDECIDED),
        (SCALARS, r"\nabla_a L(a) = 0", Verdict.UNDECIDED),
        (TWO_LOSSES, r"\frac{\partial M}{\partial a} + \frac{\partial L}{\partial a} = \frac{\partial M}{\partial a}",
         Verdict.UNDECIDED),
        (TWO_LOSSES, r"\frac{\partial (2 L)}{\partial a} = 0", Verdict.UNDECIDED),
        ((*TWO_LOSSES, "L = c^2"), r"\frac{\partial (2 L)}{\partial a} = 0", Verdict.PROVED),
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
        # two Jacobian matrices side by side are a product of matrices, in the layout that the document shows
        (MAPS, f"{JACOBIANS[2]} = {JACOBIANS[0]} {JACOBIANS[1]}", Verdict.CONDITIONAL),
        (MAPS, f"{JACOBIANS[2]} = {JACOBIANS[1]} {JACOBIANS[0]}", Verdict.PROVED),
        ((*MAPS, f"{JACOBIANS[0]} = A"), f"{JACOBIANS[2]} = {JACOBIANS[0]} {JACOBIANS[1]}", Verdict.ILL_FORMED),
        ((*MAPS, f"{JACOBIANS[0]} = A"), f"{JACOBIANS[2]} = {JACOBIANS[1]} {JACOBIANS[0]}", Verdict.PROVED),
        ((*MAPS, f"{JACOBIANS[0]} = A^T"), f"{JACOBIANS[2]} = {JACOBIANS[0]} {JACOBIANS[1]}", Verdict.PROVED),
        ((*SQUARE_MAPS, f"{JACOBIANS[0]} = A"), f"{JACOBIANS[2]} = {JACOBIANS[0]} {JACOBIANS[1]}", Verdict.REFUTED),
        ((*SQUARE_MAPS, f"{JACOBIANS[0]} = A"), f"{JACOBIANS[2]} = {JACOBIANS[1]} {JACOBIANS[0]}", Verdict.PROVED),
        # a superscript is all that it says
        (NUMBERS, r"2^{2v} = 4^v", Verdict.PROVED),
        (NUMBERS, r"2^{2v} = 2^v", Verdict.REFUTED),
        (NUMBERS, r"(v + 1)^{2(w + 1)} = (v + 1)^{w + 1}", Verdict.REFUTED),
        (NUMBERS, r"(x^T x)^{2 n} = (x^T x)^n (x^T x)^n", Verdict.PROVED),
        (NUMBERS, r"(x^T x)^{2 n} = (x^T x)^n", Verdict.REFUTED),
        (NUMBERS, r"\frac{\partial}{\partial v} 2^{3 v} = 3 \cdot 2^{3 v} \log 2", Verdict.PROVED),
        (NUMBERS, r"\frac{\partial}{\partial v} 2^{3 v} = 2^v \log 2", Verdict.REFUTED),
        (NUMBERS, r"{w^2}^3 = w^6", Verdict.PROVED),
        (NUMBERS, r"{w^2}^3 = w^3", Verdict.REFUTED),
        (NUMBERS, r"{A^{-1}}^{-1} = A", Verdict.PROVED),
        (NUMBERS, r"{A^{-1}}^{-1} = A^{-1}", Verdict.REFUTED),
        (NUMBERS, r"{A^{-T}}^{-T} = A", Verdict.PROVED),
        (NUMBERS, r"{A^{-T}}^{-T} = A^{-1}", Verdict.REFUTED),
        (NUMBERS, r"\tanh^{2w}(v^2) = \tanh^{w}(v^2) \tanh^{w}(v^2)", Verdict.PROVED),
        (NUMBERS, r"\tanh^{w}(v^2) = \tanh(v^2)", Verdict.REFUTED),
        (NUMBERS, r"\tanh^{n}(v^2) = \tanh(v^2)", Verdict.REFUTED),
        (TWO_LAYERS, r"h^{(2)(1)} = h^{(1)(1)}", Verdict.UNDECIDED),
        # an entry of what is defined, by an entry of it
        (SOFTMAX, PARTIAL % ("p_i", "p_j") + r"\delta_{ij}", Verdict.PROVED),
        (SOFTMAX, PARTIAL % ("p_i", "p_j") + "0", Verdict.REFUTED),
        # a state depends on all before it
        (STATES, PARTIAL % ("L_t", "h_{t-1}") + r"W^T \mathrm{diag}(1 - h_t^2) (h_t - y_t)", Verdict.PROVED),
        (STATES, PARTIAL % ("L_t", "h_{t-1}") + "0", Verdict.REFUTED),
        (STATES, PARTIAL % ("z_{t+1}", "z_t") + r"W \mathrm{diag}(1 - h_t^2)", Verdict.PROVED),
        (STATES, PARTIAL % ("z_{t+1}", "z_{t-1}") + "0", Verdict.REFUTED),
        (STATES, EARLIER, Verdict.PROVED),
        (STATES, EARLIER.replace("h_2^2", "h_3^2"), Verdict.REFUTED),
        (STATES, PARTIAL % ("h_3", "h_1") + "0", Verdict.REFUTED),
        (STATES, PARTIAL % ("h_1", "h_3") + "0", Verdict.PROVED),
        (STATES, PARTIAL % ("h_t", "h_s") + "0", Verdict.UNDECIDED),
        # a derivative of the loss depends on what the loss depends on
        (DERIVED, r"\frac{\partial}{\partial z_i} \frac{\partial L}{\partial u_i} = 2 (1 - u_i^2)", Verdict.PROVED),
        (DERIVED, r"\frac{\partial}{\partial z_i} \frac{\partial L}{\partial u_i} = 0", Verdict.REFUTED),
        (DERIVED, r"\frac{\partial}{\partial z_i} \frac{\partial L}{\partial u_j} = 0", Verdict.REFUTED),
        (DERIVED, PARTIAL % (r"\delta_i", "y_i") + "-2 (1 - u_i^2)", Verdict.PROVED),
        (DERIVED, PARTIAL % (r"\delta_i", "y_i") + "0", Verdict.REFUTED),
        (DERIVED, PARTIAL % ("g_i", "y_i") + "0", Verdict.UNDECIDED),
        # what is known of what has no meaning: how it stands in other definitions, not in its own
        (UNREAD, PARTIAL % ("M", "q") + "2 q", Verdict.PROVED),
        (UNREAD, PARTIAL % ("M", "q") + "q", Verdict.UNDECIDED),
        (UNREAD, PARTIAL % ("h_t", "h_{t-1}") + "0", Verdict.UNDECIDED),
        # the layers below those that are mentioned rest on the first
        (DEEP, PARTIAL % ("a^{(L)}", "x") + "0", Verdict.UNDECIDED),
        (DEEP, PARTIAL % ("a^{(l)}", "b^{(1)}") + "0", Verdict.UNDECIDED),
        (DEEP, r"\frac{\partial^2 J}{\partial x_i \partial x_j} = 0", Verdict.UNDECIDED),
        (THREE, PARTIAL % ("a^{(3)}", "x") + "0", Verdict.REFUTED),
        (DEEP, PARTIAL % ("a^{(l)}", "y") + "0", Verdict.PROVED),
        (DEEP, PARTIAL % ("a^{(l-1)}", "b^{(l)}") + "0", Verdict.PROVED),
        (DEEP, PARTIAL % ("a^{(l)}", "b^{(l)}") + r"\mathrm{diag}(1 - \tanh(z^{(l)})^2)", Verdict.PROVED),
        (DEEP, PARTIAL % ("a^{(l)}", "b^{(l)}") + "0", Verdict.REFUTED),
        # of a_j and a_k, which is a_1?
        (UNITS, r"\frac{\partial E}{\partial a_1} = a_1", Verdict.UNDECIDED),
        (UNITS, r"y = 2 a_1", Verdict.UNDECIDED),
        (ONE_OF_THEM, r"\frac{\partial a_k}{\partial a_j} = w_{kj} (1 - z_j^2)", Verdict.PROVED),
        (ONE_OF_THEM, r"\frac{\partial a_k}{\partial a_j} = 0", Verdict.REFUTED),
        (LAYER, r"G_{ik} = \frac{\partial L}{\partial W_{ij}} = (z_i - t_i) x_j", Verdict.ILL_FORMED),
        ((r"W \in \mathbb{R}^{n \times m}", *SQUARES), r"\frac{\partial L}{\partial W} = 0", Verdict.UNDECIDED),
        ((r"W \in \mathbb{R}^{m \times n}", *SQUARES), r"\frac{\partial L}{\partial W} = 0", Verdict.REFUTED),
        ((r"W \in \mathbb{R}^{m \times n}", *SQUARES), r"\frac{\partial L}{\partial W} = 2 z x^T", Verdict.PROVED),
    ],
)  # fmt: skip
def test_verdict(before: tuple[str, ...], claim: str, verdict: Verdict, tmp_path: Path) -> None:
    formula = judged(tmp_path, *before, claim)
    assert formula.verdict is verdict, formula.message


def test_ties_of_the_states_between_are_named(tmp_path: Path) -> None:
    states = (r"h_0 \in \mathbb{R}^m", r"t = 1, \dots, T", r"W \in \mathbb{R}^{m \times m}")
    claim = PARTIAL % ("h_t", "h_{t-1}") + r"\mathrm{diag}([W h_{t-1} > 0]) W"
    found = judged(tmp_path, *states, r"h_t = \max(0, W h_{t-1})", claim)
    assert found.verdict is Verdict.PROVED and "off ties" in found.message
    claim = PARTIAL % ("h_t", "h_{t-1}") + r"\mathrm{diag}(1 - h_t^2) W"
    found = judged(tmp_path, *states, r"h_t = \tanh(W h_{t-1})", claim)
    assert found.verdict is Verdict.PROVED and "off ties" not in found.message
