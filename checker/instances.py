"""The layers of generic definitions that a scope mentions, and where what is stated of them ends."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from verify_derivations.checker.customary import NUMBER
from verify_derivations.checker.layer_sums import close_sums
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.define import define
from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Mul,
    Number,
    Polynomial,
    Scalar,
    Size,
    Sum,
    children,
    heads,
    mul,
)
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.scripts import name_of, names_in
from verify_derivations.formulas.sizes import layer_value, match_layer
from verify_derivations.formulas.symbols import LOSSES
from verify_derivations.formulas.unknown import Unread
from verify_derivations.formulas.unsaid import ends
from verify_derivations.formulas.world import Declaration, Known, Statement, World

PARTS = (*LOSSES, "p", "P", "e", "r")
"""What parts of a loss are called, likelihoods, errors and residuals among them."""


class Instances:
    """The instances of a world's templates that formulas mention."""

    def __init__(self, world: World, formulas: Sequence[Stated]) -> None:
        self.world, self.table, self.formulas = world, world.table, formulas

    def layers(self) -> None:
        """Instances of generic layers that the scope's formulas mention, and the layers that use them."""
        world = self.world
        if not world.layers.templates:
            return
        for f in self.formulas:
            self.mention(f.nodes, f.number)
        self.complete()

    def mention(self, nodes: Sequence[s.Node], number: int) -> None:
        """Instances of what a formula mentions."""
        world = self.world
        counted = {template.letter for template in world.layers.generic}
        bound = {n for each in nodes if isinstance(each, s.BigOperator) for n in self._bound(each, counted)}
        for node in nodes:
            reference = self.table.reference(node) if isinstance(node, s.Scripted | s.Symbol) else None
            if reference is None or reference.layer is None or node in bound:
                continue
            try:
                find(replace(reference, indices=()), world, Statement(number), Elaborator(world, Statement()).unfold)
            except DocumentError:
                continue

    def complete(self) -> None:
        """The definitions of what is mentioned, and what uses it."""
        world, layers = self.world, self.world.layers
        for head, (name, layer) in layers.of.items():  # also of what was mentioned before its definition
            for template in layers.templates.get(name, ()):
                letters = match_layer(template.layer, layer, world)
                if letters is not None and not world.is_defined(head):
                    layers.pending.setdefault(head, (template, letters[template.letter]))
        for head in world.layers.edge - world.layers.also_used:  # whose consumers are looked for now
            world.quantities[head] = replace(world.quantities[head], opaque=False)
        world.layers.edge.clear()
        mentioned = set(layers.pending)
        for head in sorted(mentioned):
            self._materialise(head)
        fixed = {
            h for q in world.quantities.values() if q.body is not None and q.head not in layers.of
            for h in heads(q.body)
        }  # fmt: skip
        looked = mentioned | set(layers.of)
        for head in sorted(looked):
            if head in layers.of and (head not in fixed or layers.name(head) not in layers.templates):
                self._consumers(head, looked)
        self._also_used()
        close_sums(world)

    def _bound(self, node: s.BigOperator, letters: set[str]) -> Iterator[s.Node]:
        """What is of a layer k in a sum over k, where the layers of the net are counted by another letter: of no layer
        by itself."""
        own = {x.name for x in s.walk(node.lower) if isinstance(x, s.Symbol)} if node.lower is not None else set()
        for inner in s.walk(node.body) if own - letters else ():
            reference = self.table.reference(inner) if isinstance(inner, s.Symbol | s.Scripted) else None
            if reference is not None and reference.layer is not None:
                if (own - letters) & {x.name for x in s.walk(reference.layer) if isinstance(x, s.Symbol)}:
                    yield inner

    def _also_used(self) -> None:
        """Where a loss, or every layer, has what belongs to single layers (the weights of a penalty, the outputs of
        hidden ones, x^{(0)}) besides what every layer does with it, nothing is known of the derivative by those of any
        layer."""
        world = self.world
        apart = world.layers.of.keys() | world.layers.sums.keys()  # a sum over layers has those of each alike
        named = {
            world.layers.of[h] for q in world.quantities.values() if q.body is not None and q.head not in apart
            for h in heads(q.body) if h in world.layers.of
        }  # fmt: skip
        losses = [name for name in world.losses() if world.is_defined(name)]
        rests_on = world.below(losses)
        unsaid = self._unsaid() & world.differentiated.names | world.unsaid.losses
        is_open = any(world.below([name]) & unsaid for name in losses)  # and may rest on more than that
        direct = {
            world.layers.of[h] for q in world.quantities.values() if q.head in rests_on - apart
            for h in (heads(q.body) if q.body is not None else ()) if h in world.layers.of
        }  # fmt: skip
        inside = set(self._in_every_layer())
        single, more = named | inside, {name for name, _ in inside}
        for name, layer in named:
            users = self.users(name)
            twice = (name, layer) in direct and any(
                world.head(user, layer + step) in rests_on or is_open and not self._is_after(layer + step)
                for user, step in users
            )
            if twice or (
                (name not in world.layers.templates or self._is_hidden(layer, named))
                and any(not self._ends(layer + step) for _, step in users)
            ):
                more.add(name)
        for head, (name, layer) in world.layers.of.items():
            others = [other for other_name, other in single if other_name == name]
            known = layer in others or others and all((layer - other).is_constant for other in others)
            if name in more and not layer.is_constant and not known and head in world.quantities:
                self._opaque(head)
                world.layers.also_used.add(head)

    def _in_every_layer(self) -> Iterator[tuple[str, Polynomial]]:
        """The single layers that definitions of every layer have, ``x^{(0)}``."""
        for template in self.world.layers.generic:
            for node in s.walk(template.right) if not contains_derivative(template.right) else ():
                reference = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
                if reference is None or reference.layer is None:
                    continue
                letters = {name_of(x) for x in s.walk(reference.layer) if isinstance(x, s.Symbol)}
                layer = layer_value(reference.layer, self.world, Statement())
                if layer is not None and template.letter not in letters:
                    yield reference.name, layer

    def _is_hidden(self, layer: Polynomial, named: set[tuple[str, Polynomial]]) -> bool:
        """Whether a loss also has something of a later layer; what holds of hidden layers is said of every layer. (The
        weights of an output, W^{(L+1)}, are of no layer of the net.)"""
        direction = -1 if self._upward() else 1
        return any((d := other - layer).is_constant and d.value * direction > 0
                   or layer.is_constant and not other.is_constant
                   for name, other in named if name in self.world.layers.templates)  # fmt: skip

    def users(self, name: str) -> set[tuple[str, Polynomial]]:
        """What templates make of ``name``, and by how many layers it comes later."""
        found = set()
        for template in self.world.layers.generic:
            left = self.table.reference(template.left)
            own = layer_value(left.layer, self.world, Statement()) if left is not None and left.layer else None
            if contains_derivative(template.right):
                continue  # a δ: the loss does not depend on it
            for node in s.walk(template.right) if own is not None else ():
                right = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
                if right is not None and right.name == name and right.layer is not None:
                    other = layer_value(right.layer, self.world, Statement())
                    if left is not None and other is not None and own is not None:
                        found.add((left.name, own - other))
        return found

    def _ends(self, layer: Polynomial) -> bool:
        """Whether a layer comes after all on which a loss rests, if it is said that it rests on layers; a numbered one
        is none after an L-th."""
        world, direction = self.world, -1 if self._upward() else 1
        found = world.below(head for head in world.quantities if head not in world.layers.of)
        layers = [world.layers.of[h] for h in found if h in world.layers.of]
        apart = [(layer - other, other) for name, other in layers if name in world.layers.templates]
        return bool(apart) and all(
            d.is_constant and d.value * direction > 0 or other.is_constant and not layer.is_constant
            for d, other in apart
        )

    def _is_after(self, layer: Polynomial) -> bool:
        """Whether a layer comes after all of the net, as far as it is stated which these are."""
        world, upward, apart = self.world, self._upward(), []
        for template in world.layers.generic:
            stated = world.letters.range_of_all(template.letter, template.number)
            last = layer_value(stated[0 if upward else 1], world, Statement()) if stated is not None else None
            own = layer_value(template.layer, world, Statement())
            if own is not None and last is not None:
                apart.append(layer - own.substitute({template.letter: last}))
        if not apart:
            return self._ends(layer)
        return all(d.is_constant and (d.value < 0 if upward else d.value > 0) for d in apart)

    def _materialise(self, head: str) -> None:
        item = self.world.layers.pending.pop(head, None)
        if item is None:
            return
        template, value = item
        inner = Statement(template.number, defining=True, layers={template.letter: value})
        try:
            define(self.world, inner, template.left, template.right, template.number)
        except DocumentError:
            if not contains_derivative(template.right):
                inside = filter(None, map(self.table.reference, names_in(template.right)))
                names = frozenset(reference.name for reference in inside)
                self.world.unknown.unread.setdefault(head, Unread(template.number, names, names))

    def _consumers(self, head: str, looked: set[str]) -> None:
        """Instances of templates whose right side mentions ``head``; what uses these is not known, unless they are
        among ``looked``, whose consumers are looked for, too."""
        world = self.world
        name, layer = world.layers.of[head]
        for templates in list(world.layers.templates.values()):
            for template in templates:
                for node in s.walk(template.right):
                    reference = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
                    if reference is None or reference.name != name or reference.layer is None:
                        continue
                    letters = match_layer(reference.layer, layer, world)
                    if not letters or template.letter not in letters:
                        continue
                    target = self.table.reference(template.left)
                    if target is None or target.layer is None:
                        continue
                    inner = Statement(template.number, layers=letters)
                    place = layer_value(target.layer, world, inner)
                    made = world.head(target.name, place)
                    if world.is_defined(made) or (place is not None and self._beyond(place)):
                        continue
                    try:
                        define(world, Statement(template.number, defining=True, layers=dict(letters)), template.left,
                               template.right, template.number)  # fmt: skip
                    except DocumentError:
                        continue
                    if made not in looked:
                        self._opaque(made)
                        world.layers.edge.add(made)

    def _beyond(self, layer: Polynomial) -> bool:
        """Whether a layer comes after all on which a loss rests: the net does not go on to it."""
        world = self.world
        if self._upward() or not all(map(world.is_defined, world.losses())):
            return False
        layers = [world.layers.of[head] for head in world.below(world.losses()) if head in world.layers.of]
        rests_on = [layer - other for name, other in layers if name in world.layers.templates]
        return bool(rests_on) and all(d.is_constant and d.value > 0 for d in rests_on)

    def _upward(self) -> bool:
        """Whether a generic definition mentions what is defined at a later layer than its own."""
        for template in self.world.layers.generic:
            left = self.table.reference(template.left)
            own = layer_value(left.layer, self.world, Statement()) if left is not None and left.layer else None
            for node in s.walk(template.right):
                right = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
                if right is None or right.layer is None or right.name not in self.world.layers.templates:
                    continue
                other = layer_value(right.layer, self.world, Statement())
                if own is None or other is None or not (other - own).is_constant or (other - own).value > 0:
                    return True
        return False

    def _opaque(self, head: str) -> None:
        quantity = self.world.quantities[head]
        self.world.quantities[head] = replace(quantity, opaque=True)

    def frontier(self) -> None:
        """Where the loss is not defined, or a layer's consumers are not stated, sensitivities stay symbols."""
        world = self.world
        losses = world.losses()
        defined = [n for n in losses if world.is_defined(n)]
        world.loss = next(iter((*defined, *losses)), None)
        unstated = [n for n in losses if not world.is_defined(n)]  # also beside losses that are defined
        for name in unstated:
            if name not in world.known:
                world.add(Known(name, (), ()))
        world.unsaid.heads = self._unsaid()
        of = [*unstated, *(n for n in defined if world.below([n]) & world.unsaid.heads)]
        if of:
            world.unsaid.settled = set(world.quantities)
            world.unsaid.frontier = {
                head for name in of for head in ends(world, replace(world.environment(), loss=name))
                if head not in losses
            }  # fmt: skip
            arguments = (x for name in (*unstated, *world.unsaid.heads) for x in world.applied.arguments.get(name, ()))
            variables = map(world.table.reference, arguments)  # w of L_0(w), also where w stands elsewhere, too
            world.unsaid.frontier |= {r.name for r in variables if r is not None and r.name in world.quantities}
        made = {q.head for q in world.quantities.values() if q.body is not None}
        if world.layers.templates:
            environment = world.environment()
            for head in list(world.layers.of):
                quantity: Quantity | None = world.quantities.get(head)
                if quantity is not None and not environment.consumers(head) and not quantity.opaque:
                    if head in made or world.layers.templates.get(world.layers.of[head][0]):
                        self._opaque(head)
                        world.layers.edge.add(head)

    def _unsaid(self) -> set[str]:
        """What nothing defines, and is differentiated, or has variables, L(z), or is a summand of a loss that is called
        like one or declared nowhere: the ``E_t`` of ``E = Σ_t E_t``, ``D`` of ``J = D + λ‖w‖²``. Notes which of these
        are no numbers, and what stands beside them by name."""
        world, layers = self.world, self.world.layers
        inputs = world.differentiated.denominators | world.functions.keys()
        inputs |= layers.templates.keys() | layers.of.keys() | {found.rest for found in layers.sums.values()}
        leaves = {h for h in world.quantities.keys() | world.declarations.keys() if not world.is_defined(h)} - inputs
        called = world.differentiated.names.union(world.losses(), (h for h in leaves if _base(h) in {*LOSSES, *PARTS}))
        leaves -= {h for h in leaves - called if any(_is_matrix(d) for d in world.declarations.get(h, ()))}
        parts, world.unsaid.losses, world.unsaid.beside = set[str](), set[str](), set[str]()
        tops = world.differentiated.names.union(world.losses())
        totals: dict[str, tuple[Scalar | None, tuple[str, ...]]] = {}
        totals |= {name: (q.body, ()) for name, q in world.quantities.items() if name in tops and not (
            q.body is not None and name in heads(q.body))}  # C_0 is where the state C_t begins
        totals |= {name: (f.body, f.parameters) for name, f in world.functions.items()}
        for name, (body, parameters) in totals.items():
            by_name, found = set[str](), set[str]()  # quantities that are summands
            summands = tuple(self._summands(body, by_name))
            inner = leaves.intersection(h for x in summands for h in heads(x)) - {*parameters}
            known = {h for h in inner if h in world.differentiated.names or _is_called_a_part(h, name, world.declared)}
            is_loss = _base(name) in LOSSES
            varied = body is not None and not {*parameters}.isdisjoint(heads(body))  # L(r) = δ² f(r) - δ²
            nothing = not known and not varied
            nothing = nothing and world.below([name]).isdisjoint(world.differentiated.denominators - {name})
            for summand in summands:
                inside = {*heads(summand)}
                if inside <= inner and (inside & known or is_loss and (_is_named(summand) or nothing)):
                    found |= inside & known or inside - world.declared
            losses = {head for head in found if _base(head) in PARTS or not NUMBER.fullmatch(_base(head))}
            parts |= found
            world.unsaid.losses |= losses
            world.unsaid.beside |= by_name if losses else set()
        called = {name for name in world.applied.arguments if name in world.known and not world.is_defined(name)}
        world.unsaid.losses |= called
        return parts | called | leaves & world.differentiated.names

    def _is_a_number(self, head: str) -> bool:
        """Whether what is defined is a number, or one of many, ``f_i = …``: an entry of ``λ = W x + b`` has no parts of
        a loss."""
        known = self.world.known.get(head)
        whole = known is not None and bool(known.shape) and head in self._defined_whole
        return self.world.is_defined(head) and (not whole or _base(head) in {*LOSSES, *PARTS})

    @cached_property
    def _defined_whole(self) -> set[str]:
        """What equations define without an index."""
        lefts = (chain.sides[0] for f in self.formulas for chain in f.chains if len(chain.sides) > 1)
        references = map(self.table.reference, lefts)
        return {r.name for r in references if r is not None and not r.indices}

    def _summands(self, body: Scalar | None, by_name: set[str]) -> Iterator[Scalar]:
        """The summands of a value, also where it is a mean, and where one is the name of a sum."""
        if isinstance(body, Access) and self._is_a_number(body.head) and body.head not in by_name:
            by_name.add(body.head)
            yield from self._summands(self.world.quantities[body.head].body, by_name)
        elif isinstance(body, Add):
            for part in children(body):
                yield from self._summands(part, by_name)
        elif isinstance(body, Sum):
            yield from self._summands(body.body, by_name)
        elif isinstance(body, Mul):
            inner = [f for f in body.factors if isinstance(f, Access | Add | Sum)
                     and (not isinstance(f, Access) or self.world.is_defined(f.head))]  # fmt: skip
            rest = [f for f in body.factors if f not in inner]
            if len(inner) == 1:
                yield from (mul(*rest, part) for part in self._summands(inner[0], by_name))
            else:
                yield body
        elif body is not None:
            yield body


