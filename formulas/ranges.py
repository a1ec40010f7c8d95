"""What says of letters from where to where they run."""

from __future__ import annotations

from verify_derivations.formulas import syntax as s


def is_range(node: s.Relation) -> bool:
    """``j = 1, …, F`` (or ``i \\in \\{1, …, n\\}``), ``l = 1, 2, 3``. What is in ``{0, 1}`` need be no index."""
    last = node.sides[-1]
    items = last.items if isinstance(last, s.Sequence | s.Finite) else ()
    if any(isinstance(item, s.Dots) for item in items):
        return True
    numbers = [int(item.text) if isinstance(item, s.Number) and item.text.isdigit() else None for item in items]
    first = numbers[0] if len(numbers) > 1 else None
    letters = node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],)
    return (
        first is not None and (first == 1 or isinstance(last, s.Sequence)) and len(node.sides) == 2
        and numbers == list(range(first, first + len(numbers)))
        and all(isinstance(x, s.Symbol) and len(x.name) == 1 and x.name.islower() for x in letters)
    )


def bounded(node: s.Relation) -> tuple[tuple[s.Symbol, ...], s.Node, s.Node] | None:
    """Letters, first and last value of ``0 \\le i < n``, ``1 \\le i < j \\le n``; a domain (``0 < p < 1``) is none."""
    if len(node.sides) < 3 or not set(node.relations) <= {"<", "\\le", "\\leq"}:
        return None
    first, *middle, last = node.sides
    letters = middle[0].items if isinstance(middle[0], s.Sequence) and len(middle) == 1 else tuple(middle)
    if not isinstance(first, s.Number) or isinstance(last, s.Number):
        return None
    if not all(isinstance(x, s.Symbol) and len(x.name) == 1 and x.name.islower() for x in letters):
        return None
    one = s.Number("1")
    first = first if node.relations[0] != "<" else s.Sum(("+", "+"), (first, one))
    last = last if node.relations[-1] != "<" else s.Sum(("+", "-"), (last, one))
    return tuple(x for x in letters if isinstance(x, s.Symbol)), first, last


def between(node: s.Relation) -> tuple[s.Relation, ...]:
    """What ``1 \\le i < j \\le n`` says of its letters: ``i < j``."""
    pairs = zip(node.sides[1:], node.sides[2:-1], node.relations[1:], strict=False)
    return tuple(s.Relation((a, b), (relation,)) for a, b, relation in pairs)
