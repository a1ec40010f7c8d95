"""Work counted instead of timed: the same on every machine, however busy it is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls(function: Callable[[], Any]) -> int:
    """How often Python functions, its own and the library's, are called while ``function`` runs.

    What built-in functions do by themselves (copying a long list, say) isn't counted, so growth that lies in them
    alone is not seen; benchmarks measure that."""
    count = 0

    def event(_frame: FrameType, kind: str, _argument: Any) -> None:
        nonlocal count
        count += kind in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(event)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count
