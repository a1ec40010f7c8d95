"""The facts of which names are told, from all formulas that see each other: see :class:`NameTable`.

What is bound comes first, then what is declared, then how names are used; a later pass rests on those before it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import pairwise
from typing import TypeGuard

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.biases import with_a_bias
from verify_derivations.formulas.ellipses import COUNTING
from verify_derivations.formulas.kinds import (
    Kinds,
    ends_of,
    examples,
    last_values,
    of_layers,
    stops,
    told_apart,
    variables,
)
from verify_derivations.formulas.names import Listed, NameTable
from verify_derivations.formulas.pairs import pairs_in
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranges import bounded, is_range
from verify_derivations.formulas.scripts import (
    base_of,
    by_square,
    exponent_of_e,
    factors_of,
    in_brackets,
    introduced_by,
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
from verify_derivations.formulas.symbols import INDEX_LETTERS, LOSSES

_ELL = s.Symbol("\\ell")
_LAYER_LETTERS = frozenset((s.Symbol("l"), s.Symbol("L"), _ELL))
_OF_LAYERS = frozenset(("l", "L", "\\ell"))


def gather(
    trees: Iterable[s.Node], listed: Listed | None = None, units: Set[str] = frozenset(),
    alone: Set[str] | None = None, indices: Set[str] = frozenset(), accents: Set[str] = frozenset(),
) -> NameTable:  # fmt: skip
    """``units`` are bases of unit vectors, if nothing declares or defines them; ``alone`` the letters that the text
    speaks of near names that they tell apart, by default all that are a side of a formula; ``indices`` letters that
    formulas elsewhere bind; ``accents`` those that mark gradients, as the text says."""
    table = NameTable(bound={*indices, *COUNTING}, listed=listed or Listed())
    table.remembered = None
    forest = list(trees)
    nodes = [node for tree in forest for node in s.walk(tree)]
    relations = [node for node in nodes if isinstance(node, s.Relation)]
    table.biases = with_a_bias(nodes)
    tensors = _take_shapes(table, nodes)
    for node in nodes:
        _bind(table, node)
    table.bound |= frozenset[str]().union(*map(pairs_in, forest)) - table.sizes - table.ends
    _take_squares(table, relations, nodes)
    for relation in relations:
        _declare(table, relation)
    table.declared_bare |= _variable_e(relations, nodes)
    _share_layers(table, nodes)
    _number_layers(table, nodes)
    _take_names(table, nodes, tensors, Counter(tree.parts[0] for tree in forest if _is_alone(tree)), accents)
    _bind_by_use(table, nodes, tensors)
    table.tags = _tags(table, forest, relations)
    table.tagged = _told_apart_above(table, nodes)
    table.stops = stops(nodes)
    table.ends |= {*table.stops.values()}
    for tree in forest:
        table.alone |= letters_alone(tree) if alone is None else set()
        claim = any(isinstance(x, s.Derivative | s.Nabla) for x in s.walk(tree))
        for node, parent in s.with_parents(tree):
            _use(table, node, parent, steps=not claim)
    table.alone |= alone or set()
    table.sisters = _sisters(table, relations, nodes)
    table.indexed -= {base for base, _ in table.sisters}
    table.shifted -= _begun_in_time(forest)
    table.sample_axes -= table.counted
    table.wholes = {name for relation in relations for name in made_of_namesakes(relation)}
    table.wholes -= tensors | table.matrices | table.families | table.indexed | {base for base, _ in table.shifted}
    of_kinds = _of_kinds(table, relations, nodes) - tensors - table.matrices - table.families - table.wholes
    table.wholes |= of_kinds
    table.labelled |= of_kinds
    _tell_apart(table, nodes, tensors)
    table.units = frozenset(units - table.bases)
    table.remembered = {}
    return table


def _sisters(table: NameTable, relations: Sequence[s.Relation], nodes: Sequence[s.Node]) -> set[tuple[str, str]]:
    """The labels of ``W_q, W_k, W_v \\in R^{d \\times h}``, one of which counts nowhere, so that none does there."""
    found: dict[str, set[str]] = {}
    counting = {*"ijklmnst"} | table.bound | table.sizes | table.alone
    for relation in (r for r in relations if isinstance(r.sides[-1], s.Space) and len(r.sides[-1].extents) == 2):
        names = relation.sides[0].items if isinstance(relation.sides[0], s.Sequence) else ()
        letters = [(base_of(x) or "", x.sub.name) for x in names
                   if isinstance(x, s.Scripted) and isinstance(x.sub, s.Symbol) and x.sup is None]  # fmt: skip
        if relation.relations[0] != "\\in" or len(letters) != len(names) or len({base for base, _ in letters}) != 1:
            continue
        labels = {letter for _, letter in letters}
        if len(labels) == len(letters) > 1 and any(len(x) == 1 and x not in counting for x in labels):
            found.setdefault(letters[0][0], set()).update(labels)
    for node in (x for x in nodes if isinstance(x, s.Scripted) and x.sub is not None) if found else ():
        name = node.sub.name if isinstance(node.sub, s.Symbol) else ""
        if name not in found.get(base_of(node) or "", ()):
            found.pop(base_of(node) or "", None)  # W_1, W_{i-1}
    return {(base, letter) for base, labels in found.items() for letter in labels}


def _variable_e(relations: Sequence[s.Relation], nodes: Sequence[s.Node]) -> set[str]:
    """The e of ``N(e, s) = …``, a variable, where no ``e^x`` is."""
    calls = (x.sides[0] for x in relations if isinstance(x.sides[0], s.Call))
    given = any(s.Symbol("e") in call.arguments for call in calls)
    return {"e"} if given and all(x is None or isinstance(x, s.Number) for x in map(exponent_of_e, nodes)) else set()


def _take_shapes(table: NameTable, nodes: Sequence[s.Node]) -> set[str]:
    """What spaces say of the names in them, and of sizes; returns the names that are declared as tensors."""
    spaces, one = list(_declarations(nodes)), s.Number("1")
    tensors = {base_of(name) or "" for name, space in spaces if space.extents and isinstance(name, s.Symbol)}
    table.vectors = tensors - {base_of(name) for name, space in spaces if sum(n != one for n in space.extents) != 1}
    table.matrices = {
        base_of(name) or "" for name, space in spaces if len(space.extents) == 2 and one not in space.extents
        if isinstance(name, s.Symbol) or isinstance(name, s.Scripted) and name.sub is None
    }  # fmt: skip
    extents = [n for space in nodes if isinstance(space, s.Space) for n in space.extents]
    table.sizes = {x.name for n in extents for x in names_in(n) if isinstance(x, s.Symbol)}  # d_k is one: k is none
    places: dict[str, set[int]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, s.Scripted) and node.sub is not None and multiple(node.sub) is None:
            places[base_of(node) or ""].add(len(items_of(node.sub)) if not isinstance(node.sub, s.Number) else 1)
    table.lists = {base for base, counts in places.items() if counts == {1}} - table.matrices
    return tensors


def _take_squares(table: NameTable, relations: Sequence[s.Relation], nodes: Sequence[s.Node]) -> None:
    """Where one differentiates by σ itself, its square is no name: it varies with it."""
    introduced = [(item, relation) for relation in relations for item in introduced_by(relation)
                  if not is_square(item) or _says_a_square(relation)]
    table.squared = {b for x, _ in introduced if is_square(x) and (b := base_of(x)) is not None and b != "e"}
    table.squared -= {base_of(x) or "" for x, where in introduced if not is_square(x) and not by_square(x, where)}
    below = (x for n in nodes if isinstance(n, s.Derivative) for x in n.denominators if table.squared)
    gradients = (n.variable for n in nodes if isinstance(n, s.Nabla) and n.variable is not None and table.squared)
    table.squared -= {base_of(x) or "" for x in (*below, *gradients) if not is_square(x)}


def _says_a_square(relation: s.Relation) -> bool:
    """Whether an equation says what a square is: ``y² = 1`` and ``y² = y`` say something of y, whose sign they leave
    open."""
    names = [base_of(x) for side in relation.sides[1:] for x in names_in(side)]
    return relation.relations[0] == "\\in" or bool(names) and base_of(relation.sides[0]) not in names


def _is_alone(tree: s.Node) -> TypeGuard[s.Statements]:
    """Whether a formula names one symbol, and no more."""
    return isinstance(tree, s.Statements) and len(tree.parts) == 1 and isinstance(tree.parts[0], s.Symbol)


def _take_names(
    table: NameTable, nodes: Sequence[s.Node], tensors: set[str], mentioned: Mapping[s.Node, int], accents: Set[str]
) -> None:
    """Letters that are made of tensors, names with primes, and names of gradients by custom; ``mentioned`` says how
    often formulas only name a symbol."""
    table.made = {
        node.sides[0].name for node in nodes
        if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS and isinstance(node.sides[0], s.Symbol)
        and any(isinstance(x, s.Symbol | s.Scripted) and base_of(x) in tensors | table.matrices
                and not (isinstance(x, s.Scripted) and _letter(x))
                for x in s.walk(node.sides[1]))
    } - table.bound - table.sizes  # fmt: skip
    below = [x for n in nodes if isinstance(n, s.Derivative) for x in n.denominators]
    table.primed |= {base_of(x) or "" for x in below if isinstance(x, s.Scripted) and x.primes}  # ∂L/∂W'
    table.primed |= _primed_values(nodes, tensors) | _primed_losses(nodes)
    used = {name_of(node) for node in nodes if isinstance(node, s.Symbol)}
    prefixed = {n: n.removeprefix("d").removeprefix("\\delta ") for n in used}
    table.gradients = {n: rest for n, rest in prefixed.items() if rest != n and rest in used}
    symbols = Counter(node for node in nodes if isinstance(node, s.Symbol))
    told = {found for node in nodes if (found := accent_of_gradients(node)) is not None}
    marks = {accent for accent, variable in told if symbols[variable] - mentioned.get(variable, 0) == 1} | accents
    table.gradients |= {name_of(x): x.name for x in symbols if x.accent in marks and replace(x, accent="") in symbols}


def _primed_values(nodes: Sequence[s.Node], tensors: Set[str]) -> set[str]:
    """The θ of ``θ' = θ + d``, where θ' stands elsewhere, too: no transpose, no slope, and more than an update. And the
    declared h of ``h' = \\tanh(W h)`` where another sign transposes."""
    equations = (x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS and len(x.sides) == 2)
    lefts = {x.sides[0]: x.sides[1] for x in equations if isinstance(x.sides[0], s.Scripted)}
    primed = {x: right for x, right in lefts.items() if x.primes == 1 and x.sub is None and x.sup is None}
    functions = {base_of(x.function) for x in nodes if isinstance(x, s.Call)} if primed else set()
    scripts = (x.sup for x in nodes if isinstance(x, s.Scripted) and x.sup is not None) if primed else ()
    of_tensors = tensors if any(map(is_transpose, scripts)) else frozenset()
    return {
        base_of(left) or "" for left, right in primed.items() if base_of(left) not in functions
        and (isinstance(right, s.Sum) and ("+", left.base) in zip(right.signs, right.terms, strict=True)
             or base_of(left) in of_tensors and _makes(right, left.base))
        and sum(x == left for x in nodes) > 1
    }  # fmt: skip


