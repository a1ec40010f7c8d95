"""Notes that declare little: each right formula beside a wrong one."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, CONDITIONAL = Verdict.PROVED, Verdict.REFUTED, Verdict.CONDITIONAL
UNDECIDED, ILL_FORMED = Verdict.UNDECIDED, Verdict.ILL_FORMED


def last(text: str, claim: str) -> Formula:
    return report_on(f"{text}\n\n$$ {claim} $$\n", "found.md").formulas[-1]


NEWTON = r"$$q(w) = c + g^T (w - v) + \frac12 (w - v)^T H (w - v)$$ with symmetric $H$."
CASES = r"""
$$p_j = \frac{e^{z_j}}{\sum_k e^{z_k}}, \quad L = -\sum_j t_j \log p_j$$

$$t_j = \begin{cases} 1 & \text{if } j = c \\ 0 & \text{otherwise} \end{cases}$$
"""
SAID = r"""
$$p_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$$ The label is one-hot: $t_j = 1$ if $j = c$, and $0$ otherwise.
$$L = -\sum_j t_j \log p_j$$
"""
SAMPLES = r"$$J = -\log \sigma(u_o^T v) - \sum_{k=1}^K \log \sigma(-u_k^T v)$$"
SOFTMAX = r"""
$$\hat{y}_o = \frac{\exp(u_o^T v)}{\sum_{w=1}^W \exp(u_w^T v)}, \quad J = -\log \hat{y}_o$$
"""
ATTENTION = r"""
$$S = Q K^T/\sqrt{d}, \quad Q, K, V \in \mathbb{R}^{n \times d}$$
$$A = \mathrm{softmax}(S), \quad O = A V$$
$$dV = A^T dO$$
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (NEWTON, r"\nabla q(w) = g + H (w - v)", r"\nabla q(w) = g - H (w - v)"),
        (CASES, r"\frac{\partial L}{\partial z_j} = p_j - t_j", r"\frac{\partial L}{\partial z_j} = p_j + t_j"),
        (SAID, r"\frac{\partial L}{\partial z_j} = p_j - t_j", r"\frac{\partial L}{\partial z_j} = p_j - 2 t_j"),
        (SOFTMAX, r"\frac{\partial J}{\partial u_o} = (\hat{y}_o - 1) v", r"\frac{\partial J}{\partial u_o} = -v"),
        (SOFTMAX, r"\frac{\partial J}{\partial u_w} = \hat{y}_w v, \quad w \neq o",
         r"\frac{\partial J}{\partial u_w} = \hat{y}_o v, \quad w \neq o"),
        (ATTENTION, r"dQ = dS K/\sqrt{d}", r"dQ = dS^T K/\sqrt{d}"),
        (ATTENTION, r"dA = dO V^T", r"dA = V dO^T"),
        (ATTENTION, r"dV = A^T dO", r"dV = A dO"),
        (ATTENTION, r"dS = A \odot (dA - \mathrm{rowsum}(dA \odot A))", r"dS = A \odot (dA - \mathrm{rowsum}(A))"),
    ],
)  # fmt: skip
def test_what_is_right_holds_and_what_is_wrong_does_not(text: str, right: str, wrong: str) -> None:
    found = last(text, right)
    assert found.verdict is PROVED, found.message
    found = last(text, wrong)
    assert found.verdict is REFUTED, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial J}{\partial u_o} = (\sigma(u_o^T v) - 1) v", CONDITIONAL),
        (r"\frac{\partial J}{\partial u_o} = (\sigma(u_o^T v) + 1) v", REFUTED),
        (r"\frac{\partial J}{\partial u_k} = \sigma(u_k^T v) v", CONDITIONAL),
        (r"\frac{\partial J}{\partial u_k} = -\sigma(u_k^T v) v", REFUTED),
    ],
)
@pytest.mark.parametrize("declared", ["", r"Let $u_1, \dots, u_K \in \mathbb{R}^d$ and $v \in \mathbb{R}^d$."])
def test_the_true_word_may_be_none_of_the_samples(declared: str, claim: str, verdict: Verdict) -> None:
    found = last(declared + SAMPLES, claim)
    assert found.verdict is verdict, found.message
    assert verdict is not CONDITIONAL or found.assumptions == ("o>K",)


