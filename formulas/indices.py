"""What an index is at an axis: the letters of a formula, and the values that they take."""

from __future__ import annotations

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import Polynomial, at_least, polynomial
from verify_derivations.formulas.labels import choose, label_of
from verify_derivations.formulas.polynomial import is_index
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.sizes import whole
from verify_derivations.formulas.tensors import show_extent
from verify_derivations.formulas.world import Index, IndexRangeError, Statement, Unsupported, World


def first_value(name: str, letter: str, world: World) -> int:
    """Where a family starts: at 0 where the document uses ``h_{t-1}`` or ``h_0``, if the recursion is not said to begin
    elsewhere; else where all indices do."""
    if name in world.letters.begins:
        return world.letters.begins[name]
    if world.origin == 0:
        return 0
    return 0 if (name, letter) in world.table.shifted or name in world.table.zeroth else 1


def family_extent(letter: str, world: World, here: Statement, number: int) -> Polynomial:
    """The last value of an index letter: as bound in the formula, else by the nearest range before, else after."""
    index = here.indices.get(letter)
    if index is not None and index.extent is not None:
        return index.extent + index.start - 1
    stated = world.letters.range_for(letter, number)
    return without_range(letter, world) if stated is None else whole(stated[1], world, Statement())


def without_range(letter: str, world: World) -> Polynomial:
    """The last value of a letter of which no range is stated."""
    size = f"N_{{{letter}}}"
    if world.letters.equal and world.letters.without_range:
        size = min(world.letters.without_range)
    world.letters.without_range.add(size)
    return polynomial(size)


def windowed(letter: str, node: s.Node, world: World, number: int) -> bool:
    """Whether a letter runs as far as an entry ``x_{i+r}`` of a declared x allows: no range is stated for it but by
    sums of claims, which may be wrong."""
    stated = world.letters.range_for(letter, number)
    claims = world.differentiated.by_formula
    if stated is None or any(r[1] == letter and (r not in world.letters.of_sums or r[0] not in claims)
                             for r in world.letters.ranges):  # fmt: skip
        return False
    names = (x for x in s.walk(node) if isinstance(x, s.Scripted))
    references = (r for r in map(world.table.reference, names) if r is not None and r.name in world.declarations)
    return any(isinstance(i, s.Sum) and {s.Symbol(letter)} < {*s.walk(i)} and compound(i, world, Statement(number))
               for r in references for i in r.indices)  # fmt: skip


def compound(node: s.Node, world: World, here: Statement) -> bool:
    """``i + r - 1``, ``p i + a``: an index of several letters that run."""
    letters = {x.name for x in s.walk(node) if isinstance(x, s.Symbol) and len(x.name) == 1}
    return len(letters & (world.table.bound | here.indices.keys()) - world.sizes) > 1


def reach(node: s.Node, world: World, here: Statement) -> tuple[Polynomial, Polynomial] | None:
    """The first and the last value of an affine index; ``None`` where a letter's range, or a sign, is not known."""
    running = world.table.bound - world.sizes
    for letter in s.walk(node):
        if isinstance(letter, s.Symbol) and letter.name in running - here.indices.keys():
            new_letter(letter.name, world, here)
    first = last = whole(node, world, here)
    for index in here.indices.values():
        if index.fixed is None and index.variable in last.names:
            end = family_extent(index.letter, world, here, here.number) - index.start
            rises = grows(last, index.variable)
            if rises is None:
                return None
            ends = (polynomial(0), end) if rises else (end, polynomial(0))
            first, last = first.substitute({index.variable: ends[0]}), last.substitute({index.variable: ends[1]})
    return None if any(map(is_index, first.names | last.names)) else (first, last)


def grows(value: Polynomial, variable: str) -> bool | None:
    """Whether a value rises or falls with a variable in which it is linear; ``None`` where that is not known."""
    parts = value.linear_in(variable)
    if parts is None or any(map(is_index, parts[0].names)) or len(signs := {c > 0 for _, c in parts[0].terms}) != 1:
        return None
    return signs.pop()


def hold(head: str, axis: int, node: s.Node, world: World, here: Statement) -> None:
    """An undeclared quantity has all the entries that are mentioned."""
    if head in world.undeclared.stretched and not here.introduces:
        return
    size = world.undeclared.reaching[head][axis]
    found = reach(node, world, here)
    if found is not None and size not in found[1].names:
        within(found[1], world.extents.normal(polynomial(size)) + world.origin - 1, world)
        world.undeclared.reached.setdefault(head, []).append(found[1])


