"""What the text, web, TeX and terminal reports have in common: selection, order, places, marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from verify_derivations.checker.glyphs import FUNCTIONS, SPACES, SYMBOLS
from verify_derivations.checker.mathlist import Span
from verify_derivations.checker.verdicts import Convention, Counterexample, Formula, Link, Report, Verdict

SHOWN = (Verdict.UNREAD, Verdict.ILL_FORMED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.CONDITIONAL)
"""The verdicts a reader has to look at; the others are shown on request."""

_SPACE = re.compile(r"\\mathbb\b|R(?![A-Za-z])\s*(\^|$)")


def by_section(formulas: Iterable[Formula]) -> Iterator[tuple[tuple[str, ...], list[Formula]]]:
    """Runs of formulas under the same headings, in document order."""
    group: list[Formula] = []
    for formula in formulas:
        if group and group[0].section != formula.section:
            yield group[0].section, group
            group = []
        group.append(formula)
    if group:
        yield group[0].section, group


def place(report: Report, formula: Formula) -> str:
    return f"{report.document}:{formula.line}"


def troubled(formula: Formula) -> tuple[Link, ...]:
    """The links that are the reason for the formula's verdict or otherwise need a look."""
    return tuple(link for link in formula.links if link.verdict in SHOWN)


def wrong_spans(formula: Formula) -> tuple[Span, ...]:
    """Where the right sides of the wrong links stand in the formula's LaTeX."""
    whole = _tokens(formula.latex)
    names = [name for name, _ in whole]
    spans = []
    start = 0
    for link in formula.links:
        left, right = ([name for name, _ in _tokens(side)] for side in (link.left, link.right))
        at_left = _find(names, left, start)
        at_right = _find(names, right, at_left + len(left), after_relation=True) if at_left is not None else None
        if at_left is None or at_right is None:
            continue
        start = at_left  # the right side of this link may be the left one of the next
        if link.verdict.wrong:
            spans.append((whole[at_right][1][0], whole[at_right + len(right) - 1][1][1]))
    return tuple(dict.fromkeys(spans))


_TOKEN = re.compile(
    r"\\(?:operatorname|mathrm|text)\s*\{(?P<word>[A-Za-z0-9]+)\}|\\(?:begin|end)\{[a-z*]+\}|\\[A-Za-z]+|\\.|[^\s]",
    re.DOTALL,
)
_RELATIONS = frozenset(tex for tex, (_, kind) in SYMBOLS.items() if kind == "relation")
_UNSEEN = frozenset(SPACES) | {"\\left", "\\right", "&"}


def _tokens(latex: str) -> list[tuple[str, Span]]:
    """Characters and commands with their places; what only sets apart is left out, a name is its letters."""
    found = []
    for match in _TOKEN.finditer(latex):
        token = match.group()
        if token in _UNSEEN:
            continue
        parts = match["word"] or FUNCTIONS.get(token) or ("||" if token == "\\|" else None)
        found += [(part, match.span()) for part in (parts or [token])]
    return found


def _find(names: list[str], wanted: list[str], start: int, *, after_relation: bool = False) -> int | None:
    for k in range(start, len(names) - len(wanted) + 1):
        if wanted and names[k] == wanted[0] and names[k : k + len(wanted)] == wanted:
            if not after_relation or names[k - 1] in _RELATIONS:
                return k
    return None


def exit_status(report: Report, *, strict: bool = False) -> int:
    """0: nothing wrong; 1: something refuted or ill-formed (or, with ``strict``, not proved); 2: something unread."""
    verdicts = {formula.verdict for formula in report.formulas}
    if Verdict.UNREAD in verdicts:
        return 2
    failing = {Verdict.REFUTED, Verdict.ILL_FORMED}
    if strict:
        failing |= {Verdict.CONDITIONAL, Verdict.CHECKED, Verdict.UNDECIDED}
    return 1 if verdicts & failing else 0


def grouped(links: Iterable[Link]) -> Iterator[list[Link]]:
    """Neighbours that are in trouble for the same reason, which then is said once."""
    group: list[Link] = []
    for link in links:
        if group and (group[0].counterexample or link.counterexample or _reason(group[0]) != _reason(link)):
            yield group
            group = []
        group.append(link)
    if group:
        yield group


def _reason(link: Link) -> tuple[object, ...]:
    return (link.verdict, link.message, link.assumptions, link.difference)


def relation(link: Link) -> str:
    """``=``, or ``\\in`` where the right side is a stated shape."""
    return "\\in" if link.evidence in ("shape", "symbol") and _SPACE.match(link.right) else "="


def equation(link: Link) -> str:
    return f"{link.left} {relation(link)} {link.right}"


def all_remarks(report: Report, formulas: Iterable[Formula]) -> list[str]:
    """The document's remarks, then those on ``formulas``, each said once with the numbers it is about."""
    numbers: dict[str, list[int]] = {}
    for formula in formulas:
        for remark in formula.remarks:
            numbers.setdefault(remark, []).append(formula.number)
    remarks = list(report.remarks)
    for remark, about in numbers.items():
        listed = ", ".join(map(str, about))
        remarks.append(f"Formula{'' if len(about) == 1 else 's'} {listed}: {remark}")
    return remarks


def entry(found: Counterexample) -> str:
    """``i = 1, j = 2``: where the sides of a counterexample differ, as a formula."""
    return ",\\ ".join(f"{name} = {index}" for name, index in found.indices.items())


def counts(report: Report) -> str:
    """``132 formulas (107 displayed): 14 refuted, …``, worst first."""
    summary = report.summary
    found = [f"{summary[verdict.value]} {verdict.value}" for verdict in Verdict if summary[verdict.value]]
    total = summary["formulas"]
    formulas = f"{total} formula{'' if total == 1 else 's'} ({summary['displayed']} displayed)"
    return f"{formulas}: {', '.join(found)}" if found else formulas


def convention_sentence(convention: Convention) -> str:
    """A sentence in which formulas stand between dollar signs."""
    text = f"${convention.symbol}$ is read as {convention.reading}"
    if convention.of:
        text += f": {convention.satisfied} of {convention.of} claims that depend on it hold"
    others = [f"{other.reading}: {other.satisfied} of {other.of}" for other in convention.alternatives]
    return f"{text} (as {'; as '.join(others)})." if others else f"{text}."
