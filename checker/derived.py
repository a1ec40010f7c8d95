"""The right side that follows from the definitions, where no small edit of the printed one is right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial

from verify_derivations.checker.case import Case
from verify_derivations.checker.restyled import restyled
from verify_derivations.checker.vocabulary import Vocabulary
from verify_derivations.derivations.compact import contracted, gathered, named
from verify_derivations.derivations.differentiate import (
    adjoint_step,
    dependents,
    instantiate,
    total_derivative,
    unfold_function,
)
from verify_derivations.derivations.prove import tidy
from verify_derivations.formulas import latex
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, adjoint, adjoint_of
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Apply,
    Mul,
    Number,
    Polynomial,
    Scalar,
    children,
    map_accesses,
    mul,
    rebuild,
)
from verify_derivations.formulas.matrix_form import extents_of, inner_product, matrix_form
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import parse_expression
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.tensors import Tensor
from verify_derivations.formulas.world import Statement, World

STEPS = 2_000  # rule applications for one side: what a reader can use takes fewer


def derived_side(
    world: World, left: s.Node, number: int, words: Vocabulary, case: Case, *, explicit: bool = False
) -> Iterator[s.Node]:
    """What ``left`` is, one step back along the definitions (or all the way, first where it is to be ``explicit``), as
    the document would write it."""
    here = Statement(number)
    try:
        tensor = Elaborator(world, here).tensor(left)
        steps = steps_of(left, tensor.body, world, here, explicit)
        free = {a.variable: a.extent for a in tensor.axes if a.variable is not None}
        free |= {i.variable: i.extent for i in here.indices.values() if i.free and i.extent is not None}
        environment = world.environment(here.losses[0] if here.losses else None)
        names = _names(world, words)
        for step in steps:
            lengths: dict[str, float] = {}
            for body, weight in _forms(step, environment, free):
                for text in _printed(tensor, body, world, words, names):
                    lengths.setdefault(text, weight * _length(text))
            for text in sorted(lengths, key=lambda text: lengths[text]):
                with suppress(DocumentError):
                    printed = s.Statements((parse_expression(text, case.symbols, case.document.macros),), ("",))
                    yield restyled(case.rewritings.again(number, printed).parts[0], words)
    except (DocumentError, ValueError, ArithmeticError, RecursionError, AssertionError):
        return


EXPANDED = 1.5
"""How much shorter a form has to be that is multiplied out, to be preferred to one in the terms of the definitions."""

UNCONTRACTED = 3.0


def _forms(
    step: Scalar, environment: Environment, free: Mapping[str, Polynomial]
) -> Iterator[tuple[Scalar, float]]:
    """Ways to write it: as the rules give it, and multiplied out; each with the weight of its length."""
    differentiated, expanded = _differentiated(step, environment), tidy(step, environment, free, steps=STEPS)
    ways = [(step, 1.0)] if differentiated is None else [(differentiated, 1.0)]
    for body, weight in ways if expanded == step else [*ways, (expanded, EXPANDED)]:
        plain = contracted(body)
        forms = gathered(plain), gathered(plain, brackets=False), gathered(named(plain, environment))
        yield from ((form, weight) for form in forms)
        yield gathered(body), weight * UNCONTRACTED


def _length(text: str) -> int:
    """How long it looks."""
    return len(re.findall(r"\\[A-Za-z]+|[^\s{}\\]", re.sub(r"\\(?:left|right)\b", "", text)))


def _differentiated(body: Scalar, environment: Environment) -> Scalar | None:
    """The derivative of a function of the document as the rules give it: with the functions that its definition has."""
    if not isinstance(body, Apply) or not any(body.derivative) or body.function not in environment.functions:
        return None
    derived = unfold_function(body, environment)
    return None if derived is None else _letters_first(derived)


def _letters_first(node: Scalar) -> Scalar:
    """Products as they are written: numbers, letters, the rest."""
    parts = tuple(map(_letters_first, children(node)))
    if isinstance(node, Mul):
        kinds = {Number: 0, Access: 1}
        return mul(*sorted(parts, key=lambda f: (kinds.get(type(f), 2), f.head if isinstance(f, Access) else "")))
    return rebuild(node, parts) if parts else node


WRITTEN_OUT = 6
"""Definitions through which a derivative of the loss is written out all the way first, where its author did so."""


def steps_of(left: s.Node, body: Scalar, world: World, here: Statement, explicit: bool) -> Iterator[Scalar]:
    """One step back along the definitions, and all the way: what is not asked for is not worked out."""
    loss = here.losses[0] if here.losses else world.loss
    environment = world.environment(loss)

    def settled(access: Access) -> Scalar | None:
        inner = adjoint_of(access.head, loss) if loss is not None else None
        if inner == loss:
            return None if inner is None else UNIT
        return NOUGHT if inner is not None and loss not in dependents(inner, environment) else None

    def written_out(access: Access) -> Scalar | None:
        target = adjoint_of(access.head, loss) if loss is not None else None
        known = adjoint_step(target, environment) if target is not None else None
        if known is None or known.body is None:
            return None
        return map_accesses(instantiate(known, access.indices), settled)

    of = adjoint_of(body.head, loss) if isinstance(body, Access) and loss is not None else None
    if of is None and (isinstance(left, s.Derivative | s.Nabla) or not isinstance(body, Access)):
        yield body
    if not isinstance(body, Access):
        yield map_accesses(body, written_out)
        return
    if of is None or loss is None:
        quantity = environment.quantities.get(body.head)
        if quantity is not None and quantity.body is not None:
            yield instantiate(quantity, body.indices)
        return
    step = adjoint_step(of, environment)
    if step is None or step.body is None:
        return
    moving = dependents(of, environment)
    if explicit and loss in moving and len(moving) <= WRITTEN_OUT:
        yield total_derivative(Access(loss), of, body.indices, environment)
    yield map_accesses(instantiate(step, body.indices), settled)
    if loss in moving:
        yield total_derivative(Access(loss), of, body.indices, environment)


def _printed(
    tensor: Tensor, body: Scalar, world: World, words: Vocabulary, names: Mapping[str, str]
) -> list[str]:  # fmt: skip
    axes = [a.variable for a in tensor.axes if a.variable is not None]
    found = []
    if not axes:
        environment = world.environment()
        known, whole = extents_of(environment), partial(inner_product, environment=environment, names=names)
        for sums in (None, whole):
            found.append(latex.to_latex(body, names=names, origin=world.origin, extents=known, whole=sums))
    form = matrix_form(body, axes, world.environment(), names=names, product=words.hadamard + " ")
    if form is not None:
        row = len(tensor.axes) == 2 and tensor.axes[0].unit and not tensor.axes[1].unit
        found.append(f"\\left({form}\\right)^{{T}}" if row else form)
    return found


def _names(world: World, words: Vocabulary) -> dict[str, str]:
    """The document's own names for sensitivities, and for one of many, ``x^{(i)}``."""
    names: dict[str, str] = {}
    for head in words.table.sample_axes & world.known.keys():
        names[head] = member = f"{head}^{{({latex.SLOT})}}"
        names |= {adjoint(head, loss): adjoint(member, loss) for loss in world.losses()}
    for node in words.sensitivities:
        if isinstance(node, s.Derivative):
            continue
        try:
            value = Elaborator(world, Statement()).value(node)
        except (DocumentError, AssertionError):
            continue
        if isinstance(value, Slope) and isinstance(value.body, Access) and len(value.body.indices) == len(value.bottom):
            names.setdefault(value.body.head, to_latex(node))
    return names
