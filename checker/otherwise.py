"""What a refuted equation may say otherwise: something at the values of an example, decimals that are rounded, where a
derivative is zero, or that something is to be solved. Then it is not refuted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from verify_derivations.checker.case import Case
from verify_derivations.checker.defining import Definitions
from verify_derivations.checker.examples import example
from verify_derivations.checker.given import depends_on_values
from verify_derivations.checker.links import Judged, judge_link
from verify_derivations.checker.refuted import states_derivatives
from verify_derivations.checker.rounded import half_unit, printed_decimal, rounded
from verify_derivations.checker.sentences import SUBJECT
from verify_derivations.checker.solutions import BUDGET, EQUATED, SOLVED, is_stationary
from verify_derivations.checker.statements import (
    ZEROS,
    Chain,
    Stated,
    contains_derivative,
    is_adjoint_name,
    is_derivative,
    is_number,
)
from verify_derivations.checker.unknown import names_of
from verify_derivations.checker.verdicts import Verdict
from verify_derivations.derivations.refute import Agreement, refute
from verify_derivations.derivations.refute import Refuted as Refutation
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.define import define
from verify_derivations.formulas.definitions import is_slope
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Number, heads
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import base_of, names_in
from verify_derivations.formulas.symbols import FUNCTIONS
from verify_derivations.formulas.world import Statement, World

GIVES_A_VALUE = re.compile(  # a number for an example
    r"\b(?:if|when|set|setting|solve|solving|suppose|assume|assuming|until)\b[^.!?;:]{0,40}$"
    r"|\b(?:maxim\w+|minim\w+|largest|smallest|peaks?|typical(?:ly)?|usually|often|at\s+(?:most|least))\b[^.!?;]{0,40}$",
    re.I,
)


def otherwise(
    case: Case, stated: Stated, definitions: Definitions, left: s.Node, right: s.Node, refuted: Judged
) -> Judged:
    """The judgement of a refuted equation, by the first of these that it may say."""
    there = _at_values(case, stated, definitions, left, right, refuted)
    judged = there or refuted
    if judged.link.verdict is Verdict.REFUTED:
        judged = _to_be_solved(stated, definitions, left, right, judged)
    if judged.link.verdict is Verdict.REFUTED:
        judged = _as_printed(case, stated, definitions, left, right, judged)
    if there is None and judged.link.verdict is Verdict.REFUTED:
        said = _worked_out(left, right) or _varies(stated, definitions.world, left, right, judged) or _extremes(judged)
    else:
        said = None
    if said is not None:
        open_ = replace(judged.link, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)
        judged = replace(judged, link=open_)
    return judged


def _worked_out(left: s.Node, right: s.Node) -> str | None:
    """Numbers put in for names, ``μ²/(μ² + σ²/n) = 0.5²/(0.5² + 1/10)``: an arithmetic expression is written down for
    an example, of which the document need not say the values."""
    for side, other in ((left, right), (right, left)):
        numbers = [x.text for x in s.walk(other) if isinstance(x, s.Number)]
        decimals = any("." in text for text in numbers) and not contains_derivative(side)
        if len(numbers) + decimals > 2 and _is_arithmetic(other) and not _is_arithmetic(side):
            return "it has numbers in the place of names, and for which values is not said"
    return None


def _varies(stated: Stated, world: World, left: s.Node, right: s.Node, judged: Judged) -> str | None:
    """``\\sum_i p_i = 1`` of ``p_i = e^{-λ x_i}``, ``f = 2`` of ``f = x + y``: who says that what varies is a number
    speaks of some values. Not where it never varies, as the sum of a softmax does not, nor ever is that number; and
    ``a - b = 0`` says that a is b."""
    c, environment, found = judged.comparison, judged.environment, judged.link.counterexample
    if c is None or environment is None or found is None or not found.values:
        return None
    if any({left, right} <= {*x.sides} and any(map(contains_derivative, x.sides)) for x in stated.chains):
        return None
    if states_derivatives(world, (left, right)) or not depends_on_values(world, c.left - c.right):
        return None
    nodes = [x for side in (left, right) for x in s.walk(side)]
    if not any(isinstance(x, s.BigOperator | s.Norm) for x in nodes) and all(
        world.is_defined(name) for name in names_of(world, (left, right)) - world.sizes - world.functions.keys()
    ) and names_of(world, (left, right)).isdisjoint(world.functions):  # that w = x + y is 2 is wrong
        return None
    for side, number, body, value in ((left, right, c.left, found.left), (right, left, c.right, found.right)):
        difference = number in ZEROS and isinstance(side, s.Sum) and len(side.terms) > 1
        if names_of(world, (number,)) - world.sizes or not {*heads(body)} or difference:
            continue
        try:
            other = refute(body, Number(Fraction(value)), environment, c.free, c.facts)
            varies = isinstance(other, Refutation) and other.sizes == found.sizes
        except ValueError:
            varies = True  # no rational number, of values that are
        if varies:
            return "it does not hold for all values, and seems to be a condition on some"
    return None


def _extremes(judged: Judged) -> str | None:
    """Values where ``λ_{\\max}`` is below ``λ_{\\min}`` refute nothing."""
    values = judged.link.counterexample.values if judged.link.counterexample is not None else {}
    for name, most in values.items():
        least = values.get(name.replace("max", "min")) if "max" in name else None
        if least is not None and "[" not in most + least and Fraction(most) < Fraction(least):
            return f"it is refuted where {name} is the smaller one"
    return None


def _is_arithmetic(side: s.Node) -> bool:
    """Whether a side is of numbers alone."""
    return {base_of(x) for x in names_in(side)} <= FUNCTIONS


def rests_on(case: Case, stated: Stated) -> tuple[object, ...]:
    """What a judgement rests on besides the formula and its definitions: words before it, values that others give."""
    said = [pattern.search(stated.raw.context) is not None for pattern in (GIVES_A_VALUE, SOLVED, EQUATED, SUBJECT)]
    words = [*said, stated.sums]
    before = (f for f in case.above(stated.scope) if f.number < stated.number or _is_behind(f, stated))
    values = [(f.number, c) for f in before for c in f.chains if printed_decimal(c.sides[-1]) or example(f, c)]
    return words, values, sorted(_given_numbers(case, stated))


_BEHIND = re.compile(r"[\s,;(]*(?:at|when|if|for|where)\s*")


def _is_behind(f: Stated, stated: Stated) -> bool:
    """Whether a formula says where the one before it holds: “$f'(z) = 1$ (at $z = 0$)”."""
    return f.number == stated.number + 1 and not f.raw.displayed and _BEHIND.fullmatch(f.raw.context) is not None


