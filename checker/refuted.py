"""What a refuted equation may say otherwise than it is read: readings in which it holds, each a line of a table, and
what the document leaves unsaid, for which it is left open, each a line of another one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verify_derivations.checker.comparisons import Comparison
from verify_derivations.checker.deciding import only_where
from verify_derivations.checker.introduced import of_own_letters
from verify_derivations.checker.statements import contains_derivative, is_adjoint_name
from verify_derivations.checker.transposed_numbers import transposed_number
from verify_derivations.checker.unknown import names_of, slope_told, taken_at, two_values, unsaid
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.derivations.refute import Refuted as Refutation
from verify_derivations.derivations.refute import refute
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import adjoint_of, is_slope
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import NOUGHT, Bracket, contents, heads, walk
from verify_derivations.formulas.held_fixed import held_fixed
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.polynomial import Polynomial
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in, plain
from verify_derivations.formulas.sizes import layer_value
from verify_derivations.formulas.variations import SIGN
from verify_derivations.formulas.world import Statement, World

if TYPE_CHECKING:
    from verify_derivations.checker.links import Judged

HOLDS = (Verdict.PROVED, Verdict.CONDITIONAL)
RULE = "it does not hold of what its letters stand for here, but is a rule where they are its own"


@dataclass(frozen=True)
class Refuted:
    """An equation that values refute. ``judged_in`` another world it may be proved; it is not refuted again there."""

    world: World
    here: Statement
    sides: tuple[s.Node, s.Node]
    comparison: Comparison
    judged_in: Callable[[World], Judged]

    @property
    def number(self) -> int:
        return self.here.number


def in_another_reading(refuted: Refuted) -> Judged | None:
    """The judgement in the first reading in which an equation holds."""
    found = (read(refuted) for read in OTHER_READINGS)
    return next((judged for judged in found if judged is not None), None)


def left_open(refuted: Refuted, link: Link) -> Link:
    """The link, undecided for the first reason that there is."""
    reason = next((text for ask in REASONS if (text := ask(refuted)) is not None), None)
    if reason is None:
        return link
    return replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=reason, counterexample=None)


# -- readings ------------------------------------------------------------------------------------------------


def _with_others_held(refuted: Refuted) -> Judged | None:
    """What holds if nothing varies but what an equation has differentials of: under the condition that those of others
    are zero of which its section has them."""
    if not refuted.here.varied or refuted.here.alone:
        return None
    other = refuted.world.fork()
    other.differentiated.alone = True
    judged = refuted.judged_in(other)
    c, before = judged.comparison, refuted.comparison
    if judged.link.verdict not in HOLDS or c is None:
        return None
    others = {*heads(before.left), *heads(before.right)} - {*heads(c.left), *heads(c.right)}
    where = ", ".join(f"{name} = 0" for name in sorted(others) if name.startswith(SIGN))
    return replace(judged, link=only_where(where, judged.link)) if where else None


def _directly(refuted: Refuted) -> Judged | None:
    return directly(refuted.world, refuted.sides, refuted.judged_in)


def directly(
    world: World, sides: Sequence[s.Node], judged_in: Callable[[World], Judged], number: int | None = None
) -> Judged | None:
    """What holds if ``∂C_t/∂C_{t-1}`` of ``C_t = f_t ⊙ C_{t-1} + …``, and ``∂u/∂x`` of ``u = (x - μ)/s``, is taken with
    else held fixed (see :mod:`~verify_derivations.formulas.held_fixed`): under that condition. Told the ``number`` of
    the formula, also what is wrong then, and with all that moves of the step before."""
    held = _held_in(world, sides)
    if not held or world.applied.directly:
        return None
    judged = judged_in(_read(world, "held"))
    wrong = number is not None and judged.link.verdict is Verdict.REFUTED
    if wrong and not (is_of_one_step(world, sides) and _is_wrong_inside(judged_in(_read(world, "written out")))):
        return None
    if judged.link.verdict not in HOLDS and not wrong:
        return None
    said = f"{', '.join(held)} \\text{{ {'is' if len(held) == 1 else 'are'} held fixed}}"
    fixed = tuple(name for name in judged.link.fixed if name not in held)  # these are defined
    link = replace(judged.link, fixed=fixed)
    if number is not None and world.unknown.held_before.issuperset(held):
        return replace(judged, link=_as_said(link, said))
    return replace(judged, link=only_where(said, link))


def _is_wrong_inside(judged: Judged) -> bool:
    """Whether a claim is refuted, also but for the first steps, at which what is written out has another value."""
    c, environment = judged.comparison, judged.environment
    if not judged.link.verdict.wrong or c is None or environment is None:
        return judged.link.verdict.wrong
    brackets = (x for side in (c.left, c.right) for x in walk(side) if isinstance(x, Bracket))
    inside = [x for part in brackets for x in part.constraints if x.value.indices <= c.free.keys()]
    if not inside:
        return True
    return isinstance(refute(c.left, c.right, environment, c.free, (*c.facts, *inside)), Refutation)


def _held_in(world: World, sides: Sequence[s.Node]) -> list[str]:
    """The names of what derivatives may be meant to hold fixed that moves otherwise."""
    held: dict[str, None] = {}
    for top, below, node in _derivatives(world, sides):
        quantity = world.quantities.get(top.name) if top.layer is None else None
        if quantity is None or quantity.body is None or quantity.head in world.losses():
            continue
        lag = _lag(top, below, world)
        found = held_fixed(world, quantity.head, below.name, lag)
        if found is None:
            continue
        if lag is None and node.sign != "\\partial":
            return []  # du/dx is by all of x
        held |= dict.fromkeys(sorted(found.names))
    return sorted(held)


def _derivatives(world: World, sides: Sequence[s.Node]) -> Iterator[tuple[Reference, Reference, s.Derivative]]:
    """The first derivatives by one name, with both names."""
    for node in (x for side in sides for x in s.walk(side) if isinstance(x, s.Derivative)):
        if len(node.denominators) == 1 and node.order == 1:
            top, below = (world.table.reference(x) for x in (node.numerator, node.denominators[0]))
            if top is not None and below is not None:
                yield top, below, node


def _lag(top: Reference, below: Reference, world: World) -> Polynomial | None:
    """The step of what is below less that of what is above, where both are of steps."""
    steps = [layer_value(r.indices[0], world, Statement()) for r in (top, below) if r.indices]
    return steps[1] - steps[0] if len(steps) == 2 and steps[0] is not None and steps[1] is not None else None


def _read(world: World, how: str) -> World:
    other = world.fork()
    other.applied.directly = how
    return other


def is_of_one_step(world: World, sides: Sequence[s.Node]) -> bool:
    """Whether a claim is on ``∂h_{t+1}/∂h_t`` alone, and can be nothing else than the derivative of one step."""
    left, *others = sides
    return isinstance(left, s.Derivative) and not any(map(contains_derivative, others)) and all(
        _lag(top, below, world) in (0, -1) for top, below, _ in _derivatives(world, (left,)))  # fmt: skip


def as_constant(
    world: World, name: str, judged_in: Callable[[World], Judged], proved_in: Callable[[World], Judged]
) -> Judged | None:
    """What holds of a quantity that the text treats as a constant, though it defines it: whatever its value, or with
    that which it has. What holds neither so nor where it moves is wrong."""
    quantity = world.quantities.get(name)
    if quantity is None or quantity.body is None:
        return None
    said = f"{name} \\text{{ is held fixed}}"
    moving, other, fixed = world.fork(), world.fork(), world.fork()
    for each in (moving, other, fixed):
        each.unknown.held.discard(name)
        each.unknown.held_before.discard(name)
    other.quantities[name] = replace(quantity, body=None)
    judged = proved_in(other)
    if judged.link.verdict is Verdict.PROVED:
        return replace(judged, link=_as_said(judged.link, said))
    fixed.applied.constants |= {name}
    judged = judged_in(fixed)
    if (c := judged.comparison) is None or any(map(is_slope, (*heads(c.left), *heads(c.right)))):
        return None
    wrong = judged.link.verdict is Verdict.REFUTED and judged_in(moving).link.verdict.wrong
    return replace(judged, link=_as_said(judged.link, said)) if wrong or judged.link.verdict in HOLDS else None


def _as_said(link: Link, said: str) -> Link:
    """A verdict under what the text says."""
    return replace(link, message=f"{link.message}, where {said}, as the text says",
                   assumptions=(*link.assumptions, said))  # fmt: skip


def _with_slots(refuted: Refuted) -> Judged | None:
    """What holds if ``∂f/∂x`` of ``f(x, y)`` holds a y fixed that is made of x, as the sign says."""
    if not refuted.here.by_slot or refuted.world.applied.by_slot:
        return None
    other = refuted.world.fork()
    other.applied.by_slot = True
    judged = refuted.judged_in(other)
    if judged.link.verdict not in HOLDS:
        return None
    slopes = sorted(refuted.here.by_slot)
    said = (f"${slope}$ is read with the other variables of the function held fixed" for slope in slopes)
    return replace(judged, remarks=(*judged.remarks, *said))


OTHER_READINGS: tuple[Callable[[Refuted], Judged | None], ...] = (_with_others_held, _directly, _with_slots)


# -- reasons -------------------------------------------------------------------------------------------------


def _of_one_step(refuted: Refuted) -> str | None:
    """The ``c_{t-1}`` by which a loss is differentiated that is of one step only, as the text says."""
    left, world = refuted.sides[0], refuted.world
    below = left.denominators if isinstance(left, s.Derivative) else ()
    references = (world.table.reference(x) for x in below if isinstance(x, s.Scripted) and isinstance(x.sub, s.Sum))
    name = next((r.name for r in references if r is not None and r.name in world.unsaid.through), None)
    said = f"whether {name} also moves the loss of one step by other ways than this one is not said"
    return None if name is None else said


def _made_of_others(refuted: Refuted) -> str | None:
    """What is said of a name that is made of other parameters than where it is defined, ``\\hat{y} = σ(θ^\\top x)``
    beside ``\\hat{y} = σ(w^\\top x + b)``: that is another model."""
    world, (left, right) = refuted.world, refuted.sides
    reference = world.table.reference(left) if isinstance(left, s.Symbol | s.Scripted) else None
    if reference is None or not world.is_defined(reference.name) or contains_derivative(right):
        return None
    here, there = (
        {name for name in world.below(names) if name in world.known and not world.is_defined(name)}
        for names in (names_of(world, (right,)), (reference.name,))
    )
    parameters = world.differentiated.denominators
    if here <= there or there.isdisjoint(parameters) or not (here & there).isdisjoint(parameters):
        return None
    return f"{reference.name} is defined in another way, of {', '.join(sorted(there & parameters))}"


def _one_of_many(refuted: Refuted) -> str | None:
    many = all_vectors(*refuted.sides, refuted.world)
    return None if many is None else f"whether {many} is one of those with an index or all is not said"


def all_vectors(left: s.Node, right: s.Node, world: World) -> str | None:
    """The x of ``f(x, z) = \\|x - z\\|²`` beside vectors ``x_1, …, x_n \\in R^d``: any vector, perhaps, not all of
    these, where a claim does not speak of their members."""
    named = mentioned(left, right, world)
    members = {r.name for r in named if r.indices}
    arguments = (base_of(x) for r in named for x in world.applied.arguments.get(r.name, ()) if isinstance(x, s.Symbol))
    families = (x for x in arguments if x is not None and x in world.known and world.known[x].family)
    return min((x for x in families if world.known[x].shape and x not in members), default=None)


def mentioned(left: s.Node, right: s.Node, world: World) -> list[Reference]:
    references = (world.table.reference(node) for side in (left, right) for node in names_in(side))
    return [r for r in references if r is not None]


def heads_of(world: World, side: s.Node) -> set[str]:
    """What is known of the names on a side, each in its layer."""
    named = mentioned(side, side, world)
    layers = ((r.name, None if r.layer is None else layer_value(r.layer, world, Statement())) for r in named)
    found = {world.head(*each) for each in layers} | names_of(world, (side,))
    return found & {*world.known, *world.functions}


def _is_rule(refuted: Refuted) -> str | None:
    return RULE if is_rule(refuted.world, refuted.sides, refuted.number, refuted.judged_in) else None


def is_rule(
    world: World, sides: Sequence[s.Node], number: int, judged_in: Callable[[World], Judged], *, turned: bool = False
) -> bool:  # fmt: skip
    """Whether a claim holds whatever its letters stand for, none of which depends on another; ``turned``: or where
    gradients are rows instead of columns, as far as is known."""
    rule = of_own_letters(world, sides, number)
    if rule is None:
        return False
    transposed = rule.world.fork()
    transposed.readings = world.readings.but(gradient="column" if world.readings.gradient == "row" else "row")
    readings = (rule.world, transposed) if turned else (rule.world,)
    return any(judged_in(other).link.verdict is Verdict.PROVED for other in readings)


def _slope_told(refuted: Refuted) -> str | None:
    return slope_told(refuted.world, refuted.sides, refuted.number)


def _two_values(refuted: Refuted) -> str | None:
    return two_values(refuted.world, refuted.comparison)


def _to_be_solved(refuted: Refuted) -> str | None:
    """``z = W z + U x`` of a z that no equation defines: it says what z is, and claims nothing."""
    left, right = refuted.sides
    reference = refuted.world.table.reference(left) if isinstance(left, s.Symbol | s.Scripted) else None
    world = refuted.world
    if reference is None or world.is_defined(reference.name) or reference.name in world.aliases:
        return None
    again = not contains_derivative(right) and any(plain(x) == plain(left) for x in names_in(right))
    return f"the equation says what {reference.name} is, and is not solved" if again else None


def states_derivatives(world: World, sides: Sequence[s.Node]) -> bool:
    """Whether derivatives stand on the sides, or what is a name of one."""
    nodes = [x for side in sides for x in s.walk(side)]
    called = [x.function for x in nodes if isinstance(x, s.Call)]  # α_i' is another α_i, f' and f_i'(x) are slopes
    primed = any(isinstance(x, s.Scripted) and x.primes and (x.sub is None or x in called) for x in nodes)
    names = names_of(world, sides)
    named = any(world.table.variable_of(name) is not None or name in world.aliases for name in names)
    return primed or named or any(map(contains_derivative, sides)) or any(
        is_adjoint_name(side, world.table) for side in sides
    )


def _averaged(refuted: Refuted) -> str | None:
    """``dW = \\frac{1}{m} dZ A^\\top`` with names for gradients by custom, and a number m that is no size of what
    stands there: dZ may stand for the gradients of single examples, and m be how many there are."""
    world = refuted.world
    references = (world.table.reference(name) for side in refuted.sides for name in names_in(side))
    aliases = [a for r in references if r is not None for a in world.aliases.get(r.name, ()) if a.custom]
    if not aliases or any(a.examples is not None for a in aliases):
        return None
    nodes = [node for side in refuted.sides for node in s.walk(side)]
    below = {node.denominator for node in nodes if isinstance(node, s.Fraction)}
    numbers = {x.name for x in below if isinstance(x, s.Symbol) and not world.is_defined(x.name)}
    there = {*heads(refuted.comparison.left), *heads(refuted.comparison.right)}
    there |= {x for head in there if world.loss and (x := adjoint_of(head, world.loss)) is not None}
    sizes = set[str]().union(*(n.names for head in there if head in world.known for n in world.known[head].extents))
    free = sorted(numbers - sizes)
    return f"whether {free[0]} is the number of examples, of which gradients are shown, is not said" if free else None


def _transposed_number(refuted: Refuted) -> str | None:
    head = transposed_number(refuted.world, refuted.sides)
    return None if head is None else f"{head} is read as a number, and transposed: its shape is stated nowhere"


def _slope_of_a_leaf(refuted: Refuted) -> str | None:
    """The ``∂p/∂z`` of a p that nothing defines nor declares: it is zero where p does not depend on z, and whoever
    writes it down says that it does."""
    world = refuted.world
    for node in (x for side in refuted.sides for x in s.walk(side) if isinstance(x, s.Derivative)):
        top, *below = map(world.table.reference, (node.numerator, *node.denominators))
        if top is None or top.name not in world.known or top.name in world.losses() or world.is_defined(top.name):
            continue
        if top.layer is None and top.name not in world.declared | world.functions.keys() and not any(
            r is None or r.name == top.name for r in below
        ) and _is_zero(node, refuted):
            return f"how {top.name} depends on {to_latex(node.denominators[0])} is not stated"
    return None


def _is_zero(node: s.Node, refuted: Refuted) -> bool:
    """As it is read; that of a loss of which only the sum is given, ``E = \\sum_t E_t``, is not known."""
    try:
        return Elaborator(refuted.world.fork(), Statement(refuted.number)).tensor(node).body == NOUGHT
    except DocumentError:
        return False


def _layer_or_power(refuted: Refuted) -> str | None:
    return layer_or_power(refuted.world, refuted.sides)


def layer_or_power(world: World, sides: Sequence[s.Node]) -> str | None:
    """The l of ``b^l`` beside ``a^{l-1}``, a layer there, and a power of b as that is read."""
    nodes = [x for side in sides for x in names_in(side) if isinstance(x, s.Scripted) and x.sup is not None]
    known = [(x, r) for x in nodes if (r := world.table.reference(x)) is not None]
    layers = {y.name for _, r in known if r.layer is not None for y in s.walk(r.layer) if isinstance(y, s.Symbol)}
    for x, r in known:
        power = {y.name for y in s.walk(r.power) if isinstance(y, s.Symbol)} if r.power is not None else set[str]()
        if not power.isdisjoint(layers):
            return f"whether {min(power & layers)} is a layer in {to_latex(x)}, or a power, is not said"
    return None


def _of_an_operator(refuted: Refuted) -> str | None:
    return operator(refuted.world, refuted.sides)


def operator(world: World, sides: Sequence[s.Node]) -> str | None:
    """The D of ``df/dx = D f(x) = D_x f``, which nothing declares, and of ``Df(x)``: it differentiates."""
    known = (world.declarations, world.known, world.aliases)
    if not states_derivatives(world, sides) or any("D" in names for names in known):
        return None
    nodes = [x for side in sides for x in s.walk(side)]
    found = any(base_of(x) == "D" for node in nodes if isinstance(node, s.Product) for x in node.factors[:-1])
    called = {base_of(x.function) for x in nodes if isinstance(x, s.Call)}
    found |= any(f"D{name}" in called for name in called | world.functions.keys())
    return "whether D differentiates is not said" if found else None


def _entries_of_a_matrix(refuted: Refuted) -> str | None:
    """The ``b_{ij}`` of which nothing is said beside ``B = Z^\\top Z``."""
    world = refuted.world
    for r in mentioned(*refuted.sides, world):
        capital = r.name.upper()
        matrix = world.is_defined(capital) and len(world.known[capital].extents) == 2
        if len(r.indices) == 2 and capital != r.name and matrix and not world.is_defined(r.name):
            return f"whether {r.name} has the entries of {capital} is not said"
    return None


def _of_a_counter(refuted: Refuted) -> str | None:
    """``t = τ - 1`` of a t that counts: it says which."""
    left, right = refuted.sides
    counts = isinstance(left, s.Symbol) and left.name in refuted.world.table.bound
    return f"it says which {to_latex(left)} is meant" if counts and not contains_derivative(right) else None


def _may_list(refuted: Refuted) -> str | None:
    """``[a \\ \\ b]^\\top``: a list without commas."""
    for node in (x for side in refuted.sides for x in s.walk(side) if isinstance(x, s.Scripted)):
        inner = node.base.body if isinstance(node.base, s.Group) and node.base.kind == "[" else None
        if node.sup is not None and is_transpose(node.sup) and isinstance(inner, s.Product | s.Sum):
            return f"whether {to_latex(node)} lists entries is not said"
    return None


def _guessed(refuted: Refuted) -> str | None:
    """What is read as a matrix beside one, and may be a column, in an equation of values."""
    if states_derivatives(refuted.world, refuted.sides):
        return None
    shapes = refuted.world.undeclared
    found = names_of(refuted.world, refuted.sides) & shapes.widened - refuted.world.declared
    return f"{min(found)} is read as a matrix: its shape is stated nowhere" if found else None


def _taken_elsewhere(refuted: Refuted) -> str | None:
    function = taken_at(refuted.world, refuted.here, refuted.sides)
    return unsaid(function) if function else None


def _of_an_inner_variable(refuted: Refuted) -> str | None:
    """``h'(x) = 3 df/du`` of h(x) = f(3x + 1): the u of f may stand for what f is applied to there."""
    world = refuted.world
    nodes = [node for side in refuted.sides for node in s.walk(side)]
    calls = (node.function for node in nodes if isinstance(node, s.Call))
    applied = {base_of(function) for function in calls} & world.functions.keys()
    tops = {base_of(n.numerator) for n in nodes if isinstance(n, s.Derivative)}
    for inner in sorted((tops | applied) & world.functions.keys(), key=str):
        own = {*world.applied.parameters.get(inner or "", ())}
        present = own & {*heads(refuted.comparison.left), *heads(refuted.comparison.right)}
        present = {name for name in present if not world.is_defined(name)}
        for outer in applied - {inner}:
            others = {*world.applied.parameters.get(outer or "", ())}
            if present - others and inner in world.below((outer or "",)):
                return f"what {min(present - others)} is, of which {inner} is a function, is not said beside {outer}"
    return None


