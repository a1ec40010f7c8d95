"""A world made of a few formulas, for tests of what expressions in it denote."""

from __future__ import annotations

from dataclasses import dataclass

from verify_derivations.checker.case import Case, prepare
from verify_derivations.checker.deciding import Effort
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.reader import parse_expression
from verify_derivations.formulas.scanner import scan
from verify_derivations.formulas.tensors import Tensor, show
from verify_derivations.formulas.world import Readings, Statement, World


@dataclass
class Place:
    case: Case
    world: World

    def value(self, latex: str) -> Tensor:
        node = parse_expression(latex, self.case.symbols)
        return Elaborator(self.world, Statement()).tensor(node)

    def shape(self, latex: str) -> str:
        return show(self.value(latex).shape)


def place(*formulas: str, readings: Readings | None = None) -> Place:
    """What holds after the formulas."""
    text = "\n\n".join(f"$${formula}$$" for formula in formulas)
    case = prepare(scan(text), Effort(repair=0))
    return Place(case, case.definitions((), None, readings or Readings()).world)
