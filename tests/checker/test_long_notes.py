"""What long notes and papers do that short ones do not: the same letters in several sections, in two fonts, as a size
and as a matrix, and displays without full stops. Each right claim stands beside a wrong one."""

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED


def last(text: str, claim: str) -> Formula:
    assert "CLAIM" in text
    return check(scan(text.replace("CLAIM", claim))).formulas[-1]


# -- sizes ------------------------------------------------------------------------------------------------------------
TWO_HEADS = r"""
## One head

Let $X \in \mathbb{R}^{n \times d}$, $Q = X W_Q$, $K = X W_K$ with $W_Q, W_K \in \mathbb{R}^{d \times d_k}$.
$$S = \frac{Q K^\top}{\sqrt{d_k}}, \qquad A_{ij} = \frac{\exp(S_{ij})}{\sum_{k} \exp(S_{ik})}$$

## Another one

$$Q = X P, \qquad K = X R, \qquad S = \frac{1}{\sqrt{d_k}} Q K^{\top}, \qquad O = S X$$
$$L = \frac12 \| O - T \|_F^2$$
$$\frac{\partial L}{\partial Q} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{1}{\sqrt{d_k}} \frac{\partial L}{\partial S} K", PROVED),
        (r"\frac{\partial L}{\partial S} K", REFUTED),
        (r"\frac{1}{d_k} \frac{\partial L}{\partial S} K", REFUTED),
    ],
)
def test_a_size_of_another_section(claim: str, verdict: Verdict) -> None:
    """Its k is no index, though a sum binds k."""
    assert last(TWO_HEADS, claim).verdict is verdict


DECODER = r"""
The encoder maps $\mathbf{x} \in \mathbb{R}^D$ to $\mathbf{z} \in \mathbb{R}^d$. The decoder is
$\hat{\mathbf{x}} = \mathbf{D} \mathbf{z} + \mathbf{d}$, and
$$L = \frac12 \| \hat{\mathbf{x}} - \mathbf{x} \|^2$$
$$CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        (r"\frac{\partial L}{\partial \mathbf{D}} = (\hat{\mathbf{x}} - \mathbf{x}) \mathbf{z}^\top", True),
        (r"\frac{\partial L}{\partial \mathbf{D}} = \hat{\mathbf{x}} \mathbf{z}^\top", False),
        (r"\frac{\partial L}{\partial \mathbf{z}} = \mathbf{D}^\top (\hat{\mathbf{x}} - \mathbf{x})", True),
        (r"\frac{\partial L}{\partial \mathbf{z}} = \mathbf{D} (\hat{\mathbf{x}} - \mathbf{x})", False),
        (r"\frac{\partial L}{\partial \mathbf{d}} = \hat{\mathbf{x}} - \mathbf{x}", True),
        (r"\frac{\partial L}{\partial \mathbf{d}} = \mathbf{x} - \hat{\mathbf{x}}", False),
    ],
)
def test_a_matrix_in_bold_beside_a_size(claim: str, right: bool) -> None:
    found = last(DECODER, claim)
    assert found.verdict is PROVED if right else found.verdict.wrong, found.message


# -- letters of several sections --------------------------------------------------------------------------------------
MODELS = r"""
## One

With $u = V x$ and $x \in \mathbb{R}^n$ the loss is $E = \frac12 \|u - y\|^2$.
$$\frac{\partial E}{\partial u} = FIRST$$

## Two

With $x \in \mathbb{R}^n$
$$p = W_g x + b_g, \qquad y = \sigma(p)$$

Let $J$ be a loss of $y$ and $d = \partial J / \partial y$. Then
$$\frac{\partial J}{\partial p} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"), [(r"d \odot y \odot (1 - y)", PROVED), (r"d \odot p \odot (1 - p)", REFUTED)]
)
def test_the_target_of_one_model_is_not_the_output_of_another(claim: str, verdict: Verdict) -> None:
    report = check(scan(MODELS.replace("FIRST", "u - y").replace("CLAIM", claim)))
    assert report.formulas[-1].verdict is verdict
    assert next(f for f in report.formulas if f.displayed).verdict is PROVED
    wrong = check(scan(MODELS.replace("FIRST", "y - u").replace("CLAIM", claim)))
    assert next(f for f in wrong.formulas if f.displayed).verdict is REFUTED


@pytest.mark.parametrize(("claim", "verdict"), [("(y - t) x", PROVED), ("(y - t)", REFUTED), ("0", REFUTED)])
def test_a_loss_that_stands_before_its_net(claim: str, verdict: Verdict) -> None:
    text = r"""
