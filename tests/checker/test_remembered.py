"""Nets and compiled code that are remembered: found again by content, never instead of something else."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from test_programs import DENSE, GRADIENTS, agrees

from verify_derivations.checker import programs
from verify_derivations.checker.cache import Cache, Remembered
from verify_derivations.checker.command import main
from verify_derivations.checker.programs import nets
from verify_derivations.formulas import polynomial as polynomials
from verify_derivations.formulas.expressions import binders_of, walk
from verify_derivations.formulas.polynomial import fresh
from verify_derivations.formulas.program import Program
from verify_derivations.formulas.scanner import scan
from verify_derivations.trainer import compiler


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """With a cache of its own: what is judged and what is compiled."""
    monkeypatch.setenv("VERIFY_DERIVATIONS_CACHE", str(tmp_path / "cache"))
    done: list[str] = []
    judge, lower = programs.nets, compiler.lowered

    def judged(*args: object, **options: object) -> object:
        done.append("judged")
        return judge(*args, **options)  # type: ignore[arg-type]

    def lowered(*args: object) -> object:
        done.append("compiled")
        return lower(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(programs, "nets", judged)
    monkeypatch.setattr(compiler, "lowered", lowered)
    return done


def train(path: Path, text: str, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    path.write_text(text, encoding="utf-8")
    assert main(["train", str(path), "--epochs", "1", *options]) == 0
    return capsys.readouterr().out


def test_a_second_run_does_no_work_and_says_the_same(
    tmp_path: Path, work: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    first = train(tmp_path / "a.md", DENSE + GRADIENTS, capsys)
    assert work[0] == "judged" and "compiled" in work
    work.clear()
    assert train(tmp_path / "a.md", DENSE + GRADIENTS, capsys) == first
    assert not work
    assert train(tmp_path / "a.md", DENSE + GRADIENTS, capsys, "--no-cache") == first
    assert "judged" in work


@pytest.mark.parametrize(("old", "new", "options"), [
    (r"\frac{1}{2}", r"\frac{1}{3}", ()), ("h - y", "y - h", ()), ("", "", ("--batch", "30")),
    ("", "", ("--precision", "float64")),
])
def test_anything_else_is_done_anew(
    old: str, new: str, options: tuple[str, ...], tmp_path: Path, work: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    text = DENSE + GRADIENTS
    first = train(tmp_path / "a.md", text, capsys)
    work.clear()
    changed = text.replace(old, new) if old else text
    second = train(tmp_path / "a.md", changed, capsys, *options)
    assert "compiled" in work and ("judged" in work) == bool(old)
    if old == r"\frac{1}{2}":
        assert second != first
    work.clear()
    assert train(tmp_path / "a.md", changed, capsys, *options, "--no-cache") == second


def test_index_variables_of_another_process_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def program() -> object:
        return nets(scan(DENSE + GRADIENTS))[0].program()

    Remembered(Cache(tmp_path), "trainer")(program, "it")
    monkeypatch.setattr(polynomials, "_counter", itertools.count())  # as in a new process
    found = Remembered(Cache(tmp_path), "trainer")(lambda: pytest.fail("forgotten"), "it")
    assert isinstance(found, Program)
    bodies = [q.body for q in found if q.body is not None]
    names = {variable for body in bodies for node in walk(body) for variable, _ in binders_of(node)}
    numbers = [int(name.rpartition(".")[2]) for name in names if "." in name]
    assert numbers and int(fresh().rpartition(".")[2]) > max(numbers)
    assert agrees(found, (1, 4, 1))


def test_starting_again_imports_neither_sympy_nor_the_checker(tmp_path: Path) -> None:
    script = (
        "import sys; from verify_derivations.checker.command import main; main(['train', '--epochs', '1']); "
        "print(*sorted(m for m in ('sympy', 'verify_derivations.derivations.prove') "
        "if m in sys.modules))"
    )
    environment = {"VERIFY_DERIVATIONS_CACHE": str(tmp_path), "PATH": ""}
    first, second = (
        subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
        .stdout.splitlines() for _ in range(2)
    )  # fmt: skip
    assert first[0] == second[0] and "sympy" in first[1] and not second[1]
