"""The rules of derivatives: stacked, inline, prefixed and mixed."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.brackets import Token
from verify_derivations.formulas.cursor import STARTS, Cursor
from verify_derivations.formulas.scripts import is_transpose

_NUMBERS = frozenset(f"\\{name}" for name in "lambda alpha beta gamma mu eta kappa tau".split())


class Derivatives(Cursor):
    def fraction(self, token: Token) -> s.Node:
        if self.is_stacked(0):
            return self.stacked_derivative(token)
        numerator = self.argument()
        return s.Fraction(numerator, self.argument(), span=self.span(token.start))

    def inline_derivative(self) -> s.Node:
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

    def gradient(self, token: Token) -> s.Node:
        """``\\nabla_{x} L``, ``\\nabla^2 L``, ``\\nabla_x^2 L`` and ``\\nabla^2_x L``."""
        variable = None
        order = self._order()
        if self.at("_"):
            self.next()
            variable = self.script()
            mixed = self._mixed(variable, token) if order == 1 else None
            if mixed is not None:
                return mixed
            order = self._order() if order == 1 else order
        return s.Nabla(variable, self._under(variable), order, span=self.span(token.start))

    def _mixed(self, variable: s.Node, token: Token) -> s.Node | None:
        """``\\nabla_x \\nabla_z^\\top f``, the matrix of second derivatives by x and z."""
        begun = self.index
        if self.token.text == "\\nabla":
            self.next()
            if self.at("_"):
                self.next()
                other = self.script()
                sign = self.script() if self.at("^") and self.next() else None
                if sign is not None and is_transpose(sign):
                    by = s.Scripted(other, None, sign, span=other.span)
                    body = self._under(other)
                    return s.Derivative(body, (variable, by), "\\partial", 2, span=self.span(token.start))
        self.index = begun
        return None

    def _under(self, variable: s.Node | None) -> s.Node:
        """What ``\\nabla`` takes in: a factor, with the numbers before it; where that has no gradient by itself, as in
        ``\\nabla_x x^\\top A x``, all that is written behind it without a sign."""
        factors = [self.factor()]
        while variable is not None and self.token.kind in STARTS and self._is_constant(variable, factors[-1]):
            factors.append(self.factor())
        last = factors[-1]
        if variable is not None and isinstance(last, s.Scripted) and last.sup is not None and is_transpose(last.sup):
            inside = last.base == variable or isinstance(last.base, s.Group) and variable in s.walk(last.base)
            goes_on = inside or self._comes(variable)
            while goes_on and self.token.kind in STARTS:
                factors.append(self.factor())
        if len(factors) == 1:
            return factors[0]
        span = self.span(factors[0].span[0])
        return s.Group("(", s.Product(tuple(factors), ("",) * (len(factors) - 1), span=span), span=span)

    def _is_constant(self, variable: s.Node, factor: s.Node) -> bool:
        """Whether a factor is a number, or a letter for one before the variable: ``\\nabla_x \\lambda \\|x\\|^2``."""
        letter = isinstance(factor, s.Symbol) and factor.name in _NUMBERS and factor != variable
        number = isinstance(factor, s.Number) or isinstance(factor, s.Fraction) and variable not in s.walk(factor)
        return number or letter and self._comes(variable)

    def _comes(self, variable: s.Node) -> bool:
        """Whether a letter is in the factors to come: in ``\\nabla_x a^\\top x``, not in ``\\nabla_w f^\\top d``."""
        k, letter = self.index, variable.name if isinstance(variable, s.Symbol) else None
        while self.tokens[k].kind in STARTS or self.tokens[k].kind in ("_", "^"):
            if self.tokens[k].text == "\\nabla":  # of another gradient
                return False
            end = self.tokens[k].partner if self.tokens[k].kind == "open" else k
            if any(token.text == letter for token in self.tokens[k : end + 1]):
                return True
            k = end + 1
        return False

    def is_stacked(self, between: int) -> bool:
        """Whether a differential in braces comes next, and another one with so many tokens between them."""
        if not self.at("open", "{") or self.tokens[self.index + 1].kind != "differential":
            return False
        after = self.token.partner + 1 + between
        below = self.tokens[after:after + 2]
        return len(below) == 2 and below[0].text == "{" and below[1].kind == "differential"

    def stacked_derivative(self, token: Token) -> s.Node:
        opening = self.next()
        sign = self.next()
        order = self._order()
        numerator = None if self.index == opening.partner else self.product()
        if self.index != opening.partner:
            raise self.unexpected("} or a factor")
        self.next()
        if self.at("times", "/"):  # {\partial L}/{\partial x}
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
        while self.token.kind in STARTS and not self.at("differential"):
            factors.append(self.factor())
        if len(factors) == 1:
            return factors[0]
        return s.Product(tuple(factors), ("",) * (len(factors) - 1), span=self.span(start))

    def _derivative(
        self, token: Token, order: int, numerator: s.Node, variables: list[s.Node], prefix: bool = False, sign: str = ""
    ) -> s.Node:
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
        if not prefix and self._at_variable({*spread}):
            for _ in range(3):
                self.next()
        return s.Derivative(numerator, tuple(spread), sign or token.text, order, prefix, span=self.span(token.start))

    def _at_variable(self, variables: set[s.Node]) -> bool:
        """The ``(x)`` of ``\\frac{df}{dx}(x)``: at the variable itself, which is no factor."""
        inside = self.tokens[self.index + 1 : self.token.partner] if self.at("open", "(") else []
        one = len(variables) == 1 and len(inside) == 1 and inside[0].kind == "symbol"
        return one and isinstance(variable := variables.pop(), s.Symbol) and variable.name == inside[0].text
