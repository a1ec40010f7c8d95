"""Losses that nothing defines: their derivatives stand for themselves where a formula speaks of them. Each verdict
beside one that a slip turns over."""

from __future__ import annotations

import re

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED


def last(said: str, *lines: str) -> Formula:
    text = said + "\n\n" + "\n\n".join(f"$${line}$$" for line in lines)
    return report_on(text).formulas[-1]


def by(top: str, bottom: str) -> str:
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"


@pytest.mark.parametrize(("loss", "right", "wrong"), [
    (r"J = L + \frac{\lambda}{2} \|w\|^2", r"∂{J}{w} = ∂{L}{w} + \lambda w", r"∂{J}{w} = ∂{L}{w} + 2 \lambda w"),
    (r"J = L + \frac{\lambda}{2} \|w\|^2", r"\nabla_w J = \nabla_w L + \lambda w",
     r"\nabla_w J = \nabla_w L - \lambda w"),
    (r"C = C_0 + \frac{\lambda}{2 m} \sum_i w_i^2", r"∂{C}{w_i} = ∂{C_0}{w_i} + \frac{\lambda}{m} w_i",
     r"∂{C}{w_i} = ∂{C_0}{w_i} + \lambda w_i"),
    (r"J(w) = L(w) + \lambda \|w\|^2", r"\nabla J(w) = \nabla L(w) + 2 \lambda w",
     r"\nabla J(w) = \nabla L(w) + \lambda w"),
    (r"\tilde{J}(w; y) = \frac{\alpha}{2} w^T w + J(w; y)", r"\nabla_w \tilde{J}(w; y) = \alpha w + \nabla_w J(w; y)",
     r"\nabla_w \tilde{J}(w; y) = \alpha w - \nabla_w J(w; y)"),
    (r"\mathcal{L} = \mathcal{L}_1 + \alpha \mathcal{L}_2",
     r"∂{\mathcal{L}}{w} = ∂{\mathcal{L}_1}{w} + \alpha ∂{\mathcal{L}_2}{w}",
     r"∂{\mathcal{L}}{w} = ∂{\mathcal{L}_1}{w} + ∂{\mathcal{L}_2}{w}"),
    (r"E = \sum_{t=1}^T E_t", r"∂{E}{w} = \sum_{t=1}^T ∂{E_t}{w}", r"∂{E}{w} = \sum_{t=2}^T ∂{E_t}{w}"),
    (r"L(w) = \frac{1}{N} \sum_{i=1}^N \ell_i(w)", r"\nabla_w L(w) = \frac{1}{N} \sum_{i=1}^N \nabla_w \ell_i(w)",
     r"\nabla_w L(w) = \sum_{i=1}^N \nabla_w \ell_i(w)"),
    (r"J = L e^{-s} + s", r"∂{J}{w} = e^{-s} ∂{L}{w}", r"∂{J}{w} = ∂{L}{w}"),
    (r"J = L + \lambda \|w\|^2", r"∂{J}{b} = ∂{L}{b}", r"∂{J}{b} = ∂{L}{b} + \lambda b"),  # b is declared nowhere
])  # fmt: skip
def test_the_derivative_is_linear(loss: str, right: str, wrong: str) -> None:
    lines = [re.sub(r"∂\{(.+?)\}\{(.+?)\}(?= |$)", lambda m: by(*m.groups()), line) for line in (right, wrong)]
    said = r"Let $w \in R^n$, $y \in R^k$ and $s \in R$."
    assert last(said, loss, lines[0]).verdict is PROVED
    assert last(said, loss, lines[1]).verdict is REFUTED


NET = (r"z = W x + b", r"a = \sigma(z)", r"y = V a", r"J = L + \frac{\lambda}{2} (\|W\|_F^2 + \|V\|_F^2)")
SHAPES = r"Let $x \in R^n$, $W \in R^{h \times n}$, $b \in R^h$ and $V \in R^{m \times h}$."
DELTA = r"\delta = " + by("L", "y")


