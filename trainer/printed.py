"""What a document's wrong formulas are worth in practice: training with each as it is printed, next to the corrected
run. All runs have the same data, initial values, order of samples and settings; they differ in formulas alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from verify_derivations.formulas.definitions import FunctionDefinition, Quantity, adjoint_of
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Apply, Scalar, children, map_accesses, rebuild, walk
from verify_derivations.trainer.data import Dataset
from verify_derivations.trainer.derive import completed
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.program import Printed, Program
from verify_derivations.trainer.sizes import plain
from verify_derivations.trainer.train import Diverged, Run, Settings

SAMPLES = 256
"""How many training samples the gradients are compared on, at the initial values."""


@dataclass(frozen=True)
class Outcome:
    """One run. ``formulas`` are those that were taken as printed (none: the corrected run). ``accuracies`` has the
    share of right test predictions before training and after each epoch, as far as the run came; ``trouble`` says why
    it could not run, or not to the end. ``error`` is the largest relative error of a parameter's gradient, that of
    ``parameter``."""

    name: str
    formulas: tuple[Printed, ...]
    accuracies: tuple[float, ...] = ()
    trouble: str = ""
    error: float = 0.0
    parameter: str = ""


def outcomes(corrected: Model, data: Dataset, settings: Settings, initialiser: str,
             watch: Callable[[str], None]) -> Iterator[Outcome]:
    """The corrected run; the run with each wrong formula alone; and the one with all that can be computed. ``watch``
    is told what begins."""
    def outcome(name: str, formulas: tuple[Printed, ...]) -> Outcome:
        watch(name)
        return _outcome(name, formulas, corrected, data, settings, initialiser)

    yield outcome("corrected", ())
    alone = []
    for formula in concerned(corrected.program):
        alone.append(outcome(f"formula {formula.number}", (formula,)))
        yield alone[-1]
    usable: dict[str, Printed] = {}
    for found in alone:
        if found.accuracies:
            usable.setdefault(found.formulas[0].head, found.formulas[0])
    if len(usable) > 1:
        yield outcome("all as printed", tuple(usable.values()))


def concerned(program: Program) -> tuple[Printed, ...]:
    """The wrong formulas of what this net computes to train: of two for the same derivative one may be right, and
    some derivatives are not needed."""
    bodies = [quantity.body for quantity in program.backward if quantity.body is not None]
    slopes = {n.function for body in bodies for n in walk(body) if isinstance(n, Apply) and any(n.derivative)}
    needed = {quantity.head for quantity in program.backward} | slopes
    return tuple(formula for formula in program.printed if formula.head in needed)


def _outcome(name: str, formulas: tuple[Printed, ...], corrected: Model, data: Dataset, settings: Settings,
             initialiser: str) -> Outcome:
    try:
        program = as_printed(corrected.program, formulas)
        model = Model(program, corrected.options, settings.seed, initialiser, corrected.remember)
        error, parameter = _error(model, corrected.program, data) if formulas else (0.0, "")
    except (DocumentError, NotImplementedError) as reason:
        return Outcome(name, formulas, trouble=f"cannot run: {reason}")
    curve = [model.accuracy(data.test_images, data.test_labels)[1]]
    trouble = ""
    try:
        for state in Run(model, data, settings):
            if state.done:
                curve.append(model.accuracy(data.test_images, data.test_labels)[1])
    except Diverged as reason:
        trouble = str(reason)
    return Outcome(name, formulas, tuple(curve), trouble, error, parameter)


def as_printed(program: Program, formulas: Sequence[Printed]) -> Program:
    """The program with these gradients as the document prints them; what they mention and nothing states is derived.
    Raises :class:`DocumentError` where one cannot be computed."""
    if not formulas:
        return program
    for formula in formulas:
        if formula.quantity is None and formula.slope is None:
            raise DocumentError(formula.reason)
    slopes = {f.head: f.slope for f in formulas if f.slope is not None}
    said = {f.head: f.quantity for f in formulas if f.quantity is not None}
    kept = tuple(q for q in program.backward if q.head not in said)
    sources = {head: source for head, source in program.sources.items() if head not in said}
    changed = completed(replace(program, backward=(*kept, *said.values()), sources=sources))
    return replace(changed, backward=tuple(_with_slopes(q, slopes) for q in changed.backward))


def _with_slopes(quantity: Quantity, slopes: Mapping[str, FunctionDefinition]) -> Quantity:
    """The derivatives of functions as they are printed."""
    def said(node: Scalar) -> Scalar:
        parts = tuple(map(said, children(node)))
        node = rebuild(node, parts) if parts else node
        if not isinstance(node, Apply) or node.derivative != (1,) or node.function not in slopes:
            return node
        slope, (argument,) = slopes[node.function], node.arguments
        return map_accesses(slope.body, lambda a: argument if a.head in slope.parameters else None)

    return quantity if quantity.body is None or not slopes else replace(quantity, body=said(quantity.body))


def _error(model: Model, corrected: Program, data: Dataset) -> tuple[float, str]:
    """The largest relative error of a parameter's gradient, and the parameter, at the model's values."""
    chosen = slice(0, min(SAMPLES, len(data.labels)))
    right = Model(corrected, model.options, remember=model.remember)
    right.assign(model.parameters, "the corrected net")
    found, expected = (m.gradients(data.images[chosen], data.labels[chosen])[2] for m in (model, right))

    def distance(head: str) -> float:
        norm = float(np.linalg.norm(expected[head]))
        return float(np.linalg.norm(found[head] - expected[head])) / norm if norm else 0.0

    worst = max(expected, key=distance)
    return distance(worst), worst


def table(results: Sequence[Outcome], loss: str) -> Iterator[str]:
    """One line for each run, tab-separated, after a line of headings."""
    yield "run\tof\tgradient error\ttest accuracy\tdifference"
    best = results[0].accuracies[-1] if results[0].accuracies else 0.0
    for result in results:
        of = ", ".join(_what(f, loss) for f in result.formulas)
        if not result.accuracies:
            yield f"{result.name}\t{of}\t{result.trouble}"
            continue
        error = f"{100 * result.error:.1f} % of {plain(result.parameter)}" if result.formulas else ""
        end = f"{100 * result.accuracies[-1]:.2f} %" + (f" ({result.trouble})" if result.trouble else "")
        change = f"{100 * (result.accuracies[-1] - best):+.2f}" if result.formulas else ""
        yield "\t".join((result.name, of, error, end, change))


def _what(formula: Printed, loss: str) -> str:
    """What is differentiated by what."""
    head = adjoint_of(formula.head, loss)
    return f"{plain(formula.head)}′" if head is None else f"∂{plain(loss)}/∂{plain(head)}"
