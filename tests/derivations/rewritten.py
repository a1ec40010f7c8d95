"""Changes of an expression that change nothing of what it says."""

from __future__ import annotations

from collections.abc import Iterator

from verify_derivations.derivations.differentiate import instantiate
from verify_derivations.derivations.kernel import has_body
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Mul,
    Number,
    Power,
    Scalar,
    Sum,
    add,
    at_least,
    bracket,
    children,
    fresh,
    heads,
    map_accesses,
    mul,
    polynomial,
    power,
    rebuild,
    substitute,
    summation,
)


def rewrites(node: Scalar, environment: Environment) -> Iterator[tuple[str, Scalar]]:
    """What was done, and the expression with it done in one place; definitions are put in throughout."""
    for head in heads(node):
        if has_body(head, environment):
            definition = environment.quantities[head]

            def body(access: Access, definition: Quantity = definition) -> Scalar | None:
                return instantiate(definition, access.indices) if access.head == definition.head else None

            yield f"definition of {head} put in", map_accesses(node, body)
    yield from _inside(node)


def _inside(node: Scalar) -> Iterator[tuple[str, Scalar]]:
    yield from _here(node)
    parts = children(node)
    for k, part in enumerate(parts):
        for name, new in _inside(part):
            yield name, rebuild(node, (*parts[:k], new, *parts[k + 1:]))


def _here(node: Scalar) -> Iterator[tuple[str, Scalar]]:
    match node:
        case Add(terms) if len(terms) > 1:
            yield "addends reversed", Add(terms[::-1])
            yield "addends nested", Add((terms[0], Add(terms[1:])))
        case Mul(factors):
            yield "factors reversed", Mul(factors[::-1])
            for k, factor in enumerate(factors):
                others = (*factors[:k], *factors[k + 1:])
                if isinstance(factor, Add):
                    yield "product distributed", add(*(mul(*others, term) for term in factor.terms))
                if isinstance(factor, Sum):
                    renamed = _renamed(factor)
                    yield "product put into a sum", summation(renamed.binders, mul(*others, renamed.body))
        case Power(base, Number(value)) if value.denominator == 1 and 1 < value < 4:
            yield "power written out", Mul((base,) * int(value))
        case Power(base, Number(value)) if value == -1 and isinstance(base, Mul):
            yield "inverse of each factor", mul(*(power(factor, -1) for factor in base.factors))
        case Sum(binders, body):
            yield "bound variables renamed", _renamed(node)
            if len(binders) > 1:
                extents = [extent for _, extent in binders]
                names = {v for v, _ in binders}
                if all(names.isdisjoint(extent.names) for extent in extents):
                    yield "sums exchanged", Sum(binders[::-1], body)
            (v, n), rest = binders[0], binders[1:]
            at, turned, shifted = polynomial(v), fresh("r"), fresh("s")
            inner = summation(rest, body)
            yield "sum reversed", summation([(turned, n)], substitute(inner, {v: n - 1 - polynomial(turned)}))
            moved = mul(bracket(at_least(polynomial(shifted), 2)), substitute(inner, {v: polynomial(shifted) - 2}))
            yield "sum shifted", summation([(shifted, n + 2)], moved)
            low, high = bracket(at_least(at, 1)), bracket(at_least(0, at))
            yield "sum split", add(summation([(v, n)], mul(low, inner)), summation([(v, n)], mul(high, inner)))
            if isinstance(body, Add):
                yield "sum of a sum", add(*(summation(binders, term) for term in body.terms))
            if isinstance(body, Mul) and isinstance(body.factors[0], Number):
                yield "number taken out", mul(body.factors[0], summation(binders, mul(*body.factors[1:])))


def _renamed(node: Sum) -> Sum:
    names = {v: fresh("w") for v, _ in node.binders}
    values = {v: polynomial(new) for v, new in names.items()}
    binders = tuple((names[v], extent.substitute(values)) for v, extent in node.binders)
    return Sum(binders, substitute(node.body, values))