def _is_called_a_part(head: str, total: str, declared: Collection[str]) -> bool:
    """Whether what nothing defines is called like a part of a loss: not the C of ``f = x² + C``, nor a given p."""
    if _base(total) in LOSSES:
        return _base(head) in LOSSES or _base(head) in PARTS and head not in declared
    return _base(head) in LOSSES and head != "C" and head not in declared


def _is_named(summand: Scalar) -> bool:
    """``D`` and ``λ D``, no ``σ²``."""
    factors = summand.factors if isinstance(summand, Mul) else (summand,)
    return all(isinstance(f, Access | Number | Size) for f in factors)


def _base(head: str) -> str:
    plain = re.sub(r"\\(?:tilde|hat|bar|widetilde|widehat|overline)\{(.+)\}", r"\1", head)
    return re.split("[_^]", plain, maxsplit=1)[0]


def otherwise_defined(world: World) -> frozenset[str]:
    """The quantities of single layers that something else defines than what defines those of every layer."""
    general = {t.number for t in world.layers.generic}
    letters = {t.letter for t in world.layers.generic}
    return frozenset(
        head for head, (_, layer) in world.layers.of.items()
        if world.is_defined(head) and world.quantities[head].number not in general and not layer.names & letters
    )  # fmt: skip


def _is_matrix(stated: Declaration) -> bool:
    """Whether a name is no number, nor one for each index: W is no part of a loss in ``h = W x``."""
    return not stated.indices and sum(n != s.Number("1") for n in stated.space.extents) == 2
