"""The report as SARIF 2.1.0, for code-scanning services and editors."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from verify_derivations.checker.expansion import expanded
from verify_derivations.checker.presentation import equation
from verify_derivations.checker.unicode_math import to_text, words
from verify_derivations.checker.verdicts import Formula, Report, Verdict

RULES = {
    "counterexample": "The two sides of an equation differ.",
    "shape": "The shapes of the two sides, or of two operands, differ.",
    "symbol": "A symbol is used that is not defined.",
    "chain": "A product of derivatives is not a chain: neighbours do not fit together.",
    "cases": "Rows of cases hold at once with different values.",
    "assumption": "An equation holds only under an assumption that the document does not state.",
    "sizes": "An equation is checked at explicit sizes, not proved for all.",
    "verification": "A proof was found that did not pass its verification.",
    "undecided": "An equation is neither proved nor refuted within the limits.",
    "unread": "A formula cannot be read.",
}
_LEVELS = {
    Verdict.UNREAD: "error", Verdict.ILL_FORMED: "error", Verdict.REFUTED: "error", Verdict.UNDECIDED: "warning",
    Verdict.CONDITIONAL: "warning", Verdict.CHECKED: "note",
}  # fmt: skip


def version() -> str:
    try:
        return metadata.version("verify-derivations")
    except metadata.PackageNotFoundError:
        return "unknown"


def to_sarif(report: Report) -> str:
    """A rule is a kind of evidence. What is defined or proved gives no result."""
    report = expanded(report)
    results = [result for formula in report.formulas for result in _results(report, formula)]
    used = list(dict.fromkeys(result["ruleId"] for result in results))
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "verify-derivations",
                        "version": version(),
                        "rules": [
                            {"id": rule, "shortDescription": {"text": RULES.get(rule, f"Evidence: {rule}.")}}
                            for rule in used
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _results(report: Report, formula: Formula) -> list[dict[str, Any]]:
    links = [link for link in formula.links if link.verdict in _LEVELS]
    if not links:
        if formula.verdict not in _LEVELS:
            return []
        rule = "unread" if formula.verdict is Verdict.UNREAD else formula.verdict.value
        return [_result(report, formula, rule, formula.verdict, formula.message or formula.verdict.value)]
    results = []
    for link in links:
        rule = link.evidence or link.verdict.value
        message = f"{to_text(equation(link))}: {link.message or link.verdict.value}"
        results.append(_result(report, formula, rule, link.verdict, message))
    return results


def _uri(document: str) -> str:
    if PurePath(document).is_absolute():
        return PurePath(document).as_uri()
    return quote(document.replace("\\", "/"), errors="backslashreplace")


def _result(report: Report, formula: Formula, rule: str, verdict: Verdict, message: str) -> dict[str, Any]:
    if formula.correction is not None and verdict.wrong:
        message += f" It should read: {to_text(formula.correction.latex)}"
    return {
        "ruleId": rule,
        "level": _LEVELS[verdict],
        "message": {"text": f"Formula {formula.number}: {words(message)}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(report.document)},
                    "region": {"startLine": max(formula.line, 1), "startColumn": max(formula.column, 1)},
                }
            }
        ],
    }
