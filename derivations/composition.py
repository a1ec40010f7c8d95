"""Composing proved steps: the derivative of a loss by local equations, without unfolding the network.

A *step* is an equation, proved for all entries of a quantity X, that gives its adjoint by quantities and by other
adjoints::

    ∂L/∂X[i] = R(∂L/∂Y, …)[i]

Putting equals for equals, from the last step to the first, a parameter's step becomes an equation without adjoints. Its
right side is what the steps compute when they are evaluated one after the other; nothing has to be multiplied out, so a
deep net costs a step a layer. :class:`Composition` checks all that this rests on, beside the proofs of the steps.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

from verify_derivations.derivations.kernel import Claim, Move
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity, adjoint_of
from verify_derivations.formulas.expressions import (
    Access,
    Apply,
    ArgMaximum,
    Determinant,
    Inverse,
    Maximum,
    Placed,
    Polynomial,
    Product,
    Scalar,
    Sum,
    children,
    free_indices,
    heads,
    polynomial,
    rebuild,
    substitute,
    walk,
)


class Uncomposed(Exception):
    """The steps do not give the derivative."""


class Gap(Uncomposed):
    """No step gives the adjoint of ``head``."""

    def __init__(self, head: str) -> None:
        super().__init__(f"no step gives the derivative by {head}")
        self.head = head


class Circular(Uncomposed):
    """The steps of ``heads`` give each in terms of the next, the last in terms of the first."""

    def __init__(self, heads: Sequence[str]) -> None:
        super().__init__(f"the steps are circular: {' → '.join([*heads, heads[0]])}")
        self.heads = tuple(heads)


def claim_of(step: Quantity, environment: Environment) -> Claim:
    """What has to be proved of a step: ``step.head[i] = step.body`` for all entries."""
    assert step.body is not None
    left = Access(step.head, tuple(map(polynomial, step.indices)))
    return Claim(left, step.body, environment, dict(zip(step.indices, step.extents, strict=True)))


class Composition:
    """Steps of one environment, by the quantity whose adjoint they give (``head[indices] = body``, as a definition).

    Raises :class:`Uncomposed` for what is no step: not an adjoint of a known quantity with all its entries, a right
    side with other free indices, with unknown quantities or those defined by adjoints, two steps for one adjoint.
    """

    def __init__(self, steps: Iterable[Quantity], environment: Environment) -> None:
        self.environment = environment
        self.steps: dict[str, Quantity] = {}
        self._mentions: dict[str, tuple[str, ...]] = {}
        for step in steps:
            head = self.adjoint_of(step.head)
            of = environment.quantities.get(head or "")
            if head is None or of is None or step.body is None or step.extents != of.extents:
                raise Uncomposed(f"{step.head} is not the derivative by a quantity in all its entries")
            if len(set(step.indices)) < len(step.indices) or not free_indices(step.body) <= set(step.indices):
                raise Uncomposed(f"the step of {head} does not hold for each of its entries")
            if head in self.steps:
                raise Uncomposed(f"two steps give the derivative by {head}")
            mentioned = [(h, self.adjoint_of(h)) for h in heads(step.body)]
            unknown = [h for h, inner in mentioned if (inner or h) not in environment.quantities
                       or inner is None and h in environment.by_derivatives]  # fmt: skip
            if unknown:
                raise Uncomposed(f"the step of {head} needs {unknown[0]}")
            self.steps[head] = step
            self._mentions[head] = tuple(inner for _, inner in mentioned if inner is not None)
        self._done: dict[str, int] = {}  # head → when its derivative is known

    def adjoint_of(self, name: str) -> str | None:
        return None if self.environment.loss is None else adjoint_of(name, self.environment.loss)

    def mentions(self, head: str) -> tuple[str, ...]:
        """The quantities whose adjoints the step of ``head`` needs."""
        if head not in self.steps:
            raise Gap(head)
        return self._mentions[head]

    def chain(self, head: str) -> tuple[str, ...]:
        """The quantities whose steps give the derivative by ``head``, each after those that it needs, ``head`` last.
        Raises :class:`Gap` or :class:`Circular`."""
        self._visit(head)
        needed = {head}
        pending = [head]
        while pending:
            new = [h for h in self._mentions[pending.pop()] if h not in needed]
            needed.update(new)
            pending += new
        return tuple(sorted(needed, key=self._done.__getitem__))

    def _visit(self, head: str) -> None:
        """Depth first without recursion: a net may be deeper than the stack."""
        path: dict[str, list[str]] = {}  # on the way, with what is left to visit
        start: list[str] = [head]
        while start or path:
            if start:
                new = start.pop()
                if new in self._done:
                    continue
                if new in path:
                    on_path = list(path)
                    raise Circular(on_path[on_path.index(new) :])
                path[new] = list(reversed(self.mentions(new)))
            last = next(reversed(path))
            if path[last]:
                start.append(path[last].pop())
            else:
                del path[last]
                self._done[last] = len(self._done)


# -- the same proof elsewhere ------------------------------------------------------------------------------------
class Likeness:
    """Where two environments agree, so that a proof found in ``one`` is a proof in ``other``."""

    def __init__(self, one: Environment, other: Environment) -> None:
        self.one, self.other = one, other
        self.loss = one.loss or ""
        self.sizes = one.loss == other.loss and set(one.facts) == set(other.facts)
        self.assumptions = one.assumptions == other.assumptions
        self._alike: dict[str, bool] = {}

    def carries_over(self, sides: Iterable[Scalar], moves: Iterable[Move]) -> bool:
        """Whether all that a proof by ``moves`` can have read is the same in both environments: facts about sizes,
        assumptions if it uses any, and of every quantity and function that the sides mention, or a definition that
        can be put in, the definition and the sign; where a move puts in an adjoint, also of all its consumers.
        (False: not known.)"""
        if self.one is self.other:
            return True
        if not self.sizes:
            return False
        names = [name for side in sides for name in _names(side)]
        for move in moves:
            if move.rule == "assume" and not self.assumptions:
                return False
            if not move.unfolds:
                continue
            of = self._base(move.subject)
            names.append(of)
            if of != move.subject:
                consumers = [q.head for q in self.one.consumers(of)]
                if sorted(consumers) != sorted(q.head for q in self.other.consumers(of)):
                    return False
                names += consumers
        return all(map(self.alike, names))

    def alike(self, name: str) -> bool:
        """Whether a quantity or function, and all that its definition rests on, is defined alike."""
        pending, found = [self._base(name)], dict[str, bool]()
        while pending:
            name = pending.pop()
            if name in found:
                continue
            if name not in self._alike:
                found[name] = self._same(name)
                for definition in (self.one.quantities.get(name), self.one.functions.get(name)):
                    if definition is not None and definition.body is not None:
                        pending += map(self._base, _names(definition.body))
            elif not self._alike[name]:
                found[name] = False
        result = all(found.values())
        self._alike |= dict.fromkeys(found, True) if result else {n: False for n, same in found.items() if not same}
        return result

    def _base(self, name: str) -> str:
        """The quantity whose adjoint ``name`` is; else ``name``."""
        return name if name in self.one.quantities else adjoint_of(name, self.loss) or name

    def _same(self, name: str) -> bool:
        a, b = self.one, self.other
        return (
            same_definition(a.quantities.get(name), b.quantities.get(name))
            and same_definition(a.functions.get(name), b.functions.get(name))
            and all((name in x) == (name in y) for x, y in (
                (a.positive, b.positive), (a.nonzero, b.nonzero), (a.below_one, b.below_one),
                (a.increasing, b.increasing),
            ))
        )  # fmt: skip


def _names(node: Scalar) -> list[str]:
    """The tensors and functions that occur."""
    return [n.head if isinstance(n, Access) else n.function for n in walk(node) if isinstance(n, Access | Apply)]


def same_definition(
    one: Quantity | FunctionDefinition | None, other: Quantity | FunctionDefinition | None
) -> bool:
    """Equal up to the names of index variables."""
    if one is other:
        return True
    if one is None or other is None or type(one) is not type(other):
        return False
    return _numbered(one) == _numbered(other)


def _numbered(value: Quantity | FunctionDefinition) -> tuple[object, ...]:
    """A definition with its index variables numbered in the order in which they are bound."""
    numbers = itertools.count()

    def name() -> Polynomial:
        return polynomial(f"%{next(numbers)}")

    def visit(node: Scalar, names: Mapping[str, Polynomial]) -> Scalar:
        match node:
            case Sum() | Product() | Maximum() | ArgMaximum() | Inverse() | Determinant():
                inner = {**names, **{v: name() for v, _ in node.binders}}
                bound = tuple((str(inner[v].as_atom()), extent.substitute(inner)) for v, extent in node.binders)
                if isinstance(node, Placed):
                    return type(node)(bound, visit(node.body, inner), tuple(p.substitute(names) for p in node.at))
                return type(node)(bound, visit(node.body, inner))
        parts = children(node)
        return rebuild(node, tuple(visit(p, names) for p in parts)) if parts else substitute(node, names)

    if isinstance(value, FunctionDefinition):
        return value.name, value.parameters, visit(value.body, {})
    own = {index: name() for index in value.indices}
    return value.head, value.extents, value.opaque, None if value.body is None else visit(value.body, own)
