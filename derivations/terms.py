"""Terms of the normal form: a rational coefficient, bound variables over ℤ, constraints, and factors.

A term means ``coefficient · Σ_{bound, constraints} Π factors``. A factor is a *head* at an index tuple, with a
rational exponent. A head is a named tensor, a size, or a function whose bodies are *closed*: every index of a
body that comes from outside is a slot (``%s0``), filled by the factor's index tuple. So a tensor entry and
``exp(Σ_k W[k, i]·x[k])`` are handled alike, and equal bodies are equal values.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from operator import itemgetter
from typing import TypeAlias

from verify_derivations.formulas.expressions import Constraint, fresh
from verify_derivations.formulas.polynomial import Polynomial, is_index, polynomial

ONE = Fraction(1)
"""Most coefficients and exponents are this one: to multiply by it costs nothing."""


class Beyond(Exception):
    """The calculus ends here: the expression has no normal form in it."""


class Nowhere(Beyond):
    """It has no value anywhere: a claim about it says nothing."""


class Head:
    """``kind`` is one of ``tensor``, ``size``, ``index``, ``root`` (of a prime), ``power`` (of a sum), ``exp``,
    ``log``, ``compare``, ``max``, ``argmax``, ``product``, ``inverse`` (``data`` is ``(1,)`` for that of a symmetric
    matrix), ``det`` and ``apply``. Compares by value."""

    __slots__ = ("_hash", "_parts", "bodies", "data", "extents", "fragile", "key", "kind", "name")

    def __init__(
        self,
        kind: str,
        name: str = "",
        bodies: tuple[Normal, ...] = (),
        data: tuple[int, ...] = (),
        extents: tuple[Polynomial, ...] = (),
        *,
        fragile: bool = False,
    ) -> None:
        self.kind, self.name, self.bodies, self.data, self.extents = kind, name, bodies, data, extents
        self.fragile = fragile
        inner = ";".join("+".join(term.key for term in body) for body in bodies)
        self.key = f"{kind}:{name}({inner}){data or ''}{extents or ''}"
        self._hash = hash(self.key)
        self._parts = (kind, name, bodies, data, extents)

    def __eq__(self, other: object) -> bool:
        """The key orders; equality is that of the parts, whatever a document calls its symbols."""
        if self is other:
            return True
        if not isinstance(other, Head) or self._hash != other._hash:
            return False
        if self._parts is not other._parts:
            if self._parts != other._parts:
                return False
            other._parts = self._parts  # bodies may be deep: once is enough
        return True

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return self.key


class Factor:
    """A head at an index tuple, to a power. Compares by value, and never changes."""

    __slots__ = ("_hash", "_key", "_names", "args", "exponent", "head")

    def __init__(self, head: Head, args: tuple[Polynomial, ...], exponent: Fraction) -> None:
        self.head, self.args, self.exponent = head, args, exponent
        self._hash: int | None = None
        self._key: str | None = None
        self._names: frozenset[str] | None = None

    def __eq__(self, other: object) -> bool:
        return self is other or isinstance(other, Factor) and (
            self.args == other.args and self.head == other.head
            and (self.exponent is other.exponent or self.exponent == other.exponent)
        )

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((self.head, self.args))  # that of a fraction is slow
        return self._hash

    def __repr__(self) -> str:
        return self.key

    def at(self, values: Mapping[str, Polynomial]) -> Factor:
        if not self.args or not values or self.names().isdisjoint(values):
            return self
        return Factor(self.head, tuple([a.substitute(values) for a in self.args]), self.exponent)

    def names(self) -> frozenset[str]:
        if self._names is None:
            several = len(self.args) != 1
            self._names = frozenset().union(*[a.names for a in self.args]) if several else self.args[0].names
        return self._names

    @property
    def slots(self) -> int:
        """How many arguments fill the bodies of the head: the others are a position."""
        return len(self.args) - (len(self.head.extents) if self.head.kind in ("argmax", "inverse") else 0)

    @property
    def key(self) -> str:
        if self._key is None:
            self._key = f"{self.head.key}{list(self.args)}^{'1' if self.exponent is ONE else self.exponent}"
        return self._key


class Term:
    """A coefficient, bound variables, constraints and factors; ``shape`` is remembered by `canonical`. Compares by
    value of all but that, and never changes."""

    __slots__ = ("bound", "coefficient", "constraints", "factors", "shape")

    def __init__(
        self, coefficient: Fraction, bound: tuple[str, ...] = (), constraints: tuple[Constraint, ...] = (),
        factors: tuple[Factor, ...] = (), shape: str = "",
    ) -> None:  # fmt: skip
        self.coefficient, self.bound, self.constraints = coefficient, bound, constraints
        self.factors, self.shape = factors, shape

    def __eq__(self, other: object) -> bool:
        return self is other or isinstance(other, Term) and (
            (self.coefficient is other.coefficient or self.coefficient == other.coefficient) and self.like == other.like
        )

    def __hash__(self) -> int:
        return hash(self.like)

    def __repr__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        return f"{'1' if self.coefficient is ONE else self.coefficient}*{self.shape or shape(self)}"

    @property
    def like(self) -> Like:
        """What terms share that differ in their coefficients only."""
        return self.bound, self.constraints, self.factors

    def scaled(self, factor: Fraction) -> Term:
        return Term(_product(self.coefficient, factor), self.bound, self.constraints, self.factors, self.shape)

    def free(self) -> frozenset[str]:
        """Index variables that are not bound here."""
        names = set().union(*(f.names() for f in self.factors), *(c.value.names for c in self.constraints))
        return frozenset(n for n in names - set(self.bound) if is_index(n))


Like: TypeAlias = tuple[tuple[str, ...], tuple[Constraint, ...], tuple[Factor, ...]]
Normal: TypeAlias = tuple[Term, ...]
"""A sum of terms with different shapes, in the order of their keys; ``()`` is zero."""

Facts: TypeAlias = tuple[Constraint, ...]

INDEX = Head("index")
LOCAL = ("%m0", "%m1")
"""Row and column in the closed body of an inverse or a determinant."""
UNITY = Term(ONE, shape="[]")


def shape(term: Term) -> str:
    """All of a term but its coefficient, as a string."""
    return domain(term.bound, term.constraints) + "".join([f.key for f in term.factors])


def domain(bound: Sequence[str], constraints: Sequence[Constraint]) -> str:
    return f"{','.join(bound)}[{','.join([f'{c.value!r}{c.relation}0' for c in constraints])}]"


def number(value: Fraction | int) -> Normal:
    return (UNITY.scaled(Fraction(value)),) if value else ()


def collect(factors: Iterable[Factor]) -> tuple[Factor, ...]:
    """Equal factors merged by adding exponents; brackets are idempotent."""
    merged: dict[tuple[Head, tuple[Polynomial, ...]], Factor] = {}
    for f in factors:
        key = (f.head, f.args)
        merged[key] = Factor(f.head, f.args, merged[key].exponent + f.exponent) if key in merged else f
    return tuple([
        Factor(f.head, f.args, _idempotent(f.exponent)) if f.head.kind in ("compare", "argmax") else f
        for f in merged.values() if f.exponent
    ])


def _idempotent(exponent: Fraction) -> Fraction:
    assert exponent > 0, "the inverse of a bracket"
    return ONE


def apart(term: Term) -> Term:
    """The same term with fresh bound variables."""
    if not term.bound:
        return term
    names = [fresh("k") for _ in term.bound]
    return renamed(term, dict(zip(term.bound, map(polynomial, names), strict=True)), tuple(names))


def released(term: Term) -> Term:
    """The same term without the bound variables ``%b0, %b1, …`` that canonical terms share: what is free in one term
    may have these names in another."""
    return apart(term) if any("." not in name for name in term.bound) else term


def renamed(term: Term, values: Mapping[str, Polynomial], bound: tuple[str, ...]) -> Term:
    """Values put in for index variables everywhere, and ``bound`` as the bound variables."""
    return Term(
        term.coefficient,
        bound,
        tuple([c.substitute(values) for c in term.constraints]),
        tuple([f.at(values) for f in term.factors]),
    )


def times(a: Term, b: Term) -> Term:
    """The product; bound variables are renamed apart."""
    b = apart(b) if a.bound else b
    return Term(_product(a.coefficient, b.coefficient), a.bound + b.bound, a.constraints + b.constraints,
                collect(a.factors + b.factors))


def _product(a: Fraction, b: Fraction) -> Fraction:
    return b if a is ONE else a if b is ONE else a * b


def gather(terms: Iterable[Term]) -> Normal:
    """Canonical terms of equal shape merged, zeros dropped, sorted."""
    merged: dict[Like, Term] = {}
    given = list(terms)
    if len(given) > 1:
        for term in given:
            old = merged.get(term.like)
            merged[term.like] = term if old is None else Term(
                old.coefficient + term.coefficient, old.bound, old.constraints, old.factors, old.shape
            )
        given = sorted(merged.values(), key=lambda t: t.shape)
    return tuple([t for t in given if t.coefficient])


def plus(*normals: Normal) -> Normal:
    return gather(itertools.chain(*normals))


def scale(normal: Normal, factor: Fraction | int) -> Normal:
    return tuple(t.scaled(Fraction(factor)) for t in normal) if factor else ()


def tidy_constraint(constraint: Constraint) -> Constraint:
    """Integer coefficients without common factor, tightened; an equation with its first coefficient positive."""
    value = constraint.value
    if not value.terms:
        return constraint
    if all(type(c) is int for _, c in value.terms) and math.gcd(*[c for m, c in value.terms if m]) == 1:  # type: ignore[arg-type]
        upright = constraint.relation == ">=" or value.terms[-1][1] > 0
        return constraint if upright else Constraint(-value, constraint.relation)
    denominator = math.lcm(*(c.denominator for _, c in value.terms))
    content = math.gcd(*(int(c * denominator) for m, c in value.terms if m)) or 1
    ratio = Fraction(denominator, content)
    if constraint.relation == ">=":
        tight = [(m, c * ratio if m else Fraction(math.floor(c * ratio))) for m, c in value.terms]
        return Constraint(Polynomial(tight), ">=")
    if value.terms[-1][1] < 0:
        ratio = -ratio
    return Constraint(value * ratio, constraint.relation)


def number_terms(value: Polynomial) -> list[Term]:
    """An index expression as a number."""
    terms = []
    for monomial, coefficient in value.terms:
        factors = [
            Factor(INDEX, (Polynomial.atom(name),), ONE) if is_index(name)
            else Factor(Head("size", name), (), ONE)
            for name in monomial
        ]
        terms.append(Term(Fraction(coefficient), factors=collect(factors)))
    return terms


# -- closed bodies --------------------------------------------------------------------------------
def close(
    bodies: Sequence[Normal], local: tuple[str, ...] = ()
) -> tuple[tuple[Normal, ...], tuple[Polynomial, ...], bool]:
    """``bodies`` with slots for all that comes from outside, the polynomials that fill them, and whether the
    body may simplify once they are known. ``local`` are variables of the function itself (a maximum's)."""
    args: list[Polynomial] = []
    closed = []
    names: list[str] = []
    fragile = False
    for body in bodies:
        marked = sorted((_mark(term, local) for term in body), key=lambda m: (m[0], m[2]))
        terms = []
        for _, term, _ in marked:
            values: dict[str, Polynomial] = {}
            filled, term_args = _slots(term, local, len(args), values)
            args += term_args
            terms.append(filled)
            names += [f.head.name for f in term.factors if f.head.kind == "tensor"]
            fragile = fragile or bool(values) or any(f.head.kind == "index" or f.head.fragile for f in term.factors)
        closed.append(tuple(terms))
    return tuple(closed), tuple(args), fragile or len(set(names)) < len(names)


def _mark(term: Term, local: tuple[str, ...]) -> tuple[str, Term, str]:
    """A term with its constraints and factors in an order that does not depend on what is free in it."""
    inside = frozenset(term.bound + local)

    def blind(value: Polynomial, *, keep_sizes: bool) -> str:
        return repr(_split(value, inside, keep_sizes=keep_sizes)[0])

    constraints = sorted(
        [(c.relation, blind(c.value, keep_sizes=True), c.value.terms, c) for c in term.constraints],
        key=itemgetter(0, 1, 2),
    )
    factors = sorted(
        [(f.head.key, f.exponent, [blind(a, keep_sizes=False) for a in f.args], f.args, f) for f in term.factors],
        key=itemgetter(0, 1, 2, 3),
    )
    look = str([c[:2] for c in constraints]) + str([f[:3] for f in factors])
    marked = Term(term.coefficient, term.bound, tuple([c[-1] for c in constraints]), tuple([f[-1] for f in factors]))
    return f"{look}*{term.coefficient}", marked, shape(term)


def _split(value: Polynomial, inside: frozenset[str], *, keep_sizes: bool) -> tuple[Polynomial, Polynomial | None]:
    """What stays in a closed body, and what a slot is filled with (``None``: no slot)."""
    own = [(m, c) for m, c in value.terms if not inside.isdisjoint(m)]
    rest = [(m, c) for m, c in value.terms if inside.isdisjoint(m)]
    if any(is_index(n) and n not in inside for m, _ in own for n in m):
        raise Beyond("a product of two index variables inside a function")
    moved = [(m, c) for m, c in rest if any(is_index(n) for n in m)]
    if keep_sizes:
        kept = Polynomial._ordered([term for term in value.terms if term not in moved])
        return kept, Polynomial._ordered(moved) if moved else None
    if own and not moved:
        return value, None
    return Polynomial._ordered(own), Polynomial._ordered(rest)


def _slots(
    term: Term, local: tuple[str, ...], start: int, fragile: dict[str, Polynomial]
) -> tuple[Term, list[Polynomial]]:
    inside = frozenset(term.bound + local)
    args: list[Polynomial] = []

    def slot(value: Polynomial, *, keep_sizes: bool) -> Polynomial:
        kept, moved = _split(value, inside, keep_sizes=keep_sizes)
        if moved is None:
            return kept
        name = f"%s{start + len(args)}"
        args.append(moved)
        if keep_sizes or kept:
            fragile[name] = moved
        return kept + polynomial(name)

    constraints = tuple(Constraint(slot(c.value, keep_sizes=True), c.relation) for c in term.constraints)
    factors = tuple(Factor(f.head, tuple(slot(a, keep_sizes=False) for a in f.args), f.exponent) for f in term.factors)
    filled = Term(term.coefficient, term.bound, constraints, factors)
    return Term(filled.coefficient, filled.bound, filled.constraints, filled.factors, shape(filled)), args


def fill(body: Normal, args: Sequence[Polynomial]) -> list[Term]:
    """A closed body at ``args``, bound variables fresh."""
    values = {f"%s{k}": a for k, a in enumerate(args)}
    return [renamed(t, values, t.bound) for t in map(apart, body)]
