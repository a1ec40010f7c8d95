"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m, k, steps = 2, 3, 2, 4
    x, y, h0 = rng.normal(size=(steps, n)), rng.normal(size=(steps, k)), rng.normal(size=m)
    parameters = {
        "xh": rng.normal(size=(m, n)), "hh": rng.normal(size=(m, m)), "h": rng.normal(size=m),
        "hy": rng.normal(size=(k, m)), "y": rng.normal(size=k),
    }

    def run(nudge: np.ndarray | None = None, **changed: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        p = parameters | changed
        h, states, outputs, loss = h0, [h0], [], 0.0
        for t in range(steps):
            z = p["xh"] @ x[t] + p["hh"] @ h + p["h"]
            if nudge is not None:
                z = z + nudge[t]
            h = np.tanh(z)
            o = p["hy"] @ h + p["y"]
            loss += 0.5 * np.sum((o - y[t]) ** 2)
            states.append(h)
            outputs.append(o)
        return loss, np.array(states), np.array(outputs)

    _, h, o = run()
    e = o - y
    delta = gradient(lambda nudge: run(nudge)[0], np.zeros((steps, m)))
    d = {name: gradient(lambda v, name=name: run(**{name: v})[0], value) for name, value in parameters.items()}
    t = 2  # one step, counted from zero: its state is h[t + 1]
    z = parameters["xh"] @ x[t] + parameters["hh"] @ h[t] + parameters["h"]
    slope = np.diag(1 - h[t + 1] ** 2)

    def step(before: np.ndarray) -> np.ndarray:
        return parameters["xh"] @ x[t] + parameters["hh"] @ before + parameters["h"]

    return {
        11: [(gradient(lambda o: 0.5 * np.sum((o - y[t]) ** 2), o[t]), e[t])],
        12: [(gradient(np.tanh, z), slope)],
        13: [(gradient(lambda b: np.tanh(step(b)), h[t]), slope @ parameters["hh"])],
        14: [(gradient(step, h[t]), parameters["xh"])],
        17: [(d["hy"], np.einsum("ti,tj->ij", e, h[1:]))],
        18: [(d["y"], e.sum(axis=0))],
        19: [(d["xh"], np.einsum("ti,tj->ij", delta, x))],
        20: [(d["hh"], np.einsum("ti,tj->ij", delta, h[1:]))],
        21: [(d["h"], delta[t])],
    }
