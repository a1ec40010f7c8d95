"""From an array program to statements over fixed memory.

Every array of a training step is allocated once; views of it are made once; a step is then nothing but NumPy calls with
``out=``. An operand of a padding, a stack or a scatter is computed in the place where it is needed, and memory
whose last reader is done is used again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp

from verify_derivations.trainer import arrays as op
from verify_derivations.trainer.arrays import vector
from verify_derivations.trainer.bindings import ArrayProgram, Binding, unit
from verify_derivations.trainer.memory import Memory
from verify_derivations.trainer.printer import Call
from verify_derivations.trainer.runtime import NDArray, Vector

STRUCTURAL = (op.Window, op.Align, op.Reshape, op.Broadcast)
"""Nodes that are views of their operand (a reshape only where memory allows)."""

POWERS: dict[Any, str] = {sp.Integer(2): "square", sp.Integer(-1): "reciprocal", sp.Rational(1, 2): "sqrt"}
FUNCTIONS: dict[Any, str] = {sp.atan: "arctan", sp.Abs: "absolute"}


@dataclass
class Group:
    """The statements of one formula."""

    owner: str
    statements: list[tuple[sp.Symbol, Call]] = field(default_factory=list)


class Schedule:
    """``groups`` in order compute the ``outputs``; ``memory`` has every symbol's array (some may be ``given``)."""

    def __init__(self, program: ArrayProgram, outputs: Iterable[sp.Symbol], dtype: str, reuse: bool = True,
                 given: Mapping[sp.Symbol, NDArray] | None = None) -> None:
        self.groups: list[Group] = []
        self.memory = Memory(dtype, reuse)
        self._shapes = program.shapes
        self._bindings = live(_shared(program.bindings), set(outputs))
        self._by_symbol = {b.symbol: b for b in self._bindings}
        self._pinned = set(outputs)
        self._home: dict[sp.Symbol, sp.Symbol] = {}  # operand → the padding, stack or scatter it is computed in
        self._root: dict[sp.Symbol, sp.Symbol] = {}  # alias → the symbol that owns the memory
        self._names = itertools.count()
        for leaf in program.leaves:
            self.memory.make(leaf, "zeros", program.shapes[leaf], dtype)
        self.memory.arrays.update(given or {})
        self._plan()
        for place, binding in enumerate(self._bindings):
            self._owner = binding.owner
            self._emit(binding)
            for symbol in self.memory.lent():
                if self._last.get(symbol, place) <= place:
                    self.memory.release(symbol)

    # -- planning -----------------------------------------------------------------------------------
    def _plan(self) -> None:
        for binding in self._bindings:
            if isinstance(binding.expression, op.Pad | op.Stack | op.Scatter):
                if isinstance(binding.expression, op.Scatter) and _overlaps(binding.expression, self._shapes):
                    continue
                for operand in _operands(binding.expression):
                    inner = self._by_symbol.get(operand)
                    free = operand not in self._home and operand not in self._pinned
                    if inner and free and _writable(inner.expression):
                        self._home[operand] = binding.symbol
        for binding in self._bindings:
            if isinstance(binding.expression, STRUCTURAL):
                self._root[binding.symbol] = _operands(binding.expression)[0]
        self._root.update(self._home)
        self._last: dict[sp.Symbol, int] = {}
        for place, binding in enumerate(self._bindings):
            for symbol in (binding.symbol, *_operands(binding.expression)):
                self._last[self._owner_of(symbol)] = place
        for symbol in self._pinned:
            self._last[self._owner_of(symbol)] = len(self._bindings)

    def _owner_of(self, symbol: sp.Symbol) -> sp.Symbol:
        while symbol in self._root:
            symbol = self._root[symbol]
        return symbol

    # -- memory -------------------------------------------------------------------------------------
    def _storage(self, symbol: sp.Symbol, dtype: str | None = None) -> sp.Symbol:
        """``symbol``, once there is an array for it to be computed in."""
        if symbol in self.memory.arrays:
            return symbol
        if symbol in self._home:
            return self._part(symbol, self._home[symbol], symbol)
        if isinstance(self._by_symbol[symbol].expression, op.Pad | op.Scatter):
            self.memory.make(symbol, "zeros", self._shapes[symbol], self.memory.dtype)  # what is not written stays zero
        else:
            self.memory.allocate(symbol, self._shapes[symbol], dtype)
        return symbol

    def _part(self, name: sp.Symbol, home: sp.Symbol, operand: sp.Symbol) -> sp.Symbol:
        """``name`` for the part of ``home``'s memory where ``operand`` belongs."""
        whole, expression, shape = self._storage(home), self._by_symbol[home].expression, self._shapes[operand]
        match expression:
            case op.Pad():
                start, steps = vector(expression.args[1]), tuple(unit(k, len(shape)) for k in range(len(shape)))
            case op.Stack():
                places = vector(expression.args[1])
                place = np.unravel_index(expression.args[0].args.index(operand), places)
                start = (*map(int, place), *(0 for _ in shape))
                steps = tuple(unit(len(places) + k, len(start)) for k in range(len(shape)))
            case _:
                start, steps = vector(expression.args[1]), tuple(map(vector, expression.args[2].args))
        self.memory.make(name, "window", whole, start, steps, shape)
        return name

    def _new(self, shape: Vector) -> sp.Symbol:
        symbol = sp.Symbol(f"s{next(self._names)}", real=True)
        self._shapes[symbol] = shape
        return symbol

    def _temporary(self, shape: Vector) -> sp.Symbol:
        symbol = self._new(shape)
        self.memory.allocate(symbol, shape)
        return symbol

    def _view(self, maker: str, *arguments: Any, shape: Vector) -> sp.Symbol:
        symbol = self._new(shape)
        self.memory.make(symbol, maker, *arguments)
        return symbol

    # -- statements -----------------------------------------------------------------------------------
    def _say(self, name: str, operands: Sequence[sp.Expr], out: sp.Symbol, axes: Sequence[int] = ()) -> sp.Symbol:
        if not self.groups or self.groups[-1].owner != self._owner:
            self.groups.append(Group(self._owner))
        self.groups[-1].statements.append((out, Call(sp.Symbol(name), sp.Tuple(*operands), out, sp.Tuple(*axes))))
        return out

    def _emit(self, binding: Binding) -> None:
        symbol, expression = binding.symbol, binding.expression
        make, args = self.memory.make, expression.args
        match expression:
            case op.Window():
                make(symbol, "window", args[0], vector(args[1]), tuple(map(vector, args[2].args)), vector(args[3]))
            case op.Align():
                make(symbol, "align", args[0], vector(args[1]))
            case op.Broadcast():
                make(symbol, "broadcast", args[0], vector(args[1]))
            case op.Reshape():
                self._reshape(symbol, args[0], vector(args[1]))
            case op.Mask():
                rows = tuple((int(r.args[0]), vector(r.args[1]), r.args[2].name) for r in args[1].args)
                make(symbol, "mask", vector(args[0]), rows, self.memory.dtype)
            case op.Range():
                make(symbol, "numbers", int(args[0]), self.memory.dtype)
            case sp.Number():
                make(symbol, "constant", float(expression), self.memory.dtype)
            case op.Pad() | op.Stack():
                self._storage(symbol)
                for operand in _operands(expression):
                    self._place(symbol, operand)
            case op.Scatter():
                self._scatter(symbol, expression)
            case op.MatMul():
                self._say("matmul", args, self._storage(symbol))
            case op.Reduce():
                self._say(args[1].name, [args[0]], self._storage(symbol), vector(args[2]))
            case op.Winner():
                self._say("greater_equal", args, self._storage(symbol, "bool"))
            case _:
                self._elementwise(expression, self._storage(symbol))

    def _reshape(self, symbol: sp.Symbol, operand: sp.Symbol, shape: Vector) -> None:
        source = self.memory.arrays[operand]
        if np.shares_memory(source.reshape(shape), source):
            self.memory.make(symbol, "reshaped", operand, shape)
            return
        root = self._owner_of(symbol)
        del self._root[symbol]  # a copy: memory of its own
        self._last[symbol] = self._last[root]
        self.memory.allocate(symbol, shape)
        self._say("copy", [operand], self._view("reshaped", symbol, source.shape, shape=source.shape))

    def _place(self, home: sp.Symbol, operand: sp.Symbol) -> None:
        """``operand`` copied to its place, unless it was computed there."""
        if self._home.get(operand) != home:
            self._say("copy", [operand], self._part(self._new(self._shapes[operand]), home, operand))

    def _scatter(self, symbol: sp.Symbol, node: op.Scatter) -> None:
        operand = node.args[0]
        loops = _overlaps(node, self._shapes)
        self._storage(symbol)
        if not loops:
            self._place(symbol, operand)
            return
        self._say("copy", [sp.Integer(0)], symbol)
        shape = self._shapes[operand]
        start, steps = vector(node.args[1]), tuple(map(vector, node.args[2].args))
        rest = [k for k in range(len(shape)) if k not in loops]
        inner = tuple(shape[k] for k in rest)
        for position in np.ndindex(*(shape[k] for k in loops)):
            at = dict(zip(loops, map(int, position), strict=True))
            origin = tuple(s + sum(at[k] * steps[k][d] for k in loops) for d, s in enumerate(start))
            target = self._view("window", symbol, origin, tuple(steps[k] for k in rest), inner, shape=inner)
            first = tuple(at.get(k, 0) for k in range(len(shape)))
            part = self._view("window", operand, first, tuple(unit(k, len(shape)) for k in rest), inner, shape=inner)
            self._say("add", [target, part], target)

    # -- elementwise expressions ------------------------------------------------------------------------
    def _elementwise(self, expression: sp.Expr, out: sp.Symbol) -> None:
        value = self._value(expression, out)
        if value != out:
            self._say("copy", [value], out)

    def _value(self, expression: sp.Expr, out: sp.Symbol | None = None) -> sp.Expr:
        """A symbol or number that has the value; computed into ``out`` where given, else into a temporary."""
        if expression.is_Symbol or expression.is_number:
            return expression
        if out is None or self._shapes[out] != op.shape_of(expression, self._shapes):
            out = self._temporary(op.shape_of(expression, self._shapes))
        match expression:
            case sp.Add():
                return self._fold(_signed(expression), out)
            case sp.Mul():
                return self._fold(_ratio(expression), out)
            case sp.Pow(base=base, exp=exponent):
                operand = self._value(base, out)
                if exponent in POWERS:
                    return self._say(POWERS[exponent], [operand], out)
                return self._say("power", [operand, self._value(exponent)], out)
            case op.Larger() | op.Smaller():
                return self._say("maximum" if isinstance(expression, op.Larger) else "minimum", expression.args, out)
            case op.Indicator():
                left, relation, right = expression.args
                return self._say(relation.name, [left, right], out)
            case op.Masked():
                return self._say("multiply", expression.args, out)
        name = FUNCTIONS.get(expression.func, str(expression.func))
        return self._say(name, [self._value(expression.args[0], out)], out)

    def _fold(self, parts: list[tuple[str, sp.Expr]], out: sp.Symbol) -> sp.Expr:
        """Operands joined from left to right by the ufunc that stands with each."""
        total = self._value(parts[0][1], out)
        for name, part in parts[1:]:
            operand = self._value(part, out if total.is_number else None)
            total = self._say(name, [total, operand], out)
        return total


