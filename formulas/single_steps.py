"""One step of a recursion, told with names that have no step: ``f = σ(W x + U h_{t-1})``, ``c_t = f ⊙ c_{t-1} + …``,
or ``\\hat y = V h_t``.

There t counts nothing: the formulas are of one step, and ``c_{t-1}`` and ``c_t`` are two quantities, of which the one
before is given. So they are read where nothing else is said of steps: no sum over t, no range of it, no ``c_0``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, names_in

ONE = s.Number("1")


def letters_of_one_step(trees: Iterable[s.Node]) -> frozenset[str]:
    """The t of such formulas."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    equations = [x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS and len(x.sides) > 1]
    lefts = {x.sides[0].sub.name for x in equations
             if isinstance(x.sides[0], s.Scripted) and isinstance(x.sides[0].sub, s.Symbol)}  # fmt: skip
    return frozenset(t for t in lefts if _goes_on(t, equations) and _counts_nothing(t, nodes))


def _goes_on(letter: str, equations: Sequence[s.Relation]) -> bool:
    """Whether the next value of something is made of the one before, by what has no step or beside such."""
    made = [x for x in equations if isinstance(x.sides[0], s.Symbol | s.Scripted) and _at(x.sides[0], letter) is None
            and any(_at(y, letter) is not None for y in names_in(x.sides[1]))]  # fmt: skip
    before = {base_of(y) for x in equations for y in names_in(x.sides[1]) if _at(y, letter) == -1}
    return bool(made) and any(_at(x.sides[0], letter) == 0 and base_of(x.sides[0]) in before for x in equations)


def _counts_nothing(letter: str, nodes: Sequence[s.Node]) -> bool:
    """Whether a letter stands below names only, alone or with one added or taken away, and these stand nowhere
    without it."""
    scripted = [x for x in nodes if isinstance(x, s.Scripted)]
    steps = [x for x in scripted if _at(x, letter) is not None]
    bases = {base_of(x) for x in steps}
    inner = {id(x.base) for x in scripted}
    inner |= {id(y) for x in scripted if x.sub is not None for y in s.walk(x.sub)}  # the h of W_h is a label
    others = (x for x in nodes if isinstance(x, s.Symbol | s.Scripted) and id(x) not in inner and base_of(x) in bases)
    return all(_at(x, letter) is not None for x in others) and len(steps) == sum(x == s.Symbol(letter) for x in nodes)


def _at(node: s.Node, letter: str) -> int | None:
    """The 0 of ``c_t``, the −1 of ``c_{t-1}``."""
    sub = node.sub if isinstance(node, s.Scripted) else None
    if sub == s.Symbol(letter):
        return 0
    if isinstance(sub, s.Sum) and sub.terms == (s.Symbol(letter), ONE):
        return -1 if sub.signs[1] == "-" else 1
    return None


def with_labels(tree: s.Node, letters: frozenset[str]) -> s.Node:
    """A formula with the steps as parts of names."""

    def new(part: s.Node) -> s.Node | None:
        if not isinstance(part, s.Scripted) or all(_at(part, letter) is None for letter in letters):
            return None
        assert part.sub is not None
        return replace(part, sub=s.Label(part.sub, span=part.sub.span))

    return s.mapped(tree, new)