def _makes(value: s.Node, name: s.Node) -> bool:
    """Whether a value is made of other names than this one, by no derivative: no symmetry, no slope."""
    nodes = [*s.walk(value)]
    apart = any(isinstance(x, s.Derivative | s.Nabla | s.Matrix) for x in nodes)
    return not apart and {base_of(x) for x in names_in(value)} > {base_of(name)}


def _primed_losses(nodes: Sequence[s.Node]) -> set[str]:
    """The L of ``L' = -Σ_i y_i s_i`` beside ``∂L'/∂z``: another loss, no slope of a function."""
    slopes = (n for n in nodes if isinstance(n, s.Derivative | s.Nabla))
    tops = {n.numerator if isinstance(n, s.Derivative) else n.body for n in slopes}
    primed = {base_of(x) for x in tops if isinstance(x, s.Scripted) and x.primes} & {*LOSSES}
    functions = {base_of(x.function) for x in nodes if isinstance(x, s.Call)} if primed else set()
    equations = (x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS)
    return {
        base_of(left) or "" for x in equations if isinstance(left := x.sides[0], s.Scripted) and left.primes
        and base_of(left) in primed - functions
        and not any(isinstance(y, s.Derivative | s.Nabla) for side in x.sides for y in s.walk(side))
    }  # fmt: skip


