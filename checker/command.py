"""The command line (``docs/command-line.md``). Heavy modules are imported only by the command that needs them."""

from __future__ import annotations

import argparse
import gc
import math
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from verify_derivations.checker.files import read_text, write
from verify_derivations.formulas.errors import DocumentError

if TYPE_CHECKING:
    from rich.console import Console

    from verify_derivations.checker.cache import Remembered
    from verify_derivations.checker.verdicts import Formula, Report
    from verify_derivations.formulas.program import Net
    from verify_derivations.formulas.scanner import Document

PROGRAM = "verify-derivations"
ERRATA = "errata.tex"
VERIFYING = 60.0  # seconds of processor time for one entry of a file of certificates
GARBAGE = 1_000_000
"""Objects made before unreachable cycles are looked for: what is read and proved is many trees, and soon gone."""
FORMATS = ("text", "json", "html", "sarif", "junit")

_EPILOG = """\
Without DOCUMENT, the notes that come with the program are used; "-" reads standard input.
exit status: 0 nothing wrong found; 1 something is refuted or ill-formed (with --strict also if anything is
conditional, checked or undecided); 2 usage, unreadable file or unread formula.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point. Returns the exit status; a user's mistake is one line on standard error, never a traceback."""
    gc.set_threshold(GARBAGE)
    try:
        options = _parse(sys.argv[1:] if arguments is None else list(arguments))
        _tolerate_any_encoding()
        _spare(options)
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except DocumentError as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader (head, less) has seen enough; spare Python's flush at exit a second failure
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        print(f"{PROGRAM}: interrupted", file=sys.stderr)
        return 130
    except OSError as error:  # standard output on a full disk
        print(f"{PROGRAM}: {error.strerror or error}", file=sys.stderr)
        return 2


def _tolerate_any_encoding() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


READS = ("document", "notation", "file", "predict")
WRITES = ("output", "pdf", "certificates", "save", "history", "export", "checkpoint")


def _spare(options: argparse.Namespace) -> None:
    """Raises :class:`DocumentError` where a result would replace what is read, or another result."""
    named = {name: getattr(options, name, None) for name in (*READS, *WRITES)}
    if named["pdf"]:
        target = Path(named["output"] or ERRATA)
        named |= {"output": str(target), "pdf": str(target.with_suffix(".pdf"))}
    files = {name: file for name, file in named.items() if isinstance(file, str) and file != "-" and "\0" not in file}
    places = {name: os.path.realpath(file) for name, file in files.items()}
    for name in WRITES:
        for other, place in places.items():
            if places.get(name) == place and other != name and {name, other} != {"output", "pdf"}:
                what = "is the document" if other == "document" else f"is what --{other} names"
                raise DocumentError(f"{files[name]} {what}, too, and would be lost: name another file for --{name}")


# -- the parser ---------------------------------------------------------------------------------
def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command == "explain" and options.document is None and not rest[0].startswith("-"):
        options.document, options.formula = options.formula, rest.pop(0)  # explain DOCUMENT --option FORMULA
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return options


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Reads a document's LaTeX, differentiates its definitions and judges every stated gradient.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    report = _add(commands, "report", "judge every formula and show what is wrong", _report)
    _document(report)
    report.add_argument("--format", choices=FORMATS, default="text", help="form of the result (default: text)")
    report.add_argument("-o", "--output", metavar="FILE", help="write the result to FILE")
    report.add_argument("--all", action="store_true", help="show the formulas without findings, too")
    report.add_argument("--strict", action="store_true", help="fail unless everything is defined or proved")
    _certificates(report)
    _color(report)

    errata = _add(commands, "errata", "write the corrections as a LaTeX document", _errata)
    _document(errata)
    errata.add_argument("-o", "--output", metavar="FILE", help="write the LaTeX to FILE (with --pdf: errata.tex)")
    errata.add_argument("--pdf", action="store_true", help="also make a PDF beside it, with pdflatex")

    train = _add(commands, "train", "train a net with the document's corrected formulas", _train)
    from verify_derivations.trainer.arguments import add_arguments

    _source(train)
    add_arguments(train)

    explain = _add(commands, "explain", "show one formula in full: reading, derivation, evidence", _explain)
    _document(explain)
    explain.add_argument("formula", metavar="FORMULA", help="a number, line:NNN, or a part of its LaTeX")
    _certificates(explain)
    _color(explain)

    verify = _add(commands, "verify", "check the proofs of a file of certificates again", _verify)
    verify.add_argument("file", metavar="FILE", help='what --certificates wrote, or "-"')

    init = _add(commands, "init", "draft a notation file for a document", _init)
    init.add_argument("document", metavar="DOCUMENT", help='Markdown or LaTeX file, or "-"')
    init.add_argument("-o", "--output", metavar="FILE", help="write the draft to FILE")
    return parser


