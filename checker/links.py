"""Judging one link ``left = right``: shapes, then proof, then counterexample."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Literal

from verify_derivations.checker.comparisons import Comparison, compare
from verify_derivations.checker.customary import NUMBER
from verify_derivations.checker.deciding import Effort, decide, only_where
from verify_derivations.checker.differentials import varied, varied_in
from verify_derivations.checker.functions import function_name, functions_in
from verify_derivations.checker.given_indices import told_apart
from verify_derivations.checker.introduced import introduced_by_identity, introducing, written_out
from verify_derivations.checker.layer_sums import one_layer_more
from verify_derivations.checker.padding import with_zeros
from verify_derivations.checker.ranges import Outside, message, narrowed, out_of_range
from verify_derivations.checker.refuted import (
    RULE,
    Refuted,
    all_vectors,
    directly,
    in_another_reading,
    is_rule,
    left_open,
    mentioned,
)
from verify_derivations.checker.statements import is_adjoint_name, is_derivative
from verify_derivations.checker.supposing import in_its_case
from verify_derivations.checker.undefined_losses import (
    as_told,
    at_the_end,
    by_later_ones,
    of_one_step,
    through_others,
    unused,
)
from verify_derivations.checker.unknown import (
    adjoints_of,
    amended,
    beside,
    defined_elsewhere,
    held_fast,
    held_fixed,
    names_of,
    shapeless,
    spoken_of_elsewhere,
    taken_at,
    unmoved,
    unread,
    unread_relation,
    unsaid,
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
from verify_derivations.formulas.elaborate import Elaborator
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
from verify_derivations.formulas.names import Reference
from verify_derivations.formulas.other_losses import not_written_out
from verify_derivations.formulas.polynomial import is_index
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.ranks import UNITS, quantities_of
from verify_derivations.formulas.scripts import base_of, is_transpose, names_in
from verify_derivations.formulas.sizes import layer_value
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.symbols import LOSSES
from verify_derivations.formulas.tensors import ShapeError, Tensor, show
from verify_derivations.formulas.world import (
    ChainError,
    Endless,
    IndexRangeError,
    Known,
    OverlappingRows,
    Statement,
    UndefinedFunction,
    UndefinedSymbol,
    Unsupported,
    World,
)

NOT_OF_A_NET = "it is not so for any value of a sum over layers; whether it is for those of a net is not known"
CLASH = "clash"
"""Among the conventions of an equation whose shapes do not fit as it is read."""


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

    def proved_in(other: World) -> Judged:
        return judge_link(other, left, right, conditions, number, effort.proofs_only)

    try:
        comparisons, value = compare(world, here, left, right, conditions)
    except DocumentError as error:
        if isinstance(error, UndefinedSymbol) and (elsewhere := unread(world, here, sides, number)) is not None:
            error = Unsupported(elsewhere)
        if isinstance(error, Endless) and (of_a_step := directly(world, sides, proved_in)) is not None:
            return of_a_step
        if isinstance(error, ShapeError) and effort.refutation and is_rule(world, sides, number, proved_in):
            error = Unsupported(RULE)
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
    held = held_fast(*rests, comparisons, environment) or amended(*rests, comparisons, environment)
    held = held or defined_elsewhere(*rests, comparisons, environment)
    if held is not None:
        return unjudged(left, right, Unsupported(held), here, world)
    lost = unmoved(world, comparisons[0], environment)
    if lost is not None:
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
            judge = partial(decide, left, right, effort=replace(effort.proofs_only, first=effort.proof),
                            variables=variables)  # fmt: skip
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
    if not isinstance(error, UndefinedSymbol) or not _is_of_values(world, left, right):
        return None
    introduced = introduced_by_identity(world, (left, right), number)
    if introduced is None or isinstance(introduced, str):
        return None
    judged = judge_link(introduced.world, left, right, conditions, number, effort.proofs_only)
    if judged.link.verdict not in (Verdict.PROVED, Verdict.CONDITIONAL):
        return None
    return replace(judged, remarks=(*judged.remarks, introduced.said))


def _is_of_values(world: World, left: s.Node, right: s.Node) -> bool:
    """Whether an equation is of values, and neither defines a name nor says anything of one that is defined."""
    name = left.function if isinstance(left, s.Call) and function_name(left.function) in world.functions else left
    if isinstance(name, s.Symbol | s.Scripted) and world.table.reference(name) is not None:
        return False
    sides = (left, right)
    slopes = any(map(is_derivative, (node for side in sides for node in s.walk(side))))
    return not _has_primes(*sides) and not slopes and not any(is_adjoint_name(x, world.table) for x in sides)


def _of_function(left: s.Node) -> bool:
    """Whether what an equation says is a derivative of a function, ``f'(z)``."""
    function = left.function if isinstance(left, s.Call) else None
    return isinstance(function, s.Scripted) and bool(function.primes) and function.sub is None


