"""Entries that are written out, and spoken of by a letter; cases on values."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

CHECKED, REFUTED = Verdict.CHECKED, Verdict.REFUTED


def last(text: str) -> Formula:
    return report_on(text).formulas[-1]


@pytest.mark.parametrize(
    ("definition", "right", "wrong"),
    [
        (r"a = \frac14 (c_1 + c_2 + c_3 + c_4)", r"\frac14", r"\frac12"),
        ("a = c_1 + 2 c_2 + 3 c_3", "r", "r + 1"),
        ("a = c_1^2 + c_2^2", "2 c_r", "c_r"),
        (r"a = \max(c_1, c_2, c_3)", r"\begin{cases} 1 & \text{if } c_r = a,\\ 0 & \text{otherwise} \end{cases}",
         r"\begin{cases} 0 & \text{if } c_r = a,\\ 1 & \text{otherwise} \end{cases}"),
    ],
)  # fmt: skip
def test_a_letter_stands_for_each_entry(definition: str, right: str, wrong: str) -> None:
    text = f"With ${definition}$ we have for every $r$\n$$\\frac{{\\partial a}}{{\\partial c_r}} = CLAIM$$"
    assert last(text.replace("CLAIM", right)).verdict is CHECKED
    assert last(text.replace("CLAIM", wrong)).verdict is REFUTED


@pytest.mark.parametrize(
    "definitions",
    [
        r"$y = W_2 \sigma(W_1 x + b_1) + b_2$ with $W_1 \in \mathbb{R}^{m\times n}, W_2 \in \mathbb{R}^{k\times m}$",
        r"$b_1 = 2 u$ and $b_2 = 3 u$, $y = b_1 + b_2$", r"$y = b_1 + \dots + b_5$", "$y = b_1 + b_2$ and $q = b$",
        r"$y = b_1 + b_2$ and $q = \sum_{l=1}^N b_l$",
    ],
)  # fmt: skip
def test_others_are_no_entries(definitions: str) -> None:
    text = definitions + r" and $$\frac{\partial y}{\partial b_l} = 1$$"
    assert not any("entries" in remark for f in report_on(text).formulas for remark in f.remarks)
    assert last(text).verdict is not CHECKED


def test_cases_on_values_are_one_claim() -> None:
    text = r"""Let $v \in \mathbb{R}^n$ and $m = \max_r v_r$. Then
    $$\frac{\partial m}{\partial v_r} = \begin{cases} ONE & \text{if } v_r = m,\\ 0 & \text{otherwise} \end{cases}$$"""
    assert last(text.replace("ONE", "1")).verdict not in (Verdict.REFUTED, Verdict.ILL_FORMED)
    assert last(text.replace("ONE", "2")).verdict is REFUTED
