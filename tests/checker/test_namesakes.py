"""Letters that are a number in one section and a vector in another, and names that sections have of their own."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED


def displayed(text: str, **said: str) -> list[Formula]:
    for name, claim in said.items():
        text = text.replace(name, claim)
    return [f for f in report_on(text).formulas if f.displayed]


TWO_MODELS = r"""
## A network

$$h = \tanh(W x + b), \qquad y = U h + c$$

where $x \in \mathbb{R}^D$, $W \in \mathbb{R}^{H \times D}$, $U \in \mathbb{R}^{K \times H}$.

$$\frac{\partial h}{\partial b} = LAYER$$

## A logistic model

Let $y \in \mathbb{R}^K$, $w \in \mathbb{R}^K$ and $b \in \mathbb{R}$, and $a = w^\top y + b$, $p = \log(1 + e^a)$.

$$\frac{\partial p}{\partial b} = UNIT$$
"""


@pytest.mark.parametrize(
    ("layer", "unit", "verdicts"),
    [
        (r"\mathrm{diag}(1 - h \odot h)", r"\frac{e^a}{1 + e^a}", [PROVED, PROVED]),
        (r"\mathrm{diag}(1 - h \odot h)", r"\frac{1}{1 + e^a}", [PROVED, REFUTED]),
        (r"\mathrm{diag}(1 + h \odot h)", r"\frac{e^a}{1 + e^a}", [REFUTED, PROVED]),
    ],
)
def test_the_offsets_of_two_models(layer: str, unit: str, verdicts: list[Verdict]) -> None:
    assert [f.verdict for f in displayed(TWO_MODELS, LAYER=layer, UNIT=unit)][1:] == verdicts


def test_a_letter_whose_use_is_open_is_one() -> None:
    """Nothing tells that the b of ``W (x + b)`` is no number."""
    text = TWO_MODELS.replace("W x + b", "W (x + b)")
    found = displayed(text, LAYER=r"\mathrm{diag}(1 - h \odot h)", UNIT=r"\frac{1}{1 + e^a}")
    assert found[-1].verdict is not PROVED


GATE = r"""
# Encoder

$h = \tanh(W x + b)$ with $x \in \mathbb{R}^d$, $W \in \mathbb{R}^{k \times d}$.

# Decoder

$r = V h + c$ with $V \in \mathbb{R}^{d \times k}$ and $E = \frac12 \|r - x\|^2$.

$$\frac{\partial E}{\partial b} = LAYER$$

# A gate

$g = \tanh(u^\top h + b)$ with $u \in \mathbb{R}^k$.

$$\frac{\partial g}{\partial b} = UNIT$$
"""
INNER = r"(V^\top (r - x)) \odot (1 - h \odot h)"


@pytest.mark.parametrize(
    ("layer", "unit", "verdicts"),
    [(INNER, "1 - g^2", [PROVED, PROVED]), (INNER.replace("1 -", "1 +"), "1 - g^2", [REFUTED, PROVED]),
     (INNER, "1 - g", [PROVED, REFUTED])],
)  # fmt: skip
def test_a_section_that_leaves_it_open_goes_on_with_the_one_before(
    layer: str, unit: str, verdicts: list[Verdict]
) -> None:
    """Nothing declares either b; of the decoder it is that of the encoder."""
    assert [f.verdict for f in displayed(GATE, LAYER=layer, UNIT=unit)] == verdicts


DROPOUT = r"""
## Forward

With $X \in \mathbb{R}^{B \times D}$, $W \in \mathbb{R}^{D \times H}$, $R \in \mathbb{R}^{B \times H}$, and the drop
probability $p$,

$$Z = X W, \qquad A = \frac{1}{1-p} R \odot Z, \qquad L = \frac12 \|A\|_F^2$$

$$\frac{\partial L}{\partial W} = CLAIM$$

## One example

Let $z \in \mathbb{R}^K$ and $p = \mathrm{softmax}(z)$, $\ell = -\log p_c$.