@pytest.mark.parametrize(("claim", "verdict"), [
    (by("J", "V") + " = " + by("L", "y") + r" a^T + \lambda V", PROVED),
    (by("J", "V") + " = " + by("L", "y") + r" a^T", REFUTED),
    (by("J", "V") + r" = \delta a^T + \lambda V", PROVED),
    (by("J", "W") + r" = ((V^T \delta) \odot a \odot (1 - a)) x^T + \lambda W", PROVED),
    (by("J", "W") + r" = ((V^T \delta) \odot a) x^T + \lambda W", REFUTED),
    (by("J", "W") + r" = ((V^T \delta) \odot a \odot (1 - a)) x^T", REFUTED),
    (by("J", "b") + r" = (V^T \delta) \odot a \odot (1 - a)", PROVED),
    (by("J", "W") + r" = \lambda W", UNDECIDED),  # of L it says nothing
    (by("J", "c") + " = 0", Verdict.ILL_FORMED),  # a derivative by what nothing introduces
])  # fmt: skip
def test_a_penalty_above_a_net(claim: str, verdict: Verdict) -> None:
    assert last(SHAPES, *NET, DELTA, claim).verdict is verdict


LAYERS = (r"z^{(l)} = W^{(l)} a^{(l-1)}", r"a^{(l)} = \sigma(z^{(l)})",
          r"J = C + \frac{\lambda}{2} \sum_{l=1}^%s \|W^{(l)}\|_F^2",
          r"\delta^{(l)} = \frac{\partial C}{\partial z^{(l)}}")  # fmt: skip


@pytest.mark.parametrize(("end", "claim", "verdict"), [
    ("L", by("J", "W^{(l)}") + " = " + by("C", "W^{(l)}") + r" + \lambda W^{(l)}", PROVED),
    ("L", by("J", "W^{(l)}") + " = " + by("C", "W^{(l)}") + r" + 2 \lambda W^{(l)}", REFUTED),
    ("L", by("J", "W^{(l)}") + r" = \delta^{(l)} (a^{(l-1)})^T + \lambda W^{(l)}", PROVED),
    ("L", by("J", "W^{(l)}") + r" = \delta^{(l)} (a^{(l-1)})^T", REFUTED),
    ("M", by("J", "W^{(l)}") + " = " + by("C", "W^{(l)}") + r" + \lambda W^{(l)}", UNDECIDED),  # other layers
    ("{L-1}", by("J", "W^{(l)}") + " = " + by("C", "W^{(l)}") + r" + \lambda W^{(l)}", UNDECIDED),  # fails at L
])  # fmt: skip
def test_a_penalty_of_all_layers(end: str, claim: str, verdict: Verdict) -> None:
    said = r"For $l = 1, \dots, L$ let $W^{(l)} \in R^{n_l \times n_{l-1}}$."
    assert last(said, *(line.replace("%s", end) for line in LAYERS), claim).verdict is verdict


STATES = (r"h_t = \tanh(W h_{t-1} + U x_t)", r"E = \sum_{t=1}^T E_t")
SAID = r"Let $W \in R^{n \times n}$, $U \in R^{n \times m}$, $x_t \in R^m$ and $h_t \in R^n$ for $t = 1, \dots, T$."


@pytest.mark.parametrize(("claim", "verdict"), [
    (by("E", "W") + r" = \sum_{t=1}^T " + by("E_t", "W"), PROVED),
    (by("E", "W") + r" = \sum_{t=1}^{T-1} " + by("E_t", "W"), REFUTED),
    (by("E", "h_t") + r" = \sum_{k=1}^T " + by("E_k", "h_t"), PROVED),
    (by("E", "h_t") + " = " + by("E_t", "h_t"), UNDECIDED),  # E_k of later steps rest on h_t, too: it is wrong
    # by the chain rule it is right where E_t rests on h_t by itself, which is not said
    (by("E", "h_t") + " = " + by("E_t", "h_t") + r" + W^T (" + by("E", "h_{t+1}") + r" \odot (1 - h_{t+1}^2))",
     UNDECIDED),
    (by("E", "W") + r" = 0", UNDECIDED),
])  # fmt: skip
def test_losses_of_single_steps(claim: str, verdict: Verdict) -> None:
    assert last(SAID, *STATES, claim).verdict is verdict


