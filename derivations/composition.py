"""Composing proved steps: the derivative of a loss by local equations, without unfolding the network.

A *step* is an equation, proved for all entries of a quantity X, that gives its adjoint by quantities and by other
adjoints::

    ∂L/∂X[i] = R(∂L/∂Y, …)[i]

Putting equals for equals, from the last step to the first, a parameter's step becomes an equation without adjoints. Its
right side is what the steps compute when they are evaluated one after the other; nothing has to be multiplied out, so a
deep net costs a step a layer. :class:`Composition` checks all that this rests on, beside the proofs of the steps.

Through time, the steps lead from each time to later ones: along every circle of quantities, ``h_t`` by ``z_{t+1}``,
``z_t`` by ``h_t``, the first indices increase in sum (or decrease, where a recursion runs backwards). As these are
finitely many, and no step asks for an entry beyond the last, this ends like a net of fixed depth. What is proved of the
last time and what is proved of all before it (:class:`Piece`) are one step (:func:`by_cases`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from verify_derivations.derivations.domains import contradictory, implies
from verify_derivations.derivations.kernel import Claim, Move
from verify_derivations.derivations.recurrence import Edge, accesses, around, ascent, distance
from verify_derivations.derivations.witnesses import whole
from verify_derivations.formulas.definitions import Environment, FunctionDefinition, Quantity, adjoint_of
from verify_derivations.formulas.expressions import (
    UNIT,
    Access,
    Apply,
    ArgMaximum,
    Constraint,
    Determinant,
    Inverse,
    Maximum,
    Placed,
    Polynomial,
    Product,
    Scalar,
    Sum,
    add,
    bracket,
    children,
    free_indices,
    heads,
    mul,
    polynomial,
    rebuild,
    rename_apart,
    scalar,
    substitute,
    walk,
    within,
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


Cases: TypeAlias = tuple[tuple[Constraint, ...], ...]
"""One of these holds, each with all its constraints."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A step for the entries at which ``where`` holds: at the last time, or before it."""

    step: Quantity
    where: tuple[Constraint, ...] = ()


def claim_of(step: Quantity, environment: Environment, where: tuple[Constraint, ...] = ()) -> Claim:
    """What has to be proved of a step: ``step.head[i] = step.body`` for all entries, or those at which ``where`` holds.
    An index that this gives is put in."""
    assert step.body is not None
    at = {index: polynomial(index) for index in step.indices}
    given: dict[str, Polynomial] = {}
    for constraint in where:
        for index in step.indices:
            value = polynomial(index) - constraint.value
            if constraint.relation == "==" and not given and value.names.isdisjoint(step.indices):
                given[index] = value
    at |= given
    body = substitute(rename_apart(step.body), given) if given else step.body
    free = {index: extent for index, extent in zip(step.indices, step.extents, strict=True) if index not in given}
    facts = (replace(c, value=c.value.substitute(given)) for c in where)
    left = Access(step.head, tuple(at[index] for index in step.indices))
    return Claim(left, body, environment, free, tuple(c for c in facts if not (c.value.is_constant and c.holds({}))))


def aligned(piece: Piece, indices: tuple[str, ...]) -> Piece:
    """The piece with other index variables."""
    step, new = piece.step, dict(zip(piece.step.indices, map(polynomial, indices), strict=True))
    assert step.body is not None
    where = tuple(replace(c, value=c.value.substitute(new)) for c in piece.where)
    return Piece(replace(step, indices=indices, body=substitute(rename_apart(step.body), new)), where)


def rest_of(pieces: Sequence[Piece], environment: Environment) -> Cases:
    """Where none of the pieces says what the entry is: one of these cases holds there; there are none, where that is
    seen to be nowhere. The pieces have the same indices."""
    cases: list[tuple[Constraint, ...]] = [()]
    for piece in pieces:
        cases = [
            (*case, other) for case in cases for constraint in piece.where for other in negated(constraint)
            if not contradictory([*inside(piece.step), *case, other], environment.facts)
        ]  # fmt: skip
    return tuple(cases)


def meets(piece: Piece, cases: Cases, environment: Environment) -> bool:
    """Whether a piece says something in one of the cases, as far as is known."""
    return any(not contradictory([*inside(piece.step), *case, *piece.where], environment.facts) for case in cases)


