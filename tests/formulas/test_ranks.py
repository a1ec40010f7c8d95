"""What definitions say of undeclared names, each clear case beside one that is not."""

from __future__ import annotations

import pytest

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.gathering import gather
from verify_derivations.formulas.ranks import MOST_STEPS, Definition, Ranks, kind
from verify_derivations.formulas.reader import read
from verify_derivations.formulas.symbol_table import collect
from verify_derivations.formulas.world import World

NUMBER, COLUMN, MATRIX = (False, False), (True, False), (True, True)


def ranks(*latex: str, numbers: tuple[str, ...] = ()) -> Ranks:
    symbols = collect(latex)
    trees = [read(formula, symbols).statements for formula in latex]
    table = gather(trees)
    definitions = []
    for number, tree in enumerate(trees, 1):
        (equation,) = tree.parts
        assert isinstance(equation, s.Relation)
        definitions.append(Definition(equation.sides[0], equation.sides[1], number))
    return Ranks(World(table), table, definitions, {*numbers}, set(), set())


def kinds(*latex: str, numbers: tuple[str, ...] = ()) -> dict[str, tuple[bool, bool]]:
    return {name: kind(rank) for name, rank in ranks(*latex, numbers=numbers).settled().ranks.items()}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (r"z = W x + b", {"W": MATRIX, "x": COLUMN, "b": COLUMN, "z": COLUMN}),
        (r"z = \mathbf{w}^\top \mathbf{x} + b", {"w": COLUMN, "x": COLUMN, "b": NUMBER, "z": NUMBER}),
        (r"q = x^\top A x", {"x": COLUMN, "A": MATRIX, "q": NUMBER}),
        (r"Y = X W", {"X": MATRIX, "W": MATRIX, "Y": MATRIX}),
        (r"M = u v^\top", {"u": COLUMN, "v": COLUMN, "M": MATRIX}),
        (r"n = \|x\|", {"x": COLUMN, "n": NUMBER}),
        (r"p = \mathrm{softmax}(z)", {"z": COLUMN, "p": COLUMN}),
        (r"t = \mathrm{tr}(A B)", {"A": MATRIX, "B": MATRIX, "t": NUMBER}),
        (r"f = \lambda \|u\|^2", {"u": COLUMN, "f": NUMBER, r"\lambda": NUMBER}),
    ],
)
def test_one_way_breaks_fewest_conventions(definition: str, expected: dict[str, tuple[bool, bool]]) -> None:
    assert kinds(definition) == expected


@pytest.mark.parametrize(("definition", "name"), [(r"z = w x", "x"), (r"a = \tanh(z)", "z"), (r"Z = X W + b", "b")])
def test_nothing_is_said_of_what_may_be_several_things(definition: str, name: str) -> None:
    assert name not in kinds(definition)


def test_later_definitions_tell() -> None:
    assert kinds(r"z = w x + b", r"L = z^2", numbers=("L",)) == dict.fromkeys("wxbzL", NUMBER)
    assert "w" not in kinds(r"z = w x + b", r"L = \|z\|^2", numbers=("L",))  # a number, or a matrix
    assert kinds(r"f = \lambda u^\top u", numbers=("f",))[r"\lambda"] == NUMBER
    assert r"\lambda" not in kinds(r"f = \lambda u^\top u")  # an outer product


def test_axes_that_meet_are_equal() -> None:
    settled = ranks(r"z = W x + b").settled()
    pairs = {frozenset(pair) for pair in settled.equal}
    assert frozenset(("W:columns", "x:rows")) in pairs and frozenset(("W:rows", "b:rows")) in pairs
    assert frozenset(("W:rows", "x:rows")) not in pairs


def test_rows_that_are_said_of_any_layer() -> None:
    settled = ranks(r"z^{(l)} = W^{(l)} a^{(l-1)}").settled()
    assert kind(settled.ranks[r"W^{(\cdot)}"]) == MATRIX
    assert any({getattr(axis, "name", "") for axis in pair} == {r"W^{(\cdot)}:columns", r"a^{(\cdot)}:rows"}
               for pair in settled.equal)  # fmt: skip


def test_the_ways_through_a_long_sum_are_few() -> None:
    for operator in (" + ", " "):
        reader = ranks("z = " + operator.join("abcdfghkmopq"))
        reader.settled()
        assert reader.steps < MOST_STEPS / 10