def _also_a_size(refuted: Refuted) -> str | None:
    """The k of ``k = \\sum_i x_i`` beside ``j = 1, …, k`` in another section; not ``k_t``."""
    world = refuted.world
    alone = {r.name for r in mentioned(*refuted.sides, world) if not r.indices}
    both = (x for x in alone if x in world.sizes and world.is_defined(x))
    name = min(both, default=None)
    return None if name is None else f"{name} is a size, and defined, too: which of them it is here is not said"


def _of_a_passing_size(refuted: Refuted) -> str | None:
    return passing_size(refuted.world, refuted.sides, (*refuted.comparison.free.values(),), refuted.number)


def passing_size(
    world: World, sides: tuple[s.Node, s.Node], extents: Sequence[Polynomial], number: int
) -> str | None:  # fmt: skip
    """A claim behind “now let $n = 2$”, of what has the size n: it may be one of that n only."""
    if not world.unknown.passing:
        return None
    below = world.below({r.name for r in mentioned(*sides, world)})
    known = [extent for name in below & world.known.keys() for extent in world.known[name].extents]
    sizes = {name for extent in (*known, *extents) for name in extent.names}
    bodies = (q.body for name in below if (q := world.quantities.get(name)) is not None and q.body is not None)
    sizes |= {name for body in bodies for name in contents(body).sizes}
    sizes |= {x.name for side in sides for x in s.walk(side) if isinstance(x, s.Symbol)}
    told = {name: k for name, k in world.unknown.passing.items() if name in sizes and k < number}
    name = min(told, default=None)
    return None if name is None else f"whether {name} is the one of formula {told[name]} is not said"


REASONS: tuple[Callable[[Refuted], str | None], ...] = (
    _of_one_step, _made_of_others, _one_of_many, _is_rule, _slope_told, _two_values, _taken_elsewhere,
    _of_an_inner_variable, _also_a_size, _to_be_solved, _transposed_number,
    _slope_of_a_leaf, _layer_or_power, _of_an_operator, _entries_of_a_matrix,
    _of_a_counter, _may_list, _of_a_passing_size, _guessed, _averaged,
)  # fmt: skip
