"""Letters that are something else in another section: the number b of one model, and the b of ``W x + b`` in another.

How a section uses a letter is told by what it declares, and by what can stand there and nothing else can. Where some
use it as a number and others as a vector or a matrix, those of the one kind have a letter of their own. A section that
leaves it open goes on with the one around it, or before it. Where one section uses a letter in both ways, it is one.

So are a standard deviation σ_j, and the function of σ(z) in another section; and the bias c of ``V x + c``, and the
states ``c_t`` that a recursion of another section makes of ``c_{t-1}``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.data_of_sections import own_data
from verify_derivations.formulas.document import is_within
from verify_derivations.formulas.fonts import Place, Trees
from verify_derivations.formulas.nets_of_sections import own_nets
from verify_derivations.formulas.scripts import is_square, is_transpose, items_of
from verify_derivations.formulas.symbols import LOSSES, SIGMOID

_OWN = "\\mathit"
"""The font in which letters are written that are something of their own in a section."""
_OWN_NAME = re.compile(r"\\mathit\{(\w|\\sigma)\}")
NUMBER, TENSOR = "number", "tensor"
ONE, MANY = "one", "many"
_ORDER = frozenset(("<", ">", "\\le", "\\leq", "\\ge", "\\geq"))
_ENTRYWISE = frozenset(("\\odot", "\\circ", "\\otimes"))


def namesakes(trees: Trees) -> dict[Place, frozenset[s.Symbol]]:
    """The letters that sections have of their own, which are given in document order."""
    places = {place: _Uses.of(inside) for place, inside in trees.items()}
    if len(places) < 2:
        return {}
    matrices, vectors, numbers = (set[s.Symbol]().union(*each) for each in zip(
        *((uses.matrices, uses.vectors, uses.numbers) for uses in places.values()), strict=True))  # fmt: skip
    for place, uses in places.items():
        around = [other for at, other in places.items() if is_within(place, at)]
        uses.matrices = (matrices - vectors - numbers).union(*(other.matrices for other in around))
        uses.vectors = (vectors - matrices - numbers).union(*(other.vectors for other in around))
    for place, uses in places.items():
        uses.take(trees[place])
    found: dict[Place, set[s.Symbol]] = defaultdict(set)
    states = {x for inside in trees.values() for x in _states(inside)}
    counted = set[s.Symbol]().union(*(uses.counted for uses in places.values()))
    for letter in {x for uses in places.values() for x in uses.mentioned} - counted:
        having = [place for place, uses in places.items() if letter in uses.mentioned]
        kinds = {place: places[place].kinds.get(letter, set[str]()) for place in having}
        forms = {place: _forms(letter, trees[place]) for place in having if letter in states}
        for place in _own_places(kinds) or _own_places(forms):
            found[place].add(letter)
    for place in _deviations(trees):
        found[place].add(s.Symbol(SIGMOID))
    for place, net in own_nets(trees).items():
        found[place] |= net
    for place, data in own_data(trees).items():
        found[place] |= data
    return {place: frozenset(letters) for place, letters in found.items()}


def _deviations(trees: Trees) -> list[Place]:
    """The sections in which σ_j is a standard deviation, where others have the function of σ(z)."""
    sigma = s.Symbol(SIGMOID)
    nodes = {place: [x for tree in inside for x in s.walk(tree)] for place, inside in trees.items()}
    applying = [place for place in nodes if any(isinstance(x, s.Call) and x.function == sigma for x in nodes[place])]
    apart = [place for place in nodes if not any(is_within(at, place) or is_within(place, at) for at in applying)]
    return [place for place in apart if applying and any(
        isinstance(x, s.Scripted) and x.base == sigma and isinstance(x.sub, s.Symbol) for x in nodes[place])]


def rewritten(tree: s.Node, letters: Set[s.Symbol]) -> s.Node:
    """A tree with letters of its section by names of their own."""

    def new(node: s.Node) -> s.Node | None:
        if isinstance(node, s.Scripted):
            base, sup = s.mapped(node.base, new), None if node.sup is None else s.mapped(node.sup, new)
            return node if base is node.base and sup is node.sup else replace(node, base=base, sup=sup)
        return replace(node, font=_OWN, own=True) if isinstance(node, s.Symbol) and node in letters else None

    return s.mapped(tree, new)


def letter_in(name: str) -> str:
    """The letter that a section writes for a name of its own."""
    return name[len(_OWN) + 1 : -1] if name.startswith(f"{_OWN}{{") else name


def letters_in(text: str) -> str:
    """A text with the letters that the document writes for names of a section's own."""
    return _OWN_NAME.sub(r"\1", text) if _OWN in text else text


