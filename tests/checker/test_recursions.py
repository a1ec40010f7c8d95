"""Recurrent nets: gradients through time for all lengths, beside slips; quantities that are defined by gradients."""

from __future__ import annotations

from dataclasses import replace

import pytest
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Formula, Printed, Report, Verdict
from verify_derivations.derivations.kernel import Rejected, verify
from verify_derivations.formulas.scanner import scan

HEAD = r"""# Recurrent

For $t = 1, \dots, T$ let $x_t \in \mathbb{R}^n$, $y_t \in \mathbb{R}^k$, with $W \in \mathbb{R}^{m \times m}$,
$U \in \mathbb{R}^{m \times n}$, $V \in \mathbb{R}^{k \times m}$ and $h_0 \in \mathbb{R}^m$.
"""
ONE_LINE = (r"h_t = \tanh(W h_{t-1} + U x_t)",)
TWO_LINES = (r"z_t = W h_{t-1} + U x_t", r"h_t = \tanh(z_t)")
LOSS = (r"o_t = V h_t", r"L_t = \frac{1}{2} \|o_t - y_t\|^2", r"L = \sum_{t=1}^T L_t")
RESULT = (Verdict.PROVED, Verdict.CONDITIONAL)  # under t < T, where a formula has t + 1


def judged(*formulas: str, head: str = HEAD) -> Report:
    return report_on(head + "".join(f"\n$$ {line} $$\n" for line in formulas), "net.md")


def of(report: Report, latex: str) -> Formula:
    return next(f for f in report.formulas if f.latex.strip() == latex)


STATE = r"\frac{\partial L}{\partial h_t} = V^\top (o_t - y_t) + W^\top \mathrm{diag}(1 - h_{t+1}^2) " \
        r"\frac{\partial L}{\partial h_{t+1}}"  # fmt: skip
DELTA = r"\delta_t = \frac{\partial L}{\partial h_t} \odot (1 - h_t \odot h_t)"
BEFORE = r"\frac{\partial L}{\partial W} = \sum_{t=1}^T \delta_t h_{t-1}^\top"
INPUT = r"\frac{\partial L}{\partial U} = \sum_{t=1}^T \delta_t x_t^\top"
STEP = r"\frac{\partial h_t}{\partial h_{t-1}} = \mathrm{diag}(1 - h_t^2) W"
END = r"\frac{\partial L}{\partial h_T} = V^\top (o_T - y_T)"


@pytest.mark.parametrize(("right", "wrong"), [
    (STATE, STATE.replace(r"W^\top", "W")),
    (STATE, STATE.replace("1 - h_{t+1}", "1 - h_{t}")),
    (BEFORE, BEFORE.replace("h_{t-1}", "h_t")),
    (INPUT, INPUT.replace(r"\delta_t", r"\frac{\partial L}{\partial h_t}")),
    (STEP, STEP.replace("h_t^2", "h_{t-1}^2")),
    (END, END.replace("V^", "2 V^")),
])  # fmt: skip
def test_a_recursion_in_one_line(right: str, wrong: str) -> None:
    given = (*ONE_LINE, *LOSS, DELTA)
    assert of(judged(*given, right), right).verdict in RESULT
    assert of(judged(*given, wrong), wrong).verdict is Verdict.REFUTED


NAMED = r"\delta_t = \frac{\partial L}{\partial z_t}"
THROUGH = r"\delta_t = (V^\top (o_t - y_t) + W^\top \delta_{t+1}) \odot (1 - h_t \odot h_t)"
LAST = r"\delta_T = (V^\top (o_T - y_T)) \odot (1 - h_T \odot h_T)"


@pytest.mark.parametrize(("right", "wrong"), [
    (THROUGH, THROUGH.replace("t+1", "t")),
    (THROUGH, THROUGH.replace(r"W^\top", "W")),
    (LAST, LAST.replace("- h_T", "+ h_T")),
    (BEFORE, BEFORE.replace("h_{t-1}", "h_t")),
])  # fmt: skip
def test_a_recursion_in_two_lines(right: str, wrong: str) -> None:
    given = (*TWO_LINES, *LOSS, NAMED)
    assert of(judged(*given, right), right).verdict in RESULT
    assert of(judged(*given, wrong), wrong).verdict is Verdict.REFUTED


def test_where_a_definition_was_put_in_is_part_of_the_proof() -> None:
    (certificate,) = of(judged(*TWO_LINES, *LOSS, NAMED, THROUGH), THROUGH).links[0].certificates
    assert not verify(certificate).conditions
    assert any(move.rule == "unfold first" for move in certificate.moves)
    for rule in ("unfold", "unfold last", "unfold none"):
        moves = tuple(replace(m, rule=rule) if m.rule == "unfold first" else m for m in certificate.moves)
        with pytest.raises(Rejected):
            verify(replace(certificate, moves=moves))


