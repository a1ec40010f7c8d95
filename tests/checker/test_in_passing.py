"""What a text says in passing: where a formula does not hold, from where on a case is spoken of, what a bar means, of
which class a unit vector is. Each with gradients that are right and some that are not."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.ILL_FORMED
CONDITIONAL = Verdict.CONDITIONAL


def verdicts(text: str, *claims: str) -> list[Verdict]:
    """Of ``claims`` behind a text, or, without any, of all derivatives that are displayed in it."""
    text += "".join(f"\n\n$$ {claim} $$\n" for claim in claims)
    found = report_on(text, "notes.md").formulas
    return [f.verdict for f in found if f.displayed and "\\partial" in f.latex]


LAPLACE = r"Let $\ell = |y - \mu| / \beta + \log \beta$ with numbers $y$, $\mu$ and $\beta > 0$. "


@pytest.mark.parametrize("said", [
    r"Away from $\mu = y$,", r"The loss has a kink at $\mu = y$; for all others", r"Near $\mu = y$ it is steep:",
    r"It is not differentiable at $\mu = y$. We have", r"Outside of $\mu = y$ we have",
    r"In the neighbourhood of $\mu = y$ nothing is special:",
])  # fmt: skip
def test_an_equation_of_the_points_that_are_left_out_defines_nothing(said: str) -> None:
    """It was taken for a definition, and a wrong gradient proved, as ``y - μ`` was zero."""
    right, wrong = verdicts(
        LAPLACE + said, r"\frac{\partial \ell}{\partial \mu} = \frac{\operatorname{sign}(\mu - y)}{\beta}",
        r"\frac{\partial \ell}{\partial \beta} = \frac1\beta - \frac{|y - \mu|}{\beta^3}",
    )  # fmt: skip
    assert right in (PROVED, CONDITIONAL, UNDECIDED)
    assert wrong in (REFUTED, UNDECIDED)


def test_away_from_a_point_right_and_wrong_are_told() -> None:
    said = LAPLACE + r"Away from $\mu = y$,"
    right = r"\frac{\partial \ell}{\partial \mu} = \frac{\operatorname{sign}(\mu - y)}{\beta}"
    assert verdicts(said, right, right.replace(r"\mu - y", r"y - \mu")) == [PROVED, REFUTED]


BILINEAR = (
    r"Let $u, v \in \mathbb{R}^n$, $A \in \mathbb{R}^{n \times n}$ and $L = u^\top A v$. Then"
    "\n\n$$ \\frac{\\partial L}{\\partial v} = A^\\top u $$\n\n$$ \\frac{\\partial L}{\\partial v} = A u $$\n\n"
)


@pytest.mark.parametrize(("case", "right", "wrong"), [
    (r"If the matrix has a single parameter, $A_{jk} = \beta \delta_{jk}$, then",
     r"\frac{\partial L}{\partial \beta} = u^\top v", r"\frac{\partial L}{\partial \beta} = 2 u^\top v"),
    (r"A low rank, $A = F G^T$ with $F, G \in \mathbb{R}^{n \times r}$, needs",
     r"\frac{\partial L}{\partial F} = u v^T G", r"\frac{\partial L}{\partial F} = v u^T G"),
])  # fmt: skip
def test_a_case_goes_on_from_where_it_begins(case: str, right: str, wrong: str) -> None:
    """What was said before is said of any A: ``A u`` is wrong there, and right in the first of these cases."""
    assert verdicts(BILINEAR + case, right, wrong) == [PROVED, REFUTED, PROVED, REFUTED]


def test_a_case_ends_where_the_text_speaks_of_all() -> None:
    case = r"If the matrix has a single parameter, $A_{jk} = \beta \delta_{jk}$, then"
    slope = r"$$ \frac{\partial L}{\partial \beta} = u^\top v $$"
    text = f"{BILINEAR}{case}\n\n{slope}\n\nIn general, however,"
    found = verdicts(text, r"\frac{\partial L}{\partial u} = A v", r"\frac{\partial L}{\partial u} = A^\top v")
    assert found[2:] == [PROVED, PROVED, REFUTED]


TWO_CLASSES = (
    r"Let $u, v \in \mathbb{R}^K$ and $P_{jk} = \exp(u_j + v_k) / Z$ with $Z = \sum_{j,k} \exp(u_j + v_k)$, and "
    r"$p_j = \sum_k P_{jk}$, $q_k = \sum_j P_{jk}$. The loss is $L = \log Z - u_a - v_b$. "
)


@pytest.mark.parametrize(("said", "wanted"), [
    ("With $e_a$ and $e_b$ the unit vectors of the true tags,", [PROVED, REFUTED]),
    ("Here $e_a$ is the one-hot vector of the true tag.", [PROVED, REFUTED]),
    ("Here $e_a$ is the unit vector of the direction of the loss.", [UNDECIDED, UNDECIDED]),
])  # fmt: skip
def test_unit_vectors_of_classes(said: str, wanted: list[Verdict]) -> None:
    claims = r"\frac{\partial L}{\partial u} = p - e_a", r"\frac{\partial L}{\partial u} = e_a - p"
    assert verdicts(TWO_CLASSES + said, *claims) == wanted


TOKEN = (
    r"The loss $\ell$ is any function of $Y$, and $G = \partial \ell / \partial Y$, where $Y = X C$ with "
    r"$X \in \mathbb{R}^{T \times D}$ and $C \in \mathbb{R}^{D \times D}$."
)
NEXT = (
    r"The logits are $u = E y$, where $y \in \mathbb{R}^D$ and $E \in \mathbb{R}^{V \times D}$, and "
    r"$p = \mathrm{softmax}(u)$. If token $w$ follows, the loss there is $\ell_w = -\log p_w$, and"
)


def test_the_loss_of_a_given_token_is_another_one() -> None:
    of_any = r"$$ \frac{\partial \ell}{\partial C} = X^\top G $$", r"$$ \frac{\partial \ell}{\partial C} = G^\top X $$"
    text = "\n\n".join((TOKEN, *of_any, NEXT))
    found = verdicts(
        text, r"\frac{\partial \ell_w}{\partial u} = p - e_w", r"\frac{\partial \ell_w}{\partial y} = E^\top (p - e_w)",
        r"\frac{\partial \ell_w}{\partial E} = y (p - e_w)^\top",
    )  # fmt: skip
    assert found == [PROVED, REFUTED, PROVED, PROVED, ILL_FORMED]


MIXER = (
    r"Let $\mathcal{L}$ be the loss, $X \in \mathbb{R}^{S \times C}$, $W \in \mathbb{R}^{D \times S}$ and "
    r"$V \in \mathbb{R}^{S \times D}$. "
    "$$ A = W X, \\qquad H = \\phi(A), \\qquad U = X + V H $$\n\n"
)


@pytest.mark.parametrize("said", [
    r"A bar over a quantity denotes the derivative of the loss with respect to it, "
    r"e.g. $\bar{U} = \partial \mathcal{L} / \partial U$.",
    r"Write $\bar{U} = \partial \mathcal{L} / \partial U$, and likewise $\bar{H}$, $\bar{X}$.",
    r"Quantities with a bar are gradients: $\bar{U} = \partial \mathcal{L} / \partial U$.",
])  # fmt: skip
def test_a_bar_may_mark_all_gradients(said: str) -> None:
    claims = {
        r"\bar{H} = V^\top \bar{U}": PROVED, r"\bar{V} = \bar{U} H^\top": PROVED,
        r"\bar{A} = \bar{H} \odot \phi'(A)": PROVED, r"\bar{X} = \bar{U} + W^\top \bar{A}": PROVED,
        r"\bar{X} = W^\top \bar{A}": REFUTED, r"\bar{W} = X \bar{A}^\top": ILL_FORMED,
    }  # fmt: skip
    text = MIXER + said + "".join(f"\n\n$$ {claim} $$" for claim in claims)
    found = report_on(text, "notes.md").formulas
    assert [f.verdict for f in found if f.displayed and f.latex.strip() in claims] == [*claims.values()]


ONE_HOT = r"Let $o, t \in \mathbb{R}^n$, $p = \mathrm{softmax}(o)$, with $L = - \sum_{j} t_j \log p_j$"


@pytest.mark.parametrize(("said", "wanted"), [
    (" for a one-hot target $t$. Then", [PROVED, REFUTED]),
    (". For a one-hot target $t$ this is a simple loss. In general,", [CONDITIONAL, REFUTED]),
])  # fmt: skip
def test_a_loss_for_a_one_hot_target(said: str, wanted: list[Verdict]) -> None:
    claims = r"\frac{\partial L}{\partial o} = p - t", r"\frac{\partial L}{\partial o} = t - p"
    assert verdicts(ONE_HOT + said, *claims) == wanted


STATES = (
    "\n\n## Simple recurrent unit\n\n" + r"For $t = 1, \dots, T$ let"
    "\n\n$$ z_t = W x_t, \\qquad f_t = \\sigma(U x_t + b), "
    "\\qquad c_t = f_t \\odot c_{t-1} + (1 - f_t) \\odot z_t. $$\n\n"
    r"Only the last state enters the loss, $L = \tfrac12 \|c_T - q\|^2$ for a target $q$."
    "\n\n$$ \\frac{\\partial L}{\\partial f_t} = \\frac{\\partial L}{\\partial c_t} \\odot (c_{t-1} - z_t), $$\n\n"
    "$$ \\frac{\\partial L}{\\partial z_t} = f_t \\odot \\frac{\\partial L}{\\partial c_t}, $$\n\n"
    "and the weights are shared over time:\n\n"
    "$$ \\frac{\\partial L}{\\partial W} = "
    "\\sum_{t=1}^T \\Bigl( (1 - f_t) \\odot \\frac{\\partial L}{\\partial c_t} \\Bigr) x_t^\\top $$\n"
)
HIGHWAY = (
    "# Gates\n\nWrite $g = \\partial L / \\partial q$ for what arrives from above.\n\n## Highway layer\n\n"
    r"Let $x \in \mathbb{R}^n$ and"
    "\n\n$$ h = \\tanh(W x + b), \\qquad s = \\sigma(V x + c), \\qquad q = s \\odot h + (1 - s) \\odot x. $$\n\n"
    "$$ \\frac{\\partial L}{\\partial h} = g \\odot s $$\n\n"
    "$$ \\frac{\\partial L}{\\partial c} = g \\odot (h - x) \\odot s \\odot (1 - s) $$\n\n"
    "$$ \\frac{\\partial L}{\\partial W} = \\bigl(g \\odot s \\odot (1 - h \\odot h)\\bigr) x^\\top $$\n\n"
    "$$ \\frac{\\partial L}{\\partial c} = g \\odot h \\odot s \\odot (1 - s) $$"
)


def test_the_bias_of_one_section_and_the_states_of_another() -> None:
    """The bias c is no state, and the loss of the last state is not the one that the layer before speaks of."""
    assert verdicts(HIGHWAY + STATES) == [PROVED, PROVED, PROVED, REFUTED, PROVED, REFUTED, PROVED]


def test_the_state_of_one_step_beside_those_of_all() -> None:
    step = (
        "\n\n## One step\n\n" + r"Let $x \in \mathbb{R}^d$ and $h \in \mathbb{R}^D$. One step of a gated unit is"
        "\n\n$$ z = \\sigma(W_z x + U_z h), \\qquad h' = z \\odot h, $$\n\n"
        r"and $g = \partial \mathcal{L} / \partial h'$ for a loss $\mathcal{L}$ that depends only on $h'$."
    )
    text = (
        "# Recurrent nets\n\n## All steps\n\n"
        r"Let $U \in \mathbb{R}^{V \times D}$ and $y_t \in \mathbb{R}^V$. For $t = 1, \dots, T$"
        "\n\n$$ h_t = \\sigma(H h_{t-1} + e_t), \\qquad J = \\sum_{t=1}^T \\tfrac12 \\|U h_t - y_t\\|^2. $$\n\n"
        "$$ \\frac{\\partial J}{\\partial h_T} = U^\\top (U h_T - y_T) $$" + step
    )
    found = verdicts(
        text, r"\frac{\partial \mathcal{L}}{\partial z} = g \odot h",
        r"\frac{\partial \mathcal{L}}{\partial W_z} = (g \odot h \odot z \odot (1 - z)) x^\top",
        r"\frac{\partial \mathcal{L}}{\partial W_z} = (g \odot h \odot z) x^\top",
    )  # fmt: skip
    assert found == [PROVED, PROVED, PROVED, REFUTED]


PROBLEM = r"""\documentclass{article}
\usepackage{amsthm}
\newtheorem{problem}{Problem}
\begin{document}
\begin{problem}
Let $o_t = U h_t$ and $p_t = \mathrm{softmax}(o_t)$ with $U \in \mathbb{R}^{V \times D}$ for $t = 1, \dots, T$, and
\[ J = \sum_{t=1}^T J_t, \qquad J_t = - \sum_{k=1}^V y_{t,k} \log p_{t,k}, \]
where $y_t$ is the one-hot vector of the next word. Compute the gradient.
\end{problem}
\textit{Solution.} It is
\[ \frac{\partial J}{\partial o_t} = p_t - y_t,
  \qquad \frac{\partial J}{\partial U} = \sum_{t=1}^T (p_t - y_t) h_t^\top. \]
