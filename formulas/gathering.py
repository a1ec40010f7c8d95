"""The facts of which names are told, from all formulas that see each other: see :class:`NameTable`.

What is bound comes first, then what is declared, then how names are used; a later pass rests on those before it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from itertools import pairwise

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.biases import with_a_bias
from verify_derivations.formulas.binding import bind, bind_by_use
from verify_derivations.formulas.ellipses import COUNTING
from verify_derivations.formulas.kinds import stops
from verify_derivations.formulas.names import Listed, NameTable
from verify_derivations.formulas.pairs import pairs_in
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import (
    base_of,
    by_square,
    declarations,
    exponent_of_e,
    factors_of,
    in_brackets,
    introduced_by,
    is_alone,
    is_square,
    is_transpose,
    items_of,
    letter_below,
    letters_alone,
    made_of_namesakes,
    multiple,
    name_of,
    names_in,
    plain,
)
from verify_derivations.formulas.superscript_layers import number_layers, share_layers
from verify_derivations.formulas.symbols import CUSTOMARY, LOSSES
from verify_derivations.formulas.telling_apart import (
    letters_that_tag,
    losses_of_kinds,
    sister_labels,
    tell_apart,
    told_apart_above,
)

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
        bind(table, node)
    table.bound |= frozenset[str]().union(*map(pairs_in, forest)) - table.sizes - table.ends
    _take_squares(table, relations, nodes)
    for relation in relations:
        _declare(table, relation)
    table.declared_bare |= _variable_e(relations, nodes)
    share_layers(table, nodes)
    number_layers(table, nodes)
    _take_names(table, nodes, tensors, Counter(tree.parts[0] for tree in forest if is_alone(tree)), accents)
    bind_by_use(table, nodes, tensors)
    table.tags = letters_that_tag(table, forest, relations)
    table.tagged = told_apart_above(table, nodes)
    table.stops = stops(nodes)
    table.ends |= {*table.stops.values()}
    for tree in forest:
        table.alone |= letters_alone(tree) if alone is None else set()
        claim = any(isinstance(x, s.Derivative | s.Nabla) for x in s.walk(tree))
        for node, parent in s.with_parents(tree):
            _use(table, node, parent, steps=not claim)
    table.alone |= alone or set()
    table.sisters = sister_labels(table, relations, nodes)
    table.indexed -= {base for base, _ in table.sisters}
    table.shifted -= _begun_in_time(forest)
    table.sample_axes -= table.counted
    table.wholes = {name for relation in relations for name in made_of_namesakes(relation)}
    table.wholes -= tensors | table.matrices | table.families | table.indexed | {base for base, _ in table.shifted}
    of_kinds = losses_of_kinds(table, relations, nodes) - tensors - table.matrices - table.families - table.wholes
    table.wholes |= of_kinds
    table.labelled |= of_kinds
    tell_apart(table, nodes, tensors)
    table.units = frozenset(units - table.bases)
    table.remembered = {}
    return table


def _variable_e(relations: Sequence[s.Relation], nodes: Sequence[s.Node]) -> set[str]:
    """The e of ``N(e, s) = …``, a variable, where no ``e^x`` is."""
    calls = (x.sides[0] for x in relations if isinstance(x.sides[0], s.Call))
    given = any(s.Symbol("e") in call.arguments for call in calls)
    return {"e"} if given and all(x is None or isinstance(x, s.Number) for x in map(exponent_of_e, nodes)) else set()


def _take_shapes(table: NameTable, nodes: Sequence[s.Node]) -> set[str]:
    """What spaces say of the names in them, and of sizes; returns the names that are declared as tensors."""
    spaces, one = list(declarations(nodes)), s.Number("1")
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


def _take_names(
    table: NameTable, nodes: Sequence[s.Node], tensors: set[str], mentioned: Mapping[s.Node, int], accents: Set[str]
) -> None:
    """Letters that are made of tensors, names with primes, and names of gradients by custom; ``mentioned`` says how
    often formulas only name a symbol."""
    table.made = {
        node.sides[0].name for node in nodes
        if isinstance(node, s.Relation) and node.relations[0] in s.EQUALS and isinstance(node.sides[0], s.Symbol)
        and any(isinstance(x, s.Symbol | s.Scripted) and base_of(x) in tensors | table.matrices
                and not (isinstance(x, s.Scripted) and letter_below(x))
                for x in s.walk(node.sides[1]))
    } - table.bound - table.sizes  # fmt: skip
    below = [x for n in nodes if isinstance(n, s.Derivative) for x in n.denominators]
    table.primed |= {base_of(x) or "" for x in below if isinstance(x, s.Scripted) and x.primes}  # ∂L/∂W'
    table.primed |= _primed_values(nodes, tensors) | _primed_losses(nodes) | _primed_and_transposed(nodes)
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


def _primed_and_transposed(nodes: Sequence[s.Node]) -> set[str]:
    """The v and h of ``v' h'^\\top``: a prime beside the sign of a transpose is no other one."""
    scripted = [x for x in nodes if isinstance(x, s.Scripted)]
    both = (x.primes or isinstance(x.base, s.Scripted) and x.base.primes for x in scripted
            if x.sup is not None and is_transpose(x.sup))  # fmt: skip
    if not any(both):
        return set()
    functions = {base_of(x.function) for x in nodes if isinstance(x, s.Call)}
    return {base_of(x) or "" for x in scripted if x.primes} - functions - CUSTOMARY - {""}


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
