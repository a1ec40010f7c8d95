"""Adjoints that a document does not state, derived from its forward definitions and marked as such."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.derivations.differentiate import adjoint_step
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import heads
from verify_derivations.trainer.program import Program, Source


def completed(program: Program) -> Program:
    """The program with every adjoint that the parameters' gradients need: the stated one where there is one,
    else the derived one, in an order in which each follows those it mentions."""
    environment = Environment(
        {q.head: q for q in (*program.leaves, *program.forward)}, program.functions, program.loss
    )
    stated = {q.head: q for q in program.backward}
    sources = dict(program.sources)
    ordered: dict[str, Quantity] = {}
    path: list[str] = []

    def visit(head: str) -> None:
        name = adjoint(head, program.loss)
        if name in ordered:
            return
        if name in path:
            raise DocumentError(f"{program.name}: the gradient formulas are circular: {' → '.join([*path, name])}")
        path.append(name)
        quantity = stated.get(name) or adjoint_step(head, environment)
        if quantity is None or quantity.body is None:
            raise DocumentError(f"{program.name}: the derivative of {program.loss} by {head} cannot be derived")
        for mentioned in heads(quantity.body):
            inner = adjoint_of(mentioned, program.loss)
            if inner is not None:
                visit(inner)
        path.pop()
        ordered[name] = quantity
        if name not in stated and head != program.loss:
            sources.setdefault(name, Source(None, name, "proved", derived=True))

    for parameter in program.parameters:
        visit(parameter)
    return replace(program, backward=tuple(ordered.values()), sources=sources).checked()
