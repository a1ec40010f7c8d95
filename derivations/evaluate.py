"""The reference interpreter: slow, explicit, and independent of everything that it judges.

It imports neither the normal form, nor the differentiator, nor the code generator. An expression is
evaluated by walking it, a quantity by its definition, and derivatives by dual numbers through the definitions:
``∂L/∂X`` backwards along what each entry has read (:class:`Backwards`), other derivatives, and those of derivatives,
by moving one entry (:class:`Perturbed`). Values are exact rationals until something transcendental occurs, then
decimals of :data:`DIGITS` digits.
"""

from __future__ import annotations

import decimal
import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from verify_derivations.derivations import arithmetic
from verify_derivations.derivations.arithmetic import NIL, ONE, Dual, Gradient, Undefined, Value, primal
from verify_derivations.derivations.dependence import affected, uses
from verify_derivations.derivations.values import Evaluator, Indices, Meter, OutOfRange, integer
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import Scalar, heads
from verify_derivations.formulas.polynomial import Polynomial

DIGITS = 50
STEPS = 2_000_000  # nodes visited before an evaluation is given up
ENTRY = 10  # nodes that take about as long as to look an entry up, and its slopes
DEEP = 50  # definitions that rest on each other and are still evaluated as they are asked for

Key: TypeAlias = tuple[str, Indices]
"""An entry: its head and its indices."""

Leaves: TypeAlias = Callable[[str, Indices], Value]
"""The entries of what has no definition: ``leaves(head, indices)``."""


@dataclass(frozen=True, slots=True)
class Partial:
    """``∂ of / ∂ head[indices]``: a side of a claim that no expression node can state."""

    of: Scalar
    head: str
    indices: tuple[Polynomial, ...] = ()


Side: TypeAlias = Scalar | Partial


def evaluate(
    expression: Side,
    sizes: Mapping[str, int],
    values: Mapping[str, Any],
    indices: Mapping[str, int] | None = None,
    *,
    environment: Environment | None = None,
    digits: int = DIGITS,
) -> Fraction | Decimal:
    """The value of ``expression``. ``values`` maps heads to numbers or nested lists, zero-based.

    >>> from verify_derivations.formulas.expressions import Access, polynomial, summation
    >>> evaluate(summation([("%i", polynomial("n"))], Access("x", (polynomial("%i"),))), {"n": 3}, {"x": [1, 2, 4]})
    Fraction(7, 1)
    """
    interpreter = Interpreter(environment or Environment(), sizes, arrays(values), digits=digits)
    result = primal(interpreter.side(expression, indices or {}))
    assert not isinstance(result, Polynomial)
    return result


def arrays(values: Mapping[str, Any]) -> Leaves:
    """Leaves from numbers and nested sequences."""

    def leaf(head: str, indices: Indices) -> Value:
        if head not in values:
            raise KeyError(f"no value for {head}")
        entry = values[head]
        for index in indices:
            entry = entry[index]
        return entry if isinstance(entry, Decimal | Polynomial) else Fraction(entry)

    return leaf


@dataclass(frozen=True, slots=True)
class Known:
    """An entry by its definition: its value, what the definition read for it, and the steps taken, without those for
    what it read."""

    value: Value
    reads: tuple[Key, ...]
    steps: int


