"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m = 2, 3
    x, h0, c0, y = (rng.normal(size=s) for s in (n, m, m, m))
    w, u, b = ({gate: rng.normal(size=s) for gate in "ifog"} for s in ((m, n), (m, m), (m,)))

    def of_c(c: np.ndarray, o: np.ndarray) -> float:
        return 0.5 * np.sum((o * np.tanh(c) - y) ** 2)

    def loss(w=w, u=u, b=b, c0=c0, **gates: np.ndarray) -> float:  # type: ignore[no-untyped-def]
        z = {gate: w[gate] @ x + u[gate] @ h0 + b[gate] for gate in "ifog"}
        v = {gate: np.tanh(z[gate]) if gate == "g" else sigmoid(z[gate]) for gate in "ifog"} | gates
        return of_c(v["f"] * c0 + v["i"] * v["g"], v["o"])

    z = {gate: w[gate] @ x + u[gate] @ h0 + b[gate] for gate in "ifog"}
    i, f, o, g = sigmoid(z["i"]), sigmoid(z["f"]), sigmoid(z["o"]), np.tanh(z["g"])
    c = f * c0 + i * g
    h = o * np.tanh(c)
    dc = gradient(lambda c: of_c(c, o), c)
    gates = {"i": i, "f": f, "o": o, "g": g}
    d = {gate: gradient(lambda v, gate=gate: loss(**{gate: v}), at) for gate, at in gates.items()}
    return {
        13: [(gradient(lambda h: 0.5 * np.sum((h - y) ** 2), h), h - y)],
        14: [(d["o"], (h - y) * np.tanh(c))],
        15: [(dc, (h - y) * o * (1 - np.tanh(c) ** 2))],
        16: [(dc, (h - y) * o * (1 - c * c))],
        17: [(d["f"], dc * c0)],
        18: [(d["i"], dc * g)],
        19: [(d["g"], dc * g)],
        20: [(gradient(lambda c0: loss(c0=c0), c0), dc * f)],
        21: [(gradient(lambda v: loss(w=w | {"f": v}), w["f"]), np.outer(d["f"] * f * (1 - f), x))],
        22: [(gradient(lambda v: loss(u=u | {"f": v}), u["f"]), np.outer(d["f"] * f * (1 - f), h))],
        23: [(gradient(lambda v: loss(w=w | {"g": v}), w["g"]), np.outer(d["g"] * (1 - g * g), x))],
        24: [(gradient(lambda v: loss(b=b | {"o": v}), b["o"]), d["o"] * o * (1 - o))],
    }
