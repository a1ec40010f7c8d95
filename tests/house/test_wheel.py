"""The wheel is complete: installed in an environment of its own, it runs the main job from another directory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ["pyproject.toml", "README.md", "LICENSE", "formulas", "derivations", "checker", "trainer"]

pytestmark = pytest.mark.slow


def pip(*arguments: str, cwd: Path) -> None:
    command = [sys.executable, "-m", "pip", *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, because setuptools would put stale files of an earlier ``build/`` into the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in SOURCES:
        source, target = ROOT / name, folder / "source" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            target.parent.mkdir(exist_ok=True)
            shutil.copy(source, target)
    offline = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation")
    pip("wheel", *offline, "--wheel-dir", str(folder), "./source", cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel alone; its dependencies are borrowed from the environment of the tests.

    A path in a ``.pth`` file does not run the ``.pth`` files there, so an editable install stays invisible.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    pip("--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel), cwd=folder)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "borrowed.pth").write_text(sysconfig.get_paths()["purelib"] + "\n", encoding="utf-8")
    return folder


def test_the_wheel_has_one_top_level_name(wheel: Path) -> None:
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert names == {"verify_derivations", next(name for name in names if name.endswith(".dist-info"))}


def test_the_wheel_runs_the_main_job_elsewhere(environment: Path, tmp_path: Path) -> None:
    """Also: what the README shows is what the program says."""
    command = [str(environment / "bin" / "verify-derivations"), "report"]
    eighty = os.environ | {"COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=eighty, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 1, done.stderr  # the notes contain wrong equations; 2 would mean an unread one
    assert "132 formulas (107 displayed)" in done.stdout
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```text\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    first, last = shown.splitlines()[0], shown.splitlines()[-1]
    assert first in done.stdout
    assert last in done.stdout


def test_the_installed_package_is_the_one_of_the_wheel(environment: Path, tmp_path: Path) -> None:
    code = "import verify_derivations.formulas.polynomial as module; print(module.__file__)"
    command = [str(environment / "bin" / "python"), "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(environment)
