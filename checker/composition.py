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
from verify_derivations.checker.forward import Forward, NoNet
from verify_derivations.checker.programs import net_name
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Formula, Gradient, Net, Printed, Step, Verdict, worst
from verify_derivations.checker.wording import condition_text
from verify_derivations.derivations.composition import Circular, Composition, Gap, Uncomposed
from verify_derivations.derivations.differentiate import adjoint_step
from verify_derivations.derivations.kernel import Nowhere, SideCondition, needs_of
from verify_derivations.derivations.refute import Refuted, refute
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
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
from verify_derivations.formulas.world import Readings

NUMERIC = 0.1  # nominal seconds of a search for a point at which the printed steps give something else


@dataclass
class Composer:
    """One scope in one variant: its candidates for every adjoint, and the steps that are chosen."""

    case: Case
    scope: Scope
    forward: Forward
    readings: Readings
    corrected: Corrected
    _chosen: dict[str, tuple[Quantity | None, Candidate | None]] = field(default_factory=dict)
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
        return self.scope.definitions.world.layer_of.get(head, (head,))[0].split("_")[0]

    # -- the steps --------------------------------------------------------------------------------------------
    def chosen(self, head: str) -> tuple[Quantity | None, Candidate | None]:
        """The formula that is taken for an adjoint: of this variant before others, as printed before corrected, with
        the best verdict, the first; or one that does not hold, where this variant's text has no other."""
        if head not in self._chosen:
            all_of = self.said.found.get(head, [])
            good = [c for c in all_of if c.sides is not None]
            good.sort(key=lambda c: (c.own, c.problem is Printed.SAME, c.verdict.rank), reverse=True)
            self._chosen[head] = None, next((c for c in all_of if c.own), None)
            for candidate in good:
                assert candidate.sides is not None
                step = self.said.equation(candidate.sides, candidate.number, candidate.routed)
                if step is not None and step.head == head:
                    self._chosen[head] = step, candidate
                    break
        return self._chosen[head]

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
        return needs_of(self.steps[adjoint(head, self.loss)][0], self._way)

    @cached_property
    def steps(self) -> dict[str, tuple[Quantity, Candidate | None]]:
        """All steps that the parameters need, by adjoint; ``None``: derived."""
        found: dict[str, tuple[Quantity, Candidate | None]] = {}
        refused: set[str] = set()
        while True:
            pending = [adjoint(p, self.loss) for p in self.roots]
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

    @cached_property
    def _way(self) -> Environment:
        """The environment without what the loss does not depend on: of that, no step needs anything."""
        found = {h: q for h, q in self.environment.quantities.items() if h in self._on_the_way}
        return replace(self.environment, quantities=found)

    def _blamed(
        self, steps: Mapping[str, Quantity], found: Mapping[str, tuple[Quantity, Candidate | None]]
    ) -> set[str]:
        """The stated steps that, against the order of the definitions, close a circle."""
        composition = Composition(steps.values(), self.environment)
        for root in self.roots:
            try:
                composition.chain(root)
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
            what = f"{self._named(missing[0])} is not stated" if missing else ""
            return Gradient(parameter, Verdict.UNDECIDED, (), (), self._why(failure), printed, None, what)
        steps, assumptions = [], []
        for head in chain:
            candidate = self.steps[adjoint(head, self.loss)][1]
            if candidate is None:
                steps.append(Step(self.shown(head), None, "derived", Verdict.PROVED))
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
        if self.chosen(adjoint(parameter, self.loss))[1] is None:
            return Printed.NOT_STATED, None, f"{self._named(parameter)} is not stated"
        for head in chain:
            name = adjoint(head, self.loss)
            stated, candidate = self.chosen(name)
            step, used = self.steps[name]
            if candidate is None:
                if not rearranges(step):
                    return Printed.NOT_STATED, None, f"{self._named(head)} is not stated"
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
