"""Finding a sum inside a term: the quotient of a term by one of the terms of a sum.

The variables of the sum are matched with those of the term by backtracking over equal factors; what is found is
accepted only if the map is invertible over ℤ and the domains agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from verify_derivations.derivations.domains import implies
from verify_derivations.derivations.ranges import solved
from verify_derivations.derivations.terms import Factor, Facts, Head, Normal, Term, tidy_constraint
from verify_derivations.formulas.polynomial import Polynomial


def quotients(
    term: Term, divisor: Term, facts: Facts, parameters: frozenset[str] = frozenset()
) -> Iterator[tuple[Term, dict[str, Polynomial]]]:
    """Terms Q with ``term = Q · divisor/divisor.coefficient``, where the sum in ``divisor`` factors out, and
    the values at which its ``parameters`` (free index variables) have to be taken for that."""
    for values, left in embeddings(divisor.factors, term.factors, {}, frozenset(divisor.bound) | parameters):
        images = [values.get(v) for v in divisor.bound]
        variables = [next((n for n in (i.names if i else ()) if n in term.bound), None) for i in images]
        if len(set(variables)) < len(variables):
            continue
        chosen = frozenset(v for v in variables if v is not None)
        if any(
            i is None or v is None or not is_shift(i, v, term.bound) for i, v in zip(images, variables, strict=True)
        ):
            continue
        if any(not chosen.isdisjoint(g.names()) for g in left):
            continue
        about = {tidy_constraint(c) for c in term.constraints if not chosen.isdisjoint(c.value.names)}
        wanted = {tidy_constraint(c.substitute(values)) for c in divisor.constraints}
        rest = tuple(c for c in term.constraints if chosen.isdisjoint(c.value.names))
        known = (*facts, *rest)
        if about != wanted and not (
            all(implies((*known, *wanted), c) for c in about) and all(implies((*known, *about), c) for c in wanted)
        ):
            continue
        outer = {n: values[n] for n in parameters if n in values}
        if len(outer) == len(parameters) and all(chosen.isdisjoint(v.names) for v in outer.values()):
            yield Term(term.coefficient, tuple(v for v in term.bound if v not in chosen), rest, left), outer


def embeddings(
    wanted: Sequence[Factor], given: tuple[Factor, ...], values: Mapping[str, Polynomial], unknown: frozenset[str]
) -> Iterator[tuple[dict[str, Polynomial], tuple[Factor, ...]]]:
    """Ways to find the ``wanted`` factors among the ``given``: the unknown indices, and what is left."""
    if not wanted:
        yield dict(values), given
        return
    first = wanted[0]
    for k, g in enumerate(given):
        if g.head != first.head or not 0 < first.exponent / g.exponent <= 1:
            continue
        found = _matched(first.args, g.args, values, unknown)
        if found is not None:
            left = Factor(g.head, g.args, g.exponent - first.exponent)
            remaining = given[:k] + ((left,) if left.exponent else ()) + given[k + 1:]
            yield from embeddings(wanted[1:], remaining, found, unknown)


def _matched(
    wanted: Sequence[Polynomial], given: Sequence[Polynomial], values: Mapping[str, Polynomial], unknown: frozenset[str]
) -> dict[str, Polynomial] | None:
    found = dict(values)
    for a, b in zip(wanted, given, strict=True):
        index = a.substitute(found)
        open_names = index.names & (unknown - found.keys())
        if not open_names:
            if index != b:
                return None
            continue
        variable = min(open_names)
        value = solved(index - b, variable)
        if len(open_names) > 1 or value is None:
            return None
        found[variable] = value
    return found


def is_shift(value: Polynomial, variable: str, bound: tuple[str, ...]) -> bool:
    """``±variable + rest``, where the rest has no bound variable."""
    parts = value.linear_in(variable)
    return (
        parts is not None and parts[0].unit != 0
        and parts[1].names.isdisjoint(bound)
    )


def leading(parts: Sequence[Term]) -> Term:
    """The term of a sum that is expressed by the others: sums before products, the longest first."""
    return max(parts, key=_weight)


def heads_of_leading(body: Normal) -> list[frozenset[Head]]:
    """The heads of the factors of each term that may be the leading one, whatever fills the slots of ``body``."""
    sizes = [_size(t) for t in body]
    return [frozenset(f.head for f in t.factors) for t, size in zip(body, sizes, strict=True) if size == max(sizes)]


def _size(term: Term) -> tuple[int, Fraction, int]:
    return len(term.bound), sum((abs(f.exponent) for f in term.factors), Fraction(0)), len(term.factors)


def _weight(term: Term) -> tuple[tuple[int, Fraction, int], str]:
    return _size(term), "".join(f.key for f in term.factors) if not term.bound else ""