def test_the_initial_state_has_the_shape_of_all() -> None:
    assert of(judged(*ONE_LINE), ONE_LINE[0]).verdict is Verdict.DEFINED
    report = judged(*ONE_LINE, head=HEAD.replace(r"h_0 \in \mathbb{R}^m", r"h_0 \in \mathbb{R}^n"))
    assert of(report, ONE_LINE[0]).verdict is Verdict.ILL_FORMED


def test_a_sum_and_what_it_sums_have_names_of_their_own() -> None:
    output = r"\frac{\partial L}{\partial V} = \sum_{t=1}^T \frac{\partial L_t}{\partial o_t} h_t^\top"
    assert of(judged(*ONE_LINE, *LOSS, output), output).verdict is Verdict.PROVED
    one = r"\frac{\partial L}{\partial V} = \frac{\partial L_t}{\partial o_t} h_t^\top"
    assert of(judged(*ONE_LINE, *LOSS, one), one).verdict.wrong


# -- quantities that are defined by derivatives of the loss ------------------------------------------------------------
NET = r"""# Net

Layer $l$ maps $a^{(l-1)} \in \mathbb{R}^{n_{l-1}}$ to $a^{(l)} \in \mathbb{R}^{n_l}$, for $l = 1, \dots, L$, with
$W^{(l)} \in \mathbb{R}^{n_l \times n_{l-1}}$, $b^{(l)} \in \mathbb{R}^{n_l}$ and $y \in \mathbb{R}^{n_L}$.
"""
FORWARD = (r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}", r"a^{(l)} = \tanh(z^{(l)})")
ERROR = r"\delta^{(l)} = \frac{\partial J}{\partial a^{(l)}} \odot (1 - a^{(l)} \odot a^{(l)})"
SQUARES = r"J = \frac{1}{2} \|a^{(L)} - y\|^2"
TOP = r"\frac{\partial J}{\partial a^{(L)}} = a^{(L)} - y"
BELOW = r"\frac{\partial J}{\partial a^{(l)}} = W^{(l+1)\top} \delta^{(l+1)}"
WEIGHTS = r"\frac{\partial J}{\partial W^{(l)}} = \delta^{(l)} a^{(l-1)\top}"
BIAS = r"\frac{\partial J}{\partial b^{(l)}} = \delta^{(l)}"


def test_what_is_defined_by_derivatives_leads_to_no_loss() -> None:
    report = judged(*FORWARD, SQUARES, ERROR, TOP, BELOW, WEIGHTS, BIAS, head=NET)
    assert {of(report, line).verdict for line in (TOP, BELOW, WEIGHTS, BIAS)} == {Verdict.PROVED}
    (net,) = report.nets
    assert {(g.printed, g.verdict) for g in net.gradients} == {(Printed.SAME, Verdict.PROVED)}
    wrong = BIAS + r" \odot a^{(l)}"
    assert of(judged(*FORWARD, SQUARES, ERROR, wrong, head=NET), wrong).verdict is Verdict.REFUTED


def test_a_step_needs_what_the_names_in_it_are_defined_by() -> None:
    """∂J/∂W by δ, δ by ∂J/∂a: a slip in ∂J/∂a is one on the way to ∂J/∂W."""
    head = NET.replace("n_{l-1}", "n").replace("n_l", "n").replace("n_L", "n")
    wrong = BELOW.replace(r"\top", "")
    (net,) = judged(*FORWARD, SQUARES, ERROR, TOP, wrong, WEIGHTS, head=head).nets
    assert [g.printed for g in net.gradients if g.parameter == "W^{(l)}"] == [Printed.WRONG]


# -- what is the loss and the number of layers -------------------------------------------------------------------------
def test_a_letter_for_the_loss_and_for_the_number_of_layers() -> None:
    formulas = [line.replace("J", "L") for line in (SQUARES, TOP, ERROR, BELOW, WEIGHTS)]
    report = judged(*FORWARD, *formulas, head=NET)
    assert [of(report, line).verdict for line in formulas] == [
        Verdict.DEFINED, Verdict.PROVED, Verdict.DEFINED, Verdict.PROVED, Verdict.PROVED,
    ]  # fmt: skip
    assert any("also a number" in remark for remark in of(report, formulas[0]).remarks)
    wrong = formulas[1].replace("- y", "+ y")
    assert of(judged(*FORWARD, formulas[0], wrong, head=NET), wrong).verdict is Verdict.REFUTED


