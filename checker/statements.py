"""What a formula states: declarations, ranges, sizes, conditions, and chains of equations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.kinds import ends_of
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.ranges import between, bounded, is_range
from verify_derivations.formulas.scanner import RawFormula
from verify_derivations.formulas.scripts import base_of, name_of, names_in

ZEROS = (s.Number("0"), s.Symbol("\\mathbf{0}"))
ORDER = ("<", ">", "\\le", "\\leq", "\\ge", "\\geq", "\\neq")


@dataclass(frozen=True)
class Chain:
    """``sides[0] = sides[1] = … ∈ space``, said where the equations ``where`` between values hold, and ``partly`` where
    the text says that it is not so everywhere: see `alternatives.py`. What stands ``behind`` the last equation is no
    equation: ``> 0``."""

    sides: tuple[s.Node, ...]
    space: s.Space | None = None
    update: bool = False  # `W := W - …`: an assignment in time, no equation
    where: tuple[s.Relation, ...] = ()
    partly: bool = False
    behind: s.Relation | None = None


def are_equal(chain: Chain) -> bool:
    """Whether a chain says of all members of a list that they are equal, ``x_1 = x_2 = \\cdots = x_n = 1/n``: a value
    that they have somewhere."""
    members = [side for side in chain.sides if isinstance(side, s.Scripted) and side.sub is not None]
    dots = sum(isinstance(side, s.Dots) for side in chain.sides)
    alike = len(members) > 1 and len({*map(base_of, members)}) == 1
    return dots > 0 and alike and len(chain.sides) - len(members) - dots <= 1


@dataclass(frozen=True)
class Membership:
    """``names ∈ where``: a declaration or a domain."""

    names: tuple[s.Node, ...]
    where: s.Node


@dataclass
class Prose:
    """What the text around a formula says of the names in it."""

    symmetric: tuple[s.Node, ...] = ()  # matrices that are
    unsymmetric: tuple[s.Node, ...] = ()  # matrices that need not be
    one_hot: tuple[s.Node, ...] = ()  # labels that are
    one_hot_axis: str = ""  # "row" or "column", where it says which of a matrix are
    sums_to_one: tuple[s.Node, ...] = ()  # vectors, or rows or columns (the axis is that of ``one_hot``), that do
    related: tuple[tuple[s.Node, s.Node], ...] = ()  # a name and a matrix, of which is not read what it says
    stacked: bool = False  # `defined` is what the text has spoken of before: “the inputs are the rows of $X$”
    depending: tuple[tuple[s.Node, tuple[s.Node, ...]], ...] = ()  # a name, and on what it depends
    amended: tuple[tuple[s.Node, tuple[s.Node, ...]], ...] = ()  # a name, and on what else it depends; on anything
    changed: tuple[s.Node, ...] = ()  # given names whose values it changes before they are used
    losses: tuple[tuple[s.Node, tuple[s.Node, ...]], ...] = ()  # a loss, and that of which it is one
    through: tuple[s.Node, ...] = ()  # on what a loss depends only through that of which it is one
    alone: tuple[s.Node, ...] = ()  # that on which only a loss depends, as the text says: perhaps of one step
    held: tuple[s.Node, ...] = ()  # what it treats as a constant
    defined: s.Node | None = None  # what it alone defines: a row of a matrix
    padded: tuple[s.Node, ...] = ()  # names that are zero outside of their range
    zero_outside: bool = False  # so are all entries in the formula
    arrays: tuple[str, ...] = ()  # letters that it calls matrices or vectors
    frozen: tuple[s.Node, ...] = ()  # the names in an expression that is treated as a constant
    special: tuple[tuple[str, str], ...] = ()  # names, and a property that is not used: “orthogonal”
    functions: tuple[tuple[str, str], ...] = ()  # letters that it calls by names, see `named_functions.py`
    units: frozenset[str] = frozenset()  # bases of names of unit vectors

    def amend(self, name: s.Node, others: tuple[s.Node, ...] = ()) -> None:
        """Note that there is more to a definition of ``z`` or ``f(x)``."""
        self.amended += ((name.function if isinstance(name, s.Call) else name, others),)


@dataclass
class When:
    """Where a formula is said to hold."""

    halves: tuple[s.Relation, ...] = ()  # signs for which it is said: see `halves.py`
    supposed: tuple[s.Relation, ...] = ()  # inequalities under which it is said: see `supposed.py`
    given: tuple[tuple[int, s.Relation], ...] = ()  # equations under which it is said, and the formulas that state them
    alone: bool = False  # it is an equation that is supposed, of which nothing is said: “for $a = y$ the slope is zero”
    case: bool = False  # it defines, or gives a value for, a case only: see `supposing.py`
    another: bool = False  # it defines for a case only what was said before of any: see `alternatives.py`
    onward: bool = False  # that case goes on to the end of the section: see `from_here.py`
    words: str = ""  # those of a condition under which it is said, that are not read
    here: tuple[Stated, ...] = ()  # formulas, or conditions in the text, that hold where this one is said
    open: str = ""  # why its verdict is left open: see `referring.py` and `unnamed.py`
    layout: str = ""  # that of its Jacobian matrices, where the text has several: see `told.py`
    local: bool = False  # what it says of given data holds in its section only: see `locally.py`

    @property
    def particular(self) -> bool:
        """Whether it is said of a case only, so that no gradient may rest on it."""
        return bool(self.halves or self.supposed or self.here)


@dataclass
class Stated:
    """A formula and what its parts state."""

    raw: RawFormula
    tree: s.Statements | None
    error: str | None = None
    ends: tuple[s.Node, ...] = ()  # of a formula that cannot be read, the names that it may define
    chains: list[Chain] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    ranges: list[tuple[str, s.Node, s.Node]] = field(default_factory=list)  # letter, first, last
    conditions: list[s.Relation] = field(default_factory=list)
    mentions: list[s.Node] = field(default_factory=list)
    prose: Prose = field(default_factory=Prose)
    when: When = field(default_factory=When)
    scope: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()  # the section around it of which those beside it see nothing
    alone: tuple[str, ...] = ()  # the section around it that sees nothing of those beside it
    continued: s.Node | None = None  # the side of the row above, with which this one begins
    anew: tuple[str, ...] = ()  # what it defines again, for an example of its own: see `anew.py`
    named: tuple[str, ...] = ()  # remarks on parts of it that are read as what another formula calls them
    labelled: tuple[tuple[s.Node, s.Node], ...] = ()  # names below braces, and what they name
    remarks: tuple[str, ...] = ()
    variant: str | None = None
    stepped: dict[str, str] = field(default_factory=dict)  # x → t, where ``x_{t+1} = …`` is read as what x_t is

    sums: str = ""  # without signs, “not read”, or read as the equation “of each” of which it may be the sum
    single_steps: frozenset[str] = frozenset()  # the t of which ``c_t`` and ``c_{t-1}`` are two names

    @property
    def number(self) -> int:
        return self.raw.number

    def read_as(self, tree: s.Statements) -> None:
        """Take another reading of the formula, and forget what is known of the one before."""
        self.tree = tree
        for name in ("derivatives", "differentiates", "names", "nodes"):
            self.__dict__.pop(name, None)

    @cached_property
    def derivatives(self) -> tuple[s.Node, ...]:
        """Those among its nodes."""
        return tuple(node for node in self.nodes if isinstance(node, s.Derivative | s.Nabla))

    @cached_property
    def differentiates(self) -> bool:
        """Whether it has a derivative, or a function with primes."""
        called = (n.function for n in self.nodes if isinstance(n, s.Call))
        return bool(self.derivatives) or any(isinstance(x, s.Scripted) and x.primes for x in called)

    @cached_property
    def names(self) -> tuple[s.Node, ...]:
        """The decorated symbols in it."""
        return tuple(names_in(self.tree)) if self.tree is not None else ()

    @cached_property
    def nodes(self) -> tuple[s.Node, ...]:
        """All nodes of the tree, in the order of printing."""
        return tuple(s.walk(self.tree)) if self.tree is not None else ()


Rewriting: TypeAlias = Callable[[s.Node], s.Node]
"""Another reading of a tree; the same object where nothing changes."""


class Rewritings:
    """What is made of the trees of formulas, in order, once their LaTeX is read: what else takes the place of one of
    them, its correction, is read in the same way."""

    def __init__(self) -> None:
        self.done: dict[int, list[Rewriting]] = {}

    def apply(self, stated: Stated, rewriting: Rewriting) -> bool:
        """Whether it changes the tree of a formula."""
        assert stated.tree is not None
        self.done.setdefault(stated.number, []).append(rewriting)
        tree = rewriting(stated.tree)
        if tree is stated.tree:
            return False
        assert isinstance(tree, s.Statements)
        stated.read_as(tree)
        return True

    def again(self, number: int, tree: s.Statements) -> s.Statements:
        """Another tree in the place of a formula's."""
        for rewriting in self.done.get(number, ()):
            new = rewriting(tree)
            assert isinstance(new, s.Statements)
            tree = new
        return tree