\[ \frac{\partial J}{\partial U} = \sum_{t=1}^T h_t (p_t - y_t)^\top. \]
\end{document}
"""


def test_what_a_problem_says_holds_in_its_solution() -> None:
    """The words behind the last formula of a problem were lost, as the solution goes on with its section."""
    found = report_on(PROBLEM, "sheet.tex").formulas
    assert [f.verdict for f in found if f.displayed and "\\partial" in f.latex] == [PROVED, ILL_FORMED]


OUTPUT = r"Let $y = W x$ with $W \in \mathbb{R}^{m \times n}$. "


@pytest.mark.parametrize("said", [
    "Let $g$ be the gradient of the loss $L$ with respect to $y$.",
    "We write $g$ for the derivative of $L$ with respect to $y$.",
    "The layer receives $g$, the gradient of the loss $L$ with respect to its output $y$.",
    "We denote the gradient of $L$ with respect to $y$ by $g$.",
    "If $g$ is the gradient of the loss $L$ w.r.t. $y$, then",
    r"The error signal $g \in \mathbb{R}^m$ is the gradient of the loss with respect to the output $y$.",
])  # fmt: skip
def test_a_gradient_in_words(said: str) -> None:
    claims = r"\frac{\partial L}{\partial W} = g x^\top", r"\frac{\partial L}{\partial x} = W^\top g"
    wrong = r"\frac{\partial L}{\partial W} = x g^\top", r"\frac{\partial L}{\partial x} = 2 W^\top g"
    assert verdicts(OUTPUT + said, *claims, *wrong) == [PROVED, PROVED, ILL_FORMED, REFUTED]


def test_the_gradient_with_respect_to_it() -> None:
    said = r"The output is $y \in \mathbb{R}^m$, and $\bar y$ is the gradient of the loss $L$ with respect to it."
    claims = r"\frac{\partial L}{\partial x} = W^\top \bar y", r"\frac{\partial L}{\partial x} = -W^\top \bar y"
    assert verdicts(OUTPUT + said, *claims) == [PROVED, REFUTED]


@pytest.mark.parametrize("said", [
    "Let $g$ be the gradient of the loss $L$ with respect to $y$, divided by the batch size.",
    "Here $g$ is the negative gradient of the loss $L$ with respect to $y$.",
    "Here $g$ is not the gradient of the loss $L$ with respect to $y$.",
    "Let $g$ be the gradient of the loss $L$ with respect to $y$ scaled to unit length.",
    "Let $g$ be the gradient of the loss $L$ with respect to $y$ at the last step.",
])  # fmt: skip
def test_what_more_is_said_of_a_gradient_in_words(said: str) -> None:
    claims = r"\frac{\partial L}{\partial W} = g x^\top", r"\frac{\partial L}{\partial x} = 2 W^\top g"
    assert not {PROVED, REFUTED}.intersection(verdicts(OUTPUT + said, *claims))


POOLED = (
    r"Let $z \in \mathbb{R}^{H}$ and $a_i = \tanh(z_i)$ for $i = 1, \dots, H$. We assume that $H = 2P$ is even. Then"
    "\n\n$$ s_i = \\frac{c}{2} \\sum_{p=0}^{1} a_{2i-p} + d, $$\n\n"
    r"where now $i = 1, \dots, P$. The loss is $E = \sum_{i=1}^P s_i^2$."
)


def test_a_derivative_by_an_entry_with_a_rounded_index() -> None:
    claims = (
        r"\frac{\partial E}{\partial a_i} = \frac{c}{2} \frac{\partial E}{\partial s_{\lceil i/2 \rceil}}",
        r"\frac{\partial E}{\partial a_i} = c \frac{\partial E}{\partial s_{\lceil i/2 \rceil}}",
    )
    assert verdicts(POOLED, *claims) == [PROVED, REFUTED]
    assert PROVED not in verdicts(POOLED, claims[0].replace("lceil", "lfloor").replace("rceil", "rfloor"))


CONVOLVED = (
    r"Let $x \in \mathbb{R}^n$, $w \in \mathbb{R}^k$ and $z_i = \sum_{u=1}^k w_u x_{i+u-1}$ "
    r"for $i = 1, \dots, n - k + 1$, and $E = \frac12 \sum_{i=1}^{n-k+1} z_i^2$."
)


@pytest.mark.parametrize("said", [
    "Quantities whose indices are out of range count as zero:", "All entries that are out of range are taken as zero.",
])  # fmt: skip
def test_entries_out_of_range_count_as_zero(said: str) -> None:
    right = r"\frac{\partial E}{\partial x_j} = \sum_{u=1}^k w_u \frac{\partial E}{\partial z_{j-u+1}}"
    assert verdicts(f"{CONVOLVED} {said}", right) == [PROVED]
    assert verdicts(f"{CONVOLVED} {said}", right.replace("j-u+1", "j-u")) == [REFUTED]
    assert verdicts(CONVOLVED, right) == [ILL_FORMED]


def test_an_equation_of_sizes_is_said_and_not_claimed() -> None:
    text = (
        r"Let $x \in \mathbb{R}^H$ and $v \in \mathbb{R}^{2P}$. We assume that $H - k + 1 = 2P$. "
        r"Let $s = \sum_{i=1}^k x_i$."
    )
    found = report_on(text, "notes.md").formulas
    assert not any(f.verdict.wrong for f in found)


VECTORS = (
    r"Let $X \in \mathbb{R}^{d \times m}$, $W^{[1]} \in \mathbb{R}^{n \times d}$ and $Z^{[1]} = W^{[1]} X + b^{[1]}$, "
    r"$A^{[1]} = \tanh(Z^{[1]})$. The loss is $J$."
)


def test_a_bias_of_a_layer_has_the_shape_of_its_gradient() -> None:
    claims = r"db^{[1]} = dZ^{[1]} \mathbf{1}", r"db^{[1]} = 2 dZ^{[1]} \mathbf{1}"
    text = VECTORS + "".join(f"\n\n$$ {claim} $$\n" for claim in claims)
    found = report_on(text, "notes.md").formulas
    assert [f.verdict for f in found if f.displayed] == [CONDITIONAL, REFUTED]


def test_a_data_point_with_the_subscript_0_is_no_entry() -> None:
    text = (
        r"A decoder uses $x = D y$ with $D \in \mathbb{R}^{d \times K}$, "
        r"and $R = \|x - x_0\|^2$ for the data point $x_0$."
    )
    claims = (
        r"\frac{\partial R}{\partial x} = 2 (x - x_0)", r"\frac{\partial R}{\partial D} = 2 (x - x_0) y^\top",
        r"\frac{\partial R}{\partial y} = D^\top (x - x_0)",
    )  # fmt: skip
    assert verdicts(text, *claims) == [PROVED, PROVED, REFUTED]


@pytest.mark.parametrize(("said", "claims"), [
    (r"Let $D \in \mathbb{R}^{d \times K}$, $y \in \mathbb{R}^K$, $x = D y$ and $R = \|x - q\|^2$, "
     r"where $D_l$ is the $l$-th column of $D$.",
     (r"\frac{\partial R}{\partial y_l} = 2 D_l^\top (x - q)", r"\frac{\partial R}{\partial y_l} = D_l^\top (x - q)")),
    (r"Let $D \in \mathbb{R}^{d \times K}$, $x \in \mathbb{R}^K$ and $z_i = D_i^\top x$, "
     r"where $D_i$ is the $i$-th row of $D$. Let $R = \frac12 \sum_{i=1}^d z_i^2$.",
     (r"\frac{\partial R}{\partial x} = \sum_{i=1}^d z_i D_i",
      r"\frac{\partial R}{\partial x} = 2 \sum_{i=1}^d z_i D_i")),
])  # fmt: skip
def test_columns_and_rows_by_the_name_of_the_matrix(said: str, claims: tuple[str, str]) -> None:
    """``D_l`` was read as an entry, and right claims were ill-formed."""
    assert verdicts(said, *claims) == [PROVED, REFUTED]


@pytest.mark.parametrize("letter", ["e", "c"])
def test_codes_that_are_called_like_the_base_of_exponentials(letter: str) -> None:
    text = rf"Let $z \in \mathbb{{R}}^m$, $d_k = \|z - {letter}_k\|^2$ and $F = \sum_k e^{{-d_k}}$."
    right = rf"\frac{{\partial F}}{{\partial {letter}_k}} = 2 e^{{-d_k}} (z - {letter}_k)"
    assert verdicts(text, right, right.replace("2 ", "-2 ")) == [PROVED, REFUTED]


def test_a_rule_and_a_reason_suppose_nothing() -> None:
    text = (
        "The gradient is derived in two steps.\n\n$$ p = \\sigma(X w), \\qquad \\ell = \\sum_i \\log p_i $$\n\n"
        r"By the chain rule, and since $\eta = X w$ with $X \in \mathbb{R}^{n \times d}$, we have"
    )
    claims = r"\nabla_w \ell = X^\top (1 - p)", r"\nabla_w \ell = X^\top p"
    text += "".join(f"\n\n$$ {claim} $$\n" for claim in claims)
    found = report_on(text, "notes.md").formulas
    assert [f.verdict for f in found if f.displayed][1:] == [PROVED, REFUTED]
