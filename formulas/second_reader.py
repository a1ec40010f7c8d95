"""A second, independent reading of scalar expressions: numbers, taken from the characters of the source.

It shares neither lexer nor grammar nor symbol table with the first reader, builds no tree and knows no document: every
decorated symbol and every application of a function of the document is replaced by a plain mark in the *source*, which
stands for a number, and whatever lies outside a small safe subset (sums of products, fractions, roots, powers with
plain exponents, ``exp``, ``log``, trigonometric functions, ``max``) is not asked at all. What it computes at a few
points is compared with the values of the first reader's tree.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from verify_derivations.formulas import syntax as s

LONGEST = 2000  # characters of a side that the second reader is asked about
POINTS = 3
TOLERANCE = 1e-9  # relative; of expressions as small as these, values at a few points decide
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "exp": math.exp, "log": math.log, "ln": math.log, "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "max": max, "min": min,
}  # fmt: skip
_OF_SEVERAL = frozenset(("max", "min"))
_UNDEFINED = (ArithmeticError, ValueError)  # a division by zero, a root of something negative


@dataclass(frozen=True)
class Agreement:
    """Both readings of one side: their values ``first`` and ``second`` where each of ``symbols`` has its value."""

    agree: bool
    latex: str
    first: float
    second: float
    symbols: tuple[tuple[str, float], ...]

    def __str__(self) -> str:
        verb = "agree" if self.agree else "differ"
        where = ", ".join(f"{name} = {value:.3g}" for name, value in self.symbols)
        return f"two readings of {self.latex} {verb}: {self.first:.6g} and {self.second:.6g} at {where}"


def agrees(latex: str, side: s.Node) -> Agreement | None:
    """Whether both readers read ``side`` of the formula ``latex`` (into which its spans point) alike; ``None``
    where the second reader is not asked or cannot answer."""
    atoms: dict[s.Node, str] = {}
    places: list[tuple[s.Span, s.Node]] = []
    if not _collect(side, atoms, places) or not places or side in atoms:
        return None
    plain = _plain(latex, side.span, places, atoms)
    if plain is None:
        return None
    choose = random.Random(20151220)
    compared: Agreement | None = None
    for _ in range(POINTS):
        point = {mark: choose.uniform(0.2, 0.9) for mark in atoms.values()}
        try:
            first, second = _value(side, atoms, point), _Characters(plain, point).value()
        except _Unread:
            return None
        except _UNDEFINED:  # not a number there, in one reading: the other may not get so far
            continue
        agree = abs(first - second) <= TOLERANCE * (1 + abs(first) + abs(second))
        names = tuple((latex[slice(*node.span)], point[mark]) for node, mark in atoms.items())
        compared = Agreement(agree, latex[slice(*side.span)], first, second, names)
        if not agree:
            break
    return compared


def objection(latex: str, sides: Iterable[s.Node]) -> str | None:
    """What the second reader objects to sides of a formula, with both readings; ``None`` where it agrees or is not
    asked."""
    found = (agrees(latex, side) for side in sides)
    return next((str(agreement) for agreement in found if agreement is not None and not agreement.agree), None)


# -- the guard ------------------------------------------------------------------------------------------
def _collect(node: s.Node, atoms: dict[s.Node, str], places: list[tuple[s.Span, s.Node]]) -> bool:
    """Whether ``node`` lies within the safe subset; its atoms and their places are noted."""
    match node:
        case s.Number():
            return True
        case s.Group(kind, body) if node.span[1]:  # a bracket that is written
            return kind in "([{" and _collect(body, atoms, places)
        case s.Scripted(s.Symbol("e", "", ""), None, s.Node() as power, 0):
            return _collect(power, atoms, places)
        case s.Scripted(s.Group() | s.Call() as base, None, s.Number(text), 0):
            return text.isdigit() and _collect(base, atoms, places)
        case s.Call(s.Symbol(name), arguments, bracket) if name in _FUNCTIONS and bracket in ("(", "["):
            right_number = (len(arguments) == 1) != (name in _OF_SEVERAL)
            return right_number and all(_collect(argument, atoms, places) for argument in arguments)
        case s.Symbol() | s.Scripted() | s.Call():
            if any(isinstance(part, s.Text | s.Relation) for part in s.walk(node)):
                return False
            atoms.setdefault(node, f"<{len(atoms)}>")
            places.append((node.span, node))
            return True
        case s.Sum(signs, terms):
            return set(signs) <= {"+", "-"} and all(_collect(term, atoms, places) for term in terms)
        case s.Product(factors, operators):
            plain = set(operators) <= {"", "\\cdot"} or (len(factors) == 2 and operators == ("/",))
            return plain and all(_collect(factor, atoms, places) for factor in factors)
        case s.Fraction(numerator, denominator):
            return _collect(numerator, atoms, places) and _collect(denominator, atoms, places)
        case s.Root(body, None):
            return _collect(body, atoms, places)
    return False


def _plain(
    latex: str, span: s.Span, places: list[tuple[s.Span, s.Node]], atoms: Mapping[s.Node, str]
) -> str | None:
    """The source of a side with a mark for every atom; ``None`` where places overlap (inside a macro)."""
    pieces: list[str] = []
    position = span[0]
    for (start, end), node in sorted(places, key=lambda place: place[0]):
        if start < position or end > span[1] or start >= end:
            return None
        pieces += [latex[position:start], atoms[node]]
        position = end
    plain = "".join(pieces) + latex[position:span[1]]
    return None if len(plain) > LONGEST else plain


# -- the second reading -----------------------------------------------------------------------------------
class _Unread(Exception):
    """It is not known how the characters are to be read."""


_SKIPPED = re.compile(
    r"(?:\s|&|~|\\[,;:!> ]|\\(?:left|right|[bB]igg?[lrm]?|q?quad|displaystyle|textstyle|limits)(?![A-Za-z]))*"
)
_PIECE = re.compile(
    r"(?P<mark><\d+>)|(?P<number>\d+(?:\.\d+)?|\.\d+)"
    r"|\\(?P<fraction>[dtc]?frac)(?![A-Za-z])|\\(?P<root>sqrt)(?![A-Za-z\[])"
    r"|(?:\\(?:operatorname|math(?:rm|sf|it)|text)\s*\{\s*|\\)?"
    rf"(?P<name>{'|'.join(sorted(_FUNCTIONS, reverse=True))})(?![A-Za-z])\s*\}}?"
    r"|(?P<dot>\\cdot)(?![A-Za-z])|(?P<open>\\\{|[\[({])|(?P<close>\\\}|[\])}])"
    r"|(?P<e>e|\\(?:mathrm|operatorname)\{e\})(?=\s*\^)|(?P<sign>[-+/^,])"
)
_CLOSING = {"(": ")", "[": "]", "{": "}", "\\{": "\\}"}
_DEEPEST = 100


class _Characters:
    """Precedence by recursion: a sum of terms, a term of factors, a factor with powers."""

    def __init__(self, text: str, point: Mapping[str, float]) -> None:
        self.text, self.point, self.position, self.depth = text, point, 0, 0
        self.kind, self.piece = "", ""
        self.next()

    def next(self) -> str:
        """The piece that was the present one; the one behind it becomes that."""
        before = self.piece
        skipped = _SKIPPED.match(self.text, self.position)
        start = skipped.end() if skipped else self.position
        found = _PIECE.match(self.text, start)
        if start >= len(self.text):
            self.kind, self.piece = "end", ""
        elif found is None or found.lastgroup is None:
            raise _Unread(self.text[start:])
        else:
            self.kind, self.piece, self.position = found.lastgroup, found[found.lastgroup], found.end()
        return before

    def value(self) -> float:
        found = self.sum()
        if self.kind != "end":
            raise _Unread(self.piece)
        return found

    def sum(self) -> float:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _Unread(self.text)
        total = self.term() if self.piece not in ("+", "-") else 0.0
        while self.piece in ("+", "-"):
            negative = self.next() == "-"
            term = self.term()
            total = total - term if negative else total + term
        self.depth -= 1
        return total

    def term(self) -> float:
        product = self.factor()
        while self.kind in ("dot", "open", "mark", "number", "fraction", "root", "name", "e") or self.piece == "/":
            if self.piece == "/":
                self.next()
                product /= self.factor()
            else:
                if self.kind == "dot":
                    self.next()
                product *= self.factor()
        return product

    def factor(self) -> float:
        base = self.atom()
        while self.piece == "^":
            self.next()
            base **= self.argument()
        if isinstance(base, complex):  # a root of something negative
            raise ValueError
        return base

    def atom(self) -> float:
        match self.kind:
            case "mark":
                return self.point[self.next()]
            case "number":
                return float(self.next())
            case "e":
                self.next()
                return math.e
            case "fraction":
                self.next()
                numerator = self.argument()
                return numerator / self.argument()
            case "root":
                self.next()
                return math.sqrt(self.argument())
            case "name":
                name = self.next()
                values = self.bracket()
                if (len(values) == 1) == (name in _OF_SEVERAL):
                    raise _Unread(name)
                return _FUNCTIONS[name](*values)
            case "open":
                (inner,) = self.bracket()
                return inner
        raise _Unread(self.piece)

    def argument(self) -> float:
        """Of a command or of ``^``: what is in braces, or one piece; of a number its first digit."""
        if self.kind == "number" and len(self.piece) > 1:
            self.position -= len(self.piece) - 1
            digit = float(self.piece[0])
            self.next()
            return digit
        if self.kind == "sign" or self.kind == "open" and self.piece != "{":
            raise _Unread(self.piece)
        return self.atom()

    def bracket(self) -> list[float]:
        """The values in a bracket, which commas separate."""
        if self.kind != "open":
            raise _Unread(self.piece)
        closing = _CLOSING[self.next()]
        found = [self.sum()]
        while self.piece == ",":
            self.next()
            found.append(self.sum())
        if self.piece != closing:
            raise _Unread(self.piece)
        self.next()
        return found


# -- the values of the first reading ----------------------------------------------------------------------
def _value(node: s.Node, atoms: Mapping[s.Node, str], point: Mapping[str, float]) -> float:
    def read(part: s.Node) -> float:
        return _value(part, atoms, point)

    match node:
        case s.Number(text):
            return float(text)
        case s.Group(_, body):
            return read(body)
        case s.Scripted(s.Symbol("e", "", ""), None, s.Node() as power, 0):
            return math.exp(read(power))
        case s.Scripted(s.Group() | s.Call() as base, None, s.Number(text), 0) if node not in atoms:
            return float(read(base) ** int(text))
        case s.Call(s.Symbol(name), arguments, _) if name in _FUNCTIONS and node not in atoms:
            return _FUNCTIONS[name](*(read(argument) for argument in arguments))
        case s.Sum(signs, terms):
            signed = zip(signs, terms, strict=True)
            return sum(-read(term) if sign == "-" else read(term) for sign, term in signed)
        case s.Product(factors, ("/",)):
            return read(factors[0]) / read(factors[1])
        case s.Product(factors, _):
            return math.prod(read(factor) for factor in factors)
        case s.Fraction(numerator, denominator):
            return read(numerator) / read(denominator)
        case s.Root(body, None):
            return math.sqrt(read(body))
    return point[atoms[node]]
