"""A document's own macros, expanded for the eye: a presentation shows what a macro stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verify_derivations.checker.mathlist import Span
from verify_derivations.checker.prose import segments
from verify_derivations.checker.verdicts import Correction, Counterexample, Formula, Link, Net, Offer, Report
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.macros import Macros, expand
from verify_derivations.formulas.units import scan


def expanded(report: Report) -> Report:
    """The report with macros expanded in every formula, and marks moved along."""
    if not report.macros:
        return report
    return replace(
        report,
        formulas=tuple(_formula(formula, report.macros) for formula in report.formulas),
        nets=tuple(_net(net, report.macros) for net in report.nets),
        derived=tuple(_offer(offer, report.macros) for offer in report.derived),
        macros={},
    )


def expand_latex(latex: str, macros: Macros, marks: Sequence[Span] = ()) -> tuple[str, tuple[Span, ...]]:
    """The formula without the document's macros; as it is where there are none, or where they do not expand."""
    if not any(name in latex for name in macros):
        return latex, tuple(marks)
    try:
        units = scan(latex)
        new_units = expand(units, macros)
    except ReadError:
        return latex, tuple(marks)
    if new_units is units:
        return latex, tuple(marks)
    parts: list[str] = []
    length = 0
    places: list[tuple[Span, Span]] = []  # source and result of every unit
    for unit in new_units:
        if parts and parts[-1][0] == "\\" and parts[-1][-1].isalpha() and unit.text[0].isalpha():
            parts.append(" ")
            length += 1
        places.append(((unit.start, unit.end), (length, length + len(unit.text))))
        parts.append(unit.text)
        length += len(unit.text)
    moved = []
    for start, end in marks:
        inside = [new for old, new in places if start <= old[0] and old[1] <= end]
        if inside:
            moved.append((inside[0][0], inside[-1][1]))
    return "".join(parts), tuple(moved)


def _formula(formula: Formula, macros: Macros) -> Formula:
    return replace(
        formula,
        latex=expand_latex(formula.latex, macros)[0],
        links=tuple(_link(link, macros) for link in formula.links),
        correction=_correction(formula.correction, macros),
        assumptions=_all(formula.assumptions, macros),
        message=_prose(formula.message, macros),
        remarks=tuple(_prose(remark, macros) for remark in formula.remarks),
    )


def _net(net: Net, macros: Macros) -> Net:
    gradients = tuple(
        replace(
            gradient,
            parameter=expand_latex(gradient.parameter, macros)[0],
            steps=tuple(replace(step, by=expand_latex(step.by, macros)[0]) for step in gradient.steps),
            assumptions=_all(gradient.assumptions, macros),
            message=_prose(gradient.message, macros),
            reason=_prose(gradient.reason, macros),
        )
        for gradient in net.gradients
    )
    return replace(net, loss=expand_latex(net.loss, macros)[0], gradients=gradients)


def _offer(offer: Offer, macros: Macros) -> Offer:
    return replace(
        offer,
        subject=expand_latex(offer.subject, macros)[0],
        latex=expand_latex(offer.latex, macros)[0],
        assumptions=_all(offer.assumptions, macros),
        message=_prose(offer.message, macros),
    )


def _link(link: Link, macros: Macros) -> Link:
    found = link.counterexample
    return replace(
        link,
        left=expand_latex(link.left, macros)[0],
        right=expand_latex(link.right, macros)[0],
        assumptions=_all(link.assumptions, macros),
        message=_prose(link.message, macros),
        counterexample=None if found is None else _counterexample(found, macros),
    )


def _counterexample(found: Counterexample, macros: Macros) -> Counterexample:
    return replace(found, values={expand_latex(name, macros)[0]: value for name, value in found.values.items()})


def _correction(correction: Correction | None, macros: Macros) -> Correction | None:
    if correction is None:
        return None
    latex, changed = expand_latex(correction.latex, macros, correction.changed)
    return replace(correction, latex=latex, changed=changed)


def _prose(text: str, macros: Macros) -> str:
    parts = [(is_formula, expand_latex(part, macros)[0] if is_formula else part) for is_formula, part in segments(text)]
    return "".join(f"${part}$" if is_formula else part for is_formula, part in parts)


def _all(texts: tuple[str, ...], macros: Macros) -> tuple[str, ...]:
    return tuple(expand_latex(text, macros)[0] for text in texts)
