"""Where a scalar is not zero, its entries taken as they come: for rows of cases that may hold at once."""

from __future__ import annotations

from verify_derivations.derivations.refute import Refuted, refute
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import NOUGHT, Access, Scalar, free_indices, heads, map_accesses
from verify_derivations.formulas.latex import to_latex
from verify_derivations.formulas.world import World

BUDGET = 0.05  # nominal seconds


def nonzero_at(node: Scalar, world: World) -> str | None:
    """Values, as LaTeX, at which the scalar is not zero; ``None`` where none are found. Each entry is a number of its
    own, whatever defines it."""
    names: dict[str, str] = {}

    def leaf(access: Access) -> Access:
        name = to_latex(access)
        names[name] = access.head
        return Access(name)

    plain = map_accesses(node, leaf)
    if free_indices(plain):
        return None

    def those(of: set[str]) -> frozenset[str]:
        return frozenset(name for name, head in names.items() if head in of)

    assumed = world.assumed
    environment = Environment({name: Quantity(name) for name in heads(plain)}, functions=dict(world.functions),
                              facts=tuple(assumed.facts), positive=those(assumed.positive),
                              nonzero=those(assumed.nonzero), below_one=those(assumed.below_one))  # fmt: skip
    found = refute(plain, NOUGHT, environment, {}, budget_seconds=BUDGET)
    if not isinstance(found, Refuted):
        return None
    return ", ".join(f"{name} = {value}" for name, value in found.values.items())
