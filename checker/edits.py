"""Small edits of an expression: what an author may have meant who wrote it, smallest first.

An edit replaces one place of a syntax tree. Which edits there are depends on the place (a quantity, an index, a
layer, a bound, …) and on the words that the document itself uses (:class:`Vocabulary`); whether the result is right is
decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

from verify_derivations.checker.statements import is_adjoint_name
from verify_derivations.checker.vocabulary import Vocabulary
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import NameTable, factors_of, is_transpose, name_of
from verify_derivations.formulas.printer import to_latex

Put: TypeAlias = Callable[[s.Node], s.Node]
SLIP, DROP, ADD, TERM = range(4)  # a sign, a script; something less; something more; something of another kind


@dataclass(frozen=True)
class Edit:
    """``words`` says what was done; ``tree`` is the whole expression with it done; ``weight`` orders edits."""

    words: str
    tree: s.Node
    weight: int = SLIP


Local: TypeAlias = Iterator[tuple[int, str, s.Node]]  # weight, words, what stands in the place of the node


def edits(tree: s.Node, vocabulary: Vocabulary) -> list[Edit]:
    """All edits of one place of ``tree``, smallest first, without repetition."""
    found: dict[s.Node, Edit] = {}
    for weight, words, edited in (*_exchanged(tree, vocabulary), *_renamed(tree, vocabulary)):
        found[edited] = Edit(words, edited, weight)
    for place in places(tree, vocabulary.table):
        for weight, words, node in _LOCAL[place.role](place.node, vocabulary):
            edited = place.put(node)
            if edited != tree and (edited not in found or weight < found[edited].weight):
                found[edited] = Edit(words, edited, weight)
    return sorted(found.values(), key=lambda edit: edit.weight)


# -- places -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Place:
    """A node, what it stands for there, and how to put another into its place."""

    node: s.Node
    role: str  # "value", "name" (of a quantity), "index", "layer", "power", "bound"
    put: Put


def places(node: s.Node, table: NameTable, role: str = "value", put: Put = lambda new: new) -> Iterator[Place]:
    yield Place(node, role, put)
    for child, inner, set_child in _children(node, table, role):
        def put_child(new: s.Node, set_child: Put = set_child) -> s.Node:
            return put(set_child(new))

        yield from places(child, table, inner, put_child)


_ROLES: dict[tuple[type[s.Node], str], str] = {
    (s.Scripted, "sub"): "index", (s.Derivative, "numerator"): "name", (s.Derivative, "denominators"): "name",
    (s.Nabla, "variable"): "name", (s.Nabla, "body"): "name", (s.BigOperator, "lower"): "bound",
    (s.BigOperator, "upper"): "bound", (s.Norm, "order"): "",
}  # fmt: skip


def _children(node: s.Node, table: NameTable, role: str) -> Iterator[tuple[s.Node, str, Put]]:
    if isinstance(node, s.Space | s.Interval | s.Finite | s.Matrix) or role == "layer":
        return
    for field in fields(node):
        if field.name == "span" or (isinstance(node, s.Call) and field.name == "function"):
            continue
        if isinstance(node, s.Scripted) and field.name == "base" and isinstance(node.base, s.Symbol):
            continue
        for child, set_value in _nodes(getattr(node, field.name)):
            inner = _ROLES.get((type(node), field.name), role)
            if inner == "bound" and isinstance(child, s.Relation):
                last = child.sides[-1]

                def put_last(new: s.Node, node: s.Node = node, relation: s.Relation = child) -> s.Node:
                    return replace(node, lower=replace(relation, sides=(*relation.sides[:-1], new)))  # type: ignore[call-arg]

                yield last, inner, put_last
                continue
            if isinstance(node, s.Scripted) and field.name == "sup":
                yield from _superscripts(node, table)
                break
            if inner:

                def put(new: s.Node, name: str = field.name, set_value: Callable[[s.Node], object] = set_value) -> s.Node:
                    return replace(node, **{name: set_value(new)})  # type: ignore[arg-type]

                yield child, inner, put


def _nodes(value: object) -> Iterator[tuple[s.Node, Callable[[s.Node], object]]]:
    """The nodes in a field (a node, or nested tuples of nodes) and how to replace each."""
    if isinstance(value, s.Node):
        yield value, lambda new: new
    elif isinstance(value, tuple):
        for k, item in enumerate(value):
            for node, set_inner in _nodes(item):
                yield node, lambda new, k=k, set_inner=set_inner: (*value[:k], set_inner(new), *value[k + 1:])  # type: ignore[misc]


def _superscripts(node: s.Scripted, table: NameTable) -> Iterator[tuple[s.Node, str, Put]]:
    assert node.sup is not None
    reference = table.reference(node)
    parts = list(factors_of(node.sup))
    for k, part in enumerate(parts):
        def put(new: s.Node, k: int = k) -> s.Node:
            items = (*parts[:k], new, *parts[k + 1:])
            sup = items[0] if len(items) == 1 else s.Product(items, ("",) * (len(items) - 1), span=node.sup.span)  # type: ignore[union-attr]
            return replace(node, sup=sup)

        if is_transpose(part):
            continue
        if isinstance(part, s.Group):
            def put_body(new: s.Node, part: s.Group = part, put: Put = put) -> s.Node:
                return put(replace(part, body=new))

            yield part.body, "name" if is_adjoint_name(node, table) else "layer", put_body
        elif reference is not None and part == reference.layer:
            yield part, "layer", put
        elif reference is None or part == reference.power:
            yield part, "power", put


# -- throughout ---------------------------------------------------------------------------------------------------
def _renamed(tree: s.Node, words: Vocabulary) -> Local:
    """One name replaced by another throughout, where it stands more than once."""
    seen: dict[s.Node, int] = {}
    for place in places(tree, words.table):
        if place.role == "value" and isinstance(place.node, s.Symbol | s.Scripted):
            seen[place.node] = seen.get(place.node, 0) + 1
    for node, count in seen.items():
        if count > 1:
            for other in (*words.names, *words.calls):
                if other != node:
                    yield DROP, f"{to_latex(node)} replaced by {to_latex(other)} throughout", substituted(tree, node, other)


def _exchanged(tree: s.Node, words: Vocabulary) -> Local:
    """Two index letters exchanged throughout."""
    held = [letter for letter in words.letters if any(node == letter for node in s.walk(tree))]
    middle = s.Symbol("\\square")
    for a, first in enumerate(held):
        for second in held[a + 1:]:
            swapped = substituted(substituted(substituted(tree, first, middle), second, first), middle, second)
            yield SLIP, f"indices {to_latex(first)} and {to_latex(second)} exchanged", swapped


def substituted(tree: s.Node, old: s.Node, new: s.Node) -> s.Node:
    if tree == old:
        return new
    changes: dict[str, object] = {}
    for field in fields(tree):
        value = getattr(tree, field.name)
        if field.name != "span" and isinstance(value, s.Node | tuple):
            changes[field.name] = _mapped(value, old, new)
    return replace(tree, **changes)  # type: ignore[arg-type]


def _mapped(value: object, old: s.Node, new: s.Node) -> object:
    if isinstance(value, s.Node):
        return substituted(value, old, new)
    return tuple(_mapped(item, old, new) for item in value) if isinstance(value, tuple) else value


# -- scripts ------------------------------------------------------------------------------------------------------
def _layers(node: s.Node, words: Vocabulary) -> Local:
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
        rest = node.terms[0] if len(node.terms) == 2 and node.signs[0] == "+" else s.Sum(node.signs[:-1], node.terms[:-1])
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


def _indices(node: s.Node, words: Vocabulary) -> Local:
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
                swapped = replace(node, **{"factors" if isinstance(node, s.Product) else "items": tuple(order)})
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
                    other = replace(node, terms=(*node.terms[:k], letter, *node.terms[k + 1:]))
                    yield SLIP, f"index {to_latex(node)} replaced by {to_latex(other)}", other


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
                        order[a] = replace(first, terms=(*first.terms[:x], other, *first.terms[x + 1:]))
                        order[b] = replace(second, terms=(*second.terms[:y], one, *second.terms[y + 1:]))
                        crossed = replace(node, **{"factors" if isinstance(node, s.Product) else "items": tuple(order)})
                        yield SLIP, f"indices {to_latex(node)} replaced by {to_latex(crossed)}", crossed


def _powers(node: s.Node, words: Vocabulary) -> Local:
    for other in _shifted(node) if isinstance(node, s.Number | s.Symbol) else _neighbours(node):
        if other != s.Number("1"):
            yield DROP, f"exponent {to_latex(node)} replaced by {to_latex(other)}", other


def _neighbours(node: s.Node) -> Iterator[s.Node]:
    """Exponents one above and below, of a negative or broken exponent."""
    from fractions import Fraction

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


def _rational(node: s.Node):  # type: ignore[no-untyped-def]
    from fractions import Fraction

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


def _bounds(node: s.Node, words: Vocabulary) -> Local:
    """First and last values of a sum."""
    if isinstance(node, s.Relation | s.Sequence):
        return
    for shifted in _shifted(node):
        yield SLIP, f"bound {to_latex(node)} replaced by {to_latex(shifted)}", shifted
    if isinstance(node, s.Symbol | s.Scripted):
        for size in (*words.sizes, *words.extents):
            if size != node:
                yield DROP, f"bound {to_latex(node)} replaced by {to_latex(size)}", size


# -- names --------------------------------------------------------------------------------------------------------
def _names(node: s.Node, words: Vocabulary) -> Local:
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


# -- values -------------------------------------------------------------------------------------------------------
def _values(node: s.Node, words: Vocabulary) -> Local:
    yield from _transposed(node, words)
    yield from _named(node, words)
    yield from _signs(node)
    yield from _products(node, words)
    yield from _numbers(node, words)
    yield from _calls(node, words)
    yield from _sums(node, words)
    yield from _factors(node, words)
    yield from _terms(node, words)
    yield from _routed(node, words)


def _named(node: s.Node, words: Vocabulary) -> Local:
    if isinstance(node, s.Symbol | s.Scripted):
        yield from _names(bare(node), words) if bare(node) == node else (
            (weight, text, _like(node, other)) for weight, text, other in _names(bare(node), words))
        if node in words.sizes:
            for size in words.extents:
                yield DROP, f"{to_latex(node)} replaced by {to_latex(size)}", size
        for call in words.calls:
            yield TERM, f"{to_latex(node)} replaced by {to_latex(call)}", call
    elif isinstance(node, s.Group | s.Derivative | s.Call | s.Number):
        for other in (*words.scalars, *words.names) if isinstance(node, s.Number) else (*words.sensitivities, *words.names):
            if other != node:
                yield TERM, f"{to_latex(node)} replaced by {to_latex(other)}", other


def bare(node: s.Node) -> s.Node:
    """Without a transpose."""
    if isinstance(node, s.Scripted) and node.sup is not None:
        parts = [p for p in factors_of(node.sup) if not is_transpose(p)]
        if len(parts) < len(factors_of(node.sup)):
            return _with_superscripts(node, parts)
    return node


def _like(node: s.Node, other: s.Node) -> s.Node:
    """``other`` with the transpose of ``node``."""
    assert isinstance(node, s.Scripted) and node.sup is not None
    sign = next(p for p in factors_of(node.sup) if is_transpose(p))
    return with_transpose(other, sign)


def _with_superscripts(node: s.Scripted, parts: list[s.Node]) -> s.Node:
    if not parts:
        return node.base if node.sub is None and not node.primes else replace(node, sup=None)
    return replace(node, sup=parts[0] if len(parts) == 1 else s.Product(tuple(parts), ("",) * (len(parts) - 1)))


PRIME = s.Symbol("\\prime")


def with_transpose(node: s.Node, sign: s.Node) -> s.Node:
    if sign == PRIME:
        return replace(node, primes=1) if isinstance(node, s.Scripted) else s.Scripted(node, None, None, 1)
    if isinstance(node, s.Scripted):
        return _with_superscripts(node, [*(factors_of(node.sup) if node.sup is not None else ()), sign])
    return s.Scripted(node, None, sign)


def _transposed(node: s.Node, words: Vocabulary) -> Local:
    if isinstance(node, s.Symbol | s.Scripted | s.Group | s.Call | s.Derivative):
        if isinstance(node, s.Scripted) and node.primes and words.transpose == PRIME:
            plain = replace(node, primes=0)
            yield SLIP, f"transpose removed from {to_latex(plain)}", plain
            return
        without = bare(node)
        if without != node:
            yield SLIP, f"transpose removed from {to_latex(without)}", without
        else:
            yield SLIP, f"transpose added to {to_latex(node)}", with_transpose(node, words.transpose)
    if isinstance(node, s.Product):
        for a, first in enumerate(node.factors):
            if bare(first) == first:
                continue
            for b, second in enumerate(node.factors):
                if a != b and isinstance(second, s.Symbol | s.Scripted | s.Group) and bare(second) == second:
                    factors = list(node.factors)
                    factors[a], factors[b] = bare(first), _like(first, second)
                    source = "the other factor" if bare(first) == second else to_latex(bare(first))
                    yield SLIP, f"transpose moved from {source} to {to_latex(second)}", replace(node, factors=tuple(factors))


def _signs(node: s.Node) -> Local:
    if isinstance(node, s.Sum):
        if len(node.terms) == 1:
            yield SLIP, "sign removed", node.terms[0]
        for k, sign in enumerate(node.signs):
            other = "-" if sign == "+" else "+"
            if len(node.terms) > 1 and sign in "+-":
                signs = (*node.signs[:k], other, *node.signs[k + 1:])
                yield SLIP, f"sign of {to_latex(node.terms[k])} changed", replace(node, signs=signs)
        if len(node.terms) == 2:
            flipped = s.Sum(tuple("-" if sign == "+" else "+" for sign in node.signs), node.terms)
            if flipped.signs == ("-", "+"):
                flipped = s.Sum(("+", "-"), node.terms[::-1])
            yield SLIP, "sign changed", flipped
        for k, term in enumerate(node.terms):
            if len(node.terms) > 1:
                rest = s.Sum((*node.signs[:k], *node.signs[k + 1:]), (*node.terms[:k], *node.terms[k + 1:]))
                yield TERM, f"term {to_latex(term)} dropped", rest.terms[0] if rest.signs == ("+",) else rest
    elif not isinstance(node, s.Number | s.Text | s.Relation):
        yield SLIP, f"sign of {to_latex(node)} changed", s.Sum(("-",), (node,))


def _products(node: s.Node, words: Vocabulary) -> Local:
    if not isinstance(node, s.Product):
        return
    factors, operators = node.factors, node.operators
    for a in range(len(factors)):
        for b in range(a + 1, len(factors)):
            if isinstance(factors[a], s.Number) or isinstance(factors[b], s.Number):
                continue
            order = list(factors)
            order[a], order[b] = factors[b], factors[a]
            yield SLIP, f"order of {to_latex(factors[a])} and {to_latex(factors[b])} exchanged", replace(node, factors=tuple(order))
        if a + 1 < len(factors) and _turned(factors[a]) is not None and bare(factors[a + 1]) != factors[a + 1]:
            first, second = bare(factors[a + 1]), _like(factors[a + 1], factors[a])
            yield (SLIP, f"order of {to_latex(factors[a])} and {to_latex(factors[a + 1])} exchanged, with the transpose",
                   replace(node, factors=(*factors[:a], first, second, *factors[a + 2:])))  # fmt: skip
    for k, factor in enumerate(factors):
        kept = (*factors[:k], *factors[k + 1:])
        signs = operators[1:] if k == 0 else (*operators[: k - 1], *operators[k:])
        yield DROP, f"factor {to_latex(factor)} dropped", kept[0] if len(kept) == 1 else s.Product(kept, signs)
    for k, operator in enumerate(operators):
        for other in ("", words.hadamard):
            if other != operator and operator != "/":
                changed = replace(node, operators=(*operators[:k], other, *operators[k + 1:]))
                yield DROP, f"product sign of {to_latex(factors[k])} and {to_latex(factors[k + 1])} changed", changed


def _numbers(node: s.Node, words: Vocabulary) -> Local:
    if isinstance(node, s.Number) and node.text.isdigit():
        for other in dict.fromkeys((int(node.text) + 1, int(node.text) - 1, 2 * int(node.text))):
            if other:
                yield DROP, f"{node.text} replaced by {other}", s.Number(str(other))
    if node in words.scalars:
        yield DROP, f"{to_latex(node)} replaced by its inverse", s.Fraction(s.Number("1"), node)
    if isinstance(node, s.Fraction):
        yield DROP, f"denominator {to_latex(node.denominator)} dropped", node.numerator
        yield DROP, f"denominator {to_latex(node.denominator)} squared", replace(node, denominator=_squared(node.denominator))
        if isinstance(node.denominator, s.Product):
            for weight, text, other in _products(node.denominator, NO_WORDS):
                if "dropped" in text:
                    yield weight, text, replace(node, denominator=other)
        yield DROP, "fraction inverted", s.Fraction(node.denominator, node.numerator)
    if isinstance(node, s.Scripted) and node.sup is not None and _is_power(node, words.table):
        yield DROP, f"exponent {to_latex(node.sup)} dropped", replace(node, sup=None) if node.sub else node.base
    if isinstance(node, s.Norm | s.Group | s.Symbol | s.Scripted | s.Call):
        if not (isinstance(node, s.Scripted) and node.sup is not None):
            yield ADD, f"{to_latex(node)} squared", _squared(node)


def _is_power(node: s.Scripted, table: NameTable) -> bool:
    reference = table.reference(node)
    return bare(node) == node and (reference is None or reference.power is not None)


def _turned(node: s.Node) -> s.Node | None:
    """What a transpose can be added to."""
    return node if isinstance(node, s.Symbol | s.Scripted | s.Group | s.Call) and bare(node) == node else None


def _squared(node: s.Node) -> s.Node:
    if isinstance(node, s.Scripted) and node.sup is None:
        return replace(node, sup=s.Number("2"))
    if isinstance(node, s.Symbol | s.Group | s.Norm | s.Call):
        return s.Scripted(node, None, s.Number("2"))
    return s.Scripted(s.Group("(", node, True), None, s.Number("2"))


def _calls(node: s.Node, words: Vocabulary) -> Local:
    """Primes, arguments, 'valid' and 'full', functions applied or not."""
    if isinstance(node, s.Call):
        function = node.function
        primes = function.primes if isinstance(function, s.Scripted) else 0
        if primes:
            assert isinstance(function, s.Scripted)
            plain: s.Node = replace(function, primes=primes - 1)
            if function.sub is None and function.sup is None and primes == 1:
                plain = function.base
            yield SLIP, f"prime removed from {to_latex(function)}", replace(node, function=plain)
        elif len(node.arguments) == 1:
            primed = replace(function, primes=1) if isinstance(function, s.Scripted) else s.Scripted(function, None, None, 1)
            yield SLIP, f"prime added to {to_latex(function)}", replace(node, function=primed)
        if len(node.arguments) == 1:
            yield SLIP, f"{to_latex(function)} removed", _grouped(node.arguments[0])
            inner = node.arguments[0]
            if isinstance(inner, s.Scripted) and isinstance(inner.sup, s.Number) and inner.sub is None:
                outside = s.Scripted(replace(node, arguments=(inner.base,)), None, inner.sup)
                yield SLIP, f"exponent {inner.sup.text} moved out of {to_latex(function)}", outside
            for other in words.functions:
                if other != function:
                    yield DROP, f"{to_latex(function)} replaced by {to_latex(other)}", replace(node, function=other)
        for k, argument in enumerate(node.arguments):
            if isinstance(argument, s.Text) and argument.text in ("valid", "full", "same"):
                for mode in ("valid", "full"):
                    if mode != argument.text:
                        changed = (*node.arguments[:k], replace(argument, text=mode), *node.arguments[k + 1:])
                        yield SLIP, f"'{argument.text}' replaced by '{mode}'", replace(node, arguments=changed)
        maps = [k for k, argument in enumerate(node.arguments) if not isinstance(argument, s.Text)]
        if len(maps) == 2:
            order = list(node.arguments)
            order[maps[0]], order[maps[1]] = order[maps[1]], order[maps[0]]
            yield SLIP, f"arguments of {to_latex(function)} exchanged", replace(node, arguments=tuple(order))
    if isinstance(node, s.Symbol | s.Scripted | s.Call | s.Group | s.Derivative):
        for function in words.functions:
            yield ADD, f"{to_latex(function)} applied to {to_latex(node)}", s.Call(function, (_open(node),), "(", True)


def _open(node: s.Node) -> s.Node:
    return node.body if isinstance(node, s.Group) else node


def _grouped(node: s.Node) -> s.Node:
    return s.Group("(", node, True) if isinstance(node, s.Sum | s.Product | s.BigOperator) else node


def _sums(node: s.Node, words: Vocabulary) -> Local:
    if isinstance(node, s.BigOperator):
        yield DROP, f"{node.operator} dropped", node.body
        lower = node.lower.sides[0] if isinstance(node.lower, s.Relation) else node.lower
        for letter in words.letters:
            if isinstance(lower, s.Symbol) and letter != lower:
                text = f"{node.operator} over {to_latex(lower)} dropped, its index replaced by {to_latex(letter)}"
                yield DROP, text, substituted(node.body, lower, letter)
    if not isinstance(node, s.Text | s.Number | s.Relation):
        for lower, upper in words.sums:
            total = s.BigOperator("\\sum", _grouped(node) if isinstance(node, s.Sum) else node, lower, upper)
            name = to_latex(replace(total, body=s.Symbol("")))
            yield ADD, f"the sum {name} added", total


def _terms(node: s.Node, words: Vocabulary) -> Local:
    """A term that was lost beside a quantity: r - V."""
    if isinstance(node, s.Symbol | s.Scripted):
        for name in words.names:
            if name != node:
                for sign in "-+":
                    yield TERM, f"term {to_latex(name)} added", s.Sum(("+", sign), (node, name))


def _factors(node: s.Node, words: Vocabulary) -> Local:
    """A factor that was lost: 2, 1/2, a parameter, one over it; a quantity; the derivative of an activation."""
    if isinstance(node, s.Text | s.Number | s.Relation | s.Cases):
        return
    two = s.Number("2")
    for text, factor in (("2", two), ("\\frac{1}{2}", s.Fraction(s.Number("1"), two)), *(
            (to_latex(x), x) for scalar in words.scalars for x in (scalar, s.Fraction(s.Number("1"), scalar)))):  # fmt: skip
        yield ADD, f"factor {text} added", _times(factor, "", node)
    if isinstance(node, s.Product | s.BigOperator | s.Symbol | s.Scripted | s.Call | s.Derivative):
        for name in words.names:
            yield TERM, f"factor {to_latex(name)} added", _times(name, "", node)
        for call in words.primed:
            yield TERM, f"factor {to_latex(call)} added", _times(node, words.hadamard, call)
    for number in (s.Number("1"), s.Fraction(s.Number("1"), two)):
        for sign in "+-":
            if isinstance(node, s.Sum):
                yield TERM, f"{to_latex(number)} added", s.Sum((*node.signs, sign), (*node.terms, number))


def _times(left: s.Node, operator: str, right: s.Node) -> s.Node:
    """A product of products as one."""
    first = (left.factors, left.operators) if isinstance(left, s.Product) else ((left,), ())
    second = (right.factors, right.operators) if isinstance(right, s.Product) else ((right,), ())
    return s.Product((*first[0], *second[0]), (*first[1], operator, *second[1]))


def _routed(node: s.Node, words: Vocabulary) -> Local:
    """Upsampling goes to where the maximum was: ``up(δ) ∘ [a = up(m)]`` where m is the maximum over a."""
    if isinstance(node, s.Call) and isinstance(node.function, s.Symbol) and name_of(node.function) in ("up", "upsample"):
        for argument, result in words.maxima:
            where = s.Relation((argument, replace(node, arguments=(result, *node.arguments[1:]))), ("=",))
            routed = s.Product((node, s.Group("[", where, True)), (words.hadamard,))
            text = f"routed to the maximum of each window by the factor $\\left[{to_latex(where)}\\right]$"
            yield SLIP, text, routed


def _nothing(node: s.Node, words: Vocabulary) -> Local:
    return iter(())


_LOCAL: dict[str, Callable[[s.Node, Vocabulary], Local]] = {
    "value": _values, "name": _names, "index": _indices, "layer": _layers, "power": _powers, "bound": _bounds,
}  # fmt: skip
NO_WORDS = Vocabulary(NameTable())