def _is_differential(error: UndefinedSymbol) -> bool:
    """``dL``, which is no value."""
    return error.name is not None and len(error.name) == 2 and error.name[0] == "d"


def _has_primes(*sides: s.Node) -> bool:
    return any(isinstance(node, s.Scripted) and bool(node.primes) for side in sides for node in s.walk(side))


def leaves_axis(outside: Outside, world: World, environment: Environment, defined: str = "") -> DocumentError:
    """That an index leaves its axis, in the document's counting. It may be right where the document speaks of members
    beside those that it declares, ``b_{T+1}``, or of ``defined`` by a recursion does not say how that begins."""
    head = outside.access.head
    known = world.known.get((adjoint_of(head, environment.loss) if environment.loss is not None else None) or head)
    said = message(outside, environment, known.origins if known is not None else ())
    if outside.extent.names and all(n.startswith("N_{") and n not in world.sizes for n in outside.extent.names):
        return Unsupported(f"{said}, and how many there are is not stated")
    beside = any(not isinstance(i, s.Symbol) for d in world.declarations.get(head, ()) for i in d.indices)
    if outside.extent.names & world.letters.without_range and head != defined:
        return Unsupported(f"{said}; how far that index runs is not stated")
    if beside or head in world.outside.beside or head == defined:
        return Unsupported(f"{said}; what {head} is there is not known")
    return IndexRangeError(said)


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
    link = Link(to_latex(left), to_latex(right), Verdict.UNDECIDED, "notation", str(error))
    if isinstance(error, UndefinedSymbol) and error.name in world.unknown.spoken:
        link = replace(link, evidence="symbol", message=f"what {error.name} stands for, only words say")
    elif isinstance(error, UndefinedSymbol) and error.name in world.unknown.in_steps:
        link = replace(link, evidence="symbol", message=f"{error}: only a step of an algorithm says what it is")
    elif isinstance(error, UndefinedSymbol) and (other := spoken_of_elsewhere(world, error.name)) is not None:
        link = replace(link, evidence="symbol", message=f"{error}, and {other}")
    elif isinstance(error, UndefinedSymbol) and _is_written_out(error.name, (left, right), world):
        link = replace(link, evidence="symbol", message=f"{error}: what it is where it is differentiated is not stated")
    elif isinstance(error, UndefinedFunction) and _of_function(left):  # f' = f (1 - f), of an f in words
        link = replace(link, evidence="symbol", message=f"{error}: of which it is the derivative nothing is stated")
    elif isinstance(error, UndefinedSymbol) and (other := beside(world, error, here)) is not None:
        link = replace(link, evidence="symbol", message=other)
    elif isinstance(error, UndefinedSymbol) and not _is_differential(error) and _is_of_values(world, left, right):
        link = replace(link, evidence="symbol", message=f"{error}: the equation may say what it is")
    elif isinstance(error, UndefinedSymbol | ShapeError) and (new := _changed(left, right, world, here)) is not None:
        link = replace(link, message=f"{error}, and what the text says of {new} is not read")
    elif isinstance(error, UndefinedSymbol) and (whole := _may_have_entries(error, world)) is not None:
        said = f"{error}: whether it is an entry of {whole}, which nothing declares, is not said"
        link = replace(link, evidence="symbol", message=said)
    elif isinstance(error, UndefinedSymbol) and (number := world.unknown.inside.get(error.base or "")) is not None:
        link = replace(link, evidence="symbol", message=f"{error}: it stands in formula {number}, which has no meaning")
    elif isinstance(error, UndefinedSymbol) and (other := _undefined_beside(error, left, right, world)) is not None:
        link = replace(link, evidence="symbol", message=f"{error}, nor is {other}")
    elif isinstance(error, UndefinedSymbol):
        link = replace(link, verdict=Verdict.ILL_FORMED, evidence="symbol")
    elif isinstance(error, ChainError):
        link = replace(link, verdict=Verdict.ILL_FORMED, evidence="chain")
    elif isinstance(error, IndexRangeError | ShapeError) and (late := _declared_later(left, right, world, here)):
        link = replace(link, message=f"{error}; {late} is declared further on, perhaps another {late}")
    elif isinstance(error, IndexRangeError | ShapeError) and (twice := _declared_twice(left, right, world)):
        link = replace(link, message=f"{error}; {twice} is declared in two ways, perhaps of two quantities")
    elif isinstance(error, IndexRangeError) and (steps := _rests_on(mentioned(left, right, world), world)
                                                 & world.unknown.stepped):  # fmt: skip
        link = replace(link, message=f"{error}; {min(steps)} has a next value, and where that ends is not stated")
    elif isinstance(error, IndexRangeError) and (size := _named_like_a_size(left, right, world)) is not None:
        link = replace(link, message=f"{error}; {size} is a size, too")
    elif isinstance(error, IndexRangeError):
        link = replace(link, verdict=Verdict.ILL_FORMED, evidence="index")
    elif isinstance(error, ShapeError) and (taken := taken_at(world, here, (left, right))) is not None:
        link = replace(link, message=unsaid(taken))
    elif isinstance(error, ShapeError) and (unclear := functions_in((left, right)) & world.applied.unclear):
        said = f"{error}, if {min(unclear)} is taken of each entry: what its values are is not said"
        link = replace(link, message=said)
    elif isinstance(error, ShapeError) and (shared := _variable_of_several(left, right, world)) is not None:
        said = f"{error}; {shared} is a variable of several functions, and declared nowhere: perhaps not the same"
        link = replace(link, message=said)
    elif isinstance(error, ShapeError) and (member := _one_or_all(left, right, world, error)) is not None:
        link = replace(link, message=f"{error}; whether {member} is one of those with an index or all is not said")
    elif isinstance(error, ShapeError) and (size := _is_a_size(left, right, world)) is not None:
        link = replace(link, message=f"{error}; {size} is a size, too")
    elif isinstance(error, ShapeError) and (new := shapeless(world, (left, right), here.number)) is not None:
        link = replace(link, message=f"{error}; the shape of {new} is not known, as its definition has no meaning")
    elif isinstance(error, ShapeError):
        guessed = _guessed(left, right, world)
        shapes = world.undeclared
        matrices = shapes.widened | shapes.doubtful
        kind = "a number" if guessed in shapes.guessed else "a matrix" if guessed in matrices else "a column"
        said = f"{error}, if {guessed} is {kind}: its shape is stated nowhere"
        link = replace(link, message=said) if guessed else replace(link, verdict=Verdict.ILL_FORMED, evidence="shape")
        here.conventions.add(CLASH)
    elif isinstance(error, OverlappingRows):
        link = replace(link, verdict=Verdict.ILL_FORMED, evidence="cases")
    return Judged(link, None, None, frozenset(here.conventions), frozenset(here.uses), tuple(here.remarks))


