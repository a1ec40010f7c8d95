"""Progress on standard error, for work that lasts: nothing in the first second, a bar only on a terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import IO, Any

PATIENCE = 1.0
"""Seconds before anything is shown."""

INTERVAL = 5.0
"""Seconds between plain lines where standard error is no terminal."""


class Progress:
    """A callback ``progress(done, total, what)`` and a context manager.

    >>> with Progress() as progress:
    ...     progress(1, 2, "judging")  # too early to be shown
    """

    def __init__(self, stream: IO[str] | None = None) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.started = time.monotonic()
        self.last_line = self.started + PATIENCE - INTERVAL
        self.bar: Any = None

    def __enter__(self) -> Progress:
        return self

    def __call__(self, done: int, total: int, what: str) -> None:
        now = time.monotonic()
        if now - self.started < PATIENCE:
            return
        if not self.stream.isatty():
            if now - self.last_line >= INTERVAL:
                self.last_line = now
                print(f"{what}: {done}/{total}", file=self.stream, flush=True)
            return
        if self.bar is None:
            self._start(what)
        self.bar.update(0, description=what, completed=done, total=total or None)
        self.bar.refresh()

    def _start(self, what: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        title = TextColumn("{task.description}", markup=False)
        self.bar = Bar(
            title,
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(file=self.stream),
            transient=True,
            auto_refresh=False,  # by a thread, beside which processes would be forked
        )
        self.bar.add_task(what)
        self.bar.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar is not None:
            self.bar.stop()
