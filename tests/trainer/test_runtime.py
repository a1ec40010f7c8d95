"""What runs: generated functions only call NumPy, whatever is handed to them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from nets import dense_net, one_conv_net, two_conv_net

from verify_derivations.trainer.compiler import code
from verify_derivations.trainer.runtime import Code, Compiled, Made, Step, require_plain

RIGHT = """\
def f(x, y):
    'a formula'
    add.reduce(x, axis=(0,), out=y)
    y = multiply(y, -2.0, out=y)
    return y
"""
PROGRAMS = {"dense": dense_net(), "one": one_conv_net(), "two": two_conv_net("Euclidean")}


@pytest.mark.parametrize("name", PROGRAMS)
def test_generated_code_is_plain(name: str) -> None:
    require_plain(code(PROGRAMS[name], 3, PROGRAMS[name].results(True)).source)
    require_plain(RIGHT)


@pytest.mark.parametrize(("old", "new"), [
    ("add.reduce(", "__import__("), ("add.reduce", "add.at"), ("multiply(", "eval("), ("-2.0", "y.ctypes"),
    ("(x, y)", "(x, y=exit)"), ("def f", "import os\ndef f"), ("return y", "return lambda: y"),
    ("y = multiply", "add = multiply"),
    ("def f", "def add"), ("(x, y)", "(x, add)"), ("def f", "@copy\ndef f"), ("return y", "return [y for _ in x]"),
    ("return y", "return x[0]"),
])
def test_anything_else_is_refused(old: str, new: str) -> None:
    assert old in RIGHT
    text = RIGHT.replace(old, new)
    with pytest.raises(ValueError, match="generated code"):
        require_plain(text)
    with pytest.raises(ValueError, match="generated code"):
        Compiled(Code({}, (), (Step("x", "f", text, ()),)))


def test_memory_is_made_by_known_makers_only() -> None:
    with pytest.raises(KeyError):
        Compiled(Code({}, (Made("x", "eval", ("1",)),), ()))


def test_shared_arrays_are_used_where_they_are() -> None:
    program = dense_net()
    made = code(program, 3, program.results(True))
    weights = np.zeros(program.shape("W2"), "float32")
    first, second = Compiled(made, {"W2": weights}), Compiled(made)
    assert first.arrays["W2"] is weights and second.arrays["W2"] is not weights


def test_nothing_that_runs_imports_sympy() -> None:
    script = "import sys, verify_derivations.trainer.train; assert not {'sympy', 'jax', 'torch'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
