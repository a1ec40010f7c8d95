"""Notation of documents that were not written to be checked: what is said in it, and what is left open."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Report, Verdict

PROVED, REFUTED, CONDITIONAL = Verdict.PROVED, Verdict.REFUTED, Verdict.CONDITIONAL
DEFINED, UNDECIDED, ILL_FORMED = Verdict.DEFINED, Verdict.UNDECIDED, Verdict.ILL_FORMED


def report(text: str) -> Report:
    return report_on(text, "found.md")


def last(text: str) -> Formula:
    return report(text).formulas[-1]


# -- definitions that cannot be read --------------------------------------------------------------------------
UNREAD = r"""The output is $y = \sigma(z)$ with $z = [\sin x, w]$, where $t \in \mathbb{R}$ and SAID, and

$$ L = -t \log y - (1-t)\log(1-y) $$

"""


@pytest.mark.parametrize(
    ("said", "claim", "verdict"),
    [
        ("$z \\in \\mathbb{R}$", r"\frac{\partial y}{\partial z} = y(1-y)", PROVED),
        ("$x \\in \\mathbb{R}$", r"\frac{\partial y}{\partial z} = y(1-y)", CONDITIONAL),  # is z a number?
        ("$z \\in \\mathbb{R}$", r"\frac{\partial y}{\partial z} = y(1+y)", UNDECIDED),  # z may be what makes it right
        ("$z \\in \\mathbb{R}$", r"\frac{\partial L}{\partial z} = y - t", PROVED),
        ("$z \\in \\mathbb{R}$", r"\frac{\partial L}{\partial y} = \frac{y - t}{y(1-y)}", PROVED),
        ("$z \\in \\mathbb{R}$", r"\frac{\partial L}{\partial z} = \frac{y - t}{y(1-y)}", UNDECIDED),
        ("$z \\in \\mathbb{R}$", r"\frac{\partial L}{\partial x} = 0", UNDECIDED),  # by way of z
        ("$b \\in \\mathbb{R}$", r"\frac{\partial L}{\partial b} = 0", UNDECIDED),
        ("$z \\in \\mathbb{R}$", r"y = \sigma(x w)", UNDECIDED),
    ],
)
def test_what_holds_whatever_a_quantity_is_needs_no_definition_of_it(said: str, claim: str, verdict: Verdict) -> None:
    found = last(UNREAD.replace("SAID", said) + f"$$ {claim} $$\n")
    assert found.verdict is verdict, found.message


# -- spellings ------------------------------------------------------------------------------------------------
NEURON = r"$$ x \in \mathbb{R}^n, \quad w \in \mathbb{R}^n, \quad y = \sigma(z)，z = w^T x​ $$" + "\n\n"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"{\partial y}/{\partial z} = y(1-y)", PROVED),
        (r"{\partial y}/{\partial z} = y(1+y)", REFUTED),
        (r"{\partial y}/{\partial z} = \frac{-1}{(1+e^{-z})^2} \cdot e^{-z} \cdot -1", PROVED),
        (r"{\partial y}/{\partial z} = \frac{1}{(1+e^{-z})^2} \cdot e^{-z} \cdot -1", REFUTED),
        (r"\mid y - 1 \mid^2 = (1 - y)^2", PROVED),
        (r"\mid y - 1 \mid^3 = (y - 1)^3", REFUTED),
        (r"2 \mid z \mid + 1 = 1 + \mid 2z \mid", PROVED),
        (r"2 \mid z \mid + 1 = 1 + \mid z \mid", REFUTED),
    ],
)
def test_spellings_of_informal_notes(claim: str, verdict: Verdict) -> None:
    found = last(NEURON + f"$$ {claim} $$\n")
    assert found.verdict is verdict, found.message


def test_markdown_that_eats_backslashes() -> None:
    found = report(r"Let \\(x \in \\{ -1, 1 \\} \\), \\(\mid x \mid\\), \\(D(p\|\|q)\\) and \\(x\_1 = \\), then.")
    assert [f.verdict for f in found.formulas] == [DEFINED] * 3 + [Verdict.UNREAD]
    assert found.formulas[2].latex == "D(p||q)"
    assert found.formulas[3].column == 72


@pytest.mark.parametrize("sign", [r"$$\odot$$", "$(x_1$", r"$\lim_{h \to 0}$", r"\\(\lambda \mid w \mid\\)"])
def test_what_states_nothing_is_not_unread(sign: str) -> None:
    assert last(f"Here {sign} stands.").verdict is DEFINED
    assert last("Here $$x = $$ stands.").verdict is Verdict.UNREAD


# -- values for an example ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("For class one, $t = 1$, and for the other $t = 0$.", DEFINED),
        ("Take $x_1 = 2$ and $x_2 = -1$.", DEFINED),
        ("Take $x = [2, -1, 1]$.", DEFINED),
        ("Take $w = \\begin{bmatrix} 1 \\\\ 2 \\end{bmatrix}$.", DEFINED),
        ("At the start $z = 0$.", DEFINED),
        ("Nothing moves if $\\frac{\\partial L}{\\partial w} = 0$.", DEFINED),
        ("One sees $\\frac{\\partial L}{\\partial w} = 0$.", REFUTED),
        ("One sees\n\n$$ z = 0 $$\n\n", REFUTED),
    ],
)
def test_values_for_an_example_are_no_claims(words: str, verdict: Verdict) -> None:
    net = r"Let $x, w \in \mathbb{R}^n$, $t \in \mathbb{R}$, $z = w^T x$ and $L = \frac12 (z - t)^2$."
    claims = "\n\n$$ \\frac{\\partial L}{\\partial w} = (z - t) x $$\n\n$$ \\frac{\\partial L}{\\partial w} = z x $$\n"
    *_, value, right, wrong = report(f"{net}\n\n{words}{claims}").formulas
    assert value.verdict is verdict, value.message
    assert (right.verdict, wrong.verdict) == (PROVED, REFUTED)


def test_a_number_that_is_given_once_is_known() -> None:
    text = "With $a = 0.01$, $f(z) = a z$.\n\n$$ f'(z) = 0.01 $$\n\n$$ f'(z) = 0.02 $$\n"
    assert [f.verdict for f in report(text).formulas[-2:]] == [PROVED, REFUTED]


# -- definitions given anew -----------------------------------------------------------------------------------
BY = "\\frac{\\partial f}{\\partial x}"
PRODUCTS = f"# Products\n\nLet $x, y \\in R$ and $f(x, y) = x y$, so that\n\n$$ {BY} = y $$\n\n"


@pytest.mark.parametrize(
    ("rest", "verdicts"),
    [
        ("For sums $f(x, y) = x + y$ and $\\frac{\\partial f}{\\partial x} = 1$.", [DEFINED, PROVED]),
        ("For sums $f(x, y) = x + y$ and $\\frac{\\partial f}{\\partial x} = 2$.", [DEFINED, REFUTED]),
        ("For sums $f(x, y) = x + y$ and $\\frac{\\partial f}{\\partial x} = y$.", [REFUTED, CONDITIONAL]),
        (f"$$ f(x, y) = x + y \\hspace{{0.5in}} \\rightarrow \\hspace{{0.5in}} {BY} = 1 $$", [PROVED]),
        (f"$$ f(x, y) = x + y \\hspace{{0.5in}} \\rightarrow \\hspace{{0.5in}} {BY} = y $$", [REFUTED]),
        ("$$ f(x, y) = x + y \\to \\frac{\\partial f}{\\partial x} = 1 $$", [PROVED]),
        ("$$ f(x, y) = x + y \\to \\frac{\\partial f}{\\partial x} = 3 $$", [REFUTED]),
        ("$$ f(x, y) = x + y $$", [UNDECIDED]),  # displayed, and nothing rests on it: an example, or a slip
        (f"$$ f(x, y) = x + y $$\n\n$$ {BY} = y $$", [REFUTED, CONDITIONAL]),  # likewise
        ("Others are $f(x, y) = x - y$ and $f(x, y) = x^2$.", [DEFINED, DEFINED]),
        ("Also $f(x, y) = y x$.", [PROVED]),
        ("$$ f(x, y) = x + y $$\n\n$$ \\frac{\\partial f}{\\partial y} = 1 $$\n\n# Products again\n\n"
         "$$ \\frac{\\partial f}{\\partial y} = x $$\n\n$$ \\frac{\\partial f}{\\partial y} = 1 $$",
         [DEFINED, CONDITIONAL, PROVED, REFUTED]),
        ("$$ f(x, y) = x + y $$\n\n$$ \\frac{\\partial f}{\\partial y} = 2 $$\n\n"
         "$$ \\frac{\\partial f}{\\partial x} = 1 $$", [DEFINED, REFUTED, CONDITIONAL]),
    ],
)  # fmt: skip
def test_one_example_after_the_other(rest: str, verdicts: list[Verdict]) -> None:
    found = report(PRODUCTS + rest + "\n").formulas[3:]
    assert [f.verdict for f in found] == verdicts, [f.message for f in found]


@pytest.mark.parametrize(
    ("words", "right", "verdict"),
    [
        ("", "x^2 + 2 y", REFUTED),
        ("Hence", "x^2 + 2 y", REFUTED),
        ("Hence", "y + x x", PROVED),
        ("In other words", "x^2 + 2 y", REFUTED),
        ("or equivalently", "x^2 + 2 y", REFUTED),
        ("Another example is", "x^2 + 2 y", UNDECIDED),
        ("Alternatively, let", "\\sin x", UNDECIDED),
    ],
)
def test_a_quantity_that_is_called_an_example(words: str, right: str, verdict: Verdict) -> None:
    found = last(f"Let $x, y \\in R$ and\n\n$$ L = x^2 + y $$\n\n{words}\n\n$$ L = {right} $$\n")
    assert found.verdict is verdict, found.message


ROWS = r"""Let $x \in R$.

