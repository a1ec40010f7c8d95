"""Rows of cases that hold at once: fine where they agree, a remark at a limiting case, else without meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Formula, Verdict

GIVEN = (r"x \in \mathbb{R}", "c > 0")


def cases(*rows: str) -> str:
    return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def judged(folder: Path, *formulas: str) -> tuple[Formula, ...]:
    path = folder / "document.md"
    path.write_text("\n\n".join(f"$$ {formula} $$" for formula in (*GIVEN, *formulas)) + "\n", encoding="utf-8")
    return tuple(check(path, effort=Effort(repair=0)).formulas[len(GIVEN):])


REMARK, ERROR = "hold where x = 0, with different values", "hold where"
ROWS: dict[str, tuple[str, Verdict, str]] = {
    # the verdict on f(x) with these rows, and what is said of them
    "they exclude each other": (cases(r"x & x \ge 0", "-x & x < 0"), Verdict.DEFINED, ""),
    "they agree where both hold": (cases(r"x & x \ge 0", r"-x & x \le 0"), Verdict.DEFINED, ""),
    "they agree on an interval": (cases("x & x > -1", "x & x < 1"), Verdict.DEFINED, ""),
    "they differ at one value": (cases(r"x + 1 & x \ge 0", r"-x & x \le 0"), Verdict.DEFINED, REMARK),
    "the value apart, and again": (cases("2 & x = 0", r"x & x \ge 0", "-x & x < 0"), Verdict.DEFINED, REMARK),
    "the value apart": (cases("2 & x = 0", "x & x > 0", "-x & x < 0"), Verdict.DEFINED, ""),
    "they differ on an interval": (cases("x & x > -1", "-x & x < 1"), Verdict.ILL_FORMED, ERROR),
    "an interval that may be empty": (cases("1 & x > c", "0 & x < 2"), Verdict.ILL_FORMED, ERROR),
    "numbers in order": (cases("1 & x > 2", "0 & x < 1", r"x - 1 & 1 \le x \le 2"), Verdict.DEFINED, ""),
    "numbers out of order": (cases("1 & x > 1", "0 & x < 2", r"x - 1 & x = 3"), Verdict.ILL_FORMED, ERROR),
    "by a letter": (cases("x & |x| < c", "c & x > c", "-c & x < -c"), Verdict.DEFINED, ""),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows_of_a_definition(name: str, tmp_path: Path) -> None:
    rows, verdict, said = ROWS[name]
    formula = judged(tmp_path, f"f(x) = {rows}")[-1]
    assert formula.verdict is verdict, formula.message
    assert (said in formula.message) if verdict is Verdict.ILL_FORMED else (not formula.message.startswith("two rows"))
    assert [r for r in formula.remarks if "two rows" in r and said in r] if said == REMARK else not any(
        "two rows" in r for r in formula.remarks)


def test_rows_of_a_claim(tmp_path: Path) -> None:
    given = r"y = \max(0, x)"
    slopes = {
        cases("1 & x > 0", "0 & x < 0"): (Verdict.PROVED, ()),
        cases(r"1 & x \ge 0", r"0 & x \le 0"): (Verdict.PROVED, (f"two rows of cases {REMARK}",)),
        cases(r"0 & x \ge 0", r"1 & x \le 0"): (Verdict.REFUTED, (f"two rows of cases {REMARK}",)),
        cases("1 & x > 0", "0 & x < 1"): (Verdict.ILL_FORMED, ()),
        cases(r"1 & x > 0", r"1 & x > 1", r"0 & x < 0"): (Verdict.CHECKED, ()),
    }
    for rows, (verdict, remarks) in slopes.items():
        formula = judged(tmp_path, given, rf"\frac{{d y}}{{d x}} = {rows}")[-1]
        said = tuple(remark for remark in formula.remarks if "rows" in remark)
        assert (formula.verdict, said) == (verdict, remarks), formula.message


def test_where_rows_agree_their_value_counts_once(tmp_path: Path) -> None:
    both = cases(r"x + 1 & x \ge 0", r"1 - x & x \le 0")
    once, twice = (judged(tmp_path, f"p(x) = {both}", f"p(0) = {value}")[-1].verdict for value in (1, 2))
    assert once is Verdict.PROVED
    assert twice is not Verdict.PROVED


def test_what_has_no_meaning_proves_nothing(tmp_path: Path) -> None:
    def last(rows: str) -> Verdict:
        return judged(tmp_path, f"f(x) = {rows}", r"f'(x) = [x > -1] - [x < 1]")[-1].verdict

    assert last(cases("x & x > -1", "-x & x < 1")) is Verdict.UNDECIDED
    assert last("x [x > -1] - x [x < 1]") is Verdict.PROVED


def test_rows_for_whole_numbers_count_once(tmp_path: Path) -> None:
    """The first and the last are one where n = 1; there the first row counts."""
    given = (r"v \in \mathbb{R}^{n}", r"y_i = " + cases("v_i & i = 1", "2 v_i & i = n", r"0 & \text{otherwise}"),
             r"L = \sum_{i=1}^{n} y_i")  # fmt: skip
    slope = r"\frac{\partial L}{\partial v_j} = "
    right = judged(tmp_path, *given, slope + r"[j = 1] + 2 [j = n] [n \neq 1]")[-1]
    wrong = judged(tmp_path, *given, slope + "[j = 1] + 2 [j = n]")[-1]
    assert wrong.verdict is Verdict.REFUTED, wrong.message
    assert right.verdict is not Verdict.REFUTED, right.message
