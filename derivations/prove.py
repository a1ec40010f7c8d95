"""The search for proofs of equality for all sizes.

It only chooses which move to make next; each move, and the end, is a `kernel` derivation's. A wrong choice can lose a
proof, but never prove anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.derivations.assumptions import Guess, guesses
from verify_derivations.derivations.domains import Lemmas, recording
from verify_derivations.derivations.kernel import (
    Certificate,
    Claim,
    Derivation,
    Equation,
    Move,
    Proof,
    Rejected,
    SideCondition,
    Step,
    certify,
    function_heads,
    has_body,
    places_of,
    tensor_heads,
    verify,
)
from verify_derivations.derivations.modulo import apply_assumption, transposed
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.recurrence import times
from verify_derivations.derivations.rewrite import STEPS
from verify_derivations.derivations.terms import Beyond, Normal
from verify_derivations.formulas.definitions import Environment, adjoint_of
from verify_derivations.formulas.expressions import NOUGHT, Constraint, Scalar, heads
from verify_derivations.formulas.polynomial import Polynomial

AGAIN = 2  # the members of a recursion that are put in, one after the other, everywhere
MATRICES = 3  # by which a residual is multiplied from one side


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one run of a search. Both are counted, so that the outcome is the same on every machine: ``unfoldings`` are
    definitions put in, ``steps`` terms that rules are applied to (some thousands a second). Without ``guesses`` no
    equation is looked for that the author may have left unsaid."""

    unfoldings: int = 40
    steps: int = STEPS
    guesses: bool = True


@dataclass(frozen=True, slots=True)
class Conditional:
    """Equal where ``assumption`` holds, which the environment does not state; ``exact``: only there."""

    assumption: Equation
    proof: Proof

    @property
    def exact(self) -> bool:
        return self.proof.exact


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
    variables: frozenset[str] = frozenset(),
) -> Outcome:
    """Whether ``left = right`` for all sizes and all values of the index variables ``free`` (with extents)
    that satisfy ``facts``, almost everywhere, within the conditions of the outcome. ``variables`` are those by which
    the claim differentiates. A proof that is found is not yet a verified one: see `kernel.verify`."""
    return Search(Claim(left, right, environment, free, facts), variables).go_on(limits or Limits())


def prove_under(claim: Claim, assumption: Equation, limits: Limits, variables: frozenset[str]) -> Conditional | None:
    """A proof that needs ``assumption``, which the environment does not state; none where a side vanishes under it."""
    environment = claim.environment
    own = Move("assume", str(len(environment.assumptions)))
    stated = replace(environment, assumptions=(*environment.assumptions, assumption))
    outcome = Search(replace(claim, environment=stated), variables).go_on(limits)
    if not isinstance(outcome, Proof) or own not in outcome.moves:
        return None

    def derivation(left: Scalar, right: Scalar) -> Derivation:
        d = Derivation(replace(claim, left=left, right=right), assumption)
        for move in outcome.moves:
            d.make(move)
        return d

    for side in (claim.left, claim.right):
        with suppress(Rejected, Beyond):
            if not derivation(side, NOUGHT).residual:
                return None
    lemmas: Lemmas = {}
    with suppress(Rejected, Beyond), recording(lemmas):
        d = derivation(claim.left, claim.right)
        if not d.residual:
            return Conditional(assumption, replace(d.proof(), lemmas=lemmas))
    return None


def tidy(
    expression: Scalar, environment: Environment, free: Mapping[str, Polynomial], *, steps: int | None = None
) -> Scalar:
    """The expression as its normal form writes it; unchanged where it has none, within ``steps`` applications of
    rules."""
    try:
        normalizer = Normalizer(environment, free)
        normalizer.steps = steps or normalizer.steps
        return normalizer.scalar(normalizer.normal(expression))
    except Beyond:
        return expression


