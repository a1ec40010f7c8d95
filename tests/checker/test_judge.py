"""Verdicts on small documents, each beside a twin whose last formula is not what it was."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from judging import report_on

from verify_derivations.checker.conventions import Trial, Trials
from verify_derivations.checker.judgement import _Judgement
from verify_derivations.checker.verdicts import Formula, Report, Verdict

PROVED, REFUTED, CONDITIONAL, ILL_FORMED = Verdict.PROVED, Verdict.REFUTED, Verdict.CONDITIONAL, Verdict.ILL_FORMED
UNDECIDED = Verdict.UNDECIDED
Document = tuple[str, ...]


def report(*paragraphs: str) -> Report:
    """Of a document of formulas, headings (``# …``) and prose (``For …``)."""
    text = "\n\n".join(p if p.startswith(("#", "For")) else f"$${p}$$" for p in paragraphs)
    return report_on(text)


def last(*paragraphs: str) -> Formula:
    found = report(*paragraphs).formulas
    assert all(f.verdict is Verdict.DEFINED for f in found if f.number in (1, 2)), found  # the definitions are read
    return found[-1]


NET = (
    r"W\in R^{n\times m}, x\in R^{n\times 1}, b\in R^{m\times 1}, y\in R^{m\times 1}",
    r"z = W^{T}x+b",
    r"a=\sigma(z)",
    r"L=\frac12\|a-y\|^2",
)
SOFTMAX = (
    r"z\in R^{n}, y\in R^{n}",
    r"a_i=\frac{\exp(z_i)}{\sum_{j=1}^{n}\exp(z_j)}",
    r"L=-\sum_{i=1}^{n}y_i\log a_i",
)
MATRICES = (r"A\in R^{n\times n}, B\in R^{n\times m}, x\in R^{n}, s\in R", r"\ell=-\frac12 s^{-1}x^Tx")
QUADRATIC = (r"A\in R^{m\times n}, x\in R^{n}", r"y=Ax", r"L=\|y\|^2")


# -- one verdict of each kind -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("document", "claim", "verdict", "message"),
    [
        (NET, r"\frac{\partial L}{\partial b}=(a-y)\circ a\circ(1-a)", PROVED, "all sizes"),
        (NET, r"\frac{\partial L}{\partial b}=(y-a)\circ a\circ(1-a)", REFUTED, "differ"),
        (NET, r"\frac{\partial L}{\partial b}=(a-y)\circ(1-a)", REFUTED, "differ"),
        (NET, r"\frac{\partial L}{\partial W}=x\,((a-y)\circ a\circ(1-a))^T", PROVED, "all sizes"),
        (NET, r"\frac{\partial L}{\partial W}=x\,((a-y)\circ a\circ(1-a))", ILL_FORMED, "1 ≠ m"),
        (NET, r"\frac{\partial L}{\partial W}=q\,((a-y)\circ a\circ(1-a))^T", ILL_FORMED, "q is not defined"),
        (NET, r"\frac{\partial L}{\partial b}=(a-y)\circ a\circ(1-a)\in R^{m\times 1}", PROVED, "all sizes"),
        (NET, r"\frac{\partial L}{\partial b}=(a-y)\circ a\circ(1-a)\in R^{n\times 1}", ILL_FORMED, "stated shape"),
        (NET, r"\frac{\partial L}{\partial x}=\frac{\partial L}{\partial a}\frac{\partial a}{\partial x}", PROVED, ""),
        (NET, r"\frac{\partial L}{\partial x}=\frac{\partial L}{\partial z}\frac{\partial a}{\partial x}", ILL_FORMED,
         "telescope"),
        (NET, r"\frac{\partial L}{\partial b}=\frac{a-y", Verdict.UNREAD, "never closed"),
        (NET, r"b \leftarrow b-\eta\frac{\partial L}{\partial b}", Verdict.DEFINED, "update"),
        (SOFTMAX, r"\frac{\partial L}{\partial z_i}=a_i-y_i", CONDITIONAL, r"= 1, which is not stated"),
        (SOFTMAX, r"\frac{\partial L}{\partial z_i}=a_i\sum_{k=1}^n y_k-y_i", PROVED, "all sizes"),
        (SOFTMAX, r"\frac{\partial L}{\partial z_i}=y_i-a_i", REFUTED, "differ"),
        (SOFTMAX, r"\frac{\partial a_j}{\partial z_i}=-a_ja_i,\quad i\neq j", PROVED, "all sizes"),
        (SOFTMAX, r"\frac{\partial a_j}{\partial z_i}=-a_ja_i", REFUTED, "differ"),
        (MATRICES, r"\frac{\partial \log\det A}{\partial A}=A^{-T}", PROVED, r"where \det A > 0"),
        (MATRICES, r"\frac{\partial \log\det A}{\partial A}=A^{-1}", REFUTED, "differ"),
        (MATRICES, r"\frac{\partial \ell}{\partial x}=-\frac{x}{s}", PROVED, ""),  # of a scalar it is the reciprocal
        (MATRICES, r"\frac{\partial \ell}{\partial x}=-s x", REFUTED, "differ"),
        (MATRICES, r"\operatorname{tr}(B^{-1}B)=m", ILL_FORMED, "is not square"),
        (MATRICES, r"\det B=1", ILL_FORMED, "is not square"),
        (MATRICES, r"A^{-1}_{ij}=\frac{1}{A_{ij}}", UNDECIDED, "Brackets would tell"),
        (MATRICES, r"(A^{-1})_{ij}=\frac{1}{A_{ij}}", REFUTED, "differ"),
        (MATRICES, r"(A_{ij})^{-1}=\frac{1}{A_{ij}}", PROVED, ""),
        (MATRICES, r"\operatorname{tr}(A^{-2})=\operatorname{tr}(A^{-1}A^{-1})", PROVED, ""),
        (MATRICES, r"\operatorname{tr}(A^{1/2})=\operatorname{tr}(A)", UNDECIDED, "no rule for the power"),
        (MATRICES, r"x^TA^{-1}x=x^TA^{-T}x", PROVED, ""),
        (MATRICES, r"\frac{\partial x^TA^{-1}x}{\partial x}=2A^{-1}x", CONDITIONAL, r"not stated; where \det"),
        (MATRICES, r"A^{-1}x=A^{-T}x", REFUTED, "differ"),
    ],
)  # fmt: skip
def test_verdicts(document: Document, claim: str, verdict: Verdict, message: str) -> None:
    found = last(*document, claim)
    assert found.verdict is verdict, found.message
    assert message in found.message


RUNNING = (r"x\in R^n", r"s_t=\sum_{r=1}^t x_r", r"J=\sum_{t=1}^n s_t^2")


@pytest.mark.parametrize(("first", "last_value", "verdict"), [
    ("r", "n", PROVED), ("r+1", "n", REFUTED), ("1", "n", REFUTED), ("1", "r", REFUTED), ("r", "n+1", ILL_FORMED),
])  # fmt: skip
def test_a_sum_up_to_an_index(first: str, last_value: str, verdict: Verdict) -> None:
    claim = rf"\frac{{\partial J}}{{\partial x_r}} = 2\sum_{{t={first}}}^{{{last_value}}} s_t"
    assert last(*RUNNING, claim).verdict is verdict


@pytest.mark.parametrize("entries", [("S_{p,i,j}", "C_{p,%s,%s}"), ("S_p(i,j)", "C_p(%s,%s)")])
@pytest.mark.parametrize(("row", "verdict"), [("2i", Verdict.DEFINED), ("2i-1", Verdict.DEFINED), ("2i+1", ILL_FORMED)])
def test_the_entries_of_members_of_a_family_are_defined(entries: tuple[str, str], row: str, verdict: Verdict) -> None:
    shapes = r"For $C_p\in R^{2m\times 2n}$ and $S_p\in R^{m\times n}$ and $p = 1, \dots, 6$:"
    assert report(shapes, f"{entries[0]} = {entries[1] % (row, '2j')}").formulas[-1].verdict is verdict


@pytest.mark.parametrize(("mean", "verdict"), [(r"\frac1n", PROVED), ("", REFUTED)])
def test_a_total_and_its_parts(mean: str, verdict: Verdict) -> None:
    parts = (r"x_i\in R^d, w\in R^d, y\in R^n", r"E_i=\frac12(w^Tx_i-y_i)^2", r"E=\frac1n\sum_{i=1}^n E_i")
    assert last(*parts, rf"\frac{{\partial E}}{{\partial w}} = {mean}\sum_{{i=1}}^n\frac{{\partial E_i}}{{\partial w}}"
                ).verdict is verdict
    assert last(*parts, rf"\frac{{\partial E}}{{\partial E_i}} = {mean or 1}").verdict is verdict


@pytest.mark.parametrize(("upper", "verdict"), [("t", Verdict.DEFINED), ("t-1", Verdict.DEFINED), ("t+1", ILL_FORMED)])
def test_a_sum_up_to_an_index_stays_in_its_range(upper: str, verdict: Verdict) -> None:
    found = report(r"x\in R^n", "For $t = 1, \\dots, n$:", rf"s_t=\sum_{{r=1}}^{{{upper}}} x_r")
    assert found.formulas[-1].verdict is verdict


