"""Both sides of the claims in numbers, for the layer l = 2 of L = 3."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    return layers(rng) | fonts(rng)


def layers(rng: np.random.Generator) -> Claims:
    n = [2, 3, 4, 5]
    x, y = rng.normal(size=n[0]), rng.normal(size=n[3])
    w = [rng.normal(size=(n[k + 1], n[k])) for k in range(3)]
    b = [rng.normal(size=n[k + 1]) for k in range(3)]

    def last(z: np.ndarray) -> float:
        return 0.5 * np.sum((np.tanh(z) - y) ** 2)

    def second(z: np.ndarray) -> float:
        return last(w[2] @ np.tanh(z) + b[2])

    a1 = np.tanh(w[0] @ x + b[0])
    z2 = w[1] @ a1 + b[1]
    a2 = np.tanh(z2)
    z3 = w[2] @ a2 + b[2]
    a3 = np.tanh(z3)
    d3, d2 = gradient(last, z3), gradient(second, z2)
    dw, db = gradient(lambda v: second(v @ a1 + b[1]), w[1]), gradient(lambda v: second(w[1] @ a1 + v), b[1])
    return {
        7: [(d3, (a3 - y) * (1 - a3 * a3))],
        8: [(d2, w[2].T @ d3 * (1 - a2 * a2))],
        9: [(d2, lambda: w[2] @ d3 * (1 - a2 * a2))],
        10: [(dw, np.outer(d2, a1))],
        11: [(dw, np.outer(d2, a2))],
        12: [(db, d2)],
    }


def fonts(rng: np.random.Generator) -> Claims:
    x, w, bias, v = rng.normal(size=2), rng.normal(size=(3, 2)), rng.normal(size=3), rng.normal(size=3)
    b, t = rng.normal(size=2)

    def above(h: np.ndarray, v: np.ndarray = v, b: float = b) -> float:
        return 0.5 * (v @ h + b - t) ** 2

    h = np.tanh(w @ x + bias)
    s, dv = v @ h + b, gradient(lambda v: above(h, v), v)
    return {
        16: [(gradient(lambda b: above(h, v, b), b), s - t)],
        17: [(dv, (s - t) * h)],
        18: [(dv, (s - t) * v)],
        19: [(gradient(lambda c: above(np.tanh(w @ x + c)), bias), (s - t) * v * (1 - h * h))],
        20: [(gradient(lambda w: above(np.tanh(w @ x + bias)), w), np.outer(x, (s - t) * v * (1 - h * h)))],
    }
