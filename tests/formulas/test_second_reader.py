"""The second reader: it agrees with right readings, contradicts wrong ones, and is not asked beyond its subset."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.reader import parse_expression, read
from verify_derivations.formulas.scanner import read_document
from verify_derivations.formulas.second_reader import agrees
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
    [r"\sum_{i} x_i + y", r"\frac{\partial x}{\partial y} z", r"\|x\|", r"x \circ y", r"x \times y", "x/y z", "x", "2"],
)
def test_it_is_not_asked_beyond_its_subset(latex: str) -> None:
    assert agrees(latex, parse_expression(latex, SYMBOLS)) is None


def test_both_readers_agree_on_the_notes() -> None:
    document = read_document(EMBEDDED)
    symbols = collect(formula.latex for formula in document.formulas)
    asked = 0
    for formula in document.formulas[:42]:
        for part in read(formula.latex, symbols).statements.parts:
            for side in part.sides if isinstance(part, s.Relation) else (part,):
                found = agrees(formula.latex, side)
                asked += found is not None
                assert found is None or found.agree, (formula.number, found)
    assert asked >= 20


def test_it_is_imported_only_when_asked() -> None:
    code = "import sys; import verify_derivations.formulas.second_reader; print('sympy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
