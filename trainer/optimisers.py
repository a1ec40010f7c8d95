"""Updates of parameters, learning-rate schedules. Everything that an update remembers is in ``state``, by name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from verify_derivations.trainer.runtime import NDArray

SCHEDULES: dict[str, Callable[[float], float]] = {
    "constant": lambda t: 1.0,
    "linear": lambda t: 1.0 - t,
    "cosine": lambda t: 0.5 * (1 + math.cos(math.pi * t)),
    "steps": lambda t: 0.1 ** int(t * 3),
    "exponential": lambda t: 0.01 ** t,
}
"""Factors of the learning rate at the share ``0 ≤ t < 1`` of the run."""


@dataclass(frozen=True)
class Rule:
    """``momentum`` and ``decay`` (of weights with two or more indices, as ``decay · W`` added to the gradient)."""

    name: str = "sgd"  # or "adam"
    momentum: float = 0.0
    decay: float = 0.0


class Optimiser:
    """Updates ``parameters`` in place."""

    def __init__(self, rule: Rule, parameters: Mapping[str, NDArray]) -> None:
        self.rule, self.parameters = rule, parameters
        kinds = ("first", "second") if rule.name == "adam" else ("velocity",) if rule.momentum else ()
        self.state: dict[str, NDArray] = {
            f"{kind} {head}": np.zeros_like(value) for kind in kinds for head, value in parameters.items()
        }
        self.state["steps"] = np.zeros((), np.int64)
        self._spare = {head: np.empty_like(value) for head, value in parameters.items()}
        decayed = [head for head, value in parameters.items() if rule.decay and value.ndim > 1]
        self._decayed = {head: np.empty_like(parameters[head]) for head in decayed}

    def update(self, gradients: Mapping[str, NDArray], rate: float) -> None:
        """One step down. Gradients are only read: those of two parameters may be one array."""
        self.state["steps"] += 1
        for head, value in self.parameters.items():
            gradient = gradients[head]
            if head in self._decayed:
                decay = np.multiply(value, self.rule.decay, out=self._spare[head])
                gradient = np.add(gradient, decay, out=self._decayed[head])
            if self.rule.name == "adam":
                self._adam(head, value, gradient, rate)
            elif self.rule.momentum:
                velocity = self.state[f"velocity {head}"]
                velocity *= self.rule.momentum
                velocity += gradient
                value -= np.multiply(velocity, rate, out=self._spare[head])
            else:
                value -= np.multiply(gradient, rate, out=self._spare[head])

    def _adam(self, head: str, value: NDArray, gradient: NDArray, rate: float) -> None:
        """``m ← β₁m + (1-β₁)g``, ``v ← β₂v + (1-β₂)g²``, ``w ← w - r · m̂/(√v̂ + ε)``; β₁ = 0.9, β₂ = 0.999, ε = 1e-8."""
        first, second, spare = self.state[f"first {head}"], self.state[f"second {head}"], self._spare[head]
        steps = int(self.state["steps"])
        first *= 0.9
        first += np.multiply(gradient, 0.1, out=spare)
        second *= 0.999
        np.multiply(gradient, gradient, out=spare)
        spare *= 0.001
        second += spare
        np.sqrt(second, out=spare)
        spare *= 1 / math.sqrt(1 - 0.999**steps)
        spare += 1e-8
        np.divide(first, spare, out=spare)
        spare *= rate / (1 - 0.9**steps)
        value -= spare