Placed: TypeAlias = tuple[Stated, int, Chain]
"""A chain, with its formula and its number there."""


def analyse(stated: Stated) -> None:
    """Sort the parts of a formula."""
    assert stated.tree is not None
    for part, joint in zip(_distributed(stated.tree.parts), stated.tree.joints, strict=True):
        for item in map(_behind_arguments, _parts(part)):
            said_if = joint == "if" or stated.chains and _equates_indices(item, stated.chains[-1])
            if said_if and stated.chains and _is_condition(item):
                assert isinstance(item, s.Relation)
                stated.chains[-1] = at_index(stated.chains[-1], item)
            elif not isinstance(item, s.Relation):
                stated.mentions.append(item)
            elif is_range(item):
                _range(item, stated)
            elif item.relations[0] in s.EQUALS or item.relations[0] == "\\leftarrow":
                _chain(item, stated)
            elif item.relations[0] == "\\in":
                names = item.sides[0].items if isinstance(item.sides[0], s.Sequence) else (item.sides[0],)
                stated.memberships.append(Membership(tuple(names), item.sides[1]))
            elif (found := bounded(item)) is not None:
                stated.ranges += [(letter.name, *found[1:]) for letter in found[0]]
                stated.conditions += between(item)
            elif item.relations[0] in ORDER:
                stated.conditions.append(item)
                if stated.chains and joint != "\\Rightarrow":
                    stated.when.supposed += tuple(c for c in pairs_of(item) if _is_of_values(c, stated.chains[-1]))
            else:
                stated.mentions.append(item)