# -- what all layers share ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("claim", [
    r"\frac{\partial J}{\partial b} = \sum_{l=1}^{L} \delta^{(l)}",
    r"\frac{\partial J}{\partial b} = \sum_{l=1}^{L} \delta^{(l-1)}",
    r"\frac{\partial J}{\partial b} = \delta^{(l)}",
    r"\frac{\partial J}{\partial b} = \delta^{(L)}",
])  # fmt: skip
def test_sums_over_layers_are_neither_proved_nor_refuted(claim: str) -> None:
    head = NET.replace("n_{l-1}", "n").replace("n_l", "n").replace("n_L", "n") + r"$b \in \mathbb{R}^n$" + "\n"
    shared = FORWARD[0].replace("b^{(l)}", "b")
    named = r"\delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}"
    assert of(judged(shared, FORWARD[1], SQUARES, named, claim, head=head), claim).verdict is Verdict.UNDECIDED


# -- what the steps through time give together -------------------------------------------------------------------------
STEPWISE = (*TWO_LINES, *LOSS, NAMED)
OUTPUT = r"\frac{\partial L}{\partial V} = \sum_{t=1}^T (o_t - y_t) h_t^\top"
PARAMETERS = (BEFORE, INPUT, OUTPUT)
BEYOND = r"\delta_{T+1} = 0"


def together(*formulas: str) -> dict[str, tuple[Verdict, Printed, str]]:
    """By parameter, whether its derivative is proved, what the printed formulas give, and the formula that does not."""
    report = judged(*formulas)
    (net,) = report.nets
    at = {f.number: f.latex.strip() for f in report.formulas}
    return {g.parameter: (g.verdict, g.printed, at.get(g.number or 0, "")) for g in net.gradients}


RIGHT_STEPS = dict.fromkeys("WUV", (Verdict.PROVED, Printed.SAME, ""))


@pytest.mark.parametrize("formulas", [
    (*STEPWISE, LAST, THROUGH, *PARAMETERS),
    (*STEPWISE, THROUGH, LAST, *PARAMETERS),
    (*STEPWISE, BEYOND, THROUGH, *PARAMETERS),
    (*STEPWISE, BEYOND.replace(r"\delta", r"\frac{\partial L}{\partial z").replace("} =", "}} ="), THROUGH,
     *PARAMETERS),
    (*STEPWISE, LAST, THROUGH.replace("t+1", "t").replace("_t ", "_{t-1} ").replace("y_t)", "y_{t-1})")
     .replace("W^\\top \\delta_{t-1}", "W^\\top \\delta_t").replace("h_t)", "h_{t-1})"), *PARAMETERS),
    (*ONE_LINE, *LOSS, DELTA, END, STATE, *PARAMETERS),  # nothing is said of h_0, and nothing asks for it
])  # fmt: skip
def test_steps_through_time_give_the_gradients(formulas: tuple[str, ...]) -> None:
    assert together(*formulas) == RIGHT_STEPS


@pytest.mark.parametrize(("formulas", "wrong"), [
    ((*STEPWISE, LAST, THROUGH, *PARAMETERS), (THROUGH, THROUGH.replace(r"W^\top", "W"))),
    ((*STEPWISE, LAST, THROUGH, *PARAMETERS), (LAST, LAST.replace("- h_T", "+ h_T"))),
    ((*STEPWISE, BEYOND, THROUGH, *PARAMETERS), (THROUGH, THROUGH.replace(r"W^\top", "W"))),
    ((*ONE_LINE, *LOSS, DELTA, END, STATE, *PARAMETERS), (STATE, STATE.replace(r"W^\top", "W"))),
])  # fmt: skip
def test_a_slip_in_a_step_through_time_is_named(formulas: tuple[str, ...], wrong: tuple[str, str]) -> None:
    found = together(*(wrong[1] if line == wrong[0] else line for line in formulas))
    assert found["V"] == RIGHT_STEPS["V"]
    assert {found[x] for x in "WU"} == {(Verdict.PROVED, Printed.WRONG, wrong[1])}


@pytest.mark.parametrize(("formulas", "missing"), [
    ((*STEPWISE, THROUGH, *PARAMETERS), "z_{T}"),
    ((*STEPWISE, LAST, *PARAMETERS), "z}"),
    ((*STEPWISE, *PARAMETERS), "}"),
    ((*ONE_LINE, *LOSS, DELTA, STATE, *PARAMETERS), "h_{T}"),
])  # fmt: skip
def test_what_is_not_stated_of_some_times_is_derived(formulas: tuple[str, ...], missing: str) -> None:
    (net,) = judged(*formulas).nets
    for gradient in net.gradients:
        assert gradient.verdict is Verdict.PROVED
        if gradient.parameter != "V":
            assert gradient.printed is Printed.NOT_STATED
            assert missing in gradient.reason
            assert "derived" in {step.kind for step in gradient.steps}


