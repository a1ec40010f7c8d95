"""The reference interpreter: slow, explicit, and independent of everything that it judges.

It imports neither the normal form, nor the differentiator, nor the code generator. An expression is
evaluated by walking it, a quantity by its definition, and ``∂L/∂X`` by forward-mode dual numbers through
the definitions, with ``X`` treated as an independent variable. Values are exact rationals until something
transcendental occurs, then decimals of :data:`DIGITS` digits.
"""

from __future__ import annotations

import decimal
import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from verify_derivations.derivations import arithmetic
from verify_derivations.derivations.arithmetic import NIL, ONE, Undefined, Value, primal
from verify_derivations.formulas.definitions import Environment, Quantity, adjoint, adjoint_of
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    ArgMaximum,
    Binder,
    Bracket,
    Compare,
    Constraint,
    Maximum,
    Mul,
    Number,
    Power,
    Product,
    Scalar,
    Size,
    Sum,
    walk,
)
from verify_derivations.formulas.polynomial import Polynomial

DIGITS = 50
STEPS = 2_000_000  # nodes visited before an evaluation is given up

Indices: TypeAlias = tuple[int, ...]
Names: TypeAlias = dict[str, int]
"""Values of sizes and index variables."""
Parameters: TypeAlias = Mapping[str, Value]
"""Values of the parameters of the function whose body is evaluated."""
Leaves: TypeAlias = Callable[[str, Indices], Value]
"""The entries of what has no definition: ``leaves(head, indices)``."""


class OutOfRange(IndexError):
    """An access outside a tensor: whoever built the expression forgot a bracket."""


class TooLarge(RuntimeError):
    """The evaluation was given up after too many steps."""


@dataclass(slots=True)
class Meter:
    """Counts the nodes that are visited: a measure of work that is the same on every machine."""

    spent: int = 0


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