def inside(step: Quantity) -> list[Constraint]:
    """What holds of the indices of all entries."""
    return [c for i, extent in zip(step.indices, step.extents, strict=True) for c in within(polynomial(i), extent)]


def negated(constraint: Constraint) -> tuple[Constraint, ...]:
    """One of these holds wherever ``constraint`` does not."""
    value, _ = whole(constraint.value)
    match constraint.relation:
        case ">=":
            return (Constraint(-value - 1, ">="),)
        case "==":
            return Constraint(value - 1, ">="), Constraint(-value - 1, ">=")
    return (Constraint(value, "=="),)


def by_cases(pieces: Sequence[Piece], environment: Environment) -> Quantity:
    """The step that is, at each entry, the first piece that holds there; proved, if each piece is. Raises
    :class:`Uncomposed` unless they are of one quantity, with the same indices, and leave nothing out."""
    first = pieces[0].step
    if any((p.step.head, p.step.indices, p.step.extents) != (first.head, first.indices, first.extents) for p in pieces):
        raise Uncomposed(f"the pieces of {first.head} are not of the same entries")
    if rest_of(pieces, environment):
        raise Uncomposed(f"the pieces of {first.head} leave entries out")
    terms: list[Scalar] = []
    otherwise: Scalar = UNIT
    for piece in pieces:
        assert piece.step.body is not None
        terms.append(mul(otherwise, bracket(*piece.where), piece.step.body))
        otherwise = mul(otherwise, _not(piece.where))
    return replace(first, body=add(*terms))


def _not(where: Sequence[Constraint]) -> Scalar:
    if len(where) == 1 and where[0].relation != "==":
        return bracket(*negated(where[0]))
    return add(UNIT, mul(scalar(-1), bracket(*where)))


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
        """The quantities whose steps give the derivative by ``head``, each after those that it needs but for itself at
        another time, ``head`` last. Raises :class:`Gap` or :class:`Circular`."""
        self._visit(head)
        needed = self._needed(head)
        return tuple(sorted(needed, key=self._done.__getitem__))

    def _needed(self, head: str) -> set[str]:
        needed = {head}
        pending = [head]
        while pending:
            new = [h for h in self.mentions(pending.pop()) if h not in needed]
            needed.update(new)
            pending += new
        return needed

    def _visit(self, head: str) -> None:
        """Depth first without recursion: a net may be deeper than the stack."""
        path: dict[str, list[str]] = {}  # on the way, with what is left to visit
        start: list[str] = [head]
        through_time: set[str] = set()  # where circles end
        while start or path:
            if start:
                new = start.pop()
                if new in self._done:
                    continue
                if new in path:
                    if new not in through_time:
                        through_time |= self._ending(new)
                    continue
                path[new] = list(reversed(self.mentions(new)))
            last = next(reversed(path))
            if path[last]:
                start.append(path[last].pop())
            else:
                del path[last]
                self._done[last] = len(self._done)

    def _ending(self, head: str) -> set[str]:
        """What refers to each other around ``head``, if that ends. Raises :class:`Circular`."""
        edges = [edge for name in sorted(self._needed(head)) for edge in self._edges(name)]
        members = around(edges, head)
        edges = [(a, b, d) for a, b, d in edges if a in members and b in members]
        upwards = ascent(edges)
        backwards = ascent([(a, b, None if d is None else -d) for a, b, d in edges])
        if isinstance(upwards, tuple) and isinstance(backwards, tuple):
            raise Circular(upwards)
        return members

    def _edges(self, head: str) -> Iterator[Edge]:
        """What the step of ``head`` needs, with the distance of the first indices; none, where it is not known, nor
        that there is such an entry."""
        step = self.steps[head]
        assert step.body is not None
        known = (*self.environment.facts, *inside(step))
        for access, facts in accesses(rename_apart(step.body), known):
            inner = self.adjoint_of(access.head)
            if inner is None:
                continue
            far = None
            if step.indices and access.indices and _exists(access, self.environment.quantities[inner].extents, facts):
                far = distance(access.indices[0] - polynomial(step.indices[0]), facts)
            yield head, inner, far


def _exists(access: Access, extents: Sequence[Polynomial], facts: Sequence[Constraint]) -> bool:
    """Whether an entry is known to be one of the quantity."""
    places = zip(access.indices, extents, strict=True)
    return all(implies(facts, c) for place, extent in places for c in within(place, extent))


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
