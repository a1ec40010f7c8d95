"""Densities that a document defines: of ``p(y \\mid x, w) = σ(w^\\top x)^y …`` the bar is a comma, where p is nothing
else; ``\\mathcal{N}(x_i \\mid m_k, s_k^2)`` is written out by the definition of ``\\mathcal{N}(x \\mid m, s^2)``.

The letters of such a definition are its own, unless it is taken of them everywhere. A p is named by its arguments:
``p(z \\mid x)`` is another one than ``p(x \\mid z)``, but ``p(x_i \\mid z_i)`` is that of one example, and
``P(y = c \\mid x)`` beside ``P(y = k \\mid x) = …`` that of another value, where k is an index there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import base_of, name_of, plain

BAR = "\\mid"
_OF_INDICES = ("p", "P", "q", "Q", "\\pi", "\\Pr")  # of these also ``π(a)`` is one where a is an index
_LOGARITHMS = ("log", "ln", "\\log", "\\ln")


@dataclass(frozen=True)
class Density:
    """``function(arguments) = value`` with a bar behind the argument with the number ``bar``."""

    function: s.Node
    bar: int
    arguments: tuple[s.Node, ...]
    value: s.Node


def densities(trees: Iterable[s.Node]) -> dict[s.Node, list[Density]]:
    """Those that equations define, by their functions; not of an index where another equation says what one value of
    it is, ``P(y = 1 \\mid x) = σ(w^\\top x)``."""
    found: dict[s.Node, list[Density]] = {}
    one_value = set[s.Node]()
    for node in (n for tree in trees for n in s.walk(tree) if isinstance(n, s.Relation)):
        density = _density(node)
        if density is not None and density not in found.setdefault(density.function, []):
            found[density.function].append(density)
        left = node.sides[0]
        flat = _flat(left, values=True) if isinstance(left, s.Call) and node.relations[0] in s.EQUALS else None
        if isinstance(left, s.Call) and flat is not None and any(isinstance(x, s.Number) for x in flat[1]):
            one_value.add(plain(left.function))
    return {f: [x for x in each if f not in one_value or not _letters(x)] for f, each in found.items()}


def has_bars(trees: Iterable[s.Node]) -> bool:
    """Whether something stands behind a bar."""
    return any(isinstance(n, s.Relation) and BAR in n.relations for tree in trees for n in s.walk(tree))


def of_one_kind(trees: Sequence[s.Node], known: Mapping[s.Node, Sequence[Density]]) -> frozenset[s.Node]:
    """The functions that equations define, perhaps by their logarithms, and that are always taken of the same."""
    nodes = [n for tree in trees for n in s.walk(tree)]
    calls: dict[s.Node, set[object]] = {}
    for call in (n for n in nodes if isinstance(n, s.Call)):
        calls.setdefault(plain(call.function), set()).add(_flat(call))
    relations = [n for n in nodes if isinstance(n, s.Relation) and n.relations[0] in s.EQUALS]
    lefts = [_inside(n.sides[0]) for n in relations]
    defined = {plain(x.function) for x in lefts if isinstance(x, s.Call)}
    once = {function for function, each in calls.items() if len(each) == 1 and None not in each}
    return frozenset(f for f in once & defined if len(known.get(f, ())) < 2)


def with_commas(tree: s.Node, functions: frozenset[s.Node]) -> s.Node:
    """The tree with commas for the bars of such functions."""

    def new(node: s.Node) -> s.Node | None:
        if not isinstance(node, s.Call) or plain(node.function) not in functions:
            return None
        flat = _flat(node)
        return s.Call(node.function, flat[1], node.bracket, span=node.span) if flat is not None else None

    return s.mapped(tree, new)


def written_out(tree: s.Node, known: Mapping[s.Node, Density]) -> s.Node:
    """The tree with the values of densities in their places; what it defines is a text, or where it is one of an index
    a list of its own, that is not used: its equation still says how many there are."""

    def new(node: s.Node) -> s.Node | None:
        if isinstance(node, s.Relation) and (found := _density(node)) is not None:
            return _listed(found, node) if known.get(found.function) == found else None
        density = known.get(plain(node.function)) if isinstance(node, s.Call) else None
        if not isinstance(node, s.Call) or density is None:
            return None
        value = _value(density, node)
        return s.Group("(", s.mapped(value, new), span=node.span) if value is not None else None

    return s.mapped(tree, new)


def _letters(density: Density) -> tuple[s.Node, ...]:
    """The arguments that are indices."""
    return tuple(x for x in density.arguments if _is_index(x, density.value))


def _listed(density: Density, node: s.Relation) -> s.Node:
    """``\\tilde p_o = …`` for ``p(o \\mid c) = …`` where o is an index."""
    letters = _letters(density)
    symbol = density.function.base if isinstance(density.function, s.Scripted) else density.function  # π of π_θ
    if not letters or not isinstance(symbol, s.Symbol) or symbol.accent or len(node.sides) > 2:
        return s.Text("", span=node.span)
    sub = letters[0] if len(letters) == 1 else s.Sequence(letters)
    left = s.Scripted(replace(symbol, accent="\\tilde"), sub, span=node.sides[0].span)
    return replace(node, sides=(left, *node.sides[1:]))


def _density(node: s.Relation) -> Density | None:
    left = node.sides[0]
    if node.relations[0] not in s.EQUALS or not isinstance(left, s.Call):
        return None
    flat, function = _flat(left, values=True), plain(left.function)
    if flat is None or not all(_root(x) is not None for x in flat[1]):
        return None
    roots = [_root(x) for x in flat[1]]
    inside = (n for n in s.walk(node.sides[1]) if isinstance(n, s.Call))
    if len(set(roots)) < len(roots) or any(plain(n.function) == function for n in inside):
        return None
    if flat[0] == len(flat[1]) and not any(_is_index(x, node.sides[1]) for x in flat[1]):
        return None
    return Density(function, flat[0], flat[1], node.sides[1])


def _flat(call: s.Call, values: bool = False) -> tuple[int, tuple[s.Node, ...]] | None:
    """The arguments, and behind which the bar stands; none where there is not one bar. With ``values`` also the k of
    ``y = k``, behind the y."""
    found: list[s.Node] = []
    bars: list[int] = []
    for argument in call.arguments:
        if isinstance(argument, s.Relation) and argument.relations.count(BAR) == 1 and (
            len(argument.relations) == 1 or values and {*argument.relations} <= {BAR, "="}):  # fmt: skip
            bars.append(len(found) + argument.relations.index(BAR) + 1)
            found += argument.sides
        else:
            found.append(argument)
    flat = tuple(x for y in found for x in (y.items if isinstance(y, s.Sequence) else (y,)))
    if not bars and values and base_of(call.function) in _OF_INDICES:
        return len(flat), flat
    return (bars[0], flat) if len(bars) == 1 else None


def _inside(left: s.Node) -> s.Node:
    """``p(a)`` of ``\\log p(a)``."""
    logarithm = isinstance(left, s.Call) and base_of(left.function) in _LOGARITHMS and len(left.arguments) == 1
    return left.arguments[0] if isinstance(left, s.Call) and logarithm else left


def _root(argument: s.Node) -> s.Node | None:
    """The s of a parameter ``s`` or ``s^2``."""
    if isinstance(argument, s.Scripted) and argument.sup == s.Number("2") and not argument.primes:
        argument = argument.base if argument.sub is None else s.Scripted(argument.base, argument.sub, None)
    plain_name = isinstance(argument, s.Symbol) or isinstance(argument, s.Scripted) and argument.sup is None
    return argument if plain_name and not (isinstance(argument, s.Scripted) and argument.primes) else None


def _value(density: Density, call: s.Call) -> s.Node | None:
    """What a density is of the arguments of a call."""
    flat = _flat(call, values=True)
    if flat is None or (flat[0], len(flat[1])) != (density.bar, len(density.arguments)):
        return None
    pairs = list(zip(density.arguments, flat[1], strict=True))
    others = [(a, b) for a, b in pairs if base_of(a) != base_of(b) or base_of(a) is None]
    parameters = {base_of(a) for a in density.arguments}
    at_index = all(_is_index(a, density.value) and isinstance(b, s.Symbol | s.Number) for a, b in others)
    at_index &= parameters.isdisjoint(base_of(b) for _, b in others)  # p(c | o) is none of p(o | c)
    if not at_index and not _is_distribution(density.function):
        return None
    put: dict[s.Node, s.Node] = {}
    for parameter, argument in pairs:
        if plain(parameter) == plain(argument):
            continue
        root, own = _root(parameter), _root(argument)
        assert root is not None
        squares = isinstance(parameter, s.Scripted) and parameter.sup is not None
        if not isinstance(root, s.Symbol):
            return None
        if squares and own is not None and own != argument:
            put[root] = own
        elif squares and not _only_in(density.value, root, parameter):
            return None
        else:
            put[parameter if squares else root] = _grouped(argument)
    body = _apart(density.value, {x for value in put.values() for x in s.walk(value)})
    nodes = [*s.walk(body)]
    bound = {x for n in nodes if isinstance(n, s.BigOperator) and n.lower is not None for x in s.walk(n.lower)}
    members = any(isinstance(n, s.Scripted) and n.sub is not None and n.base in put for n in nodes)
    if members or any(x in bound for value in put.values() for x in s.walk(value) if isinstance(x, s.Symbol)):
        return None
    return s.mapped(body, put.get)


def _is_index(letter: s.Node, value: s.Node) -> bool:
    """Whether a letter stands in subscripts of a value, and nowhere else."""
    inside = sum(x == letter for n in s.walk(value) if isinstance(n, s.Scripted) and n.sub is not None
                 for x in s.walk(n.sub))  # fmt: skip
    return isinstance(letter, s.Symbol) and 0 < inside == sum(x == letter for x in s.walk(value))


def _apart(value: s.Node, names: Set[s.Node]) -> s.Node:
    """A value with other letters in sums over such as stand in what is put into it."""
    lowers = [n.lower for n in s.walk(value) if isinstance(n, s.BigOperator) and n.lower is not None]
    letters = {x for lower in lowers for x in s.walk(lower) if isinstance(x, s.Symbol) and not x.accent} & names

    def new(part: s.Node) -> s.Node | None:
        return replace(part, accent="\\tilde") if isinstance(part, s.Symbol) and part in letters else None

    return s.mapped(value, new) if letters else value


def _is_distribution(function: s.Node) -> bool:
    """``\\mathcal{N}``, ``Poisson``: what is named by itself, not by its arguments."""
    if not isinstance(function, s.Symbol | s.Scripted):
        return False
    symbol = function.base if isinstance(function, s.Scripted) else function
    return isinstance(symbol, s.Symbol) and (len(name_of(symbol).lstrip("\\")) > 1 and name_of(symbol) != "\\pi"
                                             or symbol.name in ("N", "B"))  # fmt: skip


def _only_in(value: s.Node, root: s.Node, square: s.Node) -> bool:
    """Whether a name stands in a value only in its square."""
    if value == square:
        return True
    return value != root and all(_only_in(x, root, square) for x in s.children(value))


def _grouped(node: s.Node) -> s.Node:
    bare = isinstance(node, s.Symbol | s.Number | s.Group) or isinstance(node, s.Scripted) and node.sup is None
    return node if bare else s.Group("(", node, span=node.span)
