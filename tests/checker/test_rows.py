"""Rows, columns and unit vectors that the prose names; indices with primes; a member beside a list of others."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, ILL_FORMED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.ILL_FORMED, Verdict.UNDECIDED

DATA = r"""
Let $X \in \mathbb{R}^{N \times d}$, $y \in \mathbb{R}^N$ and $w \in \mathbb{R}^d$. PROSE.

$$L = \sum_{i=1}^N (x_i^\top w - y_i)^2$$
$$\nabla_w L = CLAIM$$
"""
CLASSES = r"""
Let $W \in \mathbb{R}^{d \times K}$ and $x \in \mathbb{R}^d$. PROSE.

$$z_k = w_k^\top x, \quad p_k = \frac{e^{z_k}}{\sum_{j=1}^K e^{z_j}}, \quad L = -\sum_{k=1}^K y_k \log p_k$$

where $\sum_{k=1}^K y_k = 1$.

$$CLAIM$$
"""
WORDS = r"""
Let $U \in \mathbb{R}^{V \times d}$, $v \in \mathbb{R}^d$, $s = U v$ and

$$p_w = \frac{\exp(s_w)}{\sum_{w'=1}^V \exp(s_{w'})}.$$

For the observed word $o$ the loss is $L = -\log p_o$ and

$$CLAIM$$

