"""Ways of saying what a quantity is: a seeded net for each here, all of them in ``benchmarks/sayings.py``."""

from __future__ import annotations

import random

import pytest
from judging import report_on
from sayings import LABELS, NOTED, READ, Case, cases

from verify_derivations.checker.verdicts import Verdict


def sample(*sayings: str) -> list[Case]:
    """One case for each saying."""
    found: dict[str, list[Case]] = {}
    for case in cases():
        found.setdefault(case.saying, []).append(case)
    return [random.Random(saying).choice(found[saying]) for saying in sayings]


def verdict(document: str) -> Verdict:
    formulas = report_on(document).formulas
    return next(f.verdict for f in reversed(formulas) if r"\partial J" in f.latex)


@pytest.mark.parametrize("case", sample(*READ, *LABELS), ids=str)
def test_definitions_are_read(case: Case) -> None:
    assert (verdict(case.right), verdict(case.wrong)) == (Verdict.PROVED, Verdict.REFUTED)


@pytest.mark.parametrize("case", sample(*NOTED), ids=str)
def test_of_what_is_said_and_not_read_nothing_follows(case: Case) -> None:
    assert verdict(case.right) in (Verdict.UNDECIDED, Verdict.PROVED)
    assert verdict(case.wrong) in (Verdict.UNDECIDED, Verdict.REFUTED)


DATA = (  # what is said of given data beside a value
    "We want $y$ to be close to $w x + b$.", "The target $y$ is approximated by $w x + b$.",
    "Compare $y$ and $w x + b$.",
    r"We want $y \approx w x + b$.", "The error is the difference between $y$ and $w x + b$.",
    "The term $w x$ is linear. The target $y$ is given.",
    "Here $y$ is the target, and $w x + b$ the prediction.",
    "For $w > 0$ the value $w x + b$ grows with $x$.", "```\ny = 3.5\nw = w - 0.1 * g\n```",
    "The gradient of $J$ by $w$ is $2 (z - y) x$.", "Note that $e^z$ is positive.",
    "With $y = 1$ we would have $w x + b = 1$.",
)  # fmt: skip


@pytest.mark.parametrize("saying", DATA)
def test_given_data_stay_independent(saying: str) -> None:
    text = r"Let $w, b, x, y \in \mathbb{R}$ and $z = w x + b$." + f"\n\n{saying}\n\nThe loss is $J = (z - y)^2$."
    for factor, expected in (("2", Verdict.PROVED), ("", Verdict.REFUTED)):
        claim = rf"$$ \frac{{\partial J}}{{\partial w}} = {factor} (z - y) x $$"
        assert verdict(f"{text}\n\n{claim}\n") is expected


@pytest.mark.parametrize(
    ("words", "proved"),
    [
        ("Let $z$ denote $w x$.", True),
        ("If $b = 0$, then $z$ is $w x$.", False),
        ("It is wrong that $z$ is $w x$.", False),
        ("In general $z$ is not $w x$.", False),
        ("The derivative of $z$ is $w x$.", False),
        ("The square of $z$ is $w x$.", False),
        ("Often $z$ is $w x$ plus a bias.", False),
        ("Here $z$ is $w x$ plus a bias.", False),
    ],
)
def test_only_plain_words_define(words: str, proved: bool) -> None:
    text = rf"Let $w, b, x, y, \mu \in \mathbb{{R}}$. {words}" + "\n\nThe loss is $J = z^2 + \\mu w^2$.\n\n"
    claim, without = (rf"$$ \frac{{\partial J}}{{\partial w}} = {x} $$" for x in (r"2 z x + 2 \mu w", r"2 \mu w"))
    assert (verdict(text + claim) is Verdict.PROVED) is proved
    assert verdict(text + without) is (Verdict.REFUTED if proved else Verdict.UNDECIDED)


def test_an_equation_to_be_solved_defines_nothing() -> None:
    """Else the difference of its sides would be nothing, and any multiple of it the gradient."""
    text = (
        r"Let $X \in \mathbb{R}^{m \times n}$, $w \in \mathbb{R}^n$ and $y \in \mathbb{R}^m$. HERE $X w = y$."
        "\n\n$$ J = \\|X w - y\\|^2 $$\n\n$$ \\frac{\\partial J}{\\partial w} = FACTOR X^\\top (X w - y) $$\n"
    )
    for words in ("The system is", "We solve"):
        for factor, expected in (("2", Verdict.PROVED), ("3", Verdict.REFUTED)):
            assert verdict(text.replace("HERE", words).replace("FACTOR", factor)) is expected


@pytest.mark.parametrize(
    ("words", "tied"),
    [
        ("$V$ and $W$ share their weights.", True),
        ("The decoder $V$ is tied to the encoder $W$.", True),
        ("Here $V$ is the transpose of $W$.", True),
        ("The weights $W$ are shared by all examples.", False),
        ("$V$ and $W$ have the same size.", False),
    ],
)
def test_weights_that_have_to_do_with_each_other(words: str, tied: bool) -> None:
    text = r"Let $W, V \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$, $h = W x$, $u = V h$. " + words
    claim = r"$$ \frac{\partial J}{\partial W} = FACTOR V^\top u x^\top $$"
    for factor, expected in (("2", Verdict.PROVED), ("", Verdict.REFUTED)):
        document = f"{text}\n\nThe loss is $J = \\|u\\|^2$.\n\n{claim.replace('FACTOR', factor)}\n"
        assert verdict(document) is (Verdict.UNDECIDED if tied else expected)


@pytest.mark.parametrize(
    ("words", "open_"),
    [
        (r"To $J$ we add $\mu w^2$.", True),
        (r"To the loss we add $\mu w^2$.", True),
        (r"With weight decay $J$ becomes $J + \mu w^2$.", True),
        (r"Here $J$ depends on $\mu$, too.", True),
        (r"Here $J$ depends on $w$.", False),
        (r"One could add $\mu w^2$ to the loss.", False),
        (r"The loss includes $(z - y)^2$.", False),
    ],
)
def test_what_the_text_adds_to_a_loss(words: str, open_: bool) -> None:
    text = r"Let $w, x, y, \mu \in \mathbb{R}$, $z = w x$ and $J = (z - y)^2$. " + words
    for factor, expected in (("2", Verdict.PROVED), ("", Verdict.REFUTED)):
        document = f"{text}\n\n$$ \\frac{{\\partial J}}{{\\partial w}} = {factor} (z - y) x $$\n"
        assert verdict(document) is (Verdict.UNDECIDED if open_ else expected)
