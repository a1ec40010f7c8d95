"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, k = 5, 3
    x, y, beta = rng.normal(size=(n, k)), rng.normal(size=n), rng.normal(size=k)
    omega = rng.normal(size=(n, n))
    omega = omega + omega.T  # the document states that it is symmetric
    e = y - x @ beta
    ds = gradient(lambda b: np.sum((y - x @ b) ** 2), beta)
    dq = gradient(lambda b: (y - x @ b) @ omega @ (y - x @ b), beta)
    cross, square = beta @ x.T @ y, beta @ x.T @ x @ beta
    return {
        5: [(e @ e, y @ y - 2 * cross + square)],
        6: [(e @ e, y @ y - cross + square)],
        7: [(ds, -2 * x.T @ y + 2 * x.T @ x @ beta)],
        8: [(ds, -2 * x.T @ e)],
        9: [(ds, lambda: -2 * x @ e)],
        10: [(gradient(lambda y: np.sum((y - x @ beta) ** 2), y), 2 * e)],
        14: [(dq, -2 * x.T @ omega @ e)],
        15: [(dq, lambda: -2 * omega @ x.T @ e)],
        16: [(gradient(lambda y: (y - x @ beta) @ omega @ (y - x @ beta), y), omega @ e)],
    }
