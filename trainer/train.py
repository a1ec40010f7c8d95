"""Training: mini-batches, shuffling, updates."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from verify_derivations.trainer.arrays import NDArray
from verify_derivations.trainer.data import Dataset
from verify_derivations.trainer.model import Model


@dataclass(frozen=True)
class Settings:
    epochs: int = 20
    batch: int = 50
    rate: float = 0.5
    seed: int = 0


@dataclass(frozen=True)
class Progress:
    """Where a run is: after ``step`` of ``steps`` in ``epoch``; means over the epoch so far."""

    epoch: int
    step: int
    steps: int
    loss: float
    accuracy: float
    speed: float  # samples per second


def train(model: Model, data: Dataset, settings: Settings) -> Iterator[Progress]:
    """Stochastic gradient descent; yields after every step. The same seed gives the same parameters, bit for bit."""
    rng = np.random.default_rng(settings.seed)
    batches = -(-len(data.labels) // settings.batch)
    for epoch in range(1, settings.epochs + 1):
        loss = right = seen = 0.0
        start = time.perf_counter()
        for step, chosen in enumerate(shuffled(len(data.labels), settings.batch, rng), 1):
            labels = data.labels[chosen]
            losses, predictions, gradients = model.gradients(data.images[chosen], labels)
            for head, gradient in gradients.items():
                model.parameters[head] -= np.asarray(settings.rate, gradient.dtype) * gradient
            seen += len(chosen)
            loss += float(losses.sum())
            right += float((predictions.argmax(axis=0) == labels).sum())
            yield Progress(epoch, step, batches, loss / seen, right / seen, seen / (time.perf_counter() - start))


def shuffled(count: int, batch: int, rng: np.random.Generator) -> Iterator[NDArray]:
    """All indices once, in random order, in mini-batches; the last one may be smaller."""
    order = rng.permutation(count)
    for start in range(0, count, batch):
        yield order[start:start + batch]