def _states(trees: Sequence[s.Node]) -> Iterator[s.Symbol]:
    """The c and the h of a recursion, ``c_t = f(c_{t-1})`` and ``a_t = H h_{t-1}, h_t = g(a_t)``."""
    forward = [tree for tree in trees if not any(isinstance(x, s.Derivative | s.Nabla) for x in s.walk(tree))]
    relations = [x for tree in forward for x in s.walk(tree) if isinstance(x, s.Relation)]
    equations = [x.sides for x in relations if x.relations[0] in s.EQUALS]
    inside = (x for _, *sides in equations for side in sides for x in s.walk(side))
    values = [x for x in inside if isinstance(x, s.Scripted)]
    for left in (left for left, *_ in equations if isinstance(left, s.Scripted)):
        before = [x.sub for x in values if x.base == left.base]
        if _is_letter(left.base) and any(_is_step(left.sub, sub) or _is_step(sub, left.sub) for sub in before):
            yield left.base


def _is_step(one: s.Node | None, other: s.Node | None) -> bool:
    """t and t - 1."""
    return isinstance(one, s.Symbol) and isinstance(other, s.Sum) and one in other.terms


def _forms(letter: s.Symbol, trees: Sequence[s.Node]) -> set[str]:
    """How a section writes a letter: with an index, or without one where it declares or defines something."""
    found = set[str]()
    for tree in trees:
        scripted = [x for x in s.walk(tree) if isinstance(x, s.Scripted) and x.base == letter and x.sub is not None]
        found |= {MANY} if scripted else set()
        below = {id(x.base) for x in scripted}
        alone = [x for x in s.walk(tree) if x == letter and id(x) not in below]
        relations = [x for x in s.walk(tree) if isinstance(x, s.Relation)]
        claims = any(isinstance(x, s.Derivative | s.Nabla) for x in s.walk(tree))
        found |= {ONE} if alone and relations and not claims else set()
    return found


def _own_places(kinds: Mapping[Place, set[str]]) -> Sequence[Place]:
    """The sections that use a letter otherwise than the first one, by how each uses it that has it."""
    told = set[str]().union(*kinds.values())
    if len(told) < 2 or any(len(found) > 1 for found in kinds.values()):
        return ()
    first = next(iter(found)) if (found := next(x for x in kinds.values() if x)) else ""
    settled: dict[Place, str] = {}
    for place, own in kinds.items():
        around = next((settled[place[:k]] for k in range(len(place) - 1, -1, -1) if place[:k] in settled), None)
        before = next(reversed(settled.values()), first)
        settled[place] = next(iter(own)) if own else around or before
    return [place for place, kind in settled.items() if kind != first]