def accent_of_gradients(node: s.Node) -> tuple[str, s.Symbol] | None:
    """The bar and the v of “we write ``\\bar{v} = ∂L/∂v``”, which is said of any v where that stands nowhere else."""
    if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS:
        left, right = node.sides[:2]
        if isinstance(left, s.Symbol) and left.accent and isinstance(right, s.Derivative):
            variable = replace(left, accent="")
            return (left.accent, variable) if right.denominators == (variable,) else None
    return None


def _tags(table: NameTable, forest: Sequence[s.Node], relations: Sequence[s.Relation]) -> set[str]:
    """The i of ``i_t = σ(a_t^i)``: a letter that is defined with an index, and stands nowhere else but in scripts (or
    where a formula is nothing else). So it counts nothing there, it says of which gate something is."""
    lefts = [node.sides[0] for node in relations if node.relations[0] in s.EQUALS]
    tags = {base_of(x) or "" for x in lefts if isinstance(x, s.Scripted) and isinstance(x.sub, s.Symbol)}
    tags = {name for name in tags if len(name) == 1 and name.islower()} - table.declared_bare
    tags -= table.bound | table.sizes | table.ends | table.limits | {"e"}
    for tree in forest if tags else ():
        nodes = [*s.walk(tree)] if not _is_alone(tree) else []
        scripted = [x for x in nodes if isinstance(x, s.Scripted)]
        inside = {id(y) for x in scripted for y in (x.base, *_wholes(x.sub), *_wholes(x.sup))}
        tags -= {x.name for x in nodes if isinstance(x, s.Symbol) and id(x) not in inside}
    return tags


