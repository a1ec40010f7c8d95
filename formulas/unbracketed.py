"""Sums without their brackets: ``\\ell = \\sum_n y_n \\log p_n + (1 - y_n) \\log (1 - p_n)``.

A sum ends with its product. Where the terms right behind it have its index, and nothing else in the formula has it, the
formula has a meaning only if the sum goes on to the last of them. (In a definition of members, ``z_i = \\sum_j w_j +
b_j``, an index may be wrong instead: that is left as it is.)
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.pairs import stands
from verify_derivations.formulas.scripts import items_of


def with_brackets(tree: s.Node) -> s.Node:
    """A formula with the brackets that its sums lack; the same object where they lack none."""
    sums = (node for node in s.walk(tree) if isinstance(node, s.BigOperator) and node.operator == "\\sum")
    for letter in sorted({letter for node in sums for letter in _own(node)}):
        if stands(tree, letter) and not _stands_bare(tree, letter):
            longer = s.mapped(tree, partial(_longer, letter))
            tree = tree if stands(longer, letter) else longer
    return tree


def _own(node: s.Node) -> set[str]:
    """The letters that a sum, or a product, goes over: of ``\\sum_{j \\neq i}`` j alone, for i is given."""
    if not isinstance(node, s.BigOperator) or node.lower is None:
        return set()
    firsts = (item.sides[0] if isinstance(item, s.Relation) else item for item in items_of(node.lower))
    return {x.name for first in firsts for x in items_of(first) if isinstance(x, s.Symbol)}


def _of_members(equation: s.Relation) -> bool:
    left = equation.sides[0]
    scripts = (left.sub, left.sup) if isinstance(left, s.Scripted) else ()
    names = (x.name for script in scripts if script is not None for x in s.walk(script) if isinstance(x, s.Symbol))
    slopes = any(isinstance(x, s.Derivative | s.Nabla) for x in s.walk(equation))
    return not slopes and any(len(name) == 1 and name.islower() for name in names)


def _longer(letter: str, node: s.Node) -> s.Node | None:
    """A sum of terms in which those behind a sum over the letter are in its body."""
    if isinstance(node, s.Relation) and _of_members(node):
        return node
    if not isinstance(node, s.Sum):
        return None
    having = [k for k, term in enumerate(node.terms) if stands(term, letter)]
    if not having or having[0] == 0 or having != [*range(having[0], having[-1] + 1)]:
        return None  # also what stands between them may be meant to be in it
    first, behind = having[0] - 1, having[-1] + 1
    longer = _extended(node.terms[first], letter, node.signs[having[0] : behind], node.terms[having[0] : behind])
    if longer is None:
        return None
    terms = (*node.terms[:first], longer, *node.terms[behind:])
    signs = (*node.signs[: first + 1], *node.signs[behind:])
    return longer if signs == ("+",) else s.Sum(signs, terms, span=node.span)


def _extended(term: s.Node, letter: str, signs: tuple[str, ...], terms: tuple[s.Node, ...]) -> s.Node | None:
    """A term that ends with a sum over the letter, with more in the body of that."""
    if isinstance(term, s.Product):
        last = _extended(term.factors[-1], letter, signs, terms)
        return None if last is None else replace(term, factors=(*term.factors[:-1], last))
    if not isinstance(term, s.BigOperator) or term.operator != "\\sum":
        return None
    if letter not in _own(term):
        deeper = _extended(term.body, letter, signs, terms)
        return None if deeper is None else replace(term, body=deeper)
    body = term.body
    own = (body.signs, body.terms) if isinstance(body, s.Sum) else (("+",), (body,))
    return replace(term, body=s.Group("(", s.Sum((*own[0], *signs), (*own[1], *terms)), True))


def _stands_bare(tree: s.Node, letter: str) -> bool:
    """Whether a letter stands outside of the sums over it, and not as an index: it may be a number, too."""
    if letter in _own(tree):
        return False
    if isinstance(tree, s.Symbol):
        return tree.name == letter
    return any(_stands_bare(x, letter) for x in ((tree.base,) if isinstance(tree, s.Scripted) else s.children(tree)))
