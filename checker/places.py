"""The places of a syntax tree: what stands there, for what, and how to put another node there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import TypeAlias

from verify_derivations.checker.statements import is_adjoint_name
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.scripts import factors_of, is_transpose

Put: TypeAlias = Callable[[s.Node], s.Node]


@dataclass(frozen=True)
class Place:
    """A node, what it stands for there, and how to put another into its place."""

    node: s.Node
    role: str  # "value", "name" (of a quantity), "index", "layer", "power", "bound"
    put: Put


def places(node: s.Node, table: NameTable, role: str = "value", put: Put = lambda new: new) -> Iterator[Place]:
    yield Place(node, role, put)
    for child, inner, set_child in _children(node, table, role):

        def put_child(new: s.Node, set_child: Put = set_child) -> s.Node:
            return put(set_child(new))

        yield from places(child, table, inner, put_child)


def by_terms(node: s.Node, table: NameTable) -> Iterator[tuple[int | None, Place]]:
    """The places with the term of a sum that each is in; of what is no sum, or of the sum itself, ``None``."""
    if not isinstance(node, s.Sum):
        yield from ((None, place) for place in places(node, table))
        return
    yield None, Place(node, "value", lambda new: new)
    for k, (term, role, put) in enumerate(_children(node, table, "value")):
        yield from ((k, place) for place in places(term, table, role, put))


_ROLES: dict[tuple[type[s.Node], str], str] = {
    (s.Scripted, "sub"): "index",
    (s.Derivative, "numerator"): "name",
    (s.Derivative, "denominators"): "name",
    (s.Nabla, "variable"): "name",
    (s.Nabla, "body"): "name",
    (s.BigOperator, "lower"): "bound",
    (s.BigOperator, "upper"): "bound",
    (s.Norm, "order"): "",
}


def _children(node: s.Node, table: NameTable, role: str) -> Iterator[tuple[s.Node, str, Put]]:
    if isinstance(node, s.Space | s.Interval | s.Finite | s.Matrix) or role == "layer":
        return
    for field in fields(node):
        if field.name == "span" or (isinstance(node, s.Call) and field.name == "function"):
            continue
        if isinstance(node, s.Scripted) and field.name == "base" and isinstance(node.base, s.Symbol):
            continue
        for child, set_value in _nodes(getattr(node, field.name)):
            inner = _ROLES.get((type(node), field.name), role)
            if inner == "bound" and isinstance(child, s.Relation):
                last = child.sides[-1]

                def put_last(new: s.Node, node: s.Node = node, relation: s.Relation = child) -> s.Node:
                    return replace(node, lower=replace(relation, sides=(*relation.sides[:-1], new)))  # type: ignore[call-arg]

                yield last, inner, put_last
                continue
            if isinstance(node, s.Scripted) and field.name == "sup":
                yield from _superscripts(node, table)
                break
            if inner:

                def put(
                    new: s.Node, name: str = field.name, set_value: Callable[[s.Node], object] = set_value
                ) -> s.Node:
                    return replace(node, **{name: set_value(new)})  # type: ignore[arg-type]

                yield child, inner, put


def _nodes(value: object) -> Iterator[tuple[s.Node, Callable[[s.Node], object]]]:
    """The nodes in a field (a node, or nested tuples of nodes) and how to replace each."""
    if isinstance(value, s.Node):
        yield value, lambda new: new
    elif isinstance(value, tuple):
        for k, item in enumerate(value):
            for node, set_inner in _nodes(item):
                yield node, lambda new, k=k, set_inner=set_inner: (*value[:k], set_inner(new), *value[k + 1 :])  # type: ignore[misc]


def _superscripts(node: s.Scripted, table: NameTable) -> Iterator[tuple[s.Node, str, Put]]:
    assert node.sup is not None
    reference = table.reference(node)
    parts = list(factors_of(node.sup))
    for k, part in enumerate(parts):

        def put(new: s.Node, k: int = k) -> s.Node:
            items = (*parts[:k], new, *parts[k + 1 :])
            sup = items[0] if len(items) == 1 else s.Product(items, ("",) * (len(items) - 1), span=node.sup.span)  # type: ignore[union-attr]
            return replace(node, sup=sup)

        if is_transpose(part):
            continue
        if isinstance(part, s.Group):

            def put_body(new: s.Node, part: s.Group = part, put: Put = put) -> s.Node:
                return put(replace(part, body=new))

            yield part.body, "name" if is_adjoint_name(node, table) else "layer", put_body
        elif reference is not None and part == reference.layer:
            yield part, "layer", put
        elif reference is None or part == reference.power:
            yield part, "power", put


def substituted(tree: s.Node, old: s.Node, new: s.Node) -> s.Node:
    return s.mapped(tree, lambda part: new if part == old else None)