def _told_apart_above(table: NameTable, nodes: Sequence[s.Node]) -> set[tuple[str, str]]:
    """The q, k and v of ``W^q``, ``W^k`` and ``W^v``: a capital has several letters above it that count nothing, and
    never stands without."""
    above: dict[str, set[str]] = defaultdict(set)
    labelled = set[int]()
    for x in (x for x in nodes if isinstance(x, s.Scripted) and isinstance(x.base, s.Symbol)):
        for part in _wholes(x.sup):
            if isinstance(part, s.Symbol) and len(part.name) == 1 and part.name.islower() and not is_transpose(part):
                above[base_of(x) or ""].add(part.name)
                labelled.add(id(x.base))
            elif isinstance(part, s.Number):
                labelled.add(id(x.base))
    without = {name_of(x) for x in nodes if isinstance(x, s.Symbol) and id(x) not in labelled} if above else set()
    counting = table.bound | table.sizes | table.ends | table.limits | {*"ijlt", "\\ell"}
    return {
        (base, letter) for base, letters in above.items() for letter in letters
        if base.isupper() and len(letters) > 1 and base not in without and letters.isdisjoint(counting)
    }  # fmt: skip


def _wholes(script: s.Node | None) -> Iterator[s.Node]:
    """What is a script by itself, in brackets or in a list."""
    if script is not None:
        yield script
        yield from script.items if isinstance(script, s.Sequence) else ()
        yield from (script.body,) if isinstance(script, s.Group) else ()


def _bind_by_use(table: NameTable, nodes: Sequence[s.Node], tensors: set[str]) -> None:
    """Letters that no sum or range binds, but that are indices beside such."""
    for node in nodes:
        if isinstance(node, s.Scripted):
            _bind_together(table, node, tensors)
    entries = {base_of(x) for x in nodes if isinstance(x, s.Scripted) and _letter(x) in table.bound}
    for node in nodes:
        if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS:
            _bind_as_entries(table, node, entries - {None})
            _bind_in_sums(table, node)


def _of_kinds(table: NameTable, relations: Sequence[s.Relation], nodes: Sequence[s.Node]) -> set[str]:
    """The losses, L beside ``L_r = L + λ‖w‖²`` or an ``L_2``, each with an equation of its own, and with a subscript
    that counts nothing: nothing else has it."""
    equations = [node for node in relations if node.relations[0] in s.EQUALS and not is_range(node)]
    lefts = [left.function if isinstance(left := node.sides[0], s.Call) else left for node in equations]
    whole = {name_of(left) for left in lefts if isinstance(left, s.Symbol)} & {*LOSSES}
    defined = {(base_of(x), x.sub) for x in lefts if isinstance(x, s.Scripted) and x.sup is None}
    used: dict[s.Node, set[str]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, s.Scripted) and node.sub is not None:
            used[node.sub].add(base_of(node) or "")
    subscripts = {base: [sub for sub, bases in used.items() if base in bases] for base in whole}
    return {
        base for base, subs in subscripts.items() if subs and all(
            (base, sub) in defined and (isinstance(sub, s.Number) or isinstance(sub, s.Symbol) and used[sub] == {base}
                                        and sub.name not in table.bound | table.sizes) for sub in subs)
    }  # fmt: skip


def _declarations(nodes: Sequence[s.Node]) -> Iterator[tuple[s.Node, s.Space]]:
    """The names that are declared, each with the space that it lies in."""
    for node in nodes:
        if isinstance(node, s.Relation) and isinstance(node.sides[-1], s.Space):
            first = node.sides[0]
            yield from ((name, node.sides[-1]) for name in (first.items if isinstance(first, s.Sequence) else (first,)))


def _tell_apart(table: NameTable, nodes: Sequence[s.Node], tensors: set[str]) -> None:
    """Which names the letters of their indices tell apart, and which are a total of what has them."""
    many = examples(nodes)
    totals = {name: to_latex(_inside(index)) for name, index in many.items()} | (found := variables(nodes))
    many |= {name: s.Symbol(letter) for name, letter in found.items() if name not in many}
    totals |= _beside_members(nodes)
    for node in nodes:
        if not isinstance(node, s.Relation) or node.relations[0] not in s.EQUALS:
            continue
        name = name_of(node.sides[0]) if isinstance(node.sides[0], s.Symbol) else None
        sums = [x for x in s.walk(node) if isinstance(x, s.BigOperator) and x.operator == "\\sum"]
        for part in (x for each in sums if name and name not in tensors for x in s.walk(each.body)):
            if isinstance(part, s.Scripted) and base_of(part) == name:
                reference = table.reference(part)
                if reference is not None and reference.indices:
                    totals.setdefault(reference.name, to_latex(reference.indices[0]))
    totals = _beside_one_of_many(table, nodes, tensors) | totals
    ends = last_values(nodes)
    iterates = _iterates(table, nodes, tensors, ends)
    table.kinds = Kinds(ends, totals=totals, iterates=iterates, examples=many)
    table.shifted |= {(name + table.kinds.iterate(name), letter) for name, letter in iterates.items()}
    ends = {letter: letter for letter in of_layers(nodes)} | ends
    if len(set(ends.values())) < 2:
        return
    places: dict[tuple[str, str], list[tuple[s.Node, ...]]] = defaultdict(list)
    definitions: dict[tuple[str, str], list[tuple[s.Node, ...]]] = defaultdict(list)
    left = {id(x.sides[0]) for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS}
    for node in nodes:
        base = base_of(node) if isinstance(node, s.Scripted) else None
        if base is None or base in table.bare | table.declared_bare | table.families:
            continue
        reference = table.reference(node)
        if reference is not None:
            key = reference.name, to_latex(reference.layer) if reference.layer is not None else ""
            places[key].append(reference.indices)
            if id(node) in left:
                definitions[key].append(reference.indices)
    table.kinds = Kinds(ends, told_apart(places, definitions, ends), totals, iterates, many)