$$\begin{align}
f(x) &= x^4 & f'(x) &= 4 x^3 \\
f(x) &= \cos x & f'(x) &= FIRST \\
f(x) &= x^4 & f'(x) &= SECOND
\end{align}$$
"""
DISPLAY = r"""Let $x \in R$.

$$\begin{aligned}
f(x) = x^4 &\Rightarrow f'(x) = 4 x^3 \\
f(x) = \cos x &\Rightarrow f'(x) = FIRST \\
f(x) = x^4 &\Rightarrow f'(x) = SECOND
\end{aligned}$$
"""


@pytest.mark.parametrize(
    ("first", "second", "verdicts"),
    [
        (r"-\sin x", "4 x^3", {PROVED, DEFINED}),
        (r"\sin x", "4 x^3", {PROVED, DEFINED, REFUTED}),
        (r"-\sin x", "3 x^3", {PROVED, DEFINED, REFUTED}),
        (r"4 x^3", r"-\sin x", {PROVED, DEFINED, REFUTED}),
    ],
)
@pytest.mark.parametrize("text", [ROWS, DISPLAY])
def test_several_examples_in_one_display(text: str, first: str, second: str, verdicts: set[Verdict]) -> None:
    found = report(text.replace("FIRST", first).replace("SECOND", second)).formulas
    links = [link for f in found for link in f.links]
    assert {link.verdict for link in links} == verdicts, [link.message for link in links]


UNITS = r"""Let $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $z = W x$, $h = \tanh(z)$ and $L = \|h\|^2$.
WORDS $h = \sigma(z)$,

$$ \frac{\partial L}{\partial z} = 2 h \odot FIRST $$

Back in our net

