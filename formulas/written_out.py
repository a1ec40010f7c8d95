"""Vectors and matrices that are written out with dots: ``(σ(z_1), …, σ(z_m))``, ``diag(d_1, …, d_n)``, Jacobians.

Each is put together from blocks along its axes: a cell by itself, or the cells that dots stand for, with the letter
that counts them (:mod:`ellipses`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from verify_derivations.formulas import operators as op
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.ellipses import LETTER, OTHER, run_of
from verify_derivations.formulas.expressions import (
    ONE,
    UNIT,
    ZERO,
    Polynomial,
    Scalar,
    add,
    at_least,
    bracket,
    delta,
    fresh,
    less,
    mul,
    polynomial,
    substitute,
)
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, names_in
from verify_derivations.formulas.sizes import whole
from verify_derivations.formulas.tensors import Axis, ShapeError, Tensor, build, show, transpose
from verify_derivations.formulas.world import Index, IndexRangeError, UndefinedSymbol, Unsupported

if TYPE_CHECKING:
    from verify_derivations.formulas.elaborate import Elaborator

Rows = Sequence[Sequence[s.Node]]


@dataclass(frozen=True)
class Block:
    """One cell along an axis, or those from ``first`` to ``last`` by a letter."""

    letter: str = ""
    first: int = 0
    last: s.Node | None = None


Line = list[tuple[Block, s.Node]]


def has_dots(cells: Sequence[s.Node]) -> bool:
    return any(isinstance(cell, s.Dots) for cell in cells)


def column(reader: Elaborator, cells: Sequence[s.Node]) -> Tensor:
    """A vector of which not all entries are written. What is listed between commas may be columns of a matrix, too, if
    it is not known to be entries."""
    for cell in cells:
        reference = reader.world.table.reference(cell) if isinstance(cell, s.Symbol | s.Scripted) else None
        known = reader.world.known.get(reference.name) if reference is not None else None
        name = (base_of(cell.function) or "").lstrip("\\") if isinstance(cell, s.Call) else None
        unknown = name is not None and name not in {*op.elementwise_functions, *reader.world.functions, "sigma"}
        if unknown or isinstance(cell, s.Symbol | s.Scripted) and (known is None or known.family or not known.extents):
            raise Unsupported(f"what is listed is not known to be numbers: {', '.join(map(to_latex, cells))}")
    return matrix(reader, [[cell] for cell in cells])


def diagonal(reader: Elaborator, cells: Sequence[s.Node]) -> Tensor:
    """``diag(d_1, …, d_n)``, also without dots."""
    return op.diagonal(_assembled(reader, [[cell] for cell in cells]))


def matrix(reader: Elaborator, rows: Rows) -> Tensor:
    """A matrix with dots. Where all cells beside the diagonal are zeros and dots, it is a diagonal matrix. One of names
    and numbers does not define what it is equated with: it says how entries are called."""
    if reader.here.introduces and all(_is_plain(cell) for row in rows for cell in row):
        raise Unsupported("a list of names defines nothing")
    size = len(rows)
    if size > 1 and all(len(row) == size for row in rows):
        beside = [cell for i, row in enumerate(rows) for j, cell in enumerate(row) if i != j]
        if s.Number("0") in beside and all(isinstance(cell, s.Dots) or cell == s.Number("0") for cell in beside):
            return diagonal(reader, [row[k] for k, row in enumerate(rows)])
    return _assembled(reader, rows)


def blocks(
    reader: Elaborator, node: s.Node, items: Sequence[s.Node], *, transposed: bool = False, tuple_: bool = False
) -> Tensor:  # fmt: skip
    """``[h; x]``, also ``[h, x]``. Of numbers ``[a, b]^\\top`` and ``(a, b)`` are columns, and ``[a, b]`` a column or a
    row; names alone define nothing so: ``θ = (μ, λ)`` calls both θ."""
    found = [reader.tensor(item) for item in items]
    if all(block.is_scalar for block in found) and (transposed or tuple_):
        if reader.here.introduces and all(map(_is_plain, items)) and any(True for x in items for _ in names_in(x)):
            raise Unsupported("a list of names defines nothing")
        return stacked(found)
    if tuple_ or any(block.is_scalar or len(block.axes) != 2 or not block.axes[1].unit for block in found):
        raise Unsupported(f"no meaning is known for {to_latex(node)}")
    return transpose(stacked(found)) if transposed else stacked(found)


def stacked(blocks: Sequence[Tensor], axis: int = 0) -> Tensor:
    """Columns below each other, ``[h; x]``, or with ``axis`` 1 matrices side by side; a number is one entry."""
    whole_blocks = [Tensor((Axis(None, ONE), Axis(None, ONE)), b.body) if b.is_scalar else b for b in blocks]
    across = {b.shape[1 - axis] for b in whole_blocks if len(b.axes) == 2}
    if len(across) != 1 or any(len(b.axes) != 2 for b in whole_blocks):
        raise Unsupported(f"a matrix of blocks of shapes {', '.join(show(b.shape) for b in blocks)}")
    starts = [ZERO]
    for block in whole_blocks:
        starts.append(starts[-1] + block.shape[axis])

    def entry(i: Polynomial, j: Polynomial) -> Scalar:
        place, terms = (i, j)[axis], []
        for block, start in zip(whole_blocks, starts, strict=False):
            at = (i - start, j) if axis == 0 else (i, j - start)
            terms.append(mul(_where(place, start, block.shape[axis]), block.at(at)))
        return add(*terms)

    width = across.pop()
    return build((starts[-1], width) if axis == 0 else (width, starts[-1]), entry)


def _assembled(reader: Elaborator, rows: Rows) -> Tensor:
    down, across, payload = _blocks(rows)
    outer, variables = dict(reader.here.indices), dict[str, str]()
    places: list[list[tuple[Block, Polynomial, Polynomial]]] = []  # of each block, where it begins and how long it is
    for blocks in (down, across):
        start, found = ZERO, []
        for block in blocks:
            count = ONE
            if block.last is not None:
                first = polynomial(block.first)
                count = whole(block.last, reader.world, reader.here) - first + 1
                variables[block.letter] = fresh("i")
                reader.here.indices[block.letter] = Index(block.letter, variables[block.letter], first, count)
            found.append((block, start, count))
            start = start + count
        places.append(found)
    try:
        values = [[reader.tensor(cell) for cell in line] for line in payload]
    except (UndefinedSymbol, IndexRangeError, ShapeError) as error:
        raise Unsupported(f"what the dots stand for is not read: {error}") from None
    reader.here.indices = outer | {k: v for k, v in reader.here.indices.items() if v.free and k not in outer}
    shape = [places[axis][-1][1] + places[axis][-1][2] for axis in (0, 1)]
    single = all(value.is_scalar for line in values for value in line)
    if not single:
        shape = _of_vectors(shape, values)

    def entry(i: Polynomial, j: Polynomial) -> Scalar:
        terms = []
        for (row, top, height), line in zip(places[0], values, strict=True):
            for (column, left, width), value in zip(places[1], line, strict=True):
                at = {variables[b.letter]: p - q for b, p, q in ((row, i, top), (column, j, left)) if b.letter}
                body = value.body if single else value.at((i, j))
                here = [UNIT if n == shape[axis] or not single else _where(p, q, n)
                        for axis, (p, q, n) in enumerate(((i, top, height), (j, left, width)))]  # fmt: skip
                terms.append(mul(*here, substitute(body, at)))
        return add(*terms)

    return build(shape, entry)


def _of_vectors(shape: list[Polynomial], values: list[list[Tensor]]) -> list[Polynomial]:
    """The shape of columns side by side, or of rows below each other, all of one length."""
    first, *others = (value.shape for line in values for value in line)
    if any(other != first for other in others) or len(first) != 2:
        raise Unsupported("a matrix of blocks")
    if len(values) == 1 and first[1] == ONE and shape[0] == ONE:
        return [first[0], shape[1]]
    if len(values[0]) == 1 and first[0] == ONE and shape[1] == ONE:
        return [shape[0], first[1]]
    raise Unsupported("a matrix of blocks")


def _where(place: Polynomial, start: Polynomial, count: Polynomial) -> Scalar:
    if count == ONE:
        return delta(place, start)
    return bracket(at_least(place, start), less(place, start + count))


def _blocks(rows: Rows) -> tuple[list[Block], list[Block], list[list[s.Node]]]:
    """What the rows and the columns are made of, and what stands in each block."""
    if len({len(row) for row in rows}) != 1:
        raise Unsupported("rows of different lengths")
    written = [None if _left_out(row) else _line(row, LETTER) for row in rows]
    if len(rows) == 1 or None not in written:
        lines = [line for line in written if line is not None]
        across = [block for block, _ in lines[0]] if lines else []
        if not lines or any([block for block, _ in line] != across for line in lines):
            raise Unsupported("rows that are written out in different ways")
        return [Block() for _ in lines], across, [[cell for _, cell in line] for line in lines]
    across = [block for block, _ in next(line for line in written if line is not None)]
    if any(line is not None and [block for block, _ in line] != across for line in written):
        raise Unsupported("rows that are written out in different ways")
    columns = [
        _line([s.Dots("\\vdots") if line is None else line[k][1] for line in written], OTHER, constant=True)
        for k in range(len(across))
    ]
    counted = [column for column in columns if any(block.last is not None for block, _ in column)]
    if not counted:
        raise Unsupported("what the dots stand for is not told by what stands beside them")
    down = [block for block, _ in counted[0]]
    cells: list[list[s.Node]] = []
    for column in columns:
        if column not in counted and len({cell for _, cell in column}) == 1:
            column = [(block, column[0][1]) for block in down]
        if [block for block, _ in column] != down:
            raise Unsupported("columns that are written out in different ways")
        cells.append([cell for _, cell in column])
    return down, across, [list(line) for line in zip(*cells, strict=True)]


def _is_plain(cell: s.Node) -> bool:
    return isinstance(cell, s.Symbol | s.Scripted | s.Number | s.Dots)


def _left_out(row: Sequence[s.Node]) -> bool:
    """Whether a row stands for others: of dots, those that go down with blanks between them."""
    dots = [cell.command for cell in row if isinstance(cell, s.Dots)]
    blanks = len(dots) < len(row) and all(command in ("\\vdots", "\\ddots") for command in dots)
    others = [cell for cell in row if not isinstance(cell, s.Dots)]
    return bool(dots) and (not others or blanks and all(cell == s.Number("0") for cell in others))


def _line(cells: Sequence[s.Node], letter: str, *, constant: bool = False) -> Line:
    if not has_dots(cells):
        return [(Block(), cell) for cell in cells]
    run = run_of(cells, letter)
    if run is None:
        others = {cell for cell in cells if not isinstance(cell, s.Dots)}
        if constant and len(others) == 1:
            return [(Block(), others.pop())]
        raise Unsupported(f"what the dots stand for is not told: {', '.join(map(to_latex, cells))}")
    block = Block(letter, run.first, run.last)
    before, behind = cells[: run.start], cells[run.stop :]
    return [*((Block(), c) for c in before), (block, run.body), *((Block(), c) for c in behind)]
