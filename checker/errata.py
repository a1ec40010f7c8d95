"""A report as LaTeX in the manner of published errata. Compiles with plain pdflatex; see :mod:`tex_safe`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from verify_derivations.checker.expansion import expanded
from verify_derivations.checker.mathlist import Span
from verify_derivations.checker.presentation import (
    all_remarks,
    by_section,
    convention_sentence,
    entry,
    grouped,
    troubled,
    wrong_spans,
)
from verify_derivations.checker.tex_safe import display_lines, escape, inline, prose, verbatim
from verify_derivations.checker.verdicts import Correction, Counterexample, Formula, Link, Report, Verdict

_PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{amsmath,amssymb}
\usepackage{xcolor}
\usepackage{graphicx}
\setlength{\parindent}{0pt}
\setlength{\parskip}{4pt plus 2pt}
\setlength{\emergencystretch}{3em}
\allowdisplaybreaks
\definecolor{wrongink}{rgb}{0.70,0.12,0.10}
\definecolor{rightink}{rgb}{0.05,0.42,0.20}
% a marked part of a formula, in the style (display, script, ...) in which it stands
\newcommand{\marked}[3]{{\setlength{\fboxsep}{1.5pt}\fcolorbox{#2}{white}{$#1\color{#2}#3$}}}
\newcommand{\wrong}[1]{\mathchoice{\marked{\displaystyle}{wrongink}{#1}}{\marked{\textstyle}{wrongink}{#1}}%
  {\marked{\scriptstyle}{wrongink}{#1}}{\marked{\scriptscriptstyle}{wrongink}{#1}}}
\newcommand{\changed}[1]{\mathchoice{\marked{\displaystyle}{rightink}{#1}}{\marked{\textstyle}{rightink}{#1}}%
  {\marked{\scriptstyle}{rightink}{#1}}{\marked{\scriptscriptstyle}{rightink}{#1}}}
% one line of a formula, made smaller only where it would run off the page
\newsavebox{\formulabox}
\newlength{\formulawidth}
\newcommand{\formulaline}[2]{\par\nobreak\noindent\hspace*{#1}%
  \setlength{\formulawidth}{\dimexpr\linewidth-#1\relax}%
  \sbox{\formulabox}{$\displaystyle #2$}%
  \ifdim\wd\formulabox>\formulawidth\resizebox{\formulawidth}{!}{\usebox{\formulabox}}\else\usebox{\formulabox}\fi}
\newcommand{\entry}[2]{\par\vskip 0pt plus 7\baselineskip\penalty-200\vskip 0pt plus -7\baselineskip
  \medskip\textbf{Formula #1} (line #2)\par\nobreak}
\newcommand{\aspect}[1]{\par\noindent\textit{#1}\quad\ignorespaces}
"""


