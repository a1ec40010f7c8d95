"""The report as one web page that needs nothing else: formulas are MathML, there are no scripts."""

from __future__ import annotations

from html import escape

from verify_derivations.checker.expansion import expanded
from verify_derivations.checker.mathml import to_mathml
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
from verify_derivations.checker.prose import segments
from verify_derivations.checker.unicode_math import words
from verify_derivations.checker.verdicts import Correction, Counterexample, Formula, Gradient, Link, Net, Report

_STYLE = """
:root { color-scheme: light dark; --wrong: #b3261e; --open: #8a5a00; --good: #1b6e3c; --line: #8884; }
@media (prefers-color-scheme: dark) { :root { --wrong: #ff8a80; --open: #ffc561; --good: #7fd6a0; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { border-bottom: 1px solid var(--line); font-size: 1.15rem; margin-top: 2.5rem; }
article { border-left: 4px solid var(--line); margin: 1.2rem 0; padding: 0 1rem; }
article.refuted, article.ill-formed, article.unread { border-color: var(--wrong); }
article.undecided, article.conditional { border-color: var(--open); }
article.proved, article.defined, article.checked { border-color: var(--good); }
h3 { font-size: 1rem; margin: .2rem 0; } h3 small { font-weight: normal; }
dl { display: grid; grid-template-columns: 9rem 1fr; gap: .3rem .8rem; margin: .4rem 0; }
dt { opacity: .7; } dd { margin: 0; min-width: 0; overflow: auto hidden; padding-bottom: .3rem; }
.math { overflow: auto hidden; padding: .3rem 0; } math { font-size: 1.08em; } mtable.chain mtd { text-align: left; }
.printed .changed { color: var(--wrong); outline: 1px solid; }
.corrected .changed { color: var(--good); outline: 1px solid; }
code.source { white-space: pre-wrap; overflow-wrap: anywhere; }
table.net td { padding: .2rem .8rem .2rem 0; vertical-align: top; overflow-wrap: anywhere; }
table.values td { padding: 0 .5rem 0 0; vertical-align: top; overflow-wrap: anywhere; }
""".strip()


def to_html(report: Report) -> str:
    """A whole page."""
    title = escape(words(report.title or report.document))
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
            '<meta name="viewport" content="width=device-width">',
            f"<style>{_STYLE}</style></head><body>",
            to_fragment(report),
            "</body></html>\n",
        ]
    )


def to_fragment(report: Report) -> str:
    """Findings first, by section; conventions and remarks; then the formulas without findings, folded."""
    report = expanded(report)
    shown = [formula for formula in report.formulas if formula.verdict in SHOWN]
    quiet = [formula for formula in report.formulas if formula.verdict not in SHOWN]
    byline = ", ".join(part for part in (report.author, report.date, report.document) if part)
    parts = [
        f"<h1>{_prose(report.title or report.document)}</h1><p>{escape(byline)}</p>",
        f"<p><strong>{escape(counts(report))}</strong></p>",
        *_sections(report, shown),
    ]
    parts += [_net(net) for net in report.nets]
    if report.derived:
        parts.append("<h2>Not stated in the document, derived</h2>")
        parts += [
            f'<article class="derived {offer.verdict}"><div class="math">{to_mathml(offer.latex, display=True)}</div>'
            f"({_prose(about(offer))})</article>"
            for offer in report.derived
        ]
    notes = [convention_sentence(convention) for convention in report.conventions] + all_remarks(report, quiet)
    if notes:
        items = "".join(f"<li>{_prose(note)}</li>" for note in notes)
        parts.append(f"<h2>Conventions and remarks</h2><ul>{items}</ul>")
    if quiet:
        parts.append(f"<details><summary>{len(quiet)} formulas without findings</summary>")
        parts += _sections(report, quiet)
        parts.append("</details>")
    return "\n".join(parts)


