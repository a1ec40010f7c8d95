"""The judgement of one formula: every link of its chains decided, in the variants in which it may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from verify_derivations.checker.case import Case
from verify_derivations.checker.deciding import Effort
from verify_derivations.checker.defining import Definitions
from verify_derivations.checker.encodings import definitions_used, shape_of
from verify_derivations.checker.every_layer import judge_every
from verify_derivations.checker.functions import Functions
from verify_derivations.checker.halves import of_its_parts, with_halves
from verify_derivations.checker.inferred import EACH
from verify_derivations.checker.links import HOW_MANY, Judged, judge_link, parameter_values
from verify_derivations.checker.locally import hold_here
from verify_derivations.checker.meaningless import inferred_among, numbered_part
from verify_derivations.checker.no_claims import no_claims
from verify_derivations.checker.of_definitions import DECLARATIONS, UPDATE, of_definition
from verify_derivations.checker.provisos import SATISFIED, as_the_text_goes_on, with_provisos
from verify_derivations.checker.scopes import key_of, name_of_key
from verify_derivations.checker.statements import (
    Chain,
    Stated,
    contains_derivative,
    is_adjoint_name,
    is_derivative,
    put,
)
from verify_derivations.checker.supposed import under
from verify_derivations.checker.unknown import names_of
from verify_derivations.checker.verdicts import Formula, Link, Verdict, worst
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.conditions import is_otherwise
from verify_derivations.formulas.define import define
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import polynomial
from verify_derivations.formulas.names import NameTable
from verify_derivations.formulas.namesakes import letters_in
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.sizes import shape_of_space, whole
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.tensors import show
from verify_derivations.formulas.world import (
    Readings,
    Statement,
    Unsupported,
    World,
)

ROUTING = "\\operatorname{up} \\text{ places each entry at the maximum of its window, and zero elsewhere}"
_LABEL = re.compile(r"_\{\{([^{}]*)\}\}")  # as a name is kept that letters tell apart
LAYERS = 12  # at each of which a formula may be judged


def _as_written(link: Link) -> Link:
    """What is said of a link, with the names that the document writes for those that sections have of their own."""
    found = link.counterexample
    own = {letters_in(name): value for name, value in found.values.items()} if found is not None else {}
    if found is not None and len(own) == len(found.values):
        found = replace(found, values=own)
    return replace(link, message=letters_in(_LABEL.sub(r"_{\1}", link.message)), counterexample=found)


def introduced(stated: Stated) -> Formula:
    """A formula before it is judged."""
    raw = stated.raw
    return Formula(raw.number, raw.line, raw.displayed, raw.section, raw.latex, Verdict.DEFINED, column=raw.column,
                   remarks=tuple(raw.remarks) + tuple(stated.remarks), variant=stated.variant)  # fmt: skip


def judge(case: Case, stated: Stated, readings: Readings) -> Formula:
    base = introduced(stated)
    readings = readings.but(layout=stated.when.layout) if stated.when.layout else readings
    if stated.error is not None:
        return replace(base, verdict=Verdict.UNREAD, message=stated.error)
    if not stated.chains:
        message = "states a shape, a range or a symbol" if stated.memberships or stated.ranges else ""
        world = case.definitions(stated.scope, stated.variant, readings).world.fork()
        return replace(base, message=message, shape=shape_of(stated, world))
    variants = case.variants_of(stated)[: None if case.effort.refutation else 1]
    best: Formula | None = None
    for variant in variants:
        attempt = replace(case, effort=case.effort.proofs_only) if best is not None else case
        try:
            result = _in_variant(attempt, stated, base, variant, readings)
        except MemoryError:
            raise
        except Exception as failure:  # one formula's failure must not cost the verdicts on the others
            result = replace(
                base, verdict=Verdict.UNDECIDED, message=f"the checker failed on this formula: {failure!r}"[:300]
            )
        if best is None:
            best = result
        elif result.verdict.rank >= Verdict.CHECKED.rank:  # elsewhere only proofs are sought
            best = replace(result, variant=variant, remarks=(*result.remarks, f"holds for the {variant} variant"))
        if best.verdict.rank >= Verdict.CHECKED.rank or not _is_claim(stated, case.table_of(stated.scope)):
            break
    assert best is not None
    if best.verdict is Verdict.ILL_FORMED and not case.alike and case.effort.refutation:
        return _of_any_size(case, stated, readings, best)
    if best.verdict is Verdict.UNDECIDED and not case.alike and case.effort.refutation:
        return _of_equal_sizes(case, stated, readings, best)
    if (
        best.verdict is Verdict.REFUTED
        and readings.up == "repetition"
        and case.effort.refutation
        and _upsamples(stated)
    ):
        routed = judge(replace(case, effort=case.effort.proofs_only), stated, readings.but(up="routing"))
        if routed.verdict in SATISFIED:
            return _routed(best, routed)
    return best


_RUNS_TO = re.compile(r"index \S+ runs to \w+(?:[-+]\w+)+, but")  # N-m, of letters that are stated


def _of_any_size(case: Case, stated: Stated, readings: Readings, found: Formula) -> Formula:
    """What has no meaning where sizes differ of which nothing is stated may hold where they are equal."""
    world = case.definitions(stated.scope, found.variant, readings).world
    if not world.undeclared.sizes or not any(link.evidence in ("shape", "index") for link in found.links):
        return found
    clash = " ".join(link.message for link in found.links if link.verdict is Verdict.ILL_FORMED)
    letters = sorted(set(re.findall(r"(?<![\\\w{])[A-Za-z](?![\w{])", clash)) & world.sizes)  # of a size that is stated
    tried = (judge(replace(case, alike=size, worlds={}, inherited={}), stated, readings) for size in (EACH, *letters))
    equal = next((other for other in tried if not other.verdict.wrong or _leaves_an_axis(found, other)), None)
    if equal is None or equal.verdict in (Verdict.DEFINED, Verdict.UNREAD):
        return found
    holds = "holds" if equal.verdict in SATISFIED else "may hold"
    links = tuple(
        replace(link, verdict=Verdict.UNDECIDED, message=f"{link.message}; it {holds} where these sizes are equal, of "
                f"which nothing is stated: a declaration would tell, as {DECLARATIONS}")
        if link.verdict is Verdict.ILL_FORMED else link for link in found.links
    )  # fmt: skip
    first = next(link for link in links if link.verdict is Verdict.UNDECIDED)
    return replace(found, verdict=Verdict.UNDECIDED, links=links, message=first.message)


def _leaves_an_axis(*found: Formula) -> bool:
    """Whether a sum runs over more entries than there are, also where all sizes are equal: ``\\sum_{i=0}^{N-m}`` beside
    an axis of which nothing says that it has N - m + 1."""
    wrong = [link for formula in found for link in formula.links if link.verdict.wrong]
    return all(link.verdict is Verdict.ILL_FORMED and _RUNS_TO.match(link.message) for link in wrong)


def _of_equal_sizes(case: Case, stated: Stated, readings: Readings, found: Formula) -> Formula:
    """What leaves an axis of which nothing says how long it is may be refuted where all such sizes are equal: where
    they differ it has no meaning."""
    if not any(HOW_MANY in link.message for link in found.links):
        return found
    equal = judge(replace(case, alike=EACH, worlds={}, inherited={}), stated, readings)
    return equal if equal.verdict is Verdict.REFUTED else found


def _upsamples(stated: Stated) -> bool:
    names = ("up", "upsample")
    return stated.tree is not None and any(
        isinstance(n, s.Call) and isinstance(n.function, s.Symbol) and n.function.name in names
        for n in s.walk(stated.tree)
    )


def _routed(literal: Formula, routed: Formula) -> Formula:
    """Upsampling by repetition is refuted; the claim holds where the upsampling is read as routing to the maximum,
    which needs more than the sensitivity that is its only argument."""
    message = "holds only if up(·) places each entry where the maximum of its window was; repetition is refuted"
    links = tuple(
        replace(b, verdict=Verdict.CONDITIONAL, evidence="assumption", message=message,
                assumptions=(ROUTING, *b.assumptions), counterexample=a.counterexample)
        if a.verdict is Verdict.REFUTED else b
        for a, b in zip(literal.links, routed.links, strict=True)
    )  # fmt: skip
    return replace(literal, verdict=Verdict.CONDITIONAL, links=links, message=message, assumptions=(ROUTING,))


def _is_claim(stated: Stated, table: NameTable) -> bool:
    return any(contains_derivative(side) or is_adjoint_name(side, table) for c in stated.chains for side in c.sides)


def _in_variant(case: Case, stated: Stated, base: Formula, variant: str | None, readings: Readings) -> Formula:
    definitions = case.definitions(stated.scope, variant, readings).fork()
    parts = of_its_parts(stated)
    if not parts and (others := with_halves(definitions.world, stated)):
        stated = replace(stated, when=replace(stated.when, supposed=(*stated.when.supposed, *others)))
    hold_here(definitions.world, stated)
    links: list[Link] = []
    remarks = [*base.remarks, *(f"said for ${to_latex(half)}$" for half in stated.when.halves)]
    uses: set[int] = set()
    for k, chain in enumerate(stated.chains):
        found, extra, used = judge_chain(case, stated, k, chain, definitions)
        if found[0].verdict is Verdict.REFUTED and (again := _again(case, stated, k, chain, definitions)) is not None:
            definitions = again
            found, extra, used = judge_chain(case, stated, k, chain, definitions)
        found = as_the_text_goes_on(case, stated, chain, definitions.world, found)
        if any(link.verdict.wrong for link in found):
            found = no_claims(case, stated, definitions, chain, found)
        found, said = _with_behind(case, stated, chain, definitions, found)
        links += found
        remarks += [*extra, *said]
        uses |= used
    links = [_as_written(link) for link in links]
    verdict = worst([link.verdict for link in links]) if links else Verdict.DEFINED
    first = next((link for link in links if link.verdict is verdict), None)
    assumptions = tuple(dict.fromkeys(a for link in links for a in link.assumptions))
    spaces = {to_latex(chain.space) for chain in stated.chains if chain.space is not None}
    wrong = [link for link in links if link.verdict.wrong]  # a slip: the equations hold, only the stated shape does not
    slip = bool(wrong) and all(link.right in spaces for link in wrong)
    message = first.message if first is not None else ""
    if any(link.evidence == "symbol" for link in links):
        remarks += _elsewhere(case, stated, definitions.world)
    return replace(base, verdict=verdict, slip=slip, links=tuple(links), message=message, assumptions=assumptions,
                   remarks=tuple(dict.fromkeys(r for r in remarks if r)),
                   uses=tuple(sorted(n for n in uses if n > 0 and n != stated.number)),
                   shape=shape_of(stated, definitions.world))  # fmt: skip


def _with_behind(
    case: Case, stated: Stated, chain: Chain, definitions: Definitions, links: list[Link]
) -> tuple[list[Link], list[str]]:
    """The links of a claim behind whose equations something else stands, ``f'(x) = 2x > 0``: where that is not so, it
    is not known what is meant; else it is said that it was not judged."""
    behind, derivative = chain.behind, any(map(contains_derivative, chain.sides))
    if behind is None or not derivative or not links or not case.effort.refutation:
        return links, []
    if any(link.verdict not in SATISFIED for link in links):
        return links, []
    if behind.relations[0] in ORDER:
        holds = s.Call(s.Symbol("1"), (behind,))
        conditions = tuple(stated.conditions)
        found = judge_link(definitions.world.fork(), holds, s.Number("1"), conditions, stated.number, case.effort).link
        if found.verdict is Verdict.PROVED:
            return links, []
        if found.verdict is Verdict.REFUTED:
            said = f"{to_latex(behind)} does not hold everywhere, and where it is meant to is not known"
            last = replace(links[-1], verdict=Verdict.UNDECIDED, evidence="limit", message=said)
            return [*links[:-1], last], []
    return links, [f"whether ${to_latex(behind)}$ is not judged"]


def _again(case: Case, stated: Stated, k: int, chain: Chain, definitions: Definitions) -> Definitions | None:
    """The definitions from a chain on that defines again what a chain before it in the same formula does: one display
    of several examples."""
    (left, *_), table = chain.sides, case.table_of(stated.scope)
    name = name_of_key(key_of(left, table))
    before = {name_of_key(key_of(c.sides[0], table)) for c in stated.chains[:k]}
    if name is None or name not in before or is_derivative(chain.sides[1]):
        return None
    again = replace(definitions.fork(), defined=dict(definitions.defined), remarks=dict(definitions.remarks))
    world = again.world
    for known in (world.functions, world.known, world.quantities):
        known.pop(name, None)
    try:
        if isinstance(left, s.Call):
            if not Functions(again, set(), case.formulas, lambda *_: True).define(stated, left, chain.sides[1], True):
                return None
        else:
            define(world, Statement(stated.number, defining=True), left, chain.sides[1], stated.number)
    except DocumentError:
        return None
    again.defined[stated.number, k, 0] = "definition"
    again.remarks[stated.number] = [*again.remarks.get(stated.number, ()), f"${to_latex(left)}$ is defined anew in it"]
    return again


def _elsewhere(case: Case, stated: Stated, world: World) -> Iterator[str]:
    """Which names of a formula only a section with definitions of its own defines."""
    here = {f.number for f in case.above(stated.scope)}
    lefts = ((f, chain.sides[0]) for f in case.formulas if f.number not in here for chain in f.chains)
    defined = {r.name: f for f, left in lefts for r in [case.table_of(f.scope).reference(left)] if r is not None}
    for node in stated.nodes:
        reference = world.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
        f = defined.pop(reference.name, None) if reference is not None else None
        if f is None or reference is None or reference.name in world.known | world.declarations | world.functions:
            continue
        where = f.raw.section[-1] if f.raw.section else "another section"
        yield f"${to_latex(node)}$ is defined in formula {f.number}, of “{where}”, whose definitions are its own"


def judge_chain(
    case: Case, stated: Stated, k: int, chain: Chain, definitions: Definitions
) -> tuple[list[Link], list[str], set[int]]:
    world, number = definitions.world, stated.number
    links: list[Link] = []
    remarks = list(definitions.remarks.get(number, ()))
    uses: set[int] = set()
    if chain.update or len(chain.sides) < 2:
        return (
            [Link(to_latex(chain.sides[0]), to_latex(chain.sides[-1]), Verdict.DEFINED, "update", UPDATE)],
            [],
            set(),
        )
    conditions, table = tuple(stated.conditions), case.table_of(stated.scope)
    sides = list(chain.sides)
    is_definition = any((number, k, side) in definitions.defined for side in range(len(sides)))
    for side in range(len(sides) - 1):
        left, right = sides[side], sides[side + 1]
        link, said = of_definition(definitions, table, (number, k, side), left, right)
        if link is not None:
            links.append(link)
            remarks += said
            continue
        pieces = [(left, right, None, ())] if _compares_values(right, world) else _cases(left, right)
        for piece_left, piece_right, context, where in pieces:
            judged = _with_layers(world, piece_left, piece_right, (*conditions, *where), number, case.effort, context)
            if judged.link.verdict is Verdict.REFUTED and is_definition and judged.comparison is not None:
                values = parameter_values(judged.comparison.left, judged.comparison.right,
                                          frozenset(definitions.introduced.get(number, ())))  # fmt: skip
                if values is not None:
                    text = ", ".join(f"{n} = {_decimal(v)}" for n, v in values.items())
                    links.append(
                        Link(to_latex(left), to_latex(right), Verdict.DEFINED, "values", f"gives the values {text}")
                    )
                    sides[side + 1] = left
                    continue
            given = (*conditions, *where)
            open_ = judged.link.verdict in (Verdict.REFUTED, Verdict.CONDITIONAL) or judged.link.evidence == "index"
            if open_ and stated.when.supposed:
                there = under(world, piece_left, piece_right, given, number, case.effort, stated.when.supposed, judged)
                if judged.link.verdict.wrong or there.link.verdict is Verdict.PROVED:
                    judged = there  # a condition that is stated is none that is not
            judged = with_provisos(case, stated, chain, definitions, piece_left, piece_right, given, judged)
            if context is not None and judged.link.verdict is Verdict.REFUTED and _of_a_value(context):
                reason = f"it is said where ${to_latex(context)}$, which is not used"
                judged.link = replace(judged.link, verdict=Verdict.UNDECIDED, evidence="limit", message=reason,
                                      counterexample=None)  # fmt: skip
            links.append(replace(judged.link, conventions=judged.conventions))
            if judged.link.evidence == "notation" and _unsupported(world, right) and not _unsupported(world, left):
                sides[side + 1] = left  # what comes next is compared with what can be read
            if not case.effort.refutation and judged.link.verdict.rank < Verdict.CHECKED.rank:
                return links, remarks, uses  # a trial of a reading: one failure is enough
            remarks += judged.remarks
            uses |= judged.uses
            if judged.comparison is not None and judged.environment is not None:
                uses |= definitions_used(judged.comparison, judged.environment)
    if chain.space is not None:
        links += [_as_inferred(link, world, chain) for link in _stated_shape(world, chain, number, definitions)]
    return links, remarks, uses


def _as_inferred(link: Link, world: World, chain: Chain) -> Link:
    """A stated shape that is not the actual one, where that rests on shapes that nothing declares."""
    number = re.search(r"(?:the actual one|that of the definition,) 1$", link.message)  # whatever it is made of
    open_ = link.evidence == "shape" and number is None
    new = inferred_among(world.below(names_of(world, chain.sides)), world) if open_ else None
    said = f"nothing declares {new}" if new is not None else numbered_part(world, chain.sides) if open_ else None
    return link if said is None else replace(link, verdict=Verdict.UNDECIDED, message=f"{link.message}; {said}")


def _unsupported(world: World, side: s.Node) -> bool:
    try:
        Elaborator(world.fork(), Statement()).value(side)
    except Unsupported:
        return True
    except DocumentError:
        return False
    return False


def _decimal(value: Fraction) -> str:
    return f"{float(value):.12g}"


ORDER = ("\\neq", "<", ">", "\\le", "\\leq", "\\ge", "\\geq")


def _cases(left: s.Node, right: s.Node) -> list[tuple[s.Node, s.Node, s.Node | None, tuple[s.Relation, ...]]]:
    """``cases`` on layers or indices are several claims: one a row, where its condition and no earlier one holds."""
    if not isinstance(right, s.Cases) or not any(_equality(c) for _, c in right.rows) or not all(
        isinstance(c, s.Relation | s.Sequence) or is_otherwise(c) for _, c in right.rows
    ):
        return [(left, right, None, ())]
    found: list[tuple[s.Node, s.Node, s.Node | None, tuple[s.Relation, ...]]] = []
    others: tuple[s.Relation, ...] = ()
    for value, condition in right.rows:
        own = (condition,) if isinstance(condition, s.Relation) and condition.relations[0] in ORDER else ()
        found.append((left, value, condition, (*others, *own)))
        if isinstance(condition, s.Relation) and _equality(condition):
            others += (s.Relation(condition.sides, ("\\neq",)),)
    return found


def _compares_values(right: s.Node, world: World) -> bool:
    """Whether ``cases`` are on what an equation defines, “if $c_r = m$” of ``m = \\max_r c_r``."""
    conditions = [c for _, c in right.rows if _equality(c)] if isinstance(right, s.Cases) else []
    sides = (side for c in conditions if isinstance(c, s.Relation) for side in c.sides)
    references = (world.table.reference(side) for side in sides if isinstance(side, s.Symbol | s.Scripted))
    return any(r is not None and world.is_defined(r.name) for r in references)


def _of_a_value(condition: s.Node) -> bool:
    """The ``y_i = 1`` of a row: no letter that its sides could take the value of."""
    return isinstance(condition, s.Relation) and _equality(condition) and not isinstance(condition.sides[0], s.Symbol)


def _equality(condition: s.Node | None) -> bool:
    return isinstance(condition, s.Relation) and condition.relations == ("=",) and len(condition.sides) == 2


def _with_layers(
    world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...], number: int, effort: Effort,
    context: s.Node | None,
) -> Judged:  # fmt: skip
    """A row of layer cases: the layer letter takes the value of its condition, in both sides and inner chains."""
    if isinstance(context, s.Relation) and isinstance(context.sides[0], s.Symbol) and context.relations == ("=",):
        letter = name_of(context.sides[0])
        left, right = put(left, letter, context.sides[1]), put(right, letter, context.sides[1])
    if isinstance(right, s.Relation) and set(right.relations) == {"="}:
        results = [
            judge_every(world, a, b, conditions, number, effort)
            for a, b in zip((left, *right.sides[:-1]), right.sides, strict=True)
        ]
        worst_of_all = min(results, key=lambda r: r.link.verdict.rank)
        certificates = tuple(c for r in results for c in r.link.certificates)
        conventions = frozenset().union(*(r.conventions for r in results))
        link = replace(worst_of_all.link, certificates=certificates)
        return replace(worst_of_all, link=link, conventions=conventions)
    judged = judge_every(world, left, right, conditions, number, effort)
    if judged.link.verdict is Verdict.UNDECIDED and world.layers.also_used:
        return _at_each_layer(world, left, right, conditions, number, effort) or judged
    return judged


def _at_each_layer(
    world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...], number: int, effort: Effort
) -> Judged | None:
    """The judgement of a formula for every layer by those at each, where the layers are few and numbered; ``None``
    where it has no judgement at one of them."""
    def letters(*trees: s.Node) -> set[str]:
        return {name_of(node) for tree in trees for node in s.walk(tree) if isinstance(node, s.Symbol)}

    layers = {n for head in world.layers.also_used for n in world.layers.of[head][1].names}
    for letter in sorted(layers & letters(left, right) - letters(*conditions)):
        stated = world.letters.range_of_all(letter, number)
        if stated is None:
            continue
        first, last = (whole(value, world, Statement()) for value in stated)
        if not first.is_constant or not last.is_constant or not 0 <= last.value - first.value < LAYERS:
            continue
        found = {}
        for k in range(int(first.value), int(last.value) + 1):
            sides = [put(side, letter, s.Number(str(k))) for side in (left, right)]
            found[k] = judge_link(world.fork(), sides[0], sides[1], conditions, number, effort)
        named = {world.extents.normal(n) for _, n in world.layers.of.values() if not n.is_constant}  # 3 is L of L = 3
        wrong = next((k for k, one in found.items()
                      if one.link.verdict is Verdict.REFUTED and polynomial(k) not in named), None)  # fmt: skip
        if wrong is None and {one.link.verdict for one in found.values()} != {Verdict.PROVED}:
            continue
        chosen = found[int(first.value) if wrong is None else wrong]
        where = ", ".join(map(str, found)) if wrong is None else str(wrong)
        link = replace(
            chosen.link, left=to_latex(left), right=to_latex(right), left_expression=None, right_expression=None,
            message=f"{chosen.link.message}, at {letter} = {where}",
            assumptions=tuple(dict.fromkeys(a for one in found.values() for a in one.link.assumptions)),
            certificates=tuple(c for one in found.values() for c in one.link.certificates),
        )  # fmt: skip
        return Judged(link, conventions=chosen.conventions, remarks=chosen.remarks,
                      uses=frozenset(n for one in found.values() for n in one.uses))  # fmt: skip
    return None


def _stated_shape(world: World, chain: Chain, number: int, definitions: Definitions) -> list[Link]:
    """Whether ``… ∈ R^{…}`` is the shape of the sides."""
    assert chain.space is not None
    left = chain.sides[0]
    link = Link(to_latex(left), to_latex(chain.space), Verdict.ILL_FORMED, "shape", "")
    unknown = [
        to_latex(x) for e in chain.space.extents for x in s.walk(e)
        if isinstance(x, s.Scripted) and to_latex(x) not in world.sizes
    ]  # fmt: skip
    unknown += [
        x.name for e in chain.space.extents for x in s.walk(e)
        if isinstance(x, s.Symbol) and not _inside_script(x, e) and name_of(x) not in world.sizes
    ]  # fmt: skip
    if unknown:
        return [replace(link, evidence="symbol", message=f"the size {unknown[0]} is not defined")]
    if number in definitions.wrong_shape:
        return [replace(link, message=definitions.wrong_shape[number])]
    here = Statement(number)
    try:
        expected = shape_of_space(chain.space, world, here)
    except DocumentError as error:
        return [replace(link, message=str(error))]
    for side in chain.sides:
        try:
            value = Elaborator(world, Statement(number)).value(side, expected)
        except DocumentError:
            continue
        if isinstance(value, Slope) and value.top and value.bottom:
            continue
        tensor = value.tensor() if isinstance(value, Slope) else value
        shape = () if tensor.is_scalar else tuple(world.extents.normal(n) for n in tensor.shape)
        if shape != tuple(expected):
            return [replace(link, message=f"the stated shape is {show(expected)}, the actual one {show(shape)}")]
        return []
    return []


def _inside_script(symbol: s.Symbol, tree: s.Node) -> bool:
    return any(isinstance(n, s.Scripted) and symbol in set(s.walk(n)) for n in s.walk(tree))