class Interpreter:
    """Evaluates scalars, quantities and adjoints at one point; entries are computed once.

    ``ties`` collects the places where a comparison or a maximum was decided between equal values: there
    a statement that holds almost everywhere says nothing. ``functions`` gives the coefficients that stand
    for functions unknown to the environment; ``used`` collects the names of those that were needed. After
    ``steps`` nodes, counted by ``meter``, an evaluation is given up.
    """

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
        self.environment, self.sizes, self.leaves = environment, dict(sizes), leaves
        self.functions = functions or {}
        self.ties: list[str] = []
        self.used: dict[str, None] = {}
        self._digits = digits
        self._meter = meter or Meter()  # shared with the perturbed interpreters
        self._limit = self._meter.spent + steps
        self._memo: dict[tuple[str, Indices], Value] = {}

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

    def coefficients(self, function: str) -> Sequence[Fraction]:
        """What stands for a function that is not known in closed form."""
        given = self.functions.get(function)
        return given or generic_coefficients(function, increasing=function in self.environment.increasing)

    # -- entries --------------------------------------------------------------------------------
    def _entry(self, head: str, indices: Indices) -> Value:
        key = (head, indices)
        if key not in self._memo:
            self._memo[key] = self._compute(head, indices)
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
        assert quantity.body is not None
        return self._scalar(quantity.body, {**self.sizes, **dict(zip(quantity.indices, indices, strict=True))}, {})

    def _check_range(self, quantity: Quantity, indices: Indices) -> None:
        extents = tuple(integer(extent, self.sizes) for extent in quantity.extents)
        if len(extents) != len(indices) or not all(0 <= i < n for i, n in zip(indices, extents, strict=True)):
            raise OutOfRange(f"{quantity.head}{list(indices)} outside {list(extents)}")

    def _adjoint(self, head: str, indices: Indices) -> Value:
        """``∂L/∂head[indices]``: through the definitions, up to the loss or to an opaque quantity, whose own
        adjoint is a leaf."""
        loss = self.environment.loss
        assert loss is not None
        if head == loss:
            return ONE
        opaque = [q for q in self.environment.quantities.values() if q.opaque and q.head != head and q.body is not None]
        perturbed = Perturbed(self, head, indices, cut=frozenset(q.head for q in opaque))
        bridges = [q for q in opaque if perturbed.depends(q)]
        total: Value = NIL
        if loss in self.environment.quantities and self.environment.quantities[loss].body is not None:
            total = arithmetic.split(perturbed._entry(loss, ()), perturbed.level)[1]
        elif not bridges:
            raise Undefined(f"nothing is known of how {loss} depends on {head}")
        for quantity in bridges:
            for position in itertools.product(*map(range, self.extents(quantity.head))):
                tangent = arithmetic.split(perturbed._by_definition(quantity, position), perturbed.level)[1]
                if tangent != NIL:
                    outer = self._entry(adjoint(quantity.head, loss), position)
                    total = arithmetic.add(total, arithmetic.mul(outer, tangent))
        return total

    def _of_adjoint(self, head: str) -> str | None:
        return None if self.environment.loss is None else adjoint_of(head, self.environment.loss)

    # -- nodes ----------------------------------------------------------------------------------
    def _scalar(self, node: Scalar, names: Names, parameters: Parameters) -> Value:
        self._meter.spent += 1
        if self._meter.spent > self._limit:
            raise TooLarge("the evaluation takes too many steps")
        rule = _RULES.get(type(node))
        if rule is None:
            raise TypeError(f"no rule to evaluate {type(node).__name__}")
        return rule(self, node, names, parameters)

    def _number(self, node: Number, names: Names, parameters: Parameters) -> Value:
        return node.value

    def _size(self, node: Size, names: Names, parameters: Parameters) -> Value:
        return Fraction(exact(node.value, names))

    def _access(self, node: Access, names: Names, parameters: Parameters) -> Value:
        if not node.indices and node.head in parameters:
            return parameters[node.head]
        return self._entry(node.head, tuple([integer(index, names) for index in node.indices]))

    def _add(self, node: Add, names: Names, parameters: Parameters) -> Value:
        total: Value = NIL
        for term in node.terms:
            total = arithmetic.add(total, self._scalar(term, names, parameters))
        return total

    def _mul(self, node: Mul, names: Names, parameters: Parameters) -> Value:
        """Brackets first: where one is zero, the other factors need not have a value."""
        total: Value = ONE
        for factor in sorted(node.factors, key=_reluctance):
            total = arithmetic.mul(total, self._scalar(factor, names, parameters))
            if isinstance(factor, Bracket | Compare) and total == NIL:
                return NIL
        return total

    def _power(self, node: Power, names: Names, parameters: Parameters) -> Value:
        base = self._scalar(node.base, names, parameters)
        return arithmetic.power(base, self._scalar(node.exponent, names, parameters))

    def _application(self, node: Apply, names: Names, parameters: Parameters) -> Value:
        values = [self._scalar(argument, names, parameters) for argument in node.arguments]
        return self._apply(node.function, values, node.derivative)

    def _sum(self, node: Sum, names: Names, parameters: Parameters) -> Value:
        total: Value = NIL
        for inner in self._ranges(node.binders, guards(node.body), names):
            total = arithmetic.add(total, self._scalar(node.body, inner, parameters))
        return total

    def _multiple(self, node: Product, names: Names, parameters: Parameters) -> Value:
        total: Value = ONE
        for inner in self._ranges(node.binders, (), names):
            total = arithmetic.mul(total, self._scalar(node.body, inner, parameters))
        return total

    def _maximum(self, node: Maximum, names: Names, parameters: Parameters) -> Value:
        return self._largest([self._scalar(node.body, n, parameters) for n in self._ranges(node.binders, (), names)])

    def _bracket(self, node: Bracket, names: Names, parameters: Parameters) -> Value:
        return ONE if all(holds(constraint, names) for constraint in node.constraints) else NIL

    def _comparison(self, node: Compare, names: Names, parameters: Parameters) -> Value:
        left = self._scalar(node.left, names, parameters)
        return self._compare(left, node.relation, self._scalar(node.right, names, parameters))

    def _ranges(
        self, binders: tuple[Binder, ...], constraints: tuple[Constraint, ...], names: Mapping[str, int]
    ) -> Iterator[dict[str, int]]:
        """All values of the bound variables that satisfy ``constraints``, each as soon as it can be decided."""
        if not binders:
            yield dict(names)
            return
        (variable, extent), rest = binders[0], binders[1:]
        later = {name for name, _ in rest}
        now = [c for c in constraints if not c.value.names & later]
        waiting = tuple(c for c in constraints if c.value.names & later)
        for value in range(integer(extent, names)):
            inner = {**names, variable: value}
            if all(holds(constraint, inner) for constraint in now):
                yield from self._ranges(rest, waiting, inner)

    def _apply(self, function: str, arguments: Sequence[Value], derivative: tuple[int, ...]) -> Value:
        name = function.lstrip("\\")
        definition = self.environment.functions.get(function)
        if definition is None and name not in arithmetic.ELEMENTARY and name not in _COMPOSED:
            self.used[function] = None
            return arithmetic.generic(function, self.coefficients(function), arguments, derivative)
        for k, count in enumerate(derivative):
            if count:  # the derivative in argument k is the tangent where that argument is perturbed
                level = arithmetic.new_level()
                moved = [arithmetic.seeded(a, level) if i == k else a for i, a in enumerate(arguments)]
                lower = (*derivative[:k], count - 1, *derivative[k + 1:])
                return arithmetic.split(self._apply(function, moved, lower), level)[1]
        if definition is not None:
            bound = dict(zip(definition.parameters, arguments, strict=True))
            return self._scalar(definition.body, dict(self.sizes), bound)
        if name in arithmetic.ELEMENTARY:
            return arithmetic.elementary(name, arguments[0])
        return _COMPOSED[name](self, arguments)

    # -- choices --------------------------------------------------------------------------------
    def _largest(self, values: Sequence[Value]) -> Value:
        """The maximum. It is a tie only where the largest values differ in their tangents."""
        if not values:
            raise Undefined("maximum of nothing")
        if any(isinstance(primal(value), Polynomial) for value in values):
            return arithmetic.largest_symbol(values)
        best = values[0]
        for value in values[1:]:
            if arithmetic.same(primal(value), primal(best)):
                if value != best and (isinstance(value, arithmetic.Dual) or isinstance(best, arithmetic.Dual)):
                    self.ties.append("maximum")
            elif arithmetic.less_than(primal(best), primal(value)):
                best = value
        return best

    def _position(self, node: ArgMaximum, names: Names, parameters: Parameters) -> Value:
        at = tuple(integer(position, names) for position in node.at)
        values: dict[Indices, arithmetic.Base] = {}
        for inner in self._ranges(node.binders, (), names):
            values[tuple(inner[variable] for variable, _ in node.binders)] = primal(
                self._scalar(node.body, inner, parameters)
            )
        if at not in values:
            raise OutOfRange(f"position {list(at)} outside the range of a maximum")
        if any(isinstance(value, Polynomial) for value in values.values()):
            return arithmetic.selection(list(values.values()), list(values).index(at))
        first, *others = values
        for position in others:
            if arithmetic.same(values[position], values[first]):
                self.ties.append("position of a maximum")
            elif arithmetic.less_than(values[first], values[position]):
                first = position
        return ONE if first == at else NIL

    def _compare(self, left: Value, relation: str, right: Value) -> Value:
        x, y = primal(left), primal(right)
        if arithmetic.same(x, y):
            self.ties.append(f"comparison {relation}")
            return ONE if relation in (">=", "==") else NIL
        if relation in ("==", "!="):
            return ONE if relation == "!=" else NIL
        return arithmetic.positive(primal(arithmetic.subtract(x, y)))

    def _precision(self) -> Any:
        return decimal.localcontext(prec=self._digits)


