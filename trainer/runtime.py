"""What runs: generated functions over fixed memory. It needs NumPy alone; compiling, which makes :class:`Code`, needs
SymPy and takes longer than loading what was compiled before."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

Vector: TypeAlias = tuple[int, ...]
NDArray: TypeAlias = "np.ndarray[Any, Any]"


# -- how arrays are made; the generated module contains these functions as they stand -----------------
def raw(size: int) -> NDArray:
    """So many bytes, zero, that begin at a multiple of 64."""
    memory = np.zeros(size + 64, np.uint8)
    return memory[-memory.ctypes.data % 64:][:size]


def array(memory: NDArray, shape: Vector, dtype: str) -> NDArray:
    """The beginning of ``memory`` as an array."""
    return memory[:int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize].view(dtype).reshape(shape)


def zeros(shape: Vector, dtype: str) -> NDArray:
    """Zeros."""
    return np.zeros(shape, dtype)


def numbers(count: int, dtype: str) -> NDArray:
    """0, 1, …, ``count`` - 1."""
    return np.arange(count).astype(dtype)


def constant(value: float, dtype: str) -> NDArray:
    """A number as an array without axes."""
    return np.full((), value, dtype)


def broadcast(x: NDArray, shape: Vector) -> NDArray:
    """``x`` repeated along axes of length one."""
    return np.broadcast_to(x, shape)


def reshaped(x: NDArray, shape: Vector) -> NDArray:
    """The same memory in another shape."""
    return x.reshape(shape)


def window(x: NDArray, start: Vector, steps: tuple[Vector, ...], shape: Vector) -> NDArray:
    """The view whose entry ``i`` is ``x[start + Σ_k i_k · steps[k]]``."""
    for d, size in enumerate(x.shape):
        reach = [step[d] * (n - 1) for step, n in zip(steps, shape, strict=True)]
        if start[d] + sum(r for r in reach if r < 0) < 0 or start[d] + sum(r for r in reach if r > 0) >= size:
            raise IndexError(f"a window leaves the array in dimension {d}")
    origin = x[tuple(slice(s, None) for s in start)]
    strides = tuple(sum(c * b for c, b in zip(step, x.strides, strict=True)) for step in steps)
    return np.lib.stride_tricks.as_strided(origin, shape, strides)


def align(x: NDArray, order: Vector) -> NDArray:
    """Axes permuted; -1 stands for a new axis of length one."""
    return x.transpose([k for k in order if k >= 0])[tuple(None if k < 0 else slice(None) for k in order)]


def mask(shape: Vector, constraints: tuple[tuple[int, Vector, str], ...], dtype: Any) -> NDArray:
    """1 where all integer constraints hold, else 0."""
    indices = np.indices(shape)
    result = np.ones(shape, dtype)
    for offset, steps, relation in constraints:
        value = offset + sum(c * index for c, index in zip(steps, indices, strict=True))
        result *= value >= 0 if relation == ">=" else value == 0 if relation == "==" else value != 0
    return result


MAKERS: dict[str, Callable[..., NDArray]] = {
    f.__name__: f for f in (raw, array, zeros, numbers, constant, broadcast, reshaped, window, align, mask)
}


# -- what the generated functions call -----------------------------------------------------------------
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


# -- code ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Name:
    """An array, by its name in the generated code."""

    text: str


@dataclass(frozen=True)
class Made:
    """``name = maker(*arguments)``; a :class:`Name` among the arguments is an array made before."""

    name: str
    maker: str
    arguments: tuple[Any, ...]

    @property
    def source(self) -> str:
        shown = (a.text if isinstance(a, Name) else repr(a) for a in self.arguments)
        return f"{self.name} = {self.maker}({', '.join(shown)})"


@dataclass(frozen=True)
class Step:
    """The function of one formula as Python source, and the names of the arrays that it is called with."""

    head: str
    name: str
    source: str
    symbols: tuple[str, ...]


@dataclass(frozen=True)
class Code:
    """A compiled program: ``symbols`` names the arrays of leaves and outputs, ``made`` all memory in order, ``steps``
    in order compute the outputs."""

    symbols: Mapping[str, str]
    made: tuple[Made, ...]
    steps: tuple[Step, ...]

    @property
    def source(self) -> str:
        """The generated functions, one a formula."""
        return "\n\n".join(step.source for step in self.steps)


class Compiled:
    """``arrays[head]`` are fixed arrays, samples along the last axis: fill inputs, labels and parameters,
    call :meth:`run`, read the outputs that were asked for. Leaves that are ``shared`` are used where they are."""

    def __init__(self, code: Code, shared: Mapping[str, NDArray] | None = None) -> None:
        self.code = code
        given = {code.symbols[head]: value for head, value in (shared or {}).items()}
        memory: dict[str, NDArray] = {}
        for made in code.made:
            values = [memory[a.text] if isinstance(a, Name) else a for a in made.arguments]
            memory[made.name] = given[made.name] if made.name in given else MAKERS[made.maker](*values)
        self.arrays = {head: memory[name] for head, name in code.symbols.items()}
        self.calls = bound(code.steps, memory)

    def run(self) -> None:
        """All outputs from the current inputs, labels and parameters."""
        for function, arguments in self.calls:
            function(*arguments)


def bound(steps: Sequence[Step], memory: Mapping[str, NDArray]) -> tuple[tuple[Callable[..., Any], list[NDArray]], ...]:
    """Each step's function, and the arrays that it is called with."""
    names = dict(NAMES)
    text = "\n\n".join(step.source for step in steps)
    require_plain(text)
    exec(compile(text, "<formulas>", "exec"), names)  # noqa: S102 (what it can do was looked at the line before)
    return tuple((names[step.name], [memory[s] for s in step.symbols]) for step in steps)


PLAIN = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.Return, ast.Expr, ast.Call, ast.keyword,
    ast.Name, ast.Load, ast.Store, ast.Constant, ast.Tuple, ast.UnaryOp, ast.USub,
    ast.Attribute,  # of a ufunc: its reduce
)


def require_plain(text: str) -> None:
    """Raises :class:`ValueError` unless the source is functions that only assign what calls of NAMES give: whatever a
    document says, and whoever wrote to where code is remembered, nothing else is run."""
    tree = ast.parse(text)
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if len(functions) != len(tree.body) or functions & NAMES.keys():
        raise ValueError("generated code is functions with names of their own")
    for node in ast.walk(tree):
        if not isinstance(node, PLAIN):
            raise ValueError(f"generated code does not contain {type(node).__name__}")
        if isinstance(node, ast.Call):
            called = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            if not isinstance(called, ast.Name) or called.id not in NAMES:
                raise ValueError(f"generated code calls {ast.unparse(node.func)}")
        if isinstance(node, ast.Attribute) and node.attr != "reduce":
            raise ValueError(f"generated code reads the attribute {node.attr}")
        if isinstance(node, ast.Name | ast.arg) and isinstance(getattr(node, "ctx", ast.Store()), ast.Store):
            name = node.id if isinstance(node, ast.Name) else node.arg
            if name in NAMES:
                raise ValueError(f"generated code changes {name}")
        if isinstance(node, ast.FunctionDef) and (node.decorator_list or node.args.defaults or node.returns):
            raise ValueError("generated code decorates functions")
