"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, p, c = 5, 3, 0.7
    x, y, beta = rng.normal(size=(n, p)), rng.normal(size=n), rng.normal(size=p)

    def huber(r: float) -> float:
        return float(r**2 / 2 if abs(r) <= c else c * abs(r) - c**2 / 2)

    def phi(r: np.ndarray) -> np.ndarray:
        return np.sqrt(1 + r**2) - 1

    r = rng.normal()
    e = x @ beta - y
    slope, slopes = gradient(phi, r), e / np.sqrt(1 + e**2)
    db = gradient(lambda beta: np.sum(phi(x @ beta - y)), beta)
    return {
        4: [(gradient(huber, q), q if abs(q) < c else c * np.sign(q)) for q in (-2.0, -0.3, 0.4, 1.5)],
        6: [(slope, r / np.sqrt(1 + r**2))],
        7: [(slope, 2 * r / np.sqrt(1 + r**2))],
        8: [(slope, r / (phi(r) + 1))],
        14: [(gradient(lambda e: np.sum(phi(e)), e), slopes)],
        15: [(db, x.T @ slopes)],
        16: [(db, x.T @ phi(e))],
        17: [(db, slopes @ x)],
        18: [(db, slopes[0] * x[0])],
    }
