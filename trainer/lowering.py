"""From index notation to array operations: the second reading of a sum of products.

An affine index is a window, zero extension is padding, a negative step is a flip, a delta that splits an index is a
scatter (a reshape, where it covers everything once), and what remains of a sum of products is a sequence of matrix
products. A maximum over few positions is a tournament of planes, and its one-hot mask follows the same tournament.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import sympy as sp

from verify_derivations.formulas.definitions import FunctionDefinition, Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    ArgMaximum,
    Bracket,
    Compare,
    Maximum,
    Mul,
    Number,
    Power,
    Product,
    Scalar,
    Size,
    Sum,
    polynomial,
    rename_apart,
)
from verify_derivations.formulas.polynomial import Polynomial
from verify_derivations.trainer import arrays as op
from verify_derivations.trainer.products import Term, guards, interval, solve, terms
from verify_derivations.trainer.samples import SAMPLE

ELEMENTWISE: dict[str, Callable[..., sp.Expr]] = {
    "exp": sp.exp, "log": sp.log, "tanh": sp.tanh, "sin": sp.sin, "cos": sp.cos, "sqrt": sp.sqrt, "sinh": sp.sinh,
    "cosh": sp.cosh, "arctan": sp.atan, "abs": lambda x: sp.Function("absolute")(x),
}
TOURNAMENT_LIMIT = 9
"""Up to so many positions a maximum is taken plane by plane."""


@dataclass(frozen=True)
class Array:
    """An elementwise expression over symbols of equal rank, with one index variable per axis."""

    expression: sp.Expr
    axes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Binding:
    """One step of the array program; ``owner`` is the head of the formula for which it was first needed."""

    symbol: sp.Symbol
    expression: sp.Basic
    owner: str


class Lowering:
    """An array program in single-assignment form, grown formula by formula; equal steps are taken once."""

    def __init__(self, functions: dict[str, FunctionDefinition] | None = None) -> None:
        self.functions = functions or {}
        self.leaves: list[sp.Symbol] = []
        self.bindings: list[Binding] = []
        self.shapes: dict[sp.Symbol, op.Vector] = {}
        self.symbols: dict[str, sp.Symbol] = {}  # of named quantities
        self.extents: dict[str, int] = {}
        self._known: dict[sp.Basic, sp.Symbol] = {}
        self._hot: dict[sp.Symbol, tuple[sp.Symbol, ...]] = {}  # one-hot array → the planes it is the winner of
        self._order: tuple[str, ...] = ()
        self._owner = ""

    # -- quantities -------------------------------------------------------------------------------
    def leaf(self, quantity: Quantity) -> sp.Symbol:
        """An array that is given."""
        symbol = self._new()
        self.leaves.append(symbol)
        self.symbols[quantity.head] = symbol
        self.shapes[symbol] = tuple(int(e.value) for e in quantity.extents)
        return symbol

    def define(self, quantity: Quantity) -> sp.Symbol:
        """The steps that compute ``quantity``; its symbol afterwards stands for the result."""
        assert quantity.body is not None
        self._owner, self._order = quantity.head, quantity.indices
        self.extents.update({i: int(e.value) for i, e in zip(quantity.indices, quantity.extents, strict=True)})
        try:
            result = self.lower(rename_apart(quantity.body))
        except NotImplementedError as reason:
            raise DocumentError(f"the formula of {quantity.head} cannot be compiled: {reason}") from None
        shape = tuple(self.extents[i] for i in quantity.indices)
        expression = self._aligned(result, quantity.indices)
        if op.shape_of(expression, self.shapes) != shape:
            expression = op.Broadcast(self.bind(expression), sp.Tuple(*shape))
        self.symbols[quantity.head] = self.bind(expression)
        return self.symbols[quantity.head]

    # -- bindings -------------------------------------------------------------------------------------
    def bind(self, expression: sp.Basic) -> sp.Symbol:
        """A symbol for the value of ``expression``; equal expressions share one."""
        if isinstance(expression, sp.Symbol):
            return expression
        if expression not in self._known:
            symbol = self._new()
            self._known[expression] = symbol
            self.shapes[symbol] = op.shape_of(expression, self.shapes)
            self.bindings.append(Binding(symbol, expression, self._owner))
        return self._known[expression]

    def _new(self) -> sp.Symbol:
        return sp.Symbol(f"t{len(self.shapes)}", real=True)

    def _aligned(self, array: Array, axes: Sequence[str]) -> sp.Expr:
        """The array with exactly these axes (absent ones of length one)."""
        if array.axes == tuple(axes) or not array.axes and not array.expression.free_symbols:
            return array.expression
        assert set(array.axes) <= set(axes), (array.axes, axes)
        order = sp.Tuple(*(array.axes.index(a) if a in array.axes else -1 for a in axes))
        return self.bind(op.Align(self._full(array), order))

    def _full(self, array: Array) -> sp.Symbol:
        """The array as a symbol that has all its axes in full length."""
        symbol = self.bind(array.expression)
        shape = self._shape(array.axes)
        if self.shapes[symbol] != shape:
            symbol = self.bind(op.Broadcast(symbol, sp.Tuple(*shape)))
        return symbol

    def _shape(self, axes: Iterable[str]) -> op.Vector:
        return tuple(self.extents[a] for a in axes)

    # -- scalars --------------------------------------------------------------------------------------
    def lower(self, node: Scalar) -> Array:
        match node:
            case Number(value):
                return Array(sp.Rational(value.numerator, value.denominator))
            case Size(value):
                return self._index(value)
            case Access():
                return self._access(node)
            case Add(parts):
                return self._elementwise(sp.Add, [self.lower(p) for p in parts])
            case Power(base, exponent):
                return self._elementwise(sp.Pow, [self.lower(base), self.lower(exponent)])
            case Apply():
                return self._apply(node)
            case Compare(left, relation, right):
                return self._elementwise(self._comparison(relation), [self.lower(left), self.lower(right)])
            case Sum() | Mul() | Bracket():
                parts_ = terms(node, self.extents)
                return self._elementwise(sp.Add, [self._term(term) for term in parts_])
            case Maximum(binders, body):
                return self._maximum(binders, body)
            case Product(binders, body):
                axes = self._bound(binders)
                symbol, rest = self._leading(axes, self.lower(body))
                return Array(self._reduce(symbol, "multiply", len(axes)), rest)
            case ArgMaximum():
                return self._access(self._winner(node))
        raise NotImplementedError(f"no rule for {type(node).__name__}")

    def _comparison(self, relation: str) -> Callable[..., sp.Expr]:
        name = sp.Symbol({">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal"}[relation])
        return lambda a, b: self.bind(op.Indicator(self._operand(a), name, self._operand(b)))

    def _operand(self, expression: sp.Expr) -> sp.Expr:
        return expression if expression.is_number else self.bind(expression)

    def _elementwise(self, function: Callable[..., sp.Expr], parts: Sequence[Array]) -> Array:
        axes = self._union(parts)
        return Array(function(*(self._aligned(p, axes) for p in parts)), axes)

    def _union(self, parts: Sequence[Array]) -> tuple[str, ...]:
        """All axes: those of the largest array in its order, then the others; samples last."""
        largest_first = sorted(parts, key=lambda p: -math.prod(self._shape(p.axes)))
        union = dict.fromkeys(axis for part in largest_first for axis in part.axes)
        return tuple(a for a in union if a != SAMPLE) + ((SAMPLE,) if SAMPLE in union else ())

    def _index(self, value: Polynomial) -> Array:
        total = Array(sp.Integer(0))
        for monomial, coefficient in value.terms:
            factors = [Array(self.bind(op.Range(sp.Integer(self.extents[v]))), (v,)) for v in monomial]
            number = Array(sp.Rational(coefficient.numerator, coefficient.denominator))
            total = self._elementwise(sp.Add, [total, self._elementwise(sp.Mul, [number, *factors])])
        return total

    def _apply(self, node: Apply) -> Array:
        arguments = [self.lower(a) for a in node.arguments]
        name = node.function
        if name in self.functions:
            return self._elementwise(self._derivative(node), arguments)
        if any(node.derivative):
            raise NotImplementedError(f"a derivative of {name}, which has no definition")
        if name in ("max", "min"):
            kind = op.Larger if name == "max" else op.Smaller

            def fold(first: sp.Expr, *others: sp.Expr) -> sp.Expr:
                for other in others:
                    first = self.bind(kind(self._operand(first), self._operand(other)))
                return first

            return self._elementwise(fold, arguments)
        if name not in ELEMENTWISE:
            raise NotImplementedError(f"the function {name} has no definition")
        return self._elementwise(ELEMENTWISE[name], arguments)

    def _derivative(self, node: Apply) -> Callable[..., sp.Expr]:
        """A document's function, or a derivative of it, as a function of SymPy expressions."""
        definition = self.functions[node.function]
        inner = Lowering(self.functions)
        for parameter in definition.parameters:
            inner.leaf(Quantity(parameter))
        body = inner.lower(definition.body).expression
        if inner.bindings:
            raise NotImplementedError(f"a derivative of {node.function}, whose definition is not smooth")
        parameters = [inner.symbols[p] for p in definition.parameters]
        dummies = [sp.Dummy(real=True) for _ in parameters]
        body = body.xreplace(dict(zip(parameters, dummies, strict=True)))
        for dummy, order in zip(dummies, node.derivative, strict=False):
            body = sp.diff(body, dummy, order)
        return lambda *values: body.xreplace(dict(zip(dummies, values, strict=True)))

    # -- accesses ---------------------------------------------------------------------------------------
    def _access(self, access: Access) -> Array:
        """A window on the array, padded with zeros where an index can leave its range."""
        symbol = self.symbols[access.head]
        shape = self.shapes[symbol]
        ranges = [interval(index, self.extents) for index in access.indices]
        before = tuple(max(0, -math.floor(low)) for low, _ in ranges)
        after = tuple(max(0, math.ceil(high) - n + 1) for (_, high), n in zip(ranges, shape, strict=True))
        axes: dict[str, list[int]] = {}
        start = list(before)
        for dimension, index in enumerate(access.indices):
            for monomial, coefficient in index.terms:
                if len(monomial) > 1 or coefficient.denominator != 1:
                    raise NotImplementedError(f"the index {index} of {access.head} is not affine")
                if not monomial:
                    start[dimension] += int(coefficient)
                else:
                    axes.setdefault(monomial[0], [0] * len(shape))[dimension] = int(coefficient)
        if any(before) or any(after):
            shape = tuple(b + n + a for b, n, a in zip(before, shape, after, strict=True))
            symbol = self.bind(op.Pad(symbol, sp.Tuple(*before), sp.Tuple(*shape)))
        identity = all(tuple(step) == _unit(k, len(shape)) for k, step in enumerate(axes.values()))
        if not (identity and len(axes) == len(shape) and not any(start) and self._shape(axes) == shape):
            steps = sp.Tuple(*(sp.Tuple(*step) for step in axes.values()))
            symbol = self.bind(op.Window(symbol, sp.Tuple(*start), steps, sp.Tuple(*self._shape(axes))))
        return Array(symbol, tuple(axes))

    # -- maxima -----------------------------------------------------------------------------------------
    def _bound(self, binders: Sequence[tuple[str, Polynomial]]) -> tuple[str, ...]:
        for variable, extent in binders:
            if not extent.is_constant:
                raise NotImplementedError(f"the extent {extent} depends on an index")
            self.extents[variable] = int(extent.value)
        return tuple(variable for variable, _ in binders)

    def _leading(self, axes: tuple[str, ...], array: Array) -> tuple[sp.Symbol, tuple[str, ...]]:
        """The array with ``axes`` in front, and the others."""
        rest = tuple(a for a in array.axes if a not in axes)
        ordered = Array(self._aligned(array, (*axes, *rest)), (*axes, *rest))
        return self._full(ordered), rest

    def _reduce(self, symbol: sp.Symbol, name: str, leading: int) -> sp.Expr:
        return self.bind(op.Reduce(symbol, sp.Symbol(name), sp.Tuple(*range(leading))))

    def _planes(self, symbol: sp.Symbol, leading: int) -> list[sp.Symbol]:
        """The array at each position of its leading axes, in lexicographic order."""
        shape = self.shapes[symbol]
        units = sp.Tuple(*(sp.Tuple(*_unit(k, len(shape))) for k in range(leading, len(shape))))
        rest = (0,) * (len(shape) - leading)
        return [
            self.bind(op.Window(symbol, sp.Tuple(*position, *rest), units, sp.Tuple(*shape[leading:])))
            for position in np.ndindex(*shape[:leading])
        ]

    def _maximum(self, binders: Sequence[tuple[str, Polynomial]], body: Scalar) -> Array:
        axes = self._bound(binders)
        symbol, rest = self._leading(axes, self.lower(body))
        if math.prod(self._shape(axes)) > TOURNAMENT_LIMIT or not rest or self.extents[rest[-1]] < 2:
            return Array(self._reduce(symbol, "maximum", len(axes)), rest)
        return Array(self._tournament(self._planes(symbol, len(axes)))[0], rest)

    def _tournament(self, planes: Sequence[sp.Symbol]) -> tuple[sp.Symbol, list[tuple[int, int, sp.Symbol]]]:
        """The overall maximum, and for each match the players on its left and right side and its winner mask."""
        matches: list[tuple[int, int, sp.Symbol]] = []

        def play(low: int, high: int) -> sp.Symbol:
            if high - low == 1:
                return planes[low]
            middle = low + (high - low + 1) // 2
            left, right = play(low, middle), play(middle, high)
            matches.append((low, high, self.bind(op.Winner(left, right))))
            return self.bind(op.Larger(left, right))

        return play(0, len(planes)), matches

    def _winner(self, node: ArgMaximum) -> Access:
        """The one-hot mask as an array of its own, with the positions as leading axes, read at ``node.at``."""
        axes = self._bound(node.binders)
        symbol, rest = self._leading(axes, self.lower(node.body))
        planes = tuple(self._planes(symbol, len(axes)))
        ones = self.bind(op.Broadcast(self.bind(sp.Integer(1)), sp.Tuple(*self._shape(rest))))
        mask = self._route(planes, ones, self._shape(axes))
        self._hot[mask] = planes
        self.symbols[f"winner {mask.name}"] = mask
        return Access(f"winner {mask.name}", (*node.at, *map(polynomial, rest)))

    def _route(self, planes: Sequence[sp.Symbol], amount: sp.Symbol, shape: op.Vector) -> sp.Symbol:
        """``amount`` handed down to the one plane that won; zero everywhere else."""
        _, matches = self._tournament(planes)
        shares = {(0, len(planes)): amount}
        for low, high, winner in reversed(matches):
            middle = low + (high - low + 1) // 2
            share = shares.pop((low, high))
            shares[low, middle] = self.bind(op.Masked(share, winner))
            shares[middle, high] = self.bind(share - shares[low, middle])
        return self.bind(op.Stack(sp.Tuple(*(shares[k, k + 1] for k in range(len(planes)))), sp.Tuple(*shape)))

    # -- sums of products -----------------------------------------------------------------------------------
    def _term(self, term: Term) -> Array:
        solve(term, self.extents)
        accesses = [self._winner(f) if isinstance(f, ArgMaximum) else f for f in term.factors]
        padded = guards(
            (f.indices, self.shapes[self.symbols[f.head]]) for f in accesses if isinstance(f, Access)
        )
        factors = [self._access(f) if isinstance(f, Access) else self.lower(f) for f in accesses]
        constraints = tuple(c for c in term.constraints if c not in padded)
        if constraints:
            factors.append(self._mask(constraints))
        digits = {name for value in term.scatter.values() for name in value.names}
        summed = [v for v in term.bound if v not in digits]
        present = {axis for factor in factors for axis in factor.axes}
        count = math.prod(self.extents[v] for v in summed if v not in present)
        number = sp.Rational(term.coefficient.numerator, term.coefficient.denominator) * count
        result = self._contract(factors, {v for v in summed if v in present})
        result = replace(result, expression=number * result.expression)
        return self._scatter(result, term.scatter) if term.scatter else result

    def _mask(self, constraints: Sequence[object]) -> Array:
        names = sorted({n for c in constraints for n in c.value.names})  # type: ignore[attr-defined]
        rows = []
        for constraint in constraints:
            value: Polynomial = constraint.value  # type: ignore[attr-defined]
            linear = dict(value.terms)
            if any(len(m) > 1 for m in linear) or any(c.denominator != 1 for c in linear.values()):
                raise NotImplementedError(f"the constraint on {value} is not affine")
            steps = sp.Tuple(*(int(linear.get((n,), 0)) for n in names))
            rows.append(sp.Tuple(int(linear.get((), 0)), steps, sp.Symbol(constraint.relation)))  # type: ignore[attr-defined]
        return Array(self.bind(op.Mask(sp.Tuple(*self._shape(names)), sp.Tuple(*rows))), tuple(names))

    def _contract(self, factors: list[Array], summed: set[str]) -> Array:
        """The sum over ``summed`` of the product of all factors, two at a time, smallest result first."""
        numbers = [f for f in factors if not f.axes]
        factors = [f for f in factors if f.axes] or [Array(sp.Integer(1))]
        while len(factors) > 1:
            factors = [self._sum_out(f, summed - {a for g in factors if g is not f for a in g.axes}) for f in factors]
            i, j = self._cheapest(factors, summed)
            left, right = factors[i], factors[j]
            factors = [f for k, f in enumerate(factors) if k not in (i, j)]
            used = summed & ({*left.axes, *right.axes} - {a for f in factors for a in f.axes})
            factors.append(self._pair(left, right, used))
        result = self._sum_out(factors[0], summed)
        return Array(sp.Mul(result.expression, *(n.expression for n in numbers)), result.axes)

    def _cheapest(self, factors: Sequence[Array], summed: set[str]) -> tuple[int, int]:
        """The pair of factors whose product, summed as far as possible, is smallest."""
        def cost(pair: tuple[int, int]) -> tuple[int, int, tuple[int, int]]:
            axes = {*factors[pair[0]].axes, *factors[pair[1]].axes}
            others = {a for k, f in enumerate(factors) if k not in pair for a in f.axes}
            kept = [a for a in axes if a not in summed or a in others]
            return math.prod(self._shape(kept)), math.prod(self._shape(axes)), pair

        return min(((i, j) for j in range(len(factors)) for i in range(j)), key=cost)

    def _sum_out(self, array: Array, axes: Iterable[str]) -> Array:
        gone = [a for a in array.axes if a in set(axes)]
        if not gone:
            return array
        places = sp.Tuple(*(array.axes.index(a) for a in gone))
        kept = tuple(a for a in array.axes if a not in gone)
        return Array(self.bind(op.Reduce(self._full(array), sp.Symbol("add"), places)), kept)

    def _pair(self, left: Array, right: Array, summed: set[str]) -> Array:
        """Two factors: an elementwise product, a routing, or one matrix product."""
        own = [tuple(a for a in x.axes if a not in y.axes) for x, y in ((left, right), (right, left))]
        shared = tuple(a for a in left.axes if a in right.axes and a not in summed)
        if not summed or (shared and not all(own)):
            return self._sum_out(self._multiply(left, right), summed)
        if self._rank(own[0]) > self._rank(own[1]):
            left, right, own = right, left, own[::-1]
        larger = max(left, right, key=lambda a: math.prod(self._shape(a.axes)))
        inner = tuple(a for a in larger.axes if a in summed)
        shared = tuple(a for a in larger.axes if a in shared)
        a = self._matrix(left, shared, own[0], inner)
        b = self._matrix(right, shared, inner, own[1])
        axes = (*shared, *own[0], *own[1])
        product = self.bind(op.MatMul(a, b))
        return Array(self.bind(op.Reshape(product, sp.Tuple(*self._shape(axes)))), axes)

    def _rank(self, axes: tuple[str, ...]) -> tuple[int, int]:
        """For the order of two factors: samples last, then as the result's indices stand."""
        places = [self._order.index(a) for a in axes if a in self._order]
        return int(SAMPLE in axes), min(places, default=len(self._order))

    def _matrix(self, array: Array, batch: tuple[str, ...], rows: tuple[str, ...],
                columns: tuple[str, ...]) -> sp.Symbol:
        """The array as a matrix. The group that its first axis is in is laid out first, so that both orientations
        of an operand come from the same copy."""
        first = next((a for a in array.axes if a not in batch), None)
        groups = (columns, rows) if first in columns else (rows, columns)
        ordered = Array(self._aligned(array, (*batch, *groups[0], *groups[1])), (*batch, *groups[0], *groups[1]))
        sizes = (*self._shape(batch), math.prod(self._shape(groups[0])), math.prod(self._shape(groups[1])))
        matrix = self._full(ordered)
        if self.shapes[matrix] != sizes:
            matrix = self.bind(op.Reshape(matrix, sp.Tuple(*sizes)))
        if groups[0] is rows:
            return matrix
        n = len(batch)
        return self.bind(op.Align(matrix, sp.Tuple(*range(n), n + 1, n)))

    def _multiply(self, left: Array, right: Array) -> Array:
        """A product without a sum. A one-hot mask times an amount that does not depend on the position is routed."""
        for hot, amount in ((left, right), (right, left)):
            planes = self._hot.get(hot.expression)
            if planes is None:
                continue
            leading = len(hot.axes) - len(self.shapes[planes[0]])
            rest = hot.axes[leading:]
            if set(amount.axes) <= set(rest):
                share = self._full(Array(self._aligned(amount, rest), rest))
                return Array(self._route(planes, share, self._shape(hot.axes[:leading])), hot.axes)
        return self._elementwise(sp.Mul, [left, right])

    def _scatter(self, array: Array, scatter: dict[str, Polynomial]) -> Array:
        """Entries placed along the free variables that the digits of ``array`` determine."""
        digits = {name for value in scatter.values() for name in value.names}
        array = Array(self._full(array), array.axes)
        missing = sorted(digits - set(array.axes))
        if missing:
            axes = (*missing, *array.axes)
            array = Array(self._full(Array(self._aligned(array, axes), axes)), axes)
        kept = tuple(a for a in array.axes if a not in digits)
        target = (*scatter, *kept)
        order = [a for a in self._order if a in target]
        target = (*order, *(a for a in target if a not in order))
        indices = [scatter.get(a, polynomial(a)) for a in target]
        steps = sp.Tuple(*(sp.Tuple(*(int(dict(i.terms).get((a,), 0)) for i in indices)) for a in array.axes))
        start = sp.Tuple(*(int(dict(i.terms).get((), 0)) for i in indices))
        shape = sp.Tuple(*self._shape(target))
        return Array(self.bind(op.Scatter(array.expression, start, steps, shape)), target)


def _unit(place: int, length: int) -> tuple[int, ...]:
    return tuple(int(k == place) for k in range(length))