def _to_be_solved(
    stated: Stated, definitions: Definitions, left: s.Node, right: s.Node, judged: Judged
) -> Judged:
    """The judgement of a refuted equation that says where a derivative is zero, or that the words before it call one to
    be solved: of all values it claims nothing. (What begins with a name, or differentiates, is a claim,
    and so is a step of a chain that does.)"""
    world, c, environment = definitions.world, judged.comparison, judged.environment
    primes = any(isinstance(node, s.Scripted) and node.primes for side in (left, right) for node in s.walk(side))
    if isinstance(left, s.Symbol | s.Scripted) or primes or any(map(contains_derivative, (left, right))):
        return judged
    if any(chain.sides[0] != left and _is_step(chain.sides, left, right) for chain in stated.chains):
        return judged
    if c is not None and environment is not None and is_stationary(world, environment, c):
        said = "says where a derivative is zero"
        link = replace(judged.link, verdict=Verdict.DEFINED, evidence="solution", message=said, counterexample=None)
        return replace(judged, link=link)
    if SOLVED.search(stated.raw.context) is None and SUBJECT.search(stated.raw.context) is None:
        return judged
    said = "it does not hold for all values, and seems to be an equation to be solved"
    return replace(judged, link=replace(judged.link, verdict=Verdict.UNDECIDED, evidence="limit", message=said))


def _is_step(sides: Sequence[s.Node], left: s.Node, right: s.Node) -> bool:
    """Whether an equation is one of a chain that begins with a name or has a derivative."""
    begun = isinstance(sides[0], s.Symbol | s.Scripted | s.Call) or any(map(contains_derivative, sides))
    return begun and left in sides and right in sides


