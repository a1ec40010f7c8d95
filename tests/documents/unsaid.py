"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n = 3
    x, u, c = rng.normal(size=n), rng.normal(size=n), rng.normal(size=n)
    s, q, w = (rng.normal(size=(n, n)) for _ in range(3))
    z, a = np.array([1.5, -0.7]), rng.uniform(0.1, 0.9)
    if assumed:
        s, q, u = s + s.T, np.linalg.qr(q)[0], u / np.linalg.norm(u)
    df = gradient(lambda x: x @ s @ x, x)
    ddf = gradient(lambda x: (s + s.T) @ x, x)  # of the gradient that formula 4 is measured against
    dg = gradient(lambda x: 0.5 * (q @ x) @ (q @ x), x)
    dp = gradient(lambda x: (u @ x) * (u @ u), x)
    dh = gradient(lambda x: c @ (w @ x), x)
    slope = (np.maximum(z + 1e-6, a * (z + 1e-6)) - np.maximum(z - 1e-6, a * (z - 1e-6))) / 2e-6
    by_a = (np.maximum(z, (a + 1e-6) * z) - np.maximum(z, (a - 1e-6) * z)) / 2e-6
    return {
        4: [(df, 2 * s @ x)],
        5: [(df, s @ x)],
        6: [(ddf, s + s.T)],
        7: [(ddf, 2 * s)],
        8: [(ddf, s.T @ s)],
        10: [(dg, q.T @ q @ x)],
        11: [(dg, x)],
        12: [(dg, q @ x)],
        14: [(dp, u)],
        15: [(dp, 2 * u)],
        19: [(dh, w.T @ c)],
        20: [(dh, w @ c)],
        24: [(slope, np.where(z > 0, 1, a))],
        25: [(slope, np.where(z > 0, a, 1))],
        26: [(by_a, np.where(z > 0, 0, z))],
        27: [(by_a, np.zeros(2))],
    }
