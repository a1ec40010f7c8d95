"""What is defined for one example and added up over many: ``ℓ = ½(wᵀx − y)²`` and ``L = Σ_i ℓ_i``.

Where a document has x and x_i, y and y_i (see :func:`~verify_derivations.formulas.kinds.examples`), the ℓ_i are ℓ of
x_i and y_i: all that depends on the example is written out in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verify_derivations.checker.statements import Chain, Placed, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.kinds import differentiated_by, one_of_many
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.scripts import base_of, names_in

OPEN = s.Text("of each")
_DATA = frozenset("xytzuvhasrpq")  # letters of what examples have
MOST_NODES = 1_000  # of a definition that is written out


def each_of_many(chains: Sequence[Placed], table: NameTable) -> Iterator[Placed]:
    """The definitions of ℓ_i, where only those of ℓ are stated; numbered behind the chains of their formulas."""
    examples = table.kinds.examples
    if not examples:
        return
    stated = {r.name for _, _, chain in chains if (r := table.reference(_name(chain.sides[0]))) is not None}
    single = _Single(chains, table)
    for f, k, chain in chains:
        left, name = chain.sides[0], _name(chain.sides[0])
        index = examples.get(name.name) if isinstance(name, s.Symbol) else None
        if index is None or not isinstance(name, s.Symbol) or single.definitions.get(name.name) is not chain.sides[1]:
            continue
        member = one_of_many(name, index)
        reference = table.reference(member)
        if reference is None or not reference.indices or reference.name in {*stated, name.name}:
            continue
        new = replace(left, function=member) if isinstance(left, s.Call) else member
        yield f, len(f.chains) + k, Chain((new, single.of_each(name.name, index)))


def _name(left: s.Node) -> s.Node:
    return left.function if isinstance(left, s.Call) else left


class _Open(Exception):
    """What is written out does not end, or something in it has no single definition."""


class _Single:
    """The definitions of what has no index."""

    def __init__(self, chains: Sequence[Placed], table: NameTable) -> None:
        self.examples = table.kinds.examples
        self.varied = differentiated_by(n for f, _, _ in chains for n in f.derivatives)
        self.definitions: dict[str, s.Node] = {}
        self.parameters: dict[str, set[str | None]] = {}  # of functions
        self.open = set[str]()
        for _, _, chain in chains:
            left = chain.sides[0]
            name = _name(left)
            if not isinstance(name, s.Symbol) or len(chain.sides) < 2 or chain.update:
                continue
            unclear = chain.where or chain.partly or any(map(contains_derivative, chain.sides))
            if unclear or name.name in self.definitions:
                self.open.add(name.name)
            self.definitions.setdefault(name.name, chain.sides[1])
            if isinstance(left, s.Call):
                self.parameters[name.name] = set(map(base_of, left.arguments))
        self.moving = self._moving()

    def _moving(self) -> set[str]:
        """The names of what depends on the example, the variables of functions apart."""
        found = set(self.examples) | self.open
        while True:
            new = {
                name for name, right in self.definitions.items() if name not in found
                and any(x in found for x in self._names_in(right) - self.parameters.get(name, set()))
            }
            if not new:
                return found
            found |= new

    def _names_in(self, tree: s.Node) -> set[str | None]:
        """The names without an index."""
        return {x.name for x in names_in(tree) if isinstance(x, s.Symbol)}

    def of_each(self, name: str, index: s.Node) -> s.Node:
        """What one of many is; nothing that can be read, where that is not clear: where something in the definition
        has the index already, or something that may be an example of its own has none."""
        letter = index.body if isinstance(index, s.Group) else index
        try:
            if name in self.open:
                raise _Open
            right = self.written_out(self.definitions[name])
        except _Open:
            return OPEN
        nodes = [*s.walk(right)]
        scripted = [x for x in nodes if isinstance(x, s.Scripted)]
        members = [x for x in scripted if any(letter in set(s.walk(y)) for y in (x.sub, x.sup) if y is not None)]
        given = {x.name for x in names_in(right) if isinstance(x, s.Symbol)} - self.varied - self.definitions.keys()
        clear = all(isinstance(x.base, s.Symbol) and x.base.name in self.examples for x in members)
        sums = [x.lower for x in nodes if isinstance(x, s.BigOperator) and x.lower is not None]
        bound = any(letter in set(s.walk(x)) for x in sums)
        return right if members and clear and not bound and not given & _DATA else OPEN

    def written_out(self, tree: s.Node, inside: frozenset[str] = frozenset()) -> s.Node:
        """With x_i in the place of x, and the definitions of what depends on x in the place of their names."""

        def new(part: s.Node) -> s.Node | None:
            if isinstance(part, s.Call):
                name = base_of(part.function)
                if name in self.moving:
                    raise _Open
                return replace(part, arguments=tuple(self.written_out(a, inside) for a in part.arguments))
            if not isinstance(part, s.Symbol):
                return None
            if (index := self.examples.get(part.name)) is not None:
                return one_of_many(part, index)
            if part.name not in self.moving and part.name not in self.parameters:
                return None
            if part.name in inside | self.open | self.parameters.keys():
                raise _Open
            return s.Group("(", self.written_out(self.definitions[part.name], inside | {part.name}))

        found = s.mapped(tree, new)
        if sum(1 for _ in s.walk(found)) > MOST_NODES:
            raise _Open
        return found