@pytest.mark.parametrize(
    "text", [r"$$J = -u_o^T v + \log \sum_{w=1}^W \exp(u_w^T v)$$", r"Let $U \in \mathbb{R}^{K \times d}$." + SAMPLES]
)
def test_the_true_word_is_one_of_all(text: str) -> None:
    """Of a softmax, or of the rows of a matrix, it is."""
    text = text.replace("u_", "U_") if "U" in text else text
    gradient = r"-v" if "\\sum_{w" in text else r"(\sigma(U_o^T v) - 1) v"
    found = last(text, rf"\frac{{\partial J}}{{\partial {'U' if 'U' in text else 'u'}_o}} = {gradient}")
    assert found.verdict is REFUTED, found.message


STEP = r"$$h_t = \tanh(W h_{t-1} + x_t)$$"
ENDED = STEP + r"$$L = \frac12 \|h_T - y\|^2$$"
NAMED = r"$$g_t = W^T (g_{t+1} \odot (1 - h_{t+1}^2))$$ where $g_t = \partial L/\partial h_t$."
FORWARD = r"""
$$h_{t+1} = \tanh(W h_t + U x_t), \quad t = 0, \dots, T-1$$
$$L = \frac12 \|h_T - y\|^2$$
"""
FROM_ONE = FORWARD.replace("t = 0, \\dots, T-1", "t = 1, \\dots, T").replace("h_T", "h_{T+1}")
LATE = ENDED.replace("x_t)$$", "x_t), \\quad t = 2, \\dots, T$$")
CONTROL = r"""
$$x_{t+1} = A x_t + B u_t$$
$$J = \sum_{t=0}^{T-1} (\|x_t\|^2 + \|u_t\|^2) + \|x_T\|^2$$
"""
RESIDUAL = r"$$x_{l+1} = x_l + W_l \sigma(x_l)$$"


@pytest.mark.parametrize(
    ("text", "right", "wrong", "where"),
    [
        (STEP, r"\frac{\partial L}{\partial h_t} = W^T (\frac{\partial L}{\partial h_{t+1}} \odot (1 - h_{t+1}^2))",
         r"\frac{\partial L}{\partial h_t} = W (\frac{\partial L}{\partial h_{t+1}} \odot (1 - h_{t+1}^2))",
         ("t<N_{t}", "L=L(h_{N_{t}})")),
        (STEP, r"\frac{\partial L}{\partial W} = \sum_t (\frac{\partial L}{\partial h_t} \odot (1 - h_t^2)) h_{t-1}^T",
         r"\frac{\partial L}{\partial W} = \sum_t (\frac{\partial L}{\partial h_t} \odot (1 - h_t^2)) h_t^T", ()),
        (ENDED, r"\frac{\partial L}{\partial h_T} = h_T - y", r"\frac{\partial L}{\partial h_T} = y - h_T", ()),
        (ENDED + NAMED, r"g_T = h_T - y", r"g_T = h_T + y", ()),
        (FORWARD, r"\frac{\partial L}{\partial x_t} = U^T (\frac{\partial L}{\partial h_{t+1}} \odot (1 - h_{t+1}^2))",
         r"\frac{\partial L}{\partial x_t} = U^T (\frac{\partial L}{\partial h_t} \odot (1 - h_t^2))", ()),
        (FORWARD, r"\frac{\partial L}{\partial h_T} = h_T - y", r"\frac{\partial L}{\partial h_{T-1}} = h_T - y", ()),
        (FROM_ONE, r"\frac{\partial L}{\partial h_{T+1}} = h_{T+1} - y",
         r"\frac{\partial L}{\partial h_T} = h_{T+1} - y", ()),
        (LATE, r"\frac{\partial L}{\partial x_1} = 0", r"\frac{\partial L}{\partial x_2} = 0", ()),
        (LATE + r"$$g_t = \frac{\partial L}{\partial h_t} \odot (1 - h_t^2)$$",
         r"\frac{\partial L}{\partial W} = \sum_{t=2}^T g_t h_{t-1}^T",
         r"\frac{\partial L}{\partial W} = \sum_{t=3}^T g_t h_{t-1}^T", ()),
        (CONTROL, r"\frac{\partial J}{\partial u_t} = 2 u_t + B^T \frac{\partial J}{\partial x_{t+1}}",
         r"\frac{\partial J}{\partial u_t} = 2 u_t + B^T \frac{\partial J}{\partial x_t}", ()),
        (RESIDUAL, r"\frac{\partial L}{\partial W_l} = \frac{\partial L}{\partial x_{l+1}} \sigma(x_l)^T",
         r"\frac{\partial L}{\partial W_l} = \frac{\partial L}{\partial x_l} \sigma(x_l)^T", ("l<N_{l}",)),
    ],
)  # fmt: skip
def test_recursions(text: str, right: str, wrong: str, where: tuple[str, ...]) -> None:
    found = last(text, right)
    assert found.verdict is (CONDITIONAL if where else PROVED) and found.assumptions == where, found.message
    found = last(text, wrong)
    assert found.verdict is REFUTED, found.message


