"""Course notes and posts of many sections: what one section says must not spoil what is right in another one."""

from __future__ import annotations

from pathlib import Path

import pytest
from counted import calls
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.case import prepare
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.lexer import tokenize
from verify_derivations.formulas.scanner import scan

HOLDS = (Verdict.PROVED, Verdict.CONDITIONAL)
WRONG = (Verdict.REFUTED, Verdict.ILL_FORMED)


def judged(text: str) -> list[Formula]:
    """The displayed formulas."""
    return [f for f in report_on(f"{text}\n", "notes.md").formulas if f.displayed]


def verdict(text: str, claim: str) -> Verdict:
    return judged(f"{text}\n\n$$ {claim} $$")[-1].verdict


NET = (
    "$$ z^1 = W^1 x + b^1, \\qquad a^1 = \\sigma(z^1) $$\n\n"
    "$$ z^2 = W^2 a^1 + b^2, \\qquad a^2 = \\sigma(z^2) $$\n\n"
    r"The cost is $C = \frac12 \|y - a^2\|^2$ with $x \in \mathbb{R}^d$. Let $\delta^l = \partial C / \partial z^l$."
)
OBSERVED = (
    r"We have $N$ observations $(x_n, y_n)$ with $x_n \in \mathbb{R}^D$, a weight vector $w \in \mathbb{R}^D$ and"
    "\n\n$$ L(w) = \\sum_{n=1}^N (y_n w^\\top x_n - \\exp(w^\\top x_n)). $$"
)
INNER = r"Let $w, x \in \mathbb{R}^d$, $A, X \in \mathbb{R}^{m \times n}$ and $f(w) = (\langle w, x\rangle + b)^2$."
LINE = (
    r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric, $b, x, d \in \mathbb{R}^n$,"
    r" $q(x) = \frac12 x^\top A x - b^\top x$ and"
    " $\\varphi(t) = q(x + t d)$."
)
EXPANDED = (
    "# Setting\n\nLet $X \\in \\mathbb{R}^{m \\times n}$. We write $r = X\\theta - y$ for the residual. Let\n\n"
    "$$ J(\\theta) = \\frac1{2m} \\|X\\theta - y\\|^2. $$\n\n# Gradient\n\nExpanding the square gives\n\n"
    "$$ J(\\theta) = \\frac1{2m}(\\theta^\\top X^\\top X \\theta - 2 y^\\top X \\theta + y^\\top y). $$"
)
WEIGHTED = (
    r"Let $X \in \mathbb{R}^{m \times n}$. If the $i$-th example has the weight $w_i$, let"
    "\n\n$$ J(\\theta) = \\frac12 \\sum_{i=1}^m w_i (x_i^\\top \\theta - y_i)^2, $$\n\n"
    r"where $x_i^\top$ is the $i$-th row of $X$."
)
PENALTY = (
    "$$ J(\\theta) = \\frac12 \\|X\\theta - y\\|^2 $$\n\nWe differentiate $J$.\n\n## Ridge\n\n"
    "Let $\\lambda > 0$, $X \\in \\mathbb{R}^{m \\times n}$ and\n\n"
    "$$ J_{\\text{ridge}}(\\theta) = \\frac12 \\|X\\theta - y\\|^2 + \\frac\\lambda2 \\|\\theta\\|^2. $$"
)
CLAIMS = (  # what is said, a gradient that is right, and one that is not
    (NET, r"\delta^2 = (a^2 - y) \odot a^2 \odot (1 - a^2)", r"\delta^2 = (a^2 - y) \odot a^1 \odot (1 - a^2)"),
    (NET, r"\frac{\partial C}{\partial W^2} = \delta^2 (a^1)^\top",
     r"\frac{\partial C}{\partial W^2} = \delta^2 (a^2)^\top"),
    (NET, r"\delta^1_j = \sum_k \delta^2_k W^2_{kj} \sigma'(z^1_j)",
     r"\delta^1_j = \sum_k \delta^2_k W^2_{jk} \sigma'(z^1_j)"),
    (OBSERVED, r"\nabla_w L = \sum_n (y_n - \exp(w^\top x_n)) x_n",
     r"\nabla_w L = \sum_n (\exp(w^\top x_n) - y_n) x_n"),
    (INNER, r"\nabla_w f = 2(\langle w, x\rangle + b) x", r"\nabla_w f = (\langle w, x\rangle + b) x"),
    (INNER, r"\nabla_X \langle A, X\rangle^2 = 2\langle A, X\rangle A",
     r"\nabla_X \langle A, X\rangle^2 = 2\langle A, X\rangle X"),
    (LINE, r"\varphi'(t) = d^\top (A(x + td) - b)", r"\varphi'(t) = d^\top (A(x - td) - b)"),
    (LINE, r"\varphi''(t) = d^\top A d", r"\varphi''(t) = 2 d^\top A d"),
    (EXPANDED, r"\nabla_\theta J = \frac1m X^\top r", r"\nabla_\theta J = X^\top r"),
    (WEIGHTED, r"\nabla_\theta J = \sum_{i=1}^m w_i (x_i^\top \theta - y_i) x_i",
     r"\nabla_\theta J = X^\top (X\theta - y)"),
    (PENALTY, r"\nabla_\theta J_{\text{ridge}} = X^\top(X\theta - y) + \lambda\theta",
     r"\nabla_\theta J_{\text{ridge}} = X^\top(X\theta - y) + 2\lambda\theta"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong"), CLAIMS)
def test_ordinary_notation_is_read(text: str, right: str, wrong: str) -> None:
    assert verdict(text, right) in HOLDS
    assert verdict(text, wrong) in WRONG


def test_numbers_are_powers_where_no_first_one_is_written() -> None:
    text = r"Let $r = x^2 + y^2$ and $J = r^2$ with $x, y \in \mathbb{R}$."
    assert verdict(text, r"\frac{\partial J}{\partial x} = 4 r x") in HOLDS
    assert verdict(text, r"\frac{\partial J}{\partial x} = 2 r x") in WRONG


def test_what_is_computed_from_examples_is_not_given() -> None:
    text = OBSERVED.replace("a weight vector", "from which we compute a vector")
    claim = r"\nabla_{x_n} L = (y_n - \exp(w^\top x_n)) w"
    assert verdict(OBSERVED, claim) in HOLDS
    assert verdict(text, claim) not in HOLDS


FORCE = (
    r"A network with the states $s \in \mathbb{R}^n$, weights $W \in \mathbb{R}^{n \times n}$ and thresholds"
    " $c \\in \\mathbb{R}^n$ has the energy\n\n$$ E(s) = -\\frac12 s^\\top W s + c^\\top s $$\n\n"
    "The force is the negative of the gradient,"
)
STACKED = (
    r"Let $x_n \in \mathbb{R}^D$ and $w \in \mathbb{R}^D$. SAID Let"
    "\n\n$$ L(w) = \\frac12 \\sum_{n=1}^N (w^\\top x_n - y_n)^2. $$"
)
ROWS = (
    r"We stack the inputs as rows in $X \in \mathbb{R}^{N \times D}$ and the targets in $y \in \mathbb{R}^N$.",
    r"Let $X \in \mathbb{R}^{N \times D}$ be the matrix whose rows are the examples and $y \in \mathbb{R}^N$.",
    r"The design matrix $X \in \mathbb{R}^{N \times D}$ has the inputs as its rows, and $y \in \mathbb{R}^N$.",
)
NOT_SAID = (
    r"Let $X \in \mathbb{R}^{N \times D}$ and $y \in \mathbb{R}^N$.",
    r"The design matrix $X \in \mathbb{R}^{N \times D}$ has the centred inputs as its rows, and $y \in \mathbb{R}^N$.",
    r"We never stack the inputs as rows in $X \in \mathbb{R}^{N \times D}$. Let $y \in \mathbb{R}^N$.",
)


def test_a_sentence_ends_with_its_display() -> None:
    assert verdict(FORCE, r"\nabla_s E = -\frac12 (W + W^\top) s + c") in HOLDS
    assert verdict(FORCE, r"\nabla_s E = -W s + c") not in (Verdict.PROVED, Verdict.UNDECIDED)


@pytest.mark.parametrize("said", ROWS)
def test_rows_are_told_without_their_name(said: str) -> None:
    assert verdict(STACKED.replace("SAID", said), r"\nabla_w L = X^\top (X w - y)") in HOLDS
    assert verdict(STACKED.replace("SAID", said), r"\nabla_w L = X^\top (X w + y)") in WRONG


@pytest.mark.parametrize("said", NOT_SAID)
def test_vectors_with_the_letter_of_a_matrix_are_not_independent_of_it(said: str) -> None:
    for claim in (r"\nabla_w L = X^\top (X w - y)", r"\nabla_w L = X^\top (X w + y)"):
        assert verdict(STACKED.replace("SAID", said), claim) is Verdict.UNDECIDED


LOSSES = (
    r"Let $w, x_n \in \mathbb{R}^D$ and $\eta_n = w^\top x_n$."
    "\n\n$$ L(w) = \\sum_{n=1}^N (TERM - \\exp(w^\\top x_n)) $$\n\n"
    "$$ \\frac{\\partial L}{\\partial \\eta_n} = CLAIM $$\n\n"
    "$$ E(w) = \\sum_n (w^\\top x_n + y_n \\exp(-w^\\top x_n)) $$\n\n"
    "$$ \\frac{\\partial E}{\\partial \\eta_n} = 1 - y_n e^{-\\eta_n} $$"
)


@pytest.mark.parametrize(("term", "right"), [(r"y_n w^\top x_n", HOLDS), (r"y_n x_n^\top w", (Verdict.UNDECIDED,))])
def test_a_name_for_a_part_of_one_loss_is_not_put_into_some_of_another(term: str, right: tuple[Verdict, ...]) -> None:
    for claim, expected in ((r"y_n - e^{\eta_n}", right), (r"-e^{\eta_n}", (*WRONG, Verdict.UNDECIDED))):
        found = judged(LOSSES.replace("TERM", term).replace("CLAIM", claim))
        assert found[1].verdict in expected
        assert found[-1].verdict in HOLDS


@pytest.mark.parametrize(
    ("latex", "texts"),
    [
        (r"\frac k2 x", [r"\frac", "k", "2", "x"]),
        (r"\frac srx", [r"\frac", "s", "r", "x"]),
        (r"\frac1mXy", [r"\frac", "1", "m", "Xy"]),
        (r"\frac\sqrt2n x", [r"\frac", r"\sqrt", "2", "n", "x"]),
        (r"\hat yx", [r"\hat", "y", "x"]),
        (r"\frac1{n}W1", [r"\frac", "1", "{", "n", "{", "W1"]),
    ],
)
def test_an_argument_without_braces_is_one_letter(latex: str, texts: list[str]) -> None:
    assert [token.text for token in tokenize(latex)][:-1] == texts


def test_fractions_without_braces_are_judged() -> None:
    text = r"Let $E(u) = \frac k2 u^2 + \frac sr u$ with $u \in \mathbb{R}$."
    assert verdict(text, r"\frac{dE}{du} = ku + \frac sr") in HOLDS
    assert verdict(text, r"\frac{dE}{du} = ku + \frac rs") in WRONG


LATER = (  # a sign that is said behind the claims of a section before
    "# One\n\nLet $w, x_n \\in \\mathbb{R}^d$.\n\n$$ L(w) = \\sum_{n=1}^N \\exp(w^\\top x_n) $$\n\n"
    "$$ \\nabla_w L = \\sum_{n=1}^N \\exp(w^\\top x_n) x_n $$\n\n"
    "# Two\n\nThe times are $t_n > 0$, and $M(w) = \\sum_{n=1}^N t_n w^\\top x_n + L(w)$.\n\n"
    "$$ \\nabla_w M = \\sum_{n=1}^N (t_n SIGN \\exp(w^\\top x_n)) x_n $$"
)
AGAIN = (  # a name that is declared in another section, and has a mark here
    "# One\n\nLet $X \\in \\mathbb{R}^{m \\times n}$ and $\\theta \\in \\mathbb{R}^n$.\n\n"
    "$$ J(\\theta) = \\|X\\theta - y\\|^2 $$\n\n$$ \\nabla_\\theta J = 2X^\\top(X\\theta - y) $$\n\n"
    "# Two\n\n$$ R(\\theta) = \\|X\\theta - y\\|^2 + \\lambda \\|\\theta\\|^2 $$\n\n"
    "$$ \\nabla_\\theta R = 2X^\\top(X\\theta - y) SIGN 2\\lambda\\theta $$\n\n"
    "So $\\theta^\\star = (X^\\top X + \\lambda I)^{-1} X^\\top y$ is the solution."
)


@pytest.mark.parametrize("text", [LATER, AGAIN])
@pytest.mark.parametrize(("sign", "expected"), [("+", HOLDS), ("-", WRONG)])
def test_sections_are_judged_and_remembered(
    text: str, sign: str, expected: tuple[Verdict, ...], tmp_path: Path
) -> None:  # fmt: skip
    document = scan(text.replace("SIGN", sign) + "\n", "notes.md")
    for _ in range(2):
        claims = [f for f in check(document, effort=Effort(repair=0), cache=tmp_path).formulas if "nabla" in f.latex]
        assert claims[0].verdict in HOLDS
        assert claims[1].verdict in expected


MODEL = (
    "# Model\n\nLet $X \\in \\mathbb{R}^{m \\times n}$ and $\\theta \\in \\mathbb{R}^n$. We set $h = X\\theta$.\n\n"
    "$$ J = \\frac12 \\|h - y\\|^2. $$\n\n# Gradient\n\n"
    "$$ \\frac{\\partial J}{\\partial\\theta} = X^\\top(h - y) $$\n\n"
    "# Regularisation\n\nWith a penalty the cost becomes\n\n"
    "$$ J = \\frac12 \\|h - y\\|^2 + \\frac\\lambda2 \\|\\theta\\|^2. $$"
)
PENALISED = (
    r"\frac{\partial J}{\partial\theta} = X^\top(h - y) + \lambda\theta",
    r"\frac{\partial J}{\partial\theta} = X^\top(h - y)",
)


@pytest.mark.parametrize("text", [MODEL, MODEL.replace("# ", "")])
def test_a_loss_that_becomes_another_one_is_that_from_there_on(text: str) -> None:
    right, wrong = (judged(f"{text}\n\n$$ {claim} $$") for claim in PENALISED)
    assert right[1].verdict in HOLDS
    assert right[-1].verdict in HOLDS
    assert wrong[-1].verdict in WRONG


def test_what_stands_behind_two_definitions_is_of_neither() -> None:
    for claim in PENALISED:
        found = judged(f"{MODEL}\n\n# Summary\n\n$$ {claim} $$")
        assert found[1].verdict in HOLDS  # it goes on with the model
        assert found[-1].verdict is Verdict.UNDECIDED


CELLS = r"""# Forward
Let $x, u \in \mathbb{R}^n$, $f = \sigma(x)$ and $h = f \odot u$.

# Backward
$$\frac{\partial E}{\partial f} = FIRST$$

# Another cell, forward
Let $x, u \in \mathbb{R}^n$, $r = \tanh(x)$ and $h = 2 r \odot u$.

# Another cell, backward
$$\frac{\partial E}{\partial r} = SECOND$$
"""


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("u", "2 u", [Verdict.PROVED, Verdict.PROVED]), ("2 u", "u", [Verdict.REFUTED, Verdict.REFUTED])],
)
@pytest.mark.parametrize("slides", [False, True])
def test_a_section_goes_on_with_the_scope_right_before_it(
    first: str, second: str, expected: list[Verdict], slides: bool
) -> None:  # fmt: skip
    text = CELLS.replace("FIRST", rf"{first} \odot \frac{{\partial E}}{{\partial h}}")
    text = text.replace("SECOND", rf"{second} \odot \frac{{\partial E}}{{\partial h}}")
    if slides:
        frames = (f"\\begin{{frame}}[t]{{{part}\\end{{frame}}\n" for part in text.split("# ")[1:])
        text = "\\documentclass{beamer}\n" + "".join(frame.replace("\n", "}\n", 1) for frame in frames)
        assert "\\begin{frame}[t]{Forward}" in text
    found = report_on(text, "notes.tex" if slides else "notes.md").formulas
    assert [f.verdict for f in found if f.displayed] == expected


