"""What has no value anywhere: nothing is proved of it, also where a zero stands beside it or it falls out."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
GIVEN = "Let $x, u, w \\in \\mathbb{R}$, $v \\in \\mathbb{R}^n$.\n\n"


def last(text: str) -> Formula:
    return report_on(text, "valueless.md").formulas[-1]


@pytest.mark.parametrize(
    ("claim", "verdict", "needs"),
    [
        (r"\frac{0}{u - u} = 0", UNDECIDED, ()),
        (r"\frac{0}{u} = 0", PROVED, (r"u\neq 0",)),
        (r"\frac{0}{u} = 1", REFUTED, ()),
        (r"0 \cdot \log(x - x) = 0", UNDECIDED, ()),
        (r"0 \cdot \log x = 0", PROVED, ("x>0",)),
        (r"0 \cdot \frac{1}{x - x} = 0", UNDECIDED, ()),
        (r"0 \cdot x \cdot \frac{1}{x - x} = 0", UNDECIDED, ()),
        (r"\frac{1}{x - x} - \frac{1}{x - x} = 0", UNDECIDED, ()),
        (r"\frac{x - x}{x - x} = 1", UNDECIDED, ()),
        (r"\left(\frac{1}{x - x}\right)^0 = 1", UNDECIDED, ()),
        (r"\left(\frac{1}{x}\right)^0 = 1", PROVED, (r"x\neq 0",)),
        (r"\sum_i \frac{0}{v_i - v_i} = 0", UNDECIDED, ()),
        (r"\sum_i \frac{0}{n} v_i = 0", PROVED, ()),
        (r"0 \cdot \log 0.2 + 1 \cdot \log 0.5 = \log 0.5", PROVED, ()),
        (r"0 \cdot \log 0.2 + 1 \cdot \log 0.5 = \log 0.2", REFUTED, ()),
    ],
)
def test_a_zero_hides_nothing(claim: str, verdict: Verdict, needs: tuple[str, ...]) -> None:
    found = last(GIVEN + f"$$ {claim} $$\n")
    assert found.verdict is verdict, found.message
    assert {text.replace(" ", "") for text in found.assumptions} == {text.replace(" ", "") for text in needs}


@pytest.mark.parametrize(
    ("definition", "claim"),
    [
        (r"z = \frac{1}{BELOW}", "z - z = 0"),
        (r"z = \frac{1}{BELOW}", r"0 \cdot z = 0"),
        (r"z = \frac{0}{BELOW}", "z = 0"),
        (r"z = w + \frac{1}{BELOW}", r"\frac{\partial z}{\partial w} = 1"),
        (r"f(t) = \frac{t}{BELOW}", "f(x) - f(x) = 0"),
    ],
)
def test_nothing_is_proved_of_what_has_no_value(definition: str, claim: str) -> None:
    assert last(GIVEN + f"$$ {definition} $$\n\n$$ {claim} $$\n".replace("BELOW", "u - u")).verdict is UNDECIDED
    assert last(GIVEN + f"$$ {definition} $$\n\n$$ {claim} $$\n".replace("BELOW", "u")).verdict is PROVED


def test_no_gradient_of_what_has_no_value_is_composed() -> None:
    loss = "$$ L = w^2 + \\frac{1}{BELOW} $$\n\n$$ \\frac{\\partial L}{\\partial w} = 2w $$\n"
    for below, verdict in (("u - u", UNDECIDED), ("u", PROVED)):
        report = report_on(GIVEN + loss.replace("BELOW", below), "valueless.md")
        assert {g.verdict for net in report.nets for g in net.gradients if g.parameter == "w"} == {verdict}


@pytest.mark.parametrize("claim", ["1", "1 + 2 b", r"\frac{1 + 2 b}{1 - 4 a b}"])
def test_of_what_is_defined_by_itself_nothing_is_proved(claim: str) -> None:
    slope = r"\frac{\partial a}{\partial x}"
    assert last(f"{GIVEN}$$ a = b^2 + x $$\n\n$$ b = a^2 + x $$\n\n$$ {slope} = {claim} $$\n").verdict is UNDECIDED
    after = last(f"{GIVEN}$$ b = x $$\n\n$$ a = b^2 + x $$\n\n$$ {slope} = {claim} $$\n")
    assert (after.verdict is PROVED) == (claim == "1 + 2 b")
