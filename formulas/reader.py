"""From tokens to syntax trees: a recursive-descent parser, one method a rule, no backtracking.

::

    statements = [⇒] chain { (, | quad | ⇒ | \\\\) chain }       chain    = side { relation side }
    side       = [sign] product { sign product }               product  = factor { [·, ∘, /, …] factor }
    factor     = atom scripts [ bracket scripts ]              scripts  = { ^ argument | _ argument | ' }

The body of Σ (and of ∂/∂x) is the rest of the product it stands in. Every node keeps its span.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.lexer import DEEPEST_NESTING, Token, connecting, tokenize
from verify_derivations.formulas.macros import Macros
from verify_derivations.formulas.symbols import OPERATORS, PREFIX, Symbols

LARGEST_EXPONENT = 1000
LONGEST_NUMBER = 100

_ACCENTS = {"\\hat": "\\hat", "\\widehat": "\\hat", "\\bar": "\\bar", "\\overline": "\\bar", "\\tilde": "\\tilde", "\\widetilde": "\\tilde",
            "\\dot": "\\dot", "\\ddot": "\\ddot", "\\check": "\\check"}
_LIMITS = {"max": "\\max", "min": "\\min", "sup": "\\sup", "inf": "\\inf", "argmax": "\\arg\\max", "argmin": "\\arg\\min", "sum": "\\sum"}
_CUSTOM_BRACKETS = ("\\langle", "\\lfloor", "\\lceil")
_OTHERWISE = ("otherwise", "else", "elsewhere")
_STARTS = frozenset(("number", "symbol", "run", "open", "big", "differential", "command", "begin", "dots", "infinity", "quoted"))


@dataclass(frozen=True)
class Reading:
    """A formula as read, and what a reader should know of how it was read."""

    statements: s.Statements
    remarks: tuple[str, ...] = ()


def parse(latex: str, symbols: Symbols, macros: Macros | None = None, before: s.Node | None = None) -> s.Statements:
    """The syntax tree of a formula; see :func:`read`."""
    return read(latex, symbols, macros, before).statements


def read(latex: str, symbols: Symbols, macros: Macros | None = None, before: s.Node | None = None) -> Reading:
    """The syntax tree of a formula, with remarks.

    ``before`` is the left side of a formula that begins with a relation (a further row of an ``align``; see
    :func:`last_side`). Raises :class:`ReadError` with the offset, what was expected and a hint.
    """
    parser = _Parser(tokenize(latex, symbols, macros), symbols, latex)
    statements = parser.statements(before)
    return Reading(statements, tuple(dict.fromkeys(parser.remarks)))


def parse_expression(latex: str, symbols: Symbols, macros: Macros | None = None) -> s.Node:
    """One expression without relations, such as one side of a formula."""
    statements = parse(latex, symbols, macros)
    if len(statements.parts) != 1 or statements.joints != ("",) or isinstance(statements.parts[0], s.Relation):
        raise ReadError("this is more than one expression", 0, expected="an expression without = and commas")
    return statements.parts[0]


def last_side(statements: s.Statements) -> s.Node | None:
    """The side that a following row beginning with ``=`` continues from."""
    last = statements.parts[-1] if statements.parts else None
    if not isinstance(last, s.Relation):
        return last
    sides = [side for side, relation in zip(last.sides[1:], last.relations, strict=True) if relation not in ("\\in", "\\sim")]
    return sides[-1] if sides else last.sides[0]


class _Parser:
    def __init__(self, tokens: list[Token], symbols: Symbols, latex: str) -> None:
        self.tokens, self.symbols, self.latex = tokens, symbols, latex
        self.index = 0
        self.depth = 0
        self.remarks: list[str] = []

    # -- moving on ------------------------------------------------------------------------------
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

    def span(self, start: int) -> s.Span:
        """From the character ``start`` to the end of the last token read."""
        return start, self.tokens[self.index - 1].end if self.index else start

    # -- statements -----------------------------------------------------------------------------
    def statements(self, before: s.Node | None) -> s.Statements:
        start = self.token.start
        parts: list[s.Node] = []
        joints: list[str] = []
        close: list[bool] = []  # whether only a comma stands before the part
        joint = ""
        depth = 0
        comma_only = False
        while True:
            token = self.token
            if token.kind == "begin" and self._transparent(token):
                self.next()
                depth += 1
            elif token.kind == "finish" and depth:
                self.next()
                depth -= 1
            elif token.kind in (",", "quad", "\\\\", "arrow", "."):
                self.next()
                while token.kind == "\\\\" and self.at("quad"):
                    self.next()
                if token.kind == "\\\\" and self._continues_row():
                    if parts and self.at("relation"):
                        parts[-1] = self._continue_chain(parts[-1])
                    elif parts:
                        parts[-1] = self._continue_side(parts[-1])
                    continue
                rank = ("", ",", "\\\\", "\\Rightarrow")
                new = {"arrow": "\\Rightarrow", "\\\\": "\\\\"}.get(token.kind, ",")
                comma_only = token.kind == "," and joint == ""
                joint = max(joint, new, key=rank.index)
            elif token.kind == "text":
                self.next()
                comma_only = False
                joint = joint or ","
                if not connecting(token.text):
                    parts.append(s.Text(token.text, span=(token.start, token.end)))
                    joints.append(joint if len(parts) > 1 else "")
                    close.append(False)
                    joint = ","
            elif token.kind == "eof":
                break
            else:
                part = self.chain(before if not parts else None)
                if isinstance(part, s.Group) and isinstance(part.body, s.Relation):
                    part = part.body  # “(i ≠ j)”
                parts.append(part)
                joints.append("\\Rightarrow" if joint == "\\Rightarrow" else joint if len(parts) > 1 else "")
                close.append(comma_only)
                joint, comma_only = "", False
                if not (self.token.kind in (",", "quad", "\\\\", "arrow", ".", "text", "eof") or (self.at("finish") and depth)):
                    raise self.unexpected("an operator, a relation, or the end of the formula")
        if not parts:
            raise self.error("the formula is empty", expected="an expression")
        return _gather(parts, joints, close, self.span(start))

    def _transparent(self, token: Token) -> bool:
        return not any(word in token.text for word in ("cases", "matrix", "array", "substack"))

    def _continues_row(self) -> bool:
        """Whether what follows a line break carries on with the expression before it."""
        if self.token.kind in ("relation", "times") or self.at("sign", "+"):
            return True
        if not self.at("sign"):
            return False
        k = self.index
        while self.tokens[k].kind not in ("\\\\", "eof", "finish", "relation"):
            token = self.tokens[k]
            k = token.partner + 1 if token.kind in ("open", "begin") else k + 1
        return self.tokens[k].kind != "relation"

    def _continue_chain(self, part: s.Node) -> s.Node:
        return self._chain_from([part] if not isinstance(part, s.Relation) else list(part.sides),
                                [] if not isinstance(part, s.Relation) else list(part.relations), part.span[0])

    def _continue_side(self, part: s.Node) -> s.Node:
        sides, relations = (list(part.sides), list(part.relations)) if isinstance(part, s.Relation) else ([part], [])
        last = sides[-1]
        if self.at("times"):
            operator = self.next().text
            rest = self.product()
            terms = last.terms if isinstance(last, s.Sum) else (last,)
            joined = _times(terms[-1], operator, rest)
            sides[-1] = s.Sum(last.signs, (*terms[:-1], joined), span=self.span(last.span[0])) if isinstance(last, s.Sum) else joined
        more = self._signed_terms()
        if more[0]:
            signs, terms = (last.signs, last.terms) if isinstance(last := sides[-1], s.Sum) else (("+",), (last,))
            sides[-1] = s.Sum((*signs, *more[0]), (*terms, *more[1]), span=self.span(last.span[0]))
        return self._chain_from(sides, relations, part.span[0])

    # -- relations ------------------------------------------------------------------------------
    def chain(self, before: s.Node | None = None) -> s.Node:
        start = self.token.start
        if self.at("relation"):
            if before is None:
                raise self.error(f"nothing stands before {self.token.text}", expected="an expression",
                                 hint="a formula needs a left side, unless it continues the row above")
            return self._chain_from([before], [], start)
        return self._chain_from([self.side()], [], start)

    def _chain_from(self, sides: list[s.Node], relations: list[str], start: int) -> s.Node:
        while self.at("relation"):
            relation = self.next().text
            while self.at("relation"):
                self.remarks.append(f"an empty side between {relation} and {self.token.text} is ignored")
                relation = self.next().text
            if self.token.kind == "\\\\" and self.tokens[self.index + 1].kind in _STARTS | {"sign"}:
                self.next()  # “a = \\ b”
            relations.append(relation)
            sides.append(self._domain(relation, relations))
        return sides[0] if not relations else s.Relation(tuple(sides), tuple(relations), span=self.span(start))

    def _domain(self, relation: str, relations: list[str]) -> s.Node:
        """The right of a relation: after ``\\in`` a space, an interval or a set has a node of its own."""
        if relation in ("\\in", "\\notin", ":", "\\subset") or (":" in relations and relation in ("\\to", "\\mapsto")):
            token = self.token
            if token.kind == "symbol" and token.text in ("R", "Z", "N", "C", "\\Re") and (
                    token.font == "\\mathbb" or (token.text in ("R", "\\Re") and relation != "\\subset")):
                return self._space()
            if token.kind == "open" and token.text in ("(", "[", "\\{"):
                return self._set()
        return self.side()

    def _space(self) -> s.Node:
        token = self.next()
        letter = f"{token.font}{{{token.text}}}" if token.font else token.text
        extents: tuple[s.Node, ...] = ()
        while self.token.kind in ("^", "_"):
            kind = self.next().kind
            argument = self.script()
            if kind == "_" or (isinstance(argument, s.Symbol) and argument.name in "+-"):
                letter += f"_{{{self.latex[argument.span[0]:argument.span[1]]}}}"
            elif isinstance(argument, s.Product) and "\\times" in argument.operators:
                groups: list[tuple[list[s.Node], list[str]]] = [([argument.factors[0]], [])]
                for operator, factor in zip(argument.operators, argument.factors[1:], strict=True):
                    if operator == "\\times":
                        groups.append(([factor], []))
                    else:
                        groups[-1][0].append(factor)
                        groups[-1][1].append(operator)
                extents = tuple(
                    factors[0] if len(factors) == 1 else s.Product(tuple(factors), tuple(operators), span=(factors[0].span[0], factors[-1].span[1]))
                    for factors, operators in groups)
            else:
                extents = (argument,)
        return s.Space(letter, extents, span=self.span(token.start))

    def _set(self) -> s.Node:
        opening = self.token
        closing = self.tokens[opening.partner]
        self.next()
        items = self._items(closing)
        self.next()
        span = self.span(opening.start)
        node: s.Node
        if opening.text == "\\{":
            node = s.Finite(items, span=span)
        elif len(items) == 2:
            brackets = ("[" if opening.text == "[" else "(", "]" if closing.text == "[" else ")")
            node = s.Interval(items[0], items[1], brackets, span=span)
        elif len(items) == 1 and opening.text == closing.text:
            node = s.Group(opening.text, items[0], opening.large, span=span)
        else:
            raise self.error("an interval has two ends", token=opening, expected="two expressions and a comma")
        return self._resume(node)

    def _resume(self, node: s.Node) -> s.Node:
        """Scripts, factors and terms that may follow a first factor that has been read already."""
        node = self.scripts(node)
        factors, operators = [node], []
        while self.token.kind == "times":
            operators.append(self.next().text)
            factors.append(self.factor())
        return node if not operators else s.Product(tuple(factors), tuple(operators), span=self.span(node.span[0]))

    # -- sums and products ------------------------------------------------------------------------
    def side(self) -> s.Node:
        start = self.token.start
        first = "" if not self.at("sign") else self.next().text
        head = self.product()
        signs, terms = self._signed_terms()
        if not first and not signs:
            return head
        return s.Sum((first or "+", *signs), (head, *terms), span=self.span(start))

    def _signed_terms(self) -> tuple[list[str], list[s.Node]]:
        signs: list[str] = []
        terms: list[s.Node] = []
        while self.at("sign") or (self.at("\\\\") and self.tokens[self.index + 1].kind in ("sign", "times") and self._row_goes_on()):
            if self.at("\\\\"):
                self.next()
            signs.append(self.next().text)
            if self.at("\\\\"):
                self.next()
            terms.append(self.product())
        return signs, terms

    def _row_goes_on(self) -> bool:
        self.index += 1
        result = self.at("sign") and self._continues_row()
        self.index -= 1
        return result

    def product(self) -> s.Node:
        start = self.token.start
        factors, operators = [self.factor()], []
        while True:
            if self.at("times"):
                operators.append(self.next().text)
                if self.at("\\\\"):
                    self.next()
                factors.append(self.factor())
            elif self.token.kind in _STARTS and not (self.at("number") and self._number_behind(factors[-1])):
                operators.append("")
                factors.append(self.factor())
            elif self.at("evaluate"):
                self.next()
                factors[-1] = self.scripts(s.Group("|", factors[-1], True, span=self.span(factors[-1].span[0])))
            else:
                break
        if len(factors) == 1:
            return factors[0]
        return s.Product(tuple(factors), tuple(operators), span=self.span(start))

    def _number_behind(self, factor: s.Node) -> bool:
        if isinstance(factor, s.Number):
            raise self.error("two numbers stand side by side", expected="an operator", hint="write \\cdot between them")
        return False

    # -- factors --------------------------------------------------------------------------------
    def factor(self) -> s.Node:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise self.error(f"the formula is nested more than {DEEPEST_NESTING} deep")
        start = self.token.start
        atom = self.atom()
        node = self.scripts(atom) if not isinstance(atom, s.BigOperator | s.Nabla | s.Derivative) or self.token.kind in ("^", "_", "'") else atom
        name = _function_symbol(node)
        if name is not None:
            node = self._applied(node, name, start)
        self.depth -= 1
        return node

    def _applied(self, node: s.Node, name: s.Symbol, start: int) -> s.Node:
        bracket = self._bracket_ahead()
        function = self.symbols.is_function(name.name, name.font) and not (bracket and self._within(name, bracket))
        lower = node.sub if isinstance(node, s.Scripted) and node.sup is None and not node.primes else None
        if name.name in _LIMITS and lower is not None:
            body = self.side_of_operator()
            return s.BigOperator(_LIMITS[name.name], body, lower, span=self.span(start))
        if bracket is not None and (function or self._several(bracket) or self._indicates(name, bracket)):
            if self.token is not bracket:
                self.next()  # the invisible brace of \exp{(x)}
                node = self._call(node, start)
                self.next()
            else:
                node = self._call(node, start)
            return self.scripts(node)
        if name.name in PREFIX or name.name in ("max", "min"):
            if self.at("open", "{"):
                return s.Call(node, (self.argument(),), "", span=self.span(start))
            if self.token.kind in _STARTS:
                first = self.factor()
                if isinstance(first, s.Number) and self.token.kind in _STARTS and not self.at("number"):  # \sin 2x
                    first = s.Product((first, self.factor()), ("",), span=self.span(first.span[0]))
                return s.Call(node, (first,), "", span=self.span(start))
        return node

    def _bracket_ahead(self) -> Token | None:
        token = self.token
        if token.kind == "open" and token.text == "{":  # \exp{(x)}
            inner = self.tokens[self.index + 1]
            if inner.kind == "open" and inner.text in ("(", "[", "\\{") and inner.partner + 1 == token.partner:
                return inner
        return token if token.kind == "open" and token.text in ("(", "[", "\\{") else None

    def _within(self, name: s.Symbol, bracket: Token) -> bool:
        """``\\sigma(1-\\sigma)``: a bracket that holds the bare name is a factor, not an argument."""
        if len(name.name) > 1 and name.name[0] != "\\":
            return False
        first = self.index + (self.token is not bracket)
        return any(
            token.kind == "symbol" and token.text == name.name and self.tokens[k + 1].kind not in ("open", "'", "_", "^")
            for k, token in enumerate(self.tokens[first:bracket.partner], first)
        )

    def _several(self, bracket: Token) -> bool:
        """Whether a bracket holds several arguments: no product ever has a tuple as a factor."""
        k = next(k for k in (self.index + 1, self.index + 2) if self.tokens[k - 1] is bracket)
        while k < bracket.partner:
            if self.tokens[k].kind == ",":
                return True
            k = self.tokens[k].partner + 1 if self.tokens[k].kind in ("open", "begin") else k + 1
        return False

    def _indicates(self, name: s.Symbol, bracket: Token) -> bool:
        """``\\mathbb{1}[z > 0]``, ``p(y|x)``: a bracket with a relation in it."""
        if not (name.name in ("1", "I") and name.font) and name.name not in ("p", "P", "q"):
            return False
        k = self.tokens.index(bracket, self.index) + 1
        while k < bracket.partner:
            if self.tokens[k].kind == "relation":
                return True
            k = self.tokens[k].partner + 1 if self.tokens[k].kind in ("open", "begin") else k + 1
        return False

    def _call(self, function: s.Node, start: int) -> s.Node:
        opening = self.next()
        closing = self.tokens[opening.partner]
        if closing.text != opening.text:
            raise self.error("the brackets of this call differ", token=closing, expected=opening.text)
        items = self._items(closing)
        self.next()
        return s.Call(function, items, opening.text, opening.large, span=self.span(start))

    def _items(self, closing: Token) -> tuple[s.Node, ...]:
        """Expressions or relations separated by commas, up to a closing bracket (not read)."""
        items = [self.chain()]
        while self.at(","):
            self.next()
            items.append(self.chain())
        if self.token is not closing:
            raise self.unexpected("a comma or the closing bracket")
        return tuple(items)

    # -- scripts --------------------------------------------------------------------------------
    def scripts(self, base: s.Node) -> s.Node:
        sub: s.Node | None = None
        sup: s.Node | None = None
        primes = 0
        start = base.span[0]
        while self.token.kind in ("^", "_", "'"):
            token = self.next()
            if token.kind == "'":
                primes += 1
            elif token.kind == "_":
                if sub is not None:
                    raise self.error("two subscripts on one symbol", token=token, hint="group them: x_{ij}")
                sub = self.script()
            elif self.at("'") or (self.at("open", "{") and self.tokens[self.index + 1].kind == "'"):  # ^\prime, ^{\prime}
                braces = self.at("open", "{")
                if braces:
                    self.next()
                while self.at("'"):
                    self.next()
                    primes += 1
                if braces and not self.at("close"):
                    raise self.unexpected("}")
                if braces:
                    self.next()
            else:
                if sup is not None:
                    raise self.error("two superscripts on one symbol", token=token, hint="group them: {x^{a}}^{b}")
                sup = self.script()
                self._check_exponent(sup)
        if sub is None and sup is None and not primes:
            return base
        if isinstance(base, s.Norm) and sub is not None and base.order is None:
            base = s.Norm(base.body, sub, span=self.span(start))
            return base if sup is None and not primes else s.Scripted(base, None, sup, primes, span=self.span(start))
        if isinstance(base, s.Scripted) and not (base.sub and sub) and not (base.sup and sup) and not (base.primes and primes):
            return s.Scripted(base.base, base.sub or sub, base.sup or sup, base.primes or primes, span=self.span(start))
        return s.Scripted(base, sub, sup, primes, span=self.span(start))

    def _check_exponent(self, sup: s.Node) -> None:
        number = sup.terms[0] if isinstance(sup, s.Sum) and len(sup.terms) == 1 else sup
        if isinstance(number, s.Number) and float(number.text) > LARGEST_EXPONENT:
            raise ReadError(f"the exponent {number.text} is larger than {LARGEST_EXPONENT}", number.span[0])

    def script(self) -> s.Node:
        """What stands behind ``^`` or ``_``: one token, or braces around anything, also a comma list."""
        if not self.at("open", "{"):
            return self.argument()
        opening = self.next()
        closing = self.tokens[opening.partner]
        start = self.token.start
        items: list[s.Node] = []
        if self.at("command", "\\substack"):
            self.next()
            items.append(self.script())
        while self.token is not closing:
            if self.at("times") and self.tokens[self.index + 1].kind in (",", "close", "symbol", "run"):  # x_{\cdot j}
                token = self.next()
                items.append(s.Symbol(token.text, span=(token.start, token.end)))
            elif self.at("text"):
                token = self.next()
                items.append(s.Text(token.text, span=(token.start, token.end)))
            else:
                items.append(self.chain())
            if self.at(",") or self.at("\\\\"):
                self.next()
        self.next()
        if not items:
            raise self.error("nothing stands between the braces", token=opening, expected="an expression")
        return items[0] if len(items) == 1 else s.Sequence(tuple(items), span=(start, items[-1].span[1]))

    def argument(self) -> s.Node:
        """A TeX argument: braces around one side, or one token."""
        if self.at("open", "{"):
            return self.braces(self.side)
        token = self.token
        if token.kind == "number" and len(token.text) > 1:  # \frac12
            self.tokens[self.index] = replace(token, text=token.text[1:], start=token.start + 1)
            return s.Number(token.text[0], span=(token.start, token.start + 1))
        if token.kind in ("sign", "relation", "eof", "close", ",", "^", "_", "&", "\\\\", "quad"):
            raise self.unexpected("an argument")
        return self.atom()

    def braces(self, content: Callable[[], s.Node]) -> s.Node:
        opening = self.next()
        if self.index == opening.partner:
            raise self.error("nothing stands between the braces", token=opening, expected="an expression")
        node = content()
        if self.index != opening.partner:
            raise self.unexpected("an operator or }")
        self.next()
        return node

    # -- atoms ----------------------------------------------------------------------------------
    def atom(self) -> s.Node:
        token = self.token
        span = token.start, token.end
        match token.kind:
            case "number":
                self.next()
                if len(token.text) > LONGEST_NUMBER:
                    raise self.error(f"a number of more than {LONGEST_NUMBER} digits", token=token)
                return s.Number(token.text, span=span)
            case "symbol":
                return self._symbol()
            case "dots":
                self.next()
                return s.Dots(token.text, span=span)
            case "infinity":
                self.next()
                return s.Infinity(span=span)
            case "quoted":
                self.next()
                return s.Text(token.text, quoted=True, span=span)
            case "text":
                self.next()
                return s.Text(token.text, span=span)
            case "open":
                return self._bracket()
            case "big":
                self.next()
                return self._big(token)
            case "differential":
                return self._inline_derivative()
            case "begin":
                return self._rows(token)
            case "command":
                self.next()
                return self._command(token)
        raise self.unexpected("an expression")

    def _symbol(self) -> s.Node:
        token = self.next()
        if token.text == "arg" and self.token.kind == "symbol" and self.token.text in ("max", "min"):
            token = replace(token, text="arg" + self.next().text)
        name = token.text
        if len(name) > 1 and name[0] != "\\" and not token.font and name not in OPERATORS and name not in self.symbols.words:
            self.remarks.append(f"{name} is read as one symbol, not as a product of letters")
        return s.Symbol(name, font=token.font, span=self.span(token.start))

    def _bracket(self) -> s.Node:
        opening = self.token
        closing = self.tokens[opening.partner]
        if opening.text == "{":
            return self._invisible()
        self.next()
        if opening.text in ("|", "\\|"):
            double = opening.text == "|" and self.at("open", "|") and self.token.partner + 1 == opening.partner
            if double:
                self.next()
            body = self.side()
            if double:
                self._expect_close()
            self._expect_close()
            span = self.span(opening.start)
            return s.Norm(body, span=span) if double or opening.text == "\\|" else s.Absolute(body, span=span)
        if opening.text == ".":  # \left. … \right|
            body = self.chain()
            self._expect_close()
            return s.Group("|", body, True, span=self.span(opening.start))
        if closing.text == ".":  # \left\{ \begin{array} … \end{array} \right.
            body = self.side()
            self._expect_close()
            if not isinstance(body, s.Matrix):
                raise self.error(f"{opening.text} is closed by nothing", token=opening, expected="cases")
            return _as_cases(body, self.span(opening.start))
        if closing.text != opening.text:
            raise self.error("opening and closing bracket differ", token=closing, expected=opening.text,
                             hint="an interval stands only on the right of \\in")
        items = self._items(closing)
        self.next()
        span = self.span(opening.start)
        if opening.text in _CUSTOM_BRACKETS:
            return s.Call(s.Symbol(opening.text), items, opening.text, opening.large, span=span)
        if len(items) == 1:
            return s.Group(opening.text, items[0], opening.large, span=span)
        inner = s.Sequence(items, span=(items[0].span[0], items[-1].span[1]))
        return s.Finite(items, span=span) if opening.text == "\\{" else s.Group(opening.text, inner, opening.large, span=span)

    def _expect_close(self) -> None:
        if not self.at("close"):
            raise self.unexpected("an operator or the closing bracket")
        self.next()

    def _invisible(self) -> s.Node:
        """TeX braces do not print: a sum in them is only allowed where nothing stands beside it."""
        opening = self.token
        start = self.index
        node = self.braces(self.side)
        if isinstance(node, s.Sum):
            before = self.tokens[start - 1].kind if start else "eof"
            if before not in ("eof", "open", "relation", ",", "&", "\\\\", "quad", "begin") or self.token.kind in ("^", "_", "'", "times", *_STARTS):
                raise self.error("braces around a sum do not print", token=opening, hint="write \\left( … \\right)")
        return node

    def _big(self, token: Token) -> s.Node:
        lower: s.Node | None = None
        upper: s.Node | None = None
        while self.token.kind in ("^", "_"):
            kind = self.next().kind
            limit = self.script()
            if (lower if kind == "_" else upper) is not None:
                raise self.error(f"two limits of one kind on {token.text}", token=token)
            if kind == "_":
                lower = limit
            else:
                upper = limit
        body = self.side_of_operator()
        return s.BigOperator(token.text, body, lower, upper, span=self.span(token.start))

    def side_of_operator(self) -> s.Node:
        """The body of Σ: the rest of the product; ``\\sum_i -x_i`` may begin with a sign."""
        if self.at("sign"):
            sign = self.next()
            return s.Sum((sign.text,), (self.product(),), span=self.span(sign.start))
        return self.product()

    # -- derivatives ------------------------------------------------------------------------------
    def _inline_derivative(self) -> s.Node:
        """``\\partial L / \\partial x`` and ``\\partial_{x} L``."""
        token = self.next()
        if self.at("_"):
            self.next()
            variable = self.script()
            return s.Derivative(self.product(), (variable,), token.text, 1, True, span=self.span(token.start))
        order = self._order()
        numerator = self.factor()
        if not (self.at("times", "/") and (self.tokens[self.index + 1].kind == "differential")):
            raise self.error(f"{token.text} without a second one below it", token=token, expected="a fraction",
                             hint="write \\frac{\\partial L}{\\partial x}")
        self.next()
        self.next()
        return self._derivative(token, order, numerator, [self._variable(order)])

    def _order(self) -> int:
        if not self.at("^"):
            return 1
        place = self.token
        self.next()
        order = self.script()
        if not isinstance(order, s.Number) or not order.text.isdigit() or not 1 <= int(order.text) <= 9:
            raise self.error("the order of a derivative must be a number", token=place, expected="2")
        return int(order.text)

    def _variable(self, order: int) -> s.Node:
        start = self.token.start
        factors = [self.factor()]
        while self.token.kind in _STARTS and not self.at("differential"):
            factors.append(self.factor())
        return factors[0] if len(factors) == 1 else s.Product(tuple(factors), ("",) * (len(factors) - 1), span=self.span(start))

    def _fraction(self, token: Token) -> s.Node:
        if self.at("open", "{") and self.tokens[self.index + 1].kind == "differential":
            below = self.tokens[self.token.partner + 1:self.token.partner + 3]
            if len(below) == 2 and below[0].text == "{" and below[1].kind == "differential":
                return self._stacked_derivative(token)
        numerator = self.argument()
        return s.Fraction(numerator, self.argument(), span=self.span(token.start))

    def _stacked_derivative(self, token: Token) -> s.Node:
        opening = self.next()
        sign = self.next()
        order = self._order()
        numerator = None if self.index == opening.partner else self.product()
        if self.index != opening.partner:
            raise self.unexpected("} or a factor")
        self.next()
        opening = self.next()
        variables: list[s.Node] = []
        while self.at("differential"):
            self.next()
            variables.append(self._variable(order))
        if self.index != opening.partner:
            raise self.unexpected(f"{sign.text} or }}")
        self.next()
        prefix = numerator is None
        if numerator is None:
            numerator = self.product()
        return self._derivative(token, order, numerator, variables, prefix, sign.text)

    def _derivative(self, token: Token, order: int, numerator: s.Node, variables: list[s.Node], prefix: bool = False,
                    sign: str = "") -> s.Node:
        spread: list[s.Node] = []
        for variable in variables:
            times = variable.sup if isinstance(variable, s.Scripted) else None
            if order > 1 and isinstance(variable, s.Scripted) and isinstance(times, s.Number) and times.text.isdigit():
                plain = variable.base if variable.sub is None and not variable.primes else replace(variable, sup=None)
                if isinstance(plain, s.Group) and plain.kind == "(":
                    plain = plain.body
                spread += [plain] * min(int(times.text), 10)
            else:
                spread.append(variable)
        if len(spread) != order:
            raise self.error(f"a derivative of order {order} by {len(spread)} variables", token=token)
        return s.Derivative(numerator, tuple(spread), sign or token.text, order, prefix, span=self.span(token.start))

    # -- commands ---------------------------------------------------------------------------------
    def _command(self, token: Token) -> s.Node:
        name = token.text
        if name in ("\\frac", "\\dfrac", "\\tfrac", "\\cfrac"):
            return self._fraction(token)
        if name in _ACCENTS:
            return self._accent(token, _ACCENTS[name])
        if name == "\\sqrt":
            degree: s.Node | None = None
            if self.at("open", "["):
                closing = self.tokens[self.next().partner]
                degree = self._items(closing)[0]
                self.next()
            return s.Root(self.argument(), degree, span=self.span(token.start))
        if name == "\\nabla":
            variable = None
            if self.at("_"):
                self.next()
                variable = self.script()
            return s.Nabla(variable, self.factor(), span=self.span(token.start))
        if name == "\\underset":
            below = self.braces(self.chain) if self.at("open", "{") else self.argument()
            base = self.argument()
            return s.Scripted(base, below, span=self.span(token.start))
        if name == "\\underbrace":
            node = self.argument()
            if self.at("_"):
                self.next()
                self._skip_argument()
            return node
        if name in ("\\overset", "\\stackrel"):
            raise self.error(f"{name} is not read", token=token, hint="write := for a definition")
        raise self.error(f"{name} is not read here", token=token)

    def _skip_argument(self) -> None:
        self.index = self.token.partner + 1 if self.at("open") else self.index + 1

    def _accent(self, token: Token, accent: str) -> s.Node:
        node = self.argument()
        span = self.span(token.start)
        if isinstance(node, s.Symbol):
            return replace(node, accent=accent + node.accent, span=span)
        if isinstance(node, s.Scripted) and isinstance(node.base, s.Symbol):
            return replace(node, base=replace(node.base, accent=accent + node.base.accent), span=span)
        raise self.error(f"{token.text} over more than one symbol", token=token, expected="one symbol")

    # -- rows -------------------------------------------------------------------------------------
    def _rows(self, token: Token) -> s.Node:
        self.next()
        environment = token.text
        if self._transparent(token):
            node = self.side()
            if not self.at("finish"):
                raise self.unexpected(rf"\end{{{environment}}}")
            self.next()
            return node
        cases = "cases" in environment
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
        if cases:
            pairs: list[tuple[s.Node, s.Node | None]] = []
            for cells in rows:
                if cells[0] is None or len(cells) > 2:
                    raise self.error("a case has a value and a condition", token=finish, expected="value & condition")
                pairs.append((cells[0], cells[1] if len(cells) == 2 else None))
            return s.Cases(tuple(pairs), span=self.span(token.start))
        matrix: list[tuple[s.Node, ...]] = []
        for cells in rows:
            full = [cell for cell in cells if cell is not None]
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
            elif token.kind in (",", "quad", ".", "sign") and token.text != "-":
                self.next()
            elif token.kind == "symbol" and token.text == "if":
                self.next()
            elif token.kind == "symbol" and token.text in _OTHERWISE[1:] and token.font:
                self.next()
                items.append(s.Text(token.text, span=(token.start, token.end)))
            else:
                items.append(self.chain())
        if not items:
            return None
        return items[0] if len(items) == 1 else s.Sequence(tuple(items), span=self.span(start))


# -- statements gathered from comma lists --------------------------------------------------------
def _gather(parts: list[s.Node], joints: list[str], close: list[bool], span: s.Span) -> s.Statements:
    """``x, y \\in R^{n}`` and ``j = 1, \\cdots, F`` are one statement each."""
    merged: list[s.Node] = []
    result: list[str] = []
    k = 0
    while k < len(parts):
        part, joint = parts[k], joints[k]
        run = [part]  # parts that only commas separate
        end = k + 1
        while end < len(parts) and close[end] and joints[end] == "," and not isinstance(run[-1], s.Relation):
            run.append(parts[end])
            end += 1
        last = run[-1]
        if len(run) > 1 and isinstance(last, s.Relation) and _lists(run[:-1], last, parts[end:end + 1]):
            items = (*run[:-1], last.sides[0])
            left = s.Sequence(items, span=(part.span[0], last.sides[0].span[1]))
            part = s.Relation((left, *last.sides[1:]), last.relations, span=(part.span[0], last.span[1]))
            k = end
        elif len(run) > 1 and not any(isinstance(item, s.Relation) for item in run) and any(isinstance(i, s.Dots) for i in run):
            part = s.Sequence(tuple(run), span=(part.span[0], last.span[1]))  # x_{1}, \dots, x_{m}
            k = end
        else:
            k += 1
        if isinstance(part, s.Relation):
            tail = [part.sides[-1]]
            stop = k
            while stop < len(parts) and close[stop] and joints[stop] == "," and isinstance(parts[stop], s.Dots | s.Number | s.Symbol | s.Scripted):
                tail.append(parts[stop])
                stop += 1
            dots = next((n for n, item in enumerate(tail) if isinstance(item, s.Dots)), None)
            if dots is not None:
                tail = tail[:dots + 2]
            elif not all(isinstance(item, s.Number) for item in tail):
                tail = tail[:1]
            if len(tail) > 1:
                right = s.Sequence(tuple(tail), span=(tail[0].span[0], tail[-1].span[1]))
                part = s.Relation((*part.sides[:-1], right), part.relations, span=(part.span[0], tail[-1].span[1]))
                k += len(tail) - 1
        merged.append(part)
        result.append(joint)
    return s.Statements(tuple(merged), tuple(result), span=span)


def _lists(names: Iterable[s.Node], relation: s.Relation, following: list[s.Node]) -> bool:
    if not all(isinstance(name, s.Symbol | s.Scripted | s.Dots) for name in names):
        return False
    if relation.relations[0] in ("\\in", "\\sim"):
        return True
    ranges = bool(following) and isinstance(following[0], s.Dots)
    return ranges and relation.relations == ("=",) and all(isinstance(name, s.Symbol) for name in (*names, relation.sides[0]))


def _times(left: s.Node, operator: str, right: s.Node) -> s.Node:
    factors = (left.factors if isinstance(left, s.Product) else (left,)), (right.factors if isinstance(right, s.Product) else (right,))
    operators = (left.operators if isinstance(left, s.Product) else ()), (right.operators if isinstance(right, s.Product) else ())
    return s.Product((*factors[0], *factors[1]), (*operators[0], operator, *operators[1]), span=(left.span[0], right.span[1]))


def _as_cases(matrix: s.Matrix, span: s.Span) -> s.Cases:
    if any(len(row) not in (1, 2) for row in matrix.rows):
        raise ReadError("a case has a value and a condition", span[0], expected="two columns")
    return s.Cases(tuple((row[0], row[1] if len(row) == 2 else None) for row in matrix.rows), span=span)


def _function_symbol(node: s.Node) -> s.Symbol | None:
    if isinstance(node, s.Scripted):
        node = node.base
    return node if isinstance(node, s.Symbol) else None
