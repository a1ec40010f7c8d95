"""Several processes for one gradient: each takes a part of the mini-batch; parameters and results are shared memory.

The processes are forked, so that data and code are there already. For each step the parent sends the indices of the
samples; the sum over parts, weighted by their sizes, is the gradient of the whole mini-batch.
"""

from __future__ import annotations

import mmap
import multiprocessing
import signal
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

import numpy as np

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.trainer.data import Dataset
from verify_derivations.trainer.model import NO_DRAWS, Draws, Model
from verify_derivations.trainer.runtime import NDArray


class WorkerLost(DocumentError):
    """A worker ended before the run did."""


def shared(shape: tuple[int, ...], dtype: str) -> NDArray:
    """Zeros in memory that forked processes share."""
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    return np.frombuffer(mmap.mmap(-1, max(1, size)), dtype, count=int(np.prod(shape, dtype=np.int64))).reshape(shape)


class Team:
    """Computes gradients with ``workers`` processes, of which this one is the first. Use as a context manager."""

    def __init__(self, model: Model, data: Dataset, workers: int, batch: int) -> None:
        if "fork" not in multiprocessing.get_all_start_methods():
            raise DocumentError("several workers need a system that can fork processes")
        if model.program.batch is not None:
            name = model.program.name
            raise DocumentError(f"{name}: is stated for a whole batch, which cannot be divided among workers")
        if batch < workers:
            raise DocumentError(f"a batch of {batch} cannot be divided among {workers} workers")
        self.model, self.data, self.workers, self.batch = model, data, workers, batch
        dtype = model.options.dtype
        model.share({head: shared(value.shape, dtype) for head, value in model.parameters.items()})
        entries = model.program.shape(model.program.output)
        self._losses = shared((batch,), dtype)
        self._predictions = shared((*entries, batch), dtype)
        self._draws = {draw.head: shared((batch,), dtype) for draw in model.program.draws}
        self._gradients = [
            {head: shared(value.shape, dtype) for head, value in model.parameters.items()} for _ in range(workers)
        ]
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []

    def __enter__(self) -> Team:
        context = multiprocessing.get_context("fork")
        for size in {len(part) for part in self._parts(np.arange(self.batch))}:
            self.model.prepare(size)  # compiled once, before forking
        for gradients in self._gradients[1:]:
            ours, theirs = context.Pipe()
            process = context.Process(target=self._serve, args=(theirs, ours, gradients), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)
        return self

    def __exit__(self, *exception: object) -> None:
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.join(timeout=5)
            process.kill()  # one that hangs
            process.join()

    def _parts(self, chosen: NDArray) -> list[NDArray]:
        return np.array_split(chosen, self.workers)

    def _serve(self, pipe: Connection, other: Connection, gradients: Mapping[str, NDArray]) -> None:
        """A worker's life: wait for indices, compute, answer with an empty message. It ends when the parent closes its
        end of the pipe; signals that go to the whole group (Ctrl-C, a closed terminal) are the parent's to answer."""
        for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(kind, signal.SIG_IGN)
        other.close()
        for earlier in self._pipes:
            earlier.close()
        try:
            while True:
                message = pipe.recv_bytes()
                start, *indices = np.frombuffer(message, np.int64)
                with np.errstate(all="ignore"):  # the parent looks at the losses
                    self._compute(np.asarray(indices), int(start), gradients)
                pipe.send_bytes(b"")
        except (EOFError, BrokenPipeError, ConnectionResetError):
            return

    def _compute(self, chosen: NDArray, start: int, gradients: Mapping[str, NDArray]) -> None:
        """The ``gradients`` of one part; loss and predictions go to the part's place in shared memory, where its draws
        are."""
        part = slice(start, start + len(chosen))
        draws = {head: values[part] for head, values in self._draws.items()}
        losses, predictions, found = self.model.gradients(self.data.images[chosen], self.data.labels[chosen], draws)
        self._losses[part], self._predictions[..., part] = losses, predictions
        for head, target in gradients.items():
            np.copyto(target, found[head])

    def __call__(self, chosen: NDArray, draws: Draws = NO_DRAWS) -> tuple[NDArray, NDArray, dict[str, NDArray]]:
        """Loss of each sample, predictions and mean gradients, as of one process."""
        for head, values in self._draws.items():
            values[:len(chosen)] = draws[head]
        parts = [part for part in self._parts(chosen) if len(part)]
        start = len(parts[0])
        for number, (pipe, part) in enumerate(zip(self._pipes, parts[1:], strict=False)):
            try:
                pipe.send_bytes(np.concatenate([[start], part]).astype(np.int64).tobytes())
            except OSError:
                raise self._lost(number) from None
            start += len(part)
        total, *others = self._gradients
        self._compute(parts[0], 0, total)
        for gradient in total.values():
            gradient *= len(parts[0]) / len(chosen)
        answers = zip(self._pipes, parts[1:], others, strict=False)
        for number, (pipe, part, gradients) in enumerate(answers):
            try:
                pipe.recv_bytes()
            except (EOFError, OSError):
                raise self._lost(number) from None
            for head, gradient in total.items():
                own = gradients[head]
                own *= len(part) / len(chosen)
                gradient += own
        return self._losses[:len(chosen)], self._predictions[..., :len(chosen)], total

    def _lost(self, number: int) -> WorkerLost:
        """What became of a worker whose pipe is closed."""
        process = self._processes[number]
        process.join(timeout=5)
        code = process.exitcode
        how = f"was ended by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with {code}"
        return WorkerLost(f"worker {number + 2} of {self.workers} {how}; is there enough memory?")
