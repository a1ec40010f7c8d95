"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n = 4
    u, v = rng.normal(size=n), rng.normal(size=n)

    def cosine(u: np.ndarray, v: np.ndarray) -> float:
        return float(u @ v / np.sqrt((u @ u) * (v @ v)))

    r, q, c = np.sqrt(u @ u), np.sqrt(v @ v), cosine(u, v)
    dr = gradient(lambda u: np.sqrt(u @ u), u)
    du, dv = gradient(lambda u: cosine(u, v), u), gradient(lambda v: cosine(u, v), v)
    return {
        7: [(gradient(lambda u: u @ v, u), v)],
        8: [(dr, u / r)],
        9: [(dr, u / (2 * r))],
        10: [(du, v / (r * q) - c * u / r**2)],
        11: [(du, v / (r * q) - c * u / r)],
        12: [(dv, u / (r * q) - c * v / q**2)],
        13: [(dv, u / (r * q) - c * u / q**2)],
        14: [(u @ du, 0.0)],
    }
