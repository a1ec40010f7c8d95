"""NumPy source: the printer for array statements, and the functions that SymPy's ``lambdify`` makes with it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.numpy import NumPyPrinter

from verify_derivations.trainer.arrays import NDArray, Node


class Call(Node):
    """``Call(name, operands, out, axes)``: a NumPy function that writes its result into ``out``; ``axes`` (perhaps
    empty) makes it a reduction over those axes."""


class ArrayPrinter(NumPyPrinter):  # type: ignore[misc]
    """Prints :class:`Call` statements. Symbols are generated identifiers only (see ``schedule``)."""

    def _print_Call(self, call: Call) -> str:
        name, operands, out, axes = call.args
        arguments = [self._print(operand) for operand in operands.args]
        if axes.args:
            arguments.append(f"axis=({', '.join(str(a) for a in axes.args)},)")
            return f"{name.name}.reduce({', '.join(arguments)}, out={self._print(out)})"
        return f"{name.name}({', '.join(arguments)}, out={self._print(out)})"

    def _print_Rational(self, number: sp.Rational) -> str:
        return repr(float(number))

    def _print_Integer(self, number: sp.Integer) -> str:
        return repr(float(number))

    _print_Half = _print_One = _print_NegativeOne = _print_Zero = _print_Rational

    def _print_NumberSymbol(self, number: sp.NumberSymbol) -> str:
        return repr(float(number))

    _print_Pi = _print_Exp1 = _print_NumberSymbol

    def _print_Float(self, number: sp.Float) -> str:
        return repr(float(number))


def copy(x: NDArray | float, out: NDArray) -> NDArray:
    """The entries of ``x`` (or the number ``x``) written into ``out``."""
    np.copyto(out, x)
    return out


NAMES: dict[str, Any] = {"copy": copy} | {
    name: getattr(np, name)
    for name in (
        "absolute add arctan cos cosh divide equal exp greater greater_equal log matmul maximum minimum multiply "
        "not_equal power reciprocal sign sin sinh sqrt square subtract tan tanh"
    ).split()
}
"""All that generated code can call."""


def compiled(arguments: Sequence[sp.Symbol], statements: Sequence[tuple[sp.Symbol, sp.Basic]], result: sp.Symbol,
             constants: Mapping[str, Any] | None = None) -> Callable[..., Any]:
    """One function of arrays: the statements in order, then ``result``."""
    settings = {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True}
    return sp.lambdify(  # type: ignore[no-any-return]
        list(arguments), result, modules=[{**NAMES, **(constants or {})}], printer=ArrayPrinter(settings),
        cse=lambda expression: (list(statements), expression),
    )


def source(function: Callable[..., Any]) -> str:
    """The Python source that ``lambdify`` generated."""
    return inspect.getsource(function)