where $u_w$ denotes row $w$ of $U$ and $e_o$ is the $o$-th unit vector.
"""


def claimed(text: str, claim: str, prose: str = "") -> Formula:
    formulas = report_on(text.replace("PROSE", prose).replace("CLAIM", claim)).formulas
    return [f for f in formulas if f.displayed][-1]


@pytest.mark.parametrize(
    "prose",
    [
        "Here $x_i$ is the $i$-th row of $X$",
        "Here $x_i^\\top$ is the $i$th row of $X$",
        "Here $x_i \\in \\mathbb{R}^d$ denotes the $i$-th row of the data matrix $X$",
        "Row $i$ counts; $x_i$ is row $i$ of $X$",
        "We write $x_i$ for the $i$-th row vector of $X$",
        "Let $x_i$ be the $i^{th}$ row of $X$",
        "The rows $x_i$ of $X$ are examples",
        "The matrix $X$ has rows $x_i^\\top$",
        "We stack the data in $X$, whose rows are $x_i$",
        "The $i$th row of the data matrix $X$ is denoted by $x_i$",
        "The rows of $X$ are $x_1^\\top, \\dots, x_N^\\top$",
        "Stacking the $x_i^\\top$ as the rows of $X$ gives a shorter form",
        "We collect the inputs $x_i$ in the rows of $X$",
        "$X$ contains the examples $x_i$ as rows",
        "Row $i$ of $X$ is written $x_i^\\top$",
        "With $X$, whose rows are $x_i^\\top$, the predictions are $X w$",
        "The matrix $X$ has $x_i^\\top$ as its $i$-th row",
        "The samples $x_i \\in \\mathbb{R}^d$ are stored as rows of $X$",
        "The vector $x_i$ is the transpose of the $i$-th row of $X$",
        "Let $x_i$ be the feature vector of the $i$-th example, i.e. the $i$-th row of $X$",
        "Each row of $X$ is one example $x_i$",
        "The $N$ rows of $X$ are the inputs $x_i$",
        "Here $X$ is the matrix whose $i$-th row is $x_i^\\top$",
        "Here $x_i$ is the $i$-th training example (the $i$-th row of $X$)",
        "The design matrix $X$ collects the examples $x_i^\\top$ row by row",
        "Let $x_i \\in \\mathbb{R}^d$, $i = 1, \\dots, N$, be the rows of $X$",
        "Let $X$ have rows $x_i^\\top$, labels $y$ and weights $w$",
        "Let $x_1, \\dots, x_N$ be the rows of $X$, $v \\in \\mathbb{R}^N$",
    ],
)
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [(r"2 X^\top (X w - y)", PROVED), (r"X^\top (X w - y)", REFUTED), (r"2 X (X w - y)", ILL_FORMED)],
)
def test_rows_of_a_matrix(prose: str, claim: str, verdict: Verdict) -> None:
    found = claimed(DATA, claim, prose)
    assert found.verdict is verdict, found.message


def test_the_report_says_what_the_text_says() -> None:
    text = DATA.replace("PROSE", "Here $x_i$ is the $i$-th row of $X$").replace("CLAIM", "2 X^T (X w - y)")
    said = [r for f in report_on(text).formulas for r in f.remarks]
    assert r"the text says that $x_{i}$ is $X_{i,:}^{\top}$" in said


@pytest.mark.parametrize(
    "prose",
    [
        "Here $x_i$ is the $j$-th row of $X$",
        "Here $x_i$ is no row of $X$",
        "Of $x_i$ and $X$ nothing is said",
        "If $x_i$ is the $i$-th row of $X$, it is an example",
        "It is wrong that $x_i$ is the $i$-th row of $X$",
        "Here $x_i$ is the $i$-th row of the transpose of $X$",
        "Here $x_i$ is the $i$-th row of the inverse of $X$",
        "Here $x_i$ is the $i$-th row of $X$ minus its mean",
        "Here $x_i$ is the $i$-th row of $X$, scaled to norm one",
        "Let $X$ have rows $x_i^\\top$, minus their mean $m$",
        "Here $x_i$ is the $i$-th row of $X$ in sorted order",
        "Here $x_i$ is the $i$-th row of $X$ or of $A$",
        "Let $x_1, \\dots, x_N$ be the rows of $X$, $v \\in \\mathbb{R}^N$, all scaled to norm one",
        "Let $x_1, \\dots, x_N$ be the rows of $X$, $A \\in \\mathbb{R}^{N \\times d}$",
        "In the appendix $x_i$ is the $i$-th row of $X$",
        "Here $x_i$ is the $i$-th row of $X$ and this is wrong",
        "Here $x_i$ is the $i$-th row of $X$, which holds only for some",
        "The normalised $x_i$ is the $i$-th row of $X$",
        "Here $x_i$ is the $i$-th row of $X$ as a unit vector",
        "Here $x_i$ is the $i$-th row of $X$ for the normalised data",
        "The norm of $x_i$ is collected in the rows of $X$",
        "The inverse of $X$ has rows $x_i$",
        "The rows of $X$ are $x_i$ and $u_i$",
        "The sorted rows $x_i$ of $X$ are examples",
        "The transpose of $x_i^\\top$ is the transpose of the $i$-th row of $X$",
        "Here $x_i$ is the $i$-th example in $X$",
        "The entries of $X$ come from the examples $x_i$",
        "The matrix $X$ is large. Each row $x_i$ is one example",
    ],
)
def test_what_is_said_of_rows_otherwise_is_not_understood(prose: str) -> None:
    """Neither right nor wrong, unless the matrix has nothing to do with it."""
    found = claimed(DATA, r"2 X^\top (X w - y)", prose)
    assert found.verdict is UNDECIDED and r"x_i = X_{i,:}^\top" in found.message, found.message
    assert claimed(DATA, r"X^\top (X w - y)", prose).verdict is UNDECIDED
    assert claimed(DATA, r"2 \sum_{i=1}^N (x_i^\top w - y_i) x_i", prose).verdict is PROVED
    assert claimed(DATA, r"\sum_{i=1}^N (x_i^\top w - y_i) x_i", prose).verdict is REFUTED


UNRELATED = r"""
Let $X \in \mathbb{R}^{N \times d}$, $y \in \mathbb{R}^N$, $v, w \in \mathbb{R}^d$ and $u_i \in \mathbb{R}^d$. PROSE.

