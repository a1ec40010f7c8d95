"""A document and the formulas in it, as they stand there."""

from __future__ import annotations

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field

from verify_derivations.formulas.macros import Macro


def is_within(section: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether a section is another one, or one of its parts."""
    return section[: len(other)] == other


def nested(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one of two sections is within the other."""
    return is_within(one, other) or is_within(other, one)


@dataclass(frozen=True)
class RawFormula:
    """A formula as it stands in the document.

    ``line`` and ``column`` (from 1) are the place of the opening delimiter, or of the row within ``align`` and
    the like. ``context`` is the prose between the formula or heading before and this one, ``tail`` that
    between the last formula of a section and the next heading, or the end. ``continues`` marks a further
    row of an environment (one that begins with a relation continues the row above). ``grounds`` is what stands
    behind it in a column of reasons. ``code`` is what code stands
    between the formula before and this one, and behind the last one. ``statement``: the section is a theorem's, an
    example's or the like; ``opened``: the words in bold or italics that open the paragraphs of which this is one.
    """

    number: int
    line: int
    column: int
    displayed: bool
    latex: str
    section: tuple[str, ...] = ()
    context: str = ""
    remarks: tuple[str, ...] = ()
    continues: bool = False
    grounds: str = ""
    tail: str = ""
    code: str = ""
    statement: bool = False
    opened: str = ""
    pieces: tuple[tuple[int, int, int], ...] = field(default=((0, 1, 1),), repr=False, compare=False)

    def locate(self, offset: int) -> tuple[int, int]:
        """The line and column of the document (from 1) at which character ``offset`` of ``latex`` stands."""
        start, line, column = self.pieces[max(0, bisect.bisect_right(self.pieces, (offset, 1 << 60, 0)) - 1)]
        return line, column + offset - start


@dataclass(frozen=True)
class Document:
    path: str
    text: str = field(repr=False)
    title: str = ""
    author: str = ""
    date: str = ""
    formulas: tuple[RawFormula, ...] = ()
    macros: Mapping[str, Macro] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    def source_line(self, line: int) -> str:
        lines = self.text.split("\n")
        return lines[line - 1] if 0 < line <= len(lines) else ""
