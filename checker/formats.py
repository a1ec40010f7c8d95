"""The report as JSON (the contract of ``docs/json.md``), and the table of all formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from verify_derivations.checker.html import to_html
from verify_derivations.checker.junit import to_junit
from verify_derivations.checker.presentation import exit_status
from verify_derivations.checker.sarif import to_sarif
from verify_derivations.checker.verdicts import Correction, Counterexample, Formula, Link, Net, Offer, Report

SCHEMA = 1


def to_json(report: Report) -> str:
    return json.dumps(as_json(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def as_json(report: Report) -> dict[str, Any]:
    """The contract, schema 1. The same report always gives the same text."""
    return {
        "schema": SCHEMA,
        "document": report.document,
        "title": report.title,
        "author": report.author,
        "date": report.date,
        "status": exit_status(report),
        "summary": dict(report.summary),
        "conventions": [
            {
                "symbol": convention.symbol,
                "reading": convention.reading,
                "satisfied": convention.satisfied,
                "of": convention.of,
                "alternatives": [
                    {"reading": other.reading, "satisfied": other.satisfied, "of": other.of}
                    for other in convention.alternatives
                ],
            }
            for convention in report.conventions
        ],
        "formulas": [_formula(formula) for formula in report.formulas],
        "nets": [_net(net) for net in report.nets],
        "derived": [_offer(offer) for offer in report.derived],
        "remarks": list(report.remarks),
    }


def _net(net: Net) -> dict[str, Any]:
    return {
        "name": net.name,
        "variant": net.variant,
        "loss": net.loss,
        "message": net.message,
        "parameters": [
            {
                "parameter": gradient.parameter,
                "verdict": gradient.verdict.value,
                "formulas": [step.number for step in gradient.steps if step.number is not None],
                "steps": [
                    {"by": step.by, "formula": step.number, "kind": step.kind, "verdict": step.verdict.value}
                    for step in gradient.steps
                ],
                "assumptions": list(gradient.assumptions),
                "message": gradient.message,
                "printed": {
                    "gives": gradient.printed.value,
                    "formula": gradient.number,
                    "reason": gradient.reason,
                },
            }
            for gradient in net.gradients
        ],
    }


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "subject": offer.subject,
        "latex": offer.latex,
        "verdict": offer.verdict.value,
        "formula": offer.number,
        "assumptions": list(offer.assumptions),
        "message": offer.message,
        "net": offer.net,
    }


def _formula(formula: Formula) -> dict[str, Any]:
    return {
        "number": formula.number,
        "line": formula.line,
        "column": formula.column,
        "displayed": formula.displayed,
        "section": list(formula.section),
        "variant": formula.variant,
        "latex": formula.latex,
        "shape": formula.shape,
        "verdict": formula.verdict.value,
        "slip": formula.slip,
        "assumptions": list(formula.assumptions),
        "message": formula.message,
        "uses": list(formula.uses),
        "fixed": list(formula.fixed),
        "links": [_link(link) for link in formula.links],
        "correction": _correction(formula.correction),
        "remarks": list(formula.remarks),
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "left": link.left,
        "right": link.right,
        "verdict": link.verdict.value,
        "evidence": link.evidence,
        "message": link.message,
        "assumptions": list(link.assumptions),
        "counterexample": _counterexample(link.counterexample),
        "proof": list(link.proof),
        "difference": link.difference,
    }


def _counterexample(found: Counterexample | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "sizes": dict(found.sizes),
        "values": dict(found.values),
        "indices": dict(found.indices),
        "left": found.left,
        "right": found.right,
        "python": found.python,
    }


def _correction(correction: Correction | None) -> dict[str, Any] | None:
    if correction is None:
        return None
    return {
        "latex": correction.latex,
        "verdict": correction.verdict.value,
        "message": correction.message,
        "edit": correction.edit,
        "changed": [list(span) for span in correction.changed],
        "derived": correction.derived,
    }


FORMATS: dict[str, Callable[[Report], str]] = {
    "json": to_json,
    "html": to_html,
    "sarif": to_sarif,
    "junit": to_junit,
}
