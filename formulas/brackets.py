"""Brackets of a formula paired, bars told apart: the part of the lexer that knows what is open."""

from __future__ import annotations

from dataclasses import dataclass

from verify_derivations.formulas import spellings as sp
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.units import Raw

DEEPEST_NESTING = 64


@dataclass(slots=True)
class Token:
    kind: str
    text: str
    start: int
    end: int
    font: str = ""
    large: bool = False
    partner: int = -1


OPERAND_END = frozenset(("number", "symbol", "run", "close", "finish", "'", "quoted", "dots", "infinity", "!"))


class Brackets:
    """The units of a formula, the tokens made of them so far, and the brackets that are open."""

    def __init__(self, units: list[Raw]) -> None:
        self.units = units
        self.index = 0
        self.tokens: list[Token] = []
        self.frames: list[int] = []  # open brackets and environments: indices into tokens
        self.bars: list[list[int]] = [[]]  # open bars in each frame
        self.fonts: list[str] = [""]
        self.scripts: list[bool] = [False]

    def emit(self, kind: str, text: str, unit: Raw, **options: object) -> Token:
        token = Token(kind, text, unit.start, unit.end, **options)  # type: ignore[arg-type]
        self.tokens.append(token)
        return token

    def previous(self) -> str:
        return self.tokens[-1].kind if self.tokens else ""

    def peek(self, offset: int = 0) -> str:
        place = self.index + offset
        return self.units[place].text if place < len(self.units) else ""

    def sized(self, unit: Raw) -> None:
        if self.index >= len(self.units):
            raise ReadError(f"{unit.text} needs a bracket", unit.start, expected="( [ | \\{ or .")
        delimiter = self.units[self.index]
        self.index += 1
        size = sp.SIZES.match(unit.text)
        direction = {"l": "open", "r": "close"}.get(size[1] if size else unit.text[1], "")
        unit = delimiter._replace(start=unit.start)
        if size and size.group(1) == "m" and delimiter.text in sp.BARS:
            self.emit("relation", r"\mid", unit)
        elif size and delimiter.text == "/":
            self.emit("times", "/", unit)
        else:
            self.delimiter(unit, large=True, direction=direction)

    def delimiter(self, unit: Raw, *, large: bool, direction: str = "") -> None:
        text = unit.text
        if text in sp.BARS:
            kind = sp.BARS[text]
            if text == "|" and not direction and self.peek() == "|" and self.units[self.index].joined and not large:
                kind, unit = r"\|", unit._replace(end=self.units[self.index].end)
                self.index += 1
            if direction == "open":
                self.open(kind, unit, large=large)
            elif direction == "close":
                self.close(kind, unit)
            else:
                self._bar(kind, unit, large=large)
        elif direction != "close" and text in sp.OPENING and (text not in "<." or direction):
            self.open(sp.OPENING[text], unit, large=large)
        elif direction != "open" and text in sp.CLOSING and (text not in ">." or direction):
            self.close(sp.CLOSING[text], unit)
        else:
            raise ReadError(f"{text} is not a bracket that is read here", unit.start, expected="( [ | \\{ or .")

    def push(self, token: Token) -> None:
        if len(self.frames) >= DEEPEST_NESTING:
            raise ReadError(f"brackets are nested more than {DEEPEST_NESTING} deep", token.start)
        script = self.scripts[-1] or (len(self.tokens) > 1 and self.tokens[-2].kind in ("^", "_"))
        self.frames.append(len(self.tokens) - 1)
        self.bars.append([])
        self.fonts.append(self.fonts[-1])
        self.scripts.append(script)

    def open(self, kind: str, unit: Raw, *, large: bool) -> None:
        self.push(self.emit("open", kind, unit, large=large))

    def close(self, kind: str, unit: Raw) -> None:
        self.pop(self.emit("close", kind, unit), kind)

    def pop(self, token: Token, kind: str) -> None:
        if not self.frames:
            raise ReadError(f"{spelled(token)} closes nothing", token.start)
        opened = self.tokens[self.frames[-1]]
        mixed = {opened.text, kind} <= {"(", "["}
        if opened.text != kind and not mixed and not ("." in (opened.text, kind) and opened.large):
            expected = f"{closing(opened)} before {spelled(token)}"
            raise ReadError(f"{spelled(opened)} is never closed", opened.start, expected=expected)
        self.settle_bars(self.bars.pop())
        opened.partner, token.partner = len(self.tokens) - 1, self.frames.pop()
        self.fonts.pop()
        self.scripts.pop()

    def _bar(self, kind: str, unit: Raw, *, large: bool) -> None:
        """A bar without direction closes one that is open in the same bracket, if an operand stands before it."""
        opened = self.bars[-1]
        if kind == "|" and not opened and self.previous() in OPERAND_END and self.peek() == "_":
            self.emit("evaluate", "|", unit)
        elif opened and self.tokens[opened[-1]].text == kind and self.previous() in OPERAND_END:
            start = opened.pop()
            token = self.emit("close", kind, unit)
            token.partner, self.tokens[start].partner = start, len(self.tokens) - 1
        else:
            opened.append(len(self.tokens))
            self.emit("open", kind, unit, large=large)

    def is_bar(self) -> bool:
        r"""Whether a ``\mid`` comes where only a bar can: ``\mid x \mid``."""
        opened = self.bars[-1]
        if self.previous() not in OPERAND_END or opened and self.tokens[opened[-1]].text == "|":
            return True
        depth = 0  # \lambda \mid w \mid: behind the next one there is no operand
        for k in range(self.index, len(self.units)):
            text = self.units[k].text
            depth += (text in sp.OPENING or text == "{") - (text in sp.CLOSING or text == "}")
            if depth < 0:
                return False
            if depth == 0 and text == r"\mid":
                after = self.units[k + 1].text if k + 1 < len(self.units) else ""
                return not after or after in ",;.+-=)]}" or after in sp.RELATIONS
        return False

    def settle_bars(self, opened: list[int]) -> None:
        """A bar left single conditions: ``p(y|x)``."""
        for k in opened:
            token = self.tokens[k]
            before = self.tokens[k - 1].kind if k else ""
            if before in OPERAND_END:  # p(y|x), KL(p\|q)
                token.kind, token.text = "relation", r"\mid" if token.text == "|" else r"\parallel"
            else:
                raise ReadError("this bar is never closed", token.start, expected=token.text)


def spelled(token: Token) -> str:
    if token.kind == "finish":
        return rf"\end{{{token.text}}}"
    if token.kind == "begin":
        return rf"\begin{{{token.text}}}"
    return token.text if token.kind == "open" else closing(token)


def closing(token: Token) -> str:
    return rf"\end{{{token.text}}}" if token.kind == "begin" else sp.bracket(token.text)
