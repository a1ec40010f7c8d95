"""Corrections: each kind of slip is mended as one would, judged again; what is right is left alone."""

# ruff: noqa: E501  formulas are shown in one line

from __future__ import annotations

from pathlib import Path

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Formula, Verdict

DENSE = r"""
$$x \in \mathbb{R}^{n},\quad W \in \mathbb{R}^{m \times n},\quad b \in \mathbb{R}^{m},\quad y \in \mathbb{R}^{m}$$

$$z = W x + b$$

$$a = \sigma(z)$$

$$E = \frac{1}{2} \sum_{i=1}^{m} (a_i - y_i)^2$$

$$d = \frac{\partial E}{\partial z}$$
"""

LAYERS = r"""
$$a^{(1)} \in \mathbb{R}^{n},\quad W^{(1)} \in \mathbb{R}^{m \times n},\quad W^{(2)} \in \mathbb{R}^{p \times m},\quad y \in \mathbb{R}^{p}$$

$$z^{(2)} = W^{(1)} a^{(1)}$$

$$a^{(2)} = \tanh(z^{(2)})$$

$$z^{(3)} = W^{(2)} a^{(2)}$$

$$E = \frac{1}{2} \| z^{(3)} - y \|^2$$
"""

MAPS = r"""
$$x \in \mathbb{R}^{H \times W},\quad k \in \mathbb{R}^{h \times w},\quad t \in \mathbb{R}^{(H-h+1) \times (W-w+1)}$$

$$s = conv2(x, k, 'valid') \in \mathbb{R}^{(H-h+1) \times (W-w+1)}$$

$$E = \frac{1}{2} \sum_{u,v} (s_{u,v} - t_{u,v})^2$$
"""

POOLED = r"""
$$c \in \mathbb{R}^{H \times W},\quad t \in \mathbb{R}^{\frac{H}{q} \times \frac{W}{q}}$$

$$p = maxpool(c, q) \in \mathbb{R}^{\frac{H}{q} \times \frac{W}{q}}$$

$$L = \sum_{u,v} t_{u,v} p_{u,v}^2$$
"""

ROWS = r"""
$$X \in \mathbb{R}^{N \times n},\quad W \in \mathbb{R}^{n \times m},\quad Y \in \mathbb{R}^{N \times m}$$

$$S = \frac{1}{\sqrt{m}} X W$$

$$E = \frac{1}{2} \sum_{i,j} (S_{ij} - Y_{ij})^2$$

$$D = \frac{\partial E}{\partial S}$$
"""

PAIRS = r"""
$$u \in \mathbb{R}^{m},\quad v \in \mathbb{R}^{n},\quad X \in \mathbb{R}^{m \times n},\quad q_j \in \{-1, 1\}$$

$$G = \sum_{i=1}^{m} \sum_{j=1}^{n} (u_i + v_j - X_{ij})^2$$

$$R = \frac{1}{2} u^T u + \frac{1}{4} (u^T u)^2$$

$$Q = \sum_{j=1}^{n} q_j v_j^2$$
"""

FONTS = r"""
Let $\mathbf{x}, \mathbf{a} \in \mathbb{R}^n$ and a number $a$.

$$f = \frac{1}{2} \|\mathbf{x}\|^2 + a \mathbf{a}^T \mathbf{x} + \sin(a)$$
"""

