"""Judging a document: claims → verdicts, conventions, corrections, reports.

``check(path)`` gives a :class:`~verify_derivations.checker.verdicts.Report`; see ``docs/library.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify_derivations.checker.judgement import check
    from verify_derivations.checker.verdicts import Report, Verdict

__all__ = ["Report", "Verdict", "check"]


def __getattr__(name: str) -> Any:
    """What the package offers is imported when it is first used: the command line starts without SymPy."""
    if name == "check":
        from verify_derivations.checker.judgement import check

        return check
    if name in ("Report", "Verdict"):
        from verify_derivations.checker import verdicts

        return getattr(verdicts, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
