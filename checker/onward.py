"""What is declared holds onward: also in a later scope, until that says something else of the name.

A document says once what its data are (“let ``x_n ∈ R^D`` for ``n = 1, …, N``”) and then puts one model a section
beside another. Definitions stay with their scope; shapes, ranges and signs of names that a later scope uses in its own
definitions hold there, too, if they fit its use of them: ``t_n ∈ R`` says nothing of ``t_{nk}``, but ``x ∈ R^D`` says
of ``x_n`` what each of them is, where n runs to another end than D. A definition that has no meaning with them is read
without (``case.py``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace

from verify_derivations.checker.open_names import DATA
from verify_derivations.checker.spoken import introduced_in
from verify_derivations.checker.statements import Chain, Membership, Stated, contains_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import NameTable, Reference
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import names_in


class Said:
    """What the formulas of a document say, by the names of which they say it, and by the letters of which the prose
    speaks: so that a scope asks for its own, however long the document is."""

    def __init__(self, formulas: Sequence[Stated], table: NameTable) -> None:
        self.of_name: dict[str, list[Stated]] = defaultdict(list)
        self.of_letter: dict[str, list[Stated]] = defaultdict(list)
        self.of_scope: dict[tuple[str, ...], list[Stated]] = defaultdict(list)
        for f in formulas:
            if f.apart:
                continue
            self.of_scope[f.scope].append(f)
            for name in {reference.name for reference in said(f, table)}:
                self.of_name[name].append(f)
            for letter in {n.name for n in f.mentions if isinstance(n, s.Symbol) and is_given(f, n)}:
                self.of_letter[letter].append(f)

    def last(self, name: str, before: int, inside: Set[int]) -> Stated | None:
        """The last formula outside that says something of a name, before a number."""
        found = self.of_name.get(name, [])
        end = bisect_left(found, before, key=lambda f: f.number)
        return next((f for f in reversed(found[:end]) if f.number not in inside), None)


def said(f: Stated, table: NameTable) -> list[Reference]:
    """The names of which a formula says what they are."""
    nodes = [name for m in f.memberships for name in m.names]
    nodes += [side for chain in f.chains if not chain.partly for side in chain.sides[:-1]]
    nodes += [m.sides[0] for m in f.mentions if isinstance(m, s.Relation) and m.relations[0] == "\\sim"]
    return _references(nodes + [side for condition in f.conditions for side in condition.sides], table)


def is_given(f: Stated, node: s.Node) -> bool:
    """Whether a formula in the prose speaks of a letter: the class $c$, an index that is given."""
    return isinstance(node, s.Symbol) and not f.raw.displayed and len(node.name) == 1 and node.name.islower()


def _references(nodes: Iterable[s.Node], table: NameTable) -> list[Reference]:
    return [reference for reference in map(table.reference, nodes) if reference is not None]


def declared_before(
    everything: Said, here: Sequence[Stated], table: NameTable, *, clashing: Set[int] = frozenset()
) -> list[Stated]:
    """What scopes before declare of names by which ``here``, the formulas of a scope, define something, and of which
    they say nothing else: each as a formula that only declares. The last scope that says anything of a name counts.
    Nothing of the names in the formulas with the numbers ``clashing``."""
    onward = _Onward(everything, here, table)
    for name, uses in onward.uses.items():
        if any(number in clashing for number, _ in uses):
            onward.source.pop(name, None)
    return onward.found()


def defined_before(
    everything: Said, here: Sequence[Stated], scope: tuple[str, ...], table: NameTable
) -> dict[str, tuple[Stated, frozenset[str]]]:
    """The names by which a scope defines something, of which it says nothing else, and which only other scopes before
    it define, with as many indices: each with the last formula that does, and all names on which it may rest there.
    Whether they are the same there is not known. (Data, x and y, are what each section says.)"""
    own = [f for f in here if f.scope == scope]
    visible = {name for f in here for name, _ in _defined(f, table)}
    visible |= {r.name for f in own for r in _references(introduced_in(f), table)}
    onward = _Onward(everything, own, table)
    found: dict[str, tuple[Stated, frozenset[str]]] = {}
    for name in onward.source.keys() - visible - DATA:
        used = {len(reference.indices) for _, reference in onward.uses[name]}
        last = max(number for number, _ in onward.uses[name])
        before = [f for f in everything.of_name[name] if f.number < last and f.scope != scope]
        definers = [f for f in before if any(n == name and {count} == used for n, count in _defined(f, table))]
        if definers:
            found[name] = definers[-1], _names_on_the_way(everything, definers, table)
    return found


def _defined(f: Stated, table: NameTable) -> set[tuple[str, int]]:
    """The names that a formula defines, each with the number of its indices."""
    lefts = (chain.sides[0] for chain in f.chains if len(chain.sides) > 1 and not chain.update)
    return {(reference.name, len(reference.indices)) for reference in _references(lefts, table)}


def _names_on_the_way(everything: Said, definers: Iterable[Stated], table: NameTable) -> frozenset[str]:
    """The names in some definitions, and in those that any section has of them."""
    names, seen, waiting = set[str](), set[int](), [*definers]
    while waiting:
        f = waiting.pop()
        if f.number in seen:
            continue
        seen.add(f.number)
        sides = (side for chain in f.chains for side in chain.sides[1:])
        new = {r.name for r in _references((n for side in sides for n in names_in(side)), table)} - names
        names |= new
        waiting += [g for name in new for g in everything.of_name.get(name, ()) if name in dict(_defined(g, table))]
    return frozenset(names)


def fitting(here: Sequence[Stated], scope: tuple[str, ...], table: NameTable) -> list[Stated]:
    """The formulas ``here`` that a scope sees, without what a section beside it declares of names that it declares
    again, or uses otherwise, and what the text around it says of names that it declares to be something else."""
    own = [f for f in here if f.scope == scope]
    onward = _Onward(None, own, table)
    again = {r.name for f in own for m in f.memberships for r in _references(m.names, table) if r.layer is None}

    def holds(name: s.Node, where: s.Node) -> bool:
        reference = table.reference(name)
        if reference is None or reference.layer is not None or not isinstance(where, s.Space):
            return True
        if reference.name not in onward.uses:
            return reference.name not in again
        return onward.as_used(name, reference, where) is not None

    found = []
    beside = [f for f in here if f.scope != scope and f.raw.section != scope[: len(f.raw.section)]]
    around = [f for f in here if f.scope != scope and f.raw.section == scope[: len(f.raw.section)]]
    other = _declared_otherwise(own, around, table)
    hidden = _resting_on(_defined_by(own, table), beside, table) | _resting_on(other, around, table)
    for f in here:
        if any((f.number, k) in hidden for k in range(len(f.chains))):
            f = replace(f, chains=[chain for k, chain in enumerate(f.chains) if (f.number, k) not in hidden])
        if f.scope != scope and f.raw.section != scope[: len(f.raw.section)]:
            members = [replace(m, names=tuple(n for n in m.names if holds(n, m.where))) for m in f.memberships]
            f = replace(f, memberships=[m for m in members if m.names])
        elif f.scope != scope and other:
            members = [replace(m, names=tuple(n for n in m.names if other.isdisjoint(
                r.name for r in _references([n], table)))) for m in f.memberships]  # fmt: skip
            f = replace(f, memberships=[m for m in members if m.names])
        found.append(f)
    return found


def _declared_otherwise(own: Sequence[Stated], around: Sequence[Stated], table: NameTable) -> set[str]:
    """The names of which a scope says that they lie in another space than the text around it does, or that it declares
    as one, A in the place of A_k."""
    def spaces(formulas: Sequence[Stated]) -> dict[str, set[tuple[int, s.Node]]]:
        found: dict[str, set[tuple[int, s.Node]]] = defaultdict(set)
        for member in (m for f in formulas for m in f.memberships if isinstance(m.where, s.Space)):
            for reference in _references(member.names, table):
                if reference.layer is None:
                    found[reference.name].add((len(reference.indices), member.where))
        return found

    there = spaces(around)
    return {name for name, found in spaces(own).items() if name in there and there[name].isdisjoint(found)}


def _left(chain: Chain, table: NameTable) -> set[str]:
    left = chain.sides[0]
    return {r.name for r in _references([left.function if isinstance(left, s.Call) else left], table)}


def _defined_by(formulas: Sequence[Stated], table: NameTable) -> set[str]:
    chains = (c for f in formulas if not f.when.onward for c in f.chains)  # what rests on A rests on what A is here
    return {name for c in chains if len(c.sides) > 1 for name in _left(c, table)}


def _resting_on(names: Set[str], others: Sequence[Stated], table: NameTable) -> set[tuple[int, int]]:
    """The definitions in other formulas, by number and place, of some names, and all that rest on them."""
    names = {*names}
    found = set[tuple[int, int]]()
    grown = True
    while grown and names:
        grown = False
        for f in others:
            for k, chain in enumerate(f.chains):
                if (f.number, k) in found or any(map(contains_derivative, chain.sides)):
                    continue
                inside = {r.name for r in _references((n for side in chain.sides for n in names_in(side)), table)}
                if names & (inside | _left(chain, table)):
                    found.add((f.number, k))
                    names |= _left(chain, table)
                    grown = True
    return found


class _Onward:
    def __init__(self, everything: Said | None, here: Sequence[Stated], table: NameTable) -> None:
        self.table = table
        self.own = own = {reference.name for f in here for reference in said(f, table)}
        self.uses: dict[str, list[tuple[int, Reference]]] = defaultdict(list)
        for f in here:
            for chain in f.chains:
                if not any(map(contains_derivative, chain.sides)):
                    for reference in _references((n for side in chain.sides for n in names_in(side)), table):
                        if reference.name not in own:
                            self.uses[reference.name].append((f.number, reference))
        self.source: dict[str, tuple[str, ...]] = {}  # the scope that says what a name is
        self.before: list[Stated] = []
        if everything is not None:
            inside = {f.number for f in here}
            for name, uses in self.uses.items():
                last = everything.last(name, max(number for number, _ in uses), inside)
                if last is not None:
                    self.source[name] = last.scope
            used = {n.name for f in here for n in f.nodes if isinstance(n, s.Symbol)}
            found = {f.number: f for scope in self.source.values() for f in everything.of_scope[scope]}
            found |= {f.number: f for letter in used for f in everything.of_letter.get(letter, ())[-1:]}
            self.before = [found[number] for number in sorted(found) if number not in inside]

    def found(self) -> list[Stated]:
        letters: dict[tuple[str, ...], set[str]] = defaultdict(set)  # the indices of what each scope declares
        misfits = {
            reference.name for f in self.before for m in f.memberships if isinstance(m.where, s.Space)
            for name in m.names if (reference := self.holding(f, name)) is not None
            and self.as_used(name, reference, m.where) is None
        }  # fmt: skip
        kept = []
        for f in self.before:

            def holds(node: s.Node, f: Stated = f) -> bool:
                reference = self.holding(f, node)
                if reference is None or reference.name in misfits:
                    return False
                letters[f.scope] |= {x.name for i in reference.indices for x in s.walk(i) if isinstance(x, s.Symbol)}
                return True

            members = (replace(m, names=self.names(m, holds)) for m in f.memberships)
            found = replace(
                f, tree=None, chains=[], mentions=[n for n in f.mentions if is_given(f, n)],
                prose=replace(
                    f.prose, symmetric=tuple(filter(holds, f.prose.symmetric)),
                    one_hot=tuple(filter(holds, f.prose.one_hot)),
                    unsymmetric=tuple(filter(holds, f.prose.unsymmetric)),
                ),
                memberships=[m for m in members if any(not isinstance(n, s.Dots) for n in m.names)],
                conditions=[c for c in f.conditions if isinstance(c.sides[-1], s.Number) and any(map(holds, c.sides))],
            )  # fmt: skip
            kept.append(found)
        for f in kept:
            f.ranges = [r for r in f.ranges if r[0] in letters[f.scope]]
        return [f for f in kept if f.memberships or f.conditions or f.ranges or f.mentions
                or f.prose.symmetric or f.prose.one_hot]  # fmt: skip

    def names(self, member: Membership, holds: Callable[[s.Node], bool]) -> tuple[s.Node, ...]:
        found: list[s.Node] = []
        for name in member.names:
            if isinstance(name, s.Dots):
                found.append(name)
            elif holds(name):
                reference = self.table.reference(name)
                assert reference is not None
                used = self.as_used(name, reference, member.where) if isinstance(member.where, s.Space) else None
                found.append(used or name)
        return tuple(found)

    def is_used_after(self, f: Stated, name: str) -> bool:
        return any(number > f.number for number, _ in self.uses.get(name, ()))

    def holding(self, f: Stated, node: s.Node) -> Reference | None:
        """The name ``node``, if what ``f`` says of it holds in the later scope."""
        reference = self.table.reference(node)
        if reference is None or self.source.get(reference.name) != f.scope:
            return None
        return reference if self.is_used_after(f, reference.name) else None

    def as_used(self, node: s.Node, declared: Reference, space: s.Space) -> s.Node | None:
        """The name that is declared to lie in ``space``, if all its uses have the indices of a member and perhaps of an
        entry, which runs to the end of its axis. ``x ∈ R^D`` of which later many are used, ``x_n`` for ``n = 1, …, N``,
        is each of these. A ``W_g`` without a layer is no row of what each layer has, ``W^{(l)}``, and the ``U_z`` of a
        gate z none of a matrix U."""
        axes = [extent for extent in space.extents if extent != s.Number("1")]
        own, uses = len(declared.indices), [use for _, use in self.uses.get(declared.name, ())]
        if declared.layer is not None and any(use.layer is None for use in uses):
            return None
        if not all(len(use.indices) in (own, own + len(axes), *([own + 1] if len(axes) == 2 else ())) for use in uses):
            return None
        if any(isinstance(i, s.Symbol) and i.name in self.own for use in uses for i in use.indices[own:]):
            return None
        if not all(self.ends_alike(use.indices, declared.indices) for use in uses):
            return None
        if all(self.ends_as(use.indices[own:], axes) for use in uses):
            return node
        many = isinstance(node, s.Symbol) and axes and all(len(use.indices) == 1 for use in uses)
        return s.Scripted(node, uses[0].indices[0], None, 0) if many else None

    def ends_alike(self, used: Sequence[s.Node], declared: Sequence[s.Node]) -> bool:
        """Whether letters run to the same ends: the x_i of a sum over ``i = 1, …, D`` are none of the examples x_n."""
        pairs = zip(map(self.end, used), map(self.end, declared), strict=False)
        return all(None in (one, other) or one == other for one, other in pairs)

    def ends_as(self, indices: Sequence[s.Node], axes: Sequence[s.Node]) -> bool:
        pairs = zip(map(self.end, indices), axes, strict=False)
        return all(end is None or end == to_latex(axis) for end, axis in pairs)

    def end(self, index: s.Node) -> str | None:
        return self.table.kinds.ends.get(index.name) if isinstance(index, s.Symbol) else None
