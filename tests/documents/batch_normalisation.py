"""Both sides of the claims in numbers."""

import numpy as np
from numbers_of_documents import Claims, gradient


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    m, eps = 5, 0.1
    x, t, gamma, beta = rng.normal(size=m), rng.normal(size=m), rng.normal(), rng.normal()

    def of_y(y: np.ndarray) -> float:
        return 0.5 * np.sum((y - t) ** 2)

    def of_hat(hat: np.ndarray, gamma: float = gamma, beta: float = beta) -> float:
        return of_y(gamma * hat + beta)

    def of_v(v: float, mu: float, x: np.ndarray) -> float:
        return of_hat((x - mu) / np.sqrt(v + eps))

    def of_mu(mu: float, x: np.ndarray) -> float:
        return of_v(np.mean((x - mu) ** 2), mu, x)

    mu = x.mean()
    v = np.mean((x - mu) ** 2)
    scale = 1 / np.sqrt(v + eps)
    hat = (x - mu) * scale
    y = gamma * hat + beta
    dy, dhat = gradient(of_y, y), gradient(of_hat, hat)
    dgamma = gradient(lambda g: of_hat(hat, gamma=g), gamma)
    dv, dmu = gradient(lambda v: of_v(v, mu, x), v), gradient(lambda mu: of_mu(mu, x), mu)
    dx = gradient(lambda x: of_mu(x.mean(), x), x)
    return {
        12: [(dy, y - t)],
        13: [(gradient(lambda b: of_hat(hat, beta=b), beta), dy.sum())],
        14: [(dgamma, dy @ hat)],
        15: [(dgamma, dy @ x)],
        16: [(dhat, gamma * dy)],
        17: [(dv, -0.5 * np.sum(dhat * (x - mu)) * scale**3)],
        18: [(dv, -0.5 * np.sum(dhat * (x - mu)) * scale)],
        19: [(np.sum(x - mu), 0.0)],
        20: [(dmu, -scale * dhat.sum())],
        21: [(dx, scale * dhat + 2 / m * (x - mu) * dv + dmu / m)],
        22: [(dx, scale * dhat + 1 / m * (x - mu) * dv + dmu / m)],
        23: [(dx, gamma * scale / m * (m * dy - dy.sum() - hat * (dy @ hat)))],
    }
