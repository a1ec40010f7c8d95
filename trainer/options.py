"""How a program is compiled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Every rewrite is exact and can be switched off."""

    dtype: str = "float32"
    pooling: bool = True  # maxima are taken before bias and activation
    tiles: int = 40  # convolution under pooling as one product over the tile that a window needs, up to so many maps
    reuse: bool = True  # memory whose last reader is done is used again


DEFAULT = Options()