def test_the_letter_of_an_argument_may_be_a_tensor_elsewhere() -> None:
    """σ is applied to something else than x, entry by entry; J(x) is what J depends on."""
    shapes = r"x\in R^n, W\in R^{m\times n}, y\in R^m"
    slope = r"\frac{\partial J}{\partial x}=W^T(%y\odot(1-y))"
    found = report(shapes, r"\phi(x)=\frac{1}{1+e^{-2x}}", r"y=\phi(Wx)", r"J(x)=\sum_{i=1}^m y_i",
                   slope.replace("%", "2"), slope.replace("%", ""))  # fmt: skip
    assert [f.verdict for f in found.formulas[-2:]] == [PROVED, REFUTED]
    whole = report(r"x\in R^n", r"\psi(x)=\|x\|^2", r"y=\psi(2x)")  # no function of numbers
    assert whole.formulas[1].verdict is Verdict.DEFINED and whole.formulas[2].verdict is not Verdict.PROVED


@pytest.mark.parametrize(("right", "of_a_number", "of_all"), [
    (r"\frac{x}{\max(x)}", "1", r"\frac{z_i}{\max(z)}"),
    (r"x-\operatorname{mean}(x)", "0", r"z_i-\frac1n\sum_{k=1}^nz_k"),
])
def test_what_puts_the_entries_of_its_argument_together_is_no_function_of_numbers(
    right: str, of_a_number: str, of_all: str
) -> None:
    found = report(r"x\in R^n, z\in R^n", rf"f(x)={right}", "a=f(z)", f"a_i={of_a_number}", f"a_i={of_all}")
    assert [f.verdict for f in found.formulas[-2:]] == [REFUTED, PROVED]
    entrywise = report(r"x\in R^n, z\in R^n", r"f(x)=\max(0,x)", "a=f(2z)", "a_i=2z_i", r"a_i=2\max(0,z_i)")
    assert [f.verdict for f in entrywise.formulas[-2:]] == [REFUTED, PROVED]


def test_signs_in_the_prose_are_no_formulas_that_cannot_be_read() -> None:
    found = report("For $\\odot$ and $f(\\cdot)$ and $n!$ and $a_{$ see below.")
    assert [f.verdict for f in found.formulas] == [Verdict.DEFINED] * 3 + [Verdict.UNREAD]
    assert "states nothing" in found.formulas[0].remarks[0]


def test_a_refutation_shows_a_counterexample() -> None:
    (link,) = last(*NET, r"\frac{\partial L}{\partial b}=y-a").links
    assert link.counterexample is not None
    assert link.counterexample.left != link.counterexample.right


def test_a_chain_has_the_worst_verdict_of_its_links() -> None:
    found = last(*SOFTMAX, r"\frac{\partial L}{\partial z_i}=a_i\sum_{k=1}^n y_k-y_i=a_i-y_i=a_i+y_i")
    assert [link.verdict for link in found.links] == [PROVED, CONDITIONAL, REFUTED]
    assert found.verdict is REFUTED


# -- stated assumptions -------------------------------------------------------------------------------
def test_a_stated_assumption_is_used_and_named() -> None:
    found = last(*SOFTMAX, r"\sum_{i=1}^n y_i=1", r"\frac{\partial L}{\partial z_i}=a_i-y_i")
    assert found.verdict is PROVED
    assert "stated" in found.message
    assert last(*SOFTMAX, r"\sum_{i=1}^n y_i=1", r"\frac{\partial L}{\partial z_i}=a_i+y_i").verdict is REFUTED


@pytest.mark.parametrize(("stated", "verdict", "then"), [
    (r"x^2 + y^2 = 2", Verdict.DEFINED, Verdict.PROVED),
    (r"x^2 + y^2 = -2", Verdict.REFUTED, Verdict.REFUTED),
    (r"\sin(x)^2 + \cos(x)^2 = 2", Verdict.REFUTED, Verdict.REFUTED),
    (r"\sin(x)^2 + \cos(x)^2 = 1", Verdict.PROVED, Verdict.REFUTED),
    (r"g(x) x = 2", Verdict.REFUTED, Verdict.REFUTED),
    (r"g(x) x = 1", Verdict.PROVED, Verdict.REFUTED),
])
def test_what_holds_for_no_values_or_for_all_is_no_assumption(stated: str, verdict: Verdict, then: Verdict) -> None:
    """From what holds for no values everything would follow."""
    given = (r"x \in \mathbb{R}", r"y \in \mathbb{R}", r"g(t) = \frac{1}{t}", stated)
    assert last(*given).verdict is verdict
    assert last(*given, r"w = x^2 + y^2", r"w = 2").verdict is then


def test_another_assumption_does_not_help() -> None:
    assert last(*SOFTMAX, r"\sum_{i=1}^n y_i=2", r"\frac{\partial L}{\partial z_i}=a_i-y_i").verdict is not PROVED


def test_a_symmetric_matrix() -> None:
    given = (r"x\in R^n, S\in R^{n\times n}", "S=S^T", "g=x^TSx")
    claim = r"\frac{\partial g}{\partial x}=2Sx"
    assert last(*given, claim).verdict is PROVED
    assert last(given[0], given[2], claim).verdict is not PROVED
    assert last(given[0], given[2], r"\frac{\partial g}{\partial x}=(S+S^T)x").verdict is PROVED


@pytest.mark.parametrize(("definition", "slope", "condition"), [
    (r"\max(0, x_i)", r"[x_i > 0]", True),
    (r"\max(0, 1 + x_i^2)", r"2 x_i", False),
    (r"x_i^2", r"2 x_i", False),
])
def test_a_derivative_that_is_worked_out_exists_off_ties(definition: str, slope: str, condition: bool) -> None:
    claim = rf"\frac{{\partial a_i}}{{\partial x_j}} = [i = j] {slope}"
    found = last(r"x \in \mathbb{R}^n", f"a_i = {definition}", claim)
    assert found.verdict is PROVED
    assert any("ties" in text for text in found.links[0].assumptions) is condition


@pytest.mark.parametrize(("first", "count"), [("z > 0", 1), ("z > 1", 2)])
def test_a_tie_is_told_once(first: str, count: int) -> None:
    """z > 0 and -z > 0 tie at one place, z > 1 and z < 0 at two."""
    rows = rf"\begin{{cases}} z & {first} \\ 2z & z < 0 \end{{cases}}"
    (offer,) = report(r"z\in R", f"g(z) = {rows}").derived
    assert offer.message.count("off ties") == count


def test_there_is_no_derivative_where_values_always_tie() -> None:
    given = (r"x \in \mathbb{R}^n", r"a_i = \max(x_i, x_i)", r"b_i = \max(x_i, x_i + 1)")
    assert last(*given, r"\frac{\partial a_i}{\partial x_j} = 0").verdict is Verdict.UNDECIDED
    assert last(*given, r"\frac{\partial b_i}{\partial x_j} = [i = j]").verdict is PROVED


def test_a_function_of_scalars_makes_no_scalar_of_a_vector() -> None:
    given = (r"a \in \mathbb{R}^n", r"t \in \mathbb{R}", r"f(t) = \sum_{i=1}^n a_i t^i", r"s = \sum_{i=1}^n a_i")
    assert last(*given, r"\frac{\partial s}{\partial a_i} = 1").verdict is PROVED
    assert last(*given, r"\frac{\partial s}{\partial a_i} = 2").verdict is REFUTED


def test_a_derivative_of_a_standard_function_exists_off_ties() -> None:
    (link,) = last(r"x \in \mathbb{R}", r"y = x", r"\operatorname{ReLU}'(x) = [x > 0]").links
    assert link.verdict is PROVED
    assert any("ties" in text for text in link.assumptions)


@pytest.mark.parametrize(("claim", "wrong"), [
    (r"\sum_{i=1}^m y_i^2=m", r"\sum_{i=1}^m y_i^2=1"),
    (r"\frac{\partial\sigma^2}{\partial x_i}=\frac2m(x_i-\mu)",
     r"\frac{\partial\sigma^2}{\partial x_i}=\frac1m(x_i-\mu)"),
    (r"\frac{\partial\sigma}{\partial x_i}=\frac{x_i-\mu}{m\sigma}",
     r"\frac{\partial\sigma}{\partial x_i}=\frac{x_i-\mu}{m}"),
])
def test_a_root_may_be_stated_beside_its_square(claim: str, wrong: str) -> None:
    given = (r"x\in R^m", r"\mu=\frac1m\sum_{i=1}^m x_i", r"\sigma^2=\frac1m\sum_{i=1}^m(x_i-\mu)^2",
             r"\sigma=\sqrt{\sigma^2}", r"y_i=\frac{x_i-\mu}{\sigma}")  # fmt: skip
    assert last(*given, claim).verdict is PROVED
    assert last(*given, wrong).verdict is REFUTED


