"""Expressions as one writes them: no δ in a sum, a common factor before a bracket, what does not run before a sum.

Everything here only proposes, as a derivative is worked out by hand: what is made of it is judged like any statement.
So nothing asks whether an index that a δ puts in the place of another is in its range.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice, product
from typing import TypeAlias

from verify_derivations.derivations.differentiate import instantiate
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    Binder,
    Binding,
    Bracket,
    Mul,
    Number,
    Placed,
    Power,
    Scalar,
    Size,
    Sum,
    add,
    binders_of,
    bracket,
    children,
    contents,
    free_names,
    heads,
    mul,
    negate,
    polynomial,
    power,
    rebuild,
    scalar,
    substitute,
    summation,
    walk,
)
from verify_derivations.formulas.polynomial import Polynomial, is_index


def contracted(node: Scalar) -> Scalar:
    """With the terms of a δ in a sum at the one index where it is not zero, ``Σ_k δ_{ik}·x_k`` as ``x_i``, and
    powers as such: ``exp(-log x)`` as ``x^{-1}``."""
    parts = children(node)
    node = rebuild(node, tuple(map(contracted, parts))) if parts else node
    if isinstance(node, Apply) and node.function == "exp" and not any(node.derivative):
        return _power_of_logarithm(node.arguments[0]) or node
    if not isinstance(node, Sum):
        return node
    return add(*(_contracted(node.binders, factors) for factors in _terms(node.body)))


def _terms(body: Scalar) -> Iterator[tuple[Scalar, ...]]:
    """The factors of each term; brackets with a δ in them are opened."""
    if isinstance(body, Add):
        for term in body.terms:
            yield from _terms(term)
        return
    factors = body.factors if isinstance(body, Mul) else (body,)
    for k, factor in enumerate(factors):
        if isinstance(factor, Add) and any(isinstance(part, Bracket) for part in walk(factor)):
            for term in factor.terms:
                yield from _terms(mul(*factors[:k], term, *factors[k + 1 :]))
            return
    yield factors


def _contracted(binders: tuple[Binder, ...], factors: Sequence[Scalar]) -> Scalar:
    for k, factor in enumerate(factors):
        if not isinstance(factor, Bracket):
            continue
        for c in factor.constraints:
            for variable, _ in binders if c.relation == "==" else ():
                found = c.value.linear_in(variable)
                if found is None or not found[0].unit:
                    continue
                at = {variable: found[1] * -found[0].unit}
                rest = bracket(*(other for other in factor.constraints if other is not c))
                others = (x.substitute(at) for _, x in binders)
                left = [(v, x) for (v, _), x in zip(binders, others, strict=True) if v != variable]
                kept = [substitute(x, at) for x in (*factors[:k], rest, *factors[k + 1 :])]
                flat = mul(*kept)
                return _contracted(tuple(left), flat.factors if isinstance(flat, Mul) else (flat,))
    return summation(binders, mul(*factors))


def gathered(node: Scalar, *, brackets: bool = True) -> Scalar:
    """With what does not run before Σ, powers of one factor in one place, and (with ``brackets``) what all terms of a
    sum have in common before a bracket."""
    return _sign_within(_gathered(node, brackets))


def _gathered(node: Scalar, brackets: bool) -> Scalar:
    parts = children(node)
    node = rebuild(node, tuple(_gathered(part, brackets) for part in parts)) if parts else node
    match node:
        case Sum():
            return _before_the_sum(node)
        case Mul() | Power():
            return _Monomial(node).scalar()
        case Add():
            return _before_a_bracket(node, brackets)
        case Apply("sqrt", (argument,), derivative) if not any(derivative):
            return power(argument, Fraction(1, 2))
    return node


def _power_of_logarithm(exponent: Scalar) -> Scalar | None:
    """``exp(c·log b)`` as ``b^c``."""
    factors = exponent.factors if isinstance(exponent, Mul) else (exponent,)
    for k, factor in enumerate(factors):
        if isinstance(factor, Apply) and factor.function == "log" and not any(factor.derivative):
            return power(factor.arguments[0], mul(*factors[:k], *factors[k + 1 :]))
    return None


def _before_the_sum(node: Sum) -> Scalar:
    factors = node.body.factors if isinstance(node.body, Mul) else (node.body,)
    bound = {variable for variable, _ in node.binders}
    inside = [factor for factor in factors if not bound.isdisjoint(free_names(factor))]
    outside = [factor for factor in factors if factor not in inside]
    if not inside and not any(is_index(name) for _, extent in node.binders for name in extent.names):
        return mul(*outside, *(scalar(extent) for _, extent in node.binders))
    return mul(*outside, summation(node.binders, mul(*inside)))


class _Monomial:
    """A number times powers of factors, by their content."""

    def __init__(self, term: Scalar) -> None:
        self.coefficient = Fraction(1)
        self.powers: dict[str, tuple[Scalar, Fraction]] = {}
        self.take(term, Fraction(1))

    def take(self, factor: Scalar, exponent: Fraction) -> None:
        whole = exponent.denominator == 1
        match factor:
            case Mul(factors) if whole or sum(not _is_positive(part) for part in factors) < 2:
                for part in factors:
                    self.take(part, exponent)
            case Power(base, Number(value)):
                self.take(base, value * exponent)
            case Number(value) if whole and value:
                self.coefficient *= value ** int(exponent)
            case _:
                key = content(factor)
                before = self.powers.get(key, (factor, Fraction(0)))[1]
                self.powers[key] = factor, before + exponent

    def divide(self, other: _Monomial) -> bool:
        """Take the factors of another away, where all of them are here in the same direction."""
        for key, (_, exponent) in other.powers.items():
            here = self.powers[key][1] if key in self.powers else Fraction(0)
            if here * exponent <= 0 or abs(here) < abs(exponent):
                return False
        for key, (base, exponent) in other.powers.items():
            self.powers[key] = base, self.powers[key][1] - exponent
        self.coefficient /= other.coefficient
        return True

    def scalar(self) -> Scalar:
        """Numbers first, then entries, then the rest, and sums last, which reach to the end of a product."""
        powers = sorted((x for x in self.powers.values() if x[1]), key=lambda x: _place(x[0]))
        return mul(Number(self.coefficient), *(power(base, exponent) for base, exponent in powers))

    @property
    def content(self) -> frozenset[tuple[str, Fraction]]:
        return frozenset((key, exponent) for key, (_, exponent) in self.powers.items())


def _is_positive(factor: Scalar) -> bool:
    base = factor.base if isinstance(factor, Power) else factor
    return isinstance(base, Size) or isinstance(base, Number) and base.value > 0


def _place(factor: Scalar) -> tuple[int, str]:
    match factor:
        case Size():
            return 0, ""
        case Access(head, indices):
            return 1, f"{head}{indices}"
        case Sum():
            return 3, ""
    return 2, ""


def _before_a_bracket(node: Add, brackets: bool) -> Scalar:
    found: dict[frozenset[tuple[str, Fraction]], _Monomial] = {}
    for monomial in map(_Monomial, node.terms):
        if monomial.content in found:
            found[monomial.content].coefficient += monomial.coefficient
        else:
            found[monomial.content] = monomial
    terms = [monomial for monomial in found.values() if monomial.coefficient]
    if len(terms) < 2 or not brackets:
        return add(*(monomial.scalar() for monomial in terms))
    front: list[Scalar] = []
    for key, (base, _) in list(terms[0].powers.items()):
        exponents = [m.powers.get(key, (base, Fraction(0)))[1] for m in terms]
        common = min(exponents)  # of what all are divided by, over the highest power of it
        if common > 0 or max(exponents) < 0:
            front.append(power(base, common))
            for monomial, exponent in zip(terms, exponents, strict=True):
                monomial.powers[key] = base, exponent - common
    number = _number_before([monomial.coefficient for monomial in terms])
    for monomial in terms:
        monomial.coefficient /= number
    return mul(Number(number), *front, add(*(monomial.scalar() for monomial in terms)))


def _sign_within(node: Scalar) -> Scalar:
    """``-(a - b)`` as ``b - a``."""
    factors = node.factors if isinstance(node, Mul) else ()
    if not factors or not isinstance(factors[0], Number) or factors[0].value > 0:
        return node
    for k, factor in enumerate(factors):
        if isinstance(factor, Add) and len({_Monomial(term).coefficient > 0 for term in factor.terms}) == 2:
            flipped = add(*map(negate, factor.terms))
            return mul(*factors[:k], Number(Fraction(-1)), flipped, *factors[k + 1 :])
    return node


def _number_before(coefficients: Sequence[Fraction]) -> Fraction:
    """The number that one writes before the bracket."""
    sign = -1 if all(c < 0 for c in coefficients) else 1
    if len({abs(c) for c in coefficients}) == 1:
        return sign * abs(coefficients[0])
    whole = all(c.denominator == 1 for c in coefficients)
    return Fraction(sign * math.gcd(*(c.numerator for c in coefficients)) if whole else sign)


def named(node: Scalar, environment: Environment) -> Scalar:
    """With the names of quantities for what they are defined as: ``P_k·(δ_{ik} - P_i)`` for a softmax's derivative."""
    inside, free = contents(node), free_names(node)
    found = dict.fromkeys(i for x in walk(node) if isinstance(x, Access) for i in x.indices if i.names <= free)
    known = [
        quantity for quantity in environment.quantities.values()
        if isinstance(quantity.body, Add | Mul | Apply | Power) and len(quantity.indices) <= MOST_INDICES
        and set(heads(quantity.body)) <= set(inside.heads)
    ]  # fmt: skip
    return _Naming(known).of(node, tuple(found)) if known else node


