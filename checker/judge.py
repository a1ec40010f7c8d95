"""The judgement of a document: every formula read, every link decided, conventions settled by evidence."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from pathlib import Path

from verify_derivations.checker.encodings import definitions_used, shape_of, sides_of_definition
from verify_derivations.checker.links import Effort, Judged, compare, judge_link, parameter_values, touched
from verify_derivations.checker.notation import place, visible_extra
from verify_derivations.checker.notation import stated as stated_by
from verify_derivations.checker.scopes import assign_scopes, assign_variants, visible
from verify_derivations.checker.statements import Chain, Stated, analyse, contains_derivative, is_adjoint_name
from verify_derivations.checker.verdicts import Convention, Formula, Link, Reading, Report, Verdict, worst
from verify_derivations.checker.worlds import Definitions, build_world
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import FunctionDefinition
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError, ReadError
from verify_derivations.formulas.expressions import heads
from verify_derivations.formulas.lookup import shape_of_space
from verify_derivations.formulas.names import NameTable, name_of
from verify_derivations.formulas.notation import Notation, beside, read_notation
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import last_side, read
from verify_derivations.formulas.scanner import Document, read_document
from verify_derivations.formulas.second_reader import agrees
from verify_derivations.formulas.slopes import Slope
from verify_derivations.formulas.symbols import Symbols, collect
from verify_derivations.formulas.tensors import ShapeError, show
from verify_derivations.formulas.world import Readings, Statement, World


@dataclass
class Scope:
    """One scope in one variant, with its definitions."""

    name: tuple[str, ...]
    variant: str | None
    definitions: Definitions


@dataclass
class Case:
    """A document under judgement."""

    document: Document
    formulas: list[Stated]
    table: NameTable
    effort: Effort = field(default_factory=Effort)
    symbols: Symbols = field(default_factory=Symbols)
    notation: Notation = field(default_factory=Notation)
    extra: list[Stated] = field(default_factory=list)  # what the notation file states
    grounds: frozenset[str] = frozenset()  # assumptions on which formulas of the document hold
    worlds: dict[tuple[tuple[str, ...], str | None, Readings], Definitions] = field(default_factory=dict)

    def variants(self, scope: tuple[str, ...]) -> list[str | None]:
        return list(dict.fromkeys(f.variant for f in self.formulas if f.scope == scope and f.variant is not None))

    def definitions(self, scope: tuple[str, ...], variant: str | None, readings: Readings) -> Definitions:
        key = (scope, variant, readings)
        if key not in self.worlds:
            extra = visible_extra(self.extra, scope, variant)
            seen = [*extra, *visible(self.formulas, scope, variant)]
            every = [*extra, *(f for f in self.formulas if scope[: len(f.scope)] == f.scope)]
            inherited = self._inherited(scope, readings)
            self.worlds[key] = build_world(seen, variant, scope, self.table, readings, inherited, every)
        return self.worlds[key]

    def _inherited(self, scope: tuple[str, ...], readings: Readings) -> dict[str, FunctionDefinition]:
        """Functions of the scopes before: the last definition of each name, if it needs nothing but its variable."""
        found: dict[str, FunctionDefinition] = {}
        for other in dict.fromkeys(f.scope for f in self.formulas):
            if other == scope:
                break
            for variant in self.variants(other) or [None]:
                for function in self.definitions(other, variant, readings).world.functions.values():
                    if set(heads(function.body)) <= set(function.parameters):
                        found[function.name] = function
        return found


def check(
    source: Path | str | Document, *, notation: Path | str | None = None,
    progress: Callable[[int, int, str], None] | None = None,
    seed: int = 0, jobs: int = 1, effort: Effort | None = None,
) -> Report:  # fmt: skip
    """Judge a document. Raises :class:`DocumentError` where it (or its notation file) cannot be read at all."""
    start = time.perf_counter()
    document = source if isinstance(source, Document) else read_document(source)
    if notation is None and not isinstance(source, Document):
        notation = beside(Path(source))
    said = read_notation(notation) if notation is not None else Notation()
    case = prepare(document, effort or Effort(seed=seed), said)
    read_time = time.perf_counter() - start
    readings, conventions = settle(case)
    settled = time.perf_counter() - start - read_time
    formulas = []
    for count, stated in enumerate(case.formulas):
        formulas.append(judge(case, stated, readings))
        if progress is not None:
            progress(count + 1, len(case.formulas), stated.raw.latex)
    judged = time.perf_counter() - start - read_time - settled
    if case.effort.repair:
        from verify_derivations.checker.repair import with_correction  # it judges its candidates with this module

        case.grounds = frozenset(
            a for f in formulas for k in f.links if k.verdict is Verdict.CONDITIONAL for a in k.assumptions
        )
        formulas = [with_correction(case, stated, f, readings, budget=case.effort.repair)
                    for stated, f in zip(case.formulas, formulas, strict=True)]  # fmt: skip
    timings = {"read": read_time, "conventions": settled, "judge": judged,
               "correct": time.perf_counter() - start - read_time - settled - judged}  # fmt: skip
    remarks = tuple(f"The notation file leaves {key} open." for key in said.open)
    return Report(
        document.path, tuple(formulas), tuple(conventions), remarks, document.title, document.author, document.date,
        timings, document.macros,
    )  # fmt: skip


def prepare(document: Document, effort: Effort, notation: Notation | None = None) -> Case:
    """Read all formulas and find out how they belong together. Raises :class:`NotationError`."""
    notation = notation or Notation()
    said = [item.equation for item in notation.statements()]
    symbols = collect([*said, *(f.latex for f in document.formulas)], macros=document.macros)
    extra = stated_by(notation, symbols, document.macros)
    formulas: list[Stated] = []
    before: s.Node | None = None
    for raw in document.formulas:
        try:
            reading = read(raw.latex, symbols, document.macros, before)
        except ReadError as error:
            line, column = raw.locate(error.position)
            source = document.text.splitlines()[line - 1] if line <= len(document.text.splitlines()) else ""
            formulas.append(Stated(raw, None, error.located(document.path, line, column, source)))
            continue
        stated = Stated(raw, reading.statements)
        stated.remarks = tuple(reading.remarks)
        analyse(stated)
        before = last_side(reading.statements)
        formulas.append(stated)
    table = NameTable.gather(f.tree for f in (*extra, *formulas) if f.tree is not None)
    assign_scopes(formulas, table)
    assign_variants(formulas)
    place(notation, formulas)
    return Case(document, formulas, table, effort, symbols, notation, extra)


# -- one formula -----------------------------------------------------------------------------------------------
def second_opinion(stated: Stated) -> str | None:
    """What the second reader of scalar sides objects, with both readings; ``None`` where it agrees or is not asked."""
    for chain in stated.chains:
        for side in chain.sides:
            agreement = agrees(stated.raw.latex, side)
            if agreement is not None and not agreement.agree:
                return str(agreement)
    return None


def judge(case: Case, stated: Stated, readings: Readings) -> Formula:
    raw = stated.raw
    base = Formula(raw.number, raw.line, raw.displayed, raw.section, raw.latex, Verdict.DEFINED, column=raw.column,
                   remarks=tuple(raw.remarks) + tuple(stated.remarks), variant=stated.variant)  # fmt: skip
    if stated.error is not None:
        return replace(base, verdict=Verdict.UNREAD, message=stated.error)
    doubt = second_opinion(stated) if case.effort.refutation else None
    if doubt is not None:
        return replace(base, verdict=Verdict.UNREAD, message=doubt, remarks=(*base.remarks, doubt))
    if not stated.chains:
        message = "states a shape, a range or a symbol" if stated.memberships or stated.ranges else ""
        world = case.definitions(stated.scope, stated.variant, readings).world
        return replace(base, message=message, shape=shape_of(stated, world))
    variants: list[str | None] = [stated.variant]
    if case.effort.refutation:
        variants += [v for v in case.variants(stated.scope) if v != stated.variant]
    if stated.variant is None and len(variants) > 1:
        variants = variants[1:]
    best: Formula | None = None
    for variant in variants:
        attempt = replace(case, effort=case.effort.proofs_only) if best is not None else case
        try:
            result = _in_variant(attempt, stated, base, variant, readings)
        except Exception as failure:  # one formula's failure must not cost the verdicts on the others
            result = replace(
                base, verdict=Verdict.UNDECIDED, message=f"the checker failed on this formula: {failure!r}"[:300]
            )
        if best is None:
            best = result
        elif result.verdict.rank >= Verdict.CHECKED.rank:  # elsewhere only proofs are sought
            best = replace(result, variant=variant, remarks=(*result.remarks, f"holds for the {variant} variant"))
        if best.verdict.rank >= Verdict.CHECKED.rank or not _is_claim(stated, case.table):
            break
    assert best is not None
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


def _upsamples(stated: Stated) -> bool:
    names = ("up", "upsample")
    return stated.tree is not None and any(
        isinstance(n, s.Call) and isinstance(n.function, s.Symbol) and n.function.name in names
        for n in s.walk(stated.tree)
    )


def _routed(literal: Formula, routed: Formula) -> Formula:
    """Upsampling by repetition is refuted; the claim holds where the upsampling is read as routing to the maximum,
    which needs more than the sensitivity that is its only argument."""
    assumption = "\\operatorname{up} \\text{ places each entry at the maximum of its window, and zero elsewhere}"
    message = "holds only if up(·) places each entry where the maximum of its window was; repetition is refuted"
    links = tuple(
        replace(b, verdict=Verdict.CONDITIONAL, evidence="assumption", message=message,
                assumptions=(assumption, *b.assumptions), counterexample=a.counterexample)
        if a.verdict is Verdict.REFUTED else b
        for a, b in zip(literal.links, routed.links, strict=True)
    )  # fmt: skip
    return replace(literal, verdict=Verdict.CONDITIONAL, links=links, message=message, assumptions=(assumption,))


def _is_claim(stated: Stated, table: NameTable) -> bool:
    return any(contains_derivative(side) or is_adjoint_name(side, table) for c in stated.chains for side in c.sides)


def _in_variant(case: Case, stated: Stated, base: Formula, variant: str | None, readings: Readings) -> Formula:
    definitions = case.definitions(stated.scope, variant, readings)
    links: list[Link] = []
    remarks: list[str] = list(base.remarks)
    uses: set[int] = set()
    for k, chain in enumerate(stated.chains):
        found, extra, used = judge_chain(case, stated, k, chain, definitions)
        links += found
        remarks += extra
        uses |= used
    verdict = worst([link.verdict for link in links]) if links else Verdict.DEFINED
    first = next((link for link in links if link.verdict is verdict), None)
    assumptions = tuple(dict.fromkeys(a for link in links for a in link.assumptions))
    spaces = {to_latex(chain.space) for chain in stated.chains if chain.space is not None}
    wrong = [link for link in links if link.verdict.wrong]  # a slip: the equations hold, only the stated shape does not
    slip = bool(wrong) and all(link.right in spaces for link in wrong)
    message = first.message if first is not None else ""
    return replace(base, verdict=verdict, slip=slip, links=tuple(links), message=message, assumptions=assumptions,
                   remarks=tuple(dict.fromkeys(r for r in remarks if r)),
                   uses=tuple(sorted(n for n in uses if n > 0 and n != stated.number)),
                   shape=shape_of(stated, definitions.world))  # fmt: skip


def judge_chain(
    case: Case, stated: Stated, k: int, chain: Chain, definitions: Definitions
) -> tuple[list[Link], list[str], set[int]]:
    world, number = definitions.world, stated.number
    links: list[Link] = []
    remarks: list[str] = []
    uses: set[int] = set()
    if chain.update or len(chain.sides) < 2:
        return (
            [Link(to_latex(chain.sides[0]), to_latex(chain.sides[-1]), Verdict.DEFINED, "update", "an update rule")],
            [],
            set(),
        )
    conditions = tuple(stated.conditions)
    sides = list(chain.sides)
    is_definition = any((number, k, side) in definitions.defined for side in range(len(sides)))
    for side in range(len(sides) - 1):
        left, right = sides[side], sides[side + 1]
        if (number, k, side) in definitions.defined:
            kind = definitions.defined[number, k, side]
            message = "states an assumption" if kind == "assumption" else "introduces " + to_latex(left)
            one, two = sides_of_definition(world, left, number)
            links.append(Link(to_latex(left), to_latex(right), Verdict.DEFINED, kind, message,
                              left_expression=one, right_expression=two))  # fmt: skip
            continue
        for piece_left, piece_right, context, where in _cases(left, right):
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
            links.append(judged.link)
            if not case.effort.refutation and judged.link.verdict.rank < Verdict.CHECKED.rank:
                return links, remarks, uses  # a trial of a reading: one failure is enough
            remarks += judged.remarks
            uses |= judged.uses
            if judged.comparison is not None and judged.environment is not None:
                uses |= definitions_used(judged.comparison, judged.environment)
    if chain.space is not None:
        links += _stated_shape(world, chain, number, definitions)
    return links, remarks, uses


def _decimal(value: Fraction) -> str:
    return f"{float(value):.12g}"


ORDER = ("\\neq", "<", ">", "\\le", "\\leq", "\\ge", "\\geq")


def _cases(left: s.Node, right: s.Node) -> list[tuple[s.Node, s.Node, s.Node | None, tuple[s.Relation, ...]]]:
    """``cases`` on layers or indices are several claims: one a row, where its condition and no earlier one holds."""
    if not isinstance(right, s.Cases) or not any(_equality(c) for _, c in right.rows):
        return [(left, right, None, ())]
    found: list[tuple[s.Node, s.Node, s.Node | None, tuple[s.Relation, ...]]] = []
    others: tuple[s.Relation, ...] = ()
    for value, condition in right.rows:
        own = (condition,) if isinstance(condition, s.Relation) and condition.relations[0] in ORDER else ()
        found.append((left, value, condition, (*others, *own)))
        if isinstance(condition, s.Relation) and _equality(condition):
            others += (s.Relation(condition.sides, ("\\neq",)),)
    return found


def _equality(condition: s.Node | None) -> bool:
    return isinstance(condition, s.Relation) and condition.relations == ("=",) and len(condition.sides) == 2


def _with_layers(
    world: World, left: s.Node, right: s.Node, conditions: tuple[s.Relation, ...], number: int, effort: Effort,
    context: s.Node | None,
) -> Judged:  # fmt: skip
    """A row of layer cases: the layer letter takes the value of its condition, in both sides and inner chains."""
    if isinstance(context, s.Relation) and isinstance(context.sides[0], s.Symbol) and context.relations == ("=",):
        letter = name_of(context.sides[0])
        left, right = _put(left, letter, context.sides[1]), _put(right, letter, context.sides[1])
    if isinstance(right, s.Relation) and set(right.relations) == {"="}:
        results = [
            judge_link(world, a, b, conditions, number, effort)
            for a, b in zip((left, *right.sides[:-1]), right.sides, strict=True)
        ]
        return min(results, key=lambda r: r.link.verdict.rank)
    return judge_link(world, left, right, conditions, number, effort)


def _put(node: s.Node, letter: str, value: s.Node) -> s.Node:
    """``letter`` replaced throughout a tree."""
    if isinstance(node, s.Symbol) and name_of(node) == letter:
        return value
    if (
        isinstance(node, s.Scripted)
        and node.sub is not None
        and isinstance(node.base, s.Symbol)
        and name_of(node.base) == letter
    ):
        return node  # l_{max} is a name of its own

    def visit(item: object) -> object:
        if isinstance(item, s.Node):
            return _put(item, letter, value)
        if isinstance(item, tuple):
            return tuple(visit(x) for x in item)
        return item

    changes = {f.name: visit(getattr(node, f.name)) for f in fields(node) if f.name != "span"}
    return type(node)(**changes, span=node.span)


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


# -- conventions ------------------------------------------------------------------------------------------------
ALTERNATIVES: dict[str, tuple[str, tuple[str, ...]]] = {
    "star": ("\\star", ("convolution", "cross-correlation")),
    "up": ("up", ("repetition", "routing")),
    "softmax": ("softmax", ("rows", "columns")),
    "layout": ("\\partial y/\\partial x", ("numerator", "denominator")),
    "gradient": ("\\partial L/\\partial x", ("column", "row")),
}
ONLY_ON_CLASH = ("layout", "gradient")  # the usual reading is tried first; others only where it does not fit
SATISFIED = (Verdict.PROVED, Verdict.CHECKED, Verdict.CONDITIONAL)


def settle(case: Case) -> tuple[Readings, list[Convention]]:
    """Try the readings of ambiguous notation, where the notation file fixes none; take the one that satisfies most of
    the claims it touches."""
    readings = Readings().but(**case.notation.conventions)
    quick = replace(case, effort=case.effort.proofs_only)  # shares the worlds
    conventions: list[Convention] = []
    touches = {f.number: _touched_conventions(case, f, readings) for f in case.formulas if f.chains}
    for name, (symbol, options) in ALTERNATIVES.items():
        concerned = [f for f in case.formulas if f.number in touches and name in touches[f.number]]
        clash = any("clash" in touches[f.number] for f in concerned)
        if not concerned or name in case.notation.conventions or (name == "gradient" and not clash):
            continue
        counts: list[int] = []
        fitting: list[int] = []
        for option in options:
            if name == "layout" and not clash and counts == [len(concerned)]:
                break  # nothing asks for another layout: neither a shape nor (of square matrices) a proof
            trial = readings.but(**{name: option})
            verdicts = [judge(quick, f, trial).verdict for f in concerned]
            counts.append(sum(v in SATISFIED for v in verdicts))
            # A layout is a matter of shapes: there it counts how many claims have one, also where a proof needs longer.
            fitting.append(sum(v is not Verdict.ILL_FORMED for v in verdicts) if name in ONLY_ON_CLASH else 0)
        chosen = max(range(len(counts)), key=lambda k: (fitting[k], counts[k], -k))
        total = len(concerned)
        others = tuple(
            Reading(o, c, total) for k, (o, c) in enumerate(zip(options, counts, strict=False)) if k != chosen
        )
        if name not in ONLY_ON_CLASH or chosen:
            conventions.append(Convention(symbol, options[chosen], counts[chosen], total, others))
        if name != "up":  # routing needs more than its argument says: claims are judged literally, see `_routed`
            readings = readings.but(**{name: options[chosen]})
    return readings, conventions


def _touched_conventions(case: Case, stated: Stated, readings: Readings) -> frozenset[str]:
    """The conventions that a claim depends on, by its own notation or by that of the definitions it is about;
    ``clash`` where the usual readings do not fit its shapes."""
    definitions = case.definitions(stated.scope, stated.variant, readings)
    world = definitions.world
    found: set[str] = set()
    for k, chain in enumerate(stated.chains):
        for side in range(len(chain.sides) - 1):
            if (stated.number, k, side) in definitions.defined or chain.update:
                continue
            here = Statement(stated.number)
            try:
                comparisons, _ = compare(
                    world, here, chain.sides[side], chain.sides[side + 1], tuple(stated.conditions)
                )
                environment = world.environment(here.losses[0] if here.losses else None)
                for head in touched(comparisons[0], environment):
                    found |= world.conventions_of.get(head, frozenset())
            except ShapeError:
                found.add("clash")
            except (DocumentError, RecursionError, ArithmeticError, AssertionError):
                pass  # judged, with a message, later
            found |= here.conventions
    return frozenset(found)
