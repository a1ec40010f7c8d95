"""JSON, SARIF, JUnit and the web page, from one report with every verdict."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from sample_report import report

from verify_derivations.checker.formats import FORMATS, as_json
from verify_derivations.checker.presentation import exit_status
from verify_derivations.checker.verdicts import Formula, Link, Report, Verdict

CONTRACT = {
    "": {"schema", "document", "summary", "conventions", "formulas"},
    "conventions": {"symbol", "reading", "satisfied", "of", "alternatives"},
    "formulas": {
        "number", "line", "displayed", "section", "latex", "verdict", "assumptions", "message", "links", "correction",
        "remarks",
    },
    "links": {"left", "right", "verdict", "evidence", "message", "counterexample"},
    "counterexample": {"sizes", "values", "left", "right"},
    "correction": {"latex", "verdict", "message"},
}  # fmt: skip


def test_json_keeps_the_contract() -> None:
    data = json.loads(FORMATS["json"](report()))
    assert data["schema"] == 1
    assert data == report().as_json() == as_json(report())
    assert CONTRACT[""] <= set(data)
    for convention in data["conventions"]:
        assert CONTRACT["conventions"] <= set(convention)
    for formula in data["formulas"]:
        assert CONTRACT["formulas"] <= set(formula)
        for link in formula["links"]:
            assert CONTRACT["links"] <= set(link)
    four = next(formula for formula in data["formulas"] if formula["number"] == 4)
    assert (four["line"], four["verdict"], four["links"][1]["verdict"]) == (32, "refuted", "refuted")
    assert set(four["links"][1]["counterexample"]) >= CONTRACT["counterexample"]
    assert four["links"][1]["counterexample"]["values"] == {"A": "2", "B": "1", "z": "0"}
    assert set(four["correction"]) >= CONTRACT["correction"]
    assert data["formulas"][0]["correction"] is None
    assert data["summary"]["formulas"] == 9 and data["summary"]["refuted"] == 2
    assert sum(data["summary"][verdict.value] for verdict in Verdict) == 9


def test_json_does_not_depend_on_the_clock() -> None:
    timed = replace(report(), timings={"judge": 1.25})
    assert FORMATS["json"](timed) == FORMATS["json"](report())


@pytest.mark.parametrize(
    ("verdict", "plain", "strict"),
    [
        (Verdict.DEFINED, 0, 0), (Verdict.PROVED, 0, 0), (Verdict.CHECKED, 0, 1), (Verdict.CONDITIONAL, 0, 1),
        (Verdict.UNDECIDED, 0, 1), (Verdict.REFUTED, 1, 1), (Verdict.ILL_FORMED, 1, 1), (Verdict.UNREAD, 2, 2),
    ],
)  # fmt: skip
def test_exit_status(verdict: Verdict, plain: int, strict: int) -> None:
    one = Report("x.md", (Formula(1, 1, True, (), "x", Verdict.PROVED), Formula(2, 2, True, (), "x", verdict)))
    assert (exit_status(one), exit_status(one, strict=True)) == (plain, strict)


def test_an_unread_formula_outweighs_a_refuted_one() -> None:
    assert exit_status(report()) == 2


def test_sarif_has_a_rule_a_level_and_a_place_for_each_finding() -> None:
    data = json.loads(FORMATS["sarif"](report()))
    assert data["version"] == "2.1.0"
    run = data["runs"][0]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules
    assert {"counterexample", "symbol", "assumption", "unread"} <= rules
    found = {_line(result): result for result in run["results"]}
    assert found[412]["level"] == "error" and "a⁽²⁾ δ^(z⁽³⁾)ᵀ" in found[412]["message"]["text"]
    assert found[196]["level"] == "warning"
    assert found[500]["level"] == "note"
    assert 3 not in found  # what is defined gives no result


def _line(result: dict[str, Any]) -> int:
    line: int = result["locations"][0]["physicalLocation"]["region"]["startLine"]
    return line


def test_junit_counts_and_outcomes() -> None:
    suite = ElementTree.fromstring(FORMATS["junit"](report())).find("testsuite")
    assert suite is not None
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "9", "failures": "2", "errors": "2", "skipped": "1",
    }  # fmt: skip
    outcomes = {case.get("line"): [child.tag for child in case] for case in suite}
    assert outcomes["412"] == ["failure"] and outcomes["40"] == ["error"] and outcomes["3"] == []


VOID = {"meta"}


class Balanced(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_needs_nothing_else() -> None:
    page = FORMATS["html"](report())
    parser = Balanced()
    parser.feed(page)
    assert parser.open == [] and "script" not in parser.tags and "math" in parser.tags
    assert "http" not in page.replace("http://www.w3.org/1998/Math/MathML", "")
    assert page.index('id="formula-72"') < page.index("formulas without findings") < page.index('id="formula-121"')


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_hostile_text_stays_text(name: str) -> None:
    evil = "</title><script>alert(1)</script>\x1b[31m\x00\ud800]]>"
    link = Link(evil, evil, Verdict.REFUTED, "counterexample", evil)
    one = Report(evil, (Formula(1, 1, True, (evil,), evil, Verdict.REFUTED, evil, links=(link,)),), title=evil)
    text = FORMATS[name](one)
    text.encode("utf-8", "backslashreplace")
    if name == "html":
        assert "<script" not in text
    if name == "junit":
        ElementTree.fromstring(text)
    if name in ("json", "sarif"):
        json.loads(text)
    assert "\x1b" not in text or name == "html"


def test_objects_show_themselves() -> None:
    found = report()
    assert repr(found).startswith("<Report on notes.md: 9 formulas (8 displayed): 1 unread")
    assert repr(found.formula(4)).startswith("<Formula 4: refuted: ∂f/∂z = 2AB · ")
    fragment = found._repr_html_()
    assert "<math" in fragment and "<html" not in fragment and "<style" not in fragment


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_an_empty_report(name: str) -> None:
    assert FORMATS[name](Report("empty.md", ()))
