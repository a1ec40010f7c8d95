"""What a text says of a given matrix besides its shape: values without that property refute nothing."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
QUADRATIC = r"Let $P \in \mathbb{R}^{n \times n}$ SAID. $$q = \|P x\|^2$$ $$\nabla_x q = CLAIM$$"


def verdict(text: str) -> Verdict:
    return report_on(text).formulas[-1].verdict


@pytest.mark.parametrize(
    "said",
    [
        "be a projection matrix", "be an orthogonal projection", "with $P = P^\\top = P^2$",
        "with $P^\\top = P$ and $P^2 = P$", "be idempotent and symmetric",
    ],
)  # fmt: skip
def test_a_projection(said: str) -> None:
    text = QUADRATIC.replace("SAID", said)
    assert verdict(text.replace("CLAIM", "2 P x")) is UNDECIDED
    assert verdict(text.replace("CLAIM", "2 P^\\top P x")) is PROVED
    assert verdict(text.replace("CLAIM", "P x")) is REFUTED  # also of the identity matrix


@pytest.mark.parametrize("said", ["", "be symmetric", "with $P^\\top = P$", "be given, if $Q$ is a projection"])
def test_no_projection(said: str) -> None:
    text = QUADRATIC.replace("SAID", said)
    assert verdict(text.replace("CLAIM", "2 P x")) is REFUTED
    assert verdict(text.replace("CLAIM", "2 P^\\top P x")) is PROVED


@pytest.mark.parametrize("said", ["be skew-symmetric", "with $A^\\top = -A$"])
def test_a_skew_symmetric_matrix(said: str) -> None:
    """Such an equation is an assumption, and no wrong claim."""
    text = rf"Let $A \in \mathbb{{R}}^{{n \times n}}$ {said}. $$q = x^\top A y$$ $$\nabla_y q = CLAIM$$"
    assert verdict(text.replace("CLAIM", "-A x")) is PROVED
    assert verdict(text.replace("CLAIM", "A^\\top x")) is PROVED
    assert verdict(text.replace("CLAIM", "A x")) is REFUTED
    assert not any(f.verdict.wrong for f in report_on(text.replace("CLAIM", "-A x")).formulas)


def test_a_wrong_identity_of_two_matrices_is_wrong() -> None:
    text = r"Let $A, B \in \mathbb{R}^{n \times n}$. We have $(A B)^\top = A^\top B^\top$."
    assert verdict(text) is REFUTED
    assert verdict(text.replace(r"A^\top B^\top$", r"B^\top A^\top$")) is PROVED


COVARIANCE = r"""DECLARED The data are $y \in \mathbb{R}^n$, $\theta \in \mathbb{R}$.

$$ q = y^\top C^{-1} y $$

$$ \frac{\partial C^{-1}}{\partial \theta} = -C^{-1} \frac{\partial C}{\partial \theta} C^{-1} $$

$$ \frac{\partial q}{\partial \theta} = -y^\top C^{-1} \frac{\partial C}{\partial \theta} C^{-1} y $$

$$ \frac{\partial q}{\partial \theta} = -\|C^{-1} y\|^2 \operatorname{tr}(\frac{\partial C}{\partial \theta}) $$

$$ \frac{\partial C^{-1}}{\partial \theta} = C^{-1} \frac{\partial C}{\partial \theta} C^{-1} $$
"""


@pytest.mark.parametrize(
    "declared",
    [
        r"Let $C \in \mathbb{R}^{n \times n}$ be symmetric.",
        r"Let $C \in \mathbb{R}^{n \times n}$ be a matrix.",
        r"Let $C = C(\theta) \in \mathbb{R}^{n \times n}$ be a symmetric covariance matrix.",
        r"Let $C(\theta) \in \mathbb{R}^{n \times n}$ be symmetric.",
        r"Let $C \in \mathbb{R}^{n \times n}$ be a symmetric matrix that depends on $\theta$.",
    ],
)
def test_a_matrix_whose_derivative_stands_in_a_claim_varies(declared: str) -> None:
    """That of a symmetric one is no zero, of which anything would hold."""
    *right, other, wrong = report_on(COVARIANCE.replace("DECLARED", declared)).formulas[-4:]
    assert [f.verdict for f in right] == [PROVED] * 2
    assert [f.verdict for f in (other, wrong)] == [REFUTED] * 2


def test_a_symmetric_function_is_not_refuted_by_one_that_is_not() -> None:
    text = r"""Let $C(\theta) \in \mathbb{R}^{n \times n}$ be SAID, $\theta \in \mathbb{R}$ and $y \in \mathbb{R}^n$.

$$ q(\theta) = \|C(\theta) y\|^2 $$

$$ \frac{\partial q}{\partial \theta} = 2 y^\top C(\theta) \frac{\partial C(\theta)}{\partial \theta} y $$
"""
    assert verdict(text.replace("SAID", "symmetric")) in (PROVED, UNDECIDED)
    assert verdict(text.replace("SAID", "invertible")) is REFUTED


@pytest.mark.parametrize("left", ["K", r"K(\theta)"])
@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\frac{\partial K}{\partial \theta} = 2 \theta C", PROVED),
        (r"\frac{\partial K}{\partial \theta} = 2 \theta C + I", REFUTED),
        (r"\frac{\partial K}{\partial \sigma} = 2 \sigma I", PROVED),
        (r"\frac{\partial K}{\partial \sigma} = \sigma I", REFUTED),
    ],
)
def test_what_stands_before_an_identity_matrix_is_a_number(left: str, claim: str, expected: Verdict) -> None:
    """Also in the definition of a function, which is none of numbers."""
    text = rf"Let ${left} = \theta^2 C + \sigma^2 I$ with $C \in \mathbb{{R}}^{{n \times n}}$. $$ CLAIM $$"
    assert verdict(text.replace("CLAIM", claim)) is expected


@pytest.mark.parametrize("sign", ["-", "+"])
def test_a_function_in_capitals_of_what_nothing_declares_is_not_that_of_its_entries(sign: str) -> None:
    """The T(x) of an exponential family is a vector, whatever x is."""
    text = r"Let $p(x) = h(x) \exp(\eta^\top T(x) - A(\eta))$ with $\eta \in \mathbb{R}^d$. $$ CLAIM $$"
    assert verdict(text.replace("CLAIM", rf"\nabla_\eta \log p(x) = T(x) {sign} \nabla A(\eta)")) is UNDECIDED
