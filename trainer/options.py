"""How a program is compiled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Every rewrite is exact and can be switched off."""

    dtype: str = "float32"
    pooling: bool = True  # maxima are taken before bias and activation
    tiles: int = 44  # to lay out an entry of a matrix of windows takes as long as so many multiplications (0: no tiles)
    reuse: bool = True  # memory whose last reader is done is used again
    slices: bool = True  # a mini-batch that does not fit the caches is computed part by part


DEFAULT = Options()