def _as_printed(
    case: Case, stated: Stated, definitions: Definitions, left: s.Node, right: s.Node, judged: Judged
) -> Judged:
    """The judgement of a refuted equation, with what rounding explains."""
    if judged.environment is None:
        return judged
    names, table = names_of(definitions.world, (left, right)), case.table_of(stated.scope)
    given = {
        reference.name: half_unit(number) for f in case.above(stated.scope) if f.number < stated.number
        for k, chain in enumerate(f.chains) if (f.number, k, len(chain.sides) - 2) not in definitions.defined
        for reference, number in [(table.reference(chain.sides[0]), printed_decimal(chain.sides[-1]))]
        if reference is not None and number is not None and reference.name in names
    }  # fmt: skip
    link = rounded(definitions.world, judged.environment, left, right, judged.link, given)
    return judged if link is None else replace(judged, link=link)


def _at_values(
    case: Case, stated: Stated, definitions: Definitions, left: s.Node, right: s.Node, refuted: Judged
) -> Judged | None:
    """The judgement of a refuted equation at the values that formulas before it give for an example, or at a solution,
    where it holds there. (At a solution each multiple of the derivative is zero, too: of that nothing is said.)"""
    world, table = definitions.world.fork(), case.table_of(stated.scope)
    nodes = [node for side in (left, right) for node in s.walk(side)]
    slope = any(is_derivative(node) or isinstance(node, s.Scripted) and node.primes for node in nodes)
    slope = slope or any(is_adjoint_name(node, table) or table.variable_of(name) for node in nodes
                         for name in names_of(world, (node,)))  # fmt: skip
    given = _values_before(case, stated, definitions, ("example",) if slope else ("example", "solution"))
    names = names_of(world, (left, right))
    if (c := refuted.comparison) is not None:  # the x and y of ∂f/∂x, where f is a function of both
        names |= {*heads(c.left), *heads(c.right)}
    used = sorted(world.below(names) & given.keys())
    try:
        for name in used:
            f, chain = given[name]
            if (pair := _value(chain, world)) is None:
                said = f"for an example {to_latex(chain.sides[0])} has a value, and the sign of {name} is not said"
                link = replace(refuted.link, verdict=Verdict.UNDECIDED, evidence="notation", message=said,
                               counterexample=None)  # fmt: skip
                return replace(refuted, link=link)
            define(world, Statement(f.number, defining=True), *pair, f.number)
    except DocumentError:
        return _of_values_not_said(case, stated, world, refuted, left, right, unused=used)
    given_numbers = _given_numbers(case, stated) if {left, right}.isdisjoint(ZEROS) else set()
    made = sorted(x for x in world.below(names) & given_numbers if _is_made(x, world))
    if not used:
        return _of_values_not_said(case, stated, world, refuted, left, right, unused=made)
    effort = replace(case.effort.proofs_only, first=case.effort.condition)
    judged = judge_link(world, left, right, (), stated.number, effort)
    numbers = any(_is_arithmetic(side) for side in (left, right))
    if judged.link.verdict is Verdict.UNDECIDED and numbers:  # no proof within its limits: this can be worked out
        judged = judge_link(world, left, right, (), stated.number, replace(case.effort, first=case.effort.condition))
    found, proved = judged.link, judged.link.verdict is Verdict.PROVED
    if not proved and judged.environment is not None:
        found = rounded(world, judged.environment, left, right, found, {}) or found
    decimals = any(isinstance(x, s.Number) and "." in x.text for x in nodes)  # x_0 · 0.20 is perhaps x_0 · 0.1966
    if not proved and found.verdict is not Verdict.CHECKED and not (decimals and found.evidence == "rounding"):
        return _of_values_not_said(case, stated, world, refuted, left, right, used=True, unused=made)
    where = ", ".join(f"{to_latex(given[name][1].sides[0])} = {to_latex(given[name][1].sides[-1])}" for name in used)
    link = replace(found, verdict=Verdict.CONDITIONAL if proved else found.verdict, evidence="example",
                   message=f"holds where {where}" if proved else f"where {where}, {found.message}",
                   assumptions=(where, *found.assumptions))  # fmt: skip
    return replace(judged, link=link)