LOGITS = (
    "# Softmax\n\nFor $z \\in \\mathbb{R}^K$ let $p_i = e^{z_i} / \\sum_{j=1}^K e^{z_j}$"
    " and $f(z) = \\log \\sum_j e^{z_j}$.\n\n"
    "$$ \\frac{\\partial p_i}{\\partial z_j} = p_i (\\delta_{ij} - p_j) $$\n\n$$ \\nabla f(z) = SIGN p $$\n\n"
    "# Regression\n\nWith $z = W x + b$ and $L = -\\sum_i y_i \\log p_i$, where $\\sum_i y_i = 1$, we get\n\n"
    "$$ \\frac{\\partial L}{\\partial W} = SIGN (p - y) x^\\top $$"
)


@pytest.mark.parametrize(("sign", "expected"), [("", HOLDS), ("-", WRONG)])
def test_a_late_definition_by_new_names_changes_nothing_before(sign: str, expected: tuple[Verdict, ...]) -> None:
    found = judged(LOGITS.replace("SIGN", sign))
    assert found[0].verdict in HOLDS
    assert all(f.verdict in expected for f in found[1:])


KERNEL = r"Let $k(x, x') = s^2 \exp(-\frac{(x - x')^2}{2\ell^2})$ with $s > 0$ and $\ell > 0$."
DISTANCE = r"Let $x, y \in \mathbb{R}^d$, $L \in \mathbb{R}^{k \times d}$ and $D_L(x, y) = \|L(x - y)\|^2$."
NORMAL = (
    "Let $\\sigma > 0$ and\n\n"
    "$$ \\ell(\\mu, \\sigma^2) = -\\frac N2 \\log\\sigma^2 - \\frac1{2\\sigma^2} \\sum_{n=1}^N (x_n - \\mu)^2. $$"
)
NAMES = (
    (KERNEL, r"\frac{\partial k}{\partial x} = -\frac{x - x'}{\ell^2} k(x, x')",
     r"\frac{\partial k}{\partial x} = \frac{x - x'}{\ell^2} k(x, x')"),
    (DISTANCE, r"\nabla_L D_L = 2L(x - y)(x - y)^\top", r"\nabla_L D_L = 2(x - y)(x - y)^\top L^\top"),
    (NORMAL,
     r"\frac{\partial\ell}{\partial\sigma^2} = -\frac{N}{2\sigma^2} + \frac1{2\sigma^4} \sum_{n=1}^N (x_n - \mu)^2",
     r"\frac{\partial\ell}{\partial\sigma^2} = -\frac{N}{2\sigma^2} + \frac1{\sigma^4} \sum_{n=1}^N (x_n - \mu)^2"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "right", "wrong"), NAMES)