def test_sigma_is_the_sigmoid_only_where_it_is_applied() -> None:
    """As a deviation whose shape is not stated it has any sign."""
    given = (r"x\in R^n", r"y_i=\frac{x_i}{\sigma}")
    assert last(*given, r"\sqrt{\sigma^2}=\sigma").verdict is REFUTED
    assert last(*given, r"\frac{\partial y_i}{\partial\sigma}=-\frac{x_i}{\sigma^2}").verdict is PROVED
    applied = (r"x\in R^n", r"y_i=\sigma(x_i)")
    assert last(*applied, r"\sqrt{\sigma^2}=\sigma").verdict is PROVED
    assert last(*applied, r"\sigma'=\sigma(1-\sigma)").verdict is PROVED
    assert last(*applied, r"\sigma'=\sigma(1+\sigma)").verdict is REFUTED


# -- names of derivatives -----------------------------------------------------------------------------
SCORES = (
    r"Q\in R^{n\times d}, K\in R^{n\times d}, T\in R^{n\times n}",
    r"S=QK^T",
    r"L=\frac12\sum_{i=1}^n\sum_{j=1}^n(S_{ij}-T_{ij})^2",
)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (r"\bar S=\frac{\partial L}{\partial S}", None),
        (r"\bar S_{ij}=\frac{\partial L}{\partial S_{ij}}", None),
        (r"\bar S=\nabla_S L", None),
        (r"\bar S=\frac{\partial L}{\partial S_{ij}}", "only on the right"),
        (r"\bar S_i=\frac{\partial L}{\partial S_{ij}}", "only on the right"),
        (r"\bar S_{ij}=\frac{\partial L}{\partial S}", "only on the left"),
        (r"\bar S_{ij}=\frac{\partial L}{\partial S_{i}}", "only on the left"),
        (r"\bar S_{ij}=\nabla_S L", "only on the left"),
    ],
)
def test_a_name_for_a_derivative_has_its_indices(name: str, message: str | None) -> None:
    """Where it has not, the slip is reported once: what follows means the derivative."""
    *_, named, right, wrong = report(
        *SCORES, name, r"\frac{\partial L}{\partial Q}=\bar SK", r"\frac{\partial L}{\partial Q}=\bar S^TK"
    ).formulas
    assert named.verdict is (ILL_FORMED if message else Verdict.DEFINED)
    assert (right.verdict, wrong.verdict) == (PROVED, REFUTED)
    assert (message or "introduces") in named.message


def test_the_gradient_of_a_step_may_have_the_index_of_the_step() -> None:
    steps = (*SCORES, r"v_t=v_{t-1}+g_t")
    assert report(*steps, r"g_t=\frac{\partial L}{\partial S}").formulas[-1].verdict is Verdict.DEFINED
    assert report(*steps, r"g_i=\frac{\partial L}{\partial S}").formulas[-1].verdict is ILL_FORMED


# -- comparisons of whole numbers ---------------------------------------------------------------------
@pytest.mark.parametrize(
    ("bracket", "verdict"),
    [
        (r"[i\le m]", PROVED), ("[i<m+1]", PROVED), ("[i<m]", REFUTED),
        (r"[i^T\le m]", PROVED), ("[i^T<m]", REFUTED), (r"[2i^T\le 2m]", PROVED), ("[2i^T<2m]", REFUTED),
    ],
)  # fmt: skip
def test_whole_numbers_are_equal_or_not(bracket: str, verdict: Verdict) -> None:
    """Equality is no tie that could be left aside, however they are written."""
    given = (r"x\in R^n, y\in R^m", r"f=\sum_{i=1}^n[i\le m]x_i", rf"\frac{{\partial f}}{{\partial x_i}}={bracket}")
    assert report(*given).formulas[-1].verdict is verdict


def test_a_counterexample_shows_what_the_document_has() -> None:
    given = (r"x\in R^n, S\in R^{n\times n}", "S=S^T", "g=x^TSx")
    (link,) = report(*given, r"\frac{\partial g}{\partial x}=Sx").formulas[-1].links
    assert link.counterexample is not None
    assert {"S", "x"} <= set(link.counterexample.values) <= {"S", "x", r"\frac{\partial g}{\partial x}"}


@pytest.mark.parametrize(
    "indicator",
    [r"\mathbb{1}[Q]", r"\mathbf{1}\{Q\}", r"\mathbb{I}(Q)", "I(Q)", r"\mathbb{1}_{Q}", r"\mathbf{1}_{\{Q\}}", "[Q]"],
)
def test_indicators(indicator: str) -> None:
    entry = r"\frac{\partial a_j}{\partial z_i}=a_j(%s-a_i)"
    assert last(*SOFTMAX, entry % indicator.replace("Q", "i=j")).verdict is PROVED
    assert last(*SOFTMAX, entry % indicator.replace("Q", r"i\neq j")).verdict is REFUTED
    given = (r"z\in R^n", r"g=\sum_{i=1}^n\max(0,z_i)")
    for relation, verdict in ((">", PROVED), ("<", REFUTED)):
        claim = r"\frac{\partial g}{\partial z_i}=" + indicator.replace("Q", f"z_i{relation}0")
        assert report(*given, claim).formulas[-1].verdict is verdict


# -- a square with a definition -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        (r"\frac{\partial\sigma^2}{\partial x_i}=\frac2m(x_i-\mu)",
         r"\frac{\partial\sigma^2}{\partial x_i}=\frac1m(x_i-\mu)"),
        (r"\frac{\partial L}{\partial\sigma^2}=-\frac12\sum_{i=1}^mc_i(x_i-\mu)(\sigma^2+\epsilon)^{-3/2}",
         r"\frac{\partial L}{\partial\sigma^2}=-\frac12\sum_{i=1}^mc_i(x_i-\mu)(\sigma^2+\epsilon)^{-1/2}"),
        (r"\frac{\partial\sigma}{\partial x_i}=\frac{x_i-\mu}{m\sigma}",
         r"\frac{\partial\sigma}{\partial x_i}=\frac{x_i-\mu}{\sigma}"),
    ],
)  # fmt: skip
def test_a_variance_is_defined_as_a_square(claim: str, wrong: str) -> None:
    given = (
        r"x\in R^m, c\in R^m", r"\mu=\frac1m\sum_{i=1}^mx_i", r"\sigma^2=\frac1m\sum_{i=1}^m(x_i-\mu)^2",
        r"L=\sum_{i=1}^mc_i\frac{x_i-\mu}{\sqrt{\sigma^2+\epsilon}}",
    )  # fmt: skip
    assert last(*given, claim).verdict is PROVED
    assert last(*given, wrong).verdict is REFUTED


def test_the_square_of_what_is_declared_is_a_claim() -> None:
    given = (r"r\in R, x\in R^n", r"L=r x^Tx", r"r^2=x^Tx")
    assert report(*given).formulas[-1].verdict is REFUTED


# -- a vector of ones ---------------------------------------------------------------------------------
@pytest.mark.parametrize("ones", [r"\mathbf{1}", r"\mathbb{1}", r"\boldsymbol{1}"])
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial f}{\partial w_j}=\sum_{i=1}^nX_{ij}", PROVED),
        (r"\frac{\partial f}{\partial w_j}=\sum_{i=1}^nX_{ij}^2", REFUTED),
        ("O^TO=n", PROVED),
        ("O^TO=1", REFUTED),
    ],
)
def test_a_declared_vector_of_ones(ones: str, claim: str, verdict: Verdict) -> None:
    given = (r"X\in R^{n\times d}, w\in R^d, O\in R^n", r"f=O^TXw")
    document = [text.replace("O", ones) for text in (*given, claim)]
    assert report(*document).formulas[-1].verdict is verdict
    assert report(*given, claim).formulas[-1].verdict is not PROVED  # of any vector


# -- what ∇ governs -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        (r"\nabla f\nabla f^T=(x+a)(x+a)^T", r"\nabla f\nabla f^T=(x+a)(x-a)^T"),
        (r"\nabla_xf^T\nabla_xf=\|x+a\|^2", r"\nabla_xf^T\nabla_xf=\|x-a\|^2"),
        (r"\nabla_x f^T A=(x+a)^TA", r"\nabla_x f^T A=(x+a)^TA^T"),
        (r"\nabla_x x^TAx=(A+A^T)x", r"\nabla_x x^TAx=Ax"),
        (r"\nabla_x\frac12x^TAx=\frac12(A+A^T)x", r"\nabla_x\frac12x^TAx=(A+A^T)x"),
        (r"\nabla_x a^Tx=a", r"\nabla_x a^Tx=x"),
        (r"\nabla_A x^TAa=xa^T", r"\nabla_A x^TAa=ax^T"),
        (r"\nabla_x x^TAx-\nabla_x a^Tx=(A+A^T)x-a", r"\nabla_x x^TAx-\nabla_x a^Tx=(A+A^T)x+a"),
    ],
)
def test_nabla_and_products(claim: str, wrong: str) -> None:
    given = (r"x\in R^n, a\in R^n, A\in R^{n\times n}", r"f=\frac12x^Tx+a^Tx", r"\nabla_xf=x+a")
    assert last(*given, claim).verdict is PROVED
    assert last(*given, wrong).verdict is REFUTED


