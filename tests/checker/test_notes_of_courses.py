"""Notes as courses write them, of which nothing is declared: names for gradients, capitals, classes told in words."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
ILL_FORMED = Verdict.ILL_FORMED

LOGISTIC = r"""
$$z = w^T x + b$$
$$a = \sigma(z)$$
$$\mathcal{L}(a, y) = -(y \log(a) + (1 - y) \log(1 - a))$$
"""
SHALLOW = r"""
$$Z^{[1]} = W^{[1]} X + b^{[1]}$$
$$A^{[1]} = g(Z^{[1]})$$
$$Z^{[2]} = W^{[2]} A^{[1]} + b^{[2]}$$
"""
CLASSES = r"""
$$p_j = \frac{\exp(u_j)}{\sum_{k=1}^V \exp(u_k)}$$
$$E = -\log p_c$$
"""


def last(text: str) -> Formula:
    return report_on(text).formulas[-1]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("dz = a - y", PROVED),
        ("dz = y - a", REFUTED),
        (r"dz = a - y$$ $$db = dz", PROVED),
        (r"dz = a - y$$ $$dw_1 = x_1 dz", PROVED),
        (r"dz = a - y$$ $$dw_1 = x_2 dz", REFUTED),
        (r"dw_1 = \frac{\partial \mathcal{L}}{\partial w_1} = x_1 (a - y)", PROVED),
        (r"dw_1 = \frac{\partial \mathcal{L}}{\partial w_1} = x_1 (y - a)", REFUTED),
    ],
)
def test_gradients_of_a_loss_that_is_defined_as_a_function(claim: str, verdict: Verdict) -> None:
    """``L(a, y)`` of the a of the document is what is differentiated, not a."""
    found = last(f"{LOGISTIC}$${claim}$$")
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"dW^{[2]} = dZ^{[2]} A^{[1]T}", PROVED),
        (r"dW^{[2]} = A^{[1]T} dZ^{[2]}", ILL_FORMED),
        (r"dA^{[1]} = W^{[2]T} dZ^{[2]}", PROVED),
        (r"dA^{[1]} = dZ^{[2]} W^{[2]T}", ILL_FORMED),
        (r"dZ^{[1]} = W^{[2]T} dZ^{[2]} \odot g'(Z^{[1]})", PROVED),
        (r"dZ^{[1]} = W^{[2]T} dZ^{[2]} \odot g(Z^{[1]})", REFUTED),
        (r"dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T}", UNDECIDED),  # of the mean over m examples, or of a sum
    ],
)
def test_capitals_are_matrices(claim: str, verdict: Verdict) -> None:
    found = last(f"For $m$ examples,\n{SHALLOW}$${claim}$$")
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize("claim", [r"dW^{[2]} = A^{[1]T} dZ^{[2]}", r"dW^{[2]} = dZ^{[2]} A^{[1]T}"])
def test_what_is_transposed_is_no_number(claim: str) -> None:
    """Of numbers both would hold: where nothing tells which shape they have, nothing is found."""
    text = r"$$A^{[1]} = g^{[1]}(Z^{[1]})$$ $$z^{[2]} = v^{[2]} A^{[1]} + b^{[2]}$$"
    found = last(f"{text}$${claim.replace('W', 'v').replace('Z', 'z')}$$")
    assert found.verdict not in (PROVED, Verdict.CONDITIONAL, Verdict.CHECKED, REFUTED), found.message


@pytest.mark.parametrize(
    "words",
    [
        "where $t_j = 1$ for $j = c$, and zero otherwise",
        "where $t_j$ is 1 if $j = c$ and 0 otherwise",
        "Let $t_j$ be one if $j = c$ and zero otherwise",
        "where $t_c = 1$ and $t_j = 0$ for $j \\neq c$",
        "where $t$ is the one-hot vector with $t_c = 1$",
    ],
)
def test_the_class_that_words_tell(words: str) -> None:
    assert last(rf"{CLASSES} {words}: $$\frac{{\partial E}}{{\partial u_j}} = p_j - t_j$$").verdict is PROVED
    assert last(rf"{CLASSES} {words}: $$\frac{{\partial E}}{{\partial u_j}} = t_j - p_j$$").verdict is REFUTED


@pytest.mark.parametrize(
    "words",
    [
        "where $t_j = 1$ for $j = c$, otherwise 0.1",
        "where $t_j = 1$ for $j = c$, and 0.1 otherwise",
        "where $t_j$ is 1 if $j = c$ and otherwise 0.1",
        "where $t_j = 1$ for $j = c$, otherwise 0 + $s$",
    ],
)
def test_what_only_begins_like_zero_is_none(words: str) -> None:
    """Such labels do not sum to one, which the claim needs."""
    text = CLASSES.replace(r"-\log p_c", r"-\sum_j t_j \log p_j") + f" {words}: "
    assert last(rf"{text}$$\frac{{\partial E}}{{\partial u_j}} = p_j - t_j$$").verdict is not PROVED


def test_a_vector_has_no_second_index() -> None:
    """``y_{nk}`` beside ``y_k = \\sum_i w_{ki} x_i`` is of one example, and no entry of a matrix with one column."""
    text = r"$$y_k = \sum_i w_{ki} x_i$$ $$E_n = \frac12 \sum_k (y_{nk} - t_{nk})^2$$ "
    claim = r"$$\frac{\partial E_n}{\partial w_{ji}} = (y_{nj} - t_{nj}) x_{ni}$$"
    assert last(text + claim).verdict is UNDECIDED
    one = r"$$y_k = \sum_i w_{ki} x_i$$ $$E = \frac12 \sum_k (y_k - t_k)^2$$ "
    assert last(one + r"$$\frac{\partial E}{\partial w_{ji}} = (y_j - t_j) x_i$$").verdict is PROVED


def test_a_sum_to_an_end_of_which_nothing_says_what_it_is() -> None:
    text = r"$$x_{ij} = \sum_{a=0}^{m-1} \sum_{b=0}^{m-1} w_{ab} y_{i+a, j+b}$$ "
    claim = (
        r"$$\frac{\partial E}{\partial w_{ab}} = \sum_{i=0}^{N-m} \sum_{j=0}^{N-m} \frac{\partial E}{\partial x_{ij}} "
        r"y_{i+a, j+b}$$"
    )
    assert last(text + claim).verdict in (UNDECIDED, PROVED, Verdict.CONDITIONAL)
    assert last(text + claim.replace("y_{i+a, j+b}$$", "w_{ab}$$")).verdict is not PROVED


CONTRAST = r"""
$$L = -\log \frac{e^{s_p}}{e^{s_p} + \sum_{n=1}^N e^{s_n}}$$
"""


@pytest.mark.parametrize(("sign", "verdict"), [("-", Verdict.CONDITIONAL), ("+", REFUTED)])
def test_one_beside_those_of_a_sum_is_none_of_them(sign: str, verdict: Verdict) -> None:
    """The positive of a contrastive loss: that it is another one than the N others, nothing says."""
    share = r"\frac{e^{s_p}}{e^{s_p} + \sum_{n=1}^N e^{s_n}}"
    claim = rf"\frac{{\partial L}}{{\partial s_p}} = {share} {sign} 1"
    found = last(f"{CONTRAST}$${claim}$$")
    assert found.verdict is verdict and found.assumptions == (("p>N",) if sign == "-" else ())


@pytest.mark.parametrize(("claim", "verdict"), [("p_j - t_j", PROVED), ("t_j - p_j", REFUTED)])
def test_a_class_with_a_star(claim: str, verdict: Verdict) -> None:
    text = CLASSES.replace("p_c", "p_{j^*}") + "where $t_j = 1$ if $j = j^*$ and 0 otherwise: "
    assert last(rf"{text}$$\frac{{\partial E}}{{\partial u_j}} = {claim}$$").verdict is verdict