def test_what_comes_after_the_last_time_is_zero_only_where_it_is_said() -> None:
    report = judged(*STEPWISE, BEYOND, THROUGH)
    assert of(report, BEYOND).verdict is Verdict.DEFINED
    assert of(report, THROUGH).verdict is Verdict.PROVED
    assert of(judged(*STEPWISE, THROUGH), THROUGH).verdict is Verdict.CONDITIONAL
    for other in (BEYOND.replace("T+1", "T"), BEYOND.replace("T+1", "T+2")):
        report = judged(*STEPWISE, other, THROUGH)
        assert of(report, other).verdict is not Verdict.DEFINED
        assert of(report, other).verdict is not Verdict.PROVED
        assert of(report, THROUGH).verdict is Verdict.CONDITIONAL


@pytest.mark.parametrize("times", [
    r"t = 1, \dots, T-1", r"t = T-1, \dots, 1", r"1 \le t < T", r"1 \le t \le T-1", "t < T",
])  # fmt: skip
def test_a_formula_is_judged_for_the_times_that_it_is_stated_for(times: str) -> None:
    right = rf"{THROUGH}, \quad {times}"
    assert of(judged(*STEPWISE, right), right).verdict is Verdict.PROVED
    wrong = rf"{THROUGH.replace('W^', '2 W^')}, \quad {times}"
    assert of(judged(*STEPWISE, wrong), wrong).verdict is Verdict.REFUTED


def test_a_range_that_ends_beyond_the_last_time_is_none() -> None:
    beyond = rf"{THROUGH}, \quad t = 1, \dots, T"
    assert of(judged(*STEPWISE, beyond), beyond).verdict is Verdict.CONDITIONAL
    beyond = rf"{THROUGH}, \quad t = 1, \dots, T+1"
    assert of(judged(*STEPWISE, beyond), beyond).verdict.wrong


def test_steps_for_the_times_before_the_last_and_for_fewer() -> None:
    assert together(*STEPWISE, LAST, rf"{THROUGH}, \quad t = T-1, \dots, 1", *PARAMETERS) == RIGHT_STEPS
    fewer = together(*STEPWISE, LAST, rf"{THROUGH}, \quad t = T-2, \dots, 1", *PARAMETERS)
    assert {fewer[x][:2] for x in "WU"} == {(Verdict.PROVED, Printed.NOT_STATED)}


# -- members beside those that are declared ---------------------------------------------------------------------
BACKWARDS = r"\delta_t = 2 h_t + W^\top ((1 - h_{t+1}^2) \circ \delta_{t+1}), \quad t = T-1, T-2, \dots, 1"


def test_a_range_told_backwards_by_its_first_two_values() -> None:
    lines = (*ONE_LINE, r"L = \sum_{t=1}^T \|h_t\|^2", r"\delta_t = \frac{\partial L}{\partial h_t}")
    assert judged(*lines, BACKWARDS).formulas[-1].verdict is Verdict.PROVED
    assert judged(*lines, BACKWARDS.replace("2 h_t", "h_t")).formulas[-1].verdict is Verdict.REFUTED
    late = judged(*lines, BACKWARDS.replace("T-1, T-2", "T, T-1")).formulas[-1]
    assert late.verdict is not Verdict.PROVED  # at T there is no next one


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("", Verdict.ILL_FORMED),
        (r"Let $b_{T+1} \in \mathbb{R}^n$.", Verdict.UNDECIDED),
        ("We set $b_{T+1} = 0$.", Verdict.UNDECIDED),
    ],
)
def test_a_member_after_the_last_of_which_the_document_speaks(said: str, verdict: Verdict) -> None:
    head = rf"For $t = 1, \dots, T$ let $a_t, b_t \in \mathbb{{R}}^n$. {said}" + "\n"
    assert judged(r"L = \sum_{t=1}^T a_t^\top b_{t+1}", head=head).formulas[-1].verdict is verdict
    assert judged(r"L = \sum_{t=1}^T a_t^\top b_t", head=head).formulas[-1].verdict is Verdict.DEFINED


def test_a_recursion_by_the_last_but_one_does_not_say_how_it_begins() -> None:
    head = r"For $t = 1, \dots, T$ let $x_t, h_t \in \mathbb{R}$, and $a, b \in \mathbb{R}$." + "\n"
    assert judged("h_t = a h_{t-1} + b h_{t-2} + x_t", head=head).formulas[-1].verdict is Verdict.UNDECIDED
    assert judged("h_t = a h_{t-1} + b x_{t-2} + x_t", head=head).formulas[-1].verdict is Verdict.ILL_FORMED


