"""A loss that has what belongs to single layers besides the output: each verdict beside one that a slip turns over."""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.links import Effort
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

HEAD = r"""
Let $x \in R^{n_0}$, $y \in R^{n_3}$, $v \in R^{n_1}$ and $\lambda \in R$; $W^{(l)} \in R^{n_l \times n_{l-1}}$ for %s.
"""
FORWARD = (r"a^{(0)} = x", r"z^{(l)} = W^{(l)} a^{(l-1)}, \quad l = 1, \dots, 3", r"a^{(l)} = \tanh(z^{(l)})")
DELTA = r"\delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}"
SQUARES = r"J = \frac12 \|a^{(3)} - y\|^2"
SUM = SQUARES + r" + \frac{\lambda}{2} \sum_{l=1}^{3} \|W^{(l)}\|_F^2"
WRITTEN = SQUARES + r" + \frac{\lambda}{2} (\|W^{(1)}\|_F^2 + \|W^{(2)}\|_F^2 + \|W^{(3)}\|_F^2)"
LAST = SQUARES + r" + \frac{\lambda}{2} \|W^{(3)}\|_F^2"
HIDDEN = SQUARES + r" + \frac12 \|a^{(1)} - v\|^2"
WEIGHTS = r"\frac{\partial J}{\partial W^{(l)}} = \delta^{(l)} (a^{(l-1)})^T"
BELOW = r"\frac{\partial J}{\partial a^{(%s)}} = (W^{(%s)})^T \delta^{(%s)}"


def last(loss: str, claim: str, numbers: str = "$l = 1, 2, 3$") -> Formula:
    lines = (*FORWARD, loss, DELTA, claim)
    text = HEAD.replace("%s", numbers) + "\n\n".join(f"$${line}$$" for line in lines)
    return check(scan(text), effort=Effort(repair=0)).formulas[-1]


@pytest.mark.parametrize("numbers", ["$l = 1, 2, 3$", r"$l = 1, \dots, 3$", r"$l \in \{1, 2, 3\}$"])
@pytest.mark.parametrize("loss", [SUM, WRITTEN])
def test_weight_decay(loss: str, numbers: str) -> None:
    right = last(loss, WEIGHTS + r" + \lambda W^{(l)}", numbers)
    assert right.verdict is Verdict.PROVED and "at l = 1, 2, 3" in right.links[0].message
    assert len(right.links[0].certificates) == 3
    wrong = last(loss, WEIGHTS + r" + 2 \lambda W^{(l)}", numbers)
    assert wrong.verdict is Verdict.REFUTED and "at l = 1" in wrong.links[0].message


@pytest.mark.parametrize(("loss", "claim", "verdict"), [
    (SQUARES, WEIGHTS, Verdict.PROVED),
    (SUM, WEIGHTS, Verdict.REFUTED),  # it was proved: of a generic layer the loss has no weights
    (WRITTEN, WEIGHTS, Verdict.REFUTED),
    (LAST, WEIGHTS, Verdict.REFUTED),  # at l = 3
    (LAST, WEIGHTS + r" + \lambda W^{(l)}", Verdict.REFUTED),  # at l = 1
    (HIDDEN, WEIGHTS, Verdict.PROVED),  # a^{(1)} is no weight
    (SQUARES, BELOW % ("l", "l+1", "l+1"), Verdict.PROVED),
    (HIDDEN, BELOW % ("l", "l+1", "l+1"), Verdict.REFUTED),
    (HIDDEN, BELOW % ("2", "3", "3"), Verdict.PROVED),
    (HIDDEN, BELOW % ("1", "2", "2"), Verdict.REFUTED),
    (HIDDEN, BELOW % ("1", "2", "2") + " + a^{(1)} - v", Verdict.PROVED),
    (HIDDEN, BELOW % ("1", "2", "2") + " - a^{(1)} + v", Verdict.REFUTED),
])  # fmt: skip
def test_what_a_loss_has_of_single_layers(loss: str, claim: str, verdict: Verdict) -> None:
    assert last(loss, claim).verdict is verdict


def test_without_numbers_of_the_layers_nothing_is_said() -> None:
    """The loss has W^{(1)} and an L-th layer, and L is any."""
    forward = (FORWARD[0], FORWARD[1].replace("3", "L"), FORWARD[2])
    loss = SQUARES.replace("3", "L") + r" + \frac{\lambda}{2} \|W^{(1)}\|_F^2"
    head = HEAD.replace("%s", r"$l = 1, \dots, L$").replace("n_3", "n_L")
    for claim in (WEIGHTS, WEIGHTS + r" + \lambda W^{(l)}"):
        text = head + "\n\n".join(f"$${line}$$" for line in (*forward, loss, DELTA, claim))
        assert check(scan(text), effort=Effort(repair=0)).formulas[-1].verdict is Verdict.UNDECIDED
