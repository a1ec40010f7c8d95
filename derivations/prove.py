"""Equality for all sizes: a search that unfolds definitions until the difference has normal form zero.

The search only chooses what to unfold next; each step replaces something by its definition, and zero is
decided by the normal form. So a wrong choice can lose a proof, but never prove anything.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.derivations.assumptions import apply_assumption, candidates, common_factor
from verify_derivations.derivations.differentiate import adjoint_step, instantiate, ties, unfold_function
from verify_derivations.derivations.normal import Condition, Normalizer
from verify_derivations.derivations.rewrite import Facts
from verify_derivations.derivations.terms import Beyond, Factor, Head, Normal, Term, scale, times
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint_of
from verify_derivations.formulas.expressions import (
    NOUGHT,
    Access,
    Apply,
    Constraint,
    Maximum,
    Scalar,
    children,
    rebuild,
    rename_apart,
    substitute,
)
from verify_derivations.formulas.polynomial import Polynomial

Equation: TypeAlias = tuple[Scalar, Scalar]


@dataclass(frozen=True, slots=True)
class Limits:
    unfoldings: int = 40
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class SideCondition:
    """``kind`` says of ``expression`` that it is ``nonzero``, ``positive`` or ``nonnegative``, or that there is
    ``no tie``: a :class:`Maximum` is attained once, a difference of compared values is not zero. Index
    variables that are free in it range over all entries."""

    kind: str
    expression: Scalar


@dataclass(frozen=True, slots=True)
class Step:
    """What was done (``difference``, ``unfold``, ``clear``, ``split``, ``assume``), to what, and what was left."""

    rule: str
    subject: str
    remaining: Scalar


@dataclass(frozen=True, slots=True)
class Proof:
    steps: tuple[Step, ...]
    conditions: tuple[SideCondition, ...] = ()
    assumptions: tuple[Equation, ...] = ()  # of the environment, as far as they were used


@dataclass(frozen=True, slots=True)
class Conditional:
    """Equal where ``assumption`` holds, which the environment does not state; ``exact``: only there."""

    assumption: Equation
    proof: Proof
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    difference: Scalar
    reason: str


Outcome: TypeAlias = Proof | Conditional | Open


def prove_equal(
    left: Scalar,
    right: Scalar,
    environment: Environment,
    free: Mapping[str, Polynomial],
    facts: tuple[Constraint, ...] = (),
    *,
    limits: Limits | None = None,
) -> Outcome:
    """Whether ``left = right`` for all sizes and all values of the index variables ``free`` (with extents)
    that satisfy ``facts``, almost everywhere, within the conditions of the outcome."""
    search = _Search(environment, free, facts, limits or Limits())
    difference = left - right
    try:
        return search.run(difference)
    except Beyond as limit:
        return Open(search.steps[0].remaining if search.steps else difference, str(limit))


def tidy(expression: Scalar, environment: Environment, free: Mapping[str, Polynomial]) -> Scalar:
    """The expression as its normal form writes it; unchanged where it has none."""
    try:
        normalizer = Normalizer(environment, free)
        return normalizer.scalar(normalizer.normal(expression))
    except Beyond:
        return expression


class _Search:
    def __init__(
        self, environment: Environment, free: Mapping[str, Polynomial], facts: Facts, limits: Limits
    ) -> None:
        self.environment, self.limits = environment, limits
        self.normalizer = Normalizer(environment, free, facts)
        self.rank = environment.order()
        self.steps: list[Step] = []
        self.ties: dict[SideCondition, None] = {}
        self.normalizer.deadline = time.monotonic() + limits.seconds

    def run(self, difference: Scalar) -> Outcome:
        residual = self.step("difference", "", difference)
        levels = [residual]
        for _ in range(self.limits.unfoldings):
            if not residual or self.cleared(residual):
                return self.proof()
            used = self.assumed(residual)
            if used is not None:
                return replace(self.proof(), assumptions=used)
            found = self.discovered([residual])
            if found is not None and found.exact:
                return found
            target = self.choose(residual)
            if target is None:
                break
            residual = self.unfolded(target)
            levels.append(residual)
        else:
            if not residual:
                return self.proof()
        reason = "no definition is left to unfold" if self.choose(residual) is None else "the limit of steps"
        return self.discovered(levels) or Open(self.steps[0].remaining, reason)

    def step(self, rule: str, subject: str, expression: Scalar) -> Normal:
        residual = self.normalizer.normal(expression)
        self.steps.append(Step(rule, subject, self.normalizer.scalar(residual) if residual else NOUGHT))
        return residual

    def unfolded(self, target: str) -> Normal:
        """The residual after one unfolding. What the definition needs in order to make sense is recorded once,
        of the definition itself, not again of each place where it is put in."""
        for tie in ties_of(target, self.environment):
            if isinstance(tie, Maximum):
                self.ties[SideCondition("no tie", tie)] = None
            else:
                self.normalizer.record("no tie", self.normalizer.normal(tie))
        definition = defined(target, self.environment)
        if definition is not None and definition.body is not None:
            self.normalizer.of(
                rename_apart(substitute(definition.body, self.normalizer.sizes)),
                (*self.normalizer.facts, *self.normalizer.ranges(definition)),
            )
            self.normalizer.recording = False
        residual = self.step("unfold", target, unfold(self.steps[-1].remaining, target, self.environment))
        self.normalizer.recording = True
        return residual

    def proof(self) -> Proof:
        conditions = [
            SideCondition(c.kind, self.normalizer.scalar(c.normal))
            for c in self.normalizer.conditions if not self.discharged(c)
        ]
        return Proof(tuple(self.steps), tuple(dict.fromkeys([*conditions, *self.ties])))

    def discharged(self, condition: Condition) -> bool:
        """Whether a condition on signs follows from the definitions of what it mentions."""
        if condition.kind == "no tie":
            return False
        normal = condition.normal
        try:
            for _ in range(4):
                sign = self.normalizer.signs.sign(normal, self.normalizer.facts)
                if sign == 1 or sign is not None and condition.kind == "nonzero":
                    return True
                target = self.choose(normal)
                if target is None or adjoint_of(target, self.environment.loss or "") is not None:
                    return False
                normal = self.normalizer.normal(unfold(self.normalizer.scalar(normal), target, self.environment))
        except Beyond:
            pass
        return False

    # -- denominators and assumptions -----------------------------------------------------------------
    def denominators_cleared(self, residual: Normal) -> Normal:
        """The residual times all its denominators that do not depend on bound variables."""
        for _ in range(4):
            lowest: dict[tuple[Head, tuple[Polynomial, ...]], Factor] = {}
            for term in residual:
                for f in term.factors:
                    if f.exponent < 0 and f.names().isdisjoint(term.bound):
                        old = lowest.get((f.head, f.args))
                        if old is None or f.exponent < old.exponent:
                            lowest[f.head, f.args] = f
            if not lowest:
                break
            common = Term(Fraction(1), factors=tuple(
                Factor(f.head, f.args, -f.exponent) for f in lowest.values()
            ))
            residual = self.normalizer.reduce([times(t, common) for t in residual], self.normalizer.facts)
            if not residual:
                break
        return residual

    def cleared(self, residual: Normal) -> bool:
        cleared = self.denominators_cleared(residual)
        if not cleared:
            self.steps.append(Step("clear", "denominators", NOUGHT))
        elif not self.normalizer.split(cleared, self.normalizer.facts):
            self.steps.append(Step("split", "domains", NOUGHT))
            return True
        return not cleared

    def assumed(self, residual: Normal) -> tuple[Equation, ...] | None:
        """The assumptions of the environment under which the residual is zero."""
        if not self.environment.assumptions:
            return None
        used: list[Equation] = []
        residual = self.denominators_cleared(residual)
        for left, right in self.environment.assumptions:
            smaller = apply_assumption(residual, self.normalizer.normal(left - right), self.normalizer)
            if smaller is not None:
                residual = smaller
                used.append((left, right))
        if not residual:
            self.steps.append(Step("assume", "stated assumptions", NOUGHT))
            return tuple(used)
        return None

    def discovered(self, levels: list[Normal]) -> Conditional | None:
        """An equation between leaves under which the residual vanishes."""
        for residual in levels:
            cleared = self.denominators_cleared(residual)
            for equation in candidates(cleared, self.leaf):
                smaller = apply_assumption(cleared, equation, self.normalizer)
                if smaller is not None and not smaller:
                    factor = common_factor(cleared, equation, self.normalizer)
                    exact = factor is not None and self.normalizer.signs.nonzero(factor, self.normalizer.facts)
                    constant = tuple(t for t in equation if not t.bound)
                    rest = tuple(t for t in equation if t.bound)
                    right = self.normalizer.scalar(scale(constant, -1))
                    proof = self.proof()
                    last = Step("assume", "a missing assumption", NOUGHT)
                    proof = replace(proof, steps=(*proof.steps, last))
                    return Conditional((self.normalizer.scalar(rest), right), proof, exact)
        return None

    def leaf(self, head: str) -> bool:
        quantity = self.environment.quantities.get(head)
        if self.environment.loss is not None and adjoint_of(head, self.environment.loss) is not None:
            return False
        return quantity is None or quantity.body is None

    # -- what to unfold next ----------------------------------------------------------------------------
    def choose(self, residual: Normal) -> str | None:
        """Adjoints first, that of the earliest quantity first; but where every term has the same adjoint, what
        it is multiplied with. Then functions and the quantities of highest rank."""
        loss = self.environment.loss
        found = dict.fromkeys(tensor_heads(residual))
        adjoints = {
            head: of for head in found
            if loss is not None and (of := adjoint_of(head, loss)) is not None and self.unfoldable_adjoint(of)
        }
        defined = [
            head for head in found
            if (q := self.environment.quantities.get(head)) is not None and q.body is not None
        ]
        functions = [name for name in function_heads(residual) if name in self.environment.functions]
        earliest = min(adjoints, key=lambda head: (self.rank.get(adjoints[head], 0), head), default=None)
        highest = max(defined, key=lambda head: (self.rank.get(head, 0), head), default=None)
        balanced = len(adjoints) == 1 and all(
            any(f.head.kind == "tensor" and f.head.name == earliest for f in t.factors) for t in residual
        )
        inner = functions[0] if functions else highest
        return (inner or earliest) if balanced else (earliest or inner)

    def unfoldable_adjoint(self, of: str) -> bool:
        quantity = self.environment.quantities.get(of)
        return quantity is not None and not quantity.opaque


def defined(target: str, environment: Environment) -> Quantity | None:
    """The definition of a quantity, or the step that defines an adjoint."""
    loss = environment.loss
    of = adjoint_of(target, loss) if loss is not None and target not in environment.quantities else None
    return environment.quantities.get(target) if of is None else adjoint_step(of, environment)


def unfold(expression: Scalar, target: str, environment: Environment) -> Scalar:
    """Every access of ``target`` (a quantity or an adjoint), or call of it (a function), by its definition."""
    definition = defined(target, environment)

    def visit(node: Scalar) -> Scalar:
        if isinstance(node, Access) and node.head == target and definition is not None and definition.body is not None:
            return instantiate(definition, node.indices)
        parts = children(node)
        new = rebuild(node, tuple(visit(part) for part in parts)) if parts else node
        if isinstance(new, Apply) and new.function == target:
            return unfold_function(new, environment) or new
        return new

    return visit(expression)


def ties_of(target: str, environment: Environment) -> tuple[Scalar, ...]:
    """Where the adjoint ``target`` is not given by its definition: ties in the definitions of its consumers."""
    of = adjoint_of(target, environment.loss) if environment.loss is not None else None
    if of is None:
        return ()
    alone = replace(environment, quantities={})
    bodies = [consumer.body for consumer in environment.consumers(of)]
    return tuple(tie for body in bodies if body is not None for tie in ties(body, of, alone))


def tensor_heads(normal: Normal) -> Iterator[str]:
    for f in _factors(normal):
        if f.head.kind == "tensor":
            yield f.head.name


def function_heads(normal: Normal) -> Iterator[str]:
    for f in _factors(normal):
        if f.head.kind == "apply":
            yield f.head.name


def _factors(normal: Normal) -> Iterator[Factor]:
    for term in normal:
        for f in term.factors:
            yield f
            for body in f.head.bodies:
                yield from _factors(body)


__all__ = [
    "Conditional", "Equation", "Limits", "Open", "Outcome", "Proof", "SideCondition", "Step",
    "prove_equal", "tidy", "unfold",
]
