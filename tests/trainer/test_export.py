"""The exported file runs on its own, gives the same numbers, and never contains a document's text as code."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from nets import dense_net, two_conv_net
from test_gradients import filled

from verify_derivations.formulas.definitions import adjoint
from verify_derivations.formulas.expressions import Access, map_accesses
from verify_derivations.trainer.compiler import training
from verify_derivations.trainer.export import module
from verify_derivations.trainer.naming import identifier, stem
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.program import Program, Source

HOSTILE = '__import__("os").system("touch pwned")"""\\'


def renamed(program: Program, old: str, new: str) -> Program:
    names = {old: new, adjoint(old, program.loss): adjoint(new, program.loss)}

    def quantities(part: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(replace(q, head=names.get(q.head, q.head), body=None if q.body is None else map_accesses(
            q.body, lambda a: Access(names[a.head], a.indices) if a.head in names else None)) for q in part)

    return replace(
        program, leaves=quantities(program.leaves), forward=quantities(program.forward),
        backward=quantities(program.backward), parameters=tuple(names.get(p, p) for p in program.parameters),
        sources={new: Source(1, HOSTILE, "proved")},
    )


@pytest.mark.parametrize("program", [two_conv_net("Euclidean", height=12, maps=(2, 3), kernel=(3, 2)), dense_net()],
                         ids=["two", "dense"])
def test_the_file_gives_the_same_gradients(program: Program, tmp_path: Path) -> None:
    step = filled(program, 3)
    step.run()
    (tmp_path / "net.py").write_text(module(program, step.arrays["y"].shape[-1], step.code), encoding="utf-8")
    given = {h: step.arrays[h] for h in ("x", "y", *program.parameters)}
    outputs = [program.loss, *map(program.gradient, program.parameters)]
    np.savez(tmp_path / "values.npz", **{f"in{k}": v for k, v in enumerate(given.values())},
             **{f"out{k}": step.arrays[h] for k, h in enumerate(outputs)})
    check = (
        "import sys, numpy as np\nsys.path.insert(0, '.')\nfrom net import Net\nv, n = np.load('values.npz'), Net()\n"
        f"for k, h in enumerate({list(given)!r}): n[h][...] = v[f'in{{k}}']\nn.run()\n"
        f"for k, h in enumerate({outputs!r}): assert np.array_equal(n[h], v[f'out{{k}}']), h\n"
        "assert not [m for m in sys.modules if m.startswith(('sympy', 'verify'))]\nprint('same')\n"
    )
    done = subprocess.run([sys.executable, "-c", check], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "same\n", done.stderr


def test_names_of_a_document_cannot_become_code(tmp_path: Path) -> None:
    program = renamed(dense_net("Euclidean", (4, 3, 3, 2)), "W2", HOSTILE)
    step = training(program, 2, Options())
    text = module(program, step.arrays["y"].shape[-1], step.code)
    names = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    assert not names & {"__import__", "os", "system"}
    (tmp_path / "net.py").write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", "from net import Net; Net().run()"], cwd=tmp_path, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "pwned").exists()


def test_identifiers() -> None:
    assert stem("zc^{\\left(1\\right)}", "L") == "zc_1"
    assert stem(adjoint("W^{\\left(3\\right)}", "L"), "L") == "d_W_3"
    assert identifier('x"; import os', "L", "t1") == "x_import_os_t1"
    assert identifier("3", "L", "t2") == "v_3_t2"


def test_docstrings_have_latex_number_and_verdict() -> None:
    latex = "z^{(2)} = W^{(1)T} a^{(1)} + b^{(1)}"
    program = replace(dense_net("Euclidean"), sources={"z2": Source(28, latex, "defined")})
    assert f"{latex} (formula 28; defined)" in training(program, 2).code.source
