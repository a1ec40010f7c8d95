"""Both sides of the claims in numbers. Positions are counted from zero here."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    height, width, h, w, number, n = 4, 5, 2, 3, 2, 4
    rows, columns = height - h + 1, width - w + 1
    picture, wanted = rng.normal(size=(height, width)), rng.normal(size=(number, rows, columns))
    k, b = rng.normal(size=(number, h, w)), rng.normal(size=number)

    def maps(k: np.ndarray, b: np.ndarray) -> np.ndarray:
        windows = np.lib.stride_tricks.sliding_window_view(picture, (h, w))
        return sigmoid(np.einsum("ijuv,puv->pij", windows, k) + b[:, None, None])

    def loss(c: np.ndarray) -> float:
        return float(0.5 * np.sum((c - wanted) ** 2))

    c = maps(k, b)
    delta = (c - wanted) * c * (1 - c)

    def correlated(sign: int) -> np.ndarray:
        found = np.zeros_like(k)
        for p, i, j, u, v in np.ndindex(number, rows, columns, h, w):
            row, column = i + sign * u, j + sign * v
            if row < 0 or column < 0:
                raise ValueError("outside the picture")
            found[p, u, v] += delta[p, i, j] * picture[row, column]
        return found

    x = rng.normal(size=n)
    s = np.cumsum(x)
    dk, db = gradient(lambda k: loss(maps(k, b)), k), gradient(lambda b: loss(maps(k, b)), b)
    dx = gradient(lambda x: np.sum(np.cumsum(x) ** 2), x)
    return {
        9: [(gradient(loss, c), c - wanted)],
        10: [(dk, correlated(1))],
        11: [(dk, lambda: correlated(-1))],
        12: [(db, delta.sum((1, 2)))],
        13: [(db, ((c - wanted) * c * (1 + c)).sum((1, 2)))],
        17: [(gradient(lambda s: np.sum(s**2), s), 2 * s)],
        18: [(dx, np.array([2 * s[r:].sum() for r in range(n)]))],
        19: [(dx, np.full(n, 2 * s.sum()))],
        20: [(dx, np.array([2 * s[r + 1:].sum() for r in range(n)]))],
    }
