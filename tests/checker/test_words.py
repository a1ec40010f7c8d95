"""What the prose says of given labels."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, CONDITIONAL, REFUTED = Verdict.PROVED, Verdict.CONDITIONAL, Verdict.REFUTED

CLASSES = r"""
Let $z \in \mathbb{R}^C$ and $p_k = e^{z_k} / \sum_{j=1}^C e^{z_j}$. PROSE

$$L = -\sum_{k=1}^C y_k \log p_k$$

$$\frac{\partial L}{\partial z} = CLAIM$$
"""
GRAPH = r"""
Let $Z \in \mathbb{R}^{SHAPE}$, $P = \mathrm{softmax}(Z)$ (applied to each AXIS),
with one-hot labels $Y \in \mathbb{R}^{SHAPE}$ and

$$L = -\sum_{i} \sum_{c} Y_{ic} \log P_{ic}.$$

$$\frac{\partial L}{\partial Z} = CLAIM$$
"""


def last(text: str, **names: str) -> Formula:
    for name, value in names.items():
        text = text.replace(name, value)
    return report_on(text).formulas[-1]


@pytest.mark.parametrize(
    ("prose", "verdict"),
    [
        (r"The label $y \in \mathbb{R}^C$ is one-hot.", PROVED),
        (r"The label $y \in \mathbb{R}^C$ is a one-hot vector.", PROVED),
        (r"Let $y \in \mathbb{R}^C$ be the one-hot encoded class.", PROVED),
        (r"We are given a one-hot label $y \in \mathbb{R}^C$.", PROVED),
        (r"Let $y \in \mathbb{R}^C$. Here $y$ (one hot) is the target.", PROVED),
        (r"With a one-hot encoded target vector $y \in \mathbb{R}^C$ we write", PROVED),
        (r"Let $y \in \mathbb{R}^C$ be a label.", CONDITIONAL),
        (r"The label $y \in \mathbb{R}^C$ need not be one-hot.", CONDITIONAL),
        (r"The label $y \in \mathbb{R}^C$ is not one-hot.", CONDITIONAL),
        (r"If $y \in \mathbb{R}^C$ is one-hot, one entry counts.", CONDITIONAL),
        (r"Let $y \in \mathbb{R}^C$. Here neither $y$ is one-hot nor is it sparse.", CONDITIONAL),
        (r"Let $y \in \mathbb{R}^C$. Without one-hot $y$ things change.", CONDITIONAL),
        (r"Let $y \in \mathbb{R}^C$. That $y$ is one-hot is too strict.", CONDITIONAL),
        (r"Let $y \in \mathbb{R}^C$. In this section $y$ is one-hot.", CONDITIONAL),
        (r"Let $y \in \mathbb{R}^C$, which is one-hot or multi-hot.", CONDITIONAL),
        (r"Let $y \in \mathbb{R}^C$ be a label, and $v \in \mathbb{R}^C$ one-hot.", CONDITIONAL),
        (r"Let $y \in \mathbb{R}^C$ be the label of the one-hot vector $v \in \mathbb{R}^C$.", CONDITIONAL),
    ],
)
def test_one_hot_labels(prose: str, verdict: Verdict) -> None:
    found = last(CLASSES, PROSE=prose, CLAIM="p - y")
    assert found.verdict is verdict, found.message
    if verdict is PROVED:
        assert r"with the stated \sum_{k=1}^{C}y_{k} = 1" in found.message
    assert last(CLASSES, PROSE=prose, CLAIM="y - p").verdict is REFUTED


@pytest.mark.parametrize(
    ("shape", "axis", "claim", "verdict"),
    [
        (r"N \times C", "row", "P - Y", PROVED),
        (r"N \times C", "row", "P + Y", REFUTED),
        (r"C \times N", "column", "P - Y", PROVED),
        (r"C \times N", "column", "P + Y", REFUTED),
    ],
)
def test_one_hot_rows_and_columns(shape: str, axis: str, claim: str, verdict: Verdict) -> None:
    found = last(GRAPH, SHAPE=shape, AXIS=axis, CLAIM=claim)
    assert found.verdict is verdict, found.message


def test_what_one_differentiates_by_is_not_held_fast() -> None:
    text = "Let $y \\in \\mathbb{R}^n$ be one-hot and $L = \\sum_{k=1}^n y_k$.\n\n"
    text += "$$\\frac{\\partial L}{\\partial y_k} = CLAIM$$\n"
    assert last(text, CLAIM="1").verdict is PROVED
    assert last(text, CLAIM="0").verdict is REFUTED


def test_labels_of_examples_hold_onward() -> None:
    text = (
        r"# Data" "\n\n" r"Each label $y_n \in \mathbb{R}^C$ is one-hot, $n = 1, \dots, N$." "\n\n# Loss\n\n"
        r"$$p_{nk} = e^{z_{nk}} / \sum_{j=1}^C e^{z_{nj}}$$" "\n"
        r"$$L = -\sum_{n=1}^N \sum_{k=1}^C y_{nk} \log p_{nk}$$" "\n"
        r"$$\frac{\partial L}{\partial z_{nk}} = CLAIM$$" "\n"
    )  # fmt: skip
    assert last(text, CLAIM="p_{nk} - y_{nk}").verdict is PROVED
    assert last(text, CLAIM="p_{nk} - 2 y_{nk}").verdict is REFUTED


@pytest.mark.parametrize(("said", "verdict"), [("rows", PROVED), ("columns", CONDITIONAL)])
def test_the_text_says_which_are_one_hot(said: str, verdict: Verdict) -> None:
    text = (
        rf"Let $Z \in \mathbb{{R}}^{{N \times C}}$. The {said} of $Y \in \mathbb{{R}}^{{N \times C}}$ are one-hot."
        "\n\n" r"$$P = \mathrm{softmax}(Z), \quad L = -\sum_{i,c} Y_{ic} \log P_{ic}$$" "\n"
        r"$$\frac{\partial L}{\partial Z_{ic}} = CLAIM$$" "\n"
    )  # fmt: skip
    assert last(text, CLAIM="P_{ic} - Y_{ic}").verdict is verdict
    assert last(text, CLAIM="P_{ic} + Y_{ic}").verdict is REFUTED


# -- symmetric matrices ---------------------------------------------------------------------------------------
FORM = "let $A \\in \\mathbb{R}^{n \\times n}$ WORDS, $x \\in \\mathbb{R}^n$ and $f(x) = x^\\top A x$."
SLOPE = "\n\n$$ \\nabla f(x) = CLAIM $$\n\n"


def slopes(text: str, claim: str) -> list[Verdict]:
    formulas = report_on(text.replace("CLAIM", claim)).formulas
    return [f.verdict for f in formulas if "nabla" in f.latex]


@pytest.mark.parametrize(
    ("words", "then", "verdicts"),
    [
        ("be symmetric", "", [PROVED]),
        ("be an arbitrary symmetric matrix", "", [PROVED]),
        ("be the symmetric Gram matrix", "", [PROVED]),
        ("be the covariance matrix, which is symmetric", "", [PROVED]),
        ("be the covariance matrix, the symmetric part of which", "", [CONDITIONAL]),
        ("be given; for instance, a covariance matrix $A$ is symmetric", "", [CONDITIONAL]),
        ("be given, where $A$ is symmetric in many cases", "", [CONDITIONAL]),
        ("be symmetric", "Also" + SLOPE, [PROVED] * 2),
        ("be symmetric", "Now let $A$ be arbitrary." + SLOPE, [PROVED, CONDITIONAL]),
        ("be symmetric", "For a general matrix $A$," + SLOPE, [PROVED, CONDITIONAL]),
        ("be symmetric", "Without this assumption" + SLOPE, [PROVED, CONDITIONAL]),
        ("be symmetric", "Here $A$ need not be symmetric." + SLOPE, [PROVED, CONDITIONAL]),
        ("be symmetric", f"# Other\n\nHere {FORM}{SLOPE}".replace(" WORDS", ""), [PROVED, CONDITIONAL]),
        ("be symmetric", f"## More\n\nIf $A$ is not symmetric,{SLOPE}", [PROVED, CONDITIONAL]),
        ("be given", "If $A$ is symmetric, then" + SLOPE + "In general" + SLOPE, [CONDITIONAL, PROVED, CONDITIONAL]),
        ("be given", "For symmetric $A$" + SLOPE + "That is all. And" + SLOPE, [CONDITIONAL, PROVED, CONDITIONAL]),
        ("be given", "Suppose that $A$ is symmetric. Then" + SLOPE + "Without this assumption" + SLOPE,
         [CONDITIONAL, PROVED, CONDITIONAL]),
    ],
)  # fmt: skip
def test_where_a_matrix_is_symmetric(words: str, then: str, verdicts: list[Verdict]) -> None:
    text = f"# Forms\n\nFirst {FORM}{SLOPE}{then}".replace("WORDS", words)
    assert slopes(text, "2 A x") == verdicts
    assert slopes(text, "(A + A^\\top) x") == [PROVED] * len(verdicts)
    assert slopes(text, "A x") == [REFUTED] * len(verdicts)


@pytest.mark.parametrize(
    ("first", "then", "verdict"),
    [
        ("the form is $f(x) = x^\\top A x$", "With respect to the vector", PROVED),
        ("the form is $f(x) = x^\\top A x$", "For general matrices", CONDITIONAL),
        ("the form is $f(x) = x^\\top A x$", "Now, without symmetry", CONDITIONAL),
        ("all is easy. Let $f(x) = x^\\top A x$", "With respect to the vector", CONDITIONAL),
    ],
)
def test_what_is_defined_for_a_symmetric_matrix(first: str, then: str, verdict: Verdict) -> None:
    given = "$A \\in \\mathbb{R}^{n \\times n}$ and $x \\in \\mathbb{R}^n$"
    text = f"For a symmetric matrix {given} {first}. {then}{SLOPE}"
    assert slopes(text, "2 A x") == [verdict]
    assert slopes(text, "(A + A^\\top) x") == [PROVED]
    assert slopes(text, "A x") == [REFUTED]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("be the symmetric Gram matrix", PROVED),
        ("be the adjacency matrix, which is symmetric", PROVED),
        ("be the adjacency matrix, which is symmetric for undirected graphs", CONDITIONAL),
        ("be the symmetric matrix $S$ plus a shift", CONDITIONAL),
        ("be the symmetric difference of two matrices", CONDITIONAL),
        ("be given, the symmetric matrix $A + A^\\top$ too", CONDITIONAL),
    ],
)
def test_symmetric_in_apposition(said: str, found: Verdict) -> None:
    text = rf"Let $A \in \mathbb{{R}}^{{n \times n}}$ {said}. Let $x \in \mathbb{{R}}^n$, $J = x^\top A x$." "\n\n"
    text += r"$$\frac{\partial J}{\partial x} = CLAIM$$" "\n"
    assert last(text, CLAIM="2 A x").verdict is found
    assert last(text, CLAIM="A x").verdict is REFUTED


LABELS = r"""
The examples are the columns of $A \in \mathbb{R}^{n\times m}$, with $W \in \mathbb{R}^{K \times n}$. Let
$$P = \operatorname{softmax}(W A), \qquad J = -\sum_{i=1}^m \sum_{k=1}^K T_{ki} \log P_{ki},$$
where the softmax is taken over each column SAID. Then
$$\frac{\partial J}{\partial W} = CLAIM A^\top$$
"""


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("and the columns of $T$ sum to one", PROVED), ("and every column of $T$ sums up to $1$", PROVED),
        ("and each column of $T$ is a probability distribution", PROVED),
        ("and the rows of $T$ sum to one", CONDITIONAL), ("and the columns of $T$ sum to $K$", CONDITIONAL),
        ("and the columns of $T$ do not sum to one", CONDITIONAL),
        ("and the columns of $T$ sum to one only if no label is missing", CONDITIONAL),
    ],
)  # fmt: skip
def test_what_sums_to_one(words: str, verdict: Verdict) -> None:
    text = LABELS.replace("SAID", words)
    assert report_on(text.replace("CLAIM", "(P - T)")).formulas[-1].verdict is verdict
    assert report_on(text.replace("CLAIM", "(T - P)")).formulas[-1].verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("and we write $T$ for the one-hot labels", PROVED),
        ("and $T$ has columns whose entries sum to one", CONDITIONAL),
        ("and the weights $W$ are learned for one-hot labels", CONDITIONAL),
    ],
)  # fmt: skip
def test_what_a_letter_is_written_for(words: str, verdict: Verdict) -> None:
    text = LABELS.replace("SAID", words)
    assert report_on(text.replace("CLAIM", "(P - T)")).formulas[-1].verdict is verdict


def test_entries_that_sum_to_one() -> None:
    text = r"""Let $q = \operatorname{softmax}(v)$ with $v \in \mathbb{R}^n$ and the teacher's $p \in \mathbb{R}^n$,
    SAID. Let $D = -\sum_i p_i \log q_i$. Then
    $$\frac{\partial D}{\partial v_i} = q_i - p_i$$"""
    assert report_on(text.replace("SAID", "whose entries sum to one")).formulas[-1].verdict is PROVED
    assert report_on(text.replace("SAID", "whose entries sum to two")).formulas[-1].verdict is CONDITIONAL


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("be the (symmetric) covariance matrix of the data", PROVED),
        ("be the symmetric covariance matrix of the data", PROVED),
        ("be the (not symmetric) mixing matrix of the data", CONDITIONAL),
        ("be the mixing matrix of the data, with a symmetric part", CONDITIONAL),
    ],
)
def test_a_symmetric_matrix_of_something(said: str, verdict: Verdict) -> None:
    text = "Let $S \\in \\mathbb{R}^{d \\times d}$ SAID, $u \\in \\mathbb{R}^d$ and $f(u) = u^\\top S u$.\n\n"
    text += "$$\\nabla f(u) = 2 S u$$"
    assert last(text, SAID=said).verdict is verdict


@pytest.mark.parametrize(
    ("entry", "said", "verdict"),
    [
        ("y_{t,k}", "where $y_t$ is one-hot", PROVED),
        ("y_{tk}", "with one-hot labels $y_t$", PROVED),
        ("y_{t,k}", r"where every $\mathbf{y}_t$ is one-hot", PROVED),
        ("y_{t,k}", "where $y_t$ is not one-hot", CONDITIONAL),
        ("y_{t,k}", "where $y_k$ is one-hot", CONDITIONAL),  # over t
        ("y_{t,k}", "", CONDITIONAL),
    ],
)
def test_labels_of_which_only_the_entries_say_how_many(entry: str, said: str, verdict: Verdict) -> None:
    text = rf"""The loss is $L = \sum_{{t=1}}^T L_t$ with $L_t = -\sum_k {entry} \log \hat y_{{t,k}}$ and
