"""A name for a part of a definition: ``a = W z + b`` beside ``y = σ(W z + b)``, and then ``∂R/∂a``.

``y`` is not defined by ``a`` there, so that its derivative by it would be zero as the definitions stand. What is meant
is the derivative by the part that it names, so the definitions are read with the name in the place of that part. Both
say the same of every value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeGuard

from verify_derivations.checker.functions import function_name
from verify_derivations.checker.statements import Chain, Stated, is_derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, names_in
from verify_derivations.formulas.world import World

Place = tuple[int, int]  # the number of a formula and of one of its chains
_Head = tuple[str | None, s.Node | None]  # a name without indices, and its superscript


@dataclass(frozen=True)
class Abbreviation:
    name: s.Node
    part: s.Node
    place: Place  # of its definition
    where: frozenset[Place] = frozenset()  # the definitions that are read with it


def abbreviation(
    world: World, formulas: Sequence[Stated], defined: Mapping[tuple[int, int, int], str],
    taken: Sequence[Abbreviation],
) -> Abbreviation | None:
    """The first quantity, but for those ``taken``, by which one differentiates and of which something that is
    differentiated is made, by what it names, also if elsewhere by its name: r = k + 3u, k = sin x² for u = x²."""
    chains = {(f.number, k): chain for f in formulas for k, chain in enumerate(f.chains)}
    whole = {place: chain for place, chain in chains.items() if defined.get((*place, 0)) == "definition"}
    edge = {world.layers.name(head) for head in world.unsaid.frontier}  # of a loss that nothing defines
    variables = world.differentiated.denominators | edge
    wanted = set[str]().union(*(names_below(world, name) for name in variables))  # u of r = relu(u)
    found = [
        Abbreviation(chain.sides[0], chain.sides[1], place) for place, chain in whole.items()
        if _is_compound(world, chain.sides[1]) and _name(world, chain.sides[0]) in wanted
        and all(place != other.place for other in taken)
    ]  # fmt: skip
    if not found:
        return None
    names = {place: _names(world, chain.sides[1]) for place, chain in whole.items()}
    above = (n.numerator for f in formulas for n in f.nodes if isinstance(n, s.Derivative))
    entries = [name for top in above if (name := _name(world, top)) is not None and world.is_defined(name)]
    tops = dict.fromkeys((*world.differentiated.numerators, *entries, *sorted(edge)))
    insides = []
    for top in tops:
        below = names_below(world, top)
        insides.append([place for place, chain in whole.items() if _name(world, chain.sides[0]) in below])
    users = defaultdict[_Head, set[Place]](set)
    for place, chain in whole.items():
        for head in _heads(chain.sides[1]):
            users[head].add(place)
    for a in found:
        own = names[a.place]
        parts = _heads(a.part) - {(_letter(a.name), None)}
        using = sorted(set.intersection(*(users[head] for head in parts)) if parts else whole)
        holders = [place for place in using if own <= names[place] and _holds(world, place, whole[place], a)]
        all_of, part_of = list[frozenset[Place]](), set[Place]()
        for inside in insides if holders else ():
            others = [place for place in inside if place != a.place]
            holding = frozenset(place for place in holders if place in others)
            rest = set[str]().union(*(
                _names(world, _put(whole[place].sides[1], a)) if place in holding else names[place] for place in others
            ))  # fmt: skip
            if own <= rest:  # of x² + x⁴ it is not all that u = x² names
                part_of |= holding
            elif holding:
                all_of.append(holding)
        while mixed := [holding for holding in all_of if holding & part_of]:
            part_of = part_of.union(*mixed)
            all_of = [holding for holding in all_of if holding not in mixed]
        if all_of:
            return replace(a, where=frozenset[Place]().union(*all_of))
    return None


def abbreviated(
    formulas: Sequence[Stated], defined: Mapping[tuple[int, int, int], str], a: Abbreviation
) -> list[Stated]:
    """The formulas with the name in their definitions."""
    result = list[Stated]()
    for f in formulas:
        chains = [
            replace(chain, sides=(chain.sides[0], _put(chain.sides[1], a), *chain.sides[2:]))
            if defined.get((f.number, k, 0)) == "definition" and (f.number, k) in a.where else chain
            for k, chain in enumerate(f.chains)
        ]  # fmt: skip
        said = f"${to_latex(a.part)}$ is read as ${to_latex(a.name)}$, as formula {a.place[0]} calls it"
        result.append(replace(f, chains=chains, named=(*f.named, said)) if chains != f.chains else f)
    return result


def named_last(formulas: Sequence[Stated], every: Sequence[Stated], table: NameTable) -> list[Stated]:
    """``∂f/∂z_k = e^{z_k} / Σ_j e^{z_j} = p_k``, where nothing has spoken of p before and nothing else defines it: a
    name for what stands before it."""
    own, seen = {f.number for f in formulas}, set[str]()
    said = dict[int, list[Chain]]()
    for f in every:
        new = [chain.sides for chain in f.chains if f.number in own and _names_its_value(chain, table, seen)]
        said[f.number] = [Chain((sides[-1], sides[-2])) for sides in new]
        seen |= {base_of(x) or "" for chain in f.chains for side in chain.sides for x in names_in(side)}
    return [
        replace(f, chains=[*f.chains, *said[f.number]], named=(*f.named, *map(_remark, said[f.number])))
        if said.get(f.number) else f for f in formulas
    ]  # fmt: skip


def _remark(chain: Chain) -> str:
    return "${}$ is read as a name for ${}$".format(*map(to_latex, chain.sides))


def _names_its_value(chain: Chain, table: NameTable, seen: set[str]) -> bool:
    if len(chain.sides) < 3 or chain.where or not is_derivative(chain.sides[0]) or is_derivative(chain.sides[-2]):
        return False
    last, others = chain.sides[-1], {base_of(x) for side in chain.sides[:-1] for x in names_in(side)}
    base = base_of(last) if isinstance(last, s.Symbol | s.Scripted) else None
    reference = table.reference(last) if base is not None else None
    if base is None or reference is None or base in seen | table.bases | table.sizes | others or base in table.bound:
        return False
    plain = not (reference.transposed or reference.inverted or reference.primes or reference.power or reference.layer)
    return plain and all(isinstance(i, s.Symbol) for i in reference.indices)


def names_below(world: World, start: str) -> set[str]:
    """A name, and those of all that it rests on by the definitions."""
    heads = [start, *(head for head, (name, _) in world.layers.of.items() if name == start)]
    return {world.layers.name(head) for head in world.below(heads)}


def _name(world: World, node: s.Node) -> str | None:
    if isinstance(node, s.Call):  # J(w), where that is a quantity
        return function_name(node.function)
    reference = world.table.reference(node)
    return reference.name if reference is not None and not reference.transposed and not reference.power else None


def _names(world: World, tree: s.Node) -> set[str]:
    """The quantities that are mentioned, each of its layer, also where they are transposed."""
    declared, found = world.declared_names(), set[str]()
    for x in s.walk(tree):
        name = _name(world, x)
        reference = world.table.reference(x) if isinstance(x, s.Symbol | s.Scripted) else None
        if reference is not None and reference.name in declared:
            layer = "" if reference.layer is None else f"^{to_latex(reference.layer)}"
            found.add(reference.name + layer)
        elif name is not None and name in declared:
            found.add(name)
    return found


def _heads(tree: s.Node) -> set[_Head]:
    """What an expression is made of, whatever its indices: what it is a part of has that, too."""
    found = set[_Head]()
    for x in names_in(tree):
        sup = x.sup if isinstance(x, s.Scripted) else None
        found.add((base_of(x), None if sup is None or any(map(_is_letter, s.walk(sup))) else sup))
    return found


def _is_compound(world: World, part: s.Node) -> bool:
    """Whether it is more than a name or a number, which may stand elsewhere by chance."""
    if isinstance(part, s.Scripted):
        reference = world.table.reference(part)
        return reference is not None and reference.power is not None
    return isinstance(part, s.Sum | s.Product | s.Fraction | s.Call | s.BigOperator | s.Norm | s.Root)


def _holds(world: World, place: Place, chain: Chain, a: Abbreviation) -> bool:
    """Whether the part stands in a definition of something else. A function's variables are not the document's."""
    left = chain.sides[0]
    if place == a.place or isinstance(left, s.Call) and function_name(left.function) not in world.applied.arguments:
        return False
    return _put(chain.sides[1], a) != chain.sides[1]


def _put(tree: s.Node, a: Abbreviation) -> s.Node:
    """The name in the place of the part, where it stands by itself or as some terms of a sum, or factors of a product
    beside each other."""

    def new(part: s.Node) -> s.Node | None:
        if _same(part, a.part):
            return a.name
        if (letter := _letter(a.name)) is not None and type(part) is type(a.part):
            for other in {x.name for x in s.walk(part) if _is_letter(x)} - {letter}:  # Σ_b exp(w_b^T x) beside z_a
                if _same(part, _at(a.part, letter, other)):
                    return _at(a.name, letter, other)
        if isinstance(part, s.Sum) and isinstance(a.part, s.Sum):
            for k in _runs(part, a.part):
                end = k + len(a.part.terms)
                signs, terms = (*part.signs[:k], "+", *part.signs[end:]), (*part.terms[:k], a.name, *part.terms[end:])
                return _put(s.Sum(signs, terms), a)
        if isinstance(part, s.Product) and isinstance(a.part, s.Product):
            return _in_product(part, a)
        return None

    return s.mapped(tree, new)


def _in_product(product: s.Product, a: Abbreviation) -> s.Node | None:
    """``y_n z_n`` of ``y_n w^\\top x_n``, where all factors are multiplied in the same way."""
    assert isinstance(a.part, s.Product)
    length, letter = len(a.part.factors), _letter(a.name)
    if length >= len(product.factors) or not {*product.operators} <= {"", "\\cdot"}:
        return None
    for k in range(len(product.factors) - length + 1):
        end = k + length
        run = s.Product(product.factors[k:end], product.operators[k : end - 1])
        letters = {x.name for x in s.walk(run) if _is_letter(x)} if letter is not None else set[str]()
        for other in (letter, *sorted(letters - {letter or ""})):
            part: s.Node = a.part
            name = a.name
            if letter is not None and other is not None and other != letter:
                part, name = _at(part, letter, other), _at(name, letter, other)
            if _same(run, part):
                factors = (*product.factors[:k], name, *product.factors[end:])
                return _put(s.Product(factors, (*product.operators[:k], *product.operators[end - 1 :])), a)
    return None


def _letter(name: s.Node) -> str | None:
    """The one index of what is named."""
    return name.sub.name if isinstance(name, s.Scripted) and _is_letter(name.sub) else None


def _is_letter(node: s.Node | None) -> TypeGuard[s.Symbol]:
    return isinstance(node, s.Symbol) and len(node.name) == 1 and node.name.islower()


def _at(tree: s.Node, letter: str, other: str) -> s.Node:
    return s.mapped(tree, lambda x: replace(x, name=other) if isinstance(x, s.Symbol) and x.name == letter else None)


def _runs(tree: s.Sum, part: s.Sum) -> Iterator[int]:
    """Where the terms of ``part`` stand in a longer sum, one behind another."""
    length = len(part.terms)
    for k in range(len(tree.terms) - length + 1):
        if tree.signs[k : k + length] == part.signs and all(
            _same(x, y) for x, y in zip(tree.terms[k : k + length], part.terms, strict=True)
        ):
            yield k


def _same(one: s.Node, other: s.Node) -> bool:
    """Equal but for the size of brackets."""
    return type(one) is type(other) and _plain(one) == _plain(other)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    if not isinstance(value, s.Node):
        return value
    return (type(value), *(_plain(getattr(value, f.name)) for f in fields(value) if f.name not in ("span", "large")))
