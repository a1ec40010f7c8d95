"""From index notation to array operations: the second reading of a sum of products.

An affine index is a window, zero extension is padding, a negative step is a flip, a delta that splits an index is a
scatter (a reshape, where it covers everything once), and what remains of a sum of products is a sequence of matrix
products. A maximum over few positions is a tournament of planes, and its one-hot mask follows the same tournament.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import sympy as sp

from verify_derivations.derivations.differentiate import plain_name
from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    ArgMaximum,
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
    free_names,
    fresh,
    polynomial,
    rename_apart,
)
from verify_derivations.formulas.polynomial import Polynomial
from verify_derivations.trainer import arrays as op
from verify_derivations.trainer.bindings import Array, unit
from verify_derivations.trainer.contraction import Contraction
from verify_derivations.trainer.products import Term, guards, implied, interval, solve, terms
from verify_derivations.trainer.tiling import Tile, combined, gather_tile, spread, tiles, width

ELEMENTWISE: dict[str, Callable[..., sp.Expr]] = {
    "exp": sp.exp, "log": sp.log, "tanh": sp.tanh, "sin": sp.sin, "cos": sp.cos, "sqrt": sp.sqrt, "sinh": sp.sinh,
    "cosh": sp.cosh, "tan": sp.tan, "arctan": sp.atan, "abs": sp.Abs, "sign": sp.sign, "pi": lambda: sp.pi,
}
TOURNAMENT_LIMIT = 9
"""Up to so many positions a maximum is taken plane by plane."""


class Lowering(Contraction):
    """Compiles quantities one after another. Pooling windows and kernels are combined where that pays, if laying out an
    entry of a matrix takes as long as ``entry`` multiplications (0: they never are)."""

    def __init__(self, entry: int = 0) -> None:
        super().__init__()
        self.entry = entry

    def define(self, quantity: Quantity) -> sp.Symbol:
        """The steps that compute ``quantity``; its symbol afterwards stands for the result."""
        assert quantity.body is not None
        self.owner, self.order = quantity.head, quantity.indices
        self.extents.update({i: int(e.value) for i, e in zip(quantity.indices, quantity.extents, strict=True)})
        try:
            result = self.lower(rename_apart(quantity.body))
        except NotImplementedError as reason:
            raise DocumentError(f"the formula of {quantity.head} cannot be compiled: {reason}") from None
        shape = tuple(self.extents[i] for i in quantity.indices)
        expression = self.aligned(result, quantity.indices)
        if op.shape_of(expression, self.shapes) != shape:
            expression = op.Broadcast(self.bind(expression), sp.Tuple(*shape))
        self.symbols[quantity.head] = self.bind(expression)
        return self.symbols[quantity.head]

    def lower(self, node: Scalar) -> Array:
        match node:
            case Number(value):
                return Array(sp.Rational(value.numerator, value.denominator))
            case Size(value):
                return self._index(value)
            case Access():
                return self._access(node)
            case Add(parts):
                return self.elementwise(sp.Add, [self.lower(p) for p in parts])
            case Power(base, exponent):
                return self.elementwise(sp.Pow, [self.lower(base), self.lower(exponent)])
            case Apply():
                return self._apply(node)
            case Compare(left, relation, right):
                return self.elementwise(self._comparison(relation), [self.lower(left), self.lower(right)])
            case Sum() | Mul() | Bracket():
                parts_ = terms(node, self.extents)
                return self.elementwise(sp.Add, [self._term(term) for term in parts_])
            case Maximum(binders, body):
                return self._maximum(binders, body)
            case Product(binders, body):
                axes = self._bound(binders)
                symbol, rest = self.leading(axes, self.lower(body))
                return Array(self.reduce(symbol, "multiply", len(axes)), rest)
            case ArgMaximum():
                return self._access(self._winner(node))
            case Inverse() | Determinant():
                raise NotImplementedError("there is no code for inverses and determinants of matrices")
        raise NotImplementedError(f"no rule for {type(node).__name__}")

    def _comparison(self, relation: str) -> Callable[..., sp.Expr]:
        name = sp.Symbol({">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal"}[relation])
        return lambda a, b: self.bind(op.Indicator(self.operand(a), name, self.operand(b)))

    def _index(self, value: Polynomial) -> Array:
        total = Array(sp.Integer(0))
        for monomial, coefficient in value.terms:
            factors = [Array(self.bind(op.Range(sp.Integer(self.extents[v]))), (v,)) for v in monomial]
            number = Array(sp.Rational(coefficient.numerator, coefficient.denominator))
            total = self.elementwise(sp.Add, [total, self.elementwise(sp.Mul, [number, *factors])])
        return total

    def _apply(self, node: Apply) -> Array:
        arguments = [self.lower(a) for a in node.arguments]
        name = plain_name(node.function)
        if any(node.derivative):
            raise NotImplementedError(f"a derivative of {name}, which has no definition")
        if name in ("max", "min"):
            kind = op.Larger if name == "max" else op.Smaller

            def fold(first: sp.Expr, *others: sp.Expr) -> sp.Expr:
                for other in others:
                    first = self.bind(kind(self.operand(first), self.operand(other)))
                return first

            return self.elementwise(fold, arguments)
        if name not in ELEMENTWISE:
            raise NotImplementedError(f"the function {name} has no definition")
        return self.elementwise(ELEMENTWISE[name], arguments)

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
        def place(axis: str) -> tuple[int, int, int]:
            """Within a dimension by stride and extent, whatever the names: so that equal windows are found again."""
            first = next(d for d, step in enumerate(axes[axis]) if step)
            return first, -abs(axes[axis][first]), self.extents[axis]

        axes = {axis: axes[axis] for axis in sorted(axes, key=place)}
        if any(before) or any(after):
            shape = tuple(b + n + a for b, n, a in zip(before, shape, after, strict=True))
            symbol = self.bind(op.Pad(symbol, sp.Tuple(*before), sp.Tuple(*shape)))
        identity = all(tuple(step) == unit(k, len(shape)) for k, step in enumerate(axes.values()))
        if not (identity and len(axes) == len(shape) and not any(start) and self.shape(axes) == shape):
            steps = sp.Tuple(*(sp.Tuple(*step) for step in axes.values()))
            symbol = self.bind(op.Window(symbol, sp.Tuple(*start), steps, sp.Tuple(*self.shape(axes))))
        return Array(symbol, tuple(axes))

    def _bound(self, binders: Sequence[tuple[str, Polynomial]]) -> tuple[str, ...]:
        for variable, extent in binders:
            if not extent.is_constant:
                raise NotImplementedError(f"the extent {extent} depends on an index")
            self.extents[variable] = int(extent.value)
        return tuple(variable for variable, _ in binders)

    def _in_front(self, axes: tuple[str, ...], body: Scalar) -> Array:
        outer, self.front = self.front, axes
        try:
            return self.lower(body)
        finally:
            self.front = outer

    def _maximum(self, binders: Sequence[tuple[str, Polynomial]], body: Scalar) -> Array:
        axes = self._bound(binders)
        symbol, rest = self.leading(axes, self._in_front(axes, body))
        if math.prod(self.shape(axes)) > TOURNAMENT_LIMIT or not rest or self.extents[rest[-1]] < 2:
            return Array(self.reduce(symbol, "maximum", len(axes)), rest)
        return Array(self.tournament(self.planes(symbol, len(axes)))[0], rest)

    def _winner(self, node: ArgMaximum) -> Access:
        """The one-hot mask as an array of its own, with the positions as leading axes, read at ``node.at``."""
        axes = self._bound(node.binders)
        symbol, rest = self.leading(axes, self._in_front(axes, node.body))
        planes = tuple(self.planes(symbol, len(axes)))
        ones = self.bind(op.Broadcast(self.bind(sp.Integer(1)), sp.Tuple(*self.shape(rest))))
        mask = self.route(planes, ones, self.shape(axes))
        self.hot[mask] = planes
        self.symbols[f"winner {mask.name}"] = mask
        return Access(f"winner {mask.name}", (*node.at, *map(polynomial, rest)))

    def _term(self, term: Term) -> Array:
        solve(term, self.extents)
        if not term.coefficient:
            return Array(sp.Integer(0))
        self._drop_complete_masks(term)
        spread(term, self.extents, self.entry)
        staged = self._tile(term)
        if staged is not None:
            return staged
        accesses = [self._winner(f) if isinstance(f, ArgMaximum) else f for f in term.factors]
        padded = guards(
            (f.indices, self.shapes[self.symbols[f.head]]) for f in accesses if isinstance(f, Access)
        )
        factors = [self._access(f) if isinstance(f, Access) else self.lower(f) for f in accesses]
        constraints = tuple(c for c in term.constraints if c not in padded)
        if constraints:
            factors.append(self._mask(constraints))
        factors = self.routed_first(factors)
        summed = term.summed
        present = {axis for factor in factors for axis in factor.axes}
        count = math.prod(self.extents[v] for v in summed if v not in present)
        number = sp.Rational(term.coefficient.numerator, term.coefficient.denominator) * count
        result = self.contract(factors, {v for v in summed if v in present})
        result = replace(result, expression=number * result.expression)
        return self.scatter(result, term.scatter, term.bound.keys()) if term.scatter else result

    @staticmethod
    def _drop_complete_masks(term: Term) -> None:
        """A one-hot mask summed over all its positions is one."""
        for mask in [f for f in term.factors if isinstance(f, ArgMaximum)]:
            places = [p.as_atom() for p in mask.at]
            factors = [free_names(f) for f in term.factors if f is not mask]
            body = free_names(Maximum(mask.binders, mask.body))  # a mask that moves with its position is not whole
            others = body.union(*factors, *(c.value.names for c in term.constraints))
            complete = [polynomial(term.bound.get(p, 0)) for p in places if p] == [e for _, e in mask.binders]
            if complete and len(set(places)) == len(places) and set(places) <= set(term.summed) - others:
                term.factors.remove(mask)
                for place in places:
                    del term.bound[str(place)]

    def _tile(self, term: Term) -> Array | None:
        """Window and kernel of a convolution combined. Where the kernel is summed, the term is changed in place; where
        the window is (a kernel's gradient), the sum is taken by tile first, then over the places in the window:
        ``Σ_p,u a[2u + p + q] m[p, u] = Σ_p g[p, p + q]`` with ``g[p, t] = Σ_u a[2u + t] m[p, u]``."""
        summed = set(term.summed)
        staged = []
        for tile in self._chosen_tiles(term):
            if tile.low not in summed and tile.kernel in summed:
                gather_tile(term, tile, self.extents)
            elif tile.low in summed and tile.kernel not in term.bound and not self._elsewhere(term, tile):
                staged.append(tile)
        term.constraints = [c for c in term.constraints if not implied(c, self.extents)]
        if not staged or term.scatter or len({t.factor for t in staged}) > 1:
            return None
        lows = {tile.low for tile in staged}
        inner = replace(term, coefficient=Fraction(1), factors=list(term.factors),
                        bound={v: n for v, n in term.bound.items() if v not in lows})
        access = inner.factors[staged[0].factor]
        assert isinstance(access, Access)
        indices, places = list(access.indices), {}
        for tile in staged:
            new, combined = fresh("t"), tile.combined(access.indices[tile.dimension])
            self.extents[new] = tile.extent
            places[new] = combined - tile.start
            indices[tile.dimension] = indices[tile.dimension] - combined + tile.start + polynomial(new)
        inner.factors[staged[0].factor] = Access(access.head, tuple(indices))
        grid = self._term(inner)
        head = f"tile {self.full(grid).name}"
        self.symbols[head] = self.full(grid)
        outer = Access(head, tuple(places.get(a, polynomial(a)) for a in grid.axes))
        return self._term(Term(term.coefficient, {v: n for v, n in term.bound.items() if v in lows}, [], [outer]))

    def _chosen_tiles(self, term: Term) -> Iterator[Tile]:
        """Those in which combining pays, factor by factor."""
        found = tiles(term, self.extents)
        for factor in {tile.factor: None for tile in found}:
            own = {tile: (self.extents[tile.low], self.extents[tile.kernel]) for tile in found if tile.factor == factor}
            chosen = combined(own, width(term, factor, self.extents, shared=False), self.entry)
            yield from (tile for tile in own if tile in chosen)

    @staticmethod
    def _elsewhere(term: Term, tile: Tile) -> bool:
        """Whether the kernel's variable occurs in another factor or in a constraint."""
        others = [free_names(f) for k, f in enumerate(term.factors) if k != tile.factor]
        return any(tile.kernel in names for names in (*others, *(c.value.names for c in term.constraints)))

    def _mask(self, constraints: Sequence[Constraint]) -> Array:
        names = sorted({n for c in constraints for n in c.value.names})
        rows = []
        for constraint in constraints:
            value: Polynomial = constraint.value
            linear = dict(value.terms)
            if any(len(m) > 1 for m in linear) or any(c.denominator != 1 for c in linear.values()):
                raise NotImplementedError(f"the constraint on {value} is not affine")
            steps = sp.Tuple(*(int(linear.get((n,), 0)) for n in names))
            rows.append(sp.Tuple(int(linear.get((), 0)), steps, sp.Symbol(constraint.relation)))
        return Array(self.bind(op.Mask(sp.Tuple(*self.shape(names)), sp.Tuple(*rows))), tuple(names))