# -- a loss that nothing defines ----------------------------------------------------------------------------------
CELL = r"""# A cell with a memory

For $t = 1, \dots, T$ let $x_t \in \mathbb{R}^m$ and $h_t, c_t \in \mathbb{R}^n$.

$$ f_t = \sigma(W_f x_t + U_f h_{t-1}) $$
$$ i_t = \sigma(W_i x_t + U_i h_{t-1}) $$
$$ o_t = \sigma(W_o x_t + U_o h_{t-1}) $$
$$ c_t = f_t \odot c_{t-1} + i_t \odot \tanh(W_g x_t) $$
$$ h_t = o_t \odot \tanh(c_t) $$

"""
TWO_STATES = r"""# Two states

For $t = 1, \dots, T$ let $x_t \in \mathbb{R}^n$, $a_t, b_t \in \mathbb{R}^m$, $W, V \in \mathbb{R}^{m \times n}$,
$a_0 = b_0 = 0$ and

$$ a_t = \tanh(W x_t + b_{t-1}), \quad b_t = \tanh(V x_t + a_{t-1}) $$

"""
FORGET = r"\frac{\partial L}{\partial f_t}"
MEMORY = r"\frac{\partial L}{\partial c_t}"
A_STEP = r"(\frac{\partial L}{\partial a_t} \odot (1 - a_t \odot a_t)) x_t^\top"


@pytest.mark.parametrize(
    ("head", "right", "wrong"),
    [
        (CELL, rf"\frac{{\partial L}}{{\partial f_t}} = {MEMORY} \odot c_{{t-1}}",
         rf"\frac{{\partial L}}{{\partial f_t}} = {MEMORY} \odot i_t"),
        (CELL, rf"\frac{{\partial L}}{{\partial f_t}} = {MEMORY} \odot c_{{t-1}}",
         rf"\frac{{\partial L}}{{\partial f_t}} = 2 {MEMORY} \odot c_{{t-1}}"),
        (CELL, r"\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} \odot \tanh(c_t)",
         r"\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} \odot c_t"),
        (CELL, rf"\frac{{\partial L}}{{\partial W_f}} = \sum_{{t=1}}^T ({FORGET} \odot f_t \odot (1 - f_t)) x_t^\top",
         rf"\frac{{\partial L}}{{\partial W_f}} = \sum_{{t=1}}^T ({FORGET} \odot f_t) x_t^\top"),
        (TWO_STATES, rf"\frac{{\partial L}}{{\partial W}} = \sum_{{t=1}}^T {A_STEP}",
         rf"\frac{{\partial L}}{{\partial W}} = \sum_{{t=1}}^T 5 {A_STEP}"),
    ],
)  # fmt: skip
def test_states_that_use_each_other_move_a_loss_that_nothing_defines(head: str, right: str, wrong: str) -> None:
    assert of(judged(right, head=head), right).verdict is Verdict.PROVED
    assert of(judged(wrong, head=head), wrong).verdict is Verdict.REFUTED


@pytest.mark.parametrize("zero", [r"\frac{\partial L}{\partial h_t} = 0", r"\frac{\partial L}{\partial c_t} = 0",
                                  r"\frac{\partial L}{\partial W_f} = 0"])  # fmt: skip
def test_no_derivative_of_a_loss_that_nothing_defines_is_zero(zero: str) -> None:
    assert of(judged(zero, head=CELL), zero).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(("factor", "verdict"), [("", Verdict.PROVED), ("5", Verdict.REFUTED)])
def test_what_only_a_gradient_uses_moves_a_loss_that_nothing_defines(factor: str, verdict: Verdict) -> None:
    head = r"Let $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $y = W x$, $g = \partial L/\partial y$." + "\n"
    claim = rf"\frac{{\partial L}}{{\partial W}} = {factor} g x^\top"
    assert of(judged(r"d = g \odot y", claim, head=head), claim.strip()).verdict is verdict
    zero = r"\frac{\partial L}{\partial y} = 0"
    assert of(judged(r"d = g \odot y", zero, head=head), zero).verdict is Verdict.UNDECIDED


# -- a loss of which nothing defines a part -----------------------------------------------------------------------
SUM_OF_ERRORS = r"""# Errors

For $t = 1, \dots, T$ let $x_t, h_t \in \mathbb{R}^n$, $W, U \in \mathbb{R}^{n \times n}$, $h_0 = 0$.

$$ h_t = \tanh(W h_{t-1} + U x_t) $$
$$ E = \sum_{t=1}^T E_t $$

"""
PENALISED = r"""# Penalised

Let $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$.

$$ y = W x $$
$$ J = E + \frac{\lambda}{2} \|W\|^2 $$

"""