class Search:
    """A search that can be continued with higher limits, where it was left open. ``variables``: see `prove_equal`;
    ``later``: quantities whose definitions are put in after all others, and whose adjoints before."""

    def __init__(
        self, claim: Claim, variables: frozenset[str] = frozenset(), later: frozenset[str] = frozenset()
    ) -> None:
        self.claim, self.environment, self.variables, self.later = claim, claim.environment, variables, later
        self.folded: Search | None = None  # of a recursion, as long as that can be, without unrolling it
        self.rank = claim.environment.order()
        self.ended: Open | None = None  # there is nothing left to try
        self.begin()

    def begin(self) -> None:
        self.derivation: Derivation | None = None
        self.levels: list[tuple[Normal, int]] = []  # a residual before each unfolding, and the moves that led there
        self.lemmas: Lemmas = {}
        self.implausible = set[str]()  # matrices that were taken for symmetric in vain: that takes both sides apart

    def go_on(self, limits: Limits) -> Outcome:
        if self.environment.states and not self.later:
            if self.folded is None:
                self.folded = Search(self.claim, self.variables, self.environment.states)
            outcome = self.folded.go_on(limits)
            if not isinstance(outcome, Open):
                return outcome
        return self._go_on(limits)

    def _go_on(self, limits: Limits) -> Outcome:
        if self.ended is not None:
            return self.ended
        try:
            with recording(self.lemmas):
                outcome = self.run(limits)
        except Beyond as limit:
            left = Open(self.difference(), str(limit))
            if self.derivation is None or self.derivation.normalizer.steps >= self.derivation.normalizer.reserve:
                self.ended = left  # with more steps it would come here again
            self.begin()
            return left
        except Exception:  # what it was about to do is half done
            self.begin()
            raise
        match outcome:
            case Proof():
                return replace(outcome, lemmas=self.lemmas)
            case Conditional(_, proof):
                return replace(outcome, proof=replace(proof, lemmas=self.lemmas))
        return outcome

    def difference(self) -> Scalar:
        if self.derivation is not None and self.derivation.steps:
            return self.derivation.written(1)[0].remaining
        return self.claim.left - self.claim.right

    def run(self, limits: Limits) -> Outcome:
        self.derivation = d = self.derivation or Derivation(self.claim)
        d.normalizer.reserve = max(0, d.normalizer.steps - limits.steps)
        before, complete = len(self.levels), False
        while len(self.levels) < limits.unfoldings:
            proof = self.closed(d)
            if proof is not None:
                return proof
            self.levels.append((d.residual, len(d.moves)))
            found = self.discovered(self.levels[-1:], exact=True) if limits.guesses else None
            if found is not None:
                return found
            chosen = self.choose(d.residual)
            if chosen is None:
                complete = True
                break
            d.unfold(*chosen)
        proof = None if complete and d.residual else self.closed(d)
        if proof is not None:
            return proof
        last = [] if complete else [(d.residual, len(d.moves))]
        found = self.discovered([*self.levels[before:], *last]) if limits.guesses else None
        if found is not None:
            return found
        left = self.choose(d.residual) is not None
        outcome = Open(self.difference(), "the limit of steps" if left else "no definition is left to unfold")
        self.ended = outcome if complete else None
        return outcome

    def closed(self, d: Derivation) -> Proof | None:
        """The proof, if the residual is zero, or becomes so by clearing, splitting or a stated assumption."""
        saved = (d.residual, len(d.steps), len(d.moves), len(d.used))
        if d.residual:
            cleared = d.cleared()
            if cleared != d.residual:
                d.clear()
        self.split(d)
        if d.residual and self.environment.assumptions:
            for number in range(len(self.environment.assumptions)):
                d.assume(number)
            self.split(d)
        if d.residual:
            self.multiply(d)
        if not d.residual:
            return d.proof()
        d.residual = saved[0]
        del d.steps[saved[1]:], d.moves[saved[2]:], d.used[saved[3]:]
        return None

    @staticmethod
    def multiply(d: Derivation) -> None:
        """By the matrices of a few inverses, if then nothing is left."""
        if not any(f.head.kind == "inverse" for t in d.residual for f in t.factors):
            return
        residual, free, facts, steps, moves = d.residual, d.free, d.normalizer.facts, len(d.steps), len(d.moves)
        for number in range(len(free)):
            for _ in range(MATRICES):
                if d.multiply(number) and not d.residual:
                    return
            d.residual, d.free, d.normalizer.facts = residual, free, facts
            del d.steps[steps:], d.moves[moves:]

    @staticmethod
    def split(d: Derivation) -> None:
        """Only where nothing is left then."""
        if d.residual and not d.normalizer.split(d.residual, d.normalizer.facts):
            d.split()

    def discovered(self, levels: list[tuple[Normal, int]], *, exact: bool = False) -> Conditional | None:
        """An equation that an author may have left unsaid, under which the residual vanishes. With ``exact``: and only
        under it."""
        assert self.derivation is not None
        probe, normalizer = self.derivation, self.derivation.normalizer
        for residual, count in levels:
            saved, probe.residual = probe.residual, residual
            cleared = probe.cleared()
            probe.residual = saved
            moves = [*probe.moves[:count], Move("clear"), Move("assume", str(len(self.environment.assumptions)))]
            for guess in guesses(cleared, self.leaf, normalizer.extents):
                if exact and not guess.constrains or self.out_of_place(guess):
                    continue
                equation = normalizer.normal(guess.left - guess.right)
                if apply_assumption(cleared, equation, normalizer) != ():
                    continue
                if exact and not probe.necessary(cleared, equation):
                    continue
                assumption = (guess.left, guess.right)
                if guess.head in self.implausible:
                    continue
                done = self.repeated(self.claim, moves, assumption)
                if done is None or done.residual:
                    continue
                if self.plausible(guess, equation, moves[:-1]):
                    return Conditional(assumption, done.proof())
                self.implausible |= set() if guess.constrains else {guess.head}
        return None

    def plausible(self, guess: Guess, equation: Normal, moves: list[Move]) -> bool:
        """Not so where both sides vanish under the assumption. And a matrix may be meant to be symmetric where one
        side is the same for its transpose (x^T S x only knows S + S^T); elsewhere a transpose was lost."""
        sides = [self.repeated(replace(self.claim, left=side, right=NOUGHT), moves)
                 for side in (self.claim.left, self.claim.right)]  # fmt: skip
        values = [(d.residual, d.normalizer) for d in sides if d is not None]
        if any(apply_assumption(value, equation, normalizer) == () for value, normalizer in values):
            return False
        return guess.constrains or any(transposed(value, guess.head, n) == value for value, n in values)

    def out_of_place(self, guess: Guess) -> bool:
        """Whether what is guessed cannot be meant: one differentiates by it, or something else is stated of it."""
        if guess.constrains and guess.head in self.variables:
            return True
        assert self.derivation is not None
        normalizer = self.derivation.normalizer
        equation = normalizer.normal(guess.left - guess.right)
        for left, right in self.environment.assumptions:
            left_over = apply_assumption(equation, normalizer.normal(left - right), normalizer)
            if left_over is not None and normalizer.signs.nonzero(left_over, normalizer.facts):
                return True
        return False

    def repeated(self, claim: Claim, moves: list[Move], assumption: Equation | None = None) -> Derivation | None:
        """Another derivation by the same ``moves``, under an assumption of its own."""
        assert self.derivation is not None
        d = Derivation(claim, assumption)
        try:
            for move in moves:
                d.make(move)
        except Rejected:
            return None
        finally:  # its steps are steps of this run
            self.derivation.normalizer.steps -= STEPS - d.normalizer.steps
        return d

    def leaf(self, head: str) -> bool:
        if self.environment.loss is not None and adjoint_of(head, self.environment.loss) is not None:
            return False
        return not has_body(head, self.environment)

    # -- what to unfold next ----------------------------------------------------------------------------
    def choose(self, residual: Normal) -> tuple[str, str] | None:
        """The next target, and where it is put in: everywhere, or at the first or the last time. Adjoints before
        functions and the quantities of highest rank; but where every term has the same adjoint, what it is multiplied
        with. In a recursion an adjoint leads to others without end: it is put in only where it is given by those of
        later times, as in δ_t = W^T δ_{t+1}, or is at the end."""
        loss = self.environment.loss
        found = tensor_heads(residual)
        adjoints = {
            head: of for head in found
            if loss is not None and (of := adjoint_of(head, loss)) is not None and self.environment.has_step(of)
        }
        recursive = [
            head for head, of in adjoints.items() if times(self.environment, of) is not None
            and not all(q.opaque for q in self.environment.contributors(of))  # of which a step ends
        ]  # fmt: skip
        ordered = sorted(adjoints, key=lambda h: (adjoints[h] not in self.later, self.rank.get(adjoints[h], 0), h))
        inner = self.inner(residual, found)
        places = self.places(residual, {head: adjoints[head] for head in recursive})
        several = len({time for time, _, _ in places}) > 1
        balanced = len(adjoints) == 1 and all(
            any(f.head.kind == "tensor" and f.head.name in adjoints for f in t.factors) for t in residual
        )
        if balanced and inner is not None and not several:
            return inner
        plain = [head for head in ordered if head not in recursive]
        if plain:
            return plain[0], ""
        if several or places and places[0][2] and not balanced:
            return places[0][1], "first"
        fresh = [head for head in ordered if not self.worn(head, adjoints[head])]
        if fresh and (len(recursive) > 1 and not places or inner is None):
            return fresh[0], ""
        return inner

    def worn(self, head: str, of: str) -> bool:
        """Whether what takes part in a recursion was put in often enough: it would go on without end."""
        assert self.derivation is not None
        often = sum(move.unfolds and move.subject == head for move in self.derivation.moves) >= AGAIN
        return often and times(self.environment, of) is not None

    def places(self, residual: Normal, adjoints: Mapping[str, str]) -> list[tuple[Fraction, str, bool]]:
        """Where the adjoints of a recursion stand, by time, and whether that is a number of steps from the end; nothing
        where they cannot be compared."""
        assert self.derivation is not None
        found: list[tuple[Polynomial, str, bool]] = []
        for head, of in adjoints.items():
            order, places = times(self.environment, of), places_of(residual, head)
            end = self.environment.quantities[of].extents[0].substitute(self.derivation.normalizer.sizes)
            for place in places:
                time = order.of(of, place) if order is not None else None
                if time is not None:
                    found.append((time, head, (end - place).is_constant))
            if not places:
                return []
        lags = [(time - found[0][0], head, last) for time, head, last in found]
        if not all(lag.is_constant for lag, _, _ in lags):
            return []
        return sorted((lag.value, head, last) for lag, head, last in lags)

    def inner(self, residual: Normal, found: list[str]) -> tuple[str, str] | None:
        """The function, or the quantity of highest rank, that is put in next; of ``h_t = g(h_{t-1})`` only the last."""
        functions = [name for name in function_heads(residual) if name in self.environment.functions]
        defined = [head for head in found if has_body(head, self.environment) and not self.worn(head, head)]
        highest = max(defined, key=lambda head: (head not in self.later, self.rank.get(head, 0), head), default=None)
        if functions or highest is None:
            return (functions[0], "") if functions else None
        body = self.environment.quantities[highest].body
        outside = any(f.head.kind == "tensor" and f.head.name == highest for t in residual for f in t.factors)
        return highest, "last" if outside and body is not None and highest in heads(body) else ""


__all__ = [
    "Certificate", "Claim", "Conditional", "Equation", "Limits", "Open", "Outcome", "Proof", "SideCondition", "Step",
    "certify", "prove_equal", "prove_under", "tidy", "verify",
]