SLIPS = {
    "transpose lost": (DENSE, r"\frac{\partial E}{\partial x} = W d", r"\frac{\partial E}{\partial x} = W^{T} d"),
    "transpose too many": (DENSE, r"z = W^T x + b", r"z = W x + b"),
    "transpose on the other": (DENSE, r"\frac{\partial E}{\partial W} = d^T x", r"\frac{\partial E}{\partial W} = d x^{T}"),
    "order": (DENSE, r"\frac{\partial E}{\partial W} = x^T d", r"\frac{\partial E}{\partial W} = d x^T"),
    "other symbol": (DENSE, r"\frac{\partial E}{\partial W} = d y^T", r"\frac{\partial E}{\partial W} = d x^T"),
    "prime lost": (DENSE, r"d = (a - y) \odot \sigma(z)", r"d = (a - y) \odot \sigma'(z)"),
    "sign of a term": (DENSE, r"d = (a - y) \odot a \odot (1 + a)", r"d = (a - y) \odot a \odot (1 - a)"),
    "sign of the whole": (DENSE, r"\frac{\partial E}{\partial a} = y - a", r"\frac{\partial E}{\partial a} = a - y"),
    "factor too many": (DENSE, r"\frac{\partial E}{\partial a} = 2 (a - y)", r"\frac{\partial E}{\partial a} = (a - y)"),
    "factor lost": (DENSE, r"\frac{\partial E}{\partial b_i} = (a_i - y_i) (1 - a_i)", r"\frac{\partial E}{\partial b_i} = a_i(a_i - y_i)(1 - a_i)"),
    "indices": (DENSE, r"\frac{\partial E}{\partial W_{ij}} = d_j x_i", r"\frac{\partial E}{\partial W_{ij}} = d_i x_j"),
    "index": (DENSE, r"\frac{\partial E}{\partial W_{ij}} = d_i x_i", r"\frac{\partial E}{\partial W_{ij}} = d_i x_j"),
    "sum lost": (
        DENSE, r"\frac{\partial E}{\partial x_j} = W_{ij} d_i", r"\frac{\partial E}{\partial x_j} = \sum_{i=1}^{m}W_{ij}d_i",
    ),
    "bound": (
        DENSE, r"\frac{\partial E}{\partial x_j} = \sum_{i=1}^{n} W_{ij} d_i",
        r"\frac{\partial E}{\partial x_j} = \sum_{i=1}^{m} W_{ij} d_i",
    ),
    "sensitivity of another quantity": (
        DENSE, r"\frac{\partial E}{\partial b} = \frac{\partial E}{\partial a}", r"\frac{\partial E}{\partial b} = \frac{\partial E}{\partial z}",
    ),
    "chain": (
        DENSE, r"\frac{\partial E}{\partial b} = \frac{\partial E}{\partial a} \frac{\partial z}{\partial b}",
        r"\frac{\partial E}{\partial b} = \frac{\partial E}{\partial z} \frac{\partial z}{\partial b}",
    ),
    "undefined symbol": (DENSE, r"\frac{\partial E}{\partial b} = q", r"\frac{\partial E}{\partial b} = d"),
    "stated shape": (
        DENSE, r"\frac{\partial E}{\partial x} = W^T d \in \mathbb{R}^{m}", r"\frac{\partial E}{\partial x} = W^T d \in \mathbb{R}^{n}",
    ),
    "exponent": (DENSE, r"\sigma'(z) = a \odot (1 - a^2)", r"\sigma'(z) = a \odot (1 - a)"),
    "layer": (
        LAYERS, r"\frac{\partial E}{\partial a^{\left(2\right)}} = W^{\left(1\right)T} \frac{\partial E}{\partial z^{\left(3\right)}}",
        r"\frac{\partial E}{\partial a^{\left(2\right)}} = W^{\left(2\right)T} \frac{\partial E}{\partial z^{\left(3\right)}}",
    ),
    "layer on the left": (
        LAYERS, r"\frac{\partial E}{\partial W^{(1)}} = \frac{\partial E}{\partial z^{(3)}} a^{(2)T}",
        r"\frac{\partial E}{\partial W^{(2)}} = \frac{\partial E}{\partial z^{(3)}} a^{(2)T}",
    ),
    "two slips": (DENSE, r"d = (a + y) \odot \sigma(z)", r"d = (a - y) \odot \sigma'(z)"),
    "two sides": (
        DENSE, r"\frac{\partial E}{\partial W} = \frac{\partial E}{\partial a} x^T = d y^T",
        r"\frac{\partial E}{\partial W} = \frac{\partial E}{\partial z} x^T = d x^T",
    ),
    "rotation lost": (
        MAPS, r"\frac{\partial E}{\partial x} = conv2(\frac{\partial E}{\partial s}, k, 'full')",
        r"\frac{\partial E}{\partial x} = conv2(\frac{\partial E}{\partial s}, \operatorname{rot180}\left(k\right), 'full')",
    ),
    "mode": (
        MAPS, r"\frac{\partial E}{\partial x} = conv2(\frac{\partial E}{\partial s}, rot180(k), 'valid')",
        r"\frac{\partial E}{\partial x} = conv2(\frac{\partial E}{\partial s}, rot180(k), 'full')",
    ),
    "transposed as a whole": (ROWS, r"\frac{\partial E}{\partial W} = \frac{1}{\sqrt{m}} D^T X", r"\frac{\partial E}{\partial W} = \frac{1}{\sqrt{m}} X^T D"),
    "square root lost": (
        ROWS, r"\frac{\partial E}{\partial X} = \frac{1}{m} D W^T", r"\frac{\partial E}{\partial X} = \frac{1}{\sqrt{m}} D W^T",
    ),
    "running index": (
        PAIRS, r"\frac{\partial G}{\partial v_j} = 2 \sum_{j=1}^{m} (u_i + v_j - X_{ij})",
        r"\frac{\partial G}{\partial v_j} = 2 \sum_{i=1}^{m} (u_i + v_j - X_{ij})",
    ),
    "unit matrix lost": (
        PAIRS, r"\frac{\partial^2 R}{\partial u \partial u^T} = 1 + \|u\|^2 I + 2 u u^T",
        r"\frac{\partial^2 R}{\partial u \partial u^T} = I + \|u\|^2 I + 2 u u^T",
    ),
    "labels that are signs": (PAIRS, r"\frac{\partial Q}{\partial v_j} = -2 q_j v_j", r"\frac{\partial Q}{\partial v_j} = 2q_j v_j"),
    "entrywise factor lost": (DENSE, r"d = \frac{\partial E}{\partial a} \odot (1 - a)", r"d = \frac{\partial E}{\partial a} \odot (1 - a) \odot a"),
    "bold beside italics": (
        FONTS, r"\frac{\partial f}{\partial \mathbf{x}} = \mathbf{x} + \mathbf{a}", r"\frac{\partial f}{\partial \mathbf{x}} = \mathbf{x} + a\mathbf{a}",
    ),
    "differential": (
        r"$$A, X \in \mathbb{R}^{n \times n}$$" + "\n\n" + r"$$g = \operatorname{tr}(A X)$$",
        r"\mathrm{d}g = -\operatorname{tr}(A\, \mathrm{d}X)", r"\mathrm{d}g = \operatorname{tr}(A\, \mathrm{d}X)",
    ),
    "routing": (
        POOLED, r"\frac{\partial L}{\partial c} = up(\frac{\partial L}{\partial p}, q)",
        r"\frac{\partial L}{\partial c} = up(\frac{\partial L}{\partial p}, q) \circ \left[c = \operatorname{up}(p, q)\right]",
    ),
}  # fmt: skip