def _signed(expression: sp.Add) -> list[tuple[str, sp.Expr]]:
    """Summands with ``add`` or ``subtract``; the first one is positive where there is one, else a number."""
    parts = []
    for term in expression.args:
        coefficient = term.as_coeff_Mul()[0]
        negative = coefficient < 0 if coefficient.is_number and coefficient.is_real else False
        parts.append(("subtract", -term) if negative else ("add", term))
    parts.sort(key=lambda p: (p[1].is_number, p[0] == "subtract", p[1].is_Symbol))
    if parts[0][0] == "subtract":
        if parts[-1][0] == "add":  # a number
            return [parts[-1], *parts[:-1]]
        parts[0] = ("add", -parts[0][1])
    return parts


def _ratio(expression: sp.Mul) -> list[tuple[str, sp.Expr]]:
    """Factors with ``multiply`` or ``divide``; numbers come last, unless there is nothing to divide but a number."""
    parts = []
    for factor in expression.args:
        base, exponent = factor.as_base_exp()
        if exponent.is_number and exponent < 0 and not base.is_number:
            parts.append(("divide", sp.Pow(base, -exponent)))
        else:
            parts.append(("multiply", factor))
    parts.sort(key=lambda p: (p[0] == "divide", p[1].is_number, p[1].is_Symbol))
    return parts


