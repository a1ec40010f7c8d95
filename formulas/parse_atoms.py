"""The rules of atoms, scripts, brackets and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.brackets import Token
from verify_derivations.formulas.cursor import STARTS
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.letter_runs import is_prefix
from verify_derivations.formulas.parse_derivatives import Derivatives
from verify_derivations.formulas.parse_rows import Rows, as_cases
from verify_derivations.formulas.scripts import is_transpose, name_of
from verify_derivations.formulas.spellings import connecting
from verify_derivations.formulas.symbols import ACCENTS, DIFFERENCES, LABELS, OPERATORS

LARGEST_EXPONENT = 1000
LONGEST_NUMBER = 100

_CUSTOM_BRACKETS = ("\\langle", "\\lfloor", "\\lceil")


class Atoms(Rows, Derivatives):
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
            case "text" if not connecting(token.text):
                self.next()
                return s.Text(token.text, span=span)
            case "open":
                return self._bracket()
            case "big":
                self.next()
                return self._big(token)
            case "differential":
                return self.inline_derivative()
            case "begin":
                return self.rows(token)
            case "command":
                self.next()
                return self._command(token)
        raise self.unexpected("an expression")

    def _symbol(self) -> s.Node:
        joined = self.token.text in self.symbols.prefixes and is_prefix(self.tokens, self.index)
        token = self.next()
        if joined:
            return self._prefixed(self.atom(), token)
        if token.text == "arg" and self.token.kind == "symbol" and self.token.text in ("max", "min"):
            token = replace(token, text="arg" + self.next().text)
        name = token.text
        word = len(name) > 1 and name[0] != "\\" and not token.font
        if word and name not in OPERATORS | LABELS | self.symbols.words:
            self.remarks.append(f"{name} is read as one symbol, not as a product of letters")
        return s.Symbol(name, font=token.font, span=self.span(token.start))

    def _prefixed(self, inner: s.Node, token: Token) -> s.Node:
        """The name ``d\\hat{x}``, ``\\Delta W`` of one symbol."""
        span = self.span(token.start)
        if isinstance(inner, s.Scripted):  # \hat{x_i}
            return replace(inner, base=self._prefixed(inner.base, token), span=span)
        if not isinstance(inner, s.Symbol):
            raise self.error(f"{token.text} before this is not read", token=token, expected="one symbol")
        space = " " if token.text in DIFFERENCES else ""
        return s.Symbol(f"{token.text}{space}{name_of(inner)}", span=span)

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
                self.expect_close()
            self.expect_close()
            span = self.span(opening.start)
            return s.Norm(body, span=span) if double or opening.text == "\\|" else s.Absolute(body, span=span)
        if opening.text == ".":  # \left. … \right|
            body = self.chain()
            if closing.text != "|":
                raise self.error("\\left. is closed by another bracket than a bar", token=opening, expected="\\right|")
            self.expect_close()
            return s.Group("|", body, True, span=self.span(opening.start))
        if closing.text == ".":  # \left\{ \begin{array} … \end{array} \right.
            if self.at("begin") and self.transparent(self.token):
                return self._system(opening)
            body = self.side()
            self.expect_close()
            if not isinstance(body, s.Matrix):
                raise self.error(f"{opening.text} is closed by nothing", token=opening, expected="cases")
            return as_cases(body, self.span(opening.start))
        if closing.text != opening.text:
            raise self.error("opening and closing bracket differ", token=closing, expected=opening.text,
                             hint="an interval stands only on the right of \\in")
        items = self.items(closing)
        self.next()
        span = self.span(opening.start)
        if opening.text in _CUSTOM_BRACKETS:
            return s.Call(s.Symbol(opening.text), items, opening.text, opening.large, span=span)
        if len(items) == 1:
            return s.Group(opening.text.lstrip("\\"), items[0], opening.large, span=span)
        inner = s.Sequence(items, span=(items[0].span[0], items[-1].span[1]))
        if opening.text == "\\{":
            return s.Finite(items, span=span)
        return s.Group(opening.text.lstrip("\\"), inner, opening.large, span=span)

    def _system(self, opening: Token) -> s.Cases:
        """``\\left\\{ \\begin{aligned} … \\end{aligned} \\right.``"""
        self.next()
        rows = [self.chain()]
        while self.at("\\\\"):
            self.next()
            rows.append(self.chain(rows[-1]))
        if not self.at("finish"):
            raise self.unexpected("\\\\ or the end of the rows")
        self.next()
        self.expect_close()
        return s.Cases(tuple((row, None) for row in rows), span=self.span(opening.start))

    def _invisible(self) -> s.Node:
        """TeX braces do not print: a sum in them is only allowed where nothing stands beside it."""
        opening = self.token
        start = self.index
        if self.is_stacked(1) and self.tokens[opening.partner + 1].text == "/":
            return self.stacked_derivative(opening)
        node = self.braces(self.side)
        unbounded = isinstance(node, s.BigOperator) or (isinstance(node, s.Derivative) and node.prefix)
        if unbounded and self.token.kind in ("times", *STARTS):
            raise self.error("braces around a sum do not print", token=opening, hint="write \\left( … \\right)")
        if isinstance(node, s.Product) and self.token.kind in ("^", "_", "'"):
            raise self.error("braces around a product do not print", token=opening, hint="write \\left( … \\right)")
        if isinstance(node, s.Sum):
            before = self.tokens[start - 1].kind if start else "eof"
            alone = before in ("eof", "open", "relation", ",", "&", "\\\\", "quad", "begin")
            if not alone or self.token.kind in ("^", "_", "'", "times", *STARTS):
                raise self.error("braces around a sum do not print", token=opening, hint="write \\left( … \\right)")
        return node

    def _big(self, token: Token, lower: s.Node | None = None) -> s.Node:
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

    def _command(self, token: Token) -> s.Node:
        name = token.text
        if name in ("\\frac", "\\dfrac", "\\tfrac", "\\cfrac"):
            return self.fraction(token)
        if name in ACCENTS:
            return self._accent(token, ACCENTS[name])
        if name == "\\sqrt":
            degree: s.Node | None = None
            if self.at("open", "["):
                closing = self.tokens[self.next().partner]
                degree = self.items(closing)[0]
                self.next()
            return s.Root(self.argument(), degree, span=self.span(token.start))
        if name == "\\nabla":
            return self.gradient(token)
        if name == "\\underset":
            below = self.script()
            if self.at("big"):
                return self._big(self.next(), below)
            base = self.argument()
            if isinstance(below, s.Product) and "\\times" in below.operators:  # the size of what stands above
                return s.Group("(", base, True, span=base.span) if isinstance(base, s.Sum) else base
            if not isinstance(base, s.Symbol) or self.at("_"):
                raise self.error("\\underset is read below an operator only", token=token)
            return s.Scripted(base, below, span=self.span(token.start))
        if name in ("\\underbrace", "\\overbrace"):
            node = self.argument()
            if self.token.kind in ("_", "^"):
                self.next()
                self._name_below(node)
            return s.Group("(", node, True, span=node.span) if isinstance(node, s.Sum) else node
        raise self.error(f"{name} is not read here", token=token)

    def _name_below(self, node: s.Node) -> None:
        """What stands below a brace: a name for what is above it, ``z`` or ``=: z``, or words."""
        end = self.token.partner + 1 if self.at("open") else self.index + 1
        try:
            if self.at("open", "{"):
                self.next()
                if self.at("relation") and self.token.text in ("=", ":=", "=:", "\\equiv"):
                    self.next()
                name = self.side()
                if self.at("text"):  # z \\text{ (output)}
                    self.next()
                whole = self.index == end - 1
            else:
                name, whole = self.atom(), True
            if whole and isinstance(name, s.Symbol | s.Scripted):
                self.labelled.append((name, node))
        except ReadError:
            pass  # words, or anything else that is no name
        self.index = end

    def _accent(self, token: Token, accent: str) -> s.Node:
        node = self.argument()
        span = self.span(token.start)
        if isinstance(node, s.Symbol):
            return replace(node, accent=accent + node.accent, span=span)
        if isinstance(node, s.Scripted) and isinstance(node.base, s.Symbol):
            return replace(node, base=replace(node.base, accent=accent + node.base.accent), span=span)
        raise self.error(f"{token.text} over more than one symbol", token=token, expected="one symbol")

    def scripts(self, base: s.Node) -> s.Node:
        """``x_i^2``, ``f'``, and ``n!``, which may have scripts again."""
        node = self._scripts(base)
        while self.at("!"):
            self.next()
            node = s.Call(s.Symbol("!"), (node,), "", span=self.span(base.span[0]))
            if self.token.kind in ("^", "_", "'"):
                node = self._scripts(s.Group("(", node, span=node.span))
        return node

    def _scripts(self, base: s.Node) -> s.Node:
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
            elif self.at("'") or (self.at("open", "{") and self.tokens[self.index + 1].kind == "'"):
                braces = self.at("open", "{")  # ^\prime, ^{\prime}
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
        if isinstance(base, s.Text | s.Dots):
            raise ReadError("a text has no scripts", start)
        if isinstance(base, s.Norm) and sub is not None and base.order is None:
            base = s.Norm(base.body, sub, span=self.span(start))
            return base if sup is None and not primes else s.Scripted(base, None, sup, primes, span=self.span(start))
        if isinstance(base, s.Scripted):  # {x_i}^2
            clash = (base.sub and sub) or (base.sup and sup) or (base.primes and primes)
            if not clash:
                return replace(base, sub=base.sub or sub, sup=base.sup or sup, primes=base.primes or primes,
                               span=self.span(start))  # fmt: skip
            if base.bracketed:
                base = s.Group("(", base, span=base.span)
        if _is_nought(base) and (sup is None or is_transpose(sup)) and not primes:
            return s.Number("0", span=self.span(start))
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
        if token.kind == "number" and len(token.text) > 1 and token.text.isdigit():  # \frac12
            self.tokens[self.index] = replace(token, text=token.text[1:], start=token.start + 1)
            return s.Number(token.text[0], span=(token.start, token.start + 1))
        if token.kind == "symbol" and len(token.text) > 1 and self.latex[token.start:token.start + 1].isalpha():
            raise self.error(f"only the first letter of {token.text} is the argument", hint="put braces around it")
        if token.kind in ("sign", "relation", "eof", "close", ",", "^", "_", "&", "\\\\", "quad"):
            raise self.unexpected("an argument")
        with self.deeper():
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


def _is_nought(node: s.Node) -> bool:
    """``\\mathbf{0}_n`` and ``0_{m \\times n}``: the zero of any shape."""
    return isinstance(node, s.Symbol | s.Number) and (node.name if isinstance(node, s.Symbol) else node.text) == "0"
