"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    n, k = 5, 2
    x, mu, v = rng.normal(size=n), rng.normal(), 1.3
    phi, theta, t, beta = rng.normal(size=(n, k)), rng.normal(size=k), rng.normal(size=n), 0.7

    def likelihood(mu: float = mu, v: float = v, x: np.ndarray = x) -> float:
        return -n / 2 * np.log(2 * np.pi * v) - np.sum((x - mu) ** 2) / (2 * v)

    def noisy(theta: np.ndarray = theta, beta: float = beta, phi: np.ndarray = phi) -> float:
        return n / 2 * np.log(beta) - beta / 2 * np.sum((t - phi @ theta) ** 2)

    def slope(mu: float) -> np.ndarray:
        return gradient(lambda mu: likelihood(mu=mu), mu, 1e-4)

    square, e = np.sum((x - mu) ** 2), t - phi @ theta
    dv, dx = gradient(lambda v: likelihood(v=v), v), gradient(lambda x: likelihood(x=x), x)
    dtheta, dbeta = gradient(lambda a: noisy(theta=a), theta), gradient(lambda a: noisy(beta=a), beta)
    return {
        5: [(slope(mu), np.sum(x - mu) / v)],
        6: [(dv, -n / (2 * v) + square / (2 * v**2))],
        7: [(dv, -n / (2 * v) - square / (2 * v**2))],
        8: [(gradient(slope, mu, 1e-4), -n / v)],
        9: [(dx, (mu - x) / v)],
        10: [(dx, np.full(n, np.sum(mu - x) / v))],
        16: [(dtheta, beta * phi.T @ e)],
        17: [(dtheta, -beta * phi.T @ e)],
        18: [(dbeta, n / (2 * beta) - 0.5 * e @ e)],
        19: [(dbeta, n / beta - 0.5 * e @ e)],
        20: [(gradient(lambda a: noisy(phi=a), phi), beta * np.outer(e, theta))],
    }
