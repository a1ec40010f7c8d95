"""Shapes that no formula declares are read off the definitions, each right claim beside a wrong one."""

from __future__ import annotations

import re

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Report, Verdict

PROVED, REFUTED, CONDITIONAL = Verdict.PROVED, Verdict.REFUTED, Verdict.CONDITIONAL
DEFINED, UNDECIDED, ILL_FORMED = Verdict.DEFINED, Verdict.UNDECIDED, Verdict.ILL_FORMED


def report(*formulas: str) -> Report:
    return report_on("\n\n".join(f"$$ {formula} $$" for formula in formulas), "found.md")


def last(*formulas: str) -> Formula:
    return report(*formulas).formulas[-1]


LAYER = r"h = \sigma(W x + b), \quad L = \frac{1}{2} \|h - y\|^2"
FITS = r"\frac{\partial L}{\partial x} = W^\top \left((h - y) \odot h \odot (1 - h)\right)"
UNIT = r"z = w^\top x + b, \quad L = (\sigma(z) - y)^2"
ROWS = r"h = \tanh(x W + b), \quad u = h V + c, \quad L = \frac{1}{2} \|u - y\|^2"
COURSE = (
    r"z^{[1]} = W^{[1]} x + b^{[1]}, \quad a^{[1]} = \tanh(z^{[1]})",
    r"z^{[2]} = W^{[2]} a^{[1]} + b^{[2]}, \quad a^{[2]} = \sigma(z^{[2]})",
    r"L = -y \log a^{[2]} - (1 - y) \log(1 - a^{[2]})",
)
EXAMPLES = r"L = \sum_{i=1}^n (w^\top x_i + b - y_i)^2"


@pytest.mark.parametrize(
    ("definitions", "right", "wrong"),
    [
        ((LAYER, FITS), r"\frac{\partial L}{\partial W} = \left((h - y) \odot h \odot (1 - h)\right) x^\top",
         r"\frac{\partial L}{\partial W} = x \left((h - y) \odot h \odot (1 - h)\right)^\top"),
        ((UNIT,), r"\frac{\partial z}{\partial x} = w", r"\frac{\partial z}{\partial x} = x"),
        ((UNIT,), r"\frac{\partial L}{\partial w_j} = \frac{\partial L}{\partial z} x_j",
         r"\frac{\partial L}{\partial w_j} = \frac{\partial L}{\partial z} w_j"),
        ((r"z = W x, \quad f = \tanh(z)",), r"\frac{\partial f_i}{\partial x_j} = (1 - f_i^2) W_{ij}",
         r"\frac{\partial f_i}{\partial x_j} = (1 - f_j^2) W_{ij}"),
        ((r"f(x) = x^\top A x + b^\top x",), r"\nabla f(x) = (A + A^\top) x + b", r"\nabla f(x) = (A + A^\top) x - b"),
        ((r"f = \|A x - b\|^2 + \lambda \|x\|^2",), r"\nabla_x f = 2 A^\top (A x - b) + 2 \lambda x",
         r"\nabla_x f = 2 A^\top (A x - b) + \lambda x"),
        ((r"f = \mathrm{tr}(A X B)",), r"\nabla_X f = A^\top B^\top", r"\nabla_X f = B^\top A^\top"),
        ((r"\ell = (x - \mu)^\top S^{-1} (x - \mu)",),
         r"\frac{\partial \ell}{\partial x} = (S^{-1} + S^{-\top}) (x - \mu)",
         r"\frac{\partial \ell}{\partial \mu} = (S^{-1} + S^{-\top}) (x - \mu)"),
        ((ROWS,), r"\frac{\partial L}{\partial V} = h^\top (u - y)", r"\frac{\partial L}{\partial V} = (u - y) h^\top"),
        ((EXAMPLES,), r"\frac{\partial L}{\partial w} = 2 \sum_{i=1}^n (w^\top x_i + b - y_i) x_i",
         r"\frac{\partial L}{\partial w} = 2 \sum_{i=1}^n (w^\top x_i + b - y_i) w"),
        (COURSE, r"dW^{[1]} = dz^{[1]} x^T", r"dW^{[1]} = x\, dz^{[1]T}"),
        (COURSE, r"dW^{[2]} = (a^{[2]} - y) a^{[1]T}", r"dW^{[2]} = (y - a^{[2]}) a^{[1]T}"),
        ((r"z = w^\top x + w_0",), r"\frac{\partial z}{\partial w_0} = 1", r"\frac{\partial z}{\partial w_0} = 0"),
    ],
)  # fmt: skip
def test_what_definitions_leave_no_choice_about(definitions: tuple[str, ...], right: str, wrong: str) -> None:
    holds, fails = last(*definitions, right), last(*definitions, wrong)
    assert holds.verdict is PROVED, holds.message
    assert fails.verdict in (REFUTED, ILL_FORMED), fails.message