@dataclass
class _Uses:
    """What a section says of letters without an index: which it has, and how it uses them."""

    mentioned: set[s.Symbol] = field(default_factory=set)
    counted: set[s.Symbol] = field(default_factory=set)  # what is an index, or a size
    matrices: set[s.Symbol] = field(default_factory=set)  # declared here, or around
    vectors: set[s.Symbol] = field(default_factory=set)
    numbers: set[s.Symbol] = field(default_factory=set)
    kinds: dict[s.Symbol, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, trees: Sequence[s.Node]) -> _Uses:
        found = cls()
        relations = [x for tree in trees for x in s.walk(tree) if isinstance(x, s.Relation)]
        for node in relations:
            if node.relations[0] == "\\in" and isinstance(node.sides[-1], s.Space):
                axes = [x for x in node.sides[-1].extents if x != s.Number("1")]
                of_kind = (found.numbers, found.vectors, found.matrices)[min(len(axes), 2)]
                of_kind |= {x for x in _each(node.sides[0]) if isinstance(x, s.Symbol)}
        for node in relations:
            left = node.sides[0]
            if node.relations[0] in s.EQUALS and isinstance(left, s.Symbol) and left not in found.matrices:
                found.vectors |= {left} if any(map(found.makes_a_vector, _outer(node.sides[-1]))) else set()
        return found

    def makes_a_vector(self, node: s.Node) -> bool:
        """``W x`` of a matrix and a vector that are declared."""
        factors = node.factors if isinstance(node, s.Product) else ()
        return len(factors) == 2 and factors[0] in self.matrices and factors[1] in self.vectors

    def take(self, trees: Sequence[s.Node]) -> None:
        for tree in trees:
            indices = {id(y) for x in s.walk(tree) if isinstance(x, s.Scripted) and x.sub is not None
                       for y in s.walk(x.sub)}  # fmt: skip
            for node in s.walk(tree):
                if _is_letter(node) and id(node) not in indices:
                    self.mentioned.add(node)
                self._count(node)
                for kind, found in ((NUMBER, self._numbers_in(node)), (TENSOR, self._tensors_in(node))):
                    for x in found:
                        if _is_letter(x):
                            assert isinstance(x, s.Symbol)
                            self.kinds[x].add(kind)

    def _count(self, node: s.Node) -> None:
        inside: tuple[s.Node | None, ...] = ()
        match node:
            case s.Scripted(sub=sub) if sub is not None:
                inside = (sub,)
            case s.Space(extents=extents):
                inside = extents
            case s.BigOperator(lower=lower, upper=upper):
                inside = (lower, upper)
        self.counted |= {x for y in inside if y is not None for x in s.walk(y) if isinstance(x, s.Symbol)}

    def _numbers_in(self, node: s.Node) -> Iterator[s.Node]:
        """What can only be numbers in a node."""
        match node:
            case s.Relation(sides, relations) if relations[0] == "\\in":
                number = isinstance(sides[-1], s.Interval) or isinstance(sides[-1], s.Space) and not sides[-1].extents
                yield from _each(sides[0]) if number else ()
            case s.Relation(sides, relations) if relations[0] in s.EQUALS:
                yield from (sides[0],) if any(map(self._is_inner, sides[1:])) else ()
            case s.Relation(sides, relations) if _ORDER.issuperset(relations) and any(
                isinstance(x, s.Number) for x in sides
            ):  # a, s > 0
                yield from (x for side in sides for x in _each(side))
            case s.Sum(_, terms) if any(map(self._is_inner, terms)):
                yield from terms
            case s.Product(factors, operators):
                for one, operator in zip(factors, operators, strict=False):  # 1/(1 - p) R
                    if isinstance(one, s.Fraction) and operator in ("", "\\cdot"):
                        yield from _terms(one.denominator)
            case s.Scripted(s.Group("(", s.Sum(_, terms))) if is_square(node) and all(map(_is_plain, terms)):
                yield from terms

    def _tensors_in(self, node: s.Node) -> Iterator[s.Node]:
        """What can only be vectors or matrices in a node."""
        match node:
            case s.Relation(sides, relations) if relations[0] == "\\in":
                yield from _each(sides[0]) if isinstance(sides[-1], s.Space) and sides[-1].extents else ()
            case s.Relation(sides, relations) if relations[0] in s.EQUALS:
                yield from (sides[0],) if any(map(self._is_tensor, sides[1:])) else ()
            case s.Sum(_, terms) if any(map(self._is_tensor, terms)):
                yield from terms
            case s.Norm(body):
                yield from _terms(body)
            case s.Scripted(base, sup=sup) if sup is not None and is_transpose(sup):
                yield base
            case s.Call(s.Symbol("softmax"), arguments):
                yield from arguments
            case s.Product(factors, operators):
                for one, other, operator in zip(factors, factors[1:], operators, strict=False):
                    yield from (one, other) if operator in _ENTRYWISE else ()

    def _is_inner(self, node: s.Node) -> bool:
        """``w^\\top x`` of vectors that are declared."""
        if not isinstance(node, s.Product) or len(node.factors) != 2 or node.operators != ("",):
            return False
        first, last = node.factors
        row = isinstance(first, s.Scripted) and first.sup is not None and is_transpose(first.sup)
        return row and isinstance(first, s.Scripted) and first.base in self.vectors and last in self.vectors

    def _is_tensor(self, node: s.Node) -> bool:
        """``W x`` of a matrix that is declared, or a softmax."""
        if isinstance(node, s.Call):
            return node.function == s.Symbol("softmax")
        if not isinstance(node, s.Product) or len(node.factors) != 2 or node.operators != ("",):
            return False
        first, last = node.factors
        return first in self.matrices and isinstance(last, s.Symbol) and last.name[:1].islower() or (
            isinstance(first, s.Symbol) and first.name.isupper() and last in self.vectors
        )


def _outer(node: s.Node) -> tuple[s.Node, ...]:
    """The terms of ``\\tanh(W x + b)`` and of ``W x + b``."""
    inner = node.arguments[0] if isinstance(node, s.Call) and len(node.arguments) == 1 else node
    return _terms(inner) if isinstance(inner, s.Sum) else (inner,)


def _is_letter(node: s.Node) -> TypeGuard[s.Symbol]:
    if not isinstance(node, s.Symbol) or node.font or node.accent or node.name == "e" or node.name in LOSSES:
        return False
    return len(node.name) == 1 and node.name.isalpha()


def _is_plain(node: s.Node) -> bool:
    """A number, a small letter, or its square."""
    inner = node.base if is_square(node) and isinstance(node, s.Scripted) else node
    return isinstance(inner, s.Number) or _is_letter(inner) and isinstance(inner, s.Symbol) and inner.name.islower()


def _each(node: s.Node) -> tuple[s.Node, ...]:
    return node.items if isinstance(node, s.Sequence) else (node,)


def _terms(node: s.Node) -> tuple[s.Node, ...]:
    return node.terms if isinstance(node, s.Sum) else items_of(node)
