"""Every rewrite can be switched off, and changes nothing but time."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from nets import dense_net, entry, one_conv_net, over, two_conv_net
from test_gradients import filled

from verify_derivations.formulas.definitions import FunctionDefinition, Quantity, adjoint
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    ArgMaximum,
    Compare,
    Scalar,
    add,
    apply,
    mul,
    negate,
    polynomial,
    power,
    scalar,
    walk,
)
from verify_derivations.trainer.compiler import training
from verify_derivations.trainer.derive import completed
from verify_derivations.trainer.kinks import rectifying, rising
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.pooling import pooled_early
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.runtime import Compiled
from verify_derivations.trainer.tiling import combined

SWITCHES = [
    Options("float64", pooling=pooling, tiles=tiles, reuse=reuse)
    for pooling, tiles, reuse in itertools.product((True, False), (40, 3, 0), (True, False))
]
LITERAL = Options("float64", pooling=False, tiles=0, reuse=False)


def gradients(program: Program, options: Options, batch: int = 6) -> dict[str, np.ndarray]:
    step = filled(program, batch, options)
    step.run()
    return {head: step.arrays[program.gradient(head)].copy() for head in program.parameters}


@pytest.mark.parametrize("options", SWITCHES, ids=lambda o: f"pooling={o.pooling} tiles={o.tiles} reuse={o.reuse}")
@pytest.mark.parametrize("program", [
    one_conv_net("Euclidean"), one_conv_net(height=10, kernel=2, pool=3),
    two_conv_net(height=14, maps=(3, 4), kernel=(3, 3), channels=2),
    two_conv_net(height=10, maps=(2, 3), kernel=(5, 2), pool=(2, 1)),
    two_conv_net(height=14, maps=(3, 4), kernel=(3, 3), by_kernel=True),
    two_conv_net(height=12, maps=(2, 3), kernel=(3, 2), by_kernel=True),
], ids=["one", "pool 3", "two", "pool 1", "two by kernel", "even by kernel"])
def test_same_gradients(program: Program, options: Options) -> None:
    expected = gradients(program, LITERAL)
    for head, value in gradients(program, options).items():
        np.testing.assert_allclose(value, expected[head], rtol=1e-9, atol=1e-12, err_msg=head)


def test_the_logarithm_of_a_power_of_a_softmax_stays_in_range() -> None:
    """``-Σ log(a^y)``, as some write it, where a is 0 in single precision."""
    program = dense_net()
    a, y = entry("a4", "k"), entry("y", "k")
    written = {True: apply("log", power(a, y)), False: mul(y, apply("log", a))}
    losses = []
    for power_inside in (True, False):
        body = negate(over(written[power_inside], k=polynomial("n_4")))
        forward = tuple(replace(q, body=body) if q.head == "L" else q for q in program.forward)
        step = filled(replace(program, forward=forward), 6, Options())
        step.arrays["W4"][...] *= 1000
        step.run()
        assert "power(" not in step.code.source
        losses.append(step.arrays["L"].copy())
    assert np.isfinite(losses).all() and np.max(losses) > 200
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-6)


def by_slope(program: Program) -> Program:
    """The net with tanh, and sensitivities ``δ ∘ f'(z)`` in place of ``δ ∘ a ∘ (1 - a)``."""
    f = FunctionDefinition("f", ("z",), mul(scalar(2), apply("tanh", mul(scalar(1) / 2, Access("z")))))
    return completed(replace(program, functions={"f": f}, backward=()))


def test_slopes_are_taken_at_the_maximum_alone() -> None:
    net = two_conv_net(height=14, maps=(3, 4), kernel=(3, 3), channels=2)
    program = by_slope(net)
    expected = gradients(program, LITERAL)
    for options in SWITCHES:
        for head, value in gradients(program, options).items():
            np.testing.assert_allclose(value, expected[head], rtol=1e-9, atol=1e-12, err_msg=head)
    unknown = replace(program, increasing=frozenset())
    codes = [training(p, 4).code for p in (net, program, unknown)]
    few, same, _ = (code.source.count("matmul(") for code in codes)
    assert few == same  # the convolutions are not computed once more for the slopes
    assert ["zc1" in {step.head for step in code.steps} for code in codes] == [False, False, True]
    for head, value in gradients(unknown, Options("float64")).items():
        np.testing.assert_allclose(value, expected[head], rtol=1e-9, atol=1e-12, err_msg=head)


