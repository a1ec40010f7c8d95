"""What is minimised: ``\\min_θ J(θ) = E`` says that ``J(θ)`` is E, where E has θ in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import plain

_EXTREMES = ("\\min", "\\max", "\\arg\\min", "\\arg\\max")


def objectives(trees: Iterable[s.Node]) -> frozenset[s.Node]:
    """The names of what has the same minimum as something, and that nothing else defines."""
    relations = [node for tree in trees for node in s.walk(tree) if isinstance(node, s.Relation)]
    named = {plain(_name(body)) for r in relations for body, *_ in _told(r)}
    lefts = (r.sides[0] for r in relations)
    defined = {plain(_name(left)) for left in lefts if isinstance(left, s.Call | s.Symbol | s.Scripted)}
    return frozenset(named - defined)


def with_objectives(tree: s.Node, names: Collection[s.Node]) -> s.Node:
    """The tree with equations for what is minimised, and for the names; the same object where it has none."""
    if not isinstance(tree, s.Statements):
        return tree
    parts: list[s.Node] = []
    joints: list[str] = []
    for part, joint in zip(tree.parts, tree.joints, strict=True):
        found = [sides for sides in _told(part) if _is_value(part) or plain(_name(sides[0])) in names]
        whole = found and isinstance(part, s.Relation) and _extreme(part.sides[0]) is not None
        new: list[s.Node] = [] if whole else [part]
        new += [s.Relation(sides, ("=",) * (len(sides) - 1), span=part.span) for sides in found]
        parts += new
        joints += [joint, *("," for _ in new[1:])]
    return tree if parts == list(tree.parts) else s.Statements(tuple(parts), tuple(joints), span=tree.span)


def _is_value(part: s.Node) -> bool:
    """Whether a part says what is minimised, ``\\min_w J(w) = w^2``, not what has the same minimum."""
    return isinstance(part, s.Relation) and all(_extreme(side) is None for side in part.sides[1:])


def _told(relation: s.Node) -> Iterator[tuple[s.Node, ...]]:
    """Names of what is minimised, each with what it is said to be: sides of the equation that it is in."""
    if not isinstance(relation, s.Relation) or set(relation.relations) != {"="}:
        return
    for k, side in enumerate(relation.sides[:-1]):
        first = _extreme(side)
        if first is None or not isinstance(first.body, s.Call | s.Symbol | s.Scripted):
            continue
        values = [value for other in relation.sides[k + 1:] if (value := _value(first, other)) is not None]
        if values and len(values) == len(relation.sides) - k - 1:
            yield first.body, *values
        return


def _value(first: s.BigOperator, side: s.Node) -> s.Node | None:
    """What a side says of the body: a side that is an extreme, too, its own body; another one itself, if it has the
    variables in it."""
    other = _extreme(side)
    if other is not None:
        same = (other.operator, other.lower) == (first.operator, first.lower)
        return other.body if same and _name(first.body) not in s.walk(other.body) else None
    variables = {x for x in s.walk(first.lower) if isinstance(x, s.Symbol)} if first.lower is not None else set()
    free = any(node in variables for node in s.walk(side)) and not first.operator.startswith("\\arg")
    return side if free and _name(first.body) not in s.walk(side) else None


def _extreme(side: s.Node) -> s.BigOperator | None:
    return side if isinstance(side, s.BigOperator) and side.operator in _EXTREMES and side.upper is None else None


def _name(body: s.Node) -> s.Node:
    return body.function if isinstance(body, s.Call) else body
