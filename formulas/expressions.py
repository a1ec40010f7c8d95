"""Scalar expressions in index notation: the one language of proof, counterexample and code.

A tensor is a scalar expression with free index variables. All indices are **zero-based**; a bound
variable ``v`` of a binder ``(v, n)`` runs over ``0 ≤ v < n``. The node types are closed; operations on
them grow, one module each. Constructors (:func:`add`, :func:`mul`, …) apply the local identities and
keep argument order deterministic where order has no meaning.

==============  ======================================================================================
Number          a rational number
Size            an index expression or extent as a number (``1/N``, ``Σ_i i``)
Access          an entry of a named tensor: ``W^{(3)}[j, i]``; a scalar has no indices
Add, Mul        n-ary, commutative
Power           base and exponent are scalars; ``x^{-1}`` is the inverse
Apply           an elementwise function of scalars: ``exp``, ``log``, ``tanh``, ``max``, a document's ``f``
Sum             Σ over binders
Product         Π over binders
Maximum         max over binders (pooling)
ArgMaximum      1 at the position of the maximum and 0 elsewhere: one-hot also on ties (first position)
Inverse         an entry of the inverse of a square matrix
Determinant     of a square matrix
Bracket         Iverson bracket of integer constraints on indices and sizes: 1 where all hold, else 0
Compare         Iverson bracket of a comparison of real values: ``[z > 0]``
==============  ======================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from verify_derivations.formulas.polynomial import ONE, ZERO, Polynomial, fresh, is_index, polynomial

Binder: TypeAlias = tuple[str, Polynomial]
"""An index variable and its extent: ``0 ≤ variable < extent``."""


class Scalar:
    """Base of all nodes."""

    __slots__ = ("_contents", "_letters")
    _contents: Contents  # once asked for
    _letters: tuple[str, ...] | None  # likewise, of an access

    def __add__(self, other: Scalar | int) -> Scalar:
        return add(self, scalar(other))

    def __radd__(self, other: int) -> Scalar:
        return add(scalar(other), self)

    def __sub__(self, other: Scalar | int) -> Scalar:
        return add(self, negate(scalar(other)))

    def __rsub__(self, other: int) -> Scalar:
        return add(scalar(other), negate(self))

    def __mul__(self, other: Scalar | int) -> Scalar:
        return mul(self, scalar(other))

    def __rmul__(self, other: int) -> Scalar:
        return mul(scalar(other), self)

    def __neg__(self) -> Scalar:
        return negate(self)

    def __truediv__(self, other: Scalar | int) -> Scalar:
        return mul(self, power(scalar(other), -1))

    def _repr_latex_(self) -> str:
        from verify_derivations.formulas.latex import to_latex

        return f"$\\displaystyle {to_latex(self)}$"


@dataclass(frozen=True, slots=True)
class Number(Scalar):
    value: Fraction


@dataclass(frozen=True, slots=True)
class Size(Scalar):
    value: Polynomial


@dataclass(frozen=True, slots=True)
class Access(Scalar):
    head: str
    indices: tuple[Polynomial, ...] = ()


@dataclass(frozen=True, slots=True)
class Add(Scalar):
    terms: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Mul(Scalar):
    factors: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Power(Scalar):
    base: Scalar
    exponent: Scalar


MEMBER = "_{\\cdot}"
"""Ends the name of a family of functions, once for each of its indices."""

VALUE = "{}\\left("
"""Begins the name of a quantity that is a function's value, ``φ(x)``."""


@dataclass(frozen=True, slots=True)
class Apply(Scalar):
    """``function`` of ``arguments``. ``derivative[k]`` counts the derivatives taken in argument k
    of a function that is not known in closed form (``f'`` has derivative ``(1,)``). One of a family, ``φ_k(x)``, is a
    function of k and x, with ``MEMBER`` in its name."""

    function: str
    arguments: tuple[Scalar, ...]
    derivative: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum(Scalar):
    binders: tuple[Binder, ...]
    body: Scalar


@dataclass(frozen=True, slots=True)
class Product(Scalar):
    binders: tuple[Binder, ...]
    body: Scalar


@dataclass(frozen=True, slots=True)
class Maximum(Scalar):
    binders: tuple[Binder, ...]
    body: Scalar


@dataclass(frozen=True, slots=True)
class ArgMaximum(Scalar):
    """1 where ``at`` is the first position (in lexicographic order of the binders) of the maximum of
    ``body``, else 0. Summed over all positions it is one."""

    binders: tuple[Binder, ...]
    body: Scalar
    at: tuple[Polynomial, ...]


@dataclass(frozen=True, slots=True)
class Inverse(Scalar):
    """The entry ``at`` (row, column) of the inverse of the square matrix whose entry at the two ``binders`` is
    ``body``; it has a value where that matrix is invertible."""

    binders: tuple[Binder, ...]
    body: Scalar
    at: tuple[Polynomial, ...]

    def __post_init__(self) -> None:
        _square(self.binders)
        assert len(self.at) == 2, self.at