@pytest.mark.parametrize(("claim", "verdict"), [
    (by("L", "W") + " = " + by("L_1", "W") + r" + \alpha " + by("L_2", "W"), PROVED),
    (by("L", "W") + " = " + by("L_1", "W"), UNDECIDED),  # right where L_2 does not depend on W
    (by("L", "W") + " = " + by("L_1", "z") + " x^T", UNDECIDED),
    (by("L", "W") + " = " + by("L_1", "z") + r" x^T + \alpha " + by("L_2", "z") + " x^T", UNDECIDED),  # not seen
    (by("L", "W") + " = " + by("L", "z") + " x^T", PROVED),
    (by("L", "W") + " = 2 " + by("L", "z") + " x^T", UNDECIDED),
])  # fmt: skip
def test_two_losses_of_which_nothing_is_said(claim: str, verdict: Verdict) -> None:
    said = r"Let $x \in R^n$ and $W \in R^{m \times n}$."
    assert last(said, "z = W x", r"L = L_1 + \alpha L_2", claim).verdict is verdict


def test_their_second_derivatives_are_not_known() -> None:
    said, loss = r"Let $w \in R^n$.", r"J = \sum_{t=1}^T E_t + \frac{\lambda}{2} \sum_i w_i^2"
    right = by("J", "w_i") + r" = \sum_{t=1}^T " + by("E_t", "w_i") + r" + \lambda w_i"
    assert last(said, loss, right).verdict is PROVED
    for claim in (
        r"\frac{\partial}{\partial w_j} \frac{\partial E_t}{\partial w_i} = 0",
        r"\frac{\partial^2 J}{\partial w_i^2} = \lambda",
        r"\frac{\partial^2 J}{\partial w_i^2} = \sum_{t=1}^T \frac{\partial^2 E_t}{\partial w_i^2} + \lambda",
    ):
        assert last(said, loss, claim).verdict is UNDECIDED


def test_numbered_parts_are_names_of_their_own() -> None:
    said = r"Let $w \in R^n$ and $v \in R^n$."
    parts = r"C_1 = \frac12 \sum_i (w_i - v_i)^2", r"C_2 = \frac{\lambda}{2} \sum_i w_i^2", "C = C_1 + C_2"
    assert last(said, *parts, by("C", "w_i") + r" = w_i - v_i + \lambda w_i").verdict is PROVED
    assert last(said, *parts, by("C", "w_i") + r" = w_i - v_i").verdict is REFUTED
    entries = r"x = (x_1, x_2)", r"L = x_1^2 + x_2"  # these are entries, and no parts
    assert last("", *entries, by("L", "x_1") + " = 2 x_1").verdict is PROVED


@pytest.mark.parametrize(("claim", "verdict"), [
    (by("J", "w") + " = " + by("L", "w") + r" + \mu x", PROVED),
    (by("J", "w") + " = " + by("L", "w"), REFUTED),
    (by("J", "w") + " = " + by("L", "a") + r" x + \mu x", UNDECIDED),  # right where L has w by way of a only
    (by("J", "a") + " = " + by("L", "a") + r" + \mu", PROVED),
    (by("J", "w") + r" = \mu x", UNDECIDED),
])  # fmt: skip
def test_what_a_sum_has_by_name_beside_the_loss(claim: str, verdict: Verdict) -> None:
    said = r"Let $x \in R^n$, $w \in R^n$ and $\mu \in R$."
    assert last(said, "a = w^T x", r"J = L + \mu a", claim).verdict is verdict


def test_an_activation_that_is_differentiated_works_on_each_entry() -> None:
    said = r"Let $x \in R^n$, $W \in R^{m \times n}$ and $y \in R^m$."
    net = "z = W x", "a = f(z)", r"E = \frac12 \|a - y\|^2"
    spoken = by("a", "z") + " = " + by("f", "z")
    assert last(said, *net, spoken, by("E", "W") + r" = ((a - y) \odot f'(z)) x^T").verdict is PROVED
    assert last(said, *net, spoken, by("E", "W") + r" = (a \odot f'(z)) x^T").verdict is REFUTED