## The loss

The prediction $y$ is compared with a target $t$, $E = \frac12 (y - t)^2$.
$$\frac{\partial E}{\partial y} = y - t$$

## The net

We use $y = w x$.
$$\frac{\partial E}{\partial w} = CLAIM$$
"""
    assert last(text, claim).verdict is verdict


LAYERS = r"""
## Layers

Let $a^{(0)} = x$ and $W^{(l)} \in \mathbb{R}^{n \times n}$ for $l = 1, \dots, L$,
$$a^{(l)} = \tanh(W^{(l)} a^{(l-1)}), \qquad E = \frac12 \|a^{(L)}\|^2$$
$$\frac{\partial E}{\partial a^{(L)}} = a^{(L)}$$

## A gate

For $v \in \mathbb{R}^n$ let
$$p = W_g v + b_g, \qquad g = \sigma(p), \qquad q = g \odot v$$

Let $J$ be a loss of $q$. Then
$$\frac{\partial J}{\partial W_g} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        (r"\left( \frac{\partial J}{\partial q} \odot v \odot g \odot (1 - g) \right) v^\top", True),
        (r"\left( \frac{\partial J}{\partial q} \odot g \odot (1 - g) \right) v^\top", False),
    ],
)
def test_a_matrix_of_a_gate_is_no_row_of_the_matrices_of_layers(claim: str, right: bool) -> None:
    found = last(LAYERS, claim)
    assert found.verdict is PROVED if right else found.verdict.wrong, found.message


# -- names ------------------------------------------------------------------------------------------------------------
WEIGHTS = r"""
For $t = 1, \ldots, T$ let $x_t \in \mathbb{R}^{d}$ and $h_t \in \mathbb{R}^{p}$, $V \in \mathbb{R}^{ROWS \times p}$.
$$v_t = W x_t + U h_{t-1}, \qquad h_t = \tanh(v_t), \qquad o_t = V h_t$$
$$L = \frac12 \sum_{t=1}^T \|o_t - y_t\|^2$$
$$\frac{\partial L}{\partial V} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "rows", "verdict"),
    [
        (r"\sum_{t=1}^T (o_t - y_t) h_t^\top", "k", PROVED),
        (r"\sum_{t=1}^T (o_t - y_t) v_t^\top", "k", REFUTED),
        (r"\sum_{t=1}^T (o_t - y_t) h_t^\top", "T", UNDECIDED),  # the rows of V may be the v_t
    ],
)
def test_weights_are_not_what_the_sums_of_their_letter_are_rows_of(claim: str, rows: str, verdict: Verdict) -> None:
    assert last(WEIGHTS.replace("ROWS", rows), claim).verdict is verdict


STACKED = r"""
Let $X \in \mathbb{R}^{n \times d}$. Instead of concatenating the heads we add them up,

$$Y = X W

$$

BEGIN the squared error against a target $T$,

$$L = \frac12 \| Y - T \|_F^2$$

$$\frac{\partial L}{\partial W} = CLAIM$$
"""


@pytest.mark.parametrize(("claim", "verdict"), [("X^T (Y - T)", PROVED), ("X^T (T - Y)", REFUTED)])
def test_a_capital_behind_a_display_begins_a_sentence(claim: str, verdict: Verdict) -> None:
    assert last(STACKED.replace("BEGIN", "With"), claim).verdict is verdict
    assert last(STACKED.replace("BEGIN", "and with"), claim).verdict is UNDECIDED


STRIDE = r"""
The input is $x \in \mathbb{R}^{N}$, the kernel $w \in \mathbb{R}^{K}$, the stride is $s$.
The output $y \in \mathbb{R}^{M}$ is
$$y_{i} = b + \sum_{k=0}^{K-1} w_{k} \, x_{s i + k}$$

