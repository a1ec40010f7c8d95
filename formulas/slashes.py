"""``1/2m \\sum``, ``(x - \\mu)^2/2\\sigma^2``: how far what is divided by reaches.

From left to right they are m/2 and σ²(x - μ)²/2, which nobody writes so. What stands close behind a number below a
slash, ``2m``, belongs to it: behind a number above, ``1/2m``, where it is a size (``1/2x^2`` is half of x²), and behind
anything else up to the end of the product.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Set

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of

_CLOSE = re.compile(r"/\s*\d+(?P<name>\\?[A-Za-z]+)")


def sizes_in(trees: Collection[s.Node]) -> frozenset[str]:
    """The letters to which a sum runs, or that stand in a stated shape."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    ends = [x for node in nodes if isinstance(node, s.BigOperator) and (x := node.upper) is not None]
    ends += [x for node in nodes if isinstance(node, s.Space) for x in node.extents]
    return frozenset(x.name for end in ends for x in s.walk(end) if isinstance(x, s.Symbol))


def close_names(latex: str) -> frozenset[str]:
    """The m of ``1/2m``, not of ``1/2 m``."""
    return frozenset(m["name"] if m["name"][0] == "\\" else m["name"][0] for m in _CLOSE.finditer(latex))


def with_divisors(tree: s.Node, close: Set[str], sizes: Set[str]) -> s.Node:
    """The tree with brackets around what is divided by; the same object where none are missing."""

    def new(node: s.Node) -> s.Node | None:
        if not isinstance(node, s.Product) or "/" not in node.operators:
            return None
        k = node.operators.index("/")
        end = _end_of_divisor(node, k + 1, close, sizes)
        if end == k + 2 or node.operators.count("/") > 1:
            return None
        inner = s.Product(node.factors[k + 1 : end], node.operators[k + 1 : end - 1])
        factors = (*node.factors[: k + 1], s.Group("(", inner), *node.factors[end:])
        rest = s.Product(factors, (*node.operators[: k + 1], *node.operators[end - 1 :]), span=node.span)
        return s.mapped(rest, new)

    return s.mapped(tree, new)


def _end_of_divisor(node: s.Product, start: int, close: Set[str], sizes: Set[str]) -> int:
    """Where what is divided by ends that begins with the factor at ``start``."""
    factors, operators = node.factors, node.operators
    end = start + 1
    if not isinstance(factors[start], s.Number) or end >= len(factors) or base_of(factors[end]) not in close:
        return end
    by_numbers = all(isinstance(x, s.Number) for x in factors[:start])
    while end < len(factors) and operators[end - 1] == "" and isinstance(factors[end], s.Symbol | s.Scripted):
        if by_numbers and base_of(factors[end]) not in sizes:
            break
        end += 1
    return end if by_numbers or end == len(factors) else start + 1