def test_a_remark_says_how_names_are_read() -> None:
    (remark,) = report(LAYER).formulas[0].remarks
    assert r"$W \in \mathbb{R}^{N_{b} \times N_{x}}$" in remark and r"$x \in \mathbb{R}^{N_{x}}$" in remark
    declared = report(r"W \in \mathbb{R}^{k \times n}, x \in \mathbb{R}^n, b, y \in \mathbb{R}^k", LAYER)
    assert not declared.formulas[1].remarks


def test_what_is_declared_is_kept() -> None:
    found = report(r"b \in \mathbb{R}^k", LAYER).formulas[1]
    assert r"$W \in \mathbb{R}^{k \times N_{x}}$" in found.remarks[0] and r"b \in" not in found.remarks[0]


# -- claims have no say ------------------------------------------------------------------------------------------------
def test_a_wrong_claim_does_not_choose_shapes() -> None:
    """The first claim would fit if W were square."""
    wrong = FITS.replace(r"W^\top", "W")
    for first, second, verdicts in ((wrong, FITS, [ILL_FORMED, PROVED]), (FITS, wrong, [PROVED, ILL_FORMED])):
        assert [f.verdict for f in report(LAYER, first, second).formulas[1:]] == verdicts


@pytest.mark.parametrize(
    ("entry", "verdict"), [("(h_i - y_i) h_i (1 - h_i) x_j", PROVED), ("(h_j - y_j) h_j (1 - h_j) x_i", ILL_FORMED)]
)
def test_indices_of_a_claim_do_not_make_sizes_equal(entry: str, verdict: Verdict) -> None:
    assert last(LAYER, FITS, rf"\frac{{\partial L}}{{\partial W_{{ij}}}} = {entry}").verdict is verdict


# -- where there is a choice -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("right", [True, False])
def test_a_matrix_or_a_number_is_not_chosen(right: bool) -> None:
    """A number w and a matrix w fit, and claims differ."""
    claim = rf"\frac{{\partial L}}{{\partial w}} = {'2' if right else '3'} (u - y) x^\top"
    found = last(r"u = w x + b, \quad L = \|u - y\|^2", claim)
    assert found.verdict is UNDECIDED
    declared = last(r"w \in \mathbb{R}^{k \times n}, x \in \mathbb{R}^n, b, y \in \mathbb{R}^k",
                    r"u = w x + b, \quad L = \|u - y\|^2", claim)  # fmt: skip
    assert declared.verdict is (PROVED if right else REFUTED), declared.message


@pytest.mark.parametrize("claim", [r"\frac{\partial u}{\partial h} = V", r"\frac{\partial u}{\partial h} = 2 V"])
def test_a_capital_is_no_number_by_default(claim: str) -> None:
    found = report(r"h = \sigma(r W + b), \quad u = q (h V + c)", claim)
    assert [f.verdict for f in found.formulas] == [UNDECIDED, UNDECIDED]
    assert "A declaration would tell" in found.formulas[0].message