@dataclass(frozen=True, slots=True)
class Determinant(Scalar):
    """Of the square matrix whose entry at the two ``binders`` is ``body``."""

    binders: tuple[Binder, ...]
    body: Scalar

    def __post_init__(self) -> None:
        _square(self.binders)


def _square(binders: tuple[Binder, ...]) -> None:
    """Two variables with one range: also of what a certificate says."""
    if len(binders) != 2 or binders[0][1] != binders[1][1] or binders[0][0] == binders[1][0]:
        raise ValueError(f"a matrix that is not square: {binders}")


Binding: TypeAlias = Sum | Product | Maximum | ArgMaximum | Inverse | Determinant
"""The nodes with ``binders`` and a ``body``."""

Placed: TypeAlias = ArgMaximum | Inverse
"""Those that have, besides, a place ``at`` which their binders do not bind."""


@dataclass(frozen=True, slots=True, eq=False)
class Constraint:
    """``value ≥ 0``, ``value = 0`` or ``value ≠ 0`` over the integers."""

    value: Polynomial
    relation: str  # ">=", "==", "!="

    def __post_init__(self) -> None:
        assert self.relation in (">=", "==", "!="), self.relation

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, Constraint) and self.relation == other.relation and self.value.terms == other.value.terms
        )

    def __hash__(self) -> int:
        known = self.value._hash
        return hash(self.value) if known is None else known

    def substitute(self, values: Mapping[str, Polynomial]) -> Constraint:
        value = self.value.substitute(values)
        return self if value is self.value else Constraint(value, self.relation)

    def holds(self, values: Mapping[str, int | Fraction]) -> bool:
        value = self.value.evaluate(values)
        return value >= 0 if self.relation == ">=" else (value == 0) == (self.relation == "==")


@dataclass(frozen=True, slots=True)
class Bracket(Scalar):
    constraints: tuple[Constraint, ...]


@dataclass(frozen=True, slots=True)
class Compare(Scalar):
    left: Scalar
    relation: str  # ">", ">=", "==", "!="
    right: Scalar

    def __post_init__(self) -> None:
        assert self.relation in (">", ">=", "==", "!="), self.relation


# -- constructors -------------------------------------------------------------------------------
LARGEST_POWER = 10_000
"""Bits to which a power of two numbers is multiplied out; a larger one stays a power (``9^{9^{9}}``)."""

NOUGHT = Number(Fraction(0))
UNIT = Number(Fraction(1))


def scalar(value: Scalar | Polynomial | Fraction | int) -> Scalar:
    """Coerce a number or an index expression."""
    if isinstance(value, Scalar):
        return value
    if isinstance(value, Polynomial):
        return Number(value.value) if value.is_constant else Size(value)
    return Number(Fraction(value))


def add(*terms: Scalar) -> Scalar:
    total = Fraction(0)
    rest: list[Scalar] = []
    for term in _flatten(terms, Add):
        if isinstance(term, Number):
            total += term.value
        else:
            rest.append(term)
    if total:
        rest.append(Number(total))
    return rest[0] if len(rest) == 1 else Add(tuple(rest)) if rest else NOUGHT


def mul(*factors: Scalar) -> Scalar:
    coefficient = Fraction(1)
    rest: list[Scalar] = []
    for factor in _flatten(factors, Mul):
        if isinstance(factor, Number):
            coefficient *= factor.value
        else:
            rest.append(factor)
    if not coefficient:
        return NOUGHT
    if coefficient != 1:
        rest.insert(0, Number(coefficient))
    return rest[0] if len(rest) == 1 else Mul(tuple(rest)) if rest else UNIT


def negate(value: Scalar) -> Scalar:
    return mul(Number(Fraction(-1)), value)


def power(base: Scalar, exponent: Scalar | int | Fraction) -> Scalar:
    exponent = scalar(exponent)
    if exponent == UNIT:
        return base
    if exponent == NOUGHT:
        return UNIT
    if isinstance(base, Number) and isinstance(exponent, Number) and exponent.value.denominator == 1:
        size = max(base.value.numerator.bit_length(), base.value.denominator.bit_length()) * abs(exponent.value)
        if (base.value or exponent.value > 0) and size <= LARGEST_POWER:
            return Number(base.value ** int(exponent.value))
    return Power(base, exponent)


def apply(function: str, *arguments: Scalar) -> Scalar:
    return Apply(function, arguments)


def summation(binders: Iterable[Binder], body: Scalar) -> Scalar:
    binders = tuple(binders)
    if not binders or body == NOUGHT:
        return body
    if isinstance(body, Sum):
        return Sum(binders + body.binders, body.body)
    return Sum(binders, body)


