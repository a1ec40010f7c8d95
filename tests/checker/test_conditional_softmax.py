"""Densities of an index, ``P(y = k \\mid x)`` and ``p(o \\mid c)``, taken at other indices."""

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED

WORDS = r"""Let $v_c, u_w \in \mathbb{R}^d$ for the words $w = 1, \dots, V$.
$$p(o \mid c) = \frac{\exp(u_o^\top v_c)}{\sum_{w=1}^V \exp(u_w^\top v_c)}, \qquad J = -\log p(o \mid c)$$
"""
CLASSES = r"""
$$P(y = k \mid x) = \frac{\exp(w_k^\top x)}{\sum_{j=1}^K \exp(w_j^\top x)}, \qquad L = -\log P(y = c \mid x)$$
"""


def last(text: str, claim: str) -> Verdict:
    return check(scan(f"{text}\n$${claim}$$\n"), effort=Effort(repair=0)).formulas[-1].verdict


@pytest.mark.parametrize(
    ("text", "left", "right", "wrong"),
    [
        (WORDS, r"\frac{\partial J}{\partial v_c}", r"-u_o + \sum_{w=1}^V p(w \mid c) u_w",
         r"-u_o + \sum_{w=1}^V p(o \mid c) u_w"),
        (WORDS, r"\frac{\partial J}{\partial v_c}", r"-u_o + \sum_{m=1}^V p(m \mid c) u_m",
         r"u_o + \sum_{m=1}^V p(m \mid c) u_m"),
        (WORDS, r"\frac{\partial J}{\partial u_w}", r"(p(w \mid c) - \delta_{wo}) v_c",
         r"(p(o \mid c) - \delta_{wo}) v_c"),
        (WORDS + r"With $\hat y_w = p(w \mid c)$ this is", r"\frac{\partial J}{\partial v_c}",
         r"\sum_{w=1}^V \hat y_w u_w - u_o", r"\sum_{w=1}^V \hat y_w u_o - u_o"),
        (CLASSES, r"\frac{\partial L}{\partial w_k}", r"(P(y = k \mid x) - \delta_{kc}) x",
         r"(P(y = k \mid x) + \delta_{kc}) x"),
    ],
)  # fmt: skip
def test_a_softmax_at_another_index(text: str, left: str, right: str, wrong: str) -> None:
    assert last(text, f"{left} = {right}") is PROVED
    assert last(text, f"{left} = {wrong}") is REFUTED


@pytest.mark.parametrize(
    "other",
    [
        r"p(c \mid o)",  # of the centre word, given the other one
        r"p(w \mid x)",  # c is no index of x
        r"p(w, c)",
        r"p(w)",
    ],
)
def test_another_density_is_not_that(other: str) -> None:
    claim = rf"\frac{{\partial J}}{{\partial v_c}} = -u_o + \sum_{{w=1}}^V {other} u_w"
    assert last(WORDS, claim) not in (PROVED, REFUTED)


def test_the_value_of_another_variable_is_not_that() -> None:
    claim = r"\frac{\partial L}{\partial w_k} = (P(VAR = k \mid x) - \delta_{kc}) x"
    assert last(CLASSES, claim.replace("VAR", "y")) is PROVED
    assert last(CLASSES, claim.replace("VAR", "z")) is UNDECIDED


def test_the_end_of_a_list_is_no_matrix() -> None:
    text = r"Each $v_c \in \mathbb{R}^d$ is the vector of a word $c$ of the vocabulary $1, \dots, V$." + (
        r" Let $J = \frac12 v_c^\top v_c$. Then ")  # fmt: skip
    assert last(text, r"\frac{\partial J}{\partial v_c} = v_c") is PROVED
    assert last(text, r"\frac{\partial J}{\partial v_c} = 2 v_c") is REFUTED
