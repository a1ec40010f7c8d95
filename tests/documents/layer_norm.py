"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d, eps = 4, 0.1
    x, g, b, c = (rng.normal(size=d) for _ in range(4))

    def deviation(x: np.ndarray) -> float:
        return float(np.sqrt(np.mean((x - x.mean()) ** 2) + eps))

    def normal(x: np.ndarray) -> np.ndarray:
        return (x - x.mean()) / deviation(x)

    mu, sigma, n = x.mean(), deviation(x), normal(x)
    ds, dn = gradient(deviation, x), gradient(normal, x)
    dg = gradient(lambda g: c @ (g * n + b), g)
    q = np.outer(n, n) / d
    return {
        11: [(gradient(np.mean, x), np.full(d, 1 / d))],
        12: [(ds, (x - mu) / (d * sigma))],
        13: [(ds, (x - mu) / sigma)],
        14: [(dn, (np.eye(d) - 1 / d - q) / sigma)],
        15: [(dn, (np.eye(d) - 1 / d + q) / sigma)],
        16: [(gradient(lambda b: c @ (g * n + b), b), c)],
        17: [(dg, c * n)],
        18: [(dg, c * x)],
        19: [(gradient(lambda n: c @ (g * n + b), n), g * c)],
        20: [
            (
                gradient(lambda x: c @ (g * normal(x) + b), x),
                (g * c - np.sum(g * c) / d - n / d * np.sum(g * c * n)) / sigma,
            )
        ],
    }
