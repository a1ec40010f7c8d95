"""The operators of a document, each defined once in index notation.

An operator takes tensors and returns a tensor; all that is known of it (derivative, proof, counterexample,
code) follows from the sums, brackets and maxima written here. ``elementwise_functions`` maps a function's
name in a document to its name in :class:`~verify_derivations.formulas.expressions.Apply`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verify_derivations.formulas.expressions import (
    ONE,
    UNIT,
    ArgMaximum,
    Determinant,
    Inverse,
    Maximum,
    Polynomial,
    Scalar,
    apply,
    bracket,
    delta,
    equal,
    fresh,
    mul,
    polynomial,
    power,
    summation,
    within,
)
from verify_derivations.formulas.tensors import ShapeError, Tensor, build, constant, elementwise, show, total

elementwise_functions = {
    "exp": "exp", "log": "log", "ln": "log", "sqrt": "sqrt", "abs": "abs", "sign": "sign", "sgn": "sign", "erf": "erf",
    "sin": "sin", "cos": "cos", "arctan": "arctan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "sigmoid": "sigmoid", "sigm": "sigmoid", "logistic": "sigmoid", "softplus": "softplus",
    "relu": "relu", "ReLU": "relu", "RELU": "relu", "Relu": "relu", "!": "!",
}  # fmt: skip


# -- two-dimensional maps -----------------------------------------------------------------------------
def convolve(image: Tensor, kernel: Tensor, mode: str, *, flip: bool = True) -> Tensor:
    """``conv2``: out[u, v] = Σ_pq kernel[p, q] · image[u ∓ p, v ∓ q] for ``flip`` (convolution), with + for
    cross-correlation. ``valid`` keeps the places where the kernel lies inside the image, ``full`` all places where they
    overlap, ``same`` the central part of the size of the image; outside the image there is zero."""
    if len(image.axes) != 2 or len(kernel.axes) != 2:
        raise ShapeError(f"conv2 takes two matrices, not shapes {show(image.shape)} and {show(kernel.shape)}")
    sizes, window = image.shape, kernel.shape
    offset: tuple[Polynomial, ...]
    if mode == "valid":
        shape = tuple(n - k + 1 for n, k in zip(sizes, window, strict=True))
        offset = tuple(k - 1 for k in window) if flip else (polynomial(0), polynomial(0))
    elif mode == "full":
        shape = tuple(n + k - 1 for n, k in zip(sizes, window, strict=True))
        offset = (polynomial(0), polynomial(0)) if flip else tuple(1 - k for k in window)
    else:
        raise ShapeError(f"conv2 has no mode '{mode}': expected 'valid' or 'full'")

    def entry(u: Polynomial, v: Polynomial) -> Scalar:
        p, q = (polynomial(fresh(n)) for n in "pq")
        sign = -1 if flip else 1
        row, column = u + offset[0] + p * sign, v + offset[1] + q * sign
        inside = UNIT if mode == "valid" else bracket(*within(row, sizes[0]), *within(column, sizes[1]))
        binders = [(_name(p), window[0]), (_name(q), window[1])]
        return summation(binders, mul(kernel.at((p, q)), image.at((row, column)), inside))

    return build(shape, entry)


def rot180(value: Tensor) -> Tensor:
    """out[u, v] = value[m-1-u, n-1-v]"""
    return build(value.shape, lambda *i: value.at([n - 1 - k for n, k in zip(value.shape, i, strict=True)]))


def flip(value: Tensor, axis: int) -> Tensor:
    return build(
        value.shape,
        lambda *i: value.at(
            [n - 1 - k if a == axis else k for a, (n, k) in enumerate(zip(value.shape, i, strict=True))]
        ),
    )


def maxpool(value: Tensor, window: tuple[Polynomial, ...], shape: tuple[Polynomial, ...]) -> Tensor:
    """out[u, v] = max over p, q < window of value[s·u + p, s·v + q]; ``shape`` is that of ``out``."""

    def entry(*at: Polynomial) -> Scalar:
        digits = [polynomial(fresh("p")) for _ in at]
        body = value.at([s * u + p for s, u, p in zip(window, at, digits, strict=True)])
        return Maximum(tuple((_name(p), s) for p, s in zip(digits, window, strict=True)), body)

    return build(shape, entry)


def meanpool(value: Tensor, window: tuple[Polynomial, ...], shape: tuple[Polynomial, ...]) -> Tensor:
    """out[u, v] = the mean over p, q < window of value[s·u + p, s·v + q]"""

    def entry(*at: Polynomial) -> Scalar:
        digits = [polynomial(fresh("p")) for _ in at]
        body = value.at([s * u + p for s, u, p in zip(window, at, digits, strict=True)])
        count = mul(*(power(constant(s).body, -1) for s in window))
        return mul(count, summation([(_name(p), s) for p, s in zip(digits, window, strict=True)], body))

    return build(shape, entry)


def repeat(value: Tensor, window: tuple[Polynomial, ...]) -> Tensor:
    """Upsampling by repetition (Kronecker product with ones): out[s·u + p, s·v + q] = value[u, v]."""
    return _spread(value, window, lambda at, digits: UNIT)


def route(value: Tensor, window: tuple[Polynomial, ...], pooled: Tensor) -> Tensor:
    """Upsampling that places each entry at the maximum of its window of ``pooled``, zero elsewhere."""

    def mask(at: list[Polynomial], digits: list[Polynomial]) -> Scalar:
        inner = [polynomial(fresh("p")) for _ in at]
        body = pooled.at([s * u + p for s, u, p in zip(window, at, inner, strict=True)])
        return ArgMaximum(tuple((_name(p), s) for p, s in zip(inner, window, strict=True)), body, tuple(digits))

    return _spread(value, window, mask)


def _spread(
    value: Tensor, window: tuple[Polynomial, ...], mask: Callable[[list[Polynomial], list[Polynomial]], Scalar]
) -> Tensor:
    shape = tuple(s * n for s, n in zip(window, value.shape, strict=True))

    def entry(*place: Polynomial) -> Scalar:
        at = [polynomial(fresh("u")) for _ in place]
        digits = [polynomial(fresh("p")) for _ in place]
        binders = [(_name(u), n) for u, n in zip(at, value.shape, strict=True)]
        binders += [(_name(p), s) for p, s in zip(digits, window, strict=True)]
        here = bracket(*(equal(x, s * u + p) for x, s, u, p in zip(place, window, at, digits, strict=True)))
        return summation(binders, mul(here, mask(at, digits), value.at(at)))

    return build(shape, entry)


def flatten(value: Tensor, shape: tuple[Polynomial, ...] | None = None) -> Tensor:
    """All entries as one column, the last axis fastest. (Which order makes no difference to a gradient; row-major
    order is fixed here so that a value can be shown.)"""
    size = polynomial(1)
    for n in value.shape:
        size = size * n

    def entry(m: Polynomial, _: Polynomial) -> Scalar:
        at = [polynomial(fresh("u")) for _ in value.axes]
        place = polynomial(0)
        for u, n in zip(at, value.shape, strict=True):
            place = place * n + u
        binders = [(_name(u), n) for u, n in zip(at, value.shape, strict=True)]
        return summation(binders, mul(delta(m, place), value.at(at)))

    return build((size, polynomial(1)), entry)


def may_be_kronecker(one: Tensor, other: Tensor) -> bool:
    """Whether ``A ⊗ B`` is the Kronecker product: of two matrices of different shapes. (Of vectors it may be the outer
    product, and of equal shapes the entrywise one.)"""
    matrices = all(len(x.axes) == 2 and not any(a.unit for a in x.axes) for x in (one, other))
    return matrices and one.shape != other.shape


def kronecker(one: Tensor, other: Tensor) -> Tensor:
    """``A ⊗ B``, the block matrix of the ``A_{ij} B``."""
    rows, columns = other.shape

    def entry(u: Polynomial, v: Polynomial) -> Scalar:
        i, j, k, m = (polynomial(fresh("u")) for _ in range(4))
        places = zip((i, j, k, m), (*one.shape, *other.shape), strict=True)
        here = mul(delta(u, i * rows + k), delta(v, j * columns + m))
        return summation([(_name(x), n) for x, n in places], mul(here, one.at([i, j]), other.at([k, m])))

    return build((one.shape[0] * rows, one.shape[1] * columns), entry)


# -- vectors and matrices -----------------------------------------------------------------------------
def softmax(value: Tensor, axis: int = 0) -> Tensor:
    """exp(z_i) / Σ_j exp(z_j) along ``axis``."""

    def entry(*at: Polynomial) -> Scalar:
        j = polynomial(fresh("j"))
        other = [j if a == axis else k for a, k in enumerate(at)]
        bottom = summation([(_name(j), value.shape[axis])], apply("exp", value.at(other)))
        return mul(apply("exp", value.at(at)), power(bottom, -1))

    return build(value.shape, entry)


def squared_norm(value: Tensor) -> Tensor:
    return total(value.map(lambda body: power(body, 2)))


def norm(value: Tensor, order: int = 2) -> Tensor:
    """The Euclidean (Frobenius) norm, or the sum of absolute values for order 1."""
    if order == 1:
        return total(value.map(lambda body: apply("abs", body)))
    if order != 2:
        raise ShapeError(f"no rule for the norm of order {order}")
    return squared_norm(value).map(lambda body: power(body, Fraction(1, 2)))


def trace(value: Tensor) -> Tensor:
    if value.is_scalar:
        return value
    if len(value.axes) != 2 or value.shape[0] != value.shape[1]:
        raise ShapeError(f"the trace of a tensor of shape {show(value.shape)} does not exist")
    i = polynomial(fresh("i"))
    return Tensor((), summation([(_name(i), value.shape[0])], value.at((i, i))))


def determinant(value: Tensor) -> Tensor:
    extent = _order(value, "determinant")
    return value if extent is None else Tensor((), Determinant(*_matrix(value, extent)))


def inverse(value: Tensor) -> Tensor:
    """A⁻¹ with A·A⁻¹ = A⁻¹·A = 1, of a scalar the reciprocal."""
    extent = _order(value, "inverse")
    if extent is None:
        return value.map(lambda body: power(body, -1))
    return build((extent, extent), lambda i, j: Inverse(*_matrix(value, extent), (i, j)))


def _order(value: Tensor, what: str) -> Polynomial | None:
    """The number of rows of a square matrix, ``None`` for a scalar."""
    if value.is_scalar:
        return None
    if len(value.axes) != 2 or value.shape[0] != value.shape[1]:
        raise ShapeError(f"the {what} of a matrix of shape {show(value.shape)} does not exist: it is not square")
    return value.shape[0]


def _matrix(value: Tensor, extent: Polynomial) -> tuple[tuple[tuple[str, Polynomial], ...], Scalar]:
    """An entry of a square matrix at two variables of its own, and their ranges."""
    names = fresh("i"), fresh("j")
    return tuple((name, extent) for name in names), value.at([polynomial(name) for name in names])


def row_sums(value: Tensor) -> Tensor:
    """rowsum: the column of the sums of each row."""
    if len(value.axes) != 2:
        raise ShapeError(f"rowsum takes a matrix, not shape {show(value.shape)}")
    columns = fresh("j")
    return build((value.shape[0], ONE), lambda i, _: summation(
        [(columns, value.shape[1])], value.at((i, polynomial(columns)))))  # fmt: skip


def diagonal(value: Tensor) -> Tensor:
    """diag: of a vector the diagonal matrix, of a matrix its diagonal."""
    if len(value.axes) == 2 and (value.axes[0].unit or value.axes[1].unit):
        vector = value if value.axes[1].unit else Tensor(tuple(reversed(value.axes)), value.body)
        n = vector.shape[0]
        return build((n, n), lambda i, j: mul(delta(i, j), vector.at((i, polynomial(0)))))
    if len(value.axes) == 2 and value.shape[0] == value.shape[1]:
        return build((value.shape[0], polynomial(1)), lambda i, _: value.at((i, i)))
    raise ShapeError(f"diag takes a vector or a square matrix, not shape {show(value.shape)}")


def identity(size: Polynomial) -> Tensor:
    return build((size, size), delta)


def ones(shape: tuple[Polynomial, ...]) -> Tensor:
    return build(shape, lambda *_: UNIT)


def mean(value: Tensor) -> Tensor:
    count = mul(*(power(constant(n).body, -1) for n in value.shape))
    return total(value).map(lambda body: mul(count, body))


def dot(left: Tensor, right: Tensor) -> Tensor:
    """The sum of the products of corresponding entries."""
    return total(elementwise(mul, left, right))


def _name(index: Polynomial) -> str:
    name = index.as_atom()
    assert name is not None
    return name
