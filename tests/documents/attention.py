"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, softmax


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m, d, v = 3, 4, 2, 5
    q, k, values, target = (rng.normal(size=s) for s in ((n, d), (m, d), (m, v), (n, v)))

    def of_o(o: np.ndarray) -> float:
        return 0.5 * np.sum((o - target) ** 2)

    def of_s(s: np.ndarray) -> float:
        return of_o(softmax(s) @ values)

    s = q @ k.T / np.sqrt(d)
    a = softmax(s)
    o = a @ values
    bo, ba, bs = gradient(of_o, o), gradient(lambda a: of_o(a @ values), a), gradient(of_s, s)
    dq = gradient(lambda q: of_s(q @ k.T / np.sqrt(d)), q)
    dk = gradient(lambda k: of_s(q @ k.T / np.sqrt(d)), k)
    jacobian = np.einsum("ijik->ijk", gradient(softmax, s))  # of a row by the same row
    return {
        11: [(bo, o - target)],
        12: [(gradient(lambda x: of_o(a @ x), values), a.T @ bo)],
        13: [(ba, bo @ values.T)],
        14: [(jacobian, a[:, :, None] * (np.eye(m)[None] - a[:, None, :]))],
        15: [(bs, a * (ba - np.sum(a * ba, axis=1, keepdims=True)))],
        16: [(bs, a * (ba - np.sum(ba, axis=1, keepdims=True)))],
        17: [(dq, bs @ k / np.sqrt(d))],
        18: [(dk, lambda: bs @ q / np.sqrt(d))],
        19: [(dk, bs.T @ q / np.sqrt(d))],
        20: [(dq, bs @ k)],
    }
