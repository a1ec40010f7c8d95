"""What the documentation says is so: links lead somewhere, commands exist, examples run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from verify_derivations.checker.command import build_parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands() -> set[str]:
    (choices,) = [action.choices for action in build_parser()._actions if action.dest == "command"]
    assert choices is not None
    return set(choices)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    targets = re.findall(r"\[[^\]]+\]\((?!https?:|mailto:|#)([^)#\s]+)", prose)
    missing = [target for target in targets if not (page.parent / target).exists()]
    assert not missing


def missing(prose: str) -> list[str]:
    """The files of which a text speaks that are not there, and the names that do not stand in them."""
    where = r"`((?:formulas|derivations|checker|trainer|tests|benchmarks)/[\w/.]+)`"
    files = {file for file in re.findall(where, prose) if not (ROOT / file).exists()}
    named = re.findall(rf"`([\w.]+)`\s+(?:in|of)\s+{where}", prose)
    return [*files, *(name for name, file in named if file not in files
                      and not re.search(rf"\b{name.split('.')[-1]}\b", (ROOT / file).read_text(encoding="utf-8")))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_code_is_where_it_is_said_to_be(page: Path) -> None:
    assert not missing(page.read_text(encoding="utf-8"))


def test_code_that_is_not_there_is_missed() -> None:
    assert missing("(`_no_such_rule` in `formulas/binding.py`)") == ["_no_such_rule"]
    assert missing("see `formulas/no_such_file.py`") == ["formulas/no_such_file.py"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_exist(page: Path) -> None:
    code = " ".join(re.findall(r"`+[^`]+`+", page.read_text(encoding="utf-8")))
    assert set(re.findall(r"verify-derivations ([a-z]+)\b", code)) <= commands()


def test_every_command_is_documented() -> None:
    reference = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    for command in commands():
        assert f"`{command} " in README or f"verify-derivations {command}" in README, command
        assert command in reference, command


def test_the_readme_has_the_two_commands_once() -> None:
    """``.ci/run`` reads them from here and runs them as printed."""
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv .venv && ")]
    assert ["report" in line for line in lines] == [True, False]
    assert ["pytest" in line for line in lines] == [False, True]


@pytest.mark.parametrize("example", re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE))
def test_examples_run(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notes = "$w \\in \\mathbb{R}^{n}$\n\n$$L = w^\\top w$$\n\n$$\\nabla_w L = w$$\n"
    (tmp_path / "notes.md").write_text(notes, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own documentation