class _Version(argparse.Action):
    """``importlib.metadata`` is read only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from verify_derivations.checker.sarif import version

        print(f"{PROGRAM} {version()}")
        parser.exit()


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str, run: object
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=about,
        description=about[0].upper() + about[1:] + ".",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", metavar="DOCUMENT", nargs="?", help='Markdown or LaTeX file, or "-"')
    parser.add_argument("--notation", metavar="FILE", help="notation file (default: notation.toml beside DOCUMENT)")


def _document(parser: argparse.ArgumentParser) -> None:
    _source(parser)
    parser.add_argument("--jobs", type=_positive, metavar="N", help="judge in N processes (default: one a processor)")
    parser.add_argument("--limit", type=_seconds, default=10.0, metavar="SECONDS",
                        help="processor time for one formula, beyond which it is undecided (default: 10)")
    parser.add_argument("--no-cache", action="store_true", help="judge everything anew, and remember nothing")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of the search for counterexamples")


def _certificates(parser: argparse.ArgumentParser) -> None:
    about = "write the proofs to FILE, for the command verify"
    parser.add_argument("--certificates", metavar="FILE", type=_file, help=about)


def _color(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="colours (default: auto)")


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number of seconds")
    return value


def _file(text: str) -> str:
    if text == "-":
        raise argparse.ArgumentTypeError("standard output is the report's: name a file")
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive whole number")
    return int(text)


# -- the commands -------------------------------------------------------------------------------
def _report(options: argparse.Namespace) -> int:
    from verify_derivations.checker.presentation import exit_status

    report = _judge(options)
    if options.format == "text":
        from verify_derivations.checker.text import print_report, to_string

        stream = sys.stdout if options.output in (None, "-") else None
        show = partial(print_report, report, everything=options.all)
        content = to_string(show, stream, options.color)
    else:
        from verify_derivations.checker.formats import FORMATS as PRINTERS

        content = PRINTERS[options.format](report)
    write(content, options.output)
    _write_certificates(options, report)
    return exit_status(report, strict=options.strict)


def _errata(options: argparse.Namespace) -> int:
    from verify_derivations.checker.errata import errata
    from verify_derivations.checker.verdicts import Verdict

    if options.pdf and options.output == "-":
        raise DocumentError("--pdf needs a file: give -o FILE.tex")
    report = _judge(options)
    latex = errata(report)
    if options.pdf:
        from verify_derivations.checker.pdf import to_pdf

        target = Path(options.output or ERRATA)
        if target.suffix != ".pdf":
            write(latex, str(target))
        write(to_pdf(latex), str(target.with_suffix(".pdf")))
    else:
        write(latex, options.output)
    unread = [formula.number for formula in report.formulas if formula.verdict is Verdict.UNREAD]
    if unread:
        print(f"{PROGRAM}: formulas {', '.join(map(str, unread))} could not be read", file=sys.stderr)
    return 2 if unread else 0


def _explain(options: argparse.Namespace) -> int:
    from verify_derivations.checker.explain import find, print_explanation
    from verify_derivations.checker.text import to_string
    from verify_derivations.checker.verdicts import Verdict

    if options.document is None and Path(options.formula).is_file():
        raise DocumentError(f"which formula of {options.formula}? Name it: explain {options.formula} FORMULA")
    report = _judge(options)
    found = find(report, options.formula)

    def show(console: Console) -> None:
        for number, formula in enumerate(found):
            if number:
                console.print()
            print_explanation(report, formula, console)

    write(to_string(show, sys.stdout, options.color), None)
    _write_certificates(options, report, found)
    return 2 if any(formula.verdict is Verdict.UNREAD for formula in found) else 0


def _write_certificates(options: argparse.Namespace, report: Report, formulas: Sequence[Formula] | None = None) -> None:
    if options.certificates is not None:
        from verify_derivations.checker.certified import to_file

        write(to_file(report, formulas), options.certificates)


def _verify(options: argparse.Namespace) -> int:
    text = read_text(options.file)
    from verify_derivations.checker.tasks import Allowance, available
    from verify_derivations.checker.verification import verify_file

    name = "<stdin>" if options.file == "-" else options.file
    content, status = verify_file(text, name, Allowance(available(), VERIFYING))
    write(content, None)
    return status


def _train(options: argparse.Namespace) -> int:
    from verify_derivations.checker.cache import Cache, Remembered, default_folder
    from verify_derivations.trainer.command import run

    remember = Remembered(Cache(None if options.no_cache else default_folder()), "trainer")
    return run(options, partial(_nets, options, remember), remember)


def _nets(options: argparse.Namespace, remember: Remembered) -> Sequence[Net]:
    """The document's nets. It is read, and its formulas are judged, only where that is not remembered."""
    from functools import cache

    from verify_derivations.formulas.program import Net, Program

    text, name, notation = _read(options)
    content = (text, name, read_text(notation) if notation is not None else None, tuple(options.activation))

    @cache
    def judged() -> Sequence[Net]:
        from verify_derivations.checker.programs import nets
        from verify_derivations.formulas.scanner import scan

        print(f"{name}: judging the formulas that are trained with", file=sys.stderr, flush=True)
        return nets(scan(text, name, files=True), notation=notation, activations=options.activation)

    def program(net: str, loss: str) -> Program:
        return remember(lambda: next(n for n in judged() if (n.name, n.loss_name) == (net, loss)).program(),
                        "program", content, net, loss)  # fmt: skip

    names = remember(lambda: tuple((n.name, n.loss_name) for n in judged()), "nets", content)
    return [Net(net, loss, partial(program, net, loss)) for net, loss in names]


