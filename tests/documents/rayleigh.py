"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, penalty = 4, 0.9
    s, w = rng.normal(size=(n, n)), rng.normal(size=n)
    s = s + s.T  # the document states that S is symmetric
    rho, square = (w @ s @ w) / (w @ w), w @ w
    dw = gradient(lambda w: (w @ s @ w) / (w @ w), w)
    dp = gradient(lambda p: w @ s @ w - p * (w @ w - 1), penalty)
    return {
        8: [(dw, 2 / square * (s @ w - rho * w))],
        9: [(dw, 1 / square * (s @ w - rho * w))],
        10: [(dw, 2 / square * (s @ w - w))],
        12: [(w @ dw, 0.0)],
        16: [(gradient(lambda w: w @ s @ w - penalty * (w @ w - 1), w), 2 * s @ w - 2 * penalty * w)],
        17: [(dp, 1 - square)],
        18: [(dp, square - 1)],
    }
