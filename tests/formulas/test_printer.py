"""The printer: what it prints reads back as the same tree."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import last_side, parse, parse_expression, read
from verify_derivations.formulas.scanner import read_document
from verify_derivations.formulas.symbol_table import collect
from verify_derivations.formulas.symbols import Symbols

ROOT = Path(__file__).resolve().parents[2]
ORIGINAL = ROOT.parent / "shared" / "seeds" / "notes-on-cnn.md"
DOCUMENTS = [
    ROOT / "formulas" / "notes_on_cnn" / "notes.md",
    *sorted((ROOT / "tests" / "documents").glob("*.md")),
    *sorted((ROOT / "tests" / "documents").glob("*.tex")),
]
SYMBOLS = Symbols(frozenset(("zc",)), frozenset(string.ascii_letters), frozenset(("f", "\\sigma")))


@pytest.mark.parametrize("path", [*DOCUMENTS, ORIGINAL], ids=lambda path: path.stem)
def test_documents_read_back(path: Path) -> None:
    if not path.is_file():
        pytest.skip(f"{path.name} is not here")
    document = read_document(path)
    symbols = collect((formula.latex for formula in document.formulas), macros=document.macros)
    before: s.Node | None = None
    for formula in document.formulas:
        tree = read(formula.latex, symbols, document.macros, before if formula.continues else None).statements
        before = last_side(tree)
        assert parse(to_latex(tree), symbols) == tree, formula


@pytest.mark.parametrize(
    "latex", ["x!", "x_{i}!", "2!", r"\left(n - 1\right)!", r"\frac{x^{2}}{2!}", "n!^{2}", r"\log x!", "2n!m!"]
)
def test_factorials_read_back(latex: str) -> None:
    tree = parse_expression(latex, SYMBOLS)
    assert any(isinstance(x, s.Call) and x.function == s.Symbol("!") for x in s.walk(tree))
    assert parse_expression(to_latex(tree), SYMBOLS) == tree


@pytest.mark.parametrize("latex", ["x!!", "x != y", "!x", "a + !"])
def test_other_exclamation_marks_are_not_read(latex: str) -> None:
    with pytest.raises(ReadError, match="! is not read"):
        parse_expression(latex, SYMBOLS)


@pytest.mark.parametrize(
    ("tree", "latex"),
    [
        (s.Product((s.Sum(("+", "-"), (s.Symbol("x"), s.Symbol("y"))), s.Symbol("z")), ("",)), r"\left(x - y\right)z"),
        (s.Scripted(s.Product((s.Symbol("x"), s.Symbol("y")), ("",)), None, s.Symbol("T")), r"\left(x y\right)^{T}"),
        (
            s.Product((s.BigOperator("\\sum", s.Symbol("x"), s.Symbol("i")), s.Symbol("y")), ("",)),
            r"\left(\sum_{i}x\right)y",
        ),
        (s.Sum(("-",), (s.Sum(("+", "+"), (s.Symbol("x"), s.Symbol("y"))),)), r"-\left(x + y\right)"),
        (s.Product((s.Symbol("\\delta"), s.Symbol("x")), ("",)), r"\delta x"),
        (s.Scripted(s.Symbol("k"), s.Product((s.Symbol("i"), s.Symbol("j")), ("",))), "k_{ij}"),
    ],
)
def test_brackets_and_spaces_where_they_are_needed(tree: s.Node, latex: str) -> None:
    assert to_latex(tree) == latex


# -- generated trees --------------------------------------------------------------------------------
letters = st.sampled_from([*"abchknxyzABCHKLNWXY", "\\delta", "\\theta", "\\ell"]).map(s.Symbol)
accents = st.sampled_from(["", "\\hat", "\\tilde"])
fonts = st.sampled_from(["", "\\mathbf", "\\mathcal"])
symbols = letters | st.builds(s.Symbol, st.sampled_from("WXxyz"), accents, fonts)
numbers = st.sampled_from(["0", "1", "2", "12", "0.5", "1.7159"]).map(s.Number)
indices = st.sampled_from("ijk").map(s.Symbol)
next_index = st.builds(lambda i: s.Sum(("+", "+"), (i, s.Number("1"))), indices)
layers = st.one_of(
    indices,
    numbers.filter(lambda n: n.text.isdigit()),
    st.builds(lambda body: s.Group("(", body, True), indices | next_index),
)
subs = indices | st.builds(lambda i, j: s.Sequence((i, j)), indices, indices) | st.builds(
    lambda i, j: s.Product((i, j), ("",)), indices, indices
)
scripted = st.builds(s.Scripted, symbols, st.none() | subs, st.none() | layers | st.just(s.Symbol("\\top"))).map(
    lambda node: node if node.sub or node.sup else node.base
)
functions = st.sampled_from(
    [s.Symbol("f"), s.Symbol("\\sigma"), s.Symbol("exp"), s.Symbol("softmax"), s.Scripted(s.Symbol("f"), primes=1)]
)
KINDS = (
    "scripted", "scripted", "number", "group", "fraction", "root", "norm", "absolute", "call", "log", "derivative",
    "second", "nabla", "cases", "matrix",
)


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> s.Node:
    """Trees as the reader makes them: operands of a product are factors, and so on."""
    return side(draw, depth)


def side(draw: st.DrawFn, depth: int) -> s.Node:
    count = draw(st.integers(1, 3 if depth else 1))
    terms = tuple(term(draw, depth) for _ in range(count))
    return terms[0] if count == 1 else s.Sum(tuple(draw(st.sampled_from("+-")) for _ in terms), terms)


def term(draw: st.DrawFn, depth: int) -> s.Node:
    if depth and draw(st.integers(0, 4)) == 0:
        bound = s.Relation((draw(indices), s.Number("1")), ("=",))
        return s.BigOperator("\\sum", term(draw, depth - 1), bound, draw(st.none() | letters))
    factors = [factor(draw, depth)]
    operators: list[str] = []
    for _ in range(draw(st.integers(0, 3 if depth else 1))):
        operator = draw(st.sampled_from(["", "", "\\cdot", "\\circ", "\\times", "\\star", "/"]))
        following = factor(draw, depth)
        if operator == "" and isinstance(following, s.Number | s.Group):  # 2 3 is refused, f (x) is a call
            operator = "\\cdot"
        factors.append(following)
        operators.append(operator)
    return factors[0] if not operators else s.Product(tuple(factors), tuple(operators))


def factor(draw: st.DrawFn, depth: int) -> s.Node:
    def inner() -> s.Node:
        return side(draw, depth - 1)

    match draw(st.sampled_from(KINDS)) if depth else draw(st.sampled_from(KINDS[:3])):
        case "number":
            return draw(numbers)
        case "group":
            return s.Group(draw(st.sampled_from("([{")), inner(), draw(st.booleans()))
        case "fraction":
            return s.Fraction(inner(), inner())
        case "root":
            return s.Root(inner(), draw(st.none() | numbers))
        case "norm":
            return s.Norm(inner(), draw(st.none() | numbers))
        case "absolute":
            return s.Absolute(inner())
        case "call":
            return s.Call(draw(functions), (inner(),), "(", draw(st.booleans()))
        case "log":
            return s.Call(s.Symbol("log"), (draw(scripted),), "")
        case "derivative":
            return s.Derivative(draw(scripted), (draw(scripted),))
        case "second":
            return s.Derivative(draw(scripted), (draw(letters),) * 2, "\\partial", 2)
        case "nabla":
            return s.Nabla(draw(st.none() | scripted), draw(scripted), draw(st.sampled_from((1, 2))))
        case "cases":
            return s.Cases(((inner(), s.Relation((inner(), inner()), ("<",))), (inner(), None)))
        case "matrix":
            return s.Matrix("pmatrix", ((inner(), inner()), (inner(), inner())))
    return draw(scripted)


@settings(max_examples=60, deadline=None)
@given(trees())
def test_generated_trees_read_back(tree: s.Node) -> None:
    latex = to_latex(tree)
    assert parse_expression(latex, SYMBOLS) == tree, latex


@settings(max_examples=25, deadline=None)
@given(st.lists(trees(depth=2), min_size=2, max_size=3), st.sampled_from(["=", "\\le", "\\neq"]))
def test_generated_chains_read_back(sides: list[s.Node], relation: str) -> None:
    tree = s.Statements((s.Relation(tuple(sides), (relation,) * (len(sides) - 1)),), ("",))
    assert parse(to_latex(tree), SYMBOLS) == tree


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(
    r"\frac \frac{ { } ( ) [ | \| \left( \right) \left| \right| ^ _ ^{ _{ ' x W f \delta ab 12 + - = \in , \quad \\ & "
    r"\Rightarrow \sum_{i=1}^n \max_ \log \partial \frac{\partial \nabla_ \mathbf{ \text{if} \begin{cases} \end{cases} "
    r"\hat \sqrt \infty \times / : 'valid' \mid dx \mathbb{1} < > \foo".split()), max_size=12).map(" ".join))
def test_anything_is_read_or_refused(latex: str) -> None:
    try:
        to_latex(parse(latex, SYMBOLS))
    except ReadError as error:
        if not 0 <= error.position <= len(latex):
            raise
