"""What is said of the layers of a net: definitions of every layer, and which quantities belong to which layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.expressions import Polynomial
from verify_derivations.formulas.forked import Forked
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.scripts import names_in


@dataclass(frozen=True)
class Template:
    """A definition for a generic layer: ``name^{(layer)} = right`` for all values of ``letter``."""

    layer: s.Node
    letter: str
    left: s.Node
    right: s.Node
    number: int


@dataclass(frozen=True)
class LayerSum:
    """``Σ_{letter=start}^{last} body`` over layers whose number is not stated: a number that the summands of the layers
    that are spoken of add to, and a rest of which nothing is known. ``shown`` are the quantities in those summands;
    others with their ``names``, or in every summand, stand in the rest, too. ``another``: the rest as the summand of
    one layer more, and what is of that layer."""

    letter: str
    start: Polynomial
    last: Polynomial
    body: s.Node
    number: int
    names: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    plain: frozenset[str] = frozenset()
    rest: str = ""
    another: tuple[Quantity, ...] = ()


Instance: TypeAlias = tuple["Template", tuple[tuple[str, str], ...]]  # a template, and its letters' values


@dataclass
class Layers(Forked):
    """The layers that the formulas of a scope speak of."""

    templates: dict[str, list[Template]] = field(default_factory=dict)
    of: dict[str, tuple[str, Polynomial]] = field(default_factory=dict)  # head → name, layer
    pending: dict[str, tuple[Template, Polynomial]] = field(default_factory=dict)  # heads with a template to unfold
    unfolding: list[Template] = field(default_factory=list)  # those that are being unfolded
    shapeless: dict[Instance, int] = field(default_factory=dict)  # those that gave no shape, and how many quantities
    # were known then: two ways down would be 2^layers
    sums: dict[str, LayerSum] = field(default_factory=dict)  # by head
    unlike_sums: set[str] = field(default_factory=set)  # sums over some of the layers, or of more than leaves
    edge: set[str] = field(default_factory=set)  # heads whose consumers have not been looked for
    also_used: set[str] = field(default_factory=set)  # of any layer, where a loss has those of single layers, too
    ahead: dict[str, Polynomial] = field(default_factory=dict)  # f → how many layers f^{(l)} is ahead of its argument

    @property
    def generic(self) -> Iterator[Template]:
        """All definitions of every layer."""
        return (template for templates in self.templates.values() for template in templates)

    def name(self, head: str) -> str:
        """The name of a quantity without its layer."""
        return self.of[head][0] if head in self.of else head

    def place(self, head: str) -> tuple[str, Polynomial | None]:
        """The name and the layer of a quantity."""
        return self.of.get(head, (head, None))

    @property
    def names(self) -> set[str]:
        """What has a layer."""
        return {name for name, _ in self.of.values()}

    def in_a_rest(self, head: str) -> bool:
        """Whether the layers that a sum over layers does not show may have the quantity."""
        name = self.of[head][0] if head in self.of else ""
        return any(head in x.plain or name in x.names and head not in x.shown for x in self.sums.values())

    def in_every_one(self, head: str, table: NameTable) -> bool:
        """Whether the definitions of every layer of a net of any depth mention what carries no layer itself."""
        if head in self.of or all(layer.is_constant for _, layer in self.of.values()):
            return False
        found = (table.reference(node) for template in self.generic for node in names_in(template.right))
        return any(r is not None and r.layer is None and r.name == head for r in found)
