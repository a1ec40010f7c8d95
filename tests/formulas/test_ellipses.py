"""Dots stand for what the terms beside them tell, and for nothing else."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import parse
from verify_derivations.formulas.symbols import Symbols

NET = """Let $x \\in \\mathbb{R}^n$, $W \\in \\mathbb{R}^{m \\times n}$, $w \\in \\mathbb{R}^n$, $b \\in \\mathbb{R}$,
$z = W x$ and $a = \\sigma(z)$.

$$s = w_1 x_1 + w_2 x_2 + \\dots + w_n x_n + b$$

"""


def judged(text: str) -> list[Verdict]:
    formulas = report_on(text).formulas
    return [f.verdict for f in formulas if f.displayed]


@pytest.mark.parametrize(("printed", "read"), [
    ("x_1 + x_2 + \\cdots + x_n", "\\sum_{\\jmath=1}^{n}x_{\\jmath}"),
    ("x_0 + \\dots + x_{n-1} + x_n - c", "\\sum_{\\jmath=0}^{n}x_{\\jmath} - c"),
    ("a - x_{i1} y_1 - x_{i2} y_2 - \\cdots - x_{ip} y_p", "a - \\sum_{\\jmath=1}^{p}x_{i\\jmath}y_{\\jmath}"),
    ("x_{11}^2 + x_{12}^2 + \\cdots + x_{1p}^2", "\\sum_{\\jmath=1}^{p}x_{1\\jmath}^{2}"),
    ("1 + 2 + \\cdots + 10", "\\sum_{\\jmath=1}^{10}\\jmath"),
])  # fmt: skip
def test_a_sum_with_dots_is_one_over_an_index(printed: str, read: str) -> None:
    assert to_latex(parse(printed, Symbols()).parts[0]) == read


@pytest.mark.parametrize("printed", [
    "1 + 3 + \\cdots + n", "x_1 + x_3 + \\cdots + x_n", "x_1 + y_2 + \\cdots + z_n", "x_1 + \\cdots + x_1",
    "x_1 - x_2 + \\cdots + x_n", "x_2 + \\cdots + x_1", "x_1 + x_2 + \\cdots", "x_1 + \\cdots + x_{n-2} + x_n",
])  # fmt: skip
def test_what_the_terms_do_not_tell_is_not_read(printed: str) -> None:
    assert "dots" in to_latex(parse(printed, Symbols()).parts[0])


DIAGONAL = "\\begin{bmatrix} %s_1 & & \\\\ & \\ddots & \\\\ & & %s_m \\end{bmatrix}"
ENTRIES = ("\\begin{bmatrix} W_{11} & \\cdots & W_{1n} \\\\ \\vdots & & \\vdots \\\\"
           " W_{m1} & \\cdots & W_{mn} \\end{bmatrix}"
           " \\begin{bmatrix} %s_1 \\\\ \\vdots \\\\ %s_n \\end{bmatrix}")  # fmt: skip
JACOBIAN = ("\\begin{bmatrix}"
            " \\frac{\\partial %s_1}{\\partial x_1} & \\cdots & \\frac{\\partial %s_1}{\\partial x_n} \\\\"
            " \\vdots & \\ddots & \\vdots \\\\"
            " \\frac{\\partial %s_m}{\\partial x_1} & \\cdots & \\frac{\\partial %s_m}{\\partial x_n}"
            " \\end{bmatrix}")  # fmt: skip
AUGMENTED = ("\\begin{bmatrix} %s & w_1 & \\cdots & w_n \\end{bmatrix}"
             " \\begin{bmatrix} 1 \\\\ x_1 \\\\ \\vdots \\\\ x_n \\end{bmatrix} = s")  # fmt: skip


@pytest.mark.parametrize(("claim", "right", "wrong"), [
    ("\\nabla_w s = %s", "x", "w"),
    ("\\frac{\\partial s}{\\partial w_j} = %s", "x_j", "w_j"),
    ("\\frac{\\partial s}{\\partial b} = %s", "1", "n"),
    ("\\nabla_x s = (%s_1, %s_2, \\dots, %s_n)^\\top", "w", "x"),
    ("\\frac{\\partial a}{\\partial z} = \\operatorname{diag}(%s(z_1), \\dots, %s(z_m))", "\\sigma'", "\\sigma"),
    ("\\frac{\\partial a}{\\partial x} = \\operatorname{diag}(1 - a) " + DIAGONAL + " W", "a", "z"),
    ("a = \\begin{pmatrix} \\sigma(%s_1) \\\\ \\sigma(%s_2) \\\\ \\vdots \\\\ \\sigma(%s_m) \\end{pmatrix}", "z", "a"),
    ("\\frac{\\partial z}{\\partial x} = " + JACOBIAN, "z", "a"),
    ("W = " + JACOBIAN, "z", "a"),
    ("W x = " + ENTRIES, "x", "w"),
    (AUGMENTED, "b", "1"),
])  # fmt: skip
def test_what_is_written_out_is_judged(claim: str, right: str, wrong: str) -> None:
    proved, refuted = (judged(f"{NET}$${claim.replace('%s', letter)}$$\n")[-1] for letter in (right, wrong))
    assert proved is Verdict.PROVED
    assert refuted.wrong


@pytest.mark.parametrize("cells", ["a_1 \\\\ \\vdots \\\\ \\sigma(z_m)", "a_1 \\\\ a_3 \\\\ \\vdots \\\\ a_m"])
def test_cells_that_the_dots_do_not_tell_are_undecided(cells: str) -> None:
    assert judged(f"{NET}$$a = \\begin{{bmatrix}} {cells} \\end{{bmatrix}}$$\n")[-1] is Verdict.UNDECIDED
