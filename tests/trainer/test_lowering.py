"""Every kind of index expression, compiled, agrees with the reference interpreter entry by entry."""

# ruff: noqa: E501 (one case a line)

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from nets import SIGMOID, define, entry, named, over, v

from verify_derivations.derivations.evaluate import Interpreter, arrays
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    ArgMaximum,
    Bracket,
    Compare,
    Constraint,
    Maximum,
    Product,
    Scalar,
    Size,
    add,
    apply,
    delta,
    mul,
    negate,
    polynomial,
    power,
    scalar,
    summation,
    within,
)
from verify_derivations.formulas.operators import determinant, inverse
from verify_derivations.formulas.tensors import Tensor, entries, total
from verify_derivations.trainer.compiler import steps
from verify_derivations.trainer.lowering import Lowering
from verify_derivations.trainer.runtime import bound
from verify_derivations.trainer.schedule import Schedule
from verify_derivations.trainer.stable import inline_functions, stable

LEAVES = {"A": (3, 4), "B": (4, 5), "x": (6,), "y": (6,), "k": (2, 3), "img": (5, 6), "s": ()}


size = polynomial


def full_convolution() -> Scalar:
    """Full convolution, summed over the entries of the image: the kernel is the guarded one."""
    r, c = v("u") - v("p"), v("v") - v("q")
    body = mul(entry("img", "p", "q"), entry("k", r, c), Bracket((*within(r, polynomial(2)), *within(c, polynomial(3)))))
    return over(body, p=polynomial(5), q=polynomial(6))


EVERY: dict[str, tuple[str, tuple[int, ...], Scalar]] = {
    "matrix product": ("i j", (3, 5), over(mul(entry("A", "i", "l"), entry("B", "l", "j")), l=polynomial(4))),
    "transposed product": ("j i", (5, 3), over(mul(entry("A", "i", "l"), entry("B", "l", "j")), l=polynomial(4))),
    "outer product": ("i j", (6, 6), mul(entry("x", "i"), entry("y", "j"))),
    "trace": ("", (), over(entry("img", "i", "i"), i=polynomial(5))),
    "diagonal": ("i j", (6, 6), mul(delta(v("i"), v("j")), entry("x", "i"))),
    "identity": ("i j", (4, 4), delta(v("i"), v("j"))),
    "sum over others": ("i", (6,), over(mul(Bracket((Constraint(v("i") - v("j"), "!="),)), entry("x", "j")), j=size(6))),
    "one minus delta": ("i j", (6, 6), mul(add(scalar(1), negate(delta(v("i"), v("j")))), entry("x", "i"))),
    "triangular sum": ("i", (6,), summation((("%j", v("i") + 1),), entry("x", "j"))),
    "reversed": ("i", (6,), entry("x", 5 - v("i"))),
    "every second": ("i", (3,), entry("x", 2 * v("i") + 1)),
    "zero extension": ("i", (8,), mul(entry("x", v("i") - 1), Bracket(within(v("i") - 1, size(6))))),
    "valid convolution": ("u v", (4, 4), over(mul(entry("img", v("u") + 1 - v("p"), v("v") + 2 - v("q")), entry("k", "p", "q")),
                                             p=size(2), q=size(3))),
    "full convolution": ("u v", (6, 8), full_convolution()),
    "dilated": ("u", (4,), over(mul(entry("x", v("u") + 2 * v("p")), entry("k", polynomial(0), "p")), p=size(2))),
    "upsampling": ("x", (6,), over(mul(delta(v("x"), 2 * v("u") + v("p")), entry("s")), u=size(3), p=size(2))),
    "upsampled": ("x", (6,), over(mul(delta(v("x"), 2 * v("u") + v("p")), entry("k", "p", "u")), u=size(3), p=size(2))),
    "overlapping": ("x", (6,), over(mul(delta(v("x"), v("u") + 2 * v("p")), entry("A", "p", "u")), p=size(2), u=size(4))),
    "flatten": ("m", (12,), over(mul(delta(v("m"), 4 * v("i") + v("j")), entry("A", "i", "j")), i=size(3), j=size(4))),
    "flatten by columns": ("m", (12,), over(mul(delta(v("m"), v("i") + 3 * v("j")), entry("A", "i", "j")), i=size(3), j=size(4))),
    "unflatten": ("i j", (2, 3), entry("x", 3 * v("i") + v("j"))),
    "even entries only": ("i", (3,), over(mul(delta(2 * v("i"), v("j")), entry("x", "j")), j=size(6))),
    "unsolvable delta": ("i", (6,), over(mul(delta(2 * v("i"), 3 * v("j")), entry("x", "j")), j=size(6))),
    "pooling": ("u v", (2, 3), Maximum((("%p", size(2)), ("%q", size(2))), entry("img", 2 * v("u") + v("p"), 2 * v("v") + v("q")))),
    "overlapping pooling": ("u", (4,), Maximum((("%p", size(3)),), entry("x", v("u") + v("p")))),
    "global maximum": ("", (), Maximum((("%i", size(5)), ("%j", size(6))), entry("img", "i", "j"))),
    "position of the maximum": ("u p", (3, 2), ArgMaximum((("%q", size(2)),), entry("x", 2 * v("u") + v("q")), (v("p"),))),
    "routing": ("x", (6,), over(mul(delta(v("x"), 2 * v("u") + v("p")), entry("k", polynomial(0), "u"), ArgMaximum(
        (("%q", size(2)),), entry("x", 2 * v("u") + v("q")), (v("p"),))), u=size(3), p=size(2))),
    "shared position": ("u", (2,), ArgMaximum((("%q", size(3)),), entry("x", 3 * v("u") + v("q")), (v("u") + 1,))),
    "whole mask": ("u", (2,), over(ArgMaximum((("%q", size(3)),), entry("x", 3 * v("u") + v("q")), (v("p"),)), p=size(3))),
    "mask that moves": ("", (), over(ArgMaximum((("%q", size(3)),), entry("x", v("p") + v("q")), (v("p"),)), p=size(3))),
    "product over a range": ("i", (3,), Product((("%j", size(4)),), entry("A", "i", "j"))),
    "sum of squares": ("", (), over(power(add(entry("x", "i"), negate(entry("y", "i"))), 2), i=size(6))),
    "square of a sum": ("", (), power(over(entry("x", "i"), i=size(6)), 2)),
    "two sums": ("", (), mul(over(entry("x", "i"), i=size(6)), over(entry("y", "i"), i=size(6)))),
    "three factors": ("i", (3,), over(mul(entry("A", "i", "l"), entry("B", "l", "j"), entry("x", "j")), l=size(4), j=size(5))),
    "unused index": ("i", (6,), over(entry("x", "i"), j=size(4))),
    "constant": ("i", (6,), scalar(2)),
    "index as number": ("i", (6,), mul(Size(2 * v("i") + 1), entry("x", "i"))),
    "nonlinear in a window": ("u", (4,), over(apply("exp", entry("x", v("u") + v("p"))), p=size(3))),
    "function": ("i", (6,), apply("f", entry("x", "i"))),
    "rectifier": ("i", (6,), apply("max", scalar(0), entry("x", "i"))),
    "cases": ("i", (6,), mul(Compare(entry("x", "i"), ">=", scalar(0)), entry("x", "i"), entry("s"))),
    "quotient": ("i", (6,), mul(entry("x", "i"), power(add(scalar(3), power(entry("y", "i"), 2)), -1), entry("s"))),
    **{name: ("i", (6,), apply(name, entry("x", "i"))) for name in ("sigmoid", "relu", "softplus", "sign", "abs", "tanh", "\\sin")},
    "root": ("i", (6,), apply("sqrt", add(scalar(1), power(entry("x", "i"), 2)))),
    "pi": ("i", (6,), mul(apply("pi"), entry("x", "i"))),
    "logarithm of a square of what is negative": ("i", (6,), apply("log", power(add(entry("x", "i"), scalar(-20)), 2))),
    "logarithm": ("i", (6,), apply("log", add(scalar(2), power(entry("x", "i"), 2)))),
    "power": ("i", (6,), power(add(scalar(2), power(entry("x", "i"), 2)), scalar(-3) / 2)),
    "difference of equals": ("i", (6,), add(entry("x", "i"), negate(entry("x", "i")))),
    "hyperbolic": ("i", (6,), mul(add(apply("exp", 2 * entry("x", "i")), scalar(-1)), power(add(apply("exp", 2 * entry("x", "i")), scalar(1)), -1))),
}


