"""Scripts are read by what the document says elsewhere: each reading beside a document that asks for another."""

from __future__ import annotations

import pytest

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.gathering import gather
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranges import is_range
from verify_derivations.formulas.reader import parse, parse_expression
from verify_derivations.formulas.symbol_table import collect


def reference(name: str, *document: str) -> Reference:
    """What ``name`` refers to in a document of these formulas."""
    symbols = collect([*document, name])
    table = gather(parse(formula, symbols) for formula in document)
    found = table.reference(parse_expression(name, symbols))
    assert found is not None
    return found


def shown(nodes: s.Node | tuple[s.Node, ...] | None) -> str:
    if isinstance(nodes, tuple):
        return ",".join(to_latex(node) for node in nodes)
    return "" if nodes is None else to_latex(nodes).replace("\\left", "").replace("\\right", "")


LAYERS = (r"z^{(l+1)} = W^{(l)T} x^{(l)} + b^{(l)}", r"x^{(l)} = f(z^{(l)})")


def test_a_superscript_in_brackets_is_a_layer() -> None:
    found = reference("z^{(3)}", *LAYERS)
    assert (found.name, shown(found.layer), found.power) == ("z", "3", None)


def test_a_superscript_without_brackets_is_a_power_where_there_are_no_layers() -> None:
    found = reference("z^{2}", r"L = z^2 + y")
    assert (found.layer, shown(found.power)) == (None, "2")


def test_a_superscript_without_brackets_is_a_layer_where_the_document_defines_it_so() -> None:
    found = reference("z^{l}", r"z^{l} = W^{l} a^{l-1}", r"a^{l} = f(z^l)")
    assert (shown(found.layer), found.power) == ("l", None)


@pytest.mark.parametrize("script", ["T", r"\top", r"\mathsf{T}"])
def test_a_transpose(script: str) -> None:
    found = reference(f"W^{{{script}}}", r"W \in R^{n \times m}")
    assert found.transposed
    assert found.power is None


def test_a_layer_and_a_transpose() -> None:
    found = reference("W^{(2)T}", *LAYERS)
    assert (shown(found.layer), found.transposed) == ("2", True)
    assert not reference("W^{(2)}", *LAYERS).transposed


def test_an_inverse() -> None:
    assert reference("A^{-1}", r"A \in R^{n \times n}").inverted
    assert not reference("A^{-2}", r"A \in R^{n \times n}").inverted


def test_a_bound_letter_is_an_index() -> None:
    found = reference("y_{i}", r"L = -\sum_{i=1}^C y_i \log a_i")
    assert (found.name, shown(found.indices)) == ("y", "i")


def test_a_word_is_a_label() -> None:
    found = reference(r"W_{\text{out}}", r"z = W_{\text{out}} h", r"W_{\text{out}} \in R^{n \times m}")
    assert found.indices == ()
    assert "out" in found.name


def test_a_capital_that_is_bound_nowhere_is_a_label() -> None:
    found = reference("W_{Q}", r"Q = X W_Q", r"W_Q \in R^{d \times k}")
    assert (found.name, found.indices) == ("W_{Q}", ())


def test_a_number_is_a_label_where_each_member_is_declared_by_itself() -> None:
    found = reference("W_{1}", r"W_1 \in R^{n \times m}, W_2 \in R^{m \times k}")
    assert (found.name, found.indices) == ("W_{1}", ())


def test_a_number_is_an_index_where_the_name_is_declared_without_it() -> None:
    found = reference("x_{1}", r"x \in R^{n}", r"y = x_1 + x_2")
    assert (found.name, shown(found.indices)) == ("x", "1")


def test_two_bound_letters_are_two_indices() -> None:
    found = reference("k_{ij}", r"z_j = \sum_{i=1}^B a_i k_{ij}, \quad j = 1,\cdots,F")
    assert [shown(i) for i in found.indices] == ["i", "j"]


def test_a_shifted_subscript_is_an_index() -> None:
    found = reference("h_{t-1}", r"h_t = \tanh(W h_{t-1} + U x_t)")
    assert (found.name, shown(found.indices).replace(" ", "")) == ("h", "t-1")


def test_an_accent_makes_another_name_and_bold_face_does_not() -> None:
    assert reference(r"\hat{y}", r"L = (y - \hat{y})^2").name != reference("y", r"L = (y - \hat{y})^2").name
    assert reference(r"\mathbf{x}", r"y = \mathbf{w}^T\mathbf{x}").name == "x"