@pytest.mark.parametrize(("factor", "verdict"), [("1", PROVED), ("2", REFUTED)])
def test_capitals_alone_make_no_matrices(factor: str, verdict: Verdict) -> None:
    """Nothing else tells of any."""
    assert last("Y = C + G", rf"\frac{{\partial Y}}{{\partial C}} = {factor}").verdict is verdict


def test_a_bias_of_rows_may_be_repeated() -> None:
    """Beside a matrix b is read as one; what is said of its gradient is not known, that of W is the same either way."""
    definitions = r"Z = X W + b, \quad L = \frac{1}{2} \|Z - Y\|^2"
    right = r"\frac{\partial L}{\partial W} = X^\top (Z - Y)"
    assert last(definitions, right).verdict is PROVED
    assert last(definitions, right, r"\frac{\partial L}{\partial W} = (Z - Y)^\top X").verdict is ILL_FORMED
    assert last(definitions, r"\frac{\partial L}{\partial b} = Z - Y").verdict is CONDITIONAL
    assert last(definitions, r"\frac{\partial L}{\partial b} = Z + Y").verdict is REFUTED


@pytest.mark.parametrize(
    ("added", "verdict"), [(r"(A - A)^\top", UNDECIDED), (r"(A + A)^\top", ILL_FORMED), (r"(A - A)", PROVED)]
)
def test_what_fits_only_where_unstated_sizes_are_equal(added: str, verdict: Verdict) -> None:
    found = last(r"y = A x, \quad L = \frac{1}{2} \|y\|^2", rf"\frac{{\partial L}}{{\partial A}} = y x^\top + {added}")
    assert found.verdict is verdict, found.message
    if verdict is UNDECIDED:
        assert "a declaration would tell" in found.message


# -- functions, fonts, layers -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("factor", "verdict"), [("A B", PROVED), ("A", REFUTED)])
def test_capitals_in_a_function_of_numbers_are_numbers(factor: str, verdict: Verdict) -> None:
    assert last(r"f(z) = A \tanh(B z)", rf"f'(z) = {factor} (1 - \tanh^2(B z))").verdict is verdict


@pytest.mark.parametrize(("error", "verdict"), [("u - x", PROVED), ("x - u", REFUTED)])
def test_a_prime_is_part_of_the_name_of_what_one_differentiates_by(error: str, verdict: Verdict) -> None:
    code = r"h = \tanh(W x + b), \quad u = W' h + c, \quad L = \frac{1}{2} \|u - x\|^2"
    assert last(code, rf"\frac{{\partial L}}{{\partial W'}} = ({error}) h^\top").verdict is verdict


FONTS = (r"\mathbf{h} = \tanh(\mathbf{W} \mathbf{x} + \mathbf{b})", r"s = \mathbf{v}^\top \mathbf{h} + b")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial s}{\partial \mathbf{b}} = \mathbf{v} \odot (1 - \mathbf{h} \odot \mathbf{h})", PROVED),
        (r"\frac{\partial s}{\partial \mathbf{b}} = \mathbf{v} \odot (1 + \mathbf{h} \odot \mathbf{h})", REFUTED),
        (r"\frac{\partial s}{\partial b} = 1", PROVED),
        (r"\frac{\partial s}{\partial b} = 0", REFUTED),
    ],
)
def test_a_letter_in_bold_may_be_another(claim: str, verdict: Verdict) -> None:
    assert last(*FONTS, claim).verdict is verdict


def test_a_letter_in_bold_and_its_entries_are_one() -> None:
    definitions = r"\mathbf{z} = \mathbf{W} \mathbf{x}, \quad s = \sum_i z_i^2"
    assert last(definitions, r"\frac{\partial s}{\partial \mathbf{x}} = 2 \mathbf{W}^\top \mathbf{z}").verdict is PROVED
    assert last(definitions, r"\frac{\partial s}{\partial \mathbf{x}} = \mathbf{W}^\top \mathbf{z}").verdict is REFUTED


