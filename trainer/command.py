"""``verify-derivations train``: options, progress and the result. Heavy imports happen in :func:`run`."""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.trainer.arguments import (
    check,
    chosen,
    given_classes,
    given_constants,
    given_settings,
    given_sizes,
)

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from verify_derivations.trainer.data import Dataset
    from verify_derivations.trainer.model import Model, Remember
    from verify_derivations.trainer.options import Options
    from verify_derivations.trainer.program import Net, Program
    from verify_derivations.trainer.train import Progress, Run

Nets: TypeAlias = "Callable[[], Sequence[Net]]"
"""Supplied by the command line, which alone knows checker and trainer: the document's nets, one for each loss."""


def run(args: argparse.Namespace, nets: Nets, remember: Remember | None = None) -> int:
    """Trains; returns the exit status (2 for a request that cannot be met)."""
    if sys.__stderr__ is not None and not faulthandler.is_enabled():
        faulthandler.enable(sys.__stderr__)  # a crash below Python (of a library of matrix products, say) is not silent
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        if "numpy" not in sys.modules:
            os.environ[variable] = str(args.threads)
    try:
        return _run(args, nets, remember)
    except DocumentError as reason:
        print(f"verify-derivations train: {reason}", file=sys.stderr)
        return 2
    except MemoryError as reason:
        print(f"verify-derivations train: there is not enough memory ({reason})", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _run(args: argparse.Namespace, nets: Nets, remember: Remember | None) -> int:
    from pathlib import Path

    from verify_derivations.trainer import files
    from verify_derivations.trainer.data import load, load_images
    from verify_derivations.trainer.model import AT_ONCE, Model, anew, predicted

    check(args)
    found = nets()
    if args.list:
        for net in found:
            print(f"{net.name}\t{net.loss_name}")
        return 0
    remember = remember or anew
    data = load(args.data).split(args.test, 0)
    if args.classes:
        data = data.only(given_classes(args.classes))
    program = _program(args, chosen(found, args.net, args.loss), data, remember)
    model = Model(program, _options(args), args.seed, args.initialiser, remember)
    if args.load:
        model.load(Path(args.load))
    if args.show_code:
        print(model.code(args.batch, program.results(True)).source)
        return 0
    if args.predict:
        found_labels = predicted(model.outputs(load_images(args.predict, data))[0])
        print("\n".join(str(data.names[label]) for label in found_labels))
        return 0
    for line in _about(program):
        print(line, file=sys.stderr)
    with _threads(args.threads):
        if not args.evaluate and model.rewards(data.test_images[:AT_ONCE]):
            print(f"warning: {program.loss_name} grows as the output nears the label, so it seems to be what is to be "
                  "maximised; training minimises (state its negative as the loss)", file=sys.stderr)
        if args.as_printed:
            return _as_printed(args, model, data)
        history = [] if args.evaluate else _train(args, model, data)
        loss, accuracy = model.accuracy(data.test_images, data.test_labels)
    print(f"test loss {loss:.4f}, test accuracy {100 * accuracy:.2f} % ({len(data.test_labels)} images)")
    if args.save:
        model.save(Path(args.save))
    if args.export:
        files.write(Path(args.export), _exported(args, model).encode())
    if args.plots:
        from verify_derivations.trainer.plots import draw

        draw(Path(args.plots), model, data, history)
    return 0


def _program(args: argparse.Namespace, net: Net, data: Dataset, remember: Remember) -> Program:
    """The net with all that the options and the data settle."""
    from verify_derivations.trainer.sizes import fitted

    stated, constants = net.program(), given_constants(args.constant)

    def complete() -> Program:
        from verify_derivations.trainer.constants import settled
        from verify_derivations.trainer.derive import completed

        return completed(settled(stated, constants))

    height, width, channels = data.images.shape[1:]
    program = remember(complete, "complete", stated, constants)
    return fitted(program, (height, width, channels), data.classes, given_sizes(args.size))


def _options(args: argparse.Namespace) -> Options:
    from verify_derivations.trainer.options import Options

    return Options(args.precision, pooling="pooling" not in args.without, reuse="reuse" not in args.without,
                   tiles=0 if "tiles" in args.without else Options.tiles, slices="slices" not in args.without)


def _exported(args: argparse.Namespace, model: Model) -> str:
    program = model.program
    if args.export_for == "numpy":
        from verify_derivations.trainer.export import module

        return module(program, args.batch, model.code(args.batch, program.results(True)))
    from verify_derivations.trainer.functional import jax_source, torch_source

    source = {"jax": jax_source, "torch": torch_source}[args.export_for]
    return source(program, args.batch, model.options)


def _about(program: Program) -> Iterator[str]:
    from verify_derivations.trainer.sizes import plain

    sizes = ", ".join(f"{plain(name)} = {value}" for name, value in sorted(program.sizes.items()))
    yield f"{program.name}, {program.loss_name} loss; {sizes}"
    yield from _derived(program)


def _derived(program: Program) -> Iterator[str]:
    """Which gradients are not the document's own."""
    used = {quantity.head for quantity in program.backward}
    sources = [source for head, source in program.sources.items() if source.derived and head in used]
    wrong = sorted({source.number for source in sources if source.number is not None})
    if wrong:
        numbers = ", ".join(map(str, wrong))
        yield f"derived, because the document's formula does not hold here, or is not proved: {numbers}"
    missing = sum(source.number is None for source in sources)
    if missing:
        yield f"derived, because the document states none: {missing} gradient{'s' * (missing > 1)}"


def _threads(count: int) -> AbstractContextManager[object]:
    import threadpoolctl  # type: ignore[import-untyped,unused-ignore]  # comes with scikit-learn

    limits: AbstractContextManager[object] = threadpoolctl.threadpool_limits(count)
    return limits


def _as_printed(args: argparse.Namespace, model: Model, data: Dataset) -> int:
    """One run for each wrong formula; a table on stdout, and with ``--plots`` a figure of all curves."""
    from dataclasses import replace
    from pathlib import Path

    from verify_derivations.trainer.printed import concerned, outcomes, table

    program = model.program
    if not concerned(program):
        print("every gradient formula that this net needs holds as it is printed")
        return 0
    settings = replace(given_settings(args, program), checkpoint=None)

    def watch(name: str) -> None:
        print(f"training: {name}", file=sys.stderr)

    results = list(outcomes(model, data, settings, args.initialiser, watch))
    print("\n".join(table(results, program.loss)))
    if args.plots:
        from verify_derivations.trainer.plots import compared, saved

        saved(Path(args.plots), {"as-printed": compared({r.name: r.accuracies for r in results})})
    return 0


def _train(args: argparse.Namespace, model: Model, data: Dataset) -> list[Progress]:
    """Trains as the options say; the last state of each epoch."""
    from contextlib import nullcontext
    from pathlib import Path

    from verify_derivations.trainer.train import Run
    from verify_derivations.trainer.workers import Team

    settings = given_settings(args, model.program)
    if args.rate is None:
        print(f"{settings.rule.name}, rate {settings.rate:.3g}", file=sys.stderr)
    checkpoint = settings.checkpoint
    with Team(model, data, args.workers, args.batch) if args.workers > 1 else nullcontext() as team:
        run = Run(model, data, settings, team)
        if args.resume and checkpoint:
            for reason in run.resume(checkpoint):
                print(f"{reason}; the one before it is used", file=sys.stderr)
        kept = _follow(run, args.epochs, Path(args.history) if args.history else None)
        if run.interrupted:
            if checkpoint:
                run.save(checkpoint)
                print(f"stopped; the checkpoint {checkpoint} can be resumed", file=sys.stderr)
            raise KeyboardInterrupt
        return kept


def _follow(run: Run, epochs: int, history: Path | None) -> list[Progress]:
    """Runs to the end, or until interrupted between two steps; shows where it is and writes a line of history for each
    epoch."""
    import signal

    from verify_derivations.trainer.display import Display
    from verify_derivations.trainer.history import History

    def interrupt(*_: object) -> None:
        run.interrupted = True

    kept: list[Progress] = []
    kinds = (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM))
    before = {kind: signal.signal(kind, interrupt) for kind in kinds}
    try:
        with Display(epochs) as display, History(history, run.epoch) as lines:
            for state in run:
                display.show(state)
                if state.done:
                    lines.add(state)
                    kept.append(state)
                if run.interrupted:
                    break
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)
    return kept
