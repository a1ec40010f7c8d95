"""Products over an index: conditions below them, and how far they reach."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

CHECKED, PROVED, REFUTED = Verdict.CHECKED, Verdict.PROVED, Verdict.REFUTED
UNDECIDED, HOLDS = Verdict.UNDECIDED, (PROVED, Verdict.CONDITIONAL)

PRODUCT = r"""
Let $p \in \mathbb{R}^n$ and $c \in \mathbb{R}$.

$$U = DEFINED$$

$$CLAIM$$
"""


@pytest.mark.parametrize(
    ("defined", "claim", "verdict"),
    [
        (r"\prod_{i=1}^n p_i", r"\frac{\partial U}{\partial p_k} = \prod_{i \neq k} p_i", PROVED),
        (r"\prod_{i=1}^n p_i", r"\frac{\partial U}{\partial p_k} = \prod_{i < k} p_i", REFUTED),
        (r"\prod_{i=1}^n p_i", r"\frac{\partial U}{\partial p_k} = \prod_{i < k} p_i \prod_{i > k} p_i", CHECKED),
        (r"\prod_{i=1}^n p_i", r"\frac{\partial U}{\partial p_k} = \prod_{i \neq k} p_i^2", REFUTED),
        (r"\prod_{i=1}^n p_i \prod_{j=1}^n p_j^2", r"\frac{\partial U}{\partial p_k} = \frac{3 U}{p_k}", PROVED),
        (r"\prod_{i=1}^n p_i \prod_{j=1}^n p_j^2", r"\frac{\partial U}{\partial p_k} = \frac{2 U}{p_k}", REFUTED),
        (r"\prod_{i=1}^n p_i c", r"\frac{\partial U}{\partial c} = \prod_{i=1}^n p_i", UNDECIDED),
        (r"\prod_{i=1}^n p_i c", r"\frac{\partial U}{\partial c} = \frac{n}{c} U", UNDECIDED),
        (r"\prod_{i=1}^n (p_i c)", r"\frac{\partial U}{\partial c} = \frac{n}{c} U", PROVED),
        (r"\prod_{i=1}^n (p_i c)", r"\frac{\partial U}{\partial c} = \frac{1}{c} U", REFUTED),
        (r"c \prod_{i=1}^n p_i", r"\frac{\partial U}{\partial c} = \frac{1}{c} U", PROVED),
    ],
)
def test_products(defined: str, claim: str, verdict: Verdict) -> None:
    found = report_on(PRODUCT.replace("DEFINED", defined).replace("CLAIM", claim)).formulas[-1]
    assert found.verdict is verdict, found.message


P = r"Let $p \in R^n$ and $P = \prod_{i=1}^n p_i$."
NONE = r"Let $p \in R^n$ and $Q = 1 - \prod_{i=1}^n (1 - p_i)$."
SQUARES = r"Let $p \in R^n$ and $S = \prod_{i=1}^n p_i^2$."
LINES = r"Let $w \in R^d$, $x_i \in R^d$ for $i = 1, \dots, n$, $T = \prod_{i=1}^n (w^\top x_i)$."
RATE = r"Let $\lambda > 0$, $x \in R^n$ and $L = \prod_{i=1}^n \lambda e^{-\lambda x_i}$."
POWERS = r"Let $x_i > 0$ for $i = 1, \dots, n$, $a > 0$ and $L = \prod_{i=1}^n a x_i^{a - 1}$."
COUNTS = r"Let $\lambda > 0$, $x \in R^n$ and $L = \prod_{i=1}^n \frac{\lambda^{x_i} e^{-\lambda}}{x_i!}$."
CLASSES = (
    r"Let $p_k > 0$, $n_k \in R$ for $k = 1, \dots, K$, $N \in R$ and "
    r"$L = N! \prod_{k=1}^K \frac{p_k^{n_k}}{n_k!}$."
)
SERIES = r"Let $x \in R$ and $f = 1 + x + \frac{x^2}{2!} + \frac{x^3}{3!}$."
NORMAL = (
    r"Let $x \in R^n$, $\mu \in R$, $\sigma > 0$, "
    r"$L = \prod_{i=1}^n \frac{1}{\sqrt{2 \pi} \sigma} \exp(-\frac{(x_i - \mu)^2}{2 \sigma^2})$."
)
VARIANCE = (
    r"Let $x \in R^n$, $\sigma > 0$ and $\ell(\mu, \sigma^2) = -\frac{n}{2} \log(2 \pi \sigma^2)"
    r" - \frac{1}{2 \sigma^2} \sum_{i=1}^n (x_i - \mu)^2$."
)
LABELS = (
    r"For $i = 1, \dots, n$ let $x_i \in R^d$ and $y_i \in \{0, 1\}$; $w \in R^d$, "
    r"$p_i = \frac{1}{1 + e^{-w^\top x_i}}$, "
    r"$L = \prod_{i=1}^n p_i^{y_i} (1 - p_i)^{1 - y_i}$ and $\ell = \log L$."
)


@pytest.mark.parametrize(
    ("text", "left", "right", "wrong"),
    [
        (P, r"p_k \frac{\partial P}{\partial p_k}", "P", "n P"),
        (P, r"\frac{\partial P}{\partial p_k}", r"\frac{P}{p_k}", "P p_k"),
        (P, r"\sum_{k=1}^n p_k \frac{\partial P}{\partial p_k}", "n P", "P"),
        (P, r"\frac{\partial \log P}{\partial p_k}", r"\frac{1}{p_k}", r"\frac{1}{P}"),
        (NONE, r"\frac{\partial Q}{\partial p_k}", r"\prod_{i \neq k} (1 - p_i)", r"-\prod_{i \neq k} (1 - p_i)"),
        (SQUARES, r"\frac{\partial S}{\partial p_k}", r"2 p_k \prod_{i \neq k} p_i^2", r"2 \prod_{i \neq k} p_i^2"),
        (LINES, r"\frac{\partial T}{\partial w}", r"\sum_{i=1}^n x_i \prod_{j \neq i} (w^\top x_j)",
         r"\sum_{i=1}^n x_i \prod_{j=1}^n (w^\top x_j)"),
        (LINES, r"\frac{\partial \log T}{\partial w}", r"\sum_{i=1}^n \frac{x_i}{w^\top x_i}",
         r"\sum_{i=1}^n \frac{w}{w^\top x_i}"),
        (RATE, "L", r"\lambda^n e^{-\lambda \sum_{i=1}^n x_i}", r"\lambda e^{-\lambda \sum_{i=1}^n x_i}"),
        (RATE, r"\frac{\partial L}{\partial \lambda}", r"L (\frac{n}{\lambda} - \sum_{i=1}^n x_i)",
         r"L (\frac{1}{\lambda} - \sum_{i=1}^n x_i)"),
        (POWERS, r"\frac{\partial \log L}{\partial a}", r"\frac{n}{a} + \sum_{i=1}^n \log x_i",
         r"\frac{n}{a} - \sum_{i=1}^n \log x_i"),
        (COUNTS, r"\log L", r"\sum_{i=1}^n (x_i \log \lambda - \lambda - \log x_i!)",
         r"\sum_{i=1}^n (x_i \log \lambda - \lambda + \log x_i!)"),
        (COUNTS, r"\frac{\partial \log L}{\partial \lambda}", r"\frac{1}{\lambda} \sum_{i=1}^n x_i - n",
         r"\frac{1}{\lambda} \sum_{i=1}^n x_i! - n"),
        (CLASSES, r"\frac{\partial \log L}{\partial p_k}", r"\frac{n_k}{p_k}", r"\frac{n_k!}{p_k}"),
        (SERIES, r"\frac{d f}{d x}", r"1 + x + \frac{x^2}{2!}", r"1 + x + \frac{x^2}{3!}"),
        (NORMAL, r"\frac{\partial \log L}{\partial \mu}", r"\frac{1}{\sigma^2} \sum_{i=1}^n (x_i - \mu)",
         r"\frac{1}{\sigma} \sum_{i=1}^n (x_i - \mu)"),
        (NORMAL, r"\frac{\partial \log L}{\partial \sigma}",
         r"-\frac{n}{\sigma} + \frac{1}{\sigma^3} \sum_{i=1}^n (x_i - \mu)^2",
         r"-\frac{1}{\sigma} + \frac{1}{\sigma^3} \sum_{i=1}^n (x_i - \mu)^2"),
        (VARIANCE, r"\frac{\partial \ell}{\partial \sigma^2}",
         r"-\frac{n}{2 \sigma^2} + \frac{1}{2 \sigma^4} \sum_{i=1}^n (x_i - \mu)^2",
         r"-\frac{n}{\sigma^2} + \frac{1}{2 \sigma^4} \sum_{i=1}^n (x_i - \mu)^2"),
        (LABELS, r"\frac{\partial \ell}{\partial w}", r"\sum_{i=1}^n (y_i - p_i) x_i", r"\sum_{i=1}^n (p_i - y_i) x_i"),
        (LABELS, r"\frac{\partial L}{\partial w}", r"L \sum_{i=1}^n (y_i - p_i) x_i", r"\sum_{i=1}^n (y_i - p_i) x_i"),
    ],
)
def test_products_over_a_range_are_proved(text: str, left: str, right: str, wrong: str) -> None:
    """Likelihoods and their logarithms, and products with one factor left out."""
    def verdict(claim: str) -> Verdict:
        return report_on(f"{text}\n\n$$ {left} = {claim} $$\n").formulas[-1].verdict

    assert verdict(right) in HOLDS
    assert verdict(wrong) is REFUTED


def test_what_is_left_out_of_a_product_is_in_its_range() -> None:
    """Of k = n + 1 nothing is left out."""
    text = r"Let $y \in R^{LENGTH}$ and $B_k = \prod_{i=1, i \neq k}^{n} y_i$ for $k = 1, \dots, LENGTH$."
    claim = "\n\n$$ B_k y_k = \\prod_{i=1}^n y_i $$\n"
    assert report_on(text.replace("LENGTH", "n") + claim).formulas[-1].verdict is PROVED
    assert report_on(text.replace("LENGTH", "n+1") + claim).formulas[-1].verdict is REFUTED
