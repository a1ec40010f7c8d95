"""Habits of textbooks and lecture notes: each reads what is right, or leaves it open, and refutes its twin."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict


def verdict(text: str) -> str:
    return str(report_on(text).formulas[-1].verdict)


HINGE = "Let $w, x \\in \\mathbb{R}^n$ and $y \\in \\mathbb{R}$.\n"
MAX, PART = "\\max(0, 1 - y w^\\top x)", "[1 - y w^\\top x]_+"


@pytest.mark.parametrize(
    ("loss", "claim", "expected"),
    [
        (MAX, "-y x \\quad \\text{if } y w^\\top x < 1", "proved"),
        (MAX, "y x \\quad \\text{if } y w^\\top x < 1", "refuted"),
        (MAX, "0 \\quad \\text{if } y w^\\top x > 1", "proved"),
        (MAX, "0 \\quad \\text{if } y w^\\top x < 1", "refuted"),
        (PART, "-y x \\quad (y w^\\top x < 1)", "proved"),
        (PART, "-2 y x \\quad (y w^\\top x < 1)", "refuted"),
        ("(1 - y w^\\top x)_+^2", "-2 y (1 - y w^\\top x)_+ x", "proved"),
        ("(1 - y w^\\top x)_+^2", "-y (1 - y w^\\top x)_+ x", "refuted"),
    ],
)
def test_a_condition_on_values_stands_behind_a_claim(loss: str, claim: str, expected: str) -> None:
    assert verdict(f"{HINGE}$$L = {loss}$$\n$$\\frac{{\\partial L}}{{\\partial w}} = {claim}$$") == expected


TWO = "Let $f(x, y) = x y^2$ and $g(x, y) = x^2 + y^2 - 1$.\n$$\\nabla {}$$"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("g = (2x, 2y)", "proved"),
        ("g = (2x, y)", "refuted"),
        ("f(x, y) = [y^2, 2 x y]^\\top", "proved"),
        ("f(x, y) = [y^2, x y]^\\top", "refuted"),
        (
            "f = \\left[\\frac{\\partial f}{\\partial x}, \\frac{\\partial f}{\\partial y}\\right] = [y^2, 2 x y]",
            "proved",
        ),
        ("f = \\left[\\frac{\\partial f}{\\partial x}, \\frac{\\partial f}{\\partial y}\\right] = [x, y]", "refuted"),
        ("f = (0, 0)", "undecided"),  # perhaps at the origin
    ],
)
def test_a_gradient_is_listed(claim: str, expected: str) -> None:
    assert verdict(TWO.format(claim)) == expected


VALUES = "Let $z \\in \\mathbb{R}^n$, $p_i = e^{z_i} / \\sum_j e^{z_j}$ and $q_i = e^{c z_i}$ for $i = 1, \\dots, n$.\n"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("\\sum_i q_i = 1", "undecided"),
        ("\\sum_i p_i = 1", "proved"),
        ("\\sum_i p_i = 2", "refuted"),  # whatever z is
        ("\\frac{\\partial q_i}{\\partial z_i} = 1", "refuted"),
    ],
)
def test_what_varies_is_a_number_under_a_condition(claim: str, expected: str) -> None:
    assert verdict(f"{VALUES}$${claim}$$") == expected


def test_what_is_called_the_largest_is_not_below_the_smallest() -> None:
    claim = "r = \\left|1 - \\frac{2 b}{a + b}\\right| = \\frac{b - a}{a + b}"
    named = claim.replace("a", "A").replace("b", "B").replace("frA", "fra")
    named = named.replace("A", "\\lambda_{\\min}").replace("B", "\\lambda_{\\max}")
    assert verdict(f"$${claim}$$") == "refuted"
    assert verdict(f"$${named}$$") == "undecided"


ROWS = "$X \\in \\mathbb{R}^{B \\times d}$, $W \\in \\mathbb{R}^{d \\times k}$, $b \\in \\mathbb{R}^k$.\n$$Y = XW + b$$"


@pytest.mark.parametrize(("claim", "expected"), [("X_i W + b", "undecided"), ("W X_i + b", "ill-formed")])
def test_a_row_stands_before_a_matrix(claim: str, expected: str) -> None:
    assert verdict(f"{ROWS}$$Y_i = {claim}$$") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Let $L_i = \\max(0, w_j x_i + 1)$.\n$$g_j = \\frac{\\partial L_i}{\\partial w_j}$$", "defined"),
        (
            "Let $y_i = \\sum_j w_{ij} x_j$ for $i = 1, \\dots, n$.\n$$g_j = \\frac{\\partial y_i}{\\partial x_j}$$",
            "ill-formed",
        ),
    ],
)
def test_the_index_of_an_example_is_left_out(text: str, expected: str) -> None:
    assert verdict(text) == expected


RULES = """Let $x \\in \\mathbb{{R}}^n$.
\\begin{{align*}}
d(x^\\top x) & = (dx)^\\top x + x^\\top dx & & \\text{{from }} u^\\top v = v^\\top u\\\\
 & = {} x^\\top dx, & &
