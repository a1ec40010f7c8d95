"""One-hot vectors of a class: which entry is one, the text says."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.ILL_FORMED

TEXT = r"""
Let $v \in \mathbb{R}^d$, $u_w \in \mathbb{R}^d$, $w = 1, \dots, V$, and

$$p_w = \frac{\exp(u_w^\top v)}{\sum_{j=1}^V \exp(u_j^\top v)}, \qquad L = -\log p_o$$

for the observed word $o$. SAID we have

$$\frac{\partial L}{\partial u_w} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("said", "claim", "verdicts"),
    [
        ("With the one-hot vector $y$ of the word $o$", "(p_w - y_w) v", {PROVED}),
        ("With the one-hot vector $y$ of the word $o$", "(y_w - p_w) v", {REFUTED}),
        ("Where $y$ is the one-hot encoding of $o$,", "(p_w - y_w) v", {PROVED}),
        ("Where $y$ is the one-hot encoding of $o$,", "(p_w + y_w) v", {REFUTED}),
        ("Where $y$ is the one-hot encoding of $q$,", "(p_w - y_w) v", {UNDECIDED, ILL_FORMED}),
        ("If $y$ is the one-hot encoding of $o$,", "(p_w - y_w) v", {UNDECIDED, ILL_FORMED}),
    ],
)
def test_one_hot_vector_of_a_class(said: str, claim: str, verdicts: set[Verdict]) -> None:
    found = report_on(TEXT.replace("SAID", said).replace("CLAIM", claim)).formulas[-1]
    assert found.verdict in verdicts, found.message
