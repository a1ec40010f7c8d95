"""One link of a formula: whether it can be right, and the smallest edit of its right side with which it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

from verify_derivations.checker.case import Case
from verify_derivations.checker.comparisons import Comparison, LeftSide
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.derived import steps_of
from verify_derivations.checker.edits import Edit, edits
from verify_derivations.checker.halves import with_halves
from verify_derivations.checker.introduced import Introduced, introducing
from verify_derivations.checker.judge import _cases, _with_layers
from verify_derivations.checker.links import judge_link
from verify_derivations.checker.locally import hold_here
from verify_derivations.checker.scopes import visible
from verify_derivations.checker.splice import ungrouped
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.trials import Trials
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.checker.vocabulary import vocabulary
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.prove import Limits
from verify_derivations.derivations.terms import Beyond, plus, scale
from verify_derivations.derivations.values import OutOfRange, TooLarge
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import adjoint_of
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Scalar, heads
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.sizes import layer_value
from verify_derivations.formulas.world import Readings, Statement

RATE = 400  # candidates a second, roughly, on a small machine
PATIENCE = 5  # times the budget that all may take on a slow one
RIGHT = (Verdict.PROVED, Verdict.CHECKED)
DIFFERS = "the two sides differ"


@dataclass
class Budget:
    """Candidates are counted, so that the outcome is the same on every machine; the clock only stops what hangs."""

    seconds: float
    spent: int = 0
    start: float = field(default_factory=time.process_time)

    def more(self) -> bool:
        self.spent += 1
        return self.spent < self.seconds * RATE and time.process_time() - self.start < self.seconds * PATIENCE


class Mender:
    """The search for the right side of links, in one variant of one formula."""

    def __init__(self, case: Case, stated: Stated, readings: Readings, variant: str | None, budget: Budget) -> None:
        self.case, self.stated, self.readings, self.budget = case, stated, readings, budget
        self.definitions = case.definitions(stated.scope, variant, readings)
        if stated.when.halves or stated.when.here:
            self.definitions = self.definitions.fork()
            with_halves(self.definitions.world, stated)
            hold_here(self.definitions.world, stated)
        sides = [side for chain in stated.chains for side in chain.sides]
        if isinstance(introduced := introducing(self.definitions.world, sides, stated.number), Introduced):
            self.definitions = replace(self.definitions, world=introduced.world)
        self.world = self.definitions.world
        self.visible = visible(case.above(stated.scope), stated.scope, variant)
        self.words = vocabulary(stated, self.visible, self.world.fork(), case.table_of(stated.scope))
        self.conditions = tuple(stated.conditions)
        self.trials = Trials()
        self.read: LeftSide | None = None  # the last one that candidates were compared with
        self.effort = Effort(
            first=Limits(unfoldings=12, steps=4_000),
            condition=Limits(unfoldings=4, steps=1_200),
            proof=Limits(unfoldings=12, steps=2_000),
            refutation=0.5,
            verification=False,  # a candidate's: the whole corrected formula is judged in the end
            seed=case.effort.seed,
            assumed=case.effort.assumed,
        )

    def mend(self, left: s.Node, right: s.Node, sides: list[s.Node], deep: bool) -> Edit | None:
        """The smallest edit of ``right`` that makes it equal ``left``."""
        readable: list[Edit] = []
        seen: dict[s.Node, int] = {}
        for edit in edits(right, self.words, self.wrong_terms(left, right), lambda edited: self.indirect(edited, seen)):
            if not deep and edit.weight or ungrouped(edit.tree) in sides:
                continue
            outcome = self.problem(left, edit.tree)
            if outcome in (DIFFERS, None) and not self.budget.more():
                break
            if outcome == DIFFERS:
                readable.append(edit)
            elif outcome is None and self.verdict(left, edit.tree) in RIGHT:
                return edit
        if not deep:
            return None
        for edit in readable if self.case.grounds else []:  # the points do not know what the document assumes
            if not edit.weight and self.verdict(left, edit.tree, self.effort.proofs_only) in RIGHT:
                return edit
        broken = self.problem(left, right) not in (DIFFERS, None)
        for edit in self.pairs(readable, broken):
            if not self.budget.more():
                return None
            if ungrouped(edit.tree) in sides:
                continue
            if self.problem(left, edit.tree) is None and self.verdict(left, edit.tree) in RIGHT:
                return edit
        return None

    def wrong_terms(self, left: s.Node, right: s.Node) -> set[int] | None:
        """The terms of a sum that are not in the left side, nor in what the definitions make of it in one step, as far
        as normal forms tell: there it is tried first."""
        if not isinstance(right, s.Sum):
            return None
        try:
            read = LeftSide(self.world, self.stated.number, left, self.conditions)
            (whole, *_), world, here = read.compared(right)
            normalizer = Normalizer(world.environment(here.losses[0] if here.losses else None), whole.free, whole.facts)
            terms = [normalizer.normal(read.compared(term)[0][0].right) for term in right.terms]
            printed = scale(normalizer.normal(whole.right), -1)
            steps = (whole.left, *islice(steps_of(left, whole.left, world, here, explicit=False), 1))
            open_ = [{t.like for t in plus(normalizer.normal(step), printed)} for step in steps]
        except (DocumentError, AssertionError, ArithmeticError, RecursionError, ValueError, Beyond):
            return None
        found = [{k for k, term in enumerate(terms) if not likes.isdisjoint(t.like for t in term)} for likes in open_]
        return min(found, key=lambda each: len(each))

    def pairs(self, readable: list[Edit], broken: bool) -> Iterator[Edit]:
        """Two edits, the first of which keeps (or, where shapes clashed, makes) the side readable."""
        for first in readable:
            for second in edits(first.tree, self.words):
                if second.weight + first.weight <= 2 + broken:
                    yield Edit(f"{first.words}; {second.words}", second.tree, first.weight + second.weight)

    def indirect(self, tree: s.Node, seen: dict[s.Node, int]) -> int:
        """How many derivatives ∂y/∂x there are of which x does not stand in the definition of y, and neighbours that do
        not meet: a chain rule is written step by step. What was ``seen`` is not looked at again."""
        if tree not in seen:
            seen[tree] = self.indirect_here(tree) + sum(self.indirect(child, seen) for child in s.children(tree))
        return seen[tree]

    def indirect_here(self, node: s.Node) -> int:
        if isinstance(node, s.Derivative) and len(node.denominators) == 1:
            heads_of = [self.head(part) for part in (node.numerator, *node.denominators)]
            quantity = self.world.quantities.get(heads_of[0] or "")
            if quantity is not None and quantity.body is not None and heads_of[1] not in heads(quantity.body):
                return int(quantity.head not in self.world.losses())
        if isinstance(node, s.Product):
            slopes = [f for f in node.factors if isinstance(f, s.Derivative)]
            return sum(a.denominators[-1] != b.numerator for a, b in pairwise(slopes))
        return 0

    def head(self, node: s.Node) -> str | None:
        reference = self.world.table.reference(node)
        layer = (
            None
            if reference is None or reference.layer is None
            else layer_value(reference.layer, self.world, Statement())
        )
        return None if reference is None else self.world.head(reference.name, layer)

    def expression(self, node: s.Node) -> Scalar | None:
        try:
            return Elaborator(self.world.fork(), Statement(self.stated.number)).tensor(node).body
        except (DocumentError, AssertionError, ArithmeticError, ValueError):
            return None

    def unreadable(self, node: s.Node) -> str | None:
        try:
            Elaborator(self.world.fork(), Statement(self.stated.number)).value(node)
        except DocumentError as error:
            return str(error)
        return None

    def problem(self, left: s.Node, right: s.Node) -> str | None:
        """Why ``left = right`` cannot be right: it has no meaning, says nothing, or differs at some point."""
        alike = (node for node in s.walk(right) if type(node) is type(left) and not isinstance(left, s.Number))
        if any(node == left or _look(node) == _look(left) for node in alike):
            return "says nothing"
        for one, two, context, _ in _cases(left, right):
            if context is not None:
                verdict = self.verdict(left, right)
                return None if verdict.rank >= Verdict.CHECKED.rank else DIFFERS
            try:
                if self.read is None or self.read.node is not one:
                    self.read = LeftSide(self.world, self.stated.number, one, self.conditions)
                comparisons, world, here = self.read.compared(two)
            except (DocumentError, AssertionError, ArithmeticError, RecursionError, ValueError) as error:
                return str(error) or "no meaning"
            environment = world.environment(here.losses[0] if here.losses else None)
            named = isinstance(one, s.Symbol | s.Scripted | s.Call) or any(
                here.losses
            )  # ∂m/∂b is worked out as it is read
            circular = any(_circular(c, environment.loss) for c in comparisons)
            if named and circular and not isinstance(two, s.Derivative | s.Nabla):
                return "says nothing"
            try:
                if all(self.trials.differ(c, environment) for c in comparisons):
                    return DIFFERS
            except (OutOfRange, TooLarge) as error:
                return str(error)
        return None

    def verdict(self, left: s.Node, right: s.Node, effort: Effort | None = None) -> Verdict:
        """The judgement of the link; on an assumption only if the formula rests on it elsewhere."""
        found = []
        plain = unmarked(right)
        if plain is not None:  # to the prover [a = max a] is a tie: it has tried the points, routing is proved
            proved = self.routed(left, plain, self.effort).verdict is Verdict.PROVED
            return Verdict.CHECKED if proved else Verdict.UNDECIDED
        for one, two, context, where in _cases(left, right):
            conditions = (*self.conditions, *where)
            link = _with_layers(
                self.world.fork(), one, two, conditions, self.stated.number, effort or self.effort, context
            ).link
            granted = link.verdict is Verdict.CONDITIONAL and set(link.assumptions) <= set(self.case.grounds)
            found.append(Verdict.PROVED if granted else link.verdict)
        return min(found, key=lambda verdict: verdict.rank)

    def routed(self, left: s.Node, right: s.Node, effort: Effort) -> Link:
        """The judgement where ``up`` places each entry at the maximum of its window."""
        routing = replace(self.world.fork(), readings=self.readings.but(up="routing"))
        return judge_link(routing, left, right, self.conditions, self.stated.number, effort).link


def _look(node: s.Node) -> str:
    """A side as it reads, whatever the size of its brackets."""
    return to_latex(node).replace("\\left", "").replace("\\right", "")


def unmarked(node: s.Node) -> s.Node | None:
    """``up(δ)`` of ``up(δ) ∘ [a = up(m)]``."""
    if (
        isinstance(node, s.Product)
        and isinstance(node.factors[-1], s.Group)
        and isinstance(node.factors[-1].body, s.Relation)
        and node.factors[-1].body.relations == ("=",)
    ):
        kept = node.factors[:-1]
        return kept[0] if len(kept) == 1 else s.Product(kept, node.operators[:-1])
    return None


def _circular(c: Comparison, loss: str | None) -> bool:
    """``a = up(a)``: a quantity, or a multiple of a derivative of the loss (``dZ``, by custom), in terms of itself."""
    own = set(heads(c.left))
    multiple = loss is not None and all(adjoint_of(head, loss) is not None for head in own)
    return len(own) == 1 and (multiple or isinstance(c.left, Access)) and not own.isdisjoint(heads(c.right))
