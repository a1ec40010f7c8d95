"""Exact rewrites of scalars that keep floating point in range: each is an identity over the reals."""

from __future__ import annotations

from collections.abc import Mapping

from verify_derivations.derivations.differentiate import plain_name, unfold_function
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity
from verify_derivations.formulas.expressions import (
    UNIT,
    Access,
    Add,
    Apply,
    Maximum,
    Mul,
    Number,
    Power,
    Scalar,
    Sum,
    add,
    apply,
    children,
    mul,
    negate,
    power,
    rebuild,
    rename_apart,
    scalar,
    substitute,
    summation,
)


def inline_functions(node: Scalar, functions: Mapping[str, FunctionDefinition]) -> Scalar:
    """``f(e)`` and ``f'(e)`` replaced by the body of ``f`` and its derivative."""
    parts = tuple(inline_functions(part, functions) for part in children(node))
    node = rebuild(node, parts) if parts else node
    if isinstance(node, Apply):
        unfolded = unfold_function(node, Environment(functions=functions))
        if unfolded is not None:
            return inline_functions(unfolded, functions)
    return node


def stable(node: Scalar, definitions: Mapping[str, Quantity]) -> Scalar:
    """The rewrites below, from the leaves up. ``definitions`` lets a logarithm look through its argument's name."""
    if isinstance(node, Apply) and node.function == "log":
        opened = _opened(node.arguments[0], definitions)
        if opened is not None:
            return stable(opened, definitions)
    node = rebuild(node, tuple(stable(part, definitions) for part in children(node))) if children(node) else node
    match node:
        case Apply(function, (argument,)) if plain_name(function) == "sigmoid":
            half = scalar(1) / 2
            return add(half, mul(half, apply("tanh", mul(half, argument))))
        case Apply(function, (argument,)) if plain_name(function) == "relu":
            return apply("max", scalar(0), argument)
        case Apply(function, (argument,)) if plain_name(function) == "softplus":
            magnitude = apply("max", argument, negate(argument))
            return add(apply("max", scalar(0), argument), apply("log", add(UNIT, apply("exp", negate(magnitude)))))
        case Mul(factors):
            return _hyperbolic(factors) or _shifted(factors) or node
        case Power(base, Number(exponent)) if exponent < 0:
            logistic = _logistic(base)
            return node if logistic is None else power(logistic, -exponent)
    return node


def _opened(argument: Scalar, definitions: Mapping[str, Quantity]) -> Scalar | None:
    """The logarithm of a softmax or a logistic function; ``log xᵉ = e·log x`` of such an ``x``, which is positive."""
    opened = _logarithm(_open(argument, definitions)) or _log_logistic(argument, definitions)
    if opened is None and isinstance(argument, Power):
        inner = _opened(argument.base, definitions)
        return None if inner is None else mul(argument.exponent, inner)
    return opened


def _logistic(base: Scalar) -> Scalar | None:
    """``1/(1 + exp w) = ½ - ½ tanh(w/2)``: the left side overflows, the right one does not."""
    match base:
        case Add(parts) if len(parts) == 2 and UNIT in parts:
            other = parts[0] if parts[1] == UNIT else parts[1]
            if isinstance(other, Apply) and other.function == "exp":
                half = scalar(1) / 2
                return add(half, mul(half, apply("tanh", mul(negate(half), other.arguments[0]))))
    return None


def _hyperbolic(factors: tuple[Scalar, ...]) -> Scalar | None:
    """``(exp w - 1)/(exp w + 1) = tanh(w/2)``, whose factors were rewritten to ``(exp w - 1)(½ + ½ tanh(-w/2))``."""
    for factor in factors:
        match factor:
            case Add(parts) if len(parts) == 2 and Number(-UNIT.value) in parts:
                exponential = parts[0] if isinstance(parts[1], Number) else parts[1]
                partner = _logistic(add(UNIT, exponential))
                if partner is not None and partner in factors and isinstance(exponential, Apply):
                    rest = list(factors)
                    rest.remove(factor)
                    rest.remove(partner)
                    return mul(*rest, apply("tanh", mul(scalar(1) / 2, exponential.arguments[0])))
    return None


