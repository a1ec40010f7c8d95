"""Judging a document: claims → verdicts, conventions, corrections, reports.

>>> from verify_derivations.checker import check
>>> report = check("notes.md")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_derivations.checker.judge import check

__all__ = ["check"]


def __getattr__(name: str) -> object:
    """``check`` is imported when it is asked for: the command line's help needs none of what it imports."""
    if name == "check":
        from verify_derivations.checker.judge import check

        return check
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
