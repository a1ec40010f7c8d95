"""Indices that are rounded: ``y_{\\lceil i/2 \\rceil}`` is Σ_q [2q - 1 ≤ i ≤ 2q]·y_q, where it stays within the axis.

Elsewhere the sum would be zero, and an entry beside the axis is not known: then there is no reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from verify_derivations.formulas import syntax as s
from verify_derivations.formulas.expressions import (
    ONE,
    Polynomial,
    at_least,
    bracket,
    fresh,
    mul,
    polynomial,
    summation,
)
from verify_derivations.formulas.polynomial import is_index
from verify_derivations.formulas.printer import to_latex
from verify_derivations.formulas.scripts import name_of
from verify_derivations.formulas.sizes import whole
from verify_derivations.formulas.tensors import Tensor
from verify_derivations.formulas.world import Index, Unsupported

if TYPE_CHECKING:
    from verify_derivations.formulas.elaborate import Elaborator

ROUNDED = ("\\lceil", "\\lfloor")


def rounded_index(indices: Iterable[s.Node]) -> s.Call | None:
    """The first of some indices that is rounded."""
    calls = (node for node in indices if isinstance(node, s.Call))
    return next((c for c in calls if isinstance(c.function, s.Symbol) and c.function.name in ROUNDED), None)


def at_rounded(reader: Elaborator, call: s.Call, read: Callable[[s.Symbol], Tensor], letter: str = "") -> Tensor:
    """What a name with a rounded index stands for, or a derivative by it; ``read`` gives it with a letter in the place
    of the index."""
    above, below = _quotient(reader, call)
    letter = letter or to_latex(call)
    index = Index(letter, fresh("q"), polynomial(reader.world.origin))
    reader.here.indices[letter] = index
    try:
        value = read(s.Symbol(letter))
    finally:
        del reader.here.indices[letter]
    up = isinstance(call.function, s.Symbol) and name_of(call.function) == ROUNDED[0]
    first, last = _range(reader, above, call)
    if index.extent is None:
        raise Unsupported(f"the range of {letter} is not stated")
    end = reader.world.extents.normal(index.extent) + index.start - 1
    lower, upper = (1 - below, 0) if up else (0, below - 1)  # what above - below·q may be
    inside = first - below * index.start - lower, below * end + upper - last
    if not all(map(_is_natural, inside)):
        raise Unsupported(f"whether {letter} stays within its axis is not known")
    rest = above - below * index.value
    within = bracket(at_least(rest, lower), at_least(polynomial(upper), rest))
    return value.map(lambda body: summation([(index.variable, end - index.start + 1)], mul(within, body)))


def _quotient(reader: Elaborator, call: s.Call) -> tuple[Polynomial, int]:
    (node,) = call.arguments
    if isinstance(node, s.Fraction):
        above, below = node.numerator, node.denominator
    elif isinstance(node, s.Product) and node.operators == ("/",):
        above, below = node.factors
    else:
        raise Unsupported(f"no meaning is known for the index {to_latex(call)}")
    if not isinstance(below, s.Number) or not below.text.isdigit() or below.text == "0":
        raise Unsupported(f"no meaning is known for the index {to_latex(call)}")
    for letter in s.walk(above):
        if isinstance(letter, s.Symbol):
            reader.new_letters(letter)
    return whole(above, reader.world, reader.here), int(below.text)


def _range(reader: Elaborator, value: Polynomial, call: s.Call) -> tuple[Polynomial, Polynomial]:
    """The least and the greatest value of an affine index."""
    least, greatest = value, value
    for index in reader.here.indices.values():
        if index.fixed is None and index.variable in value.names:
            slope = value - value.substitute({index.variable: polynomial(index.variable) - 1})
            if index.extent is None or not slope.is_constant or slope.value <= 0:
                raise Unsupported(f"the range of {to_latex(call)} is not known")
            last = reader.world.extents.normal(index.extent) - ONE
            least = least.substitute({index.variable: polynomial(0)})
            greatest = greatest.substitute({index.variable: last})
    if any(map(is_index, (*least.names, *greatest.names))):
        raise Unsupported(f"the range of {to_latex(call)} is not known")
    return least, greatest


def _is_natural(value: Polynomial) -> bool:
    """Whether a polynomial in sizes, each at least one, is seen not to be negative."""
    return all(c >= 0 for monomial, c in value.terms if monomial) and sum(c for _, c in value.terms) >= 0
