"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient, sigmoid


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m = 2, 3
    x, h0, y = rng.normal(size=n), rng.normal(size=m), rng.normal(size=m)
    w, u = ({gate: rng.normal(size=s) for gate in "zrh"} for s in ((m, n), (m, m)))

    def of_state(h: np.ndarray) -> float:
        return 0.5 * np.sum((h - y) ** 2)

    def mixed(z: np.ndarray, candidate: np.ndarray) -> float:
        return of_state((1 - z) * h0 + z * candidate)

    def of_reset(r: np.ndarray, uh: np.ndarray = u["h"]) -> float:
        return mixed(z, np.tanh(w["h"] @ x + uh @ (r * h0)))

    az, ar = w["z"] @ x + u["z"] @ h0, w["r"] @ x + u["r"] @ h0
    z, r = sigmoid(az), sigmoid(ar)
    ah = w["h"] @ x + u["h"] @ (r * h0)
    candidate = np.tanh(ah)
    h = (1 - z) * h0 + z * candidate
    g = h - y
    dz, dr = gradient(lambda z: mixed(z, candidate), z), gradient(of_reset, r)
    dah = gradient(lambda a: mixed(z, np.tanh(a)), ah)
    daz = gradient(lambda a: mixed(sigmoid(a), candidate), az)
    duh = gradient(lambda v: of_reset(r, uh=v), u["h"])
    return {
        14: [(gradient(of_state, h), g)],
        15: [(gradient(lambda c: mixed(z, c), candidate), g * z)],
        16: [(dz, g * (candidate - h0))],
        17: [(dz, g * (candidate - h))],
        18: [(dah, g * z * (1 - candidate * candidate))],
        19: [(dr, (u["h"].T @ dah) * h0)],
        20: [(dr, (u["h"] @ dah) * h0)],
        21: [(daz, dz * z * (1 - z))],
        22: [(gradient(lambda a: of_reset(sigmoid(a)), ar), dr * r * (1 + r))],
        23: [(gradient(lambda v: mixed(sigmoid(v @ x + u["z"] @ h0), candidate), w["z"]), np.outer(daz, x))],
        24: [(duh, np.outer(dah, r * h0))],
        25: [(duh, np.outer(dah, h0))],
    }
