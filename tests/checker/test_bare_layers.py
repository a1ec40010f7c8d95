"""Layers without brackets, ``W^L``, ``w^l_{jk}``, and sizes that are said of “layer l” only."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, UNDECIDED, WRONG = "proved", "undecided", "wrong"

LAST = (
    "$$ z^L = W^L a^{L-1} + b^L, \\qquad a^L = \\sigma(z^L) $$\n\n$$ C = \\frac12 \\|a^L - y\\|^2 $$\n\n"
    "Let $\\delta^L = (a^L - y) \\odot \\sigma'(z^L)$."
)
NEURON = (
    "# A neuron\n\nA neuron computes $z = \\sum_i w_i x_i + b$ and outputs $a = \\sigma(z)$.\n\n"
    "# A net\n\nIn layer $l$\n\n"
    "$$ z^l_j = \\sum_{i=1}^n w^l_{j,i} a^{l-1}_i + b^l_j $$\n\nand $a^l_j = \\sigma(z^l_j)$. "
    "Let $\\delta^l_j = \\frac{\\partial C}{\\partial z^l_j}$."
)
SIZES = (
    "$$ z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)} $$\n\n$$ a^{(l)} = \\sigma(z^{(l)}) $$\n\n"
    "$$ \\delta^{(l)} = \\frac{\\partial C}{\\partial z^{(l)}} $$"
)
LISTED = (
    "$$ w^l = \\begin{pmatrix} w^l_{1,1} & w^l_{1,2} & \\dots & w^l_{1,m} \\\\ w^l_{2,1} & w^l_{2,2} & & \\vdots \\\\"
    " \\vdots & & \\ddots & \\vdots \\\\ w^l_{n,1} & \\dots & \\dots & w^l_{n,m} \\end{pmatrix} $$\n\n"
    "$$ b^l = \\begin{pmatrix} b^l_1 \\\\ \\vdots \\\\ b^l_n \\end{pmatrix} $$\n\n$$ z^l = w^l a^{l-1} + b^l $$\n\n"
    "$$ a^l = \\sigma(z^l) $$\n\n$$ \\delta^l = \\frac{\\partial C}{\\partial z^l} $$"
)


def judged(*parts: str) -> str:
    verdict = report_on("\n\n".join(parts) + "\n").formulas[-1].verdict
    return WRONG if verdict.wrong else PROVED if verdict is Verdict.PROVED else str(verdict)


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial C}{\partial b^L} = \delta^L", PROVED),
        (r"\frac{\partial C}{\partial b^L} = \sigma'(z^L)", WRONG),
        (r"\frac{\partial C}{\partial W^L} = \delta^L (a^{L-1})^T", PROVED),
        (r"\frac{\partial C}{\partial W^L} = \delta^L (a^L)^T", WRONG),
        (r"\frac{\partial C}{\partial a^{L-1}} = (W^L)^T \delta^L", PROVED),
        (r"\frac{\partial C}{\partial a^{L-1}} = W^L \delta^L", WRONG),
    ],
)
def test_the_last_layer_alone(claim: str, expected: str) -> None:
    assert judged(LAST, f"$$ {claim} $$") == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial C}{\partial b^l_j} = \delta^l_j", PROVED),
        (r"\frac{\partial C}{\partial b^l_j} = 2 \delta^l_j", WRONG),
        (r"\frac{\partial C}{\partial w^l_{j,k}} = a^{l-1}_k \delta^l_j", PROVED),
        (r"\frac{\partial C}{\partial w^l_{j,k}} = a^l_k \delta^l_j", WRONG),
        (r"\frac{\partial C}{\partial w^l_{j,k}} = a^{l-1}_j \delta^l_k", WRONG),
        (r"\frac{\partial z^l_j}{\partial w^l_{j,k}} = a^{l-1}_k", PROVED),
        (r"\frac{\partial z^l_j}{\partial w^l_{j,k}} = a^{l-1}_j", WRONG),
    ],
)
def test_weights_of_layers_beside_those_of_a_neuron(claim: str, expected: str) -> None:
    assert judged(NEURON, f"$$ {claim} $$") == expected


RIGHT = r"\delta^{(l)} = ((W^{(l+1)})^T \delta^{(l+1)}) \odot \sigma'(z^{(l)})"
LATER = r"\delta^{(l)} = ((W^{(l+1)})^T \delta^{(l+1)}) \odot \sigma'(z^{(l+1)})"


@pytest.mark.parametrize(
    ("said", "claim", "expected"),
    [
        (r"$W^{(l)} \in \mathbb{R}^{n_l \times n_{l-1}}$, $b^{(l)} \in \mathbb{R}^{n_l}$", RIGHT, PROVED),
        (r"$W^{(l)} \in \mathbb{R}^{n_l \times n_{l-1}}$, $b^{(l)} \in \mathbb{R}^{n_l}$", LATER, WRONG),
        (r"$W^{(l)} \in \mathbb{R}^{n_l \times m_l}$, $b^{(l)} \in \mathbb{R}^{n_l}$", RIGHT, UNDECIDED),
        (r"$W^{(l)} \in \mathbb{R}^{n_l \times m_l}$, $b^{(l)} \in \mathbb{R}^{n_l}$", LATER, UNDECIDED),
        (r"$W^{(l)} \in \mathbb{R}^{n \times m}$, $b^{(l)} \in \mathbb{R}^{n}$", RIGHT, UNDECIDED),
        (r"$W^{(l)} \in \mathbb{R}^{n \times m}$, $b^{(l)} \in \mathbb{R}^{n}$", LATER, UNDECIDED),
        (r"$W^{(l)} \in \mathbb{R}^{n \times n}$, $b^{(l)} \in \mathbb{R}^{n}$", RIGHT, PROVED),
        (r"$W^{(l)} \in \mathbb{R}^{n \times n}$, $b^{(l)} \in \mathbb{R}^{n}$", LATER, WRONG),
    ],
)
def test_sizes_said_of_one_layer_are_no_fault_of_a_claim_on_two(said: str, claim: str, expected: str) -> None:
    assert judged(f"Let {said}.", SIZES, f"$$ {claim} $$") == expected


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial C}{\partial w^l} = \delta^l (a^{l-1})^T", PROVED),
        (r"\frac{\partial C}{\partial w^l} = a^{l-1} (\delta^l)^T", UNDECIDED),
        (r"\frac{\partial C}{\partial w^l} = -\delta^l (a^{l-1})^T", WRONG),
        (r"\frac{\partial C}{\partial b^l} = \delta^l", PROVED),
        (r"\frac{\partial C}{\partial b^l} = -\delta^l", WRONG),
        (r"\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)", UNDECIDED),  # m is that of the layer below
    ],
)
def test_a_matrix_of_a_layer_that_is_written_out(claim: str, expected: str) -> None:
    assert judged(LISTED, f"$$ {claim} $$") == expected


@pytest.mark.parametrize(
    "claim",
    [
        r"\frac{\partial C}{\partial b^l_j} = \delta^l_j",  # no equation has this b
        r"\delta^l_k = \sigma'(z^l_k) \sum_i \delta^{l+1}_i w^{l+1}_{i,k}",  # nor says that a is σ(z)
    ],
)
def test_nothing_is_refuted_where_no_equation_leads_from_one_to_the_other(claim: str) -> None:
    alone = "Let $\\delta^l_j = \\frac{\\partial C}{\\partial z^l_j}$."
    assert judged(alone, f"$$ {claim} $$") != WRONG
    link = "$$ z^{l+1}_i = \\sum_{j=1}^m w^{l+1}_{i,j} a^l_j + c^{l+1}_i $$"
    assert judged(link, alone, f"$$ {claim} $$") != WRONG