def _beside_one_of_many(table: NameTable, nodes: Sequence[s.Node], tensors: set[str]) -> dict[str, str]:
    """The losses that have an equation of their own beside one for those of each example, ``E = …`` and ``E_i = …``,
    with the letter of these."""
    equations = (x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS and not is_range(x)
                 and not any(isinstance(y, s.Sequence | s.Matrix) for y in s.walk(x.sides[1])))  # E = (E_1, E_2)
    references = [r for r in (table.reference(x.sides[0]) for x in equations
                              if isinstance(x.sides[0], s.Symbol | s.Scripted)) if r is not None]  # fmt: skip
    whole = {r.name for r in references if not r.indices and r.layer is None} & {*LOSSES} - tensors
    return {r.name: to_latex(r.indices[0]) for r in references
            if r.name in whole and len(r.indices) == 1 and isinstance(r.indices[0], s.Symbol)}  # fmt: skip


def _beside_members(nodes: Sequence[s.Node]) -> dict[str, str]:
    """The tensors that are declared together with members of the same name, with the letter of these: the h of
    ``h, h_j \\in R^d``, where h_j is no entry of it, nor a row."""
    found: dict[str, str] = {}
    for node in nodes:
        if not isinstance(node, s.Relation) or node.relations[0] != "\\in" or not isinstance(node.sides[0], s.Sequence):
            continue
        names = [name for name, space in _declarations([node]) if space.extents]
        alone = {name.name for name in names if isinstance(name, s.Symbol)}
        members = (x for x in names if isinstance(x, s.Scripted) and x.sup is None and base_of(x) in alone)
        found |= {base_of(x) or "": x.sub.name for x in members if isinstance(x.sub, s.Symbol)}
    return found


def _inside(index: s.Node) -> s.Node:
    return index.body if isinstance(index, s.Group) else index


def _iterates(table: NameTable, nodes: Sequence[s.Node], tensors: set[str], ends: Mapping[str, str]) -> dict[str, str]:
    """``θ_t = θ_{t-1} - …``, ``θ_{t+1} = θ_t - …`` of a tensor θ by which one differentiates as a whole. A letter
    that runs to the end of an axis counts entries."""
    below = [x for n in nodes if isinstance(n, s.Derivative) for x in n.denominators]
    below += [n.variable for n in nodes if isinstance(n, s.Nabla) and n.variable is not None]
    names = {name_of(x) for x in below if isinstance(x, s.Symbol)} & tensors & table.declared_bare
    found: dict[str, str] = {}
    for node in (x for x in nodes if isinstance(x, s.Relation) and x.relations[0] in s.EQUALS):
        left, name = node.sides[0], base_of(node.sides[0]) or ""
        if name not in names or not isinstance(left, s.Scripted) or left.sub is None:
            continue
        right = (x for side in node.sides[1:] for x in s.walk(side) if isinstance(x, s.Scripted))
        letters = {letter for base, letter in table.shifted if base == name}
        if len(letters) == 1 and any(base_of(x) == name and x.sub is not None for x in right):
            found[name] = letters.pop()
    return {name: letter for name, letter in found.items() if ends.get(letter) not in table.sizes}


