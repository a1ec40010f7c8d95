"""What the text says that a quantity depends on, where nothing defines it."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
FIT = r"""Let $x, w, v \in \mathbb{R}^n$, $t \in \mathbb{R}$, $z = w^\top x$ and $E = (z - t)^2$. WORDS

$$ \frac{\partial E}{\partial VARIABLE} = CLAIM $$
"""


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("", PROVED),
        ("The target $t$ depends on $w$.", UNDECIDED),
        ("Here $t$ itself depends on $v$ and $w$.", UNDECIDED),
        ("The target $t$ is a function of $w$, too.", UNDECIDED),
        ("The target $t$ is computed from $w$ by another net.", UNDECIDED),
        ("Note that $t = t(w)$.", UNDECIDED),
        ("The target $t$ depends on $v$.", PROVED),
        ("The target $t$ does not depend on $w$.", PROVED),
        ("The target $t$ is no function of $w$.", PROVED),
        ("One may ask whether $t$ depends on $w$.", PROVED),
        ("The error $E$ is a function of $w$.", PROVED),
    ],
)
def test_what_the_text_says_that_a_quantity_depends_on(words: str, verdict: Verdict) -> None:
    def last(variable: str, claim: str) -> Verdict:
        text = FIT.replace("WORDS", words).replace("VARIABLE", variable).replace("CLAIM", claim)
        return report_on(text).formulas[-1].verdict

    assert last("w", "2 (z - t) x") is verdict
    assert last("w", "(z - t) x") is (UNDECIDED if verdict is UNDECIDED or "$ depends on $v$" in words else REFUTED)
    assert last("z", "2 (z - t)") is PROVED  # whatever t is
    assert last("x", "2 (z - t) w") is PROVED


BOOTSTRAP = "Let $q, r, \\gamma \\in \\mathbb{R}$, $y = r + \\gamma q$ and $E = (y - q)^2$. "


@pytest.mark.parametrize(
    ("words", "held"),
    [
        ("The target $y$ is treated as a constant.", True),
        ("We keep the target $y$ fixed.", True),
        ("We do not differentiate through $y$.", True),
        ("No gradient flows through $y$.", True),
        ("The gradient flows through $y$.", False),
        ("We keep $r$ fixed.", False),
        ("", False),
    ],
)
def test_what_the_text_treats_as_a_constant(words: str, held: bool) -> None:
    def found(claim: str) -> Verdict:
        return report_on(f"{BOOTSTRAP}{words}\n\n$$ {claim} $$\n").formulas[-1].verdict

    slope = "\\frac{\\partial E}{\\partial q}"
    assert found(f"{slope} = 2 (q - y)") is (PROVED if held else REFUTED)  # where y is held fixed
    assert found(f"{slope} = 2 (q - y) (1 - \\gamma)") is (UNDECIDED if held else PROVED)
    assert found(f"{slope} = (q - y)") is REFUTED
    assert found("E = (r + \\gamma q - q)^2") is PROVED
    assert found("E = (r - \\gamma q - q)^2") is REFUTED
