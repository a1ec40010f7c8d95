"""What each formula says of the adjoints of one net: as printed, and what of it is known to hold there.

A formula's verdict is taken where its proof holds for the net: in the variant in which it was judged, and wherever all
that the proof reads is the same (:class:`~verify_derivations.derivations.composition.Likeness`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from verify_derivations.checker.case import Case, Scope
from verify_derivations.checker.gradients import RIGHT, adjoint_head, piece
from verify_derivations.checker.judge import ROUTING
from verify_derivations.checker.links import judge_link
from verify_derivations.checker.mending import unmarked
from verify_derivations.checker.statements import Chain, Stated, analyse
from verify_derivations.checker.verdicts import Formula, Link, Printed, Verdict, worst
from verify_derivations.derivations.composition import Likeness, Piece
from verify_derivations.derivations.kernel import Certificate
from verify_derivations.derivations.recurrence import accesses
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, adjoint_of
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.expressions import Access, heads, polynomial
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.world import Readings, World

NO_EQUATION = ("assumption", "update", "values", "example", "end", "solution", "conclusion")
"""What a link may be that is neither judged nor the definition of a name."""


@dataclass(frozen=True)
class Candidate:
    """What one formula says of one adjoint. ``sides`` are those of an equation that is known to hold, as printed or
    corrected (``routed``: with ``up`` read as routing); ``printed`` is the printed one, where that is another and has a
    meaning."""

    number: int
    own: bool  # it stands in the text of this variant, or of all
    problem: Printed
    reason: str = ""
    printed: Piece | None = None
    sides: tuple[s.Node, s.Node] | None = None
    routed: bool = False
    kind: str = "stated"
    verdict: Verdict = Verdict.UNDECIDED
    assumptions: tuple[str, ...] = ()
    proofs: tuple[Certificate, ...] = ()


@dataclass(frozen=True)
class Reached:
    """How far a chain of equations is known to hold, from its first side."""

    side: int
    verdict: Verdict
    assumptions: tuple[str, ...]
    links: tuple[Link, ...]
    routed: bool = False

    @property
    def proofs(self) -> tuple[Certificate, ...]:
        """The proofs of the equation of its first and its last side."""
        return self.links[0].certificates if len(self.links) == 1 else ()


class Corrected:
    """Corrections, read once."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._read: dict[int, Stated | None] = {}
        self._routed: dict[tuple[int, str], Link] = {}

    def stated(self, stated: Stated, formula: Formula) -> Stated | None:
        if formula.correction is None:
            return None
        if stated.number not in self._read:
            self._read[stated.number] = self._of(stated, formula.correction.latex)
        return self._read[stated.number]

    def routed_link(self, stated: Stated, chain: Chain, readings: Readings) -> Link:
        """The first side of a corrected chain and its last, without the factor, with ``up`` read as routing."""
        key = stated.number, to_latex(chain.sides[0])
        if key not in self._routed:
            world = self.case.definitions(stated.scope, stated.variant, readings.but(up="routing")).world
            self._routed[key] = judge_link(
                world, chain.sides[0], _plain(chain.sides[-1]), tuple(stated.conditions), stated.number,
                self.case.effort.proofs_only,
            ).link  # fmt: skip
        return self._routed[key]

    def _of(self, stated: Stated, text: str) -> Stated | None:
        try:
            tree = self.case.read(text, stated)
        except ReadError:
            return None
        new = Stated(replace(stated.raw, latex=text), tree, scope=stated.scope, variant=stated.variant)
        analyse(new)
        return new if len(new.chains) == len(stated.chains) else None