with $N = s(M-1) + K$. Let $g_i = \frac{\partial L}{\partial y_{i}}$. Then
$$\frac{\partial L}{\partial x_{j}} = \sum_{i=0}^{M-1} \sum_{k=0}^{K-1} g_i w_{k} \, [CLAIM]$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"), [("j = s i + k", PROVED), ("j = i + k", REFUTED), ("j = s i - k", REFUTED)]
)
def test_what_a_size_is_made_of_is_a_size(claim: str, verdict: Verdict) -> None:
    assert last(STRIDE, claim).verdict is verdict


# -- what is supposed -------------------------------------------------------------------------------------------------
TIED = r"""
## Untied weights

An autoencoder maps $x \in \mathbb{R}^n$ to $h \in \mathbb{R}^k$ and back to $\hat{x} \in \mathbb{R}^n$,
$$h = f(a), \quad a = W x + b, \quad \hat{x} = V h + c.$$

We minimise $J = \frac12 \|\hat{x} - x\|^2$ with a fixed target $x$.
$$\frac{\partial J}{\partial V} = (\hat{x} - x) h^\top$$

## Tied weights

If the weights are tied, $\hat{x} = W^\top h + c$ with $h = f(W x + b)$, the matrix $W$ occurs twice. Let again
$a = W x + b$ and $\varepsilon = \hat{x} - x$, $J = \frac12 \|\varepsilon\|^2$.
$$\frac{\partial J}{\partial W} = CLAIM$$

## Two layers

Let $h_1 = \tanh(W_1 x)$ and $h_2 = \tanh(W_2 h_1)$.
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"h \varepsilon^\top + (f'(a) \circ W \varepsilon) x^\top", PROVED),
        (r"(f'(a) \circ W \varepsilon) x^\top", REFUTED),
        (r"h \varepsilon^\top", REFUTED),
    ],
)
def test_what_another_section_defines_anew(claim: str, verdict: Verdict) -> None:
    found = [f for f in check(scan(TIED.replace("CLAIM", claim))).formulas if f.displayed]
    assert found[-1].verdict is verdict, found[-1].message


@pytest.mark.parametrize("before", ["If", "and if"])
def test_a_name_of_a_display_before_is_supposed(before: str) -> None:
    text = rf"""
Let $z = w x$ and
$$J = \frac12 (z - y)^2$$
{before} $y = 2 w$, the loss is small.
$$\frac{{\partial J}}{{\partial w}} = CLAIM$$
"""
    assert last(text, "(z - y) (x - 2)").verdict is not PROVED
    assert last(text, "(z - y) x").verdict is not REFUTED


# -- definitions without a meaning ------------------------------------------------------------------------------------
GRAPH = r"""
A graph with $n$ nodes has the matrix $S = D^{-1/2} A D^{-1/2} \in \mathbb{R}^{n\times n}$. The nodes have features
$X \in \mathbb{R}^{n \times d}$. Let $W \in \mathbb{R}^{d \times h}$,
$$P = S X W, \qquad H = \tanh(P), \qquad L = \frac12 \| H - Y \|_F^2$$
$$CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial W} = X^\top S^\top \frac{\partial L}{\partial P}", PROVED),
        (r"\frac{\partial L}{\partial W} = X^\top S \frac{\partial L}{\partial P}", UNDECIDED),  # is it symmetric?
        (r"\frac{\partial L}{\partial A} = 0", UNDECIDED),
    ],
)
def test_what_is_arithmetic_of_names_depends_on_them_only(claim: str, verdict: Verdict) -> None:
    assert last(GRAPH, claim).verdict is verdict


def test_it_depends_on_what_they_depend_on() -> None:
    text = GRAPH.replace(r"Let $W \in", r"Let $A = W W^\top$, $W \in").replace("{d \\times h}", "{n \\times n}")
    text = text.replace("P = S X W", "P = S X")
    assert last(text, r"\frac{\partial L}{\partial W} = 0").verdict is UNDECIDED


