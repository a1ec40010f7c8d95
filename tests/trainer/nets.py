"""The three nets of the notes, built by hand in index notation (no reader, no calculus)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from verify_derivations.formulas.definitions import FunctionDefinition, Quantity, adjoint
from verify_derivations.formulas.expressions import (
    Access,
    ArgMaximum,
    Bracket,
    Maximum,
    Polynomial,
    Scalar,
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
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.schedule import Schedule

SIGMOID = FunctionDefinition("f", ("z",), power(add(scalar(1), apply("exp", negate(Access("z")))), -1))
L = "L"


def v(name: str) -> Polynomial:
    return polynomial(f"%{name}")


def n(name: str) -> Polynomial:
    return polynomial(name)


def entry(head: str, *indices: Polynomial | str) -> Access:
    return Access(head, tuple(v(i) if isinstance(i, str) else i for i in indices))


def over(body: Scalar, **extents: Polynomial) -> Scalar:
    return summation(tuple((f"%{name}", extent) for name, extent in extents.items()), body)


def define(head: str, indices: str, extents: tuple[Polynomial, ...], body: Scalar) -> Quantity:
    return Quantity(head, extents, tuple(f"%{i}" for i in indices.split()), body)


def leaf(head: str, *extents: Polynomial) -> Quantity:
    return Quantity(head, extents)


def named(schedule: Schedule) -> dict[str, np.ndarray]:
    """The arrays of a schedule by their names in generated code."""
    return {symbol.name: array for symbol, array in schedule.memory.arrays.items()}


class Builder:
    """Grows a program layer by layer; the backward formulas are those of the notes, corrected."""

    def __init__(self, name: str, loss: str, sizes: Mapping[str, int]) -> None:
        self.name, self.loss_name, self.sizes = name, loss, dict(sizes)
        self.leaves: list[Quantity] = []
        self.forward: list[Quantity] = []
        self.backward: list[Quantity] = []
        self.parameters: list[str] = []
        self.pooled: dict[int, tuple[Polynomial, Polynomial]] = {}  # layer → extents after pooling

    def parameter(self, head: str, *extents: Polynomial) -> None:
        self.leaves.append(leaf(head, *extents))
        self.parameters.append(head)

    def derivative(self, head: str, indices: str, body: Scalar) -> None:
        extents = next(q.extents for q in (*self.forward, *self.leaves) if q.head == head)
        self.backward.append(define(adjoint(head, L), indices, extents, body))

    def program(self, output: str) -> Program:
        return Program(
            self.name, self.loss_name, tuple(self.leaves), tuple(self.forward), tuple(self.backward),
            tuple(self.parameters), ("x",), ("y",), output, L, self.sizes, {}, {"f": SIGMOID}, frozenset({"f"}),
        ).checked()

    # -- layers: forward now, the adjoints of a layer later in reverse ---------------------------------
    def dense(self, layer: int, below: str, m: Polynomial, k: Polynomial) -> None:
        self.parameter(f"W{layer}", m, k)
        self.parameter(f"b{layer}", k)
        body = add(over(mul(entry(f"W{layer}", "j", "k"), entry(below, "j")), j=m), entry(f"b{layer}", "k"))
        self.forward.append(define(f"z{layer}", "k", (k,), body))

    def dense_back(self, layer: int, below: str, m: Polynomial, k: Polynomial, further: bool = True) -> None:
        dz = adjoint(f"z{layer}", L)
        self.derivative(f"W{layer}", "j k", mul(entry(below, "j"), entry(dz, "k")))
        self.derivative(f"b{layer}", "k", entry(dz, "k"))
        if further:
            self.derivative(below, "j", over(mul(entry(f"W{layer}", "j", "k"), entry(dz, "k")), k=k))

    def sigmoid(self, layer: str, below: str, indices: str) -> None:
        extents = next(q.extents for q in self.forward if q.head == below)
        self.forward.append(define(layer, indices, extents, apply("f", entry(below, *indices.split()))))

    def sigmoid_back(self, layer: str, below: str, indices: str) -> None:
        a, da = entry(layer, *indices.split()), entry(adjoint(layer, L), *indices.split())
        self.derivative(below, indices, mul(da, a, add(scalar(1), negate(a))))

    def head(self, layer: int, k: Polynomial) -> None:
        """The output layer's activation and the loss."""
        a, z, y = f"a{layer}", f"z{layer}", "y"
        if self.loss_name == "Euclidean":
            self.sigmoid(a, z, "k")
            difference = add(entry(y, "k"), negate(entry(a, "k")))
            self.forward.append(define(L, "", (), mul(scalar(1) / 2, over(power(difference, 2), k=k))))
            self.derivative(a, "k", negate(difference))
            self.sigmoid_back(a, z, "k")
        else:
            total = over(apply("exp", entry(z, "j")), j=k)
            self.forward.append(define(a, "k", (k,), mul(apply("exp", entry(z, "k")), power(total, -1))))
            self.forward.append(define(L, "", (), negate(over(mul(entry(y, "k"), apply("log", entry(a, "k"))), k=k))))
            self.derivative(z, "k", add(entry(a, "k"), negate(entry(y, "k"))))

    def convolution(self, layer: int, below: str, maps_last: bool) -> None:
        h, w, f = (n(f"{key}_{layer}") for key in "hwF")
        b = n(f"F_{layer - 1}" if layer > 1 else "B_1")
        (p, q), s = self.pooled[layer], n(f"s_{layer}")
        self.parameter(f"k{layer}", b, f, h, w)
        self.parameter(f"c{layer}", f)
        row, column = v("u") + h - 1 - v("p"), v("v") + w - 1 - v("q")
        a = entry(below, row, column, "i") if maps_last else entry(below, "i", row, column)
        body = add(over(mul(a, entry(f"k{layer}", "i", "j", "p", "q")), i=b, p=h, q=w), entry(f"c{layer}", "j"))
        self.forward.append(define(f"zc{layer}", "j u v", (f, s * p, s * q), body))
        self.sigmoid(f"ac{layer}", f"zc{layer}", "j u v")
        window = (("%p", s), ("%q", s))
        pooled = Maximum(window, entry(f"ac{layer}", "j", s * v("u") + v("p"), s * v("v") + v("q")))
        self.forward.append(define(f"zp{layer}", "j u v", (f, p, q), pooled))
        self.forward.append(define(f"ap{layer}", "j u v", (f, p, q), entry(f"zp{layer}", "j", "u", "v")))

    def convolution_back(self, layer: int, below: str, maps_last: bool, further: bool, by_kernel: bool = False) -> None:
        """``by_kernel``: the full convolution is summed over the kernel's entries, not over those of δ."""
        h, w, f = (n(f"{key}_{layer}") for key in "hwF")
        (p, q), s = self.pooled[layer], n(f"s_{layer}")
        ac, zc, dzc = f"ac{layer}", f"zc{layer}", adjoint(f"zc{layer}", L)
        self.derivative(f"zp{layer}", "j u v", entry(adjoint(f"ap{layer}", L), "j", "u", "v"))
        inside = entry(ac, "j", s * v("u") + v("p'"), s * v("v") + v("q'"))
        winner = ArgMaximum((("%p'", s), ("%q'", s)), inside, (v("p"), v("q")))
        routed = mul(delta(v("x"), s * v("u") + v("p")), delta(v("y"), s * v("v") + v("q")), winner,
                     entry(adjoint(f"zp{layer}", L), "j", "u", "v"))
        self.derivative(ac, "j x y", over(routed, u=p, v=q, p=s, q=s))
        self.sigmoid_back(ac, zc, "j x y")
        # rot180(conv2(a_i, rot180(δ), valid)): both rotations written out
        rows, columns = s * p, s * q
        row = (h - 1 - v("p")) + rows - 1 - v("u")
        column = (w - 1 - v("q")) + columns - 1 - v("v")
        a = entry(below, row, column, "i") if maps_last else entry(below, "i", row, column)
        turned = entry(dzc, "j", rows - 1 - v("u"), columns - 1 - v("v"))
        self.derivative(f"k{layer}", "i j p q", over(mul(a, turned), u=rows, v=columns))
        self.derivative(f"c{layer}", "j", over(entry(dzc, "j", "u", "v"), u=rows, v=columns))
        if further:  # Σ_j conv2(δ_j, rot180(k_ij), full), summed over the entries of δ
            r, c = v("x") - v("u"), v("y") - v("v")
            kernel = entry(f"k{layer}", "i", "j", h - 1 - r, w - 1 - c)
            guard = Bracket((*within(r, h), *within(c, w)))
            body = over(mul(guard, entry(dzc, "j", "u", "v"), kernel), j=f, u=rows, v=columns)
            if by_kernel:
                r, c = v("x") - v("p"), v("y") - v("q")
                guard = Bracket((*within(r, rows), *within(c, columns)))
                turned = entry(f"k{layer}", "i", "j", h - 1 - v("p"), w - 1 - v("q"))
                body = over(mul(guard, entry(dzc, "j", r, c), turned), j=f, p=h, q=w)
            self.derivative(below, "x y i" if maps_last else "i x y", body)

    def flatten(self, head: str, layer: int, m: Polynomial) -> None:
        f, (p, q) = n(f"F_{layer}"), self.pooled[layer]
        place = v("v") + q * v("u") + p * q * v("j")
        body = over(mul(delta(v("m"), place), entry(f"ap{layer}", "j", "u", "v")), j=f, u=p, v=q)
        self.forward.append(define(head, "m", (m,), body))

    def flatten_back(self, head: str, layer: int) -> None:
        p, q = self.pooled[layer]
        self.derivative(f"ap{layer}", "j u v", entry(adjoint(head, L), v("v") + q * v("u") + p * q * v("j")))