def _of_values_not_said(
    case: Case, stated: Stated, world: World, refuted: Judged, left: s.Node, right: s.Node, *,
    used: bool = False, unused: Sequence[str] = (),
) -> Judged | None:  # fmt: skip
    """The judgement of a refuted equation of what depends on something and a number that is worked out: decimals, or
    any number where values are given for that, in this section or before, which are not put in. Nobody claims that it
    is this always."""
    if not any(map(is_number, (left, right))) or not unused and {left, right} & {*ZEROS}:
        return None
    number, c, found = printed_decimal(right) or printed_decimal(left), refuted.comparison, refuted.link.counterexample
    if used or found is None:
        names = names_of(world, (left, right)) if c is None else {*heads(c.left), *heads(c.right)}
        missing = {x for x in world.below(names) if x in world.known and not world.is_defined(x) and not is_slope(x)}
    else:  # what both sides depend on
        missing = {x for x in found.values if x in world.known and not world.is_defined(x)}
    told = missing & _given_numbers(case, stated)
    if not unused and not told and (number is None or half_unit(number) >= Fraction(1, 100)) or not (missing or unused):
        return None
    if not unused and _is_constant(refuted, is_number(right)):
        return None
    said = f"it is a number, and for which {', '.join(unused or sorted(told) or sorted(missing))} is not said"
    link = replace(refuted.link, verdict=Verdict.UNDECIDED, evidence="notation", message=said, counterexample=None)
    return replace(refuted, link=link)


def _is_constant(refuted: Judged, left: bool) -> bool:
    """Whether the side that is no number, the ``left`` one or the right one, has the same value everywhere, as far as a
    few points show: ``f'(z)`` of f(z) = a z."""
    c, environment, found = refuted.comparison, refuted.environment, refuted.link.counterexample
    if c is None or environment is None or found is None:
        return False
    try:
        value = Number(Fraction(found.left if left else found.right))
        same = refute(c.left if left else c.right, value, environment, c.free, budget_seconds=BUDGET)
    except (ArithmeticError, RecursionError, ValueError):
        return False
    return isinstance(same, Agreement)


def _given_numbers(case: Case, stated: Stated) -> set[str]:
    """The names that equations before a formula give numbers for: “$w = 2$, $b = 8$”."""
    table = case.table_of(stated.scope)
    found = (table.reference(c.sides[0]) for f in case.formulas if f.number < stated.number or _is_behind(f, stated)
             for c in f.chains if is_number(c.sides[-1]) and isinstance(c.sides[0], s.Symbol | s.Scripted))  # fmt: skip
    return {r.name for r in found if r is not None and r.power is None}


def _is_made(name: str, world: World) -> bool:
    """Whether a name is defined by what has no value: the e of ``e = z - y`` and ``e = 2``."""
    return world.is_defined(name) and any(x in world.known and not world.is_defined(x) for x in world.below([name]))


def _value(chain: Chain, world: World) -> tuple[s.Node, s.Node] | None:
    """A name and its value: of ``\\sigma^2 = 4`` a root, where σ is positive; ``None`` where that is not known."""
    left, right = chain.sides[0], chain.sides[-1]
    reference = world.table.reference(left)
    if reference is None or reference.power is None:
        return left, right
    if reference.name not in world.assumed.positive or not isinstance(left, s.Scripted):
        return None
    root = s.Scripted(s.Group("(", right), None, s.Fraction(s.Number("1"), reference.power))
    return (left.base if left.sub is None else replace(left, sup=None)), root


def _values_before(
    case: Case, stated: Stated, definitions: Definitions, kinds: Sequence[str]
) -> dict[str, tuple[Stated, Chain]]:
    """By name, the last equation before a formula that gives a value. Two between displayed formulas, t = 1 for one
    class and t = 0 for the other, are none."""
    found: dict[str, list[tuple[Stated, Chain]]] = {}
    here: set[str] = set()  # since the last displayed formula
    for f in case.above(stated.scope):
        if f.number >= stated.number and not _is_behind(f, stated):
            continue
        if f.raw.displayed:
            here.clear()
        for k, chain in enumerate(f.chains):
            reference = case.table_of(stated.scope).reference(chain.sides[0])
            if reference is None or definitions.world.is_defined(reference.name):
                continue
            if definitions.defined.get((f.number, k, 0)) in kinds:
                found[reference.name] = [*(found[reference.name] if reference.name in here else ()), (f, chain)]
                here.add(reference.name)
    return {name: last for name, (*others, last) in found.items() if all(
        chain.sides[-1] == last[1].sides[-1] for _, chain in others)}  # fmt: skip
