"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m = 3, 2
    a, x, b = rng.normal(size=(n, n)), rng.normal(size=n), rng.normal(size=n)
    left, right, free = rng.normal(size=(m, n)), rng.normal(size=(n, m)), rng.normal(size=(m, n))
    if assumed:
        a = a + a.T
    df = gradient(lambda x: x @ a @ x, x)
    dq = gradient(lambda x: 0.5 * x @ a.T @ a @ x - b @ x, x)
    dleft = gradient(lambda left: np.trace(left @ right), left)
    ds, dr = gradient(lambda f: np.trace(f.T @ f), free), gradient(lambda f: np.trace(f @ a @ f.T), free)
    return {
        5: [(df, (a + a.T) @ x)],
        6: [(df, 2 * a @ x)],
        7: [(gradient(lambda a: x @ a @ x, a), np.outer(x, x))],
        8: [(df, np.einsum("kj,j->k", a, x) + np.einsum("ik,i->k", a, x))],
        10: [(dq, a.T @ a @ x - b)],
        11: [(dq, a @ a.T @ x - b)],
        12: [(gradient(lambda b: 0.5 * x @ a.T @ a @ x - b @ x, b), -x)],
        17: [(dleft, right.T)],
        18: [(gradient(lambda right: np.trace(left @ right), right), left.T)],
        19: [(dleft, right)],
        21: [(ds, 2 * free)],
        22: [(ds, free)],
        24: [(dr, free @ (a + a.T))],
        25: [(dr, 2 * free @ a)],
        26: [(np.trace(left @ right), np.trace(right @ left))],
    }
