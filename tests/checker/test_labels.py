"""Labels that stand as indices: ``p_{i,y_i}``, ``[y_i = j]``, ``e_{y_t}``."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED, UNDECIDED = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED

BATCH = r"""
Let $Z \in \mathbb{R}^{N \times K}$, $X \in \mathbb{R}^{N \times d}$, $W \in \mathbb{R}^{d \times K}$ and
$y_i \in \{1, \dots, K\}$, the class of example $i$.

$$Z = X W, \quad P_{ij} = \frac{e^{Z_{ij}}}{\sum_{k=1}^K e^{Z_{ik}}}, \quad Y_{ij} = \mathbb{1}[y_i = j]$$
$$L = LOSS$$
$$CLAIM$$
"""
STEPS = r"""
Let $z_t \in \mathbb{R}^K$ for $t = 1, \dots, T$, where $y_t$ is the word at time $t$. PROSE

$$p_t = \operatorname{softmax}(z_t), \quad L = -\sum_{t=1}^T \log p_{t,y_t}$$
$$CLAIM$$
"""


def last(text: str, **parts: str) -> Formula:
    for name, value in parts.items():
        text = text.replace(name, value)
    return report_on(text).formulas[-1]


@pytest.mark.parametrize(
    "loss",
    [
        r"-\frac1N \sum_{i=1}^N \log P_{i,y_i}",
        r"-\frac1N \sum_{i=1}^N \log P_{iy_i}",
        r"\frac1N \sum_{i=1}^N \left(-Z_{i,y_i} + \log \sum_{k=1}^K e^{Z_{ik}}\right)",
        r"-\frac1N \sum_{i=1}^N \sum_{j=1}^K \mathbb{1}[y_i = j] \log P_{ij}",
    ],
)
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial Z_{ij}} = \frac1N (P_{ij} - \mathbb{1}[y_i = j])", PROVED),
        (r"\frac{\partial L}{\partial Z_{ij}} = \frac1N (P_{ij} - \delta_{j,y_i})", PROVED),
        (r"\frac{\partial L}{\partial Z_{ij}} = \frac1N (P_{ij} + \mathbb{1}[y_i = j])", REFUTED),
        (r"\frac{\partial L}{\partial Z_{ij}} = P_{ij} - \mathbb{1}[y_i = j]", REFUTED),
        (r"\frac{\partial L}{\partial Z_{ij}} = \frac1N (P_{ij} - \mathbb{1}[y_j = i])", REFUTED),
        (r"\frac{\partial L}{\partial W} = \frac1N X^\top (P - Y)", PROVED),
        (r"\frac{\partial L}{\partial W} = \frac1N X^\top (Y - P)", REFUTED),
    ],
)
def test_cross_entropy_of_a_batch(loss: str, claim: str, verdict: Verdict) -> None:
    found = last(BATCH, LOSS=loss, CLAIM=claim)
    if "y_j" in claim:  # as many examples as classes?
        assert found.verdict is not PROVED
        return
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdicts"),
    [  # of a row it is known to proofs that its sum is one, to counterexamples all of it
        (r"\sum_{j=1}^K Y_{ij} = 1", {PROVED}),
        (r"\sum_{j=1}^K Y_{ij} = 2", {REFUTED}),
        (r"\sum_{j=1}^K Y_{ij}^2 = 1", {PROVED, Verdict.CHECKED}),
        (r"\sum_{j=1}^K Y_{ij}^2 = 2", {REFUTED}),
        (r"\log P_{i,y_i} = \sum_{j=1}^K Y_{ij} \log P_{ij}", {PROVED}),
        (r"\sum_{i=1}^N P_{i,y_i}^2 = \sum_{i=1}^N \sum_{j=1}^K Y_{ij} P_{ij}", {REFUTED}),
        (r"\sum_{i=1}^N P_{i,y_i} P_{i,y_i} = \sum_{i=1}^N \sum_{j=1}^K Y_{ij} P_{ij}^2", {PROVED}),
    ],
)
def test_rows_of_labels_are_one_hot(claim: str, verdicts: set[Verdict]) -> None:
    found = last(BATCH, LOSS=r"-\sum_{i=1}^N \log P_{i,y_i}", CLAIM=claim)
    assert found.verdict in verdicts, found.message


@pytest.mark.parametrize(
    ("prose", "claim", "verdict"),
    [
        ("Here $e_{y_t}$ is the one-hot vector of $y_t$.", "p_t - e_{y_t}", PROVED),
        ("Here $e_k$ is the $k$-th unit vector.", "p_t - e_{y_t}", PROVED),
        ("Here $e_k$ is the $k$-th unit vector.", "p_t + e_{y_t}", REFUTED),
        ("Here $e_k$ is the $k$-th unit vector.", "e_{y_t} - p_t", REFUTED),
        ("Here $e_{y_t}$ is the one-hot vector of $x_t$.", "p_t - e_{y_t}", UNDECIDED),
        ("", "p_t - e_{y_t}", UNDECIDED),
        ("", "p_t + e_{y_t}", UNDECIDED),
    ],
)
def test_unit_vectors_of_labels(prose: str, claim: str, verdict: Verdict) -> None:
    found = last(STEPS, PROSE=prose, CLAIM=rf"\frac{{\partial L}}{{\partial z_t}} = {claim}")
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    "text",
    [
        r"Let $y_i \in \mathbb{R}$. $$L = \sum_{i=1}^N z_{y_i}^2$$",
        r"The number $y_i$ counts. $$L = \sum_{i=1}^N y_i z_{y_i}$$",
        r"Let $y_i \in \{0, \dots, K\}$. $$L = \sum_{i=1}^N z_{y_i}^2$$",
        r"Let $a \in \mathbb{R}^N$. $$y_i = a_i^2, \quad L = \sum_{i=1}^N z_{y_i}^2$$",
    ],
)
def test_numbers_are_no_labels(text: str) -> None:
    found = last(f"Let $z \\in \\mathbb{{R}}^K$. {text}\n\n" + r"$$\frac{\partial L}{\partial z_k} = 2 z_k$$" "\n")
    assert found.verdict is UNDECIDED, found.message


def test_what_is_given_of_a_label_is_not_said_of_all_classes() -> None:
    text = r"Let $a \in \mathbb{R}^{N \times K}$, with labels $y_i \in \{1, \dots, K\}$ and" "\n\n$$a_{i,y_i} = 1.$$\n"
    assert last(text + "\n$$\\sum_{k=1}^K a_{ik} = K$$\n").verdict is not PROVED


HINGE = r"""
Let $W \in \mathbb{R}^{K \times d}$ with rows $w_k$, and $x_i \in \mathbb{R}^d$ with $y_i \in \{1, \dots, K\}$ for
$i = 1, \dots, N$.