DEEP = (
    r"l = 1, \dots, L", r"z^{(l)} = W^{(l)} a^{(l-1)} + b^{(l)}, \quad a^{(l)} = \tanh(z^{(l)})", r"a^{(0)} = x",
    r"C = \frac{1}{2} \|a^{(L)} - y\|^2", r"\delta^{(l)} = \frac{\partial C}{\partial z^{(l)}}",
)  # fmt: skip


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial C}{\partial W^{(l)}} = \delta^{(l)} (a^{(l-1)})^\top", PROVED),
        (r"\frac{\partial C}{\partial W^{(l)}} = \delta^{(l)} (a^{(l)})^\top", ILL_FORMED),
        (r"\frac{\partial C}{\partial a^{(l)}} = (W^{(l+1)})^\top \delta^{(l+1)}", PROVED),
        (r"\frac{\partial C}{\partial a^{(l)}} = W^{(l+1)} \delta^{(l+1)}", ILL_FORMED),
    ],
)
def test_a_layer_has_the_size_of_the_one_below(claim: str, verdict: Verdict) -> None:
    assert last(*DEEP, claim).verdict is verdict


def test_layers_that_are_added_have_one_size() -> None:
    found = report(
        r"l = 1, \dots, L", r"h^{(l)} = h^{(l-1)} + \tanh(W^{(l)} h^{(l-1)})", r"C = \frac{1}{2} \|h^{(L)} - y\|^2",
        r"\frac{\partial C}{\partial h^{(L)}} = h^{(L)} - y", r"\frac{\partial C}{\partial h^{(L)}} = y",
    )  # fmt: skip
    assert [f.verdict for f in found.formulas[3:]] == [PROVED, REFUTED]
    assert re.search(r"W\^\{\(l\)\} \\in \\mathbb\{R\}\^\{(N_\{.\}) \\times \1\}", found.formulas[1].remarks[0])


@pytest.mark.parametrize(("claim", "verdict"), [("p_k - y_k", Verdict.PROVED), ("y_k - p_k", Verdict.REFUTED)])
def test_entries_of_what_is_declared_are_numbers(claim: str, verdict: Verdict) -> None:
    text = (
        r"Let $s \in \mathbb{R}^V$." "\n\n" r"$$p_k = \frac{\exp(s_k)}{\sum_{j=1}^V \exp(s_j)}$$" "\n"
        r"$$L = -\sum_{k=1}^V y_k \log p_k, \quad \sum_{k=1}^V y_k = 1$$" "\n"
        rf"$$\frac{{\partial L}}{{\partial s_k}} = {claim}$$" "\n"
    )  # fmt: skip
    formulas = report_on(text).formulas
    assert formulas[-1].verdict is verdict, formulas[-1].message
    assert not any("declared nowhere" in remark for f in formulas for remark in f.remarks)


WRITTEN_OUT = r"""Two inputs $x_1, x_2$; hidden $h_1 = \sigma(w_1 x_1 + w_2 x_2 + b_1)$ and $o = \sigma(w_5 h_1 + b_3)$,
$E = \frac12 (t - o)^2$.

$$ CLAIM $$
"""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (r"\frac{\partial E}{\partial w_5} = -(t-o) \, o(1-o) \, h_1", Verdict.PROVED),
        (r"\frac{\partial E}{\partial w_5} = (t-o) \, o(1-o) \, h_1", Verdict.REFUTED),
        (r"\frac{\partial E}{\partial w_1} = -(t-o) \, o(1-o) w_5 h_1 (1-h_1) x_1", Verdict.PROVED),
        (r"\frac{\partial E}{\partial w_1} = -(t-o) \, o(1-o) w_5 h_1 (1-h_1) x_2", Verdict.REFUTED),
    ],
)
def test_members_that_are_written_out_are_numbers(claim: str, verdict: Verdict) -> None:
    found = report_on(WRITTEN_OUT.replace("CLAIM", claim)).formulas[-1]
    assert found.verdict is verdict, found.message


