"""Formulas as Unicode, MathML and safe TeX."""

from __future__ import annotations

import random
import re
from xml.etree import ElementTree

import pytest
from sample_report import HOSTILE

from verify_derivations.checker.errata import errata
from verify_derivations.checker.expansion import expand_latex, expanded
from verify_derivations.checker.glyphs import SYMBOLS
from verify_derivations.checker.mathlist import Unprintable
from verify_derivations.checker.mathlist_reader import MAXIMUM_DEPTH, read
from verify_derivations.checker.mathml import to_mathml
from verify_derivations.checker.tex_safe import display_lines, escape, inline, prose
from verify_derivations.checker.unicode_math import MARK, UNMARK, plain, to_lines, to_text
from verify_derivations.checker.verdicts import Formula, Link, Report, Verdict
from verify_derivations.formulas.macros import Macro


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\frac{\partial L}{\partial z^{\left(3\right)}}", "∂L/∂z⁽³⁾"),
        (r"\frac{H-h+1}{stride}", "(H − h + 1)/stride"),
        (r"\frac{1}{1+e^{-z}}", "1/(1 + e⁻ᶻ)"),
        (r"\frac{a}{bc_{i}d}", "a/(bcᵢ d)"),
        (r"a_{i}^{\left(4\right)}", "aᵢ⁽⁴⁾"),
        (r"\delta^{\left(z^{\left(3\right)}\right)T}", "δ^(z⁽³⁾)ᵀ"),
        (r"\sum_{j\neq i}^{C}y_{j}", "∑_{j≠i}^C yⱼ"),
        (r"-x\circ\left(-y\right)", "−x ∘ (−y)"),
        (r"f'\left(z\right)", "f′(z)"),
        (r"conv2\left(a,'valid'\right)", "conv2(a, 'valid')"),
        (r"\begin{cases}z & z\ge0\\\frac{z}{a} & z<0\end{cases}", "{ z if z ≥ 0; z/a if z < 0 }"),
        (r"\begin{pmatrix}1 & 2\\3 & 4\end{pmatrix}", "[1, 2; 3, 4]"),
        (r"\hat{y}\in\mathbb{R}^{n\times m}", "y\u0302 ∈ ℝ^(n×m)"),
        (r"\text{softmax}(z)", "softmax(z)"),
        (r"\operatorname{arg\,max}_i x_i", "arg maxᵢ xᵢ"),
        ("x^12", "x¹ 2"),
        (r"\mathbf{W}\mathcal{L}_{\mathrm{in}}", "W ℒᵢₙ"),
        (r"\sqrt{x+1}", "√(x + 1)"),
    ],
)
def test_unicode(latex: str, text: str) -> None:
    assert to_text(latex) == text


def test_a_chain_is_broken_at_its_relations_and_statements() -> None:
    assert to_lines(r"a=b=c\in R^{n},\quad d=e\\ \Rightarrow f=g") == ["a = b", "= c ∈ R^n".replace("^n", "ⁿ") + ",",
                                                                     "d = e", "⇒ f = g"]  # fmt: skip
    assert to_lines("a=b=c", broken=False) == ["a = b = c"]


def test_marks_reach_into_scripts_and_never_split_an_item() -> None:
    latex = r"a\delta^{(z)T}+\frac{b}{c}"
    at = latex.index("T")
    assert to_text(latex, [(at, at + 1)]) == f"aδ⁽ᶻ⁾{MARK}ᵀ{UNMARK} + b/c"
    assert r"\changed{T}" in display_lines(latex, [(at, at + 1)])[0]
    assert 'class="changed"><mi>T</mi>' in to_mathml(latex, [(at, at + 1)]).replace("<mrow>", "")
    half = latex.index("{b}") + 1  # half of the fraction
    assert MARK not in to_text(latex, [(half - 3, half)])
    assert MARK not in to_text(latex)


@pytest.mark.parametrize("latex", HOSTILE)
def test_no_command_of_a_hostile_formula_survives(latex: str) -> None:
    for text in (inline(latex), inline("x+" + latex), prose(f"see ${latex}$ here"), escape(latex)):
        commands = set(re.findall(r"\\[A-Za-z]+", re.sub(r"\\textbackslash\{\}", "", text)))
        assert commands <= set(SYMBOLS) | {
            r"\texttt", r"\allowbreak", r"\textasciicircum", r"\textbar", r"\text", r"\frac", r"\sqrt", r"\left",
            r"\right", r"\textless", r"\textgreater", r"\ensuremath", r"\displaystyle",
        }, text  # fmt: skip
        assert "^^" not in text and "%" not in text.replace(r"\%", "")
        bare = text.replace(r"\{", "").replace(r"\}", "")
        assert bare.count("{") == bare.count("}")


def test_the_harmless_twin_is_typeset() -> None:
    assert inline(r"\frac{x}{y}") == r"$\frac{x}{y}$"
    assert r"\textbackslash" in inline(r"\frac{x}{\input{y}}")


