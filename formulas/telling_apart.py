"""Names that their scripts tell apart: labels that count nothing, a total beside what it adds up, one of many, the
values of an iteration. What letters tell apart, and how such names are called, is said in :mod:`kinds`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.kinds import Kinds, examples, last_values, of_layers, told_apart, variables
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranges import is_range
from verify_derivations.formulas.scripts import base_of, declarations, is_alone, is_transpose, name_of
from verify_derivations.formulas.symbols import LOSSES


def tell_apart(table: NameTable, nodes: Sequence[s.Node], tensors: set[str]) -> None:
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
        names = [name for name, space in declarations([node]) if space.extents]
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


def losses_of_kinds(table: NameTable, relations: Sequence[s.Relation], nodes: Sequence[s.Node]) -> set[str]:
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


def sister_labels(table: NameTable, relations: Sequence[s.Relation], nodes: Sequence[s.Node]) -> set[tuple[str, str]]:
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


def letters_that_tag(table: NameTable, forest: Sequence[s.Node], relations: Sequence[s.Relation]) -> set[str]:
    """The i of ``i_t = σ(a_t^i)``: a letter that is defined with an index, and stands nowhere else but in scripts (or
    where a formula is nothing else). So it counts nothing there, it says of which gate something is."""
    lefts = [node.sides[0] for node in relations if node.relations[0] in s.EQUALS]
    tags = {base_of(x) or "" for x in lefts if isinstance(x, s.Scripted) and isinstance(x.sub, s.Symbol)}
    tags = {name for name in tags if len(name) == 1 and name.islower()} - table.declared_bare
    tags -= table.bound | table.sizes | table.ends | table.limits | {"e"}
    for tree in forest if tags else ():
        nodes = [*s.walk(tree)] if not is_alone(tree) else []
        scripted = [x for x in nodes if isinstance(x, s.Scripted)]
        inside = {id(y) for x in scripted for y in (x.base, *_wholes(x.sub), *_wholes(x.sup))}
        tags -= {x.name for x in nodes if isinstance(x, s.Symbol) and id(x) not in inside}
    return tags


def told_apart_above(table: NameTable, nodes: Sequence[s.Node]) -> set[tuple[str, str]]:
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
