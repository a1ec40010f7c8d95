"""Both sides of the claims in numbers, for the layer l = 2 of L = 3."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n = [2, 3, 4, 2]
    g, slope = np.sin, np.cos
    x, y = rng.normal(size=n[0]), rng.normal(size=n[3])
    w = [rng.normal(size=(n[k + 1], n[k])) for k in range(3)]
    b = [rng.normal(size=n[k + 1]) for k in range(3)]

    def cost(a: np.ndarray) -> float:
        return 0.5 * np.sum((a - y) ** 2)

    def from_a2(a: np.ndarray) -> float:
        return cost(g(w[2] @ a + b[2]))

    def layer2(w2: np.ndarray, b2: np.ndarray) -> float:
        return from_a2(g(w2 @ a1 + b2))

    a1 = g(w[0] @ x + b[0])
    z2 = w[1] @ a1 + b[1]
    a2 = g(z2)
    z3 = w[2] @ a2 + b[2]
    a3 = g(z3)
    d3, d2 = gradient(lambda z: cost(g(z)), z3), gradient(lambda z: from_a2(g(z)), z2)
    da2 = gradient(from_a2, a2)
    dw, db = gradient(lambda v: layer2(v, b[1]), w[1]), gradient(lambda v: layer2(w[1], v), b[1])
    return {
        12: [(gradient(cost, a3), a3 - y)],
        13: [(d3, (a3 - y) * slope(z3))],
        14: [(da2, w[2].T @ d3)],
        15: [(d2, (w[2].T @ d3) * slope(z2))],
        16: [(d2, lambda: (w[1].T @ d3) * slope(z2))],
        17: [(d2, (w[2].T @ d3) * g(z2))],
        18: [(dw, np.outer(d2, a1))],
        19: [(dw, np.outer(d2, a2))],
        20: [(db, d2)],
        21: [(db, da2)],
    }
