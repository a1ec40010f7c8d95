"""What the trainer needs to know of a checked document: one net, one loss, every formula as index notation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from verify_derivations.formulas.definitions import FunctionDefinition, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.errors import DocumentError
from verify_derivations.formulas.expressions import Scalar, binders_of, free_indices, heads, substitute, walk
from verify_derivations.formulas.polynomial import Polynomial, is_index, polynomial


@dataclass(frozen=True, slots=True)
class Source:
    """Where a formula comes from. ``derived`` marks one that the document does not state."""

    number: int | None
    latex: str
    verdict: str
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Draw:
    """A scalar that is drawn anew for each sample of a training step, evenly between ``low`` and ``high``; elsewhere
    it is their mean."""

    head: str
    low: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Printed:
    """A stated gradient formula that does not hold: ``quantity`` is what its last side says. If it is about the
    derivative of a function, ``head`` names the function and ``slope`` is what is said. Both are ``None`` where it
    cannot be computed, for the ``reason`` given."""

    head: str
    number: int
    latex: str
    quantity: Quantity | None
    reason: str = ""
    slope: FunctionDefinition | None = None


@dataclass(frozen=True)
class Program:
    """A net with one loss, for one sample, or (where :attr:`batch` is a size) for a whole batch as the document has it.

    ``forward`` holds ``head[indices] = body`` in topological order; ``leaves`` the inputs, labels and
    parameters (no body). ``backward`` holds the adjoints (heads are ``adjoint(X, loss)``) in an order in which
    each body mentions forward heads and earlier adjoints only. ``output`` is the head of the prediction, ``loss``
    that of the scalar. ``sizes`` gives every size atom; ``functions`` the document's elementwise functions, of which
    ``increasing`` names the increasing ones. ``sources`` tells for a head which formula it is. ``unsettled`` names the
    parameters of which the document says neither a value nor a derivative, ``starts`` initial values of scalars,
    ``draws`` the leaves that are drawn at random. ``printed`` has the stated gradients that do not hold.
    """

    name: str
    loss_name: str
    leaves: tuple[Quantity, ...]
    forward: tuple[Quantity, ...]
    backward: tuple[Quantity, ...]
    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    labels: tuple[str, ...]
    output: str
    loss: str
    sizes: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, Source] = field(default_factory=dict)
    functions: Mapping[str, FunctionDefinition] = field(default_factory=dict)
    increasing: frozenset[str] = frozenset()
    unsettled: tuple[str, ...] = ()
    starts: Mapping[str, float] = field(default_factory=dict)
    draws: tuple[Draw, ...] = ()
    printed: tuple[Printed, ...] = ()

    def __iter__(self) -> Iterator[Quantity]:
        yield from (*self.leaves, *self.forward, *self.backward)

    def __getitem__(self, head: str) -> Quantity:
        for quantity in self:
            if quantity.head == head:
                return quantity
        raise KeyError(head)

    @property
    def batch(self) -> str | None:
        """The size that counts samples, where the document's own quantities hold a whole batch (``X W^T + 1 b^T``): an
        axis of input, label and prediction has it, and nothing that is learned."""
        (x,), (y,) = self.inputs, self.labels
        learned = {atom for p in self.parameters for extent in self[p].extents for atom in extent.names}
        first, *others = ({e.as_atom() for e in self[head].extents} for head in (x, y, self.output))
        common = first.intersection(*others) - learned - {None}
        return next(iter(common)) if len(common) == 1 else None

    def sample_axis(self, head: str) -> int | None:
        """Which axis of a quantity counts the samples of a whole batch."""
        places = [k for k, extent in enumerate(self[head].extents) if extent.as_atom() == self.batch]
        return places[0] if self.batch is not None and places else None

    def gradient(self, parameter: str) -> str:
        """The head of the adjoint of ``parameter``."""
        return adjoint(parameter, self.loss)

    def results(self, gradients: bool) -> tuple[str, ...]:
        """Loss and prediction; in training the gradients of all parameters, too."""
        return (self.loss, self.output, *(map(self.gradient, self.parameters) if gradients else ()))

    def shape(self, head: str) -> tuple[int, ...]:
        """The extents of ``head`` as numbers, at the known sizes."""
        return tuple(self.size(extent, f"the shape of {head}") for extent in self[head].extents)

    def size(self, extent: Polynomial, what: str) -> int:
        unknown = sorted(extent.names - set(self.sizes))
        if unknown:
            raise DocumentError(f"{self.name}: the size {', '.join(unknown)} in {what} is not known")
        value = extent.evaluate(dict(self.sizes))
        if value.denominator != 1 or value < 1:
            raise DocumentError(f"{self.name}: {what} would be {value}, which is not a positive integer")
        return int(value)

    def checked(self) -> Program:
        """The program itself, if every formula mentions only what comes before it."""
        known = {q.head for q in self.leaves}
        for quantity in (*self.forward, *self.backward):
            assert quantity.body is not None, quantity.head
            unknown = [h for h in heads(quantity.body) if h not in known]
            if unknown:
                raise DocumentError(f"{self.name}: the formula of {quantity.head} needs {', '.join(unknown)} earlier")
            stray = free_indices(quantity.body) - set(quantity.indices)
            if stray:
                names = ", ".join(sorted(stray))
                raise DocumentError(f"{self.name}: the formula of {quantity.head} leaves {names} free")
            known.add(quantity.head)
        missing = [h for h in (self.output, self.loss, *map(self.gradient, self.parameters)) if h not in known]
        if missing:
            raise DocumentError(f"{self.name}: no formula for {', '.join(missing)}")
        return self

    def concrete(self) -> Program:
        """The program at its sizes: no size atom is left in any formula."""
        values = {name: polynomial(value) for name, value in self.sizes.items()}

        def at_sizes(quantity: Quantity) -> Quantity:
            extents = tuple(polynomial(n) for n in self.shape(quantity.head))
            body = None if quantity.body is None else substitute(quantity.body, values)
            if body is not None:
                _require_numeric(self, quantity.head, body)
            return replace(quantity, extents=extents, body=body)

        return replace(
            self.checked(),
            leaves=tuple(map(at_sizes, self.leaves)),
            forward=tuple(map(at_sizes, self.forward)),
            backward=tuple(map(at_sizes, self.backward)),
        )


@dataclass(frozen=True)
class Net:
    """A net with one loss that a document offers, by name; ``program`` judges its formulas, which takes a moment."""

    name: str
    loss_name: str
    program: Callable[[], Program]


def per_sample(program: Program) -> frozenset[str]:
    """The heads that differ from sample to sample: whatever depends on an input, a label or a draw, and their
    adjoints."""
    found = {*program.inputs, *program.labels, *(draw.head for draw in program.draws)}
    for quantity in program.forward:
        if quantity.body is not None and found.intersection(heads(quantity.body)):
            found.add(quantity.head)
    for quantity in program.backward:
        if adjoint_of(quantity.head, program.loss) in found:
            found.add(quantity.head)
    return frozenset(found)


def _require_numeric(program: Program, head: str, body: Scalar) -> None:
    for node in walk(body):
        for _, extent in binders_of(node):
            unknown = sorted(name for name in extent.names if not is_index(name))
            if unknown:
                raise DocumentError(f"{program.name}: the size {', '.join(unknown)} in {head} is not known")
