"""Formulas as one line of Unicode text, for terminals: ``∂L/∂W⁽²⁾ = a⁽²⁾ δ^(z⁽³⁾)ᵀ``.

Fractions become ``a/b``, scripts become raised and lowered characters where Unicode has all of them, and
``^( )`` and ``_{ }`` where it has not. Marked characters stand between :data:`MARK` and :data:`UNMARK`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from verify_derivations.checker.glyphs import ACCENTS, DELIMITERS, in_font
from verify_derivations.checker.mathlist import (
    Accent,
    Array,
    Fence,
    Font,
    Fraction,
    Group,
    Item,
    Items,
    Root,
    Scripts,
    Span,
    Stack,
    Symbol,
    Unprintable,
    Words,
    at_relations,
    covered,
    marked_runs,
)
from verify_derivations.checker.mathlist_reader import read
from verify_derivations.checker.prose import segments

MARK, UNMARK = "\ue000", "\ue001"

_RAISED = dict(
    zip(
        "0123456789+−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW⊤′",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵀ′",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_LONGEST_RAISED = 8


def to_text(latex: str, marks: Sequence[Span] = ()) -> str:
    """The formula on one line; its own source characters where it cannot be typeset."""
    return "  ".join(to_lines(latex, marks, broken=False))


def to_lines(latex: str, marks: Sequence[Span] = (), *, broken: bool = True) -> list[str]:
    """One line a row; with ``broken`` also one a link of a chain, which starts with its relation."""
    try:
        rows = read(latex)
    except Unprintable:
        return [plain(line) for line in latex.splitlines()] or [""]
    lines = at_relations(rows) if broken else list(rows)
    return [re.sub(r" {2,}", " ", _text(line, marks)).strip() for line in lines]


def plain(text: str) -> str:
    """A document's characters must not steer the terminal."""
    return "".join(c if unicodedata.category(c)[0] != "C" else " " if c in "\t\n" else "\ufffd" for c in text)


def words(text: str) -> str:
    """Prose with its ``$…$`` formulas readable."""
    return "".join(to_text(part) if is_formula else plain(part) for is_formula, part in segments(text))


def _text(items: Items, marks: Sequence[Span], tight: bool = False) -> str:
    parts: list[str] = []
    before: Item | None = None
    sign = False  # ``before`` is a + or − in front of a first term
    for marked, run in marked_runs(items, marks):
        opened = False
        for item in run:
            stop = item is items[-1] and isinstance(item, Symbol) and item.text == "."  # behind the formula
            joint = "" if sign or stop else _joint(before, item, tight)
            body = _item(item, () if marked else marks, tight)
            if marked and not opened and body:
                joint, opened = joint + MARK, True
            parts.append(joint + body)
            sign = _is_binary(item) and _starts_term(before)
            before = item
        if opened:
            parts.append(UNMARK)
    return "".join(parts)


def _joint(before: Item | None, item: Item, tight: bool) -> str:
    """What stands between two neighbours."""
    inner = item.base if isinstance(item, Scripts) else item
    kind = inner.kind if isinstance(inner, Symbol) and (inner is item or inner.kind == "close") else None
    last = before.kind if isinstance(before, Symbol) else None
    if before is None or kind == "space" or last == "space" or last == "open" or kind in ("punctuation", "close"):
        return ""
    if isinstance(before, Fraction) or (isinstance(item, Fraction) and last == "ordinary" and not tight):
        if kind not in ("relation", "binary"):
            return "·" if tight else " · "
    if tight:
        return " " if _is_operator(before) and not isinstance(item, Fence) else ""
    if "relation" in (kind, last) or "binary" in (kind, last) or last == "punctuation":
        return " "
    if isinstance(item, Fraction) and not _is_operator(before):
        return " · "
    if isinstance(item, Fence) or kind == "open":
        if _is_big(before):
            return " "
        return "" if isinstance(before, Symbol | Scripts | Words | Font) and last != "close" else " "
    if _is_operator(before) or (_is_operator(item) and not (isinstance(before, Symbol) and before.text == "∂")):
        return " "
    return " " if last == "close" or isinstance(before, Scripts | Fence | Words | Font | Root | Array | Stack) else ""


def _is_binary(item: Item | None) -> bool:
    return isinstance(item, Symbol) and item.kind == "binary"


def _starts_term(before: Item | None) -> bool:
    """A + or − after ``before`` is a sign."""
    kinds = ("relation", "binary", "open", "punctuation", "big", "space")
    return before is None or (isinstance(before, Symbol) and before.kind in kinds)


def _is_big(item: Item | None) -> bool:
    symbol = item.base if isinstance(item, Scripts) else item
    return isinstance(symbol, Symbol) and symbol.kind == "big"


def _is_operator(item: Item | None) -> bool:
    """A function name or a big operator, with its scripts."""
    if isinstance(item, Scripts):
        return _is_operator(item.base)
    if isinstance(item, Symbol):
        return item.kind in ("function", "big")
    return isinstance(item, Words) and item.function


