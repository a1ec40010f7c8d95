"""Names that the letter of an index tells apart: hidden units ``a_j`` and outputs ``a_k``, ``w_{ji}`` and ``w_{kj}``.

Many texts number the units of each layer with a letter of its own and call the same thing in every layer alike. Then
``a_j`` and ``a_k`` are two quantities. This is read so only where one name is defined with letters that run to
different ends, ``j = 1, …, M`` and ``k = 1, …, K``: what is one quantity has one range; or where it is defined with two
letters and would be made of itself if they were one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeVar

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, is_transpose, plain
from verify_derivations.formulas.symbols import LOSSES

T = TypeVar("T")


@dataclass
class Kinds:
    """``ends`` gives for a letter the value up to which it runs, where the document names only one; ``names`` the names
    that letters tell apart. The name of a quantity gets the first letters that run to the same ends, in braces of
    their own: ``a_{{k}}``. ``totals`` are names that without an index are another quantity, ``E`` of
    ``E = \\sum_t E_t``, with what stands for the index, among them the ``examples``, x beside the ``x_i``, with that as
    it is written; ``iterates`` the
    letters of ``θ_t``, the values that an algorithm gives to the vector θ by which one differentiates."""

    ends: dict[str, str] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    totals: dict[str, str] = field(default_factory=dict)
    iterates: dict[str, str] = field(default_factory=dict)
    examples: Mapping[str, s.Node] = field(default_factory=dict)

    def label(self, name: str, indices: Sequence[s.Node]) -> str:
        """What is added to a name; nothing where a letter does not tell."""
        if name in self.totals and indices:
            return f"_{{{{{self.totals[name]}}}}}"
        if name in self.iterates and len(indices) == 1:
            steps = {x.name for x in s.walk(indices[0]) if isinstance(x, s.Symbol)}
            return self.iterate(name) if steps <= {self.iterates[name]} else ""
        if name not in self.names:
            return ""
        letters = [self._first(index) for index in indices]
        return f"_{{{{{''.join(letters)}}}}}" if all(letters) else ""

    def iterate(self, name: str) -> str:
        """What is added to the name of a vector for its values in an algorithm."""
        return f"_{{{{{self.iterates[name]}}}}}"

    def _first(self, index: s.Node) -> str:
        end = self.ends.get(index.name) if isinstance(index, s.Symbol) else None
        return next((letter for letter, other in self.ends.items() if other == end), "")


def examples(nodes: Sequence[s.Node]) -> dict[str, s.Node]:
    """The names that stand for one example, x, and with an index for one of many, ``x_i`` or ``x^{(i)}``; with that
    index as it is written: where both are factors behind a matrix or a transpose, ``w^T x`` and ``w^T x_i``, or
    arguments of one function, ``f(x; w)`` and ``f(x_i; w)``, so that both are vectors; and what else has that index
    only, or none, y beside ``y_i``. Not where the examples are stacked in a matrix X."""
    used: dict[str, set[s.Node | None]] = defaultdict(set)
    inner = {id(node.base) for node in nodes if isinstance(node, s.Scripted)}
    sums = [x for x in nodes if isinstance(x, s.BigOperator) and x.operator == "\\sum"]
    ends = {x.upper for x in sums}
    spaces = (x.sides[0] for x in nodes if isinstance(x, s.Relation) and isinstance(x.sides[-1], s.Space))
    listed = {base_of(x) for side in spaces for x in s.walk(side) if isinstance(x, s.Scripted)}
    for node in nodes:
        if isinstance(node, s.Symbol | s.Scripted) and id(node) not in inner and not _is_power(node):
            index = _written_index(node)
            inside = None if index is None or base_of(node) in listed else _in_brackets(index)
            if inside is None or not (isinstance(inside, s.Number) or inside in ends):
                used[base_of(node) or ""].add(index)  # not x_1 and x_n of (x_1, y_1), …, (x_n, y_n)
    places: dict[str, set[s.Node | None]] = defaultdict(set)
    products = (zip(x.factors, x.factors[1:], x.operators, strict=False) for x in nodes if isinstance(x, s.Product))
    for before, factor, operator in chain(*products):
        if operator in ("", "\\cdot") and _turns(before) and isinstance(factor, s.Symbol | s.Scripted):
            places[base_of(factor) or ""].add(_written_index(factor))
    for name, found in places.items():
        found |= {_written_index(x) for x in _arguments(nodes, name)} if None in found else set()
    many = {x for name, found in places.items() if len(found) == 2 and None in found and found == used[name]
            and name.upper() not in used for x in found if x is not None and _letter_of(x) is not None}  # fmt: skip
    many |= set(_added_up(nodes, sums, used))
    parameters = differentiated_by(nodes)  # w beside its entries w_i
    return {name: x for x in many for name, found in used.items()
            if found == {None, x} and name and name not in parameters}  # fmt: skip


def differentiated_by(nodes: Iterable[s.Node]) -> set[str | None]:
    """The names by which derivatives are, the w of ``\\nabla L(w)`` too, without their indices."""
    found: list[s.Node] = []
    for node in nodes:
        if isinstance(node, s.Derivative):
            found += node.denominators
        elif isinstance(node, s.Nabla) and node.variable is not None:
            found.append(node.variable)
        elif isinstance(node, s.Nabla) and isinstance(node.body, s.Call):
            found += node.body.arguments
    return set(map(base_of, found))


def one_of_many(symbol: s.Symbol, index: s.Node) -> s.Scripted:
    """``x_i`` or ``x^{(i)}``, as the index is written."""
    return s.Scripted(symbol, None, index) if isinstance(index, s.Group) else s.Scripted(symbol, index)


def _arguments(nodes: Sequence[s.Node], name: str) -> Iterator[s.Node]:
    """What stands in calls of functions in the place of what they are defined with."""
    lefts = [x.sides[0] for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS]
    for left in (x for x in lefts if isinstance(x, s.Call) and s.Symbol(name) in x.arguments):
        k = left.arguments.index(s.Symbol(name))
        calls = (x for x in nodes if isinstance(x, s.Call) and x.function == left.function)
        yield from (x.arguments[k] for x in calls if k < len(x.arguments) and base_of(x.arguments[k]) == name)


def _written_index(node: s.Node) -> s.Node | None:
    """The i of ``x_i``, in brackets where it stands so."""
    if not isinstance(node, s.Scripted):
        return None
    sup = node.sup if node.sup is not None and not is_transpose(node.sup) else None
    if sup is not None and node.sub is not None:
        return s.Sequence((sup, node.sub))
    return node.sub if sup is None else sup


def _added_up(
    nodes: Sequence[s.Node], sums: Sequence[s.BigOperator], used: Mapping[str, set[s.Node | None]]
) -> Iterator[s.Node]:
    """The index of a loss that is defined for one example, ``\\ell = …``, and added up, ``\\sum_i \\ell_i``."""
    for node in (x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS):
        name = node.sides[0].name if isinstance(node.sides[0], s.Symbol) else None
        index = next((x for x in used.get(name or "", ()) if x is not None and _letter_of(x) is not None), None)
        if name not in LOSSES or index is None or used[name] != {None, index}:
            continue
        right = [x for side in node.sides[1:] for x in s.walk(side)]
        member = one_of_many(s.Symbol(name), index)
        if not any(base_of(x) == name for x in right if isinstance(x, s.Symbol)) and any(
            plain(x) == member for each in sums for x in s.walk(each.body)
        ):
            yield index


def _in_brackets(index: s.Node) -> s.Node:
    return index.body if isinstance(index, s.Group) and index.kind in "([" else index


def _letter_of(index: s.Node) -> str | None:
    inner = _in_brackets(index)
    return inner.name if isinstance(inner, s.Symbol) and inner.name not in "lL" else None


def _is_power(node: s.Node) -> bool:
    """Whether a name has a superscript that is no index, nor a transpose."""
    sup = node.sup if isinstance(node, s.Scripted) else None
    return sup is not None and not is_transpose(sup) and not (isinstance(sup, s.Group) and sup.kind in "([")


def variables(nodes: Sequence[s.Node]) -> dict[str, str]:
    """The names that without an index only stand for the variable of a function, the x of ``f(x) = w^T x`` beside the
    data ``x_i`` or ``x^{(i)}``; with that index."""
    bare: dict[str, list[int]] = defaultdict(list)
    letters: dict[str, set[str]] = defaultdict(set)
    indexed: dict[str, set[int]] = defaultdict(set)
    inner = {id(node.base) for node in nodes if isinstance(node, s.Scripted)}
    for node in nodes:
        name = base_of(node) if id(node) not in inner else None
        letter = _index_of_data(node)
        if name is not None and letter is None:
            bare[name].append(id(node))
        elif name is not None and letter is not None:
            letters[name].add(letter)
            indexed[name].add(id(node))
    found: dict[str, str] = {}
    within: dict[str, set[int]] = defaultdict(set)
    for node in (x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS):
        left = node.sides[0]
        if isinstance(left, s.Call) and all(isinstance(x, s.Symbol) for x in left.arguments):
            for name in filter(None, map(base_of, left.arguments)):
                within[name] |= {id(x) for x in s.walk(node)}
    for name, places in within.items():
        if len(letters[name]) == 1 and places.issuperset(bare[name]) and places.isdisjoint(indexed[name]):
            found[name] = min(letters[name])
    return found


def _index_of_data(node: s.Node) -> str | None:
    """The i of ``x_i``, ``x_i^2``, ``x^{(i)}`` and ``x_j^{(i)}``."""
    if not isinstance(node, s.Scripted):
        return None
    inner = node.sup.body if isinstance(node.sup, s.Group) and node.sup.kind in "([" else None
    below = node.sup is None or is_transpose(node.sup) or isinstance(node.sup, s.Number)
    index = inner if inner is not None else node.sub if below else None
    return index.name if isinstance(index, s.Symbol) and index.name not in "lL" else None


def _turns(node: s.Node) -> bool:
    """Whether a factor leaves no number behind: a matrix, or something transposed, without an index."""
    if isinstance(node, s.Scripted):
        return node.sub is None and node.sup is not None and is_transpose(node.sup)
    return isinstance(node, s.Symbol) and node.name.isupper()


def ends_of(values: s.Sequence | s.Finite) -> tuple[s.Node, s.Node]:
    """The least and the greatest of the values of a letter, which may be told backwards: ``t = T - 1, …, 1``."""
    first, last = values.items[0], values.items[-1]
    numbers = [int(item.text) for item in (first, last) if isinstance(item, s.Number) and item.text.isdigit()]
    down = numbers[0] > numbers[1] if len(numbers) == 2 else isinstance(last, s.Number) and bool(numbers)
    return (last, first) if down else (first, last)


def last_values(nodes: Sequence[s.Node]) -> dict[str, str]:
    """For each letter the last value of its sums and ranges, where it is always the same."""
    return {letter: ends.pop() for letter, ends in _last_values(nodes).items() if len(ends) == 1}


def _last_values(nodes: Sequence[s.Node]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, s.BigOperator) and node.upper is not None and isinstance(node.lower, s.Relation):
            items, last = node.lower.sides[0], node.upper
        elif isinstance(node, s.Relation) and isinstance(node.sides[-1], s.Sequence | s.Finite):
            items, last = node.sides[0], ends_of(node.sides[-1])[1]
            if not any(isinstance(item, s.Dots) for item in node.sides[-1].items):
                continue
        else:
            continue
        for item in items.items if isinstance(items, s.Sequence) else (items,):
            if isinstance(item, s.Symbol):
                found[item.name].add(to_latex(last))
    return found


def stops(nodes: Sequence[s.Node]) -> dict[str, str]:
    """The letters t of which no range is stated, with the T of ``h_T``, where that is the last of the ``h_t`` that a
    recursion by ``h_{t-1}`` gives."""
    subs: dict[str, set[s.Node]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, s.Scripted) and node.sub is not None:
            subs[base_of(node) or ""].add(node.sub)
    found: dict[str, str] = {}
    for own in subs.values():
        for letter in (x for x in own if isinstance(x, s.Symbol) and s.Symbol(x.name.upper()) in own - {x}):
            if s.Sum(("+", "-"), (letter, s.Number("1"))) in own:
                found[letter.name] = letter.name.upper()
    return {letter: last for letter, last in found.items() if letter not in _last_values(nodes)}


def of_layers(nodes: Sequence[s.Node]) -> frozenset[str]:
    """The letters that number the units of several layers, of ``z_k = Σ_j w_{jk} a_j``, ``a_j = σ(z_j)``, ``z_j = Σ_i
    w_{ij} a_i``: were z_j and z_k one, it would be made of itself."""
    uppers = (x.upper for x in nodes if isinstance(x, s.BigOperator) and x.upper is not None)
    ends = {x.name for upper in uppers for x in s.walk(upper) if isinstance(x, s.Symbol)}
    made: dict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for node in (x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS):
        left, *units = (_unit(x, ends) for x in (node.sides[0], *(x for side in node.sides[1:] for x in s.walk(side))))
        if left is not None:
            made[left] |= {unit for unit in units if unit is not None}
    letters: dict[str, set[str]] = defaultdict(set)
    for name, letter in made:
        letters[name].add(letter)
    own = {name for name, found in letters.items() if len(found) > 1}
    by_name = {name: {n for (m, _), units in made.items() if m == name for n, _ in units} for name in letters}
    layered = {name for name in own if name in _reached(name, by_name)}
    if not layered or any(unit in _reached(unit, made) for unit in made):
        return frozenset()
    return frozenset(  # also the i of the inputs x_i that z_j is made of
        letter for unit, units in made.items() for name, letter in (unit, *units) if {name, unit[0]} & layered)


def _unit(node: s.Node, ends: Set[str]) -> tuple[str, str] | None:
    """The name and the letter of ``a_j``, not of the last one, ``a_n``."""
    if not isinstance(node, s.Scripted) or not isinstance(node.sub, s.Symbol) or node.sup is not None or node.primes:
        return None
    base, letter = base_of(node), node.sub.name
    return (base, letter) if base is not None and len(letter) == 1 and letter.islower() and letter not in ends else None


def _reached(start: T, edges: Mapping[T, Set[T]]) -> set[T]:
    """What edges lead to."""
    found: set[T] = set()
    waiting = [start]
    while waiting:
        new = edges.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def told_apart(
    places: Mapping[tuple[str, str], Sequence[Sequence[s.Node]]],
    definitions: Mapping[tuple[str, str], Sequence[Sequence[s.Node]]], ends: Mapping[str, str],
) -> frozenset[str]:  # fmt: skip
    """The names that letters tell apart. ``places`` gives for a name and its layer the indices of all its places,
    ``definitions`` those of the left sides of its definitions. Where letters tell the quantities of one name apart,
    they do so for all: ``w_{ji}`` and ``w_{kj}`` are given, and no definition says that they are two. What has another
    index, ``a_1``, may be any of them."""

    def kinds(found: Sequence[Sequence[s.Node]]) -> set[tuple[str, ...]]:
        """With an empty end for what does not tell, as a number."""
        return {tuple(ends.get(i.name, "") if isinstance(i, s.Symbol) else "" for i in indices) for indices in found}

    def told(found: set[tuple[str, ...]]) -> bool:
        return len(found) > 1 and all(map(all, found)) and len({len(kind) for kind in found}) == 1

    several = {key for key, found in places.items() if told({kind for kind in kinds(found) if all(kind)})}
    if not any(told(kinds(definitions.get(key, ()))) for key in several):
        return frozenset()
    return frozenset(name for name, _ in several)