def test_what_an_algorithm_does_next_is_no_recursion() -> None:
    """Also where one differentiates by what it is of."""
    text = r"$$L = \frac12 \|X w - y\|^2$$ $$w_{t+1} = w_t - \eta X^T (X w_t - y)$$"
    found = report_on(text).formulas[-1]
    assert found.verdict is Verdict.DEFINED and not found.remarks, found.message


DIFFERENCES = r"$$L = \sum_{i=1}^{n-1} (x_{i+1} - x_i)^2$$"
PAIRS = r"$$y_i = x_{2i-1} + x_{2i}, \quad L = \sum_i y_i^2$$"
STEPS = r"$$d_i = x_{i+1} - x_i, \quad L = \frac12 \sum_i d_i^2$$"
PRIMES = r"$$h = W x, \quad L = \frac12 (V h - y)'(V h - y)$$"
ONE_AND_MANY = r"""
For one example with $y \in \{0, 1\}$
$$p = \sigma(w^T x), \quad \ell = -y \log p - (1 - y) \log(1 - p)$$
and for all of them
$$p_i = \sigma(w^T x_i), \quad L = -\sum_{i=1}^n [y_i \log p_i + (1 - y_i) \log(1 - p_i)]$$
"""
BATCH = r"""
A layer computes $z = W x + b$ and $a = \sigma(z)$. On a batch
$$z_i = W x_i + b, \quad a_i = \sigma(z_i), \quad L = \sum_{i=1}^n \frac12 \|a_i - y_i\|^2$$
"""
SOLVED = r"$$f(x) = \frac12 x^T A x - b^T x$$ with symmetric $A$. $$x_{k+1} = A^{-1} b$$"


@pytest.mark.parametrize(
    ("text", "right", "wrong", "where"),
    [
        (DIFFERENCES, r"\frac{\partial L}{\partial x_n} = 2 (x_n - x_{n-1})",
         r"\frac{\partial L}{\partial x_n} = 2 (x_{n-1} - x_n)", ("n\\ge 2",)),
        (DIFFERENCES, r"\frac{\partial L}{\partial x_i} = 2 (2 x_i - x_{i-1} - x_{i+1})",
         r"\frac{\partial L}{\partial x_i} = 2 (x_i - x_{i+1})", ("i\\ge 2, i<n",)),
        (PAIRS, r"\frac{\partial L}{\partial x_{2i}} = 2 y_i", r"\frac{\partial L}{\partial x_{2i}} = y_i", ()),
        (STEPS, r"\frac{\partial L}{\partial x_i} = d_{i-1} - d_i", r"\frac{\partial L}{\partial x_i} = d_i - d_{i-1}",
         ("i\\ge 2, N_{i}\\ge i",)),
        (PRIMES, r"\frac{\partial L}{\partial W} = V'(V h - y) x'",
         r"\frac{\partial L}{\partial W} = V(V h - y) x'", ()),
        (ONE_AND_MANY, r"\frac{\partial L}{\partial w} = \sum_{i=1}^n (p_i - y_i) x_i",
         r"\frac{\partial L}{\partial w} = \sum_{i=1}^n (p_i - y_i) x", ()),
        (ONE_AND_MANY, r"\frac{\partial \ell}{\partial w} = (p - y) x",
         r"\frac{\partial \ell}{\partial w} = (y - p) x", ()),
        (BATCH, r"\frac{\partial L}{\partial b} = \sum_{i=1}^n (a_i - y_i) \odot a_i \odot (1 - a_i)",
         r"\frac{\partial L}{\partial b} = \sum_{i=1}^n (a_i - y_i) \odot a_i", ()),
        (SOLVED, r"\nabla f(x) = A x - b", r"\nabla f(x) = A x + b", ()),
    ],
)  # fmt: skip
def test_what_nothing_declares_is_as_it_is_used(text: str, right: str, wrong: str, where: tuple[str, ...]) -> None:
    found = last(text, right)
    assert found.verdict is (CONDITIONAL if where else PROVED) and found.assumptions == where, found.message
    found = last(text, wrong)
    assert found.verdict in (REFUTED, ILL_FORMED), found.message


@pytest.mark.parametrize("left", ["W'", "W^+", "W_{new}", r"W_{\text{new}}", "W^{(new)}"])
def test_a_new_value_is_no_claim(left: str) -> None:
    text = r"$$y = W x, \quad L = \frac12 \|y - t\|^2$$"
    assert last(text, rf"{left} = W - \eta (y - t) x^T").verdict is Verdict.DEFINED
    assert last(text, rf"{left} = V - \eta (y - t) x^T").verdict is not PROVED


