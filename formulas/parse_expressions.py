"""The rules of sums, products, applied functions and chains of relations."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.brackets import Token
from verify_derivations.formulas.cursor import STARTS
from verify_derivations.formulas.parse_atoms import Atoms
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import is_transpose
from verify_derivations.formulas.symbols import DIFFERENCES, PREFIX

_LIMITS = {name: f"\\{name}" for name in ("max", "min", "sup", "inf", "sum")} | {
    "argmax": "\\arg\\max", "argmin": "\\arg\\min", "minimize": "\\min", "minimise": "\\min", "maximize": "\\max",
    "maximise": "\\max",
}


class Expressions(Atoms):
    def chain(self, before: s.Node | None = None) -> s.Node:
        start = self.token.start
        if self.at("relation"):
            if before is None:
                raise self.error(f"nothing stands before {self.token.text}", expected="an expression",
                                 hint="a formula needs a left side, unless it continues the row above")
            return self.chain_from([before], [], start)
        return self.chain_from([self.side()], [], start)

    def chain_from(self, sides: list[s.Node], relations: list[str], start: int) -> s.Node:
        while self.at("relation"):
            relation = self.next().text
            while self.at("relation"):
                self.remarks.append(f"an empty side between {relation} and {self.token.text} is ignored")
                relation = self.next().text
            if self.token.kind == "\\\\" and self.tokens[self.index + 1].kind in STARTS | {"sign"}:
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
            if kind == "_" and self.at("open", "{") and self.tokens[self.index + 1].kind == "relation":
                return self._half_line(token)
            argument = self.script()
            if kind == "_" or (isinstance(argument, s.Symbol) and argument.name in "+-"):
                letter += f"_{{{self.latex[argument.span[0]:argument.span[1]]}}}"
            else:
                extents = _extents(argument)
        return s.Space(letter, extents, span=self.span(token.start))

    def _half_line(self, token: Token) -> s.Node:
        """The numbers of ``\\mathbb{R}_{>0}`` or ``\\mathbb{R}_{\\ge 0}``."""
        self.next()
        relation = self.next()
        bound = self.side()
        if relation.text not in (">", "\\ge") or token.text not in ("R", "\\Re") or not self.at("close"):
            raise self.error("this set is not read", token=relation, expected="> or \\ge and a number")
        self.next()
        if self.token.kind in ("^", "_"):
            raise self.error("vectors of such numbers are not read", token=self.token)
        brackets = ("(" if relation.text == ">" else "[", ")")
        return s.Interval(bound, s.Symbol("\\infty"), brackets, span=self.span(token.start))

    def _set(self) -> s.Node:
        opening = self.token
        closing = self.tokens[opening.partner]
        self.next()
        items = self.items(closing)
        self.next()
        span = self.span(opening.start)
        node: s.Node
        if opening.text == "\\{":
            node = s.Finite(items, span=span)
        elif len(items) == 2:
            brackets = ("[" if opening.text == "[" else "(", "]" if closing.text == "[" else ")")
            node = s.Interval(items[0], items[1], brackets, span=span)
        elif len(items) == 1 and opening.text == closing.text:
            node = s.Group(opening.text.lstrip("\\"), items[0], opening.large, span=span)
        else:
            raise self.error("an interval has two ends", token=opening, expected="two expressions and a comma")
        if isinstance(node, s.Finite | s.Interval) and self.at("^"):  # {0, 1}^n: a space of vectors
            self.next()
            return s.Space(to_latex(node), _extents(self.script()), span=self.span(opening.start))
        return self._resume(node)

    def _resume(self, node: s.Node) -> s.Node:
        """Scripts, factors and terms that may follow a first factor that has been read already."""
        node = self.scripts(node)
        factors, operators = [node], []
        while self.token.kind == "times":
            operators.append(self.next().text)
            factors.append(self.factor())
        return node if not operators else s.Product(tuple(factors), tuple(operators), span=self.span(node.span[0]))

    def side(self) -> s.Node:
        start = self.token.start
        first = "" if not self.at("sign") else self.next().text
        head = self.product()
        signs, terms = self.signed_terms()
        if not first and not signs:
            return head
        return s.Sum((first or "+", *signs), (head, *terms), span=self.span(start))

    def signed_terms(self) -> tuple[list[str], list[s.Node]]:
        signs: list[str] = []
        terms: list[s.Node] = []
        while self.at("sign") or (self.at("\\\\") and self._row_goes_on()):
            if self.at("\\\\"):
                self.next()
            signs.append(self.next().text)
            if self.at("\\\\"):
                self.next()
            terms.append(self.product())
        return signs, terms

    def _row_goes_on(self) -> bool:
        if self.cells:
            return False
        self.index += 1
        result = self.at("sign") and self.continues_row()
        self.index -= 1
        return result

    def continues_row(self) -> bool:
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

    def product(self) -> s.Node:
        start = self.token.start
        factors: list[s.Node] = []
        operators: list[str] = []
        self._append_factor(factors, operators)
        while True:
            if self.at("times"):
                operators.append(self.next().text)
                if self.at("\\\\"):
                    self.next()
                self._append_factor(factors, operators)
            elif self.token.kind in STARTS:
                operators.append("")
                self._append_factor(factors, operators)
            elif self.at("evaluate"):
                self.next()
                factors[-1] = self.scripts(s.Group("|", factors[-1], True, span=self.span(factors[-1].span[0])))
            else:
                break
        if len(factors) == 1:
            return factors[0]
        return s.Product(tuple(factors), tuple(operators), span=self.span(start))

    def _append_factor(self, factors: list[s.Node], operators: list[str]) -> None:
        """One more factor; a product in TeX braces, which do not print, is spliced in."""
        token = self.token
        factor = self._negative() if operators and operators[-1] and self.at("sign", "-") else self.factor()
        spliced = token.text == "{" and isinstance(factor, s.Product)
        first = factor.factors[0] if spliced and isinstance(factor, s.Product) else factor
        if factors and operators[-1] == "" and isinstance(first, s.Number) and isinstance(factors[-1], s.Number):
            raise self.error("two numbers stand side by side", token=token, hint="write \\cdot between them")
        if spliced and isinstance(factor, s.Product):
            factors += factor.factors
            operators += factor.operators
        else:
            factors.append(factor)

    def _negative(self) -> s.Node:
        r"""``2 \cdot -1``, without the brackets that it needs."""
        token = self.next()
        inner = s.Sum(("-",), (self.factor(),), span=self.span(token.start))
        return s.Group("(", inner, span=inner.span)

    def factor(self) -> s.Node:
        start = self.token.start
        with self.deeper():
            node = self.scripts(self.atom())
            name = _function_symbol(node)
            return node if name is None else self._applied(node, name, start)

    def _applied(self, node: s.Node, name: s.Symbol, start: int) -> s.Node:
        bracket = self._bracket_ahead()
        function = self.symbols.is_function(name.name, name.font, name.accent)
        function = function and not (bracket and self._within(name, bracket))
        lower = node.sub if isinstance(node, s.Scripted) and node.sup is None and not node.primes else None
        if name.name in _LIMITS and lower is not None:
            while self.at("quad"):
                self.next()
            body = self.side_of_operator()
            return s.BigOperator(_LIMITS[name.name], body, lower, span=self.span(start))
        transposed = isinstance(node, s.Scripted) and node.sup is not None and is_transpose(node.sup)
        if bracket is not None and self.token is bracket and self._has_entries(name) and not transposed:
            return self.scripts(self._entry(node, start))
        if bracket is not None and (function or self._several(bracket) or self._indicates(name, bracket)):
            if self.token is not bracket:
                self.next()  # the invisible brace of \exp{(x)}
                node = self._call(node, start)
                self.next()
            else:
                node = self._call(node, start)
            return self.scripts(node)
        if name.name in PREFIX and self.at("sign", "-"):  # \exp -x^2 / 2: no function stands by itself
            sign = self.next()
            body = s.Sum(("-",), (self.product(),), span=self.span(sign.start))
            return s.Call(node, (body,), "", span=self.span(start))
        if name.name in PREFIX or name.name in ("max", "min"):
            if self.at("open", "{"):
                return s.Call(node, (self.argument(),), "", span=self.span(start))
            if self.token.kind in STARTS:
                first = self.factor()
                if isinstance(first, s.Number) and self.token.kind in STARTS and not self.at("number"):  # \sin 2x
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
            token.kind == "symbol" and token.text == name.name and self.tokens[k].kind not in ("open", "'", "_", "^")
            for k, token in enumerate(self.tokens[first:bracket.partner], first + 1)
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
        if name.name not in ("1", "I", "p", "P", "q"):
            return False
        k = self.tokens.index(bracket, self.index) + 1
        while k < bracket.partner:
            if self.tokens[k].kind == "relation":
                return True
            k = self.tokens[k].partner + 1 if self.tokens[k].kind in ("open", "begin") else k + 1
        return False

    def _has_entries(self, name: s.Symbol) -> bool:
        """Also of the ``\\hat{y}(i)`` in ``\\Delta \\hat{y}(i)``, and of ``\\hat{W}(i, j)`` beside ``W(i, j)``."""
        prefix, space, rest = name.name.partition(" ")
        own = rest.replace("{", "").replace("}", "") if space and prefix in DIFFERENCES else name.accent + name.name
        return own in self.symbols.entries or name.name in self.symbols.entries

    def _entry(self, node: s.Node, start: int) -> s.Node:
        """``W(i, j)``: what stands in the brackets are subscripts."""
        closing = self.tokens[self.next().partner]
        places = self.items(closing)
        self.next()
        if isinstance(node, s.Symbol):
            node = s.Scripted(node)
        assert isinstance(node, s.Scripted)
        before = () if node.sub is None else node.sub.items if isinstance(node.sub, s.Sequence) else (node.sub,)
        items = (*before, *places)
        sub = s.Sequence(items) if len(items) > 1 else items[0]
        return replace(node, sub=sub, bracketed=len(places), span=self.span(start))

    def _call(self, function: s.Node, start: int) -> s.Node:
        opening = self.next()
        closing = self.tokens[opening.partner]
        if closing.text != opening.text:
            raise self.error("the brackets of this call differ", token=closing, expected=opening.text)
        items = self.items(closing)
        self.next()
        return s.Call(function, items, opening.text.lstrip("\\"), opening.large, span=self.span(start))

    def items(self, closing: Token) -> tuple[s.Node, ...]:
        """Expressions or relations separated by commas, up to a closing bracket (not read)."""
        items = [self._item()]
        while self.at(","):
            self.next()
            items.append(self._item())
        if self.token is not closing:
            raise self.unexpected("a comma or the closing bracket")
        return tuple(items)

    def _item(self) -> s.Node:
        """An expression or a relation, or the place of a variable that is not named: ``k(x, \\cdot)``."""
        if not (self.at("times", "\\cdot") and self.tokens[self.index + 1].kind in (",", "close")):
            return self.chain()
        token = self.next()
        return s.Dots(token.text, span=(token.start, token.end))


def _function_symbol(node: s.Node) -> s.Symbol | None:
    if isinstance(node, s.Scripted):
        node = node.base
    return node if isinstance(node, s.Symbol) else None


def _extents(argument: s.Node) -> tuple[s.Node, ...]:
    """``n`` and ``m`` of ``n \\times m``."""
    if not isinstance(argument, s.Product) or "\\times" not in argument.operators:
        return (argument,)
    groups: list[tuple[list[s.Node], list[str]]] = [([argument.factors[0]], [])]
    for operator, factor in zip(argument.operators, argument.factors[1:], strict=True):
        if operator == "\\times":
            groups.append(([factor], []))
        else:
            groups[-1][0].append(factor)
            groups[-1][1].append(operator)
    return tuple(
        factors[0] if not operators else
        s.Product(tuple(factors), tuple(operators), span=(factors[0].span[0], factors[-1].span[1]))
        for factors, operators in groups
    )