def end_of_stretched(world: World) -> None:
    """What nothing declares and has ``x_{i+1}`` ends with the last entry that is mentioned, if one is."""
    for head in world.undeclared.stretched & world.undeclared.reaching.keys():
        ends = world.undeclared.reached.get(head, [])
        for last in ends:
            beyond = [last - other for other in ends]
            if all(n.is_constant and n.value >= 0 for n in beyond) and len(world.undeclared.reaching[head]) == 1:
                world.extents.equate(polynomial(world.undeclared.reaching[head][0]), last - world.origin + 1)
                break


def stretches(letter: str, node: s.Node, world: World) -> bool:
    """Whether a letter does not end where ``node`` has an entry for it: the i of ``x_{i+1} - x_i``."""
    found = world.undeclared.stretched
    names = (x for x in s.walk(node) if isinstance(x, s.Scripted)) if found else ()
    references = (r for r in map(world.table.reference, names) if r is not None and r.name in found)
    return any(s.Symbol(letter) in s.walk(index) for r in references for index in r.indices)


def index_at(
    node: s.Node, extent: Polynomial, origin: int, world: World, here: Statement, head: str = "", members: bool = False
) -> Polynomial:
    """The zero-based index for ``node`` at an axis of ``extent`` whose first value is ``origin``. A letter that has no
    range yet takes that of the axis; a range that cannot be the axis's is an error. ``members``: the axis counts the
    members of a family, of which a range may leave out the last ones."""
    chosen = _chosen(node, world, here)
    if chosen is not None:
        _unify(chosen, extent, origin, world, here, head, members)
        return chosen.value - origin
    if isinstance(node, s.Scripted) and to_latex(node) not in world.sizes:
        value = given_value(node, world, here)
        world.letters.given.add(to_latex(node))
        within(value, world.extents.normal(extent) + origin - 1, world)
        return value - origin
    if isinstance(node, s.Symbol) and name_of(node) not in here.indices and name_of(node) not in here.layers:
        ends = node.name in extent.names or node.name in world.table.ends  # x_n is the last of n entries
        if not ends or node.name in world.table.bound:
            new_letter(name_of(node), world, here)
    for letter in s.walk(node):
        if isinstance(letter, s.Symbol) and name_of(letter) not in here.indices and len(name_of(letter)) == 1:
            if name_of(letter) in world.table.bound and name_of(letter) not in world.sizes:
                new_letter(name_of(letter), world, here)
    if isinstance(node, s.Symbol):
        index = here.indices.get(name_of(node))
        if index is not None:
            extra = origin < world.origin and head not in world.letters.from_zero
            if index.extent is None and index.fixed is None and extra:
                _in_its_range(index, world, here)  # a member x_0 beside the x_i does not change what i may be
            _unify(index, extent, origin, world, here, head, members)
    return whole(node, world, here) - origin


def within(value: Polynomial, last: Polynomial, world: World) -> None:
    """An index is at most the last of its axis."""
    fact = at_least(last - value, 0)
    if not (fact.value.is_constant and fact.value.value >= 0):
        world.assumed.learn(fact)


def given_value(node: s.Scripted, world: World, here: Statement) -> Polynomial:
    """The index ``y_i``, the class of one example: a given value of at least one, if i is no index."""
    letters = {name_of(x) for x in s.walk(node.sub or node) if isinstance(x, s.Symbol)}
    if (chosen := _chosen(node, world, here)) is not None:
        return chosen.value
    if not letters.isdisjoint(world.table.bound | here.indices.keys()) or node.sup is not None or node.primes:
        raise Unsupported(f"{to_latex(node)} is an index that depends on another one: that is outside the calculus")
    if world.origin != 1:
        raise Unsupported(f"{to_latex(node)} is an index that may be zero: that is outside the calculus")
    return whole(node, world, here)


def _chosen(node: s.Node, world: World, here: Statement) -> Index | None:
    """The index that stands for a label, whose letters may be new."""
    label = label_of(node, world)
    for letter in label.indices if label is not None else ():
        if isinstance(letter, s.Symbol) and name_of(letter) in world.table.bound - here.indices.keys() - world.sizes:
            new_letter(name_of(letter), world, here)
    return choose(node, world, here)


def new_letter(letter: str, world: World, here: Statement) -> Index:
    """A free index. One that the document also shifts (``h_{t-1}``) has its stated range: the axis may be longer."""
    index = here.free_letter(letter, world.origin)
    if letter in world.letters.given:
        index.free, index.fixed = False, polynomial(letter)
        return index
    if any(step == letter for _, step in world.table.shifted) or not here.introduces and _is_part(letter, world, here):
        _in_its_range(index, world, here)
    return index