def test_names_that_look_like_something_else_are_read(text: str, right: str, wrong: str) -> None:
    assert verdict(text, right) in HOLDS
    assert verdict(text, wrong) in WRONG


def test_the_place_of_a_variable_without_a_name_defines_nothing() -> None:
    text = r"Let $f = k(\cdot, x)$ and $J = f^2$."
    assert verdict(text, r"\frac{\partial J}{\partial x} = 0") is Verdict.UNDECIDED
    assert verdict(text, r"\frac{\partial J}{\partial f} = 2f") in HOLDS
    assert verdict(text, r"\frac{\partial J}{\partial f} = f") not in HOLDS


CLASSES = (
    r"Let $\theta_1, \dots, \theta_k \in \mathbb{R}^n$ and"
    "\n\n$$ J(\\theta) = \\sum_{i=1}^m \\sum_{j=1}^k y_{ij} \\theta_j^\\top x^{(i)}"
    " + \\frac\\lambda2 \\sum_{j=1}^k \\|\\theta_j\\|^2. $$"
)
SHARED = (
    "Let $k(x) = \\exp(-\\frac{x^2}{2\\ell^2})$.\n\n$$ k'(x) = -\\frac{x}{\\ell^2} k(x) $$\n\n"
    r"Let $f(x) = \sum_{j=1}^M w_j \|x - c_j\|^2$ with $c_j \in \mathbb{R}^D$."
)


