"""Names for derivatives: which equations with a derivative give it a name, and which say something else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, name_of
from verify_derivations.formulas.sizes import layer_value, shape_of_space
from verify_derivations.formulas.symbols import LOSSES
from verify_derivations.formulas.world import Alias, Statement, World

Links: TypeAlias = dict[tuple[int, int, int], str]


def letters_of_losses(sides: Iterable[s.Node]) -> set[str]:
    """The k of ``∂E_k/∂w_{ij}``: what is said of the loss of one example or at one step has that letter, and many texts
    leave it out on the left. Not that of ``∂y_k/∂w_{kj}``."""
    slopes = [x for side in sides for x in s.walk(side) if isinstance(x, s.Derivative)]
    losses = [x.numerator for x in slopes if base_of(x.numerator) in LOSSES]
    return {x.name for loss in losses for x in s.walk(loss) if isinstance(x, s.Symbol)}


class Aliases:
    """The names for derivatives of a world; ``defined`` and ``misnamed`` are the links that are definitions, and those
    that name entries of something else, with the reason."""

    def __init__(self, world: World, defined: Links, misnamed: Links) -> None:
        self.world, self.table, self.defined, self.misnamed = world, world.table, defined, misnamed

    def take_back(self) -> None:
        """A name on which what is differentiated depends, or that is declared with another shape, is not defined by
        being equated with the derivative: that is a claim."""
        world = self.world
        for name, found in list(world.aliases.items()):
            for alias in found:
                reference = self.table.reference(alias.left)
                assert reference is not None
                layer = None if reference.layer is None else layer_value(reference.layer, world, Statement())
                if world.head(name, layer) in self._below(alias.right) or self._declared_otherwise(alias, reference):
                    world.aliases[name] = [other for other in world.aliases[name] if other is not alias]
                    self.defined.pop(alias.link, None)
                elif (slip := self._misnamed(alias, reference)) is not None:
                    self.misnamed[alias.link] = slip
                    world.aliases[name] = [self._of_all(a) if a is alias else a for a in world.aliases[name]]
            if not world.aliases[name]:
                del world.aliases[name]

    def _misnamed(self, alias: Alias, reference: Reference) -> str | None:
        """Why a name is none of that derivative: an index stands on one side only. (An index that the document also
        shifts may count steps: ``g_t = ∂L/∂w`` is the gradient at step t, and ``g = ∂L/∂h_t`` the one at the step of
        which a formula speaks.)"""
        own = [name_of(i) for i in reference.indices if isinstance(i, s.Symbol)]
        if len(set(own)) < len(own):
            return f"{to_latex(alias.left)} names only entries on a diagonal"
        here = Statement(alias.number)
        try:
            Elaborator(self.world, here).tensor(alias.right)
        except DocumentError:
            return None
        left, right = (
            {name_of(x) for x in s.walk(side) if isinstance(x, s.Symbol)} for side in (alias.left, alias.right)
        )
        steps = {letter for _, letter in self.table.shifted}
        examples = letters_of_losses((alias.right,))
        for letter in own:
            if letter not in right | steps:
                return f"the index {letter} of {to_latex(alias.left)} stands only on the left"
        for letter, index in here.indices.items():
            if index.free and letter not in left | examples and (own or letter not in steps):
                return f"the index {letter} of {to_latex(alias.right)} stands only on the right"
        return None

    def _of_all(self, alias: Alias) -> Alias:
        """The name without indices for the whole derivative: what a misnamed one means where it is used."""

        def whole_of(node: s.Node) -> s.Node:
            reference = self.table.reference(node)
            if not isinstance(node, s.Scripted) or reference is None or not reference.indices:
                return node
            return replace(node, sub=None)

        right = alias.right
        if isinstance(right, s.Derivative):
            right = replace(right, denominators=tuple(whole_of(below) for below in right.denominators))
        elif isinstance(right, s.Nabla) and right.variable is not None:
            right = replace(right, variable=whole_of(right.variable))
        return replace(alias, left=whole_of(alias.left), right=right)

    def _below(self, derivative: s.Node) -> set[str]:
        """The quantities on which what is differentiated depends."""
        top = derivative.numerator if isinstance(derivative, s.Derivative) else None
        if isinstance(derivative, s.Nabla):
            top = derivative.body
        reference = self.table.reference(top) if isinstance(top, s.Symbol | s.Scripted) else None
        if reference is None:
            return set()
        layer = None if reference.layer is None else layer_value(reference.layer, self.world, Statement())
        head = self.world.head(reference.name, layer)
        return self.world.below([head]) - {head}

    def _declared_otherwise(self, alias: Alias, reference: Reference) -> bool:
        if reference.indices or reference.layer is not None:
            return False
        stated = [d for d in self.world.declarations.get(reference.name, ()) if not (d.hint or d.indices or d.layer)]
        if not stated or stated[0].count is not None:
            return False
        try:
            declared = shape_of_space(stated[0].space, self.world, Statement())
            value = Elaborator(self.world, Statement(alias.number)).tensor(alias.right)
        except DocumentError:
            return False
        return declared != tuple(self.world.extents.normal(n) for n in value.shape)
