"""Index notation as SymPy expressions, and back.

SymPy is the syntax in which a formula is stated and shared; nothing is computed with these forms here (SymPy's
``Sum.doit``, ``diff`` and ``subs`` are not sound on indexed sums). Names keep their LaTeX. Indices stay
zero-based, and a sum runs over ``(i, 0, n - 1)``. What SymPy lacks is written with functions of this module:
:class:`MaximumOver` and :class:`ArgMaximumOver` ranges, :class:`InverseOver` and :class:`DeterminantOver` of a matrix,
and :class:`Primed` for derivatives of unknown functions.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy
from sympy.core.function import AppliedUndef

from verify_derivations.formulas.expressions import (
    UNIT,
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
    add,
    bracket,
    free_indices,
    fresh,
    mul,
    power,
    scalar,
    substitute,
)
from verify_derivations.formulas.polynomial import Polynomial, is_index, polynomial


class MaximumOver(sympy.Function):  # type: ignore[misc]
    """``MaximumOver(body, (i, n), …)``: the largest value of ``body`` for ``0 ≤ i < n``."""


class ArgMaximumOver(sympy.Function):  # type: ignore[misc]
    """``ArgMaximumOver(body, (p, …), (i, n), …)``: 1 where ``p, …`` is the first place of the maximum, else 0."""


class InverseOver(sympy.Function):  # type: ignore[misc]
    """``InverseOver(body, (p, q), (i, n), (j, n))``: the entry at p, q of the inverse of the matrix of all ``body``."""


class DeterminantOver(sympy.Function):  # type: ignore[misc]
    """``DeterminantOver(body, (i, n), (j, n))``."""


class Primed(sympy.Function):  # type: ignore[misc]
    """``Primed(name, (counts, …), arguments…)``: a derivative of a function not known in closed form."""


_FUNCTIONS: dict[str, Any] = {
    "exp": sympy.exp, "log": sympy.log, "tanh": sympy.tanh, "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan,
    "sinh": sympy.sinh, "cosh": sympy.cosh, "arctan": sympy.atan, "erf": sympy.erf, "abs": sympy.Abs,
    "sign": sympy.sign, "!": sympy.factorial, "max": sympy.Max, "min": sympy.Min,
}
_NAMES = {function: name for name, function in _FUNCTIONS.items()}
_RELATIONS: dict[str, Any] = {">": sympy.StrictGreaterThan, ">=": sympy.GreaterThan, "==": sympy.Eq, "!=": sympy.Ne}


def to_sympy(expression: Scalar) -> sympy.Expr:
    """The expression in SymPy, unevaluated wherever SymPy would rewrite it.

    >>> from verify_derivations.formulas.expressions import summation
    >>> i = polynomial("%i.0")
    >>> to_sympy(summation([("%i.0", polynomial("n"))], Access("W", (polynomial("%j.0"), i)) * Access("x", (i,))))
    Sum(W[j, i]*x[i], (i, 0, n - 1))
    """
    return _Writer(expression).scalar(expression)


def from_sympy(expression: sympy.Expr, indices: Mapping[str, str] | None = None) -> Scalar:
    """The inverse of :func:`to_sympy`, up to the names of bound variables and the order of commutative arguments.
    ``indices`` maps the names of free index symbols to index variables; others get fresh ones."""
    return _Reader(indices or {}).scalar(expression)


def size_symbol(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, integer=True, positive=True)


class _Writer:
    """Index variables become integer symbols named by their hint, the free ones first, a prime for each clash."""

    def __init__(self, expression: Scalar) -> None:
        self.indices: dict[str, sympy.Symbol] = {}
        for variable in sorted(free_indices(expression)):
            self.index(variable)

    def index(self, variable: str) -> sympy.Symbol:
        if variable not in self.indices:
            name = variable[1:].split(".")[0]
            taken = {symbol.name for symbol in self.indices.values()}
            while name in taken:
                name += "'"
            self.indices[variable] = sympy.Symbol(name, integer=True)
        return self.indices[variable]

    def polynomial(self, value: Polynomial) -> sympy.Expr:
        terms = []
        for monomial, coefficient in value.terms:
            atoms = [self.index(name) if is_index(name) else size_symbol(name) for name in monomial]
            terms.append(sympy.Mul(_rational(Fraction(coefficient)), *atoms))
        return sympy.Add(*terms)

    def scalar(self, node: Scalar) -> sympy.Expr:
        match node:
            case Number(value):
                return _rational(value)
            case Size(value):
                return self.polynomial(value)
            case Access(head, ()):
                return sympy.Symbol(head, real=True)
            case Access(head, indices):
                return sympy.Indexed(sympy.IndexedBase(head, real=True), *map(self.polynomial, indices))
            case Add(terms):
                return sympy.Add(*map(self.scalar, terms))
            case Mul(factors):
                return sympy.Mul(*map(self.scalar, factors))
            case Power(base, exponent):
                return sympy.Pow(self.scalar(base), self.scalar(exponent))
            case Apply(function, arguments, derivative):
                return self.application(function, [self.scalar(a) for a in arguments], derivative)
            case Sum(binders, body):
                return sympy.Sum(self.scalar(body), *self.ranges(binders))
            case Product(binders, body):
                return sympy.Product(self.scalar(body), *self.ranges(binders))
            case Maximum(binders, body):
                return MaximumOver(self.scalar(body), *self.extents(binders))
            case ArgMaximum(binders, body, at):
                place = sympy.Tuple(*map(self.polynomial, at))
                return ArgMaximumOver(self.scalar(body), place, *self.extents(binders))
            case Inverse(binders, body, at):
                place = sympy.Tuple(*map(self.polynomial, at))
                return InverseOver(self.scalar(body), place, *self.extents(binders))
            case Determinant(binders, body):
                return DeterminantOver(self.scalar(body), *self.extents(binders))
            case Bracket(constraints):
                return sympy.Mul(*map(self.constraint, constraints))
            case Compare(left, relation, right):
                return _iverson(_RELATIONS[relation](self.scalar(left), self.scalar(right), evaluate=False))
        raise TypeError(f"no SymPy form for {type(node).__name__}")

    def application(self, function: str, arguments: list[sympy.Expr], derivative: tuple[int, ...]) -> sympy.Expr:
        if any(derivative):
            return Primed(sympy.Symbol(function), sympy.Tuple(*derivative), *arguments)
        if function == "pi":
            return sympy.pi
        if function == "sqrt":
            return sympy.Pow(arguments[0], sympy.Rational(1, 2))
        known = _FUNCTIONS.get(function)
        return known(*arguments, evaluate=False) if known else sympy.Function(function)(*arguments)

    def constraint(self, constraint: Constraint) -> sympy.Expr:
        value = self.polynomial(constraint.value)
        if constraint.relation == "==":
            left, right = _two_sides(constraint.value)
            return sympy.KroneckerDelta(self.polynomial(left), self.polynomial(right))
        return _iverson(_RELATIONS[constraint.relation](value, 0, evaluate=False))

    def ranges(self, binders: tuple[Binder, ...]) -> list[sympy.Tuple]:
        """Innermost first, as SymPy lists them: an extent may name an earlier binder."""
        return [sympy.Tuple(self.index(v), 0, self.polynomial(n - 1)) for v, n in reversed(binders)]

    def extents(self, binders: tuple[Binder, ...]) -> list[sympy.Tuple]:
        return [sympy.Tuple(self.index(v), self.polynomial(n)) for v, n in binders]


class _Reader:
    """Symbols that a range binds, and integer symbols without a sign, are index variables."""

    def __init__(self, indices: Mapping[str, str]) -> None:
        self.indices = dict(indices)

    def polynomial(self, value: Any) -> Polynomial:
        value = sympy.expand(value)
        total = polynomial(0)
        for term in sympy.Add.make_args(value):
            product = polynomial(1)
            for factor in sympy.Mul.make_args(term):
                base, exponent = factor.as_base_exp()
                if factor.is_Rational:
                    product = product * Fraction(int(factor.p), int(factor.q))
                elif isinstance(base, sympy.Symbol) and exponent.is_Integer and exponent > 0:
                    for _ in range(int(exponent)):
                        product = product * polynomial(self.atom(base))
                else:
                    raise TypeError(f"{value} is not a polynomial in sizes and indices")
            total = total + product
        return total

    def atom(self, symbol: sympy.Symbol) -> str:
        if symbol.is_positive:
            return str(symbol.name)
        if symbol.name not in self.indices:
            self.indices[symbol.name] = fresh(symbol.name.rstrip("'"))
        return self.indices[symbol.name]

    def scalar(self, node: Any) -> Scalar:
        match node:
            case sympy.Rational():
                return Number(Fraction(int(node.p), int(node.q)))
            case sympy.Symbol():
                return scalar(self.polynomial(node)) if node.is_integer else Access(str(node.name))
            case sympy.Indexed():
                return Access(str(node.base.label), tuple(map(self.polynomial, node.indices)))
            case sympy.Add():
                return add(*map(self.scalar, node.args))
            case sympy.Mul():
                return mul(*map(self.scalar, node.args))
            case sympy.Pow():
                return power(self.scalar(node.base), self.scalar(node.exp))
            case sympy.Sum():
                return self.bound(Sum, node.function, [(t[0], t[2] + 1, t[1]) for t in reversed(node.limits)])
            case sympy.Product():
                return self.bound(Product, node.function, [(t[0], t[2] + 1, t[1]) for t in reversed(node.limits)])
            case MaximumOver():
                return self.bound(Maximum, node.args[0], [(*t, sympy.Integer(0)) for t in node.args[1:]])
            case DeterminantOver():
                return self.bound(Determinant, node.args[0], [(*t, sympy.Integer(0)) for t in node.args[1:]])
            case ArgMaximumOver() | InverseOver():
                at = tuple(map(self.polynomial, node.args[1]))
                inner = self.bound(Maximum, node.args[0], [(*t, sympy.Integer(0)) for t in node.args[2:]])
                assert isinstance(inner, Maximum)
                placed = Inverse if isinstance(node, InverseOver) else ArgMaximum
                return placed(inner.binders, inner.body, at)
            case Primed():
                counts = tuple(int(count) for count in node.args[1])
                return Apply(str(node.args[0].name), tuple(map(self.scalar, node.args[2:])), counts)
            case sympy.KroneckerDelta():
                return bracket(Constraint(self.polynomial(node.args[0] - node.args[1]), "=="))
            case sympy.Piecewise():
                return self.piecewise(node)
            case sympy.exp():
                return Apply("exp", (self.scalar(node.args[0]),))
            case sympy.core.numbers.Pi():
                return Apply("pi", ())
            case AppliedUndef():
                return Apply(str(node.func.__name__), tuple(map(self.scalar, node.args)))
        if type(node) in _NAMES:
            return Apply(_NAMES[type(node)], tuple(map(self.scalar, node.args)))
        raise TypeError(f"no index notation for SymPy's {type(node).__name__}")

    def bound(self, kind: Any, body: Any, ranges: list[tuple[Any, Any, Any]]) -> Scalar:
        """Binders from ``(symbol, end, start)``; a start other than zero shifts the body."""
        outer, binders, shifts = dict(self.indices), [], {}
        for symbol, end, start in ranges:
            extent, offset = self.polynomial(end - start), self.polynomial(start)
            variable = self.indices[symbol.name] = fresh(symbol.name.rstrip("'"))
            binders.append((variable, extent))
            if offset:
                shifts[variable] = polynomial(variable) + offset
        result = kind(tuple(binders), substitute(self.scalar(body), shifts))
        self.indices = outer
        return result  # type: ignore[no-any-return]

    def piecewise(self, node: Any) -> Scalar:
        """``value_k`` where its condition is the first that holds."""
        total: list[Scalar] = []
        otherwise: Scalar = UNIT
        for value, condition in node.args:
            here = UNIT if condition == sympy.true else self.condition(condition)
            total.append(mul(otherwise, here, self.scalar(value)))
            otherwise = mul(otherwise, add(UNIT, mul(scalar(-1), here)))
        return add(*total)

    def condition(self, node: Any) -> Scalar:
        if isinstance(node, sympy.And):
            return mul(*map(self.condition, sorted(node.args, key=str)))
        kinds: list[tuple[Any, str, bool]] = [
            (sympy.StrictGreaterThan, ">", False), (sympy.GreaterThan, ">=", False), (sympy.StrictLessThan, ">", True),
            (sympy.LessThan, ">=", True), (sympy.Eq, "==", False), (sympy.Ne, "!=", False),
        ]
        for kind, relation, swapped in kinds:
            if isinstance(node, kind):
                left, right = reversed(node.args) if swapped else node.args
                if _is_index(left) and _is_index(right):
                    value = self.polynomial(left - right)
                    return bracket(Constraint(value - 1, ">=") if relation == ">" else Constraint(value, relation))
                return Compare(self.scalar(left), relation, self.scalar(right))
        raise TypeError(f"no index notation for the condition {node}")


def _rational(value: Fraction) -> sympy.Rational:
    return sympy.Rational(value.numerator, value.denominator)


def _iverson(condition: Any) -> sympy.Expr:
    return sympy.Piecewise((1, condition), (0, True), evaluate=False)


def _is_index(node: Any) -> bool:
    return bool(node.is_Integer) or bool(node.free_symbols) and all(s.is_integer for s in node.free_symbols) and (
        not node.atoms(sympy.Indexed, sympy.Function)
    )


def _two_sides(value: Polynomial) -> tuple[Polynomial, Polynomial]:
    left = Polynomial([(m, c) for m, c in value.terms if c > 0])
    return left, left - value
