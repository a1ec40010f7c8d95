"""The report for a terminal: a summary, then what is wrong, with place, reason, counterexample and correction."""

from __future__ import annotations

import io
import os
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import IO

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from verify_derivations.checker.expansion import expanded
from verify_derivations.checker.mathlist import Span
from verify_derivations.checker.nets import (
    about,
    about_whole,
    as_printed,
    common,
    composition,
    derivative,
    net_title,
    own,
)
from verify_derivations.checker.presentation import (
    SHOWN,
    all_remarks,
    by_section,
    convention_sentence,
    counts,
    entry,
    equation,
    grouped,
    place,
    troubled,
    wrong_spans,
)
from verify_derivations.checker.unicode_math import MARK, UNMARK, plain, to_lines, to_text, words
from verify_derivations.checker.verdicts import (
    Correction,
    Counterexample,
    Formula,
    Gradient,
    Link,
    Net,
    Offer,
    Report,
    Verdict,
)

STYLES = {
    Verdict.UNREAD: "bold magenta", Verdict.ILL_FORMED: "bold red", Verdict.REFUTED: "bold red",
    Verdict.UNDECIDED: "bold yellow", Verdict.CHECKED: "cyan", Verdict.CONDITIONAL: "bold yellow",
    Verdict.PROVED: "green", Verdict.DEFINED: "blue",
}  # fmt: skip
_LABEL_WIDTH = 14
NARROWEST = 40
MOST_LINES = 24  # of one formula
MOST_CHARACTERS = 1600  # of one row; other formats have all


def to_string(show: Callable[[Console], None], stream: IO[str] | None, color: str = "auto") -> str:
    """What ``show`` prints, in the width and colours of ``stream`` (``None``: a file; 80 columns).

    ``color`` is auto, always or never.
    """
    terminal = stream is not None and stream.isatty()
    colored = color == "always" or (color == "auto" and terminal and "NO_COLOR" not in os.environ)
    console = Console(
        file=io.StringIO(),
        force_terminal=colored,
        no_color=not colored,
        color_system="standard" if colored else None,
        width=shutil.get_terminal_size().columns if terminal else _columns(),
        highlight=False,
        markup=False,
        emoji=False,
    )
    console.width = max(console.width, NARROWEST)
    with console.capture() as captured:
        show(console)
    text = captured.get()
    return text if colored else "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _columns() -> int:
    try:
        return int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        return 80


def print_report(report: Report, console: Console, *, everything: bool = False) -> None:
    report = expanded(report)
    heading = Text(words(report.title or report.document), style="bold")
    byline = ", ".join(plain(part) for part in (report.author, report.date) if part)
    if byline:
        heading.append(f"  ({byline})", style="not bold")
    if report.title:
        heading.append(f"\n{plain(report.document)}", style="not bold dim")
    console.print(heading)
    console.print(counts(report))
    shown = [f for f in report.formulas if everything or f.verdict in SHOWN]
    for section, formulas in by_section(shown):
        console.print()
        title = " › ".join(words(part) for part in section) or "(before the first heading)"
        console.print(_heading(title, console))
        for formula in formulas:
            console.print()
            console.print(block(report, formula, console.width))
    for net in report.nets:
        console.print()
        console.print(_heading(f"{words(net_title(net))}: what the steps give together", console))
        console.print(Padding(_net(net), (0, 0, 0, 2)))
    if report.derived:
        console.print()
        console.print(_heading("Not stated in the document, derived", console))
        for offer in report.derived:
            console.print(Padding(offer_text(offer, console.width - 4), (0, 0, 0, 2)))
    notes = [sentence(convention_sentence(convention)) for convention in report.conventions]
    notes += [sentence(remark) for remark in all_remarks(report, () if everything else _quiet(report))]
    if notes:
        console.print()
        console.print(_heading("Conventions and remarks", console))
        for note in notes:
            console.print(Padding(note, (0, 0, 0, 2)))
    if not everything and (hidden := len(report.formulas) - len(shown)):
        console.print()
        console.print(f"{hidden} further formula{'' if hidden == 1 else 's'} without findings: --all shows them.")


