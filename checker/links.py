"""Judging one link ``left = right``: shapes, then proof, then counterexample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Literal

from verify_derivations.checker.comparisons import Comparison, compare
from verify_derivations.checker.customary import NUMBER
from verify_derivations.checker.deciding import Effort, decide, only_where
from verify_derivations.checker.differentials import varied, varied_in
from verify_derivations.checker.failed import Failed
from verify_derivations.checker.given_indices import told_apart
from verify_derivations.checker.introduced import introduced_by_identity, introducing
from verify_derivations.checker.layer_sums import one_layer_more
from verify_derivations.checker.meaningless import is_of_values, without_meaning
from verify_derivations.checker.one_or_all import of_a_later_whole
from verify_derivations.checker.padding import with_zeros
from verify_derivations.checker.ranges import Outside, has_meaning_there, message, narrowed, out_of_range
from verify_derivations.checker.refuted import (
    RULE,
    Refuted,
    as_constant,
    directly,
    in_another_reading,
    is_of_one_step,
    is_rule,
    left_open,
)
from verify_derivations.checker.supposing import in_its_case
from verify_derivations.checker.undefined_losses import (
    as_told,
    at_the_end,
    by_later_ones,
    of_any_loss,
    of_one_step,
    through_others,
    unused,
    with_another_loss,
)
from verify_derivations.checker.unknown import (
    adjoints_of,
    amended,
    apart,
    defined_elsewhere,
    frozen_in,
    held_fast,
    held_fixed,
    names_of,
    reach,
    unmoved,
    unread,
    unread_relation,
    unsaid_slope,
    unshown,
    unstated,
    variables_in,
    whatever,
)
from verify_derivations.checker.valueless import valueless
from verify_derivations.checker.verdicts import Link, Verdict
from verify_derivations.checker.wording import condition_text
from verify_derivations.derivations.kernel import SideCondition
from verify_derivations.derivations.normal import Normalizer
from verify_derivations.derivations.terms import Beyond, scale
from verify_derivations.formulas import latex
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import Environment, adjoint_of
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    ONE,
    Access,
    Constraint,
    Maximum,
    Number,
    Polynomial,
    Scalar,
    children,
    heads,
    polynomial,
)
from verify_derivations.formulas.other_losses import not_written_out
from verify_derivations.formulas.polynomial import is_index
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.sizes import whole
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.tensors import ShapeError, Tensor, show
from verify_derivations.formulas.world import (
    Endless,
    IndexRangeError,
    Known,
    Statement,
    UndefinedSymbol,
    Unsupported,
    World,
)

NOT_OF_A_NET = "it is not so for any value of a sum over layers; whether it is for those of a net is not known"


HOW_MANY = ", and how many there are is not stated"


@dataclass
class Judged:
    link: Link
    comparison: Comparison | None = None
    environment: Environment | None = None
    conventions: frozenset[str] = frozenset()
    uses: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()
    left_value: Tensor | Slope | None = None


def judge_link(
    world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...], number: int, effort: Effort
) -> Judged:
    """The verdict on one equation, in the world that it stands in."""
    sides = (left, right)
    here = Statement(number, varied=varied(sides), varied_in=varied_in(sides), alone=world.differentiated.alone)
    if any(_is_remainder(node, world) for side in sides for node in s.walk(side)):
        return unjudged(left, right, Unsupported("what holds up to terms of some order is not judged"), here, world)
    introduced = introducing(world, sides, number)
    if isinstance(introduced, str):
        return unjudged(left, right, Unsupported(introduced), here, world)
    if introduced is not None:
        judged = judge_link(introduced.world, left, right, conditions, number, effort)
        if judged.link.verdict.wrong:
            alike = judge_link(introduced.alike, left, right, conditions, number, effort)
            # where nothing is refuted, as in trials of a convention, only a proof says that it may hold
            may_hold = alike.link.verdict in (Verdict.PROVED, Verdict.CONDITIONAL) or effort.refutation
            if may_hold and not alike.link.verdict.wrong:
                message = "it may hold where sizes are equal of which nothing is said; else it does not"
                link = replace(judged.link, verdict=Verdict.UNDECIDED, evidence="limit", message=message,
                               counterexample=None)  # fmt: skip
                judged = replace(judged, link=link)
        return replace(judged, remarks=(*judged.remarks, introduced.said))

    def judged_in(other: World) -> Judged:
        return judge_link(other, left, right, conditions, number, effort)

    def proved_in(other: World) -> Judged:
        return judge_link(other, left, right, conditions, number, effort.proofs_only)

    try:
        comparisons, value = compare(world, here, left, right, conditions)
    except DocumentError as error:
        if isinstance(error, UndefinedSymbol) and (elsewhere := unread(world, here, sides, number)) is not None:
            whatever_it_is = not (here.varied or here.varied_in) or apart(world, sides)
            identity = _as_identity(world, left, right, conditions, number, effort, error) if whatever_it_is else None
            if identity is not None:
                return identity
            error = Unsupported(elsewhere)
        if isinstance(error, Endless) and (of_a_step := directly(world, sides, judged_in, number)) is not None:
            return of_a_step
        if isinstance(error, ShapeError) and effort.refutation:  # of a product inside: of the layout nothing is said
            turned = str(error).startswith("the product")
            error = Unsupported(RULE) if is_rule(world, sides, number, proved_in, turned=turned) else error
        return (
            _as_identity(world, left, right, conditions, number, effort, error)
            or _with_a_number(world, left, right, conditions, number, effort, error)
            or unjudged(left, right, error, here, world)
        )
    environment = world.environment(here.losses[0] if here.losses else None)
    here.conventions |= {n for head in touched(comparisons[0], environment) for n in world.conventions_of.get(head, ())}
    rests = world, here, sides
    elsewhere = unread(*rests, number) or unread_relation(*rests, comparisons, environment)
    if elsewhere is not None:
        unknown = Link(to_latex(left), to_latex(right), Verdict.UNDECIDED, "notation", elsewhere)
        said = frozenset(here.conventions), frozenset(here.uses), tuple(here.remarks)
        failed = Judged(unknown, None, None, *said, value)
        if not all(whatever(*rests, c, environment) for c in comparisons):
            return failed
        effort = effort.proofs_only  # of what it is nothing else can be said
    constants = world.unknown.held | (set() if is_of_one_step(world, sides) else world.unknown.held_before)
    constant = held_fast(*rests, comparisons, environment, constants)
    if constant is not None and (fixed := as_constant(world, constant, judged_in, proved_in)) is not None:
        return fixed
    reason = None if constant is None else f"the text treats {constant} as a constant, and defines it"
    reason = reason or frozen_in(*rests, comparisons, environment)
    reason = reason or amended(*rests, comparisons, environment)
    reason = reason or defined_elsewhere(*rests, comparisons, environment)
    if reason is not None:
        return unjudged(left, right, Unsupported(reason), here, world)
    below = set[str]().union(*(reach(*rests, c, environment)[0] for c in comparisons if world.unknown.later_wholes))
    if (entries := of_a_later_whole(world, below, number)) is not None:
        if (given := proved_in(entries.as_given)).link.verdict is Verdict.PROVED:
            return replace(given, remarks=(*given.remarks, entries.remark))
        return unjudged(left, right, Unsupported(entries.doubt), here, world)
    lost = unmoved(world, comparisons[0], environment)
    if lost is not None:
        own = with_another_loss(world, comparisons[0], environment)
        if own is not None and (judged := judged_in(own)).link.verdict in of_any_loss(comparisons[0], environment):
            read = f"${environment.loss}$ is read as another loss than the one defined, which does not rest on ${lost}$"
            return replace(judged, remarks=(*judged.remarks, read))
        unsaid_of = Unsupported(f"how {environment.loss} depends on {lost} is not stated")
        return unjudged(left, right, unsaid_of, here, world)
    ends = {environment.loss for c in comparisons if adjoints_of(c, environment)}
    if (other := not_written_out(world, environment, filter(None, ends))) is not None:
        unsaid_of = Unsupported(f"{environment.loss} rests on {other}, of which nothing is known")
        return unjudged(left, right, unsaid_of, here, world)
    part = unsaid_slope(world, comparisons[0])
    if part is not None:
        return unjudged(left, right, Unsupported(f"how {part} depends on its variables is not stated"), here, world)
    best: Judged | None = None
    for comparison in comparisons:
        comparison = with_zeros(world, here, comparison, environment)
        outside, where = out_of_range(comparison, environment), ""
        if outside is not None:
            leaving = leaves_axis(outside, world, environment)
            unsaid_end = _summed_somewhere(world, sides)
            if unsaid_end is not None and comparison.free.keys().isdisjoint(outside.index.names):
                leaving = Unsupported(f"{leaving}, and to what {unsaid_end} runs is not stated")
            elif (unsaid := _running_anywhere(world, comparison, outside)) is not None:
                leaving = Unsupported(f"{leaving}, and to what {unsaid} runs is not stated")
            failed = unjudged(left, right, leaving, here, world)
            starts = {index.variable: index.start for index in here.indices.values() if index.free}
            inner = narrowed(comparison, environment, starts)
            if inner is None:
                return failed
            comparison, where = inner[0], _narrowing(inner[1], starts)
        variables = variables_in(world, left, right)
        link = decide(left, right, comparison, environment, effort, variables)
        if link.verdict in (Verdict.PROVED, Verdict.CONDITIONAL) and effort.verification:
            reason = valueless(environment, names_of(world, sides), comparison.left, comparison.right)
            link = link if reason is None else _unproved(link, reason)
        if where and link.verdict is Verdict.UNDECIDED:
            return failed
        if link.verdict is Verdict.REFUTED and not where:
            judge = partial(decide, left, right, effort=replace(effort.proofs_only, first=effort.condition),
                            variables=variables)  # fmt: skip
            link = told_apart(world, comparison, environment, link, judge, [i for i in here.indices.values() if i.free],
                             number)
        if link.verdict is Verdict.REFUTED:
            judge = partial(decide, left, right, effort=effort.unless_refuted, variables=variables)
            link = link if where else unused(world, comparison, environment, link, judge)
            link = as_told(world, comparison, environment, link, judge)
            link = at_the_end(world, comparison, environment, link, judge)
            link = by_later_ones(world, comparison, environment, link, judge, number)
            link = through_others(world, comparison, environment, link, judge)
            link = of_one_step(world, comparison, environment, link, judge)
        if link.verdict is Verdict.REFUTED:
            asked = Refuted(world, here, sides, comparison, proved_in)
            if (otherwise := in_another_reading(asked)) is not None:
                return otherwise
            link = left_open(asked, link)
        if link.verdict is Verdict.REFUTED and world.layers.sums:
            link = decide(left, right, comparison, one_layer_more(world, environment), effort, variables)
            if link.verdict is not Verdict.REFUTED:
                link = replace(link, verdict=Verdict.UNDECIDED, message=NOT_OF_A_NET, certificates=())
        if link.verdict is Verdict.REFUTED and (reason := unshown(world, comparison, environment, number)) is not None:
            link = replace(link, verdict=Verdict.UNDECIDED, evidence="notation", message=reason, counterexample=None)
        link = _off_ties(here.ties, only_where(where, link) if where else link, environment)
        supposed = sorted(adjoints_of(comparison, environment) & {*world.undeclared.shapes, *world.undeclared.widened})
        if elsewhere is not None:  # which may be of another shape than it seems
            supposed += unstated(world, comparison, environment)
        if supposed:  # of another shape of b, ∂L/∂b is something else
            shapes = {name: world.undeclared.shapes.get(name, world.known[name].shape) for name in supposed}
            link = only_where(", ".join(f"{name} \\in {_space(shape)}" for name, shape in shapes.items()), link)
        link = in_its_case(*rests, comparison, environment, link, effort)
        if signed := _taken_for_positive(world, sides, variables):
            link = only_where(", ".join(f"{name} > 0" for name in signed), link)
        remarks = tuple(dict.fromkeys(r for r in (*here.remarks, comparison.remark) if r))
        if effort.verification:
            link = replace(link, fixed=held_fixed(*rests, comparison, environment))
        judged = Judged(
            link, comparison, environment, frozenset(here.conventions), frozenset(here.uses), remarks, value
        )
        if best is None or link.verdict.rank > best.link.verdict.rank:
            best = judged
        if link.verdict in (Verdict.PROVED, Verdict.CHECKED, Verdict.CONDITIONAL):
            break
    assert best is not None
    return best if elsewhere is None or best.link.verdict in (Verdict.PROVED, Verdict.CONDITIONAL) else failed


def _is_remainder(node: s.Node, world: World) -> bool:
    """``\\mathcal{O}(\\epsilon^2)``, ``o(h)`` at the end of an expansion, where O is nothing else."""
    last = node.terms[-1] if isinstance(node, s.Sum) else None
    function = last.function if isinstance(last, s.Call) else None
    if isinstance(last, s.Product) and len(last.factors) == 2 and isinstance(last.factors[1], s.Group):
        function = last.factors[0]
    if not isinstance(function, s.Symbol) or function.name not in ("O", "o", "\\mathcal{O}"):
        return False
    return not world.is_defined(function.name) and function.name not in world.declarations


def _with_a_number(
    world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...], number: int, effort: Effort,
    error: DocumentError,
) -> Judged | None:  # fmt: skip
    """What holds whatever number a name stands for that nothing introduces, as λ in d(λw²/2)/dw = λw. (By such a name
    itself nothing is differentiated: what depends on it is not said.)"""
    name = error.name if isinstance(error, UndefinedSymbol) else None
    if name is None or not NUMBER.fullmatch(name) or name in world.table.applied or name in world.known:
        return None
    if name in world.differentiated.numerators or name in variables_in(world, left, right):
        return None
    supposing = world.fork()
    supposing.add(Known(name, (), ()))
    judged = judge_link(supposing, left, right, conditions, number, effort.proofs_only)
    if judged.link.verdict not in (Verdict.PROVED, Verdict.CONDITIONAL):
        return None
    return replace(judged, link=only_where(f"{name} \\in \\mathbb{{R}}", judged.link))


def _as_identity(
    world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...], number: int, effort: Effort,
    error: DocumentError,
) -> Judged | None:  # fmt: skip
    """What holds whatever the names stand for of which nothing is known, as ``(A B)^\\top = B^\\top A^\\top`` does."""
    if not isinstance(error, UndefinedSymbol) or not is_of_values(world, left, right):
        return None
    introduced = introduced_by_identity(world, (left, right), number)
    if introduced is None or isinstance(introduced, str):
        return None
    judged = judge_link(introduced.world, left, right, conditions, number, effort.proofs_only)
    if judged.link.verdict not in (Verdict.PROVED, Verdict.CONDITIONAL):
        return None
    return replace(judged, remarks=(*judged.remarks, introduced.said))


def _says_how_far(outside: Outside, world: World, environment: Environment) -> bool:
    """Whether a definition, or the range behind it, says where what it defines ends."""
    definition = environment.quantities.get(outside.access.head)
    at = definition.number if definition is not None and definition.number is not None else None
    if at is None:
        return True
    behind = [last for number, _, _, last in world.letters.ranges if number == at + 1]
    known = world.known.get(outside.access.head)
    place = outside.access.indices.index(outside.index)
    first = known.origins[place] if known is not None and place < len(known.origins) else world.origin
    ends = any(whole(last, world, Statement()) == outside.extent + first - 1 for last in behind)
    return ends or any(number == at for number, *_ in world.letters.ranges)


def leaves_axis(outside: Outside, world: World, environment: Environment, defined: str = "") -> DocumentError:
    """That an index leaves its axis, in the document's counting. It may be right where the document speaks of members
    beside those that it declares, ``b_{T+1}``, or of ``defined`` by a recursion does not say how that begins."""
    head = outside.access.head
    known = world.known.get((adjoint_of(head, environment.loss) if environment.loss is not None else None) or head)
    said = message(outside, environment, known.origins if known is not None else ())
    if outside.extent.names and all(n.startswith("N_{") and n not in world.sizes for n in outside.extent.names):
        return Unsupported(f"{said}{HOW_MANY}")
    spoken_of = world.sizes.union(*(fact.value.names for fact in world.assumed.facts))
    new = sorted(n for n in outside.index.names if len(n) == 1 and n not in spoken_of)
    if new:  # the j of x_{2j}, which nothing else mentions
        return Unsupported(f"the range of the index {new[0]} is not stated")
    beside = any(not isinstance(i, s.Symbol) for d in world.declarations.get(head, ()) for i in d.indices)
    if outside.extent.names & world.letters.without_range and head != defined:
        return Unsupported(f"{said}; how far that index runs is not stated")
    if not _says_how_far(outside, world, environment) and has_meaning_there(outside, environment):
        return Unsupported(f"{said}, and nothing says that {head} ends there")
    if beside or head in world.outside.beside or head == defined:
        return Unsupported(f"{said}; what {head} is there is not known")
    return IndexRangeError(said)


def _running_anywhere(world: World, comparison: Comparison, outside: Outside) -> str | None:
    """A free index in the one that leaves its axis of which nothing says to what it runs."""
    free = comparison.free.items()
    unsaid = [v for v, n in free if n.names and all(x.startswith("N_{") and x not in world.sizes for x in n.names)]
    found = sorted(outside.index.names & {*unsaid})
    return latex.index_names(found)[found[0]] if found else None


def _summed_somewhere(world: World, sides: tuple[s.Node, ...]) -> str | None:
    """A letter of a sum of which the document does not say to what it runs."""
    stated = {letter for number, letter, _, _ in world.letters.ranges if number}
    sums = (n.lower for side in sides for n in s.walk(side) if isinstance(n, s.BigOperator) and n.upper is None)
    return next((n.name for n in sums if isinstance(n, s.Symbol) and n.name not in stated), None)


def _narrowing(asked: tuple[Constraint, ...], starts: Mapping[str, Polynomial]) -> str:
    """Conditions on letters, each with its own first value."""
    names = latex.index_names(sorted({v for c in asked for v in c.value.names if is_index(v)}))
    shift = {v: polynomial(v) + 1 - starts[v] for v in names}
    texts = [latex.constraint_to_latex(Constraint(c.value.substitute(shift), c.relation), names) for c in asked]
    sides = [text.partition(">") for text in texts]  # T > t is written t < T
    written = (f"{b}<{a}" if b in names.values() else text for text, (a, _, b) in zip(texts, sides, strict=True))
    return ", ".join(dict.fromkeys(written))


SAY_NO_TIE = ("nonzero", "positive")  # conditions on a difference off which values do not tie


def _space(shape: Sequence[Polynomial]) -> str:
    extents = [n for n in shape if n != ONE] if tuple(shape[1:]) == (ONE,) else list(shape)
    return f"\\mathbb{{R}}^{{{show(extents)}}}" if extents else "\\mathbb{R}"


def _off_ties(ties: Iterable[Scalar], link: Link, environment: Environment) -> Link:
    """The verdict on a claim with derivatives that were worked out as it was read: they exist where nothing ties in
    what was differentiated. The proof of the claim, which has them written out, needs no such condition."""
    if link.verdict not in (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED):
        return link
    found = [_tie(tie, environment) for tie in ties]
    if None in found:
        return _unproved(link, "a derivative where values tie")
    said = dict.fromkeys(
        condition_text(SideCondition("no tie", tie), environment) for tie in found if tie and not any(
            condition_text(SideCondition(kind, tie), environment) in link.assumptions for kind in SAY_NO_TIE)
    )
    new = tuple(text for text in said if text not in link.assumptions)
    if not new:
        return link
    return replace(link, message=f"{link.message}; {', '.join(new)}", assumptions=(*link.assumptions, *new))


def _unproved(link: Link, reason: str) -> Link:
    return replace(link, verdict=Verdict.UNDECIDED, evidence="limit", message=reason, assumptions=(), proof=(),
                   certificates=())  # fmt: skip


def _tie(tie: Scalar, environment: Environment) -> Scalar | Literal[False] | None:
    """What is not zero off ties, up to a factor as the kernel says it; false where it never is zero, ``None`` where it
    always is."""
    if isinstance(tie, Maximum):
        return tie
    normalizer = Normalizer(environment)
    try:
        difference = normalizer.normal(tie)
        if not difference:
            return None
        if normalizer.sign(difference, normalizer.facts) is not None:
            return False
        return normalizer.scalar(scale(difference, 1 / difference[0].coefficient))
    except Beyond:
        return tie


# -- deciding ------------------------------------------------------------------------------------------------


def unjudged(left: s.Node, right: s.Node, error: DocumentError, here: Statement, world: World) -> Judged:
    """The verdict on an equation of which a side has no meaning."""
    link = without_meaning(Failed(world, here, left, right, error))
    return Judged(link, None, None, frozenset(here.conventions), frozenset(here.uses), tuple(here.remarks))


def _taken_for_positive(world: World, sides: tuple[s.Node, ...], variables: Iterable[str]) -> list[str]:
    """What a claim speaks of, or rests on and differentiates by what it is made of."""
    named, found = names_of(world, sides), world.undeclared.positive
    rests_on = world.below(named)
    is_open = any(name in world.losses() and not world.is_defined(name) for name in named)
    below = {name for name in found if (is_open or name in rests_on) and not world.below([name]).isdisjoint(variables)}
    return sorted(found & named | below)


# -- values of parameters ---------------------------------------------------------------------------------------
def parameter_values(left: Scalar, right: Scalar, parameters: frozenset[str]) -> dict[str, Fraction] | None:
    """Numbers for scalar parameters of ``left`` that make it ``right`` node by node: A·tanh(Bz) and 1.7·tanh(0.6z)."""
    values: dict[str, Fraction] = {}

    def unify(a: Scalar, b: Scalar) -> bool:
        if isinstance(a, Access) and a.head in parameters and not a.indices and isinstance(b, Number):
            return values.setdefault(a.head, b.value) == b.value
        x, y = children(a), children(b)
        if type(a) is not type(b) or len(x) != len(y) or not x:
            return a == b
        if isinstance(a, Number | Access):
            return a == b
        orders = [y] if len(y) != 2 else [y, y[::-1]]
        for order in orders:
            before = dict(values)
            if all(unify(p, q) for p, q in zip(x, order, strict=True)):
                return True
            values.clear()
            values.update(before)
        return False

    return values if unify(left, right) and values else None


def touched(c: Comparison, environment: Environment) -> frozenset[str]:
    """Quantities that a comparison is about: its heads, what they are adjoints of, and their consumers."""
    found: set[str] = set()
    for head in (*heads(c.left), *heads(c.right)):
        inner = adjoint_of(head, environment.loss) if environment.loss is not None else None
        found.add(inner or head)
        if inner is not None:
            found |= {q.head for q in environment.consumers(inner)}
    return frozenset(found)
