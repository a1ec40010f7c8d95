"""Symbolic differentiation in index notation: a δ per index, the chain rule, adjoints of the loss.

Bound variables of an expression are renamed apart before it is differentiated, so that no index of the
variable is ever captured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType
from typing import TypeAlias

from verify_derivations.derivations.recurrence import too_early
from verify_derivations.formulas.definitions import (
    Environment,
    FunctionDefinition,
    OtherIndices,
    Quantity,
    adjoint,
)
from verify_derivations.formulas.expressions import (
    NOUGHT,
    UNIT,
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
    Polynomial,
    Power,
    Product,
    Scalar,
    Size,
    Sum,
    add,
    apply,
    bracket,
    equal,
    fresh,
    map_accesses,
    mul,
    polynomial,
    power,
    rename_apart,
    scalar,
    substitute,
    summation,
    walk,
)

Rule: TypeAlias = Callable[..., tuple[Scalar, ...]]
"""The partial derivatives of a function, one per argument, at given arguments."""

_HALF = Fraction(1, 2)

RULES: Mapping[str, Rule] = MappingProxyType({
    "exp": lambda x: (apply("exp", x),),
    "log": lambda x: (apply("exp", -apply("log", x)),),  # 1/x where there is a logarithm: not for x < 0
    "sqrt": lambda x: (scalar(_HALF) * power(x, -_HALF),),
    "tanh": lambda x: (1 - power(apply("tanh", x), 2),),
    "sigmoid": lambda x: (apply("sigmoid", x) * (1 - apply("sigmoid", x)),),
    "softplus": lambda x: (apply("sigmoid", x),),
    "sinh": lambda x: (apply("cosh", x),),
    "cosh": lambda x: (apply("sinh", x),),
    "sin": lambda x: (apply("cos", x),),
    "cos": lambda x: (-apply("sin", x),),
    "tan": lambda x: (1 + power(apply("tan", x), 2),),
    "arctan": lambda x: (power(1 + power(x, 2), -1),),
    "erf": lambda x: (2 * power(apply("pi"), -_HALF) * apply("exp", -power(x, 2)),),
    "relu": lambda x: (Compare(x, ">", NOUGHT),),
    "abs": lambda x: (apply("sign", x),),
    "sign": lambda x: (NOUGHT,),
    "max": lambda *xs: tuple(_selected(xs, k, lambda a, b: Compare(a, ">", b)) for k in range(len(xs))),
    "min": lambda *xs: tuple(_selected(xs, k, lambda a, b: Compare(b, ">", a)) for k in range(len(xs))),
})
"""The calculus table. Off ties of ``relu``, ``abs``, ``max`` and ``min``, where a derivative exists."""


ALIASES: Mapping[str, str] = MappingProxyType({"ln": "log", "ReLU": "relu", "sgn": "sign"})


def plain_name(function: str) -> str:
    """The name of a known function, however the document writes it: ``\\ln`` is ``log``."""
    name = function.lstrip("\\")
    return ALIASES.get(name, name)


def derivative(
    expression: Scalar, head: str, indices: tuple[Polynomial, ...], environment: Environment
) -> Scalar:
    """``∂expression/∂head[indices]`` by the explicit occurrences of ``head``; definitions of other
    quantities are not looked through. Valid off ties of maxima and comparisons."""
    return _Differentiation(head, indices, environment, frozenset()).of(rename_apart(expression))


def total_derivative(
    expression: Scalar, head: str, indices: tuple[Polynomial, ...], environment: Environment
) -> Scalar:
    """``∂expression/∂head[indices]`` by explicit occurrences of ``head`` and through the definitions of
    all quantities that depend on it, in a recursion also of later members of ``head``; intermediate quantities stay
    symbols in the result. Raises :class:`RecursionError` where it is not known which member is the later one."""
    return _Differentiation(head, indices, environment, _through(head, environment)).of(rename_apart(expression))


def ties(expression: Scalar, head: str, environment: Environment) -> tuple[Scalar, ...]:
    """Where a derivative of ``expression`` by ``head`` is not valid: maxima over a range that depend on
    ``head`` (as :class:`Maximum`; their largest value must be attained once) and differences that a
    comparison, ``relu``, ``abs``, ``max`` or ``min`` of them compares (they must not be zero). Raises
    :class:`RecursionError` for a function that calls itself."""
    through = _through(head, environment)
    moving = through | {head}
    found: list[Scalar] = []
    pending = [(expression, 0)]
    seen: set[str] = set()
    while pending:
        part, calls = pending.pop()
        if calls > len(environment.functions):
            raise RecursionError("a function is defined by itself")
        for node in walk(part):
            match node:
                case Access(name) if name in through and name not in seen:
                    seen.add(name)
                    quantity = environment.quantities[name]
                    if quantity.body is not None:
                        pending.append((quantity.body, 0))
                case Maximum() if moving & environment.mentioned(node):
                    found.append(node)
                case Apply(function, arguments) if moving & environment.mentioned(node):
                    if function in environment.functions:
                        pending.append((call(environment.functions[function], arguments), calls + 1))
                    elif plain_name(function) in ("relu", "abs", "sign"):
                        found.append(arguments[0])
                    elif plain_name(function) in ("max", "min"):
                        found += [a - b for k, a in enumerate(arguments) for b in arguments[:k]]
                case Compare(left, _, right) if moving & environment.mentioned(node):
                    found.append(left - right)
    return tuple(dict.fromkeys(found))


def ties_of_call(node: Apply, environment: Environment) -> tuple[Scalar, ...]:
    """Where a derivative of a function of the environment is not what its definition gives."""
    definition = environment.functions.get(node.function)
    if definition is None or not any(node.derivative):
        return ()
    alone = replace(environment, quantities={})
    orders = zip(definition.parameters, node.derivative, strict=False)
    found = [tie for p, order in orders if order for tie in ties(definition.body, p, alone)]
    values = dict(zip(definition.parameters, node.arguments, strict=True))
    return tuple(map_accesses(rename_apart(tie), lambda access: values.get(access.head)) for tie in found)


def dependents(head: str, environment: Environment) -> frozenset[str]:
    """Quantities whose definitions mention ``head``, directly or through others."""
    found: set[str] = set()
    frontier = [head]
    while frontier:
        for quantity in environment.consumers(frontier.pop()):
            if quantity.head not in found and quantity.head != head:
                found.add(quantity.head)
                frontier.append(quantity.head)
    return frozenset(found)


def _through(head: str, environment: Environment) -> frozenset[str]:
    """The quantities through whose definitions a derivative by ``head`` leads: in a recursion its own, too."""
    found, quantity = dependents(head, environment), environment.quantities.get(head)
    if quantity is None or quantity.body is None:
        return found
    return found if environment.mentioned(quantity.body).isdisjoint({head, *found}) else found | {head}


def adjoint_step(head: str, environment: Environment) -> Quantity | None:
    """The definition of ``∂loss/∂head`` by the adjoints of the consumers of ``head``::

        adj(X)[i] = Σ_{consumers Y} Σ_j adj(Y)[j] · ∂Y[j]/∂X[i],    adj(loss) = 1

    over the consumers by which the loss may move: the adjoints of others are zero.
    ``None`` where it has to stay a symbol: an opaque or unknown quantity, no loss, or one that is defined by its own
    derivatives."""
    loss = environment.loss
    if loss is None or not environment.has_step(head):
        return None
    quantity = environment.quantities[head]
    indices = tuple(fresh("i") for _ in quantity.extents)
    at = tuple(polynomial(i) for i in indices)
    terms: list[Scalar] = [UNIT] if head == loss else []
    for consumer in environment.contributors(head) if head != loss else ():
        assert consumer.body is not None
        outer = tuple(fresh(j) for j in consumer.indices)
        where = tuple(polynomial(j) for j in outer)
        slope = derivative(instantiate(consumer, where), head, at, environment)
        binders = zip(outer, consumer.extents, strict=True)
        if slope != NOUGHT:
            terms.append(summation(binders, mul(Access(adjoint(consumer.head, loss), where), slope)))
    return Quantity(adjoint(head, loss), quantity.extents, indices, add(*terms))


def instantiate(quantity: Quantity, indices: tuple[Polynomial, ...]) -> Scalar:
    """The body of a definition at the given indices, bound variables fresh. Raises :class:`OtherIndices`."""
    assert quantity.body is not None, quantity.head
    if len(indices) != len(quantity.indices):
        raise OtherIndices(quantity.head)
    return substitute(rename_apart(quantity.body), dict(zip(quantity.indices, indices, strict=True)))


def call(function: FunctionDefinition, arguments: tuple[Scalar, ...], orders: tuple[int, ...] = ()) -> Scalar:
    """The body of a document's function at ``arguments``, after ``orders[k]`` derivatives by parameter k."""
    body = function.body
    for parameter, order in zip(function.parameters, orders, strict=False):
        for _ in range(order):
            body = derivative(body, parameter, (), Environment())
    values = dict(zip(function.parameters, arguments, strict=True))
    return map_accesses(rename_apart(body), lambda access: values.get(access.head))


