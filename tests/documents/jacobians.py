"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, m = 4, 3
    x, w, b, u = (rng.normal(size=s) for s in ((n,), (m, n), (m,), (m,)))
    f, slope = np.sin, np.cos
    z = w @ x + b
    h = f(z)
    sz, sh = gradient(lambda z: u @ f(z), z), gradient(lambda h: u @ h, h)
    hz, zx = gradient(f, z), gradient(lambda x: w @ x + b, x)
    sw = gradient(lambda w: u @ f(w @ x + b), w)
    sx, sb = gradient(lambda x: u @ f(w @ x + b), x), gradient(lambda b: u @ f(w @ x + b), b)
    return {
        12: [(sh, u)],
        13: [(gradient(lambda u: u @ h, u), h)],
        14: [(hz, np.diag(slope(z)))],
        15: [(zx, w)],
        16: [(zx, w.T)],
        17: [(gradient(lambda b: w @ x + b, b), np.eye(m))],
        18: [(sz, sh @ hz), (sz, u @ np.diag(slope(z)))],
        19: [(sx, sz @ zx), (sx, u @ np.diag(slope(z)) @ w)],
        20: [(sx, sh @ zx)],
        21: [(sb, u @ np.diag(f(z)))],
        22: [(sw, np.einsum("i,i,j->ij", u, slope(z), x))],
        23: [(sw, lambda: np.einsum("j,j,i->ij", u, slope(z), x))],
    }
