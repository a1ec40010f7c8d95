"""The terminal report and the explanation of one formula."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import partial

import pytest
from sample_report import report

from verify_derivations.checker.explain import find, print_explanation
from verify_derivations.checker.presentation import wrong_spans
from verify_derivations.checker.text import fold, print_report, to_string
from verify_derivations.checker.verdicts import Formula, Link, Report, Verdict
from verify_derivations.formulas.errors import DocumentError


def shown(found: Report | None = None, *, everything: bool = False, color: str = "never") -> str:
    return to_string(partial(print_report, found or report(), everything=everything), None, color)


def explained(query: str) -> str:
    (formula,) = find(report(), query)
    return to_string(lambda console: print_explanation(report(), formula, console), None)


def test_the_report_says_what_where_why_and_what_instead() -> None:
    text = shown()
    assert "9 formulas (8 displayed): 1 unread, 1 ill-formed, 2 refuted" in text
    four = text[text.index("Formula 4 ") : text.index("Formula 6 ")]
    assert "notes.md:32" in four and "refuted" in four
    assert "the factor A² is lost" in four
    assert re.search(r"A +│? *= 2\n +B +│? *= 1\n +z +│? *= 0\n +left side += 2\n +right side += 2.5\n", four)
    assert "should read    ∂f/∂z = «B/A · (A² − f(z)²)»" in four
    assert "«ᵀ»" in text and "n₂ = 2, n₃ = 1" in text and "at i = 1, j = 0\n" in text
    assert "holds if       ∑_{j=1}^C yⱼ = 1" in text
    assert "⋆ is read as convolution: 5 of 5" in text
    order = [text.index(f"Formula {number} ") for number in (4, 6, 40, 72, 78, 130)]
    assert order == sorted(order)


def test_what_has_no_finding_is_shown_only_on_request() -> None:
    assert "Formula 1 " not in shown() and "Formula 121 " not in shown() and "3 further formulas" in shown()
    text = shown(everything=True)
    assert "Formula 1 " in text and "Formula 121 " in text and "further" not in text


def test_the_caret_of_an_unread_formula_stays_under_its_character() -> None:
    lines = shown().splitlines()
    at = next(number for number, line in enumerate(lines) if "unknown command" in line)
    assert lines[at + 2].index("^") == lines[at + 1].index("\\foo")


def test_eighty_columns_no_colour_and_nothing_cut_off() -> None:
    latex, message = " + ".join(f"x_{{{i}}}" for i in range(80)), "a message that is long " * 20 + "END"
    section = ("A", "very long heading " * 8)
    long = Formula(5, 5, True, section, latex, Verdict.REFUTED, message, remarks=("unbroken" * 30,))
    text = shown(replace(report(), formulas=(*report().formulas, long)))
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text and not any(line != line.rstrip() for line in text.splitlines())
    flat = re.sub(r"\s+", "", text)
    assert "x₀+x₁+x₂" in flat and "+x₇₉" in flat and "END" in text and "unbroken" * 30 in flat


def test_colour_only_when_asked_or_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in shown(color="always")
    assert "\x1b[" not in shown(color="auto")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    show = partial(print_report, report())
    assert "\x1b[" in to_string(show, Terminal())
    assert "\x1b[" not in to_string(show, Terminal(), "never")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in to_string(show, Terminal())


def test_a_document_does_not_steer_the_terminal() -> None:
    evil = Formula(1, 1, True, ("\x1b[2J",), "\x1b[31mx", Verdict.REFUTED, "\x1b]0;title\x07 [bold]x[/bold] :smile:")
    text = shown(Report("\x1b[1m.md", (evil,), title="\x1b[0m"))
    assert "\x1b" not in text and "\x07" not in text
    assert "[bold]x[/bold] :smile:" in text


def test_an_explanation_has_the_reading_the_definitions_the_derivation_and_the_evidence() -> None:
    text = explained("4")
    parts = [
        r"\frac{\partial f}{\partial z} & = &", "∂f/∂z = 2AB", "f(z) = 1/(1 + exp(−z))", "1. expand f", "Link 2 of 2",
        "2. tanh′ = 1 − tanh²", "evidence: counterexample", "    print(A * B)", "«B/A",
    ]  # fmt: skip
    for part in parts:
        assert part in text, part
    assert "Rests on" not in explained("72") and "shape: n₂ × n₃" in explained("72")


def test_lines_to_copy_are_not_wrapped() -> None:
    assert any(len(line) > 80 for line in explained("72").splitlines() if "\\nabla" in line)


@pytest.mark.parametrize(
    ("query", "number"),
    [("72", 72), (" 4 ", 4), ("line:412", 72), ("line:33", 4), (r"a = \foo", 130), ("j=1, \\cdots", 82)],
)
def test_find(query: str, number: int) -> None:
    assert [formula.number for formula in find(report(), query)] == [number]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("5", "no formula 5; notes.md has formulas 1 to 130"), ("line:9999", "line 9999"),
        ("\\nowhere", "no formula contains"), (r"\frac", "occurs in formulas"), ("", "empty"),
        ("²", "no formula contains"),
    ],
)  # fmt: skip
def test_find_says_why_not(query: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        find(report(), query)


def test_find_in_a_document_without_formulas() -> None:
    with pytest.raises(DocumentError, match=r"empty\.md has no formulas"):
        find(Report("empty.md", ()), "1")


def test_a_side_is_found_however_it_is_printed() -> None:
    latex = r"\begin{aligned}a & = & b+1=rot180\left(c\,,\ 'full'\right)\in R^{n}\end{aligned}"
    links = (
        Link("a", "b + 1", Verdict.PROVED, "proof", ""),
        Link("b + 1", r"\operatorname{rot180}\left(c, 'full'\right)", Verdict.REFUTED, "counterexample", ""),
    )
    ((start, end),) = wrong_spans(Formula(1, 1, True, (), latex, Verdict.REFUTED, links=links))
    assert latex[start:end] == r"rot180\left(c\,,\ 'full'\right)"
    elsewhere = Link("a", "d", Verdict.REFUTED, "counterexample", "")
    assert wrong_spans(Formula(1, 1, True, (), latex, Verdict.REFUTED, links=(elsewhere,))) == ()


def test_long_lines_fold_before_operators_and_quickly() -> None:
    line = "y = " + " + ".join(f"x{k}" for k in range(40))
    parts = fold(line, 40, "  ")
    assert all(len(part) <= 40 for part in parts) and all(part.lstrip().startswith("+") for part in parts[1:])
    assert " ".join(part.strip() for part in parts) == line
    assert "".join(fold("x" * 20_000, 40, "")).replace(" ", "") == "x" * 20_000
