"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, softmax


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, d, h, k = 4, 3, 5, 2
    x, y = rng.normal(size=(n, d)), np.eye(k)[rng.integers(0, k, size=n)]
    w1, b1, w2, b2 = (rng.normal(size=s) for s in ((d, h), (1, h), (h, k), (1, k)))
    one = np.ones((n, 1))

    def of_z2(z2: np.ndarray) -> float:
        return -np.sum(y * np.log(softmax(z2))) / n

    def of_a1(a1: np.ndarray) -> float:
        return of_z2(a1 @ w2 + one @ b2)

    def of_z1(z1: np.ndarray) -> float:
        return of_a1(np.maximum(0, z1))

    z1 = x @ w1 + one @ b1
    a1 = np.maximum(0, z1)
    z2 = a1 @ w2 + one @ b2
    g2, ga, g1 = gradient(of_z2, z2), gradient(of_a1, a1), gradient(of_z1, z1)
    gw1 = gradient(lambda w: of_z1(x @ w + one @ b1), w1)
    return {
        15: [(g2, (softmax(z2) - y) / n)],
        16: [(gradient(lambda w: of_z2(a1 @ w + one @ b2), w2), a1.T @ g2)],
        17: [(gradient(lambda b: of_z2(a1 @ w2 + one @ b), b2), one.T @ g2)],
        18: [(ga, lambda: w2.T @ g2)],
        19: [(ga, g2 @ w2.T)],
        20: [(g1, ga * (z1 > 0))],
        21: [(gw1, x.T @ g1)],
        22: [(gw1, x.T @ ga)],
        23: [(np.zeros((1, h)), np.zeros((1, k)))],  # only the stated shape is wrong
        24: [(gradient(lambda x: of_z1(x @ w1 + one @ b1), x), g1 @ w1.T)],
    }