class Interpreter(Evaluator):
    """Scalars, quantities and adjoints at one point; entries are computed once, ``leaves`` supply what has no
    definition. See :class:`~verify_derivations.derivations.values.Evaluator` for ties, functions and steps."""

    def __init__(
        self,
        environment: Environment,
        sizes: Mapping[str, int],
        leaves: Leaves,
        *,
        functions: Mapping[str, Sequence[Fraction]] | None = None,
        digits: int = DIGITS,
        steps: int = STEPS,
        meter: Meter | None = None,
    ) -> None:
        super().__init__(environment, sizes, functions or {}, meter or Meter(), steps)
        self.leaves = leaves
        self._digits = digits
        self.known: dict[Key, Known] = {}
        self._memo: dict[Key, Value] = {}
        self._pending: set[Key] = set()
        self._reads: dict[Key, None] = {}  # of the entry that is being computed
        self._inner = 0  # steps taken for what it reads
        self._extents: dict[str, Indices] = {}
        self._affected_by: dict[tuple[str, frozenset[str]], frozenset[str]] = {}
        self._backwards = Backwards(self)

    # -- what callers use -----------------------------------------------------------------------
    def scalar(self, expression: Scalar, indices: Mapping[str, int] | None = None) -> Value:
        with self._precision():
            return self._scalar(expression, {**self.sizes, **(indices or {})}, {})

    def entry(self, head: str, indices: Indices = ()) -> Value:
        with self._precision():
            return self._entry(head, indices)

    def tensor(self, head: str) -> dict[Indices, Value]:
        """All entries, in lexicographic order. The head of an adjoint has the extents of its quantity."""
        return {indices: self.entry(head, indices) for indices in itertools.product(*map(range, self.extents(head)))}

    def derivative(self, of: Scalar | str, head: str, at: Indices, indices: Mapping[str, int] | None = None) -> Value:
        """``∂ of / ∂ head[at]`` with ``head`` as an independent variable."""
        with self._precision():
            perturbed = Perturbed(self, head, at)
            names = {**self.sizes, **(indices or {})}
            value = perturbed._entry(of, ()) if isinstance(of, str) else perturbed._scalar(of, names, {})
            return arithmetic.split(value, perturbed.level)[1]

    def side(self, side: Side, indices: Mapping[str, int] | None = None) -> Value:
        if not isinstance(side, Partial):
            return self.scalar(side, indices)
        names = {**self.sizes, **(indices or {})}
        return self.derivative(side.of, side.head, tuple(integer(index, names) for index in side.indices), indices)

    def extents(self, head: str) -> Indices:
        quantity = self.environment.quantities.get(self._of_adjoint(head) or head)
        if quantity is not None:
            return tuple(integer(extent, self.sizes) for extent in quantity.extents)
        seen = [indices for name, indices in self._memo if name == head]  # undeclared: as far as it was asked for
        return tuple(1 + max(places) for places in zip(*seen, strict=True))

    # -- entries --------------------------------------------------------------------------------
    def _entry(self, head: str, indices: Indices) -> Value:
        key = (head, indices)
        self._reads[key] = None
        if key not in self._memo:
            if key in self._pending:
                raise Undefined(f"{head} is defined by itself")
            outside = self._meter.spent - self._inner
            self._pending.add(key)
            try:
                self._memo[key] = self._compute(head, indices)
            finally:
                self._pending.remove(key)
                self._inner = self._meter.spent - outside
        return self._memo[key]

    def _compute(self, head: str, indices: Indices) -> Value:
        target = self._of_adjoint(head)
        quantity = self.environment.quantities.get(head if target is None else target)
        if quantity is not None:
            self._check_range(quantity, indices)
        if target is not None and head not in self.environment.quantities:
            return self.leaves(head, indices) if quantity is None or quantity.opaque else self._adjoint(target, indices)
        if quantity is None or quantity.body is None:
            return self.leaves(head, indices)
        return self._by_definition(quantity, indices)

    def _by_definition(self, quantity: Quantity, indices: Indices) -> Value:
        outer = self._reads, self._inner
        self._reads, self._inner = {}, 0
        try:
            return self._defined(quantity, indices)
        finally:
            self._reads, self._inner = outer

    def _defined(self, quantity: Quantity, indices: Indices) -> Value:
        assert quantity.body is not None
        before, ties = self._meter.spent - self._inner, len(self.ties)
        value = self._scalar(quantity.body, {**self.sizes, **dict(zip(quantity.indices, indices, strict=True))}, {})
        if len(self.ties) == ties:
            steps = self._meter.spent - self._inner - before
            self.known[quantity.head, indices] = Known(value, tuple(self._reads), steps)
        return value

    def _check_range(self, quantity: Quantity, indices: Indices) -> None:
        extents = self._extents.get(quantity.head)
        if extents is None:
            extents = tuple(integer(extent, self.sizes) for extent in quantity.extents)
            self._extents[quantity.head] = extents
        if len(extents) == len(indices):
            for index, extent in zip(indices, extents, strict=True):
                if not 0 <= index < extent:
                    break
            else:
                return
        raise OutOfRange(f"{quantity.head}{list(indices)} outside {list(extents)}")

    def _adjoint(self, head: str, indices: Indices) -> Value:
        """``∂L/∂head[indices]``: through the definitions, up to the loss or to an opaque quantity, whose own
        adjoint is a leaf."""
        loss = self.environment.loss
        assert loss is not None
        if head == loss:
            return ONE
        opaque = [q for q in self.environment.quantities.values() if q.opaque and q.head != head and q.body is not None
                  and q.head not in self.environment.by_derivatives]  # fmt: skip
        cut = frozenset(q.head for q in opaque)
        moving = self.affected_by(head, cut)
        bridges = [q for q in opaque if uses(self.environment, q) & moving]
        stated = loss in self.environment.quantities and self.environment.quantities[loss].body is not None
        if not stated and not bridges:
            raise Undefined(f"nothing is known of how {loss} depends on {head}")
        ends: list[Key] = [(loss, ())] if stated and loss not in cut else []
        ends += [(q.head, at) for q in bridges for at in itertools.product(*map(range, self.extents(q.head)))]
        return self._adjoint_by(head, indices, ends, cut)

    def _adjoint_by(self, head: str, indices: Indices, ends: Sequence[Key], cut: frozenset[str]) -> Value:
        """By what happens at the ``ends``: the loss, and the entries of opaque quantities."""
        for end, _ in ends:
            self._from_below(end)
        found = self._backwards.adjoint((head, indices), ends)
        return self._by_moving(head, indices, ends, cut) if found is None else found

    def _from_below(self, head: str) -> None:
        """What a definition far up rests on is worked out first, the lowest first: a network of hundreds of layers is
        deeper than the stack."""
        for below in self._lowest_first(head):
            self._spend(ENTRY)
            for indices in itertools.product(*map(range, self.extents(below))):
                with suppress(Undefined):  # it is needed by nothing, or not defined there either
                    self._entry(below, indices)

    def _lowest_first(self, head: str) -> Sequence[str]:
        """The definitions below ``head``, where they are many."""
        known = self.environment.remembered
        if ("below", head) not in known:
            quantities, found, waiting = self.environment.quantities, {head}, [head]
            while waiting:
                body = quantities[waiting.pop()].body
                new = {h for h in heads(body) if h in quantities} - found if body is not None else set()
                found |= new
                waiting += new
            defined = [h for h in found if quantities[h].body is not None and not self._of_adjoint(h)]
            known["below", head] = ()
            if len(defined) >= DEEP:
                with suppress(RecursionError):  # a circle: it will be found when it is followed
                    rank = self.environment.order()
                    known["below", head] = sorted(defined, key=lambda h: (rank[h], h))
        found_before: Sequence[str] = known["below", head]
        return found_before

    def _by_moving(self, head: str, indices: Indices, ends: Sequence[Key], cut: frozenset[str]) -> Value:
        perturbed = Perturbed(self, head, indices, cut=cut)
        total: Value = NIL
        for end in ends:
            defined = end[0] in cut  # it stays where it is when others read it
            quantity = self.environment.quantities[end[0]]
            moved = perturbed._by_definition(quantity, end[1]) if defined else perturbed._entry(*end)
            tangent = arithmetic.split(moved, perturbed.level)[1]
            if tangent != NIL:
                total = arithmetic.add(total, arithmetic.mul(self._at_end(end), tangent))
        return total

    def _at_end(self, end: Key) -> Value:
        """``∂L/∂`` the entry: one for the loss, a leaf for an opaque quantity."""
        opaque, loss = self.environment.quantities[end[0]].opaque, self.environment.loss or ""
        return self._entry(adjoint(end[0], loss), end[1]) if opaque else ONE

    def affected_by(self, head: str, cut: frozenset[str]) -> frozenset[str]:
        if (head, cut) not in self._affected_by:
            self._affected_by[head, cut] = affected(self.environment, head, cut)
        return self._affected_by[head, cut]

    def _of_adjoint(self, head: str) -> str | None:
        return None if self.environment.loss is None else adjoint_of(head, self.environment.loss)

    def _precision(self) -> Any:
        return decimal.localcontext(prec=self._digits)


