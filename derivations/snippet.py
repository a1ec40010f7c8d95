"""A counterexample as a few lines of plain Python: paste them, and both sides are printed.

Quantities become functions of their zero-based indices, by the definitions of the document; sums become
loops. A derivative is a central difference of a quantity that is moved by ``shift`` as if it were independent.
"""

from __future__ import annotations

import builtins
import keyword
import math
import re
from collections.abc import Iterable, Mapping

from verify_derivations.derivations import arithmetic
from verify_derivations.derivations.dependence import mentions
from verify_derivations.derivations.evaluate import Interpreter, Partial, Side
from verify_derivations.derivations.points import Entry
from verify_derivations.derivations.present import LARGEST, polynomial_text, sparse, tensor_text
from verify_derivations.formulas.definitions import Quantity, adjoint_of
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    ArgMaximum,
    Binder,
    Bracket,
    Compare,
    Constraint,
    Determinant,
    Inverse,
    Maximum,
    Mul,
    Number,
    Power,
    Product,
    Scalar,
    Size,
    Sum,
)
from verify_derivations.formulas.polynomial import Polynomial, is_index

_MATH = {"exp": "exp", "log": "log", "ln": "log", "tanh": "tanh", "sqrt": "sqrt", "sin": "sin", "cos": "cos",
         "tan": "tan", "sinh": "sinh", "cosh": "cosh", "arctan": "atan", "erf": "erf"}
_FORMS = {"max": "max({0})", "min": "min({0})", "abs": "abs({0})", "pi": "pi", "relu": "max(0, {0})",
          "ReLU": "max(0, {0})", "sigmoid": "1 / (1 + exp(-({0})))", "softplus": "log(1 + exp({0}))",
          "!": "gamma(({0}) + 1)", "sign": "(({0}) > 0) - (({0}) < 0)", "sgn": "(({0}) > 0) - (({0}) < 0)"}

_ARRAY = """\
def array(name, values):
    def entry(*index):
        value = values
        for i in index:
            value = value[i]
        return value
    return entry
"""
_SPARSE = """\
def sparse(name, common, others):
    def entry(*index):
        value = others.get(index, common)
        return value
    return entry
"""
_MOVED = "return value + shift.get((name, *index), 0)\n"
_QUANTITY = """\
def quantity(f):
    return lambda *index: f(*index) + shift.get((f.__name__, *index), 0)
"""
_DERIVATIVE = """\
def derivative(f, name, *index, h=1e-5):
    shift[name, *index] = h
    above = f()
    shift[name, *index] = -h
    below = f()
    del shift[name, *index]
    return (above - below) / (2 * h)
"""
_SLOPE = """\
def slope(f, x, h=1e-4):
    return (f(x + h) - f(x - h)) / (2 * h)
"""
_DETERMINANT = """\
def determinant(rows):
    minors = [[r[:j] + r[j + 1:] for r in rows[1:]] for j in range(len(rows))]
    return sum((-1)**j * rows[0][j] * determinant(m) for j, m in enumerate(minors)) if rows else 1
"""
_INVERSE = """\
def inverse(rows, i, j):
    minor = [r[:i] + r[i + 1:] for r in rows[:j] + rows[j + 1:]]
    return (-1)**(i + j) * determinant(minor) / determinant(rows)
"""
_HELPERS = ("determinant", "inverse", "shift", "array", "sparse", "quantity", "derivative", "slope")


def python(
    sides: tuple[Side, Side], interpreter: Interpreter, entries: Iterable[Entry], indices: Mapping[str, int]
) -> str:
    """The program. ``entries`` are the leaf entries that play a part; ``indices`` values of the free indices."""
    return _Writer(interpreter, entries).program(sides, indices)


