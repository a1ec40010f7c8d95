"""Values of expressions: one small rule for each node type, exact on rationals.

What a named quantity is worth is left to the subclass (:class:`~verify_derivations.derivations.evaluate.Interpreter`).
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from verify_derivations.derivations import arithmetic, linear
from verify_derivations.derivations.arithmetic import NIL, ONE, Undefined, Value, primal
from verify_derivations.formulas.definitions import Environment
from verify_derivations.formulas.expressions import (
    Access,
    Add,
    Apply,
    ArgMaximum,
    Binder,
    Bracket,
    Compare,
    Constraint,
    Determinant,
    Inverse,
    Maximum,
    Mul,
    Number,
    Power,
    Product,
    Scalar,
    Size,
    Sum,
    letters,
)
from verify_derivations.formulas.polynomial import Polynomial

Indices: TypeAlias = tuple[int, ...]
Names: TypeAlias = dict[str, int]
"""Values of sizes and index variables."""
Parameters: TypeAlias = Mapping[str, Value]
"""Values of the parameters of the function whose body is evaluated."""


class OutOfRange(IndexError):
    """An access outside a tensor, or at an index that nothing binds: the expression was built wrongly."""


class TooLarge(RuntimeError):
    """The evaluation was given up after too many steps."""


@dataclass(slots=True)
class Meter:
    """Counts the nodes that are visited: a measure of work that is the same on every machine. What begins may go on
    until ``end``."""

    spent: int = 0
    end: int = sys.maxsize

    @contextmanager
    def at_most(self, steps: int) -> Iterator[None]:
        """No more than so many steps inside."""
        before, self.end = self.end, min(self.end, self.spent + steps)
        try:
            yield
        finally:
            self.end = before


EQUAL = "equal values are compared"
"""A tie at which a comparison has a value all the same: [r ≥ 0] for r = 0."""


class Evaluator:
    """Evaluates expressions at one point. ``ties`` collects the places where a comparison or a maximum was decided
    between equal values: there a statement that holds almost everywhere says nothing. ``functions`` gives the
    coefficients that stand for functions unknown to the environment; ``used`` collects the names of those that were
    needed. After ``steps`` nodes, counted by ``meter``, an evaluation is given up.
    """

    def __init__(
        self,
        environment: Environment,
        sizes: Mapping[str, int],
        functions: Mapping[str, Sequence[Fraction]],
        meter: Meter,
        steps: int,
    ) -> None:
        self.environment, self.sizes, self.functions = environment, dict(sizes), functions
        self.ties: list[str] = []
        self.outcomes: set[tuple[str, bool]] = set()  # of comparisons of two values: both are to be seen
        self.used: dict[str, int] = {}  # unknown functions, each with the number of its arguments
        self._meter, self._limit = meter, min(meter.spent + steps, meter.end)

    def _entry(self, head: str, indices: Indices) -> Value:
        """The value of ``head[indices]``."""
        raise NotImplementedError

    def coefficients(self, function: str) -> Sequence[Fraction]:
        """What stands for a function that is not known in closed form."""
        given = self.functions.get(function)
        return given or generic_coefficients(function, increasing=function in self.environment.increasing)

    def _spend(self, steps: int) -> None:
        spent = self._meter.spent
        if spent + steps > self._limit:
            self._meter.spent = max(spent, self._limit) + 1
            raise TooLarge("the evaluation takes too many steps")
        self._meter.spent = spent + steps

    # -- nodes ----------------------------------------------------------------------------------
    def _scalar(self, node: Scalar, names: Names, parameters: Parameters) -> Value:
        meter = self._meter
        if meter.spent >= self._limit:
            self._spend(1)
        meter.spent += 1
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
        atoms = letters(node)
        if atoms is None:
            return self._entry(node.head, tuple([integer(index, names) for index in node.indices]))
        try:
            at = tuple([names[atom] for atom in atoms])
        except KeyError as error:
            raise OutOfRange(f"nothing binds {error.args[0]} in {error.args[0]}") from None
        return self._entry(node.head, at)

    def _add(self, node: Add, names: Names, parameters: Parameters) -> Value:
        total: Value = NIL
        for term in node.terms:
            total = arithmetic.add(total, self._scalar(term, names, parameters))
        return total

    def _mul(self, node: Mul, names: Names, parameters: Parameters) -> Value:
        """Brackets first: where one is zero, the other factors need not have a value."""
        total: Value = ONE
        for factor in _willing(node.factors):
            total = arithmetic.mul(total, self._scalar(factor, names, parameters))
            kind = type(factor)
            if (kind is Bracket or kind is Compare) and total == NIL:
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
        """All values of the bound variables that satisfy ``constraints``, each as soon as it can be decided: the same
        dictionary each time, to be read before the next is asked for."""
        inner = dict(names)
        if not binders:
            yield inner
            return
        (variable, extent), rest = binders[0], binders[1:]
        now, waiting = constraints, constraints
        if constraints:
            later = {name for name, _ in rest}
            now = tuple([c for c in constraints if c.value.names.isdisjoint(later)])
            waiting = tuple([c for c in constraints if c not in now])
        for value in range(integer(extent, names)):
            inner[variable] = value
            if now and not all(holds(constraint, inner) for constraint in now):
                continue
            if rest:
                yield from self._ranges(rest, waiting, inner)
            else:
                yield inner

    def _apply(self, function: str, arguments: Sequence[Value], derivative: tuple[int, ...]) -> Value:
        name = function.lstrip("\\")
        definition = self.environment.functions.get(function)
        if definition is None and name not in arithmetic.ELEMENTARY and name not in _COMPOSED:
            self.used[function] = len(arguments)
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
        if len(values) == 2:
            self.outcomes.add(("maximum", best is values[0]))
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

    def _matrix(self, node: Inverse | Determinant, names: Names, parameters: Parameters) -> list[list[Value]]:
        (row, extent), (column, _) = node.binders
        size = integer(extent, names)
        self._spend(size**3)
        return [
            [self._scalar(node.body, {**names, row: i, column: j}, parameters) for j in range(size)]
            for i in range(size)
        ]

    def _inverse(self, node: Inverse, names: Names, parameters: Parameters) -> Value:
        matrix = self._matrix(node, names, parameters)
        row, column = (integer(position, names) for position in node.at)
        if not (0 <= row < len(matrix) and 0 <= column < len(matrix)):
            raise OutOfRange(f"entry {[row, column]} outside an inverse")
        return linear.inverse_entry(matrix, row, column)

    def _determinant(self, node: Determinant, names: Names, parameters: Parameters) -> Value:
        return linear.adjugate(self._matrix(node, names, parameters))[0]

    def _compare(self, left: Value, relation: str, right: Value) -> Value:
        """Who asks for equality means equal values too: that is a tie only where their tangents differ."""
        x, y = primal(left), primal(right)
        if arithmetic.same(x, y):
            moving = left != right and (isinstance(left, arithmetic.Dual) or isinstance(right, arithmetic.Dual))
            if moving:
                self.ties.append(f"comparison {relation}")
            elif relation not in ("==", "!="):
                self.ties.append(EQUAL)
            return ONE if relation in (">=", "==") else NIL
        if relation in ("==", "!="):
            return ONE if relation == "!=" else NIL
        found = arithmetic.positive(primal(arithmetic.subtract(x, y)))
        self.outcomes.add((relation, found == ONE))
        return found


_RULES: dict[type[Scalar], Callable[[Any, Any, Names, Parameters], Value]] = {
    Number: Evaluator._number,
    Size: Evaluator._size,
    Access: Evaluator._access,
    Add: Evaluator._add,
    Mul: Evaluator._mul,
    Power: Evaluator._power,
    Apply: Evaluator._application,
    Sum: Evaluator._sum,
    Product: Evaluator._multiple,
    Maximum: Evaluator._maximum,
    ArgMaximum: Evaluator._position,
    Inverse: Evaluator._inverse,
    Determinant: Evaluator._determinant,
    Bracket: Evaluator._bracket,
    Compare: Evaluator._comparison,
}


# -- integers -------------------------------------------------------------------------------------
def exact(value: Polynomial, names: Mapping[str, int]) -> int | Fraction:
    total: int | Fraction = 0
    try:
        for monomial, coefficient in value.terms:
            if len(monomial) == 1:
                total += coefficient * names[monomial[0]]
                continue
            for name in monomial:
                coefficient *= names[name]
            total += coefficient
    except KeyError as error:
        raise OutOfRange(f"nothing binds {error.args[0]} in {value!r}") from None
    return total


def integer(value: Polynomial, names: Mapping[str, int]) -> int:
    if len(value.terms) == 1:  # mostly one index
        monomial, coefficient = value.terms[0]
        if len(monomial) == 1 and coefficient == 1 and monomial[0] in names:
            return names[monomial[0]]
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


def _willing(factors: tuple[Scalar, ...]) -> Sequence[Scalar]:
    """Those first that may decide that a product is zero."""
    for factor in factors:
        if type(factor) is Bracket or type(factor) is Compare:
            return sorted(factors, key=_reluctance)
    return factors


def _reluctance(factor: Scalar) -> int:
    return 0 if isinstance(factor, Bracket) else 1 if isinstance(factor, Compare) else 2


# -- functions ------------------------------------------------------------------------------------
def generic_coefficients(name: str, *, seed: int = 0, increasing: bool = False) -> tuple[Fraction, ...]:
    """Coefficients of a cubic that stands for an unknown function; increasing everywhere if asked."""
    choice = random.Random(f"{seed}|{name}")
    constant, slope = Fraction(choice.choice([1, 2, -1])), Fraction(choice.choice([1, 2, 3]))
    quadratic = Fraction(0) if increasing else Fraction(choice.choice([1, 2, -1, -2]))
    return constant, slope, quadratic, Fraction(1)


def _maximum(evaluator: Evaluator, arguments: Sequence[Value]) -> Value:
    return evaluator._largest(arguments)


def _minimum(evaluator: Evaluator, arguments: Sequence[Value]) -> Value:
    return arithmetic.negative(evaluator._largest([arithmetic.negative(a) for a in arguments]))


def _relu(evaluator: Evaluator, arguments: Sequence[Value]) -> Value:
    return evaluator._largest([NIL, arguments[0]])


def _absolute(evaluator: Evaluator, arguments: Sequence[Value]) -> Value:
    return evaluator._largest([arguments[0], arithmetic.negative(arguments[0])])


def _sign(evaluator: Evaluator, arguments: Sequence[Value]) -> Value:
    return arithmetic.subtract(
        evaluator._compare(arguments[0], ">", NIL), evaluator._compare(NIL, ">", arguments[0])
    )


def _square_root(_: Evaluator, arguments: Sequence[Value]) -> Value:
    return arithmetic.power(arguments[0], Fraction(1, 2))


def _pi(_: Evaluator, arguments: Sequence[Value]) -> Value:
    return arithmetic.pi()


_COMPOSED: dict[str, Callable[[Evaluator, Sequence[Value]], Value]] = {
    "sqrt": _square_root, "pi": _pi,
    "max": _maximum, "min": _minimum, "relu": _relu, "ReLU": _relu, "abs": _absolute, "sign": _sign, "sgn": _sign,
}
