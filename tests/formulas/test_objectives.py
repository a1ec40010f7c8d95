"""What is minimised is defined by that, where nothing else defines it."""

from __future__ import annotations

import pytest

from verify_derivations.formulas.objectives import objectives, with_objectives
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import read
from verify_derivations.formulas.symbol_table import collect
from verify_derivations.formulas.symbols import Symbols


def rewritten(*formulas: str) -> list[str]:
    symbols: Symbols = collect(formulas)
    trees = [read(latex, symbols).statements for latex in formulas]
    names = objectives(trees)
    return [to_latex(with_objectives(tree, names)) for tree in trees]


@pytest.mark.parametrize(
    ("latex", "read_as"),
    [
        (r"\min_{w} J(w) = w^2 + b", r"J(w) = w^{2} + b"),
        (r"\underset{w, b}{\operatorname{minimize}} \quad J(w, b) = (w - b)^2", r"J(w, b) = (w - b)^{2}"),
        (r"\max_\theta L = \min_\theta \theta", r"\max_{\theta}L = \min_{\theta}\theta"),
        (r"\min_w J(w) = \min_w w^2", r"J(w) = w^{2}"),
        (r"v = \arg\min_w J(w) = \arg\min_w w^2",
         r"v = \arg\min_{w}J(w) = \arg\min_{w}w^{2},\quad J(w) = w^{2}"),
        (r"\min_w J(w) = w^2 + b = (w + b)^2", r"J(w) = w^{2} + b = (w + b)^{2}"),
        (r"\min_w J(w) = 3", r"\min_{w}J(w) = 3"),  # its value
        (r"\max_w L(w) = \max_w \log L(w)", r"\max_{w}L(w) = \max_{w}\log L(w)"),
        (r"m = \max_k z_k", r"m = \max_{k}z_{k}"),
    ],
)  # fmt: skip
def test_what_is_minimised_is_defined(latex: str, read_as: str) -> None:
    assert rewritten(latex) == [read_as]


def test_not_where_something_else_defines_it() -> None:
    first, second = r"L(w) = 2w", r"\max_{w}L(w) = \max_{w}w"
    assert rewritten(first, second)[1] == second


def test_its_value_is_said_again() -> None:
    assert rewritten(r"L(w) = 2w", r"\min_{w}L(w) = 3w")[1] == "L(w) = 3w"
