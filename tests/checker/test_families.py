"""Families of functions in whose definitions the index is a number."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

SUM = (
    r"Let $x \in \mathbb{R}$, $w_k \in \mathbb{R}$ for $k = 1, \dots, K$. DEFINED "
    r"Let $f(x) = \sum_{k=1}^K w_k \phi_k(x)$."
)
DATA = (
    r"Let $x_i, y_i \in \mathbb{R}$ for $i = 1, \dots, N$ and $\phi_k(x) = \cos(k x)$. "
    r"Let $J = \frac12 \sum_{i=1}^N (\sum_{k=1}^K w_k \phi_k(x_i) - y_i)^2$."
)


def verdict(text: str, claim: str) -> Verdict:
    return report_on(f"{text}\n\n$${claim}$$\n").formulas[-1].verdict


@pytest.mark.parametrize(
    ("defined", "right", "wrong"),
    [
        ("Let $\\phi_k(x) = x^k$.", r"\sum_{k=1}^K w_k k x^{k-1}", r"\frac{k}{x} f(x)"),
        ("Let $\\phi_j(x) = x^j$.", r"\sum_{k=1}^K w_k k x^{k-1}", r"\sum_{k=1}^K w_k x^{k-1}"),
        ("Let $\\phi_k(x) = e^{k x}$.", r"\sum_{k=1}^K w_k k e^{k x}", "k f(x)"),
        ("Let $\\phi_k(x) = \\sin(k x)$.", r"\sum_{j=1}^K w_j j \cos(j x)", r"k \sum_{j=1}^K w_j \cos(j x)"),
        ("Let $\\phi_k(x) = k x^2$.", r"\sum_{k=1}^K 2 w_k k x", "2 k x"),
        ("Let $\\phi_k(x) = e^{k x}$.", r"\sum_{k=1}^K w_k \phi_k'(x)", r"\sum_{k=1}^K \phi_k'(x)"),
        ("Let $\\phi_k(x) = e^{k x}$.", r"\sum_{k=1}^K w_k k \phi_k(x)", r"\sum_{k=1}^K w_k \phi_k(x)"),
    ],
)
def test_each_member_has_its_own_number(defined: str, right: str, wrong: str) -> None:
    text = SUM.replace("DEFINED", defined)
    assert verdict(text, f"f'(x) = {right}") is Verdict.PROVED
    assert verdict(text, f"f'(x) = {wrong}") is Verdict.REFUTED


def test_members_at_data() -> None:
    claim = r"\frac{\partial J}{\partial w_m} = \sum_{i=1}^N (\sum_{k=1}^K w_k \phi_k(x_i) - y_i) VALUE"
    assert verdict(DATA, claim.replace("VALUE", "\\cos(m x_i)")) is Verdict.PROVED
    assert verdict(DATA, claim.replace("VALUE", "\\phi_m(x_i)")) is Verdict.PROVED
    assert verdict(DATA, claim.replace("VALUE", "\\cos(i x_i)")) is Verdict.REFUTED


@pytest.mark.parametrize(
    "more", ["In the other model $\\phi_k(x) = \\cos(k x)$.", "$$\\phi_k'(2 x) = k e^{2 k x}$$"]
)
def test_what_cannot_be_written_out_is_open(more: str) -> None:
    text = SUM.replace("DEFINED", f"Let $\\phi_k(x) = e^{{k x}}$. {more}")
    for claim in (r"\sum_{k=1}^K w_k k e^{k x}", "k f(x)"):
        assert verdict(text, f"f'(x) = {claim}") is Verdict.UNDECIDED


UNITS = (
    "Let $c_j, x, v_n \\in \\mathbb{R}^D$ and $s_j > 0$. The units are "
    "$\\phi_j(x) = \\exp\\left( -\\frac{\\|x - c_j\\|^2}{2 s_j^2} \\right)$, the output is "
    "$f(x) = \\sum_{j=1}^M w_j \\phi_j(x)$ and the error $E = \\frac12 \\sum_{n=1}^N (f(v_n) - t_n)^2$."
)


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        (r"\nabla_x f(x)", r"-\sum_{j=1}^M \frac{w_j}{s_j^2} \phi_j(x) (x - c_j)",
         r"-\sum_{j=1}^M \frac{w_j}{s_j} \phi_j(x) (x - c_j)"),
        (r"\frac{\partial E}{\partial w_j}", r"\sum_{n=1}^N (f(v_n) - t_n) \phi_j(v_n)",
         r"\sum_{n=1}^N (f(v_n) - t_n) w_j \phi_j(v_n)"),
        (r"\frac{\partial E}{\partial c_j}", r"\sum_{n=1}^N (f(v_n) - t_n) w_j \phi_j(v_n) \frac{v_n - c_j}{s_j^2}",
         r"\sum_{n=1}^N (f(v_n) - t_n) w_j \phi_j(v_n) \frac{c_j - v_n}{s_j^2}"),
    ],
)
def test_families_that_are_summed_over_their_index(left: str, right: str, wrong: str) -> None:
    assert verdict(UNITS, f"{left} = {right}") is Verdict.PROVED
    assert verdict(UNITS, f"{left} = {wrong}") is Verdict.REFUTED
