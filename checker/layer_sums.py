r"""Sums over all layers of a net of any depth: ``J = C + \frac{λ}{2} \sum_{l=1}^{L} \|W^{(l)}\|^2``.

A definition has such a sum S as a number by itself. Of the layers that a scope speaks of the summands are known; all
others are a *rest*, a number that may be anything: S = p^{(l)} + p^{(L)} + rest. That is so where a summand is of
leaves of its own layer only, of which the rest of the others is free, and where the sum is over all layers that the net
has. Otherwise the sum has no meaning, and the scope is read again without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from verify_derivations.checker.statements import contains_derivative
from verify_derivations.derivations import layers
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import ZERO, Access, Polynomial, Scalar, add, free_names, heads, polynomial
from verify_derivations.formulas.layers import LayerSum, Template
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.sizes import layer_value, whole
from verify_derivations.formulas.tensors import show_extent
from verify_derivations.formulas.world import Known, Statement, World

ANY = "\\#"
"""A layer of which nothing is known."""


class _Unlike(Exception):
    """It is no sum of leaves over all layers."""


def close_sums(world: World) -> None:
    """Gives the sums over layers that definitions have brought up their meaning."""
    for head, found in list(world.layers.sums.items()):
        try:
            _close(world, head, found)
        except (_Unlike, DocumentError):
            world.layers.unlike_sums.add(head)


def summand(world: World, found: LayerSum, layer: Polynomial) -> Scalar:
    """What a layer adds to a sum. Raises :class:`DocumentError`."""
    value = Elaborator(world, Statement(found.number, layers={found.letter: layer})).tensor(found.body)
    if not value.is_scalar:
        raise _Unlike
    return value.body


def sums_of(world: World, here: Polynomial, last: Polynomial) -> dict[str, layers.LayerSum]:
    """The sums as those of a net of any depth. Raises :class:`Unlike`."""
    made = {}
    for head, found in world.layers.sums.items():
        try:
            part = summand(world.fork(), found, here)
        except DocumentError as error:
            raise layers.Unlike(str(error)) from None
        after = found.last - last
        if not after.is_constant or not found.names:
            raise layers.Unlike(f"{head} does not end with the net")
        made[head] = layers.LayerSum(Quantity(head, body=part), found.names, found.rest, int(after.value))
    return made


def _close(world: World, head: str, found: LayerSum) -> None:
    names, plain, another = _leaves(world, found)
    _all_layers(world, found, names)
    spoken = []
    for name, layer in list(world.layers.of.values()):
        beyond = layer - found.last
        if name in names and layer not in spoken and not (beyond.is_constant and beyond.value > 0):
            spoken.append(layer)
    parts = [summand(world, found, layer) for layer in spoken]
    shown = frozenset(h for part in parts for h in heads(part) if h in world.layers.of)
    rest = f"\\left[{head}\\right]_{{\\neq {', '.join(map(show_extent, spoken))}}}"
    another = replace(another[0], head=rest), *another[1:]
    world.add(Known(rest, (), ()))
    world.quantities[rest] = replace(world.quantities[rest], opaque=True)
    for name in plain:
        world.quantities[name] = replace(world.quantities[name], opaque=True)
    world.add(Known(head, (), ()), (), add(*parts, Access(rest)), found.number)
    world.layers.sums[head] = replace(found, names=names, shown=shown, plain=plain, rest=rest, another=another)


def one_layer_more(world: World, environment: Environment) -> Environment:
    """An environment in which the layers of which nothing is said are one: its values are those of a net, as those of a
    rest by itself need not be."""
    more = {q.head: q for found in world.layers.sums.values() for q in found.another}
    return replace(environment, quantities=more | {h: q for h, q in environment.quantities.items() if h not in more})


def _leaves(world: World, found: LayerSum) -> tuple[frozenset[str], frozenset[str], tuple[Quantity, ...]]:
    """The names of the leaves with a layer that a summand mentions, its own, and the leaves without; the summand of any
    other layer, and its leaves."""
    trial = world.fork()
    here = polynomial(ANY)
    body = summand(trial, found, here)
    environment = trial.environment()
    if environment.mentioned(body) != frozenset(heads(body)) or {ANY, found.letter} & free_names(body):
        raise _Unlike
    names, plain = set[str](), set[str]()
    for head in heads(body):
        name, layer = trial.layers.place(head)
        (plain if layer is None else names).add(name)
        if head not in trial.quantities or not _is_own(layer, here):
            raise _Unlike
    computed = {world.layers.name(h) for h, q in world.quantities.items()
                if q.body is not None}  # fmt: skip
    if not names or any(x in computed or x in world.layers.templates or x in world.aliases or x in world.losses()
                        for x in (*names, *plain)):  # fmt: skip
        raise _Unlike
    leaves = (trial.quantities[head] for head in heads(body) if head in trial.layers.of)
    return frozenset(names), frozenset(plain), (Quantity("", body=body), *leaves)


def _is_own(layer: Polynomial | None, here: Polynomial) -> bool:
    """Whether a leaf is of the summand's layer, or of none: a neighbour's stands in two summands."""
    return layer is None or layer == here


def _all_layers(world: World, found: LayerSum, names: frozenset[str]) -> None:
    """That no layer of the net that has the leaves lies beside the range. Raises :class:`_Unlike`."""
    letters = {t.letter for t in world.layers.generic}
    start, last = found.start, found.last
    if not start.is_constant or start.value > 1 or len(last.names) != 1 or last.names & letters:
        raise _Unlike
    for name, layer in world.layers.of.values():
        symbols = layer.names - last.names - letters
        if symbols or layer.is_constant and layer.value < start.value and name in names:
            raise _Unlike
    uses = list(_uses(world))
    tops = _tops(world, last, uses)
    own = [use for use in uses if use.inner in names]
    if {use.inner for use in own} != names:
        raise _Unlike
    within = dict.fromkeys(names, True)  # whether the text says that they have just the layers of the sum
    for use in own:
        stated = world.letters.range_of_all(use.template.letter, use.template.number)
        if stated is None:
            within[use.inner] = False
            continue
        first, end = (whole(x, world, Statement()) + use.at for x in stated)
        after = end - last
        if not first.is_constant or first.value < start.value or after.is_constant and after.value > 0:
            raise _Unlike
        within[use.inner] &= after == ZERO
    if any(tops.get(name, 0 if within[name] else None) != 0 for name in names):
        raise _Unlike
    _no_lower(world, start, uses, names)


@dataclass(frozen=True)
class _Use:
    """The definition of ``left`` for layer ``letter + own`` mentions ``inner`` of layer ``letter + at``."""

    template: Template
    left: str
    own: int
    inner: str
    at: int


def _uses(world: World) -> Iterator[_Use]:
    for template in world.layers.generic:
        if contains_derivative(template.right):
            continue  # a δ: the loss does not depend on it
        left = world.table.reference(template.left)
        assert left is not None
        own = _distance(world, left.layer, template.letter)
        for node in s.walk(template.right):
            inner = world.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
            if inner is None or inner.layer is None:
                continue
            at = _distance(world, inner.layer, template.letter)
            if own is not None and at is not None:
                yield _Use(template, left.name, own, inner.name, at)
            elif own is None or template.letter in {name_of(x) for x in s.walk(inner.layer) if isinstance(x, s.Symbol)}:
                raise _Unlike


def _distance(world: World, layer: s.Node | None, letter: str) -> int | None:
    value = layer_value(layer, world, Statement()) if layer is not None else None
    distance = None if value is None else value - polynomial(letter)
    return int(distance.value) if distance is not None and distance.is_constant else None


def _tops(world: World, last: Polynomial, uses: Sequence[_Use]) -> dict[str, int]:
    """For each name, how far after ``last`` the last layer is on which a loss rests."""
    tops: dict[str, int] = {}
    for head in world.below(name for name in world.losses() if world.is_defined(name)) & world.layers.of.keys():
        name, layer = world.layers.of[head]
        if (layer - last).is_constant:
            tops[name] = max(tops.get(name, int((layer - last).value)), int((layer - last).value))
    for _ in range(len(uses) + 1):
        before = dict(tops)
        for use in uses:
            if use.left in tops:
                new = tops[use.left] - use.own + use.at
                tops[use.inner] = max(tops.get(use.inner, new), new)
        if tops == before:
            return tops
    raise _Unlike


def _no_lower(world: World, start: Polynomial, uses: Sequence[_Use], names: frozenset[str]) -> None:
    """That what a scope says of numbered layers leads to none before ``start``. Raises :class:`_Unlike`."""
    waiting = [(name, int(layer.value)) for name, layer in world.layers.of.values() if layer.is_constant]
    seen = set(waiting)
    highest = max((layer for _, layer in waiting), default=0) + sum(max(use.at - use.own, 0) for use in uses)
    while waiting:
        name, layer = waiting.pop()
        quantity = world.quantities.get(world.head(name, polynomial(layer)))
        for use in uses:
            letter = layer - use.own
            other = quantity is not None and quantity.body is not None and quantity.number != use.template.number
            if use.left != name or other:
                continue
            stated = world.letters.range_of_all(use.template.letter, use.template.number)
            first = whole(stated[0], world, Statement()) if stated is not None else None
            if first is not None and first.is_constant and first.value > letter:
                continue  # of no such layer
            new = use.inner, letter + use.at
            if new[1] < start.value and new[0] in names:
                raise _Unlike
            if new[1] > highest:  # higher than all steps upwards lead once: a circle of steps leads upwards without end
                raise _Unlike
            if new not in seen and new[1] >= 0:
                seen.add(new)
                waiting.append(new)
