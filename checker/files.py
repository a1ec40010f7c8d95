"""Reading a document, and writing results to standard output or to a file that is either complete or untouched."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from pathlib import Path

from verify_derivations.formulas.errors import DocumentError


def read_text(source: str | Path) -> str:
    """The text of a file, or of standard input for ``-``. Raises :class:`DocumentError` saying why not."""
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise DocumentError(f"cannot read {source}: {error.strerror or error}") from None
    except ValueError as error:  # a NUL in the name
        raise DocumentError(f"cannot read {source!r}: {error}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        name = "standard input" if source == "-" else source
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentError(f"{name}:{line}: not UTF-8 text (byte 0x{data[error.start]:02x})") from None


def write(content: str | bytes, target: str | None) -> None:
    """Write to ``target`` (``None`` or ``-``: standard output). Raises :class:`DocumentError` if that fails."""
    if target is None or target == "-":
        if isinstance(content, str):
            sys.stdout.write(content)
        else:
            sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        _write_file(data, Path(os.path.realpath(target)))
    except OSError as error:
        raise DocumentError(f"cannot write {target}: {error.strerror or error}") from None


def _write_file(data: bytes, path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        with path.open("wb") as stream:  # a pipe or a device cannot be replaced; a directory raises here
            stream.write(data)
        return
    if mode is not None and not os.access(path, os.W_OK):
        raise PermissionError(13, "Permission denied")
    temporary = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
