"""What a verdict on derivatives holds fixed is said: all that nothing defines."""

import pytest
from judging import report_on

LOSS = r"Let $J = \frac12 (z - y)^2 + \frac12 \mu w^2$."
CLAIM = r"Then $$\frac{\partial J}{\partial w} = %s.$$"


@pytest.mark.parametrize(
    ("before", "claim", "verdict", "fixed"),
    [
        ("", r"\mu w", "proved", {r"\mu", "y", "z"}),
        ("", r"(z - y) x + \mu w", "ill-formed", set()),  # an x that nothing introduces
        ("Let $z = w x + b$. ", r"(z - y) x + \mu w", "proved", {r"\mu", "b", "x", "y"}),
        ("Let $z = w x + b$. ", r"\mu w", "refuted", {r"\mu", "b", "x", "y"}),
    ],
)
def test_a_claim_says_what_it_holds_fixed(before: str, claim: str, verdict: str, fixed: set[str]) -> None:
    report = report_on(f"{before}{LOSS} {CLAIM % claim}")
    found = report.formulas[-1]
    assert (found.verdict.value, set(found.fixed)) == (verdict, fixed), found.message
    said = [remark for remark in report.remarks if "held fixed" in remark]
    assert len(said) == bool(fixed) and all(f"${name}$" in said[0] for name in fixed)


def test_what_is_no_derivative_holds_nothing_fixed() -> None:
    report = report_on(r"Let $s = a + b$. Then $$2 s = 2 a + 2 b.$$")
    assert [f.verdict.value for f in report.formulas] == ["defined", "proved"]
    assert not any(f.fixed for f in report.formulas) and not report.remarks


def test_what_the_text_leaves_open_is_not_held_fixed() -> None:
    said = "The layer forms $w x + b$, its output is $z$."
    found = report_on(f"{said} {LOSS} {CLAIM}" % r"\mu w").formulas[-1]
    assert found.verdict.value == "undecided" and "z" not in found.fixed


MOMENTUM = r"""Momentum keeps a velocity,
$$v_{t+1} = \beta v_t + g_t, \qquad \theta_{t+1} = \theta_t - \eta v_{t+1},$$
where $v_t, \theta_t, g_t \in \mathbb{R}^n$. The Jacobians of one step are
"""


@pytest.mark.parametrize(
    ("by", "right", "wrong", "held", "verdict"),
    [
        ("v_t", r"-\eta\beta I", r"-\eta I", {r"\theta"}, "refuted"),
        ("v_t", r"-\eta\beta I", r"-\eta (1 + \beta) I", {r"\theta"}, "undecided"),  # where θ_t = θ_{t-1} - η v_t moves
        ("g_t", r"-\eta I", r"-\eta\beta I", {r"\theta", "v"}, "refuted"),
        (r"\eta", "-v_{t+1}", "-v_t", {r"\theta"}, "undecided"),  # of which the definition itself speaks, at all steps
    ],
)
def test_a_derivative_of_one_step_holds_the_step_before_fixed(
    by: str, right: str, wrong: str, held: set[str], verdict: str
) -> None:
    claim = rf"$$\frac{{\partial \theta_{{t+1}}}}{{\partial {by}}} = %s.$$"
    found = report_on(MOMENTUM + claim % right).formulas[-1]
    assert found.verdict.value == "conditional", found.message
    names, _, said = next(a for a in found.assumptions if "held fixed" in a).partition(r" \text{")
    assert set(names.split(", ")) == held and said in ("is held fixed}", " is held fixed}", " are held fixed}")
    assert report_on(MOMENTUM + claim % wrong).formulas[-1].verdict.value == verdict