$$ \frac{\partial L}{\partial z} = 2 h \odot SECOND $$
"""
TANH, SIGMOID = r"(1 - h \odot h)", r"h \odot (1 - h)"


@pytest.mark.parametrize(
    ("words", "first", "second", "verdicts"),
    [
        ("If instead", SIGMOID, TANH, [DEFINED, PROVED, PROVED]),
        ("If instead", TANH, TANH, [DEFINED, REFUTED, PROVED]),
        ("If instead", SIGMOID, SIGMOID, [DEFINED, PROVED, REFUTED]),
        ("If instead", TANH, SIGMOID, [DEFINED, REFUTED, REFUTED]),
        ("Now let", SIGMOID, SIGMOID, [DEFINED, PROVED, PROVED]),
        ("Now let", TANH, SIGMOID, [DEFINED, REFUTED, PROVED]),
        ("Some authors use", TANH, TANH, [UNDECIDED, PROVED, PROVED]),
        ("Some authors use", SIGMOID, TANH, [UNDECIDED, REFUTED, PROVED]),
        ("Recall that", TANH, TANH, [REFUTED, PROVED, PROVED]),
    ],
)
def test_words_say_that_something_else_holds(words: str, first: str, second: str, verdicts: list[Verdict]) -> None:
    found = report(UNITS.replace("WORDS", words).replace("FIRST", first).replace("SECOND", second)).formulas[-3:]
    assert [f.verdict for f in found] == verdicts, [f.message for f in found]


def test_a_function_as_other_authors_write_it() -> None:
    text = "Let $x \\in R$ and $f(x) = x^2$. Some authors write $f(x) = \\frac12 x^2$.\n\n$$ f'(x) = CLAIM $$\n"
    both = f"{text}\n$$ f'(x) = x $$\n"
    assert [f.verdict for f in report(both.replace("CLAIM", "2x")).formulas[2:]] == [UNDECIDED, PROVED, REFUTED]


def test_comparisons_of_programmers() -> None:
    text = f"Let $x, y \\in R$ and $f(x, y) = \\max(x, y)$.\n\n$$ {BY} = \\mathbb{{1}}(x SIGN y) $$\n"
    assert last(text.replace("SIGN", ">=")).verdict is PROVED
    assert last(text.replace("SIGN", "<=")).verdict is REFUTED


# -- what is outside the calculus -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [
        (r"\textrm{prod}(a + 1, b) = (y - t) x", [UNDECIDED, PROVED]),
        (r"\textrm{prod}(a + 1, b) = (y + t) x", [UNDECIDED, REFUTED]),
        (r"(y - t) x = \textrm{prod}(a + 1, b)", [PROVED, UNDECIDED]),
        (r"P(y = 1 \mid x) = y x", [UNDECIDED, REFUTED]),
        (r"P(y = 1 \mid x) = (y - t) x", [UNDECIDED, PROVED]),
    ],
)
def test_a_side_that_cannot_be_read_is_passed_over(claim: str, verdicts: list[Verdict]) -> None:
    net = r"Let $x, w \in \mathbb{R}^n$, $t \in R$, $y = w^T x$ and $L = \frac12 (y - t)^2$."
    found = last(f"{net}\n\n$$ \\frac{{\\partial L}}{{\\partial w}} = {claim} $$\n")
    assert [link.verdict for link in found.links] == verdicts, found.message


def test_a_row_is_read_a_second_time_without_the_side_that_it_continues() -> None:
    rows = r"J &= \log(1+e^{(1-2y)z}) \\ &= -\log \sigma ((2y-1)z) \\ &= \log(1+e^{-FACTOR(2y-1)z})."
    text = "Let $y, z \\in R$.\n\n$$\\begin{align}" + rows + "\\end{align}$$\n"
    assert [f.verdict for f in report(text.replace("FACTOR", "")).formulas[1:]] == [DEFINED, PROVED, PROVED]
    assert [f.verdict for f in report(text.replace("FACTOR", "2")).formulas[1:]] == [DEFINED, PROVED, REFUTED]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial f}{\partial q} = z", PROVED),
        (r"\frac{\partial f}{\partial q} = q", REFUTED),
        (r"\frac{\partial f}{\partial z} = q", PROVED),
        (r"\frac{\partial f}{\partial x} = \frac{\partial f}{\partial q} \frac{\partial q}{\partial x}", PROVED),
        (r"\frac{\partial f}{\partial x} = 2 \frac{\partial f}{\partial q} \frac{\partial q}{\partial x}", REFUTED),
    ],
)
def test_a_function_broken_down_into_steps(claim: str, verdict: Verdict) -> None:
    text = "Let $x, y, z \\in R$ and $f(x, y, z) = (x + y) z$. With $q = x + y$, $f = q z$ and\n\n"
    found = report(f"{text}$$ \\frac{{\\partial f}}{{\\partial q}} = z $$\n\n$$ {claim} $$\n").formulas
    assert found[-1].verdict is verdict, found[-1].message
    assert found[3].verdict is PROVED, found[3].message  # f is meant at its own variables


# -- sections that use a letter each in their own way ------------------------------------------------------------
SWISH = r"""# Activations

The swish is $g(u) = u \sigma(\beta u)$, and $g'(u) = CLAIM$.

# Contrast

Let $u_i, v_j \in \mathbb{R}^d$, $i, j = 1, \dots, N$, and $S_{ij} = u_i^T v_j$.

$$ \frac{\partial S_{ij}}{\partial u_i} = OTHER $$
"""


@pytest.mark.parametrize(
    ("claim", "other", "verdicts"),
    [
        (r"\beta g(u) + \sigma(\beta u)(1 - \beta g(u))", "v_j", [PROVED, PROVED]),
        (r"g(u) + \sigma(\beta u)(1 - g(u))", "u_i", [REFUTED, REFUTED]),
    ],
)
def test_the_variable_of_a_function_is_no_member_of_another_section(
    claim: str, other: str, verdicts: list[Verdict]
) -> None:
    *_, slope = (f for f in report(SWISH.replace("CLAIM", claim).replace("OTHER", other)).formulas if "g'" in f.latex)
    last_one = report(SWISH.replace("CLAIM", claim).replace("OTHER", other)).formulas[-1]
    assert [slope.verdict, last_one.verdict] == verdicts, (slope.message, last_one.message)


@pytest.mark.parametrize(("square", "verdict"), [("^2", PROVED), ("", REFUTED)])
def test_a_name_for_a_derivative_is_another_one_in_the_next_section(square: str, verdict: Verdict) -> None:
    first = r"Let $x \in R^d$, $y = 2x$, and write $g_i = \frac{\partial L}{\partial y_i}$."
    second = r"$$w = \frac{g}{\|v\|} v, \quad v \in R^k, g \in R$$"
    claim = r"$$\nabla_v L = \frac{g}{\|v\|}\nabla_w L - \frac{g}{\|v\|SQUARE}\frac{\partial L}{\partial g} v$$"
    text = f"# One\n\n{first}\n\n# Two\n\n{second}\n\n{claim.replace('SQUARE', square)}\n"
    assert last(text).verdict is verdict


# -- listings of entries ------------------------------------------------------------------------------------------
LISTED = r"""LISTING, so that

$$ y = w^T x \quad L = \frac12 y^2 $$

$$ \frac{\partial L}{\partial w_i} = y x_i $$

$$ \frac{\partial L}{\partial w_1} = y x_1 $$

