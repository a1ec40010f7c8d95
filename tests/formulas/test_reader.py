"""The reader: what each notation becomes, and what is refused with which message."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.macros import collect_macros
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import last_side, parse, parse_expression, read, states_nothing
from verify_derivations.formulas.scanner import read_document
from verify_derivations.formulas.symbol_table import collect
from verify_derivations.formulas.symbols import Symbols, split_run

EMBEDDED = Path(__file__).resolve().parents[2] / "formulas" / "notes_on_cnn" / "notes.md"
LETTERS = frozenset("abcdefghijklmnpqrstuvwxyzABCDEFHIJKLMNPSTUVWXYZ")
SYMBOLS = Symbols(frozenset(("zc", "ac")), LETTERS, frozenset(("f",)))
x, y, z, a, b, i, j, n, W, L = (s.Symbol(letter) for letter in "xyzabijnWL")
two = s.Number("2")


def product(*factors: s.Node, operator: str = "") -> s.Product:
    return s.Product(factors, (operator,) * (len(factors) - 1))


EXPRESSIONS = {
    "Wx+b": s.Sum(("+", "+"), (product(W, x), b)),
    "zc_j": s.Scripted(s.Symbol("zc"), j),
    r"\zeta x": product(s.Symbol("\\zeta"), x),
    r"-x": s.Sum(("-",), (x,)),
    r"\frac12": s.Fraction(s.Number("1"), two),
    r"\tfrac xy": s.Fraction(x, y),
    "x^2_i": s.Scripted(x, i, two),
    "{x_i}^2": s.Scripted(x, i, two),
    "x^12": product(s.Scripted(x, None, s.Number("1")), two),
    "W'": s.Scripted(W, primes=1),
    r"W^{\prime\prime}": s.Scripted(W, primes=2),
    r"W^{\left(l\right)T}": s.Scripted(
        W, None, product(s.Group("(", s.Symbol("l"), True), s.Symbol("T"))
    ),
    r"x^\top": s.Scripted(x, None, s.Symbol("\\top")),
    r"x^{\mathsf T}": s.Scripted(x, None, s.Symbol("T", font="\\mathsf")),
    "w^*": s.Scripted(s.Symbol("w"), None, s.Symbol("\\ast")),
    "a_{ij}": s.Scripted(a, product(i, j)),
    "a_{i,j}": s.Scripted(a, s.Sequence((i, j))),
    r"\mathbf{W}": s.Symbol("W", font="\\mathbf"),
    r"\hat y": s.Symbol("y", accent="\\hat"),
    r"\hat{\mathbf{y}}_i": s.Scripted(s.Symbol("y", "\\hat", "\\mathbf"), i),
    r"\mathrm{softmax}(x)": s.Call(s.Symbol("softmax"), (x,)),
    r"\text{ReLU}(x)": s.Call(s.Symbol("ReLU"), (x,)),
    "conv2(x, 'valid')": s.Call(s.Symbol("conv2"), (x, s.Text("valid", quoted=True))),
    "f(x)": s.Call(s.Symbol("f"), (x,)),
    "a(x)": product(a, s.Group("(", x)),
    "f'(x)": s.Call(s.Scripted(s.Symbol("f"), primes=1), (x,)),
    "f(x)^2": s.Scripted(s.Call(s.Symbol("f"), (x,)), None, two),
    "f(1-f)": product(s.Symbol("f"), s.Group("(", s.Sum(("+", "-"), (s.Number("1"), s.Symbol("f"))))),
    r"U(a,b)": s.Call(s.Symbol("U"), (a, b)),
    r"\log x_i y": product(s.Call(s.Symbol("log"), (s.Scripted(x, i),), ""), y),
    r"\exp{(x)}": s.Call(s.Symbol("exp"), (x,)),
    r"\exp\left[\left(x\right)\right]": s.Call(s.Symbol("exp"), (s.Group("(", x, True),), "[", True),
    r"\sum_{i=1}^n x_i y + b": s.Sum(
        ("+", "+"),
        (s.BigOperator("\\sum", product(s.Scripted(x, i), y), s.Relation((i, s.Number("1")), ("=",)), n), b),
    ),
    r"\sum_{j\neq i} x": s.BigOperator("\\sum", x, s.Relation((j, i), ("\\neq",))),
    r"\sum_{\substack{i=1\\ i\ne j}}^n x": s.BigOperator(
        "\\sum", x, s.Sequence((s.Relation((i, s.Number("1")), ("=",)), s.Relation((i, j), ("\\neq",)))), n
    ),
    r"\max(0,x)": s.Call(s.Symbol("max"), (s.Number("0"), x)),
    r"\max_i x_i": s.BigOperator("\\max", s.Scripted(x, i), i),
    r"\arg\max_{i} x": s.BigOperator("\\arg\\max", x, i),
    r"\operatorname*{argmax}_i x": s.BigOperator("\\arg\\max", x, i),
    r"\frac{\partial L}{\partial x}": s.Derivative(L, (x,)),
    r"\frac{dL}{dx}": s.Derivative(L, (x,), "d"),
    r"\frac{\mathrm{d}L}{\mathrm{d}x}": s.Derivative(L, (x,), "d"),
    r"\frac{d_1}{d_2}": s.Fraction(s.Scripted(s.Symbol("d"), s.Number("1")), s.Scripted(s.Symbol("d"), two)),
    r"\partial L/\partial x": s.Derivative(L, (x,)),
    r"\frac{\partial^2 L}{\partial x \partial y}": s.Derivative(L, (x, y), order=2),
    r"\frac{\partial^2 L}{\partial x_i^2}": s.Derivative(L, (s.Scripted(x, i),) * 2, order=2),
    r"\frac{\partial}{\partial x} y z": s.Derivative(product(y, z), (x,), prefix=True),
    r"\nabla_{W} L": s.Nabla(W, L),
    r"\nabla_{W}^{2} L": s.Nabla(W, L, 2),
    r"\nabla^2_W L": s.Nabla(W, L, 2),
    r"\nabla^2 L": s.Nabla(None, L, 2),
    r"\left.x\right|_{y=0}": s.Scripted(s.Group("|", x, True), s.Relation((y, s.Number("0")), ("=",))),
    r"x|_{y=0}": s.Scripted(s.Group("|", x, True), s.Relation((y, s.Number("0")), ("=",))),
    "|x| y": product(s.Absolute(x), y),
    r"||x||_2^2": s.Scripted(s.Norm(x, two), None, two),
    r"\left|\left|x\right|\right|_{2}^{2}": s.Scripted(s.Norm(x, two), None, two),
    r"\lVert x\rVert": s.Norm(x),
    r"\langle x, y\rangle": s.Call(s.Symbol("\\langle"), (x, y), "\\langle"),
    r"\mathbb{1}[x>0]": s.Call(
        s.Symbol("1", font="\\mathbb"), (s.Relation((x, s.Number("0")), (">",)),), "["
    ),
    r"\begin{cases} x, & \text{if } x>0 \\ 0 & \text{otherwise}\end{cases}": s.Cases(
        ((x, s.Relation((x, s.Number("0")), (">",))), (s.Number("0"), s.Text("otherwise")))
    ),
    r"\left\{\begin{array}{ll} x & x>0\\ 0 & otherwise\end{array}\right.": s.Cases(
        ((x, s.Relation((x, s.Number("0")), (">",))), (s.Number("0"), s.Symbol("otherwise")))
    ),
    r"\begin{cases} x & x>0 \\ -x & \text{otherwise}\end{cases}": s.Cases(
        ((x, s.Relation((x, s.Number("0")), (">",))), (s.Sum(("-",), (x,)), s.Text("otherwise")))
    ),
    r"\begin{pmatrix} a & b \end{pmatrix}": s.Matrix("pmatrix", ((a, b),)),
    r"\sqrt[3]{x}": s.Root(x, s.Number("3")),
    r"\underbrace{x+y}_{z}": s.Group("(", s.Sum(("+", "+"), (x, y)), True),
    r"{\bf x}": s.Symbol("x", font="\\mathbf"),
    "a_{n1}": s.Scripted(a, product(n, s.Number("1"))),
    r"p(x|y)": s.Call(s.Symbol("p"), (s.Relation((x, y), ("\\mid",)),)),
    r"\{x,y\}_{i=1}^{n}": s.Scripted(s.Finite((x, y)), s.Relation((i, s.Number("1")), ("=",)), n),
    r"x \odot y \circ z": s.Product((x, y, z), ("\\odot", "\\circ")),
    "x*y/z": s.Product((x, y, z), ("\\ast", "/")),
}


@pytest.mark.parametrize("latex", EXPRESSIONS)
def test_expressions(latex: str) -> None:
    assert parse_expression(latex, SYMBOLS) == EXPRESSIONS[latex]


def relation(left: s.Node, sign: str, right: s.Node) -> s.Relation:
    return s.Relation((left, right), (sign,))


REALS = s.Space("\\mathbb{R}", (n,))
STATEMENTS = {
    r"x=y=z": ((s.Relation((x, y, z), ("=", "=")),), ("",)),
    r"\begin{aligned} x & = & y \end{aligned}": ((relation(x, "=", y),), ("",)),
    r"x=y,\quad i\neq j": ((relation(x, "=", y), relation(i, "\\neq", j)), ("", ",")),
    r"x=y \quad (i\ne j)": ((relation(x, "=", y), relation(i, "\\neq", j)), ("", ",")),
    r"x=y \text{ for } i \ne j": ((relation(x, "=", y), relation(i, "\\neq", j)), ("", "if")),
    r"\Rightarrow x=y": ((relation(x, "=", y),), ("\\Rightarrow",)),
    r"x=y\\ \Rightarrow a=b": ((relation(x, "=", y), relation(a, "=", b)), ("", "\\Rightarrow")),
    r"x := y.": ((relation(x, ":=", y),), ("",)),
    r"\boxed{x = y}": ((relation(x, "=", y),), ("",)),
    r"\textcolor{red}{x} \overset{\text{def}}{=} y": ((relation(x, ":=", y),), ("",)),
    r"x \in \R^n": ((relation(x, "\\in", REALS),), ("",)),
    r"W \gets W - x": ((relation(W, "\\leftarrow", s.Sum(("+", "-"), (W, x))),), ("",)),
    r"x \in \mathbb{R}^n, y \in R": ((relation(x, "\\in", REALS), relation(y, "\\in", s.Space("R"))), ("", ",")),
    r"x, y \in \mathbb{R}^n": ((relation(s.Sequence((x, y)), "\\in", REALS),), ("",)),
    r"x \in R^{2n\times1}": ((relation(x, "\\in", s.Space("R", (product(two, n), s.Number("1")))),), ("",)),
    r"x \in (0, \infty]": ((relation(x, "\\in", s.Interval(s.Number("0"), s.Infinity(), ("(", "]"))),), ("",)),
    r"y \in \{0,1\}": ((relation(y, "\\in", s.Finite((s.Number("0"), s.Number("1")))),), ("",)),
    r"j=1,\cdots,n": ((relation(j, "=", s.Sequence((s.Number("1"), s.Dots(), n))),), ("",)),
    r"i,j=1,\cdots,n": ((relation(s.Sequence((i, j)), "=", s.Sequence((s.Number("1"), s.Dots(), n))),), ("",)),
    r"x &= a \\ &= b": ((s.Relation((x, a, b), ("=", "=")),), ("",)),
    r"x &= a \\ &\quad - b \\ -y &= z": (
        (relation(x, "=", s.Sum(("+", "-"), (a, b))), relation(s.Sum(("-",), (y,)), "=", z)), ("", "\\\\")
    ),
}


@pytest.mark.parametrize("latex", STATEMENTS)
def test_statements(latex: str) -> None:
    parts, joints = STATEMENTS[latex]
    assert parse(latex, SYMBOLS) == s.Statements(parts, joints)


def test_an_empty_side_is_dropped_with_a_remark() -> None:
    reading = read("x & = & =y", SYMBOLS)
    assert reading.statements.parts == (relation(x, "=", y),)
    assert "empty side" in reading.remarks[0]


def test_a_row_that_begins_with_a_relation_continues_the_row_above() -> None:
    above = parse("x = y", SYMBOLS)
    assert parse("&= z", SYMBOLS, before=last_side(above)).parts == (relation(y, "=", z),)
    with pytest.raises(ReadError, match="nothing stands before ="):
        parse("&= z", SYMBOLS)


@pytest.mark.parametrize(
    ("latex", "message", "position"),
    [
        (r"x + ", "unexpected the end", 4),
        (r"x = \left( y", r"( is never closed", 4),
        (r"x = y)", ") closes nothing", 5),
        (r"\frac{x}{y", "{ is never closed", 8),
        (r"\begin{aligned} x", r"\begin{aligned} is never closed", 0),
        (r"x^a^b", "two superscripts", 3),
        (r"x_a_b", "two subscripts", 3),
        (r"\frak{x}", r"unknown command \frak", 0),
        (r"x^{1001}", "larger than 1000", 3),
        (r"2 3", "two numbers", 2),
        (r"\frac{\partial^2 L}{\partial x}", "order 2 by 1", 0),
        (r"\partial L", r"\partial without a second one", 0),
        (r"2{x+y}", "do not print", 1),
        (r"{Wx}^T", "do not print", 0),
        (r"(x]", "differ", 2),
        (r"\hat{x+y}", "more than one symbol", 0),
        (r"|x", "this bar is never closed", 0),
        (r"", "empty", 0),
        (r"x = y!!", "! is not read", 5),
        (r"\begin{tikzpicture}\end{tikzpicture}", "tikzpicture is not read", 0),
    ],
)
def test_refusals(latex: str, message: str, position: int) -> None:
    with pytest.raises(ReadError) as raised:
        parse(latex, SYMBOLS)
    assert message in raised.value.message
    assert raised.value.position == position


def test_limits() -> None:
    assert parse("(" * 30 + "x" + ")" * 30, SYMBOLS)
    for latex, message in (
        ("(" * 65 + "x" + ")" * 65, "nested more than 64"),
        ("\\hat " * 200 + "x", "nested more than 64"),
        ("\\sum_i " * 200 + "x", "nested more than 64"),
        ("x+" * 10_001 + "x", "at most 20000"),
        ("1" * 101, "more than 100 digits"),
    ):
        with pytest.raises(ReadError, match=message):
            parse(latex, SYMBOLS)


def test_an_error_shows_the_line_and_a_caret() -> None:
    with pytest.raises(ReadError) as raised:
        parse(r"x = \sigmod(y)", SYMBOLS)
    message = raised.value.located("a.md", 7, 5, r"x = \sigmod(y)")
    assert message.splitlines()[2] == "        ^"
    assert "did you mean \\sigmoid?" in message
    assert "a.md:7:5" in message


def test_spans_are_places_in_the_source() -> None:
    latex = r"x = \frac{a}{b} + f(y)"
    found = {latex[slice(*node.span)] for node in s.walk(parse(latex, SYMBOLS))}
    assert {r"\frac{a}{b}", "f(y)", r"\frac{a}{b} + f(y)", latex} <= found


# -- symbols ----------------------------------------------------------------------------------------
def test_letter_runs() -> None:
    symbols = collect(["B, z, W, x, e, r", r"\frac{\partial L}{\partial ac_j}", "loss = 1", "conv2(x)"])
    assert split_run("Bz", symbols) == ("B", "z")
    assert split_run("ac", symbols) == ("ac",)  # differentiated by
    assert split_run("loss", symbols) == ("loss",)  # a left side
    assert split_run("qx", symbols) == ("qx",)  # unknown: one symbol, never a product
    assert split_run("max", symbols) == ("max",)
    letters = "a, e, i, l, n, o, p, s, z"
    assert split_run("slope", collect([letters])) == tuple("slope")
    assert split_run("slope", collect([letters, r"A \in R^{\frac{n}{slope} \times n}"])) == ("slope",)
    assert split_run("nap", collect([letters, r"A \in \mathbb{R}^{nap}"])) == ("n", "a", "p")  # a product of sizes
    assert split_run("ij", symbols) == ("ij",)
    assert split_run("ij", symbols, script=True) == ("i", "j")
    assert split_run("in", symbols, script=True) == ("in",)
    assert read("qx", symbols).remarks == ("qx is read as one symbol, not as a product of letters",)


@pytest.mark.parametrize(
    ("formulas", "function"),
    [
        (["f(z)=z"], "f"),
        ([r"y=f(z)"], "f"),
        ([r"\sigma(z)"], "\\sigma"),
        ([r"h_\theta(x) = x"], "h"),
        ([r"J'(w)"], "J"),
        ([r"\nabla_w J(w)"], "J"),
        ([r"\frac{\partial J(w)}{\partial w}"], "J"),
        ([r"L(y, a)"], "L"),
    ],
)
def test_functions_are_inferred(formulas: list[str], function: str) -> None:
    assert function in collect(formulas).functions


@pytest.mark.parametrize(
    ("formulas", "quantity"),
    [
        (["a = x", "a(1-a)"], "a"),
        ([r"f = \tanh(x)", "f(1-y)"], "f"),
        ([r"\sigma^2 = x", r"\sigma(x-y)"], "\\sigma"),
        ([r"X \in R^{n}", "X'(Xw-y)"], "X"),
        ([r"x(y+z) = xy+xz"], "x"),
    ],
)
def test_quantities_are_no_functions(formulas: list[str], quantity: str) -> None:
    assert quantity not in collect(formulas).functions


@pytest.mark.parametrize(
    ("formulas", "name"),
    [
        ([r"W \in R^{m \times n}", "W(i, j)"], "W"),
        ([r"\hat{y}, y \in R^{n}", "y(i)"], "y"),
        ([r"C_p(i, j) = \sum_{u=1}^h I(i+u, j)", r"\sum_{i=1}^n C_p(i, 1)"], "C"),
        ([r"s(t) = 2 x_t"], "s"),
        (["y = Wx", r"\sum_{i=1}^n y(i)"], "y"),
        ([r"f \in R^{n}", "f(j)"], "f"),
        ([r"x(t) \in R^{n}", "a_t = 2x(t)"], "x"),
    ],
)
def test_entries_in_brackets(formulas: list[str], name: str) -> None:
    symbols = collect(formulas)
    assert name in symbols.entries and name not in symbols.functions


@pytest.mark.parametrize(
    ("formulas", "name"),
    [
        (["f(t) = wt", r"\sum_{t=1}^n x_t"], "f"),  # a customary function, not declared
        (["g(t) = wt"], "g"),  # t is no index
        ([r"L(p, q) = \sum_{i=1}^n p_i q_i", r"\sum_{p=1}^n x_p"], "L"),  # p names a vector
        ([r"W \in R^{m \times n}", "W(i, j)", "W(x)"], "W"),  # applied to something else
        ([r"W \in R^{m \times n}", "W(i, j)", "W(i)"], "W"),  # not always as many
        ([r"\alpha \in R", r"x_i \alpha(i - 1)"], "\\alpha"),  # a product
        ([r"\sigma(i) = \sum_{i=1}^n x_i"], "\\sigma"),
        (["N(0, 1)"], "N"),
        ([r"h(t) \in R^{n}", r"L = h(1)"], "h"),  # t is no index
    ],
)
def test_other_brackets_hold_no_indices(formulas: list[str], name: str) -> None:
    assert name not in collect(formulas).entries


@pytest.mark.parametrize("latex", ["W(i, j)", "W(i, j)^{2}", r"\hat{W}_{p}^{(l)}(2i - u, 1)", "{W_{p}(i, j)}^{2}"])
def test_an_entry_in_brackets_is_printed_as_one(latex: str) -> None:
    symbols = collect([r"W \in R^{m \times n}", r"\sum_{i=1}^n x_i", latex])
    tree = parse_expression(latex, symbols)
    scripted = [node for node in s.walk(tree) if isinstance(node, s.Scripted) and node.bracketed]
    assert [node.bracketed for node in scripted] == [2] and isinstance(scripted[0].sub, s.Sequence)
    assert "(" in to_latex(tree) and parse_expression(to_latex(tree), symbols) == tree


@pytest.mark.parametrize(
    "latex", ["*", r"\odot", r"f(\cdot)", r"\|\cdot\|", "n!", r"50\%", "=", r"\approx", "{}^T", "(x_1"]
)
def test_a_sign_states_nothing(latex: str) -> None:
    assert states_nothing(latex)


@pytest.mark.parametrize("latex", ["x =", "a_{b", "(x_1 =", r"x \in \%", r"a \Rightarrow", r"f(\cdot) = 1", r"\is x"])
def test_more_than_a_sign_may_state_something(latex: str) -> None:
    assert not states_nothing(latex, collect_macros(r"\newcommand{\is}{=}"))


def test_declarations_win() -> None:
    assert "g" in collect(["g = x"], functions=["g"]).functions
    assert split_run("xy", collect(["x", "y"], words=["xy"])) == ("xy",)


def test_collecting_skips_what_cannot_be_read() -> None:
    assert collect(["\\left( x", "y"]).letters == {"y"}


# -- macros -----------------------------------------------------------------------------------------
def test_macros_expand_with_arguments_and_defaults() -> None:
    macros = collect_macros(
        r"\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}} \newcommand{\norm}[2][2]{\|#2\|_{#1}}"
        r"\def\R{\mathbb{R}} \DeclareMathOperator{\relu}{ReLU} \providecommand{\R}{x}"
    )
    assert parse_expression(r"\pd{L}x", SYMBOLS, macros) == s.Derivative(L, (x,))
    assert parse_expression(r"\norm{x}", SYMBOLS, macros) == s.Norm(x, two)
    assert parse_expression(r"\norm[1]{x}", SYMBOLS, macros) == s.Norm(x, s.Number("1"))
    assert parse_expression(r"\relu(x)", SYMBOLS, macros) == s.Call(s.Symbol("ReLU"), (x,))
    assert parse(r"x\in\R^n", SYMBOLS, macros).parts == (relation(x, "\\in", REALS),)


@pytest.mark.parametrize(
    ("definitions", "latex", "message"),
    [
        (r"\def\a{\a}", r"x+\a", "expands without end"),
        (r"\def\a{\b}\def\b{\a}", r"x+\a", "expands without end"),
        (r"\def\a{\b\b\b\b\b\b\b\b}" + "".join(
            f"\\def\\{left}{{{f'{chr(92)}{right}' * 8}}}" for left, right in ("bc", "cd", "de", "ef")
        ) + r"\def\f{x+x}", r"x+\a", "expand to too much"),
        (r"\newcommand{\a}[2]{#1#2}", r"x+\a{x}", "needs 2 arguments"),
        (r"\newcommand{\a}[1]{#2}", r"x+\a{x}", "uses #2"),
    ],
)
def test_macros_are_limited(definitions: str, latex: str, message: str) -> None:
    with pytest.raises(ReadError, match=message) as raised:
        parse(latex, SYMBOLS, collect_macros(definitions))
    assert raised.value.position >= 2


# -- the notes --------------------------------------------------------------------------------------
def test_all_formulas_of_the_notes_are_read() -> None:
    document = read_document(EMBEDDED)
    symbols = collect(formula.latex for formula in document.formulas)
    readings = [read(formula.latex, symbols) for formula in document.formulas]
    assert len(readings) == 132
    assert {"zc", "ac", "zp", "ap"} <= symbols.words
    assert not any("one symbol" in remark for reading in readings for remark in reading.remarks)
    assert {"f", "maxpool", "conv2", "up", "reshape"} <= symbols.functions
    assert not {"a", "b", "z", "W"} & symbols.functions
    tanh = parse_expression(r"A\tanh\left(Bz\right)", symbols)
    assert tanh == product(s.Symbol("A"), s.Call(s.Symbol("tanh"), (product(s.Symbol("B"), z),), "(", True))


@pytest.mark.parametrize("word", ["größe", "потеря", "coût"])
def test_words_of_other_languages_are_names_where_operands_stand(word: str) -> None:
    for latex in (rf"\text{{{word}}} = x^2", rf"\operatorname{{{word}}} = x^2"):
        (equation,) = parse(latex, collect([latex])).parts
        assert isinstance(equation, s.Relation) and equation.sides[0] == s.Symbol(word, font=r"\mathrm"), latex
    for latex in (rf"f = x^2 \text{{ {word} }} x > 0", rf"f = x^2 \quad \text{{{word}}} x > 0"):
        equation = parse(latex, collect([latex])).parts[0]
        assert isinstance(equation, s.Relation) and s.Symbol(word, font=r"\mathrm") not in s.walk(equation), latex
