r"""The definitions of a net with any number of layers, of which a document states those of one and of the last.

A document that numbers its layers gives one definition for all, ``a^{(l)} = g(W^{(l)} a^{(l-1)})``, a *template*, and
a loss on the last, ``a^{(L)}``. Beside templates there are definitions of single quantities: of what carries no layer,
and of a last layer that differs (an output with softmax). Of these the net of any depth is made: at each layer the
templates, where nothing else is defined there, down from what the loss mentions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from verify_derivations.derivations.composition import Uncomposed, same_definition
from verify_derivations.derivations.differentiate import adjoint_step
from verify_derivations.derivations.recurrence import ascent
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import (
    Access,
    Polynomial,
    Scalar,
    add,
    free_names,
    heads,
    map_accesses,
    polynomial,
)
from verify_derivations.formulas.expressions import substitute as put
from verify_derivations.formulas.tensors import show_extent
from verify_derivations.formulas.world import World

HOLE = "#"
"""Stands in the name of a size for the number of its layer."""

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
    without it, of a size with a :data:`HOLE` for it, and the layer. ``solved``: what the document says of sizes."""

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
        made = name.replace(HOLE, show_extent(new))
        if self.sizes.setdefault(made, (name, new)) != (name, new):
            raise Unlike(f"{made} has two meanings")
        return polynomial(made).substitute(self.solved)


@dataclass(frozen=True)
class LayerSum:
    """A number that is a sum over all layers, ``Σ_l ‖W^{(l)}‖²``: ``summand`` is what layer l adds, of leaves of its
    own; ``rest`` the name of what the layers add of which nothing is said. ``after``: how far the range ends after
    the last layer."""

    summand: Quantity
    names: frozenset[str]
    rest: str
    after: int


def names_in(quantity: Quantity) -> frozenset[str]:
    """The sizes that a definition mentions."""
    inside = frozenset() if quantity.body is None else free_names(quantity.body)
    return inside.union(*(extent.names for extent in quantity.extents)) - set(quantity.indices)


def heads_of(quantity: Quantity) -> frozenset[str]:
    """The quantities that a definition mentions."""
    return frozenset() if quantity.body is None else frozenset(heads(quantity.body))