$$ \frac{\partial L}{\partial w_1} = y x_2 $$
"""


@pytest.mark.parametrize(
    ("listing", "verdicts"),
    [
        (r"Let $x = [x_1, \ldots, x_n]^\top$, $w = (w_1, w_2, \dots, w_n)$", [PROVED, PROVED, REFUTED]),
        (r"Let $\mathbf{x} = [x_1, \ldots, x_n]^\top$, $w = (w_1, \dots, w_n)$", [UNDECIDED] * 3),  # and another x
        (r"$$ x = \begin{bmatrix} x_1 \\ \vdots \\ x_n \end{bmatrix} && "
         r"w = \left[ \begin{array}{c} w_1 \\ \vdots \\ w_n \end{array} \right] $$", [PROVED, PROVED, REFUTED]),
        (r"$$ x = \begin{pmatrix} x_1 \\ x_2 \end{pmatrix}, w = \begin{pmatrix} w_1 & w_2 \end{pmatrix}^T $$",
         [PROVED, PROVED, REFUTED]),
        (r"Let $x = [x_2, x_1, \ldots, x_n]^\top$, $w = (w_1, \dots, w_n)$", [UNDECIDED] * 3),  # in another order
        (r"Let $x = [u_1, \ldots, u_n]^\top$, $w = (w_1, \dots, w_n)$", [UNDECIDED] * 3),  # of something else
    ],
)  # fmt: skip
def test_a_list_of_its_own_entries_says_the_shape(listing: str, verdicts: list[Verdict]) -> None:
    found = report(LISTED.replace("LISTING", listing)).formulas[-3:]
    assert [f.verdict for f in found] == verdicts, [f.message for f in found]


def test_a_list_between_commas_may_be_a_row() -> None:
    text = r"Let LIST and $W \in \mathbb{R}^{n \times m}$. $$ y = x W $$"
    assert last(text.replace("LIST", r"$x = [x_1, \ldots, x_n]$")).verdict is UNDECIDED
    assert last(text.replace("LIST", r"$x = [x_1, \ldots, x_n]^T$")).verdict is ILL_FORMED


def test_a_list_that_is_written_out_in_the_text_is_an_example() -> None:
    text = "Of two classes, $z = [z_1, z_2]$. $$ s = \\sum_{i=1}^C z_i $$ $$ \\frac{\\partial s}{\\partial z_j} = 1 $$"
    text += "$$ \\sum_{j=1}^C \\frac{\\partial s}{\\partial z_j} = 2 $$"
    *_, right, wrong = report(text).formulas
    assert (right.verdict, wrong.verdict) == (PROVED, REFUTED)


MATRICES = r"""
$$ X = \begin{bmatrix} x_{11} & x_{12} \\ \vdots & \vdots \\ x_{N1} & x_{N2} \end{bmatrix} $$
$$ W_o = \begin{bmatrix} w_{o11} & w_{o12} & w_{o13} \\ w_{o21} & w_{o22} & w_{o23} \end{bmatrix} &&
\mathbf{b}_o = \begin{bmatrix} b_{o1} & b_{o2} & b_{o3} \end{bmatrix} $$
$$ Z = X W_o + \mathbf{b}_o $$
$$ L = \frac12 \sum_{i=1}^N \sum_{j=1}^3 Z_{ij}^2 $$
$$ CLAIM $$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial W_o} = X^T Z", PROVED),
        (r"\frac{\partial L}{\partial W_o} = 2 X^T Z", REFUTED),
        (r"\frac{\partial L}{\partial w_{o12}} = \sum_{i=1}^N x_{i1} Z_{i2}", PROVED),
        (r"\frac{\partial L}{\partial w_{o12}} = \sum_{i=1}^N x_{i2} Z_{i1}", REFUTED),
        (r"\frac{\partial L}{\partial b_{oj}} = \sum_{i=1}^N Z_{ij}", PROVED),
        (r"\frac{\partial L}{\partial b_{oj}} = \sum_{i=1}^N Z_{1j}", REFUTED),
    ],
)
def test_matrices_of_their_entries(claim: str, verdict: Verdict) -> None:
    found = last(MATRICES.replace("CLAIM", claim))
    assert found.verdict is verdict, found.message


# -- functions of members -------------------------------------------------------------------------------------------
SCORES = r"""
Let $x_1, \ldots, x_N \in \mathbb{R}^d$, $W \in \mathbb{R}^{k \times d}$ and $b \in \mathbb{R}^k$.

$$ f(x_i, W, b) = W x_i + b $$
$$ L = \frac12 \sum_{j=1}^N \| f(x_j, W, b) \|^2 $$
$$ CLAIM $$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial b} = \sum_{i=1}^N f(x_i, W, b)", PROVED),
        (r"\frac{\partial L}{\partial b} = \sum_{i=1}^N (W x_i + b)", PROVED),
        (r"\frac{\partial L}{\partial b} = \sum_{i=1}^N f(x_1, W, b)", REFUTED),
        (r"\frac{\partial L}{\partial W} = \sum_{i=1}^N f(x_i, W, b) x_i^T", PROVED),
        (r"\frac{\partial L}{\partial W} = \sum_{i=1}^N W x_i x_i^T", REFUTED),
        (r"\frac{\partial L}{\partial b} = \sum_{i=1}^N f(x_i, W, 2b)", UNDECIDED),
    ],
)
def test_functions_of_a_member(claim: str, verdict: Verdict) -> None:
    found = last(SCORES.replace("CLAIM", claim))
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial R}{\partial W} = 2 W", PROVED),
        (r"\frac{\partial R}{\partial W} = W", REFUTED),
    ],
)
def test_a_function_of_what_has_entries(claim: str, verdict: Verdict) -> None:
    assert last(f"$$ R(W) = \\sum_{{k=1}}^m \\sum_{{l=1}}^n W_{{k,l}}^2 $$\n\n$$ {claim} $$\n").verdict is verdict


def test_an_entry_of_an_unknown_function_may_depend_on_all_entries() -> None:
    text = r"""
    $$ y_c = \varsigma(z)_c = \frac{e^{z_c}}{\sum_{d=1}^C e^{z_d}} $$
    $$ \sum_{c=1}^C y_c = 1 $$
    $$ \sum_{c=1}^C y_c = 2 $$
    """
    definition, right, wrong = report(text).formulas
    assert (definition.verdict, right.verdict, wrong.verdict) == (UNDECIDED, PROVED, REFUTED)


# -- what is not declared -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{d}{dw} (\frac12 \lambda w^2) = \lambda w", PROVED),
        (r"\frac{d}{dw} (\frac12 \lambda w^2) = 2 \lambda w", REFUTED),
        (r"\frac{d}{dw} (Q w) = Q", UNDECIDED),  # no capital
        (r"\frac{{dL}}{{dw}} = w", ILL_FORMED),  # nor is this L/w
        (r"\frac{\partial L}{\partial \lambda} = 0", ILL_FORMED),  # of what depends on it nothing is said
    ],
)
def test_a_claim_that_holds_for_any_number(claim: str, verdict: Verdict) -> None:
    found = last(f"Let $w \\in \\mathbb{{R}}$ and $L = w^2$.\n\n$$ {claim} $$\n")
    assert found.verdict is verdict, found.message


def test_what_clashes_with_nothing_is_not_ill_formed() -> None:
    undeclared = last(r"$$ K = X W_k $$")
    assert undeclared.verdict is UNDECIDED and r"\mathbb{R}^{m \times n}" in undeclared.message
    assert last(r"Let $X, W_k \in \mathbb{R}^{n \times d}$. $$ K = X W_k $$").verdict is ILL_FORMED
    single = r"""
    $$ y = \sigma(z) $$ $$ \xi(t, y) = -\sum_{i=1}^n t_i \log y_i $$ $$ \frac{\partial y}{\partial z} = RIGHT $$
    """
    _, loss, right = report(single.replace("RIGHT", "y (1 - y)")).formulas
    assert (loss.verdict, right.verdict) == (UNDECIDED, PROVED)  # y may be any one of the y_i
    assert last(single.replace("RIGHT", "y (1 + y)")).verdict is REFUTED


# -- updates and primes ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$$ w(k+1) = w(k) - \eta \Delta w(k) $$", DEFINED),
        (r"$$ M(i+1) = \lambda M(i) - \mu g(i) $$", DEFINED),
        (r"Let $f(x) = x^2$. $$ f(x+1) = f(x) + 1 $$", REFUTED),
        (r"$$ W = W - \alpha dW $$", DEFINED),
        (r"Let $V \in \mathbb{R}$, $W = 2 V$. $$ W = W - V $$", REFUTED),
    ],
)
def test_what_an_algorithm_does_next(text: str, verdict: Verdict) -> None:
    found = last(text)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"g(z)' = 2 z", PROVED),
        (r"(g(z))' = 2 z", PROVED),
        (r"g{(z)}' = 2 z", PROVED),
        (r"g(z)' = g(z)", REFUTED),
        (r"y' = y", UNDECIDED),  # by what is not said
        (r"\implies{\frac{dy}{dz} = 2 z}", PROVED),
        (r"\implies{\frac{dy}{dz} = z}", REFUTED),
        (r"\frac{dy}{dz} = 2 z && \frac{dy}{dz} = g'(z)", PROVED),
        (r"\frac{dy}{dz} = 2 z && \frac{dy}{dz} = z", REFUTED),
    ],
)
def test_primes_and_arrows(claim: str, verdict: Verdict) -> None:
    found = last(f"Let $g(z) = z^2$ and $y = g(z)$.\n\n$$ {claim} $$\n")
    assert found.verdict is verdict, found.message


def test_ranges_without_commas() -> None:
    text = r"Let $x_i \in \mathbb{R}$ for $i = 1 \dots N$. $$ L = \sum_i x_i^2 $$ "
    text += r"$$ \frac{\partial L}{\partial x_i} = RIGHT $$"
    assert last(text.replace("RIGHT", "2 x_i")).verdict is PROVED
    assert last(text.replace("RIGHT", "x_i")).verdict is REFUTED


def test_what_rests_on_a_slip_in_a_definition_says_so() -> None:
    claim = "$$ \\frac{\\partial z}{\\partial b} = -1 $$"
    text = f"Let $x, w, b \\in R$.\n\n$$ z = w x + b $$\n\n$$ z = w x - b $$\n\n{claim}\n"
    found = last(text)
    assert found.verdict is CONDITIONAL and found.assumptions == ("z=w x - b",)
    assert [link.verdict for link in found.links] == [CONDITIONAL]
    assert last(text.replace("w x - b", "b + w x")).verdict is REFUTED


@pytest.mark.parametrize("sign", ["=:", r"\eqqcolon"])
@pytest.mark.parametrize(
    ("claim", "verdict"), [("g x^T", PROVED), ("x g^T", ILL_FORMED), ("-g x^T", REFUTED), ("2 g x^T", REFUTED)]
)
def test_a_name_behind_what_it_names(sign: str, claim: str, verdict: Verdict) -> None:
    text = r"Let $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $t \in \mathbb{R}^m$, $y = W x$,"
    text += r" $L = \frac12 \|y - t\|^2$."
    net = f"{text}\n\n$$\\frac{{\\partial L}}{{\\partial y}} = y - t {sign} g$$\n\n"
    *_, first, second = report(net + f"$$\\frac{{\\partial L}}{{\\partial W}} = {claim}$$\n").formulas
    assert first.verdict is PROVED, first.message
    assert second.verdict is verdict, second.message


MIXTURE = r"""
Let $x_n, a_k, \mu_k, s_k \in \mathbb{R}$, $n = 1, \dots, N$, $k = 1, \dots, K$ and

