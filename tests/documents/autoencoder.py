"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m = 4, 3
    x, w, b, c = (rng.normal(size=s) for s in ((n,), (m, n), (m,), (n,)))

    def of_hat(hat: np.ndarray) -> float:
        return 0.5 * np.sum((hat - x) ** 2)

    def of_h(h: np.ndarray, w: np.ndarray = w, c: np.ndarray = c) -> float:
        return of_hat(w.T @ h + c)

    u = w @ x + b
    h = sigmoid(u)
    hat = w.T @ h + c
    e = hat - x
    delta = gradient(lambda u: of_h(sigmoid(u)), u)
    dw = gradient(lambda w: of_h(sigmoid(w @ x + b), w=w), w)
    outer, inner = gradient(lambda h: w.T @ h + c, h), gradient(sigmoid, u)
    return {
        10: [(gradient(of_hat, hat), e)],
        11: [(gradient(lambda c: of_h(h, c=c), c), e)],
        12: [(gradient(of_h, h), w @ e)],
        13: [(delta, (w @ e) * h * (1 - h))],
        14: [(gradient(lambda b: of_h(sigmoid(w @ x + b)), b), delta)],
        16: [(dw, np.outer(delta, x) + np.outer(h, e))],
        17: [(dw, np.outer(delta, x))],
        18: [(dw, lambda: np.outer(delta, x) + np.outer(e, h))],
        19: [(outer, w.T)],
        20: [(gradient(lambda u: w.T @ sigmoid(u) + c, u), outer @ inner)],
        21: [(delta, lambda: e @ inner)],
    }
