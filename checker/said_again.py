"""A quantity that is defined twice: ``a_j = σ(Σ_k w_{jk} x_k + b_j)``, and then, behind ``z = W x + b``, ``a = σ(z)``.

Where one differentiates by z, a is a function of it, and the second equation is its definition; the first one, which
says the same without the name, is a claim. (What is a part of the other as it is written, :mod:`abbreviations` sees.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from verify_derivations.checker.abbreviations import Place, names_below
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.links import judge_link
from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.derivations.prove import Limits
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.scripts import names_in
from verify_derivations.formulas.world import World

_Key = tuple[str, s.Node | None]
LIMITS = Limits(unfoldings=4, steps=1_000)
EFFORT = Effort(first=LIMITS, condition=LIMITS, proof=LIMITS).proofs_only


def said_without_names(
    world: World, formulas: Sequence[Stated], defined: Mapping[tuple[int, int, int], str]
) -> set[Place]:
    """The definitions in whose place another equation of the same quantity is to be read: that is proved, and names
    what one differentiates by, of which the quantity does not consist as it is defined."""
    table, found = world.table, set[Place]()
    by = {n for n in world.differentiated.denominators if n in world.layers.templates or world.is_defined(n)}
    if not by:
        return found
    equations = defaultdict[_Key, list[tuple[Stated, int]]](list)
    for f in formulas:
        for k, chain in enumerate(f.chains):
            forward = not chain.update and not any(map(contains_derivative, chain.sides))
            if forward and (key := _key(chain.sides[0], table)) is not None and key[0] not in world.aliases:
                equations[key].append((f, k))
    for key, places in equations.items():
        if all(defined.get((f.number, k, 0)) != "definition" for f, k in places):
            continue
        below = names_below(world, key[0])
        for f, k in places:
            sides = f.chains[k].sides
            names = {r.name for r in map(table.reference, names_in(sides[-1])) if r is not None}
            if len(sides) != 2 or (f.number, k, 0) in defined or not names & by - below:
                continue
            if judge_link(world.fork(), *sides, (), f.number, EFFORT).link.verdict is Verdict.PROVED:
                found |= {(other.number, n) for other, n in places} - {(f.number, k)}
                break
    return found


def _key(node: s.Node, table: NameTable) -> _Key | None:
    """The name and the layer of a quantity, or of any entry of it."""
    reference = table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
    if reference is None or reference.transposed or reference.inverted or reference.power or reference.primes:
        return None
    return (reference.name, reference.layer) if all(isinstance(i, s.Symbol) for i in reference.indices) else None
