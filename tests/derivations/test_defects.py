"""Planted defects: each switches one check of the trusted base off, and a false theorem is proved at once.

With the check in place the same claim is not proved. The table is that of ``docs/trusted-base.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import networks as net
import pytest
from claims import CLAIMS, CROSS, SCALARS, Z, exp
from networks import define, entry, environment, gradient, m, n, over

from verify_derivations.derivations import (
    canonical,
    differentiate,
    domains,
    kernel,
    matching,
    modulo,
    normal,
    rewrite,
    signs,
    terms,
    witnesses,
)
from verify_derivations.derivations.prove import Limits, Open, Outcome, Proof, Search, prove_equal
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
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
from verify_derivations.formulas.polynomial import Polynomial, polynomial

i, j = map(polynomial, (net.i, net.j))
VECTOR = environment(Quantity("x", (n,)), Quantity("y", (n,)))
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


    def prove(self, seconds: float = 2) -> Outcome:
        left = self.left() if callable(self.left) else self.left
        return prove_equal(left, self.right, self.environment, self.free, self.facts, limits=Limits(seconds=seconds))


def x(index: Polynomial | int) -> Scalar:
    return entry("x", polynomial(index))


def _always(*_: Any, **__: Any) -> bool:
    return True


def _whole_sums(term: terms.Term, divisor: terms.Term, facts: terms.Facts,
                parameters: frozenset[str] = frozenset()) -> Iterator[Any]:
    """`quotients` that does not compare the domains."""
    with _patched([(matching, "tidy_constraint", lambda c: None), (matching, "implies", _always)]):
        yield from _QUOTIENTS(term, divisor, facts, parameters)


_QUOTIENTS = matching.quotients


@contextmanager
def _patched(patch: Patch) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        for owner, name, value in patch:
            monkeypatch.setattr(owner, name, value)
        domains._lemma.cache_clear()
        yield
    domains._lemma.cache_clear()


def _keep(node: Scalar) -> Scalar:
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
    "the bound variables of canonical terms are not renamed before they are named anew": Defect(
        [(canonical, "released", _unchanged), (rewrite, "released", _unchanged)],
        over(n, lambda s: mul(delta(s, i), over(n - 1, lambda t: mul(x(t), _inverse_of_a_row(s, n))))),
        over(n, lambda s: mul(delta(s, i), over(n - 1, lambda t: mul(x(t), _inverse_of_a_row(s, n + 1))))),
        environment(Quantity("x", (n,)), Quantity("M", (n, n + 2))),
        free={net.i: n},
    ),
    "the map between two sums need not be onto": Defect(
        [(matching, "_is_shift", _always)],
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
    "an opaque quantity is differentiated by what the document shows": Defect(
        [(kernel, "adjoint_step", _as_if_not_opaque), (Search, "unfoldable_adjoint", _always)],
        gradient("u"),
        scalar(2),
        environment(Quantity("u", opaque=True), define("L", (), lambda: 2 * entry("u")), loss="L"),
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
def _conditions(outcome: Outcome) -> list[str]:
    assert isinstance(outcome, Proof)
    return [c.kind for c in outcome.conditions]


def test_a_forgotten_obligation_would_claim_too_much() -> None:
    claim = prove_equal(x(i) / x(i), UNIT, VECTOR, {net.i: n})
    assert _conditions(claim) == ["nonzero"]
    with _patched([(normal.Normalizer, "require", lambda self, kind, value, facts: None)]):
        assert _conditions(prove_equal(x(i) / x(i), UNIT, VECTOR, {net.i: n})) == []


def test_a_forgotten_tie_would_claim_too_much() -> None:
    claim = CLAIMS["through the pooling"]
    assert _conditions(prove_equal(claim.left, claim.right, claim.environment, claim.free)) == ["no tie"]
    with _patched([(kernel, "ties_of", lambda target, env: ())]):
        assert _conditions(prove_equal(claim.left, claim.right, claim.environment, claim.free)) == []
