"""The second reader: it agrees with right readings, contradicts wrong ones, and is not asked beyond its subset.
A reader of other people, ``latex2sympy2_extended``, finds the same values."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.reader import parse_expression, read
from verify_derivations.formulas.scanner import read_document
from verify_derivations.formulas.second_reader import _Characters, _Unread, agrees
from verify_derivations.formulas.symbol_table import collect
from verify_derivations.formulas.symbols import Symbols

EMBEDDED = Path(__file__).resolve().parents[2] / "formulas" / "notes_on_cnn" / "notes.md"
SYMBOLS = Symbols(frozenset(), frozenset("ABabfxyz"), frozenset(("f",)))

SIDES = (
    r"\frac{1}{1+\exp\left(-z\right)}",
    r"a_{i}^{\left(4\right)}\left(1-a_{i}^{\left(4\right)}\right)",
    r"A\tanh\left(Bz\right)",
    r"2B\left(1-f\left(z\right)^{2}\right)",
    r"-y\frac{1}{a}",
    r"x - y\log(a)",
    r"\frac{1}{1+e^{-z}}",
    r"\max(0, 1 - x y)",
    r"\sqrt{x + y}",
    r"x - y - z",
    r"2^{10} x - \frac12 y",
    r"\exp(-z)^2 x",
    r"-\frac{x}{y}z + (x - y)^{2}",
    r"\operatorname{max}(0, x)y",
)


@pytest.mark.parametrize("latex", SIDES)
def test_right_readings_agree(latex: str) -> None:
    found = agrees(latex, parse_expression(latex, SYMBOLS))
    assert found is not None
    assert found.agree, found


@pytest.mark.parametrize("latex", SIDES)
def test_a_wrong_reading_is_contradicted(latex: str) -> None:
    """The tree of another formula over the same places stands for a mistake of the first reader."""
    tree = parse_expression(latex, SYMBOLS)
    wrong = s.Sum(("+", "+"), (tree, s.Number("1", span=tree.span)), span=tree.span)
    found = agrees(latex, wrong)
    assert found is not None
    assert not found.agree
    assert "differ" in str(found)


def test_a_lost_bracket_is_contradicted() -> None:
    latex = r"2\left(x+y\right)z"
    tree = parse_expression(latex, SYMBOLS)
    assert isinstance(tree, s.Product)
    group = tree.factors[1]
    assert isinstance(group, s.Group)
    inner = group.body
    assert isinstance(inner, s.Sum)
    first = s.Product((tree.factors[0], inner.terms[0]), ("",), span=tree.span)
    second = s.Product((inner.terms[1], tree.factors[2]), ("",), span=tree.span)
    found = agrees(latex, s.Sum(("+", "+"), (first, second), span=tree.span))
    assert found is not None
    assert not found.agree


@pytest.mark.parametrize(
    "latex",
    [r"\sum_{i} x_i + y", r"\frac{\partial x}{\partial y} z", r"\|x\|", r"x \circ y", r"x \times y", "x/y z", "x", "2",
     r"2\max(x)", r"x \log(x, y)"],
)
def test_it_is_not_asked_beyond_its_subset(latex: str) -> None:
    assert agrees(latex, parse_expression(latex, SYMBOLS)) is None


@pytest.mark.parametrize(
    ("latex", "value"),
    [
        ("2^{10}", 1024.0), ("2^10", 0.0), ("1 - 2 - 3", -4.0), (r"\frac12 + .5", 1.0),
        (r"6 / 2 \cdot 3", 9.0), (r"-2^2", -4.0), (r"\sqrt{9}\,2", 6.0), (r"e^{0} + \log(1)", 1.0),
        (r"\left[\min\left(3, 2\right)\right]", 2.0),
    ],
)  # fmt: skip
def test_the_characters_have_a_value(latex: str, value: float) -> None:
    assert _Characters(latex, {}).value() == value


@pytest.mark.parametrize(
    "latex",
    [
        "", "1 +", "(1", "1)", "[1)", r"\unknown 1", "1 ^ -1", r"\exp 1", "(" * 500 + "1" + ")" * 500, r"\frac{1}",
        "2 * 3", "x", r"\max(1)", r"\log(1, 2)",
    ],
)  # fmt: skip
def test_what_it_does_not_know_it_does_not_read(latex: str) -> None:
    with pytest.raises(_Unread):
        _Characters(latex, {}).value()


def sides_of_the_notes() -> Iterator[tuple[str, s.Node]]:
    document = read_document(EMBEDDED)
    symbols = collect(formula.latex for formula in document.formulas)
    for formula in document.formulas[:42]:
        for part in read(formula.latex, symbols).statements.parts:
            for side in part.sides if isinstance(part, s.Relation) else (part,):
                yield formula.latex, side


def test_both_readers_agree_on_the_notes() -> None:
    found = [agrees(latex, side) for latex, side in sides_of_the_notes()]
    assert all(agreement is None or agreement.agree for agreement in found)
    assert len([agreement for agreement in found if agreement is not None]) >= 20


@pytest.mark.parametrize(
    "latex",
    [
        r"\frac{1}{1+\exp(- @a )}", r" @a (1- @a )", r" @a \tanh( @b  @c )", r"1.7159\tanh(0.6666 @a )",
        r" @a \frac{2 @b \exp(2 @b )( @c +1)-( @c -1)2 @b }{(\exp(2 @b  @c )+1)^{2}}", r"\max(0, @a - @b )",
        r"2 @a (1- @b ^{2})", r"- @a \frac{1}{ @b }", r" @a - @b - @c ", r"\sqrt{ @a } @b ",
        r"e^{- @a @b }+\ln( @c )", r"-\frac{ @a }{ @b } @c ",
    ],
)  # fmt: skip
def test_a_reader_of_other_people_finds_the_same_values(latex: str) -> None:
    from latex2sympy2_extended import latex2sympy

    values = {"a": 0.25, "b": 0.7, "c": 0.4}
    ours, theirs = latex, latex
    for number, letter in enumerate(values):
        ours, theirs = ours.replace(f"@{letter}", f"<{number}>"), theirs.replace(f"@{letter}", letter)
    found = _Characters(ours, {f"<{number}>": value for number, value in enumerate(values.values())}).value()
    assert float(latex2sympy(theirs).subs(values)) == pytest.approx(found, rel=1e-12)


def test_nothing_else_is_imported_for_it() -> None:
    code = "import sys; import verify_derivations.formulas.second_reader; print('sympy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
