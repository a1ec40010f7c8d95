"""Every way in which data can be wrong stands beside data that are right."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify_derivations.trainer.data import DataError, dataset, load

IMAGES = np.arange(4 * 6 * 6).reshape(4, 6, 6) % 7
LABELS = np.array([0, 1, 2, 1])


def idx(array: np.ndarray[Any, Any]) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype("u1").tobytes()


def test_digits() -> None:
    from sklearn.datasets import load_digits

    theirs = load_digits()
    assert np.array_equal(load("digits").images[..., 0] * 16, theirs.images)
    assert np.array_equal(load("digits").labels, theirs.target)
    data = load("digits").split(0.2, 0)
    assert data.images.shape[1:] == (8, 8, 1) and data.classes == 10 and data.images.max() == 1
    assert len(data.labels) + len(data.test_labels) == 1797
    again = load("digits").split(0.2, 0)
    assert np.array_equal(data.test_images, again.test_images)


@pytest.mark.parametrize("zipped", [False, True])
def test_idx(tmp_path: Path, zipped: bool) -> None:
    pack, suffix = (gzip.compress, ".gz") if zipped else (bytes, "")
    for part in ("train", "t10k"):
        (tmp_path / f"{part}-images-idx3-ubyte{suffix}").write_bytes(pack(idx(IMAGES)))
        (tmp_path / f"{part}-labels-idx1-ubyte{suffix}").write_bytes(pack(idx(LABELS)))
    data = load(str(tmp_path / f"train-images-idx3-ubyte{suffix}"))
    assert data.images.shape == (4, 6, 6, 1) and data.classes == 3 and len(data.test_labels) == 4
    np.testing.assert_allclose(data.images[..., 0] * 6, IMAGES, rtol=1e-6)
    whole = (tmp_path / f"train-images-idx3-ubyte{suffix}").read_bytes()
    (tmp_path / f"train-images-idx3-ubyte{suffix}").write_bytes(whole[:-5])
    with pytest.raises(DataError, match=r"truncated|should have"):
        load(str(tmp_path / f"train-images-idx3-ubyte{suffix}"))


def test_npz(tmp_path: Path) -> None:
    np.savez(tmp_path / "good.npz", x=IMAGES, y=LABELS)
    assert load(str(tmp_path / "good.npz")).images.shape == (4, 6, 6, 1)
    np.savez(tmp_path / "keras.npz", x_train=IMAGES, y_train=LABELS, x_test=IMAGES, y_test=LABELS)
    assert len(load(str(tmp_path / "keras.npz")).test_labels) == 4
    np.savez(tmp_path / "names.npz", a=IMAGES, b=LABELS)
    with pytest.raises(DataError, match="expected x and y"):
        load(str(tmp_path / "names.npz"))
    (tmp_path / "cut.npz").write_bytes((tmp_path / "good.npz").read_bytes()[:-40])
    with pytest.raises(DataError, match="not a readable NPZ"):
        load(str(tmp_path / "cut.npz"))
    np.savez(tmp_path / "objects.npz", x=np.array([{}, 1], object), y=LABELS)
    with pytest.raises(DataError, match="not a readable NPZ"):
        load(str(tmp_path / "objects.npz"))


@pytest.mark.parametrize(("images", "labels", "message"), [
    (IMAGES, LABELS[:3], "4 images but 3 labels"),
    (IMAGES[:, 0, 0], LABELS, "expected \\(samples"),
    (np.where(IMAGES == 3, np.nan, IMAGES), LABELS, "not finite"),
    (IMAGES, LABELS - 1, "expected integers from 0"),
    (IMAGES, LABELS + 0.5, "expected integers from 0"),
    (IMAGES, np.zeros(4, int), "all labels are the same"),
    (IMAGES[:0], LABELS[:0], "0 images"),
    (IMAGES.astype(str), LABELS, "expected numbers"),
])
def test_wrong_arrays(images: Any, labels: Any, message: str) -> None:
    assert dataset("good", IMAGES, LABELS).classes == 3
    with pytest.raises(DataError, match=message):
        dataset("bad", images, labels)


def test_some_classes_only() -> None:
    data = load("digits").split(0.2, 0).only((8, 3))
    assert data.classes == 2 and data.names == (8, 3) and set(data.labels) == {0, 1}
    whole = load("digits").split(0.2, 0)
    assert np.array_equal(data.test_images[data.test_labels == 0], whole.test_images[whole.test_labels == 8])
    for wrong in ((3,), (3, 3), (3, 11)):
        with pytest.raises(DataError, match="two or more different classes"):
            whole.only(wrong)


def test_one_hot_labels_are_labels() -> None:
    assert np.array_equal(dataset("one-hot", IMAGES, np.eye(3)[LABELS]).labels, LABELS)
