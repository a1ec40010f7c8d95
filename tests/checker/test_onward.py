"""What one section declares holds in the next, until that says something else."""

from __future__ import annotations

import pytest
from counted import calls
from judging import report_on

from verify_derivations.checker import check
from verify_derivations.checker.case import prepare
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.onward import declared_before
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED

REGRESSION = r"""
# Least squares

DECLARATIONS

$$y_n = w^T x_n$$
$$E = \frac{1}{2} \sum_{n=1}^N (y_n - t_n)^2$$
"""
CLASSES = (
    REGRESSION
    + r"""
# Classes

LATER

$$a_{nk} = w_k^T x_n$$
$$y_{nk} = \frac{\exp(a_{nk})}{\sum_{j=1}^K \exp(a_{nj})}$$
$$E = -\sum_{n=1}^N \sum_{k=1}^K t_{nk} \ln y_{nk}, \quad \sum_{k=1}^K t_{nk} = 1$$
$$\frac{\partial E}{\partial w_j} = CLAIM$$
"""
)
DATA = r"$x_n \in \mathbb{R}^D$, $w \in \mathbb{R}^D$, $t_n \in \mathbb{R}$, $n = 1, \dots, N$"
WEIGHTS = r"$w_k \in \mathbb{R}^D$, $k = 1, \dots, K$"


def last(text: str, **names: str) -> Formula:
    for name, value in names.items():
        text = text.replace(name, value)
    return check(scan(text)).formulas[-1]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [(r"\sum_{n=1}^N (y_{nj} - t_{nj}) x_n", PROVED), (r"\sum_{n=1}^N (t_{nj} - y_{nj}) x_n", REFUTED)],
)
def test_shapes_hold_in_a_section_that_defines_something_else(claim: str, verdict: Verdict) -> None:
    """Of t_n ∈ R nothing holds for t_{nk}."""
    found = last(CLASSES, DECLARATIONS=DATA, LATER=WEIGHTS, CLAIM=claim)
    assert found.verdict is verdict and not found.remarks


def test_another_declaration_is_what_holds() -> None:
    again = WEIGHTS + r", $x_n \in \mathbb{R}^{M}$ for $n = 1, \dots, N$"
    found = last(CLASSES, DECLARATIONS=DATA, LATER=again, CLAIM=r"\sum_{n=1}^N (y_{nj} - t_{nj}) x_n")
    assert found.verdict is not PROVED  # w_k^T x_n has no meaning


MANY = r"""
# One example

$x \in \mathbb{R}^D$, $w \in \mathbb{R}^D$, $t \in \mathbb{R}$

$$y = w^T x$$
$$E = \frac{1}{2} (y - t)^2$$

# Examples

$$y_n = \sigma(w^T x_n)$$
$$E = \frac{1}{2} \sum_{n=1}^N (y_n - t_n)^2$$
$$\frac{\partial E}{\partial w} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\sum_{n=1}^N (y_n - t_n) y_n (1 - y_n) x_n", PROVED),
        (r"\sum_{n=1}^N (y_n - t_n) y_n (1 + y_n) x_n", REFUTED),
    ],
)
def test_what_is_declared_of_one_holds_of_each_of_many(claim: str, verdict: Verdict) -> None:
    assert last(MANY, CLAIM=claim).verdict is verdict


SIGN = r"""
# Data

$x \in \mathbb{R}^n$, CONDITION

$$f = x^T x$$

# Another