def errata(report: Report) -> str:
    """The whole document: errors, unstated assumptions, minor slips, conventions and remarks."""
    report = expanded(report)
    wrong = [f for f in report.formulas if f.verdict.wrong and not f.slip]
    slips = [f for f in report.formulas if f.slip and f.verdict is not Verdict.UNREAD]
    conditional = [f for f in report.formulas if f.verdict is Verdict.CONDITIONAL and not f.slip]
    unread = [f for f in report.formulas if f.verdict is Verdict.UNREAD]
    undecided = [f for f in report.formulas if f.verdict is Verdict.UNDECIDED and not f.slip]
    parts = [
        _PREAMBLE,
        r"\begin{document}",
        rf"\begin{{center}}{{\Large\bfseries Errata: {prose(report.title or report.document)}}}\par\smallskip",
        escape(", ".join(part for part in (report.author, report.date, report.document) if part)),
        r"\end{center}",
        _overview(report, wrong, slips, conditional),
        *_part("Errors", wrong),
        *_part("Assumptions that are not stated", conditional),
        *_part("Minor slips", slips),
        *_part("Formulas that could not be read", unread),
        *_part("Formulas that could be neither proved nor refuted", undecided),
        *_notes(report),
        r"\end{document}",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _overview(report: Report, wrong: list[Formula], slips: list[Formula], conditional: list[Formula]) -> str:
    if not (wrong or slips or conditional):
        return "No error was found."
    sentences = [
        f"Of the {len(report.formulas)} formulas, {len(wrong)} {_are(wrong)} wrong",
        f"{len(conditional)} {'holds' if len(conditional) == 1 else 'hold'} only under an unstated assumption",
        "1 is a minor slip" if len(slips) == 1 else f"{len(slips)} are minor slips",
    ]
    return (
        f"{'; '.join(sentences)}. Formulas are numbered in order, with inline ones included; lines are those of the "
        "source. What is wrong is framed in the formula as printed, what was changed in the formula as it should read."
    )


def _are(formulas: Sequence[Formula]) -> str:
    return "is" if len(formulas) == 1 else "are"


def _part(title: str, formulas: list[Formula]) -> list[str]:
    if not formulas:
        return []
    parts = [rf"\section*{{{title}}}"]
    for section, group in by_section(formulas):
        heading = " --- ".join(prose(part) for part in section)
        parts.append(rf"\subsection*{{{heading}}}" if heading else "")
        parts += [_entry(formula) for formula in group]
    return parts


def _entry(formula: Formula) -> str:
    several = len(formula.links) > 1
    lines = [rf"\entry{{{formula.number}}}{{{formula.line}}}"]
    if formula.variant:
        lines.append(rf"\aspect{{Variant:}}{prose(formula.variant)}")
    lines += [r"\aspect{As printed:}", _display(formula.latex, wrong_spans(formula) if several else (), "wrong")]
    if formula.correction is not None:
        lines += _correction(formula.correction)
    links = troubled(formula)
    if formula.message and not any(link.message == formula.message for link in links):
        message = formula.message.partition("\n")[0]  # an unread formula's message goes on with a caret
        lines.append(rf"\aspect{{Reason:}}{prose(message)}")
    for link in (group[0] for group in grouped(links)):
        lines += _reason(link)
    if formula.assumptions and not any(link.assumptions for link in links):
        lines.append(rf"\aspect{{Holds if:}}{_assumptions(formula.assumptions)}")
    return "\n".join(lines)


def _correction(correction: Correction) -> list[str]:
    about = ["derived from the definitions"] if correction.derived else []
    about += [part for part in (correction.edit, correction.message) if part]
    note = "; ".join([correction.verdict.value, *(prose(part) for part in about)])
    return [
        rf"\aspect{{It should read:}}({note})",
        _display(correction.latex, correction.changed, "changed"),
    ]


def _reason(link: Link) -> list[str]:
    lines = []
    if link.message:
        lines.append(rf"\aspect{{Reason:}}{prose(link.message)}")
    if link.assumptions:
        lines.append(rf"\aspect{{Holds if:}}{_assumptions(link.assumptions)}")
    if link.difference:
        lines += [r"\aspect{Left side minus right side:}", _display(link.difference, (), "changed")]
    if link.counterexample is not None:
        lines.append(rf"\aspect{{Counterexample:}}{_counterexample(link.counterexample)}")
    return lines


def _assumptions(assumptions: Iterable[str]) -> str:
    return "; ".join(prose(text) for text in assumptions)


def _counterexample(found: Counterexample) -> str:
    given = [f"{inline(name)} = {size}" for name, size in found.sizes.items()]
    given += [f"{inline(name)} = {_value(value)}" for name, value in found.values.items()]
    where = f" at {inline(entry(found))}" if found.indices else ""
    sides = f"the left side is {_value(found.left)} and the right side {_value(found.right)}{where}."
    return f"For {', '.join(given)}, {sides}" if given else sides.capitalize()


def _value(text: str) -> str:
    return escape(text).replace("-", "$-$")


def _display(latex: str, marks: Sequence[Span], macro: str) -> str:
    lines = display_lines(latex, marks)
    if lines is None:
        return rf"\par\hspace*{{2em}}\parbox[t]{{\dimexpr\linewidth-2em}}{{\raggedright {verbatim(latex)}}}\par"
    if macro != "changed":
        lines = [line.replace(r"\changed{", rf"\{macro}{{") for line in lines]
    shown = [rf"\formulaline{{{'4em' if number else '2em'}}}{{{line}}}" for number, line in enumerate(lines)]
    return "\n".join([*shown, r"\par"])


def _notes(report: Report) -> list[str]:
    notes = [prose(convention_sentence(convention)) for convention in report.conventions]
    parts = _list("Conventions", notes)
    remarks = [prose(remark) for remark in all_remarks(report, report.formulas)]
    return parts + _list("Remarks", remarks)


def _list(title: str, items: list[str]) -> list[str]:
    if not items:
        return []
    return [rf"\section*{{{title}}}", r"\begin{itemize}", *(rf"\item {{}}{item}" for item in items), r"\end{itemize}"]
