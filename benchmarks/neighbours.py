"""What this program, tensorgrad and a check at a point each make of the same gradients, in one run.

    python benchmarks/neighbours.py [IDENTITY …]          (pip install -e '.[bench]'; what is missing is said)

Each identity is stated right once, and wrong a few times.

* This program reads it as a document; every proof is verified.
* tensorgrad (tensors as diagrams, symbolic sizes) gets the same tensors, built by hand: *proved* where the difference
  of its own derivative and the claim simplifies to zero, *agrees* where only its random evaluation in a finite field
  does.
* At a point: `torch.autograd.gradcheck` takes the claim as the backward pass of the function and compares it with
  finite differences (normal values; labels are one-hot, as in data).

A wrong claim is *caught* where this program refutes it, finds it ill-formed or names the assumption that is missing;
where neither of tensorgrad's ways accepts it; where gradcheck fails. ``—``: it is not stated there. Times are processor
time for the right claim, the best of three in one process. A wrong claim that this program accepts: exit status 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.judgement import check
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.formulas.scanner import scan

try:
    import sympy
    import tensorgrad as tg
    import tensorgrad.functions as fun
    from tensorgrad.compiler.szfp import equal_szfp
    from tensorgrad.extras.expectation import Expectation
except ImportError as failure:  # an optional package with narrow requirements of its own
    tg, no_tensorgrad = None, f"tensorgrad cannot be imported on Python {sys.version.split()[0]}: {failure}"
try:
    import torch
except ImportError as failure:
    torch, no_torch = None, f"PyTorch cannot be imported: {failure}"

CAUGHT = (Verdict.REFUTED, Verdict.ILL_FORMED, Verdict.CONDITIONAL)
UNSOUND = "UNSOUND"
ACCEPTED = (Verdict.PROVED, Verdict.CHECKED)
Claims = tuple[Any, ...]  # the derivative, the right claim, the wrong ones


@dataclass(frozen=True)
class Identity:
    """``given`` in LaTeX with ``left = right``, and ``wrong`` right sides. ``tensors`` builds the derivative, the right
    claim and the wrong ones in the same order; ``point`` gives a function, the point, and the claims as functions."""

    name: str
    given: tuple[str, ...]
    left: str
    right: str
    wrong: tuple[str, ...]
    tensors: Callable[[], Claims] | None
    point: Callable[[], tuple[Callable[[Any], Any], Any, Sequence[Callable[[Any], Any]]]] | None


# -- the identities in tensorgrad and at a point ----------------------------------------------------------------------
def variable(name: str, **edges: str) -> Any:
    return tg.Variable(name, **{edge: sympy.Symbol(size) for edge, size in edges.items()})


def normal(*shape: int) -> Any:
    return torch.randn(*shape, dtype=torch.float64)


def dense_tensors() -> Claims:
    W, x, b, t = variable("W", n="n", m="m"), variable("x", m="m"), variable("b", n="n"), variable("t", n="n")
    r = W @ x + b - t
    return (r @ r / 2).grad(W), r @ x, 2 * (r @ x), (W @ x - t) @ x, -1 * (r @ x)


def dense_point() -> Any:
    W, x, b, t = normal(3, 4), normal(4), normal(3), normal(3)

    def r(W: Any) -> Any:
        return W @ x + b - t

    claims = (lambda W: torch.outer(r(W), x), lambda W: 2 * torch.outer(r(W), x),
              lambda W: torch.outer(r(W) - b, x), lambda W: -torch.outer(r(W), x))  # fmt: skip
    return lambda W: r(W) @ r(W) / 2, W, claims


def quadratic_tensors() -> Claims:
    A, x = variable("A", i="n", j="n"), variable("x", i="n")
    y = x.rename(i="j")
    transposed = (A @ x).rename(j="i")
    return (x @ A @ y).grad(x), A @ y + transposed, 2 * (A @ y), A @ y - transposed


def quadratic_point() -> Any:
    A, x = normal(3, 3), normal(3)
    return lambda x: x @ A @ x, x, (lambda x: (A + A.T) @ x, lambda x: 2 * A @ x, lambda x: (A - A.T) @ x)


def trace_tensors() -> Claims:
    A, X, B = variable("A", a="n", b="m"), variable("X", b="m", c="k"), variable("B", c="k", a="n")
    return (A @ X @ B).grad(X), A @ B, 2 * (A @ B), -1 * (A @ B)


def trace_point() -> Any:
    A, X, B = normal(2, 3), normal(3, 4), normal(4, 2)
    return (lambda X: torch.trace(A @ X @ B), X,
            (lambda X: A.T @ B.T, lambda X: 2 * A.T @ B.T, lambda X: -A.T @ B.T))  # fmt: skip


def entropy_tensors() -> Claims:
    z, y = variable("z", i="n"), variable("y", i="n")
    p = fun.exp(z) / fun.sum(fun.exp(z))
    return (-1 * (y @ fun.log(p))).grad(z), p * fun.sum(y) - y, p - y, p * fun.sum(y) + y


def entropy_point() -> Any:
    z, y = normal(4), torch.eye(4, dtype=torch.float64)[1]

    def p(z: Any) -> Any:
        return torch.softmax(z, 0)

    return lambda z: -(y @ torch.log(p(z))), z, (
        lambda z: p(z) * y.sum() - y, lambda z: p(z) - y, lambda z: p(z) * y.sum() + y)  # fmt: skip


def sigmoid_tensors() -> Claims:
    W, x, y = variable("W", n="n", m="m"), variable("x", m="m"), variable("y", n="n")
    a = fun.sigmoid(W @ x)
    r = a - y
    return (r @ r / 2).grad(x), W @ (r * a * (1 - a)), W @ (r * (1 - a)), W @ (r * a * (1 + a))


def sigmoid_point() -> Any:
    W, x, y = normal(3, 4), normal(4), normal(3)

    def a(x: Any) -> Any:
        return torch.sigmoid(W @ x)

    claims = (lambda x: W.T @ ((a(x) - y) * a(x) * (1 - a(x))), lambda x: W.T @ ((a(x) - y) * (1 - a(x))),
              lambda x: W.T @ ((a(x) - y) * a(x) * (1 + a(x))))  # fmt: skip
    return lambda x: (a(x) - y) @ (a(x) - y) / 2, x, claims


def relu_tensors() -> Claims:
    W, x, y = variable("W", n="n", m="m"), variable("x", m="m"), variable("y", n="n")
    u = W @ x
    r = fun.relu(u) - y
    return (r @ r / 2).grad(x), W @ (r * fun.gt0(u)), W @ r, W @ (r * fun.relu(u))


def relu_point() -> Any:
    W, x, y = normal(3, 4), normal(4), normal(3)

    def r(x: Any) -> Any:
        return torch.relu(W @ x) - y

    claims = (lambda x: W.T @ (r(x) * (W @ x > 0)), lambda x: W.T @ r(x), lambda x: W.T @ (r(x) * torch.relu(W @ x)))
    return lambda x: r(x) @ r(x) / 2, x, claims


def norm_tensors() -> Claims:
    x = variable("x", i="n")
    return fun.sqrt(x @ x).grad(x), x / fun.sqrt(x @ x), x / (x @ x), x * fun.sqrt(x @ x)


def norm_point() -> Any:
    return lambda x: x.norm(), normal(4), (lambda x: x / x.norm(), lambda x: x / (x @ x), lambda x: x * x.norm())


def convolution_tensors() -> Claims:
    x, k = variable("x", w="n"), variable("k", k="h")
    window = fun.Convolution(w=sympy.Symbol("n"), k=sympy.Symbol("h"), o=sympy.Symbol("m"))
    z = x @ window @ k
    return (z @ z / 2).grad(k), z @ window @ x, 2 * (z @ window @ x), -1 * (z @ window @ x)


def convolution_point() -> Any:
    x, k = normal(6), normal(3)

    def z(k: Any) -> Any:
        return x.unfold(0, 3, 1) @ k

    claims = (lambda k: z(k) @ x.unfold(0, 3, 1), lambda k: 2 * z(k) @ x.unfold(0, 3, 1),
              lambda k: -z(k) @ x.unfold(0, 3, 1))  # fmt: skip
    return lambda k: z(k) @ z(k) / 2, k, claims


def pooling_tensors() -> Claims:
    x = variable("x", i="n", j="s")
    a, chosen = fun.max(x, dim="j"), fun.max_grad(x, dim="j")
    return (a @ a / 2).grad(x), a * chosen, a @ tg.Ones(j=sympy.Symbol("s")), 2 * (a * chosen)


def pooling_point() -> Any:
    x = normal(6)

    def rows(x: Any) -> Any:
        return x.reshape(3, 2)

    def gate(x: Any) -> Any:
        return (rows(x) == rows(x).amax(1, keepdim=True)).double()

    claims = (lambda x: (gate(x) * rows(x).amax(1, keepdim=True)).reshape(-1),
              lambda x: rows(x).amax(1, keepdim=True).expand(3, 2).reshape(-1),
              lambda x: (2 * gate(x) * rows(x).amax(1, keepdim=True)).reshape(-1))  # fmt: skip
    return lambda x: rows(x).amax(1).square().sum() / 2, x, claims


def recursion_point() -> Any:
    steps, size = 4, 3
    U, x, y = normal(size, 2), normal(steps, 2), normal(steps, size)

    def states(W: Any) -> list[Any]:
        h = [torch.zeros(size, dtype=torch.float64)]
        for t in range(steps):
            h.append(torch.tanh(W @ h[-1] + U @ x[t]))
        return h

    def claim(late: int) -> Callable[[Any], Any]:
        def gradient(W: Any) -> Any:
            h, total, after = states(W), torch.zeros_like(W), torch.zeros(size, dtype=torch.float64)
            for t in reversed(range(1, steps + 1)):
                delta = (h[t] - y[t - 1] + W.T @ after) * (1 - h[t] ** 2)
                total, after = total + torch.outer(delta, h[t - 1 + late]), delta
            return total
        return gradient

    return (lambda W: sum((h - t) @ (h - t) for h, t in zip(states(W)[1:], y, strict=True)) / 2, normal(size, size),
            (claim(0), claim(1), lambda W: -claim(0)(W)))  # fmt: skip


def determinant_tensors() -> Claims:
    X = variable("X", i="n", j="n")
    inverse = fun.inverse(X)  # cancels X when both edges meet: the transposed inverse
    return fun.log(fun.det(X)).grad(X), inverse, inverse.rename(i="j", j="i"), 2 * inverse


def determinant_point() -> Any:
    square = normal(3, 3)
    X = square @ square.T + torch.eye(3, dtype=torch.float64) + torch.tensor([[0, 0.5, 0], [0, 0, 0], [0, 0, 0]])
    return (torch.logdet, X, (lambda X: torch.inverse(X).T, torch.inverse, lambda X: 2 * torch.inverse(X).T))


def gaussian_tensors() -> Claims:
    """E[x^T A x] for x ~ N(m, C): no derivative, but a claim of the same kind."""
    A, x, m = variable("A", i="n", j="n"), variable("x", i="n"), variable("m", i="n")
    C = variable("C", i="n", j="n").with_symmetries("i j")
    mean = Expectation(x @ A @ x.rename(i="j"), x, m, C, covar_names={"i": "j"})
    square = m @ A @ m.rename(i="j")
    return mean, A @ C + square, square, A @ C - square


REGRESSION = (r"x \in R^m, \quad b, t \in R^n, \quad W \in R^{n \times m}", "r = Wx + b - t", r"L = \frac12 r^\top r")
SIGMOID = (r"x \in R^m, \quad y \in R^n, \quad W \in R^{n \times m}", r"a = \sigma(Wx)", r"L = \frac12 \|a - y\|^2")
RELU = (SIGMOID[0], "u = Wx", r"a = \operatorname{relu}(u)", r"L = \frac12 \|a - y\|^2")
ENTROPY = (r"z, y \in R^n", r"p_i = \frac{e^{z_i}}{\sum_{k=1}^n e^{z_k}}", r"L = -\sum_{i=1}^n y_i \log p_i")
WINDOWS = (r"x \in R^{n}, \quad k \in R^{h}", r"z_i = \sum_{j=1}^{h} x_{i+j-1} k_j, \quad i = 1, \dots, n - h + 1",
           r"L = \frac12 \sum_{i=1}^{n-h+1} z_i^2")  # fmt: skip
POOLS = (r"x \in R^{n \times s}", r"a_i = \max_{j} x_{ij}", r"L = \frac12 \sum_{i=1}^{n} a_i^2")
RECURSION = (
    r"x_t \in R^m, \quad y_t \in R^n, \quad t = 1, \dots, T", r"W \in R^{n \times n}, \quad U \in R^{n \times m}",
    r"z_t = W h_{t-1} + U x_t", r"h_t = \tanh(z_t)", r"L = \frac12 \sum_{t=1}^{T} \|h_t - y_t\|^2",
)  # fmt: skip

IDENTITIES = (
    Identity("dense layer", REGRESSION, r"\frac{\partial L}{\partial W}", r"r x^\top",
             (r"2 r x^\top", r"(Wx - t) x^\top", r"-r x^\top"), dense_tensors, dense_point),
    Identity("quadratic form", (r"x \in R^n, \quad A \in R^{n \times n}", r"f = x^\top A x"),
             r"\frac{\partial f}{\partial x}", r"(A + A^\top) x", ("2 A x", r"(A - A^\top) x"),
             quadratic_tensors, quadratic_point),
    Identity("trace", (r"A \in R^{n \times m}, X \in R^{m \times k}, B \in R^{k \times n}",
                       r"f = \operatorname{tr}(AXB)"),
             r"\frac{\partial f}{\partial X}", r"A^\top B^\top", (r"2 A^\top B^\top", r"-A^\top B^\top"),
             trace_tensors, trace_point),
    Identity("softmax, cross-entropy", ENTROPY, r"\frac{\partial L}{\partial z}", r"p \sum_{k=1}^n y_k - y",
             ("p - y", r"p \sum_{k=1}^n y_k + y"), entropy_tensors, entropy_point),
    Identity("sigmoid chain", SIGMOID, r"\frac{\partial L}{\partial x}", r"W^\top ((a - y) \circ a \circ (1 - a))",
             (r"W^\top ((a - y) \circ (1 - a))", r"W^\top ((a - y) \circ a \circ (1 + a))"),
             sigmoid_tensors, sigmoid_point),
    Identity("relu chain", RELU, r"\frac{\partial L}{\partial x}", r"W^\top ((a - y) \circ \operatorname{relu}'(u))",
             (r"W^\top (a - y)", r"W^\top ((a - y) \circ a)"), relu_tensors, relu_point),
    Identity("norm", (r"x \in R^n", r"f = \|x\|"), r"\frac{\partial f}{\partial x}", r"\frac{x}{\|x\|}",
             (r"\frac{x}{\|x\|^2}", r"x \|x\|"), norm_tensors, norm_point),
    Identity("convolution", WINDOWS, r"\frac{\partial L}{\partial k_j}", r"\sum_{i=1}^{n-h+1} z_i x_{i+j-1}",
             (r"2 \sum_{i=1}^{n-h+1} z_i x_{i+j-1}", r"-\sum_{i=1}^{n-h+1} z_i x_{i+j-1}"),
             convolution_tensors, convolution_point),
    Identity("pooling by maxima", POOLS, r"\frac{\partial L}{\partial x_{ij}}",
             r"a_i \frac{\partial a_i}{\partial x_{ij}}", ("a_i", r"2 a_i \frac{\partial a_i}{\partial x_{ij}}"),
             pooling_tensors, pooling_point),
    Identity("recursion of T steps", RECURSION, r"\frac{\partial L}{\partial W}",
             r"\sum_{t=1}^{T} \frac{\partial L}{\partial z_t} h_{t-1}^\top",
             (r"\sum_{t=1}^{T} \frac{\partial L}{\partial z_t} h_t^\top",
              r"-\sum_{t=1}^{T} \frac{\partial L}{\partial z_t} h_{t-1}^\top"), None, recursion_point),
    Identity("log of a determinant", (r"X \in R^{n \times n}", r"f = \log \det X"), r"\frac{\partial f}{\partial X}",
             r"(X^{-1})^\top", ("X^{-1}", r"2 (X^{-1})^\top"), determinant_tensors, determinant_point),
    Identity("mean of a Gaussian", (), "", "", (), gaussian_tensors, None),
)  # fmt: skip


# -- the three ways ---------------------------------------------------------------------------------------------------
def fastest(action: Callable[[], Any]) -> tuple[Any, float]:
    """What it returns, and the least processor time of three runs, in milliseconds."""
    times = []
    for _ in range(3):
        start = time.process_time()
        result = action()
        times.append(1000 * (time.process_time() - start))
    return result, min(times)


def here(identity: Identity) -> tuple[str, float | None, int | None]:
    """The verdict on the right claim, its time, and how many wrong ones are caught."""
    if not identity.given:
        return "—", None, None

    def verdict(right: str) -> Verdict:
        text = "\n\n".join(f"$${formula}$$" for formula in (*identity.given, f"{identity.left} = {right}"))
        return check(scan(text), effort=Effort(repair=0)).formulas[-1].verdict

    found, milliseconds = fastest(lambda: verdict(identity.right))
    wrong = [verdict(right) for right in identity.wrong]
    word = UNSOUND if set(wrong) & set(ACCEPTED) else found.value
    return word, milliseconds, sum(verdict in CAUGHT for verdict in wrong)


def by_tensorgrad(identity: Identity) -> tuple[str, float | None, int | None]:
    if identity.tensors is None or tg is None:
        return "—", None, None

    def proved(derivative: Any, claim: Any) -> bool:
        return isinstance((derivative - claim).full_simplify(), tg.Zero)

    def agrees(derivative: Any, claim: Any) -> bool:
        try:
            return bool(equal_szfp(derivative.full_simplify(), claim.full_simplify()))
        except NotImplementedError:  # a function without a value in a finite field
            return False

    try:
        found, milliseconds = fastest(lambda: proved(*identity.tensors()[:2]))
        derivative, right, *wrong = identity.tensors()
        word = "proved" if found else "agrees" if agrees(derivative, right) else "open"
        return word, milliseconds, sum(not proved(derivative, w) and not agrees(derivative, w) for w in wrong)
    except Exception as failure:  # what it cannot do, in its own words, is its line of the table
        return f"{type(failure).__name__}: {failure}"[:60], None, None


def at_a_point(identity: Identity) -> tuple[str, float | None, int | None]:
    if identity.point is None or torch is None:
        return "—", None, None
    torch.manual_seed(0)
    function, point, claims = identity.point()

    def passes(claim: Callable[[Any], Any]) -> bool:
        class Stated(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, value: Any) -> Any:
                ctx.save_for_backward(value)
                return function(value)

            @staticmethod
            def backward(ctx: Any, outer: Any) -> Any:
                return outer * claim(*ctx.saved_tensors)

        return bool(torch.autograd.gradcheck(Stated.apply, (point.clone().requires_grad_(),), raise_exception=False))

    found, milliseconds = fastest(lambda: passes(claims[0]))
    return ("passes" if found else "fails"), milliseconds, sum(not passes(claim) for claim in claims[1:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("identities", nargs="*", default=[identity.name for identity in IDENTITIES])
    chosen = parser.parse_args().identities
    if tg is None:
        print(no_tensorgrad)
    if torch is None:
        print(no_torch)
    ways = {
        "this program": here,
        f"tensorgrad {version('tensorgrad')}" if tg is not None else "tensorgrad": by_tensorgrad,
        f"a point, PyTorch {torch.__version__}" if torch is not None else "a point": at_a_point,
    }
    print("".join(f"{title:32}" for title in ("", *ways)).rstrip())
    unsound = False
    for identity in IDENTITIES:
        if identity.name not in chosen:
            continue
        cells = []
        for way in ways.values():
            word, milliseconds, caught = way(identity)
            wrong = len(identity.wrong) if identity.given else 2
            cell = word if milliseconds is None else f"{word:12} {milliseconds:6.0f} ms  {caught} of {wrong}"
            unsound |= word == UNSOUND
            cells.append(f"{cell:32}")
        print(f"{identity.name:32}{''.join(cells)}".rstrip(), flush=True)
    return int(unsound)


if __name__ == "__main__":
    sys.exit(main())
