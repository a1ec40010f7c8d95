"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, softmax


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    inputs, hidden, outputs = 3, 4, 2
    x, t = rng.normal(size=inputs), rng.normal(size=outputs)
    w, c = rng.normal(size=(hidden, inputs)), rng.normal(size=hidden)
    v, d = rng.normal(size=(outputs, hidden)), rng.normal(size=outputs)

    def loss(y: np.ndarray) -> float:
        return float(0.5 * np.sum((y - t) ** 2))

    def of_hidden(a: np.ndarray, v: np.ndarray = v, d: np.ndarray = d) -> float:
        return loss(softmax(v @ np.tanh(a) + d))

    a = w @ x + c
    z = np.tanh(a)
    y = softmax(v @ z + d)
    outer, inner = gradient(lambda a: loss(softmax(a)), v @ z + d), gradient(of_hidden, a)
    dv, dd = gradient(lambda v: of_hidden(a, v), v), gradient(lambda d: of_hidden(a, v, d), d)
    dw, dc = gradient(lambda w: of_hidden(w @ x + c), w), gradient(lambda c: of_hidden(w @ x + c), c)
    return {
        11: [(gradient(loss, y), y - t)],
        12: [(outer, y * ((y - t) - y @ (y - t)))],
        15: [(inner, (1 - z**2) * (v.T @ outer))],
        16: [(inner, (1 - z**2) * (v.T @ y))],
        17: [(dv, np.outer(outer, z))],
        18: [(dw, np.outer(inner, x))],
        19: [(dc, inner)],
        20: [(dv, np.tile(inner * z, (outputs, 1)))],
        21: [(dd, lambda: outer * z)],
    }
