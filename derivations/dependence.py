"""Which quantities an expression depends on, and which depend on a quantity."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import Access, Constraint, Scalar, contents, heads


def mentions(environment: Environment, expression: Scalar) -> frozenset[str]:
    """The heads in ``expression``, also those inside the definitions of its functions (not their parameters)."""
    found: set[str] = set()
    functions: set[str] = set()
    pending: list[tuple[Scalar, tuple[str, ...]]] = [(expression, ())]
    while pending:
        body, parameters = pending.pop()
        inside = contents(body)
        found.update(head for head in inside.heads if head not in parameters)
        new = [f for f in inside.functions if f in environment.functions and f not in functions]
        functions.update(new)
        pending += [(environment.functions[f].body, environment.functions[f].parameters) for f in new]
    return frozenset(found)


def uses(environment: Environment, quantity: Quantity) -> frozenset[str]:
    """What the definition mentions; an adjoint may depend on all that moves the loss or an opaque quantity."""
    found = frozenset() if quantity.body is None else mentions(environment, quantity.body)
    if environment.loss is not None and any(adjoint_of(head, environment.loss) is not None for head in found):
        return found | {environment.loss} | {q.head for q in environment.quantities.values() if q.opaque}
    return found


def affected(environment: Environment, head: str, cut: frozenset[str]) -> frozenset[str]:
    """``head`` and everything defined from it without passing through ``cut``."""
    readers: dict[str, list[str]] | None = environment.remembered.get("readers")
    if readers is None:
        readers = environment.remembered["readers"] = {}
        for quantity in environment.quantities.values():
            for name in uses(environment, quantity):
                readers.setdefault(name, []).append(quantity.head)
    found, waiting = {head}, [head]
    while waiting:
        new = {name for name in readers.get(waiting.pop(), ()) if name not in found and name not in cut}
        found |= new
        waiting += new
    return frozenset(found)


def relevant(environment: Environment, *expressions: Scalar, sizes: frozenset[str] = frozenset()) -> Environment:
    """The part of an environment that can bear on ``expressions`` and on ``sizes``: the definitions that they mention,
    directly or through others; where a derivative of the loss is mentioned, all consumers of its quantity; what is
    stated of these; and the facts about their sizes."""
    quantities: dict[str, None] = {}
    functions: dict[str, None] = {}
    names = set(sizes)
    pending: list[Scalar] = list(expressions)
    seen: set[str] = set()
    assumptions = list(environment.assumptions)
    while pending:
        inside = contents(pending.pop())
        names.update(inside.sizes)
        for head in inside.heads:
            if head in seen:
                continue
            seen.add(head)
            found = [environment.quantities[head]] if head in environment.quantities else []
            of = adjoint_of(head, environment.loss) if environment.loss is not None and not found else None
            if of is not None:
                consumers = environment.consumers(of)
                found = [q for q in (environment.quantities.get(of),) if q is not None]
                found += consumers
                pending += [Access(q.head) for q in found]  # and what they are defined by
                pending += [Access(adjoint(q.head, environment.loss or "")) for q in consumers]
            for q in found:
                quantities[q.head] = None
                names |= {n for extent in q.extents for n in extent.names}
                pending += [q.body] if q.body is not None else []
        for name in inside.functions:
            if name in environment.functions and name not in functions:
                functions[name] = None
                pending.append(environment.functions[name].body)
        if not pending:
            stated = [(a, b) for a, b in assumptions if not seen.isdisjoint((*heads(a), *heads(b)))]
            assumptions = [pair for pair in assumptions if pair not in stated]
            pending += [side for pair in stated for side in pair]
    return replace(
        environment,
        quantities={h: q for h, q in environment.quantities.items() if h in quantities},
        functions={n: f for n, f in environment.functions.items() if n in functions},
        facts=_about(environment.facts, names),
        assumptions=tuple(pair for pair in environment.assumptions if pair not in assumptions),
        positive=environment.positive & seen,
        nonzero=environment.nonzero & seen,
        below_one=environment.below_one & seen,
        one_hot=environment.one_hot & seen,
        increasing=environment.increasing & frozenset(functions),
    )


def _about(facts: tuple[Constraint, ...], names: set[str]) -> tuple[Constraint, ...]:
    """The facts that share a size with ``names``, directly or through others."""
    known, waiting = set(names), list(facts)
    while near := [fact for fact in waiting if not known.isdisjoint(fact.value.names)]:
        known |= {name for fact in near for name in fact.value.names}
        waiting = [fact for fact in waiting if fact not in near]
    return tuple(fact for fact in facts if fact not in waiting)
