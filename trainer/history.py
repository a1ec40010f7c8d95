"""A run's history as a file: one line for each epoch, CSV or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.trainer.train import Progress


class History:
    """Lines are written as epochs end. Lines of epochs from ``first`` on, left by an earlier attempt, are dropped."""

    def __init__(self, path: Path | None, first: int) -> None:
        self.path, self.first = path, first
        self._file: TextIO | None = None

    def __enter__(self) -> History:
        if self.path is not None:
            try:
                kept = self._earlier(self.path.read_text(encoding="utf-8")) if self.path.is_file() else []
                self._file = self.path.open("w", encoding="utf-8", newline="")
            except (OSError, ValueError) as reason:
                raise DocumentError(f"{self.path}: cannot be used as history ({reason})") from None
            heading = _row(list(asdict(Progress(0, 0, 0, 0, 0, 0, 0)))) if self.path.suffix == ".csv" else ""
            self._write("".join([heading, *kept]))
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            with suppress(OSError):  # what could not be written was said
                self._file.close()

    def add(self, state: Progress) -> None:
        if self.path is not None:
            values = asdict(state)
            self._write(_row(list(values.values())) if self.path.suffix == ".csv" else json.dumps(values) + "\n")

    def _write(self, text: str) -> None:
        assert self._file is not None
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as reason:
            raise DocumentError(f"{self.path}: cannot be written ({reason.strerror})") from None

    def _earlier(self, text: str) -> list[str]:
        lines = text.splitlines(keepends=True)
        if self.path is not None and self.path.suffix == ".csv":
            return [line for line in lines[1:] if int(line.split(",")[0]) < self.first]
        return [line for line in lines if int(json.loads(line)["epoch"]) < self.first]


def _row(values: list[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(["" if v is None else v for v in values])
    return out.getvalue()