$\hat y_t = \mathrm{{softmax}}(o_t)$, {said}.

$$ \frac{{\partial L}}{{\partial o_t}} = CLAIM $$
"""
    right, wrong = (text.replace("CLAIM", claim) for claim in (r"\hat{y}_t - y_t", r"y_t - \hat{y}_t"))
    assert report_on(right).formulas[-1].verdict is verdict
    assert report_on(wrong).formulas[-1].verdict is Verdict.REFUTED


ENTRIES = r"""
Let $Z \in \mathbb{R}^{N \times C}$, $P_{nk} = e^{Z_{nk}} / \sum_{j=1}^C e^{Z_{nj}}$
and labels $Y \in \mathbb{R}^{N \times C}$ SAID. With

$$L = -\sum_{n=1}^N \sum_{k=1}^C Y_{nk} \log P_{nk}$$

$$\frac{\partial L}{\partial Z} = CLAIM$$
"""


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("with one-hot rows", PROVED),
        ("whose rows are one-hot", PROVED),
        ("have one-hot columns", CONDITIONAL),
        ("whose columns are one-hot", CONDITIONAL),
        ("which are one-hot", CONDITIONAL),  # it is not said of which
    ],
)
def test_one_hot_rows_without_a_softmax(said: str, verdict: Verdict) -> None:
    found = last(ENTRIES, SAID=said, CLAIM="P - Y")
    assert found.verdict is verdict, found.message
    assert last(ENTRIES, SAID=said, CLAIM="P + Y").verdict is REFUTED
