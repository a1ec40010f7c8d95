"""Quantities written by their own entries: ``x = [x_1, …, x_n]^T`` says how the entries of x are called, and how many.

It defines nothing. It is read before names are: to whoever reads the document it is the declaration ``x \\in R^n``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from verify_derivations.checker.statements import Stated
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import Listed
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, factors_of, is_transpose, name_of, plain

Row = tuple[s.Node, ...]


@dataclass(frozen=True)
class Listing:
    """The extents of what is listed; ``counted``: all entries are written out."""

    extents: tuple[s.Node, ...]
    counted: bool
    flat: bool = False  # between commas: a row or a column?


def read_listings(formulas: Iterable[Stated]) -> Listed:
    """Put declarations in the place of listings, and find to what entries such as ``w_{o12}`` belong. A list in the
    text that is written out, ``z = [z_1, z_2]``, is one for an example, which has its own number of entries, unless a
    function is defined with just these; so is one beside a declaration, or beside another listing."""
    formulas = [f for f in formulas if f.tree is not None]
    _read_arguments(formulas)
    trees = [(f, f.tree) for f in formulas if f.tree is not None]
    stated = {
        plain(name) for _, tree in trees for node in s.walk(tree)
        if isinstance(node, s.Relation) and node.relations[-1] == "\\in" and isinstance(node.sides[-1], s.Space)
        for name in (node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],))
    }  # fmt: skip
    twofold = _in_two_fonts([tree for _, tree in trees])
    by_entries = _by_entries([tree for _, tree in trees])
    flat: set[str] = set()
    found: dict[s.Node, set[tuple[s.Node, ...]]] = {}
    for f, tree in trees:
        for part in tree.parts:
            for name, listing in _listings(part):
                if (f.raw.displayed or not listing.counted or plain(name) in by_entries) and plain(name) not in twofold:
                    found.setdefault(plain(name), set()).add(listing.extents)
                    flat |= {base_of(name) or ""} if listing.flat else set()
    shapes = {name: next(iter(e)) for name, e in found.items() if len(e) == 1 and name not in stated}
    for f, tree in trees:
        parts: list[s.Node] = []
        joints: list[str] = []
        for part, joint in zip(tree.parts, tree.joints, strict=True):
            counts = f.raw.displayed or bool(_names(part) & by_entries)
            replaced = [part] if _names(part) & twofold else _declared(part, shapes, counts)
            parts += replaced
            joints += [joint, *("," for _ in replaced[1:])]
        if tuple(parts) != tree.parts:
            f.read_as(replace(tree, parts=tuple(parts), joints=tuple(joints)))
    entries = {key: name for node in shapes for key, name in _labelled(node, len(shapes[node]))}
    return Listed(entries, frozenset(flat), frozenset(base_of(name) or "" for name in twofold))


def _read_arguments(formulas: Sequence[Stated]) -> None:
    """Read ``\\operatorname{diag}(d_1, …, d_n)`` as ``\\operatorname{diag}(d)`` of a vector ``d \\in R^n``, where d
    stands nowhere by itself, and so ``f(x_1, …, x_n, c)`` of a function that is defined so, and nowhere has one x_i."""
    trees = [f.tree for f in formulas if f.tree is not None]
    nodes = [node for tree in trees for node in s.walk(tree)]
    bases = {id(node.base) for node in nodes if isinstance(node, s.Scripted)}
    alone = {plain(node) for node in nodes if isinstance(node, s.Symbol) and id(node) not in bases}
    lefts = (node.sides[0] for node in nodes if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS)
    defined = {left.function for left in lefts if isinstance(left, s.Call) and _list_of(left)}
    defined -= {node.function for node in nodes if isinstance(node, s.Call)
                and any(isinstance(x, s.Scripted) for x in node.arguments) and not _list_of(node)}  # fmt: skip
    for f in formulas:
        found: dict[s.Node, s.Node] = {}

        def new(node: s.Node, found: dict[s.Node, s.Node] = found) -> s.Node | None:
            if not isinstance(node, s.Call):
                return None
            diagonal = (base_of(node.function) or "").lstrip("\\").lower() == "diag"
            listed = _list_of(node) if diagonal or node.function in defined else None
            if listed is None or plain(listed[0]) in alone or diagonal and listed[2]:
                return None
            base, count, others = listed
            found[base] = count
            return replace(node, arguments=(base, *(s.mapped(x, new) for x in others)))

        tree = s.mapped(f.tree, new) if f.tree is not None else None
        if found:
            assert isinstance(tree, s.Statements)
            spaces = ((name, s.Space("\\mathbb{R}", (count,))) for name, count in found.items())
            declared = [s.Relation(sides, ("\\in",), span=tree.span) for sides in spaces]
            f.read_as(replace(tree, parts=(*tree.parts, *declared), joints=(*tree.joints, *("," for _ in declared))))


def _list_of(node: s.Call) -> tuple[s.Node, s.Node, tuple[s.Node, ...]] | None:
    """The d, n and what follows of ``f(d_1, …, d_n, …)``."""
    first, dots = next(iter(node.arguments), None), [k for k, x in enumerate(node.arguments) if isinstance(x, s.Dots)]
    base = first.base if isinstance(first, s.Scripted) and first.sup is None else None
    if base is None or len(dots) != 1:
        return None
    count = _vector(base, node.arguments[: dots[0] + 2])
    return None if count is None else (base, count, node.arguments[dots[0] + 2 :])


def _by_entries(trees: Sequence[s.Node]) -> set[s.Node]:
    """The x of which functions are defined by entries, ``f(x) = x_1^2 + 2 x_2^2``, and no other entry is spoken of than
    those in lists of all that are there."""
    nodes = [node for tree in trees for node in s.walk(tree)]
    listed = {plain(name): listing for part in nodes for name, listing in _listings(part) if listing.counted}
    used: dict[s.Node, list[s.Node]] = {}
    for node in nodes:
        if isinstance(node, s.Scripted) and node.sub is not None and plain(node.base) in listed:
            used.setdefault(plain(node.base), []).append(node.sub)
    found = set[s.Node]()
    for part in (node for node in nodes if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS):
        left = part.sides[0]
        for x in map(plain, left.arguments) if isinstance(left, s.Call) else ():
            inside = (n for side in part.sides[1:] for n in s.walk(side) if isinstance(n, s.Scripted) and n.sub)
            if x in listed and any(plain(n.base) == x for n in inside):
                counted = {s.Number(str(k)) for k in range(1, _length(listed[x]) + 1)}
                found |= {x} if {*used[x]} <= counted else set()
    return found


def _length(listing: Listing) -> int:
    """How long a vector is whose entries are all written out; 0 of what is none."""
    last = listing.extents[0] if len(listing.extents) == 1 else None
    return int(last.text) if isinstance(last, s.Number) else 0


def _in_two_fonts(trees: Iterable[s.Node]) -> set[s.Node]:
    """The x of a document with \\mathbf{x} and x: names are told apart by no font, and these two may be two."""
    fonts: dict[s.Node, set[str]] = {}
    for tree in trees:
        bases = {id(node.base) for node in s.walk(tree) if isinstance(node, s.Scripted)}
        for node in s.walk(tree):
            if isinstance(node, s.Symbol) and id(node) not in bases:
                fonts.setdefault(plain(node), set()).add(node.font)
    return {name for name, used in fonts.items() if len(used) > 1}


def _names(part: s.Node) -> set[s.Node]:
    """What a statement may list the entries of."""
    return {plain(part.sides[0])} if isinstance(part, s.Relation) else set()


def _labelled(name: s.Node, axes: int) -> Iterator[tuple[tuple[str, str], str]]:
    """The name of the entries of W_o, which are called w_{o…} or W_{o…}."""
    if isinstance(name, s.Scripted) and isinstance(name.base, s.Symbol) and isinstance(name.sub, s.Symbol):
        if name.sup is None and not name.primes:
            label, own = to_latex(name.sub), name_of(name.base)
            for base in {own: None, own.lower(): None} if axes == 2 else (own,):
                yield (base, label), f"{own}_{{{label}}}"


def _listings(part: s.Node) -> list[tuple[s.Node, Listing]]:
    if not isinstance(part, s.Relation) or part.relations[0] not in s.EQUALS:
        return []
    sides = ((part.sides[0], side) for side in part.sides[1:])
    return [(name, listing) for name, side in sides if (listing := _listing(name, side)) is not None]


def _declared(part: s.Node, shapes: dict[s.Node, tuple[s.Node, ...]], counts: bool) -> list[s.Node]:
    """A statement without the listings in it, and what they declare; ``counts``: also those that are written out."""
    found = _listings(part)
    if not found or not isinstance(part, s.Relation):
        return [part]
    name = part.sides[0]
    kept = [
        (relation, side) for relation, side in zip(part.relations, part.sides[1:], strict=True)
        if _listing(name, side) is None
    ]  # fmt: skip
    extents = shapes.get(plain(name)) if counts or not all(listing.counted for _, listing in found) else None
    result: list[s.Node] = []
    if extents is not None:
        result.append(s.Relation((name, s.Space("\\mathbb{R}", extents)), ("\\in",), span=part.span))
    if kept:
        relations, sides = zip(*kept, strict=True)
        result.append(replace(part, sides=(name, *sides), relations=tuple(relations)))
    return result or [name]


def _listing(name: s.Node, side: s.Node) -> Listing | None:
    """How many entries ``side`` lists, if these are those of ``name``, in their order."""
    flat = False
    transposed = isinstance(side, s.Scripted) and side.sup is not None and is_transpose(side.sup)
    if isinstance(side, s.Scripted):
        if not transposed or side.sub is not None or side.primes:
            return None
        side = side.base
    inner = side.body if isinstance(side, s.Group) and side.kind in "([" else side
    if isinstance(inner, s.Matrix) and (isinstance(side, s.Matrix) or inner.environment == "array"):
        rows: Sequence[Row] = inner.rows
    elif isinstance(inner, s.Sequence) and isinstance(side, s.Group):
        rows, flat, transposed = [(item,) for item in inner.items], not transposed, False
    else:
        return None
    if transposed:
        rows = list(zip(*rows, strict=True)) if len({len(row) for row in rows}) == 1 else []
    if not rows or len({len(row) for row in rows}) != 1:
        return None
    dots = any(isinstance(cell, s.Dots) for row in rows for cell in row)
    if len(rows[0]) == 1:
        count = _vector(name, [row[0] for row in rows])
        return None if count is None else Listing((count,), not dots, flat)
    if len(rows) == 1:
        count = _vector(name, rows[0])
        return None if count is None else Listing((s.Number("1"), count), not dots)
    extents = _matrix(name, rows)
    return None if extents is None else Listing(extents, not dots)


def _vector(name: s.Node, cells: Sequence[s.Node]) -> s.Node | None:
    places = [cell if isinstance(cell, s.Dots) else _index(name, cell, 1) for cell in cells]
    return _last([place[0] if isinstance(place, tuple) else place for place in places])


def _matrix(name: s.Node, rows: Sequence[Row]) -> tuple[s.Node, s.Node] | None:
    """Rows and columns of ``x_{11}, x_{12}; …; x_{N1}, x_{N2}``, the entries of X or x."""
    written = [row for row in rows if not all(map(_is_blank, row))]
    tables = [[cell if _is_blank(cell) else _index(name, cell, 2) for cell in row] for row in written]
    if not tables or any(place is None for row in tables for place in row):
        return None
    heads = [row[0][0] if isinstance(row[0], tuple) else None for row in tables]
    columns = [place[1] if isinstance(place, tuple) else place for place in tables[0]]
    for head, row in zip(heads, tables, strict=True):
        for column, place in zip(columns, row, strict=True):
            if isinstance(column, s.Dots) and isinstance(place, tuple):
                return None
            if isinstance(place, tuple) and place != (head, column):
                return None
    every = iter(heads)
    count = _last([next(every) if row in written else s.Dots() for row in rows])
    width = _last(columns)
    return None if count is None or width is None else (count, width)


def _is_blank(cell: s.Node) -> bool:
    """Whether a cell is left out: dots, and what stands empty beside them, which is read as a zero."""
    return isinstance(cell, s.Dots) or cell == s.Number("0")


def _last(places: Sequence[s.Node | None]) -> s.Node | None:
    """The last of ``1, 2, …, n`` and of ``1, 2, …, i, …, n``."""
    numbers = []
    for place in places:
        if not isinstance(place, s.Number):
            break
        numbers.append(place.text)
    if not numbers or numbers != [str(k) for k in range(1, len(numbers) + 1)]:
        return None
    match places[len(numbers):]:
        case []:
            return places[-1] if len(numbers) > 1 else None
        case [s.Dots(), (s.Symbol() | s.Scripted() | s.Number()) as last]:
            return last
        case [s.Dots(), s.Symbol(), s.Dots(), (s.Symbol() | s.Scripted() | s.Number()) as last]:
            return last
    return None


def _index(name: s.Node, cell: s.Node, count: int) -> tuple[s.Node, ...] | None:
    """The indices of ``cell`` as an entry of ``name``: what it has in its subscript beyond that."""
    if not isinstance(cell, s.Scripted) or cell.sub is None or not isinstance(cell.base, s.Symbol):
        return None
    base = name.base if isinstance(name, s.Scripted) else name
    sup = name.sup if isinstance(name, s.Scripted) else None
    label = name.sub if isinstance(name, s.Scripted) else None
    if not isinstance(base, s.Symbol) or cell.sup != sup or cell.primes:
        return None
    if name_of(cell.base) != name_of(base) and not (count == 2 and name_of(cell.base) == name_of(base).lower()):
        return None
    items = list(cell.sub.items) if isinstance(cell.sub, s.Sequence) else list(factors_of(cell.sub))
    before = list(factors_of(label))
    if items[: len(before)] != before:
        return None
    rest = items[len(before) :]
    if count == 2 and len(rest) == 1 and isinstance(rest[0], s.Number) and len(rest[0].text) == 2:
        rest = [s.Number(digit) for digit in rest[0].text]  # x_{12}
    return tuple(rest) if len(rest) == count else None
