"""Every way in which data can be wrong stands beside data that are right."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from verify_derivations.trainer.data import DataError, dataset, load, load_images

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
    (IMAGES[:, :0], LABELS, "expected \\(samples"),
    (IMAGES.astype(float) * 1e300, LABELS, "not finite \\(in 32 bits\\)"),
])
def test_wrong_arrays(images: Any, labels: Any, message: str) -> None:
    assert dataset("good", IMAGES, LABELS).classes == 3
    with pytest.raises(DataError, match=message):
        dataset("bad", images, labels)


def test_labels_keep_their_names() -> None:
    data = dataset("letters", IMAGES, np.array([1, 26, 5, 26]))
    assert data.classes == 3 and data.names == (1, 5, 26) and list(data.labels) == [0, 2, 1, 2]
    with pytest.raises(DataError, match="test part has the label 6, which no training sample has"):
        dataset("letters", IMAGES, LABELS, IMAGES, LABELS + 6)


def test_the_place_of_a_bad_value_is_named() -> None:
    images = IMAGES.astype(float)
    images[2, 1, 5] = np.inf
    with pytest.raises(DataError, match=r"image 2 .* in row 1, column 5 \(1 such images\); replace such values"):
        dataset("bad", images, LABELS)


def test_images_to_predict(tmp_path: Path) -> None:
    like = dataset("like", IMAGES, LABELS)
    np.save(tmp_path / "a.npy", IMAGES)
    np.savez(tmp_path / "a.npz", images=IMAGES)
    (tmp_path / "a-idx3").write_bytes(idx(IMAGES))
    for name in ("a.npy", "a.npz", "a-idx3"):
        np.testing.assert_allclose(load_images(str(tmp_path / name), like), like.images, rtol=1e-6)
    np.save(tmp_path / "wide.npy", IMAGES[:, :, :5])
    np.savez(tmp_path / "names.npz", z=IMAGES)
    (tmp_path / "cut").write_bytes(idx(IMAGES)[:-1])
    (tmp_path / "cut.png").write_bytes(b"PNG")
    for name, message in (("wide.npy", "6×5×1 .*the net was made for 6×6×1"), ("names.npz", "neither x nor images"),
                          ("cut", "but has"), ("none.npy", "not a readable"), ("cut.png", "PNG")):
        with pytest.raises(DataError, match=message):
            load_images(str(tmp_path / name), like)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_to_predict(tmp_path: Path, channels: int) -> None:
    image = pytest.importorskip("matplotlib.image", reason="matplotlib is the extra that reads PNG files")
    values = np.random.default_rng(0).integers(0, 256, (5, 6, 6, channels))
    like = dataset("like", values, np.array([0, 1, 0, 1, 1]))
    image.imsave(tmp_path / "a.png", np.repeat(values[2], 3 // channels, axis=2).astype("u1"))
    found = load_images(str(tmp_path / "a.png"), like)
    np.testing.assert_allclose(found[0], like.images[2], atol=1e-6)


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
