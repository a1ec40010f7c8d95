"""Functions of a document at other arguments than those of their definitions, and by their names alone: what a
definition rests on by other definitions moves with its variables. Each right claim has wrong twins."""

import pytest
from judging import report_on

from verify_derivations.checker.verdicts import Verdict

SCALARS = r"Let $J = f(u)$. Then $$\frac{\partial J}{\partial %s} = %s$$"
DATA = (
    r"for $x, w \in \mathbb{R}^d$. Over the data, $L(w) = \frac1n \sum_{i=1}^n %s$ and "
    r"$$\nabla L(w) = \frac1n \sum_{i=1}^n (w^\top x_i - y_i) %s$$"
)
VECTORS = r"Let $x, y, w \in \mathbb{R}^n$, %s. Let $J = f(y)$. Then $$\frac{\partial J}{\partial w} = %s$$"
KERNEL = (
    r"Let $A \in \mathbb{R}^{n \times n}$, $x, y \in \mathbb{R}^n$ and $k(x, y) = x^\top A y$. Let $J = %s$. "
    r"Then $$\frac{\partial J}{\partial A} = %s$$"
)
LAYER = (
    r"Let $z = W x$ with $W \in \mathbb{R}^{m \times n}$, $x, u \in \mathbb{R}^n$, $v \in \mathbb{R}^m$. Let "
    r"$f(x) = v^\top \tanh(z)$ and $J = f(u)$. Then $$\frac{\partial J}{\partial %s} = %s$$"
)
BARE = r"Let $h(x) = w x + b$. Let $J = %s$. Then $$\frac{\partial J}{\partial w} = %s$$"

CASES = {
    "by another definition": (
        r"Let $z = w x + b$ and $f(x) = \tanh(z)$. " + SCALARS,
        [("u", "(1 - f(u)^2) w"), ("w", "(1 - f(u)^2) u")],
        [("u", "0"), ("w", "(1 - f(u)^2) x"), ("w", "(1 - z^2) x")],
    ),
    "by one that follows": (
        r"Let $f(x) = z^2$. Here $z = w x + b$. " + SCALARS,
        [("u", "2 (w u + b) w"), ("w", "2 (w u + b) u")], [("u", "0"), ("w", "2 z x")],
    ),
    "by two": (
        r"Let $s = v^2$, $z = w x + s$, $q = z^2$ and $f(x) = \tanh(q)$. " + SCALARS,
        [("w", "2 (1 - f(u)^2) (w u + v^2) u"), ("v", "4 (1 - f(u)^2) (w u + v^2) v")], [("w", "0"), ("u", "0")],
    ),
    "by a function": (
        r"Let $z = w x$, $g(z) = z^2$ and $f(x) = g(z) + x$. " + SCALARS,
        [("w", "2 w u^2"), ("u", "2 w^2 u + 1")], [("w", "2 w x^2"), ("u", "1")],
    ),
    "by a function that nothing defines": (
        r"Let $z = w x + b$ and $f(x) = \phi(z)$. " + SCALARS,
        [("w", r"\phi'(w u + b) u")], [("w", r"\phi'(z) x"), ("u", "0")],
    ),
    "by a function's name": (
        r"Let $h(x) = w x + b$ and $f(x) = \tanh(h)$. " + SCALARS,
        [("w", "(1 - f(u)^2) u")], [("u", "0"), ("w", "(1 - f(u)^2) x")],
    ),
    "of a vector, by a number": (
        VECTORS, [(r"$z = w^\top x$ and $f(x) = \frac12 z^2$", r"(w^\top y) y")],
        [(r"$z = w^\top x$ and $f(x) = \frac12 z^2$", r"(w^\top x) x"),
         (r"$f(x) = \frac12 z^2$ with $z = w^\top x$", "0")],
    ),
    "of a vector, by a layer": (
        LAYER, [("v", r"\tanh(W u)"), ("W", r"(v \odot (1 - \tanh^2(W u))) u^\top")],
        [("v", r"\tanh(W x)"), ("u", "0")],
    ),
    "of two vectors": (
        KERNEL,
        [("k(y, x)", r"y x^\top"), ("k(x, x)", r"x x^\top"), ("k(x, A y)", r"x y^\top A^\top + A^\top x y^\top")],
        [("k(y, x)", r"x y^\top"), ("k(x, x)", r"x y^\top"), ("k(x, A y)", r"x y^\top A^\top")],
    ),
    "of an example": (
        r"Let $\ell(w; x, y) = \frac12 (w^\top x - y)^2$ " + DATA,
        [(r"\ell(w; x_i, y_i)", "x_i")], [(r"\ell(w; x_i, y_i)", "w"), (r"\ell(w; x_i, y_i)", r"2 x_i")],
    ),
    "by its name": (
        BARE, [(r"\frac12 (h - y)^2", "(h - y) x"), ("h(u)^2 + h^2", "2 h(u) u + 2 h x")],
        [(r"\frac12 (h - y)^2", "(h - y) 2 x"), ("h(u)^2 + h^2", "2 h(u) u + h x")],
    ),
}  # fmt: skip


