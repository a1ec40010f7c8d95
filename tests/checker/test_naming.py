"""Names are told by what a section sees: the x_1 of one is no entry of the vector x of another."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED

ENTRIES = r"""
# Density

Let $\ell = -\frac12 \sum_{i=1}^D (x_i - \mu_i)^2$.

$$\frac{\partial \ell}{\partial x_i} = FIRST$$
"""
NUMBERS = r"""
# Coupling

For a pair of numbers, $y_1 = x_1$ and $y_2 = x_2 e^{s(x_1)} + t(x_1)$.

$$\frac{\partial y_2}{\partial x_1} = SECOND$$
"""
DEPENDENT = r"""
# Coupling

The density $\ell$ depends on $x_1$ by $E = \ell + x_1^2$.

$$\frac{\partial E}{\partial x_1} = SECOND$$
"""


def claims(text: str, **put: str) -> list[Formula]:
    for name, latex in put.items():
        text = text.replace(name, latex)
    return [f for f in report_on(text).formulas if f.displayed]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("second", "verdict"), [("x_2 e^{s(x_1)} s'(x_1) + t'(x_1)", PROVED), ("e^{s(x_1)} s'(x_1) + t'(x_1)", REFUTED)]
)
def test_numbers_of_one_section_are_no_entries_of_another(
    order: tuple[int, int], second: str, verdict: Verdict
) -> None:
    text = "".join((ENTRIES, NUMBERS)[k] for k in order)
    found = claims(text, FIRST=r"\mu_i - x_i", SECOND=second)
    assert [f.verdict for f in found] == [(PROVED, verdict)[k] for k in order], [f.message for f in found]
    wrong = claims(text, FIRST=r"x_i - \mu_i", SECOND=second)
    assert wrong[order.index(0)].verdict is REFUTED


@pytest.mark.parametrize(("second", "verdict"), [(r"\mu_1 + x_1", PROVED), ("2 x_1", REFUTED)])
def test_where_one_section_uses_the_other_they_are(second: str, verdict: Verdict) -> None:
    found = claims(ENTRIES + DEPENDENT, FIRST=r"\mu_i - x_i", SECOND=second)
    assert found[-1].verdict is verdict, found[-1].message


DECLARED = r"""
Let $x \in \mathbb{R}^n$ for $n = 4$, and $a, b \in \mathbb{R}$.

# Sum

$$L = a \sum_{i=1}^n x_i^2, \quad \frac{\partial L}{\partial x_1} = FIRST$$

# Product

$$L = b x_1 x_2, \quad \frac{\partial L}{\partial x_i} = SECOND$$
"""


@pytest.mark.parametrize("title", ["", "# Notation\n\n"])
@pytest.mark.parametrize(
    ("second", "verdict"), [("b (x_2 [i = 1] + x_1 [i = 2])", PROVED), ("b x_2", REFUTED), ("0", REFUTED)]
)
def test_what_is_declared_for_all_holds_in_each_section(title: str, second: str, verdict: Verdict) -> None:
    found = claims(title + DECLARED, FIRST="2 a x_1", SECOND=second)
    assert [f.verdict for f in found] == [PROVED, verdict], [f.message for f in found]
    assert claims(title + DECLARED, FIRST="a x_1", SECOND=second)[0].verdict is REFUTED


@pytest.mark.parametrize("claim", ["0", "2 z_j", "2 z_k"])
def test_a_letter_that_is_an_index_somewhere_is_no_label(claim: str) -> None:
    """Else z_j would be another number than z_k, by which its square has the derivative 0."""
    text = r"""
# One

$$p_k = \frac{e^{z_k}}{\sum_j e^{z_j}}, \quad L = -\log p_1$$

# Two

$$L = z_k^2$$

$$\frac{\partial L}{\partial z_j} = CLAIM$$
"""
    assert claims(text, CLAIM=claim)[-1].verdict not in (PROVED, Verdict.CONDITIONAL)


@pytest.mark.parametrize(("words", "verdict"), [("To give an example,", UNDECIDED), ("So", REFUTED)])
def test_a_function_of_other_variables_may_be_an_example(words: str, verdict: Verdict) -> None:
    text = f"Let $f(x_1, x_2) = a + b x_1 x_2$. {words} we have\n\n$$f(x, y) = x y^2$$\n"
    assert claims(text)[-1].verdict is verdict
