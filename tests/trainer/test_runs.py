"""Runs that stop and go on: checkpoints, interrupts, divergence, several workers, histories."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from nets import one_conv_net
from test_training import command

from verify_derivations.trainer.checkpoints import CheckpointError, previous
from verify_derivations.trainer.data import Dataset, load
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.optimisers import SCHEDULES, Optimiser, Rule
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.train import Diverged, Run, Settings
from verify_derivations.trainer.workers import Team, WorkerLost

DATA = load("digits").split(0.8, 0)  # a fifth is enough to train with here
SETTINGS = Settings(epochs=3, batch=30, rule=Rule(momentum=0.9), rate=0.05)


def model(seed: int = 0) -> Model:
    return Model(one_conv_net(), Options(), seed)


def finished(run: Run) -> dict[str, np.ndarray]:
    for _ in run:
        pass
    return {head: value.copy() for head, value in run.model.parameters.items()}


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> bool:
    return all(np.array_equal(a[head], b[head]) for head in a)


@pytest.mark.parametrize("rule", [Rule(), Rule(momentum=0.9, decay=1e-3), Rule("adam")], ids=lambda r: r.name)
@pytest.mark.parametrize("stop", [5, 12, 24])
def test_resuming_is_as_if_never_stopped(tmp_path: Path, rule: Rule, stop: int) -> None:
    settings = replace(SETTINGS, rule=rule, validation=0.2)
    expected = finished(Run(model(), DATA, settings))
    first = Run(model(), DATA, settings)
    for count, _ in enumerate(first, 1):
        if count == stop:
            first.save(tmp_path / "run")
            break
    second = Run(model(seed=9), DATA, settings)
    assert second.resume(tmp_path / "run") == []
    assert same(finished(second), expected)
    assert not same(finished(Run(model(seed=9), DATA, settings)), expected)


def test_a_damaged_checkpoint_is_refused_and_the_one_before_it_used(tmp_path: Path) -> None:
    path = tmp_path / "run"
    expected = finished(Run(model(), DATA, replace(SETTINGS, checkpoint=path)))
    path.write_bytes(path.read_bytes()[:-10])
    run = Run(model(seed=9), DATA, SETTINGS)
    (reason,) = run.resume(path)
    assert "damaged" in reason and run.epoch == 3
    assert same(finished(run), expected)
    previous(path).write_bytes(b"something else")
    with pytest.raises(CheckpointError, match="no checkpoint to resume from"):
        Run(model(), DATA, SETTINGS).resume(path)


def test_a_checkpoint_of_another_run_is_refused(tmp_path: Path) -> None:
    Run(model(), DATA, SETTINGS).save(tmp_path / "run")
    with pytest.raises(CheckpointError, match="batch is 30 there and 31 here"):
        Run(model(), DATA, replace(SETTINGS, batch=31)).resume(tmp_path / "run")
    other = replace(DATA, images=DATA.images[::-1])
    with pytest.raises(CheckpointError, match="data is"):
        Run(model(), other, SETTINGS).resume(tmp_path / "run")
    Run(model(), DATA, replace(SETTINGS, epochs=9)).resume(tmp_path / "run")


SCRIPT = """
import sys
sys.path.insert(0, {folder!r})
from test_runs import *
path = Path({path!r})
run = Run(model(), DATA, replace(SETTINGS, epochs=40, checkpoint=path))
for state in run:
    print(state.epoch, flush=True)