$$L = \|X w\|^2 + \sum_{i=1}^N (u_i^\top v - y_i)^2$$
$$CLAIM$$
"""


@pytest.mark.parametrize(
    ("prose", "claim", "verdict"),
    [  # with values that have to do with each other, what holds for all values holds; what does not, may
        ("The $u_i$ and the rows of $X$ are normalised", r"\nabla_v L = 2 \sum_{i=1}^N (u_i^\top v - y_i) u_i", PROVED),
        ("The $u_i$ and the rows of $X$ are normalised", r"\nabla_w L = X^\top X w", REFUTED),
        ("The $u_i$ come from the rows of $X$", r"\nabla_v L = 2 \sum_{i=1}^N (u_i^\top v - y_i) u_i", PROVED),
        ("The $u_i$ come from the rows of $X$", r"\nabla_v L = \sum_{i=1}^N (u_i^\top v - y_i) u_i", UNDECIDED),
        ("The $u_i$ come from the rows of $X$", r"\nabla_w L = 2 X^\top X w", PROVED),
        ("The $u_i$ come from the rows of $X$", r"\nabla_X L = 2 X w w^\top", UNDECIDED),
        ("The $u_i$ are examples, and $X$ is another thing", r"\nabla_X L = 2 X w w^\top", PROVED),
        ("The $u_i$ are examples, and $X$ is another thing", r"\nabla_X L = X w w^\top", REFUTED),
    ],
)
def test_whether_the_prose_matters(prose: str, claim: str, verdict: Verdict) -> None:
    found = claimed(UNRELATED, claim, prose)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [(r"2 X^\top (X w - Y v)", PROVED), (r"2 Y^\top (X w - Y v)", REFUTED), (r"X^\top (X w - Y v)", REFUTED)],
)
def test_parts_of_two_matrices(claim: str, verdict: Verdict) -> None:
    text = DATA.replace(r"$y \in \mathbb{R}^N$", r"$Y \in \mathbb{R}^{N \times d}$, $v \in \mathbb{R}^d$")
    text = text.replace("(x_i^\\top w - y_i)", "(x_i^\\top w - y_i^\\top v)")
    found = claimed(text, claim, "$x_i$ and $y_i$ are the $i$-th rows of $X$ and $Y$")
    assert found.verdict is verdict, found.message
    assert claimed(text, r"2 X^\top (X w - Y v)", "$x_i$ and $y_i$ are the $i$-th rows of $X$").verdict is UNDECIDED


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial w_k} = (p_k - y_k) x", PROVED),
        (r"\frac{\partial L}{\partial w_k} = (y_k - p_k) x", REFUTED),
        (r"\frac{\partial L}{\partial W} = x (p - y)^\top", PROVED),
        (r"\frac{\partial L}{\partial W} = 2 x (p - y)^\top", REFUTED),
        (r"\frac{\partial L}{\partial x} = W (p - y)", PROVED),
        (r"\frac{\partial L}{\partial x} = \sum_{k=1}^K (p_k - y_k) w_k", PROVED),
        (r"\frac{\partial L}{\partial x} = \sum_{k=1}^K p_k w_k", REFUTED),
    ],
)
@pytest.mark.parametrize("prose", ["Let $w_k$ be the $k$-th column of $W$", "$w_k$ is column $k$ of $W$"])
def test_columns_of_a_matrix(prose: str, claim: str, verdict: Verdict) -> None:
    found = claimed(CLASSES, claim, prose)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial s_w} = p_w - \mathbb{1}[w = o]", PROVED),
        (r"\frac{\partial L}{\partial s_w} = p_w + \mathbb{1}[w = o]", REFUTED),
        (r"\frac{\partial L}{\partial v} = U^\top (p - e_o)", PROVED),
        (r"\frac{\partial L}{\partial v} = U^\top (p + e_o)", REFUTED),
        (r"\frac{\partial L}{\partial v} = -u_o + \sum_{w=1}^V p_w u_w", PROVED),
        (r"\frac{\partial L}{\partial v} = u_o + \sum_{w=1}^V p_w u_w", REFUTED),
        (r"\frac{\partial L}{\partial U} = (p - e_o) v^\top", PROVED),
        (r"\frac{\partial p_w}{\partial s_{w'}} = p_w (\mathbb{1}[w = w'] - p_{w'})", PROVED),
        (r"\frac{\partial p_w}{\partial s_{w'}} = p_w (\mathbb{1}[w = w'] - p_w)", REFUTED),
    ],
)
def test_words_with_primes_and_unit_vectors(claim: str, verdict: Verdict) -> None:
    found = claimed(WORDS, claim)
    assert found.verdict is verdict, found.message


def test_a_unit_vector_is_one_where_the_text_says_so() -> None:
    claim = r"\frac{\partial L}{\partial v} = U^\top (p - e_o)"
    assert claimed(WORDS.replace("is the $o$-th unit vector", "is a vector"), claim).verdict is UNDECIDED
    defined = WORDS.replace("Let $U", "Let $e \\in \\mathbb{R}^V$, $U")  # then e_o is an entry of it
    assert claimed(defined, r"\frac{\partial L}{\partial s_w} = p_w - e_w").verdict is REFUTED


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial J}{\partial u_o} = v", PROVED),
        (r"\frac{\partial J}{\partial u_o} = 2 v", REFUTED),
        (r"\frac{\partial J}{\partial u_k} = k v", PROVED),
        (r"\frac{\partial J}{\partial u_k} = v", REFUTED),
        (r"\frac{\partial J}{\partial v} = u_o + \sum_{k=1}^K k u_k", PROVED),
        (r"\frac{\partial J}{\partial v} = \sum_{k=1}^K k u_k", REFUTED),
    ],
)
def test_a_vector_beside_a_list_of_others(claim: str, verdict: Verdict) -> None:
    text = r"Let $v, u_o \in \mathbb{R}^d$ and $u_1, \dots, u_K \in \mathbb{R}^d$, "
    text += r"$J = u_o^\top v + \sum_{k=1}^K k u_k^\top v$."
    found = claimed(f"{text}\n\n$$CLAIM$$\n", claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(("prose", "verdict"), [("", PROVED), (", where the word $o$ is one of them", REFUTED)])
def test_a_vector_may_be_one_of_the_others(prose: str, verdict: Verdict) -> None:
    text = f"Let $v, u_o \\in \\mathbb{{R}}^d$ and $u_1, \\dots, u_V \\in \\mathbb{{R}}^d${prose}.\n\n"
    text += (
        r"$$J = -u_o^\top v + \log \sum_{w=1}^V e^{u_w^\top v}$$"
        "\n"
        r"$$\frac{\partial J}{\partial u_o} = CLAIM$$"
        "\n"
    )
    assert claimed(text, "-v").verdict is verdict
    assert claimed(text, "v").verdict is REFUTED


@pytest.mark.parametrize(("claim", "verdict"), [("v + u_o", PROVED), ("v + 2 u_o", REFUTED)])
def test_rows_of_one_section_are_not_the_vectors_of_another(claim: str, verdict: Verdict) -> None:
    first = r"Let $v, u_o \in \mathbb{R}^d$, $u_1, \dots, u_K \in \mathbb{R}^d$, "
    first += r"$J = u_o^\top v + \frac12 v^\top v$."
    text = f"# Pairs\n\n{first}\n\n$$\\frac{{\\partial J}}{{\\partial v}} = {claim}$$\n\n# Words\n\n"
    text += r"Let $U \in \mathbb{R}^{V \times d}$ and $L = \|U v\|^2$, where $u_w$ denotes row $w$ of $U$. Then" "\n\n"
    text += r"$$\frac{\partial L}{\partial v} = 2 \sum_{w=1}^V (u_w^\top v) u_w$$" "\n"
    found = [f for f in report_on(text).formulas if f.displayed]
    assert [f.verdict for f in found] == [verdict, PROVED], [f.message for f in found]


ENTRIES = r"""
Let $X \in \mathbb{R}^{N \times N}$ and $w \in \mathbb{R}^N$, where PROSE.