def verdict(text: str) -> Verdict:
    return report_on(text).formulas[-1].verdict


@pytest.mark.parametrize("name", CASES)
def test_what_a_definition_rests_on_moves_with_its_variables(name: str) -> None:
    document, right, wrong = CASES[name]
    for claim in right:
        assert verdict(document % claim) is Verdict.PROVED, claim
    for claim in wrong:
        assert verdict(document % claim).wrong, claim


@pytest.mark.parametrize(
    "document",
    [
        # a derivative is at the argument, too, and the layers below are not written out
        r"Let $x, y \in \mathbb{R}^n$, $L = \frac14 (x^\top x)^2$, $g(x) = x^\top \frac{\partial L}{\partial x}$, "
        r"$J = g(y)$. Then $$\frac{\partial J}{\partial y} = x^\top x \, x$$",
        r"Let $a^{(0)} = x$ and $a^{(l)} = \tanh(W^{(l)} a^{(l-1)})$ for $l = 1, \dots, L$, with "
        r"$x, u, y \in \mathbb{R}^n$ and $W^{(l)} \in \mathbb{R}^{n \times n}$. Let $f(x) = a^{(L)}$ and "
        r"$J = \frac12 \|f(u) - y\|^2$. Then $$\frac{\partial J}{\partial u} = 0$$",
        # what a function of something else has to do with x is not written out either
        r"Let $g(t) = t x$ and $f(x) = g(2)$. " + SCALARS % ("u", "0"),
        # which of the arguments is another one?
        r"Let $z = w^\top x$ with $w, x, u \in \mathbb{R}^n$ and $f(x; w) = x^\top w + z$. "
        r"Then $J = f(u)$ has $$\frac{\partial J}{\partial w} = u + x$$",
    ],
)
def test_what_cannot_be_written_out_is_undecided(document: str) -> None:
    assert verdict(document) is Verdict.UNDECIDED


@pytest.mark.parametrize(
    ("definition", "claim", "verdict"),
    [
        ("e(x) = 2 e^x", "e(x)", Verdict.PROVED),
        ("e(x) = 2 e^x", "2 e(x)", Verdict.REFUTED),
        ("e(x) = x^2 + 1, g(x) = e^x", "e^x", Verdict.PROVED),
        ("e(x) = x^2 + 1, g(x) = e^x", "2 x e^x", Verdict.REFUTED),
        ("e(x) = x^2 + 1, g(x) = e^2", "4 x (x^2 + 1)", Verdict.PROVED),
        ("e(x) = x^2 + 1, g(x) = e^2", "2 x (x^2 + 1)", Verdict.REFUTED),
    ],
)
def test_eulers_number_beside_a_function(definition: str, claim: str, verdict: Verdict) -> None:
    name = "g" if "g(x)" in definition else "e"
    text = rf"Let $x \in \mathbb{{R}}$, ${definition.replace(', ', '$, $')}$." f"\n\n$${name}'(x) = {claim}$$\n"
    assert report_on(text).formulas[-1].verdict is verdict