def _net(net: Net) -> str:
    """A table: the derivative by each parameter, the verdict on its composition, what is printed gives."""
    rows = "".join(
        f"<tr><td>{to_mathml(derivative(net, gradient))}</td><td>{gradient.verdict}</td>"
        f"<td>{'<br>'.join(_gradient(gradient, own(net, gradient)))}</td></tr>"
        for gradient in net.gradients
    )
    about_all = f"<p>{_prose(': '.join(about_whole(net)))}</p>" if net.message else ""
    about_all += f"<p>all hold if {_assumptions(common(net))}</p>" if common(net) else ""
    title = f"<h2>{_prose(net_title(net))}: what the steps give together</h2>"
    return f'{title}<table class="net">{rows}</table>{about_all}'


def _gradient(gradient: Gradient, assumptions: tuple[str, ...]) -> list[str]:
    lines = [_prose(composition(gradient)), _prose(as_printed(gradient))]
    return [*lines, f"holds if {_assumptions(assumptions)}"] if assumptions else lines


def _sections(report: Report, formulas: list[Formula]) -> list[str]:
    parts = []
    for section, group in by_section(formulas):
        parts.append(f"<h2>{' › '.join(_prose(part) for part in section) or '(before the first heading)'}</h2>")
        parts += [_article(report, formula) for formula in group]
    return parts


def _article(report: Report, formula: Formula) -> str:
    verdict = formula.verdict.value
    about = ["minor slip"] * formula.slip + [formula.variant] * bool(formula.variant)
    extra = "".join(f" · {escape(text)}" for text in about if text)
    rows: list[tuple[str, str]] = []
    links = troubled(formula)
    if formula.message and not any(formula.message == link.message for link in links):
        rows.append(("", _prose(formula.message)))
    for group in grouped(links):
        rows += _links(group, several=len(formula.links) > 1)
    if formula.assumptions and not any(link.assumptions for link in links):
        rows.append(("holds if", _assumptions(formula.assumptions)))
    if formula.correction is not None:
        rows.append(("should read", _correction(formula.correction)))
    rows += [("remark", _prose(remark)) for remark in formula.remarks]
    definitions = "".join(f"<dt>{label}</dt><dd>{content}</dd>" for label, content in rows)
    marks = wrong_spans(formula) if len(formula.links) > 1 else ()
    return (
        f'<article class="{verdict}" id="formula-{formula.number}">'
        f"<h3>Formula {formula.number} <small>{escape(place(report, formula))} · {verdict}{extra}</small></h3>"
        f'<div class="math printed">{to_mathml(formula.latex, marks, display=True)}</div>'
        f"{f'<dl>{definitions}</dl>' if rows else ''}</article>"
    )


def _links(group: list[Link], *, several: bool) -> list[tuple[str, str]]:
    link = group[0]
    rows = [(each.verdict.value, to_mathml(equation(each))) for each in group] if several else []
    if link.message:
        rows.append(("reason", _prose(link.message)))
    if link.assumptions:
        rows.append(("holds if", _assumptions(link.assumptions)))
    if link.difference:
        rows.append(("left − right", to_mathml(link.difference)))
    if link.counterexample is not None:
        rows.append(("counterexample", _counterexample(link.counterexample)))
    return rows


def _counterexample(found: Counterexample) -> str:
    rows = [(to_mathml(name), str(size)) for name, size in found.sizes.items()]
    rows += [(to_mathml(name), value) for name, value in found.values.items()]
    where = f" at {to_mathml(entry(found))}" if found.indices else ""
    rows += [(f"left side{where}", found.left), (f"right side{where}", found.right)]
    body = "".join(f"<tr><td>{name}</td><td>= {escape(value)}</td></tr>" for name, value in rows)
    return f'<table class="values">{body}</table>'


def _correction(correction: Correction) -> str:
    about = ["derived from the definitions"] if correction.derived else []
    about += [part for part in (correction.edit, correction.message) if part]
    note = "; ".join([correction.verdict.value, *(_prose(part) for part in about)])
    formula = to_mathml(correction.latex, correction.changed, display=True)
    return f'<div class="math corrected">{formula}</div>({note})'


def _assumptions(assumptions: tuple[str, ...]) -> str:
    return "; ".join(_prose(text) for text in assumptions)


def _prose(text: str) -> str:
    return "".join(to_mathml(part) if is_formula else escape(part) for is_formula, part in segments(text))