\\end{{align*}}"""


@pytest.mark.parametrize(("factor", "expected"), [("2", "proved"), ("3", "refuted")])
def test_a_row_goes_on_from_before_a_column_of_rules(factor: str, expected: str) -> None:
    assert verdict(RULES.format(factor)) == expected


@pytest.mark.parametrize(
    "step",
    [
        "w_i = w_i - \\eta \\frac{\\partial L}{\\partial w_i} = w_i - \\eta (g_i + c w_i)",
        "w_i = (1 - 2 \\eta c) w_i - \\eta \\frac{\\partial C}{\\partial w_i}",
    ],
)
def test_a_step_of_descent_is_written_with_an_equals_sign(step: str) -> None:
    for factor, expected in (("2", Verdict.PROVED), ("3", Verdict.REFUTED)):
        slope = f"$$\\frac{{\\partial R}}{{\\partial w_i}} = {factor} w_i$$"
        *_, claim, update = report_on(f"The penalty is $R = \\|w\\|^2$.\n{slope}\n$${step}$$").formulas
        assert (claim.verdict, update.verdict) == (expected, Verdict.DEFINED)


def test_a_function_that_stands_at_another_argument_is_read() -> None:
    text = (
        "$$g(\\theta) = g(\\theta^*) + \\frac{1}{2} (\\theta - \\theta^*)^T H (\\theta - \\theta^*)$$\n"
        "$$g(x) = \\frac{1}{2} x^T H x$$\nwhere $x \\in \\mathbb{R}^d$ is the error and "
        "$H \\in \\mathbb{R}^{d \\times d}$ is symmetric ($H = H^T$).\n\n"
        "They satisfy $x = \\theta - \\theta^*$, so $x = 0$ "
        "means $\\theta = \\theta^*$.\n$$\\nabla_x g(x) = H x$$"
    )
    assert report_on(text).formulas


CALLED = "Here $\\varepsilon(\\cdot)$ is a smooth function.\n$$y = \\varepsilon(w x - b)$$\n$$\\frac{dy}{dx} = "


@pytest.mark.parametrize(
    ("slope", "expected"),
    [
        ("w \\varepsilon'(w x - b)", "proved"),
        ("\\varepsilon'(w x - b)", "refuted"),
        ("w \\varepsilon", "undecided"),  # of a number times a bracket it would be right
    ],
)
def test_what_stands_before_a_bracket_with_a_dot_is_a_function(slope: str, expected: str) -> None:
    assert verdict(f"{CALLED}{slope}$$") == expected


@pytest.mark.parametrize(
    ("slope", "expected"),
    [("D_x f = f'", "undecided"), ("D f(x)", "undecided"), ("\\nabla_x f", "proved"), ("2 \\nabla_x f", "refuted")],
)
def test_an_operator_is_no_quantity(slope: str, expected: str) -> None:
    assert verdict(f"Let $f(x) = \\sin x$.\n$$\\frac{{df}}{{dx}} = {slope}$$") == expected


@pytest.mark.parametrize(
    ("slope", "expected"),
    [
        ("\\frac{\\partial L}{\\partial o} h^\\top", "proved"),
        ("\\frac{\\partial L}{\\partial o} o h^\\top", "undecided"),
    ],
)
def test_a_loss_of_an_output_and_a_target_is_a_number(slope: str, expected: str) -> None:
    text = "Let $W \\in \\mathbb{R}^{m \\times n}$, $h \\in \\mathbb{R}^n$ and $o = W h$.\n$$L = l(o, y)$$\n"
    assert verdict(f"{text}$$\\frac{{\\partial L}}{{\\partial W}} = {slope}$$") == expected


SOFTMAX = "设 $p_j = e^{z_j} / \\sum_k e^{z_k}$。\n\n当 $i = j$ 时：\n"


@pytest.mark.parametrize(
    ("same", "other", "expected"),
    [("p_j (1 - p_j)", "-p_j p_i", ("proved", "proved")), ("p_j (1 + p_j)", "p_j p_i", ("refuted", "refuted"))],
)
def test_conditions_are_read_in_chinese(same: str, other: str, expected: tuple[str, str]) -> None:
    slope = "\\frac{\\partial p_j}{\\partial z_i}"
    found = report_on(f"{SOFTMAX}$$ {slope} = {same} $$\n当 $i \\neq j$ 时：\n$$ {slope} = {other} $$").formulas
    assert (str(found[2].verdict), str(found[-1].verdict)) == expected


FORM = "设 $f(x) = \\frac{1}{2} x^\\top A x + b^\\top x$，其中 $A$ 为{}矩阵，$b$ 是向量，$x \\in \\mathbb{R}^n$。则\n"


@pytest.mark.parametrize(
    ("kind", "slope", "expected"),
    [
        ("对称", "A x + b", "proved"),
        ("对称", "2 A x + b", "refuted"),
        ("", "A x + b", "conditional"),
        ("", "\\frac{1}{2} (A + A^\\top) x + b", "proved"),
    ],
)
def test_what_matrices_are_is_read_in_chinese(kind: str, slope: str, expected: str) -> None:
    text = FORM.replace("{}", kind)
    assert verdict(f"{text}$$\\nabla f(x) = {slope}$$") == expected


STEPS = """$$L(\\theta) = (\\theta - 3)^2$$
If the parameter is:
$$\\theta = 5$$
then
$$\\frac{{dL}}{{d\\theta}} = {}$$
If it is instead, when the parameter is:
$$\\theta = 1$$
then
$$\\frac{{dL}}{{d\\theta}} = {}$$"""


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("4", "-4", ("conditional", "conditional")), ("3", "-3", ("refuted", "refuted"))],
)
def test_a_displayed_number_is_supposed(one: str, other: str, expected: tuple[str, str]) -> None:
    found = report_on(STEPS.format(one, other)).formulas
    assert (str(found[2].verdict), str(found[4].verdict)) == expected


COMMENTS = """\\documentclass{{article}}\\begin{{document}}
\\begin{{align}}
z &= x^2 \\\\% a comment
\\frac{{dz}}{{dx}} &= {} x \\\\%[0.5em]
\\end{{align}}
\\end{{document}}"""


@pytest.mark.parametrize(("factor", "expected"), [("2", "proved"), ("3", "refuted")])
def test_a_comment_stands_right_behind_a_row(factor: str, expected: str) -> None:
    assert str(report_on(COMMENTS.format(factor), "a.tex").formulas[-1].verdict) == expected


LOOSE = [
    ("Let $f(x) = x^3$.", "(\\frac{\\partial g}{\\partial x})_{ij} = \\frac{\\partial g_i}{\\partial x_j}"),
    ("Let $A = \\operatorname{diag}(a_1, \\dots, a_p)$.", "A = \\begin{bmatrix} 1 & 2 \\\\ 2 & 1 \\end{bmatrix}"),
    ("The steps are $x_t$ for $t = 1, \\dots, T$ and $L = \\sum_t x_t$.", "t = T - 1"),
]


@pytest.mark.parametrize(("text", "claim"), LOOSE)
def test_loose_notation_is_no_fault(text: str, claim: str) -> None:
    assert verdict(f"{text}\n$${claim}$$") in ("undecided", "defined")


def test_the_shapes_of_what_is_declared_clash_as_before() -> None:
    declared = "Let $A \\in \\mathbb{R}^{p \\times p}$ and $x \\in \\mathbb{R}^q$ with $p \\ne q$.\n"
    assert verdict(f"{declared}$$y = A x$$") == "ill-formed"


@pytest.mark.parametrize(("text", "wrong"), [("- square: $l(x) = x^2$", False), ("- a: $l(x) = 2 x = x^2$", True)])
def test_the_items_of_a_list_are_functions_of_their_own(text: str, wrong: bool) -> None:
    found = report_on(f"Which of these?\n\n- linear: $l(x) = 2 x$ of numbers\n{text}\n").formulas[-1]
    assert (found.verdict is Verdict.REFUTED) is wrong


KNOWN = "Let $s \\in \\mathbb{R}^n$ and $L = \\log \\sum_j e^{s_j}$.\n"
NAMED = "$$g_k = \\frac{\\partial L}{\\partial s_k} = \\frac{\\partial}{\\partial s_k} \\log \\sum_j e^{s_j}$$\n"


@pytest.mark.parametrize(("declared", "expected"), [("", "undecided"), (KNOWN, "refuted")])
def test_the_variable_of_a_named_derivative_need_not_be_declared(declared: str, expected: str) -> None:
    assert verdict(f"{declared}{NAMED}$$g_k = \\frac{{2 e^{{s_k}}}}{{\\sum_j e^{{s_j}}}}$$") == expected


@pytest.mark.parametrize(("said", "expected"), [("comes from the features", "undecided"), ("is a constant", "proved")])
def test_a_letter_for_losses_may_be_made_of_anything_as_well(said: str, expected: str) -> None:
    text = "Let $z = W x$ with $W \\in \\mathbb{R}^{m \\times n}$, $x \\in \\mathbb{R}^n$, and $f = z^\\top z + C$.\n\n"
    assert verdict(f"{text}Here $C$ {said}.\n$$\\frac{{\\partial f}}{{\\partial W}} = 2 z x^\\top$$") == expected


def test_what_a_column_of_reasons_says_may_make_a_row_right() -> None:
    rows = "\\begin{align}\nz &= b + W x\\\\\n&= W x & & \\text{using } b = 0\\\\\n&= 2 W x\n\\end{align}"
    found = report_on(f"Let $z = W x + b$ with $x, b \\in \\mathbb{{R}}^n$.\n{rows}").formulas[-3:]
    assert [str(f.verdict) for f in found] == ["proved", "undecided", "refuted"]


@pytest.mark.parametrize(("said", "one"), [
    ("In Figure 2, $d = 1$.", "undecided"), ("\\caption{An image. Here, $d = 1$.}", "undecided"),
    ("For $d = 1$, this is nothing new.", "undecided"), ("Here, $d = 1$.", "proved"),
])  # fmt: skip
def test_a_size_in_a_figure_is_an_example(said: str, one: str) -> None:
    text = f"Let $x \\in \\mathbb{{R}}^d$, $a \\in \\mathbb{{R}}$ and $f = \\sum_{{i=1}}^d a$. {said}\n\n"
    assert verdict(f"{text}$$\\frac{{\\partial f}}{{\\partial a}} = d$$") == "proved"
    assert verdict(f"{text}$$\\frac{{\\partial f}}{{\\partial a}} = 1$$") == one


LATE = (
    "# One\n\nLet $x \\in \\mathbb{R}^n$ and $f = \\sum_{i=1}^n x_i^2$.\n\n"
    "$$\\frac{\\partial f}{\\partial x_1} = CLAIM$$\n\n"
    "# Two\n\nSAID That is all.\n\n$$\\frac{\\partial f}{\\partial x_1} = OTHER$$"
)


@pytest.mark.parametrize("said", ["Now let $n = 2$.", "If $n = 2$, it is easy to draw.", "Set $n = 2$."])
def test_a_size_that_a_later_section_gives_a_number_had_none_before(said: str) -> None:
    wrong, right = "2 x_1 + (n - 2) x_1", "2 x_1"
    for claim, expected in ((wrong, "refuted"), (right, "proved")):
        text = LATE.replace("SAID", said).replace("CLAIM", claim).replace("OTHER", "2 x_1")
        first, second = (f for f in report_on(text).formulas if f.displayed)
        assert (str(first.verdict), str(second.verdict)) == (expected, "proved")
    text = LATE.replace("SAID", said).replace("CLAIM", right).replace("OTHER", "2 x_1 + (n - 2) x_1")
    assert verdict(text) in ("undecided", "proved")  # as the size is read in its section: of that number only
    assert verdict(text.replace("(n - 2)", "(n - 3)")) in ("undecided", "refuted")


SCORES = (
    "# Scores\n\nLet $x \\in \\mathbb{R}^n$, $W \\in \\mathbb{R}^{K \\times n}$, $y \\in \\mathbb{R}^K$, $z = W x$,\n\n"
    "$$p_k = z_k^2$$\n\n$$L = \\sum_k y_k p_k$$\n\n$$\\frac{\\partial L}{\\partial W} = CLAIM$$\n\n"
)


@pytest.mark.parametrize("claim", ["2 x (y \\odot z)^\\top", "x p^\\top", "p x"])
def test_a_part_of_a_section_makes_no_entries_of_its_names(claim: str) -> None:
    text = SCORES.replace("CLAIM", "2 (y \\odot z) x^\\top") + f"$$\\frac{{\\partial L}}{{\\partial W}} = {claim}$$\n\n"
    right, wrong = (f.verdict for f in report_on(f"{text}## Part\n\nHere $q = 2 p$.").formulas if "partial" in f.latex)
    assert right is Verdict.PROVED and wrong.wrong


@pytest.mark.parametrize(("said", "expected"), [("In Figure 3, $n = 1$.", "undecided"), ("That is all.", "ill-formed")])
def test_shapes_fit_perhaps_where_a_size_is_small(said: str, expected: str) -> None:
    text = SCORES.replace("CLAIM", "2 (y \\odot z) x^\\top")
    assert verdict(f"{text}{said}\n\n$$\\frac{{\\partial L}}{{\\partial W}} = 2 (y \\odot z) x$$") == expected
