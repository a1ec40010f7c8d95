"""Labels that stand as indices: the ``y_i`` of ``\\sum_i \\log p_{i,y_i}``, a whole number for each example.

With ``[y_i = k]`` for a quantity of its own, a one-hot row for every i, what is said of ``y_i`` is Σ_k [y_i = k]·(what
is said of k): one summand is there, the others have the factor zero. The sum is put around the summand of the sum that
binds i, or around the whole side, so that functions and products stand inside of it. Of ``[y_i = k]`` proofs know that
Σ_k [y_i = k] = 1, and no more; a counterexample has zeros and ones.
"""

from __future__ import annotations

from collections.abc import Collection

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import (
    UNIT,
    Access,
    Polynomial,
    Scalar,
    fresh,
    mul,
    polynomial,
    summation,
)
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.world import Choice, Index, Known, NeedShape, Statement, Unsupported, World


def label_of(node: s.Node, world: World) -> Reference | None:
    """The reference to a label that is known to be one: by a name with letters as indices."""
    reference = world.table.reference(node) if isinstance(node, s.Scripted) else None
    if reference is None or reference.name not in world.letters.labels:
        return None
    if reference.layer is not None or reference.primes:
        return None
    plain = reference.power is None and not reference.transposed and not reference.inverted
    return reference if plain and all(isinstance(i, s.Symbol) for i in reference.indices) else None


def choose(node: s.Node, world: World, here: Statement) -> Index | None:
    """The index that stands for a label, the same one wherever the label is in a summand."""
    reference = label_of(node, world)
    if reference is None:
        return None
    key = to_latex(node)
    if key not in here.chosen:
        letters = tuple(name_of(i) for i in reference.indices if isinstance(i, s.Symbol))
        if world.origin != 1 or not all(letter in here.indices for letter in letters):
            return None
        index = Index(key, fresh("k"), polynomial(world.origin))
        known = world.known.get(one_hot(reference.name))
        last = world.letters.labels[reference.name]
        if known is not None:
            index.extent = known.family[-1]
        elif last is not None:
            index.extent = polynomial(to_latex(last))
        here.chosen[key] = Choice(reference.name, tuple(here.indices[letter] for letter in letters), index)
    return here.chosen[key].index


def one_hot(name: str) -> str:
    """The head of ``[y_i = k]``."""
    return f"\\mathbb{{1}}_{{{name}}}"


def settle(body: Scalar, world: World, choices: Collection[Choice]) -> Scalar:
    """Σ_k [y_i = k]·``body``, for each of the labels that stand in it."""
    for choice in choices:
        extent = choice.index.extent
        if extent is None:
            raise NeedShape(f"the range of {choice.index.letter} is not stated")
        head = _known(choice, extent, world)
        places = [polynomial(index.variable) for index in (*choice.at, choice.index)]
        body = summation([(choice.index.variable, extent)], mul(Access(head, tuple(places)), body))
    return body


def settled(here: Statement, letters: Collection[str] | None = None) -> list[Choice]:
    """The labels whose summand ends: those of the letters that a sum binds, or all. They are forgotten."""
    found = {
        key: choice for key, choice in here.chosen.items()
        if letters is None or any(index.letter in letters for index in choice.at)
    }  # fmt: skip
    here.chosen = {key: choice for key, choice in here.chosen.items() if key not in found}
    return list(found.values())


def _known(choice: Choice, extent: Polynomial, world: World) -> str:
    head, counts = one_hot(choice.name), []
    for index in choice.at:
        if index.extent is None:
            raise NeedShape(f"the range of {index.letter} is not stated")
        if index.start != polynomial(world.origin):
            raise Unsupported(f"{choice.index.letter}: not all of the labels are spoken of")
        counts.append(world.extents.normal(index.extent))
    family = (*counts, world.extents.normal(extent))
    known = world.known.get(head)
    if known is None:
        world.add(Known(head, family, (), (world.origin,) * len(family)))
        places = [fresh("i") for _ in family]
        entry = Access(head, tuple(map(polynomial, places)))
        world.assumed.equations.append((summation([(places[-1], family[-1])], entry), UNIT))
        world.assumed.one_hot.add(head)
    elif tuple(map(world.extents.normal, known.family)) != family:
        raise Unsupported(f"{choice.index.letter}: how many labels there are is not clear")
    return head
