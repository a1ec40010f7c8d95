"""The options of ``verify-derivations train``, and what they say."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from verify_derivations.formulas.errors import DocumentError

if TYPE_CHECKING:
    from verify_derivations.trainer.program import Net, Program
    from verify_derivations.trainer.train import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything but DOCUMENT and ``--notation``, which belong to the command line."""
    what = parser.add_argument_group("what to train").add_argument
    what("--net", metavar="NAME", help="which net (default: the first)")
    what("--loss", metavar="NAME", help="Euclidean or cross-entropy (default: the last one stated for the net)")
    what("--list", action="store_true", help="list the document's nets and losses and stop")
    what("--data", metavar="NAME|PATH", default="digits", help="digits (default), mnist, or an IDX(.gz) or NPZ file")
    what("--classes", metavar="A,B,…", help="only these classes of the data, as 3,8 (default: all)")
    what("--activation", metavar="[F=]NAME", action="append", default=[],
         help="another of the document's activations, by heading or formula number, for the function of that name or "
              "for F (repeatable)")
    what("--constant", metavar="NAME=VALUE", action="append", default=[],
         help="what a scalar of the formulas is: a number, learned, learned(START) or U(LOW,HIGH), drawn for each "
              "sample in training and its mean in tests (repeatable)")
    what("--size", metavar="NAME=N|FILE", action="append", default=[],
         help="a size of the document, as n_2=30, or a TOML file of sizes (repeatable)")
    what("--test", type=float, default=0.2, metavar="SHARE", help="held back where the data have no test part")
    what("--validation", type=float, default=0.0, metavar="SHARE", help="of the training samples (default: none)")
    how = parser.add_argument_group("how to train").add_argument
    how("--epochs", type=int, default=20)
    how("--batch", type=int, default=20, help="samples per update (default: 20)")
    how("--rate", type=float, default=None, help="learning rate (default: 0.01, for sgd 0.5; less for wide layers)")
    how("--schedule", choices=("constant", "linear", "cosine", "steps", "exponential"), default="constant")
    how("--optimiser", choices=("adam", "sgd"), default="adam")
    how("--momentum", type=float, default=0.0)
    how("--decay", type=float, default=0.0, help="weight decay")
    how("--patience", type=int, default=0, metavar="N", help="stop after N epochs without a better validation loss")
    how("--initialiser", choices=("glorot", "glorot-normal", "he", "lecun"), default="glorot")
    how("--seed", type=int, default=0, help="the same seed reproduces a run exactly (default: 0)")
    how("--precision", choices=("float32", "float64"), default="float32")
    how("--without", choices=("pooling", "tiles", "reuse", "slices"), action="append", default=[], metavar="REWRITE",
        help="compile without a rewrite that saves time: pooling, tiles, reuse or slices (repeatable)")
    how("--no-cache", action="store_true", help="judge and compile everything anew, and remember nothing")
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
    instead("--predict", metavar="FILE",
            help="print the label of each image in an NPY, NPZ or IDX file, or of a PNG image")
    instead("--as-printed", action="store_true",
            help="train with the document's wrong formulas, each as it is printed, next to the corrected ones")
    instead("--show-code", action="store_true", help="print the generated NumPy functions")


def check(args: argparse.Namespace) -> None:
    for name, good, expected in (
        ("epochs", args.epochs >= 1, "at least 1"), ("batch", args.batch >= 1, "at least 1"),
        ("rate", args.rate is None or 0 < args.rate < inf, "positive and finite"),
        ("test", 0 < args.test < 1, "between 0 and 1"),
        ("validation", 0 <= args.validation < 1, "at least 0 and below 1"), ("seed", args.seed >= 0, "not negative"),
        ("threads", args.threads >= 1, "at least 1"), ("workers", args.workers >= 1, "at least 1"),
        ("momentum", 0 <= args.momentum < 1, "at least 0 and below 1"),
        ("decay", 0 <= args.decay < inf, "finite and not negative"), ("patience", args.patience >= 0, "not negative"),
        ("momentum", not args.momentum or args.optimiser == "sgd", "used with --optimiser sgd"),
        ("patience", not args.patience or args.validation > 0, "used with --validation"),
        ("resume", not args.resume or args.checkpoint, "used with --checkpoint"),
        ("evaluate", not args.evaluate or args.load, "used with --load"),
        ("predict", not args.predict or args.load, "used with --load"),
    ):
        if not good:
            value = getattr(args, name)
            raise DocumentError(f"--{name}{'' if value is True else f' {value}'}: must be {expected}")
    for name in ("save", "checkpoint", "history", "export"):  # said before anything is trained
        _require_place(f"--{name}", getattr(args, name))
    if args.plots:
        _require_place("--plots", os.path.join(args.plots, "curves.png"), makes=True)


def _require_place(option: str, file: str | None, makes: bool = False) -> None:
    """Raises unless the file can be written: its folder is there, or can be made."""
    if not file:
        return
    folder = os.path.dirname(file) or "."
    if makes:
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError as reason:
            raise DocumentError(f"{option} {folder}: the folder cannot be made ({reason.strerror})") from None
    if not os.path.isdir(folder):
        raise DocumentError(f"{option} {file}: there is no folder {folder}")
    if os.path.isdir(file) or not os.access(file if os.path.exists(file) else folder, os.W_OK):
        raise DocumentError(f"{option} {file}: cannot be written")


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


def given_classes(text: str) -> tuple[int, ...]:
    if not all(part.strip().isdecimal() for part in text.split(",")):
        raise DocumentError(f"--classes {text}: expected class numbers with commas between")
    return tuple(int(part) for part in text.split(","))


def given_constants(options: Sequence[str]) -> dict[str, str]:
    found = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            raise DocumentError(f"--constant {option}: expected NAME=VALUE")
        found[name.strip()] = value
    return found


def given_sizes(options: Sequence[str]) -> dict[str, int]:
    """Later options win, so that a file can be corrected on the command line."""
    found: dict[str, int] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals and option.endswith(".toml"):
            found |= _sizes_of(option)
        elif not value.isdecimal() or not int(value):
            raise DocumentError(f"--size {option}: expected NAME=N with a positive integer, or a TOML file")
        else:
            found[name.strip()] = int(value)
    return found


def _sizes_of(path: str) -> dict[str, int]:
    import tomllib
    from pathlib import Path

    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise DocumentError(f"--size {path}: cannot be read ({reason})") from None
    for name, value in found.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise DocumentError(f"--size {path}: {name} = {value!r}; expected a positive integer")
    return found


def given_settings(args: argparse.Namespace, program: Program) -> Settings:
    from pathlib import Path

    from verify_derivations.trainer.optimisers import Rule
    from verify_derivations.trainer.train import Settings, default_rate

    rate = args.rate if args.rate is not None else default_rate(args.optimiser, program)
    return Settings(args.epochs, args.batch, rate, args.seed, Rule(args.optimiser, args.momentum, args.decay),
                    args.schedule, args.validation, args.patience, Path(args.checkpoint) if args.checkpoint else None)
