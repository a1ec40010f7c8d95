"""Guesses at the equation between leaves that a residual is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from verify_derivations.derivations.canonical import canonical
from verify_derivations.derivations.terms import (
    Factor,
    Normal,
    Term,
    gather,
    number,
    plus,
)
from verify_derivations.formulas.expressions import fresh
from verify_derivations.formulas.polynomial import polynomial


def candidates(residual: Normal, leaf: Callable[[str], bool]) -> Iterator[Normal]:
    """``Σ_v y[…, v] − 1`` for leaves y summed over an index that nothing else in the term depends on."""
    seen: set[str] = set()
    for term in residual:
        for f in term.factors:
            if f.head.kind != "tensor" or f.exponent != 1 or not leaf(f.head.name):
                continue
            own = [v for v in term.bound if v in f.names()
                   and not any(v in g.names() for g in term.factors if g is not f)]
            positions = [k for k, a in enumerate(f.args) if a.as_atom() in own]
            if len(positions) != len(own) or not own:
                continue
            args = tuple(a if k in positions else polynomial(fresh("i")) for k, a in enumerate(f.args))
            domain = tuple(c for c in term.constraints if not c.value.names.isdisjoint(own))
            if any(n in c.value.names for c in domain for n in term.bound if n not in own):
                continue
            lead = canonical(Term(Fraction(1), tuple(own), domain, (Factor(f.head, args, Fraction(1)),)))
            if any(n not in {m for a in args for m in a.names} for n in lead.free()):
                continue
            anonymous = f"{f.head.key}{positions}{[c.value for c in lead.constraints]}"
            if anonymous not in seen:
                seen.add(anonymous)
                yield plus(gather([lead]), number(-1))
