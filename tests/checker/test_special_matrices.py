"""What a text says of a given matrix besides its shape: values without that property refute nothing."""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
QUADRATIC = r"Let $P \in \mathbb{R}^{n \times n}$ SAID. $$q = \|P x\|^2$$ $$\nabla_x q = CLAIM$$"


def verdict(text: str) -> Verdict:
    return check(scan(text)).formulas[-1].verdict


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
    assert not any(f.verdict.wrong for f in check(scan(text.replace("CLAIM", "-A x"))).formulas)


def test_a_wrong_identity_of_two_matrices_is_wrong() -> None:
    text = r"Let $A, B \in \mathbb{R}^{n \times n}$. We have $(A B)^\top = A^\top B^\top$."
    assert verdict(text) is REFUTED
    assert verdict(text.replace(r"A^\top B^\top$", r"B^\top A^\top$")) is PROVED
