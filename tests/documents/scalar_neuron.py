"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    x, w, b, y = rng.normal(size=4)

    def loss(x: float = x, w: float = w, b: float = b) -> float:
        return 0.5 * (sigmoid(w * x + b) - y) ** 2

    z = w * x + b
    a = sigmoid(z)
    dw, slope = gradient(lambda w: loss(w=w), w), (a - y) * a * (1 - a)
    second = gradient(lambda z: gradient(sigmoid, z, 1e-4), z, 1e-4)
    dh = gradient(np.tanh, z)
    return {
        8: [(gradient(lambda a: 0.5 * (a - y) ** 2, a), a - y)],
        9: [(gradient(sigmoid, z), a * (1 - a))],
        10: [(gradient(lambda w: w * x + b, w), x)],
        11: [(dw, (a - y) * gradient(sigmoid, z) * x), (dw, slope * x)],
        12: [(dw, (a - y) * x)],
        13: [(gradient(lambda b: loss(b=b), b), slope)],
        14: [(gradient(lambda x: loss(x=x), x), slope * x)],
        15: [(second, a * (1 - a) * (1 - 2 * a))],
        16: [(second, (1 - a) * (1 - 2 * a))],
        19: [(dh, 1 - np.tanh(z) ** 2)],
        20: [(dh, 1 - np.tanh(z**2))],
        21: [(dh, 1 / np.cosh(z) ** 2)],
    }
