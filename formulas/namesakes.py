"""Letters that are something else in another section: the number b of one model, and the b of ``W x + b`` in another.

A section that declares or defines a letter, or has it as the variable of a function that it defines, has one of its own
where all others that have the letter, and do not say what it is, use it as something of another kind: as a number what
is a vector or a matrix here, or the other way round. How they use it is told by what can stand there and nothing else
can. Where one of them leaves it open, the letter is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.document import is_within, nested
from verify_derivations.formulas.fonts import Place, Trees
from verify_derivations.formulas.scripts import is_square, is_transpose, items_of
from verify_derivations.formulas.symbols import LOSSES

_OWN = "\\mathit"
"""The font in which letters are written that are something of their own in a section."""
NUMBER, TENSOR = "number", "tensor"
_ORDER = frozenset(("<", ">", "\\le", "\\leq", "\\ge", "\\geq"))
_ENTRYWISE = frozenset(("\\odot", "\\circ", "\\otimes"))


def namesakes(trees: Trees) -> dict[Place, frozenset[s.Symbol]]:
    """The letters that sections have of their own."""
    places = {place: _Uses.of(inside) for place, inside in trees.items()}
    for place, uses in places.items():
        for around, other in places.items():
            if is_within(place, around):
                uses.matrices |= other.matrices
                uses.vectors |= other.vectors
    for place, uses in places.items():
        uses.take(trees[place])
    found: dict[Place, set[s.Symbol]] = defaultdict(set)
    for letter in sorted({x for uses in places.values() for x in uses.introduced}, key=str):
        for place in _own_places(letter, places):
            found[place].add(letter)
    return {place: frozenset(letters) for place, letters in found.items()}


def rewritten(tree: s.Node, letters: Set[s.Symbol]) -> s.Node:
    """A tree with letters of its section by names of their own."""

    def new(node: s.Node) -> s.Node | None:
        if isinstance(node, s.Scripted):
            base, sup = s.mapped(node.base, new), None if node.sup is None else s.mapped(node.sup, new)
            return node if base is node.base and sup is node.sup else replace(node, base=base, sup=sup)
        return replace(node, font=_OWN, own=True) if isinstance(node, s.Symbol) and node in letters else None

    return s.mapped(tree, new)


def _own_places(letter: s.Symbol, places: Mapping[Place, _Uses]) -> Sequence[Place]:
    """The sections that have a letter of their own: those that introduce it, and their parts."""
    introducing = [place for place, uses in places.items() if letter in uses.introduced]
    kinds = {places[place].kind(letter) for place in introducing}
    inside = [p for p, uses in places.items() if letter in uses.mentioned
              and any(is_within(p, place) for place in introducing)]  # fmt: skip
    others = [p for p, uses in places.items() if letter in uses.mentioned and p not in inside]
    if not others or len(kinds) != 1 or any(letter in places[p].counted for p in (*inside, *others)):
        return ()
    kind = kinds.pop()
    opposite = NUMBER if kind is TENSOR else TENSOR
    if kind is None or any(places[p].kind(letter) is not opposite for p in others):
        return ()
    alike = all(places[p].kind(letter) in (kind, None) for p in inside)
    return inside if alike and any(not nested(p, q) or is_within(p, q) for p in inside for q in others) else ()


@dataclass
class _Uses:
    """What a section says of letters without an index: what it ``introduced``, what it has, and how it uses them."""

    mentioned: set[s.Symbol] = field(default_factory=set)
    introduced: set[s.Symbol] = field(default_factory=set)
    counted: set[s.Symbol] = field(default_factory=set)  # what is an index, or a size
    matrices: set[s.Symbol] = field(default_factory=set)  # declared here, or around
    vectors: set[s.Symbol] = field(default_factory=set)
    kinds: dict[s.Symbol, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, trees: Sequence[s.Node]) -> _Uses:
        found = cls()
        for node in (x for tree in trees for x in s.walk(tree)):
            if isinstance(node, s.Relation) and node.relations[0] == "\\in" and isinstance(node.sides[-1], s.Space):
                axes = [x for x in node.sides[-1].extents if x != s.Number("1")]
                names = {x for x in _each(node.sides[0]) if isinstance(x, s.Symbol)}
                found.matrices |= names if len(axes) > 1 else set()
                found.vectors |= names if len(axes) == 1 else set()
        return found

    def kind(self, letter: s.Symbol) -> str | None:
        """How a letter is used, if in one way."""
        kinds = self.kinds.get(letter, set())
        return next(iter(kinds)) if len(kinds) == 1 else None

    def take(self, trees: Sequence[s.Node]) -> None:
        for tree in trees:
            indices = {id(y) for x in s.walk(tree) if isinstance(x, s.Scripted) and x.sub is not None
                       for y in s.walk(x.sub)}  # fmt: skip
            for node in s.walk(tree):
                self.mentioned |= {node} if _is_letter(node) and id(node) not in indices else set()  # type: ignore[arg-type]
                self._count(node)
                self._introduce(node)
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

    def _introduce(self, node: s.Node) -> None:
        if not isinstance(node, s.Relation):
            return
        first = node.sides[0]
        if node.relations[0] == "\\in":
            self.introduced |= {x for x in _each(first) if isinstance(x, s.Symbol) and _is_letter(x)}
        elif node.relations[0] in s.EQUALS:
            named = first.arguments if isinstance(first, s.Call) else (first,)
            self.introduced |= {x for x in named if isinstance(x, s.Symbol) and _is_letter(x)}

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


def _is_letter(node: s.Node) -> bool:
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
