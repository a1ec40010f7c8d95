"""Densities of an index, ``P(y = k \\mid x)`` and ``p(o \\mid c)``, taken at other indices."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED

WORDS = r"""Let $v_c, u_w \in \mathbb{R}^d$ for the words $w = 1, \dots, V$.
$$p(o \mid c) = \frac{\exp(u_o^\top v_c)}{\sum_{w=1}^V \exp(u_w^\top v_c)}, \qquad J = -\log p(o \mid c)$$
"""
CLASSES = r"""
$$P(y = k \mid x) = \frac{\exp(w_k^\top x)}{\sum_{j=1}^K \exp(w_j^\top x)}, \qquad L = -\log P(y = c \mid x)$$
"""
POLICY = r"""Let $\theta, \phi_a \in \mathbb{R}^d$. The policy over $K$ actions is
$$\pi(a) = \frac{\exp(\theta^\top \phi_a)}{\sum_{b=1}^K \exp(\theta^\top \phi_b)}.$$
"""
UNDECLARED = r"$$\pi(a \mid s) = \frac{\exp(\theta_a^\top s)}{\sum_b \exp(\theta_b^\top s)}$$"


def last(text: str, claim: str) -> Verdict:
    return report_on(f"{text}\n$${claim}$$\n").formulas[-1].verdict


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
        (POLICY, r"\nabla_\theta \log \pi(a)", r"\phi_a - \sum_{b=1}^K \pi(b) \phi_b",
         r"\phi_a - \sum_{b=1}^K \pi(a) \phi_b"),
        (UNDECLARED.replace(r"\pi", r"\pi_\theta"), r"\nabla_{\theta_b} \log \pi_\theta(a \mid s)",
         r"(\delta_{ab} - \pi_\theta(b \mid s)) s", r"(\delta_{ab} + \pi_\theta(b \mid s)) s"),
        (UNDECLARED, r"\nabla_{\theta_b} \log \pi(a \mid s)", r"(\delta_{ab} - \pi(b \mid s)) s",
         r"(\delta_{ab} - \pi(a \mid s)) s"),
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


def test_what_abbreviates_an_unknown_function_defines_nothing() -> None:
    text = POLICY.replace(
        r"$\theta, \phi_a \in \mathbb{R}^d$", r"$\phi(s, a) \in \mathbb{R}^d$ be features and $\theta \in \mathbb{R}^d$"
    ) + r"Here $\phi_a$ abbreviates $\phi(s, a)$. Then"  # fmt: skip
    claim = r"\nabla_\theta \log \pi(a) = \phi_a SIGN \sum_{b=1}^K \pi(b) \phi_b"
    assert [last(text, claim.replace("SIGN", sign)) for sign in "-+"] == [PROVED, REFUTED]
    known = text.replace("Here", r"Let $\phi(s, a) = a s$ with $s \in \mathbb{R}^d$. Here")
    assert last(known, r"\phi_a = 2 a s") is not PROVED


def test_one_value_by_an_equation_of_its_own_is_not_of_the_softmax() -> None:
    binary = r"# Two classes" "\n" r"$$P(y = 1 \mid x) = \frac{1}{1 + e^{-w^\top x}}$$" "\n# Many classes\n"
    found = [f.verdict for f in report_on(binary + CLASSES).formulas]
    assert REFUTED not in found and Verdict.ILL_FORMED not in found
