"""Corrections: what a wrong formula should read, judged again before it is shown.

The sides of a chain are mended from left to right, each by the smallest edit with which it equals the side before
it: one edit, then two. A candidate that elaborates is tried at a few points, what agrees there is judged as any link
is, and in the end the whole corrected formula is read back from its LaTeX and judged. Where no edit is right, the
right side is derived from the definitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise

from verify_derivations.checker.case import Case
from verify_derivations.checker.derived import derived_side
from verify_derivations.checker.edits import Edit, edits
from verify_derivations.checker.judge import ROUTING, _stated_shape, judge
from verify_derivations.checker.mending import DIFFERS, RIGHT, Budget, Mender, unmarked
from verify_derivations.checker.splice import splice, ungrouped
from verify_derivations.checker.statements import Chain, Stated, When, analyse, contains_derivative
from verify_derivations.checker.trials import Trials
from verify_derivations.checker.verdicts import Correction, Formula, Link, Verdict
from verify_derivations.derivations.kernel import Certificate
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.world import NeedShape, Readings, Statement, UndefinedSymbol

QUOTED = 120  # characters of a side that are repeated in what was done to it
ROUTED = (
    "proved where up routes each entry to the maximum of its window, which the factor says; "
    "with the factor the sides agree at points without ties"
)


def with_correction(
    case: Case, stated: Stated, formula: Formula, readings: Readings, *, budget: float = 2.0
) -> Formula:
    """A wrong formula with its correction, or with a remark that says why there is none."""
    if not needs_correction(formula):
        return formula
    try:
        found = _search(case, stated, formula, readings, budget)
    except Exception as failure:  # the verdicts must not be lost with a correction
        found = f"the search for a correction failed: {failure!r}"[:300]
    if isinstance(found, Correction):
        return replace(formula, correction=found)
    return replace(formula, remarks=(*formula.remarks, found)) if formula.verdict.wrong else formula


def needs_correction(formula: Formula) -> bool:
    return formula.verdict.wrong or any(_only_routed(link) for link in formula.links)


def correct(
    case: Case, stated: Stated, formula: Formula, readings: Readings, *, budget: float = 2.0
) -> Correction | None:
    """What ``formula`` should read, the smallest change first; ``None`` where nothing is wrong or nothing was found."""
    return with_correction(case, stated, formula, readings, budget=budget).correction


def _only_routed(link: Link) -> bool:
    """A link that holds only where ``up`` routes to the maximum."""
    return link.verdict is Verdict.CONDITIONAL and ROUTING in link.assumptions


def _search(case: Case, stated: Stated, formula: Formula, readings: Readings, budget: float) -> Correction | str:
    reason = "no small correction was found"
    variants: list[str | None] = (
        [stated.variant] if stated.variant is not None else [*case.variants(stated.scope), None]
    )
    for variant in variants:
        repair = _Repair(case, stated, formula, readings, variant, Budget(budget))
        found = repair.run()
        if isinstance(found, Correction):
            return found
        reason = found or reason
    return reason


@dataclass
class _Mended:
    """The sides of a chain after mending, and what was done."""

    sides: list[s.Node]
    words: list[str] = field(default_factory=list)
    derived: bool = False


class _Repair(Mender):
    """The search for what a formula should read."""

    def __init__(
        self, case: Case, stated: Stated, formula: Formula, readings: Readings, variant: str | None, budget: Budget
    ) -> None:
        super().__init__(case, stated, readings, variant, budget)
        self.formula = formula

    def run(self) -> Correction | str:
        assert self.stated.tree is not None
        changes: dict[int, s.Node] = {}
        words: list[str] = []
        derived = False
        for k, chain in enumerate(self.stated.chains):
            if chain.update or len(chain.sides) < 2:
                continue
            mended = self.chain(k, chain)
            if isinstance(mended, str):
                return mended
            words += mended.words
            derived = derived or mended.derived
            changes.update((id(old), new) for old, new in zip(chain.sides, mended.sides, strict=True) if old is not new)
            space = self.space(chain, mended.sides)
            if isinstance(space, str):
                return space
            if space is not None and chain.space is not None:
                words.append(f"stated shape {to_latex(chain.space)} replaced by {to_latex(space)}")
                changes[id(chain.space)] = space
        if not changes:
            return "no small correction was found"
        new = _put(self.stated.tree, changes)
        assert isinstance(new, s.Statements)
        return self.judged(new, "; ".join(words), derived)

    # -- the whole formula ----------------------------------------------------------------------------------------
    def judged(self, tree: s.Statements, words: str, derived: bool) -> Correction | str:
        """The corrected formula as LaTeX, read back and judged."""
        old, raw = self.stated.tree, self.stated.raw
        assert old is not None
        case = self.case
        spliced = splice(raw.latex, old, tree, lambda text: case.read(text, self.stated))
        if spliced is None:
            return f"a correction was found ({words}), but it cannot be written in the formula's notation"
        when = self.stated.when
        corrected = Stated(
            replace(raw, latex=spliced.latex), spliced.tree, when=When(when.halves, when.supposed, here=when.here),
            scope=self.stated.scope, variant=self.stated.variant,
        )  # fmt: skip
        analyse(corrected)
        corrected.conditions = [c for c in corrected.conditions if c not in when.halves]
        formulas = [corrected if f is self.stated else f for f in case.formulas]
        worlds = case.worlds
        if any(number == self.stated.number for number, *_ in (*self.definitions.defined, *self.definitions.failed)):
            worlds = {
                key: world for key, world in worlds.items() if key[0] != self.stated.scope
            }  # it defines something
        texts: set[str] = set()
        certificates: tuple[Certificate, ...] = ()
        for left, right in (pair for c in corrected.chains for pair in pairwise(c.sides)):
            plain = unmarked(right)
            if plain is not None:
                link = self.routed(unmarked(left) or left, plain, replace(self.effort, verification=True))
                if link.verdict is not Verdict.PROVED:
                    return f"no small correction was found ({words}: {link.message})"
                texts.add(to_latex(right))
                certificates += link.certificates
        effort = case.effort.proofs_only if texts else case.effort
        result = judge(replace(case, formulas=formulas, worlds=worlds, effort=effort), corrected, self.readings)
        certificates += tuple(c for link in result.links for c in link.certificates)
        found = Correction(
            spliced.latex, result.verdict, result.message, words, spliced.changed, derived, certificates, result.links,
            result.variant,
        )
        if texts and all(link.right in texts or link.verdict.rank >= Verdict.CHECKED.rank for link in result.links):
            return replace(found, verdict=Verdict.CHECKED, message=ROUTED)
        if result.verdict.rank < Verdict.CHECKED.rank:
            return f"no small correction was found ({words}: {result.message})"
        return found

    # -- one chain ----------------------------------------------------------------------------------------------
    def chain(self, k: int, chain: Chain) -> _Mended | str:
        """Mend the sides after the first. Where that cannot be done, or another formula says what the first side is, it
        is perhaps the first that is wrong."""
        left = chain.sides[0]
        elsewhere = self.stated_elsewhere(left) and not all(
            self.found(k, n, *chain.sides[n : n + 2]) for n in range(len(chain.sides) - 1)
        )
        if elsewhere:
            anchored = self.from_left(k, list(chain.sides), deep=False)
            other = None if isinstance(anchored, _Mended) else self.with_another_left(k, chain)
            if isinstance(anchored, _Mended) or other is not None:
                return other or anchored
        anchored = self.from_left(k, list(chain.sides))
        if not elsewhere and (isinstance(anchored, str) or anchored.derived) and self.unreadable(left) is None:
            return self.with_another_left(k, chain) or anchored
        return anchored

    def from_left(self, k: int, sides: list[s.Node], *, deep: bool = True) -> _Mended | str:
        mended = _Mended(sides)
        for n in range(len(sides) - 1):
            link = self.stated.number, k, n
            if link in self.definitions.bracketed:
                sides[n + 1] = self.definitions.bracketed[link][0]
                mended.words.append("brackets added")
            if link in self.definitions.defined:
                continue
            left, right = sides[n], sides[n + 1]
            self.trials = Trials(self.expression(right))
            found = self.found(k, n, left, right)
            if found or found is None and self.problem(left, right) is None:
                continue
            if n == 0:
                unread = self.nothing_to_correct_by(k, left, right)
                if unread is not None:
                    return unread
            anchor = sides[0] if n and self.problem(sides[0], right) == DIFFERS else left  # simpler than a chain rule
            edit = self.mend(anchor, right, [ungrouped(side) for side in (*sides[: n + 1], *sides[n + 2 :])], deep)
            if edit is None and not deep:
                return "no small correction was found"
            if edit is None:
                new = self.derived(left, sides)
                if new is None:
                    return self.unexplained(right) or "no small correction was found"
                printed = to_latex(right)
                what = printed if len(printed) <= QUOTED else "the side that is printed"
                edit = Edit(f"{what} replaced by what follows from the definitions", new)
                mended.derived = True
            sides[n + 1] = edit.tree
            mended.words.append(edit.words)
        return mended

    def nothing_to_correct_by(self, k: int, left: s.Node, right: s.Node) -> str | None:
        """Why no candidate can be compared: the first side, or a definition, cannot be read."""
        failed = self.definitions.failed.get((self.stated.number, k))
        if isinstance(failed, UndefinedSymbol | NeedShape) and not contains_derivative(left):
            return self.unexplained(right) or f"no correction: {failed}"
        unreadable = self.unreadable(left)
        return None if unreadable is None else self.unexplained(left) or f"no correction: {unreadable}"

    def unexplained(self, node: s.Node) -> str | None:
        """Which name the document does not explain, and how it could."""
        try:
            Elaborator(self.world.fork(), Statement(self.stated.number)).value(node)
        except UndefinedSymbol as error:
            shape = r"$X \in \mathbb{R}^{m \times n}$"
            return f"no correction: {error}, neither by a shape, as in {shape}, nor by a definition"
        except DocumentError:
            return None
        return None

    def derived(self, left: s.Node, sides: list[s.Node]) -> s.Node | None:
        """What follows from the definitions for the first side, which is mostly what the chain is about, or the one
        before; nothing that stands in the chain already."""
        said = [ungrouped(side) for side in sides]
        explicit = not any(map(self.speaks_of_sensitivities, sides[1:]))
        for origin in dict.fromkeys((sides[0], left)):
            for new in derived_side(
                self.world.fork(), origin, self.stated.number, self.words, self.case, explicit=explicit
            ):
                if ungrouped(new) in said:
                    continue
                problem = self.problem(left, new)
                blind = problem == DIFFERS and self.trials.blind
                if (problem is None or blind) and self.verdict(left, new) in RIGHT:
                    return new
        return None

    def speaks_of_sensitivities(self, side: s.Node) -> bool:
        sensitivities = set(self.words.sensitivities)
        return any(isinstance(node, s.Derivative | s.Nabla) or node in sensitivities for node in s.walk(side))

    def with_another_left(self, k: int, chain: Chain) -> _Mended | None:
        """Another quantity on the left: one that no other formula gives, as scripts only change."""
        left = chain.sides[0]
        if (self.stated.number, k, 0) in self.definitions.defined:
            return None
        best: _Mended | None = None
        for edit in edits(left, self.words):
            if not edit.words.startswith("layer") or self.stated_elsewhere(edit.tree):
                continue
            if self.unreadable(edit.tree) is not None:
                continue
            mended = self.from_left(k, [edit.tree, *chain.sides[1:]], deep=False)
            if isinstance(mended, _Mended) and not mended.derived:
                mended.words.insert(0, edit.words)
                if best is None or len(mended.words) < len(best.words):
                    best = mended
        return best

    def stated_elsewhere(self, left: s.Node) -> bool:
        key = to_latex(ungrouped(left))
        return any(
            f is not self.stated and any(to_latex(ungrouped(c.sides[0])) == key and len(c.sides) > 1 for c in f.chains)
            for f in self.visible
        )

    def found(self, k: int, n: int, left: s.Node, right: s.Node) -> bool | None:
        """Whether a link was found right; ``None`` for one that does not stand so in the formula."""
        chain = self.stated.chains[k]
        if chain.sides[n] is not left or chain.sides[n + 1] is not right:
            return None
        same = [link for link in self.formula.links if (link.left, link.right) == (to_latex(left), to_latex(right))]
        if any(link.verdict.wrong or _only_routed(link) for link in same):
            return False
        return True if same else None

    # -- stated shapes --------------------------------------------------------------------------------------------
    def space(self, chain: Chain, sides: list[s.Node]) -> s.Space | str | None:
        """A stated shape that is that of the sides; ``None`` where the one printed is."""
        if chain.space is None:
            return None
        number = self.stated.number
        quiet = replace(self.definitions, wrong_shape={})

        def fits(space: s.Space) -> bool:
            return not _stated_shape(self.world.fork(), Chain(tuple(sides), space), number, quiet)

        if fits(chain.space) and number not in self.definitions.wrong_shape:
            return None
        for space in self.spaces(chain.space):
            if fits(space) and space != chain.space:
                return space
        return "no small correction was found: the shape has no name in the document"

    def spaces(self, space: s.Space) -> Iterator[s.Space]:
        """One size in it replaced, two axes exchanged, then the spaces of the document."""
        for k, extent in enumerate(space.extents):
            for place in {x: None for x in s.walk(extent) if isinstance(x, s.Symbol | s.Scripted)}:
                for size in self.words.sizes:
                    changed = _put(extent, {id(x): size for x in s.walk(extent) if x == place})
                    yield replace(space, extents=(*space.extents[:k], changed, *space.extents[k + 1 :]))
        if len(space.extents) == 2:
            yield replace(space, extents=space.extents[::-1])
        yield replace(space, extents=())
        for f in self.visible:
            for node in s.walk(f.tree) if f.tree is not None else ():
                if isinstance(node, s.Space):
                    yield node


def _put(node: s.Node, changes: dict[int, s.Node]) -> s.Node:
    """``node`` with some of the nodes in it replaced."""
    if id(node) in changes:
        return changes[id(node)]

    def visit(value: object) -> object:
        if isinstance(value, s.Node):
            return _put(value, changes)
        return tuple(visit(item) for item in value) if isinstance(value, tuple) else value

    new = {f.name: visit(getattr(node, f.name)) for f in fields(node) if f.name != "span"}
    if all(new[name] is getattr(node, name) or new[name] == getattr(node, name) for name in new):
        return node
    return replace(node, **new)  # type: ignore[arg-type]
