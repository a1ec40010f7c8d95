"""A letter that is a number in italics and a vector in bold, and texts that write one thing in both fonts."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED


def claims(text: str, **said: str) -> list[Formula]:
    for name, claim in said.items():
        text = text.replace(name, claim)
    return [f for f in report_on(text).formulas if f.displayed]


# -- two things -----------------------------------------------------------------------------------------------------
CHAIN_RULE = r"""
## The model

The input is $\mathbf{x} \in \mathbb{R}^n$, and
$$y = \mathbf{w}^\top \mathbf{x} + b$$
$$\frac{\partial y}{\partial x_j} = ENTRY$$

## The chain rule

As an example take $z = \sin(x^2 + y^2)$ with
$$x = e^t, \qquad y = t^3$$
$$\frac{\partial z}{\partial x} = SLOPE$$
$$\frac{dy}{dt} = 3 t^2$$
"""


@pytest.mark.parametrize(
    ("entry", "slope", "right"),
    [("w_j", r"2x \cos(x^2 + y^2)", True), ("x_j", r"2x \cos(x^2 + y^2)", False),
     ("w_j", r"2y \cos(x^2 + y^2)", False), ("w_j", r"-2x \cos(x^2 + y^2)", False)],
)  # fmt: skip
def test_a_number_of_another_section(entry: str, slope: str, right: bool) -> None:
    found = claims(CHAIN_RULE, ENTRY=entry, SLOPE=slope)
    verdicts = [f.verdict for f in found if "partial" in f.latex]
    assert (verdicts == [PROVED, PROVED]) is right, [f.message for f in found]
    assert right or any(verdict.wrong for verdict in verdicts)


POINT = r"""
A point is $\vec{r} = (x, y)^\top$. Let $\vec{x} \in \mathbb{R}^n$ be another vector and
$$f = \frac12 \|\vec{x}\|^2 + x^2 y$$
$$\frac{\partial f}{\partial \vec{x}} = VECTOR$$
$$\frac{\partial f}{\partial x} = NUMBER$$
"""


@pytest.mark.parametrize(
    ("vector", "number", "verdicts"),
    [(r"\vec{x}", "2 x y", [PROVED, PROVED]), (r"2 \vec{x}", "2 x y", [REFUTED, PROVED]),
     (r"\vec{x}", "x y", [PROVED, REFUTED])],
)  # fmt: skip
def test_both_in_one_equation(vector: str, number: str, verdicts: list[Verdict]) -> None:
    assert [f.verdict for f in claims(POINT, VECTOR=vector, NUMBER=number)][1:] == verdicts


OFFSETS = r"""
One unit computes $z = \mathbf{w}^\top \mathbf{x} + b$, and a layer
$$\mathbf{z} = W \mathbf{x} + \mathbf{b}$$
$$\frac{\partial z}{\partial b} = ONE$$
$$\frac{\partial \mathbf{z}}{\partial \mathbf{x}} = LAYER$$
"""


@pytest.mark.parametrize(
    ("one", "layer", "right"), [("1", "W", True), ("b", "W", False), ("1", r"\mathbf{x}", False), ("2", "W", False)]
)
def test_a_unit_and_a_layer(one: str, layer: str, right: bool) -> None:
    found = claims(OFFSETS, ONE=one, LAYER=layer)[1:]
    assert all(f.verdict is PROVED for f in found) is right, [f.message for f in found]
    assert right or any(f.verdict.wrong for f in found)


REGRESSION = r"""
Let $\mathbf{X} \in \mathbb{R}^{N \times D}$, $\mathbf{y} \in \mathbb{R}^N$ and $\mathbf{w} \in \mathbb{R}^D$.

## One feature

With $y = w x + b$ and $E = (y - t)^2$
$$\frac{\partial E}{\partial w} = FIRST$$

## Many features

With $J(w) = \frac12 \|\mathbf{X} \mathbf{w} - \mathbf{y}\|^2$
$$\frac{\partial J}{\partial w} = SECOND$$
"""


@pytest.mark.parametrize(
    ("first", "second", "verdicts"),
    [("2 (y - t) x", r"\mathbf{X}^\top (\mathbf{X} w - y)", [PROVED, PROVED]),
     ("2 (y - t) x", r"\mathbf{X}^\top (\mathbf{X} w + y)", [PROVED, REFUTED]),
     ("(y - t) x", r"\mathbf{X}^\top (\mathbf{X} \mathbf{w} - \mathbf{y})", [REFUTED, PROVED]),
     ("2 (y - t) x", "0", [PROVED, REFUTED])],
)  # fmt: skip
def test_a_section_of_numbers(first: str, second: str, verdicts: list[Verdict]) -> None:
    """And one behind it that leaves the font out."""
    assert [f.verdict for f in claims(REGRESSION, FIRST=first, SECOND=second)] == verdicts


# -- one thing ------------------------------------------------------------------------------------------------------
CARELESS = (
    r"""
