r"""Composition over any number of layers, by induction.

A *generic step* gives the adjoint of X^{(l)} by adjoints of Y^{(l+d)}. It is proved where only what it rests on is
known, the definitions of the consumers that it looks through, and of other names for a quantity
(:meth:`Layers.around`): all else, what lies below included, has any value there, and any adjoint. So it holds at each
layer where the quantities that it looks through have those consumers, with those definitions, and no others
(:meth:`Induction.holds`); nothing is claimed of layers where other definitions are stated, and the first layer does not
matter.

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

from collections.abc import Iterable

from verify_derivations.derivations.composition import Composition, Gap, Uncomposed
from verify_derivations.derivations.layers import Layers, Unlike, ascending
from verify_derivations.formulas.definitions import Quantity, adjoint_of
from verify_derivations.formulas.expressions import heads, polynomial


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
        self._names = {name: layers.other_names(step) for name, step in self.steps.items()}
        self._needs = {name: layers.needs(step) for name, step in self.steps.items()}
        users = layers.users
        reached = [at + d for nodes in self._through.values() for name, at in nodes for _, d in users[name]]
        beside = (*self._through.values(), *self._names.values(), *self._needs.values(), *users.values())
        reached += [at for nodes in beside for _, at in nodes]
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
            head = self.window.heads.get((inner, at + offset)) if offset is not None else None
            if head is None or head in self.layers.special:
                return False
        known = self.window.environment.quantities
        names = [self._head(inner, at + offset) for inner, offset in self._names[name]]
        if any(head not in known or known[head].body is None or head in self.layers.special for head in names):
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
        general |= {head for head, total in self.layers.sums.items() if name in total.names}
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
        ascending({name: self._needs[name] for name in names})
        for inner in names:
            if not all(self.holds(inner, at) for at in self.deep):
                raise Unlike(f"the step of {inner} is not known to hold at every layer")
        for head, (inner, at) in self.window.places.items():
            if inner in names and at >= self.deep.start:
                composition.chain(head)