# -- recursions ---------------------------------------------------------------------------------------
RECURRENT = (
    r"x_t\in R^d, y_t\in R^k, t=1,\ldots,T",
    r"W\in R^{k\times k}, U\in R^{k\times d}",
    r"z_t=Wh_{t-1}+Ux_t",  # no shape of h is stated: it follows
    r"h_t=\tanh(z_t)",
    r"L=\frac12\sum_{t=1}^T\|h_t-y_t\|^2",
)


@pytest.mark.parametrize(
    ("claim", "verdict", "message"),
    [
        (r"\frac{\partial L}{\partial h_T}=h_T-y_T", PROVED, ""),
        (r"\frac{\partial L}{\partial h_T}=h_T+y_T", REFUTED, ""),
        (r"\frac{\partial L}{\partial h_t}=h_t-y_t+W^T\frac{\partial L}{\partial z_{t+1}}, t<T", PROVED, ""),
        (r"\frac{\partial L}{\partial h_t}=h_t-y_t-W^T\frac{\partial L}{\partial z_{t+1}}, t<T", REFUTED, ""),
        (r"\frac{\partial L}{\partial h_t}=h_t-y_t+W^T\frac{\partial L}{\partial z_{t+1}}", CONDITIONAL, "where t<T,"),
        (r"\frac{\partial L}{\partial h_t}=h_t-y_t-W^T\frac{\partial L}{\partial z_{t+1}}", REFUTED, ""),
        (r"\frac{\partial L}{\partial h_t}=h_t-y_t+W\frac{\partial L}{\partial z_{t+1}}, t<T", REFUTED, ""),
        (r"\frac{\partial L}{\partial h_t}=h_t-y_t+U^T\frac{\partial L}{\partial z_{t+1}}, t<T", ILL_FORMED, ""),
        (r"\frac{\partial L}{\partial W}=\sum_{t=1}^T\frac{\partial L}{\partial z_t}h_{t-1}^T", PROVED, ""),
        (r"\frac{\partial L}{\partial W}=\sum_{t=1}^T\frac{\partial L}{\partial z_t}h_t^T", REFUTED, ""),
    ],
)
def test_a_recursion(claim: str, verdict: Verdict, message: str) -> None:
    found = last(*RECURRENT, claim)
    assert found.verdict is verdict, found.message
    assert message in found.message


def test_the_shape_of_a_state_follows_from_its_recursion() -> None:
    matrix, scalar = (r"A\in R^{n\times n}", "s_t=As_{t-1}"), (r"a\in R", "s_t=as_{t-1}+1")
    assert report(*matrix, r"\frac{\partial s_t}{\partial s_{t-1}}=A").formulas[-1].verdict is PROVED
    assert report(*matrix, r"\frac{\partial s_t}{\partial s_{t-1}}=2A").formulas[-1].verdict is REFUTED
    assert report(*scalar, r"\frac{\partial s_t}{\partial s_{t-1}}=a").formulas[-1].verdict is PROVED
    assert report(*scalar, r"\frac{\partial s_t}{\partial s_{t-1}}=1").formulas[-1].verdict is REFUTED


def test_a_condition_that_is_not_stated_is_named_with_the_first_value_of_its_index() -> None:
    chain = (r"x\in R^n", r"f=\sum_{i=2}^n x_ix_{i-1}")
    inside = r"\frac{\partial f}{\partial x_i}=x_{i-1}+x_{i+1}"
    found = report(*chain, inside).formulas[-1]
    assert (found.verdict, found.message) == (CONDITIONAL, r"holds where i\ge 2, i<n, which is not stated")
    assert report(*chain, inside.replace("+x_", "-x_")).formulas[-1].verdict is REFUTED
    assert report(*chain, inside + ", 1<i<n").formulas[-1].verdict is PROVED
    assert report(*chain, inside.replace("i+1", "i+2")).formulas[-1].verdict is REFUTED


@pytest.mark.parametrize(("claim", "verdict"), [("x_i-x_0", PROVED), ("x_0-x_i", REFUTED), ("x_i-x_1", REFUTED)])
def test_a_member_with_the_number_zero_is_outside_the_stated_range(claim: str, verdict: Verdict) -> None:
    points = (r"x_i\in R^d, i=1,\ldots,n", r"f=\frac12\sum_{i=1}^n\|x_i-x_0\|^2")
    assert report(*points, rf"\frac{{\partial f}}{{\partial x_i}}={claim}").formulas[-1].verdict is verdict
    total = report(*points, r"\frac{\partial f}{\partial x_0}=\sum_{i=1}^n(x_0-x_i)")
    assert total.formulas[-1].verdict is PROVED
    vector = report(r"x\in R^n", "f=x^Tx", r"\frac{\partial f}{\partial x_0}=2x_0").formulas[-1]
    assert vector.verdict is ILL_FORMED
    assert vector.message.endswith("leaves its range 1…n: it is 0")
    scalars = (r"i=1,\ldots,n", r"f=\sum_{i=1}^n(x_i-x_0)^2", rf"\frac{{\partial f}}{{\partial x_i}}=2({claim})")
    assert report(*scalars).formulas[-1].verdict is verdict


# -- scopes and variants ------------------------------------------------------------------------------
@pytest.mark.parametrize(("claim", "verdict"), [("f'(x)=3x^2", PROVED), ("f'(x)=2x", REFUTED)])
def test_a_section_that_defines_again_is_a_scope_of_its_own(claim: str, verdict: Verdict) -> None:
    found = report("# Squares", "f(x)=x^2", "f'(x)=2x", "# Cubes", "f(x)=x^3", claim).formulas
    assert [f.verdict for f in found] == [Verdict.DEFINED, PROVED, Verdict.DEFINED, verdict]


LINEAR = (
    "# Linear layer", r"W\in R^{m\times n}, x\in R^n, b\in R^m, t\in R^m", "z=Wx+b", r"L=\frac12\|z-t\|^2",
    r"\frac{\partial L}{\partial b}=z-t", r"\frac{\partial L}{\partial b}=z+t",
)  # fmt: skip
FORM = (
    "# Quadratic form", r"z\in R^k, A\in R^{k\times k}", r"f=z^TAz",
    r"\frac{\partial f}{\partial z}=(A+A^T)z", r"\frac{\partial f}{\partial z}=2Az",
)  # fmt: skip


@pytest.mark.parametrize("sections", [(*LINEAR, *FORM), (*FORM, *LINEAR)])
def test_a_section_of_its_own_gives_a_name_another_meaning(sections: tuple[str, ...]) -> None:
    claims = {f.latex: f.verdict for f in report(*sections).formulas}
    assert [claims[claim] for claim in (LINEAR[-2], LINEAR[-1], FORM[-2])] == [PROVED, REFUTED, PROVED]
    assert claims[FORM[-1]] not in (PROVED, Verdict.CHECKED)
    assert claims["z=Wx+b"] is Verdict.DEFINED


def test_a_section_that_another_needs_gives_no_other_meaning() -> None:
    """Its shapes, and what it says of them, hold for the definition."""
    notation = ("# Notation", r"z\in R^m, y\in R^m", r"\sum_{i=1}^m y_i=1")
    forward = (*LINEAR[:3], r"p_i=\frac{e^{z_i}}{\sum_{k=1}^m e^{z_k}}", r"L=-\sum_{i=1}^m y_i\log p_i")
    assert report(*notation, *forward, r"\frac{\partial L}{\partial b}=p-y").formulas[-1].verdict is PROVED
    assert report(*notation, *forward, r"\frac{\partial L}{\partial b}=y-p").formulas[-1].verdict is REFUTED
    assert report("# Notation", r"z\in R^k", *LINEAR[:3]).formulas[-1].verdict is ILL_FORMED


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [("a-y", PROVED), ("y", PROVED), ("a+y", REFUTED), ("a-q", ILL_FORMED)],  # both losses give claims that hold
)
def test_a_claim_holds_in_one_of_the_variants(claim: str, verdict: Verdict) -> None:
    variants = (
        r"z\in R^{n}, y\in R^{n}", r"a=\sigma(z)", "For **Euclidean** loss", r"L=\frac12\|a-y\|^2",
        "For **linear** loss", r"L=\sum_{i=1}^n y_i a_i", r"\frac{\partial L}{\partial a}=" + claim,
    )  # fmt: skip
    assert last(*variants).verdict is verdict


def test_a_variant_is_named_where_the_claim_stands_in_the_text_of_another() -> None:
    variants = (
        r"z\in R^{n}, y\in R^{n}", r"a=\sigma(z)", "For **Euclidean** loss", r"L=\frac12\|a-y\|^2",
        "For **linear** loss", r"L=\sum_{i=1}^n y_i a_i",
    )  # fmt: skip
    assert any("Euclidean" in remark for remark in last(*variants, r"\frac{\partial L}{\partial a}=a-y").remarks)
    assert not any("Euclidean" in remark for remark in last(*variants, r"\frac{\partial L}{\partial a}=y").remarks)


# -- recurrences --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("right", "holds"), [("w(1-h_t^2)", True), ("w(1-h_{t-1}^2)", False)])
def test_a_step_of_a_recurrence(right: str, holds: bool) -> None:
    recurrence = (r"h_t=\tanh(w h_{t-1}+x_t), \quad t=1,\dots,T", r"L=\frac12\sum_{t=1}^{T} h_t^2")
    found = last(*recurrence, r"\frac{\partial h_t}{\partial h_{t-1}}=" + right)
    assert found.verdict in ((PROVED, Verdict.CHECKED) if holds else (REFUTED,)), found.message


