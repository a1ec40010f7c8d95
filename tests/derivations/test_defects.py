"""Planted defects: each switches one check of the trusted base off, and a false theorem is proved at once.

With the check in place the same claim is not proved. The table is that of ``docs/trusted-base.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import networks as net
import pytest
from claims import CLAIMS, CROSS, SCALARS, Z, exp
from misread import MISREAD
from networks import define, entry, environment, gradient, m, n, over
from planted import Patch, changed, patched, places

from verify_derivations.derivations import (
    canonical,
    casewise,
    dependence,
    differentiate,
    domains,
    joining,
    kernel,
    layers,
    matching,
    matrices,
    modulo,
    normal,
    products,
    prove,
    ranges,
    recurrence,
    rewrite,
    signs,
    terms,
    unfolding,
    witnesses,
)
from verify_derivations.derivations.prove import Limits, Open, Outcome, Proof, prove_equal
from verify_derivations.formulas import definitions, expressions, operators
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity, adjoint
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Apply,
    ArgMaximum,
    Compare,
    Constraint,
    Determinant,
    Maximum,
    Product,
    Scalar,
    Size,
    Sum,
    apply,
    at_least,
    bracket,
    delta,
    heads,
    mul,
    power,
    scalar,
)
from verify_derivations.formulas.latex import to_latex
from verify_derivations.formulas.polynomial import Polynomial, polynomial
from verify_derivations.formulas.tensors import Tensor, build, entries, matrix_product

i, j = map(polynomial, (net.i, net.j))
VECTOR = environment(Quantity("x", (n,)), Quantity("y", (n,)))
SELECTED = environment(
    Quantity("x", (n,)),
    define("q", (n,), lambda i: over(n, lambda t: mul(delta(t, i), entry("x", t)))),
    define("o", (n,), lambda i: delta(i, 0)),
)


@dataclass(frozen=True)
class Defect:
    """What is broken (``patch``), and the false claim that it lets through."""

    patch: Patch
    left: Scalar | Callable[[], Scalar]
    right: Scalar
    environment: Environment = VECTOR
    free: dict[str, Polynomial] = field(default_factory=dict)
    facts: tuple[Constraint, ...] = ()


    def prove(self, steps: int = 8_000) -> Outcome:
        left = self.left() if callable(self.left) else self.left
        environment = replace(self.environment)  # anew: it remembers what it found without the defect
        return prove_equal(left, self.right, environment, self.free, self.facts, limits=Limits(steps=steps))


def x(index: Polynomial | int) -> Scalar:
    return entry("x", polynomial(index))


def y(index: Polynomial) -> Scalar:
    return entry("y", index)


Q = polynomial("%q")


def _over_all(body: Scalar) -> Scalar:
    return Product((("%q", n),), body)


LEFT_OUT = _over_all(delta(Q, i) + mul(1 - delta(Q, i), x(Q)))


def _always(*_: Any, **__: Any) -> bool:
    return True


def _whole_sums(term: terms.Term, divisor: terms.Term, facts: terms.Facts,
                parameters: frozenset[str] = frozenset()) -> Iterator[Any]:
    """`quotients` that does not compare the domains."""
    with patched([(matching, "tidy_constraint", lambda c: None), (matching, "implies", _always)]):
        yield from _QUOTIENTS(term, divisor, facts, parameters)


_QUOTIENTS = matching.quotients


def _nothing_left(*given: Any) -> Iterator[Any]:
    """`embeddings` that forget what is left."""
    return ((values, ()) for values, _ in matching.embeddings(*given))


def _keep(node: Any) -> Any:
    return node


def _product_without_renaming(a: terms.Term, b: terms.Term) -> terms.Term:
    return terms.Term(a.coefficient * b.coefficient, tuple(dict.fromkeys(a.bound + b.bound)),
                      a.constraints + b.constraints, terms.collect(a.factors + b.factors))


def _solved_in_fractions(value: Polynomial, variable: str) -> Polynomial | None:
    parts = value.linear_in(variable) if variable in value.names else None
    return parts[1] * (-1 / parts[0].value) if parts is not None and parts[0].is_constant else None


def _some_positions(term: terms.Term, head: terms.Head, at: tuple[Polynomial, ...]) -> frozenset[str] | None:
    return frozenset(name for a in at if (name := a.as_atom()) in term.bound and name is not None) or None


def _unchanged(term: terms.Term) -> terms.Term:
    return term


def _inverse_of_a_row(row: Polynomial, extent: Polynomial) -> Scalar:
    return power(1 + entry("M", row, polynomial(0)) + over(extent, lambda r: power(entry("M", row, r), 2)), -1)


NO_INDEX, UNIT_INDEX = polynomial(0), polynomial(1)

def _digits_without_domain(self: rewrite.Rewriter, term: terms.Term, facts: terms.Facts) -> list[terms.Term] | None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(rewrite, "implies", _always)
        return _DIGITS(self, term, facts)


def _window_without_domain(self: rewrite.Rewriter, term: terms.Term, facts: terms.Facts) -> list[terms.Term] | None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(rewrite, "implies", _always)
        return _WINDOW(self, term, facts)


def _index_of_the_claim(hint: str) -> str:
    return net.i if hint == "i" else expressions.fresh(hint)


_DIGITS, _WINDOW, _DECIDE, _SOLVE, _FINISHED = (
    rewrite.Rewriter._digits, rewrite.Rewriter._window, rewrite.Rewriter._decide, rewrite.Rewriter._solve,
    canonical._finished,
)  # fmt: skip


def _solve_without_range(self: rewrite.Rewriter, term: terms.Term, facts: terms.Facts) -> list[terms.Term] | None:
    found = _SOLVE(self, term, facts)
    return found and [terms.Term(t.coefficient, t.bound, (), t.factors) for t in found] if term.bound else found


def _unequal_is_always(self: rewrite.Rewriter, term: terms.Term, facts: terms.Facts) -> list[terms.Term] | None:
    found = _DECIDE(self, term, facts)
    return found and found[:1]


def _nearly_pinched(self: rewrite.Rewriter, term: terms.Term, facts: terms.Facts) -> list[terms.Term] | None:
    """[p ≥ 0]·[1 − p ≥ 0] = [p = 0]."""
    for c in term.constraints:
        other = Constraint(1 - c.value, ">=")
        if c.relation == ">=" and other in term.constraints:
            rest = tuple(o for o in term.constraints if o not in (c, other))
            return [terms.Term(term.coefficient, term.bound, (*rest, Constraint(c.value, "==")), term.factors)]
    return None


def _tie_counted_twice(
    term: terms.Term, variable: str, one: Polynomial, other: Polynomial, side: int
) -> list[terms.Term]:
    first, second = ranges.tightest(term, variable, one, other, side)
    *rest, order = second.constraints
    both = (*rest, Constraint(order.value + 1, ">="))
    return [first, terms.Term(second.coefficient, second.bound, both, second.factors)]


def _one_bound(term: terms.Term, variable: str, one: Polynomial, other: Polynomial, side: int) -> list[terms.Term]:
    weaker = terms.tidy_constraint(Constraint((polynomial(variable) - other) * side, ">="))
    kept = tuple(c for c in term.constraints if terms.tidy_constraint(c) != weaker)
    return [terms.Term(term.coefficient, term.bound, kept, term.factors)]


def _half_a_split(self: rewrite.Rewriter, given: terms.Normal, facts: terms.Facts) -> terms.Normal:
    """[D] = [D]·[c]: what lies outside of c is forgotten."""
    every = tuple(dict.fromkeys(c for t in given for c in t.constraints))
    return terms.gather(terms.Term(t.coefficient, t.bound, every, t.factors) for t in given)


def _cleared_one_by_one(self: kernel.Derivation) -> terms.Normal:
    return terms.gather(
        terms.Term(t.coefficient, t.bound, t.constraints, tuple(f for f in t.factors if f.exponent > 0))
        for t in self.residual
    )


def _domains_do_not_matter(given: Any) -> terms.Normal:
    totals: dict[Any, Fraction] = {}
    samples: dict[Any, terms.Term] = {}
    for t in given:
        totals[t.bound, t.factors] = totals.get((t.bound, t.factors), Fraction(0)) + t.coefficient
        samples.setdefault((t.bound, t.factors), t)
    return tuple(terms.Term(totals[k], t.bound, t.constraints, t.factors, t.shape)
                 for k, t in samples.items() if totals[k])


def _shifted_without_domain(term: terms.Term, values: Any, bound: tuple[str, ...]) -> terms.Term:
    plain = terms.Term(term.coefficient, bound, (), term.factors)
    done = _FINISHED(plain, values, bound)
    names = {old: polynomial(new) for old, new in zip(term.bound, bound, strict=False)}
    kept = tuple(c.substitute(names) for c in term.constraints)
    return terms.Term(done.coefficient, bound, kept, done.factors, done.shape + str(kept))


def _rounded_up(constraint: Constraint) -> Constraint:
    tight = terms.tidy_constraint(constraint)
    value = constraint.value
    content = math.gcd(*(int(c) for m, c in value.terms if m)) or 1
    if constraint.relation != ">=" or any(c.denominator != 1 for _, c in value.terms):
        return tight
    return Constraint(Polynomial([(m, Fraction(c) / content if m else Fraction(math.ceil(Fraction(c) / content)))
                                  for m, c in value.terms]), ">=")


def _first_consumer(self: Environment, head: str) -> tuple[Quantity, ...]:
    return _CONSUMERS(self, head)[:1]


_CONSUMERS = Environment.consumers


def _without_inner_slope(self: differentiate._Differentiation, node: Any) -> Scalar:
    return self.partial(node, 0) if self.of(node.arguments[0]) != NOUGHT else NOUGHT


def _powers_of_half(x: Polynomial, degree: Fraction) -> Polynomial:
    """1 + … + x = x²/2."""
    return x * x * Fraction(1, 2) if degree == 1 else x


def _bound_anew(total: Scalar) -> Scalar:
    """Σ_v F(v) = Σ_w F(w), so that no bound variable shares its name with a free one."""
    assert isinstance(total, Sum)
    w = "%i.w"
    return Sum(((w, n),), expressions.substitute(total.body, {total.binders[0][0]: polynomial(w)}))


def _same_position_not_asked(self: rewrite.Rewriter, term: terms.Term, facts: terms.Facts) -> list[terms.Term] | None:
    found = [f for f in term.factors if f.head.kind == "argmax"]
    if len(found) < 2:
        return None
    return [terms.Term(term.coefficient, term.bound, term.constraints,
                       tuple(f for f in term.factors if f is not found[1]))]


def _matrix(head: str, *fixed: Polynomial) -> Tensor:
    return entries(head, (n, n), fixed)


def _inverse(row: Polynomial, column: Polynomial, head: str = "M", *fixed: Polynomial) -> Scalar:
    return operators.inverse(_matrix(head, *fixed)).at((row, column))


def _as_if_symmetric(kind: str, a: matrices.Matrix) -> tuple[terms.Head, tuple[Polynomial, ...], bool]:
    head, args, turned = _CLOSED(kind, a)
    return terms.Head(head.kind, "", head.bodies, (1,), head.extents, fragile=head.fragile), args, turned


def _in_another_order(a: matrices.Matrix) -> tuple[matrices.Matrix, matrices.Matrix] | None:
    found = _FACTORED(a)
    return found and (found[1], found[0])


def _without_sign(self: differentiate._Differentiation, node: Any) -> Scalar:
    return -_OF_AN_INVERSE(self, node)


def _transposed_entry(self: differentiate._Differentiation, node: Any) -> Any:
    places, binders, slope = _ENTRY(self, node)
    return places[::-1], binders, slope


_CLOSED, _FACTORED = matrices._closed, matrices._factored
_OF_AN_INVERSE, _ENTRY = differentiate._Differentiation.inverse, differentiate._Differentiation.entry
SQUARE = environment(Quantity("M", (n, n)), Quantity("K", (n, n)))


NESTED = replace(
    environment(Quantity("u"), Quantity("w")),
    functions={"f": FunctionDefinition("f", ("t",), power(Apply("g", (entry("t"),)), 2)),
               "g": FunctionDefinition("g", ("t",), mul(entry("w"), entry("t")))},
)  # fmt: skip
LIKE_A_SUM = "a()[]^1+1*[]tensor:b"
OF_A_SUM = build((n, n), lambda i, j: entry("M", i, j) + entry("K", i, j))
OF_TWO_ROWS = build((n, n), lambda i, j: delta(i, j) + entry("M", NO_INDEX, i) * entry("M", UNIT_INDEX, j))


def _first_minor(rows: Polynomial) -> Scalar:
    """The determinant of the first so many rows and columns."""
    return Determinant((("%a", rows), ("%b", rows)), entry("M", polynomial("%a"), polynomial("%b")))


def _with_a_gap(one: terms.Facts, other: terms.Facts, facts: terms.Facts) -> terms.Facts | None:
    """`union` that does not ask whether what both bound is all in one of them."""
    if not domains.contradictory((*one, *other), facts):
        return None
    kept = [c for c in one if domains.implies((*facts, *other), c)]
    return (*kept, *(d for d in other if domains.implies((*facts, *one), d)))


def _exponentials(low: Polynomial | int, high: Polynomial | int) -> Scalar:
    return over(n, lambda t: mul(bracket(at_least(t, low), at_least(polynomial(high) - 1, t)), exp(x(t))))


def _slots_from_zero(term: terms.Term, local: tuple[str, ...], start: int, fragile: Any) -> Any:
    return _SLOTS(term, local, 0, fragile)


def _sine_of_the_wrong_sign(self: rewrite.Rewriter, term: terms.Term, facts: terms.Facts) -> list[terms.Term] | None:
    """sin² = 1 + cos²."""
    found = _POWERS(self, term, facts)
    sine = any(f.head.name == "sin" and f.exponent >= 2 for f in term.factors)
    return [found[0], found[1].scaled(Fraction(-1))] if sine and found else found


def _separated_by_half(self: rewrite.Rewriter, rest: terms.Term, f: terms.Factor, parts: Any) -> Any:
    """x⁻ᵐ·(c + x·R)ᵉ = x⁻ᵐ·(c + x·R)ᵉ⁺¹/c."""
    found = _SEPARATED(self, rest, f, parts)
    return found and found[:1]


def _at_the_first_index(*given: Any) -> Iterator[Any]:
    """`quotients` that take the parameters of an assumption to be zero."""
    return ((quotient, dict.fromkeys(values, polynomial(0))) for quotient, values in _QUOTIENTS(*given))


_SLOTS, _POWERS, _SEPARATED = terms._slots, rewrite.Rewriter._powers, rewrite.Rewriter._separated
ROWS = environment(Quantity("x", (n,)), Quantity("y", (n,)), Quantity("M", (n, n)))
ALL = power(_exponentials(0, n), -1)
LAYER = environment(
    Quantity("u"), define("a", (), lambda: 2 * entry("u")), define("c", (), lambda: 3 * entry("u")),
    define("L", (), lambda: entry("a") + entry("c")), loss="L",
)  # fmt: skip
QX = ArgMaximum((("%q", n),), x(polynomial("%q")), (i,))
QY = ArgMaximum((("%q", n),), x(polynomial("%q")), (j,))
RECURSION = environment(
    Quantity("w"), define("z", (n,), lambda t: entry("w") * entry("h", t - 1)),
    define("h", (n,), lambda t: 2 * entry("z", t)),
)  # fmt: skip
POSITIVE_PARTS = apply("relu", entry("A")) + apply("relu", Z)

DEFECTS: dict[str, Defect] = {
    "bound variables are not renamed apart in a product": Defect(
        [(normal, "times", _product_without_renaming), (rewrite, "times", _product_without_renaming)],
        power(over(n, x), 2),
        over(n, lambda t: power(x(t), 2)),
    ),
    "a derivative captures the index": Defect(
        [(differentiate, "rename_apart", _keep)],
        lambda: differentiate.derivative(Sum(((net.i, n),), x(i)), "x", (i,), VECTOR),
        scalar(n),
        free={net.i: n},
    ),
    "any fact about ranges follows": Defect(
        [(rewrite, "implies", _always)], over(n, lambda t: mul(bracket(at_least(t, 1)), x(t))), over(n, x)
    ),
    "any reason for a contradiction is believed": Defect(
        [(domains, "refutes", _always), (domains, "_reason", lambda c: witnesses.Indivisible(0))],
        over(polynomial(3), lambda t: mul(bracket(at_least(t, 1)), x(t))),
        NOUGHT,
    ),
    "domains of a folded sum are not compared": Defect(
        [(rewrite, "quotients", _whole_sums)],
        over(n - 1, lambda t: exp(x(t))) / over(n, lambda t: exp(x(t))),
        UNIT,
    ),
    "a sum is folded though its denominator moves with it": Defect(
        [(rewrite, "_fixed", _always)],
        over(n, lambda t: exp(x(t)) / (over(n, lambda s: exp(x(s))) + entry("v", t))
             - exp(y(t)) / (over(n, lambda s: exp(y(s))) + entry("r") * entry("v", t))),
        NOUGHT,
        environment(Quantity("x", (n,)), Quantity("y", (n,)), Quantity("v", (n,)),
                    define("r", (), lambda: over(n, lambda t: exp(y(t))) / over(n, lambda t: exp(x(t))))),
    ),
    "an inverse is that of the transpose": Defect(
        [(matrices, "_closed", _as_if_symmetric)], _inverse(i, j), _inverse(j, i), SQUARE, free={net.i: n, net.j: n}
    ),
    "an inverse is cancelled by a part of a row": Defect(
        [(rewrite, "quotients", _whole_sums)],
        over(n - 1, lambda t: entry("M", i, t) * _inverse(t, j)),
        delta(i, j),
        SQUARE,
        free={net.i: n, net.j: n},
    ),
    "an inverse is cancelled by rows that it does not have": Defect(
        [(rewrite, "_rows", lambda i, extent: ())],
        over(n, lambda t: entry("N", i, t) * _inverse(t, j, "N")),
        delta(i, j),
        environment(Quantity("N", (n + 1, n + 1))),
        free={net.i: n + 1, net.j: n},
    ),
    "an inverse has zeros beside its rows": Defect(
        [(rewrite.Rewriter, "_cancelled", changed(rewrite.Rewriter._cancelled, " *_rows(j, extent),", ""))],
        _inverse(i, j),
        NOUGHT,
        SQUARE,
        free={net.i: n + 1, net.j: n},
        facts=(at_least(i, n),),
    ),
    "a residual is multiplied by rows that it does not have": Defect(
        [(kernel, "multiplied", changed(matrices.multiplied, "implies(n.facts, c) for c", "True for c"))],
        operators.inverse(OF_A_SUM).at((i, j)),
        _inverse(i, j) - over(n, lambda s: over(n, lambda t: mul(
            _inverse(i, s), entry("K", s, t), operators.inverse(OF_A_SUM).at((t, j))))),
        SQUARE,
        free={net.i: n, net.j: n + 1},
    ),
    "an inverse is cancelled by entries of other matrices": Defect(
        [(rewrite, "_fixed", _always)],
        over(n, lambda t: entry("F", t, i, t) * _inverse(t, j, "F", t)),
        delta(i, j),
        environment(Quantity("F", (n, n, n))),
        free={net.i: n, net.j: n},
    ),
    "factors are inverted in their order": Defect(
        [(matrices, "_factored", _in_another_order)],
        operators.inverse(matrix_product(_matrix("M"), _matrix("K"))).at((i, j)),
        over(n, lambda t: _inverse(i, t) * _inverse(t, j, "K")),
        SQUARE,
        free={net.i: n, net.j: n},
    ),
    "a matrix is symmetric if the entries of its transpose look alike": Defect(
        [(matrices, "_closed", changed(matrices._closed, "straight[:2] == other[:2]", "straight[:1] == other[:1]"))],
        operators.inverse(OF_TWO_ROWS).at((i, j)),
        operators.inverse(OF_TWO_ROWS).at((j, i)),
        SQUARE,
        free={net.i: n, net.j: n},
    ),
    "a triangle of an inverse is the inverse": Defect(
        [(matrices, "_undone", changed(matrices._undone, " or a.body[0].constraints", ""))],
        operators.inverse(build((n, n), lambda i, j: mul(bracket(at_least(i, j)), _inverse(i, j)))).at((i, j)),
        entry("M", i, j),
        SQUARE,
        free={net.i: n, net.j: n},
    ),
    "squares of the entries of an inverse are the inverse": Defect(
        [(matrices, "_undone", changed(matrices._undone, " or f.exponent != 1", ""))],
        operators.inverse(build((n, n), lambda i, j: power(_inverse(i, j), 2))).at((i, j)),
        entry("M", i, j),
        SQUARE,
        free={net.i: n, net.j: n},
    ),
    "a block of an inverse is the inverse of a block": Defect(
        [(matrices, "_undone", changed(matrices._undone, " or f.head.extents[0] != a.extent", ""))],
        operators.inverse(build((n - 1, n - 1), _inverse)).at((i, j)),
        entry("M", i, j),
        replace(SQUARE, facts=(at_least(n, 2),)),
        free={net.i: n - 1, net.j: n - 1},
    ),
    "the diagonal of an inverse is the inverse": Defect(
        [(matrices, "_undone", changed(matrices._undone, "set(at) != {a.row, a.column} or ", ""))],
        operators.inverse(build((n, n), lambda i, j: _inverse(j, j))).at((i, j)),
        entry("M", j, j),
        SQUARE,
        free={net.i: n, net.j: n},
    ),
    "a row of one inverse and a row of another are those of one inverse": Defect(
        [(matrices, "_undone", changed(matrices._undone, " or any(not p.names.isdisjoint(at) for p in slots)", ""))],
        operators.inverse(build((n, n), lambda i, j: _inverse(i, j, "F", i))).at((i, j)),
        entry("F", i, i, j),
        environment(Quantity("F", (n, n, n))),
        free={net.i: n, net.j: n},
    ),
    "a product of matrices that lack a column and a row is one of square matrices": Defect(
        [(matrices, "_factored", changed(matrices._factored, "!= ranges", "== set()"))],
        operators.inverse(build((n, n), lambda i, j: over(n - 1, lambda t: entry("M", i, t) * entry("K", t, j)))).at(
            (i, j)),
        over(n, lambda t: _inverse(i, t, "K") * _inverse(t, j)),
        SQUARE,
        free={net.i: n, net.j: n},
    ),
    "functions are equal that are written alike": Defect(
        [(terms.Head, "__eq__", changed(terms.Head.__eq__, "self._parts != other._parts", "False"))],
        apply("sin", entry("a") + entry("b")),
        apply("sin", entry(LIKE_A_SUM)),
        environment(Quantity("a"), Quantity("b"), Quantity(LIKE_A_SUM)),
    ),
    "an index inside a function is no argument of it": Defect(
        [(terms, "_split", changed(terms._split, "is_index(n) and n not in inside for", "False for"))],
        over(n, lambda s: mul(scalar(n) * y(s) - over(n, y), apply("sin", over(n, lambda t: entry("x", s * t))))),
        NOUGHT,
        environment(Quantity("x", (n * n,)), Quantity("y", (n,))),
    ),
    "what is not zero is not negative": Defect(
        [(normal, "tidy_constraint", changed(terms.tidy_constraint, """if constraint.relation == ">=":
        tight""", """if constraint.relation != "==":
        tight"""))],
        mul(bracket(at_least(i, j)), x(i)),
        x(i),
        free={net.i: n, net.j: n},
        facts=(Constraint(2 * i - 2 * j, "!="),),
    ),
    "the determinant of a product is that of its negative": Defect(
        [(matrices, "_factored", changed(matrices._factored, "t.scaled(term.coefficient) for t in", "t for t in"))],
        operators.determinant(build((n, n), lambda i, j: -over(n, lambda t: entry("M", i, t) * entry("K", t, j)))).body,
        mul(operators.determinant(_matrix("M")).body, operators.determinant(_matrix("K")).body),
        SQUARE,
    ),
    "a function does not depend on what the functions in its definition do": Defect(
        [(Environment, "captured", changed(Environment.captured.func, "for _ in found:", "for _ in ():"))],
        lambda: differentiate.derivative(Apply("f", (entry("u"),)), "w", (), replace(NESTED)),
        NOUGHT,
        NESTED,
    ),
    "a symbol that begins like an adjoint is one": Defect(
        [(module, "adjoint_of", changed(definitions.adjoint_of, " and name.endswith(suffix)", ""))
         for module in (kernel, prove, dependence)],
        entry(adjoint("a", "L")[:-1] + ")"),
        2 * entry("a"),
        environment(Quantity("a"), define("L", (), lambda: power(entry("a"), 2)), loss="L"),
    ),
    "the determinant of an inverse is that of its negative": Defect(
        [(matrices, "_undone", changed(matrices._undone, "a.body[0].coefficient != 1 or ", ""))],
        operators.determinant(build((n, n), lambda i, j: -_inverse(i, j))).body,
        power(operators.determinant(_matrix("M")).body, -1),
        SQUARE,
    ),
    "the inverse of one number is that number": Defect(
        [(normal, "of_matrix", changed(matrices.of_matrix, "n.power(only, Fraction(-1), facts)", "only"))],
        _inverse(NO_INDEX, NO_INDEX),
        entry("M", NO_INDEX, NO_INDEX),
        replace(SQUARE, facts=(Constraint(n - 1, "=="),)),
    ),
    "a determinant is the same for any number of rows": Defect(
        [(normal, "of_matrix", changed(matrices.of_matrix, "any(map(is_index, extent.names))", "False"))],
        over(n, lambda t: mul(_first_minor(t + 1), scalar(n) * x(t) - over(n, x))),
        NOUGHT,
        environment(Quantity("x", (n,)), Quantity("M", (n, n))),
    ),
    "every matrix is a diagonal one": Defect(
        [(matrices, "_diagonal", lambda a: a.named(polynomial(a.row), polynomial(a.row)))],
        _inverse(i, i),
        power(entry("M", i, i), -1),
        SQUARE,
        free={net.i: n},
    ),
    "a derivative of an inverse lacks its sign": Defect(
        [(differentiate._Differentiation, "inverse", _without_sign)],
        lambda: differentiate.derivative(_inverse(i, i), "M", (i, i), SQUARE),
        power(_inverse(i, i), 2),
        SQUARE,
        free={net.i: n},
    ),
    "a derivative of an inverse is transposed": Defect(
        [(differentiate._Differentiation, "entry", _transposed_entry)],
        lambda: differentiate.derivative(_inverse(i, j), "M", (i, j), SQUARE),
        -_inverse(i, j) * _inverse(i, j),
        SQUARE,
        free={net.i: n, net.j: n},
    ),
    "the bound variables of canonical terms are not renamed before they are named anew": Defect(
        [(canonical, "released", _unchanged), (rewrite, "released", _unchanged)],
        over(n, lambda s: mul(delta(s, i), over(n - 1, lambda t: mul(x(t), _inverse_of_a_row(s, n))))),
        over(n, lambda s: mul(delta(s, i), over(n - 1, lambda t: mul(x(t), _inverse_of_a_row(s, n + 1))))),
        environment(Quantity("x", (n,)), Quantity("M", (n, n + 2))),
        free={net.i: n},
    ),
    "parts of a sum that overlap are put together": Defect(
        [(joining, "contradictory", _always)], power(_exponentials(0, m + 1) + _exponentials(m, n), -1), ALL
    ),
    "parts of a sum with a gap are put together": Defect(
        [(joining, "union", _with_a_gap)], power(_exponentials(0, m) + _exponentials(m + 1, n), -1), ALL
    ),
    "what bounds one part of a sum bounds the whole": Defect(
        [(joining, "implies", _always)], power(1 + _exponentials(0, m) + _exponentials(m, n), -1), UNIT
    ),
    "parts of a sum are put together by a map that is not onto": Defect(
        [(joining, "is_shift", _always)],
        power(over(n + 1, lambda t: exp(x(2 * t)))
              + over(n, lambda t: mul(bracket(at_least(2 * t, n + 1)), exp(x(t)))), -1),
        ALL,
    ),
    "parts of a sum are put together although a factor is left": Defect(
        [(joining, "embeddings", _nothing_left)], power(power(exp(x(0)), 2) + _exponentials(1, n), -1), ALL
    ),
    "the map between two sums need not be onto": Defect(
        [(matching, "is_shift", _always)],
        over(n, lambda t: exp(x(2 * t))) / over(2 * n, lambda t: exp(x(t))),
        UNIT,
    ),
    "an equation is solved in fractions": Defect(
        [(rewrite, "solved", _solved_in_fractions)],
        over(n, lambda t: delta(2 * t, i)),
        UNIT,
        free={net.i: 2 * n - 1},
    ),
    "an empty range counts as a negative number": Defect(
        [(rewrite, "inhabited_by", lambda lower, upper: at_least(0, 0))], over(n - m, lambda t: UNIT), Size(n - m)
    ),
    "signs do not matter to the logarithm of a product": Defect(
        [(signs.Signs, "positive_factor", _always)],
        apply("log", x(i) * x(j)),
        apply("log", x(i)) + apply("log", x(j)),
        free={net.i: n, net.j: n},
    ),
    "signs do not matter to the root of a square": Defect(
        [(signs.Signs, "positive_factor", _always)], power(power(x(i), 2), Fraction(1, 2)), x(i), free={net.i: n}
    ),
    "every comparison ties on a negligible set": Defect(
        [(signs.Signs, "smooth", _always)],
        Compare(POSITIVE_PARTS, ">", NOUGHT),
        Compare(POSITIVE_PARTS, ">=", NOUGHT),
        SCALARS,
    ),
    "a one-hot sum may leave out positions": Defect(
        [(rewrite.Rewriter, "_all_positions", staticmethod(_some_positions))],
        over(n - 1, lambda t: ArgMaximum((("%q", n),), x(polynomial("%q")), (t,))),
        UNIT,
    ),
    "a matrix is symmetric if two of its entries are equal": Defect(
        [(modulo, "symmetric_in", lambda equation: "M")],
        entry("M", i, j),
        entry("M", j, i),
        replace(environment(Quantity("M", (n, n))), assumptions=((entry("M", UNIT_INDEX, NO_INDEX), scalar(1)),)),
        free={net.i: n, net.j: n},
    ),
    "an assumption holds outside of the axes": Defect(
        [(modulo, "_ranges", lambda lead, names, normalizer: ())],
        over(n, lambda t: power(entry("M", t, n), 2)),
        UNIT,
        replace(environment(Quantity("M", (n, n))), assumptions=((
            over(n, lambda t: entry("M", t, polynomial("%p.0")) * entry("M", t, polynomial("%q.0"))),
            delta(polynomial("%p.0"), polynomial("%q.0")),
        ),)),
    ),
    "an assumption makes everything zero": Defect(
        [(kernel, "apply_assumption", lambda residual, equation, normalizer: ())],
        gradient("z", i),
        entry("y", i) - entry("a", i),
        CROSS,
        {net.i: n},
    ),
    "a function hides what its definition depends on": Defect(
        [(Environment, "mentioned", lambda self, expression: frozenset(heads(expression)))],
        gradient("w"),
        NOUGHT,
        environment(
            Quantity("w"), Quantity("t"), define("L", (), lambda: apply("f", entry("t"))), loss="L",
            functions={"f": FunctionDefinition("f", ("u",), entry("w") * entry("u"))},
        ),
    ),
    "everything is below one": Defect(
        [(signs.Signs, "_below_one", lambda self, value: len(value) == 2)],
        Compare(1 - entry("A"), ">", NOUGHT),
        UNIT,
        SCALARS,
    ),
    "an opaque quantity is differentiated by what the document shows": Defect(
        [(Environment, "has_step", _always)],
        gradient("u"),
        scalar(2),
        environment(Quantity("u", opaque=True), define("L", (), lambda: 2 * entry("u")), loss="L"),
    ),
    "a loss that is defined by its own derivative is differentiated": Defect(
        [(Environment, "has_step", lambda self, head: not self.quantities[head].opaque)],
        gradient("u"),
        scalar(2),
        environment(Quantity("u"), define("g", (), lambda: gradient("u")),
                    define("L", (), lambda: 2 * entry("u") + entry("g")), loss="L"),
    ),
    "facts that contradict each other are facts": Defect(
        [(kernel, "contradictory", lambda *_: False)],
        bracket(at_least(i, 1)),
        NOUGHT,
        free={net.i: n},
        facts=(at_least(i, n),),
    ),
    "a bound variable captures what is put in": Defect(
        [(expressions, "fresh", lambda name: name)],
        lambda: _bound_anew(expressions.substitute(Sum(((net.i, n),), x(i) * x(j)), {net.j: i})),
        over(n, lambda t: power(x(t), 2)),
        free={net.i: n},
    ),
    "∂x[t]/∂x[i] = 1 for all t": Defect(
        [(differentiate, "bracket", lambda *_: UNIT)],
        lambda: differentiate.derivative(over(n, lambda t: entry("y", t) * x(t)), "x", (i,), VECTOR),
        over(n, lambda t: entry("y", t)),
        free={net.i: n},
    ),
    "δ counts twice": Defect(
        [(differentiate, "bracket", lambda *c: 2 * bracket(*c))],
        lambda: differentiate.derivative(over(n, lambda t: entry("y", t) * x(t)), "x", (i,), VECTOR),
        2 * entry("y", i),
        free={net.i: n},
    ),
    "what a product leaves out need not be in its range": Defect(
        [(products, "is_there", _always)],
        mul(x(i), LEFT_OUT),
        _over_all(x(Q)),
        environment(Quantity("x", (n + 1,))),
        free={net.i: n + 1},
    ),
    "what has a δ for a summand leaves one out": Defect(
        [(products, "left_out", changed(products.left_out, "if there == gather(map(canonical, one)):", "if there:"))],
        mul(x(i), _over_all(delta(Q, i) + x(Q))),
        _over_all(x(Q)),
        free={net.i: n},
    ),
    "beside a product nothing else moves a logarithm": Defect(
        [(differentiate._Differentiation, "log_of_product", changed(
            differentiate._Differentiation.log_of_product,
            "mul(self.of(factor), power(factor, -1)) if slope is None", "NOUGHT if slope is None"))],
        lambda: differentiate.derivative(
            apply("log", mul(Z, _over_all(power(x(Q), 2)))), "z", (), environment(Quantity("z"), Quantity("x", (n,)))),
        NOUGHT,
        environment(Quantity("z"), Quantity("x", (n,))),
    ),
    "a product is differentiated by its first factor": Defect(
        [(differentiate, "add", lambda *terms: terms[0] if terms else NOUGHT)],
        lambda: differentiate.derivative(expressions.Mul((Z, Z)), "z", (), SCALARS),
        Z,
        SCALARS,
    ),
    "the inner slope of a function is forgotten": Defect(
        [(differentiate._Differentiation, "apply", _without_inner_slope)],
        lambda: differentiate.derivative(exp(2 * Z), "z", (), SCALARS),
        exp(2 * Z),
        SCALARS,
    ),
    "a wrong line in the table of derivatives": Defect(
        [(differentiate, "RULES", {**differentiate.RULES, "tanh": lambda a: (1 - apply("tanh", a),)})],
        lambda: differentiate.derivative(apply("tanh", Z), "z", (), SCALARS),
        1 - apply("tanh", Z),
        SCALARS,
    ),
    "an adjoint is that of the first consumer": Defect(
        [(Environment, "consumers", _first_consumer)], gradient("u"), scalar(2), LAYER
    ),
    "an opaque quantity leads nowhere": Defect(
        [(Environment, "contributors", lambda self, head: tuple(
            q for q in self.consumers(head) if not q.opaque))],
        gradient("u"),
        NOUGHT,
        environment(Quantity("u"), define("o", (), lambda: Access("u"), opaque=True),
                    define("L", (), lambda: Access("v")), Quantity("v", opaque=True), loss="L"),
    ),
    "nothing depends on what comes before": Defect(
        [(differentiate, "too_early", _always)],
        lambda: differentiate.total_derivative(entry("L"), "u", (), LAYER),
        NOUGHT,
        LAYER,
    ),
    "what is at the same time is too early": Defect(
        [(differentiate, "too_early", changed(recurrence.too_early, "lag.value < 0", "True"))],
        lambda: differentiate.total_derivative(entry("h", i), "z", (i,), RECURSION),
        NOUGHT,
        RECURSION,
        free={net.i: n},
    ),
    "time runs backwards": Defect(
        [(differentiate, "too_early", changed(recurrence.too_early, "own - other", "other - own"))],
        lambda: differentiate.total_derivative(entry("h", i), "z", (i,), RECURSION),
        NOUGHT,
        RECURSION,
        free={net.i: n},
    ),
    "the members of a recursion do not depend on each other": Defect(
        [(differentiate._Differentiation, "access", changed(
            differentiate._Differentiation.access, "node.head == self.head in self.through", "False"))],
        lambda: differentiate.total_derivative(entry("h", i), "h", (i - 2,), RECURSION),
        NOUGHT,
        RECURSION,
        free={net.i: n},
    ),
    "a digit may be as large as one likes": Defect(
        [(rewrite.Rewriter, "_digits", _digits_without_domain)],
        over(n, lambda t: delta(2 * t, i)),
        delta(i, 0),
        free={net.i: 2 * n},
    ),
    "a window may be anywhere": Defect(
        [(rewrite.Rewriter, "_window", _window_without_domain)],
        over(n, lambda t: mul(bracket(at_least(i - 2 * t, 0), at_least(2 * t + 1 - i, 0)), x(t))),
        mul(bracket(at_least(1 - i, 0)), x(0)),
        free={net.i: 2 * n},
    ),
    "a definition holds outside of its range": Defect(
        [(unfolding, "implies", _always)], entry("q", i), x(i), SELECTED, free={net.i: m}
    ),
    "facts of a claim are facts of a definition": Defect(
        [(unfolding, "fresh", _index_of_the_claim)], entry("o", j), UNIT, SELECTED, free={net.i: n, net.j: n},
        facts=(Constraint(i, "=="),)
    ),
    "a solved variable may leave its range": Defect(
        [(rewrite.Rewriter, "_solve", _solve_without_range)],
        over(n, lambda t: mul(delta(t, i), x(t))),
        x(i),
        free={net.i: m},
    ),
    "what is unequal is not left out": Defect(
        [(rewrite.Rewriter, "_decide", _unequal_is_always)],
        over(n, lambda t: mul(bracket(Constraint(t - i, "!=")), x(t))),
        over(n, x),
        free={net.i: n},
    ),
    "two neighbours count as one": Defect(
        [(rewrite.Rewriter, "_pinch", _nearly_pinched)],
        over(n, lambda t: mul(bracket(at_least(t, i), at_least(i + 1, t)), x(t))),
        x(i),
        free={net.i: n - 1},
    ),
    "of two bounds of a range one is forgotten": Defect(
        [(rewrite, "tightest", _one_bound)],
        over(n, lambda t: bracket(at_least(m - 1, t))),
        scalar(n),
    ),
    "of two bounds that are equal both count": Defect(
        [(rewrite, "tightest", _tie_counted_twice)],
        over(n, lambda t: bracket(at_least(m, t + 1))),
        mul(bracket(at_least(m, n)), Size(n)) + mul(bracket(at_least(n, m)), Size(m)),
    ),
    "a range that ends two before it begins counts as one less than none": Defect(
        [(rewrite, "inhabited_by", lambda lower, upper: Constraint(upper + 1 - lower, ">="))],
        over(n - 2, lambda t: UNIT),
        Size(n - 2),
    ),
    "a wrong sum of powers": Defect(
        [(rewrite, "power_sum", _powers_of_half)],
        over(n, Size),
        Size(n * n * Fraction(1, 2) - n),
    ),
    "a sum is divided and one part lost": Defect(
        [(rewrite.Rewriter, "split", _half_a_split)],
        over(n, x),
        over(n, lambda t: mul(bracket(at_least(t, i)), x(t))),
        free={net.i: n},
    ),
    "denominators under a sum are cleared": Defect(
        [(kernel.Derivation, "cleared", _cleared_one_by_one)],
        over(n, lambda t: x(t) / entry("y", t)),
        over(n, x),
    ),
    "terms over different domains are merged": Defect(
        [(rewrite, "gather", _domains_do_not_matter), (normal, "gather", _domains_do_not_matter),
         (terms, "gather", _domains_do_not_matter)],
        over(n, x),
        over(m, x),
    ),
    "a sum is shifted without its domain": Defect(
        [(canonical, "_finished", _shifted_without_domain)], over(n - 1, lambda t: x(t + 1)), over(n - 1, x)
    ),
    "a bound is rounded up": Defect(
        [(rewrite, "tidy_constraint", _rounded_up), (normal, "tidy_constraint", _rounded_up),
         (canonical, "tidy_constraint", _rounded_up)],
        over(n, lambda t: mul(bracket(at_least(2 * t, 1)), x(t))),
        over(n, x),
    ),
    "two positions of a maximum need not be one": Defect(
        [(rewrite.Rewriter, "_argmax", _same_position_not_asked)], QX * QY, QX, free={net.i: n, net.j: n}
    ),
    "any value at the position of a maximum is the maximum": Defect(
        [(rewrite.Rewriter, "_without_body", staticmethod(lambda f, factors: (Fraction(1), ())))],
        over(n, lambda t: mul(ArgMaximum((("%q", n),), x(polynomial("%q")), (t,)), entry("y", t))),
        expressions.Maximum((("%q", n),), x(polynomial("%q"))),
    ),
    "a sum over an empty range is positive": Defect(
        [(signs.Signs, "_inhabited", staticmethod(_always))],
        Compare(over(n - m, lambda t: exp(x(t))), ">", NOUGHT),
        UNIT,
    ),
    "no term is negative": Defect(
        [(signs.Signs, "_nonnegative_term", _always)],
        Compare(x(i) + exp(x(j)), ">", NOUGHT),
        UNIT,
        free={net.i: n, net.j: n},
    ),
    "slots of a closed body are filled by what fills another": Defect(
        [(terms, "_slots", _slots_from_zero)],
        power(1 + power(x(i), 2) + power(entry("y", j), 2), -1),
        power(1 + power(x(i), 2) + power(entry("y", i), 2), -1),
        free={net.i: n, net.j: n},
    ),
    "sin² = 1 + cos²": Defect(
        [(rewrite.Rewriter, "_powers", _sine_of_the_wrong_sign)],
        power(apply("sin", Z), 2),
        1 + power(apply("cos", Z), 2),
        SCALARS,
    ),
    "of two partial fractions one is lost": Defect(
        [(rewrite.Rewriter, "_separated", _separated_by_half)],
        mul(power(Z, -1), power(1 + Z, -1)),
        power(Z, -1),
        SCALARS,
    ),
    "an assumption for all indices is used at the first": Defect(
        [(modulo, "quotients", _at_the_first_index)],
        over(n, lambda t: entry("M", i, t)),
        entry("y", NO_INDEX),
        replace(ROWS, assumptions=((over(n, lambda t: entry("M", polynomial("%p.0"), t)),
                                    entry("y", polynomial("%p.0"))),)),
        {net.i: n},
    ),
    "rows that sum to one make a trace of one": Defect(
        [(modulo, "quotients", changed(
            matching.quotients, " and all(chosen.isdisjoint(v.names) for v in outer.values())", ""))],
        over(n, lambda t: entry("M", t, t)),
        UNIT,
        replace(ROWS, assumptions=((over(n, lambda t: entry("M", polynomial("%p.0"), t)), UNIT),)),
    ),
    "an assumption for all indices holds only at the claim's": Defect(
        [(kernel, "fresh", _keep)],
        x(j),
        entry("y", j),
        replace(ROWS, assumptions=((x(i), mul(bracket(at_least(i, 1)), entry("y", i))),)),
        {net.i: n, net.j: n},
        (at_least(i, 1),),
    ),
    "the only value of a range is one": Defect(
        [(normal, "ZERO", UNIT_INDEX)], expressions.Maximum((("%q", UNIT_INDEX),), x(polynomial("%q"))), x(1)
    ),
    "the only value of an index is one": Defect([(kernel, "ZERO", UNIT_INDEX)], x(i), x(1), free={net.i: UNIT_INDEX}),
    "no factor of a difference is ever zero": Defect(
        [(signs.Signs, "nonzero", _always)],
        Compare(x(i) * x(j), "==", NOUGHT),
        NOUGHT,
        free={net.i: n, net.j: n},
    ),
    "every quantity is positive": Defect(
        [(signs.Signs, "head_sign", lambda self, name: "+")],
        apply("log", x(i) * x(j)),
        apply("log", x(i)) + apply("log", x(j)),
        free={net.i: n, net.j: n},
    ),
}


A = Access("A")
LARGEST = Maximum(((net.k, n),), entry("x", net.k))
KNOWN = environment(
    *(Quantity(name, (n,)) for name in "xya"), *map(Quantity, "Az"), define("zz", (), lambda: power(Z, 2)),
    define("root", (), lambda: power(power(Z, 2), Fraction(1, 2))),
    define("logarithm", (), lambda: Fraction(1, 2) * apply("log", power(Z, 2))),
    define("positive", (), lambda: exp(Z)), define("bracket", (), lambda: Compare(Z, ">", NOUGHT)),
    define("largest", (), lambda: LARGEST - entry("x", 0)), define("tangent", (), lambda: apply("tan", Z)),
    define("inverse", (), lambda: power(Z, -1)),
    define("r", (n,), lambda i: apply("relu", entry("x", i))),
    define("s", (n,), lambda i: entry("r", i)), below_one=frozenset("Aaz"), nonzero=frozenset("x"),
    functions={"erf": FunctionDefinition("erf", ("t",), apply("relu", Access("t")))},
)
COUNT = over(n, lambda t: bracket(at_least(2 * t, i - 3)))  # no sum that is written out
LATER = bracket(at_least(i, 1))


def _in_parts(constant: Scalar, slope: Scalar = UNIT) -> tuple[Scalar, Scalar]:
    """1/(z(1 + a·z)) = 1/z - a/(1 + a·z), with another constant."""
    below = power(constant + mul(slope, Z), -1)
    return power(Z, -1) * below, power(Z, -1) - slope * below


def _tied(difference: Scalar) -> Scalar:
    """1 where two values do not tie."""
    return Compare(difference, ">", NOUGHT) + Compare(-difference, ">", NOUGHT)


HALF = Fraction(1, 2)
SLOPED = apply("arctan", Z) + apply("arctan", power(Z, -1)) - 2 * apply("arctan", UNIT)  # zero for all z > 0
Function = Callable[..., Any]
CHECKS: dict[str, tuple[type | Any, Function, str, str, Scalar, Scalar]] = {
    "what is twice below one is below one": (
        signs.Signs, signs.Signs._below_one, "other.coefficient == -one.coefficient", "other.coefficient < 0",
        Compare(1 - 2 * A, ">", NOUGHT), UNIT),
    "what is below one is above one": (
        signs.Signs, signs.Signs._below_one, "one.coefficient > 0 and", "",
        Compare(A - 1, ">", NOUGHT), UNIT),
    "the square of what is below one is below one": (
        signs.Signs, signs.Signs._below_one, "other.factors[0].exponent == 1", "True",
        Compare(1 - power(A, 2), ">", NOUGHT), UNIT),
    "a function is below one like the quantity of its name": (
        signs.Signs, signs.Signs._below_one, 'other.factors[0].head.kind == "tensor" and', "",
        Compare(1 - Apply("A", (Access("z"),)), ">", NOUGHT), UNIT),
    "a sum of what is below one is below one": (
        signs.Signs, signs.Signs._below_one, ", other.bound, other.constraints", "",
        Compare(1 - over(n, lambda t: entry("a", t)), ">", NOUGHT), UNIT),
    "what is below one is below everything": (
        signs.Signs, signs.Signs._below_one, "one.factors, one.bound", "one.bound",
        Compare(A - Z, ">", NOUGHT), UNIT),
    "a sum of any sign is positive to any power": (
        signs.Signs, signs.Signs.positive_factor, "self.positive(head.bodies[0], self.environment.facts)", "True",
        Compare(power(x(i) + x(j), -1), ">", NOUGHT), UNIT),
    "an index counts from one": (
        signs.Signs, signs.Signs.positive_factor, 'implies(facts, Constraint(f.args[0] - 1, ">="))', "True",
        Compare(mul(Size(i), exp(x(i))), ">", NOUGHT), UNIT),
    "every function is positive": (
        signs.Signs, signs.Signs.positive_factor, 'head == Head("apply", "pi")', 'head.kind == "apply"',
        Compare(apply("sin", Z), ">", NOUGHT), UNIT),
    "a bracket is smooth": (
        signs.Signs, signs.Signs.smooth, "any(t.factors for t in normal) and", "",
        Compare(-LATER, ">", NOUGHT), 1 - Compare(LATER, ">", NOUGHT)),
    "what is defined by relu is smooth": (
        signs.Signs, signs.Signs._smooth_head, "if not self._smooth_call(function) or", "if",
        Compare(entry("r", i), ">=", NOUGHT), Compare(entry("r", i), ">", NOUGHT)),
    "a bound that does not count one by one is forgotten": (
        rewrite.Rewriter, rewrite.Rewriter._count, "len(lower) + len(upper) == len(about) and ", "",
        COUNT, Size(n)),
    "an unknown function is smooth": (
        signs.Signs, signs.Signs._smooth_factor, 'head.kind == "apply" and', "False and",
        Compare(Apply("g", (Z,)), ">=", NOUGHT), Compare(Apply("g", (Z,)), ">", NOUGHT)),
    "every quantity is smooth": (
        signs.Signs, signs.Signs._smooth_factor, 'head.kind == "tensor" and', "False and",
        Compare(entry("r", i), ">=", NOUGHT), Compare(entry("r", i), ">", NOUGHT)),
    "what is defined by what is defined by relu is smooth": (
        signs.Signs, signs.Signs._smooth_head, "if not self._smooth_head(inner, (*seen, name))", "if False",
        Compare(entry("s", i), ">=", NOUGHT), Compare(entry("s", i), ">", NOUGHT)),
    "a function of relu is smooth": (
        signs.Signs, signs.Signs._smooth_factor, "for body in head.bodies for t in body", "for t in ()",
        Compare(exp(apply("relu", Z)), ">=", UNIT), Compare(exp(apply("relu", Z)), ">", UNIT)),
    "a function is smooth because of its name": (
        signs.Signs, signs.Signs._smooth_call, "name not in self.environment.functions and", "",
        Compare(apply("erf", Z), ">=", NOUGHT), Compare(apply("erf", Z), ">", NOUGHT)),
    "a root is analytic": (
        signs.Signs, signs.Signs._smooth_factor, "and not self._given(head):", "and False:",
        _tied(power(power(Z, 2), HALF) - Z), UNIT),
    "a root of what is defined is analytic": (
        signs.Signs, signs.Signs._given, " and (quantity is None or quantity.body is None)", "",
        _tied(power(Access("zz"), HALF) - Z), UNIT),
    "a root of a power is one of an entry": (
        signs.Signs, signs.Signs._given, 'head.kind == "tensor" and ', "", _tied(power(power(Z, 2), HALF) - Z), UNIT),
    "a logarithm is analytic": (
        signs.Signs, signs.Signs._smooth_factor, "and not self._given_entry(head.bodies[0]):", "and False:",
        _tied(apply("log", power(Z, 2)) - 2 * apply("log", Z)), UNIT),
    "a logarithm of a power is one of an entry": (
        signs.Signs, signs.Signs._given_entry, "f.exponent == 1 and ", "",
        _tied(apply("log", power(Z, 2)) - 2 * apply("log", Z)), UNIT),
    "what is divided by does not part a domain": (
        signs.Signs, signs.Signs._smooth_factor, "if undivided and whole", "if False and whole", _tied(SLOPED), UNIT),
    "an arctan of anything is analytic": (
        signs.Signs, signs.Signs._smooth_factor, ' or head.name == "arctan"', "", _tied(SLOPED), UNIT),
    "what is defined by a root is analytic": (
        signs.Signs, signs.Signs._smooth_head, "if not natural and", "if False and",
        _tied(Access("root") - Z), UNIT),
    "what is defined by a logarithm is analytic": (
        signs.Signs, signs.Signs._smooth_head, 'in ("log", "sqrt") and', "in () and",
        _tied(Access("logarithm") - apply("log", A)), UNIT),
    "what is not negative is positive": (
        signs.Signs, signs.Signs.positive, "scaled - 1", "scaled", Compare(Size(n - 1), ">", NOUGHT), UNIT),
    "a function is never zero like the quantity of its name": (
        signs.Signs, signs.Signs.nonzero, 'f.head.kind == "tensor" and f.head', "f.head",
        Compare(Apply("x", (Z,)), "==", NOUGHT), NOUGHT),
    "a function is positive like the quantity of its name": (
        signs.Signs, signs.Signs.positive_factor, 'if head.kind == "tensor":', "if head.name:",
        Compare(Apply("positive", (Z,)), ">", NOUGHT), UNIT),
    "a function is not negative like the quantity of its name": (
        signs.Signs, signs.Signs._nonnegative_term, 'f.head.kind == "tensor" and self', "self",
        Compare(1 + Apply("zz", (Z,)), ">", NOUGHT), UNIT),
    "no index is negative": (
        signs.Signs, signs.Signs._nonnegative_term, ' and implies(inner, Constraint(f.args[0], ">="))', "",
        Compare(1 + mul(Size(polynomial("%p.0")), exp(Z)), ">", NOUGHT), UNIT),
    "a maximum is smooth": (
        signs.Signs, signs.Signs._smooth_factor, '("compare", "max", "argmax")', '("compare", "argmax")',
        _tied(LARGEST - x(0)), UNIT),
    "what is defined by a bracket is smooth": (
        signs.Signs, signs.Signs._smooth_head, "Compare() | Maximum()", "Maximum()", _tied(Access("bracket")), UNIT),
    "what is defined by a maximum is smooth": (
        signs.Signs, signs.Signs._smooth_head, "| Maximum() |", "|", _tied(Access("largest")), UNIT),
    "what is defined by a tangent is smooth": (
        signs.Signs, signs.Signs._smooth_head, ' or plain_name(function) == "tan"', "",
        _tied(apply("arctan", Access("tangent")) - Z), UNIT),
    "what is defined by an inverse is smooth": (
        signs.Signs, signs.Signs._smooth_head, " and exponent.value > 0", "",
        _tied(apply("arctan", Z) + apply("arctan", Access("inverse")) - 2 * apply("arctan", UNIT)), UNIT),
    "a root of a size is one": (
        signs, signs._as_polynomial, " or f.exponent.denominator != 1", "",
        Compare(power(Size(n), HALF) - 2, ">", NOUGHT), NOUGHT),
    "one over a size is one": (
        signs, signs._as_polynomial, " or f.exponent < 0", "",
        Compare(1 - 2 * power(Size(n), -1), ">", NOUGHT), NOUGHT),
    "a constant is not divided by in partial fractions": (
        rewrite.Rewriter, rewrite.Rewriter._separated, "rest.scaled(1 / constants[0].coefficient)", "rest",
        *_in_parts(scalar(2), over(n, lambda t: power(x(t), 2)))),
    "a digit ends where another one begins": (
        rewrite, ranges.merged_digit, "others[0] != step or ", "",
        over(n, lambda t: bracket(at_least(i, 2 * t), at_least(3 * t + 1, i))), bracket(at_least(2 * n - 1, i))),
    "a digit may have any value": (
        rewrite, ranges.merged_digit, "others[1] + m != step - 1 or ", "",
        over(n, lambda t: bracket(at_least(i, 2 * t), at_least(2 * t + 5, i))), bracket(at_least(2 * n - 1, i))),
    "two sums are one where both run over the same": (
        rewrite, matching.quotients, "len(set(variables)) < len(variables)", "False",
        mul(1 + over(n, lambda t: mul(x(t), y(t))), power(1 + mul(over(n, x), over(n, y)), -1)), UNIT),
    "a count is one in partial fractions": (
        rewrite.Rewriter, rewrite.Rewriter._separated, "not t.factors and not t.bound and not t.constraints",
        "not t.factors", *_in_parts(COUNT)),
    "a bracket is one in partial fractions": (
        rewrite.Rewriter, rewrite.Rewriter._separated, "and not t.constraints", "", *_in_parts(LATER)),
}
DEFECTS |= {
    name: Defect([(owner, function.__name__, changed(function, old, new))], left, right, KNOWN, {net.i: n, net.j: n})
    for name, (owner, function, old, new, left, right) in CHECKS.items()
}


SIGN_RULES: dict[str, tuple[str, str, Scalar, bool]] = {
    # what is broken in the sign of a definition, the definition of q, and whether q > 0 is let through, or 1 + q > 0
    "no number is negative": ('"0" if value == 0 else "?"', '"0"', scalar(-2), False),
    "every size is positive": (
        'if implies(facts, Constraint(value * _denominator(value) - 1, ">=")) else "?"', "", Size(n - 2), True),
    "a sum is positive if one of its terms is": (
        'return "?" if "?" in signs else "+" if "+" in signs else "0"', 'return "+" if "+" in signs else "?"',
        1 + Z, True),
    "what is not negative makes its products so": (
        'return "?" if "?" in signs else "0" if "0" in signs else "+"', 'return "0" if "0" in signs else "?"',
        mul(apply("relu", A), Z), False),
    "every power is a square": (
        "isinstance(exponent, Number) and exponent.value.denominator == 1 and exponent.value % 2 == 0", "True",
        power(Z, 3), False),
    "a square is positive": ('"+" if sign == "+" else "0" if even', '"+" if sign == "+" or even else "0" if even',
                             power(Z, 2), True),
    "a function has the sign of the known one of its name": (
        "if function not in self.environment.functions and not any(order)", "if not any(order)",
        apply("cosh", Z), True),
    "relu is positive": ('"abs"):\n                return "0"', '"abs"):\n                return "+"',
                         apply("relu", Z), True),
    "a root is positive": ("return self.scalar_sign(arguments[0])", 'return "+"',
                           apply("sqrt", apply("relu", Z)), True),
    "a maximum is positive": ("    return self.scalar_sign(body)\n", '    return "+"\n', LARGEST, False),
    "an empty sum is positive": ('if sign != "+" or inhabited else "0"', "", over(n - m, lambda t: exp(x(t))), True),
    "a bracket is positive": ('ArgMaximum():\n            return "0"', 'ArgMaximum():\n            return "+"',
                              Compare(Z, ">", NOUGHT), True),
}
for name, (old, new, body, positive) in SIGN_RULES.items():
    own = {"cosh": FunctionDefinition("cosh", ("t",), -UNIT)}
    known = environment(*KNOWN.quantities.values(), define("q", (), lambda body=body: body), functions=own)
    DEFECTS[name] = Defect(
        [(signs.Signs, "scalar_sign", changed(signs.Signs.scalar_sign, old, new))],
        Compare(Access("q") + (0 if positive else 1), ">", NOUGHT), UNIT, known,
    )


def _place(head: str, row: Polynomial | int, column: Polynomial | int) -> Scalar:
    return entry(head, polynomial(row), polynomial(column))


p, q, r = map(polynomial, ("%p.0", "%q.0", "%r.0"))
SECOND = bracket(at_least(p, 2))
SYMMETRIES: dict[str, tuple[str, str, Scalar, Scalar]] = {
    # what is broken, and the assumption from which M_01 = M_10 seems to follow
    "a matrix is symmetric if some of its rows are": (
        "t.constraints or ", "", mul(SECOND, _place("M", p, q)), mul(SECOND, _place("M", q, p))),
    "a matrix is symmetric if another one is its transpose": (
        "one.head != other.head or ", "", _place("M", p, q), _place("N", q, p)),
    "a matrix is symmetric if its squares are": (
        "or one.exponent != 1 or other.exponent != 1", "",
        power(_place("M", p, q), 2), power(_place("M", q, p), 2)),
    "a matrix is symmetric if its columns are equal": (
        "or one.args != other.args[::-1] ", "", _place("M", p, q), _place("M", p, r)),
    "a matrix is symmetric if it is antisymmetric": (
        "or equation[0].coefficient != -equation[1].coefficient", "", _place("M", p, q), -_place("M", q, p)),
}
for name, (old, new, one, other) in SYMMETRIES.items():
    DEFECTS[name] = Defect(
        [(modulo, "symmetric_in", changed(modulo.symmetric_in, old, new))], _place("M", 0, 1), _place("M", 1, 0),
        environment(Quantity("M", (n, n)), Quantity("N", (n, n)), facts=(at_least(n, 3),), assumptions=((one, other),)),
    )


# In a net with weights w^(l) and the loss a^(L) + Σ_l g(l), where all are numbers.
def _weight_step(summand: Scalar) -> Scalar:
    """The step of w^(l), as it is derived; something else where the net is not taken."""
    this, last = polynomial("l"), polynomial("L")
    numbering = layers.Numbering("l", "L", "L_0", {}, {})
    for name in "wa":
        for k in (this - 1, this, this + 1, last):
            numbering.head(name, k)
    quantities = environment(
        Quantity("w^{(l)}"), define("a^{(l)}", (), lambda: entry("w^{(l)}") * entry("a^{(l-1)}")),
        define("S", (), lambda: entry("rest")), Quantity("rest", opaque=True),
        define("L_0", (), lambda: entry("a^{(L)}") + entry("S")), loss="L_0",
    )  # fmt: skip
    total = layers.LayerSum(Quantity("S", body=summand), frozenset({"w"}), "rest", 0)
    try:
        step = layers.Layers(quantities, numbering, {"S": total}).derived("w")
    except layers.Unlike:
        return entry("rest")
    assert step is not None and step.body is not None
    return step.body


OF_W = frozenset({"w^{(l)}", "w^{(l+1)}", "a^{(l-1)}", adjoint("a^{(l)}", "L_0"), "rest"})
W = entry("w^{(l)}")
DATA = entry(adjoint("a^{(l)}", "L_0")) * entry("a^{(l-1)}")
SUMMED: dict[str, tuple[Patch, Scalar, Scalar]] = {
    "a sum over layers has no summand of this one": (
        [(layers.Layers, "sums_at", lambda self, nodes: {})], W * W, DATA),
    "a sum over layers has the summand of this one twice": (
        [(layers.Layers, "_sum", lambda self, head, at: replace(
            self.sums[head].summand, body=2 * self.sums[head].summand.body))], W * W, DATA + 4 * W),
    "a summand is of its own layer whatever it mentions": (
        [(layers.Layers, "__init__", changed(layers.Layers.__init__,
            "found != {(name, 0) for name in total.names & leaves}", "False"))],
        W * entry("w^{(l+1)}"), DATA + entry("w^{(l+1)}")),
}
for name, (patch, summand, wrong) in SUMMED.items():
    DEFECTS[name] = Defect(patch, partial(_weight_step, summand), wrong,
                           environment(*map(Quantity, sorted(OF_W))))  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_the_claim_is_false_and_not_proved(name: str) -> None:
    d = DEFECTS[name]
    assert isinstance(d.prove(), Open), name


@pytest.mark.parametrize("name", DEFECTS)
def test_the_defect_lets_it_through(name: str) -> None:
    """So the check that the defect removes is what keeps the false theorem out."""
    d = DEFECTS[name]
    with patched(d.patch):
        outcome = d.prove()
    assert isinstance(outcome, Proof), (name, outcome)


# -- conditions: what is proved is false without them --------------------------------------------------------
@dataclass(frozen=True)
class Forgotten:
    """What forgets a side condition (``patch``) of a claim that is true only under ``kinds``, and what is ``left``."""

    patch: Patch
    claim: Callable[[], Outcome]
    kinds: tuple[str, ...]
    left: tuple[str, ...] = ()


def _proved(left: Scalar, right: Scalar, env: Environment = VECTOR, free: Any = None) -> Outcome:
    return prove_equal(left, right, env, {net.i: n, net.j: n} if free is None else free)


def _nothing(*_: Any, **__: Any) -> None:
    return None


POSITIVE = Compare(x(i), ">", NOUGHT)
POOLING = CLAIMS["through the pooling"]
T = Access("t")


def _called_silently(self: unfolding.Unfolding, body: Scalar, facts: terms.Facts) -> terms.Normal:
    return self.normalizer.of(body, facts)


def _proved_of(body: Scalar, left: Scalar, right: Scalar) -> Outcome:
    """A claim on f, for f(t) = ``body``."""
    functions = {"f": FunctionDefinition("f", ("t",), body)}
    return prove_equal(left, right, replace(VECTOR, functions=functions), {net.i: n})


LOGARITHM = environment(
    Quantity("x", (n,)), define("L", (), lambda: over(n, lambda t: apply("log", entry("x", t)))), loss="L"
)
SLOPE = Apply("abs", (x(i),), (1,))
_SCALAR_SIGN = signs.Signs.scalar_sign


def _sign_of_the_function(self: signs.Signs, node: Scalar) -> str:
    return _SCALAR_SIGN(self, replace(node, derivative=()) if isinstance(node, Apply) else node)


FORGOTTEN: dict[str, Forgotten] = {
    "a divisor is not recorded": Forgotten(
        [(normal.Normalizer, "require", _nothing)], lambda: _proved(x(i) / x(i), UNIT), ("nonzero",)
    ),
    "the argument of a logarithm is not recorded": Forgotten(
        [(normal.Normalizer, "require", _nothing)], lambda: _proved(exp(apply("log", x(i))), x(i)), ("positive",)
    ),
    "what a root is taken of is not recorded": Forgotten(
        [(normal.Normalizer, "require", _nothing)], lambda: _proved(power(apply("sqrt", x(i)), 2), x(i)),
        ("nonnegative",),
    ),
    "a tie of a comparison is not recorded": Forgotten(
        [(normal.Normalizer, "record", _nothing)],
        lambda: _proved(Compare(x(i) - x(j), ">", NOUGHT), Compare(x(i) - x(j), ">=", NOUGHT)),
        ("no tie",),
    ),
    "a tie of a maximum is not recorded": Forgotten(
        [(kernel, "ties_of", lambda target, env: ())],
        lambda: _proved(POOLING.left, POOLING.right, POOLING.environment, POOLING.free),
        ("no tie",),
    ),
    "an inverse needs nothing": Forgotten(
        [(normal.Normalizer, "require", lambda *_: None)],
        lambda: prove_equal(over(n, lambda t: entry("M", i, t) * _inverse(t, j)), delta(i, j), replace(SQUARE),
                            {net.i: n, net.j: n}),
        ("nonzero",),
    ),
    "a tie is no case of its own": Forgotten(
        [(casewise, "CASES", casewise.CASES[:2])],
        lambda: _proved(mul(POSITIVE + power(x(i), 2), power(POSITIVE + power(x(i), 2), -1)), UNIT), ("nonzero",),
    ),
    "what is compared is positive": Forgotten(
        [(casewise, "CASES", casewise.CASES[:1])],
        lambda: _proved(mul(POSITIVE + x(i), power(POSITIVE + x(i), -1)), UNIT), ("nonzero",),
    ),
    "what a function needs is not recorded where it is called": Forgotten(
        [(unfolding.Unfolding, "called", _called_silently)],
        lambda: _proved_of(mul(T, power(T, -1)), Apply("f", (x(i),)), UNIT), ("nonzero",),
    ),
    "a tie in a function is not recorded": Forgotten(
        [(unfolding, "ties_of_call", lambda *_: ())],
        lambda: _proved_of(apply("relu", T), Apply("f", (x(i),), (1,)), Compare(x(i), ">", scalar(0))), ("no tie",),
    ),
    "a derivative of a logarithm has no domain": Forgotten(
        [(differentiate, "RULES", {**differentiate.RULES, "log": lambda x: (power(x, -1),)})],
        lambda: prove_equal(gradient("x", i), power(x(i), -1), LOGARITHM, {net.i: n}), ("positive",), ("nonzero",),
    ),
    "what is needed of one entry is not needed of others": Forgotten(
        [(normal, "like", lambda value: terms.close([value])[0])],
        lambda: _proved((x(i) - x(0)) / (x(i) - x(0)) + (x(i) - x(j)) / (x(i) - x(j)), scalar(2)),
        ("nonzero", "nonzero"), ("nonzero",),
    ),
    "what holds of one entry holds of all": Forgotten(
        [(kernel, "is_entry", _always)],
        lambda: _proved(mul(exp(apply("log", x(0))), x(i), power(x(i), -1)), x(0)),
        ("positive", "nonzero"), ("positive",),
    ),
    "what is positive where it is not zero is not needed": Forgotten(
        [(kernel, "nonnegative_by_cases", _always)],
        lambda: _proved(exp(apply("log", x(i))), x(i)), ("positive",), ("nonzero",),
    ),
    "what a condition says of one quantity it says of all": Forgotten(
        [(kernel.Derivation, "_follows", lambda self, condition, others: bool(others))],
        lambda: _proved(x(i) / x(i) + y(j) / y(j), scalar(2)), ("nonzero", "nonzero"), ("nonzero",),
    ),
    "a derivative has the sign of its function": Forgotten(
        [(signs.Signs, "scalar_sign", _sign_of_the_function)],
        lambda: _proved(power(power(SLOPE, Fraction(1, 2)), 2), SLOPE, free={net.i: n}),
        ("no tie", "nonnegative"), ("no tie",),
    ),
    "a sum of what is never zero is never zero": Forgotten(
        [(signs.Signs, "nonzero", changed(signs.Signs.nonzero, " and not normal[0].constraints", ""))],
        lambda: _proved(over(n, x) / over(n, x), UNIT, KNOWN), ("nonzero",),
    ),
    "a product is never zero if one of its factors is not": Forgotten(
        [(kernel.Derivation, "_settled", changed(kernel.Derivation._settled, "nonzero or all(", "nonzero or any("))],
        lambda: _proved((x(i) - x(j)) / (x(i) - x(j)) + _tied(mul(x(i) - x(j), y(j))), scalar(2)),
        ("nonzero", "no tie"), ("nonzero",),
    ),
    "every condition is settled": Forgotten(
        [(kernel.Derivation, "_settled", _always)], lambda: _proved(x(i) / x(i), UNIT), ("nonzero",)
    ),
}


BRACKETED: dict[str, tuple[str, Scalar]] = {
    # what is broken in `_bracketed`, and what would then never be zero
    "a bracket over a range is one everywhere": (
        " or any(t.bound or t.constraints for t in normal)", LATER + Compare(Z, ">", NOUGHT)),
    "two brackets are never zero": ("not one.factors and ", Compare(Z, ">", NOUGHT) + Compare(A, ">", NOUGHT)),
    "a bracket times anything has two values": (
        "and len(other.factors) == 1", 1 - 2 * mul(Compare(Z, ">", NOUGHT), A)),
    "everything is a bracket": ('and other.factors[0].head.kind == "compare"', 1 - 2 * A),
    "one less a bracket is never zero": (
        "and one.coefficient + other.coefficient != 0", 1 - Compare(Z, ">", NOUGHT)),
}
FORGOTTEN |= {
    name: Forgotten(
        [(signs, "_bracketed", changed(signs._bracketed, old, ""))],
        lambda value=value: _proved(value / value, UNIT, KNOWN), ("nonzero",),  # type: ignore[misc]
    )
    for name, (old, value) in BRACKETED.items()
}


def _kinds(outcome: Outcome) -> tuple[str, ...]:
    assert isinstance(outcome, Proof), outcome
    return tuple(c.kind for c in outcome.conditions)


@pytest.mark.parametrize("name", FORGOTTEN)
def test_a_forgotten_condition_would_claim_too_much(name: str) -> None:
    forgotten = FORGOTTEN[name]
    assert _kinds(forgotten.claim()) == forgotten.kinds
    with patched(forgotten.patch):
        assert _kinds(forgotten.claim()) == forgotten.left


# -- the table ---------------------------------------------------------------------------------------------
TABLE = Path(__file__).parents[2] / "docs" / "defects.md"
HEAD = """# Planted defects