def values(seed: int, ties: bool) -> dict[str, np.ndarray]:
    rng = random.Random(seed)
    pick = (lambda: Fraction(rng.randint(-1, 1))) if ties else (lambda: Fraction(rng.randint(-9, 9), 4))
    return {h: np.array([pick() for _ in range(int(np.prod(s)))], object).reshape(s) for h, s in LEAVES.items()}


def compile_and_run(quantity: Quantity, given: dict[str, np.ndarray]) -> np.ndarray:
    lowering = Lowering()
    for head, shape in LEAVES.items():
        lowering.leaf(Quantity(head, tuple(map(polynomial, shape))))
    assert quantity.body is not None
    body = stable(inline_functions(quantity.body, {"f": SIGMOID}), {})
    symbol = lowering.define(Quantity(quantity.head, quantity.extents, quantity.indices, body))
    schedule = Schedule(lowering, [symbol], "float64")
    for head, value in given.items():
        schedule.memory.arrays[lowering.symbols[head]][...] = value.astype(float)
    for _ in range(2):  # a second run must not see what the first one left in memory
        for function, arguments in bound(steps(schedule), named(schedule)):
            function(*arguments)
    return schedule.memory.arrays[symbol]


@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
@pytest.mark.parametrize("name", EVERY)
def test_agrees_with_the_reference_interpreter(name: str, ties: bool) -> None:
    indices, shape, body = EVERY[name]
    quantity = define("out", indices, tuple(map(polynomial, shape)), body)
    for seed in range(2):
        given = values(seed, ties)
        found = compile_and_run(quantity, given)
        environment = Environment({"out": quantity}, {"f": SIGMOID})
        reference = Interpreter(environment, {}, arrays({head: value.tolist() for head, value in given.items()}))
        expected = np.zeros(shape)
        for at, value in reference.tensor("out").items():
            expected[at] = float(value)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12, err_msg=f"{name}, seed {seed}")


@pytest.mark.parametrize("function", [inverse, determinant])
def test_matrices_are_not_inverted_and_that_is_said(function: Callable[[Tensor], Tensor]) -> None:
    matrix = entries("A", (size(3), size(3)))
    whole = sum_of_entries(matrix)
    assert compile_and_run(whole, {"A": np.ones((3, 4))}) == 9
    with pytest.raises(DocumentError, match="cannot be compiled: there is no code for inverses and determinants"):
        compile_and_run(sum_of_entries(function(matrix)), {"A": np.ones((3, 4))})


def sum_of_entries(value: Tensor) -> Quantity:
    return Quantity("s2", (), (), total(value).body)
