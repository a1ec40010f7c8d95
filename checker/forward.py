"""The forward part of a net: what a loss rests on, its input and its label, and which activations increase."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verify_derivations.formulas.definitions import FunctionDefinition, Quantity
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Access, Add, Apply, Mul, Number, Power, Scalar, heads, mul, walk
from verify_derivations.formulas.world import World

INPUTS = ("x", "X", "\\mathbf{x}", "\\mathbf{X}", "\\boldsymbol{x}", "\\boldsymbol{X}", "\\vec{x}")


class NoNet(DocumentError):
    """Why a scope is not a net that can be trained."""


class AnyDepth(NoNet):
    """The definitions are those of any layer, and the number of layers is a letter."""


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
    def of(cls, world: World, *, known_functions: bool = True) -> Forward:
        """Raises :class:`NoNet`; also where a function is not defined, unless ``known_functions`` is false."""
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
            if quantity is None:
                raise NoNet(f"{head} is not defined")
            generic = world.layers.of.get(head, ("",))[0] in world.layers.templates
            if generic and (quantity.body is None or quantity.opaque):
                raise AnyDepth("the number of its layers is not stated")
            if quantity.body is not None and quantity.opaque:
                raise NoNet(f"{head} is not defined")
            reached[head] = quantity
            if quantity.body is not None:
                pending += heads(quantity.body)
                pending += _call_heads(quantity, world, functions, known_functions)
        first_use = dict(reversed([*_uses(reached, rank)]))
        ordered = sorted(reached.values(), key=lambda q: (rank[q.head], first_use.get(q.head, 0), -len(q.extents)))
        names = {h: world.layers.name(h) for h in reached}
        leaves = tuple(q for q in ordered if q.body is None)
        computed = tuple(q for q in ordered if q.body is not None)
        return cls(
            loss, leaves, computed, functions,
            frozenset(q.head for q in leaves if names[q.head] in world.differentiated.denominators), rank,
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
        """The leaf that is called x; else the only tensor by which nothing is differentiated; else the leaf that is the
        first activation."""
        rest = [q for q in self.leaves if q.head != label]
        called = [q.head for q in rest if world.layers.name(q.head) in INPUTS]
        given = [q.head for q in rest if q.extents and q.head not in self.differentiated]
        aliased = {q.body.head for q in self.quantities if isinstance(q.body, Access) and q.body.indices}
        for choice in (called, given if self.differentiated else [], [q.head for q in rest if q.head in aliased]):
            if len(choice) == 1:
                return choice[0]
        raise NoNet(f"which of {', '.join(q.head for q in rest) or 'its symbols'} is the input is not clear")


def _uses(reached: dict[str, Quantity], rank: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Each quantity that a definition mentions, with the rank of that definition, the lowest first."""
    for quantity in sorted(reached.values(), key=lambda q: rank[q.head]):
        if quantity.body is not None:
            yield from ((head, rank[quantity.head]) for head in heads(quantity.body))


def last_scalar(world: World) -> str | None:
    """Of a document that states no derivative: the last number that it computes."""
    used = {h for q in world.quantities.values() if q.body is not None for h in heads(q.body)}
    scalars = [q.head for q in world.quantities.values() if q.body is not None and not q.extents and q.head not in used]
    return scalars[-1] if scalars else None


def _call_heads(
    quantity: Quantity, world: World, functions: dict[str, FunctionDefinition], known_functions: bool
) -> list[str]:
    """The leaves inside the document's functions that a definition calls; the functions are noted in ``functions``."""
    assert quantity.body is not None
    found: list[str] = []
    pending = [quantity.body]
    while pending:
        for node in walk(pending.pop()):
            if not isinstance(node, Apply) or node.function in functions:
                continue
            if known_functions and node.function in world.applied.opaque:
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
