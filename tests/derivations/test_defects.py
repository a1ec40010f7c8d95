"""Planted defects: each switches one check of the trusted base off, and a false theorem is proved at once.

With the check in place the same claim is not proved. The table is that of ``docs/trusted-base.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import networks as net
import pytest
from claims import CLAIMS, CROSS, SCALARS, Z, exp
from networks import define, entry, environment, gradient, m, n, over

from verify_derivations.derivations import (
    canonical,
    casewise,
    differentiate,
    domains,
    joining,
    kernel,
    matching,
    matrices,
    modulo,
    normal,
    rewrite,
    signs,
    terms,
    unfolding,
    witnesses,
)
from verify_derivations.derivations.prove import Limits, Open, Outcome, Proof, Search, prove_equal
from verify_derivations.formulas import expressions, operators
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Apply,
    ArgMaximum,
    Compare,
    Constraint,
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
from verify_derivations.formulas.tensors import Tensor, entries, matrix_product

i, j = map(polynomial, (net.i, net.j))
VECTOR = environment(Quantity("x", (n,)), Quantity("y", (n,)))
SELECTED = environment(
    Quantity("x", (n,)),
    define("q", (n,), lambda i: over(n, lambda t: mul(delta(t, i), entry("x", t)))),
    define("o", (n,), lambda i: delta(i, 0)),
)
Patch = list[tuple[Any, str, Any]]


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


def _always(*_: Any, **__: Any) -> bool:
    return True


def _whole_sums(term: terms.Term, divisor: terms.Term, facts: terms.Facts,
                parameters: frozenset[str] = frozenset()) -> Iterator[Any]:
    """`quotients` that does not compare the domains."""
    with _patched([(matching, "tidy_constraint", lambda c: None), (matching, "implies", _always)]):
        yield from _QUOTIENTS(term, divisor, facts, parameters)


_QUOTIENTS = matching.quotients


def _nothing_left(*given: Any) -> Iterator[Any]:
    """`embeddings` that forget what is left."""
    return ((values, ()) for values, _ in matching.embeddings(*given))


@contextmanager
def _patched(patch: Patch) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        for owner, name, value in patch:
            monkeypatch.setattr(owner, name, value)
        domains._lemma.cache_clear()
        yield
    domains._lemma.cache_clear()


def _keep(node: Any) -> Any:
    return node


def _product_without_renaming(a: terms.Term, b: terms.Term) -> terms.Term:
    return terms.Term(a.coefficient * b.coefficient, tuple(dict.fromkeys(a.bound + b.bound)),
                      a.constraints + b.constraints, terms.collect(a.factors + b.factors))


def _solved_in_fractions(value: Polynomial, variable: str) -> Polynomial | None:
    parts = value.linear_in(variable) if variable in value.names else None
    return parts[1] * (-1 / parts[0].value) if parts is not None and parts[0].is_constant else None


def _as_if_not_opaque(head: str, env: Environment) -> Quantity | None:
    shown = {h: replace(q, opaque=False) for h, q in env.quantities.items()}
    return differentiate.adjoint_step(head, replace(env, quantities=shown))


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
        [(kernel, "adjoint_step", _as_if_not_opaque), (Search, "unfoldable_adjoint", _always)],
        gradient("u"),
        scalar(2),
        environment(Quantity("u", opaque=True), define("L", (), lambda: 2 * entry("u")), loss="L"),
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
    "nothing depends on what comes before": Defect(
        [(differentiate, "too_early", _always)],
        lambda: differentiate.total_derivative(entry("L"), "u", (), LAYER),
        NOUGHT,
        LAYER,
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


@pytest.mark.parametrize("name", DEFECTS)
def test_the_claim_is_false_and_not_proved(name: str) -> None:
    d = DEFECTS[name]
    assert isinstance(d.prove(), Open), name


@pytest.mark.parametrize("name", DEFECTS)
def test_the_defect_lets_it_through(name: str) -> None:
    """So the check that the defect removes is what keeps the false theorem out."""
    d = DEFECTS[name]
    with _patched(d.patch):
        outcome = d.prove()
    assert isinstance(outcome, Proof), (name, outcome)


# -- conditions: what is proved is false without them --------------------------------------------------------
@dataclass(frozen=True)
class Forgotten:
    """What forgets a side condition (``patch``) of a claim that is true only under ``kinds``."""

    patch: Patch
    claim: Callable[[], Outcome]
    kinds: tuple[str, ...]


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
    "every condition is settled": Forgotten(
        [(kernel.Derivation, "_settled", _always)], lambda: _proved(x(i) / x(i), UNIT), ("nonzero",)
    ),
}


def _kinds(outcome: Outcome) -> tuple[str, ...]:
    assert isinstance(outcome, Proof), outcome
    return tuple(c.kind for c in outcome.conditions)


@pytest.mark.parametrize("name", FORGOTTEN)
def test_a_forgotten_condition_would_claim_too_much(name: str) -> None:
    forgotten = FORGOTTEN[name]
    assert _kinds(forgotten.claim()) == forgotten.kinds
    with _patched(forgotten.patch):
        assert _kinds(forgotten.claim()) == ()


# -- the table ---------------------------------------------------------------------------------------------
TABLE = Path(__file__).parents[2] / "docs" / "defects.md"
HEAD = """# Planted defects

Each line breaks one check of [the trusted base](trusted-base.md) in a running program. The claim beside it is false,
or true only under the condition named; it is let through exactly while the defect is there, so the test of the line
(in `tests/derivations/test_defects.py`) fails as soon as the program has it. That file, run as a program, writes this
page, and a test in it compares the page with the defects that are planted.

| defect | broken | let through | caught by |
|---|---|---|---|
"""


def table() -> str:
    lines = []
    for name, d in DEFECTS.items():
        left = d.left() if callable(d.left) else d.left
        claim = f"${to_latex(left)} = {to_latex(d.right)}$".replace("|", "\\|")
        lines.append(f"| {name} | {_places(d.patch)} | {claim} | `test_the_claim_is_false_and_not_proved` |")
    for name, f in FORGOTTEN.items():
        kinds = ", ".join(f.kinds)
        lines.append(f"| {name} | {_places(f.patch)} | condition *{kinds}* | "
                     f"`test_a_forgotten_condition_would_claim_too_much` |")
    return HEAD + "\n".join(lines) + "\n"


def _places(patch: Patch) -> str:
    found = dict.fromkeys(f"{owner.__name__.rpartition('.')[2]}.{name}" for owner, name, _ in patch)
    return ", ".join(f"`{place}`" for place in found)


def test_the_table_of_defects_is_up_to_date() -> None:
    assert TABLE.read_text(encoding="utf-8") == table()


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
