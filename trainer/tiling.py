"""Windows on windows: changes of variable that let convolution and pooling share one matrix product."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from verify_derivations.formulas.expressions import Access, free_names, fresh, polynomial, walk, within
from verify_derivations.formulas.polynomial import Polynomial
from verify_derivations.trainer.products import Term, guarded_size, implied, interval
from verify_derivations.trainer.samples import SAMPLE


@dataclass(frozen=True)
class Tile:
    """In dimension ``dimension`` of factor ``factor`` the index is ``rest ± low ± kernel`` where ``low`` is the low
    digit of a strided variable: both together run over ``extent`` consecutive places ``start + t``."""

    factor: int
    dimension: int
    low: str
    kernel: str
    start: int
    extent: int

    def combined(self, index: Polynomial) -> Polynomial:
        """``start + t`` as an expression in ``low`` and ``kernel``."""
        return _part(index, (self.low, self.kernel))


def tiles(term: Term, extents: Mapping[str, int]) -> list[Tile]:
    """The places where a pooling window and a kernel overlap: ``a[2u + p + q]`` with ``p < 2``, ``q`` the kernel's."""
    found: list[Tile] = []
    for place, factor in enumerate(term.factors):
        if not isinstance(factor, Access):
            continue
        for dimension, index in enumerate(factor.indices):
            linear = {m[0]: c for m, c in index.terms if len(m) == 1}
            strides = {abs(c) for c in linear.values()}
            units = [v for v, c in linear.items() if abs(c) == 1]
            lows = [v for v in units if extents[v] > 1 and extents[v] in strides]
            others = [v for v in units if v not in lows[:1]]
            if len(lows) == 1 and len(others) == 1 and not _elsewhere(factor, dimension, {*lows, *others}):
                low, high = interval(_part(index, (lows[0], others[0])), extents)
                found.append(Tile(place, dimension, lows[0], others[0], int(low), int(high - low) + 1))
    return found


def _part(index: Polynomial, names: Iterable[str]) -> Polynomial:
    return Polynomial([(m, c) for m, c in index.terms if len(m) == 1 and m[0] in set(names)])


def _elsewhere(access: Access, dimension: int, names: set[str]) -> bool:
    return any(index.names & names for d, index in enumerate(access.indices) if d != dimension)


def gather_tile(term: Term, tile: Tile, extents: dict[str, int]) -> None:
    """The kernel's variable is summed: ``Σ_q a[2u + p + q] k[q] = Σ_t a[2u + t] k[t - p]``, with zero outside ``k``."""
    access = term.factors[tile.factor]
    assert isinstance(access, Access)
    split = _part(access.indices[tile.dimension], (tile.low, tile.kernel)).linear_in(tile.kernel)
    assert split is not None
    new = fresh(tile.kernel)
    value = (polynomial(new) + tile.start - split[1]) * split[0]
    size = term.bound.pop(tile.kernel)
    term.bound[new] = extents[new] = tile.extent
    term.substitute({tile.kernel: value})
    term.constraints += within(value, polynomial(size))


def width(term: Term, place: int, extents: Mapping[str, int], *, shared: bool) -> int:
    """How many maps stand on the other side of factor ``place``: the extents of the variables that its partners have
    and it has not, or (``shared``) that it shares with them and that are summed, places in maps excluded."""
    own = free_names(term.factors[place])
    others = set().union(*(free_names(f) for k, f in enumerate(term.factors) if k != place))
    positions = {
        v for f in term.factors for a in walk(f) if isinstance(a, Access)
        for index in a.indices if len(index.names) > 1 for v in index.names
    }
    names = (others & own & term.bound.keys() if shared else others - own) - positions
    return math.prod(extents[v] for v in names if v != SAMPLE)


def spread(term: Term, extents: dict[str, int], limit: int) -> None:
    """``Σ_u [0 ≤ x - 2u - p < h] k[x - 2u - p] m[p, u]`` along a free ``x``: scattered from ``x = 2u + t``.

    The sum over ``p`` is then a product of ``k[t - p]`` with ``m``; with more than ``limit`` maps, scattered from
    ``x = 2u + p + t`` instead, which takes fewer multiplications. Side condition: ``x`` is always in range.
    """
    for place in range(len(term.factors)):
        factor = term.factors[place]
        for dimension in range(len(factor.indices) if isinstance(factor, Access) else 0):
            factor = term.factors[place]
            assert isinstance(factor, Access)
            index = factor.indices[dimension]
            size = guarded_size(index, term)
            free = [v for v in sorted(index.names - term.bound.keys()) if v not in term.scatter]
            strided = [v for v in sorted(index.names & term.bound.keys()) if not -1 <= dict(index.terms)[v,] <= 1]
            if size is None or len(free) != 1 or len(strided) != 1:
                continue
            (x,), (u,) = free, strided
            split = index.linear_in(x)
            uses = sum(x in i.names for f in term.factors if isinstance(f, Access) for i in f.indices)
            is_digit = any(x in e.names for e in term.scatter.values())
            if split is None or split[0] not in (1, -1) or uses != 1 or is_digit:
                continue
            sign = split[0].value
            wide = width(term, place, extents, shared=True) > limit
            moved = _part(index, index.names & term.bound.keys() if wide else (u,))
            step = moved * -sign  # x = step + t
            low, high = interval(split[1] - moved, extents)
            first, last = (-high, size - 1 - low) if sign == 1 else (low - size + 1, high)
            new = fresh("t")
            value = step + polynomial(new) + int(first)
            added = {new: int(last - first) + 1}
            bounds = interval(value, {**extents, **added})
            if bounds[0] < 0 or bounds[1] >= extents[x] or any(c < 0 for _, c in step.terms):
                continue
            extents.update(added)
            term.bound.update(added)
            term.substitute({x: value})
            term.scatter[x] = value
    _carry(term, extents, limit)
    term.constraints = [c for c in term.constraints if not implied(c, extents)]


def _carry(term: Term, extents: dict[str, int], limit: int) -> None:
    """Digits of a scattered index put in the order that takes least work: in ``x = 2u + p + q`` with ``p < 2`` the
    kernel's ``q`` becomes ``t - p``, so that ``p`` is summed by the matrix product; then ``t = 2a + b``."""
    for x in sorted(term.scatter):
        weights = {m[0]: int(c) for m, c in term.scatter[x].terms if m}
        if weights.keys() - term.bound.keys():
            continue
        strides = {c for c in weights.values() if c > 1}
        units = sorted(v for v, c in weights.items() if c == 1)
        lows = [v for v in units if extents[v] in strides]
        others = [v for v in units if v not in lows]
        if len(strides) != 1 or len(others) != 1 or len(lows) > 1:
            continue
        (stride,), (kernel,) = strides, others
        place = next((k for k, f in enumerate(term.factors) if isinstance(f, Access) and kernel in free_names(f)), None)
        if place is None or width(term, place, extents, shared=True) > limit:
            continue
        if lows:
            new, size = fresh("t"), term.bound.pop(kernel)
            value = polynomial(new) - polynomial(lows[0])
            term.bound[new] = extents[new] = size + extents[lows[0]] - 1
            term.substitute({kernel: value})
            term.constraints += within(value, polynomial(size))
            kernel = new
        if not extents[kernel] % stride and not extents[x] % stride:  # by phases of x
            high, low = fresh("t"), fresh("t")
            added = {high: term.bound.pop(kernel) // stride, low: stride}
            extents.update(added)
            term.bound.update(added)
            term.substitute({kernel: polynomial(high) * stride + polynomial(low)})
