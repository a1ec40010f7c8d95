"""What a formula says by its notation, and the words beside it: each claim beside one that says something else."""

# ruff: noqa: E501  documents and claims are shown in one line each

from __future__ import annotations

import pytest

from verify_derivations.checker import check
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.formulas.scanner import scan

PROVED, REFUTED, UNDECIDED, CONDITIONAL = Verdict.PROVED, Verdict.REFUTED, Verdict.UNDECIDED, Verdict.CONDITIONAL
SPHERE = (
    r"Let $A \in \mathbb{R}^{n \times n}$ be symmetric and $x \in \mathbb{R}^n$. The Lagrangian of $\max x^\top A x$ WORDS"
    r" $x^\top x = 1$ is $$\mathcal{L} = x^\top A x - \lambda (x^\top x - 1)$$"
)
SIGNS = r"Labels are $t_n \in \{-1, 1\}$, so $t_n^2 = 1$. With scores $s_n$, $n = 1, \dots, N$, let $$E = \frac12 \sum_{n=1}^N (1 - t_n s_n)^2$$"
SPREAD = r"Let $x, \mu, \sigma \in \mathbb{R}$, SIGN and $$\ell = \frac{(x - \mu)^2}{2 \sigma^2}$$ Suppose first that $\sigma^2 = 4$. Then"
FIT = r"Let $X \in \mathbb{R}^{n \times d}$, $y \in \mathbb{R}^n$, $w, \hat w \in \mathbb{R}^d$ and $$J = \frac{1}{2n} \|X w - y\|^2$$ WORDS"
BOLD = r"Let $\mathbf{w}, \mathbf{x} \in \mathbb{R}^d$ and $w \in \mathbb{R}$, $$f = w \mathbf{w}^\top \mathbf{x} + w^2$$"
TARGET = r"Let $w, x, x', r, \gamma \in \mathbb{R}$ and $$\ell = \frac12 (r + \gamma w x' - w x)^2$$ WORDS"
SEMI, FULL = r"-(r + \gamma w x' - w x) x", r"(r + \gamma w x' - w x) (\gamma x' - x)"
EVEN = r"Let $x \in \mathbb{R}^{2 n}$ and $$E = \sum_{k=1}^n x_{2k}^2 + \sum_{k=1}^n x_{2k-1}$$"


def last(text: str, claim: str, *, repair: float = 0) -> Formula:
    return check(scan(f"{text}\n\n$${claim}$$\n"), effort=Effort(repair=repair)).formulas[-1]


