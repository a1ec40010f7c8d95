"""Names for gradients by custom: ``dW`` is ∂J/∂W in notes that say so nowhere, where J is their one loss.

Such a name is read so only where the document does not say otherwise, the loss depends on W, and the equations between
such names run backward, as gradients do: in ``dZ = dW X`` they are differentials. Notes on the layers of a net need not
write a loss: where they define no number at all, it is one that may depend in any way on what they define.

Some notes average the loss over m examples and let ``dZ`` stand for the examples' own gradients, ``dZ = A - Y`` beside
``dW = \\frac{1}{m} dZ X^T``. The reading ``examples`` says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from verify_derivations.checker.statements import Chain, Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import heads
from verify_derivations.formulas.gathering import accent_of_gradients
from verify_derivations.formulas.lookup import find
from verify_derivations.formulas.names import NameTable, Reference
from verify_derivations.formulas.scripts import factors_of, is_transpose, name_of
from verify_derivations.formulas.symbols import LOSSES
from verify_derivations.formulas.world import Alias, Statement, World

NUMBER = re.compile(r"[abce-z]|\\(alpha|beta|gamma|epsilon|varepsilon|eta|theta|kappa|lambda|mu|rho|tau|phi|omega)")
"""Letters for numbers: d and δ are signs of a differential, capitals are of matrices and operators."""


def customary(world: World, formulas: Sequence[Stated]) -> tuple[str, list[Alias]]:
    """The loss and its gradients' names, from definitions among which those names are still quantities; no names where
    they mean something else."""
    return _Customary(world.fork(), formulas).found()


def is_called_like_a_gradient(chain: Chain, table: NameTable) -> bool:
    """``dP = dO V^T``, which says nothing of what P is; not ``dO = ∂L/∂O``."""
    reference = table.reference(chain.sides[0])
    called = reference is not None and table.variable_of(reference.name) is not None
    return called and not any(map(contains_derivative, chain.sides))


class _Customary:
    def __init__(self, world: World, formulas: Sequence[Stated]) -> None:
        self.world, self.table, self.formulas = world, world.table, formulas
        self.below: dict[str, frozenset[str]] = {}

    def found(self) -> tuple[str, list[Alias]]:
        named = [f for f in self.formulas if any(self.gradient(node) for node in f.nodes)]
        loss = self.loss() if named else None
        if loss is None or any(self.forward(chain, loss) for f in named for chain in f.chains):
            return "", []
        said = {
            reference.name for f in named for chain in f.chains for k, side in enumerate(chain.sides[:-1])
            if (reference := self.gradient(side)) is not None and not _is_entry(reference) and any(
                self.differentiates(right, reference) for right in chain.sides[k + 1 :]
            )
        }  # fmt: skip
        aliases: dict[s.Node, Alias] = {}
        for f in named:
            for node in self.outermost(f):
                reference = self.gradient(node)
                if reference is not None and reference.name not in said:
                    alias = self.alias(node, reference, loss)
                    if alias is not None:
                        aliases.setdefault(alias.left, alias)
        return loss, list(aliases.values())

    def gradient(self, node: s.Node) -> Reference | None:
        """What is named, if a node is such a name."""
        reference = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
        return reference if reference is not None and self.table.variable_of(reference.name) is not None else None

    def differentiates(self, right: s.Node, gradient: Reference) -> bool:
        """Whether a right side of ``dZ = …`` has the derivative by Z: then it says what dZ is."""
        below: list[s.Node] = []
        for node in s.walk(right):
            if isinstance(node, s.Derivative):
                below += node.denominators
            elif isinstance(node, s.Nabla) and node.variable is not None:
                below.append(node.variable)
        variable = self.table.variable_of(gradient.name)
        return any(r is not None and r.name == variable for r in map(self.table.reference, below))

    def outermost(self, f: Stated) -> Iterator[s.Node]:
        """Names with all their scripts."""
        inner: set[int] = set()
        for node in f.nodes:
            if isinstance(node, s.Scripted):
                inner.add(id(node.base))
            if id(node) not in inner:
                yield node

    # -- the loss ----------------------------------------------------------------------------------------------
    def loss(self) -> str | None:
        """The one number that the document differentiates; else the one that it defines and does not use again."""
        stated = self.world.losses()
        tops = self.told()
        if len(tops) == 1 and tops <= {*stated}:
            return min(tops)
        above = self.above(stated)
        if above is not None or len(stated) > 1:
            return above
        if stated and not self.world.is_defined(stated[0]):
            return stated[0]
        used = {
            head for q in self.world.quantities.values()
            if q.body is not None and self.table.variable_of(q.head) is None for head in heads(q.body)
        }  # fmt: skip
        numbers = [
            q.head for q in self.world.quantities.values()
            if q.body is not None and not q.extents and self.table.variable_of(q.head) is None and q.head not in stated
            and q.head not in self.world.layers.of  # the output of a layer, of which no shape is said
        ]  # fmt: skip
        of_quantities = [name for name in LOSSES if name in self.world.functions and self.arguments(name)]
        if of_quantities and not stated:  # L(a, y) of the a and y of the document
            return of_quantities[0] if len(of_quantities) == 1 else None
        if not numbers:
            return next((name for name in LOSSES if name not in self.table.bare | self.table.bases), None)
        last = [head for head in numbers if head not in used]
        named = [head for head in last if head in LOSSES]
        return (last if len(last) == 1 else named if len(named) == 1 else [None])[0]

    def arguments(self, function: str) -> list[str]:
        """The quantities that stand for the variables in the definition of a function."""
        return [head for head in self.world.applied.parameters.get(function, ()) if self.world.is_defined(head)]

    def told(self) -> set[str]:
        """Of what the gradients are as the text says: “we write $\\bar{v} = ∂L/∂v$”."""
        tops = {x.numerator for f in self.formulas for node in f.nodes if accent_of_gradients(node) is not None
                for x in s.walk(node) if isinstance(x, s.Derivative)}  # fmt: skip
        return {r.name for r in map(self.table.reference, tops) if r is not None}

    def above(self, losses: Sequence[str]) -> str | None:
        """The one of several losses, all defined, that rests on something of which a gradient is named."""
        gradients = (r for f in self.formulas for node in self.outermost(f) if (r := self.gradient(node)) is not None)
        named = {head for head in map(self.head, gradients) if head is not None}
        found = [loss for loss in losses if any(self.depends(loss, head) for head in named - {loss})]
        return found[0] if len(found) == 1 and all(map(self.world.is_defined, losses)) else None

    def depends(self, head: str, other: str) -> bool:
        if head not in self.below:
            self.below[head] = frozenset(self.world.below([head, *self.arguments(head)]))
        return other in self.below[head]

    # -- the names ---------------------------------------------------------------------------------------------
    def name(self, reference: Reference) -> str:
        """By what a name differentiates: ``dy`` by the output ``\\hat{y}``, where y is a label on which that does not
        rest."""
        name = self.table.variable_of(reference.name)
        assert name is not None
        output = f"\\hat{{{name}}}"
        if self.world.is_defined(output) and not self.world.is_defined(name) and not self.depends(output, name):
            return output
        return name

    def head(self, reference: Reference) -> str | None:
        """The quantity by which a name differentiates, if it is known."""
        name = self.name(reference)
        try:
            known = find(replace(reference, name=name, indices=()), self.world, Statement())
        except DocumentError:
            return None
        return known.head if known is not None else None

    def forward(self, chain: Chain, loss: str) -> bool:
        """Whether an equation gives ``dZ`` by a ``dW`` on which Z depends."""
        left = self.gradient(chain.sides[0])
        top = self.head(left) if left is not None else None
        if top is None:
            return False
        right = [r for side in chain.sides[1:] for node in s.walk(side) if (r := self.gradient(node)) is not None]
        bottoms = [head for head in map(self.head, right) if head is not None]
        return any(self.depends(top, b) and not self.depends(b, top) for b in bottoms) or top == loss and bool(bottoms)

    def alias(self, node: s.Node, reference: Reference, loss: str) -> Alias | None:
        head = self.head(reference)
        defined = self.world.is_defined(loss) or loss in self.world.functions
        apart = defined and not self.depends(loss, head) if head is not None else True
        if head is None or head == loss or apart and loss not in self.told():  # which another section defines
            return None
        letters = [x for x in reference.indices if isinstance(x, s.Symbol)]
        family = len(self.world.known[head].family)
        if family and (len(letters) != family or len(reference.indices) != family):
            return None  # said of the members elsewhere
        left = _plain(node, with_indices=bool(family or not reference.indices))
        accent = "\\hat" if self.name(reference) != self.table.variable_of(reference.name) else ""
        derivative = s.Derivative(self.written(loss), (self.variable(left, accent),))
        examples = next((n for n in self.world.known[head].extents if n.as_atom() in self.averaged(loss)), None)
        return Alias(left, derivative, 0, custom=True, examples=examples)

    def averaged(self, loss: str) -> set[str]:
        """The numbers by which the definition of the loss divides, or else the equations of its gradients: what it is a
        mean over is one of them."""
        quantity = self.world.quantities.get(loss)
        found: set[str] = set()
        for f in self.formulas:
            if f.number == quantity.number if quantity is not None else any(map(self.gradient, f.nodes)):
                for node in f.nodes:
                    below = [node.denominator] if isinstance(node, s.Fraction) else []
                    if isinstance(node, s.Product):
                        below += [x for o, x in zip(node.operators, node.factors[1:], strict=True) if o == "/"]
                    found |= {name_of(x) for part in below for x in s.walk(part) if isinstance(x, s.Symbol)}
        return found

    def written(self, loss: str) -> s.Node:
        """The loss as the document writes it, if it does."""
        for node in (node for f in self.formulas for node in f.nodes if isinstance(node, s.Symbol | s.Scripted)):
            reference = self.table.reference(node)
            if reference == Reference(loss):
                return node
        return s.Symbol(loss)

    def variable(self, node: s.Node, accent: str) -> s.Node:
        if isinstance(node, s.Scripted):
            return replace(node, base=self.variable(node.base, accent))
        assert isinstance(node, s.Symbol)
        return replace(node, name=self.table.gradients[name_of(node)], accent=accent)


def _is_entry(reference: Reference) -> bool:
    """``dw_1 = ∂L/∂w_1``, which says of an entry what custom says of all."""
    return any(isinstance(x, s.Number) for x in reference.indices)


def _plain(node: s.Node, with_indices: bool) -> s.Node:
    """Without transposes, and without indices."""
    if not isinstance(node, s.Scripted):
        return node
    base = _plain(node.base, with_indices)
    kept = tuple(part for part in factors_of(node.sup) if not is_transpose(part))
    sup = s.Product(kept, ("",) * (len(kept) - 1)) if len(kept) > 1 else kept[0] if kept else None
    sub = node.sub if with_indices else None
    return base if sup is None and sub is None and not node.primes else replace(node, base=base, sub=sub, sup=sup)
