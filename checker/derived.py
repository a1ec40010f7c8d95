"""The right side that follows from the definitions, where no small edit of the printed one is right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from verify_derivations.checker.case import Case
from verify_derivations.checker.vocabulary import Vocabulary
from verify_derivations.derivations.differentiate import (
    adjoint_step,
    dependents,
    derivative,
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
    Scalar,
    add,
    children,
    fresh,
    map_accesses,
    mul,
    polynomial,
    rebuild,
    summation,
)
from verify_derivations.formulas.matrix_form import matrix_form
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import parse_expression
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.tensors import Tensor
from verify_derivations.formulas.world import Statement, World

STEPS = 2_000  # rule applications for one side: what a reader can use takes fewer


def derived_side(world: World, left: s.Node, number: int, words: Vocabulary, case: Case) -> Iterator[s.Node]:
    """What ``left`` is, one step back along the definitions (or all the way), as the document would write it."""
    here = Statement(number)
    try:
        tensor = Elaborator(world, here).tensor(left)
        steps = _steps(tensor.body, world, here)
        free = {a.variable: a.extent for a in tensor.axes if a.variable is not None}
        free |= {i.variable: i.extent for i in here.indices.values() if i.free and i.extent is not None}
        environment = world.environment(here.losses[0] if here.losses else None)
        for step in steps:
            for body in (_differentiated(step, environment), tidy(step, environment, free, steps=STEPS)):
                texts = _printed(tensor, body, world, words) if body is not None else []
                for text in texts:
                    with suppress(DocumentError):
                        yield parse_expression(text, case.symbols, case.document.macros)
    except (DocumentError, ValueError, ArithmeticError, RecursionError, AssertionError):
        return


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


def _steps(body: Scalar, world: World, here: Statement) -> Iterator[Scalar]:
    """One step back along the definitions, and all the way: what is not asked for is not worked out."""
    loss = here.losses[0] if here.losses else world.loss
    if not isinstance(body, Access):
        yield body
        return
    environment = world.environment(loss)
    of = adjoint_of(body.head, loss) if loss is not None else None
    if of is None or loss is None:
        quantity = environment.quantities.get(body.head)
        if quantity is not None and quantity.body is not None:
            yield instantiate(quantity, body.indices)
        return
    step = adjoint_step(of, environment)
    if step is None or step.body is None:
        return
    moving = dependents(of, environment)

    def settled(access: Access) -> Scalar | None:
        inner = adjoint_of(access.head, loss)
        if inner == loss:
            return UNIT
        return NOUGHT if inner is not None and loss not in dependents(inner, environment) else None

    named = _named(of, body, environment)
    if named is not None:
        yield map_accesses(named, settled)
    yield map_accesses(instantiate(step, body.indices), settled)
    if loss in moving:
        yield total_derivative(Access(loss), of, body.indices, environment)


def _named(of: str, access: Access, environment: Environment) -> Scalar | None:
    """The step back with the names of definitions for what the chain rule leaves of them: ``σ'(x)`` as ``f·(1 − f)``
    where ``f = σ(x)``. ``None`` where nothing is left of any."""
    consumers = environment.contributors(of)
    if not any(isinstance(consumer.body, Apply) for consumer in consumers) or environment.loss is None:
        return None
    terms: list[Scalar] = []
    for consumer in consumers:
        outer = tuple(fresh(j) for j in consumer.indices)
        at = tuple(polynomial(j) for j in outer)
        body = instantiate(consumer, at)
        slope = derivative(body, of, access.indices, environment)
        if isinstance(body, Apply) and not any(body.derivative):
            slope = _replaced(slope, body, Access(consumer.head, at))
        product = mul(Access(adjoint(consumer.head, environment.loss), at), slope)
        terms.append(summation(zip(outer, consumer.extents, strict=True), product))
    return add(*terms)


def _replaced(node: Scalar, old: Apply, new: Scalar) -> Scalar:
    """Calls of a function at one place: in the derivative of ``f(x)`` those of ``f`` are all at ``x``, but for those
    inside ``x``, which stay."""
    if isinstance(node, Apply) and node.function == old.function and not any(node.derivative):
        return new if _look(node) == _look(old) else node
    parts = children(node)
    return rebuild(node, tuple(_replaced(part, old, new) for part in parts)) if parts else node


def _look(node: Scalar) -> str:
    """An expression as text, index variables without their numbers. It only guesses: what is derived is judged."""
    return re.sub(r"\.[0-9]+", "", repr(node))


def _printed(tensor: Tensor, body: Scalar, world: World, words: Vocabulary) -> list[str]:
    axes = [a.variable for a in tensor.axes if a.variable is not None]
    found = []
    if not axes:
        found.append(latex.to_latex(body, names=_names(world, words), origin=world.origin))
    form = matrix_form(body, axes, world.environment(), names=_names(world, words), product=words.hadamard + " ")
    if form is not None:
        for sign in ("T", "-T"):
            form = form.replace(f"^{{{sign}}}", f"^{{{sign[:-1]}{to_latex(words.transpose)}}}")
        row = len(tensor.axes) == 2 and tensor.axes[0].unit and not tensor.axes[1].unit
        found.append(f"\\left({form}\\right)^{{{to_latex(words.transpose)}}}" if row else form)
    return [_with_layers(text, words) for text in found]


def _with_layers(text: str, words: Vocabulary) -> str:
    """Layers in the brackets in which the document writes them, ``a^{[1]}``, or in none."""
    sups = [n.sup for n in words.names if isinstance(n, s.Scripted) and isinstance(n.sup, s.Group)]
    if {sup.kind for sup in sups} == {"["}:
        return re.sub(r"\^\{\(([^(){}]+)\)([^(){}]*)\}", r"^{[\1]\2}", text)
    bare = words.table.bare_layers and not words.table.bracket_layers
    return re.sub(r"\^\{\(([^(){}]+)\)\}", r"^{\1}", text) if bare else text


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