def _is_part(letter: str, world: World, here: Statement) -> bool:
    """Whether a formula states a range for a letter that leaves something out, ``1 < j < n``."""
    own = world.letters.own_range(letter, here.number)
    return own is not None and not (own[0] == s.Number(str(world.origin)) and isinstance(own[1], s.Symbol | s.Scripted))


def _in_its_range(index: Index, world: World, here: Statement) -> None:
    """As the document states it; else, of one that it shifts, from the first index on: h_0 is where ``h_t`` begins."""
    steps = any(letter == index.letter for _, letter in world.table.shifted)
    if not _as_stated(index, world, here) and steps:
        index.extent = family_extent(index.letter, world, here, here.number)


def _as_stated(index: Index, world: World, here: Statement) -> bool:
    """Give a free index the range that the document states: where it begins only if the formula itself says so, for a
    sum elsewhere may leave something out."""
    stated = world.letters.range_of_all(index.letter, here.number) or world.letters.range_for(index.letter, here.number)
    if stated is None:
        return False
    first = whole(stated[0], world, Statement())
    own = any(r[0] == here.number and r[1] == index.letter for r in world.letters.ranges)
    if own or first.is_constant and first.value < world.origin:
        index.start = first
    index.extent = world.extents.normal(whole(stated[1], world, Statement()) - index.start + 1)
    return True


def _unify(
    index: Index, extent: Polynomial, origin: int, world: World, here: Statement, head: str, members: bool
) -> None:
    """``members``: the axis is that of a family."""
    extent = world.extents.normal(extent)
    if index.fixed is not None:
        if index.letter in world.letters.given:
            within(index.fixed, extent + origin - 1, world)
        return
    if index.extent is None:
        index.extent, index.start = extent, polynomial(origin)
        stated = world.letters.range_for(index.letter, here.number) if members else None
        if stated is not None and whole(stated[0], world, Statement()) == origin:
            last = whole(stated[1], world, Statement())
            if _some_members(last - origin + 1, extent, world):
                index.extent = last - origin + 1
        return
    have = world.extents.normal(index.extent)
    last, end = have + index.start - 1, extent + origin - 1
    if last == end or (index.start == 1 and origin == 0) or _ends_within(last, end, world, here):
        return
    difference = have - extent
    if head in world.undeclared.stretched and head in world.undeclared.reaching:
        hold(head, 0, s.Symbol(index.letter), world, here)
        return
    alike = members or world.axis_sizes.isdisjoint(extent.names)  # the axis is as long as a range says
    if alike and index.start == origin and _some_members(have, extent, world):
        return
    if any(map(is_index, difference.names)):
        return  # where the range of one index depends on another is seen where both are known
    own = world.letters.own_range(index.letter, here.number)
    beyond = None if own is None else whole(own[1], world, Statement()) - end
    inside = beyond is None or beyond.is_constant and beyond.value <= 0
    claimed = index.free and not here.introduces and inside
    if difference.is_constant and (difference.value < 0 or claimed):
        return  # a shorter range inside the axis; of a claim that states none it is asked where it holds
    for side in (have, extent):
        name = side.as_atom()
        if name is not None and name not in world.axis_sizes and index.start == origin:
            world.extents.equate(polynomial(name), extent if side is have else have)
            return
    what, count = head or "what has it", show_extent(extent)
    said = f"index {index.letter} runs to {show_extent(last)}, but {what} has {count} entries there"
    raise IndexRangeError(said, head)


def _ends_within(last: Polynomial, end: Polynomial, world: World, here: Statement) -> bool:
    """Whether a range that ends at another index (``\\sum_{r=1}^{t}``) stays inside the axis. An outer letter that has
    no range yet goes as far as the axis allows."""
    outer = [index for index in here.indices.values() if index.fixed is None and index.variable in last.names]
    for index in outer:
        start, rest = index.start, last - polynomial(index.variable)
        if index.extent is None and index.free:
            _as_stated(index, world, here)
        if index.variable in rest.names or index.start != start:
            return False
        if index.extent is None:
            index.extent = end - rest + 1
        last = rest + index.extent - 1
    beyond = last - end
    return bool(outer) and beyond.is_constant and beyond.value <= 0


def _some_members(count: Polynomial, extent: Polynomial, world: World) -> bool:
    """Whether a range is of the first ``count`` members of a family: Σ_{k=1}^K beside u_1, …, u_V, two numbers to which
    indices run. Then there are as many."""
    ends = {count.as_atom(), extent.as_atom()}
    if len(ends) != 2 or not ends <= world.table.ends:
        return False
    world.assumed.learn(at_least(extent, count))
    return True
