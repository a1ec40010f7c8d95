"""Checkpoints: written atomically, refused when damaged or foreign, and the one before kept."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.trainer import files
from verify_derivations.trainer.runtime import NDArray


class CheckpointError(DocumentError):
    """A checkpoint that cannot be used; the message names the file and the reason."""


def previous(path: Path) -> Path:
    return path.with_name(path.name + ".previous")


def write(path: Path, arrays: Mapping[str, NDArray], meta: Mapping[str, Any]) -> None:
    """After this returns, ``path`` is whole and the checkpoint before it is beside it; a crash at any moment leaves
    at least one of the two whole."""
    buffer = io.BytesIO()
    keys = list(arrays)
    header = np.array(json.dumps({"meta": meta, "keys": keys}))
    numbered: dict[str, Any] = {f"a{k}": arrays[key] for k, key in enumerate(keys)}
    np.savez(buffer, header=header, **numbered)
    content = buffer.getvalue()
    files.write(path, hashlib.sha256(content).digest() + content, former=previous(path))


def read(path: Path, signature: Mapping[str, Any]) -> tuple[dict[str, NDArray], dict[str, Any], list[str]]:
    """Arrays and meta of the newest usable checkpoint, and the reasons why newer ones were refused.

    ``signature`` must equal the one in ``meta["signature"]``: what the run is of, as JSON values.
    """
    refused: list[str] = []
    for candidate in (path, previous(path)):
        try:
            arrays, meta = _read(candidate)
            _require_same(candidate, meta.get("signature", {}), signature)
            return arrays, meta, refused
        except CheckpointError as reason:
            refused.append(str(reason))
    raise CheckpointError("no checkpoint to resume from: " + "; ".join(refused))


def _read(path: Path) -> tuple[dict[str, NDArray], dict[str, Any]]:
    try:
        data = path.read_bytes()
    except OSError as reason:
        raise CheckpointError(f"{path}: {reason.strerror}") from None
    digest, content = data[:32], data[32:]
    if hashlib.sha256(content).digest() != digest:
        raise CheckpointError(f"{path}: damaged, or not a checkpoint")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        header = json.loads(str(archive["header"]))
        return {key: archive[f"a{k}"] for k, key in enumerate(header["keys"])}, header["meta"]


def _require_same(path: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for key in wanted:
        if found.get(key) != wanted[key]:
            there, here = found.get(key), wanted[key]
            raise CheckpointError(f"{path}: is of another run: {key} is {there!r} there and {here!r} here")