$$s_i = w^\top x_i$$
$$s = CLAIM$$
"""


@pytest.mark.parametrize("declared", ["", r" \in \mathbb{R}^N"])
def test_there_are_as_many_rows_as_the_matrix_has(declared: str) -> None:
    prose = f"$x_i{declared}$ is the $i$-th row of $X$"
    text = ENTRIES.replace("PROSE", prose).replace("CLAIM", "X w")
    found = report_on(text).formulas
    assert [f.verdict for f in found if f.verdict.wrong] == []
    assert found[-1].verdict is PROVED, found[-1].message
    assert claimed(ENTRIES, r"X^\top w", prose).verdict is REFUTED


def test_each_section_says_what_a_name_is_a_part_of() -> None:
    rows = ENTRIES.replace("PROSE", "$x_i$ is the $i$-th row of $X$").replace("CLAIM", "X w")
    columns = ENTRIES.replace("PROSE", "$x_i$ is the $i$-th column of $X$")
    for claim, verdict in ((r"X^\top w", PROVED), ("X w", REFUTED)):
        text = f"# Rows\n{rows}\n# Columns\n{columns.replace('CLAIM', claim)}"
        found = [f.verdict for f in report_on(text).formulas if f.displayed]
        assert [found[1], found[3]] == [PROVED, verdict]


def test_a_row_here_and_a_column_there_is_neither() -> None:
    text = ENTRIES + "Now let $x_i$ be the $i$-th column of $X$.\n\n$$q_i = w^\\top x_i$$\n$$q = X w$$\n"
    for claim in ("X w", r"X^\top w"):
        said = text.replace("PROSE", "$x_i$ is the $i$-th row of $X$").replace("CLAIM", claim)
        assert [f.verdict for f in report_on(said).formulas if f.displayed][::2] == [UNDECIDED, UNDECIDED]


@pytest.mark.parametrize(("claim", "verdict"), [("r_i x_i", PROVED), ("x_i", REFUTED)])
@pytest.mark.parametrize("declared", ["", r", $x_i \in \mathbb{R}^d$"])
def test_there_are_as_many_members_as_definitions_count(declared: str, claim: str, verdict: Verdict) -> None:
    text = rf"Let $w \in \mathbb{{R}}^d$, $y \in \mathbb{{R}}^N${declared}." "\n\n"
    text += r"$$r_i = w^\top x_i - y_i, \quad L = \tfrac12 \sum_i r_i^2$$" "\n"
    text += rf"$$\frac{{\partial L}}{{\partial w}} = \sum_i {claim}$$" "\n"
    found = [f for f in report_on(text).formulas if f.displayed]
    assert found[-1].verdict is verdict and not found[0].verdict.wrong, found[-1].message


@pytest.mark.parametrize(
    ("prose", "is_unit"),
    [
        ("the $k$-th unit vector", True),
        ("the $k$-th standard basis vector", True),
        ("a standard basis vector of $\\mathbb{R}^n$", True),
        ("a unit vector in the direction of $u$", False),
        ("the $k$-th unit vector along $u$", False),
        ("not a standard basis vector", False),
        ("a standard basis vector, but only for some", False),
        ("the $k$-th unit vector, which is wrong", False),
        ("the $j$-th unit vector", False),
        ("an orthonormal basis vector of the eigenspace", False),
        ("the one-hot vector of the word at time $k$", False),
    ],
)
def test_which_unit_vectors_have_their_number(prose: str, is_unit: bool) -> None:
    text = (
        f"Let $A \\in \\mathbb{{R}}^{{n \\times n}}$. Here $v_k$ is {prose}.\n\n$$h_k = A v_k$$\n$$h_k = A_{{:,k}}$$\n"
    )
    found = report_on(text).formulas[-1]
    assert (found.verdict is PROVED) == is_unit, found.message
    wrong = report_on(text.replace("A_{:,k}", "2 A_{:,k}")).formulas[-1]
    assert wrong.verdict is not PROVED and (wrong.verdict is REFUTED or not is_unit)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial z_k} = p_k - \mathbb{1}[k = c]", PROVED),
        (r"\frac{\partial L}{\partial z_k} = p_k + \mathbb{1}[k = c]", REFUTED),
        (r"\frac{\partial L}{\partial z_k} = p_k - 1", REFUTED),
        (r"\frac{\partial L}{\partial z_c} = p_c - 1", PROVED),
        (r"\frac{\partial L}{\partial z_c} = 1 - p_c", REFUTED),
    ],
)
@pytest.mark.parametrize("loss", [r"-\log p_c", r"-z_c + \log \sum_{j=1}^K e^{z_j}"])
def test_a_class_of_which_nothing_is_said(loss: str, claim: str, verdict: Verdict) -> None:
    text = rf"$$p_k = \frac{{e^{{z_k}}}}{{\sum_{{j=1}}^K e^{{z_j}}}}, \quad L = {loss}$$" "\n\n$$CLAIM$$\n"
    found = claimed(text, claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    "loss", [r"(y_c - t_c)^2", r"\sum_{k=1}^n y_k t_c", r"y_i^2", r"\sum_{k=1}^n y_k + t_k + k"]
)
def test_an_index_that_counts_is_bound_by_something(loss: str) -> None:
    text = rf"Let $y, t \in \mathbb{{R}}^n$." f"\n\n$$L = {loss}$$\n"
    assert report_on(text).formulas[-1].verdict is ILL_FORMED


PAIRS = r"""
# Negative sampling