def _is_of_values(condition: s.Relation, chain: Chain) -> bool:
    """``w^\\top x < 1``, no ``i < j - 1`` of what has the indices i and j."""
    scripts = (x for side in chain.sides for n in s.walk(side) if isinstance(n, s.Scripted) for x in (n.sub, n.sup))
    indices = {x.name for script in scripts if script is not None for x in s.walk(script) if isinstance(x, s.Symbol)}
    return (
        any(isinstance(side, s.Sum | s.Product) for side in condition.sides)
        and condition.relations[0] in ORDER
        and indices.isdisjoint(base_of(name) for side in condition.sides for name in names_in(side))
    )


def pairs_of(condition: s.Relation) -> tuple[s.Relation, ...]:
    """``i ≤ j ≤ i + k`` as two conditions; what lies between numbers, ``0 < p < 1``, is one."""
    numbers = all(isinstance(end, s.Number) for end in (condition.sides[0], condition.sides[-1]))
    if len(condition.sides) < 3 or not set(condition.relations) <= {*ORDER} or numbers:
        return (condition,)
    return tuple(s.Relation(sides, (relation,))
                 for sides, relation in zip(pairwise(condition.sides), condition.relations, strict=True))  # fmt: skip


def _behind_arguments(item: s.Node) -> s.Node:
    """``x \\mapsto z = w x`` says what z is, ``z: x \\mapsto w x`` what z(x) is."""
    if not isinstance(item, s.Relation):
        return item
    first, *others = item.relations
    if first in (":", "\\mapsto", "\\to") and others and all(relation in s.EQUALS for relation in others):
        return replace(item, sides=item.sides[1:], relations=tuple(others))
    if item.relations == (":", "\\mapsto") and isinstance(item.sides[0], s.Symbol):
        name, argument, value = item.sides
        return s.Relation((s.Call(name, (argument,)), value), ("=",), span=item.span)
    return item


