"""Nets that a checked document defines: forward definitions, parameters, and the gradient formulas that are right.

A scope and variant is a net if it defines a loss that compares one output with one label, and rests on one input.
Its gradients are the document's own: each stated formula is judged in the net's world, and only those that hold are
taken (of a wrong one its correction, judged again). What is missing is left to whoever completes the program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product
from pathlib import Path

from verify_derivations.checker.judge import Case, Scope, prepare
from verify_derivations.checker.links import Effort, compare, judge_link
from verify_derivations.checker.statements import Stated
from verify_derivations.checker.verdicts import Verdict, worst
from verify_derivations.derivations.prove import Limits
from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.definitions import FunctionDefinition, Quantity, adjoint_of
from verify_derivations.formulas.elaborate import Elaborator
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    Mul,
    Number,
    Power,
    Scalar,
    heads,
    mul,
    walk,
)
from verify_derivations.formulas.notation import CONVENTIONS, beside, read_notation
from verify_derivations.formulas.program import Net, Program, Source
from verify_derivations.formulas.scanner import Document, read_document
from verify_derivations.formulas.world import Readings, Statement, World

RIGHT = (Verdict.PROVED, Verdict.CONDITIONAL, Verdict.CHECKED)
LIMITS = Limits(unfoldings=6, seconds=1.0)
EFFORT = Effort(first=LIMITS, condition=LIMITS, proof=LIMITS).proofs_only  # what takes longer is derived instead
INPUTS = ("x", "X", "\\mathbf{x}", "\\mathbf{X}", "\\boldsymbol{x}", "\\boldsymbol{X}", "\\vec{x}")


class NoNet(DocumentError):
    """Why a scope is not a net that can be trained."""


def programs(source: Document | Path | str, *, notation: Path | str | None = None) -> tuple[Program, ...]:
    """All nets of a document as programs; see :func:`nets`."""
    return tuple(net.program() for net in nets(source, notation=notation))


def nets(source: Document | Path | str, *, notation: Path | str | None = None) -> tuple[Net, ...]:
    """The nets of a document, one for each loss, in document order. Raises :class:`DocumentError` with the reasons if
    there is none."""
    document = source if isinstance(source, Document) else read_document(source)
    path = beside(Path(source)) if notation is None and not isinstance(source, Document) else notation
    case = prepare(document, EFFORT, read_notation(path) if path is not None else None)
    found, reasons = [], []
    for scope in scopes(case, Readings().but(**case.notation.conventions)):
        name = net_name(case, scope.name)
        try:
            forward, *_ = _outline(scope)
        except NoNet as reason:
            reasons.append(f"{name}: {reason}")
        else:
            found.append(Net(name, scope.variant or forward.loss, partial(_program, case, scope)))
    if not found:
        raise DocumentError("; ".join(dict.fromkeys(reasons)) or "the document defines no net")
    return tuple(found)


def scopes(case: Case, readings: Readings) -> Iterator[Scope]:
    """Each scope in each of its variants; what is differentiated in one variant counts for all."""
    for name in dict.fromkeys(f.scope for f in case.formulas):
        variants: list[str | None] = [*case.variants(name)] or [None]
        all_of = [case.definitions(name, variant, readings) for variant in variants]
        numerators = list(dict.fromkeys(n for d in all_of for n in d.world.numerators))
        denominators = set[str]().union(*(d.world.denominators for d in all_of))
        for variant, definitions in zip(variants, all_of, strict=True):
            world = replace(definitions.world, numerators=numerators, denominators=denominators)
            if world.loss is None:
                world.loss = next((n for n in world.losses() if world.is_defined(n)), None) or _last_scalar(world)
            yield Scope(name, variant, replace(definitions, world=world))


def net_name(case: Case, scope: tuple[str, ...]) -> str:
    return scope[-1] if scope else case.document.title or Path(case.document.path).stem


def _program(case: Case, scope: Scope) -> Program:
    """The net of a scope and variant, in the reading of its notation by which most of its gradient formulas hold."""
    name, path = net_name(case, scope.name), (scope.name, scope.variant)
    best: tuple[Scope, tuple[Quantity, ...], dict[str, Source]] | None = None
    for readings in _readings(case, scope):
        here = next(s for s in scopes(case, readings) if (s.name, s.variant) == path)
        backward, sources = stated_gradients(case, here, _outline(here)[0])
        if best is None or len(backward) > len(best[1]):
            best = here, backward, sources
    assert best is not None
    scope, backward, sources = best
    forward, source, label, output = _outline(scope)
    for quantity in forward.quantities:
        if quantity.number is not None:
            sources[quantity.head] = _source(case, quantity.number, Verdict.DEFINED)
    parameters = tuple(q.head for q in forward.leaves if q.head not in (source, label))
    return Program(
        name, scope.variant or forward.loss, forward.leaves, forward.quantities, backward, parameters, (source,), (label,),
        output, forward.loss, {}, sources, forward.functions,
        frozenset(name for name, f in forward.functions.items() if increasing(f)),
    )  # fmt: skip


def _readings(case: Case, scope: Scope) -> Iterator[Readings]:
    """The readings that its forward definitions leave open, the usual one first."""
    world = scope.definitions.world
    used = frozenset[str]().union(*(world.conventions_of.get(q.head, ()) for q in _outline(scope)[0].quantities))
    open_ = [k for k in CONVENTIONS if k in used and k not in case.notation.conventions]
    for choice in product(*(CONVENTIONS[k] for k in open_)):
        yield world.readings.but(**dict(zip(open_, choice, strict=True)))


def _outline(scope: Scope) -> tuple[Forward, str, str, str]:
    """The forward definitions of a net, its input, label and output. Raises :class:`NoNet`."""
    world = scope.definitions.world
    forward = Forward.of(world, scope)
    label, output = forward.label_and_output()
    source = forward.input(label, world)
    parameters = [q.head for q in forward.leaves if q.head not in (source, label)]
    if not parameters:
        raise NoNet("it has no parameters")
    loose = [p for p in parameters if forward.differentiated and p not in forward.differentiated]
    if loose:
        raise NoNet(f"neither a value nor a derivative by {', '.join(loose)} is stated")
    return forward, source, label, output


# -- forward ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Forward:
    """What the loss rests on: ``quantities`` in topological order, ``leaves`` without definition."""

    loss: str
    leaves: tuple[Quantity, ...]
    quantities: tuple[Quantity, ...]
    functions: dict[str, FunctionDefinition]
    differentiated: frozenset[str]  # leaves by which the document differentiates
    rank: dict[str, int]

    @classmethod
    def of(cls, world: World, scope: Scope) -> Forward:
        environment = world.environment()
        loss = environment.loss
        if loss is None or not world.is_defined(loss):
            raise NoNet("it defines no loss")
        try:
            rank = environment.order()
        except ValueError as circle:
            raise NoNet(str(circle)) from None
        functions: dict[str, FunctionDefinition] = {}
        reached: dict[str, Quantity] = {}
        pending = [loss]
        while pending:
            head = pending.pop()
            if head in reached:
                continue
            quantity = world.quantities.get(head)
            if quantity is None or (quantity.body is not None and quantity.opaque):
                raise NoNet(f"{head} is not defined")
            if quantity.body is None and world.layer_of.get(head, ("",))[0] in world.templates:
                raise NoNet("the number of its layers is not stated")
            reached[head] = quantity
            if quantity.body is not None:
                pending += heads(quantity.body)
                pending += _call_heads(quantity, world, functions)
        first_use = dict(reversed([*_uses(reached, rank)]))
        ordered = sorted(reached.values(), key=lambda q: (rank[q.head], first_use.get(q.head, 0), -len(q.extents)))
        names = {h: world.layer_of.get(h, (h,))[0] for h in reached}
        leaves = tuple(q for q in ordered if q.body is None)
        return cls(
            loss, leaves, tuple(q for q in ordered if q.body is not None), functions,
            frozenset(q.head for q in leaves if names[q.head] in world.denominators), rank,
        )  # fmt: skip

    def label_and_output(self) -> tuple[str, str]:
        """The leaf that the loss compares with a computed quantity of the same shape, and that quantity."""
        compared = heads(next(q.body for q in self.quantities if q.head == self.loss and q.body is not None))
        computed = {q.head: q for q in self.quantities if q.head in compared}
        pairs = [
            (leaf.head, other.head) for leaf in self.leaves for other in computed.values()
            if leaf.head in compared and leaf.head not in self.differentiated and leaf.extents == other.extents
        ]  # fmt: skip
        if len({label for label, _ in pairs}) != 1:
            raise NoNet(f"{self.loss} does not compare an output with a label")
        return pairs[-1]

    def input(self, label: str, world: World) -> str:
        """The leaf that is neither differentiated nor a label; of several the one called x, or the one that
        is the first activation."""
        candidates = [q.head for q in self.leaves if q.head != label and q.head not in self.differentiated]
        if self.differentiated and len(candidates) == 1:
            return candidates[0]
        rest = [q.head for q in self.leaves if q.head != label]
        renamed = [
            q.body.head for q in self.quantities
            if isinstance(q.body, Access) and q.body.head in rest and q.body.indices and world.is_defined(q.head)
        ]  # fmt: skip
        for choice in ([h for h in rest if world.layer_of.get(h, (h,))[0] in INPUTS], renamed):
            if len(set(choice)) == 1:
                return choice[0]
        raise NoNet(f"which of {', '.join(rest) or 'its symbols'} is the input is not clear")


def _uses(reached: dict[str, Quantity], rank: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Each quantity that a definition mentions, with the rank of that definition, the lowest first."""
    for quantity in sorted(reached.values(), key=lambda q: rank[q.head]):
        if quantity.body is not None:
            yield from ((head, rank[quantity.head]) for head in heads(quantity.body))