@pytest.mark.parametrize(
    ("head", "right", "wrong"),
    [
        (SUM_OF_ERRORS,
         r"\frac{\partial E}{\partial U} = \sum_{t=1}^T (\frac{\partial E}{\partial h_t} \odot (1 - h_t^2)) x_t^\top",
         [r"\frac{\partial E}{\partial U} = \sum_{t=1}^T (\frac{\partial E}{\partial h_t} \odot (1 - h_t)) x_t^\top",
          r"\frac{\partial E}{\partial W} = 0", r"\frac{\partial E_t}{\partial U} = 0",
          r"\frac{\partial E_t}{\partial h_t} = 0"]),
        (PENALISED, r"\frac{\partial J}{\partial W} = \frac{\partial J}{\partial y} x^\top + \lambda W",
         [r"\frac{\partial J}{\partial W} = \lambda W", r"\frac{\partial J}{\partial y} = 0",
          r"\frac{\partial J}{\partial W} = 2 \frac{\partial J}{\partial y} x^\top + \lambda W"]),
        (PENALISED.replace("= E +", "= D +"),
         r"\frac{\partial J}{\partial W} = \frac{\partial J}{\partial y} x^\top + \lambda W",
         [r"\frac{\partial J}{\partial W} = \lambda W"]),
        (PENALISED.replace("= E +", "= E^2 + F^2 +"),
         r"\frac{\partial J}{\partial x} = W^\top \frac{\partial J}{\partial y}",
         [r"\frac{\partial F}{\partial W} = 0"]),
    ],
)  # fmt: skip
def test_a_part_of_the_loss_that_nothing_defines_depends_on_what_is_computed(
    head: str, right: str, wrong: list[str]
) -> None:
    assert of(judged(right, head=head), right).verdict is Verdict.PROVED
    for claim in wrong:  # it is not said that they are wrong: E may be anything
        assert of(judged(claim, head=head), claim).verdict is Verdict.UNDECIDED


def test_a_sum_of_losses_has_the_sum_of_their_derivatives() -> None:
    for factor, verdict in (("", Verdict.PROVED), ("2", Verdict.REFUTED)):
        claim = rf"\frac{{\partial E}}{{\partial W}} = {factor} \sum_{{t=1}}^T \frac{{\partial E_t}}{{\partial W}}"
        assert of(judged(claim, head=SUM_OF_ERRORS), claim.strip()).verdict is verdict


def test_a_factor_that_is_called_like_a_loss_is_no_part_of_it() -> None:
    head = r"For $i = 1, \dots, n$ let $x_i, u_i \in \mathbb{R}$." + "\n"
    for factor, verdict in (("", Verdict.PROVED), ("2", Verdict.REFUTED)):
        claim = rf"\frac{{\partial L}}{{\partial x_i}} = {factor} C_i"
        report = judged("u_i = x_i^2", r"L = \sum_{i=1}^n C_i x_i", claim, head=head)
        assert of(report, claim.strip()).verdict is verdict


def test_a_constant_summand_leaves_what_the_loss_is_of() -> None:
    head = r"Let $w, x, v \in \mathbb{R}$." + "\n"
    for factor, verdict in (("", Verdict.PROVED), ("2", Verdict.REFUTED)):
        claim = rf"\frac{{\partial L}}{{\partial w}} = {factor} x"
        assert of(judged("u = v^2", "L = w x + b", claim, head=head), claim.strip()).verdict is verdict


def test_what_is_declared_and_differentiated_and_nothing_defines_depends_on_something() -> None:
    head = r"Let $x \in \mathbb{R}^n$, $y \in \mathbb{R}^m$, $W \in \mathbb{R}^{m \times n}$, $z = W x$." + "\n"
    zero = r"\frac{\partial y}{\partial z} = 0"
    assert of(judged(zero, head=head), zero).verdict is Verdict.UNDECIDED
    wrong = r"\frac{\partial z}{\partial x} = 2 W"
    assert of(judged(wrong, head=head), wrong).verdict is Verdict.REFUTED
    right = r"\frac{\partial z}{\partial x} = W"
    assert of(judged(right, head=head), right).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    ("summand", "given"), [("r_i", ""), ("(y_i - 1)^2", ""), ("(y_i - 1)^2", r", $y_i \in \mathbb{R}$")]
)
def test_no_claim_holds_since_nothing_leads_to_the_loss(summand: str, given: str) -> None:
    head = rf"For $i = 1, \dots, N$ let $x_i \in \mathbb{{R}}^n$, $W \in \mathbb{{R}}^{{m \times n}}${given}." + "\n"
    loss = rf"L = \sum_{{i=1}}^N {summand}"
    wrong_step = Verdict.REFUTED if given else Verdict.UNDECIDED  # what is not given may be made of anything
    for factor, expected in (("", Verdict.PROVED), ("2", wrong_step)):  # both sides would be zero
        step = rf"{factor} \frac{{\partial L}}{{\partial z_i}} x_i^\top"
        claim = rf"\frac{{\partial L}}{{\partial W}} = \sum_{{i=1}}^N {step}"
        assert of(judged("z_i = W x_i", loss, claim, head=head), claim).verdict is expected
    used = loss.replace(summand, r"z_i^\top z_i")
    right, wrong = (rf"\frac{{\partial L}}{{\partial z_i}} = {factor} z_i" for factor in "23")
    assert of(judged("z_i = W x_i", used, right, head=head), right).verdict is Verdict.PROVED
    assert of(judged("z_i = W x_i", used, wrong, head=head), wrong).verdict is Verdict.REFUTED