def _shifted(factors: tuple[Scalar, ...]) -> Scalar | None:
    """``exp f · (Σ exp g)⁻¹ = exp(f - c) · (Σ exp(g - c))⁻¹`` with ``c = max g``."""
    for place, factor in enumerate(factors):
        match factor:
            case Power(Sum(binders, Apply("exp", (inner,))), Number(exponent)) if exponent == -1:
                for other in factors:
                    if isinstance(other, Apply) and other.function == "exp" and not _mentions_maximum(other):
                        shift = rename_apart(Maximum(binders, inner))
                        total = summation(binders, apply("exp", add(inner, negate(shift))))
                        rest = [f for k, f in enumerate(factors) if k != place and f is not other]
                        return mul(*rest, apply("exp", add(other.arguments[0], negate(shift))), power(total, -1))
    return None


def _mentions_maximum(node: Scalar) -> bool:
    return isinstance(node, Maximum) or any(map(_mentions_maximum, children(node)))


def _open(node: Scalar, definitions: Mapping[str, Quantity]) -> Scalar:
    """The definition of a named argument, where it is a product with an exponential."""
    if isinstance(node, Access) and node.head in definitions:
        quantity = definitions[node.head]
        factors = quantity.body.factors if isinstance(quantity.body, Mul) else ()
        if quantity.body is not None and any(isinstance(f, Apply) and f.function == "exp" for f in factors):
            return rename_apart(substitute(quantity.body, dict(zip(quantity.indices, node.indices, strict=True))))
    return node


def _log_logistic(argument: Scalar, definitions: Mapping[str, Quantity]) -> Scalar | None:
    """``log σ(x) = -softplus(-x)`` and ``log(1 - σ(x)) = -softplus(x)``, also through a name for ``σ(x)``."""
    inner = _logit(argument, definitions)
    if inner is not None:
        return negate(apply("softplus", negate(inner)))
    if isinstance(argument, Add) and len(argument.terms) == 2 and UNIT in argument.terms:
        other = argument.terms[0] if argument.terms[1] == UNIT else argument.terms[1]
        inner = _logit(negate(other), definitions)
        return None if inner is None else negate(apply("softplus", inner))
    return None


def _logit(value: Scalar, definitions: Mapping[str, Quantity]) -> Scalar | None:
    """``x`` where ``value`` is ``σ(x)`` or ``1/(1 + exp(-x))``, or a name for that."""
    if isinstance(value, Access) and value.head in definitions:
        quantity = definitions[value.head]
        if quantity.body is not None:
            value = rename_apart(substitute(quantity.body, dict(zip(quantity.indices, value.indices, strict=True))))
    match value:
        case Apply(function, (inner,)) if plain_name(function) == "sigmoid":
            return inner
        case Power(Add((Apply("exp", (inner,)), one)), Number(minus)) if one == UNIT and minus == -1:
            return negate(inner)
        case Power(Add((one, Apply("exp", (inner,)))), Number(minus)) if one == UNIT and minus == -1:
            return negate(inner)
    return None


def _logarithm(argument: Scalar) -> Scalar | None:
    """``log(exp f · (Σ exp g)⁻¹) = f - c - log Σ exp(g - c)`` with ``c = max g``; every factor is positive."""
    parts: list[Scalar] = []
    for factor in argument.factors if isinstance(argument, Mul) else (argument,):
        match factor:
            case Apply("exp", (inner,)):
                parts.append(inner)
            case Power(Sum(binders, Apply("exp", (inner,))), Number(exponent)) if exponent == -1:
                shift = rename_apart(Maximum(binders, inner))
                parts.append(negate(shift))
                parts.append(negate(apply("log", summation(binders, apply("exp", add(inner, negate(shift)))))))
            case _:
                return None
    return add(*parts)


