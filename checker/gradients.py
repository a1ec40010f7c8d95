"""The gradient formulas of a document that hold: each is judged in the world of a net before it is taken.

A wrong one is derived anew by whoever completes the program. Its printed correction says the same where the derivative
exists, but may not do for training: ``[a = max a]`` marks every place of a tie, where one must be chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from verify_derivations.checker.case import Case, Scope
from verify_derivations.checker.forward import Forward
from verify_derivations.checker.links import compare, judge_link
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Verdict, worst
from verify_derivations.derivations.differentiate import dependents, instantiate
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Scalar, heads, map_accesses, rename_apart
from verify_derivations.formulas.program import Source
from verify_derivations.formulas.world import Statement, World

RIGHT = (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED)


def stated_gradients(case: Case, scope: Scope, forward: Forward) -> tuple[tuple[Quantity, ...], dict[str, Source]]:
    """For each adjoint the first stated formula that holds, in an order in which each follows those it mentions. The
    sources also name the formulas that do not hold, as ``derived``, where there is no other."""
    found: dict[str, Quantity] = {}
    sources: dict[str, Source] = {}
    for stated in case.formulas:
        if scope.name[: len(stated.scope)] != stated.scope:
            continue
        for head, quantity, verdict in _claims(case, stated, scope.definitions.world, forward):
            if quantity is not None and head not in found and head not in _reached(quantity, found):
                found[head] = quantity
                sources[head] = source_of(case, stated.number, verdict)
            elif head not in sources:
                sources[head] = source_of(case, stated.number, verdict, derived=True)
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
    return tuple(order.values()), sources


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


def _claims(
    case: Case, stated: Stated, world: World, forward: Forward
) -> Iterator[tuple[str, Quantity | None, Verdict]]:
    """What a formula states of adjoints: of each chain ``adjoint = … = side`` the last side that equals the adjoint."""
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
        for side, verdict in reversed(equal[1:]):
            quantity = _definition(world, chain.sides[0], side, stated, forward)
            if quantity is not None:
                yield head, quantity, verdict
                break
        else:
            yield head, None, worst(seen)


def adjoint_head(world: World, node: s.Node, number: int) -> str | None:
    """The head of the adjoint that a left side is."""
    try:
        body = Elaborator(world, Statement(number)).tensor(node).body
    except DocumentError:
        return None
    return body.head if world.loss and isinstance(body, Access) and adjoint_of(body.head, world.loss) else None


def _definition(world: World, left: s.Node, right: s.Node, stated: Stated, forward: Forward) -> Quantity | None:
    """``adjoint(X)[i, …] = body``, if the body needs only what is computed before it."""
    known = {q.head: q for q in (*forward.leaves, *forward.quantities)}
    found = equation(world, left, right, stated.number, tuple(stated.conditions), known, forward.loss)
    if found is None or found.body is None:
        return None
    target, environment = adjoint_of(found.head, forward.loss) or "", Environment(known)
    for head in heads(found.body):
        inner = adjoint_of(head, forward.loss)
        if inner is not None and target in dependents(inner, environment):
            return None  # what L depends on through the target comes after it
    return found


def equation(
    world: World, left: s.Node, right: s.Node, number: int, conditions: tuple[s.Relation, ...],
    known: Mapping[str, Quantity], loss: str,
) -> Quantity | None:  # fmt: skip
    """``left = right`` as ``adjoint(X)[i, …] = body`` for all entries of X, by ``known`` quantities and adjoints of
    such; ``None`` where it is none."""
    try:
        (c, *_), _ = compare(world, Statement(number), left, right, conditions)
    except (DocumentError, RecursionError, ArithmeticError, AssertionError):
        return None
    if c.facts or not isinstance(c.left, Access):
        return None
    target = known.get(adjoint_of(c.left.head, loss) or "")
    names = [i.as_atom() for i in c.left.indices]
    if target is None or None in names or len(set(names)) != len(names) or set(names) != set(c.free):
        return None
    indices = tuple(n for n in names if n is not None)
    if any(c.free[n] != world.extents.normal(e) for n, e in zip(indices, target.extents, strict=True)):
        return None
    if any((adjoint_of(h, loss) or h) not in known for h in heads(c.right)):
        return None
    return Quantity(c.left.head, target.extents, indices, c.right, number=number)


def source_of(case: Case, number: int, verdict: Verdict, *, derived: bool = False) -> Source:
    latex = next((f.raw.latex for f in case.formulas if f.number == number), "")
    return Source(number, latex, verdict.value, derived)
