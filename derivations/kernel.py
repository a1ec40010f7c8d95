"""The verification of proofs: a derivation that can only be advanced by equations.

A :class:`Derivation` starts with the difference of two sides and holds it in normal form. Each move replaces it
by something that is zero only if it is: a definition put in, denominators that are not zero multiplied away, sums
divided by domains, an assumption used. Where it has become ``()``, the sides are equal under the conditions
collected. Which moves are made is not decided here: the search (`prove`) tries them, :func:`verify` repeats
those of a :class:`Certificate`, with no search, also not for facts about index ranges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from typing import TypeAlias

from verify_derivations.derivations.casewise import nonnegative_by_cases, sign_by_cases
from verify_derivations.derivations.conditions import Condition, Pattern, is_entry, like
from verify_derivations.derivations.differentiate import adjoint_step, ties
from verify_derivations.derivations.domains import Lemmas, contradictory, replaying
from verify_derivations.derivations.matrices import multiplied
from verify_derivations.derivations.modulo import apply_assumption, common_factor
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.terms import Beyond, Factor, Head, Normal, Nowhere, Term, times
from verify_derivations.derivations.unfolding import Places, Unfolding, is_tensor
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import (
    NOUGHT,
    Access,
    Constraint,
    Maximum,
    Scalar,
    free_indices,
    fresh,
    substitute,
)
from verify_derivations.formulas.polynomial import ZERO, Polynomial, polynomial

Equation: TypeAlias = tuple[Scalar, Scalar]
MALFORMED = (ArithmeticError, AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
CLEARINGS = 4  # clearing one denominator may show another
DISCHARGES = 4  # definitions put in to settle one condition
STRENGTH = ("positive", "nonzero", "no tie", "nonnegative")  # kinds of conditions: those from which others follow first


@dataclass(frozen=True, slots=True)
class Claim:
    """``left = right`` for all sizes that satisfy the facts of the environment and all values of ``free`` index
    variables (with extents) that satisfy ``facts``."""

    left: Scalar
    right: Scalar
    environment: Environment
    free: Mapping[str, Polynomial] = field(default_factory=dict)
    facts: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class SideCondition:
    """``kind`` says of ``expression`` that it is ``nonzero``, ``positive`` or ``nonnegative``, or that there is
    ``no tie``: a :class:`Maximum` is attained once, a difference of compared values is not zero. Index
    variables that are free in it range over all entries."""

    kind: str
    expression: Scalar


@dataclass(frozen=True, slots=True)
class Step:
    """What was done (``difference``, ``unfold``, ``clear``, ``split``, ``multiply``, ``assume``), to what, and what was
    left."""

    rule: str
    subject: str
    remaining: Scalar


@dataclass(frozen=True, slots=True)
class Move:
    """``unfold`` a quantity, an adjoint or a function, everywhere or in a recursion at the ``first`` or ``last`` time;
    ``clear`` denominators; ``split`` sums by their domains;
    ``multiply`` with the matrix whose inverse has the free index with number ``subject``; ``assume`` the equation with
    number ``subject`` (of the environment's, then the certificate's own)."""

    rule: str
    subject: str = ""

    @property
    def unfolds(self) -> bool:
        return self.rule in ("unfold", "unfold first", "unfold last")


@dataclass(frozen=True, slots=True)
class Proof:
    steps: tuple[Step, ...]
    conditions: tuple[SideCondition, ...] = ()
    assumptions: tuple[Equation, ...] = ()  # of the environment, as far as they were used
    moves: tuple[Move, ...] = ()
    exact: bool = False  # the assumption that the environment does not state is necessary, too
    lemmas: Lemmas = field(default_factory=dict)  # the contradictions between integer constraints that were used


@dataclass(frozen=True, slots=True)
class Certificate:
    """All that is needed to check a proof again: the claim, the moves, why the integer constraints that were
    found contradictory are, and an assumption that the environment does not state."""

    claim: Claim
    moves: tuple[Move, ...]
    lemmas: Lemmas
    assumption: Equation | None = None


class Rejected(Exception):
    """The certificate does not prove its claim."""


class Derivation:
    """``residual`` is zero only if the two sides of the claim are equal."""

    def __init__(self, claim: Claim, assumption: Equation | None = None) -> None:
        self.claim, self.environment = claim, claim.environment
        self.normalizer = Normalizer(claim.environment, claim.free, claim.facts)
        self.steps: list[tuple[str, str, Normal]] = []
        self.moves: list[Move] = []
        self.assumptions = (*claim.environment.assumptions, *((assumption,) if assumption else ()))
        self.used: list[Equation] = []
        self.free = tuple(claim.free)
        self.exact = False
        self.maxima: dict[SideCondition, None] = {}
        self.residual: Normal = ()
        self._cleared: dict[Normal, Normal] = {}
        if contradictory(self.normalizer.facts, ()):
            raise Beyond("no sizes and indices satisfy all facts")
        only = {v: ZERO for v, n in claim.free.items() if n.substitute(self.normalizer.sizes) == 1}  # its only value
        self.residual = self.normalizer.normal(substitute(claim.left - claim.right, only))
        self._step("difference", "")

    def _step(self, rule: str, subject: str) -> None:
        self.steps.append((rule, subject, self.residual))

    def written(self, most: int | None = None) -> tuple[Step, ...]:
        """The first steps for the reader. Nothing rests on them, so a residual that cannot be written is no failure."""
        steps: list[Step] = []
        remaining = self.claim.left - self.claim.right
        for rule, subject, residual in self.steps[:most]:
            with suppress(Beyond):
                remaining = self.normalizer.scalar(residual)
            steps.append(Step(rule, subject, remaining))
        return tuple(steps)

    # -- moves ------------------------------------------------------------------------------------------
    def make(self, move: Move) -> None:
        match move.rule:
            case "unfold":
                self.unfold(move.subject)
            case "unfold first" | "unfold last":
                self.unfold(move.subject, move.rule.removeprefix("unfold "))
            case "clear":
                self.clear()
            case "split":
                self.split()
            case "assume":
                self.assume(int(move.subject))
            case "multiply":
                if not self.multiply(int(move.subject)):
                    raise Rejected("there is no matrix to multiply with")
            case _:
                raise Rejected(f"no move {move.rule}")

    def unfold(self, target: str, where: str = "") -> None:
        """A definition put in everywhere, or only at some places, outside of functions: at the ``first`` of all first
        indices of the target, or in each term at the ``last`` that the target and its adjoint have there. What the
        definition needs in order to make sense is recorded once, of the definition itself, not again of each place
        where it is put in."""
        only: Places | None = None
        if where == "first":
            first = next(iter(places_of(self.residual, target)), None)
            if first is None:
                raise Rejected(f"there is no first {target}")
            only = partial(_at, first)
        elif where == "last":
            names = (target, adjoint(target, self.environment.loss or ""))
            only = partial(_last_place, names)
        self._untied(ties_of(target, self.environment))
        unfolding = Unfolding(self.normalizer, target, defined(target, self.environment), only)
        self.normalizer.recording = False
        try:
            self.residual = unfolding.of(self.residual)
        finally:
            self.normalizer.recording = True
        self._untied(unfolding.ties)
        self._step("unfold", target)
        self.moves.append(Move(f"unfold {where}".strip(), target))

    def _untied(self, ties: Sequence[Scalar]) -> None:
        """Conditions that values do not tie. Where they always do, there is no derivative: of |t| at 0."""
        for tie in ties:
            if isinstance(tie, Maximum):
                self.maxima[SideCondition("no tie", tie)] = None
                continue
            difference = self.normalizer.normal(tie)
            if not difference:
                raise Nowhere("a derivative where values tie")
            self.normalizer.record("no tie", difference)

    def cleared(self) -> Normal:
        """The residual times all its denominators that do not depend on bound variables: they are not zero,
        or an inverse that the claim or a definition contains would not exist."""
        if self.residual not in self._cleared:
            self._cleared[self.residual] = self._multiplied(self.residual)
        return self._cleared[self.residual]

    def _multiplied(self, residual: Normal) -> Normal:
        for _ in range(CLEARINGS):
            lowest: dict[tuple[Head, tuple[Polynomial, ...]], Fraction] = {}
            for term in residual:
                for f in term.factors:
                    if f.exponent < 0 and f.names().isdisjoint(term.bound):
                        lowest[f.head, f.args] = min(f.exponent, lowest.get((f.head, f.args), Fraction(0)))
            if not lowest:
                break
            common = Term(Fraction(1), factors=tuple(Factor(h, a, -e) for (h, a), e in lowest.items()))
            residual = self.normalizer.reduce([times(t, common) for t in residual], self.normalizer.facts)
        return residual

    def clear(self) -> None:
        self.residual = self.cleared()
        self._step("clear", "denominators")
        self.moves.append(Move("clear"))

    def split(self) -> None:
        self.residual = self.normalizer.split(self.residual, self.normalizer.facts)
        self._step("split", "domains")
        self.moves.append(Move("split"))

    def multiply(self, number: int) -> bool:
        """The residual times the matrix whose inverse has the free index with that ``number`` for its row or column;
        whether there is one. That index is then all rows at once, and another one is free."""
        if not 0 <= number < len(self.free):
            raise Rejected(f"there is no free index {number}")
        found = multiplied(self.normalizer, self.residual, self.free[number])
        if found is None:
            return False
        self.residual, new, self.normalizer.facts = found
        self.free = (*self.free[:number], new, *self.free[number + 1:])
        self._step("multiply", "a matrix")
        self.moves.append(Move("multiply", str(number)))
        return True

    def assume(self, number: int) -> bool:
        """The residual modulo an equation; whether that changed it."""
        if not 0 <= number < len(self.assumptions):
            raise Rejected(f"there is no assumption {number}")
        left, right = self.assumptions[number]
        difference = left - right
        own = {name: polynomial(fresh(name)) for name in sorted(free_indices(difference))}  # not the claim's
        equation = self.normalizer.normal(substitute(difference, own))
        smaller = apply_assumption(self.residual, equation, self.normalizer)
        if smaller is None:
            return False
        stated = number < len(self.environment.assumptions)
        if stated:
            self.used.append((left, right))
        else:
            self.exact = self.necessary(self.residual, equation)
        self.residual = smaller
        self._step("assume", "a stated assumption" if stated else "a missing assumption")
        self.moves.append(Move("assume", str(number)))
        return True

    def necessary(self, residual: Normal, equation: Normal) -> bool:
        """Whether the residual is the equation times something that is never zero."""
        factor = common_factor(residual, equation, self.normalizer)
        return factor is not None and self.normalizer.signs.nonzero(factor, self.normalizer.facts)

    # -- the end ----------------------------------------------------------------------------------------
    def proof(self) -> Proof:
        """The proof, once the residual is zero."""
        if self.residual:
            raise Rejected("the difference is not zero")
        return Proof(self.written(), self.conditions(), tuple(self.used), tuple(self.moves), self.exact)

    def conditions(self) -> tuple[SideCondition, ...]:
        """What the moves so far need, as far as neither the definitions settle it nor what else they need does:
        x > 0 says that x is not zero."""
        left = [
            c for given in self.normalizer.conditions if not self._settled(given, self.normalizer)
            for c in self._plain(given)
        ]
        left.sort(key=lambda c: (STRENGTH.index(c.kind), self._defined_in(c.normal), not is_entry(c.normal)))
        kept: list[Condition] = []
        for c in left:
            if not self._follows(c, kept):
                kept.append(c)
        said = [SideCondition(c.kind, self.normalizer.scalar(c.normal)) for c in kept]
        return tuple(dict.fromkeys([*said, *self.maxima]))

    def _defined_in(self, normal: Normal) -> bool:
        return any(has_body(head, self.environment) for head in tensor_heads(normal))

    def _plain(self, condition: Condition) -> list[Condition]:
        """|x| > 0 is x ≠ 0."""
        normal, facts = condition.normal, self.normalizer.facts
        with suppress(Beyond):
            if condition.kind == "positive" and nonnegative_by_cases(normal, self.normalizer, facts):
                return [Condition("nonzero", part) for part in self.normalizer.zeros(normal, facts)]
        return [condition]

    def _follows(self, condition: Condition, others: Sequence[Condition]) -> bool:
        """Whether a condition follows from ``others``, each of which is of all entries."""
        if not others:
            return False
        names: dict[str, set[str]] = {"positive": set(), "nonzero": set()}
        for c in others:
            if c.kind in names and is_entry(c.normal):
                names[c.kind].add(c.normal[0].factors[0].head.name)
        nonzero = frozenset(
            like(part) for c in others if c.kind in names
            for part in (c.normal, *self.normalizer.zeros(c.normal, self.normalizer.facts))
        )
        environment = replace(self.environment, positive=self.environment.positive | names["positive"],
                              nonzero=self.environment.nonzero | names["nonzero"])
        return self._settled(condition, Normalizer(environment, self.claim.free, self.claim.facts), nonzero)

    def _settled(self, condition: Condition, normalizer: Normalizer, nonzero: frozenset[Pattern] = frozenset()) -> bool:
        """Whether a condition on signs follows from the definitions of what it mentions, and from what is ``nonzero``;
        values do not tie where the sign of their difference is known. Raises :class:`Nowhere` where the definitions
        say that it does not hold for any values."""
        normal, facts = condition.normal, normalizer.facts
        rank = self.environment.order()
        try:
            for _ in range(DISCHARGES):
                if not normal:
                    if condition.kind == "nonnegative":
                        return True
                    raise Nowhere("what is divided by, compared or taken the logarithm of is zero everywhere")
                sign = normalizer.sign(normal, facts)
                if sign is None:
                    sign = sign_by_cases(normal, normalizer, facts)
                if sign == 1 or sign is not None and condition.kind in ("nonzero", "no tie"):
                    return True
                if sign == -1:
                    raise Nowhere("a root or a logarithm of what is negative everywhere")
                if condition.kind in ("nonzero", "no tie") and (
                    like(normal) in nonzero or all(like(part) in nonzero for part in normalizer.zeros(normal, facts))
                ):
                    return True
                if condition.kind == "nonnegative" and nonnegative_by_cases(normal, normalizer, facts):
                    return True
                heads = [h for h in tensor_heads(normal) if has_body(h, self.environment)]
                functions = [f for f in function_heads(normal) if f in self.environment.functions]
                if not heads and not functions:
                    return False
                target = functions[0] if functions else max(heads, key=lambda h: (rank.get(h, 0), h))
                normal = Unfolding(normalizer, target, defined(target, self.environment)).of(normal)
        except Nowhere:
            raise
        except Beyond:
            pass
        return False


# -- definitions ------------------------------------------------------------------------------------------
def defined(target: str, environment: Environment) -> Quantity | None:
    """The definition of a quantity, or the step that defines an adjoint."""
    loss = environment.loss
    of = adjoint_of(target, loss) if loss is not None and target not in environment.quantities else None
    return environment.quantities.get(target) if of is None else adjoint_step(of, environment)


def needs_of(step: Quantity, environment: Environment) -> tuple[SideCondition, ...]:
    """What the step from the consumers of a quantity to its adjoint needs: that they have a value, and do not tie;
    where it has no normal form, only the ties. Raises :class:`Nowhere`."""
    at = tuple(map(polynomial, step.indices))
    claim = Claim(Access(step.head, at), NOUGHT, environment, dict(zip(step.indices, step.extents, strict=True)))
    try:
        derivation = Derivation(claim)
        derivation.unfold(step.head)
        return derivation.conditions()
    except Nowhere:
        raise
    except Beyond:
        return tuple(SideCondition("no tie", tie) for tie in ties_of(step.head, environment))


def has_body(head: str, environment: Environment) -> bool:
    quantity = environment.quantities.get(head)
    return quantity is not None and quantity.body is not None


def ties_of(target: str, environment: Environment) -> tuple[Scalar, ...]:
    """Where the adjoint ``target`` is not given by its definition: ties in the definitions of its consumers."""
    of = adjoint_of(target, environment.loss) if environment.loss is not None else None
    if of is None:
        return ()
    alone = replace(environment, quantities={})
    bodies = [consumer.body for consumer in environment.contributors(of)]
    return tuple(tie for body in bodies if body is not None for tie in ties(body, of, alone))


def factors_in(normal: Normal) -> Sequence[Factor]:
    """All factors, also inside functions, outer ones first."""
    found: list[Factor] = []
    for term in normal:
        for f in term.factors:
            found.append(f)
            for body in f.head.bodies:
                found += factors_in(body)
    return found


def _at(place: Polynomial, term: Term) -> Polynomial:
    return place


def _last_place(names: tuple[str, str], term: Term) -> Polynomial | None:
    """The last first index of the names in one term, which may be bound in it."""
    unbound = Term(term.coefficient, (), term.constraints, term.factors)
    return next(reversed(places_of((unbound,), *names)), None)


def places_of(normal: Normal, *names: str) -> tuple[Polynomial, ...]:
    """The first indices that tensors have outside of functions, in their order; none where one is bound, or they do not
    differ by numbers."""
    found: dict[Polynomial, None] = {}
    for term in normal:
        for f in term.factors:
            if any(is_tensor(f, name) for name in names):
                if not f.args or not f.args[0].names.isdisjoint(term.bound):
                    return ()
                found[f.args[0]] = None
    start = next(iter(found), ZERO)
    if not all((place - start).is_constant for place in found):
        return ()
    return tuple(sorted(found, key=lambda place: (place - start).value))


def tensor_heads(normal: Normal) -> list[str]:
    return list(dict.fromkeys(f.head.name for f in factors_in(normal) if f.head.kind == "tensor"))


def function_heads(normal: Normal) -> list[str]:
    return list(dict.fromkeys(f.head.name for f in factors_in(normal) if f.head.kind == "apply"))


# -- certificates -----------------------------------------------------------------------------------------
def certify(claim: Claim, proof: Proof, assumption: Equation | None = None) -> Certificate:
    """The certificate of a proof that was found, or verified: what somebody else needs to verify it."""
    return Certificate(claim, proof.moves, proof.lemmas, assumption)


def verify(certificate: Certificate) -> Proof:
    """The proof that a certificate contains, checked again without any search, with the lemmas that it needs; raises
    :class:`Rejected`, also where it takes more steps than a search may."""
    with replaying(certificate.lemmas) as used:
        try:
            derivation = Derivation(certificate.claim, certificate.assumption)
            for move in certificate.moves:
                derivation.make(move)
            return replace(derivation.proof(), lemmas=used)
        except Beyond as error:
            raise Rejected(str(error)) from error
        except MALFORMED as error:  # a certificate is anybody's: it may say what no search would
            raise Rejected(f"it cannot be followed ({type(error).__name__}: {error})") from error
