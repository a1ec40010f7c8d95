r"""Composition over any number of layers, by induction.

A document that numbers its layers gives one definition for all of them, ``a^{(l)} = g(W^{(l)} a^{(l-1)})``, a *template*,
and a loss on the last, ``a^{(L)}``. Beside templates there are definitions of single quantities: of what carries no layer,
and of a last layer that differs (an output with softmax). Of these the net of any depth is made: at each layer the
templates, where nothing else is defined there, down from what the loss mentions.

A *generic step* gives the adjoint of X^{(l)} by adjoints of Y^{(l+d)}. It is proved where only what it rests on is
known, the definitions of the consumers that it looks through (:meth:`Layers.around`): all else, what lies below
included, has any value there, and any adjoint. So it holds at each layer where the quantities that it looks through
have those consumers, with those definitions, and no others (:meth:`Induction.holds`); nothing is claimed of layers
where other definitions are stated, and the first layer does not matter.

The last layers are an environment like any other (:meth:`Layers.window`), deep enough that below its border neither a
definition that differs nor the end of the net is near. What is to be shown of a parameter is shown in two parts.

*Base.* In the window, each adjoint that may be asked for is composed of steps as in a net of fixed depth
(:class:`~verify_derivations.derivations.composition.Composition`): steps proved in it, and generic steps at layers
where they hold.

*Induction.* Below, the generic steps hold: at as many layers above the window's lower end as a step or a definition
reaches over they are seen to, and all is the same a layer further down. They lead upwards: along each circle of names,
``a^{(l)}`` by ``z^{(l+1)}``, ``z^{(l)}`` by ``a^{(l)}``, the layers increase in sum, so from each layer finitely many
steps lead into the window. Putting equals for equals, from the window down, the adjoint at each layer becomes an
expression without adjoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from verify_derivations.derivations.composition import Composition, Gap, Uncomposed, same_definition
from verify_derivations.derivations.differentiate import adjoint_step
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import Access, Polynomial, free_names, heads, map_accesses, polynomial
from verify_derivations.formulas.expressions import substitute as put
from verify_derivations.formulas.tensors import show_extent
from verify_derivations.formulas.world import World

MOST = 16  # layers that a definition, a step or the end of a net may reach over

Node = tuple[str, int]
"""A quantity's name, and its distance from layer l, or from the last."""


class Unlike(Uncomposed):
    """The layers are not defined alike, or not in a way that is known to go on."""


