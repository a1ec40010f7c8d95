"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, d, penalty = 5, 3, 0.7
    x, y = rng.normal(size=(n, d)), rng.integers(0, 2, size=n).astype(float)
    w, b = rng.normal(size=d), rng.normal()

    def loss(w: np.ndarray, b: float) -> float:
        p = sigmoid(x @ w + b)
        return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + penalty / 2 * w @ w)

    p = sigmoid(x @ w + b)
    by_w = gradient(lambda w: loss(w, b), w)
    by_b = gradient(lambda b: loss(w, float(b)), b)
    hessian = gradient(lambda w: x.T @ (sigmoid(x @ w + b) - y) / n + penalty * w, w)
    return {
        8: [(by_w, x.T @ (p - y) / n + penalty * w)],
        9: [(by_w, x.T @ (y - p) / n + penalty * w)],
        10: [(by_b, np.sum(p - y) / n)],
        11: [(by_b, np.sum(p - y))],
        12: [(by_w, x.T @ (p - y) / n + penalty * w)],
        13: [(by_w, x.T @ (p - y) / n + penalty)],
        14: [(hessian, x.T @ np.diag(p * (1 - p)) @ x / n + penalty * np.eye(d))],
    }
