"""A loss that is defined nowhere: on what it may depend for a claim to hold, which the document does not state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.deciding import only_where
from verify_derivations.checker.unknown import unmoved
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint
from verify_derivations.formulas.expressions import Access, fresh, map_accesses, polynomial
from verify_derivations.formulas.tensors import show_extent
from verify_derivations.formulas.unsaid import steps_back
from verify_derivations.formulas.world import UNWRITTEN, World


def unused(world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link]) -> Link:
    """The verdict where the loss does not depend on what the document never differentiates it by, or on one of that, if
    the claim holds so: r = |x|^2 beside the layers above x, or what another loss is of."""
    of_others = {h for h, tops in world.differentiated.of.items() if _of_others(world, environment.loss, tops)}
    used = world.differentiated.denominators - of_others | world.unsaid.told.get(environment.loss or "", set())
    sinks = [h for h in _ends(world, environment) if h.split("^{(")[0] not in used]
    for some in (sinks, *([head] for head in sinks if len(sinks) > 1)):
        without = _moved_by(environment, some)
        said = ", ".join(f"{adjoint(head, environment.loss)}=0" for head in some if environment.loss is not None)
        if some and unmoved(world, c, without) is None:
            link = _under(said, c, without, refuted, judge)
            if link is not refuted:
                return link
    return refuted


def _of_others(world: World, loss: str | None, tops: set[str]) -> bool:
    """Whether only other losses that nothing defines are differentiated by something: J by n, beside ∂L/∂y."""
    return loss not in tops and not any(map(world.is_defined, tops))


def as_told(world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link]) -> Link:
    """The verdict where the loss depends on that only of which the text calls it a function, if the claim holds so."""
    ends = _ends(world, environment) if refuted.verdict is Verdict.REFUTED else []
    told = world.unsaid.told.get(environment.loss or "", set()) & set(ends)
    others = [h for h in ends if h not in told]
    if not told or not others:
        return refuted
    without = _moved_by(environment, others)
    said = f"{environment.loss}={environment.loss}({', '.join(h for h in ends if h in told)})"
    return refuted if unmoved(world, c, without) is not None else _under(said, c, without, refuted, judge)


def by_later_ones(
    world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link], number: int
) -> Link:
    """The verdict where the claim holds of what is defined up to there: whether the loss also depends on what a later
    formula makes of the same, and before or only then, nothing says."""
    return _without(world, c, environment, refuted, judge, lambda defined: defined > number)


def by_new_ones(
    world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link], number: int
) -> Link:
    """The same of a claim that says another thing than a claim before it, formula ``number``, of one derivative: what
    was defined up to that one may be another case."""
    return _without(world, c, environment, refuted, judge, lambda defined: defined <= number)


def _without(
    world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link],
    others: Callable[[int], bool],
) -> Link:  # fmt: skip
    """An open verdict where a claim holds of a loss that does not depend on ``others``, by the numbers of formulas."""
    ends = _ends(world, environment) if refuted.verdict is Verdict.REFUTED else []
    found = [h for h in ends if others(environment.quantities[h].number or 0)]
    if not found or len(found) == len(ends):
        return refuted
    without = _moved_by(environment, found)
    if unmoved(world, c, without) is not None or judge(c, environment=without).verdict is not Verdict.PROVED:
        return refuted
    name, place = world.layers.name(found[0]), environment.quantities[found[0]].number
    said = f"whether {environment.loss} depends on {name}, which formula {place} defines, is not said"
    return replace(refuted, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)


def at_the_end(
    world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link]
) -> Link:
    """The verdict where the loss is of the last value of a state, if the claim holds so, ``g_t = W^T g_{t+1}``
    beside ``h_t = W h_{t-1} + x_t``."""
    ends = _ends(world, environment) if refuted.verdict is Verdict.REFUTED else []
    states = [h for h in ends if environment.consumers(h) and len(world.known[h].origins) == 1]
    if len(states) != 1:
        return refuted
    (head,) = states
    count, *others = environment.quantities[head].extents
    indices = tuple(fresh("i") for _ in others)
    last = Access(head, (count - 1, *map(polynomial, indices)))
    end = Quantity(f"{head}{UNWRITTEN}", tuple(others), indices, last, opaque=True)
    said = f"{environment.loss}={environment.loss}({head}_{{{show_extent(count - 1 + world.known[head].origins[0])}}})"
    return _under(said, c, _moved_by(environment, states, end), refuted, judge)


def through_others(
    world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link]
) -> Link:
    """The verdict where what the loss depends on only through others, by the text, does not move the next step by
    itself, if the claim holds so: ``c_t`` of ``h_t = o_t \\tanh(c_t)`` beside ``c_{t+1}``."""
    quantities = dict(environment.quantities)
    cut = set[str]()
    for head in sorted(world.unsaid.through & {h for h in environment.quantities if world.is_defined(h)}):
        before = environment.quantities[head]
        given = replace(before, head=f"{head}{UNWRITTEN}", body=None)
        for user in environment.consumers(head):
            user = quantities[user.head]
            if user.body is not None and steps_back(world, user, head):
                body = map_accesses(user.body, partial(_given, head, given.head))
                quantities |= {user.head: replace(quantities[user.head], body=body), given.head: given}
                cut.add(head)
    if not cut:
        return refuted
    said = ", ".join(f"{head} \\text{{ of the step before is held fixed}}" for head in sorted(cut))
    return _under(said, c, replace(environment, quantities=quantities), refuted, judge)


def _given(head: str, other: str, access: Access) -> Access | None:
    return Access(other, access.indices) if access.head == head else None


def _ends(world: World, environment: Environment) -> list[str]:
    """The defined quantities on which a loss may depend that nothing defines."""
    if environment.loss is None or world.is_defined(environment.loss):
        return []
    ends = {h for h in world.unsaid.frontier if world.is_defined(h)}
    return [h for h, q in environment.quantities.items() if q.opaque and h in ends]


def _moved_by(environment: Environment, without: list[str], *ends: Quantity) -> Environment:
    """With a loss that depends on ``ends``, and no more on what is left out."""
    quantities = {h: replace(q, opaque=q.opaque and h not in without) for h, q in environment.quantities.items()}
    return replace(environment, quantities=quantities | {q.head: q for q in ends})


def _under(said: str, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link]) -> Link:
    link = judge(c, environment=environment)
    if link.verdict is not Verdict.PROVED:
        return refuted
    return replace(only_where(said, link), counterexample=refuted.counterexample)