$$\pi_k = \frac{e^{a_k}}{\sum_{j=1}^K e^{a_j}}$$
$$\phi_{nk} = \frac{1}{\sqrt{2 \pi s_k^2}} \exp\left(-\frac{(x_n - \mu_k)^2}{2 s_k^2}\right)$$
$$L = -\sum_{n=1}^N \log \sum_{k=1}^K \pi_k \phi_{nk}$$
$$r_{nk} = \frac{\pi_k \phi_{nk}}{\sum_{j=1}^K \pi_j \phi_{nj}}$$
$$\frac{\partial L}{\partial a_k} = \sum_{n=1}^N CLAIM$$
"""


@pytest.mark.parametrize(("claim", "verdict"), [(r"(\pi_k - r_{nk})", PROVED), (r"(r_{nk} - \pi_k)", REFUTED)])
def test_the_number_pi_beside_weights(claim: str, verdict: Verdict) -> None:
    assert last(MIXTURE.replace("CLAIM", claim)).verdict is verdict


@pytest.mark.parametrize(
    ("said", "claim", "verdict"),
    [
        (r"f' = f (1 - f)", r"f'(z) x", PROVED),  # whatever f is
        (r"f' = f (1 - f)", r"f(z) (1 - f(z)) x", UNDECIDED),
        (r"f' = f (1 - f)", r"f(z) x", UNDECIDED),
        (r"t > 0", r"f'(z) x", PROVED),
        (r"t > 0", r"f(z) x", REFUTED),
        (r"\tanh' = 1 - \tanh^2", r"f(z) x", REFUTED),  # of another function
    ],
)
def test_what_is_said_of_the_derivative_of_a_function(said: str, claim: str, verdict: Verdict) -> None:
    text = f"Let $w, x, t \\in R$, $z = w x$, $a = f(z)$. We know that ${said}$.\n\n"
    found = last(f"{text}$$\\frac{{\\partial a}}{{\\partial w}} = {claim}$$\n")
    assert found.verdict is verdict, found.message


# -- what counts, what labels, what depends on what ----------------------------------------------------------------
GATES = r"""Let $x \in \mathbb{R}^m$, $h \in \mathbb{R}^n$, $W_c, W_z \in \mathbb{R}^{n \times m}$,
$U_c \in \mathbb{R}^{n \times n}$.

$$ z = \sigma(W_z x), \quad c = \tanh(W_c x + U_c h), \quad s = (1 - z) \odot h + z \odot c $$

The loss $E$ depends on $s$. Let $\delta = \frac{\partial E}{\partial s}$ and

$$ \delta_c = \delta \odot z \odot (1 - c \odot c), \quad \delta_z = \delta \odot (c - h) \odot z \odot (1 - z) $$

"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial E}{\partial W_c} = \delta_c x^\top", PROVED),
        (r"\frac{\partial E}{\partial W_z} = \delta_z x^\top", PROVED),
        (r"\frac{\partial E}{\partial W_z} = \delta_c x^\top", REFUTED),
        (r"\frac{\partial E}{\partial U_c} = \delta_c h^\top", PROVED),
        (r"\frac{\partial E}{\partial U_c} = \delta_z h^\top", REFUTED),
    ],
)
def test_a_letter_that_names_a_vector_is_a_label(claim: str, verdict: Verdict) -> None:
    found = last(GATES + f"$$ {claim} $$\n")
    assert found.verdict is verdict, found.message