$$\frac{\partial \ell}{\partial z_k} = ENTRY$$
"""


@pytest.mark.parametrize(
    ("claim", "entry", "verdicts"),
    [
        (r"\frac{1}{1-p} X^\top (R \odot A)", r"p_k - \mathbb{1}[k = c]", [PROVED, PROVED]),
        (r"X^\top (R \odot A)", r"p_k - \mathbb{1}[k = c]", [REFUTED, PROVED]),
        (r"\frac{1}{1-p} X^\top (R \odot A)", r"\mathbb{1}[k = c] - p_k", [PROVED, REFUTED]),
    ],
)
def test_a_probability_and_probabilities(claim: str, entry: str, verdicts: list[Verdict]) -> None:
    assert [f.verdict for f in displayed(DROPOUT, CLAIM=claim, ENTRY=entry)][1:] == verdicts


ONE_FOR_ALL = r"""
# A net

The state $h_k \in \mathbb{R}^n$ begins with $h_0 = x$, and for $k = 0, \dots, K-1$

$$h_{k+1} = h_k + \eta \tanh(A_k h_k),$$

with $A_k \in \mathbb{R}^{n \times n}$, and $\mathcal{L} = \frac12 \|h_K - t\|^2$.

## Backwards

Let $p_k = \partial \mathcal{L}/\partial h_k$. Then

$$\frac{\partial \mathcal{L}}{\partial A_k} = OUTER$$

## Shared weights

Here all layers share $A \in \mathbb{R}^{n \times n}$, and the update is

$$h_{k+1} = h_k - A^\top \tanh(A h_k).$$

$$\frac{\partial h_{k+1}}{\partial h_k} = STEP$$
"""
OUTER = r"\eta ((1 - \tanh^2(A_k h_k)) \odot p_{k+1}) h_k^\top"
STEP = r"I - A^\top \operatorname{diag}(1 - \tanh^2(A h_k)) A"


@pytest.mark.parametrize(
    ("outer", "step", "verdicts"),
    [(OUTER, STEP, [PROVED, PROVED]), (OUTER.replace("p_{k+1}", "p_k"), STEP, [REFUTED, PROVED]),
     (OUTER, STEP.replace("I -", "I +"), [PROVED, REFUTED])],
)  # fmt: skip
def test_a_part_declares_one_for_all_layers(outer: str, step: str, verdicts: list[Verdict]) -> None:
    found = displayed(ONE_FOR_ALL, OUTER=outer, STEP=step)
    assert [found[1].verdict, found[3].verdict] == verdicts, [f.message for f in found]


ATTENTION = r"""
# Convolution

$y_t = \sum_{k=0}^{K-1} w_k x_{t-k}$ for $t = 1, \dots, T$, where $x_t = 0$ for $t < 1$.

$$\frac{\partial L}{\partial w_k} = \sum_{t=1}^T \frac{\partial L}{\partial y_t} SHIFTED$$

# Attention

Let $X \in \mathbb{R}^{T \times d}$, $W_q, W_k, W_v \in \mathbb{R}^{d \times h}$ and
$Q = X W_q$, $K = X W_k$, $V = X W_v$, $S = Q K^\top$.

$$\frac{\partial L}{\partial W_k} = KEYS$$
"""
KEYS = r"X^\top \left(\frac{\partial L}{\partial S}\right)^\top Q"


@pytest.mark.parametrize(
    ("shifted", "keys", "verdicts"),
    [("x_{t-k}", KEYS, [PROVED, PROVED]), ("x_{t+k}", KEYS, [REFUTED, PROVED]),
     ("x_{t-k}", KEYS.replace(r"^\top Q", " Q"), [PROVED, REFUTED])],
)  # fmt: skip
def test_a_label_that_counts_in_another_section(shifted: str, keys: str, verdicts: list[Verdict]) -> None:
    assert [f.verdict for f in displayed(ATTENTION, SHIFTED=shifted, KEYS=keys)] == verdicts


POLICIES = r"""
# A density

$$\pi(a) = \frac{1}{s \sqrt{2 \pi}} \exp\left(-\frac{(a - m)^2}{2 s^2}\right)$$

where the $\pi$ below the root is the number. Then

$$\frac{\partial \log \pi(a)}{\partial m} = DENSITY$$

# A softmax

With $x, q \in \mathbb{R}^n$ let
$$\pi_i = \frac{e^{x_i}}{\sum_{j=1}^n e^{x_j}}, \qquad V = \sum_{i=1}^n \pi_i q_i$$

