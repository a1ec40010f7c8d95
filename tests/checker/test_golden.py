"""The verdicts on the embedded notes are those of a review by hand; a change in a formula changes its verdict."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from verify_derivations.checker.case import prepare
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.judge import judge
from verify_derivations.checker.judgement import check
from verify_derivations.checker.verdicts import Report, Verdict
from verify_derivations.formulas.notation import read_notation
from verify_derivations.formulas.scanner import scan
from verify_derivations.formulas.world import Readings

NOTES = Path(__file__).resolve().parents[2] / "formulas" / "notes_on_cnn"
GOLDEN: dict[str, Any] = tomllib.loads((Path(__file__).parent / "golden.toml").read_text(encoding="utf-8"))
EXPECTED = {int(number): Verdict(verdict) for verdict, numbers in GOLDEN.items() for number in numbers}
EFFORT = Effort(repair=0)


@pytest.fixture(scope="module")
def report() -> Report:
    return check(NOTES / "notes.md", effort=EFFORT)


def test_every_formula_was_reviewed_once() -> None:
    assert sorted(int(number) for numbers in GOLDEN.values() for number in numbers) == list(range(1, 133))


def test_verdicts(report: Report) -> None:
    found = {formula.number: formula.verdict for formula in report.formulas}
    wrong = {n: (found.get(n), EXPECTED[n]) for n in EXPECTED if found.get(n) is not EXPECTED[n]}
    lines = [f"{n}: {have}, not {want}: {report.formula(n).message}" for n, (have, want) in wrong.items()]
    assert not lines, "\n".join(lines)


def test_whatever_is_flagged_has_evidence(report: Report) -> None:
    for formula in report.formulas:
        if formula.verdict is Verdict.REFUTED:
            assert any(link.counterexample is not None for link in formula.links), formula.number
        if formula.verdict is Verdict.CONDITIONAL:
            assert formula.assumptions, formula.number
        if formula.verdict.wrong or formula.verdict is Verdict.CONDITIONAL:
            assert formula.message, formula.number


def test_conventions(report: Report) -> None:
    (star,) = (convention for convention in report.conventions if convention.symbol == "\\star")
    assert star.reading == "convolution"
    assert star.satisfied > max(other.satisfied for other in star.alternatives)


@pytest.mark.parametrize(
    ("number", "printed", "changed", "verdict"),
    [
        (2, r"\left(1-f\left(z\right)\right)", r"\left(1+f\left(z\right)\right)", Verdict.REFUTED),
        (42, r"\circ\left(1-a^{\left(4\right)}\right)", r"\circ\left(1+a^{\left(4\right)}\right)", Verdict.REFUTED),
        (
            43,
            r"\delta^{\left(z^{\left(4\right)}\right)T}",
            r"\delta^{\left(z^{\left(4\right)}\right)}",
            Verdict.ILL_FORMED,
        ),
        (
            72,
            r"\delta^{\left(z^{\left(3\right)}\right)}\in",
            r"\delta^{\left(z^{\left(3\right)}\right)T}\in",
            Verdict.PROVED,
        ),
        (24, r"f'\left(z^{\left(l+1\right)}\right)", r"f'\left(z^{\left(l\right)}\right)", Verdict.PROVED),
        (63, r"\in R^{n_{3}\times1}", r"\in R", Verdict.DEFINED),
        (80, r"\delta^{\left(ac_{j}", r"\delta^{\left(zc_{j}", Verdict.PROVED),
        (130, r"rot180\left(k_{ij}^{\left(1\right)}\right)", r"k_{ij}^{\left(1\right)}", Verdict.REFUTED),
        (131, r"\delta^{\left(zc_{j}", r"\delta^{\left(ac_{j}", Verdict.REFUTED),
        (132, r"\delta^{\left(ac_{j}", r"\delta^{\left(zc_{j}", Verdict.PROVED),
    ],
)
def test_a_changed_formula_has_another_verdict(number: int, printed: str, changed: str, verdict: Verdict) -> None:
    text = (NOTES / "notes.md").read_text(encoding="utf-8")
    formula = scan(text).formulas[number - 1].latex
    assert formula.count(printed) == 1, formula
    assert text.count(formula) == 1, formula
    assert verdict is not EXPECTED[number]
    text = text.replace(formula, formula.replace(printed, changed))
    case = prepare(scan(text), EFFORT, read_notation(NOTES / "notation.toml"))
    judged = judge(case, case.formulas[number - 1], Readings())
    assert judged.verdict is verdict, judged.message
