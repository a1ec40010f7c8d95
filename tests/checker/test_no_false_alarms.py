"""What notes say beside their claims, an equation of values, a condition, an example, is no claim; each twin that
claims something wrong is still found."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.ILL_FORMED
DEFINED, CHECKED = Verdict.DEFINED, Verdict.CHECKED

GIVEN = (
    "Let $W \\in \\mathbb{R}^{m \\times n}$, $x, d \\in \\mathbb{R}^n$, $G \\in \\mathbb{R}^{n \\times n}$,"
    " $u \\in \\mathbb{R}^m$, $z = W x$ and $L = \\|z\\|^2$."
)


def last(*parts: str) -> Formula:
    return report_on("\n\n".join(parts) + "\n").formulas[-1]


def judged(claim: str, *before: str) -> Verdict:
    return last(*before, f"$$ {claim} $$").verdict


# -- equations of values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"z = W q", UNDECIDED),  # q is new, and the equation may say what it is
        (r"\frac{\partial L}{\partial x} = 2 W^\top q", ILL_FORMED),
        (r"W x = d", ILL_FORMED),  # all is declared
        (r"\frac{\partial L}{\partial x} = 2 W z", ILL_FORMED),
    ],
)
def test_a_new_name_in_an_equation_of_values(claim: str, verdict: Verdict) -> None:
    assert judged(claim, GIVEN) is verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"x^\top G x = \|b\|^2", UNDECIDED),
        (r"x^\top G x = x^\top G^\top x", PROVED),
        (r"x^\top G x = x^\top G G x", REFUTED),  # an identity, of the same names
        (r"z = 2 W x", REFUTED),  # of what is defined
        (r"L = x^\top W^\top W x", PROVED),
        (r"L = x^\top W^\top z + z^\top W x", REFUTED),
    ],
)
def test_an_equation_of_values_may_be_a_condition(claim: str, verdict: Verdict) -> None:
    assert judged(claim, GIVEN) is verdict


SCORES = "For $i, j = 1, \\dots, m$ let $s_{ij} = \\|v_i - v_j\\|^2$ with $v_i \\in \\mathbb{R}^n$."


@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        ("q_{ii} + q_{jj} - 2 q_{ij}", UNDECIDED),
        (r"v_i^\top v_i + v_j^\top v_j - 2 v_i^\top v_j", PROVED),
        (r"v_i^\top v_i + v_j^\top v_j - v_i^\top v_j", REFUTED),
    ],
)
def test_of_a_letter_that_only_one_side_mentions_nothing_is_refuted(right: str, verdict: Verdict) -> None:
    assert judged(rf"\|v_i - v_j\|^2 = {right}", SCORES) is verdict


@pytest.mark.parametrize(
    ("claim", "verdict"), [(r"t = \frac{7}{11}", UNDECIDED), (r"t^2 = \frac14", PROVED), (r"t^2 = \frac12", REFUTED)]
)
def test_another_value_is_of_another_example(claim: str, verdict: Verdict) -> None:
    assert judged(claim, r"$$ t = \frac12 $$", "$$ Q = t^2 $$") is verdict


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial x} = 2 W^\top z = 0", PROVED),
        (r"\frac{\partial L}{\partial x} = W^\top z = 0", REFUTED),
        (r"\frac{\partial L}{\partial x} = 2 W^\top z = 0 = 2 W^\top W x", UNDECIDED),
        (r"\frac{\partial L}{\partial x} = W^\top z = 0 = 2 W^\top W x", REFUTED),
    ],
)
def test_a_derivative_that_is_set_to_zero_within_a_chain(claim: str, verdict: Verdict) -> None:
    assert judged(claim, GIVEN) is verdict


@pytest.mark.parametrize(
    ("right", "verdict"), [("2 (u_i - t_i)", PROVED), ("u_i - t_i", REFUTED), ("2 (t_i - u_i)", REFUTED)]
)
def test_words_before_a_name_that_is_defined(right: str, verdict: Verdict) -> None:
    definition = r"$$ \text{Error} = E = \sum_{i=1}^m (u_i - t_i)^2 $$"
    assert judged(rf"\frac{{\partial E}}{{\partial u_i}} = {right}", definition) is verdict


@pytest.mark.parametrize(
    ("lead", "verdict"),
    [("The rate of that is", DEFINED), ("the value $r$", REFUTED), ("Then $r$, which becomes", REFUTED)]
)
def test_words_say_what_a_formula_without_a_left_side_is_of(lead: str, verdict: Verdict) -> None:
    before = "Let $a, b \\in \\mathbb{R}$ be positive.", r"$r = \frac{2}{a + b}$"
    assert last(*before, rf"{lead} $= \frac{{a - b}}{{a + b}}$.").verdict is verdict
    assert last(*before, r"the value $r$ $= \frac{4}{2 a + 2 b}$.").verdict is PROVED


# -- counts, differentials, layers -----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [r"\ell", r"\nu", "m"])
@pytest.mark.parametrize(("factor", "verdict"), [("2", PROVED), ("", REFUTED)])
def test_a_greek_letter_counts(count: str, factor: str, verdict: Verdict) -> None:
    definition = rf"$$ Q(c) = \frac{{1}}{{{count}}} \sum_{{i=1}}^{{{count}}} (c - y_i)^2 $$"
    mean = rf"\frac{{{factor or 1}}}{{{count}}} \sum_{{i=1}}^{{{count}}} y_i"
    assert judged(rf"\frac{{\partial Q(c)}}{{\partial c}} = 2 c - {mean}", definition) is verdict


@pytest.mark.parametrize(("factor", "verdict"), [(r"\frac34", CHECKED), (r"\frac32", REFUTED)])
def test_the_differential_of_a_power(factor: str, verdict: Verdict) -> None:
    claim = (
        r"\mathrm{d} \| x \|^{\frac32} = \mathrm{d} (\| x \|^2)^{\frac34}"
        rf" = {factor} (\| x \|^2)^{{-\frac14}} \mathrm{{d}} (\| x \|^2)"
    )
    assert judged(claim) is verdict


@pytest.mark.parametrize(
    ("right", "verdict"), [("2 W^\\top z", PROVED), ("2 W^\\top W W^\\top z", REFUTED), ("W^\\top z", REFUTED)]
)
def test_claims_beside_conditions_are_judged(right: str, verdict: Verdict) -> None:
    conditions = r"$$ \|d\|_2 = 1 $$", "$$ d^\\top x = c $$"
    assert judged(rf"\frac{{\partial L}}{{\partial x}} = {right}", GIVEN, *conditions) is verdict


# -- what nothing defines ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial v}{\partial t} = \kappa \frac{\partial^2 v}{\partial s^2}", UNDECIDED),
        (r"\frac{\partial L}{\partial x} = 2 \kappa z", ILL_FORMED),
    ],
)
def test_an_equation_for_a_function_that_nothing_defines(claim: str, verdict: Verdict) -> None:
    assert judged(claim, GIVEN) is verdict


def test_a_slope_of_what_only_another_section_defines_is_not_zero() -> None:
    text = """## 1. The model

