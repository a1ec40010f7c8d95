"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, p, c = 6, 3, 0.8
    x, w, b = rng.normal(size=(n, p)), rng.normal(size=p), rng.normal()
    y = np.array([1.0, -1.0, -1.0, 1.0, -1.0, 1.0])

    def margins(w: np.ndarray, b: float) -> np.ndarray:
        return y * (x @ w + b)

    def squared(m: np.ndarray) -> float:
        return 0.5 * np.sum(np.maximum(0, 1 - m) ** 2)

    m = margins(w, b)
    slack = np.maximum(0, 1 - m)
    db, dw = gradient(lambda b: margins(w, b), b), gradient(lambda w: squared(margins(w, b)), w)
    return {
        9: [(gradient(lambda m: c * np.sum(np.maximum(0, 1 - m)), m), np.where(m < 1, -c, 0.0))],
        10: [(gradient(lambda w: margins(w, b), w), y[:, None] * x)],
        11: [(db, y)],
        12: [(db, np.ones(n))],
        14: [(gradient(squared, m), -slack)],
        15: [(gradient(lambda b: squared(margins(w, b)), b), -np.sum(y * slack))],
        16: [(dw, -(y * slack) @ x)],
        17: [(dw, (y * slack) @ x)],
        18: [(dw, -slack @ x)],
    }
