"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, d, alpha = 4, 3, 0.6
    x, y, w = rng.normal(size=(n, d)), rng.normal(size=n), rng.normal(size=d)
    r = x @ w - y

    def penalised(w: np.ndarray = w, alpha: float = alpha, y: np.ndarray = y) -> float:
        return np.sum((x @ w - y) ** 2) / n + alpha * w @ w

    dw = gradient(lambda w: 0.5 * np.sum((x @ w - y) ** 2), w)
    dp = gradient(lambda w: penalised(w=w), w)
    return {
        6: [(gradient(lambda r: 0.5 * r @ r, r), r)],
        7: [(dw, x.T @ r)],
        8: [(dw, x.T @ x @ w - x.T @ y)],
        9: [(dw, x.T @ (y - x @ w))],
        10: [(dw, lambda: x @ r)],
        13: [(dp, 2 / n * x.T @ r + 2 * alpha * w)],
        14: [(dp, 2 / n * x.T @ r + alpha * w)],
        15: [(dp, 2 / n * np.einsum("i,ik->k", np.einsum("ij,j->i", x, w) - y, x) + 2 * alpha * w)],
        16: [(gradient(lambda a: penalised(alpha=a), alpha), w @ w)],
        17: [(gradient(lambda y: penalised(y=y), y), 2 / n * (y - x @ w))],
    }