@pytest.mark.parametrize("claim", [r"\lambda w", r"2 \lambda w", "0"])
def test_what_else_a_loss_has_that_nothing_defines_is_not_nothing(claim: str) -> None:
    head = r"Let $w \in \mathbb{R}^n$ and $J = L + \frac{\lambda}{2} \|w\|^2$." + "\n"
    right = r"\frac{\partial J}{\partial w} = \frac{\partial L}{\partial w} + \lambda w"
    wrong = rf"\frac{{\partial J}}{{\partial w}} = {claim}"
    report = judged(right, wrong, head=head)
    assert of(report, wrong).verdict is Verdict.UNDECIDED
    assert of(report, right).verdict is not Verdict.REFUTED


CELL = r"""
At time $t$ the cell gets $x_t \in \mathbb{R}^{H}$ and $h_{t-1}, c_{t-1} \in \mathbb{R}^{H}$, and computes
$$o_t = \sigma(U h_{t-1} + W x_t), \quad c_t = c_{t-1} + \tanh(V h_{t-1} + x_t), \quad h_t = o_t \odot \tanh(c_t)$$
Let $E$ be the loss, SAID.
$$\frac{\partial E}{\partial c_t} = \frac{\partial E}{\partial h_t} \odot o_t \odot CLAIM$$
"""


@pytest.mark.parametrize("said", [
    "Let the loss be $E$, a function of $h_t$ only", "The loss $E$ depends only on $h_t$",
    "The loss is $E$, which depends on the cell only through $h_t$",
])  # fmt: skip
def test_a_loss_of_one_step(said: str) -> None:
    text = CELL.replace("Let $E$ be the loss, SAID", said)
    right = check(scan(text.replace("CLAIM", r"(1 - \tanh^2(c_t))"))).formulas[-1]
    assert right.verdict is Verdict.CONDITIONAL
    assert "of the step before is held fixed" in right.assumptions[0]
    assert check(scan(text.replace("CLAIM", r"(1 - c_t^2)"))).formulas[-1].verdict is Verdict.REFUTED


def test_the_state_before_that_moves_a_loss_of_one_step() -> None:
    one_step = "Let the loss be $E$, a function of $h_t$ only"
    head = CELL.replace("Let $E$ be the loss, SAID", one_step).partition("$$\\frac")[0]
    claim = r"$$\frac{\partial E}{\partial c_{t-1}} = \frac{\partial E}{\partial c_t}$$"
    assert check(scan(head + claim)).formulas[-1].verdict is Verdict.UNDECIDED
    others = head.replace(one_step, "Let $E$ be the loss of all outputs")
    assert check(scan(others + claim)).formulas[-1].verdict is Verdict.REFUTED


def test_a_loss_of_all_steps() -> None:
    text = CELL.replace("SAID", "of all outputs").replace("CLAIM", r"(1 - \tanh^2(c_t))")
    assert check(scan(text)).formulas[-1].verdict is Verdict.REFUTED


STEPPED = (
    "A residual network $z_{l+1} = z_l + \\epsilon f(z_l)$ is the discretisation of $\\dot z = f(z)$. Let the "
    "layers be $l = 0, \\dots, N$, $z_l \\in \\mathbb{R}^d$, $f(z) = \\tanh(A z)$, $A \\in \\mathbb{R}^{d \\times d}$, "
    "$\\epsilon \\in \\mathbb{R}$ and $q \\in \\mathbb{R}^d$. The loss is\n\n$$ C = \\frac12 \\|z_N - q\\|^2. $$\n\n"
    "The adjoint is $\\lambda_l = \\partial C / \\partial z_l$:\n\n"
)
BACK = "\\left( (1 - \\tanh^2(A z_l)) \\odot \\lambda_{l+1} \\right)"


