"""Where a derivative is zero: ``w = (X^T X)^{-1} X^T y``, after ``∇_w L = 2 X^T (X w - y)`` has been set to zero.

Such an equation is no definition. Were w what it says, then ``∇_w L`` would be zero at this w, and so would be all its
multiples: each of them would be proved. No forward definition makes a derivative of the loss by itself zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.functions import function_name
from verify_derivations.checker.statements import Stated
from verify_derivations.derivations.differentiate import total_derivative
from verify_derivations.derivations.refute import Agreement, refute
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, OtherIndices, Quantity, adjoint
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Number,
    Polynomial,
    Scalar,
    Size,
    heads,
    map_accesses,
    mul,
    polynomial,
    power,
)
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, names_in, plain
from verify_derivations.formulas.world import World

SQUARE = "^{2}"
SOLVED = re.compile(
    r"\b(?:satisf\w+|solv(?:e|es|ed|ing)|solutions?|normal equations?|optimum|optimality|minimi[sz]er|roots? of|system"
    r"|at (?:the|a|its) (?:minimum|maximum)|stationary|critical points?|fixed point)\b[^.!?]*$", re.I,
)  # fmt: skip
"""Words before an equation that is to be solved."""
EQUATED = re.compile(
    r"\b(?:set(?:s|ting)?|equat\w+|solv\w+|optim(?:um|al|ality)|stationar\w+|critical|first[- ]order|KKT|Karush"
    r"|necessary|conditions?|minim\w+|maxim\w+|extrem\w+|vanish\w*)\b[^.!?]*$", re.I,
)  # fmt: skip
"""Words before a derivative that is equated with zero."""
FACTORS = (Fraction(1), Fraction(-1), Fraction(2), Fraction(-2), Fraction(1, 2), Fraction(-1, 2))
BUDGET = 0.1  # nominal seconds of a search for values at which a derivative is not zero


def solutions(
    world: World, formulas: Sequence[Stated], defined: Mapping[tuple[int, int, int], str]
) -> dict[tuple[int, int], str]:
    """The equations, by number and chain, that say where the derivative by the quantity on their left is zero, and
    which that is."""
    found: dict[tuple[int, int], str] = {}
    for f in formulas:
        for k, chain in enumerate(f.chains):
            reference = world.table.reference(chain.sides[0]) if defined.get((f.number, k, 0)) == "definition" else None
            quantity = world.quantities.get(reference.name) if reference is not None else None
            if quantity is not None and quantity.body is not None and any(
                _is_zero(slope, quantity, environment) and not _is_zero(slope, quantity, free)
                for slope, environment, free in _slopes(world, formulas, quantity, f.number)
            ):  # fmt: skip
                found[f.number, k] = quantity.head
    return found


def conclusions(formulas: Sequence[Stated]) -> dict[tuple[int, int], str]:
    """The equations, by number and chain, that say what follows from one before an arrow, ``A θ = 0 ⇒ θ = 0``, and the
    name on their left. They define nothing: that name is in the one before."""
    found: dict[tuple[int, int], str] = {}
    for f in formulas:
        if not isinstance(f.tree, s.Statements) or "\\Rightarrow" not in f.tree.joints[1:]:
            continue
        pairs = zip(f.tree.parts, f.tree.parts[1:], f.tree.joints[1:], strict=False)
        for before, part, joint in pairs:
            if joint == "\\Rightarrow" and isinstance(part, s.Relation) and _follows(before, part):
                places = ((f.number, k) for k, chain in enumerate(f.chains) if chain.sides[0] == part.sides[0])
                found |= dict.fromkeys(places, base_of(part.sides[0]) or "")
    return found


def _follows(before: s.Node, part: s.Relation) -> bool:
    left, *rest = part.sides
    first = before.sides[0] if isinstance(before, s.Relation) else before
    if not isinstance(left, s.Symbol | s.Scripted) or plain(left) not in {plain(x) for x in names_in(before)}:
        return False
    defines = isinstance(first, s.Symbol | s.Scripted) and plain(first) != plain(left)
    return not defines or any(plain(first) == plain(x) for side in rest for x in names_in(side))


def _slopes(
    world: World, formulas: Sequence[Stated], quantity: Quantity, number: int
) -> Iterator[tuple[Scalar, Environment, Environment]]:
    """The derivatives by a quantity that is defined in formula ``number`` of what formulas before it define, each with
    the definitions, and with all but that one."""
    at, leaf = tuple(map(polynomial, quantity.indices)), replace(quantity, body=None)

    def without(environment: Environment) -> Environment:
        return replace(environment, quantities={**environment.quantities, quantity.head: leaf})

    if not world.differentiated.denominators.isdisjoint((quantity.head, quantity.head.removesuffix(SQUARE))):
        for loss in world.losses():
            known = world.quantities.get(loss)
            if known is not None and known.body is not None and (known.number or number) < number:
                if quantity.head in world.below([loss]):
                    environment = world.environment(loss)
                    yield Access(adjoint(quantity.head, loss), at), environment, without(environment)
    for f in formulas if not at else ():
        for left in (chain.sides[0] for chain in f.chains if f.number < number):
            function = world.functions.get(function_name(left.function)) if isinstance(left, s.Call) else None
            if function is None or not isinstance(left, s.Call) or len(left.arguments) != len(function.parameters):
                continue
            names = dict(zip(function.parameters, map(to_latex, left.arguments), strict=True))
            if quantity.head in names.values():
                body = map_accesses(function.body, partial(_renamed, names))
                environment = world.environment()
                free = without(environment)
                with suppress(OtherIndices):  # f was read where its y was another one
                    yield total_derivative(body, quantity.head, (), free), environment, free


def is_stationary(world: World, environment: Environment, c: Comparison) -> bool:
    """Whether an equation says that the derivative of a loss by a quantity is zero, up to a factor such as 2/m: ``A w =
    b`` for ½·w^T A w − b^T w."""
    difference, variables = c.left - c.right, world.differentiated.denominators
    sizes = [power(Size(polynomial(name)), -1) for name in sorted(world.sizes)]
    for loss in world.losses():
        inside = replace(environment, loss=loss)
        for head in sorted(world.below([loss]) & {*heads(c.left), *heads(c.right)}):
            quantity = inside.quantities.get(head)
            if head.split("^{(")[0] not in variables or quantity is None or quantity.body is not None:
                continue
            if quantity.extents != tuple(c.free.values()):
                continue
            slope = Access(adjoint(head, loss), tuple(map(polynomial, c.free)))
            claims = (slope - mul(Number(factor), size, difference) for factor in FACTORS for size in (UNIT, *sizes))
            if any(_agrees(claim, inside, c.free) for claim in claims) and not _agrees(difference, inside, c.free):
                return True
    return False


def _renamed(names: Mapping[str, str], access: Access) -> Access | None:
    return Access(names[access.head]) if access.head in names else None


def _is_zero(slope: Scalar, quantity: Quantity, environment: Environment) -> bool:
    """Whether a derivative is zero, as far as a few points show."""
    return _agrees(slope, environment, dict(zip(quantity.indices, quantity.extents, strict=True)))


def _agrees(difference: Scalar, environment: Environment, free: Mapping[str, Polynomial]) -> bool:
    try:
        return isinstance(refute(difference, NOUGHT, environment, free, budget_seconds=BUDGET), Agreement)
    except (ArithmeticError, RecursionError, ValueError):
        return False
