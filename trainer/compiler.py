"""A program compiled for one batch size: NumPy functions over fixed memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import heads
from verify_derivations.trainer.arrays import NDArray
from verify_derivations.trainer.lowering import Lowering
from verify_derivations.trainer.pooling import pooled_early
from verify_derivations.trainer.printer import compiled, source
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.samples import batched
from verify_derivations.trainer.schedule import Schedule
from verify_derivations.trainer.stable import inline_functions, stable


@dataclass(frozen=True)
class Options:
    """How to compile. Every rewrite is exact and can be switched off."""

    dtype: str = "float32"
    pooling: bool = True  # maxima are taken before bias and activation
    tiles: bool = True  # convolution under pooling as one matrix product over the tile that a window needs
    reuse: bool = True  # memory whose last reader is done is used again


DEFAULT = Options()


@dataclass(frozen=True)
class Step:
    """The function of one formula, with the arrays that it is called with."""

    head: str
    function: Callable[..., Any]
    arguments: tuple[NDArray, ...]

    @property
    def source(self) -> str:
        return source(self.function)


class Compiled:
    """``arrays[head]`` are fixed arrays, samples along the last axis: fill inputs, labels and parameters,
    call :meth:`run`, read the outputs that were asked for."""

    def __init__(self, program: Program, batch: int, outputs: Iterable[str], options: Options = DEFAULT,
                 shared: Mapping[str, NDArray] | None = None) -> None:
        self.batch, outputs = batch, tuple(outputs)
        concrete = prepared(program.concrete(), batch, options)
        lowering = Lowering(dict(program.functions), options.tiles)
        for quantity in concrete.leaves:
            lowering.leaf(quantity)
        for quantity in _needed(concrete, outputs):
            lowering.define(quantity)
        given = {lowering.symbols[head]: array for head, array in (shared or {}).items()}
        schedule = Schedule(lowering, [lowering.symbols[h] for h in outputs], options.dtype, options.reuse, given)
        self.arrays: dict[str, NDArray] = {
            head: schedule.memory[lowering.symbols[head]]
            for head in (*(q.head for q in concrete.leaves), *outputs)
        }
        self.steps = steps(schedule)
        self._calls = tuple((step.function, step.arguments) for step in self.steps)

    def run(self) -> None:
        """All outputs from the current inputs, labels and parameters."""
        for function, arguments in self._calls:
            function(*arguments)

    @property
    def source(self) -> str:
        return "\n".join(step.source for step in self.steps)


def prepared(program: Program, batch: int, options: Options) -> Program:
    """The concrete program over a batch, after all rewrites on index notation."""
    if options.pooling:
        program = pooled_early(program)

    def inlined(quantity: Quantity) -> Quantity:
        assert quantity.body is not None
        return replace(quantity, body=inline_functions(quantity.body, program.functions))

    def stabilised(quantity: Quantity) -> Quantity:
        assert quantity.body is not None
        return replace(quantity, body=stable(quantity.body, definitions))

    forward, backward = (tuple(map(inlined, part)) for part in (program.forward, program.backward))
    definitions = {quantity.head: quantity for quantity in forward}
    program = replace(program, forward=tuple(map(stabilised, forward)), backward=tuple(map(stabilised, backward)))
    return batched(program, batch)


def _needed(program: Program, outputs: Iterable[str]) -> list[Quantity]:
    """The formulas on which the outputs rest, in order."""
    wanted, kept = set(outputs), []
    for quantity in reversed((*program.forward, *program.backward)):
        if quantity.head in wanted:
            assert quantity.body is not None
            wanted.update(heads(quantity.body))
            kept.append(quantity)
    missing = wanted - {q.head for q in program}
    if missing:
        raise DocumentError(f"{program.name}: no formula for {', '.join(sorted(missing))}")
    return kept[::-1]


def steps(schedule: Schedule) -> tuple[Step, ...]:
    """One function a formula."""
    found = []
    for group in schedule.groups:
        used = dict.fromkeys(s for out, call in group.statements for s in (*call.args[1].free_symbols, out))
        arguments = sorted(used, key=lambda s: (s.name[0], int(s.name[1:])))
        function = compiled(arguments, group.statements, group.statements[-1][0])
        found.append(Step(group.owner, function, tuple(schedule.memory[s] for s in arguments)))
    return tuple(found)


def training(program: Program, batch: int, options: Options = DEFAULT,
             shared: Mapping[str, NDArray] | None = None) -> Compiled:
    """Loss, prediction and the gradients of all parameters."""
    outputs = (program.loss, program.output, *map(program.gradient, program.parameters))
    return Compiled(program, batch, outputs, options, shared)


def evaluation(program: Program, batch: int, options: Options = DEFAULT,
             shared: Mapping[str, NDArray] | None = None) -> Compiled:
    """Loss and prediction."""
    return Compiled(program, batch, (program.loss, program.output), options, shared)

