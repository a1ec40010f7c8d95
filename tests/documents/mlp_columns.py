"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n0, n1, n2 = 2, 3, 4
    x, y = rng.normal(size=n0), rng.normal(size=n2)
    w1, b1, w2, b2 = (rng.normal(size=s) for s in ((n1, n0), (n1,), (n2, n1), (n2,)))

    def after_a2(a2: np.ndarray) -> float:
        return 0.5 * np.sum((a2 - y) ** 2)

    def after_a1(a1: np.ndarray, w2: np.ndarray = w2, b2: np.ndarray = b2) -> float:
        return after_a2(sigmoid(w2 @ a1 + b2))

    def loss(w1: np.ndarray = w1, b1: np.ndarray = b1, x: np.ndarray = x) -> float:
        return after_a1(sigmoid(w1 @ x + b1))

    z1 = w1 @ x + b1
    a1 = sigmoid(z1)
    z2 = w2 @ a1 + b2
    a2 = sigmoid(z2)
    s1, s2 = a1 * (1 - a1), a2 * (1 - a2)
    d2 = gradient(lambda z: after_a2(sigmoid(z)), z2)
    d1 = gradient(lambda z: after_a1(sigmoid(z)), z1)
    dw2 = gradient(lambda w: after_a1(a1, w2=w), w2)
    return {
        8: [(d2, (a2 - y) * s2)],
        9: [(d1, (w2.T @ d2) * s1)],
        10: [(dw2, np.outer(d2, a1))],
        11: [(gradient(lambda b: after_a1(a1, b2=b), b2), d2)],
        12: [(gradient(lambda w: loss(w1=w), w1), np.outer(d1, a1))],
        13: [(gradient(lambda b: loss(b1=b), b1), d1)],
        14: [(gradient(lambda x: loss(x=x), x), w1.T @ d1)],
        15: [(gradient(after_a2, a2), a2 - y)],
        16: [(gradient(after_a1, a1), w2.T @ (a2 - y))],
        18: [(d2, (a2 - y) * a2 * (1 - a2))],
        19: [(d1, (w2.T @ d2) * a1 * (1 + a1))],
        20: [(dw2, np.einsum("j,k->jk", d2, a1))],
        21: [(d1, lambda: (w2 @ d2) * s1)],
    }
