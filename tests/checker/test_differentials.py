"""Matrix differentials: ``dL = \\operatorname{tr}(G^\\top dW)``."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, CONDITIONAL, REFUTED = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED
LEAST_SQUARES = (
    r"Let $X \in \mathbb{R}^{N \times n}$, $w \in \mathbb{R}^n$, $y \in \mathbb{R}^N$ and"
    r" $L(w) = \frac1N \|X w - y\|^2$."
)
LAYERS = (
    r"Let $X \in \mathbb{R}^{N \times D}$, $Z = X W + \mathbf 1 b^T$, $A = \sigma(Z)$ and the loss"
    r" $L = \frac12 \|A - Y\|_F^2$."
)


def judged(text: str, *claims: str) -> list[Formula]:
    shown = "\n\n".join(f"$$ {claim} $$" for claim in claims)
    return report_on(f"{text}\n\n{shown}\n", "found.md").formulas[-len(claims) :]


def verdicts(text: str, *claims: str) -> list[Verdict]:
    return [f.verdict for f in judged(text, *claims)]


@pytest.mark.parametrize(("claim", "right", "wrong"), [
    (r"dL = %s (X w - y)^\top X\, dw", r"\frac2N", r"\frac1N"),
    (r"\mathrm{d} L(w) = \frac2N \langle %s, \mathrm{d} w \rangle", r"X^\top (X w - y)", r"X^\top (y - X w)"),
    (r"\mathrm d L = \frac1N \mathrm d \langle X w - y, X w - y \rangle = %s \langle X w - y, X \mathrm d w \rangle",
     r"\frac2N", r"\frac1N"),
    (r"dL = \frac1N \left( d(X w - y)^\top (X w - y) %s (X w - y)^\top d(X w - y) \right)", "+", "-"),
])  # fmt: skip
@pytest.mark.parametrize("size", ["n", "d"])
def test_the_differential_of_a_loss(claim: str, right: str, wrong: str, size: str) -> None:
    text = LEAST_SQUARES.replace("times n", f"times {size}").replace("R}^n", f"R}}^{size}")
    assert verdicts(text, claim % right) == [PROVED]
    assert verdicts(text, claim % wrong) == [REFUTED]


def test_what_stands_between_varies_with_what_it_is_made_of() -> None:
    steps = [r"dA = A \odot (1 - A) \odot dZ", r"dL = \operatorname{tr}((A - Y)^T dA)"]
    steps.append(r"dZ = X\, dW + \mathbf 1\, db^T")
    whole = r"dL = \operatorname{tr}\left((X^T ((A - Y) \odot A \odot %s))^T dW\right)"
    *found, right, wrong = judged(LAYERS, *steps, whole % "(1 - A)", whole % "A")
    assert [f.verdict for f in found] == [PROVED] * 3
    assert (right.verdict, right.assumptions) == (CONDITIONAL, (r"\mathrm{d} b = 0",))  # b varies elsewhere
    assert wrong.verdict is REFUTED
    assert verdicts(LAYERS, whole % "(1 - A)") == [PROVED]
    assert verdicts(LAYERS, steps[0].replace("(1 - A)", "A"), r"dZ = dW X") == [REFUTED, Verdict.ILL_FORMED]


@pytest.mark.parametrize(("right", "wrong"), [
    (r"d(X Y) = (dX) Y + X\, dY", r"d(X Y) = (dX) Y - X\, dY"),
    (r"d\operatorname{tr}(X) = \operatorname{tr}(dX)", r"d\operatorname{tr}(X) = 2 \operatorname{tr}(dX)"),
    (r"dX^{-1} = -X^{-1}\, dX\, X^{-1}", r"dX^{-1} = X^{-1}\, dX\, X^{-1}"),
    (r"d\log|X| = \operatorname{tr}(X^{-1} dX)", r"d\log|X| = \operatorname{tr}(X dX)"),
    (r"d(x^\top A x) = x^\top (A + A^\top)\, dx", r"d(x^\top A x) = x^\top (A - A^\top)\, dx"),
])  # fmt: skip
def test_rules_of_letters_of_their_own(right: str, wrong: str) -> None:
    assert verdicts("Rules.", right)[0] in (PROVED, CONDITIONAL)
    assert verdicts("Rules.", wrong)[0] not in (PROVED, CONDITIONAL)


def test_where_equations_run_backward_the_d_belongs_to_the_name_of_a_gradient() -> None:
    text = r"Let $X \in \mathbb{R}^{n \times m}$, $W \in \mathbb{R}^{k \times n}$, $Z = W X$."
    text += r" The loss is $J = \frac12 \|Z - Y\|^2$."
    assert verdicts(text, "dZ = Z - Y", "dW = dZ X^T", "dX = W^T dZ") == [PROVED] * 3
    assert verdicts(text, "dZ = Z - Y", "dW = dZ X^T", "dX = W dZ")[-1].wrong


@pytest.mark.parametrize(("claim", "right", "wrong"), [
    (r"dL = %s\operatorname{tr}(G^T dY)", "", "2 "),
    (r"dL = \operatorname{tr}((%s)^T dW)", "X^T G", "X^T Y"),
])  # fmt: skip
def test_a_loss_that_nothing_defines_depends_on_all_that_varies(claim: str, right: str, wrong: str) -> None:
    text = r"Let $L$ be the loss, $X \in \mathbb{R}^{N \times D}$, $W \in \mathbb{R}^{D \times C}$, $Y = X W$"
    text += r" and $G = \frac{\partial L}{\partial Y}$."
    assert verdicts(text, claim % right) == [PROVED]
    assert verdicts(text, claim % wrong)[0] not in (PROVED, CONDITIONAL)


@pytest.mark.parametrize(("right", "wrong"), [
    (r"\mathrm{d} f(x) = \frac{\mathrm{d} x}{x}", r"\mathrm{d} f(x) = x\, \mathrm{d} x"),
    (r"dz = \frac{\cos x}{\sin x}\, dx", r"dz = \frac{\sin x}{\cos x}\, dx"),
])  # fmt: skip
def test_differentials_of_functions(right: str, wrong: str) -> None:
    text = r"Let $f(x) = \log x$, $g(x) = \sin x$ and $z(x) = f(g(x))$."
    assert verdicts(text, right)[0] in (PROVED, CONDITIONAL)
    assert verdicts(text, wrong) == [REFUTED]


def test_steps_in_time_and_integrals_are_no_differentials_of_anything() -> None:
    text = r"The motion obeys $m \ddot{x} = -k x$; we step with $dx = v\, dt$. Let $E = \frac12 v^2$"
    text += r" and $\int_0^1 f(x)\, dx = 1$."
    assert verdicts(text, r"\frac{\partial E}{\partial v} = v") == [PROVED]
    assert verdicts(text, r"\frac{\partial E}{\partial v} = 2 v") == [REFUTED]
    assert not any(f.verdict.wrong for f in report_on(text).formulas)


def test_a_size_called_d_is_no_sign() -> None:
    text = r"Let $W \in \mathbb{R}^{d \times d}$, $w \in \mathbb{R}$ and $s = \operatorname{tr}(I_d) w$."
    assert verdicts(text, r"\frac{\partial s}{\partial w} = d", "s = d w", "s = 2 d w") == [PROVED, PROVED, REFUTED]


def test_a_differential_is_not_held_fixed() -> None:
    given = r"Let $X \in R^{m \times n}$, $A \in R^{p \times m}$ and $L = \operatorname{tr}(X^\top A^\top A X)$."
    (right,) = judged(given, r"dL = 2 \operatorname{tr}(X^\top A^\top A\, dX)")
    assert right.verdict is PROVED and right.fixed == ("A",)
    assert verdicts(given, r"dL = \operatorname{tr}(X^\top A^\top A\, dX)") == [REFUTED]


@pytest.mark.parametrize(
    "derivative",
    [
        r"\mathrm{d}L/\mathrm{d}w", r"\mathrm dL/\mathrm dw", r"\text{d}L / \text{d}w", r"{\rm d} L/{\rm d} w",
        r"\frac{\mathrm d L}{\mathrm d w}", r"\frac{\text{d}L}{\text{d}w}", "dL/dw", "dL / dw",
    ],
)  # fmt: skip
@pytest.mark.parametrize("more", ["", r" Let $d \in \mathbb{R}$ be a distance."])
def test_a_derivative_with_an_upright_d(derivative: str, more: str) -> None:
    right, wrong = rf"{derivative} = \frac2N X^\top (X w - y)", rf"{derivative} = \frac1N X^\top (X w - y)"
    assert verdicts(LEAST_SQUARES + more, right, wrong) == [PROVED, REFUTED]


def test_a_derivative_with_a_slash_of_names_that_are_commands() -> None:
    text = r"Let $v_1, v_2, d, x, y \in \mathbb{R}$, $\mathcal{J} = v_1^2 v_2$ and $q = d x / y$."
    claims = r"d\mathcal{J}/dv_1 = 2 v_1 v_2", r"d\mathcal{J}/dv_1 = 2 v_1", r"\partial q/\partial x = d / y"
    assert verdicts(text, *claims) == [PROVED, REFUTED, PROVED]
