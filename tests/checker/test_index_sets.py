"""Sums over sets of indices."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
SLOPE = r"\frac{\partial L}{\partial w} = "
NUMBERS = "Let $w, x_i, y_i \\in \\mathbb{R}$ and $L = "


def last(loss: str, claim: str, numbers: str = NUMBERS) -> Verdict:
    return report_on(f"{numbers}{loss}$.\n\n$$ {claim} $$\n").formulas[-1].verdict


@pytest.mark.parametrize(("loss", "claim", "verdict"), [
    (r"\frac12\sum_{i\in I}(wx_i-y_i)^2", r"\sum_{i\in I}(wx_i-y_i)x_i", PROVED),
    (r"\frac12\sum_{i\in I}(wx_i-y_i)^2", r"\sum_{j\in I}(wx_j-y_j)x_j", PROVED),
    (r"\frac12\sum_{i\in I}(wx_i-y_i)^2", r"\sum_{i\in I}(wx_i-y_i)", REFUTED),
    (r"\frac1{|\mathcal{B}|}\sum_{i\in\mathcal{B}}(wx_i-y_i)^2",
     r"\frac2{|\mathcal{B}|}\sum_{i\in\mathcal{B}}(wx_i-y_i)x_i", PROVED),
    (r"\frac1{|\mathcal{B}|}\sum_{i\in\mathcal{B}}(wx_i-y_i)^2", r"2\sum_{i\in\mathcal{B}}(wx_i-y_i)x_i", REFUTED),
])  # fmt: skip
def test_members_are_counted(loss: str, claim: str, verdict: Verdict) -> None:
    assert last(loss, SLOPE + claim) is verdict


@pytest.mark.parametrize(("claim", "verdict"), [("(wx_i-y_i)w", PROVED), ("(wx_i-y_i)x_i", REFUTED)])
def test_a_derivative_by_a_member(claim: str, verdict: Verdict) -> None:
    assert last(r"\frac12\sum_{i\in I}(wx_i-y_i)^2", rf"\frac{{\partial L}}{{\partial x_i}} = {claim}") is verdict


@pytest.mark.parametrize(("loss", "claim"), [
    (r"\frac12\sum_{i\in I}(wx_i-y_i)^2", r"\sum_{i\in J}(wx_i-y_i)x_i"),  # another set
    (r"\frac12\sum_{i\in I}(wx_i-y_i)^2", r"\sum_{i=1}^n(wx_i-y_i)x_i"),
    (r"\frac12\sum_{i\in I}(wx_i-y_i)^2 + wx_1", r"\sum_{i\in I}(wx_i-y_i)x_i + x_1"),  # which may be a member
    (r"w\sum_{k\in D}k", r"\frac{|D|(|D|+1)}{2}"),  # of numbers
])  # fmt: skip
def test_other_sets_are_left_open(loss: str, claim: str) -> None:
    assert last(loss, SLOPE + claim) is UNDECIDED


def test_a_part_of_a_vector() -> None:
    text = "Let $z \\in \\mathbb{R}^K$ and $L = "
    assert last(r"\sum_{j\in C}z_j", r"\frac{\partial L}{\partial z_k} = 1", text) is UNDECIDED
