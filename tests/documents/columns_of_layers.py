"""Both sides of the claims in numbers, at the second of three layers below some loss of each example."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    m, n = 4, (3, 2, 4, 3)
    x, target = rng.normal(size=(n[0], m)), rng.normal(size=(n[3], m))
    w = [rng.normal(size=(n[k + 1], n[k])) for k in range(3)]
    b = [rng.normal(size=(n[k + 1], 1)) for k in range(3)]

    def above(a: np.ndarray, first: int) -> float:
        """The mean loss of the examples, from the input of layer ``first`` on."""
        for k in range(first, 3):
            a = np.tanh(w[k] @ a + b[k])
        return np.sum(np.exp(0.3 * a) * target) / m

    below = np.tanh(w[0] @ x + b[0])
    z = w[1] @ below + b[1]
    a = np.tanh(z)
    da, dz = m * gradient(lambda a: above(a, 2), a), m * gradient(lambda z: above(np.tanh(z), 2), z)
    dw = gradient(lambda v: above(np.tanh(v @ below + b[1]), 2), w[1])
    db = gradient(lambda c: above(np.tanh(w[1] @ below + c), 2), b[1])
    dbelow = m * gradient(lambda a: above(a, 1), below)
    return {
        10: [(dz, da * (1 - a * a))],
        11: [(dw, dz @ below.T / m)],
        12: [(db, dz.sum(axis=1, keepdims=True) / m)],
        13: [(dbelow, w[1].T @ dz)],
        14: [(dz, da * (1 - a))],
        15: [(dw, dz @ below.T)],
        16: [(db, da.sum(axis=1, keepdims=True) / m)],
        17: [(dbelow, lambda: w[1] @ dz)],
    }