@pytest.mark.parametrize(
    ("latex", "expected"),
    [
        ("l = 1, 2, 3", True), (r"l \in \{1, 2, 3\}", True), ("l = 0, 1", True), (r"l = 1, \dots, L", True),
        (r"y \in \{0, 1\}", False), (r"y \in \{-1, 1\}", False), ("l = 1, 3", False), ("x_i = 1, 2", False),
        ("Y = 1, 2", False), (r"l \in \{3\}", False), ("l = 2", False),
    ],
)  # fmt: skip
def test_a_range_may_be_a_list(latex: str, expected: bool) -> None:
    (part,) = parse(latex, collect([latex])).parts
    assert isinstance(part, s.Relation) and is_range(part) is expected


@pytest.mark.parametrize(
    ("name", "declared", "indices"),
    [
        ("x_{2i}", r"x \in R^{2n}", "2 i"), ("x_{2i}", r"x \in R^{2n \times 1}", "2 i"),
        ("x_{2i}", r"x \in R^{n \times m}", "2,i"), ("X_{c,2i}", r"X \in R^{C \times 2n}", "c,2 i"),
        ("x_{2i-1}", r"x \in R^{2n}", "2 i - 1"), ("X_{ci}", r"X \in R^{C \times n}", "c,i"),
    ],
)
def test_a_multiple_of_an_index(name: str, declared: str, indices: str) -> None:
    found = reference(name, declared, r"y = \sum_{i=1}^n z_i", r"y = \sum_{c=1}^C z_c")
    assert shown(found.indices).replace("2i", "2 i").replace("i-", "i - ").replace("-1", "- 1") == indices


# -- letters that tell quantities apart ---------------------------------------------------------------------------
TWO = (r"a_j = \sum_{i=1}^{D} w_{ji} x_i", r"a_k = \sum_{j=1}^{M} w_{kj} a_j", r"E = \sum_{k=1}^{K} a_k")


@pytest.mark.parametrize(
    ("name", "document", "expected"),
    [
        ("a_j", TWO, "a_{{j}}"),
        ("a_k", TWO, "a_{{k}}"),
        ("a_l", (*TWO, r"y = \sum_{l=1}^{K} x_l"), "a_{{k}}"),  # another letter for the same units
        ("w_{ji}", TWO, "w_{{ji}}"),
        ("w_{kj}", TWO, "w_{{kj}}"),
        ("x_i", TWO, "x"),  # one quantity
        ("a_k", (TWO[0], r"a_k = \sum_{j=1}^{M} w_{kj} a_j", r"E = \sum_{k=1}^{M} a_k"), "a"),  # the same range
        ("a_k", (*TWO, r"a \in R^{n}"), "a"),  # one vector
        ("a_k", (*TWO, r"y = \tanh(a)"), "a"),
        ("a_k", (*TWO, r"y = a_{k-1}"), "a_{{k}}"),
        ("a_{k-1}", (*TWO, r"y = a_{k-1}"), "a"),  # of which it is does not show
        ("a_1", (*TWO, r"y = a_1"), "a"),
        ("a_k", (*TWO, r"F = \sum_{k=1}^{N} x_k"), "a_{{k}}"),  # k runs to K and N, but one a is made of itself
        ("w_{kj}", (TWO[0], r"z_k = \sum_{j=1}^{M} w_{kj} a_j", r"E = \sum_{k=1}^{K} z_k"), "w"),  # one each
    ],
)
def test_letters_that_run_to_different_ends(name: str, document: tuple[str, ...], expected: str) -> None:
    assert reference(name, *document).name == expected


@pytest.mark.parametrize(
    ("document", "names"),
    [
        ((r"E_t = x_t^2", r"E = \sum_{t=1}^{T} E_t"), ("E_{{t}}", "E")),
        ((r"E_t = x_t^2", "E = (E_1, E_2)^T"), ("E", "E")),
        ((r"E_t = x_t^2", r"F = \sum_{t=1}^{T} E_t", r"y = E"), ("E", "E")),  # one vector
        ((r"E \in R^{T}", r"E_t = x_t^2", r"E = \sum_{t=1}^{T} E_t c_t"), ("E", "E")),  # declared to be one
    ],
)
def test_a_total_is_called_as_what_it_adds_up(document: tuple[str, ...], names: tuple[str, str]) -> None:
    assert (reference("E_t", *document).name, reference("E", *document).name) == names


@pytest.mark.parametrize("name", ["z", "z_i"])
def test_a_name_is_resolved_once_and_tells_where_it_stands(name: str) -> None:
    document = (r"z \in R^n", r"L = \sum_i z_i^2")
    symbols = collect([*document, name])
    table = gather(parse(formula, symbols) for formula in document)
    here, there = (parse_expression(name, symbols) for _ in range(2))
    one, other = table.reference(here), table.reference(there)
    assert one is not None and other is not None and one == other
    assert table.reference(here) is one and one.node is here and other.node is there
    assert table.reference(parse_expression("L", symbols)) != one