$$ z = w^\\top x + b $$
$$ p = \\sigma(z) $$

## 2. The loss

$$ L = -t \\log(p) - (1 - t) \\log(1 - p) $$
$$ \\frac{\\partial L}{\\partial p} = \\frac{p - t}{p (1 - p)} $$

## 3. The score

$$ z = w^\\top x + b $$
$$ \\frac{\\partial L}{\\partial z} = \\frac{\\partial L}{\\partial p} \\cdot \\frac{\\partial p}{\\partial z} $$
$$ = \\frac{p - t}{p (1 - p)} \\cdot p (1 - p) $$
"""
    assert not any(f.verdict.wrong for f in report_on(text).formulas)
    wrong = report_on(text.replace("\\frac{p - t}{p (1 - p)} $$\n\n", "\\frac{t - p}{p (1 - p)} $$\n\n")).formulas
    assert [f.verdict for f in wrong if f.verdict.wrong] == [REFUTED]


@pytest.mark.parametrize(
    ("left", "verdict"), [("r", UNDECIDED), ("r_{in}", UNDECIDED), ("r_j", ILL_FORMED), ("L", ILL_FORMED)]
)
def test_an_index_that_may_be_given(left: str, verdict: Verdict) -> None:
    """A loss without its sum is a slip."""
    assert judged(f"{left} = x_i y_n", "Let $x, y \\in \\mathbb{R}^d$.") is verdict


@pytest.mark.parametrize("of", ["", r"(m, s)"])
@pytest.mark.parametrize(
    ("right", "verdict"),
    [
        (r"-\frac{n}{s} + \frac{1}{s^3} \sum_{i=1}^n (x_i - m)^2", PROVED),
        (r"-\frac{n}{s}", REFUTED),
        (r"-\frac{n}{s} + \frac{1}{2 s^3} \sum_{i=1}^n (x_i - m)^2", REFUTED),
    ],
)
def test_a_square_varies_with_what_one_differentiates_by(of: str, right: str, verdict: Verdict) -> None:
    """Also where an equation behind it says what the square is: it was a name, and held fixed."""
    text = rf"""$$ h{of} = -n \log(s) - \frac{{1}}{{2 s^2}} \sum_{{i=1}}^n (x_i - m)^2 $$
$$ \frac{{\partial h}}{{\partial s}} = {right} $$
$$ s^2 = \frac1n \sum_{{i=1}}^n (x_i - m)^2 $$
"""
    if of:
        text = text.replace(r"\frac{\partial h}{\partial s}", rf"\frac{{\partial}}{{\partial s}} h{of}")
    assert report_on(text).formulas[1].verdict is verdict


@pytest.mark.parametrize(("factor", "verdict"), [("2", PROVED), ("1", REFUTED)])
def test_a_square_by_which_one_differentiates_is_a_name(factor: str, verdict: Verdict) -> None:
    text = rf"""$$ h = -\frac{{n}}{{2}} \log(s^2) - \frac{{1}}{{2 s^2}} \sum_{{i=1}}^n (x_i - m)^2 $$
$$ \frac{{\partial h}}{{\partial s^2}} = -\frac{{n}}{{2 s^2}} + \frac{{1}}{{{factor} s^4}} \sum_{{i=1}}^n (x_i - m)^2 $$
$$ s^2 = \frac1n \sum_{{i=1}}^n (x_i - m)^2 $$
"""
    assert report_on(text).formulas[1].verdict is verdict
