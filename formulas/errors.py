"""The one family of exceptions for a user's mistakes."""

from __future__ import annotations

AROUND = 120  # characters of a long line that are shown before and after a place


class DocumentError(Exception):
    """Something in the document, its notation file or the request cannot be used as it is."""


class ReadError(DocumentError):
    """A formula that cannot be read. ``position`` is an offset into the formula's LaTeX; path, line and
    column are added at the boundary (:meth:`located`), which shows the line with a caret."""

    def __init__(self, message: str, position: int = 0, *, expected: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message, self.position, self.expected, self.hint = message, position, expected, hint

    def located(self, path: str, line: int, column: int, source_line: str) -> str:
        """The full message: place, the line, a caret, what was expected and a hint."""
        first = max(0, column - 1 - AROUND) if len(source_line) > 2 * AROUND else 0
        shown = source_line[first : first + 2 * AROUND]
        if first:
            shown = "…" + shown[1:]
        if first + 2 * AROUND < len(source_line):
            shown += "…"
        text = f"{path}:{line}:{column}: {self.message}\n    {shown}\n    {' ' * (column - 1 - first)}^"
        if self.expected:
            text += f"\n    expected {self.expected}"
        if self.hint:
            text += f"\n    hint: {self.hint}"
        return text


class NotationError(DocumentError):
    """A notation file that does not fit its schema; the message names the key."""