def test_the_argument_of_a_loss_is_all_of_a_list() -> None:
    assert verdict(CLASSES, r"\nabla_{\theta_j} J = \sum_{i=1}^m y_{ij} x^{(i)} + \lambda\theta_j") in HOLDS
    assert verdict(CLASSES, r"\nabla_{\theta_j} J = \sum_{i=1}^m y_{ij} x^{(i)} + 2\lambda\theta_j") in WRONG


def test_a_variable_of_two_functions_need_not_be_the_same() -> None:
    right, claim = judged(f"{SHARED}\n\n$$ \\nabla_x f = 2 \\sum_{{j=1}}^M w_j (x - c_j) $$")
    assert right.verdict not in WRONG
    assert claim.verdict in HOLDS
    wrong, claim = judged(f"{SHARED.replace('= -', '= ')}\n\n$$ \\nabla_x f = \\sum_{{j=1}}^M w_j (x - c_j) $$")
    assert wrong.verdict not in HOLDS
    assert claim.verdict in WRONG


SHAPED = (
    r"Let $w, x_n \in \mathbb{R}^D$. With the shape $k > 0$ the loss is"
    "\n\n$$ E_k(w) = k \\sum_n (w^\\top x_n + y_n \\exp(-w^\\top x_n)). $$"
)


