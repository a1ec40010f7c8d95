"""Pooling windows that tie, as blank background does, must route to exactly one position."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from nets import one_conv_net
from sklearn.datasets import load_digits

from verify_derivations.formulas.expressions import ArgMaximum, Compare, Maximum, Scalar, children, rebuild, substitute
from verify_derivations.trainer.compiler import training
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.runtime import Compiled


def on_digits(program: Program) -> Compiled:
    digits = load_digits()
    step = training(program, 64, Options(dtype="float64"))
    rng = np.random.default_rng(0)
    for head in program.parameters:
        step.arrays[head][...] = rng.normal(size=step.arrays[head].shape)
    step.arrays["x"][...] = digits.images[:64].transpose(1, 2, 0)[:, :, None] / 16
    step.arrays["y"][digits.target[:64], np.arange(64)] = 1
    step.run()
    return step


def equality_mask(node: Scalar) -> Scalar:
    """The usual mistake: every position that equals the maximum."""
    if isinstance(node, ArgMaximum):
        at = dict(zip((variable for variable, _ in node.binders), node.at, strict=True))
        return Compare(substitute(node.body, at), "==", Maximum(node.binders, node.body))
    parts = children(node)
    return rebuild(node, tuple(map(equality_mask, parts))) if parts else node


def test_one_position_a_window_gets_the_gradient() -> None:
    # no padding in digits: a kernel of one pixel keeps the blank background blank
    program = one_conv_net(kernel=1)
    step = on_digits(program)
    zc = step.arrays["x"][:, :, 0] * step.arrays["k1"][0, :, 0, 0][:, None, None, None]
    windows = zc.reshape(4, 4, 2, 4, 2, 64).transpose(0, 1, 3, 5, 2, 4).reshape(-1, 4)
    tied = (windows == windows.max(axis=1, keepdims=True)).sum(axis=1) > 1
    assert tied.mean() > 0.2
    h, bias, losses = 1e-6, step.arrays["c1"], []
    gradient = step.arrays[program.gradient("c1")].copy()
    for sign in (1, -1):
        bias[0] += sign * h
        step.run()
        losses.append(step.arrays["L"].mean())
        bias[0] -= sign * h
    right = (losses[0] - losses[1]) / (2 * h)
    assert abs(gradient[0] - right) < 1e-6 * abs(right) + 1e-9

    backward = tuple(replace(q, body=equality_mask(q.body)) for q in program.backward if q.body is not None)
    wrong = on_digits(replace(program, backward=backward)).arrays[program.gradient("c1")]
    assert abs(wrong[0] - right) > 0.2 * abs(right)
