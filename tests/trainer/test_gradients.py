"""The gradients of the compiled nets, against finite differences and an independent autodiff; twins must fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from nets import dense_net, one_conv_net, two_conv_net

from verify_derivations.formulas.expressions import Mul, negate
from verify_derivations.trainer.compiler import training
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.runtime import Compiled

LOSSES = ("Euclidean", "cross-entropy")
NETS = {
    f"{make.__name__} {loss}": (make, loss) for make in (dense_net, one_conv_net, two_conv_net) for loss in LOSSES
}
EXACT = Options(dtype="float64")


def net(name: str) -> Program:
    make, loss = NETS[name]
    if make is two_conv_net:
        return two_conv_net(loss, height=12, maps=(3, 2), kernel=(3, 2), channels=2)
    return make(loss)


def filled(program: Program, batch: int, options: Options = EXACT, seed: int = 0) -> Compiled:
    step = training(program, batch, options)
    rng = np.random.default_rng(seed)
    for head in (*program.inputs, *program.parameters):
        step.arrays[head][...] = rng.normal(size=step.arrays[head].shape) / 2
    labels = step.arrays["y"]
    labels[rng.integers(0, len(labels), batch), np.arange(batch)] = 1
    return step


def worst_difference(program: Program, step: Compiled, seed: int = 1) -> float:
    """The largest relative difference between the gradients and central differences, at random entries."""
    rng = np.random.default_rng(seed)
    step.run()
    gradients = {p: step.arrays[program.gradient(p)].copy() for p in program.parameters}
    worst = 0.0
    for head, gradient in gradients.items():
        values, h = step.arrays[head], 1e-5
        for _ in range(4):
            at = tuple(int(rng.integers(0, n)) for n in values.shape)
            old, losses = values[at], []
            for sign in (1, -1):
                values[at] = old + sign * h
                step.run()
                losses.append(step.arrays[program.loss].mean())
            values[at] = old
            expected = (losses[0] - losses[1]) / (2 * h)
            worst = max(worst, abs(expected - gradient[at]) / max(abs(gradient).max(), 1e-3))
    return worst


@pytest.mark.parametrize("name", NETS)
def test_agree_with_finite_differences(name: str) -> None:
    program = net(name)
    assert worst_difference(program, filled(program, 5)) < 1e-6


@pytest.mark.parametrize("name", NETS)
def test_a_wrong_sign_is_noticed(name: str) -> None:
    program = net(name)
    for position, quantity in enumerate(program.backward):
        if isinstance(quantity.body, Mul):
            wrong = replace(quantity, body=negate(quantity.body))
            backward = (*program.backward[:position], wrong, *program.backward[position + 1:])
            assert worst_difference(program, filled(replace(program, backward=backward), 5)) > 1e-2
            return
    raise AssertionError("no product to perturb")


@pytest.mark.parametrize("name", NETS)
def test_agree_with_an_independent_autodiff(name: str) -> None:
    torch = pytest.importorskip("torch", reason="torch, an independent autodiff, is an optional extra")
    program = net(name)
    step = filled(program, 4)
    step.run()
    tensors = {p: torch.tensor(step.arrays[p].copy(), requires_grad=True) for p in program.parameters}
    x, y = (torch.tensor(np.moveaxis(step.arrays[h], -1, 0).copy()) for h in ("x", "y"))
    for layer in (1, 2):
        if f"k{layer}" in tensors:
            x = x.permute(0, 3, 1, 2) if layer == 1 else x
            kernel = tensors[f"k{layer}"].permute(1, 0, 2, 3).flip((2, 3))
            x = torch.nn.functional.conv2d(x, kernel, tensors[f"c{layer}"]).sigmoid()
            x = torch.nn.functional.max_pool2d(x, 2)
    x = x.flatten(1)
    dense = [p[1:] for p in program.parameters if p.startswith("W")]
    for layer in dense:
        x = x @ tensors[f"W{layer}"] + tensors[f"b{layer}"]
        if layer != dense[-1]:
            x = x.sigmoid()
    if program.loss_name == "Euclidean":
        loss = ((x.sigmoid() - y) ** 2).sum() / 2 / len(y)
    else:
        loss = -(y * x.log_softmax(1)).sum() / len(y)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(float(step.arrays["L"].mean()), rel=1e-9)
    for head, tensor in tensors.items():
        np.testing.assert_allclose(step.arrays[program.gradient(head)], tensor.grad.numpy(), rtol=1e-6, atol=1e-10)


def test_cross_entropy_is_finite_far_out() -> None:
    program = dense_net("cross-entropy", (4, 3, 3, 2))
    step = filled(program, 2)
    step.arrays["b4"][...] = [1000, -1000]
    step.run()
    assert np.isfinite(step.arrays["L"]).all()
    assert all(np.isfinite(step.arrays[program.gradient(p)]).all() for p in program.parameters)


def test_the_step_does_not_depend_on_what_memory_held() -> None:
    program = two_conv_net(height=12, maps=(3, 2), kernel=(3, 2))
    step = filled(program, 4)
    step.run()
    first = {p: step.arrays[program.gradient(p)].copy() for p in program.parameters}
    inputs = step.arrays["x"].copy()
    step.arrays["x"][...] = 7
    step.run()
    step.arrays["x"][...] = inputs
    step.run()
    for head, gradient in first.items():
        np.testing.assert_array_equal(step.arrays[program.gradient(head)], gradient)
