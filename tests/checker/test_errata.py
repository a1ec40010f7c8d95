"""The errata: what it says, that it compiles, that it runs nothing of the document's."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sample_report import HOSTILE, NABLA, report

from verify_derivations.checker.errata import errata
from verify_derivations.checker.glyphs import SYMBOLS
from verify_derivations.checker.pdf import to_pdf
from verify_derivations.checker.verdicts import Correction, Formula, Link, Report, Verdict
from verify_derivations.formulas.errors import DocumentError

needs_pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")


def test_errors_assumptions_and_slips_stand_apart_by_section() -> None:
    text = errata(report())
    assert text.isascii()
    order = [text.index(part) for part in (
        r"\section*{Errors}", r"\subsection*{Activation functions --- hyperbolic tangent function}", r"\entry{4}{32}",
        r"\entry{72}{412}", r"\section*{Assumptions that are not stated}", r"\entry{40}{196}",
        r"\section*{Minor slips}", r"\entry{6}{40}", r"\section*{Conventions}", r"\section*{Remarks}",
    )]  # fmt: skip
    assert order == sorted(order)
    assert r"\entry{1}{3}" not in text and r"\entry{121}" not in text
    assert "A. N. Author, 2015-12-20" in text


def test_an_entry_shows_both_readings_the_reason_and_the_counterexample() -> None:
    text = errata(report())
    entry = text[text.index(r"\entry{72}") : text.index(r"\section*{Assumptions")]
    assert r"\wrong{a^{\left( 2 \right)} \delta" in entry
    assert r"\changed{T}" in entry
    assert "a transpose is lost" in entry and "$n _{2}$ = 2" in entry.replace("n_", "n _")
    assert "the left side is $-$3 and the right side 0" in entry


def test_nothing_wrong_says_so() -> None:
    assert "No error was found." in errata(replace(report(), formulas=report().formulas[:1]))


def hostile_report(secret: str = "/etc/passwd") -> Report:
    hostile = [latex.replace("/etc/passwd", secret) for latex in HOSTILE]
    formulas = []
    for number, latex in enumerate(hostile, 1):
        link = Link(latex, latex, Verdict.REFUTED, "counterexample", f"prose {latex} and ${latex}$")
        correction = Correction(latex, Verdict.PROVED, latex, latex, ((0, 3),))
        formulas.append(
            Formula(
                number, number, True, (latex,), latex, Verdict.REFUTED, latex, assumptions=(latex,), links=(link, link),
                correction=correction, remarks=(latex,), variant=latex,
            )
        )  # fmt: skip
    evil = "".join(hostile)
    return Report(evil, tuple(formulas), remarks=(evil,), title=evil, author=evil, date=evil)


@needs_pdflatex
def test_the_sample_compiles() -> None:
    assert to_pdf(errata(report())).startswith(b"%PDF")


@needs_pdflatex
def test_a_hostile_document_compiles_and_runs_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("LEAKED")
    latex = errata(hostile_report(str(secret)))
    pdf = to_pdf(latex)
    assert pdf.startswith(b"%PDF")
    assert "\\input{" not in latex and "\\write18" not in latex and "\\catcode" not in latex


@needs_pdflatex
def test_every_symbol_of_the_list_exists_in_plain_latex() -> None:
    formulas = tuple(
        Formula(n, n, True, (), f"a {tex} b", Verdict.REFUTED) for n, tex in enumerate(SYMBOLS, 1) if tex != "\\\\"
    )
    assert to_pdf(errata(Report("x.md", formulas))).startswith(b"%PDF")


@needs_pdflatex
def test_a_long_formula_stays_on_the_page() -> None:
    long = Formula(1, 1, True, (), "y=" + "+".join(f"x_{{{i}}}" for i in range(200)), Verdict.REFUTED)
    source = Formula(2, 2, True, (), "\\nonsense" + "{x}" * 300, Verdict.UNREAD)
    assert to_pdf(errata(Report("x.md", (long, source)))).startswith(b"%PDF")
    assert r"\resizebox" in errata(Report("x.md", (long,)))


@needs_pdflatex
def test_what_does_not_compile_is_an_error() -> None:
    with pytest.raises(DocumentError, match=r"pdflatex failed: .*Undefined control sequence"):
        to_pdf(errata(report()).replace(r"\end{document}", r"\nonsense\end{document}"))


@needs_pdflatex
def test_pdflatex_is_confined(tmp_path: Path) -> None:
    """The second wall: even a command that got through could neither write elsewhere nor start a program."""
    outside = tmp_path / "outside.txt"
    probe = rf"\newwrite\f\immediate\openout\f={outside}\immediate\write\f{{x}}\immediate\closeout\f"
    with pytest.raises(DocumentError, match="pdflatex failed"):
        to_pdf(errata(report()).replace(r"\begin{document}", rf"\begin{{document}}{probe}"))
    assert not outside.exists()
    ran = tmp_path / "ran.txt"
    to_pdf(errata(report()).replace(r"\begin{document}", rf"\begin{{document}}\immediate\write18{{touch {ran}}}"))
    assert not ran.exists()


def test_a_missing_pdflatex_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DocumentError, match="pdflatex is not installed"):
        to_pdf("x")


def test_marks_need_the_formula_they_belong_to() -> None:
    text = errata(Report("x.md", (Formula(1, 1, True, (), NABLA, Verdict.REFUTED),)))
    assert r"\wrong{" not in text.split(r"\begin{document}")[1]
