"""Both sides of the claims in numbers. Positions are counted from zero here."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    c, height, width, f, h, w = 2, 5, 6, 3, 2, 2
    rows, columns = height - h + 1, width - w + 1
    x, k, b, t = (rng.normal(size=s) for s in ((c, height, width), (f, c, h, w), (f,), (f, rows, columns)))

    def forward(k: np.ndarray, b: np.ndarray) -> np.ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(1, 2))  # c, rows, columns, h, w
        return b[:, None, None] + np.einsum("fcuv,cijuv->fij", k, windows)

    def loss(z: np.ndarray) -> float:
        return np.sum(t * np.maximum(0, z))

    d = gradient(loss, forward(k, b))
    dk, db = gradient(lambda k: loss(forward(k, b)), k), gradient(lambda b: loss(forward(k, b)), b)
    windows = np.lib.stride_tricks.sliding_window_view(x, (h, w), axis=(1, 2))
    right = np.einsum("fij,cijuv->fcuv", d, windows)
    return {
        10: [(gradient(lambda a: np.sum(t * a), forward(k, b)), t)],
        11: [(dk, right)],
        12: [(dk, np.einsum("fi,ciuv->fcuv", d[:, :, 0], windows[:, :, 0]))],
        13: [(dk, right.swapaxes(2, 3))],
        14: [(db, d.sum(axis=(1, 2)))],
        15: [(db, t.sum(axis=(1, 2)))],
    }
