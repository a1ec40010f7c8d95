"""How far an index runs of which the document says nothing, or only gives the number of its values a name.

``y_t = Σ_{r=1}^k w_r x_{s(t-1)+r}`` for ``t = 1, …, T`` beside ``x ∈ R^n`` has a meaning where all that it reads of x
is there, so it says that ``s(T - 1) + k ≤ n``. That is taken of a number of which nothing else is said: where ``t`` is
said to run to n, the definition is wrong. An index without any range runs as far as it can.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.ranges import Outside, out_of_range
from verify_derivations.formulas import latex
from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.expressions import (
    NOUGHT,
    Constraint,
    Polynomial,
    Scalar,
    at_least,
    binders_of,
    heads,
    polynomial,
    walk,
)
from verify_derivations.formulas.indices import grows
from verify_derivations.formulas.polynomial import is_index
from verify_derivations.formulas.world import World

_MOST = 6  # axes that a definition may read beyond


def stay_within(world: World) -> Iterator[tuple[int, str]]:
    """Learn what definitions say of numbers of values; remarks, each with the number of the formula."""
    bounds: dict[str, set[Polynomial]] = defaultdict(set)
    for quantity in list(world.quantities.values()):
        if quantity.body is None or quantity.number is None or not quantity.extents:
            continue
        counts = {name for n in quantity.extents if (name := world.extents.normal(n).as_atom()) is not None}
        read = (world.known[head].extents for head in heads(quantity.body) if head in world.known)
        counts -= {name for extents in read for n in extents for name in world.extents.normal(n).names}
        learnt = list(_learnt(world, quantity, counts))
        for fact in learnt:
            world.assumed.learn(fact)
            value = world.extents.normal(fact.value)
            for name in counts & value.names:
                parts = value.linear_in(name)
                if parts is not None and parts[0] == -1:
                    bounds[name].add(parts[1])
        if learnt:
            said = ", ".join(f"${latex.constraint_to_latex(fact, {})}$" for fact in learnt)
            yield quantity.number, f"reads nothing beyond the ends of an axis: {said}"
    for name in sorted(world.letters.without_range & bounds.keys()):  # N_i + k - 1 ≤ n, and N_i is as large as it can
        if len(bounds[name]) == 1:
            world.extents.equate(polynomial(name), *bounds[name])


def _learnt(world: World, quantity: Quantity, counts: set[str]) -> Iterator[Constraint]:
    assert quantity.body is not None
    free = dict(zip(quantity.indices, quantity.extents, strict=True))
    comparison = Comparison(NOUGHT, quantity.body, free, ())
    environment = world.environment()
    for _ in range(_MOST):
        outside = out_of_range(comparison, environment)
        fact = None if outside is None else _at_the_end(outside, {**free, **_runs(quantity.body)})
        if fact is None:
            return
        value = world.extents.normal(fact.value)
        known = value.is_constant and value.value >= 0
        if not known and not any(grows(value, name) is False for name in counts & value.names):
            return
        yield fact
        comparison = replace(comparison, facts=(*comparison.facts, fact))


def _runs(body: Scalar) -> dict[str, Polynomial]:
    """The indices that sums bind."""
    return {variable: extent for node in walk(body) for variable, extent in binders_of(node)}


def _at_the_end(outside: Outside, extents: Mapping[str, Polynomial]) -> Constraint | None:
    """What is wanted of an index where it is least probable, at the ends of the indices that run."""
    value = outside.wanted.value
    for name in sorted(filter(is_index, value.names)):
        rises = grows(value, name)
        if rises is None or name not in extents:
            return None
        value = value.substitute({name: extents[name] * 0 if rises else extents[name] - 1})
    return at_least(value, 0) if outside.wanted.relation == ">=" and not any(map(is_index, value.names)) else None
