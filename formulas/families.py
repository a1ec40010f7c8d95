"""Families of functions in whose definitions the index is a number, ``φ_k(x) = x^k``, or which are summed over it,
``Σ_j w_j φ_j(x)`` of ``φ_j(x) = exp(-(x - c_j)^2)``.

Such a k is no name of the function: it is another one in each summand of ``Σ_k w_k φ_k(x)``. So their values are read
as what they are, ``Σ_k w_k x^k``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, items_of
from verify_derivations.formulas.symbols import CUSTOMARY


@dataclass(frozen=True)
class Family:
    """``base_letters(arguments) = value``."""

    base: s.Node
    letters: tuple[s.Symbol, ...]
    arguments: tuple[s.Node, ...]
    value: s.Node

    @property
    def of_numbers(self) -> bool:
        """Whether an index is a number in the value."""
        return any(_is_number(self.value, letter) for letter in self.letters)

    @property
    def is_plain(self) -> bool:
        """Whether nothing in the value binds letters, which another index might be."""
        return not any(isinstance(node, s.BigOperator) for node in s.walk(self.value))


def families(trees: Iterable[s.Node]) -> dict[s.Node, list[Family]]:
    """Those that formulas define, by the base of their name."""
    found: dict[s.Node, list[Family]] = {}
    nodes = [n for tree in trees for n in s.walk(tree)]
    summed = {base for n in nodes if isinstance(n, s.BigOperator) and n.lower is not None for base in _summed(n)}
    for node in nodes:
        family = _family(node) if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS else None
        if family is not None and not family.of_numbers and family.base not in summed:
            continue
        if family is not None and family not in found.setdefault(family.base, []):
            found[family.base].append(family)
    return found


def unreadable(trees: Iterable[s.Node], known: Mapping[s.Node, Sequence[Family]]) -> set[s.Node]:
    """The bases of families that are not to be written out: with two definitions, of sums, or with derivatives at
    other places than their variables."""
    nodes = [n for tree in trees for n in s.walk(tree)]
    bound = {x for n in nodes if isinstance(n, s.BigOperator) and n.lower is not None for x in s.walk(n.lower)}
    indices: dict[s.Node, set[tuple[s.Node, ...]]] = {}
    for node in nodes:
        if isinstance(node, s.Scripted) and node.sub is not None:
            indices.setdefault(node.base, set()).add(items_of(node.sub))
    found = {
        base for base, every in known.items() if len(every) > 1
        or not every[0].is_plain and (indices[base] != {every[0].letters} or bound & {*every[0].letters})
    }  # fmt: skip  # E_k(w) = k Σ_n … that is never another one is only called so
    for node in nodes:
        function = node.function if isinstance(node, s.Call) else None
        if isinstance(node, s.Call) and isinstance(function, s.Scripted) and function.primes:
            family = known.get(function.base, [None])[0]
            if family is not None and (function.primes > 1 or node.arguments != family.arguments):
                found.add(family.base)
    return found


def written_out(tree: s.Node, known: Mapping[s.Node, Family]) -> s.Node:
    """A formula with the values of such functions in their places, but for what it defines."""

    def new(node: s.Node) -> s.Node | None:
        if isinstance(node, s.Relation) and (family := _family(node)) is not None and known.get(family.base) == family:
            sides = (node.sides[0], *(s.mapped(side, new) for side in node.sides[1:]))
            return node if sides == node.sides else s.Relation(sides, node.relations, span=node.span)
        function = node.function if isinstance(node, s.Call) else None
        if not isinstance(node, s.Call) or not isinstance(function, s.Scripted):
            return None
        found, indices = known.get(function.base), items_of(function.sub) if function.sub is not None else ()
        if found is None or function.sup is not None or len(indices) != len(found.letters):
            return None
        if len(node.arguments) != len(found.arguments):
            return None
        arguments = tuple(s.mapped(x, new) for x in node.arguments)
        names = (*found.letters, *found.arguments)
        values = {name: _grouped(x) for name, x in zip(names, (*indices, *arguments), strict=True)}
        value = s.Group("(", s.mapped(found.value, values.get), span=node.span)
        return s.Derivative(value, node.arguments, "d", span=node.span) if function.primes else value

    return s.mapped(tree, new)


def _family(node: s.Relation) -> Family | None:
    left, value, *_ = (*node.sides, None)
    function = left.function if isinstance(left, s.Call) else None
    if not isinstance(left, s.Call) or not isinstance(function, s.Scripted) or function.sub is None or value is None:
        return None
    indices = items_of(function.sub)
    letters = tuple(x for x in indices if isinstance(x, s.Symbol) and len(x.name) == 1 and x.name.islower())
    bare = all(isinstance(x, s.Symbol) for x in left.arguments) and not {*letters} & {*left.arguments}
    if function.sup is not None or function.primes or len(letters) != len(indices) or not bare:
        return None
    found = Family(function.base, letters, tuple(left.arguments), value)
    of_data = base_of(function.base) in CUSTOMARY and not {*letters}.isdisjoint(s.walk(value))
    return found if found.of_numbers or of_data else None


def _summed(node: s.BigOperator) -> set[s.Node]:
    """The functions that are summed over their index."""
    letters = {*s.walk(node.lower)} if node.lower is not None else set()
    calls = (x.function for x in s.walk(node.body) if isinstance(x, s.Call) and isinstance(x.function, s.Scripted))
    return {x.base for x in calls if x.sub is not None and not letters.isdisjoint(items_of(x.sub))}


def _is_number(node: s.Node, letter: s.Symbol) -> bool:
    """Whether a letter stands in a value not only as an index."""
    if node == letter:
        return True
    inner = [x for x in s.children(node) if not (isinstance(node, s.Scripted) and x is node.sub)]
    return any(_is_number(x, letter) for x in inner)


def _grouped(node: s.Node) -> s.Node:
    return node if isinstance(node, s.Symbol | s.Number | s.Group) else s.Group("(", node, span=node.span)
