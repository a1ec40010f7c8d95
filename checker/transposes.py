"""Transposes as documents write them: ``W^T``, ``W^{(l)T}``, ``X'``, ``A^{-T}``."""

from __future__ import annotations

from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import INVERSE, factors_of, is_inverse_transpose, is_transpose


def bare(node: s.Node) -> s.Node:
    """Without a transpose."""
    if isinstance(node, s.Scripted) and node.sup is not None:
        given = factors_of(node.sup)
        parts = [INVERSE if is_inverse_transpose(p) else p for p in given if not is_transpose(p)]
        if parts != list(given):
            return _with_superscripts(node, parts)
    return node


def like(node: s.Node, other: s.Node) -> s.Node:
    """``other`` with the transpose of ``node``."""
    assert isinstance(node, s.Scripted) and node.sup is not None
    sign = next(p for p in factors_of(node.sup) if is_transpose(p) or is_inverse_transpose(p))
    return with_transpose(other, sign.terms[0] if isinstance(sign, s.Sum) else sign)


def _with_superscripts(node: s.Scripted, parts: list[s.Node]) -> s.Node:
    if not parts:
        return node.base if node.sub is None and not node.primes else replace(node, sup=None)
    return replace(node, sup=parts[0] if len(parts) == 1 else s.Product(tuple(parts), ("",) * (len(parts) - 1)))


PRIME = s.Symbol("\\prime")


def with_transpose(node: s.Node, sign: s.Node) -> s.Node:
    if sign == PRIME:
        return replace(node, primes=1) if isinstance(node, s.Scripted) else s.Scripted(node, None, None, 1)
    if isinstance(node, s.Scripted):
        given = list(factors_of(node.sup)) if node.sup is not None else []
        if INVERSE in given:
            return _with_superscripts(node, [s.Sum(("-",), (sign,)) if p == INVERSE else p for p in given])
        return _with_superscripts(node, [*given, sign])
    return s.Scripted(node, None, sign)
