"""What a run writes is whole or not written, and errors name the file."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from test_training import command

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.trainer.files import arrays, write

FULL = Path("/dev/full")  # a device that is always full


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_the_one_before_kept(tmp_path: Path) -> None:
    path, former = tmp_path / "a", tmp_path / "a.previous"
    write(path, b"one")
    assert names(tmp_path) == ["a"]
    write(path, b"two", former)
    assert (path.read_bytes(), former.read_bytes()) == (b"two", b"one")
    assert names(tmp_path) == ["a", "a.previous"]


@pytest.mark.parametrize("stage", ["fsync", "replace"])
def test_what_fails_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    path = tmp_path / "a"
    write(path, b"one")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, stage, full)
        with pytest.raises(DocumentError, match=r"a: cannot be written \(No space left on device\)"):
            write(path, b"two")
    assert path.read_bytes() == b"one" and names(tmp_path) == ["a"]
    write(path, b"two")
    assert path.read_bytes() == b"two"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write(tmp_path / "link", b"one")
    write(tmp_path / "link", b"two")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").read_bytes() == b"two"


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is full")
@pytest.mark.parametrize("option", ["--save", "--export", "--history", "--checkpoint"])
def test_a_full_disk_is_said_with_the_name_of_the_file(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ("--epochs", "1", "--size", "n_2=4", "--size", "n_3=4", option)
    assert command(*options, str(FULL)) == 2
    assert f"{FULL}: cannot be written (No space left on device)" in capsys.readouterr().err
    assert FULL.is_char_device()  # and no file was put in its place
    assert command(*options, str(tmp_path / "file")) == 0


def test_arrays_by_name(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.arange(3))
    np.savez(tmp_path / "two.npz", x=np.arange(3), y=np.arange(4))
    assert list(arrays(tmp_path / "one.npy")) == ["x"] and list(arrays(tmp_path / "two.npz")) == ["x", "y"]


def objects() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, x=np.array([{}, 1], object))
    return buffer.getvalue()


@pytest.mark.parametrize(("content", "reason"), [
    (b"", "it is empty"), (b"n_2 = 16\n", "it begins otherwise"), (b"PK and nothing", "it begins otherwise"),
    (b"PK\x03\x04 and nothing", "not a zip file"),
    (b"\x93NUMPY", "magic"), (objects(), "Object arrays"), (None, "No such file"),
])
def test_what_is_no_file_of_arrays(tmp_path: Path, content: bytes | None, reason: str) -> None:
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match=reason) as raised:
        arrays(tmp_path / "file")
    assert "unsafe" not in str(raised.value)