RATES = r"""We are given counts $y_i$ and features $x_i \in \mathbb{R}^d$ for $i = 1, \dots, n$. The rate is

$$ \lambda_i = \exp(w^\top x_i + b) $$

and the negative log-likelihood is, up to a constant,

$$ L(w, b) = \sum_{i=1}^n \left( \lambda_i - y_i (w^\top x_i + b) \right). $$

"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\nabla_w L = \sum_{i=1}^n (\lambda_i - y_i) x_i", PROVED),
        (r"\nabla_w L = \sum_{i=1}^n (y_i - \lambda_i) x_i", REFUTED),
        (r"\frac{\partial L(w, b)}{\partial b} = \sum_{i=1}^n (\lambda_i - y_i)", PROVED),
        (r"\frac{\partial L}{\partial b} = \sum_{i=1}^n (\lambda_i - y_i) x_i", ILL_FORMED),
        (r"\nabla^2_w L = \sum_{i=1}^n \lambda_i x_i x_i^\top", PROVED),
    ],
)
def test_a_function_of_a_vector_that_nothing_declares(claim: str, verdict: Verdict) -> None:
    found = last(RATES + f"$$ {claim} $$\n")
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(("factor", "verdict"), [(r"\frac{1}{T}", PROVED), ("", REFUTED), ("T", REFUTED)])
def test_what_one_divides_by_is_a_number(factor: str, verdict: Verdict) -> None:
    text = r"""With $p_k = e^{z_k/T} / \sum_{j=1}^K e^{z_j/T}$ and $L = -\sum_{k=1}^K q_k \log p_k$,
where $\sum_k q_k = 1$,

"""
    found = last(text + rf"$$ \frac{{\partial L}}{{\partial z_k}} = {factor} (p_k - q_k) $$")
    assert found.verdict is verdict, found.message


NORMALISED = r"""# Layer normalisation

Let $x \in \mathbb{R}^d$, $\mu = \frac1d\sum_{i=1}^d x_i$, $v = \frac1d\sum_{i=1}^d (x_i-\mu)^2$,
$s = \sqrt{v+\epsilon}$,

$$\hat x_i = \frac{x_i-\mu}{s}, \qquad y_i = \gamma_i \hat x_i + \beta_i .$$

With $g_i = \partial L/\partial y_i$:

$$\frac{\partial L}{\partial x_i} = \frac{1}{s}\left(g_i\gamma_i - \frac1d\sum_{j=1}^d g_j\gamma_j - SECOND\right)$$

Without the mean:

$$r = \sqrt{\frac1d\sum_{i=1}^d x_i^2 + \epsilon},\qquad n_i = \frac{x_i}{r}$$
"""
SECOND = r"\frac{\hat x_i}{d}\sum_{j=1}^d g_j\gamma_j\hat x_j"


@pytest.mark.parametrize(("second", "verdict"), [(SECOND, CONDITIONAL), (SECOND.replace("d", "s", 1), REFUTED)])
def test_what_is_defined_later_may_bear_on_an_unknown_loss(second: str, verdict: Verdict) -> None:
    found = next(f for f in report(NORMALISED.replace("SECOND", second)).formulas if f.verdict is not DEFINED)
    assert found.verdict is verdict, found.message
    assert (r"\frac{\partial L}{\partial n}=0" in found.assumptions) is (verdict is CONDITIONAL)


SUMS_OF_POWERS = r"""$$ f(z) = \log\sum_{k=1}^K e^{z_k} $$

"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial f}{\partial z_k} = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} = p_k", PROVED),
        (r"\frac{\partial f}{\partial z_k} = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} = p_k, \qquad "
         r"\frac{\partial p_k}{\partial z_j} = p_k (\delta_{kj} - p_j)", PROVED),
        (r"\frac{\partial f}{\partial z_k} = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} = p_k, \qquad "
         r"\frac{\partial p_k}{\partial z_j} = p_k (\delta_{kj} + p_j)", REFUTED),
        (r"\frac{\partial f}{\partial z_k} = e^{z_k} = p_k", REFUTED),
        (r"\frac{\partial f}{\partial z_k} = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}} = z_k", REFUTED),  # no new name
        (r"\frac{\partial f}{\partial z_k} = p_k", ILL_FORMED),
    ],
)  # fmt: skip
def test_a_value_is_given_a_name_behind_it(claim: str, verdict: Verdict) -> None:
    found = last(SUMS_OF_POWERS + f"$$ {claim} $$")
    assert found.verdict is verdict, found.message


WINDOWS = r"""$y_i = \sum_{r=1}^R w_r x_{i+r-1} + b$ for $i = 1, \dots, M$, and
$L = \frac12 \sum_{i=1}^M (y_i - t_i)^2$. Then

"""
POOLING = r"""With window $p$, $M_{i,j} = \frac{1}{p^2} \sum_{a=0}^{p-1} \sum_{b=0}^{p-1} A_{pi+a,\,pj+b}$, so

"""


@pytest.mark.parametrize(
    ("text", "claim", "verdict"),
    [
        (WINDOWS, r"\frac{\partial L}{\partial w_r} = \sum_{i=1}^M (y_i - t_i) x_{i+r-1}", PROVED),
        (WINDOWS, r"\frac{\partial L}{\partial w_r} = \sum_{i=1}^M (y_i - t_i) x_{i+r}", REFUTED),
        (WINDOWS, r"\frac{\partial L}{\partial w_r} = \sum_{i=1}^M (y_i - t_i) x_i", REFUTED),
        (WINDOWS, r"\frac{\partial L}{\partial x_j} = \sum_{i=1}^M \sum_{r=1}^R (y_i - t_i) w_r [j = i+r-1]", PROVED),
        (WINDOWS, r"\frac{\partial L}{\partial x_j} = \sum_{i=1}^M \sum_{r=1}^R (y_i - t_i) w_r [j = i+r]", REFUTED),
        (POOLING, r"\frac{\partial M_{i,j}}{\partial A_{pi+a,pj+b}} = \frac{1}{p^2}", PROVED),
        (POOLING, r"\frac{\partial M_{i,j}}{\partial A_{pi+a,pj+b}} = \frac{1}{p}", REFUTED),
    ],
)
def test_what_nothing_declares_has_the_entries_that_are_mentioned(text: str, claim: str, verdict: Verdict) -> None:
    found = last(text + f"$$ {claim} $$")
    assert found.verdict is verdict, found.message


LINE = r"""Given $n$ points $(x_i, y_i)$ we fit $\hat{y}_i = m x_i + b$. The mean squared error is

$$ E(m, b) = \frac{1}{n} \sum_{i=1}^{n} (y_i - (m x_i + b))^2 $$

"""
EXPERTS = r"""Gates $g = \mathrm{softmax}(s)$ with $G \in \mathbb{R}^{K \times d}$; experts $e_k = a_k^\top x$ with
$a_k \in \mathbb{R}^d$, $k = 1, \dots, K$; output $y = \sum_{k=1}^K g_k e_k$; loss $J = \frac12 (y - t)^2$.
The logits are $s = G x$.

"""


