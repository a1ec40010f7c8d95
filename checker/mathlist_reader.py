"""LaTeX → the items of :mod:`mathlist`. Structure and an allow-list only; nothing is expanded or evaluated."""

from __future__ import annotations

import re
from collections.abc import Sequence

from verify_derivations.checker.glyphs import ACCENTS, CHARACTER_TO_TEX, DELIMITERS, FONTS, SYMBOLS, TEXT_FONTS
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
    plain_text,
)

MAXIMUM_DEPTH = 64
MAXIMUM_LENGTH = 50_000

ALIGNMENTS = frozenset(
    "aligned alignedat align align* alignat split gathered gather gather* multline multline* eqnarray eqnarray* "
    "equation equation* displaymath".split()
)
MATRICES = frozenset("cases matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix dcases rcases array".split())
DROPPED = frozenset(
    "\\displaystyle \\textstyle \\scriptstyle \\scriptscriptstyle \\limits \\nolimits \\nonumber \\notag \\middle "
    "\\big \\Big \\bigg \\Bigg \\bigl \\bigr \\Bigl \\Bigr \\biggl \\biggr \\Biggl \\Biggr \\bigm \\Bigm "
    "\\allowbreak \\hfill \\hline \\par \\normalsize".split()
)
DROPPED_WITH_ARGUMENT = frozenset({"\\label", "\\tag", "\\hspace", "\\vspace", "\\phantom", "\\hphantom", "\\vphantom"})
FRACTIONS = {"\\frac": "\\frac", "\\dfrac": "\\frac", "\\tfrac": "\\frac", "\\cfrac": "\\frac", "\\binom": "\\binom"}
STACKS = {"\\underset": "\\underset", "\\overset": "\\overset", "\\stackrel": "\\overset"}
BRACES = frozenset({"\\underbrace", "\\overbrace"})

_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|[0-9]+(?:\.[0-9]+)?|.", re.DOTALL)
_QUOTED = re.compile(r"'[A-Za-z]+'")
_PLAIN_TEXT = re.compile(r"[^\\{}$%#^~&]*")


def read(latex: str) -> tuple[Items, ...]:
    """The rows of a formula (one, unless it has ``\\\\`` at its top level). Alignment marks are dropped.

    >>> [item.tex for item in read("a \\\\le b")[0]]
    ['a', '\\\\le', 'b']
    """
    if len(latex) > MAXIMUM_LENGTH:
        raise Unprintable(f"longer than {MAXIMUM_LENGTH} characters")
    parser = _Parser(latex)
    rows = parser.rows(None)
    while len(rows) == 1 and len(inner := _joined(rows[0])) == 1 and isinstance(inner[0], Array):
        if inner[0].environment not in ALIGNMENTS:
            break
        rows = inner[0].rows
    lines = tuple(line for row in rows if (line := _joined(row)))
    return lines or ((),)


def _joined(row: Sequence[Group]) -> Items:
    return tuple(item for cell in row for item in cell.items)


