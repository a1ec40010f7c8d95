"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d = 4
    mu, s, noise, sigma = rng.normal(size=d), rng.normal(size=d), rng.normal(size=d), rng.uniform(0.5, 2, size=d)

    def divergence(mu: np.ndarray, s: np.ndarray) -> float:
        return -0.5 * np.sum(1 + s - mu**2 - np.exp(s))

    dmu, ds = gradient(lambda mu: divergence(mu, s), mu), gradient(lambda s: divergence(mu, s), s)
    z = mu + np.exp(s / 2) * noise
    zs = np.diag(gradient(lambda s: mu + np.exp(s / 2) * noise, s))
    dk = gradient(lambda q: -0.5 * np.sum(1 + np.log(q**2) - mu**2 - q**2), sigma)
    return {
        4: [(dmu, mu)],
        5: [(dmu, mu)],
        6: [(ds, (np.exp(s) - 1) / 2)],
        7: [(ds, np.exp(s) / 2)],
        10: [(np.diag(gradient(lambda mu: mu + np.exp(s / 2) * noise, mu)), np.ones(d))],
        11: [(zs, np.exp(s / 2) * noise / 2)],
        12: [(zs, np.exp(s / 2) * noise)],
        13: [(zs, (z - mu) / 2)],
        17: [(dk, sigma - 1 / sigma)],
        18: [(dk, sigma - 1 / (2 * sigma))],
    }
