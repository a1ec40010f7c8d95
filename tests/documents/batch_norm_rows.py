"""Both sides of the claims in numbers, for a loss that is any function of the output: here a sum of cubes."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, d, eps = 5, 3, 0.1
    x, scale, shift = rng.normal(size=(n, d)), rng.normal(size=(1, d)), rng.normal(size=(1, d))
    weights = rng.normal(size=(n, d))

    def normalised(x: np.ndarray) -> np.ndarray:
        return np.asarray((x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps))

    def loss(y: np.ndarray) -> float:
        return float(np.sum(weights * y**3))

    hat, root = normalised(x), np.sqrt(x.var(axis=0, keepdims=True) + eps)
    dy = gradient(loss, scale * hat + shift)
    dhat = gradient(lambda h: loss(scale * h + shift), hat)
    dscale = gradient(lambda g: loss(g * hat + shift), scale)
    dx = gradient(lambda v: loss(scale * normalised(v) + shift), x)
    ones = np.ones((n, n))
    return {
        9: [(gradient(lambda b: loss(scale * hat + b), shift), dy.sum(axis=0, keepdims=True))],
        10: [(dscale, (dy * hat).sum(axis=0, keepdims=True))],
        11: [(dscale, (dy * x).sum(axis=0, keepdims=True))],
        12: [(dhat, scale * dy)],
        13: [(dx, (n * dhat - ones @ dhat - hat * (ones @ (dhat * hat))) / (n * root))],
        14: [(dx, dhat / root)],
    }
