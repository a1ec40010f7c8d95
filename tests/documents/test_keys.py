"""The keys are right: every claim of every document is computed in numbers, by finite differences.

This test does not use the package. It guards the keys with which the package is judged.
"""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numbers_of_documents import agree

HERE = Path(__file__).parent
KEYS = sorted(HERE.glob("*.key.toml"))
WRONG = {"refuted", "ill-formed"}


def numbers(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"numbers_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", KEYS, ids=lambda path: path.name.removesuffix(".key.toml"))
def test_key(path: Path) -> None:
    key = tomllib.loads(path.read_text(encoding="utf-8"))
    assert (HERE / key["document"]).is_file()
    module = numbers(HERE / f"{key.get('numbers', path.name.removesuffix('.key.toml'))}.py")
    expected = {int(number): entry for number, entry in key["formulas"].items()}
    for seed in range(3):
        free, assumed = (module.claims(np.random.default_rng(seed), assumed) for assumed in (False, True))
        for number, entry in expected.items():
            verdicts = set(entry["verdicts"])
            where = f"{path.name}, formula {number}, seed {seed}"
            if "defined" in verdicts or entry.get("unmeasured"):
                continue
            assert number in free, f"{where}: no numbers"
            holds = all(agree(*pair) for pair in free[number])
            if verdicts & WRONG and verdicts <= WRONG | {"undecided"}:
                assert not holds, f"{where}: said to be wrong, but both sides agree"
            elif "conditional" in verdicts and "proved" not in verdicts:
                assert not holds, f"{where}: holds without the assumption"
                assert all(agree(*pair) for pair in assumed[number]), f"{where}: fails under the assumption"
            else:
                assert holds, f"{where}: said to be right, but the sides differ: {free[number]}"


@pytest.mark.parametrize("path", KEYS, ids=lambda path: path.name.removesuffix(".key.toml"))
def test_every_planted_mistake_can_be_mended(path: Path) -> None:
    key = tomllib.loads(path.read_text(encoding="utf-8"))
    text = (HERE / key["document"]).read_text(encoding="utf-8")
    for number, entry in key["formulas"].items():
        planted = not {"proved", "defined"} & set(entry["verdicts"])
        assert planted == ("fix" in entry), f"{path.name}, formula {number}"
        assert not planted or text.count(entry["fix"][0]) == 1, f"{path.name}, formula {number}"
