"""A formula for every layer at the layers that are defined otherwise.

``δ^{(l)} = (W^{(l+1)T} δ^{(l+1)}) ∘ f'(z^{(l)})`` is judged with the definitions of every layer. Where a document
defines ``z^{(L)}`` otherwise, layer L - 1 leads to the loss in another way, so the formula is judged there as if it was
said of that layer by itself. Where it is not proved, it holds of the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace

from verify_derivations.checker.deciding import Effort, only_where
from verify_derivations.checker.instances import Instances, otherwise_defined
from verify_derivations.checker.links import Judged, judge_link
from verify_derivations.checker.statements import put
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, adjoint_of
from verify_derivations.formulas.expressions import Polynomial, heads, polynomial
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.sizes import is_generic, layer_value
from verify_derivations.formulas.tensors import show_extent
from verify_derivations.formulas.world import Statement, World

HOLDS = (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED)
ORDER = {"\\neq": (-1, 1), "\\ne": (-1, 1), "<": (-1,), ">": (1,), "\\le": (-1, 0), "\\leq": (-1, 0), "\\ge": (0, 1),
         "\\geq": (0, 1)}  # fmt: skip
"""The signs of a difference for which an order holds."""


def judge_every(
    world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...], number: int, effort: Effort
) -> Judged:
    """The judgement of an equation, and where it is of every layer, of those that are defined otherwise."""
    judged = judge_link(world, left, right, conditions, number, effort)
    if judged.link.verdict is Verdict.REFUTED and (letter := _of_one_layer(world, left, right, number)):
        said = f"{letter} stands for one layer only"  # 1 is L, and what is refuted of two may be so
        judged.link = replace(judged.link, verdict=Verdict.UNDECIDED, evidence="notation", message=said,
                              counterexample=None)  # fmt: skip
    if judged.link.verdict not in HOLDS or not effort.verification:
        return judged
    sides = [_bracketed(world, side) for side in (left, right)]
    for letter, layer in _apart(world, judged):
        if not _said_of(world, judged, letter, layer, conditions, number):
            continue
        general = tuple(c for c in conditions if letter not in _written(c))
        node = _node(layer)
        if node is not None and _holds_at(
            world, [put(side, letter, node) for side in sides], general, number, effort, judged
        ):
            continue
        where = f"{letter} \\neq {show_extent(layer)}"
        if where not in judged.link.assumptions:
            judged = replace(judged, link=only_where(where, judged.link))
    return judged


def _of_one_layer(world: World, left: s.Node, right: s.Node, number: int) -> str | None:
    """A letter for layers of an equation, where the only layer has a name, too: L where L = 1."""
    for letter in sorted(_written(left, right)) if world.layers.templates else ():
        ends = [layer_value(end, world, Statement()) for end in world.letters.range_of_all(letter, number) or ()]
        first, last = (ends[0], ends[-1]) if ends and is_generic(letter) else (None, None)
        if first is not None and last is not None and first != last:
            if world.extents.normal(first) == world.extents.normal(last):
                return letter
    return None


def _written(*nodes: s.Node) -> set[str]:
    return {name_of(part) for node in nodes for part in s.walk(node) if isinstance(part, s.Symbol)}


def _holds_at(
    world: World, sides: list[s.Node], conditions: tuple[s.Relation, ...], number: int, effort: Effort, judged: Judged
) -> bool:
    trial = world.fork()
    instances = Instances(trial, ())
    instances.mention([node for side in sides for node in s.walk(side)], number)
    for _ in range(2):  # what lies between a layer and the next need not be mentioned
        instances.complete()
    instances.frontier()
    if trial.layers.unlike_sums != world.layers.unlike_sums:
        return False
    effort = effort if judged.link.verdict is Verdict.CHECKED else effort.proofs_only
    link = judge_link(trial, sides[0], sides[1], conditions, number, effort).link
    return link.verdict is Verdict.PROVED or link.verdict is judged.link.verdict


def _apart(world: World, judged: Judged) -> Iterator[tuple[str, Polynomial]]:
    """The letter for layers and the values for which what a claim may rest on is of a layer defined otherwise, or is
    mentioned by one."""
    if judged.comparison is None or judged.environment is None:
        return
    environment = judged.environment
    near: dict[str, list[Polynomial]] = {}
    for head in otherwise_defined(world):
        body = world.quantities[head].body
        own = world.layers.of[head][1]
        for other in (head, *(heads(body) if body is not None else ())):
            name, layer = world.layers.place(other)
            if layer is not None and (layer - own).is_constant:
                near.setdefault(name, []).append(layer)
    single = {name for at in near.values() for layer in at for name in layer.names}
    found = []
    for head in sorted(_rests_on(environment, (*heads(judged.comparison.left), *heads(judged.comparison.right)))):
        name, layer = world.layers.place(head)
        if layer is None:
            continue
        for letter in filter(is_generic, layer.names - single) if name in near else ():
            distance = layer - polynomial(letter)
            found += [(letter, other - distance) for other in near[name] if distance.is_constant]
    yield from sorted(dict.fromkeys(found), key=str)


def _rests_on(environment: Environment, claimed: Iterable[str]) -> set[str]:
    """All that a comparison can be made of: what the definitions of its quantities mention, and the consumers of those
    by which it differentiates."""
    values, moved = set[str](), set[str]()
    for head in claimed:
        inner = adjoint_of(head, environment.loss) if environment.loss is not None else None
        (values.add(head) if inner is None else moved.add(inner))
    waiting = sorted(moved)
    while waiting:
        head = waiting.pop()
        known = environment.quantities.get(head)
        users = {q.head for q in environment.consumers(head)} if known is not None and not known.opaque else set()
        waiting += users - moved
        moved |= users
    found = values | moved
    waiting = sorted(found)
    while waiting:
        quantity = environment.quantities.get(waiting.pop())
        new = environment.mentioned(quantity.body) - found if quantity is not None and quantity.body is not None else ()
        waiting += new
        found |= {*new}
    return found


def _said_of(
    world: World, judged: Judged, letter: str, layer: Polynomial, conditions: tuple[s.Relation, ...], number: int
) -> bool:
    """Whether a claim speaks of a layer: not where it has quantities of layers before the first or after the last."""
    assert judged.comparison is not None and judged.environment is not None
    stated = world.letters.range_of_all(letter, number)
    if stated is not None:
        ends = [layer_value(end, world, Statement()) for end in stated]
        for end, sign in zip(ends, (-1, 1), strict=True):
            beyond = None if end is None else layer - end
            if beyond is not None and beyond.is_constant and beyond.value * sign > 0:
                return False
    here = Statement(layers={letter: layer})
    for condition in conditions:
        values = [layer_value(side, world, here) for side in condition.sides]
        if len(values) == 2 and condition.relations[0] in ORDER and values[0] is not None and values[1] is not None:
            difference = values[0] - values[1]
            if not difference.is_constant:
                continue
            if (difference.value > 0) - (difference.value < 0) not in ORDER[condition.relations[0]]:
                return False
    special = otherwise_defined(world)
    losses = [name for name in world.losses() if world.is_defined(name)]
    rests = (world.below(losses) if losses else special) & world.layers.of.keys()
    net = [other for name, other in map(world.layers.of.__getitem__, rests) if name in world.layers.templates]
    found = []
    for head in (*heads(judged.comparison.left), *heads(judged.comparison.right)):
        inner = adjoint_of(head, judged.environment.loss) if judged.environment.loss is not None else None
        name, at = world.layers.of.get(inner or head, ("", None))
        found += [(name, at, inner)] if at is not None else []
    computed = [x for x in found if x[0] in world.layers.templates]  # W^{(L+1)} may be of an output after the net
    for name, at, inner in computed or found:
        at = at.substitute({letter: layer})
        if world.head(name, at) in special:
            continue
        after = [(at - other).value for other in net if (at - other).is_constant]
        if after and min(after) > 0:
            return False
        if not at.is_constant:
            continue
        if at.value < (0 if inner is None else 1):  # a^{(0)} is the input, by which nothing is differentiated
            return False
        if inner is not None and _before_an_input(world, name, at, special):
            return False
    return True


def _before_an_input(world: World, name: str, layer: Polynomial, special: frozenset[str]) -> bool:
    """Whether what uses it in every layer is an input of this one, which does not: z^{(1)} beside a^{(1)} = x."""
    users = {world.head(user, layer + step) for user, step in Instances(world, ()).users(name)}
    own = world.head(name, layer)
    return bool(users) and users <= special and not any(own in world.below([user]) for user in users)


def _bracketed(world: World, node: s.Node) -> s.Node:
    """With brackets around layers: ``w^l`` at layer 2 is no square."""

    def visit(item: object) -> object:
        if isinstance(item, s.Node):
            return _bracketed(world, item)
        return tuple(map(visit, item)) if isinstance(item, tuple) else item

    changes = {f.name: visit(getattr(node, f.name)) for f in fields(node) if f.name != "span"}
    reference = world.table.reference(node) if isinstance(node, s.Scripted) else None
    if reference is not None and reference.layer is not None and isinstance(node, s.Scripted) and node.sup is not None:
        parts = node.sup.items if isinstance(node.sup, s.Sequence) else (node.sup,)
        parts = tuple(s.Group("(", x) if x == reference.layer else x for x in parts)
        changes["sup"] = replace(node.sup, items=parts) if isinstance(node.sup, s.Sequence) else parts[0]
    return type(node)(**changes, span=node.span)


def _node(layer: Polynomial) -> s.Node | None:
    """The number of a layer as it is written."""
    if layer.is_constant:
        return s.Number(str(layer.value))
    name = min(layer.names)
    if not (layer - polynomial(name)).is_constant:
        return None
    distance = (layer - polynomial(name)).value
    last = s.Symbol(name.removeprefix("\\mathrm{").removesuffix("}") if name.startswith("\\mathrm{") else name)
    return s.Sum(("+", "-" if distance < 0 else "+"), (last, s.Number(str(abs(distance))))) if distance else last
