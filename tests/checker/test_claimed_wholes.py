"""What definitions write by entries, and claims as wholes, are vectors of one length."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

LAYER = r"The layer has $$y_i = \frac{1}{1 + e^{-x_i}}.$$ "
SUM = r"$$\frac{\partial E}{\partial x_i} = \frac{\partial E}{\partial y_i} \frac{\partial y_i}{\partial x_i}$$ "


def last(text: str) -> Verdict:
    return report_on(text).formulas[-1].verdict


@pytest.mark.parametrize(("text", "right", "wrong"), [
    (LAYER, r"\frac{\partial E}{\partial x} = \frac{\partial E}{\partial y} \odot y \odot (1 - y)",
     r"\frac{\partial E}{\partial x} = \frac{\partial E}{\partial y} \odot y \odot (1 + y)"),
    (LAYER + SUM, r"\frac{\partial E}{\partial x} = \frac{\partial E}{\partial y} \odot y \odot (1 - y)",
     r"\frac{\partial E}{\partial x} = \frac{\partial E}{\partial y} \odot (1 - y)"),
    (LAYER, r"\delta x = \delta y \odot y \odot (1 - y)",
     r"\frac{\partial E}{\partial x} = \frac{\partial E}{\partial y}"),
    (r"Let $$y_i = x_i^2.$$ ", r"\frac{\partial y}{\partial x} = \mathrm{diag}(2 x)",
     r"\frac{\partial y}{\partial x} = \mathrm{diag}(3 x)"),
])  # fmt: skip
def test_entries_of_what_claims_have_as_a_whole(text: str, right: str, wrong: str) -> None:
    behind = "" if "delta" not in right else r" where $\delta y = \frac{\partial E}{\partial y}$"
    found = report_on(f"{text} $$ {right} $${behind}").formulas
    assert any(f.verdict is Verdict.PROVED for f in found) or "delta" in right
    assert not any(f.verdict.wrong for f in found)
    assert last(f"{text} $$ {wrong} $$") is Verdict.REFUTED


def test_one_of_many_losses_is_no_entry_of_all() -> None:
    text = r"Let $$L_i = y_i^2, \quad L = \sum_i L_i.$$ $$ \frac{\partial L}{\partial y} = CLAIM $$"
    assert last(text.replace("CLAIM", "2 y")) is Verdict.PROVED
    assert last(text.replace("CLAIM", "y")) is Verdict.REFUTED