def test_a_function_that_is_called_after_a_number_is_no_family() -> None:
    assert verdict(SHAPED, r"\nabla E_k(w) = k \sum_n (1 - y_n e^{-w^\top x_n}) x_n") in HOLDS
    assert verdict(SHAPED, r"\nabla E_k(w) = k \sum_n (1 + y_n e^{-w^\top x_n}) x_n") in WRONG
    summed = SHAPED + r" We minimise $\sum_{k=1}^K E_k(w)$."
    assert verdict(summed, r"\nabla E_k(w) = k \sum_n (1 - y_n e^{-w^\top x_n}) x_n") is Verdict.UNDECIDED


def test_a_mapping_is_a_function() -> None:
    text = r"Let $r : \mathbb{R}^n \to \mathbb{R}^m$ and $F(x) = \frac12 \|r(x)\|^2$ with $x \in \mathbb{R}^n$."
    assert verdict(text, r"\nabla F(x) = r^2 x") not in HOLDS


def test_a_quantity_that_is_named_like_a_size_is_another_one() -> None:
    text = (
        r"Let $x_1, \dots, x_n \in \mathbb{R}^d$, $d_{ij} = \|x_i - x_j\|^2$ and"
        "\n\n$$ p_{ij} = \\frac{\\exp(-d_{ij})}{\\sum_{k=1}^n \\exp(-d_{ik})}. $$"
    )
    right = r"\frac{\partial\log p_{ij}}{\partial d_{il}} = -\mathbb{1}[j = l] + p_{il}"
    assert verdict(text, right) not in WRONG
    assert verdict(text, right.replace("= -", "= ")) not in HOLDS


