"""Both sides of the claims in numbers. The condition that one of them needs: the class is another than the label."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d, k, y, margin = 3, 4, 2, 0.7
    x, w, b = rng.normal(size=d), rng.normal(size=(k, d)), rng.normal(size=k)
    other = np.arange(k) != y

    def hinge(s: np.ndarray) -> float:
        return np.sum(np.maximum(0, s - s[y] + margin)[other])

    def entropy(s: np.ndarray) -> float:
        return -np.log(np.exp(s[y]) / np.sum(np.exp(s)))

    s = w @ x + b
    above, label = (s - s[y] + margin > 0).astype(float), np.eye(k)[y]
    p, ds = np.exp(s) / np.sum(np.exp(s)), gradient(hinge, s)
    smaller = (s - s[y] > 0).astype(float)
    if np.array_equal(above[other], smaller[other]):  # scores at which the margin makes a difference
        return claims(rng, assumed)
    return {
        9: [(ds[other], above[other])],
        10: [(ds[y], -np.sum(above[other]))],
        11: [(gradient(lambda w: hinge(w @ x + b), w), np.outer(ds, x))],
        12: [(ds[other], above[other]) if assumed else (ds, above)],
        13: [(ds[y], -np.sum(smaller[other]))],
        14: [(gradient(lambda b: hinge(w @ x + b), b), w.T @ ds)],
        17: [(gradient(entropy, s), p - label)],
        18: [(gradient(lambda b: entropy(w @ x + b), b), p - label)],
        19: [(gradient(entropy, s), p + label)],
    }