# -- ranges and losses of several sections ----------------------------------------------------------------------------
DEPTHWISE = r"""
## One

Let $h \in \mathbb{R}^M$ and $z_i = h_i^2$ for $i = 0, \dots, M-1$, $E = \sum_{i=0}^{M-1} z_i$.

## Two

The input is $x \in \mathbb{R}^{C \times N}$, $d \in \mathbb{R}^{C \times K}$ and $e \in \mathbb{R}^{F \times C}$. Let
$$m_{c,i} = \sum_{k=0}^{K-1} d_{c,k} \, x_{c,i+k}$$
$$n_{f,i} = \sum_{c=0}^{C-1} e_{f,c} \, m_{c,i}$$

for $i = 0, \dots, N-K$. For a loss $J$ of $n$
$$\frac{\partial J}{\partial d_{c,k}} = \sum_{i=0}^{N-K} \frac{\partial J}{\partial m_{c,i}} CLAIM$$
"""


def test_the_range_that_is_stated_in_a_section_is_that_of_its_letters() -> None:
    assert last(DEPTHWISE, "x_{c,i+k}").verdict is PROVED
    assert last(DEPTHWISE, "x_{c,i}").verdict.wrong


TWO_LOSSES = r"""
Let $x \in \mathbb{R}^n$, $U \in \mathbb{R}^{m \times n}$, $V \in \mathbb{R}^{k \times n}$.

With $u = U x$ and a loss $L$
$$\frac{\partial L}{\partial U} = \frac{\partial L}{\partial u} x^\top$$
$$\frac{\partial L}{\partial x} = CLAIM$$

With $v = V x$ and a loss $J$
$$\frac{\partial J}{\partial V} = \frac{\partial J}{\partial v} x^\top$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"U^\top \frac{\partial L}{\partial u}", Verdict.CONDITIONAL),
        (r"2 U^\top \frac{\partial L}{\partial u}", REFUTED),
    ],
)
def test_a_loss_need_not_depend_on_what_another_one_is_differentiated_by(claim: str, verdict: Verdict) -> None:
    found = [f for f in check(scan(TWO_LOSSES.replace("CLAIM", claim))).formulas if f.displayed]
    assert found[1].verdict is verdict, found[1].message


DROPOUT = r"""
Let $X \in \mathbb{R}^{m \times n}$ and $W \in \mathbb{R}^{n \times h}$.
$$Z = X W, \qquad D = \frac{1}{p} M \circ Z, \qquad J = \frac12 \|D - Y\|_F^2$$

where $M \in \{0,1\}^{m \times h}$ is the dropout mask and $p$ SAID. Then
$$\frac{\partial J}{\partial W} = X^\top \left( \frac{1}{p} M \circ CLAIM \right)$$
"""


@pytest.mark.parametrize("said", ["the probability to keep a unit", "the probability that a unit is kept"])
def test_the_probability_to_keep_a_unit_is_given(said: str) -> None:
    text = DROPOUT.replace("SAID", said)
    assert last(text, "(D - Y)").verdict in (PROVED, Verdict.CONDITIONAL)
    assert last(text, "(Z - Y)").verdict is REFUTED
    assert last(DROPOUT.replace("SAID", "the probability of the class"), "(D - Y)").verdict is UNDECIDED


# -- primes -----------------------------------------------------------------------------------------------------------
OTHER_LOSS = r"""
Let $u \in \mathbb{R}^C$, $r = \mathrm{softmax}(u)$ and $g \in \mathbb{R}^C$ with $\sum_{i=1}^C g_i = 1$. Let
$$LOSS = - \tau^2 \sum_{i=1}^C g_i \log r_i$$
$$\frac{\partial LOSS}{\partial u_k} = \tau^2 (r_k - g_k)$$

