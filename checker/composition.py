"""What a document's gradient formulas give together: for each net and loss, the derivative by every parameter.

Nothing is judged again that was judged: a formula's verdict is taken where its proof holds for the net
(:class:`~verify_derivations.derivations.composition.Likeness`). For each adjoint on the way from the loss to a
parameter one step is taken: the formula as printed where it holds, else its correction, else what follows from the
definitions. That the steps together give the derivative is checked by
:class:`~verify_derivations.derivations.composition.Composition`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from verify_derivations.checker.forward import Forward, NoNet
from verify_derivations.checker.gradients import RIGHT, adjoint_head, equation
from verify_derivations.checker.judge import Case, Scope
from verify_derivations.checker.links import condition_text, judge_link
from verify_derivations.checker.mending import unmarked
from verify_derivations.checker.programs import net_name, scopes
from verify_derivations.checker.statements import Chain, Stated, analyse
from verify_derivations.checker.verdicts import Formula, Gradient, Link, Net, Printed, Step, Verdict, worst
from verify_derivations.derivations.composition import Circular, Composition, Gap, Likeness, Uncomposed
from verify_derivations.derivations.differentiate import adjoint_step
from verify_derivations.derivations.kernel import ties_of
from verify_derivations.derivations.refute import Refuted, refute
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Bracket,
    Mul,
    Scalar,
    Sum,
    binders_of,
    heads,
    map_accesses,
    polynomial,
    walk,
)
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import read
from verify_derivations.formulas.world import Readings, World

NUMERIC = 0.1  # nominal seconds of a search for a point at which the printed steps give something else


@dataclass(frozen=True)
class Candidate:
    """What one formula says of one adjoint. ``sides`` are those of an equation that is known to hold, as printed or
    corrected (``routed``: with ``up`` read as routing); ``printed`` is the printed one, where that is another and has a
    meaning."""

    number: int
    own: bool  # it stands in the text of this variant, or of all
    problem: Printed
    reason: str = ""
    printed: Quantity | None = None
    sides: tuple[s.Node, s.Node] | None = None
    routed: bool = False
    kind: str = "stated"
    verdict: Verdict = Verdict.UNDECIDED
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reached:
    """How far a chain of equations is known to hold, from its first side."""

    side: int
    verdict: Verdict
    assumptions: tuple[str, ...]
    links: tuple[Link, ...]
    routed: bool = False


def composed(case: Case, formulas: Sequence[Formula], readings: Readings) -> tuple[Composer, ...]:
    """The nets of a judged document; see :meth:`Composer.net`."""
    states_gradients = [
        (stated, formula) for stated, formula in zip(case.formulas, formulas, strict=True)
        if stated.error is None and any(len(c.sides) > 1 and not c.update for c in stated.chains)
    ]  # fmt: skip
    corrected = Corrected(case)
    found = []
    for scope in scopes(case, readings):
        try:
            forward = Forward.of(scope.definitions.world, known_functions=False)
        except NoNet:
            continue
        composer = Composer(case, scope, forward, readings, corrected)
        if composer.parameters:
            composer.gather(states_gradients)
            found.append(composer)
    return tuple(found)


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
        first = stated.tree.parts[0] if stated.tree is not None and stated.tree.parts else None
        before = first.sides[0] if isinstance(first, s.Relation) else None
        try:
            tree = read(text, self.case.symbols, self.case.document.macros, before).statements
        except ReadError:
            return None
        new = Stated(replace(stated.raw, latex=text), tree, scope=stated.scope, variant=stated.variant)
        analyse(new)
        return new if len(new.chains) == len(stated.chains) else None


@dataclass
class Composer:
    """One scope in one variant: its candidates for every adjoint, and the steps that are chosen."""

    case: Case
    scope: Scope
    forward: Forward
    readings: Readings
    corrected: Corrected
    candidates: dict[str, list[Candidate]] = field(default_factory=dict)
    _chosen: dict[str, tuple[Quantity | None, Candidate | None]] = field(default_factory=dict)
    _likeness: dict[tuple[tuple[str, ...], str | None, Readings], Likeness | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return net_name(self.case, self.scope.name)

    @property
    def loss(self) -> str:
        return self.forward.loss

    @cached_property
    def environment(self) -> Environment:
        return self.scope.definitions.world.environment(self.loss)

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The leaves by which the document differentiates, and those that carry the name of one (``U_g`` as ``U_f``);
        if there are none, all leaves but the label and the input."""
        given = set()
        try:
            label, _ = self.forward.label_and_output()
            given = {label, self.forward.input(label, self.scope.definitions.world)}
        except NoNet:
            pass
        leaves = [q.head for q in self.forward.leaves if q.head not in given]
        differentiated = {self._letter(h) for h in leaves if h in self.forward.differentiated}
        if not self.forward.differentiated:
            return tuple(leaves) if given else ()
        return tuple(h for h in leaves if h in self.forward.differentiated or self._letter(h) in differentiated)

    def _letter(self, head: str) -> str:
        return self.scope.definitions.world.layer_of.get(head, (head,))[0].split("_")[0]

    # -- what the formulas say --------------------------------------------------------------------------------
    def gather(self, formulas: Iterable[tuple[Stated, Formula]]) -> None:
        for stated, formula in formulas:
            if self.scope.name[: len(stated.scope)] != stated.scope:
                continue
            for k, chain in enumerate(stated.chains):
                if len(chain.sides) > 1 and not chain.update:
                    found = self._candidate(stated, formula, k, chain)
                    if found is not None:
                        self.candidates.setdefault(found[0], []).append(found[1])

    def _candidate(self, stated: Stated, formula: Formula, k: int, chain: Chain) -> tuple[str, Candidate] | None:
        number, last = stated.number, chain.sides[-1]
        own = stated.scope != self.scope.name or stated.variant in (None, self.scope.variant)
        links = _links(formula.links, chain)
        said = self._said(links[0], chain, number)
        mended = self.corrected.stated(stated, formula)
        other = mended.chains[k] if mended is not None else None
        if said is None and other is None:
            return None
        reached = self._reached(stated, formula, links)
        if reached is not None and said is not None and reached.side == len(chain.sides) - 1:
            return said, Candidate(number, own, Printed.SAME, "", None, (chain.sides[0], last), reached.routed,
                                   "stated", reached.verdict, reached.assumptions)  # fmt: skip
        held = self._held(stated, formula, other) if other is not None else None
        if other is not None and held is not None:
            correct = self._said(held.links[0], other, number)
            if correct is None:
                return None
            new = Candidate(number, own, Printed.SAME, "", None, (other.sides[0], _plain(other.sides[-1])), held.routed,
                            "corrected", held.verdict, held.assumptions)  # fmt: skip
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
        printed = self._equation(sides, formula.number) if same_subject else None
        problem = Printed.ILL_FORMED if printed is None else Printed.WRONG
        return replace(candidate, problem=problem, reason=reason, printed=printed)

    def _equation(self, sides: tuple[s.Node, s.Node], number: int, routed: bool = False) -> Quantity | None:
        world = self._routing if routed else self.scope.definitions.world
        conditions = self._conditions.get(number, ())
        found = equation(world, *sides, number, conditions, self.environment.quantities, self.loss)
        return None if found is None or found.body is None or found.head in heads(found.body) else found

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
            if link.verdict is not Verdict.DEFINED and not _carries(link, likeness):
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

    # -- the steps --------------------------------------------------------------------------------------------
    def chosen(self, head: str) -> tuple[Quantity | None, Candidate | None]:
        """The formula that is taken for an adjoint: of this variant before others, as printed before corrected, with
        the best verdict, the first; or one that does not hold, where this variant's text has no other."""
        if head not in self._chosen:
            all_of = self.candidates.get(head, [])
            good = [c for c in all_of if c.sides is not None]
            good.sort(key=lambda c: (c.own, c.problem is Printed.SAME, c.verdict.rank), reverse=True)
            self._chosen[head] = None, next((c for c in all_of if c.own), None)
            for candidate in good:
                assert candidate.sides is not None
                step = self._equation(candidate.sides, candidate.number, candidate.routed)
                if step is not None and step.head == head:
                    self._chosen[head] = step, candidate
                    break
        return self._chosen[head]

    @cached_property
    def steps(self) -> dict[str, tuple[Quantity, Candidate | None]]:
        """All steps that the parameters need, by adjoint; ``None``: derived."""
        found: dict[str, tuple[Quantity, Candidate | None]] = {}
        refused: set[str] = set()
        while True:
            pending = [adjoint(p, self.loss) for p in self.parameters]
            while pending:
                name = pending.pop()
                if name in found:
                    continue
                step, candidate = self.chosen(name) if name not in refused else (None, None)
                if step is None:
                    step, candidate = self._derived(name), None
                if step is not None and step.body is not None:
                    found[name] = step, candidate
                    pending += [h for h in heads(step.body) if adjoint_of(h, self.loss) is not None]
            blamed = self._blamed({name: step for name, (step, _) in found.items()}, found)
            if not blamed:
                return found
            refused |= blamed
            found = {}

    def _derived(self, name: str) -> Quantity | None:
        """One step back along the definitions, where ∂L/∂L = 1, and 0 by what L does not depend on."""
        of = adjoint_of(name, self.loss)
        step = adjoint_step(of, self.environment) if of is not None else None
        if step is None or step.body is None:
            return None

        def known(access: Access) -> Scalar | None:
            inner = adjoint_of(access.head, self.loss)
            if inner == self.loss:
                return UNIT
            return NOUGHT if inner is not None and inner not in self._on_the_way else None

        return replace(step, body=map_accesses(step.body, known))

    @cached_property
    def _on_the_way(self) -> frozenset[str]:
        return frozenset(q.head for q in (*self.forward.leaves, *self.forward.quantities))

    def _blamed(
        self, steps: Mapping[str, Quantity], found: Mapping[str, tuple[Quantity, Candidate | None]]
    ) -> set[str]:
        """The stated steps that, against the order of the definitions, close a circle."""
        composition = Composition(steps.values(), self.environment)
        for parameter in self.parameters:
            try:
                composition.chain(parameter)
            except Gap:
                continue
            except Circular as circle:
                rank = self.forward.rank
                stated = [h for h in circle.heads if found[adjoint(h, self.loss)][1] is not None]
                back = [
                    h for h, inner in zip(circle.heads, (*circle.heads[1:], circle.heads[0]), strict=True)
                    if h in stated and rank[inner] <= rank[h]
                ]  # fmt: skip
                if stated:
                    return {adjoint(h, self.loss) for h in back or stated}
        return set()

    @cached_property
    def composition(self) -> Composition:
        return Composition((step for step, _ in self.steps.values()), self.environment)

    # -- the result -------------------------------------------------------------------------------------------
    def net(self) -> Net:
        gradients = tuple(self._gradient(parameter) for parameter in self.parameters)
        return Net(self.name, self.scope.variant, self.loss, gradients)

    def _gradient(self, parameter: str) -> Gradient:
        try:
            chain = self.composition.chain(parameter)
        except Uncomposed as failure:
            on_the_way = failure.heads if isinstance(failure, Circular) else ()
            missing = [h for h in (parameter, *on_the_way) if self.chosen(adjoint(h, self.loss))[1] is None]
            printed = Printed.NOT_STATED if missing else Printed.OPEN
            what = f"${adjoint(missing[0], self.loss)}$ is not stated" if missing else ""
            return Gradient(parameter, Verdict.UNDECIDED, (), (), self._why(failure), printed, None, what)
        steps, assumptions = [], []
        for head in chain:
            step, candidate = self.steps[adjoint(head, self.loss)]
            if candidate is None:
                steps.append(Step(head, None, "derived", Verdict.PROVED))
                ties = ties_of(step.head, self.environment)
                assumptions += [condition_text("no tie", tie, {}) for tie in ties]
            else:
                steps.append(Step(head, candidate.number, candidate.kind, candidate.verdict))
                assumptions += candidate.assumptions
        printed, number, reason = self._printed(parameter, chain)
        verdict = worst([step.verdict for step in steps])
        under = tuple(dict.fromkeys(assumptions))
        return Gradient(parameter, verdict, tuple(steps), under, "", printed, number, reason)

    def _why(self, reason: Uncomposed) -> str:
        if isinstance(reason, Circular):
            names = " → ".join(f"${adjoint(h, self.loss)}$" for h in (*reason.heads, reason.heads[0]))
            return f"the steps refer to each other, as in a recursion, which is not composed: {names}"
        assert isinstance(reason, Gap)
        return f"${adjoint(reason.head, self.loss)}$ is not stated and cannot be derived from the definitions"

    def _printed(self, parameter: str, chain: Sequence[str]) -> tuple[Printed, int | None, str]:
        """What the printed formulas give, and the first that is not right."""
        if self.chosen(adjoint(parameter, self.loss))[1] is None:
            return Printed.NOT_STATED, None, f"${adjoint(parameter, self.loss)}$ is not stated"
        for head in chain:
            name = adjoint(head, self.loss)
            stated, candidate = self.chosen(name)
            step, used = self.steps[name]
            if candidate is None:
                if not rearranges(step):
                    return Printed.NOT_STATED, None, f"${name}$ is not stated"
            elif used is None and stated is not None:
                return Printed.OPEN, candidate.number, "it gives an earlier step by a later one: the steps are circular"
            elif candidate.problem is Printed.WRONG:
                return self._wrong(parameter, candidate)
            elif candidate.problem is not Printed.SAME:
                return candidate.problem, candidate.number, candidate.reason
        return Printed.SAME, None, ""

    def _wrong(self, parameter: str, first: Candidate) -> tuple[Printed, int | None, str]:
        """One wrong step may be made good by another, or by a factor that is zero: whether there are values at which
        the printed steps do give something else."""
        if self._differs(parameter):
            return Printed.WRONG, first.number, first.reason
        return Printed.OPEN, first.number, f"{first.reason}; no values were found at which the gradient differs"

    def _differs(self, parameter: str) -> bool:
        target = adjoint(parameter, self.loss)
        quantities = dict(self.environment.quantities)
        for prefix, steps in (("printed ", self._printed_steps), ("composed ", self._composed_steps)):
            for name, step in steps.items():
                assert step.body is not None
                own = map_accesses(step.body, lambda a, p=prefix: Access(p + a.head, a.indices)  # type: ignore[misc]
                                   if adjoint_of(a.head, self.loss) is not None else None)  # fmt: skip
                quantities[prefix + name] = replace(step, head=prefix + name, body=own)
        step = self.steps[target][0]
        at = tuple(map(polynomial, step.indices))
        found = refute(
            Access("printed " + target, at), Access("composed " + target, at),
            replace(self.environment, quantities=quantities, loss=None),
            dict(zip(step.indices, step.extents, strict=True)), budget_seconds=NUMERIC, seed=self.case.effort.seed,
        )  # fmt: skip
        return isinstance(found, Refuted)

    @cached_property
    def _composed_steps(self) -> dict[str, Quantity]:
        return {name: step for name, (step, _) in self.steps.items()}

    @cached_property
    def _printed_steps(self) -> dict[str, Quantity]:
        """The steps as printed, where that has a meaning; the others as they should be."""
        found = dict(self._composed_steps)
        for name in found:
            candidate = self.chosen(name)[1]
            if candidate is not None and candidate.printed is not None:
                found[name] = candidate.printed
        try:  # a wrong formula may mention what it should not
            whole = Composition(found.values(), self.environment)
            for name in found:
                whole.chain(adjoint_of(name, self.loss) or "")
        except Uncomposed:
            return {}
        return found


ROUTING = "\\operatorname{up} \\text{ places each entry at the maximum of its window, and zero elsewhere}"


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


def rearranges(step: Quantity) -> bool:
    """Whether a step only moves the entries of another adjoint (a reshape, an identity): no factor, no sum of them."""
    assert step.body is not None
    nodes = list(walk(step.body))
    if not all(isinstance(node, Access | Bracket | Mul | Sum) for node in nodes):
        return False
    bound = [v for node in nodes for v, _ in binders_of(node)]
    equations = [c for node in nodes if isinstance(node, Bracket) for c in node.constraints if c.relation == "=="]
    tied = {v for v in bound if any(v in c.value.names for c in equations)}
    return sum(isinstance(node, Access) for node in nodes) == 1 and set(bound) == tied and len(equations) >= len(bound)