class Perturbed(Interpreter):
    """The same point with ``head[indices] + ε``. Quantities that do not depend on ``head`` are the parent's, and so
    are entries that read none that depends on ``head[indices]``: most of them, when the entries of a tensor are moved
    one after the other. The steps that they took are counted again, so that a budget does not depend on it.

    Heads in ``cut`` stay as they are at the unperturbed point.
    """

    def __init__(self, parent: Interpreter, head: str, indices: Indices, cut: frozenset[str] = frozenset()) -> None:
        super().__init__(parent.environment, parent.sizes, parent.leaves, functions=parent.functions)
        self._digits, self._meter, self._limit = parent._digits, parent._meter, parent._limit
        self.ties, self.used, self.outcomes = parent.ties, parent.used, parent.outcomes
        self.parent, self.head, self.indices = parent, head, indices
        self.level = arithmetic.new_level()
        self._moving = {(head, indices)}  # entries that depend on the one that is moved, or may
        self._affected = parent.affected_by(head, cut)
        quantity = parent.environment.quantities.get(head)
        self._recursive = quantity is not None and bool(uses(parent.environment, quantity) & self._affected)

    def _adjoint_by(self, head: str, indices: Indices, ends: Sequence[Key], cut: frozenset[str]) -> Value:
        return self._by_moving(head, indices, ends, cut)

    def _compute(self, head: str, indices: Indices) -> Value:
        if head == self.head:
            value = self.parent._entry(head, indices)
            if indices == self.indices:
                return arithmetic.seeded(value, self.level)
            if not self._recursive:
                return value
            return super()._compute(head, indices)  # later members of a recursion (z_t, h_t, z_{t+1}, …) move along
        if self._of_adjoint(head) is not None and head not in self.environment.quantities:
            self._moving.add((head, indices))
            return super()._compute(head, indices)
        return super()._compute(head, indices) if head in self._affected else self.parent._entry(head, indices)

    def _defined(self, quantity: Quantity, indices: Indices) -> Value:
        key = quantity.head, indices
        known = self.parent.known.get(key)
        if known is not None:
            for read in known.reads:
                self._entry(*read)
            if self._moving.isdisjoint(known.reads):
                self._spend(known.steps)
                self.known[key] = known
                return known.value
        value = super()._defined(quantity, indices)
        if not self._moving.isdisjoint(self._reads):
            self._moving.add(key)
        elif key in self.known:
            self.parent.known[key] = self.known[key]
        return value




