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
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Generic, TypeVar

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


def each(function: Callable[[T], R], items: Sequence[T], allowance: Allowance) -> Iterator[tuple[int, R | Stopped]]:
    """``(number, function(items[number]))`` for all items, in the order in which they are done. What ``function``
    raises is raised here where it ran in this process, and a :class:`Stopped` where it did not."""
    if not allowance.jobs or not items or not _forks():
        for number, item in enumerate(items):
            yield number, function(item)
        return
    pool = _Pool(lambda number: function(items[number]), range(len(items)), allowance)
    try:
        yield from pool.run()
    finally:
        pool.close()


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

    def __init__(self, function: Callable[[int], R], items: Sequence[int], allowance: Allowance) -> None:
        self.function, self.allowance = function, allowance
        self.context = multiprocessing.get_context("fork")
        self.workers: list[_Worker] = []
        self.waiting = iter(items)

    def run(self) -> Iterator[tuple[int, R | Stopped]]:
        for _ in range(self.allowance.jobs):
            self._start()
        while self.workers:
            ready = wait([w.pipe for w in self.workers], self._patience())
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
        if number is None:
            return
        here, there = self.context.Pipe()
        others = [here, *(w.pipe for w in self.workers)]
        process = self.context.Process(target=_work, args=(self.function, there, others, self.allowance), daemon=True)
        sys.stdout.flush()
        sys.stderr.flush()
        process.start()
        there.close()
        self.workers.append(_Worker(process, here))
        self._give(self.workers[-1], number)

    def _give(self, worker: _Worker, number: int) -> None:
        worker.number, worker.since = number, time.monotonic()
        with suppress(OSError):  # it died: that is found when its answer is read
            worker.pipe.send(number)

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
            self._give(worker, number)
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
    function: Callable[[int], R], pipe: Connection, others: list[Connection], allowance: Allowance
) -> None:
    """The loop of a worker: it ends when the parent closes its end, which it alone holds."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the parent's affair
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    for other in others:
        other.close()
    _limit_memory(allowance.memory)
    gc.freeze()  # what the parent has read stays
    while True:
        try:
            number = pipe.recv()
        except (EOFError, OSError):
            break
        result: R | Stopped
        try:
            signal.setitimer(signal.ITIMER_PROF, allowance.seconds)  # the process ends with SIGPROF
            result = function(number)
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
