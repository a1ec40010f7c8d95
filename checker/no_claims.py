"""What is no claim though it does not hold: a value of an example, a derivative that is set to zero, a condition on
given values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from verify_derivations.checker.case import Case
from verify_derivations.checker.defining import Definitions
from verify_derivations.checker.examples import example
from verify_derivations.checker.given import depends_on_values
from verify_derivations.checker.otherwise import GIVES_A_VALUE
from verify_derivations.checker.refuted import heads_of, states_derivatives
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
from verify_derivations.formulas.expressions import contents
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in
from verify_derivations.formulas.symbols import FUNCTIONS
from verify_derivations.formulas.tensors import ShapeError
from verify_derivations.formulas.world import Statement, World

EXAMPLE = "gives a value, for an example or a case"
CONSTANT = "states that it is constant"
CONSTRAINT = "states a constraint"
ZERO = "sets a derivative to zero"
CONSTANTS = frozenset(("I", "e", "\\pi", "1"))
_SUBJECT = re.compile(r"\\(?:text\w*|mbox|mathrm)\s*\{[^{}]*\b(?:s\.\s?t\.?|subject\s+to)\s*:?\s*\}[\s&~]*$")
CONDITION = "it does not hold for all values, and seems to be a condition on given ones"


def no_claims(
    case: Case, stated: Stated, definitions: Definitions, chain: Chain, links: Sequence[Link]
) -> list[Link]:
    """The links of a chain of which some are wrong, those that claim nothing as what they are."""
    *before, last = links
    if _is_example(case, stated, chain):
        return [Link(link.left, link.right, Verdict.DEFINED, "example", EXAMPLE) for link in links]
    if _is_constraint(stated, chain):
        return [Link(link.left, link.right, Verdict.DEFINED, "assumption", CONSTRAINT) for link in links]
    if last.verdict is Verdict.REFUTED and _is_constant(definitions.world, chain):
        return [Link(last.left, last.right, Verdict.DEFINED, "assumption", CONSTANT)]
    if last.verdict.wrong and _sets_to_zero(definitions, stated, chain):
        zero = Link(last.left, last.right, Verdict.DEFINED, "example", ZERO)
        return [*_open_values(definitions.world, chain, before), zero]
    if (label := _value_below_a_brace(case, stated, chain)) is not None:
        said = f"that a part is {to_latex(label)}, as stands below a brace, is not used"
        links = [
            replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)
            if link.verdict is Verdict.REFUTED else link for link in links
        ]  # fmt: skip
        *before, last = links
    if _is_of_any_function(definitions.world, chain, last):
        open_ = replace(last, verdict=Verdict.UNDECIDED, evidence="limit", message=CONDITION, counterexample=None)
        return [*before, open_]
    if contains_derivative(chain.sides[0]):
        links = [*map(_beside_zero, before), last if last.left not in map(to_latex, ZEROS) else _beside_zero(last)]
    links = _open_values(definitions.world, chain, links)
    if contains_derivative(chain.sides[0]) and is_number(chain.sides[-1]) and chain.sides[-1] not in ZEROS:
        links = [*links[:-1], _of_an_example(case, stated, links[-1])]
    if are_equal(chain) or _is_condition(case, definitions, chain, stated):
        return [
            Link(link.left, link.right, Verdict.UNDECIDED, "limit", CONDITION)
            if link.verdict.wrong else link for link in links
        ]  # fmt: skip
    return [*links]


def _is_constant(world: World, chain: Chain) -> bool:
    """``dA = 0`` of an A that nothing defines."""
    first, *others = chain.sides
    of_itself = isinstance(first, s.Differential) and not any(map(world.is_defined, names_of(world, [first])))
    return of_itself and len(others) == 1 and others[0] in ZEROS


def _of_an_example(case: Case, stated: Stated, link: Link) -> Link:
    """The number that a derivative is, where another formula computes what something is for numbers, ``z = w x = 2 · 3
    = 6``: it may be that for these."""
    if link.verdict is not Verdict.REFUTED:
        return link
    for f in case.above(stated.scope):
        for c in f.chains if f.number != stated.number else ():
            first, *_, last = c.sides
            computed = len(c.sides) > 2 and is_number(last) and any(_is_computed(side) for side in c.sides[1:-1])
            if computed and isinstance(first, s.Symbol | s.Scripted) and not contains_derivative(first):
                said = f"whether it is for the numbers of formula {f.number} is not said"
                return replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)
    return link


def _is_computed(side: s.Node) -> bool:
    """Of numbers alone, and more than one."""
    nodes = [*s.walk(side)]
    return not any(names_in(side)) and sum(isinstance(x, s.Number) for x in nodes) > 1


def _beside_zero(link: Link) -> Link:
    """Of ``∂L/∂x = … = 0 = …``: the derivative is set to zero, and the chain goes on."""
    zeros = [to_latex(zero) for zero in ZEROS]
    if link.verdict is not Verdict.REFUTED or link.left not in zeros and link.right not in zeros:
        return link
    if link.right in zeros:
        return Link(link.left, link.right, Verdict.DEFINED, "example", ZERO)
    return replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=ZERO, counterexample=None)


def _open_values(world: World, chain: Chain, links: Sequence[Link]) -> list[Link]:
    """The links of a chain, those open that may say what they are refuted of."""
    pairs = {(to_latex(a), to_latex(b)): (a, b) for a, b in zip(chain.sides, chain.sides[1:], strict=False)}
    found = []
    for link in links:
        sides = pairs.get((link.left, link.right)) if link.verdict is Verdict.REFUTED else None
        said = None
        if sides is not None:
            said = _says_what_it_is(world, sides) or _another_value(world, sides) or _of_a_function(world, sides, link)
        found.append(link if said is None else replace(link, verdict=Verdict.UNDECIDED, evidence="symbol",
                                                       message=said, counterexample=None))  # fmt: skip
    return found


def _is_constraint(stated: Stated, chain: Chain) -> bool:
    """The ``‖d‖ = 1`` of ``\\min_d f(d) \\text{ s.t. } ‖d‖ = 1``."""
    return _SUBJECT.search(stated.raw.latex[: chain.sides[0].span[0]]) is not None


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


def _value_below_a_brace(case: Case, stated: Stated, chain: Chain) -> s.Node | None:
    """The 0 of ``\\underbrace{(dA) X}_{= 0} + A dX``, also in the row above that a formula goes on from."""
    rows = [stated, *(f for f in case.above(stated.scope) if f.number == stated.number - 1 and any(
        other.sides[-1] == chain.sides[0] for other in f.chains))]  # fmt: skip
    return next((label for f in rows for label, _ in f.labelled if isinstance(label, s.Number)), None)


def _is_of_any_function(world: World, chain: Chain, link: Link) -> bool:
    """Whether a derivative is zero for some functions only, of which nothing is said: ``∇_x (f(x) − λ g(x)) = 0``, or a
    gradient of what is made of them. (Of ``∂J/∂x = 0`` it is said how J depends on x.)"""
    if link.verdict is not Verdict.REFUTED or link.counterexample is None or chain.sides[-1] not in ZEROS:
        return False
    left, opaque = chain.sides[0], {*world.applied.opaque}
    written = opaque if isinstance(left, s.Nabla) else opaque & {base_of(x) for x in names_in(left)}
    return contains_derivative(chain.sides[0]) and any(
        value.startswith(f"{name}\\left(") for value in link.counterexample.values for name in written
    )


def _is_premise(stated: Stated, chain: Chain) -> bool:
    """Whether ``⇒`` stands behind a chain."""
    if not isinstance(stated.tree, s.Statements):
        return False
    parts = zip(stated.tree.parts, stated.tree.joints[1:], strict=False)
    return any(joint == "\\Rightarrow" and isinstance(part, s.Relation) and part.sides[0] == chain.sides[0]
               for part, joint in parts)  # fmt: skip


def _says_what_it_is(world: World, sides: Sequence[s.Node]) -> str | None:
    """``A = σ(Z)`` of an A that no equation defines as it is read, ``\\|z_i\\|² = b_{ii}`` of a b of which nothing else
    is said: an equation of values may say what they are, and claim nothing. One of the same names on both sides is an
    identity, and claims that."""
    if states_derivatives(world, sides):
        return None
    for side, other in zip(sides, sides[::-1], strict=True):
        names, others = heads_of(world, side), world.below(heads_of(world, other))
        new = {x for x in names - others - world.sizes if x in world.known and not world.is_defined(x)}
        if new and new == names and is_number(other) and _depends(world, side, other):
            return f"it does not hold of every {min(new)}, and seems to be a condition"
        one, another = (world.table.reference(_untransposed(x)) for x in (side, other))
        if one is None or one.power is not None or new != names or another is not None:
            new = {x for x in new if world.layers.name(x) not in world.declared and not is_number(other)}
        if new and not (another is not None and any(map(world.is_defined, heads_of(world, other)))):
            return f"nothing else says what {min(new)} is: the equation may"
    return None


def _depends(world: World, side: s.Node, number: s.Node) -> bool:
    """Whether an equation with a number holds of some values, and not of others."""
    reader = Elaborator(world.fork(), Statement())
    try:
        first, last = reader.tensor(side), reader.tensor(number)
    except DocumentError:
        return False
    return first.is_scalar and last.is_scalar and depends_on_values(world, first.body - last.body)


def _untransposed(side: s.Node) -> s.Node:
    """The A of ``(A)^\\top``."""
    within = isinstance(side, s.Scripted) and side.sup is not None and is_transpose(side.sup)
    return side.base.body if isinstance(side, s.Scripted) and within and isinstance(side.base, s.Group) else side


def _another_value(world: World, sides: Sequence[s.Node]) -> str | None:
    """``p = 5/11`` beside ``p = 1/2``: values for two examples."""
    left, right = sides
    reference = world.table.reference(left) if isinstance(left, s.Symbol | s.Scripted) else None
    if reference is None or reference.power is not None or reference.name in world.table.bound:
        return None
    quantity = world.quantities.get(reference.name)
    if quantity is None or quantity.body is None or quantity.indices:
        return None
    example = not contents(quantity.body).heads and not any(isinstance(x, s.Call) for x in s.walk(right))
    return f"{reference.name} has another value elsewhere: whether one holds here is not said" if example else None


def _of_a_function(world: World, sides: Sequence[s.Node], link: Link) -> str | None:
    """``f' = f (1 - f)`` and ``∇f = λ ∇g`` of functions of which nothing is known: they say which functions, or where.
    A rule has derivatives of the same ones on both sides."""
    values = link.counterexample.values if link.counterexample is not None else {}
    unknown = {head for head, _, rest in (name.partition("\\left(") for name in values) if rest}
    if not unknown:
        return None
    found = [names_of(world, (side,)) & unknown for side in sides]
    slopes = [{*_slopes_of(side)} & unknown for side in sides]  # of a function itself, not of a loss that is made of it
    of_itself = not slopes[1] and bool(slopes[0]) and slopes[0] <= found[1] and len(found[0] | found[1]) == 1
    somewhere = all(slopes) and found[0].isdisjoint(found[1]) or bool(slopes[0]) and sides[1] in ZEROS
    said = of_itself or somewhere or not any(slopes) and found[0] != found[1] and not states_derivatives(world, sides)
    return f"nothing else says what {min(unknown)} is: the equation may" if said else None


def _slopes_of(side: s.Node) -> Iterator[str]:
    """The names of what is differentiated on a side."""
    for node in s.walk(side):
        top = node.numerator if isinstance(node, s.Derivative) else node.body if isinstance(node, s.Nabla) else None
        if isinstance(node, s.Call) and isinstance(node.function, s.Scripted) and node.function.primes:
            top = node.function.base
        name = base_of(top.function if isinstance(top, s.Call) else top) if top is not None else None
        if name is not None:
            yield name