@pytest.mark.parametrize("claim", [
    f"\\lambda_l = 7 \\lambda_{{l+1}} - 3 \\epsilon A^\\top {BACK}", "\\lambda_l = 0 \\cdot \\lambda_{l+1}",
    "\\frac{\\partial C}{\\partial A} = 0 \\cdot A",
])  # fmt: skip
def test_what_a_step_gives_is_no_free_data(claim: str) -> None:
    """Members z_l of which a step is taken for what an algorithm does may depend on each other."""
    found = report_on(f"{STEPPED}$$ {claim} $$\n", "a.md").formulas[-1]
    assert found.verdict not in (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED)


def test_what_a_step_gives_is_not_said_to_be_wrong() -> None:
    claim = f"\\lambda_l = \\lambda_{{l+1}} + \\epsilon A^\\top {BACK}"
    found = report_on(f"{STEPPED}$$ {claim} $$\n", "a.md").formulas[-1]
    assert not found.verdict.wrong


SCALARS = (
    "Let $s_t = w s_{t-1} + u_t$ with $s_0 = 0$, $t = 1, \\dots, T$, and $E = \\frac12 (s_T - r)^2$.\n\n"
    "$$\\frac{\\partial E}{\\partial s_T} = s_T - r$$\n\n"
)


@pytest.mark.parametrize(("claim", "expected"), [
    (r"\frac{\partial E}{\partial s_t} = w \frac{\partial E}{\partial s_{t+1}}", Verdict.PROVED),
    (r"\frac{\partial E}{\partial s_t} = \frac{\partial E}{\partial s_{t+1}}", Verdict.REFUTED),
    (r"\frac{\partial E}{\partial w} = \sum_{t=1}^T \frac{\partial E}{\partial s_t} s_{t-1}", Verdict.PROVED),
    (r"\frac{\partial E}{\partial w} = \sum_{t=1}^T \frac{\partial E}{\partial s_t} s_t", Verdict.REFUTED),
])  # fmt: skip
def test_the_last_of_a_state_that_nothing_declares(claim: str, expected: Verdict) -> None:
    formulas = report_on(f"{SCALARS}$${claim}$$\n", "a.md").formulas
    assert formulas[-1].verdict is expected
    assert not any(f.verdict.wrong for f in formulas[:-1])


RESIDUAL = r"""A residual net $z_{l+1} = z_l + \epsilon f(z_l)$ for $l = 0, \dots, N - 1$ with $z_l \in \mathbb{R}^d$
and $f(z) = \tanh(A z)$, $A \in \mathbb{R}^{d \times d}$. Let $C = \frac12 \|z_N - q\|^2$ and
$\lambda_l = \partial C / \partial z_l$.
Then $$ CLAIM $$
"""


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (r"\lambda_N", "z_N - q", "q - z_N"),
        (r"\lambda_l", r"\lambda_{l+1} + \epsilon A^\top ((1 - \tanh^2(A z_l)) \odot \lambda_{l+1})",
         r"\lambda_{l+1} + \epsilon A ((1 - \tanh^2(A z_l)) \odot \lambda_{l+1})"),
        (r"\frac{\partial C}{\partial A}",
         r"\epsilon \sum_{l=0}^{N-1} ((1 - \tanh^2(A z_l)) \odot \lambda_{l+1}) z_l^\top",
         r"\epsilon \sum_{l=0}^{N-1} ((1 - \tanh^2(A z_l)) \odot \lambda_l) z_l^\top"),
    ],
)  # fmt: skip
def test_the_variable_of_a_function_is_no_state(left: str, right: str, wrong: str) -> None:
    """The z of f(z) beside z_l."""
    found = [check(scan(RESIDUAL.replace("CLAIM", f"{left} = {side}"))).formulas[-1] for side in (right, wrong)]
    assert [f.verdict for f in found] == [Verdict.PROVED, Verdict.REFUTED]


@pytest.mark.parametrize(("right", "verdict"), [("1 + f'(x_l)", Verdict.PROVED), ("f'(x_l)", Verdict.REFUTED)])
def test_a_recursion_of_numbers_told_forward_that_says_nothing_of_its_beginning(right: str, verdict: Verdict) -> None:
    text = rf"""Let $x_{{l+1}} = x_l + f(x_l)$ for $l = 0, \dots, N - 1$ and $E = (x_N - r)^2$. Then
$$\frac{{\partial x_{{l+1}}}}{{\partial x_l}} = {right}$$
$$\frac{{\partial E}}{{\partial x_l}} = \frac{{\partial E}}{{\partial x_{{l+1}}}} ({right})$$"""
    *_, loss, step, gradient = report_on(text).formulas
    assert (loss.verdict, step.verdict, gradient.verdict) == (Verdict.DEFINED, verdict, verdict), gradient.message