def dense_net(loss: str = "cross-entropy", sizes: tuple[int, int, int, int] = (64, 30, 20, 10)) -> Program:
    b = Builder("A Neural Net Case", loss, {f"n_{k + 1}": size for k, size in enumerate(sizes)})
    b.leaves += [leaf("x", n("n_1")), leaf("y", n("n_4"))]
    b.forward.append(define("a1", "k", (n("n_1"),), entry("x", "k")))
    for layer in (1, 2, 3):
        b.dense(layer + 1, f"a{layer}", n(f"n_{layer}"), n(f"n_{layer + 1}"))
        if layer < 3:
            b.sigmoid(f"a{layer + 1}", f"z{layer + 1}", "k")
    b.head(4, n("n_4"))
    for layer in (3, 2, 1):
        b.dense_back(layer + 1, f"a{layer}", n(f"n_{layer}"), n(f"n_{layer + 1}"))
        if layer > 1:
            b.sigmoid_back(f"a{layer}", f"z{layer}", "k")
    return b.program("a4")


def conv_sizes(layer: int, maps: int, kernel: int, pool: int) -> dict[str, int]:
    return {f"{key}_{layer}": value for key, value in {"h": kernel, "w": kernel, "F": maps, "s": pool}.items()}


def under(layer: int, p: Polynomial, q: Polynomial) -> tuple[Polynomial, Polynomial]:
    """The extents below a layer whose pooled maps are p × q."""
    s = n(f"s_{layer}")
    return s * p + n(f"h_{layer}") - 1, s * q + n(f"w_{layer}") - 1


