"""How far the index of a definition runs that reads through a window, where that is not stated, or by name only."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, ILL_FORMED, DEFINED = Verdict.PROVED, Verdict.REFUTED, Verdict.ILL_FORMED, Verdict.DEFINED
WINDOW = r"""
Let $x \in \mathbb{R}^{n}$, $w \in \mathbb{R}^{k}$ and
$$y_i = \sum_{r=1}^{k} w_r\, x_{INDEX}RANGE$$
$$\frac{\partial L}{\partial w_r} = \sum_{OVER} \frac{\partial L}{\partial y_i}\, x_{AT}$$
"""


def verdicts(over: str, at: str, *, index: str = "i + r - 1", stated: str = "") -> list[Verdict]:
    text = WINDOW.replace("INDEX", index).replace("RANGE", stated).replace("OVER", over).replace("AT", at)
    return [f.verdict for f in report_on(text).formulas if f.displayed]


@pytest.mark.parametrize(
    ("over", "at", "verdict"),
    [
        ("i", "i + r - 1", PROVED), ("i=1}^{n-k+1", "i + r - 1", PROVED), ("i=1}^{n-k", "i + r - 1", REFUTED),
        ("i", "i + r", ILL_FORMED), ("i", "i", ILL_FORMED), ("i=1}^{n", "i + r - 1", ILL_FORMED),
    ],
)  # fmt: skip
def test_an_index_without_a_range_runs_as_far_as_it_can(over: str, at: str, verdict: Verdict) -> None:
    definition, claim = verdicts(over, at)
    assert definition is DEFINED
    assert claim is verdict or at == "i" and claim is REFUTED


STRIDE = r"s (i - 1) + r"


def test_a_number_of_values_is_as_small_as_the_definition_needs() -> None:
    stated = r", \quad i = 1, \dots, m"
    assert verdicts("i=1}^{m", STRIDE, index=STRIDE, stated=stated) == [DEFINED, PROVED]
    assert verdicts("i=1}^{m", "(i - 1) + r", index=STRIDE, stated=stated) == [DEFINED, REFUTED]
    assert verdicts("i=1}^{m", "s i + r", index=STRIDE, stated=stated)[1] is ILL_FORMED


@pytest.mark.parametrize("last", ["n", "k", "n - k + 2"])
def test_a_range_that_is_too_long_is_a_mistake(last: str) -> None:
    found = verdicts(f"i=1}}^{{{last}", "i + r - 1", stated=rf", \quad i = 1, \dots, {last}")
    assert found[0] is ILL_FORMED
    assert found[1] is not PROVED


def test_a_window_that_begins_before_the_first_entry_is_a_mistake() -> None:
    found = verdicts("i=1}^{m", "i - r", index="i - r", stated=r", \quad i = 1, \dots, m")
    assert found == [ILL_FORMED, ILL_FORMED]


CHANNELS = r"""
Let $A \in \mathbb{R}^{C \times H \times V}$, $F \in \mathbb{R}^{D \times C \times k \times k}$ and
$\beta \in \mathbb{R}^{D}$.
$$Z_{d,i,j} = \beta_d + \sum_{c=1}^{C}\sum_{u=1}^{k}\sum_{v=1}^{k} F_{d,c,u,v}\, A_{c,\,i+u-1,\,j+v-1}$$
$$\frac{\partial L}{\partial F_{d,c,u,v}} = \sum_{i}\sum_{j} \frac{\partial L}{\partial Z_{d,i,j}}\, A_{c,AT}$$
"""


def test_maps_of_several_channels() -> None:
    for at, verdict in (("i+u-1,j+v-1", PROVED), ("i-u+1,j-v+1", ILL_FORMED), ("i+v-1,j+u-1", REFUTED)):
        assert report_on(CHANNELS.replace("AT", at)).formulas[-1].verdict is verdict


def test_an_index_that_is_nowhere_said_to_run_is_no_mistake() -> None:
    text = r"""$z_i = \sum_{j=1}^n W_{ij} x_j$ with $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, and
    $q_{ij} = x_j$. So
    $$\frac{\partial z_i}{\partial W_{ij}} = CLAIM$$"""
    assert report_on(text.replace("CLAIM", "q_{ij}")).formulas[-1].verdict is not ILL_FORMED
    assert report_on(text.replace("CLAIM", "q_{ij}^2")).formulas[-1].verdict is not PROVED


def test_square_maps_of_an_image_that_need_not_be_square() -> None:
    text = CHANNELS + r"""
    Let $B = \tanh(Z)$ and $g_d = \frac{1}{M^2} \sum_{i=1}^{M} \sum_{j=1}^{M} B_{d,i,j}$."""
    for at, verdict in (("i+u-1,j+v-1", PROVED), ("i+v-1,j+u-1", REFUTED)):
        _, claim = (f for f in report_on(text.replace("AT", at)).formulas if f.displayed)
        assert claim.verdict is verdict
