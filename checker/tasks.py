"""Independent tasks in processes that can be stopped: one pathological formula costs its limit and nothing else.

Workers are forked, so that they start with everything that the parent has read, and only numbers of tasks and
results pass between the processes. Where processes cannot be forked, or none are asked for, the tasks run one after
another in this one, without limits.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, Generic, TypeVar

PATIENCE = 10
"""How many times its processor time a task may take by the clock, before it is taken to hang."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Allowance:
    """What one task may use. ``jobs`` processes work at a time; 0: this one, without limits."""

    jobs: int = 0
    seconds: float = 10.0  # of processor time, so that a busy machine changes no verdict
    memory: int = 2 << 30  # bytes


@dataclass(frozen=True)
class Stopped:
    """A task that gave no result, and why."""

    reason: str


def available() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(
    function: Callable[[T], R], items: Sequence[T], allowance: Allowance, *, beside: Ahead[Any, Any] | None = None
) -> Iterator[tuple[int, R | Stopped]]:
    """``(number, function(items[number]))`` for all items, in the order in which they are done. What ``function``
    raises is raised here where it ran in this process, and a :class:`Stopped` where it did not. While a task
    ``beside`` them works, one process less does."""
    if not allowance.jobs or not items or not _forks():
        for number, item in enumerate(items):
            yield number, function(item)
        return
    pool = _Pool(lambda number: function(items[number]), range(len(items)), allowance, beside)
    try:
        yield from pool.run()
    finally:
        pool.close()


class Ahead(Generic[T, R]):
    """One task in a process of its own, which is begun before it is known what the task is about, and meanwhile
    prepares itself."""

    def __init__(
        self, function: Callable[[T], R], allowance: Allowance, prepare: Callable[[], object] = lambda: None
    ) -> None:
        self.function, self.items = function, list[T]()
        self.pool: _Pool[R] | None = None
        if _forks():
            self.pool = _Pool(function, (), replace(allowance, jobs=1), prepare=prepare)
            self.pool.begin()

    def give(self, item: T) -> None:
        """What the task is about; once."""
        self.items.append(item)
        if self.pool is not None:
            self.pool.give(self.pool.workers[0], item)

    @property
    def pipes(self) -> list[Connection]:
        """Of the process, until its result has been asked for."""
        return [w.pipe for w in self.pool.workers] if self.pool is not None else []

    def result(self) -> R | Stopped:
        """To be asked for once, after it was given something."""
        if self.pool is None:
            return self.function(self.items[0])
        return next(result for _, result in self.pool.run())

    def close(self) -> None:
        if self.pool is not None:
            self.pool.close()


def _forks() -> bool:
    return "fork" in multiprocessing.get_all_start_methods()


@dataclass
class _Worker:
    process: ForkProcess
    pipe: Connection
    number: int = -1  # of its task
    since: float = 0.0


class _Pool(Generic[R]):
    """Workers that apply ``function`` to what they are sent: to each of ``items``."""

    def __init__(
        self, function: Callable[[Any], R], items: Sequence[int], allowance: Allowance,
        beside: Ahead[Any, Any] | None = None, prepare: Callable[[], object] = lambda: None,
    ) -> None:  # fmt: skip
        self.function, self.allowance, self.prepare = function, allowance, prepare
        self.context = multiprocessing.get_context("fork")
        self.foreign = beside.pipes if beside is not None else []
        self.beside = [pipe for pipe in self.foreign if not pipe.poll()]
        self.workers: list[_Worker] = []
        self.waiting = iter(items)

    def start(self) -> None:
        for _ in range(self.allowance.jobs - len(self.workers) - len(self.beside)):
            self._start()

    def run(self) -> Iterator[tuple[int, R | Stopped]]:
        self.start()
        while self.workers:
            ready = wait([*self.beside, *(w.pipe for w in self.workers)], self._patience())
            if any(pipe in ready for pipe in self.beside):
                self.beside = []
                self._start()
            for worker in list(self.workers):
                if worker.pipe in ready:
                    yield worker.number, self._received(worker)
                elif time.monotonic() - worker.since > self.allowance.seconds * PATIENCE:
                    number = worker.number
                    self._replace(worker)
                    yield number, self._late()

    def close(self) -> None:
        for worker in self.workers:
            _end(worker)
        self.workers = []

    def _patience(self) -> float:
        end = min(w.since for w in self.workers) + self.allowance.seconds * PATIENCE
        return max(0.0, end - time.monotonic()) + 0.01

    def _late(self) -> Stopped:
        return Stopped(f"stopped after {self.allowance.seconds:g} s, its limit")

    def _start(self) -> None:
        """A worker with a task, if there is one left."""
        number = next(self.waiting, None)
        if number is not None:
            self.give(self.begin(), number, number)

    def begin(self) -> _Worker:
        """A worker that waits for a task."""
        here, there = self.context.Pipe()
        others = [here, *self.foreign, *(w.pipe for w in self.workers)]
        process = self.context.Process(
            target=_work, args=(self.function, self.prepare, there, others, self.allowance), daemon=True
        )
        sys.stdout.flush()
        sys.stderr.flush()
        process.start()
        there.close()
        self.workers.append(_Worker(process, here))
        return self.workers[-1]

    def give(self, worker: _Worker, item: Any, number: int = 0) -> None:
        worker.number, worker.since = number, time.monotonic()
        with suppress(OSError):  # it died: that is found when its answer is read
            worker.pipe.send(item)

    def _received(self, worker: _Worker) -> R | Stopped:
        try:
            result: R | Stopped = pickle.loads(worker.pipe.recv_bytes())
        except (EOFError, OSError):
            worker.process.join()
            code = worker.process.exitcode
            self._replace(worker)
            if code == -signal.SIGPROF:
                return self._late()
            return Stopped(f"stopped: its process ended with {code}")
        number = next(self.waiting, None)
        if number is None:
            _end(worker)
            self.workers.remove(worker)
        else:
            self.give(worker, number, number)
        return result

    def _replace(self, worker: _Worker) -> None:
        _end(worker)
        self.workers.remove(worker)
        self._start()


def _end(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join()
    worker.pipe.close()


def _work(
    function: Callable[[Any], R], prepare: Callable[[], object], pipe: Connection, others: list[Connection],
    allowance: Allowance,
) -> None:  # fmt: skip
    """The loop of a worker: it ends when the parent closes its end, which it alone holds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's affair
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for other in others:
        other.close()
    _limit_memory(allowance.memory)
    gc.freeze()  # what the parent has read stays
    prepare()
    while True:
        try:
            item = pipe.recv()
        except (EOFError, OSError):
            break
        result: R | Stopped
        try:
            signal.setitimer(signal.ITIMER_PROF, allowance.seconds)  # the process ends with SIGPROF
            result = function(item)
        except MemoryError:
            result = Stopped(f"stopped at {allowance.memory / (1 << 30):g} GiB, its limit")
        except Exception as failure:
            result = Stopped(f"failed: {failure!r}"[:300])
        signal.setitimer(signal.ITIMER_PROF, 0)
        with suppress(OSError):
            pipe.send_bytes(pickle.dumps(result, pickle.HIGHEST_PROTOCOL))
    os._exit(0)  # nothing of the parent's is to be flushed or cleaned up here


def _limit_memory(size: int) -> None:
    """Address space, where the system can limit it."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size if hard < 0 else min(size, hard), hard))
