"""Small edits of what stands in scripts and limits, and of names: layers, indices, exponents, bounds, quantities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from verify_derivations.checker.statements import is_adjoint_name
from verify_derivations.checker.vocabulary import DROP, SLIP, Local, Vocabulary
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex


def layers(node: s.Node, words: Vocabulary) -> Local:
    """l, l + 1, l - 1; 1, 2, …"""
    for shifted in _shifted(node):
        yield SLIP, f"layer {to_latex(node)} replaced by {to_latex(shifted)}", shifted


def _shifted(node: s.Node) -> Iterator[s.Node]:
    """``node`` plus or minus one, written as one would."""
    if isinstance(node, s.Number) and node.text.isdigit():
        yield from (s.Number(str(int(node.text) + step)) for step in (1, -1) if int(node.text) + step >= 0)
    elif isinstance(node, s.Symbol | s.Scripted):
        yield s.Sum(("+", "+"), (node, s.Number("1")))
        yield s.Sum(("+", "-"), (node, s.Number("1")))
    elif isinstance(node, s.Sum) and len(node.terms) > 1:
        last = node.terms[-1]
        rest = (
            node.terms[0] if len(node.terms) == 2 and node.signs[0] == "+" else s.Sum(node.signs[:-1], node.terms[:-1])
        )
        if isinstance(last, s.Number) and last.text.isdigit():
            yield rest
            for step in (1, -1):
                value = int(last.text) * (-1 if node.signs[-1] == "-" else 1) + step
                if value:
                    sign = "-" if value < 0 else "+"
                    yield s.Sum((*node.signs[:-1], sign), (*node.terms[:-1], s.Number(str(abs(value)))))
        else:
            yield s.Sum((*node.signs, "+"), (*node.terms, s.Number("1")))
            yield s.Sum((*node.signs, "-"), (*node.terms, s.Number("1")))


def indices(node: s.Node, words: Vocabulary) -> Local:
    if isinstance(node, s.Label):
        return
    if isinstance(node, s.Symbol):
        for letter in words.letters:
            if letter != node:
                yield SLIP, f"index {to_latex(node)} replaced by {to_latex(letter)}", letter
    if isinstance(node, s.Product | s.Sequence):
        items = node.factors if isinstance(node, s.Product) else node.items
        for a in range(len(items)):
            for b in range(a + 1, len(items)):
                order = list(items)
                order[a], order[b] = items[b], items[a]
                swapped = _listed(node, order)
                yield SLIP, f"indices {to_latex(node)} replaced by {to_latex(swapped)}", swapped
        yield from _crossed(node)
    elif not isinstance(node, s.Number):
        for shifted in _shifted(node):
            yield SLIP, f"index {to_latex(node)} replaced by {to_latex(shifted)}", shifted
    if isinstance(node, s.Sum) and len(node.terms) > 1:
        for a in range(len(node.terms)):
            for b in range(len(node.terms)):
                if a != b and node.signs[a] != node.signs[b]:
                    signs = list(node.signs)
                    signs[a], signs[b] = signs[b], signs[a]
                    flipped = replace(node, signs=tuple(signs))
                    yield SLIP, f"index {to_latex(node)} replaced by {to_latex(flipped)}", flipped
                    break
        for letter in words.letters:
            for k, term in enumerate(node.terms):
                if isinstance(term, s.Symbol) and term != letter:
                    other = replace(node, terms=(*node.terms[:k], letter, *node.terms[k + 1 :]))
                    yield SLIP, f"index {to_latex(node)} replaced by {to_latex(other)}", other


def _listed(node: s.Product | s.Sequence, items: list[s.Node]) -> s.Node:
    return replace(node, factors=tuple(items)) if isinstance(node, s.Product) else replace(node, items=tuple(items))


def _crossed(node: s.Product | s.Sequence) -> Local:
    """Offsets exchanged: i + v - 1, j + u - 1."""
    items = node.factors if isinstance(node, s.Product) else node.items
    for a, first in enumerate(items):
        for b in range(a + 1, len(items)):
            second = items[b]
            if not (isinstance(first, s.Sum) and isinstance(second, s.Sum)):
                continue
            for x, one in enumerate(first.terms):
                for y, other in enumerate(second.terms):
                    if one != other and first.signs[x] == second.signs[y]:
                        order = list(items)
                        order[a] = replace(first, terms=(*first.terms[:x], other, *first.terms[x + 1 :]))
                        order[b] = replace(second, terms=(*second.terms[:y], one, *second.terms[y + 1 :]))
                        crossed = _listed(node, order)
                        yield SLIP, f"indices {to_latex(node)} replaced by {to_latex(crossed)}", crossed


def powers(node: s.Node, words: Vocabulary) -> Local:
    for other in _shifted(node) if isinstance(node, s.Number | s.Symbol) else _neighbours(node):
        if other != s.Number("1"):
            yield DROP, f"exponent {to_latex(node)} replaced by {to_latex(other)}", other


def _neighbours(node: s.Node) -> Iterator[s.Node]:
    """Exponents one above and below, of a negative or broken exponent."""
    value = _rational(node)
    if value is None:
        return
    for other in (value - 1, value + 1, -value):
        size = s.Number(str(abs(other.numerator)))
        over = s.Number(str(other.denominator))
        if other.denominator == 1:
            body: s.Node = size
        elif isinstance(node, s.Fraction) or isinstance(node, s.Sum) and isinstance(node.terms[0], s.Fraction):
            body = s.Fraction(size, over)
        else:
            body = s.Product((size, over), ("/",))
        if other and other != Fraction(1):
            yield s.Sum(("-",), (body,)) if other < 0 else body


def _rational(node: s.Node) -> Fraction | None:
    match node:
        case s.Number(text=text):
            return Fraction(text)
        case s.Sum(signs=("-",), terms=(term,)):
            value = _rational(term)
            return None if value is None else -value
        case s.Fraction(numerator=top, denominator=bottom) | s.Product(factors=(top, bottom), operators=("/",)):
            over, under = _rational(top), _rational(bottom)
            return None if over is None or not under else over / under
    return None


def bounds(node: s.Node, words: Vocabulary) -> Local:
    """First and last values of a sum."""
    if isinstance(node, s.Relation | s.Sequence):
        return
    for shifted in _shifted(node):
        yield SLIP, f"bound {to_latex(node)} replaced by {to_latex(shifted)}", shifted
    if isinstance(node, s.Symbol | s.Scripted):
        for size in (*words.sizes, *words.extents):
            if size != node:
                yield DROP, f"bound {to_latex(node)} replaced by {to_latex(size)}", size


def names(node: s.Node, words: Vocabulary) -> Local:
    """Another quantity in the place of one; first those that carry the same scripts."""
    if not isinstance(node, s.Symbol | s.Scripted) or is_adjoint_name(node, words.table):
        return
    if isinstance(node, s.Scripted) and isinstance(node.base, s.Symbol):
        for base in words.bases(node):
            yield SLIP, f"{to_latex(node)} replaced by {to_latex(replace(node, base=base))}", replace(node, base=base)
    reference = words.table.reference(node)
    if reference is None or reference.power is not None or reference.transposed or reference.inverted:
        return
    for other in words.names:
        if other != node:
            yield DROP, f"{to_latex(node)} replaced by {to_latex(other)}", other