def test_a_prime_of_a_function_is_a_derivative() -> None:
    text = r"$$a = f(z), \quad L = \frac12 (a - y)^2$$"
    assert last(text, r"\frac{\partial L}{\partial z} = (a - y) f'(z)").verdict is PROVED
    assert last(text, r"\frac{\partial L}{\partial z} = (a - y) f(z)").verdict is REFUTED


def test_entries_are_none_of_many_examples() -> None:
    text = r"$$z = W x, \quad z_i = \sum_j W_{ij} x_j, \quad L = \frac12 \sum_i (z_i - y_i)^2$$"
    assert last(text, r"\frac{\partial L}{\partial x} = W^T (z - y)").verdict is PROVED
    assert last(text, r"\frac{\partial L}{\partial x} = W (z - y)").verdict is ILL_FORMED


RIDGE = r"""
# Ridge regression

$$J(w) = \|X w - y\|^2$$

$$\nabla J(w) = RIGHT$$
"""
CONVOLUTION = r"""
# Convolution

$$y_i = \sum_{k=1}^K w_k x_{i+k-1}$$

$$\frac{\partial L}{\partial w_k} = \sum_i \frac{\partial L}{\partial y_i} x_{i+k-1}$$
"""
LAYER = r"""
# A layer

$$a = \sigma(W x), \quad L = \frac12 \|a - t\|^2$$
"""
SUM = r"""
# A sum

Let $x_1, \dots, x_N \in \mathbb{R}^p$.

$$C = \sum_{n=1}^N (w^T x_n - t_n)^2$$

$$\frac{\partial C}{\partial w} = RIGHT$$
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (RIDGE + CONVOLUTION, r"2 X^T (X w - y)", r"X^T (X w - y)"),
        (LAYER + SUM, r"2 \sum_{n=1}^N (w^T x_n - t_n) x_n", r"\sum_{n=1}^N (w^T x_n - t_n) x_n"),
    ],
)
def test_the_letters_of_one_section_are_not_those_of_the_next(text: str, right: str, wrong: str) -> None:
    for claim, verdict in ((right, PROVED), (wrong, REFUTED)):
        found = report_on(text.replace("RIGHT", claim)).formulas
        judged = next(f for f in found if claim in f.latex)
        assert judged.verdict is verdict, judged.message
        others = {f.verdict for f in found} - {Verdict.DEFINED, verdict}
        assert others <= {PROVED}, others


def test_a_loss_may_stand_before_what_it_is_of() -> None:
    loss = "# Loss\n\n$$L = \\frac12 \\|z - t\\|^2 + \\lambda \\|w\\|^2$$\n\n"
    net = "# Net\n\n$$z = X w$$\n\n"
    claim = "$$\\frac{\\partial L}{\\partial w} = RIGHT$$\n"
    right, wrong = r"X^T (z - t) + 2 \lambda w", r"2 \lambda w"
    for text in (loss + claim + net, loss + net + claim):
        for gradient, verdict in ((right, PROVED), (wrong, REFUTED)):
            found = report_on(text.replace("RIGHT", gradient)).formulas
            judged = next(f for f in found if gradient in f.latex and "partial" in f.latex)
            assert judged.verdict is verdict, judged.message


def test_what_a_section_defines_holds_in_those_behind_it() -> None:
    text = LAYER + "# Its gradients\n\n$$\\frac{\\partial L}{\\partial x} = RIGHT$$\n"
    for claim, verdict in ((r"W^T ((a - t) \odot a \odot (1 - a))", PROVED), (r"W^T ((a - t) \odot a)", REFUTED)):
        assert report_on(text.replace("RIGHT", claim)).formulas[-1].verdict is verdict


HYPOTHESIS = r"""
$$h_\theta(x) = \theta^T x, \quad J(\theta) = \frac{1}{2m} \sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2$$
"""
LINE = r"""
$$h(x) = a + b x, \quad J = \frac12 \sum_{i=1}^m (h(x_i) - y_i)^2$$
"""
RESIDUE = r"\sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})"


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (HYPOTHESIS, rf"\frac{{\partial J}}{{\partial \theta_j}} = \frac1m {RESIDUE} x_j^{{(i)}}",
         rf"\frac{{\partial J}}{{\partial \theta_j}} = {RESIDUE} x_j^{{(i)}}"),
        (LINE, r"\frac{\partial J}{\partial b} = \sum_{i=1}^m (h(x_i) - y_i) x_i",
         r"\frac{\partial J}{\partial b} = \sum_{i=1}^m (h(x_i) - y_i)"),
        (r"$$f(x) = \sum_i w_i x_i + b$$", r"\frac{\partial f}{\partial x_i} = w_i",
         r"\frac{\partial f}{\partial x_i} = b"),
    ],
)  # fmt: skip
def test_a_variable_is_none_of_the_data(text: str, right: str, wrong: str) -> None:
    assert last(text, right).verdict is PROVED
    assert last(text, wrong).verdict is REFUTED


def test_a_column_by_a_small_letter_is_not_refuted() -> None:
    text = r"$$z = W^T x, \quad L = \frac12 \|z - t\|^2$$"
    assert last(text, r"\frac{\partial L}{\partial w_k} = (z_k - t_k) x").verdict is UNDECIDED
    assert last(text, r"\frac{\partial L}{\partial v_k} = (z_k - t_k) x").verdict is UNDECIDED  # W may be made of v
    declared = r"Let $W \in \mathbb{R}^{n \times m}$, $x \in \mathbb{R}^n$, $t \in \mathbb{R}^m$." + f"\n\n{text}"
    assert last(declared, r"\frac{\partial L}{\partial v_k} = (z_k - t_k) x").verdict is ILL_FORMED


def test_the_first_of_all_layers_may_be_called_otherwise() -> None:
    text = r"$$a_0 = x, \quad a_l = \tanh(W_l a_{l-1}), \quad l = 1, \dots, L, \quad C = \frac12 \|a_L - y\|^2$$"
    assert last(text, r"\frac{\partial C}{\partial a_L} = a_L - y").verdict is PROVED
    assert last(text, r"\frac{\partial C}{\partial a_L} = a_L + y").verdict is REFUTED
    assert report_on(text).formulas[0].verdict is Verdict.DEFINED


MEAN = r"""
$$\mu = \frac1n \sum_j x_j, \quad v = \frac1n \sum_j (x_j - \mu)^2, \quad L = \sum_j c_j (x_j - \mu) / \sqrt{v}$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial v}{\partial x_j} = \frac2n (x_j - \mu)", PROVED),
        (r"\frac{\partial v}{\partial x_j} = \frac2n (1 - \frac1n) (x_j - \mu)", REFUTED),
        (r"\frac{\partial L}{\partial \mu} = -\frac{1}{\sqrt{v}} \sum_j c_j", PROVED),
        (r"\frac{\partial L}{\partial \mu} = -\frac{n}{\sqrt{v}} \sum_j c_j", REFUTED),
    ],
)
def test_a_mean_has_as_many_terms_as_it_divides_by(claim: str, verdict: Verdict) -> None:
    assert last(MEAN, claim).verdict is verdict


