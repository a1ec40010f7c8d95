"""Every single change of an expression: sign, factor, order of indices, index, bound, function, tensor, exponent."""

from __future__ import annotations

from collections.abc import Iterator

from verify_derivations.formulas.definitions import Environment, adjoint_of
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    ArgMaximum,
    Bracket,
    Compare,
    Maximum,
    Mul,
    Number,
    Power,
    Scalar,
    Size,
    Sum,
    bracket,
    children,
    mul,
    power,
    rebuild,
    summation,
)
from verify_derivations.formulas.polynomial import Polynomial

OTHER = {"exp": "tanh", "log": "exp", "tanh": "sigmoid", "sigmoid": "tanh", "relu": "abs", "softplus": "relu"}
FLIPPED = {">": ">=", ">=": ">", "==": "!=", "!=": "=="}


def mutants(node: Scalar, environment: Environment) -> Iterator[tuple[str, Scalar]]:
    """What was changed, and the changed expression. Indices may leave their range."""
    for name, new in _here(node, environment):
        if new != node:
            yield name, new
    parts = children(node)
    for k, part in enumerate(parts):
        for name, new in mutants(part, environment):
            yield name, rebuild(node, (*parts[:k], new, *parts[k + 1:]))


def _here(node: Scalar, environment: Environment) -> Iterator[tuple[str, Scalar]]:
    match node:
        case Access(head, indices):
            yield from _access(head, indices, environment)
        case Add(terms):
            for k, term in enumerate(terms):
                yield "sign", Add((*terms[:k], -term, *terms[k + 1:]))
                yield "dropped term", Add((*terms[:k], *terms[k + 1:]))
        case Mul(factors):
            for k, factor in enumerate(factors):
                yield "dropped factor", mul(*factors[:k], *factors[k + 1:])
                if not isinstance(factor, Bracket | Compare | ArgMaximum):
                    yield "doubled factor", mul(factor, *factors)
        case Power(base, Number(value)):
            yield "exponent", power(base, value + 1)
            yield "inverse", power(base, -value)
        case Number(value):
            yield "number", Number(value + 1)
        case Size(value):
            yield "size", Size(value + 1)
        case Sum(binders, body):
            for k, (variable, extent) in enumerate(binders):
                yield "bound", summation((*binders[:k], (variable, extent - 1), *binders[k + 1:]), body)
        case Maximum(binders, body):
            yield "window", Maximum(((binders[0][0], binders[0][1] + 1), *binders[1:]), body)
        case Apply(function, arguments, derivative):
            if function in OTHER:
                yield "function", Apply(OTHER[function], arguments, derivative)
            if function in environment.functions:
                yield "prime", Apply(function, arguments, () if any(derivative) else (1,) * len(arguments))
        case Compare(left, relation, right):
            yield "relation", Compare(right, FLIPPED[relation], left)
        case Bracket(constraints):
            for k, constraint in enumerate(constraints):
                moved = type(constraint)(constraint.value + 1, constraint.relation)
                yield "bracket", bracket(*constraints[:k], moved, *constraints[k + 1:])
    if not isinstance(node, Number | Bracket | Compare):
        yield "sign", -node
        yield "factor", 2 * node


def _access(head: str, indices: tuple[Polynomial, ...], environment: Environment) -> Iterator[tuple[str, Scalar]]:
    if len(indices) > 1:
        yield "transpose", Access(head, (indices[1], indices[0], *indices[2:]))
    for k, index in enumerate(indices):
        yield "index", Access(head, (*indices[:k], index + 1, *indices[k + 1:]))
    loss = environment.loss
    of = adjoint_of(head, loss) if loss is not None else None
    quantity = environment.quantities.get(of or head)
    for other in environment.quantities.values():
        if quantity is not None and other.head != quantity.head and other.extents == quantity.extents:
            yield "tensor", Access(head.replace(quantity.head, other.head) if of is None else _of(head, of, other.head),
                                   indices)


def _of(head: str, old: str, new: str) -> str:
    return head[: head.rindex(old)] + new + head[head.rindex(old) + len(old):]
