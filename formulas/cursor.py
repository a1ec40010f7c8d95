"""A place in the tokens of a formula, with errors that name it; the rules of the grammar build on it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.brackets import DEEPEST_NESTING, Token
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.symbols import Symbols

STARTS = frozenset(
    ("number", "symbol", "run", "open", "big", "differential", "command", "begin", "dots", "infinity")
)
"""Kinds of tokens with which a factor begins."""


class Cursor(ABC):
    def __init__(self, tokens: list[Token], symbols: Symbols, latex: str) -> None:
        self.tokens, self.symbols, self.latex = tokens, symbols, latex
        self.index = 0
        self.depth = 0
        self.cells = 0  # matrices and cases that are open: there, a line break never carries a sum on
        self.remarks: list[str] = []
        self.labelled: list[tuple[s.Node, s.Node]] = []  # z, w x of \\underbrace{w x}_{z}

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def next(self) -> Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def at(self, kind: str, text: str | None = None) -> bool:
        token = self.tokens[self.index]
        return token.kind == kind and (text is None or token.text == text)

    def error(self, message: str, *, expected: str = "", hint: str = "", token: Token | None = None) -> ReadError:
        return ReadError(message, (token or self.token).start, expected=expected, hint=hint)

    def unexpected(self, expected: str) -> ReadError:
        token = self.token
        found = "the end of the formula" if token.kind == "eof" else self.latex[token.start:token.end] or token.text
        return self.error(f"unexpected {found}", expected=expected)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level further down, within the limit."""
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise self.error(f"the formula is nested more than {DEEPEST_NESTING} deep")
        yield
        self.depth -= 1

    def span(self, start: int) -> s.Span:
        """From the character ``start`` to the end of the last token read."""
        return start, self.tokens[self.index - 1].end if self.index else start

    def expect_close(self) -> None:
        if not self.at("close"):
            raise self.unexpected("an operator or the closing bracket")
        self.next()

    # -- the rules that refer to one another ------------------------------------------------------
    @abstractmethod
    def chain(self, before: s.Node | None = None) -> s.Node:
        """``side { relation side }``"""

    @abstractmethod
    def side(self) -> s.Node:
        """``[sign] product { sign product }``"""

    @abstractmethod
    def product(self) -> s.Node:
        """``factor { [operator] factor }``"""

    @abstractmethod
    def factor(self) -> s.Node:
        """``atom scripts [bracket scripts]``"""

    @abstractmethod
    def script(self) -> s.Node:
        """What stands behind ``^`` or ``_``."""

    @abstractmethod
    def argument(self) -> s.Node:
        """A TeX argument."""

    @abstractmethod
    def items(self, closing: Token) -> tuple[s.Node, ...]:
        """Chains separated by commas, up to a closing bracket (not read)."""
