"""What formulas make known bit by bit, and forget again."""

from __future__ import annotations

from typing import Self


class Forked:
    """A value that is added to while formulas are read. What it consists of is never changed itself, only collected."""

    def fork(self) -> Self:
        """A copy to read on in, which shares no collection with this one, nor with what is a part of it."""
        new = object.__new__(type(self))
        for name, value in vars(self).items():
            if isinstance(value, Forked):
                value = value.fork()
            elif isinstance(value, dict | list | set):
                value = value.copy()
            vars(new)[name] = value
        return new
