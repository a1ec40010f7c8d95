"""Both sides of the claims in numbers. dZ is the gradient of each example's own loss, dW that of their mean."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, h, m = 3, 4, 5
    x, y = rng.normal(size=(n, m)), rng.integers(0, 2, size=(1, m)).astype(float)
    w1, b1, w2, b2 = rng.normal(size=(h, n)), rng.normal(size=(h, 1)), rng.normal(size=(1, h)), rng.normal()

    def of_z2(z2: np.ndarray) -> float:
        a2 = sigmoid(z2)
        return -float(np.mean(y * np.log(a2) + (1 - y) * np.log(1 - a2)))

    def of_z1(z1: np.ndarray) -> float:
        return of_z2(w2 @ np.tanh(z1) + b2)

    z1 = w1 @ x + b1
    a1 = np.tanh(z1)
    z2 = w2 @ a1 + b2
    dz2, dz1 = m * gradient(of_z2, z2), m * gradient(of_z1, z1)
    db1 = gradient(lambda b: of_z1(w1 @ x + b), b1)
    return {
        12: [(dz2, sigmoid(z2) - y)],
        13: [(gradient(lambda w: of_z2(w @ a1 + b2), w2), dz2 @ a1.T / m)],
        14: [(gradient(lambda b: of_z2(w2 @ a1 + b), b2), np.sum(dz2) / m)],
        15: [(dz1, w2.T @ dz2 * (1 - a1 * a1))],
        16: [(gradient(lambda w: of_z1(w @ x + b1), w1), dz1 @ x.T / m)],
        17: [(db1, dz1 @ np.ones((m, 1)) / m)],
        18: [(db1, dz1 @ np.ones((m, 1)))],
        19: [(m * gradient(lambda v: of_z1(w1 @ v + b1), x), lambda: w1 @ dz1)],
    }
