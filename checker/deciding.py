"""One claim decided: a proof that is verified, or a counterexample."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.unknown import adjoints_of
from verify_derivations.checker.valueless import valueless
from verify_derivations.checker.verdicts import Counterexample, Link, Verdict
from verify_derivations.checker.wording import conditions_of, equation_text, stated_of
from verify_derivations.derivations.dependence import relevant
from verify_derivations.derivations.differentiate import dependents
from verify_derivations.derivations.kernel import Certificate, Claim, Equation, Proof, Rejected, certify, verify
from verify_derivations.derivations.prove import Conditional, Limits, Open, Outcome, Search, prove_under
from verify_derivations.derivations.refute import Agreement, Refuted, Unknown, refute
from verify_derivations.formulas import latex
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, adjoint_of, is_slope
from verify_derivations.formulas.expressions import Add, Scalar, children, heads
from verify_derivations.formulas.polynomial import is_index
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.world import UNWRITTEN


@dataclass(frozen=True)
class Effort:
    """How long one link may take."""

    first: Limits = field(default_factory=lambda: Limits(unfoldings=4, steps=4_000))
    condition: Limits = field(default_factory=lambda: Limits(unfoldings=8, steps=6_000))
    proof: Limits = field(default_factory=lambda: Limits(unfoldings=40, steps=10_000))
    refutation: float = 0.5  # of a search for a counterexample, in nominal seconds; 0: proofs only
    verification: bool = True  # of what is proved; not for a trial, which is never shown
    repair: float = 2.0  # seconds for the search for a correction; 0: none
    seed: int = 0
    assumed: tuple[Equation, ...] = ()  # on which other formulas rest

    def under(self, assumed: tuple[Equation, ...]) -> Effort:
        """For proofs that need what other formulas do, and nothing else."""
        nothing = Limits(unfoldings=0, steps=0)
        return replace(self.proofs_only, first=nothing, condition=nothing, proof=nothing, assumed=assumed)

    @property
    def unless_refuted(self) -> Effort:
        """Where nothing but a proof counts: a counterexample ends the search."""
        return replace(self, condition=Limits(unfoldings=0, steps=0))

    @property
    def proofs_only(self) -> Effort:
        return replace(self, refutation=0.0)

    @property
    def trial(self) -> Effort:
        return replace(self.proofs_only, verification=False)


ASSUMING = 0.1
"""Nominal seconds of a search for a counterexample under an assumption."""


def decide(
    left: s.Node, right: s.Node, c: Comparison, environment: Environment, effort: Effort, variables: frozenset[str]
) -> Link:
    link = Link(to_latex(left), to_latex(right), Verdict.UNDECIDED, "limit", "",
                left_expression=c.left, right_expression=c.right)  # fmt: skip
    claim = _claim(c, environment)
    variables |= adjoints_of(c, environment)
    search = Search(claim, variables)
    outcome = _attempt(search, effort.first, effort.verification)
    origin = environment.origin
    show = partial(latex.to_latex, origin=origin)
    found: Refuted | Agreement | Unknown = Unknown("no counterexample was sought")
    if not isinstance(outcome, Proof) and effort.refutation:
        # A short search for a proof, then for a counterexample; a long search for a proof only where there is none.
        found = refute(
            c.left, c.right, environment, c.free, c.facts, seed=effort.seed, budget_seconds=effort.refutation,
            origin=environment.origin,
        )  # fmt: skip
        if type(outcome) is Open:  # a missing assumption may show only when more is unfolded
            limits = effort.condition if isinstance(found, Refuted) else effort.proof
            limits = replace(limits, guesses=not isinstance(found, Agreement) or found.of_numbers)
            outcome = _attempt(search, limits, effort.verification)
    if effort.assumed and not isinstance(outcome, Proof | Conditional):
        outcome = _under(claim, c, environment, effort, variables) or outcome
    if isinstance(outcome, Proof):
        conditions, stated = conditions_of(outcome, environment), stated_of(outcome, origin)
        conditions += _signs_told(claim, outcome, None, effort, variables)
        message = "holds for all sizes" + (f", where {', '.join(conditions)}" if conditions else "")
        if stated:
            message += f" (with the stated {', '.join(stated)})"
        return replace(link, verdict=Verdict.PROVED, evidence="proof", message=message, assumptions=conditions,
                       proof=_steps(outcome, show), certificates=_certificates(claim, outcome, effort))  # fmt: skip
    if isinstance(outcome, Conditional):
        assumption = equation_text(outcome.assumption, origin)
        conditions = conditions_of(outcome.proof, environment)
        conditions += _signs_told(claim, outcome.proof, outcome.assumption, effort, variables)
        message = f"holds {'exactly when' if outcome.exact else 'if'} {assumption}, which is not stated"
        message += f"; where {', '.join(conditions)}" if conditions else ""
        return replace(link, verdict=Verdict.CONDITIONAL, evidence="assumption", assumptions=(assumption, *conditions),
                       message=message, proof=_steps(outcome.proof, show),
                       certificates=_certificates(claim, outcome, effort),
                       counterexample=_example(found) if isinstance(found, Refuted) else None)  # fmt: skip
    if isinstance(found, Refuted) and _says_what_the_loss_is(c, environment):
        return replace(link, evidence="loss", message=f"how {environment.loss} depends on its variables is not stated")
    if isinstance(found, Refuted):
        return replace(link, verdict=Verdict.REFUTED, evidence="counterexample",
                       message="the two sides differ", counterexample=_example(found))  # fmt: skip
    difference = show(outcome.difference)
    if isinstance(outcome, Unverified):
        return replace(link, evidence="verification", difference=difference, message=outcome.reason)
    if isinstance(found, Agreement) and found.of_numbers:
        said = "points were found for sizes of one only, where the sides agree"  # there each matrix is a number
        return replace(link, difference=difference, message=f"{outcome.reason}; {said}")
    if isinstance(found, Agreement):
        sizes = "; ".join(", ".join(f"{k} = {v}" for k, v in sorted(x.items())) for x in found.sizes[:4] if x)
        how = (
            "for all values"
            if found.expanded
            else f"at {found.points} points" + ("" if found.exact else f" (relative error at most {found.tolerance})")
        )
        where = f", at sizes {sizes}" if sizes else ""
        return replace(link, verdict=Verdict.CHECKED, evidence="sizes", difference=difference,
                       message=f"no proof for all sizes was found; the sides agree {how}{where}")  # fmt: skip
    return replace(link, difference=difference, message=f"{outcome.reason}; {found.reason}")


def only_where(where: str, link: Link) -> Link:
    """The verdict on a claim whose indices leave their ranges unless a condition holds that it does not state."""
    if link.verdict is Verdict.REFUTED:
        return link
    said = f"holds where {where}, which is not stated" if link.verdict is Verdict.PROVED else (
        f"{link.message}; only where {where}, which is not stated")
    verdict = Verdict.CONDITIONAL if link.verdict is Verdict.PROVED else link.verdict
    evidence = "assumption" if link.verdict is Verdict.PROVED else link.evidence
    return replace(link, verdict=verdict, evidence=evidence, message=said, assumptions=(where, *link.assumptions))


def _under(
    claim: Claim, c: Comparison, environment: Environment, effort: Effort, variables: frozenset[str]
) -> Outcome | None:
    """A proof under one of the assumptions on which other formulas rest, of what these are about: that the claim speaks
    of it beside derivatives of the loss."""
    known = claim.environment
    spoken_of = known.mentioned(c.left - c.right) if effort.assumed else frozenset()
    for assumption in effort.assumed:
        given = {*heads(assumption[0]), *heads(assumption[1])}
        if given & variables or any(spoken_of.isdisjoint({h, *dependents(h, known)}) for h in given):
            continue
        stated = replace(environment, assumptions=(*environment.assumptions, assumption))
        found = refute(
            c.left, c.right, stated, c.free, c.facts, seed=effort.seed, budget_seconds=ASSUMING, small=False
        )
        if isinstance(found, Refuted):
            continue
        with suppress(RecursionError, ArithmeticError, ValueError):
            outcome = prove_under(claim, assumption, Effort().proof, variables)
            if outcome is not None:
                return _verified(claim, outcome) if effort.verification else outcome
    return None


def judge_claim(
    claim: Claim, limits: Limits, known: Iterable[Certificate] = ()
) -> tuple[Verdict, tuple[str, ...]] | None:
    """Whether a claim is proved, or under an assumption, and what has to hold; ``None``: no proof was found. Where a
    ``known`` proof of something similar is one of the claim, none is searched for."""
    for certificate in known:
        if certificate.assumption is None:
            with suppress(Rejected):
                proof = verify(replace(certificate, claim=claim))
                told = _signs_told(claim, proof, None, Effort(), frozenset())
                return Verdict.PROVED, (*conditions_of(proof, claim.environment), *told)
    c = Comparison(claim.left, claim.right, claim.free, claim.facts)
    origin = claim.environment.origin
    if valueless(claim.environment, (), claim.left, claim.right) is not None:
        return None
    variables = adjoints_of(c, claim.environment)
    match _attempt(Search(claim, variables), limits, verification=True):
        case Proof() as proof:
            told = _signs_told(claim, proof, None, Effort(), variables)
            return Verdict.PROVED, (*conditions_of(proof, claim.environment), *told)
        case Conditional(assumption, proof):
            conditions = conditions_of(proof, claim.environment)
            told = _signs_told(claim, proof, assumption, Effort(), variables)
            return Verdict.CONDITIONAL, (equation_text(assumption, origin), *conditions, *told)
    return None


def _signs_told(
    claim: Claim, proof: Proof, assumption: Equation | None, effort: Effort, variables: frozenset[str]
) -> tuple[str, ...]:
    """What the text says of the signs of quantities that are defined otherwise, where the claim is not proved without:
    no declaration, as it is for given ones, but a condition, s > 0 for s = yᵀx."""
    known = claim.environment
    defined = {head for head, quantity in known.quantities.items() if quantity.body is not None}
    signs = (known.positive, ">0"), (known.nonzero, " \\neq 0"), (known.below_one, "<1")
    told = [f"{name}{sign}" for names, sign in signs for name in sorted(names & defined)]
    if not told or not effort.verification:
        return ()
    without = replace(known, positive=known.positive - defined, nonzero=known.nonzero - defined,
                      below_one=known.below_one - defined)  # fmt: skip
    other = replace(claim, environment=without)
    with suppress(Rejected):
        if verify(replace(certify(claim, proof, assumption), claim=other)).conditions == proof.conditions:
            return ()
    again = _attempt(Search(other, variables), effort.first, verification=True) if assumption is None else None
    if isinstance(again, Proof) and again.conditions == proof.conditions:
        return ()
    return tuple(told)


def _says_what_the_loss_is(c: Comparison, environment: Environment) -> bool:
    """With a loss that is nowhere defined, ``∂L/∂a = a - y`` says what it is, as ``∂E_t/∂a`` does of such a part; only
    relations between their derivatives, or what is defined by them, can be refuted."""
    loss, quantities = environment.loss, environment.quantities
    parts = {h for h in {*heads(c.left), *heads(c.right)} if is_slope(h) and h in quantities}
    undefined = loss is not None and loss in quantities and quantities[loss].body is None
    if undefined and loss is not None:
        parts |= {h for h in (*heads(c.left), *heads(c.right)) if adjoint_of(h, loss)} | environment.by_derivatives
    sides = [list(children(side) if isinstance(side, Add) else (side,)) for side in (c.left, c.right)]
    for term in sides[0].copy():  # what stands on both sides says nothing
        if term in sides[1]:
            sides[0].remove(term)
            sides[1].remove(term)
    left, right = (any(not parts.isdisjoint(heads(term)) for term in side) for side in sides)
    return left != right


@dataclass(frozen=True, slots=True)
class Unverified(Open):
    """A proof was found, and then rejected: it proves nothing."""


def _attempt(search: Search, limits: Limits, verification: bool) -> Outcome:
    """What the search finds; of a proof, what the verification found in it."""
    claim = search.claim
    try:
        outcome = search.go_on(limits)
    except (RecursionError, ArithmeticError, ValueError) as failure:
        return Open(claim.left - claim.right, f"the calculus gave up: {failure}")
    return _verified(claim, outcome) if verification else outcome


def _verified(claim: Claim, outcome: Outcome) -> Outcome:
    try:
        match outcome:
            case Proof():
                return verify(certify(claim, outcome))
            case Conditional(assumption, proof):
                return Conditional(assumption, verify(certify(claim, proof, assumption)))
    except Rejected as reason:
        return Unverified(claim.left - claim.right, f"a proof was found, but its verification failed: {reason}")
    return outcome


def _claim(c: Comparison, environment: Environment) -> Claim:
    """The comparison with all of the environment that can bear on it, and nothing else."""
    values = (*c.free.values(), *(fact.value for fact in c.facts))
    sizes = frozenset(name for value in values for name in value.names if not is_index(name))
    return Claim(c.left, c.right, relevant(environment, c.left, c.right, sizes=sizes), c.free, c.facts)


def _certificates(claim: Claim, outcome: Proof | Conditional, effort: Effort) -> tuple[Certificate, ...]:
    if not effort.verification:
        return ()
    proof, assumption = (outcome, None) if isinstance(outcome, Proof) else (outcome.proof, outcome.assumption)
    return (certify(claim, proof, assumption),)


def _steps(proof: Proof, show: Callable[[Scalar], str]) -> tuple[str, ...]:
    words = {
        "difference": "The difference of the two sides", "unfold": "Put in the definition of",
        "clear": "Multiply by", "multiply": "Multiply by", "assume": "Use the assumption",
    }  # fmt: skip
    lines = []
    for step in proof.steps:
        subject = f" {step.subject}" if step.subject else ""
        lines.append(f"{words.get(step.rule, step.rule)}{subject}: ${show(step.remaining)} = 0$")
    return tuple(lines)


def _example(found: Refuted) -> Counterexample:
    values = {name: value for name, value in found.values.items() if not name.endswith(UNWRITTEN)}
    return Counterexample(found.sizes, values, found.left, found.right, found.indices, found.python)