$$f = \sum_{i=1}^n c \log |x_i|$$
$$c = \sqrt{v^2}$$
$$\frac{\partial f}{\partial x_i} = \frac{v}{x_i}$$
"""


@pytest.mark.parametrize(("condition", "verdict"), [("$v > 0$", PROVED), (r"$v \in \mathbb{R}$", REFUTED)])
def test_signs_hold_onward(condition: str, verdict: Verdict) -> None:
    assert last(SIGN, CONDITION=condition).verdict is verdict


def test_a_definition_stays_with_its_section() -> None:
    """W is nothing by which the later section defines something: h is given there."""
    text = r"""
    # Hidden

    $x \in \mathbb{R}^n$, $W \in \mathbb{R}^{m \times n}$, $h \in \mathbb{R}^m$

    $$h = W x$$
    $$L = \|h\|^2$$

    # Output

    $$L = \frac{1}{2} \|h\|^2$$
    $$\frac{\partial L}{\partial NAME} = CLAIM$$
    """.replace("    ", "")
    assert last(text, NAME="h", CLAIM="h").verdict is PROVED
    assert last(text, NAME="h", CLAIM="2 h").verdict is REFUTED
    assert last(text, NAME="W", CLAIM="h x^T").verdict is UNDECIDED  # whether h is that of the other section


def test_it_is_told_where_a_name_is_defined() -> None:
    text = r"""
    # Hidden

    $x \in \mathbb{R}^n$

    $$h = x + x$$
    $$L = \|h\|^2$$

    # Output

    $$L = \frac{1}{2} \|x\|^2$$
    $$\frac{\partial L}{\partial x} = NAME$$
    """.replace("    ", "")
    assert any("defined in formula 2, of “Hidden”" in remark for remark in last(text, NAME="h").remarks)
    assert not last(text, NAME="q").remarks[1:] and last(text, NAME="x").verdict is PROVED


def test_letters_that_run_to_other_ends_count_something_else() -> None:
    """The x_i of an input are none of the examples x_n; a number is read for each, as nothing is declared."""
    text = r"""
    # Examples

    $x_n \in \mathbb{R}^D$, $w \in \mathbb{R}^D$, $n = 1, \dots, N$

    $$y_n = w^T x_n$$
    $$E = \frac{1}{2} \sum_{n=1}^N y_n^2$$

    # Units

    $$z = \sum_{i=1}^D v_i x_i$$
    $$E = \frac{1}{2} z^2$$
    $$\frac{\partial E}{\partial v_i} = CLAIM$$
    """.replace("    ", "")
    assert last(text, CLAIM="z x_i").verdict in (PROVED, Verdict.CONDITIONAL)
    assert last(text, CLAIM="z v_i").verdict is REFUTED


def test_of_a_given_letter_it_is_spoken_once() -> None:
    text = r"""
    # One

    $z \in \mathbb{R}^A$, and the action is $a$.

    $$p_k = \frac{\exp(z_k)}{\sum_{j=1}^A \exp(z_j)}$$
    $$L = -\log p_a$$

    # Other

    $$L = \exp(z_a)$$
    $$\frac{\partial L}{\partial z_k} = CLAIM$$
    """.replace("    ", "")
    assert last(text, CLAIM=r"\exp(z_a) \mathbb{1}[k = a]").verdict is PROVED
    assert last(text, CLAIM=r"\exp(z_k)").verdict is REFUTED


@pytest.mark.parametrize(("said", "conditions"), [("$a$ as before", []), (r"$a \sim U(l, u)$", [r"a \neq 0"])])
def test_a_distribution_says_something_else(said: str, conditions: list[str]) -> None:
    """A slope above one in one section, and one that is drawn in the next."""
    text = "# One\n\n$$ f(z) = z/a, \\quad a > 1 $$\n\n# Two\n\n$$ f(z) = 2z/a $$\n\nSAID.\n\n$$ f'(z) = 2/a $$\n"
    found = last(text.replace("SAID", said))
    assert found.verdict is PROVED
    assert list(found.assumptions) == conditions


def test_many_sections_ask_for_their_own_names() -> None:
    def work(count: int) -> int:
        sections = (f"# S{k}\n\n$x \\in R^{{n}}$, $w \\in R^{{n}}$\n\n$$ f = {k} w^T x $$\n\n" for k in range(count))
        case = prepare(scan("".join(sections), "many.md"), Effort())
        wanted = list(dict.fromkeys(f.scope for f in case.formulas))
        return calls(lambda: [declared_before(case.said, case.by_scope[scope], case.table) for scope in wanted])

    assert work(80) < 5 * work(20)


TWICE = r"""
Let $w, x, y, \mu \in \mathbb{R}$.

