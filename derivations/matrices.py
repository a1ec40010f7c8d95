"""Inverses and determinants in the normal form: by those of simpler matrices, else one function of a closed body.

A matrix and its transpose are one function, a product of square matrices is a product of functions, a diagonal matrix
needs none. What an inverse is multiplied with is a matter of `rewrite`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from verify_derivations.derivations.canonical import canonical
from verify_derivations.derivations.domains import implies
from verify_derivations.derivations.terms import (
    LOCAL,
    ONE,
    Beyond,
    Factor,
    Facts,
    Head,
    Normal,
    Term,
    apart,
    close,
    collect,
    fill,
    gather,
    number,
    renamed,
    tidy_constraint,
    times,
)
from verify_derivations.formulas.expressions import Constraint, Determinant, Inverse, fresh, substitute, within
from verify_derivations.formulas.polynomial import ZERO, Polynomial, is_index, polynomial

if TYPE_CHECKING:
    from verify_derivations.derivations.normal import Normalizer

@dataclass(frozen=True, slots=True)
class Matrix:
    """The square matrix with the entry ``body`` at ``row`` and ``column``, which no other term shares."""

    body: Normal
    row: str
    column: str
    extent: Polynomial

    def named(self, row: Polynomial, column: Polynomial) -> Normal:
        """The entry at other indices, as it stands."""
        names = {self.row: row, self.column: column}
        return gather(canonical(renamed(t, names, t.bound)) for t in self.body)


def of_matrix(n: Normalizer, node: Inverse | Determinant, facts: Facts) -> Normal:
    """The normal form of a node. It has a meaning where the matrix of an inverse is invertible: that is recorded."""
    (row, extent), (column, _) = node.binders
    if any(map(is_index, extent.names)):
        raise Beyond("a matrix whose size depends on an index")
    if extent == 1:
        only = n.of(substitute(node.body, {row: ZERO, column: ZERO}), facts)
        return only if isinstance(node, Determinant) else n.power(only, Fraction(-1), facts)
    ranges = tuple(tidy_constraint(c) for v in (row, column) for c in within(polynomial(v), extent))
    matrix = Matrix(n.argument(node.body, (*facts, *ranges)), row, column, extent)
    return determinant(n, matrix, facts) if isinstance(node, Determinant) else inverse(n, matrix, node.at, facts)


def inverse(n: Normalizer, a: Matrix, at: Sequence[Polynomial], facts: Facts) -> Normal:
    """The entry ``at`` of A⁻¹: diag(d)⁻¹ = diag(1/d), (c·A)⁻¹ = A⁻¹/c, (A⁻¹)⁻¹ = A, (LR)⁻¹ = R⁻¹L⁻¹ for square L and R,
    (Aᵀ)⁻¹ = (A⁻¹)ᵀ."""
    row, column = at
    if not a.body:
        raise Beyond("the inverse of zero")
    diagonal = _diagonal(a)
    if diagonal is not None:
        every = polynomial(fresh("i"))  # none of them is zero, not only the one that is asked for
        inside = (*facts, *map(tidy_constraint, within(every, a.extent)))
        n.require("nonzero", n.reduce([renamed(t, {a.row: every}, t.bound) for t in diagonal], inside), inside)
        same = n.reduce([Term(ONE, constraints=(Constraint(row - column, "=="),))], facts)
        entry = n.reduce([renamed(t, {a.row: row}, t.bound) for t in diagonal], facts)
        return n.product([same, n.power(entry, Fraction(-1), facts)], facts)
    common, rest = _scalars(n, a)
    if rest != a:
        return n.product([n.power(common, Fraction(-1), facts), inverse(n, rest, at, facts)], facts)
    undone = _undone(a)
    if undone is not None:
        return n.reduce(undone.named(row, column), facts)
    parts = _factored(a)
    if parts is not None:
        bound = fresh("k")
        ranges = within(polynomial(bound), a.extent)
        known = (*facts, *map(tidy_constraint, ranges))
        left, right = parts
        inner = polynomial(bound)
        product = n.product([inverse(n, right, (row, inner), known), inverse(n, left, (inner, column), known)], known)
        return n.reduce(
            [Term(t.coefficient, (bound, *t.bound), ranges + t.constraints, t.factors) for t in map(apart, product)],
            facts,
        )
    n.require("nonzero", _function(n, a), facts)
    head, args, turned = _closed("inverse", a)
    return n.single(Factor(head, (*args, *((column, row) if turned else (row, column))), ONE))


def determinant(n: Normalizer, a: Matrix, facts: Facts) -> Normal:
    """det diag(d) = Π d, det(c·A) = (Π c)·det A, det A⁻¹ = 1/det A, det(LR) = det L·det R for square L and R,
    det Aᵀ = det A."""
    if not a.body:
        return ()
    diagonal = _diagonal(a)
    if diagonal == number(1):
        return diagonal
    if diagonal is not None:
        return n.over("product", diagonal, (a.row,), (a.extent,), (), facts)
    common, rest = _scalars(n, a)
    if rest != a and common[0].coefficient > 0:  # (−1)ⁿ is no simpler than the determinant
        scale = n.over("product", common, (fresh("k"),), (a.extent,), (), facts)
        return n.product([scale, determinant(n, rest, facts)], facts)
    undone = _undone(a)
    if undone is not None:
        return n.power(determinant(n, undone, facts), Fraction(-1), facts)
    parts = _factored(a)
    if parts is not None:
        return n.product([determinant(n, part, facts) for part in parts], facts)
    return _function(n, a)


def _function(n: Normalizer, a: Matrix) -> Normal:
    head, args, _ = _closed("det", a)
    return n.single(Factor(head, args, ONE))


def _closed(kind: str, a: Matrix) -> tuple[Head, tuple[Polynomial, ...], bool]:
    """The function of a matrix or of its transpose, whichever comes first, what fills its slots, and whether it is the
    transpose."""
    row, column = map(polynomial, LOCAL)
    straight, other = (close([body], LOCAL) for body in (a.named(row, column), a.named(column, row)))
    turned = _key(other[0]) < _key(straight[0])
    closed, args, fragile = other if turned else straight
    symmetric = kind == "inverse" and straight[:2] == other[:2]
    return Head(kind, "", closed, (1,) if symmetric else (), (a.extent, a.extent), fragile=fragile), args, turned


def _key(closed: tuple[Normal, ...]) -> str:
    return ";".join("+".join(t.key for t in body) for body in closed)


# -- residuals ------------------------------------------------------------------------------------------------
def multiplied(n: Normalizer, residual: Normal, variable: str) -> tuple[Normal, str, Facts] | None:
    """R[p], its index p and the facts with 0 ≤ p < rows, for a residual R[i] that has factors A⁻¹[i, …] or A⁻¹[…, i]:
    Σ_i A[p, i]·R[i], or Σ_i R[i]·A[i, p]. It is zero for all p only if R[i] is zero for all rows i, because A is
    invertible. ``None`` where there is no such factor, its matrix depends on the row, or ``i`` may be no row."""
    found = [
        (f, place) for t in residual for f in t.factors for place in (0, 1)
        if f.head.kind == "inverse" and f.args[len(f.args) - 2 + place].as_atom() == variable
        and all(a.names.isdisjoint((variable, *t.bound)) for a in f.args[:-2])
    ]
    if not found:
        return None
    factor, place = max(found, key=lambda item: (len(item[0].head.key), item[0].head.key, -item[1]))
    extent = factor.head.extents[0]
    if not all(implies(n.facts, c) for c in within(polynomial(variable), extent)):
        return None
    new, bound = fresh("p"), fresh("i")
    row, summed = polynomial(new), polynomial(bound)
    ranges = within(summed, extent)
    facts = (*n.facts, *map(tidy_constraint, within(row, extent)))
    at = (row, summed) if place == 0 else (summed, row)
    names = dict(zip(LOCAL, at, strict=True))
    matrix = [renamed(t, names, t.bound) for t in fill(factor.head.bodies[0], factor.args[:-2])]
    moved = [s for t in residual for s in n.substitute(apart(t), {variable: summed}, (*facts, *ranges))]
    products = [times(a, b) for a in matrix for b in moved]
    whole = [Term(t.coefficient, (bound, *t.bound), ranges + t.constraints, t.factors) for t in products]
    return n.reduce(whole, facts), new, facts


# -- simpler matrices -----------------------------------------------------------------------------------------
def _diagonal(a: Matrix) -> Normal | None:
    """The entries d of a matrix [row = column]·d, as a function of the row."""
    same = tidy_constraint(Constraint(polynomial(a.row) - polynomial(a.column), "=="))
    if not all(same in map(tidy_constraint, t.constraints) for t in a.body):
        return None
    terms = (
        Term(t.coefficient, t.bound, tuple(c for c in t.constraints if tidy_constraint(c) != same), t.factors)
        for t in a.body
    )
    return gather(canonical(renamed(t, {a.column: polynomial(a.row)}, t.bound)) for t in terms)


def _scalars(n: Normalizer, a: Matrix) -> tuple[Normal, Matrix]:
    """``a = c · rest`` with a monomial c that depends on neither row nor column; ``a`` itself where c is one."""
    content, _ = n.content(a.body)
    outer = tuple(
        f for f in content.factors
        if f.names().isdisjoint((a.row, a.column)) and f.head.kind not in ("compare", "argmax")
    )
    if not outer and content.coefficient == 1:
        return number(1), a
    below = tuple(Factor(f.head, f.args, -f.exponent) for f in outer)
    rest = gather(
        canonical(Term(t.coefficient / content.coefficient, t.bound, t.constraints, collect((*t.factors, *below))))
        for t in a.body
    )
    return gather([canonical(Term(content.coefficient, factors=outer))]), replace(a, body=rest)


def _undone(a: Matrix) -> Matrix | None:
    """The matrix of which ``a`` is the inverse, or the transposed inverse."""
    if len(a.body) != 1 or a.body[0].bound or a.body[0].constraints or len(a.body[0].factors) != 1:
        return None
    (f,) = a.body[0].factors
    if a.body[0].coefficient != 1 or f.head.kind != "inverse" or f.exponent != 1 or f.head.extents[0] != a.extent:
        return None
    slots, at = f.args[:-2], tuple(str(p.as_atom()) for p in f.args[-2:])
    if set(at) != {a.row, a.column} or any(not p.names.isdisjoint(at) for p in slots):
        return None
    names = dict(zip(LOCAL, map(polynomial, at), strict=True))
    body = gather(canonical(renamed(t, names, t.bound)) for t in fill(f.head.bodies[0], slots))
    return replace(a, body=body)


def _factored(a: Matrix) -> tuple[Matrix, Matrix] | None:
    """Two square matrices L and R with ``a = Σ_k L[row, k]·R[k, column]``, k over all rows."""
    if len(a.body) != 1:
        return None
    term = apart(a.body[0])
    for middle in term.bound:
        ranges = set(map(tidy_constraint, within(polynomial(middle), a.extent)))
        if {tidy_constraint(c) for c in term.constraints if middle in c.value.names} != ranges:
            continue
        constraints = tuple(c for c in term.constraints if middle not in c.value.names)
        links = frozenset((a.row, a.column, *term.bound)) - {middle}
        joined = [f.names() & links for f in term.factors] + [c.value.names & links for c in constraints]
        right = _reached(a.column, joined)
        if a.row in right:
            continue
        rest = Term(ONE, tuple(v for v in term.bound if v != middle), constraints, term.factors)
        first, second = (_part(rest, right, among=among) for among in (False, True))
        left = tuple(t.scaled(term.coefficient) for t in first)
        return replace(a, body=left, column=middle), replace(a, body=second, row=middle)
    return None


def _part(term: Term, variables: frozenset[str], *, among: bool) -> Normal:
    """What of a product depends on one of the variables, or (not ``among``) on none."""

    def belongs(names: frozenset[str]) -> bool:
        return names.isdisjoint(variables) != among

    return gather([canonical(Term(
        term.coefficient,
        tuple(v for v in term.bound if belongs(frozenset((v,)))),
        tuple(c for c in term.constraints if belongs(c.value.names)),
        tuple(f for f in term.factors if belongs(f.names())),
    ))])


def _reached(start: str, joined: Sequence[frozenset[str]]) -> frozenset[str]:
    """The variables that are connected with ``start``."""
    found = frozenset((start,))
    while True:
        more = found.union(*(names for names in joined if not names.isdisjoint(found)))
        if more == found:
            return found
        found = more
