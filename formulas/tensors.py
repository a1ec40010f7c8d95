"""Tensor values: a shape and a scalar expression with one free index variable per axis.

A column vector has shape (n, 1), a row vector (1, n), a scalar (); an axis of extent one has no variable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    ONE,
    ZERO,
    Access,
    Binder,
    Polynomial,
    Scalar,
    fresh,
    mul,
    polynomial,
    scalar,
    substitute,
    summation,
)
from verify_derivations.formulas.partial import times


class ShapeError(DocumentError):
    """Two shapes that cannot stand together; the message shows both, and ``where`` is the product of them."""

    where: object = None


@dataclass(frozen=True, slots=True)
class Axis:
    variable: str | None  # None: the extent is one
    extent: Polynomial

    @property
    def unit(self) -> bool:
        return self.variable is None


@dataclass(frozen=True, slots=True)
class Tensor:
    axes: tuple[Axis, ...]
    body: Scalar

    @property
    def shape(self) -> tuple[Polynomial, ...]:
        return tuple(axis.extent for axis in self.axes)

    @property
    def is_scalar(self) -> bool:
        return all(axis.unit for axis in self.axes)

    def at(self, indices: Sequence[Polynomial]) -> Scalar:
        """The entry at ``indices``, one for each axis (those of unit axes are ignored)."""
        assert len(indices) == len(self.axes), (self, indices)
        return substitute(
            self.body, {a.variable: i for a, i in zip(self.axes, indices, strict=True) if a.variable is not None}
        )

    @property
    def binders(self) -> tuple[Binder, ...]:
        return tuple((a.variable, a.extent) for a in self.axes if a.variable is not None)

    def map(self, function: Callable[[Scalar], Scalar]) -> Tensor:
        return Tensor(self.axes, function(self.body))


def constant(value: Scalar | Polynomial | int) -> Tensor:
    return Tensor((), scalar(value))


def new_axes(shape: Sequence[Polynomial], hints: str = "ijkuvw") -> tuple[Axis, ...]:
    """Fresh axes of the given extents."""
    return tuple(
        Axis(None if extent == ONE else fresh(hints[k % len(hints)]), extent) for k, extent in enumerate(shape)
    )


def variables(axes: Sequence[Axis]) -> tuple[Polynomial, ...]:
    """The indices that an axis list stands for, zero for unit axes."""
    return tuple(ZERO if a.variable is None else polynomial(a.variable) for a in axes)


def entries(head: str, shape: Sequence[Polynomial], fixed: Sequence[Polynomial] = ()) -> Tensor:
    """The named tensor ``head``; ``fixed`` are leading (family) indices. Unit axes take no index."""
    axes = new_axes(shape)
    return Tensor(axes, Access(head, (*fixed, *(polynomial(a.variable) for a in axes if a.variable is not None))))


def build(shape: Sequence[Polynomial], entry: Callable[..., Scalar]) -> Tensor:
    """The tensor with ``entry(i, j, …)`` at each position."""
    axes = new_axes(shape)
    return Tensor(axes, entry(*variables(axes)))


def elementwise(function: Callable[..., Scalar], *tensors: Tensor) -> Tensor:
    """Entry by entry; a scalar stands for a tensor of equal entries."""
    shaped = [t for t in tensors if not t.is_scalar]
    if not shaped:
        longest = max(tensors, key=lambda t: len(t.axes))
        return Tensor(longest.axes, function(*(t.body for t in tensors)))
    first = shaped[0]
    for other in shaped[1:]:
        if other.shape != first.shape:
            raise ShapeError(f"shapes {show(first.shape)} and {show(other.shape)} do not match")
    indices = variables(first.axes)
    return Tensor(first.axes, function(*(t.body if t.is_scalar else t.at(indices) for t in tensors)))


def matrix_product(left: Tensor, right: Tensor) -> Tensor:
    """The product of matrices; a scalar scales. An inner product of shape (1, 1) is a scalar."""
    if left.is_scalar or right.is_scalar:
        if left.is_scalar and right.is_scalar:
            return Tensor((), times(left.body, right.body))
        return elementwise(times, left, right)
    if len(left.axes) != 2 or len(right.axes) != 2:
        raise ShapeError(f"no matrix product of shapes {show(left.shape)} and {show(right.shape)}")
    (rows, inner), (other, columns) = left.axes, right.axes
    if inner.extent != other.extent:
        raise ShapeError(
            f"the product of shapes {show(left.shape)} and {show(right.shape)} does not exist: "
            f"{show_extent(inner.extent)} ≠ {show_extent(other.extent)}"
        )
    row, column = new_axes((rows.extent, columns.extent))
    bound = fresh("k")
    (i, j), k = variables([row, column]), polynomial(bound)
    body = mul(left.at((i, k)), right.at((k, j)))
    body = body if inner.unit else summation([(bound, inner.extent)], body)
    result = Tensor((row, column), body)
    return Tensor((), body) if result.is_scalar else result


def transpose(value: Tensor) -> Tensor:
    if len(value.axes) not in (0, 2):
        raise ShapeError(f"a tensor of shape {show(value.shape)} has no transpose")
    return Tensor(tuple(reversed(value.axes)), value.body)


def total(value: Tensor) -> Tensor:
    """The sum of all entries."""
    return Tensor((), summation(value.binders, value.body))


def show_extent(extent: Polynomial) -> str:
    """LaTeX of an extent."""
    if not extent.terms:
        return "0"
    text = ""
    for monomial, coefficient in sorted(extent.terms, key=lambda t: (t[1] < 0, not t[0], t[0])):
        sign = "-" if coefficient < 0 else "+" if text else ""
        factors = " ".join(name.lstrip("%").split(".")[0] if name.startswith("%") else name for name in monomial)
        number = "" if abs(coefficient) == 1 and monomial else str(abs(coefficient))
        text += f"{sign}{number}{' ' if number and factors else ''}{factors}"
    return text


def show(shape: Sequence[Polynomial]) -> str:
    """LaTeX of a shape."""
    return " \\times ".join(show_extent(e) for e in shape) if shape else "1"