def _operands(expression: sp.Basic) -> tuple[sp.Symbol, ...]:
    """Array symbols that a step reads, in order."""
    if isinstance(expression, sp.Symbol):
        return (expression,)
    if isinstance(expression, op.Reduce | op.Window | op.Align | op.Pad | op.Reshape | op.Broadcast | op.Scatter):
        return (expression.args[0],)
    if isinstance(expression, op.Indicator):
        return tuple(a for k in (0, 2) for a in _operands(expression.args[k]))
    if isinstance(expression, op.Mask):
        return ()
    return tuple(dict.fromkeys(s for a in expression.args for s in _operands(a)))


def live(bindings: Sequence[Binding], needed: set[sp.Symbol]) -> list[Binding]:
    """Only the steps that contribute to what is needed."""
    kept = []
    for binding in reversed(bindings):
        if binding.symbol in needed:
            kept.append(binding)
            needed = needed | set(_operands(binding.expression))
    return kept[::-1]


def _shared(bindings: Sequence[Binding]) -> list[Binding]:
    """A part of an elementwise expression that is also a step of its own is computed once."""
    known: dict[sp.Basic, sp.Symbol] = {}
    result = []
    for binding in bindings:
        expression = binding.expression
        if not isinstance(expression, op.Node):
            expression = expression.xreplace({e: s for e, s in known.items() if e != expression and not e.is_number})
            known[binding.expression] = binding.symbol
        result.append(Binding(binding.symbol, expression, binding.owner))
    return result


