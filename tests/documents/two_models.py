"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m, k, penalty = 5, 3, 4, 0.6
    phi, w, weights = rng.normal(size=(n, m)), rng.normal(size=m), rng.normal(size=(k, m))
    t, labels = rng.uniform(size=n), rng.dirichlet(np.ones(k), size=n)

    def squares(w: np.ndarray) -> float:
        return 0.5 * np.sum((phi @ w - t) ** 2)

    def two(w: np.ndarray) -> float:
        y = sigmoid(phi @ w)
        return -np.sum(t * np.log(y) + (1 - t) * np.log(1 - y))

    def softmax(weights: np.ndarray) -> np.ndarray:
        e = np.exp(phi @ weights.T)
        return e / e.sum(axis=1, keepdims=True)

    residual, y = phi @ w - t, sigmoid(phi @ w)
    penalised = gradient(lambda w: squares(w) + penalty / 2 * w @ w, w)
    many = gradient(lambda v: -np.sum(labels * np.log(softmax(v))), weights)
    return {
        10: [(gradient(squares, w), residual @ phi)],
        11: [(penalised, residual @ phi + penalty * w)],
        12: [(penalised, residual @ phi + 2 * penalty * w)],
        15: [(gradient(two, w), (y - t) @ phi)],
        16: [(gradient(two, w), ((y - t) * y * (1 - y)) @ phi)],
        23: [(many, (softmax(weights) - labels).T @ phi)],
        24: [(many, (labels - softmax(weights)).T @ phi)],
    }
