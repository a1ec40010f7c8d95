"""Nets that a checked document defines: forward definitions, parameters, and the gradient formulas that are right.

A scope and variant is a net if it defines a loss that compares one output with one label, and rests on one input.
Its gradients are the document's own: each stated formula is judged in the net's world, and only those that hold are
taken. What is missing, or wrong, is left to whoever completes the program: derived, it is the corrected formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path

from verify_derivations.checker.activations import constants, with_activations
from verify_derivations.checker.case import Case, Scope, prepare
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.forward import Forward, NoNet, increasing, last_scalar
from verify_derivations.checker.gradients import Gradients, source_of, stated_gradients
from verify_derivations.checker.slopes import printed_slopes
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.derivations.prove import Limits
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.notation import CONVENTIONS, beside, read_notation
from verify_derivations.formulas.program import Net, Program
from verify_derivations.formulas.scanner import Document, read_document
from verify_derivations.formulas.world import Readings

LIMITS = Limits(unfoldings=12, steps=4_000)
EFFORT = Effort(first=LIMITS, condition=LIMITS, proof=LIMITS).proofs_only  # what takes longer is derived instead


def programs(source: Document | Path | str, *, notation: Path | str | None = None) -> tuple[Program, ...]:
    """All nets of a document as programs; see :func:`nets`."""
    return tuple(net.program() for net in nets(source, notation=notation))


def nets(
    source: Document | Path | str, *, notation: Path | str | None = None, activations: Sequence[str] = ()
) -> tuple[Net, ...]:
    """The nets of a document, one for each loss, in document order; ``activations`` replace definitions of functions
    (:func:`with_activations`). Raises :class:`DocumentError` with the reasons if there is none."""
    document = source if isinstance(source, Document) else read_document(source)
    path = beside(Path(source)) if notation is None and not isinstance(source, Document) else notation
    case = prepare(document, EFFORT, read_notation(path) if path is not None else None)
    found, reasons = [], []
    for scope in _scopes(case, Readings().but(**case.notation.conventions), activations):
        name = net_name(case, scope.name)
        try:
            forward, *_ = _outline(scope)
        except NoNet as reason:
            reasons.append(f"{name}: {reason}")
        else:
            found.append(Net(name, scope.variant or forward.loss, partial(_program, case, scope, activations)))
    if not found:
        raise DocumentError("; ".join(dict.fromkeys(reasons)) or "the document defines no net")
    return tuple(found)


def scopes(case: Case, readings: Readings) -> Iterator[Scope]:
    """Each scope in each of its variants; what is differentiated in one variant counts for all."""
    for name in dict.fromkeys(f.scope for f in case.formulas if f.scope not in case.parts):
        variants: list[str | None] = [*case.variants(name)] or [None]
        all_of = [case.definitions(name, variant, readings) for variant in variants]
        numerators = list(dict.fromkeys(n for d in all_of for n in d.world.differentiated.numerators))
        denominators = set[str]().union(*(d.world.differentiated.denominators for d in all_of))
        for variant, definitions in zip(variants, all_of, strict=True):
            world = definitions.world
            every = replace(world.differentiated, numerators=numerators, denominators=denominators)
            world = replace(world, differentiated=every)
            if world.loss is None:
                world.loss = next((n for n in world.losses() if world.is_defined(n)), None) or last_scalar(world)
            yield Scope(name, variant, replace(definitions, world=world))


def _scopes(case: Case, readings: Readings, activations: Sequence[str]) -> Iterator[Scope]:
    for scope in scopes(case, readings):
        yield with_activations(case, scope, activations) if activations else scope


def net_name(case: Case, scope: tuple[str, ...]) -> str:
    return scope[-1] if scope else case.document.title or Path(case.document.path).stem


def _program(case: Case, scope: Scope, activations: Sequence[str]) -> Program:
    """The net of a scope and variant, in the reading of its notation by which most of its gradient formulas hold."""
    name = net_name(case, scope.name)
    best: tuple[Scope, Gradients] | None = None
    for readings in _readings(case, scope):
        variants = [s for s in _scopes(case, readings, activations) if s.name == scope.name]
        here = next(s for s in variants if s.variant == scope.variant)
        gradients = stated_gradients(case, here, _outline(here)[0], [s for s in variants if s is not here])
        if best is None or len(gradients.quantities) > len(best[1].quantities):
            best = here, gradients
    assert best is not None
    scope, gradients = best
    sources = gradients.sources
    forward, source, label, output = _outline(scope)
    for quantity in forward.quantities:
        if quantity.number is not None:
            sources[quantity.head] = source_of(case, quantity.number, Verdict.DEFINED)
    parameters = tuple(q.head for q in forward.leaves if q.head not in (source, label))
    return Program(
        name, scope.variant or forward.loss, forward.leaves, forward.quantities, gradients.quantities, parameters,
        (source,), (label,), output, forward.loss, {}, sources, forward.functions,
        frozenset(name for name, f in forward.functions.items() if increasing(f)),
        unsettled=_unsettled(forward, parameters, activations),
        printed=(*printed_slopes(case, forward, scope.definitions.world.readings), *gradients.printed),
    )  # fmt: skip


def _readings(case: Case, scope: Scope) -> Iterator[Readings]:
    """The readings that its forward definitions leave open, the usual one first."""
    world = scope.definitions.world
    used = frozenset[str]().union(*(world.conventions_of.get(q.head, ()) for q in _outline(scope)[0].quantities))
    open_ = [k for k in CONVENTIONS if k in used and k not in case.notation.conventions]
    for choice in product(*(CONVENTIONS[k] for k in open_)):
        yield world.readings.but(**dict(zip(open_, choice, strict=True)))


def _outline(scope: Scope) -> tuple[Forward, str, str, str]:
    """The forward definitions of a net, its input, label and output. Raises :class:`NoNet`."""
    world = scope.definitions.world
    forward = Forward.of(world)
    label, output = forward.label_and_output()
    source = forward.input(label, world)
    parameters = [q.head for q in forward.leaves if q.head not in (source, label)]
    if not parameters:
        raise NoNet("it has no parameters")
    numbers = {q.head for q in forward.leaves if not q.extents}
    loose = [p for p in _unsettled(forward, parameters) if p not in numbers]
    if loose:
        raise NoNet(f"neither a value nor a derivative by {', '.join(loose)} is stated")
    return forward, source, label, output


def _unsettled(forward: Forward, parameters: Sequence[str], activations: Sequence[str] = ()) -> tuple[str, ...]:
    """Of a document that differentiates: the parameters by which it does not; and the constants of activations that
    were chosen in place of the net's own."""
    chosen = {head for f in forward.functions.values() for head in constants(f)} if activations else set()
    loose = {p for p in parameters if forward.differentiated and p not in forward.differentiated}
    return tuple(p for p in parameters if p in chosen | loose)
