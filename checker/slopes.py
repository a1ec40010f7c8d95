"""Stated derivatives of a net's activation functions that do not hold, as what they say."""

from __future__ import annotations

from collections.abc import Iterator

from verify_derivations.checker.activations import constants
from verify_derivations.checker.case import Case
from verify_derivations.checker.forward import Forward
from verify_derivations.checker.gradients import RIGHT, source_of
from verify_derivations.checker.links import judge_link
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    Apply,
    Number,
    Scalar,
    children,
    heads,
    map_accesses,
    rebuild,
    walk,
)
from verify_derivations.formulas.program import Printed
from verify_derivations.formulas.world import Readings, Statement, World


def printed_slopes(case: Case, forward: Forward, readings: Readings) -> Iterator[Printed]:
    """For each function of a net, the formulas of the section that defines it of which the last side is not its
    derivative."""
    sections = {stated.number: stated.raw.section for stated in case.formulas}
    for function in forward.functions.values():
        if len(function.parameters) == 1 and function.number in sections:
            for stated in case.formulas:
                if stated.raw.section == sections[function.number]:
                    yield from _printed(case, stated, function, readings)


def _printed(case: Case, stated: Stated, function: FunctionDefinition, readings: Readings) -> Iterator[Printed]:
    world = case.definitions(stated.scope, stated.variant, readings).world
    own = next((f for f in world.functions.values() if f.number == function.number), None)
    for chain in stated.chains:
        of = _derived(world, chain.sides[0], stated.number)
        if own is None or of is None or of.function != own.name or len(chain.sides) < 2:
            continue
        first, last = chain.sides[0], chain.sides[-1]
        link = judge_link(world, first, last, tuple(stated.conditions), stated.number, case.effort).link
        if link.verdict in RIGHT:
            continue
        latex = source_of(case, stated.number, link.verdict).latex
        said = _said(world, last, stated.number, of, own, function)
        slope, reason = (None, said) if isinstance(said, str) else (said, "")
        yield Printed(function.name, stated.number, latex, None, reason, slope)


def _derived(world: World, side: s.Node, number: int) -> Apply | None:
    """``f'(z)``, if that is what the side is."""
    try:
        body = Elaborator(world, Statement(number)).tensor(side).body
    except DocumentError:
        return None
    is_slope = isinstance(body, Apply) and body.derivative == (1,) and isinstance(body.arguments[0], Access)
    return body if is_slope and isinstance(body, Apply) else None


def _said(world: World, side: s.Node, number: int, of: Apply, own: FunctionDefinition,
          function: FunctionDefinition) -> FunctionDefinition | str:
    """The side as a function of its own; or why it is none."""
    try:
        value = Elaborator(world, Statement(number, scalars=True)).tensor(side, ())
    except DocumentError as reason:
        return str(reason)
    argument = of.arguments[0]
    assert isinstance(argument, Access)
    values: dict[str, Scalar] = {argument.head: Access(function.parameters[0])}
    values |= {name: found for name, found in _matched(own.body, own, function).items() if name in constants(own)}
    body = _renamed(map_accesses(value.body, lambda a: values.get(a.head)), own.name, function.name)
    unknown = set(heads(body)) - {function.parameters[0]} - constants(function)
    if unknown or not value.is_scalar:
        return f"it needs {', '.join(sorted(unknown))}" if unknown else "it is not a number"
    return FunctionDefinition(f"{function.name}'", function.parameters, body, number=number)


def _matched(pattern: Scalar, own: FunctionDefinition, function: FunctionDefinition) -> dict[str, Scalar]:
    """The numbers that stand in the function where its definition has constants; none if they are of other forms."""
    found: dict[str, Scalar] = {}

    def match(left: Scalar, right: Scalar) -> bool:
        if isinstance(left, Access) and left.head in constants(own):
            return isinstance(right, Number) and found.setdefault(left.head, right) == right
        parts, others = children(left), children(right)
        if type(left) is not type(right) or len(parts) != len(others):
            return False
        if not parts:
            return left == right or (isinstance(left, Access) and isinstance(right, Access))
        return all(map(match, parts, others))

    return found if match(pattern, function.body) else {}


def _renamed(node: Scalar, old: str, new: str) -> Scalar:
    if old == new or not any(isinstance(n, Apply) and n.function == old for n in walk(node)):
        return node
    parts = tuple(_renamed(part, old, new) for part in children(node))
    if isinstance(node, Apply) and node.function == old:
        return Apply(new, parts, node.derivative)
    return rebuild(node, parts)
