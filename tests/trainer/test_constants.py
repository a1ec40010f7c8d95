"""Scalars that a document leaves open: values, parameters to learn, random draws."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from nets import one_conv_net
from test_functional import loaded
from test_gradients import EXACT, filled, worst_difference
from test_runs import DATA, SETTINGS, finished, same

from verify_derivations.formulas.definitions import FunctionDefinition, Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Compare, add, mul, power, scalar
from verify_derivations.trainer.checkpoints import CheckpointError
from verify_derivations.trainer.compiler import training
from verify_derivations.trainer.constants import settled
from verify_derivations.trainer.derive import completed
from verify_derivations.trainer.export import module
from verify_derivations.trainer.functional import jax_source
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.program import Draw, Program
from verify_derivations.trainer.train import Run
from verify_derivations.trainer.workers import Team


def leaky(given: str | None = None, slope: str = "z/a") -> Program:
    """The net with ``f(z) = z [z ≥ 0] + (z/a) [0 > z]`` of which the document leaves ``a`` open."""
    z, a, zero = Access("z"), Access("a"), scalar(0)
    below = mul(z, power(a, -1)) if slope == "z/a" else mul(z, a)
    body = add(mul(Compare(z, ">=", zero), z), mul(Compare(zero, ">", z), below))
    net = one_conv_net()
    program = replace(
        net, leaves=(*net.leaves, Quantity("a")), parameters=(*net.parameters, "a"), unsettled=("a",),
        increasing=frozenset(), functions={"f": FunctionDefinition("f", ("z",), body)}, backward=(),
    )
    return completed(settled(program, {} if given is None else {"a": given}))


@pytest.mark.parametrize("given", ["5.5", "learned(4)", "U(3,8)"])
def test_the_gradients_are_right(given: str) -> None:
    program = leaky(given)
    step = filled(program, 5)
    if program.draws:
        step.arrays["a"][...] = np.random.default_rng(3).uniform(3, 8, 5)
    elif given != "5.5":
        step.arrays["a"][...] = 4
    assert worst_difference(program, step) < 1e-6


def test_the_derivative_by_a_learned_constant_is_used() -> None:
    model = Model(leaky("learned(4)"))
    assert model.parameters["a"] == 4
    finished(Run(model, DATA, replace(SETTINGS, epochs=1)))
    assert model.parameters["a"] != 4
    assert set(Model(leaky("4")).parameters) == set(one_conv_net().parameters)


def test_a_value_stands_for_the_constant_everywhere() -> None:
    """1/4 times z is z/4, and not z/5."""
    images, labels = DATA.images[:7], DATA.labels[:7]
    first, second, third = (
        Model(program, EXACT).gradients(images, labels)[0] for program in (leaky("4"), leaky("0.25", "z·a"), leaky("5"))
    )
    np.testing.assert_allclose(first, second, rtol=1e-12)
    assert abs(first - third).max() > 1e-6


def test_draws_differ_by_sample_and_step_and_tests_use_the_mean() -> None:
    model, at_mean = Model(leaky("U(3,8)"), EXACT), Model(leaky("5.5"), EXACT)
    first, again, other = (model.drawn(50, seed)["a"] for seed in ((0, 1, 1), (0, 1, 1), (0, 1, 2)))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert len(set(first)) == 50 and first.min() >= 3 and first.max() < 8
    images, labels = DATA.images[:50], DATA.labels[:50]
    np.testing.assert_allclose(model.outputs(images)[0], at_mean.outputs(images)[0], rtol=1e-12)
    drawn = model.gradients(images, labels, {"a": first})[0]
    assert abs(drawn - at_mean.gradients(images, labels)[0]).max() > 1e-6
    one = Model(leaky(f"{first[7]:.17g}"), EXACT).gradients(images[7:8], labels[7:8])[0]
    np.testing.assert_allclose(drawn[7], one[0], rtol=1e-12)  # each sample has its own draw


@pytest.mark.parametrize("stop", [5, 12])
def test_a_run_with_draws_is_resumed_bit_for_bit(tmp_path: Path, stop: int) -> None:
    expected = finished(Run(Model(leaky("U(3,8)")), DATA, SETTINGS))
    first = Run(Model(leaky("U(3,8)")), DATA, SETTINGS)
    for count, _ in enumerate(first, 1):
        if count == stop:
            first.save(tmp_path / "run")
            break
    second = Run(Model(leaky("U(3,8)"), seed=9), DATA, SETTINGS)
    second.resume(tmp_path / "run")
    assert same(finished(second), expected)
    assert not same(finished(Run(Model(leaky("5.5")), DATA, SETTINGS)), expected)
    for other in ("U(3,9)", "5.5"):
        with pytest.raises(CheckpointError, match="of another run"):
            Run(Model(leaky(other)), DATA, SETTINGS).resume(tmp_path / "run")


def test_workers_share_the_draws() -> None:
    alone, shared = Model(leaky("U(3,8)")), Model(leaky("U(3,8)"))
    chosen, draws = np.arange(31), alone.drawn(31, (0, 1, 1))
    expected = alone.gradients(DATA.images[chosen], DATA.labels[chosen], draws)
    with Team(shared, DATA, 2, 31) as team:
        losses, _, gradients = team(chosen, draws)
        np.testing.assert_allclose(losses, expected[0], rtol=1e-5, atol=1e-6)
        for head, gradient in gradients.items():
            np.testing.assert_allclose(gradient, expected[2][head], rtol=1e-4, atol=1e-6)
        other = team(chosen, alone.drawn(31, (0, 1, 2)))[0]
        assert abs(other - expected[0]).max() > 1e-5


def test_exports_take_the_draws() -> None:
    program = leaky("U(3,8)")
    assert program.draws == (Draw("a", 3.0, 8.0),)
    step = filled(program, 3)
    step.arrays["a"][...] = (3, 5, 7)
    step.run()
    text = module(program, 3, training(program, 3, EXACT).code)
    assert "a is drawn for each sample between 3 and 8 in training, and 5.5 otherwise" in text
    net = loaded(text).Net()
    heads = ("x", "y", "a", *program.parameters)
    for head in heads:
        net[head][...] = step.arrays[head]
    net.run()
    assert np.array_equal(net["L"], step.arrays["L"])
    jax = pytest.importorskip("jax", reason="jax is an optional extra")
    jax.config.update("jax_enable_x64", True)
    results = loaded(jax_source(program, 3, EXACT)).formulas(*(step.arrays[h] for h in heads))
    np.testing.assert_allclose(results["L"], step.arrays["L"], rtol=1e-9)


@pytest.mark.parametrize(("given", "message"), [
    (None, r"gives no value of a .* give --constant a="), ("often", "expected a number"),
    ("U(8,3)", "expected a number"), ("0", "divide by it"), ("learned(x)", "expected a number"),
])
def test_what_is_no_value(given: str | None, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        leaky(given)


def test_an_unknown_constant_is_refused() -> None:
    with pytest.raises(DocumentError, match="has no constant q; it has none"):
        settled(one_conv_net(), {"q": "1"})