$$\frac{\partial V}{\partial x} = SOFTMAX$$
"""


@pytest.mark.parametrize(
    ("density", "softmax", "right"),
    [(r"\frac{a - m}{s^2}", r"\pi \odot (q - V \mathbf{1})", True),
     (r"\frac{m - a}{s^2}", r"\pi \odot (q - V \mathbf{1})", False),
     (r"\frac{a - m}{s^2}", r"\pi \odot (V \mathbf{1} - q)", False)],
)  # fmt: skip
def test_the_number_of_one_section_and_a_policy_of_another(density: str, softmax: str, right: bool) -> None:
    found = displayed(POLICIES, DENSITY=density, SOFTMAX=softmax)
    assert not found[0].verdict.wrong
    assert ([found[1].verdict, found[-1].verdict] == [PROVED, PROVED]) is right
    assert right or any(f.verdict is REFUTED for f in found)


SMOOTHED = r"""
Let $Z \in \mathbb{R}^{B \times C}$ and $P = \mathrm{softmax}(Z)$ by rows. The targets are
$T = (1-\alpha) Y + \frac{\alpha}{C}$, where the rows of $Y$ are one-hot, and
$E = -\frac{1}{B} \sum_{i=1}^{B} \sum_{c=1}^{C} T_{ic} \log P_{ic}$. Let
$E_i = -\sum_{c=1}^C T_{ic} \log P_{ic}$ be that of one example.

$$\frac{\partial E}{\partial Z} = BATCH$$

$$\frac{\partial E_i}{\partial Z_{ic}} = ONE$$
"""


@pytest.mark.parametrize(
    ("batch", "one", "verdicts"),
    [(r"\frac1B (P - T)", "P_{ic} - T_{ic}", [PROVED, PROVED]), ("P - T", "P_{ic} - T_{ic}", [REFUTED, PROVED]),
     (r"\frac1B (P - T)", r"\frac1B (P_{ic} - T_{ic})", [PROVED, REFUTED])],
)  # fmt: skip
def test_smoothed_targets_of_all_and_of_one(batch: str, one: str, verdicts: list[Verdict]) -> None:
    assert [f.verdict for f in displayed(SMOOTHED, BATCH=batch, ONE=one)] == verdicts


RECURRENT = r"""
The inputs are $u_1, \dots, u_T \in \mathbb{R}^m$, and $s_t = \tanh(V s_{t-1} + U u_t)$ for $t = 1, \dots, T$
with $s_t \in \mathbb{R}^n$ and $E = \sum_{t=1}^T \frac12 \|s_t\|^2$. With $d_t = \partial E / \partial s_t$

$$\frac{\partial E}{\partial U} = \sum_{t=1}^T ((1 - s_t \odot s_t) \odot d_t) LAST^\top$$
"""


@pytest.mark.parametrize(("other", "verdict"), [("u_t", PROVED), ("s_t", REFUTED)])
def test_a_weight_is_no_matrix_of_what_it_is_multiplied_with(other: str, verdict: Verdict) -> None:
    found = displayed(RECURRENT, LAST=other)[-1]
    assert found.verdict is verdict or verdict is REFUTED and found.verdict.wrong, found.message


TRIPLET = r"""
For $a, p, n \in \mathbb{R}^d$ let $T = \max(0, \|a - p\|^2 - \|a - n\|^2 + m)$. SAID
$$\frac{\partial T}{\partial a} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("said", "claim", "verdict"),
    [
        ("When the triplet is active (the second argument is positive), we have", "2 (n - p)", PROVED),
        ("When the triplet is active (the second argument is positive), we have", "2 (p - n)", REFUTED),
        ("When the triplet is active (unless it is easy), we have", "2 (n - p)", UNDECIDED),
    ],
)
def test_a_remark_in_brackets_on_what_is_active(said: str, claim: str, verdict: Verdict) -> None:
    assert displayed(TRIPLET, SAID=said, CLAIM=claim)[-1].verdict is verdict