GRAM = r"Let $G \in \mathbb{R}^{n \times n}$ (symmetric) and $J(a) = \frac12 \|G a - t\|^2$, $t \in \mathbb{R}^n$."
ACTS = (
    "# Model\n\nLet $w, x_i \\in \\mathbb{R}^p$, $s_i = \\langle w, x_i\\rangle$ and\n\n"
    "$$ L = \\frac12 \\sum_{i=1}^n (s_i - y_i)^2. $$\n\n# Gradient\n\nWe stack the inputs as rows in"
    " $X \\in \\mathbb{R}^{n \\times p}$ and write $s, y \\in \\mathbb{R}^n$. Then\n\n"
    "$$ \\nabla_w L = X^\\top (s SIGN y) $$\n\n"
    "# Penalty\n\nWith a penalty the loss becomes\n\n"
    "$$ L = \\frac12 \\sum_{i=1}^n (s_i - y_i)^2 + \\frac\\lambda2 \\|w\\|^2 $$\n\n"
    "$$ \\nabla_w L = \\sum_{i=1}^n (s_i - y_i) x_i SIGN \\lambda w $$"
)


def test_symmetric_in_brackets_is_said() -> None:
    assert verdict(GRAM, r"\nabla J(a) = G(G a - t)") in HOLDS
    assert verdict(GRAM, r"\nabla J(a) = G(G a + t)") in WRONG
    assert verdict(GRAM.replace("symmetric", "not symmetric"), r"\nabla J(a) = G(G a - t)") is not Verdict.PROVED


@pytest.mark.parametrize(("sign", "right"), [("-", 1), ("+", 2)])
def test_rows_that_a_later_section_tells_are_those_of_the_first(sign: str, right: int) -> None:
    claims = [f for f in judged(ACTS.replace("SIGN", sign)) if "nabla" in f.latex]
    assert claims[right - 1].verdict in HOLDS
    assert claims[2 - right].verdict in WRONG