# -- conventions --------------------------------------------------------------------------------------
CONVOLUTION = (
    r"x\in R^{H\times W}, k\in R^{h\times w}",
    r"z=x\star k\in R^{(H-h+1)\times(W-w+1)}",
    r"L=\frac12\sum_{u,v} z_{uv}^2",
)
POOLING = (r"x\in R^{H\times W}", r"p=maxpool(x,s)", r"L=\frac12\sum_{u,v} p_{uv}^2")
MEANS = (r"x\in R^{H\times W}", r"p=meanpool(x,s)", r"L=\frac12\sum_{u,v} p_{uv}^2")


@pytest.mark.parametrize(
    ("document", "claim", "symbol", "reading", "verdict"),
    [
        (CONVOLUTION, r"\frac{\partial L}{\partial x}=conv2(z,rot180(k),'full')", r"\star", "convolution", PROVED),
        (CONVOLUTION, r"\frac{\partial L}{\partial x}=conv2(z,k,'full')", r"\star", "cross-correlation", CONDITIONAL),
        (CONVOLUTION, r"\frac{\partial L}{\partial x}=2 conv2(z,k,'full')", r"\star", "convolution", REFUTED),
        (POOLING, r"\frac{\partial L}{\partial x}=up(\frac{\partial L}{\partial p},s)", "up", "routing", CONDITIONAL),
        (POOLING, r"\frac{\partial L}{\partial x}=2 up(\frac{\partial L}{\partial p},s)", "up", "repetition", REFUTED),
        (MEANS, r"\frac{\partial L}{\partial x}=\frac{1}{s^2}up(\frac{\partial L}{\partial p},s)", "up", "repetition",
         PROVED),
        (MEANS, r"\frac{\partial L}{\partial x}=up(\frac{\partial L}{\partial p},s)", "up", "repetition", REFUTED),
        (QUADRATIC, r"\frac{\partial L}{\partial x}=2A^TAx", "", "", PROVED),
        (QUADRATIC, r"\frac{\partial L}{\partial x}=2x^TA^TA", r"\partial L/\partial x", "row", CONDITIONAL),
        (QUADRATIC, r"\frac{\partial L}{\partial x}=x^TA^TA", r"\partial L/\partial x", "row", REFUTED),
        (QUADRATIC, r"\frac{\partial L}{\partial x}=2x^TA^T", "", "", ILL_FORMED),
        (QUADRATIC, r"\frac{\partial y}{\partial x}=A", "", "", PROVED),
        (QUADRATIC, r"\frac{\partial y}{\partial x}=A^T", r"\partial y/\partial x", "denominator", CONDITIONAL),
        (QUADRATIC, r"\frac{\partial y}{\partial x}=2A", "", "", REFUTED),
    ],
)  # fmt: skip
def test_conventions(document: Document, claim: str, symbol: str, reading: str, verdict: Verdict) -> None:
    found = report(*document, claim)
    assert found.formulas[-1].verdict is verdict, found.formulas[-1].message
    chosen = {convention.symbol: convention.reading for convention in found.conventions}
    if symbol and verdict is not REFUTED:
        assert chosen[symbol] == reading
    if not symbol:
        assert not chosen


TRANSPOSED = r"\frac{\partial L}{\partial x}=2x^TA^TA"
OTHER = {  # shows the same layout; shows the usual one; shows none
    PROVED: r"\frac{\partial L}{\partial A}=2xx^TA^T", ILL_FORMED: r"\frac{\partial L}{\partial A}=2Axx^T",
    CONDITIONAL: r"\frac{\partial L}{\partial y}\cdot 1=\frac{\partial L}{\partial y}",
}  # fmt: skip


@pytest.mark.parametrize("verdict", OTHER)
def test_one_claim_alone_does_not_show_a_convention(verdict: Verdict) -> None:
    """It would be right because it is read so, and read so because it would be right."""
    found = report(*QUADRATIC, OTHER[verdict], TRANSPOSED).formulas[-1]
    assert found.verdict is verdict, found.message
    if verdict is CONDITIONAL:
        assert found.assumptions == (r"\partial L/\partial x \text{ has the shape of } x^\top",)
    assert report(*QUADRATIC, OTHER[verdict], TRANSPOSED.replace("2x", "3x")).formulas[-1].verdict.wrong


@pytest.mark.parametrize(
    ("prose", "verdict"),
    [
        ("Let $A\\in R^{n\\times n}$ be symmetric and $x\\in R^n$.", PROVED),
        ("where $x\\in R^n$ and $A\\in R^{n\\times n}$ is a real, symmetric positive semi-definite matrix.", PROVED),
        ("We fix a symmetric positive definite matrix $A\\in R^{n\\times n}$ and $x\\in R^n$.", PROVED),
        ("Let $x\\in R^n$, $A\\in R^{n\\times n}$. The matrix $A$ is symmetric. Its entries are numbers $s$.", PROVED),
        ("Let $A\\in R^{n\\times n}$ be square and $x\\in R^n$.", CONDITIONAL),
        ("Let $A\\in R^{n\\times n}$ be asymmetric and $x\\in R^n$.", CONDITIONAL),
        ("Let $B\\in R^{n\\times n}$ be symmetric, $A\\in R^{n\\times n}$, $x\\in R^n$.", CONDITIONAL),
        ("Let $B\\in R^{n\\times n}$ be positive, symmetric and $A\\in R^{n\\times n}$, $x\\in R^n$.", CONDITIONAL),
        ("With the other one square, symmetric, $A\\in R^{n\\times n}$, $x\\in R^n$.", CONDITIONAL),
        ("Let $A\\in R^{n\\times n}$ be skew-symmetric and $x\\in R^n$.", REFUTED),
        ("Let $x\\in R^n$, $A\\in R^{n\\times n}$. In general, $A$ is not symmetric; $s$ is a number.", CONDITIONAL),
        ("Let $x\\in R^n$, $A\\in R^{n\\times n}$. If $x$ and $A$ are symmetric, so is $s$.", CONDITIONAL),
        ("Let $x\\in R^n$, $A\\in R^{n\\times n}$. For a symmetric matrix $A$ this is simpler than $s$.", CONDITIONAL),
        ("Let $x\\in R^n$ be symmetric and $A\\in R^{n\\times n}$.", CONDITIONAL),
    ],
)
def test_prose_says_that_a_matrix_is_symmetric(prose: str, verdict: Verdict) -> None:
    slope = r"$$\frac{\partial L}{\partial x}="
    text = "\n\n".join([prose, "$$L=x^TAx$$", slope + "2Ax$$", slope + "Ax$$"])
    *_, right, wrong = report_on(text).formulas
    assert right.verdict is verdict, right.message
    assert wrong.verdict is REFUTED


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("$x\\in R^d$, $c\\in R^d$\n\n$$\\ell=c^Tx$$", "$x_t\\in R^d$, $w\\in R^d$, $t=1,\\ldots,T$"),
        ("$x_i\\in R^d$, $c\\in R^d$\n\n$$\\ell=\\sum_{i=1}^nc^Tx_i$$", "$x\\in R^d$, $w\\in R^d$"),
        ("$x_i\\in R^d$, $c\\in R^d$\n\n$$\\ell=\\sum_{i=1}^nc^Tx_i$$", "$w\\in R$, $x_1,\\ldots,x_T$ of numbers."),
        ("$x_i\\in R^d$, $c\\in R^d$\n\n$$\\ell=\\sum_{i=1}^nc^Tx_i$$", "$w\\in R$ and numbers $x_1,\\ldots,x_T$."),
    ],
)
def test_sections_use_a_name_for_one_and_for_many(first: str, second: str) -> None:
    one = "x_t" not in second and "x_1" not in second
    loss, right, wrong = (r"w^Tx", "x", "2x") if one else (
        (r"\sum_{t=1}^T w^Tx_t", r"\sum_{t=1}^T x_t", "x_1"))  # fmt: skip
    text = "\n\n".join([
        "# One", first, r"$$\frac{\partial\ell}{\partial c}=c$$", "# Other", second, f"$$L={loss}$$",
        rf"$$\frac{{\partial L}}{{\partial w}}={right}$$", rf"$$\frac{{\partial L}}{{\partial w}}={wrong}$$",
    ])  # fmt: skip
    found = report_on(text).formulas
    assert [f.verdict for f in found if f.verdict is not Verdict.DEFINED] == [REFUTED, PROVED, REFUTED], [
        (f.latex, f.message) for f in found
    ]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial S_{ij}}=A_{ij}(G_{ij}-\sum_{k=1}^mA_{ik}G_{ik})", PROVED),
        (r"\frac{\partial L}{\partial S_{ij}}=A_{ij}(G_{ij}-\sum_{k=1}^mA_{ki}G_{ik})", ILL_FORMED),
        (r"\frac{\partial L}{\partial S_{ij}}=A_{ij}(G_{ij}-\sum_{k=1}^mA_{ik}G_{ij})", REFUTED),
        (r"\frac{\partial L}{\partial v}=\frac{v}{d_k}", PROVED),
        (r"\frac{\partial L}{\partial v}=\frac{v}{d_v}", REFUTED),
    ],
)
def test_a_script_of_a_size_is_no_size(claim: str, verdict: Verdict) -> None:
    found = last(
        r"Q\in R^{n\times d_k}, K\in R^{m\times d_k}, G\in R^{n\times m}, V\in R^{m\times d_v}, v\in R^n",
        r"S=\frac{QK^T}{\sqrt{d_k}}", r"A=\mathrm{softmax}(S)",
        r"L=\sum_{i=1}^n\sum_{j=1}^mG_{ij}A_{ij}+\frac{1}{2d_k}\|v\|^2", claim,
    )  # fmt: skip
    assert found.verdict is verdict, found.message