def _init(options: argparse.Namespace) -> int:
    text = read_text(options.document)  # a wrong name is said before anything heavy is imported
    from verify_derivations.checker.draft import draft
    from verify_derivations.formulas.scanner import scan

    write(draft(scan(text, options.document, files=True)), options.output)
    return 0


# -- the document -------------------------------------------------------------------------------
def _read(options: argparse.Namespace) -> tuple[str, str, Path | None]:
    """The text of the document that the options name, its name, and its notation file."""
    from importlib import resources

    from verify_derivations.formulas.notation import beside

    given = Path(options.notation) if options.notation else None
    if given is not None:
        read_text(given)  # a wrong name is said before anything is judged
    if options.document is None:
        with resources.as_file(resources.files("verify_derivations.formulas.notes_on_cnn")) as folder:
            return read_text(folder / "notes.md"), "notes.md", given or beside(folder / "notes.md")
    if options.document == "-":
        return read_text("-"), "<stdin>", given
    return read_text(options.document), options.document, given or beside(Path(options.document))


def _open(options: argparse.Namespace) -> tuple[Document, Path | None]:
    """That document, and its notation file."""
    from verify_derivations.formulas.scanner import scan

    text, name, notation = _read(options)
    return scan(text, name, files=True), notation


def _judge(options: argparse.Namespace) -> Report:
    """The report on the document; a note on standard error if there is nothing in it to judge."""
    document, notation = _open(options)
    from verify_derivations.checker.cache import default_folder
    from verify_derivations.checker.judgement import check
    from verify_derivations.checker.progress import Progress
    from verify_derivations.checker.tasks import Allowance, available

    allowance = Allowance(options.jobs or available(), options.limit)
    cache = None if options.no_cache else default_folder()
    with Progress() as progress:
        report = check(document, notation=notation, progress=progress, seed=options.seed, allowance=allowance,
                       cache=cache)  # fmt: skip
    if not report.formulas:
        print(f"{PROGRAM}: {report.document}: no formulas found", file=sys.stderr)
    return report
