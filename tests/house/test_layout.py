"""The layout that the architecture promises: imports point one way and the wheel lists every folder."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("formulas", "derivations", "checker", "trainer")
MAY_IMPORT = {
    "formulas": {"formulas"},
    "derivations": {"formulas", "derivations"},
    "checker": {"formulas", "derivations", "checker"},
    "trainer": {"formulas", "derivations", "trainer"},
}
COMMAND_LINE = {"command.py", "train.py"}  # only the command line knows the trainer
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SOURCES = sorted(path for layer in LAYERS for path in (ROOT / layer).rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """The modules that a source text imports or looks up anywhere, ``from a import b`` as ``a.b``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "find_spec":
            yield from (argument.value for argument in node.args if isinstance(argument, ast.Constant))


def wrong_imports(layer: str, name: str, source: str) -> list[str]:
    allowed = MAY_IMPORT[layer] | ({"trainer"} if layer == "checker" and name in COMMAND_LINE else set())

    def is_wrong(module: str) -> bool:
        first, _, rest = module.partition(".")
        if first == "verify_derivations":
            return rest.split(".")[0] not in allowed
        return first in LAYERS or module.startswith(".")

    return [module for module in imported(source) if is_wrong(module)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    assert not wrong_imports(layer, path.name, path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("formulas", "from verify_derivations.derivations.prove import prove"),
        ("derivations", "import verify_derivations.checker.judge"),
        ("checker", "from verify_derivations.trainer import network"),
        ("trainer", "def f():\n    from verify_derivations.checker import check"),
        ("checker", "from formulas.latex import to_latex"),
        ("checker", "from . import judge"),
    ],
)
def test_a_wrong_import_is_found(layer: str, source: str) -> None:
    assert wrong_imports(layer, "judge.py", source)


def test_no_outcome_depends_on_a_clock() -> None:
    """What is read, proved and refuted counts its work; only what stops a hanging process looks at a clock."""
    readers = {path.name for path in SOURCES if "time" in imported(path.read_text(encoding="utf-8"))
               and path.relative_to(ROOT).parts[0] != "trainer"}  # fmt: skip
    assert readers == {"tasks.py", "mending.py", "judgement.py", "progress.py"}


def test_the_reference_interpreter_is_independent() -> None:
    """``evaluate.py`` judges the normal form, the differentiator and the code generator: it knows none of them."""
    source = (ROOT / "derivations" / "evaluate.py").read_text(encoding="utf-8")
    ours = [module for module in imported(source) if module.startswith("verify_derivations")]
    assert ours
    forbidden = re.compile(r"normal|differentiate|prove|lower|trainer|checker")
    assert not [module for module in ours if forbidden.search(module)]


def test_every_folder_is_listed_in_the_wheel() -> None:
    folders = {path.parent.relative_to(ROOT).as_posix() for path in SOURCES}
    tables = PROJECT["tool"]["setuptools"]
    assert set(tables["packages"]) == {"verify_derivations." + folder.replace("/", ".") for folder in folders}
    assert tables["package-dir"] == {"verify_derivations." + f.replace("/", "."): f for f in folders}


def test_every_data_file_is_package_data() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    for path in (path for layer in LAYERS for path in tracked(layer) if path.suffix != ".py"):
        package = "verify_derivations." + path.parent.as_posix().replace("/", ".")
        assert any(path.match(pattern) for pattern in patterns.get(package, [])), f"{path} is not in the wheel"


def tracked(folder: str = ".") -> list[Path]:
    """Files that are, or are about to be, under version control; relative to the root."""
    if not (ROOT / ".git").exists():
        return []
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", folder]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [Path(name) for name in listed if (ROOT / name).is_file()]


MACHINE_PATH = re.compile(r"(?<![\w.~$}])/(?:home|root|tmp|work|Users)/\w")
BINARY = {".png", ".gz", ".npz", ".pdf"}


def machine_paths(text: str) -> list[str]:
    return [line.strip()[:100] for line in text.splitlines() if MACHINE_PATH.search(line)]


def test_no_path_of_one_machine() -> None:
    texts = [path for path in tracked() if path.suffix not in BINARY and path.name != Path(__file__).name]
    found = {str(path): machine_paths((ROOT / path).read_text(encoding="utf-8")) for path in texts}
    assert not {path: lines for path, lines in found.items() if lines}


def test_a_path_of_one_machine_is_found() -> None:
    assert machine_paths("see /home/someone/notes.md")
    assert not machine_paths("docs/home/notes.md and https://example.org/home/notes.md")


def test_every_dependency_is_declared_and_used() -> None:
    """Third-party imports and the dependencies (extras included) name the same distributions."""
    distributions = {"sklearn": "scikit-learn"}
    declared: set[str] = set()
    project = PROJECT["project"]
    extras = project["optional-dependencies"]
    for requirement in [*project["dependencies"], *extras["plots"], *extras["mnist"]]:
        name = re.match(r"[A-Za-z0-9_-]+", requirement)
        assert name is not None
        declared.add(name.group().lower())
    used = set()
    for path in SOURCES:
        for module in imported(path.read_text(encoding="utf-8")):
            first = module.split(".")[0]
            if first not in sys.stdlib_module_names and first != "verify_derivations":
                used.add(distributions.get(first, first).lower())
    optional = {"jax", "torch", "ipython"}  # what is exported for them is run by others
    assert used - optional <= declared, "imported, but not declared"
    assert declared - optional <= used, "declared, but never imported"
