"""The arrays of a compiled program: each made once, by a recorded call that can be written as source as well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from verify_derivations.trainer.arrays import NDArray, Vector, mask
from verify_derivations.trainer.arrays import align as align
from verify_derivations.trainer.arrays import window as window


# -- how arrays are made; the generated module contains these functions as they stand -----------------
def raw(size: int) -> NDArray:
    """So many bytes, zero, that begin at a multiple of 64."""
    memory = np.zeros(size + 64, np.uint8)
    return memory[-memory.ctypes.data % 64:][:size]


def array(memory: NDArray, shape: Vector, dtype: str) -> NDArray:
    """The beginning of ``memory`` as an array."""
    return memory[:int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize].view(dtype).reshape(shape)


def zeros(shape: Vector, dtype: str) -> NDArray:
    """Zeros."""
    return np.zeros(shape, dtype)


def numbers(count: int, dtype: str) -> NDArray:
    """0, 1, …, ``count`` - 1."""
    return np.arange(count).astype(dtype)


def constant(value: float, dtype: str) -> NDArray:
    """A number as an array without axes."""
    return np.full((), value, dtype)


def broadcast(x: NDArray, shape: Vector) -> NDArray:
    """``x`` repeated along axes of length one."""
    return np.broadcast_to(x, shape)


def reshaped(x: NDArray, shape: Vector) -> NDArray:
    """The same memory in another shape."""
    return x.reshape(shape)


MAKERS: dict[str, Callable[..., NDArray]] = {
    f.__name__: f for f in (raw, array, zeros, numbers, constant, broadcast, reshaped, window, align, mask)
}


@dataclass(frozen=True)
class Made:
    """``symbol = maker(*arguments)``; symbols among the arguments stand for arrays made before."""

    symbol: sp.Symbol
    maker: str
    arguments: tuple[Any, ...]

    @property
    def source(self) -> str:
        shown = (a.name if isinstance(a, sp.Symbol) else repr(a) for a in self.arguments)
        return f"{self.symbol.name} = {self.maker}({', '.join(shown)})"


class Memory:
    """``arrays`` by symbol, and the calls that made them. Released memory is used again, unless ``reuse`` is off."""

    def __init__(self, dtype: str, reuse: bool) -> None:
        self.arrays: dict[sp.Symbol, NDArray] = {}
        self.made: list[Made] = []
        self.dtype, self._reuse = dtype, reuse
        self._pool: list[tuple[sp.Symbol, int]] = []
        self._lent: dict[sp.Symbol, tuple[sp.Symbol, int]] = {}
        self._blocks = 0

    def make(self, symbol: sp.Symbol, maker: str, *arguments: Any) -> NDArray:
        self.made.append(Made(symbol, maker, arguments))
        values = [self.arrays[a] if isinstance(a, sp.Symbol) else a for a in arguments]
        self.arrays[symbol] = MAKERS[maker](*values)
        return self.arrays[symbol]

    def allocate(self, symbol: sp.Symbol, shape: Vector, dtype: str | None = None) -> NDArray:
        """An array in memory that nobody uses now; :meth:`release` gives it back."""
        dtype = dtype or self.dtype
        size = max(1, int(np.prod(shape, dtype=np.int64))) * np.dtype(dtype).itemsize
        fitting = [block for block in self._pool if size <= block[1] <= 4 * size]
        if fitting:
            block = min(fitting, key=lambda b: b[1])
            self._pool.remove(block)
        else:
            block = sp.Symbol(f"m{self._blocks}"), size
            self._blocks += 1
            self.make(block[0], "raw", size)
        self._lent[symbol] = block
        return self.make(symbol, "array", block[0], shape, dtype)

    def lent(self) -> tuple[sp.Symbol, ...]:
        """The symbols whose memory was allocated and not yet released."""
        return tuple(self._lent)

    def release(self, symbol: sp.Symbol) -> None:
        block = self._lent.pop(symbol)
        if self._reuse:
            self._pool.append(block)
