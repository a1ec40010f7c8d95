"""One input x, or targets y, of a section, where the others have many: each is a letter of its own there."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.ILL_FORMED

TEXT = r"""
# Models

Let $x_1, \dots, x_N \in \mathbb{R}^d$ be features.

## Two classes

With $y_n \in \{0, 1\}$, $w \in \mathbb{R}^d$ and $p_n = \sigma(w^\top x_n)$,

$$\ell = -\sum_{n=1}^N (y_n \log p_n + (1 - y_n) \log(1 - p_n)).$$
$$\nabla_w \ell = \sum_{n=1}^N (p_n - y_n) x_n$$

## Many classes

Let $W \in \mathbb{R}^{K \times d}$, $s = W x$, $q_k = e^{s_k} / \sum_{j=1}^K e^{s_j}$ and
$H = -\sum_{k=1}^K y_k \log q_k$ with $\sum_{k=1}^K y_k = 1$. MORE

$$CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial q_k}{\partial s_j} = q_k (\delta_{kj} - q_j)", PROVED),
        (r"\frac{\partial q_k}{\partial s_j} = q_k (\delta_{kj} + q_j)", REFUTED),
        (r"\frac{\partial H}{\partial W_{kj}} = (q_k - y_k) x_j", PROVED),
        (r"\frac{\partial H}{\partial W_{kj}} = (q_k - y_k) x_k", ILL_FORMED),
        (r"\frac{\partial H}{\partial W} = (y - q) x^\top", REFUTED),
    ],
)
def test_one_of_many_in_a_section_of_its_own(claim: str, verdict: Verdict) -> None:
    found = report_on(TEXT.replace("CLAIM", claim).replace("MORE", "")).formulas[-1]
    assert found.verdict is verdict, found.message


def test_what_is_summed_there_too_is_no_other() -> None:
    text = TEXT.replace("MORE", r"And $E = \sum_{n=1}^N \|W x_n\|^2$.")
    claim = r"\frac{\partial E}{\partial W} = 2 \sum_{n=1}^N W x_n x_n^\top"
    assert report_on(text.replace("CLAIM", claim)).formulas[-1].verdict is PROVED
