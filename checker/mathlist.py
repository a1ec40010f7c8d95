"""Formulas as they are typeset: a tree of printable items, with the characters each was printed from.

This is layout, not meaning: it also shows a formula that could not be read, a fragment, or a correction of which
some characters are to be marked. Three printers start here: :mod:`tex_safe`, :mod:`unicode_math`, :mod:`mathml`.
The tree holds only what :mod:`glyphs` lists; anything else raises :class:`Unprintable` when it is read
(:mod:`mathlist_reader`), and the caller shows the source characters instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from verify_derivations.checker.glyphs import Kind

Span: TypeAlias = tuple[int, int]
Items: TypeAlias = "tuple[Item, ...]"


class Unprintable(ValueError):
    """The formula holds something that is not on the list of printable mathematics."""


@dataclass(frozen=True)
class Item:
    span: Span = field(default=(0, 0), kw_only=True, compare=False, repr=False)


@dataclass(frozen=True)
class Symbol(Item):
    """A letter, number, operator or delimiter. ``tex`` is canonical and safe."""

    tex: str
    text: str
    kind: Kind = "ordinary"


@dataclass(frozen=True)
class Words(Item):
    """Upright text; ``function`` for an operator name. ``text`` is plain characters, never TeX."""

    text: str
    function: bool = False


@dataclass(frozen=True)
class Group(Item):
    items: Items


@dataclass(frozen=True)
class Scripts(Item):
    base: Item
    sub: Group | None = None
    sup: Group | None = None
    primes: int = 0


@dataclass(frozen=True)
class Fraction(Item):
    numerator: Group
    denominator: Group
    command: str = "\\frac"


@dataclass(frozen=True)
class Root(Item):
    body: Group
    degree: Group | None = None


@dataclass(frozen=True)
class Accent(Item):
    command: str
    body: Group


@dataclass(frozen=True)
class Font(Item):
    command: str
    body: Group


@dataclass(frozen=True)
class Stack(Item):
    """``\\underset``, ``\\overset`` (``\\stackrel``), ``\\underbrace`` and ``\\overbrace`` (without a second part)."""

    command: str
    body: Group
    other: Group | None = None


@dataclass(frozen=True)
class Fence(Item):
    """``\\left( … \\right)``."""

    opening: str
    closing: str
    body: Group


@dataclass(frozen=True)
class Array(Item):
    environment: str
    rows: tuple[tuple[Group, ...], ...]


def plain_text(items: Items) -> str:
    """The characters of a name such as ``softmax`` or ``arg\\,max``."""
    parts = []
    for item in items:
        if isinstance(item, Symbol | Words):
            parts.append(item.text)
        elif isinstance(item, Group | Font):
            parts.append(plain_text(item.items if isinstance(item, Group) else item.body.items))
        else:
            raise Unprintable("an operator name with structure")
    return "".join(parts)


def marked_runs(items: Items, marks: Sequence[Span]) -> Iterator[tuple[bool, Items]]:
    """``items`` cut into runs that lie wholly inside one of ``marks`` and runs that do not."""
    run: list[Item] = []
    state = False
    for item in items:
        inside = covered(item, marks)
        if run and inside != state:
            yield state, tuple(run)
            run = []
        state = inside
        run.append(item)
    if run:
        yield state, tuple(run)


def covered(item: Item, marks: Sequence[Span]) -> bool:
    return any(start <= item.span[0] and item.span[1] <= end for start, end in marks) and item.span[0] < item.span[1]


_EQUALITIES = ("=", "\\equiv", "\\approx", "\\propto")
_ARROWS = ("\\Rightarrow", "\\implies", "\\iff", "\\Leftrightarrow", "\\Longrightarrow")


def at_relations(rows: Sequence[Items]) -> list[Items]:
    """The lines a long chain is broken into: a new one before every ``=`` but the first, and after ``,\\quad``.

    The stated shape, ``\\in R^{…}``, stays on the line of its side.
    """
    lines: list[Items] = []
    for row in rows:
        line: list[Item] = []
        seen = False  # a relation in the present statement
        for before, item in zip((None, *row), row, strict=False):
            tex = item.tex if isinstance(item, Symbol) else ""
            starts = tex in _EQUALITIES or tex in _ARROWS
            if starts and seen and not (isinstance(before, Symbol) and before.kind == "relation"):
                lines.append(tuple(line))
                line = []
            seen = tex not in _ARROWS and (seen or starts)
            line.append(item)
            if seen and isinstance(item, Symbol) and item.kind == "space" and len(line) > 1 and _is_comma(line[-2]):
                lines.append(tuple(line))
                line, seen = [], False
        if line:
            lines.append(tuple(line))
    return lines or [()]


def _is_comma(item: Item) -> bool:
    return isinstance(item, Symbol) and item.kind == "punctuation"
