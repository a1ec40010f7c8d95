"""A loss that is defined nowhere: on what it may depend for a claim to hold, which the document does not state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.deciding import Effort, only_where
from verify_derivations.checker.unknown import unmoved
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.derivations.prove import Limits
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import (
    ZERO,
    Access,
    Polynomial,
    fresh,
    heads,
    map_accesses,
    polynomial,
    substitute,
)
from verify_derivations.formulas.tensors import show_extent
from verify_derivations.formulas.unsaid import ends, steps_back
from verify_derivations.formulas.world import UNWRITTEN, World

NOTHING = Limits(unfoldings=0, steps=0)
SHORT = Effort(first=NOTHING, condition=NOTHING, proof=NOTHING, verification=False)
"""For a counterexample alone."""


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


def with_another_loss(world: World, c: Comparison, environment: Environment) -> World | None:
    """A world with a loss of its own for a claim that differentiates the one that is defined only by what that does not
    depend on: “with ``δ = ∂L/∂z``”, of a z in a section on something else."""
    loss = environment.loss
    if loss is None or not world.is_defined(loss):
        return None
    by = {of for head in (*heads(c.left), *heads(c.right)) if (of := adjoint_of(head, loss)) is not None}
    if not by or not by.isdisjoint(environment.moving | world.below([loss])):
        return None
    other = world.fork()
    other.quantities[loss] = replace(other.quantities[loss], body=None)
    other.unsaid.settled = set(other.quantities)
    other.unsaid.frontier = ends(other, replace(other.environment(), loss=loss)) - {*other.losses()}
    return other


def of_any_loss(c: Comparison, environment: Environment) -> tuple[Verdict, ...]:
    """What a judgement of another loss settles: a proof, and where each side has a derivative of it, that this does not
    follow from that. ``∂L/∂z = p - y`` may hold of the one that is defined, where what links them is not said."""
    loss = environment.loss or ""
    both = all(any(adjoint_of(head, loss) is not None for head in heads(side)) for side in (c.left, c.right))
    return (Verdict.PROVED, Verdict.REFUTED) if both else (Verdict.PROVED,)


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
    end = _last_of(head, count, others)
    said = f"{environment.loss}={environment.loss}({head}_{{{show_extent(count - 1 + world.known[head].origins[0])}}})"
    return _under(said, c, _moved_by(environment, states, end), refuted, judge)


def _last_of(head: str, count: Polynomial, others: list[Polynomial]) -> Quantity:
    """The last value of a state, as what a loss is of: no name of what is held fixed."""
    indices = tuple(fresh("i") for _ in others)
    last = Access(head, (count - 1, *map(polynomial, indices)))
    return Quantity(f"{head}{UNWRITTEN}{UNWRITTEN}", tuple(others), indices, last, opaque=True)


def through_others(
    world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link]
) -> Link:
    """The verdict where what the loss depends on only through others, by the text, does not move the next step by
    itself, if the claim holds so: ``c_t`` of ``h_t = o_t \\tanh(c_t)`` beside ``c_{t+1}``."""
    cut, held = _step_held(world, environment)
    return _under(_fixed(held), c, cut, refuted, judge) if held else refuted


def of_one_step(
    world: World, c: Comparison, environment: Environment, refuted: Link, judge: Callable[..., Link]
) -> Link:
    """The verdict where the loss is of the state of one step only, as the text says, and the state before that is held
    fixed: ``∂L/∂W = δ_t x_t^\\top`` of weights that all steps share. A claim that does not fit this either is
    refuted."""
    cut, held = _step_held(world, environment)
    for head in sorted(world.unsaid.alone & {*_ends(world, environment)}):
        count, *others = environment.quantities[head].extents or (ZERO,)
        steps = {v: n for v, n in c.free.items() if (count - n).is_constant}
        if len(steps) != 1 or not held:
            continue
        at = {v: n - 1 for v, n in steps.items()}
        before = partial(_before, {name: environment.quantities[name].extents[0] - 1 for name in held})
        one, other = (map_accesses(substitute(side, at), before) for side in (c.left, c.right))
        last = replace(c, left=one, right=other, free={v: n for v, n in c.free.items() if v not in at})
        end = _last_of(head, count, others)
        said = f"{environment.loss} \\text{{ is of one }} {head}, {_fixed(held)}"
        of_one = _moved_by(cut, [head], end)
        link = _under(said, last, of_one, refuted, judge)
        if link is refuted and judge(last, environment=of_one, effort=SHORT).verdict is not Verdict.REFUTED:
            said = f"whether it holds of a loss of one {head} is not known; of one of all it does not"
            return replace(refuted, verdict=Verdict.UNDECIDED, evidence="limit", message=said, counterexample=None)
        return link
    return refuted


def _step_held(world: World, environment: Environment) -> tuple[Environment, list[str]]:
    """With what the loss depends on only through others held fixed where the next step uses it, and its names."""
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
    return replace(environment, quantities=quantities), sorted(cut)


def _fixed(held: list[str]) -> str:
    return ", ".join(f"{head} \\text{{ of the step before is held fixed}}" for head in held)


def _given(head: str, other: str, access: Access) -> Access | None:
    return Access(other, access.indices) if access.head == head else None


def _before(last: Mapping[str, Polynomial], access: Access) -> Access | None:
    """The value that is held fixed, of a step before the last one."""
    earlier = access.head in last and access.indices[0] != last[access.head]
    return Access(f"{access.head}{UNWRITTEN}", access.indices) if earlier else None


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