def test_escaped_text_is_ascii_and_keeps_what_plain_fonts_have() -> None:
    assert escape("50% of {a_b} & $c #1 ~ ^ \\x") == (
        r"50\% of \{a\_b\} \& \$c \#1 \textasciitilde{} \textasciicircum{} \textbackslash{}x"
    )
    assert escape("Erdős, naïve, straße — δ") == r"Erd\H{o}s, na\"{i}ve, stra\ss{}e --- \ensuremath{\delta}"
    assert escape("日本\x07") == r"\texttt{[U+65E5]}\texttt{[U+672C]}\texttt{[U+0007]}"


def test_web_and_terminal_never_get_raw_control_characters_or_tags() -> None:
    latex = "\x1b[31m<script>alert(1)</script>"
    assert "\x1b" not in to_text(latex) and "\x1b" not in plain(latex)
    assert "<script" not in to_mathml(latex) and "&lt;script" in to_mathml(latex)
    assert "<b>" not in to_mathml(r"\text{<b>x</b>}<b>")


def test_every_symbol_prints_in_every_form() -> None:
    for tex in SYMBOLS:
        ElementTree.fromstring(to_mathml(f"a {tex} b"))
        to_text(f"a {tex} b")
    structures = [
        r"\overline{x}", r"\underbrace{x}", r"\underset{i}{x}", r"\binom{n}{k}", r"\mathbf{W}_{\mathrm{in}}''",
        r"\not=y", r"\max_{i}x", r"\lim_{x\to0}x", r"\sqrt[3]{x}", r"\sum_{\substack{i=1\\j\neq i}}^{n}x",
    ]  # fmt: skip
    for latex in structures:
        ElementTree.fromstring(to_mathml(latex, display=True))
        assert display_lines(latex) is not None, latex


def test_nesting_and_length_are_limited() -> None:
    deep = "{" * MAXIMUM_DEPTH + "x" + "}" * MAXIMUM_DEPTH
    assert read(deep)
    with pytest.raises(Unprintable, match="nesting"):
        read("{" + deep + "}")
    with pytest.raises(Unprintable, match="longer"):
        read("x" * 60_000)


def test_random_characters_are_printed_or_refused_but_never_crash() -> None:
    seed = 20260101
    generator = random.Random(seed)
    pieces = [*"{}[]()^_&'%$#~ xyz12=+-,", "\\\\", "\\left", "\\right", "\\begin{aligned}", "\\end{aligned}", "\\frac",
              "\\sqrt", "\\text{", "\\operatorname", "\\hat",
              "\\begin{cases}", "\\end{cases}", "\\not", "\\substack{", "\\input"]  # fmt: skip
    for number in range(3000):
        latex = "".join(generator.choices(pieces, k=generator.randrange(1, 14)))
        try:
            to_text(latex, [(0, 3)])
            inline(latex)
            display_lines(latex, [(1, 4)])
            ElementTree.fromstring(to_mathml(latex, [(2, 5)], display=True))
        except Exception as error:  # the seed belongs to the message
            raise AssertionError(f"seed {seed}, number {number}: {latex!r}") from error


def test_macros_are_expanded_and_marks_move_along() -> None:
    macros = {r"\vx": Macro(r"\vx", 0, r"\mathbf{x}"), r"\d": Macro(r"\d", 2, r"\frac{\partial #1}{\partial #2}")}
    latex = r"\d{L}{\vx}=2\vx y"
    at = latex.index(r"\vx y")
    new, marks = expand_latex(latex, macros, [(at, at + 3)])
    assert new == r"\frac{\partial L}{\partial\mathbf{x}}=2\mathbf{x}y"
    assert [new[start:end] for start, end in marks] == [r"\mathbf{x}"]
    assert expand_latex("a=b", macros, [(0, 1)]) == ("a=b", ((0, 1),))
    endless = {r"\a": Macro(r"\a", 0, r"\a\a")}
    assert expand_latex(r"x\a", endless) == (r"x\a", ())


def test_a_report_shows_what_a_macro_stands_for_and_its_body_is_no_more_trusted() -> None:
    macros = {r"\vx": Macro(r"\vx", 0, r"\mathbf{x}"), r"\evil": Macro(r"\evil", 0, r"\input{x}")}
    link = Link(r"\vx", "0", Verdict.REFUTED, "counterexample", r"$\vx$ is not $0$")
    formulas = (
        Formula(1, 1, True, (), r"\vx=0", Verdict.REFUTED, links=(link,)),
        Formula(2, 2, True, (), r"\evil", Verdict.REFUTED),
    )
    one = Report("x.md", formulas, macros=macros)
    shown = expanded(one)
    assert [formula.latex for formula in shown.formulas] == [r"\mathbf{x}=0", r"\input{x}"]
    assert shown.formulas[0].links[0].message == r"$\mathbf{x}$ is not $0$"
    assert r"\input" not in errata(one) and r"\mathbf{x}" in errata(one)
    assert one.formula(1).latex == r"\vx=0"


def test_a_full_stop_is_no_factor() -> None:
    assert to_text(r"x = \frac{a}{b}.") == "x = a/b."
    assert to_text(r"\frac{a}{b} .5") == "a/b · .5"
    assert to_text(r"\bigl(1 + \frac{a}{b}\bigr)^{-c} d") == "(1 + a/b)⁻ᶜ d"
