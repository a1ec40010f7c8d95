"""The activations that a document defines: functions of one number, named by the headings under which they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from verify_derivations.checker.case import Case, Scope
from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Scalar, heads, map_accesses
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.world import Known, Readings, Statement


@dataclass(frozen=True)
class Activation:
    """A function of one number, and where it stands."""

    heading: str
    function: FunctionDefinition

    def __str__(self) -> str:
        return f"{self.heading} (formula {self.function.number})"


def activations(case: Case, readings: Readings) -> tuple[Activation, ...]:
    """In document order. A section that defines no function, but speaks of a constant of the one in the section
    before it, is about that function ("as before, but a is trained")."""
    found: list[Activation] = []
    by_section: dict[tuple[str, ...], list[Stated]] = {}
    for stated in case.formulas:
        by_section.setdefault(stated.raw.section, []).append(stated)
    before: tuple[tuple[str, ...], FunctionDefinition] | None = None
    for section, formulas in by_section.items():
        heading = section[-1] if section else case.document.title
        defined = [function for stated in formulas for function in _defined(case, stated, readings)]
        if not defined and before is not None and before[0][:-1] == section[:-1] and section:
            if constants(before[1]) & {name_of(n) for f in formulas for n in f.nodes if isinstance(n, s.Symbol)}:
                defined = [before[1]]
        found += (Activation(heading, function) for function in defined)
        before = (section, defined[-1]) if defined else None
    return tuple(found)


def chosen(case: Case, readings: Readings, name: str) -> Activation:
    """The one whose heading is or begins like ``name``, whose formula has that number, or whose LaTeX has that word."""
    known = activations(case, readings)
    latex = {stated.number: stated.raw.latex for stated in case.formulas}
    wanted = name.casefold()
    for fits in (
        lambda a: a.heading.casefold() == wanted, lambda a: str(a.function.number) == wanted,
        lambda a: a.heading.casefold().startswith(wanted), lambda a: wanted in a.heading.casefold().split(),
        lambda a: wanted in latex[a.function.number or 0].casefold(),
    ):  # fmt: skip
        found = [a for a in known if fits(a)]
        if len(found) == 1:
            return found[0]
        if found:
            raise DocumentError(f"{name} may be the activation {' or '.join(map(str, found))}")
    offered = ", ".join(map(str, known)) or "the document defines none"
    raise DocumentError(f"no activation {name}; there are {offered}")


def with_activations(case: Case, scope: Scope, wanted: Sequence[str]) -> Scope:
    """The scope with other definitions of its functions. ``NAME`` defines the function that has the activation's own
    name in the document, ``FUNCTION=NAME`` another."""
    definitions = scope.definitions.fork()
    world = definitions.world
    for text in wanted:
        name, _, heading = text.rpartition("=")
        activation = chosen(case, world.readings, heading.strip())
        function = activation.function
        if name:
            known = {_plain(f): f for f in (*world.functions, *sorted(world.applied.opaque))}
            if _plain(name) not in known:
                raise DocumentError(f"--activation {text}: no function {name}; there are {', '.join(known)}")
            function = replace(function, name=known[_plain(name)])
        world.functions[function.name] = function
        world.applied.opaque.discard(function.name)
        for head in sorted(constants(function)):
            if head not in world.known:
                world.add(Known(head, (), ()))
    return replace(scope, definitions=definitions)


def constants(function: FunctionDefinition) -> set[str]:
    """What a function depends on besides its parameters."""
    return set(heads(function.body)) - set(function.parameters)


def _plain(name: str) -> str:
    return "".join(c for c in name if c not in "{}\\ ")


def _defined(case: Case, stated: Stated, readings: Readings) -> Iterator[FunctionDefinition]:
    """The functions of one number that a formula defines, by the last of its sides without further constants, if
    there is one: ``f(z) = A tanh(Bz) = 1.7159 tanh(0.6666z)``."""
    world = case.definitions(stated.scope, stated.variant, readings).world
    for function in world.functions.values():
        if function.number != stated.number or len(function.parameters) != 1:
            continue
        (inner,), (hole,) = world.applied.parameters[function.name], function.parameters
        if not constants(function):
            yield function
            continue
        settled = function
        for chain in stated.chains:
            for side in chain.sides[1:]:
                try:
                    value = Elaborator(world, Statement(stated.number, scalars=True)).tensor(side, ())
                except DocumentError:
                    continue
                if value.is_scalar and set(heads(value.body)) == {inner}:
                    settled = replace(function, body=_renamed(value.body, inner, hole))
        yield settled


def _renamed(body: Scalar, old: str, new: str) -> Scalar:
    return map_accesses(body, lambda access: Access(new) if access.head == old else None)