Without the factor $\tau^2$, the loss $LOSS' = - \sum_{i=1}^C g_i \log r_i$ would have
$$\frac{\partial LOSS'}{\partial u_k} = CLAIM$$
"""


@pytest.mark.parametrize("loss", ["L", r"\mathcal{L}"])
def test_a_loss_with_a_prime_is_another_one(loss: str) -> None:
    text = OTHER_LOSS.replace("LOSS", loss)
    assert last(text, "r_k - g_k").verdict is PROVED
    assert last(text, r"\tau^2 (r_k - g_k)").verdict is REFUTED


def test_a_function_with_a_prime_is_its_slope() -> None:
    text = r"Let $E(u) = u^3$ and $E' = 3 u^2$. $$\frac{d E'}{d u} = CLAIM$$"
    assert last(text, "6 u").verdict is PROVED
    assert last(text, "3 u").verdict is REFUTED


PRIMED = r"""
Let $h \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$. The layer computes $h' = VALUE$ and the loss is
$$L = \frac12 \| h' - y \|^2$$
$$\frac{\partial L}{\partial W} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("value", "claim", "right"),
    [
        (r"\tanh(W h + b)", r"\left( (h' - y) \circ (1 - h' \circ h') \right) h^\top", True),
        (r"\tanh(W h + b)", r"\left( (h' - y) \circ (1 - h \circ h) \right) h^\top", False),
        (r"h + V \tanh(W h)", r"\left( V^\top (h' - y) \circ (1 - \tanh(W h)^2) \right) h^\top", True),
        (r"h + V \tanh(W h)", r"(h' - y) h^\top", False),
    ],
)
def test_a_new_value_with_a_prime(value: str, claim: str, right: bool) -> None:
    found = last(PRIMED.replace("VALUE", value), claim)
    assert found.verdict is PROVED if right else found.verdict.wrong, found.message


def test_a_matrix_with_a_prime_may_be_its_transpose() -> None:
    text = r"""
Let $X \in \mathbb{R}^{n \times d}$, $A \in \mathbb{R}^{n \times n}$ with $A' = A$, $y \in \mathbb{R}^n$ and
$$J = \frac12 (y - X b)' A (y - X b)$$
$$\frac{\partial J}{\partial b} = CLAIM$$
"""
    assert last(text, "-X' A (y - X b)").verdict is PROVED
    assert last(text, "X' A (y - X b)").verdict is REFUTED


# -- labels above, and names for parts --------------------------------------------------------------------------------
BLOCK = r"""
The input is $X \in \mathbb{R}^{N \times D}$. With $W^q, W^k \in \mathbb{R}^{D \times D}$ let
$$Q = X W^q, \quad K = X W^k, \quad S = Q K^\top, \quad Y = X + S X$$
$$H = \phi(Y W^1 + \mathbf{1} b_1^\top), \qquad O = Y + H W^2 + \mathbf{1} b_2^\top$$

with $W^1 \in \mathbb{R}^{D \times F}$ and $W^2 \in \mathbb{R}^{F \times D}$. Let $L$ be any loss of $O$ and
$P = Y W^1 + \mathbf{1} b_1^\top$.
$$CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        (r"\frac{\partial L}{\partial W^2} = H^\top \frac{\partial L}{\partial O}", True),
        (r"\frac{\partial L}{\partial W^2} = Y^\top \frac{\partial L}{\partial O}", False),
        (r"\frac{\partial L}{\partial P} = \frac{\partial L}{\partial H} \odot \phi'(P)", True),
        (r"\frac{\partial L}{\partial P} = \frac{\partial L}{\partial H} \odot \phi'(H)", False),
        (r"\frac{\partial L}{\partial W^k} = X^\top \frac{\partial L}{\partial K}", True),
        (r"\frac{\partial L}{\partial W^k} = X^\top \frac{\partial L}{\partial Q}", False),
    ],
)
def test_letters_above_a_capital_are_labels(claim: str, right: bool) -> None:
    found = last(BLOCK, claim)
    assert found.verdict is PROVED if right else found.verdict.wrong, found.message


def test_one_letter_above_a_capital_is_a_layer() -> None:
    text = r"""
Let $a^0 = x$, $W^l \in \mathbb{R}^{n \times n}$ for $l = 1, \dots, M$, $z^l = W^l a^{l-1}$, $a^l = \tanh(z^l)$, and
$$E = \frac12 \|a^M - y\|^2$$
$$\frac{\partial E}{\partial W^l} = \frac{\partial E}{\partial z^l} (CLAIM)^\top$$
"""
    assert last(text, "a^{l-1}").verdict is PROVED
    assert last(text, "a^{l}").verdict.wrong


@pytest.mark.parametrize(
    ("claim", "right"), [(r"(y - t) v h (1 - h) x", True), (r"(y - t) v x", False), ("0", False)]
)
def test_a_net_that_is_told_in_two_sections(claim: str, right: bool) -> None:
    text = r"""
## The output

The prediction is $y = v h$ and $E = \frac12 (y - t)^2$.
$$\frac{\partial E}{\partial w} = CLAIM$$

