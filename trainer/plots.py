"""Figures of a run (an extra: needs matplotlib): curves, first-layer kernels, feature maps, confusion matrix."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from verify_derivations.formulas.errors import DocumentError
from verify_derivations.trainer import files
from verify_derivations.trainer.data import Dataset
from verify_derivations.trainer.model import Model, predicted
from verify_derivations.trainer.runtime import Compiled, NDArray
from verify_derivations.trainer.train import Progress


def draw(folder: Path, model: Model, data: Dataset, history: Sequence[Progress]) -> list[Path]:
    """Every figure that applies, as PNG files; their paths."""
    figures: dict[str, Any] = {}
    if history:
        figures["curves"] = curves(history)
    figures["confusion"] = confusion(model, data)
    kernel = next((p for p in model.program.parameters if len(model.program.shape(p)) == 4), None)
    if kernel is not None and model.program.batch is None:
        kernels = model.parameters[kernel]
        figures["kernels"] = grid(kernels.reshape(-1, *kernels.shape[2:]))
        figures["feature-maps"] = grid(feature_maps(model, data.test_images[:1]))
    return saved(folder, figures)


def saved(folder: Path, figures: Mapping[str, Any]) -> list[Path]:
    """Each as a PNG file of its name."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, figure in figures.items():
        drawn = io.BytesIO()
        figure.savefig(drawn, dpi=120, format="png")
        paths.append(folder / f"{name}.png")
        files.write(paths[-1], drawn.getvalue())
    return paths


def _figure() -> Any:
    try:
        from matplotlib.figure import Figure  # without pyplot: no display is looked for
    except ImportError:
        raise DocumentError("--plots needs matplotlib: pip install 'verify-derivations[plots]'") from None
    return Figure(figsize=(8, 4), layout="constrained")


def curves(history: Sequence[Progress]) -> Any:
    """Loss and accuracy by epoch, training and (where there is one) validation."""
    figure = _figure()
    epochs = [state.epoch for state in history]
    for axes, name in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
        axes.plot(epochs, [getattr(state, name) for state in history], label="training")
        validation = [getattr(state, f"validation_{name}") for state in history]
        if None not in validation:
            axes.plot(epochs, validation, label="validation")
        axes.set_xlabel("epoch")
        axes.set_ylabel(name)
        axes.legend()
    return figure


def compared(curves: Mapping[str, Sequence[float]]) -> Any:
    """Test accuracies by epoch, before training first, one curve for each run."""
    figure = _figure()
    axes = figure.subplots()
    for number, (name, values) in enumerate(curves.items()):
        if values:
            axes.plot(range(len(values)), values, label=name, linewidth=1 if number else 3)
    axes.set_xlabel("epoch")
    axes.set_ylabel("test accuracy")
    axes.legend()
    return figure


def confusion(model: Model, data: Dataset) -> Any:
    """How many test images of each class (rows) were taken for each (columns)."""
    found = predicted(model.outputs(data.test_images)[0])
    counts = np.zeros((data.classes, data.classes), int)
    np.add.at(counts, (data.test_labels, found), 1)
    figure = _figure()
    axes = figure.subplots()
    axes.imshow(np.log1p(counts), cmap="Blues")
    for row, column in np.ndindex(*counts.shape):
        if counts[row, column]:
            shade = "white" if counts[row, column] > counts.max() / 4 else "black"
            axes.text(column, row, counts[row, column], ha="center", va="center", fontsize=7, color=shade)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    return figure


def grid(maps: NDArray) -> Any:
    """Small images side by side, each on its own scale."""
    figure = _figure()
    columns = min(8, len(maps))
    cells = figure.subplots(-(-len(maps) // columns), columns, squeeze=False)
    for cell in cells.flat:
        cell.axis("off")
    for cell, image in zip(cells.flat, maps, strict=False):
        cell.imshow(image, cmap="gray")
    return figure


def feature_maps(model: Model, image: NDArray) -> NDArray:
    """The first quantity that is pooled from maps, for one image: (maps, height, width)."""
    program = model.program
    head = next(q.head for q in program.forward if q.head not in program.inputs and len(q.extents) == 3
                and program.shape(q.head) != program.shape(program.inputs[0]))
    step = Compiled(model.code(1, (head,)), model.parameters)
    np.copyto(step.arrays[program.inputs[0]].reshape(-1, 1), image.reshape(1, -1).T)
    step.run()
    return step.arrays[head][..., 0]
