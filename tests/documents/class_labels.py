"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, d, c = 5, 3, 4
    x, w, classes = rng.normal(size=(n, d)), rng.normal(size=(d, c)), rng.integers(c, size=n)
    y = np.eye(c)[classes]

    def probabilities(s: np.ndarray) -> np.ndarray:
        return np.exp(s) / np.exp(s).sum(axis=1, keepdims=True)

    def loss(s: np.ndarray) -> float:
        return -np.mean([np.log(probabilities(s)[i, classes[i]]) for i in range(n)])

    s = x @ w
    p, ds = probabilities(s), gradient(loss, s)
    dw = gradient(lambda w: loss(x @ w), w)
    return {
        10: [(loss(s), np.mean(np.log(np.exp(s).sum(axis=1)) - s[np.arange(n), classes]))],
        11: [(ds, (p - y) / n)],
        12: [(ds, p - y)],
        14: [(dw.T, np.stack([sum((p - y)[i, k] * x[i] for i in range(n)) / n for k in range(c)]))],
        15: [(dw.T, np.stack([sum((y - p)[i, k] * x[i] for i in range(n)) / n for k in range(c)]))],
        16: [(dw, x.T @ (p - y) / n)],
        17: [(dw, (p - y).T @ x / n)],
    }