@dataclass
class Candidates:
    """The candidates for every adjoint of one net, in document order: ``found``."""

    case: Case
    scope: Scope
    environment: Environment
    readings: Readings
    corrected: Corrected
    found: dict[str, list[Candidate]] = field(default_factory=dict)
    _likeness: dict[tuple[tuple[str, ...], str | None, Readings], Likeness | None] = field(default_factory=dict)

    @property
    def loss(self) -> str:
        assert self.environment.loss is not None
        return self.environment.loss

    def gather(self, formulas: Iterable[tuple[Stated, Formula]]) -> None:
        for stated, formula in formulas:
            if self.scope.name[: len(stated.scope)] != stated.scope or stated.when.particular:
                continue
            for k, chain in enumerate(stated.chains):
                if len(chain.sides) > 1 and not chain.update:
                    found = self._candidate(stated, formula, k, chain)
                    if found is not None:
                        self.found.setdefault(found[0], []).append(found[1])

    def _candidate(self, stated: Stated, formula: Formula, k: int, chain: Chain) -> tuple[str, Candidate] | None:
        number, last = stated.number, chain.sides[-1]
        own = stated.scope != self.scope.name or stated.variant in (None, self.scope.variant)
        links = _links(formula.links, chain)
        if links[0] is not None and links[0].verdict is Verdict.DEFINED and links[0].evidence in NO_EQUATION:
            return None
        said = self._said(links[0], chain, number)
        mended = self.corrected.stated(stated, formula)
        other = mended.chains[k] if mended is not None else None
        if said is None and other is None:
            return None
        reached = self._reached(stated, formula, links)
        if reached is not None and said is not None and reached.side == len(chain.sides) - 1:
            return said, Candidate(number, own, Printed.SAME, "", None, (chain.sides[0], last), reached.routed,
                                   "stated", reached.verdict, reached.assumptions, reached.proofs)  # fmt: skip
        held = self._held(stated, formula, other) if other is not None else None
        if other is not None and held is not None:
            correct = self._said(held.links[0], other, number)
            if correct is None:
                return None
            new = Candidate(number, own, Printed.SAME, "", None, (other.sides[0], _plain(other.sides[-1])), held.routed,
                            "corrected", held.verdict, held.assumptions, held.proofs)  # fmt: skip
            if said == correct and to_latex(other.sides[-1]) == to_latex(last):
                return correct, new  # only on the way to its last side something is wrong
            return correct, self._with_problem(new, formula, links, chain, said == correct)
        if said is None:
            return None
        new = Candidate(number, own, Printed.OPEN)
        if reached is not None:
            new = Candidate(number, own, Printed.OPEN, "", None, (chain.sides[0], chain.sides[reached.side]),
                            reached.routed, "stated", reached.verdict, reached.assumptions)  # fmt: skip
        return said, self._with_problem(new, formula, links, chain, same_subject=True)

    def _said(self, link: Link | None, chain: Chain, number: int) -> str | None:
        """The adjoint that a chain begins with, if it does."""
        if link is not None and link.left_expression is not None:
            left = link.left_expression
            head = left.head if isinstance(left, Access) else None
        else:
            head = adjoint_head(self.scope.definitions.world, chain.sides[0], number)
        of = adjoint_of(head, self.loss) if head is not None else None
        return head if of in self.environment.quantities else None

    def _with_problem(
        self, candidate: Candidate, formula: Formula, links: Sequence[Link | None], chain: Chain, same_subject: bool
    ) -> Candidate:
        link = next((link for link in links if link is not None and link.verdict.wrong), None)
        reason = link.message if link is not None else formula.message
        if not formula.verdict.wrong:
            return replace(candidate, problem=Printed.OPEN, reason=reason)
        sides = chain.sides[0], chain.sides[-1]
        printed = self.equation(sides, formula.number) if same_subject else None
        problem = Printed.ILL_FORMED if printed is None else Printed.WRONG
        return replace(candidate, problem=problem, reason=reason, printed=printed)

    def equation(self, sides: tuple[s.Node, s.Node], number: int, routed: bool = False) -> Piece | None:
        """What an equation says of an adjoint, for the entries that are meant; not of one by itself, unless at another
        time."""
        world = self._routing if routed else self.scope.definitions.world
        conditions = self._conditions.get(number, ())
        found = piece(world, *sides, number, conditions, self.environment.quantities, self.loss)
        if isinstance(found, str) or found.step.body is None:
            return None
        step, body = found.step, found.step.body
        if step.head in heads(body):
            own = (access.indices for access, _ in accesses(body) if access.head == step.head)
            if any(at[:1] == tuple(map(polynomial, step.indices[:1])) for at in own):
                return None
        return found

    @cached_property
    def _conditions(self) -> dict[int, tuple[s.Relation, ...]]:
        return {f.number: tuple(f.conditions) for f in self.case.formulas}

    @cached_property
    def _routing(self) -> World:
        world = self.scope.definitions.world
        return replace(world, readings=world.readings.but(up="routing"))

    # -- what is known to hold --------------------------------------------------------------------------------
    def _reached(self, stated: Stated, formula: Formula, links: Sequence[Link | None]) -> Reached | None:
        """How far the chain holds in this net, as printed."""
        routed = any(_routed(link) for link in formula.links)
        variant = stated.variant if routed else self._judged_in(stated, formula.variant)
        return self._prefix(links, stated.scope, variant, routed)

    def _judged_in(self, stated: Stated, variant: str | None) -> str | None:
        """The variant in which a formula was judged: that named, else the first of its scope."""
        return variant if variant is not None else next(iter(self.case.variants(stated.scope)), None)

    def _prefix(
        self, links: Sequence[Link | None], scope: tuple[str, ...], variant: str | None, routed: bool = False
    ) -> Reached | None:
        likeness = self._like(scope, variant, self.readings.but(up="routing") if routed else self.readings)
        good: list[Link] = []
        for link in links:
            if link is None or link.verdict not in (*RIGHT, Verdict.DEFINED):
                break
            if link.evidence == "example":  # at some values only
                break
            if link.evidence in NO_EQUATION if link.verdict is Verdict.DEFINED else not _carries(link, likeness):
                break
            good.append(link)
        if not good:
            return None
        assumptions = tuple(dict.fromkeys(a for link in good for a in link.assumptions))
        return Reached(len(good), worst([link.verdict for link in good]), assumptions, tuple(good), routed)

    def _like(self, scope: tuple[str, ...], variant: str | None, readings: Readings) -> Likeness | None:
        """How the definitions of another place compare with the net's; ``None``: they are the same."""
        if (scope, variant, readings) == (self.scope.name, self.scope.variant, self.readings):
            return None
        key = scope, variant, readings
        if key not in self._likeness:
            there = self.case.definitions(scope, variant, readings).world.environment(self.loss)
            self._likeness[key] = Likeness(there, self.environment)
        return self._likeness[key]

    def _held(self, stated: Stated, formula: Formula, chain: Chain) -> Reached | None:
        """The corrected chain, if all of it holds in this net. One with a factor that says where the maximum is was
        proved with ``up`` as routing, which is shown here."""
        assert formula.correction is not None
        if _plain(chain.sides[-1]) is not chain.sides[-1]:
            link = self.corrected.routed_link(stated, chain, self.readings)
            held = self._prefix([link], stated.scope, stated.variant, routed=True)
            if held is None:
                return None
            return replace(held, verdict=worst([Verdict.CONDITIONAL, held.verdict]),
                           assumptions=(ROUTING, *held.assumptions))  # fmt: skip
        links = _links(formula.correction.links, chain)
        held = self._prefix(links, stated.scope, self._judged_in(stated, formula.correction.variant))
        return held if held is not None and held.side == len(chain.sides) - 1 else None


def _routed(link: Link) -> bool:
    """A link that was judged with ``up`` read as routing."""
    return ROUTING in link.assumptions


def _plain(side: s.Node) -> s.Node:
    """A side without the factor that says where the maximum is, if it has one."""
    return unmarked(side) or side


def _carries(link: Link, likeness: Likeness | None) -> bool:
    if likeness is None:
        return True
    sides = [side for side in (link.left_expression, link.right_expression) if side is not None]
    return link.moves is not None and len(sides) == 2 and likeness.carries_over(sides, link.moves)


def _links(links: Sequence[Link], chain: Chain) -> list[Link | None]:
    """The links of a chain, in order; ``None`` for one that was not judged as it stands, or is not the only one."""
    found: list[Link | None] = []
    for left, right in zip(chain.sides, chain.sides[1:], strict=False):
        key = to_latex(left), to_latex(right)
        same = [link for link in links if (link.left, link.right) == key]
        found.append(min(same, key=lambda link: link.verdict.rank) if same else None)
    return found
