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
