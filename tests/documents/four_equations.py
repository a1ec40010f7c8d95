"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, last, at = (2, 3, 2, 4), 3, 1  # sizes of layers 1 to 4; z[k] is of layer k + 2; one below the last
    w = [rng.normal(size=(n[k + 1], n[k])) for k in range(last)]
    b = [rng.normal(size=n[k + 1]) for k in range(last)]
    x, y = rng.normal(size=n[0]), rng.normal(size=n[-1])

    def run(k: int = 0, nudge: float | np.ndarray = 0.0, weight: np.ndarray | None = None) -> tuple:
        a, zs, activations = x, [], [x]
        for j in range(last):
            z = (weight if weight is not None and j == k else w[j]) @ a + b[j] + (nudge if j == k else 0)
            a = sigmoid(z)
            zs.append(z)
            activations.append(a)
        return 0.5 * np.sum((y - a) ** 2), zs, activations

    _, z, a = run()
    slope = [sigmoid(v) * (1 - sigmoid(v)) for v in z]
    delta = [gradient(lambda v, k=k: run(k, v)[0], np.zeros(n[k + 1])) for k in range(last)]
    dw = gradient(lambda v: run(at, 0.0, v)[0], w[at])
    db = delta[at]  # a bias is added to z
    top = a[-1] - y
    return {
        12: [(delta[-1], top * slope[-1])],
        13: [(delta[-1], -top * slope[-1])],
        14: [(delta[at], (w[at + 1].T @ delta[at + 1]) * slope[at])],
        15: [(delta[at], lambda: (w[at].T @ delta[at + 1]) * slope[at])],
        16: [(db, delta[at])],
        17: [(dw, np.outer(delta[at], a[at]))],
        18: [(dw, np.outer(a[at], delta[at]))],
        19: [(db, delta[at])],
        20: [(dw, np.einsum("k,j->jk", a[at], delta[at]))],
        21: [(dw, np.einsum("k,j->jk", a[at + 1], delta[at]))],
        22: [(delta[-1], top * slope[-1])],
        23: [(delta[at], np.einsum("kj,k,j->j", w[at + 1], delta[at + 1], slope[at]))],
        24: [(delta[at], lambda: np.einsum("jk,k,j->j", w[at + 1], delta[at + 1], slope[at]))],
    }
