"""Functions of which a value has the name: beside ``φ_n = φ(x_n)``, the φ that is applied is another name than the
φ that has subscripts. Else φ would be a function and a quantity.

The function gets an accent that the document does not use for it. What is defined as a function, ``φ(x) = …``, does
not need it: its name and what it is applied to are told apart where definitions are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from verify_derivations.formulas import syntax as s

ACCENTS = ("\\tilde", "\\hat", "\\bar", "\\check", "\\breve")


def named_values(trees: Iterable[s.Node]) -> dict[s.Symbol, s.Symbol]:
    """The functions of which values bear the name, each with the name that it gets."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    found = dict.fromkeys(name for node in nodes for name in _functions(node))
    if not found:
        return {}
    equations = [x for x in nodes if isinstance(x, s.Relation) and x.relations[0] not in ("\\in", ":")]
    defined = {_name(x.sides[0].function) for x in equations if isinstance(x.sides[0], s.Call)}
    used = {x for x in nodes if isinstance(x, s.Symbol)}
    other_than = {id(x.function) for x in nodes if isinstance(x, s.Call)}
    other_than |= {id(x.base) for x in nodes if isinstance(x, s.Scripted)}
    other_than |= {id(x.sides[0]) for x in nodes if isinstance(x, s.Relation) and x.relations[0] == ":"}
    alone = {x for x in nodes if isinstance(x, s.Symbol) and id(x) not in other_than}  # L beside L_i = L(y_i)
    named = dict[s.Symbol, s.Symbol]()
    for name in (x for x in found if x not in defined | alone):
        accents = (s.Symbol(name.name, accent, name.font) for accent in ACCENTS if not name.accent)
        other = next((x for x in accents if x not in used), None)
        named |= {name: other} if other is not None else {}
    return named


def apart(tree: s.Node, names: Mapping[s.Symbol, s.Symbol]) -> s.Node:
    """The tree with each such function under its name."""

    def new(part: s.Node) -> s.Node | None:
        name = _name(part.function) if isinstance(part, s.Call) else None
        if isinstance(part, s.Call) and name is not None and name in names:
            function = s.mapped(part.function, lambda x: names[name] if x == name else None)
            inner = tuple(s.mapped(x, new) for x in part.arguments)
            return s.Call(function, inner, part.bracket, part.large, span=part.span)
        if isinstance(part, s.Relation) and part.relations[0] == ":" and isinstance(part.sides[0], s.Symbol):
            first = names.get(part.sides[0], part.sides[0])
            return s.Relation((first, *part.sides[1:]), part.relations, span=part.span)
        return None

    return s.mapped(tree, new)


def _functions(node: s.Node) -> Iterator[s.Symbol]:
    """The φ of an equation ``φ_n = φ(x_n)``, but not the x of ``x_t = x(t)``."""
    if not isinstance(node, s.Relation) or node.relations[0] not in s.EQUALS:
        return
    left, right = node.sides[:2]
    function = right.function if isinstance(right, s.Call) else None
    if not isinstance(function, s.Symbol) or not isinstance(left, s.Scripted) or left.base != function:
        return
    letters = [x for x in s.walk(left.sub) if isinstance(x, s.Symbol)] if left.sub is not None else []
    inside = [*s.walk(right)]
    direct = right.arguments if isinstance(right, s.Call) else ()
    if left.sup is None and letters and all(x in inside and x not in direct for x in letters):
        yield function


def _name(function: s.Node) -> s.Symbol | None:
    """Of f or f', but not of the f_k that is one of a family."""
    if isinstance(function, s.Scripted) and function.sub is None and function.sup is None:
        function = function.base
    return function if isinstance(function, s.Symbol) else None
