"""Array programs: steps in single-assignment form, equal steps taken once, and axes that have names."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import sympy as sp

from verify_derivations.formulas.definitions import Quantity
from verify_derivations.trainer import arrays as op
from verify_derivations.trainer.runtime import Vector
from verify_derivations.trainer.samples import SAMPLE


@dataclass(frozen=True)
class Array:
    """An elementwise expression over symbols of equal rank, with one index variable per axis."""

    expression: sp.Expr
    axes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Binding:
    """One step of the array program; ``owner`` is the head of the formula for which it was first needed."""

    symbol: sp.Symbol
    expression: sp.Basic
    owner: str


LARGEST = 2**29
"""Entries of an array; beyond that a formula was not understood well enough to be compiled."""


class ArrayProgram:
    """Grows step by step. ``extents`` has every index variable's range, ``symbols`` each named quantity's symbol."""

    def __init__(self) -> None:
        self.leaves: list[sp.Symbol] = []
        self.bindings: list[Binding] = []
        self.shapes: dict[sp.Symbol, Vector] = {}
        self.symbols: dict[str, sp.Symbol] = {}
        self.extents: dict[str, int] = {}
        self.owner = ""  # head of the formula that is being compiled
        self.windows: set[sp.Symbol] = set()
        self._known: dict[sp.Basic, sp.Symbol] = {}

    def leaf(self, quantity: Quantity) -> sp.Symbol:
        """An array that is given."""
        symbol = self._new()
        self.leaves.append(symbol)
        self.symbols[quantity.head] = symbol
        self.shapes[symbol] = tuple(int(e.value) for e in quantity.extents)
        return symbol

    def bind(self, expression: sp.Basic) -> sp.Symbol:
        """A symbol for the value of ``expression``; equal expressions share one."""
        if isinstance(expression, sp.Symbol):
            return expression
        if expression not in self._known:
            symbol = self._new()
            self._known[expression] = symbol
            if isinstance(expression, op.Window):
                self.windows.add(symbol)
            self.shapes[symbol] = op.shape_of(expression, self.shapes)
            if math.prod(self.shapes[symbol]) > LARGEST:
                raise NotImplementedError(f"it would need an array of shape {self.shapes[symbol]}")
            self.bindings.append(Binding(symbol, expression, self.owner))
        return self._known[expression]

    def _new(self) -> sp.Symbol:
        return sp.Symbol(f"t{len(self.shapes)}", real=True)

    def aligned(self, array: Array, axes: Sequence[str]) -> sp.Expr:
        """The array with exactly these axes (absent ones of length one)."""
        if array.axes == tuple(axes) or not array.axes and not array.expression.free_symbols:
            return array.expression
        assert set(array.axes) <= set(axes), (array.axes, axes)
        order = sp.Tuple(*(array.axes.index(a) if a in array.axes else -1 for a in axes))
        return self.bind(op.Align(self.full(array), order))

    def full(self, array: Array) -> sp.Symbol:
        """The array as a symbol that has all its axes in full length."""
        symbol = self.bind(array.expression)
        shape = self.shape(array.axes)
        if self.shapes[symbol] != shape:
            symbol = self.bind(op.Broadcast(symbol, sp.Tuple(*shape)))
        return symbol

    def shape(self, axes: Iterable[str]) -> Vector:
        return tuple(self.extents[a] for a in axes)

    def operand(self, expression: sp.Expr) -> sp.Expr:
        return expression if expression.is_number else self.bind(expression)

    def union(self, parts: Sequence[Array]) -> tuple[str, ...]:
        """All axes: those of the largest array in its order, then the others; samples last."""
        largest_first = sorted(parts, key=lambda p: -math.prod(self.shape(p.axes)))
        union = dict.fromkeys(axis for part in largest_first for axis in part.axes)
        return tuple(a for a in union if a != SAMPLE) + ((SAMPLE,) if SAMPLE in union else ())

    def elementwise(self, function: Callable[..., sp.Expr], parts: Sequence[Array]) -> Array:
        axes = self.union(parts)
        return Array(function(*(self.aligned(p, axes) for p in parts)), axes)

    def leading(self, axes: tuple[str, ...], array: Array) -> tuple[sp.Symbol, tuple[str, ...]]:
        """The array with ``axes`` in front, and the others."""
        rest = tuple(a for a in array.axes if a not in axes)
        ordered = Array(self.aligned(array, (*axes, *rest)), (*axes, *rest))
        return self.full(ordered), rest

    def reduce(self, symbol: sp.Symbol, name: str, leading: int) -> sp.Expr:
        return self.bind(op.Reduce(symbol, sp.Symbol(name), sp.Tuple(*range(leading))))

    def planes(self, symbol: sp.Symbol, leading: int) -> list[sp.Symbol]:
        """The array at each position of its leading axes, in lexicographic order."""
        shape = self.shapes[symbol]
        units = sp.Tuple(*(sp.Tuple(*unit(k, len(shape))) for k in range(leading, len(shape))))
        rest = (0,) * (len(shape) - leading)
        return [
            self.bind(op.Window(symbol, sp.Tuple(*position, *rest), units, sp.Tuple(*shape[leading:])))
            for position in np.ndindex(*shape[:leading])
        ]


def unit(place: int, length: int) -> tuple[int, ...]:
    return tuple(int(k == place) for k in range(length))