class Perturbed(Interpreter):
    """The same point with ``head[indices] + ε``. Quantities that do not depend on ``head`` are the parent's.

    Heads in ``cut`` stay as they are at the unperturbed point.
    """

    def __init__(self, parent: Interpreter, head: str, indices: Indices, cut: frozenset[str] = frozenset()) -> None:
        super().__init__(parent.environment, parent.sizes, parent.leaves, functions=parent.functions)
        self._digits, self._meter, self._limit = parent._digits, parent._meter, parent._limit
        self.ties, self.used = parent.ties, parent.used
        self.parent, self.head, self.indices = parent, head, indices
        self.level = arithmetic.new_level()
        self._affected = _affected(parent.environment, head, cut)

    def depends(self, quantity: Quantity) -> bool:
        """Whether the definition mentions something that moves."""
        return bool(_uses(self.environment, quantity) & self._affected)

    def _compute(self, head: str, indices: Indices) -> Value:
        if head == self.head:
            value = self.parent._entry(head, indices)
            return arithmetic.seeded(value, self.level) if indices == self.indices else value
        if head in self._affected or (self._of_adjoint(head) is not None and head not in self.environment.quantities):
            return super()._compute(head, indices)
        return self.parent._entry(head, indices)


_RULES: dict[type[Scalar], Callable[[Any, Any, Names, Parameters], Value]] = {
    Number: Interpreter._number,
    Size: Interpreter._size,
    Access: Interpreter._access,
    Add: Interpreter._add,
    Mul: Interpreter._mul,
    Power: Interpreter._power,
    Apply: Interpreter._application,
    Sum: Interpreter._sum,
    Product: Interpreter._multiple,
    Maximum: Interpreter._maximum,
    ArgMaximum: Interpreter._position,
    Bracket: Interpreter._bracket,
    Compare: Interpreter._comparison,
}