def unfold_function(node: Apply, environment: Environment) -> Scalar | None:
    """A call of a document's function, or a derivative of a known one, by its definition; else ``None``."""
    definition = environment.functions.get(node.function)
    if definition is not None:
        return call(definition, node.arguments, node.derivative)
    if any(node.derivative) and plain_name(node.function) in RULES:
        names = tuple(f"argument {k}" for k in range(len(node.arguments)))
        body = apply(plain_name(node.function), *(Access(name) for name in names))
        return call(FunctionDefinition(node.function, names, body), node.arguments, node.derivative)
    return None


class _Differentiation:
    """One derivative: the rules, one small method a node type that needs one."""

    def __init__(
        self, head: str, indices: tuple[Polynomial, ...], environment: Environment, through: frozenset[str]
    ) -> None:
        self.head, self.indices, self.environment, self.through = head, indices, environment, through
        self.moving = through | {head}

    def of(self, node: Scalar) -> Scalar:
        match node:
            case Number() | Size() | Bracket() | Compare() | ArgMaximum():
                return NOUGHT  # comparisons and positions of maxima are constant off ties
            case Access():
                return self.access(node)
            case Add(terms):
                return add(*(self.of(term) for term in terms))
            case Mul(factors):
                return add(*(
                    mul(slope, *factors[:k], *factors[k + 1:])
                    for k, factor in enumerate(factors) if (slope := self.of(factor)) != NOUGHT
                ))
            case Power(base, exponent):
                return self.power(base, exponent)
            case Apply():
                return self.apply(node)
            case Sum(binders, body):
                return summation(binders, self.of(body))
            case Maximum(binders, body):
                return self.maximum(node)
            case Product():
                return self.product(node)
            case Inverse():
                return self.inverse(node)
            case Determinant():
                return self.determinant(node)
        raise TypeError(f"no derivative rule for {type(node).__name__}")

    def access(self, node: Access) -> Scalar:
        """∂X[i]/∂X[k] = δ_ik, a factor per index; other quantities, and later members of a recursion, through their
        definitions."""
        recursive = node.head == self.head in self.through
        if node.head == self.head and not (recursive and node.indices[:1] != self.indices[:1]):
            if len(node.indices) != len(self.indices):
                raise OtherIndices(node.head)
            return bracket(*(equal(a, b) for a, b in zip(node.indices, self.indices, strict=True)))
        if node.head in self.through:
            quantity = self.environment.quantities[node.head]
            if too_early(node, self.head, self.indices, self.environment):
                return NOUGHT
            if recursive:
                lag = node.indices[0] - self.indices[0]
                if not lag.is_constant or lag.value < 0:
                    raise RecursionError("which member of a recursion is the later one is not known")
            return self.of(instantiate(quantity, node.indices))
        return NOUGHT

    def power(self, base: Scalar, exponent: Scalar) -> Scalar:
        """d(bᵉ) = e·bᵉ⁻¹·db + bᵉ·log b·de."""
        by_base, by_exponent = self.of(base), self.of(exponent)
        first = mul(exponent, power(base, add(exponent, scalar(-1))), by_base)
        second = mul(power(base, exponent), apply("log", base), by_exponent)
        return add(first, second)

    def apply(self, node: Apply) -> Scalar:
        """df(x₁, …) = Σ_k ∂ₖf(x₁, …)·dx_k; but a function that itself depends on the variable is written out."""
        if plain_name(node.function) == "log" and not any(node.derivative):
            slope = self.log_of_product(node.arguments[0])
            if slope is not None:
                return slope
        if self.captures(node):
            return self.of(call(self.environment.functions[node.function], node.arguments, node.derivative))
        slopes = [self.of(argument) for argument in node.arguments]
        if all(slope == NOUGHT for slope in slopes):
            return NOUGHT
        return add(*(
            mul(self.partial(node, k), slope) for k, slope in enumerate(slopes) if slope != NOUGHT
        ))

    def captures(self, node: Apply) -> bool:
        """Whether a function itself depends on the variable."""
        return not self.environment.captured.get(node.function, frozenset()).isdisjoint({self.head, *self.through})

    def log_of_product(self, node: Scalar) -> Scalar | None:
        """d log Π_p x_p = Σ_p dx_p/x_p, also where such a product is a factor, or the definition of what stands there;
        ``None`` where there is none. (Where log has a value, no factor is zero.)"""
        match node:
            case Product(binders, body):
                slope = self.of(body)
                return summation(binders, mul(slope, power(body, -1))) if slope != NOUGHT else NOUGHT
            case Mul(factors):
                slopes = [self.log_of_product(factor) for factor in factors]
                if all(slope is None for slope in slopes):
                    return None
                return add(*(mul(self.of(factor), power(factor, -1)) if slope is None else slope
                             for factor, slope in zip(factors, slopes, strict=True)))  # fmt: skip
            case Access(head, indices) if head in self.through and head != self.head:
                early = too_early(node, self.head, self.indices, self.environment)
                return None if early else self.log_of_product(instantiate(self.environment.quantities[head], indices))
            case Apply(function, arguments, orders) if self.captures(node):
                return self.log_of_product(call(self.environment.functions[function], arguments, orders))
        return None

    def partial(self, node: Apply, position: int) -> Scalar:
        name = plain_name(node.function)
        if any(node.derivative) or name not in RULES or node.function in self.environment.functions:
            orders = list(node.derivative or (0,) * len(node.arguments))
            orders[position] += 1
            return Apply(node.function, node.arguments, tuple(orders))
        return RULES[name](*node.arguments)[position]

    def maximum(self, node: Maximum) -> Scalar:
        """d max_p x_p = Σ_p [p is the position of the maximum]·dx_p."""
        renaming = {v: fresh(v) for v, _ in node.binders}
        values = {v: polynomial(new) for v, new in renaming.items()}
        binders = tuple((renaming[v], extent.substitute(values)) for v, extent in node.binders)
        slope = self.of(rename_apart(substitute(node.body, values)))
        position = ArgMaximum(node.binders, node.body, tuple(values.values()))
        return summation(binders, mul(position, slope)) if slope != NOUGHT else NOUGHT

    def product(self, node: Product) -> Scalar:
        """d Π_p x_p = Σ_p dx_p · Π_{q ≠ p} x_q."""
        renaming = {v: fresh(v) for v, _ in node.binders}
        values = {v: polynomial(new) for v, new in renaming.items()}
        binders = tuple((renaming[v], extent.substitute(values)) for v, extent in node.binders)
        slope = self.of(rename_apart(substitute(node.body, values)))
        if slope == NOUGHT:
            return NOUGHT
        same = bracket(*(Constraint(polynomial(v) - values[v], "==") for v, _ in node.binders))
        others = Product(node.binders, add(same, mul(1 - same, node.body)))
        return summation(binders, mul(slope, others))

    def inverse(self, node: Inverse) -> Scalar:
        """dA⁻¹ = −A⁻¹·dA·A⁻¹."""
        places, binders, slope = self.entry(node)
        if slope == NOUGHT:
            return NOUGHT
        left = Inverse(node.binders, node.body, (node.at[0], places[0]))
        right = Inverse(node.binders, node.body, (places[1], node.at[1]))
        return -summation(binders, mul(left, slope, right))

    def determinant(self, node: Determinant) -> Scalar:
        """d det A = det A · Σ_ij A⁻¹[j, i]·dA[i, j], where A is invertible."""
        places, binders, slope = self.entry(node)
        if slope == NOUGHT:
            return NOUGHT
        return mul(node, summation(binders, mul(Inverse(node.binders, node.body, places[::-1]), slope)))

    def entry(self, node: Inverse | Determinant) -> tuple[tuple[Polynomial, ...], tuple[Binder, ...], Scalar]:
        """An entry of a matrix at indices of its own: these, their ranges, and the derivative of the entry."""
        names = [fresh(variable) for variable, _ in node.binders]
        places = tuple(map(polynomial, names))
        at = {variable: place for (variable, _), place in zip(node.binders, places, strict=True)}
        binders = tuple((name, extent) for name, (_, extent) in zip(names, node.binders, strict=True))
        return places, binders, self.of(rename_apart(substitute(node.body, at)))


def _selected(values: tuple[Scalar, ...], chosen: int, beats: Callable[[Scalar, Scalar], Scalar]) -> Scalar:
    """1 where ``values[chosen]`` beats all others, else 0."""
    return mul(*(beats(values[chosen], other) for k, other in enumerate(values) if k != chosen))


__all__ = [
    "RULES", "adjoint_step", "call", "dependents", "derivative", "instantiate", "plain_name", "ties",
    "ties_of_call", "total_derivative", "unfold_function",
]
