"""Derivatives that a document leaves unstated, derived from its definitions: of functions, and on the way of a net.

Each is written in the document's notation, read back, and judged like a formula of the document. Only what is proved is
offered, marked as derived.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from verify_derivations.checker.candidates import Corrected
from verify_derivations.checker.case import Case, Scope
from verify_derivations.checker.composition import Composer, rearranges
from verify_derivations.checker.derived import derived_side
from verify_derivations.checker.forward import AnyDepth, Forward, NoNet
from verify_derivations.checker.layers import LayeredComposer
from verify_derivations.checker.links import judge_link
from verify_derivations.checker.programs import net_name
from verify_derivations.checker.scopes import visible
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.unknown import said_otherwise
from verify_derivations.checker.verdicts import Formula, Net, Offer, Verdict
from verify_derivations.checker.vocabulary import Vocabulary, vocabulary
from verify_derivations.derivations.composition import Uncomposed
from verify_derivations.derivations.differentiate import derivative
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import FunctionDefinition, adjoint, adjoint_of
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Apply, Scalar, map_accesses, walk
from verify_derivations.formulas.latex import to_latex as scalar_latex
from verify_derivations.formulas.other_losses import not_written_out
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.reader import parse_expression
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.world import Readings, Statement, World

Composed: TypeAlias = tuple[tuple[Net, ...], tuple[Offer, ...], tuple[str, ...]]
"""Nets, derivatives that are offered, remarks."""

STRICT = {"\\ge": ">", "\\geq": ">", "\\geqslant": ">", "\\le": "<", "\\leq": "<", "\\leqslant": "<"}


def offers_of_functions(case: Case, readings: Readings) -> Composed:
    """What is offered of functions, in document order."""
    found: list[Offer] = []
    try:
        found += _of_functions(case, readings)
    except Exception as failure:  # the verdicts must not be lost with what they give together
        return (), tuple(found), (_failed(failure),)
    return (), tuple(found), ()


def net_and_offers(case: Case, formulas: Sequence[Formula], readings: Readings, scope: Scope) -> Composed:
    """The net of a scope, if it has one, with what is offered for it."""
    nets: list[Net] = []
    found: list[Offer] = []
    try:
        composer = composed(case, formulas, readings, scope)
        nets += [composer.net() if isinstance(composer, Composer) else composer] if composer is not None else []
        found += _of_net(case, composer) if isinstance(composer, Composer) else ()
    except Exception as failure:
        return tuple(nets), tuple(found), (_failed(failure),)
    return tuple(nets), tuple(found), ()


def together(parts: Sequence[Composed]) -> Composed:
    """Nets that are composed before those that are not."""
    nets = sorted((net for nets, _, _ in parts for net in nets), key=lambda net: not net.gradients)
    offers = dict.fromkeys(offer for _, found, _ in parts for offer in found)
    return tuple(nets), tuple(offers), tuple(dict.fromkeys(remark for _, _, remarks in parts for remark in remarks))


def _failed(failure: Exception) -> str:
    return f"The composition of the gradients failed: {failure!r}"[:300]


def composed(case: Case, formulas: Sequence[Formula], readings: Readings, scope: Scope) -> Composer | Net | None:
    """The net of a scope (see :meth:`Composer.net`), one that is not composed, or none."""
    world = scope.definitions.world
    try:
        composer = _composer(case, scope, readings, Corrected(case))
        if not composer.has_parameters:
            return None
        unsaid = world.below([composer.loss]) & set[str]().union(*(world.by_slopes(f.number) for f in case.formulas))
        other = not_written_out(world, composer.environment, [composer.loss])
        if other is not None:
            raise NoNet(f"{composer.loss} rests on {other}, of which nothing is known")
        if unsaid:
            raise NoNet(f"how {min(unsaid)} depends on its variables is not stated")
        composer.gather([
            (stated, formula) for stated, formula in zip(case.formulas, formulas, strict=True)
            if stated.error is None and any(len(c.sides) > 1 and not c.update for c in stated.chains)
        ])  # fmt: skip
        if (otherwise := said_otherwise(world, composer.loss, composer.roots)) is not None:
            raise NoNet(otherwise)
        return composer
    except (NoNet, Uncomposed) as reason:
        if world.loss is None or not world.is_defined(world.loss):
            return None
        return Net(net_name(case, scope.name), scope.variant, world.loss, (), str(reason))


def _composer(case: Case, scope: Scope, readings: Readings, corrected: Corrected) -> Composer:
    try:
        forward = Forward.of(scope.definitions.world, known_functions=False)
    except AnyDepth:
        return LayeredComposer.of(case, scope, readings, corrected)
    return Composer(case, scope, forward, readings, corrected)


# -- functions ---------------------------------------------------------------------------------------------------
def _of_functions(case: Case, readings: Readings) -> Iterator[Offer]:
    """The derivatives of each function of which the document states none: by its variables, and by the numbers that its
    definition takes from outside, unless these are drawn at random."""
    for stated in case.formulas:
        for chain in stated.chains:
            left = chain.sides[0]
            if len(chain.sides) < 2 or not isinstance(left, s.Call) or not isinstance(left.function, s.Symbol):
                continue
            world = case.definitions(stated.scope, stated.variant, readings).world
            name = name_of(left.function)
            function = world.functions.get(name)
            if function is None or function.number != stated.number or _has_derivative(case, stated, name):
                continue
            variables = [to_latex(argument) for argument in left.arguments]
            variables += [
                head for head in sorted(world.environment().captured.get(name, ()))
                if not world.is_defined(head) and _is_number(world, head) and not _is_drawn(case, stated, head)
            ]  # fmt: skip
            for variable in variables:
                offer = _of_function(case, world, stated, function, variable, chain.sides[1])
                if offer is not None:
                    yield offer


def _has_derivative(case: Case, stated: Stated, name: str) -> bool:
    """Whether a formula in the scope of a definition is about a derivative of the function."""
    return any(
        _is_derivative_of(node, name)
        for f in case.formulas if f.scope[: len(stated.scope)] == stated.scope
        for chain in f.chains if len(chain.sides) > 1
        for node in s.walk(chain.sides[0])
    )  # fmt: skip


def _is_derivative_of(node: s.Node, name: str) -> bool:
    match node:
        case s.Derivative(numerator) | s.Nabla(_, numerator):
            of = numerator.function if isinstance(numerator, s.Call) else numerator
            return isinstance(of, s.Symbol) and name_of(of) == name
        case s.Call(s.Scripted(base=s.Symbol() as base, primes=primes)) if primes:
            return name_of(base) == name
        case s.Scripted(base=s.Symbol() as base, primes=primes) if primes:
            return name_of(base) == name
    return False


def _is_number(world: World, head: str) -> bool:
    known = world.known.get(head)
    return head not in world.sizes and (known is None or not known.extents)


def _is_drawn(case: Case, stated: Stated, head: str) -> bool:
    """Whether the text says ``head ~ …``."""
    return any(
        isinstance(node, s.Relation) and node.relations[0] == "\\sim" and to_latex(node.sides[0]) == head
        for f in visible(case.above(stated.scope), stated.scope, stated.variant) if f.tree is not None
        for node in s.walk(f.tree)
    )  # fmt: skip


def _of_function(
    case: Case, world: World, stated: Stated, function: FunctionDefinition, variable: str, right: s.Node
) -> Offer | None:
    text = f"\\frac{{\\partial {function.name}}}{{\\partial {variable}}}"
    given = world.applied.parameters.get(function.name, ())
    if any(head in world.known and world.known[head].extents for head in given):
        return None  # the letter of its argument also names a tensor
    names = {p: Access(head) for p, head in zip(function.parameters, given, strict=False)}
    try:
        left = parse_expression(text, case.symbols, case.document.macros)
        if isinstance(right, s.Cases):
            written = _by_cases(world, right, variable, stated.number)
        else:
            body = map_accesses(function.body, lambda access: names.get(access.head))
            written = _written(derivative(body, variable, (), world.environment()))
        if written is None:
            return None
        tree = parse_expression(written, case.symbols, case.document.macros)
    except (DocumentError, AssertionError, ArithmeticError, TypeError):
        return None
    return _judged(case, world, left, tree, stated.number, "")


def _by_cases(world: World, cases: s.Cases, variable: str, number: int) -> str | None:
    """The derivative row by row, inside of the conditions: at their borders there is none, or it is not known."""
    rows = []
    for value, condition in cases.rows:
        body = Elaborator(world, Statement(number)).tensor(value).body
        text = _written(derivative(body, variable, (), world.environment()))
        if text is None:
            return None
        rows.append(f"{text} & {_inside(condition)}")
    return "\\begin{cases} " + " \\\\ ".join(rows) + " \\end{cases}"


def _inside(condition: s.Node | None) -> str:
    if isinstance(condition, s.Relation):
        condition = replace(condition, relations=tuple(STRICT.get(r, r) for r in condition.relations))
    return "\\text{otherwise}" if condition is None else to_latex(condition)


def _written(expression: Scalar) -> str | None:
    """LaTeX; ``None`` where a derivative is left that nobody knows."""
    if any(isinstance(node, Apply) and any(node.derivative) for node in walk(expression)):
        return None
    return scalar_latex(expression)


# -- nets --------------------------------------------------------------------------------------------------------
def _of_net(case: Case, composer: Composer) -> Iterator[Offer]:
    """The derivatives that are needed on the way from the loss to the parameters, and not stated."""
    environment = composer.scope.definitions.world.environment(composer.loss)
    missing = [
        adjoint_of(name, composer.loss) or "" for name, taken in composer.steps.items()
        if not any(part.used or part.said for part in taken.parts) and not rearranges(taken.step)
    ]  # fmt: skip
    missing.sort(key=lambda head: -composer.forward.rank[head])
    words: Vocabulary | None = None
    for head in dict.fromkeys(map(composer.shown, missing)):
        if head not in environment.quantities:
            continue
        quantity = environment.quantities[head]
        written = _as_written(case, composer, head)
        if written is None:
            continue
        number = quantity.number if quantity.body is not None else environment.consumers(head)[0].number
        stated = next((f for f in case.formulas if f.number == number), None)
        if stated is None:
            continue
        world = composer.scope.definitions.world.fork()
        if words is None:
            seen = visible(case.above(composer.scope.name), composer.scope.name, composer.scope.variant)
            words = vocabulary(stated, seen, world, case.table_of(stated.scope))
        try:
            left = parse_expression(adjoint(to_latex(written), composer.loss), case.symbols, case.document.macros)
        except DocumentError:
            continue
        where = composer.name if composer.scope.variant is None else f"{composer.name}, {composer.scope.variant}"
        for right in derived_side(world, left, stated.number, words, case):
            offer = _judged(case, world, left, right, stated.number, where)
            if offer is not None:
                yield offer
                break


def _as_written(case: Case, composer: Composer, head: str) -> s.Node | None:
    """A quantity as the document writes it, with index letters where it has such."""
    world = composer.scope.definitions.world
    quantity = world.environment(composer.loss).quantities[head]
    defining = [f for f in case.formulas if f.number == quantity.number]
    for node in (chain.sides[0] for f in defining for chain in f.chains):
        if _is_written(world, node, head):
            return node
    name, layer = world.layers.place(head)
    for f in visible(case.above(composer.scope.name), composer.scope.name, composer.scope.variant):
        for node in s.walk(f.tree) if f.tree is not None else ():
            reference = world.table.reference(node) if isinstance(node, s.Symbol | s.Scripted) else None
            if reference is not None and reference.name == name and (layer is None) == (reference.layer is None):
                if _is_written(world, node, head):
                    return node
    return None


def _is_written(world: World, node: s.Node, head: str) -> bool:
    """Whether ``node`` stands for all of a quantity, or for the entries at free letters."""
    try:
        body = Elaborator(world, Statement()).tensor(node).body
    except (DocumentError, AssertionError):
        return False
    return (
        isinstance(body, Access) and body.head == head
        and len({i.as_atom() for i in body.indices} - {None}) == len(body.indices)
    )  # fmt: skip


# -- both --------------------------------------------------------------------------------------------------------
def _judged(case: Case, world: World, left: s.Node, right: s.Node, number: int, net: str) -> Offer | None:
    link = judge_link(world, left, right, (), number, case.effort.proofs_only).link
    if link.verdict not in (Verdict.PROVED, Verdict.CONDITIONAL):
        return None
    latex = f"{to_latex(left)} = {to_latex(right)}"
    return Offer(to_latex(left), latex, link.verdict, number, link.assumptions, link.message, net)
