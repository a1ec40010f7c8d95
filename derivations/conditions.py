"""Side conditions of a normal form, those alike that say the same of other entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from verify_derivations.derivations.terms import Factor, Normal, close
from verify_derivations.formulas.polynomial import Polynomial, is_index, polynomial

Pattern: TypeAlias = tuple[tuple[Normal, ...], tuple[Polynomial, ...]]


@dataclass(frozen=True, slots=True)
class Condition:
    """A side condition. ``kind`` is ``nonzero``, ``positive``, ``nonnegative`` or ``no tie`` (then the
    expression, a difference of the values compared, is not zero)."""

    kind: str
    normal: Normal


def like(normal: Normal) -> Pattern:
    """What two normal forms have in common that differ in the names of indices only, which stand for all entries:
    x_i and x_j, but not x_1 (nothing said of it says something of the others) and not x_{i+1}."""
    closed, args, _ = close([normal])
    names = dict.fromkeys(n for a in args for n in sorted(a.names) if is_index(n))
    values = {n: polynomial(f"%{k}") for k, n in enumerate(names)}
    return closed, tuple(a.substitute(values) for a in args)


def is_entry(normal: Normal) -> bool:
    """Whether it is any entry of a tensor: different indices at all its places."""
    if len(normal) != 1 or normal[0].bound or normal[0].constraints or normal[0].coefficient != 1:
        return False
    match normal[0].factors:
        case (Factor(head=head, args=args, exponent=exponent),) if head.kind == "tensor" and exponent == 1:
            names = [a.as_atom() for a in args]
            return len(set(names)) == len(names) and all(n is not None and is_index(n) for n in names)
    return False
