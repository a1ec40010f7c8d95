"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, softmax


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, d = 4, 3
    m, x, w, k = rng.normal(), rng.normal(size=(n, d)), rng.normal(size=d), rng.uniform(0, 3, size=n)
    q, keys = rng.normal(size=d), rng.normal(size=(n, d))

    def margin(m: float) -> float:
        return np.log(1 + np.exp(-m))

    rate = np.exp(x @ w)
    dm, dw = gradient(margin, m), gradient(lambda w: np.sum(np.exp(x @ w) - k * (x @ w)), w)
    s = keys @ q
    p, ds = softmax(s), gradient(lambda s: -np.log(softmax(s)[0]), s)
    dk = gradient(lambda a: -np.log(softmax(a @ q)[0]), keys)
    return {
        3: [(dm, -1 / (1 + np.exp(m)))],
        4: [(dm, -np.exp(-m) / (1 + np.exp(m)))],
        5: [(gradient(lambda m: gradient(margin, m, 1e-4), m, 1e-4), np.exp(m) / (1 + np.exp(m)) ** 2)],
        12: [(gradient(lambda r: np.sum(r - k * np.log(r)), rate), 1 - k / rate)],
        13: [(dw, np.einsum("i,ij->j", rate - k, x))],
        14: [(dw, x.T @ (rate - k))],
        15: [(dw, x.T @ (1 - k))],
        16: [(dw, x.T @ (k - rate))],
        22: [(ds[0], p[0] - 1)],
        23: [(ds[0], p[0])],
        24: [(gradient(lambda q: -np.log(softmax(keys @ q)[0]), q), keys.T @ ds)],
        25: [(dk, np.outer(ds, q))],
        26: [(dk, np.outer(q, ds))],
    }
