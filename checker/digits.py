"""Definitions by an index of two digits: ``y_{s(i-1)+a} = x_i w_a`` for ``i = 1, …, n`` and ``a = 1, …, s``.

With all i and a the index takes each value of 1, …, ns once. So every entry is defined, and
``y_j = Σ_i Σ_a [j = s(i-1)+a] x_i w_a`` says the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verify_derivations.checker.statements import Chain, Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import factors_of, plain

_ONE = s.Number("1")
_LETTERS = "jrqpmvz"


@dataclass(frozen=True)
class _Digits:
    """The i and a of ``s(i-1) + a``, the n to which i runs, and the factor s."""

    high: s.Symbol
    low: s.Symbol
    count: s.Node
    factor: s.Node


def read_digits(formulas: Sequence[Stated]) -> None:
    """Read such definitions with a letter for the index, where the quantity is declared with as many entries, or
    nothing declares it."""
    declared: dict[s.Node, set[tuple[s.Node, ...]]] = {}
    for f in formulas:
        for name, space in ((name, m.where) for m in f.memberships for name in m.names):
            if isinstance(space, s.Space):
                declared.setdefault(plain(name), set()).add(space.extents)
    for f in formulas:
        for k, chain in enumerate(f.chains):
            new = _with_a_letter(f, chain, declared)
            if new is not None:
                f.chains[k], letter, end = new
                f.ranges.append((letter.name, _ONE, end))
                f.remarks += (f"with all its indices it defines every entry: ${to_latex(chain.sides[0])}$",)


def _with_a_letter(
    f: Stated, chain: Chain, declared: dict[s.Node, set[tuple[s.Node, ...]]]
) -> tuple[Chain, s.Symbol, s.Node] | None:
    left = chain.sides[0]
    if len(chain.sides) != 2 or not isinstance(left, s.Scripted) or left.sub is None or left.sup is not None:
        return None
    places = left.sub.items if isinstance(left.sub, s.Sequence) else (left.sub,)
    found = [(n, digits) for n, x in enumerate(places) if (digits := _digits(x, f)) is not None]
    if len(found) != 1 or contains_derivative(chain.sides[1]):
        return None
    place, digits = found[0]
    used = {x.name for x in f.nodes if isinstance(x, s.Symbol)}
    letter = next((s.Symbol(x) for x in _LETTERS if x not in used), None)
    spaces = declared.get(plain(left.base), set())
    fits = all(len(e) == len(places) and _factors(e[place]) == _factors(digits.count, digits.factor) for e in spaces)
    others = {x for n, p in enumerate(places) if n != place for x in s.walk(p)}
    if letter is None or not fits or not others.isdisjoint((digits.high, digits.low)):
        return None
    value = s.Call(s.Symbol("1", font="\\mathbb"), (s.Relation((letter, places[place]), ("=",)),), "[")
    body: s.Node = s.Product((value, s.Group("(", chain.sides[1])), ("",))
    for index, end in ((digits.low, digits.factor), (digits.high, digits.count)):
        body = s.BigOperator("\\sum", body, s.Relation((index, _ONE), ("=",)), end)
    indices = (*places[:place], letter, *places[place + 1 :])
    sub = s.Sequence(indices) if len(indices) > 1 else letter
    end = s.Product((digits.count, digits.factor), ("",))
    return replace(chain, sides=(replace(left, sub=sub), body)), letter, end


def _digits(index: s.Node, f: Stated) -> _Digits | None:
    """Of ``s(i-1) + a``, also in another order, where the formula says how far both run."""
    if not isinstance(index, s.Sum) or len(index.terms) != 2 or "-" in index.signs:
        return None
    ranges = {letter: (first, last) for letter, first, last in f.ranges}
    for low, term in (index.terms, index.terms[::-1]):
        factors = factors_of(term)
        for inner, factor in (factors, factors[::-1]) if len(factors) == 2 else ():
            high = _one_less(inner)
            if not isinstance(low, s.Symbol) or high is None or high.name not in ranges or low.name not in ranges:
                continue
            (first, count), (begin, end) = ranges[high.name], ranges[low.name]
            if begin == first == _ONE and plain(end) == plain(factor):
                return _Digits(high, low, count, factor)
    return None


def _one_less(node: s.Node) -> s.Symbol | None:
    """The i of ``(i - 1)``."""
    inside = node.body if isinstance(node, s.Group) else node
    minus = isinstance(inside, s.Sum) and inside.terms[1:] == (_ONE,) and inside.signs[-1] == "-"
    first = inside.terms[0] if isinstance(inside, s.Sum) and minus else None
    return first if isinstance(first, s.Symbol) else None


def _factors(*nodes: s.Node) -> list[str]:
    inside = (node.body if isinstance(node, s.Group) else node for node in nodes)
    return sorted(to_latex(x) for node in inside for x in factors_of(node))
