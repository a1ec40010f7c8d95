"""Each defect of ``misread.py`` lets its claim through, which is not proved without it."""

from __future__ import annotations

import pytest
from judging import report_on
from misread import MISREAD
from planted import patched

from verify_derivations.checker.verdicts import Verdict


def verdict(name: str) -> Verdict:
    found = MISREAD[name]
    return report_on(f"{found.document}\n\n$${found.claim}$$\n").formulas[-1].verdict


@pytest.mark.parametrize("name", MISREAD)
def test_the_claim_is_not_proved_but_where_the_defect_is(name: str) -> None:
    assert verdict(name) is not Verdict.PROVED
    with patched(MISREAD[name].patch):
        assert verdict(name) is Verdict.PROVED
