"""Penalties of all layers of a net of any depth: right formulas beside their twins."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from judging import report_on

from verify_derivations.checker import layer_sums, links, unknown
from verify_derivations.checker.verdicts import Report, Verdict
from verify_derivations.formulas.world import World

WIDE = r"""# Weight decay

Layer $l$ maps $a^{(l-1)} \in \mathbb{R}^{n_{l-1}}$ to $a^{(l)} \in \mathbb{R}^{n_l}$ by $z^{(l)} \in \mathbb{R}^{n_l}$,
for $l = 1, \dots, L$, with $W^{(l)} \in \mathbb{R}^{n_l \times n_{l-1}}$, $b^{(l)} \in \mathbb{R}^{n_l}$,
$\lambda \in \mathbb{R}$, and a target $y \in \mathbb{R}^{n_L}$.
"""
SAME = WIDE.replace("n_{l-1}", "n").replace("n_l", "n").replace("n_L", "n")
UNSAID = SAME.replace("\nfor $l = 1, \\dots, L$,", "")  # of which layers there are nothing is said
NET = (r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}", r"a^{(l)} = \tanh(z^{(l)})")
LOSS = r"\frac{1}{2} \|a^{(L)} - y\|^2"
PENALTY = r"\sum_{l=1}^{L} \|W^{(l)}\|^2"
ERRORS = (
    r"\delta^{(l)} = \frac{\partial J}{\partial z^{(l)}}",
    r"\delta^{(L)} = (a^{(L)} - y) \circ (1 - a^{(L)} \circ a^{(L)})",
    r"\delta^{(l)} = (W^{(l+1)\top} \delta^{(l+1)}) \circ (1 - a^{(l)} \circ a^{(l)})",
)
DATA = r"\frac{\partial J}{\partial W^{(l)}} = \delta^{(l)} a^{(l-1)\top}"
RIGHT = DATA + r" + \lambda W^{(l)}"
TWINS = (
    DATA, *(DATA + other for other in (
        r" + 2 \lambda W^{(l)}", r" + \frac{\lambda}{2} W^{(l)}", r" + \lambda W^{(L)}", r" + \lambda W^{(l+1)}",
        r" + \lambda W^{(l-1)}", r" + \lambda W^{(1)}",
    )), RIGHT.replace(r"\delta^{(l)}", r"\delta^{(l+1)}"),
)  # fmt: skip


def judged(*claims: str, penalty: str = PENALTY, head: str = SAME, net: Sequence[str] = NET, first: str = "") -> Report:
    loss = rf"J = {LOSS} + \frac{{\lambda}}{{2}} {penalty}"
    lines = (first, *net, loss, *ERRORS, *claims)
    return report_on(head + "".join(f"\n$$ {line} $$\n" for line in lines if line), "decay.md")


def verdicts(report: Report, *claims: str) -> list[Verdict]:
    found = {f.latex.strip(): f.verdict for f in report.formulas}
    return [found[claim] for claim in claims]


def proved(report: Report, *claims: str) -> list[bool]:
    return [verdict is Verdict.PROVED for verdict in verdicts(report, *claims)]


@pytest.mark.parametrize("penalty", [
    PENALTY, r"\sum_{l=1}^{L} \|W^{(l)}\|_F^2", r"\sum_{l} \sum_{i} \sum_{j} (W^{(l)}_{ij})^2",
    r"\sum_{l=1}^{L} \mathrm{tr}(W^{(l)\top} W^{(l)})",
])  # fmt: skip
@pytest.mark.parametrize("head", [SAME, WIDE])
def test_weight_decay_of_all_layers(penalty: str, head: str) -> None:
    claims = (RIGHT, r"\frac{\partial J}{\partial b^{(l)}} = \delta^{(l)}", *ERRORS[1:])
    report = judged(*claims, *TWINS, penalty=penalty, head=head)
    assert all(proved(report, *claims))
    assert all(verdict.wrong for verdict in verdicts(report, *TWINS))


def test_single_layers() -> None:
    at = {"L": "L-1", "1": "0"}
    data = [DATA.replace("(l)", f"({k})").replace("(l-1)", f"({before})") for k, before in at.items()]
    right = [claim + rf" + \lambda W^{{({k})}}" for claim, k in zip(data, at, strict=True)]
    report = judged(RIGHT, *right, *data, *ERRORS)
    assert all(proved(report, RIGHT, *right, *ERRORS[1:]))
    assert {Verdict.REFUTED} == set(verdicts(report, *data))


def test_with_biases_and_by_other_names() -> None:
    biases = r"\frac{\partial J}{\partial b^{(l)}} = \delta^{(l)}"
    both = judged(RIGHT, biases, biases + r" + \lambda b^{(l)}",
                  penalty=r"\sum_{l=1}^{L} (\|W^{(l)}\|^2 + \|b^{(l)}\|^2)")  # fmt: skip
    assert proved(both, RIGHT, biases + r" + \lambda b^{(l)}") == [True, True]
    assert verdicts(both, biases) == [Verdict.REFUTED]
    slope = r"\frac{\partial \Omega}{\partial W^{(l)}} = "
    named = judged(
        RIGHT, *TWINS, slope + "2 W^{(l)}", slope + "W^{(l)}", penalty=r"\Omega", first=rf"\Omega = {PENALTY}"
    )
    assert proved(named, RIGHT, slope + "2 W^{(l)}") == [True, True]
    assert all(verdict.wrong for verdict in verdicts(named, *TWINS, slope + "W^{(l)}"))


def test_the_factor_of_a_penalty() -> None:
    slope = r"\frac{\partial J}{\partial \lambda} = "
    twins = (slope + PENALTY, slope + r"\frac{1}{2} \|W^{(l)}\|^2", slope + "0")
    report = judged(slope + rf"\frac{{1}}{{2}} {PENALTY}", *twins)
    assert proved(report, slope + rf"\frac{{1}}{{2}} {PENALTY}") == [True]
    assert {Verdict.REFUTED} == set(verdicts(report, *twins))
    inside = judged(*twins, RIGHT, penalty=r"\sum_{l=1}^{L} \lambda \|W^{(l)}\|^2")  # in each summand
    assert set(verdicts(inside, *twins)) == {Verdict.UNDECIDED}


SOME = [r"\sum_{l=2}^{L} \|W^{(l)}\|^2", r"\sum_{l=1}^{L-1} \|W^{(l)}\|^2", r"\sum_{l=3}^{L} \|W^{(l)}\|^2"]


@pytest.mark.parametrize("penalty", SOME)
@pytest.mark.parametrize("head", [SAME, UNSAID])
def test_a_sum_over_some_layers_says_nothing_of_every_layer(
    penalty: str, head: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(verdicts(judged(RIGHT, DATA, penalty=penalty, head=head), RIGHT, DATA)) == {Verdict.UNDECIDED}
    monkeypatch.setattr(layer_sums, "_all_layers", lambda *_: None)
    assert proved(judged(RIGHT, penalty=penalty, head=head), RIGHT) == [True]


def test_layers_before_the_first_summand() -> None:
    """Where the weights of layer l lead to layer l + 1, there are L - 1 of them, if a^{(1)} is the input."""
    net = (r"z^{(l+1)} = W^{(l)} a^{(l)} + b^{(l)}", NET[1])
    data = r"\frac{\partial J}{\partial W^{(l)}} = \delta^{(l+1)} a^{(l)\top}"
    for first, decided in ((r"a^{(1)} = x", True), (r"a^{(0)} = x", False)):
        report = judged(data + r" + \lambda W^{(l)}", data, net=(*net, first), penalty=SOME[1],
                        head=UNSAID + r"$x \in \mathbb{R}^{n}$")  # fmt: skip
        expected = [Verdict.PROVED, Verdict.REFUTED] if decided else [Verdict.UNDECIDED] * 2
        assert verdicts(report, data + r" + \lambda W^{(l)}", data) == expected


def test_a_summand_with_the_weights_of_the_next_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    """W^{(l)} stands in the summand of layer l - 1, too."""
    penalty = r"\sum_{l=1}^{L} \|W^{(l)} - W^{(l+1)}\|^2"
    claim = DATA + r" + \lambda (W^{(l)} - W^{(l+1)})"
    assert verdicts(judged(claim, DATA, penalty=penalty), claim, DATA) == [Verdict.UNDECIDED] * 2
    monkeypatch.setattr(layer_sums, "_is_own", lambda *_: True)
    assert proved(judged(claim, penalty=penalty), claim) == [True]


@pytest.mark.parametrize("penalty", [
    r"\sum_{l=1}^{L} l \|W^{(l)}\|^2", r"\sum_{l=1}^{L} \|a^{(l)}\|^2", r"\prod_{l=1}^{L} \|W^{(l)}\|^2",
    rf"({PENALTY} + {SOME[0]})",
])  # fmt: skip
def test_other_sums_over_layers(penalty: str) -> None:
    assert set(verdicts(judged(RIGHT, DATA, penalty=penalty), RIGHT, DATA)) == {Verdict.UNDECIDED}


@pytest.mark.parametrize(
    "first", ["W^{(l)} = V", r"W^{(l+1)} = W^{(l)\top}", r"W^{(2)} = W^{(1)\top}", "W^{(L)} = 2 V"]
)
def test_weights_that_rest_on_others(first: str) -> None:
    assert set(verdicts(judged(RIGHT, DATA, first=first), RIGHT, DATA)) == {Verdict.UNDECIDED}


def test_a_loss_that_nothing_defines_beside_the_penalty() -> None:
    claims = (RIGHT, DATA, *ERRORS[1:2])
    lines = (*NET, rf"J = C + \frac{{\lambda}}{{2}} {PENALTY}", *ERRORS, RIGHT, DATA)
    report = report_on(SAME + "".join(f"\n$$ {line} $$\n" for line in lines), "decay.md")
    assert set(verdicts(report, *claims)) == {Verdict.UNDECIDED}


@pytest.mark.parametrize("at", [0, 3])
def test_what_the_last_layer_leads_to(at: int) -> None:
    """Of the last layer's weights is spoken, or the loss stands before the net: its error is what it is."""
    last = DATA.replace("(l)", "(L)").replace("(l-1)", "(L-1)")
    lines = [*NET, *ERRORS, last]
    lines.insert(at, rf"J = {LOSS}")
    wrong = ERRORS[1].replace("1 - ", "1 + ")
    report = report_on(SAME + "".join(f"\n$$ {line} $$\n" for line in (*lines, wrong)), "last.md")
    assert proved(report, ERRORS[1], last) == [True, True]
    assert verdicts(report, wrong) == [Verdict.REFUTED]


