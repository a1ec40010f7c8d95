"""Sums of products of arrays: matrix products, routing by a tournament's winners, scattering."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

import sympy as sp

from verify_derivations.formulas.expressions import fresh, polynomial
from verify_derivations.formulas.polynomial import Polynomial
from verify_derivations.trainer import arrays as op
from verify_derivations.trainer.bindings import Array, ArrayProgram, unit
from verify_derivations.trainer.products import interval
from verify_derivations.trainer.runtime import Vector
from verify_derivations.trainer.samples import SAMPLE, counts_samples


class Contraction(ArrayProgram):
    """``order`` are the indices of the quantity that is being compiled: the order that its axes should come out in.
    ``front`` are axes that should come first instead: the places of a window over which a maximum will be taken."""

    def __init__(self) -> None:
        super().__init__()
        self.order: tuple[str, ...] = ()
        self.front: tuple[str, ...] = ()
        self.hot: dict[sp.Symbol, tuple[sp.Symbol, ...]] = {}  # one-hot array → the planes it is the winner of

    def contract(self, factors: list[Array], summed: set[str]) -> Array:
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
            return math.prod(self.shape(kept)), math.prod(self.shape(axes)), pair

        return min(((i, j) for j in range(len(factors)) for i in range(j)), key=cost)

    def _pair(self, left: Array, right: Array, summed: set[str]) -> Array:
        """Two factors: an elementwise product, a routing, or one matrix product."""
        own = [tuple(sorted((a for a in x.axes if a not in y.axes), key=lambda a: a not in self.front))
               for x, y in ((left, right), (right, left))]
        shared = tuple(a for a in left.axes if a in right.axes and a not in summed)
        if not summed or (shared and not all(own)):
            return self._sum_out(self.multiply(left, right), summed)
        if self._rank(own[0]) > self._rank(own[1]):
            left, right, own = right, left, own[::-1]
        # in the order of the samples' operand that lies in memory already, if there is one, else of the larger one
        settled = [a for a in (left, right) if any(map(counts_samples, a.axes)) and a.expression not in self.windows]
        model = max(settled or (left, right), key=lambda a: math.prod(self.shape(a.axes)))
        inner = tuple(a for a in model.axes if a in summed)
        shared = tuple(a for a in model.axes if a in shared)
        a = self._matrix(left, shared, own[0], inner)
        b = self._matrix(right, shared, inner, own[1])
        axes = (*shared, *own[0], *own[1])
        product = self.bind(op.MatMul(a, b))
        return Array(self.bind(op.Reshape(product, sp.Tuple(*self.shape(axes)))), axes)

    def _sum_out(self, array: Array, axes: Iterable[str]) -> Array:
        gone = [a for a in array.axes if a in set(axes)]
        if not gone:
            return array
        places = sp.Tuple(*(array.axes.index(a) for a in gone))
        kept = tuple(a for a in array.axes if a not in gone)
        return Array(self.bind(op.Reduce(self.full(array), sp.Symbol("add"), places)), kept)

    def multiply(self, left: Array, right: Array) -> Array:
        """A product without a sum. A one-hot mask times an amount that does not depend on the position is routed."""
        for hot, amount in ((left, right), (right, left)):
            planes = self.hot.get(hot.expression)
            if planes is None:
                continue
            leading = len(hot.axes) - len(self.shapes[planes[0]])
            rest = hot.axes[leading:]
            if set(amount.axes) <= set(rest):
                share = self.full(Array(self.aligned(amount, rest), rest))
                return Array(self.route(planes, share, self.shape(hot.axes[:leading])), hot.axes)
        return self.elementwise(sp.Mul, [left, right])

    def _matrix(self, array: Array, batch: tuple[str, ...], rows: tuple[str, ...],
                columns: tuple[str, ...]) -> sp.Symbol:
        """The array as a matrix. The group with the samples is laid out last (else the group of the first axis first),
        so that both orientations of an operand come from the same copy."""
        if any(map(counts_samples, array.axes)):
            turned = any(map(counts_samples, rows))
        elif array.expression in self.windows:  # to be copied anyway: long rows
            turned = self.shape(rows[-1:]) > self.shape(columns[-1:])
        else:
            turned = next((a for a in array.axes if a not in batch), None) in columns
        groups = (columns, rows) if turned else (rows, columns)
        ordered = Array(self.aligned(array, (*batch, *groups[0], *groups[1])), (*batch, *groups[0], *groups[1]))
        sizes = (*self.shape(batch), math.prod(self.shape(groups[0])), math.prod(self.shape(groups[1])))
        matrix = self.full(ordered)
        if self.shapes[matrix] != sizes:
            matrix = self.bind(op.Reshape(matrix, sp.Tuple(*sizes)))
        if groups[0] is rows:
            return matrix
        n = len(batch)
        return self.bind(op.Align(matrix, sp.Tuple(*range(n), n + 1, n)))

    def _rank(self, axes: tuple[str, ...]) -> tuple[int, int]:
        """For the order of two factors: samples last, then as the result's indices stand."""
        return int(SAMPLE in axes), min(map(self._place, axes), default=len(self.order))

    def _place(self, axis: str) -> int:
        return self.order.index(axis) if axis in self.order else len(self.order)

    def routed_first(self, factors: list[Array]) -> list[Array]:
        """A one-hot mask multiplied at once by all amounts that do not depend on the position."""
        for hot in [f for f in factors if f.expression in self.hot]:
            planes = self.hot[hot.expression]
            rest = set(hot.axes[len(hot.axes) - len(self.shapes[planes[0]]):])
            amounts = [f for f in factors if f is not hot and f.axes and set(f.axes) <= rest]
            if amounts:
                factors = [f for f in factors if f is not hot and f not in amounts]
                factors.append(self.multiply(hot, self.elementwise(sp.Mul, amounts)))
        return factors

    def route(self, planes: Sequence[sp.Symbol], amount: sp.Symbol, shape: Vector) -> sp.Symbol:
        """``amount`` handed down to the one plane that won; zero everywhere else."""
        _, matches = self.tournament(planes)
        shares = {(0, len(planes)): amount}
        for low, high, winner in reversed(matches):
            middle = low + (high - low + 1) // 2
            share = shares.pop((low, high))
            shares[low, middle] = self.bind(op.Masked(share, winner))
            shares[middle, high] = self.bind(share - shares[low, middle])
        stack = op.Stack(sp.Tuple(*(shares[k, k + 1] for k in range(len(planes)))), sp.Tuple(*shape))
        return self.bind(stack)

    def tournament(self, planes: Sequence[sp.Symbol]) -> tuple[sp.Symbol, list[tuple[int, int, sp.Symbol]]]:
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

    def scatter(self, array: Array, scatter: dict[str, Polynomial], bound: Collection[str]) -> Array:
        """Entries placed along the variables that ``scatter`` determines. What they are determined by is summed if it
        is ``bound``. Digits of equal weight are added up first: ``x = 2u + 2a + b`` by way of ``2v + b`` with
        ``v = u + a``, where rows are contiguous."""
        scattered = dict(scatter)
        carried: dict[str, Polynomial] = {}
        for x, value in sorted(scatter.items()):
            for weight in sorted({c for m, c in value.terms if m and c > 1}):
                equal = Polynomial([(m, 1) for m, c in value.terms if m and c == weight and m[0] in bound])
                if len(equal.terms) > 1:
                    v = fresh("v")
                    self.extents[v] = sum(self.extents[m[0]] - 1 for m, _ in equal.terms) + 1
                    carried[v], scattered[x] = equal, scattered[x] - (equal - polynomial(v)) * weight
        if len(carried) == len(scatter):  # else all entries would be written twice for the sake of some
            return self.scatter(self.scatter(array, carried, bound), scattered, {*bound, *carried})
        names = {name for value in scatter.values() for name in value.names}
        digits = names & set(bound)
        array = Array(self.full(array), array.axes)
        missing = sorted(names - set(array.axes))
        if missing:
            axes = (*missing, *array.axes)
            array = Array(self.full(Array(self.aligned(array, axes), axes)), axes)
        kept = tuple(a for a in array.axes if a not in digits and a != SAMPLE)
        target = (*kept, *sorted(scatter, key=self._place), *((SAMPLE,) if SAMPLE in array.axes else ()))
        indices = [scatter.get(a, polynomial(a)) for a in target]
        steps = sp.Tuple(*(sp.Tuple(*(int(dict(i.terms).get((a,), 0)) for i in indices)) for a in array.axes))
        # what a mask made zero may fall outside: room for it, which is cut off again
        ranges = [interval(i, self.extents) for i in indices]
        before = [max(0, -int(low)) for low, _ in ranges]
        shape = self.shape(target)
        room = [b + max(n, int(high) + 1) for b, n, (_, high) in zip(before, shape, ranges, strict=True)]
        start = [b + int(dict(i.terms).get((), 0)) for b, i in zip(before, indices, strict=True)]
        whole = self.bind(op.Scatter(array.expression, sp.Tuple(*start), steps, sp.Tuple(*room)))
        if tuple(room) != shape:
            units = sp.Tuple(*(sp.Tuple(*unit(k, len(shape))) for k in range(len(shape))))
            whole = self.bind(op.Window(whole, sp.Tuple(*before), units, sp.Tuple(*shape)))
        return Array(whole, target)
