"""What lecture notes, papers and posts leave to the reader: each with a gradient that is right and one that is not."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, CONDITIONAL, REFUTED = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED
UNDECIDED, ILL_FORMED = Verdict.UNDECIDED, Verdict.ILL_FORMED


def checked(text: str) -> list[Formula]:
    return report_on(text, "found.md").formulas


def last(text: str, claim: str) -> Verdict:
    return checked(f"{text}\n\n$$ {claim} $$\n")[-1].verdict


FACTORS = (
    r"Let $X \in \mathbb{R}^{m \times n}$, $W \in \mathbb{R}^{m \times r}$, $H \in \mathbb{R}^{r \times n}$ and"
    r" $F(W, H) = \frac12 \|X - W H\|_F^2$."
)
RECURRENT = (
    r"For $t = 1, \dots, T$ let $x_t \in \mathbb{R}^d$, $h_t \in \mathbb{R}^n$ and"
    "\n\n$$ a_t = W h_{t-1} + U x_t, \\quad h_t = \\tanh(a_t), \\quad o_t = V h_t $$\n\n"
    r"with the loss $L = \sum_{t=1}^T L_t$, where $L_t$ depends on $o_t$ only, and"
    r" $g_t = \frac{\partial L}{\partial o_t}$."
)
LINEAR_NET = (
    r"Consider $f(x) = W_3 W_2 W_1 x$ with $\ell = \frac12 \|W_3 W_2 W_1 x - y\|^2$ and"
    r" $e = W_3 W_2 W_1 x - y$."
)
POLICY = (
    r"Let $\mu = w^\top s$ with $s \in \mathbb{R}^n$, $\sigma = e^\kappa$ and"
    "\n\n$$ \\log\\pi(a) = -\\frac{(a - \\mu)^2}{2\\sigma^2} - \\log\\sigma - \\frac12 \\log 2\\pi. $$"
)
CHANNELS = (
    r"Let $x_{c,i}$ be a signal of length $n$ and $w_{f,c,k}$ filters of length $m$. A layer has the outputs"
    "\n\n$$ y_{f,i} = b_f + \\sum_{c=1}^C \\sum_{k=1}^m w_{f,c,k} x_{c,i+k-1}, \\qquad i = 1, \\dots, n - m + 1. $$\n\n"
    "Let $L$ be a loss of these."
)
STEP = (
    r"Let $c_t = f_t \odot c_{t-1} + i_t \odot g_t$ and $h_t = o_t \odot \tanh(c_t)$, with the loss"
    r" $L = \sum_{t=1}^T v^\top h_t$, $h_t, c_t, f_t, i_t, g_t, o_t, v \in \mathbb{R}^n$, and let"
    r" $\bar c = \partial L / \partial c_t$."
)
TRACES = r"Let $A$ and $B$ be constant matrices and $X \in \mathbb{R}^{n \times n}$."
DIAGONAL = r"Let $D = \operatorname{diag}(d_1, \dots, d_n)$ and $J = x^\top D x$ with $x \in \mathbb{R}^n$."
GRAPH = (
    r"Let $Z = A H W$ and $U = \tanh(Z)$ with $A \in \mathbb{R}^{n \times n}$, $H \in \mathbb{R}^{n \times d}$,"
    r" $W \in \mathbb{R}^{d \times k}$. Let $L$ be the training loss, a function of $U$, and"
    r" $G = \partial L / \partial Z$."
    r" Another layer is $Y = B H W$ with $B \in \mathbb{R}^{n \times n}$."
)
DIRECTION = (
    r"Let $w = \frac{g}{\|v\|} v$ with $v \in \mathbb{R}^k$ and a scalar $g$, and $a = w^\top x$. For a loss $L$ let"
    r" $M = I - \frac{v v^\top}{\|v\|^2}$."
)
LINE = (
    r"We have data $(x_i, y_i)$ and fit a line $f(x) = w x + b$ by"
    "\n\n$$ J(w, b) = \\frac1n \\sum_{i=1}^n (w x_i + b - y_i)^2. $$"
)
MACHINE = (
    r"The prediction is $\hat y = w_0 + \sum_{i=1}^n w_i x_i + \frac12 \sum_{f=1}^k"
    r" \left(\sum_{i=1}^n v_{if} x_i\right)^2$."
)
GATED = (
    "$$ z = \\sigma(W_z x + U_z h), \\quad n = \\tanh(W x + U h), \\quad y = (1 - z) \\odot n + z \\odot h $$\n\n"
    r"with $e = \frac{\partial L}{\partial y}$:"
)
PENALISED = r"Let $L = \frac12 (x - t)^2$ with $x, t \in \mathbb{R}$. Penalised, it is $LABEL = L + \lambda x^2$."


@pytest.mark.parametrize(
    ("text", "right", "verdict", "wrong", "otherwise"),
    [
        (FACTORS, r"\nabla_W F = (W H - X) H^\top", PROVED, r"\nabla_W F = (W H - X) H", ILL_FORMED),
        (RECURRENT, r"\frac{\partial L}{\partial U} = \sum_{t=1}^T \left((1 - h_t^2) \odot"
         r" \frac{\partial L}{\partial h_t}\right) x_t^\top", PROVED,
         r"\frac{\partial L}{\partial U} = \sum_{t=1}^T \frac{\partial L}{\partial h_t} x_t^\top", UNDECIDED),
        (LINEAR_NET, r"\nabla_{W_2} \ell = W_3^\top e (W_1 x)^\top", PROVED,
         r"\nabla_{W_2} \ell = W_3^\top e x^\top", ILL_FORMED),
        (POLICY, r"\frac{\partial\log\pi(a)}{\partial\kappa} = \frac{(a-\mu)^2}{\sigma^2} - 1", PROVED,
         r"\frac{\partial\log\pi(a)}{\partial\kappa} = \frac{(a-\mu)^2}{\sigma^2}", REFUTED),
        (CHANNELS, r"\frac{\partial L}{\partial b_f} = \sum_{i=1}^{n-m+1} \frac{\partial L}{\partial y_{f,i}}", PROVED,
         r"\frac{\partial L}{\partial b_f} = \sum_{i=2}^{n-m+1} \frac{\partial L}{\partial y_{f,i}}", REFUTED),
        (CHANNELS, r"\frac{\partial L}{\partial w_{f,c,k}} = \sum_{i=1}^{n-m+1} x_{c,i+k-1}"
         r" \frac{\partial L}{\partial y_{f,i}}",
         PROVED,
         r"\frac{\partial L}{\partial w_{f,c,k}} = \sum_{i=1}^{n-m+1} x_{c,i}"
         r" \frac{\partial L}{\partial y_{f,i}}", REFUTED),
        (STEP, r"\frac{\partial L}{\partial f_t} = \bar c \odot c_{t-1}", PROVED,
         r"\frac{\partial L}{\partial f_t} = \bar c \odot c_t", REFUTED),
        (TRACES, r"\frac{\partial}{\partial X} \operatorname{tr}(A X B) = A^\top B^\top", PROVED,
         r"\frac{\partial}{\partial X} \operatorname{tr}(A X B) = B^\top A^\top", ILL_FORMED),
        (DIAGONAL, r"\frac{\partial J}{\partial x} = 2 D x", PROVED, r"\frac{\partial J}{\partial x} = D x", REFUTED),
        (DIAGONAL, r"\frac{\partial J}{\partial d_i} = x_i^2", PROVED,
         r"\frac{\partial J}{\partial d_i} = x_i", REFUTED),
        (GRAPH, r"\frac{\partial L}{\partial W} = H^\top A^\top G", CONDITIONAL,
         r"\frac{\partial L}{\partial W} = H^\top B^\top \frac{\partial L}{\partial Y}", REFUTED),
        (LINE, r"\frac{\partial^2 J}{\partial w^2} = \frac2n \sum_{i=1}^n x_i^2", PROVED,
         r"\frac{\partial^2 J}{\partial w^2} = \frac1n \sum_{i=1}^n x_i^2", REFUTED),
        (MACHINE, r"\frac{\partial \hat y}{\partial w_0} = 1", PROVED,
         r"\frac{\partial \hat y}{\partial w_0} = 0", REFUTED),
        (MACHINE, r"\frac{\partial \hat y}{\partial v_{if}} = x_i \sum_{j=1}^n v_{jf} x_j", PROVED,
         r"\frac{\partial \hat y}{\partial v_{if}} = \sum_{j=1}^n v_{jf} x_j", REFUTED),
        (GATED, r"\frac{\partial L}{\partial z} = e \odot (h - n)", PROVED,
         r"\frac{\partial L}{\partial z} = e \odot (n - h)", REFUTED),
        (PENALISED.replace("LABEL", "L_r"), r"\frac{\partial L_r}{\partial x} = x - t + 2 \lambda x", PROVED,
         r"\frac{\partial L_r}{\partial x} = x - t + \lambda x", REFUTED),
        (PENALISED.replace("LABEL", "L_2"), r"\frac{\partial L_2}{\partial x} = x - t + 2 \lambda x", PROVED,
         r"\frac{\partial L_2}{\partial x} = x - t", REFUTED),
        (DIRECTION, r"\nabla_v L = \frac{g}{\|v\|} M \nabla_w L", CONDITIONAL,
         r"\nabla_v L = \frac{g}{\|v\|} \nabla_w L", REFUTED),
    ],
)  # fmt: skip
def test_what_is_left_to_the_reader(text: str, right: str, verdict: Verdict, wrong: str, otherwise: Verdict) -> None:
    assert last(text, right) is verdict
    assert last(text, wrong) is otherwise


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        (r"Let $L = \sum_{i=1}^n L_i$ and $L_i = x_i^2$.", r"\frac{\partial L}{\partial x_i} = 2 x_i",
         r"\frac{\partial L}{\partial x_i} = 0"),
        (r"Let $E = \sum_{i=1}^n (x_i - x_0)^2$.", r"\frac{\partial E}{\partial x_0} = -2 \sum_{i=1}^n (x_i - x_0)",
         r"\frac{\partial E}{\partial x_0} = 2 \sum_{i=1}^n (x_i - x_0)"),
    ],
)  # fmt: skip
def test_what_counts_is_no_label(text: str, right: str, wrong: str) -> None:
    assert last(text, right) is PROVED
    assert last(text, wrong) is REFUTED


@pytest.mark.parametrize(
    ("called", "verdict"),
    [("Denote it by $q$. We obtain", PROVED), ("Its name is $q$. We obtain", UNDECIDED), ("We obtain", ILL_FORMED)],
)
def test_what_words_introduce_is_no_slip(called: str, verdict: Verdict) -> None:
    text = (
        r"Let $s = \theta^\top u$ and $\ell = \log(1 + e^{-s})$, $u = E^\top c$ and $E \in \mathbb{R}^{V \times d}$."
        "\n\n$$ \\frac{\\partial \\ell}{\\partial s} = -\\frac{1}{1 + e^s}. $$\n\n"
    )
    assert last(text + called, r"\frac{\partial \ell}{\partial u} = q \theta") is verdict


@pytest.mark.parametrize(("words", "verdict"), [("With tied weights, $B = A^\\top$.", UNDECIDED), ("", PROVED)])
def test_what_is_said_of_another_case_does_not_hold_before(words: str, verdict: Verdict) -> None:
    """A gradient by the B that is declared is of any B; what one by A is, the words leave open."""
    text = (
        r"Let $X \in \mathbb{R}^{d \times n}$, $A \in \mathbb{R}^{k \times d}$, $B \in \mathbb{R}^{d \times k}$,"
        r" $L = \|X - B A X\|_F^2$ and $R = X - B A X$. Then"
        "\n\n$$ \\frac{\\partial L}{\\partial B} = -2 R X^\\top A^\\top $$\n\n"
        "$$ \\frac{\\partial L}{\\partial A} = CLAIM $$\n\n"
    ) + words  # fmt: skip
    gradients = [f.verdict for f in checked(text.replace("CLAIM", "-2 B^\\top R X^\\top")) if "partial" in f.latex]
    assert gradients == [PROVED, verdict]
    wrong = [f.verdict for f in checked(text.replace("CLAIM", "2 B^\\top R X^\\top")) if "partial" in f.latex]
    assert wrong == [PROVED, UNDECIDED if words else REFUTED]


@pytest.mark.parametrize(
    ("words", "verdict"),
    [("Often the weights are tied: $B = A^\\top$.", UNDECIDED), ("Usually $B = A^\\top$.", UNDECIDED), ("", PROVED)],
)
def test_a_tie_behind_a_gradient_leaves_it_open(words: str, verdict: Verdict) -> None:
    text = (
        r"Let $X \in \mathbb{R}^{d \times n}$, $A \in \mathbb{R}^{k \times d}$, $B \in \mathbb{R}^{d \times k}$ and"
        " $L = \\|X - B A X\\|_F^2$. Then\n\n"
        "$$ \\frac{\\partial L}{\\partial A} = FACTOR B^\\top (X - B A X) X^\\top $$\n\n"
    )
    for factor, expected in (("-2", verdict), ("2", REFUTED if not words else UNDECIDED)):
        found = [f.verdict for f in checked(text.replace("FACTOR", factor) + words) if "partial" in f.latex]
        assert found == [expected]


def test_a_stack_of_examples_is_not_undefined() -> None:
    text = (
        r"For examples $y^{(i)}$, $i = 1, \dots, m$, and $a \in \mathbb{R}$ let"
        r" $J = \frac1m \sum_{i=1}^m (a - y^{(i)})^2$."
    )
    assert last(text, r"\frac{\partial J}{\partial a} = \frac{2}{m} Y") is UNDECIDED
    assert last(text, r"\frac{\partial J}{\partial a} = \frac{2}{m} V") is ILL_FORMED


@pytest.mark.parametrize(
    "text",
    [
        r"Let $\log p(x) = w x - C$, where $C$ normalizes the density.",
        r"Let $\log p(x) = w x - \log Z$.", r"Up to a constant, $\log p(x) = w x$.",
        r"Let $\log p(x) = w x$ up to normalization.",
    ],
)
def test_a_logarithm_with_something_open_defines_nothing(text: str) -> None:
    for slope in ("x", "2 x"):
        claim = rf"\frac{{\partial \log p(x)}}{{\partial w}} = {slope}"
        assert report_on(f"{text}\n\n$${claim}$$\n").formulas[-1].verdict not in (Verdict.PROVED, Verdict.CONDITIONAL)


def test_a_constant_elsewhere_says_nothing_of_a_logarithm() -> None:
    text = r"Let $\log p(x) = w x$ with $w, x \in \mathbb{R}$." "\n\n" r"Let $c \in \mathbb{R}$." "\n\n"
    text += r"The step size $\eta$ is constant." "\n\n" r"$$\frac{\partial \log p(x)}{\partial w} = CLAIM$$" "\n"
    assert report_on(text.replace("CLAIM", "x")).formulas[-1].verdict is Verdict.PROVED
    assert report_on(text.replace("CLAIM", "2 x")).formulas[-1].verdict is Verdict.REFUTED


def test_a_case_between_two_dollars_defines_nothing() -> None:
    text = (
        "The loss is $$L = -y\\log\\hat y - (1-y)\\log(1-\\hat y)$$ with $$\\hat y = \\sigma(z)$$.\n\n"
        "- If $$y = 1$$: the loss is $$-\\log\\hat y$$.\n- If $$y = 0$$: the loss is $$-\\log(1-\\hat y)$$.\n\n"
        "$$\\frac{\\partial L}{\\partial z} = \\hat y - y$$\n\n$$\\frac{\\partial L}{\\partial z} = \\hat y - 1$$\n"
    )
    *_, right, wrong = report_on(text).formulas
    assert (right.verdict, wrong.verdict) == (Verdict.PROVED, Verdict.REFUTED)


@pytest.mark.parametrize(("sign", "verdict"), [("+", PROVED), ("-", REFUTED)])
def test_a_partial_derivative_holds_the_other_variables_fixed(sign: str, verdict: Verdict) -> None:
    text = r"Let $f(x, y) = x^2 + y^2$, where $y = 1 - x$, and $h(x) = f(x, 1 - x)$."
    chain = r"\frac{\partial f}{\partial x} %s \frac{\partial f}{\partial y} \frac{d(1 - x)}{dx}"
    assert last(text, f"h'(x) = {chain % sign}") is verdict


@pytest.mark.parametrize(("value", "verdict"), [("0", PROVED), ("1", REFUTED)])
def test_a_row_without_a_value_claims_nothing(value: str, verdict: Verdict) -> None:
    rows = r"1 & \text{if } z > 0 \\ %s & \text{if } z < 0 \\ \text{undefined} & \text{if } z = 0"
    claim = r"r'(z) = \begin{cases} %s \end{cases}" % (rows % value)
    assert last(r"Let $r(z) = \max(0, z)$.", claim) is verdict


def test_a_function_may_be_named_like_a_tensor() -> None:
    text = r"Let $f(z) = z^2$ and $x \in \mathbb{R}^n$. The values $f_i = x_i^2$ of $f \in \mathbb{R}^n$"
    assert last(text, "f_1 + f_2 = 3") is not PROVED


@pytest.mark.parametrize(("value", "verdict"), [("\\alpha", CONDITIONAL), ("1", REFUTED)])
def test_a_row_of_cases_may_go_on(value: str, verdict: Verdict) -> None:
    text = r"Let $E(z) = \begin{cases} z & z > 0 \\ \alpha (e^z - 1) & z \le 0 \end{cases}$ with a given $\alpha$."
    claim = r"E'(z) = \begin{cases} 1 & z > 0 \\ \alpha e^z = E(z) + VALUE & z \le 0 \end{cases}"
    assert last(text, claim.replace("VALUE", value)) in ({verdict, PROVED} if verdict is CONDITIONAL else {verdict})


@pytest.mark.parametrize("words", ["typically", "usually", "e.g."])
def test_a_usual_value_defines_nothing(words: str) -> None:
    text = rf"Let $f(z) = \alpha z$ with $\alpha > 0$ ({words} $\alpha = 1$)."
    assert last(text, r"f'(z) = \alpha") is PROVED
    assert last(text, "f'(z) = 1") is not PROVED


def test_a_value_that_a_function_has_somewhere_is_no_claim() -> None:
    text = r"Let $f(z) = \tanh z$. The maximum of the derivative is $f'(z) = %s$ (at $z = 0$)."
    assert checked(text % 1)[-2].verdict is not REFUTED
    assert last(r"Let $f(z) = \tanh z$.", "f'(z) = 1") is REFUTED


def test_a_variable_of_a_program_is_no_function() -> None:
    text = "Let $s(z) = 1/(1 + e^{-z})$.\n\n```python\nexp_z = np.exp(z - np.max(z))\n```\n"
    assert last(text, "s'(z) = s(z)(1 - s(z))") is PROVED
    assert last(text, "s'(z) = s(z)(1 + s(z))") is REFUTED


def test_items_of_a_list_say_nothing_of_each_other() -> None:
    text = (
        "- $z_j$: input to node $j$ in a layer\n- $g$: activation function for a node\n- $w$: a weight\n\n"
        "$$ z = w x, \\quad a = g(z) $$\n"
    )
    assert last(text, r"\frac{\partial a}{\partial w} = g'(z) x") is PROVED
    assert last(text, r"\frac{\partial a}{\partial w} = g'(z) w") is not PROVED


def test_how_many_members_there_are_need_not_be_said() -> None:
    text = r"The iterates $x_k$ have the steps $d_k = x_{k+1} - x_k$."
    assert last(text, "d_k = x_{k+2} - x_{k+1}") is not ILL_FORMED


def test_a_function_in_a_definition_is_nothing_that_depends_on_its_variable() -> None:
    text = (
        r"Let $\sigma(x) = 1/(1 + e^{-x})$ and $f(x, y) = x \sigma(y)$ with numbers $x$ and $y$. In one variable,"
        "\n\n$$ \\frac{df}{dx} = \\lim_{h \\to 0} \\frac{f(x + h) - f(x)}{h}. $$"
    )
    assert last(text, r"\frac{\partial f}{\partial x} = \sigma(y)") is PROVED
    assert last(text, r"\frac{\partial f}{\partial x} = \sigma(x)") is REFUTED


def test_a_condition_on_a_gradient_is_none_that_it_obeys() -> None:
    text = r"Let $x \in \mathbb{R}^n$ and $f(x) = \|x\|^2$. What does the condition of $\nabla f = 0$ mean?"
    assert checked(text)[-1].verdict is not REFUTED
    assert last(r"Let $x \in \mathbb{R}^n$ and $f(x) = \|x\|^2$.", r"\nabla f = 0") is not PROVED


def test_one_of_the_values_that_labels_may_have_is_none_that_all_have() -> None:
    text = (
        r"The labels $y_c \in \{0, 1\}$ for $c = 1, \dots, C$ obey $\sum_c y_c = 1$."
        "\n\nLet $L = -\\sum_{c=1}^C y_c \\log p_c$. Since only one $y_c = 1$, it has one term."
    )
    found = checked(text)
    assert not any(f.verdict.wrong for f in found) and "introduces" not in (found[-1].message or "")
    assert last(text, r"\frac{\partial L}{\partial p_c} = -\frac{1}{p_c}") is not PROVED
    assert last(text, r"\frac{\partial L}{\partial p_c} = -\frac{y_c}{p_c}") in (PROVED, CONDITIONAL)


BATCH_NORM = (
    r"Let $x_1, \dots, x_m$ be numbers and $L = \sum_{i=1}^m c_i y_i$ with $\mu = \frac{1}{m} \sum_{i=1}^m x_i$,"
    r" $v = \frac{1}{m} \sum_{i=1}^m (x_i - \mu)^2$, $\hat{x}_i = \frac{x_i - \mu}{\sqrt{v + \epsilon}}$ and"
    r" $y_i = \gamma \hat{x}_i + \beta$."
)
THREE_WAYS = (
    r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat{x}_i} \frac{\partial \hat{x}_i}{\partial x_i}"
    r" + \frac{\partial L}{\partial v} \frac{\partial v}{\partial x_i}"
    r" %s \frac{\partial L}{\partial \mu} \frac{\partial \mu}{\partial x_i}"
)


def test_a_partial_derivative_holds_fixed_what_is_a_way_of_its_own() -> None:
    right = checked(f"{BATCH_NORM}\n\n$$ {THREE_WAYS % '+'} $$\n")[-1]
    assert right.verdict is CONDITIONAL and r"\mu, v \text{ are held fixed}" in right.assumptions
    assert last(BATCH_NORM, THREE_WAYS % "-") is REFUTED
    two_ways = THREE_WAYS.partition(" %s")[0]
    assert last(BATCH_NORM, two_ways) is REFUTED
    sums = r"Let $z = x^3$, $u = x^2 + z$ and $w = u^2$ with $\frac{\partial w}{\partial u} = 2u$."
    assert last(sums, r"\frac{\partial u}{\partial x} = 2x + 3x^2") is PROVED
    assert last(sums, r"\frac{\partial u}{\partial x} = 2x") is CONDITIONAL
    assert last(sums, r"\frac{du}{dx} = 2x") is REFUTED
    assert last(r"Let $z = x^3$, $u = \sin(z)$ and $w = u^2$.", r"\frac{\partial u}{\partial x} = 0") is REFUTED


SOFTMAX = r"Let $a_j = \frac{e^{z_j}}{\sum_k e^{z_k}}$ for $j = 1, \dots, n$."


def test_letters_that_only_count_are_equated_by_a_condition() -> None:
    claim = r"\frac{\partial a_j}{\partial z_i} = %s, \quad i = j"
    assert last(SOFTMAX, claim % "a_i(1 - a_i)") is PROVED
    assert last(SOFTMAX, claim % "a_i") is REFUTED
    assert last(SOFTMAX, r"\frac{\partial a_j}{\partial z_i} = a_i(1 - a_i)") is REFUTED


def test_a_slip_of_the_pen_is_one_name_among_others_that_are_known() -> None:
    text = r"Let $E = \sum_k (a_k - t_k)^2$ with $a_k = w_k x$."
    assert last(text, r"\frac{\partial E}{\partial w_k} = 2 (a_k - t_k) z_k") is ILL_FORMED
    assert last(text, r"\frac{\partial E}{\partial v_k} = 2 (a_k - t_k) z_k") is UNDECIDED
    assert last(text, r"\frac{\partial E}{\partial w_k} = 2 (a_k - t_k) x") is PROVED


def test_sums_with_dots_tell_what_is_declared_nowhere() -> None:
    text = r"The penalty is $E = w_1^2 + w_2^2 + ... + w_n^2$."
    assert last(text, r"\frac{\partial E}{\partial w_i} = 2 w_i") is PROVED
    assert last(text, r"\frac{\partial E}{\partial w_i} = w_i") is REFUTED


def test_boxes_sizes_and_half_lines_are_read() -> None:
    text = (
        r"Let $\bold{x} \in \mathbb{R}^n$ and $\alpha \in \mathbb{R}_{>0}$ with"
        "\n\n$$ \\colorbox{yellow}{ $ f = \\alpha \\bold{x}^\\top \\bold{x} + \\log \\alpha $ } $$"
    )
    claim = r"\underset{n \times 1}{\frac{\partial f}{\partial \bold{x}}} = %s \alpha \underset{n \times 1}{\bold{x}}"
    assert last(text, claim % "2") is PROVED
    assert last(text, claim % "") is REFUTED
    slope = r"\frac{\partial f}{\partial \alpha} = \|\bold{x}\|^2 + \frac1\alpha"
    found = checked(f"{text}\n\n$$ {slope} $$\n")[-1]
    assert found.verdict is PROVED and not found.assumptions
    unread = checked(r"Let $x \in \mathbb{R}_{<n}$ and $y \in \mathbb{R}_{>0}^2$.")
    assert [f.verdict for f in unread] == [Verdict.UNREAD] * 2


UNROLLED = (
    r"Let $a_t = W h_{t-1} + U x_t + b$ and $h_t = \tanh(a_t)$ for $t = 1, \dots, T$, $h_t, b \in \mathbb{R}^n$,"
    r" $x_t \in \mathbb{R}^d$, with $L = \sum_{t=1}^T \ell_t$, $\ell_t = \frac12 \|h_t - y_t\|^2$."
)


def test_a_derivative_through_time_may_be_that_of_one_step() -> None:
    found = checked(f"{UNROLLED}\n\n$$ \\frac{{\\partial a_t}}{{\\partial b}} = I $$\n")[-1]
    assert found.verdict is CONDITIONAL and found.assumptions == (r"h \text{ is held fixed}",)
    over_time = (
        r"\frac{\partial L}{\partial b}"
        r" = \sum_{t=1}^T \frac{\partial L}{\partial %s} \frac{\partial a_t}{\partial b}"
    )
    assert last(UNROLLED, over_time % "a_t") is CONDITIONAL
    assert last(UNROLLED, over_time % "h_t") is UNDECIDED
    assert last(UNROLLED, r"\frac{\partial h_t}{\partial b} = \operatorname{diag}(1 - h_t^2)") is CONDITIONAL
    assert last(UNROLLED, r"\frac{\partial h_t}{\partial b} = \operatorname{diag}(1 - h_{t-1}^2)") is UNDECIDED
    assert last(UNROLLED, (over_time % "h_t").replace("a_t}{", "h_t}{")) is CONDITIONAL
    assert last(UNROLLED, r"\frac{\partial a_t}{\partial b} = 2 I") is UNDECIDED


def test_numbers_put_in_for_names_are_an_example() -> None:
    text = r"Let $r = \frac{u^2}{u^2 + v/n}$."
    example = r"r = \frac{u^2}{u^2 + v/n} = \frac{0.5^2}{0.5^2 + 1/10}"
    assert last(text, example) is UNDECIDED
    assert last(text, r"\frac{\partial r}{\partial v} = \frac12") is REFUTED
    assert last("# Numbers", r"\frac{1}{1 + e^{-2}} = \frac{1}{1 + 0.135} = 0.88") is UNDECIDED
    assert last("# Numbers", r"\frac{1}{1 + e^{-2}} = \frac{1}{1 + 0.145} = 0.88") is REFUTED


def test_items_of_a_list_and_sections_apart_define_the_same_name() -> None:
    text = "- $f = x^2$: the square, with $\\frac{df}{dx} = 2x$.\n- $f = x^3$: the cube, with $\\frac{df}{dx} = %s$.\n"
    right, wrong = (checked(text % slope) for slope in ("3x^2", "2x^2"))
    assert [f.verdict for f in right] == [Verdict.DEFINED, PROVED] * 2
    assert wrong[-1].verdict is REFUTED and not wrong[-2].verdict.wrong
    apart = "# One\n\nLet $Z = X/s$.\n\n# Two\n\nFor $Z = X + Y$ there is $\\frac{dZ}{dX} = %s$.\n"
    assert checked(apart % "1")[-1].verdict is PROVED
    assert checked(apart % "1/s")[-1].verdict is not PROVED


def test_what_a_row_continues_is_no_name_in_the_text() -> None:
    text = "$$ E = x^2 + 2x %s$$\n\nwhere $x$ is a number, and\n\n$$ = x(x + 2) $$\n"
    assert checked(text % "")[-1].verdict is PROVED
    assert checked(text % "+ 1 ")[-1].verdict is REFUTED
    assert checked(text % "\\unknowncommand{x} ")[-1].verdict is Verdict.UNREAD


def test_a_letter_of_a_range_may_be_a_sum_of_data_elsewhere() -> None:
    text = (
        "# All\n\nLet $\\theta = (\\theta_1, \\ldots, \\theta_k)^T$ with $j = 1, \\ldots, k$.\n\n# Successes\n\n"
        "$$ \\ell(p) = \\sum_{i=1}^n [x_i \\log p + (1 - x_i)\\log(1 - p)] $$\n\nwith $k = \\sum_{i=1}^n x_i$."
    )
    assert last(text, r"\frac{d\ell}{dp} = \frac{k}{p} - \frac{n - k}{1 - p}") is PROVED
    assert last(text, r"\frac{d\ell}{dp} = \frac{k}{p} + \frac{n - k}{1 - p}") is REFUTED


def test_a_label_beside_the_number_of_a_step_is_no_index() -> None:
    text = (
        "Let $x_t, h_t \\in \\mathbb{R}^d$ for $t = 1, \\dots, T$ and\n\n"
        "$$ a_t = W_{xh} x_t + W_{hh} h_{t-1} + b_h, \\quad h_t = \\tanh(a_t) $$\n\n"
        "$$ \\frac{\\partial l}{\\partial W_{hh}} = \\sum_t \\delta_h^t (1 - h_t^2) (h_{t-1})^T $$\n\n"
        "$$ \\delta_h^t = g_t + W_{hh}^T \\delta_h^{t+1} $$\n\n$$ \\delta_t = g_t + \\delta_{t+1} $$\n"
    )
    assert checked(text)[2].verdict is Verdict.DEFINED


def test_an_entry_of_a_jacobian_beside_its_diagonal_is_one_off_it() -> None:
    diagonal = r"$\frac{\partial a_i}{\partial z_i} = a_i (1 - a_i)$."
    off = r"\frac{\partial a_j}{\partial z_i} = %s a_j a_i"
    beside = checked(f"{SOFTMAX} Then {diagonal}\n\n$$ {off % '-'} $$\n")[-1]
    assert beside.verdict is CONDITIONAL and beside.assumptions == (r"j \neq i",)
    assert last(f"{SOFTMAX} Then {diagonal}", off % "") is REFUTED
    assert last(SOFTMAX, off % "-") is REFUTED


def test_a_row_behind_one_that_is_not_read_goes_on_with_the_chain() -> None:
    rows = "$$\n\\begin{align} E &= x^2 + 2x \\\\ &= \\unknowncommand{x} \\\\ &= %s \\end{align}\n$$\n"
    assert checked(rows % "x(x + 2)")[-1].verdict is PROVED
    assert checked(rows % "x(x + 1)")[-1].verdict is REFUTED


def test_what_a_section_calls_a_vector_is_a_number_in_another() -> None:
    text = "# Introduction\n\nWe are given a function of the vector $x$.\n\n# Products\n\nLet $f(x, y) = x y$."
    assert last(text, r"\frac{\partial f}{\partial x} = y") is PROVED
    assert last(text, r"\frac{\partial f}{\partial x} = x") is REFUTED
    same = text.replace("# Products", "Also:")
    assert last(same, r"\frac{\partial f}{\partial x} = y") is not REFUTED


def test_an_upright_sign_and_letters_in_bold_are_transposed_beside_a_number_of_that_name() -> None:
    text = r"At temperature $T = 2$ let $p = e^{\boldsymbol{w}^{\mathrm{T}} \boldsymbol{x} / T}$."
    slope = r"\frac{\partial p}{\partial \boldsymbol{w}} = \frac{1}{T} p \boldsymbol{%s}"
    assert last(text, slope % "x") in (PROVED, CONDITIONAL)
    assert last(text, slope % "w") not in (PROVED, CONDITIONAL)


def test_examples_that_are_declared_elsewhere_are_no_members_beside_a_vector() -> None:
    text = (
        "$y = f(\\sum_{i=1}^n w_i x_i) = f(\\boldsymbol{w}^\\top %s)$\n\n"
        "The data are $\\boldsymbol{x_i} \\in \\mathbb{R}^n$."
    )
    assert checked(text % "\\boldsymbol{x}")[0].verdict is not REFUTED
    assert checked(text % "\\boldsymbol{w}")[0].verdict is not PROVED
