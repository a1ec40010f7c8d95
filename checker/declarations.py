"""What a scope declares before anything is defined: shapes, sizes, ranges, signs, and what is differentiated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from verify_derivations.checker.examples import passing_sizes
from verify_derivations.checker.functions import function_name
from verify_derivations.checker.means import note_means
from verify_derivations.checker.padding import note_padding
from verify_derivations.checker.sentences import ENDED, sentence, sentences
from verify_derivations.checker.statements import Chain, Stated, contains_derivative, is_adjoint_name
from verify_derivations.formulas import operators as op
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.calls import OPERATORS, WINDOWED
from verify_derivations.formulas.conditions import compared_letters
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.kinds import ends_of
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.pairs import pairs_in
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranges import bounded, is_range
from verify_derivations.formulas.scripts import base_of, multiple, name_of, names_in
from verify_derivations.formulas.sizes import shape_of_space, whole
from verify_derivations.formulas.world import Declaration, Statement, World

COUNTS = frozenset("\\ell \\eta \\kappa \\mu \\nu \\rho \\tau".split())
"""Letters with a name that count where an extent or a sum ends at one."""
RUNNING = frozenset("ijklmnrst") | {"\\ell", "\\tau"}
"""Letters that by custom run, also where nothing says to what."""

ONE_EXAMPLE = re.compile(
    r"\b(?:of|for|on|with|at)\s+(?:an?|one|a\s+single|each|every|an?\s+individual|a\s+given|single|the\s+current)\s+(?:\w+\s+)?"
    r"(?:examples?|samples?|instances?|(?:data\s*)?points?|observations?|datum|pairs?|patterns?)\b"
    r"|\b(?:per|single)[-\s](?:example|sample|instance|observation)\b", re.I,
)  # fmt: skip
"""Words on what is of one of many."""



def declare(world: World, formulas: Sequence[Stated]) -> None:
    """Note in a world what the formulas of a scope, of all its variants, declare."""
    reader = _Declarations(world, formulas)
    reader.numerators()
    reader.doubled()
    reader.declarations()
    note_padding(world, formulas)
    reader.given()
    reader.stretched()
    reader.relations()


def declare_signs(world: World, formulas: Sequence[Stated]) -> None:
    """Note in a world which signs and intervals formulas tell."""
    _Declarations(world, formulas).signs(formulas)


def is_size(node: s.Node, world: World) -> bool:
    """Whether nothing else is declared by that name, nor differentiated."""
    reference = world.table.reference(node)
    if reference is not None and reference.name in world.differentiated.numerators:
        return False
    return reference is None or not any(d.layer is None for d in world.declarations.get(reference.name, ()))


def says_sizes(chain: Chain, world: World) -> bool:
    """Whether an equation says what a size is, ``N = s (M - 1) + K``, or how sizes go together, ``H - k + 1 = 2 P``."""
    left = chain.sides[0]
    if len(chain.sides) < 2:
        return False
    if isinstance(left, s.Symbol | s.Scripted):
        return to_latex(left) in world.sizes and is_size(left, world)
    names = [x for side in chain.sides[:2] for x in names_in(side)]
    arithmetic = s.Symbol | s.Scripted | s.Number | s.Sum | s.Product | s.Fraction | s.Group
    plain = all(isinstance(x, arithmetic) for side in chain.sides[:2] for x in s.walk(side))
    return plain and bool(names) and all(to_latex(x) in world.sizes and is_size(x, world) for x in names)


def _spaces(f: Stated) -> Iterator[tuple[str, s.Space]]:
    """Functions and the spaces of their values, of ``φ: R^d → R^K`` and ``φ(x) ∈ R^K``."""
    for member in f.memberships:
        for name in member.names:
            if isinstance(name, s.Call) and isinstance(member.where, s.Space):
                yield function_name(name.function), member.where
    for item in f.mentions:
        if isinstance(item, s.Relation) and item.relations[:1] == (":",) and item.relations[-1] in ("\\to", "\\mapsto"):
            first, *_, last = item.sides
            if isinstance(first, s.Symbol | s.Scripted) and isinstance(last, s.Space):
                yield function_name(first), last


def _binds(item: s.Node) -> set[str]:
    """The letters that a sum over ``item`` binds: j of j ≠ y."""
    first = item.sides[0] if isinstance(item, s.Relation) else item
    if isinstance(item, s.Relation) and (found := bounded(item)) is not None:
        return {letter.name for letter in found[0]}
    return {x.name for x in s.walk(first) if isinstance(x, s.Symbol)}


_FROM_ZERO = re.compile(
    r"\b(?:zero|0)-based\b|\b(?:ind(?:ex|ices)|we|counting|numbering|entries|components)\s+(?:\w+\s+){0,2}?(?:start|begin|count|run|number)\w*"
    r"\s+(?:\w+\s+)?(?:at|from|with)\s+zero\b", re.I,
)  # fmt: skip


def first_index(formulas: Sequence[Stated]) -> int:
    """Indices count from 0 where sums and ranges of a scope start there, and none starts at 1, nor ends behind another
    start where an axis is said to end, ``t = K, …, T`` beside ``x \\in R^T``; or where the text says so, and none goes
    from 1 to a size."""
    spaces = (m.where for f in formulas for m in f.memberships if isinstance(m.where, s.Space))
    axes = {extent for space in spaces for extent in space.extents}
    if any(last in axes and first != s.Number("0") for f in formulas for _, first, last in f.ranges):
        return 1
    runs = [run for f in formulas for run in _runs(f)]
    starts = {first for first, _ in runs}
    if any(_FROM_ZERO.search(f"{f.raw.context} {f.raw.tail}") for f in formulas):
        return int(any(first == "1" and isinstance(last, s.Symbol | s.Scripted) for first, last in runs))
    return 0 if "0" in starts and "1" not in starts else 1


def _runs(f: Stated) -> Iterator[tuple[str, s.Node | None]]:
    """Where the ranges and sums of a formula begin and end."""
    yield from ((to_latex(first), last) for _, first, last in f.ranges)
    for node in f.nodes:
        if not isinstance(node, s.BigOperator) or node.lower is None:
            continue
        for item in node.lower.items if isinstance(node.lower, s.Sequence) else (node.lower,):
            if isinstance(item, s.Relation) and item.relations == ("=",):
                yield to_latex(item.sides[1]), node.upper
            elif isinstance(item, s.Relation) and (found := bounded(item)) is not None:
                yield to_latex(found[1]), found[2]


def _is_likelihood(chain: Chain) -> bool:
    """Of one class, ``-\\log p_o`` and ``-s_o + \\log \\sum_j e^{s_j}``, also beside a definition of every ``p_o``."""
    return any(isinstance(n, s.Call) and base_of(n.function) in ("log", "ln") for n in s.walk(chain.sides[-1]))


def _at_layer(node: s.Node, number: s.Number, letter: s.Symbol) -> s.Node:
    """Scripts that are the number of a layer, as those of any layer."""
    if isinstance(node, s.Space):
        return replace(node, extents=tuple(_at_layer(n, number, letter) for n in node.extents))
    if isinstance(node, s.Group) and node.body == number:
        return replace(node, body=letter)
    if not isinstance(node, s.Scripted):
        return node
    sub, sup = (letter if n == number else n and _at_layer(n, number, letter) for n in (node.sub, node.sup))
    return replace(node, sub=sub, sup=sup)


def _above_and_below(node: s.Node) -> tuple[s.Node, tuple[s.Node, ...]] | None:
    """What a derivative differentiates, and by what."""
    if isinstance(node, s.Derivative):
        return node.numerator, node.denominators
    if not isinstance(node, s.Nabla):
        return None
    at = node.body.arguments if isinstance(node.body, s.Call) and len(node.body.arguments) == 1 else ()
    return node.body, (node.variable,) if node.variable is not None else at


def _entry_of_jacobian(node: s.Node) -> tuple[tuple[str, ...], str, str] | None:
    """Of ``∂o_j/∂z_i``: o and z, j, and i."""
    below = node.denominators if isinstance(node, s.Derivative) else ()
    if not isinstance(node, s.Derivative) or len(below) != 1:
        return None
    both = (node.numerator, *below)
    letters = [x.sub.name for x in both if isinstance(x, s.Scripted) and isinstance(x.sub, s.Symbol)]
    bases = tuple(base_of(x) or "" for x in both)
    return (bases, letters[0], letters[1]) if len(letters) == 2 else None


class _Declarations:
    def __init__(self, world: World, formulas: Sequence[Stated]) -> None:
        self.world, self.table, self.every = world, world.table, formulas

    def _hands_on(self, name: str) -> bool:
        """Whether a recursion makes a quantity of what it was: the v_t that is held fixed is of one step."""
        sides = (chain.sides for f in self.every for chain in f.chains if len(chain.sides) > 1)
        found = (self.table.reference(left) for left, *right in sides
                 if any(self._is_called(name, x) for side in right for x in names_in(side)))  # fmt: skip
        return any(r is not None and r.name == name and r.indices for r in found)

    def _is_called(self, name: str, node: s.Node) -> bool:
        reference = self.table.reference(node)
        return reference is not None and reference.name == name

    def relations(self) -> None:
        for f in self.every:
            for reference in filter(None, map(self.table.reference, f.prose.held)):
                of_steps = reference.indices and self._hands_on(reference.name)
                held = self.world.unknown.held_before if of_steps else self.world.unknown.held
                held.add(reference.name)
            frozen = frozenset(r.name for r in map(self.table.reference, f.prose.frozen) if r is not None)
            self.world.unknown.frozen |= {frozen} if frozen else set()
            for pair in f.prose.related:
                first, second = map(self.table.reference, pair)
                if first is not None and second is not None and first.name != second.name:
                    names = first.name, second.name
                    said = f"what the text says of {' and '.join(names)} at formula {f.number} is not understood"
                    self.world.unknown.related.setdefault(names, said)

    def numerators(self) -> None:
        world, counts, called = self.world, dict[str, int](), dict[str, set[str]]()
        for f in self.every:
            for node in f.derivatives:
                pair = _above_and_below(node)
                if pair is None:
                    continue
                reference = self._top(pair[0])
                if reference is not None and reference.layer is None:
                    world.differentiated.by_formula.setdefault(f.number, set()).add(reference.name)
                    if isinstance(node, s.Derivative):  # of ∇_x a^T x it is not a that is differentiated
                        world.differentiated.names.add(reference.name)
                    if not reference.indices:
                        counts[reference.name] = counts.get(reference.name, 0) + 1
                for below in pair[1]:
                    bottom = self.table.reference(below)
                    if bottom is not None:
                        world.differentiated.denominators.add(bottom.name)
                        if reference is not None:
                            world.differentiated.of.setdefault(bottom.name, set()).add(reference.name)
            for chain in f.chains if f.derivatives else ():
                found = {top.name for side in chain.sides for node in s.walk(side)
                         if (pair := _above_and_below(node)) and (top := self._top(pair[0])) is not None}  # fmt: skip
                for x in chain.sides if found else ():
                    name = self.table.reference(x) if isinstance(x, s.Symbol | s.Scripted) else None
                    if name is not None:
                        called.setdefault(name.name, set()).update(found)
        world.differentiated.numerators = sorted(counts, key=lambda n: -counts[n])
        for f in self.every if called else ():  # δ of δ = ∂L/∂z speaks of the derivatives of L, too
            names = (self.table.reference(x) for x in f.nodes if isinstance(x, s.Symbol | s.Scripted))
            through = (called.get(r.name, set()) for r in names if r is not None)
            world.differentiated.by_formula.setdefault(f.number, set()).update(*through)

    @cached_property
    def _lefts(self) -> set[str | None]:
        """The bases of names, and of functions, with which equations begin."""
        sides = (chain.sides[0] for f in self.every for chain in f.chains)
        return {base_of(x.function if isinstance(x, s.Call) else x) for x in sides}

    def _top(self, numerator: s.Node) -> Reference | None:
        """What is differentiated, if it is a quantity or a function of the document."""
        top = numerator.function if isinstance(numerator, s.Call) else numerator
        reference = self.table.reference(top) if isinstance(top, s.Symbol | s.Scripted) else None
        if reference is not None and reference.name == "\\sigma" and isinstance(numerator, s.Call):
            return reference if reference.name in self._lefts else None  # by custom
        standard = {*op.elementwise_functions, *OPERATORS}
        return None if reference is None or reference.name.lstrip("\\") in standard else reference

    def given(self) -> None:
        """Index letters in definitions that nothing binds and of which the text speaks by themselves: “class $c$”, or
        “$c \\in \\{1, …, C\\}$”."""
        world = self.world
        inline = [f for f in self.every if not f.raw.displayed]
        spoken = {x.name for f in inline for x in f.mentions if isinstance(x, s.Symbol)}
        spoken |= {letter for f in inline if len(f.ranges) == 1 and not f.chains for letter, _, _ in f.ranges}
        sums = [n.lower for f in self.every for n in f.nodes if isinstance(n, s.BigOperator) and n.lower is not None]
        items = [x for lower in sums for x in (lower.items if isinstance(lower, s.Sequence) else (lower,))]
        summed = {name for item in items for name in _binds(item)}
        displayed = {letter for f in self.every if f.raw.displayed for letter, _, _ in f.ranges}
        bound = displayed | summed | world.sizes
        definitions = [c for f in self.every for c in f.chains if not any(map(contains_derivative, c.sides))]
        letters = {  # also the o of -\\log p_o, beside a definition of p_o for every o
            letter for chain in definitions for letter in self._letters(chain.sides[-1])
            if letter not in {x for side in chain.sides[:-1] for x in self._letters(side)}
        }  # fmt: skip
        world.letters.labels |= self._labels()
        alone = set[str]().union(*map(self._stands_alone, definitions))
        alone -= {x for chain in definitions for side in chain.sides[:-1] for x in self._letters(side)}
        likelihoods = filter(_is_likelihood, definitions)
        alone |= set[str]().union(*map(self._stands_alone, likelihoods), *map(self._told_by_cases, definitions))
        given = (letters & spoken | alone) - bound | (self._of_one_example() | self._of_the_sentence()) - world.sizes
        if world.origin == 1:
            world.letters.given = given - world.declared_names()

    def stretched(self) -> None:
        """The x of ``d_i = x_{i+1} - x_i`` and ``y_i = x_{2i-1} + x_{2i}``, which nothing defines or declares: i does
        not end where x does."""
        definitions = [c for f in self.every for c in f.chains if not any(map(contains_derivative, c.sides))]
        lefts = {r.name for c in definitions for r in map(self.table.reference, c.sides[:-1]) if r is not None}
        nodes = (n for c in definitions for side in c.sides for n in names_in(side))
        for reference in (r for r in map(self.table.reference, nodes) if r is not None and len(r.indices) == 1):
            index = reference.indices[0]
            beyond = isinstance(index, s.Sum) and set(index.signs) == {"+"} or multiple(index) is not None
            known = reference.name in lefts or any(reference.name == name for name, _ in self.table.shifted)
            if beyond and not known and reference.name not in self.world.declared_names():
                self.world.undeclared.stretched.add(reference.name)

    def _stands_alone(self, chain: Chain) -> set[str]:
        """The c of ``L = -\\log p_c``, of which the text says nothing: the index of one name, outside of all sums, and
        no letter that counts by custom. (Of ``L = (y_i - t_i)^2`` a sum is missing.)"""
        if any(map(self._letters, chain.sides[:-1])):
            return set()
        inside = {x for n in s.walk(chain.sides[-1]) if isinstance(n, s.BigOperator) for x in self._letters(n)}
        names: dict[str, set[str]] = {}
        for reference in (self.table.reference(n) for n in s.walk(chain.sides[-1]) if isinstance(n, s.Scripted)):
            for index in reference.indices if reference is not None else ():
                if reference is not None and isinstance(index, s.Symbol):
                    names.setdefault(index.name, set()).add(reference.name)
        counting = inside | RUNNING
        return {letter for letter, found in names.items() if len(found) == 1 and letter not in counting}

    def _of_one_example(self) -> set[str]:
        """The i of “the loss of one example is $L = (w^\\top x_i - y_i)^2$”, over which the total one sums."""
        found: set[str] = set()
        for k, f in enumerate(self.every):
            for chain in f.chains if ONE_EXAMPLE.search(sentence(self.every, k)) else ():
                bound = {x for n in s.walk(chain.sides[-1]) if isinstance(n, s.BigOperator) for x in self._letters(n)}
                if not any(map(self._letters, chain.sides[:-1])) and not any(map(contains_derivative, chain.sides)):
                    found |= self._letters(chain.sides[-1]) - bound
        return found

    def _of_the_sentence(self) -> set[str]:
        """The a of “for the sampled action $a$ the loss is $\\ell = -A \\log p_a$”, which counts elsewhere."""
        found: set[str] = set()
        for text in sentences(self.every, ENDED):
            inside = [self.every[int(k)] for k in re.findall(r"\$(\d+)\$", text)]
            spoken = {x.name for f in inside if not f.raw.displayed for x in f.mentions if isinstance(x, s.Symbol)}
            for chain in (c for f in inside for c in f.chains if spoken and _is_likelihood(c)):
                bound = {x for n in s.walk(chain.sides[-1]) if isinstance(n, s.BigOperator) for x in self._letters(n)}
                if not any(map(self._letters, chain.sides[:-1])) and not any(map(contains_derivative, chain.sides)):
                    found |= spoken & self._letters(chain.sides[-1]) - bound
        lefts = [chain.sides[0] for f in self.every for chain in f.chains if found]
        return found - {x.name for left in lefts if not contains_derivative(left) for x in s.walk(left)
                        if isinstance(x, s.Symbol)}  # fmt: skip

    def _told_by_cases(self, chain: Chain) -> set[str]:
        """The c of ``t_j = 1`` if ``j = c``, and else 0: of an example, the class."""
        own = set[str]().union(*map(self._letters, chain.sides[:-1]))
        return {c for j, c in compared_letters(chain.sides[-1]) if j in own and c not in own}

    def _labels(self) -> dict[str, s.Node | None]:
        """Names with indices, ``y_i``, that are nothing but indices, and that no equation defines; with the last of
        their values, where they are said to be in ``\\{1, …, K\\}``."""
        references = (self.table.reference(n) for f in self.every for n in f.nodes if isinstance(n, s.Scripted))
        places = [i for r in references if r is not None for i in r.indices if isinstance(i, s.Scripted)]
        places += [x for f in self.every for c in f.chains for side in c.sides for x in self._compared(side)]
        inner = [r for r in map(self.table.reference, places) if r is not None and r.indices and r.layer is None]
        found: dict[str, s.Node | None] = {r.name: None for r in inner if r.name not in self.world.sizes}
        for f in self.every if found else ():
            others = {r.name for c in f.chains for side in c.sides for r in self._numbers(side)}
            for member in f.memberships:
                if isinstance(member.where, s.Space) and not member.where.letter.endswith(("Z}", "N}")):
                    others |= {r.name for r in map(self.table.reference, member.names) if r is not None}
            for node in (n for n in f.nodes if isinstance(n, s.Relation) and is_range(n)):
                label, last = self.table.reference(node.sides[0]), node.sides[-1]
                if label is not None and label.name in found and isinstance(last, s.Sequence | s.Finite):
                    first, found[label.name] = ends_of(last)
                    others |= {label.name} if first != s.Number("1") else set()
            found = {name: last for name, last in found.items() if name not in others}
        return found

    def _compared(self, side: s.Node) -> Iterator[s.Scripted]:
        """The ``y_i`` of ``[y_i = j]``: what is compared with an index."""
        for node in s.walk(side):
            if isinstance(node, s.Relation) and len(node.sides) == 2 and node.relations[0] in ("=", "\\neq"):
                for one, other in (node.sides, node.sides[::-1]):
                    if isinstance(one, s.Scripted) and isinstance(other, s.Symbol) and other.name in self.table.bound:
                        yield one

    def _numbers(self, node: s.Node) -> Iterator[Reference]:
        """The names in a tree that are reckoned with: not those in subscripts, nor in brackets, ``[y_i = k]``."""
        if isinstance(node, s.Relation):
            return
        reference = self.table.reference(node) if isinstance(node, s.Scripted) else None
        if reference is not None:
            yield reference
        for part in s.children(node):
            if not isinstance(node, s.Scripted) or part is node.sup or reference is None and part is node.base:
                yield from self._numbers(part)

    def _letters(self, side: s.Node) -> set[str]:
        """The letters that are indices in it."""
        references = (self.table.reference(node) for node in s.walk(side) if isinstance(node, s.Scripted))
        return {x.name for r in references if r is not None for x in r.indices if isinstance(x, s.Symbol)}

    def doubled(self) -> None:
        """Letters for sizes that are also quantities: h of ``W ∈ R^{h×n}`` and ``h = tanh(z)``. What a size is equal to
        is made of sizes."""
        spaces = [n for f in self.every for n in f.nodes if isinstance(n, s.Space)]
        sizes = {x.name for space in spaces for n in space.extents for x in names_in(n) if isinstance(x, s.Symbol)}
        sizes |= self.table.ends
        counts = sizes | {base_of(x) for space in spaces for n in space.extents for x in names_in(n)}
        entries = self.table.indexed - counts  # of k = Σ_i x_i
        members = [(name, m.where) for f in self.every for m in f.memberships for name in m.names]
        tensors = {base_of(name) for name, where in members if isinstance(where, s.Space) and where.extents}
        chains = [(name_of(c.sides[0]), c.sides[1:]) for f in self.every for c in f.chains
                  if not c.update and isinstance(c.sides[0], s.Symbol)]  # fmt: skip
        found: set[str] = set()
        while sizes:
            before = len(found)
            for left, right in chains:
                if left in found | tensors:
                    continue
                names = {base_of(x) for side in right for x in names_in(side)}
                calls = any(isinstance(x, s.Call) for side in right for x in s.walk(side))
                if calls and names - sizes or names & (tensors | found | entries):
                    found.add(left)
            if len(found) == before:
                break
        self.world.doubled |= found & sizes

    def declarations(self) -> None:
        world = self.world
        alone = (f.mentions[0] for f in self.every if not f.raw.displayed and len(f.mentions) == 1)
        spoken = {x.name for x in alone if isinstance(x, s.Symbol)}
        for f in self.every:
            world.letters.ranges += [(f.number, *r) for r in f.ranges]
            world.letters.sections[f.number] = f.raw.section
            if f.chains and not f.differentiates and any(first == "0" for first, _ in _runs(f)):
                world.letters.zero_in.add(f.raw.section)
            if f.tree is not None and (pairs := pairs_in(f.tree) - spoken):
                world.letters.pairs[f.number] = pairs
            for node in f.nodes:
                if isinstance(node, s.BigOperator) and node.upper is not None:
                    self._range_of(node, f.number)
                    self._sizes_in(node.upper)
                elif isinstance(node, s.Relation) and is_range(node):
                    self._sizes_in(node.sides[-1])
                elif isinstance(node, s.Call) and base_of(node.function) in WINDOWED:
                    for argument in node.arguments[1:]:
                        self._sizes_in(argument)
        self.world.letters.steps = {f.number: f.stepped for f in self.every if f.stepped}
        self._diagonals()
        self._begins()
        self._stops()
        note_means(self.world, self.every)
        for f in self.every:
            for member in f.memberships:
                if isinstance(member.where, s.Space) and any(isinstance(n, s.Dots) for n in member.names):
                    self._declare_list(member.names, member.where, f.number)
                elif isinstance(member.where, s.Space):
                    for name in member.names:
                        self._declare(name, member.where, f.number)
            for function, space in _spaces(f):
                world.applied.spaces[function] = space
                for extent in space.extents:
                    self._sizes_in(extent, axis=True)
            for chain in f.chains:
                if chain.space is not None:
                    first = chain.sides[0]
                    hint = contains_derivative(first) or is_adjoint_name(first, self.table)
                    if not hint:
                        self._declare(first, chain.space, f.number, sizes_only=True)
                    else:
                        self._hint(first, chain.space, f.number)
        self._of_every_layer()
        kinds = self.table.kinds
        for base, letter in kinds.iterates.items():
            world.declarations[base + kinds.iterate(base)] = [
                replace(d, indices=(s.Symbol(letter),)) for d in world.declarations.get(base, ()) if not d.indices
            ]
        passing = passing_sizes(self.every, lambda chain: says_sizes(chain, self.world))
        for number, names in passing.items():
            self.world.unknown.passing |= {to_latex(name): number for name in names}
        for chain in (chain for f in self.every if f.number not in passing for chain in f.chains):
            self._size_equation(chain)
        for f in self.every:  # spaces bring up quotients: know them all before the first definition is read
            for space in [*(c.space for c in f.chains if c.space is not None and not contains_derivative(c.sides[0])
                            and not is_adjoint_name(c.sides[0], self.table)),
                          *(m.where for m in f.memberships if isinstance(m.where, s.Space))]:  # fmt: skip
                try:
                    shape_of_space(space, world, Statement())
                except DocumentError:
                    continue
        self.signs([f for f in self.every if not f.when.local])

    def signs(self, formulas: Sequence[Stated]) -> None:
        for f in formulas:
            for member in f.memberships:
                if not isinstance(member.where, s.Space):
                    self._domain(member.names, member.where)
            for condition in f.conditions:
                self._inequality(condition)

    def _of_every_layer(self) -> None:
        """``A^{[0]} ∈ R^{n^{[0]} × m}`` beside a definition of every ``A^{[l]}``, whose shape nothing says: that is
        ``n^{[l]} × m``, where the number of the layer stands in the shape."""
        for chain in (chain for f in self.every for chain in f.chains):
            left = self.table.reference(chain.sides[0])
            if left is None or not isinstance(left.layer, s.Symbol) or left.indices:
                continue
            stated = self.world.declarations.get(left.name, [])
            if not stated or not all(isinstance(d.layer, s.Number) and not d.indices for d in stated):
                continue
            spaces = {_at_layer(d.space, d.layer, left.layer) for d in stated if isinstance(d.layer, s.Number)}
            if len(spaces) == 1 and isinstance(space := spaces.pop(), s.Space) and space != stated[0].space:
                stated.append(Declaration(left.layer, (), space, stated[0].number))

    def _begins(self) -> None:
        """``h_t`` by ``h_{t-1}`` for ``t = 2, …, T`` begins with h_1, also where indices count from 0 and t from 1."""
        for f in self.every:
            lefts = map(self.table.reference, (chain.sides[0] for chain in f.chains if len(chain.sides) > 1))
            for left in (r for r in lefts if r is not None and len(r.indices) == 1):
                letter = left.indices[0].name if isinstance(left.indices[0], s.Symbol) else ""
                steps = (left.name, letter) in self.table.shifted
                own = self.world.letters.own_range(letter, f.number) if steps else None
                if own is not None and isinstance(own[0], s.Number) and int(own[0].text) > self.world.origin:
                    self.world.letters.begins[left.name] = int(own[0].text) - 1

    def _diagonals(self) -> None:
        """``∂o_j/∂z_i`` where ``∂o_i/∂z_i`` is given apart: then j may be meant to be another than i."""
        found: dict[int, tuple[tuple[str, ...], str, str]] = {}
        rows: tuple[tuple[str, ...], str, str] | None = None
        for f in self.every:
            of = next((x for c in f.chains if (x := _entry_of_jacobian(c.sides[0])) is not None), None)
            rows = rows if f.continued is not None else of
            if rows is not None:
                found[f.number] = (*f.raw.section, *rows[0]), *rows[1:]
        diagonal = {where for where, one, other in found.values() if one == other}
        self.world.letters.apart = {
            number: (one, other) for number, (where, one, other) in found.items() if one != other and where in diagonal
        }

    def _stops(self) -> None:
        """``h_T`` beside a recursion in h_t says that t runs to T."""
        for letter, last in self.table.stops.items():
            names = [n for f in self.every for n in f.nodes if isinstance(n, s.Scripted) and n.sub == s.Symbol(last)]
            if names and last not in self.table.bases:
                self.world.letters.ranges.append((0, letter, s.Number("1"), s.Symbol(last)))
                self._sizes_in(s.Symbol(last))

    def _range_of(self, node: s.BigOperator, number: int) -> None:
        lower = node.lower
        assert node.upper is not None
        if isinstance(lower, s.Relation) and lower.relations == ("=",) and isinstance(lower.sides[0], s.Symbol):
            found = number, name_of(lower.sides[0]), lower.sides[1], node.upper
            self.world.letters.ranges.append(found)
            self.world.letters.of_sums.append(found)

    def _sizes_in(self, node: s.Node, axis: bool = False) -> None:
        for x in names_in(node):  # d_v as a whole: v is no size
            if isinstance(x, s.Scripted):
                self.world.sizes.add(to_latex(x))
            elif isinstance(x, s.Symbol) and x.name not in self.world.table.bound and (
                not x.name.startswith("\\") or x.name in COUNTS
            ):
                self.world.sizes |= {name_of(x)} - self.world.doubled
        if axis:
            try:
                self.world.axis_sizes |= whole(node, self.world, Statement()).names
            except DocumentError:
                return

    def _declare(self, name: s.Node, space: s.Space, number: int, sizes_only: bool = False) -> None:
        for extent in space.extents:
            self._sizes_in(extent, axis=True)
        reference = self.table.reference(name)
        if reference is None or reference.power is not None or reference.transposed:
            return
        self.world.declarations.setdefault(reference.name, []).append(
            Declaration(reference.layer, reference.indices, space, number, hint=sizes_only)
        )

    def _declare_list(self, names: Sequence[s.Node], space: s.Space, number: int) -> None:
        """``x_1, …, x_n ∈ R^d``"""
        last = names[-1]
        reference = self.table.reference(last)
        if reference is None or not isinstance(last, s.Scripted) or last.sub is None:
            return
        for extent in space.extents:
            self._sizes_in(extent, axis=True)
        self._sizes_in(last.sub, axis=True)
        self.world.declarations.setdefault(reference.name, []).append(
            Declaration(reference.layer, (), space, number, count=last.sub, from_zero=_is_zeroth(names[0]))
        )

    def _hint(self, node: s.Node, space: s.Space, number: int) -> None:
        """A gradient has the shape of its variable."""
        variable: s.Node | None = None
        if isinstance(node, s.Nabla) and node.order == 1:
            variable = node.variable
        elif isinstance(node, s.Derivative) and len(node.denominators) == 1:
            top = self.table.reference(node.numerator)
            if top is not None and top.name in self.world.losses() and not top.indices:
                variable = node.denominators[0]
        if variable is None:
            return
        reference = self.table.reference(variable)
        if reference is not None and reference.name not in self.world.declarations:
            self.world.declarations.setdefault(reference.name, []).append(
                Declaration(reference.layer, reference.indices, space, number, hint=True)
            )

    def _size_equation(self, chain: Chain) -> None:
        left = chain.sides[0]
        if not says_sizes(chain, self.world):
            return
        try:
            self.world.extents.equate(
                whole(left, self.world, Statement()), whole(chain.sides[1], self.world, Statement())
            )
        except DocumentError:
            return
        self._sizes_in(chain.sides[1])  # the stride of N = s (M - 1) + K

    def _domain(self, names: Sequence[s.Node], where: s.Node) -> None:
        for node in names:
            reference = self.table.reference(node)
            if reference is None or reference.layer is not None:
                continue
            if reference.name not in self.world.declarations and reference.name not in self.world.sizes:
                if not reference.indices:
                    self.world.declarations.setdefault(reference.name, []).append(
                        Declaration(None, (), s.Space("R"), 0)
                    )
            if isinstance(where, s.Interval) and isinstance(where.low, s.Number) and float(where.low.text) >= 0:
                if where.brackets[0] == "(" or float(where.low.text) > 0:
                    self.world.assumed.positive.add(reference.name)
            if isinstance(where, s.Interval) and isinstance(where.high, s.Number) and float(where.high.text) <= 1:
                if where.brackets[1] == ")" or float(where.high.text) < 1:
                    self.world.assumed.below_one.add(reference.name)

    def _inequality(self, node: s.Relation) -> None:
        if len(node.sides) == 3 and set(node.relations) <= {"<", "\\le", "\\leq"}:  # 0 < p < 1
            low, middle, high = node.sides
            above = s.Relation((middle, low), (">" if node.relations[0] == "<" else "\\ge",))
            for part in (above, s.Relation((middle, high), node.relations[1:])):
                self._inequality(part)
            return
        if len(node.sides) != 2 or not isinstance(node.sides[1], s.Number):
            return
        reference = self.table.reference(node.sides[0])
        if reference is None or reference.layer is not None or reference.name in self.world.sizes:
            return
        if not all(isinstance(i, s.Symbol) for i in reference.indices):
            return
        if reference.name not in self.world.declarations and not reference.indices:
            self.world.declarations.setdefault(reference.name, []).append(Declaration(None, (), s.Space("R"), 0))
        if node.relations[0] in (">",) and float(node.sides[1].text) >= 0:
            self.world.assumed.positive.add(reference.name)
        if node.relations[0] == "<" and float(node.sides[1].text) <= 1:
            self.world.assumed.below_one.add(reference.name)
        if node.relations[0] == "\\neq" and float(node.sides[1].text) == 0:
            self.world.assumed.nonzero.add(reference.name)


def _is_zeroth(name: s.Node) -> bool:
    return isinstance(name, s.Scripted) and name.sub == s.Number("0")
