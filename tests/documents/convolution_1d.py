"""Both sides of the claims in numbers. Positions are counted from zero here."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, k = 6, 3
    m = n - k + 1
    x, w, b, y = rng.normal(size=n), rng.normal(size=k), rng.normal(), rng.normal()

    def of_z(z: np.ndarray) -> float:
        return 0.5 * (np.tanh(z).mean() - y) ** 2

    def signal(w: np.ndarray, b: float) -> np.ndarray:
        return np.array([sum(w[a] * x[i + a] for a in range(k)) + b for i in range(m)])

    z = signal(w, b)
    h = np.tanh(z)
    p = h.mean()
    dh, delta = gradient(lambda h: 0.5 * (h.mean() - y) ** 2, h), gradient(of_z, z)
    dw, db = gradient(lambda w: of_z(signal(w, b)), w), gradient(lambda b: of_z(signal(w, b)), b)
    return {
        9: [(gradient(lambda p: 0.5 * (p - y) ** 2, p), p - y)],
        10: [(dh, np.full(m, (p - y) / m))],
        11: [(dh, np.full(m, (p - y) / n))],
        12: [(delta, (p - y) * (1 - h**2) / m)],
        13: [(dw, np.array([sum(delta[i] * x[i + a] for i in range(m)) for a in range(k)]))],
        14: [(dw, np.array([sum(delta[i] * x[i - a] for i in range(m) if i >= a) for a in range(k)]))],
        15: [(db, delta.sum())],
        16: [(db, delta[:-1].sum())],
        17: [(db, dh.sum())],
    }