Let $v, u_o \in \mathbb{R}^d$ and $u_1, \dots, u_K \in \mathbb{R}^d$.

$$J = -\log \sigma(u_o^\top v) - \sum_{k=1}^K \log \sigma(-u_k^\top v)$$
$$\frac{\partial J}{\partial u_o} = FIRST$$
"""
ALL_WORDS = r"""
# Softmax

Let $U \in \mathbb{R}^{V \times d}$ and $v \in \mathbb{R}^d$, where $u_w$ denotes row $w$ of $U$, and $o$ is the word.

$$p_w = \frac{\exp(u_w^\top v)}{\sum_{j=1}^V \exp(u_j^\top v)}, \quad L = -\log p_o$$
$$\frac{\partial L}{\partial v} = SECOND$$
"""
MORE_PAIRS = r"""
# More of them

$$J = u_o^\top v - \sum_{k=1}^K u_k^\top v, \quad L = J^2$$
$$\frac{\partial J}{\partial u_o} = THIRD$$
"""


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 2)])
@pytest.mark.parametrize(
    ("claims", "verdict"),
    [
        ((r"-(1 - \sigma(u_o^\top v)) v", r"-u_o + \sum_{w=1}^V p_w u_w", "v"), PROVED),
        ((r"(1 - \sigma(u_o^\top v)) v", r"u_o + \sum_{w=1}^V p_w u_w", "-v"), REFUTED),
    ],
)
def test_a_name_of_one_section_may_be_a_row_in_another(
    order: tuple[int, ...], claims: tuple[str, ...], verdict: Verdict
) -> None:
    text = "".join((PAIRS, ALL_WORDS, MORE_PAIRS)[k] for k in order)
    for name, claim in zip(("FIRST", "SECOND", "THIRD"), claims, strict=True):
        text = text.replace(name, claim)
    found = [f for f in report_on(text).formulas if f.displayed][1::2]
    assert [f.verdict for f in found] == [verdict, verdict], [f.message for f in found]


LINEAR = r"Let $A \in \mathbb{R}^{n \times n}$ and $x \in \mathbb{R}^n$, $y = A x$. SAID $$CLAIM$$"
BY_ENTRY = r"\frac{\partial y}{\partial x_k} = "


@pytest.mark.parametrize(
    ("said", "claims", "verdicts"),
    [  # a convention, for which there has to be evidence
        ("", ("A e_k",), (PROVED,)),
        ("", ("A e_k", "2 A e_k"), (PROVED, REFUTED)),
        ("", ("2 A e_k",), (ILL_FORMED,)),
        ("", ("A e",), (ILL_FORMED,)),
        ("Let $e_k$ be an error.", ("A e_k",), (ILL_FORMED,)),
        ("The errors are called e_k.", ("A e_k",), (ILL_FORMED,)),
        (r"Let $e_k \in \mathbb{R}^n$.", ("A e_k",), (REFUTED,)),
        (r"Let $e_k = x_k x$.", ("A e_k",), (REFUTED,)),
    ],
)
def test_unit_vectors_of_which_nothing_is_said(
    said: str, claims: tuple[str, ...], verdicts: tuple[Verdict, ...]
) -> None:
    text = LINEAR.replace("SAID", said).replace("$$CLAIM$$", "\n\n".join(f"$${BY_ENTRY}{c}$$" for c in claims))
    report = report_on(text)
    assert tuple(f.verdict for f in report.formulas[-len(claims):]) == verdicts
    told = [c.reading for c in report.conventions if c.symbol == "e_k"]
    assert told == (["unit vectors"] if PROVED in verdicts else [])


EXERCISES = r"""# Linear models
Here $X \in \mathbb{R}^{n \times p}$ is the design matrix with rows $x_i^\top$, $y \in \mathbb{R}^n$ the response,
$\beta \in \mathbb{R}^p$ and $\eta_i = x_i^\top \beta$.

