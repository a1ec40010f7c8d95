"""Notation of lecture notes, appendices and posts by others: each with gradients that are right and one that is not."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

HOLDS = (Verdict.PROVED, Verdict.CONDITIONAL)
WRONG = (Verdict.REFUTED, Verdict.ILL_FORMED)
OPEN = (Verdict.UNDECIDED,)


def verdict(text: str, claim: str) -> Verdict:
    return report_on(f"{text}\n\n$$ {claim} $$\n", "post.md").formulas[-1].verdict


SQUARES = (
    r"Let $X \in \mathbb{R}^{n \times p}$, $y \in \mathbb{R}^n$ and"
    "\n\n$$ Q(\\beta) = (y - X\\beta)^\\top (y - X\\beta). $$"
)
CLASSIFIER = (
    r"Let $D(x) = \sigma(w^\top x + b)$ with $w \in \mathbb{R}^d$, $G(z) = A z$, $A \in \mathbb{R}^{d \times k}$ and"
    "\n\n$$ K = -\\log D(x) - \\log(1 - D(G(z))). $$"
)
FEATURES = (
    r"Let $\phi_n = \phi(x_n) \in \mathbb{R}^M$ be the features of $x_n$ and $y_n = w^\top \phi(x_n)$. The error is"
    "\n\n$$ E(w) = \\frac12 \\sum_{n=1}^N (t_n - w^\\top \\phi_n)^2. $$"
)
UNITS = (
    r"Let $h_i = h(u_i)$ and $u_i = w^\top x_i$ with $w, x_i \in \mathbb{R}^d$, and"
    "\n\n$$ E = \\frac12 \\sum_{i=1}^N (h_i - t_i)^2. $$"
)
PATTERN = (
    "$$ a_j = \\sum_{i=1}^D w_{ji} x_i, \\quad z_j = \\tanh(a_j), \\quad y_k = \\sum_{j=1}^M v_{kj} z_j, \\quad"
    " E = \\frac12 \\sum_{k=1}^K (y_k - t_k)^2 $$\n\n"
    "$$ \\delta_k \\equiv \\frac{\\partial E}{\\partial y_k} = y_k - t_k $$\n\n"
    "$$ \\delta_j \\equiv \\frac{\\partial E}{\\partial a_j} = (1 - z_j^2) \\sum_{k=1}^K v_{kj} \\delta_k $$"
)
LAYERS = (
    "$$ a^l_j = \\sigma(z^l_j), \\qquad z^l_j = \\sum_k w^l_{jk} a^{l-1}_k + b^l_j $$\n\n"
    r"The cost is $C = \frac12 \sum_j (y_j - a^L_j)^2$. Let $\delta^l_j = \frac{\partial C}{\partial z^l_j}$."
)
ANY_COST = (
    "$$ z_j^{l} = \\sum_k w_{jk}^{l} a_k^{l-1} + b_j^{l}, \\quad a_j^{l} = \\sigma(z_j^{l}) $$\n\n"
    r"The cost $C$ is a function of $a^L$. Let $\delta_j^l = \partial C / \partial z_j^l$."
)
BARE = (
    "$$ a^l = \\sigma(z^l), \\qquad z^l = W^l a^{l-1} + b^l $$\n\n"
    r"The cost is $C = \frac12 \|y - a^L\|^2$. Let $\delta^l = \frac{\partial C}{\partial z^l}$."
)
COLUMNS = (
    r"Examples are columns of $X \in \mathbb{R}^{n \times m}$, their labels are $Y \in \mathbb{R}^{1 \times m}$."
    "\n\n$$ Z_1 = W_1 X + b_1, \\quad A_1 = \\tanh(Z_1), \\quad Z_2 = W_2 A_1 + b_2, \\quad A_2 = \\sigma(Z_2) $$\n\n"
    "$$ J = -\\frac1m \\sum_{i=1}^m (Y_i \\log A_{2,i} + (1 - Y_i) \\log(1 - A_{2,i})) $$"
)
DROPOUT = r"A mask $m \in \{0, 1\}^d$ is drawn and $u = m \odot h / q$. Let $K$ be a loss, a function of $u$."
ENCODER = (
    r"The heads are $\mu = A h$ and $\rho = B h$, where $\rho = \log \sigma^2$, $h \in \mathbb{R}^m$, $A, B \in"
    r" \mathbb{R}^{d \times m}$. The divergence is $K = \frac12 \sum_{j=1}^d (\mu_j^2 + \sigma_j^2 - \rho_j - 1)$."
)
CELL = (
    "$$ f_t = \\sigma(W x_t + U h_{t-1}), \\quad o_t = \\sigma(V x_t + Q h_{t-1}), \\quad"
    " c_t = f_t \\odot c_{t-1} + x_t, \\quad h_t = o_t \\odot \\tanh(c_t) $$\n\n"
    r"with $x_t, h_t \in \mathbb{R}^n$. At one step the loss $L$ depends on $o_t$ and $c_t$ only through $h_t$."
)
BARS = (
    r"We write $\bar{v} = \partial L / \partial v$ for the adjoint of $v$, where $L$ is the scalar loss. Let $Z = X W$"
    r" with $X \in \mathbb{R}^{N \times d}$, $W \in \mathbb{R}^{d \times m}$."
)
STEP = (
    r"Consider $f(\theta) = \frac12 \theta^\top H \theta + g^\top \theta$ with symmetric"
    r" $H \in \mathbb{R}^{n \times n}$. Let $\theta' = \theta + d$ with $d \in \mathbb{R}^n$."
)
DENOTED = (
    r"Let $z = W x$, $W \in \mathbb{R}^{m \times n}$. Denote by $g$ the gradient $\partial L / \partial z$ of a loss"
    r" $L$ that depends on $z$."
)
COUNTS = (
    r"The rate is $\lambda_i = \exp(x_i^\top \beta)$, and up to a constant the log-likelihood is"
    "\n\n$$ \\ell(\\beta) = \\sum_{i=1}^n (y_i x_i^\\top \\beta - \\exp(x_i^\\top \\beta)). $$"
)
RATES = (
    r"With $\lambda_i = \exp(x_i^\top \beta)$ let"
    "\n\n$$ Q(\\beta) = \\sum_{i=1}^n (\\lambda_i - y_i x_i^\\top \\beta) $$\n\nup to a constant, and"
)
HATS = r"The model is $\hat{y}(x) = w^\top x$ with $w, x \in \mathbb{R}^n$ and $E = \frac12 (\hat{y}(x) - t)^2$."
DECAY = (
    r"Let $w \in \mathbb{R}^n$, $L(w) = L_0(w) + \frac{\lambda}{2} \|w\|_2^2$ and $R(w) = \|w\|_2^2$. Note that"
    "\n\n$$ \\nabla R(w) = 2 w. $$"
)
UNIT = (
    r"Let $\bar{w} = w / \|w\|$ with $w \in \mathbb{R}^n$, $z = \bar{w}^\top x$ and $\bar{x} = \partial z/\partial x$."
)
BRACKETS = (
    "$$ z^{[l]} = W^{[l]} a^{[l-1]} + b^{[l]}, \\qquad a^{[l]} = \\sigma(z^{[l]}) $$\n\n"
    r"with $a^{[0]} = x$, $W^{[l]} \in \mathbb{R}^{n_l \times n_{l-1}}$. For the cost $J$, a function of $a^{[L]}$, let"
    r" $\delta^{[l]} = \frac{\partial J}{\partial z^{[l]}}$."
)
SLOPES = r"Let $y = f(W x)$ where $f$ is applied elementwise and $W \in \mathbb{R}^{m \times n}$. Let $u = W x$."
GATES = (
    r"The gates are $i = \sigma(W_i x + b_i)$, $f = \sigma(W_f x + b_f)$, $g = \tanh(W_g x + b_g)$, with"
    r" $x \in \mathbb{R}^d$ and $c = f \odot c_0 + i \odot g$, $c \in \mathbb{R}^n$. The loss $L$ is a function of $c$."
)

RIGHT = (
    (BRACKETS, r"\delta^{[l]} = (W^{[l+1]})^\top \delta^{[l+1]} \odot \sigma'(z^{[l]})"),
    (SLOPES, r"\frac{\partial y_i}{\partial x_j} = f'(u_i) W_{ij}"),
    (GATES, r"\frac{\partial L}{\partial f} = \frac{\partial L}{\partial c} \odot c_0"),
    (HATS, r"\frac{\partial E}{\partial w} = (\hat{y}(x) - t) x"),
    (HATS, r"\frac{\partial \hat{y}}{\partial w} = x"),
    (DECAY, r"\nabla L(w) = \nabla L_0(w) + \lambda w"),
    (UNIT, r"\bar{x} = \bar{w}"),
    (DROPOUT, r"\frac{\partial K}{\partial h} = \frac{1}{q} m \odot \frac{\partial K}{\partial u}"),
    (ENCODER, r"\frac{\partial K}{\partial \rho} = \frac12 (e^\rho - 1)"),
    (ENCODER, r"\frac{\partial K}{\partial B} = \frac12 (\sigma^2 - 1) h^\top"),
    (CELL, r"\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} \odot \tanh(c_t)"),
    (CELL, r"\frac{\partial L}{\partial c_t} = \frac{\partial L}{\partial h_t} \odot o_t \odot (1 - \tanh^2(c_t))"),
    (BARS, r"\bar{W} = X^\top \bar{Z}"),
    (STEP, r"\frac{\partial f(\theta')}{\partial d} = H \theta' + g"),
    (DENOTED, r"\frac{\partial L}{\partial W} = g x^\top"),
    (COUNTS, r"\frac{\partial \ell}{\partial \beta} = \sum_{i=1}^n (y_i - \lambda_i) x_i"),
    (RATES, r"\nabla Q(\beta) = \sum_{i=1}^n (\lambda_i - y_i) x_i"),
    (SQUARES, r"\frac{\partial Q}{\partial \beta} = -2 X^\top (y - X \beta)"),
    (SQUARES, r"\nabla Q(\beta) = 2 X^\top X \beta - 2 X^\top y"),
    (CLASSIFIER, r"\frac{\partial K}{\partial w} = -(1 - D(x)) x + D(G(z)) G(z)"),
    (CLASSIFIER, r"\frac{\partial K}{\partial A} = D(G(z)) w z^\top"),
    (FEATURES, r"\nabla E(w) = -\sum_{n=1}^N (t_n - w^\top \phi_n) \phi_n"),
    (FEATURES, r"\nabla E(w) = \sum_{n=1}^N (y_n - t_n) \phi(x_n)"),
    (UNITS, r"\frac{\partial E}{\partial h_i} = h_i - t_i"),
    (UNITS, r"\frac{\partial E}{\partial w} = \sum_{i=1}^N (h_i - t_i) h'(u_i) x_i"),
    (PATTERN, r"\frac{\partial E}{\partial w_{ji}} = \delta_j x_i"),
    (PATTERN, r"\frac{\partial E}{\partial v_{kj}} = \delta_k z_j"),
    (LAYERS, r"\delta^L_j = (a^L_j - y_j) \sigma'(z^L_j)"),
    (LAYERS, r"\delta^l_j = \sum_k w^{l+1}_{kj} \delta^{l+1}_k \sigma'(z^l_j)"),
    (LAYERS, r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \delta^l_j"),
    (ANY_COST, r"\delta_j^L = \frac{\partial C}{\partial a_j^L} \sigma'(z_j^L)"),
    (ANY_COST, r"\frac{\partial C}{\partial b_j^l} = \delta_j^l"),
    (BARE, r"\delta^l = (W^{l+1})^\top \delta^{l+1} \odot \sigma'(z^l)"),
    (BARE, r"\frac{\partial C}{\partial W^l} = \delta^l (a^{l-1})^\top"),
)
NOT_RIGHT = (
    (BRACKETS, r"\delta^{[l]} = (W^{[l]})^\top \delta^{[l+1]} \odot \sigma'(z^{[l]})"),
    (SLOPES, r"\frac{\partial y_i}{\partial x_j} = f'(u_j) W_{ij}"),
    (GATES, r"\frac{\partial L}{\partial f} = \frac{\partial L}{\partial c} \odot c"),
    (HATS, r"\frac{\partial E}{\partial w} = (t - \hat{y}(x)) x"),
    (HATS, r"\frac{\partial \hat{y}}{\partial w} = w"),
    (DECAY, r"\nabla L(w) = \nabla L_0(w) + 2 \lambda w"),
    (UNIT, r"\bar{x} = w"),
    (DROPOUT, r"\frac{\partial K}{\partial h} = q m \odot \frac{\partial K}{\partial u}"),
    (ENCODER, r"\frac{\partial K}{\partial \rho} = \frac12 (e^\rho + 1)"),
    (ENCODER, r"\frac{\partial K}{\partial B} = -\frac12 \mathbf{1} h^\top"),
    (CELL, r"\frac{\partial L}{\partial o_t} = \frac{\partial L}{\partial h_t} \odot c_t"),
    (CELL, r"\frac{\partial L}{\partial c_t} = \frac{\partial L}{\partial h_t} \odot o_t \odot \tanh(c_t)"),
    (BARS, r"\bar{W} = -X^\top \bar{Z}"),
    (STEP, r"\frac{\partial f(\theta')}{\partial d} = H \theta + g"),
    (DENOTED, r"\frac{\partial L}{\partial W} = -g x^\top"),
    (COUNTS, r"\frac{\partial \ell}{\partial \beta} = \sum_{i=1}^n (\lambda_i - y_i) x_i"),
    (RATES, r"\nabla Q(\beta) = \sum_{i=1}^n (y_i - \lambda_i) x_i"),
    (SQUARES, r"\frac{\partial Q}{\partial \beta} = -X^\top (y - X \beta)"),
    (SQUARES, r"\nabla Q(\beta) = 2 X^\top X \beta + 2 X^\top y"),
    (CLASSIFIER, r"\frac{\partial K}{\partial w} = -(1 - D(x)) x - D(G(z)) G(z)"),
    (CLASSIFIER, r"\frac{\partial K}{\partial A} = -D(G(z)) w z^\top"),
    (FEATURES, r"\nabla E(w) = \sum_{n=1}^N (t_n - w^\top \phi_n) \phi_n"),
    (FEATURES, r"\nabla E(w) = \sum_{n=1}^N (t_n - y_n) \phi(x_n)"),
    (UNITS, r"\frac{\partial E}{\partial h_i} = t_i - h_i"),
    (UNITS, r"\frac{\partial E}{\partial w} = \sum_{i=1}^N (h_i - t_i) x_i"),
    (PATTERN, r"\frac{\partial E}{\partial w_{ji}} = \delta_j z_j"),
    (PATTERN, r"\frac{\partial E}{\partial v_{kj}} = \delta_j z_j"),
    (LAYERS, r"\delta^L_j = (y_j - a^L_j) \sigma'(z^L_j)"),
    (LAYERS, r"\delta^l_j = \sum_k w^{l+1}_{jk} \delta^{l+1}_k \sigma'(z^l_j)"),
    (LAYERS, r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_j \delta^l_k"),
    (ANY_COST, r"\delta_j^L = \frac{\partial C}{\partial a_j^L} \sigma(z_j^L)"),
    (ANY_COST, r"\frac{\partial C}{\partial b_j^l} = \delta_j^l a_j^l"),
    (BARE, r"\delta^l = W^{l+1} \delta^{l+1} \odot \sigma'(z^l)"),
    (BARE, r"\frac{\partial C}{\partial W^l} = a^{l-1} (\delta^l)^\top"),
)


@pytest.mark.parametrize(("text", "claim"), RIGHT)
def test_right(text: str, claim: str) -> None:
    assert verdict(text, claim) in HOLDS


@pytest.mark.parametrize(("text", "claim"), NOT_RIGHT)
def test_wrong(text: str, claim: str) -> None:
    assert verdict(text, claim) in WRONG


@pytest.mark.parametrize("shapes", ["", r", with $W_2 \in \mathbb{R}^{1 \times k}$, $b_2 \in \mathbb{R}$,"])
def test_a_row_of_which_the_loss_has_the_entries(shapes: str) -> None:
    """Declared as one, or told by its entries, ``A_{2,i}``, beside capitals that are matrices."""
    text = COLUMNS.replace("columns of", f"columns{shapes} of")
    claim = r"\frac{\partial J}{\partial W_2} = \frac1m (A_2 - Y) A_1^\top"
    assert verdict(text, claim) in HOLDS
    assert verdict(text, claim.replace(r"\frac1m", "")) in WRONG


def test_what_a_later_formula_declares_may_be_another_name() -> None:
    norm = r"Let $K \in \mathbb{R}^{n \times n}$ be symmetric and $J(a) = \frac12 \|y - K a\|^2$."
    kernel = r"The kernel is $k(x, y) = \exp(-\|x - y\|^2)$ with $x, y \in \mathbb{R}^d$."
    for claim in (r"\nabla J(a) = -K (y - K a)", r"\nabla J(a) = K (y - K a)"):
        formulas = report_on(f"{norm}\n\n$$ {claim} $$\n\n{kernel}\n", "post.md").formulas
        assert next(f.verdict for f in formulas if f.displayed) in OPEN
    assert verdict(norm, r"\nabla J(a) = -K (y - K a)") in HOLDS
    assert verdict(norm, r"\nabla J(a) = K (y - K a)") in WRONG
    assert verdict(f"{norm} Let $y \\in \\mathbb{{R}}^d$.", r"\nabla J(a) = -K (y - K a)") not in HOLDS


def test_a_step_between_derivatives_defines_none_anew() -> None:
    step, slope = r"W^{[l+1]\top} \delta^{[l+1]} \odot \sigma'(z^{[l]})", r"\delta^{[l]} (a^{[l-1]})^\top"
    for sign, expected in (("", HOLDS), ("-", WRONG)):
        claims = rf"\delta^{{[l]}} = {sign}{step}", rf"\frac{{\partial J}}{{\partial W^{{[l]}}}} = {sign}{slope}"
        text = "".join(f"\n\n$$ {claim} $$" for claim in claims)
        formulas = report_on(f"{BRACKETS}{text}\n", "post.md").formulas
        assert all(f.verdict in expected for f in formulas[-2:])