## The hidden unit

It is $h = \sigma(w x)$, where $\sigma$ is the logistic function, so that
$$\frac{\partial h}{\partial w} = h (1 - h) x$$
"""
    found = next(f for f in check(scan(text.replace("CLAIM", claim))).formulas if f.displayed)
    assert found.verdict is PROVED if right else found.verdict.wrong, found.message


def test_a_gradient_lacks_its_transpose() -> None:
    text = r"""
Let $X \in \mathbb{R}^{n \times d}$, $Q = X W_Q$, $K = X W_K$ with $W_Q, W_K \in \mathbb{R}^{d \times k}$ and
$S = Q K^\top$. For a loss $L$ of $S$
$$\nabla_K L = CLAIM$$
"""
    found = last(text, r"\nabla_S L \, Q")
    assert found.verdict is REFUTED
    assert found.correction is not None and "(\\nabla_{S}L)^{\\top}" in found.correction.latex
    assert last(text, r"(\nabla_S L)^\top Q").verdict is PROVED


QUERY = r"""
Keys $k_i = W^k x_i$, values $v_i = W^v x_i$ for $i = 1, \dots, n$ and the query $q = W^q z$, $x_i \in \mathbb{R}^d$,
$z \in \mathbb{R}^d$ and $W^q, W^k, W^v \in \mathbb{R}^{d \times d}$. Let
$$a_i = \frac{\exp(q^\top k_i)}{\sum_{j=1}^n \exp(q^\top k_j)}, \qquad o = \sum_{i=1}^n a_i v_i$$
$$L = \frac12 \|o - t\|^2$$
$$CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial W^v} = \sum_{i=1}^n a_i (o - t) x_i^\top", PROVED),
        (r"\frac{\partial L}{\partial W^v} = \sum_{i=1}^n (o - t) x_i^\top", REFUTED),
        (r"\frac{\partial L}{\partial W^q} = \frac{\partial L}{\partial q} z^\top", PROVED),
        (r"\frac{\partial L}{\partial W^q} = \frac{\partial L}{\partial q} q^\top", REFUTED),
    ],
)
def test_the_letter_of_a_label_may_name_what_it_makes(claim: str, verdict: Verdict) -> None:
    found = last(QUERY, claim)
    assert found.verdict is verdict, found.message


DATA_AND_OUTPUT = r"""
## A linear model

Let $X \in \mathbb{R}^{n \times d}$ and $y \in \mathbb{R}^n$, $J = \frac{1}{2} \|X w - y\|^2$.
$$\nabla_w J = X^\top (X w - y)$$

## A network

A hidden layer computes $h = \tanh(V x + c)$ SAID $y = u^\top h$. With a target $t$, $E = \frac12 (y - t)^2$.
$$\frac{\partial E}{\partial V} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("said", "claim", "verdict"),
    [
        ("for each example and the output is", r"(y - t) \left( u \odot (1 - h^2) \right) x^\top", PROVED),
        ("for each example and the output is", r"(y - t) \left( u \odot (1 - h) \right) x^\top", REFUTED),
        ("for each example. Often", r"(y - t) \left( u \odot (1 - h^2) \right) x^\top", PROVED),  # a number there
        ("for each example. Often", r"(y - t) \left( u \odot (1 - h) \right) x^\top", REFUTED),
    ],
)
def test_the_output_of_a_later_section_is_not_the_data_of_one_before(said: str, claim: str, verdict: Verdict) -> None:
    found = last(DATA_AND_OUTPUT.replace("SAID", said), claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"(y - t) \left( w \odot (1 - h^2) \right) x^\top", PROVED),
        (r"(y - t) \left( w \odot h \right) x^\top", REFUTED),
    ],
)
def test_two_models_share_a_letter_for_their_weights(claim: str, verdict: Verdict) -> None:
    """The data of the one are not the output of the other, though both have a w."""
    text = DATA_AND_OUTPUT.replace("u^\\top h", "w^\\top h").replace("SAID", "for each example and the output is")
    report = check(scan(text.replace("CLAIM", claim)))
    assert report.formulas[-1].verdict is verdict
    assert next(f for f in report.formulas if f.displayed).verdict is PROVED
