"""Signs that may be two things: a power that looks like a transpose, ``γ^T`` with a horizon T, and a product that looks
like a value, ``a(x + b)``."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("text", "claim", "verdict"),
    [
        (r"With a horizon $T$ the last reward is $r$, discounted by $\gamma \in (0, 1)$: $$R = \gamma^T r$$",
         r"\frac{\partial R}{\partial r} = 1", UNDECIDED),
        (r"$$R = \sum_{t=0}^T \gamma^t r_t + \gamma^T v$$", r"\frac{\partial R}{\partial v} = 1", UNDECIDED),
        (r"Here $T$ is a temperature, and $$F = x^T$$", r"\frac{dF}{dx} = 1", UNDECIDED),
        (r"Let $w, x \in \mathbb{R}$ and $$s = w^T x$$", r"\frac{\partial s}{\partial w} = x", PROVED),
        (r"Let $w, x \in \mathbb{R}$ and $$s = w^T x$$", r"\frac{\partial s}{\partial w} = w", REFUTED),
        (r"$$L = \frac1T \sum_{t=1}^T (w^T x_t - y_t)^2$$",
         r"\frac{\partial L}{\partial w} = \frac2T \sum_{t=1}^T (w^T x_t - y_t) x_t", PROVED),
        (r"$$L = \frac1T \sum_{t=1}^T (w^T x_t - y_t)^2$$",
         r"\frac{\partial L}{\partial w} = 2 \sum_{t=1}^T (w^T x_t - y_t) x_t", REFUTED),
    ],
)  # fmt: skip
def test_a_power_or_a_transpose(text: str, claim: str, verdict: Verdict) -> None:
    """Of a number, where T is something else as well, neither is proved."""
    assert report_on(f"{text}\n\n$${claim}$$\n").formulas[-1].verdict is verdict


@pytest.mark.parametrize(
    ("text", "claim", "verdict"),
    [
        ("The gain $a$, the offset $b$ and the input $x$ are numbers.", "a", PROVED),
        ("The gain $a$, the offset $b$ and the input $x$ are numbers.", "a'(x + b)", UNDECIDED),
        (r"Let $b, a, x \in \mathbb{R}$.", "a", PROVED), (r"Let $b, a, x \in \mathbb{R}$.", "1", REFUTED),
        (r"Let $b, a, x \in \mathbb{R}$.", "a'(x + b)", UNDECIDED), ("With a gain $a$:", "a'(x + b)", UNDECIDED),
        ("Let $x$ be a number, and the function $a$ smooth.", "a'(x + b)", PROVED),
        ("Let $x$ be a number, and the function $a$ smooth.", "a'(x)", REFUTED),
    ],
)  # fmt: skip
def test_a_product_or_a_value(text: str, claim: str, verdict: Verdict) -> None:
    found = report_on(f"{text} $$y = a(x + b)$$\n\n$$\\frac{{\\partial y}}{{\\partial x}} = {claim}$$\n")
    assert found.formulas[-1].verdict is verdict


FOCAL = r"Let $s = \sigma(x)$. Then $F = -(1-s)^\gamma \log s$, and "
FOCAL += r"$k(u, v) = (u^\top v + c)^p$ of vectors $u, v \in \mathbb{R}^d$."


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{dF}{ds} = \gamma (1-s)^{\gamma-1} \log s - \frac{(1-s)^\gamma}{s}", PROVED),
        (r"\frac{dF}{ds} = \gamma (1-s)^{\gamma-1} \log s - \frac{(1-s)^{\gamma-1}}{s}", REFUTED),
        (r"\frac{dF}{d\gamma} = -(1-s)^\gamma \log(1-s) \log s", PROVED),
        (r"\frac{\partial k}{\partial u} = p (u^\top v + c)^{p-1} v", PROVED),
        (r"\frac{\partial k}{\partial u} = (u^\top v + c)^{p-1} v", REFUTED),
    ],
)
def test_an_exponent_that_nothing_declares_is_a_number(claim: str, verdict: Verdict) -> None:
    report = report_on(f"{FOCAL}\n\n$$ {claim} $$\n")
    assert report.formulas[-1].verdict is verdict
    assert any("read as a number" in remark for f in report.formulas for remark in f.remarks)


@pytest.mark.parametrize(
    ("value", "claim", "verdict"),
    [
        (r"-\frac{(u - m)^2}{2 s^2} - \log s", r"\frac{(u - m)^2}{s^3} - \frac1s", PROVED),
        (r"-\frac{(u - m)^2}{2 s^2} - \log s", r"\frac{(u - m)^2}{s^3} + \frac1s", REFUTED),
        (r"-\frac12 (u - m)^2 e^{-2s} - s", r"(u - m)^2 e^{-2s} - 1", PROVED),
        (r"-\frac{(u - m)^2}{2 s^2} - \log Z", r"\frac{(u - m)^2}{s^3}", UNDECIDED),  # Z may be made of s
        (r"-\frac{(u - m)^2}{2 s^2} + C", r"\frac{(u - m)^2}{s^3}", UNDECIDED),
    ],
)
def test_the_logarithm_of_a_density_with_its_parameters(value: str, claim: str, verdict: Verdict) -> None:
    text = rf"Let $u, m, s \in \mathbb{{R}}$, $s > 0$. $$\log p(u) = {value}$$"
    text += rf"$$\frac{{\partial \log p(u)}}{{\partial s}} = {claim}$$"
    assert report_on(text).formulas[-1].verdict is verdict