def judged(document: str, tmp_path: Path) -> Formula:
    """The findings on the last formula of a document."""
    path = tmp_path / "notes.md"
    path.write_text(document, encoding="utf-8")
    return check(path).formulas[-1]


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_mended(name: str, tmp_path: Path) -> None:
    definitions, printed, mended = SLIPS[name]
    formula = judged(f"{definitions}\n$${printed}$$\n", tmp_path)
    assert formula.verdict.wrong or name == "routing", formula
    assert formula.correction is not None, formula.remarks
    assert formula.correction.latex == mended
    assert formula.correction.verdict in (Verdict.PROVED, Verdict.CHECKED)
    assert formula.correction.edit and formula.correction.message and not formula.correction.derived
    assert all(0 <= start < end <= len(mended) for start, end in formula.correction.changed)


def _long_sum(factor: str) -> tuple[str, str]:
    """A sum of forty terms, and its derivative by ``x`` with a factor in one of them."""
    terms = [f"a_{{{k}}} u_{{{k}}}" for k in range(1, 41)]
    stated = " + ".join(factor * (k == 25) + term for k, term in enumerate(terms))
    whole = " + ".join(f"{term} x" for term in terms)
    definition = f"$b, x \\in \\mathbb{{R}}$, $a, u \\in \\mathbb{{R}}^{{40}}$\n\n$$f = {whole} + b$$"
    return f"{definition}\n\n", f"\\frac{{\\partial f}}{{\\partial x}} = {stated}"


def test_the_wrong_term_of_a_long_sum_is_tried_first(tmp_path: Path) -> None:
    """There are thousands of edits; those of the terms that the derivative has as well come last."""
    definition, printed = _long_sum("b ")
    correction = judged(f"{definition}$${printed}$$\n", tmp_path).correction
    assert correction is not None and not correction.derived and correction.edit == "factor b dropped"
    definition, printed = _long_sum("")
    assert judged(f"{definition}$${printed}$$\n", tmp_path).verdict is Verdict.PROVED


@pytest.mark.parametrize("name", [name for name in SLIPS if name != "routing"])
def test_what_is_right_is_left_alone(name: str, tmp_path: Path) -> None:
    """The twin: the correction in the place of the slip is found right, and nothing is proposed."""
    definitions, _, mended = SLIPS[name]
    formula = judged(f"{definitions}\n$${mended}$$\n", tmp_path)
    assert formula.verdict in (Verdict.PROVED, Verdict.CHECKED), formula.message
    assert formula.correction is None