BANANA = r"Let $f(x_1, x_2) = 100 (x_2 - x_1^2)^2 + (1 - x_1)^2$."
COMPONENTS = (
    r"\nabla f(x_1, x_2) = \begin{pmatrix} -400 x_1 (x_2 - x_1^2) - 2(1 - x_1) \\ SIGN 200 (x_2 - x_1^2) \end{pmatrix}",
    r"\nabla^2 f(x_1, x_2) = \begin{bmatrix} 1200 x_1^2 - 400 x_2 + 2 & -400 x_1 \\ -400 x_1 & SIGN 200 \end{bmatrix}",
)


@pytest.mark.parametrize("claim", COMPONENTS)
def test_a_gradient_that_is_written_out_is_one_of_components(claim: str) -> None:
    assert verdict(BANANA, claim.replace("SIGN", "")) in HOLDS
    assert verdict(BANANA, claim.replace("SIGN", "-")) in WRONG
    assert verdict(BANANA.replace("x_1, x_2", "x_2, x_1"), claim.replace("SIGN", "")) not in HOLDS


PATTERNS = (
    r"Let $X = (x_1, \dots, x_N) \in \mathbb{R}^{d \times N}$, $u \in \mathbb{R}^d$ and"
    "\n\n$$ E(u) = \\frac12 \\sum_{i=1}^N (x_i^\\top u)^2. $$"
)


def test_a_matrix_is_written_as_the_list_of_its_columns() -> None:
    assert verdict(PATTERNS, r"\nabla_u E = X X^\top u") in HOLDS
    assert verdict(PATTERNS, r"\nabla_u E = -X X^\top u") in WRONG
    rows = PATTERNS.replace("x_N)", "x_N)^\\top").replace(r"d \times N", r"N \times d")
    assert verdict(rows, r"\nabla_u E = X^\top X u") in HOLDS
    assert verdict(rows, r"\nabla_u E = X X^\top u") in WRONG
    assert verdict(PATTERNS.replace(r"d \times N", r"N \times d"), r"\nabla_u E = X^\top X u") is Verdict.UNDECIDED


def test_sections_of_one_kind_are_read_in_linear_time() -> None:
    """Each of them used to be looked for in the words of each other one."""
    def work(count: int) -> int:
        sections = (
            f"# Model {k}\n\nLet $w, x \\in \\mathbb{{R}}^n$.\n\n$$ y_{{{k}}} = w^\\top x + {k} $$\n\n"
            f"$$ \\frac{{\\partial y_{{{k}}}}}{{\\partial w}} = x $$\n\n" for k in range(count)
        )  # fmt: skip
        document = scan("".join(sections), "models.md")
        return calls(lambda: prepare(document, Effort()))

    work(5)  # what is made once
    assert work(60) < 2.25 * work(30)


TWO_MEANINGS = r"""
# Classes

Let $p \in \mathbb{R}^K$ with $p_k > 0$, and $N_k \in \mathbb{R}$ for $k = 1, \dots, K$. The likelihood is

$$ L(p) = \prod_{k=1}^K p_k^{N_k} $$

$$ \frac{\partial \log L}{\partial p_k} = FIRST $$

# Labels

For $n = 1, \dots, N$ and $k = 1, \dots, K$ let $t_{nk}, y_{nk} \in \mathbb{R}$ and $y_{nk} > 0$. Then

$$ p(t) = \prod_{n=1}^N \prod_{k=1}^K y_{nk}^{t_{nk}}, \qquad E = -\ln p(t) $$

$$ \frac{\partial E}{\partial y_{nk}} = SECOND $$
"""


@pytest.mark.parametrize(
    ("first", "second", "right"),
    [(r"\frac{N_k}{p_k}", r"-\frac{t_{nk}}{y_{nk}}", [True, True]),
     (r"\frac{p_k}{N_k}", r"\frac{t_{nk}}{y_{nk}}", [False, False])],
)
def test_what_one_section_differentiates_by_is_no_function_of_another(
    first: str, second: str, right: list[bool]
) -> None:
    claims = judged(TWO_MEANINGS.replace("FIRST", first).replace("SECOND", second))[1::2]
    assert [f.verdict in HOLDS for f in claims] == right, [f.message for f in claims]
    assert [f.verdict in WRONG for f in claims] == [not x for x in right]
