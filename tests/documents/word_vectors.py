"""Both sides of the claims in numbers, for each word that may have been seen."""

import numpy as np
from numbers_of_documents import Claims, gradient, softmax


def claims(rng: np.random.Generator, assumed: bool) -> Claims:
    d, words = 3, 4
    v, u, seen = rng.normal(size=d), rng.normal(size=(words, d)), int(rng.integers(words))
    p, is_seen = softmax(u @ v), np.eye(words)[seen]
    others = [w for w in range(words) if w != seen]

    def of_scores(s: np.ndarray) -> float:
        return -float(np.log(softmax(s)[seen]))

    by_s = gradient(of_scores, u @ v)
    by_v = gradient(lambda v: of_scores(u @ v), v)
    by_u = gradient(lambda u: of_scores(u @ v), u)
    return {
        8: [(by_s, p - is_seen)],
        9: [(by_s, p - 1)],
        10: [(by_v, p @ u - u[seen])],
        11: [(by_v, p @ u + u[seen])],
        12: [(by_u[seen], (p[seen] - 1) * v)],
        13: [(by_u[w], p[w] * v) for w in others],
        14: [(by_u[w], p[seen] * v) for w in others],
    }