def bracket(*constraints: Constraint) -> Scalar:
    """Constraints without names are decided here."""
    kept = []
    for constraint in constraints:
        if constraint.value.is_constant:
            if not constraint.holds({}):
                return NOUGHT
        elif constraint not in kept:
            kept.append(constraint)
    return Bracket(tuple(kept)) if kept else UNIT


def equal(left: Polynomial | int, right: Polynomial | int) -> Constraint:
    return Constraint(polynomial(left) - right, "==")


def at_least(left: Polynomial | int, right: Polynomial | int) -> Constraint:
    return Constraint(polynomial(left) - right, ">=")


def less(left: Polynomial | int, right: Polynomial | int) -> Constraint:
    return Constraint(polynomial(right) - left - 1, ">=")


def within(index: Polynomial, extent: Polynomial) -> tuple[Constraint, Constraint]:
    """``0 ≤ index < extent``."""
    return at_least(index, 0), less(index, extent)


def delta(left: Polynomial | int, right: Polynomial | int) -> Scalar:
    """Kronecker's δ."""
    return bracket(equal(left, right))


def _flatten(items: Iterable[Scalar], kind: type[Add] | type[Mul]) -> Iterator[Scalar]:
    for item in items:
        if isinstance(item, Add) and kind is Add:
            yield from item.terms
        elif isinstance(item, Mul) and kind is Mul:
            yield from item.factors
        else:
            yield item


# -- traversal ----------------------------------------------------------------------------------
def binders_of(node: Scalar) -> tuple[Binder, ...]:
    return node.binders if isinstance(node, Binding) else ()


def children(node: Scalar) -> tuple[Scalar, ...]:
    match node:
        case Add(terms):
            return terms
        case Mul(factors):
            return factors
        case Power(base, exponent):
            return (base, exponent)
        case Apply(_, arguments):
            return arguments
        case Sum() | Product() | Maximum() | ArgMaximum() | Inverse() | Determinant():
            return (node.body,)
        case Compare(left, _, right):
            return (left, right)
        case Number() | Size() | Access() | Bracket():
            return ()
    raise TypeError(f"no children rule for {type(node).__name__}")


def rebuild(node: Scalar, parts: tuple[Scalar, ...]) -> Scalar:
    """The same node over other children (as many as :func:`children` gave)."""
    match node:
        case Add():
            return add(*parts)
        case Mul():
            return mul(*parts)
        case Power():
            return power(*parts)
        case Apply(function, _, derivative):
            return Apply(function, parts, derivative)
        case Sum(binders, _):
            return summation(binders, parts[0])
        case Product(binders, _) | Maximum(binders, _) | Determinant(binders, _):
            return type(node)(binders, parts[0])
        case ArgMaximum(binders, _, at) | Inverse(binders, _, at):
            return type(node)(binders, parts[0], at)
        case Compare(_, relation, _):
            return Compare(parts[0], relation, parts[1])
    return node


def walk(node: Scalar) -> Iterator[Scalar]:
    """All nodes, parents first."""
    yield node
    for child in children(node):
        yield from walk(child)


@dataclass(frozen=True, slots=True)
class Contents:
    """Names of all tensors, functions and sizes that occur, in order of first occurrence; ``defined`` are the tensors
    and functions, on which it rests by definitions."""

    heads: tuple[str, ...]
    functions: tuple[str, ...]
    sizes: tuple[str, ...]
    defined: frozenset[str]


def contents(node: Scalar) -> Contents:
    """What occurs in an expression. A definition is asked often, so that the answer is kept with it."""
    try:
        return node._contents
    except AttributeError:
        found = _contents(node)
        object.__setattr__(node, "_contents", found)
        return found


def _contents(root: Scalar) -> Contents:
    tensors: dict[str, None] = {}
    functions: dict[str, None] = {}
    values: list[Polynomial] = []
    for node in walk(root):
        values += [extent for _, extent in binders_of(node)]
        match node:
            case Access(head, indices):
                tensors[head] = None
                values += indices
            case Apply(function):
                functions[function] = None
            case Size(value):
                values.append(value)
            case ArgMaximum(_, _, at) | Inverse(_, _, at):
                values += at
            case Bracket(constraints):
                values += [c.value for c in constraints]
    sizes = dict.fromkeys(name for value in values for name in sorted(value.names) if not is_index(name))
    return Contents(tuple(tensors), tuple(functions), tuple(sizes), frozenset((*tensors, *functions)))


def heads(node: Scalar) -> tuple[str, ...]:
    """Names of all tensors that occur, in order of first occurrence."""
    return contents(node).heads


