"""``verify-derivations train``: options, progress and the result. Heavy imports happen in :func:`run`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from verify_derivations.formulas.errors import DocumentError

if TYPE_CHECKING:
    from verify_derivations.trainer.program import Program

Programs: TypeAlias = "Callable[[], Sequence[Program]]"
"""Supplied by the command line, which alone knows checker and trainer: the document's nets, one for each loss."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything but DOCUMENT and ``--notation``, which belong to the command line."""
    add = parser.add_argument
    add("--net", metavar="NAME", help="which net (default: the first)")
    add("--loss", metavar="NAME", help="Euclidean or cross-entropy (default: the last one stated for the net)")
    add("--list", action="store_true", help="list the document's nets and losses and stop")
    add("--data", metavar="NAME|PATH", default="digits", help="digits (default), mnist, or an IDX(.gz) or NPZ file")
    add("--size", metavar="NAME=N", action="append", default=[], help="a size of the document, as n_2=30 (repeatable)")
    add("--epochs", type=int, default=20)
    add("--batch", type=int, default=50, help="samples per update (default: 50)")
    add("--rate", type=float, default=0.5, help="learning rate (default: 0.5)")
    add("--seed", type=int, default=0, help="the same seed reproduces a run exactly (default: 0)")
    add("--test", type=float, default=0.2, metavar="FRACTION", help="share held back where the data have no test part")
    add("--precision", choices=("float32", "float64"), default="float32")
    add("--save", metavar="FILE", help="write the parameters after training")
    add("--load", metavar="FILE", help="start from saved parameters")
    add("--show-code", action="store_true", help="print the generated NumPy functions and stop")
    add("--threads", type=int, default=1, metavar="N",
        help="threads of the matrix products (default: 1; more can stall on a busy machine)")


def run(args: argparse.Namespace, programs: Programs) -> int:
    """Trains; returns the exit status (2 for a request that cannot be met)."""
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        if "numpy" not in sys.modules:
            os.environ[variable] = str(args.threads)
    try:
        return _run(args, programs)
    except DocumentError as reason:
        print(f"verify-derivations train: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _run(args: argparse.Namespace, programs: Programs) -> int:
    from pathlib import Path

    from verify_derivations.trainer.compiler import Options
    from verify_derivations.trainer.data import load
    from verify_derivations.trainer.model import Model
    from verify_derivations.trainer.sizes import fitted, plain
    from verify_derivations.trainer.train import Settings

    _check(args)
    found = programs()
    if args.list:
        for program in found:
            print(f"{program.name}\t{program.loss_name}")
        return 0
    program = chosen(found, args.net, args.loss)
    data = load(args.data).split(args.test, 0)
    height, width, channels = data.images.shape[1:]
    program = fitted(program, (height, width, channels), data.classes, _sizes(args.size))
    model = Model(program, Options(dtype=args.precision), args.seed)
    if args.load:
        model.load(Path(args.load))
    if args.show_code:
        print(model.compiled(args.batch, True).source)
        return 0
    sizes = ", ".join(f"{plain(name)} = {value}" for name, value in sorted(program.sizes.items()))
    derived = [s for s in program.sources.values() if s.derived]
    print(f"{program.name}, {program.loss_name} loss; {sizes}", file=sys.stderr)
    if derived:
        print(f"{len(derived)} gradient formulas are not in the document and were derived", file=sys.stderr)
    with _threads(args.threads):
        _train(model, data, Settings(args.epochs, args.batch, args.rate, args.seed))
        loss, accuracy = model.accuracy(data.test_images, data.test_labels)
    print(f"test loss {loss:.4f}, test accuracy {100 * accuracy:.2f} % ({len(data.test_labels)} images)")
    if args.save:
        model.save(Path(args.save))
    return 0


def _check(args: argparse.Namespace) -> None:
    for name, good, expected in (
        ("epochs", args.epochs >= 1, "at least 1"), ("batch", args.batch >= 1, "at least 1"),
        ("rate", args.rate > 0, "positive"), ("test", 0 < args.test < 1, "between 0 and 1"),
        ("seed", args.seed >= 0, "not negative"), ("threads", args.threads >= 1, "at least 1"),
    ):
        if not good:
            raise DocumentError(f"--{name} {getattr(args, name)}: must be {expected}")


def chosen(programs: Sequence[Program], net: str | None, loss: str | None) -> Program:
    """The program of that net and loss; names are compared without regard to case."""
    if not programs:
        raise DocumentError("the document defines no net that can be trained (an input, parameters and a loss)")
    nets = list(dict.fromkeys(p.name for p in programs))
    named = [p for p in programs if net is None or p.name.casefold() == net.casefold()]
    if not named:
        raise DocumentError(f"no net {net}; there are {', '.join(nets)}")
    of_net = [p for p in named if p.name == named[0].name]
    fitting = [p for p in of_net if loss is None or p.loss_name.casefold() == loss.casefold()]
    if not fitting:
        raise DocumentError(f"{named[0].name} has no loss {loss}; there are {', '.join(p.loss_name for p in of_net)}")
    return fitting[-1]


def _sizes(options: Sequence[str]) -> dict[str, int]:
    sizes = {}
    for option in options:
        name, _, value = option.partition("=")
        if not value.isdigit() or not int(value):
            raise DocumentError(f"--size {option}: expected NAME=N with a positive integer")
        sizes[name.strip()] = int(value)
    return sizes


if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from verify_derivations.trainer.data import Dataset
    from verify_derivations.trainer.model import Model
    from verify_derivations.trainer.train import Settings


def _threads(count: int) -> AbstractContextManager[object]:
    import threadpoolctl  # type: ignore[import-untyped,unused-ignore]  # comes with scikit-learn

    limits: AbstractContextManager[object] = threadpoolctl.threadpool_limits(count)
    return limits


def _train(model: Model, data: Dataset, settings: Settings) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from verify_derivations.trainer.train import train

    columns = (
        TextColumn("epoch {task.fields[epoch]}/" + str(settings.epochs)), BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}  accuracy {task.fields[accuracy]:6.2%}  {task.fields[speed]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None, epoch=0, loss=0.0, accuracy=0.0, speed=0.0)
        for state in train(model, data, settings):
            done = (state.epoch - 1) * state.steps + state.step
            bar.update(task, total=settings.epochs * state.steps, completed=done, epoch=state.epoch, loss=state.loss,
                       accuracy=state.accuracy, speed=state.speed)
