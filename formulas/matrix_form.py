"""Sums of products as a document would print them: ``W d``, ``a d^T``, ``d ∘ f'(z)``, ``xᵀy``.

An expression is read as a graph: tensors are joined by the bound indices they share. A path from one axis to the
other is a matrix product, two pieces that share no index an outer product, tensors over the same axes an
elementwise one. What does not fit has no matrix form, and the caller prints the indices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verify_derivations.formulas.definitions import Environment, adjoint_of
from verify_derivations.formulas.expressions import (
    UNIT,
    Access,
    Add,
    Apply,
    Bracket,
    Inverse,
    Mul,
    Number,
    Power,
    Scalar,
    Sum,
    delta,
    free_indices,
    mul,
    power,
    walk,
)
from verify_derivations.formulas.latex import SLOT, juxtapose, split_head, to_latex
from verify_derivations.formulas.polynomial import Polynomial, is_index, polynomial

_SUM, _HADAMARD, _PRODUCT, _ATOM = range(4)


def matrix_form(
    expression: Scalar,
    axes: Sequence[str],
    environment: Environment | None = None,
    *,
    names: Mapping[str, str] | None = None,
    product: str = r"\circ ",
) -> str | None:
    """LaTeX of the tensor ``expression`` with free indices ``axes`` (none, one: a column; two: a matrix), or
    ``None``. With an ``environment``, sums must run over whole axes; without one that is taken for granted.
    ``names`` gives other names for heads; ``product`` is the sign of the elementwise product.

    >>> i, j = Polynomial.atom("%i.0"), Polynomial.atom("%j.0")
    >>> body = Access("W", (i, j)) * Access("d", (j,))
    >>> matrix_form(Sum((("%j.0", Polynomial.atom("m")),), body), ["%i.0"])
    'Wd'
    """
    if len(axes) > 2 or not free_indices(expression) <= set(axes):
        return None
    try:
        return _Reader(environment, dict(names or {}), product).tensor(expression, tuple(axes)).latex
    except _NoForm:
        return None


def extents_of(environment: Environment) -> dict[str, tuple[Polynomial, ...]]:
    return {head: quantity.extents for head, quantity in environment.quantities.items()}


def inner_product(node: Sum, environment: Environment | None, names: Mapping[str, str]) -> str | None:
    """LaTeX of a number that is an inner product, a quadratic form or a square of a norm, without indices."""
    if free_indices(node):
        return None
    try:
        sign, piece = _Reader(environment, names, "").term(node, ())
    except _NoForm:
        return None
    return ("-" if sign < 0 else "") + piece.latex


class _NoForm(Exception):
    """There is no matrix form for this; the indices must be shown."""


@dataclass(frozen=True, slots=True)
class _Piece:
    latex: str
    kind: int = _ATOM

    def within(self, kind: int) -> str:
        return _grouped(self.latex) if self.kind < kind else self.latex


@dataclass(frozen=True, slots=True)
class _Reader:
    environment: Environment | None
    names: Mapping[str, str]
    product: str

    @property
    def origin(self) -> int:
        return self.environment.origin if self.environment is not None else 1

    # -- any expression over axes -----------------------------------------------------------------
    def tensor(self, node: Scalar, axes: tuple[str, ...]) -> _Piece:
        found = free_indices(node) & set(axes)
        if not found and not (isinstance(node, Sum) and not axes and self.is_inner_product(node)):
            return self.scalar(node)
        match node:
            case Add(terms):
                return self.sum([self.term(term, axes) for term in terms])
            case Apply(function, (argument,), derivative) if found == set(axes):
                inner = self.tensor(argument, axes).latex
                shell = to_latex(Apply(function, (Access("\0"),), derivative))
                return _Piece(shell.replace("\0", inner))
            case Power(base, Number(value)) if value == 2 and found == set(axes):
                return self.hadamard([self.tensor(base, axes)] * 2)
            case Access(head, indices):
                return self.access(head, indices, axes)
            case Inverse():
                return self.inverse(node, axes)
            case Bracket():
                return self.identity(node, axes)
        sign, piece = self.term(node, axes)
        return _Piece("-" + piece.within(_HADAMARD), _SUM) if sign < 0 else piece

    def scalar(self, node: Scalar) -> _Piece:
        def whole(part: Sum) -> str | None:
            return inner_product(part, self.environment, self.names)

        known = {} if self.environment is None else extents_of(self.environment)
        text = to_latex(node, names=self.names, origin=self.origin, extents=known, whole=whole)
        return _Piece(text, _kind_of(node))

    def sum(self, terms: list[tuple[int, _Piece]]) -> _Piece:
        terms = sorted(terms, key=lambda term: term[0] < 0)  # a positive term first
        text = ""
        for sign, piece in terms:
            text += ("-" if sign < 0 else "+" if text else "") + piece.within(_HADAMARD)
        return _Piece(text, _SUM)

    def access(self, head: str, indices: tuple[Polynomial, ...], axes: tuple[str, ...]) -> _Piece:
        variables = tuple(index.as_atom() for index in indices)
        name = self.names.get(head, head)
        if SLOT in name:
            raise _NoForm
        if variables == axes:
            return _Piece(name)
        if len(axes) == 2 and variables == (axes[1], axes[0]):
            return _Piece(transposed(name))
        raise _NoForm

    def inverse(self, node: Inverse, axes: tuple[str, ...]) -> _Piece:
        places = tuple(position.as_atom() for position in node.at)
        if len(axes) != 2 or set(places) != set(axes) or free_indices(node.body) & set(axes):
            raise _NoForm
        variables = self.bound(node)
        piece = self.tensor(node.body, variables)
        sign = "-1" if places == axes else "-T"
        plain = piece.kind == _ATOM and not split_head(piece.latex)[2]
        return _Piece(f"{piece.latex if plain else _grouped(piece.latex)}^{{{sign}}}")

    def identity(self, node: Bracket, axes: tuple[str, ...]) -> _Piece:
        taken = self.environment is not None and "I" in self.environment.quantities
        if taken or len(axes) != 2 or node != delta(polynomial(axes[0]), polynomial(axes[1])):
            raise _NoForm
        return _Piece("I")

    def bound(self, node: Sum | Inverse) -> tuple[str, ...]:
        """The variables of a sum, or of a matrix, in which every one runs over whole axes."""
        variables = tuple(variable for variable, _ in node.binders)
        if not set(variables) <= free_indices(node.body):
            raise _NoForm
        for variable, extent in node.binders:
            if any(map(is_index, extent.names)):
                raise _NoForm
            for access in (part for part in walk(node.body) if isinstance(part, Access)):
                for place, index in enumerate(access.indices):
                    if index.as_atom() == variable and not self.whole(access.head, place, extent):
                        raise _NoForm
        return variables

    def whole(self, head: str, place: int, extent: Polynomial) -> bool:
        if self.environment is None:
            return True
        target = None if self.environment.loss is None else adjoint_of(head, self.environment.loss)
        quantity = self.environment.quantities.get(target or head)
        return quantity is None or quantity.extents[place] == extent

    def is_inner_product(self, node: Sum) -> bool:
        try:
            self.term(node, ())
        except _NoForm:
            return False
        return True

    # -- products -----------------------------------------------------------------------------------
    def term(self, node: Scalar, axes: tuple[str, ...]) -> tuple[int, _Piece]:
        """A product, possibly summed: its sign, and what remains."""
        bound: tuple[str, ...] = ()
        if isinstance(node, Mul) and isinstance(node.factors[-1], Sum) and free_indices(node.factors[-1]) & set(axes):
            node = Sum(node.factors[-1].binders, mul(*node.factors[:-1], node.factors[-1].body))
        if isinstance(node, Sum):
            bound, node = self.bound(node), node.body
        factors = node.factors if isinstance(node, Mul) else (node,)
        coefficient = Fraction(1)
        scalars: list[Scalar] = []
        below: list[Scalar] = []
        tensors: list[Scalar] = []
        for factor in factors:
            indices = free_indices(factor) & {*axes, *bound}
            if isinstance(factor, Number):
                coefficient *= factor.value
            elif not indices:
                scalars.append(factor)
            elif isinstance(factor, Power) and isinstance(factor.exponent, Number) and factor.exponent.value < 0:
                below.append(power(factor.base, -factor.exponent.value))
            else:
                tensors.append(factor)
        if any(free_indices(factor) & {*axes, *bound} != set(axes) for factor in below) or (below and bound):
            raise _NoForm
        piece = self.contraction(tensors, axes, bound) if tensors else None
        if below:
            above = piece.latex if piece else "1"
            pieces = [self.tensor(f, axes) for f in below]
            denominator = pieces[0].latex if len(pieces) == 1 else self.hadamard(pieces).latex
            piece = _Piece(f"\\frac{{{above}}}{{{denominator}}}")
        front = mul(Number(abs(coefficient)), *scalars)
        if piece is None:
            piece = self.scalar(front)
        elif front != UNIT:
            number = self.scalar(front)
            piece = _Piece(juxtapose(number.within(_PRODUCT), piece.within(_PRODUCT)), _PRODUCT)
        return (-1 if coefficient < 0 else 1), piece

    def contraction(self, factors: list[Scalar], axes: tuple[str, ...], bound: tuple[str, ...]) -> _Piece:
        if not axes:
            return self.inner_product(factors, bound)
        if len(axes) == 1:
            return self.column(factors, axes[0], bound)
        here = [f for f in factors if free_indices(f) >= set(axes)]
        rest = [f for f in factors if f not in here]
        pieces = [self.tensor(f, axes) for f in here]
        if rest:
            pieces.append(self.matrix(rest, axes[0], axes[1], bound))
        return self.hadamard(pieces)

    def hadamard(self, pieces: list[_Piece]) -> _Piece:
        if len(pieces) == 1:
            return pieces[0]
        return _Piece(self.product.join(piece.within(_ATOM) for piece in pieces), _HADAMARD)

    def column(self, factors: list[Scalar], axis: str, bound: tuple[str, ...]) -> _Piece:
        """A vector over ``axis``: elementwise factors, and matrices that lead to further vectors."""
        own = [f for f in factors if free_indices(f) & {axis, *bound} == {axis}]
        pieces = [self.tensor(f, (axis,)) for f in own]
        rest = [f for f in factors if f not in own]
        for link in [f for f in rest if axis in free_indices(f)]:
            (inner,) = self.only(free_indices(link) & set(bound))
            component = _reachable([f for f in rest if f is not link], inner, bound)
            if not component or any(axis in free_indices(f) for f in component):
                raise _NoForm
            vector = self.column(component, inner, tuple(b for b in bound if b != inner))
            pieces.append(_Piece(juxtapose(self.link(link, axis, inner), vector.within(_PRODUCT)), _PRODUCT))
            rest = [f for f in rest if f not in component and f is not link]
        if rest or not pieces:
            raise _NoForm
        return self.hadamard(pieces)

    def matrix(self, factors: list[Scalar], row: str, column: str, bound: tuple[str, ...]) -> _Piece:
        """An outer product, or a chain of matrices from ``row`` to ``column``."""
        left = _reachable(factors, row, bound)
        if not any(column in free_indices(f) for f in left):
            right = [f for f in factors if f not in left]
            first, second = self.column(left, row, bound), self.column(right, column, bound)
            return _Piece(juxtapose(first.within(_PRODUCT), _transposed_piece(second)), _PRODUCT)
        text, axis, rest = "", row, list(factors)
        while True:
            diagonal = [f for f in rest if free_indices(f) & {row, column, *bound} == {axis}]
            if diagonal:  # what multiplies the rows of what follows
                rest = [f for f in rest if f not in diagonal]
                vector = self.hadamard([self.tensor(f, (axis,)) for f in diagonal])
                text = juxtapose(text, f"\\operatorname{{diag}}{_grouped(vector.latex)}")
            if axis == column:
                break
            (link,) = self.only([f for f in rest if axis in free_indices(f)])
            rest.remove(link)
            (following,) = self.only(free_indices(link) & {column, *bound} - {axis})
            text = juxtapose(text, self.link(link, axis, following))
            axis = following
        if rest:
            raise _NoForm
        return _Piece(text, _PRODUCT)

    def inner_product(self, factors: list[Scalar], bound: tuple[str, ...]) -> _Piece:
        if len(factors) == 1 and isinstance(square := factors[0], Power):
            if square.exponent != Number(Fraction(2)) or len(bound) > 2:
                raise _NoForm
            norm = f"\\left\\|{self.tensor(square.base, bound).latex}\\right\\|"
            return _Piece(norm + ("_{F}" if len(bound) == 2 else "") + "^{2}", _PRODUCT)
        if len(bound) == 2 and len(factors) == 3:
            return self.quadratic(factors, bound)
        if len(bound) != 1 or len(factors) != 2:
            raise _NoForm
        first, second = (self.tensor(f, bound) for f in factors)
        return _Piece(juxtapose(_transposed_piece(first), second.within(_PRODUCT)), _PRODUCT)

    def quadratic(self, factors: list[Scalar], bound: tuple[str, ...]) -> _Piece:
        """``x^T A y``."""
        (matrix,) = self.only([f for f in factors if free_indices(f) >= set(bound)])
        (left,) = self.only([f for f in factors if f is not matrix and free_indices(f) & set(bound) == {bound[0]}])
        (right,) = self.only([f for f in factors if f is not matrix and free_indices(f) & set(bound) == {bound[1]}])
        first, second = self.tensor(left, bound[:1]), self.tensor(right, bound[1:])
        between = self.link(matrix, *bound)
        return _Piece(juxtapose(juxtapose(_transposed_piece(first), between), second.within(_PRODUCT)), _PRODUCT)

    def link(self, factor: Scalar, row: str, column: str) -> str:
        return self.tensor(factor, (row, column)).within(_PRODUCT)

    @staticmethod
    def only(items: Sequence[object] | frozenset[str] | set[str]) -> list:  # type: ignore[type-arg]
        if len(items) != 1:
            raise _NoForm
        return list(items)


def transposed(latex: str) -> str:
    """``W^{\\left(3\\right)}`` becomes ``W^{\\left(3\\right)T}``; what is not a name gets brackets."""
    if latex.startswith(r"\frac"):
        return f"\\left({latex}\\right)^{{T}}"
    base, sub, sup = split_head(latex)
    return base + (f"_{{{sub}}}" if sub else "") + f"^{{{sup}T}}"


def _grouped(latex: str) -> str:
    return f"\\left({latex}\\right)"


def _transposed_piece(piece: _Piece) -> str:
    return transposed(piece.latex) if piece.kind == _ATOM else f"\\left({piece.latex}\\right)^{{T}}"


def _reachable(factors: list[Scalar], start: str, bound: tuple[str, ...]) -> list[Scalar]:
    """The factors joined to ``start`` through bound indices, in their order."""
    indices: set[str] = {start}
    found: list[Scalar] = []
    grown = True
    while grown:
        new = [f for f in factors if f not in found and free_indices(f) & indices]
        found += new
        indices |= {name for f in new for name in free_indices(f) & set(bound)}
        grown = bool(new)
    return [f for f in factors if f in found]


def _kind_of(node: Scalar) -> int:
    return _SUM if isinstance(node, Add) else _PRODUCT if isinstance(node, Mul | Sum) else _ATOM
