"""Macros of the files around a LaTeX document."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_derivations.formulas.inclusions import around
from verify_derivations.formulas.scanner import read_document

MAIN = r"""\documentclass{book}
\usepackage{amsmath,own}
\include{signs}
%\input{draft}
\begin{document}
\input{chapters/one.tex}
\end{document}
"""
CHAPTER = r"\section{One} $\Vx = \MW \Vy$ \input{chapters/part}"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "chapters").mkdir()
    for name, text in {
        "main.tex": MAIN, "own.sty": r"\newcommand{\MW}{\boldsymbol{W}}", "draft.tex": r"\newcommand{\Vz}{z}",
        "signs.tex": r"\newcommand{\Vx}{\boldsymbol{x}}", "chapters/one.tex": CHAPTER,
        "chapters/part.tex": r"\def\Vy{y} Also $y = 1$.",
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def macros(path: Path) -> set[str]:
    return set(read_document(path).macros)


def test_a_chapter_knows_the_macros_of_its_book(book: Path) -> None:
    assert macros(book / "chapters" / "one.tex") == {r"\MW", r"\Vx", r"\Vy"}  # not what a comment names


def test_a_book_knows_its_packages_and_says_what_it_leaves_out(book: Path) -> None:
    document = read_document(book / "main.tex")
    assert set(document.macros) == {r"\MW", r"\Vx", r"\Vy"}
    assert ["chapters/one.tex" in remark or "part.tex" in remark for remark in document.remarks] == [True, True]


@pytest.mark.parametrize(
    "line", ["% !TEX root = ../main.tex\n", "%!TeX root=../main\n", "\\documentclass[../main.tex]{subfiles}\n"]
)
def test_a_chapter_may_name_its_book(book: Path, line: str) -> None:
    (book / "chapters" / "two.tex").write_text(line + r"$\Vx = 1$", encoding="utf-8")
    assert macros(book / "chapters" / "two.tex") >= {r"\MW", r"\Vx"}


def test_a_file_that_no_book_includes_knows_its_own(book: Path) -> None:
    (book / "chapters" / "three.tex").write_text(r"\newcommand{\own}{o} $\Vx = \own$", encoding="utf-8")
    assert macros(book / "chapters" / "three.tex") == {r"\own"}


def test_its_own_definition_is_the_one_that_holds(book: Path) -> None:
    (book / "chapters" / "one.tex").write_text(r"\newcommand{\Vx}{v} $\Vx$", encoding="utf-8")
    assert read_document(book / "chapters" / "one.tex").macros[r"\Vx"].body == "v"


@pytest.mark.parametrize("name", ["absent", "one", "..", "/etc/passwd", "a\\b", "", "chapters"])
def test_what_cannot_be_included_says_nothing(book: Path, name: str) -> None:
    text = rf"\input{{{name}}} $x = 1$"
    path = book / "chapters" / "one.tex"
    path.write_text(text, encoding="utf-8")  # includes itself where it is named "one"
    (book / "main.tex").write_text(text, encoding="utf-8")
    found = around(path, text)
    assert found.macros == {} and found.unread == []
