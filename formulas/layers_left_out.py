"""The layer that a gradient leaves out: ``\\delta^L = \\nabla_a C \\odot \\sigma'(z^L)`` is by ``a^L``, where below
derivatives only ``a`` is without a layer."""

from __future__ import annotations

from collections.abc import Iterable

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, factors_of, is_transpose, names_in


def without_layers(trees: Iterable[s.Node]) -> dict[str, frozenset[s.Node]]:
    """The names by which one differentiates without a layer and that have one everywhere else; and their layers."""
    bare, layers, by = set[str](), dict[str, set[s.Node]](), set[str]()
    for tree in trees:
        variables = {id(x) for x in map(_variable, s.walk(tree)) if x is not None}
        for name in names_in(tree):
            base = base_of(name) or ""
            if id(name) in variables:
                by.add(base)
            elif (layer := _layer(name)) is not None:
                layers.setdefault(base, set()).add(layer)
            elif not _is_another(name):
                bare.add(base)
    return {base: frozenset(layers[base]) for base in by & layers.keys() - bare}


def with_layer(tree: s.Node, names: dict[str, frozenset[s.Node]]) -> s.Node:
    """In an equation for what is of a layer, of others of that layer only, gradients are those by what is of it."""

    def new(part: s.Node) -> s.Node | None:
        if not isinstance(part, s.Relation) or (layer := _layer(part.sides[0])) is None:
            return None
        others = {_layer(name) for side in part.sides[1:] for name in names_in(side)} - {None}
        return s.mapped(part, lambda x: _by(x, layer, names)) if others == {layer} else None

    return s.mapped(tree, new)


def _variable(node: s.Node) -> s.Node | None:
    match node:
        case s.Nabla(variable=s.Symbol() as variable) | s.Derivative(denominators=(s.Symbol() as variable,)):
            return variable
    return None


def _by(node: s.Node, layer: s.Node, names: dict[str, frozenset[s.Node]]) -> s.Node | None:
    variable = _variable(node)
    if variable is None or layer not in names.get(base_of(variable) or "", frozenset()):
        return None
    told = s.Scripted(variable, None, layer)
    return s.mapped(node, lambda x: told if x is variable else None)


def _is_another(name: s.Node) -> bool:
    """``a_{in}``, beside the entries ``a_j``."""
    sub = name.sub if isinstance(name, s.Scripted) else None
    return isinstance(sub, s.Text | s.Label) or isinstance(sub, s.Symbol) and len(sub.name.lstrip("\\")) > 1


def _layer(name: s.Node) -> s.Node | None:
    """What stands above a name and is no number, nor the sign of a transpose; of several, all as they stand there."""
    if not isinstance(name, s.Scripted) or name.sup is None:
        return None
    above = [x for x in factors_of(name.sup) if not is_transpose(x)]
    if len(above) != 1:
        return name.sup if above else None
    inner = above[0].body if isinstance(above[0], s.Group) else above[0]
    return above[0] if isinstance(inner, s.Symbol | s.Sum) else None
