"""Equations that authors leave unsaid, as far as a residual could be missing one: of one given quantity, that it is
normalised, of unit length, orthogonal or symmetric. They are guesses: nothing rests on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from verify_derivations.derivations.terms import Factor, Normal, Term
from verify_derivations.formulas.expressions import UNIT, Access, Scalar, delta, fresh, mul, power, summation
from verify_derivations.formulas.polynomial import Polynomial, polynomial


@dataclass(frozen=True, slots=True)
class Guess:
    """``left = right``. What one differentiates by cannot be constrained: a sum that is one here is another beside the
    point (``constrains``). Symmetry does not matter: the gradient at a symmetric matrix may be meant."""

    head: str
    left: Scalar
    right: Scalar
    constrains: bool = True


def guesses(
    residual: Normal, given: Callable[[str], bool], extents: Callable[[str], tuple[Polynomial, ...]]
) -> Iterator[Guess]:
    """Each once. ``given`` says of a head that nothing defines it; ``extents`` are those of a head."""
    seen: set[tuple[str, str, tuple[int, ...]]] = set()
    for term in residual:
        for kind, head, positions in _candidates(term, given):
            sizes = extents(head)
            if (kind, head, positions) in seen or len(sizes) <= max(positions):
                continue
            seen.add((kind, head, positions))
            guess = _guess(kind, head, positions, sizes)
            if guess is not None:
                yield guess
    for head in dict.fromkeys(_matrices(residual)) if _balances(residual) else ():
        sizes = extents(head)
        if given(head) and len(sizes) == 2 and sizes[0] == sizes[1]:
            i, j = polynomial(fresh("i")), polynomial(fresh("j"))
            yield Guess(head, Access(head, (i, j)), Access(head, (j, i)), constrains=False)


def _balances(residual: Normal) -> bool:
    """Whether the terms can cancel each other once indices are exchanged: those of the same factors, wherever."""
    sums: dict[frozenset[tuple[tuple[str, str, Fraction], int]], Fraction] = {}
    for term in residual:
        alike = frozenset(Counter((f.head.kind, f.head.name, f.exponent) for f in term.factors).items())
        sums[alike] = sums.get(alike, Fraction(0)) + term.coefficient
    return not any(sums.values())


def _matrices(residual: Normal) -> Iterator[str]:
    """Heads of tensors, also of those that are inverted."""
    for f in (f for t in residual for f in t.factors):
        if f.head.kind == "tensor":
            yield f.head.name
        elif f.head.kind == "inverse":
            yield from _matrices(f.head.bodies[0])


def _candidates(term: Term, given: Callable[[str], bool]) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Kind, head, and the positions that are summed over: indices on which nothing else in the term depends."""
    tensors = [f for f in term.factors if f.head.kind == "tensor" and given(f.head.name)]
    for f in tensors:
        own = _own(term, (f,))
        positions = tuple(k for k, a in enumerate(f.args) if a.as_atom() in own)
        if own and len(positions) == len(own):
            if f.exponent == 1:
                yield "sum", f.head.name, positions
            elif f.exponent == 2 and len(own) == 1:
                yield "square", f.head.name, positions
    for f, g in combinations(tensors, 2):
        if f.head == g.head and f.exponent == g.exponent == 1:
            own = _own(term, (f, g))
            positions = tuple(k for k, (a, b) in enumerate(zip(f.args, g.args, strict=True)) if a == b
                              and a.as_atom() in own)
            if len(own) == len(positions) == 1 and len(f.args) == 2:
                yield "orthogonal", f.head.name, positions


def _own(term: Term, factors: tuple[Factor, ...]) -> list[str]:
    others = [g for g in term.factors if g not in factors]
    return [v for v in term.bound
            if any(v in f.names() for f in factors) and not any(v in g.names() for g in others)]  # fmt: skip


def _guess(kind: str, head: str, positions: tuple[int, ...], sizes: tuple[Polynomial, ...]) -> Guess | None:
    indices = [polynomial(fresh("k" if p in positions else "i")) for p in range(len(sizes))]
    binders = [(indices[k].as_atom() or "", sizes[k]) for k in positions]
    entry = Access(head, tuple(indices))
    if kind == "sum":
        return Guess(head, summation(binders, entry), UNIT)
    if kind == "square":
        return Guess(head, summation(binders, power(entry, 2)), UNIT) if len(sizes) == 1 else None
    if sizes[0] != sizes[1]:
        return None
    free, other = indices[1 - positions[0]], polynomial(fresh("j"))
    second = Access(head, tuple(i if k in positions else other for k, i in enumerate(indices)))
    return Guess(head, summation(binders, mul(entry, second)), delta(free, other))
