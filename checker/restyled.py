"""A side that was derived, in the manner of the document: its fonts, its transposes, its ``a^{[1]}`` and ``e^x``."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.checker.transposes import bare, with_transpose
from verify_derivations.checker.vocabulary import Vocabulary
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import factors_of, items_of

_E = s.Symbol("e")
_TALL = (s.Fraction, s.BigOperator, s.Derivative, s.Cases, s.Matrix)


def restyled(node: s.Node, words: Vocabulary) -> s.Node:
    """The same expression, as the document would write it."""
    whole = node
    node = s.mapped(whole, lambda part: None if part is whole else restyled(part, words))
    match node:
        case s.Symbol():
            return words.fonts.get(node, node)
        case s.Scripted():
            return _kronecker(_with_layers(_with_transpose(node, words), words))
        case s.Call(s.Symbol("exp"), (argument,)) if words.writes_powers_of_e:
            return s.Scripted(_E, None, argument)
        case s.Call(s.Symbol("log")) if words.logarithm is not None:
            return replace(node, function=words.logarithm, large=_is_tall(node) or words.large_brackets)
        case s.Call() | s.Group():
            return replace(node, large=_is_tall(node) or words.large_brackets)
    return node


def _with_transpose(node: s.Scripted, words: Vocabulary) -> s.Node:
    plain = bare(node)
    return node if plain == node else with_transpose(plain, words.transpose)


def _with_layers(node: s.Node, words: Vocabulary) -> s.Node:
    """Layers in the brackets in which the document writes them, ``a^{[1]}``, or in none."""
    if not isinstance(node, s.Scripted) or node.sup is None or not words.layers_in:
        return node
    parts = tuple(_layer(part, words.layers_in) for part in factors_of(node.sup))
    return replace(node, sup=parts[0] if len(parts) == 1 else s.Product(parts, ("",) * (len(parts) - 1)))


def _layer(part: s.Node, brackets: str) -> s.Node:
    if not isinstance(part, s.Group) or part.kind != "(":
        return part
    return replace(part, kind="[") if brackets == "[" else part.body


def _kronecker(node: s.Node) -> s.Node:
    """``δ_{ij}`` without a comma between two letters."""
    if not isinstance(node, s.Scripted) or node.base != s.Symbol("\\delta") or node.sub is None:
        return node
    items = items_of(node.sub)
    plain = len(items) == 2 and all(isinstance(x, s.Symbol) for x in items)
    return replace(node, sub=s.Product(items, ("",))) if plain else node


def _is_tall(node: s.Node) -> bool:
    """Whether its brackets have to grow."""
    return any(isinstance(part, _TALL) for part in s.walk(node))
