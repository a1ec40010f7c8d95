"""Equations that give values for an example, ``x = 4``: they define nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from verify_derivations.checker.functions import may_define
from verify_derivations.checker.sentences import ENDED
from verify_derivations.checker.statements import Chain, Placed, Stated, is_number
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import nested
from verify_derivations.formulas.scripts import factors_of
from verify_derivations.formulas.world import World

CASE = re.compile(  # “for $\\lambda = 0$ …”, “**Case 1: $\\lambda = 0$.**”, “in Figure 2, $d = 4$”
    r"\b(?:for|if|when|at|set|setting|suppose|take|taking|typically|usually|commonly|often|e\.g\.,?|such\s+as|say)\s*$"
    r"|\bcase(?:\s+\(?\w{1,4}\)?)?\W*$|(?:\b(?:figure|fig\.)|\\caption\{)[^$!?]*$", re.I,
)  # fmt: skip
_SUPPOSED = re.compile(r"\b(?:if|when|suppose)\b[^.:;!?]{0,60}\b(?:is|are|equals)\W*$", re.I)  # “if the parameter is:”
_IN_BRACKETS = re.compile(r"\([^()]*$")  # “three of them (i.e. $$K = 3$$)”: also with two signs in the text
LISTED = re.compile(r"[\s,]*(?:and)?\s*")


def example(stated: Stated, chain: Chain) -> tuple[s.Node, ...]:
    """The names whose values a chain gives for an example: those in the text that are numbers (``x = 4``, but no number
    displayed, unless words suppose it), and all that are lists of numbers."""
    *names, value = chain.sides
    if chain.update or chain.space is not None or not names:
        return ()
    said = stated.raw.context
    supposed = not stated.raw.displayed or bool(_SUPPOSED.search(said) or _IN_BRACKETS.search(said))
    if not (_is_list_of_numbers(value) or supposed and is_number(value)):
        return ()
    return tuple(names) if all(isinstance(name, s.Symbol | s.Scripted) for name in names) else ()


def _is_list_of_numbers(node: s.Node) -> bool:
    if isinstance(node, s.Scripted) and node.sub is None:  # transposed
        node = node.base
    if isinstance(node, s.Matrix):
        cells = [item for row in node.rows for item in row]
    elif isinstance(node, s.Group) and isinstance(node.body, s.Sequence):
        cells = [factor for item in node.body.items for factor in factors_of(item)]  # 0, \ldots 1, \ldots, 0
    else:
        return False
    return all(is_number(cell) or isinstance(cell, s.Dots) for cell in cells) and any(map(is_number, cells))


def in_cases(formulas: Sequence[Stated]) -> set[int]:
    """Those that give values in a case, or in a figure, and what is listed behind: by number."""
    found = set[int]()
    for f in formulas:
        goes_on = f.number - 1 in found and LISTED.fullmatch(f.raw.context)
        if (goes_on or CASE.search(f.raw.context)) and any(example(f, chain) for chain in f.chains):
            found.add(f.number)
    return found


def passing_sizes(formulas: Sequence[Stated], says_size: Callable[[Chain], bool]) -> dict[int, tuple[s.Node, ...]]:
    """Numbers for sizes in the text that hold for what goes on there, “now let $n = 2$”, and not for the document: in a
    case or a figure, where other sections spoke of the size, or behind displayed formulas. By formula, of what."""
    found = {}
    cases = in_cases(formulas)
    for f in formulas:
        for chain in f.chains:
            names = example(f, chain)
            if not names or not says_size(chain):
                continue
            speaking = [g for g in formulas if any(name in names for name in g.nodes)]
            if speaking[0].number >= f.number - 1 and not ENDED.search(f.raw.context):
                continue  # “$x \\in \\mathbb{R}^n$ for $n = 4$” declares
            before = [g for g in formulas if speaking[0].number <= g.number < f.number]
            elsewhere = any(g in speaking and not nested(g.raw.section, f.raw.section) for g in before)
            if elsewhere or f.number in cases or any(g.raw.displayed for g in before):
                found[f.number] = names
    return found


def examples(world: World, chains: Sequence[Placed], every: Sequence[Stated]) -> list[Placed]:
    """The chains that give values for an example, and define nothing: another value is given elsewhere, or the
    quantity is defined, differentiated by, has indices, or is what a function is of."""
    named = {id(chain): example(f, chain) for f, _, chain in chains}
    named |= _displayed(chains, named)
    values: dict[s.Node, set[s.Node]] = {}
    for _, _, chain in chains:
        for name in named[id(chain)]:
            values.setdefault(name, set()).add(chain.sides[-1])
    others = {side for _, _, chain in chains if not named[id(chain)] for side in chain.sides[:-1]}
    others |= {a for side in others if isinstance(side, s.Call) and may_define(side) for a in side.arguments}
    scripted = (n for f in every for n in f.nodes if isinstance(n, s.Scripted))
    references = map(world.table.reference, scripted)
    indexed = {r.name for r in references if r is not None and r.indices}
    finite = {r.name for f in every for m in f.memberships if isinstance(m.where, s.Finite) for r in map(
        world.table.reference, m.names) if r is not None}  # fmt: skip
    cases, passing = in_cases(every), {*world.unknown.passing.values()}

    def is_example(f: Stated, chain: Chain) -> bool:
        if f.when.alone or f.number in passing:  # “if $t = y$, the loss is zero”
            return True
        goes_on = f.number - 1 in cases and LISTED.fullmatch(f.raw.context)
        if named[id(chain)] and (f.number in cases or goes_on or chain.partly or f.when.case):
            cases.add(f.number)
            return True
        for name in named[id(chain)]:
            reference = world.table.reference(name)
            if reference is not None and reference.power is not None:
                return False  # y_i^2 = 1 is an equation for y_i, and gives no value of it
            if not is_number(chain.sides[-1]) or len(values[name]) > 1 or name in others:
                return True
            if reference is not None and reference.name in finite:
                return True  # “only one $y_c = 1$” of labels in {0, 1}
            if reference is not None and not reference.indices:
                if reference.name in world.differentiated.denominators or reference.name in indexed:
                    return True
        return False

    found = [is_example(f, chain) for f, _, chain in chains]
    for first, last in _lists([(f, bool(named[id(chain)])) for f, _, chain in chains]):
        if sum(found[first:last]) > 1:  # of all that is listed together
            found[first:last] = [True] * (last - first)
    return [place for place, is_one in zip(chains, found, strict=True) if is_one]


def _displayed(chains: Sequence[Placed], named: Mapping[int, tuple[s.Node, ...]]) -> dict[int, tuple[s.Node, ...]]:
    """The names of displayed values, ``e = 2, x = 2``, where another equation says what one is, ``e = z - y``."""
    made = {c.sides[0] for _, _, c in chains if len(c.sides) > 1 and not c.update and not is_number(c.sides[-1])}
    values = [
        (f, c) for f, _, c in chains if f.raw.displayed and not named[id(c)] and len(c.sides) == 2
        and c.space is None and not c.update and isinstance(c.sides[0], s.Symbol) and is_number(c.sides[1])
    ]  # fmt: skip
    several = Counter(f.number for f, _ in values)  # one alone is a claim
    examples = {f.number for f, c in values if c.sides[0] in made and several[f.number] > 1}
    return {id(c): (c.sides[0],) for f, c in values if f.number in examples}


def _lists(stated: Sequence[tuple[Stated, bool]]) -> Iterator[tuple[int, int]]:
    """Where values that are listed one behind the other begin and end: “$x_1 = 0.5$, $w = 0.1$ and $t = 1$”."""
    first = 0
    for n, (f, gives) in enumerate(stated):
        before = stated[n - 1][0].number if n else f.number
        if f.number != before and (f.number != before + 1 or LISTED.fullmatch(f.raw.context) is None) or not gives:
            yield first, n
            first = n if gives else n + 1
    yield first, len(stated)
