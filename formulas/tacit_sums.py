"""Sums without a sign, ``y_i = w_{ij} x_j``: Einstein's convention, written out.

In a document that says so, an index that stands twice in a term is summed over, unless it stands once on the left side
of the equation: ``∂E/∂z_i = e_i σ'(z_i)`` is of each i. A term ends with what encloses it: of ``σ(w_{ij} x_j)`` the sum
stands within the function, and of ``(a_{kj} + a_{jk}) x_j`` around the product. What stands above, ``x^i``, is not
read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Set
from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import is_square, is_transpose, items_of

_GREEK = ("\\alpha", "\\beta", "\\kappa", "\\lambda", "\\mu", "\\nu", "\\rho", "\\sigma")


class IndexAbove(Exception):
    """A superscript that may be an index."""


def summed(tree: s.Node) -> s.Node:
    """The equations of a formula with all their sums; the same object where it has none. Raises :class:`IndexAbove`."""
    assert isinstance(tree, s.Statements)
    parts = tuple(_equation(x) if isinstance(x, s.Relation) and set(x.relations) <= {*s.EQUALS} else x
                  for x in tree.parts)  # fmt: skip
    return tree if all(a is b for a, b in zip(parts, tree.parts, strict=True)) else replace(tree, parts=parts)


def _equation(equation: s.Relation) -> s.Relation:
    first, *others = equation.sides
    own = _counts(first)
    free = {letter for letter, count in own.items() if count == 1}
    twice = own.keys() - free
    alone = {letter for side in others for term in _terms(side) for letter, n in _counts(term).items() if n == 1}
    free |= twice & alone | _of_each_or_all(equation)
    sides = tuple(_summed(side, frozenset(free)) for side in equation.sides)
    same = all(a is b for a, b in zip(sides, equation.sides, strict=True))
    return equation if same else replace(equation, sides=sides)


def of_each_or_all(tree: s.Statements) -> bool:
    """Whether ``∂y_i/∂x_i = w_{ii}`` stands in a formula: it may be of each i, as :func:`summed` reads it, or of their
    sum."""
    return any(isinstance(x, s.Relation) and _of_each_or_all(x) for x in tree.parts)


def _of_each_or_all(equation: s.Relation) -> set[str]:
    first, *others = equation.sides
    if not isinstance(first, s.Derivative | s.Scripted):
        return set()
    return {letter for letter, n in _counts(first).items() if n > 1 and any(letter in _counts(x) for x in others)}


def _terms(node: s.Node) -> tuple[s.Node, ...]:
    return node.terms if isinstance(node, s.Sum) else (node,)


def _summed(node: s.Node, free: Set[str]) -> s.Node:
    """An expression with its sums; ``free`` are the letters that stand outside it, or for each value."""
    if isinstance(node, s.Sum):
        terms = tuple(_summed(term, free) for term in node.terms)
        return node if all(a is b for a, b in zip(terms, node.terms, strict=True)) else replace(node, terms=terms)
    inside = _inside(node, free)
    counts = _counts(inside)
    for letter in sorted((x for x, n in counts.items() if n > 1 and x not in free), reverse=True):
        inside = s.BigOperator("\\sum", inside, s.Symbol(letter), span=node.span)
    return inside


def _inside(node: s.Node, free: Set[str]) -> s.Node:
    """A term with the sums of what it encloses."""
    total = _counts(node)

    def closed(part: s.Node) -> s.Node:
        own = _counts(part)
        beside = {letter for letter, n in total.items() if n > own.get(letter, 0)}
        return _summed(part, {*free, *beside})

    match node:
        case s.Product(factors):
            new: s.Node = replace(node, factors=tuple(_factor(x, closed, free) for x in factors))
        case s.Fraction(above, below):
            new = replace(node, numerator=_factor(above, closed, free), denominator=closed(below))
        case _:
            new = _factor(node, closed, free)
    return node if new == node else new


def _factor(node: s.Node, closed: Callable[[s.Node], s.Node], free: Set[str]) -> s.Node:
    """A factor with the sums of what it encloses, which ``closed`` writes."""
    match node:
        case s.Group() | s.Norm() | s.Absolute() | s.Root():
            return replace(node, body=closed(node.body))
        case s.Call(arguments=arguments):
            return replace(node, arguments=tuple(map(closed, arguments)))
        case s.Scripted(base=s.Group() as base, sub=None) if is_square(node):
            counted = {letter for term in _terms(base.body) for letter, n in _counts(term).items() if n == 1}
            return replace(node, base=replace(base, body=_summed(base.body, {*free, *counted})))
        case s.Scripted(base=base) if not isinstance(base, s.Symbol):
            return replace(node, base=_factor(base, closed, free))
        case s.Scripted(sup=sup) if sup is not None and not is_transpose(sup) and _counts(sup):
            return replace(node, sup=closed(sup))
        case s.Derivative(numerator=top) if not isinstance(top, s.Symbol | s.Scripted):
            return replace(node, numerator=closed(top))
        case s.BigOperator(body=body):
            return replace(node, body=_summed(body, {*free, *_bound(node)}))
        case s.Fraction() | s.Product():
            return _inside(node, free)
    return node


def _counts(node: s.Node) -> Counter[str]:
    """How often letters stand below names in a term, but for those that a sum within it binds. Raises
    :class:`IndexAbove`."""
    match node:
        case s.Sum(terms=terms):
            found = Counter[str]()
            for term in terms:
                found |= _counts(term)  # the most of each
            return found
        case s.BigOperator(body=body):
            bound = _bound(node)
            return Counter({letter: n for letter, n in _counts(body).items() if letter not in bound})
        case s.Scripted():
            above = node.sup if node.sup is not None and not is_transpose(node.sup) else None
            if isinstance(node.base, s.Symbol) and above is not None and node.base.name != "e" and _letters(above):
                raise IndexAbove
            own = _counts(node.base) + (_counts(above) if above is not None else Counter())
            own += Counter(_letters_in(node.sub)) if node.sub is not None else Counter()
            return own + own if is_square(node) else own
        case s.Derivative(numerator=top, denominators=below):
            return sum(map(_counts, (top, *below)), Counter[str]())
    return sum(map(_counts, s.children(node)), Counter[str]())


def _letters(node: s.Node) -> bool:
    """Whether a superscript may be an index, and no layer in brackets."""
    return all(isinstance(x, s.Symbol) and len(x.name) == 1 and x.name.islower() for x in items_of(node))


def _letters_in(node: s.Node) -> list[str]:
    """The letters in a subscript that may count."""
    names = (x.name for x in s.walk(node) if isinstance(x, s.Symbol))
    return [name for name in names if len(name) == 1 and name.islower() or name in _GREEK]


def _bound(node: s.BigOperator) -> set[str]:
    return {x.name for x in s.walk(node.lower) if isinstance(x, s.Symbol)} if node.lower is not None else set()