class Layers:
    """The definitions of an environment as those of a net of any depth. Raises :class:`Unlike`.

    ``templates`` are the definitions at layer l, or leaves; ``special`` what is otherwise near the last layer."""

    def __init__(
        self, environment: Environment, numbering: Numbering, sums: Mapping[str, LayerSum] | None = None
    ) -> None:
        self.environment, self.numbering, self.sums = environment, numbering, dict(sums or {})
        self.templates: dict[str, Quantity] = {}
        self.special: dict[str, Quantity] = {}
        self.first: set[str] = set()  # names that are defined otherwise at a layer with a number
        n = numbering
        self.here = polynomial(n.letter)
        if {n.letter, n.last} & set(environment.quantities) or n.letter == n.last:
            raise Unlike(f"{n.letter} or {n.last} is also a quantity")
        if any(head in n.heads for captured in environment.captured.values() for head in captured):
            raise Unlike("a function depends on a layer")
        inside = set().union(*(free_names(function.body) for function in environment.functions.values()))
        every = set().union(*(names_in(q) for q in environment.quantities.values()))
        self.sizes = frozenset(name for name in every if not self._numbered(name))
        if any(map(self._numbered, inside)):
            raise Unlike("a function depends on the size of a layer")
        layered = [(*n.heads[q.head], q) for q in environment.quantities.values()
                   if q.head in n.heads and q.head not in environment.by_derivatives]  # fmt: skip
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
                elif quantity.body is not None:
                    self.first.add(name)
        self.users: dict[str, list[Node]] = {name: [] for name in self.templates}
        for name, template in self.templates.items():
            self._plain(template)
            for inner, offset in self._mentioned(template):
                if inner not in self.users:
                    raise Unlike(f"{inner} is not known at every layer")
                self.users[inner].append((name, -offset))
        ascending(self.users)
        for total in self.sums.values():
            self._plain(total.summand)
            found = set(self._mentioned(total.summand))
            single = {self.numbering.heads[head][0] for head in self.special} | self.first
            leaves = {name for name, template in self.templates.items() if template.body is None} - single
            if found != {(name, 0) for name in total.names & leaves}:
                raise Unlike(f"{total.summand.head} is not of leaves of each layer")

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

    def _numbered(self, name: str) -> bool:
        """Whether a name carries a layer, or is the number of one."""
        n = self.numbering
        return name in n.heads or name in n.sizes or name in (n.letter, n.last)

    def _plain(self, quantity: Quantity) -> None:
        """The number of a layer occurs in names only: no sum over layers, no factor l."""
        for name in names_in(quantity):
            known = self.numbering.sizes.get(name)
            if name not in self.sizes if known is None else known[1].is_constant:
                raise Unlike(f"the definition of {quantity.head} depends on {name}")

    @cached_property
    def shared(self) -> frozenset[str]:
        """What carries no layer, and is used at every layer: its adjoint is a sum over the layers."""
        bodies = [t.body for t in self.templates.values() if t.body is not None]
        found = frozenset(total.rest for total in self.sums.values())
        found = found.union(*(heads_of(total.summand) for total in self.sums.values()))
        found = found.union(*(self.environment.mentioned(body) for body in bodies))
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
            unknown = inner is not None or head not in self.environment.quantities
            if layer is None and (unknown or head in self.environment.by_derivatives):
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

    def other_names(self, step: Quantity) -> tuple[Node, ...]:
        """Of what a step of layer l, or a consumer that it looks through, mentions: what is defined as another name,
        ``x^{(l)} = a^{(l)}``."""
        loss, n = self.numbering.loss, self.numbering
        assert step.body is not None
        carried = [n.heads[inner] for inner in (adjoint_of(h, loss) or h for h in heads(step.body)) if inner in n.heads]
        pending = [(name, n.offset(layer, n.letter) or 0) for name, layer in carried]
        for name, at in self.through(step):
            for user, offset in self.users[name]:
                pending += [(inner, at + offset + d) for inner, d in self._mentioned(self.templates[user])]
        found: list[Node] = []
        while pending:
            name, at = pending.pop()
            template = self.templates[name]
            inner = self._mentioned(template)
            if isinstance(template.body, Access) and name not in self.first and all(d == 0 for _, d in inner):
                found.append((name, at))
                pending += [(other, at) for other, _ in inner]
        return tuple(dict.fromkeys(found))

    def around(self, step: Quantity) -> Environment:
        """What a step of layer l may rest on: the consumers that it looks through, and what is another name; all else
        has any value and any adjoint."""
        through = self.through(step)
        consumers = [(user, at + offset) for name, at in through for user, offset in self.users[name]]
        quantities = self.sums_at(through)
        for name, at in (*consumers, *self.other_names(step)):
            known = self._at(name, self.here + at)
            quantities[known.head] = replace(known, opaque=True)
        bodies = [q.body for q in quantities.values() if q.body is not None]
        mentioned = [head for body in bodies for head in sorted(self.environment.mentioned(body))]
        assert step.body is not None
        for head in dict.fromkeys((*mentioned, *heads(step.body), *(self._head(node) for node in through))):
            inner = adjoint_of(head, self.numbering.loss) or head
            if inner not in quantities:
                at_layer = self.numbering.heads.get(inner)
                single = at_layer is None or inner in self.special
                of = self.environment.quantities[inner] if single or at_layer is None else self._at(*at_layer)
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
            quantities[consumer.head] = replace(consumer, opaque=True)  # what they are for is a layer further on
        sums = self.sums_at([(name, 0)])
        environment = replace(self.environment, quantities=quantities | sums)

        def known(access: Access) -> Scalar | None:
            inner = adjoint_of(access.head, self.numbering.loss)
            step = adjoint_step(inner, environment) if inner in sums else None
            return None if step is None or step.body is None else map_accesses(step.body, known)

        step = adjoint_step(head, environment)
        return step if step is None or step.body is None else replace(step, body=map_accesses(step.body, known))

    def sums_at(self, nodes: Iterable[Node]) -> dict[str, Quantity]:
        """The sums over layers that have summands of ``nodes``, with these, and what leads from them to the loss."""
        found: dict[str, Quantity] = {}
        nodes = tuple(nodes)
        for head, total in self.sums.items():
            layers = sorted({at for name, at in nodes if name in total.names})
            if layers:
                found[head] = self._sum(head, [self.here + at for at in layers])
        pending = list(found)
        while pending:
            for user in self.environment.consumers(pending.pop()):
                if user.head in self.numbering.heads or user.extents:
                    raise Unlike(f"{user.head} depends on a sum over layers")
                if user.head not in found:
                    self._plain(user)
                    found[user.head] = user
                    pending.append(user.head)
        return found

    def _sum(self, head: str, layers: Iterable[Polynomial]) -> Quantity:
        total = self.sums[head]
        parts = [self.numbering.moved(total.summand, layer).body for layer in layers]
        return replace(total.summand, body=add(*(part for part in parts if part is not None), Access(total.rest)))

    def _head(self, node: Node) -> str:
        return self.numbering.head(node[0], self.here + node[1])

    def _at(self, name: str, layer: Polynomial) -> Quantity:
        return self.numbering.moved(self.templates[name], layer)

    def _stated(self, quantities: dict[str, Quantity], *, last: bool) -> Environment:
        """An environment with what is stated for all layers; with ``last`` also what is stated for the last ones."""

        n = self.numbering

        def general(names: Iterable[str]) -> bool:
            carried = [n.heads.get(x) or n.sizes.get(x) or ("", polynomial(x)) for x in names if self._numbered(x)]
            return all(last and n.offset(layer, n.last) is not None for _, layer in carried)

        e = self.environment
        return replace(
            e, quantities=quantities,
            facts=tuple(f for f in e.facts if general(f.value.names)),
            assumptions=tuple(pair for pair in e.assumptions
                              if all(general((*heads(side), *free_names(side))) for side in pair)),
            positive=frozenset(filter(lambda n: general([n]), e.positive)),
            nonzero=frozenset(filter(lambda n: general([n]), e.nonzero)),
            below_one=frozenset(filter(lambda n: general([n]), e.below_one)),
            one_hot=frozenset(filter(lambda n: general([n]), e.one_hot)),
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
            if head in self.sums:
                quantity = self._sum(head, ())  # with what the window turns out to show
                pending += sorted(heads_of(self.sums[head].summand) - n.heads.keys())
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
        for head in self.sums.keys() & quantities.keys():
            names, after = self.sums[head].names, self.sums[head].after
            shown = sorted({at for name, at in places.values() if name in names and at <= after})
            total = quantities[head] = self._sum(head, [polynomial(n.last) + at for at in shown])
            if not heads_of(total) <= quantities.keys():
                raise Unlike(f"not all leaves of {head} are those of every layer")
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


def ascending(edges: Mapping[str, Iterable[Node]]) -> None:
    """Raises :class:`NoAscent` where the distances along a circle have no positive sum."""
    found = ascent([(name, target, d) for name, targets in edges.items() for target, d in targets if target in edges])
    if isinstance(found, tuple):
        raise NoAscent(found)