LEAPFROG = r"""Let $A \in \mathbb{R}^{n \times n}$, $h_k, v_k \in \mathbb{R}^n$ and
$$v_{k+1} = v_k - A^\top \tanh(A h_k), \qquad h_{k+1} = h_k + v_{k+1}.$$
Holding $v_k$ fixed, we obtain
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial v_{k+1}}{\partial h_k} = -A^\top \operatorname{diag}(1 - \tanh^2(A h_k)) A", "proved"),
        (r"\frac{\partial v_{k+1}}{\partial h_k} = A^\top \operatorname{diag}(1 - \tanh^2(A h_k)) A", "refuted"),
        (r"\frac{\partial h_{k+1}}{\partial h_k} = I - A^\top \operatorname{diag}(1 - \tanh^2(A h_k)) A", "proved"),
        (r"\frac{\partial h_{k+1}}{\partial h_k} = I + A^\top \operatorname{diag}(1 - \tanh^2(A h_k)) A", "refuted"),
    ],
)
def test_the_state_that_the_text_holds_fixed_is_of_the_step_before(claim: str, verdict: str) -> None:
    assert report_on(LEAPFROG + f"$${claim}$$").formulas[-1].verdict.value == verdict


AVERAGE = r"""For scalars,
$$s_t = \rho s_{t-1} + (1 - \rho) u_t^2, \qquad w_t = w_{t-1} - \frac{u_t}{\sqrt{s_t}}.$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial s_t}{\partial u_t} = 2 (1 - \rho) u_t", "conditional"),
        (r"\frac{\partial s_t}{\partial u_t} = (1 - \rho) u_t", "refuted"),
        (r"\frac{\partial w_t}{\partial s_t} = \frac{u_t}{2 s_t^{3/2}}", "conditional"),
        (r"\frac{\partial w_t}{\partial s_t} = \frac{u_t}{s_t^{3/2}}", "refuted"),
        (r"\frac{\partial s_t}{\partial u_{t-1}} = 2 \rho (1 - \rho) u_{t-1}", "undecided"),  # right of both
        (r"\frac{\partial s_t}{\partial u_{t-1}} = \rho (1 - \rho) u_{t-1}", "refuted"),
    ],
)
def test_the_steps_of_numbers(claim: str, verdict: str) -> None:
    assert report_on(AVERAGE + f"$${claim}$$").formulas[-1].verdict.value == verdict


TRUNCATED = r"""Let $W \in \mathbb{R}^{n \times n}$, $h_t \in \mathbb{R}^n$ with $h_t = \tanh(W h_{t-1})$,
and $L = \frac12 \|h_T - y\|^2$.
We hold $h_{t-1}$ fixed. With $d = (h_T - y) \odot (1 - h_T \odot h_T)$
$$\frac{\partial L}{\partial W} = d h_{T-1}^\top$$
"""


def test_a_gradient_by_what_all_steps_share_is_not_judged_as_if_they_moved() -> None:
    assert report_on(TRUNCATED).formulas[-1].verdict.value != "refuted"
    assert report_on(TRUNCATED.replace("d h_{T-1}", "-d h_{T-1}")).formulas[-1].verdict.value != "proved"


def test_a_derivative_of_two_steps_is_none_of_one() -> None:
    claim = r"$$\frac{\partial \theta_{t+1}}{\partial v_{t-1}} = 0.$$"
    assert report_on(MOMENTUM + claim).formulas[-1].verdict.value not in ("proved", "conditional")


CONSTANT = r"Let $w, x \in \mathbb{R}^n$, MEAN and $J = (w^\top w - m)^2$. Then $$\nabla_w J = %s.$$"


@pytest.mark.parametrize(
    "mean",
    [
        r"where $m = w^\top x$ is treated as a constant,",
        r"let $m = w^\top x$ be held fixed",
        r"with $m = w^\top x$ held constant",
        r"$m = w^\top x$, and let us treat $m$ as a constant",
    ],
)
def test_what_the_text_treats_as_a_constant_does_not_move(mean: str) -> None:
    text = CONSTANT.replace("MEAN", mean)
    right = report_on(text % r"4 (w^\top w - m) w").formulas[-1]
    assert right.verdict.value == "proved" and r"m \text{ is held fixed}" in right.assumptions
    assert report_on(text % r"4 (w^\top w - w^\top x) w").formulas[-1].verdict.value == "proved"  # with its value
    for other, verdict in ((r"2 (w^\top w - m) (2 w - x)", "undecided"), (r"2 (w^\top w - m) w", "refuted")):
        assert report_on(text % other).formulas[-1].verdict.value == verdict  # as if it did, and a slip
    moving = CONSTANT.replace("MEAN", r"$m = w^\top x$")
    assert report_on(moving % r"4 (w^\top w - m) w").formulas[-1].verdict.value == "refuted"


@pytest.mark.parametrize(("said", "verdict"), [("is treated as constant", "proved"), ("is rounded", "undecided")])
def test_a_constant_may_be_defined_by_what_is_not_read(said: str, verdict: str) -> None:
    text = rf"The step is $s > 0$, and $r = \operatorname{{round}}(w / s)$ {said}. Let $E = \frac12 (s r - y)^2$. Then "
    assert report_on(text + r"$$\frac{\partial E}{\partial s} = (s r - y) r.$$").formulas[-1].verdict.value == verdict
    wrong = report_on(text + r"$$\frac{\partial E}{\partial s} = (s r - y).$$").formulas[-1]
    assert wrong.verdict.value == ("refuted" if verdict == "proved" else "undecided")
