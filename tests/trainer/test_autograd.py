"""The gradients of the compiled nets against autograd, differentiating a forward pass that is written out here.

The twin with PyTorch stands in ``test_gradients.py`` and runs where that large extra is installed.
"""

from __future__ import annotations

from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from test_gradients import NETS, filled, net


def sigmoid(z: Any) -> Any:
    return 1 / (1 + anp.exp(-z))


def convolve(x: Any, kernel: Any) -> Any:
    """True convolution, 'valid': (N, C, H, W) and (C, F, h, w) give (N, F, H - h + 1, W - w + 1)."""
    h, w = kernel.shape[2:]
    rows, columns = x.shape[2] - h + 1, x.shape[3] - w + 1
    return sum(
        anp.einsum("nchw,cf->nfhw", x[:, :, u : u + rows, v : v + columns], kernel[:, :, h - 1 - u, w - 1 - v])
        for u in range(h)
        for v in range(w)
    )


def pool(x: Any) -> Any:
    """The maximum over windows of 2 × 2."""
    upper = anp.maximum(x[:, :, ::2, ::2], x[:, :, ::2, 1::2])
    return anp.maximum(upper, anp.maximum(x[:, :, 1::2, ::2], x[:, :, 1::2, 1::2]))


def loss_of(parameters: dict[str, Any], x: Any, y: Any, euclidean: bool) -> Any:
    """The mean loss of a batch; ``x`` has the batch first."""
    for layer in (1, 2):
        if f"k{layer}" in parameters:
            x = anp.moveaxis(x, -1, 1) if layer == 1 else x
            x = pool(sigmoid(convolve(x, parameters[f"k{layer}"]) + parameters[f"c{layer}"][None, :, None, None]))
    x = anp.reshape(x, (len(y), -1))
    dense = [name[1:] for name in parameters if name.startswith("W")]
    for layer in dense:
        x = anp.dot(x, parameters[f"W{layer}"]) + parameters[f"b{layer}"]
        if layer != dense[-1]:
            x = sigmoid(x)
    if euclidean:
        return anp.sum((sigmoid(x) - y) ** 2) / 2 / len(y)
    shifted = x - anp.max(x, axis=1, keepdims=True)
    return -anp.sum(y * (shifted - anp.log(anp.sum(anp.exp(shifted), axis=1, keepdims=True)))) / len(y)


@pytest.mark.parametrize("name", NETS)
def test_agree_with_autograd(name: str) -> None:
    program = net(name)
    step = filled(program, 4)
    step.run()
    parameters = {head: step.arrays[head].copy() for head in program.parameters}
    x, y = (np.moveaxis(step.arrays[head], -1, 0).copy() for head in ("x", "y"))
    euclidean = program.loss_name == "Euclidean"
    assert float(loss_of(parameters, x, y, euclidean)) == pytest.approx(float(step.arrays["L"].mean()), rel=1e-9)
    gradients = autograd.grad(loss_of)(parameters, x, y, euclidean)
    for head, expected in gradients.items():
        np.testing.assert_allclose(step.arrays[program.gradient(head)], expected, rtol=1e-6, atol=1e-10)
