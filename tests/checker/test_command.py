"""The command line: exit status, streams, files, mistakes of the user. The judge is replaced by a written report."""

from __future__ import annotations

import errno
import io
import json
import os
import subprocess
import sys
import time
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sample_report import report

from verify_derivations.checker import files
from verify_derivations.checker.command import main
from verify_derivations.checker.progress import INTERVAL, PATIENCE, Progress
from verify_derivations.checker.verdicts import Report, Verdict
from verify_derivations.formulas.errors import DocumentError, NotationError
from verify_derivations.formulas.scanner import Document

COMMAND = [sys.executable, "-c", "import sys; from verify_derivations.checker.command import main; sys.exit(main())"]


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> types.SimpleNamespace:
    """``judge.report`` is what the judge finds; ``judge.calls`` what it was asked. Without unread formulas."""
    found = report()
    state = types.SimpleNamespace(
        report=replace(found, formulas=tuple(f for f in found.formulas if f.verdict is not Verdict.UNREAD)), calls=[]
    )

    def check(source: Document, **options: Any) -> Report:
        state.calls.append((source, options))
        if isinstance(state.report, BaseException):
            raise state.report
        assert isinstance(state.report, Report)
        return state.report

    module = types.ModuleType("verify_derivations.checker.judgement")
    module.check = check  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setenv("COLUMNS", "80")
    return state


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "doc.md"
    path.write_text("$$y = x$$\n")
    return path


Capture = pytest.CaptureFixture[str]


# -- start-up -----------------------------------------------------------------------------------
HEAVY = ("sympy", "rich", "numpy", "lark", "sklearn", "scipy", "antlr4", "latex2sympy2_extended", "mpmath")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["report", "--help"], ["train", "--help"], ["nonsense"]]
)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom verify_derivations.checker.command import main\n"
        f"try: main({arguments!r})\nexcept SystemExit: pass\n"
        f"print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "HEAVY []", run.stdout


def test_a_report_does_import_what_help_does_not(judge: types.SimpleNamespace, capsys: Capture) -> None:
    main(["report"])
    assert "rich" in sys.modules