def one_conv_net(loss: str = "cross-entropy", height: int = 8, maps: int = 4, kernel: int = 3, pool: int = 2,
                 classes: int = 10) -> Program:
    p = (height - kernel + 1) // pool
    sizes = {**conv_sizes(1, maps, kernel, pool), "B_1": 1, "P": p, "Q": p, "n_3": classes}
    b = Builder("I-C1-MP1-FC1-O", loss, sizes)
    b.pooled = {1: (n("P"), n("Q"))}
    shape = (*under(1, *b.pooled[1]), n("B_1"))
    units = n("P") * n("Q") * n("F_1")
    b.leaves += [leaf("x", *shape), leaf("y", n("n_3"))]
    b.forward.append(define("a1", "x y i", shape, entry("x", "x", "y", "i")))
    b.convolution(1, "a1", True)
    b.flatten("a2", 1, units)
    b.dense(3, "a2", units, n("n_3"))
    b.head(3, n("n_3"))
    b.dense_back(3, "a2", units, n("n_3"))
    b.flatten_back("a2", 1)
    b.convolution_back(1, "a1", True, False)
    return b.program("a3")


def two_conv_net(loss: str = "cross-entropy", height: int = 28, maps: tuple[int, int] = (6, 12),
                 kernel: tuple[int, int] = (5, 5), pool: tuple[int, int] = (2, 2), classes: int = 10,
                 channels: int = 1, by_kernel: bool = False) -> Program:
    p = ((height - kernel[0] + 1) // pool[0] - kernel[1] + 1) // pool[1]
    sizes = {**conv_sizes(1, maps[0], kernel[0], pool[0]), **conv_sizes(2, maps[1], kernel[1], pool[1])}
    b = Builder("I-C1-MP1-C2-MP2-FC1-O", loss, {**sizes, "B_1": channels, "P": p, "Q": p, "n_4": classes})
    b.pooled = {2: (n("P"), n("Q"))}
    b.pooled[1] = under(2, n("P"), n("Q"))
    shape = (*under(1, *b.pooled[1]), n("B_1"))
    units = n("P") * n("Q") * n("F_2")
    b.leaves += [leaf("x", *shape), leaf("y", n("n_4"))]
    b.forward.append(define("a1", "x y i", shape, entry("x", "x", "y", "i")))
    b.convolution(1, "a1", True)
    b.forward.append(define("a2", "x y i", (*b.pooled[1], n("F_1")), entry("ap1", "i", "x", "y")))
    b.convolution(2, "a2", True)
    b.flatten("a3", 2, units)
    b.dense(4, "a3", units, n("n_4"))
    b.head(4, n("n_4"))
    b.dense_back(4, "a3", units, n("n_4"))
    b.flatten_back("a3", 2)
    b.convolution_back(2, "a2", True, True, by_kernel)
    b.derivative("ap1", "j u v", entry(adjoint("a2", L), "u", "v", "j"))
    b.convolution_back(1, "a1", True, True)
    return b.program("a4")