def _bind(table: NameTable, node: s.Node) -> None:
    if isinstance(node, s.Call):
        table.applied.add(base_of(node.function) or "")
    elif isinstance(node, s.Scripted) and node.bracketed and node.sub is not None:
        items = node.sub.items if isinstance(node.sub, s.Sequence) else (node.sub,)
        letters = {x.name for item in items[-node.bracketed:] for x in s.walk(item) if isinstance(x, s.Symbol)}
        table.bound |= {letter for letter in letters if letter.islower()}
    elif isinstance(node, s.Scripted) and node.primes:
        table.applied.add(base_of(node) or "")
    end = node.upper if isinstance(node, s.BigOperator) else None
    if isinstance(node, s.Relation) and is_range(node) and isinstance(node.sides[-1], s.Sequence | s.Finite):
        end = ends_of(node.sides[-1])[1]
    listing = node.items if isinstance(node, s.Sequence) and any(isinstance(x, s.Dots) for x in node.items) else ()
    if listing and isinstance(listing[-1], s.Scripted):  # x_1, …, x_N
        end = listing[-1].sub
    table.limits |= {x.name for x in s.walk(end) if isinstance(x, s.Symbol)} if end is not None else set()
    if isinstance(end, s.Sum) and isinstance(end.terms[0], s.Symbol) and end.terms[0].name.isupper():
        end = end.terms[0]  # of t = 0, …, T - 1, beside x_T
    if isinstance(end, s.Symbol):
        table.ends.add(end.name)
    if isinstance(node, s.BigOperator) and node.lower is not None:
        for item in node.lower.items if isinstance(node.lower, s.Sequence) else (node.lower,):
            first = item.sides[(len(item.sides) - 1) // 2] if isinstance(item, s.Relation) else item
            table.bound |= {part.name for part in factors_of(first) if isinstance(part, s.Symbol)}
    elif isinstance(node, s.Relation) and is_range(node):
        for item in node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],):
            if isinstance(item, s.Symbol):
                table.bound.add(item.name)
    elif isinstance(node, s.Relation) and (found := bounded(node)) is not None:
        table.bound |= {letter.name for letter in found[0]} - table.sizes
    elif isinstance(node, s.Relation) and node.relations == ("\\neq",):
        table.bound |= {side.name for side in node.sides if isinstance(side, s.Symbol) and len(side.name) == 1}


def _bind_together(table: NameTable, node: s.Scripted, tensors: set[str]) -> None:
    """``z_k`` of a declared vector z, and ``X_{nd}`` where d is an index: k and n are indices too, also where
    nothing sums over them."""
    base = base_of(node)
    if base not in table.declared_bare or node.sub is None:
        return
    letters = [x.name for x in table.index_items(base, node.sub) if isinstance(x, s.Symbol)]
    if not all(len(n) == 1 and n.islower() for n in letters):
        return
    if len(letters) == 1 and base in tensors or len(letters) > 1 and table.bound & set(letters):
        table.bound |= set(letters) - table.sizes


def _bind_as_entries(table: NameTable, node: s.Relation, entries: Set[str | None]) -> None:
    """``p_j = e^{s_j} / \\sum_k e^{s_k}``: j is an index as k is, also where nothing sums over it; the i of
    ``x_i = X_{i,:}``, too. (The h of ``δ_h^t`` by ``δ_h^{t+1}`` may be a label, also beside a ``δ_t``.)"""
    letter = _letter(node.sides[0])
    if letter is not None and letter not in table.sizes and any(
        isinstance(x, s.Scripted) and base_of(x) in entries - {base_of(node.sides[0])} and _letter(x) == letter
        or isinstance(x, s.Sequence) and len(x.items) == 2 and {*x.items} == {s.Symbol(letter), s.Symbol(":")}
        for side in node.sides[1:] for x in s.walk(side)
    ):  # fmt: skip
        table.bound.add(letter)


def _bind_in_sums(table: NameTable, node: s.Relation) -> None:
    """``M_{ij} = Σ_{a,b} A_{pi+a, pj+b}``: i and j are indices beside a and b; so are the f and i
    of ``y_{fi} = Σ_c w_{fc} x_{ci}`` (the o of ``y_o = Σ_j w_{oj} h_j`` may be a label, the j of
    ``z_j^l = Σ_k w_{jk}^l a_k^{l-1}`` is none)."""
    left = node.sides[0]
    if not isinstance(left, s.Scripted) or left.sub is None:
        return
    own = {x.name for x in items_of(left.sub) if isinstance(x, s.Symbol) and len(x.name) == 1 and x.name.islower()}
    for x in (x for side in node.sides[1:] for x in s.walk(side)) if own else ():
        items = items_of(x.sub) if isinstance(x, s.Scripted) and x.sub is not None else ()
        for item in (i for i in items if isinstance(i, s.Sum)):
            letters = {y.name for y in s.walk(item) if isinstance(y, s.Symbol)}
            if letters & table.bound - own:
                table.bound |= letters & own - table.sizes
        beside = {y.name for y in items if isinstance(y, s.Symbol)}
        units = left.sup is not None and own <= INDEX_LETTERS
        if (len(own) > 1 or units) and beside & table.bound - own:
            table.bound |= beside & own - table.sizes


def _letter(node: s.Node) -> str | None:
    """The one letter that is a subscript."""
    if not isinstance(node, s.Scripted) or not isinstance(node.sub, s.Symbol):
        return None
    return node.sub.name if len(node.sub.name) == 1 and node.sub.name.islower() else None


