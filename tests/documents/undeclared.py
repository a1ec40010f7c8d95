"""Both sides of the claims in numbers, at sizes that all differ."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid, softmax


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    return perceptron(rng) | softmax_regression(rng) | logistic(rng) | least_squares(rng) | attention(rng) | states(rng)


def perceptron(rng: np.random.Generator) -> Claims:
    x, y, b1, b2 = (rng.normal(size=n) for n in (2, 4, 3, 4))
    w1, w2 = rng.normal(size=(3, 2)), rng.normal(size=(4, 3))

    def loss(h: np.ndarray, w2: np.ndarray = w2) -> float:
        return 0.5 * np.sum((w2 @ h + b2 - y) ** 2)

    def below(w1: np.ndarray, b1: np.ndarray) -> float:
        return loss(sigmoid(w1 @ x + b1))

    h = sigmoid(w1 @ x + b1)
    delta = gradient(lambda out: 0.5 * np.sum((out - y) ** 2), w2 @ h + b2)
    return {
        5: [(delta, w2 @ h + b2 - y)],
        6: [(gradient(lambda w: loss(h, w), w2), np.outer(delta, h))],
        7: [(gradient(loss, h), lambda: w2 @ delta)],
        8: [(gradient(lambda b: below(w1, b), b1), w2.T @ delta * h * (1 - h))],
        9: [(gradient(lambda w: below(w, b1), w1), np.outer(w2.T @ delta * h, x))],
    }


def softmax_regression(rng: np.random.Generator) -> Claims:
    x, b, w = rng.normal(size=2), rng.normal(size=3), rng.normal(size=(3, 2))
    y = rng.dirichlet(np.ones(3))

    def loss(z: np.ndarray) -> float:
        return -np.sum(y * np.log(softmax(z)))

    z = w @ x + b
    p = softmax(z)
    return {
        15: [(gradient(softmax, z), np.diag(p) - np.outer(p, p))],
        16: [(gradient(loss, z), p - y)],
        17: [(gradient(lambda w: loss(w @ x + b), w), np.outer(x, p - y))],
        18: [(gradient(lambda x: loss(w @ x + b), x), w.T @ (p - y))],
    }


def logistic(rng: np.random.Generator) -> Claims:
    n, lam = 4, 0.3
    x, y, w, b = rng.normal(size=(n, 2)), rng.integers(0, 2, size=n), rng.normal(size=2), rng.normal()

    def loss(w: np.ndarray, b: float) -> float:
        p = sigmoid(x @ w + b)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + lam / 2 * w @ w

    p, dw = sigmoid(x @ w + b), gradient(lambda w: loss(w, b), w)
    return {
        22: [(dw, (p - y) @ x / n + lam * w)],
        23: [(dw, (y - p) @ x / n + lam * w)],
        24: [(gradient(lambda b: loss(w, b), b), np.mean(p - y))],
    }


def least_squares(rng: np.random.Generator) -> Claims:
    x, w, y = rng.normal(size=(4, 2)), rng.normal(size=2), rng.normal(size=4)
    dw = gradient(lambda w: np.sum((x @ w - y) ** 2), w)
    return {
        26: [(dw, 2 * x.T @ (x @ w - y))],
        27: [(dw, lambda: 2 * x @ (x @ w - y))],
        28: [(gradient(lambda x: np.sum((x @ w - y) ** 2), x), 2 * np.outer(x @ w - y, w))],
    }


def attention(rng: np.random.Generator) -> Claims:
    n, d = 4, 5
    x, y, wq, wk, wv = (rng.normal(size=s) for s in ((n, 2), (n, 3), (2, d), (2, d), (2, 3)))
    a, v = softmax((x @ wq) @ (x @ wk).T / np.sqrt(d)), x @ wv

    def loss(a: np.ndarray, v: np.ndarray) -> float:
        return 0.5 * np.sum((a @ v - y) ** 2)

    error = a @ v - y
    return {
        32: [(gradient(lambda v: loss(a, v), v), a.T @ error)],
        33: [(gradient(lambda a: loss(a, v), a), v @ error.T)],
        34: [(gradient(lambda wv: loss(a, x @ wv), wv), x.T @ a.T @ error)],
    }


def states(rng: np.random.Generator) -> Claims:
    steps = 3
    w, u, v = rng.normal(size=(3, 3)), rng.normal(size=(3, 2)), rng.normal(size=(4, 3))
    b, c, x, y, start = (rng.normal(size=s) for s in ((3,), (4,), (steps, 2), (steps, 4), (3,)))

    def run(w: np.ndarray, u: np.ndarray, v: np.ndarray, shift: np.ndarray) -> tuple[float, list[np.ndarray]]:
        h, loss, found = start, 0.0, []
        for t in range(steps):
            h = np.tanh(w @ h + u @ x[t] + b) + shift[t]
            loss += 0.5 * np.sum((v @ h + c - y[t]) ** 2)
            found.append(h)
        return loss, found

    still = np.zeros((steps, 3))
    h = run(w, u, v, still)[1]
    dv, du = gradient(lambda v: run(w, u, v, still)[0], v), gradient(lambda u: run(w, u, v, still)[0], u)
    dw = gradient(lambda w: run(w, u, v, still)[0], w)
    dz = gradient(lambda shift: run(w, u, v, shift)[0], still) * (1 - np.array(h) ** 2)
    error = [v @ h[t] + c - y[t] for t in range(steps)]
    return {
        37: [(dv, sum(np.outer(error[t], h[t]) for t in range(steps)))],
        38: [(dv, sum(np.outer(h[t], error[t]) for t in range(steps)))],
        39: [(du, sum(np.outer(dz[t], x[t]) for t in range(steps)))],
        40: [(dw, sum(np.outer(dz[t], h[t]) for t in range(steps)))],
    }