$$L_i = \sum_{j \neq y_i} \max(0, w_j^\top x_i - w_{y_i}^\top x_i + 1)$$
$$CLAIM$$
"""
MARGIN = r"\mathbb{1}[w_j^\top x_i - w_{y_i}^\top x_i + 1 > 0]"


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        (rf"\nabla_{{w_{{y_i}}}} L_i = -\left(\sum_{{j \neq y_i}} {MARGIN}\right) x_i", True),
        (rf"\nabla_{{w_{{y_i}}}} L_i = \left(\sum_{{j \neq y_i}} {MARGIN}\right) x_i", False),
        (rf"\nabla_{{w_j}} L_i = {MARGIN} x_i, \quad j \neq y_i", True),
        (rf"\nabla_{{w_j}} L_i = -{MARGIN} x_i, \quad j \neq y_i", False),
        (rf"\nabla_{{w_j}} L_i = {MARGIN} x_i", False),
    ],
)
def test_hinge_loss_of_many_classes(claim: str, right: bool) -> None:
    found = last(HINGE, CLAIM=claim)
    assert found.verdict in ({PROVED, Verdict.CHECKED} if right else {REFUTED}), found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"L = \sum_{i=1}^N \sum_{n=1}^N z_{n,y_i} z_{i,y_n}", PROVED),
        (r"L = \sum_{i=1}^N \sum_{n=1}^N z_{n,y_n} z_{i,y_i}", REFUTED),
        (r"\sum_{i=1}^N z_{i,y_i} = \sum_{n=1}^N z_{n,y_n}", PROVED),
        (r"\max_i z_{i,y_i} = \max_n z_{n,y_n}", PROVED),
        (r"z_{i,y_i} = z_{i,y_n}", REFUTED),
        (r"z_{i,y_i} = z_{i,1}", REFUTED),
    ],
)
def test_each_label_belongs_to_its_letter(claim: str, verdict: Verdict) -> None:
    text = r"Let $z \in \mathbb{R}^{N \times K}$, with labels $y_i$." "\n\n"
    text += r"$$L = \sum_{i=1}^N \sum_{n=1}^N z_{i,y_n} z_{n,y_i}$$" "\n$$CLAIM$$\n"
    found = last(text, CLAIM=claim)
    assert found.verdict is verdict, found.message


WORDS_DRAWN = r"""The centre word has the vector $v_c$, the context word has $u_o$, and $K$ negative words are drawn,
with vectors
$u_1, \dots, u_K$. All vectors are in $\mathbb{R}^d$, and $\sigma(x) = 1/(1 + e^{-x})$.

$$ J = -\log \sigma(u_o^T v_c) - \sum_{k=1}^{K} \log \sigma(-u_k^T v_c) $$

OTHER

$$ \frac{\partial J}{\partial u_o} = (\sigma(u_o^T v_c) SIGN 1) v_c $$
"""
VOCABULARY = r"$$ S = -u_o^T v_c + \log \sum_{w=1}^{V} \exp(u_w^T v_c) $$"


@pytest.mark.parametrize(
    ("other", "right", "wrong"),
    [
        ("", Verdict.CONDITIONAL, Verdict.REFUTED),  # o > K
        (VOCABULARY, Verdict.UNDECIDED, Verdict.UNDECIDED),  # K = V is not said
    ],
)
def test_two_counts_of_one_family_are_not_one_number(other: str, right: Verdict, wrong: Verdict) -> None:
    text = WORDS_DRAWN.replace("OTHER", other)
    found = [report_on(text.replace("SIGN", sign)).formulas[-1].verdict for sign in "-+"]
    assert found == [right, wrong]


@pytest.mark.parametrize(
    ("said", "claim", "verdict"),
    [
        (r"For a word $w \ne o$,", "p_w v", Verdict.PROVED),
        (r"For any other word $w \ne o$ we get", "p_w v", Verdict.PROVED),
        (r"For a word $w \ne o$,", "(1 - p_w) v", Verdict.REFUTED),
        ("For each word $w$,", "p_w v", Verdict.REFUTED),
    ],
)
def test_a_word_that_is_not_the_one_seen(said: str, claim: str, verdict: Verdict) -> None:
    text = rf"""Let $v \in \mathbb{{R}}^d$ and $u_w \in \mathbb{{R}}^d$ for $w = 1, \dots, V$.

$$ J = -u_o^T v + \log \sum_{{w=1}}^{{V}} \exp(u_w^T v), \qquad
p_w = \frac{{\exp(u_w^T v)}}{{\sum_{{j=1}}^{{V}} \exp(u_j^T v)}} $$

{said}

$$ \nabla_{{u_w}} J = {claim} $$
"""
    assert report_on(text).formulas[-1].verdict is verdict
