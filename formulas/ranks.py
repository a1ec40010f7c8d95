"""What a document does not declare and its definitions say all the same: which names are numbers, vectors, matrices.

``h = \\sigma(W x + b)`` declares nothing, and nobody doubts that W is a matrix and the others are columns. Each
definition is read in every way in which it has a meaning: each undeclared name may be a number, a column, a row or a
matrix. Ways are compared by the conventions that they break (a capital names a matrix and a small letter none, vectors
are columns, a number stands before what it multiplies, terms of a sum have one shape). What all those that break fewest
say of a name is what it is. Where others come close, nothing is said.

A rank is a pair of axes, of rows and of columns, ``None`` for one of extent one. That axes meet, the columns of W and
the rows of x, is an equation between sizes. Where a definition is for every layer, so are its axes and equations:
the columns of W at layer l and the rows of a at layer l - 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.calls import OPERATORS
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import ONE, Polynomial, polynomial
from verify_derivations.formulas.lookup import declared, is_slice, is_whole_axis
from verify_derivations.formulas.names import NameTable, Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import BOLD, CIRCLE, base_of, exponent_of_e, is_transpose, name_of, names_in
from verify_derivations.formulas.sizes import layer_value, whole
from verify_derivations.formulas.symbols import ENTRYWISE
from verify_derivations.formulas.undefined_functions import is_of_all
from verify_derivations.formulas.world import Statement, World


@dataclass(frozen=True)
class OfLayer:
    """The axis of what every layer has, at one layer, or for any: where ``layer`` has its letter."""

    name: str
    layer: Polynomial


Axis: TypeAlias = "str | OfLayer | Polynomial | None"
Rank: TypeAlias = tuple[Axis, Axis]

NUMBER: Rank = (None, None)
COLUMN, ROW, MATRIX = (True, False), (False, True), (True, True)  # as kinds
WEAK, BROKEN = 1, 2  # what is seldom written, and what breaks a convention
MARGIN = 1  # by how much more another way has to break
MOST_STEPS = 100_000  # after which nothing is said
MOST_NODES = 400  # of a definition that is read: the ways are searched by recursion
UNITS = ("I", "1", "\\mathbb{1}", "\\mathbf{1}")  # of any size
SCALES = frozenset(("T", *(f"\\{x}" for x in "tau kappa lambda alpha beta gamma eta".split())))  # letters of numbers


@dataclass(frozen=True)
class Definition:
    left: s.Node
    right: s.Node
    number: int


@dataclass(frozen=True)
class Way:
    """One way to read some definitions: the ranks of names, which axes are equally long, and what it breaks."""

    ranks: Mapping[str, Rank] = field(default_factory=dict)
    equal: frozenset[tuple[Axis, Axis]] = frozenset()
    broken: int = 0

    def saying(self, name: str, rank: Rank) -> Way:
        """Mostly it says so already."""
        known = name in self.ranks and self.ranks[name] == rank
        return self if known else Way({**self.ranks, name: rank}, self.equal, self.broken)

    def breaking(self, much: int) -> Way:
        return Way(self.ranks, self.equal, self.broken + much) if much else self

    def meeting(self, one: Axis, other: Axis) -> Way:
        known = one == other or (one, other) in self.equal
        return self if known else Way(self.ranks, self.equal | {(one, other)}, self.broken)

    def matching(self, one: Rank, other: Rank) -> Way:
        return self.meeting(one[0], other[0]).meeting(one[1], other[1])


@dataclass(frozen=True)
class Settled:
    """The ranks of names that are clear, and the axes that are equally long; and the names that may be rows or
    matrices, or else something other."""

    ranks: Mapping[str, Rank] = field(default_factory=dict)
    equal: frozenset[tuple[Axis, Axis]] = frozenset()
    doubtful: frozenset[str] = frozenset()


Found: TypeAlias = Iterator[tuple["Rank | None", Way]]
"""The ranks that an expression may have, ``None`` for one of which nothing is known, each with the way to it."""


def kind(rank: Rank) -> tuple[bool, bool]:
    return rank[0] is not None, rank[1] is not None


def _is_real(power: s.Node) -> bool:
    """Whether an exponent is no whole number, α or 1 - α: of matrices there is no such power."""
    names = [x.name for x in s.walk(power) if isinstance(x, s.Symbol)]
    return bool(names) and all(name.startswith("\\") and name != "\\ell" for name in names)


def _axes(rank: Rank) -> int:
    return sum(kind(rank))


def _lists(definition: Definition) -> bool:
    """Several numbered members of one name, ``w_1 x_1 + w_2 x_2``: entries, written out."""
    found = {base_of(x): set[str]() for x in s.walk(definition.right) if isinstance(x, s.Scripted)}
    for x in s.walk(definition.right):
        if isinstance(x, s.Scripted) and isinstance(x.sub, s.Number):
            found[base_of(x)].add(x.sub.text)
    return any(len(numbers) > 1 for numbers in found.values())


def _is_of_entries(definition: Definition) -> bool:
    """Whether nothing in a definition is written as of vectors: no norm, transpose, capital or letter in bold."""
    nodes = list(s.walk(definition.right))
    names = map(symbol_of, quantities_in(definition.right))
    written = any(
        isinstance(x, s.Norm) or isinstance(x, s.Scripted) and x.sup is not None and is_transpose(x.sup)
        or isinstance(x, s.Product) and {"\\odot", "\\circ", "\\cdot"} & {*x.operators} for x in nodes
    )  # fmt: skip
    return not written and not any(n.font in BOLD or n.name.lstrip("\\")[:1].isupper() for n in names)


class Ranks:
    """Reads definitions of a scope. ``world`` has its declarations; ``numbers`` are names of numbers,
    ``differentiated`` of what most often is one, ``apart`` those of which nothing is said here, ``vectors`` those that
    the definitions write by entries, ``x_i``, and claims as wholes."""

    def __init__(
        self, world: World, table: NameTable, definitions: Sequence[Definition], numbers: set[str],
        differentiated: set[str], apart: set[str], vectors: Set[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.world, self.table, self.definitions = world, table, definitions
        self.numbers, self.differentiated, self.apart = numbers, differentiated, apart
        self.layers: dict[int, tuple[s.Node, Polynomial | None]] = {}
        self.number = self.most = self.steps = 0
        self.level: Polynomial | None = None  # of a definition for every layer
        self.letters = set[str]()
        nodes = [n for d in definitions for side in (d.left, d.right) for n in quantities_of(side, table)]
        self.bold = any(symbol_of(n).font in BOLD for n in nodes)
        references = [r for r in map(self.table.reference, nodes) if r is not None]
        self.generic = {r.name for r in references if r.layer is not None and letter_of(self.layer(r)) is not None}
        self.whole = {self.key(r) for r in references if not r.indices or self.is_declared(r.name)}
        self.whole -= {r.name for r in references if self.is_listed(r.name)}  # θ is all of θ_1, …, θ_k, θ_j a member
        self.of_entries = self.written_by_entries(references) | dict.fromkeys(vectors - self.whole, 1)
        self.of_two = {self.key(r) for r in references if len(r.indices) == 2 and not is_slice(r.indices)}
        self.whole |= self.of_entries.keys()
        in_order = sorted(references, key=lambda r: r.layer is not None and letter_of(self.layer(r)) is None)
        self.first = {self.key(r): r for r in reversed(in_order)}  # a^{(l)}, also where a^{(0)} is before it
        heads = [d.left.function if isinstance(d.left, s.Call) else d.left for d in definitions]
        self.defined = {self.key(r) for r in map(self.table.reference, heads) if r is not None}
        calls = [d.left for d in definitions if isinstance(d.left, s.Call)]
        self.parameters = {r.name: c.arguments for c in calls if (r := self.table.reference(c.function)) is not None}
        self.stated: dict[str, Rank | None] = {}

    def settled(self) -> Settled:
        ways = [Way()]
        for definition in self.definitions:
            if sum(1 for side in (definition.left, definition.right) for _ in s.walk(side)) > MOST_NODES:
                continue
            self.number, self.letters = definition.number, self.letters_of(definition)
            self.level = self.level_of(definition)
            self.most = min(way.broken for way in ways) + 2 * BROKEN
            found: dict[frozenset[tuple[str, tuple[bool, bool]]], Way] = {}
            for way in ways:
                for new in self.define(definition, way):
                    ranks = frozenset((name, kind(rank)) for name, rank in new.ranks.items())
                    if new.broken <= self.most and (ranks not in found or new.broken < found[ranks].broken):
                        found[ranks] = new
            if self.steps > MOST_STEPS:
                return Settled()
            ways = [*found.values()] or ways  # a definition that fits in no way says nothing
        least = min(way.broken for way in ways)
        close = sorted((way for way in ways if way.broken <= least + MARGIN), key=lambda way: way.broken)
        numbers = next((way for way in close if not any(map(_axes, way.ranks.values()))), None)
        if numbers is not None and all(map(_is_of_entries, self.definitions)) and any(map(_lists, self.definitions)):
            return Settled(dict.fromkeys(numbers.ranks, NUMBER), numbers.equal)
        names = {name: rank for name, rank in close[0].ranks.items() if all(
            name in way.ranks and kind(way.ranks[name]) == kind(rank) for way in close)}  # fmt: skip
        doubtful = {n for way in close for n, r in way.ranks.items() if n not in names and r[1] is not None}
        return Settled(names, frozenset.intersection(*(way.equal for way in close)), frozenset(doubtful))

    def letters_of(self, definition: Definition) -> set[str]:
        """What stands for an index in a definition."""
        nodes = (node for side in (definition.left, definition.right) for node in quantities_in(side))
        references = (r for r in map(self.table.reference, nodes) if r is not None)
        return {name_of(x) for r in references for i in r.indices for x in s.walk(i) if isinstance(x, s.Symbol)}

    def written_by_entries(self, references: Sequence[Reference]) -> dict[str, int]:
        """What every layer has and what is never written without its indices, ``a_j^{(l)}``, with their number."""
        counts: dict[str, set[int]] = {}
        for r in references:
            if r.name in self.generic:
                letters = all(isinstance(i, s.Symbol) and len(i.name) == 1 and i.name.islower() for i in r.indices)
                counts.setdefault(self.key(r), set()).add(len(r.indices) if letters else 0)
        found = {key: min(each) for key, each in counts.items() if len(each) == 1 and key not in self.whole}
        return {key: count for key, count in found.items() if count in (1, 2)}

    def level_of(self, definition: Definition) -> Polynomial | None:
        """The letter of the layers for which a definition is."""
        reference = self.table.reference(definition.left)
        letter = letter_of(self.layer(reference)) if reference is not None else None
        return polynomial(letter) if letter is not None else None

    # -- names --------------------------------------------------------------------------------------------
    def key(self, reference: Reference) -> str:
        """What has one rank: a name in one layer, or in all where it stands for any."""
        if reference.name in self.generic and reference.layer is not None:
            return f"{reference.name}^{{(\\cdot)}}"
        return self.world.head(reference.name, self.layer(reference))

    def layer(self, reference: Reference) -> Polynomial | None:
        if reference.layer is None:
            return None
        known = self.layers.get(id(reference.layer))
        if known is None:
            known = reference.layer, layer_value(reference.layer, self.world, Statement())
            self.layers[id(reference.layer)] = known
        return known[1]

    def is_declared(self, name: str) -> bool:
        """As a whole, ``s ∈ R^n``, but not ``x_1, …, x_N ∈ R^p``: s_i is an entry, also by itself."""
        stated = self.world.declarations.get(name, ())
        return any(not d.indices and (d.count is None or not d.space.extents) for d in stated)

    def is_listed(self, name: str) -> bool:
        """As many vectors or matrices, ``x_1, …, x_N ∈ R^p``, and not as a whole."""
        stated = self.world.declarations.get(name, ())
        return any(d.count is not None and d.space.extents for d in stated) and not self.is_declared(name)

    def at(self, rank: Rank, reference: Reference) -> Rank:
        """The axes of a name at a layer."""
        layer = self.layer(reference)
        if layer is None or reference.name not in self.generic:
            return rank
        rows, columns = (OfLayer(axis, layer) if isinstance(axis, str) else axis for axis in rank)
        return rows, columns

    def declared(self, reference: Reference) -> Rank | None:
        """What the document says a name is, or by the shape of its gradient."""
        key = self.key(reference)
        if key not in self.stated:
            self.stated[key] = None
            try:
                layer, here = self.layer(reference), Statement()
                known = declared(reference, layer, self.world, here)
                known = known or declared(reference, layer, self.world, here, hints=True)
            except DocumentError:
                known = None
            if known is not None and len(known.shape) in (0, 2):
                rows, columns = known.shape or (ONE, ONE)
                self.stated[key] = None if rows == ONE else rows, None if columns == ONE else columns
        return self.stated[key]

    def options(self, reference: Reference, key: str, way: Way) -> Iterator[tuple[Rank, int]]:
        """What an undeclared name may be, and what that breaks: a document with one row has others."""
        if key in self.numbers:
            yield NUMBER, 0
            return
        symbol = symbol_of(reference.node)
        capital, bold = symbol.name.lstrip("\\")[:1].isupper(), symbol.font in BOLD
        rows, columns = f"{key}:rows", f"{key}:columns"
        if key in self.of_entries:
            yield (rows, columns if self.of_entries[key] == 2 else None), 0
            return
        yield NUMBER, BROKEN if capital or bold else 0
        yield (rows, None), BROKEN if capital else WEAK if self.bold and not bold else 0
        yield (None, columns), 0 if not capital and any(kind(r) == ROW for r in way.ranks.values()) else BROKEN
        yield (rows, columns), 0 if capital or key in self.of_two else BROKEN

    def name(self, reference: Reference, way: Way) -> Found:
        key = self.key(reference)
        plain = not reference.indices and reference.layer is None
        if plain and reference.name in self.world.sizes | self.letters | {CIRCLE} | {"\\pi"} - self.table.bases:
            yield NUMBER, way
            return
        unread = reference.layer is not None and self.layer(reference) is None
        if reference.name in self.apart or unread or reference.primes or plain and reference.name in UNITS:
            yield None, way
            return
        rank = way.ranks.get(key) or self.declared(reference)
        options = [(rank, 0)] if rank is not None else self.options(reference, key, way)
        if rank is None and plain and reference.power is not None and _is_real(reference.power):
            options = [(NUMBER, 0)]
        for rank, much in options:
            self.steps += 1
            if way.broken + much > self.most or self.steps > MOST_STEPS:
                continue
            yield from self.part(reference, self.at(rank, reference), way.saying(key, rank).breaking(much))

    def part(self, reference: Reference, rank: Rank, way: Way) -> Found:
        """The entries, rows and transposes of what has a rank."""
        family = self.key(reference) not in self.whole and not is_slice(reference.indices)
        count = 0 if family else len(reference.indices)
        if count:
            axes = [axis for axis in rank if axis is not None]
            if is_slice(reference.indices) and len(axes) == 2:  # a column W_{:,k}, or a row
                rank = (rank[0], None) if is_whole_axis(reference.indices[0]) else (None, rank[1])
            elif count == 1 and len(axes) == 2:
                rank, way = (rank[1], None), self.running(reference.indices[:1], axes, way)
            elif rank == NUMBER:  # y may be any of the y_i
                way = way.breaking(WEAK if count == 1 else BROKEN)
            elif count == len(axes):
                rank, way = NUMBER, self.running(reference.indices, axes, way)
            else:
                return
        if reference.inverted:
            if _axes(rank) == 1:
                return
            way = way.meeting(*rank)
        if reference.transposed:
            if rank == NUMBER:
                way = way.breaking(BROKEN)
            rank = rank[::-1]
        yield rank, way

    def running(self, indices: Sequence[s.Node], axes: Sequence[Axis], way: Way) -> Way:
        """Index letters run along axes."""
        for node, axis in zip(indices, axes, strict=False):
            if isinstance(node, s.Symbol) and (self.level is not None or node.name in self.table.bound):
                way = way.meeting(axis, self.extent(node.name))
        return way

    def extent(self, letter: str) -> Axis:
        stated = self.world.letters.range_for(letter, self.number)
        if stated is not None and self.level is None:
            end = stated[1]
            if isinstance(end, s.Symbol) and name_of(end) in self.world.extents.solved:
                return polynomial(name_of(end)) - self.world.origin + 1  # a first reading without shapes made it 1
            try:
                return whole(stated[1], self.world, Statement()) - self.world.origin + 1
            except DocumentError:
                pass
        name = f"{letter} of {self.number}"
        return name if self.level is None else OfLayer(name, self.level)

    # -- expressions ----------------------------------------------------------------------------------------
    def define(self, definition: Definition, way: Way) -> Iterator[Way]:
        left = definition.left
        for rank, after in self.read(definition.right, way):
            node = left.function if isinstance(left, s.Call) else left
            reference = self.table.reference(node)
            if rank is None or reference is None or reference.name in self.apart:
                yield after
                continue
            key, count = self.key(reference), len(reference.indices)
            if count and key in self.whole:
                if rank != NUMBER or count > 2:
                    yield after
                    continue
                rank = self.at((f"{key}:rows", f"{key}:columns" if count == 2 else None), reference)
                after = self.running(reference.indices, rank, after)
            before = after.ranks.get(key) or self.declared(reference)
            if before is None and reference.name in self.generic:  # its own axes, for the others are of another layer
                before = (f"{key}:rows" if rank[0] else None, f"{key}:columns" if rank[1] else None)
            if key in self.numbers and rank != NUMBER or before is not None and kind(before) != kind(rank):
                continue
            name = symbol_of(node).name.lstrip("\\")
            after = after.matching(self.at(before, reference), rank) if before is not None else after
            whole = len(name) == 1 and name.isupper() and node is left  # not the values of a T(y)
            unlike = 1 if whole else 2 if name[:1].islower() else None
            after = after.breaking(WEAK if _axes(rank) == unlike else 0)  # X is a matrix, x is none
            after = after.breaking(BROKEN if key in self.differentiated and rank != NUMBER else 0)
            yield after.saying(key, before or rank)

    def each(self, nodes: Sequence[s.Node], way: Way) -> Iterator[tuple[list[Rank | None], Way]]:
        if not nodes:
            yield [], way
            return
        for rank, after in self.read(nodes[0], way):
            for ranks, last in self.each(nodes[1:], after):
                yield [rank, *ranks], last

    def read(self, node: s.Node, way: Way) -> Found:
        match node:
            case s.Number():
                yield NUMBER, way
            case s.Symbol():
                reference = self.table.reference(node)
                assert reference is not None
                yield from self.name(reference, way)
            case s.Scripted():
                yield from self.scripted(node, way)
            case s.Group(kind="[", body=s.Sequence(items=items)) if not any(isinstance(x, s.Dots) for x in items):
                for ranks, after in self.each(items, way):  # [h; x]
                    if None in ranks:
                        yield None, after
                    elif all(kind(rank) == COLUMN for rank in ranks if rank is not None):
                        yield (f"{to_latex(node)}:rows", None), after
            case s.Group(body=body) | s.Root(body=body) | s.Differential(body=body) | s.BigOperator(body=body):
                yield from self.read(body, way) if not isinstance(node, s.BigOperator) or node.operator in (
                    "\\sum", "\\prod", "\\max", "\\min") else iter([(None, way)])  # fmt: skip
            case s.Norm():
                yield from self.norm(node, way)
            case s.Absolute(body=body):
                for rank, after in self.read(body, way):
                    yield None if rank is not None and _axes(rank) == 2 else rank, after
            case s.Sum(terms=terms):
                yield from self.alike(terms, way)
            case s.Relation(sides=sides):
                yield from self.alike(sides, way)
            case s.Cases(rows=rows):
                yield from self.alike([value for value, _ in rows], way)
            case s.Fraction(numerator=top, denominator=bottom):
                yield from self.divided(self.read(top, way), bottom)
            case s.Product():
                yield from self.product(node, way)
            case s.Call():
                yield from self.call(node, way)
            case _:
                yield None, way

    def scripted(self, node: s.Scripted, way: Way) -> Found:
        base: s.Node = node
        while isinstance(base, s.Scripted):
            base = base.base
        if isinstance(base, s.Norm) and isinstance(node.base, s.Norm):
            yield from self.norm(base, way, node.sub)
            return
        if isinstance(base, s.Symbol):
            reference = self.table.reference(node)
            if base.name == "e" and node.sub is None and node.sup is not None:
                yield from self.read(node.sup, way)
            elif base.name == "\\delta" and reference is not None and len(reference.indices) == 2:
                yield NUMBER, way
            elif (ones := self.row_of_ones(node)) is not None:
                yield (None, ones), way
            elif reference is None or base.name in UNITS and node.sub != s.Number("0"):
                yield None, way
            else:
                yield from self.name(reference, way)
            return
        sign = self.table.reference(s.Scripted(s.Symbol("\\square"), None, node.sup, node.primes))
        for rank, after in self.read(node.base, way):
            if rank is None or sign is None or sign.inverted or node.primes:
                yield None, after
            elif node.sub is not None:
                yield NUMBER if rank != NUMBER else None, after
            else:
                yield rank[::-1] if sign.transposed else rank, after

    def row_of_ones(self, node: s.Node) -> Axis:
        """The columns of ``\\mathbf{1}_m^\\top``."""
        base = node.base if isinstance(node, s.Scripted) else None
        if not isinstance(node, s.Scripted) or not isinstance(base, s.Symbol) or base.name not in UNITS[1:]:
            return None
        if node.sup is None or not is_transpose(node.sup) or node.sub == s.Number("0"):
            return None
        try:
            return whole(node.sub, self.world, Statement()) if node.sub is not None else f"ones {id(node)}"
        except DocumentError:
            return f"ones {id(node)}"

    def norm(self, node: s.Norm, way: Way, sub: s.Node | None = None) -> Found:
        """``\\|x\\|_2`` is the norm of a vector, nobody writes it of all entries of a matrix."""
        euclidean = s.Number("2") in (sub, node.order)
        for rank, after in self.read(node.body, way):
            odd = rank == NUMBER or euclidean and rank is not None and kind(rank) == MATRIX
            yield NUMBER, after.breaking((2 if euclidean else 1) * BROKEN if odd else 0)

    def alike(self, nodes: Sequence[s.Node], way: Way, shape: Rank | None = NUMBER, numbers: int = 0) -> Found:
        """Of one shape, but for numbers; a vector beside a matrix is repeated. ``shape`` is that of the nodes before,
        among which ``numbers`` name numbers."""
        if not nodes:
            yield shape, way
            return
        literal = self.is_literal(nodes[0])
        for rank, after in self.read(nodes[0], way):
            new, count = shape, numbers
            if rank == NUMBER:
                count += not literal
                after = after.breaking(BROKEN if shape and shape != NUMBER and not literal else 0)
            elif rank is None or shape is None:
                new = rank if rank is not None else shape if shape != NUMBER else None
            elif shape == NUMBER:
                new, after = rank, after.breaking(BROKEN * numbers)
            elif kind(rank) == kind(shape):
                after = after.matching(shape, rank)
            elif MATRIX in (kind(rank), kind(shape)):
                new, after = max(shape, rank, key=_axes), after.breaking(WEAK)
            else:
                continue
            if after.broken <= self.most:
                yield from self.alike(nodes[1:], after, new, count)

    def is_literal(self, node: s.Node) -> bool:
        """Whether a term has no name but of sizes, or is divided by one: the ``α/K`` of ``(1 - α) Y + α/K``."""
        if isinstance(node, s.Fraction) and any(isinstance(x, s.Symbol) for x in s.walk(node.denominator)):
            node = node.denominator
        return all(x.name in self.world.sizes for x in s.walk(node) if isinstance(x, s.Symbol))

    def divided(self, tops: Found, bottom: s.Node) -> Found:
        """An undeclared name that divides a vector is a number, most likely also where one differentiates by it."""
        name = self.table.reference(bottom) if isinstance(bottom, s.Symbol | s.Scripted) else None
        plain = name is not None and self.declared(name) is None and self.key(name) not in self.defined
        varied = name is not None and name.name in self.world.differentiated.denominators - SCALES
        seldom = (WEAK if varied else BROKEN) if plain else 0
        for top, way in tops:
            for under, after in self.read(bottom, way):
                after = after.breaking(seldom if under is not None and under != NUMBER else 0)
                if top is None or under is None:
                    yield None, after
                elif under == NUMBER:
                    yield top, after
                elif top == NUMBER:
                    yield under, after.breaking(BROKEN if seldom == WEAK else 0)
                elif kind(top) == kind(under):
                    yield top, after.matching(top, under)

    def product(self, node: s.Product, way: Way) -> Found:
        """As the reader does: juxtaposition binds tighter than what works entry by entry."""
        loose = [operator for operator in node.operators if operator not in ("", "\\cdot", "/", "\\times")]
        if loose:
            parts: list[s.Node] = []
            start = 0
            for k, operator in enumerate((*node.operators, ENTRYWISE[0]), 1):
                if operator not in ("", "\\cdot", "/", "\\times"):
                    factors, operators = node.factors[start:k], node.operators[start : k - 1]
                    parts.append(factors[0] if len(factors) == 1 else s.Product(factors, operators))
                    start = k
            if set(loose) <= set(ENTRYWISE):
                yield from self.alike(parts, way)
            else:
                for _, after in self.each(parts, way):
                    yield None, after
            return
        found: Found = self.read(node.factors[0], way)
        for k, (operator, factor) in enumerate(zip(node.operators, node.factors[1:], strict=True)):
            before = node.factors[k]
            found = self.divided(found, factor) if operator == "/" else self.times(found, before, factor, operator)
        yield from found

    def times(self, lefts: Found, before: s.Node, factor: s.Node, operator: str) -> Found:
        for left, way in lefts:
            for right, after in self.read(factor, way):
                if left is None or right is None:  # but for numbers, nobody writes anything beside I
                    yield None, after.breaking(BROKEN if left not in (None, NUMBER) and factor == s.Symbol("I") else 0)
                elif left == NUMBER:
                    named = isinstance(factor, s.Symbol | s.Scripted)
                    lone = isinstance(before, s.Symbol) and before.name.isalpha() and named and self.is_open(before)
                    seldom = 0 if right == NUMBER else WEAK if kind(right) == COLUMN else BROKEN
                    lone = lone or isinstance(before, s.Symbol) and self.row_of_ones(factor) is not None and (
                        self.is_open(before))  # the b of b 1^T
                    yield right, after.breaking(seldom if lone else 0)
                elif right == NUMBER:
                    yield left, after.breaking(BROKEN)
                elif operator == "\\cdot" and kind(left) == kind(right) == COLUMN:
                    yield NUMBER, after.matching(left, right)
                elif (left[1] is None) == (right[0] is None):
                    inner = kind(left) == ROW and kind(right) == COLUMN
                    after = after.breaking(BROKEN if inner and self.turned(before) else 0)
                    yield (left[0], right[1]), after.meeting(left[1], right[0])

    def is_open(self, node: s.Symbol) -> bool:
        """Whether nothing declares what a letter is."""
        reference = self.table.reference(node)
        return reference is None or self.key(reference) not in self.numbers and self.declared(reference) is None

    def turned(self, node: s.Node) -> bool:
        """Whether a small letter is a row by itself: in an inner product it has a transpose."""
        reference = self.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
        if reference is None or reference.transposed or reference.indices:
            return False
        return not symbol_of(node).name.lstrip("\\")[:1].isupper()

    def call(self, node: s.Call, way: Way) -> Found:
        name = base_of(node.function) or ""
        bare = name.lstrip("\\")
        reference = self.table.reference(node.function)
        quantity = reference is not None and self.key(reference) in self.defined | self.numbers
        if reference is not None and reference.name in self.parameters:
            for after in self.applied(node.arguments, self.parameters[reference.name], way):
                yield from self.name(replace(reference, power=None), after)
        elif reference is not None and quantity and name not in self.world.functions:
            yield from self.name(replace(reference, power=None), way)
        elif bare in ("tr", "trace", "Tr", "det") and len(node.arguments) == 1:
            for rank, after in self.read(node.arguments[0], way):
                if rank is None or _axes(rank) == 2:
                    yield NUMBER, after.meeting(*rank) if rank is not None else after
        elif bare == "softmax" and len(node.arguments) == 1:
            for rank, after in self.read(node.arguments[0], way):
                if rank != NUMBER:
                    yield rank, after
        elif bare == "langle" and len(node.arguments) == 2:  # \langle x, y\rangle
            for (one, other), after in self.each(node.arguments, way):
                if one is None or other is None:
                    yield NUMBER, after
                else:
                    yield NUMBER, after.matching(one, other) if kind(one) == kind(other) else after.breaking(BROKEN)
        elif bare in ("max", "min", "sum", "mean") and len(node.arguments) == 1:
            for _, after in self.read(node.arguments[0], way):
                yield NUMBER, after
        elif is_of_all(name, self.world) and name not in self.world.functions:
            for _, after in self.each(node.arguments, way):
                yield NUMBER, after  # the L(u) of J = L(u) + λ‖w‖²
        elif bare in OPERATORS and bare not in ("max", "min"):
            for _, after in self.each(node.arguments, way):
                yield None, after
        else:
            yield from self.alike(node.arguments, way)

    def applied(self, arguments: Sequence[s.Node], parameters: Sequence[s.Node], way: Way) -> Iterator[Way]:
        """What stands where a definition has a variable is of its kind; but for x_i where it has x, one of many."""
        if not arguments or len(arguments) != len(parameters):
            yield way
            return
        argument, parameter = arguments[0], parameters[0]
        if argument == parameter or base_of(argument) == base_of(parameter):
            yield from self.applied(arguments[1:], parameters[1:], way)
            return
        for (rank, expected), after in self.each((argument, parameter), way):
            if rank is not None and expected is not None:
                alike = kind(rank) == kind(expected)
                after = after.matching(rank, expected) if alike else after.breaking(BROKEN)
            yield from self.applied(arguments[1:], parameters[1:], after)


def letter_of(layer: Polynomial | None) -> str | None:
    """The letter of a layer that is any."""
    letters = [n for n in layer.names if len(n) == 1 and n.islower() or n == "\\ell"] if layer is not None else []
    return letters[0] if len(letters) == 1 else None


def quantities_in(node: s.Node) -> Iterator[s.Node]:
    """The names in an expression, without those of functions that are applied, and without the e of ``e^x``."""
    functions = {id(x.function) for x in s.walk(node) if isinstance(x, s.Call)}
    return (name for name in names_in(node) if id(name) not in functions and not _is_exponential(name))


def _is_exponential(node: s.Node) -> bool:
    exponent = exponent_of_e(node)
    return exponent is not None and not isinstance(exponent, s.Number | s.Group) and not is_transpose(exponent)


def quantities_of(node: s.Node, table: NameTable) -> list[s.Node]:
    """The same without the names of layers and labels: no i stands by itself in ``a_t^i``, beside a gate ``i_t``."""
    nodes = [*quantities_in(node)]
    scripts = {
        id(x) for n in nodes if isinstance(n, s.Scripted) and n.sup is not None
        and (r := table.reference(n)) is not None and r.power is None for x in names_in(n.sup)
    }  # fmt: skip
    return [n for n in nodes if id(n) not in scripts]


def symbol_of(node: s.Node | None) -> s.Symbol:
    while isinstance(node, s.Scripted):
        node = node.base
    return node if isinstance(node, s.Symbol) else s.Symbol("")