def test_the_rest_stays_as_printed(tmp_path: Path) -> None:
    """Spacing and brackets outside of the change are the author's, in all sides of a chain."""
    printed = r"\frac{\partial E}{\partial x} \;=\; {W}^{\top}\, d \;=\; W^{\top}\,\Bigl( (a-y) \odot\sigma(z) \Bigr)"
    correction = judged(f"{DENSE}\n$${printed}$$\n", tmp_path).correction
    assert correction is not None
    assert correction.latex == printed.replace(r"\sigma(z)", r"\sigma'(z)")
    assert [correction.latex[slice(*span)] for span in correction.changed] == [r"\sigma'"]


def test_where_no_edit_is_right_the_side_is_derived(tmp_path: Path) -> None:
    correction = judged(DENSE + "\n" + r"$$\frac{\partial E}{\partial x} = 3 x x^T x + 7 x$$", tmp_path).correction
    assert correction is not None and correction.derived
    assert correction.verdict in (Verdict.PROVED, Verdict.CHECKED)
    twin = judged(f"{DENSE}\n$${correction.latex}$$\n", tmp_path)
    assert twin.verdict in (Verdict.PROVED, Verdict.CHECKED) and twin.correction is None


def test_what_is_not_defined_has_no_correction(tmp_path: Path) -> None:
    formula = judged(DENSE + "\n" + r"$$\frac{\partial E}{\partial q} = a - y$$", tmp_path)
    assert formula.verdict is Verdict.ILL_FORMED and formula.correction is None
    assert any("q is not defined" in remark and "by a shape" in remark for remark in formula.remarks)
    definitions = r"$$z \in \mathbb{R}^{n}$$" + "\n\n" + r"$$L = \|z\|^2$$" + "\n\n" + r"$$\nabla_w L = 2 z h^\top$$"
    formula = judged(definitions + "\n\n$$z = wh$$", tmp_path)
    assert formula.verdict is Verdict.UNDECIDED and formula.correction is None
    assert "shape of w is not stated. A declaration would tell" in formula.message
    shapes = r"$$w \in \mathbb{R}^{n \times m}, h \in \mathbb{R}^{m}$$" + "\n\n"
    twin = judged(shapes + definitions + "\n\n$$z = wh$$", tmp_path)
    assert twin.verdict is Verdict.DEFINED and not twin.remarks


def test_an_assumption_made_elsewhere_may_be_used_again(tmp_path: Path) -> None:
    """``a - y`` of softmax and cross-entropy holds where the labels sum to one: with a sign wrong it is mended to that
    if the document relies on it elsewhere, and to what holds anyway if it does not."""
    softmax = r"""
$$z \in \mathbb{R}^{n},\quad y \in \mathbb{R}^{n}$$

$$a_i = \frac{\exp(z_i)}{\sum_{k=1}^{n} \exp(z_k)}$$

$$L = -\sum_{i=1}^{n} y_i \log(a_i)$$
"""
    right, wrong = (rf"$$\frac{{\partial L}}{{\partial z_i}} = a_i {sign} y_i$$" for sign in "-+")
    relying = judged(softmax + "\n" + right + "\n\n" + wrong, tmp_path).correction
    assert relying is not None and relying.verdict is Verdict.CONDITIONAL
    alone = judged(softmax + "\n" + wrong, tmp_path).correction
    assert alone is None or alone.verdict is not Verdict.CONDITIONAL


def test_corrections_are_the_same_every_time(tmp_path: Path) -> None:
    definitions, printed, _ = SLIPS["two slips"]
    first, second = (judged(f"{definitions}\n$${printed}$$\n", tmp_path).correction for _ in range(2))
    assert first == second


