"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d, penalty, rate, t = 3, 0.4, 0.1, rng.normal()
    w, x = rng.normal(size=d), rng.normal(size=d)

    def loss(w: np.ndarray) -> float:
        return 0.5 * (w @ x - t) ** 2 + penalty / 2 * w @ w

    g = gradient(loss, w)
    hessian = gradient(lambda w: gradient(loss, w, 1e-4), w, 1e-4)
    return {
        4: [(g, (w @ x - t) * x + penalty * w)],
        5: [(g, (w @ x - t) * x + 2 * penalty * w)],
        8: [(hessian, np.outer(x, x) + penalty * np.eye(d))],
        9: [(hessian, np.outer(x, x) + penalty)],
        11: [(-rate * g @ g, -rate * np.sum(g**2))],
        12: [(-rate * g @ g, -rate * np.outer(g, g))],
    }
