"""The one family of exceptions for a user's mistakes."""

from __future__ import annotations


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
        text = f"{path}:{line}:{column}: {self.message}\n    {source_line}\n    {' ' * (column - 1)}^"
        if self.expected:
            text += f"\n    expected {self.expected}"
        if self.hint:
            text += f"\n    hint: {self.hint}"
        return text


class NotationError(DocumentError):
    """A notation file that does not fit its schema; the message names the key."""
