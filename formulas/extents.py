"""What a document says about its sizes: equations between extents, solved as they come.

``(H-h+1)/s`` as an extent introduces a size P with ``H - h + 1 = s·P`` (the window divides the map);
the equation is solved for H, so that all later arithmetic is on polynomials.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from verify_derivations.formulas.forked import Forked
from verify_derivations.formulas.polynomial import Polynomial, polynomial
from verify_derivations.formulas.tensors import ShapeError, show_extent


@dataclass
class Extents(Forked):
    """A triangular system of solved equations ``size = polynomial``."""

    solved: dict[str, Polynomial] = field(default_factory=dict)
    quotients: dict[str, tuple[Polynomial, Polynomial]] = field(default_factory=dict)  # name → numerator, denominator

    def normal(self, value: Polynomial) -> Polynomial:
        return value.substitute(self.solved)

    def quotient(self, numerator: Polynomial, denominator: Polynomial) -> Polynomial:
        """The whole number ``numerator / denominator``; stated as an equation where it is not evident."""
        numerator, denominator = self.normal(numerator), self.normal(denominator)
        exact = numerator.divide(denominator)
        if exact is not None:
            return exact
        name = f"\\frac{{{show_extent(numerator)}}}{{{show_extent(denominator)}}}"
        if name not in self.quotients:
            self.quotients[name] = (numerator, denominator)
            self.equate(numerator, denominator * polynomial(name))
        return self.normal(polynomial(name))

    def equate(self, left: Polynomial, right: Polynomial) -> None:
        """Learn ``left = right``. Raises :class:`ShapeError` where that is impossible or not solvable for a size."""
        left, right = self.normal(left), self.normal(right)
        difference = left - right
        if not difference:
            return
        preferred = [left.as_atom(), right.as_atom()]
        for name in [*(n for n in preferred if n), *sorted(difference.names)]:
            linear = difference.linear_in(name)
            if linear is None or not linear[0].is_constant or abs(linear[0].value) != 1:
                continue
            if name in self.quotients and len(difference.names) > 1 and name not in preferred:
                continue  # the stated quotient stays the size that the others are expressed in
            slope, rest = linear
            value = rest * (-1 / slope.value)
            self.solved = {n: p.substitute({name: value}) for n, p in self.solved.items()}
            self.solved[name] = value
            return
        raise ShapeError(f"{show_extent(left)} and {show_extent(right)} are not the same extent")


@dataclass
class Undeclared(Forked):
    """The shapes, and signs, of what no declaration mentions."""

    shapes: dict[str, tuple[Polynomial, ...]] = field(default_factory=dict)  # by their gradients
    sizes: set[str] = field(default_factory=set)  # of matrices, named anew
    reaching: dict[str, tuple[str, ...]] = field(default_factory=dict)  # sizes of what has x_{i+r}
    reached: dict[str, list[Polynomial]] = field(default_factory=dict)  # the last entries of it that are mentioned
    stretched: set[str] = field(default_factory=set)  # names of leaves with x_{i+1} or x_{2i}
    widened: set[str] = field(default_factory=set)  # small letters read as matrices beside one: vectors, perhaps
    doubtful: set[str] = field(default_factory=set)  # heads that may be matrices, or not: no numbers by default
    guessed: set[str] = field(default_factory=set)  # heads read as numbers
    transposed: set[str] = field(default_factory=set)  # names that stand somewhere with the sign of a transpose
    said: set[str] = field(default_factory=set)  # names in equations with a stated shape, a = x ∈ R^n
    positive: set[str] = field(default_factory=set)  # heads taken for positive, of which nothing says it