def of_lines(*lines: str, head: str = SAME) -> Report:
    return report_on(head + "".join(f"\n$$ {line} $$\n" for line in lines), "sums.md")


@pytest.mark.parametrize("lines", [
    (rf"J = {LOSS} + \sum_{{l=1}}^{{L}} \|a^{{(l)}}\|^2",),
    (rf"J = {LOSS} + \Omega", r"\Omega = \sum_{k=1}^{L} \|a^{(k)}\|^2"),
])  # fmt: skip
def test_a_loss_without_meaning_may_use_what_it_mentions(
    lines: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The errors of a layer lead to the loss by the next one only if the sum has not the layer's output."""
    assert verdicts(of_lines(*NET, *lines, *ERRORS), *ERRORS[1:]) == [Verdict.UNDECIDED] * 2
    monkeypatch.setattr(unknown, "_missing", lambda *_: None)  # nor does what says that J has no meaning
    assert verdicts(of_lines(*NET, *lines, *ERRORS), *ERRORS[1:]) == [Verdict.UNDECIDED] * 2
    monkeypatch.setattr(World, "may_hide", lambda *_: frozenset())
    assert proved(of_lines(*NET, *lines, *ERRORS), ERRORS[2]) == [True]


def test_layers_counted_by_another_letter_in_the_sum() -> None:
    report = judged(RIGHT, *TWINS, penalty=r"\sum_{k=1}^{L} \|W^{(k)}\|^2")
    assert all(proved(report, RIGHT, *ERRORS[1:]))
    assert all(verdict.wrong for verdict in verdicts(report, *TWINS))


def test_the_values_of_sums_are_those_of_a_net(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (*NET, rf"\Omega = {PENALTY}", r"\Psi = \sum_{l=1}^{L} \frac{1}{2} \|W^{(l)}\|^2",
             rf"J = {LOSS} + \Omega + \Psi", RIGHT)  # fmt: skip
    same, other = r"\Psi = \frac{1}{2} \Omega", r"\Psi = \Omega"
    assert verdicts(of_lines(*lines, same, other), same, other) == [Verdict.UNDECIDED, Verdict.REFUTED]
    monkeypatch.setattr(links, "one_layer_more", lambda world, environment: environment)
    assert verdicts(of_lines(*lines, same), same) == [Verdict.REFUTED]


def test_an_output_with_the_weights_after_the_last_layer() -> None:
    head = SAME + r"$W^{(L+1)} \in \mathbb{R}^{n \times n}$, $o \in \mathbb{R}^n$"
    lines = (*NET, r"o = W^{(L+1)} a^{(L)}", r"J = \frac{1}{2} \|o - y\|^2", ERRORS[0], ERRORS[2], DATA)
    assert all(proved(of_lines(*lines, head=head), ERRORS[2], DATA))
    wrong = ERRORS[2].replace(r"W^{(l+1)\top}", "W^{(l+1)}")
    assert verdicts(of_lines(*lines[:5], wrong, head=head), wrong) == [Verdict.REFUTED]


def test_a_layer_beside_the_net_is_no_summand() -> None:
    beside = r"\frac{\partial J}{\partial W^{(L+1)}} = \lambda W^{(L+1)}"
    report = judged(RIGHT, beside)
    assert verdicts(report, RIGHT, beside) == [Verdict.PROVED, Verdict.UNDECIDED]


def test_a_sum_does_not_say_how_many_layers_there_are() -> None:
    claim = DATA + r" + \lambda W^{(l)}"
    head = SAME.replace(r"\dots, L$", r"\dots, 3$").replace("n_L", "n")
    for last, expected in ((3, Verdict.PROVED), (2, Verdict.UNDECIDED)):
        loss = LOSS.replace("(L)", "(3)") + rf" + \frac{{\lambda}}{{2}} \sum_{{l=1}}^{{{last}}} \|W^{{(l)}}\|^2"
        assert verdicts(of_lines(*NET, f"J = {loss}", ERRORS[0], claim, head=head), claim) == [expected]


def test_values_of_a_sensitivity_that_rests_on_what_is_not_known_refute_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    claim = r"\frac{\partial J}{\partial b^{(l)}} = \delta^{(l)}"
    lines = (r"z^{(l)} = (\sum_{k=1}^{L} \|W^{(k)}\|^2) W^{(l)} a^{(l-1)} + b^{(l)}", NET[1], f"J = {LOSS}", ERRORS[0])
    assert verdicts(of_lines(*lines, claim), claim) == [Verdict.UNDECIDED]
    monkeypatch.setattr(links, "unshown", lambda *_: None)
    assert verdicts(of_lines(*lines, claim), claim) == [Verdict.REFUTED]


def test_steps_upwards_come_to_an_end() -> None:
    """What lies above all that is spoken of leads nowhere below it only if no circle of definitions goes up."""
    head = SAME + r"$u^{(l)}, v^{(l)} \in \mathbb{R}^{n}$"
    further = (r"u^{(l)} = v^{(l+1)}", r"v^{(l)} = u^{(l+1)}", r"u^{(2)} = u^{(2)}")
    loss = rf"J = {LOSS} + \frac{{\lambda}}{{2}} {PENALTY}"
    for lines, expected in ((further[:2], Verdict.PROVED), (further, Verdict.UNDECIDED)):
        assert verdicts(of_lines(*NET, *lines, loss, ERRORS[0], RIGHT, head=head), RIGHT) == [expected]
