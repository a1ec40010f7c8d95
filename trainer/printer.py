"""NumPy source: the printer for array statements, and what SymPy's ``lambdify`` makes with it."""

from __future__ import annotations

import inspect
from collections.abc import Sequence

import sympy as sp
from sympy.printing.numpy import NumPyPrinter

from verify_derivations.trainer.arrays import Node
from verify_derivations.trainer.runtime import NAMES


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


def printed(name: str, documentation: str, arguments: Sequence[sp.Symbol],
            statements: Sequence[tuple[sp.Symbol, sp.Basic]]) -> str:
    """The source of a function of arrays that runs the statements, as SymPy's ``lambdify`` prints it."""
    settings = {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True}
    function = sp.lambdify(
        list(arguments), statements[-1][0], modules=[NAMES], printer=ArrayPrinter(settings),
        cse=lambda expression: (list(statements), expression),
    )
    first, *body = inspect.getsource(function).rstrip().splitlines()
    assert first.startswith("def _lambdifygenerated(")
    return "\n".join([first.replace("_lambdifygenerated", name), f"    {documentation!r}", *body, ""])
