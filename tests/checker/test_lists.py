"""Vectors by what is listed of them, ``x = (x_1, x_2)`` and ``(2 x_1, 4 x_2)``, and words at the end of a row."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.ILL_FORMED
SQUARES = r" and $f(x) = x_1^2 + 2 x_2^2$. Then "
X = (
    r"Let $x \in \mathbb{R}^2$", r"Let $x = (x_1, x_2)$", r"Let $x = [x_1, x_2]^\top$",
    r"Let $x = \begin{bmatrix} x_1 \\ x_2 \end{bmatrix}$",
)  # fmt: skip


def last(text: str) -> Verdict:
    return report_on(text).formulas[-1].verdict


@pytest.mark.parametrize("declared", X)
@pytest.mark.parametrize(("right", "wrong"), [
    (r"(2 x_1, 4 x_2)", r"(2 x_1, 2 x_2)"), (r"[2 x_1, 4 x_2]^\top", r"[4 x_2, 2 x_1]^\top"),
    (r"\left(\frac{\partial f}{\partial x_1}, \frac{\partial f}{\partial x_2}\right)",
     r"\left(\frac{\partial f}{\partial x_2}, \frac{\partial f}{\partial x_1}\right)"),
])  # fmt: skip
def test_numbers_in_brackets_are_a_vector(declared: str, right: str, wrong: str) -> None:
    assert last(rf"{declared}{SQUARES}$$ \nabla_x f = {right} $$") is PROVED
    assert last(rf"{declared}{SQUARES}$$ \nabla_x f = {wrong} $$") is REFUTED
    assert last(rf"{declared}{SQUARES}$$ \nabla_x f = (2 x_1, 4 x_2, 1) $$") in (ILL_FORMED, Verdict.UNDECIDED)


@pytest.mark.parametrize("values", [r"(0, 1)", r"[0, 1]^\top", r"\begin{pmatrix} 0 \\ 1 \end{pmatrix}"])
def test_a_list_of_numbers_is_a_value_for_an_example(values: str) -> None:
    text = rf"Let $w \in \mathbb{{R}}^2$ and $L = \|w\|^2$. At $w = {values}$: $$ \nabla_w L = CLAIM $$"
    assert last(text.replace("CLAIM", "2 w")) is PROVED
    assert last(text.replace("CLAIM", "(0, 2)")) is Verdict.CONDITIONAL
    assert last(text.replace("CLAIM", "(0, 3)")) is REFUTED


def test_names_in_brackets_define_nothing() -> None:
    text = r"Let $w, b \in \mathbb{R}$, $\theta = (w, b)$ and $L = w^2 + b^2$. $$ \nabla_\theta L = CLAIM $$"
    assert last(text.replace("CLAIM", "(2 w, 2 b)")) is Verdict.UNDECIDED
    assert last(text.replace("CLAIM", "(0, 0)")) is Verdict.UNDECIDED


def test_entries_of_an_example_are_not_all() -> None:
    softmax = (
        r"Let $z = [z_1, z_2]$ be an example, $p = \mathrm{softmax}(z)$, $L = -\sum_i y_i \log p_i$, $\sum_i y_i = 1$. "
    )
    assert last(rf"{softmax} $$ \frac{{\partial L}}{{\partial z}} = p - y $$") is PROVED
    two = r"$$ \frac{\partial L}{\partial z} = (p_1 - y_1, p_2 - y_2) $$"
    assert last(softmax + two) is Verdict.UNDECIDED


def test_a_list_may_have_one_of_its_entries_in_the_middle() -> None:
    text = r"Let $a = (a_1; a_2; \ldots; a_i; \ldots; a_m)$ and $f = \sum_{i=1}^m a_i^2$. $$ \nabla_a f = CLAIM $$"
    assert last(text.replace("CLAIM", "2 a")) is PROVED
    assert last(text.replace("CLAIM", "a")) is REFUTED


NOTED = r"""
Let $x, y, z \in \mathbb{R}$.

BEGIN f &= x y + z & NOTE \\ &= z + y x & \text{(law of addition)} \\ &= CLAIM END
"""


@pytest.mark.parametrize("ends", [(r"\begin{align}", r"\end{align}"), (r"$$\begin{aligned}", r"\end{aligned}$$")])
@pytest.mark.parametrize("note", [r"\text{(Multiply)}", r"\ \ \ \text{See note 1}"])
def test_words_at_the_end_of_a_row_are_no_part_of_the_next(ends: tuple[str, str], note: str) -> None:
    text = NOTED.replace("BEGIN", ends[0]).replace("END", ends[1]).replace("NOTE", note)
    assert last(text.replace("CLAIM", "y x + z")) is PROVED
    assert last(text.replace("CLAIM", "y x - z")) is REFUTED
