"""Array operations as SymPy expressions.

Elementwise arithmetic is plain SymPy over symbols that stand for arrays. Whatever moves or sums entries is one of the
nodes below. Axes have no names here: a node says by position and number what it does, so that equal nodes are equal
computations (that is how columns built for the forward pass are found again in the backward pass).
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from verify_derivations.trainer.runtime import Vector


class Node(sp.Expr):  # type: ignore[misc]
    """An array operation. Operands are symbols; numbers and tuples of numbers are parameters."""

    is_commutative = True
    is_real = True


class Window(Node):
    """``Window(x, start, steps, shape)``: entry ``i`` is ``x[start + Σ_k i_k · steps[k]]``, ``steps[k]`` a vector."""


class Align(Node):
    """``Align(x, order)``: axes permuted; -1 stands for a new axis of length one."""


class Pad(Node):
    """``Pad(x, before, shape)``: zeros around ``x``."""


class Reshape(Node):
    """``Reshape(x, shape)``."""


class Broadcast(Node):
    """``Broadcast(x, shape)``."""


class MatMul(Node):
    """``MatMul(a, b)``: over the last two axes."""


class Reduce(Node):
    """``Reduce(x, name, axes)``: ``name`` is a ufunc, ``add``, ``multiply`` or ``maximum``."""


class Larger(Node):
    """``Larger(a, b)``: elementwise maximum."""


class Smaller(Node):
    """``Smaller(a, b)``: elementwise minimum."""


class Indicator(Node):
    """``Indicator(a, relation, b)``: 1 where it holds, else 0."""


class Winner(Node):
    """``Winner(a, b)``: where ``a ≥ b``, as booleans; one match of a tournament."""


class Masked(Node):
    """``Masked(x, winner)``: ``x`` where the mask holds, else 0."""


class Stack(Node):
    """``Stack(planes, shape)``: planes along new leading axes of the given shape."""


class Scatter(Node):
    """``Scatter(x, start, steps, shape)``: zeros of ``shape`` with ``x`` added at the entries that
    ``Window(…, start, steps, x.shape)`` would read."""


class Mask(Node):
    """``Mask(shape, constraints)``: 1 where all ``offset + Σ_k i_k · steps[k]`` are ``>=``, ``==`` or ``!=`` 0."""


class Range(Node):
    """``Range(n)``: 0, 1, …, n - 1."""


# -- static shapes ------------------------------------------------------------------------------------
def vector(value: sp.Basic) -> Vector:
    return tuple(int(v) for v in value.args)


def shape_of(expression: sp.Basic, shapes: dict[sp.Symbol, Vector]) -> Vector:
    """The shape of an expression over array symbols of known shapes."""
    match expression:
        case sp.Symbol():
            return shapes[expression]
        case Window() | Pad() | Reshape() | Broadcast() | Scatter():
            return vector(expression.args[-1])
        case Mask():
            return vector(expression.args[0])
        case Range():
            return (int(expression.args[0]),)
        case Align():
            inner = shapes[expression.args[0]]
            return tuple(1 if k < 0 else inner[k] for k in vector(expression.args[1]))
        case MatMul():
            left, right = (shapes[a] for a in expression.args)
            return (*left[:-1], right[-1])
        case Reduce():
            axes = vector(expression.args[2])
            return tuple(n for k, n in enumerate(shapes[expression.args[0]]) if k not in axes)
        case Stack():
            return (*vector(expression.args[1]), *shapes[expression.args[0].args[0]])
        case Indicator():
            return np.broadcast_shapes(shape_of(expression.args[0], shapes), shape_of(expression.args[2], shapes))
    return np.broadcast_shapes(*(shape_of(a, shapes) for a in expression.args))