## Model

Let $z = w x$ and $J = \frac12 (z - y)^2$.

## Regularised

SAID The loss is $J = \frac12 (z - y)^2 + \frac{\mu}{2} w^2$.

$$CLAIM$$
"""


@pytest.mark.parametrize(
    ("said", "claim", "found"),
    [  # z may be that of the section before, or not
        ("", r"\frac{\partial J}{\partial w} = \mu w", Verdict.UNDECIDED),
        ("", r"\frac{\partial J}{\partial w} = (z - y) x + \mu w", Verdict.UNDECIDED),
        ("", r"\frac{\partial J}{\partial z} = z - y", Verdict.PROVED),
        ("", r"\frac{\partial J}{\partial z} = y - z", Verdict.REFUTED),
        ("Let $z = w x$.", r"\frac{\partial J}{\partial w} = (z - y) x + \mu w", Verdict.PROVED),
        ("Let $z = w x$.", r"\frac{\partial J}{\partial w} = \mu w", Verdict.REFUTED),
        (r"Let $z \in \mathbb{R}$.", r"\frac{\partial J}{\partial w} = \mu w", Verdict.PROVED),
        (r"Let $z \in \mathbb{R}$.", r"\frac{\partial J}{\partial w} = 2 \mu w", Verdict.REFUTED),
    ],
)
def test_what_only_another_section_defines_is_open(said: str, claim: str, found: Verdict) -> None:
    text = TWICE.replace("SAID", said).replace("CLAIM", claim)
    assert report_on(text).formulas[-1].verdict is found


DECAY = r"\frac{\partial J}{\partial w} = \mu w"


def test_nor_is_a_gradient_composed_of_it() -> None:
    def composed(said: str) -> list[Verdict]:
        text = TWICE.replace("SAID", said).replace("CLAIM", DECAY)
        report = report_on(text)
        return [g.verdict for net in report.nets[-1:] for g in net.gradients if g.parameter == "w"]

    assert composed("") == [Verdict.UNDECIDED]
    assert composed("Let $z = w x$.") == [Verdict.PROVED]


AROUND = (
    "# Notes\n\nLet $X \\in \\mathbb{{R}}^{{n \\times m}}$, $b \\in \\mathbb{{R}}^m$ and $a = X b$.\n\n## Batches\n\n"
    "Let $X \\in \\mathbb{{R}}^{{N \\times D}}$, $W \\in \\mathbb{{R}}^{{D \\times K}}$ and "
    "$T \\in \\mathbb{{R}}^{{N \\times K}}$.\n\n"
    "$$S = X W$$\n\n{}$$L = \\frac12 \\|S - T\\|_F^2$$\n\n$$\\frac{{\\partial L}}{{\\partial W}} = {}$$\n"
)


@pytest.mark.parametrize(
    ("between", "claim", "expected"),
    [
        ("", "X^\\top (S - T)", Verdict.PROVED),
        ("", "X^\\top (T - S)", Verdict.REFUTED),
        ("", "(S - T) X^\\top", Verdict.ILL_FORMED),
        ("## Loss\n\n", "X^\\top (S - T)", Verdict.UNDECIDED),  # of two sections: which X it is is not said
        ("## Loss\n\n", "X^\\top (T - S)", Verdict.UNDECIDED),
    ],
)
def test_a_section_may_declare_otherwise_what_the_text_around_it_declares(
    between: str, claim: str, expected: Verdict
) -> None:
    formulas = report_on(AROUND.format(between, claim), "notes.md").formulas
    assert formulas[-1].verdict is expected, formulas[-1].message
