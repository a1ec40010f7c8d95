"""An equation of which a side has no meaning, with the error."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from verify_derivations.checker.refuted import mentioned, states_derivatives
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.sizes import layer_value
from verify_derivations.formulas.world import Statement, UndefinedSymbol, World


@dataclass(frozen=True)
class Failed:
    """An equation, in the world that it stands in, and why a side has no meaning there."""

    world: World
    here: Statement
    left: s.Node
    right: s.Node
    error: DocumentError

    @property
    def sides(self) -> tuple[s.Node, s.Node]:
        return self.left, self.right

    @property
    def name(self) -> str | None:
        """Of an undefined symbol, where it may be that of a number."""
        return self.error.name if isinstance(self.error, UndefinedSymbol) else None

    @property
    def base(self) -> str:
        """Of an undefined symbol, its name without indices."""
        return self.error.base or "" if isinstance(self.error, UndefinedSymbol) else ""

    @cached_property
    def values_only(self) -> bool:
        """Whether neither side has a derivative, or the name of one."""
        return not states_derivatives(self.world, self.sides)

    @cached_property
    def mentioned(self) -> list[Reference]:
        return mentioned(self.left, self.right, self.world)

    @cached_property
    def below(self) -> set[str]:
        """All on which the sides rest, and what they differentiate."""
        world = self.world
        layers = ((name, None if r.layer is None else layer_value(r.layer, world, Statement()))
                  for r in self.mentioned for name in (r.name, world.table.variable_of(r.name) or r.name))  # fmt: skip
        return world.below(world.head(*each) for each in layers)
