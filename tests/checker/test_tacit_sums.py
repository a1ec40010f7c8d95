"""Sums without a sign: repeated indices are summed over, where the text says so."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
CONVENTION = "We use the summation convention."


def last(text: str) -> Formula:
    return report_on(text).formulas[-1]


FORMS = r"""
Let $q = x_i a_{ij} x_j$ and $z_i = w_{ij} x_j + b_i$ with $h_i = \sigma(z_i)$, $\sigma(t) = 1/(1+e^{-t})$, and
$E = \frac12 (h_i - y_i)^2$.
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial q}{\partial x_k} = (a_{kj} + a_{jk}) x_j", PROVED),
        (r"\frac{\partial q}{\partial x_k} = (a_{kj} - a_{jk}) x_j", REFUTED),
        (r"\frac{\partial q}{\partial x_i} = a_{ij} x_j", REFUTED),  # of names without a sum it would hold
        (r"\frac{\partial q}{\partial a_{kl}} = x_k x_l", PROVED),
        (r"\frac{\partial z_i}{\partial w_{kl}} = \delta_{ik} x_l", PROVED),
        (r"\frac{\partial z_i}{\partial w_{kl}} = \delta_{il} x_k", REFUTED),
        (r"\frac{\partial E}{\partial z_i} = (h_i - y_i) h_i (1 - h_i)", PROVED),  # of each: i stands on the left
        (r"\frac{\partial E}{\partial z_i} = (h_i - y_i) h_i", REFUTED),
        (r"\frac{\partial E}{\partial x_j} = (h_i - y_i) h_i (1 - h_i) w_{ij}", PROVED),
        (r"\frac{\partial E}{\partial x_j} = (h_i - y_i) h_i w_{ij}", REFUTED),
        (r"\frac{\partial E}{\partial x_j} = (h_i - y_i) h_i (1 - h_i) w_{ji}", REFUTED),  # if it has a meaning at all
        (r"\frac{\partial h_i}{\partial z_i} = h_i (1 - h_i)", PROVED),
        (r"\frac{\partial h_i}{\partial z_i} = h_i", UNDECIDED),  # of each it does not hold
    ],
)
def test_repeated_indices_are_summed_over(claim: str, verdict: Verdict) -> None:
    assert last(f"{CONVENTION}{FORMS}\n$${claim}$$").verdict is verdict


GRADIENT = r"""
Let $y_i = w_{ij} x_j$ and $E = \frac12 y_i y_i$.

$$\frac{\partial E}{\partial x_j} = CLAIM$$
"""


@pytest.mark.parametrize(
    "said",
    ["Repeated indices are summed.", "We adopt Einstein notation.", "Einstein's summation convention is used.",
     "An index that appears twice in a product is summed over.", "Sums over repeated indices are implied.",
     "# Notation\n\nSummation over repeated subscripts is understood.\n\n# A layer"],
)  # fmt: skip
def test_ways_to_say_so(said: str) -> None:
    assert last(said + "\n" + GRADIENT.replace("CLAIM", "y_i w_{ij}")).verdict is PROVED
    assert last(said + "\n" + GRADIENT.replace("CLAIM", "-y_i w_{ij}")).verdict is REFUTED


@pytest.mark.parametrize(
    "said",
    ["", "We do not use the summation convention.", "In this section we use the summation convention.\n$x$\n\n# B"],
)
def test_where_nothing_says_so_they_are_not(said: str) -> None:
    document = f"# A\n\n{said}\n" + GRADIENT.replace("CLAIM", r"\sum_i y_i w_{ij}")
    assert last(document).verdict is not PROVED


@pytest.mark.parametrize("claim", ["g_{ik} x^i", "2 g_{ik} x^i", "g_{ki} x^i"])
def test_indices_above_are_not_read(claim: str) -> None:
    text = rf"{CONVENTION} Let $q = \frac12 g_{{ij}} x^i x^j$. $$\frac{{\partial q}}{{\partial x^k}} = {claim}$$"
    assert last(text).verdict is UNDECIDED


LAYER = r"""
Let $y_i = \sum_j w_{ij} x_j$, and $e_i = \partial E / \partial y_i$.

$$\frac{\partial E}{\partial x_j} = \sum_i CLAIM$$
"""


@pytest.mark.parametrize(("claim", "verdict"), [("w_{ij} e_i", PROVED), ("w_{ji} e_i", REFUTED)])
def test_a_wrong_order_of_indices_whose_ranges_are_not_stated(claim: str, verdict: Verdict) -> None:
    """``w_{ji}`` has a meaning only where w is square, and then it is wrong."""
    assert last(LAYER.replace("CLAIM", claim)).verdict is verdict
