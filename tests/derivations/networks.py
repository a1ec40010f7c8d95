"""Small environments for the tests of the interpreter and the refuter: a dense layer and a convolution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from verify_derivations.formulas import operators
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity, adjoint
from verify_derivations.formulas.expressions import Access, Scalar, apply, equal, fresh, power, scalar, summation
from verify_derivations.formulas.polynomial import Polynomial, polynomial
from verify_derivations.formulas.tensors import Tensor, entries

n, m = polynomial("n"), polynomial("m")
i, j, k, u, v = map(fresh, "ijkuv")  # free indices of the claims

SIGMOID = FunctionDefinition("f", ("z",), power(1 + apply("exp", -Access("z")), -1))


def entry(head: str, *indices: Polynomial | str) -> Access:
    return Access(head, tuple(map(polynomial, indices)))


def gradient(head: str, *indices: Polynomial | str) -> Access:
    return entry(adjoint(head, "L"), *indices)


def over(extent: Polynomial, body: Callable[[Polynomial], Scalar], hint: str = "i") -> Scalar:
    """Σ over a fresh index."""
    variable = fresh(hint)
    return summation([(variable, extent)], body(polynomial(variable)))


def define(head: str, extents: Sequence[Polynomial], body: Callable[..., Scalar], *, opaque: bool = False) -> Quantity:
    indices = tuple(fresh(hint) for hint, _ in zip("ijkl", extents, strict=False))
    return Quantity(head, tuple(extents), indices, body(*map(polynomial, indices)), opaque)


def environment(*quantities: Quantity, **options: object) -> Environment:
    return Environment({q.head: q for q in quantities}, **options)  # type: ignore[arg-type]


def squared_error(size: Polynomial, left: str, right: str) -> Quantity:
    half = scalar(Fraction(1, 2))
    return define("L", (), lambda: half * over(size, lambda o: power(entry(left, o) - entry(right, o), 2), "o"))


DENSE = environment(
    Quantity("x", (n,)),
    Quantity("W", (n, m)),
    Quantity("y", (m,)),
    define("z", (m,), lambda t: over(n, lambda s: entry("W", s, t) * entry("x", s))),
    define("a", (m,), lambda t: apply("f", entry("z", t))),
    squared_error(m, "y", "a"),
    loss="L",
    functions={"f": SIGMOID},
)

# -- convolution, activation, max-pooling, flatten, dense ------------------------------------------
B, F, Q, R, s, h, w, n2, n3 = map(polynomial, ("B", "F", "Q", "R", "s", "h", "w", "n_{2}", "n_{3}"))
COLUMNS, ROWS = s * R, s * Q
WIDTH, HEIGHT = COLUMNS + w - 1, ROWS + h - 1


def plane(head: str, fixed: Sequence[Polynomial | str], shape: Sequence[Polynomial]) -> Tensor:
    return entries(head, shape, tuple(map(polynomial, fixed)))


def image(channel: Polynomial | str) -> Tensor:
    return plane("x", (channel,), (HEIGHT, WIDTH))


def kernel(channel: Polynomial | str, feature: Polynomial | str) -> Tensor:
    return plane("k", (channel, feature), (h, w))


def _convolution(f: Polynomial, row: Polynomial, column: Polynomial) -> Scalar:
    window = over(B, lambda c: operators.convolve(image(c), kernel(c, f), "valid").at((row, column)))
    return window + entry("b", f)


CONVOLUTION = environment(
    Quantity("x", (B, HEIGHT, WIDTH)),
    Quantity("k", (B, F, h, w)),
    Quantity("b", (F,)),
    Quantity("W", (n2, n3)),
    Quantity("y", (n3,)),
    define("c", (F, ROWS, COLUMNS), _convolution),
    define("a", (F, ROWS, COLUMNS), lambda f, p, q: apply("f", entry("c", f, p, q))),
    define(
        "p", (F, Q, R), lambda f, p, q: operators.maxpool(plane("a", (f,), (ROWS, COLUMNS)), (s, s), (Q, R)).at((p, q))
    ),
    define("d", (n2,), lambda t: operators.flatten(entries("p", (F, Q, R))).at((t, polynomial(0)))),
    define("z", (n3,), lambda t: over(n2, lambda r: entry("W", r, t) * entry("d", r))),
    squared_error(n3, "y", "z"),
    loss="L",
    functions={"f": SIGMOID},
    facts=(equal(n2, F * Q * R),),
)
CONVOLUTION_FREE = {i: B, j: F, u: h, v: w}


def delta_c(feature: Polynomial | str) -> Tensor:
    return plane(adjoint("c", "L"), (feature,), (ROWS, COLUMNS))
