"""Declarations that a document leaves out and its definitions imply: see :mod:`verify_derivations.formulas.ranks`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verify_derivations.checker.statements import Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import ONE, Polynomial, polynomial
from verify_derivations.formulas.lookup import declared
from verify_derivations.formulas.names import NameTable, Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranks import NUMBER, Axis, Definition, Rank, Ranks, quantities_in
from verify_derivations.formulas.tensors import show
from verify_derivations.formulas.world import Declaration, NeedShape, Statement, World

if TYPE_CHECKING:
    from verify_derivations.checker.worlds import Definitions


@dataclass(frozen=True)
class Inferred:
    """Declarations by name, the number of the formula that first mentions each, and the sizes in them."""

    declarations: dict[str, list[Declaration]] = field(default_factory=dict)
    sizes: frozenset[str] = frozenset()

    def told(self, table: NameTable) -> NameTable:
        """What a table says of names would be said if the document had declared them: x_j is an entry of x."""
        plain = {name: stated[0].space for name, stated in self.declarations.items() if not stated[0].indices}
        axes = {name: [n for n in space.extents if n != s.Number("1")] for name, space in plain.items()}
        vectors, matrices = ({name for name, found in axes.items() if len(found) == count} for count in (1, 2))
        return replace(
            table, declared_bare=table.declared_bare | vectors | matrices, bases=table.bases | vectors | matrices,
            vectors=table.vectors | vectors, matrices=table.matrices | matrices,
        )  # fmt: skip

    def remarks(self, world: World) -> dict[int, list[str]]:
        """What the report says of them, at the first formula that mentions each."""
        found: dict[int, list[str]] = {}
        for name, stated in self.declarations.items():
            for declaration in stated:
                known = world.known.get(name) or declared(Reference(name), None, world, Statement())
                said = known.shape if known is not None else ()
                shape = show([world.extents.normal(n) for n in said if n != ONE or len(said) - said.count(ONE) != 1])
                text = f"\\in \\mathbb{{R}}^{{{shape}}}" if said else "\\in \\mathbb{R}"
                member = f"{name}_{{{to_latex(declaration.indices[0])}}}" if declaration.indices else name
                found.setdefault(declaration.number, []).append(f"${member} {text}$")
        return {n: [f"declared nowhere, and read so by the definitions: {', '.join(x)}"] for n, x in found.items()}


def infer(found: Definitions, formulas: Sequence[Stated]) -> Inferred:
    """What the definitions say of names that are declared nowhere, where some could not be read without it."""
    world = found.world
    if not world.guessed and not any(isinstance(error, NeedShape) for error in found.failed.values()):
        return Inferred()
    definitions = list(_definitions(found, formulas))
    fonts: dict[str, set[str]] = {}
    letters: dict[str, s.Node] = {}
    first: dict[str, int] = {}
    lefts = set[str]()
    for definition in definitions:
        for side in (definition.left, definition.right):
            for node in quantities_in(side):
                reference = world.table.reference(node)
                if reference is None:
                    continue
                fonts.setdefault(reference.name, set()).add(_font(node))
                first.setdefault(reference.name, definition.number)
                if len(reference.indices) == 1 and isinstance(reference.indices[0], s.Symbol):
                    letters.setdefault(reference.name, reference.indices[0])
        left = world.table.reference(definition.left)
        lefts |= {left.name} if left is not None else set()
    twofold = {name for name, used in fonts.items() if len(used) > 1 and name not in letters}
    customary = {name for name in first if world.table.variable_of(name) is not None}
    reader = Ranks(world, definitions, set(world.losses()), twofold | customary | world.aliases.keys())
    ranks, equal = reader.settled()
    sizes = _Sizes(ranks, equal)
    states = {name for name, _ in world.table.shifted}
    declarations: dict[str, list[Declaration]] = {}
    for key, rank in ranks.items():
        reference = reader.first.get(key)
        if reference is None or any(not d.hint for d in world.declarations.get(reference.name, ())):
            continue
        if reference.name in lefts and reference.name not in states or reference.name in world.sizes:
            continue
        member = key not in reader.whole
        if member and (rank == NUMBER or reference.name not in letters):
            continue
        indices = (letters[reference.name],) if member else ()
        space = s.Space("\\mathbb{R}", sizes.extents(rank))
        declarations.setdefault(reference.name, []).append(
            Declaration(reference.layer, indices, space, first[reference.name])
        )
    return Inferred(declarations, frozenset(sizes.new))


def _font(node: s.Node) -> str:
    while isinstance(node, s.Scripted):
        node = node.base
    return node.font if isinstance(node, s.Symbol) else ""


def _definitions(found: Definitions, formulas: Sequence[Stated]) -> list[Definition]:
    """Equations that define, or would if they could be read; what a derivative takes part in is a claim."""
    result = []
    for f in formulas:
        for k, chain in enumerate(f.chains):
            first = found.world.table.reference(chain.sides[0])
            if chain.update or len(chain.sides) < 2 or any(map(contains_derivative, chain.sides)):
                continue
            if first is not None and found.world.table.variable_of(first.name) is not None:
                continue
            for side, (left, right) in enumerate(zip(chain.sides, chain.sides[1:], strict=False)):
                failed = side == 0 and (f.number, k) in found.failed
                if failed or found.defined.get((f.number, k, side)) == "definition":
                    result.append(Definition(left, right, f.number))
    return result


class _Sizes:
    """The lengths of axes, of which some are equal."""

    def __init__(self, ranks: dict[str, Rank], equal: frozenset[tuple[Axis, Axis]]) -> None:
        self.parent: dict[Axis, Axis] = {}
        for one, other in sorted(equal, key=str):
            self._unite(one, other)
        self.names: dict[Axis, str] = {}
        self.new = set[str]()
        for name, rank in sorted(ranks.items(), key=lambda item: (sum(a is not None for a in item[1]), item[0])):
            for letter, axis in zip("NM", rank, strict=True):  # vectors name their sizes first
                root = self.root(axis)
                if isinstance(root, str) and root not in self.names:
                    size = f"{letter}_{{{name}}}"
                    self.names[root] = size
                    self.new.add(size)

    def root(self, axis: Axis) -> Axis:
        while axis in self.parent:
            axis = self.parent[axis]
        return axis

    def _unite(self, one: Axis, other: Axis) -> None:
        first, second = self.root(one), self.root(other)
        if first == second or first is None or second is None:
            return
        if isinstance(second, str):
            first, second = second, first
        if isinstance(first, str):  # what is stated stays
            self.parent[first] = second

    def extents(self, rank: Rank) -> tuple[s.Node, ...]:
        nodes = [s.Number("1") if axis is None else self._node(self.root(axis)) for axis in rank]
        return tuple(nodes[:1]) if rank[1] is None else tuple(nodes)

    def _node(self, root: Axis) -> s.Node:
        if isinstance(root, Polynomial):
            return _as_node(root)
        assert root is not None
        return s.Symbol(self.names[root])


def _as_node(value: Polynomial) -> s.Node:
    """An extent as it could be written."""
    terms = []
    for monomial, coefficient in value.terms:
        factors = (s.Number(str(abs(coefficient))), *map(s.Symbol, monomial))
        terms.append(s.Product(factors, ("",) * len(monomial)) if monomial else factors[0])
    return s.Sum(tuple("-" if c < 0 else "+" for _, c in value.terms), tuple(terms)) if value.terms else s.Number("0")