def _last_scalar(world: World) -> str | None:
    """Of a document that states no derivative: the last number that it computes."""
    used = {h for q in world.quantities.values() if q.body is not None for h in heads(q.body)}
    scalars = [q.head for q in world.quantities.values() if q.body is not None and not q.extents and q.head not in used]
    return scalars[-1] if scalars else None


def _call_heads(quantity: Quantity, world: World, functions: dict[str, FunctionDefinition]) -> list[str]:
    """The leaves inside the document's functions that a definition calls; the functions are noted in ``functions``."""
    assert quantity.body is not None
    found: list[str] = []
    pending = [quantity.body]
    while pending:
        for node in walk(pending.pop()):
            if not isinstance(node, Apply) or node.function in functions:
                continue
            if node.function in world.opaque_functions:
                raise NoNet(f"the function {node.function} is not defined")
            definition = world.functions.get(node.function)
            if definition is not None:
                functions[node.function] = definition
                pending.append(definition.body)
                found += [h for h in heads(definition.body) if h not in definition.parameters]
    return found


def increasing(function: FunctionDefinition) -> bool:
    """Whether a function of one variable is strictly increasing, by its structure. (False: not known.)"""
    return len(function.parameters) == 1 and _direction(function.body, function.parameters[0]) == 1


def _direction(node: Scalar, variable: str) -> int | None:
    """1: increasing in ``variable``, -1: decreasing, 0: constant, ``None``: not known."""
    match node:
        case Access(head):
            return int(head == variable)
        case _ if variable not in heads(node):
            return 0
        case Add(terms):
            return _common({_direction(term, variable) for term in terms})
        case Mul((Number(value), *factors)):
            inner = _direction(mul(*factors), variable)
            return inner if inner is None or value > 0 else -inner
        case Apply(("exp" | "log" | "tanh" | "sigmoid" | "softplus" | "arctan"), (argument,), ()):
            return _direction(argument, variable)
        case Power(base, Number(exponent)) if _positive(base):
            inner = _direction(base, variable)
            return inner if inner is None or exponent > 0 else -inner
    return None


