"""Derivatives that stand in definitions: each verdict beside one that a slip turns over. That they moved nothing made
wrong gradients of what rests on them proved, as 0 = 0."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED
SAID = r"Let $w, x, u, y, z \in R^n$."


def last(said: str, *lines: str) -> Formula:
    text = said + "\n\n" + "\n\n".join(f"$${line}$$" for line in lines)
    return report_on(text).formulas[-1]


def by(top: str, bottom: str) -> str:
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"


SQUARE = r"K = \frac12 \|w\|^2"


@pytest.mark.parametrize(("lines", "right", "wrong"), [
    ((SQUARE, f"g = {by('K', 'w')} \\odot x", r"J = \sum_i g_i"), by("J", "w") + " = x", by("J", "w") + " = 0"),
    ((SQUARE, f"g = {by('K', 'w')}", r"J = \sum_i g_i x_i + \sum_i w_i x_i"),
     by("J", "w") + " = 2 x", by("J", "w") + " = x"),
    ((SQUARE, r"J = K + \sum_i x_i w_i", f"g = {by('K', 'w')} \\odot x"),
     by("J", "w") + r" \odot x = g + x \odot x", by("J", "w") + r" \odot x = g + x"),
    ((SQUARE, r"J = K + \sum_i x_i w_i", f"g = {by('K', 'w')} \\odot x", f"h = {by('J', 'w')} \\odot x"),
     r"h = g + x \odot x", "h = g + x"),
    ((r"D = \tanh(w^T x)", r"J = D + \lambda \|" + by("D", "x") + r"\|^2"),
     by("J", "w") + r" = (1 - D^2) x + 2 \lambda (1 - D^2)^2 w - 4 \lambda D (1 - D^2)^2 (w^T w) x",
     by("J", "w") + " = (1 - D^2) x"),
])  # fmt: skip
def test_of_another_loss(lines: tuple[str, ...], right: str, wrong: str) -> None:
    assert last(SAID + r" $\lambda \in R$.", *lines, right).verdict is PROVED
    assert last(SAID + r" $\lambda \in R$.", *lines, wrong).verdict is REFUTED


@pytest.mark.parametrize(("lines", "claim"), [
    ((f"g = {by('K', 'w')} \\odot x", r"J = \sum_i g_i"), by("J", "w") + " = 0"),  # K is defined nowhere
    ((f"g = {by('K', 'w')} \\odot x", r"J = \sum_i g_i"), by("J", "x") + " = " + by("K", "w")),  # K may depend on x
    ((r"K = \sum_i \max(0, w_i x_i)", f"g = {by('K', 'w')} \\odot w", r"J = \sum_i g_i"), by("J", "w_i") + " = 0"),
])  # fmt: skip
def test_of_another_loss_of_which_nothing_is_known(lines: tuple[str, ...], claim: str) -> None:
    assert last(SAID, *lines, claim).verdict is UNDECIDED


@pytest.mark.parametrize(("lines", "right", "wrong"), [
    ((f"g = {by('y', 'x')}", r"J = \sum_i g_i", r"y = \sum_i w_i x_i^2"),
     by("J", "w") + " = 2 x", by("J", "w") + " = 0"),
    ((f"G = {by('y', 'x')}", r"J = \sum_i \sum_j G_{ij}", r"y = w \odot x \odot x"),
     by("J", "w") + " = 2 x", by("J", "w") + " = 0"),
    ((f"g = ({by('y', 'x')})^T u", r"J = \sum_i g_i", r"y = z \odot z", r"z = w \odot x"),
     by("J", "w") + r" = 4 w \odot x \odot u", by("J", "w") + " = 0"),
    ((f"g = ({by('y', 'x')})^T u", r"y = w \odot x \odot x"), r"g = 2 w \odot x \odot u", "g = 0"),
])  # fmt: skip
def test_of_what_is_defined_below(lines: tuple[str, ...], right: str, wrong: str) -> None:
    said = r"Let $w, x, u \in R^n$." if "sum_i w_i" in lines[-1] or lines[0][0] == "G" else SAID
    assert last(said, *lines, right).verdict is PROVED
    assert last(said, *lines, wrong).verdict is REFUTED


def test_by_a_derivative_nothing_is_differentiated() -> None:
    lines = (r"K = \frac12 \|w\|^2", r"\delta = " + by("K", "w"), r"P = \frac12 \|\delta\|^2")
    assert last(SAID, *lines, by("P", r"\delta") + r" = \delta").verdict is UNDECIDED
    assert last(SAID, *lines, by("P", "w") + " = w").verdict is PROVED
    assert last(SAID, *lines, by("P", "w") + " = 2 w").verdict is REFUTED


@pytest.mark.parametrize("lines", [
    ("g(x) = x^3", r"f(x) = \frac{d g}{d x}"),
    (r"f(x) = \frac{d g}{d x}", "g(x) = x^3"),  # it waits for g
])  # fmt: skip
def test_functions_made_of_derivatives(lines: tuple[str, ...]) -> None:
    assert last("", *lines, "f'(x) = 6 x").verdict is PROVED
    assert last("", *lines, "f(x) = 3 x^2").verdict is PROVED
    assert last("", *lines, "f'(x) = 3 x").verdict is REFUTED
    assert last("", *lines, "f(x) = 3 x").verdict is not PROVED  # it may be another f
    alone = next(line for line in lines if "d g" in line)
    assert last("", alone, "f'(x) = 3 x").verdict is UNDECIDED  # g is defined nowhere


ELSEWHERE = r"""# Nets