def _changed(left: s.Node, right: s.Node, world: World, here: Statement) -> str | None:
    r"""What a side rests on, or differentiates, and the text changes up to here: the z of ``z \leftarrow z + b``, in
    which the b is new; the new z may have another shape."""
    told = {name for name, number in world.unknown.amended.items() if number <= here.number}
    return min(told & _rests_on(mentioned(left, right, world), world), default=None) if told else None


def _may_have_entries(error: UndefinedSymbol, world: World) -> str | None:
    """The y of ``y_1`` and the x of ``x_j^{(i)}``, of which nothing but the definitions says that it is no number."""
    whole = re.split(r"[_^]", error.base or "", maxsplit=1)[0]
    known = world.known.get(whole) if whole != error.base else None
    return None if known is None or not (known.shape or known.family) or whole in world.declared else whole


def _undefined_beside(error: UndefinedSymbol, left: s.Node, right: s.Node, world: World) -> str | None:
    """Another name in an equation of which the document says nothing: it leaves some to its readers then, and a slip of
    the pen is one name among others that are known."""
    table, said = world.table, {*world.known, *world.declared_names(), *world.sizes, *world.functions, *world.losses()}
    bases = {re.split(r"[_^]", name, maxsplit=1)[0] for name in said} | table.bound | table.ends | world.unknown.spoken
    scripts = (n.sub for side in (left, right) for n in s.walk(side) if isinstance(n, s.Scripted) and n.sub is not None)
    bases |= {x.name for script in scripts for x in s.walk(script) if isinstance(x, s.Symbol)}  # indices
    bases |= {*UNITS, "\\delta"}  # δ is customary for derivatives
    own = re.split(r"[_^]", error.base or error.name or "", maxsplit=1)[0]
    for node in (n for side in (left, right) for n in quantities_of(side, table) if own and not is_transpose(n)):
        reference = table.reference(node)
        if reference is None or reference.primes:
            continue
        base = re.split(r"[_^]", table.variable_of(reference.name) or reference.name, maxsplit=1)[0]
        if base != own and base not in bases:
            return to_latex(node)
    return None


