"""A program with values for its parameters, and its compiled functions for each batch size."""

from __future__ import annotations

import io
import itertools
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

import numpy as np

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Scalar, binders_of, children
from verify_derivations.trainer import files
from verify_derivations.trainer.options import DEFAULT, Options
from verify_derivations.trainer.program import Program, per_sample
from verify_derivations.trainer.runtime import Code, Compiled, NDArray

Draws: TypeAlias = "Mapping[str, NDArray]"
"""For each head that is drawn, the values for the samples of a batch."""

NO_DRAWS: Draws = {}


CACHED = 4 << 20
"""Bytes of the quantities of a mini-batch that are computed at once, in the caches of most processors."""

FEWEST = 48
"""Samples that are computed at once, however much memory they take: matrix products of fewer are slow."""

AT_ONCE = 256
"""Samples that are evaluated at once, unless their quantities would leave the caches."""

T = TypeVar("T")


class Remember(Protocol):
    """``remember(make, *parts)`` is what ``make()`` gives, perhaps from an earlier time: it depends on the parts."""

    def __call__(self, make: Callable[[], T], *parts: Any) -> T: ...


def anew(make: Callable[[], T], *parts: Any) -> T:
    """Nothing is remembered."""
    return make()


class Model:
    """``parameters[head]`` are updated in place; compiled functions read them where they are."""

    def __init__(self, program: Program, options: Options = DEFAULT, seed: int = 0,
                 initialiser: str = "glorot", remember: Remember = anew) -> None:
        self.program, self.options, self.remember = program, options, remember
        self.parameters = initial(program, np.random.default_rng(seed), options.dtype, initialiser)
        self._compiled: dict[tuple[int, bool], Compiled] = {}
        self._totals, self._weighted = ({h: np.zeros_like(v) for h, v in self.parameters.items()} for _ in range(2))
        self._at_once = samples_at_once(program, options)

    def share(self, parameters: dict[str, NDArray]) -> None:
        """Moves the parameters into other memory; what was compiled before is forgotten."""
        for head, value in parameters.items():
            np.copyto(value, self.parameters[head])
        self.parameters, self._compiled = parameters, {}

    def compiled(self, batch: int, training: bool) -> Compiled:
        key = batch, training
        if key not in self._compiled:
            self._compiled[key] = Compiled(self.code(batch, self.program.results(training)), self.parameters)
        return self._compiled[key]

    def code(self, batch: int, outputs: tuple[str, ...]) -> Code:
        """The generated functions that compute the outputs for so many samples."""
        def make() -> Code:
            from verify_derivations.trainer.compiler import code  # imports SymPy, which takes a while

            return code(self.program, batch, outputs, self.options)

        return self.remember(make, "code", self.program, batch, outputs, self.options)

    def slices(self, count: int) -> list[slice]:
        """The parts in which so many samples are computed: one, unless their quantities would leave the caches.

        They are of much the same size, not far below :data:`FEWEST`, so that matrix products stay efficient.
        """
        parts = max(1, round(count / self._at_once))
        ends = [count * k // parts for k in range(parts + 1)]
        return [slice(start, end) for start, end in itertools.pairwise(ends)]

    def prepare(self, count: int) -> None:
        """Compiles what the gradient of so many samples needs."""
        for part in self.slices(count):
            self.compiled(part.stop - part.start, True)

    def gradients(self, images: NDArray, labels: NDArray,
                  draws: Draws = NO_DRAWS) -> tuple[NDArray, NDArray, dict[str, NDArray]]:
        """Loss of each sample, predictions (classes × samples) and the mean gradient of each parameter.

        They are to be read, until the next call: a formula's array may be a view of another, or that of two gradients.
        """
        count, parts = len(labels), self.slices(len(labels))
        if len(parts) == 1:
            return self._gradients(images, labels, draws)
        losses, predictions = [], []
        for total in self._totals.values():
            total[...] = 0
        for part in parts:
            loss, prediction, gradients = self._gradients(images[part], labels[part], _part(draws, part))
            losses.append(loss.copy())
            predictions.append(prediction.copy())
            for head, total in self._totals.items():
                total += np.multiply(gradients[head], (part.stop - part.start) / count, out=self._weighted[head])
        return np.concatenate(losses), np.concatenate(predictions, axis=-1), self._totals

    def _gradients(self, images: NDArray, labels: NDArray,
                   draws: Draws) -> tuple[NDArray, NDArray, dict[str, NDArray]]:
        step = self._fed(self.compiled(len(labels), True), images, labels, draws)
        gradients = {p: step.arrays[self.program.gradient(p)] for p in self.parameters}
        return self._losses(step, len(labels)), self._predictions(step), gradients

    def outputs(self, images: NDArray, labels: NDArray | None = None, batch: int = AT_ONCE) -> tuple[NDArray, NDArray]:
        """Predictions (classes × samples) and the loss of each sample (zeros, where there are no labels)."""
        labels = np.zeros(len(images), np.int64) if labels is None else labels
        batch = int(min(batch, self._at_once))
        predictions, losses = [], []
        for start in range(0, len(images), batch):
            part = slice(start, start + batch)
            with np.errstate(all="ignore"):  # what is not finite is seen in the loss
                step = self._fed(self.compiled(len(labels[part]), False), images[part], labels[part])
            predictions.append(self._predictions(step).copy())
            losses.append(self._losses(step, len(labels[part])).copy())
        return np.concatenate(predictions, axis=-1), np.concatenate(losses)

    def accuracy(self, images: NDArray, labels: NDArray) -> tuple[float, float]:
        """Mean loss and the share of right predictions."""
        predictions, losses = self.outputs(images, labels)
        return float(losses.mean(dtype=np.float64)), float((predicted(predictions) == labels).mean())

    def rewards(self, images: NDArray) -> bool:
        """Whether what should be a loss is larger, over these images, where each label is what the net says than where
        it is what the net says least: then it is to be maximised, not minimised."""
        outputs = self.outputs(images)[0]
        likely = predicted(outputs)
        unlikely = outputs.argmin(axis=0) if outputs.ndim > 1 else 1 - likely
        best, worst = (float(self.outputs(images, labels)[1].mean(dtype=np.float64)) for labels in (likely, unlikely))
        return best > worst

    def first_not_finite(self, images: NDArray, labels: NDArray, draws: Draws = NO_DRAWS) -> str:
        """The first quantity, in the order of computation, that has an entry which is not finite."""
        for head, value in self.parameters.items():
            if not np.isfinite(value).all():
                return head
        for chosen in self.slices(len(labels)):
            step = self.compiled(chosen.stop - chosen.start, True)
            self._filled(step, images[chosen], labels[chosen], _part(draws, chosen))
            for part, (function, arguments) in zip(step.code.steps, step.calls, strict=True):
                if not np.isfinite(function(*arguments)).all():
                    return part.head
        return self.program.loss

    def _losses(self, step: Compiled, count: int) -> NDArray:
        """Of each sample; where the document states the loss of a whole batch, that for each."""
        return np.broadcast_to(step.arrays[self.program.loss], count)

    def _predictions(self, step: Compiled) -> NDArray:
        return self._samples_last(step, self.program.output)

    def _samples_last(self, step: Compiled, head: str) -> NDArray:
        """The array with the axis of the samples at the end."""
        axis = self.program.sample_axis(head)
        return step.arrays[head] if axis is None else np.moveaxis(step.arrays[head], axis, -1)

    def drawn(self, count: int, seed: Sequence[int]) -> dict[str, NDArray]:
        """The draws for so many samples; the same seed gives the same."""
        rng = np.random.default_rng(seed)
        return {d.head: rng.uniform(d.low, d.high, count).astype(self.options.dtype) for d in self.program.draws}

    def _fed(self, step: Compiled, images: NDArray, labels: NDArray, draws: Draws = NO_DRAWS) -> Compiled:
        self._filled(step, images, labels, draws)
        step.run()
        return step

    def _filled(self, step: Compiled, images: NDArray, labels: NDArray, draws: Draws) -> None:
        """What is not drawn is at its mean."""
        for draw in self.program.draws:
            target, values = step.arrays[draw.head], np.asarray(draws.get(draw.head, draw.mean))
            target[...] = values if target.ndim else values.flat[0]
        (x,), (y,) = self.program.inputs, self.program.labels
        target = self._samples_last(step, x)
        np.copyto(target, np.moveaxis(images.reshape(len(labels), *target.shape[:-1]), 0, -1))
        given = self._samples_last(step, y)
        if given.ndim == 1:  # one number a sample
            given[...] = labels
        else:
            given[...] = 0
            given[labels, np.arange(len(labels))] = 1

    # -- files ------------------------------------------------------------------------------------------
    def save(self, path: Path) -> None:
        """All parameters, in the order of the program, with the net's name and shapes."""
        arrays: dict[str, Any] = {f"p{k}": value for k, value in enumerate(self.parameters.values())}
        buffer = io.BytesIO()
        np.savez(buffer, net=np.array(self.program.name), heads=np.array(list(self.parameters)), **arrays)
        files.write(path, buffer.getvalue())

    def load(self, path: Path) -> None:
        try:
            found = files.arrays(path)
            values = {str(head): found[f"p{k}"] for k, head in enumerate(found["heads"])}
        except KeyError as missing:
            raise DocumentError(f"{path}: not a file of saved parameters (it has no {missing})") from None
        except ValueError as reason:
            raise DocumentError(f"{path}: not a file of saved parameters, as --save writes them ({reason})") from None
        self.assign(values, str(path))

    def assign(self, values: Mapping[str, NDArray], origin: str) -> None:
        """All parameters replaced by ``values``; names and shapes must be those of this net."""
        if list(values) != list(self.parameters):
            raise DocumentError(f"{origin}: has parameters {', '.join(values)}; expected {', '.join(self.parameters)}")
        for head, value in values.items():
            if value.shape != self.parameters[head].shape:
                raise DocumentError(f"{origin}: {head} has shape {value.shape}; expected {self.parameters[head].shape}")
        for head, value in values.items():
            np.copyto(self.parameters[head], value)


def samples_at_once(program: Program, options: Options) -> float:
    """About how many samples are best computed together; a document's own batch is never divided."""
    if not options.slices or program.batch is not None:
        return math.inf
    own = per_sample(program)
    entries = sum(math.prod(program.shape(q.head)) for q in program if q.head in own)
    return max(FEWEST, CACHED / (entries * np.dtype(options.dtype).itemsize))


def _part(draws: Draws, part: slice) -> Draws:
    return {head: values[part] for head, values in draws.items()}


def predicted(predictions: NDArray) -> NDArray:
    """The label of each sample: the class of the largest entry, or of a single probability the likelier one."""
    return predictions.argmax(axis=0) if predictions.ndim > 1 else (predictions > 0.5).astype(np.int64)


# -- initial values ---------------------------------------------------------------------------------------
def initial(program: Program, rng: np.random.Generator, dtype: str, initialiser: str = "glorot") -> dict[str, NDArray]:
    """Biases (one index) zero, scalars where the program says or at a quarter, the others by the named rule."""
    if initialiser not in INITIALISERS:
        raise DocumentError(f"no initialiser {initialiser}; there are {', '.join(INITIALISERS)}")
    values = {}
    for head in program.parameters:
        shape = program.shape(head)
        if math.prod(shape) * np.dtype(dtype).itemsize > sys.maxsize:
            raise MemoryError(f"{head} has shape {shape}")
        if len(shape) == 1:
            values[head] = np.zeros(shape, dtype)
        elif not shape:
            values[head] = np.full(shape, program.starts.get(head, 0.25), dtype)
        else:
            inputs, outputs = fans(program, head)
            values[head] = INITIALISERS[initialiser](rng, shape, inputs, outputs).astype(dtype)
    return values


def _uniform(rng: np.random.Generator, shape: tuple[int, ...], limit: float) -> NDArray:
    return rng.uniform(-limit, limit, shape)


INITIALISERS: dict[str, Callable[[np.random.Generator, tuple[int, ...], int, int], NDArray]] = {
    "glorot": lambda rng, shape, inputs, outputs: _uniform(rng, shape, math.sqrt(6 / (inputs + outputs))),
    "glorot-normal": lambda rng, shape, inputs, outputs: rng.normal(0, math.sqrt(2 / (inputs + outputs)), shape),
    "he": lambda rng, shape, inputs, outputs: rng.normal(0, math.sqrt(2 / inputs), shape),
    "lecun": lambda rng, shape, inputs, outputs: rng.normal(0, math.sqrt(1 / inputs), shape),
}


def fans(program: Program, head: str) -> tuple[int, int]:
    """How many terms the formula that uses the parameter sums over for one output, and how many outputs one entry
    reaches (kernels: per place): the products of the extents of summed and of free indices."""
    shape = program.shape(head)

    def summed(node: Scalar, bound: frozenset[str]) -> int | None:
        if isinstance(node, Access) and node.head == head:
            return math.prod(n for index, n in zip(node.indices, shape, strict=True) if index.names & bound)
        inner = bound | {variable for variable, _ in binders_of(node)}
        return next((found for c in children(node) if (found := summed(c, inner)) is not None), None)

    for quantity in program.forward:
        found = None if quantity.body is None else summed(quantity.body, frozenset())
        if found is not None:
            free = math.prod(shape) // found
            kernel = math.prod(shape[2:]) if len(shape) > 2 else 1
            return found, free * kernel
    return math.prod(shape), 1
