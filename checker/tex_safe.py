r"""LaTeX that is safe to run: what a document brings along is printed, never executed.

Formulas are read into the items of :mod:`mathlist`, which holds mathematics of a fixed list only, and are printed
anew from there; what does not fit the list is shown as escaped characters. Prose is escaped character by
character; the output is pure ASCII, so that no installation lacks a glyph.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from verify_derivations.checker.glyphs import CHARACTER_TO_TEX
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

_ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "%": r"\%", "#": r"\#", "&": r"\&", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "`": r"\`{}", "–": "--", "—": "---", "‘": "`",
    "’": "'", "“": "``", "”": "''", "…": r"\ldots{}", "·": r"\textperiodcentered{}", "\u00a0": "~", "ß": r"\ss{}",
    "ø": r"\o{}", "Ø": r"\O{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}", "Œ": r"\OE{}", "ł": r"\l{}",
    "Ł": r"\L{}", "ı": r"\i{}", "§": r"\S{}", "©": r"\copyright{}", "×": r"\ensuremath{\times}", "\n": " ", "\t": " ",
}  # fmt: skip
_ESCAPES['"'] = "''"  # \textquotedbl needs T1 fonts
_COMBINING = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c", "\u0328": None, "\u0323": "d",
}  # fmt: skip


def escape(text: str) -> str:
    """Characters for TeX's text mode. What plain fonts lack is shown by its code point."""
    return "".join(_escaped(character) for character in unicodedata.normalize("NFC", text))


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if " " <= character <= "~":
        return character
    if character in CHARACTER_TO_TEX:
        return rf"\ensuremath{{{CHARACTER_TO_TEX[character]}}}"
    parts = unicodedata.normalize("NFD", character)
    base, command = parts[0], _COMBINING.get(parts[1]) if len(parts) == 2 else None
    if command and base.isascii() and base.isalpha():
        return rf"\{command}{{{base}}}"
    return rf"\texttt{{[U+{ord(character):04X}]}}"


def verbatim(text: str) -> str:
    """Source characters in typewriter type, with line breaks allowed anywhere."""
    return r"\texttt{" + "".join(escape(c) + r"\allowbreak{}" for c in text) + "}"


def prose(text: str) -> str:
    """A sentence in which ``$…$`` is a formula."""
    return "".join(inline(part) if is_formula else escape(part) for is_formula, part in segments(text))


def inline(latex: str) -> str:
    """A formula within a sentence."""
    try:
        rows = read(latex)
    except Unprintable:
        return verbatim(latex)
    # an empty row would print $$, which starts a display
    texts = [_tex(row, ()) for row in rows if row]
    return "; ".join(f"${text}$" for text in texts)


def display_lines(latex: str, marks: Sequence[Span] = ()) -> list[str] | None:
    """The lines of a displayed formula, broken at its relations; ``None`` if it cannot be typeset."""
    try:
        rows = read(latex)
    except Unprintable:
        return None
    return [_tex(line, marks) for line in at_relations(rows)]


def _tex(items: Items, marks: Sequence[Span]) -> str:
    parts: list[str] = []
    for marked, run in marked_runs(items, marks):
        body = " ".join(_item(item, () if marked else marks) for item in run)
        parts.append(rf"\changed{{{body}}}" if marked else body)
    return " ".join(parts)


def _braced(group: Group, marks: Sequence[Span]) -> str:
    if covered(group, marks):
        return rf"{{\changed{{{_tex(group.items, ())}}}}}"
    return f"{{{_tex(group.items, marks)}}}"


def _item(item: Item, marks: Sequence[Span]) -> str:
    match item:
        case Symbol(tex, _, _):
            return tex
        case Words(text, function):
            return rf"\operatorname{{{escape(text)}}}" if function else rf"\text{{{escape(text)}}}"
        case Group():
            return _braced(item, marks)
        case Fence(opening, closing, body):
            return rf"\left{opening} {_tex(body.items, marks)} \right{closing}"
        case Scripts(base, sub, sup, primes):
            text = _item(base, marks) + "'" * primes
            if sub is not None:
                text += "_" + _braced(sub, marks)
            if sup is not None:
                text += "^" + _braced(sup, marks)
            return text
        case Fraction(numerator, denominator, command):
            return command + _braced(numerator, marks) + _braced(denominator, marks)
        case Root(body, degree):
            return r"\sqrt" + (f"[{{{_tex(degree.items, ())}}}]" if degree else "") + _braced(body, marks)
        case Accent(command, body):
            return command + _braced(body, marks)
        case Font(command, body):
            return _FONT_IN_PLAIN_LATEX.get(command, command) + _braced(body, marks)
        case Stack(command, body, other):
            return command + (_braced(other, marks) if other else "") + _braced(body, marks)
        case Array(environment, rows):
            return _array(environment, rows, marks)
    raise TypeError(f"no TeX rule for {type(item).__name__}")


_FONT_IN_PLAIN_LATEX = {
    "\\bm": "\\boldsymbol", "\\mathscr": "\\mathcal", "\\operatorname": "\\mathrm", "\\mathnormal": "\\mathit",
}  # fmt: skip
_ENVIRONMENTS = {"dcases": "cases", "rcases": "cases", "array": "matrix"}


def _array(environment: str, rows: tuple[tuple[Group, ...], ...], marks: Sequence[Span]) -> str:
    body = r" \\ ".join(" & ".join(_tex(cell.items, marks) for cell in row) for row in rows)
    if environment == "substack":
        return rf"\substack{{{body}}}"
    name = _ENVIRONMENTS.get(environment, environment)
    if name not in ("cases", "matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix"):
        name = "aligned"
    return rf"\begin{{{name}}} {body} \end{{{name}}}"
