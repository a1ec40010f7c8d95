"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    s, k, n, d = 2, 3, 4, 2
    x, w = rng.normal(size=s * (n - 1) + k), rng.normal(size=k)
    u, v, c = rng.normal(size=n + d * (k - 1)), rng.normal(size=k), rng.normal(size=n)

    def strided(x: np.ndarray, w: np.ndarray) -> float:
        return float(sum(c[i] * w[j] * x[s * i + j] for i in range(n) for j in range(k)))

    def spread(weight: object, last: int) -> np.ndarray:
        return np.array([
            sum(c[i] * weight(m - s * i) for i in range(n) if 0 <= m - s * i <= last) for m in range(len(x))  # type: ignore[operator]
        ])

    dw = gradient(lambda w: strided(x, w), w)
    dv = gradient(lambda v: sum(c[i] * v[j] * u[i + d * j] for i in range(n) for j in range(k)), v)
    dp = gradient(lambda x: strided(x, np.full(k, 1 / k)), x)
    return {
        6: [(dw, np.array([sum(c[i] * x[s * i + j] for i in range(n)) for j in range(k)]))],
        7: [(dw, np.array([sum(c[i] * x[i + j] for i in range(n)) for j in range(k)]))],
        8: [(gradient(lambda x: strided(x, w), x), spread(lambda j: w[0], k - 1))],
        12: [(dv, np.array([sum(c[i] * u[i + d * j] for i in range(n)) for j in range(k)]))],
        13: [(dv, np.array([sum(c[i] * u[i + j] for i in range(n)) for j in range(k)]))],
        16: [(dp, spread(lambda j: 1 / k, k - 1))],
        17: [(dp, spread(lambda j: 1 / k, k))],
    }