def test_what_divides_a_sum_may_be_something_else() -> None:
    """A temperature, and an n that is defined."""
    for by, more in ((r"\tau", ""), ("n", r"$$n = \sum_j y_j$$")):
        text = rf"$$\mu = \frac{{1}}{{{by}}} \sum_j x_j$$" + more
        assert last(text, r"\frac{\partial \mu}{\partial x_j} = " + rf"\frac{{1}}{{{by}}}").verdict is PROVED
        assert last(text, r"\sum_j \frac{\partial \mu}{\partial x_j} = 1").verdict is not PROVED


UNDECLARED = r"$$S = Q K^T, \quad P = \mathrm{softmax}(S), \quad O = P V$$ $$dP = dO V^T$$ $$dV = P dO$$ $$dK = dS Q$$"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"dS_{ij} = P_{ij} (dP_{ij} - \sum_l P_{il} dP_{il})", PROVED),
        (r"dS_{ij} = P_{ij} (dP_{ij} - \sum_l dP_{il})", REFUTED),
        (r"dQ = dS K", PROVED),
        (r"dV = P dO", ILL_FORMED),
        (r"dK = dS Q", ILL_FORMED),
    ],
)
def test_gradients_by_custom_do_not_choose_shapes(claim: str, verdict: Verdict) -> None:
    found = last(UNDECLARED, claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(("ends", "verdict"), [("", UNDECIDED), (r", \quad t = 1, \dots, T", ILL_FORMED)])
def test_a_sum_that_says_no_end_is_not_ill_formed(ends: str, verdict: Verdict) -> None:
    text = rf"$$h_t = \tanh(W h_{{t-1}}){ends}$$" r"$$L = \frac12 \|h_T\|^2$$"
    found = last(text, r"\frac{\partial L}{\partial W} = \sum_t \frac{\partial L}{\partial h_{t+1}} h_t^T")
    assert found.verdict is verdict, found.message
