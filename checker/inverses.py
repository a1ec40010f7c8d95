"""Another variable for one that nothing defines: ``ρ_j = log σ_j²`` beside values of σ, and then ``∂D/∂ρ_j``.

No value is defined by ρ there, so that each derivative by it would be zero as the definitions stand. What is meant is
that σ is a function of ρ, ``σ_j = exp(ρ_j / 2)``, which says the same where σ > 0: the equation is read so if the
document says that, as ``ρ_j = log σ_j`` does by itself. Where ρ has a definition of its own, ``ρ = W h``, nothing else
can be meant, and what rests on σ > 0 holds on that condition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from verify_derivations.checker.statements import Chain, Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, name_of, names_in
from verify_derivations.formulas.world import World

_TWO = s.Number("2")


def solved_for_the_inner(
    world: World, formulas: Sequence[Stated], defined: Mapping[tuple[int, int, int], str]
) -> tuple[list[Stated], frozenset[str]]:
    """The formulas with such equations solved for what they are about, the same list where there is none; and what is
    taken for positive in them without a word."""
    used: dict[str, set[tuple[int, int]]] = {}
    for f in formulas:
        for k, chain in enumerate(f.chains):
            if defined.get((f.number, k, 0)) == "definition":
                for name in {base_of(x) or "" for side in chain.sides[1:] for x in names_in(side)}:
                    used.setdefault(name, set()).add((f.number, k))
    result, positive = [], set[str]()
    for f in formulas:
        chains, said = [], []
        for k, chain in enumerate(f.chains):
            second = (f.number, k, 0) not in defined
            new = _solved(world, chain, (f.number, k), used, second)
            chains.append(new or chain)
            if new is not None:
                reference = world.table.reference(new.sides[0])
                square = isinstance(new.sides[1], s.Call) and isinstance(new.sides[1].arguments[0], s.Fraction)
                if square and reference is not None and reference.name not in world.assumed.positive:
                    positive.add(reference.name)
                (old, inner), (name, value) = (map(to_latex, sides) for sides in (chain.sides, new.sides))
                why = f"${old}$ has another definition" if second else f"one differentiates by ${old}$"
                said.append(f"${old} = {inner}$ is read as ${name} = {value}$: {why}")
        result.append(replace(f, chains=chains, named=(*f.named, *said)) if said else f)
    return result, frozenset(positive)


def _solved(
    world: World, chain: Chain, place: tuple[int, int], used: Mapping[str, set[tuple[int, int]]], second: bool
) -> Chain | None:
    """The equation solved, if one differentiates by its left side, on which nothing rests, or if that has a
    definition, to which it is a ``second``; and nothing defines what it is made of, which other definitions mention."""
    found = _inverse(chain, world, second) if len(chain.sides) == 2 and not chain.where else None
    left = world.table.reference(chain.sides[0])
    inner = world.table.reference(found.sides[0]) if found is not None else None
    if found is None or left is None or inner is None or left.layer or inner.layer:
        return None
    alone = left.name in world.differentiated.denominators and left.name not in used
    if world.is_defined(inner.name) or not (world.is_defined(left.name) if second else alone):
        return None
    return found if second or used.get(inner.name, set()) - {place} else None


def _inverse(chain: Chain, world: World, second: bool) -> Chain | None:
    """``ρ = log σ²``, of a positive σ unless it is ``second``, and ``ρ = log σ``, the other way round. (``u = x²`` in
    x² + x⁴ is left open.)"""
    left, right = chain.sides
    if not isinstance(right, s.Call) or not isinstance(right.function, s.Symbol) or len(right.arguments) != 1:
        return None
    if name_of(right.function) not in ("\\log", "\\ln", "log", "ln"):
        return None
    inner = _ungrouped(right.arguments[0])
    base = _root(inner)
    named = world.table.reference(base) if base is not None else None
    if base is not None and not second and (named is None or named.name not in world.assumed.positive):
        return None  # σ may be −exp(ρ/2)
    of, exponent = (inner, left) if base is None else (base, s.Fraction(left, _TWO))
    return Chain((of, s.Call(s.Symbol("\\exp"), (exponent,)))) if _is_name(of) else None


def _ungrouped(node: s.Node) -> s.Node:
    return _ungrouped(node.body) if isinstance(node, s.Group) else node


def _root(node: s.Node) -> s.Node | None:
    """The σ_j of ``σ_j^2``."""
    if not isinstance(node, s.Scripted) or node.sup != _TWO or node.primes:
        return None
    return replace(node, sup=None) if node.sub is not None else node.base


def _is_name(node: s.Node) -> bool:
    return isinstance(node, s.Symbol) or isinstance(node, s.Scripted) and node.sup is None and not node.primes
