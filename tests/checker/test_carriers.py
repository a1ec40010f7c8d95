"""What a document says does not depend on how its formulas are carried: images, dollars or environments."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verify_derivations.checker.case import Case, prepare
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.judgement import check
from verify_derivations.formulas.notation import read_notation
from verify_derivations.formulas.scanner import read_document, scan

ROOT = Path(__file__).resolve().parents[2]
NOTES = ROOT / "formulas" / "notes_on_cnn"
ORIGINAL = ROOT.parent / "shared" / "seeds" / "notes-on-cnn.md"
DOCUMENTS = ("softmax_regression.md", "logistic_regression.md", "mlp_columns.md", "scalar_neuron.md")
EFFORT = Effort(repair=0)


def case(path: Path) -> Case:
    return prepare(read_document(path), EFFORT, read_notation(NOTES / "notation.toml"))


@pytest.mark.skipif(not ORIGINAL.exists(), reason="the original notes are not here")
def test_the_original_and_the_embedded_notes_are_read_alike() -> None:
    first, second = case(ORIGINAL), case(NOTES / "notes.md")
    assert len(first.formulas) == len(second.formulas) == 132
    for one, two in zip(first.formulas, second.formulas, strict=True):
        assert (one.tree, one.scope, one.variant) == (two.tree, two.scope, two.variant), one.number
        assert (one.raw.section, one.raw.displayed) == (two.raw.section, two.raw.displayed)


@pytest.mark.slow
@pytest.mark.skipif(not ORIGINAL.exists(), reason="the original notes are not here")
def test_the_original_and_the_embedded_notes_are_judged_alike() -> None:
    paths = (ORIGINAL, NOTES / "notes.md")
    first, second = (check(path, notation=NOTES / "notation.toml", effort=EFFORT) for path in paths)
    assert [(f.number, f.verdict) for f in first.formulas] == [(f.number, f.verdict) for f in second.formulas]
    assert first.conventions == second.conventions


def as_tex(markdown: str) -> str:
    """The same text in LaTeX: headings, emphasis and displays."""
    body = re.sub(r"^#+ (.*)$", r"\\section{\1}", markdown, flags=re.MULTILINE)
    body = re.sub(r"\*\*(.+?)\*\*", r"\\textbf{\1}", body)
    body = re.sub(r"\$\$(.+?)\$\$", r"\\begin{equation}\1\\end{equation}", body, flags=re.DOTALL)
    return f"\\documentclass{{article}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_markdown_and_latex_are_judged_alike(name: str) -> None:
    markdown = (ROOT / "tests" / "documents" / name).read_text(encoding="utf-8")
    tex = as_tex(markdown)
    assert "equation" in tex
    first, second = (check(document, effort=EFFORT) for document in (scan(markdown, "a.md"), scan(tex, "a.tex")))
    assert first.formulas
    for one, two in zip(first.formulas, second.formulas, strict=True):
        assert (one.latex.strip(), one.verdict) == (two.latex.strip(), two.verdict)