LAYERED = (
    r"l=1,\ldots,L,\quad W^l\in R^{n_l\times n_{l-1}},\quad y\in R^{n_L}", r"a^0=x\in R^{n_0}",
    r"z^l=W^la^{l-1},\quad a^l=\sigma(z^l)", r"C=\frac12\|a^L-y\|^2",
)  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial C}{\partial W^1}=\frac{\partial C}{\partial z^1}x^T", PROVED),
        (r"\frac{\partial C}{\partial W^1}=2\frac{\partial C}{\partial z^1}x^T", REFUTED),
        (r"a^1=x", ILL_FORMED),  # an instance already: of n_1 entries
    ],
)
def test_the_layer_before_the_first_is_no_instance_of_a_generic_one(claim: str, verdict: Verdict) -> None:
    *before, found = report(*LAYERED, claim).formulas
    assert all(f.verdict is Verdict.DEFINED for f in before)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("loss", "verdict"),
    [
        (r"L=\sum_{i=1}^n\left(y_i\log p_i+(1-y_i)\log(1-p_i)\right)", Verdict.DEFINED),
        (r"L=\sum_{i=1}^ny_i\log p_i+(1-y_i)\log(1-p_i)", Verdict.DEFINED),  # read with brackets, which is said
        (r"L=\sum_{i=1}^ny_i\log p_i+\sum_{i=1}^n(1-y_i)\log(1-p_i)", Verdict.DEFINED),
        (r"L=y_i\log p_i", ILL_FORMED),
        (r"L_i=y_i\log p_i", Verdict.DEFINED),
    ],
)
def test_a_definition_with_an_index_that_nothing_binds_is_ill_formed(loss: str, verdict: Verdict) -> None:
    found = last(r"p\in R^n, y\in R^n, i=1,\ldots,n", r"q=\|p\|^2", loss)
    assert found.verdict is verdict, found.message
    assert (found.verdict is ILL_FORMED) == ("the index $i$ stands" in found.message)


@pytest.mark.parametrize(
    ("stated", "claim", "verdict"),
    [
        ((), r"w_{t+1}=w_t-\eta g_t", Verdict.DEFINED),
        ((), r"w_{t+1}=w_t-\eta\frac{m_t}{\sqrt{v_t}+\epsilon}", Verdict.DEFINED),  # nothing says what η is
        ((), r"w_{t+1}=w_{t+2}", REFUTED),
        ((), r"w_{t+1}=g_t", UNDECIDED),  # what w is, but not its first value
        ((r"u_t=\tanh(u_{t-1}+g_t)",), r"u_{t+1}=\tanh(u_t+g_{t+1})", CONDITIONAL),  # u is defined: a claim, for t < T
        ((r"u_t=\tanh(u_{t-1}+g_t)",), r"u_{t+1}=\tanh(u_t+g_t)", REFUTED),
    ],
)
def test_the_next_value_of_what_no_equation_defines_is_an_update(
    stated: Document, claim: str, verdict: Verdict
) -> None:
    found = last(r"w_t, g_t\in R^d, t=1,\ldots,T", r"q_t=\|w_t\|^2", *stated, claim)
    assert found.verdict is verdict, found.message
    assert (found.message == "an update rule") == (verdict is Verdict.DEFINED)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\nabla f(x)=Ax+A^Tx-b", PROVED),
        (r"\nabla f=Ax+A^Tx-b", PROVED),
        (r"\nabla^2f(x)=A+A^T", PROVED),
        (r"\nabla f(x)=Ax+A^Tx+b", REFUTED),
        (r"\nabla^2f(x)=A-A^T", REFUTED),
        (r"\nabla f(b)=Ab+A^Tb-b", UNDECIDED),  # at another point
    ],
)
def test_the_gradient_of_a_function_of_one_variable(claim: str, verdict: Verdict) -> None:
    found = last(r"A\in R^{n\times n}, x\in R^n, b\in R^n", r"f(x)=x^TAx-b^Tx", claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("[x_i>0]=[x_i\\ge 0]", PROVED),  # off ties
        ("[r_i>0]=[x_i\\ge 0]", PROVED),
        ("[r_i>0]=[r_i\\ge 0]", REFUTED),  # r is zero wherever x is negative
        (r"\frac{\partial L}{\partial x_i}=y_i[r_i>0]", PROVED),
        (r"\frac{\partial L}{\partial x_i}=y_i[r_i\ge 0]", REFUTED),
        (r"[r_i>r_j]=[r_i\ge r_j],\quad i\neq j", REFUTED),
        (r"[r_i>r_j]+[r_j\ge r_i]=1", PROVED),
    ],
)
def test_what_is_equal_all_around_is_no_tie(claim: str, verdict: Verdict) -> None:
    found = last(r"x\in R^n, y\in R^n", r"r_i=\max(0,x_i)", r"L=\sum_iy_ir_i", claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\sum_{i=1}^n\sum_{j=1}^iW_{ij}=\sum_{j=1}^n\sum_{i=j}^nW_{ij}", PROVED),
        (r"\sum_{i=1}^n\sum_{j=1}^iW_{ij}=\sum_{j=1}^n\sum_{i=1}^jW_{ij}", REFUTED),
        (r"\sum_{i=1}^n\sum_{j=i+1}^nW_{ij}=\sum_{j=2}^n\sum_{i=1}^{j-1}W_{ij}", PROVED),
        (r"\sum_{i=1}^n\sum_{j=i}^nW_{ij}=\sum_{j=2}^n\sum_{i=1}^{j-1}W_{ij}", REFUTED),
        (r"\sum_{i=1}^m\sum_{j=1}^iV_{ij}=\sum_{i=1}^m\sum_{j=1}^iV_{ij}", ILL_FORMED),  # m may be larger than n
        (r"L=\sum_{i=1}^n\sum_{j=1}^iW_{ij}x_j", Verdict.DEFINED),
        (r"L=\sum_{i=1}^m\sum_{j=1}^iV_{ij}x_j", ILL_FORMED),
        (r"L=\sum_{i=1}^{n-1}x_{i+1}", Verdict.DEFINED),
        (r"L=\sum_{i=1}^nx_{i+1}", ILL_FORMED),
    ],
)
def test_a_range_that_ends_at_an_index_stays_within_the_axes(claim: str, verdict: Verdict) -> None:
    found = report(r"W\in R^{n\times n}, V\in R^{m\times n}, x\in R^n", claim).formulas[-1]
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("stated", "claim", "verdict"),
    [
        ("x_i=c", "x_1=c", PROVED),
        (r"x_i=c,\quad i=1,\ldots,n", "x_1=c", PROVED),
        (r"x_i=c,\quad i=2,\ldots,n", "x_1=c", UNDECIDED),
        (r"x_i=c,\quad i=1,\ldots,n-1", "x_1=c", UNDECIDED),
        (r"x_i=c,\quad i>1", "x_1=c", UNDECIDED),
        ("x_n=c", "x_1=c", UNDECIDED),
        (r"\sum_jW_{ij}=1,\quad i=1,\ldots,n", r"\sum_ix_i\sum_jW_{ij}=\sum_ix_i", PROVED),
        (r"\sum_jW_{ij}=1,\quad i=2,\ldots,n", r"\sum_ix_i\sum_jW_{ij}=\sum_ix_i", CONDITIONAL),
    ],
)
def test_what_is_said_of_some_entries_is_not_said_of_others(stated: str, claim: str, verdict: Verdict) -> None:
    found = report(r"x\in R^n, W\in R^{n\times n}, c\in R", stated, claim).formulas[-1]
    assert found.verdict is verdict, found.message


SQUARES, NORM, PARAMETERS = r"f(x)=x\circ x", r"J=\frac12x^Tx", r"f(\theta)=\frac12x^Tx"


