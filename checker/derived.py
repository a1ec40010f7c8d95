"""The right side that follows from the definitions, where no small edit of the printed one is right."""

from __future__ import annotations

from collections.abc import Iterator

from verify_derivations.checker.judge import Case
from verify_derivations.checker.vocabulary import Vocabulary
from verify_derivations.derivations.differentiate import adjoint_step, dependents, instantiate, total_derivative
from verify_derivations.derivations.prove import tidy
from verify_derivations.formulas import latex
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import adjoint_of
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import NOUGHT, UNIT, Access, Scalar, map_accesses
from verify_derivations.formulas.matrix_form import matrix_form
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import parse_expression
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.tensors import Tensor
from verify_derivations.formulas.world import Statement, World


def derived_side(world: World, left: s.Node, number: int, words: Vocabulary, case: Case) -> Iterator[s.Node]:
    """What ``left`` is, one step back along the definitions (or all the way), as the document would write it."""
    here = Statement(number)
    try:
        tensor = Elaborator(world, here).tensor(left)
        steps = _steps(tensor.body, world, here)
        free = {a.variable: a.extent for a in tensor.axes if a.variable is not None}
        free |= {i.variable: i.extent for i in here.indices.values() if i.free and i.extent is not None}
        environment = world.environment(here.losses[0] if here.losses else None)
        bodies = [tidy(body, environment, free) for body in steps]
    except (DocumentError, ValueError, ArithmeticError, RecursionError, AssertionError):
        return
    for body in bodies:
        for text in _printed(tensor, body, world, words):
            try:
                yield parse_expression(text, case.symbols, case.document.macros)
            except DocumentError:
                continue


def _steps(body: Scalar, world: World, here: Statement) -> list[Scalar]:
    """One step back along the definitions, and all the way."""
    loss = here.losses[0] if here.losses else world.loss
    if not isinstance(body, Access):
        return [body]
    environment = world.environment(loss)
    of = adjoint_of(body.head, loss) if loss is not None else None
    if of is None or loss is None:
        quantity = environment.quantities.get(body.head)
        return [] if quantity is None or quantity.body is None else [instantiate(quantity, body.indices)]
    step = adjoint_step(of, environment)
    if step is None or step.body is None:
        return []
    moving = dependents(of, environment)

    def settled(access: Access) -> Scalar | None:
        inner = adjoint_of(access.head, loss)
        if inner == loss:
            return UNIT
        return NOUGHT if inner is not None and loss not in dependents(inner, environment) else None

    found = [map_accesses(instantiate(step, body.indices), settled)]
    return [*found, total_derivative(Access(loss), of, body.indices, environment)] if loss in moving else found


def _printed(tensor: Tensor, body: Scalar, world: World, words: Vocabulary) -> list[str]:
    axes = [a.variable for a in tensor.axes if a.variable is not None]
    found = []
    if not axes:
        found.append(latex.to_latex(body, names=_names(world, words), origin=world.origin))
    form = matrix_form(body, axes, world.environment(), names=_names(world, words), product=words.hadamard + " ")
    if form is not None:
        row = len(tensor.axes) == 2 and tensor.axes[0].unit and not tensor.axes[1].unit
        found.append(f"\\left({form}\\right)^{{{to_latex(words.transpose)}}}" if row else form)
    return found


def _names(world: World, words: Vocabulary) -> dict[str, str]:
    """The document's own names for sensitivities."""
    names: dict[str, str] = {}
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
