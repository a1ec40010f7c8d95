"""Formulas as MathML, for web pages. Every character of the document is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from verify_derivations.checker.glyphs import ACCENTS, DELIMITERS, FONTS, in_font
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


def to_mathml(latex: str, marks: Sequence[Span] = (), *, display: bool = False) -> str:
    """A ``<math>`` element (in display a chain is broken at its relations), or the source if it cannot be typeset."""
    try:
        rows = read(latex)
    except Unprintable:
        return f'<code class="source">{escape(latex)}</code>'
    lines = [_row(line, marks) for line in (at_relations(rows) if display else rows)]
    if len(lines) == 1:
        body = lines[0]
    else:
        cells = "".join(f"<mtr><mtd>{line}</mtd></mtr>" for line in lines)
        body = f'<mtable class="chain" displaystyle="true">{cells}</mtable>'
    block = ' display="block"' if display else ""
    return f'<math xmlns="http://www.w3.org/1998/Math/MathML"{block}>{body}</math>'


def _row(items: Items, marks: Sequence[Span]) -> str:
    parts = []
    for marked, run in marked_runs(items, marks):
        body = "".join(_item(item, () if marked else marks) for item in run)
        parts.append(f'<mrow class="changed">{body}</mrow>' if marked else body)
    return f"<mrow>{''.join(parts)}</mrow>"


def _group(group: Group, marks: Sequence[Span]) -> str:
    if covered(group, marks):
        return f'<mrow class="changed">{_row(group.items, ())}</mrow>'
    return _row(group.items, marks)


def _item(item: Item, marks: Sequence[Span]) -> str:
    match item:
        case Symbol():
            return _symbol(item)
        case Words(text, function):
            return f"<mi>{escape(text)}</mi>" if function else f"<mtext>{escape(text)}</mtext>"
        case Group():
            return _group(item, marks)
        case Fence(opening, closing, body):
            left, right = (f"<mo>{escape(DELIMITERS[d])}</mo>" if DELIMITERS[d] else "" for d in (opening, closing))
            return f"<mrow>{left}{_row(body.items, marks)}{right}</mrow>"
        case Scripts():
            return _scripts(item, marks)
        case Fraction(numerator, denominator, command):
            line = ' linethickness="0"' if command == "\\binom" else ""
            fraction = f"<mfrac{line}>{_group(numerator, marks)}{_group(denominator, marks)}</mfrac>"
            return f"<mrow><mo>(</mo>{fraction}<mo>)</mo></mrow>" if line else fraction
        case Root(body, degree):
            if degree is not None:
                return f"<mroot>{_group(body, marks)}{_group(degree, marks)}</mroot>"
            return f"<msqrt>{_group(body, marks)}</msqrt>"
        case Accent(command, body):
            tag = "munder" if command == "\\underline" else "mover"
            return f"<{tag}>{_group(body, marks)}<mo>{escape(ACCENTS[command][1])}</mo></{tag}>"
        case Font(command, body):
            letters = Group(tuple(_restyled(command, item) for item in body.items), span=body.span)
            upright = ' mathvariant="normal"' if FONTS[command] == "" else ""
            return _group(letters, marks).replace("<mi>", f"<mi{upright}>")
        case Stack(command, body, other):
            above = command in ("\\overset", "\\overbrace")
            tag = "mover" if above else "munder"
            mark = _group(other, marks) if other else f"<mo>{'⏞' if above else '⏟'}</mo>"
            return f"<{tag}>{_group(body, marks)}{mark}</{tag}>"
        case Array(environment, rows):
            return _array(environment, rows, marks)
    raise TypeError(f"no MathML rule for {type(item).__name__}")


def _restyled(command: str, item: Item) -> Item:
    return replace(item, text=in_font(command, item.text, everywhere=True)) if isinstance(item, Symbol) else item


def _symbol(item: Symbol) -> str:
    text = escape(item.text)
    if item.kind == "space":
        return f'<mspace width="{0.2 if len(item.text) == 1 else 1}em"/>' if item.text else ""
    if item.text[0].isdigit():
        return f"<mn>{text}</mn>"
    if item.kind == "function":
        return f"<mi>{text}</mi><mo>&#x2061;</mo>"
    if item.kind == "ordinary" and (item.text.isalpha() or item.text in "∂∇∞∅"):
        return f"<mi>{text}</mi>"
    return f"<mo>{text}</mo>"


def _scripts(item: Scripts, marks: Sequence[Span]) -> str:
    base = _item(item.base, marks) or "<mrow></mrow>"
    big = isinstance(item.base, Symbol) and (
        item.base.kind == "big" or item.base.tex in ("\\max", "\\min", "\\lim", "\\sup", "\\inf")
    )
    if big and isinstance(item.base, Symbol) and item.base.kind == "function":
        base = f"<mo>{escape(item.base.text)}</mo>"
    elif not base.startswith("<m") or base.count("<mo>&#x2061;</mo>"):
        base = f"<mrow>{base.replace('<mo>&#x2061;</mo>', '')}</mrow>"
    sub = _group(item.sub, marks) if item.sub is not None else ""
    sup = _group(item.sup, marks) if item.sup is not None else ""
    if item.primes:
        sup = f"<mrow><mo>{'′' * item.primes}</mo>{sup}</mrow>"
    if sub and sup:
        tag = "munderover" if big else "msubsup"
    elif sub:
        tag = "munder" if big else "msub"
    elif sup:
        tag = "mover" if big else "msup"
    else:
        return base
    return f"<{tag}>{base}{sub}{sup}</{tag}>"


_FENCES = {
    "cases": ("{", ""), "dcases": ("{", ""), "rcases": ("", "}"), "pmatrix": ("(", ")"), "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"), "vmatrix": ("|", "|"), "Vmatrix": ("‖", "‖"),
}  # fmt: skip


def _array(environment: str, rows: tuple[tuple[Group, ...], ...], marks: Sequence[Span]) -> str:
    cells = "".join(f"<mtr>{''.join(f'<mtd>{_row(cell.items, marks)}</mtd>' for cell in row)}</mtr>" for row in rows)
    left, right = _FENCES.get(environment, ("", ""))
    opening = f"<mo>{left}</mo>" if left else ""
    closing = f"<mo>{right}</mo>" if right else ""
    return f"<mrow>{opening}<mtable>{cells}</mtable>{closing}</mrow>"
