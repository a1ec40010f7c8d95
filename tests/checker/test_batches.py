"""Documents whose matrices hold a whole batch: the same net as one that is stated for one sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from verify_derivations.checker.command import main
from verify_derivations.checker.programs import nets
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.program import Program
from verify_derivations.formulas.scanner import scan
from verify_derivations.trainer.data import load
from verify_derivations.trainer.derive import completed
from verify_derivations.trainer.model import Model
from verify_derivations.trainer.options import Options
from verify_derivations.trainer.sizes import fitted
from verify_derivations.trainer.workers import Team

MLP_ROWS = Path(__file__).resolve().parents[1] / "documents" / "mlp_rows.md"
SAMPLE = r"""
$$z = W x + b, \quad W \in R^{c \times d}, x \in R^{d}, b \in R^{c}$$
$$p_k = \frac{\exp(z_k)}{\sum_{j=1}^{c} \exp(z_j)}$$
$$L = -\sum_{k=1}^{c} y_k \log p_k, \quad y \in R^{c}$$
"""
ROWS = r"""
$$Z = X W^T + \mathbf{1} b^T, \quad X \in R^{N \times d}, W \in R^{c \times d}, b \in R^{c}$$
$$P = \operatorname{softmax}(Z)$$
$$L = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{c} Y_{nk} \log P_{nk}, \quad Y \in R^{N \times c}$$
$$\frac{\partial L}{\partial Z} = \frac{1}{N}(P - Y)$$
$$\frac{\partial L}{\partial W} = \left(\frac{\partial L}{\partial Z}\right)^T X$$
$$\frac{\partial L}{\partial b} = \left(\frac{\partial L}{\partial Z}\right)^T \mathbf{1}$$
"""
COLUMNS = r"""
$$Z = W X + b \mathbf{1}^T, \quad X \in R^{d \times N}, W \in R^{c \times d}, b \in R^{c}$$
$$P_{kn} = \frac{\exp(Z_{kn})}{\sum_{j=1}^{c} \exp(Z_{jn})}$$
$$L = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{c} Y_{kn} \log P_{kn}, \quad Y \in R^{c \times N}$$
"""
DECLARED = "The ones are $\\mathbf{1} \\in R^{N \\times 1}$.\n" + ROWS


def of(text: str) -> Program:
    return fitted(completed(nets(scan(text))[0].program()), (8, 8, 1), 10, {})


def results(text: str, samples: int = 7) -> tuple[np.ndarray, ...]:
    """Mean loss, predictions, gradients by W and b, at random values."""
    data, rng = load("digits"), np.random.default_rng(0)
    model = Model(of(text), Options("float64"))
    assert set(model.parameters) == {"W", "b"}
    for value in model.parameters.values():
        value[...] = rng.normal(size=value.shape)
    losses, predictions, gradients = model.gradients(data.images[:samples], data.labels[:samples])
    assert losses.shape == (samples,) and predictions.shape == (10, samples)
    return losses.mean(), predictions, gradients["W"], gradients["b"]


@pytest.mark.parametrize("text", [ROWS, COLUMNS, DECLARED], ids=["rows", "columns", "declared ones"])
def test_the_same_as_for_one_sample(text: str) -> None:
    assert of(SAMPLE).batch is None and of(text).batch == "N"
    for found, expected in zip(results(text), results(SAMPLE), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_a_sum_is_not_a_mean() -> None:
    without = ROWS.replace(r"-\frac{1}{N}", "-").replace(r"\frac{1}{N}(P - Y)", "(P - Y)")
    for found, expected in zip(results(without)[2:], results(SAMPLE)[2:], strict=True):
        np.testing.assert_allclose(found, 7 * expected, rtol=1e-9, atol=1e-12)


def test_a_wrong_formula_of_a_batch_is_not_taken() -> None:
    program = of(ROWS.replace(r"\frac{1}{N}(P - Y)", r"\frac{1}{N}(Y - P)"))
    assert program.sources[r"\frac{\partial L}{\partial Z}"].derived
    assert not of(ROWS).sources[r"\frac{\partial L}{\partial Z}"].derived


def test_large_values_stay_in_range() -> None:
    data, model = load("digits"), Model(of(ROWS))
    for value in model.parameters.values():
        value[...] = 1000 * np.random.default_rng(0).normal(size=value.shape)
    losses, _, gradients = model.gradients(data.images[:7], data.labels[:7])
    assert np.isfinite(losses).all() and all(np.isfinite(g).all() for g in gradients.values())


def test_a_size_that_a_parameter_has_counts_no_samples() -> None:
    tied = r"$$p = W x, \quad W \in R^{n \times n}, x \in R^{n}$$ $$L = \| y - p \|^2, \quad y \in R^{n}$$"
    assert nets(scan(tied))[0].program().batch is None


def test_what_needs_single_samples_says_so() -> None:
    with pytest.raises(DocumentError, match="whole batch, which cannot be divided"):
        Team(Model(of(ROWS)), load("digits"), 2, 20)
    with pytest.raises(DocumentError, match="N counts samples"):
        fitted(completed(nets(scan(ROWS))[0].program()), (8, 8, 1), 10, {"N": 5})


@pytest.mark.parametrize("options", [(), ("--export-for", "jax"), ("--export-for", "torch")])
def test_on_the_command_line(options: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "net.py")
    assert main(["train", str(MLP_ROWS), "--epochs", "10", "--export", path, *options]) == 0
    out, err = capsys.readouterr()
    assert float(out.split("test accuracy ")[1].split(" %")[0]) > 90 and "derived" not in err
