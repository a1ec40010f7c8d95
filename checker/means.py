"""Means: ``\\frac{1}{n} \\sum_j x_j``, where nothing says to what j runs, nor anything else what n is, has n terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, factors_of
from verify_derivations.formulas.world import World

COUNTS = frozenset("nmNMdDKTBCHp")
"""Letters of which a mean may have so many terms."""


def note_means(world: World, formulas: Sequence[Stated]) -> None:
    """Note as ranges what definitions say by means; claims have no say."""
    ranged = {letter for _, letter, _, _ in world.letters.ranges} | world.sizes
    known = {base_of(c.sides[0]) for f in formulas for c in f.chains if len(c.sides) > 1}
    known |= world.differentiated.denominators
    for f in formulas:
        if any(contains_derivative(side) for c in f.chains for side in c.sides):
            continue
        for count, letter in (found for node in f.nodes for found in _means_in(node)):
            if count.name in COUNTS - known and letter.name not in ranged:
                world.letters.ranges.append((f.number, letter.name, s.Number(str(world.origin)), count))
                world.sizes.add(count.name)
                world.letters.means.setdefault(f.number, {})[to_latex(letter)] = to_latex(count)


def remarks_on(world: World) -> dict[int, list[str]]:
    """What the report says of them, at each formula."""
    said = "${}$ is read as running to ${}$: a mean has so many terms"
    return {number: [said.format(*pair) for pair in found.items()] for number, found in world.letters.means.items()}


def _means_in(node: s.Node) -> Iterator[tuple[s.Symbol, s.Symbol]]:
    """The n and j of ``\\frac{1}{n} \\sum_j x_j``, also of ``\\frac{1}{2n}`` and ``\\frac{\\sum_j x_j}{n}``."""
    pairs: list[tuple[s.Node, s.Node]] = []
    if isinstance(node, s.Product):
        for before, total in zip(node.factors, node.factors[1:], strict=False):
            if isinstance(before, s.Fraction) and isinstance(before.numerator, s.Number):
                pairs.append((before.denominator, total))
    elif isinstance(node, s.Fraction):
        pairs.append((node.denominator, node.numerator))
    for below, total in pairs:
        counts = [x for x in factors_of(below) if not isinstance(x, s.Number)]
        if isinstance(total, s.BigOperator) and total.operator == "\\sum" and isinstance(total.lower, s.Symbol):
            if total.upper is None and len(counts) == 1 and isinstance(counts[0], s.Symbol):
                yield counts[0], total.lower
