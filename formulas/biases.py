"""``w_0 + w^T x``, ``w_0 + \\sum_{i=1}^n w_i x_i``: a name with the subscript 0 that is no entry of the vector w.
Nor is a data point in ``\\|x - x_0\\|^2`` one of x."""

from __future__ import annotations

from collections.abc import Sequence

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.ranges import bounded, is_range
from verify_derivations.formulas.scripts import base_of, items_of

ZERO = s.Number("0")


def with_a_bias(nodes: Sequence[s.Node]) -> set[str]:
    """The vectors, by their bases, beside which a number or a point has the subscript 0, also elsewhere than in claims.
    Where something counts from 0, or an index of the vector is shifted, that is one of its entries or members."""
    if any(map(_from_zero, nodes)):
        return set()
    vectors = {
        base_of(item) for node in nodes
        if isinstance(node, s.Relation) and isinstance(node.sides[-1], s.Space)
        and len([n for n in node.sides[-1].extents if n != s.Number("1")]) == 1
        for item in (node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],))
        if isinstance(item, s.Symbol)
    }  # fmt: skip
    vectors |= {base for node in nodes if isinstance(node, s.BigOperator) for base in _summed_from_one(node)}
    vectors |= {base for node in nodes if isinstance(node, s.Sum) for base in _beside_itself(node)}
    scripted = [x for x in nodes if isinstance(x, s.Scripted) and x.sub is not None]
    shifted = {base_of(x) for x in scripted if any(isinstance(i, s.Sum) for i in items_of(x.sub or ZERO))}
    introduced = (
        base_of(x) for node in nodes if isinstance(node, s.Relation) for x in s.walk(node)
        if isinstance(x, s.Scripted) and x.sub == ZERO
        and not any(isinstance(n, s.Derivative | s.Nabla) for n in s.walk(node))
    )  # fmt: skip
    return {base for base in introduced if base is not None and base in vectors - shifted}


def _summed_from_one(node: s.BigOperator) -> set[str | None]:
    """The w of ``\\sum_{i=1}^n w_i x_i``."""
    match node.lower:
        case s.Relation(sides=(s.Symbol() as letter, s.Number("1")), relations=("=",)):
            return {base_of(x) for x in s.walk(node.body) if isinstance(x, s.Scripted) and x.sub == letter}
    return set()


def _beside_itself(node: s.Sum) -> set[str | None]:
    """The x of ``x - x_0``, which are alike."""
    alone = {base_of(x) for x in node.terms if isinstance(x, s.Symbol)}
    return {base_of(x) for x in node.terms if isinstance(x, s.Scripted) and x.sub == ZERO} & alone


def _from_zero(node: s.Node) -> bool:
    if isinstance(node, s.Sequence) and len(node.items) > 1 and isinstance(node.items[0], s.Scripted):  # [w_0, w_1]
        return node.items[0].sub == ZERO
    if isinstance(node, s.BigOperator) and node.lower is not None:
        items = node.lower.items if isinstance(node.lower, s.Sequence) else (node.lower,)
        return any(isinstance(x, s.Relation) and ZERO in x.sides for x in items)
    if not isinstance(node, s.Relation):
        return False
    return is_range(node) and ZERO in s.children(node.sides[-1]) or bounded(node) is not None and node.sides[0] == ZERO
