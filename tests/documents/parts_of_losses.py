"""Both sides of the claims in numbers, for losses that are chosen at will."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, h, m, rate, beta = 3, 4, 2, 0.7, 1.3
    x, w, v, b = rng.normal(size=n), rng.normal(size=(h, n)), rng.normal(size=(m, h)), rng.normal(size=h)
    t, u = rng.normal(size=m), rng.normal(size=n)

    def inner(w: np.ndarray, v: np.ndarray, b: np.ndarray) -> float:
        return float(np.sum(np.cos(v @ np.tanh(w @ x + b) * t)))

    def loss(w: np.ndarray, v: np.ndarray, b: np.ndarray) -> float:
        return inner(w, v, b) + rate / 2 * float(np.sum(w**2) + np.sum(v**2))

    def first(u: np.ndarray) -> float:
        return float(np.sin(u @ x))

    def second(u: np.ndarray) -> float:
        return float(np.sum(u**3))

    a = np.tanh(w @ x + b)
    delta = gradient(lambda y: float(np.sum(np.cos(y * t))), v @ a)
    by_v, by_w = gradient(lambda v: loss(w, v, b), v), gradient(lambda w: loss(w, v, b), w)
    by_b = gradient(lambda b: loss(w, v, b), b)
    inner_by_v, inner_by_b = gradient(lambda v: inner(w, v, b), v), gradient(lambda b: inner(w, v, b), b)
    by_u = gradient(lambda u: first(u) + beta * second(u), u)
    return {
        10: [(by_v, inner_by_v + rate * v)],
        11: [(by_v, inner_by_v + 2 * rate * v)],
        13: [(by_v, np.outer(delta, a) + rate * v)],
        14: [(by_w, np.outer((v.T @ delta) * (1 - a * a), x) + rate * w)],
        15: [(by_w, np.outer((v.T @ delta) * (1 - a), x) + rate * w)],
        16: [(by_b, (v.T @ delta) * (1 - a * a))],
        17: [(by_b, inner_by_b + rate * b)],
        20: [(by_u, gradient(first, u) + beta * gradient(second, u))],
        21: [(by_u, gradient(first, u) + gradient(second, u))],
    }
