"""The gradient formulas of a document that hold: each is judged in the world of a net before it is taken.

A wrong one is derived anew by whoever completes the program. Its printed correction says the same where the derivative
exists, but may not do for training: ``[a = max a]`` marks every place of a tie, where one must be chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verify_derivations.checker.case import Case, Scope
from verify_derivations.checker.comparisons import compare
from verify_derivations.checker.forward import Forward
from verify_derivations.checker.links import judge_link
from verify_derivations.checker.ranges import narrowed
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Verdict, worst
from verify_derivations.derivations.composition import Piece
from verify_derivations.derivations.differentiate import dependents, instantiate
from verify_derivations.derivations.domains import implies
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    Polynomial,
    Scalar,
    equal,
    fresh,
    heads,
    map_accesses,
    polynomial,
    rename_apart,
    substitute,
    within,
)
from verify_derivations.formulas.program import Printed, Source
from verify_derivations.formulas.world import Statement, World

RIGHT = (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED)
SOME = "it is stated for some indices only"


@dataclass(frozen=True)
class Gradients:
    """For each adjoint the first stated formula that holds, in an order in which each follows those it mentions. The
    sources also name the formulas that do not hold, as ``derived``, where there is no other. ``printed`` has what the
    formulas say whose last side does not hold."""

    quantities: tuple[Quantity, ...]
    sources: dict[str, Source]
    printed: tuple[Printed, ...]


@dataclass(frozen=True)
class _Claim:
    """What one chain states of an adjoint: its last side that holds, and its last side, if that does not."""

    head: str
    quantity: Quantity | None
    verdict: Verdict
    printed: Printed | None


def stated_gradients(case: Case, scope: Scope, forward: Forward, others: Sequence[Scope] = ()) -> Gradients:
    """``others`` are the other variants of the scope: a formula that holds in one of them is not wrong."""
    worlds = [other.definitions.world for other in others]
    found: dict[str, Quantity] = {}
    sources: dict[str, Source] = {}
    printed: list[tuple[Printed, str | None]] = []  # with the variant in whose text it stands
    own: set[str] = set()  # adjoints that the text of this variant, or of none, speaks of
    for stated in case.formulas:
        if scope.name[: len(stated.scope)] != stated.scope or stated.when.particular:
            continue
        for claim in _claims(case, stated, scope.definitions.world, forward, worlds):
            head, quantity = claim.head, claim.quantity
            if stated.variant in (None, scope.variant):
                own.add(head)
            if claim.printed is not None:
                printed.append((claim.printed, stated.variant))
            if quantity is not None and head not in found and head not in _reached(quantity, found):
                found[head] = quantity
                sources[head] = source_of(case, stated.number, claim.verdict)
            elif head not in sources:
                sources[head] = source_of(case, stated.number, claim.verdict, derived=True)
    of_leaves = {adjoint(leaf.head, forward.loss) for leaf in forward.leaves}
    order: dict[str, Quantity] = {}
    for quantity in sorted(found.values(), key=lambda q: -forward.rank[adjoint_of(q.head, forward.loss) or ""]):
        for head in [*_reached(quantity, found), quantity.head]:
            if head in found and head not in order:
                inlined = _inlined(found[head], of_leaves, order)
                if inlined is not None:
                    order[head] = inlined
                else:
                    del sources[head]
    wrong = [p for p, variant in printed if variant in (None, scope.variant) or p.head not in own]
    return Gradients(tuple(order.values()), sources, _once(wrong))


def _inlined(quantity: Quantity, of_leaves: set[str], known: Mapping[str, Quantity]) -> Quantity | None:
    """The formula without gradients of parameters on its right side: over a batch, these are sums, where the formula
    means the term of one sample. ``None`` if one is not known."""
    assert quantity.body is not None
    if any(head in of_leaves and head not in known for head in heads(quantity.body)):
        return None

    def term(access: Access) -> Scalar | None:
        return instantiate(known[access.head], access.indices) if access.head in of_leaves else None

    return replace(quantity, body=map_accesses(rename_apart(quantity.body), term))


def _reached(quantity: Quantity, found: Mapping[str, Quantity]) -> dict[str, None]:
    """What a formula mentions, and what the formulas of that mention, these before what mentions them."""
    reached: dict[str, None] = {}
    for head in heads(quantity.body) if quantity.body is not None else ():
        if head in found:
            reached |= _reached(found[head], found)
        reached[head] = None
    return reached


def _once(printed: Sequence[Printed]) -> tuple[Printed, ...]:
    """Of what one formula says of one adjoint twice, the first."""
    return tuple({(p.number, p.head): p for p in reversed(printed)}.values())[::-1]


def _claims(
    case: Case, stated: Stated, world: World, forward: Forward, others: Sequence[World]
) -> Iterator[_Claim]:
    """What a formula states of adjoints, one claim for each chain ``adjoint = … = side``."""
    conditions = tuple(stated.conditions)
    for chain in stated.chains:
        head = adjoint_head(world, chain.sides[0], stated.number)
        if chain.update or head is None or len(chain.sides) < 2:
            continue
        equal: list[tuple[s.Node, Verdict]] = [(chain.sides[0], Verdict.PROVED)]
        seen = [Verdict.PROVED]
        for side in chain.sides[1:]:
            for known, verdict in dict.fromkeys((equal[-1], equal[0])):
                link = judge_link(world, known, side, conditions, stated.number, case.effort).link
                seen.append(link.verdict)
                if link.verdict in RIGHT:
                    equal.append((side, worst([verdict, link.verdict])))
                    break
        printed = None
        first, last = chain.sides[0], chain.sides[-1]
        if equal[-1][0] is not last and adjoint_of(head, forward.loss) in forward.rank and not any(
            judge_link(other, first, last, conditions, stated.number, case.effort).link.verdict in RIGHT
            for other in others
        ):
            said = _definition(world, first, last, stated, forward)
            latex = source_of(case, stated.number, seen[-1]).latex
            computed = said if isinstance(said, Quantity) else None
            printed = Printed(head, stated.number, latex, computed, said if isinstance(said, str) else "")
        for side, verdict in reversed(equal[1:]):
            quantity = _definition(world, chain.sides[0], side, stated, forward)
            if isinstance(quantity, Quantity):
                yield _Claim(head, quantity, verdict, printed)
                break
        else:
            yield _Claim(head, None, worst(seen), printed)


def adjoint_head(world: World, node: s.Node, number: int) -> str | None:
    """The head of the adjoint that a left side is."""
    try:
        body = Elaborator(world, Statement(number)).tensor(node).body
    except DocumentError:
        return None
    return body.head if world.loss and isinstance(body, Access) and adjoint_of(body.head, world.loss) else None


def _definition(world: World, left: s.Node, right: s.Node, stated: Stated, forward: Forward) -> Quantity | str:
    """``adjoint(X)[i, …] = body``, if the body needs only what is computed before it; else why not."""
    known = {q.head: q for q in (*forward.leaves, *forward.quantities)}
    found = equation(world, left, right, stated.number, tuple(stated.conditions), known, forward.loss)
    if isinstance(found, str) or found.body is None:
        return found
    target, environment = adjoint_of(found.head, forward.loss) or "", Environment(known)
    for head in heads(found.body):
        inner = adjoint_of(head, forward.loss)
        if inner is not None and target in dependents(inner, environment):
            return f"it needs the derivative by {inner}, which comes after it"
    return found


def equation(
    world: World, left: s.Node, right: s.Node, number: int, conditions: tuple[s.Relation, ...],
    known: Mapping[str, Quantity], loss: str,
) -> Quantity | str:  # fmt: skip
    """``left = right`` as ``adjoint(X)[i, …] = body`` for all entries of X, by ``known`` quantities and adjoints of
    such; else why it is none."""
    found = piece(world, left, right, number, conditions, known, loss)
    if isinstance(found, str):
        return found
    return SOME if found.where else found.step


def piece(
    world: World, left: s.Node, right: s.Node, number: int, conditions: tuple[s.Relation, ...],
    known: Mapping[str, Quantity], loss: str,
) -> Piece | str:  # fmt: skip
    """As :func:`equation`, but for the entries that are meant, and where no index leaves its range."""
    here = Statement(number)
    try:
        (c, *_), _ = compare(world, here, left, right, conditions)
    except (DocumentError, RecursionError, ArithmeticError, AssertionError) as reason:
        return str(reason)
    left_side = c.left
    if not isinstance(left_side, Access):
        return SOME
    environment = world.environment(loss)
    of = adjoint_of(left_side.head, loss) or ""
    target = known.get(of)
    if target is None:
        return f"{loss} does not rest on {of}"
    letters = {index.variable for index in here.indices.values() if index.free}
    inner = narrowed(c, environment, letters) if letters else (c, ())
    if inner is None:
        return "an index leaves its range"
    c = inner[0]
    body = in_adjoints(c.right, environment)
    indices: list[str] = []
    values: dict[str, Polynomial] = {}  # of the letters, by the indices
    where = list(c.facts)
    for place, extent in zip(left_side.indices, target.extents, strict=True):
        own = sorted(place.names & c.free.keys())
        index = place.as_atom() if own and place.as_atom() is not None else None
        indices.append(index or fresh("i"))
        at = polynomial(indices[-1])
        if not own:
            where.append(equal(at, place))
            continue
        shift = place - polynomial(own[0])
        if len(own) > 1 or own[0] in values or not shift.names.isdisjoint(c.free):
            return SOME
        values[own[0]] = at - shift
        if index is None or c.free[own[0]] != world.extents.normal(extent):
            where += within(at - shift, c.free[own[0]])
    if set(values) != set(c.free):
        return SOME
    for head in heads(body):
        if (adjoint_of(head, loss) or head) not in known:
            return f"it needs {adjoint_of(head, loss) or head}, which the net does not compute"
    ranges = [x for i, extent in zip(indices, target.extents, strict=True) for x in within(polynomial(i), extent)]
    meant = (replace(x, value=x.value.substitute(values)) for x in where)
    said = tuple(dict.fromkeys(x for x in meant if not implies((*environment.facts, *ranges), x)))
    step = Quantity(left_side.head, target.extents, tuple(indices), substitute(body, values), number=number)
    return Piece(step, said)


def in_adjoints(body: Scalar, environment: Environment) -> Scalar:
    """``body`` with what the document defines by derivatives of the loss, ``δ = ∂L/∂a ∘ σ'(z)``, written out: what a
    step needs is then seen."""
    for _ in environment.by_derivatives:
        found = {h: environment.quantities[h] for h in heads(body) if h in environment.by_derivatives}
        if not found:
            break
        body = map_accesses(body, lambda a, of=found: instantiate(of[a.head], a.indices)  # type: ignore[misc]
                            if a.head in of else None)  # fmt: skip
    return body


def source_of(case: Case, number: int, verdict: Verdict, *, derived: bool = False) -> Source:
    latex = next((f.raw.latex for f in case.formulas if f.number == number), "")
    return Source(number, latex, verdict.value, derived)