@pytest.mark.parametrize(
    ("definition", "claim", "verdict"),
    [
        (SQUARES, r"f(y)=y\circ y", PROVED),
        (SQUARES, r"f(y)=x\circ x", REFUTED),
        (SQUARES, r"f(2x)=4x\circ x", PROVED),
        (SQUARES, r"f(2x)=x\circ x", REFUTED),
        (SQUARES, "f'(x)=2x", PROVED),
        (SQUARES, r"f'(x)=x\circ x", REFUTED),
        (SQUARES, "f'(y)=2y", UNDECIDED),
        ("f(x)=Ax", "f(x+y)=f(x)+f(y)", PROVED),
        ("f(x)=Ax", "f(x+y)=f(x)-f(y)", REFUTED),
        ("f(x)=Ax", "f(f(x))=AAx", PROVED),
        ("f(x)=Ax", "f(f(x))=Ax", REFUTED),
        (NORM, r"J(\theta)=\frac12\|x\|^2", PROVED),
        (NORM, r"J(\theta)=\|x\|^2", REFUTED),
        (NORM, "J(x)=J(y)", UNDECIDED),
        (NORM, "J(x)=J(2x)", UNDECIDED),
        (NORM, r"\nabla J(x)=x", PROVED),
        (NORM, r"\nabla J(x)=2x", REFUTED),
        (PARAMETERS, r"\frac{\partial f}{\partial x}=x", PROVED),
        (PARAMETERS, r"\frac{\partial f(\theta)}{\partial x}=2x", REFUTED),
        (PARAMETERS, r"f(\theta)=f(2\theta)", UNDECIDED),
        (PARAMETERS, r"f'(\theta)=0", UNDECIDED),
        ("g=Ax", "g(y)=Ax", UNDECIDED),
    ],
)
def test_a_quantity_of_variables_has_another_value_elsewhere(definition: str, claim: str, verdict: Verdict) -> None:
    found = last(r"A\in R^{n\times n}, x\in R^n, y\in R^n", definition, claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("value", "claim", "verdict"),
    [
        (r"\mathrm{KL}(q\mid p)=\frac12\sum_{i=1}^nx_i^2", r"\frac{\partial D}{\partial x_i}=x_i", PROVED),
        (r"\mathrm{KL}(q\mid p)=\frac12\sum_{i=1}^nx_i^2", r"\frac{\partial D}{\partial x_i}=2x_i", REFUTED),
        (r"\mathrm{KL}(q\|p)", r"\frac{\partial D}{\partial x_i}=x_i", UNDECIDED),
    ],
)
def test_a_side_that_cannot_be_read_is_passed_over_by_a_definition(value: str, claim: str, verdict: Verdict) -> None:
    found = report(r"x\in R^n", rf"D={value}", claim).formulas
    assert found[1].verdict is UNDECIDED  # what the name in the middle means stays open
    assert found[-1].verdict is verdict, found[-1].message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial\ell}{\partial A_{12}}=2A_{12}", PROVED),
        (r"\frac{\partial\ell}{\partial A_{12}}=2A_{1,2}", PROVED),
        (r"\frac{\partial\ell}{\partial A_{12}}=2A_{21}", REFUTED),
        (r"\frac{\partial\ell}{\partial A_{13}}=2A_{13}", ILL_FORMED),  # two columns
        (r"\frac{\partial\ell}{\partial x_{12}}=2x_{12}", PROVED),
        (r"\frac{\partial\ell}{\partial x_{12}}=2x_{21}", REFUTED),
    ],
)
def test_two_digits_are_two_indices_of_a_matrix_and_one_of_a_vector(claim: str, verdict: Verdict) -> None:
    found = last(r"A\in R^{2\times2}, x\in R^{30}", r"\ell=\sum_{i=1}^2\sum_{j=1}^2A_{ij}^2+\|x\|^2", claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial L}{\partial V}=A^TdO", PROVED),
        (r"\frac{\partial L}{\partial V}=AdO", ILL_FORMED),
        (r"\frac{\partial L}{\partial V}=2A^TdO", REFUTED),
    ],
)
def test_a_gradient_may_be_called_by_a_d(claim: str, verdict: Verdict) -> None:
    found = last(r"A\in R^{n\times m}, V\in R^{m\times d}", r"O=AV", r"dO=\frac{\partial L}{\partial O}", claim)
    assert found.verdict is verdict, found.message


SLOPE = r"\frac{\partial\ell}{\partial x}=2Sx"


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        (r"S=S^T", PROVED),
        (r"S_{ij}=S_{ji}", PROVED),
        (r"S_{ij}=S_{ij}", CONDITIONAL),
        (r"S_{1j}=S_{j1}", CONDITIONAL),
        (r"S_{i+1,j}=S_{j,i+1}", CONDITIONAL),
    ],
)
def test_only_the_whole_transpose_says_that_a_matrix_is_symmetric(stated: str, verdict: Verdict) -> None:
    found = report(r"S\in R^{n\times n}", stated, r"x\in R^n", r"\ell=x^TSx", SLOPE).formulas[-1]
    assert found.verdict is verdict, found.message


RECURSION = (r"W,U\in R^{n\times n}, x_t, y_t\in R^{n}, t=1,\ldots,T", r"J=\frac12\sum_{t=1}^{T}\|h_t-y_t\|^2")
STEP = r"h_t=\tanh(Wh_{t-1}+Ux_t)"


@pytest.mark.parametrize(
    ("stated", "claim", "verdict"),
    [
        ((r"h_0=0", STEP), r"h_1-\tanh(Ux_1)=0", PROVED),
        ((STEP, r"h_0=0"), r"h_1-\tanh(Ux_1)=0", PROVED),
        ((STEP,), r"h_1-\tanh(Ux_1)=0", REFUTED),  # a given initial value
        ((r"c\in R^n", r"h_0=Wc", STEP), r"h_1-\tanh(WWc+Ux_1)=0", PROVED),
        ((r"c\in R^n", r"h_0=Wc", STEP), r"h_1-\tanh(Wc+Ux_1)=0", REFUTED),
        ((r"c\in R^n", r"h_0=0", STEP), r"h_0=c", REFUTED),  # what is stated first is the value
        ((STEP,), r"h_0=h_1", REFUTED),  # no value of its own
        ((r"h_0=0", STEP), r"\frac{\partial J}{\partial h_T}=h_T-y_T", PROVED),
        ((r"h_0=0", STEP), r"\frac{\partial J}{\partial h_T}=y_T-h_T", REFUTED),
    ],
)
def test_the_initial_value_of_a_recursion_is_stated_and_not_claimed(
    stated: Document, claim: str, verdict: Verdict
) -> None:
    *before, found = report(*RECURSION, *stated, claim).formulas
    assert all(formula.verdict is Verdict.DEFINED for formula in before), before
    assert found.verdict is verdict, found.message


