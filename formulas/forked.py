"""What formulas make known bit by bit, and forget again."""

from __future__ import annotations

from typing import Self

COLLECTIONS = dict, list, set


class Forked:
    """A value that is added to while formulas are read. What it consists of is never changed itself, only collected."""

    def fork(self) -> Self:
        """A copy to read on in, which shares no collection with this one, nor with what is a part of it."""
        new = object.__new__(type(self))
        inside = new.__dict__
        for name, value in self.__dict__.items():
            if isinstance(value, Forked):
                value = value.fork()
            elif isinstance(value, COLLECTIONS):
                value = value.copy()
            inside[name] = value
        return new