def _is_condition(item: s.Node) -> bool:
    """``w = 0``, ``i = j``; but ``for z = W x`` says what z is."""
    return isinstance(item, s.Relation) and item.relations == ("=",) and all(
        isinstance(side, s.Symbol | s.Number) or side is item.sides[0] for side in item.sides
    )  # fmt: skip


def _equates_indices(item: s.Node, chain: Chain) -> bool:
    """Whether what stands behind a chain equates two letters that stand in its subscripts only, as in ``∂a_i/∂z_j = …,
    i = j``: it says nothing else of them."""
    if not isinstance(item, s.Relation) or item.relations != ("=",):
        return False
    if not all(isinstance(x, s.Symbol) for x in item.sides):
        return False
    letters = {name_of(x) for x in item.sides if isinstance(x, s.Symbol)}
    inside = {name_of(n) for side in chain.sides for n in s.walk(side) if isinstance(n, s.Symbol)}
    return letters <= inside and all(is_index(side, letter) for side in chain.sides for letter in letters)


def at_index(chain: Chain, condition: s.Relation) -> Chain:
    """A chain under a condition: at ``i = j`` what stands at i stands at j."""
    for one, other in (condition.sides, condition.sides[::-1]):
        letter = name_of(one) if isinstance(one, s.Symbol) else ""
        if letter and all(is_index(side, letter) for side in chain.sides):
            sides = tuple(put(side, letter, other) for side in chain.sides)
            if sides != chain.sides:
                return replace(chain, sides=sides)
    return replace(chain, where=(*chain.where, condition))


def is_index(tree: s.Node, letter: str) -> bool:
    """Whether a letter stands in subscripts and superscripts only, or is compared with another, ``1\\{i = j\\}``."""
    if isinstance(tree, s.Symbol):
        return name_of(tree) != letter
    if isinstance(tree, s.Relation) and all(isinstance(x, s.Symbol) for x in tree.sides):
        return {*tree.relations} <= {"=", "\\neq"}
    inner = (tree.base,) if isinstance(tree, s.Scripted) else s.children(tree)
    return all(is_index(node, letter) for node in inner)


def put(node: s.Node, letter: str, value: s.Node) -> s.Node:
    """``letter`` replaced throughout a tree."""

    def new(part: s.Node) -> s.Node | None:
        if isinstance(part, s.Symbol) and name_of(part) == letter:
            return value
        base = part.base if isinstance(part, s.Scripted) and part.sub is not None else None
        return part if isinstance(base, s.Symbol) and name_of(base) == letter else None  # l_{max} is a name of its own

    return s.mapped(node, new)


def _distributed(parts: tuple[s.Node, ...]) -> tuple[s.Node, ...]:
    """``a, b > 0`` says of both that they are positive."""
    *first, last = parts
    bare = all(isinstance(x, s.Symbol) for x in first)
    if not bare or not isinstance(last, s.Relation) or last.relations[0] not in ORDER or len(last.sides) != 2:
        return parts
    return (*(s.Relation((x, last.sides[1]), last.relations) for x in first), last)


def _parts(node: s.Node) -> Iterator[s.Node]:
    if isinstance(node, s.Sequence):
        for item in node.items:
            yield from _parts(item)
    elif not isinstance(node, s.Text):
        yield node


def _range(node: s.Relation, stated: Stated) -> None:
    names = node.sides[0].items if isinstance(node.sides[0], s.Sequence) else (node.sides[0],)
    last = node.sides[-1]
    assert isinstance(last, s.Sequence | s.Finite)
    for name in names:
        if isinstance(name, s.Symbol):
            stated.ranges.append((name.name, *ends_of(last)))


