"""Functions that a document defines by their logarithms: ``\\log p(a) = E`` is ``p(a) = \\exp(E)``, where nothing else
says what p is. So are names by their links: ``\\log μ_i = η_i`` says that ``μ_i = \\exp(η_i)``, and
``\\log \\frac{p}{1 - p} = η`` that ``p = 1 / (1 + \\exp(-η))``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, names_in, plain

_LOGARITHMS = ("log", "ln")


def by_logarithms(trees: Iterable[s.Node]) -> frozenset[s.Node]:
    """The functions of which one equation gives the logarithm, and none the value."""
    trees = list(trees)
    relations = [relation for tree in trees for relation in _equations(tree)]
    lefts = [relation.sides[0] for relation in relations]
    names = [plain(function) for left in lefts if (function := _below(left)) is not None]
    known = {plain(left) for left in lefts} | _parameters(trees, relations)
    open_ = [_below(r.sides[0]) for r in relations if any(_has_a_constant(side, known) for side in r.sides[1:])]
    otherwise = {plain(left.function if isinstance(left, s.Call) else left) for left in lefts}
    return frozenset(name for name in names if names.count(name) == 1) - otherwise - {plain(x) for x in open_ if x}


def without_logarithms(tree: s.Node, functions: Collection[s.Node]) -> s.Node:
    """The tree with the values of the functions in their definitions; the same object where it has none."""

    def new(node: s.Node) -> s.Node | None:
        left = node.sides[0] if isinstance(node, s.Relation) and set(node.relations) == {"="} else None
        function = _below(left) if left is not None else None
        if function is None or plain(function) not in functions:
            return None
        assert isinstance(node, s.Relation) and isinstance(left, s.Call)
        values = (s.Call(s.Symbol("\\exp"), (side,), "(", span=side.span) for side in node.sides[1:])
        return s.Relation((left.arguments[0], *values), node.relations, span=node.span)

    return s.mapped(tree, new)


def by_links(trees: Iterable[s.Node]) -> frozenset[s.Node]:
    """The bases of names of which one equation gives the logarithm, or that of the odds, and none the value."""
    relations = [relation for tree in trees for relation in _equations(tree)]
    linked = [left for relation in relations if (left := _linked(relation)) is not None]
    names = [base_of(name) for name, _ in linked]
    defined = {base_of(x.function if isinstance(x, s.Call) else x) for r in relations for x in r.sides[:1]}
    return frozenset(s.Symbol(x) for x in names if x is not None and names.count(x) == 1 and x not in defined)


def without_links(tree: s.Node, names: Collection[s.Node]) -> s.Node:
    """The tree with what those names are; the same object where it says that of none."""
    bases = {base_of(name) for name in names}

    def new(node: s.Node) -> s.Node | None:
        found = _linked(node) if isinstance(node, s.Relation) else None
        if found is None or base_of(found[0]) not in bases:
            return None
        assert isinstance(node, s.Relation)
        return s.Relation((found[0], *map(found[1], node.sides[1:])), node.relations, span=node.span)

    return s.mapped(tree, new)


def _linked(relation: s.Relation) -> tuple[s.Node, Callable[[s.Node], s.Node]] | None:
    """The name of which an equation gives the logarithm or that of its odds, and the inverse of the link."""
    left = relation.sides[0]
    if set(relation.relations) != {"="} or not isinstance(left, s.Call) or len(left.arguments) != 1:
        return None
    inner = left.arguments[0]
    inner = inner.body if isinstance(inner, s.Group) else inner
    name, inverse = inner, _exponential
    if base_of(left.function) == "logit":
        inverse = _logistic
    elif to_latex(left.function).lstrip("\\") not in _LOGARITHMS:
        return None
    elif isinstance(inner, s.Fraction):
        name, inverse = inner.numerator, _logistic
        rest = inner.denominator.body if isinstance(inner.denominator, s.Group) else inner.denominator
        if rest != s.Sum(("+", "-"), (s.Number("1"), name)):
            return None
    plain_name = isinstance(name, s.Symbol) or isinstance(name, s.Scripted) and name.sup is None and not name.primes
    inside = (x for side in relation.sides[1:] for x in names_in(side))
    return (name, inverse) if plain_name and all(base_of(x) != base_of(name) for x in inside) else None


def _exponential(value: s.Node) -> s.Node:
    return s.Call(s.Symbol("\\exp"), (value,), "(", span=value.span)


def _logistic(value: s.Node) -> s.Node:
    one, negative = s.Number("1"), s.Sum(("-",), (s.Group("(", value),))
    return s.Fraction(one, s.Sum(("+", "+"), (one, s.Call(s.Symbol("\\exp"), (negative,), "("))), span=value.span)


def _has_a_constant(value: s.Node, known: Collection[s.Node]) -> bool:
    """``… + C``, ``… - \\log Z``: what is added and nothing defines may be what normalizes a density."""
    return any(isinstance(x, s.Symbol | s.Scripted | s.Text) and plain(x) not in known for x in _added(value))


def _added(value: s.Node) -> tuple[s.Node, ...]:
    terms = value.terms if isinstance(value, s.Sum) else ()
    logs = [x for x in terms if isinstance(x, s.Call) and to_latex(x.function).lstrip("\\") in _LOGARITHMS]
    return *terms, *(a for x in logs for a in x.arguments)


def _parameters(trees: Sequence[s.Node], relations: Sequence[s.Relation]) -> set[s.Node]:
    """What one differentiates by, and what stands in an equation not only as a summand: the σ of
    ``-x²/σ² - \\log σ``."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    found = {plain(x) for node in nodes if isinstance(node, s.Derivative) for x in node.denominators}
    found |= {plain(node.variable) for node in nodes if isinstance(node, s.Nabla) and node.variable is not None}
    for value in (side for relation in relations for side in relation.sides[1:]):
        added = {id(x) for x in _added(value)}
        found |= {_without_power(x) for x in names_in(value) if id(x) not in added}
    return found


def _without_power(name: s.Node) -> s.Node:
    if not isinstance(name, s.Scripted):
        return plain(name)
    return plain(name.base if name.sub is None else replace(name, sup=None))


def _equations(tree: s.Node) -> Iterable[s.Relation]:
    return (node for node in s.walk(tree) if isinstance(node, s.Relation) and "=" in node.relations)


def _below(left: s.Node) -> s.Node | None:
    """The function p of ``\\log p(a)``, for arguments that are names."""
    if not isinstance(left, s.Call) or len(left.arguments) != 1:
        return None
    inner = left.arguments[0] if to_latex(left.function).lstrip("\\") in _LOGARITHMS else None
    if not isinstance(inner, s.Call) or not all(isinstance(x, s.Symbol | s.Scripted) for x in inner.arguments):
        return None
    return inner.function if isinstance(inner.function, s.Symbol | s.Scripted) else None
