"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d, k = 3, 4
    u, v, negative, at = rng.normal(size=d), rng.normal(size=d), rng.normal(size=(k, d)), rng.normal()

    def loss(u: np.ndarray = u, v: np.ndarray = v, negative: np.ndarray = negative) -> float:
        return -np.log(sigmoid(u @ v)) - np.sum(np.log(sigmoid(-(negative @ v))))

    s, p = negative @ v, sigmoid(u @ v)
    ds = gradient(lambda s: -np.sum(np.log(sigmoid(-s))), s)
    du, dv, dn = (gradient(lambda a, name=name: loss(**{name: a}), value) for name, value in
                  (("u", u), ("v", v), ("negative", negative)))
    return {
        7: [(gradient(lambda x: np.log(sigmoid(x)), at), 1 - sigmoid(at))],
        8: [(ds, sigmoid(s))],
        9: [(ds, 1 - sigmoid(s))],
        10: [(du, -(1 - p) * v)],
        11: [(du, (p - 1) * u)],
        12: [(dv, (p - 1) * u + sum(sigmoid(s[i]) * negative[i] for i in range(k)))],
        13: [(dv, (p - 1) * u + negative.T @ sigmoid(s))],
        15: [(dn, np.outer(sigmoid(s), v))],
        16: [(dn, np.zeros((d, k)))],  # only the stated shape is wrong
        17: [(dn, np.outer(v, sigmoid(s)))],
    }
