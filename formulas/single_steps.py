"""One step of a recursion, told with names that have no step: ``f = σ(W x + U h_{t-1})``, ``c_t = f ⊙ c_{t-1} + …``,
or ``\\hat y = V h_t``.

There t counts nothing: the formulas are of one step, and ``c_{t-1}`` and ``c_t`` are two quantities, of which the one
before is given. So they are read where t stands below names only, in no sum and no range of its own. A name that has
other indices, or none, too, ``h_T`` beside ``h_t``, goes through all steps and keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, names_in

ONE = s.Number("1")


def letters_of_one_step(trees: Iterable[s.Node]) -> dict[str, frozenset[str]]:
    """The t of such formulas, and the names that have it."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    equations = [x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS and len(x.sides) > 1]
    letters = {x.sides[0].sub.name for x in equations
               if isinstance(x.sides[0], s.Scripted) and isinstance(x.sides[0].sub, s.Symbol)}  # fmt: skip
    named = {t: _names_with(t, nodes) for t in letters}
    return {t: names for t, names in named.items() if _goes_on(t, names, equations)}


def goes_back(tree: s.Node) -> bool:
    """Whether something stands at one step before another, which all such formulas have."""
    return any(isinstance(x, s.Scripted) and isinstance(x.sub, s.Sum) and x.sub.terms[1:] == (ONE,)
               and x.sub.signs[1] == "-" for x in s.walk(tree))  # fmt: skip


def _goes_on(letter: str, names: frozenset[str], equations: Sequence[s.Relation]) -> bool:
    """Whether the next value of something is made of the one before, by what has no step or beside such."""
    steps = [[y for y in names_in(x.sides[1]) if base_of(y) in names and _at(y, letter) is not None] for x in equations]
    made = any(isinstance(x.sides[0], s.Symbol | s.Scripted) and _at(x.sides[0], letter) is None and inside
               for x, inside in zip(equations, steps, strict=True))  # fmt: skip
    before = {base_of(y) for inside in steps for y in inside if _at(y, letter) == -1}
    return made and any(_at(x.sides[0], letter) == 0 and base_of(x.sides[0]) in before for x in equations)


def _names_with(letter: str, nodes: Sequence[s.Node]) -> frozenset[str]:
    """The names that stand nowhere without a letter, alone or with one added or taken away, if it stands below names
    only: it counts nothing there."""
    scripted = [x for x in nodes if isinstance(x, s.Scripted)]
    steps = [x for x in scripted if _at(x, letter) is not None]
    if len(steps) != sum(x == s.Symbol(letter) for x in nodes):
        return frozenset()
    inner = {id(x.base) for x in scripted}
    inner |= {id(y) for x in scripted if x.sub is not None for y in s.walk(x.sub)}  # the h of W_h is a label
    named = (x for x in nodes if isinstance(x, s.Symbol | s.Scripted) and id(x) not in inner)
    others = {base_of(x) for x in named if _at(x, letter) is None}
    return frozenset(name for x in steps if (name := base_of(x)) is not None and name not in others)


def _at(node: s.Node, letter: str) -> int | None:
    """The 0 of ``c_t``, the −1 of ``c_{t-1}``."""
    sub = node.sub if isinstance(node, s.Scripted) else None
    if sub == s.Symbol(letter):
        return 0
    if isinstance(sub, s.Sum) and sub.terms == (s.Symbol(letter), ONE):
        return -1 if sub.signs[1] == "-" else 1
    return None


def with_labels(tree: s.Node, letters: Mapping[str, frozenset[str]]) -> s.Node:
    """A formula with the steps as parts of names."""

    def new(part: s.Node) -> s.Node | None:
        if not isinstance(part, s.Scripted) or not any(
            base_of(part) in names and _at(part, letter) is not None for letter, names in letters.items()
        ):
            return None
        assert part.sub is not None
        return replace(part, sub=s.Label(part.sub, span=part.sub.span))

    return s.mapped(tree, new)
