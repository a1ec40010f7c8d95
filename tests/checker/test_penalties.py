"""A loss that has what belongs to single layers besides the output: each verdict beside one that a slip turns over."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker import check
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
    return report_on(text).formulas[-1]


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
        assert report_on(text).formulas[-1].verdict is Verdict.UNDECIDED


RESIDUAL = (
    r"a^{(0)} = x", r"u^{(l)} = W^{(l)} a^{(l-1)}", r"a^{(l)} = a^{(l-1)} + \tanh(u^{(l)})",
    r"J = \frac12 \|a^{(%s)} - y\|^2",
)  # fmt: skip
STEP = r"\frac{\partial J}{\partial a^{(%s)}} = "
THROUGH = r"(W^{(%s)})^T ((1 - \tanh(u^{(%s)})^2) \odot \frac{\partial J}{\partial a^{(%s)}})"


def back(to: str, through: str) -> str:
    return STEP % to + rf"\frac{{\partial J}}{{\partial a^{{({through})}}}} + " + THROUGH % ((through,) * 3)


def residual(last: str, claim: str, every: str = "", loss: str = "", numbers: str = "") -> Formula:
    lines = [line.replace("%s", last) for line in (*RESIDUAL, claim)]
    lines[2] += every
    lines[3] += loss
    head = rf"Let $x, y, v \in R^{{n}}$, $W^{{(l)}} \in R^{{n \times n}}$ and $l = {numbers or '1, 2, 3'}$." + "\n\n"
    text = head + "\n\n".join(f"$${line}$$" for line in lines)
    return report_on(text).formulas[-1]


def test_a_single_layer_in_every_layer() -> None:
    """Each layer has a^{(0)}: its derivative is a sum over all of them."""
    again, general = r" + v \odot a^{(0)}", back("l-1", "l")
    assert residual("3", general).verdict is Verdict.PROVED
    assert residual("3", general, again).verdict is Verdict.REFUTED
    assert residual("3", back("1", "2"), again).verdict is Verdict.PROVED
    assert residual("3", back("0", "1"), again).verdict is Verdict.REFUTED
    any_depth = r"1, \dots, L"
    assert residual("L", general, numbers=any_depth).verdict is Verdict.PROVED
    assert residual("L", general, again, numbers=any_depth).verdict is Verdict.UNDECIDED
    assert residual("L", back("L-1", "L"), numbers=any_depth).verdict is Verdict.PROVED
    assert residual("L", back("L-1", "L"), again, numbers=any_depth).verdict is Verdict.UNDECIDED  # L may be 1


@pytest.mark.parametrize("numbers", ["", r"1, \dots, L"])
def test_what_a_loss_has_of_the_last_layer_besides_its_output(numbers: str) -> None:
    last, general = "L" if numbers else "3", back("l-1", "l")
    also = rf" + v^T u^{{({last})}}"
    assert residual(last, general, numbers=numbers).verdict is Verdict.PROVED
    assert residual(last, general, loss=also, numbers=numbers).verdict is Verdict.REFUTED
    at_last = back(f"{last}-1", last)
    assert residual(last, at_last, loss=also, numbers=numbers).verdict is Verdict.REFUTED
    assert residual(last, at_last + rf" + (W^{{({last})}})^T v", loss=also, numbers=numbers).verdict is Verdict.PROVED


def test_what_the_loss_does_not_rest_on_uses_nothing_twice() -> None:
    """p is made of u^{(3)} besides a^{(3)}, and no loss of p."""
    lines = [line.replace("%s", "3") for line in RESIDUAL]
    text = r"Let $x, y, v \in R^{n}$, $W^{(l)} \in R^{n \times n}$ and $l = 1, 2, 3$." + "\n\n"
    beside = (r"p = v^T u^{(3)}", r"q = \|a^{(3)}\|^2")
    claims = (back("l-1", "l"), back("l-1", "l").replace("1 - ", "1 + "))
    found = [
        report_on(text + "\n\n".join(f"$${line}$$" for line in (*lines, *beside, c)))
        for c in claims
    ]
    assert [report.formulas[-1].verdict for report in found] == [Verdict.PROVED, Verdict.REFUTED]


PART = r"J = E + "  # a loss of which it is not said how it depends on the layers
AFTER = r"\delta^{(l)} = (W^{(l+1)})^T \delta^{(l+1)} \odot (1 - (a^{(l)})^2)"
WITH_L = r"$l = 1, \dots, L$"


@pytest.mark.parametrize(("loss", "claim", "numbers", "verdict"), [
    (r"\|W^{(1)}\|^2", WEIGHTS, "$l = 1, 2, 3$", Verdict.UNDECIDED),
    (r"\|W^{(3)}\|^2", WEIGHTS, "$l = 1, 2, 3$", Verdict.UNDECIDED),
    (r"\|W^{(L)}\|^2", WEIGHTS, WITH_L, Verdict.UNDECIDED),
    (r"\|W^{(L-1)}\|^2", WEIGHTS, WITH_L, Verdict.UNDECIDED),
    (r"\frac12 \sum_{l=1}^{3} \|W^{(l)}\|^2", WEIGHTS + " + W^{(l)}", "$l = 1, 2, 3$", Verdict.PROVED),
    (r"\frac12 \|a^{(1)} - v\|^2", WEIGHTS, "$l = 1, 2, 3$", Verdict.PROVED),
    (r"\frac12 \|a^{(1)} - v\|^2", AFTER, "$l = 1, 2, 3$", Verdict.UNDECIDED),
    (r"\frac12 \|a^{(1)} - v\|^2", AFTER, WITH_L, Verdict.UNDECIDED),
    ("v^T z^{(1)}", AFTER, WITH_L, Verdict.UNDECIDED),
    (r"\frac12 \|a^{(3)} - y\|^2", AFTER, "$l = 1, 2, 3$", Verdict.PROVED),
    (r"\frac12 \|a^{(L)}\|^2", AFTER, WITH_L, Verdict.PROVED),
    (r"\frac12 \|a^{(L)}\|^2", AFTER.replace("= ", "= 2 "), WITH_L, Verdict.UNDECIDED),
    (r"\|x\|^2", WEIGHTS, WITH_L, Verdict.PROVED),
])  # fmt: skip
def test_what_a_loss_has_of_single_layers_beside_a_part_that_is_not_said(
    loss: str, claim: str, numbers: str, verdict: Verdict
) -> None:
    """Of J = E + ‖W^{(L)}‖², ∂J/∂W^{(l)} = δ^{(l)} a^{(l-1)T} was proved for every l."""
    lines = [FORWARD[0], FORWARD[1].split(",")[0], FORWARD[2], PART + loss, DELTA, claim]
    text = HEAD.replace("%s", numbers) + "\n\n".join(f"$${line}$$" for line in lines)
    assert report_on(text).formulas[-1].verdict is verdict


def test_a_loss_of_nothing_but_a_penalty() -> None:
    """Its derivative by W^{(l)} is not that of a layer by which no loss is reached."""
    loss = r"J = \frac{\lambda}{2} (\|W^{(1)}\|_F^2 + \|W^{(2)}\|_F^2 + \|W^{(3)}\|_F^2)"
    assert last(loss, WEIGHTS + r" + \lambda W^{(l)}").verdict is Verdict.PROVED
    assert last(loss, WEIGHTS).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (r"Often one adds a ridge penalty, $J(w) = \ell(w) + \frac{\lambda}{2} \|w\|^2$, to the loss.", Verdict.PROVED),
        (r"Adding a ridge penalty gives the objective $J(w) = \ell(w) + \frac{\lambda}{2} \|w\|^2$.", Verdict.PROVED),
        (r"Add $\lambda w^\top w$ to the loss, $J(w) = \ell(w) + \frac{\lambda}{2} \|w\|^2$.", Verdict.PROVED),
        (r"Add $\lambda w^\top w$ to the loss, with $J(w) = \ell(w)$ so far.", Verdict.UNDECIDED),
        (r"Let $J(w) = \ell(w) + \frac{\lambda}{2} \|w\|^2$. To the loss $J$ one adds $\|w\|^4$.", Verdict.UNDECIDED),
    ],
)
def test_a_penalty_that_stands_in_the_equation_behind_the_word_that_adds_it(said: str, verdict: Verdict) -> None:
    text = rf"Let $w, x \in \mathbb{{R}}^d$ and $\ell(w) = (w^\top x - y)^2$. {said}"
    text += "\n\n$$ \\nabla_w J = CLAIM x + \\lambda w $$\n"
    right, wrong = (check(scan(text.replace("CLAIM", f"{n} (w^\\top x - y)"))).formulas[-1].verdict for n in (2, 1))
    assert right is verdict
    assert wrong is (Verdict.REFUTED if verdict is Verdict.PROVED else verdict)


def test_a_label_in_capitals_is_no_product() -> None:
    text = r"Let $p = \operatorname{softmax}(z)$, $z, y \in \mathbb{R}^C$, $\sum_c y_c = 1$ and "
    text += r"$L_{LS} = -\sum_c y_c \log p_c$. $$ \nabla_z L_{LS} = CLAIM $$ Let $L = 2 L_{LS}$."
    found = [check(scan(text.replace("CLAIM", x))).formulas for x in ("p - y", "y - p")]
    assert [next(f.verdict for f in x if f.displayed) for x in found] == [Verdict.PROVED, Verdict.REFUTED]
