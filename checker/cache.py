"""What was judged before, found again by its content.

An entry's key is a hash of all that the answer depends on: the program's own source, the formula, the definitions
that it may use, the notation, the limits and the seed. An edited formula, definition or program therefore asks under
another key; nothing is ever looked up by name or date. Whatever cannot be read back exactly as it was written (a
damaged file, another format, a full disk) is an entry that is not there.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import io
import os
import pickle
import re
import sqlite3
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from verify_derivations.formulas.polynomial import Polynomial, reserve

LARGEST = 256 << 20  # bytes of all entries, beyond which those not used for longest are dropped
PACKAGES = ("formulas", "derivations", "checker")
FORMAT = 1


T = TypeVar("T")


class Cache:
    """A map from keys to values in one file. ``Cache(None)`` keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.connection: sqlite3.Connection | None = None
        if folder is not None:
            self._open(folder)

    def _open(self, folder: Path) -> None:
        path = folder / f"verdicts-{FORMAT}.sqlite"
        for attempt in (1, 2):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                self.connection = sqlite3.connect(path, timeout=0.5, isolation_level=None)
                self.connection.execute("pragma journal_mode = wal")
                self.connection.execute("pragma synchronous = off")  # a torn entry is not believed
                self.connection.execute(
                    "create table if not exists entries "
                    "(key blob primary key, value blob, digest blob, used real) without rowid"
                )
                return
            except (sqlite3.Error, OSError) as error:
                self.close()
                if attempt == 1 and isinstance(error, sqlite3.DatabaseError) and not _busy(error):
                    with suppress(OSError):
                        path.unlink()  # damaged: begin anew

    def get(self, key: bytes) -> Any:
        """The value, or ``None`` where there is none that can be believed."""
        if self.connection is None:
            return None
        try:
            row = self.connection.execute("select value, digest from entries where key = ?", (key,)).fetchone()
            if row is None or not isinstance(row[0], bytes) or _digest(key, row[0]) != row[1]:
                return None
            self.connection.execute("update entries set used = julianday('now') where key = ?", (key,))
            reserve(max(map(int, _NUMBERED.findall(row[0])), default=0))
            return _Reader(io.BytesIO(row[0])).load()
        except (sqlite3.Error, pickle.UnpicklingError, ValueError, TypeError, AttributeError, EOFError, ImportError,
                IndexError, KeyError, AssertionError):  # fmt: skip
            return None

    def put(self, entries: Iterable[tuple[bytes, Any]]) -> None:
        if self.connection is None:
            return
        rows = []
        for key, value in entries:
            data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
            rows.append((key, data, _digest(key, data)))
        with suppress(sqlite3.Error):  # a full disk: the next run judges again
            self.connection.execute("begin")
            self.connection.executemany("insert or replace into entries values (?, ?, ?, julianday('now'))", rows)
            (size,) = self.connection.execute("select coalesce(sum(length(value)), 0) from entries").fetchone()
            if size > LARGEST:
                self.connection.execute(
                    "delete from entries where used < (select used from entries order by used limit 1 offset "
                    "(select count(*) / 2 from entries))"
                )
            self.connection.execute("commit")

    def close(self) -> None:
        if self.connection is not None:
            with suppress(sqlite3.Error):
                self.connection.close()
        self.connection = None


def default_folder() -> Path | None:
    """``VERIFY_DERIVATIONS_CACHE`` (empty: none), else the user's folder for caches."""
    named = os.environ.get("VERIFY_DERIVATIONS_CACHE")
    if named is not None:
        return Path(named) if named else None
    from platformdirs import user_cache_path

    return user_cache_path("verify-derivations", appauthor=False)


_NUMBERED = re.compile(rb"%[^.%]{0,40}\.(\d{9})")
"""The numbers of fresh index variables in a pickle, where they stand as they are: none of them is made again here."""


def _busy(error: sqlite3.Error) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)


def _digest(key: bytes, data: bytes) -> bytes:
    return hashlib.sha256(key + data).digest()


class _Reader(pickle.Unpickler):
    """Builds values of this program only."""

    def find_class(self, module: str, name: str) -> Any:
        if module.split(".")[0] == "verify_derivations":
            found = getattr(importlib.import_module(module), name)
            if isinstance(found, type):
                return found
        if (module, name) == ("fractions", "Fraction"):
            return Fraction
        raise pickle.UnpicklingError(f"{module}.{name}")


# -- keys ----------------------------------------------------------------------------------------------------------
def key(*parts: Any) -> bytes:
    """A hash of values, by their content: fresh index variables count by the order in which they appear."""
    out: list[str] = []
    _write(parts, {}, out)
    return hashlib.sha256(program() + "\0".join(out).encode("utf-8", "surrogatepass")).digest()


@functools.cache
def program(*more: str) -> bytes:
    """A hash of the program's own source, and of the Python that runs it; also of ``more`` packages."""
    feed = hashlib.sha256(sys.version.encode())
    for package in (*PACKAGES, *more):
        module = importlib.import_module(f"verify_derivations.{package}")
        for folder in module.__path__:
            for path in sorted(Path(folder).glob("*.py")):
                feed.update(path.name.encode() + b"\0" + path.read_bytes())
    return feed.digest()


@functools.cache
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


_FRESH = re.compile(r"%[^.%]*\.\d+$")


def _write(value: Any, names: dict[str, str], out: list[str]) -> None:
    match value:
        case str():
            if value[:1] == "%" and _FRESH.match(value):
                out.append(names.setdefault(value, f"%{value[1:].split('.')[0]}.{len(names)}"))
            else:
                out.append(f"{len(value)}'{value}")  # whatever is in a text, it is no other value, nor two
        case None | bool() | int() | float() | Fraction():
            out.append(repr(value))
        case bytes():
            out.append(f"b{value.hex()}")
        case Polynomial():
            out.append("+")
            for monomial, coefficient in value.terms:
                _write(monomial, names, out)
                out.append(str(coefficient))
        case tuple() | list():
            out.append(f"({len(value)}")
            for item in value:
                _write(item, names, out)
        case Mapping():
            out.append(f"{{{len(value)}")
            for name, item in value.items():
                _write(name, names, out)
                _write(item, names, out)
        case set() | frozenset():
            out.append(f"<{len(value)}")
            for item in sorted(value, key=repr):
                _write(item, names, out)
        case Exception():
            _write((type(value).__name__, value.args), names, out)
        case _ if is_dataclass(value) and not isinstance(value, type):
            out.append(type(value).__name__)
            kind: Any = type(value)
            for name in _field_names(kind):
                _write(getattr(value, name), names, out)
        case _ if hasattr(value, "__dict__") and type(value).__module__.startswith("verify_derivations."):
            out.append(type(value).__name__)
            _write(vars(value), names, out)
        case _ if callable(value):
            out.append(getattr(value, "__qualname__", ""))
        case _:
            raise TypeError(f"no key of {type(value).__name__}")


class Remembered:
    """``remembered(make, *parts)`` is what ``make()`` gave for the same parts before, if that is still known. For
    whatever is made with the help of ``packages``."""

    def __init__(self, cache: Cache, *packages: str) -> None:
        self.cache, self.packages = cache, packages

    def __call__(self, make: Callable[[], T], *parts: Any) -> T:
        name = key(program(*self.packages), *parts)
        found: T | None = self.cache.get(name)
        if found is None:
            found = make()
            self.cache.put([(name, found)])
        return found