Z, ZERO = Access("z"), scalar(0)
KINKED = {
    "relu": apply("max", ZERO, Z),
    "relu by cases": mul(Compare(Z, ">", ZERO), Z),
    "leaky": add(mul(Compare(Z, ">=", ZERO), Z), mul(Compare(ZERO, ">", Z), Z, power(scalar(4), -1))),
    "leaky by max": apply("max", mul(scalar(1) / 4, Z), Z),
    "capped": apply("min", ZERO, Z),
}


def kinked(body: Scalar) -> Program:
    functions = {"f": FunctionDefinition("f", ("z",), body)}
    net = two_conv_net(height=14, maps=(3, 4), kernel=(3, 3), channels=2)
    return completed(replace(net, functions=functions, increasing=frozenset(), backward=()))


def on_blank_images(program: Program, options: Options) -> tuple[dict[str, np.ndarray], Compiled]:
    """Half of each image is zero, and so are the biases: many maxima are exactly at the kink, tied with others."""
    step = filled(program, 6, options)
    step.arrays["x"][:7] = 0
    for head in ("c1", "c2"):
        step.arrays[head][...] = 0
    step.run()
    return {head: step.arrays[program.gradient(head)].copy() for head in program.parameters}, step


@pytest.mark.parametrize("body", KINKED.values(), ids=KINKED.keys())
def test_pooling_before_a_function_with_a_kink(body: Scalar) -> None:
    program = kinked(body)
    for compute in (gradients, lambda *given: on_blank_images(*given)[0]):
        expected = compute(program, LITERAL)
        for tiles in (40, 3, 0):
            for head, value in compute(program, Options("float64", tiles=tiles)).items():
                np.testing.assert_allclose(value, expected[head], rtol=1e-9, atol=1e-12, err_msg=head)
    early, late = (training(program, 4, Options(pooling=pooling)).code for pooling in (True, False))
    assert ["ac1" in {step.head for step in code.steps} for code in (early, late)] == [False, True]


@pytest.mark.parametrize("body", [
    mul(Compare(Z, ">=", ZERO), Z),  # whose derivative at the kink is one: which of several zeros has it matters
    apply("abs", Z), add(apply("max", ZERO, Z), scalar(1)),
], ids=["one at zero", "abs", "shifted"])
def test_positions_of_other_functions_are_their_own(body: Scalar) -> None:
    """Twins that must not be rewritten (the last could be, but is not understood)."""
    program = kinked(body)
    assert rectifying(program.functions) == {"relu"}
    assert not rising(program.functions)
    expected, _ = on_blank_images(program, LITERAL)
    found, step = on_blank_images(program, Options("float64"))
    assert "ac1" in {s.head for s in step.code.steps}
    for head, value in found.items():
        np.testing.assert_allclose(value, expected[head], rtol=1e-9, atol=1e-12, err_msg=head)


def test_a_mask_without_the_slope_is_not_moved() -> None:
    """A wrong formula, ``δ(zc) = δ(ac)``, computes what it says: the first place of a window that is cut off, too."""
    program = kinked(KINKED["relu"])

    def wrong(quantity: Quantity) -> Quantity:
        if quantity.head != adjoint("zc1", "L"):
            return quantity
        return replace(quantity, body=Access(adjoint("ac1", "L"), tuple(map(polynomial, quantity.indices))))

    printed = replace(program, backward=tuple(map(wrong, program.backward)))
    expected, found = (on_blank_images(printed, options)[0] for options in (LITERAL, Options("float64")))
    for head, value in found.items():
        np.testing.assert_allclose(value, expected[head], rtol=1e-9, atol=1e-12, err_msg=head)
    right, _ = on_blank_images(program, LITERAL)
    assert not np.allclose(right["k1"], expected["k1"])


def test_both_ways_to_write_a_full_convolution_agree() -> None:
    one, other = (gradients(two_conv_net(height=14, maps=(3, 4), kernel=(3, 3), by_kernel=b), Options("float64"))
                  for b in (False, True))
    for head in one:
        np.testing.assert_allclose(one[head], other[head], rtol=1e-10)


def test_a_formula_that_would_need_a_huge_array_is_refused() -> None:
    program = dense_net("Euclidean", (30_000, 30_000, 3, 2))
    with pytest.raises(DocumentError, match=r"cannot be compiled: it would need an array of shape \(30000, 30000\)"):
        training(program, 2)


