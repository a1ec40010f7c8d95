"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d, h, depth, at = 3, 2, 4, 1  # block l is counted at = l - 1
    inner = [rng.normal(size=(h, d)) for _ in range(depth)]
    outer = [rng.normal(size=(d, h)) for _ in range(depth)]
    start, t = rng.normal(size=d), rng.normal(size=d)

    def run(name: str = "", k: int = -1, value: np.ndarray | None = None) -> tuple:
        def changed(other: str, j: int, own: np.ndarray) -> np.ndarray:
            return own if value is None or (name, k) != (other, j) else value

        x, states, hidden = start, [start], []
        for j in range(depth):
            u = np.tanh(changed("A", j, inner[j]) @ x)
            u = changed("u", j, u)
            x = changed("x", j, x + changed("B", j, outer[j]) @ u)
            states.append(x)
            hidden.append(u)
        return 0.5 * np.sum((x - t) ** 2), states, hidden

    def by(name: str, k: int, value: np.ndarray) -> np.ndarray:
        return gradient(lambda v: run(name, k, v)[0], value)

    _, x, u = run()
    g = [by("x", k, x[k + 1]) for k in range(depth)]
    du = by("u", at, u[at])
    slope = 1 - u[at] ** 2
    back = slope * (outer[at].T @ g[at])
    da, db = by("A", at, inner[at]), by("B", at, outer[at])
    return {
        14: [(g[-1], x[-1] - t)],
        15: [(du, outer[at].T @ g[at])],
        16: [(g[at - 1], g[at] + inner[at].T @ (slope * du))],
        17: [(g[at - 1], inner[at].T @ (slope * du))],
        18: [(db, np.outer(g[at], u[at]))],
        19: [(db, np.outer(g[at - 1], u[at]))],
        20: [(da, np.outer(back, x[at]))],
        21: [(da, np.outer(back, x[at + 1]))],
    }