@pytest.mark.parametrize(
    ("text", "claim", "verdict"),
    [
        (LINE, r"\frac{\partial E}{\partial m} = -\frac{2}{n} \sum_{i=1}^{n} x_i (y_i - (m x_i + b))", PROVED),
        (LINE, r"\frac{\partial E}{\partial m} = \frac{2}{n} \sum_{i=1}^{n} x_i (y_i - (m x_i + b))", REFUTED),
        (LINE, r"\frac{\partial^2 E}{\partial m \, \partial b} = \frac{2}{n} \sum_{i=1}^n x_i", PROVED),
        (LINE, r"\frac{\partial^2 E}{\partial m^2} = \frac{2}{n} \sum_{i=1}^n x_i", REFUTED),
        (EXPERTS, r"\frac{\partial J}{\partial s_k} = (y - t) g_k (e_k - y)", PROVED),
        (EXPERTS, r"\frac{\partial J}{\partial s_k} = (y - t) g_k e_k", REFUTED),
        (EXPERTS, r"\frac{\partial J}{\partial G} = \frac{\partial J}{\partial s} x^\top", PROVED),
        (EXPERTS, r"\frac{\partial J}{\partial G} = x \frac{\partial J}{\partial s}^\top", ILL_FORMED),
    ],
)
def test_what_a_definition_mentions_is_read_before_it(text: str, claim: str, verdict: Verdict) -> None:
    found = last(text + f"$$ {claim} $$")
    assert found.verdict is verdict, found.message


CRITIC = r"""The critic is $D(x) = \sigma(w^\top x + b)$, the generator $G(z) = A z + c$, with $x \in \mathbb{R}^n$,
$z \in \mathbb{R}^k$. The critic minimises

$$ L = -\log D(x) - \log(1 - D(G(z))) $$

and the generator $M = -\log D(G(z))$.

"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\nabla_w L = -(1 - D(x)) x + D(G(z)) G(z)", PROVED),
        (r"\nabla_w L = -(1 - D(x)) x - D(G(z)) G(z)", REFUTED),
        (r"\nabla_A M = -(1 - D(G(z))) w z^\top", PROVED),
        (r"\nabla_A M = -D(G(z)) w z^\top", REFUTED),
        (r"\nabla_c M = -(1 - D(G(z))) w", PROVED),
        (r"\nabla_c M = (1 - D(G(z))) w", REFUTED),
    ],
)
def test_a_function_of_a_vector_at_another_one(claim: str, verdict: Verdict) -> None:
    found = last(CRITIC + f"$$ {claim} $$")
    assert found.verdict is verdict, found.message


DIVERGENCE = r"""Let $p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}$ and $q_k > 0$ with $\sum_{k=1}^K q_k = 1$.

$$ D_{\mathrm{KL}}(q SIGN p) = \sum_{k=1}^K q_k \log \frac{q_k}{p_k} $$

"""


@pytest.mark.parametrize("sign", [r"\|", "||", r"\parallel", r"\Vert"])
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial}{\partial z_k} D_{\mathrm{KL}}(q SIGN p) = p_k - q_k", PROVED),
        (r"\frac{\partial D_{\mathrm{KL}}(q SIGN p)}{\partial z_k} = p_k - q_k", PROVED),
        (r"\frac{\partial}{\partial z_k} D_{\mathrm{KL}}(q SIGN p) = q_k - p_k", REFUTED),
        (r"\frac{\partial}{\partial z_k} D_{\mathrm{KL}}(p SIGN q) = p_k - q_k", UNDECIDED),  # another one
    ],
)
def test_divergences(sign: str, claim: str, verdict: Verdict) -> None:
    found = last((DIVERGENCE + f"$$ {claim} $$").replace("SIGN", sign))
    assert found.verdict is verdict, found.message

STUDENT = r"""Teacher probabilities $q_k$ with $\sum_k q_k = 1$. Logits $z \in \mathbb{R}^K$, $p = \mathrm{softmax}(z)$.

$$ J = \alpha \, KL(q \| p) + (1-\alpha) \, CE(y, p) $$

with $KL(q\|p) = \sum_{k=1}^K q_k \log\frac{q_k}{p_k}$ and $CE(y,p) = -\sum_{k=1}^K y_k\log p_k$, $\sum_k y_k = 1$.

"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [(r"p_k - \alpha q_k - (1-\alpha) y_k", PROVED), (r"p_k - (1-\alpha) q_k - \alpha y_k", REFUTED)],
)
def test_a_divergence_by_a_word_before_its_definition(claim: str, verdict: Verdict) -> None:
    found = last(STUDENT + rf"$$ \frac{{\partial J}}{{\partial z_k}} = {claim} $$")
    assert found.verdict is verdict, found.message


# -- Kronecker's δ beside other ones --------------------------------------------------------------------------
SIGMOIDS = r"Let $z, t \in \mathbb{R}^n$, $a = \sigma(z)$, $E = \|a - t\|^2$ and $\delta = SAID$."


@pytest.mark.parametrize("said", [r"\frac{\partial E}{\partial z}", r"2 (a - t) \odot a \odot (1 - a)"])
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial a_i}{\partial z_j} = \delta_{ij} a_i (1 - a_i)", PROVED),
        (r"\frac{\partial a_i}{\partial z_j} = \delta_{ij} a_i", REFUTED),
        (r"\delta_i = 2 (a_i - t_i) a_i (1 - a_i)", PROVED),
        (r"\delta_i = 2 (a_i - t_i) a_i (1 - a_i) \delta_{ii}", PROVED),
    ],
)
def test_two_indices_of_a_vector_are_those_of_kronecker(said: str, claim: str, verdict: Verdict) -> None:
    assert last(SIGMOIDS.replace("SAID", said) + f"\n\n$$ {claim} $$\n").verdict is verdict


@pytest.mark.parametrize(("sign", "verdict"), [("", PROVED), ("-", REFUTED)])
def test_two_indices_of_a_matrix_are_its_own(sign: str, verdict: Verdict) -> None:
    text = SIGMOIDS.replace("^n", r"^{n \times m}").replace("SAID", r"\frac{\partial E}{\partial z}")
    claim = rf"\delta_{{ij}} = {sign}2 (a_{{ij}} - t_{{ij}}) a_{{ij}} (1 - a_{{ij}})"
    assert last(f"{text}\n\n$$ {claim} $$\n").verdict is verdict


# -- members from zero ----------------------------------------------------------------------------------------
KEYS = r"""Let $q, k_i \in \mathbb{R}^d$ for $i = 0, \dots, N$ and
$L = -\log \frac{e^{q^\top k_0}}{\sum_{i=0}^N e^{q^\top k_i}}$.
With $p_i = e^{q^\top k_i} / \sum_{j=0}^N e^{q^\top k_j}$ and a sum $s = \sum_{i=1}^N p_i$, WORDS

$$ CLAIM $$
"""