READINGS = [
    # A sign behind a function that stands nowhere by itself is its argument's.
    (r"Let $x, s \in \mathbb{R}$, $$p = \exp -\frac{x^2}{2 s^2} + s$$", r"\frac{\partial p}{\partial x} = -\frac{x}{s^2} (p - s)", PROVED, r"\frac{\partial p}{\partial x} = -\frac{x}{s^2}", REFUTED),
    # A constraint of a problem that is to be solved is none of its Lagrangian.
    (SPHERE.replace("WORDS", "subject to"), r"\nabla_\lambda \mathcal{L} = 1 - x^\top x", PROVED, r"\nabla_\lambda \mathcal{L} = x^\top x - 1", REFUTED),
    (SPHERE.replace("WORDS", "under the constraint"), r"\frac{\partial \mathcal{L}}{\partial \lambda} = 1 - x^\top x", PROVED, r"\frac{\partial \mathcal{L}}{\partial \lambda} = 0", REFUTED),
    (r"Probabilities are normalised, $\sum_k \pi_k = 1$. Let $$Q = \sum_{k=1}^K N_k \log \pi_k + \lambda \left(\sum_{k=1}^K \pi_k - 1\right)$$", r"\frac{\partial Q}{\partial \lambda} = \sum_{k=1}^K \pi_k - 1", PROVED, r"\frac{\partial Q}{\partial \lambda} = 0", REFUTED),
    # A unit vector of one entry is 1 or -1: that shows nothing of others.
    (r"Let $u \in \mathbb{R}^n$, $\|u\| = 1$, $x \in \mathbb{R}^n$, $P = u u^\top$, $$f = \frac12 \|x - P x\|^2$$", r"\nabla_x f = x - P x", CONDITIONAL, r"\nabla_x f = P x - x", UNDECIDED),
    # y² = 1 is no y = 1.
    (SIGNS, r"\frac{\partial E}{\partial s_n} = s_n - t_n", PROVED, r"\frac{\partial E}{\partial s_n} = s_n - 1", REFUTED),
    (SIGNS, r"\frac{\partial E}{\partial s_n} = -t_n (1 - t_n s_n)", PROVED, r"\frac{\partial E}{\partial s_n} = -(1 - t_n s_n)", REFUTED),
    (SPREAD.replace("SIGN", r"$\sigma > 0$"), r"\frac{d\ell}{d\mu} = -\frac{x - \mu}{4}", CONDITIONAL, r"\frac{d\ell}{d\mu} = -\frac{x - \mu}{16}", REFUTED),
    (SPREAD.replace("SIGN", r"$\sigma \neq 0$"), r"\frac{d\ell}{d\mu} = -\frac{x - \mu}{4}", UNDECIDED, r"\frac{d\ell}{d\mu} = -\frac{x - \mu}{16}", UNDECIDED),
    # What the text says of given data, and is not used.
    (FIT.replace("WORDS", r"where $\frac1n X^\top X = I$. Then"), r"\nabla_w J = w - \frac1n X^\top y", UNDECIDED, r"\nabla_w J = w + \frac1n X^\top y", UNDECIDED),
    (FIT.replace("WORDS", r"For the solution $X^\top (X \hat w - y) = 0$. Then"), r"\nabla_w J = \frac1n X^\top X (w - \hat w)", UNDECIDED, r"\nabla_w J = \frac1n X^\top X w", REFUTED),
    (FIT.replace("WORDS", r"For the solution $X^\top (X \hat w - y) = 0$. Then"), r"\nabla_w J = \frac1n X^\top (X w - y)", PROVED, r"\nabla_w J = \frac1n X^\top (X w + y)", REFUTED),
    (FIT.replace("WORDS", r"Here $X w = 0 \iff w = 0$. Then"), r"\nabla_w J = \frac1n X^\top (X w - y)", PROVED, r"\nabla_w J = \frac1n X^\top X w", REFUTED),
    (FIT.replace("WORDS", "Then"), r"\nabla_w J = \frac1n X^\top (X w - y)", PROVED, r"\nabla_w J = \frac1n X^\top X (w - \hat w)", REFUTED),
    # One letter in two fonts in one formula.
    (BOLD, r"\frac{\partial f}{\partial w} = \mathbf{w}^\top \mathbf{x} + 2 w", PROVED, r"\frac{\partial f}{\partial w} = 2 \mathbf{w}^\top \mathbf{x} + 2 w", REFUTED),
    (BOLD, r"\frac{\partial f}{\partial \mathbf{w}} = w \mathbf{x}", PROVED, r"\frac{\partial f}{\partial \mathbf{w}} = w \mathbf{x} + 2 \mathbf{w}", REFUTED),
    # An expression that is held fixed.
    *((TARGET.replace("WORDS", words), rf"\frac{{\partial \ell}}{{\partial w}} = {SEMI}", UNDECIDED, rf"\frac{{\partial \ell}}{{\partial w}} = {FULL}", UNDECIDED) for words in (
        r"where $r + \gamma w x'$ is treated as a constant. Then", r"where we detach the target $r + \gamma w x'$. Then",
        r"where the target $r + \gamma w x'$ does not depend on $w$. Then")),
    (TARGET.replace("WORDS", "Then"), rf"\frac{{\partial \ell}}{{\partial w}} = {FULL}", PROVED, rf"\frac{{\partial \ell}}{{\partial w}} = {SEMI}", REFUTED),
    (TARGET.replace("WORDS", r"where $r + \gamma x'$ does not depend on $w$. Then"), rf"\frac{{\partial \ell}}{{\partial w}} = {FULL}", PROVED, rf"\frac{{\partial \ell}}{{\partial w}} = {SEMI}", REFUTED),
    # An equation that begins with no name may say what its names are.
    ("Let $y(x)$ be given by $y^3 + y = x$. Then", r"\frac{dy}{dx} = \frac{1}{3 y^2 + 1}", UNDECIDED, r"\frac{dy}{dx} = 3 y^2 + 1", UNDECIDED),
    # A number in brackets above a function is the order of a derivative, where nothing has layers; a power of one may be what the text says.
    (r"Let $f(x) = e^{2x}$ and $g(x) = x^4$ for real $x$.", r"f^{(2)}(x) = 4 f(x)", PROVED, r"f^{(1)}(x) = e^{2x}", REFUTED),
    (r"Let $f(x) = e^{2x}$ and $g(x) = x^4$ for real $x$.", r"g^{(2)}(x) = 12 x^2", PROVED, r"g^{(2)}(x) = x^8", REFUTED),
    (r"Let $f(x) = 2x + 1$ for real $x$. Here $f^2$ is $f$ applied twice.", r"\frac{d}{dx} f^2(x) = 4", UNDECIDED, r"\frac{d}{dx} f^2(x) = 4 (2x + 1)", UNDECIDED),
    (r"Let $f(x) = 2x + 1$ for real $x$.", r"\frac{d}{dx} f^2(x) = 4 (2x + 1)", PROVED, r"\frac{d}{dx} f^2(x) = 4", REFUTED),
    # Bars around a vector may be a norm.
    (r"Let $x \in \mathbb{R}^n$ and $$r = |x|$$", r"\nabla_x r = \frac{x}{r}", UNDECIDED, r"\nabla_x r = \operatorname{sign}(x)", UNDECIDED),
    (r"Let $x \in \mathbb{R}^n$ and $$r = \sum_{i=1}^n |x_i|$$", r"\nabla_x r = \operatorname{sign}(x)", PROVED, r"\nabla_x r = \frac{x}{r}", REFUTED),
    # A condition on one letter beside another number than 0 and 1.
    (r"Let $x \in \mathbb{R}$ and $f(x) = |x - 1|$. If $x > 1$, then", "f'(x) = 1", PROVED, "f'(x) = -1", REFUTED),
    (r"Let $x \in \mathbb{R}$ and $f(x) = |x - 2|$. For $x < 2$ we have", "f'(x) = -1", PROVED, "f'(x) = 1", REFUTED),
    # The short form of a diagonal matrix, where the document writes such matrices in full.
    (r"Let $a, b, x \in \mathbb{R}^n$, $u = a \odot x$, $v = b \odot u$. As $\frac{\partial u}{\partial x} = \operatorname{diag}(a)$, we have", r"\frac{\partial v}{\partial u} = \operatorname{diag}(b)", PROVED, r"\frac{\partial v}{\partial u} = b", CONDITIONAL),
    (r"Let $a, b, x \in \mathbb{R}^n$, $u = a \odot x$, $v = b \odot u$. Then", r"\frac{\partial v}{\partial u} = b", PROVED, r"\frac{\partial v}{\partial u} = a", REFUTED),
    # The variable of an inner function may stand for what that is applied to.
    (r"Let $f(u) = u^2$ and $h(x) = f(3 x + 1)$. Then", r"h'(x) = 3 \frac{df}{du}", UNDECIDED, "h'(x) = f'(3 x + 1)", REFUTED),
    (r"Let $f(u, v) = u^2 - v$ and $g(t) = f(\cos t, \sin t)$. Then", r"g'(t) = -\sin t \frac{\partial f}{\partial u} + \cos t \frac{\partial f}{\partial v}", UNDECIDED, r"g'(t) = 2 \cos t \sin t - \cos t", REFUTED),
    (r"Let $f(u) = u^2$ and $k(u) = u f(u)$. Then", "k'(u) = f(u) + u f'(u)", PROVED, "k'(u) = f(u) + f'(u)", REFUTED),
    # Every second entry: the range of j is not stated.
    (EVEN, r"\frac{\partial E}{\partial x_{2j}} = 2 x_{2j}", UNDECIDED, r"\frac{\partial E}{\partial x_{2j}} = 4 x_{2j}", UNDECIDED),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right", "verdict", "wrong", "other"), READINGS)
def test_what_is_said_and_what_is_not(text: str, right: str, verdict: Verdict, wrong: str, other: Verdict) -> None:
    assert last(text, right).verdict is verdict
    assert last(text, wrong).verdict is other


PAIRS = r"Let $x \in \mathbb{R}^n$ and $$P = \sum_{i \neq j} x_i x_j$$"
PARTS = r"Let $p \in \mathbb{R}^n$ with positive entries and $$V = \prod_{i=1}^n p_i + \sum_{i=1}^n \log p_i$$"
HINGE = r"Let $x \in \mathbb{R}$, $$h(x) = \max(0, 1 - x)$$"
UNIT = r"Let $w, x, y, b \in \mathbb{R}$, $$a = \max(0, w x + b)$$ $$L = \frac12 (a - y)^2$$"
ELU = r"Let $a > 0$, $x \in \mathbb{R}$, $$E(x) = \begin{cases} x & \text{if } x \ge 0 \\ a (e^x - 1) & \text{otherwise} \end{cases}$$"
MANY = r"Given $x^{(1)}, \dots, x^{(m)} \in \mathbb{R}^d$, $y^{(i)} \in \mathbb{R}$ and $w \in \mathbb{R}^d$, $$J = \frac12 \sum_{i=1}^m (w^\top x^{(i)} - y^{(i)})^2$$"
DEEP = r"Let $W^{[1]} \in \mathbb{R}^{h \times d}$, $W^{[2]} \in \mathbb{R}^{k \times h}$, $x \in \mathbb{R}^d$, $y \in \mathbb{R}^k$, $$a^{[1]} = \tanh(W^{[1]} x)$$ $$z^{[2]} = W^{[2]} a^{[1]}$$ $$C = \frac12 \|z^{[2]} - y\|^2$$"

UNREADABLE = {
    "a letter that is free beside the sum": (PAIRS, r"\frac{\partial P}{\partial x_k} = 2 \sum_{i} x_i", ("_{k=1}",)),
    "a letter that is a quantity": (PARTS, r"\frac{\partial V}{\partial p_k} = \prod_{i=1}^n p_i + \frac{1}{p_k}", ("p_{p}", "_{p=1}")),
    "above and below": (r"Let $a \in \mathbb{R}^n$, $c \in \mathbb{R}$, $$f = \sum_{i=1}^n a_i + c$$", r"\frac{\partial f}{\partial c} = n", (r"\frac{1}{n}",)),
    "where it is not zero": (UNIT, r"\frac{\partial L}{\partial b} = a - y", (r"\frac{1}{\frac", r"\frac{1}{a}")),
    "another function for an indicator": (HINGE, r"h'(x) = -\mathbb{1}[x > 1]", ("h[", r"h\left(")),
    "itself": (ELU, r"E'(x) = \begin{cases} 1 & \text{if } x \ge 0 \\ E(x) & \text{otherwise} \end{cases}", ("x^{T}",)),
    "primes of standard functions": (r"Let $x \in \mathbb{R}$, $$g(x) = \log x^2$$ $$h(x) = x^{-2}$$", r"h'(x) = -2 x^3", (r"\log'",)),
    "indices of examples": (MANY, r"\frac{\partial J}{\partial w_j} = \sum_{i=1}^m (w_j x_j^{(i)} - y^{(i)}) x_j^{(i)}", ("x_{i", "y_{")),
    "itself in brackets of another size": (r"Let $f(u, v) = u^2 - v$ and $g(t) = f(\cos t, \sin t)$.", r"g'(t) = 2 \cos t - 1", ("g'",)),
    "other brackets": (DEEP, r"\frac{\partial C}{\partial a^{[1]}} = W^{[1]} (z^{[2]} - y)", ("^{(",)),
    "another transpose": (r"Let $A \in \mathbb{R}^{m \times n}$, $B \in \mathbb{R}^{n \times k}$, $x \in \mathbb{R}^k$, $y \in \mathbb{R}^m$, $$f = y^\top A B x$$", r"\nabla_x f = A B^\top y", ("^{T}", "^T")),
}  # fmt: skip


@pytest.mark.parametrize(("text", "claim", "unwanted"), UNREADABLE.values(), ids=UNREADABLE)
def test_corrections_are_in_the_notation_of_the_document(text: str, claim: str, unwanted: tuple[str, ...]) -> None:
    found = last(text, claim, repair=2.0)
    assert found.verdict.wrong
    if found.correction is not None:
        right = found.correction.latex.split("=", 1)[1]
        assert not any(piece in right for piece in unwanted), right
        assert last(text, found.correction.latex).verdict.rank >= Verdict.CHECKED.rank
