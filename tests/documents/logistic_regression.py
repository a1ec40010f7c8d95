"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d, m = 3, 4
    x, w, b, y = rng.normal(size=d), rng.normal(size=d), rng.normal(), 1.0
    p = sigmoid(w @ x + b)

    def loss_of(q: float) -> float:
        return -y * np.log(q) - (1 - y) * np.log(1 - q)

    def loss(w: np.ndarray, b: float) -> float:
        return loss_of(sigmoid(w @ x + b))

    z = w @ x + b
    dw = gradient(lambda w: loss(w, b), w)
    batch, t, penalty = rng.normal(size=(m, d)), rng.integers(0, 2, size=m).astype(float), 0.7

    def total(w: np.ndarray) -> float:
        q = sigmoid(batch @ w)
        return -np.mean(t * np.log(q) + (1 - t) * np.log(1 - q))

    q = sigmoid(batch @ w)
    dj = gradient(total, w)
    return {
        8: [(gradient(sigmoid, z), p * (1 - p))],
        9: [(gradient(loss_of, p), -y / p + (1 - y) / (1 - p))],
        10: [(gradient(lambda z: loss_of(sigmoid(z)), z), p - y)],
        11: [(dw, (p - y) * x)],
        12: [(dw, (p - y) * x)],
        13: [(gradient(lambda b: loss(w, b), b), y - p)],
        19: [(dj, batch.T @ (q - t) / m)],
        20: [(dj, lambda: batch @ (q - t) / m)],
        21: [(dj, (q - t) @ batch)],
        24: [(gradient(lambda w: total(w) + penalty / 2 * w @ w, w), batch.T @ (q - t) / m + penalty * w)],
    }
