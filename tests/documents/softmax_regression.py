"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, softmax


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d, c, tau = 3, 4, 1.7
    x, w, b, y = rng.normal(size=d), rng.normal(size=(c, d)), rng.normal(size=c), rng.normal(size=c)
    if assumed:
        y = softmax(y)
    z = w @ x + b
    p, q = softmax(z), softmax(z / tau)

    def of_p(p: np.ndarray) -> float:
        return -np.sum(y * np.log(p))

    def loss(w: np.ndarray = w, b: np.ndarray = b, x: np.ndarray = x) -> float:
        return of_p(softmax(w @ x + b))

    jacobian, cooled = gradient(softmax, z), gradient(lambda z: softmax(z / tau), z)
    off = 1 - np.eye(c)
    dp, dz = gradient(of_p, p), gradient(lambda z: of_p(softmax(z)), z)
    db = gradient(lambda b: loss(b=b), b)
    return {
        9: [(jacobian * off, -np.outer(p, p) * off)],
        10: [(np.diag(jacobian), p * (1 - p))],
        11: [(jacobian, p[:, None] * (np.eye(c) - p))],
        12: [(jacobian, np.diag(p) - np.outer(p, p))],
        13: [(dp, -y / p)],
        14: [(dz, p * y.sum() - y)],
        15: [(dz, p - y)],
        16: [(gradient(lambda w: loss(w=w), w), np.outer(dz, x))],
        17: [(db, dz)],
        18: [(db, dp)],
        19: [(gradient(lambda x: loss(x=x), x), lambda: w @ dz)],
        22: [(np.diag(cooled), tau * q * (1 - q))],
        23: [(np.diag(cooled), q * (1 - q) / tau)],
    }
