"""Functions as they are written with their arguments."""

from __future__ import annotations

from dataclasses import dataclass, field

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import Scalar
from verify_derivations.formulas.forked import Forked


@dataclass
class Applied(Forked):
    """The functions of a scope, by name, beside what they are defined as."""

    parameters: dict[str, tuple[str, ...]] = field(default_factory=dict)  # heads of the variables, of those of numbers
    arguments: dict[str, tuple[s.Node, ...]] = field(default_factory=dict)  # x, where f(x) is defined for tensors
    runs: dict[str, tuple[s.Symbol, ...]] = field(default_factory=dict)  # i, where f(x_i) is defined for every i
    anywhere: set[str] = field(default_factory=set)  # those of which the variables stand in their definitions only
    opaque: set[str] = field(default_factory=set)  # functions that nothing defines
    spaces: dict[str, s.Space] = field(default_factory=dict)  # in which their values are: R^K of φ: R^d → R^K
    entrywise: set[str] = field(default_factory=set)  # those that are taken of each entry of a tensor
    unclear: set[str] = field(default_factory=set)  # those of them that then do not fit into a definition
    directly: str = ""  # ∂u/∂x: with all else in the definition of u “held” fixed, or the step before “written out”
    constants: frozenset[str] = frozenset()  # what all derivatives hold fixed, whatever it is made of
    by_slot: bool = False  # ∂f/∂x of f(x, y) holds a y fixed that is made of x
    calls: dict[str, set[tuple[Scalar, ...]]] = field(default_factory=dict)  # of numbers: (x, y) of their f(x, y)