def _is_written_out(name: str | None, sides: tuple[s.Node, ...], world: World) -> bool:
    """Whether a name stands in an expression that is differentiated. Of a member, ``x_i``, the name is not known."""
    names = (n for top in written_out(world, sides) for n in names_in(top))
    found = {r.name for r in map(world.table.reference, names) if r is not None}
    return name in found or name is None and bool(found)


def _taken_for_positive(world: World, sides: tuple[s.Node, ...], variables: Iterable[str]) -> list[str]:
    """What a claim speaks of, or differentiates by what it is made of."""
    named, found = names_of(world, sides), world.undeclared.positive
    return sorted(name for name in found if name in named or not world.below([name]).isdisjoint(variables))


def _rests_on(names: Sequence[Reference], world: World) -> set[str]:
    layers = ((name, None if r.layer is None else layer_value(r.layer, world, Statement()))
              for r in names for name in (r.name, world.table.variable_of(r.name) or r.name))  # fmt: skip
    return world.below(world.head(*each) for each in layers)


def _declared_later(left: s.Node, right: s.Node, world: World, here: Statement) -> str | None:
    """What only a formula behind this one declares, and on which a side rests: the y of ``‖y - K a‖²`` need not be that
    of ``k(x, y)`` with y ∈ R^d."""
    below = _rests_on(mentioned(left, right, world), world)
    stated = {name: [d.number for d in world.declarations.get(name, ()) if not d.hint] for name in below}
    given = {name: numbers for name, numbers in stated.items() if numbers and name in world.declared}
    return min((name for name, numbers in given.items() if min(numbers) > here.number), default=None)


def _declared_twice(left: s.Node, right: s.Node, world: World) -> str | None:
    """What is declared to lie in two spaces, and on which a side rests."""
    def spaces(name: str) -> set[tuple[s.Node | None, int, s.Space]]:
        return {(d.layer, len(d.indices), d.space) for d in world.declarations.get(name, ()) if not d.hint}

    below = _rests_on(mentioned(left, right, world), world)
    return min((name for name in below if len({place[:2] for place in spaces(name)}) < len(spaces(name))), default=None)


