"""Gates of recurrent nets: the letter of a gate ``i_t`` is a label where it stands beside a time, not a layer, a power
or an index; and a gate has the size that its own sum has, in whatever order the two are written."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED

CELL = r"""
For $t = 1, \dots, T$ let $x_t \in \mathbb{R}^n$, $h_t \in \mathbb{R}^m$ and $c_t \in \mathbb{R}^m$. STATED

$$i_t = \sigma(SUM{i}), \qquad SUM{i} = W PART{i} x_t + U PART{i} h_{t-1} + b PART{i}$$
$$o_t = \sigma(SUM{o}), \qquad SUM{o} = W PART{o} x_t + U PART{o} h_{t-1} + b PART{o}$$
$$c_t = c_{t-1} + i_t \odot (1 - c_{t-1})$$
$$h_t = o_t \odot \tanh(c_t)$$

With $h_0 = 0$, $c_0 = 0$ and $E = \frac12 \|h_T - y\|^2$ we have

$$CLAIM$$
"""
WAYS = {
    "above": (r"a^{@}_t", r"_{@}"),
    "behind": (r"a_t^{@}", r"^{@}"),
    "brackets": (r"a_t^{(@)}", r"^{(@)}"),
    "listed": (r"a_{@,t}", r"_{@}"),
}


def last(way: str, claim: str, stated: str = "") -> Formula:
    total, part = WAYS[way]
    text = CELL.replace("CLAIM", claim).replace("STATED", stated)
    for gate in "io":
        text = text.replace(f"SUM{{{gate}}}", total.replace("@", gate))
        text = text.replace(f" PART{{{gate}}}", part.replace("@", gate))
    return check(scan(text.replace("TOTAL", total.replace("@", "o")))).formulas[-1]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial E}{\partial o_t} = \frac{\partial E}{\partial h_t} \odot \tanh(c_t)", PROVED),
        (r"\frac{\partial E}{\partial o_t} = \frac{\partial E}{\partial h_t} \odot c_t", REFUTED),
        (r"\frac{\partial E}{\partial TOTAL} = \frac{\partial E}{\partial o_t} \odot o_t \odot (1 - o_t)", PROVED),
        (r"\frac{\partial E}{\partial TOTAL} = \frac{\partial E}{\partial o_t} \odot (1 - o_t^2)", REFUTED),
    ],
)
def test_the_letter_of_a_gate_is_a_label(way: str, claim: str, verdict: Verdict) -> None:
    total = WAYS[way][0].replace("@", "o")
    found = last(way, claim.replace("TOTAL", total))
    assert found.verdict is verdict, found.message


def test_a_letter_that_counts_is_none() -> None:
    text = r"""
Let $x^{(i)} \in \mathbb{R}^n$ and $y_i \in \mathbb{R}$ for $i = 1, \dots, m$, $w \in \mathbb{R}^n$.
$$z_i = w^\top x^{(i)}, \qquad J = \frac12 \sum_{i=1}^m (z_i - y_i)^2$$
$$\frac{\partial J}{\partial w} = \sum_{i=1}^m CLAIM x^{(i)}$$
"""
    assert check(scan(text.replace("CLAIM", "(z_i - y_i)"))).formulas[-1].verdict is PROVED
    assert check(scan(text.replace("CLAIM", "(y_i - z_i)"))).formulas[-1].verdict is REFUTED


def test_an_exponent_that_is_used_is_none() -> None:
    text = r"""
Let $p > 0$ be given, $u > 0$ and $q = p + 1$, $J = u^{p}$ and $p_t = t$.
$$\frac{d J}{d u} = CLAIM$$
"""
    assert check(scan(text.replace("CLAIM", "p u^{p-1}"))).formulas[-1].verdict in (PROVED, Verdict.CONDITIONAL)
    assert check(scan(text.replace("CLAIM", "0"))).formulas[-1].verdict not in (PROVED, Verdict.CONDITIONAL)


LAST = r"""
The cell has $c = f \odot p + i \odot g$, $h = o \odot \tanh(c)$ with $f, p, i, g, o \in \mathbb{R}^H$. For a loss $E$
$$\frac{\partial E}{\partial c} = \frac{\partial E}{\partial h} \odot o \odot (1 - \tanh^2(c))$$
WORDS $q$. Then
$$\frac{\partial E}{\partial f} = q \odot CLAIM$$
"""


@pytest.mark.parametrize("words", [
    "Call the last one", "Denote this by", "We call this gradient", "Let us abbreviate this derivative by",
])  # fmt: skip
def test_the_last_derivative_has_a_name(words: str) -> None:
    text = LAST.replace("WORDS", words)
    assert check(scan(text.replace("CLAIM", "p"))).formulas[-1].verdict is Verdict.PROVED
    assert check(scan(text.replace("CLAIM", "c"))).formulas[-1].verdict is Verdict.REFUTED


def test_another_sentence_gives_no_name() -> None:
    text = LAST.replace("WORDS", "It has nothing to do with").replace("CLAIM", "p")
    assert check(scan(text)).formulas[-1].verdict is not Verdict.PROVED


@pytest.mark.parametrize(("factor", "verdict"), [("f", Verdict.PROVED), ("g", Verdict.REFUTED)])
def test_the_cell_before_with_a_minus_sign(factor: str, verdict: Verdict) -> None:
    """At the end of a row of ``align`` it is no operator with which the row goes on."""
    text = rf"""$f = \sigma(W_f s + b_f)$, $i = \sigma(W_i s + b_i)$, $g = \tanh(W_g s + b_g)$ and
$c = f \odot c^- + i \odot g$.
\begin{{align}}
\frac{{\partial E}}{{\partial f}} &= \frac{{\partial E}}{{\partial c}} \odot c^-\\
\frac{{\partial E}}{{\partial c^-}} &= \frac{{\partial E}}{{\partial c}} \odot {factor}
\end{{align}}"""
    *_, gate, before = report_on(text).formulas
    assert (gate.verdict, before.verdict) == (Verdict.PROVED, verdict)