Let $A \in \mathbb{R}^{n \times n}$ and $\mathbf{x} \in \mathbb{R}^n$. For
$$f(x) = \frac12 \mathbf{x}^\top A \mathbf{x}$$
the gradient is
$$\nabla f(x) = CLAIM$$
""",
    r"""
## One variable

For $f(x) = x^2$ the slope is $2x$, as for $g(x) = \sin(x)$.

## Several

Now let $\mathbf{x} \in \mathbb{R}^n$, $A \in \mathbb{R}^{n \times n}$ and $h = \frac12 \mathbf{x}^\top A \mathbf{x}$.
$$\frac{\partial h}{\partial x} = CLAIM$$
""",
)


@pytest.mark.parametrize("text", CARELESS)
@pytest.mark.parametrize(
    ("claim", "right"),
    [(r"\frac12 (A + A^\top) \mathbf{x}", True), (r"\frac12 (A + A^\top) x", True), (r"2 A \mathbf{x}", False),
     ("0", False), (r"(A + A^\top) x", False)],
)  # fmt: skip
def test_a_font_that_is_left_out(text: str, claim: str, right: bool) -> None:
    """The derivative by x of what is made of the vector is not zero."""
    found = claims(text, CLAIM=claim)[-1]
    assert found.verdict is PROVED if right else found.verdict is REFUTED, found.message


# -- lists and words below names --------------------------------------------------------------------------------------
LISTED = r"""
Let $z \in \mathbb{R}^n$ and
$$p_i = \frac{1}{1 + e^{-z_i}}$$
$$\frac{\partial p}{\partial z} = \operatorname{diag}(FIRST)$$
$$\left[ \frac{\partial p_i}{\partial z_i} \right]_i = SECOND$$
"""


@pytest.mark.parametrize(
    ("first", "second", "verdicts"),
    [("p_i (1 - p_i)", r"p \odot (1 - p)", [PROVED, PROVED]), ("p_i (1 + p_i)", r"p \odot (1 - p)", [REFUTED, PROVED]),
     ("p_i (1 - p_i)", r"p \odot p", [PROVED, REFUTED])],
)  # fmt: skip
def test_what_an_index_counts(first: str, second: str, verdicts: list[Verdict]) -> None:
    assert [f.verdict for f in claims(LISTED, FIRST=first, SECOND=second)][1:] == verdicts


EQUAL = r"""
Minimise $f(x_1, \dots, x_n) = \sum_{k=1}^{n} x_k \log x_k$ where $\sum_{k=1}^n x_k = 1$.
$$\frac{\partial f}{\partial x_k} = CLAIM$$
It follows that
$$x_1 = x_2 = \cdots = x_n = \frac{1}{n}$$
"""


@pytest.mark.parametrize(("claim", "verdict"), [(r"\log x_k + 1", PROVED), (r"\log x_k - 1", REFUTED)])
def test_a_value_that_all_have_somewhere(claim: str, verdict: Verdict) -> None:
    gradient, value = claims(EQUAL, CLAIM=claim)
    assert gradient.verdict is verdict
    assert not value.verdict.wrong


STEP = r"""
The weights $w \in \mathbb{R}^d$ have the penalty $R = \frac12 \sum_{n=1}^d w_n^2$.
$$w_{new} = w - \eta \frac{\partial R}{\partial w}$$
$$\frac{\partial R}{\partial w_n} = CLAIM$$
"""


@pytest.mark.parametrize(("claim", "verdict"), [("w_n", PROVED), ("2 w_n", REFUTED)])
def test_a_word_with_the_letter_of_an_index(claim: str, verdict: Verdict) -> None:
    assert claims(STEP, CLAIM=claim)[-1].verdict is verdict


RETURNS = r"""
Let $r_t$, $s_t$ and $V$ be given, $t = 1, \dots, T$, and $R = \sum_{t=1}^{T} r_t$.
$$LEFT = r_t + \gamma V(s_t)$$
"""


@pytest.mark.parametrize(("left", "wrong"), [(r"\delta_t", False), (r"\delta_0", True)])
def test_an_index_of_the_left_side(left: str, wrong: bool) -> None:
    assert claims(RETURNS, LEFT=left)[-1].verdict.wrong is wrong


PRODUCT = r"""
Let $\mathbf{w}, \mathbf{x} \in \mathbb{R}^d$, a scalar $w$ and
$$f = w \mathbf{w}^\top \mathbf{x} + w^2$$
$$\frac{\partial f}{\partial \mathbf{w}} = CLAIM$$
"""


@pytest.mark.parametrize(("claim", "verdict"), [(r"w \mathbf{x}", PROVED), (r"w \mathbf{x} + 2 \mathbf{w}", REFUTED)])
def test_a_product_with_a_letter_in_both_fonts_has_two_things(claim: str, verdict: Verdict) -> None:
    assert claims(PRODUCT, CLAIM=claim)[-1].verdict is verdict
