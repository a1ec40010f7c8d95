"""What a decorated symbol names: which scripts are labels, layers, indices, transposes or powers.

Nothing is guessed from one formula alone: a :class:`NameTable` is gathered from all formulas of a document
first (which letters are bound, which decorated names are declared or defined), and every reference is
resolved against it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.biases import with_a_bias
from verify_derivations.formulas.kinds import Kinds, ends_of, examples, last_values, stops, told_apart, variables
from verify_derivations.formulas.pairs import pairs_in
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranges import bounded, is_range
from verify_derivations.formulas.scripts import (
    BOLD,
    INVERSE,
    base_of,
    by_square,
    factors_of,
    in_bold,
    in_brackets,
    introduced_by,
    is_inverse_transpose,
    is_number,
    is_square,
    is_transpose,
    items_of,
    letters_alone,
    made_of_namesakes,
    multiple,
    name_of,
    names_in,
    plain,
    superscripts,
)
from verify_derivations.formulas.symbols import INDEX_LETTERS


@dataclass(frozen=True)
class Reference:
    """``name`` (base, accent and label), an optional layer, and what is done to it."""

    name: str
    layer: s.Node | None = None
    indices: tuple[s.Node, ...] = ()
    power: s.Node | None = None
    transposed: bool = False
    inverted: bool = False
    primes: int = 0
    bare_layer: bool = False  # a layer written without the brackets that the document uses elsewhere
    node: s.Node | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Listed:
    """What lists of entries say of names: that w_{o12} is one of W_o, ``entries[w, o]``, and which may be a row or a
    column, by their bases."""

    entries: Mapping[tuple[str, str], str] = field(default_factory=dict)
    flat: frozenset[str] = frozenset()


@dataclass
class NameTable:
    """Facts about a document's notation."""

    alone: set[str] = field(default_factory=set)  # letters that are a formula, or a side of one
    bound: set[str] = field(default_factory=set)  # letters that a sum, a range or a condition binds
    declared: set[str] = field(
        default_factory=set
    )  # decorated names with `\in` or on the left of a definition, in full
    bare: set[str] = field(default_factory=set)  # bases that occur without subscript
    declared_bare: set[str] = field(default_factory=set)  # bases declared or defined without subscript
    labelled: set[str] = field(default_factory=set)  # bases that carry a label as subscript
    subscripted: set[str] = field(default_factory=set)  # bases that have index-like subscripts in declarations
    bracket_layers: set[str] = field(default_factory=set)  # bases with layers in brackets: z^{(l)}
    bare_layers: set[str] = field(default_factory=set)  # bases with layers without brackets: W^l
    sample_axes: set[str] = field(default_factory=set)  # bases whose bracketed superscript is bound: x^{(i)}
    counted: set[str] = field(default_factory=set)  # bases with a layer l or L: in Σ_k ‖W^{(k)}‖² it is k
    shifted: set[tuple[str, str]] = field(default_factory=set)  # (base, letter) used as h_{t-1}
    zeroth: set[str] = field(default_factory=set)  # bases that occur with the subscript 0
    families: set[str] = field(default_factory=set)  # bases declared as a list: x_1, …, x_n
    bases: set[str] = field(default_factory=set)  # bases that are declared or defined at all
    indexed: set[str] = field(default_factory=set)  # bases that carry a bound letter as subscript
    matrices: set[str] = field(default_factory=set)  # bases declared with two axes, none of extent one
    vectors: set[str] = field(default_factory=set)  # bases declared with one axis
    biases: set[str] = field(default_factory=set)  # vectors beside which there is a w_0, where nothing counts from 0
    made: set[str] = field(default_factory=set)  # letters made of tensors: the c of c = Wx counts nothing
    sizes: set[str] = field(default_factory=set)  # letters in the stated shapes, without scripts
    primed: set[str] = field(default_factory=set)  # names with primes that are declared as such (c')
    lists: set[str] = field(default_factory=set)  # names that have one index everywhere, but for a multiple such as 2i
    squared: set[str] = field(default_factory=set)  # bases of which the square is declared or defined: \\sigma^2
    applied: set[str] = field(default_factory=set)  # bases that are applied or primed somewhere: f(x), f'
    kinds: Kinds = field(default_factory=Kinds)  # names that the letters of their indices tell apart
    wholes: set[str] = field(default_factory=set)  # numbers made of namesakes: C of C = C_0 + λ‖w‖²
    shaped: set[str] = field(default_factory=set)  # numbered names with a shape of their own: W_2, also beside a W
    gradients: dict[str, str] = field(default_factory=dict)  # dW → W: the one has the scripts of the other
    members: set[str] = field(default_factory=set)  # bases declared or defined for each example: a^{[l](i)}
    ends: set[str] = field(default_factory=set)  # letters up to which an index runs: T of t = 1, …, T
    limits: set[str] = field(default_factory=set)  # letters in the last values of sums: n of Σ_{i=1}^{n-1}
    stops: dict[str, str] = field(default_factory=dict)  # those that only h_T beside h_t and h_{t-1} tells: t → T
    listed: Listed = field(default_factory=Listed)
    units: frozenset[str] = frozenset()  # bases that name unit vectors: e of e_k
    circles: set[bool] = field(default_factory=set)  # whether π, where it has no index, stands behind a number: 2π
    fonts: frozenset[str] = frozenset()  # names that are something else in bold: b and \\mathbf{b}

    def __post_init__(self) -> None:
        self._resolved: dict[int, tuple[s.Node, Reference | None]] | None = {}  # none while the facts are gathered

    # -- gathering ------------------------------------------------------------------------------------
    @classmethod
    def gather(
        cls, trees: Iterable[s.Node], listed: Listed | None = None, units: Set[str] = frozenset(),
        alone: Set[str] | None = None, indices: Set[str] = frozenset(),
    ) -> NameTable:  # fmt: skip
        """``units`` are bases of unit vectors, if nothing declares or defines them; ``alone`` the letters that the text
        speaks of near names that they tell apart, by default all that are a side of a formula; ``indices`` letters that
        formulas elsewhere bind."""
        table = cls(bound=set(indices), listed=listed or Listed())
        table._resolved = None
        forest = list(trees)
        nodes = [node for tree in forest for node in s.walk(tree)]
        spaces = [node for node in nodes if isinstance(node, s.Space)]
        tensors = {
            base_of(item) or "" for node in nodes
            if isinstance(node, s.Relation) and isinstance(node.sides[-1], s.Space) and node.sides[-1].extents
            for item in (node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],))
            if isinstance(item, s.Symbol)
        }
        table.vectors = tensors - {
            base_of(item) for node in nodes
            if isinstance(node, s.Relation) and isinstance(node.sides[-1], s.Space)
            and len([n for n in node.sides[-1].extents if n != s.Number("1")]) != 1
            for item in (node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],))
        }  # fmt: skip
        table.biases = with_a_bias(nodes)
        extents = [n for space in spaces for n in space.extents]
        table.sizes = {x.name for n in extents for x in names_in(n) if isinstance(x, s.Symbol)}  # d_k is one: k is none
        table.matrices = {
            base_of(item) or "" for node in nodes
            if isinstance(node, s.Relation) and isinstance(node.sides[-1], s.Space) and len(node.sides[-1].extents) == 2
            and s.Number("1") not in node.sides[-1].extents
            for item in (node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],))
            if isinstance(item, s.Symbol) or isinstance(item, s.Scripted) and item.sub is None
        }
        for node in nodes:
            table._bind(node)
        table.bound |= frozenset[str]().union(*map(pairs_in, forest)) - table.sizes - table.ends
        places: dict[str, set[int]] = defaultdict(set)
        for node in nodes:
            if isinstance(node, s.Scripted) and node.sub is not None and multiple(node.sub) is None:
                places[base_of(node) or ""].add(len(items_of(node.sub)) if not isinstance(node.sub, s.Number) else 1)
        table.lists = {base for base, counts in places.items() if counts == {1}} - table.matrices
        introduced = [item for node in nodes if isinstance(node, s.Relation) for item in introduced_by(node)]
        table.squared = {b for x in introduced if is_square(x) and (b := base_of(x)) is not None and b != "e"}
        table.squared -= {base_of(x) or "" for node in nodes if isinstance(node, s.Relation)
                          for x in introduced_by(node) if not is_square(x) and not by_square(x, node)}  # fmt: skip
        for node in nodes:
            if isinstance(node, s.Relation):
                table._declare(node)
        table.made = {
            node.sides[0].name for node in nodes
            if isinstance(node, s.Relation) and node.relations[0] in ("=", ":=") and isinstance(node.sides[0], s.Symbol)
            and any(isinstance(x, s.Symbol | s.Scripted) and base_of(x) in tensors | table.matrices
                    and not (isinstance(x, s.Scripted) and table._letter(x))
                    for x in s.walk(node.sides[1]))
        } - table.bound - table.sizes
        below = [x for n in nodes if isinstance(n, s.Derivative) for x in n.denominators]
        table.primed |= {base_of(x) or "" for x in below if isinstance(x, s.Scripted) and x.primes}  # ∂L/∂W'
        used = {name_of(node) for node in nodes if isinstance(node, s.Symbol)}
        prefixed = {n: n.removeprefix("d").removeprefix("\\delta ") for n in used}
        table.gradients = {n: rest for n, rest in prefixed.items() if rest != n and rest in used}
        for node in nodes:
            if isinstance(node, s.Scripted):
                table._bind_together(node, tensors)
        entries = {base_of(x) for x in nodes if isinstance(x, s.Scripted) and table._letter(x) in table.bound}
        for node in nodes:
            if isinstance(node, s.Relation) and node.relations[0] in ("=", ":="):
                table._bind_as_entries(node, entries - {None})
                table._bind_in_sums(node)
        table.stops = stops(nodes)
        table.ends |= {*table.stops.values()}
        for tree in forest:
            table.alone |= letters_alone(tree) if alone is None else set()
            claim = any(isinstance(x, s.Derivative | s.Nabla) for x in s.walk(tree))
            for node, parent in s.with_parents(tree):
                table._use(node, parent, steps=not claim)
        table.alone |= alone or set()
        table.sample_axes -= table.counted
        table.wholes = {name for node in nodes if isinstance(node, s.Relation) for name in made_of_namesakes(node)}
        table.wholes -= tensors | table.matrices | table.families | table.indexed | {base for base, _ in table.shifted}
        table._tell_apart(nodes, tensors)
        table.units = frozenset(units - table.bases)
        table._resolved = {}
        return table

    def _tell_apart(self, nodes: Sequence[s.Node], tensors: set[str]) -> None:
        """Which names the letters of their indices tell apart, and which are a total of what has them."""
        totals = examples(nodes) | variables(nodes)
        many = frozenset(totals)
        for node in nodes:
            if not isinstance(node, s.Relation) or node.relations[0] not in ("=", ":="):
                continue
            name = name_of(node.sides[0]) if isinstance(node.sides[0], s.Symbol) else None
            sums = [x for x in s.walk(node) if isinstance(x, s.BigOperator) and x.operator == "\\sum"]
            for part in (x for each in sums if name and name not in tensors for x in s.walk(each.body)):
                if isinstance(part, s.Scripted) and base_of(part) == name:
                    reference = self.reference(part)
                    if reference is not None and reference.indices:
                        totals.setdefault(reference.name, to_latex(reference.indices[0]))
        ends = last_values(nodes)
        iterates = self._iterates(nodes, tensors, ends)
        self.kinds = Kinds(ends, totals=totals, iterates=iterates, examples=many)
        self.shifted |= {(name + self.kinds.iterate(name), letter) for name, letter in iterates.items()}
        if len(set(ends.values())) < 2:
            return
        places: dict[tuple[str, str], list[tuple[s.Node, ...]]] = defaultdict(list)
        definitions: dict[tuple[str, str], list[tuple[s.Node, ...]]] = defaultdict(list)
        left = {id(x.sides[0]) for x in nodes if isinstance(x, s.Relation) and x.relations[0] in ("=", ":=")}
        for node in nodes:
            base = base_of(node) if isinstance(node, s.Scripted) else None
            if base is None or base in self.bare | self.declared_bare | self.families:
                continue
            reference = self.reference(node)
            if reference is not None:
                key = reference.name, to_latex(reference.layer) if reference.layer is not None else ""
                places[key].append(reference.indices)
                if id(node) in left:
                    definitions[key].append(reference.indices)
        self.kinds = Kinds(ends, told_apart(places, definitions, ends), totals, iterates, many)

    def _iterates(self, nodes: Sequence[s.Node], tensors: set[str], ends: Mapping[str, str]) -> dict[str, str]:
        """``θ_t = θ_{t-1} - …``, ``θ_{t+1} = θ_t - …`` of a tensor θ by which one differentiates as a whole. A letter
        that runs to the end of an axis counts entries."""
        below = [x for n in nodes if isinstance(n, s.Derivative) for x in n.denominators]
        below += [n.variable for n in nodes if isinstance(n, s.Nabla) and n.variable is not None]
        names = {name_of(x) for x in below if isinstance(x, s.Symbol)} & tensors & self.declared_bare
        found: dict[str, str] = {}
        for node in (x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in ("=", ":=")):
            left, name = node.sides[0], base_of(node.sides[0]) or ""
            if name not in names or not isinstance(left, s.Scripted) or left.sub is None:
                continue
            right = (x for side in node.sides[1:] for x in s.walk(side) if isinstance(x, s.Scripted))
            letters = {letter for base, letter in self.shifted if base == name}
            if len(letters) == 1 and any(base_of(x) == name and x.sub is not None for x in right):
                found[name] = letters.pop()
        return {name: letter for name, letter in found.items() if ends.get(letter) not in self.sizes}

    def _bind(self, node: s.Node) -> None:
        if isinstance(node, s.Call):
            self.applied.add(base_of(node.function) or "")
        elif isinstance(node, s.Scripted) and node.bracketed and node.sub is not None:
            items = node.sub.items if isinstance(node.sub, s.Sequence) else (node.sub,)
            letters = {x.name for item in items[-node.bracketed:] for x in s.walk(item) if isinstance(x, s.Symbol)}
            self.bound |= {letter for letter in letters if letter.islower()}
        elif isinstance(node, s.Scripted) and node.primes:
            self.applied.add(base_of(node) or "")
        end = node.upper if isinstance(node, s.BigOperator) else None
        if isinstance(node, s.Relation) and is_range(node) and isinstance(node.sides[-1], s.Sequence | s.Finite):
            end = ends_of(node.sides[-1])[1]
        listing = node.items if isinstance(node, s.Sequence) and any(isinstance(x, s.Dots) for x in node.items) else ()
        if listing and isinstance(listing[-1], s.Scripted):  # x_1, …, x_N
            end = listing[-1].sub
        self.limits |= {x.name for x in s.walk(end) if isinstance(x, s.Symbol)} if end is not None else set()
        if isinstance(end, s.Sum) and isinstance(end.terms[0], s.Symbol) and end.terms[0].name.isupper():
            end = end.terms[0]  # of t = 0, …, T - 1, beside x_T
        if isinstance(end, s.Symbol):
            self.ends.add(end.name)
        if isinstance(node, s.BigOperator) and node.lower is not None:
            for item in node.lower.items if isinstance(node.lower, s.Sequence) else (node.lower,):
                first = item.sides[(len(item.sides) - 1) // 2] if isinstance(item, s.Relation) else item
                self.bound |= {part.name for part in factors_of(first) if isinstance(part, s.Symbol)}
        elif isinstance(node, s.Relation) and is_range(node):
            for item in node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],):
                if isinstance(item, s.Symbol):
                    self.bound.add(item.name)
        elif isinstance(node, s.Relation) and (found := bounded(node)) is not None:
            self.bound |= {letter.name for letter in found[0]} - self.sizes
        elif isinstance(node, s.Relation) and node.relations == ("\\neq",):
            self.bound |= {side.name for side in node.sides if isinstance(side, s.Symbol) and len(side.name) == 1}

    def _bind_together(self, node: s.Scripted, tensors: set[str]) -> None:
        """``z_k`` of a declared vector z, and ``X_{nd}`` where d is an index: k and n are indices too, also where
        nothing sums over them."""
        base = base_of(node)
        if base not in self.declared_bare or node.sub is None:
            return
        letters = [x.name for x in self.index_items(base, node.sub) if isinstance(x, s.Symbol)]
        if not all(len(n) == 1 and n.islower() for n in letters):
            return
        if len(letters) == 1 and base in tensors or len(letters) > 1 and self.bound & set(letters):
            self.bound |= set(letters) - self.sizes

    def _bind_as_entries(self, node: s.Relation, entries: Set[str | None]) -> None:
        """``p_j = e^{s_j} / \\sum_k e^{s_k}``: j is an index as k is, also where nothing sums over it; the i of
        ``x_i = X_{i,:}``, too."""
        letter = self._letter(node.sides[0])
        if letter is not None and letter not in self.sizes and any(
            isinstance(x, s.Scripted) and base_of(x) in entries and self._letter(x) == letter
            or isinstance(x, s.Sequence) and len(x.items) == 2 and {*x.items} == {s.Symbol(letter), s.Symbol(":")}
            for side in node.sides[1:] for x in s.walk(side)
        ):  # fmt: skip
            self.bound.add(letter)

    def _bind_in_sums(self, node: s.Relation) -> None:
        """``M_{ij} = Σ_{a,b} A_{pi+a, pj+b}``: i and j are indices beside a and b."""
        left = node.sides[0]
        if not isinstance(left, s.Scripted) or left.sub is None:
            return
        own = {x.name for x in items_of(left.sub) if isinstance(x, s.Symbol) and len(x.name) == 1 and x.name.islower()}
        for x in (x for side in node.sides[1:] for x in s.walk(side)) if own else ():
            items = items_of(x.sub) if isinstance(x, s.Scripted) and x.sub is not None else ()
            for item in (i for i in items if isinstance(i, s.Sum)):
                letters = {y.name for y in s.walk(item) if isinstance(y, s.Symbol)}
                if letters & self.bound - own:
                    self.bound |= letters & own - self.sizes

    def _letter(self, node: s.Node) -> str | None:
        """The one letter that is a subscript."""
        if not isinstance(node, s.Scripted) or not isinstance(node.sub, s.Symbol):
            return None
        return node.sub.name if len(node.sub.name) == 1 and node.sub.name.islower() else None

    def _declare(self, node: s.Relation) -> None:
        items = introduced_by(node)
        if node.relations[0] == "\\in" and isinstance(node.sides[1], s.Space):
            axes = len(node.sides[1].extents)
            self.shaped |= {  # a vector X_1 beside a matrix X is a row of it
                to_latex(plain(x)) for x in items if isinstance(x, s.Scripted) and isinstance(x.sub, s.Number)
                and axes and (axes > 1 or base_of(x) not in self.matrices)
            }  # fmt: skip
        for item in items:
            base = base_of(item)
            if base is None or base == "e" and isinstance(item, s.Scripted) and item.sub is None and not item.primes:
                continue  # e^x on a left side is a value, no name
            self.declared.add(to_latex(plain(item)))
            self.bases.add(base)
            if base in self.squared:
                continue
            if any(isinstance(x, s.Dots) for x in items):
                self.families.add(base)
            if isinstance(item, s.Scripted) and len(in_brackets(item.sup)) == 2:
                self.members.add(base)
            if isinstance(item, s.Symbol):
                self.declared_bare.add(base)
            elif isinstance(item, s.Call):
                self.declared_bare.discard(base)
            elif isinstance(item, s.Scripted):
                if item.primes and node.relations[0] == "\\in":
                    self.primed.add(base)
                if item.sub is None:
                    self.declared_bare.add(base)
                if (
                    item.sup is not None
                    and item.sub is None
                    or isinstance(item.sup, s.Symbol | s.Sum | s.Product | s.Scripted)
                ):
                    for part in factors_of(item.sup):
                        if not isinstance(part, s.Group) and not is_transpose(part) and not isinstance(part, s.Number):
                            self.bare_layers.add(base)

    def _use(self, node: s.Node, parent: s.Node | None, steps: bool) -> None:
        """``steps``: where the formula differentiates nothing, ``h_{t-1}`` tells of a recursion."""
        if isinstance(node, s.Symbol) and not (isinstance(parent, s.Scripted) and parent.base is node):
            self.bare.add(name_of(node))
            if node.name == "\\pi":
                factors = parent.factors if isinstance(parent, s.Product) else ()
                self.circles.add(any(b is node and isinstance(a, s.Number) for a, b in pairwise(factors)))
        if not isinstance(node, s.Scripted):
            return
        base = base_of(node)
        if base is None:
            return
        if node.sub is None:
            self.bare.add(base)
        else:
            for item in self.index_items(base, node.sub):
                if isinstance(item, s.Number) and item.text == "0":
                    self.zeroth.add(base)
                letters = [x.name for x in s.walk(item) if isinstance(x, s.Symbol)]
                if isinstance(item, s.Sum) and len(letters) == 1:
                    if steps and "-" in item.signs and any(isinstance(x, s.Symbol) for x in item.terms):  # not 2i - 1
                        self.shifted.add((base, letters[0]))
                    self.bound |= {letters[0]} - self.sizes - self.ends - self.limits  # an affine one is no label
                elif (isinstance(item, s.Symbol) and item.name in self.bound
                      or isinstance(item, s.Sum) and len(self.bound.intersection(letters)) > 1):  # x_{i+r}
                    self.indexed.add(base)
                elif isinstance(item, s.Text) or (isinstance(item, s.Symbol) and self._labels(item)):
                    self.labelled.add(base)
        if node.sup is not None:
            for part in factors_of(node.sup):
                if isinstance(part, s.Group) and part.kind in "([":
                    self.bracket_layers.add(base)
                    letters = [x.name for x in s.walk(part.body) if isinstance(x, s.Symbol)]
                    alone = len(in_brackets(node.sup)) == 1
                    if {"l", "L"} & set(letters):
                        self.counted.add(base)
                    if alone and len(letters) == 1 and letters[0] in self.bound and letters[0] not in ("l", "L"):
                        if isinstance(part.body, s.Symbol):
                            self.sample_axes.add(base)
                        elif isinstance(part.body, s.Sum) and "-" in part.body.signs and steps:  # h^{(t-1)}
                            self.shifted.add((base, letters[0]))

    # -- resolving ------------------------------------------------------------------------------------
    def variable_of(self, name: str) -> str | None:
        """``W_{2}`` of a name ``dW_{2}``, ``None`` of one that names no gradient by custom."""
        base = re.split(r"[_^]", name, maxsplit=1)[0]
        return self.gradients[base] + name[len(base):] if base in self.gradients else None

    def reference(self, node: s.Node) -> Reference | None:
        """The name that ``node`` refers to, or ``None`` if it is no decorated symbol; a power of a power is none, nor
        what has two layers."""
        if isinstance(node, s.Symbol):
            return Reference(self._in_font(node), node=node)
        if not isinstance(node, s.Scripted):
            return None
        if self._resolved is None:
            return self._resolve(node)
        known = self._resolved.get(id(node))  # equal nodes would be slow to find
        if known is None or known[0] is not node:
            known = self._resolved[id(node)] = node, self._resolve(node)
        return known[1]

    def _resolve(self, node: s.Scripted) -> Reference | None:
        if isinstance(node.base, s.Scripted):  # {a^{(l)}}^T, (W^{(2)})^T written without brackets
            inner = self.reference(node.base)
            if inner is None:
                return None
        elif isinstance(node.base, s.Symbol):
            inner = Reference(self._in_font(node.base), node=node)
        else:
            return None
        name, layer, indices, power = inner.name, inner.layer, list(inner.indices), inner.power
        transposed, inverted, bare_layer = inner.transposed, inner.inverted, False
        base, primes = self.gradients.get(inner.name, inner.name), node.primes
        if primes and base in self.primed:
            name, primes = name + "'" * primes, 0
        brackets = in_brackets(node.sup)
        rest: list[s.Node] = []  # what is no sign: factors of one power, 2n, or of a layer without brackets
        for part in superscripts(node.sup):
            if isinstance(part, s.Group) and part.kind in "([" and not rest:
                if len(brackets) == 2 and part is brackets[1]:  # Z^{[l](i)}: the column of an example, if no member
                    indices = [*([] if base in self.members else [s.Symbol(":")]), part.body, *indices]
                elif base in self.sample_axes and len(brackets) == 1:
                    indices.insert(0, part.body)
                elif layer is not None:
                    return None
                else:
                    layer = part.body
            elif is_transpose(part):
                transposed = not transposed
            elif part == INVERSE or is_inverse_transpose(part):
                if inverted:
                    return None
                inverted, transposed = True, transposed != (part != INVERSE)
            elif isinstance(part, s.Symbol) and part.name in ("\\ast", "*", "+", "\\star", "\\prime"):
                name += "^{" + part.name + "}"
            elif (
                isinstance(part, s.Symbol)
                and part.name.islower()
                and part.name in self.bases
                and base in self.bare_layers
                and base not in self.bracket_layers
            ):  # a_t^z beside a quantity z: a label
                name += "^{" + part.name + "}"
            elif base in self.squared and is_number(part, "2"):
                name += "^{2}"
            else:
                rest.append(part)
        if rest:
            if len(rest) > 1 and isinstance(node.sup, s.Sequence):
                return None
            whole = rest[0] if len(rest) == 1 else s.Product(tuple(rest), ("",) * (len(rest) - 1))
            if self._is_layer(base, node, whole):
                if layer is not None:
                    return None
                layer, bare_layer = whole, base in self.bracket_layers
            elif power is not None:
                return None
            else:
                power = whole
        entry = self._entry(node)
        if entry is not None:
            name, found = entry
            indices += found
        elif node.sub is not None:
            label, found = self._subscripts(base, node)
            name += label
            indices += found
        name += self.kinds.label(name, indices)
        return Reference(
            name, layer, tuple(indices), power, transposed, inverted, primes + inner.primes, bare_layer, node
        )

    def _in_font(self, symbol: s.Symbol) -> str:
        name = name_of(symbol)
        return in_bold(name) if name in self.fonts and symbol.font in BOLD else name

    def _entry(self, node: s.Scripted) -> tuple[str, list[s.Node]] | None:
        """What a list of entries says of ``b_o``, ``b_{o1}`` and ``w_{o12}``, the entries of b_o and W_o."""
        base = name_of(node.base) if isinstance(node.base, s.Symbol) else None
        if base is None or node.sub is None or not self.listed.entries:
            return None
        label, *rest = node.sub.items if isinstance(node.sub, s.Sequence) else factors_of(node.sub)
        name = self.listed.entries.get((base, to_latex(label)))
        if name is not None and len(rest) == 1 and isinstance(rest[0], s.Number) and len(rest[0].text) == 2:
            rest = [s.Number(digit) for digit in rest[0].text]
        own = name is not None and name.startswith(base)
        return (name, rest) if name is not None and (own or len(rest) == 2) else None

    def _is_layer(self, base: str, node: s.Scripted, part: s.Node) -> bool:
        if base in self.bare_layers:
            return not (isinstance(part, s.Number) and part.text == "2" and to_latex(plain(node)) not in self.declared)
        return base in self.bracket_layers and not isinstance(part, s.Number)

    def _subscripts(self, base: str, node: s.Scripted) -> tuple[str, list[s.Node]]:
        """Label (LaTeX, appended to the name) and indices."""
        assert node.sub is not None
        items = self.index_items(base, node.sub)
        if len(items) == 2 and len(base) == 1 and base.islower() and base.upper() in self.matrices - {base}:
            if base not in self.bases:  # x_{ij} beside a matrix X
                return "", list(items)
        if base in self.sample_axes and len(items) == 1 and self._declared_with(node):
            return "_{" + to_latex(node.sub) + "}", []
        if all(self._is_label(base, item) for item in items):
            return "_{" + to_latex(node.sub) + "}", []
        if isinstance(node.sub, s.Sequence) and self._is_label(base, node.sub.items[0]):  # Z_{2,nk}
            rest = [i for item in node.sub.items[1:] for i in items_of(item)]
            return "_{" + to_latex(node.sub.items[0]) + "}", rest
        return "", list(items)

    def index_items(self, base: str, sub: s.Node) -> tuple[s.Node, ...]:
        """The items of a subscript; a word of bound letters on a tensor (``Q_{if}``) and two digits on a matrix
        (``A_{12}``) are lists, a size beside an index (``x_{s i}``) a product; so is a number (``2i``) behind
        a comma, or where there is one index."""
        found: list[s.Node] = []
        if (base in self.vectors or base in self.lists - self.families) and multiple(sub) is not None:
            return (sub,)
        names = [x.name for x in factors_of(sub) if isinstance(x, s.Symbol)]
        if len(names) == len(factors_of(sub)) == 2 and (names[0] in self.sizes) != (names[1] in self.sizes):
            if set(names) - self.sizes <= self.bound:
                return (sub,)
        for item in items_of(sub):
            letters = item.name if isinstance(item, s.Symbol) else item.text if isinstance(item, s.Text) else ""
            if len(letters) > 1 and letters.isalpha() and base in self.declared_bare and set(letters) & self.bound:
                found += [s.Symbol(letter) for letter in letters]
            elif base in self.matrices and isinstance(item, s.Number) and len(item.text) == 2 and sub == item:
                found += [s.Number(digit) for digit in item.text]  # A_{12}
            else:
                found.append(item)
        return tuple(found)

    def _declared_with(self, node: s.Scripted) -> bool:
        return to_latex(plain(node)) in self.declared

    def _is_label(self, base: str, item: s.Node) -> bool:
        if isinstance(item, s.Number):
            if base in self.families:
                return False
            if base in self.wholes or base in self.biases and item.text == "0":
                return True
            if f"{base}_{{{item.text}}}" in self.shaped and not self._runs(base):
                return True
            if base in self.indexed and base not in self.labelled and f"{base}_{{{item.text}}}" not in self.declared:
                return False
            return base not in self.declared_bare and not (
                base in self.zeroth and item.text == "0" and self._runs(base)
            )
        if isinstance(item, s.Symbol):
            if self.is_apart(base, item.name) or item.name in self.made and f"{base}_{{{item.name}}}" in self.declared:
                return True
            if item.name in self.bound and base not in self.labelled:
                return False
            if (base, item.name) in self.shifted:
                return False
            indexable = base in self.declared_bare | self.indexed | self.families and base not in self.labelled
            if item.name.isupper() and item.name not in self.bound:  # E_D beside a number E
                indexable &= base in self.vectors | self.matrices | self.indexed | self.families
            return not (indexable and (len(item.name) == 1 or item.name in self.ends))
        entry = base in self.declared_bare | self.indexed  # s_{y_i}
        return isinstance(item, s.Text) or isinstance(item, s.Scripted) and not entry

    def is_apart(self, base: str, letter: str) -> bool:
        """``u_o`` beside ``u_1, …, u_K``, with a declaration of its own and a letter that counts nothing, nor is spoken
        of (“where the word $o$ is one of them”)."""
        counts = letter in self.alone or len(letter) > 1 or letter.isupper() or letter in INDEX_LETTERS | self.bound
        return base in self.families and not counts and f"{base}_{{{letter}}}" in self.declared

    def _labels(self, item: s.Symbol) -> bool:
        """A subscript of more than a letter, or of a capital, labels; not the last value of an index (``h_T``)."""
        return _is_word(item.name) and not (len(item.name) == 1 and item.name in self.ends)

    def _runs(self, base: str) -> bool:
        return any(b == base for b, _ in self.shifted)


# -- helpers ----------------------------------------------------------------------------------------------


def _is_word(name: str) -> bool:
    return name.isupper() or (len(name) > 1 and name[0] != "\\")
