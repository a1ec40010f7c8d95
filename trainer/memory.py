"""The arrays of a compiled program: each made once, by a recorded call that can be written as source as well."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from verify_derivations.trainer.runtime import MAKERS, NDArray, Vector


class Memory:
    """``arrays`` by symbol, and the calls that made them. Released memory is used again, unless ``reuse`` is off."""

    def __init__(self, dtype: str, reuse: bool) -> None:
        self.arrays: dict[sp.Symbol, NDArray] = {}
        self.made: list[tuple[sp.Symbol, str, tuple[Any, ...]]] = []  # symbol, maker, its arguments
        self.dtype, self._reuse = dtype, reuse
        self._pool: list[tuple[sp.Symbol, int]] = []
        self._lent: dict[sp.Symbol, tuple[sp.Symbol, int]] = {}
        self._blocks = 0

    def make(self, symbol: sp.Symbol, maker: str, *arguments: Any) -> NDArray:
        self.made.append((symbol, maker, arguments))
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
