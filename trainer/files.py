"""Files that a run writes and reads: written whole or left as they were, and errors that name them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.trainer.runtime import NDArray


def write(path: Path, content: bytes, former: Path | None = None) -> None:
    """After this returns ``path`` has the content, and what it had before is in ``former``. Whatever happens on the way
    (a full disk, a crash), what it had before is whole in one of the two.

    Raises :class:`DocumentError` where it cannot be written.
    """
    target = Path(os.path.realpath(path))  # a link stays one
    try:
        if target.exists() and not (target.is_file() and os.access(target.parent, os.W_OK)):
            target.write_bytes(content)  # a pipe, a device, or no place beside it
            return
        temporary = target.with_name(target.name + ".writing")
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if former is not None and target.exists():
                os.replace(target, former)
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as reason:
        raise DocumentError(f"{path}: cannot be written ({reason.strerror})") from None


def arrays(path: Path) -> dict[str, NDArray]:
    """The arrays of an NPZ file by name; that of an NPY file has the name ``x``.

    Raises :class:`ValueError` with the reason where it is no such file, or has anything but plain arrays.
    """
    try:
        with path.open("rb") as file:
            beginning = file.read(6)
            if not beginning.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY")):  # NumPy would say: a pickle
                raise ValueError("it begins otherwise" if beginning else "it is empty")
            file.seek(0)
            found = np.load(file, allow_pickle=False)
            if isinstance(found, np.ndarray):
                return {"x": found}
            return {key: found[key] for key in found.files}
    except OSError as reason:
        raise ValueError(reason.strerror or str(reason)) from None
    except Exception as reason:  # NumPy raises many kinds for a damaged file
        raise ValueError(str(reason)) from None