def _net(net: Net) -> RenderableType:
    rows = _rows()
    for gradient in net.gradients:
        rows.add_row(to_text(derivative(net, gradient)), gradient_text(gradient, own(net, gradient)))
    if common(net):
        rows.add_row("all hold if", assumption_text(common(net)))
    if net.message:
        heading, message = about_whole(net)
        rows.add_row(heading, sentence(message))
    return rows


def gradient_text(gradient: Gradient, assumptions: Sequence[str]) -> RenderableType:
    """The verdict on what the steps give together, what they are, and what they give as printed."""
    lines = Text(gradient.verdict.value, style=STYLES[gradient.verdict])
    lines.append("  ", style="default").append(Text(words(composition(gradient)), style="default"))
    parts = [lines, sentence(as_printed(gradient))]
    if assumptions:
        parts.append(Text("holds if ").append(Text(", ").join(sentence(text) for text in assumptions)))
    return Group(*parts)


def offer_text(offer: Offer, width: int) -> RenderableType:
    return Group(formula_text(offer.latex, width), Padding(sentence(about(offer)), (0, 0, 0, 2)))


def _quiet(report: Report) -> list[Formula]:
    return [formula for formula in report.formulas if formula.verdict not in SHOWN]


def _heading(title: str, console: Console) -> RenderableType:
    if len(title) > console.width - 6:
        return Text(title, style="bold")
    return Rule(Text(title, style="bold"), align="left", style="dim")


def block(report: Report, formula: Formula, width: int) -> RenderableType:
    """All that was found about one formula."""
    head = Text.assemble(
        (f"Formula {formula.number}", "bold"), f"   {plain(place(report, formula))}   ",
        (formula.verdict.value, STYLES[formula.verdict]),
    )  # fmt: skip
    if formula.slip:
        head.append("   minor slip", style="dim")
    if formula.variant:
        head.append(f"   {plain(formula.variant)}", style="dim")
    spans = wrong_spans(formula) if len(formula.links) > 1 else ()
    parts: list[RenderableType] = [head, Padding(formula_text(formula.latex, width - 6, spans, "red"), (0, 0, 0, 4))]
    rows = _rows()
    links = troubled(formula)
    if formula.verdict is Verdict.UNREAD:  # the line with its caret keeps its columns
        parts.append(Padding(Text("\n".join(map(plain, formula.message.splitlines()))), (0, 0, 0, 2), expand=False))
    elif formula.message and not any(formula.message == link.message for link in links):
        rows.add_row("reason" if formula.verdict in SHOWN and not links else "", sentence(formula.message))
    for group in grouped(links):
        _link_rows(rows, group, several=len(formula.links) > 1)
    if formula.assumptions and not any(link.assumptions for link in links):
        rows.add_row("holds if", assumption_text(formula.assumptions))
    if formula.correction is not None:
        rows.add_row("should read", correction_text(formula.correction, width - _LABEL_WIDTH - 4))
    for remark in formula.remarks:
        rows.add_row("remark", sentence(remark))
    if rows.row_count:
        parts.append(Padding(rows, (0, 0, 0, 2)))
    return Group(*parts)


def _rows() -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=_LABEL_WIDTH, style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _link_rows(rows: Table, group: list[Link], *, several: bool) -> None:
    link = group[0]
    if several:
        for each in group:
            rows.add_row(Text(each.verdict.value, style=STYLES[each.verdict]), Text(clipped(to_text(equation(each)))))
    if link.message:
        rows.add_row("reason", sentence(link.message))
    if link.assumptions:
        rows.add_row("holds if", assumption_text(link.assumptions))
    if link.difference:
        rows.add_row("left − right", Text(clipped(to_text(link.difference))))
    if link.counterexample is not None:
        rows.add_row("counterexample", counterexample_text(link.counterexample))