class Seeded(Interpreter):
    """The same point, where a definition is to be differentiated by each entry that it reads, all at once."""

    def __init__(self, parent: Interpreter) -> None:
        super().__init__(parent.environment, parent.sizes, parent.leaves, functions=parent.functions)
        self._digits, self._meter, self._limit = parent._digits, parent._meter, parent._limit
        self.ties, self.used, self.outcomes = parent.ties, parent.used, parent.outcomes
        self.parent, self.level = parent, arithmetic.new_level()

    def _entry(self, head: str, indices: Indices) -> Value:
        return Dual(self.parent._entry(head, indices), Gradient({(head, indices): ONE}), self.level)

    def slopes(self, quantity: Quantity, indices: Indices) -> Mapping[object, Value]:
        """The derivatives of the entry's definition by the entries that it reads; where there is none, it is zero."""
        assert quantity.body is not None
        names = {**self.sizes, **dict(zip(quantity.indices, indices, strict=True))}
        tangent = arithmetic.split(self._scalar(quantity.body, names, {}), self.level)[1]
        return tangent.parts if isinstance(tangent, Gradient) else {}


class Backwards:
    """``∂L/∂X`` at the point of an interpreter, by the chain rule from entry to entry."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.seen: set[Key] = set()
        self.readers: dict[Key, list[Key]] = {}
        self.slopes: dict[Key, Mapping[object, Value]] = {}
        self.adjoints: dict[Key, Value] = {}
        self.possible = True

    def adjoint(self, entry: Key, ends: Sequence[Key]) -> Value | None:
        """The sum over all ways to the ``ends``; ``None`` where it is not known what has read what: an adjoint was
        read, or there was a tie."""
        interpreter = self.interpreter
        outer, interpreter._reads = interpreter._reads, {}  # these are not read by what asks
        try:
            for end in ends:
                interpreter._entry(*end)
                self.follow(end)
            return self.through(entry) if self.possible else None
        finally:
            interpreter._reads = outer

    def follow(self, end: Key) -> None:
        """Note what ``end`` has read, itself or through others, up to opaque quantities: those are ends themselves."""
        quantities = self.interpreter.environment.quantities
        waiting = [] if end in self.seen else [end]
        while waiting and self.possible:
            entry = waiting.pop()
            self.seen.add(entry)
            quantity = quantities.get(entry[0])
            if quantity is None:
                self.possible = self.interpreter._of_adjoint(entry[0]) is None
            elif quantity.body is not None:
                known = self.interpreter.known.get(entry)
                self.possible = known is not None
                for read in known.reads if known is not None else ():
                    self.readers.setdefault(read, []).append(entry)
                    opaque = read[0] in quantities and quantities[read[0]].opaque
                    if read not in self.seen and not opaque:
                        self.seen.add(read)
                        waiting.append(read)

    def through(self, entry: Key) -> Value:
        waiting = [entry] if entry not in self.adjoints else []
        while waiting:  # without recursion: a network may be deeper than the stack
            self.interpreter._spend(ENTRY)
            last = waiting[-1]
            found = [(reader, self.slopes_of(reader).get(last, NIL)) for reader in self.readers.get(last, ())]
            slopes = [(reader, slope) for reader, slope in found if slope != NIL]
            missing = [r for r, _ in slopes if not self.ends(r) and r not in self.adjoints]
            if missing and last not in self.adjoints:
                waiting += missing
                continue
            waiting.pop()
            total: Value = NIL
            for reader, slope in slopes:
                total = arithmetic.add(total, arithmetic.mul(self.outer(reader), slope))
            self.adjoints.setdefault(last, total)
        return self.adjoints[entry]

    def slopes_of(self, reader: Key) -> Mapping[object, Value]:
        if reader not in self.slopes:
            quantity = self.interpreter.environment.quantities[reader[0]]
            self.slopes[reader] = Seeded(self.interpreter).slopes(quantity, reader[1])
        return self.slopes[reader]

    def ends(self, reader: Key) -> bool:
        opaque = self.interpreter.environment.quantities[reader[0]].opaque
        return opaque or reader[0] == self.interpreter.environment.loss

    def outer(self, reader: Key) -> Value:
        return self.interpreter._at_end(reader) if self.ends(reader) else self.adjoints[reader]
