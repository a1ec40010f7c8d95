"""Named quantities and what a document says of them: the environment in which a claim is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

from verify_derivations.formulas.expressions import Constraint, Scalar, contents, heads
from verify_derivations.formulas.forked import Forked
from verify_derivations.formulas.polynomial import Polynomial


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named tensor.

    ``head`` is its LaTeX (``W^{\\left(3\\right)}``) and the name used in :class:`Access`. ``extents`` has
    one polynomial per index (unit axes are squeezed: a column vector has one index, a scalar none).
    ``indices`` and ``body`` are its definition: ``head[indices] = body`` for all indices in range; a leaf
    (input, parameter, label) has ``body = None``. ``opaque`` marks a quantity which *has* a definition, or
    consumers, that lie outside what the document states for the generic case (a layer beyond ``l+1``): its
    adjoint must stay a symbol, never be taken as zero.
    """

    head: str
    extents: tuple[Polynomial, ...] = ()
    indices: tuple[str, ...] = ()
    body: Scalar | None = None
    opaque: bool = False
    number: int | None = None  # of the formula that defines it

    def __post_init__(self) -> None:
        assert self.body is None or len(self.indices) == len(self.extents), self


class OtherIndices(ValueError):
    """A quantity that stands with another number of indices than it has: it was read in two ways."""


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """``name(parameters) = body``; parameters are heads of scalars (``Access(parameter)``) in ``body``."""

    name: str
    parameters: tuple[str, ...]
    body: Scalar
    number: int | None = None


@dataclass
class Assumed(Forked):
    """What a document says of its sizes and data, as it comes: see :class:`Environment`, which has the same."""

    facts: list[Constraint] = field(default_factory=list)
    equations: list[tuple[Scalar, Scalar]] = field(default_factory=list)
    positive: set[str] = field(default_factory=set)
    nonzero: set[str] = field(default_factory=set)
    below_one: set[str] = field(default_factory=set)
    one_hot: set[str] = field(default_factory=set)

    def learn(self, fact: Constraint) -> None:
        if fact not in self.facts:
            self.facts.append(fact)