Each line breaks one check of [the trusted base](trusted-base.md) in a running program. The claim beside it is false,
or true only under the condition named; it is let through exactly while the defect is there, so the test of the line
fails as soon as the program has it. The first are in `tests/derivations/test_defects.py`; the last, of reading, in
`tests/checker/misread.py`, where a claim is proved that the document before it leaves open or contradicts. The first
file, run as a program, writes this page, and a test in it compares the page with the defects that are planted.

| defect | broken | let through | caught by |
|---|---|---|---|
"""


def table() -> str:
    lines = []
    for name, d in DEFECTS.items():
        left = d.left() if callable(d.left) else d.left
        claim = f"${to_latex(left)} = {to_latex(d.right)}$".replace("|", "\\|")
        lines.append(f"| {name} | {places(d.patch)} | {claim} | `test_the_claim_is_false_and_not_proved` |")
    for name, f in FORGOTTEN.items():
        kinds = ", ".join(f.kinds)
        lines.append(f"| {name} | {places(f.patch)} | condition *{kinds}* | "
                     f"`test_a_forgotten_condition_would_claim_too_much` |")
    for name, found in MISREAD.items():
        claim = " ".join(f"{found.document} ${found.claim}$".split()).replace("|", "\\|")  # a row is one line
        lines.append(f"| {name} | {places(found.patch)} | {claim} | "
                     f"`test_the_claim_is_not_proved_but_where_the_defect_is` |")
    return HEAD + "\n".join(lines) + "\n"


def test_the_table_of_defects_is_up_to_date() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
