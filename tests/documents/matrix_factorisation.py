"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m, k, penalty = 3, 4, 2, 0.3
    r, p, q = rng.normal(size=(n, m)), rng.normal(size=(n, k)), rng.normal(size=(m, k))

    def loss(p: np.ndarray, q: np.ndarray) -> float:
        return 0.5 * np.sum((r - p @ q.T) ** 2) + penalty / 2 * (np.sum(p**2) + np.sum(q**2))

    e = r - p @ q.T
    dp, dq = gradient(lambda p: loss(p, q), p), gradient(lambda q: loss(p, q), q)
    return {
        7: [(gradient(lambda e: 0.5 * np.sum(e**2), e), e)],
        8: [(dp, -e @ q + penalty * p)],
        9: [(dq, lambda: -e @ p + penalty * q)],
        10: [(dq, -e.T @ p + penalty * q)],
        11: [(dp, -np.einsum("ui,if->uf", e, q) + penalty * p)],
        12: [(dp, -np.einsum("u,f->uf", e[:, 0], q[0]) + penalty * p)],
        13: [(dq, lambda: -np.einsum("ui,uf->if", e, q) + penalty * q)],
        14: [(dp, e @ q + penalty * p)],
    }