def test_help_names_every_command_and_the_exit_status(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--help"])
    text = capsys.readouterr().out
    assert stop.value.code == 0 and "exit status" in text
    for command in ("report", "errata", "train", "explain", "init"):
        assert f"\n    {command} " in text


@pytest.mark.parametrize(
    "arguments",
    [[], ["nonsense"], ["report", "--format", "pdf"], ["report", "--jobs", "0"], ["report", "--jobs", "x"], ["explain"],
     ["report", "a", "b"], ["explain", "a", "--color", "never", "b", "c"]],
)  # fmt: skip
def test_usage_errors_are_status_2(arguments: list[str], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert capsys.readouterr().out == ""


# -- report -------------------------------------------------------------------------------------
def test_report_on_the_embedded_notes(judge: types.SimpleNamespace, capsys: Capture) -> None:
    assert main(["report"]) == 1
    source, _ = judge.calls[0]
    assert source.path == "notes.md" and len(source.formulas) == 132
    streams = capsys.readouterr()
    assert "Formula 72" in streams.out and streams.err == ""


def test_exit_status_and_strict(judge: types.SimpleNamespace, document: Path, capsys: Capture) -> None:
    everything = judge.report.formulas
    for verdict, plain, strict in ((Verdict.DEFINED, 0, 0), (Verdict.CONDITIONAL, 0, 1), (Verdict.REFUTED, 1, 1)):
        judge.report = replace(judge.report, formulas=tuple(f for f in everything if f.verdict is verdict))
        assert main(["report", str(document)]) == plain
        assert main(["report", str(document), "--strict"]) == strict
    judge.report = report()
    assert main(["report", str(document)]) == 2


def test_json_on_standard_output_is_pure(judge: types.SimpleNamespace, document: Path, capsys: Capture) -> None:
    assert main(["report", "--format", "json", str(document)]) == 1
    assert json.loads(capsys.readouterr().out)["schema"] == 1


def test_options_reach_the_judge(judge: types.SimpleNamespace, document: Path, capsys: Capture) -> None:
    main(["report", str(document), "--jobs", "2", "--seed", "7"])
    notation = document.with_name("notation.toml")
    notation.write_text("")
    main(["report", str(document)])
    other = document.with_name("other.toml")
    other.write_text("")
    main(["report", str(document), "--notation", str(other)])
    (_, first), (_, second), (_, third) = judge.calls
    assert (first["allowance"].jobs, first["seed"], first["notation"]) == (2, 7, None)
    assert second["notation"] == notation
    assert third["notation"] == other


def test_standard_input(judge: types.SimpleNamespace, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("$$δ = 1$$".encode())))
    assert main(["report", "-", "--format", "json"]) == 1
    document = judge.calls[0][0]
    assert (document.path, document.text) == ("<stdin>", "$$δ = 1$$")


def test_a_document_without_formulas(judge: types.SimpleNamespace, document: Path, capsys: Capture) -> None:
    judge.report = Report("doc.md", ())
    assert main(["report", str(document)]) == 0
    assert "no formulas found" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("missing.md", None, "No such file"), ("", None, "directory"),
     ("latin.md", b"ok\n\xe9t\xe9", "latin.md:2: not UTF-8"), ("nul\0.md", None, "cannot read")],
)  # fmt: skip
def test_unreadable_documents(
    judge: types.SimpleNamespace, tmp_path: Path, capsys: Capture, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    for command in (["report"], ["errata"], ["init"]):
        assert main([*command, str(tmp_path / name) if name else str(tmp_path)]) == 2
        streams = capsys.readouterr()
        assert message in streams.err and streams.out == "" and "Traceback" not in streams.err
    assert judge.calls == []


def test_a_missing_notation_file(judge: types.SimpleNamespace, document: Path, capsys: Capture) -> None:
    assert main(["report", str(document), "--notation", "no.toml"]) == 2
    assert "cannot read no.toml" in capsys.readouterr().err


def test_a_bad_notation_file_is_one_line(judge: types.SimpleNamespace, document: Path, capsys: Capture) -> None:
    judge.report = NotationError("notation.toml: unknown key 'scopez'")
    assert main(["report", str(document)]) == 2
    assert capsys.readouterr().err == "verify-derivations: notation.toml: unknown key 'scopez'\n"


def test_an_interrupt_is_status_130(judge: types.SimpleNamespace, document: Path, capsys: Capture) -> None:
    judge.report = KeyboardInterrupt()
    assert main(["report", str(document)]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_closed_pipe_is_quiet() -> None:
    run = subprocess.Popen([*COMMAND, "--help"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert run.stdout is not None and run.stderr is not None
    run.stdout.close()
    assert run.stderr.read() == ""
    run.wait()


# -- errata, explain ----------------------------------------------------------------------------
def test_errata_goes_to_standard_output_or_a_file(
    judge: types.SimpleNamespace, document: Path, tmp_path: Path, capsys: Capture
) -> None:
    assert main(["errata", str(document)]) == 0
    text = capsys.readouterr().out
    assert text.startswith(r"\documentclass")
    target = tmp_path / "errata.tex"
    assert main(["errata", str(document), "-o", str(target)]) == 0
    assert target.read_text() == text and capsys.readouterr().out == ""


def test_errata_as_pdf(
    judge: types.SimpleNamespace, document: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verify_derivations.checker.pdf.to_pdf", lambda latex: b"%PDF " + latex[:3].encode())
    target = tmp_path / "out.tex"
    assert main(["errata", str(document), "-o", str(target), "--pdf"]) == 0
    assert target.read_text().startswith(r"\documentclass") and target.with_suffix(".pdf").read_bytes().startswith(
        b"%PDF"
    )
    assert main(["errata", str(document), "-o", "-", "--pdf"]) == 2


def test_errata_of_a_document_with_unread_formulas(
    judge: types.SimpleNamespace, document: Path, capsys: Capture
) -> None:
    judge.report = report()
    assert main(["errata", str(document)]) == 2
    streams = capsys.readouterr()
    assert streams.out.startswith(r"\documentclass") and "130 could not be read" in streams.err


def test_explain(judge: types.SimpleNamespace, document: Path, capsys: Capture) -> None:
    assert main(["explain", "72"]) == 0
    assert main(["explain", str(document), "72"]) == 0
    assert main(["explain", str(document), "--color", "never", "line:412"]) == 0
    once = "a transpose is added"
    assert capsys.readouterr().out.count(once) == 3
    assert main(["explain", "9999"]) == 2
    assert "there is no formula 9999" in capsys.readouterr().err


# -- files --------------------------------------------------------------------------------------
def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.json"
    target.write_text("before")
    target.chmod(0o640)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(DocumentError, match=r"cannot write .*report\.json: No space left"):
            files.write("after", str(target))
    assert target.read_text() == "before" and list(tmp_path.iterdir()) == [target]
    files.write("after\n", str(target))
    assert target.read_text() == "after\n" and list(tmp_path.iterdir()) == [target]
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["report", "DOCUMENT", "-o", "DOCUMENT"], "is the document"),
        (["report", "DOCUMENT", "-o", "x.json", "--certificates", "x.json"], "what --certificates names"),
        (["errata", "DOCUMENT", "-o", "./DOCUMENT"], "is the document"),
        (["init", "DOCUMENT", "-o", "DOCUMENT"], "is the document"),
        (["train", "DOCUMENT", "--save", "x", "--export", "x"], "what --export names"),
    ],
)
def test_no_result_replaces_what_is_read_or_another(
    arguments: list[str], message: str, document: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(document.parent)
    before = document.read_bytes()
    assert main([x.replace("DOCUMENT", document.name) for x in arguments]) == 2
    assert message in capsys.readouterr().err
    assert document.read_bytes() == before
    assert [x.name for x in document.parent.iterdir()] == [document.name]


def test_the_pdf_of_a_document_called_errata_needs_another_name(tmp_path: Path, capsys: Capture) -> None:
    document = tmp_path / "errata.tex"
    document.write_text("$x = 1$", encoding="utf-8")
    assert main(["errata", str(document), "--pdf", "-o", str(document)]) == 2
    assert "is the document" in capsys.readouterr().err


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    files.write("x", str(tmp_path / "link"))
    assert (tmp_path / "link").is_symlink() and (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize(("target", "message"), [("", "directory"), ("no/such/folder/x", "No such file")])
def test_unwritable_targets(tmp_path: Path, target: str, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        files.write("x", str(tmp_path / target))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_one_line(judge: types.SimpleNamespace, document: Path, capsys: Capture) -> None:
    assert main(["report", str(document), "-o", "/dev/full"]) == 2
    assert "No space left" in capsys.readouterr().err
    with open("/dev/full", "w") as full:
        run = subprocess.run([*COMMAND, "--help"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert "Traceback" not in run.stderr


# -- progress -----------------------------------------------------------------------------------
class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_silent_in_the_first_second_and_plain_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    stream = io.StringIO()
    with Progress(stream) as progress:
        progress(1, 10, "judging")
        assert stream.getvalue() == ""
        now += PATIENCE
        progress(2, 10, "judging")
        assert stream.getvalue() == "judging: 2/10\n"
        progress(3, 10, "judging")
        now += INTERVAL
        progress(1, 3, "correcting")
    assert stream.getvalue() == "judging: 2/10\ncorrecting: 1/3\n"


def test_progress_is_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with Progress(stream) as progress:
        progress.started -= PATIENCE
        progress(2, 10, "judging")
        progress(1, 3, "correcting")
    assert all(shown in stream.getvalue() for shown in ("judging", "2/10", "correcting", "1/3"))