@pytest.mark.parametrize(
    ("words", "claim", "verdict"),
    [
        ("", r"\nabla_q L = \sum_{i=0}^N p_i k_i - k_0", PROVED),
        ("", r"\nabla_q L = \sum_{i=1}^N p_i k_i - k_0", REFUTED),
        ("", r"\nabla_{k_0} L = (p_0 - 1) q", PROVED),
        ("", r"\nabla_{k_0} L = p_0 q", REFUTED),
        ("", r"s = 1 - p_0", PROVED),
        ("", r"s = 1", REFUTED),
        ("for $i \\neq 0$", r"\nabla_{k_i} L = p_i q", PROVED),
        ("for $i \\neq 0$", r"\nabla_{k_i} L = (p_i - 1) q", REFUTED),
        ("for all $i$", r"\nabla_{k_i} L = p_i q", REFUTED),
    ],
)
def test_what_is_made_of_members_from_zero_begins_there(words: str, claim: str, verdict: Verdict) -> None:
    found = last(KEYS.replace("WORDS", words).replace("CLAIM", claim))
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize("said", [r"$x_i \in \mathbb{R}$ for $i = 0, \dots, N$", r"$x_0, \dots, x_N \in \mathbb{R}$"])
@pytest.mark.parametrize(
    ("words", "claim", "verdict"),
    [
        ("Then", "2 x_i", REFUTED),  # not at i = 0, also where a sum elsewhere leaves that out
        ("Then", "2 x_i - 4 [i = 0] x_0", PROVED),
        ("For $i = 1, \\dots, N$", "2 x_i", PROVED),
        ("For $i = 1, \\dots, N$", "x_i", REFUTED),
        ("For $i = 0, \\dots, N - 1$", "2 x_i", REFUTED),
    ],
)
def test_a_free_index_takes_all_its_values(said: str, words: str, claim: str, verdict: Verdict) -> None:
    text = f"Let {said}, $E = \\sum_{{i=0}}^N x_i^2 - 2 x_0^2$ and $s = \\sum_{{i=1}}^N x_i$. {words}"
    found = last(f"{text}\n\n$$ \\frac{{\\partial E}}{{\\partial x_i}} = {claim} $$\n")
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("words", "claim", "verdict"),
    [
        ("For $i = 1, \\dots, N - 1$", "2 x_i", PROVED),
        ("For $i = 1, \\dots, N - 1$", "x_i", REFUTED),
        ("With $y_i = x_i$ for $i = 1, \\dots, N - 1$. Then", "2 x_i", REFUTED),
        ("For $i = 2, \\dots, N$", "2 x_i", REFUTED),
    ],
)
def test_a_range_before_a_claim(words: str, claim: str, verdict: Verdict) -> None:
    text = "Let $x_1, \\dots, x_N \\in \\mathbb{R}^d$ and $E = \\sum_{i=1}^N x_i^\\top x_i - 2 x_N^\\top x_N$."
    found = last(f"{text} {words}\n\n$$ \\frac{{\\partial E}}{{\\partial x_i}} = {claim} $$\n")
    assert found.verdict is verdict, found.message


# -- w_0 beside w ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("said", ["$x, w \\in \\mathbb{R}^n$", "$x, w \\in \\mathbb{R}^n$, $w_0 \\in \\mathbb{R}$"])
@pytest.mark.parametrize("line", ["w_0 + w^\\top x", "w_0 + \\sum_{i=1}^n w_i x_i"])
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial y}{\partial w_0} = 1", PROVED),
        (r"\frac{\partial y}{\partial w_0} = w_0", REFUTED),
        (r"\frac{\partial y}{\partial w_i} = x_i", PROVED),
        (r"\frac{\partial y}{\partial w_1} = x_1", PROVED),
        (r"\frac{\partial y}{\partial w_1} = 1", REFUTED),
        (r"\frac{\partial y}{\partial w} = x + w_0", REFUTED),
    ],
)
def test_a_bias_with_the_letter_of_the_weights(said: str, line: str, claim: str, verdict: Verdict) -> None:
    found = last(f"Let {said} and $y = {line}$.\n\n$$ {claim} $$\n")
    assert found.verdict is verdict, found.message


def test_where_something_counts_from_zero_the_first_entry_is_one() -> None:
    text = "Let $x, w \\in \\mathbb{R}^{n+1}$ and $y = \\sum_{i=0}^n w_i x_i$.\n\n$$ CLAIM $$\n"
    assert last(text.replace("CLAIM", r"\frac{\partial y}{\partial w_0} = x_0")).verdict is PROVED
    assert last(text.replace("CLAIM", r"\frac{\partial y}{\partial w_0} = 1")).verdict is REFUTED


def test_what_stands_as_a_label_elsewhere_may_be_an_index() -> None:
    text = """Let $x_i, c_k \\in \\mathbb{R}^d$ for $i = 1, \\dots, m$ and $y_i \\in \\{1, \\dots, K\\}$, with
$L = \\sum_{i=1}^m \\|x_i - c_{y_i}\\|^2$.

$$ \\frac{\\partial L}{\\partial c_k} = CLAIM $$
"""
    assert last(text.replace("CLAIM", "2 \\sum_{i=1}^m [y_i = k] (c_k - x_i)")).verdict is UNDECIDED
    assert last(text.replace("CLAIM", "2 \\sum_{i=1}^m [u = k] (c_k - x_i)")).verdict is ILL_FORMED


@pytest.mark.parametrize(("right", "verdict"), [("y_{j-1} - y_j", PROVED), ("y_j - y_{j-1}", REFUTED)])
def test_a_range_that_leaves_out_the_last(right: str, verdict: Verdict) -> None:
    text = f"""Let $x \\in \\mathbb{{R}}^n$, $y_i = x_{{i+1}} - x_i$ for $i = 1, \\dots, n-1$ and
$E = \\frac12 \\sum_{{i=1}}^{{n-1}} y_i^2$.

$$ \\frac{{\\partial E}}{{\\partial x_j}} = {right} \\quad (1 < j < n) $$
"""
    assert last(text).verdict is verdict


LAST = "$p_K = 1 - \\sum_{k=1}^{K-1} p_k$"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (f"Let {LAST} and $L = \\sum_{{k=1}}^K y_k p_k$.", UNDECIDED),  # by way of the last entry
        ("Let $p_k = e^{z_k} / \\sum_{j=1}^K e^{z_j}$ and $L = \\sum_{k=1}^K y_k p_k$. So " + LAST + ".", PROVED),
    ],
)
def test_the_last_entry_by_the_others(text: str, verdict: Verdict) -> None:
    found = report(f"{text}\n\n$$ \\frac{{\\partial L}}{{\\partial p_k}} = y_k $$\n").formulas
    assert found[-1].verdict is verdict, found[-1].message
    assert verdict is UNDECIDED or found[-2].verdict is PROVED
    wrong = last(f"{text}\n\n$$ \\frac{{\\partial L}}{{\\partial p_k}} = 2 y_k $$\n").verdict
    assert wrong is (UNDECIDED if verdict is UNDECIDED else REFUTED)
