"""What a text says of a matrix, of its vectors, of its gradients or of test time: a wrong claim is not proved, and the
right one, where nothing of the kind is said, is."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED


def verdicts(text: str, *claims: str) -> list[Verdict]:
    shown = "".join(f"\n\n$${claim}$$\n" for claim in claims)
    return [f.verdict for f in report_on(f"{text}{shown}").formulas[-len(claims) :]]


SQUARES = r"$x, y \in \mathbb{R}^n$. SAID Let $L = \tfrac12 \|W x - y\|^2$. Then"
BY_MATRIX = r"\frac{\partial L}{\partial W} = (W x - y) x^\top"
BY_INPUT = r"\frac{\partial L}{\partial x} = W^\top (W x - y)"


@pytest.mark.parametrize("form", ["upper triangular", "a diagonal matrix", "block-diagonal", "taken to be circulant"])
def test_a_matrix_with_a_form(form: str) -> None:
    text = rf"Let $W \in \mathbb{{R}}^{{n \times n}}$ be {form} and {SQUARES.replace('SAID', '')}"
    assert verdicts(text, BY_MATRIX, BY_INPUT) == [UNDECIDED, PROVED]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Every matrix is lower triangular.", UNDECIDED), ("", PROVED), ("Not every matrix is triangular.", PROVED),
        ("If $W$ is diagonal, this is cheap.", PROVED), ("The matrix $W$ is not diagonal.", PROVED),
        ("The Hessian of a loss by $W$ is diagonal.", PROVED), ("With a diagonal matrix $W$ this is cheap.", UNDECIDED),
    ],
)  # fmt: skip
def test_words_of_matrices(said: str, expected: Verdict) -> None:
    text = rf"Let $W \in \mathbb{{R}}^{{n \times n}}$ and {SQUARES.replace('SAID', said)}"
    assert verdicts(text, BY_MATRIX) == [expected]


ROWS = r"SAID Let $x \in \mathbb{R}^n$, $t \in \mathbb{R}^m$ and $W \in \mathbb{R}^{n \times m}$. Let $y = x W$ and "
ROWS += r"$L = \tfrac12 \|y - t\|^2$. Then"
BY_ROWS = [r"\frac{\partial L}{\partial W} = x^\top (y - t)", r"\frac{\partial L}{\partial x} = (y - t) W^\top"]
BY_COLUMNS = [r"\frac{\partial L}{\partial W} = (y - t)^\top x", r"\frac{\partial L}{\partial x} = W^\top (y - t)"]


def test_vectors_that_are_rows() -> None:
    text = ROWS.replace("SAID", "All vectors are row vectors.")
    assert verdicts(text, *BY_ROWS) == [PROVED, PROVED]
    assert PROVED not in verdicts(text, *BY_COLUMNS)
    assert PROVED not in verdicts(ROWS.replace("SAID", "Vectors are not rows."), *BY_ROWS)


BELOW = r"Let $w, x, b \in \mathbb{R}$ and $$a = \sigma(w x + b).$$ " + "\n\n# Behind\n\n SAID Then"
LOGISTIC, HYPERBOLIC = (rf"\frac{{\partial a}}{{\partial b}} = {x}" for x in ("a (1 - a)", "1 - a^2"))


def test_a_function_that_is_another_one_from_here_on() -> None:
    text = "# Before\n\n" + BELOW.replace("SAID", r"From here on, read $\sigma$ as $\tanh$.")
    assert verdicts(text, LOGISTIC, HYPERBOLIC) == [UNDECIDED, UNDECIDED]
    assert verdicts("# Before\n\n" + BELOW.replace("SAID", ""), LOGISTIC, HYPERBOLIC) == [PROVED, REFUTED]
    text = r"Read $\sigma$ as $\tanh$. " + BELOW.replace("\n\n# Behind\n\n SAID", "")
    assert verdicts(text, LOGISTIC, HYPERBOLIC) == [REFUTED, PROVED]


MEAN = r"Let $x \in \mathbb{R}^m$, $\mu = \frac1m \sum_{i=1}^m x_i$ and $y_i = x_i - \mu$. SAID"
BY_ONE = r"\frac{\partial y_i}{\partial x_i} = 1 - \frac1m"


def test_what_is_said_of_test_time() -> None:
    said = MEAN.replace("SAID", r"At test time, $\mu$ is a fixed running average.")
    assert verdicts(f"{said} During training", BY_ONE) == [PROVED]
    assert verdicts(f"{said} At test time, therefore,", BY_ONE) == [UNDECIDED]
    assert verdicts(f"{MEAN.replace('SAID', 'Nothing changes later.')} At test time,", BY_ONE) == [PROVED]


def test_a_gradient_at_another_point() -> None:
    text = r"Let $v = \beta u + g$ and $w = w_0 - \eta v$SAID. Then"
    claims = [r"\frac{\partial w}{\partial w_0} = 1", r"\frac{\partial w}{\partial w_0} = 1 - \eta"]
    said = r", where $g$ is the gradient at $w_0$ of $J(w) = \tfrac12 w^2$"
    assert verdicts(text.replace("SAID", said), *claims) == [UNDECIDED, UNDECIDED]
    assert verdicts(text.replace("SAID", ", where $g$ is given"), *claims) == [PROVED, REFUTED]


EXERCISES = r"""
HEADExercise 1END Let $f(x) = \ln(1 + x^2)$.

HEADExercise 2END Let $f(x) = \ln(1 + x)$.

HEADSolution to Exercise 1END One has"""


@pytest.mark.parametrize(("head", "end"), [("**", ".**"), ("## ", "\n\n")])
def test_a_solution_is_one_of_the_exercise_that_it_names(head: str, end: str) -> None:
    text = EXERCISES.replace("HEAD", head).replace("END", end)
    claims = [r"f'(x) = \frac{2x}{1 + x^2}", r"f'(x) = \frac{1}{1 + x}"]
    assert verdicts(text, *claims) == [PROVED, REFUTED]
    assert verdicts(text.replace("to Exercise 1", "to Exercise 2"), *claims) == [REFUTED, PROVED]


SKIP = r"# One" + "\n\n" + r"Let $w, x \in \mathbb{R}$ and $z = w x$. Let $L = z^2$." + "\n\n## Skip\n\n"


def test_what_holds_in_this_section() -> None:
    claims = [r"\frac{\partial z}{\partial x} = w + 1", r"\frac{\partial z}{\partial x} = w"]
    found = verdicts(rf"{SKIP}In this section the input is added, i.e. $z = w x + x$. Then", *claims)
    assert found[0] is PROVED
    assert found[1] is not PROVED
    assert verdicts(rf"{SKIP}In this section we write $z = x w$. Then", *claims) == [REFUTED, PROVED]


LABELS = r"Let $p = \operatorname{softmax}(z)$ and $L = -\sum_k y_k \log p_k$, where $y$ is one-hot. SAID"


def test_labels_that_need_not_sum_to_one() -> None:
    claims = [r"\frac{\partial L}{\partial z_k} = p_k - y_k", r"\frac{\partial L}{\partial z_k} = y_k - p_k"]
    assert verdicts(LABELS.replace("SAID", "Then"), *claims) == [PROVED, REFUTED]
    assert verdicts(LABELS.replace("SAID", "The probabilities sum to one. Then"), *claims) == [PROVED, REFUTED]
    said = LABELS.replace("SAID", "With soft labels, which need not sum to one,")
    assert verdicts(said, *claims) == [UNDECIDED, UNDECIDED]