def test_what_is_written_as_of_vectors_is_not_taken_for_numbers() -> None:
    claim = r"\frac{\partial E}{\partial w_5} = -(t-o) \, o(1-o) \, h_1"
    text = WRITTEN_OUT.replace("(t - o)^2", r"\|t - o\|^2").replace("CLAIM", claim)
    assert report_on(text).formulas[-1].verdict is not Verdict.PROVED


TEMPERED = r"""
The scores are divided by a temperature $\tau$, $p = \operatorname{softmax}(s/\tau)$, so that
$$\frac{\partial p_i}{\partial s_j} = SLOPE\, p_i (\delta_{ij} - p_j), \qquad
\frac{\partial p_i}{\partial \tau} = \frac{p_i}{\tau^2} \Big(\sum_j p_j s_j - s_i\Big)$$
"""


def test_what_divides_a_vector_is_a_number_also_where_one_differentiates_by_it() -> None:
    right = report_on(TEMPERED.replace("SLOPE", r"\frac{1}{\tau}")).formulas[-1]
    assert [link.verdict for link in right.links] == [Verdict.PROVED, Verdict.PROVED]
    wrong = report_on(TEMPERED.replace("SLOPE", r"\tau").replace("- s_i", "+ s_i")).formulas[-1]
    assert [link.verdict for link in wrong.links] == [Verdict.REFUTED, Verdict.REFUTED]


def test_quotients_of_vectors_are_taken_entry_by_entry() -> None:
    text = r"""$q = u / v$ for $u \in \mathbb{R}^n$ and $v \in \mathbb{R}^n$:
    $$\frac{\partial q_i}{\partial v_i} = SIGN \frac{u_i}{v_i^2}$$"""
    assert report_on(text.replace("SIGN", "-")).formulas[-1].verdict is Verdict.PROVED
    assert report_on(text.replace("SIGN", "")).formulas[-1].verdict is Verdict.REFUTED


def test_a_bias_that_a_row_of_ones_repeats_is_a_column() -> None:
    text = r"""The examples are the columns of $A \in \mathbb{R}^{n\times m}$. Let
    $Z = \Omega A + \beta \mathbf{1}_m^\top$ and $L = \sum_{i=1}^m \sum_{k=1}^K (Z_{ki} - T_{ki})^2$. Then
    $$\frac{\partial L}{\partial \beta} = CLAIM$$"""
    right = report_on(text.replace("CLAIM", r"2 (Z - T) \mathbf{1}_m")).formulas[-1]
    assert right.verdict is Verdict.PROVED
    assert report_on(text.replace("CLAIM", r"(Z - T) \mathbf{1}_m")).formulas[-1].verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [(r"\alpha \frac{Y}{K}", r"\frac{Y}{K}"), (r"\alpha A K^{\alpha - 1} L^{1 - \alpha}", r"\alpha A L")],
)
def test_what_has_a_power_that_is_no_whole_number_is_a_number(claim: str, wrong: str) -> None:
    """Also where capitals name it. Of a whole power nothing is said."""
    definition, left = r"Y = A K^\alpha L^{1 - \alpha}", r"\frac{\partial Y}{\partial K} = "
    assert last(definition, left + claim).verdict in (PROVED, CONDITIONAL)
    assert last(definition, left + wrong).verdict is REFUTED
    assert last(r"Y = A K^k", left + "k A K^{k - 1}").verdict is UNDECIDED


@pytest.mark.parametrize(
    ("power", "verdicts"), [(r"1 - \rho", (PROVED, CONDITIONAL)), (r"1 + \rho", (REFUTED,)), (r"\rho", (REFUTED,))]
)
def test_the_only_factor_that_may_be_negative_is_not_below_a_real_power(power: str, verdicts: tuple[Verdict]) -> None:
    definition = r"Y = (\alpha K^\rho + (1 - \alpha) L^\rho)^{1/\rho}"
    claim = rf"\frac{{\partial Y}}{{\partial K}} = \alpha \left(\frac{{Y}}{{K}}\right)^{{{power}}}"
    assert last(definition, claim).verdict in verdicts
