"""The report as JUnit XML, for continuous integration."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from verify_derivations.checker.expansion import expanded
from verify_derivations.checker.presentation import equation, place, troubled
from verify_derivations.checker.unicode_math import to_text, words
from verify_derivations.checker.verdicts import Formula, Report, Verdict

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(report: Report) -> str:
    """A test case a formula: refuted is a failure, ill-formed or unread an error, undecided is skipped."""
    report = expanded(report)
    suite = ElementTree.Element("testsuite", name=_xml(report.document))
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for formula in report.formulas:
        totals["tests"] += 1
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=_xml(" / ".join(formula.section) or report.document),
            name=_xml(f"formula {formula.number}, line {formula.line}: {formula.verdict.value}"),
        )
        case.set("file", _xml(report.document))
        case.set("line", str(formula.line))
        tag, total = {
            Verdict.REFUTED: ("failure", "failures"),
            Verdict.ILL_FORMED: ("error", "errors"),
            Verdict.UNREAD: ("error", "errors"),
            Verdict.UNDECIDED: ("skipped", "skipped"),
        }.get(formula.verdict, ("", ""))
        if not tag:
            continue
        totals[total] += 1
        links = troubled(formula)
        messages = [link.message for link in links if link.message] or [formula.message or formula.verdict.value]
        outcome = ElementTree.SubElement(case, tag, message=_xml(words(" ".join(messages))))
        if tag != "skipped":
            outcome.set("type", links[0].evidence if links else formula.verdict.value)
        outcome.text = _xml("\n".join(_junit_lines(report, formula)))
    for key, count in totals.items():
        suite.set(key, str(count))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _junit_lines(report: Report, formula: Formula) -> list[str]:
    lines = [place(report, formula), to_text(formula.latex)]
    for link in troubled(formula):
        lines += [f"{to_text(equation(link))}: {words(link.message)}"]
        if (found := link.counterexample) is not None:
            lines += [f"  {to_text(name)} = {value}" for name, value in {**found.sizes, **found.values}.items()]
            lines += [f"  left side = {found.left}", f"  right side = {found.right}"]
    if formula.correction is not None:
        lines.append(f"should read: {to_text(formula.correction.latex)}")
    return lines


def _xml(text: str) -> str:
    """Characters that XML 1.0 allows."""
    return _NOT_XML.sub("\ufffd", text)