MOST_INDICES = 2
"""Of a quantity whose definition is looked for: all choices of its indices are tried."""
MOST = 400
"""Of these choices, for all quantities together."""


_Instance: TypeAlias = tuple[Access, str, _Monomial]
"""A name with its indices, and its definition at these: all of it, and as a product."""


class _Naming:
    def __init__(self, quantities: Sequence[Quantity]) -> None:
        self.quantities = quantities
        self.choices: dict[tuple[Polynomial, ...], list[_Instance]] = {}

    def of(self, node: Scalar, places: tuple[Polynomial, ...]) -> Scalar:
        """``places`` are the indices that a name may have here."""
        here = self.instances(places)
        whole = content(node)
        for name, body, _ in here:
            if body == whole:
                return name
        if isinstance(node, Mul | Power):
            node = self.divided(node, here)
        inner = (*places, *(polynomial(v) for v, _ in binders_of(node)))
        parts = children(node)
        return rebuild(node, tuple(self.of(part, inner) for part in parts)) if parts else node

    def divided(self, node: Mul | Power, here: Sequence[_Instance]) -> Scalar:
        """The names of definitions that are factors of a product."""
        left, names = _Monomial(node), list[Scalar]()
        for name, _, wanted in here:
            while len(wanted.powers) > 1 and left.divide(wanted):
                names.append(name)
        return mul(*names, left.scalar()) if names else node

    def instances(self, places: tuple[Polynomial, ...]) -> list[_Instance]:
        if places not in self.choices:
            names = (
                (quantity, at) for quantity in self.quantities for at in product(places, repeat=len(quantity.indices))
            )
            bodies = ((Access(q.head, at), instantiate(q, at)) for q, at in islice(names, MOST))
            self.choices[places] = [(name, content(body), _Monomial(body)) for name, body in bodies]
        return self.choices[places]


def content(node: Scalar) -> str:
    """The same text for expressions that differ in the names of their bound variables only."""
    return repr(_canonical(node, 0))


def _canonical(node: Scalar, depth: int) -> Scalar:
    if isinstance(node, Binding):
        names = [f"%.{depth + k}" for k in range(len(node.binders))]
        node = _opened(node, names)
        depth += len(names)
    parts = children(node)
    return rebuild(node, tuple(_canonical(part, depth) for part in parts)) if parts else node


def _opened(node: Binding, names: Sequence[str]) -> Scalar:
    """The node with other names for its bound variables."""
    at = {variable: polynomial(name) for (variable, _), name in zip(node.binders, names, strict=True)}
    binders = tuple((name, x.substitute(at)) for name, (_, x) in zip(names, node.binders, strict=True))
    body = substitute(node.body, at)
    return type(node)(binders, body, node.at) if isinstance(node, Placed) else type(node)(binders, body)

