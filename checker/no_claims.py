"""What is no claim though it does not hold: a value of an example, a derivative that is set to zero, a condition on
given values."""

from __future__ import annotations

from collections.abc import Sequence, Set

from verify_derivations.checker.case import Case
from verify_derivations.checker.defining import Definitions
from verify_derivations.checker.examples import example
from verify_derivations.checker.given import depends_on_values
from verify_derivations.checker.otherwise import GIVES_A_VALUE
from verify_derivations.checker.solutions import EQUATED
from verify_derivations.checker.statements import (
    ZEROS,
    Chain,
    Stated,
    are_equal,
    contains_derivative,
    is_adjoint_name,
    is_number,
)
from verify_derivations.checker.unknown import names_of, variables_in
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.symbols import FUNCTIONS
from verify_derivations.formulas.tensors import ShapeError
from verify_derivations.formulas.world import Statement

EXAMPLE = "gives a value, for an example or a case"
ZERO = "sets a derivative to zero"
CONSTANTS = frozenset(("I", "e", "\\pi", "1"))
CONDITION = "it does not hold for all values, and seems to be a condition on given ones"


def no_claims(
    case: Case, stated: Stated, definitions: Definitions, chain: Chain, links: Sequence[Link]
) -> list[Link]:
    """The links of a chain of which some are wrong, those that claim nothing as what they are."""
    *before, last = links
    if _is_example(case, stated, chain):
        return [Link(link.left, link.right, Verdict.DEFINED, "example", EXAMPLE) for link in links]
    if last.verdict.wrong and _sets_to_zero(definitions, stated, chain):
        return [*before, Link(last.left, last.right, Verdict.DEFINED, "example", ZERO)]
    if are_equal(chain) or _is_condition(case, definitions, chain, stated):
        return [
            Link(link.left, link.right, Verdict.UNDECIDED, "limit", CONDITION)
            if link.verdict.wrong else link for link in links
        ]  # fmt: skip
    return [*links]


def _is_example(case: Case, stated: Stated, chain: Chain) -> bool:
    """Whether a chain gives values of quantities, and does not claim that they always have them. (A gradient that is
    said to be zero is a claim.)"""
    number = not stated.raw.displayed and is_number(chain.sides[-1])
    if stated.when.alone or number and GIVES_A_VALUE.search(stated.raw.context):
        return True
    names, table = example(stated, chain), case.table_of(stated.scope)
    references = [table.reference(name) for name in names]
    return bool(names) and not any(is_adjoint_name(name, table) for name in names) and not any(
        r is None or table.variable_of(r.name) is not None for r in references
    )  # fmt: skip


def _is_condition(case: Case, definitions: Definitions, chain: Chain, stated: Stated) -> bool:
    """Whether a chain says of given values alone that they have a value, ``W^\\top W = I``, ``\\cos φ = -1``: nobody
    claims that of all. So does one that says another value of a sum than another formula does."""
    world, sides, table = definitions.world, chain.sides, case.table_of(stated.scope)
    primes = any(isinstance(n, s.Scripted) and n.primes for side in sides for n in s.walk(side))
    if primes or any(contains_derivative(side) or is_adjoint_name(side, table) for side in sides):
        return False
    if isinstance(sides[0], s.Symbol | s.Scripted) and table.reference(sides[0]) is not None:
        return False
    names = names_of(world, sides)
    given = names.isdisjoint(world.functions) and not any(map(world.is_defined, names))
    given &= any(name.lstrip("\\") not in FUNCTIONS for name in names - CONSTANTS - {"\\sigma"})  # not of numbers alone
    others = names_of(world, sides[-1:])
    if not given or not others <= CONSTANTS and not _has_two_values(case, sides, others & names_of(world, sides[:1])):
        return False
    reader = Elaborator(world.fork(), Statement(stated.number))
    try:
        first = reader.tensor(sides[0])
        last = reader.tensor(sides[-1])
    except ShapeError:
        return False
    except DocumentError:
        return True  # the identity has no size by itself
    return not first.is_scalar or not last.is_scalar or depends_on_values(world, first.body - last.body)


def _has_two_values(case: Case, sides: Sequence[s.Node], shared: Set[str]) -> bool:
    """Whether a sum is something else elsewhere, ``\\sum_k x_k = 1`` and ``\\sum_k x_k = n``; no identity, which has
    the same names on both sides."""
    every = (c.sides for f in case.formulas for c in f.chains if len(c.sides) > 1)
    return isinstance(sides[0], s.BigOperator) and not shared and len({x[1:] for x in every if x[0] == sides[0]}) > 1


def _sets_to_zero(definitions: Definitions, stated: Stated, chain: Chain) -> bool:
    """Whether the last equation of a chain is one that is solved, ``∇_w L = 0``: another one of the section gives its
    solution, the words before it say so, something follows from it, or it says what else the derivative is."""
    variables = variables_in(definitions.world, *chain.sides)
    told = EQUATED.search(stated.raw.context) is not None
    if chain.sides[-1] not in ZEROS or not variables and not (told and contains_derivative(chain.sides[0])):
        return False
    told |= len(chain.sides) > 2 and contains_derivative(chain.sides[0])
    return told or variables <= definitions.solved or _is_premise(stated, chain)


def _is_premise(stated: Stated, chain: Chain) -> bool:
    """Whether ``⇒`` stands behind a chain."""
    if not isinstance(stated.tree, s.Statements):
        return False
    parts = zip(stated.tree.parts, stated.tree.joints[1:], strict=False)
    return any(joint == "\\Rightarrow" and isinstance(part, s.Relation) and part.sides[0] == chain.sides[0]
               for part, joint in parts)  # fmt: skip
