"""Definitions that give no value anywhere: of ``z = 1/(u - u)`` nothing is true, also not that z - z is zero; and what
is defined by itself, a by b and b by a, of which they are at most equations.

A proof puts a definition in only where it needs to, so that z might stand on both sides and fall out. What is found
here can only take a proof away.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from verify_derivations.derivations.kernel import Claim, Derivation
from verify_derivations.derivations.recurrence import accesses
from verify_derivations.derivations.signs import Signs
from verify_derivations.derivations.terms import Beyond, Nowhere
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint_of
from verify_derivations.formulas.expressions import (
    NOUGHT,
    Access,
    Constraint,
    Power,
    Scalar,
    contents,
    polynomial,
    walk,
)
from verify_derivations.formulas.partial import is_partial


def valueless(environment: Environment, names: Iterable[str], *sides: Scalar) -> str | None:
    """Why a definition on which ``names`` or the sides of a claim rest has no value anywhere; ``None`` where all have
    one, as far as is seen. A derivative of the loss rests on the loss."""
    waiting = list(chain(names, *map(_named, sides)))
    found = set(waiting)
    while waiting:
        name = waiting.pop()
        loss = environment.loss
        below = {loss} if loss is not None and adjoint_of(name, loss) is not None else set()
        for definition in (environment.quantities.get(name), environment.functions.get(name)):
            if definition is not None and definition.body is not None:
                if (reason := _nowhere(name, definition.body, environment)) is not None:
                    return f"{name} has no value: {reason}"
                below |= {*_named(definition.body)}
        waiting += below - found
        found |= below
    circular = found & _circular(environment)
    return f"{min(circular)} is defined by itself" if circular else None


def _circular(environment: Environment) -> frozenset[str]:
    """What rests on itself, or on what does, but for recursions: at the same place, or at any."""
    if ("circular",) not in environment.remembered:
        rests = {
            head: {access.head for access, known in accesses(q.body, environment.facts) if _here(q, access, known)}
            for head, q in environment.quantities.items() if q.body is not None
        }  # fmt: skip
        while ended := {head for head, inner in rests.items() if rests.keys().isdisjoint(inner)}:
            rests = {head: inner for head, inner in rests.items() if head not in ended}
        environment.remembered["circular",] = frozenset(rests)
    found: frozenset[str] = environment.remembered["circular",]
    return found


def _here(quantity: Quantity, access: Access, known: tuple[Constraint, ...]) -> bool:
    """Whether an access in a definition is none to another time."""
    if not quantity.indices or not access.indices:
        return True
    index, own = access.indices[0], quantity.indices[0]
    if own in index.names:
        return index == polynomial(own)
    return not any(own in c.value.names and not index.names.isdisjoint(c.value.names) for c in known)


def _named(body: Scalar) -> tuple[str, ...]:
    inside = contents(body)
    return (*inside.heads, *inside.functions)


def _nowhere(name: str, body: Scalar, environment: Environment) -> str | None:
    key = "valueless", name
    if key not in environment.remembered:
        environment.remembered[key] = _reason(body, environment)
    reason: str | None = environment.remembered[key]
    return reason


def _reason(body: Scalar, environment: Environment) -> str | None:
    signs = Signs(environment)
    for node in walk(body):
        if not is_partial(node) or isinstance(node, Power) and signs.scalar_sign(node.base) == "+":
            continue
        try:
            Derivation(Claim(node, NOUGHT, environment)).conditions()
        except Nowhere as never:
            return str(never)
        except (Beyond, ArithmeticError, RecursionError, ValueError):
            continue
    return None
