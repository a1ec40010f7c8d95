"""What a run shows on standard error: a bar on a terminal, elsewhere (a log file, say) a line for each epoch."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from verify_derivations.trainer.train import Progress


class Display:
    """A context manager; :meth:`show` is told every state of the run."""

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.bar: Any = None

    def __enter__(self) -> Display:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
            self.bar = Bar(*columns, console=Console(stderr=True))
            self.bar.add_task("", total=None)
            self.bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.bar is not None:
            self.bar.stop()

    def show(self, state: Progress) -> None:
        if self.bar is not None:
            done = (state.epoch - 1) * state.steps + state.step
            self.bar.update(0, description=self.line(state), total=self.epochs * state.steps, completed=done)
        elif state.done:
            print(self.line(state), file=sys.stderr, flush=True)

    def line(self, state: Progress) -> str:
        """The figures of an epoch as far as it has come."""
        text = f"epoch {state.epoch}/{self.epochs}  loss {state.loss:.4f}  accuracy {100 * state.accuracy:.2f} %"
        if state.validation_loss is not None and state.validation_accuracy is not None:
            text += f"  validation {state.validation_loss:.4f}, {100 * state.validation_accuracy:.2f} %"
        return f"{text}  {state.speed:,.0f}/s"