@dataclass(frozen=True)
class Environment:
    """All that a claim may use. ``loss`` is the head of the scalar whose derivatives the adjoints are.

    ``facts`` hold for sizes (``H - h ≥ 0``). Every size is a positive integer; this is not repeated in
    ``facts``. ``assumptions`` are equations between scalars that the document or its notation states
    (``Σ_j y_j = 1``) as ``(left, right)``. ``positive`` names leaves whose entries are all positive, ``nonzero``
    those that are never zero, ``below_one`` those below one, ``one_hot`` those whose rows (entries that differ in the
    last index) are zero but for a 1: values for them are chosen so, no proof makes use of it. ``increasing`` names
    functions that are increasing.
    ``origin`` is the first value of an index as the document writes it; here all indices count from zero.
    """

    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    functions: Mapping[str, FunctionDefinition] = field(default_factory=dict)
    loss: str | None = None
    facts: tuple[Constraint, ...] = ()
    assumptions: tuple[tuple[Scalar, Scalar], ...] = ()
    positive: frozenset[str] = frozenset()
    nonzero: frozenset[str] = frozenset()
    increasing: frozenset[str] = frozenset()
    below_one: frozenset[str] = frozenset()
    one_hot: frozenset[str] = frozenset()
    origin: int = field(default=1, kw_only=True)

    def __getstate__(self) -> dict[str, object]:
        return {f.name: getattr(self, f.name) for f in fields(self)}  # not what was only worked out

    @cached_property
    def remembered(self) -> dict[object, Any]:
        """What others have worked out from these definitions."""
        return {}

    def consumers(self, head: str) -> tuple[Quantity, ...]:
        """The quantities whose definitions mention ``head``, themselves or by a function, in order of definition; not
        those that are defined by derivatives of the loss, which does not depend on them."""
        return tuple(q for q in self._users.get(head, ()) if q.head not in self.by_derivatives)

    def contributors(self, head: str) -> tuple[Quantity, ...]:
        """The consumers of ``head`` by which it may move the loss: those on which it rests, or an opaque quantity, of
        which not all consumers are known."""
        return tuple(quantity for quantity in self.consumers(head) if quantity.head in self.moving)

    def has_step(self, head: str) -> bool:
        """Whether the derivative of the loss by ``head`` is given by those by its consumers: not where these are not
        all known, nor where the loss is defined by its own derivatives, ``L = M + λ·∂L/∂s``."""
        quantity = self.quantities.get(head)
        return quantity is not None and not quantity.opaque and self.loss not in self._by_derivatives

    @cached_property
    def moving(self) -> frozenset[str]:
        """That on which the loss rests, or something opaque: the derivative by anything else is zero."""
        found = {q.head for q in self.quantities.values() if q.opaque or q.head == self.loss}
        waiting = list(found)
        while waiting:
            new = self._mentioned.get(waiting.pop(), frozenset()) - found
            found |= new
            waiting += new
        return frozenset(found)

    @cached_property
    def _users(self) -> Mapping[str, tuple[Quantity, ...]]:
        found: dict[str, list[Quantity]] = {}
        for quantity in self.quantities.values():
            for head in self.mentioned(quantity.body) if quantity.body is not None else ():
                found.setdefault(head, []).append(quantity)
        return {head: tuple(consumers) for head, consumers in found.items()}

    def mentioned(self, expression: Scalar) -> frozenset[str]:
        """The heads in an expression, and those in the definitions of its functions (not their parameters)."""
        found = frozenset(heads(expression))
        if not any(self.captured.values()):
            return found
        return found.union(*(self.captured.get(name, frozenset()) for name in contents(expression).functions))

    @cached_property
    def captured(self) -> Mapping[str, frozenset[str]]:
        """What the definition of each function depends on besides its parameters, also by other functions: ``w`` of
        ``f(t) = w·t``."""
        found = {n: frozenset(heads(f.body)) - frozenset(f.parameters) for n, f in self.functions.items()}
        calls = {n: contents(f.body).functions for n, f in self.functions.items()}
        for _ in found:
            found = {n: own.union(*(found.get(c, frozenset()) for c in calls[n])) for n, own in found.items()}
        return found

    def order(self) -> dict[str, int]:
        """A topological rank: a quantity's rank is above those of all that its definition mentions; in a recursion
        (``h_t`` by ``z_t``, ``z_t`` by ``h_{t-1}``) above those of what is defined before it."""
        mentioned, states = self._mentioned, self.states
        place = {head: k for k, head in enumerate(self.quantities)}
        rank: dict[str, int] = {}

        def visit(head: str) -> int:
            if head not in rank:
                before = (h for h in mentioned.get(head, ()) if h != head
                          and not (h in states and place[h] > place[head]))  # fmt: skip
                rank[head] = 1 + max(map(visit, before), default=0)
            return rank[head]

        for head in self.quantities:
            visit(head)
        return rank

    @cached_property
    def states(self) -> frozenset[str]:
        """What a recursion hands on: ``h`` where ``z_t`` is defined by ``h_{t-1}``, and ``h_t`` after it by ``z_t``."""
        mentioned = self._mentioned
        place = {head: k for k, head in enumerate(self.quantities)}

        def reaches(head: str, target: str, seen: set[str]) -> bool:
            seen.add(head)
            return head == target or any(h not in seen and reaches(h, target, seen) for h in mentioned.get(head, ()))

        return frozenset(
            h for head, inner in mentioned.items() for h in inner
            if place.get(h, -1) > place[head] and reaches(h, head, set())
        )  # fmt: skip

    @property
    def by_derivatives(self) -> frozenset[str]:
        """The quantities that are defined by derivatives of the loss, ``δ = ∂L/∂a ∘ σ'(z)``, so that it does not depend
        on them: none, where it does."""
        return frozenset() if self.loss in self._by_derivatives else self._by_derivatives

    @cached_property
    def _by_derivatives(self) -> frozenset[str]:
        """What mentions a derivative of the loss in its definition, itself or by others."""
        loss, mentioned, found = self.loss, self._mentioned, set[str]()
        if loss is None:
            return frozenset()
        pending = [head for head, inner in mentioned.items()
                   if any(h not in self.quantities and adjoint_of(h, loss) is not None for h in inner)]  # fmt: skip
        while pending:
            head = pending.pop()
            if head not in found:
                found.add(head)
                pending += (user.head for user in self._users.get(head, ()))
        return frozenset(found)

    @cached_property
    def _mentioned(self) -> dict[str, frozenset[str]]:
        return {h: self.mentioned(q.body) if q.body is not None else frozenset() for h, q in self.quantities.items()}


def adjoint(head: str, loss: str) -> str:
    """The name under which ``∂loss/∂head`` is accessed; it has the indices of ``head``."""
    return f"\\frac{{\\partial {loss}}}{{\\partial {head}}}"


def adjoint_of(name: str, loss: str) -> str | None:
    """The inverse of :func:`adjoint`: the head, where ``name`` is an adjoint of ``loss``."""
    prefix, suffix = f"\\frac{{\\partial {loss}}}{{\\partial ", "}"
    return name[len(prefix):-len(suffix)] if name.startswith(prefix) and name.endswith(suffix) else None


def is_slope(name: str) -> bool:
    """Whether it is the adjoint of any loss."""
    return name.startswith("\\frac{\\partial ")