def _common(directions: set[int | None]) -> int | None:
    moving = directions - {0}
    return 0 if not moving else moving.pop() if len(moving) == 1 else None


def _positive(node: Scalar) -> bool:
    match node:
        case Number(value):
            return value > 0
        case Apply("exp"):
            return True
        case Add(parts) | Mul(parts):
            return all(map(_positive, parts))
    return False


# -- backward ---------------------------------------------------------------------------------------------------------
def stated_gradients(case: Case, scope: Scope, forward: Forward) -> tuple[tuple[Quantity, ...], dict[str, Source]]:
    """For each adjoint the first stated formula that holds, in an order in which each follows those it mentions."""
    found: dict[str, Quantity] = {}
    sources: dict[str, Source] = {}
    for stated in case.formulas:
        if scope.name[: len(stated.scope)] != stated.scope:
            continue
        for quantity, verdict in _claims(case, stated, scope.definitions.world, forward):
            if quantity.head not in found:
                found[quantity.head] = quantity
                sources[quantity.head] = _source(case, stated.number, verdict)
    order = sorted(found.values(), key=lambda q: -forward.rank[adjoint_of(q.head, forward.loss) or ""])
    return tuple(order), sources


def _claims(case: Case, stated: Stated, world: World, forward: Forward) -> Iterator[tuple[Quantity, Verdict]]:
    """What a formula states of adjoints: of each chain ``adjoint = … = side`` the last side that equals the adjoint."""
    conditions = tuple(stated.conditions)
    for chain in stated.chains:
        if chain.update or not _is_adjoint(world, chain.sides[0], stated.number):
            continue
        equal: list[tuple[s.Node, Verdict]] = [(chain.sides[0], Verdict.PROVED)]
        for side in chain.sides[1:]:
            for known, verdict in dict.fromkeys((equal[-1], equal[0])):
                link = judge_link(world, known, side, conditions, stated.number, case.effort).link
                if link.verdict in RIGHT:
                    equal.append((side, worst([verdict, link.verdict])))
                    break
        for side, verdict in reversed(equal[1:]):
            quantity = _definition(world, chain.sides[0], side, stated, forward)
            if quantity is not None:
                yield quantity, verdict
                break


