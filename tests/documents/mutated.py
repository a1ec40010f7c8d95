"""One formula of a document changed in one place, and judged in the place of the original.

The change is made in the syntax tree, written as LaTeX and read back; scopes, names and definitions of the document
are found anew, so that a verdict on a mutant is the one that its author would be given. Whether a mutant that is proved
says something else than it should is decided by the reference interpreter alone, at random sizes and points.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from verify_derivations.checker import judge as judging
from verify_derivations.checker.case import Case, prepare
from verify_derivations.checker.conventions import one_by_one
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.edits import edits
from verify_derivations.checker.every_layer import judge_every
from verify_derivations.checker.judge import judge
from verify_derivations.checker.links import Judged, judge_link
from verify_derivations.checker.naming import gathered, tables_of
from verify_derivations.checker.places import places
from verify_derivations.checker.scopes import assign_scopes, assign_variants, visible
from verify_derivations.checker.statements import Stated, analyse
from verify_derivations.checker.verdicts import Formula, Verdict
from verify_derivations.checker.vocabulary import TERM, vocabulary
from verify_derivations.derivations.prove import Limits
from verify_derivations.derivations.refute import Refuted, refute
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.errors import ReadError
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.notation import beside, read_notation
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import last_side, read
from verify_derivations.formulas.scanner import read_document
from verify_derivations.formulas.world import Readings

HERE = Path(__file__).parent
QUICK = Effort(
    first=Limits(unfoldings=4, steps=4_000),
    condition=Limits(unfoldings=6, steps=4_000),
    proof=Limits(unfoldings=40, steps=4_000),
    refutation=0.3,
)


def documents() -> dict[str, Path]:
    """The documents of the tests and the embedded notes, by name."""
    import verify_derivations.formulas

    keys = sorted(HERE.glob("*.key.toml"))
    found = {
        key.name.removesuffix(".key.toml"): HERE / tomllib.loads(key.read_text(encoding="utf-8"))["document"]
        for key in keys
    }
    notes = Path(next(iter(verify_derivations.formulas.__path__))) / "notes_on_cnn" / "notes.md"
    return found | {"notes": notes}


@dataclass
class Subject:
    """A document with its readings settled, and the formulas of it that are proved."""

    case: Case
    readings: Readings
    proved: dict[int, Formula]

    def stated(self, number: int) -> Stated:
        return next(f for f in self.case.formulas if f.number == number)


@dataclass(frozen=True)
class Mutant:
    number: int  # of the formula
    words: str  # what was changed
    tree: s.Node


@dataclass(frozen=True)
class Outcome:
    """``verdict`` of the whole formula; ``different``: links that are proved although the sides differ; ``redefined``:
    links of a proved formula that are taken for definitions, of what the rest of the document says otherwise."""

    mutant: Mutant
    latex: str
    verdict: Verdict
    formula: Formula | None = None
    different: tuple[str, ...] = ()
    redefined: tuple[str, ...] = ()


def subject(path: Path, effort: Effort = QUICK) -> Subject:
    notation = beside(path)
    case = prepare(read_document(path), effort, read_notation(notation) if notation is not None else None)
    readings, _, found = one_by_one(case)
    return Subject(case, readings, {f.number: f for f in found if f.verdict is Verdict.PROVED})


# -- what is changed -----------------------------------------------------------------------------------------
def mutants(given: Subject, number: int) -> list[Mutant]:
    """Every change of one place of any side of the formula."""
    stated = given.stated(number)
    world = given.case.definitions(stated.scope, stated.variant, given.readings).world
    words = vocabulary(stated, visible(given.case.formulas, stated.scope, stated.variant), world, world.table)
    found: dict[s.Node, Mutant] = {}
    assert stated.tree is not None
    for chain in stated.chains:
        for k, side in enumerate(chain.sides):
            single = [(e.words, e.tree) for e in edits(side, words) if e.weight < TERM or "dropped" in e.words]
            for what, changed in (*single, *doubled(side, world.table)):
                tree = _put_side(stated.tree, side, changed)
                if tree != stated.tree:
                    found.setdefault(tree, Mutant(number, f"side {k + 1}: {what}", tree))
    return list(found.values())


def doubled(side: s.Node, table: NameTable) -> Iterator[tuple[str, s.Node]]:
    """A factor that stands twice."""
    for place in places(side, table):
        node = place.node
        if place.role == "value" and isinstance(node, s.Product):
            for k, factor in enumerate(node.factors):
                factors = (*node.factors[:k], factor, *node.factors[k:])
                operator = node.operators[k] if k < len(node.operators) else node.operators[-1]
                operators = (*node.operators[:k], operator if operator != "/" else "", *node.operators[k:])
                twice = replace(node, factors=factors, operators=operators)
                yield f"factor {to_latex(factor)} doubled", place.put(twice)


def _put_side(tree: s.Statements, old: s.Node, new: s.Node) -> s.Statements:
    """The statements with one side of one chain replaced; sides are told apart by identity."""

    def visit(node: s.Node) -> s.Node:
        if node is old:
            return new
        if isinstance(node, s.Statements):
            return replace(node, parts=tuple(map(visit, node.parts)))
        if isinstance(node, s.Sequence):
            return replace(node, items=tuple(map(visit, node.items)))
        if isinstance(node, s.Relation):
            return replace(node, sides=tuple(map(visit, node.sides)))
        return node

    found = visit(tree)
    assert isinstance(found, s.Statements)
    return found


# -- how it is judged ----------------------------------------------------------------------------------------
def judged(given: Subject, mutant: Mutant, seed: int = 0) -> Outcome:
    """The verdict on the mutant, in the document that has it in the place of the original."""
    case, number = given.case, mutant.number
    latex = to_latex(mutant.tree)
    position = next(k for k, f in enumerate(case.formulas) if f.number == number)
    old = case.formulas[position]
    earlier = case.formulas[position - 1].tree if position else None
    try:
        before = last_side(earlier) if earlier is not None else None
        statements = read(latex, case.symbols, case.document.macros, before).statements
    except ReadError:
        return Outcome(mutant, latex, Verdict.UNREAD)
    new = Stated(replace(old.raw, latex=latex), statements)
    analyse(new)
    formulas = [new if f is old else replace(f) for f in case.formulas]
    noted = [f.tree for f in case.extra if f.tree is not None]
    table = gathered(formulas, noted, case.table.listed)
    assign_scopes(formulas, table)
    assign_variants(formulas)
    tables = tables_of(formulas, noted, table)
    changed = replace(case, formulas=formulas, table=table, tables=tables, worlds={}, inherited={})
    with recorded() as links:
        result = judge(changed, new, given.readings)
    known = {(link.left, link.right) for link in given.proved[number].links}
    different = []
    for one in links:
        link = one.link
        if link.verdict is Verdict.PROVED and (link.left, link.right) not in known and differs(one, seed):
            different.append(f"{link.left} = {link.right}")
    redefined: tuple[str, ...] = ()
    if result.verdict is Verdict.PROVED:
        others = replace(changed, formulas=[f for f in formulas if f is not new], worlds={}, inherited={})
        redefined = tuple(_redefined(others, new, result, known, given.readings))
    return Outcome(mutant, latex, result.verdict, result, tuple(different), redefined)


def _redefined(
    others: Case, new: Stated, result: Formula, known: set[tuple[str, str]], readings: Readings
) -> Iterator[str]:
    world = others.definitions(new.scope, new.variant, readings).world
    taken = {(link.left, link.right) for link in result.links if link.verdict is Verdict.DEFINED} - known
    for chain in new.chains:
        for left, right in pairwise(chain.sides):
            if (to_latex(left), to_latex(right)) in taken:
                link = judge_link(world, left, right, tuple(new.conditions), new.number, others.effort).link
                if link.verdict is Verdict.REFUTED or link.evidence == "shape":
                    yield f"{link.left} = {link.right} ({link.message})"


@contextmanager
def recorded() -> Iterator[list[Judged]]:
    """All links that are judged inside, with what was compared."""
    found: list[Judged] = []

    def recording(judge: Callable[..., Judged], *arguments: object) -> Judged:
        found.append(judge(*arguments))
        return found[-1]

    with pytest.MonkeyPatch.context() as patch:
        for one in (judge_link, judge_every):
            patch.setattr(judging, one.__name__, partial(recording, one))
        yield found


def differs(one: Judged, seed: int = 0) -> bool:
    """Whether the reference interpreter finds a point at which the two sides of a link differ."""
    c, environment = one.comparison, one.environment
    assert c is not None and environment is not None
    found = refute(c.left, c.right, environment, c.free, c.facts, seed=seed + 1, points=3, budget_seconds=1.0)
    return isinstance(found, Refuted)