**Exercise 1.** Let $J = \frac12 \sum_{i=1}^n (y_i - \eta_i)^2$.
$$\nabla_\beta J = FIRST$$

**Exercise 2.** With a threshold $a \in \mathbb{R}$ let $q = \sigma(a - \eta)$.
$$\frac{\partial q}{\partial \eta} = -q (1 - q)$$
"""


@pytest.mark.parametrize(
    ("first", "verdict"),
    [(r"X^\top (\eta - y)", PROVED), (r"X^\top (y - \eta)", REFUTED), (r"X (\eta - y)", ILL_FORMED)],
)
def test_rows_before_other_data_and_one_of_many_in_an_exercise(first: str, verdict: Verdict) -> None:
    one, other = (f for f in report_on(EXERCISES.replace("FIRST", first)).formulas if f.displayed)
    assert one.verdict is verdict, one.message
    assert not other.verdict.wrong, other.message  # η is one of the η_i there


@pytest.mark.parametrize(
    ("said", "claim", "verdicts"),
    [
        ("the matrix with these columns", "U (s - t)", {PROVED}),
        ("the matrix with these columns", "U (t - s)", {REFUTED}),
        ("the matrix with these columns", r"U^\top (s - t)", {ILL_FORMED}),
        ("the matrix of all vectors", "U (s - t)", {PROVED}),
        ("the matrix with these rows", "U (s - t)", {UNDECIDED, ILL_FORMED}),
        ("their concatenation in a matrix", "U (s - t)", {UNDECIDED, ILL_FORMED}),
    ],
)
def test_matrix_of_listed_columns_has_their_shape(said: str, claim: str, verdicts: set[Verdict]) -> None:
    text = r"""Let $v \in \mathbb{R}^d$, $u_w \in \mathbb{R}^d$, $w = 1, \dots, V$, $t \in \mathbb{R}^V$ and
$U = [u_1, \dots, u_V]$ SAID.

$$s_w = u_w^\top v, \qquad L = \frac12 \sum_{w=1}^V (s_w - t_w)^2$$
$$\frac{\partial L}{\partial v} = CLAIM$$
"""
    found = report_on(text.replace("SAID", said).replace("CLAIM", claim)).formulas[-1]
    assert found.verdict in verdicts, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [("2 X^\\top (X w - y)", PROVED), ("X^\\top (X w - y)", REFUTED), ("2 X (X w - y)", ILL_FORMED)],
)
@pytest.mark.parametrize("behind", [",", " we have"])
def test_rows_that_are_told_where_a_claim_begins(behind: str, claim: str, verdict: Verdict) -> None:
    text = r"""Let $x_i \in \mathbb{R}^d$, $y_i \in \{0, 1\}$ and $L(w) = \sum_{i=1}^N (x_i^\top w - y_i)^2$.

With the matrix $X \in \mathbb{R}^{N \times d}$, whose rows are $x_i^\top$BEHIND

$$\nabla L(w) = CLAIM$$
"""
    found = claimed(text.replace("BEHIND", behind), claim)
    assert found.verdict is verdict, found.message
