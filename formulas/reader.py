"""From tokens to syntax trees: a recursive-descent parser, one method a rule, no backtracking.

::

    statements = [⇒] chain { (, | quad | ⇒ | \\\\) chain }       chain    = side { relation side }
    side       = [sign] product { sign product }               product  = factor { [·, ∘, /, …] factor }
    factor     = atom scripts [ bracket scripts ]              scripts  = { ^ argument | _ argument | ' | ! }

The body of Σ (and of ∂/∂x) is the rest of the product it stands in. Every node keeps its span.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeGuard

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.brackets import Token
from verify_derivations.formulas.ellipses import summed
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.lexer import tokenize
from verify_derivations.formulas.macros import Macros
from verify_derivations.formulas.parse_expressions import Expressions
from verify_derivations.formulas.spellings import ARROWS, RELATIONS, connecting, supposing
from verify_derivations.formulas.symbols import Symbols
from verify_derivations.formulas.units import scan


@dataclass(frozen=True)
class Reading:
    """A formula as read, and what a reader should know of how it was read."""

    statements: s.Statements
    remarks: tuple[str, ...] = ()
    labelled: tuple[tuple[s.Node, s.Node], ...] = ()  # names below braces, and what they name


def parse(latex: str, symbols: Symbols, macros: Macros | None = None, before: s.Node | None = None) -> s.Statements:
    """The syntax tree of a formula; see :func:`read`."""
    return read(latex, symbols, macros, before).statements


def read(latex: str, symbols: Symbols, macros: Macros | None = None, before: s.Node | None = None) -> Reading:
    """The syntax tree of a formula, with remarks.

    ``before`` is the left side of a formula that begins with a relation (a further row of an ``align``; see
    :func:`last_side`). Raises :class:`ReadError` with the offset, what was expected and a hint.
    """
    parser = _Parser(tokenize(latex, symbols, macros), symbols, latex)
    statements: s.Node = parser.statements(before)
    for new in (summed, _positive_part, _defined_rows, _chained_rows):
        statements = s.mapped(statements, new)
    assert isinstance(statements, s.Statements)
    return Reading(statements, tuple(dict.fromkeys(parser.remarks)), tuple(parser.labelled))


def states_nothing(latex: str, macros: Macros | None = None) -> bool:
    """Whether a formula only shows a sign or a notation: ``\\odot``, ``f(\\cdot)``, ``50\\%``. It has no relation, or
    nothing else; where a brace is missing, it may state anything."""
    try:
        parts = [unit.text for unit in scan(latex) if unit.text.strip()]
    except ReadError:
        return False
    if parts.count("{") != parts.count("}"):
        return False
    if macros and not macros.keys().isdisjoint(parts):
        return False
    depth, outside = 0, list[str]()  # of scripts: \lim_{h \to 0}
    for before, part in pairwise(["", *parts]):
        script = depth or before in ("_", "^")
        depth += (part == "{") - (part == "}") if script else 0
        outside += [] if script else [part]
    return len(parts) == 1 and parts[0] not in "{}" or (RELATIONS.keys() | ARROWS).isdisjoint(outside)


def parse_expression(latex: str, symbols: Symbols, macros: Macros | None = None) -> s.Node:
    """One expression without relations, such as one side of a formula."""
    statements = parse(latex, symbols, macros)
    if len(statements.parts) != 1 or statements.joints != ("",) or isinstance(statements.parts[0], s.Relation):
        raise ReadError("this is more than one expression", 0, expected="an expression without = and commas")
    return statements.parts[0]


def _positive_part(node: s.Node) -> s.Node | None:
    """``[x]_+`` is ``\\max(0, x)``."""
    if not isinstance(node, s.Scripted) or node.sub != s.Symbol("+") or not isinstance(node.base, s.Group):
        return None
    if isinstance(node.base.body, s.Sequence | s.Relation):
        return None
    arguments = s.Number("0"), s.mapped(node.base.body, _positive_part)
    part = s.Call(s.Symbol("max"), arguments, span=node.span)
    return part if node.sup is None else replace(node, base=part, sub=None)


def _chained_rows(node: s.Node) -> s.Node | None:
    """An equation with cases of which a row goes on, ``a = b`` under a condition, as a chain. (Cases on layers are
    claims of their own, each with its chain.)"""
    if not isinstance(node, s.Relation):
        return None
    sides, relations = [node.sides[0]], []
    for relation, side in zip(node.relations, node.sides[1:], strict=True):
        rows = side.rows if isinstance(side, s.Cases) else ()
        rows = () if any(test is not None and _is_chain(test) for _, test in rows) else rows
        longest = max((len(row.sides) if _is_chain(row) else 1 for row, _ in rows), default=1)
        relations += [relation, *["="] * (longest - 1)]
        if not isinstance(side, s.Cases) or longest == 1:
            sides.append(side)
            continue
        sides += [replace(side, rows=tuple(
            (row.sides[min(k, len(row.sides) - 1)] if isinstance(row, s.Relation) and _is_chain(row) else row, test)
            for row, test in side.rows)) for k in range(longest)]  # fmt: skip
    return replace(node, sides=tuple(sides), relations=tuple(relations)) if len(sides) > len(node.sides) else None


def _is_chain(node: s.Node) -> TypeGuard[s.Relation]:
    return isinstance(node, s.Relation) and set(node.relations) == {"="}


_NO_VALUE = re.compile(
    r"undef(?:ined|\.)?|not defined|does not exist|DNE|not differentiable|any(?:thing)?|arbitrary", re.I
)


def _defined_rows(node: s.Node) -> s.Node | None:
    """Cases without the rows that say that there is no value: ``undefined if x = 0``."""
    if not isinstance(node, s.Cases):
        return None
    rows = tuple(row for row in node.rows if not (
        isinstance(row[0], s.Text | s.Symbol) and row[1] is not None
        and _NO_VALUE.fullmatch((row[0].text if isinstance(row[0], s.Text) else row[0].name).strip(" .,"))
    ))  # fmt: skip
    return replace(node, rows=rows) if 0 < len(rows) < len(node.rows) else None


def last_side(statements: s.Statements) -> s.Node | None:
    """The side that a following row beginning with ``=`` continues from."""
    parts = statements.parts
    last = parts[_before_remarks(parts, statements.joints)] if parts else None
    if not isinstance(last, s.Relation):
        return last
    pairs = zip(last.sides[1:], last.relations, strict=True)
    sides = [side for side, relation in pairs if relation not in ("\\in", "\\sim")]
    return sides[-1] if sides else last.sides[0]

def _system(part: s.Node) -> tuple[s.Node, ...]:
    """The equations behind one brace."""
    if isinstance(part, s.Cases) and all(condition is None for _, condition in part.rows):
        found = tuple(row for row, _ in part.rows)
    elif isinstance(part, s.Matrix) and part.environment == "array":
        found = tuple(cell for row in part.rows for cell in row)
    else:
        return (part,)
    return found if all(isinstance(row, s.Relation) for row in found) else (part,)


_ENDS = frozenset((",", "quad", "\\\\", "arrow", ".", "text", "eof"))


class _Parser(Expressions):
    def statements(self, before: s.Node | None) -> s.Statements:
        start = self.token.start
        parts: list[s.Node] = []
        joints: list[str] = []
        close: list[bool] = []  # whether only a comma stands before the part
        joint = ""
        depth = 0
        braces = 0  # around a statement behind an arrow: \\implies{a = b}
        comma_only = False
        while True:
            token = self.token
            if token.kind == "begin" and self.transparent(token):
                self.next()
                depth += 1
            elif token.kind == "finish" and depth:
                self.next()
                depth -= 1
            elif token.kind in (",", "quad", "\\\\", "arrow", "."):
                self.next()
                while token.kind == "\\\\" and self.at("quad"):
                    self.next()
                if token.kind == "\\\\" and self.continues_row():
                    last = _before_remarks(parts, joints)
                    if parts and self.at("relation"):
                        parts[last] = self._continue_chain(parts[last])
                    elif parts:
                        parts[last] = self._continue_side(parts[last])
                    continue
                if token.kind == "arrow" and self.at("open", "{"):
                    self.next()
                    braces += 1
                rank = ("", ",", "\\\\", "\\Rightarrow", "if")
                new = {"arrow": "\\Rightarrow", "\\\\": "\\\\"}.get(token.kind, ",")
                comma_only = token.kind == "," and joint == ""
                joint = max(joint, new, key=rank.index)
            elif token.kind == "text" and not self._is_operator(token):
                self.next()
                comma_only = False
                joint = "if" if supposing(token.text) and parts else joint or ","
                if not connecting(token.text):
                    parts.append(s.Text(token.text, span=(token.start, token.end)))
                    joints.append(joint if len(parts) > 1 else "")
                    close.append(False)
                    joint = ","
            elif token.kind == "close" and braces:
                self.next()
                braces -= 1
            elif token.kind == "eof":
                break
            else:
                part = self.chain(before if not parts else None)
                if isinstance(part, s.Group) and isinstance(part.body, s.Relation):
                    part = part.body  # “(i ≠ j)”
                for one in _system(part):
                    parts.append(one)
                    follows = joint if joint == "\\Rightarrow" else joint or ","
                    joints.append(follows if len(parts) > 1 or joint == "\\Rightarrow" else "")
                    close.append(comma_only)
                joint, comma_only = "", False
                if self.token.kind not in _ENDS and not (
                    self.at("finish") and depth or self.at("close") and braces
                ):
                    raise self.unexpected("an operator, a relation, or the end of the formula")
        if not parts:
            raise self.error("the formula is empty", expected="an expression")
        return _gather(parts, joints, close, self.span(start))

    def _is_operator(self, token: Token) -> bool:
        """``\\text{log softmax}(z)``: words that a bracket touches are no words between formulas."""
        after = self.tokens[self.index + 1]
        return after.kind == "open" and after.text == "(" and after.start == token.end and not connecting(token.text)

    def _continue_chain(self, part: s.Node) -> s.Node:
        return self.chain_from([part] if not isinstance(part, s.Relation) else list(part.sides),
                                [] if not isinstance(part, s.Relation) else list(part.relations), part.span[0])

    def _continue_side(self, part: s.Node) -> s.Node:
        sides, relations = (list(part.sides), list(part.relations)) if isinstance(part, s.Relation) else ([part], [])
        last = sides[-1]
        if self.at("times"):
            operator = self.next().text
            rest = self.product()
            terms = last.terms if isinstance(last, s.Sum) else (last,)
            joined = _times(terms[-1], operator, rest)
            span = self.span(last.span[0])
            sides[-1] = s.Sum(last.signs, (*terms[:-1], joined), span=span) if isinstance(last, s.Sum) else joined
        more = self.signed_terms()
        if more[0]:
            signs, terms = (last.signs, last.terms) if isinstance(last := sides[-1], s.Sum) else (("+",), (last,))
            sides[-1] = s.Sum((*signs, *more[0]), (*terms, *more[1]), span=self.span(last.span[0]))
        return self.chain_from(sides, relations, part.span[0])


def _before_remarks(parts: Sequence[s.Node], joints: Sequence[str]) -> int:
    """The place of what the next row goes on with: that before the words at the end of a row, ``& \\text{(sum rule)}``,
    unless these suppose something."""
    last = len(parts) - 1
    while last > 0 and isinstance(parts[last], s.Text) and joints[last] != "if":
        last -= 1
    return last if last >= 0 and not isinstance(parts[last], s.Text) else len(parts) - 1


def _gather(parts: list[s.Node], joints: list[str], close: list[bool], span: s.Span) -> s.Statements:
    """``x, y \\in R^{n}`` and ``j = 1, \\cdots, F`` are one statement each. ``close[k]`` tells that only a comma
    stands before part k."""
    merged: list[s.Node] = []
    result: list[str] = []
    k = 0
    while k < len(parts):
        part, joint, end = parts[k], joints[k], k + 1
        while end < len(parts) and close[end] and joints[end] == "," and not isinstance(parts[end - 1], s.Relation):
            end += 1
        run = parts[k:end]
        last = run[-1]
        k += 1
        if isinstance(last, s.Relation) and len(run) > 1 and _lists(run[:-1], last, parts[end:end + 1]):
            left = s.Sequence((*run[:-1], last.sides[0]), span=(part.span[0], last.sides[0].span[1]))
            part = s.Relation((left, *last.sides[1:]), last.relations, span=(part.span[0], last.span[1]))
            k = end
        elif len(run) > 1 and any(isinstance(item, s.Dots) for item in run) and not isinstance(last, s.Relation):
            part = s.Sequence(tuple(run), span=(part.span[0], last.span[1]))  # x_{1}, \dots, x_{m}
            k = end
        if isinstance(part, s.Relation):
            part = _with_commas(part)
            stop = k
            while stop < len(parts) and close[stop] and joints[stop] == "," and (
                isinstance(parts[stop], _LISTED)
                or any(isinstance(x, s.Dots) for x in (parts[stop - 1], *parts[stop + 1 : stop + 2]))
                and isinstance(parts[stop], s.Sum | s.Product | s.Fraction)  # T-1, T-2, \dots, 1
            ):  # fmt: skip
                stop += 1
            tail = _range([part.sides[-1], *parts[k:stop]])
            if len(tail) > 1:
                right = s.Sequence(tuple(tail), span=(tail[0].span[0], tail[-1].span[1]))
                part = s.Relation((*part.sides[:-1], right), part.relations, span=(part.span[0], tail[-1].span[1]))
                k += len(tail) - 1
        for number, stated in enumerate(_named_behind(part)):
            merged.append(stated)
            result.append(joint if not number else ",")
    return s.Statements(tuple(merged), tuple(result), span=span)


def _named_behind(part: s.Node) -> Iterator[s.Node]:
    """``a = b =: c`` says that a = b, and that c := b."""
    if not isinstance(part, s.Relation) or "=:" not in part.relations:
        yield part
        return
    k = part.relations.index("=:")
    if k:
        yield s.Relation(part.sides[: k + 1], part.relations[:k], span=(part.span[0], part.sides[k].span[1]))
    rest = s.Relation((part.sides[k + 1], part.sides[k], *part.sides[k + 2 :]), (":=", *part.relations[k + 1 :]),
                      span=part.sides[k + 1].span)  # fmt: skip
    yield from _named_behind(rest)


def _with_commas(relation: s.Relation) -> s.Relation:
    """``i = 1 \\dots N`` is ``i = 1, \\dots, N``."""
    last = relation.sides[-1]
    if not isinstance(last, s.Product) or not isinstance(relation.sides[0], s.Symbol | s.Sequence):
        return relation
    if len(last.factors) != 3 or set(last.operators) != {""} or not isinstance(last.factors[1], s.Dots):
        return relation
    if not isinstance(last.factors[0], s.Number) or relation.relations[-1] != "=":
        return relation
    return replace(relation, sides=(*relation.sides[:-1], s.Sequence(last.factors, span=last.span)))


_LISTED = s.Dots | s.Number | s.Symbol | s.Scripted


def _range(tail: list[s.Node]) -> list[s.Node]:
    """How much of a comma list behind a relation is one list: ``1, \\cdots, F``, ``1, 2``, but not ``x, y``."""
    dots = next((n for n, item in enumerate(tail) if isinstance(item, s.Dots)), None)
    if dots is not None:
        return tail[:dots + 2]
    return tail if all(isinstance(item, s.Number) for item in tail) else tail[:1]


def _lists(names: Iterable[s.Node], relation: s.Relation, following: list[s.Node]) -> bool:
    """Whether names before a relation belong to its left side: ``x, y \\in R``, ``i, j = 1, \\dots, n``."""
    if not all(isinstance(name, s.Symbol | s.Scripted | s.Dots) for name in names):
        return False
    if relation.relations[0] in ("\\in", "\\sim"):
        return True
    ranges = bool(following) and isinstance(following[0], s.Dots) and relation.relations == ("=",)
    return ranges and all(isinstance(name, s.Symbol) for name in (*names, relation.sides[0]))


def _times(left: s.Node, operator: str, right: s.Node) -> s.Node:
    first, second = (
        (node.factors, node.operators) if isinstance(node, s.Product) else ((node,), ()) for node in (left, right)
    )
    span = left.span[0], right.span[1]
    return s.Product((*first[0], *second[0]), (*first[1], operator, *second[1]), span=span)
