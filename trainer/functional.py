"""The compiled formulas as a pure function for JAX or as a module for PyTorch (both optional): the same steps, without
fixed memory, so that these frameworks can place, differentiate and distribute them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sympy as sp

from verify_derivations.trainer import arrays as op
from verify_derivations.trainer.arrays import vector
from verify_derivations.trainer.bindings import ArrayProgram, Binding
from verify_derivations.trainer.compiler import documentation, lowered
from verify_derivations.trainer.naming import drawn, identifier
from verify_derivations.trainer.options import DEFAULT, Options
from verify_derivations.trainer.printer import ArrayPrinter
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.schedule import live

HELPERS = '''
def places(shape, start, steps, counts):
    """For each entry of a window, its place in the array laid out flat."""
    strides = [int(np.prod(shape[d + 1:])) for d in range(len(shape))]
    flat = sum(s * w for s, w in zip(start, strides))
    for k, step in enumerate(steps):
        weight = sum(c * w for c, w in zip(step, strides))
        flat = flat + weight * np.arange(counts[k]).reshape([-1] + [1] * (len(counts) - 1 - k))
    return np.broadcast_to(flat, counts)


def align(x, order):
    """Axes permuted; -1 stands for a new axis of length one."""
    return permuted(x, [k for k in order if k >= 0])[tuple(None if k < 0 else slice(None) for k in order)]


def mask(shape, constraints):
    """1 where all integer constraints hold, else 0."""
    indices, result = np.indices(shape), np.ones(shape, DTYPE)
    for offset, steps, relation in constraints:
        value = offset + sum(c * index for c, index in zip(steps, indices))
        result *= value >= 0 if relation == ">=" else value == 0 if relation == "==" else value != 0
    return constant(result)

'''

JAX = '''
import jax
import jax.numpy as jnp
import numpy as np
from jax.numpy import (absolute, arctan, cos, cosh, equal, exp, greater, greater_equal, log, matmul, maximum, minimum,
                       not_equal, sign, sin, sinh, sqrt, tan, tanh)

DTYPE = {dtype!r}


def constant(value):
    return jnp.asarray(value, DTYPE)


def permuted(x, order):
    return jnp.transpose(x, order)


def window(x, start, steps, counts):
    """Strided reads; entries are in range by construction."""
    return x.reshape(-1)[places(x.shape, start, steps, counts)]


def pad(x, before, shape):
    return jnp.pad(x, [(b, n - b - m) for b, n, m in zip(before, shape, x.shape)])


def scatter(x, start, steps, shape):
    flat = jnp.zeros(int(np.prod(shape)), x.dtype)
    return flat.at[places(shape, start, steps, x.shape)].add(x).reshape(shape)


def broadcast(x, shape):
    return jnp.broadcast_to(x, shape)


def stack(planes, shape):
    return jnp.stack(planes).reshape((*shape, *planes[0].shape))


def reduced(x, name, axes):
    return {{"add": jnp.sum, "multiply": jnp.prod, "maximum": jnp.max}}[name](x, axis=axes)


def number(x):
    return x.astype(DTYPE)
'''

TORCH = '''
import functools

import numpy as np
import torch
from torch import (absolute, arctan, cos, cosh, exp, log, matmul, maximum, minimum, sign, sin, sinh, sqrt, tan, tanh)
from torch import eq as equal, ge as greater_equal, gt as greater, ne as not_equal

DTYPE = {dtype!r}


def constant(value):
    return torch.as_tensor(np.asarray(value, DTYPE))


def permuted(x, order):
    return x.permute(order)


def window(x, start, steps, counts):
    """Strided reads; entries are in range by construction."""
    return x.reshape(-1)[torch.as_tensor(places(x.shape, start, steps, counts).copy())]


def pad(x, before, shape):
    out = x.new_zeros(shape)
    out[tuple(slice(b, b + m) for b, m in zip(before, x.shape))] = x
    return out


def scatter(x, start, steps, shape):
    index = torch.as_tensor(places(shape, start, steps, x.shape).reshape(-1).copy())
    return x.new_zeros(int(np.prod(shape))).index_add(0, index, x.reshape(-1)).reshape(shape)


def broadcast(x, shape):
    return x.expand(shape)


def stack(planes, shape):
    return torch.stack(planes).reshape((*shape, *planes[0].shape))


def reduced(x, name, axes):
    if name == "add":
        return x.sum(axes)
    for axis in sorted(axes, reverse=True):
        x = x.amax(axis) if name == "maximum" else x.prod(axis)
    return x


def number(x):
    return x.to(getattr(torch, DTYPE))
'''

MODULE = '''

def on_its_device(function):
    """What the function makes lies where its first argument does: on a GPU, say."""
    @functools.wraps(function)
    def placed(*arguments):
        with torch.device(arguments[0].device):
            return function(*arguments)

    return placed


formulas = on_its_device(formulas)


class Net(torch.nn.Module):
    """Parameters by the names of the formulas; ``forward`` gives prediction and loss of each sample (along the last
    axis), ``gradients`` what the formulas say, without autograd."""

    def __init__(self, values):
        super().__init__()
        self.names = {parameters!r}
        self.values = torch.nn.ParameterList([torch.nn.Parameter(constant(values[n])) for n in self.names])

    def forward(self, x, y, *draws):
        results = formulas(x, y, *draws, *self.values)
        return results[{output!r}], results[{loss!r}]

    @torch.no_grad()
    def gradients(self, x, y, *draws):
        results = formulas(x, y, *draws, *self.values)
        return {{name: results[gradient] for name, gradient in {gradients!r}.items()}}
'''


PARALLEL = '''

PARAMETERS = {parameters!r}
GRADIENTS = {gradients!r}
BATCH = {batch}


def data_parallel(devices=None):
    """``step(parameters, rate, x, y{draws})`` gives the parameters (a list in the order of PARAMETERS) after a step of
    stochastic gradient descent, the loss of each sample and the predictions. Each of the devices (all that JAX sees)
    computes BATCH of the samples, which lie along the last axis; the gradients are the means over all."""
    devices = jax.devices() if devices is None else devices
    mesh = jax.sharding.Mesh(np.array(devices), ("devices",))
    whole = jax.sharding.PartitionSpec()

    def split(rank):
        return jax.sharding.PartitionSpec(*[None] * (rank - 1), "devices")

    def part(parameters, *samples):
        results = formulas(*samples, *parameters)
        gradients = [jax.lax.pmean(results[head], "devices") for head in GRADIENTS]
        return gradients, results[{loss!r}], results[{output!r}]

    shard_map = getattr(jax, "shard_map", None)
    if shard_map is None:
        from jax.experimental.shard_map import shard_map
    gradients = shard_map(part, mesh=mesh, in_specs=(whole, {in_specs}), out_specs=(whole, split(1), split({rank})))

    def step(parameters, rate, *samples):
        found, losses, predictions = gradients(parameters, *samples)
        return [p - rate * g for p, g in zip(parameters, found)], losses, predictions

    return jax.jit(step)
'''


def jax_source(program: Program, batch: int, options: Options = DEFAULT) -> str:
    """``formulas(x, y, *draws, *parameters)`` gives a dictionary: loss and prediction of each sample, mean gradients.
    Where it is for single samples, ``data_parallel()`` makes a step of training over several devices."""
    text = _source(program, batch, options, JAX)
    if program.batch is not None:
        return text
    samples = (*program.inputs, *program.labels, *(draw.head for draw in program.draws))
    return text + PARALLEL.format(
        parameters=list(program.parameters), gradients=list(map(program.gradient, program.parameters)), batch=batch,
        loss=program.loss, output=program.output, rank=len(program[program.output].extents) + 1,
        draws=", *draws" if program.draws else "",
        in_specs=", ".join(f"split({len(program[head].extents) + 1})" for head in samples),
    )


def torch_source(program: Program, batch: int, options: Options = DEFAULT) -> str:
    """The same, and ``Net``, a ``torch.nn.Module`` of it."""
    module = MODULE.format(
        parameters=list(program.parameters), output=program.output, loss=program.loss,
        gradients={p: program.gradient(p) for p in program.parameters},
    )
    return _source(program, batch, options, TORCH) + module


def _source(program: Program, batch: int, options: Options, header: str) -> str:
    outputs = program.results(True)
    arrays = lowered(program, batch, outputs, options)
    names: dict[sp.Symbol, sp.Symbol] = {}
    draws = tuple(draw.head for draw in program.draws)
    for head in (*program.inputs, *program.labels, *draws, *program.parameters):
        symbol = arrays.symbols[head]
        names[symbol] = sp.Symbol(identifier(head, program.loss, symbol.name), real=True)
    arguments = ", ".join(symbol.name for symbol in names.values())
    about = "One statement a step; before the steps of a formula, its LaTeX." + "".join(map(drawn, program.draws))
    lines = [f"def formulas({arguments}):", f"    {about!r}"]
    lines += _lines(arrays, live(arrays.bindings, {arrays.symbols[h] for h in outputs}), names, program)
    results = ", ".join(f"{h!r}: {names.get(arrays.symbols[h], arrays.symbols[h]).name}" for h in outputs)
    lines.append(f"    return {{{results}}}")
    return header.format(dtype=options.dtype) + "\n" + HELPERS + "\n" + "\n".join(lines) + "\n"


def _lines(arrays: ArrayProgram, bindings: Iterable[Binding], names: dict[sp.Symbol, sp.Symbol],
           program: Program) -> Iterable[str]:
    owner = ""
    for binding in bindings:
        if binding.owner != owner:
            owner = binding.owner
            yield f"    {documentation(program, owner)!r}"
        yield f"    {binding.symbol.name} = {_expression(binding.expression.xreplace(names))}"


def _expression(node: sp.Basic) -> str:
    """A step as an expression of the helpers above."""
    for kind, render in RENDER.items():
        if isinstance(node, kind):
            return render(*node.args)
    if isinstance(node, sp.Number):
        return f"constant({float(node)!r})"
    return str(Printer({"fully_qualified_modules": False, "inline": True}).doprint(node))


class Printer(ArrayPrinter):
    """Elementwise arithmetic with the names that the generated file imports."""

    def _print_Function(self, node: sp.Function) -> str:
        name = {"Abs": "absolute", "atan": "arctan"}.get(str(node.func), str(node.func))
        return f"{name}({', '.join(self._print(a) for a in node.args)})"

    _print_exp = _print_log = _print_tanh = _print_sin = _print_cos = _print_tan = _print_Function
    _print_sinh = _print_cosh = _print_Abs = _print_sign = _print_atan = _print_Function

    def _print_Pow(self, node: sp.Pow, rational: bool = False, sqrt: str = "sqrt") -> str:
        base, exponent = self._print(node.base), node.exp
        if exponent == sp.Rational(1, 2):
            return f"sqrt({base})"
        return f"({base})**({self._print(exponent)})"


def _rows(mask: sp.Tuple) -> str:
    return repr(tuple((int(r.args[0]), vector(r.args[1]), r.args[2].name) for r in mask.args))


@dataclass(frozen=True)
class _Binary:
    name: str

    def __call__(self, a: sp.Basic, b: sp.Basic) -> str:
        return f"{self.name}({_operand(a)}, {_operand(b)})"


def _operand(value: sp.Basic) -> str:
    return value.name if isinstance(value, sp.Symbol) else f"constant({float(value)!r})"


RENDER: dict[type[op.Node], Callable[..., str]] = {
    op.Window: lambda x, start, steps, shape:
        f"window({x}, {vector(start)}, {tuple(map(vector, steps.args))}, {vector(shape)})",
    op.Align: lambda x, order: f"align({x}, {vector(order)})",
    op.Pad: lambda x, before, shape: f"pad({x}, {vector(before)}, {vector(shape)})",
    op.Reshape: lambda x, shape: f"{x}.reshape({vector(shape)})",
    op.Broadcast: lambda x, shape: f"broadcast({x}, {vector(shape)})",
    op.Scatter: lambda x, start, steps, shape:
        f"scatter({x}, {vector(start)}, {tuple(map(vector, steps.args))}, {vector(shape)})",
    op.Stack: lambda planes, shape: f"stack([{', '.join(p.name for p in planes.args)}], {vector(shape)})",
    op.Reduce: lambda x, name, axes: f"reduced({x}, {name.name!r}, {vector(axes)})",
    op.Mask: lambda shape, constraints: f"mask({vector(shape)}, {_rows(constraints)})",
    op.Range: lambda count: f"constant(np.arange({int(count)}))",
    op.Indicator: lambda a, relation, b: f"number({relation.name}({_operand(a)}, {_operand(b)}))",
    op.MatMul: _Binary("matmul"),
    op.Larger: _Binary("maximum"),
    op.Smaller: _Binary("minimum"),
    op.Winner: _Binary("greater_equal"),
    op.Masked: lambda x, winner: f"{x} * {winner}",
}