"""


@pytest.mark.slow
def test_a_killed_run_is_resumed_bit_for_bit(tmp_path: Path) -> None:
    path, settings = tmp_path / "run", replace(SETTINGS, epochs=40)
    script = SCRIPT.format(folder=str(Path(__file__).parent), path=str(path))
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 4:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    run = Run(model(seed=9), DATA, settings)
    run.resume(path)
    assert run.epoch >= 2
    assert same(finished(run), finished(Run(model(), DATA, settings)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_command_leaves_a_checkpoint(tmp_path: Path, workers: str, kind: signal.Signals) -> None:
    """The signal goes to all processes of the group, as from a terminal."""
    options = ["--net", "I-C1-MP1-FC1-O", "--epochs", "2000", "--checkpoint", str(tmp_path / "run")]
    options += ["--workers", workers]
    script = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); from test_training import command; "
    script += f"sys.exit(command(*{options!r}))"
    process = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, start_new_session=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "run").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, kind)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and b"can be resumed" in errors and b"Traceback" not in errors
    assert command(*options, "--resume", "--epochs", "1") == 0


def test_a_lost_worker_is_named() -> None:
    with Team(model(), DATA, 2, 31) as team:
        team(np.arange(31))
        os.kill(team._processes[0].pid, signal.SIGKILL)
        with pytest.raises(WorkerLost, match="worker 2 of 2 was ended by SIGKILL"):
            team(np.arange(31))


def test_where_no_terminal_is_each_epoch_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--epochs", "2", "--validation", "0.1") == 0
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("epoch ")]
    assert [line.split()[1] for line in lines] == ["1/2", "2/2"]
    assert all("validation " in line for line in lines)


def test_a_crash_below_python_is_not_silent() -> None:
    script = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r}); import os, signal, test_training; "
    script += "test_training.command('--list'); os.kill(os.getpid(), signal.SIGSEGV)"
    process = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, check=False)
    assert process.returncode == -signal.SIGSEGV and b"Segmentation fault" in process.stderr


def test_divergence_names_the_first_quantity() -> None:
    run = Run(model(), DATA, SETTINGS)
    steps = iter(run)
    for _ in range(3):
        next(steps)
    run.model.parameters["W3"][0, 0] = np.nan
    with pytest.raises(Diverged, match=r"epoch 1, step 4; the first quantity that is not finite is W3"):
        next(steps)
    images = DATA.images.copy()
    images[:] = np.inf
    broken = Dataset("broken", images, DATA.labels, DATA.test_images, DATA.test_labels, 10)
    with pytest.raises(Diverged, match=r"step 1; the first quantity that is not finite is z"):
        finished(Run(model(), broken, SETTINGS))


@pytest.mark.filterwarnings("error")
def test_evaluation_with_huge_parameters_does_not_warn() -> None:
    huge = model()
    for value in huge.parameters.values():
        value *= np.float32(1e38)
    assert not huge.accuracy(DATA.test_images, DATA.test_labels)[0] < 1e30  # or not a number


def test_workers_give_the_same_gradients() -> None:
    alone, shared = model(), model()
    chosen = np.arange(31)
    expected = alone.gradients(DATA.images[chosen], DATA.labels[chosen])
    with Team(shared, DATA, 2, 31) as team:
        for _ in range(2):
            losses, predictions, gradients = team(chosen)
            np.testing.assert_allclose(losses, expected[0], rtol=1e-5, atol=1e-6)
            np.testing.assert_allclose(predictions, expected[1], rtol=1e-5, atol=1e-6)
            for head, gradient in gradients.items():
                np.testing.assert_allclose(gradient, expected[2][head], rtol=1e-4, atol=1e-6)
        finished(Run(shared, DATA, SETTINGS, team))
    trained, untrained = (m.accuracy(DATA.test_images, DATA.test_labels)[0] for m in (shared, alone))
    assert trained < untrained


@pytest.mark.parametrize("rule", [Rule(), Rule(momentum=0.9), Rule("adam")], ids=["sgd", "momentum", "adam"])
def test_updates_follow_their_definitions(rule: Rule) -> None:
    rng = np.random.default_rng(0)
    start, gradients = rng.normal(size=(3, 2)), [rng.normal(size=(3, 2)) for _ in range(3)]
    parameters = {"W": start.copy()}
    optimiser = Optimiser(replace(rule, decay=0.1), parameters)
    w, m, v = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for t, gradient in enumerate(gradients, 1):
        optimiser.update({"W": gradient.copy()}, 0.01)
        g = gradient + 0.1 * w
        if rule.name == "adam":
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            w = w - 0.01 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        else:
            m = rule.momentum * m + g
            w = w - 0.01 * m
    np.testing.assert_allclose(parameters["W"], w, rtol=1e-10)


def test_schedules_begin_at_one_and_do_not_rise() -> None:
    for name, schedule in SCHEDULES.items():
        values = [schedule(t) for t in np.linspace(0, 0.999, 50)]
        assert values[0] == 1 and values == sorted(values, reverse=True), name


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_history(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"history{suffix}"
    options = ("--epochs", "2", "--validation", "0.1", "--history", str(path), "--checkpoint", str(tmp_path / "run"))
    assert command(*options) == 0
    assert command(*options, "--epochs", "3", "--resume") == 0
    lines = path.read_text().splitlines()
    rows = lines[1:] if suffix == ".csv" else [str(json.loads(line)["epoch"]) for line in lines]
    assert [row.split(",")[0] for row in rows] == ["1", "2", "3"]


def test_early_stopping() -> None:
    states = list(Run(model(), DATA, replace(SETTINGS, epochs=50, rate=1e-9, validation=0.2, patience=2)))
    assert 3 <= states[-1].epoch < 50


@pytest.mark.parametrize("patience", [3, 0])
def test_early_stopping_ends_with_the_best_parameters(patience: int) -> None:
    run = Run(model(), DATA, replace(SETTINGS, epochs=12, rate=1.5, validation=0.2, patience=patience))
    losses = [state.validation_loss for state in run if state.done]
    best = min(loss for loss in losses if loss is not None)
    assert losses[-1] != best
    found = run.model.accuracy(DATA.images[run.valid], DATA.labels[run.valid])[0]
    assert found == (best if patience else losses[-1])


def test_a_run_that_stops_early_is_resumed_bit_for_bit(tmp_path: Path) -> None:
    settings = replace(SETTINGS, epochs=12, rate=1.5, validation=0.2, patience=3)
    expected = finished(Run(model(), DATA, settings))
    first = Run(model(), DATA, settings)
    for state in first:
        if state.epoch == 3:
            first.save(tmp_path / "run")
            break
    second = Run(model(seed=9), DATA, settings)
    second.resume(tmp_path / "run")
    assert same(finished(second), expected)
    with pytest.raises(CheckpointError, match="stops early is True there and False here"):
        Run(model(), DATA, replace(settings, patience=0)).resume(tmp_path / "run")


def test_evaluate_and_predict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved, images = str(tmp_path / "p.npz"), str(tmp_path / "images.npy")
    net = ("--net", "I-C1-MP1-FC1-O")
    assert command(*net, "--epochs", "3", "--save", saved) == 0
    trained = capsys.readouterr().out
    assert command(*net, "--load", saved, "--evaluate") == 0
    assert capsys.readouterr().out == trained
    whole = load("digits").split(0.2, 0)
    np.save(images, whole.test_images * 16)
    assert command(*net, "--load", saved, "--predict", images) == 0
    labels = np.array(capsys.readouterr().out.split(), int)
    assert f"{100 * (labels == whole.test_labels).mean():.2f} %" in trained
    assert command(*net, "--evaluate") == 2


def test_plots(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is the extra that draws plots")
    assert command("--net", "I-C1-MP1-FC1-O", "--epochs", "1", "--plots", str(tmp_path)) == 0
    names = {"confusion.png", "curves.png", "feature-maps.png", "kernels.png"}
    assert {p.name for p in tmp_path.iterdir()} == names
