"""Which quantities an expression depends on, and which depend on a quantity."""

from __future__ import annotations

from verify_derivations.formulas.definitions import Environment, Quantity, adjoint_of
from verify_derivations.formulas.expressions import Access, Apply, Scalar, walk


def mentions(environment: Environment, expression: Scalar) -> frozenset[str]:
    """The heads in ``expression``, also those inside the definitions of its functions (not their parameters)."""
    found: set[str] = set()
    functions: set[str] = set()
    pending: list[tuple[Scalar, tuple[str, ...]]] = [(expression, ())]
    while pending:
        body, parameters = pending.pop()
        for node in walk(body):
            if isinstance(node, Access) and node.head not in parameters:
                found.add(node.head)
            elif isinstance(node, Apply) and node.function in environment.functions and node.function not in functions:
                functions.add(node.function)
                definition = environment.functions[node.function]
                pending.append((definition.body, definition.parameters))
    return frozenset(found)


def uses(environment: Environment, quantity: Quantity) -> frozenset[str]:
    """What the definition mentions; an adjoint may depend on all that moves the loss or an opaque quantity."""
    found = frozenset() if quantity.body is None else mentions(environment, quantity.body)
    if environment.loss is not None and any(adjoint_of(head, environment.loss) is not None for head in found):
        return found | {environment.loss} | {q.head for q in environment.quantities.values() if q.opaque}
    return found


def affected(environment: Environment, head: str, cut: frozenset[str]) -> frozenset[str]:
    """``head`` and everything defined from it without passing through ``cut``."""
    used_by = {q.head: uses(environment, q) for q in environment.quantities.values()}
    found = {head}
    grown = True
    while grown:
        new = {name for name, used in used_by.items() if name not in found and name not in cut and used & found}
        found |= new
        grown = bool(new)
    return frozenset(found)
