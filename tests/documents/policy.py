"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, softmax


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, actions = 3, 4
    s, theta, r = rng.normal(size=n), rng.normal(size=(actions, n)), rng.normal(size=actions)
    h = theta @ s
    p = softmax(h)
    v, entropy = p @ r, -p @ np.log(p)
    score = gradient(lambda h: np.log(softmax(h)), h)
    dv = gradient(lambda h: softmax(h) @ r, h)
    de = gradient(lambda h: -softmax(h) @ np.log(softmax(h)), h)
    return {
        7: [(score, np.eye(actions) - p[None, :])],
        8: [(score, np.eye(actions) - p[:, None])],
        11: [(gradient(lambda p: p @ r, p), r)],
        12: [(dv, p * (r - v))],
        13: [(dv, p * r)],
        14: [(gradient(lambda t: softmax(t @ s) @ r, theta), np.outer(p * (r - v), s))],
        15: [(dv.sum(), 0.0)],
        17: [(de, -p * (np.log(p) + entropy))],
        18: [(de, -p * (np.log(p) - entropy))],
    }