class NoAscent(Uncomposed):
    """The generic steps of ``names`` refer to each other, and do not lead to the last layer."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"the steps do not lead to the last layer: {' → '.join([*names, names[0]])}")
        self.names = names


@dataclass
class Numbering:
    """``letter`` counts layers, ``last`` is the last. ``heads`` and ``sizes`` say which names carry a layer: the name
    without it, and the layer. ``solved``: what the document says that sizes are."""

    letter: str
    last: str
    loss: str
    heads: dict[str, tuple[str, Polynomial]]
    sizes: dict[str, tuple[str, Polynomial]]
    solved: Mapping[str, Polynomial] = field(default_factory=dict)

    def head(self, name: str, layer: Polynomial) -> str:
        head = World.head(name, layer)
        if self.heads.setdefault(head, (name, layer)) != (name, layer):
            raise Unlike(f"{head} has two meanings")
        return head

    def offset(self, layer: Polynomial, start: str) -> int | None:
        """The distance of a layer from ``start``, if that is a whole number."""
        distance = layer - polynomial(start)
        return int(distance.value) if distance.is_constant and distance.value.denominator == 1 else None

    def moved(self, quantity: Quantity, layer: Polynomial) -> Quantity:
        """A definition or a step with ``layer`` in the place of the letter."""

        def head_of(head: str) -> str:
            inner = adjoint_of(head, self.loss)
            if inner is not None:
                return adjoint(head_of(inner), self.loss)
            name, at = self.heads.get(head, (head, None))
            return head if at is None else self.head(name, at.substitute({self.letter: layer}))

        values = {name: self._size(name, layer) for name in sorted(names_in(quantity)) if name in self.sizes}
        extents = tuple(extent.substitute(values) for extent in quantity.extents)
        body = quantity.body
        if body is not None:
            body = put(map_accesses(body, lambda a: Access(head_of(a.head), a.indices)), values)
        return replace(quantity, head=head_of(quantity.head), extents=extents, body=body, opaque=False)

    def _size(self, size: str, layer: Polynomial) -> Polynomial:
        name, at = self.sizes[size]
        new = at.substitute({self.letter: layer})
        made = f"{name}_{{{show_extent(new)}}}"
        if self.sizes.setdefault(made, (name, new)) != (name, new):
            raise Unlike(f"{made} has two meanings")
        return polynomial(made).substitute(self.solved)


def names_in(quantity: Quantity) -> frozenset[str]:
    """The sizes that a definition mentions."""
    inside = frozenset() if quantity.body is None else free_names(quantity.body)
    return inside.union(*(extent.names for extent in quantity.extents)) - set(quantity.indices)


class Layers:
    """The definitions of an environment as those of a net of any depth. Raises :class:`Unlike`.

    ``templates`` are the definitions at layer l, or leaves; ``special`` what is otherwise near the last layer."""

    def __init__(self, environment: Environment, numbering: Numbering) -> None:
        self.environment, self.numbering = environment, numbering
        self.templates: dict[str, Quantity] = {}
        self.special: dict[str, Quantity] = {}
        n = numbering
        self.here = polynomial(n.letter)
        if {n.letter, n.last} & set(environment.quantities) or n.letter == n.last:
            raise Unlike(f"{n.letter} or {n.last} is also a quantity")
        if any(head in n.heads for captured in environment.captured.values() for head in captured):
            raise Unlike("a function depends on a layer")
        layered = [(*n.heads[q.head], q) for q in environment.quantities.values() if q.head in n.heads]
        for name, layer, quantity in layered:
            at = n.offset(layer, n.letter)
            if at is not None:
                self._add(name, n.moved(quantity, self.here - at))
        for name, layer, quantity in layered:
            if n.offset(layer, n.letter) is None and not self._as_template(name, layer, quantity):
                if n.offset(layer, n.last) is not None:
                    self.special[quantity.head] = quantity
                elif not layer.is_constant or quantity.body is not None and self._layered(quantity):
                    raise Unlike(f"{quantity.head} is not defined as at the other layers")
        self.users: dict[str, list[Node]] = {name: [] for name in self.templates}
        for name, template in self.templates.items():
            self._plain(template)
            for inner, offset in self._mentioned(template):
                if inner not in self.users:
                    raise Unlike(f"{inner} is not known at every layer")
                self.users[inner].append((name, -offset))
        _upwards(self.users)

    def _add(self, name: str, new: Quantity) -> None:
        known = self.templates.get(name)
        if known is None or (known.body is None and known.extents == new.extents):
            self.templates[name] = new
        elif known.extents != new.extents or (new.body is not None and not same_definition(known, new)):
            raise Unlike(f"{new.head} is not defined alike at every layer")

    def _as_template(self, name: str, layer: Polynomial, quantity: Quantity) -> bool:
        """Whether the definition at a single layer is the one for all; a leaf has only its extents."""
        if name not in self.templates:
            return False
        general = self.numbering.moved(self.templates[name], layer)
        if quantity.body is None:
            return quantity.extents == general.extents
        return general.body is not None and same_definition(general, replace(quantity, opaque=False))

    def _layered(self, quantity: Quantity) -> list[tuple[str, Polynomial]]:
        assert quantity.body is not None
        found = sorted(self.environment.mentioned(quantity.body))
        return [self.numbering.heads[head] for head in found if head in self.numbering.heads]

    def _mentioned(self, template: Quantity) -> list[Node]:
        """What a template mentions, by distance from its own layer."""
        found = []
        for name, layer in self._layered(template) if template.body is not None else ():
            offset = self.numbering.offset(layer, self.numbering.letter)
            if offset is None or abs(offset) > MOST:
                raise Unlike(f"{template.head} mentions {World.head(name, layer)}")
            found.append((name, offset))
        return found

    def _plain(self, quantity: Quantity) -> None:
        """The number of a layer occurs in names only: no sum over layers, no factor l."""
        for name in names_in(quantity):
            kind = self.numbering.sizes.get(name)
            if name in (self.numbering.letter, self.numbering.last) or kind is not None and kind[1].is_constant:
                raise Unlike(f"the definition of {quantity.head} depends on {name}")

    @cached_property
    def shared(self) -> frozenset[str]:
        """What carries no layer, and is used at every layer: its adjoint is a sum over the layers."""
        bodies = [t.body for t in self.templates.values() if t.body is not None]
        found = frozenset[str]().union(*(self.environment.mentioned(body) for body in bodies))
        return frozenset(head for head in found if head not in self.numbering.heads)

    # -- around a layer -------------------------------------------------------------------------------------------
    def generic(self, step: Quantity) -> Node | None:
        """The name and the distance from l of the quantity whose adjoint a step gives."""
        of = adjoint_of(step.head, self.numbering.loss)
        name, layer = self.numbering.heads.get(of or "", ("", self.here))
        offset = self.numbering.offset(layer, self.numbering.letter)
        return (name, offset) if name in self.templates and offset is not None else None

    def normal(self, step: Quantity) -> Quantity:
        """A generic step as one of layer l."""
        node = self.generic(step)
        assert node is not None
        return self.numbering.moved(step, self.here - node[1])

    def needs(self, step: Quantity) -> tuple[Node, ...]:
        """The adjoints that a step of layer l needs. Raises :class:`Unlike` where it mentions single layers."""
        assert step.body is not None
        self._plain(step)
        found = []
        for head in heads(step.body):
            inner = adjoint_of(head, self.numbering.loss)
            name, layer = self.numbering.heads.get(inner or head, (inner or head, None))
            offset = None if layer is None else self.numbering.offset(layer, self.numbering.letter)
            if layer is not None and (offset is None or abs(offset) > MOST or name not in self.templates):
                raise Unlike(f"the step of {step.head} mentions {head}")
            if layer is None and (inner is not None or head not in self.environment.quantities):
                raise Unlike(f"the step of {step.head} mentions {head}")
            if inner is not None and offset is not None:
                found.append((name, offset))
        return tuple(found)

    def through(self, step: Quantity) -> tuple[Node, ...]:
        """The quantities whose consumers a step of layer l looks through: its own, and on the way to those that it
        needs."""
        node, needed = self.generic(step), self.needs(step)
        assert node is not None
        found, pending = [node], [node]
        while pending:
            name, at = pending.pop()
            for user, offset in self.users[name]:
                new = user, at + offset
                if new not in found and new not in needed:
                    if abs(new[1]) > MOST:
                        raise Unlike(f"the step of {step.head} does not end")
                    found.append(new)
                    pending.append(new)
        return tuple(found)

    def around(self, step: Quantity) -> Environment:
        """What a step of layer l may rest on: the consumers that it looks through; all else has any value and any
        adjoint."""
        through = self.through(step)
        quantities: dict[str, Quantity] = {}
        for name, at in through:
            for user, offset in self.users[name]:
                consumer = self._at(user, self.here + at + offset)
                quantities[consumer.head] = replace(consumer, opaque=True)
        mentioned = [head for q in quantities.values() if q.body is not None for head in heads(q.body)]
        assert step.body is not None
        known = self.environment.quantities
        for head in dict.fromkeys((*mentioned, *heads(step.body), *(self._head(node) for node in through))):
            inner = adjoint_of(head, self.numbering.loss) or head
            if inner not in quantities:
                name, layer = self.numbering.heads.get(inner, (inner, None))
                of = known[inner] if layer is None else self._at(name, layer)
                quantities[inner] = Quantity(inner, of.extents, opaque=True)
        for head in map(self._head, through):
            quantities[head] = replace(quantities[head], opaque=False)
        loss = self.numbering.loss
        quantities.setdefault(loss, Quantity(loss, opaque=True))
        return self._stated(quantities, last=False)

    def derived(self, name: str) -> Quantity | None:
        """The step by all consumers, from their definitions."""
        head = self._head((name, 0))
        quantities = {head: self.templates[name]}
        for user, offset in self.users[name]:
            consumer = self._at(user, self.here + offset)
            quantities[consumer.head] = consumer
        return adjoint_step(head, replace(self.environment, quantities=quantities))

    def _head(self, node: Node) -> str:
        return self.numbering.head(node[0], self.here + node[1])

    def _at(self, name: str, layer: Polynomial) -> Quantity:
        return self.numbering.moved(self.templates[name], layer)

    def _stated(self, quantities: dict[str, Quantity], *, last: bool) -> Environment:
        """An environment with what is stated for all layers; with ``last`` also what is stated for the last ones."""

        def general(names: Iterable[str]) -> bool:
            carried = [self.numbering.heads.get(n) or self.numbering.sizes.get(n) for n in names]
            return all(c is None or (last and self.numbering.offset(c[1], self.numbering.last) is not None)
                       for c in carried)  # fmt: skip

        e = self.environment
        return replace(
            e, quantities=quantities,
            facts=tuple(f for f in e.facts if general(f.value.names)),
            assumptions=tuple(pair for pair in e.assumptions
                              if all(general((*heads(side), *free_names(side))) for side in pair)),
            positive=frozenset(filter(lambda n: general([n]), e.positive)),
            nonzero=frozenset(filter(lambda n: general([n]), e.nonzero)),
            below_one=frozenset(filter(lambda n: general([n]), e.below_one)),
        )  # fmt: skip

    # -- the last layers ------------------------------------------------------------------------------------------
    def window(self, depth: int) -> Window:
        """The net from its loss down to ``depth`` layers before the last; what lies below has any value. An adjoint
        that what lies below could add to is a symbol."""
        n, known = self.numbering, self.environment.quantities
        quantities: dict[str, Quantity] = {}
        places: dict[str, Node] = {}
        pending = [n.loss]
        lowest = 0
        while pending:
            head = pending.pop()
            if head in quantities:
                continue
            name, layer = n.heads.get(head, (head, None))
            at = None if layer is None else n.offset(layer, n.last)
            own = layer is None or head in self.special
            if layer is not None and (at is None or (not own and name not in self.templates)):
                raise Unlike(f"the loss depends on {head}, which is not one of the last layers")
            if head not in known and own or at is not None and at > MOST:
                raise Unlike(f"the net does not end at layer {n.last}")
            quantity = known[head] if layer is None else self.special.get(head) or self._at(name, layer)
            if at is not None:
                places[head] = name, at
                if not own and at < -depth:
                    quantity = replace(quantity, body=None)
            quantity = replace(quantity, opaque=self._open(head, places.get(head), depth))
            quantities[head] = quantity
            if quantity.body is not None:
                inner = sorted(self.environment.mentioned(quantity.body))
                pending += inner
                if own:
                    self._plain(quantity)
                    lowest = min([lowest, *(n.offset(n.heads[h][1], n.last) or 0 for h in inner if h in n.heads)])
            if own and at is not None:
                lowest = min(lowest, at)
        return Window(self._stated(quantities, last=True), places, lowest, depth)

    def _open(self, head: str, node: Node | None, depth: int) -> bool:
        if node is None:
            return head in self.shared
        return any(node[1] + offset < -depth for _, offset in self.users.get(node[0], ()))


@dataclass(frozen=True)
class Window:
    """The last layers of a net of any depth: ``places`` by distance from the last layer. Nothing that is defined
    otherwise, and nothing that it mentions, lies below ``lowest``."""

    environment: Environment
    places: Mapping[str, Node]
    lowest: int
    depth: int

    @cached_property
    def heads(self) -> Mapping[Node, str]:
        return {node: head for head, node in self.places.items()}

    def around(self, step: Quantity) -> Environment:
        """What a step of the window may rest on, as :meth:`Layers.around`."""
        e = self.environment
        assert step.body is not None and e.loss is not None
        of = adjoint_of(step.head, e.loss) or ""
        needed = {adjoint_of(head, e.loss) for head in heads(step.body)}
        through, consumers, pending = {of}, set[str](), [of]
        while pending:
            new = {consumer.head for consumer in e.consumers(pending.pop())}
            consumers |= new
            pending += sorted(new - needed - through)
            through |= new - needed
        return replace(e, quantities={
            head: replace(q, body=q.body if head in consumers else None, indices=q.indices if head in consumers else (),
                          opaque=q.opaque or head not in through)
            for head, q in e.quantities.items()
        })  # fmt: skip


class Induction:
    """Generic steps, one for each name, and the last layers. Each step has to be proved (see :meth:`Layers.around`)."""

    def __init__(self, layers: Layers, steps: Iterable[Quantity]) -> None:
        self.layers = layers
        self.steps: dict[str, Quantity] = {}
        for step in steps:
            node = layers.generic(step)
            if node is None or node[1] != 0 or node[0] in self.steps or step.body is None:
                raise Uncomposed(f"{step.head} is not the step of a quantity of layer {layers.numbering.letter}")
            self.steps[node[0]] = step
        self._through = {name: layers.through(step) for name, step in self.steps.items()}
        self._needs = {name: layers.needs(step) for name, step in self.steps.items()}
        reached = [at + offset for nodes in self._through.values() for name, at in nodes
                   for _, offset in (("", 0), *layers.users[name])]  # fmt: skip
        reached += [at for nodes in self._needs.values() for _, at in nodes]
        reached += [offset for users in layers.users.values() for _, offset in users]
        self.reach = max(map(abs, reached), default=0)
        shallow = layers.window(0)
        self.window = layers.window(3 * self.reach + 2 - shallow.lowest)

    @property
    def deep(self) -> range:
        """The layers of the window that stand for all below: away from its ends by more than a step reaches over."""
        return range(self.window.lowest - 2 * self.reach - 2, self.window.lowest - self.reach)

    def holds(self, name: str, at: int) -> bool:
        """Whether the generic step of a name holds at a layer of the window."""
        if name not in self.steps or (name, at) not in self.window.heads:
            return False
        numbering = self.layers.numbering
        for inner, layer in (numbering.heads[head] for head in self._carried(self.steps[name])):
            offset = numbering.offset(layer, numbering.letter)
            if offset is None or self._head(inner, at + offset) in self.layers.special:
                return False
        return all(self._alike(inner, at + offset) for inner, offset in self._through[name])

    def _carried(self, step: Quantity) -> list[str]:
        """The quantities with a layer that a step mentions, and those whose adjoints it does."""
        assert step.body is not None
        loss = self.layers.numbering.loss
        found = (adjoint_of(head, loss) or head for head in (step.head, *heads(step.body)))
        return [head for head in found if head in self.layers.numbering.heads]

    def _alike(self, name: str, at: int) -> bool:
        """Whether the consumers of a quantity in the window are those of every layer."""
        head = self._head(name, at)
        quantity = self.window.environment.quantities.get(head)
        if quantity is None or quantity.opaque or head in self.layers.special:
            return False
        general = {self._head(user, at + offset) for user, offset in self.layers.users[name]}
        found = {consumer.head for consumer in self.window.environment.consumers(head)}
        return found == general and found.isdisjoint(self.layers.special)

    def _head(self, name: str, at: int) -> str:
        return self.layers.numbering.head(name, polynomial(self.layers.numbering.last) + at)

    def instance(self, name: str, at: int) -> Quantity | None:
        """The generic step of a name at a layer of the window, if it holds there."""
        if not self.holds(name, at):
            return None
        return self.layers.numbering.moved(self.steps[name], polynomial(self.layers.numbering.last) + at)

    def needed(self, name: str) -> tuple[str, ...]:
        """The names whose generic steps the derivative by ``name`` needs. Raises :class:`Gap`."""
        found, pending = [name], [name]
        while pending:
            last = pending.pop()
            if last not in self.steps:
                raise Gap(self.layers.numbering.head(last, self.layers.here))
            for new, _ in self._needs[last]:
                if new not in found:
                    found.append(new)
                    pending.append(new)
        return tuple(found)

    def check(self, name: str, composition: Composition) -> None:
        """That the generic steps, and those of the window, give the derivative by ``name`` at every layer. Raises
        :class:`Uncomposed`. The steps of ``composition`` have to be instances, or proved in the window."""
        names = self.needed(name)
        _upwards({name: self._needs[name] for name in names})
        for inner in names:
            if not all(self.holds(inner, at) for at in self.deep):
                raise Unlike(f"the step of {inner} is not known to hold at every layer")
        for head, (inner, at) in self.window.places.items():
            if inner in names and at >= self.deep.start:
                composition.chain(head)


def _upwards(edges: Mapping[str, Iterable[Node]]) -> None:
    """Raises :class:`NoAscent` where the distances along a circle have no positive sum.

    With a weight of N·distance − 1, more names than edges in a simple circle, those and only those are negative."""
    names = list(edges)
    weight: dict[tuple[str, str], int] = {}
    for name, targets in edges.items():
        for target, distance in targets:
            if target in edges:
                cost = (len(names) + 1) * distance - 1
                weight[name, target] = min(cost, weight.get((name, target), cost))
    after = {pair: (pair[1],) for pair in weight}
    for via in names:
        for a in names:
            for b in names:
                if (a, via) in weight and (via, b) in weight:
                    cost = weight[a, via] + weight[via, b]
                    if cost < weight.get((a, b), cost + 1):
                        weight[a, b], after[a, b] = cost, (*after[a, via], *after[via, b])
        for name in names:
            if weight.get((name, name), 0) < 0:
                raise NoAscent((name, *after[name, name][:-1]))


__all__ = ["Induction", "Layers", "NoAscent", "Numbering", "Unlike", "Window"]
