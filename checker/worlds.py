"""A scope read, and read again with what that brought up: of the readings, the one that stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count

from verify_derivations.checker.abbreviations import Abbreviation, Place, abbreviated, abbreviation, named_last
from verify_derivations.checker.building import Builder
from verify_derivations.checker.customary import customary, is_called_like_a_gradient
from verify_derivations.checker.defining import Definitions
from verify_derivations.checker.inferred import Inferred, failed_definitions, infer
from verify_derivations.checker.inverses import solved_for_the_inner
from verify_derivations.checker.said_again import said_without_names
from verify_derivations.checker.solutions import SQUARE, solutions
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.undeclared import shapes_of_gradients
from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.extents import Extents
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.sizes import Shape
from verify_derivations.formulas.world import Alias, Readings


def build_world(
    formulas: Sequence[Stated], variant: str | None, scope: tuple[str, ...], table: NameTable, readings: Readings,
    inherited: Mapping[str, FunctionDefinition], every: Sequence[Stated], declared: Sequence[Stated],
    alike: str = "",
) -> Definitions:  # fmt: skip
    """Read the definitions of a scope in one variant. ``formulas`` are those that hold there; ``every`` also those of
    the other variants, whose declarations, sizes and derivatives say what names mean; ``declared`` are
    declarations of scopes before. All sizes that are stated nowhere are ``alike``, if that is one."""

    solved: dict[tuple[int, int], str] = {}
    inferred, postponed, settled = Inferred(), set[Place](), False  # settled: shapes are inferred
    gradients = any(is_called_like_a_gradient(c, table) for f in formulas for c in f.chains)  # or what is so called

    def build(loss: str, names: Sequence[Alias], shapes: Mapping[str, Shape]) -> Definitions:
        extents, unlike = Extents(), set[str]()
        for rounds in count(1):  # what a reading brings up, an equation between sizes, restarts it with that known
            before = dict(extents.solved), set(unlike)
            builder = Builder(formulas, variant, scope, table, readings, inherited, extents, every, declared)
            builder.world.undeclared.shapes |= shapes
            builder.world.letters.equal = bool(alike)
            builder.inferred, builder.without_gradients, builder.postponed = inferred, gradients, postponed
            builder.world.layers.unlike_sums |= unlike
            result = builder.run(loss, names, solved)
            unlike |= builder.world.layers.unlike_sums  # these have no meaning
            if unlike == before[1] and (extents.solved == before[0] or rounds >= 6):
                break
        if settled:
            result.settle()
        return result

    formulas = named_last(formulas, every, table)
    found = build("", (), {})
    inferred = infer(found, formulas)
    if inferred.doubtful & found.world.undeclared.guessed:  # of which a number is not the only reading
        inferred, full = replace(inferred, declarations={}), inferred
        found, inferred = build("", (), {}), full
    if inferred.declarations:
        inferred = inferred.alike(alike) if alike else inferred
        plain, table = table, inferred.told(table)
        other = build("", (), {})
        failures, failures_before = (
            {place: str(each.failed[place]) for place in failed_definitions(each, formulas)} for each in (other, found)
        )
        if len(failures) < len(failures_before) or failures == failures_before:  # shapes do not change the reasons
            found = other
        else:
            inferred, table = replace(inferred, declarations={}), plain
    found.settle()
    settled = True
    loss, names = customary(found.world, formulas)
    again, gradients = gradients, False
    found = build(loss, names, {}) if names or again else found
    while new := solutions(found.world, formulas, found.defined):
        solved |= new
        squares = {head.removesuffix(SQUARE) for head in new.values()}  # σ^2 is then the square of σ
        table = replace(table, squared=table.squared - squares)
        found = build(loss, names, {})
    named = list[Abbreviation]()
    while (new_name := abbreviation(found.world, formulas, found.defined, named)) is not None:
        named.append(new_name)
        before, formulas = formulas, abbreviated(formulas, found.defined, new_name)
        other = build(loss, names, {})
        formulas, found = (before, found) if len(other.failed) > len(found.failed) else (formulas, other)
    if postponed := said_without_names(found.world, formulas, found.defined):
        other = build(loss, names, {})
        if len(other.failed) <= len(found.failed):
            found = other
        else:
            postponed = set()
    inner, positive = solved_for_the_inner(found.world, formulas, found.defined)
    if inner != formulas:
        before, formulas = formulas, inner
        other = build(loss, names, {})
        formulas, found = (before, found) if len(other.failed) > len(found.failed) else (formulas, other)
    leaves = set[str]().union(*found.introduced.values())
    shapes = shapes_of_gradients(found.world, formulas, leaves) if leaves else {}
    if shapes:
        other = build(loss, names, shapes)
        if len(other.failed) <= len(found.failed) and other.defined.keys() >= found.defined.keys():
            found = other
    found.world.undeclared.doubtful |= inferred.doubtful
    found.world.undeclared.positive |= positive if formulas is inner else frozenset()
    for f in formulas:
        found.remarks[f.number] = [*found.remarks.get(f.number, ()), *f.named]
    return found


