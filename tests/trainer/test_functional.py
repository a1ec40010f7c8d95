"""The exports for JAX and PyTorch compute what the NumPy functions do; both frameworks are optional."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from nets import dense_net, two_conv_net
from test_gradients import filled
from test_new_operators import CASES, net

from verify_derivations.trainer.functional import jax_source, torch_source
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.runtime import Compiled

EXACT = Options("float64")
PROGRAMS = {
    "dense": dense_net(), "two": two_conv_net("Euclidean", height=12, maps=(2, 3), kernel=(3, 2)),
    "new": net(*CASES[1]), "another": net(*CASES[2]),
}


def loaded(source: str) -> ModuleType:
    module = ModuleType("exported")
    exec(compile(source, "exported", "exec"), module.__dict__)  # noqa: S102 (our own generated source)
    return module


def arguments(program: Program, step: Compiled) -> list[np.ndarray]:
    return [step.arrays[h] for h in (*program.inputs, *program.labels, *program.parameters)]


def compare(program: Program, step: Compiled, results: dict[str, np.ndarray]) -> None:
    step.run()
    for head in (program.loss, program.output, *map(program.gradient, program.parameters)):
        np.testing.assert_allclose(results[head], step.arrays[head], rtol=1e-9, atol=1e-12, err_msg=head)


@pytest.mark.parametrize("name", PROGRAMS)
def test_torch(name: str) -> None:
    torch = pytest.importorskip("torch", reason="torch is an optional extra")
    program = PROGRAMS[name]
    step = filled(program, 3)
    step.run()
    module = loaded(torch_source(program, 3, EXACT))
    values = [torch.tensor(a.copy()) for a in arguments(program, step)]
    compare(program, step, {h: v.numpy() for h, v in module.formulas(*values).items()})
    made = module.Net({p: step.arrays[p] for p in program.parameters})
    made(*values[:2])[1].mean().backward()
    expected = made.gradients(*values[:2])
    for head, parameter in zip(made.names, made.values, strict=True):
        np.testing.assert_allclose(parameter.grad.numpy(), expected[head].numpy(), rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("name", PROGRAMS)
def test_torch_on_another_device(name: str) -> None:
    """Shapes alone are computed on the device ``meta``, but what lies on another is refused there, as on a GPU."""
    torch = pytest.importorskip("torch", reason="torch is an optional extra")
    program = PROGRAMS[name]
    step = filled(program, 3)
    made = loaded(torch_source(program, 3, EXACT)).Net({p: step.arrays[p] for p in program.parameters}).to("meta")
    x, y = (torch.empty(a.shape, dtype=torch.float64, device="meta") for a in arguments(program, step)[:2])
    results = [*made(x, y), *made.gradients(x, y).values()]
    assert {result.device.type for result in results} == {"meta"}
    heads = (program.output, program.loss, *map(program.gradient, program.parameters))
    assert [tuple(result.shape) for result in results] == [step.arrays[head].shape for head in heads]
    with pytest.raises(RuntimeError):
        made(x.to("meta"), torch.zeros(y.shape, dtype=torch.float64))


@pytest.mark.parametrize("name", PROGRAMS)
def test_jax(name: str) -> None:
    jax = pytest.importorskip("jax", reason="jax is an optional extra")
    jax.config.update("jax_enable_x64", True)
    program = PROGRAMS[name]
    step = filled(program, 3)
    module = loaded(jax_source(program, 3, EXACT))
    results = jax.jit(module.formulas)(*arguments(program, step))
    compare(program, step, {h: np.asarray(v) for h, v in results.items()})


DEVICES = """
import jax, numpy as np
from exported import BATCH, PARAMETERS, data_parallel
assert jax.device_count() == 2 and BATCH == 3
v = np.load("values.npz")
x, y, *parameters = (v[f"a{k}"] for k in range(len(v.files)))
step = data_parallel()
for _ in range(4):
    parameters, losses, predictions = step(parameters, 0.5, x, y)
assert len(losses.sharding.device_set) == 2
np.savez("found.npz", losses=losses, predictions=predictions, **{f"p{k}": p for k, p in enumerate(parameters)})
alone = data_parallel(jax.devices()[:1])(list(map(np.asarray, parameters)), 0.5, x[..., :3], y[..., :3])
assert len(alone[1].sharding.device_set) == 1
"""


@pytest.mark.slow
def test_jax_trains_on_two_devices(tmp_path: Path) -> None:
    """Each device has half of each batch; after four steps everything is as with the whole batch in one place."""
    pytest.importorskip("jax", reason="jax is an optional extra")
    program = PROGRAMS["two"]
    step = filled(program, 6, Options())
    (tmp_path / "exported.py").write_text(jax_source(program, 3), encoding="utf-8")
    values = {f"a{k}": a for k, a in enumerate(arguments(program, step))}
    np.savez(tmp_path / "values.npz", **values)  # type: ignore[arg-type]
    environment = {**os.environ, "XLA_FLAGS": "--xla_force_host_platform_device_count=2", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", DEVICES], cwd=tmp_path, env=environment, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr
    for _ in range(4):
        step.run()
        for head in program.parameters:
            step.arrays[head] -= 0.5 * step.arrays[program.gradient(head)]
    found = np.load(tmp_path / "found.npz")
    np.testing.assert_allclose(found["losses"], step.arrays["L"], rtol=1e-4)
    np.testing.assert_allclose(found["predictions"], step.arrays[program.output], rtol=1e-4, atol=1e-6)
    for k, head in enumerate(program.parameters):
        np.testing.assert_allclose(found[f"p{k}"], step.arrays[head], rtol=1e-3, atol=1e-5, err_msg=head)