def _chain(node: s.Relation, stated: Stated) -> None:
    left, right = node.sides[:2]
    again = left in s.walk(right) if isinstance(left, s.Call) else any(map(_is_of(left), names_in(right)))
    itself = node.relations[0] == ":=" and again
    if "\\leftarrow" in node.relations or itself:
        stated.chains.append(Chain(node.sides[:2], None, True))
        return
    sides = [node.sides[0]]
    space, behind = None, None
    for k, (relation, side) in enumerate(zip(node.relations, node.sides[1:], strict=True), 1):
        if relation in s.EQUALS:
            sides.append(side)
        elif relation == "\\to" and k < len(node.relations) and node.relations[k] in s.EQUALS:  # y = x^2 \to y' = 2x
            stated.chains.append(Chain(tuple(sides), space))
            _chain(s.Relation(node.sides[k:], node.relations[k:]), stated)
            return
        elif relation == "\\in" and isinstance(side, s.Space):
            space = side
            break
        else:
            behind = s.Relation((sides[-1], side), (relation,))
            break
    if isinstance(sides[0], s.Text) and not sides[0].quoted and len(sides) > 2:  # \text{Error} = E = …
        del sides[0]
    stated.chains.append(Chain(tuple(sides), space, behind=behind))


def drop_words(formulas: Iterable[Stated]) -> None:
    """Read ``\\text{Error} = E = …`` as ``E = …``, of a word that stands nowhere else."""
    formulas = list(formulas)
    used = Counter(node for f in formulas for node in f.nodes if _is_word(node))
    headed = [
        (f, k, chain) for f in formulas for k, chain in enumerate(f.chains)
        if len(chain.sides) > 2 and _is_word(chain.sides[0]) and isinstance(chain.sides[1], s.Symbol | s.Scripted)
    ]  # fmt: skip
    heads = Counter(chain.sides[0] for *_, chain in headed)
    for f, k, chain in headed:
        if used[chain.sides[0]] == heads[chain.sides[0]]:
            f.chains[k] = replace(chain, sides=chain.sides[1:])


def _is_word(node: s.Node) -> bool:
    return isinstance(node, s.Symbol) and node.font == "\\mathrm" and len(node.name) > 2


def _is_of(name: s.Node) -> Callable[[s.Node], bool]:
    """Whether another name is that, or its power or transpose: not the W^{(1)} of ``W := W^{(1)}``."""
    return lambda x: x == name or isinstance(x, s.Scripted) and x.base == name and (
        x.sub is None and not isinstance(x.sup, s.Group))


def is_number(node: s.Node) -> bool:
    if isinstance(node, s.Sum) and len(node.terms) == 1:
        node = node.terms[0]
    return isinstance(node, s.Number) or node == s.Symbol("\\infty")


def is_derivative(node: s.Node) -> bool:
    return isinstance(node, s.Derivative | s.Nabla)


def contains_derivative(node: s.Node) -> bool:
    """Whether derivatives or differentials stand in an expression."""
    found: bool | None = node.__dict__.get("_derivative")  # asked again in every scope
    if found is None:
        kinds = s.Derivative | s.Nabla | s.Differential
        found = node.__dict__["_derivative"] = any(isinstance(x, kinds) for x in s.walk(node))
    return found


def is_adjoint_name(node: s.Node, table: NameTable) -> bool:
    """``δ^{(a^{(l)})}``: the sensitivity of a named quantity."""
    if not isinstance(node, s.Scripted) or not isinstance(node.base, s.Symbol) or node.base.name != "\\delta":
        return False
    sup = node.sup
    if isinstance(sup, s.Product):
        sup = sup.factors[0]
    if not isinstance(sup, s.Group) or sup.kind != "(":
        return False
    target = table.reference(sup.body)
    layers = table.bound | table.ends  # Σ_{l=1}^L δ^{(l)}: l and L are layers
    named = target is not None and target.name in table.declared_bare - layers
    return target is not None and (isinstance(sup.body, s.Scripted) or named)


def lists_itself(chain: Chain) -> bool:
    """``β = (β_0, β_1, …, β_p)^\\top``, of its own entries alone: that is no definition."""
    written = any(isinstance(x, s.Matrix) for x in s.walk(chain.sides[1]))
    return written and {base_of(x) for x in names_in(chain.sides[1])} == {base_of(chain.sides[0])}
