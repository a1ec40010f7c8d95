"""What a document's gradient formulas give together: for each net and loss, the derivative by every parameter.

For each adjoint on the way from the loss to a parameter one step is taken: the formula as printed where it holds, else
its correction, else what follows from the definitions. That the steps together give the derivative is checked by
:class:`~verify_derivations.derivations.composition.Composition`. Nothing is judged again that was judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from verify_derivations.checker.candidates import Candidate, Candidates, Corrected
from verify_derivations.checker.case import Case, Scope
from verify_derivations.checker.deciding import judge_claim
from verify_derivations.checker.forward import Forward, NoNet
from verify_derivations.checker.programs import net_name
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.valueless import valueless
from verify_derivations.checker.verdicts import Formula, Gradient, Net, Printed, Step, Verdict, worst
from verify_derivations.checker.wording import condition_text
from verify_derivations.derivations.composition import (
    Cases,
    Circular,
    Composition,
    Gap,
    Piece,
    Uncomposed,
    aligned,
    by_cases,
    claim_of,
    inside,
    meets,
    rest_of,
)
from verify_derivations.derivations.differentiate import adjoint_step
from verify_derivations.derivations.domains import contradictory, implies
from verify_derivations.derivations.kernel import SideCondition, needs_of
from verify_derivations.derivations.recurrence import accesses, guarded
from verify_derivations.derivations.refute import Refuted, refute
from verify_derivations.derivations.terms import Nowhere
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
    Access,
    Bracket,
    Constraint,
    Mul,
    Polynomial,
    Scalar,
    Sum,
    binders_of,
    equal,
    heads,
    map_accesses,
    polynomial,
    walk,
)
from verify_derivations.formulas.tensors import show_extent
from verify_derivations.formulas.world import Readings

NUMERIC = 0.1  # nominal seconds of a search for a point at which the printed steps give something else


@dataclass(frozen=True)
class Part:
    """What is taken for an adjoint, or for those of its entries at which no part before it holds. ``used``: the formula
    that gives it; ``None``: it is derived, or has still to be (there is no ``piece``). ``said``: what the document says
    here; ``refused``: it holds, but leads nowhere."""

    piece: Piece | None
    used: Candidate | None = None
    said: Candidate | None = None
    refused: bool = False


@dataclass(frozen=True)
class Taken:
    """The step for all entries of an adjoint, put together of its parts."""

    step: Quantity
    parts: tuple[Part, ...]

    @property
    def whole(self) -> bool:
        return len(self.parts) == 1

    @property
    def pieces(self) -> list[Piece]:
        return [part.piece for part in self.parts if part.piece is not None]


@dataclass
class Composer:
    """One scope in one variant: its candidates for every adjoint, and the steps that are chosen."""

    case: Case
    scope: Scope
    forward: Forward
    readings: Readings
    corrected: Corrected
    _chosen: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    _needed: dict[str, list[str]] = field(default_factory=dict)  # by quantity, what its derived step needs

    def gather(self, formulas: Sequence[tuple[Stated, Formula]]) -> None:
        """Take note of what the document's formulas say of adjoints."""
        self.said.gather(formulas)

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
    def said(self) -> Candidates:
        return Candidates(self.case, self.scope, self.environment, self.readings, self.corrected)

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
        return self.scope.definitions.world.layers.name(head).split("_")[0]

    # -- the steps --------------------------------------------------------------------------------------------
    def chosen(self, head: str) -> tuple[Part, ...]:
        """The formula that is taken for an adjoint: of this variant before others, as printed before corrected, with
        the best verdict, the first. Where none is about all its entries, those that are about some; last, what is left
        to be derived, with what this variant's text says of it that does not hold."""
        if head not in self._chosen:
            self._chosen[head] = self._choice(head)
        return self._chosen[head]

    def _choice(self, head: str) -> tuple[Part, ...]:
        all_of = self.said.found.get(head, [])
        good = [c for c in all_of if c.sides is not None]
        good.sort(key=lambda c: (c.own, c.problem is Printed.SAME, c.verdict.rank), reverse=True)
        parts: list[Part] = []
        rest: Cases = ((),)
        for candidate in good:
            assert candidate.sides is not None
            found = self.said.equation(candidate.sides, candidate.number, candidate.routed)
            if found is None or found.step.head != head:
                continue
            if not found.where:
                return (Part(found, candidate, candidate),)
            if parts:
                assert parts[0].piece is not None
                found = aligned(found, parts[0].piece.step.indices)
            if meets(found, rest, self.environment):
                candidate = self._where_it_holds(found, candidate)
                parts.append(Part(found, candidate, candidate))
                rest = rest_of([part.piece for part in parts if part.piece is not None], self.environment)
        if not rest:
            return tuple(parts)
        wrong = (c for c in all_of if c.own and c.sides is None)  # what holds here only names it
        here = (c for c in wrong if not parts or c.printed is None or self._about(c.printed, parts, rest))
        return (*parts, Part(None, None, next(here, None)))

    def _about(self, printed: Piece, parts: Sequence[Part], rest: Cases) -> bool:
        assert parts[0].piece is not None
        return meets(aligned(printed, parts[0].piece.step.indices), rest, self.environment)

    def _where_it_holds(self, piece: Piece, candidate: Candidate) -> Candidate:
        """The formula with its verdict for the entries that it is used for: that it holds for no others is then no
        condition."""
        claim = claim_of(piece.step, self.environment, piece.where)
        found = judge_claim(claim, self.case.effort.proof, candidate.proofs)
        if found is None or found[0].rank < candidate.verdict.rank:
            return candidate
        return replace(candidate, verdict=found[0], assumptions=found[1])

    @property
    def has_parameters(self) -> bool:
        return bool(self.parameters)

    @property
    def roots(self) -> tuple[str, ...]:
        """The quantities whose adjoints are composed."""
        return self.parameters

    def shown(self, head: str) -> str:
        """How a quantity is called in the report."""
        return head

    def needs(self, head: str) -> tuple[SideCondition, ...]:
        """Under which conditions the derived step of a quantity holds. Raises :class:`Nowhere`."""
        if (reason := valueless(self.environment, (self.loss,))) is not None:
            raise Nowhere(reason)
        return needs_of(self.steps[adjoint(head, self.loss)].step, self._way)

    @cached_property
    def steps(self) -> dict[str, Taken]:
        """All steps that the parameters need, by adjoint."""
        found: dict[str, Taken] = {}
        refused: set[str] = set()
        while True:
            pending = [adjoint(p, self.loss) for p in self.roots]
            while pending:
                name = pending.pop()
                if name in found:
                    continue
                parts = self.chosen(name)
                if name in refused:
                    parts = (Part(None, None, parts[0].said, refused=True),)
                taken = self._taken(name, parts)
                if taken is not None and taken.step.body is not None:
                    found[name] = taken
                    pending += [h for h in heads(taken.step.body) if adjoint_of(h, self.loss) is not None]
            blamed = self._blamed(found)
            if not blamed:
                return found
            refused |= blamed
            found = {}

    def _taken(self, name: str, parts: tuple[Part, ...]) -> Taken | None:
        """The parts as one step; what is left to be derived is derived."""
        *others, last = parts
        if last.piece is None:
            derived = self._derived(name)
            if derived is None:
                return None
            piece = Piece(derived)
            if others:
                assert others[0].piece is not None
                piece = aligned(piece, others[0].piece.step.indices)
            parts = (*others, replace(last, piece=piece))
        pieces = [part.piece for part in parts if part.piece is not None]
        return Taken(pieces[0].step if len(pieces) == 1 else by_cases(pieces, self.environment), parts)

    def _derived(self, name: str) -> Quantity | None:
        """One step back along the definitions, where ∂L/∂L = 1, and 0 by what L does not depend on."""
        of = adjoint_of(name, self.loss)
        step = adjoint_step(of, self.environment) if of is not None else None
        if of is None or step is None or step.body is None or self._hidden(of):
            return None

        def known(access: Access) -> Scalar | None:
            inner = adjoint_of(access.head, self.loss)
            if inner == self.loss:
                return UNIT
            return NOUGHT if inner is not None and inner not in self._on_the_way else None

        return replace(step, body=map_accesses(step.body, known))

    def _hidden(self, head: str) -> bool:
        """Whether the loss may depend on a quantity by a definition that has no meaning, or that only another section
        has."""
        world = self.scope.definitions.world
        name = world.layers.name(head)
        elsewhere = world.unknown.elsewhere
        if any(name in elsewhere[other].names for other in elsewhere.keys() & self._on_the_way - world.below((name,))):
            return True
        unread = world.unknown.unread.keys() & self._on_the_way - {name}
        return any(name in world.below((other,), as_written=True) for other in unread)

    @cached_property
    def _on_the_way(self) -> frozenset[str]:
        return frozenset(q.head for q in (*self.forward.leaves, *self.forward.quantities))

    @cached_property
    def _way(self) -> Environment:
        """The environment without what the loss does not depend on: of that, no step needs anything."""
        found = {h: q for h, q in self.environment.quantities.items() if h in self._on_the_way}
        return replace(self.environment, quantities=found)

    def _blamed(self, found: Mapping[str, Taken]) -> set[str]:
        """The stated steps that, against the order of the definitions, close a circle."""
        composition = Composition((taken.step for taken in found.values()), self.environment)
        for root in self.roots:
            try:
                composition.chain(root)
            except Gap:
                continue
            except Circular as circle:
                rank = self.forward.rank
                stated = [h for h in circle.heads if any(p.used for p in found[adjoint(h, self.loss)].parts)]
                back = [
                    h for h, inner in zip(circle.heads, (*circle.heads[1:], circle.heads[0]), strict=True)
                    if h in stated and rank[inner] <= rank[h]
                ]  # fmt: skip
                if stated:
                    return {adjoint(h, self.loss) for h in back or stated}
        return set()

    @cached_property
    def composition(self) -> Composition:
        return Composition((taken.step for taken in self.steps.values()), self.environment)

    # -- the result -------------------------------------------------------------------------------------------
    def net(self) -> Net:
        gradients = tuple(self._gradient(parameter) for parameter in self.parameters)
        return Net(self.name, self.scope.variant, self.loss, gradients)

    def _gradient(self, parameter: str) -> Gradient:
        try:
            chain = self.composition.chain(parameter)
        except Uncomposed as failure:
            on_the_way = failure.heads if isinstance(failure, Circular) else ()
            missing = [h for h in (parameter, *on_the_way) if not self._stated(h)]
            printed = Printed.NOT_STATED if missing else Printed.OPEN
            what = f"{self._named(missing[0])} is not stated" if missing else ""
            return Gradient(parameter, Verdict.UNDECIDED, (), (), self._why(failure), printed, None, what)
        steps, assumptions = [], []
        for head, part in self._parts(chain):
            candidate = part.used
            if candidate is None:
                steps.append(Step(self._entries(head, part, chain), None, "derived", Verdict.PROVED))
                if head not in self._needed:
                    try:
                        needs = self.needs(head)
                    except Nowhere as never:
                        return Gradient(parameter, Verdict.UNDECIDED, (), (), str(never), Printed.OPEN)
                    self._needed[head] = [condition_text(need, self.environment) for need in needs]
                assumptions += self._needed[head]
            else:
                steps.append(Step(self.shown(head), candidate.number, candidate.kind, candidate.verdict))
                assumptions += candidate.assumptions
        printed, number, reason = self._printed(parameter, chain)
        verdict = worst([step.verdict for step in steps])
        under = tuple(dict.fromkeys(assumptions))
        return Gradient(parameter, verdict, tuple(steps), under, "", printed, number, reason)

    def _why(self, reason: Uncomposed) -> str:
        if isinstance(reason, Circular):
            names = " → ".join(map(self._named, (*reason.heads, reason.heads[0])))
            return f"the steps refer to each other, as in a recursion, which is not composed: {names}"
        assert isinstance(reason, Gap)
        return f"{self._named(reason.head)} is not stated and cannot be derived from the definitions"

    def _named(self, head: str) -> str:
        return f"${adjoint(self.shown(head), self.loss)}$"

    def _printed(self, parameter: str, chain: Sequence[str]) -> tuple[Printed, int | None, str]:
        """What the printed formulas give, and the first that is not right."""
        if not self._stated(parameter):
            return Printed.NOT_STATED, None, f"{self._named(parameter)} is not stated"
        if self._printed_composition is not None:
            chain = self._printed_composition.chain(parameter)
        parts = self._parts(chain, printed=self._printed_composition is not None)
        parts.sort(key=lambda p: self.steps[adjoint(p[0], self.loss)].whole)  # else what the end needs would be named
        for head, part in parts:
            candidate = part.said
            if candidate is None:
                assert part.piece is not None
                if not rearranges(part.piece.step):
                    what = adjoint(self._entries(head, part, chain), self.loss)
                    return Printed.NOT_STATED, None, f"${what}$ is not stated"
            elif part.refused:
                return Printed.OPEN, candidate.number, "it gives an earlier step by a later one: the steps are circular"
            elif candidate.problem is Printed.WRONG:
                return self._wrong(parameter, candidate)
            elif candidate.problem is not Printed.SAME:
                return candidate.problem, candidate.number, candidate.reason
        return Printed.SAME, None, ""

    def _stated(self, head: str) -> bool:
        return any(part.said is not None for part in self.chosen(adjoint(head, self.loss)))

    def _parts(self, chain: Sequence[str], *, printed: bool = False) -> list[tuple[str, Part]]:
        """The parts of the steps in a chain, as taken or as ``printed``, without what is derived for entries that none
        asks for, the derivative by h_0, and without what only that needs."""
        counting = {head: [
            part for part in self.steps[adjoint(head, self.loss)].parts
            if part.used is not None or self._asked(head, part, chain)
        ] for head in chain}  # fmt: skip
        needed, pending = {chain[-1]}, [chain[-1]]
        while pending:
            for part in counting[pending.pop()]:
                said = part.said.printed if part.said is not None and printed else None
                piece = said or part.piece
                assert piece is not None and piece.step.body is not None
                found = {adjoint_of(name, self.loss) for name in heads(piece.step.body)}
                new = [head for head in chain if head in found and head not in needed]
                needed.update(new)
                pending += new
        return [(head, part) for head in chain if head in needed for part in counting[head]]

    def _asked(self, head: str, part: Part, chain: Sequence[str]) -> Cases:
        """The cases in which a part is the first that holds, as far as one of the steps needs an entry of them."""
        taken = self.steps[adjoint(head, self.loss)]
        before = taken.pieces[: taken.parts.index(part)]
        rest = rest_of(before, self.environment) if before else ((),)
        if rest == ((),) or head == chain[-1]:
            return rest
        asked = set[tuple[Constraint, ...]]()
        for user in chain:
            step = self.steps[adjoint(user, self.loss)].step
            assert step.body is not None
            if taken.step.head not in heads(step.body):
                continue
            for access, known in accesses(step.body, (*self.environment.facts, *inside(step))):
                if access.head == taken.step.head:
                    at = dict(zip(taken.step.indices, access.indices, strict=True))
                    asked.update(case for case in rest if not contradictory(_put(case, at), known))
        return tuple(case for case in rest if case in asked)

    def _entries(self, head: str, part: Part, chain: Sequence[str]) -> str:
        """How the entries are called that a part is about: the last, the first, or all."""
        taken, asked = self.steps[adjoint(head, self.loss)], self._asked(head, part, chain)
        if asked == ((),) or head not in self.scope.definitions.world.known:
            return self.shown(head)
        index, extent = polynomial(taken.step.indices[0]), taken.step.extents[0]
        origins = self.scope.definitions.world.known[head].origins or (self.environment.origin,)
        known = (*self.environment.facts, *inside(taken.step))
        for place in (extent - 1, polynomial(0)):
            if all(implies((*known, *case), equal(index, place)) for case in asked):
                return f"{head}_{{{show_extent(place + origins[0])}}}"
        return self.shown(head)

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
                quantities[prefix + name] = replace(step, head=prefix + name, body=guarded(own))
        step = self.steps[target].step
        at = tuple(map(polynomial, step.indices))
        found = refute(
            Access("printed " + target, at), Access("composed " + target, at),
            replace(self.environment, quantities=quantities, loss=None),
            dict(zip(step.indices, step.extents, strict=True)), budget_seconds=NUMERIC, seed=self.case.effort.seed,
        )  # fmt: skip
        return isinstance(found, Refuted)

    @cached_property
    def _composed_steps(self) -> dict[str, Quantity]:
        return {name: taken.step for name, taken in self.steps.items()}

    @property
    def _printed_steps(self) -> Mapping[str, Quantity]:
        if self._printed_composition is None:
            return {}
        return {step.head: step for step in self._printed_composition.steps.values()}

    @cached_property
    def _printed_composition(self) -> Composition | None:
        """The steps as printed, where that has a meaning; the others as they should be. ``None`` where they do not
        compose."""
        try:  # a wrong formula may mention what it should not
            whole = Composition(map(self._as_printed, self.steps.values()), self.environment)
            for head in whole.steps:
                whole.chain(head)
            return whole
        except Uncomposed:
            return None

    def _as_printed(self, taken: Taken) -> Quantity:
        pieces: list[Piece] = []
        for part in taken.parts:
            assert part.piece is not None
            if pieces and not rest_of(pieces, self.environment):
                break
            if part.said is not None and part.said.printed is not None:
                printed = aligned(part.said.printed, taken.step.indices)
                pieces.append(replace(printed, where=(*part.piece.where, *printed.where)))
            if not pieces or rest_of(pieces, self.environment):
                pieces.append(part.piece)
        return pieces[0].step if len(pieces) == 1 else by_cases(pieces, self.environment)


def _put(case: tuple[Constraint, ...], at: Mapping[str, Polynomial]) -> tuple[Constraint, ...]:
    return tuple(replace(c, value=c.value.substitute(at)) for c in case)


def rearranges(step: Quantity) -> bool:
    """Whether a step only moves the entries of another adjoint (a reshape, an identity): no factor, no sum of them. Of
    what is only summed up, ``L = Σ L_t``, the derivative is one."""
    assert step.body is not None
    nodes = list(walk(step.body))
    if not all(isinstance(node, Access | Bracket | Mul | Sum) or node == UNIT for node in nodes):
        return False
    bound = [v for node in nodes for v, _ in binders_of(node)]
    equations = [c for node in nodes if isinstance(node, Bracket) for c in node.constraints if c.relation == "=="]
    tied = {v for v in bound if any(v in c.value.names for c in equations)}
    count = sum(isinstance(node, Access) for node in nodes)
    return count <= 1 and set(bound) == tied and len(equations) >= len(bound)