class _Parser:
    def __init__(self, latex: str) -> None:
        self.latex = latex
        self.tokens = [(m.group(), m.start()) for m in _TOKEN.finditer(latex)]
        self.at = 0
        self.depth = 0

    # -- tokens ---------------------------------------------------------------------------------
    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def position(self) -> int:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else len(self.latex)

    def last_end(self) -> int:
        token, start = self.tokens[self.at - 1]
        return start + len(token)

    def skip_space(self) -> None:
        while self.peek().isspace():
            self.at += 1

    def fail(self, what: str) -> Unprintable:
        return Unprintable(f"{what} at character {min(self.position(), len(self.latex)) + 1}")

    # -- structure ------------------------------------------------------------------------------
    def rows(self, stop: str | None) -> tuple[tuple[Group, ...], ...]:
        """Rows of cells up to the token ``stop`` (``\\end`` or the end of the input), which is not taken."""
        rows: list[tuple[Group, ...]] = []
        cells: list[Group] = []
        while True:
            start = self.position()
            items = self.items(("&", "\\\\", stop or ""))
            cells.append(Group(items, span=(start, self.position())))
            token = self.peek()
            if token == "&":
                self.take()
                continue
            rows.append(tuple(cells))
            cells = []
            if token != "\\\\":
                return tuple(rows)
            self.take()
            self.optional_argument()

    def items(self, stops: tuple[str, ...]) -> Items:
        found: list[Item] = []
        while True:
            self.skip_space()
            token = self.peek()
            if token in stops:
                return tuple(found)
            if not token:
                raise self.fail("an unfinished group")
            if token in ("^", "_", "'") and not (token == "'" and self.quote_starts(found)):
                base = found.pop() if found else Group((), span=(self.position(), self.position()))
                found.append(self.scripts(base))
            elif (item := self.item()) is not None:
                found.append(item)

    def quote_starts(self, found: list[Item]) -> bool:
        before = found[-1] if found else None
        free = before is None or (isinstance(before, Symbol) and before.kind in ("punctuation", "open", "space"))
        return free and _QUOTED.match(self.latex, self.position()) is not None

    def scripts(self, base: Item) -> Item:
        sub = base.sub if isinstance(base, Scripts) else None
        sup = base.sup if isinstance(base, Scripts) else None
        primes = base.primes if isinstance(base, Scripts) else 0
        start = base.span[0]
        base = base.base if isinstance(base, Scripts) else base
        token = self.take()
        if token == "'":
            if sup is not None:
                raise self.fail("a prime after a superscript")
            primes += 1
        elif token == "_":
            if sub is not None:
                raise self.fail("a second subscript")
            sub = self.argument()
        else:
            if sup is not None:
                raise self.fail("a second superscript")
            sup = self.argument()
        return Scripts(base, sub, sup, primes, span=(start, self.last_end()))

    def argument(self) -> Group:
        """The next group, or the next single item."""
        self.skip_space()
        start = self.position()
        if self.peek() == "{":
            return self.group()
        if self.peek() in ("", "}", "^", "_", "&", "\\\\", "\\right", "\\end"):
            raise self.fail("a missing argument")
        if self.peek() == "'":
            raise self.fail("a prime without a base")
        if self.peek()[0].isdigit() and len(self.peek()) > 1:  # x^12 is x^{1}2
            token, begin = self.tokens[self.at]
            self.tokens[self.at : self.at + 1] = [(character, begin + k) for k, character in enumerate(token)]
        item = self.item()
        return Group((item,) if item is not None else (), span=(start, self.last_end()))

    def group(self) -> Group:
        start = self.position()
        if self.take() != "{":
            self.at -= 1
            raise self.fail("a missing {")
        self.deeper()
        items = self.items(("}",))
        self.take()
        self.depth -= 1
        return Group(items, span=(start, self.last_end()))

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            raise self.fail(f"nesting deeper than {MAXIMUM_DEPTH}")

    def raw_argument(self) -> str:
        """The characters of a ``{…}`` without inner braces or commands."""
        self.skip_space()
        start = self.position()
        match = _PLAIN_TEXT.match(self.latex, start + 1)
        assert match is not None
        if self.peek() != "{" or self.latex[match.end() : match.end() + 1] != "}":
            raise self.fail("text with commands in it")
        while self.position() <= match.end() and self.at < len(self.tokens):
            self.take()
        return match.group()

    def optional_argument(self) -> str:
        """``[…]`` directly after a command, as raw characters, or ''."""
        if self.peek() != "[":
            return ""
        end = self.latex.find("]", self.position())
        content = self.latex[self.position() + 1 : end] if end >= 0 else "\\"
        if _PLAIN_TEXT.fullmatch(content) is None:
            return ""
        while self.position() <= end and self.at < len(self.tokens):
            self.take()
        return content

    # -- items ----------------------------------------------------------------------------------
    def item(self) -> Item | None:
        """One item; ``None`` for a command that prints nothing."""
        start = self.position()
        token = self.peek()
        if not token:
            raise self.fail("a missing part")
        if token == "{":
            return self.group()
        if token == "'":
            match = _QUOTED.match(self.latex, start)
            if match is None:
                raise self.fail("a prime without a base")
            while self.position() < match.end() and self.at < len(self.tokens):
                self.take()
            return Words(match.group(), span=(start, match.end()))
        self.take()
        item = self.command(token, start)
        return item

    def command(self, token: str, start: int) -> Item | None:
        def span() -> Span:
            return (start, self.last_end())

        if token in DROPPED:
            return None
        if token in DROPPED_WITH_ARGUMENT:
            if self.peek() == "*":
                self.take()
            self.raw_argument()
            return None
        if token in FRACTIONS:
            numerator, denominator = self.argument(), self.argument()
            return Fraction(numerator, denominator, FRACTIONS[token], span=span())
        if token == "\\sqrt":
            degree = None
            if self.peek() == "[":
                self.take()
                degree = Group(self.items(("]",)))
                self.take()
            return Root(self.argument(), degree, span=span())
        if token == "\\left":
            return self.fence(start)
        if token == "\\begin":
            return self.array(start)
        if token == "\\operatorname":
            if self.peek() == "*":
                self.take()
            name = self.argument()
            return Words(plain_text(name.items), function=True, span=span())
        if token in FONTS:
            return Font(token, self.argument(), span=span())
        if token in ACCENTS:
            return Accent(token, self.argument(), span=span())
        if token in TEXT_FONTS:
            return Words(self.raw_argument(), span=span())
        if token in STACKS:
            other, body = self.argument(), self.argument()
            return Stack(STACKS[token], body, other, span=span())
        if token in BRACES:
            return Stack(token, self.argument(), span=span())
        if token == "\\substack":
            self.skip_space()
            if self.take() != "{":
                raise self.fail("a missing {")
            rows = self.rows("}")
            self.take()
            return Array("substack", rows, span=span())
        if token == "\\not":
            self.skip_space()
            relation = self.item()
            if not isinstance(relation, Symbol) or relation.kind != "relation":
                raise self.fail("\\not before something that is no relation")
            return Symbol("\\not" + relation.tex, relation.text + "\u0338", "relation", span=span())
        if token in SYMBOLS:
            text, kind = SYMBOLS[token]
            return Symbol(token, text, kind, span=span())
        if token in CHARACTER_TO_TEX:
            return Symbol(CHARACTER_TO_TEX[token], *SYMBOLS[CHARACTER_TO_TEX[token]], span=span())
        if token.isascii() and (token.isalpha() or token[0].isdigit()):
            return Symbol(token, token, span=span())
        self.at -= 1
        raise self.fail(f"{token!r}, which is not on the list of printable mathematics,")

    def delimiter(self) -> str:
        self.skip_space()
        token = self.take()
        if token not in DELIMITERS:
            self.at -= 1
            raise self.fail("a delimiter that is not known")
        return token

    def fence(self, start: int) -> Fence:
        opening = self.delimiter()
        self.deeper()
        body = Group(self.items(("\\right",)))
        self.take()
        self.depth -= 1
        closing = self.delimiter()
        return Fence(opening, closing, body, span=(start, self.last_end()))

    def array(self, start: int) -> Array:
        name = self.raw_argument()
        if name not in ALIGNMENTS | MATRICES:
            raise self.fail(f"an environment {name!r} that is not known")
        if name == "array" or name.startswith("alignat") or name == "alignedat":
            self.raw_argument()
        elif name in ("aligned", "gathered"):
            self.optional_argument()
        self.deeper()
        rows = self.rows("\\end")
        self.take()
        self.depth -= 1
        if self.raw_argument() != name:
            raise self.fail(f"\\begin{{{name}}} without its end")
        return Array(name, rows, span=(start, self.last_end()))