class _Writer:
    def __init__(self, interpreter: Interpreter, entries: Iterable[Entry]) -> None:
        self.interpreter, self.environment = interpreter, interpreter.environment
        self.leaves = tuple(dict.fromkeys(head for head, _ in entries))
        self.names: dict[str, str] = {}
        self.taken = {*keyword.kwlist, *dir(builtins), *dir(math), *_HELPERS}
        self.definitions: dict[str, str] = {}  # in the order in which they are needed
        self.helpers: dict[str, str] = {}
        self.started: set[str] = set()  # also while it is written: a recurrence mentions itself

    def program(self, sides: tuple[Side, Side], indices: Mapping[str, int]) -> str:
        numbers = {**self.interpreter.sizes, **indices}
        for name in (*numbers, *self.leaves):
            self.name(name)
        left, right = (self.side(side) for side in sides)
        lines = ["from math import *", ""]
        if numbers:
            names = ", ".join(self.name(n) for n in numbers)
            lines.append(f"{names} = {', '.join(map(str, numbers.values()))}")
        moving = "derivative" in self.helpers
        leaves = [self.leaf(head) for head in self.leaves]
        for helper in ([_QUANTITY] if moving else []) + list(self.helpers.values()):
            lines.append(helper.replace("return value\n", _MOVED) if moving else helper)
        lines += [*(["shift = {}"] if moving else []), *leaves]
        lines += [d if moving else d.removeprefix("@quantity\n") for d in self.definitions.values()]
        lines += [f'print("left: ", {left})', f'print("right:", {right})']
        return "\n".join(lines) + "\n"

    # -- names ------------------------------------------------------------------------------------
    def name(self, latex: str) -> str:
        """A Python identifier for a head, size or index, always the same."""
        if latex not in self.names:
            shown = latex[1:].split(".")[0] if is_index(latex) else latex
            shown = re.sub(r"\\frac|\\left|\\right", "", shown).replace(r"\partial", "d")
            stem = re.sub(r"[^A-Za-z0-9]+", "", shown)
            stem = stem if stem[:1].isalpha() else "v" + stem
            choice, number = stem, 1
            while choice in self.taken:
                number += 1
                choice = f"{stem}_{number}"
            self.taken.add(choice)
            self.names[latex] = choice
        return self.names[latex]

    def leaf(self, head: str) -> str:
        name = self.name(head)
        if math.prod(self.interpreter.extents(head)) <= LARGEST:
            self.helpers["array"] = _ARRAY
            return f'{name} = array("{name}", {tensor_text(head, self.interpreter)})'
        self.helpers["sparse"] = _SPARSE
        common, others = sparse(head, self.interpreter)
        listed = ", ".join(f"{indices}: {value}" for indices, value in others.items())
        return f'{name} = sparse("{name}", {common}, {{{listed}}})'

    # -- sides, quantities and functions ----------------------------------------------------------
    def side(self, side: Side) -> str:
        if not isinstance(side, Partial):
            return self.scalar(side)
        self.need(side.head)
        self.helpers["derivative"] = _DERIVATIVE
        arguments = [f'"{self.name(side.head)}"', *map(self.polynomial, side.indices)]
        return f"derivative(lambda: {self.scalar(side.of)}, {', '.join(arguments)})"

    def need(self, head: str) -> None:
        """Define ``head`` and what it rests on."""
        if head in self.leaves or head in self.started:
            return
        self.started.add(head)
        quantity = self.environment.quantities.get(head)
        loss = self.environment.loss
        target = adjoint_of(head, loss) if loss is not None and quantity is None else None
        if target is not None and loss is not None and self._differentiable(target):
            self.need(loss)
            self.need(target)
            self.helpers["derivative"] = _DERIVATIVE
            self.definitions[head] = (
                f"def {self.name(head)}(*index): return derivative({self.name(loss)}, \"{self.name(target)}\", *index)"
            )
        elif quantity is not None and quantity.body is not None:
            self.define(quantity)
        else:  # an adjoint that rests on opaque ones: its value
            self.definitions[head] = self.leaf(head)

    def define(self, quantity: Quantity) -> None:
        assert quantity.body is not None
        for head in sorted(mentions(self.environment, quantity.body)):
            if head in self.environment.quantities:
                self.need(head)
        parameters = ", ".join(self.name(index) for index in quantity.indices)
        body = self.scalar(quantity.body)
        self.definitions[quantity.head] = f"@quantity\ndef {self.name(quantity.head)}({parameters}): return {body}"

    def _differentiable(self, head: str) -> bool:
        """Whether ``∂L/∂head`` follows from definitions alone."""
        loss = self.environment.loss
        opaque = any(quantity.opaque for quantity in self.environment.quantities.values())
        known = loss is not None and loss in self.environment.quantities
        return known and not opaque and self.environment.quantities[loss or ""].body is not None

    def function(self, name: str, count: int) -> str:
        """The Python name of a document's function, defined on first use."""
        key = f"{name}()"
        if key not in self.definitions:
            definition = self.environment.functions.get(name)
            if definition is None:
                parameters = [self.name(f"%x{k + 1}.{name}") for k in range(count)]
                combination = " + ".join(f"{k + 1}*{p}" if k else p for k, p in enumerate(parameters))
                variable = parameters[0] if count == 1 else f"({combination})"
                body = polynomial_text(self.interpreter.coefficients(name), variable, "**")
            else:
                for head in sorted(mentions(self.environment, definition.body) - set(definition.parameters)):
                    self.need(head)
                parameters = [self.name(f"%{p}.{name}") for p in definition.parameters]
                body = self.scalar(definition.body, dict(zip(definition.parameters, parameters, strict=True)))
            self.definitions[key] = f"def {self.name(key)}({', '.join(parameters)}): return {body}"
        return self.name(key)

    # -- expressions ------------------------------------------------------------------------------
    def scalar(self, node: Scalar, parameters: Mapping[str, str] | None = None) -> str:
        """Python source; everything but names, calls and numbers stands in brackets."""
        parameters = parameters or {}

        def inner(part: Scalar) -> str:
            return self.scalar(part, parameters)

        match node:
            case Number(value):
                return str(value) if value >= 0 and value.denominator == 1 else f"({value})"
            case Size(value):
                return self.polynomial(value, "/")
            case Access(head, ()) if head in parameters:
                return parameters[head]
            case Access(head, indices):
                self.need(head)
                return f"{self.name(head)}({', '.join(map(self.polynomial, indices))})"
            case Add(terms):
                return "(" + " + ".join(map(inner, terms)).replace("+ (-1 * ", "- (") + ")"
            case Mul(factors):
                conditions = [f for f in factors if isinstance(f, Bracket | Compare)]
                rest = [f for f in factors if not isinstance(f, Bracket | Compare)]
                product = " * ".join(map(inner, rest)).replace("(-1) * ", "-1 * ") or "1"
                if not conditions:
                    return f"({product})"
                return f"({product} if {' and '.join(self.condition(c, parameters) for c in conditions)} else 0)"
            case Power(base, exponent):
                return f"({inner(base)}**{inner(exponent)})"
            case Apply(function, arguments, derivative):
                return self.apply(function, [inner(a) for a in arguments], derivative)
            case Sum(binders, body):
                return f"sum({inner(body)} {self.loops(binders)})"
            case Product(binders, body):
                return f"prod({inner(body)} {self.loops(binders)})"
            case Maximum(binders, body):
                return f"max({inner(body)} {self.loops(binders)})"
            case ArgMaximum(binders, body, at):
                variables = self._tuple([self.name(v) for v, _ in binders])
                largest = f"max((({inner(body)}), tuple(-i for i in {variables})) {self.loops(binders)})[1]"
                return f"int({largest} == {self._tuple([f'-({self.polynomial(p)})' for p in at])})"
            case Determinant():
                self.helpers["determinant"] = _DETERMINANT
                return f"determinant({self._rows(node, parameters)})"
            case Inverse(_, _, at):
                self.helpers["determinant"], self.helpers["inverse"] = _DETERMINANT, _INVERSE
                return f"inverse({self._rows(node, parameters)}, {', '.join(map(self.polynomial, at))})"
            case Bracket() | Compare():
                return f"int({self.condition(node, parameters)})"
        raise TypeError(f"no rule to write {type(node).__name__} as Python")

    def _rows(self, node: Inverse | Determinant, parameters: Mapping[str, str]) -> str:
        row, column = node.binders
        return f"[[{self.scalar(node.body, parameters)} {self.loops([column])}] {self.loops([row])}]"

    def condition(self, node: Scalar, parameters: Mapping[str, str]) -> str:
        if isinstance(node, Bracket):
            return " and ".join(map(self.constraint, node.constraints))
        assert isinstance(node, Compare)
        return f"{self.scalar(node.left, parameters)} {node.relation} {self.scalar(node.right, parameters)}"

    def constraint(self, constraint: Constraint) -> str:
        positive = Polynomial([(m, c) for m, c in constraint.value.terms if c > 0])
        negative = Polynomial([(m, -c) for m, c in constraint.value.terms if c < 0])
        return f"{self.polynomial(positive)} {constraint.relation} {self.polynomial(negative)}"

    def apply(self, function: str, arguments: list[str], derivative: tuple[int, ...]) -> str:
        for k, count in enumerate(derivative):
            if count:
                self.helpers["slope"] = _SLOPE
                lower = (*derivative[:k], count - 1, *derivative[k + 1:])
                moved = self.apply(function, [*arguments[:k], f"_{k}", *arguments[k + 1:]], lower)
                return f"slope(lambda _{k}: {moved}, {arguments[k]})"
        name, listed = function.lstrip("\\"), ", ".join(arguments)
        known = name in arithmetic.ELEMENTARY or name in _FORMS or name in _MATH
        if function in self.environment.functions or not known:
            return f"{self.function(function, len(arguments))}({listed})"
        return f"{_MATH[name]}({listed})" if name in _MATH else f"({_FORMS[name].format(listed)})"

    def loops(self, binders: Iterable[Binder]) -> str:
        return " ".join(f"for {self.name(v)} in range({self.polynomial(extent)})" for v, extent in binders)

    def polynomial(self, value: Polynomial, division: str = "//") -> str:
        scale = math.lcm(*(c.denominator for _, c in value.terms)) if value.terms else 1
        parts = []
        for monomial, coefficient in sorted(value.terms, key=lambda term: (term[0] == (), term[1] < 0)):
            number = int(coefficient * scale)
            factors = [self.name(n) for n in monomial]
            if abs(number) != 1 or not factors:
                factors.insert(0, str(abs(number)))
            parts.append(("- " if number < 0 else "+ ") + "*".join(factors))
        text = " ".join(parts).removeprefix("+ ") or "0"
        if scale != 1:
            return f"(({text}) {division} {scale})"
        return text if len(parts) < 2 and not text.startswith("-") else f"({text})"

    @staticmethod
    def _tuple(items: list[str]) -> str:
        return "(" + ", ".join(items) + ("," if len(items) == 1 else "") + ")"
