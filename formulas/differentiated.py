"""What formulas differentiate, and by what: as it is written, whatever it means."""

from __future__ import annotations

from dataclasses import dataclass, field

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.forked import Forked


@dataclass
class Differentiated(Forked):
    """The names in the derivatives of a scope."""

    numerators: list[str] = field(default_factory=list)  # those without indices, most frequent first
    denominators: set[str] = field(default_factory=set)
    undefined: set[str] = field(default_factory=set)  # the denominators that no equation defines
    names: set[str] = field(default_factory=set)  # what is differentiated, with indices or without
    by_formula: dict[int, set[str]] = field(default_factory=dict)  # the same, also with ∇
    of: dict[str, set[str]] = field(default_factory=dict)  # what is differentiated by a denominator, by that
    varied: set[s.Node] = field(default_factory=set)  # the names with differentials
    alone: bool = False  # whether of these only those vary that a formula has itself
    within: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)  # name → see ``Statement.worked_out``