@pytest.mark.parametrize(("maps", "dimensions"), [(4, {1, 2}), (44, {1, 2}), (45, {2}), (88, {2}), (89, set())])
def test_windows_are_combined_where_that_pays(maps: int, dimensions: set[int]) -> None:
    """5×5 kernels under 2×2 windows: 36 rows for 4·maps columns, 60 for 2·maps, or 100 for maps."""
    assert combined({1: (2, 5), 2: (2, 5)}, maps, 44) == dimensions
    assert combined({1: (2, 5), 2: (2, 5)}, maps, 0) == set()


@pytest.mark.parametrize("tiles", [9, 6, 3])  # in both dimensions, in one, in none
def test_windows_combined_in_one_dimension(tiles: int) -> None:
    program = two_conv_net(height=14, maps=(4, 4), kernel=(3, 3))
    expected = gradients(program, LITERAL)
    for head, value in gradients(program, Options("float64", tiles=tiles)).items():
        np.testing.assert_allclose(value, expected[head], rtol=1e-9, atol=1e-12, err_msg=head)
    step = training(program, 6, Options(tiles=tiles))
    rows = {9: 4 * 4 * 4, 6: 4 * 3 * 4, 3: 4 * 3 * 3}  # of the matrix of windows: maps by places
    found = {made.arguments[1][0] for made in step.code.made if made.maker == "array" and made.arguments[1]}
    assert found & set(rows.values()) == {rows[tiles]}


@pytest.mark.parametrize("count", [47, 100, 145])
def test_a_mini_batch_computed_in_slices(count: int) -> None:
    rng = np.random.default_rng(0)
    images, labels = rng.random((count, 28, 28, 1)), rng.integers(0, 10, count)
    program = two_conv_net()
    sliced, whole = (Model(program, Options("float64", slices=slices)) for slices in (True, False))
    assert len(sliced.slices(count)) == round(count / 48)
    assert len(whole.slices(count)) == 1
    for (losses, predictions, found), expected in zip(
        [sliced.gradients(images, labels)] * 2, [whole.gradients(images, labels)] * 2, strict=True
    ):
        np.testing.assert_allclose(losses, expected[0], rtol=1e-12)
        np.testing.assert_allclose(predictions, expected[1], rtol=1e-12)
        for head, value in found.items():
            np.testing.assert_allclose(value, expected[2][head], rtol=1e-9, atol=1e-13, err_msg=head)
    images[-1] = np.nan  # in the last slice
    assert sliced.first_not_finite(images, labels) == whole.first_not_finite(images, labels) != program.loss


def test_small_quantities_are_not_sliced() -> None:
    assert len(Model(dense_net()).slices(1000)) == 1


def largest(step: Compiled) -> int:
    return max(a.nbytes for _, arguments in step.calls for a in arguments if a.base is None or a.flags.c_contiguous)


def test_the_rewrites_take_effect() -> None:
    program = two_conv_net()
    fast, literal = (training(program, 10, options) for options in (Options(), Options(pooling=False, tiles=0)))
    assert largest(fast) * 2 < largest(literal)
    assert len(fast.calls) < len(literal.calls)


def test_no_sensitivity_of_the_input_is_computed() -> None:
    program = two_conv_net()
    step = training(program, 4)
    assert "a1" in program.backward[-3].head or any("a1" in q.head for q in program.backward)
    assert not any("a1" in s.head for s in step.code.steps)


def test_only_increasing_functions_commute_with_a_maximum() -> None:
    """The twin that must not be rewritten: pooling of the square of z."""
    square = FunctionDefinition("f", ("z",), power(entry("z"), 2))
    program = replace(one_conv_net("Euclidean"), functions={"f": square}, increasing=frozenset()).concrete()
    pool = next(q for q in pooled_early(program).forward if q.head == "zp1")
    assert pool.body == program["zp1"].body
    wrong = pooled_early(replace(program, increasing=frozenset({"f"})))["zp1"]
    assert wrong.body != program["zp1"].body


def test_masks_are_still_there_after_rewriting() -> None:
    program = pooled_early(two_conv_net(height=12, maps=(2, 3), kernel=(3, 2)).concrete())
    body = program[program.gradient("k1")].body
    assert body is not None and any(isinstance(node, ArgMaximum) for node in walk(body))


def test_a_convolution_is_computed_once_whatever_the_batch() -> None:
    """Its operands lie in memory alike in the net and where its gradient asks for the maxima again."""
    program = two_conv_net(height=14, maps=(8, 12), kernel=(3, 3), channels=2)
    assert len({training(program, batch).code.source.count("matmul(") for batch in (2, 7, 10, 32)}) == 1
