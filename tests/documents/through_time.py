"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m, k, steps, at = 2, 3, 2, 4, 1  # h[t + 1] is the state after input t, counted from zero
    x, y, start = rng.normal(size=(steps, n)), rng.normal(size=(steps, k)), rng.normal(size=m)
    own = {"W": rng.normal(size=(m, m)), "U": rng.normal(size=(m, n)), "V": rng.normal(size=(k, m))}

    def run(nudge: np.ndarray | None = None, **changed: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        p = own | changed
        h, states, outputs, loss = start, [start], [], 0.0
        for t in range(steps):
            h = np.tanh(p["W"] @ h + p["U"] @ x[t]) + (0 if nudge is None else nudge[t])
            o = p["V"] @ h
            loss += 0.5 * np.sum((o - y[t]) ** 2)
            states.append(h)
            outputs.append(o)
        return loss, np.array(states), np.array(outputs)

    _, h, o = run()
    e, w, v = o - y, own["W"], own["V"]
    g = gradient(lambda nudge: run(nudge)[0], np.zeros((steps, m)))
    delta = g * (1 - h[1:] ** 2)
    d = {name: gradient(lambda value, name=name: run(**{name: value})[0], value) for name, value in own.items()}
    one = gradient(lambda before: np.tanh(w @ before + own["U"] @ x[at]), h[at])
    later = (1 - h[at + 2] ** 2) * g[at + 1]
    return {
        12: [(one, np.diag(1 - h[at + 1] ** 2) @ w)],
        13: [(one, np.diag(1 - h[at] ** 2) @ w)],
        14: [(g[-1], v.T @ e[-1])],
        15: [(g[at], v.T @ e[at] + w.T @ later)],
        16: [(g[at], v.T @ e[at] + w @ later)],
        18: [(d["W"], np.einsum("ti,tj->ij", delta, h[:-1]))],
        19: [(d["W"], np.einsum("ti,tj->ij", delta, h[1:]))],
        20: [(d["U"], np.einsum("ti,tj->ij", delta, x))],
        21: [(d["U"], np.einsum("ti,tj->ij", g, x))],
        22: [(d["V"], np.einsum("ti,tj->ij", e, h[1:]))],
    }
