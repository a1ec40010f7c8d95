"""The command itself, as a newcomer runs it, with the real judge on small documents."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sample_report import HOSTILE

COMMAND = [sys.executable, "-c", "import sys; from verify_derivations.checker.command import main; sys.exit(main())"]

MARKDOWN = r"""---
title: Least squares
---
# Definitions

Let $X\in\mathbb{R}^{m\times n}$, $w\in\mathbb{R}^{n}$ and $y\in\mathbb{R}^{m}$.

$$r = X w - y$$

$$L = \frac{1}{2} r^\top r$$

# Gradients

$$\frac{\partial L}{\partial r} = r$$

$$\frac{\partial L}{\partial w} = X^\top r$$
"""
WRONG = MARKDOWN.replace(r"X^\top r", r"-X^\top r")
UNREAD = MARKDOWN + "\n$$a = \\frac{1}{$$\n"
MACROS = MARKDOWN.replace(r"^\top", r"\tr").replace("# Def", "\\newcommand{\\tr}{^\\top}\n# Def")


def run(*arguments: str, text: str | None = None, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        input=text,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1", "COLUMNS": "80"},
    )


def test_a_right_document_passes_and_its_wrong_twin_is_refuted() -> None:
    right = run("report", "-", "--format", "json", text=MARKDOWN)
    assert right.returncode == 0, right.stderr
    assert {formula["verdict"] for formula in json.loads(right.stdout)["formulas"]} <= {"defined", "proved"}
    wrong = run("report", "-", "--format", "json", text=WRONG)
    assert wrong.returncode == 1
    found = [formula for formula in json.loads(wrong.stdout)["formulas"] if formula["verdict"] == "refuted"]
    assert [formula["line"] for formula in found] == [16]
    assert found[0]["section"] == ["Gradients"]
    assert found[0]["links"][0]["counterexample"]["left"] != found[0]["links"][0]["counterexample"]["right"]


def test_the_report_is_readable(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(WRONG)
    found = run("report", "doc.md", folder=tmp_path)
    assert found.returncode == 1
    assert "Least squares" in found.stdout and "doc.md:16   refuted" in found.stdout
    assert "∂L/∂w = −Xᵀ r" in found.stdout and "left side " in found.stdout
    assert max(map(len, found.stdout.splitlines())) <= 80 and "\x1b" not in found.stdout


def test_macros_give_the_same_verdicts_and_are_shown_expanded() -> None:
    plain, macros = (run("report", "-", "--format", "json", text=text) for text in (MARKDOWN, MACROS))
    verdicts = [[f["verdict"] for f in json.loads(r.stdout)["formulas"] if f["displayed"]] for r in (plain, macros)]
    assert verdicts[0] == verdicts[1]
    assert "∂L/∂w = Xᵀ r" in run("report", "-", "--all", text=MACROS).stdout


def test_an_unread_formula_is_status_2_and_does_not_stop_the_others() -> None:
    found = run("report", "-", "--all", text=UNREAD)
    assert found.returncode == 2
    assert "∂L/∂w = Xᵀ r" in found.stdout and "<stdin>:18:" in found.stdout
    assert "^" in found.stdout.split("<stdin>:18:")[1]


def test_explain_the_wrong_equation() -> None:
    found = run("explain", "-", "line:16", text=WRONG)
    assert found.returncode == 0
    for part in ("As printed", "Rests on", "r = Xw − y", "evidence: counterexample", "to paste into Python"):
        assert part in found.stdout, part


def test_the_pasted_python_prints_both_sides() -> None:
    found = json.loads(run("report", "-", "--format", "json", text=WRONG).stdout)["formulas"][-1]["links"][0][
        "counterexample"
    ]
    printed = subprocess.run([sys.executable, "-c", found["python"]], capture_output=True, text=True, check=True).stdout
    left, right = (float(line.split(":")[1]) for line in printed.splitlines())
    assert abs(left - right) > 1e-3


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_errata_of_wrong_and_of_hostile_documents_compile(tmp_path: Path) -> None:
    hostile = "\n\n".join(["# \\input{x} & $\\write18{id}$", *(f"$$ {latex} = 1 $$" for latex in HOSTILE)])
    for name, text, status in (("wrong", WRONG, 0), ("hostile", hostile, 2)):
        (tmp_path / f"{name}.md").write_text(text)
        found = run("errata", f"{name}.md", "-o", f"{name}.tex", "--pdf", folder=tmp_path)
        assert found.returncode == status, found.stderr
        assert (tmp_path / f"{name}.pdf").read_bytes().startswith(b"%PDF")
        assert "Traceback" not in found.stderr


def test_an_interrupt_leaves_no_traceback_and_no_file(tmp_path: Path) -> None:
    running = subprocess.Popen(
        [*COMMAND, "report", "-o", str(tmp_path / "report.txt")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background ignores interrupts
    )
    time.sleep(1.5)  # long before the notes are judged, long after the start
    running.send_signal(signal.SIGINT)
    _, diagnostics = running.communicate(timeout=60)
    assert running.returncode == 130, diagnostics
    assert "Traceback" not in diagnostics and list(tmp_path.iterdir()) == []


def test_a_reader_that_goes_away_is_no_error_message(tmp_path: Path) -> None:
    (tmp_path / "doc.md").write_text(MARKDOWN)
    running = subprocess.Popen(
        [*COMMAND, "report", "--all", str(tmp_path / "doc.md")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None and running.stderr is not None
    running.stdout.close()
    diagnostics = running.stderr.read()
    assert running.wait(timeout=60) == 141 and "Traceback" not in diagnostics and "Exception" not in diagnostics
