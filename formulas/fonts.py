"""Letters that are one thing in bold and another in italics: a number x beside a vector ``\\mathbf{x}``.

Fonts are no part of a name (``scripts.py``): many texts write w for what they have called ``\\mathbf{w}``. They are
where a section uses the letter in italics as only a number is used, and in no way in which only a vector or a matrix
is, and nothing takes the one for the other: no function of both, no derivative by the one of what is made of the other.
What has an index and is in italics is an entry of what is in bold, where that stands beside it: of ``\\mathbf{x}`` are
the ``x_j``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.scripts import BOLD, base_of, is_transpose, items_of, names_in

Place: TypeAlias = tuple[str, ...]  # a section
Trees: TypeAlias = Mapping[Place, Sequence[s.Node]]
_OWN = "\\mathbf"
"""The font in which letters are written that are something of their own in bold."""
_OF_NUMBERS = frozenset(("\\sin", "\\cos", "\\tan", "sin", "cos", "tan"))
_ENTRYWISE = frozenset(("\\odot", "\\circ", "\\otimes"))


@dataclass(frozen=True)
class Fonts:
    """Letters that in bold are something of their own, with the sections where in italics they are numbers; and the
    letters that stand in bold, without an index, by section."""

    numbers: Mapping[s.Symbol, Set[Place]] = field(default_factory=dict)
    bold: Mapping[Place, Set[s.Symbol]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.numbers)

    def rewritten(self, tree: s.Node, place: Place) -> s.Node:
        """What is something of its own in bold by a name of its own."""

        def new(node: s.Node) -> s.Node | None:
            if isinstance(node, s.Scripted):
                base, sup = s.mapped(node.base, new), None if node.sup is None else s.mapped(node.sup, new)
                if isinstance(node.base, s.Symbol) and has_index(node) and not node.base.font:
                    own = node.base in self.numbers and self._has_entries(node.base, place)
                    base = _own(node.base) if own else node.base
                same = base is node.base and sup is node.sup
                return node if same else replace(node, base=base, sup=sup)  # below stands what counts
            if not isinstance(node, s.Symbol) or (letter := italics(node)) not in self.numbers:
                return None
            number = not node.font and place in self.numbers[letter]
            return None if number or node.font and node.font not in BOLD else _own(node)

        return s.mapped(tree, new)

    def _has_entries(self, letter: s.Symbol, place: Place) -> bool:
        """Whether what has an index in a section is an entry of what is in bold."""
        beside = any(letter in self.bold.get(place[:k], ()) for k in range(len(place) + 1))
        return beside or place not in self.numbers[letter]


def _own(symbol: s.Symbol) -> s.Symbol:
    return replace(symbol, font=_OWN, own=True)


def italics(symbol: s.Symbol) -> s.Symbol:
    return replace(symbol, font="") if symbol.font else symbol


def has_index(node: s.Node) -> bool:
    """Whether a name has a subscript of letters and numbers that may count something."""
    items = items_of(node.sub) if isinstance(node, s.Scripted) and node.sub is not None else ()
    return bool(items) and not any(
        isinstance(x, s.Text) or isinstance(x, s.Symbol) and (len(x.name) > 1 and x.name[0] != "\\" or bool(x.font))
        for x in items)  # fmt: skip


def fonts(trees: Trees) -> Fonts:
    """What the formulas of sections tell of letters that they have in bold and in italics."""
    bold = {place: {italics(x) for tree in inside for x in _alone(tree) if x.font in BOLD}
            for place, inside in trees.items()}  # fmt: skip
    both = {italics(x) for inside in trees.values() for tree in inside for x in _alone(tree) if not x.font}
    both = {x for x in both.intersection(*([set().union(*bold.values())] if bold else ())) if _is_letter(x)}
    both -= {x.base for inside in trees.values() for tree in inside for x in s.walk(tree)  # x^i: an entry, or a power?
             if isinstance(x, s.Scripted) and isinstance(x.sup, s.Symbol) and not is_transpose(x.sup)}  # fmt: skip
    if not both:
        return Fonts()
    uses = _Uses(trees, both)
    numbers: dict[s.Symbol, Set[Place]] = {}
    for letter in both - uses.mixed:
        if letter in uses.tensors | uses.sizes and (here := uses.as_numbers(letter, bold)):
            numbers[letter] = here
    return Fonts(numbers, bold)


def _is_letter(symbol: s.Symbol) -> bool:
    return symbol.name != "e" and (len(symbol.name) == 1 and symbol.name.isalpha() or symbol.name[0] == "\\")


def _alone(tree: s.Node) -> Iterator[s.Symbol]:
    """The symbols that have no index, and stand in none."""
    indexed = {id(x.base) for x in s.walk(tree) if isinstance(x, s.Scripted) and has_index(x)}
    indices = {id(y) for x in s.walk(tree) if isinstance(x, s.Scripted) and x.sub is not None for y in s.walk(x.sub)}
    yield from (x for x in s.walk(tree) if isinstance(x, s.Symbol) and id(x) not in indexed | indices)


class _Uses:
    """How letters are used: in italics ``as_number``, some as ``sizes``, and ``as_tensor`` by section; in bold as
    ``tensors``; and which are ``mixed``, the one for the other."""

    def __init__(self, trees: Trees, letters: Set[s.Symbol]) -> None:
        self.letters = letters
        self.as_number: dict[s.Symbol, set[Place]] = defaultdict(set)
        self.as_tensor: dict[s.Symbol, set[Place]] = defaultdict(set)
        self.sure: dict[s.Symbol, set[Place]] = defaultdict(set)  # numbers, whatever their use looks like
        self.tensors = set[s.Symbol]()
        self.sizes = set[s.Symbol]()
        self.mixed = set[s.Symbol]()
        forest = [tree for inside in trees.values() for tree in inside]
        self.layered = {x.base for tree in forest for x in s.walk(tree)
                        if isinstance(x, s.Scripted) and x.sup == s.Number("1")}  # fmt: skip
        for place, inside in trees.items():
            for tree in inside:
                for node in s.walk(tree):
                    self._see(node, place)
        if any(x.name.lstrip("\\")[:1].islower() for x in self.tensors):  # so are all letters in bold
            self.tensors |= {x for x in letters if x.name.lstrip("\\")[:1].islower()}
        self._take_functions(trees)
        self._take_derivatives(trees, forest)

    def as_numbers(self, letter: s.Symbol, bold: Mapping[Place, Set[s.Symbol]]) -> Set[Place]:
        """The sections where a letter in italics is a number: where it is used so, and those within them, or that do
        not have it in bold, if it is used as a vector nowhere."""
        told = {place: place not in self.as_tensor[letter] or place in self.sure[letter]
                for place in self.as_number[letter] | self.as_tensor[letter]}  # fmt: skip
        if not any(told.values()):
            return frozenset()
        found = set[Place]()
        for place in bold:
            around = [place[:k] for k in range(len(place), -1, -1) if place[:k] in told]
            if told[around[0]] if around else letter not in bold[place] and all(told.values()):
                found.add(place)
        return found

    # -- of one node ------------------------------------------------------------------------------------
    def _see(self, node: s.Node, place: Place) -> None:
        for x in _numbers_in(node, self.layered):
            if isinstance(x, s.Symbol):  # not x^i, which may be an entry
                self._note(self.as_number, x, place)
                if isinstance(node, s.Relation) and node.relations[0] == "\\in":
                    self._note(self.sure, x, place)
                self.sizes |= {x} if isinstance(node, s.Space | s.BigOperator) else set()
        for x in _beside_bold(node):  # w \mathbf{w}^\top: one would write one vector in one font
            self._note(self.as_number, x, place)
            self._note(self.sure, x, place)
        for x in _tensors_in(node):
            self._note(self.as_tensor, x, place)
            if (bold := _symbol(x)) is not None and bold.font in BOLD:
                self.tensors.add(italics(bold))
        if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS:  # \mathbf{x} = (x, y)
            named = _symbol(node.sides[0])
            entries = {x for side in node.sides[1:] for x in _listed(side)} if named is not None else set()
            if named is not None and named.font in BOLD and entries:
                self.tensors.add(italics(named))
                if italics(named) in entries:
                    self._note(self.as_number, italics(named), place)

    def _note(self, found: dict[s.Symbol, set[Place]], node: s.Node, place: Place) -> None:
        symbol = _symbol(node)
        if symbol is not None and not symbol.font and symbol in self.letters:
            found[symbol].add(place)

    # -- of one for the other -----------------------------------------------------------------------------
    def _take_functions(self, trees: Trees) -> None:
        """A function with the letter in both fonts in one place, or ``f(x)`` that is made of ``\\mathbf{x}``; a σ that
        is defined with a number is one of entries."""
        own = set[tuple[s.Node, s.Symbol]]()
        called: dict[tuple[s.Node, int, int, s.Symbol], dict[bool, set[Place]]] = defaultdict(lambda: defaultdict(set))
        for place, inside in trees.items():
            for node in (n for tree in inside for n in s.walk(tree)):
                if isinstance(node, s.Relation) and isinstance(left := node.sides[0], s.Call):
                    for x in self._letters_of(left.arguments):
                        used = {y.font in BOLD for side in node.sides[1:] for y in _alone(side)
                                if italics(y) == italics(x)}  # fmt: skip
                        if used == {x.font not in BOLD}:
                            self.as_tensor[italics(x)].add(place)
                        elif used == {False} and not x.font:
                            own.add((left.function, x))
                if isinstance(node, s.Call):
                    for k, argument in enumerate(node.arguments):
                        for letter in self._letters_of([argument]):
                            key = node.function, len(node.arguments), k, italics(letter)
                            called[key][letter.font in BOLD].add(place)
        for (function, *_, letter), by_font in called.items():
            if len(by_font) == 2 and (function, letter) not in own:  # where nothing tells of a number
                self.as_tensor[letter] |= by_font[False] - self.as_number[letter]

    def _letters_of(self, nodes: Iterable[s.Node]) -> Iterator[s.Symbol]:
        for x in nodes:
            symbol = _symbol(x)
            if symbol is not None and italics(symbol) in self.letters and symbol.font in ("", *BOLD):
                yield symbol

    def _take_derivatives(self, trees: Trees, forest: Sequence[s.Node]) -> None:
        """A derivative by the one of what is made of the other."""
        made: dict[str, set[s.Symbol | str]] = defaultdict(set)
        for node in (n for tree in forest for n in s.walk(tree)):
            if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS:
                left = node.sides[0].function if isinstance(node.sides[0], s.Call) else node.sides[0]
                name = base_of(left)
                if name is not None and not any(isinstance(x, s.Derivative | s.Nabla) for x in s.walk(left)):
                    made[name] |= {x for side in node.sides[1:] for y in names_in(side) for x in self._parts(y)}
        for place, inside in trees.items():
            for node in (n for tree in inside for n in s.walk(tree)):
                top, below = _differentiated(node)
                for x in self._letters_of(below):
                    reached = _reached(made, {y for n in names_in(top) for y in self._parts(n)}) if top else set()
                    both = {y.font in BOLD for y in reached if isinstance(y, s.Symbol) and italics(y) == italics(x)}
                    if both == {False} and x.font in BOLD:
                        self.mixed.add(italics(x))
                    elif both == {True} and not x.font:
                        self.as_tensor[x].add(place)

    def _parts(self, node: s.Node) -> Iterator[s.Symbol | str]:
        """The name in an expression, with its font where that may tell."""
        symbol = _symbol(node) or (node.base if isinstance(node, s.Scripted) else None)
        if isinstance(symbol, s.Symbol) and italics(symbol) in self.letters and symbol.font in ("", *BOLD):
            yield replace(symbol, font=_OWN if symbol.font or has_index(node) else "")
        if (name := base_of(node)) is not None:
            yield name


def _reached(made: Mapping[str, Set[s.Symbol | str]], start: Set[s.Symbol | str]) -> set[s.Symbol | str]:
    found, waiting = set(start), [*start]
    while waiting:
        name = waiting.pop()
        new = made.get(name, set()) - found if isinstance(name, str) else set()
        found |= new
        waiting += new
    return found


def _differentiated(node: s.Node) -> tuple[s.Node | None, tuple[s.Node, ...]]:
    match node:
        case s.Derivative(numerator, denominators):
            return numerator, denominators
        case s.Nabla(variable, body) if variable is not None:
            return body, (variable,)
        case s.Nabla(None, s.Call(function, arguments)):
            return function, arguments
    return None, ()


def _symbol(node: s.Node) -> s.Symbol | None:
    """The symbol of a name without an index."""
    while isinstance(node, s.Scripted) and not has_index(node):
        node = node.base
    return node if isinstance(node, s.Symbol) else None


def _font(node: s.Node) -> str:
    while isinstance(node, s.Scripted):
        node = node.base
    return node.font if isinstance(node, s.Symbol) else ""


def _listed(node: s.Node) -> Iterator[s.Node]:
    """The entries of ``(x, y)^\\top`` or of a matrix that is written out."""
    while isinstance(node, s.Scripted) and node.sup is not None and is_transpose(node.sup):
        node = node.base
    if isinstance(node, s.Group) and isinstance(node.body, s.Sequence):
        yield from node.body.items
    elif isinstance(node, s.Matrix):
        yield from (x for row in node.rows for x in row)


def _is_transposed(node: s.Node) -> bool:
    return isinstance(node, s.Scripted) and node.sup is not None and any(
        is_transpose(x) for x in (node.sup, *s.walk(node.sup)))  # fmt: skip


def _is_small(node: s.Node) -> bool:
    """Whether a name begins with a small letter."""
    name = (base_of(node) or "").rpartition("{")[2].lstrip("\\")
    return name[:1].islower()


def _is_inner(node: s.Node) -> bool:
    """``w^\\top x``: a number."""
    if not isinstance(node, s.Product) or len(node.factors) < 2:
        return False
    first, *_, last = node.factors
    return _is_transposed(first) and _is_small(first) and not _is_transposed(last) and _is_small(last)


def _beside_bold(node: s.Node) -> Iterator[s.Symbol]:
    """The factors in italics of a product that has the same letter in bold."""
    factors = [x for x in map(_symbol, node.factors) if x is not None] if isinstance(node, s.Product) else []
    bold = {italics(x) for x in factors if x.font in BOLD}
    yield from (x for x in factors if not x.font and x in bold)


def _numbers_in(node: s.Node, layered: Set[s.Node]) -> Iterator[s.Node]:
    """What a node says is a number."""
    match node:
        case s.Relation(sides, relations) if relations[0] == "\\in":
            number = isinstance(sides[-1], s.Interval) or isinstance(sides[-1], s.Space) and not sides[-1].extents
            yield from _each(sides[0]) if number else ()
        case s.Relation(sides, relations):
            if relations[0] in s.EQUALS and any(any(map(_is_inner, _terms(side))) for side in sides[1:]):
                yield sides[0]
            for one, other in ((sides[0], sides[-1]), (sides[-1], sides[0])):
                if isinstance(other, s.Number) and other.text not in ("0", "1"):
                    yield one
        case s.Scripted(s.Symbol() as base, None, s.Number(text)) if text not in ("0", "1") and base not in layered:
            yield from (base,) if _is_small(base) else ()
        case s.Scripted(s.Group("(", s.Sum(_, terms)), None, s.Number("2")) if all(
            _is_small(x) and _font(x) not in BOLD for term in terms for x in names_in(term)
        ):
            yield from terms
        case s.Scripted(s.Symbol("e"), None, exponent) if exponent is not None:
            yield from _terms(exponent)
        case s.Call(s.Symbol(name), arguments) if name in _OF_NUMBERS:
            yield from (term for x in arguments for term in _terms(x))
        case s.Sum(_, terms) if any(map(_is_inner, terms)):
            yield from terms
        case s.Space(_, extents):
            yield from (x for extent in extents for x in names_in(extent))
        case s.BigOperator(upper=upper) if upper is not None:
            yield from names_in(upper)


def _tensors_in(node: s.Node) -> Iterator[s.Node]:
    """What a node says is a vector or a matrix."""
    match node:
        case s.Relation(sides, relations) if relations[0] == "\\in":
            yield from _each(sides[0]) if isinstance(sides[-1], s.Space) and sides[-1].extents else ()
        case s.Relation(sides):
            yield from sides if any(any(map(_is_tensor, _terms(side))) for side in sides) else ()
        case s.Sum(_, terms):
            yield from terms if any(map(_is_tensor, terms)) else ()
        case s.Norm(body):
            yield from _terms(body)
        case s.Nabla(variable, body):
            yield from (variable,) if variable is not None else ()
            yield from body.arguments if isinstance(body, s.Call) and variable is None else ()
        case s.Scripted(base) if _is_transposed(node):
            yield base
        case s.Product(factors, operators):
            for one, other, operator in zip(factors, factors[1:], operators, strict=False):
                if operator in _ENTRYWISE:
                    yield from (one, other)
                elif _is_transposed(one) or isinstance(_symbol(one), s.Symbol) and not _is_small(one):
                    yield other
                if _is_transposed(other):
                    yield one


def _each(node: s.Node) -> tuple[s.Node, ...]:
    return node.items if isinstance(node, s.Sequence) else (node,)


def _terms(node: s.Node) -> tuple[s.Node, ...]:
    return node.terms if isinstance(node, s.Sum) else (node,)


def _is_tensor(node: s.Node) -> bool:
    """A matrix or a list that is written out, a letter in bold, or a product that ends with one and is no number."""
    if isinstance(node, s.Product) and not any(map(_is_transposed, node.factors)):
        node = node.factors[-1]
    symbol = _symbol(node)
    bold = symbol is not None and symbol.font in BOLD and symbol.name not in ("0", "1")
    return bold or any(True for _ in _listed(node))
