"""A program compiled for one batch size: NumPy functions over fixed memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import sympy as sp

from verify_derivations.formulas.definitions import Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import heads
from verify_derivations.trainer.lowering import Lowering
from verify_derivations.trainer.naming import identifier
from verify_derivations.trainer.options import DEFAULT, Options
from verify_derivations.trainer.pooling import pooled_early
from verify_derivations.trainer.printer import printed
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.runtime import Code, Compiled, Made, Name, NDArray, Step
from verify_derivations.trainer.samples import batched
from verify_derivations.trainer.schedule import Schedule
from verify_derivations.trainer.stable import inline_functions, stable


def code(program: Program, batch: int, outputs: Iterable[str], options: Options = DEFAULT) -> Code:
    """Functions that compute the outputs for so many samples."""
    outputs = tuple(outputs)
    lowering = lowered(program, batch, outputs, options)
    schedule = Schedule(lowering, [lowering.symbols[h] for h in outputs], options.dtype, options.reuse)
    names = _names(lowering.symbols, program)

    def name(value: Any) -> Any:
        return Name(names.get(value, value).name) if isinstance(value, sp.Symbol) else value

    visible = (*(q.head for q in program.leaves), *outputs)
    made = (Made(name(s).text, maker, tuple(map(name, arguments))) for s, maker, arguments in schedule.memory.made)
    return Code({head: name(lowering.symbols[head]).text for head in visible}, tuple(made),
                steps(schedule, names, program))


def lowered(program: Program, batch: int, outputs: Iterable[str], options: Options = DEFAULT) -> Lowering:
    """The array program that computes the outputs."""
    if program.batch is not None:
        sizes = {**program.sizes, program.batch: batch}
        concrete = prepared(replace(program, sizes=sizes).concrete(), options)
    else:
        concrete = batched(prepared(program.concrete(), options), batch)
    lowering = Lowering(options.tiles)
    for quantity in concrete.leaves:
        lowering.leaf(quantity)
    for quantity in _needed(concrete, outputs):
        lowering.define(quantity)
    return lowering


def prepared(program: Program, options: Options) -> Program:
    """The concrete program after all rewrites on index notation."""
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
    return replace(program, forward=tuple(map(stabilised, forward)), backward=tuple(map(stabilised, backward)))


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


def steps(schedule: Schedule, names: Mapping[sp.Symbol, sp.Symbol] | None = None,
          program: Program | None = None) -> tuple[Step, ...]:
    """One function a formula, in the order in which they are to be called."""
    names = names or {}
    found = []
    for number, group in enumerate(schedule.groups):
        statements = [(names.get(out, out), call.xreplace(names)) for out, call in group.statements]
        used = dict.fromkeys(s for out, call in group.statements for s in (*call.args[1].free_symbols, out))
        arguments = sorted(used, key=lambda s: (s.name[0], int(s.name[1:])))
        symbols = [names.get(s, s) for s in arguments]
        name, about = f"formula_{number}", group.owner
        if program is not None:
            name, about = identifier(group.owner, program.loss, f"f{number}"), documentation(program, group.owner)
        source = printed(name, about, symbols, statements)
        found.append(Step(group.owner, name, source, tuple(s.name for s in symbols)))
    return tuple(found)


def documentation(program: Program, head: str) -> str:
    """What a reader of the generated code should know of the formula: its LaTeX, its number, its verdict."""
    source_ = program.sources.get(head)
    if source_ is None:
        return head
    origin = "derived, not in the document" if source_.derived else f"formula {source_.number}"
    return f"{source_.latex} ({origin}; {source_.verdict})"


def training(program: Program, batch: int, options: Options = DEFAULT,
             shared: Mapping[str, NDArray] | None = None) -> Compiled:
    """Loss, prediction and the gradients of all parameters."""
    return Compiled(code(program, batch, program.results(True), options), shared)
