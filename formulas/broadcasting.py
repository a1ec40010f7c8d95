"""Broadcasting: ``W X + b`` with a vector b beside a matrix is b added to each column, or to each row.

Nearly all notes on batches write it. It is read where the shapes leave one reading: a vector with as many entries as
the matrix has rows is repeated in each column, one with as many as it has columns in each row. Of a square matrix a
column vector may be meant either way (NumPy repeats ``b`` of shape (n,) in each row): that is told, not guessed. The
sums of rows are repeated in each column.
"""

from __future__ import annotations

from collections.abc import Sequence

from verify_derivations.formulas.expressions import ONE, Polynomial
from verify_derivations.formulas.tensors import Axis, Tensor, new_axes, show_extent, variables
from verify_derivations.formulas.world import Unsupported


def spread(tensors: Sequence[Tensor], names: Sequence[str], sums: Sequence[bool]) -> tuple[list[Tensor], list[str]]:
    """The tensors in one shape, as far as vectors repeated in each column or row of a matrix give it; and remarks on
    those that were. ``names`` (LaTeX) are for messages; ``sums`` tells which are the sums of rows, of each of which
    all entries meet one. Tensors that fit in no way are left as they are. Raises :class:`Unsupported` where a vector
    fits both ways."""
    shapes = {t.shape for t in tensors if not t.is_scalar}
    matrices = {shape for shape in shapes if len(shape) == 2 and ONE not in shape}
    if len(shapes) < 2 or len(matrices) != 1:
        return list(tensors), []
    rows, columns = matrices.pop()
    found, remarks = [], []
    for tensor, name, of_rows in zip(tensors, names, sums, strict=True):
        place = "column" if of_rows and tensor.shape == (rows, ONE) else _place(tensor, name, rows, columns)
        if place is not None:
            axes = new_axes((rows, columns))
            index, vector = variables(axes)[0 if place == "column" else 1], _vector(tensor)
            tensor = Tensor(axes, vector.at((index,)))
            remarks.append(f"${name}$ is read as repeated in each {place} (broadcasting)")
        found.append(tensor)
    return found, remarks


def _place(tensor: Tensor, name: str, rows: Polynomial, columns: Polynomial) -> str | None:
    """Whether a vector is repeated in each ``column`` or in each ``row``; ``None`` for what is none or fits neither."""
    if tensor.is_scalar or len(tensor.axes) != 2 or ONE not in tensor.shape:
        return None
    if tensor.axes[0].unit:  # a row vector is repeated in each row
        return "row" if tensor.shape[1] == columns else None
    length = tensor.shape[0]
    if length == rows == columns:
        raise Unsupported(
            f"{name} has {show_extent(length)} entries, as many as there are rows and columns: it may be repeated in "
            "each column or in each row. A product with a vector of ones would tell"
        )
    return "column" if length == rows else "row" if length == columns else None


def _vector(tensor: Tensor) -> Tensor:
    """With one axis."""
    axes: tuple[Axis, ...] = tuple(axis for axis in tensor.axes if not axis.unit)
    return Tensor(axes, tensor.body)