def _writable(expression: sp.Basic) -> bool:
    """Whether a step can compute into any given memory."""
    passive = (*STRUCTURAL, op.MatMul, op.Mask, op.Range, op.Winner, op.Reduce, sp.Number)
    if isinstance(expression, op.Scatter):
        return False
    return not isinstance(expression, passive)


def _overlaps(node: op.Scatter, shapes: dict[sp.Symbol, Vector]) -> tuple[int, ...]:
    """The fewest positions to loop over so that no entry is written twice by the other axes together, as axes; none
    for a plain placing. Axes that move along different dimensions do not meet."""
    shape = shapes[node.args[0]]
    steps = tuple(map(vector, node.args[2].args))
    groups: list[set[int]] = []  # axes that share a dimension
    for axis in range(len(shape)):
        along = {d for d, c in enumerate(steps[axis]) if c}
        meeting = [g for g in groups if any(steps[k][d] for k in g for d in along)]
        groups = [g for g in groups if g not in meeting] + [{axis}.union(*meeting)]
    loops: list[int] = []
    for group in groups:
        subsets = (set(s) for size in range(len(group) + 1) for s in itertools.combinations(sorted(group), size))
        fitting = [s for s in subsets if _injective(sorted(group - s), shape, steps)]
        loops += min(fitting, key=lambda s: (int(np.prod([shape[k] for k in s])), sorted(s)))
    return tuple(sorted(loops))


def _injective(axes: Sequence[int], shape: Vector, steps: tuple[Vector, ...]) -> bool:
    """Whether different positions along the axes are different entries."""
    if not axes:
        return True
    weights = np.array([steps[k] for k in axes])
    positions = np.indices([shape[k] for k in axes]).reshape(len(axes), -1).T
    return len(np.unique(positions @ weights, axis=0)) == len(positions)
