"""Inverses and determinants: by the interpreter, the calculus and the verification, each against the others."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

import pytest
import sympy
from networks import define, environment, m, n

from verify_derivations.derivations import linear
from verify_derivations.derivations.arithmetic import ONE, Undefined, seeded, split
from verify_derivations.derivations.certificates import CertificateError, decoded, encoded
from verify_derivations.derivations.differentiate import derivative
from verify_derivations.derivations.evaluate import Partial, evaluate
from verify_derivations.derivations.kernel import Rejected, certify, verify
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.prove import Claim, Limits, Proof, prove_equal
from verify_derivations.derivations.refute import Refuted, refute
from verify_derivations.derivations.values import TooLarge
from verify_derivations.formulas import operators as op
from verify_derivations.formulas.definitions import Environment, Quantity
from verify_derivations.formulas.expressions import (
    Access,
    Inverse,
    Scalar,
    apply,
    delta,
    free_indices,
    fresh,
    mul,
    polynomial,
    power,
    scalar,
    summation,
)
from verify_derivations.formulas.polynomial import Polynomial
from verify_derivations.formulas.tensors import ShapeError, Tensor, elementwise, entries, matrix_product, transpose

WORLD = environment(
    Quantity("A", (n, n)), Quantity("B", (n, n)), Quantity("X", (m, n)), Quantity("F", (m, n, n)), Quantity("d", (n,)),
    Quantity("c"),
)
A, B, X = entries("A", (n, n)), entries("B", (n, n)), entries("X", (m, n))
C = Tensor((), Access("c"))
I = op.identity(n)  # noqa: E741
D = op.diagonal(entries("d", (n, polynomial(1))))
i, j, k, u = (polynomial(f"%{letter}.9") for letter in "ijku")
FREE = {"%i.9": n, "%j.9": n}


def product(*factors: Tensor) -> Tensor:
    result = factors[0]
    for factor in factors[1:]:
        result = matrix_product(result, factor)
    return result


def plus(*terms: Tensor) -> Tensor:
    return elementwise(lambda *bodies: sum(bodies[1:], bodies[0]), *terms)


def times(number: int, value: Tensor) -> Tensor:
    return value.map(lambda body: number * body)


inv, t = op.inverse, transpose
RIDGE = plus(product(t(X), X), product(C, I))
DUAL = plus(product(X, t(X)), product(C, op.identity(m)))
"""Both are symmetric, the second of another size."""
CORE = plus(op.identity(m), product(X, inv(A), t(X)))


def entry(value: Tensor) -> Scalar:
    return value.at((i, j)) if value.axes else value.body


# -- the interpreter ------------------------------------------------------------------------------------------
def rational(r: random.Random, size: int) -> list[list[Fraction]]:
    return [[Fraction(r.randint(-5, 5), r.choice([1, 2, 3])) for _ in range(size)] for _ in range(size)]


@pytest.mark.parametrize("size", range(6))
def test_determinant_and_adjugate_are_those_of_sympy(size: int) -> None:
    r = random.Random(size)
    for _ in range(5):
        rows = rational(r, size)
        determinant, adjoint = linear.adjugate(rows)
        matrix = sympy.Matrix(size, size, [sympy.Rational(x.numerator, x.denominator) for row in rows for x in row])
        assert sympy.Rational(str(determinant)) == matrix.det()
        assert [sympy.Rational(str(x)) for row in adjoint for x in row] == list(matrix.adjugate())


def test_small_matrices() -> None:
    assert linear.adjugate([]) == (ONE, [])
    assert linear.inverse_entry([[Fraction(4)]], 0, 0) == Fraction(1, 4)
    with pytest.raises(Undefined):
        linear.inverse_entry([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]], 0, 1)
    assert linear.adjugate([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(4)]])[0] == 0


def test_dual_numbers_pass_through() -> None:
    rows: list[list[linear.Value]] = [[Fraction(2), Fraction(1)], [Fraction(1), seeded(Fraction(3), 7)]]
    value, tangent = split(linear.inverse_entry(rows, 0, 1), 7)
    assert (value, tangent) == (Fraction(-1, 5), Fraction(2, 25))  # −1/(2a − 1) at a = 3


def test_an_entry_outside_is_an_error() -> None:
    wrong = Inverse(*_matrix(A), (polynomial(0), polynomial(2)))
    with pytest.raises(IndexError):
        evaluate(wrong, {"n": 2}, {"A": [[1, 0], [0, 1]]})


def _matrix(value: Tensor) -> tuple[tuple[tuple[str, Polynomial], ...], Scalar]:
    node = op.inverse(value).body
    assert isinstance(node, Inverse)
    return node.binders, node.body


# -- shapes -----------------------------------------------------------------------------------------------------
def test_of_a_scalar_the_inverse_is_the_reciprocal() -> None:
    assert inv(C).body == power(Access("c"), -1)
    assert op.determinant(C) == C


@pytest.mark.parametrize("function", [op.inverse, op.determinant])
def test_only_square_matrices(function: Callable[[Tensor], Tensor]) -> None:
    function(A)
    with pytest.raises(ShapeError, match="is not square"):
        function(X)


# -- derivatives ------------------------------------------------------------------------------------------------
FUNCTIONS = {
    "inverse": entry(inv(A)),
    "determinant": op.determinant(A).body,
    "inverse of a product": entry(inv(product(A, B, A))),
    "inverse of a sum": entry(inv(plus(product(t(A), A), I))),
    "determinant of a function": op.determinant(elementwise(lambda a, b: a * b + a * a, A, B)).body,
    "inverse of an inverse and a product": entry(product(inv(plus(inv(A), B)), A)),
    "inverse in a power": power(op.trace(inv(A)).body, 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives_agree_with_dual_numbers(name: str) -> None:
    f, r = FUNCTIONS[name], random.Random(name)
    slope = derivative(f, "A", (k, u), WORLD)
    moved = 0
    for size in (1, 2, 3):
        values = {"A": rational(r, size), "B": rational(r, size)}
        for row in range(size):
            for column in range(size):
                at = {"%i.9": size - 1, "%j.9": 0, "%k.9": row, "%u.9": column}
                exact = evaluate(Partial(f, "A", (k, u)), {"n": size}, values, at)
                try:
                    assert evaluate(slope, {"n": size}, values, at) == exact
                except Undefined:  # the rule for a determinant needs an inverse
                    continue
                moved += exact != 0
    assert moved > 5


# -- the normal form ----------------------------------------------------------------------------------------------
def matrix_at_random(r: random.Random, depth: int) -> Tensor:
    if depth == 0:
        return r.choice([A, A, B, D, I])
    match r.randrange(8):
        case 0 | 1:
            return inv(matrix_at_random(r, depth - 1))
        case 2:
            return t(matrix_at_random(r, depth - 1))
        case 3:
            return plus(matrix_at_random(r, depth - 1), matrix_at_random(r, depth - 1))
        case 4:
            return product(C, matrix_at_random(r, depth - 1))
        case 5:
            return product(op.determinant(matrix_at_random(r, depth - 1)), matrix_at_random(r, depth - 1))
        case 6:
            other = matrix_at_random(r, depth - 1)
            return product(other, inv(other), matrix_at_random(r, depth - 1))
    return product(matrix_at_random(r, depth - 1), matrix_at_random(r, depth - 1))


def test_random_matrices_mean_the_same_in_normal_form() -> None:
    compared = changed = 0
    for seed in range(80):
        r = random.Random(seed)
        before = entry(matrix_at_random(r, 3))
        normalizer = Normalizer(WORLD, FREE)
        after = normalizer.scalar(normalizer.normal(before))
        changed += str(after) != str(before)
        for size in (1, 2, 3):
            values = {"A": rational(r, size), "B": rational(r, size), "d": [Fraction(2), Fraction(-1), Fraction(3)],
                      "c": Fraction(5, 2)}  # fmt: skip
            for at in ({"%i.9": 0, "%j.9": size - 1}, {"%i.9": size - 1, "%j.9": size - 1}):
                try:
                    expected = evaluate(before, {"n": size}, values, at)
                except Undefined:
                    continue
                found = evaluate(after, {"n": size}, values, at)  # cⁿ is e^{n log c}: then it is not exact
                exact = isinstance(found, Fraction)
                near = expected if exact else pytest.approx(float(expected), rel=1e-12)
                assert (found if exact else float(found)) == near, f"seed {seed}, size {size}"
                compared += 1
    assert compared > 250
    assert changed > 60


def twins_at_random(r: random.Random, depth: int) -> tuple[Tensor, Tensor]:
    """Two matrices that are the same by the rules, but for a transpose or an order that is lost now and then."""
    if depth == 0:
        leaf = r.choice([A, A, B, D, I])
        return leaf, t(leaf) if r.random() < 0.1 else leaf
    x, y = twins_at_random(r, depth - 1)
    v, w = twins_at_random(r, depth - 1)
    lost = r.random() < 0.15
    match r.randrange(7):
        case 0:
            return inv(x), inv(y)
        case 1:
            return t(x), y if lost else t(y)
        case 2:
            return plus(x, v), plus(w, y)
        case 3:
            return product(C, x), product(C, y)
        case 4:
            return inv(product(x, v)), product(inv(y), inv(w)) if lost else product(inv(w), inv(y))
        case 5:
            return product(x, inv(x), v), w
    return product(x, v), product(w, y) if lost else product(y, w)


def test_what_is_proved_of_random_matrices_holds_at_random_points() -> None:
    proved = different = 0
    for seed in range(40):
        r = random.Random(seed)
        left, right = map(entry, twins_at_random(r, 3))
        if r.random() < 0.3:
            left, right = (derivative(side, "A", (k, u), WORLD) for side in (left, right))
        free = {**FREE, "%k.9": n, "%u.9": n}
        found = isinstance(prove_equal(left, right, WORLD, free, limits=Limits(steps=2_000)), Proof)
        proved += found
        same = True
        for size in (1, 2):
            values = {"A": rational(r, size), "B": rational(r, size), "d": [Fraction(2), Fraction(-1), Fraction(3)],
                      "c": Fraction(5, 2)}  # fmt: skip
            at = {variable: r.randrange(size) for variable in free}
            with suppress(Undefined, TooLarge):
                same = same and evaluate(left, {"n": size}, values, at) == evaluate(right, {"n": size}, values, at)
        assert same or not found, f"seed {seed}"
        different += not same
    assert proved > 15
    assert different > 5


# -- proofs and their twins ---------------------------------------------------------------------------------------
det = op.determinant
LOG = {name: apply("log", det(value).body) for name, value in (("A", A), ("AᵀA", product(t(A), A)), ("B", B))}


def slope_of(f: Scalar) -> Scalar:
    return derivative(f, "A", (i, j), WORLD)


TRACE = op.trace(product(inv(A), B)).body
EQUATIONS: dict[str, tuple[Scalar | Tensor, Scalar | Tensor, Scalar | Tensor]] = {
    # name: left, right, a twin of the right that is wrong
    "inverse on the right": (product(A, inv(A)), I, times(2, I)),
    "inverse on the left": (product(inv(A), A), I, A),
    "inverse of a product": (inv(product(A, B)), product(inv(B), inv(A)), product(inv(A), inv(B))),
    "inverse of three": (
        inv(product(A, B, A)), product(inv(A), inv(B), inv(A)), product(inv(A), inv(A), inv(B)),
    ),
    "inverse of a transpose": (inv(t(A)), t(inv(A)), inv(A)),
    "inverse of an inverse": (inv(inv(A)), A, t(A)),
    "inverse of an inverse transposed": (inv(t(inv(A))), t(A), A),
    "inverse of a multiple": (inv(product(C, A)), product(inv(C), inv(A)), product(C, inv(A))),
    "inverse of a diagonal": (inv(D), D.map(lambda _: delta(i, j) / Access("d", (i,))), D),
    "inverse of a scaled one": (inv(product(C, I)), product(inv(C), I), product(C, I)),
    "inverse of a sum": (
        inv(plus(A, B)),
        plus(inv(A), times(-1, product(inv(A), B, inv(plus(A, B))))),
        plus(inv(A), times(-1, product(B, inv(A), inv(plus(A, B))))),
    ),
    "inverse of a sum, from the other side": (
        inv(plus(A, B)),
        plus(inv(A), times(-1, product(inv(plus(A, B)), B, inv(A)))),
        plus(inv(A), times(-1, product(inv(plus(A, B)), inv(A), B))),
    ),
    "difference of inverses": (
        plus(inv(A), times(-1, inv(B))), product(inv(A), plus(B, times(-1, A)), inv(B)),
        product(inv(B), plus(B, times(-1, A)), inv(A)).map(lambda body: 2 * body),
    ),
    "push-through": (
        product(inv(RIDGE), t(X)), product(t(X), inv(DUAL)), product(C, t(X), inv(DUAL)),
    ),
    "Woodbury's identity": (
        inv(plus(A, product(t(X), X))),
        plus(inv(A), times(-1, product(inv(A), t(X), inv(CORE), X, inv(A)))),
        plus(inv(A), product(inv(A), t(X), inv(CORE), X, inv(A))),
    ),
    "normal equations": (
        product(t(X), X, inv(RIDGE)), plus(I, times(-1, product(C, inv(RIDGE)))), plus(I, product(C, inv(RIDGE))),
    ),
    "symmetry": (inv(RIDGE), t(inv(RIDGE)), times(2, inv(RIDGE))),
    "conjugation": (
        product(inv(A), plus(B, product(C, I)), A), plus(product(inv(A), B, A), product(C, I)), plus(B, product(C, I)),
    ),
    "determinant of a product": (det(product(A, B)), product(det(A), det(B)), plus(det(A), det(B))),
    "determinant of a transpose": (det(t(A)), det(A), times(-1, det(A))),
    "determinant of an inverse": (det(inv(A)), inv(det(A)), det(A)),
    "determinant of one": (det(I), scalar(1), scalar(2)),
    "derivative of the inverse": (
        derivative(entry(inv(A)), "A", (k, u), WORLD),
        -mul(inv(A).at((i, k)), inv(A).at((u, j))),
        -mul(inv(A).at((i, u)), inv(A).at((k, j))),
    ),
    "derivative of the determinant": (
        slope_of(det(A).body), product(det(A), t(inv(A))), product(det(A), inv(A)),
    ),
    "derivative of log det": (slope_of(LOG["A"]), t(inv(A)), inv(A)),
    "derivative of log |det|": (slope_of(apply("log", apply("abs", det(A).body))), t(inv(A)), times(-1, t(inv(A)))),
    "derivative of log det of a Gramian": (slope_of(LOG["AᵀA"]), times(2, t(inv(A))), t(inv(A))),
    "derivative of a trace": (
        slope_of(TRACE), times(-1, t(product(inv(A), B, inv(A)))), times(-1, product(inv(A), B, inv(A))),
    ),
}  # fmt: skip


def ranges(name: str) -> dict[str, Polynomial]:
    left = EQUATIONS[name][0]
    shape = left.shape if isinstance(left, Tensor) and left.axes else (n, n)
    return {"%i.9": shape[0], "%j.9": shape[1], "%k.9": n, "%u.9": n}


def sides(name: str) -> tuple[Scalar, Scalar, Scalar]:
    left, right, wrong = (entry(side) if isinstance(side, Tensor) else side for side in EQUATIONS[name])
    return left, right, wrong


@pytest.mark.parametrize("name", EQUATIONS)
def test_an_equation_is_proved_and_its_twin_refuted(name: str) -> None:
    (left, right, wrong), free = sides(name), ranges(name)
    outcome = prove_equal(left, right, WORLD, free)
    assert isinstance(outcome, Proof), outcome
    assert not isinstance(refute(left, right, WORLD, free, budget_seconds=0.5), Refuted)
    assert isinstance(refute(left, wrong, WORLD, free, budget_seconds=4), Refuted)
    assert not isinstance(prove_equal(left, wrong, WORLD, free), Proof)


@pytest.mark.parametrize("name", ["inverse of a sum", "derivative of log det", "push-through", "Woodbury's identity"])
def test_certificates_are_written_and_verified_again(name: str) -> None:
    (left, right, wrong), free = sides(name), ranges(name)
    outcome = prove_equal(left, right, WORLD, free)
    assert isinstance(outcome, Proof)
    (again,) = decoded(encoded([certify(Claim(left, right, WORLD, free), outcome)]))
    assert [c.kind for c in verify(again).conditions] == [c.kind for c in outcome.conditions]
    with pytest.raises(Rejected):
        verify(certify(Claim(left, wrong, WORLD, free), outcome))


def test_a_certificate_about_a_matrix_that_is_not_square_is_none() -> None:
    left, right, _ = sides("inverse of a transpose")
    found = prove_equal(left, right, WORLD, FREE)
    assert isinstance(found, Proof)
    text = json.dumps(encoded([certify(Claim(left, right, WORLD, FREE), found)]))
    assert decoded(json.loads(text))
    square = '"%i.-000", ["+", [["n"], "1"]]'
    assert square in text
    with pytest.raises(CertificateError):
        decoded(json.loads(text.replace(square, square.replace('"n"', '"m"'))))


@pytest.mark.parametrize(
    ("left", "right", "kinds"),
    [
        (product(A, inv(A)), I, ["nonzero"]),
        (inv(product(A, B)), product(inv(B), inv(A)), ["nonzero", "nonzero"]),
        (inv(D), D.map(lambda _: delta(i, j) / Access("d", (i,))), ["nonzero"]),
        (det(product(A, B)), product(det(A), det(B)), []),
        (LOG["A"] + LOG["B"], LOG["B"] + LOG["A"], ["positive", "positive"]),
    ],
)
def test_conditions_are_stated(left: Tensor | Scalar, right: Tensor | Scalar, kinds: list[str]) -> None:
    left, right = (entry(side) if isinstance(side, Tensor) else side for side in (left, right))
    outcome = prove_equal(left, right, WORLD, FREE)
    assert isinstance(outcome, Proof)
    assert [c.kind for c in outcome.conditions] == kinds


def test_one_entry_of_an_inverse_needs_the_whole_diagonal() -> None:
    """(D⁻¹)[0, 0] = 1/d[0] where no d[i] is zero; 1/d[0] itself only needs that d[0] is not."""
    first = polynomial(0)
    of_first = power(Access("d", (first,)), -1)
    whole = prove_equal(inv(D).at((first, first)), of_first, WORLD, {})
    alone = prove_equal(of_first, power(Access("d", (first,)), -2) * Access("d", (first,)), WORLD, {})
    assert isinstance(whole, Proof)
    assert isinstance(alone, Proof)
    assert [c.kind for c in whole.conditions] == [c.kind for c in alone.conditions] == ["nonzero"]
    assert free_indices(whole.conditions[0].expression)  # for every i
    assert not free_indices(alone.conditions[0].expression)


# -- what must not cancel ----------------------------------------------------------------------------------------
def _over(extent: Polynomial, body: Callable[[Polynomial], Scalar]) -> Scalar:
    name = fresh("s")
    return summation([(name, extent)], body(polynomial(name)))


def _member(s: Polynomial) -> Tensor:
    return entries("F", (n, n), (s,))


FALSE_FRIENDS: dict[str, tuple[Scalar, Scalar, Environment]] = {
    "a row that is not whole": (
        _over(n - 1, lambda s: mul(A.at((i, s)), inv(A).at((s, j)))), delta(i, j), WORLD,
    ),
    "another matrix of a family": (
        _over(n, lambda s: mul(Access("F", (s, i, s)), inv(_member(s)).at((s, j)))), delta(i, j),
        environment(Quantity("F", (n, n, n))),
    ),
    "the inverse of an entry": (inv(A).at((i, j)), power(A.at((i, j)), -1), WORLD),
    "a matrix of rank one": (
        inv(product(entries("d", (n, polynomial(1))), t(entries("d", (n, polynomial(1)))))).at((i, j)),
        power(Access("d", (i,)) * Access("d", (j,)), -1), WORLD,
    ),
    "a product of matrices that are not square": (
        det(product(t(X), X)).body, power(op.trace(product(t(X), X)).body, 2), WORLD,
    ),
    "a symmetric matrix": (entry(inv(A)), inv(A).at((j, i)), WORLD),
    "an elementwise inverse": (_over(n, lambda s: mul(A.at((i, s)), power(A.at((s, j)), -1))), delta(i, j), WORLD),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE_FRIENDS)
def test_false_friends_are_not_proved(name: str) -> None:
    left, right, world = FALSE_FRIENDS[name]
    assert not isinstance(prove_equal(left, right, world, FREE), Proof)
    if name != "a matrix of rank one":  # it is invertible for one row only, where the two agree
        assert isinstance(refute(left, right, world, FREE, budget_seconds=4), Refuted)


def test_a_row_outside_of_the_matrix_is_not_cancelled() -> None:
    """The inverse of the first n rows and columns of a larger matrix."""
    world = environment(Quantity("A", (n + 1, n + 1)))
    left = _over(n, lambda s: mul(A.at((i, s)), inv(A).at((s, j))))
    assert isinstance(prove_equal(left, delta(i, j), world, FREE), Proof)
    free = {"%i.9": n + 1, "%j.9": n}
    assert not isinstance(prove_equal(left, delta(i, j), world, free), Proof)
    assert isinstance(refute(left, delta(i, j), world, free), Refuted)


def test_an_adjoint_through_definitions() -> None:
    """L = tr(M⁻¹B) with M = A·A: ∂L/∂A = −(A·M⁻¹BM⁻¹ + M⁻¹BM⁻¹·A)ᵀ."""
    square = entries("M", (n, n))
    world = environment(
        Quantity("A", (n, n)), Quantity("B", (n, n)),
        define("M", (n, n), lambda a, b: product(A, A).at((a, b))),
        define("L", (), lambda: op.trace(product(inv(square), B)).body),
        loss="L",
    )  # fmt: skip
    from networks import gradient

    core = product(inv(square), B, inv(square))
    right = times(-1, t(plus(product(A, core), product(core, A)))).at((i, j))
    assert isinstance(prove_equal(gradient("A", i, j), right, world, FREE), Proof)
    wrong = times(-1, plus(product(A, core), product(core, A))).at((i, j))
    assert isinstance(refute(gradient("A", i, j), wrong, world, FREE, budget_seconds=4), Refuted)