def _declare(table: NameTable, node: s.Relation) -> None:
    items = introduced_by(node)
    if node.relations[0] == "\\in" and isinstance(node.sides[1], s.Space):
        axes = len(node.sides[1].extents)
        table.shaped |= {  # a vector X_1 beside a matrix X is a row of it
            to_latex(plain(x)) for x in items if isinstance(x, s.Scripted) and isinstance(x.sub, s.Number)
            and axes and (axes > 1 or base_of(x) not in table.matrices)
        }  # fmt: skip
    for item in items:
        if isinstance(item, s.Call):
            primed = (x for x in item.arguments if isinstance(x, s.Scripted) and x.primes)  # k(x, x') = …
            table.primed |= {base_of(x) or "" for x in primed}
        base = base_of(item)
        if base is None or base == "e" and isinstance(item, s.Scripted) and item.sub is None and not item.primes:
            continue  # e^x on a left side is a value, no name
        table.declared.add(to_latex(plain(item)))
        table.bases.add(base)
        if base in table.squared:
            continue
        if any(isinstance(x, s.Dots) for x in items):
            table.families.add(base)
        if isinstance(item, s.Scripted) and len(in_brackets(item.sup)) == 2:
            table.members.add(base)
        if isinstance(item, s.Symbol):
            table.declared_bare.add(base)
        elif isinstance(item, s.Call):
            table.declared_bare.discard(base)
        elif isinstance(item, s.Scripted):
            if item.primes and node.relations[0] == "\\in":
                table.primed.add(base)
            if item.sub is None:
                table.declared_bare.add(base)
            if (
                item.sup is not None
                and item.sub is None
                or isinstance(item.sup, s.Symbol | s.Sum | s.Product | s.Scripted)
            ):
                for part in factors_of(item.sup):
                    if not isinstance(part, s.Group) and not is_transpose(part) and not isinstance(part, s.Number):
                        table.bare_layers.add(base)


def _share_layers(table: NameTable, nodes: Sequence[s.Node]) -> None:
    """The layers without brackets of what definitions for every layer are made of: W^l and b^l of
    ``z^l = W^l a^{l-1} + b^l``. They have no other superscripts, and stand nowhere without."""
    scripted = [node for node in nodes if isinstance(node, s.Scripted) and base_of(node) is not None]
    sups = {part for node in scripted if base_of(node) in table.bare_layers and node.sup is not None
            for part in factors_of(node.sup)}  # fmt: skip
    letters = {x for x in sups if isinstance(x, s.Symbol) and len(x.name) == 1 and x.name.islower() or x == _ELL}
    letters = {x for x in letters if any(s.Sum(("+", sign), (x, s.Number("1"))) in sups for sign in "-+")}
    if not letters:
        return
    inner = {id(node.base) for node in scripted}
    used: dict[str, set[s.Node | None]] = defaultdict(set)
    for node in nodes:
        if isinstance(node, s.Symbol) and id(node) not in inner:
            used[node.name].add(None)
        elif isinstance(node, s.Scripted) and id(node) not in inner and not (node.sup and is_transpose(node.sup)):
            parts = [x for x in factors_of(node.sup) if not is_transpose(x)]
            used[base_of(node) or ""] |= {*parts} or {None}
    for base, found in used.items():
        of_layers = [x for x in found if x is not None and letters & {*s.walk(x)}]
        others = (x for x in found if x not in of_layers)
        if of_layers and base != "e" and all(isinstance(x, s.Number) or _is_last(x, letters) for x in others):
            table.bare_layers.add(base)


def _number_layers(table: NameTable, nodes: Sequence[s.Node]) -> None:
    """The layers with numbers and without brackets of ``z^1 = W^1 x + b^1``: nobody writes the first power of a number.
    Of such a net are also the others in the equations of these, ``z^2 = W^2 a^1 + b^2``, if they have several numbers.
    None of them stands anywhere without one, or with another superscript than a letter for all layers."""
    inner = {id(node.base) for node in nodes if isinstance(node, s.Scripted)}
    numbers: dict[str, set[str]] = defaultdict(set)
    others = {node.name for node in nodes if isinstance(node, s.Symbol) and id(node) not in inner} | {"e"}
    for node in nodes:
        base = base_of(node) if isinstance(node, s.Scripted) and id(node) not in inner else None
        if base is None or not isinstance(node, s.Scripted):
            continue
        parts = [x for x in superscripts(node.sup) if not is_transpose(x)]
        if len(parts) == 1 and isinstance(parts[0], s.Number):
            numbers[base].add(parts[0].text)
        elif len(parts) != 1 or not _LAYER_LETTERS.issuperset(x for x in s.walk(parts[0]) if isinstance(x, s.Symbol)):
            others.add(base)
    found = {base for base, texts in numbers.items() if "1" in texts} - others
    several = {base for base, texts in numbers.items() if len(texts) > 1} - others
    equations = [
        {base_of(x) or "" for x in names_in(node)} for node in nodes
        if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS and base_of(node.sides[0]) in several | found
    ]  # fmt: skip
    new = found
    while new:
        new = {base for names in equations if names & found for base in names & several} - found
        found |= new
    if found:  # δ^2 beside δ^l
        found |= table.bare_layers - others
    table.bare_layers |= found
    table.numbered |= found


