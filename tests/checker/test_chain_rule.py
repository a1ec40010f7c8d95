"""The chain rule for functions of several numbers: each verdict beside one that a slip turns over."""

from __future__ import annotations

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Formula, Verdict

PROVED, REFUTED = Verdict.PROVED, Verdict.REFUTED


def last(*lines: str) -> Formula:
    return report_on("\n\n".join(f"$${line}$$" for line in lines)).formulas[-1]


def by(top: str, bottom: str) -> str:
    return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"


@pytest.mark.parametrize("of", ["", "(a, b)"])
def test_of_defined_functions(of: str) -> None:
    lines = "f(u, v) = u^2 v", f"u{of} = a + b", f"v{of} = a b"
    whole = f"{by('f', 'u')} {by('u', 'a')} + {by('f', 'v')} {by('v', 'a')}"
    assert last(*lines, f"{by('f', 'a')} = {whole}").verdict is PROVED
    assert last(*lines, f"{by('f', 'a')} = {by('f', 'u')} {by('u', 'a')}").verdict is REFUTED
    assert last(*lines, f"{by('f', 'a')} = 2 u v + u^2 b").verdict is PROVED
    assert last(*lines, f"{by('f', 'b')} = 2 u v + u^2 b").verdict is REFUTED


@pytest.mark.parametrize(("x", "y", "right", "wrong"), [
    ("g(t)", "h(t)", r"∂x \frac{d x}{d t} + ∂y \frac{d y}{d t}", r"∂x \frac{d x}{d t}"),
    ("g(t)", "h(t)", "∂x g'(t) + ∂y h'(t)", "∂x g'(t) + ∂y g'(t)"),
    ("s t", "s + t", "s ∂x + ∂y", "t ∂x + ∂y"),
])  # fmt: skip
def test_of_functions_of_which_nothing_is_said(x: str, y: str, right: str, wrong: str) -> None:
    right, wrong = (side.replace("∂x", by("f", "x")).replace("∂y", by("f", "y")) for side in (right, wrong))
    lines = "z = f(x, y)", f"x = {x}", f"y = {y}"
    assert last(*lines, rf"\frac{{d z}}{{d t}} = {right}").verdict is PROVED
    assert last(*lines, rf"\frac{{d z}}{{d t}} = {wrong}").verdict is REFUTED


def test_of_a_function_at_two_places_nothing_is_known() -> None:
    lines = "z = f(x) + f(y)", "x = 2 t", "y = 3 t"
    assert last(*lines, rf"\frac{{d z}}{{d t}} = 2 {by('f', 'x')} + 3 {by('f', 'y')}").verdict is Verdict.UNDECIDED
    assert last(*lines, r"\frac{d z}{d t} = 2 f'(x) + 3 f'(y)").verdict is PROVED
    assert last(*lines, r"\frac{d z}{d t} = 3 f'(x) + 2 f'(y)").verdict is REFUTED
