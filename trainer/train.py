"""Training: mini-batches, shuffling, updates, checkpoints. A run is a value of its settings: stopped and resumed, it
ends with the same parameters, bit for bit."""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.trainer import checkpoints
from verify_derivations.trainer.data import Dataset
from verify_derivations.trainer.model import Draws, Model, fans, predicted
from verify_derivations.trainer.optimisers import SCHEDULES, Optimiser, Rule
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.runtime import NDArray


@dataclass(frozen=True)
class Settings:
    epochs: int = 20
    batch: int = 50
    rate: float = 0.5
    seed: int = 0
    rule: Rule = field(default_factory=Rule)
    schedule: str = "constant"
    validation: float = 0.0  # share of the training samples
    patience: int = 0  # epochs without a better validation loss before stopping with the best; 0: never
    checkpoint: Path | None = None


DEFAULT_RATES = {"adam": (0.01, 2.0), "sgd": (0.5, 200.0)}
"""For each rule a learning rate, and the largest product of a rate and the number of inputs of a unit."""


def default_rate(rule: str, program: Program) -> float:
    """A rate at which nets of any width begin to learn: what a step adds to the input of a unit grows with the number
    of terms that it sums, and where it is large, units are driven to where their derivative vanishes."""
    rate, reach = DEFAULT_RATES[rule]
    inputs = [fans(program, p)[0] for p in program.parameters if len(program[p].extents) > 1]
    return min([rate, *(reach / count for count in inputs)])


@dataclass(frozen=True)
class Progress:
    """Where a run is: after ``step`` of ``steps`` in ``epoch``; means over the epoch so far. Validation figures come
    with the last step of an epoch."""

    epoch: int
    step: int
    steps: int
    loss: float
    accuracy: float
    rate: float
    speed: float  # samples per second
    validation_loss: float | None = None
    validation_accuracy: float | None = None

    @property
    def done(self) -> bool:
        """Whether the epoch is complete."""
        return self.step == self.steps


class Diverged(DocumentError):
    """The loss is no longer finite."""


class Gradients(Protocol):
    """What computes gradients of a mini-batch: one process or several."""

    def __call__(self, chosen: NDArray, draws: Draws) -> tuple[NDArray, NDArray, dict[str, NDArray]]:
        """Loss of each sample, predictions (classes × samples), mean gradients."""