def _item(item: Item, marks: Sequence[Span], tight: bool) -> str:
    match item:
        case Symbol(_, text, kind):
            return text.strip() if kind == "space" and tight else " " if kind == "space" and text else text
        case Words(text):
            return plain(text)
        case Group(items):
            return _text(items, marks, tight)
        case Fence(opening, closing, body):
            return DELIMITERS[opening] + _text(body.items, marks, tight) + DELIMITERS[closing]
        case Scripts():
            return _scripts(item, marks, tight)
        case Fraction(numerator, denominator, command):
            above, below = _text(numerator.items, marks, tight), _text(denominator.items, marks, tight)
            if command == "\\binom":
                return f"C({above}, {below})"
            above = above if _is_simple(numerator.items) else f"({above})"
            return f"{above}/{below if _is_factor(denominator.items) else f'({below})'}"
        case Root(body, degree):
            index = _raise(_text(degree.items, marks, True)) if degree else ""
            inner = _text(body.items, marks, tight)
            return f"{index or ''}√{inner if len(inner) == 1 else f'({inner})'}"
        case Accent(command, body):
            return "".join(c + ACCENTS[command][0] for c in _text(body.items, marks, tight) if c not in (MARK, UNMARK))
        case Font(command, body):
            return "".join(in_font(command, character) for character in _text(body.items, marks, tight))
        case Stack(command, body, other):
            inner = _text(body.items, marks, tight)
            if other is None:
                return inner
            sign = "_" if command == "\\underset" else "^"
            return f"{inner}{sign}{{{_text(other.items, marks, True)}}}"
        case Array(environment, rows):
            return _array(environment, rows, marks)
    raise TypeError(f"no text rule for {type(item).__name__}")


def _array(environment: str, rows: tuple[tuple[Group, ...], ...], marks: Sequence[Span]) -> str:
    cells = [[_text(cell.items, marks).strip() for cell in row] for row in rows]
    if environment == "substack":
        return ", ".join(" ".join(row) for row in cells)
    if environment in ("cases", "dcases", "rcases"):
        branches = []
        for row in cells:
            condition = " ".join(row[1:]).strip()
            word = "" if condition.startswith(("otherwise", "if", "for", "else", "when")) else "if "
            branches.append(f"{row[0].rstrip(',')} {word}{condition}" if condition else row[0])
        return "{ " + "; ".join(branches) + " }"
    if environment in ("matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"):
        return "[" + "; ".join(", ".join(row) for row in cells) + "]"
    return "; ".join(" ".join(row) for row in cells)


def _scripts(item: Scripts, marks: Sequence[Span], tight: bool) -> str:
    base = _item(item.base, marks, tight)
    if isinstance(item.base, Fraction):
        base = f"({base})"
    limits = isinstance(item.base, Symbol) and item.base.kind in ("big", "function")
    sub = _lower(_text(item.sub.items, _marks_of(item.sub, marks), True)) if item.sub else ""
    sup = _superscript(item.sup, _marks_of(item.sup, marks)) if item.sup else ""
    if limits and item.sub and item.sup and (sub.startswith("_") or sup.startswith("^")):
        sub = "_{" + _text(item.sub.items, marks, True) + "}"
        sup = "^{" + _text(item.sup.items, marks, True) + "}" if len(sup) > 2 else "^" + sup.lstrip("^")
    if item.sub and covered(item.sub, marks):
        sub = MARK + sub + UNMARK
    if item.sup and covered(item.sup, marks):
        sup = MARK + sup + UNMARK
    return base + "′" * item.primes + sub + sup


def _marks_of(group: Group, marks: Sequence[Span]) -> Sequence[Span]:
    return () if covered(group, marks) else marks


def _raise(text: str) -> str | None:
    """The text in raised characters, if it is short and all of them exist."""
    bare = text.replace(MARK, "").replace(UNMARK, "")
    if len(bare) > _LONGEST_RAISED or not all(c in _RAISED for c in bare):
        return None
    return "".join(_RAISED.get(c, c) for c in text)


def _lower(text: str) -> str:
    bare = text.replace(MARK, "").replace(UNMARK, "")
    if len(bare) <= _LONGEST_RAISED and all(c in _LOWERED for c in bare):
        return "".join(_LOWERED.get(c, c) for c in text)
    return f"_{text}" if bare.isalnum() else f"_{{{text}}}"


def _superscript(group: Group, marks: Sequence[Span]) -> str:
    text = _text(group.items, marks, True)
    if (raised := _raise(text)) is not None:
        return raised
    if isinstance(group.items[0], Fence):  # δ^{(z^{(3)})T}
        first, rest = _text(group.items[:1], marks, True), _text(group.items[1:], marks, True)
        raised = _raise(rest)
        if raised is not None:
            return f"^{first}{raised}"
    bare = text.replace(MARK, "").replace(UNMARK, "")
    return f"^{text}" if len(bare) == 1 else f"^({text})"


def _is_simple(items: Items) -> bool:
    """May stand before a ``/`` without brackets."""
    loose = ("binary", "relation", "big", "punctuation")
    return not any(isinstance(i, Fraction | Array) or (isinstance(i, Symbol) and i.kind in loose) for i in items)


def _is_factor(items: Items) -> bool:
    """May stand after a ``/`` without brackets: one factor, a word, or a differential."""
    solid = [i for i in items if not (isinstance(i, Symbol) and i.kind == "space")]
    if len(solid) <= 1:
        return _is_simple(items)
    first = solid[0]
    if isinstance(first, Symbol) and first.text in ("∂", "d"):
        return _is_simple(items)
    *word, last = solid
    tail = last.base if isinstance(last, Scripts) else last
    return all(isinstance(i, Symbol) and i.text.isalpha() for i in [*word, tail])
