"""One step of a recursion, told with names that have no step."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, CONDITIONAL, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED, Verdict.UNDECIDED

LSTM = r"""With $c_{t-1}, h_{t-1} \in \mathbb{R}^n$ the cell is
$$i = \sigma(W_i x + U_i h_{t-1} + p_i \odot c_{t-1} + b_i)$$
$$f = \sigma(W_f x + U_f h_{t-1} + b_f)$$
$$g = \tanh(W_g x + U_g h_{t-1} + b_g)$$
$$c_t = f \odot c_{t-1} + i \odot g$$
$$o = \sigma(W_o x + U_o h_{t-1} + b_o)$$
$$h_t = o \odot \tanh(c_t)$$
Let $E$ be a loss that depends on $h_t$ only,
$\bar h = \partial E / \partial h_t$ and $\bar c = \partial E / \partial c_t$. Then
"""
GRU = r"""
$$z = \sigma(W_z x + U_z h_{t-1})$$
$$\tilde h = \tanh(W x + U h_{t-1})$$
$$h_t = (1 - z) \odot h_{t-1} + z \odot \tilde h$$
"""
PLAIN = r"""
$$h_t = \tanh(W h_{t-1} + U x_t), \quad \hat y = V h_t, \quad E = \frac12 \|\hat y - y\|^2$$
"""
LABELLED = r"""
$$h_t = \tanh(W_h h_{t-1} + W_x x_t + b), \quad o = W_o h_t, \quad E = \frac12 \|o - y\|^2$$
"""
BEFORE = r" \text{ is held fixed}", r" \text{ are held fixed}"


def last(text: str, claim: str) -> Formula:
    return report_on(f"{text}\n$${claim}$$\n").formulas[-1]


@pytest.mark.parametrize(
    ("text", "left", "right", "wrong"),
    [
        (LSTM, r"\frac{\partial E}{\partial o}", r"\bar h \odot \tanh(c_t)", r"\bar h \odot c_t"),
        (LSTM, r"\bar c", r"\bar h \odot o \odot (1 - \tanh^2(c_t))", r"\bar h \odot o \odot (1 - c_t^2)"),
        (LSTM, r"\frac{\partial E}{\partial f}", r"\bar c \odot c_{t-1}", r"\bar c \odot c_t"),
        (LSTM, r"\frac{\partial E}{\partial i}", r"\bar c \odot g", r"\bar c \odot f"),
        (GRU, r"\frac{\partial h_t}{\partial z}", r"\tilde h - h_{t-1}", r"h_{t-1} - \tilde h"),
        (LABELLED, r"\frac{\partial E}{\partial W_o}", r"(o - y) h_t^\top", r"(o - y) h_{t-1}^\top"),
        (PLAIN, r"\frac{\partial E}{\partial V}", r"(\hat y - y) h_t^\top", r"(\hat y - y) h_{t-1}^\top"),
        (PLAIN, r"\frac{\partial h_t}{\partial h_{t-1}}", r"\mathrm{diag}(1 - h_t^2) W", r"W \mathrm{diag}(1 - h_t^2)"),
    ],
)
def test_gates_without_a_step(text: str, left: str, right: str, wrong: str) -> None:
    assert last(text, f"{left} = {right}").verdict is PROVED
    assert last(text, f"{left} = {wrong}").verdict is REFUTED


@pytest.mark.parametrize(
    ("text", "left", "right", "wrong"),
    [
        (LSTM, r"\frac{\partial E}{\partial b_g}", r"\bar c \odot i \odot (1 - g^2)", r"\bar c \odot i \odot (1 - g)"),
        (PLAIN, r"\frac{\partial E}{\partial U}", r"((V^\top (\hat y - y)) \odot (1 - h_t^2)) x_t^\top",
         r"((V^\top (\hat y - y)) \odot (1 + h_t^2)) x_t^\top"),
    ],
)  # fmt: skip
def test_what_the_step_before_made_is_held_fixed(text: str, left: str, right: str, wrong: str) -> None:
    found = last(text, f"{left} = {right}")
    assert found.verdict is CONDITIONAL and found.assumptions[0].endswith(BEFORE), found.message
    assert "h_{t - 1}" in found.assumptions[0]
    assert last(text, f"{left} = {wrong}").verdict is REFUTED


@pytest.mark.parametrize(
    "more",
    [
        r"$$L = \sum_{t=1}^T \|h_t - y_t\|^2$$",  # of all steps
        r"for $t = 1, \dots, T$",
        r"where $h_0 = 0$",
        r"and the step size decays, $\eta = \eta_0 / t$",
    ],
)
def test_what_goes_through_all_steps_is_not_of_one(more: str) -> None:
    claim = r"\frac{\partial E}{\partial U} = ((V^\top (\hat y - y)) \odot (1 - h_t^2)) x_t^\top"
    assert last(PLAIN + more, claim).verdict not in (PROVED, CONDITIONAL)


def test_another_section_may_go_through_all_steps() -> None:
    text = f"# One step\n{GRU}\n$$%s$$\n# All\n$$s_t = w s_{{t-1}}, \\quad L = \\sum_{{t=1}}^T s_t$$\n"
    for claim, verdict in (r"\frac{\partial h_t}{\partial \tilde h} = z", PROVED), (
        r"\frac{\partial h_t}{\partial \tilde h} = 1 - z", REFUTED):  # fmt: skip
        found = report_on(text.replace("%s", claim)).formulas
        assert found[3].verdict is verdict


LOSS = r"""
Let $a = W h_{t-1} + U x_t$ and $h_t = \tanh(a)$. The total loss WORDS, and $\delta = \partial L / \partial a$.
"""


@pytest.mark.parametrize(("words", "verdict"), [("is $L$", CONDITIONAL), ("$L$ depends on $h_t$ only", PROVED)])
def test_a_loss_may_depend_on_the_step_before(words: str, verdict: Verdict) -> None:
    text, slope = LOSS.replace("WORDS", words), r"\frac{\partial L}{\partial h_{t-1}}"
    assert last(text, rf"{slope} = W^\top \delta").verdict is verdict
    assert last(text, rf"{slope} = W^\top (\delta \odot a)").verdict is REFUTED
