"""``verify-derivations train``: options, progress and the result. Heavy imports happen in :func:`run`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from verify_derivations.formulas.errors import DocumentError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from verify_derivations.trainer.data import Dataset
    from verify_derivations.trainer.model import Model
    from verify_derivations.trainer.program import Net, Program
    from verify_derivations.trainer.train import Progress, Run

Nets: TypeAlias = "Callable[[], Sequence[Net]]"
"""Supplied by the command line, which alone knows checker and trainer: the document's nets, one for each loss."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything but DOCUMENT and ``--notation``, which belong to the command line."""
    what = parser.add_argument_group("what to train").add_argument
    what("--net", metavar="NAME", help="which net (default: the first)")
    what("--loss", metavar="NAME", help="Euclidean or cross-entropy (default: the last one stated for the net)")
    what("--list", action="store_true", help="list the document's nets and losses and stop")
    what("--data", metavar="NAME|PATH", default="digits", help="digits (default), mnist, or an IDX(.gz) or NPZ file")
    what("--classes", metavar="A,B,…", help="only these classes of the data, as 3,8 (default: all)")
    what("--size", metavar="NAME=N", action="append", default=[], help="a size of the document, as n_2=30 (repeatable)")
    what("--test", type=float, default=0.2, metavar="SHARE", help="held back where the data have no test part")
    what("--validation", type=float, default=0.0, metavar="SHARE", help="of the training samples (default: none)")
    how = parser.add_argument_group("how to train").add_argument
    how("--epochs", type=int, default=20)
    how("--batch", type=int, default=20, help="samples per update (default: 20)")
    how("--rate", type=float, default=None, help="learning rate (default: 0.02; 0.5 for sgd)")
    how("--schedule", choices=("constant", "linear", "cosine", "steps", "exponential"), default="constant")
    how("--optimiser", choices=("adam", "sgd"), default="adam")
    how("--momentum", type=float, default=0.0)
    how("--decay", type=float, default=0.0, help="weight decay")
    how("--patience", type=int, default=0, metavar="N", help="stop after N epochs without a better validation loss")
    how("--initialiser", choices=("glorot", "glorot-normal", "he", "lecun"), default="glorot")
    how("--seed", type=int, default=0, help="the same seed reproduces a run exactly (default: 0)")
    how("--precision", choices=("float32", "float64"), default="float32")
    how("--without", choices=("pooling", "tiles", "reuse"), action="append", default=[], metavar="REWRITE",
        help="compile without a rewrite that saves time: pooling, tiles or reuse (repeatable)")
    how("--workers", type=int, default=1, metavar="N", help="processes that share each mini-batch (default: 1)")
    how("--threads", type=int, default=1, metavar="N",
        help="threads of the matrix products (default: 1; more can stall on a busy machine)")
    files = parser.add_argument_group("files").add_argument
    files("--save", metavar="FILE", help="write the parameters after training")
    files("--load", metavar="FILE", help="start from saved parameters")
    files("--checkpoint", metavar="FILE", help="write the state of the run there after each epoch and when interrupted")
    files("--resume", action="store_true", help="continue from the checkpoint as if the run had never stopped")
    files("--history", metavar="FILE", help="a line for each epoch (.csv, else JSON lines)")
    files("--export", metavar="FILE", help="write the generated functions as a Python file that stands alone")
    files("--export-for", choices=("numpy", "jax", "torch"), default="numpy", help="for what (default: numpy)")
    files("--plots", metavar="FOLDER", help="write figures there (needs matplotlib)")
    instead = parser.add_argument_group("instead of training").add_argument
    instead("--evaluate", action="store_true", help="test the parameters given with --load")
    instead("--predict", metavar="FILE", help="print the label of each image in an NPY or NPZ file")
    instead("--show-code", action="store_true", help="print the generated NumPy functions")


