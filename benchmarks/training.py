"""Training speed of the generated code next to PyTorch eager, interleaved in one run.

    python benchmarks/training.py [--batch 50 128] [--maps 6 12] [--epochs 7] [--samples 10000] [--workers 2]

Same net, data, initial values and updates (stochastic gradient descent); gradients are compared before anything is
timed. Epochs of all contestants alternate; the figures are medians, the ratio is to PyTorch with two threads.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "trainer"))
from nets import two_conv_net

from verify_derivations.trainer.data import dataset
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.optimisers import Optimiser, Rule
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.workers import Team

RATE = 0.5


def torch_epoch(torch: Any, model: Model, images: Any, labels: Any, batch: int,
                threads: int) -> tuple[Callable[[], None], Any]:
    """The same net in PyTorch with the same initial values, and its parameters by the names of the formulas."""
    p = {head: torch.tensor(value.copy()) for head, value in model.parameters.items()}
    weights = {
        "k1": p["k1"].permute(1, 0, 2, 3).flip((2, 3)).contiguous().requires_grad_(), "c1": p["c1"].requires_grad_(),
        "k2": p["k2"].permute(1, 0, 2, 3).flip((2, 3)).contiguous().requires_grad_(), "c2": p["c2"].requires_grad_(),
        "W4": p["W4"].T.contiguous().requires_grad_(), "b4": p["b4"].requires_grad_(),
    }
    x, y = torch.tensor(images.transpose(0, 3, 1, 2).copy()), torch.tensor(labels)
    optimiser = torch.optim.SGD(weights.values(), lr=RATE)
    f = torch.nn.functional

    def loss(chosen: Any) -> Any:
        a = f.max_pool2d(torch.sigmoid(f.conv2d(x[chosen], weights["k1"], weights["c1"])), 2)
        a = f.max_pool2d(torch.sigmoid(f.conv2d(a, weights["k2"], weights["c2"])), 2)
        return f.cross_entropy(f.linear(a.flatten(1), weights["W4"], weights["b4"]), y[chosen])

    def epoch() -> None:
        torch.set_num_threads(threads)
        for start in range(0, len(y), batch):
            chosen = slice(start, start + batch)
            optimiser.zero_grad()
            loss(chosen).backward()
            optimiser.step()

    loss(slice(0, batch)).backward()
    gradients = {
        **{k: weights[k].grad.flip((2, 3)).permute(1, 0, 2, 3) for k in ("k1", "k2")},
        "W4": weights["W4"].grad.T, **{b: weights[b].grad for b in ("c1", "c2", "b4")},
    }
    return epoch, {head: gradient.numpy().copy() for head, gradient in gradients.items()}


def generated_epoch(model: Model, gradients: Callable[[Any], Any], count: int, batch: int) -> Callable[[], None]:
    optimiser = Optimiser(Rule(), model.parameters)
    everything = np.arange(count)

    def epoch() -> None:
        for start in range(0, count, batch):
            optimiser.update(gradients(everything[start:start + batch])[2], RATE)

    return epoch


def compare(found: Any, expected: Any) -> None:
    for head, gradient in found.items():
        difference = np.abs(gradient - expected[head]).max() / np.abs(expected[head]).max()
        assert difference < 1e-5, (head, difference)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--batch", type=int, nargs="+", default=[50, 128])
    parser.add_argument("--maps", type=int, nargs=2, default=[6, 12])
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--epochs", type=int, default=7)
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    import torch

    rng = np.random.default_rng(0)
    images = np.maximum(rng.normal(size=(args.samples, 28, 28, 1)), 0).astype(np.float32)
    labels = rng.integers(0, 10, args.samples)
    data = dataset("noise", images, labels)
    images = data.images
    program = two_conv_net(maps=tuple(args.maps))
    print(f"28×28-{args.maps[0]}c5-2s-{args.maps[1]}c5-2s-10, {args.samples} samples an epoch, "
          f"medians of {args.epochs} epochs")
    for batch in args.batch:
        start = time.perf_counter()
        model = Model(program, Options())
        model.compiled(batch, True)
        print(f"batch {batch} (compiled in {time.perf_counter() - start:.2f} s)")
        contestants: dict[str, Callable[[], None]] = {}
        team_model = Model(program, Options())
        with Team(team_model, data, args.workers, batch) as team:  # forks before any thread of PyTorch exists
            # in double precision, where no two places of a pooling window differ by rounding alone
            exact = Model(program, Options(dtype="float64"))
            doubles = images[:batch].astype(np.float64)
            compare(exact.gradients(doubles, labels[:batch])[2],
                    torch_epoch(torch, exact, doubles, labels[:batch], batch, 1)[1])
            compare(team(np.arange(batch))[2], model.gradients(images[:batch], labels[:batch])[2])
            for threads in (2, 1):
                name = f"PyTorch eager, {threads} thread{'s' * (threads > 1)}"
                contestants[name], _ = torch_epoch(torch, model, images, labels, batch, threads)
            single = partial(alone, model, images, labels)
            contestants["generated NumPy, 1 thread"] = generated_epoch(model, single, len(labels), batch)
            name = f"generated NumPy, {args.workers} workers"
            contestants[name] = generated_epoch(team_model, team, len(labels), batch)
            times: dict[str, list[float]] = {name: [] for name in contestants}
            for epoch in contestants.values():
                epoch()
            for _ in range(args.epochs):
                for name, epoch in contestants.items():
                    start = time.perf_counter()
                    epoch()
                    times[name].append(time.perf_counter() - start)
        base = statistics.median(times["PyTorch eager, 2 threads"])
        for name, seconds in times.items():
            median = statistics.median(seconds)
            print(f"  {name:28s} {args.samples / median:9,.0f} samples/s  {base / median:5.2f}")


def alone(model: Model, images: Any, labels: Any, chosen: Any) -> Any:
    part = slice(chosen[0], chosen[-1] + 1)
    return model.gradients(images[part], labels[part])


if __name__ == "__main__":
    main()