class Run:
    """One training run of ``model`` on ``data``."""

    def __init__(self, model: Model, data: Dataset, settings: Settings, gradients: Gradients | None = None) -> None:
        self.model, self.settings = model, settings
        order = np.random.default_rng([settings.seed, 0]).permutation(len(data.labels))
        held = round(len(order) * settings.validation)
        if settings.validation and not 0 < held < len(order):
            raise DocumentError(f"a validation share of {settings.validation} leaves nothing to train or validate with")
        self.data, self.valid, self.kept = data, np.sort(order[:held]), np.sort(order[held:])
        self._contents = zlib.crc32(np.ascontiguousarray(data.images).data, zlib.crc32(data.labels.tobytes()))
        self.gradients = gradients or self._gradients
        self.optimiser = Optimiser(settings.rule, model.parameters)
        self.epoch, self.step = 1, 0
        self.loss = self.right = self.seen = 0.0
        self.best, self.waited = float("inf"), 0
        self.best_parameters = {h: v.copy() for h, v in model.parameters.items()} if settings.patience else {}
        self.interrupted = False  # may be set at any moment; looked at between steps

    def _gradients(self, chosen: NDArray, draws: Draws) -> tuple[NDArray, NDArray, dict[str, NDArray]]:
        return self.model.gradients(self.data.images[chosen], self.data.labels[chosen], draws)

    def __iter__(self) -> Iterator[Progress]:
        """Trains to the end; yields after every step."""
        settings, steps = self.settings, -(-len(self.kept) // self.settings.batch)
        while self.epoch <= settings.epochs and not self.stopped:
            # the order depends on seed and epoch alone, so that a resumed run need not replay anything
            order = self.kept[np.random.default_rng([settings.seed, self.epoch]).permutation(len(self.kept))]
            start, before = time.perf_counter(), self.seen
            while self.step < steps:
                chosen = order[self.step * settings.batch:(self.step + 1) * settings.batch]
                share = (self.epoch - 1 + self.step / steps) / settings.epochs
                rate = settings.rate * SCHEDULES[settings.schedule](share)
                self._update(chosen, rate)
                self.step += 1
                speed = (self.seen - before) / (time.perf_counter() - start)
                values = self.epoch, self.step, steps, self.loss / self.seen, self.right / self.seen, rate, speed
                if self.step < steps:
                    yield Progress(*values)
            validation = self._validate() if len(self.valid) else (None, None)
            self.epoch, self.step = self.epoch + 1, 0
            self.loss = self.right = self.seen = 0.0
            if settings.checkpoint:
                self.save(settings.checkpoint)
            yield Progress(*values, *validation)
        for head, value in self.best_parameters.items():
            np.copyto(self.model.parameters[head], value)

    @property
    def stopped(self) -> bool:
        """Whether validation has not improved for too long."""
        return 0 < self.settings.patience <= self.waited

    def _update(self, chosen: NDArray, rate: float) -> None:
        # like the order, draws depend on the place in the run alone; a seed that ends with 0 would be that of the order
        draws = self.model.drawn(len(chosen), (self.settings.seed, self.epoch, self.step + 1))
        with np.errstate(all="ignore"):  # what is not finite is reported below, by name
            losses, predictions, gradients = self.gradients(chosen, draws)
        if not np.isfinite(losses).all():
            raise Diverged(self._diagnosis(chosen, draws))
        self.seen += len(chosen)
        self.loss += float(losses.sum(dtype=np.float64))
        self.right += float((predicted(predictions) == self.data.labels[chosen]).sum())
        self.optimiser.update(gradients, rate)

    def _diagnosis(self, chosen: NDArray, draws: Draws) -> str:
        with np.errstate(all="ignore"):
            first = self.model.first_not_finite(self.data.images[chosen], self.data.labels[chosen], draws)
        path = self.settings.checkpoint
        kept = f"; the last good checkpoint is {path}" if path is not None and path.exists() else ""
        return (f"the loss is not finite in epoch {self.epoch}, step {self.step + 1}; "
                f"the first quantity that is not finite is {first}{kept}; a smaller --rate may help")

    def _validate(self) -> tuple[float, float]:
        loss, accuracy = self.model.accuracy(self.data.images[self.valid], self.data.labels[self.valid])
        self.waited = 0 if loss < self.best else self.waited + 1
        if loss < self.best:
            for head, value in self.best_parameters.items():
                np.copyto(value, self.model.parameters[head])
        self.best = min(self.best, loss)
        return loss, accuracy

    # -- checkpoints ----------------------------------------------------------------------------------
    def signature(self) -> dict[str, Any]:
        """What a checkpoint must be of, to be resumed by this run. More epochs are the same run, if the rate does not
        depend on their number."""
        settings = {k: v for k, v in asdict(self.settings).items() if k not in ("checkpoint", "patience")}
        if self.settings.schedule == "constant":
            del settings["epochs"]
        program, data = self.model.program, self.data
        return {
            "net": program.name, "loss": program.loss_name, "sizes": dict(sorted(program.sizes.items())),
            "draws": [[d.head, d.low, d.high] for d in program.draws],
            "formulas": _fingerprint(program),
            "options": asdict(self.model.options), "stops early": bool(self.settings.patience),
            "data": [data.name, len(data.labels), self._contents],
            **settings,
        }

    def _state(self) -> dict[str, NDArray]:
        return {
            **{f"parameter {head}": value for head, value in self.model.parameters.items()},
            **{f"best {head}": value for head, value in self.best_parameters.items()},
            **self.optimiser.state,
        }

    def save(self, path: Path) -> None:
        """The whole state of the run."""
        arrays = self._state()
        position = [self.epoch, self.step, self.loss, self.right, self.seen, self.best, self.waited]
        checkpoints.write(path, arrays, {"signature": self.signature(), "position": position})

    def resume(self, path: Path) -> list[str]:
        """Continues from the newest usable checkpoint; says which newer ones were refused."""
        arrays, meta, refused = checkpoints.read(path, self.signature())
        for name, value in self._state().items():
            np.copyto(value, arrays[name])
        self.epoch, self.step, self.loss, self.right, self.seen, self.best, self.waited = meta["position"]
        return refused


def _fingerprint(program: Program) -> int:
    """Of all formulas, whatever number a fresh index variable has in this process."""
    formulas = [(q.head, q.extents, q.indices, q.body) for q in program], sorted(program.functions.items())
    return zlib.crc32(re.sub(r"(%[^.%'\s]*)\.\d+", r"\1", repr(formulas)).encode())
