"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient
from numpy.linalg import det, inv, slogdet


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    return rules(rng) | gaussian(rng, assumed) | symmetric(rng) | ridge(rng)


def rules(rng: np.random.Generator) -> Claims:
    n = 3
    a, b = rng.normal(size=(n, n)) + 3 * np.eye(n), rng.normal(size=(n, n)) - 2 * np.eye(n)
    x, y = rng.normal(size=n), rng.normal(size=n)
    i, it = inv(a), inv(a).T
    dlog = gradient(lambda a: slogdet(a)[1], a)
    ddet = gradient(det, a)
    dform = gradient(lambda a: x @ inv(a) @ y, a)
    dtrace = gradient(lambda a: np.trace(inv(a) @ b), a)
    dentry = gradient(inv, a)
    return {
        3: [(inv(a @ b), inv(b) @ i)],
        4: [(inv(a @ b), i @ inv(b))],
        5: [(inv(a.T), it)],
        6: [(i @ a, np.eye(n))],
        7: [(det(a @ b), det(a) * det(b))],
        8: [(det(a + b), det(a) + det(b))],
        9: [(det(i), 1 / det(a.T))],
        10: [(inv(a + b), i - i @ b @ inv(a + b))],
        11: [(inv(a + b), i - b @ i @ inv(a + b))],
        12: [(dlog, it)],
        13: [(dlog, i)],
        14: [(dlog, inv(a.T))],
        15: [(ddet, det(a) * it)],
        16: [(ddet, det(a) * i)],
        17: [(dform, -it @ np.outer(x, y) @ it)],
        18: [(dform, it @ np.outer(x, y) @ it)],
        19: [(dform, -it @ np.outer(y, x) @ it)],
        20: [(dtrace, -(i @ b @ i).T)],
        21: [(dtrace, -i @ b @ i)],
        22: [(dentry, -np.einsum("ik,lj->ijkl", i, i))],
        23: [(dentry, -np.einsum("il,kj->ijkl", i, i))],
    }


def gaussian(rng: np.random.Generator, assumed: bool) -> Claims:
    d = 3
    x, mu, s = rng.normal(size=d), rng.normal(size=d), rng.normal(size=(d, d)) + 4 * np.eye(d)
    if assumed:
        s = s + s.T

    def density(mu: np.ndarray = mu, s: np.ndarray = s) -> float:
        return -0.5 * slogdet(s)[1] - 0.5 * (x - mu) @ inv(s) @ (x - mu)

    dmu, ds = gradient(lambda mu: density(mu=mu), mu), gradient(lambda s: density(s=s), s)
    i, it, r = inv(s), inv(s).T, x - mu
    return {
        27: [(dmu, 0.5 * (i + it) @ r)],
        28: [(dmu, i @ r)],
        29: [(ds, -0.5 * it + 0.5 * it @ np.outer(r, r) @ it)],
        30: [(ds, -0.5 * it - 0.5 * it @ np.outer(r, r) @ it)],
    }


def symmetric(rng: np.random.Generator) -> Claims:
    d = 3
    x, mu, s = rng.normal(size=d), rng.normal(size=d), rng.normal(size=(d, d)) + 4 * np.eye(d)
    s = s + s.T

    def density(x: np.ndarray, mu: np.ndarray) -> float:
        return -0.5 * slogdet(s)[1] - 0.5 * (x - mu) @ inv(s) @ (x - mu)

    return {
        35: [(gradient(lambda mu: density(x, mu), mu), inv(s) @ (x - mu))],
        36: [(gradient(lambda x: density(x, mu), x), inv(s) @ (x - mu))],
    }


def ridge(rng: np.random.Generator) -> Claims:
    n, d, c = 4, 3, 0.7
    x, t = rng.normal(size=(n, d)), rng.normal(size=n)

    def solution(t: np.ndarray = t, c: float = c) -> np.ndarray:
        return np.asarray(inv(x.T @ x + c * np.eye(d)) @ x.T @ t)

    w, k = solution(), inv(x.T @ x + c * np.eye(d))
    dc = gradient(lambda c: solution(c=float(c)), c)
    return {
        41: [(x.T @ (x @ w - t) + c * w, np.zeros(d))],
        42: [(x.T @ (x @ w - t), c * w)],
        43: [(gradient(lambda t: solution(t=t), t), k @ x.T)],
        44: [(dc, -k @ w)],
        45: [(dc, -k @ x.T @ t)],
    }