def run(args: argparse.Namespace, nets: Nets) -> int:
    """Trains; returns the exit status (2 for a request that cannot be met)."""
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        if "numpy" not in sys.modules:
            os.environ[variable] = str(args.threads)
    try:
        return _run(args, nets)
    except DocumentError as reason:
        print(f"verify-derivations train: {reason}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130


def _run(args: argparse.Namespace, nets: Nets) -> int:
    from pathlib import Path

    from verify_derivations.trainer.compiler import Options
    from verify_derivations.trainer.data import load, load_images
    from verify_derivations.trainer.derive import completed
    from verify_derivations.trainer.export import module
    from verify_derivations.trainer.functional import jax_source, torch_source
    from verify_derivations.trainer.model import Model, predicted
    from verify_derivations.trainer.sizes import fitted, plain

    _check(args)
    found = nets()
    if args.list:
        for net in found:
            print(f"{net.name}\t{net.loss_name}")
        return 0
    program = completed(chosen(found, args.net, args.loss).program())
    data = load(args.data).split(args.test, 0)
    if args.classes:
        data = data.only(_numbers(args.classes))
    height, width, channels = data.images.shape[1:]
    program = fitted(program, (height, width, channels), data.classes, _sizes(args.size))
    options = Options(args.precision, pooling="pooling" not in args.without, reuse="reuse" not in args.without,
                      tiles=0 if "tiles" in args.without else Options.tiles)
    model = Model(program, options, args.seed, args.initialiser)
    if args.load:
        model.load(Path(args.load))
    if args.show_code:
        print(model.compiled(args.batch, True).source)
        return 0
    if args.predict:
        found_labels = predicted(model.outputs(load_images(args.predict, data))[0])
        print("\n".join(str(data.names[label]) for label in found_labels))
        return 0
    sizes = ", ".join(f"{plain(name)} = {value}" for name, value in sorted(program.sizes.items()))
    print(f"{program.name}, {program.loss_name} loss; {sizes}", file=sys.stderr)
    for line in _derived(program):
        print(line, file=sys.stderr)
    with _threads(args.threads):
        history = [] if args.evaluate else _train(args, model, data)
        loss, accuracy = model.accuracy(data.test_images, data.test_labels)
    print(f"test loss {loss:.4f}, test accuracy {100 * accuracy:.2f} % ({len(data.test_labels)} images)")
    if args.save:
        model.save(Path(args.save))
    if args.export:
        source = {"jax": jax_source, "torch": torch_source}.get(args.export_for)
        text = source(program, args.batch, model.options) if source else module(model.compiled(args.batch, True))
        Path(args.export).write_text(text, encoding="utf-8")
    if args.plots:
        from verify_derivations.trainer.plots import draw

        draw(Path(args.plots), model, data, history)
    return 0


def _numbers(text: str) -> tuple[int, ...]:
    if not all(part.strip().isdigit() for part in text.split(",")):
        raise DocumentError(f"--classes {text}: expected class numbers with commas between")
    return tuple(int(part) for part in text.split(","))


def _check(args: argparse.Namespace) -> None:
    for name, good, expected in (
        ("epochs", args.epochs >= 1, "at least 1"), ("batch", args.batch >= 1, "at least 1"),
        ("rate", args.rate is None or args.rate > 0, "positive"), ("test", 0 < args.test < 1, "between 0 and 1"),
        ("validation", 0 <= args.validation < 1, "at least 0 and below 1"), ("seed", args.seed >= 0, "not negative"),
        ("threads", args.threads >= 1, "at least 1"), ("workers", args.workers >= 1, "at least 1"),
        ("momentum", 0 <= args.momentum < 1, "at least 0 and below 1"), ("decay", args.decay >= 0, "not negative"),
        ("patience", args.patience >= 0, "not negative"),
        ("momentum", not args.momentum or args.optimiser == "sgd", "used with --optimiser sgd"),
        ("patience", not args.patience or args.validation > 0, "used with --validation"),
        ("resume", not args.resume or args.checkpoint, "used with --checkpoint"),
        ("evaluate", not args.evaluate or args.load, "used with --load"),
        ("predict", not args.predict or args.load, "used with --load"),
    ):
        if not good:
            raise DocumentError(f"--{name} {getattr(args, name)}: must be {expected}")


def chosen(nets: Sequence[Net], net: str | None, loss: str | None) -> Net:
    """The net of that name and loss: in any case, and shortened as long as it is clear which one is meant."""
    if not nets:
        raise DocumentError("the document defines no net that can be trained (an input, parameters and a loss)")
    name = _meant("net", net, [n.name for n in nets]) or nets[0].name
    of_net = [n for n in nets if n.name == name]
    wanted = _meant("loss", loss, [n.loss_name for n in of_net]) or of_net[-1].loss_name
    return next(n for n in of_net if n.loss_name == wanted)


def _meant(kind: str, given: str | None, names: Sequence[str]) -> str | None:
    """Which of ``names`` is meant: the one that is ``given``, else the one that begins so."""
    if given is None:
        return None
    names = list(dict.fromkeys(names))
    for fits in (str.__eq__, str.startswith):
        found = [name for name in names if fits(name.casefold(), given.casefold())]
        if len(found) == 1:
            return found[0]
        if found:
            raise DocumentError(f"{given} may be the {kind} {' or '.join(found)}")
    raise DocumentError(f"no {kind} {given}; there are {', '.join(names)}")


def _derived(program: Program) -> Iterator[str]:
    """Which gradients are not the document's own."""
    used = {quantity.head for quantity in program.backward}
    sources = [source for head, source in program.sources.items() if source.derived and head in used]
    wrong = sorted({source.number for source in sources if source.number is not None})
    if wrong:
        yield f"derived, because the document's formula does not hold here: {', '.join(map(str, wrong))}"
    missing = sum(source.number is None for source in sources)
    if missing:
        yield f"derived, because the document states none: {missing} gradient{'s' * (missing > 1)}"


def _sizes(options: Sequence[str]) -> dict[str, int]:
    sizes = {}
    for option in options:
        name, _, value = option.partition("=")
        if not value.isdigit() or not int(value):
            raise DocumentError(f"--size {option}: expected NAME=N with a positive integer")
        sizes[name.strip()] = int(value)
    return sizes


def _threads(count: int) -> AbstractContextManager[object]:
    import threadpoolctl  # type: ignore[import-untyped,unused-ignore]  # comes with scikit-learn

    limits: AbstractContextManager[object] = threadpoolctl.threadpool_limits(count)
    return limits


def _train(args: argparse.Namespace, model: Model, data: Dataset) -> list[Progress]:
    """Trains as the options say; the last state of each epoch."""
    from contextlib import nullcontext
    from pathlib import Path

    from verify_derivations.trainer.optimisers import Rule
    from verify_derivations.trainer.train import Run, Settings
    from verify_derivations.trainer.workers import Team

    rate = args.rate if args.rate is not None else 0.02 if args.optimiser == "adam" else 0.5
    checkpoint = Path(args.checkpoint) if args.checkpoint else None
    settings = Settings(args.epochs, args.batch, rate, args.seed, Rule(args.optimiser, args.momentum, args.decay),
                        args.schedule, args.validation, args.patience, checkpoint)
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
    """Runs to the end, or until interrupted between two steps; shows a progress bar on stderr and writes a line of
    history for each epoch."""
    import signal

    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from verify_derivations.trainer.history import History

    columns = (
        TextColumn("epoch {task.fields[epoch]}/" + str(epochs)), BarColumn(),
        TextColumn("loss {task.fields[loss]:.4f}  accuracy {task.fields[accuracy]:6.2%}  {task.fields[speed]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    kept: list[Progress] = []
    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, lambda *_: setattr(run, "interrupted", True))
    with Bar(*columns, console=Console(stderr=True)) as bar, History(history, run.epoch) as lines:
        task = bar.add_task("", total=None, epoch=run.epoch, loss=0.0, accuracy=0.0, speed=0.0)
        for state in run:
            done = (state.epoch - 1) * state.steps + state.step
            bar.update(task, total=epochs * state.steps, completed=done, epoch=state.epoch, loss=state.loss,
                       accuracy=state.accuracy, speed=state.speed)
            if state.done:
                lines.add(state)
                kept.append(state)
            if run.interrupted:
                break
    return kept