def _named_like_a_size(left: s.Node, right: s.Node, world: World) -> str | None:
    """The d of ``d_{ij} = \\|x_i - x_j\\|²`` beside x_i ∈ R^d: two things."""
    indexed = {r.name for r in mentioned(left, right, world) if r.indices}
    return min(indexed & world.sizes, default=None)


def _is_a_size(left: s.Node, right: s.Node, world: World) -> str | None:
    """The d of ``C x = d`` beside x ∈ R^d: two things. Not where a term has no shape by itself."""
    terms = [term for side in (left, right) for term in (side.terms if isinstance(side, s.Sum) else (side,))]
    found = {base_of(term) for term in terms if isinstance(term, s.Symbol)} & world.sizes
    try:
        for term in terms if found else ():
            Elaborator(world.fork(), Statement()).tensor(term)
    except ShapeError:
        return None
    except DocumentError:
        pass
    return min((name for name in found if name is not None), default=None)


def _variable_of_several(left: s.Node, right: s.Node, world: World) -> str | None:
    """What nothing declares, and a function of numbers has as its variable, and others, which say its shape: the x of
    ``k(x) = e^{-x²}`` need not be that of ``f(x) = \\sum_j \\|x - c_j\\|²``."""
    stated = {name: {*map(base_of, arguments)} for name, arguments in world.applied.arguments.items()}
    stated |= {name: {*heads} for name, heads in world.applied.parameters.items()}
    called = {r.name for r in mentioned(left, right, world)}
    shapes = {name: known.shape for name, known in world.known.items()}
    below = _rests_on(mentioned(left, right, world), world) - world.declared
    for x in sorted(below & shapes.keys()):
        own = {name for name, variables in stated.items() if x in variables and name in called}
        of_entries = any(name in world.functions or shapes.get(name, ()) == shapes[x] for name in own)
        if shapes[x] != () and of_entries and any(x in stated[name] for name in stated.keys() - called):
            return x
    return None


def _one_or_all(left: s.Node, right: s.Node, world: World, error: ShapeError) -> str | None:
    """The y of ``θ y - A(θ)`` where only ``y_i`` for ``i = 1, …, n`` elsewhere says its shape: one observation may be
    meant, not all."""
    bare = {r.name for r in mentioned(left, right, world) if r == Reference(r.name)}
    bare &= world.table.indexed | world.table.listed.twofold
    told = {name for name in bare if world.declarations.get(name) or world.is_defined(name)}
    known = {name: world.known[name] for name in bare - told if name in world.known}
    of_number = re.search(r"^the left side has shape 1,|the right side 1$", str(error)) is not None
    columns = re.search(r"the product of shapes \S+ \\times 1 and \S+ \\times 1 does not", str(error)) is not None
    twofold = bare & world.table.listed.twofold if of_number or columns else set()  # y beside \\mathbf{y} ∈ R^n
    known |= {name: world.known[name] for name in twofold if name in world.known}
    found = (n for n, what in known.items() if (of_number or n in twofold) and (what.family or what.shape))
    return min(found, default=None) or all_vectors(left, right, world)


def _guessed(left: s.Node, right: s.Node, world: World) -> str | None:
    """What is read as a number, a matrix or a column, for nothing says its shape, and on which a side rests: shapes
    clash, but perhaps not those of the document."""
    names = mentioned(left, right, world)
    below = _rests_on(names, world)
    flat = {head for head in below if re.split(r"[_^]", head, maxsplit=1)[0] in world.table.listed.flat}
    named = {r.name for r in names} & world.undeclared.widened  # what rests on them has one shape either way
    losses = (known for head, known in world.known.items() if head in LOSSES)
    misread = any(known.shape or known.family for known in losses)  # else what is doubtful does not matter
    unclear = world.undeclared.guessed | (world.undeclared.doubtful if misread else set())
    return min(below & unclear | flat | named, default=None)


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
