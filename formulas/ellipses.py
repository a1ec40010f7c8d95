"""What is written out with dots: ``w_1 x_1 + \\cdots + w_n x_n``, ``(σ(z_1), …, σ(z_m))``, matrices with ``\\vdots``.

What the dots leave out is told by the terms beside them: the one before and the one behind them agree but for a
number. The others that look like them must be what that gives for them, else nothing is read: 1 + 3 + … + n.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verify_derivations.formulas import syntax as s

LETTER, OTHER = COUNTING = "\\jmath", "\\imath"
"""The letters that count what dots stand for: nobody else counts with them."""


@dataclass(frozen=True)
class Run:
    """``body`` for ``letter`` from ``first`` to ``last``; it takes the items ``[start:stop]`` of a list."""

    body: s.Node
    letter: str
    first: int
    last: s.Node
    start: int
    stop: int


def run_of(items: Sequence[s.Node], letter: str = LETTER) -> Run | None:
    """The run of a list with dots, if there is one."""
    places = [k for k, item in enumerate(items) if isinstance(item, s.Dots)]
    if len(places) != 1 or not 0 < places[0] < len(items) - 1:
        return None
    dots = places[0]
    found = _between(items[dots - 1], items[dots + 1], letter)
    if found is None:
        return None
    body, first, last = found
    start, stop = dots - 1, dots + 2
    while start > 0 and (before := _between(items[start - 1], items[dots + 1], letter)) is not None:
        if before[0] != body:
            break
        if before[1:] != (first - 1, last):
            return None
        start, first = start - 1, first - 1
    while stop < len(items) and (after := _between(items[dots - 1], items[stop], letter)) is not None:
        if after[0] != body:
            break
        if last != s.Sum(("+", "-"), (after[2], s.Number("1"))):
            return None
        stop, last = stop + 1, after[2]
    return Run(body, letter, first, last, start, stop)


def _between(one: s.Node, other: s.Node, letter: str) -> tuple[s.Node, int, s.Node] | None:
    """What is ``one`` for a number and ``other`` for something else in its place."""
    pairs: list[tuple[int, s.Node]] = []
    body = _common(one, other, letter, pairs)
    if body is None or len(set(pairs)) != 1:
        return None
    first, last = pairs[0]
    if isinstance(last, s.Number) and not (last.text.isdigit() and int(last.text) > first):
        return None
    return body, first, last


def _common(one: s.Node, other: s.Node, letter: str, pairs: list[tuple[int, s.Node]]) -> s.Node | None:
    if one == other:
        return one
    if isinstance(one, s.Number) and isinstance(other, s.Product) and len(one.text) == len(other.factors) > 1:
        if not one.text.isdigit() or set(other.operators) != {""}:
            return None
        one = s.Product(tuple(map(s.Number, one.text)), other.operators, span=one.span)  # x_{11} beside x_{1n}
    if isinstance(one, s.Number):
        if not one.text.isdigit() or isinstance(other, s.Dots | s.Text | s.Relation | s.Sequence):
            return None
        pairs.append((int(one.text), other))
        return s.Symbol(letter)
    if type(one) is not type(other):
        return None
    values: dict[str, object] = {}
    for name in s.part_names(type(one)):
        value = _alike(getattr(one, name), getattr(other, name), letter, pairs)
        if value is _UNLIKE:
            return None
        values[name] = value
    return replace(one, **values)  # type: ignore[arg-type]


_UNLIKE = object()


def _alike(one: object, other: object, letter: str, pairs: list[tuple[int, s.Node]]) -> object:
    if one == other:
        return one
    if isinstance(one, s.Node) and isinstance(other, s.Node):
        found = _common(one, other, letter, pairs)
        return _UNLIKE if found is None else found
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        items = tuple(_alike(a, b, letter, pairs) for a, b in zip(one, other, strict=True))
        return _UNLIKE if _UNLIKE in items else items
    return _UNLIKE


def summed(node: s.Node) -> s.Node | None:
    """A sum with dots as one over an index; ``None`` if it is none."""
    if not isinstance(node, s.Sum):
        return None
    run = run_of(node.terms)
    if run is None or len(set(node.signs[run.start : run.stop])) != 1:
        return None
    lower = s.Relation((s.Symbol(run.letter), s.Number(str(run.first))), ("=",))
    span = node.terms[run.start].span[0], node.terms[run.stop - 1].span[1]
    total = s.BigOperator("\\sum", run.body, lower, run.last, span=span)
    terms = (*node.terms[: run.start], total, *node.terms[run.stop :])
    signs_of = (*node.signs[: run.start + 1], *node.signs[run.stop :])
    return total if signs_of == ("+",) else replace(node, terms=terms, signs=signs_of)
