"""Documents of tests, judged."""

from __future__ import annotations

from typing import Any

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Report
from verify_derivations.formulas.scanner import scan


def report_on(text: str, *place: Any) -> Report:
    """What is said of a document, without a search for corrections, which takes as long again."""
    return check(scan(text, *place), effort=Effort(repair=0))
