"""From the text of a formula to whole numbers: sizes, index values, layers."""

from __future__ import annotations

from fractions import Fraction
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import ONE, ZERO, Polynomial, polynomial
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import is_transpose, items_of, name_of
from verify_derivations.formulas.tensors import ShapeError, show_extent
from verify_derivations.formulas.world import Statement, Unsupported, World

BRACKETS = {"(": "({})", "[": "[{}]"}

Shape: TypeAlias = tuple[Polynomial, ...]


def whole(node: s.Node, world: World, here: Statement, *, layer: bool = False) -> Polynomial:
    """An extent, an index value or a layer as a polynomial. With ``layer``, unknown letters stand for themselves."""
    value = _whole(node, world, here, layer)
    return value if layer else world.extents.normal(value)


def _whole(node: s.Node, world: World, here: Statement, layer: bool) -> Polynomial:
    match node:
        case s.Number(text=text):
            return polynomial(Fraction(text))
        case s.Group(body=body):
            return _whole(body, world, here, layer)
        case s.Sum(signs=signs, terms=terms):
            total = ZERO
            for sign, term in zip(signs, terms, strict=True):
                part = _whole(term, world, here, layer)
                total = total - part if sign == "-" else total + part
            return total
        case s.Product(factors=factors, operators=operators):
            product = _whole(factors[0], world, here, layer)
            for operator, factor in zip(operators, factors[1:], strict=True):
                part = _whole(factor, world, here, layer)
                product = world.extents.quotient(product, part) if operator == "/" else product * part
            return product
        case s.Fraction(numerator=top, denominator=bottom):
            return world.extents.quotient(_whole(top, world, here, layer), _whole(bottom, world, here, layer))
        case s.Symbol() | s.Scripted():
            return _named_size(node, world, here, layer)
    raise Unsupported(f"{to_latex(node)} is no whole number")


def _named_size(node: s.Symbol | s.Scripted, world: World, here: Statement, layer: bool) -> Polynomial:
    if isinstance(node, s.Symbol):
        name = name_of(node)
        if layer and name in here.layers:
            return here.layers[name]
        if name in here.indices:
            return here.indices[name].value
        both = name in world.doubled or name in world.differentiated.numerators  # L: a loss, and so many layers
        return polynomial(f"\\mathrm{{{name}}}" if both else name)
    if here.chosen and (chosen := here.chosen.get(to_latex(node))) is not None:
        return chosen.index.value
    base = node.base
    if not isinstance(base, s.Symbol):
        raise Unsupported(f"{to_latex(node)} is no size")
    if node.sup is not None and isinstance(node.sup, s.Number) and node.sub is None:
        power = polynomial(1)
        for _ in range(int(Fraction(node.sup.text))):
            power = power * _whole(base, world, here, layer)
        return power
    if node.sup is not None and is_transpose(node.sup):
        raise Unsupported(f"{to_latex(node)} is no size")
    name = name_of(base)
    if node.sub is not None:
        name += "_{" + "".join(_script(item, world, here) for item in items_of(node.sub)) + "}"
    if node.sup is not None:
        kind = node.sup.kind if isinstance(node.sup, s.Group) else ""
        body = node.sup.body if isinstance(node.sup, s.Group) and kind in BRACKETS else node.sup
        name += "^{" + BRACKETS.get(kind, "{}").format(_script(body, world, here)) + "}"
    return polynomial(name)


def _script(item: s.Node, world: World, here: Statement) -> str:
    """A script of a size as it is written, the number of its layer worked out: ``n_{l-1}`` at layer 3 is ``n_{2}``."""
    letters = {x.name for x in s.walk(item) if isinstance(x, s.Symbol)}
    if isinstance(item, s.Sum) or not letters.isdisjoint((*here.layers, *world.differentiated.numerators)):
        return show_extent(whole(item, world, here, layer=True))
    return to_latex(item)


def shape_of_space(space: s.Space, world: World, here: Statement) -> Shape:
    """``R^{n}`` is a column (n, 1); ``R`` and ``R^{1}`` are scalars."""
    extents = tuple(whole(e, world, here) for e in space.extents)
    if all(e == ONE for e in extents):
        return ()
    return (extents[0], ONE) if len(extents) == 1 else extents


def layer_value(node: s.Node, world: World, here: Statement) -> Polynomial | None:
    try:
        return whole(node, world, here, layer=True)
    except (Unsupported, ShapeError):
        return None


def match_layer(pattern: s.Node, value: Polynomial, world: World) -> dict[str, Polynomial] | None:
    """Letters of ``pattern`` so that it equals ``value``: ``l+1`` matches 4 with l = 3."""
    shape = layer_value(pattern, world, Statement())
    if shape is None:
        return None
    letters = [x.name for x in s.walk(pattern) if isinstance(x, s.Symbol) and is_generic(x.name)]
    if not letters or len(set(letters)) > 1:
        return {} if shape == value else None
    linear = shape.linear_in(letters[0])
    if linear is None or linear[0] != 1:
        return None
    return {letters[0]: value - linear[1]}


def is_generic(name: str) -> bool:
    return len(name) == 1 and name.islower() or name == "\\ell"