def test_a_reading_is_tried_where_something_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The layout of a vector by a vector is a convention; that of a vector by a matrix and of a scalar is not."""
    tried: set[tuple[int, str]] = set()
    attempt = _Judgement.attempt

    def noted(self: _Judgement, trials: Sequence[Trial]) -> Trials:
        tried.update((number, readings.layout) for number, readings in trials)
        return attempt(self, trials)

    monkeypatch.setattr(_Judgement, "attempt", noted)
    slope = r"\frac{\partial y}{\partial x}"
    found = report(*QUADRATIC, r"\frac{\partial y}{\partial A}=x", slope + "=A^T", slope + "=A")
    by_matrix, wrong, right = (formula.number for formula in found.formulas[-3:])
    assert {found.formula(number).verdict for number in (by_matrix, right)} == {PROVED}
    assert {number for number, layout in tried if layout == "denominator"} == {wrong, right}


MEMBERS = (
    r"\theta\in R^{n}, x^{(i)}\in R^{n}, y\in R^{m}",
    r"J(\theta)=\frac12\sum_{i=1}^{m}(h_\theta(x^{(i)})-y_i)^2",
    r"h_\theta(x)=\theta^Tx",
)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial J}{\partial\theta_j}=\sum_{i=1}^{m}(h_\theta(x^{(i)})-y_i)x^{(i)}_j", PROVED),
        (r"\frac{\partial J}{\partial\theta_j}=\sum_{i=1}^{m}(y_i-h_\theta(x^{(i)}))x^{(i)}_j", REFUTED),
        (r"\nabla_\theta J=\sum_{i=1}^{m}(\theta^Tx^{(i)}-y_i)x^{(i)}", PROVED),
        (r"\nabla_\theta J=0", REFUTED),
        (r"\nabla_\theta h_\theta(x)=x", PROVED),
        (r"\nabla_\theta h_\theta(x)=2x", REFUTED),
    ],
)
def test_a_function_of_one_of_many_is_applied_before_it_is_defined(claim: str, verdict: Verdict) -> None:
    found = last(*MEMBERS, claim)
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("value", "claim", "verdict"),
    [
        (r"\sum_{i=1}^{m}f(x_i)", r"\frac{\partial J}{\partial\theta}=0", UNDECIDED),  # it may have parameters
        (r"\sum_{i=1}^{m}f(x_i)", r"\frac{\partial J}{\partial x_i}=f'(x_i)", PROVED),
        (r"\sum_{i=1}^{m}f(x_i)", r"\frac{\partial J}{\partial x_i}=mf'(x_i)", REFUTED),
        (r"\sum_{i=1}^{m}f_\theta(x_i)", r"\frac{\partial J}{\partial\theta}=0", UNDECIDED),
        (r"\sum_{i=1}^{m}f_{h}(x_i)", r"\frac{\partial J}{\partial\theta}=0", PROVED),
        (r"\sum_{i=1}^{m}f(s)", r"\frac{\partial J}{\partial s}=mf'(s)", PROVED),
        (r"\sum_{i=1}^{m}f_i(s)", r"\frac{\partial J}{\partial s}=\sum_{i=1}^{m}f_i'(s)", PROVED),
        (r"\sum_{i=1}^{m}f_i(s)", r"\frac{\partial J}{\partial s}=mf_i'(s)", Verdict.ILL_FORMED),
        (r"\sum_{i=1}^{m}f_i(s)", r"\frac{\partial J}{\partial s}=0", REFUTED),
        (r"\sum_{i=1}^{m}f_i(x_i)", r"\frac{\partial J}{\partial x_j}=f_j'(x_j)", PROVED),
        (r"\sum_{i=1}^{m}f_i(x_i)", r"\frac{\partial J}{\partial x_1}=f_1'(x_1)", PROVED),
        (r"\sum_{i=1}^{m}f_i(x_i)", r"\frac{\partial J}{\partial x_1}=f_2'(x_1)", REFUTED),
        (r"\sum_{i=1}^{m}f_i(x_i)", r"\frac{\partial J}{\partial x_j}=\sum_{i=1}^m f_i'(x_j)", REFUTED),
        (r"\sum_{i=1}^{m}\sum_{j=1}^{m}f_{ij}(s)", r"\frac{\partial J}{\partial s}=\sum_{i=1}^m\sum_{j=1}^mf_{ij}'(s)",
         PROVED),
        (r"\sum_{i=1}^{m}\sum_{j=1}^{m}f_{ij}(s)", r"\frac{\partial J}{\partial s}=m\sum_{i=1}^mf_{ii}'(s)", REFUTED),
    ],
)
def test_an_unknown_function_depends_on_what_its_subscript_says(value: str, claim: str, verdict: Verdict) -> None:
    found = report(r"x\in R^{m}, \theta\in R, s\in R", f"J={value}", claim).formulas[-1]
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("definition", "verdict"),
    [
        ("S_p(i)=C_p(i)+1", REFUTED),
        ("S_p(i)=C_p(i)+C_p(k)", UNDECIDED),  # what S is, and so how the loss depends on C, nobody knows
    ],
)
def test_a_function_whose_definition_has_no_meaning_is_none_that_nothing_is_stated_of(
    definition: str, verdict: Verdict
) -> None:
    loss = r"L=\frac12\sum_{p=1}^{m}\sum_{i=1}^{n}S_p(i)^2"
    stated = (r"x_p\in R^{n}, b\in R", r"C_p(i)=\sigma(x_{pi}+b)", definition, loss)
    found = report(*stated, r"\frac{\partial L}{\partial b}=0").formulas[-1]
    assert found.verdict is verdict, found.message
    rounded = report(*stated, r"S_p(\lceil i/2\rceil)=1", r"\frac{\partial L}{\partial b}=0").formulas[-1]
    assert rounded.verdict is verdict, rounded.message  # entries still
    applied = report(*stated, r"S_p(b+1)=1", r"\frac{\partial L}{\partial b}=0").formulas[-1]
    assert applied.verdict is UNDECIDED, applied.message  # a function of numbers, of which S_p(i) = … says nothing


@pytest.mark.parametrize(
    ("padded", "claim", "verdict"),
    [
        (r"q_{i+p}=x_i", r"\frac{\partial L}{\partial x_i}=0", UNDECIDED),  # q is not free, nor known at its borders
        (r"q_{i+p}=x_i", r"\frac{\partial L}{\partial x_i}=q_{i+p}", UNDECIDED),
        (r"q_{i}=x_i", r"\frac{\partial L}{\partial x_i}=0", REFUTED),
        (r"q_{i}=x_i", r"\frac{\partial L}{\partial x_i}=q_{i}", PROVED),
        (r"r_i=x_i", r"\frac{\partial L}{\partial x_i}=0", PROVED),  # a loss that knows nothing of x
    ],
)
def test_entries_that_are_stated_at_a_shifted_index(padded: str, claim: str, verdict: Verdict) -> None:
    size = "n+2p" if "p" in padded else "n"
    found = report(rf"x\in R^{{n}}, q\in R^{{{size}}}", padded, r"L=\frac12\|q\|^2", claim).formulas
    assert found[1].verdict is (UNDECIDED if "p" in padded else Verdict.DEFINED), found[1].message
    assert found[-1].verdict is verdict, found[-1].message


@pytest.mark.parametrize(
    ("document", "claim", "verdict"),
    [
        ((r"x\in R^{2n}", r"y_k=x_{2k-1}+x_{2k}"), r"\frac{\partial y_k}{\partial x_{2k}}=1", PROVED),
        ((r"x\in R^{2n}", r"y_k=x_{2k-1}+x_{2k}"), r"\frac{\partial y_k}{\partial x_{2k}}=2", REFUTED),
        ((r"X\in R^{2n\times 2n}", r"y_k=X_{2k,2k-1}^2"),
         r"\frac{\partial y_k}{\partial X_{2k,2k-1}}=2X_{2k,2k-1}", PROVED),
        ((r"X\in R^{2n\times 2n}", r"y_k=X_{2k,2k-1}^2"),
         r"\frac{\partial y_k}{\partial X_{2k,2k-1}}=X_{2k,2k-1}", REFUTED),
        ((r"X\in R^{2\times n}", r"y_k=X_{2k}^2"), r"\frac{\partial y_k}{\partial X_{2,k}}=2X_{2,k}", PROVED),  # a row
        ((r"X\in R^{2\times n}", r"y_k=X_{2k}^2"), r"\frac{\partial y_k}{\partial X_{1,k}}=2X_{2,k}", REFUTED),
    ],
)  # fmt: skip
def test_a_multiple_of_an_index_is_one_index_of_a_list(document: Document, claim: str, verdict: Verdict) -> None:
    found = report(*document, "For $k = 1, \\dots, n$.", claim).formulas[-1]
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("slope", "verdict"),
    [
        (r"f'(z^{(l)})", PROVED),
        (r"f'^{(l)}(z^{(l)})", PROVED),
        (r"f^{(l)'}(z^{(l)})", PROVED),
        (r"f^{(l)\prime}(z^{(l)})", PROVED),
        (r"f^{(l)}(z^{(l)})", REFUTED),
        (r"f^{(l)'}(a^{(l)})", REFUTED),
        (r"f^{(l+1)'}(z^{(l)})", UNDECIDED),  # another function
    ],
)
def test_a_function_of_each_layer(slope: str, verdict: Verdict) -> None:
    found = report(
        r"W^{(l)}\in R^{n\times n}", "For $l = 1, \\dots, L$.",
        r"z^{(l)}=W^{(l)}a^{(l-1)}", r"a^{(l)}=f^{(l)}(z^{(l)})",
        r"J=\frac12\|a^{(L)}\|^2",
        rf"\frac{{\partial J}}{{\partial z^{{(l)}}}}=\frac{{\partial J}}{{\partial a^{{(l)}}}}\circ {slope}",
    ).formulas[-1]  # fmt: skip
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize(
    ("loss", "verdict"), [(r"\sum_{i=1}^{n}f^{(i)}(x)", UNDECIDED), (r"\sum_{i=1}^{n}f(x)", PROVED)]
)
def test_a_function_of_each_index(loss: str, verdict: Verdict) -> None:
    slope = "n f'(x)" if "(i)" not in loss else "n f^{(i)'}(x)"
    found = report(r"x\in R", f"L={loss}", rf"\frac{{\partial L}}{{\partial x}}={slope}").formulas[-1]
    assert found.verdict is verdict, found.message


@pytest.mark.parametrize("state", [("h_t", "h_{t-1}", "h_{t+1}", r"h_{\tau}"),
                                   ("h^{(t)}", "h^{(t-1)}", "h^{(t+1)}", r"h^{(\tau)}")])  # fmt: skip
@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\nabla_{NOW}L=W^T((\nabla_{NEXT}L)\circ(1-NEXT\circ NEXT))", CONDITIONAL),  # where t < τ
        (r"\nabla_{NOW}L=W^T((\nabla_{NEXT}L)\circ(1-NOW\circ NOW))", REFUTED),
        (r"\nabla_WL=\sum_{t=1}^{\tau}((\nabla_{NOW}L)\circ(1-NOW\circ NOW)){BEFORE}^T", PROVED),
        (r"\nabla_WL=\sum_{t=1}^{\tau}((\nabla_{NOW}L)\circ(1-NOW\circ NOW)){NOW}^T", REFUTED),
    ],
)
def test_the_time_of_a_recursion_may_be_a_superscript(state: tuple[str, ...], claim: str, verdict: Verdict) -> None:
    now, before, after, final = state
    for word, name in (("NOW", now), ("NEXT", after), ("BEFORE", before)):
        claim = claim.replace(word, name)
    found = report(
        rf"{now}\in R^{{n}}, t=1,\dots,\tau", r"W\in R^{n\times n}", rf"{now}=\tanh(W{before})",
        rf"L=\frac12\|{final}\|^2", claim,
    ).formulas  # fmt: skip
    assert {f.verdict for f in found if f.number in (3, 4)} == {Verdict.DEFINED}, found
    assert found[-1].verdict is verdict, found[-1].message
