"""Tasks in processes that can be stopped."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from verify_derivations.checker.tasks import Allowance, Stopped, each


def results(function: Callable[[int], Any], count: int, **allowed: Any) -> list[Any]:
    found = dict(each(function, range(count), Allowance(**allowed)))
    assert sorted(found) == list(range(count))
    return [found[number] for number in range(count)]


def spin(seconds: float) -> None:
    start = time.process_time()
    while time.process_time() - start < seconds:
        pass


@pytest.mark.parametrize("jobs", [0, 1, 2, 5])
def test_every_task_is_done_once(jobs: int) -> None:
    assert results(lambda n: n * n, 7, jobs=jobs) == [n * n for n in range(7)]
    assert results(lambda n: n, 0, jobs=jobs) == []


def test_one_task_that_does_not_end_costs_its_limit_only() -> None:
    def task(n: int) -> int:
        spin(60 if n == 1 else 0)
        return n

    found = results(task, 4, jobs=2, seconds=0.2)
    assert found == [0, Stopped("stopped after 0.2 s, its limit"), 2, 3]


def test_the_limit_is_for_each_task_not_for_all() -> None:
    assert results(lambda n: spin(0.1), 5, jobs=1, seconds=0.3) == [None] * 5


def test_a_task_that_sleeps_for_ever_is_stopped_too() -> None:
    found = results(lambda n: time.sleep(60 if n == 0 else 0), 2, jobs=1, seconds=0.05)
    assert found == [Stopped("stopped after 0.05 s, its limit"), None]


def test_memory_is_limited() -> None:
    def task(n: int) -> int:
        return len(bytearray(3 << 30 if n == 0 else 3))

    assert results(task, 2, jobs=1, memory=1 << 30) == [Stopped("stopped at 1 GiB, its limit"), 3]


def test_a_worker_that_dies_is_replaced() -> None:
    def task(n: int) -> int:
        if n == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return n

    found = results(task, 3, jobs=1)
    assert isinstance(found[0], Stopped)
    assert found[1:] == [1, 2]


def test_what_a_task_raises_is_its_result() -> None:
    found = results(lambda n: 1 // n, 2, jobs=1)
    assert isinstance(found[0], Stopped)
    assert "ZeroDivisionError" in found[0].reason
    assert found[1] == 1


def test_no_worker_outlives_an_interrupted_round() -> None:
    pids = []

    def task(n: int) -> int:
        if n:
            time.sleep(60)
        return os.getpid()

    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        for _, pid in each(task, range(4), Allowance(2)):
            pids.append(pid)
            raise KeyboardInterrupt
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
