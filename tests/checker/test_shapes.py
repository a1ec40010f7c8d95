"""Shapes that the prose tells. Each right claim has twins that are wrong, and words that tell nothing."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

LAYER = r"SAID $$z = W x + b, \quad J = \frac12 \|z\|^2$$ $$CLAIM$$"
BY_W = r"\frac{\partial J}{\partial W} = z x^\top"
TOLD = (
    r"Here $W$ is an $m \times n$ matrix.", r"Here $W$ is $m \times n$.", r"Let $W$ be a matrix of size $m \times n$.",
    r"An $m \times n$ matrix $W$ acts on $x$.", r"The weight matrix $W$ has shape $m \times n$.",
    r"$W$ ($m \times n$), $x$ ($n \times 1$), $b$ ($m \times 1$).", r"Here $W$ has dimensions $m \times n$.",
    r"where $W$ is $m$-by-$n$", r"The shape of $W$ is $m \times n$.", r"$W$, which is $m \times n$, is learned.",
    r"Let $x$ be an $n$-vector and $b$ an $m$-dimensional vector; $W$ is $m \times n$.",
)
SILENT = (
    r"Here $W$ is no $m \times n$ matrix.", r"The transpose of $W$ is $m \times n$.", r"Here $W^\top$ is $m \times n$.",
    r"If $W$ is $m \times n$, nothing changes.", r"The gradient of $W$ is $m \times n$.",
    r"First $W$ is $m \times n$. Then $W$ is $n \times m$.", r"$W$ and $V$ are $m \times n$ and $m \times k$.",
)


def last(document: str, claim: str) -> Formula:
    return report_on(document.replace("CLAIM", claim)).formulas[-1]


@pytest.mark.parametrize("said", TOLD)
def test_words_declare_shapes(said: str) -> None:
    found = last(LAYER.replace("SAID", said), BY_W)
    assert found.verdict is Verdict.PROVED and found.shape == r"m \times n"
    assert last(LAYER.replace("SAID", said), BY_W.replace(r"z x^\top", "2 z x^\\top")).verdict is Verdict.REFUTED


@pytest.mark.parametrize("said", SILENT)
def test_words_that_tell_no_shape(said: str) -> None:
    found = last(LAYER.replace("SAID", said), BY_W)
    assert found.verdict is Verdict.PROVED and r"m \times n" not in found.shape
    assert not any(r"W \in" in r for f in report_on(LAYER.replace("SAID", said)).formulas for r in f.remarks
                   if r.startswith("the text says"))  # fmt: skip


VECTORS = (
    r"Let $x$ be an $n$-vector.", r"Here $x$ is an $n$-dimensional column vector.", r"A vector $x$ of length $n$.",
    r"Let $x$ be a vector with $n$ entries.", r"Here $x$ has $n$ components.", r"Let $u$ and $x$ be $n$-vectors.",
)


@pytest.mark.parametrize("said", VECTORS)
def test_words_declare_vectors(said: str) -> None:
    document = said + r" $$J = \|x\|^2$$ $$CLAIM$$"
    right, wrong = last(document, r"\nabla_x J = 2 x"), last(document, r"\nabla_x J = x")
    assert (right.verdict, right.shape, wrong.verdict) == (Verdict.PROVED, r"n \times 1", Verdict.REFUTED)


def test_formulas_tell_more_than_words() -> None:
    said = r"Let $W \in \mathbb{R}^{k \times n}$. As $W$ is $m \times n$, this holds."
    assert last(LAYER.replace("SAID", said), BY_W).shape == r"k \times n"


CALLED = r"SAID $$f = \log |A|$$ $$\nabla_A f = CLAIM$$"


@pytest.mark.parametrize("said", ["Let $A$ be an invertible matrix.", "For any invertible matrix $A$ let:"])
def test_what_is_called_a_matrix_is_no_number(said: str) -> None:
    document = CALLED.replace("SAID", said)
    assert last(document, "A^{-1}").verdict is Verdict.UNDECIDED
    assert last(document, "2 A^{-1}").verdict is Verdict.REFUTED
    assert last(CALLED.replace("SAID", "Let $A$ be a number."), "A^{-1}").verdict is Verdict.PROVED


@pytest.mark.parametrize(("claim", "verdict"), [("(A + A^\\top) x", Verdict.PROVED), ("2 x", Verdict.REFUTED)])
def test_what_is_called_a_matrix_and_read_as_one(claim: str, verdict: Verdict) -> None:
    found = last(r"For a vector $x$ and a matrix $A$ let $$f = x^\top A x$$ $$\nabla_x f = CLAIM$$", claim)
    assert found.verdict is verdict


@pytest.mark.parametrize(("claim", "verdict"), [("2 (n - p)", Verdict.PROVED), ("2 (p - n)", Verdict.REFUTED)])
def test_names_in_a_space_with_words_between_them(claim: str, verdict: Verdict) -> None:
    """Also where another section has a p of its own."""
    text = r"""# Probabilities
Let $s_j = w_j^2$ and $p_j = e^{s_j}$ for $j = 0, \dots, M$.
# Triplets
Anchor $a$, positive $p$, negative $n$, all in $\mathbb{R}^d$.
$$T = \|a - p\|^2 - \|a - n\|^2$$
$$\nabla_a T = CLAIM$$"""
    *_, loss, gradient = report_on(text.replace("CLAIM", claim)).formulas
    assert (loss.verdict, gradient.verdict) == (Verdict.DEFINED, verdict), gradient.message
