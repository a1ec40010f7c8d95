"""Polynomials with rational coefficients: index expressions and extents.

A monomial is a sorted tuple of atom names (a repeated name is a power). Atoms are plain strings:
*sizes* carry the document's LaTeX (``n_{4}``, ``width``), *index variables* begin with ``%``
(see :func:`fresh`), so that the two can never clash.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

Monomial: TypeAlias = tuple[str, ...]
Coefficient: TypeAlias = int | Fraction
"""An ``int`` where it is whole: most are, and integer arithmetic is many times faster."""

_counter = itertools.count()


def fresh(hint: str = "i") -> str:
    """A new index variable. ``hint`` is the name that a reader of the document would expect. Those of one hint sort
    in the order in which they were made, so that the same work done again has the same result."""
    return f"%{hint.lstrip('%').split('.')[0]}.{next(_counter):09d}"


def reserve(number: int) -> None:
    """Fresh variables have higher numbers from now on: for expressions that another process made."""
    global _counter
    _counter = itertools.count(max(next(_counter), number + 1))


def is_index(name: str) -> bool:
    return name.startswith("%")


class Polynomial:
    """An immutable polynomial; compares and hashes by value."""

    __slots__ = ("_hash", "_indices", "_names", "_signs", "_text", "terms")

    terms: tuple[tuple[Monomial, Coefficient], ...]
    _hash: int | None
    _names: frozenset[str] | None
    _indices: frozenset[str] | None
    _signs: tuple[frozenset[str], frozenset[str]] | None
    _text: str | None

    def __init__(
        self, terms: Mapping[Monomial, Coefficient] | Iterable[tuple[Monomial, Coefficient]] = ()
    ) -> None:
        collected: dict[Monomial, Coefficient] = {}
        for monomial, coefficient in terms if type(terms) is list or not isinstance(terms, Mapping) else terms.items():
            if monomial in collected:
                collected[monomial] += coefficient
            else:
                collected[monomial] = coefficient
        self.terms = tuple(sorted([
            pair if type(pair[1]) is int else (pair[0], _reduced(pair[1])) for pair in collected.items() if pair[1]
        ]))
        self._hash = self._names = self._indices = self._signs = self._text = None

    @classmethod
    def _ordered(cls, terms: Iterable[tuple[Monomial, Coefficient]]) -> Polynomial:
        """From terms as :attr:`terms` has them: monomials in order, each once, no zero, whole ones as ``int``."""
        made = object.__new__(cls)
        made.terms = tuple(terms)
        made._hash = made._names = made._indices = made._signs = made._text = None
        return made

    def __reduce__(self) -> tuple[type[Polynomial], tuple[object]]:
        return Polynomial, (self.terms,)  # not the hash: that of a string differs from process to process

    # -- construction -------------------------------------------------------------------------
    @staticmethod
    def constant(value: int | Fraction) -> Polynomial:
        if type(value) is int:
            return _whole(value)
        return Polynomial._ordered([((), _reduced(value))] if value else ())

    @staticmethod
    def atom(name: str) -> Polynomial:
        return Polynomial._ordered([((name,), 1)])

    # -- arithmetic ---------------------------------------------------------------------------
    def __add__(self, other: Polynomial | int) -> Polynomial:
        if type(other) is int:
            return self._raised(other)
        if type(other) is not Polynomial:
            other = polynomial(other)
        if not other.terms:
            return self
        if not self.terms:
            return other
        return Polynomial([*self.terms, *other.terms])

    __radd__ = __add__

    def __neg__(self) -> Polynomial:
        return Polynomial._ordered([(m, -c) for m, c in self.terms])

    def __sub__(self, other: Polynomial | int) -> Polynomial:
        if type(other) is int:
            return self._raised(-other)
        if type(other) is not Polynomial:
            other = polynomial(other)
        if not other.terms:
            return self
        return Polynomial([*self.terms, *[(m, -c) for m, c in other.terms]])

    def _raised(self, number: Coefficient) -> Polynomial:
        """A whole number added: the constant is the first of the terms."""
        rest = self.terms
        if rest and not rest[0][0]:
            number, rest = rest[0][1] + number, rest[1:]
        return Polynomial._ordered([((), number), *rest] if number else rest)

    def __rsub__(self, other: int) -> Polynomial:
        return polynomial(other) - self

    def __mul__(self, other: Polynomial | int | Fraction) -> Polynomial:
        if type(other) is not Polynomial:
            other = polynomial(other)
        if len(other.terms) == 1 and not other.terms[0][0]:
            factor = other.terms[0][1]
            return self if factor == 1 else Polynomial._ordered([(m, _reduced(c * factor)) for m, c in self.terms])
        return Polynomial(
            [(tuple(sorted(m1 + m2)), c1 * c2) for m1, c1 in self.terms for m2, c2 in other.terms]
        )

    __rmul__ = __mul__

    def divide(self, other: Polynomial) -> Polynomial | None:
        """The quotient, where ``other`` divides exactly; else ``None``."""
        if not other.terms:
            return None
        divisor, factor = max(other.terms, key=_degree)
        quotient, rest = ZERO, self
        while rest.terms:
            monomial, coefficient = max(rest.terms, key=_degree)
            names = list(monomial)
            for name in divisor:
                if name not in names:
                    return None
                names.remove(name)
            part = Polynomial({tuple(names): Fraction(coefficient) / factor})
            quotient, rest = quotient + part, rest - part * other
        return quotient

    # -- inspection ---------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if isinstance(other, int):
            other = polynomial(other)
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(self.terms)
        return self._hash

    def __bool__(self) -> bool:
        return bool(self.terms)

    @property
    def names(self) -> frozenset[str]:
        if self._names is None:
            self._names = frozenset([name for monomial, _ in self.terms for name in monomial])
        return self._names

    @property
    def indices(self) -> frozenset[str]:
        """The names of index variables."""
        if self._indices is None:
            self._indices = frozenset([name for name in self.names if name[0] == "%"])
        return self._indices

    @property
    def signs(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names with which the value may grow, and those with which it may fall. Sizes are at least one: a product
        of them grows with each, without bound; that with an index variable does either."""
        if self._signs is None:
            up: list[str] = []
            down: list[str] = []
            for monomial, coefficient in self.terms:
                either = len(monomial) > 1 and any(map(is_index, monomial))
                if coefficient > 0 or either:
                    up += monomial
                if coefficient < 0 or either:
                    down += monomial
            self._signs = frozenset(up), frozenset(down)
        return self._signs

    @property
    def is_constant(self) -> bool:
        return not self.terms or (len(self.terms) == 1 and self.terms[0][0] == ())

    @property
    def value(self) -> Fraction:
        """The value of a constant polynomial."""
        assert self.is_constant, self
        return Fraction(self.terms[0][1]) if self.terms else Fraction(0)

    @property
    def unit(self) -> int:
        """The value of the polynomials 1 and −1, else zero."""
        if len(self.terms) == 1:
            monomial, coefficient = self.terms[0]
            if not monomial and (coefficient == 1 or coefficient == -1):
                return int(coefficient)
        return 0

    def as_atom(self) -> str | None:
        """The name, where the polynomial is exactly one atom with coefficient one."""
        if len(self.terms) == 1:
            monomial, coefficient = self.terms[0]
            if coefficient == 1 and len(monomial) == 1:
                return monomial[0]
        return None

    def linear_in(self, name: str) -> tuple[Polynomial, Polynomial] | None:
        """``(a, b)`` with ``self = a·name + b`` and neither containing ``name``, or ``None``."""
        slope: list[tuple[Monomial, Coefficient]] = []
        rest: list[tuple[Monomial, Coefficient]] = []
        for monomial, coefficient in self.terms:
            count = monomial.count(name)
            if count == 0:
                rest.append((monomial, coefficient))
            elif count == 1:
                slope.append((tuple([n for n in monomial if n != name]), coefficient))
            else:
                return None
        return Polynomial._ordered(sorted(slope) if len(slope) > 1 else slope), Polynomial._ordered(rest)

    def substitute(self, values: Mapping[str, Polynomial]) -> Polynomial:
        """All names replaced at once."""
        if len(self.terms) == 1:  # mostly one name
            monomial, coefficient = self.terms[0]
            if len(monomial) == 1 and coefficient == 1:
                return values.get(monomial[0], self)
        if self.names.isdisjoint(values):
            return self
        found: list[tuple[Monomial, Coefficient]] = []
        for monomial, coefficient in self.terms:
            kept = tuple([name for name in monomial if name not in values])
            if len(kept) == len(monomial):
                found.append((monomial, coefficient))
                continue
            product: list[tuple[Monomial, Coefficient]] = [(kept, coefficient)]
            for name in monomial:
                if name in values:
                    factor = values[name].terms
                    product = [(m1 + m2, c1 if c2 == 1 else c1 * c2) for m1, c1 in product for m2, c2 in factor]
            found += [(m if len(m) < 2 else tuple(sorted(m)), c) for m, c in product]
        return Polynomial(found)

    def evaluate(self, values: Mapping[str, int | Fraction]) -> Fraction:
        total: Coefficient = 0
        for monomial, coefficient in self.terms:
            for name in monomial:
                coefficient = coefficient * values[name]
            total += coefficient
        return Fraction(total)

    def __lt__(self, other: Polynomial) -> bool:
        return self.terms < other.terms

    def __repr__(self) -> str:
        if self._text is None:
            self._text = " + ".join(map(_written, self.terms)) if self.terms else "0"
        return self._text


def _written(term: tuple[Monomial, Coefficient]) -> str:
    monomial, coefficient = term
    if not monomial:
        return str(coefficient)
    factors = "*".join(monomial)
    return factors if coefficient == 1 else f"{coefficient}*{factors}"


@lru_cache(maxsize=1024)
def _whole(value: int) -> Polynomial:
    return Polynomial._ordered([((), value)] if value else ())


def _reduced(value: Coefficient) -> Coefficient:
    """Whole numbers as ``int``."""
    return value.numerator if value.denominator == 1 else value


def _degree(term: tuple[Monomial, Coefficient]) -> tuple[int, Monomial]:
    """Monomials in graded order: multiplying two by a third keeps their order, so that division ends."""
    return len(term[0]), term[0]


def polynomial(value: Polynomial | int | Fraction | str) -> Polynomial:
    """Coerce a number or the name of an atom."""
    if isinstance(value, Polynomial):
        return value
    return Polynomial.atom(value) if isinstance(value, str) else Polynomial.constant(value)


ZERO = Polynomial()
ONE = Polynomial.constant(1)
