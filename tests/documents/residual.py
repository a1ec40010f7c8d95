"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d, h = 3, 4
    x, g, a, b = (rng.normal(size=s) for s in ((d,), (d,), (h, d), (d, h)))
    m = np.array([1.0, 0.0, 1.0, 1.0])

    def root(x: np.ndarray) -> np.ndarray:
        return np.sqrt(np.mean(x**2))

    def of_v(v: np.ndarray, skip: np.ndarray, b: np.ndarray) -> float:
        return 0.5 * np.sum((skip + b @ (m * v)) ** 2)

    def of_n(n: np.ndarray, skip: np.ndarray, a: np.ndarray = a, g: np.ndarray = g) -> float:
        return of_v(np.maximum(0, a @ (g * n)), skip, b)

    r = root(x)
    n = x / r
    a[:2] *= np.sign(a[:2] @ (g * n))[:, None]  # the first two units are active, the first of them is not masked
    u = a @ (g * n)
    v = np.maximum(0, u)
    y = x + b @ (m * v)
    db, dv = gradient(lambda b: of_v(v, x, b), b), gradient(lambda v: of_v(v, x, b), v)
    du = gradient(lambda u: of_v(np.maximum(0, u), x, b), u)
    dn, dr = gradient(lambda n: of_n(n, x), n), gradient(root, x)
    dx = gradient(lambda x: of_n(x / root(x), x), x)
    through = (dn - (n @ dn) * n / d) / r
    return {
        12: [(gradient(lambda y: 0.5 * y @ y, y), y)],
        13: [(db, np.outer(y, m * v))],
        14: [(db, np.outer(y, v))],
        15: [(dv, m * (b.T @ y))],
        16: [(dv, lambda: m * (b @ y))],
        17: [(gradient(lambda a: of_n(n, x, a=a), a), np.outer(du, g * n))],
        18: [(gradient(lambda g: of_n(n, x, g=g), g), n * (a.T @ du))],
        19: [(dn, n * (a.T @ du))],
        20: [(dr, x / (d * r))],
        21: [(dr, x / r)],
        22: [(gradient(lambda x: x / root(x), x), (np.eye(d) - np.outer(n, n) / d) / r)],
        23: [(dx, through)],
        24: [(dx, y + through)],
    }
