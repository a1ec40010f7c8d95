"""Functions that nothing defines, with values in a declared space. Each right claim has a wrong twin."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.ILL_FORMED

DATA = r"Let $w \in \mathbb{R}^K$, $x_n \in \mathbb{R}^d$ and SAID. " + (
    r"$$E = \frac12 \sum_{n=1}^N (w^\top \phi(x_n) - t_n)^2$$"
)
SPACES = (
    r"$\phi: \mathbb{R}^d \to \mathbb{R}^K$", r"$\phi(x) \in \mathbb{R}^K$ the features",
    r"$\phi(x_n) \in \mathbb{R}^K$",
)  # fmt: skip
BY_W = r"\frac{\partial E}{\partial w} = \sum_{n=1}^N (w^\top \phi(x_n) - t_n) "
CURVE = r"Let $u \in \mathbb{R}^n$, $t \in \mathbb{R}$, $c: \mathbb{R} \to \mathbb{R}^n$ and $J = u^\top c(t)$."


def verdict(document: str, claim: str) -> Verdict:
    return report_on(f"{document}\n\n$${claim}$$\n").formulas[-1].verdict


@pytest.mark.parametrize("said", SPACES)
@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (BY_W + r"\phi(x_n)", PROVED), (BY_W + r"2 \phi(x_n)", REFUTED), (BY_W + r"w", REFUTED),
        (BY_W + r"\phi(x_1)", REFUTED), (r"\frac{\partial E}{\partial x_n} = 0", UNDECIDED),
    ],
)  # fmt: skip
def test_a_feature_map(said: str, claim: str, found: Verdict) -> None:
    assert verdict(DATA.replace("SAID", said), claim) is found


@pytest.mark.parametrize(
    ("claim", "found"),
    [
        (r"\frac{\partial J}{\partial u} = c(t)", PROVED), (r"\frac{\partial J}{\partial u} = 2 c(t)", REFUTED),
        (r"\frac{\partial J}{\partial t} = u^\top c'(t)", PROVED),
        (r"\frac{\partial J}{\partial t} = u^\top c(t)", REFUTED),
        (r"\frac{\partial J}{\partial t} = 0", REFUTED),
    ],
)  # fmt: skip
def test_a_curve(claim: str, found: Verdict) -> None:
    assert verdict(CURVE, claim) is found


@pytest.mark.parametrize("claim", [r"\phi(x_n)", r"2 \phi(x_n)"])
def test_where_values_of_entries_do_not_fit_a_space_is_missing(claim: str) -> None:
    assert verdict(DATA.replace("and SAID", "with features").replace("$x_n", "let $x_n"), BY_W + claim) is UNDECIDED


def test_a_function_of_entries_fits() -> None:
    net = r"Let $W \in \mathbb{R}^{m \times n}$, $x \in \mathbb{R}^n$, $h = f(W x)$, $J = \frac12 \|h\|^2$."
    right = r"\frac{\partial J}{\partial W} = (h \odot f'(W x)) x^\top"
    assert verdict(net, right) is PROVED
    assert verdict(net, right.replace("'", "")) is REFUTED
    assert verdict(net, right + " x") is ILL_FORMED


SPOKEN = (
    r"Let $w \in \mathbb{R}^K$, $x \in \mathbb{R}^d$, $v \in \mathbb{R}$, SAID and "
    r"$J = \frac12 (w^\top \phi(x) - t)^2 + \frac{\mu}{2} v^2$."
)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (r"$\phi: \mathbb{R}^d \to \mathbb{R}^K$", PROVED),
        (r"$\phi: \mathbb{R}^d \to \mathbb{R}^K$ where $\phi(x)$ depends on $v$", UNDECIDED),
        (r"let $\phi: \mathbb{R}^d \to \mathbb{R}^K$ be a network", UNDECIDED),
    ],
)
def test_what_a_text_says_of_a_function_counts_for_its_values(said: str, found: Verdict) -> None:
    assert verdict(SPOKEN.replace("SAID", said), r"\frac{\partial J}{\partial v} = \mu v") is found
    assert verdict(SPOKEN.replace("SAID", said), r"\frac{\partial J}{\partial v} = 2 \mu v") is not PROVED


@pytest.mark.parametrize(("claim", "found"), [("w - \\phi(u)", UNDECIDED), ("w - \\phi(x)", PROVED), ("w", REFUTED)])
def test_values_at_things_that_may_be_equal_refute_nothing(claim: str, found: Verdict) -> None:
    document = (
        r"Let $x \in \mathbb{R}^d$, $u = x$, $\phi: \mathbb{R}^d \to \mathbb{R}^K$, $w \in \mathbb{R}^K$, "
        r"$J = \frac12 \|w - \phi(x)\|^2$."
    )
    assert verdict(document, rf"\frac{{\partial J}}{{\partial w}} = {claim}") is found
