"""Claims of lecture notes and papers, each with its environment and a twin that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import networks as net
from networks import DENSE, define, entry, environment, gradient, m, n, over

from verify_derivations.derivations.differentiate import derivative, total_derivative
from verify_derivations.formulas import operators
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Apply,
    ArgMaximum,
    Compare,
    Constraint,
    Maximum,
    Product,
    Scalar,
    Size,
    apply,
    at_least,
    bracket,
    delta,
    mul,
    power,
    scalar,
    within,
)
from verify_derivations.formulas.polynomial import Polynomial, polynomial

i, j, k, u, v = map(polynomial, (net.i, net.j, net.k, net.u, net.v))
HALF = scalar(Fraction(1, 2))


@dataclass(frozen=True)
class Claim:
    left: Scalar
    right: Scalar
    wrong: Scalar
    environment: Environment
    free: Mapping[str, Polynomial] = field(default_factory=dict)
    facts: tuple[Constraint, ...] = ()


def exp(x: Scalar) -> Scalar:
    return apply("exp", x)


def log(x: Scalar) -> Scalar:
    return apply("log", x)


def inverse(x: Scalar | Polynomial) -> Scalar:
    return power(scalar(x) if isinstance(x, Polynomial) else x, -1)


def over2(first: Polynomial, second: Polynomial, body: Callable[[Polynomial, Polynomial], Scalar]) -> Scalar:
    return over(first, lambda s: over(second, lambda t: body(s, t)))


CLAIMS: dict[str, Claim] = {}

# -- scalar activations ---------------------------------------------------------------------------------
Z, A, B = Access("z"), Access("A"), Access("B")
SCALARS = environment(Quantity("z"), Quantity("A"), Quantity("B"), Quantity("a"))


def slope(f: Scalar, head: str = "z") -> Scalar:
    return derivative(f, head, (), SCALARS)


SIGMOID = inverse(1 + exp(-Z))
E2 = exp(2 * B * Z)
SCALED = A * apply("tanh", B * Z)
LEAKY = Z * Compare(Z, ">=", NOUGHT) + Z / Access("a") * Compare(NOUGHT, ">", Z)
CLAIMS |= {
    "sigmoid": Claim(slope(SIGMOID), exp(-Z) / power(1 + exp(-Z), 2), exp(Z) / power(1 + exp(-Z), 2), SCALARS),
    "sigmoid by itself": Claim(slope(SIGMOID), SIGMOID * (1 - SIGMOID), SIGMOID * (1 + SIGMOID), SCALARS),
    "tanh by exp": Claim(SCALED, A * (E2 - 1) / (E2 + 1), A * (E2 - 1) / (E2 - 1), SCALARS),
    "scaled tanh": Claim(
        slope(SCALED), 2 * A * B * 2 * E2 / power(E2 + 1, 2), 2 * B * (1 - power(SCALED, 2)), SCALARS
    ),
    "scaled tanh by itself": Claim(
        slope(SCALED), B / A * (power(A, 2) - power(SCALED, 2)), A * B * (1 - power(SCALED, 2)), SCALARS
    ),
    "relu": Claim(slope(apply("relu", Z)), Compare(Z, ">", NOUGHT), Compare(NOUGHT, ">", Z), SCALARS),
    "leaky relu": Claim(
        slope(LEAKY),
        Compare(Z, ">", NOUGHT) + Compare(NOUGHT, ">", Z) / Access("a"),
        Compare(Z, ">", NOUGHT) - Compare(NOUGHT, ">", Z) / Access("a"),
        SCALARS,
    ),
    "leaky relu by its parameter": Claim(
        slope(LEAKY, "a"), -Z / power(Access("a"), 2) * Compare(NOUGHT, ">", Z), -Z * Compare(NOUGHT, ">", Z), SCALARS
    ),
    "softplus": Claim(slope(apply("softplus", Z)), apply("sigmoid", Z), apply("tanh", Z), SCALARS),
    "swish": Claim(
        slope(Z * SIGMOID), SIGMOID + Z * SIGMOID * (1 - SIGMOID), SIGMOID + SIGMOID * (1 - SIGMOID), SCALARS
    ),
    "arctan": Claim(slope(apply("arctan", 2 * Z)), 2 * inverse(1 + 4 * power(Z, 2)), inverse(1 + power(Z, 2)), SCALARS),
    "power law": Claim(slope(power(Z, 5)), 5 * power(Z, 4), 4 * power(Z, 5), SCALARS),
}

# -- a dense layer, Euclidean loss ----------------------------------------------------------------------
CLAIMS |= {
    "error of the output": Claim(
        gradient("a", j), -(entry("y", j) - entry("a", j)), entry("y", j) - entry("a", j), DENSE, {net.j: m}
    ),
    "through the activation": Claim(
        gradient("z", j),
        gradient("a", j) * entry("a", j) * (1 - entry("a", j)),
        gradient("a", j) * entry("z", j) * (1 - entry("z", j)),
        DENSE,
        {net.j: m},
    ),
    "through its prime": Claim(
        gradient("z", j),
        gradient("a", j) * Apply("f", (entry("z", j),), (1,)),
        gradient("a", j) * Apply("f", (entry("z", j),)),
        DENSE,
        {net.j: m},
    ),
    "weights": Claim(
        gradient("W", i, j), entry("x", i) * gradient("z", j), entry("x", i) * gradient("a", j), DENSE,
        {net.i: n, net.j: m},
    ),
    "weights to the end": Claim(
        gradient("W", i, j),
        entry("x", i) * (entry("a", j) - entry("y", j)) * entry("a", j) * (1 - entry("a", j)),
        entry("x", i) * (entry("a", j) - entry("y", j)),
        DENSE,
        {net.i: n, net.j: m},
    ),
    "input": Claim(
        gradient("x", i),
        over(m, lambda t: entry("W", i, t) * gradient("z", t)),
        over(m, lambda t: entry("W", i, t) * gradient("a", t)),
        DENSE,
        {net.i: n},
    ),
    "Jacobian of a layer": Claim(
        total_derivative(entry("z", j), "W", (i, k), DENSE),
        mul(entry("x", i), delta(j, k)),
        entry("x", i),
        DENSE,
        {net.i: n, net.j: m, net.k: m},
    ),
}

# -- softmax and cross-entropy --------------------------------------------------------------------------
SIMPLEX = (over(n, lambda t: entry("y", t)), UNIT)


def softmax(head: str, extent: Polynomial, *fixed: Polynomial) -> Callable[[Polynomial], Scalar]:
    return lambda t: exp(entry(head, *fixed, t)) / over(extent, lambda q: exp(entry(head, *fixed, q)))


CROSS = environment(
    Quantity("z", (n,)),
    Quantity("y", (n,)),
    define("a", (n,), softmax("z", n)),
    define("L", (), lambda: -over(n, lambda t: entry("y", t) * log(entry("a", t)))),
    loss="L",
    assumptions=(SIMPLEX,),
)
OTHERS = over(n, lambda t: (1 - delta(t, i)) * entry("y", t) * entry("a", i))
TOTAL = over(n, lambda t: exp(entry("z", t)))
CLAIMS |= {
    "softmax, same index": Claim(
        total_derivative(entry("a", i), "z", (i,), CROSS),
        entry("a", i) * (1 - entry("a", i)),
        -entry("a", i) * entry("a", i),
        CROSS,
        {net.i: n},
    ),
    "softmax, other index": Claim(
        total_derivative(entry("a", i), "z", (k,), CROSS),
        -exp(entry("z", i)) * exp(entry("z", k)) / power(TOTAL, 2),
        exp(entry("z", i)) * exp(entry("z", k)) / power(TOTAL, 2),
        CROSS,
        {net.i: n, net.k: n},
        (Constraint(i - k, "!="),),
    ),
    "cross-entropy by a": Claim(
        gradient("a", i), -entry("y", i) / entry("a", i), -entry("y", i) * entry("a", i), CROSS, {net.i: n}
    ),
    "the loss, one term apart": Claim(
        entry("L"),
        -over(n, lambda t: (1 - delta(t, i)) * entry("y", t) * log(entry("a", t))) - entry("y", i) * log(entry("a", i)),
        -over(n, lambda t: entry("y", t) * log(entry("a", t))) - entry("y", i) * log(entry("a", i)),
        CROSS,
        {net.i: n},
    ),
    "the loss as a logarithm of powers": Claim(
        entry("L"),
        -over(n, lambda t: log(power(entry("a", t), entry("y", t)))),
        -over(n, lambda t: log(entry("a", t))),
        CROSS,
    ),
    "sum over the others": Claim(
        OTHERS - entry("y", i) * (1 - entry("a", i)),
        over(n, lambda t: entry("y", t) * entry("a", i)) - entry("y", i),
        over(n, lambda t: entry("y", t) * entry("a", t)) - entry("y", i),
        CROSS,
        {net.i: n},
    ),
    "cross-entropy by z": Claim(
        gradient("z", i), entry("a", i) - entry("y", i), entry("y", i) - entry("a", i), CROSS, {net.i: n}
    ),
}

# -- convolution, pooling, flattening -------------------------------------------------------------------
C, FREE = net.CONVOLUTION, net.CONVOLUTION_FREE
PLACE = {net.j: net.F, net.u: net.ROWS, net.v: net.COLUMNS}
KERNEL_GRADIENT = operators.convolve(net.image(i), operators.rot180(net.delta_c(j)), "valid")
POOLED = net.plane(adjoint("p", "L"), (j,), (net.Q, net.R))
FULL, TURNED = (
    over(
        net.F,
        lambda f, turn=turn: operators.convolve(net.delta_c(f), turn(net.kernel(i, f)), "full").at((u, v)),  # type: ignore[misc]
    )
    for turn in (operators.rot180, lambda kernel: kernel)
)
CLAIMS |= {
    "kernel": Claim(
        gradient("k", i, j, u, v), operators.rot180(KERNEL_GRADIENT).at((u, v)), KERNEL_GRADIENT.at((u, v)), C, FREE
    ),
    "image": Claim(
        gradient("x", i, u, v), FULL, TURNED, C, {net.i: net.B, net.u: net.HEIGHT, net.v: net.WIDTH}
    ),
    "bias of a feature map": Claim(
        gradient("b", j),
        over2(net.ROWS, net.COLUMNS, lambda s, t: gradient("c", j, s, t)),
        over2(net.ROWS, net.COLUMNS, lambda s, t: gradient("a", j, s, t)),
        C,
        {net.j: net.F},
    ),
    "through the pooling": Claim(
        gradient("a", j, u, v),
        operators.route(POOLED, (net.s, net.s), net.plane("a", (j,), (net.ROWS, net.COLUMNS))).at((u, v)),
        operators.repeat(POOLED, (net.s, net.s)).at((u, v)),
        C,
        PLACE,
    ),
    "through the flattening": Claim(
        gradient("p", j, u, v),
        gradient("d", (j * net.Q + u) * net.R + v),
        gradient("d", (v * net.Q + u) * net.F + j),
        C,
        {net.j: net.F, net.u: net.Q, net.v: net.R},
    ),
}

# -- batches, attention, normalisation ------------------------------------------------------------------
N, K, D, T = map(polynomial, ("N", "K", "D", "T"))
LINEAR = environment(
    Quantity("X", (N, D)),
    Quantity("W", (D, K)),
    Quantity("T", (N, K)),
    define("Y", (N, K), lambda s, t: over(D, lambda r: entry("X", s, r) * entry("W", r, t))),
    define(
        "L", (), lambda: HALF * inverse(N) * over2(N, K, lambda s, t: power(entry("Y", s, t) - entry("T", s, t), 2))
    ),
    loss="L",
)
ROWS = environment(
    Quantity("X", (N, D)),
    Quantity("W", (D, K)),
    Quantity("T", (N, K)),
    define("Z", (N, K), lambda s, t: over(D, lambda r: entry("X", s, r) * entry("W", r, t))),
    define("P", (N, K), lambda s, t: softmax("Z", K, s)(t)),
    define("L", (), lambda: -inverse(N) * over2(N, K, lambda s, t: entry("T", s, t) * log(entry("P", s, t)))),
    loss="L",
    assumptions=((over(K, lambda t: entry("T", polynomial("%s"), t)), UNIT),),
)
ROOT = power(Size(D), Fraction(-1, 2))
ATTENTION = environment(
    Quantity("Q", (T, D)),
    Quantity("K", (T, D)),
    Quantity("V", (T, D)),
    define("S", (T, T), lambda s, t: ROOT * over(D, lambda r: entry("Q", s, r) * entry("K", t, r))),
    define("A", (T, T), lambda s, t: softmax("S", T, s)(t)),
    define("O", (T, D), lambda s, t: over(T, lambda r: entry("A", s, r) * entry("V", r, t)), opaque=True),
    Quantity("L"),
    loss="L",
)
EPSILON = Access("e")
NORM = environment(
    Quantity("x", (N, D)),
    Quantity("g", (D,)),
    define("m", (D,), lambda t: inverse(N) * over(N, lambda s: entry("x", s, t))),
    define("s", (D,), lambda t: inverse(N) * over(N, lambda s: power(entry("x", s, t) - entry("m", t), 2))),
    define(
        "h", (N, D), lambda s, t: (entry("x", s, t) - entry("m", t)) * power(entry("s", t) + EPSILON, Fraction(-1, 2))
    ),
    define("y", (N, D), lambda s, t: entry("g", t) * entry("h", s, t), opaque=True),
    Quantity("L"),
    loss="L",
    positive=frozenset({"e"}),
)


def normalised(centre: str) -> Scalar:
    """The gradient of batch normalisation in one line."""
    inner = (
        Size(N) * gradient("y", i, j)
        - over(N, lambda s: gradient("y", s, j))
        - entry(centre, i, j) * over(N, lambda s: gradient("y", s, j) * entry("h", s, j))
    )
    return inverse(N) * entry("g", j) * power(entry("s", j) + EPSILON, Fraction(-1, 2)) * inner


QUADRATIC = environment(
    Quantity("x", (n,)),
    Quantity("M", (n, n)),
    define("L", (), lambda: over2(n, n, lambda s, t: entry("x", s) * entry("M", s, t) * entry("x", t))),
    loss="L",
)
LENGTH = environment(
    Quantity("x", (n,)),
    define("L", (), lambda: power(over(n, lambda s: power(entry("x", s), 2)), Fraction(1, 2))),
    loss="L",
)
EVIDENCE = environment(
    Quantity("x", (n,)), define("L", (), lambda: log(over(n, lambda s: exp(entry("x", s))))), loss="L"
)
LOGISTIC = environment(
    Quantity("x", (n,)),
    Quantity("y", (n,)),
    define("p", (n,), lambda t: apply("sigmoid", entry("x", t))),
    define("L", (), lambda: -over(
        n, lambda t: entry("y", t) * log(entry("p", t)) + (1 - entry("y", t)) * log(1 - entry("p", t))
    )),
    loss="L",
)
CLAIMS |= {
    "linear regression": Claim(
        gradient("W", i, j),
        inverse(N) * over(N, lambda s: entry("X", s, i) * (entry("Y", s, j) - entry("T", s, j))),
        over(N, lambda s: entry("X", s, i) * (entry("Y", s, j) - entry("T", s, j))),
        LINEAR,
        {net.i: D, net.j: K},
    ),
    "rows of a softmax": Claim(
        over(K, lambda t: entry("P", i, t)), UNIT, inverse(K), ROWS, {net.i: N}
    ),
    "softmax regression": Claim(
        gradient("W", i, j),
        inverse(N) * over(N, lambda s: entry("X", s, i) * (entry("P", s, j) - entry("T", s, j))),
        inverse(N) * over(N, lambda s: entry("X", s, i) * (entry("T", s, j) - entry("P", s, j))),
        ROWS,
        {net.i: D, net.j: K},
    ),
    "attention, values": Claim(
        gradient("V", i, j),
        over(T, lambda t: entry("A", t, i) * gradient("O", t, j)),
        over(T, lambda t: entry("A", i, t) * gradient("O", t, j)),
        ATTENTION,
        {net.i: T, net.j: D},
    ),
    "attention, scores": Claim(
        gradient("S", i, j),
        entry("A", i, j) * (gradient("A", i, j) - over(T, lambda t: gradient("A", i, t) * entry("A", i, t))),
        entry("A", i, j) * (gradient("A", i, j) - over(T, lambda t: gradient("A", t, j) * entry("A", t, j))),
        ATTENTION,
        {net.i: T, net.j: T},
    ),
    "attention, keys": Claim(
        gradient("K", i, j),
        ROOT * over(T, lambda t: gradient("S", t, i) * entry("Q", t, j)),
        ROOT * over(T, lambda t: gradient("S", i, t) * entry("Q", t, j)),
        ATTENTION,
        {net.i: T, net.j: D},
    ),
    "batch normalisation": Claim(gradient("x", i, j), normalised("h"), normalised("x"), NORM, {net.i: N, net.j: D}),
    "quadratic form": Claim(
        gradient("x", i),
        over(n, lambda t: (entry("M", i, t) + entry("M", t, i)) * entry("x", t)),
        over(n, lambda t: (entry("M", i, t) - entry("M", t, i)) * entry("x", t)),
        QUADRATIC,
        {net.i: n},
    ),
    "norm": Claim(gradient("x", i), entry("x", i) / entry("L"), 2 * entry("x", i) / entry("L"), LENGTH, {net.i: n}),
    "log-sum-exp": Claim(
        gradient("x", i), exp(entry("x", i) - entry("L")), exp(entry("x", i)), EVIDENCE, {net.i: n}
    ),
    "logistic regression": Claim(
        gradient("x", i), entry("p", i) - entry("y", i), entry("y", i) - entry("p", i), LOGISTIC, {net.i: n}
    ),
}

# -- stride, dilation, padding, overlapping windows, recurrence, densities ------------------------------
S, H, PAD = map(polynomial, ("s", "h", "p"))
LONG = S * (n - 1) + H
STRIDED = environment(
    Quantity("x", (LONG,)),
    Quantity("k", (H,)),
    define("y", (n,), lambda t: over(H, lambda q: entry("x", S * t + q) * entry("k", q)), opaque=True),
    Quantity("L"),
    loss="L",
)
DILATED = environment(
    Quantity("x", (n + S * (H - 1),)),
    Quantity("k", (H,)),
    define("y", (n,), lambda t: over(H, lambda q: entry("x", t + S * q) * entry("k", q)), opaque=True),
    Quantity("L"),
    loss="L",
)
OUT = n + 2 * PAD - H + 1
PADDED = environment(
    Quantity("x", (n,)),
    Quantity("k", (H,)),
    define("y", (OUT,), lambda t: over(
        H, lambda q: mul(bracket(*within(t + q - PAD, n)), entry("x", t + q - PAD), entry("k", q))
    ), opaque=True),
    Quantity("L"),
    loss="L",
    facts=(at_least(n + 2 * PAD, H),),
)
OVERLAP = environment(
    Quantity("x", (LONG,)),
    define("y", (n,), lambda t: Maximum((("%w.0", H),), entry("x", S * t + polynomial("%w.0"))), opaque=True),
    Quantity("L"),
    loss="L",
)


def overlapping(step: Polynomial) -> Scalar:
    def window(t: Polynomial) -> Scalar:
        position = ArgMaximum((("%w.1", H),), entry("x", S * t + polynomial("%w.1")), (i - step * t,))
        return mul(bracket(*within(i - step * t, H)), gradient("y", t), position)

    return over(n, window)


def recurrent(t: int, *, last: bool = False) -> tuple[Quantity, Quantity]:
    def inner(s: Polynomial) -> Scalar:
        new = over(m, lambda r: entry("W", s, r) * entry(f"x{t}", r))
        return new + over(n, lambda r: entry("U", s, r) * entry(f"h{t - 1}", r))

    return (
        define(f"z{t}", (n,), inner), define(f"h{t}", (n,), lambda s: apply("tanh", entry(f"z{t}", s)), opaque=last)
    )


RECURRENT = environment(
    Quantity("U", (n, n)), Quantity("W", (n, m)), Quantity("h0", (n,)), Quantity("x1", (m,)), Quantity("x2", (m,)),
    *recurrent(1), *recurrent(2, last=True), Quantity("L"), loss="L",
)  # fmt: skip
COIN = environment(
    Quantity("q"),
    Quantity("x", (n,)),
    define("L", (), lambda: -log(Product((("%c.0", n),), mul(
        power(entry("q"), entry("x", "%c.0")), power(1 - entry("q"), 1 - entry("x", "%c.0"))
    )))),
    loss="L",
    positive=frozenset({"q"}),
)
GAUSS = environment(
    Quantity("u"),
    Quantity("s"),
    Quantity("x", (n,)),
    define("L", (), lambda: -over(n, lambda t: log(
        power(2 * apply("pi") * power(entry("s"), 2), Fraction(-1, 2))
        * exp(-power(entry("x", t) - entry("u"), 2) / (2 * power(entry("s"), 2)))
    ))),
    loss="L",
    positive=frozenset({"s"}),
)
SQUARES = over(n, lambda t: power(entry("x", t) - entry("u"), 2))
CLAIMS |= {
    "stride": Claim(
        gradient("x", i),
        over(n, lambda t: mul(bracket(*within(i - S * t, H)), entry("k", i - S * t), gradient("y", t))),
        over(n, lambda t: mul(bracket(*within(i - t, H)), entry("k", i - t), gradient("y", t))),
        STRIDED,
        {net.i: LONG},
    ),
    "dilation": Claim(
        gradient("k", i),
        over(n, lambda t: entry("x", t + S * i) * gradient("y", t)),
        over(n, lambda t: entry("x", t + i) * gradient("y", t)),
        DILATED,
        {net.i: H},
    ),
    "padding": Claim(
        gradient("x", i),
        over(H, lambda q: mul(bracket(*within(i + PAD - q, OUT)), entry("k", q), gradient("y", i + PAD - q))),
        over(H, lambda q: mul(bracket(*within(i + q - PAD, OUT)), entry("k", q), gradient("y", i + q - PAD))),
        PADDED,
        {net.i: n},
    ),
    "overlapping windows": Claim(
        gradient("x", i), overlapping(S), over(n, lambda t: mul(bracket(*within(i - S * t, H)), gradient("y", t))),
        OVERLAP, {net.i: LONG},
    ),
    "through time": Claim(
        gradient("U", i, j),
        gradient("z1", i) * entry("h0", j) + gradient("z2", i) * entry("h1", j),
        gradient("z1", i) * entry("h1", j) + gradient("z2", i) * entry("h0", j),
        RECURRENT,
        {net.i: n, net.j: n},
    ),
    "likelihood of a coin": Claim(
        gradient("q"),
        -over(n, lambda t: entry("x", t) / entry("q") - (1 - entry("x", t)) / (1 - entry("q"))),
        -over(n, lambda t: entry("x", t) / entry("q") + (1 - entry("x", t)) / (1 - entry("q"))),
        COIN,
    ),
    "logarithm of a root": Claim(
        log(power(entry("s"), Fraction(1, 2)) * entry("t")),
        HALF * log(entry("s")) + log(entry("t")),
        log(entry("s")) + log(entry("t")),
        environment(Quantity("s"), Quantity("t")),
    ),
    "likelihood of a normal distribution": Claim(
        gradient("s"),
        Size(n) / entry("s") - SQUARES / power(entry("s"), 3),
        Size(n) / entry("s") - SQUARES / power(entry("s"), 2),
        GAUSS,
    ),
}
