"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, s = 3, 2
    x, c = rng.normal(size=s * n), rng.normal(size=n)
    dx = gradient(lambda x: c @ x.reshape(n, s).mean(axis=1), x)
    dq, total = gradient(lambda x: np.sum(x.reshape(n, s) ** 2), x), np.sum(x.reshape(n, s) ** 2)
    return {
        7: [(dx.reshape(n, s), np.repeat(c[:, None], s, axis=1) / s)],
        8: [(dx.reshape(n, s), np.repeat(c[:, None], s, axis=1))],
        9: [(gradient(lambda a: c @ a, x.reshape(n, s).mean(axis=1)), c)],
        10: [(dx.sum(), c.sum())],
        11: [(dx.sum(), c.sum() / s)],
        14: [(total, np.sum(x**2))],
        15: [(total, np.sum(x[:n] ** 2))],
        16: [(dq, 2 * x)],
        17: [(dq, 2 * x)],
        18: [(dq, x)],
    }