def counterexample_text(found: Counterexample) -> RenderableType:
    """Sizes, the values, and both sides below each other."""
    sizes = ", ".join(f"{to_text(name)} = {size}" for name, size in found.sizes.items())
    grid = Table.grid(padding=(0, 1))
    grid.add_column(overflow="fold")
    grid.add_column(overflow="fold")
    for name, value in found.values.items():
        grid.add_row(to_text(name), f"= {plain(value)}")
    sides = Table.grid(padding=(0, 1))
    sides.add_column(no_wrap=True)
    sides.add_column(overflow="fold")
    sides.add_row("left side", Text(f"= {plain(found.left)}", style="bold"))
    sides.add_row("right side", Text(f"= {plain(found.right)}", style="bold"))
    where = [Text(f"at {to_text(entry(found))}")] if found.indices else []
    return Group(*([Text(sizes)] if sizes else []), *([grid] if found.values else []), *where, sides)


def correction_text(correction: Correction, width: int) -> RenderableType:
    parts: list[RenderableType] = [formula_text(correction.latex, width, correction.changed, "green")]
    about = [part for part in (correction.edit, correction.message) if part]
    if correction.derived:
        about.insert(0, "derived from the definitions")
    note = Text("(").append(correction.verdict.value, style=STYLES[correction.verdict])
    for part in about:
        note.append("; ").append(sentence(part))
    parts.append(note.append(")"))
    return Group(*parts)


def formula_text(latex: str, width: int, marks: Sequence[Span] = (), color: str = "") -> Text:
    """On one line if it fits, else one line a link. Marked parts are coloured and stand between « »."""
    one = "  ".join(to_lines(latex, marks, broken=False))
    lines = [one] if cell_len(one) <= width else to_lines(latex, marks)
    folded = _without_middle([
        part for number, line in enumerate(lines) for part in fold(line, width, "  " if number else "")
    ])  # fmt: skip
    text = Text()
    inside = False
    for number, line in enumerate(folded):
        text.append("\n" if number else "")
        inside = _append_marked(text, line, color, inside)
    return text


def _without_middle(lines: list[str]) -> list[str]:
    """A long formula's first and last lines, and those where a marked part begins or ends."""
    if len(lines) <= MOST_LINES:
        return lines
    shown: list[str] = []
    left_out = 0
    for number, line in enumerate(lines):
        if MOST_LINES // 2 <= number < len(lines) - MOST_LINES // 4 and MARK not in line and UNMARK not in line:
            left_out += 1
            continue
        shown += [f"  … ({left_out} lines)"] if left_out else []
        shown.append(line)
        left_out = 0
    return shown


def clipped(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]} … ({len(text)} characters)"


def fold(line: str, width: int, indent: str) -> list[str]:
    """The line in parts of at most ``width`` cells, broken before an operator if possible; later parts are indented."""
    parts = []
    line = indent + line
    while cell_len(line) > width:
        end = min(len(line), 2 * width)
        while cell_len(line[:end]) > width:
            end -= 1
        spaces = [k for k in range(len(indent) + 8, end) if line[k] == " "]
        breaks = [k for k in spaces if line[k + 1 : k + 2] in _BREAK_BEFORE or line[k - 1] in ",;"]
        cut = max(breaks or spaces or [end])
        parts.append(line[:cut])
        indent = indent if len(parts) > 1 else indent + "  "
        line = indent + line[cut:].lstrip(" ")
    return [*parts, line]


_BREAK_BEFORE = tuple("+−·∘=⋆×∈⊙≤≥")


def _append_marked(text: Text, line: str, color: str, inside: bool) -> bool:
    """``inside`` tells whether a mark is open, from the line before and for the next one."""
    for part in re.split(f"([{MARK}{UNMARK}])", line):
        if part in (MARK, UNMARK):
            inside = part == MARK
            text.append("«" if inside else "»", style=f"bold {color}")
        else:
            text.append(part, style=f"bold {color}" if inside else "")
    return inside


def sentence(text: str) -> Text:
    """Prose with its ``$…$`` formulas readable."""
    return Text(words(text))


def assumption_text(assumptions: Iterable[str]) -> Text:
    return Text("\n").join(sentence(text) for text in assumptions)
