"""The rules of ``cases``, matrices and other environments with rows."""

from __future__ import annotations

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.brackets import Token
from verify_derivations.formulas.cursor import Cursor
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.spellings import connecting

_OTHERWISE = ("else", "elsewhere")


class Rows(Cursor):
    def rows(self, token: Token) -> s.Node:
        self.next()
        environment = token.text
        if self.transparent(token):
            node = self.side()
            if not self.at("finish"):
                raise self.unexpected(rf"\end{{{environment}}}")
            self.next()
            return node
        cases = "cases" in environment
        self.cells += 1
        rows: list[list[s.Node | None]] = []
        while not self.at("finish"):
            row: list[s.Node | None] = []
            while True:
                row.append(self._condition() if (cases or environment == "array") and row else self._cell())
                if self.at("text") and cases and len(row) == 1:  # a condition without &
                    row.append(self._condition())
                if not self.at("&"):
                    break
                self.next()
            rows.append(row)
            if self.at("\\\\"):
                self.next()
            elif not self.at("finish"):
                raise self.unexpected(rf"& or \\ or \end{{{environment}}}")
        finish = self.next()
        self.cells -= 1
        rows = [row for row in rows if row != [None]] or rows  # ``\\\\\\\\``: Markdown eats the half
        if cases:
            pairs: list[tuple[s.Node, s.Node | None]] = []
            for cells in rows:
                if cells[0] is None or len(cells) > 2:
                    raise self.error("a case has a value and a condition", token=finish, expected="value & condition")
                pairs.append((cells[0], cells[1] if len(cells) == 2 else None))
            return s.Cases(tuple(pairs), span=self.span(token.start))
        matrix: list[tuple[s.Node, ...]] = []
        for cells in rows:
            square = environment != "array" and len(rows) == len(cells) > 1
            blank = s.Number("0") if square else None  # beside a diagonal
            full = [cell for cell in (cell or blank for cell in cells) if cell is not None]
            if len(full) != len(cells):
                raise self.error("an empty cell", token=finish, expected="an expression in every cell")
            matrix.append(tuple(full))
        return s.Matrix(environment.rstrip("*"), tuple(matrix), span=self.span(token.start))

    def _cell(self) -> s.Node | None:
        if self.token.kind in ("&", "\\\\", "finish"):
            return None
        node = self.chain()
        if self.token.kind in (",", "."):
            self.next()
        return node

    def _condition(self) -> s.Node | None:
        items: list[s.Node] = []
        start = self.token.start
        while self.token.kind not in ("&", "\\\\", "finish"):
            token = self.token
            if token.kind == "text":
                self.next()
                if not connecting(token.text):
                    items.append(s.Text(token.text, span=(token.start, token.end)))
            elif token.kind in (",", "quad", ".") or (token.kind == "symbol" and token.text == "if"):
                self.next()
            elif token.kind == "symbol" and token.text in _OTHERWISE and token.font:
                self.next()
                items.append(s.Text(token.text, span=(token.start, token.end)))
            else:
                items.append(self.chain())
        if not items:
            return None
        return items[0] if len(items) == 1 else s.Sequence(tuple(items), span=self.span(start))

    def transparent(self, token: Token) -> bool:
        return not any(word in token.text for word in ("cases", "matrix", "array", "substack"))


def as_cases(matrix: s.Matrix, span: s.Span) -> s.Cases:
    if any(len(row) not in (1, 2) for row in matrix.rows):
        raise ReadError("a case has a value and a condition", span[0], expected="two columns")
    return s.Cases(tuple((row[0], row[1] if len(row) == 2 else None) for row in matrix.rows), span=span)