def _is_adjoint(world: World, node: s.Node, number: int) -> bool:
    if world.loss is None:
        return False
    try:
        body = Elaborator(world, Statement(number)).tensor(node).body
    except DocumentError:
        return False
    return isinstance(body, Access) and adjoint_of(body.head, world.loss) is not None


def _definition(world: World, left: s.Node, right: s.Node, stated: Stated, forward: Forward) -> Quantity | None:
    """``adjoint(X)[i, …] = body``, if the body needs only what is computed before it."""
    try:
        (c, *_), _ = compare(world, Statement(stated.number), left, right, tuple(stated.conditions))
    except DocumentError:
        return None
    if c.facts or not isinstance(c.left, Access):
        return None
    target = adjoint_of(c.left.head, forward.loss)
    known = {q.head: q for q in (*forward.leaves, *forward.quantities)}
    names = [i.as_atom() for i in c.left.indices]
    if target not in known or None in names or len(set(names)) != len(names) or set(names) != set(c.free):
        return None
    for head in heads(c.right):
        inner = adjoint_of(head, forward.loss)
        if (inner or head) not in known or (inner is not None and forward.rank[inner] <= forward.rank[target]):
            return None
    indices = tuple(n for n in names if n is not None)
    return Quantity(c.left.head, known[target].extents, indices, c.right, number=stated.number)


def _source(case: Case, number: int, verdict: Verdict) -> Source:
    latex: Sequence[str] = [f.raw.latex for f in case.formulas if f.number == number]
    return Source(number, latex[0] if latex else "", verdict.value)
