"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    x = np.array([-1.7, -0.4, 0.3, 2.1]) + 0.1 * rng.normal()
    alpha, p = 0.7, sigmoid(x)

    def slope(function):  # type: ignore[no-untyped-def]
        return np.diag(gradient(function, x))

    def elu(x: np.ndarray) -> np.ndarray:
        return np.where(x > 0, x, alpha * (np.exp(x) - 1))

    s, ds = x * p, slope(lambda x: x * sigmoid(x))
    de, dq = slope(elu), slope(lambda x: x / (1 + abs(x)))
    plus = slope(lambda x: np.log(1 + np.exp(x)))
    return {
        3: [(plus, 1 / (1 + np.exp(-x))), (plus, p)],
        5: [(ds, p + x * p * (1 - p))],
        6: [(ds, s + p * (1 - s))],
        7: [(ds, p + x * (1 - p))],
        11: [(de, np.where(x > 0, 1, elu(x) + alpha))],
        12: [(de, np.where(x > 0, 1, elu(x) - alpha))],
        13: [(np.tanh(x), (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)))],
        14: [(np.tanh(x), 2 * sigmoid(2 * x) - 1)],
        15: [(np.tanh(x), 2 * p - 1)],
        16: [(slope(np.tanh), 1 - np.tanh(x) ** 2)],
        18: [(dq, 1 / (1 + abs(x)) ** 2)],
        19: [(dq, 1 / (1 + abs(x)))],
    }
