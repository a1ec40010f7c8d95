"""Recursions that are told forward, ``x_{t+1} = A x_t + B u_t``: what x_t is by ``x_{t-1}``.

So is read what a document differentiates, or by what stands beside it, at each step, and what that rests on. Where x
stands without an index, too, ``x_{k+1} = x_k - H^{-1} g`` says what an algorithm does next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of

ONE = s.Number("1")


def forward_steps(trees: Iterable[s.Node], own: Iterable[s.Node] | None = None) -> frozenset[s.Relation]:
    """The equations that are such recursions, those of its ``own`` that a section among them has."""
    trees = [*trees]
    nodes = [node for tree in trees for node in s.walk(tree)]
    relations = _equations(trees)
    here = relations if own is None else _equations(own)
    found = [x for x in here if _letter(x) is not None]
    if not found:
        return frozenset()
    inner = {id(x.base) for x in nodes if isinstance(x, s.Scripted)} | _variables(relations)
    whole = (x for x in nodes if id(x) not in inner and not (isinstance(x, s.Scripted) and x.sub is not None))
    bare = {base_of(x) for x in whole}
    starts = (x.sides[0] for x in here)
    lefts = [base_of(x) for x in starts if not isinstance(x, s.Derivative) and not _is_first(x)]
    below = {base_of(x) for n in nodes if isinstance(n, s.Derivative) for x in n.denominators}
    below |= {base_of(n.variable) for n in nodes if isinstance(n, s.Nabla) and n.variable is not None}
    above = {base_of(n.numerator) for n in nodes if isinstance(n, s.Derivative)} - {None}
    states = [(x, base_of(x.sides[0])) for x in found]
    waiting = {name: (x, _names(x.sides[1])) for x, name in states if name not in bare and lefts.count(name) == 1}
    taken = {name for name, (_, beside) in waiting.items() if name in above or below & beside}
    while more := {n for name in taken for n in waiting[name][1] if n in waiting} - taken:
        taken |= more
    return frozenset(x for name, (x, _) in waiting.items() if name in taken)


def _equations(trees: Iterable[s.Node]) -> list[s.Relation]:
    nodes = (node for tree in trees for node in s.walk(tree))
    return [x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS]


def _is_first(node: s.Node) -> bool:
    """``h_0``, with which a recursion begins."""
    return isinstance(node, s.Scripted) and node.sub in (s.Number("0"), ONE)


def _variables(relations: Sequence[s.Relation]) -> set[int]:
    """The z of ``f(z) = …``, wherever it stands there."""
    calls = ((r, r.sides[0].arguments) for r in relations if isinstance(r.sides[0], s.Call))
    return {id(x) for r, given in calls for x in s.walk(r) if isinstance(x, s.Symbol) and x in given}


def _names(node: s.Node) -> set[str | None]:
    return {base_of(n) for n in s.walk(node) if isinstance(n, s.Symbol | s.Scripted)} - {None}


def has_steps(tree: s.Node) -> bool:
    """Whether an equation of a formula may be such a recursion."""
    return any(isinstance(x, s.Relation) and x.relations[0] in s.EQUALS and _letter(x) for x in s.walk(tree))


def _letter(node: s.Relation) -> str | None:
    """The t of an equation for ``x_{t+1}`` that mentions x_t, and has t in subscripts only."""
    left, right = node.sides[0], node.sides[1]
    step = left.sub if isinstance(left, s.Scripted) and left.sup is None and not left.primes else None
    if not isinstance(step, s.Sum) or step.signs != ("+", "+") or step.terms[1] != ONE or len(node.sides) != 2:
        return None
    letter = step.terms[0]
    if not isinstance(letter, s.Symbol) or any(isinstance(x, s.Derivative | s.Nabla) for x in s.walk(right)):
        return None
    states = (x for x in s.walk(right) if isinstance(x, s.Scripted) and base_of(x) == base_of(left))
    everywhere = [x for x in s.walk(right) if x == letter]
    subscripts = [x for sub in _subscripts(right) for x in s.walk(sub) if x == letter]
    if not any(x.sub == letter for x in states) or len(everywhere) != len(subscripts):
        return None
    return letter.name


def _subscripts(node: s.Node) -> Iterator[s.Node]:
    return (x.sub for x in s.walk(node) if isinstance(x, s.Scripted) and x.sub is not None)


def states_in(tree: s.Node, steps: frozenset[s.Relation]) -> dict[str, str]:
    """The x of such recursions in a formula, and the t of each."""
    found = (x for x in s.walk(tree) if isinstance(x, s.Relation) and x in steps)
    return {base_of(x.sides[0]) or "": _letter(x) or "" for x in found}


def stepped_back(tree: s.Node, steps: frozenset[s.Relation]) -> s.Node:
    """A formula with such recursions read one step back."""

    def new(part: s.Node) -> s.Node | None:
        if not isinstance(part, s.Relation) or part not in steps:
            return None
        letter = _letter(part) or ""

        def inside(script: s.Node) -> s.Node | None:
            if not isinstance(script, s.Scripted) or script.sub is None:
                return None
            return replace(script, sub=_moved(script.sub, letter, -1))

        return s.mapped(part, inside)

    return s.mapped(tree, new)


def _moved(sub: s.Node, letter: str, by: int) -> s.Node:
    """A subscript with ``letter + by`` for a letter."""

    def new(part: s.Node) -> s.Node | None:
        if isinstance(part, s.Sum) and part.terms[0] == s.Symbol(letter) or part == s.Symbol(letter):
            return shifted(part, by)
        return None

    return s.mapped(sub, new)


def shifted(node: s.Node, by: int) -> s.Node:
    """``T`` for ``T - 1`` and 1: a number is added to an index expression."""
    terms, signs = (node.terms, node.signs) if isinstance(node, s.Sum) else ((node,), ("+",))
    total = by + sum(_value(sign, x) for sign, x in zip(signs, terms, strict=True) if _is_whole(x))
    others = [(sign, x) for sign, x in zip(signs, terms, strict=True) if not _is_whole(x)]
    if total or not others:
        others.append(("-" if total < 0 else "+", s.Number(str(abs(total)))))
    return _sum(others, node.span)


def _sum(terms: Sequence[tuple[str, s.Node]], span: s.Span) -> s.Node:
    if len(terms) == 1 and terms[0][0] == "+":
        return terms[0][1]
    return s.Sum(tuple(sign for sign, _ in terms), tuple(term for _, term in terms), span=span)


def _is_whole(node: s.Node) -> bool:
    return isinstance(node, s.Number) and node.text.isdigit()


def _value(sign: str, node: s.Node) -> int:
    return (-1 if sign == "-" else 1) * int(node.text) if isinstance(node, s.Number) else 0
