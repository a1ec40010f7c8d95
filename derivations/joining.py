"""Putting sums together: two sums of the same terms over domains that adjoin are one sum over both.

So the denominator of a softmax is the same value however its sum is divided. The normal form does this where a
function is applied, whose argument has to be one value; elsewhere sums are compared by dividing their domains
(`Rewriter.split`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify_derivations.derivations.domains import contradictory, implies
from verify_derivations.derivations.matching import embeddings, is_shift
from verify_derivations.derivations.terms import Facts, Normal, Term, released, tidy_constraint
from verify_derivations.formulas.expressions import Constraint
from verify_derivations.formulas.polynomial import Polynomial, polynomial

LIKE = 12  # so many like terms are put together


def joined(normal: Normal, facts: Facts) -> list[Term] | None:
    """Σ_C F + Σ_D F = Σ_H F for like terms, where H is the disjoint union of C and D (see :func:`union`), as often as
    possible; ``None`` where it nowhere is. Each time one term is lost."""
    groups: dict[object, list[Term]] = {}
    for term in normal:
        heads = tuple(sorted(f.head.key for f in term.factors))
        groups.setdefault((term.coefficient, heads), []).append(term)
    if len(groups) == len(normal):
        return None
    terms = [term for group in groups.values() for term in _together(group, facts)]
    return terms if len(terms) < len(normal) else None


def _together(group: list[Term], facts: Facts) -> list[Term]:
    if not 1 < len(group) <= LIKE:
        return group
    waiting = sorted(map(released, group), key=lambda term: -len(term.bound))
    for k, one in enumerate(waiting):
        for other in waiting[k + 1:]:
            for domain in _written_over(other, one):
                both = union(one.constraints, domain, facts)
                if both is not None:
                    left = [term for term in waiting if term is not one and term is not other]
                    return _together([Term(one.coefficient, one.bound, both, one.factors), *left], facts)
    return waiting


def union(one: Sequence[Constraint], other: Sequence[Constraint], facts: Facts) -> tuple[Constraint, ...] | None:
    """Constraints H with [H] = [C] + [D], where C and D cannot hold together. H are those constraints of each that
    follow from the other; where H holds and one of C does not, all of D must hold."""
    if not contradictory((*one, *other), facts):
        return None
    kept = [c for c in one if implies((*facts, *other), c)]
    kept += [d for d in other if d not in kept and implies((*facts, *one), d)]
    for c in one:
        if c not in kept and not all(implies((*facts, *kept, opposite(c)), d) for d in other if d not in kept):
            return None
    return tuple(kept)


def opposite(c: Constraint) -> Constraint:
    """What holds of whole numbers exactly where ``c`` does not."""
    if c.relation == ">=":
        return Constraint(-c.value - 1, ">=")
    return Constraint(c.value, "!=" if c.relation == "==" else "==")


def _written_over(term: Term, like: Term) -> Iterator[tuple[Constraint, ...]]:
    """Constraints D such that ``term`` is the sum of the factors of ``like`` over D: Σ_{u ∈ D'} F(p, ±u + a) is the sum
    of F(v, w) where v = p, and ±(w − a) is in D'. The two share no names of bound variables."""
    for values, left in embeddings(like.factors, term.factors, {}, frozenset(like.bound)):
        if left or len(values) < len(like.bound):
            continue
        images, back = dict(values), dict[str, Polynomial]()
        for u in term.bound:
            for v, image in images.items():
                if is_shift(image, u, term.bound):
                    slope, rest = image.linear_in(u) or (Polynomial(), Polynomial())
                    back[u] = (polynomial(v) - rest) * slope
                    del images[v]
                    break
        if len(back) == len(term.bound):
            at = [polynomial(v) - image.substitute(back) for v, image in images.items()]
            points = [Constraint(value * side, ">=") for value in at for side in (1, -1)]
            yield tuple(tidy_constraint(c) for c in (*(c.substitute(back) for c in term.constraints), *points))
