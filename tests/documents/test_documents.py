"""Documents from other corners, without notation files, are judged as their keys say; so are their corrected twins."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Report, Verdict

HERE = Path(__file__).parent
KEYS = sorted(HERE.glob("*.key.toml"))
NAMES = [path.name.removesuffix(".key.toml") for path in KEYS]


@cache
def key(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.key.toml").read_text(encoding="utf-8"))


@cache
def judged(name: str) -> Report:
    return check(HERE / key(name)["document"])


def acceptable(entry: dict[str, Any]) -> set[str]:
    """``checked`` is accepted wherever ``proved`` is: a proof for all sizes is not always found."""
    verdicts = set(entry["verdicts"])
    return verdicts | {"checked"} if "proved" in verdicts else verdicts


def entries(name: str) -> dict[int, dict[str, Any]]:
    return {int(number): entry for number, entry in key(name)["formulas"].items()}


@pytest.mark.parametrize("name", NAMES)
def test_every_displayed_formula_has_a_key(name: str) -> None:
    assert {formula.number for formula in judged(name).formulas if formula.displayed} == set(entries(name))


@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name: str) -> None:
    report = judged(name)
    wrong = []
    for number, entry in entries(name).items():
        formula = report.formula(number)
        if formula.verdict.value not in acceptable(entry):
            wrong.append(f"{number}: {formula.verdict}, not {entry['verdicts']} ({entry['reason']}): {formula.message}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_corrected_twin(name: str, tmp_path: Path) -> None:
    """With every planted mistake mended, nothing is flagged."""
    document = HERE / key(name)["document"]
    text = document.read_text(encoding="utf-8")
    for entry in entries(name).values():
        if "fix" in entry:
            printed, mended = entry["fix"]
            assert text.count(printed) == 1, printed
            text = text.replace(printed, mended)
    twin = tmp_path / document.name
    twin.write_text(text, encoding="utf-8")
    flagged = [f for f in check(twin).formulas if f.verdict.wrong or f.verdict is Verdict.UNREAD]
    assert not flagged, "\n".join(f"{f.number}: {f.verdict}: {f.latex}: {f.message}" for f in flagged)
