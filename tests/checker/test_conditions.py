"""What holds under a condition only, where a derivative is zero, ``if w = 0``: it defines nothing, and proves nothing
of other values. Nor does anything follow from a definition that cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Net, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED

SQUARES = (r"X \in \mathbb{R}^{m \times n}", r"w \in \mathbb{R}^n", r"y \in \mathbb{R}^m", r"L = \|X w - y\|^2")
SOLVED = r"w = (X^\top X)^{-1} X^\top y"
NUMBERS = (r"x_n \in \mathbb{R}", r"n = 1, \dots, N", r"\mu \in \mathbb{R}")
GAUSS = (
    *NUMBERS, r"\sigma > 0", r"L = -\frac{1}{2 \sigma^2} \sum_{n=1}^N (x_n - \mu)^2 - N \log \sigma",
)  # fmt: skip
SPREAD = r"\sigma^2 = \frac{1}{N} \sum_{n=1}^N (x_n - \mu)^2"
BY_SIGMA = r"\frac{\partial L}{\partial \sigma} = \frac{%s}{\sigma^3} \sum_{n=1}^N (x_n - \mu)^2 - \frac{%s N}{\sigma}"
PARABOLA = (r"x \in \mathbb{R}", r"a \in \mathbb{R}", r"f(x) = (x - a)^2")
RIDGE = (r"w \in \mathbb{R}^n", r"\lambda \in \mathbb{R}", r"L = \lambda w^\top w")
SOFTMAX = (r"z \in \mathbb{R}^n", r"p_i = \frac{e^{z_i}}{\sum_{k=1}^n e^{z_k}}")
BY_Z = r"\frac{\partial p_i}{\partial z_j} = "
LAYER = (r"w \in \mathbb{R}^n", r"x \in \mathbb{R}^n", r"z = w^\top x", r"L = \frac12 z^2")


def written(folder: Path, *formulas: str) -> Path:
    document = folder / "document.md"
    document.write_text("\n\n".join(f"$${formula}$$" for formula in formulas), encoding="utf-8")
    return document


def verdict(folder: Path, *formulas: str, at: int = -1) -> Verdict:
    return check(written(folder, *formulas), effort=Effort(repair=0)).formulas[at].verdict


@pytest.mark.parametrize(
    ("formulas", "found"),
    [
        ((*SQUARES, SOLVED, r"\nabla_w L = 2 X^\top (X w - y)"), PROVED),
        ((*SQUARES, SOLVED, r"\nabla_w L = 3 X^\top (X w - y)"), REFUTED),
        ((*SQUARES, SOLVED, r"\nabla_w L = 0"), Verdict.DEFINED),
        ((*SQUARES, r"\nabla_w L = 0"), REFUTED),
        ((*GAUSS, SPREAD, BY_SIGMA % ("1", "")), PROVED),
        ((*GAUSS, SPREAD, BY_SIGMA % ("3", "3")), REFUTED),
        ((*PARABOLA, "x = a", "f'(x) = 2 (x - a)"), PROVED),
        ((*PARABOLA, "x = a", "f'(x) = 3 (x - a)"), REFUTED),
        ((*PARABOLA, "f'(x) = 0", "f'(x) = 2 (x - a)"), PROVED),
        ((*PARABOLA, "f'(x) = 0", "f'(x) = 3 (x - a)"), REFUTED),
        # a forward definition is one, also behind the loss
        ((*LAYER[:2], LAYER[3], LAYER[2], r"\frac{\partial L}{\partial z} = w^\top x"), PROVED),
        ((*LAYER[:2], LAYER[3], LAYER[2], r"\frac{\partial L}{\partial z} = 2 w^\top x"), REFUTED),
    ],
)  # fmt: skip
def test_where_a_derivative_is_zero(formulas: tuple[str, ...], found: Verdict, tmp_path: Path) -> None:
    assert verdict(tmp_path, *formulas) is found


@pytest.mark.parametrize(
    ("formulas", "found"),
    [
        ((*RIDGE, r"\nabla_w L = 0 \text{ if } \lambda = 0"), UNDECIDED),
        ((*RIDGE, r"\nabla_w L = 0 \text{ if } \lambda = 0", r"\nabla_w L = 2 \lambda w"), PROVED),
        ((*RIDGE, r"\nabla_w L = 0 \text{ if } \lambda = 0", r"\nabla_w L = 3 \lambda w"), REFUTED),
        ((*SOFTMAX, BY_Z + r"p_i (1 - p_i) \text{ if } i = j"), PROVED),
        ((*SOFTMAX, BY_Z + r"p_i (1 + p_i) \text{ if } i = j"), REFUTED),
        ((*SOFTMAX, BY_Z + r"p_i (1 - p_i)"), REFUTED),
        ((*LAYER[:2], r"z = w^\top x \text{ if } w = 0", LAYER[3], r"\frac{\partial L}{\partial w} = z x"), UNDECIDED),
        ((*LAYER, r"\frac{\partial L}{\partial w} = z x"), PROVED),
    ],
)  # fmt: skip
def test_an_equation_under_a_condition(formulas: tuple[str, ...], found: Verdict, tmp_path: Path) -> None:
    assert verdict(tmp_path, *formulas) is found


NEURON = (
    "Let $z = w x + b$ with $w, x, b, y \\in R$, $a = \\sigma(z)$ and $L = -y \\ln a - (1 - y) \\ln (1 - a)$. TEXT "
    "In general,\n\n$$\\frac{\\partial L}{\\partial z} = CLAIM$$\n"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("For $a = y$ the gradient is zero.", Verdict.DEFINED),
        ("If $a = y$, nothing is learnt.", Verdict.DEFINED),
        ("It is large for $a = 1 - y$.", Verdict.DEFINED),
    ],
)
def test_an_equation_that_is_only_supposed_is_no_claim(text: str, found: Verdict) -> None:
    for claim, judged in (("a - y", PROVED), ("y - a", REFUTED)):
        *_, supposed, last = check(scan(NEURON.replace("TEXT", text).replace("CLAIM", claim))).formulas
        assert (supposed.verdict, last.verdict) == (found, judged), supposed.message


def test_an_equation_that_says_otherwise_is_no_supposition() -> None:
    for claim, judged in (("a - y", Verdict.CONDITIONAL), ("y - a", REFUTED)):
        text = NEURON.replace("TEXT", "Here $a = 2 \\sigma(z)$.").replace("CLAIM", claim)
        *_, other, last = check(scan(text)).formulas
        assert (other.verdict, last.verdict) == (UNDECIDED, judged), last.message


@pytest.mark.parametrize(("claim", "found"), [("0", PROVED), ("y", UNDECIDED)])
def test_what_is_said_under_an_equation_holds_there(claim: str, found: Verdict) -> None:
    text = f"For $a = y$, $\\frac{{\\partial L}}{{\\partial z}} = {claim}$."
    *_, there, last = check(scan(NEURON.replace("TEXT", text).replace("CLAIM", "a - y"))).formulas
    assert there.verdict is found and last.verdict is PROVED


SUPPOSED = (
    (r"Let $u, v \in R^n$, $J = u^\top v$. For $v = u$ this is the squared norm.", r"\frac{\partial J}{\partial u}",
     "v", "2 u"),
    (r"Let $y = w x$ and $J = \frac12 (y - t)^2$. If $t = y$, the loss is zero.", r"\frac{\partial J}{\partial w}",
     "(y - t) x", "0"),
    (r"Let $p = \sigma(z)$, $L = -y \log p - (1 - y) \log(1 - p)$. When $y = p$, it is the entropy of $p$.",
     r"\frac{\partial L}{\partial z}", "p - y", "-z p (1 - p)"),
    (r"Let $y = x + F(x)$, $J = \frac12 (y - t)^2$. If $F(x) = 0$, the block is the identity.",
     r"\frac{\partial J}{\partial x}", "(y - t) (1 + F'(x))", "y - t"),
    (r"Let $a = \sigma(z)$, $z = w x$, $J = \frac12 (a - y)^2$. At $a = y$ the slope is zero.",
     r"\frac{\partial J}{\partial z}", "(a - y) a (1 - a)", "(a - y) a"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "slope", "right", "wrong"), SUPPOSED)
@pytest.mark.parametrize("before", [True, False])
def test_what_is_only_supposed_defines_nothing(text: str, slope: str, right: str, wrong: str, before: bool) -> None:
    first, _, last = text.rpartition(". ") if before else (text, "", "")
    for value, found in ((right, PROVED), (wrong, REFUTED)):
        claim = f"$${slope} = {value}$$"
        document = f"{first}.\n\n{claim}\n\n{last}" if before else f"{first}\n\n{claim}\n"
        displayed = [f for f in report_on(document).formulas if f.displayed]
        assert displayed[-1].verdict is found, displayed[-1].message


HIDDEN = (r"a \in \mathbb{R}", r"x \in \mathbb{R}", r"%s", r"L = a + q", r"\frac{\partial L}{\partial a} = 1")
CAPTURED = (
    r"w \in \mathbb{R}", r"x \in \mathbb{R}", r"%s", r"f(t) = q t", r"y = f(w)",
    r"\frac{\partial y}{\partial w} = f(1)",
)  # fmt: skip
SOME = (
    r"x \in \mathbb{R}^n", r"u \in \mathbb{R}^n", r"%s", r"L = \sum_{i=1}^n u_i + x_1",
    r"\frac{\partial L}{\partial x_1} = 1",
)  # fmt: skip


@pytest.mark.parametrize(
    ("formulas", "unknown", "known"),
    [
        (HIDDEN, r"q = \mathbb{E}[a x]", "q = 2 x"),
        (HIDDEN, r"q = a \oslash x", "q = 2 x"),  # cannot even be parsed
        (CAPTURED, r"q = \mathbb{E}[w x]", "q = 2 x"),
        (SOME, "u_1 = x_1^2", r"u_i = 2"),
    ],
)  # fmt: skip
def test_a_loss_may_depend_on_a_variable_by_what_cannot_be_read(
    formulas: tuple[str, ...], unknown: str, known: str, tmp_path: Path
) -> None:
    assert verdict(tmp_path, *(f.replace("%s", unknown) for f in formulas)) is UNDECIDED
    assert verdict(tmp_path, *(f.replace("%s", known) for f in formulas)) is PROVED


def test_nor_is_its_gradient_composed(tmp_path: Path) -> None:
    def composed(definition: str) -> dict[str, Verdict]:
        nets: tuple[Net, ...] = check(written(tmp_path, *(f.replace("%s", definition) for f in HIDDEN))).nets
        return {gradient.parameter: gradient.verdict for net in nets for gradient in net.gradients}

    assert composed(r"q = \mathbb{E}[a x]")["a"] is UNDECIDED
    assert composed("q = 2 x")["a"] is PROVED


SQUARES_IN_TEXT = (*(f"$${formula}$$" for formula in (*SQUARES, SOLVED, r"\nabla_w L = 2 X^\top (X w - y)")),)
CIRCUIT = (r"$$q = x + y$$", r"$$f = q z$$", "Take $x = -2$, $y = 5$, $z = -4$.")
PENALTY = (
    r"$w \in \mathbb{R}^n$, $x \in \mathbb{R}^n$, $\lambda \in \mathbb{R}$", r"$$L = w^\top w + \lambda w^\top x$$",
)  # fmt: skip
LIMIT, BY_W = r"For $\lambda = 0$ this is least squares.", r"$$\nabla_w L = %s$$"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ((*CIRCUIT, r"$$\frac{\partial f}{\partial z} = 3$$"), Verdict.CONDITIONAL),
        ((*CIRCUIT, r"$$\frac{\partial f}{\partial z} = 4$$"), REFUTED),
        ((*CIRCUIT, r"$$\frac{\partial f}{\partial z} = q$$"), PROVED),
        ((*PENALTY, LIMIT, BY_W % "2 w"), Verdict.CONDITIONAL),
        ((*PENALTY, LIMIT, BY_W % "3 w"), REFUTED),
        ((*PENALTY, LIMIT, BY_W % r"2 w + \lambda x"), PROVED),
        ((*SQUARES_IN_TEXT, r"$$L = y^\top y - y^\top X w$$"), Verdict.CONDITIONAL),
        ((*SQUARES_IN_TEXT, r"$$L = y^\top y + y^\top X w$$"), REFUTED),
    ],
)  # fmt: skip
def test_values_in_the_text_are_those_of_an_example(text: tuple[str, ...], found: Verdict, tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text("\n\n".join(text), encoding="utf-8")
    assert check(document, effort=Effort(repair=0)).formulas[-1].verdict is found


def test_a_value_for_an_example_holds_not_before_it(tmp_path: Path) -> None:
    document = tmp_path / "document.md"
    document.write_text("\n\n".join((*PENALTY, BY_W % "2 w", LIMIT)), encoding="utf-8")
    assert [f.verdict for f in check(document).formulas if f.displayed][-1] is REFUTED


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\sum_i p_i r_i (\mathbb{1}[i=j] - p_j) = p_j (r_j - J)", Verdict.PROVED),
        (r"\sum_i p_i r_i (\mathbb{1}[i=j] - p_j) = p_j (r_j + J)", Verdict.REFUTED),
        (r"\sum_i p_i \mathbb{1}[i=j] = p_j", Verdict.PROVED),
        (r"\sum_i p_i \mathbb{1}[i=j] = 2 p_j", Verdict.REFUTED),
        (r"\sum_i p_i \mathbb{1}[i=j] = 1", Verdict.UNDECIDED),  # of which j?
    ],
)
def test_a_letter_beside_an_index_is_one_before_it_stands_at_a_name(claim: str, verdict: Verdict) -> None:
    text = r"Let $p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$ and $J = \sum_i p_i r_i$." + f"\n\n$$ {claim} $$\n"
    assert check(scan(text)).formulas[-1].verdict is verdict


@pytest.mark.parametrize(
    ("words", "before", "behind"),
    [
        ("Our matrix satisfies $A^\\top = A$. Then", PROVED, PROVED),
        ("If $A^\\top = A$, then", REFUTED, PROVED),
        ("If we normalise symmetrically, $A^\\top = A$ and", REFUTED, PROVED),
        ("In the symmetric case $A^\\top = A$ this is", REFUTED, PROVED),
        ("If $A^\\top = A$, one can save the transpose.\n\n# Next\n", REFUTED, REFUTED),
    ],
)
def test_an_equation_of_one_matrix_behind_if_is_no_given(words: str, before: Verdict, behind: Verdict) -> None:
    claim = r"$$\frac{\partial L}{\partial X} = A \frac{\partial L}{\partial H}$$"
    given = r"Let $X \in \mathbb{R}^{n \times m}$, $A \in \mathbb{R}^{n \times n}$ and $H = A X$."
    found = [f for f in report_on(f"# One\n{given}\n{claim}\n{words}\n{claim}").formulas if f.displayed]
    assert [f.verdict for f in found] == [before, behind]


@pytest.mark.parametrize(("words", "before"), [("If", Verdict.CONDITIONAL), ("Recall that", PROVED)])
def test_a_sum_behind_if_is_no_given(words: str, before: Verdict) -> None:
    claim = r"$$\frac{\partial L}{\partial z} = p - y$$"
    text = rf"""Let $z, y \in \mathbb{{R}}^n$, $p = \operatorname{{softmax}}(z)$ and $L = -\sum_{{k=1}}^n y_k \log p_k$.
{claim}
{words} $\sum_{{k=1}}^n y_k = 1$, then
{claim}"""
    assert [f.verdict for f in report_on(text).formulas if f.displayed] == [before, PROVED]
