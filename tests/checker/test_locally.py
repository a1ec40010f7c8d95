"""What one section says of data that another one declares again."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, CONDITIONAL = Verdict.PROVED, Verdict.REFUTED, Verdict.CONDITIONAL
SIGN = r"and $f(x) = |x|$.~f'(x) = 1"
LABELS = r"$z \in \mathbb{R}^K$, $p = \mathrm{softmax}(z)$ and $L = -\sum_k y_k \log p_k$.~\nabla_z L = p - y"
FORM = r"$v \in \mathbb{R}^n$ and $q = v^\top A v$.~\nabla_v q = 2 A v"


@pytest.mark.parametrize(
    ("first", "second", "rest", "verdict"),
    [
        ("$x > 0$", r"$x \in \mathbb{R}$", SIGN, REFUTED),
        ("$x > 0$", "$x > 0$", SIGN, PROVED),
        (r"$x \in (0, 1)$", r"$x \in \mathbb{R}$", SIGN, REFUTED),
        (r"$y \in \mathbb{R}^K$ be one-hot,", r"$y \in \mathbb{R}^K$,", LABELS, CONDITIONAL),
        (r"$y \in \mathbb{R}^K$ be one-hot,", r"$y \in \mathbb{R}^K$ be one-hot,", LABELS, PROVED),
        (r"$\sum_k y_k = 1$,", r"$y \in \mathbb{R}^K$,", LABELS, CONDITIONAL),
        (r"$\sum_k y_k = 1$,", r"$\sum_k y_k = 1$,", LABELS, PROVED),
        (r"$A \in \mathbb{R}^{n \times n}$, $A = A^\top$,", r"$A \in \mathbb{R}^{n \times n}$,", FORM, CONDITIONAL),
        (r"$A \in \mathbb{R}^{n \times n}$ be symmetric,", r"$A \in \mathbb{R}^{n \times n}$,", FORM, CONDITIONAL),
    ],
)
@pytest.mark.parametrize("deeper", ["#", "##"])
def test_a_section_that_declares_again(first: str, second: str, rest: str, verdict: Verdict, deeper: str) -> None:
    said, _, claim = rest.partition("~")
    text = f"# One\n\nLet {first} {said}\n\n$$ {claim} $$\n\n{deeper} Two\n\nLet {second} {said}\n\n$$ {claim} $$\n"
    found = [f.verdict for f in report_on(text).formulas if f.latex == claim]
    assert found == [PROVED, verdict]


def test_what_nothing_declares_again_holds_onward() -> None:
    text = "# One\n\nLet $x > 0$ and $f(x) = |x|$.\n\n# Two\n\nAgain\n\n$$ f'(x) = SIGN1 $$\n"
    for sign, verdict in (("", PROVED), ("-", REFUTED)):
        assert report_on(text.replace("SIGN", sign)).formulas[-1].verdict is verdict


def test_what_a_section_says_later_does_not_hold_before() -> None:
    text = (
        "# Forms\n\nLet $x \\in \\mathbb{R}^n$ and $A \\in \\mathbb{R}^{n \\times n}$.\n\n## One\n\n$$q = x^T A x$$\n\n"
        "$$\\frac{\\partial q}{\\partial x} = 2 A x$$\n\n## Two\n\nLet $A$ be symmetric.\n\n"
        "$$\\frac{\\partial q}{\\partial x} = 2 A x$$\n\n$$\\frac{\\partial q}{\\partial x} = A x$$\n"
    )
    found = [f.verdict for f in report_on(text).formulas if f.displayed][1:]
    assert found[0] is not Verdict.PROVED
    assert found[1:] == [Verdict.PROVED, Verdict.REFUTED]
