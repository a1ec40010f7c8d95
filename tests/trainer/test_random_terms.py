"""Random sums of products with strides, flips, guards, deltas and masks agree with the reference interpreter."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
from nets import entry, named, v

from verify_derivations.derivations.evaluate import Interpreter, arrays
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import (
    ArgMaximum,
    Bracket,
    Constraint,
    Maximum,
    Polynomial,
    Scalar,
    add,
    delta,
    mul,
    polynomial,
    power,
    scalar,
    summation,
    within,
)
from verify_derivations.trainer.compiler import steps
from verify_derivations.trainer.lowering import Lowering
from verify_derivations.trainer.runtime import bound
from verify_derivations.trainer.schedule import Schedule

LEAVES = {"A": (3, 4), "B": (4, 2, 3), "x": (6,), "m": (2, 3, 2)}
FREE = (("x", 5), ("i", 2))
BOUND = (("u", 3), ("p", 2), ("q", 3))


def index(rng: random.Random, names: list[str]) -> Polynomial:
    total = polynomial(rng.randint(-2, 2))
    if {"u", "p", "q"} <= set(names) and rng.random() < 0.5:  # a pooling window on a convolution, perhaps turned round
        inner = 2 * v("u") + v("p") + v("q") * rng.choice([1, -1])
        return total + inner if rng.random() < 0.5 else total + v("x") - inner
    for name in rng.sample(names, rng.randint(0, min(3, len(names)))):
        total = total + v(name) * rng.choice([1, 1, 1, -1, -1, 2, -2])
    return total


def factor(rng: random.Random, names: list[str]) -> Scalar:
    head = rng.choice(list(LEAVES))
    indices = [index(rng, names) for _ in LEAVES[head]]
    guard = [c for i, n in zip(indices, LEAVES[head], strict=True) for c in within(i, polynomial(n))]
    if rng.random() < 0.15:  # an inner maximum, guarded as a whole
        window = Maximum((("%w", polynomial(2)),), mul(entry("x", v("w") + 2 * v("w")), scalar(1)))
        return add(mul(Bracket(tuple(guard)), entry(head, *indices)), window)
    return mul(Bracket(tuple(guard)), entry(head, *indices))


def term(rng: random.Random) -> Scalar:
    free = [name for name, _ in FREE]
    bound = rng.sample(BOUND, rng.randint(0, len(BOUND)))
    names = free + [name for name, _ in bound]
    factors = [factor(rng, names) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.5:
        factors.append(delta(index(rng, names), index(rng, names)))
    if rng.random() < 0.4:
        factors.append(delta(v("x"), 2 * v("u") + v("p")) if {"u", "p"} <= set(names) else delta(v("x"), v("i")))
    if rng.random() < 0.2:
        factors.append(Bracket((Constraint(index(rng, names), rng.choice([">=", "!="])),)))
    if rng.random() < 0.2 and {"u", "p"} <= set(names):
        factors.append(ArgMaximum((("%w", polynomial(2)),), entry("x", 2 * v("u") + v("w")), (v("p"),)))
    body = summation(tuple((f"%{name}", polynomial(n)) for name, n in bound), mul(*factors))
    return power(body, 2) if rng.random() < 0.1 else mul(scalar(rng.randint(1, 3)), body)


def disagreement(seed: int, tiles: int) -> str:
    """Empty, or what differs."""
    rng = random.Random(seed)
    body = add(*(term(rng) for _ in range(rng.randint(1, 2))))
    quantity = Quantity("out", tuple(polynomial(n) for _, n in FREE), tuple(f"%{name}" for name, _ in FREE), body)
    given = {h: np.array([rng.randint(-3, 3) for _ in range(int(np.prod(s)))]).reshape(s) for h, s in LEAVES.items()}
    lowering = Lowering(tiles)
    for head, shape in LEAVES.items():
        lowering.leaf(Quantity(head, tuple(map(polynomial, shape))))
    schedule = Schedule(lowering, [lowering.define(quantity)], "float64")
    for head, value in given.items():
        schedule.memory.arrays[lowering.symbols[head]][...] = value
    for function, arguments in bound(steps(schedule), named(schedule)):
        function(*arguments)
    found = schedule.memory.arrays[lowering.symbols["out"]]
    interpreter = Interpreter(Environment({"out": quantity}), {}, arrays({h: a.tolist() for h, a in given.items()}))
    for at in itertools.product(*(range(n) for _, n in FREE)):
        expected = float(interpreter.entry("out", at))  # type: ignore[arg-type]
        if abs(found[at] - expected) > 1e-9 * max(1, abs(expected)):
            return f"seed {seed}, entry {at}: {found[at]} instead of {expected} for {body}"
    return ""


@pytest.mark.parametrize("tiles", [0, 100])
@pytest.mark.parametrize("seed", range(30))
def test_random_terms(seed: int, tiles: int) -> None:
    assert not disagreement(seed, tiles)