def test_two_scalars_have_different_values_somewhere() -> None:
    text = r"""Let $$v_{t+1} = \beta v_t + g_t, \qquad w_{t+1} = w_t - \eta v_{t+1},$$ where
    $v_t, w_t, g_t \in \mathbb{R}^n$.
    $$\frac{\partial v_{t+1}}{\partial v_t} = FACTOR I$$"""
    assert displayed(text, FACTOR=r"\beta")[-1].verdict is PROVED
    assert displayed(text, FACTOR=r"\eta")[-1].verdict is REFUTED


@pytest.mark.parametrize(
    ("scale", "gain", "verdicts"),
    [
        (r"\sum_i g_i u_i", r"\frac{v^\top \nabla_w L}{\|v\|}", [PROVED, PROVED]),
        (r"\sum_i g_i x_i", r"v^\top \nabla_w L", [REFUTED, REFUTED]),
    ],
)
def test_letters_of_a_section_that_a_later_one_declares(scale: str, gain: str, verdicts: list[Verdict]) -> None:
    """Also a name for a gradient, and what is a number there by its definition only."""
    text = r"""
## Batches
Let $v = \frac{1}{m} \sum_{i=1}^m x_i^2$, $u_i = \frac{x_i}{\sqrt{v + \epsilon}}$ and $y_i = \gamma u_i$
for $i = 1, \dots, m$. With $g_i = \frac{\partial L}{\partial y_i}$ we have
$$\frac{\partial L}{\partial \gamma} = SCALE$$
## Weights
Here $w = \frac{g}{\|v\|} v$ with $v \in \mathbb{R}^k$ and $g \in \mathbb{R}$. Then
$$\frac{\partial L}{\partial g} = GAIN$$
"""
    assert [f.verdict for f in displayed(text, SCALE=scale, GAIN=gain)] == verdicts


@pytest.mark.parametrize(
    ("deviation", "entropy", "verdicts"),
    [(r"\sigma_j", r"\pi \odot (1 - \pi)", [PROVED, PROVED]), (r"-\sigma_j", r"\pi \odot \pi", [REFUTED, REFUTED])],
)
def test_a_standard_deviation_and_the_sigmoid(deviation: str, entropy: str, verdicts: list[Verdict]) -> None:
    text = r"""
# Scales
Let $\rho \in \mathbb{R}^k$ and $\sigma_j = e^{\rho_j}$.
$$\frac{\partial \sigma_j}{\partial \rho_j} = DEVIATION$$
# Units
Let $s \in \mathbb{R}^D$, $\pi = \sigma(s)$ and $B = \sum_i \pi_i$.
$$\frac{\partial B}{\partial s} = ENTROPY$$
"""
    found = displayed(text, DEVIATION=deviation, ENTROPY=entropy)
    assert [f.verdict for f in found] == verdicts
    assert not any("mathit" in f.message for f in found)


LATER = r"""
# A state
Let $s_t \in \mathbb{R}^n$, $y_t = C s_t$ for $t = 1, \dots, T$ and $L = \frac12 \sum_{t=1}^T \|y_t - r_t\|^2$.
$$\frac{\partial L}{\partial s_t} = CLAIM$$
# A unit
Let $r = \sigma(a) - y$ and $q = \frac12 r^\top r$.
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [(r"C^\top (y_t - r_t)", PROVED), (r"2 C^\top (y_t - r_t)", UNDECIDED), (r"C^\top y_t - r_t", UNDECIDED)],
)
def test_what_a_later_section_defines_has_no_entries_before(claim: str, verdict: Verdict) -> None:
    """That r rests on y, and twice the gradient was proved."""
    (found,) = displayed(LATER, CLAIM=claim)
    assert found.verdict is verdict or verdict is UNDECIDED and found.verdict.wrong, found.message


@pytest.mark.parametrize(("claim", "verdict"), [("2 (z_i - b_i) w_i", PROVED), ("(z_i - b_i) w_i", REFUTED)])
def test_what_an_earlier_section_defines_has_entries(claim: str, verdict: Verdict) -> None:
    text = r"""
# A layer
Let $x, w, b \in \mathbb{R}^n$, $z = w \odot x$ and $L = \|z - b\|^2$.
# By entries
$$\frac{\partial L}{\partial x_i} = CLAIM$$
"""
    assert displayed(text, CLAIM=claim)[0].verdict is verdict