Let $a = V x$ with $V \in \mathbb{R}^{k \times n}$ and $L = \frac12 \|a - y\|^2$. Then

$$\frac{\partial L}{\partial V} = (a - y) x^\top$$

# In general

A layer computes $z = \Theta m$, $\Theta \in \mathbb{R}^{p \times q}$. With $\delta = \partial L/\partial z$ and $a$,

$$ CLAIM $$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial \Theta} = \delta m^\top", Verdict.PROVED),
        (r"\frac{\partial L}{\partial m} = \Theta^\top \delta", Verdict.PROVED),
        (r"\frac{\partial L}{\partial \Theta} = 2 \delta m^\top", Verdict.REFUTED),  # whatever the loss
        (r"\frac{\partial L}{\partial \Theta} = 0", Verdict.UNDECIDED),
        (r"\frac{\partial L}{\partial \Theta} = (a - y) m^\top", Verdict.ILL_FORMED),
        (r"\frac{\partial L}{\partial x} = V (a - y)", Verdict.ILL_FORMED),
    ],
)
def test_a_loss_that_does_not_depend_on_what_it_is_differentiated_by(claim: str, verdict: Verdict) -> None:
    found = report_on(ELSEWHERE.replace("CLAIM", claim), "a.md").formulas
    assert found[-1].verdict is verdict, found[-1].message
    assert any("another loss" in x for x in found[-1].remarks) is (verdict in (PROVED, REFUTED))


SECTIONS = r"""# A layer
Let $X \in \mathbb{R}^{n \times d}$, $W \in \mathbb{R}^{d \times d}$, $V = X W$, $P \in \mathbb{R}^{n \times n}$
and $O = P V$. The loss $L$ is a function of $WHAT$.
Write $\bar O = \frac{\partial L}{\partial O}$, and likewise $\bar P, \bar V$.
$$\bar V = CLAIM$$
# The last one
Let $z, t \in \mathbb{R}$ and $L = (z - t)^2$.
$$\frac{\partial L}{\partial z} = SLOPE$$
"""


@pytest.mark.parametrize(
    ("what", "claim", "slope", "verdicts"),
    [
        ("O", r"P^\top \bar O", "2 (z - t)", ["proved", "proved"]),
        ("O", r"P \bar O", "z - t", ["refuted", "refuted"]),  # whatever L is
        ("z$ and $O", r"P^\top \bar O", "2 (z - t)", ["undecided", "undecided"]),  # there is more to it
    ],
)
def test_a_loss_that_a_later_section_defines(what: str, claim: str, slope: str, verdicts: list[str]) -> None:
    text = SECTIONS.replace("WHAT", what).replace("CLAIM", claim).replace("SLOPE", slope)
    claims = [f for f in report_on(text).formulas if f.displayed]
    assert [f.verdict.value for f in claims] == verdicts, claims
