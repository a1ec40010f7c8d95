"""One formula in full: how it was read, what it rests on, the derivation, the evidence, the correction."""

from __future__ import annotations

import re

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from verify_derivations.checker.expansion import expanded
from verify_derivations.checker.nets import derivative, net_title, of_formula
from verify_derivations.checker.presentation import equation, place
from verify_derivations.checker.text import (
    STYLES,
    assumption_text,
    correction_text,
    counterexample_text,
    formula_text,
    gradient_text,
    offer_text,
    sentence,
)
from verify_derivations.checker.unicode_math import plain, to_text, words
from verify_derivations.checker.verdicts import Formula, Link, Report, Verdict
from verify_derivations.formulas.errors import DocumentError


def find(report: Report, query: str) -> tuple[Formula, ...]:
    """The formulas that ``query`` names: a number, ``line:NNN``, or a part of a formula's LaTeX (spaces ignored).

    Raises :class:`DocumentError` if there is none, or if a part of LaTeX occurs in several formulas.
    """
    query = query.strip()
    if re.fullmatch(r"[0-9]+", query):
        try:
            return (report.formula(int(query)),)
        except KeyError:
            raise DocumentError(f"there is no formula {query}; {_range(report)}") from None
    if match := re.fullmatch(r"line:([0-9]+)", query):
        return _at_line(report, int(match.group(1)))
    wanted = "".join(query.split())
    if not wanted:
        raise DocumentError("an empty formula was asked for; give a number, line:NNN or a part of its LaTeX")
    found = tuple(f for f in report.formulas if wanted in "".join(f.latex.split()))
    exact = tuple(f for f in found if wanted == "".join(f.latex.split()))
    found = exact[:1] or found
    if not found:
        raise DocumentError(f"no formula contains {query}; {_range(report)}")
    if len(found) > 1:
        numbers = ", ".join(str(f.number) for f in found[:10]) + (", …" if len(found) > 10 else "")
        raise DocumentError(f"{query} occurs in formulas {numbers}; give a number or a longer part")
    return found


def _at_line(report: Report, line: int) -> tuple[Formula, ...]:
    starting = tuple(f for f in report.formulas if f.line == line)
    if starting:
        return starting
    around = [f for f in report.formulas if f.line < line <= f.line + f.latex.count("\n") + 1]
    if not around:
        raise DocumentError(f"there is no formula on line {line} of {report.document}")
    return (around[-1],)


def _range(report: Report) -> str:
    if not report.formulas:
        return f"{report.document} has no formulas"
    return f"{report.document} has formulas {report.formulas[0].number} to {report.formulas[-1].number}"


def print_explanation(report: Report, formula: Formula, console: Console) -> None:
    source, report = formula.latex, expanded(report)
    formula = report.formula(formula.number)
    width = console.width
    console.print(
        Text.assemble(
            (f"Formula {formula.number}", "bold"), f"   {plain(place(report, formula))}   ",
            (formula.verdict.value, STYLES[formula.verdict]),
        )
    )  # fmt: skip
    if formula.section:
        console.print(Text(" › ".join(words(part) for part in formula.section), style="dim"))
    _section(console, "As printed")
    _source(console, source.strip())
    read: list[RenderableType] = [formula_text(formula.latex, width - 4)]
    if formula.shape:
        read.append(Text(f"shape: {to_text(formula.shape)}"))
    if formula.variant:
        read.append(Text(f"variant: {plain(formula.variant)}"))
    _section(console, "As read", *read)
    if formula.uses:
        table = Table.grid(padding=(0, 2))
        table.add_column(no_wrap=True, style="dim")
        table.add_column(overflow="fold")
        for number in formula.uses:
            try:
                table.add_row(str(number), formula_text(report.formula(number).latex, width - 12))
            except KeyError:
                continue
        _section(console, "Rests on", table)
    if formula.fixed:
        _section(console, "Held fixed, as nothing defines it", Text(", ".join(map(to_text, formula.fixed))))
    if formula.verdict is Verdict.UNREAD:
        _section(console, "Finding", Text("\n".join(map(plain, formula.message.splitlines()))))
    elif formula.message and all(link.message != formula.message for link in formula.links):
        _section(console, "Finding", sentence(formula.message))
    for number, link in enumerate(formula.links, 1):
        title = f"Link {number} of {len(formula.links)}" if len(formula.links) > 1 else "Link"
        _section(console, title, *_link(link, width - 4))
        if link.counterexample is not None and link.counterexample.python:
            console.print("  to paste into Python:")
            _source(console, link.counterexample.python)
    if formula.assumptions:
        _section(console, "Holds if", assumption_text(formula.assumptions))
    if formula.correction is not None:
        _section(console, "Should read", correction_text(formula.correction, width - 4))
        _source(console, formula.correction.latex)
    for net, gradient in of_formula(report, formula.number):
        title = f"Together with the steps before it ({words(net_title(net))})"
        steps = gradient_text(gradient, gradient.assumptions)
        _section(console, title, Text(to_text(derivative(net, gradient))), steps)
    for offer in report.derived:
        if offer.number == formula.number:
            _section(console, "Not stated, derived", offer_text(offer, width - 4))
            _source(console, offer.latex)
    for remark in formula.remarks:
        _section(console, "Remark", sentence(remark))


def _section(console: Console, title: str, *content: RenderableType) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Padding(Group(*content), (0, 0, 0, 2)))


def _source(console: Console, text: str) -> None:
    """Lines to copy: never wrapped."""
    for line in text.splitlines():
        console.print(Text(f"    {plain(line)}", style="dim"), soft_wrap=True)


def _link(link: Link, width: int) -> list[RenderableType]:
    head = formula_text(equation(link), width)
    verdict = Text.assemble((link.verdict.value, STYLES[link.verdict]), f"  evidence: {plain(link.evidence)}")
    parts: list[RenderableType] = [head, verdict]
    if link.message:
        parts.append(sentence(link.message))
    if link.assumptions:
        parts.append(Text("holds if ").append(assumption_text(link.assumptions)))
    if link.proof:
        steps = Table.grid(padding=(0, 1))
        steps.add_column(justify="right", no_wrap=True, style="dim")
        steps.add_column(overflow="fold")
        for number, step in enumerate(link.proof, 1):
            steps.add_row(f"{number}.", assumption_text([step]))
        parts += [Text("derivation:"), steps]
    if link.difference:
        parts.append(Text(f"left − right = {to_text(link.difference)}"))
    if link.counterexample is not None:
        parts += [Text("counterexample:"), counterexample_text(link.counterexample)]
    return parts
