"""The embedded notes carry every formula of the original, unchanged and in order."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTES = ROOT / "formulas" / "notes_on_cnn" / "notes.md"
ORIGINAL = ROOT.parent / "shared" / "seeds" / "notes-on-cnn.md"

FORMULA = re.compile(r"\$\$(?P<displayed>.+?)\$\$|\$(?P<inline>.+?)\$", re.DOTALL)
IMAGE = re.compile(
    r"""!\[(?:\\.|[^\]\\])*\]\(https://latex\.codecogs\.com/png\.latex\?(?P<query>\S+) "[^"]*"\)""", re.DOTALL
)


def words(latex: str) -> str:
    return " ".join(latex.split())


def embedded() -> list[tuple[str, bool]]:
    return [
        (words(match["displayed"] or match["inline"]), match["displayed"] is not None)
        for match in FORMULA.finditer(NOTES.read_text(encoding="utf-8"))
    ]


def original() -> list[tuple[str, bool]]:
    """The formulas of the original; one that is a paragraph of its own is displayed."""
    if not ORIGINAL.is_file():
        pytest.skip(f"the original notes are not here ({ORIGINAL.name} in shared/seeds)")
    found = []
    text = ORIGINAL.read_text(encoding="utf-8")
    for match in IMAGE.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        displayed = before.endswith("\n\n") and (after.startswith("\n\n") or not after.strip())
        found.append((words(unquote(match["query"])), displayed))
    return found


def headings(path: Path) -> list[str]:
    """Section titles in order, whether underlined or marked with ``#``; the front matter has none."""
    lines = path.read_text(encoding="utf-8").split("\n---\n", 1)[-1].splitlines()
    underlined = {above for above, line in itertools.pairwise(lines) if above and re.fullmatch(r"-{3,}|={3,}", line)}
    return [line.lstrip("# ") for line in lines if line.startswith("#") or line in underlined]


def test_counts() -> None:
    formulas = embedded()
    assert len(formulas) == 132
    assert sum(displayed for _, displayed in formulas) == 107


def test_every_formula_is_the_original_one() -> None:
    expected = original()
    assert len(expected) == 132
    for number, (ours, theirs) in enumerate(zip(embedded(), expected, strict=True), start=1):
        assert ours == theirs, f"formula {number}"


def test_the_sections_are_the_original_ones() -> None:
    original()
    assert headings(NOTES) == headings(ORIGINAL)