# -- what depends on what -------------------------------------------------------------------------
def mentions(environment: Environment, expression: Scalar) -> frozenset[str]:
    """The heads in ``expression``, also those inside the definitions of its functions (not their parameters)."""
    found: set[str] = set()
    functions: set[str] = set()
    pending: list[tuple[Scalar, tuple[str, ...]]] = [(expression, ())]
    while pending:
        body, parameters = pending.pop()
        for node in walk(body):
            if isinstance(node, Access) and node.head not in parameters:
                found.add(node.head)
            elif isinstance(node, Apply) and node.function in environment.functions and node.function not in functions:
                functions.add(node.function)
                definition = environment.functions[node.function]
                pending.append((definition.body, definition.parameters))
    return frozenset(found)


def _uses(environment: Environment, quantity: Quantity) -> frozenset[str]:
    """What the definition mentions; an adjoint may depend on all that moves the loss or an opaque quantity."""
    found = frozenset() if quantity.body is None else mentions(environment, quantity.body)
    if environment.loss is not None and any(adjoint_of(head, environment.loss) is not None for head in found):
        return found | {environment.loss} | {q.head for q in environment.quantities.values() if q.opaque}
    return found


def _affected(environment: Environment, head: str, cut: frozenset[str]) -> frozenset[str]:
    """``head`` and everything defined from it without passing through ``cut``."""
    uses = {q.head: _uses(environment, q) for q in environment.quantities.values()}
    found = {head}
    grown = True
    while grown:
        new = {name for name, used in uses.items() if name not in found and name not in cut and used & found}
        found |= new
        grown = bool(new)
    return frozenset(found)


# -- integers -------------------------------------------------------------------------------------
def exact(value: Polynomial, names: Mapping[str, int]) -> int | Fraction:
    total: int | Fraction = 0
    for monomial, coefficient in value.terms:
        product: int | Fraction = coefficient.numerator if coefficient.denominator == 1 else coefficient
        for name in monomial:
            product *= names[name]
        total += product
    return total


def integer(value: Polynomial, names: Mapping[str, int]) -> int:
    result = exact(value, names)
    if isinstance(result, int):
        return result
    if result.denominator != 1:
        raise OutOfRange(f"{value!r} = {result} is not an integer")
    return int(result)


def holds(constraint: Constraint, names: Mapping[str, int]) -> bool:
    value = exact(constraint.value, names)
    return value >= 0 if constraint.relation == ">=" else (value == 0) == (constraint.relation == "==")


def guards(body: Scalar) -> tuple[Constraint, ...]:
    """Constraints outside of which ``body`` is zero."""
    factors = body.factors if isinstance(body, Mul) else (body,)
    return tuple(c for factor in factors if isinstance(factor, Bracket) for c in factor.constraints)


def _reluctance(factor: Scalar) -> int:
    return 0 if isinstance(factor, Bracket) else 1 if isinstance(factor, Compare) else 2


# -- functions ------------------------------------------------------------------------------------
def generic_coefficients(name: str, *, seed: int = 0, increasing: bool = False) -> tuple[Fraction, ...]:
    """Coefficients of a cubic that stands for an unknown function; increasing everywhere if asked."""
    choice = random.Random(f"{seed}|{name}")
    constant, slope = Fraction(choice.choice([1, 2, -1])), Fraction(choice.choice([1, 2, 3]))
    quadratic = Fraction(0) if increasing else Fraction(choice.choice([1, 2, -1, -2]))
    return constant, slope, quadratic, Fraction(1)


def _maximum(interpreter: Interpreter, arguments: Sequence[Value]) -> Value:
    return interpreter._largest(arguments)


def _minimum(interpreter: Interpreter, arguments: Sequence[Value]) -> Value:
    return arithmetic.negative(interpreter._largest([arithmetic.negative(a) for a in arguments]))


def _relu(interpreter: Interpreter, arguments: Sequence[Value]) -> Value:
    return interpreter._largest([NIL, arguments[0]])


def _absolute(interpreter: Interpreter, arguments: Sequence[Value]) -> Value:
    return interpreter._largest([arguments[0], arithmetic.negative(arguments[0])])


def _sign(interpreter: Interpreter, arguments: Sequence[Value]) -> Value:
    return arithmetic.subtract(
        interpreter._compare(arguments[0], ">", NIL), interpreter._compare(NIL, ">", arguments[0])
    )


def _square_root(_: Interpreter, arguments: Sequence[Value]) -> Value:
    return arithmetic.power(arguments[0], Fraction(1, 2))


def _pi(_: Interpreter, arguments: Sequence[Value]) -> Value:
    return arithmetic.pi()


_COMPOSED: dict[str, Callable[[Interpreter, Sequence[Value]], Value]] = {
    "sqrt": _square_root, "pi": _pi,
    "max": _maximum, "min": _minimum, "relu": _relu, "ReLU": _relu, "abs": _absolute, "sign": _sign, "sgn": _sign,
}
