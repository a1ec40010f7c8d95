"""Declarations that a document leaves out and its definitions imply: see :mod:`verify_derivations.formulas.ranks`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verify_derivations.checker.claimed_wholes import claimed_as_wholes
from verify_derivations.checker.functions import function_name
from verify_derivations.checker.sentences import sentence
from verify_derivations.checker.statements import Chain, Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import ONE, Polynomial, polynomial
from verify_derivations.formulas.names import NameTable, Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranks import (
    NUMBER,
    Axis,
    Definition,
    OfLayer,
    Rank,
    Ranks,
    kind,
    letter_of,
    quantities_in,
    quantities_of,
)
from verify_derivations.formulas.scripts import BOLD, base_of, is_transpose, items_of, names_in
from verify_derivations.formulas.symbols import LOSSES
from verify_derivations.formulas.tensors import ShapeError
from verify_derivations.formulas.world import Declaration, Known, NeedShape

if TYPE_CHECKING:
    from verify_derivations.checker.defining import Definitions


ENTRYWISE = frozenset(("\\circ", "\\odot"))
OF_TENSORS = frozenset(("softmax", "tr", "Tr", "trace", "det", "diag", "I"))
_OF_LAYER = re.compile(r"(\\?\w+)(?:_\{(\w|\\ell)([+-]\d+)?\}|\^\{\((\w|\\ell)([+-]\d+)?\)\})")
_IN_PART = re.compile(r"\b(?:first|last|leading|partial\s+sums?|part|only|subsets?|truncat\w+|some)\b", re.I)
EACH = "N"
"""What each size is where they are equal."""


@dataclass(frozen=True)
class Inferred:
    """Declarations by name, each with the number of the formula that first mentions it, and the sizes in them; and what
    may be one thing or another: ``doubtful`` names."""

    declarations: dict[str, list[Declaration]] = field(default_factory=dict)
    sizes: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()

    def alike(self, size: str = EACH) -> Inferred:
        """All sizes equal to one, of which nothing else is known."""

        def one(node: s.Node) -> s.Node:
            inner = node.base if isinstance(node, s.Scripted) else node
            return s.Symbol(size) if isinstance(inner, s.Symbol) and inner.name in self.sizes else node

        same = {name: [replace(d, space=replace(d.space, extents=tuple(map(one, d.space.extents)))) for d in stated]
                for name, stated in self.declarations.items()}  # fmt: skip
        return replace(self, declarations=same)

    def told(self, table: NameTable) -> NameTable:
        """What a table says of names would be said if the document had declared them: x_j is an entry of x."""
        plain = {name: stated[0].space for name, stated in self.declarations.items() if not stated[0].indices}
        axes = {name: [n for n in space.extents if n != s.Number("1")] for name, space in plain.items()}
        vectors, matrices = ({name for name, found in axes.items() if len(found) == count} for count in (1, 2))
        numbered = {name for name in self.declarations if re.fullmatch(r".*_\{\d+\}", name)}  # w_0 beside a vector w
        labels = {found[1] for name in plain if (found := re.fullmatch(r".*_\{(\w)\}", name))}  # of the z in W_z
        return replace(
            table, declared=table.declared | plain.keys(), made=table.made | labels,
            declared_bare=table.declared_bare | vectors | matrices, bases=table.bases | vectors | matrices,
            vectors=table.vectors | vectors, matrices=table.matrices | matrices, shaped=table.shaped | numbered,
        )  # fmt: skip

    def remarks(self, by: str = "the definitions") -> dict[int, list[str]]:
        """What the report says of them, at the first formula that mentions each."""
        found: dict[int, list[str]] = {}
        for name, stated in self.declarations.items():
            for d in stated:
                power = "" if not d.space.extents or d.space.extents == (s.Number("1"),) else " \\times ".join(
                    to_latex(n) for n in d.space.extents)  # fmt: skip
                member = name + "".join(f"_{{{to_latex(i)}}}" for i in d.indices)
                member += f"^{{({to_latex(d.layer)})}}" if d.layer is not None else ""
                space = f"\\mathbb{{R}}^{{{power}}}" if power else "\\mathbb{R}"
                found.setdefault(d.number, []).append(f"${member} \\in {space}$")
        return {n: [f"declared nowhere, and read so by {by}: {', '.join(x)}"] for n, x in found.items()}


def infer(found: Definitions, formulas: Sequence[Stated]) -> Inferred:
    """What the definitions say of names that are declared nowhere, where ``found`` could not read all or read some
    otherwise."""
    definitions, table = _definitions(found, formulas), found.world.table
    if not found.failed and not _says_nothing(found, definitions):
        return Inferred()
    return _Inference(found, formulas, definitions, table).found()


def _says_nothing(found: Definitions, definitions: Sequence[Definition]) -> bool:
    """Whether the document says nothing of some name that is not defined either."""
    world, table = found.world, found.world.table
    heads = (d.left.function if isinstance(d.left, s.Call) else d.left for d in definitions)
    told = {r.name for r in map(table.reference, heads) if r is not None} | world.sizes | table.bound
    told |= {name for name, each in world.declarations.items() if any(not d.hint for d in each)}
    told |= {"e"} - world.differentiated.denominators  # of e^x; the codes e_k are something
    sides = [side for d in definitions for side in (d.left, d.right)]
    signs = {id(x.sup) for side in sides for x in s.walk(side) if isinstance(x, s.Scripted) and x.sup is not None
             and is_transpose(x.sup)}  # fmt: skip
    names = (table.reference(node) for side in sides for node in quantities_in(side) if id(node) not in signs)
    return any(reference is not None and reference.name not in told for reference in names)


class _Inference:
    def __init__(
        self, found: Definitions, formulas: Sequence[Stated], definitions: Sequence[Definition], table: NameTable
    ) -> None:
        self.before, self.world, self.table, self.formulas = found, found.world, table, formulas
        self.letters: dict[str, s.Node] = {}
        self.first: dict[str, int] = {}
        heads = (d.left.function if isinstance(d.left, s.Call) else d.left for d in definitions)
        self.lefts = {  # not the x of ``x_{k+1} = A^{-1} b``
            r.name for r in map(table.reference, heads) if r is not None
            and all(isinstance(i, s.Symbol) for i in r.indices)
        }  # fmt: skip
        for number, reference in _references(definitions, table):
            self.first.setdefault(reference.name, number)
            if len(reference.indices) == 1 and isinstance(reference.indices[0], s.Symbol):
                self.letters.setdefault(reference.name, reference.indices[0])
        numbers, customary = self._numbers(formulas)
        numbers |= self._of_functions(formulas)
        tops = set(self.world.differentiated.numerators) - self.world.differentiated.denominators - numbers
        apart = customary | self.world.aliases.keys()
        vectors = claimed_as_wholes(formulas, _references(definitions, table), self.world)
        self.reader = Ranks(self.world, table, [*definitions, *_of_one_step(formulas)], numbers, tops, apart, vectors)
        self.settled = self.reader.settled()

    def _numbers(self, formulas: Sequence[Stated]) -> tuple[set[str], set[str]]:
        """The names of what is differentiated and a number, a loss or what has a gradient; and names of gradients."""
        nodes = (node for f in formulas for chain in f.chains for node in names_in(chain.sides[0]))
        named = {r.name for r in map(self.table.reference, nodes) if r is not None}
        customary = {name for name in named if self.table.variable_of(name) is not None}
        losses = {name for name in self.lefts if re.split("[_^]", name, maxsplit=1)[0] in LOSSES}
        numbers = losses & set(self.world.differentiated.numerators) - self.world.differentiated.denominators
        numbers |= losses if customary and not numbers else set()  # dW is ∂L/∂W
        for node in (n.body for f in formulas for n in f.nodes if isinstance(n, s.Nabla)):
            top = self.table.reference(node.function if isinstance(node, s.Call) else node)
            numbers |= {top.name} if top is not None else set()
        return numbers, customary

    def _of_functions(self, formulas: Sequence[Stated]) -> set[str]:
        """What stands in the definition of a function of numbers, if nothing of that stands under a norm."""
        nodes = (x for f in formulas for n in f.nodes if isinstance(n, s.Norm) for x in names_in(n.body))
        vectors = {r.name for r in map(self.table.reference, nodes) if r is not None}
        chains = [
            chain for f in formulas for chain in f.chains if _is_function(chain, self.before)
            and vectors.isdisjoint(r.name for r in map(self.table.reference, names_in(chain.sides[1])) if r is not None)
        ]  # fmt: skip
        nodes = (node for chain in chains for side in chain.sides for node in quantities_in(side))
        return {r.name for r in map(self.table.reference, nodes) if r is not None} - {
            r.name for chain in chains for r in map(self.table.reference, _arguments(chain)) if r is not None
        }

    def found(self) -> Inferred:
        sizes = Sizes(self.settled.ranks, self.settled.equal, self._by_ranges())
        declarations: dict[str, list[Declaration]] = {}
        otherwise = any(isinstance(error, NeedShape | ShapeError) for error in self.before.failed.values())
        otherwise |= bool(self.settled.doubtful & self.world.undeclared.guessed)
        otherwise |= self._of_one_layer_at_others()
        labelled = self._labelled()
        for key, rank in self.settled.ranks.items():
            reference = self.reader.first.get(key)
            member = key not in self.reader.whole
            known = self.world.known.get(key)
            if reference is not None and known is not None:
                otherwise |= _is_of_another_size(known, self.reader.declared(reference), member)
                otherwise |= reference.name in self.lefts and kind(rank) != _kind_of(known, member)
            if reference is None or not self._is_open(reference, member):
                continue
            if member and (rank == NUMBER or reference.name not in self.letters):
                continue
            declaration = self._declaration(reference, rank, sizes)
            indices = (self.letters[reference.name],) if member else ()
            declarations.setdefault(reference.name, []).append(replace(declaration, indices=indices))
            otherwise |= key in self.reader.of_entries or rank != NUMBER and reference.name in labelled
            otherwise |= known is not None and kind(rank) != _kind_of(known, member)
            # of every layer, which is read where one is spoken of
            otherwise |= known is None and rank != NUMBER and reference.name in self.reader.generic
        spaces = [d.space.extents for stated in declarations.values() for d in stated]
        tensors = any(n != s.Number("1") for space in spaces for n in space)
        if not otherwise or tensors and not self._of_tensors(declarations.keys()):
            return Inferred(doubtful=self.settled.doubtful)
        return Inferred(declarations, frozenset(sizes.new), self.settled.doubtful)

    def _of_one_layer_at_others(self) -> bool:
        """Whether something that nothing declares was read with the size of one layer, d_l, at several."""
        shapes: dict[tuple[str, int, Polynomial], set[Polynomial]] = {}
        for head, (name, layer) in self.world.layers.of.items():
            known = self.world.known.get(head)
            if known is not None and name in self.reader.generic and not self.reader.is_declared(name):
                for k, size in enumerate(known.shape):
                    if _is_of_any_layer(size):
                        shapes.setdefault((name, k, size), set()).add(layer)
        return any(len(layers) > 1 for layers in shapes.values())

    def _by_ranges(self) -> frozenset[tuple[Axis, Axis]]:
        """Axes over which all sums go to one size, ``\\sum_{j=1}^{M} w_j x_j``. Claims have a say in this, where
        nothing else says it: a sum over entries is over all of them."""
        ends: dict[Axis, set[str]] = {}
        plain = (f for k, f in enumerate(self.formulas) if _IN_PART.search(sentence(self.formulas, k)) is None)
        for node in (node for f in plain for node in f.nodes):
            if not isinstance(node, s.BigOperator) or node.operator != "\\sum" or node.upper is None:
                continue
            match node.lower:
                case s.Relation(sides=(s.Symbol() as letter, s.Number("1")), relations=("=",)):
                    for axis in self._axes_of(letter, node.body):
                        ends.setdefault(axis, set()).add(to_latex(node.upper))
        single = {axis: end for axis, (end, *others) in ends.items() if not others}
        return frozenset((axis, polynomial(end)) for axis, end in single.items() if _is_size(end))

    def _axes_of(self, letter: s.Symbol, body: s.Node) -> Iterator[Axis]:
        """The axes of names that a letter counts in an expression."""
        for node in s.walk(body):
            if not isinstance(node, s.Scripted) or node.sub is None:
                continue
            base, items, reference = base_of(node) or "", items_of(node.sub), self.table.reference(node)
            rank = self.settled.ranks.get(base)
            rank = rank if rank is None or reference is None else self.reader.at(rank, reference)
            axes = [axis for axis in rank or () if axis is not None]
            another = reference is not None and "{{" in reference.name  # x_i is one of many x
            if base in self.reader.whole and not another and len(axes) == len(items):  # no member of a family
                yield from (axis for axis, item in zip(axes, items, strict=True) if item == letter)

    def _labelled(self) -> set[str]:
        """The x of which x_j is another name in claims, for nothing tells that j counts entries."""
        nodes = {n for f in self.formulas for n in f.nodes if isinstance(n, s.Scripted) and n.sub is not None}
        references = ((base_of(n), self.table.reference(n)) for n in nodes if n.sub is not None and _has_letters(n.sub))
        known = self.world.known.keys() | self.world.declarations.keys()
        return {base for base, r in references if base is not None and r is not None and r.name not in known | {base}}

    def _of_tensors(self, names: Set[str]) -> bool:
        """Whether anything but capitals tells that there are vectors and matrices: ``F = M A`` is of numbers, perhaps.
        Claims have a say in this, ``W_{ij}`` is an entry."""
        nodes = [node for f in self.formulas for node in f.nodes]
        scripted = [n for n in nodes if isinstance(n, s.Scripted)]
        return (
            any(r is not None and r.transposed for r in map(self.table.reference, scripted))
            or any(base_of(n) in names and _has_letters(n.sub) for n in scripted if n.sub is not None)
            or any(isinstance(n, s.Norm) or isinstance(n, s.Space) and n.extents for n in nodes)
            or any(isinstance(n, s.Product) and not ENTRYWISE.isdisjoint(n.operators) for n in nodes)
            or any(isinstance(n, s.Symbol) and (n.font in BOLD or n.name.lstrip("\\") in OF_TENSORS) for n in nodes)
        )

    def _is_open(self, reference: Reference, member: bool) -> bool:
        """Whether nothing else says what a name is: no declaration, and no definition but of a recursion."""
        state = member and any(reference.name == name for name, _ in self.table.shifted)
        state |= self.reader.key(reference) in self.reader.of_entries
        if reference.name in self.lefts and not state or reference.name in self.world.sizes:
            return False
        if reference.name in self.world.functions:  # h beside h(x)
            return False
        return self.reader.declared(reference) is None

    def _declaration(self, reference: Reference, rank: Rank, sizes: Sizes) -> Declaration:
        layer, letter = reference.layer, letter_of(self.reader.layer(reference))
        if letter is not None:  # for every layer, l also where the first is a^{(l - 1)}
            layer = s.Symbol(letter)
        rank = self.reader.at(rank, replace(reference, layer=layer))
        space = s.Space("\\mathbb{R}", sizes.extents(rank))
        return Declaration(layer, (), space, self.first[reference.name])


def _is_of_any_layer(size: Polynomial) -> bool:
    """``n_{l-1}``, not ``n_0``."""
    found = _OF_LAYER.fullmatch(size.as_atom() or "")
    return found is not None and not (found[2] or found[4]).isdigit()


def _is_size(end: str) -> bool:
    """Whether the end of a sum is one letter, perhaps with a label, that counts something."""
    return re.fullmatch(r"[A-Zdmnp](?:_\{?\w+\}?)?", end) is not None or _OF_LAYER.fullmatch(end) is not None


def _has_letters(sub: s.Node) -> bool:
    """Whether a subscript is of letters that may be indices."""
    items = items_of(sub)
    return all(isinstance(item, s.Symbol) and len(item.name) == 1 and item.name.islower() for item in items)


def _references(definitions: Sequence[Definition], table: NameTable) -> Iterator[tuple[int, Reference]]:
    """The names of quantities in definitions, each with the number of the formula."""
    for definition in definitions:
        for side in (definition.left, definition.right):
            for node in quantities_of(side, table):
                reference = table.reference(node)
                if reference is not None:
                    yield definition.number, reference


def _kind_of(known: Known, member: bool) -> tuple[bool, bool]:
    """The kind of a quantity, or of its members, as it was read."""
    rows, columns, *_ = *(known.shape if known.family or not member else ()), ONE, ONE
    return rows != ONE, columns != ONE


def _is_of_another_size(known: Known, declared: Rank | None, member: bool) -> bool:
    """Whether a definition, as it was read, gives a quantity another size than is declared: what it is made of has a
    size of its own, where the declaration tells it."""
    if declared is None:
        return False
    read = (*(known.shape if known.family or not member else ()), ONE, ONE)
    return any(axis is not None and axis != size for axis, size in zip(declared, read, strict=False))


def failed_definitions(found: Definitions, formulas: Sequence[Stated]) -> set[tuple[int, int]]:
    """The definitions that could not be read."""
    equations = {(f.number, k) for f in formulas for k, chain in enumerate(f.chains) if _defines(chain, found)}
    return equations & found.failed.keys()


def _defines(chain: Chain, found: Definitions) -> bool:
    """Whether an equation would define; what a derivative takes part in, by custom too, is a claim."""
    first = found.world.table.reference(chain.sides[0])
    if chain.update or len(chain.sides) < 2 or any(map(contains_derivative, chain.sides)):
        return False
    return first is None or found.world.table.variable_of(first.name) is None


def _definitions(found: Definitions, formulas: Sequence[Stated]) -> list[Definition]:
    """Equations that define, or would if they could be read."""
    result = []
    for f in formulas:
        for k, chain in enumerate(f.chains):
            if not _defines(chain, found) or _is_function(chain, found):
                continue
            for side, (left, right) in enumerate(zip(chain.sides, chain.sides[1:], strict=False)):
                failed = side == 0 and (f.number, k) in found.failed
                if failed or found.defined.get((f.number, k, side)) == "definition":
                    result.append(Definition(left, right, f.number))
    return result


def _of_one_step(formulas: Sequence[Stated]) -> list[Definition]:
    """That ``c_{t-1}`` and ``c_t``, which are two names, are of one shape."""
    labelled: dict[s.Node, dict[s.Node, int]] = {}
    for f in formulas:
        for node in f.names:
            if isinstance(node, s.Scripted) and isinstance(node.sub, s.Label):
                labelled.setdefault(node.base, {}).setdefault(node, f.number)
    return [Definition(next(iter(names)), other, number) for names in labelled.values()
            for other, number in [*names.items()][1:]]  # fmt: skip


def _is_function(chain: Chain, found: Definitions) -> bool:
    """Whether an equation defines a function of numbers, ``f(z) = A \\tanh(B z)``: what has a transpose, a norm or a
    declared matrix in it is no number."""
    left = chain.sides[0]
    if not isinstance(left, s.Call) or function_name(left.function) not in found.world.functions:
        return False
    nodes = (n for side in chain.sides for n in names_in(side))
    references = [r for r in map(found.world.table.reference, nodes) if r is not None]
    return not any(r.transposed or not r.indices and _is_matrix(found.world.declarations.get(r.name, ()))
                   for r in references) and not any(
        isinstance(n, s.Norm) or isinstance(n, s.Scripted) and n.sup is not None and is_transpose(n.sup)
        for side in chain.sides for n in s.walk(side)
    )  # fmt: skip


def _is_matrix(stated: Sequence[Declaration]) -> bool:
    return any(len(d.space.extents) == 2 and not d.hint and not d.indices for d in stated)


def _arguments(chain: Chain) -> Sequence[s.Node]:
    return chain.sides[0].arguments if isinstance(chain.sides[0], s.Call) else ()


class Sizes:
    """The lengths of axes, of which some are equal. One of any layer is that of another name's at a layer by so many
    further on; where it is also its own at another layer, it is the same at all."""

    def __init__(
        self, ranks: Mapping[str, Rank], equal: frozenset[tuple[Axis, Axis]],
        summed: frozenset[tuple[Axis, Axis]] = frozenset(),
    ) -> None:  # fmt: skip
        self.parent: dict[Axis, Axis] = {}
        self.leader: dict[str, tuple[str, Polynomial]] = {}  # of any layer: which name's it is, how many layers on
        self.constant = set[str]()
        self.stated: dict[str, tuple[Polynomial, Polynomial]] = {}  # of any layer: what is stated of it at one
        pairs = sorted(equal, key=str)
        for one, other in pairs:
            if isinstance(one, OfLayer) and isinstance(other, OfLayer) and letter_of(one.layer):
                self._lead(one, other)
        for one, other in pairs:
            if not (isinstance(one, OfLayer) and isinstance(other, OfLayer) and letter_of(one.layer)):
                self._unite(one, other)
        for axis, end in sorted(summed, key=str):  # to which sums go, where nothing else states it
            if isinstance(self.root(axis), str | OfLayer):
                self._unite(axis, end)
        self.names: dict[Axis, str] = {}
        self.new = set[str]()
        for key, rank in sorted(ranks.items(), key=lambda item: (sum(a is not None for a in item[1]), item[0])):
            name = key.removesuffix("^{(\\cdot)}")
            for letter, axis in zip("NM", rank, strict=True):  # vectors name their sizes first
                root = self.root(axis)
                root = root.name if isinstance(root, OfLayer) else root
                if isinstance(root, str):
                    self.names.setdefault(self._leader(root)[0], f"{letter}_{{{name}}}")
        self.new = {*self.names.values()}

    # -- of any layer ---------------------------------------------------------------------------------------
    def _leader(self, name: str) -> tuple[str, Polynomial]:
        shift = polynomial(0)
        while name in self.leader:
            name, further = self.leader[name]
            shift = shift + further
        return name, shift

    def _lead(self, one: OfLayer, other: OfLayer) -> None:
        (first, ahead), (second, behind) = self._leader(one.name), self._leader(other.name)
        distance = one.layer + ahead - other.layer - behind
        if not distance.is_constant:
            return
        if first != second:
            self.leader[first] = second, -distance
            self.constant |= {second} if first in self.constant else set()
        elif distance:
            self.constant.add(first)

    def _at_layer(self, axis: Axis) -> Axis:
        if not isinstance(axis, OfLayer):
            return axis
        name, shift = self._leader(axis.name)
        return name if name in self.constant else OfLayer(name, axis.layer + shift)

    # -- of all -----------------------------------------------------------------------------------------------
    def root(self, axis: Axis) -> Axis:
        axis = self._at_layer(axis)
        while axis in self.parent:
            axis = self.parent[axis]
        return self._as_stated(axis) or axis if isinstance(axis, OfLayer) else axis

    def _as_stated(self, axis: OfLayer) -> Polynomial | None:
        """n_0 for layer 0 of what has the size n_{l-1} in layer l - 1."""
        layer, size = self.stated.get(axis.name, (axis.layer, axis.layer))
        found = _OF_LAYER.fullmatch(size.as_atom() or "")
        if found is None:
            return None
        base, sub, by, sup, above = found.groups()
        letter = polynomial(sub or sup)
        index = axis.layer - (layer - letter) + int(by or above or 0)
        rest = index if index.is_constant else index - letter
        if (sub or sup).isdigit() or not rest.is_constant:
            return None
        shift = f"{int(rest.value):+d}" if rest.value else ""
        text = str(rest.value) if index.is_constant else f"{sub or sup}{shift}"
        return polynomial(f"{base}_{{{text}}}" if sub else f"{base}^{{({text})}}")

    def _unite(self, one: Axis, other: Axis) -> None:
        first, second = self.root(one), self.root(other)
        if first == second or first is None or second is None:
            return
        if isinstance(first, Polynomial) or isinstance(first, OfLayer) and isinstance(second, str):
            first, second = second, first
        if isinstance(first, OfLayer) and isinstance(second, Polynomial):
            known = self.stated.get(first.name)
            if known is None or not _is_of_any_layer(known[1]):  # not the d of x, at layer 0
                self.stated[first.name] = first.layer, second
        if not isinstance(first, Polynomial):  # what is stated stays
            self.parent[first] = second

    def extents(self, rank: Rank) -> tuple[s.Node, ...]:
        nodes = [s.Number("1") if axis is None else self._node(self.root(axis)) for axis in rank]
        return tuple(nodes[:1]) if rank[1] is None else tuple(nodes)

    def _node(self, root: Axis) -> s.Node:
        if isinstance(root, Polynomial):
            return _as_node(root)
        if isinstance(root, OfLayer):
            size = s.Symbol(self.names[root.name])
            return s.Scripted(size, sup=s.Group("(", _as_node(root.layer)))
        assert root is not None
        return s.Symbol(self.names[root])




def _size(name: str) -> s.Node:
    """A size by its name; ``n_{l-1}`` has the layer in it, and is another size in each."""
    found = _OF_LAYER.fullmatch(name)
    if found is None:
        return s.Symbol(name)
    base, sub, by, sup, above = found.groups()
    letter: s.Node = s.Number(sub or sup) if (sub or sup).isdigit() else s.Symbol(sub or sup)
    if shift := by or above:
        letter = s.Sum(("+", shift[0]), (letter, s.Number(shift[1:])))
    return s.Scripted(s.Symbol(base), letter) if sub else s.Scripted(s.Symbol(base), sup=s.Group("(", letter))


def _as_node(value: Polynomial) -> s.Node:
    """An extent or a layer as it could be written."""
    terms: list[s.Node] = []
    ordered = sorted(value.terms, key=lambda term: (term[1] < 0, not term[0], term[0]))
    for monomial, coefficient in ordered:
        factors: list[s.Node] = [_size(name) for name in monomial]
        if abs(coefficient) != 1 or not monomial:
            factors.insert(0, s.Number(str(abs(coefficient))))
        terms.append(s.Product(tuple(factors), ("",) * (len(factors) - 1)) if len(factors) > 1 else factors[0])
    signs = tuple("-" if c < 0 else "+" for _, c in ordered)
    return s.Number("0") if not terms else terms[0] if signs == ("+",) else s.Sum(signs, tuple(terms))