DERIVED = {
    "what is common stands before a bracket": (
        r"$$g = x (a + 1) (b + 1)$$", r"\frac{\partial g}{\partial a} = x + b + 1", r"\frac{\partial g}{\partial a} = x(b + 1)",
    ),
    "what does not run stands before the sum": (
        r"$$a, x \in \mathbb{R}^n$$" + "\n\n" + r"$$g = \sum_{i=1}^n a_i x_i^2 \sum_{i=1}^n x_i$$",
        r"\frac{\partial g}{\partial x_k} = a_k x_k", r"\frac{\partial g}{\partial x_k} = 2a_{k}x_{k}\sum_{i=1}^{n}x_{i} + \sum_{i=1}^{n}a_{i}x_{i}^{2}",
    ),
    "a norm, and a name": (
        r"$$x \in \mathbb{R}^n$$" + "\n\n" + r"$$u = \frac{x}{\|x\|}$$",
        r"\frac{\partial u_i}{\partial x_j} = \frac{1}{\|x\|}", r"\frac{\partial u_i}{\partial x_j} = \frac{\delta_{ij} - u_{i}u_{j}}{\|x\|}",
    ),
    "a softmax": (
        r"$$z \in \mathbb{R}^n$$" + "\n\n" + r"$$p_k = \frac{e^{z_k}}{\sum_{j=1}^n e^{z_j}}$$",
        r"\frac{\partial p_k}{\partial z_i} = p_k (1 - p_i) + z_i", r"\frac{\partial p_k}{\partial z_i} = p_{k}(\delta_{ki} - p_{i})",
    ),
    "an inner product, and powers of e": (
        r"$$w, x \in \mathbb{R}^n$$" + "\n\n" + r"$$f = e^{w^\top x}$$" + "\n\n" + r"$$g = b e^{-c} + w^\top x$$",
        r"\frac{\partial g}{\partial b} = w^\top w", r"\frac{\partial g}{\partial b} = e^{-c}",
    ),
    "a product of all but one": (
        r"$$p \in \mathbb{R}^n$$" + "\n\n" + r"$$V = \prod_{i=1}^n p_i$$",
        r"\frac{\partial V}{\partial p_k} = \sum_{i=1}^n p_i", r"\frac{\partial V}{\partial p_k} = \prod_{i\neq k}p_{i}",
    ),
    "letters in their font": (
        r"$$\mathbf{X} \in \mathbb{R}^{N \times n}, \mathbf{w} \in \mathbb{R}^n, \mathbf{y} \in \mathbb{R}^N$$" + "\n\n"
        + r"$$L = \frac{1}{2}\|\mathbf{X}\mathbf{w} - \mathbf{y}\|^2 + \frac{\lambda}{2} \mathbf{w}^\top \mathbf{w}$$",
        r"\frac{\partial L}{\partial \mathbf{w}} = \mathbf{X} \mathbf{y} + 3 \mathbf{w} \mathbf{w}^\top \mathbf{w}",
        r"\frac{\partial L}{\partial \mathbf{w}} = \mathbf{X}^{\top} (\mathbf{X}\mathbf{w} - \mathbf{y}) + \lambda\mathbf{w}",
    ),
    "a letter that is two things": (
        r"Let $\mathbf{a}, \mathbf{b} \in \mathbb{R}^n$ and $a = \|\mathbf{a}\|$." + "\n\n" + r"$$f = a \mathbf{a}^\top \mathbf{b}$$",
        r"\frac{\partial f}{\partial \mathbf{a}} = 3 \mathbf{b} + a a \mathbf{a}",
        r"\frac{\partial f}{\partial \mathbf{a}} = \frac{\mathbf{a}^{\top}\mathbf{b}}{\left\|\mathbf{a}\right\|} \mathbf{a} + a\mathbf{b}",
    ),
    "a norm of a matrix": (
        r"$$A \in \mathbb{R}^{m \times n}$$" + "\n\n" + r"$$f = \|A\|_F$$",
        r"\frac{\partial f}{\partial A} = 2 A + 7 A A^\top A", r"\frac{\partial f}{\partial A} = \frac{1}{\left\|A\right\|_{F}}A",
    ),
    "brackets around layers": (
        r"$$W^{[2]} \in \mathbb{R}^{m \times n}, a^{[1]}, z^{[1]} \in \mathbb{R}^n, y \in \mathbb{R}^m$$" + "\n\n" + r"$$a^{[1]} = \tanh(z^{[1]})$$"
        + "\n\n" + r"$$E = \frac{1}{2}\|W^{[2]} a^{[1]} - y\|^2$$",
        r"\frac{\partial E}{\partial z^{[1]}} = 3 z^{[1]} + W^{[2]\top} y", r"\frac{\partial E}{\partial z^{[1]}} = (1 - a^{[1]} \circ a^{[1]}) \circ (W^{[2]\top}(W^{[2]}a^{[1]} - y))",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DERIVED)
def test_a_derived_side_reads_as_one_writes(name: str, tmp_path: Path) -> None:
    definitions, printed, expected = DERIVED[name]
    correction = judged(f"{definitions}\n\n$${printed}$$\n", tmp_path).correction
    assert correction is not None and correction.derived
    assert correction.latex == expected
    twin = judged(f"{definitions}\n\n$${expected}$$\n", tmp_path)
    assert twin.verdict in (Verdict.PROVED, Verdict.CHECKED) and twin.correction is None