def _is_last(sup: s.Node | None, letters: Set[s.Node]) -> bool:
    """The L, or L - 1, beside a letter l."""
    names = {x.name for x in s.walk(sup) if isinstance(x, s.Symbol)} if sup is not None else set()
    return bool(names) and names <= {x.name.upper() for x in letters if isinstance(x, s.Symbol)} | {"L"}


def _use(table: NameTable, node: s.Node, parent: s.Node | None, steps: bool) -> None:
    """``steps``: where the formula differentiates nothing, ``h_{t-1}`` tells of a recursion."""
    if isinstance(node, s.Symbol) and not (isinstance(parent, s.Scripted) and parent.base is node):
        table.bare.add(name_of(node))
        if node.name == "\\pi" and not (isinstance(parent, s.Call) and parent.function is node):
            factors = parent.factors if isinstance(parent, s.Product) else ()
            table.circles.add(any(b is node and isinstance(a, s.Number) for a, b in pairwise(factors)))
    if not isinstance(node, s.Scripted):
        return
    base = base_of(node)
    if base is None:
        return
    if isinstance(parent, s.Sequence) and any(isinstance(item, s.Dots) for item in parent.items):
        steps = False  # w_0, …, w_{k-1}
    if node.sub is None:
        table.bare |= {base} - {"e"}  # e^x tells nothing of a quantity e
    else:
        for item in table.index_items(base, node.sub):
            if isinstance(item, s.Number) and item.text == "0":
                table.zeroth.add(base)
            letters = [x.name for x in s.walk(item) if isinstance(x, s.Symbol)]
            if isinstance(item, s.Sum) and len(letters) == 1:
                if steps and "-" in item.signs and any(isinstance(x, s.Symbol) for x in item.terms):  # not 2i - 1
                    table.shifted.add((base, letters[0]))
                table.bound |= {letters[0]} - table.sizes - table.ends - table.limits  # an affine one is no label
            elif (isinstance(item, s.Symbol) and item.name in table.bound
                  or isinstance(item, s.Sum) and len(table.bound.intersection(letters)) > 1):  # x_{i+r}
                table.indexed.add(base)
            elif isinstance(item, s.Text | s.Label) or (isinstance(item, s.Symbol) and _labels(table, item)):
                table.labelled.add(base)
    if node.sup is not None:
        for part in factors_of(node.sup):
            if isinstance(part, s.Group) and part.kind in "([" and table.tag(base, part.body) is None:
                table.bracket_layers.add(base)
                letters = [x.name for x in s.walk(part.body) if isinstance(x, s.Symbol)]
                alone = len(in_brackets(node.sup)) == 1
                if _OF_LAYERS & set(letters):
                    table.counted.add(base)
                if alone and len(letters) == 1 and letters[0] in table.bound and letters[0] not in _OF_LAYERS:
                    if isinstance(part.body, s.Symbol):
                        table.sample_axes.add(base)
                    elif isinstance(part.body, s.Sum) and "-" in part.body.signs and steps:  # h^{(t-1)}
                        table.shifted.add((base, letters[0]))


def _begun_in_time(forest: Sequence[s.Node]) -> set[tuple[str, str]]:
    r"""The x and t of ``\sum_{t=2}^T (x_t - x_{t-1})^2``, whose sums all begin so late that no x_0 is in them."""
    late, others = set[tuple[str, str]](), set[tuple[str, str]]()

    def see(node: s.Node, first: Mapping[str, int]) -> None:
        lower = node.lower if isinstance(node, s.BigOperator) else None
        if isinstance(lower, s.Relation) and len(lower.sides) == 2:
            letter, value = lower.sides
            if isinstance(letter, s.Symbol) and isinstance(value, s.Number) and value.text.isdecimal():
                first = {**first, letter.name: int(value.text)}
        for item in items_of(node.sub) if isinstance(node, s.Scripted) and node.sub is not None else ():
            names = [x.name for x in s.walk(item) if isinstance(x, s.Symbol)]
            if isinstance(item, s.Sum) and "-" in item.signs and len(names) == 1:
                steps = [int(x.text) for sign, x in zip(item.signs, item.terms, strict=True)
                         if sign == "-" and isinstance(x, s.Number) and x.text.isdecimal()]  # fmt: skip
                inside = bool(steps) and first.get(names[0], 0) - sum(steps) >= 1
                (late if inside else others).add((base_of(node) or "", names[0]))
        for child in s.children(node):
            see(child, first)

    for tree in forest:
        if not any(isinstance(x, s.Derivative | s.Nabla) for x in s.walk(tree)):
            see(tree, {})
    return late - others


def _labels(table: NameTable, item: s.Symbol) -> bool:
    """A subscript of more than a letter, or of a capital, labels; not the last value of an index (``h_T``)."""
    return _is_word(item.name) and not (len(item.name) == 1 and item.name in table.ends)


def _is_word(name: str) -> bool:
    return name.isupper() or (len(name) > 1 and name[0] != "\\")
