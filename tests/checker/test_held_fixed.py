"""What a verdict on derivatives holds fixed is said: all that nothing defines."""

import pytest

from verify_derivations.checker import check
from verify_derivations.formulas.scanner import scan

LOSS = r"Let $J = \frac12 (z - y)^2 + \frac12 \mu w^2$."
CLAIM = r"Then $$\frac{\partial J}{\partial w} = %s.$$"


@pytest.mark.parametrize(
    ("before", "claim", "verdict", "fixed"),
    [
        ("", r"\mu w", "proved", {r"\mu", "y", "z"}),
        ("", r"(z - y) x + \mu w", "ill-formed", set()),  # an x that nothing introduces
        ("Let $z = w x + b$. ", r"(z - y) x + \mu w", "proved", {r"\mu", "b", "x", "y"}),
        ("Let $z = w x + b$. ", r"\mu w", "refuted", {r"\mu", "b", "x", "y"}),
    ],
)
def test_a_claim_says_what_it_holds_fixed(before: str, claim: str, verdict: str, fixed: set[str]) -> None:
    report = check(scan(f"{before}{LOSS} {CLAIM % claim}"))
    found = report.formulas[-1]
    assert (found.verdict.value, set(found.fixed)) == (verdict, fixed), found.message
    said = [remark for remark in report.remarks if "held fixed" in remark]
    assert len(said) == bool(fixed) and all(f"${name}$" in said[0] for name in fixed)


def test_what_is_no_derivative_holds_nothing_fixed() -> None:
    report = check(scan(r"Let $s = a + b$. Then $$2 s = 2 a + 2 b.$$"))
    assert [f.verdict.value for f in report.formulas] == ["defined", "proved"]
    assert not any(f.fixed for f in report.formulas) and not report.remarks


def test_what_the_text_leaves_open_is_not_held_fixed() -> None:
    said = "The layer forms $w x + b$, its output is $z$."
    found = check(scan(f"{said} {LOSS} {CLAIM}" % r"\mu w")).formulas[-1]
    assert found.verdict.value == "undecided" and "z" not in found.fixed
