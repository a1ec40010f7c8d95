"""Windows on windows: changes of variable that let convolution and pooling share one matrix product."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from verify_derivations.formulas.expressions import Access, free_names, fresh, polynomial, walk, within
from verify_derivations.formulas.polynomial import Polynomial
from verify_derivations.trainer.products import Term, guarded_size, implied, interval
from verify_derivations.trainer.samples import SAMPLE

K = TypeVar("K")


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


def combined(windows: Mapping[K, tuple[int, int]], maps: int, entry: int) -> set[K]:
    """In which dimensions a pooling window and a kernel are best combined, given the extents of both.

    Apart, a window of ``p`` places and a kernel of ``q`` take ``p·q`` entries of a matrix; combined ``p + q - 1``, but
    there ``p`` times as many maps stand against them. An entry costs its multiplications, one for each map, and what
    laying it out costs: as much as ``entry`` multiplications.
    """
    def cost(chosen: set[K]) -> tuple[int, int]:
        rows = math.prod(p + q - 1 if k in chosen else p * q for k, (p, q) in windows.items())
        return rows * (maps * math.prod(windows[k][0] for k in chosen) + entry), -len(chosen)

    last_first = tuple(windows)[::-1]  # combining a later dimension leaves longer contiguous rows
    sizes = range(len(windows) + 1 if entry else 1)
    return min((set(s) for size in sizes for s in itertools.combinations(last_first, size)), key=cost)


def spread(term: Term, extents: dict[str, int], entry: int) -> None:
    """``Σ_u [0 ≤ x - 2u - p < h] k[x - 2u - p] m[p, u]`` along a free ``x``: scattered from ``x = 2u + t``.

    The sum over ``p`` is then a product of ``k[t - p]`` with ``m``; or scattered from ``x = 2u + p + t``, which takes
    fewer multiplications (see :func:`combined`). Side condition: ``x`` is always in range.
    """
    apart: set[str] = set()
    for place in range(len(term.factors)):
        found = {d: s for d in range(len(_indices(term, place))) if (s := _spreadable(term, place, d, extents))}
        windows = {d: (s.low, s.size) for d, s in found.items() if s.low > 1}
        narrow = combined(windows, width(term, place, extents, shared=True), entry)
        for dimension in found:
            step = _spreadable(term, place, dimension, extents)
            if step is None:
                continue
            index, x = _indices(term, place)[dimension], step.free
            whole = dimension not in narrow
            moved = _part(index, index.names & term.bound.keys() if whole else (step.strided,))
            split = index.linear_in(x)
            assert split is not None
            sign = split[0].value
            shift = moved * -sign  # x = shift + t
            low, high = interval(split[1] - moved, extents)
            first, last = (-high, step.size - 1 - low) if sign == 1 else (low - step.size + 1, high)
            new = fresh("t")
            value = shift + polynomial(new) + int(first)
            added = {new: int(last - first) + 1}
            bounds = interval(value, {**extents, **added})
            if bounds[0] < 0 or bounds[1] >= extents[x] or any(c < 0 for _, c in shift.terms):
                continue
            extents.update(added)
            term.bound.update(added)
            term.substitute({x: value})
            term.scatter[x] = value
            if whole and dimension in windows:
                apart.add(x)
    _carry(term, extents, entry, apart)
    term.constraints = [c for c in term.constraints if not implied(c, extents)]


@dataclass(frozen=True)
class _Spread:
    """A free index in a guarded one: ``0 ≤ ±(free - strided·s - …) < size``; what else is bound there has ``low``
    places."""

    free: str
    strided: str
    size: int
    low: int


def _indices(term: Term, place: int) -> tuple[Polynomial, ...]:
    factor = term.factors[place]
    return factor.indices if isinstance(factor, Access) else ()


def _spreadable(term: Term, place: int, dimension: int, extents: Mapping[str, int]) -> _Spread | None:
    index = _indices(term, place)[dimension]
    size = guarded_size(index, term)
    free = [v for v in sorted(index.names - term.bound.keys()) if v not in term.scatter]
    strided = [v for v in sorted(index.names & term.bound.keys()) if not -1 <= dict(index.terms)[v,] <= 1]
    if size is None or len(free) != 1 or len(strided) != 1:
        return None
    split = index.linear_in(free[0])
    uses = sum(free[0] in i.names for f in term.factors if isinstance(f, Access) for i in f.indices)
    is_digit = any(free[0] in e.names for e in term.scatter.values())
    if split is None or split[0] not in (1, -1) or uses != 1 or is_digit:
        return None
    low = math.prod(extents[v] for v in index.names & term.bound.keys() if v != strided[0])
    return _Spread(free[0], strided[0], size, low)


def _carry(term: Term, extents: dict[str, int], entry: int, apart: Collection[str]) -> None:
    """Digits of a scattered index put in the order that takes least work, except in those that stay ``apart``: in
    ``x = 2u + p + q`` with ``p < 2`` the kernel's ``q`` becomes ``t - p``, so that the matrix product sums over ``p``;
    then ``t = 2a + b``."""
    found = {x: d for x in sorted(term.scatter) if x not in apart and (d := _digits(term, x, extents))}
    windows = {x: (extents[d.low], extents[d.kernel]) for x, d in found.items() if d.low is not None}
    for place in {d.place: None for x, d in found.items() if x in windows}:
        own = {x: w for x, w in windows.items() if found[x].place == place}
        narrow = combined(own, width(term, place, extents, shared=True), entry)
        found = {x: d for x, d in found.items() if x not in own or x in narrow}
    for x, digits in found.items():
        kernel, stride = digits.kernel, digits.stride
        if digits.low is not None:
            new, size = fresh("t"), term.bound.pop(kernel)
            value = polynomial(new) - polynomial(digits.low)
            term.bound[new] = extents[new] = size + extents[digits.low] - 1
            term.substitute({kernel: value})
            term.constraints += within(value, polynomial(size))
            kernel = new
        if entry and not extents[kernel] % stride and not extents[x] % stride:  # by phases of x
            high, low = fresh("t"), fresh("t")
            added = {high: term.bound.pop(kernel) // stride, low: stride}
            extents.update(added)
            term.bound.update(added)
            term.substitute({kernel: polynomial(high) * stride + polynomial(low)})


@dataclass(frozen=True)
class _Digits:
    """``x = stride·u + low + kernel``; the kernel's variable occurs in factor ``place``."""

    stride: int
    low: str | None
    kernel: str
    place: int


def _digits(term: Term, x: str, extents: Mapping[str, int]) -> _Digits | None:
    weights = {m[0]: int(c) for m, c in term.scatter[x].terms if m}
    strides = {c for c in weights.values() if c > 1}
    units = sorted(v for v, c in weights.items() if c == 1)
    lows = [v for v in units if extents[v] in strides]
    others = [v for v in units if v not in lows]
    if weights.keys() - term.bound.keys() or len(strides) != 1 or len(others) != 1 or len(lows) > 1:
        return None
    (stride,), (kernel,) = strides, others
    place = next((k for k, f in enumerate(term.factors) if isinstance(f, Access) and kernel in free_names(f)), None)
    return None if place is None else _Digits(stride, lows[0] if lows else None, kernel, place)
