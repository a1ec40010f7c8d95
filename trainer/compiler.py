"""A program compiled for one batch size: NumPy functions over fixed memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import heads
from verify_derivations.trainer.arrays import NDArray
from verify_derivations.trainer.lowering import Lowering
from verify_derivations.trainer.memory import Made
from verify_derivations.trainer.naming import identifier
from verify_derivations.trainer.pooling import pooled_early
from verify_derivations.trainer.printer import compiled, source
from verify_derivations.trainer.program import Draw, Program
from verify_derivations.trainer.samples import batched
from verify_derivations.trainer.schedule import Schedule
from verify_derivations.trainer.stable import inline_functions, stable


@dataclass(frozen=True)
class Options:
    """How to compile. Every rewrite is exact and can be switched off."""

    dtype: str = "float32"
    pooling: bool = True  # maxima are taken before bias and activation
    tiles: int = 40  # convolution under pooling as one product over the tile that a window needs, up to so many maps
    reuse: bool = True  # memory whose last reader is done is used again


DEFAULT = Options()


@dataclass(frozen=True)
class Step:
    """The function of one formula, and the arrays that it is called with."""

    head: str
    name: str
    documentation: str
    function: Callable[..., Any]
    symbols: tuple[str, ...]
    arguments: tuple[NDArray, ...]

    @property
    def source(self) -> str:
        """The generated function under its own name, with its formula as docstring."""
        first, *body = source(self.function).rstrip().splitlines()
        assert first.startswith("def _lambdifygenerated(")
        start = first.replace("_lambdifygenerated", self.name)
        return "\n".join([start, f"    {self.documentation!r}", *body, ""])


class Compiled:
    """``arrays[head]`` are fixed arrays, samples along the last axis: fill inputs, labels and parameters,
    call :meth:`run`, read the outputs that were asked for."""

    def __init__(self, program: Program, batch: int, outputs: Iterable[str], options: Options = DEFAULT,
                 shared: Mapping[str, NDArray] | None = None) -> None:
        self.program, self.batch, outputs = program, batch, tuple(outputs)
        lowering = lowered(program, batch, outputs, options)
        given = {lowering.symbols[head]: array for head, array in (shared or {}).items()}
        schedule = Schedule(lowering, [lowering.symbols[h] for h in outputs], options.dtype, options.reuse, given)
        names = _names(lowering.symbols, program)
        visible = (*(q.head for q in program.leaves), *outputs)
        self.symbols = {head: names.get(lowering.symbols[head], lowering.symbols[head]).name for head in visible}
        self.arrays: dict[str, NDArray] = {head: schedule.memory.arrays[lowering.symbols[head]] for head in visible}
        self.steps = steps(schedule, names, program)
        self.made = tuple(
            Made(names.get(m.symbol, m.symbol), m.maker, tuple(_renamed(a, names) for a in m.arguments))
            for m in schedule.memory.made
        )
        self._calls = tuple((step.function, step.arguments) for step in self.steps)

    def run(self) -> None:
        """All outputs from the current inputs, labels and parameters."""
        for function, arguments in self._calls:
            function(*arguments)

    @property
    def source(self) -> str:
        """The generated functions, one a formula."""
        return "\n\n".join(step.source for step in self.steps)


def lowered(program: Program, batch: int, outputs: Iterable[str], options: Options = DEFAULT) -> Lowering:
    """The array program that computes the outputs."""
    concrete = prepared(program.concrete(), batch, options)
    lowering = Lowering(options.tiles)
    for quantity in concrete.leaves:
        lowering.leaf(quantity)
    for quantity in _needed(concrete, outputs):
        lowering.define(quantity)
    return lowering


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


def _names(symbols: Mapping[str, sp.Symbol], program: Program) -> dict[sp.Symbol, sp.Symbol]:
    """Readable symbols for named quantities; one that has several names keeps the first."""
    known = {q.head for q in program}
    names: dict[sp.Symbol, sp.Symbol] = {}
    for head, symbol in symbols.items():
        if head in known and symbol not in names:
            names[symbol] = sp.Symbol(identifier(head, program.loss, symbol.name), real=True)
    return names


def _renamed(value: Any, names: Mapping[sp.Symbol, sp.Symbol]) -> Any:
    return names.get(value, value) if isinstance(value, sp.Symbol) else value


def steps(schedule: Schedule, names: Mapping[sp.Symbol, sp.Symbol] | None = None,
          program: Program | None = None) -> tuple[Step, ...]:
    """One function a formula, in the order in which they are to be called."""
    found = []
    for number, group in enumerate(schedule.groups):
        statements = [(_renamed(out, names or {}), call.xreplace(names or {})) for out, call in group.statements]
        used = dict.fromkeys(s for out, call in group.statements for s in (*call.args[1].free_symbols, out))
        arguments = sorted(used, key=lambda s: (s.name[0], int(s.name[1:])))
        symbols = [_renamed(s, names or {}) for s in arguments]
        found.append(Step(
            group.owner,
            f"formula_{number}" if program is None else identifier(group.owner, program.loss, f"f{number}"),
            group.owner if program is None else documentation(program, group.owner),
            compiled(symbols, statements, statements[-1][0]),
            tuple(s.name for s in symbols),
            tuple(schedule.memory.arrays[s] for s in arguments),
        ))
    return tuple(found)


def documentation(program: Program, head: str) -> str:
    """What a reader of the generated code should know of the formula: its LaTeX, its number, its verdict."""
    source_ = program.sources.get(head)
    if source_ is None:
        return head
    origin = "derived, not in the document" if source_.derived else f"formula {source_.number}"
    return f"{source_.latex} ({origin}; {source_.verdict})"


def drawn(draw: Draw) -> str:
    """What to fill in for a leaf that is drawn."""
    return (f" {draw.head} is drawn for each sample between {draw.low:g} and {draw.high:g} in training, and "
            f"{draw.mean:g} otherwise.")


def training(program: Program, batch: int, options: Options = DEFAULT,
             shared: Mapping[str, NDArray] | None = None) -> Compiled:
    """Loss, prediction and the gradients of all parameters."""
    outputs = (program.loss, program.output, *map(program.gradient, program.parameters))
    return Compiled(program, batch, outputs, options, shared)


def evaluation(program: Program, batch: int, options: Options = DEFAULT,
               shared: Mapping[str, NDArray] | None = None) -> Compiled:
    """Loss and prediction."""
    return Compiled(program, batch, (program.loss, program.output), options, shared)
