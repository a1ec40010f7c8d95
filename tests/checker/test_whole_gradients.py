"""Gradients of sums without brackets, and second derivatives that are no numbers."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, CONDITIONAL = Verdict.PROVED, Verdict.REFUTED, Verdict.CONDITIONAL
ILL_FORMED = Verdict.ILL_FORMED


def last(text: str) -> Verdict:
    return report_on(text).formulas[-1].verdict


@pytest.mark.parametrize("declared", [
    "Let $x, b \\in \\mathbb{R}^n$, $A \\in \\mathbb{R}^{n\\times n}$ and $\\lambda \\in \\mathbb{R}$.", "Gradients:",
])  # fmt: skip
@pytest.mark.parametrize(("claim", "verdict"), [
    (r"\nabla_x x^\top A x + b^\top x = (A+A^\top)x + b", PROVED),
    (r"\nabla_x x^\top A x + b^\top x = (A+A^\top)x - b", REFUTED),
    (r"\nabla_x x^\top A x + b^\top x = 2Ax + b", CONDITIONAL),
    (r"\nabla_x \|A x - b\|^2 + \lambda \|x\|^2 = 2A^\top(Ax-b) + 2\lambda x", PROVED),
    (r"\nabla_x \|A x - b\|^2 + \lambda \|x\|^2 = 2A^\top(Ax-b)", REFUTED),
])  # fmt: skip
def test_a_gradient_of_a_sum_without_brackets(declared: str, claim: str, verdict: Verdict) -> None:
    assert last(f"{declared}\n\n$$ {claim} $$\n") is verdict


@pytest.mark.parametrize(("claim", "verdict"), [
    (r"\nabla_w L + \lambda w = (w^\top x-y)x + \lambda w", PROVED),
    (r"\nabla_w L + \lambda w = (w^\top x-y)x", REFUTED),
])  # fmt: skip
def test_a_vector_is_added_to_a_gradient(claim: str, verdict: Verdict) -> None:
    text = "Let $w, x \\in \\mathbb{R}^n$, $y, \\lambda \\in \\mathbb{R}$ and $L = \\frac12(w^\\top x-y)^2$."
    assert last(f"{text}\n\n$$ {claim} $$\n") is verdict


@pytest.mark.parametrize(("space", "claim", "verdict"), [
    ("^n", r"\nabla^2 f(x) = 2 I", PROVED), ("^n", r"\nabla^2 f(x) = 2", ILL_FORMED),
    ("^n", r"\nabla^2 f(x) = I", REFUTED), ("", r"\nabla^2 f(x) = 2", PROVED), ("", r"\nabla^2 f(x) = 1", REFUTED),
    ("^n", r"\frac{\partial^2 f}{\partial x \partial x^\top} = 2", ILL_FORMED),
    ("^n", r"\frac{\partial g}{\partial x} = 2", PROVED), ("^n", r"\frac{\partial g}{\partial x} = 3", REFUTED),
])  # fmt: skip
def test_a_hessian_is_no_number(space: str, claim: str, verdict: Verdict) -> None:
    text = f"Let $x \\in \\mathbb{{R}}{space}$, $f(x) = x^\\top x$ and $g = 2x$."
    assert last(f"{text}\n\n$$ {claim} $$\n") is verdict