def letters(node: Access) -> tuple[str, ...] | None:
    """The names that are the indices of an access, where each index is one."""
    try:
        return node._letters
    except AttributeError:
        atoms = tuple([atom for index in node.indices if (atom := index.as_atom()) is not None])
        found = atoms if len(atoms) == len(node.indices) else None
        object.__setattr__(node, "_letters", found)
        return found


def map_accesses(node: Scalar, replace: Callable[[Access], Scalar | None]) -> Scalar:
    """Every access replaced by ``replace(access)`` (``None`` keeps it). The replacement's free index
    variables must come from the access's indices; its bound variables must be fresh."""
    if isinstance(node, Access):
        new = replace(node)
        return node if new is None else new
    parts = children(node)
    new_parts = tuple(map_accesses(part, replace) for part in parts)
    return node if all(a is b for a, b in zip(parts, new_parts, strict=True)) else rebuild(node, new_parts)


def free_indices(node: Scalar) -> frozenset[str]:
    """Index variables that are not bound in ``node``."""
    return frozenset(n for n in free_names(node) if is_index(n))


def free_names(node: Scalar) -> frozenset[str]:
    """Index variables and sizes that are not bound in ``node``."""
    found: set[str] = set()
    match node:
        case Size(value):
            found |= value.names
        case Access(_, indices):
            for index in indices:
                found |= index.names
        case Bracket(constraints):
            for constraint in constraints:
                found |= constraint.value.names
    for child in children(node):
        found |= free_names(child)
    bound = binders_of(node)
    for _, extent in bound:
        found |= extent.names
    found -= {variable for variable, _ in bound}
    if isinstance(node, Placed):
        for position in node.at:
            found |= position.names
    return frozenset(found)


def substitute(node: Scalar, values: Mapping[str, Polynomial]) -> Scalar:
    """Free index variables and sizes replaced at once; bound variables are renamed where a value
    would be captured."""
    if not values:
        return node
    match node:
        case Number():
            return node
        case Size(value):
            return scalar(value.substitute(values))
        case Access(head, indices):
            return Access(head, tuple([index.substitute(values) for index in indices])) if indices else node
        case Bracket(constraints):
            return bracket(*(constraint.substitute(values) for constraint in constraints))
        case Sum() | Product() | Maximum() | ArgMaximum() | Inverse() | Determinant():
            binders, body = node.binders, node.body
            bound = {variable for variable, _ in binders}
            inner = {name: value for name, value in values.items() if name not in bound}
            captured = set().union(*(value.names for value in inner.values())) & bound if inner else set()
            renaming = {variable: polynomial(fresh(variable)) for variable in sorted(captured)}
            new_binders = tuple(
                (renaming[v].as_atom() or v if v in renaming else v, extent.substitute({**inner, **renaming}))
                for v, extent in binders  # an extent may name an earlier binder of the same node: Σ_i Σ_{j<i}
            )
            new_body = substitute(body, {**inner, **renaming})
            if isinstance(node, Placed):
                return type(node)(new_binders, new_body, tuple(p.substitute(values) for p in node.at))
            if isinstance(node, Sum):
                return summation(new_binders, new_body)
            return type(node)(new_binders, new_body)
    return rebuild(node, tuple(substitute(child, values) for child in children(node)))


def rename_apart(node: Scalar, outer: Mapping[str, Polynomial] | None = None) -> Scalar:
    """The same expression with fresh bound variables throughout; ``outer`` are the new names of variables that are
    bound outside of ``node``."""
    outer = outer or {}
    if isinstance(node, Binding):
        renaming = {variable: fresh(variable) for variable, _ in node.binders}
        values = {**outer, **{v: polynomial(new) for v, new in renaming.items()}}
        binders = tuple([(renaming[v], extent.substitute(values)) for v, extent in node.binders])
        body = rename_apart(node.body, values)
        if isinstance(node, Placed):
            return type(node)(binders, body, tuple(p.substitute(outer) for p in node.at))
        return type(node)(binders, body)
    parts = children(node)
    return rebuild(node, tuple([rename_apart(part, outer) for part in parts])) if parts else substitute(node, outer)


def structural_key(node: Scalar) -> str:
    """A deterministic string for ordering (bound variables included by name)."""
    return repr(node)


__all__ = [
    "MEMBER", "NOUGHT", "ONE", "UNIT", "VALUE", "ZERO", "Access", "Add", "Apply", "ArgMaximum", "Binder", "Binding",
    "Bracket", "Compare", "Constraint", "Determinant", "Inverse", "Maximum", "Mul", "Number", "Placed", "Polynomial",
    "Power", "Product", "Scalar", "Size", "Sum", "add", "apply", "at_least", "binders_of", "bracket", "children",
    "delta", "equal", "free_indices", "free_names", "fresh", "heads", "less", "map_accesses", "mul", "negate",
    "polynomial", "power", "rebuild", "rename_apart", "scalar", "structural_key", "substitute", "summation", "walk",
    "within",
]
